"""What every candidate brings to the model, as arrays: its columns, and the sums that the rows of the model use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.lines import NO_LINE, Secants
from lcopt.units import USD_PER_MUSD


@dataclass(frozen=True)
class Served:
    """Packs with the platforms that can serve them, and packs with the segments of lines that they can use.

    Attributes
    ----------
    pack, platform : ndarray, shape (n_groups,)
    group_of_pair : ndarray, shape (n_pairs,)
    segment_pack, segment : ndarray, shape (n_pack_segments,)
    pack_segment_of_part : ndarray, shape (n_parts,)
    """

    pack: IntArray
    platform: IntArray
    group_of_pair: IntArray
    segment_pack: IntArray
    segment: IntArray
    pack_segment_of_part: IntArray


@dataclass(frozen=True)
class Columns:
    """Columns of the candidates: one `choose` a pair and one `part` for every segment of every curved line it uses.

    Attributes
    ----------
    choose_cost_musd : ndarray, shape (n_pairs,)
        With the cost of straight lines and the expected cost under risk.
    part_pair, part_segment : ndarray, shape (n_parts,)
    part_cost_musd : ndarray, shape (n_parts,)
        Nothing where the line is sized by a peak, which costs it.
    part_rate : ndarray, shape (n_parts,)
        Rate of the pair on the line.
    part_use : ndarray, shape (n_parts,)
        The parts of one use of a line by a pair add up to its `choose`.
    uses_pair : ndarray, shape (n_curved_uses,)
    """

    served: Served
    choose_cost_musd: FloatArray
    part_pair: IntArray
    part_segment: IntArray
    part_cost_musd: FloatArray
    part_rate: FloatArray
    part_use: IntArray
    uses_pair: IntArray

    @property
    def pairs_count(self) -> int:
        """Columns `choose`."""
        return len(self.choose_cost_musd)

    def __len__(self) -> int:
        return self.pairs_count + len(self.part_pair)

    @property
    def cost_musd(self) -> FloatArray:
        """Cost of every column."""
        return np.concatenate([self.choose_cost_musd, self.part_cost_musd])

    @property
    def curved(self) -> IntArray:
        """Segments of the lines that have more than one and that a pair uses."""
        return np.unique(self.served.segment)

    def of_packs(self, packs_count: int) -> sparse.csr_array:
        """Sums of `choose` over the candidates of each pack."""
        return _incidence(self.served.pack[self.served.group_of_pair], (packs_count, len(self)))

    def of_platforms(self, platforms: IntArray) -> sparse.csr_array:
        """Sums of `choose` over the candidates on each of the platforms, which are sorted and hold all that serve."""
        row = np.searchsorted(platforms, self.served.platform)[self.served.group_of_pair]
        return _incidence(row, (len(platforms), len(self)))

    def weighted(self, coefficient: FloatArray) -> sparse.csr_array:
        """Totals of the chosen pairs with the coefficients (n_rows, n_pairs)."""
        totals = sparse.csr_array(coefficient)
        totals.resize((len(coefficient), len(self)))
        return totals

    def served_by(self) -> sparse.csr_array:
        """Sums of `choose` over the candidates of each pack on each platform."""
        return _incidence(self.served.group_of_pair, (len(self.served.pack), len(self)))

    def share_in_segment(self) -> sparse.csr_array:
        """Sums of `part` over the candidates of each pack in each segment of a line."""
        return _incidence(self.served.pack_segment_of_part, (len(self.served.segment), len(self)), self.pairs_count)

    def rate_in_year(self, segment: IntArray, part_share_frac: FloatArray) -> sparse.csr_array:
        """Sums of the rates of `part` in each segment of `segment` (n_segments,), one row a segment and year.

        `part_share_frac` is what the pack of each part makes in each year, shape (n_parts, n_years).
        """
        years_count = part_share_frac.shape[1]
        kept = np.flatnonzero(np.isin(self.part_segment, segment))
        row = np.searchsorted(segment, self.part_segment[kept])[:, None] * years_count + np.arange(years_count)
        column = np.repeat(self.pairs_count + kept, years_count)
        rate = self.part_rate[kept, None] * part_share_frac[kept]
        return sparse.csr_array((rate.ravel(), (row.ravel(), column)), (len(segment) * years_count, len(self)))

    def split_rows(self) -> sparse.csr_array:
        """Rows over all columns that are zero where the parts of every use of a line add up to its pair's choice."""
        shape = (len(self.uses_pair), len(self))
        uses = sparse.csr_array((np.ones(shape[0]), (np.arange(shape[0]), self.uses_pair)), shape=shape)
        return _incidence(self.part_use, shape, self.pairs_count) - uses


