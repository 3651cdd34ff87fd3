"""The workbook of a sweep: maps of the winner, and all points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from lcopt.report.data_tables import add_table
from lcopt.report.records import records_of
from lcopt.report.rendering import render
from lcopt.report.sheets import PURPOSE_ROW, TITLE_ROW, Book, Sheet
from lcopt.report.styles import kind_look
from lcopt.report.sweep_maps import Square, SweepMap, SweepMaps, maps_of

if TYPE_CHECKING:
    import pandas as pd

POINTS, MAPS = "Points", "Winner"
HEAD_ROW, FIRST_ROW = 3, 4
WIDTH_MIN, WIDTH_MAX, LINE_HEIGHT, SQUARE_LINES = 12.0, 40.0, 14.5, 2
# Signs of a bold head that a column of width 1 holds.
SIGNS_A_WIDTH = 0.8


def sweep_content(name: str, records: Sequence[dict[str, Any]], table: pd.DataFrame) -> bytes:
    """The file of a sweep, equal byte by byte for equal answers.

    Parameters
    ----------
    name : str
        Of the scenario.
    records : sequence of dict
        All points in their order, each with its settings.
    table : DataFrame
        The same as `lcopt.sweep` gives it.
    """
    book = _book(name)
    _add_maps(book, name, maps_of(records))
    _add_points(book, table)
    return render(book)


def table_content(table: pd.DataFrame) -> bytes:
    """A file with one table."""
    book = _book("lcopt")
    _add_points(book, table)
    return render(book)


def square_text(square: Square) -> str:
    """Code and cost of a point, or why it has none, below each other."""
    if square.cost_musd is None:
        return square.winner.kind
    form = ",.4g" if square.cost_musd < 1 else ",.1f"
    return f"{square.winner.code}\n{square.cost_musd:{form}}"


def _book(title: str) -> Book:
    return Book(title=title, footer=f"lcopt {version('lcopt')}  {title}")


def _add_points(book: Book, table: pd.DataFrame) -> None:
    add_table(book, POINTS, records_of(table), list(table.columns), missing="")


def _add_maps(book: Book, name: str, maps: SweepMaps) -> None:
    sheet = Sheet(MAPS, "", "", "output", series_from=2, header_row=HEAD_ROW, repeats_head=False)
    book.add(sheet)
    sheet.put(TITLE_ROW, 1, f"{name}: the winner at each setting", "title")
    lead = "Letter: chemistry and format. Number: platform. Below it the lifecycle cost of the fleet in million USD."
    if maps.left_out_count:
        lead += f" {maps.left_out_count} more maps are left out; the sheet {POINTS} has all points."
    sheet.put(PURPOSE_ROW, 1, lead, "purpose")
    _set_widths(sheet, maps)
    row = FIRST_ROW
    for one in maps.maps:
        row = _add_map(sheet, row, one) + 2
    sheet.put(row, 1, "Code", "head")
    sheet.put(row, 2, "Platform", "head")
    for number, winner in enumerate(maps.winners, start=row + 1):
        sheet.put(number, 1, winner.code, kind_look(winner.kind_number))
        sheet.put(number, 2, winner.platforms or winner.kind)
    longest = max(len(words) for words in (lead, *(winner.platforms for winner in maps.winners)))
    # Words run over empty cells, which the print area holds as well.
    sheet.cell(TITLE_ROW, 2 + math.ceil(longest / WIDTH_MIN))


def _set_widths(sheet: Sheet, maps: SweepMaps) -> None:
    """The first column for the values down, one for each value across."""
    for one in maps.maps:
        columns = {1: one.up_values, **{place: (value,) for place, value in enumerate(one.across_values, start=2)}}
        for column, values in columns.items():
            widest = max(map(len, values)) / SIGNS_A_WIDTH
            sheet.widths[column] = min(max(sheet.widths.get(column, WIDTH_MIN), widest), WIDTH_MAX)


def _add_map(sheet: Sheet, row: int, one: SweepMap) -> int:
    """Add one map and give its last row."""
    fixed = ", ".join(f"{address} {text}" for address, text in one.fixed.items())
    axes = f"{one.up or 'all'} (down) over {one.across or 'all'} (across)"
    sheet.put(row, 1, f"{axes}{f' at {fixed}' if fixed else ''}", "state")
    sheet.put(row + 1, 1, "", "head")
    sheet.heights[row + 1] = max(_height(value) for value in one.across_values)
    for column, value in enumerate(one.across_values, start=2):
        sheet.put(row + 1, column, value, "head_number")
    for number, up in enumerate(one.up_values, start=row + 2):
        sheet.put(number, 1, up, "head")
        sheet.heights[number] = max(_height(up), SQUARE_LINES * LINE_HEIGHT)
        for column, across in enumerate(one.across_values, start=2):
            square = one.squares.get((across, up))
            if square is not None:
                sheet.put(number, column, square_text(square), kind_look(square.winner.kind_number))
    return row + 1 + len(one.up_values)


def _height(words: str) -> float:
    """Of a row with a head of these words in the widest column that it may have."""
    return math.ceil(max(len(words), 1) / (WIDTH_MAX * SIGNS_A_WIDTH)) * LINE_HEIGHT
