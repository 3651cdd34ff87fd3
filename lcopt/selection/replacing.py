"""Platforms that another one replaces for every pack at no more cost, whatever else shares their lines.

Where pair i of a pack gives way to pair j, a line that costs phi of its rate costs at most
max(phi(r_j) - phi(r_i), phi'(Q) (r_j - r_i)) more: phi is concave, the pooled rate lies between r_i and Q as long as i
is in the choice. A platform goes where one of its group that is no dearer is left whose pairs replace all of its own;
the packs of any choice then move one after the other, and no bound depends on where the others are.
"""

from __future__ import annotations

import itertools

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.dominance import LARGEST_NUMBER, cost_keys, number_of_groups, row_keys, undominated_pairs
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.timing import NEVER, Deadline

# Share of the highest rate of a line at whose slope pairs are ranked.
RANKED_SHARE = 0.3
# A platform that does not serve a pack counts as if it were dearer by this share for the pack.
MISSING_FRAC = 1.0
# Other packs than the one for which champions are sought weigh so little.
LIGHT_WEIGHT = 1e-3
ROUNDS_MAX = 200
# Rounds end where so many of them in a row rule out fewer than this share of the platforms that are left.
PATIENCE, WORTH_FRAC = 12, 2e-3
# More rates than these are not raised to the powers of their lines, which takes longer than to compare them.
EXACT_MAX = 4_000_000


def irreplaceable(instance: PortfolioInstance, group: IntArray, deadline: Deadline = NEVER) -> IntArray:
    """Pairs on platforms that no other platform of their group replaces, without those that others on it replace.

    Parameters
    ----------
    instance : PortfolioInstance
    group : ndarray, shape (n_platforms,)
        Only platforms of one number stand for each other.
    deadline : Deadline
        Then what is left stays.

    Returns
    -------
    ndarray
        Sorted. A cheapest choice is among them whatever groups may be open and however many platforms.

    Notes
    -----
    Where rows count platforms other than by a plain cap only pairs on one platform are compared. What a smaller rate
    saves on a line that is sized by a peak depends on the year of the peak: then plain dominance must do.
    """
    index = np.arange(len(instance.pairs))
    if not len(index):
        return index
    if instance.peaks is not None:
        return undominated_pairs(instance)
    rows = instance.platform_rows
    plain = not rows.has_floor and bool((np.ptp(rows.coefficient, axis=1) == 0).all()) if len(rows) else True
    if plain:
        # The lines get less rate once most is ruled out, so what bounds a swap is tighter then.
        for rounds in (instance.packs_count + 1, ROUNDS_MAX):
            part = instance if len(index) == len(instance.pairs) else instance.take(index)
            index = index[_rounds(part, group, rounds, deadline)]
    return index[_irreplaceable_pairs(instance.take(index), deadline)]


def _rounds(instance: PortfolioInstance, group: IntArray, rounds_max: int, deadline: Deadline) -> IntArray:
    """Pairs on platforms that no champion of so many rounds replaces."""
    search = _Replacing(instance, group)
    generator, packs = np.random.default_rng(0), instance.packs_count
    stale = 0
    for number in range(rounds_max):
        weights = generator.exponential(1.0, packs) ** 2
        if number <= packs:
            weights = np.where(np.arange(packs) == number, 1.0, LIGHT_WEIGHT if number < packs else 1.0)
        before = search.left_count
        if deadline.over or not search.round(weights):
            break
        stale = stale + 1 if before - search.left_count < WORTH_FRAC * before else 0
        if stale >= PATIENCE:
            break
    return search.alive


def _irreplaceable_pairs(instance: PortfolioInstance, deadline: Deadline) -> IntArray:
    """Pairs that no other pair of the same pack on the same platform replaces, by passes with one champion each."""
    swaps, group = _Swaps(instance), instance.groups.of_pair
    order = np.lexsort((swaps.rank_usd, group))
    alive, fresh = order, np.ones(len(order), dtype=bool)
    champion = np.full(len(instance.groups), -1)
    while fresh.any() and not deadline.over:
        champion[:] = -1
        first = alive[fresh][::-1]
        champion[group[first]] = first
        fresh &= champion[group[alive]] != alive
        new = champion[group[alive]]
        judged = np.flatnonzero((new >= 0) & (new != alive))
        gone = judged[swaps.safe(alive[judged], new[judged])]
        kept = np.ones(len(alive), dtype=bool)
        kept[gone] = False
        alive, fresh = alive[kept], fresh[kept]
    return np.sort(alive)


