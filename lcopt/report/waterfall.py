"""A waterfall from one cost to another: what each component adds or takes away, as a live table and chart."""

from __future__ import annotations

from collections.abc import Mapping

from lcopt.report.expressions import Cell, Expression, link
from lcopt.report.formulas import at_least, below, largest, smallest, total, when
from lcopt.report.sheets import Chart, Series, Sheet
from lcopt.report.styles import WHOLE_MONEY

HEADS = (
    "Component",
    "Unit",
    "One",
    "Other",
    "Difference",
    "From",
    "To",
    "Room above zero",
    "Room below zero",
    "dearer",
    "dearer, below zero",
    "cheaper",
    "cheaper, below zero",
)
LABEL, UNIT, ONE, OTHER, DIFFERENCE, FROM, TO, ABOVE, BELOW = range(1, 10)
DRAWN = range(ABOVE, len(HEADS) + 1)
HEAD_HEIGHT = 56.0
CHART_CM, CHART_ROWS = 8.5, 20
DEARER, CHEAPER = "D55E00", "0072B2"


def add_waterfall(
    sheet: Sheet, row: int, components: Mapping[str, tuple[Cell, Cell]], names: tuple[str, str], title: str
) -> int:
    """Write the table and its chart.

    Parameters
    ----------
    row : int
        Of the heads.
    components : mapping
        Label -> cells of the one and the other cost; those that are nothing in both are left out.
    names : tuple of str
        Of the one and the other.

    Returns
    -------
    int
        The last row of the table; the chart takes `CHART_ROWS` below it.
    """
    sheet.heads(row, (*HEADS[:2], *names, *HEADS[4:]), ONE)
    sheet.heights[row] = HEAD_HEIGHT
    told = {label: cells for label, cells in components.items() if any(cell.value for cell in cells)}
    first, last = row + 1, row + len(told)
    for number, (label, (one, other)) in enumerate(told.items(), start=first):
        _words(sheet, number, label, "text")
        left = sheet.put(number, ONE, link(one), "link", WHOLE_MONEY)
        right = sheet.put(number, OTHER, link(other), "link", WHOLE_MONEY)
        start = 0.0 if number == first else link(sheet.cell(number - 1, TO))
        _step(sheet, number, right - left, start)
    _words(sheet, last + 1, "All components", "total_text")
    for column in (ONE, OTHER):
        sheet.put(last + 1, column, total(sheet.down(column, first, last)), "total", WHOLE_MONEY)
    _step(sheet, last + 1, total(sheet.down(DIFFERENCE, first, last)), 0.0)
    sheet.charts.append(_chart(sheet, row, last + 1, title))
    return last + 1


def _words(sheet: Sheet, row: int, label: str, look: str) -> None:
    sheet.put(row, LABEL, label, look)
    sheet.put(row, UNIT, "USD", "unit")


def _step(sheet: Sheet, row: int, difference: Expression, start: Expression | float) -> None:
    """One bar that floats from `start` by the difference; what is below zero is drawn by series of its own."""
    by = sheet.put(row, DIFFERENCE, difference, "calculation", WHOLE_MONEY)
    look = "calculation" if isinstance(start, Expression) else "record"
    begin = sheet.put(row, FROM, start, look, WHOLE_MONEY)
    end = sheet.put(row, TO, begin + by, "calculation", WHOLE_MONEY)
    rises, falls = at_least(by, 0), below(by, 0)
    contents = (
        largest(0, smallest(begin, end)),
        smallest(0, largest(begin, end)),
        when(rises, largest(0, end) - largest(0, begin), 0),
        when(rises, smallest(0, begin) - smallest(0, end), 0),
        when(falls, largest(0, begin) - largest(0, end), 0),
        when(falls, smallest(0, end) - smallest(0, begin), 0),
    )
    for column, content in zip(DRAWN, contents, strict=True):
        sheet.put(row, column, content, "calculation", WHOLE_MONEY)


def _chart(sheet: Sheet, head: int, last: int, title: str) -> Chart:
    colors = ("", "", DEARER, DEARER, CHEAPER, CHEAPER)
    series = tuple(
        Series(
            sheet.cell(head, column),
            sheet.down(column, head + 1, last),
            hidden=not color,
            unlisted=not color or HEADS[column - 1].endswith("zero"),
            color=color,
        )
        for column, color in zip(DRAWN, colors, strict=True)
    )
    return Chart(
        anchor=f"A{last + 2}",
        title=title,
        categories=sheet.down(LABEL, head + 1, last),
        series=series,
        value_title="USD beside the first",
        number_format="#,##0",
        width_cm=26.0,
        height_cm=CHART_CM,
    )
