"""The filled cells of one sheet of a workbook as plain values, each with what a reader must know of its look."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import Enum
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries

from lcopt.inputs.text.tree import UnreadableError

ROWS_MAX = 3000
COLUMNS_MAX = 200
_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*?\sr=\"(\d{1,9})\"")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^<>]*?\sref=\"([A-Za-z]{1,3}\d{1,7}:[A-Za-z]{1,3}\d{1,7})\"")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class CellKind(Enum):
    """What stands in a cell; NO_VALUE is a formula whose value the file does not store."""

    NUMBER = "a number"
    TEXT = "a text"
    BOOLEAN = "true or false"
    DATE = "a date"
    ERROR = "an error"
    NO_VALUE = "a formula without a value"


class SheetCell(NamedTuple):
    """One filled cell; a date is the text that shows it, `is_percent` tells that the cell shows a number in percent."""

    kind: CellKind
    value: str | float | bool
    is_percent: bool = False


@dataclass(frozen=True)
class SheetCells:
    """The filled cells of one sheet by row and column, from 1; `merged` has the top, left, bottom, right of ranges."""

    title: str
    cells: dict[tuple[int, int], SheetCell]
    merged: tuple[tuple[int, int, int, int], ...] = ()

    def address(self, row: int, column: int) -> str:
        """A cell as a formula names it: `Scenario!C4`."""
        title = self.title if self.title.isidentifier() else f"'{self.title}'"
        shown = "".join(sign if sign.isprintable() else "?" for sign in title)
        return f"{shown}!{get_column_letter(column)}{row}"


def first_text(sheet: Any) -> str:  # noqa: ANN401 - a sheet that is opened read-only
    """What stands in the first cell of a sheet, as text."""
    for row in sheet.iter_rows(max_row=1, max_col=1):
        return str(row[0].value or "") if row else ""
    return ""


def sheet_cells(sheet: Any, with_formulas: Any, xml: bytes) -> SheetCells:  # noqa: ANN401
    """The cells of a sheet.

    Parameters
    ----------
    sheet : openpyxl sheet, opened read-only with the values that formulas have
    with_formulas : callable
        Gives the same sheet, opened for the formulas themselves; called where the sheet has any.
    xml : bytes
        The part of the file that holds the sheet.

    Raises
    ------
    UnreadableError
        Where it reaches further down than a form can.
    """
    last_row = max((int(number) for number in _ROW.findall(xml)), default=0)
    if last_row > ROWS_MAX:
        message = f"the sheet '{sheet.title}' reaches down to row {last_row}; expected at most {ROWS_MAX} rows"
        raise UnreadableError(message, "delete the rows below the last key")
    cells = {place: _cell(cell) for place, cell in _filled(sheet)}
    if _FORMULA.search(xml):
        for place, cell in _filled(with_formulas()):
            if cell.data_type == "f" and place not in cells:
                cells[place] = SheetCell(CellKind.NO_VALUE, "")
    cells = {place: cell for place, cell in cells.items() if cell.value != "" or cell.kind is not CellKind.TEXT}
    return SheetCells(sheet.title, cells, tuple(_merged(xml)))


def _filled(sheet: Any) -> Iterator[tuple[tuple[int, int], Any]]:  # noqa: ANN401
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_row=ROWS_MAX, max_col=COLUMNS_MAX), start=1):
        for column, cell in enumerate(row, start=1):
            if cell.value is not None or cell.data_type == "str":
                yield (number, column), cell


def _cell(cell: Any) -> SheetCell:  # noqa: ANN401
    value = cell.value
    if value is None:
        return SheetCell(CellKind.TEXT, "")  # a formula whose value is the empty text
    if cell.data_type == "e":
        return SheetCell(CellKind.ERROR, str(value))
    if isinstance(value, bool):
        return SheetCell(CellKind.BOOLEAN, value)
    if isinstance(value, date | time | timedelta):
        return SheetCell(CellKind.DATE, str(value))
    if isinstance(value, int | float):
        return SheetCell(CellKind.NUMBER, _double(value), "%" in _NOT_SHOWN.sub("", str(cell.number_format)))
    return SheetCell(CellKind.TEXT, str(value).strip())


def _double(value: float) -> float:
    """The number as a spreadsheet holds it."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _merged(xml: bytes) -> Iterator[tuple[int, int, int, int]]:
    for reference in _MERGED.findall(xml):
        left, top, right, bottom = (number or 1 for number in range_boundaries(reference.decode()))
        yield top, left, bottom, right
