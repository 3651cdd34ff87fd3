"""Sheet BOM: what one pack is bought from, quantity times live price."""

from __future__ import annotations

from lcopt.report import sheets
from lcopt.report.expressions import Cell, link
from lcopt.report.formulas import sum_where, total
from lcopt.report.ledger import Ledger
from lcopt.report.sheets import Chart, Series, Sheet, safe_name
from lcopt.report.styles import FACTOR, MONEY, QUANTITY, SHARE, UNIT_COST
from lcopt.report.tables import BillItem, PackTables
from lcopt.report.words import bought

HEADS = (
    ("Price key", 38.0),
    ("Item", 34.0),
    ("Level", 10.0),
    ("Quantity", 13.0),
    ("Unit", 11.0),
    ("Price input, live", 13.0),
    ("Price relative to input", 13.0),
    ("Unit price", 13.0),
    ("Price unit", 13.0),
    ("Cost", 13.0),
    ("Cost unit", 11.0),
    ("Share", 9.0),
)
KEY, ITEM, LEVEL, QUANTITY_, UNIT, INPUT, RELATIVE, PRICE, PRICE_UNIT, COST, COST_UNIT, SHARE_ = range(
    1, len(HEADS) + 1
)
LEVELS = ("cell", "module", "pack")
CHARTED = 14


def add_bill(ledger: Ledger, pack: PackTables) -> Sheet:
    """One sheet for the chosen design of a pack; items by falling cost."""
    purpose = "What one delivered pack is bought from, scrap included. Quantities are the solver's, prices live."
    sheet = ledger.sheet("BOM", pack, "Bill of materials", purpose, "calculation")
    sheet.header(HEADS)
    for column in (QUANTITY_, INPUT, RELATIVE, PRICE, COST, SHARE_):
        sheet.cell(sheet.header_row, column).look = "head_number"
    bought = [item for item in pack.chosen.bill if item.quantity]
    items = sorted(bought, key=lambda item: -item.cost_usd)
    first, last = sheets.FIRST_ROW, sheets.FIRST_ROW + len(items) - 1
    sum_row = last + 1
    name = safe_name("bom_total", pack.suffix)
    bill_total = sheet.put(sum_row, COST, total(sheet.down(COST, first, last)), "total", MONEY, name)
    for row, item in enumerate(items, start=first):
        _item(ledger, sheet, row, item, bill_total)
    sheet.put(sum_row, ITEM, "Materials and purchased items", "total_text")
    sheet.put(sum_row, COST_UNIT, "USD/pack", "unit")
    sheet.put(sum_row, SHARE_, total(sheet.down(SHARE_, first, last)), "total", SHARE)
    ledger.keep(pack, "bill_total", bill_total)
    ledger.keep(pack, "bill_shares", sheet.cell(sum_row, SHARE_))
    of_level = _levels(sheet, sum_row + 2, first, last, bill_total)
    ledger.keep(pack, "bill_cells", of_level["cell"])
    shown = min(last, first + CHARTED - 1)
    chart = Chart(
        anchor=f"A{sum_row + 7}",
        title="Dearest items of the bill",
        categories=sheet.down(ITEM, first, shown),
        series=(Series(sheet.cell(sheet.header_row, COST), sheet.down(COST, first, shown)),),
        value_title="USD per pack",
        number_format="#,##0",
        horizontal=True,
        width_cm=24.0,
        height_cm=11.0,
    )
    sheet.charts.append(chart)
    return sheet


def _item(ledger: Ledger, sheet: Sheet, row: int, item: BillItem, bill_total: Cell) -> None:
    key = ledger.price_key(item)
    sheet.put(row, KEY, key, "code")
    sheet.put(row, ITEM, bought(item.price_key, item.item))
    sheet.put(row, LEVEL, item.level)
    quantity = sheet.put(row, QUANTITY_, item.quantity, "solver", QUANTITY)
    sheet.put(row, UNIT, item.unit, "unit")
    live = sheet.put(row, INPUT, link(ledger.inputs[key]), "link", UNIT_COST)
    relative = sheet.put(row, RELATIVE, ledger.relative_price(item), "solver", FACTOR)
    price = sheet.put(row, PRICE, live * relative, "calculation", UNIT_COST)
    sheet.put(row, PRICE_UNIT, f"USD/{item.unit}", "unit")
    cost = sheet.put(row, COST, quantity * price, "calculation", MONEY)
    sheet.put(row, COST_UNIT, "USD/pack", "unit")
    sheet.put(row, SHARE_, cost / bill_total, "calculation", SHARE)


def _levels(sheet: Sheet, row: int, first: int, last: int, bill_total: Cell) -> dict[str, Cell]:
    costs = {}
    for offset, level in enumerate(LEVELS):
        sheet.put(row + offset, ITEM, f"Bought for the {level}")
        word = sheet.put(row + offset, LEVEL, level)
        of_level = sum_where(sheet.down(LEVEL, first, last), word, sheet.down(COST, first, last))
        cost = sheet.put(row + offset, COST, of_level, "calculation", MONEY)
        sheet.put(row + offset, COST_UNIT, "USD/pack", "unit")
        sheet.put(row + offset, SHARE_, cost / bill_total, "calculation", SHARE)
        costs[level] = cost
    return costs
