"""Bounds from the relaxed model: solved for few pairs, its prices judge all the others without solving for them.

The facility-location form is nearly whole without its whole numbers, so its prices tell well which pairs are worth it.
A pair pays what it adds to every sum of the model. Pairs that would gain join, and once none gains the prices bound the
cost of every choice, whatever couples the packs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.lines import NO_LINE, Secants
from lcopt.selection.model import PortfolioModel, line_owner, portfolio_model
from lcopt.selection.solver import Relaxation, solve_relaxation

ROUNDS_MAX = 25
TIME_LIMIT_S = 60.0
# Prices are good enough once all that pairs could still gain is a share this small of the cost.
GAIN_FRAC = 1e-7


@dataclass(frozen=True)
class RelaxationBound:
    """The best bound found, and what any choice that contains a pair costs at least."""

    bound_usd: float
    pair_usd: FloatArray


def relaxation_bound(
    instance: PortfolioInstance, pieces: Secants, tails: FloatArray, chosen: IntArray, threshold_usd: float
) -> RelaxationBound:
    """Bound the cost of all choices and of those that contain each pair.

    Parameters
    ----------
    instance : PortfolioInstance
    pieces : Secants
        Of the whole instance.
    tails : ndarray, shape (n_tails, n_scenarios)
    chosen : ndarray, shape (n_packs,)
        A choice that meets all rows.
    threshold_usd : float
        Pairs above it need no second look.
    """
    owner = line_owner(instance)
    best, pair_usd = -np.inf, np.full(len(instance.pairs), -np.inf)
    taken = np.zeros(len(instance.pairs), dtype=bool)
    taken[chosen] = True
    taken[_cheapest_of_groups(instance, instance.pairs.cost_usd)] = True
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
        worth = (
            (gain < -GAIN_FRAC * abs(relaxed.cost_usd) / instance.packs_count) & (pair_usd <= threshold_usd) & ~taken
        )
        if not worth.any():
            break
        candidates = np.where(worth, gain, np.inf)
        added = _cheapest_of_groups(instance, candidates)
        taken[added[worth[added]]] = True
    return RelaxationBound(best, pair_usd)


def _cheapest_of_groups(instance: PortfolioInstance, cost_usd: FloatArray) -> IntArray:
    """The cheapest pair of every pack on every platform."""
    pairs = instance.pairs
    order = np.lexsort((cost_usd, pairs.platform, pairs.pack))
    first = np.ones(len(order), dtype=bool)
    pack, platform = pairs.pack[order], pairs.platform[order]
    first[1:] = (pack[1:] != pack[:-1]) | (platform[1:] != platform[:-1])
    return order[first]


def _reduced_cost(
    instance: PortfolioInstance, pieces: Secants, tails: FloatArray, model: PortfolioModel, relaxed: Relaxation
) -> FloatArray:
    """Cost of every pair with the prices of all sums that it adds to, in the cheapest segment of each line [USD]."""
    pairs, served = instance.pairs, model.columns.served
    prices = dict(zip((variable.name for variable, _ in model.sums), relaxed.sums_usd, strict=True))
    serving = np.repeat(-relaxed.pack_usd[:, None], instance.platforms_count, axis=1)
    serving[served.pack, served.platform] = prices["served_by"]
    sharing = np.zeros((instance.packs_count, len(pieces)))
    sharing[served.segment_pack, served.segment] = prices["share_in_segment"]
    cost = pairs.cost_usd + serving[pairs.pack, pairs.platform] + prices["fleet_total"] @ instance.rows.coefficient
    risk = instance.risk
    if risk is not None:
        cost = cost + risk.expected_usd + risk.cost_usd @ (tails.T @ prices["tail_total_musd"])
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
