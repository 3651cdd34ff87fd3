"""Bounds without a solver: packs are told apart by prices on being served, platforms then decide one by one.

With a price mu on each pack, every platform opens if and only if what it saves by serving packs below mu exceeds its
fixed cost and that of its own lines, whose secants are enumerated. Lines that platforms share count at their chord,
rows not at all. Any prices give a valid bound; Polyak steps make it high.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.lines import NO_LINE, Secants, chord_slope
from lcopt.selection.timing import NEVER, Deadline

STEPS_COUNT = 150
# Halve the step after so many steps without a higher bound.
PATIENCE = 8
COMBINATIONS_MAX = 125
STEP_FRAC = 1.0


@dataclass(frozen=True)
class LagrangianBound:
    """The best bound found, and what any choice that contains a pair costs at least."""

    bound_usd: float
    pair_usd: FloatArray


@dataclass(frozen=True)
class _Setting:
    """What stays the same while prices change; the pairs of a platform and pack are a group, sorted by platform.

    Attributes
    ----------
    pair_table : ndarray, shape (n_pairs, n_combinations)
        Cost of every pair under every combination of segments of the lines of its platform.
    table : ndarray, shape (n_groups, n_combinations)
        That of the cheapest pair of every platform and pack.
    fixed_usd : ndarray, shape (n_present_platforms, n_combinations)
    """

    packs_count: int
    pair_table: FloatArray
    table: FloatArray
    fixed_usd: FloatArray
    group_of_pair: IntArray
    group_pack: IntArray
    group_platform: IntArray
    first_group: IntArray
    open_max: int


def lagrangian_bound(
    instance: PortfolioInstance,
    cost_usd: FloatArray,
    pieces: Secants,
    upper_bound_usd: float,
    steps: int = STEPS_COUNT,
    deadline: Deadline = NEVER,
) -> LagrangianBound:
    """Bound the cost of all choices and of those that contain each pair.

    Parameters
    ----------
    instance : PortfolioInstance
    cost_usd : ndarray, shape (n_pairs,)
        Certain cost of the pairs; under risk any weights of tails give a valid one.
    pieces : Secants
    upper_bound_usd : float
        Of a known choice, for the length of the steps; finite.
    steps : int
        After so many, or at the deadline, the best bound stands.
    """
    setting = _setting(instance, cost_usd, pieces)
    price = _first_prices(setting)
    best, best_price, stale, step_frac = -np.inf, price, 0, STEP_FRAC
    for number in range(steps):
        if number and deadline.over:
            break
        bound, slope = _evaluated(setting, price)
        stale = 0 if bound > best else stale + 1
        if bound > best:
            best, best_price = bound, price
        if stale >= PATIENCE:
            stale, step_frac, price = 0, step_frac / 2, best_price
            continue
        norm = float((slope**2).sum())
        if norm == 0.0 or upper_bound_usd <= best:
            break
        price = price + step_frac * max(upper_bound_usd - bound, 0.0) / norm * slope
    return LagrangianBound(best, _pair_bounds(setting, instance, best_price, best))


def _setting(instance: PortfolioInstance, cost_usd: FloatArray, pieces: Secants) -> _Setting:
    groups = instance.groups
    by_platform = np.argsort(groups.platform, kind="stable")
    place = np.empty(len(groups), dtype=np.int64)
    place[by_platform] = np.arange(len(groups))
    combined, fixed, slopes = _combinations(instance, pieces, instance.line_owner)
    present, first_group, group_platform = np.unique(
        groups.platform[by_platform], return_index=True, return_inverse=True
    )
    pair_table = _pair_table(instance, cost_usd, combined, slopes)
    return _Setting(
        packs_count=instance.packs_count,
        pair_table=pair_table,
        table=np.minimum.reduceat(pair_table, groups.first, axis=0)[by_platform],
        fixed_usd=fixed[present],
        group_of_pair=place[groups.of_pair],
        group_pack=groups.pack[by_platform],
        group_platform=group_platform,
        first_group=first_group,
        open_max=open_max(instance),
    )


def _pair_table(
    instance: PortfolioInstance, cost_usd: FloatArray, combined: BoolArray, slopes: FloatArray
) -> FloatArray:
    """Cost of every pair under every combination, with lines that are not combined at their chord."""
    pairs = instance.pairs
    per_rate = slopes + np.where(combined, 0.0, chord_slope(instance.lines, instance.highest_rate))[:, None]
    table = np.repeat(cost_usd[:, None], slopes.shape[1], axis=1)
    for line, rate in zip(pairs.line.T, pairs.rate.T, strict=True):
        table += np.where(line == NO_LINE, 0.0, rate)[:, None] * per_rate[line]
    return table


def open_max(instance: PortfolioInstance) -> int:
    """Most platforms that may be open by rows that count all of them alike."""
    rows, most = instance.platform_rows, instance.platforms_count
    for row, upper, hard in zip(rows.coefficient, rows.upper, rows.hard, strict=True):
        if hard and len(row) and np.isfinite(upper) and row[0] > 0 and (row == row[0]).all():
            most = min(most, int(np.floor(upper / row[0] + 1e-9)))
    return max(most, 0)


def _combinations(
    instance: PortfolioInstance, pieces: Secants, owner: IntArray
) -> tuple[BoolArray, FloatArray, FloatArray]:
    """Every combination of segments of a platform's own lines.

    Returns
    -------
    combined : ndarray, shape (n_lines,)
        Own lines that take part; the others count as shared, which is valid as well.
    fixed : ndarray, shape (n_platforms, n_combinations)
        Fixed cost with intercepts, infinite where a platform has fewer combinations.
    slopes : ndarray, shape (n_lines, n_combinations)
    """
    counts = pieces.counts(len(instance.lines))
    first = np.concatenate([[0], np.cumsum(counts)])
    combined = np.zeros(len(instance.lines), dtype=bool)
    options: dict[int, list[tuple[int, ...]]] = {}
    lines_of: dict[int, list[int]] = {}
    for platform in np.unique(owner[owner >= 0]).tolist():
        lines = _within(np.flatnonzero((owner == platform) & (counts > 0)), counts)
        combined[lines] = True
        lines_of[platform] = lines
        options[platform] = list(itertools.product(*(range(first[line], first[line + 1]) for line in lines)))
    width = max([1, *(len(found) for found in options.values())])
    fixed = np.full((instance.platforms_count, width), np.inf)
    fixed[:, 0] = instance.platform_fixed_cost_usd
    slopes = np.zeros((len(instance.lines), width))
    for platform, found in options.items():
        segments = np.array(found, dtype=np.int64).reshape(len(found), -1)
        intercept = pieces.intercept_usd[segments].sum(axis=1)
        fixed[platform, : len(found)] = instance.platform_fixed_cost_usd[platform] + intercept
        slopes[lines_of[platform], : len(found)] = pieces.slope_usd_per_rate[segments].T
    return combined, fixed, slopes


def _within(lines: IntArray, counts: IntArray) -> list[int]:
    """As many lines as leave the number of combinations small, those with few segments first."""
    taken, combinations = [], 1
    for line in sorted(lines.tolist(), key=lambda line: int(counts[line])):
        combinations *= int(counts[line])
        if combinations > COMBINATIONS_MAX:
            break
        taken.append(line)
    return taken


def _first_prices(setting: _Setting) -> FloatArray:
    """Every pack at its cheapest pair with a share of the platform."""
    price = np.full(setting.packs_count, np.inf)
    share = setting.fixed_usd[setting.group_platform].min(axis=1) / setting.packs_count
    np.minimum.at(price, setting.group_pack, setting.table.min(axis=1) + share)
    return price


def _platform_values(setting: _Setting, price: FloatArray) -> FloatArray:
    """What opening a platform costs less what it saves, shape (n_present_platforms, n_combinations)."""
    saved = np.minimum(setting.table - price[setting.group_pack][:, None], 0.0)
    values: FloatArray = setting.fixed_usd + np.add.reduceat(saved, setting.first_group, axis=0)
    return values


def _opened(setting: _Setting, best: FloatArray) -> BoolArray:
    """Platforms that pay, at most as many as rows allow."""
    opened = best < 0
    if opened.sum() > setting.open_max:
        opened = np.zeros(len(best), dtype=bool)
        opened[np.argsort(best, kind="stable")[: setting.open_max]] = True
    return opened


def _evaluated(setting: _Setting, price: FloatArray) -> tuple[float, FloatArray]:
    """The bound, and how it changes with the price of each pack."""
    values = _platform_values(setting, price)
    combination = values.argmin(axis=1)
    best = values[np.arange(len(values)), combination]
    opened = _opened(setting, best)
    group_best = setting.table[np.arange(len(setting.table)), combination[setting.group_platform]]
    serves = opened[setting.group_platform] & (group_best < price[setting.group_pack])
    served = np.bincount(setting.group_pack[serves], minlength=setting.packs_count)
    return float(price.sum() + best[opened].sum()), (1.0 - served).astype(float)


def _pair_bounds(setting: _Setting, instance: PortfolioInstance, price: FloatArray, bound_usd: float) -> FloatArray:
    """What any choice with a pair costs at least: its platform is open with the pair in, the others as they pay."""
    values = _platform_values(setting, price)
    best = values.min(axis=1)
    opened = _opened(setting, best)
    # With the platform forced open, the worst of the others gives way where rows cap their number.
    capped = opened.sum() >= setting.open_max
    worst = best[opened].max(initial=-np.inf) if capped and opened.any() else 0.0
    without = np.where(opened, bound_usd - best, bound_usd - min(worst, 0.0))
    group = setting.group_of_pair
    platform = setting.group_platform[group]
    pack_usd = price[instance.pairs.pack][:, None]
    saved = np.minimum(setting.table[group] - pack_usd, 0.0)
    forced: FloatArray = without[platform] + (values[platform] - saved + setting.pair_table - pack_usd).min(axis=1)
    return forced
