"""Sheets Data: the result as solved in tidy tables for pivot tables, Power Query and pandas, one row of heads each.

`lcopt compare` reads a report back from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from lcopt.inputs.excel.report_layout import DATA_SHEETS
from lcopt.report.ledger import Ledger
from lcopt.report.records import records_of
from lcopt.report.sheets import Book, Sheet
from lcopt.report.styles import COUNT, NUMBER, QUANTITY
from lcopt.result import Result, chosen_of

TABLE_PREFIX = "tbl"
HEAD_WIDTH, LEAST_WIDTH, MOST_WIDTH = 1.15, 10.0, 60.0
MISSING, ENDLESS = "-", "endless"


def add_data(ledger: Ledger) -> None:
    """One sheet a table, in the order of the layout that the reader shares."""
    for name, frame in data_frames(ledger.tables.result).items():
        if len(frame):
            add_table(ledger.book, name, records_of(frame), list(map(str, frame.columns)))


def data_frames(result: Result) -> dict[str, pd.DataFrame]:
    """Name of a sheet -> its table."""
    ranked = result.ranked
    frames = (
        _totals(result),
        _plain(result.alternatives),
        chosen_of(ranked.bill_of_materials),
        ranked.present_values,
        chosen_of(ranked.pack_cost),
        chosen_of(ranked.limits),
        result.cash_flow,
        result.front,
    )
    return {name: _in_order(frame) for name, frame in zip(DATA_SHEETS, frames, strict=True)}


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns that hold numbers and words, not the objects that made them."""
    held = {name: {type(value) for value in frame[name]} for name in frame.columns}
    return frame[[name for name, types in held.items() if not types & {dict, list, tuple}]]


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    first = [name for name in ("pack", "rank") if name in frame.columns]
    return frame[[*first, *(name for name in frame.columns if name not in first)]]


def _totals(result: Result) -> pd.DataFrame:
    """Present value of all packs by pack and component; adds up to the lifecycle cost of the portfolio."""
    scenario = result.scenario
    return result.cost.assign(scenario=scenario.name, price_year=scenario.finance.price_year, status=result.status)


def add_table(
    book: Book, name: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], missing: str = MISSING
) -> None:
    """A sheet that is one tidy table; `missing` stands for words that are not there."""
    sheet = Sheet(name, "", "", "record", header_row=1, repeats_head=True)
    # Excel calls a file damaged that has a table of heads alone.
    sheet.table = f"{TABLE_PREFIX}{name.partition('_')[2] or name}" if rows else ""
    book.add(sheet)
    for place, column in enumerate(columns, start=1):
        sheet.put(1, place, column, "text")
        widest = max(
            [len(column) * HEAD_WIDTH + 3, *(len(str(row[column])) for row in rows if isinstance(row[column], str))]
        )
        sheet.widths[place] = min(max(LEAST_WIDTH, widest), MOST_WIDTH)
        for number, row in enumerate(rows, start=2):
            _put(sheet, number, place, row[column], missing)


def _put(sheet: Sheet, row: int, column: int, value: Any, missing: str) -> None:  # noqa: ANN401 - any value of a table
    if isinstance(value, bool) or (hasattr(value, "dtype") and value.dtype == bool):
        sheet.put(row, column, bool(value), "record")
    elif isinstance(value, str) or value is None:
        if words := value or missing:
            sheet.put(row, column, words, "text")
    elif math.isnan(value):
        return
    elif math.isfinite(value):
        number = int(value) if float(value).is_integer() and not isinstance(value, float) else float(value)
        sheet.put(row, column, number, "record", _shown(float(number)))
    else:
        sheet.put(row, column, ENDLESS, "text")


def _shown(value: float) -> str:
    if value.is_integer():
        return COUNT if abs(value) >= 10_000.0 else "General"
    return QUANTITY if abs(value) < 100.0 else NUMBER
