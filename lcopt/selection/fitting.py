"""Candidates that fit: capacities that meet a pack's energy exactly, loadings where a limit binds exactly.

So the optimum never sits between two points of a grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lcopt.cell.electrodes import positive_capacity_ah_per_cm3, thickness_ratio
from lcopt.cell.formats.pouch import bare_pitch_um, bicell_pitch_um, layers_count
from lcopt.cell.impedance import at_soc
from lcopt.selection.engineering import Engineering, PackTask
from lcopt.selection.evaluation import BATCH_COUNT, Values, build_geometry, charge_candidates, geometry_values
from lcopt.selection.space import (
    Counts,
    Platforms,
    layouts_in_voltage_class,
    module_layouts,
)
from lcopt.units import UM_PER_CM, BoolArray, FloatArray, IntArray

MAH_PER_AH = 1000.0
WH_PER_KWH = 1000.0
# Energy hardly depends on the capacity besides being proportional: each pass gains three digits.
FIT_PASSES = 4
# Halvings of one grid step: 0.25 mAh/cm2 becomes 6e-8.
BISECTION_STEPS = 22
# Rounding of the fit must not leave a pack below its energy.
FIT_SURPLUS_FRAC = 1e-10
# The layouts of one cell differ by this little in energy; anything above is an excess.
FITTED_WITHIN_FRAC = 1e-4
# Steps in loading and in capacity to the eight neighbors of a candidate.
NEIGHBORS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


@dataclass(frozen=True)
class Candidates:
    """Platforms with counts, one element a candidate; `family` numbers those that differ in loading only."""

    platforms: Platforms
    counts: Counts
    family: IntArray

    def take(self, index: IntArray | BoolArray) -> Candidates:
        """The candidates at `index`."""
        return Candidates(self.platforms.take(index), self.counts.take(index), self.family[index])

    @classmethod
    def join(cls, parts: list[Candidates]) -> Candidates:
        """All parts one after the other."""
        return cls(
            Platforms.join([part.platforms for part in parts]),
            Counts.join([part.counts for part in parts]),
            np.concatenate([part.family for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.family)


def largest_loading_mah_per_cm2(engineering: Engineering) -> FloatArray:
    """Areal capacity at which the thicker coating reaches its bound, shape (n_chemistries,)."""
    couples = engineering.couples
    thicker = np.maximum(1.0, thickness_ratio(couples))
    positive_um = engineering.bound("coating_thickness_um") / thicker
    per_um = positive_capacity_ah_per_cm3(couples, engineering.conventions) * (MAH_PER_AH / UM_PER_CM)
    return np.asarray(positive_um * per_um)


def grid_loadings(engineering: Engineering) -> list[FloatArray]:
    """Loadings of the grid for every chemistry: whole layers fill the thickest cell; the last meets the coating bound.

    With a number of layers given, cost and density are best where the cell is full; between two such loadings both move
    smoothly, so a limit that turns there is found exactly.
    """
    couples, grid = engineering.couples, engineering.grid
    ratio, pouch = thickness_ratio(couples), engineering.pack.cell.pouch
    per_um = positive_capacity_ah_per_cm3(couples, engineering.conventions) * (MAH_PER_AH / UM_PER_CM)
    largest = largest_loading_mah_per_cm2(engineering)
    thickest_mm = engineering.bound("cell_thickness_mm")

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
        full.append(np.append(_apart(loading, grid.areal_capacity_step_mah_per_cm2), largest[couple]))
    return full


def _apart(rising: FloatArray, step: float) -> FloatArray:
    """Those of a rising row that are at least a step apart: the first of every step."""
    _, first = np.unique(np.floor(rising / step), return_index=True)
    return rising[first]


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
    return _with_every_class(_buildable(Candidates.join([fitted, rounded]), engineering), engineering)


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
        fits = (guess_ah >= engineering.grid.cell_capacity_min_ah) & (guess_ah <= engineering.bound("cell_capacity_ah"))
        counts, guess_ah = counts.take(fits), guess_ah[fits]
        shape = (len(engineering.aspect_ratios), len(counts), len(loading_mah_per_cm2))
        ratio, layout, loading = (axis.ravel() for axis in np.indices(shape))
        platforms = Platforms(
            couple=np.full(loading.size, couple),
            technology_class=np.zeros(loading.size, dtype=np.int64),
            areal_capacity_mah_per_cm2=loading_mah_per_cm2[loading],
            cell_capacity_ah=guess_ah[layout],
            aspect_ratio=engineering.aspect_ratios[ratio],
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
        energy = _energies(task, platforms, candidates.counts, engineering)
        wanted = platforms.cell_capacity_ah * _energy_ratio(task, energy)
        largest = np.full(group.max(initial=-1) + 1, -np.inf)
        np.maximum.at(largest, group, wanted)
        platforms = replace(platforms, cell_capacity_ah=largest[group])
    return replace(candidates, platforms=platforms)


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


def _energies(task: PackTask, platforms: Platforms, counts: Counts, engineering: Engineering) -> FloatArray:
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


def _buildable(candidates: Candidates, engineering: Engineering) -> Candidates:
    capacity = candidates.platforms.cell_capacity_ah
    inside = (capacity >= engineering.grid.cell_capacity_min_ah) & (capacity <= engineering.bound("cell_capacity_ah"))
    return candidates.take(inside)


def _with_every_class(candidates: Candidates, engineering: Engineering) -> Candidates:
    families = _families(candidates)
    return Candidates.join(
        [
            Candidates(
                replace(candidates.platforms, technology_class=np.full(len(candidates), number, dtype=np.int64)),
                candidates.counts,
                candidates.family + number * families,
            )
            for number in range(len(engineering.classes.speed_factor))
        ]
    )


@dataclass(frozen=True)
class Brackets:
    """Pairs of candidates with the same counts between which a limit turns, one element a pair.

    `limit` is the limit's row; `refit` says that both ends fit the pack's energy, and so does all between them.
    """

    limit: IntArray
    met: Candidates
    missed: Candidates
    refit: BoolArray


def turning_points(candidates: Candidates, met: BoolArray, worth_a_look: BoolArray, is_fitted: BoolArray) -> Brackets:
    """Neighboring loadings of one family between which a limit turns.

    Parameters
    ----------
    candidates : Candidates
    met : ndarray of bool, shape (n_limits, n_candidates)
    worth_a_look : ndarray of bool, shape (n_candidates,)
        Candidates whose neighborhood is refined.
    is_fitted : ndarray of bool, shape (n_candidates,)
        Candidates whose energy is the required one exactly.
    """
    order = np.lexsort((candidates.platforms.areal_capacity_mah_per_cm2, candidates.family))
    left, right = order[:-1], order[1:]
    neighbors = candidates.family[left] == candidates.family[right]
    neighbors &= worth_a_look[left] | worth_a_look[right]
    return _brackets(
        candidates.take(left[neighbors]),
        candidates.take(right[neighbors]),
        met[:, left[neighbors]],
        met[:, right[neighbors]],
        (is_fitted[left] & is_fitted[right])[neighbors],
    )


def turning_points_between(left: Candidates, right: Candidates, met_left: BoolArray, met_right: BoolArray) -> Brackets:
    """Pairs of candidates that differ in capacity only, between which a limit turns."""
    return _brackets(left, right, met_left, met_right, np.zeros(len(left), dtype=bool))


def _brackets(
    left: Candidates, right: Candidates, met_left: BoolArray, met_right: BoolArray, refit: BoolArray
) -> Brackets:
    # The other limits may turn between the two as well, so each must be met on one side at least.
    possible = np.logical_and.reduce(met_left | met_right, axis=0)
    limit, pair = np.nonzero(possible & (met_left != met_right))
    left, right, left_is_met = left.take(pair), right.take(pair), met_left[limit, pair]
    return Brackets(
        limit=limit,
        met=_chosen_rows(left_is_met, left, right),
        missed=_chosen_rows(left_is_met, right, left),
        refit=refit[pair],
    )


def _chosen_rows(condition: BoolArray, yes: Candidates, no: Candidates) -> Candidates:
    """Row i of `yes` where the condition holds, else of `no`; both have the same counts and families."""
    platforms = {
        item.name: np.where(condition, getattr(yes.platforms, item.name), getattr(no.platforms, item.name))
        for item in fields(Platforms)
    }
    return replace(yes, platforms=Platforms(**platforms))


def bind_exactly(task: PackTask, brackets: Brackets, engineering: Engineering) -> Candidates:
    """The candidate of every bracket at which its limit turns, on the side that meets it."""
    met, missed = np.zeros(len(brackets.met)), np.ones(len(brackets.met))
    capacity = brackets.met.platforms.cell_capacity_ah
    for _ in range(BISECTION_STEPS):
        middle = (met + missed) / 2
        trial = _between(brackets, middle, capacity)
        values = _limit_values(task, trial, engineering)
        is_met = _met_rowwise(task, brackets.limit, values)
        met, missed = np.where(is_met, middle, met), np.where(is_met, missed, middle)
        refitted = trial.platforms.cell_capacity_ah * _energy_ratio(task, values["pack_energy_kwh"])
        capacity = np.where(brackets.refit, refitted, capacity)
    found = _between(brackets, met, capacity)
    fitted = fit_capacity(task, found.take(brackets.refit), engineering, passes=2)
    return Candidates.join([fitted, found.take(~brackets.refit)])


def _between(brackets: Brackets, share: FloatArray, fitted_capacity_ah: FloatArray) -> Candidates:
    """Candidates on the way from the met to the missed end."""
    near, far = brackets.met.platforms, brackets.missed.platforms
    loading = near.areal_capacity_mah_per_cm2 * (1 - share) + far.areal_capacity_mah_per_cm2 * share
    capacity = near.cell_capacity_ah * (1 - share) + far.cell_capacity_ah * share
    platforms = replace(
        near,
        areal_capacity_mah_per_cm2=loading,
        cell_capacity_ah=np.where(brackets.refit, fitted_capacity_ah, capacity),
    )
    return replace(brackets.met, platforms=platforms)


def with_largest_excess(candidates: Candidates, engineering: Engineering) -> Candidates:
    """The same candidates with as much capacity as the bounds on excess energy and capacity allow."""
    room = 1 + engineering.grid.energy_excess_max_frac * (1 - FIT_SURPLUS_FRAC)
    most = np.minimum(candidates.platforms.cell_capacity_ah * room, engineering.bound("cell_capacity_ah"))
    return replace(candidates, platforms=replace(candidates.platforms, cell_capacity_ah=most))


def between_neighbors(
    task: PackTask,
    chosen: Candidates,
    loading_step_mah_per_cm2: float,
    capacity_step_ah: float,
    engineering: Engineering,
) -> Candidates:
    """The chosen candidates one step away in loading, and one step away in capacity.

    With another loading, cells that fitted the pack's energy are fitted again; a larger capacity is an excess of
    energy.
    """
    is_fitted = fits_energy(task, _energies(task, chosen.platforms, chosen.counts, engineering))
    largest = largest_loading_mah_per_cm2(engineering)
    platforms = chosen.platforms
    parts = []
    for loading_sign, capacity_sign in NEIGHBORS:
        loading = platforms.areal_capacity_mah_per_cm2 + loading_sign * loading_step_mah_per_cm2
        capacity = platforms.cell_capacity_ah + capacity_sign * capacity_step_ah
        inside = (loading > 0) & (loading <= largest[platforms.couple])
        moved = replace(
            chosen,
            platforms=replace(platforms, areal_capacity_mah_per_cm2=loading, cell_capacity_ah=capacity),
        )
        if capacity_sign == 0:
            parts.append(fit_capacity(task, moved.take(inside & is_fitted), engineering))
            inside &= ~is_fitted
        parts.append(_buildable(moved.take(inside), engineering))
    return Candidates.join(parts)


def fits_energy(task: PackTask, energy_kwh: FloatArray) -> BoolArray:
    """Whether an energy is the required one and not an excess."""
    return np.asarray(energy_kwh <= task.pack.energy_kwh * (1 + FITTED_WITHIN_FRAC))


def _energy_ratio(task: PackTask, energy_kwh: FloatArray) -> FloatArray:
    return task.pack.energy_kwh * (1 + FIT_SURPLUS_FRAC) / energy_kwh


def _limit_values(task: PackTask, candidates: Candidates, engineering: Engineering) -> Values:
    """Values of every limited quantity, without any cost."""
    parts = []
    for start in range(0, len(candidates), BATCH_COUNT):
        batch = candidates.take(np.arange(start, min(start + BATCH_COUNT, len(candidates))))
        geometry = build_geometry(task, batch.platforms, batch.counts, engineering)
        charging = charge_candidates(task, geometry, engineering)
        parts.append({**geometry_values(geometry, engineering), "charging_time_min": charging.charging_time_min})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _met_rowwise(task: PackTask, limit_rows: IntArray, values: Values) -> BoolArray:
    """Whether candidate i meets limit `limit_rows[i]`."""
    met = np.zeros(limit_rows.size, dtype=bool)
    for row, limit in enumerate(task.limits):
        here = limit_rows == row
        met[here] = limit.met(values[limit.quantity][here])
    return met


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
