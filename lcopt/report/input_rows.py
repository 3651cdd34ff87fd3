"""The inputs that a reader may change: which there are, their range, where they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lcopt.cost.price_chain import item_prices
from lcopt.cost.sale_years import sale_years
from lcopt.inputs.catalog import EXCHANGE_RATES_TABLE, Catalog, Row
from lcopt.inputs.currencies import HOME
from lcopt.inputs.excel.report_layout import FLOW_SHIFTS_YR
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.words import ENERGY_PAYERS, RESIDUAL_RULES
from lcopt.report.business_inputs import business_inputs
from lcopt.report.plant_view import PlantView, plant_view
from lcopt.report.tables import BillItem, Design, PackTables, ReportTables
from lcopt.report.words import label as words
from lcopt.report.words import without_unit
from lcopt.units import USD_PER_MUSD, unit_of_name

FINANCE, PLANT, LIFE = "Finance", "Plant and overheads", "Lifecycle choices"
MATERIALS, HARDWARE = "Material prices", "Hardware prices"
DEFAULT_TABLES = (
    "scenario_defaults",
    "lifecycle_defaults",
    "usage_profiles",
    "chemistry_families",
    "ownership_defaults",
)
PARTS_FACTOR = "parts_price_factor"

# Ranges where neither catalog nor scenario gives one: what a number of that unit can sensibly be.
_RATE_RANGE = (-0.5, 0.5)
_SHARE_RANGE = (0.0, 1.0)
_MULTIPLE = 10.0
_LEAST_MAXIMUM = 1000.0

USE = {
    "distance_km_per_yr": "Distance",
    "consumption_kwh_per_km": "Consumption at the reference pack mass",
    "reference_pack_mass_kg": "Reference pack mass",
    "mass_penalty_kwh_per_100km_per_100kg": "Mass penalty",
    "dc_share_frac": "Share of energy charged at DC",
    "ac_efficiency_frac": "AC charging, battery per wall energy",
    "dc_efficiency_frac": "DC charging, battery per wall energy",
    "ac_price_usd_per_kwh": "AC energy price, year 1",
    "dc_price_usd_per_kwh": "DC energy price, year 1",
    "energy_price_escalation_frac_per_yr": "Escalation of energy prices",
    "session_energy_kwh": "Energy of a DC session",
    "session_overhead_h": "Overhead of a DC session",
    "time_value_usd_per_h": "Value of time",
    "unproductive_frac": "Unproductive share of charging time",
    "grid_kg_per_kwh": "Carbon of grid energy",
}
COLD_USE = {"cold_stops_frac": "Share of DC sessions with a cold pack"}
CHOICES = {
    "pack_price_decline_frac_per_yr": "Yearly decline of the pack price",
    "replacement_markup_frac": "Markup of a replacement",
    "warranty_defect_frac": "Share of defective packs",
    "warranty_claim_date_yr": "Date of warranty claims",
}
LIMITS = {
    "charging_time_max_min": "Charging time, at most",
    "cold_charging_time_max_min": "Cold charging time, at most",
    "specific_energy_min_wh_per_kg": "Specific energy, at least",
    "energy_density_min_wh_per_l": "Energy density, at least",
    "mass_max_kg": "Pack mass, at most",
    "volume_max_l": "Pack volume, at most",
}


@dataclass(frozen=True)
class InputRow:
    """One input as solved, with its range and source; `is_ranged` where the catalog knows how far it may be off."""

    key: str
    label: str
    group: str
    value: float | str
    unit: str
    low: float
    high: float
    source: str
    dated: str
    kind: str
    choices: tuple[str, ...] = ()
    is_price: bool = False
    is_ranged: bool = False


def input_rows(tables: ReportTables) -> list[InputRow]:
    """Every input, group by group."""
    rows = [*_finance(tables), *_lifecycle(tables), *_business(tables), *_plant(tables)]
    for pack in tables.packs:
        rows += [*_use(tables, pack), *_limits(tables, pack)]
    return [*rows, *_materials(tables), *_hardware(tables)]


def _finance(tables: ReportTables) -> Iterator[InputRow]:
    finance, life = tables.scenario.finance, tables.scenario.lifecycle
    shift_yr = FLOW_SHIFTS_YR[finance.flow_timing]
    yield _given(tables, "discount_rate_frac", "Discount rate, nominal", FINANCE, finance.discount_rate_frac, "1/yr")
    yield _given(tables, "inflation_frac_per_yr", "Inflation", FINANCE, finance.inflation_frac_per_yr)
    yield _given(tables, "carbon_price_usd_per_t", "Carbon price", FINANCE, finance.carbon_price_usd_per_t)
    shift = _given(tables, "flow_shift_yr", "Running payments before year end (0 or 0.5)", FINANCE, shift_yr)
    yield replace(shift, choices=tuple(f"{value:g}" for value in FLOW_SHIFTS_YR.values()), high=1.0)
    fixed = _given(
        tables, "platform_fixed_cost_musd", "Fixed cost of a cell platform", FINANCE, life.platform_fixed_cost_musd
    )
    numbers = {name: getattr(fixed, name) * USD_PER_MUSD for name in ("value", "low", "high")}
    yield replace(fixed, key="platform_fixed_cost_usd", unit="USD", **numbers)
    if finance.currency != HOME:
        yield _exchange_rate(tables)


def exchange_rate_key(scenario: Scenario) -> str:
    """Key of the input that turns USD into the currency of a scenario in another one."""
    return f"usd_per_{scenario.finance.currency.lower()}"


def exchange_rate_row(catalog: Catalog, scenario: Scenario) -> Row:
    """The rate of the catalog behind it."""
    year = str(scenario.finance.price_year)
    return catalog.table(EXCHANGE_RATES_TABLE).one(currency=scenario.finance.currency, year=year)


def _exchange_rate(tables: ReportTables) -> InputRow:
    scenario, row = tables.scenario, exchange_rate_row(tables.catalog, tables.scenario)
    label = f"Exchange rate, average of {scenario.finance.price_year}"
    rate = scenario.finance.usd_per_currency
    return _sourced(_given(tables, exchange_rate_key(scenario), label, FINANCE, rate, row.unit), row, scenario)


def _business(tables: ReportTables) -> Iterator[InputRow]:
    for item in business_inputs(tables.scenario):
        is_choice = isinstance(item.value, str)
        value, unit = (0.0, "choice") if isinstance(item.value, str) else (item.value, item.unit)
        made = replace(_given(tables, item.attribute, item.label, item.group, value, unit), key=item.key)
        yield replace(made, value=item.value, choices=ENERGY_PAYERS) if is_choice else made


def _lifecycle(tables: ReportTables) -> Iterator[InputRow]:
    life = tables.scenario.lifecycle
    rule = _given(tables, "residual_rule", "Residual of the last pack", LIFE, 0.0, "choice")
    yield replace(rule, value=life.residual_rule, choices=RESIDUAL_RULES)
    for key, label in CHOICES.items():
        yield _given(tables, key, label, LIFE, getattr(life, key))
    for family in () if tables.recycles else families(tables):
        value = life.end_of_life_value_usd_per_kwh[family]
        made = _given(tables, "end_of_life_value_usd_per_kwh", f"End-of-life value, {family}", LIFE, value)
        yield replace(made, key=f"end_of_life_value_{family}_usd_per_kwh")
    for family, chemistry in families(tables).items():
        value = life.carbon_making_kg_per_kwh[family]
        label = f"Carbon of making, {family}"
        made = _given(tables, "carbon_making_kg_per_kwh", label, LIFE, value, chemistry=chemistry)
        yield replace(made, key=f"carbon_making_{family}_kg_per_kwh")


def plant_of(tables: ReportTables) -> PlantView:
    """The plant of the scenario, with the royalties of the families shown."""
    return plant_view(tables.scenario, tables.catalog, tuple(families(tables)))


def _plant(tables: ReportTables) -> Iterator[InputRow]:
    for item in plant_of(tables).inputs():
        made = _given(tables, item.key, item.label, PLANT, item.value, item.unit)
        yield made if item.row is None else _sourced(made, item.row, tables.scenario)


def yearly_volume_key(year: int) -> str:
    """Key of the input of what is sold of a pack in one year."""
    return f"volume_{year}_per_yr"


def _use(tables: ReportTables, pack: PackTables) -> Iterator[InputRow]:
    usage = pack.pack.usage
    group = f"Use of {pack.pack.name} ({usage.name})"
    sold = {"volume_per_yr": ("Packs sold a year", pack.pack.volume_per_yr)}
    if pack.pack.volume_by_year:
        sold = {yearly_volume_key(year): (f"Packs sold in {year}", number) for year, number in pack.pack.volume_by_year}
    volumes = [
        replace(_given(tables, "volume_per_yr", label, group, number), key=key) for key, (label, number) in sold.items()
    ]
    asked = {**USE, **(COLD_USE if pack.asks_cold else {})}
    rows = [_given(tables, key, label, group, getattr(usage, key), profile=usage.name) for key, label in asked.items()]
    for row in (*volumes, *rows):
        yield replace(row, key=f"{row.key}{pack.suffix}")


def _limits(tables: ReportTables, pack: PackTables) -> Iterator[InputRow]:
    for key, label in LIMITS.items():
        value = getattr(pack.pack.limits, key)
        if value is not None:
            made = _given(tables, key, label, f"Limits of {pack.pack.name}", value)
            yield replace(made, key=f"{key}{pack.suffix}")


def price_rows(tables: ReportTables) -> dict[str, Row]:
    """Catalog rows of the scenario's material prices by item."""
    found = tables.catalog.table("prices").select(price_scenario=tables.scenario.prices)
    return {row.keys["item"]: row for row in found}


