"""Forms for tests: one to fill in, and the places of its cells."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from lcopt.errors import ScenarioError
from lcopt.inputs.reader import read_scenarios

HEADER = 4
COLUMNS = {"key": 1, "meaning": 2, "value": 3, "unit": 4, "default": 5, "allowed": 6, "source": 7}
FIRST_VARIANT = 8


def row_of(sheet: Worksheet, key: str) -> int:
    """The row with a key."""
    return next(row for row in range(HEADER + 1, sheet.max_row + 1) if sheet.cell(row, 1).value == key)


def edited(content: bytes, edit: Callable[[Worksheet], object]) -> bytes:
    """The form after an edit of its sheet."""
    book = load_workbook(io.BytesIO(content))
    edit(book["Scenario"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def filled(content: bytes, cells: Mapping[tuple[str, str | int], Any]) -> bytes:
    """The form with values by key and column: `value`, `unit`, or the number of the column of a variant."""

    def fill(sheet: Worksheet) -> None:
        for (key, column), value in cells.items():
            place = sheet.cell(row_of(sheet, key), column if isinstance(column, int) else COLUMNS[column])
            place.value = value

    return edited(content, fill)


def cell(content: bytes, key: str, column: str | int) -> str:
    """`line:column` of a cell, a blank and its address, as an error begins with them."""
    row = row_of(load_workbook(io.BytesIO(content))["Scenario"], key)
    number = column if isinstance(column, int) else COLUMNS[column]
    return f"{row}:{number}: error: Scenario!{chr(64 + number)}{row}"


def problems(file: str) -> list[str]:
    """Every problem of a file, one line each; none where it reads well."""
    try:
        read_scenarios(file)
    except ScenarioError as error:
        return [str(problem) for problem in error.problems]
    return []
