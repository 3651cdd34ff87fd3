"""All choices below a cost, without a solver: packs are added one by one, beginnings that cost too much go."""

from __future__ import annotations

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd, meets_rows, over_open_platforms, rates_of
from lcopt.selection.lines import NO_LINE, chord_slope

# Beginnings that are bounded at once, so that their rates on all lines fit in memory.
BOUNDED_AT_ONCE = 200_000


def choices_below(
    instance: PortfolioInstance, plain: PortfolioInstance, most_usd: float, beginnings_max: int
) -> tuple[IntArray, FloatArray, bool]:
    """Find all choices of one pair a pack that cost at most so much.

    Parameters
    ----------
    instance : PortfolioInstance
    plain : PortfolioInstance
        With the same pairs, in which no choice costs more and no line is sized by a peak.
    most_usd : float
    beginnings_max : int
        Keep the most promising ones where there are more.

    Returns
    -------
    chosen : ndarray, shape (n_choices, n_packs)
    cost_usd : ndarray, shape (n_choices,)
    complete : bool
        Whether none is missing.

    Notes
    -----
    The beginning of a choice, its first packs, costs at least its own pooled cost and for each pack to come the
    cheapest pair at the lowest marginal cost of its lines; or the chords of all lines.
    """
    floor, chord = _least_costs(plain)
    sizes = np.diff(plain.first_pair)
    order = np.argsort(sizes, kind="stable")
    to_come = [_to_come(plain, cost, order) for cost in (floor, chord)]
    begun, complete = np.empty((1, 0), dtype=np.int64), True
    for number, pack in enumerate(order):
        own = np.arange(plain.first_pair[pack], plain.first_pair[pack + 1])
        begun = np.column_stack([np.repeat(begun, len(own), axis=0), np.tile(own, len(begun))])
        least_usd = (to_come[0][number + 1], to_come[1][number + 1])
        parts = np.array_split(begun, len(begun) // BOUNDED_AT_ONCE + 1)
        bound = np.concatenate([_bounds(plain, part, chord, *least_usd) for part in parts])
        begun, bound = begun[bound <= most_usd], bound[bound <= most_usd]
        if len(begun) > beginnings_max:
            begun, complete = begun[np.argsort(bound, kind="stable")[:beginnings_max]], False
    chosen = np.sort(begun, axis=1)
    chosen = chosen[meets_rows(instance, chosen)]
    cost = exact_cost_usd(instance, chosen)
    near = cost <= most_usd
    return chosen[near], cost[near], complete


def _least_costs(instance: PortfolioInstance) -> tuple[FloatArray, FloatArray]:
    """Cost of the pairs with lines at their lowest marginal cost, and with lines at their chords."""
    cost = instance.pairs.cost_usd
    risk = instance.risk
    if risk is not None:
        cost = cost + risk.certain_usd(risk.probability_frac)
    lowest = instance.lines.marginal_usd_per_rate(instance.highest_rate)
    chord = chord_slope(instance.lines, instance.highest_rate)
    found = []
    for slope in (lowest, chord):
        total = cost
        for line, rate in zip(instance.pairs.line.T, instance.pairs.rate.T, strict=True):
            total = total + np.where(line == NO_LINE, 0.0, slope[line] * rate)
        found.append(total)
    return found[0], found[1]


def _to_come(instance: PortfolioInstance, cost: FloatArray, order: IntArray) -> FloatArray:
    """Cheapest pairs of the packs that follow in the order, shape (n_packs + 1,)."""
    cheapest = np.minimum.reduceat(cost, instance.first_pair[:-1])[order]
    return np.append(np.cumsum(cheapest[::-1])[::-1], 0.0)


def _bounds(
    instance: PortfolioInstance, begun: IntArray, chord: FloatArray, floor_to_come: float, chord_to_come: float
) -> FloatArray:
    """What any choice costs at least that begins so."""
    cost = instance.pairs.cost_usd
    if instance.risk is not None:
        cost = cost + instance.risk.certain_usd(instance.risk.probability_frac)
    fixed = over_open_platforms(instance, begun, instance.platform_fixed_cost_usd)
    pooled = cost[begun].sum(axis=1) + fixed + instance.lines.total_usd(rates_of(instance, begun)) + floor_to_come
    bound: FloatArray = np.maximum(pooled, chord[begun].sum(axis=1) + fixed + chord_to_come)
    return bound