def bill_items(tables: ReportTables) -> list[BillItem]:
    """All rows of all bills, the chosen designs first."""
    chosen = [item for pack in tables.packs for item in pack.chosen.bill]
    others = [item for pack in tables.packs for design in pack.designs[1:] for item in design.bill]
    return [*chosen, *others]


def priced_keys(tables: ReportTables) -> dict[str, tuple[float, str]]:
    """Items that have a price input of their own -> (price as solved, unit of the price).

    Those are the rows of the catalog's two price lists; everything else moves with one factor.
    """
    scenario = tables.scenario
    paid = item_prices(tables.catalog, scenario.prices, scenario.price_overrides, sale_years(scenario))
    rows = {**price_rows(tables), **hardware_rows(tables)}
    used = {item.price_key for item in bill_items(tables)} | tables.recycled_price_items
    return {key: (paid.get(key, row.value), row.unit) for key, row in rows.items() if key in used}


def hardware_rows(tables: ReportTables) -> dict[str, Row]:
    """Catalog rows of the prices of parts by their name."""
    return {row.keys["name"]: row for row in tables.catalog.table("hardware_prices").rows}


def _materials(tables: ReportTables) -> Iterator[InputRow]:
    rows, years = price_rows(tables), sale_years(tables.scenario).years
    for key, (price, unit) in priced_keys(tables).items():
        if key not in rows:
            continue
        made = _given(tables, key, words(key), MATERIALS, price, unit)
        row = rows[key]
        dated = row.keys.get("quote_date") or str(row.price_year or "")
        if price != row.value:
            dated = f"{dated}, taken to {years[0]}-{years[-1]}"
        sourced = _sourced(made, row, tables.scenario, overridden=key in tables.scenario.price_overrides)
        yield replace(sourced, is_price=True, dated=dated)


