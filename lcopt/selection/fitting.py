"""Candidates of the grid: loadings that fill a cell with whole layers, capacities that meet a pack's energy exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.electrodes import positive_capacity_ah_per_cm3, thickness_ratio
from lcopt.cell.formats.pouch import bare_pitch_um, bicell_pitch_um, layers_count
from lcopt.cell.impedance import at_soc
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import BATCH_COUNT
from lcopt.selection.geometry import build_geometry
from lcopt.selection.space import (
    POUCH,
    Candidates,
    Counts,
    Platforms,
    layouts_in_voltage_class,
    module_layouts,
    no_size,
    with_every_class,
    with_every_heater,
)
from lcopt.selection.tasks import PackTask
from lcopt.units import MAH_PER_AH, UM_PER_CM, WH_PER_KWH

# Energy hardly depends on the capacity besides being proportional: each pass gains three digits.
FIT_PASSES = 4
# Rounding of the fit must not leave a pack below its energy.
FIT_SURPLUS_FRAC = 1e-10
# The layouts of one cell differ by this little in energy; anything above is an excess.
FITTED_WITHIN_FRAC = 1e-4
# Packs of given cells with less than this share of the energy are no near miss that a diagnosis could name.
GIVEN_ENERGY_LEAST_FRAC = 0.5
# How far the energy at half charge may lie above that of a discharge; the exact energy is a limit of every candidate.
GIVEN_ROOM_FRAC = 0.15


def largest_loading_mah_per_cm2(engineering: Engineering) -> FloatArray:
    """Areal capacity at which the thicker coating reaches its bound, shape (n_chemistries,)."""
    couples = engineering.couples
    thicker = np.maximum(1.0, thickness_ratio(couples))
    positive_um = engineering.bound("coating_thickness_um") / thicker
    per_um = positive_capacity_ah_per_cm3(couples, engineering.conventions) * (MAH_PER_AH / UM_PER_CM)
    return np.asarray(positive_um * per_um)


def full_loadings(engineering: Engineering) -> list[FloatArray]:
    """Loadings whose whole layers fill the thickest cell, rising, for every chemistry; the coating bound ends them.

    With a number of layers given, cost and density are best where the cell is full; between two such loadings both move
    smoothly, so a limit that turns there is found exactly.
    """
    couples, grid = engineering.couples, engineering.grid
    ratio, pouch = thickness_ratio(couples), engineering.pack.cell.pouch
    per_um = positive_capacity_ah_per_cm3(couples, engineering.conventions) * (MAH_PER_AH / UM_PER_CM)
    largest = largest_loading_mah_per_cm2(engineering)
    thickest_mm = engineering.bound("pouch_thickness_mm")

    def layers(loading: FloatArray | float) -> FloatArray:
        pitch_um = bicell_pitch_um(couples, loading / per_um, ratio)
        return layers_count(thickest_mm, pitch_um, couples.negative_foil_thickness_um, pouch)

    most, least = layers(grid.areal_capacity_min_mah_per_cm2), layers(largest)
    room_um = layers_count(thickest_mm, np.ones_like(ratio), couples.negative_foil_thickness_um, pouch)
    full = []
    for couple in range(len(engineering.chemistries)):
        count = np.arange(np.floor(most[couple]), least[couple], -1)
        coatings_um = room_um[couple] / count - bare_pitch_um(couples)[couple]
        loading = coatings_um / (2 * (1 + ratio[couple])) * per_um[couple]
        full.append(np.append(loading, largest[couple]))
    return full


def one_a_step(rising: FloatArray, step: float) -> FloatArray:
    """The first of every step of a rising row, and its last."""
    _, first = np.unique(np.floor(rising / step), return_index=True)
    return np.unique(np.append(rising[first], rising[-1]))


def loadings_between(left: Candidates, right: Candidates, loadings: Sequence[FloatArray]) -> Candidates:
    """Candidates at every listed loading strictly between two neighbors, with the counts and family of the left one."""
    parts = []
    for couple, listed in enumerate(loadings):
        here = np.flatnonzero(left.platforms.couple == couple)
        low, high = (side.platforms.areal_capacity_mah_per_cm2[here] for side in (left, right))
        first, last = np.searchsorted(listed, low, side="right"), np.searchsorted(listed, high, side="left")
        count = np.maximum(last - first, 0)
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        found = left.take(np.repeat(here, count))
        loading = listed[np.repeat(first, count) + within]
        parts.append(replace(found, platforms=replace(found.platforms, areal_capacity_mah_per_cm2=loading)))
    return Candidates.join(parts)


def own_candidates(task: PackTask, loadings: Sequence[FloatArray], engineering: Engineering) -> Candidates:
    """Candidates of one pack: cells that fit its energy exactly, and cells of the capacity grid with some excess.

    Parameters
    ----------
    task : PackTask
    loadings : sequence of ndarray
        Areal capacities to build, for every chemistry. [mAh/cm2]
    engineering : Engineering
    """
    fitted = fit_capacity(task, _exact_grid(task, loadings, engineering), engineering)
    rounded = _on_capacity_grid(fitted, engineering)
    good = buildable(Candidates.join([fitted, rounded]), engineering)
    return with_every_heater(with_every_class(good, len(engineering.classes.speed_factor)), task.cold.heaters)


def _exact_grid(task: PackTask, loadings: Sequence[FloatArray], engineering: Engineering) -> Candidates:
    """Every loading, aspect ratio and layout of every chemistry, with a first guess of the capacity."""
    layouts = module_layouts(engineering.grid)
    half_ocv_v = at_soc(engineering.couples.ocv_v, 0.5)
    parts = []
    offset = 0
    for couple, loading_mah_per_cm2 in enumerate(loadings):
        full_v = engineering.couples.ocv_v[couple, -1]
        counts = layouts_in_voltage_class(layouts, task.voltage, half_ocv_v[couple], full_v)
        cells = counts.cells_in_series_count * counts.cells_in_parallel_count
        guess_ah = task.pack.energy_kwh * WH_PER_KWH / (cells * half_ocv_v[couple])
        fits = (guess_ah >= engineering.grid.cell_capacity_min_ah) & (
            guess_ah <= engineering.bound("pouch_capacity_ah")
        )
        counts, guess_ah = counts.take(fits), guess_ah[fits]
        shape = (len(engineering.aspect_ratios), len(counts), len(loading_mah_per_cm2))
        ratio, layout, loading = (axis.ravel() for axis in np.indices(shape))
        platforms = Platforms(
            couple=np.full(loading.size, couple),
            technology_class=np.zeros(loading.size, dtype=np.int64),
            cell_format=np.full(loading.size, POUCH),
            areal_capacity_mah_per_cm2=loading_mah_per_cm2[loading],
            cell_capacity_ah=guess_ah[layout],
            aspect_ratio=engineering.aspect_ratios[ratio],
            **no_size(loading.size),
            quote=np.zeros(loading.size, dtype=np.int64),
        )
        family = offset + ratio * len(counts) + layout
        offset += shape[0] * shape[1]
        parts.append(Candidates(platforms, counts.take(layout), family))
    return Candidates.join(parts)


def fit_capacity(
    task: PackTask, candidates: Candidates, engineering: Engineering, passes: int = FIT_PASSES
) -> Candidates:
    """Set the cell capacity so that the pack's energy is met exactly.

    Candidates that differ in layout only get the same cell: the one that meets the energy in the worst of the layouts.
    """
    group = _same_cell(candidates)
    platforms = candidates.platforms
    for _ in range(passes):
        energy = pack_energies_kwh(task, platforms, candidates.counts, engineering)
        wanted = platforms.cell_capacity_ah * energy_ratio(task, energy)
        largest = np.full(group.max(initial=-1) + 1, -np.inf)
        np.maximum.at(largest, group, wanted)
        platforms = replace(platforms, cell_capacity_ah=largest[group])
    return replace(candidates, platforms=platforms)


def fits_energy(task: PackTask, energy_kwh: FloatArray) -> BoolArray:
    """Whether an energy is the required one and not an excess."""
    return np.asarray(energy_kwh <= task.pack.energy_kwh * (1 + FITTED_WITHIN_FRAC))


def energy_ratio(task: PackTask, energy_kwh: FloatArray) -> FloatArray:
    """Factor on the capacity that brings an energy to the required one."""
    return task.pack.energy_kwh * (1 + FIT_SURPLUS_FRAC) / energy_kwh


def _same_cell(candidates: Candidates) -> IntArray:
    """Number of the group of candidates that share loading, aspect ratio, series and parallel counts."""
    platforms, counts = candidates.platforms, candidates.counts
    keys = np.stack(
        [
            platforms.couple,
            platforms.technology_class,
            platforms.areal_capacity_mah_per_cm2,
            platforms.aspect_ratio,
            counts.cells_in_series_count,
            counts.cells_in_parallel_count,
        ]
    )
    _, group = np.unique(keys, axis=1, return_inverse=True)
    return np.asarray(group, dtype=np.int64).ravel()


def pack_energies_kwh(task: PackTask, platforms: Platforms, counts: Counts, engineering: Engineering) -> FloatArray:
    """Energy of each candidate, batch by batch, shape (n_candidates,)."""
    energies = np.empty(len(counts))
    for start in range(0, len(counts), BATCH_COUNT):
        index = np.arange(start, min(start + BATCH_COUNT, len(counts)))
        geometry = build_geometry(task, platforms.take(index), counts.take(index), engineering)
        energies[index] = geometry.pack.pack_energy_out_kwh
    return energies


def _on_capacity_grid(fitted: Candidates, engineering: Engineering) -> Candidates:
    """Candidates with the next capacities of the grid above the exact ones, within the bound on excess energy."""
    grid = engineering.grid
    exact = fitted.platforms.cell_capacity_ah
    parts: list[Candidates] = []
    above = np.ceil(exact / grid.cell_capacity_step_ah) * grid.cell_capacity_step_ah
    most = exact * (1 + grid.energy_excess_max_frac)
    while (inside := above <= most).any():
        chosen = fitted.take(inside)
        platforms = replace(chosen.platforms, cell_capacity_ah=above[inside])
        parts.append(Candidates(platforms, chosen.counts, chosen.family + _families(fitted) * (len(parts) + 1)))
        above = above + grid.cell_capacity_step_ah
    return Candidates.join(parts) if parts else fitted.take(np.zeros(0, dtype=np.int64))


def _families(candidates: Candidates) -> int:
    return int(candidates.family.max(initial=-1)) + 1


def buildable(candidates: Candidates, engineering: Engineering) -> Candidates:
    """Those whose cell capacity lies within the catalog's bounds."""
    capacity = candidates.platforms.cell_capacity_ah
    inside = (capacity >= engineering.grid.cell_capacity_min_ah) & (capacity <= engineering.bound("pouch_capacity_ah"))
    return candidates.take(inside)


