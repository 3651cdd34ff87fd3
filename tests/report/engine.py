"""A second spreadsheet engine beside LibreOffice: in this process, so a changed cell takes milliseconds."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import openpyxl
import pytest

FIRST_CHECK_ROW, STATE_COLUMN = 10, 9


def engine() -> Any:
    """The engine; where CI is set its absence is a failure, else the tests are left out."""
    if os.environ.get("CI"):
        import formualizer

        return formualizer
    return pytest.importorskip("formualizer", reason="formualizer is not installed; it is in the extra 'test'")


class Recalculated:
    """A book that is calculated by the engine; what it shows never comes from the values in the file."""

    def __init__(self, path: Path) -> None:
        self.book = openpyxl.load_workbook(path)
        self.engine = engine().load_workbook(str(path))
        self.engine.evaluate_all()

    def value(self, sheet: str, address: str) -> Any:
        cell = self.book[sheet][address]
        return self.engine.get_value(sheet, cell.row, cell.column)

    def named(self, name: str) -> Any:
        sheet, address = self.place(name)
        return self.value(sheet, address)

    def place(self, name: str) -> tuple[str, str]:
        sheet, address = self.book.defined_names[name].attr_text.rsplit("!", 1)
        return sheet.strip("'"), address.replace("$", "")

    def put(self, sheet: str, address: str, content: object) -> None:
        """A number, text or formula in a cell."""
        cell = self.book[sheet][address]
        if isinstance(content, str) and content.startswith("="):
            self.engine.set_formula(sheet, cell.row, cell.column, content)
        else:
            self.engine.set_value(sheet, cell.row, cell.column, content)

    def calculate(self) -> None:
        self.engine.evaluate_all()

    def alarms(self) -> list[str]:
        """Checks that do not say OK."""
        sheet = self.book["Checks"]
        rows = range(FIRST_CHECK_ROW, sheet.max_row + 1)
        labels = {row: sheet.cell(row, 2).value for row in rows if sheet.cell(row, STATE_COLUMN).value}
        return [
            str(label) for row, label in labels.items() if self.engine.get_value("Checks", row, STATE_COLUMN) != "OK"
        ]


def close(one: object, other: object, tolerance: float = 1e-6) -> bool:
    """Equal words, or numbers equal to a millionth."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    return one == other
