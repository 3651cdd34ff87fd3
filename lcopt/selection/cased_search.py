"""The search of cells with a case: the grid, screened by the limits before anything is costed, then refined."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Protocol, Self, TypeVar

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.formats.cased import pitch_mm, snug_thickness_mm
from lcopt.cell.formats.cell_formats import CellFormat
from lcopt.inputs.words import FORMATS
from lcopt.selection.cased_fitting import Cells, cased_candidates, fit_cells, groups_per_module
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import Explored, cheapest_of_each
from lcopt.selection.fitting import fits_energy, largest_loading_mah_per_cm2
from lcopt.selection.geometry import layers_of
from lcopt.selection.numbering import numbers_of_rows
from lcopt.selection.screening import screened, screened_in_every_option
from lcopt.selection.space import MODULE, Candidates
from lcopt.selection.tasks import PackTask

# Builds within this share of the cheapest are refined, and the best of every chemistry and format.
REFINED_WITHIN_FRAC = 0.02
REFINED_COUNT = 600
REFINING_ROUNDS = 14
STEPS_A_SIZE = 2
# Steps in loading and in thickness to the neighbors of a candidate, and in the series count.
NEIGHBORS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))
SERIES_STEPS = (-4, -2, -1, 1, 2, 4)
# Loadings below are no cells and are left out; up to there they only must not divide by zero.
LOADING_MIN_MAH_PER_CM2 = 1e-6
# With the step to the size that meets the energy.
STEPS_COUNT = len(NEIGHBORS) + len(SERIES_STEPS) + 1

Progress = Callable[[float], None]


class Packs(Protocol):
    """Packs that are not evaluated yet, an element each."""

    def __len__(self) -> int: ...

    def take(self, index: IntArray) -> Self:
        """The packs at `index`."""


T = TypeVar("T", bound=Packs)


class CasedPacks(Protocol[T]):
    """What the search asks of packs of cells with a case; `T` is how it holds packs that are not evaluated yet."""

    def grid(self, progress: Progress | None) -> Explored | None:
        """All of the grid, screened; None where the catalog has none for this pack."""

    def of(self, explored: Explored) -> T:
        """The packs of those that are evaluated."""

    def near(self, best: Explored, share: float) -> T:
        """Those one step of a size away, in the order of `steps_around`."""

    def keys(self, packs: T) -> Sequence[Hashable]:
        """One key a pack, the same for identical ones."""

    def screened(self, packs: T) -> Explored:
        """Those that meet all limits, in their order."""


@dataclass(frozen=True)
class FreshPacks:
    """Packs that are built, charged and costed as they are asked for."""

    task: PackTask
    engineering: Engineering

    def grid(self, progress: Progress | None) -> Explored | None:
        """All of the grid, screened."""
        candidates = cased_candidates(self.task, self.engineering)
        if candidates is None:
            return None
        return screened_in_every_option(self.task, candidates, self.engineering, progress)

    def of(self, explored: Explored) -> Candidates:
        """Their candidates."""
        return explored.candidates

    def near(self, best: Explored, share: float) -> Candidates:
        """Those one step of a size away."""
        return steps_around(self.task, best.candidates, best.values["pack_energy_kwh"], share, self.engineering).reached

    def keys(self, packs: Candidates) -> list[bytes]:
        """All that a candidate is."""
        columns = [getattr(bundle, item.name) for bundle in (packs.platforms, packs.counts) for item in fields(bundle)]
        rows = np.stack(columns, axis=1).astype(np.float64) + 0.0
        found: list[bytes] = rows.view(f"V{rows.shape[1] * rows.itemsize}").ravel().tolist()
        return found

    def screened(self, packs: Candidates) -> Explored:
        """Those that meet all limits; the others count as evaluated."""
        return screened(self.task, packs, self.engineering).feasible_only()


def explore_cased(task: PackTask, engineering: Engineering, progress: Progress | None = None) -> Explored | None:
    """Every cell with a case that the search allows, in every pack; None where the catalog has none for this pack.

    Where candidates are feasible, those that miss a limit are kept for every chemistry's nearest miss only; they count
    as evaluated all the same.
    """
    return search_cased(FreshPacks(task, engineering), progress)


def search_cased(packs: CasedPacks[T], progress: Progress | None = None) -> Explored | None:
    """The grid, refined where something of it is feasible."""
    explored = packs.grid(progress)
    return explored if explored is None or not explored.feasible.any() else _refined(explored, packs)


def _refined(explored: Explored, packs: CasedPacks[T]) -> Explored:
    """Step around the cheapest builds, in ever smaller steps of loading, thickness and series count.

    Every candidate is tried once: one met again was kept before, or is no better than what replaced it.
    """
    found: list[Explored] = []
    best = explored.taken(_cheapest_builds(explored))
    tried = set(packs.keys(packs.of(best)))
    for number in range(REFINING_ROUNDS):
        share = 0.5 ** (number // STEPS_A_SIZE)
        near = packs.near(best, share)
        if not len(near):
            break
        new = _untried(packs.keys(near), tried)
        if not new.size:
            continue
        found.append(packs.screened(near.take(new)))
        pool = best.joined(found[-1])
        best = pool.taken(_cheapest_builds(pool))
    return explored.joined(*found)


def _untried(keys: Sequence[Hashable], tried: set[Hashable]) -> IntArray:
    """The first of every key that is not among those tried, which it then is."""
    new = []
    for number, key in enumerate(keys):
        if key not in tried:
            tried.add(key)
            new.append(number)
    return np.array(new, dtype=np.int64)


def _cheapest_builds(explored: Explored) -> IntArray:
    """The best of the cheapest ways to build a pack, and of every chemistry and format."""
    cost, platforms = explored.feasible_sought_usd_per_pack, explored.candidates.platforms
    best = cheapest_of_each(cost, build_numbers(explored.candidates), 1)
    near = best[cost[best] <= cost.min() * (1 + REFINED_WITHIN_FRAC)]
    near = near[np.argsort(cost[near], kind="stable")][:REFINED_COUNT]
    champions = [cheapest_of_each(cost[best], key[best], 1) for key in (platforms.couple, platforms.cell_format)]
    return np.unique(np.concatenate([near, *(best[item] for item in champions)]))


@dataclass(frozen=True)
class Steps:
    """Candidates that steps reach, by the number of the step and the candidate from which each goes, shape (n,)."""

    reached: Candidates
    step: IntArray
    origin: IntArray


def build_numbers(candidates: Candidates) -> IntArray:
    """Number of the way to build a pack, whatever its loading and its thickness, shape (n,)."""
    platforms, counts = candidates.platforms, candidates.counts
    columns = [platforms.couple, platforms.technology_class, platforms.cell_format, counts.cells_in_parallel_count]
    columns += [counts.cells_in_series_count, counts.architecture, counts.cooling, counts.tiers_count, counts.heater]
    return numbers_of_rows(columns)


def steps_around(
    task: PackTask, chosen: Candidates, energy_kwh: FloatArray, share: float, engineering: Engineering
) -> Steps:
    """Every step of a size from some candidates: format by format, in it step by step, from the first origin on."""
    none = np.zeros(0, dtype=np.int64)
    parts = [Steps(chosen.take(none), none, none)]
    for number in np.unique(chosen.platforms.cell_format):
        here = np.flatnonzero(chosen.platforms.cell_format == number)
        cell_format = engineering.cased.formats[FORMATS[number]]
        part = _of_format(task, cell_format, chosen.take(here), energy_kwh[here], share, engineering)
        parts.append(replace(part, origin=here[part.origin]))
    return Steps(
        Candidates.join([part.reached for part in parts]),
        np.concatenate([part.step for part in parts]),
        np.concatenate([part.origin for part in parts]),
    )


def _of_format(
    task: PackTask,
    cell_format: CellFormat,
    chosen: Candidates,
    energy_kwh: FloatArray,
    share: float,
    engineering: Engineering,
) -> Steps:
    platforms, counts = chosen.platforms, chosen.counts
    span = getattr(cell_format, cell_format.fitted)
    # A cell of the market's size keeps it; all others have the size that meets the energy.
    is_fitted = fits_energy(task, energy_kwh) & span.is_free
    cells = Cells(
        couple=platforms.couple,
        loading_mah_per_cm2=platforms.areal_capacity_mah_per_cm2,
        cross_mm=platforms.thickness_mm,
        series=counts.cells_in_series_count,
        parallel=counts.cells_in_parallel_count,
        is_fitted=is_fitted,
    )
    tried = _steps(cell_format, cells, share, engineering)
    step, origin = np.divmod(np.arange(len(tried.series)), len(chosen))
    loading = tried.loading_mah_per_cm2
    largest = largest_loading_mah_per_cm2(engineering)[tried.couple]
    good = (loading > 0) & (loading <= largest) & _in_span(cell_format, tried.cross_mm)
    good &= _is_layout(tried.series, counts.architecture[origin], engineering)
    step, origin = step[good], origin[good]
    reached, index = _rebuilt(task, cell_format, tried.take(good), chosen.take(origin), engineering)
    return Steps(reached, step[index], origin[index])


def _steps(cell_format: CellFormat, cells: Cells, share: float, engineering: Engineering) -> Cells:
    """The cells one step away in every direction: step by step, each of the length of `cells`."""
    count = len(cells.series)
    around = cells.take(np.tile(np.arange(count), len(NEIGHBORS)))
    loading_sign, cross_sign = np.repeat(np.array(NEIGHBORS), count, axis=0).T
    moved = [_moved(cell_format, around, loading_sign, cross_sign, share, engineering)]
    if getattr(cell_format, cell_format.fitted).is_free:
        # Cells of the market's size are also trimmed to the energy.
        moved.append(replace(cells, is_fitted=np.ones(count, dtype=np.bool_)))
    if share == 1.0:
        moved += [replace(cells, series=cells.series + by) for by in SERIES_STEPS]
    return Cells.join(moved)


def _in_span(cell_format: CellFormat, cross_mm: FloatArray) -> BoolArray:
    span = cell_format.thickness_mm
    return np.asarray((cross_mm >= span.low) & (cross_mm <= span.high))


def _is_layout(series: IntArray, architecture: IntArray, engineering: Engineering) -> BoolArray:
    is_built: BoolArray = (architecture != MODULE) | (groups_per_module(series, engineering) > 0)
    return np.asarray((series > 0) & is_built)


def _moved(
    cell_format: CellFormat,
    cells: Cells,
    loading_sign: IntArray,
    cross_sign: IntArray,
    share: float,
    engineering: Engineering,
) -> Cells:
    loading_step = engineering.grid.cased_areal_capacity_step_mah_per_cm2 / 2 * share
    loading = cells.loading_mah_per_cm2 + loading_sign * loading_step
    couples = engineering.couples.take(cells.couple)
    layers = layers_of(couples, np.maximum(loading, LOADING_MIN_MAH_PER_CM2), engineering)
    # A case of whole sheets grows by a sheet at least, any other by shares of a millimeter.
    step = np.maximum(pitch_mm(layers), share) if not cell_format.is_wound else np.full(len(loading), share)
    # The thickness of a snug case moves with the loading: half a sheet of room keeps their number.
    room = 0.0 if cell_format.is_wound else pitch_mm(layers) / 2
    cross = cells.cross_mm + cross_sign * step * cell_format.thickness_mm.is_free
    if cell_format.thickness_mm.is_free:
        cross = np.where(loading_sign != 0, np.minimum(cross + room, cell_format.thickness_mm.high), cross)
    return replace(cells, loading_mah_per_cm2=loading, cross_mm=snug_thickness_mm(cell_format, cross, layers))


def _rebuilt(
    task: PackTask, cell_format: CellFormat, cells: Cells, chosen: Candidates, engineering: Engineering
) -> tuple[Candidates, IntArray]:
    """Cells in the packs of the candidates that they came from, and which of the cells those are."""
    numbered = replace(chosen, family=np.arange(len(chosen)))
    fitted, index = fit_cells(task, cell_format, cells, engineering)
    origin = numbered.take(index)
    series = fitted.counts.cells_in_series_count
    parallel = fitted.counts.cells_in_parallel_count
    groups = np.where(origin.counts.architecture == MODULE, groups_per_module(series, engineering), 0)
    counts = replace(
        origin.counts,
        cells_in_series_count=series,
        cells_in_parallel_count=parallel,
        cells_per_module_count=groups * parallel,
        modules_in_row_count=np.where(groups > 0, series // np.maximum(groups, 1), 0),
    )
    platforms = replace(fitted.platforms, technology_class=origin.platforms.technology_class)
    return Candidates(platforms, counts, np.zeros(len(counts), dtype=np.int64)), index
