"""Sheet Sources: every number of the catalog behind this book, its range, where it comes from, how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lcopt.cost.format_process import EVERY
from lcopt.design_names import NO_HEATER
from lcopt.inputs.catalog import EXCHANGE_RATES_TABLE, PRICE_INDEX_TABLE, Row
from lcopt.inputs.catalog_tables import CONSTANT_CLIMATE
from lcopt.inputs.currencies import HOME
from lcopt.performance.climate import read_cell_temperatures
from lcopt.report import sheets
from lcopt.report.input_rows import exchange_rate_row, plant_of, priced_keys
from lcopt.report.ledger import Ledger
from lcopt.report.sheets import Mark, Sheet
from lcopt.report.styles import COUNT, QUANTITY, UNIT_COST
from lcopt.report.tables import PackTables, ReportTables

HEADS = (
    ("Table", 22.0),
    ("Number", 52.0),
    ("Value", 14.0),
    ("Unit", 14.0),
    ("Low", 12.0),
    ("High", 12.0),
    ("Kind", 11.0),
    ("Price year", 8.0),
    ("Money factor", 9.0),
    ("Source", 22.0),
    ("Place in the source", 30.0),
    ("Note", 70.0),
)
TABLE, NUMBER, VALUE, UNIT, LOW, HIGH, KIND, YEAR, FACTOR, SOURCE, PLACE, NOTE = range(1, len(HEADS) + 1)
ASSUMED = "assumed"
VEHICLE = "EV"
# For readers of scenarios and for validation; no cost rests on them.
UNUSED_TABLES = {"evaluation_defaults", "real_pack_assumptions", "reference_duties", "reference_runs"}
UNUSED_TABLES |= {"platforms", "scenario_ranges", "sources"}
UNUSED_TABLES |= {"calibration_rules", "crosscheck_constants", "crosscheck_sets", "measured_columns"}
# What the factors of the laws were calibrated to, and a law that only the validation looks at.
UNUSED_TABLES |= {"field_anchors", "sigmoid_fade_laws", "sigmoid_fade_rates"}
MONEY_TABLES = {EXCHANGE_RATES_TABLE, PRICE_INDEX_TABLE}
CELL_TEMPERATURES, ALWAYS_READ = "aging_temperatures", "worse_when_hotter_from_deg_c"
# Key column of the fade tables -> what of a use it is.
FADE_AXES = {
    "temperature_deg_c": "battery_temperature_deg_c",
    "soc_frac": "soc_mean_frac",
    "dod_frac": "dod_frac",
    "rate_per_h": "c_rate_per_h",
}
SIGNIFICANT, LEAST_DECIMAL = "0.000E+00", 0.01


def add_sources(ledger: Ledger) -> Sheet:
    """One row a number, then the citations."""
    purpose = (
        "Numbers behind the chosen designs; assumptions are marked. Money is in dollars of the scenario: the value of "
        "the source x money factor."
    )
    sheet = ledger.sheet("Sources", None, "Sources", purpose, "record")
    sheet.header(HEADS)
    for column in (VALUE, LOW, HIGH):
        sheet.cell(sheet.header_row, column).look = "head_number"
    row = sheets.FIRST_ROW
    cited: dict[str, None] = {}
    for used in used_rows(ledger.tables):
        _number(ledger.tables, sheet, row, used)
        cited[used.source] = None
        row += 1
    sheet.marks.append(Mark(sheet.down(KIND, sheets.FIRST_ROW, row - 1), ASSUMED, "changed"))
    _citations(ledger.tables, sheet, row + 1, cited)
    return sheet


def used_rows(tables: ReportTables) -> Iterator[Row]:
    """Numbers of the catalog that the chosen designs rest on, in the order of the tables."""
    chosen = {**_chosen_words(tables), **_read_points(tables)}
    used = {
        name: [row for row in table.rows if _is_number(row) and _is_chosen(row, chosen) and _is_read(row, chosen)]
        for name, table in sorted(tables.catalog.tables.items())
        if name not in UNUSED_TABLES
    }
    used |= plant_of(tables).used_rows()
    used |= _money_rows(tables, [row for rows in used.values() for row in rows])
    for rows in used.values():
        yield from rows


def _is_chosen(row: Row, chosen: Mapping[str, set[str]]) -> bool:
    return all(word in chosen.get(key, {word}) for key, word in row.keys.items())


def _is_read(row: Row, chosen: Mapping[str, set[str]]) -> bool:
    """Temperatures of parked and working cells are read in a climate only."""
    return row.table != CELL_TEMPERATURES or bool(chosen["climate"]) or row.keys["name"] == ALWAYS_READ


def _money_rows(tables: ReportTables, used: Iterable[Row]) -> dict[str, list[Row]]:
    """What brought money to the price year: the index of the years of other numbers, and the rate of the currency."""
    catalog, finance = tables.catalog, tables.scenario.finance
    years = {row.price_year for row in used if row.table not in MONEY_TABLES} | {finance.price_year}
    index = [row for row in catalog.table(PRICE_INDEX_TABLE).select(currency=HOME) if int(row.keys["year"]) in years]
    rates = [] if finance.currency == HOME else [exchange_rate_row(catalog, tables.scenario)]
    return {PRICE_INDEX_TABLE: index, EXCHANGE_RATES_TABLE: rates}


def _chosen_words(tables: ReportTables) -> dict[str, set[str]]:
    """Key column -> its words that take part."""
    facts = [pack.chosen.facts for pack in tables.packs]
    chemistries = {str(fact["chemistry"]) for fact in facts}
    formats = {str(fact["format"]) for fact in facts}
    families = tables.catalog.table("chemistry_families").rows
    matched = {row.text for row in families if row.keys["chemistry"] in chemistries}
    return {
        "chemistry": chemistries,
        "runaway_class": _words_of(tables, "chemistry_safety", "runaway_class", "chemistry", chemistries),
        "format": formats,
        "line": {EVERY, *_words_of(tables, "format_process", "line", "format", formats)},
        "architecture": {str(fact["architecture"]) for fact in facts},
        "cooling": {str(fact["cooling"]) for fact in facts},
        "technology_class": {str(fact["technology_class"]) for fact in facts},
        "price_scenario": _price_scenarios(tables),
        "item": set(priced_keys(tables)),
        "profile": {pack.pack.usage.name for pack in tables.packs},
        "fade_law": matched,
        "charging_set": matched,
        "vehicle": {VEHICLE},
        "climate": {pack.pack.usage.climate for pack in tables.packs} - {CONSTANT_CLIMATE},
        "warranty_rule": {pack.pack.limits.warranty for pack in tables.packs},
        "heater": _heaters(tables),
        "voltage_class": {str(pack.pack.system_voltage_v) for pack in tables.packs},
    }


def _price_scenarios(tables: ReportTables) -> set[str]:
    """The prices of the scenario and those of its risk."""
    risk = tables.scenario.portfolio.risk
    return {tables.scenario.prices, *(risk.probability_frac if risk is not None else ())}


def _heaters(tables: ReportTables) -> set[str]:
    """Heaters that were tried or are built in."""
    tried = set(tables.scenario.search.heaters) if any(pack.asks_cold for pack in tables.packs) else set()
    return (tried | {str(pack.chosen.facts["heater"]) for pack in tables.packs}) - {NO_HEATER}


def _words_of(tables: ReportTables, table: str, name: str, key: str, chosen: set[str]) -> set[str]:
    """What a table says by name about the chosen words of its key column."""
    return {row.text for row in tables.catalog.table(table).select(name=name) if row.keys[key] in chosen}


def _read_points(tables: ReportTables) -> dict[str, set[str]]:
    """Grid points of the fade tables between which the uses of the packs lie; a blank key holds everywhere."""
    rows = tables.catalog.table("fade_rates").rows
    points: dict[str, set[str]] = {}
    for key, name in FADE_AXES.items():
        words = {row.keys[key] for row in rows if row.keys[key]}
        read = (_read_between(words, *_ends(tables, pack, name)) for pack in tables.packs)
        points[key] = {"", *(word for found in read for word in found)}
    return points


def _ends(tables: ReportTables, pack: PackTables, name: str) -> tuple[float, float]:
    """The least and the largest value of a part of a use; only the temperature takes several, in a climate."""
    value = float(getattr(pack.pack.usage, name))
    if name != "battery_temperature_deg_c":
        return value, value
    cells = read_cell_temperatures(tables.catalog, pack.pack.usage.climate, value)
    both = [*cells.parked_deg_c.tolist(), *cells.working_deg_c.tolist()]
    return min(both), max(both)


def _read_between(words: set[str], least: float, largest: float) -> set[str]:
    """The grid points between two values, with those next to them on either side."""
    below = max((word for word in words if float(word) <= least), key=float, default="")
    above = min((word for word in words if float(word) >= largest), key=float, default="")
    return {below, above, *(word for word in words if least <= float(word) <= largest)}


def _is_number(row: Row) -> bool:
    try:
        float(row.text)
    except ValueError:
        return False
    return True


def _number(tables: ReportTables, sheet: Sheet, row: int, used: Row) -> None:
    scenario = tables.scenario
    replaced = scenario.price_overrides.get(used.keys.get("item", "")) if used.table == "prices" else None
    sheet.put(row, TABLE, used.table, "code")
    sheet.put(
        row, NUMBER, ", ".join(word for word in used.keys.values() if word and len(word) < sheets.SHEET_NAME_LENGTH * 2)
    )
    value = used.value if replaced is None else replaced
    sheet.put(row, VALUE, value, "record", shown_format(value))
    sheet.put(row, UNIT, used.unit, "unit")
    for column, bound in ((LOW, used.low_value), (HIGH, used.high_value)):
        if bound is not None:
            sheet.put(row, column, bound, "record", shown_format(bound))
    sheet.put(row, KIND, used.kind if replaced is None else "scenario", "unit")
    if used.price_year is not None:
        sheet.put(row, YEAR, used.price_year, "record", "0")
        sheet.put(row, FACTOR, used.money_factor, "record", "0.0000")
    sheet.put(row, SOURCE, used.source if replaced is None else f"scenario {scenario.name}", "code")
    note = used.note if replaced is None else f"replaced by the scenario; catalog value {used.value:g}"
    for column, words in ((PLACE, used.reference), (NOTE, note)):
        if words:
            sheet.put(row, column, words, "note")


def shown_format(value: float) -> str:
    """Number format of a number of the catalog by its size."""
    if value.is_integer():
        return COUNT
    if abs(value) >= 1.0:
        return QUANTITY
    return UNIT_COST if abs(value) >= LEAST_DECIMAL else SIGNIFICANT


def _citations(tables: ReportTables, sheet: Sheet, row: int, cited: Mapping[str, None]) -> None:
    sheet.block(row, "Citations", len(HEADS))
    known = {source.keys["key"]: source.keys for source in tables.catalog.table("sources").rows}
    for offset, key in enumerate(sorted(cited), start=1):
        source = known[key]
        sheet.put(row + offset, TABLE, key, "code")
        sheet.put(row + offset, NUMBER, source["citation"])
        sheet.put(row + offset, KIND, source["kind"])
        sheet.put(row + offset, SOURCE, source.get("license", "") or "-")
        sheet.put(row + offset, PLACE, source.get("address", "") or "-")
        if source.get("note"):
            sheet.put(row + offset, NOTE, source["note"], "note")
