"""Portfolios of packs that are made more and less over the years, from below: every line is one for all years.

Two steps, each of which makes no choice dearer. A line that is as large as its peak counts as in one of its years. Then
the lines of several years become one: with an exponent e at most 1, the sum over years of c_y q_y^e to the power 1/e
is no less for what packs make together than the sum of it over the packs (Minkowski's inequality, reversed below 1),
so that each pack may be counted by its own sum over years. Both are equalities for packs that follow one ramp.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lcopt.arrays import IntArray
from lcopt.selection.instance import PortfolioInstance, yearly_rates_of
from lcopt.selection.lines import NO_LINE, Lines


def is_ramped(instance: PortfolioInstance) -> bool:
    """Whether a line costs other than by the sum of the rates of its pairs, or once for each of several years."""
    return instance.peaks is not None or instance.lines.same is not None


def plain_below(instance: PortfolioInstance, chosen: IntArray | None = None) -> PortfolioInstance:
    """An instance with the same pairs and without ramps in which no choice costs more.

    `chosen` is a good choice, in whose peak years lines are taken; without one in those of all packs together.
    """
    if instance.peaks is not None:
        instance = at_years(instance, busiest_years(instance, chosen))
    return merged(instance)


def busiest_years(instance: PortfolioInstance, chosen: IntArray | None = None) -> IntArray:
    """The year that sizes each line under a choice, or where that does not use it, if all packs did; (n_lines,)."""
    peaks = instance.peaks
    assert peaks is not None
    if_all = np.where(peaks.counted, instance.highest_rate_of_packs.T @ peaks.share_frac, -1.0)
    if chosen is None:
        return np.asarray(if_all.argmax(axis=1))
    rate = yearly_rates_of(instance, chosen)
    return np.asarray(np.where(rate.any(axis=1), rate.argmax(axis=1), if_all.argmax(axis=1)))


def at_years(instance: PortfolioInstance, year: IntArray) -> PortfolioInstance:
    """The instance in which each line is as large as in one year: no choice costs more than in the instance itself.

    Parameters
    ----------
    year : ndarray, shape (n_lines,)
        A year that counts for the line; any one is valid, those of a good choice are close to it.
    """
    peaks, pairs = instance.peaks, instance.pairs
    if peaks is None:
        return instance
    of_year = np.where(peaks.is_sized, peaks.share_frac[:, year], 1.0)
    share = np.where(pairs.line == NO_LINE, 1.0, of_year[pairs.pack[:, None], pairs.line])
    return replace(instance, pairs=replace(pairs, rate=pairs.rate * share), peaks=None)


def merged(instance: PortfolioInstance) -> PortfolioInstance:
    """The instance in which lines of several years are one: no choice costs more than in the instance itself."""
    lines, pairs, same = instance.lines, instance.pairs, instance.lines.same
    if same is None:
        return instance
    used = pairs.line != NO_LINE
    line = np.where(used, pairs.line, 0)
    exponent = lines.exponent[line, 0]
    power = np.where(used, lines.cost_usd[line, 0] * (pairs.rate / lines.reference_rate[line, 0]) ** exponent, 0.0)
    _, first, number = np.unique(same, return_index=True, return_inverse=True)
    columns = _columns(np.where(used, number[line], NO_LINE))
    width = int(columns.max(initial=-1)) + 1
    total, on = np.zeros((len(pairs), width)), np.full((len(pairs), width), NO_LINE)
    row, place = np.nonzero(used)
    np.add.at(total, (row, columns[row, place]), power[row, place])
    on[row, columns[row, place]] = number[line[row, place]]
    of_all = lines.exponent[first[np.where(on == NO_LINE, 0, on)], 0]
    ones = np.ones((len(first), 1))
    one_line = Lines(
        tuple(lines.names[at] for at in first),
        tuple(lines.units[at] for at in first),
        ones,
        ones,
        lines.exponent[first, :1],
    )
    rate = np.where(on == NO_LINE, 0.0, total ** (1.0 / of_all))
    return replace(instance, pairs=replace(pairs, line=on, rate=rate), lines=one_line)


def _columns(number: IntArray) -> IntArray:
    """For each use of a pair the place of its merged line among the different ones of the pair."""
    order = np.argsort(number, axis=1, kind="stable")
    ranked = np.take_along_axis(number, order, axis=1)
    new = np.zeros(number.shape, dtype=np.int64)
    new[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    new[:, :1] = 0
    place = np.cumsum(new, axis=1)
    columns = np.empty_like(place)
    np.put_along_axis(columns, order, place, axis=1)
    return columns
