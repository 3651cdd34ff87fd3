"""Charts as one HTML page that loads nothing: points with words on hover, the line they should lie on, its band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import plotly.graph_objects as go
from plotly.io import to_html
from plotly.offline import get_plotlyjs

from lcopt.arrays import FloatArray

WIDTH_PX, HEIGHT_PX = 460, 420
ROOM_FRAC = 0.05
CONFIG = {"displaylogo": False, "responsive": False}
COLORS = {True: "#888888", False: "#0a62a8"}
LINE, BAND = "#999999", "rgba(10, 98, 168, 0.12)"
# The policy keeps a browser from asking any host for anything, whatever the library or a name in a table would do.
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval';\
 style-src 'unsafe-inline'; img-src data: blob:">
<title>{title}</title>
<style>body{{font-family:sans-serif;margin:24px;color:#222}}.charts{{display:flex;flex-wrap:wrap;gap:16px}}
pre{{background:#f6f6f6;padding:12px;overflow-x:auto}}</style>
<script>{library}</script></head>
<body><h1>{title}</h1><p>{lead}</p>
{charts}
<pre>{text}</pre></body></html>
"""


@dataclass(frozen=True)
class Points:
    """Points of one kind, each with the words that it shows when pointed at."""

    name: str
    across: FloatArray
    up: FloatArray
    words: Sequence[str]
    is_hollow: bool = False


@dataclass(frozen=True)
class Panel:
    """One chart.

    Attributes
    ----------
    title, across, up : str
        Words above and along the axes.
    points : tuple of Points
        At least one point in all of them.
    is_diagonal : bool
        Whether points should lie where both axes are equal, else where the upright one is 0.
    bound : float, optional
        Half the width of a band around the diagonal: a share of the value across, or in its unit.
    is_relative : bool
        Whether the bound is a share.
    """

    title: str
    across: str
    up: str
    points: tuple[Points, ...]
    is_diagonal: bool = True
    bound: float | None = None
    is_relative: bool = True


@dataclass(frozen=True)
class Section:
    """Charts below a heading, which may be empty."""

    heading: str
    panels: tuple[Panel, ...]


def page(title: str, lead: str, sections: Sequence[Section], text: str) -> str:
    """The page as HTML; `lead` stands above the charts and `text`, as it is, below them."""
    return PAGE.format(
        title=escape(title), lead=escape(lead), library=get_plotlyjs(), charts=_charts(sections), text=escape(text)
    )


def figure(panel: Panel) -> go.Figure:
    """The chart of a panel: its band first, then the line, then the points."""
    across, up = _spans(panel)
    drawn = go.Figure(layout=_layout(panel, across, up))
    if panel.bound is not None:
        drawn.add_trace(_band(across, panel.bound, is_relative=panel.is_relative))
    ends = across if panel.is_diagonal else (0.0, 0.0)
    drawn.add_trace(
        go.Scatter(x=across, y=ends, mode="lines", line={"color": LINE}, hoverinfo="skip", showlegend=False)
    )
    drawn.add_traces([_markers(points) for points in panel.points])
    return drawn


def _charts(sections: Sequence[Section]) -> str:
    return "\n".join(part for number, section in enumerate(sections) for part in _section(number, section))


def _section(number: int, section: Section) -> Iterator[str]:
    if section.heading:
        yield f"<h2>{escape(section.heading)}</h2>"
    yield '<div class="charts">'
    for place, panel in enumerate(section.panels):
        # A name of our own, since the library's is drawn by lot: equal input gives equal bytes.
        name = f"chart-{number}-{place}"
        yield to_html(figure(panel), config=CONFIG, include_plotlyjs=False, full_html=False, div_id=name)
    yield "</div>"


def _spans(panel: Panel) -> tuple[tuple[float, float], tuple[float, float]]:
    """Low and high end of both axes, one and the same where the diagonal counts."""
    across, up = (np.concatenate([getattr(points, name) for points in panel.points]) for name in ("across", "up"))
    if panel.is_diagonal:
        span = _span(np.concatenate([across, up]))
        return span, span
    return _span(across), _span(np.append(up, 0.0))


def _span(values: FloatArray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = (high - low or abs(high) or 1.0) * ROOM_FRAC
    return (max(low - room, 0.0) if low >= 0 else low - room), high + room


def _layout(panel: Panel, across: tuple[float, float], up: tuple[float, float]) -> go.Layout:
    # Names of packs may hold what the library takes for markup.
    return go.Layout(
        template="none",
        width=WIDTH_PX,
        height=HEIGHT_PX,
        title={"text": escape(panel.title), "font": {"size": 15}},
        xaxis={"title": {"text": escape(panel.across)}, "range": list(across)},
        yaxis={"title": {"text": escape(panel.up)}, "range": list(up)},
        hovermode="closest",
        showlegend=len(panel.points) > 1,
        legend={"orientation": "h", "y": 1.08},
    )


def _band(across: tuple[float, float], bound: float, *, is_relative: bool) -> go.Scatter:
    ends = np.array(across)
    half = bound * np.abs(ends) if is_relative else np.full_like(ends, bound)
    return go.Scatter(
        x=[*ends.tolist(), *ends[::-1].tolist()],
        y=[*(ends + half).tolist(), *(ends - half)[::-1].tolist()],
        mode="lines",
        fill="toself",
        fillcolor=BAND,
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )


def _markers(points: Points) -> go.Scatter:
    return go.Scatter(
        x=points.across.tolist(),
        y=points.up.tolist(),
        name=escape(points.name),
        mode="markers",
        marker={
            "symbol": "circle-open" if points.is_hollow else "circle",
            "color": COLORS[points.is_hollow],
            "size": 8,
        },
        hovertext=[escape(words) for words in points.words],
        hoverinfo="text",
    )
