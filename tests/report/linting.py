"""A linter over a finished workbook: what finance staff may expect of every cell of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell
from openpyxl.formula.tokenizer import Tokenizer
from openpyxl.utils import column_index_from_string
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

LONGEST_FORMULA = 100
# Numbers that a formula may hold: units of time, percent, thousands.
CONSTANTS = {"0", "1", "12", "24", "100", "1000", "8760"}
FORBIDDEN = re.compile(r"\b(OFFSET|INDIRECT|NOW|TODAY|RAND|RANDBETWEEN|CELL|INFO|VLOOKUP)\(")
NESTED_IF = re.compile(r"(?<![A-Z])IF\(")
# Rows whose formula differs by the chemistry family of a column.
BY_FAMILY = re.compile(r"=(?:.*\*)?in_(end_of_life_value|carbon_making|royalty)_")
ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#N/A", "#NULL!")
CELL_ADDRESS = re.compile(r"[A-Za-z]{1,3}[0-9]+")
SERIES_SHEETS, FIRST_SERIES_COLUMN = ("Lifecycle", "Alternatives"), 7
DATA = "Data_"
INPUT_FILL = "FFFFF9DB"


def lint(book: Path) -> list[str]:
    """Every fault of a book, each with its place."""
    formulas, values = openpyxl.load_workbook(book), openpyxl.load_workbook(book, data_only=True)
    return [*_of_book(formulas), *(fault for sheet in formulas for fault in _of_sheet(sheet, values[sheet.title]))]


def _of_book(book: Workbook) -> Iterator[str]:
    for name in book.defined_names:
        if CELL_ADDRESS.fullmatch(name):
            yield f"name {name} is the address of a cell"
    if book["Checks"]["D6"].value is None:
        yield "Checks: no master check"


def _of_sheet(sheet: Worksheet, values: Worksheet) -> Iterator[str]:
    yield from _of_layout(sheet)
    rows: dict[int, dict[int, str]] = {}
    for row in sheet.iter_rows():
        for cell in row:
            yield from _of_cell(cell, values[cell.coordinate].value)
            if cell.data_type == "f":
                rows.setdefault(cell.row, {})[cell.column] = cell.value
    if sheet.title.startswith(SERIES_SHEETS):
        yield from _rows_of_one_formula(sheet.title, rows)
    if sheet.title == "Inputs":
        yield from _inputs_without_unit_or_source(sheet)


def _of_layout(sheet: Worksheet) -> Iterator[str]:
    if sheet.merged_cells.ranges:
        yield f"{sheet.title}: merged cells"
    if sheet.sheet_state != "visible":
        yield f"{sheet.title}: hidden"
    hidden = [key for key, size in (*sheet.column_dimensions.items(), *sheet.row_dimensions.items()) if size.hidden]
    if hidden:
        yield f"{sheet.title}: hidden rows or columns {hidden}"
    if sheet.page_setup.orientation != "landscape" or sheet.page_setup.fitToWidth != 1 or not sheet.print_area:
        yield f"{sheet.title}: not set up for printing one page wide"


def _of_cell(cell: Cell, value: object) -> Iterator[str]:
    place = f"{cell.parent.title}!{cell.coordinate}"
    if cell.data_type == "e" or value in ERRORS:
        yield f"{place}: error {value}"
    if cell.data_type == "f":
        formula = cell.value
        numbers = {token.value for token in Tokenizer(formula).items if token.subtype == "NUMBER"}
        faults = {
            "no value for viewers": value is None,
            f"{len(formula)} signs": len(formula) > LONGEST_FORMULA,
            "volatile, indirect or external": bool(FORBIDDEN.search(formula)) or "[" in formula,
            "nested IF": len(NESTED_IF.findall(formula)) > 1,
            "NPV() outside the checks": "NPV(" in formula and cell.parent.title != "Checks",
            f"constants {sorted(numbers - CONSTANTS)}": not numbers <= CONSTANTS,
        }
        yield from (f"{place}: {words}: {formula}" for words, is_so in faults.items() if is_so)


def _rows_of_one_formula(title: str, rows: dict[int, dict[int, str]]) -> Iterator[str]:
    for row, cells in rows.items():
        found = {relative(text, column) for column, text in cells.items() if column >= FIRST_SERIES_COLUMN}
        if len(found) > 1 and not all(BY_FAMILY.match(text) for text in found):
            yield f"{title}!{row}: several formulas along the row: {sorted(found)[:2]}"


def relative(formula: str, column: int) -> str:
    """The formula with movable columns written as their distance."""
    return re.sub(
        r"(?<![A-Za-z_$!'])([A-Z]{1,2})(\$?[0-9]+)\b",
        lambda found: f"[{column_index_from_string(found[1]) - column}]{found[2]}",
        formula,
    )


def _inputs_without_unit_or_source(sheet: Worksheet) -> Iterator[str]:
    heads = {cell.value: cell.column for cell in sheet[5]}
    for row in sheet.iter_rows(min_row=6):
        if row[heads["Live value"] - 1].fill.start_color.rgb == INPUT_FILL:
            for head in ("Unit", "Source", "Kind"):
                if not row[heads[head] - 1].value:
                    yield f"Inputs!{row[0].row}: {row[0].value} has no {head.lower()}"
