"""The search of one pack built of pouch cells in modules: which candidates are evaluated at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.performance.limits import LimitKind, check_limits
from lcopt.selection.binding import (
    Brackets,
    between_neighbors,
    bind_exactly,
    turning_points,
    turning_points_between,
    turns_of,
    with_largest_excess,
)
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import evaluate_in_batches
from lcopt.selection.explored import Explored, cheapest_of_each
from lcopt.selection.fitting import (
    fit_capacity,
    fits_energy,
    full_loadings,
    loadings_between,
    one_a_step,
    own_candidates,
)
from lcopt.selection.space import Candidates, Platforms
from lcopt.selection.tasks import PackTask

# Candidates whose neighbors are tried between two loadings of the grid, for every chemistry and technology class.
POLISHED_COUNT = 12
STEPS_A_SIZE = 3
POLISHING_ROUNDS = 9 * STEPS_A_SIZE
# A limit is bound exactly where its chemistry could come within this share of its cheapest candidate.
REFINED_WITHIN_FRAC = 0.01
# Pairs of neighbors between which cells are filled, for every chemistry and technology class.
FILLED_COUNT = 3000
# Exact fits that are tried with more capacity, for every chemistry and technology class.
STRETCHED_COUNT = 1500

Progress = Callable[[float], None]


def explore_pouch(task: PackTask, engineering: Engineering, progress: Progress | None = None) -> Explored | None:
    """The grid of one pack, the loadings where a limit binds, and the loadings around the cheapest.

    None where the catalog has no pouch cell with the energy and the voltage of the pack.
    """
    full = full_loadings(engineering)
    step = engineering.grid.areal_capacity_step_mah_per_cm2
    grid = own_candidates(task, [one_a_step(loadings, step) for loadings in full], engineering)
    if not len(grid):
        return None
    explored = evaluated(task, grid, engineering, progress)
    explored = _with_full_cells(explored, full, engineering)
    explored = _with_excess(explored, engineering)
    explored = _with_binding_loadings(explored, engineering)
    return _polished(explored, engineering)


def evaluated(
    task: PackTask, candidates: Candidates, engineering: Engineering, progress: Progress | None = None
) -> Explored:
    """Candidates with all their values and limits."""
    values = evaluate_in_batches(task, candidates.platforms, candidates.counts, engineering, progress)
    return Explored(task, candidates, values, check_limits(task.limits, values), len(candidates))


def _with_full_cells(explored: Explored, full: Sequence[FloatArray], engineering: Engineering) -> Explored:
    """And the loadings that fill a cell, left out of the grid, wherever the cheapest could lie between its loadings."""
    order = np.lexsort((explored.candidates.platforms.areal_capacity_mah_per_cm2, explored.candidates.family))
    fitted = fits_energy(explored.task, explored.values["pack_energy_kwh"])
    left, right = order[:-1], order[1:]
    pairs = (explored.candidates.family[left] == explored.candidates.family[right]) & fitted[left] & fitted[right]
    # Limits of the scenario turn at most once on the way; bounds on the size may be met by a full cell alone.
    near = explored.nearly_met(LimitKind.SCENARIO)
    pairs &= np.logical_and.reduce(near[:, left] | near[:, right], axis=0)
    cost = np.minimum(explored.sought_usd_per_pack[left], explored.sought_usd_per_pack[right])
    pairs &= cost <= _cutoff(explored, engineering)[left]
    index = np.flatnonzero(pairs)
    kind = kind_of(explored.candidates.platforms.take(left[index]), engineering)
    index = index[cheapest_of_each(cost[index], kind, FILLED_COUNT)]
    between = loadings_between(explored.candidates.take(left[index]), explored.candidates.take(right[index]), full)
    if not len(between):
        return explored
    return explored.joined(evaluated(explored.task, fit_capacity(explored.task, between, engineering), engineering))


def _with_excess(explored: Explored, engineering: Engineering) -> Explored:
    """And the cheapest exact fits with the largest excess, and with what a limit or another year of life needs.

    More energy than asked for can pay: it meets a limit that the exact fit misses, charges faster, or lasts a year
    longer.
    """
    fitted = fits_energy(explored.task, explored.values["pack_energy_kwh"])
    curable = np.logical_and.reduce([*explored.nearly_met(LimitKind.SCENARIO), fitted], axis=0)
    tried = np.flatnonzero(curable)
    kind = kind_of(explored.candidates.platforms.take(tried), engineering)
    tried = tried[cheapest_of_each(explored.sought_usd_per_pack[tried], kind, STRETCHED_COUNT)]
    if not tried.size:
        return explored
    exact = explored.candidates.take(tried)
    largest = with_largest_excess(exact, int(explored.candidates.family.max()) + 1, engineering)
    stretched = evaluated(explored.task, largest, engineering)
    together = explored.joined(stretched)
    cutoff = _cutoff(together, engineering)[tried]
    worth = np.minimum(explored.sought_usd_per_pack[tried], stretched.sought_usd_per_pack) <= cutoff
    turns = turns_of(explored.task, {name: value[tried] for name, value in explored.values.items()})
    stretched_turns = turns_of(explored.task, stretched.values)
    index = np.flatnonzero(worth)
    brackets = turning_points_between(
        exact.take(index), largest.take(index), turns.take(index), stretched_turns.take(index)
    )
    return _with_bound(together, brackets, engineering)


def _with_binding_loadings(explored: Explored, engineering: Engineering) -> Explored:
    """And the loadings at which a limit turns."""
    fitted = fits_energy(explored.task, explored.values["pack_energy_kwh"])
    worth = explored.sought_usd_per_pack <= _cutoff(explored, engineering)
    turns = turns_of(explored.task, explored.values)
    return _with_bound(explored, turning_points(explored.candidates, turns, worth, fitted), engineering)


def _with_bound(explored: Explored, brackets: Brackets, engineering: Engineering) -> Explored:
    if not brackets.row.size:
        return explored
    bound = bind_exactly(explored.task, brackets, engineering)
    # Each is a family of its own: it has no neighbors in loading that were made with it.
    families = int(explored.candidates.family.max()) + 1 + np.arange(len(bound))
    return explored.joined(evaluated(explored.task, replace(bound, family=families), engineering))


def _cutoff(explored: Explored, engineering: Engineering) -> FloatArray:
    """Cost up to which a candidate could come near the best of its kind; infinite while its kind has none."""
    kind = kind_of(explored.candidates.platforms, engineering)
    best = np.full(kind.max() + 1, np.inf)
    np.minimum.at(best, kind, explored.feasible_sought_usd_per_pack)
    return np.asarray(best[kind] * (1 + REFINED_WITHIN_FRAC))


def _polished(explored: Explored, engineering: Engineering) -> Explored:
    """Step around the cheapest builds of each kind, a few times at each of ever smaller steps."""
    grid = engineering.grid
    best = explored.taken(_cheapest_builds(explored, engineering))
    found = []
    for number in range(POLISHING_ROUNDS if len(best) else 0):
        share = 0.5 ** (1 + number // STEPS_A_SIZE)
        near = between_neighbors(
            explored.task,
            best.candidates,
            grid.areal_capacity_step_mah_per_cm2 * share,
            grid.cell_capacity_step_ah * share,
            engineering,
        )
        found.append(evaluated(explored.task, near, engineering))
        pool = best.joined(found[-1])
        best = pool.taken(_cheapest_builds(pool, engineering))
    return explored.joined(*found)


def _cheapest_builds(explored: Explored, engineering: Engineering) -> IntArray:
    """The cheapest candidate of each of the cheapest ways to build a pack: kind, aspect ratio, counts and layout."""
    cost = explored.feasible_sought_usd_per_pack
    near = np.flatnonzero(cost <= _cutoff(explored, engineering))
    near = near[np.isfinite(cost[near])]
    platforms, counts = explored.candidates.platforms.take(near), explored.candidates.counts.take(near)
    kind = kind_of(platforms, engineering)
    columns = [kind, platforms.aspect_ratio, *(getattr(counts, item.name) for item in fields(counts))]
    _, build = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    best = cheapest_of_each(cost[near], build.ravel(), 1)
    return near[best[cheapest_of_each(cost[near][best], kind[best], POLISHED_COUNT)]]


def kind_of(platforms: Platforms, engineering: Engineering) -> IntArray:
    """Number of the chemistry with its technology class."""
    return platforms.couple * len(engineering.classes.speed_factor) + platforms.technology_class
