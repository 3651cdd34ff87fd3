"""Sheet Replaced: rows of the catalog that a folder of data or the scenario itself replaced or added, whole."""

from __future__ import annotations

from lcopt.inputs.catalog import Catalog, Row, number_of
from lcopt.inputs.catalog_tables import IDENTITY
from lcopt.inputs.excel.report_layout import RECORD_HEAD, REPLACED_SHEET
from lcopt.inputs.replaced_rows import ReplacedRow
from lcopt.report import sheets
from lcopt.report.ledger import Ledger
from lcopt.report.sheets import Sheet
from lcopt.report.sources import shown_format

HEADS = (
    ("Table", 22.0),
    ("Row", 52.0),
    ("What", 10.0),
    ("Packaged value", 16.0),
    ("New value", 16.0),
    ("Unit", 14.0),
    ("Low", 12.0),
    ("High", 12.0),
    ("Kind", 11.0),
    ("Price year", 8.0),
    ("Money factor", 9.0),
    ("Source", 22.0),
    ("Place in the source", 30.0),
    ("Stands in", 34.0),
    ("Note", 50.0),
    (RECORD_HEAD, 60.0),
)
TABLE, ROW, WHAT, PACKAGED, VALUE, UNIT, LOW, HIGH = range(1, 9)
KIND, YEAR, FACTOR, SOURCE, PLACE, STANDS_IN, NOTE, RECORD = range(9, len(HEADS) + 1)


def add_replaced(ledger: Ledger) -> Sheet | None:
    """One row a replaced or added row, in the order of tables; no sheet where there are none.

    Money is in dollars of the scenario. The last column holds each row as a record of JSON from which
    `ReplacedRow.of_record` makes it again.
    """
    rows = ledger.tables.scenario.replaced_rows
    if not rows:
        return None
    purpose = (
        "Rows of the catalog that the user's data or the scenario replaced or added. Money is in dollars of the "
        "scenario: the value of the row x money factor."
    )
    sheet = ledger.sheet(REPLACED_SHEET, None, "Replaced numbers of the catalog", purpose, "record")
    sheet.header(HEADS)
    for column in (PACKAGED, VALUE, LOW, HIGH):
        sheet.cell(sheet.header_row, column).look = "head_number"
    catalog = ledger.tables.catalog
    year = ledger.tables.scenario.finance.price_year
    packaged = catalog.packaged.in_price_year(year)
    ordered = sorted(rows, key=lambda row: (row.table, row.file, row.line))
    for number, replaced in enumerate(ordered, start=sheets.FIRST_ROW):
        _put_row(sheet, number, replaced, catalog, packaged)
    return sheet


def _put_row(sheet: Sheet, number: int, replaced: ReplacedRow, catalog: Catalog, packaged: Catalog) -> None:
    row = catalog.table(replaced.table).row_of[replaced.identity]
    before = packaged.table(replaced.table).row_of.get(replaced.identity)
    columns = IDENTITY.get(replaced.table, tuple(replaced.keys))
    sheet.put(number, TABLE, replaced.table, "code")
    sheet.put(number, ROW, ", ".join(replaced.keys[column] for column in columns if replaced.keys[column]))
    sheet.put(number, WHAT, "replaced" if replaced.replaces else "added")
    _put_value(sheet, number, PACKAGED, before)
    _put_value(sheet, number, VALUE, row)
    sheet.put(number, UNIT, row.unit, "unit")
    for column, bound in ((LOW, row.low_value), (HIGH, row.high_value)):
        if bound is not None:
            sheet.put(number, column, bound, "record", shown_format(bound))
    sheet.put(number, KIND, replaced.cells.get("kind", row.kind), "unit")
    if row.price_year is not None:
        sheet.put(number, YEAR, row.price_year, "record", "0")
        sheet.put(number, FACTOR, row.money_factor, "record", "0.0000")
    sheet.put(number, SOURCE, row.source, "code")
    sheet.put(number, PLACE, row.reference, "note")
    sheet.put(number, STANDS_IN, f"{replaced.file}:{replaced.line}", "code")
    sheet.put(number, NOTE, replaced.cells.get("note", row.note), "note")
    sheet.put(number, RECORD, replaced.record, "note")


def _put_value(sheet: Sheet, number: int, column: int, row: Row | None) -> None:
    """The value of a row, a citation for a source, or nothing where there is no such row."""
    if row is None:
        return
    if number_of(row.text) is None:
        sheet.put(number, column, row.keys.get("citation", row.text))
    else:
        sheet.put(number, column, row.value, "record", shown_format(row.value))
