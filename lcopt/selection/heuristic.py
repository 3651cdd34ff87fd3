"""A good choice without a solver: guess volumes, choose at average cost, then move packs and close platforms."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import (
    PortfolioInstance,
    exact_cost_usd,
    meets_rows,
    open_platforms,
    rates_of,
    row_totals,
)
from lcopt.selection.lines import NO_LINE
from lcopt.selection.timing import NEVER, Deadline

STARTS_COUNT = 10
# The best of them, whose platforms are closed and opened one by one.
RESHAPED_COUNT = 1
PASSES_MAX = 30
# Platforms that are tried open, those with the cheapest pairs first.
OPENED_COUNT = 30
# A missed row costs more than any saving.
MISSED_WEIGHT = 10.0
WORTH_MOVING_FRAC = 1e-12
# A closed or opened platform is followed up where the first moves leave the cost this close.
PROMISING_FRAC = 0.005
# Weights of a row against cost, by which pairs that serve the row are sought.
ROW_WEIGHTS = (0.3, 3.0, 30.0)
SMALLEST_RATE = 1e-300
# Outcomes of options in price scenarios that are compared at once.
OUTCOMES_AT_ONCE = 2_000_000


def good_choice(
    instance: PortfolioInstance, starts: int = STARTS_COUNT, seed: int = 0, deadline: Deadline = NEVER
) -> IntArray | None:
    """The best choice of several local searches, or None where none meets the rows.

    Parameters
    ----------
    instance : PortfolioInstance
        At least one pair for every pack.
    deadline : Deadline
        Then the best choice so far stands; one search among few pairs is always made.
    """
    costs = _guessed_costs(instance, np.random.default_rng(seed), starts)
    short = _shortlist(instance, costs)
    few = instance.take(short).compact()
    search = _Search(few, deadline)
    found: list[IntArray] = []
    for number, cost in enumerate(costs):
        if number and deadline.over:
            break
        # The first search ends whatever the time, so that there is a choice.
        own = search if number else _Search(few, NEVER)
        chosen = own.descended(_first_smallest(cost[short], search.instance.first_pair))
        if not any(np.array_equal(chosen, other) for other in found):
            found.append(chosen)
    found.sort(key=search.cost)
    best = min((search.reshaped(chosen) for chosen in found[:RESHAPED_COUNT]), key=search.cost)
    chosen = _Search(instance, deadline).descended(short[best])
    return chosen if meets_rows(instance, chosen) else None


def improved_choice(instance: PortfolioInstance, chosen: IntArray, deadline: Deadline = NEVER) -> IntArray:
    """The choice after local search, which may miss rows where the given one does."""
    search = _Search(instance, deadline)
    return search.reshaped(search.descended(chosen))


def moved_choice(instance: PortfolioInstance, chosen: IntArray, deadline: Deadline = NEVER) -> IntArray:
    """The choice after moves of single packs, which may miss rows where the given one does."""
    return _Search(instance, deadline).descended(chosen)


def _guessed_costs(instance: PortfolioInstance, generator: np.random.Generator, count: int) -> list[FloatArray]:
    """Cost of the pairs at the average line costs of several guesses of volumes, with shares of the platforms."""
    pairs, highest = instance.pairs, instance.highest_rate
    certain = pairs.cost_usd
    if instance.risk is not None:
        certain = certain + instance.risk.cost_usd @ instance.risk.probability_frac
    costs = []
    for number in range(count):
        share = np.ones(len(highest)) if number == 0 else generator.uniform(0.02, 1.0, len(highest))
        rate = np.maximum(share * highest, SMALLEST_RATE)
        slope = instance.lines.at(np.arange(len(highest)), rate) / rate
        packs_sharing = generator.uniform(0.5, instance.packs_count, instance.platforms_count)
        cost = certain + (instance.platform_fixed_cost_usd / packs_sharing)[pairs.platform]
        for line, used in zip(pairs.line.T, pairs.rate.T, strict=True):
            cost = cost + np.where(line == NO_LINE, 0.0, slope[line] * used)
        costs.append(cost)
    return costs


def _shortlist(instance: PortfolioInstance, costs: list[FloatArray]) -> IntArray:
    """Of every pack on every platform the cheapest pairs by each guess, and those that serve the rows best."""
    pairs, rows = instance.pairs, instance.rows
    group = pairs.pack * instance.platforms_count + pairs.platform
    first = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    starts = np.append(first, len(group))
    found = [_first_smallest(cost, starts) for cost in costs]
    for coefficient, lower, upper in zip(rows.coefficient / rows.scale[:, None], rows.lower, rows.upper, strict=True):
        signs = [1.0] * bool(np.isfinite(upper)) + [-1.0] * bool(np.isfinite(lower))
        spread = max(float(np.ptp(costs[0])), 1.0)
        weights = [sign * size for sign in signs for size in ROW_WEIGHTS]
        found += [
            _first_smallest(costs[0] + weight * spread * coefficient, np.append(first, len(group)))
            for weight in weights
        ]
    return np.unique(np.concatenate(found))


def _first_smallest(cost: FloatArray, first: IntArray) -> IntArray:
    smallest = np.minimum.reduceat(cost, first[:-1])
    hit = cost == np.repeat(smallest, np.diff(first))
    where = np.flatnonzero(hit)
    return where[np.searchsorted(where, first[:-1])]


class _Search:
    """Moves of one pack at a time, judged by the exact cost of all, with rows that are missed at a high price."""

    def __init__(self, instance: PortfolioInstance, deadline: Deadline) -> None:
        self.instance, self.deadline = instance, deadline
        self.scale_usd = MISSED_WEIGHT * float(np.abs(exact_cost_usd(instance, instance.first_pair[:-1]))) + 1.0
        self.parts = [
            np.arange(start, stop)
            for start, stop in zip(instance.first_pair[:-1], instance.first_pair[1:], strict=True)
        ]

    def cost(self, chosen: IntArray) -> float:
        """Exact cost with a high price on what rows are missed by."""
        instance = self.instance
        cost = float(exact_cost_usd(instance, chosen))
        if len(instance.rows):
            cost += float(self._missed(instance.rows, row_totals(instance, chosen)))
        if len(instance.platform_rows):
            opened = open_platforms(instance, chosen) @ instance.platform_rows.coefficient.T
            cost += float(self._missed(instance.platform_rows, opened))
        return cost

    def _missed(self, rows: LinearRows, total: FloatArray) -> FloatArray:
        missed: FloatArray = (rows.missed(total) / rows.scale)[..., rows.hard].sum(axis=-1)
        return self.scale_usd * (missed + (missed > 0))

    def descended(
        self, chosen: IntArray, allowed: BoolArray | None = None, free: int = -1, passes: int = PASSES_MAX
    ) -> IntArray:
        """The choice after moves of single packs until none pays; platform `free` costs nothing to open meanwhile."""
        chosen = chosen.copy()
        for _ in range(passes):
            moved = False
            for pack, part in enumerate(self.parts):
                if self.deadline.over:
                    return chosen
                options = part if allowed is None else part[allowed[part]]
                if not options.size:
                    continue
                if options.size == 1 and options[0] == chosen[pack]:
                    continue
                costs = self._costs_of_moving(chosen, pack, options, free)
                best = int(costs.argmin())
                at = np.searchsorted(options, chosen[pack])
                stays = at < len(options) and options[at] == chosen[pack]
                if not stays or costs[best] < costs[at] - WORTH_MOVING_FRAC * abs(costs[at]):
                    moved |= options[best] != chosen[pack]
                    chosen[pack] = options[best]
            if not moved:
                break
        return chosen

    def _costs_of_moving(self, chosen: IntArray, pack: int, options: IntArray, free: int) -> FloatArray:
        """Cost of every option for one pack, the others as chosen, up to what no option changes."""
        instance, pairs = self.instance, self.instance.pairs
        others = np.delete(chosen, pack)
        rate = rates_of(instance, others)
        cost = pairs.cost_usd[options].copy()
        if len(rate):
            line = pairs.line[options]
            base = np.where(line == NO_LINE, 0.0, rate[line])
            more = instance.lines.at(np.stack([line, line]), np.stack([base + pairs.rate[options], base]))
            cost += (more[0] - more[1]).sum(axis=1)
        opened = open_platforms(instance, others)
        fixed = np.where(opened, 0.0, instance.platform_fixed_cost_usd)
        if free >= 0:
            fixed[free] = 0.0
        cost += fixed[pairs.platform[options]]
        if len(instance.rows):
            rows = instance.rows
            total = rows.coefficient[:, others].sum(axis=1) + rows.coefficient[:, options].T
            cost += rows.penalty_usd(total) + self._missed(rows, total)
        if len(instance.platform_rows):
            rows = instance.platform_rows
            platform = pairs.platform[options]
            total = rows.coefficient @ opened + np.where(opened[platform], 0.0, rows.coefficient[:, platform]).T
            cost += rows.penalty_usd(total) + self._missed(rows, total)
        if instance.risk is not None:
            cost += self._risk_of_moving(others, options)
        return cost

    def _risk_of_moving(self, others: IntArray, options: IntArray) -> FloatArray:
        """Cost under price risk of every option for one pack, some at a time."""
        risk = self.instance.risk
        assert risk is not None
        rest = risk.cost_usd[others].sum(axis=0)
        at_once = max(OUTCOMES_AT_ONCE // len(rest), 1)
        parts = [options[start : start + at_once] for start in range(0, len(options), at_once)]
        return np.concatenate([risk.outcome_usd(rest + risk.cost_usd[part]) for part in parts])

    def reshaped(self, chosen: IntArray) -> IntArray:
        """The choice after closing and opening platforms one by one until neither pays."""
        best = self.cost(chosen)
        for _ in range(PASSES_MAX):
            for trial in self._reshapings(chosen):
                if self.deadline.over:
                    return chosen
                if self.cost(trial) > best + PROMISING_FRAC * abs(best):
                    continue
                followed = self.descended(trial)
                cost = self.cost(followed)
                if cost < best - WORTH_MOVING_FRAC * abs(best):
                    chosen, best = followed, cost
                    break
            else:
                break
        return chosen

    def _reshapings(self, chosen: IntArray) -> Iterator[IntArray]:
        pairs = self.instance.pairs
        opened = np.unique(pairs.platform[chosen])
        for platform in opened:
            yield self.descended(chosen, allowed=pairs.platform != platform, passes=1)
        cheap = np.argsort(pairs.cost_usd - pairs.cost_usd[chosen][pairs.pack], kind="stable")
        order = list(dict.fromkeys(pairs.platform[cheap].tolist()))
        closed = [platform for platform in order if platform not in set(opened.tolist())]
        for platform in closed[:OPENED_COUNT]:
            mine = pairs.platform == platform
            mine[chosen] = True
            yield self.descended(chosen, allowed=mine, free=platform, passes=1)
