"""Drawings made of points: one value against another, with limits, a front, and the chosen design marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lcopt.report.page.drawing import GAP, Area, bottom_axis, dot, dots, drawing, left_axis, line, path, words
from lcopt.report.page.scales import Axis, axis_of

HALF_WIDTH, HALF_HEIGHT = 460.0, 360.0
LEFT, TOP, RIGHT, BOTTOM = 56.0, 34.0, 20.0, 44.0
SMALL, LARGE = 3.0, 7.0
# Words above a point keep this far from the ends of the drawing.
MARK_ROOM = 30.0


@dataclass(frozen=True)
class Point:
    """One design: where it lies, class of its color, its words, if any; `mark` names the few that are told by name."""

    across: float
    up: float
    color: str
    told: str
    mark: str = ""


@dataclass(frozen=True)
class Sides:
    """Names of the axes, and a limit on each where there is one: its value and its words."""

    across: str
    up: str
    limit_across: float | None = None
    limit_up: float | None = None


def scatter(
    points: Sequence[Point],
    sides: Sides,
    alt: str,
    front: Sequence[tuple[float, float]] = (),
    width: float = HALF_WIDTH,
) -> str:
    """Points with their words on hover; `front` is a line through the best of them, drawn in steps."""
    area = Area(LEFT, TOP, width - RIGHT, HALF_HEIGHT - BOTTOM)
    across = axis_of(_with([point.across for point in points], sides.limit_across), area.left, area.right)
    up = axis_of(_with([point.up for point in points], sides.limit_up), area.bottom, area.top)
    silent = [point for point in points if not point.told]
    plain = [point for point in points if point.told and not point.mark]
    marked = [point for point in points if point.mark]
    parts = [bottom_axis(area, across, sides.across), left_axis(area, up, sides.up)]
    for color in dict.fromkeys(point.color for point in silent):
        places = [(across.at(p.across), up.at(p.up)) for p in silent if p.color == color]
        parts.append(dots(places, color))
    parts += [dot(across.at(p.across), up.at(p.up), SMALL, p.color, p.told) for p in plain]
    if front:
        parts.append(path([(across.at(x), up.at(y)) for x, y in _steps(front)], "front"))
    parts += _limits(area, across, up, sides)
    parts += [_marked(point, area, across, up) for point in marked]
    return drawing(width, HALF_HEIGHT, alt, *parts)


def _with(values: list[float], limit: float | None) -> list[float]:
    return values if limit is None else [*values, limit]


def _steps(front: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners of a front: a design on it stands for all that ask no more of it."""
    made = [front[0]]
    for x, y in front[1:]:
        made += [(x, made[-1][1]), (x, y)]
    return made


def _limits(area: Area, across: Axis, up: Axis, sides: Sides) -> list[str]:
    parts = []
    if sides.limit_across is not None:
        x = across.at(sides.limit_across)
        near_end = x > (area.left + area.right) / 2
        anchor, gap = ("end", -GAP) if near_end else ("start", GAP)
        parts += [line(x, area.top, x, area.bottom, "limit"), words(x + gap, area.top + 12, "limit", anchor, "halo")]
    if sides.limit_up is not None:
        y = up.at(sides.limit_up)
        parts += [line(area.left, y, area.right, y, "limit"), words(area.right, y - GAP, "limit", "end", "halo")]
    return parts


def _marked(point: Point, area: Area, across: Axis, up: Axis) -> str:
    x, y = across.at(point.across), up.at(point.up)
    room = area.right - x
    anchor = "end" if room < MARK_ROOM else "middle" if x - area.left > MARK_ROOM else "start"
    made = dot(x, y, LARGE, f"{point.color} chosen", point.told)
    return made + words(x, y - 2 * LARGE, point.mark, anchor, "bold halo")
