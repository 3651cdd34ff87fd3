"""Sheet Recycling: metal in the chosen pack x recovery x payable share x live price, less what its route costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from lcopt.report import sheets
from lcopt.report.design_columns import DesignColumns
from lcopt.report.expressions import Cell, Expression, link
from lcopt.report.formulas import sum_of_products, total
from lcopt.report.input_rows import design_family
from lcopt.report.ledger import Ledger
from lcopt.report.recycling_inputs import cost_key, payable_key, price_key, recovery_key
from lcopt.report.sheets import Sheet, safe_name
from lcopt.report.styles import FACTOR, MONEY, QUANTITY, SHARE, UNIT_COST
from lcopt.report.tables import Design, PackTables, Recycled
from lcopt.report.words import label

HEADS = (
    ("Key", 22.0),
    ("What", 34.0),
    ("In the pack", 12.0),
    ("Unit", 8.0),
    ("Recovery", 11.0),
    ("Recovered", 12.0),
    ("Payable share", 11.0),
    ("Price input, live", 13.0),
    ("Unit", 10.0),
    ("Metal in it", 10.0),
    ("Price", 12.0),
    ("Unit", 10.0),
    ("Value", 13.0),
    ("Unit", 11.0),
)
(KEY, WHAT, CONTENT, KG, RECOVERY, RECOVERED, PAYABLE, INPUT, INPUT_UNIT, SHARE_IN, PRICE, PRICE_UNIT, VALUE, UNIT) = (
    range(1, len(HEADS) + 1)
)
# Names for people where the key is not one.
NAMES = {
    "cathode": "Active material, sold as such",
    "cell_copper": "Copper of cells",
    "cell_aluminum": "Aluminum of cells",
    "cell_steel": "Steel of cells",
    "pack_copper": "Copper of other parts",
    "pack_aluminum": "Aluminum of other parts",
    "pack_steel": "Steel of other parts",
    "cell_processing": "Processing, by mass of cells",
    "pack_disassembly": "Disassembly, by mass of pack",
    "pack_transport": "Transport, by mass of pack",
}


def add_recycling(ledger: Ledger, pack: PackTables) -> None:
    """One sheet for the chosen design of a pack; none where the scenario gives the value of a spent pack."""
    if not ledger.tables.recycles:
        return
    route = pack.chosen.route
    purpose = (
        f"Route {route.replace('_', ' ')}, as solved. Masses are the solver's; recoveries, prices, costs are live."
    )
    sheet = ledger.sheet("Recycling", pack, "Recycling of a spent pack", purpose, "calculation")
    sheet.put(sheets.PURPOSE_ROW, 1, f"{purpose} Here what is earned is positive, cost negative.", "purpose")
    sheet.header(HEADS)
    for column in (CONTENT, RECOVERY, RECOVERED, PAYABLE, INPUT, SHARE_IN, PRICE, VALUE):
        sheet.cell(sheet.header_row, column).look = "head_number"
    row = sheets.FIRST_ROW
    for item in pack.chosen.recycled:
        (_cost if item.is_cost else _good)(ledger, sheet, row, route, item)
        row += 1
    sheet.put(row, WHAT, "Value of a spent pack", "total_text")
    worth = sheet.put(row, VALUE, total(sheet.down(VALUE, sheets.FIRST_ROW, row - 1)), "total", MONEY)
    sheet.put(row, UNIT, "USD/pack", "unit")
    sheet.put(row + 1, WHAT, "Pack energy, nameplate")
    energy = sheet.put(row + 1, VALUE, link(ledger.of(pack, "energy")), "link", QUANTITY)
    sheet.put(row + 1, UNIT, "kWh", "unit")
    sheet.put(row + 2, WHAT, "Value per nameplate energy", "total_text")
    name = safe_name("out_", "recycling_value", pack.suffix)
    value = sheet.put(row + 2, VALUE, worth / energy, "total", UNIT_COST, name)
    sheet.put(row + 2, UNIT, "USD/kWh", "unit")
    ledger.keep(pack, "recycling_value", value)


def _good(ledger: Ledger, sheet: Sheet, row: int, route: str, item: Recycled) -> None:
    _words(sheet, row, item)
    content = sheet.put(row, CONTENT, item.content_kg, "solver", QUANTITY)
    recovery = sheet.put(row, RECOVERY, link(ledger.input(recovery_key(route, item.item))), "link", SHARE)
    recovered = sheet.put(row, RECOVERED, content * recovery, "calculation", QUANTITY)
    payable = sheet.put(row, PAYABLE, link(ledger.input(payable_key(item.item))), "link", SHARE)
    paid = sheet.put(row, INPUT, link(ledger.input(price_key(item))), "link", UNIT_COST)
    sheet.put(row, INPUT_UNIT, "USD/kg", "unit")
    share = sheet.put(row, SHARE_IN, item.share_in_item, "record", FACTOR)
    price = sheet.put(row, PRICE, paid / share, "calculation", UNIT_COST)
    sheet.put(row, PRICE_UNIT, "USD/kg", "unit")
    sheet.put(row, VALUE, recovered * payable * price, "calculation", MONEY)


def _cost(ledger: Ledger, sheet: Sheet, row: int, route: str, item: Recycled) -> None:
    _words(sheet, row, item)
    mass = sheet.put(row, CONTENT, item.content_kg, "solver", QUANTITY)
    price = sheet.put(row, PRICE, _cost_per_kg(ledger, route, item.item), "calculation", UNIT_COST)
    sheet.put(row, PRICE_UNIT, "USD/kg", "unit")
    sheet.put(row, VALUE, -1 * mass * price, "calculation", MONEY)


def _words(sheet: Sheet, row: int, item: Recycled) -> None:
    sheet.put(row, KEY, item.item, "code")
    sheet.put(row, WHAT, _name(item))
    sheet.put(row, KG, "kg", "unit")
    sheet.put(row, UNIT, "USD/pack", "unit")


def _name(item: Recycled) -> str:
    return NAMES.get(item.item) or label(item.item)


def _as_priced(item: Recycled) -> str:
    """The name with the salt by which a metal is priced."""
    return _name(item) if item.share_in_item == 1 else f"{_name(item)} as {label(item.price_item).lower()}"


def _cost_per_kg(ledger: Ledger, route: str, cost: str) -> Expression:
    """What a kilogram costs, the disassembly at the live wage."""
    paid = ledger.input(cost_key(route, cost))
    return paid * ledger.input("labor_usd_per_h") if cost == "pack_disassembly" else link(paid)


def spent_pack_usd_per_kwh(ledger: Ledger, pack: PackTables) -> Cell:
    """Live value of a spent pack of the chosen design, per nameplate energy."""
    if ledger.tables.recycles:
        return ledger.of(pack, "recycling_value")
    return ledger.input(f"end_of_life_value_{design_family(ledger.tables, pack.chosen)}_usd_per_kwh")


def write_worth(columns: DesignColumns) -> None:
    """Rows of sheet Alternatives by route and, below them, `worth`: kilograms per energy times live USD per kilogram.

    Each design takes the route that it has as solved. Metals are told as the salt whose price they have.
    """
    lines = columns.lines
    lines.block("Recycling: kilograms per energy; what a kilogram brings or costs in column D")
    first = lines.row
    for route, item in _used(columns.pack):
        key = f"recycled_{route}_{item.item}_{item.price_item}".rstrip("_")
        row = lines.add(
            key,
            f"{_as_priced(item)}, {route.replace('_', ' ')}",
            "kg/kWh",
            _usd_per_kg(columns.ledger, route, item),
            partial(_kg_per_kwh, columns.design_at, route, item),
            number_format=FACTOR,
            look="solver",
            constant_look="calculation",
        )
        lines.sheet.cell(row, 4).number_format = UNIT_COST
    last = lines.row - 1
    prices = lines.sheet.down(4, first, last)
    columns.computed(
        "worth",
        "End-of-life value",
        "USD/kWh",
        lambda c: sum_of_products(prices, lines.sheet.down(c, first, last)),
        UNIT_COST,
    )


def _used(pack: PackTables) -> Iterator[tuple[str, Recycled]]:
    """Every route with what any design sells or pays on it, once."""
    seen: set[tuple[str, str, str]] = set()
    for design in pack.designs:
        for item in design.recycled:
            mark = (design.route, item.item, item.price_item)
            if mark not in seen:
                seen.add(mark)
                yield design.route, item


def _usd_per_kg(ledger: Ledger, route: str, item: Recycled) -> Expression:
    if item.is_cost:
        return -1 * _cost_per_kg(ledger, route, item.item)
    earned = ledger.input(recovery_key(route, item.item)) * ledger.input(payable_key(item.item))
    return earned * ledger.input(price_key(item))


def _kg_per_kwh(design_at: Mapping[int, Design], route: str, item: Recycled, column: int) -> float:
    """Mass of what has the price of an item, per nameplate energy of a design; none where it takes another route."""
    design = design_at[column]
    if design.route != route:
        return 0.0
    same = (own for own in design.recycled if (own.item, own.price_item) == (item.item, item.price_item))
    return sum(own.content_kg / own.share_in_item for own in same) / float(design.facts["pack_energy_kwh"])
