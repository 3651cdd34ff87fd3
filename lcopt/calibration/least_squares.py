"""Least squares with the ranges of its parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares, nnls
from scipy.stats import t as student

from lcopt.arrays import FloatArray
from lcopt.inputs.catalog import Catalog


@dataclass(frozen=True)
class CalibrationRules:
    """When what is fitted (calibration_rules.csv)."""

    rows_min_count: int
    temperatures_min_count: int
    temperature_span_min_k: float
    activation_shift_max_kj_per_mol: float
    speed_ratio_max_factor: float
    part_similarity_max_frac: float
    interval_confidence_frac: float


@dataclass(frozen=True)
class Estimate:
    """Parameters with half the width of their intervals, shape (n_parameters,); infinite where nothing tells."""

    value: FloatArray
    half_width: FloatArray


def read_rules(catalog: Catalog) -> CalibrationRules:
    """The rules of the catalog."""
    return catalog.constants(CalibrationRules, "calibration_rules")


def fit(
    residuals: Callable[[FloatArray], FloatArray], low: FloatArray, high: FloatArray, confidence_frac: float
) -> Estimate:
    """Parameters with the least sum of squares between `low` and `high`; the search starts at zero, between them.

    Parameters
    ----------
    residuals : callable
        Parameters, shape (n_parameters,), to residuals, shape (n_rows,).
    low, high : ndarray, shape (n_parameters,)
    confidence_frac : float
        Of the intervals, by Student's t and the curvature at the optimum. [-]
    """
    found = least_squares(residuals, np.zeros(low.size), bounds=(low, high), x_scale=high - low)
    return Estimate(found.x, _half_width(found.fun, found.jac, confidence_frac))


def fit_factors(parts: FloatArray, total: FloatArray, confidence_frac: float) -> Estimate:
    """Factors on the columns of `parts`, none below 0, whose sum comes nearest to `total`.

    Parameters
    ----------
    parts : ndarray, shape (n_rows, n_parameters)
    total : ndarray, shape (n_rows,)
    confidence_frac : float
        As in `fit`. [-]
    """
    value, _ = nnls(parts, total)
    return Estimate(np.asarray(value), _half_width(parts @ value - total, parts, confidence_frac))


def _half_width(residuals: FloatArray, slopes: FloatArray, confidence_frac: float) -> FloatArray:
    rows, count = slopes.shape
    if rows <= count:
        return np.full(count, np.inf)
    error = np.sqrt((residuals @ residuals) / (rows - count) * np.diag(np.linalg.pinv(slopes.T @ slopes)))
    return np.asarray(error * float(student.ppf((1 + confidence_frac) / 2, rows - count)))
