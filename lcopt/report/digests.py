"""Sums over rows of a sheet that hold while no input is changed: a wrong formula anywhere moves one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lcopt.report.expressions import Expression, Range
from lcopt.report.sheets import Sheet

# Rows are added up while their numbers are small enough for a cent to be seen in the sum.
LARGEST_SUM = 1e6
TOLERANCE_FRAC = 1e-9


@dataclass(frozen=True)
class Digest:
    """Some rows of a sheet and the sum of all their numbers."""

    first: int
    last: int
    cells: Range
    total: float

    @property
    def rows(self) -> str:
        """The rows in words."""
        return f"row {self.first}" if self.first == self.last else f"rows {self.first} to {self.last}"


def digests(sheet: Sheet) -> Iterator[Digest]:
    """Runs of rows that together hold every formula below the head of a sheet."""
    numbers: dict[int, list[float]] = {}
    formulas = set()
    for (row, _), cell in sheet.cells.items():
        if row <= sheet.header_row or cell.content is None:
            continue
        is_number = isinstance(cell.value, float | int) and not isinstance(cell.value, bool)
        numbers.setdefault(row, []).extend([float(cell.value)] if is_number else [])
        if isinstance(cell.content, Expression):
            formulas.add(row)
    run: list[int] = []
    size = 0.0
    for row in sorted(numbers):
        more = sum(map(abs, numbers[row]))
        if run and size + more > LARGEST_SUM:
            yield from _digest(sheet, run, numbers, formulas)
            run, size = [], 0.0
        run.append(row)
        size += more
    yield from _digest(sheet, run, numbers, formulas)


def _digest(sheet: Sheet, run: list[int], numbers: dict[int, list[float]], formulas: set[int]) -> Iterator[Digest]:
    told = [row for row in run if row in formulas]
    if told:
        first, last = told[0], told[-1]
        cells = Range(sheet.cell(first, 1), sheet.cell(last, sheet.last_column))
        values = [value for row in run if first <= row <= last for value in numbers[row]]
        yield Digest(first, last, cells, sum(values))
