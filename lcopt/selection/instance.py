"""One portfolio to decide on, in plain arrays: pairs of packs and candidates, platforms, lines, rows, risk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.lines import NO_LINE, Lines
from lcopt.selection.peaks import Peaks
from lcopt.selection.price_risk import PriceRisk

PLATFORMS_MAX = "platforms_max"


@dataclass(frozen=True)
class Pairs:
    """Candidates of packs, sorted by pack and platform.

    Attributes
    ----------
    pack, platform, candidate : ndarray, shape (n_pairs,)
        Index of the pack, of the platform, and a number by which the caller knows the candidate.
    cost_usd : ndarray, shape (n_pairs,)
        Present value over the fleet of all that the pair fixes, without platform and line cost.
    line : ndarray, shape (n_pairs, n_uses)
        Lines that the pair uses, each once; -1 for none.
    rate : ndarray, shape (n_pairs, n_uses)
        Yearly rate that the pair puts on the line, in the unit of the line; >= 0, 0 without a line.
    """

    pack: IntArray
    platform: IntArray
    candidate: IntArray
    cost_usd: FloatArray
    line: IntArray
    rate: FloatArray

    def take(self, index: IntArray | BoolArray) -> Pairs:
        """The pairs at `index`."""
        return Pairs(
            self.pack[index],
            self.platform[index],
            self.candidate[index],
            self.cost_usd[index],
            self.line[index],
            self.rate[index],
        )

    def __len__(self) -> int:
        return len(self.pack)


@dataclass(frozen=True)
class Groups:
    """The pairs of one pack on one platform are a group, as they follow each other.

    Attributes
    ----------
    first, pack, platform : ndarray, shape (n_groups,)
    of_pair : ndarray, shape (n_pairs,)
    """

    first: IntArray
    pack: IntArray
    platform: IntArray
    of_pair: IntArray

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True)
class PortfolioInstance:
    """The whole decision: one pair for every pack at the lowest cost within all rows.

    Attributes
    ----------
    platform_fixed_cost_usd : ndarray, shape (n_platforms,)
        Paid once where the platform serves any pack; 0 for one that is built already.
    rows : LinearRows
        Over the pairs.
    platform_rows : LinearRows
        Over the platforms; a platform is open where it serves at least one pack.
    peaks : Peaks, optional
        Where some lines are as large as the largest of several years; else the pooled rate of a line is the sum of
        the rates of its pairs.
    """

    pack_names: tuple[str, ...]
    platform_names: tuple[str, ...]
    pairs: Pairs
    platform_fixed_cost_usd: FloatArray
    lines: Lines
    rows: LinearRows
    platform_rows: LinearRows
    risk: PriceRisk | None = None
    peaks: Peaks | None = None

    @property
    def packs_count(self) -> int:
        """Number of packs."""
        return len(self.pack_names)

    @property
    def platforms_count(self) -> int:
        """Number of platforms, with or without pairs."""
        return len(self.platform_names)

    @property
    def served(self) -> bool:
        """Whether every pack has at least one pair."""
        return len(np.unique(self.pairs.pack)) == self.packs_count

    @property
    def coupled(self) -> bool:
        """Whether rows or risk tie packs together beside platforms and lines."""
        return bool(len(self.rows) or len(self.platform_rows) or self.risk is not None)

    @cached_property
    def first_pair(self) -> IntArray:
        """Where the pairs of each pack start, with the number of pairs at the end; shape (n_packs + 1,)."""
        return np.searchsorted(self.pairs.pack, np.arange(self.packs_count + 1))

    @cached_property
    def groups(self) -> Groups:
        """The pairs by pack and platform."""
        pack, platform = self.pairs.pack, self.pairs.platform
        new = np.ones(len(pack), dtype=bool)
        new[1:] = (pack[1:] != pack[:-1]) | (platform[1:] != platform[:-1])
        first = np.flatnonzero(new)
        return Groups(first, pack[first], platform[first], np.cumsum(new) - 1)

    @cached_property
    def highest_rate(self) -> FloatArray:
        """Rate of each line that no selection exceeds: the largest rate of every pack, together."""
        highest: FloatArray = self.highest_rate_of_packs.sum(axis=0)
        return highest

    @property
    def highest_rate_of_packs(self) -> FloatArray:
        """Largest rate that each pack can put on each line, shape (n_packs, n_lines)."""
        return self._uses[0]

    @property
    def line_owner(self) -> IntArray:
        """Platform whose pairs alone use the line, -1 where several platforms share it, shape (n_lines,)."""
        return self._uses[1]

    @cached_property
    def _uses(self) -> tuple[FloatArray, IntArray]:
        """Largest rates and owners of the lines, as the pairs of a pack are sorted by platform."""
        pairs, count = self.pairs, len(self.lines)
        # The last place stands for no line; small numbers are sorted by counting.
        rates = np.zeros((self.packs_count, count + 1))
        lowest, highest = np.full(count + 1, self.platforms_count), np.full(count + 1, -1)
        small = np.int16 if count < np.iinfo(np.int16).max else np.int64
        ends = zip(self.first_pair[:-1].tolist(), self.first_pair[1:].tolist(), strict=True)
        for pack, (start, stop) in enumerate(ends):
            platform = pairs.platform[start:stop]
            for line, rate in zip(pairs.line[start:stop].T, pairs.rate[start:stop].T, strict=True):
                own = line.astype(small)
                order = np.argsort(own, kind="stable")
                own = own[order]
                first = np.flatnonzero(own != np.concatenate([own[:1] - 1, own[:-1]]))
                if not first.size:
                    continue
                found, last = own[first], order[np.append(first[1:], len(own)) - 1]
                rates[pack, found] = np.maximum(rates[pack, found], np.maximum.reduceat(rate[order], first))
                lowest[found] = np.minimum(lowest[found], platform[order[first]])
                highest[found] = np.maximum(highest[found], platform[last])
        return rates[:, :count], np.where(lowest == highest, lowest, -1)[:count]

    def take(self, index: IntArray | BoolArray) -> PortfolioInstance:
        """The instance with some of the pairs."""
        risk = None if self.risk is None else self.risk.take(index)
        return replace(self, pairs=self.pairs.take(index), rows=self.rows.take_items(index), risk=risk)

    def compact(self) -> PortfolioInstance:
        """The instance without the platforms that no pair is on, which no row can open either."""
        used = np.zeros(self.platforms_count, dtype=bool)
        used[self.pairs.platform] = True
        if used.all():
            return self
        number, platform = np.flatnonzero(used), (np.cumsum(used) - 1)[self.pairs.platform]
        return replace(
            self,
            platform_names=tuple(self.platform_names[at] for at in number.tolist()),
            pairs=replace(self.pairs, platform=platform),
            platform_fixed_cost_usd=self.platform_fixed_cost_usd[number],
            platform_rows=self.platform_rows.take_items(number),
        )

    def at_cost(self, cost_usd: FloatArray) -> PortfolioInstance:
        """The instance in which pairs cost something else, and platforms, lines and prices nothing."""
        pairs = replace(self.pairs, cost_usd=cost_usd, line=self.pairs.line[:, :0], rate=self.pairs.rate[:, :0])
        fixed = np.zeros(self.platforms_count)
        return replace(self, pairs=pairs, platform_fixed_cost_usd=fixed, lines=Lines.none(), risk=None, peaks=None)

    def with_platforms_max(self, count: int) -> PortfolioInstance:
        """The instance in which at most `count` platforms are open."""
        row = LinearRows.one(PLATFORMS_MAX, "1", np.ones(self.platforms_count), upper=float(count))
        return replace(self, platform_rows=self.platform_rows.with_rows(row))


def rates_of(instance: PortfolioInstance, chosen: IntArray) -> FloatArray:
    """Pooled rate of every line under selections (..., n_packs) of pairs, that of its peak, shape (..., n_lines)."""
    rate, peaks = instance.pairs.rate[chosen], instance.peaks
    if peaks is None:
        return _pooled(instance, chosen, rate)
    return np.where(peaks.is_sized, yearly_rates_of(instance, chosen).max(axis=-1), _pooled(instance, chosen, rate))


def yearly_rates_of(instance: PortfolioInstance, chosen: IntArray) -> FloatArray:
    """Pooled rate of every line in each year that sizes it, else 0, shape (..., n_lines, n_years)."""
    rate, peaks = instance.pairs.rate[chosen], instance.peaks
    assert peaks is not None
    share = peaks.share_frac[instance.pairs.pack[chosen]]
    years = [_pooled(instance, chosen, rate * share[..., [year]]) for year in range(len(peaks.years))]
    return np.where(peaks.counted, np.stack(years, axis=-1), 0.0)


def _pooled(instance: PortfolioInstance, chosen: IntArray, rate: FloatArray) -> FloatArray:
    """Sums of the rates of chosen pairs by line, shape (..., n_lines)."""
    lines_count, line = len(instance.lines), instance.pairs.line[chosen]
    if not lines_count or not line.size:
        return np.zeros((*chosen.shape[:-1], lines_count))
    flat = line.reshape(-1, line.shape[-2] * line.shape[-1])
    offset = np.arange(len(flat))[:, None] * (lines_count + 1)
    where = np.where(flat == NO_LINE, lines_count, flat) + offset
    pooled: FloatArray = np.bincount(where.ravel(), rate.ravel(), len(flat) * (lines_count + 1)).astype(float)
    return pooled.reshape(*chosen.shape[:-1], lines_count + 1)[..., :-1]


def open_platforms(instance: PortfolioInstance, chosen: IntArray) -> BoolArray:
    """Platforms that serve at least one pack under selections (..., n_packs), shape (..., n_platforms)."""
    opened = np.zeros((*chosen.shape[:-1], instance.platforms_count), dtype=bool)
    np.put_along_axis(opened, instance.pairs.platform[chosen], values=True, axis=-1)
    return opened


def over_open_platforms(instance: PortfolioInstance, chosen: IntArray, each: FloatArray) -> FloatArray:
    """Sum of a value of each platform (n_platforms,) over those that selections (..., n_packs) open, each once."""
    platform = np.sort(instance.pairs.platform[chosen], axis=-1)
    is_first = np.ones(platform.shape, dtype=bool)
    is_first[..., 1:] = platform[..., 1:] != platform[..., :-1]
    total: FloatArray = np.where(is_first, each[platform], 0.0).sum(axis=-1)
    return total


def exact_cost_usd(instance: PortfolioInstance, chosen: IntArray) -> FloatArray:
    """Exact cost of selections (..., n_packs) of pairs, one a pack: no piecewise line, no bound [USD]."""
    cost: FloatArray = instance.pairs.cost_usd[chosen].sum(axis=-1)
    cost = cost + over_open_platforms(instance, chosen, instance.platform_fixed_cost_usd)
    cost = cost + instance.lines.total_usd(rates_of(instance, chosen))
    cost = cost + missed_rows_usd(instance, chosen)
    if instance.risk is not None:
        cost = cost + instance.risk.selection_usd(chosen)
    return cost


def missed_rows_usd(instance: PortfolioInstance, chosen: IntArray) -> FloatArray:
    """What selections (..., n_packs) pay for rows that they miss and that have a price [USD]."""
    cost: FloatArray = np.zeros(chosen.shape[:-1])
    if len(instance.rows):
        cost = cost + instance.rows.penalty_usd(row_totals(instance, chosen))
    if len(instance.platform_rows):
        cost = cost + instance.platform_rows.penalty_usd(platform_totals(instance, chosen))
    return cost


def platform_totals(instance: PortfolioInstance, chosen: IntArray) -> FloatArray:
    """Total of every row over platforms, shape (..., n_rows) [unit of the row]."""
    totals = [over_open_platforms(instance, chosen, row) for row in instance.platform_rows.coefficient]
    return np.stack(totals, axis=-1) if totals else np.zeros((*chosen.shape[:-1], 0))


def row_totals(instance: PortfolioInstance, chosen: IntArray) -> FloatArray:
    """Total of every row over pairs, shape (..., n_rows) [unit of the row]."""
    totals: FloatArray = np.moveaxis(instance.rows.coefficient[:, chosen].sum(axis=-1), 0, -1)
    return totals


def meets_rows(instance: PortfolioInstance, chosen: IntArray) -> BoolArray:
    """Whether selections (..., n_packs) meet every row that must hold."""
    rows, platform_rows = instance.rows, instance.platform_rows
    missed = rows.missed(row_totals(instance, chosen))[..., rows.hard].sum(axis=-1)
    counted = platform_rows.missed(platform_totals(instance, chosen))
    met: BoolArray = np.asarray(missed + counted[..., platform_rows.hard].sum(axis=-1) == 0)
    return met
