"""What can be chosen, with its cost by uncertain prices: the candidates of one pack, or fleets of several.

Of one pack all feasible candidates are compared. Of several packs those fleets are: the proven optima at many points of
the prices, and on the platforms of each of them the best candidate of every pack at every sample.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd, meets_rows
from lcopt.selection.linear_costs import LinearCosts, best_of_samples
from lcopt.selection.proving import prove

# Choices of which the cost is computed at once.
CHOICES_AT_ONCE = 1000


@dataclass(frozen=True)
class Choices:
    """Choices of one pair a pack.

    Attributes
    ----------
    pairs : ndarray, shape (n_choices, n_packs)
        Pairs of the instance.
    costs : LinearCosts
        Cost of the fleet by uncertain prices. [USD]
    chosen : int
        The choice of the optimization.
    covered : str
        What is compared, in words.
    """

    pairs: IntArray
    costs: LinearCosts
    chosen: int
    covered: str


def costs_of_pairs(instance: PortfolioInstance, pairs: IntArray) -> FloatArray:
    """Exact cost of choices (n_choices, n_packs) without any risk of prices, infinite where they miss a limit [USD]."""
    certain = replace(instance, risk=None)
    cost = np.empty(len(pairs))
    for start in range(0, len(pairs), CHOICES_AT_ONCE):
        part = pairs[start : start + CHOICES_AT_ONCE]
        used, place = np.unique(part, return_inverse=True)
        small, chosen = certain.take(used).compact(), place.reshape(part.shape)
        met = meets_rows(small, chosen)
        cost[start : start + len(part)] = np.where(met, exact_cost_usd(small, chosen), np.inf)
    return cost


def choices_of(
    instance: PortfolioInstance,
    best: IntArray,
    usd_per_price: FloatArray,
    center: FloatArray,
    samples: FloatArray,
    points: FloatArray,
) -> Choices:
    """The choices of a decision, with their costs.

    Parameters
    ----------
    instance : PortfolioInstance
    best : ndarray, shape (n_packs,)
        Pairs of the optimum.
    usd_per_price : ndarray, shape (n_pairs, n_prices)
        By how much the cost of pairs rises with uncertain prices. [USD per unit of the price]
    center : ndarray, shape (n_prices,)
        Prices at which the instance is costed.
    samples : ndarray, shape (n_samples, n_prices)
    points : ndarray, shape (n_points, n_prices)
        At which a fleet of several packs is optimized anew.
    """
    if instance.packs_count == 1:
        pairs = np.arange(len(instance.pairs))[:, None]
        covered = "all feasible candidates of the search"
    else:
        pairs = _fleets(instance, best, usd_per_price, center, samples, points)
        covered = (
            f"{len(pairs)} {'fleet' if len(pairs) == 1 else 'fleets'}: proven optima at {len(points)} price points"
        )
        covered += ", and candidates chosen anew on their platforms" if _is_separable(instance) else ""
    cost = costs_of_pairs(instance, pairs)
    pairs, cost = pairs[np.isfinite(cost)], cost[np.isfinite(cost)]
    slope = usd_per_price[pairs].sum(axis=1)
    chosen = int(np.flatnonzero((pairs == best).all(axis=1))[0])
    return Choices(pairs, LinearCosts(cost - slope @ center, slope), chosen, covered)


def _is_separable(instance: PortfolioInstance) -> bool:
    """Whether packs on given platforms do not meet in lines or limits of the fleet."""
    return not (len(instance.lines) or len(instance.rows))


def _fleets(
    instance: PortfolioInstance,
    best: IntArray,
    usd_per_price: FloatArray,
    center: FloatArray,
    samples: FloatArray,
    points: FloatArray,
) -> IntArray:
    """Fleets that may be the best at some prices, each once, shape (n_fleets, n_packs)."""
    certain = replace(instance, risk=None)
    fleets = [best]
    for point in points:
        cost = certain.pairs.cost_usd + usd_per_price @ (point - center)
        fleets.append(prove(replace(certain, pairs=replace(certain.pairs, cost_usd=cost))).chosen)
    found = np.unique([fleet for fleet in fleets if len(fleet)], axis=0)
    if not _is_separable(instance):
        return found
    sets = {tuple(np.unique(instance.pairs.platform[fleet]).tolist()) for fleet in found}
    anew = [_anew(instance, np.array(platforms), usd_per_price, center, samples) for platforms in sorted(sets)]
    return np.unique(np.vstack([found, *anew]), axis=0)


def _anew(
    instance: PortfolioInstance, platforms: IntArray, usd_per_price: FloatArray, center: FloatArray, samples: FloatArray
) -> IntArray:
    """The best pair of every pack on some platforms at every sample, each combination once."""
    columns = []
    for pack in range(instance.packs_count):
        on = (instance.pairs.pack == pack) & np.isin(instance.pairs.platform, platforms)
        index = np.flatnonzero(on)
        slope = usd_per_price[index]
        costs = LinearCosts(instance.pairs.cost_usd[index] - slope @ center, slope)
        columns.append(index[best_of_samples(costs, samples).winner])
    return np.unique(np.stack(columns, axis=1), axis=0)
