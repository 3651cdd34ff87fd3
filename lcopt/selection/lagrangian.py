"""Bounds without a solver: packs are told apart by prices on being served, platforms then decide one by one.

With a price mu on each pack, every platform opens if and only if what it saves by serving packs below mu exceeds its
fixed cost and that of its own lines, whose secants are enumerated. Lines that platforms share are told apart by a price
per pack and rate, rows by a price per unit. Any prices give a valid bound; Polyak steps make it high.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.lines import NO_LINE, Secants, chord_slope
from lcopt.selection.model import line_owner

STEPS_COUNT = 150
# Halve the step after so many steps without a higher bound.
PATIENCE = 8
COMBINATIONS_MAX = 125
STEP_FRAC = 1.0


@dataclass(frozen=True)
class Prices:
    """What the bound charges: a pack for being served, shared lines per pack and rate, rows per unit.

    Attributes
    ----------
    pack_usd : ndarray, shape (n_packs,)
    rate_usd : ndarray, shape (n_packs, n_lines)
    row_usd : ndarray, shape (n_rows,)
        Positive where the upper bound of a row costs, negative where the lower one does.
    """

    pack_usd: FloatArray
    rate_usd: FloatArray
    row_usd: FloatArray


@dataclass(frozen=True)
class LagrangianBound:
    """The best bound found, and what any choice that contains a pair costs at least."""

    bound_usd: float
    pair_usd: FloatArray
    prices: Prices


@dataclass(frozen=True)
class _Setting:
    """What stays the same while prices change; pairs are sorted by platform and pack, groups of them are one of each."""

    instance: PortfolioInstance
    cost_usd: FloatArray
    pieces: Secants
    shared: BoolArray
    highest_of_packs: FloatArray
    fixed_usd: FloatArray
    slopes: FloatArray
    order: IntArray
    first: IntArray
    group_pack: IntArray
    group_platform: IntArray
    first_group: IntArray
    open_max: int


def lagrangian_bound(
    instance: PortfolioInstance,
    cost_usd: FloatArray,
    pieces: Secants,
    upper_bound_usd: float,
    start: Prices | None = None,
    moving: bool = False,
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
    start : Prices, optional
        Where to start from.
    moving : bool
        Whether prices of shared lines and rows move as well: a higher bound at more work a step.
    """
    setting = _setting(instance, cost_usd, pieces)
    prices = _first_prices(setting) if start is None else _still_shared(setting, start)
    moving = moving and bool(setting.shared.any() or len(instance.rows))
    best, best_prices, stale, step_frac = -np.inf, prices, 0, STEP_FRAC
    table = _table(setting, prices)
    for _ in range(STEPS_COUNT):
        if moving:
            table = _table(setting, prices)
        bound, slope = _evaluated(setting, prices, table, moving)
        stale = 0 if bound > best else stale + 1
        if bound > best:
            best, best_prices = bound, prices
        if stale >= PATIENCE:
            stale, step_frac, prices = 0, step_frac / 2, best_prices
            continue
        norm = float((slope.pack_usd**2).sum() + (slope.rate_usd**2).sum() + (slope.row_usd**2).sum())
        if norm == 0.0 or upper_bound_usd - best <= 0.0:
            break
        length = step_frac * max(upper_bound_usd - bound, 0.0) / norm
        prices = _moved(setting, prices, slope, length, moving)
    pair_usd = _pair_bounds(setting, best_prices, best)
    return LagrangianBound(best, pair_usd, best_prices)


