"""Which cell is the best over two fields, as a map of colored cells."""

from __future__ import annotations

from collections.abc import Mapping

from lcopt.report.page.bars import WIDTH
from lcopt.report.page.drawing import GAP, MIDDLE, Area, box, drawing, words
from lcopt.report.page.look import SERIES
from lcopt.report.page.markup import figure, legend
from lcopt.report.records import records_of
from lcopt.report.uncertainty_words import field_and_unit
from lcopt.uncertainty.study import Sensitivity
from lcopt.uncertainty.told import amount, percent

COLORS_COUNT, OTHERS = 7, "rest"
HEIGHT, LEFT, TOP, BOTTOM = 420.0, 64.0, 30.0, 44.0
LABEL_WIDTH = 70.0


def winners_map(found: Sensitivity) -> str:
    """The best cell at every point of the map; nothing where there is none."""
    table = found.map
    if table.empty:
        return ""
    first = table.iloc[0]
    across, up = (field_and_unit(first[f"{axis}_field"], first[f"{axis}_unit"]) for axis in "xy")
    counts = table["platform"].value_counts()
    colors = dict(zip(list(counts.index)[:COLORS_COUNT], SERIES, strict=False))
    names = [(color, f"{name}: {percent(counts[name] / len(table))}") for name, color in colors.items()]
    names += [(OTHERS, "other cells")] if len(counts) > COLORS_COUNT else []
    alt = f"Colored cells: {names[0][1]} of the points; across {across}, up {up}."
    caption = f"The best cell by {across} (across) and {up} (up), all else as it is, with its share of the points."
    return figure(_cells(found, colors, (across, up), alt), caption, legend(names))


def _cells(found: Sensitivity, colors: Mapping[str, str], titles: tuple[str, str], alt: str) -> str:
    table = found.map
    x, y = (sorted(set(table[f"{axis}_value"])) for axis in "xy")
    area = Area(LEFT, TOP, WIDTH - GAP, HEIGHT - BOTTOM)
    width, height = (area.right - area.left) / len(x), (area.bottom - area.top) / len(y)
    drawn = []
    for row in records_of(table):
        left = area.left + width * x.index(row["x_value"])
        top = area.bottom - height * (y.index(row["y_value"]) + 1)
        told = f"{row['platform']} at {amount(row['x_value'])} and {amount(row['y_value'])}"
        drawn.append(box(left, top, width, height, colors.get(row["platform"], OTHERS), told))
    for number, value in list(enumerate(x))[:: _step(width, LABEL_WIDTH)]:
        drawn.append(words(area.left + width * (number + 0.5), area.bottom + 16, amount(value), "middle"))
    for number, value in list(enumerate(y))[:: _step(height, 2 * GAP)]:
        drawn.append(words(area.left - GAP, area.bottom - height * (number + 0.5) + MIDDLE, amount(value), "end"))
    drawn.append(words((area.left + area.right) / 2, area.bottom + 34, titles[0], "middle", "quiet"))
    drawn.append(words(GAP, area.top - 10, titles[1], "start", "quiet"))
    return drawing(WIDTH, HEIGHT, alt, *drawn)


def _step(size: float, least: float) -> int:
    """Every how many cells there is room for a number."""
    return int(-(-least // size))
