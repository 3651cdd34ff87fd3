"""Bounds from the relaxed model: solved for few pairs, its prices judge all the others without solving for them.

The facility-location form is nearly whole without its whole numbers, so its prices tell well which pairs are worth it.
A pair pays what it adds to every sum of the model, and what it saves on its platform up to the cost of opening that.
Pairs that would gain join, and once none gains the prices bound the cost of every choice, whatever couples the packs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.heuristic import improved_choice, moved_choice
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd, meets_rows
from lcopt.selection.lines import NO_LINE, Secants, secants
from lcopt.selection.model import portfolio_model
from lcopt.selection.prices import Priced, cheapest_of_groups, priced, prices_of
from lcopt.selection.solver import Relaxation, solve_relaxation
from lcopt.selection.timing import NEVER, Deadline

ROUNDS_MAX = 60
# Prices are good enough once all that pairs could still gain is a share this small of the cost.
GAIN_FRAC = 1e-6
# Secants are refined at the relaxed optimum until they miss a share this small of the cost, or so many times.
MISSED_FRAC = 1e-6
REFINED_MAX = 6
# Only lines with such a share of what is missed get another breakpoint.
MISSED_SHARE = 0.01
# So few pairs the solver sees at once; beyond so many columns of pairs the relaxed model takes longer than it saves.
FEW_COUNT = 60
TAKEN_MAX = 2500
# With more pairs than these left, prices are worth improving even where the relaxed optimum stays.
MANY_COUNT = 1000
# Pairs that would gain join all at once, or only the best of each pack on the platforms that gain most.
ADDED_MAX = 120
# All platforms take part from the start where they are few, else those of the most promising pairs.
GROUPS_MAX = 2000
FIRST_COUNT = 80
# What can be in no good choice leaves the search once it is so much of it.
SHRUNK_FRAC = 0.8


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
    promise_usd: FloatArray | None = None,
    deadline: Deadline = NEVER,
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
    promise_usd : ndarray, shape (n_pairs,), optional
        Less for pairs that are more likely in a good choice; their cost where absent.
    deadline : Deadline
        Then the bounds stand as they are.
    """
    promise = instance.pairs.cost_usd if promise_usd is None else promise_usd
    search = _Pricing(instance, list(breakpoints), tails, chosen, near_frac, promise, deadline)
    for _ in range(ROUNDS_MAX):
        if deadline.over or not search.round():
            break
    return RelaxationBound(search.bound_usd, search.pair_usd, search.chosen)