def counts_that_carry(
    task: PackTask, cell_energy_kwh: FloatArray, couple: int, engineering: Engineering
) -> tuple[IntArray, Counts]:
    """For given cells of one chemistry, every layout whose energy meets the pack within the bound on excess.

    Returns
    -------
    index : ndarray of int, shape (n,)
        Which cell.
    counts : Counts
        The layout, shape (n,).
    """
    ocv_v = engineering.couples.ocv_v[couple : couple + 1]
    layouts = layouts_in_voltage_class(
        module_layouts(engineering.grid), task.voltage, float(at_soc(ocv_v, 0.5)[0]), float(ocv_v[0, -1])
    )
    cells = layouts.cells_in_series_count * layouts.cells_in_parallel_count
    most = task.pack.energy_kwh * (1 + engineering.grid.energy_excess_max_frac)
    energy = cell_energy_kwh[:, None] * cells[None, :]
    # A per mille of room, since wiring differs between packs; the exact limits are checked on every candidate.
    index, layout = np.nonzero((energy >= task.pack.energy_kwh * 0.999) & (energy <= most * 1.001))
    return index, layouts.take(layout)


def given_candidates(task: PackTask, engineering: Engineering) -> Candidates:
    """Every pack that the given cells of the search make within the bound on excess, from half the energy on."""
    platforms = engineering.given.platforms
    parts = []
    for couple in np.unique(platforms.couple):
        here = platforms.take(platforms.couple == couple)
        ocv_v = engineering.couples.ocv_v[couple : couple + 1]
        half_v = float(at_soc(ocv_v, 0.5)[0])
        layouts = layouts_in_voltage_class(module_layouts(engineering.grid), task.voltage, half_v, float(ocv_v[0, -1]))
        cells = layouts.cells_in_series_count * layouts.cells_in_parallel_count
        # The open-circuit energy is above that of a discharge, so this keeps all packs within the bound and some more.
        energy_kwh = here.cell_capacity_ah[:, None] * half_v * cells[None, :] / WH_PER_KWH
        most = task.pack.energy_kwh * (1 + engineering.grid.energy_excess_max_frac) * (1 + GIVEN_ROOM_FRAC)
        least = task.pack.energy_kwh * GIVEN_ENERGY_LEAST_FRAC
        index, layout = np.nonzero((energy_kwh >= least) & (energy_kwh <= most))
        parts.append(Candidates(here.take(index), layouts.take(layout), np.arange(index.size)))
    none = Candidates(platforms, _no_counts(engineering), np.zeros(0, np.int64))
    return with_every_heater(Candidates.join(parts), task.cold.heaters) if parts else none


def _no_counts(engineering: Engineering) -> Counts:
    return module_layouts(engineering.grid).take(np.zeros(0, dtype=np.int64))
