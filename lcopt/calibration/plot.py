"""A calibration as one HTML page that loads nothing: predicted over measured, and the error over temperature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.calibration.outcome import Calibration

WIDTH, HEIGHT, EDGE = 460, 380, 62
TICKS = 5
STYLES = {"before": "fill:none;stroke:#888", "after": "fill:#0a62a8;stroke:none"}
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font-family:sans-serif;margin:24px;color:#222}}svg{{margin-right:24px}}text{{font-size:12px;fill:#222}}
.frame{{fill:none;stroke:#999}}.line{{stroke:#bbb}}pre{{background:#f6f6f6;padding:12px}}</style></head>
<body><h1>{title}</h1><p>Hollow: the catalog before. Filled: after the fit. A point tells its line when pointed at.</p>
{charts}
<pre>{text}</pre></body></html>
"""


@dataclass(frozen=True)
class _Axis:
    """Values to places along an axis."""

    label: str
    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> FloatArray:
        return np.linspace(self.low, self.high, TICKS)


def page(calibration: Calibration) -> str:
    """The page as text."""
    title = f"Calibration of {calibration.file}"
    charts = _predicted_over_measured(calibration) + _error_over_temperature(calibration)
    return PAGE.format(title=escape(title), charts=charts, text=escape(calibration.text()))


def _predicted_over_measured(calibration: Calibration) -> str:
    cases = calibration.cases
    values = cases[["measured", "before", "after"]].to_numpy(dtype=np.float64)
    across = _axis(f"measured {calibration.quantity}", values, is_across=True)
    up = _axis(f"predicted {calibration.quantity}", values, is_across=False)
    ends = (across.start, up.start, across.end, up.end)
    diagonal = '<line class="line" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>'.format(*ends)
    points = [
        _points(calibration, across, up, cases["measured"].to_numpy(), cases[column].to_numpy(), column)
        for column in STYLES
    ]
    return _chart(across, up, [diagonal, *points])


def _error_over_temperature(calibration: Calibration) -> str:
    cases = calibration.cases
    temperature = cases["temperature_deg_c"].to_numpy(dtype=np.float64)
    measured = cases["measured"].to_numpy(dtype=np.float64)
    off = {column: cases[column].to_numpy(dtype=np.float64) - measured for column in STYLES}
    if calibration.is_relative:
        off = {column: 100 * value / measured for column, value in off.items()}
    unit = "%" if calibration.is_relative else "percentage points"
    across = _axis("temperature, degC", temperature, is_across=True)
    up = _axis(
        f"predicted minus measured, {unit}", np.array([0.0, *np.concatenate(list(off.values()))]), is_across=False
    )
    zero = f'<line class="line" x1="{across.start}" x2="{across.end}" y1="{up.place(0):.1f}" y2="{up.place(0):.1f}"/>'
    points = [_points(calibration, across, up, temperature, value, column) for column, value in off.items()]
    return _chart(across, up, [zero, *points])


def _axis(label: str, values: FloatArray, *, is_across: bool) -> _Axis:
    low, high = float(values.min()), float(values.max())
    room = (high - low) / 20 or abs(high) / 20 or 1.0
    ends = (EDGE, WIDTH - EDGE / 4) if is_across else (HEIGHT - EDGE, EDGE / 4)
    return _Axis(label, low - room, high + room, *ends)


def _points(calibration: Calibration, across: _Axis, up: _Axis, x: FloatArray, y: FloatArray, column: str) -> str:
    style = STYLES[column]
    return "".join(
        f'<circle cx="{across.place(one):.1f}" cy="{up.place(other):.1f}" r="4" style="{style}">'
        f"<title>line {line}, {escape(str(group))}, {column}: {other:.4g}</title></circle>"
        for one, other, line, group in zip(x, y, calibration.cases["line"], calibration.cases["group"], strict=True)
    )


def _chart(across: _Axis, up: _Axis, marks: Sequence[str]) -> str:
    frame = (
        f'<rect class="frame" x="{across.start}" y="{up.end}" width="{across.end - across.start}" '
        f'height="{up.start - up.end}"/>'
    )
    below = "".join(
        f'<text x="{across.place(tick):.1f}" y="{up.start + 18}" text-anchor="middle">{tick:.3g}</text>'
        for tick in across.ticks
    )
    left = "".join(
        f'<text x="{across.start - 6}" y="{up.place(tick) + 4:.1f}" text-anchor="end">{tick:.3g}</text>'
        for tick in up.ticks
    )
    middle = (up.start + up.end) / 2
    labels = (
        f'<text x="{(across.start + across.end) / 2}" y="{up.start + 40}" text-anchor="middle">{escape(across.label)}'
        f'</text><text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">{escape(up.label)}</text>'
    )
    return f'<svg width="{WIDTH}" height="{HEIGHT}">{frame}{below}{left}{labels}{"".join(marks)}</svg>\n'
