"""Drawings made of bars: costs side by side, flows by year, and what prices do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lcopt.report.page.drawing import (
    GAP,
    MIDDLE,
    Area,
    bottom_axis,
    box,
    drawing,
    left_axis,
    line,
    path,
    words,
)
from lcopt.report.page.scales import Axis, axis_of

WIDTH = 880.0
LABEL_WIDTH, TOTAL_WIDTH = 250.0, 70.0
LABEL_LETTERS_COUNT = 33
ROW_HEIGHT, BAR_HEIGHT = 44.0, 26.0
TOP, BOTTOM = 8.0, 44.0
LINE_HEIGHT = 14.0
DEARER, CHEAPER = "c3", "c0"
FLOW_HEIGHT, FLOW_LEFT, FLOW_TOP, FLOW_BAR_FRAC = 330.0, 64.0, 30.0, 0.62


@dataclass(frozen=True)
class Part:
    """One piece of a bar: class of its color, name, value."""

    color: str
    name: str
    value: float


@dataclass(frozen=True)
class Bar:
    """Pieces end to end, those below zero to the other side; `label` has a line or two."""

    label: tuple[str, ...]
    parts: tuple[Part, ...]
    total: str = ""
    is_bold: bool = False


def lying_bars(bars: Sequence[Bar], axis_title: str, unit: str, alt: str) -> str:
    """Bars below each other, each with its label on the left and its total on the right."""
    ends = [_ends(bar) for bar in bars]
    height = TOP + ROW_HEIGHT * len(bars) + BOTTOM
    area = Area(LABEL_WIDTH, TOP, WIDTH - TOTAL_WIDTH, height - BOTTOM)
    axis = axis_of([value for pair in ends for value in pair], area.left, area.right, holds_zero=True)
    parts = [bottom_axis(area, axis, axis_title)]
    for number, bar in enumerate(bars):
        middle = TOP + ROW_HEIGHT * (number + 0.5)
        parts += [*_label(bar, area.left - 2 * GAP, middle), *_pieces(bar, middle, axis, unit)]
        parts.append(words(axis.at(ends[number][1]) + GAP, middle + MIDDLE, bar.total, "start", "bold halo"))
    parts.append(line(axis.at(0.0), area.top, axis.at(0.0), area.bottom, "axis"))
    return drawing(WIDTH, height, alt, *parts)


def _ends(bar: Bar) -> tuple[float, float]:
    values = [part.value for part in bar.parts]
    return sum(value for value in values if value < 0), sum(value for value in values if value > 0)


def _label(bar: Bar, x: float, middle: float) -> list[str]:
    first = middle + MIDDLE - LINE_HEIGHT * (len(bar.label) - 1) / 2
    class_ = "bold" if bar.is_bold else ""
    return [
        words(x, first + LINE_HEIGHT * number, _clipped(name), "end", class_) for number, name in enumerate(bar.label)
    ]


def _clipped(name: str) -> str:
    """A name that fits beside a bar; what is pointed at tells all of it."""
    return name if len(name) <= LABEL_LETTERS_COUNT else f"{name[: LABEL_LETTERS_COUNT - 1]}\u2026"


def _stacked(parts: Sequence[Part]) -> Iterator[tuple[Part, float, float]]:
    """Every piece that is there, with the values where it starts and ends."""
    below, above = 0.0, 0.0
    for part in parts:
        if part.value < 0:
            yield part, below + part.value, below
            below += part.value
        elif part.value > 0:
            yield part, above, above + part.value
            above += part.value


def _pieces(bar: Bar, middle: float, axis: Axis, unit: str) -> list[str]:
    made = []
    for part, start, end in _stacked(bar.parts):
        told = f"{', '.join(bar.label)}: {part.name} {part.value:,.0f} {unit}"
        left, right = axis.at(start), axis.at(end)
        made.append(box(left, middle - BAR_HEIGHT / 2, right - left, BAR_HEIGHT, part.color, told))
    return made


def flow_bars(
    flows: Sequence[Sequence[Part]], cumulated: Sequence[float], names: tuple[str, str], unit: str, alt: str
) -> str:
    """Flows of each year as standing bars, and their running total as a line; names of the axes across and up."""
    area = Area(FLOW_LEFT, FLOW_TOP, WIDTH - GAP, FLOW_HEIGHT - BOTTOM)
    ends = [_ends(Bar((), tuple(parts))) for parts in flows]
    values = [*(value for pair in ends for value in pair), *cumulated]
    axis = axis_of(values, area.bottom, area.top, holds_zero=True)
    width = (area.right - area.left) / len(flows)
    centers = [area.left + width * (year + 0.5) for year in range(len(flows))]
    drawn = [left_axis(area, axis, names[1])]
    for year, (center, parts) in enumerate(zip(centers, flows, strict=True)):
        drawn += _standing(year, center, width * FLOW_BAR_FRAC, parts, axis, unit)
        drawn.append(words(center, area.bottom + 16, f"{year}", "middle"))
    drawn.append(line(area.left, axis.at(0.0), area.right, axis.at(0.0), "axis"))
    drawn.append(path([(x, axis.at(value)) for x, value in zip(centers, cumulated, strict=True)], "line"))
    drawn.append(words((area.left + area.right) / 2, area.bottom + 34, names[0], "middle", "quiet"))
    return drawing(WIDTH, FLOW_HEIGHT, alt, *drawn)


def _standing(year: int, center: float, width: float, parts: Sequence[Part], axis: Axis, unit: str) -> Iterator[str]:
    for part, start, end in _stacked(parts):
        told = f"Year {year}: {part.name} {part.value:,.0f} {unit}"
        top, bottom = axis.at(end), axis.at(start)
        yield box(center - width / 2, top, width, bottom - top, part.color, told)


def swings(bars: Sequence[tuple[tuple[str, ...], Part, Part]], axis_title: str, unit: str, alt: str) -> str:
    """A tornado: for each label what the low and the high of a price change, from the same middle."""
    height = TOP + ROW_HEIGHT * len(bars) + BOTTOM
    area = Area(LABEL_WIDTH, TOP, WIDTH - TOTAL_WIDTH, height - BOTTOM)
    values = [part.value for _, low, high in bars for part in (low, high)]
    axis = axis_of(values, area.left + TOTAL_WIDTH, area.right, holds_zero=True)
    drawn = [bottom_axis(area, axis, axis_title)]
    for number, (label, low, high) in enumerate(bars):
        middle = TOP + ROW_HEIGHT * (number + 0.5)
        drawn += _label(Bar(label, ()), area.left - 2 * GAP, middle)
        for part in (low, high):
            drawn += _pieces(Bar(label, (part,)), middle, axis, unit)
            drawn.append(_swing_number(part.value, middle, axis))
    drawn.append(line(axis.at(0.0), area.top, axis.at(0.0), area.bottom, "axis"))
    return drawing(WIDTH, height, alt, *drawn)


def steps(changes: Sequence[tuple[str, float]], whole: str, axis_title: str, unit: str, alt: str) -> str:
    """A waterfall: what each change adds or takes away, from zero on, and below them what all of them come to."""
    rows = [*changes, (whole, sum(value for _, value in changes))]
    height = TOP + ROW_HEIGHT * len(rows) + BOTTOM
    area = Area(LABEL_WIDTH, TOP, WIDTH - TOTAL_WIDTH, height - BOTTOM)
    ends = [0.0, *accumulate(value for _, value in changes)]
    axis = axis_of(ends, area.left + TOTAL_WIDTH, area.right, holds_zero=True)
    drawn = [bottom_axis(area, axis, axis_title)]
    for number, (name, value) in enumerate(rows):
        middle = TOP + ROW_HEIGHT * (number + 0.5)
        start = ends[number] if number < len(changes) else 0.0
        color, told = DEARER if value > 0 else CHEAPER, f"{name}: {value:+,.0f} {unit}"
        left, right = sorted((axis.at(start), axis.at(start + value)))
        drawn += _label(Bar((name,), (), is_bold=number == len(changes)), area.left - 2 * GAP, middle)
        drawn.append(box(left, middle - BAR_HEIGHT / 2, right - left, BAR_HEIGHT, color, told))
        drawn.append(words(right + GAP, middle + MIDDLE, f"{value:+,.0f}", "start", "halo"))
    drawn.append(line(axis.at(0.0), area.top, axis.at(0.0), area.bottom, "axis"))
    return drawing(WIDTH, height, alt, *drawn)


def _swing_number(value: float, middle: float, axis: Axis) -> str:
    if not round(value):
        return ""
    anchor, gap = ("end", -GAP) if value < 0 else ("start", GAP)
    return words(axis.at(value) + gap, middle + MIDDLE, f"{value:+,.0f}", anchor, "halo")
