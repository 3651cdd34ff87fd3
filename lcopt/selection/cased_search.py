"""The search of cells with a case: the grid, screened by the limits before anything is costed, then refined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.formats.cased import couple_layers, pitch_mm, snug_thickness_mm
from lcopt.cell.formats.cell_formats import CellFormat
from lcopt.inputs.document import FORMATS
from lcopt.selection.cased_fitting import Cells, cased_candidates, fit_cells, groups_per_module, in_every_pack
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import Explored, cheapest_of_each
from lcopt.selection.fitting import fits_energy, largest_loading_mah_per_cm2
from lcopt.selection.screening import screened, screened_in_every_option
from lcopt.selection.space import (
    LARGEST_C3_DROP_FRAC,
    MODULE,
    NO_HEATER,
    POUCH,
    Candidates,
    Counts,
    Platforms,
    with_every_heater,
)
from lcopt.selection.tasks import PackTask

# Builds within this share of the cheapest are refined, and the best of every chemistry and format.
REFINED_WITHIN_FRAC = 0.02
REFINED_COUNT = 600
REFINING_ROUNDS = 14
STEPS_A_SIZE = 2
# Steps in loading and in thickness to the neighbors of a candidate, and in the series count.
NEIGHBORS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))
SERIES_STEPS = (-4, -2, -1, 1, 2, 4)
# Cells of one format that one pack offers to the others.
OFFERED_COUNT = 40

Progress = Callable[[float], None]


def explore_cased(task: PackTask, engineering: Engineering, progress: Progress | None = None) -> Explored | None:
    """Every cell with a case that the search allows, in every pack; None where the catalog has none for this pack.

    Where candidates are feasible, those that miss a limit are kept for every chemistry's nearest miss only; they count
    as evaluated all the same.
    """
    candidates = cased_candidates(task, engineering)
    if candidates is None:
        return None
    explored = screened_in_every_option(task, candidates, engineering, progress)
    return _refined(explored, engineering) if explored.feasible.any() else explored


def _refined(explored: Explored, engineering: Engineering) -> Explored:
    """Step around the cheapest builds, in ever smaller steps of loading, thickness and series count."""
    found: list[Explored] = []
    best = explored.taken(_cheapest_builds(explored))
    for number in range(REFINING_ROUNDS):
        share = 0.5 ** (number // STEPS_A_SIZE)
        near = _neighbors(best.task, best.candidates, best.values["pack_energy_kwh"], share, engineering)
        if not len(near):
            break
        tried = screened(best.task, near, engineering)
        found.append(tried.feasible_only())
        pool = best.joined(found[-1])
        best = pool.taken(_cheapest_builds(pool))
    return explored.joined(*found)


def _cheapest_builds(explored: Explored) -> IntArray:
    """The best of the cheapest ways to build a pack, and of every chemistry and format."""
    cost = explored.feasible_sought_usd_per_pack
    platforms, counts = explored.candidates.platforms, explored.candidates.counts
    columns = [platforms.couple, platforms.technology_class, platforms.cell_format, counts.cells_in_parallel_count]
    columns += [counts.cells_in_series_count, counts.architecture, counts.cooling, counts.tiers_count, counts.heater]
    _, build = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    best = cheapest_of_each(cost, build.ravel(), 1)
    near = best[cost[best] <= cost.min() * (1 + REFINED_WITHIN_FRAC)]
    near = near[np.argsort(cost[near], kind="stable")][:REFINED_COUNT]
    champions = [cheapest_of_each(cost[best], key[best], 1) for key in (platforms.couple, platforms.cell_format)]
    return np.unique(np.concatenate([near, *(best[item] for item in champions)]))


def _neighbors(
    task: PackTask, chosen: Candidates, energy_kwh: FloatArray, share: float, engineering: Engineering
) -> Candidates:
    parts = []
    for number in np.unique(chosen.platforms.cell_format):
        here = np.flatnonzero(chosen.platforms.cell_format == number)
        cell_format = engineering.cased.formats[FORMATS[number]]
        parts.append(_of_format(task, cell_format, chosen.take(here), energy_kwh[here], share, engineering))
    found = [part for part in parts if len(part)]
    return Candidates.join(found) if found else chosen.take(np.zeros(0, dtype=np.int64))


def _of_format(
    task: PackTask,
    cell_format: CellFormat,
    chosen: Candidates,
    energy_kwh: FloatArray,
    share: float,
    engineering: Engineering,
) -> Candidates:
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
    moved = _steps(cell_format, cells, share, engineering)
    tried, origin = Cells.join(moved), np.tile(np.arange(len(chosen)), len(moved))
    loading = tried.loading_mah_per_cm2
    largest = largest_loading_mah_per_cm2(engineering)[tried.couple]
    good = (loading > 0) & (loading <= largest) & _in_span(cell_format, tried.cross_mm)
    good &= _is_layout(tried.series, counts.architecture[origin], engineering)
    return _rebuilt(task, cell_format, tried.take(good), chosen.take(origin[good]), engineering)


def _steps(cell_format: CellFormat, cells: Cells, share: float, engineering: Engineering) -> list[Cells]:
    """The cells one step away in every direction, each of the length of `cells`."""
    step = engineering.grid.cased_areal_capacity_step_mah_per_cm2 / 2 * share
    moved = [_moved(cell_format, cells, one, step, share, engineering) for one in NEIGHBORS]
    if getattr(cell_format, cell_format.fitted).is_free:
        # Cells of the market's size are also trimmed to the energy.
        moved.append(replace(cells, is_fitted=np.ones(len(cells.series), dtype=np.bool_)))
    if share == 1.0:
        moved += [replace(cells, series=cells.series + by) for by in SERIES_STEPS]
    return moved


def _in_span(cell_format: CellFormat, cross_mm: FloatArray) -> BoolArray:
    span = cell_format.thickness_mm
    return np.asarray((cross_mm >= span.low) & (cross_mm <= span.high))


def _is_layout(series: IntArray, architecture: IntArray, engineering: Engineering) -> BoolArray:
    is_built: BoolArray = (architecture != MODULE) | (groups_per_module(series, engineering) > 0)
    return np.asarray((series > 0) & is_built)


def _moved(
    cell_format: CellFormat,
    cells: Cells,
    signs: tuple[int, int],
    loading_step: float,
    share: float,
    engineering: Engineering,
) -> Cells:
    loading = cells.loading_mah_per_cm2 + signs[0] * loading_step
    couples = engineering.couples.take(cells.couple)
    layers = couple_layers(
        couples, np.maximum(loading, 1e-6), engineering.pack.cell, engineering.cased.constants, engineering.conventions
    )
    # A case of whole sheets grows by a sheet at least, any other by shares of a millimeter.
    step = np.maximum(pitch_mm(layers), share) if not cell_format.is_wound else np.full(len(loading), share)
    # The thickness of a snug case moves with the loading: half a sheet of room keeps their number.
    room = 0.0 if cell_format.is_wound else pitch_mm(layers) / 2
    cross = cells.cross_mm + signs[1] * step * cell_format.thickness_mm.is_free
    if signs[0] and cell_format.thickness_mm.is_free:
        cross = np.minimum(cross + room, cell_format.thickness_mm.high)
    return replace(cells, loading_mah_per_cm2=loading, cross_mm=snug_thickness_mm(cell_format, cross, layers))


def _rebuilt(
    task: PackTask, cell_format: CellFormat, cells: Cells, chosen: Candidates, engineering: Engineering
) -> Candidates:
    """Cells in the packs of the candidates that they came from."""
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
    return Candidates(platforms, counts, np.zeros(len(counts), dtype=np.int64))


def offered_cells(explored: Explored, good: IntArray) -> IntArray:
    """Of good candidates, those whose cells are offered to other packs: the cheapest different cells of each format."""
    cost = explored.sought_usd_per_pack[good]
    platforms = explored.candidates.platforms.take(good)
    order = np.argsort(cost, kind="stable")
    _, first = np.unique(platforms.keys[order], axis=0, return_index=True)
    different = order[first]
    return good[different[cheapest_of_each(cost[different], platforms.cell_format[different], OFFERED_COUNT)]]


def with_cells(
    explored: Explored, platforms: Platforms, cell_energy_kwh: FloatArray, engineering: Engineering
) -> Explored:
    """The candidates of a pack and those built from cells with a case that other packs offer."""
    task = explored.task
    parts = []
    for number in np.unique(platforms.cell_format[platforms.cell_format != POUCH]):
        here = np.flatnonzero(platforms.cell_format == number)
        index, series, parallel = _strings_that_carry(task, platforms.take(here), cell_energy_kwh[here], engineering)
        if index.size:
            taken = platforms.take(here[index])
            zeros = np.zeros(index.size, dtype=np.int64)
            counts = Counts(series, parallel, zeros, zeros, zeros, zeros, zeros, zeros + 1, zeros, zeros + NO_HEATER)
            packs = in_every_pack(Candidates(taken, counts, zeros), engineering)
            packs = with_every_heater(packs, task.cold.heaters)
            parts.append(screened(task, packs, engineering).feasible_only())
    return explored.joined(*parts)


def _strings_that_carry(
    task: PackTask, platforms: Platforms, cell_energy_kwh: FloatArray, engineering: Engineering
) -> tuple[IntArray, IntArray, IntArray]:
    """Cell, series and parallel counts whose energy meets the pack within the bound on excess."""
    voltage = task.voltage
    couples = engineering.couples
    average_v = couples.ocv_v[platforms.couple, couples.ocv_v.shape[1] // 2]
    full_v = couples.ocv_v[platforms.couple, -1]
    series = np.arange(1, int(voltage.nominal_voltage_max_v * (1 + LARGEST_C3_DROP_FRAC) / average_v.min()) + 2)
    least = voltage.nominal_voltage_min_v / average_v
    most = np.minimum(
        voltage.nominal_voltage_max_v / (average_v * (1 - LARGEST_C3_DROP_FRAC)), voltage.full_voltage_max_v / full_v
    )
    wanted = task.pack.energy_kwh / (series[None, :] * cell_energy_kwh[:, None])
    # A per mille of room, since the drop differs between packs; the exact limits are checked on every candidate.
    parallel = np.ceil(wanted * 0.999)
    within = parallel <= wanted * (1 + engineering.grid.energy_excess_max_frac) * 1.001
    within &= (series[None, :] >= least[:, None]) & (series[None, :] <= most[:, None])
    cell, string = np.nonzero(within)
    return cell, series[string], parallel[cell, string].astype(np.int64)
