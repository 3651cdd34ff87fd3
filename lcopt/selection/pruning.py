"""Prunings that can never remove an optimal choice: the cheapest layout of each pair, bounds, dominance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray

# Keeps a solution that ties with the upper bound to the last digits.
BOUND_TOLERANCE = 1e-9
# Platforms whose best partner is sought when the upper bound of two platforms is computed.
SHORTLIST_COUNT = 300
DOMINANCE_CHUNK = 256


@dataclass(frozen=True)
class Pairs:
    """Feasible (pack, platform) pairs with the fleet cost of the pack on that platform.

    Attributes
    ----------
    pack, platform, candidate : ndarray, shape (n_pairs,)
        Index of the pack, of the platform, and of the candidate that stands for the pair.
    cost_usd : ndarray, shape (n_pairs,)
        Present value over the fleet, without platform fixed cost.
    """

    pack: IntArray
    platform: IntArray
    candidate: IntArray
    cost_usd: FloatArray

    def take(self, index: IntArray | BoolArray) -> Pairs:
        """The pairs at `index`."""
        return Pairs(self.pack[index], self.platform[index], self.candidate[index], self.cost_usd[index])

    def __len__(self) -> int:
        return len(self.pack)


@dataclass(frozen=True)
class Pruned:
    """What is left for the solver, and the cost of a choice that is known to exist."""

    pairs: Pairs
    upper_bound_usd: float


def cheapest_pairs(pack: IntArray, platform: IntArray, candidate: IntArray, cost_usd: FloatArray) -> Pairs:
    """Keep the cheapest candidate of every (pack, platform).

    Safe because candidates of one pair differ in series count and layout only, which no row of the model couples.
    """
    order = np.lexsort((candidate, cost_usd, platform, pack))
    pack, platform = pack[order], platform[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (pack[1:] != pack[:-1]) | (platform[1:] != platform[:-1])
    return Pairs(pack[first], platform[first], candidate[order][first], cost_usd[order][first])


def prune_pairs(pairs: Pairs, packs_count: int, platform_fixed_cost_usd: float, platforms_max: int | None) -> Pruned:
    """Drop pairs that no optimal choice can contain.

    Parameters
    ----------
    pairs : Pairs
        At least one pair for every pack.
    packs_count : int
    platform_fixed_cost_usd : float
        The same for every platform, >= 0.
    platforms_max : int or None

    Returns
    -------
    Pruned
        With an infinite upper bound where no choice within `platforms_max` was found.

    Notes
    -----
    A choice with pair (v, p) either opens p alone, at the cost of p for all packs, or at least two platforms, at no
    less than the cost of (v, p), the cheapest pair of every other pack, and two fixed costs. Both hold with any cap.
    """
    costs, column = _cost_matrix(pairs, packs_count)
    cheapest = costs.min(axis=1)
    alone = costs.sum(axis=0) + platform_fixed_cost_usd
    upper = _upper_bound(costs, cheapest, platform_fixed_cost_usd, platforms_max)
    if platforms_max == 1 or packs_count == 1:
        bound = alone[column]
    else:
        together = pairs.cost_usd + cheapest.sum() - cheapest[pairs.pack] + 2 * platform_fixed_cost_usd
        bound = np.minimum(alone[column], together)
    threshold = upper * (1 + BOUND_TOLERANCE) if np.isfinite(upper) else np.inf
    kept = bound <= threshold
    survivors = pairs.take(kept)
    undominated = _undominated(survivors, packs_count)
    return Pruned(pairs=survivors.take(undominated), upper_bound_usd=upper)


def _cost_matrix(pairs: Pairs, packs_count: int) -> tuple[FloatArray, IntArray]:
    """Costs as (packs, platforms) with infinity where a platform does not serve a pack."""
    platforms, column = np.unique(pairs.platform, return_inverse=True)
    costs = np.full((packs_count, len(platforms)), np.inf)
    costs[pairs.pack, column] = pairs.cost_usd
    return costs, column


def _upper_bound(costs: FloatArray, cheapest: FloatArray, fixed_cost_usd: float, platforms_max: int | None) -> float:
    """Cost of the best choice with one platform, two platforms, or each pack's own cheapest."""
    packs_count = len(costs)
    cap = platforms_max or packs_count
    bounds = [(costs.sum(axis=0) + fixed_cost_usd).min()]
    own = np.unique(costs.argmin(axis=1))
    if len(own) <= cap:
        bounds.append(cheapest.sum() + len(own) * fixed_cost_usd)
    if cap >= 2 and packs_count >= 2:
        excess = (costs - cheapest[:, None]).min(axis=0)
        short = np.union1d(np.argsort(excess, kind="stable")[:SHORTLIST_COUNT], own)
        best_of_two = np.minimum(costs[:, short, None], costs[:, None, short]).sum(axis=0)
        bounds.append(best_of_two.min() + 2 * fixed_cost_usd)
    return float(min(bounds))


def _undominated(pairs: Pairs, packs_count: int) -> BoolArray:
    """Pairs of platforms that no other platform beats for every pack.

    Safe while all platforms have the same fixed cost and no row caps what a platform uses.
    """
    costs, column = _cost_matrix(pairs, packs_count)
    count = costs.shape[1]
    keep = np.ones(count, dtype=bool)
    for start in range(0, count, DOMINANCE_CHUNK):
        chunk = slice(start, min(start + DOMINANCE_CHUNK, count))
        beaten = (costs[:, None, :] <= costs[:, chunk, None]).all(axis=0)
        equal = (costs[:, None, :] == costs[:, chunk, None]).all(axis=0)
        index = np.arange(count)
        # Of platforms with equal costs the first stays.
        beaten &= ~equal | (index[None, :] < index[chunk, None])
        keep[chunk] = ~beaten.any(axis=1)
    return keep[column]
