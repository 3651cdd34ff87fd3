"""Candidates where a limit binds exactly, in loading or in capacity, and the neighbors of the cheapest.

So the optimum never sits between two points of the grid.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.performance.limits import check_limits
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import evaluate_in_batches
from lcopt.selection.fitting import (
    FIT_SURPLUS_FRAC,
    buildable,
    energy_ratio,
    fit_capacity,
    fits_energy,
    largest_loading_mah_per_cm2,
    pack_energies_kwh,
)
from lcopt.selection.geometry import Values
from lcopt.selection.space import Candidates, Platforms
from lcopt.selection.tasks import PackTask

# Halvings of the way between two neighbors: 0.2 mAh/cm2 becomes 5e-8.
BISECTION_STEPS = 22
# Steps in loading and in capacity to the neighbors of a candidate; the halves follow limits that bind on a slant.
NEIGHBORS = (
    *((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)),
    *((-1, -0.5), (1, 0.5), (-0.5, -1), (0.5, 1)),
)


@dataclass(frozen=True)
class Turns:
    """What can turn between two candidates: the limits first, then the ages that a pack reaches before it is replaced.

    `met` has the shape (n_limits + n_ages, n_candidates). Cost jumps where a pack lasts a year longer.
    """

    met: BoolArray
    limits_count: int

    def take(self, index: IntArray) -> Turns:
        """The candidates at `index`."""
        return Turns(self.met[:, index], self.limits_count)


@dataclass(frozen=True)
class Brackets:
    """Pairs of candidates with the same counts between which something turns, one element a pair.

    `row` is the row of `PackTask.turns`; `refit` says that both ends fit the pack's energy, and so does all between.
    """

    row: IntArray
    met: Candidates
    missed: Candidates
    refit: BoolArray


def turning_points(candidates: Candidates, turns: Turns, worth_a_look: BoolArray, is_fitted: BoolArray) -> Brackets:
    """Neighboring loadings of one family between which a limit or a pack life turns.

    Parameters
    ----------
    candidates : Candidates
    turns : Turns
        Of the candidates.
    worth_a_look : ndarray of bool, shape (n_candidates,)
        Candidates whose neighborhood is refined.
    is_fitted : ndarray of bool, shape (n_candidates,)
        Candidates whose energy is the required one exactly.
    """
    order = np.lexsort((candidates.platforms.areal_capacity_mah_per_cm2, candidates.family))
    left, right = order[:-1], order[1:]
    neighbors = candidates.family[left] == candidates.family[right]
    neighbors &= worth_a_look[left] | worth_a_look[right]
    left, right = left[neighbors], right[neighbors]
    refit = is_fitted[left] & is_fitted[right]
    return _brackets(candidates.take(left), candidates.take(right), turns.take(left), turns.take(right), refit)


def turning_points_between(left: Candidates, right: Candidates, turns_left: Turns, turns_right: Turns) -> Brackets:
    """Pairs of candidates that differ in capacity only, between which a limit or a pack life turns."""
    return _brackets(left, right, turns_left, turns_right, np.zeros(len(left), dtype=bool))


def turns_of(task: PackTask, values: Values) -> Turns:
    """Which limits candidates meet and which pack lives they reach."""
    return Turns(check_limits(task.turns, values).met, len(task.limits))


def _brackets(left: Candidates, right: Candidates, turns_left: Turns, turns_right: Turns, refit: BoolArray) -> Brackets:
    # The other limits may turn between the two as well, so each must be met on one side at least; a life need not be.
    required = slice(turns_left.limits_count)
    possible = np.logical_and.reduce(turns_left.met[required] | turns_right.met[required], axis=0)
    row, pair = np.nonzero(possible & (turns_left.met != turns_right.met))
    left, right, left_is_met = left.take(pair), right.take(pair), turns_left.met[row, pair]
    return Brackets(
        row=row,
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
    """The candidate of every bracket at which its limit or life turns, on the side that meets it."""
    met, missed = np.zeros(len(brackets.met)), np.ones(len(brackets.met))
    capacity = brackets.met.platforms.cell_capacity_ah
    for _ in range(BISECTION_STEPS):
        middle = (met + missed) / 2
        trial = _between(brackets, middle, capacity)
        values = evaluate_in_batches(task, trial.platforms, trial.counts, engineering)
        is_met = turns_of(task, values).met[brackets.row, np.arange(len(trial))]
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


def with_largest_excess(candidates: Candidates, first_free_family: int, engineering: Engineering) -> Candidates:
    """The same candidates as families of their own, with as much capacity as the bounds allow."""
    room = 1 + engineering.grid.energy_excess_max_frac * (1 - FIT_SURPLUS_FRAC)
    most = np.minimum(candidates.platforms.cell_capacity_ah * room, engineering.bound("pouch_capacity_ah"))
    platforms = replace(candidates.platforms, cell_capacity_ah=most)
    return replace(candidates, platforms=platforms, family=candidates.family + first_free_family)


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