class _Pricing:
    """Rounds of solving the relaxed model for the pairs taken so far and judging those that are alive by its prices."""

    def __init__(
        self,
        instance: PortfolioInstance,
        breakpoints: list[FloatArray],
        tails: FloatArray,
        chosen: IntArray,
        near_frac: float,
        promise_usd: FloatArray,
        deadline: Deadline,
    ) -> None:
        self.deadline = deadline
        self.whole, self.tails, self.chosen, self.near_frac = instance, tails, chosen, near_frac
        self.upper_usd = float(exact_cost_usd(instance, chosen))
        self.bound_usd, self.pair_usd = -np.inf, np.full(len(instance.pairs), -np.inf)
        self.alive = np.arange(len(instance.pairs))
        self.view = instance.compact()
        self.taken = _first_taken(self.view, promise_usd)
        self.taken[chosen] = True
        self.breakpoints = breakpoints
        self.pieces = secants(self.view.lines, self.view.highest_rate, breakpoints)
        self.refined, self.last_usd = 0, np.inf

    @property
    def threshold_usd(self) -> float:
        """Pairs whose every choice costs more are of no interest."""
        return self.upper_usd + self.near_frac * abs(self.upper_usd)

    def round(self) -> bool:
        """Solve once and judge; whether it is worth going on."""
        present = np.unique(self.view.pairs.platform[self.taken])
        part = self.view.take(self.taken).compact()
        model = portfolio_model(part, self.pieces, self.tails, _renumbered(self.view.line_owner, present))
        relaxed = solve_relaxation(model, self.deadline.left_s)
        if relaxed is None:
            return False
        prices = prices_of(self.view, present, self.tails, self.pieces, model, relaxed)
        judged = priced(self.view, self.pieces, prices)
        self._learn(judged)
        alive = self.pair_usd[self.alive] <= self.threshold_usd
        left = int(alive.sum())
        if left <= FEW_COUNT or self.bound_usd >= self.threshold_usd:
            return False
        worth = (judged.gain_usd < 0) & alive & ~self.taken
        tolerance, unpriced = GAIN_FRAC * abs(self.bound_usd), relaxed.cost_usd - judged.bound_usd
        falls, self.last_usd = self.last_usd - relaxed.cost_usd > tolerance, relaxed.cost_usd
        joins = bool(worth.any()) and (falls or left > MANY_COUNT) and unpriced > tolerance
        rate = _relaxed_rate(part, relaxed)
        missed = _missed_usd(self.view, self.pieces, rate)
        refines = self.refined < REFINED_MAX and missed.sum() > max(MISSED_FRAC * abs(self.bound_usd), unpriced)
        search = improved_choice if refines or not joins else moved_choice
        self._better(part, search(part, _largest_shares(part, relaxed), self.deadline))
        if joins:
            self._forget(judged)
            self.taken |= self._joining(worth, judged)
        if refines:
            self._refine(np.where(missed > MISSED_SHARE * missed.sum(), rate, 0.0))
        return self._shrink() or joins or refines

    def _learn(self, judged: Priced) -> None:
        """Higher bounds; what dropped out before has shown to be above the threshold, so nothing is known above it."""
        self.bound_usd = max(self.bound_usd, min(judged.bound_usd, self.upper_usd))
        above = np.nextafter(self.threshold_usd, np.inf)
        self.pair_usd[self.alive] = np.maximum(self.pair_usd[self.alive], np.minimum(judged.pair_usd, above))

    def _better(self, part: PortfolioInstance, chosen: IntArray) -> None:
        """Keep a choice of the pairs taken where it costs less than the best one known."""
        cost = float(exact_cost_usd(part, chosen))
        if cost < self.upper_usd and meets_rows(part, chosen):
            self.chosen, self.upper_usd = self.alive[np.flatnonzero(self.taken)[chosen]], cost

    def _forget(self, judged: Priced) -> None:
        """Leave pairs to the prices again that the relaxed model does not use, where it has too many."""
        if self.taken.sum() > TAKEN_MAX:
            highest = np.partition(judged.gain_usd[self.taken], TAKEN_MAX // 2)[TAKEN_MAX // 2]
            self.taken &= (judged.gain_usd <= highest) | self._is_chosen()

    def _joining(self, worth: BoolArray, judged: Priced) -> BoolArray:
        """All pairs that would gain, or of many the best of each pack on the platforms that gain most."""
        if worth.sum() <= ADDED_MAX:
            return worth
        best = worth & cheapest_of_groups(self.view, np.where(worth, judged.gain_usd, np.inf))
        index = np.flatnonzero(best)
        order = np.argsort(-judged.platform_gain_usd[self.view.pairs.platform[index]], kind="stable")
        joining = np.zeros(len(worth), dtype=bool)
        joining[index[order[:ADDED_MAX]]] = True
        return joining

    def _is_chosen(self) -> BoolArray:
        return np.isin(self.alive, self.chosen)

    def _shrink(self) -> bool:
        """Leave out what can be in no good choice, where that is much."""
        kept = (self.pair_usd[self.alive] <= self.threshold_usd) | self._is_chosen()
        if kept.mean() > SHRUNK_FRAC:
            return False
        self.alive, self.taken = self.alive[kept], self.taken[kept]
        self.view = self.whole.take(self.alive).compact()
        self.pieces = secants(self.view.lines, self.view.highest_rate, self.breakpoints)
        self.last_usd = np.inf
        return True

    def _refine(self, rate: FloatArray) -> None:
        """Secants that are exact at the relaxed optimum too."""
        self.refined, self.last_usd = self.refined + 1, np.inf
        self.breakpoints.append(rate)
        self.pieces = secants(self.view.lines, self.view.highest_rate, self.breakpoints)


def _first_taken(view: PortfolioInstance, promise_usd: FloatArray) -> BoolArray:
    """Pairs to begin with: for every pack something on each line, and something on all or on the best platforms."""
    pairs, groups = view.pairs, view.groups
    taken = cheapest_of_groups(view, promise_usd)
    if len(groups) > GROUPS_MAX:
        best = np.flatnonzero(taken)
        order = best[np.argsort(promise_usd[best], kind="stable")]
        platforms = [pairs.platform[order[:FIRST_COUNT]]]
        each = FIRST_COUNT // view.packs_count
        platforms += [pairs.platform[order[pairs.pack[order] == pack][:each]] for pack in range(view.packs_count)]
        taken &= np.isin(pairs.platform, np.concatenate(platforms))
    for line in pairs.line.T:
        used = np.flatnonzero(line >= 0)
        key = pairs.pack[used] * len(view.lines) + line[used]
        least = np.full(view.packs_count * len(view.lines), np.inf)
        np.minimum.at(least, key, promise_usd[used])
        hit = np.flatnonzero(promise_usd[used] == least[key])
        taken[used[hit[np.unique(key[hit], return_index=True)[1]]]] = True
    return taken


def _renumbered(owner: IntArray, present: IntArray) -> IntArray:
    """The owners of the lines by their place among the platforms that are present; without one where it is not."""
    place = np.searchsorted(present, owner)
    hit = (owner >= 0) & (np.append(present, -1)[place] == owner)
    return np.where(hit, place, -1)


def _largest_shares(part: PortfolioInstance, relaxed: Relaxation) -> IntArray:
    """A choice near the relaxed optimum: of every pack the pair with the largest share."""
    order = np.lexsort((-relaxed.choose, part.pairs.pack))
    return order[part.first_pair[:-1]]


def _relaxed_rate(part: PortfolioInstance, relaxed: Relaxation) -> FloatArray:
    """Pooled rate of every line in the relaxed optimum."""
    rate = np.zeros(len(part.lines))
    for line, own in zip(part.pairs.line.T, part.pairs.rate.T, strict=True):
        used = line != NO_LINE
        np.add.at(rate, line[used], (own * relaxed.choose)[used])
    return rate


def _missed_usd(instance: PortfolioInstance, pieces: Secants, rate: FloatArray) -> FloatArray:
    """By how much the secants are below the cost of each line at these rates."""
    below = np.full(len(instance.lines), np.inf)
    np.minimum.at(below, pieces.line, pieces.intercept_usd + pieces.slope_usd_per_rate * rate[pieces.line])
    exact = instance.lines.at(np.arange(len(instance.lines)), rate)
    return np.where(np.isfinite(below), exact - below, 0.0)