def _hardware(tables: ReportTables) -> Iterator[InputRow]:
    rows = hardware_rows(tables)
    for key, (price, unit) in priced_keys(tables).items():
        if key in rows:
            made = _given(tables, key, words(key), HARDWARE, price, unit)
            yield replace(_sourced(made, rows[key], tables.scenario), is_price=True)
    factor, label = (
        tables.scenario.plant.parts_price_factor,
        "Cans, structure, cooling, electronics and other parts, over the catalog",
    )
    yield _given(tables, PARTS_FACTOR, label, HARDWARE, factor, "1")


def families(tables: ReportTables) -> dict[str, str]:
    """Chemistry families of all designs shown, each with one of its chemistries."""
    designs = [design for pack in tables.packs for design in pack.designs]
    return {design_family(tables, design): str(design.facts["chemistry"]) for design in reversed(designs)}


def design_family(tables: ReportTables, design: Design) -> str:
    """Family of a design's chemistry, the key of the lifecycle values."""
    return tables.catalog.table("chemistry_families").one(chemistry=str(design.facts["chemistry"]), name="family").text


def _given(
    tables: ReportTables, key: str, label: str, group: str, value: float, unit: str = "", **keys: str
) -> InputRow:
    """An input of the scenario with the range of its key; with the catalog's source where it is the catalog's value."""
    unit = unit or unit_of_name(key) or ""
    low, high = _natural_range(float(value), unit)
    source = f"scenario {tables.scenario.name}"
    made = InputRow(key, label, group, float(value), unit, low, high, source, "", "scenario")
    for name in ("scenario_ranges", *DEFAULT_TABLES):
        for row in tables.catalog.table(name).rows:
            if row.unit == unit and row.keys["name"] in {key, without_unit(key)} and _agrees(row, keys):
                replaced = name == "scenario_ranges" or row.value != value
                made = _sourced(made, row, tables.scenario, overridden=replaced)
    return made


def _agrees(row: Row, keys: Mapping[str, str]) -> bool:
    return all(row.keys.get(key, word) == word for key, word in keys.items())


def _natural_range(value: float, unit: str) -> tuple[float, float]:
    if unit == "1/yr" and abs(value) < 1.0:
        return min(_RATE_RANGE[0], value), max(_RATE_RANGE[1], value)
    if unit == "1" and value <= 1.0:
        return _SHARE_RANGE
    return min(0.0, value * _MULTIPLE), abs(value) * _MULTIPLE or _LEAST_MAXIMUM


def _sourced(made: InputRow, row: Row, scenario: Scenario, *, overridden: bool = False) -> InputRow:
    """The input with the range of a catalog row, and with its source unless the scenario sets another value."""
    value = float(made.value)
    low = made.low if row.low_value is None else min(row.low_value, value)
    high = made.high if row.high_value is None else max(row.high_value, value)
    dated = str(row.price_year or "")
    if overridden:
        dated = str(scenario.finance.price_year) if row.price_year else ""
        ranged = row.table != "scenario_ranges" and row.low_value is not None
        return replace(made, low=low, high=high, dated=dated, is_ranged=ranged)
    ranged = row.low_value is not None
    return replace(made, low=low, high=high, source=row.source, dated=dated, kind=row.kind, is_ranged=ranged)
