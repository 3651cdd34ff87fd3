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

STARTS_COUNT = 10
# The best of them, whose platforms are closed and opened one by one.
RESHAPED_COUNT = 2
PASSES_MAX = 30
# Platforms that are tried open, those with the cheapest pairs first.
OPENED_COUNT = 30
# A missed row costs more than any saving.
MISSED_WEIGHT = 10.0
WORTH_MOVING_FRAC = 1e-12


def good_choice(instance: PortfolioInstance, starts: int = STARTS_COUNT, seed: int = 0) -> IntArray | None:
    """The best choice of several local searches, or None where none meets the rows.

    Parameters
    ----------
    instance : PortfolioInstance
        At least one pair for every pack.
    """
    generator = np.random.default_rng(seed)
    scale_usd = MISSED_WEIGHT * float(np.abs(exact_cost_usd(instance, instance.first_pair[:-1]))) + 1.0
    search = _Search(instance, scale_usd)
    starts_found: list[IntArray] = []
    for number in range(starts):
        chosen = search.descended(_start(instance, generator, number))
        if not any(np.array_equal(chosen, other) for other in starts_found):
            starts_found.append(chosen)
    starts_found.sort(key=search.cost)
    found = [search.reshaped(chosen) for chosen in starts_found[:RESHAPED_COUNT]]
    best = min(found, key=search.cost)
    return best if meets_rows(instance, best) else None


def _start(instance: PortfolioInstance, generator: np.random.Generator, number: int) -> IntArray:
    """Cheapest pair of every pack at the average line costs of a guess of volumes."""
    pairs, highest = instance.pairs, instance.highest_rate
    share = np.ones(len(highest)) if number == 0 else generator.uniform(0.02, 1.0, len(highest))
    rate = np.maximum(share * highest, 1e-300)
    slope = instance.lines.at(np.arange(len(highest)), rate) / rate
    cost = pairs.cost_usd + (0.0 if instance.risk is None else instance.risk.cost_usd @ instance.risk.probability_frac)
    if len(highest):
        cost = cost + np.where(pairs.line == NO_LINE, 0.0, slope[pairs.line] * pairs.rate).sum(axis=1)
    packs_sharing = 1.0 if number == 1 else generator.uniform(0.5, instance.packs_count, instance.platforms_count)
    cost = cost + (instance.platform_fixed_cost_usd / packs_sharing)[pairs.platform]
    return _first_smallest(cost, instance.first_pair)


def _first_smallest(cost: FloatArray, first: IntArray) -> IntArray:
    smallest = np.minimum.reduceat(cost, first[:-1])
    hit = cost == np.repeat(smallest, np.diff(first))
    where = np.flatnonzero(hit)
    return where[np.searchsorted(where, first[:-1])]


class _Search:
    """Moves of one pack at a time, judged by the exact cost of all, with rows that are missed at a high price."""

    def __init__(self, instance: PortfolioInstance, scale_usd: float) -> None:
        self.instance = instance
        self.scale_usd = scale_usd
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

    def descended(self, chosen: IntArray, allowed: BoolArray | None = None, free: int = -1) -> IntArray:
        """The choice after moves of single packs until none pays; platform `free` costs nothing to open meanwhile."""
        chosen = chosen.copy()
        for _ in range(PASSES_MAX):
            moved = False
            for pack, part in enumerate(self.parts):
                options = part if allowed is None else part[allowed[part]]
                if not options.size:
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
        for line, more in zip(pairs.line[options].T, pairs.rate[options].T, strict=True):
            base = np.where(line == NO_LINE, 0.0, rate[line])
            cost += instance.lines.at(line, base + more) - instance.lines.at(line, base)
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
            every = np.column_stack([np.broadcast_to(others, (len(options), len(others))), options])
            cost += instance.risk.selection_usd(every)
        return cost

    def reshaped(self, chosen: IntArray) -> IntArray:
        """The choice after closing and opening platforms one by one until neither pays."""
        best = self.cost(chosen)
        for _ in range(PASSES_MAX):
            for trial in self._reshapings(chosen):
                cost = self.cost(trial)
                if cost < best - WORTH_MOVING_FRAC * abs(best):
                    chosen, best = trial, cost
                    break
            else:
                break
        return chosen

    def _reshapings(self, chosen: IntArray) -> Iterator[IntArray]:
        pairs = self.instance.pairs
        opened = np.unique(pairs.platform[chosen])
        for platform in opened:
            yield self.descended(self.descended(chosen, pairs.platform != platform))
        cheap = np.argsort(pairs.cost_usd - pairs.cost_usd[chosen][pairs.pack], kind="stable")
        order = list(dict.fromkeys(pairs.platform[cheap].tolist()))
        closed_platforms = [platform for platform in order if platform not in set(opened.tolist())]
        for platform in closed_platforms[:OPENED_COUNT]:
            yield self.descended(self.descended(chosen, None, platform))
