"""The best sets of platforms in order, and the best choice within some platforms."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.around import Distinct, k_best
from lcopt.selection.dominance import undominated_pairs
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import PortfolioInstance, open_platforms
from lcopt.selection.near_optimal import near_optimal
from lcopt.selection.proving import DEFAULT_GAP_FRAC, DONE, NO_SOLVER, Proof, prove
from lcopt.selection.pruning import bounded
from lcopt.selection.replacing import irreplaceable
from lcopt.selection.solver import DEFAULT_TIME_LIMIT_S

# Distances to the optimum within which all choices are listed, one after the other until there are enough.
FIRST_NEAR_FRAC, NEAR_FACTOR = 1e-5, 8.0
# Pairs of choices within the first of these distances are looked at alone, then those within the next.
KEPT_NEAR_FRACS = (1e-3, 0.03, 0.5)


def best_within(
    instance: PortfolioInstance,
    allowed: BoolArray,
    gap: float = DEFAULT_GAP_FRAC,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> Proof:
    """The best choice that opens no other platforms than those allowed.

    Parameters
    ----------
    instance : PortfolioInstance
    allowed : ndarray of bool, shape (n_platforms,)

    Returns
    -------
    Proof
        With pairs and platforms of the whole instance.
    """
    index = np.flatnonzero(allowed[instance.pairs.platform])
    part, numbers = _compacted(instance.take(index))
    proof = prove(part, gap, time_limit_s)
    return replace(proof, chosen=index[proof.chosen], platforms=numbers[proof.platforms])


def unserved(instance: PortfolioInstance, allowed: BoolArray) -> tuple[str, ...]:
    """Packs for which none of the allowed platforms has a pair."""
    served = np.unique(instance.pairs.pack[allowed[instance.pairs.platform]])
    return tuple(name for number, name in enumerate(instance.pack_names) if number not in served)


def _compacted(instance: PortfolioInstance) -> tuple[PortfolioInstance, IntArray]:
    """The instance with the platforms that have pairs, and their numbers in the instance itself."""
    used = np.zeros(instance.platforms_count, dtype=bool)
    used[instance.pairs.platform] = True
    numbers = np.flatnonzero(used)
    place = np.cumsum(used) - 1
    small = replace(
        instance,
        platform_names=tuple(instance.platform_names[number] for number in numbers),
        pairs=replace(instance.pairs, platform=place[instance.pairs.platform]),
        platform_fixed_cost_usd=instance.platform_fixed_cost_usd[numbers],
        platform_rows=instance.platform_rows.take_items(numbers),
    )
    return small, numbers


def without_needless(instance: PortfolioInstance, group: IntArray) -> IntArray:
    """Pairs that the best choice needs whatever groups of platforms are open, sorted.

    Parameters
    ----------
    instance : PortfolioInstance
    group : ndarray, shape (n_platforms,)
        Platforms that may stand for each other.

    Notes
    -----
    A platform goes where another one of its group replaces it for every pack at no more cost. Where rows count
    platforms other than by a plain cap only pairs on one platform are compared.
    """
    return irreplaceable(instance, group)


def k_best_choices(
    instance: PortfolioInstance,
    best: Proof,
    count: int,
    distinct: Distinct,
    gap: float = DEFAULT_GAP_FRAC,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> tuple[Proof, ...]:
    """The same as `k_best`, quick where many choices cost nearly the same: all within a distance are listed first.

    Parameters
    ----------
    best : Proof
        Of the instance itself.
    """
    if best.proven and best.feasible:
        whole = undominated_pairs(instance) if distinct is Distinct.PLATFORMS else np.arange(len(instance.pairs))
        for most in KEPT_NEAR_FRACS:
            index = near_pairs(instance, whole, most)
            part = instance.take(index)
            found = _enough(part, count, distinct, most)
            if found is not None:
                chosen, cost = found
                return tuple(
                    _listed(instance, best, index[row], float(usd)) for row, usd in zip(chosen, cost, strict=True)
                )
    return k_best(instance, count, distinct, gap, time_limit_s)


def near_pairs(instance: PortfolioInstance, index: IntArray, near_frac: float) -> IntArray:
    """Those of some pairs that a choice within a distance of the optimum may need, sorted."""
    return index[bounded(instance.take(index), 0.0, near_frac).index]


def _enough(
    part: PortfolioInstance, count: int, distinct: Distinct, most_frac: float
) -> tuple[IntArray, FloatArray] | None:
    """The first so many choices of pairs with their costs; None where they are not all known."""
    part, _ = _compacted(part)
    best, near = prove(part), FIRST_NEAR_FRAC
    while near <= most_frac:
        found = near_optimal(part, near, best=best)
        if not found.complete:
            return None
        first = firsts_of_sets(part, found.chosen) if distinct is Distinct.PLATFORMS else np.arange(len(found.chosen))
        if len(first) >= count:
            return found.chosen[first[:count]], found.cost_usd[first[:count]]
        near *= NEAR_FACTOR
    return None


def firsts_of_sets(instance: PortfolioInstance, chosen: IntArray) -> IntArray:
    """Places of the choices (n_choices, n_packs) that are the first to open their set of platforms."""
    opened = np.sort(instance.pairs.platform[chosen], axis=1)
    opened[:, 1:][opened[:, 1:] == opened[:, :-1]] = -1
    _, first = np.unique(np.sort(opened, axis=1), axis=0, return_index=True)
    return np.sort(first)


def _listed(instance: PortfolioInstance, best: Proof, chosen: IntArray, cost_usd: float) -> Proof:
    """The proof of a choice from a complete list: it costs what it costs, and all before it are known."""
    return replace(
        best,
        chosen=chosen,
        platforms=np.flatnonzero(open_platforms(instance, chosen)),
        cost_usd=cost_usd,
        lower_bound_usd=cost_usd,
        proven=True,
        rounds=0,
        status=DONE,
        solver=NO_SOLVER,
    )


@dataclass(frozen=True)
class _Part:
    """Some sets of groups: with all of `opened`, none of `closed`, and for each of `beyond` a group outside of it."""

    opened: frozenset[int]
    closed: frozenset[int]
    beyond: tuple[frozenset[int], ...]

    def without(self, found: frozenset[int]) -> list[_Part]:
        """Parts that together hold all sets of this one but `found`."""
        parts, opened = [], self.opened
        for number in sorted(found - self.opened):
            parts.append(_Part(opened, self.closed | {number}, self.beyond))
            opened = opened | {number}
        parts.append(_Part(opened, self.closed, (*self.beyond, found)))
        return parts


def k_best_sets(
    instance: PortfolioInstance,
    group: IntArray,
    best: Proof,
    count: int,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Proof, ...]:
    """The best sets of groups of platforms in order, each with its best choice; fewer where time or sets end.

    Parameters
    ----------
    instance : PortfolioInstance
    group : ndarray, shape (n_platforms,)
        Platforms of one number count as the same, for example those of one chemistry in one format.
    best : Proof
        Of the instance itself.
    time_limit_s : float
        For all together. [s]

    Notes
    -----
    What is left after a set splits into parts without one of its groups, and a part with all of them and another one.
    """
    deadline = clock() + time_limit_s
    found: list[Proof] = []
    heap: list[tuple[float, int, Proof, _Part]] = []
    tickets = iter(range(10**9))
    if best.feasible:
        heapq.heappush(heap, (best.cost_usd, next(tickets), best, _Part(frozenset(), frozenset(), ())))
    while heap and len(found) < count:
        _, _, proof, part = heapq.heappop(heap)
        found.append(proof)
        if len(found) == count:
            break
        opened = frozenset(group[proof.platforms].tolist())
        for smaller in part.without(opened):
            left = deadline - clock()
            if left <= 0:
                return tuple(found)
            other = _best_of_part(instance, group, smaller, left)
            if other.feasible:
                heapq.heappush(heap, (other.cost_usd, next(tickets), other, smaller))
    return tuple(found)


def _best_of_part(instance: PortfolioInstance, group: IntArray, part: _Part, time_limit_s: float) -> Proof:
    rows = instance.platform_rows
    for number in sorted(part.opened):
        own = (group == number).astype(float)
        rows = rows.with_rows(LinearRows.one(f"group {number} is open", "1", own, lower=1.0))
    for place, known in enumerate(part.beyond):
        others = (~np.isin(group, list(known))).astype(float)
        rows = rows.with_rows(LinearRows.one(f"other than set {place}", "1", others, lower=1.0))
    allowed = ~np.isin(group, list(part.closed))
    return best_within(replace(instance, platform_rows=rows), allowed, time_limit_s=time_limit_s)
