"""Process lines that pool volumes: a concave cost of the pooled rate, and the secants that never exceed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray

NO_LINE = -1
# Two breakpoints this close, relative to their own size, are one.
SAME_BREAKPOINT_FRAC = 1e-9


@dataclass(frozen=True)
class Lines:
    """Cost of every line as a sum of power laws of its pooled yearly rate.

    Attributes
    ----------
    names, units : tuple of str, length n_lines
        The unit is that of the rate.
    cost_usd, reference_rate, exponent : ndarray, shape (n_lines, n_terms)
        A line at rate q costs sum_t cost_usd (q / reference_rate)^exponent as a present value; cost >= 0,
        reference_rate > 0, 0 < exponent <= 1. Lines with fewer terms have terms of cost 0.
    same : ndarray, shape (n_lines,), optional
        Lines with one number are one line in different years; they have one term each, with one exponent. None where
        every line is one for all years.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    cost_usd: FloatArray
    reference_rate: FloatArray
    exponent: FloatArray
    same: IntArray | None = None

    def __post_init__(self) -> None:
        if not ((self.exponent > 0) & (self.exponent <= 1)).all():
            message = "the exponent of a line must lie above 0 and not above 1: its cost must be concave"
            raise ValueError(message)
        if not ((self.cost_usd >= 0).all() and (self.reference_rate > 0).all()):
            message = "the cost of a line must not be negative and its reference rate must be above 0"
            raise ValueError(message)

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def none(cls) -> Lines:
        """No line at all."""
        empty = np.empty((0, 1))
        return cls((), (), empty, empty + 1.0, empty + 1.0)

    def at(self, line: IntArray, rate: FloatArray) -> FloatArray:
        """Cost of the lines `line` at the rates `rate`, of one shape; no line costs nothing [USD]."""
        if not len(self):
            return np.zeros(np.shape(rate))
        total: FloatArray = np.zeros(np.shape(rate))
        for term in range(self.cost_usd.shape[1]):
            cost, reference, exponent = (
                values[line, term] for values in (self.cost_usd, self.reference_rate, self.exponent)
            )
            total += cost * (np.maximum(rate, 0.0) / reference) ** exponent
        return np.where(line == NO_LINE, 0.0, total)

    def total_usd(self, rate: FloatArray) -> FloatArray:
        """Cost of all lines together at the rates (..., n_lines)."""
        costs: FloatArray = self.at(np.broadcast_to(np.arange(len(self)), np.shape(rate)), rate).sum(axis=-1)
        return costs

    def marginal_usd_per_rate(self, rate: FloatArray) -> FloatArray:
        """Cost of one more unit of rate at the rates (n_lines,), the least that it costs at any lower rate."""
        positive = np.maximum(rate, np.finfo(float).tiny)[:, None]
        slope = (
            self.cost_usd
            * self.exponent
            / self.reference_rate
            * (positive / self.reference_rate) ** (self.exponent - 1)
        )
        marginal: FloatArray = np.where(rate > 0, slope.sum(axis=1), 0.0)
        return marginal


@dataclass(frozen=True)
class Secants:
    """Straight pieces below the cost of each line, sorted by line; segment s of a line costs intercept + slope x rate.

    The smallest piece of a line is at most its cost anywhere between 0 and the highest rate, and equal at breakpoints.
    """

    line: IntArray
    lower_rate: FloatArray
    upper_rate: FloatArray
    intercept_usd: FloatArray
    slope_usd_per_rate: FloatArray

    def __len__(self) -> int:
        return len(self.line)

    def counts(self, lines_count: int) -> IntArray:
        """Segments of each line."""
        return np.bincount(self.line, minlength=lines_count)


def secants(lines: Lines, highest_rate: FloatArray, breakpoints: Sequence[FloatArray]) -> Secants:
    """Pieces of every line between 0, the rates in `breakpoints` and the highest rate.

    Parameters
    ----------
    lines : Lines
    highest_rate : ndarray, shape (n_lines,)
        No choice has a higher one; a line with 0 gets no piece.
    breakpoints : sequence of ndarray, shape (n_lines,)
        Rates at which the pieces shall be exact.
    """
    rates = np.stack([np.zeros(len(lines)), *breakpoints, highest_rate], axis=1) if len(lines) else np.empty((0, 2))
    rates = np.sort(np.clip(rates, 0.0, highest_rate[:, None]), axis=1)
    index = np.broadcast_to(np.arange(len(lines))[:, None], rates.shape)
    costs = lines.at(index, rates)
    kept = np.ones(rates.shape, dtype=bool)
    kept[:, 1:] = rates[:, 1:] - rates[:, :-1] > SAME_BREAKPOINT_FRAC * rates[:, 1:]
    straight = _straight(lines)
    kept[straight, 1:-1] = False
    kept[straight, -1] = highest_rate[straight] > 0
    line, rate, cost = index[kept], rates[kept], costs[kept]
    inner = np.flatnonzero(line[1:] == line[:-1]) + 1 if len(line) else np.empty(0, dtype=np.int64)
    slope = (cost[inner] - cost[inner - 1]) / (rate[inner] - rate[inner - 1])
    intercept = np.where(rate[inner - 1] == 0.0, 0.0, cost[inner - 1] - slope * rate[inner - 1])
    return Secants(line[inner], rate[inner - 1], rate[inner], intercept, slope)


def chord_slope(lines: Lines, highest_rate: FloatArray) -> FloatArray:
    """Cost per rate of the straight line from 0 to the highest rate, a bound from below in between [USD per rate]."""
    cost = lines.at(np.arange(len(lines)), highest_rate)
    slope: FloatArray = np.divide(cost, highest_rate, out=np.zeros(len(lines)), where=highest_rate > 0)
    return slope


def _straight(lines: Lines) -> BoolArray:
    straight: BoolArray = ((lines.exponent == 1.0) | (lines.cost_usd == 0.0)).all(axis=1)
    return straight