def alike(instance: PortfolioInstance) -> IntArray:
    """A group for every platform: those that use the same lines, as far as lines follow from the platform."""
    pairs, groups = instance.pairs, instance.groups
    signature = []
    for column in pairs.line.T:
        line = np.ascontiguousarray(column)
        of_platform = np.full(instance.platforms_count, -1)
        of_platform[groups.platform] = line[groups.first]
        if (of_platform[groups.platform] == line[groups.first]).all() and (
            line == line[groups.first][groups.of_pair]
        ).all():
            signature.append(of_platform)
    if not signature:
        return np.zeros(instance.platforms_count, dtype=np.int64)
    return np.unique(number_of_groups(np.column_stack(signature)), return_inverse=True)[1].ravel()


class _Swaps:
    """What it costs at most that one pair of a pack gives way to another one.

    Of many pairs the cost of a line alone is bounded by its tangent at the lowest rate that the pack puts on it.
    """

    def __init__(self, instance: PortfolioInstance) -> None:
        pairs, lines = instance.pairs, instance.lines
        self.line, rate = np.ascontiguousarray(pairs.line.T), np.ascontiguousarray(pairs.rate.T)
        self.cost_usd, self.rows = cost_keys(instance), row_keys(instance)
        self.alone_usd, self.least_usd = np.zeros(rate.shape), np.zeros(rate.shape)
        self.rank_usd = self.cost_usd.mean(axis=1)
        least, likely = (
            np.append(lines.marginal_usd_per_rate(share * instance.highest_rate), 0.0) for share in (1.0, RANKED_SHARE)
        )
        lowest = self.cost_usd.copy()
        for number, (own, used) in enumerate(zip(self.line, rate, strict=True)):
            self.least_usd[number] = least[own] * used
            lowest += self.least_usd[number][:, None]
            self.rank_usd += likely[own] * used
        self.lowest_usd = lowest
        if pairs.line.size <= EXACT_MAX:
            self.alone_usd[:] = lines.at(self.line, rate)
        else:
            self._fill_tangents(instance, rate)

    def _fill_tangents(self, instance: PortfolioInstance, rate: FloatArray) -> None:
        lines, ends = instance.lines, instance.first_pair.tolist()
        for start, stop in itertools.pairwise(ends):
            lowest = np.full(len(lines) + 1, np.inf)
            for own, used in zip(self.line[:, start:stop], rate[:, start:stop], strict=True):
                np.minimum.at(lowest, own, used)
            lowest = np.where(np.isfinite(lowest), lowest, 0.0)[:-1]
            slope = np.append(lines.marginal_usd_per_rate(lowest), 0.0)
            start_usd = np.append(lines.at(np.arange(len(lines)), lowest) - slope[:-1] * lowest, 0.0)
            for number, own in enumerate(self.line[:, start:stop]):
                self.alone_usd[number, start:stop] = start_usd[own] + slope[own] * rate[number, start:stop]

    def safe(self, old: IntArray, new: IntArray) -> BoolArray:
        """Whether pairs `new` replace pairs `old` at no more cost and serve every row no worse."""
        safe = np.ones(len(old), dtype=bool)
        # What a swap costs at least is quick to see.
        for keys in (self.lowest_usd, self.rows):
            for key in keys.T:
                safe[safe] = key[new[safe]] <= key[old[safe]]
        old, new = old[safe], new[safe]
        more = np.zeros(len(old))
        for line, alone, least in zip(self.line, self.alone_usd, self.least_usd, strict=True):
            less = least[old]
            shared = np.maximum(alone[new] - alone[old], least[new] - less)
            more += np.where(line[new] == line[old], shared, alone[new] - less)
        safe[safe] = ((self.cost_usd[new] - self.cost_usd[old]).max(axis=1) + more) <= 0
        return safe


def _kinds(instance: PortfolioInstance, group: IntArray) -> tuple[IntArray, IntArray]:
    """A number for the group and the lines of every pair, and the group of every such number."""
    own = group[instance.pairs.platform]
    number, size, most = own.copy(), len(instance.lines) + 2, int(group.max(initial=0)) + 1
    for line in instance.pairs.line.T:
        if most > LARGEST_NUMBER // size:
            known, number = np.unique(number, return_inverse=True)
            most = len(known)
        number, most = number * size + line + 1, most * size
    known = np.unique(number)
    kind = np.searchsorted(known, number)
    group_of_kind = np.zeros(len(known), dtype=np.int64)
    group_of_kind[kind] = own
    return kind, group_of_kind


