"""The result in a report: its tidy tables as records, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from openpyxl import Workbook

from lcopt.inputs.excel.report_layout import (
    DATA_SHEETS,
    INPUTS_SHEET,
    LIVE_HEAD,
    SCENARIO_HEADS,
    SCENARIO_SHEET,
    SOLVED_HEAD,
)
from lcopt.inputs.text.tree import Place, UnreadableError

ROWS_MAX, COLUMNS_MAX = 20_000, 120
Record = dict[str, Any]


@dataclass(frozen=True)
class ReportData:
    """Tables by the name of their sheet, settings by their dotted key, and how many live inputs were changed."""

    tables: dict[str, list[Record]]
    settings: dict[str, str]
    changed_count: int


def read_data(book: Workbook, file: str) -> ReportData:
    """The tables of a report that is open for its values.

    Raises
    ------
    UnreadableError
        Where a table is missing: the report is of an earlier version.
    """
    names = [sheet.title for sheet in book.worksheets]
    missing = [name for name in DATA_SHEETS[:4] if name not in names]
    if missing:
        message = f"the report has no sheet {', '.join(missing)}; expected the tables of a result"
        hint = "write it again with this version of lcopt: lcopt run"
        raise UnreadableError(message, hint, Place(1, 1, file, ""))
    tables = {name: _records(book, name, 1) for name in DATA_SHEETS if name in names}
    key, value = SCENARIO_HEADS[:2]
    asked = _below(book, SCENARIO_SHEET, key)
    inputs = _below(book, INPUTS_SHEET, LIVE_HEAD)
    return ReportData(
        tables=tables,
        settings={str(row[key]): str(row[value]) for row in asked if row.get(key) is not None},
        changed_count=sum(row[LIVE_HEAD] != row.get(SOLVED_HEAD) for row in inputs if row[LIVE_HEAD] is not None),
    )


def _below(book: Workbook, name: str, head: str) -> list[Record]:
    """The records below the row that has a heading."""
    rows = book[name].iter_rows(max_col=COLUMNS_MAX, values_only=True)
    start = next((number for number, row in enumerate(islice(rows, ROWS_MAX), start=1) if head in row), 1)
    return _records(book, name, start)


def _records(book: Workbook, name: str, start: int) -> list[Record]:
    rows = islice(book[name].iter_rows(min_row=start, max_col=COLUMNS_MAX, values_only=True), ROWS_MAX)
    heads = list(next(rows, ()))
    return [
        {str(head): value for head, value in zip(heads, row, strict=False) if head is not None}
        for row in rows
        if any(value is not None for value in row)
    ]
