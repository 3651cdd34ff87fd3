"""Prices of the relaxed model for pairs that it does not see: what each pair costs with all that it uses paid for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.lines import Secants
from lcopt.selection.model import PortfolioModel
from lcopt.selection.solver import Relaxation
from lcopt.units import USD_PER_MUSD


@dataclass(frozen=True)
class Prices:
    """A solution of the dual of the relaxed model.

    Attributes
    ----------
    value_usd : float
        Optimum of the relaxed model.
    serving_usd : ndarray, shape (n_packs, n_platforms)
        Charged for the use of the platform, less what serving the pack is worth.
    sharing_usd : ndarray, shape (n_packs, n_segments)
        Charged for the use of a segment of a line.
    rows_usd : ndarray, shape (n_rows,)
    tail_frac : ndarray, shape (n_scenarios,)
        Weights of the price scenarios beside those of the mean.
    left_usd : ndarray, shape (n_platforms,)
        What of opening a platform no pack pays yet; below 0 where rows pay for opening it.
    """

    value_usd: float
    serving_usd: FloatArray
    sharing_usd: FloatArray
    rows_usd: FloatArray
    tail_frac: FloatArray
    left_usd: FloatArray


@dataclass(frozen=True)
class Priced:
    """What the prices say: a bound, that of every pair, what each pair costs more than the pack is worth.

    `platform_gain_usd` is by how much packs together would gain by each platform beyond what opening it costs.
    """

    bound_usd: float
    pair_usd: FloatArray
    gain_usd: FloatArray
    platform_gain_usd: FloatArray


def prices_of(
    instance: PortfolioInstance,
    present: IntArray,
    tails: FloatArray,
    pieces: Secants,
    model: PortfolioModel,
    relaxed: Relaxation,
) -> Prices:
    """The prices of a relaxed model of some pairs, for all pairs of the instance.

    Parameters
    ----------
    present : ndarray
        Platforms of the instance that the model has, in its order.
    """
    served, rows = model.columns.served, instance.platform_rows
    serving = np.repeat(-relaxed.pack_usd[:, None], instance.platforms_count, axis=1)
    serving[served.pack, present[served.platform]] += relaxed.platform_usd
    if "packs_served" in relaxed.sums_usd:
        serving[:, present] += relaxed.sums_usd["packs_served"]
    sharing = np.zeros((instance.packs_count, len(pieces)))
    sharing[served.segment_pack, served.segment] = relaxed.segment_usd
    left = instance.platform_fixed_cost_usd.copy()
    if len(rows):
        left += np.array([relaxed.rows_usd[name] for name in rows.names]) @ rows.coefficient
    left[present] = np.maximum(relaxed.open_usd, 0.0)
    tail = np.zeros(0)
    if instance.risk is not None:
        tail = tails.T @ relaxed.sums_usd["tail_total_musd"] / USD_PER_MUSD
    return Prices(relaxed.cost_usd, serving, sharing, relaxed.sums_usd["fleet_total"], tail, left)


def priced(instance: PortfolioInstance, pieces: Secants, prices: Prices) -> Priced:
    """Judge all pairs by prices.

    Notes
    -----
    Where the model did not see a platform, packs pay for opening it as they gain by it, up to its whole cost.
    Every choice takes one pair of every pack, so the least gains of the packs together with the optimum of the relaxed
    model bound it from below; what no pack pays of its platform comes on top for a choice with a certain pair.
    """
    pairs, groups = instance.pairs, instance.groups
    gain = _charged(instance, pieces, prices)
    saved = np.maximum(-np.minimum.reduceat(gain, groups.first), 0.0)
    together = np.bincount(groups.platform, saved, instance.platforms_count)
    left = np.maximum(prices.left_usd, 0.0)
    paid_frac = np.divide(left, together, out=np.ones(len(left)), where=together > left)
    paid = saved * paid_frac[groups.platform] + np.minimum(prices.left_usd, 0.0)[groups.platform]
    gain += paid[groups.of_pair]
    least = np.minimum.reduceat(gain, instance.first_pair[:-1])
    bound = prices.value_usd + float(least.sum())
    unpaid = left - together * paid_frac
    pair_usd = bound + gain - least[pairs.pack] + unpaid[pairs.platform]
    return Priced(bound, pair_usd, gain, np.maximum(together - left, 0.0) - np.minimum(prices.left_usd, 0.0))


def _charged(instance: PortfolioInstance, pieces: Secants, prices: Prices) -> FloatArray:
    """Cost of every pair with the prices of all sums that it adds to, in the cheapest segment of each line [USD]."""
    pairs, groups = instance.pairs, instance.groups
    cost = pairs.cost_usd + prices.serving_usd[groups.pack, groups.platform][groups.of_pair]
    if len(instance.rows):
        cost += prices.rows_usd @ instance.rows.coefficient
    risk = instance.risk
    if risk is not None:
        cost += risk.expected_usd + risk.cost_usd @ prices.tail_frac
    slope, sharing = _by_line(instance, pieces, prices.sharing_usd)
    ends = zip(instance.first_pair[:-1].tolist(), instance.first_pair[1:].tolist(), strict=True)
    for pack, (start, stop) in enumerate(ends):
        for line, rate in zip(pairs.line[start:stop].T, pairs.rate[start:stop].T, strict=True):
            cheapest = slope[0][line] * rate + sharing[pack, 0][line]
            for number in range(1, len(slope)):
                np.minimum(cheapest, slope[number][line] * rate + sharing[pack, number][line], out=cheapest)
            cost[start:stop] += cheapest
    return cost


def _by_line(instance: PortfolioInstance, pieces: Secants, sharing_usd: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slope (n_segments_max, n_lines + 1) and charge (n_packs, n_segments_max, n_lines + 1) of the segments by line.

    The last line is none, at no cost; a line with fewer segments repeats its last one.
    """
    count = len(instance.lines)
    counts = pieces.counts(count)
    most = max(int(counts.max(initial=0)), 1)
    slope, sharing = np.zeros((most, count + 1)), np.zeros((instance.packs_count, most, count + 1))
    used = np.flatnonzero(counts)
    at = (np.cumsum(counts) - counts)[used] + np.minimum(np.arange(most)[:, None], counts[used] - 1)
    slope[:, used] = pieces.slope_usd_per_rate[at]
    sharing[:, :, used] = sharing_usd[:, at]
    return slope, sharing


def cheapest_of_groups(instance: PortfolioInstance, cost_usd: FloatArray) -> BoolArray:
    """Whether a pair is the cheapest one of its pack on its platform."""
    groups = instance.groups
    smallest = np.minimum.reduceat(cost_usd, groups.first)
    hits = np.flatnonzero(cost_usd == smallest[groups.of_pair])
    cheapest = np.zeros(len(cost_usd), dtype=bool)
    cheapest[hits[np.searchsorted(hits, groups.first)]] = True
    return cheapest
