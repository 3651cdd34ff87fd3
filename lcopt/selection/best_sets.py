"""The best sets of platforms in order, and the best choice within some platforms."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.around import Distinct, k_best
from lcopt.selection.dominance import undominated_pairs
from lcopt.selection.instance import PortfolioInstance, open_platforms
from lcopt.selection.near_optimal import near_optimal
from lcopt.selection.proving import DEFAULT_GAP_FRAC, DONE, NO_SOLVER, Proof, prove
from lcopt.selection.pruning import bounded, pair_bounds_usd
from lcopt.selection.solver import DEFAULT_TIME_LIMIT_S
from lcopt.selection.timing import Deadline

# Distances to the optimum within which all choices are listed, one after the other until there are enough.
FIRST_NEAR_FRAC, NEAR_FACTOR = 1e-5, 8.0
# Pairs of choices within the first of these distances are looked at alone, then those within the next.
KEPT_NEAR_FRACS = (1e-3, 0.03, 0.5)
# Sets are sought among the pairs of choices within the first of these distances, then within the next, then among all.
SETS_NEAR_FRACS = (3e-3, 0.03)


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
    return _proven_part(instance, index, gap, time_limit_s)


def _proven_part(instance: PortfolioInstance, index: IntArray, gap: float, time_limit_s: float) -> Proof:
    """The best choice of some pairs, with pairs and platforms of the whole instance."""
    part = instance.take(index)
    numbers = np.unique(part.groups.platform)
    proof = prove(part.compact(), gap, time_limit_s)
    return replace(proof, chosen=index[proof.chosen], platforms=numbers[proof.platforms])


def unserved(instance: PortfolioInstance, allowed: BoolArray) -> tuple[str, ...]:
    """Packs for which none of the allowed platforms has a pair."""
    served = np.unique(instance.pairs.pack[allowed[instance.pairs.platform]])
    return tuple(name for number, name in enumerate(instance.pack_names) if number not in served)


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
    part = part.compact()
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
    Another set lacks one of the groups of a set, or has a pack on a group outside of it. So what is left after each set
    is covered by parts in which a group is closed, or a pack stays off all groups of the set; the part that may hold
    the cheapest choice is solved first.
    """
    deadline = Deadline.after(time_limit_s, clock)
    if not best.feasible:
        return ()
    # The instance may be a part of the one that `best` is about, with other numbers of pairs.
    own = prove(instance, time_limit_s=deadline.left_s)
    for near in SETS_NEAR_FRACS if own.feasible else ():
        usd = pair_bounds_usd(instance, own.chosen, near, deadline)
        most = own.cost_usd + near * abs(own.cost_usd)
        index = np.flatnonzero(usd <= most)
        parts = _Parts(instance.take(index), group, usd[index], deadline)
        found = [proof for proof in _in_order(parts, best, count) if proof.cost_usd <= most]
        if len(found) == count or deadline.over:
            return (found[0], *(replace(proof, chosen=index[proof.chosen]) for proof in found[1:])) if found else ()
    unknown = np.full(len(instance.pairs), -np.inf)
    return tuple(_in_order(_Parts(instance, group, unknown, deadline), best, count))


def _in_order(parts: _Parts, best: Proof, count: int) -> list[Proof]:
    """The best choice of each of the best sets, the first of which is given."""
    found: dict[frozenset[int], Proof] = {}
    proof, part = best, parts.whole
    while True:
        opened = frozenset(parts.group[proof.platforms].tolist())
        found.setdefault(opened, proof)
        if len(found) == count:
            break
        parts.split(part, opened, proof.cost_usd)
        following = parts.cheapest()
        if following is None:
            break
        proof, part = following
    return list(found.values())


class _Parts:
    """Parts of all choices: which groups each pack stays off, (n_packs, n_groups); cheapest bound first."""

    def __init__(self, instance: PortfolioInstance, group: IntArray, pair_usd: FloatArray, deadline: Deadline) -> None:
        self.instance, self.deadline = instance, deadline
        self.group = np.unique(group, return_inverse=True)[1].ravel()
        self.of_pair = self.group[instance.pairs.platform]
        self.whole = np.zeros((instance.packs_count, int(self.group.max()) + 1), dtype=bool)
        # What any choice with a pack on a group costs at least.
        self.least_usd = np.full(self.whole.shape, np.inf)
        np.minimum.at(self.least_usd, (instance.pairs.pack, self.of_pair), pair_usd)
        self._heap: list[tuple[float, int, Proof | None, BoolArray]] = []
        self._tried: set[bytes] = set()
        self._tickets = itertools.count()

    def split(self, part: BoolArray, opened: frozenset[int], cost_usd: float) -> None:
        """Parts that together hold all choices of a part but those that open just these groups."""
        numbers = sorted(opened)
        for number in numbers:
            closed = part.copy()
            closed[:, number] = True
            self._add(closed, cost_usd)
        for pack in range(len(part)):
            off = part.copy()
            off[pack, numbers] = True
            self._add(off, cost_usd)

    def _add(self, part: BoolArray, cost_usd: float) -> None:
        least = float(np.where(part, np.inf, self.least_usd).min(axis=1).max())
        if part.tobytes() not in self._tried and least < np.inf:
            self._tried.add(part.tobytes())
            self._push(max(least, cost_usd), None, part)

    def _push(self, usd: float, proof: Proof | None, part: BoolArray) -> None:
        heapq.heappush(self._heap, (usd, next(self._tickets), proof, part))

    def cheapest(self) -> tuple[Proof, BoolArray] | None:
        """The part with the cheapest choice of all, and that choice; None where time or choices end."""
        while self._heap:
            _, _, proof, part = heapq.heappop(self._heap)
            if proof is not None:
                return proof, part
            if self.deadline.over:
                return None
            proof = self._solved(part)
            if proof.feasible:
                self._push(proof.cost_usd, proof, part)
        return None

    def _solved(self, part: BoolArray) -> Proof:
        index = np.flatnonzero(~part[self.instance.pairs.pack, self.of_pair])
        return _proven_part(self.instance, index, DEFAULT_GAP_FRAC, self.deadline.left_s)
