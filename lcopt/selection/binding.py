"""Candidates where a limit binds exactly, in loading or in capacity, and the neighbors of the cheapest.

So the optimum never sits between two points of the grid.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from lcopt.selection.engineering import Engineering, PackTask
from lcopt.selection.evaluation import BATCH_COUNT, Values, build_geometry, charge_candidates, geometry_values
from lcopt.selection.fitting import (
    FIT_SURPLUS_FRAC,
    buildable,
    energy_ratio,
    fit_capacity,
    fits_energy,
    largest_loading_mah_per_cm2,
    pack_energies_kwh,
)
from lcopt.selection.space import Candidates, Platforms
from lcopt.units import BoolArray, FloatArray, IntArray

# Halvings of the way between two neighbors: 0.2 mAh/cm2 becomes 5e-8.
BISECTION_STEPS = 22
# Steps in loading and in capacity to the eight neighbors of a candidate.
NEIGHBORS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


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
        refitted = trial.platforms.cell_capacity_ah * energy_ratio(task, values["pack_energy_kwh"])
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
    is_fitted = fits_energy(task, pack_energies_kwh(task, chosen.platforms, chosen.counts, engineering))
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
        parts.append(buildable(moved.take(inside), engineering))
    return Candidates.join(parts)


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
