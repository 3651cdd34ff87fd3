"""Bounds from the relaxed model: solved for few pairs, its prices judge all the others without solving for them.

The facility-location form is nearly whole without its whole numbers, so its prices tell well which pairs are worth it.
A pair pays what it adds to every sum of the model. Pairs that would gain join, and once none gains the prices bound the
cost of every choice, whatever couples the packs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.heuristic import improved_choice
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd, meets_rows
from lcopt.selection.lines import NO_LINE, Secants, secants
from lcopt.selection.model import PortfolioModel, line_owner, portfolio_model
from lcopt.selection.solver import Relaxation, solve_relaxation
from lcopt.units import USD_PER_MUSD

ROUNDS_MAX = 25
TIME_LIMIT_S = 60.0
# Prices are good enough once all that pairs could still gain is a share this small of the cost.
GAIN_FRAC = 1e-6
# Secants are refined at the relaxed optimum until they miss a share this small of the cost, or so many times.
MISSED_FRAC = 1e-6
REFINED_MAX = 2
# So few pairs the solver sees at once; beyond so many columns of pairs the relaxed model takes longer than it saves.
FEW_COUNT = 150
TAKEN_MAX = 2500
# With more pairs than these left, prices are worth improving even where the relaxed optimum stays.
MANY_COUNT = 1000
# Pairs that would gain join all at once, or only the best of each pack on each platform.
ADDED_MAX = 300


@dataclass(frozen=True)
class RelaxationBound:
    """The best bound found, what any choice that contains a pair costs at least, and the best choice met on the way."""

    bound_usd: float
    pair_usd: FloatArray
    chosen: IntArray


def relaxation_bound(
    instance: PortfolioInstance,
    breakpoints: Sequence[FloatArray],
    tails: FloatArray,
    chosen: IntArray,
    near_frac: float,
) -> RelaxationBound:
    """Bound the cost of all choices and of those that contain each pair.

    Parameters
    ----------
    instance : PortfolioInstance
    breakpoints : sequence of ndarray, shape (n_lines,)
        Rates at which the secants are exact to begin with; those of the relaxed optimum are added.
    tails : ndarray, shape (n_tails, n_scenarios)
    chosen : ndarray, shape (n_packs,)
        A choice that meets all rows.
    near_frac : float
        Pairs whose every choice costs more than so much above the best known one need no second look.
    """
    owner = line_owner(instance)
    upper = float(exact_cost_usd(instance, chosen))
    threshold_usd = upper + near_frac * abs(upper)
    best, pair_usd = -np.inf, np.full(len(instance.pairs), -np.inf)
    taken = np.zeros(len(instance.pairs), dtype=bool)
    taken[chosen] = True
    taken |= _is_cheapest(instance, instance.pairs.cost_usd)
    breakpoints = list(breakpoints)
    refined, last_usd = 0, np.inf
    pieces = secants(instance.lines, instance.highest_rate, breakpoints)
    for _ in range(ROUNDS_MAX):
        part = instance.take(taken)
        model = portfolio_model(part, pieces, tails, owner)
        relaxed = solve_relaxation(model, TIME_LIMIT_S)
        if relaxed is None:
            break
        gain = _reduced_cost(instance, pieces, tails, model, relaxed)
        least = np.minimum.reduceat(gain, instance.first_pair[:-1])
        bound = relaxed.cost_usd + float(np.minimum(least, 0.0).sum())
        best = max(best, bound)
        pair_usd = np.maximum(pair_usd, bound + gain - np.minimum(least, 0.0)[instance.pairs.pack])
        alive = int((pair_usd <= threshold_usd).sum())
        if alive <= FEW_COUNT or taken.sum() > TAKEN_MAX:
            break
        worth = (gain < 0) & (pair_usd <= threshold_usd) & ~taken
        tolerance = GAIN_FRAC * abs(bound)
        falls, last_usd = last_usd - relaxed.cost_usd > tolerance, relaxed.cost_usd
        if worth.any() and (falls or alive > MANY_COUNT) and relaxed.cost_usd - bound > tolerance:
            taken |= (
                worth if worth.sum() <= ADDED_MAX else worth & _is_cheapest(instance, np.where(worth, gain, np.inf))
            )
            continue
        rounded = _rounded(part, relaxed, np.flatnonzero(taken))
        cost = float(exact_cost_usd(instance, rounded))
        if cost < upper and meets_rows(instance, rounded):
            chosen, upper, threshold_usd = rounded, cost, cost + near_frac * abs(cost)
        rate = _relaxed_rate(part, relaxed)
        missed = _missed_usd(instance, pieces, rate)
        if refined == REFINED_MAX or best >= threshold_usd or missed <= MISSED_FRAC * abs(best):
            break
        refined, last_usd = refined + 1, np.inf
        breakpoints.append(rate)
        pieces = secants(instance.lines, instance.highest_rate, breakpoints)
        # Pairs that can be in no good choice any more leave, others of the relaxed optimum stay.
        taken &= (pair_usd <= threshold_usd) | np.isin(np.arange(len(taken)), chosen)
    return RelaxationBound(best, pair_usd, chosen)


def _rounded(part: PortfolioInstance, relaxed: Relaxation, index: IntArray) -> IntArray:
    """A choice near the relaxed optimum: of every pack the pair with the largest share, then local search."""
    order = np.lexsort((-relaxed.choose, part.pairs.pack))
    return index[improved_choice(part, order[part.first_pair[:-1]])]


def _relaxed_rate(part: PortfolioInstance, relaxed: Relaxation) -> FloatArray:
    """Pooled rate of every line in the relaxed optimum."""
    rate = np.zeros(len(part.lines))
    for line, own in zip(part.pairs.line.T, part.pairs.rate.T, strict=True):
        used = line != NO_LINE
        np.add.at(rate, line[used], (own * relaxed.choose)[used])
    return rate


def _missed_usd(instance: PortfolioInstance, pieces: Secants, rate: FloatArray) -> float:
    """By how much the secants are below the cost of the lines at these rates."""
    below = np.full(len(instance.lines), np.inf)
    np.minimum.at(below, pieces.line, pieces.intercept_usd + pieces.slope_usd_per_rate * rate[pieces.line])
    exact = instance.lines.at(np.arange(len(instance.lines)), rate)
    return float(np.where(np.isfinite(below), exact - below, 0.0).sum())


def _is_cheapest(instance: PortfolioInstance, cost_usd: FloatArray) -> BoolArray:
    """Whether a pair is the cheapest one of its pack on its platform."""
    pairs = instance.pairs
    order = np.lexsort((cost_usd, pairs.platform, pairs.pack))
    first = np.ones(len(order), dtype=bool)
    pack, platform = pairs.pack[order], pairs.platform[order]
    first[1:] = (pack[1:] != pack[:-1]) | (platform[1:] != platform[:-1])
    cheapest = np.zeros(len(order), dtype=bool)
    cheapest[order[first]] = True
    return cheapest


def _reduced_cost(
    instance: PortfolioInstance, pieces: Secants, tails: FloatArray, model: PortfolioModel, relaxed: Relaxation
) -> FloatArray:
    """Cost of every pair with the prices of all sums that it adds to, in the cheapest segment of each line [USD]."""
    pairs, served = instance.pairs, model.columns.served
    prices = relaxed.sums_usd
    serving = np.repeat(-relaxed.pack_usd[:, None], instance.platforms_count, axis=1)
    serving[served.pack, served.platform] = relaxed.platform_usd - relaxed.pack_usd[served.pack]
    sharing = np.zeros((instance.packs_count, len(pieces)))
    sharing[served.segment_pack, served.segment] = relaxed.segment_usd
    cost = pairs.cost_usd + serving[pairs.pack, pairs.platform] + prices["fleet_total"] @ instance.rows.coefficient
    risk = instance.risk
    if risk is not None:
        cost = cost + risk.expected_usd + risk.cost_usd @ (tails.T @ prices["tail_total_musd"]) / USD_PER_MUSD
    counts = pieces.counts(len(instance.lines))
    first = np.cumsum(counts) - counts
    for line, rate in zip(pairs.line.T, pairs.rate.T, strict=True):
        cheapest = np.full(len(pairs), np.inf)
        for segment in range(int(counts.max(initial=0))):
            has = (line != NO_LINE) & (segment < counts[line])
            at = first[line[has]] + segment
            charged = pieces.slope_usd_per_rate[at] * rate[has] + sharing[pairs.pack[has], at]
            cheapest[has] = np.minimum(cheapest[has], charged)
        cost = cost + np.where(np.isfinite(cheapest), cheapest, 0.0)
    reduced: FloatArray = cost
    return reduced
