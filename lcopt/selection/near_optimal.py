"""Every choice that costs nearly as little as the optimum, without a solver: packs are added one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd, meets_rows, open_platforms, rates_of
from lcopt.selection.lines import NO_LINE, chord_slope
from lcopt.selection.proving import Proof, prove
from lcopt.selection.pruning import BOUND_TOLERANCE, bounded

# Beginnings of choices that are carried on at once.
BEGINNINGS_MAX = 300_000


@dataclass(frozen=True)
class NearOptimal:
    """Choices within a distance of the optimum, cheapest first.

    Attributes
    ----------
    chosen : ndarray, shape (n_choices, n_packs)
        Pairs of the instance.
    cost_usd : ndarray, shape (n_choices,)
    complete : bool
        Whether no choice within the distance is missing.
    """

    chosen: IntArray
    cost_usd: FloatArray
    complete: bool


def near_optimal(
    instance: PortfolioInstance, near_frac: float, choices_max: int = BEGINNINGS_MAX, best: Proof | None = None
) -> NearOptimal:
    """Find all choices that cost at most `near_frac` more than the optimum.

    Parameters
    ----------
    instance : PortfolioInstance
    near_frac : float
        Relative distance to the optimum.
    choices_max : int
        Keep the most promising ones where there are more.
    best : Proof, optional
        Of the instance itself, where it is known.

    Notes
    -----
    The beginning of a choice, its first packs, costs at least its own pooled cost and for each pack to come the
    cheapest pair at the lowest marginal cost of its lines; or the chords of all lines. Beginnings above the distance
    go.
    """
    proof = prove(instance) if best is None else best
    nothing = NearOptimal(np.empty((0, instance.packs_count), dtype=np.int64), np.empty(0), proof.proven)
    if not proof.feasible:
        return nothing
    threshold = proof.cost_usd + (near_frac + BOUND_TOLERANCE) * abs(proof.cost_usd)
    kept = bounded(instance, 0.0, near_frac).index
    left = instance.take(kept)
    floor, chord = _least_costs(left)
    sizes = np.diff(left.first_pair)
    order = np.argsort(sizes, kind="stable")
    to_come = [_to_come(left, cost, order) for cost in (floor, chord)]
    begun, complete = np.empty((1, 0), dtype=np.int64), True
    for number, pack in enumerate(order):
        own = np.arange(left.first_pair[pack], left.first_pair[pack + 1])
        begun = np.column_stack([np.repeat(begun, len(own), axis=0), np.tile(own, len(begun))])
        bound = _bounds(left, begun, chord, to_come[0][number + 1], to_come[1][number + 1])
        begun, bound = begun[bound <= threshold], bound[bound <= threshold]
        if len(begun) > choices_max:
            begun, complete = begun[np.argsort(bound, kind="stable")[:choices_max]], False
    chosen = np.sort(begun, axis=1)
    chosen = chosen[meets_rows(left, chosen)]
    cost = exact_cost_usd(left, chosen)
    near = cost <= threshold
    chosen, cost = chosen[near], cost[near]
    ranking = np.argsort(cost, kind="stable")
    return NearOptimal(kept[chosen[ranking]], cost[ranking], complete and proof.proven)


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
    fixed = open_platforms(instance, begun) @ instance.platform_fixed_cost_usd
    pooled = cost[begun].sum(axis=1) + fixed + instance.lines.total_usd(rates_of(instance, begun)) + floor_to_come
    bound: FloatArray = np.maximum(pooled, chord[begun].sum(axis=1) + fixed + chord_to_come)
    return bound
