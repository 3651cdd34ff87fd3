"""The workbook of a sweep: maps of the winner, and all points."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lcopt.inputs.excel.equal_bytes import with_fixed_dates
from lcopt.report.rendering import clean_text
from lcopt.report.styles import PALETTE, WHOLE_MONEY, Wardrobe
from lcopt.report.sweep_maps import Square, SweepMap, SweepMaps, maps_of

if TYPE_CHECKING:
    import pandas as pd

POINTS, MAPS = "Points", "Winner"
_WIDTH, _WIDTH_MAX, _FORMATS = 12.0, 60.0, {"gap_frac": "0.0E+00"}
_NONE_FILL, _LIGHTEN = "D5D9E0", 0.45
_WHITE = 255


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
    workbook = _workbook(name)
    sheet = workbook.create_sheet(MAPS)
    _write_maps(sheet, name, maps_of(records))
    _write_table(workbook.create_sheet(POINTS), table)
    return _content(workbook)


def table_content(table: pd.DataFrame) -> bytes:
    """A file with one table."""
    workbook = _workbook("lcopt")
    _write_table(workbook.create_sheet(POINTS), table)
    return _content(workbook)


def kind_color(number: int) -> str:
    """The fill of a kind of winner, light enough for black words: six digits."""
    if number < 0:
        return _NONE_FILL
    color = PALETTE[number % len(PALETTE)]
    parts = (int(color[place : place + 2], 16) for place in (0, 2, 4))
    return "".join(f"{round(part + (_WHITE - part) * _LIGHTEN):02X}" for part in parts)


def _workbook(title: str) -> Workbook:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.creator = "lcopt"
    workbook.properties.title = clean_text(title)
    return workbook


def _content(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return with_fixed_dates(buffer.getvalue(), lambda _name, content: content)


def _write_table(sheet: Worksheet, table: pd.DataFrame) -> None:
    wardrobe = Wardrobe(sheet)
    for column, name in enumerate(table.columns, start=1):
        _put(sheet, wardrobe, 1, column, str(name), "head")
        values = table[name].tolist()
        number_format = _FORMATS.get(str(name), WHOLE_MONEY if str(name).endswith("_usd") else "General")
        for row, value in enumerate(values, start=2):
            _put(sheet, wardrobe, row, column, value, "text" if isinstance(value, str) else "record", number_format)
        longest = max([len(str(name)), *(len(value) for value in values if isinstance(value, str))])
        sheet.column_dimensions[get_column_letter(column)].width = min(max(_WIDTH, longest + 2), _WIDTH_MAX)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _write_maps(sheet: Worksheet, name: str, maps: SweepMaps) -> None:
    wardrobe = Wardrobe(sheet)
    _put(sheet, wardrobe, 1, 1, f"{name}: the winner at each setting", "title")
    lead = "Letter: chemistry and format. Number: platform. Below it the lifecycle cost of the fleet in million USD."
    if maps.left_out_count:
        lead += f" {maps.left_out_count} more maps are left out; the sheet {POINTS} has all points."
    _put(sheet, wardrobe, 2, 1, lead, "purpose")
    sheet.column_dimensions["A"].width = 24
    row = 4
    for one in maps.maps:
        row = _write_map(sheet, wardrobe, row, one) + 2
    for column, word in enumerate(("Code", "Chemistry and format", "Platform"), start=1):
        _put(sheet, wardrobe, row, column, word, "head")
    for number, winner in enumerate(maps.winners, start=row + 1):
        for column, word in enumerate((winner.code, winner.kind, winner.platforms), start=1):
            _put(sheet, wardrobe, number, column, word, "text")
        sheet.cell(number, 1).fill = PatternFill("solid", fgColor=kind_color(winner.kind_number))
    sheet.freeze_panes = "B4"


def _write_map(sheet: Worksheet, wardrobe: Wardrobe, row: int, one: SweepMap) -> int:
    """Write one map and give its last row."""
    fixed = ", ".join(f"{address} {text}" for address, text in one.fixed.items())
    axes = f"{one.up or 'all'} (down) over {one.across or 'all'} (across)"
    _put(sheet, wardrobe, row, 1, f"{axes}{f' at {fixed}' if fixed else ''}", "state")
    for column, value in enumerate(one.across_values, start=2):
        _put(sheet, wardrobe, row + 1, column, value, "head_number")
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = max(_WIDTH, len(value) + 2)
    for number, up in enumerate(one.up_values, start=row + 2):
        _put(sheet, wardrobe, number, 1, up, "head")
        sheet.row_dimensions[number].height = 29.0
        for column, across in enumerate(one.across_values, start=2):
            _square(sheet, number, column, one.squares.get((across, up)))
    return row + 1 + len(one.up_values)


def _square(sheet: Worksheet, row: int, column: int, square: Square | None) -> None:
    if square is None:
        return
    cell = sheet.cell(row, column)
    cell.value = clean_text(square_text(square))
    cell.fill = PatternFill("solid", fgColor=kind_color(square.winner.kind_number))
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def square_text(square: Square) -> str:
    """Code and cost of a point, or why it has none, below each other."""
    if square.cost_musd is None:
        return square.winner.kind
    return (
        f"{square.winner.code}\n{square.cost_musd:,.4g}"
        if square.cost_musd < 1
        else (f"{square.winner.code}\n{square.cost_musd:,.1f}")
    )


def _put(
    sheet: Worksheet,
    wardrobe: Wardrobe,
    row: int,
    column: int,
    value: Any,  # noqa: ANN401 - a cell of a DataFrame
    look: str,
    number_format: str = "General",
) -> None:
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value, cell.data_type = clean_text(value), "s"
    elif value is not None and not (isinstance(value, float) and not math.isfinite(value)):
        cell.value = value
    wardrobe.dress(cell, look, number_format)  # type: ignore[arg-type]
