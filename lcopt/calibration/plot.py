"""A calibration as one HTML page that loads nothing: predicted over measured, and the error over temperature."""

from __future__ import annotations

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.calibration.outcome import Calibration
from lcopt.plots import Panel, Points, Section
from lcopt.plots import page as page_of

LEAD = "Hollow: the catalog before. Filled: after the fit. A point tells its line when pointed at."
COLUMNS = ("before", "after")
PCT = 100.0


def page(calibration: Calibration) -> str:
    """The page as text."""
    panels = (_predicted_over_measured(calibration), _error_over_temperature(calibration))
    return page_of(f"Calibration of {calibration.file}", LEAD, [Section("", panels)], calibration.text())


def _predicted_over_measured(calibration: Calibration) -> Panel:
    measured = _numbers(calibration, "measured")
    return Panel(
        title="Predicted over measured",
        across=f"measured {calibration.quantity}",
        up=f"predicted {calibration.quantity}",
        points=tuple(_points(calibration, column, measured, _numbers(calibration, column)) for column in COLUMNS),
    )


def _error_over_temperature(calibration: Calibration) -> Panel:
    measured = _numbers(calibration, "measured")
    off = {column: _numbers(calibration, column) - measured for column in COLUMNS}
    if calibration.is_relative:
        off = {column: PCT * value / measured for column, value in off.items()}
    temperature = _numbers(calibration, "temperature_deg_c")
    return Panel(
        title="Error over temperature",
        across="temperature, degC",
        up=f"predicted minus measured, {'%' if calibration.is_relative else 'percentage points'}",
        points=tuple(_points(calibration, column, temperature, value) for column, value in off.items()),
        is_diagonal=False,
    )


def _numbers(calibration: Calibration, column: str) -> FloatArray:
    numbers: FloatArray = calibration.cases[column].to_numpy(dtype=np.float64)
    return numbers


def _points(calibration: Calibration, column: str, across: FloatArray, up: FloatArray) -> Points:
    rows = zip(calibration.cases["line"], calibration.cases["group"], up, strict=True)
    words = [f"line {line}, {group}, {column}: {value:.4g}" for line, group, value in rows]
    return Points(column, across, up, words, is_hollow=column == COLUMNS[0])
