"""Dominance: pairs and platforms that another one replaces at no higher cost under every row."""

from __future__ import annotations

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.instance import PortfolioInstance

# More comparisons of pairs than this are not worth the platforms that they would rule out.
COMPARISONS_MAX = 40_000_000
LARGEST_NUMBER = 2**62
# Many members are first compared with a few champions of their group, which costs no sorting.
CHAMPIONS_FROM_COUNT = 10_000
CHAMPION_WEIGHT = 4.0


def undominated_pairs(instance: PortfolioInstance) -> IntArray:
    """Pairs that no pair of the same pack on the same platform beats, sorted.

    A pair beats another one when it costs no more, puts no more on any line, and serves every row no worse: no more of
    what is capped, no less of what is floored, the same of what must be equal, no dearer in any price scenario. The
    lines of both are the same, or dominance would compare a rate with none.
    """
    pairs = instance.pairs
    lines = np.sort(pairs.line, axis=1)
    groups = np.column_stack([pairs.pack, pairs.platform, lines])
    rate = np.take_along_axis(pairs.rate, np.argsort(pairs.line, axis=1, kind="stable"), axis=1)
    keys = np.column_stack([cost_keys(instance), rate, row_keys(instance)])
    return undominated(number_of_groups(groups), keys)


def cost_keys(instance: PortfolioInstance) -> FloatArray:
    """What a pair costs: in every price scenario where prices are uncertain, else once."""
    cost = instance.pairs.cost_usd[:, None]
    risk = instance.risk
    if risk is None:
        return cost
    if not risk.aversion_frac:
        return cost + risk.expected_usd[:, None]
    return cost + risk.cost_usd


def row_keys(instance: PortfolioInstance) -> FloatArray:
    """Coefficients of the rows, turned so that less is never worse; both ways for rows with both bounds."""
    rows = instance.rows
    capped, floored = np.isfinite(rows.upper), np.isfinite(rows.lower)
    keys: FloatArray = np.concatenate([rows.coefficient[capped], -rows.coefficient[floored]]).T
    return keys


def number_of_groups(groups: IntArray) -> IntArray:
    """A number for each distinct row of whole numbers from -1 on."""
    number = np.zeros(len(groups), dtype=np.int64)
    for column in groups.T:
        size = int(column.max(initial=-1)) + 2
        if int(number.max(initial=0)) > LARGEST_NUMBER // size:
            number = np.unique(number, return_inverse=True)[1]
        number = number * size + column + 1
    return number


def undominated(group: IntArray, keys: FloatArray) -> IntArray:
    """Members of each group that no other member beats or equals in every key; of equals the first stays.

    Parameters
    ----------
    group : ndarray, shape (n,)
        Any numbers.
    keys : ndarray, shape (n, n_keys)
        Less is better.

    Notes
    -----
    The member with the smallest sum of scaled keys is beaten by none that is left, so it stays and all that it beats
    go; every pass does this for all groups at once.
    """
    if not len(group):
        return np.empty(0, dtype=np.int64)
    spread = keys.max(axis=0) - keys.min(axis=0)
    varied = spread > 0
    keys = keys[:, varied] / spread[varied] if varied.any() else np.zeros((len(group), 1))
    rest = _beyond_champions(group, keys)
    kept = _peeled(group[rest], keys[rest])
    return rest[kept]


def _beyond_champions(group: IntArray, keys: FloatArray) -> IntArray:
    """What is left of sorted groups once the member that is best by a few weightings has ruled out what it beats."""
    alive = np.arange(len(group))
    if len(group) < CHAMPIONS_FROM_COUNT or (group[1:] < group[:-1]).any():
        return alive
    for heavy in [None, *range(keys.shape[1])]:
        weights = np.ones(keys.shape[1])
        if heavy is not None:
            weights[heavy] = CHAMPION_WEIGHT
        own = group[alive]
        starts = np.flatnonzero(np.concatenate([[True], own[1:] != own[:-1]]))
        sizes = np.diff(np.append(starts, len(own)))
        total = keys[alive] @ weights
        smallest = np.flatnonzero(total == np.repeat(np.minimum.reduceat(total, starts), sizes))
        champion = np.repeat(alive[smallest[np.searchsorted(smallest, starts)]], sizes)
        beaten = alive != champion
        for key in keys.T:
            beaten[beaten] = key[champion[beaten]] <= key[alive[beaten]]
        alive = alive[~beaten]
    return alive