def _setting(instance: PortfolioInstance, cost_usd: FloatArray, pieces: Secants) -> _Setting:
    owner = line_owner(instance)
    order = np.lexsort((instance.pairs.pack, instance.pairs.platform))
    pack, platform = instance.pairs.pack[order], instance.pairs.platform[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (pack[1:] != pack[:-1]) | (platform[1:] != platform[:-1])
    first = np.flatnonzero(new)
    combined, fixed, slopes = _combinations(instance, pieces, owner)
    present, first_group = np.unique(platform[first], return_index=True)
    number = np.searchsorted(present, platform[first])
    return _Setting(
        instance=instance,
        cost_usd=cost_usd,
        pieces=pieces,
        shared=~combined & (pieces.counts(len(instance.lines)) > 0),
        highest_of_packs=instance.highest_rate_of_packs,
        fixed_usd=fixed[present],
        slopes=slopes,
        order=order,
        first=first,
        group_pack=pack[first],
        group_platform=number,
        first_group=first_group,
        open_max=_open_max(instance),
    )


def _open_max(instance: PortfolioInstance) -> int:
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


def _first_prices(setting: _Setting) -> Prices:
    """Chords of shared lines, no price on rows, and packs at the cheapest pair with its share of the platform."""
    instance = setting.instance
    chord = np.where(setting.shared, chord_slope(instance.lines, setting.highest_of_packs.sum(axis=0)), 0.0)
    rate_usd = np.broadcast_to(chord, (instance.packs_count, len(instance.lines))).copy()
    prices = Prices(np.zeros(instance.packs_count), rate_usd, np.zeros(len(instance.rows)))
    cheapest = _table(setting, prices).min(axis=1)
    pack_usd = np.full(instance.packs_count, np.inf)
    share = setting.fixed_usd[setting.group_platform].min(axis=1) / instance.packs_count
    np.minimum.at(pack_usd, setting.group_pack, cheapest + share)
    return replace(prices, pack_usd=pack_usd)


def _still_shared(setting: _Setting, prices: Prices) -> Prices:
    """Without the prices of lines that one platform alone uses by now, whose segments are enumerated instead."""
    return replace(prices, rate_usd=np.where(setting.shared, prices.rate_usd, 0.0))


def _pair_costs(setting: _Setting, prices: Prices) -> FloatArray:
    """Cost of the pairs with the prices of shared lines and rows, in the order of pairs."""
    pairs = setting.instance.pairs
    cost = setting.cost_usd + prices.row_usd @ setting.instance.rows.coefficient
    for line, rate in zip(pairs.line.T, pairs.rate.T, strict=True):
        cost = cost + np.where(line == NO_LINE, 0.0, prices.rate_usd[pairs.pack, line] * rate)
    return cost


def _pair_table(setting: _Setting, prices: Prices) -> FloatArray:
    """Cost of every pair under every combination of segments of its platform, shape (n_pairs, n_combinations)."""
    pairs = setting.instance.pairs
    table = np.repeat(_pair_costs(setting, prices)[:, None], setting.slopes.shape[1], axis=1)
    if setting.slopes.any():
        for line, rate in zip(pairs.line.T, pairs.rate.T, strict=True):
            table += np.where(line == NO_LINE, 0.0, rate)[:, None] * setting.slopes[line]
    return table


def _table(setting: _Setting, prices: Prices) -> FloatArray:
    """The cheapest pair of every platform and pack under every combination, shape (n_groups, n_combinations)."""
    table: FloatArray = np.minimum.reduceat(_pair_table(setting, prices)[setting.order], setting.first, axis=0)
    return table


def _platform_values(setting: _Setting, prices: Prices, table: FloatArray) -> FloatArray:
    """What opening a platform costs less what it saves, shape (n_present_platforms, n_combinations)."""
    saved = np.minimum(table - prices.pack_usd[setting.group_pack][:, None], 0.0)
    values: FloatArray = setting.fixed_usd + np.add.reduceat(saved, setting.first_group, axis=0)
    return values


def _opened(setting: _Setting, best: FloatArray) -> BoolArray:
    """Platforms that pay, at most as many as rows allow."""
    opened = best < 0
    if opened.sum() > setting.open_max:
        opened = np.zeros(len(best), dtype=bool)
        opened[np.argsort(best, kind="stable")[: setting.open_max]] = True
    return opened


def _evaluated(setting: _Setting, prices: Prices, table: FloatArray, moving: bool) -> tuple[float, Prices]:
    """The bound, and how it changes with each price."""
    values = _platform_values(setting, prices, table)
    combination = values.argmin(axis=1)
    best = values[np.arange(len(values)), combination]
    opened = _opened(setting, best)
    group_best = table[np.arange(len(table)), combination[setting.group_platform]]
    serves = opened[setting.group_platform] & (group_best < prices.pack_usd[setting.group_pack])
    lines_usd, used = _shared_lines(setting, prices)
    bound = prices.pack_usd.sum() + best[opened].sum() + lines_usd + _rows_constant(setting, prices)
    slope = Prices(
        1.0 - np.bincount(setting.group_pack[serves], minlength=setting.instance.packs_count),
        np.zeros_like(prices.rate_usd),
        np.zeros_like(prices.row_usd),
    )
    if moving:
        chosen = _chosen_pairs(setting, prices, combination, serves)
        slope = replace(slope, rate_usd=_rate_slope(setting, chosen, used), row_usd=_row_slope(setting, prices, chosen))
    return float(bound), slope


def _chosen_pairs(setting: _Setting, prices: Prices, combination: IntArray, serves: BoolArray) -> IntArray:
    """Pairs that platforms choose for the packs that they serve."""
    group = np.repeat(np.arange(len(setting.first)), np.diff(np.append(setting.first, len(setting.order))))
    wanted = serves[group]
    index, group = setting.order[wanted], group[wanted]
    if not index.size:
        return index
    table = _pair_table(setting, prices)
    cost = table[index, combination[setting.group_platform[group]]]
    order = np.lexsort((cost, group))
    first = np.ones(len(order), dtype=bool)
    first[1:] = group[order][1:] != group[order][:-1]
    return index[order[first]]


def _shared_lines(setting: _Setting, prices: Prices) -> tuple[float, FloatArray]:
    """Least cost of the shared lines less the prices earned on rates, and the rates at which it is reached."""
    pieces, highest = setting.pieces, setting.highest_of_packs
    used = np.zeros_like(highest)
    segments = np.flatnonzero(setting.shared[pieces.line])
    if not segments.size:
        return 0.0, used
    line = pieces.line[segments]
    margin = pieces.slope_usd_per_rate[segments] - prices.rate_usd[:, line]
    values = pieces.intercept_usd[segments] + (np.minimum(margin, 0.0) * highest[:, line]).sum(axis=0)
    order = np.lexsort((values, line))
    cheapest = order[np.concatenate([[True], line[order][1:] != line[order][:-1]])]
    cheapest = cheapest[values[cheapest] < 0]
    used[:, line[cheapest]] = np.where(margin[:, cheapest] < 0, highest[:, line[cheapest]], 0.0)
    return float(values[cheapest].sum()), used


def _rows_constant(setting: _Setting, prices: Prices) -> float:
    """What the bounds of the rows give back."""
    rows, price = setting.instance.rows, prices.row_usd
    bound = np.where(price > 0, rows.upper, rows.lower)
    return -float(np.where(price == 0, 0.0, price * np.where(price == 0, 0.0, bound)).sum())


def _rate_slope(setting: _Setting, chosen: IntArray, used: FloatArray) -> FloatArray:
    """Rates that the chosen pairs put on shared lines less those at which the lines are cheapest, in shares."""
    pairs = setting.instance.pairs
    slope = -used
    for line, rate in zip(pairs.line[chosen].T, pairs.rate[chosen].T, strict=True):
        np.add.at(slope, (pairs.pack[chosen], line), np.where(line == NO_LINE, 0.0, rate))
    highest = setting.highest_of_packs
    share: FloatArray = np.divide(slope, highest, out=np.zeros_like(slope), where=highest > 0)
    return np.where(setting.shared, share, 0.0)


def _row_slope(setting: _Setting, prices: Prices, chosen: IntArray) -> FloatArray:
    """By how much the chosen pairs exceed the rows, in shares of the row's numbers."""
    rows, price = setting.instance.rows, prices.row_usd
    total = rows.coefficient[:, chosen].sum(axis=1)
    above = total - np.where(np.isfinite(rows.upper), rows.upper, np.inf)
    below = total - np.where(np.isfinite(rows.lower), rows.lower, -np.inf)
    slope = np.where(
        above > 0, above, np.where(below < 0, below, np.where(price > 0, above, np.where(price < 0, below, 0.0)))
    )
    return slope / rows.scale


def _moved(setting: _Setting, prices: Prices, slope: Prices, length: float, moving: bool) -> Prices:
    """Prices one step further; shares are turned back into the unit of each price."""
    pack_usd = prices.pack_usd + length * slope.pack_usd
    if not moving:
        return replace(prices, pack_usd=pack_usd)
    highest, rows = setting.highest_of_packs, setting.instance.rows
    per_rate = np.divide(length * slope.rate_usd, highest, out=np.zeros_like(highest), where=highest > 0)
    row_usd = prices.row_usd + length * slope.row_usd / rows.scale
    most = np.where(np.isfinite(rows.upper), rows.relaxation_usd_per_unit, 0.0)
    least = np.where(np.isfinite(rows.lower), -rows.relaxation_usd_per_unit, 0.0)
    return Prices(pack_usd, prices.rate_usd + per_rate, np.clip(row_usd, least, most))


def _pair_bounds(setting: _Setting, prices: Prices, bound_usd: float) -> FloatArray:
    """What any choice with a pair costs at least: its platform is open with the pair in, the others as they pay."""
    values = _platform_values(setting, prices, _table(setting, prices))
    best = values.min(axis=1)
    opened = _opened(setting, best)
    # With the platform forced open, the worst of the others gives way where rows cap their number.
    capped = opened.sum() >= setting.open_max
    worst = best[opened].max(initial=-np.inf) if capped and opened.any() else 0.0
    without = np.where(opened, bound_usd - best, bound_usd - min(worst, 0.0))
    pairs = setting.instance.pairs
    present = np.unique(pairs.platform)
    platform = np.searchsorted(present, pairs.platform)
    table = _pair_table(setting, prices)
    group_of = np.empty(len(pairs), dtype=np.int64)
    group_of[setting.order] = np.repeat(
        np.arange(len(setting.first)), np.diff(np.append(setting.first, len(setting.order)))
    )
    pack_usd = prices.pack_usd[pairs.pack][:, None]
    saved = np.minimum(np.minimum.reduceat(table[setting.order], setting.first, axis=0)[group_of] - pack_usd, 0.0)
    forced: FloatArray = without[platform] + (values[platform] - saved + table - pack_usd).min(axis=1)
    return forced
