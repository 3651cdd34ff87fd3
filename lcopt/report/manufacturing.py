"""Sheet Manufacturing: labor, capital and area by process step, and the chain from them to the pack's price."""

from __future__ import annotations

from lcopt.cost.format_process import format_step_labels
from lcopt.report import sheets
from lcopt.report.conversion import (
    COST_ROWS,
    Chain,
    add_chain,
    needs_cells,
    needs_energy,
    other_items_usd,
    packs_per_yr,
)
from lcopt.report.expressions import link
from lcopt.report.formulas import total
from lcopt.report.input_rows import PARTS_FACTOR, design_family
from lcopt.report.ledger import Ledger, Lines
from lcopt.report.sheets import Chart, Series, Sheet, safe_name
from lcopt.report.styles import COUNT, MONEY, SHARE, WHOLE_MONEY
from lcopt.report.tables import PackTables

HEADS = (
    ("Step", 30.0),
    ("Process step", 48.0),
    ("Group or unit", 22.0),
    ("Labor h/yr, or value", 16.0),
    ("Capital USD", 16.0),
    ("Area m2", 12.0),
    ("Labor USD/pack", 12.0),
    ("Depreciation USD/pack", 13.0),
    ("Both USD/pack", 12.0),
    ("Share", 9.0),
)
STEP, LABEL, GROUP, LABOR, CAPITAL, AREA, LABOR_COST, DEPRECIATION, BOTH, SHARE_ = range(1, len(HEADS) + 1)
VALUE = 4  # the chain below the table stands in the column of constants


def add_manufacturing(ledger: Ledger, pack: PackTables) -> Sheet:
    """One sheet for the chosen design of a pack."""
    purpose = "The plant of the scenario: size of each step from the solver, rates live."
    sheet = ledger.sheet("Manufacturing", pack, "Manufacturing", purpose, "calculation", fit_height=True)
    sheet.header(HEADS)
    for column in range(LABOR, SHARE_ + 1):
        sheet.cell(sheet.header_row, column).look = "head_number"
    first = sheets.FIRST_ROW
    last = first + len(pack.chosen.steps_taken) - 1
    chain = _chain(ledger, sheet, pack, last + 2, (first, last))
    _steps(ledger, sheet, pack, first, chain)
    chart = Chart(
        anchor=f"F{last + 3}",
        title="Labor and depreciation by step",
        categories=sheet.down(LABEL, first, last),
        series=(
            Series(sheet.cell(sheet.header_row, LABOR_COST), sheet.down(LABOR_COST, first, last)),
            Series(sheet.cell(sheet.header_row, DEPRECIATION), sheet.down(DEPRECIATION, first, last)),
        ),
        value_title="USD per pack",
        number_format="#,##0",
        horizontal=True,
        width_cm=17.0,
        height_cm=15.0,
    )
    sheet.charts.append(chart)
    return sheet


def _steps(ledger: Ledger, sheet: Sheet, pack: PackTables, first: int, chain: Chain) -> None:
    packs = ledger.of(pack, "packs_per_yr")
    last = first + len(pack.chosen.steps_taken) - 1
    labels = format_step_labels(ledger.tables.catalog, str(pack.chosen.facts["format"]))
    for row, step in enumerate(pack.chosen.steps_taken, start=first):
        sheet.put(row, STEP, step.step, "code")
        sheet.put(row, LABEL, labels.get(step.step, step.step.replace("_", " ").capitalize()))
        sheet.put(row, GROUP, step.group.replace("_", " "))
        labor = sheet.put(row, LABOR, step.labor_h_per_yr, "solver", COUNT)
        capital = sheet.put(row, CAPITAL, step.capital_usd, "solver", WHOLE_MONEY)
        area = sheet.put(row, AREA, step.area_m2, "solver", COUNT)
        paid = chain.hour * labor / packs
        labor_cost = sheet.put(row, LABOR_COST, paid, "calculation", MONEY)
        worn = chain.machine * capital + chain.rate("building_depreciation_frac_per_yr") * (chain.building * area)
        depreciation = sheet.put(row, DEPRECIATION, worn / packs, "calculation", MONEY)
        both = sheet.put(row, BOTH, labor_cost + depreciation, "calculation", MONEY)
        sheet.put(row, SHARE_, both / sheet.cell(last + 1, BOTH), "calculation", SHARE)
    sheet.put(last + 1, LABEL, "All steps", "total_text")
    for column in (LABOR, CAPITAL, AREA, LABOR_COST, DEPRECIATION, BOTH, SHARE_):
        shown = {LABOR: COUNT, AREA: COUNT, CAPITAL: WHOLE_MONEY, SHARE_: SHARE}.get(column, MONEY)
        sheet.put(last + 1, column, total(sheet.down(column, first, last)), "total", shown)


def _chain(ledger: Ledger, sheet: Sheet, pack: PackTables, row: int, steps: tuple[int, int]) -> Chain:
    lines = Lines(sheet, row, (VALUE,))
    sum_row = steps[1] + 1
    lines.block("Price of a pack")
    lines.add(
        "materials",
        "Materials and purchased items",
        "USD/pack",
        link(ledger.of(pack, "bill_total")),
        number_format=MONEY,
        look="link",
    )
    for key, label, unit, column in (
        ("labor_h", "Labor of all steps", "h/yr", LABOR),
        ("capital_usd", "Capital of all steps", "USD", CAPITAL),
        ("area_m2", "Area of all steps", "m2", AREA),
    ):
        lines.add(key, label, unit, link(sheet.cell(sum_row, column)), number_format=COUNT, look="link")
    made = packs_per_yr(ledger, pack.chosen)
    lines.add("packs_per_yr", "Packs that the plant makes", "1/yr", made, number_format=COUNT, look="solver")
    ledger.keep(pack, "packs_per_yr", lines.constant("packs_per_yr"))
    other = other_items_usd(ledger, pack.chosen)
    lines.add(
        "other_solved",
        "Other items at catalog prices (air conditioning)",
        "USD/pack",
        other,
        number_format=MONEY,
        look="solver",
    )
    moved = lines.constant("other_solved") * ledger.inputs[PARTS_FACTOR]
    lines.add("other_items", "Other items", "USD/pack", moved, number_format=MONEY)
    _given_for_the_plant(ledger, lines, pack)
    chain = add_chain(ledger, lines, {VALUE: design_family(ledger.tables, pack.chosen)})
    price = lines.constant("price")
    price.name = safe_name("out_price", pack.suffix)
    ledger.keep(pack, "price", price)
    per_energy = price / ledger.of(pack, "energy")
    lines.add("price_usd_per_kwh", "Purchase price per nameplate energy", "USD/kWh", per_energy, number_format=MONEY)
    ledger.keep(pack, "price_per_kwh", lines.constant("price_usd_per_kwh"))
    for item, key in COST_ROWS.items():
        if key in lines.at:
            ledger.keep(pack, f"cost_{item}", lines.constant(key))
    return chain


def _given_for_the_plant(ledger: Ledger, lines: Lines, pack: PackTables) -> None:
    """What the chain needs for the costing, royalties and subsidies of the scenario."""
    if needs_cells(ledger.plant):
        bought = link(ledger.of(pack, "bill_cells"))
        label = "of it bought for cells"
        lines.add("cell_materials", label, "USD/pack", bought, number_format=MONEY, look="link")
    if needs_energy(ledger.plant):
        energy = link(ledger.of(pack, "energy"))
        lines.add("energy_kwh", "Nameplate energy", "kWh", energy, number_format=MONEY, look="link")