def _peeled(group: IntArray, keys: FloatArray) -> IntArray:
    """Members that no other member beats, by passes over what is left."""
    order = np.argsort(keys.sum(axis=1), kind="stable")
    order = order[np.argsort(group[order], kind="stable")]
    group, keys = group[order], np.ascontiguousarray(keys[order].T)
    kept: list[IntArray] = []
    alive = np.arange(len(group))
    while alive.size:
        new = np.ones(alive.size, dtype=bool)
        new[1:] = group[1:] != group[:-1]
        kept.append(alive[new])
        best = np.flatnonzero(new)[np.cumsum(new) - 1]
        beaten = new.copy()
        candidates = np.flatnonzero(~new)
        for key in keys:
            candidates = candidates[key[best[candidates]] <= key[candidates]]
        beaten[candidates] = True
        alive, group, keys = alive[~beaten], group[~beaten], keys[:, ~beaten]
    return np.sort(order[np.concatenate(kept)])


def undominated_platforms(instance: PortfolioInstance) -> BoolArray:
    """Pairs of the platforms that no single other platform replaces for every pack that they serve.

    Platform q replaces p where it has no higher fixed cost and, for every pair of p, a pair of the same pack that beats
    it. Not for platforms with lines of their own or where rows count platforms other than by a plain cap.
    """
    rows = instance.platform_rows
    count = len(instance.pairs)
    plain = not rows.has_floor and bool((np.ptp(rows.coefficient, axis=1) == 0).all()) if len(rows) else True
    if not plain or not count:
        return np.ones(count, dtype=bool)
    platforms, platform = np.unique(instance.pairs.platform, return_inverse=True)
    sizes = np.diff(instance.first_pair)
    if (sizes.astype(float) ** 2).sum() > COMPARISONS_MAX or len(
        platforms
    ) ** 2 * instance.packs_count > COMPARISONS_MAX:
        return np.ones(count, dtype=bool)
    owner = instance.line_owner
    own = np.isin(platforms, owner[owner >= 0])
    fixed = instance.platform_fixed_cost_usd[platforms]
    replaced = (fixed[None, :] <= fixed[:, None]) & ~own[:, None] & ~own[None, :]
    for start, stop in zip(instance.first_pair[:-1], instance.first_pair[1:], strict=True):
        replaced &= _replaced_for_pack(instance, slice(start, stop), platform[start:stop], len(platforms))
    equal = replaced & replaced.T
    number = np.arange(len(platforms))
    beaten = replaced & (~equal | (number[None, :] < number[:, None]))
    kept: BoolArray = np.asarray(~beaten.any(axis=1))
    return kept[platform]


def _replaced_for_pack(instance: PortfolioInstance, part: slice, platform: IntArray, platforms_count: int) -> BoolArray:
    """Whether platform q (second axis) has a pair that beats each pair of platform p (first axis) for one pack."""
    pairs = instance.pairs
    beats = np.ones((part.stop - part.start,) * 2, dtype=bool)
    for key in np.concatenate([cost_keys(instance)[part].T, row_keys(instance)[part].T]):
        beats &= key[None, :] <= key[:, None]
    order = np.argsort(pairs.line[part], axis=1, kind="stable")
    lines, rates = (np.take_along_axis(values[part], order, axis=1) for values in (pairs.line, pairs.rate))
    for line, rate in zip(lines.T, rates.T, strict=True):
        beats &= (line[None, :] == line[:, None]) & (rate[None, :] <= rate[:, None])
    covered = np.zeros((len(platform), platforms_count), dtype=bool)
    np.logical_or.at(covered.T, platform, beats.T)
    missing = np.zeros((platforms_count, platforms_count), dtype=bool)
    np.logical_or.at(missing, platform, ~covered)
    return ~missing