def candidate_columns(instance: PortfolioInstance, pieces: Secants) -> Columns:
    """The columns of all pairs of an instance for the given segments of its lines."""
    pairs = instance.pairs
    counts = pieces.counts(len(instance.lines))
    first_segment = np.concatenate([[0], np.cumsum(counts)])[:-1] if len(counts) else np.empty(0, dtype=np.int64)
    cost = pairs.cost_usd + (0.0 if instance.risk is None else instance.risk.expected_usd)
    is_sized = np.zeros(len(instance.lines), dtype=bool) if instance.peaks is None else instance.peaks.is_sized
    use_pair, use_line, use_rate = [], [], []
    for line, rate in zip(pairs.line.T, pairs.rate.T, strict=True):
        segments = np.where(line == NO_LINE, 0, counts[line] if len(counts) else 0)
        whole = (segments == 1) & ~is_sized[line] if len(counts) else segments == 1
        single, curved = np.flatnonzero(whole), np.flatnonzero((segments > 0) & ~whole)
        cost = cost.copy()
        cost[single] += pieces.slope_usd_per_rate[first_segment[line[single]]] * rate[single]
        use_pair.append(curved)
        use_line.append(line[curved])
        use_rate.append(rate[curved])
    pair, line = _joined(use_pair), _joined(use_line)
    each = counts[line] if len(line) else np.empty(0, dtype=np.int64)
    use = np.repeat(np.arange(len(pair)), each)
    segment = np.repeat(first_segment[line] if len(line) else line, each) + np.arange(len(use))
    segment -= np.repeat(np.cumsum(each) - each, each)
    slope = pieces.slope_usd_per_rate[segment] if len(segment) else np.empty(0)
    rate = np.concatenate(use_rate)[use] if use_rate else np.empty(0)
    part_cost = np.where(is_sized[line[use]], 0.0, slope * rate) if len(use) else np.empty(0)
    return Columns(
        served=_served(instance, pair[use], segment, len(pieces)),
        choose_cost_musd=cost / USD_PER_MUSD,
        part_pair=pair[use],
        part_segment=segment,
        part_cost_musd=part_cost / USD_PER_MUSD,
        part_rate=rate,
        part_use=use,
        uses_pair=pair,
    )


def _served(instance: PortfolioInstance, part_pair: IntArray, segment: IntArray, segments_count: int) -> Served:
    pairs, platforms = instance.pairs, instance.platforms_count
    width = max(segments_count, 1)
    group, group_of_pair = _ranked(pairs.pack * platforms + pairs.platform, instance.packs_count * platforms)
    pack_segment, of_part = _ranked(pairs.pack[part_pair] * width + segment, instance.packs_count * width)
    return Served(
        pack=group // platforms,
        platform=group % platforms,
        group_of_pair=group_of_pair,
        segment_pack=pack_segment // width,
        segment=pack_segment % width,
        pack_segment_of_part=of_part,
    )


def _ranked(number: IntArray, below: int) -> tuple[IntArray, IntArray]:
    """The distinct numbers, sorted, and the place of each number among them; without sorting, all are below `below`."""
    present = np.zeros(below, dtype=bool)
    present[number] = True
    distinct = np.flatnonzero(present)
    place = np.empty(below, dtype=np.int64)
    place[distinct] = np.arange(len(distinct))
    return distinct, place[number]


def _joined(arrays: list[IntArray]) -> IntArray:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=np.int64)


def _incidence(row: IntArray, shape: tuple[int, int], first_column: int = 0) -> sparse.csr_array:
    """Ones in the given row of every column from the first one on."""
    return sparse.csr_array((np.ones(len(row)), (row, first_column + np.arange(len(row)))), shape=shape)