class _Replacing:
    """Rounds in which one champion of every group is compared with all others that are left."""

    def __init__(self, instance: PortfolioInstance, group: IntArray) -> None:
        self.instance = instance
        self.group = np.unique(group, return_inverse=True)[1].ravel()
        self.swaps = _Swaps(instance)
        self.alive = np.arange(len(instance.pairs))
        self.rank_usd = self.swaps.rank_usd
        self.dearer = self._dearer()
        used = np.unique(instance.groups.platform)
        self.left = np.zeros(instance.platforms_count, dtype=bool)
        self.left[used] = True
        self.fresh = self.left.copy()
        self.kind, self.group_of_kind = _kinds(instance, self.group)

    @property
    def left_count(self) -> int:
        """Platforms that are left."""
        return int(self.left.sum())

    def _dearer(self) -> FloatArray:
        """By which share a platform is dearer for a pack than the best of its group, shape (n_platforms, n_packs)."""
        instance, groups = self.instance, self.instance.groups
        own = np.minimum.reduceat(self.rank_usd, groups.first)
        best = np.full((int(self.group.max()) + 1, instance.packs_count), np.inf)
        group = self.group[groups.platform]
        np.minimum.at(best, (group, groups.pack), own)
        least = best[group, groups.pack]
        dearer = np.full((instance.platforms_count, instance.packs_count), MISSING_FRAC)
        dearer[groups.platform, groups.pack] = (own - least) / np.maximum(np.abs(least), np.finfo(float).tiny)
        return dearer

    def round(self, weights: FloatArray) -> bool:
        """Rule out what the champions by these weights of packs replace; whether there were any."""
        champions = self._champions(weights)
        if not champions.size:
            return False
        self.fresh[champions] = False
        champion = np.full(len(self.group_of_kind), -1)
        by_group = np.full(int(self.group.max()) + 1, -1)
        by_group[self.group[champions]] = champions
        champion = by_group[self.group]
        pairs, fixed = self.instance.pairs, self.instance.platform_fixed_cost_usd
        judged = self.left & (champion >= 0) & (champion != np.arange(len(champion)))
        judged &= fixed[champion] <= fixed
        of_pair = self._replaced(judged, champions)
        kept = np.zeros(len(judged), dtype=bool)
        tried = self.alive[judged[pairs.platform[self.alive]]]
        kept[pairs.platform[tried[~of_pair]]] = True
        self.left &= kept | ~judged
        self.fresh &= self.left
        self.alive = self.alive[self.left[pairs.platform[self.alive]]]
        return True

    def _champions(self, weights: FloatArray) -> IntArray:
        """Of every group the platform that is best by these weights among those that have not been champions."""
        fresh = np.flatnonzero(self.fresh)
        order = fresh[np.lexsort((self.dearer[fresh] @ weights, self.group[fresh]))]
        return order[np.unique(self.group[order], return_index=True)[1]]

    def _replaced(self, judged: BoolArray, champions: IntArray) -> BoolArray:
        """Whether the champion has a pair that replaces each of the pairs that are left on the platforms judged."""
        pairs = self.instance.pairs
        is_champion = np.zeros(len(judged), dtype=bool)
        is_champion[champions] = True
        own = self.alive[is_champion[pairs.platform[self.alive]]]
        own = own[np.argsort(-self.rank_usd[own], kind="stable")]
        any_lines = np.full((int(self.group.max()) + 1, self.instance.packs_count), -1)
        any_lines[self.group[pairs.platform[own]], pairs.pack[own]] = own
        same_lines = any_lines[self.group_of_kind]
        same_lines[self.kind[own], pairs.pack[own]] = own
        tried = self.alive[judged[pairs.platform[self.alive]]]
        pack, kind = pairs.pack[tried], self.kind[tried]
        replaced = np.zeros(len(tried), dtype=bool)
        new = same_lines[kind, pack]
        known = np.flatnonzero(new >= 0)
        replaced[known] = self.swaps.safe(tried[known], new[known])
        other = any_lines[self.group_of_kind[kind], pack]
        again = np.flatnonzero(~replaced & (other != new))
        replaced[again] = self.swaps.safe(tried[again], other[again])
        return replaced
