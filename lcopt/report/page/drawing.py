"""Drawings as inline SVG: their frame, their axes and their words; what is pointed at tells its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lcopt.report.page.markup import pixels, tag, text
from lcopt.report.page.scales import Axis

# Half a line of text, to put words beside the middle of a thing.
MIDDLE = 4.0
GAP = 6.0


@dataclass(frozen=True)
class Area:
    """Where the values of a drawing lie in it, all in pixels."""

    left: float
    top: float
    right: float
    bottom: float


def drawing(width: float, height: float, alt: str, *content: str) -> str:
    """A picture with the words that stand for it where it is not seen."""
    box = f"0 0 {pixels(width)} {pixels(height)}"
    return tag("svg", *content, viewBox=box, role="img", aria_label=alt)


def words(x: float, y: float, shown: str, anchor: str = "start", class_: str = "") -> str:
    """Words at a place: they start, center (`middle`) or `end` there."""
    return tag("text", text(shown), x=x, y=y, text_anchor=anchor, **({"class_": class_} if class_ else {}))


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def box(x: float, y: float, width: float, height: float, color: str, told: str) -> str:
    """A rectangle that tells its words when pointed at."""
    return tag("rect", tag("title", text(told)), x=x, y=y, width=width, height=height, class_=color)


def dot(x: float, y: float, radius: float, color: str, told: str) -> str:
    """A point that tells its words when pointed at."""
    return tag("circle", tag("title", text(told)), cx=x, cy=y, r=radius, class_=color)


def dots(places: Sequence[tuple[float, float]], color: str) -> str:
    """Many points of one color that tell nothing, as one line with round ends: small in a file."""
    drawn = "".join(f"M{pixels(x)} {pixels(y)}h0" for x, y in places)
    return tag("path", d=drawn, class_=f"dots {color}")


def path(points: list[tuple[float, float]], class_: str) -> str:
    """A line through points."""
    told = " ".join(f"{pixels(x)},{pixels(y)}" for x, y in points)
    return tag("polyline", points=told, class_=class_)


def bottom_axis(area: Area, axis: Axis, title: str) -> str:
    """Round numbers below the area with lines up through it, and what they count."""
    parts = []
    for value in axis.ticks:
        x = axis.at(value)
        parts += [line(x, area.top, x, area.bottom, "grid"), words(x, area.bottom + 16, axis.shown(value), "middle")]
    return "".join([*parts, words((area.left + area.right) / 2, area.bottom + 34, title, "middle", "quiet")])


def left_axis(area: Area, axis: Axis, title: str) -> str:
    """Round numbers left of the area with lines through it, and above them what they count."""
    parts = []
    for value in axis.ticks:
        y = axis.at(value)
        shown = words(area.left - GAP, y + MIDDLE, axis.shown(value), "end")
        parts += [line(area.left, y, area.right, y, "grid"), shown]
    return "".join([*parts, words(GAP, area.top - 10, title, "start", "quiet")])
