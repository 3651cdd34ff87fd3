"""Candidates that fit: capacities that meet a pack's energy exactly, loadings where a limit binds exactly.

So the optimum never sits between two points of a grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lcopt.cell.electrodes import positive_capacity_ah_per_cm3, thickness_ratio
from lcopt.cell.impedance import at_soc
from lcopt.selection.engineering import Engineering, PackTask
from lcopt.selection.evaluation import BATCH_COUNT, Values, build_geometry, charge_candidates, geometry_values
from lcopt.selection.space import (
    Counts,
    Platforms,
    areal_capacities,
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
    """Loadings of the grid for every chemistry, each up to where its coating bound binds."""
    return [areal_capacities(engineering.grid, largest) for largest in largest_loading_mah_per_cm2(engineering)]


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
        wanted = platforms.cell_capacity_ah * (task.pack.energy_kwh * (1 + FIT_SURPLUS_FRAC) / energy)
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
    """Neighbors of one family between which a limit turns: the limit's row, and the loading on either side."""

    limit: IntArray
    left: IntArray
    right: IntArray
    met_left: BoolArray


def turning_points(candidates: Candidates, met: BoolArray, costs_usd: FloatArray, cutoff_usd: FloatArray) -> Brackets:
    """Pairs of neighboring loadings of one family where a limit turns and the cheaper side is worth a look.

    Parameters
    ----------
    candidates : Candidates
    met : ndarray of bool, shape (n_limits, n_candidates)
    costs_usd, cutoff_usd : ndarray, shape (n_candidates,)
        Cost of each candidate, and the cost beyond which its chemistry is not refined.
    """
    order = np.lexsort((candidates.platforms.areal_capacity_mah_per_cm2, candidates.family))
    left, right = order[:-1], order[1:]
    neighbors = candidates.family[left] == candidates.family[right]
    neighbors &= np.minimum(costs_usd[left], costs_usd[right]) <= cutoff_usd[left]
    # The other limits may turn between the two as well, so each must be met on one side at least.
    neighbors &= (met[:, left] | met[:, right]).all(axis=0)
    turns = neighbors & (met[:, left] != met[:, right])
    limit, pair = np.nonzero(turns)
    return Brackets(limit=limit, left=left[pair], right=right[pair], met_left=met[limit, left[pair]])


def bind_exactly(task: PackTask, candidates: Candidates, brackets: Brackets, engineering: Engineering) -> Candidates:
    """Candidates at the loading where a limit turns, on the side that meets it, refitted to the energy."""
    start = candidates.take(brackets.left)
    loading = candidates.platforms.areal_capacity_mah_per_cm2
    good = np.where(brackets.met_left, loading[brackets.left], loading[brackets.right])
    bad = np.where(brackets.met_left, loading[brackets.right], loading[brackets.left])
    capacity = start.platforms.cell_capacity_ah
    is_fitted = _is_fitted(task, start, engineering)
    for _ in range(BISECTION_STEPS):
        middle = (good + bad) / 2
        trial = replace(
            start, platforms=replace(start.platforms, areal_capacity_mah_per_cm2=middle, cell_capacity_ah=capacity)
        )
        values = _limit_values(task, trial, engineering)
        met = _met_rowwise(task, brackets.limit, values)
        good, bad = np.where(met, middle, good), np.where(met, bad, middle)
        refit = capacity * task.pack.energy_kwh * (1 + FIT_SURPLUS_FRAC) / values["pack_energy_kwh"]
        capacity = np.where(is_fitted, refit, capacity)
    platforms = replace(start.platforms, areal_capacity_mah_per_cm2=good, cell_capacity_ah=capacity)
    found = replace(start, platforms=platforms)
    fitted = fit_capacity(task, found.take(is_fitted), engineering, passes=2)
    return Candidates.join([fitted, found.take(~is_fitted)])


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
    is_fitted = _is_fitted(task, chosen, engineering)
    largest = largest_loading_mah_per_cm2(engineering)
    platforms = chosen.platforms
    parts = []
    for sign in (-1, 1):
        loading = platforms.areal_capacity_mah_per_cm2 + sign * loading_step_mah_per_cm2
        inside = (loading > 0) & (loading <= largest[platforms.couple])
        moved = replace(chosen, platforms=replace(platforms, areal_capacity_mah_per_cm2=loading))
        parts.append(fit_capacity(task, moved.take(inside & is_fitted), engineering))
        parts.append(moved.take(inside & ~is_fitted))
        capacity = platforms.cell_capacity_ah + sign * capacity_step_ah
        larger = replace(chosen, platforms=replace(platforms, cell_capacity_ah=capacity))
        parts.append(_buildable(larger.take(~is_fitted | (capacity > platforms.cell_capacity_ah)), engineering))
    return Candidates.join(parts)


def _is_fitted(task: PackTask, candidates: Candidates, engineering: Engineering) -> BoolArray:
    energy = _energies(task, candidates.platforms, candidates.counts, engineering)
    return np.asarray(energy <= task.pack.energy_kwh * (1 + 1e-4))


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
