"""The search of one pack and the sharing of cells between packs: which candidates are evaluated at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.errors import InfeasibleError
from lcopt.performance.limits import LimitCheck, LimitKind, check_limits
from lcopt.selection.binding import (
    Brackets,
    between_neighbors,
    bind_exactly,
    turning_points,
    turning_points_between,
    turns_of,
    with_largest_excess,
)
from lcopt.selection.diagnosis import Diagnosis, PackDiagnosis
from lcopt.selection.engineering import Engineering, PackTask
from lcopt.selection.evaluation import Values, evaluate_in_batches
from lcopt.selection.fitting import (
    counts_that_carry,
    fit_capacity,
    fits_energy,
    full_loadings,
    given_candidates,
    loadings_between,
    one_a_step,
    own_candidates,
)
from lcopt.selection.space import Candidates, Platforms

# Candidates whose neighbors are tried between two loadings of the grid, for every chemistry and technology class.
POLISHED_COUNT = 12
STEPS_A_SIZE = 3
POLISHING_ROUNDS = 9 * STEPS_A_SIZE
# A limit is bound exactly where its chemistry could come within this share of its cheapest candidate.
REFINED_WITHIN_FRAC = 0.01
# A limit that is missed by more is not met with the largest excess of energy.
CURABLE_FRAC = 0.12
# Pairs of neighbors between which cells are filled, for every chemistry and technology class.
FILLED_COUNT = 3000
# Exact fits that are tried with more capacity, for every chemistry and technology class.
STRETCHED_COUNT = 1500
# Loadings that one pack offers to the others, for every chemistry and technology class.
OFFERED_LOADINGS_COUNT = 8

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Explored:
    """Evaluated candidates of one pack with their values and limits, one element a candidate.

    `evaluated_count` also counts candidates that were dropped because they miss a limit.
    """

    task: PackTask
    candidates: Candidates
    values: Values
    check: LimitCheck
    evaluated_count: int

    @property
    def cost_usd_per_pack(self) -> FloatArray:
        """Lifecycle cost, shape (n,)."""
        return self.values["lifecycle_cost_usd_per_pack"]

    @property
    def feasible(self) -> BoolArray:
        """Whether a candidate meets every limit, shape (n,)."""
        return self.check.feasible

    @property
    def within_bounds(self) -> BoolArray:
        """Whether a candidate lies within the bounds of the catalog, shape (n,)."""
        rows = [row for row, limit in enumerate(self.check.limits) if limit.kind is LimitKind.CATALOG_BOUND]
        within: BoolArray = np.logical_and.reduce(self.check.met[rows], axis=0)
        return within

    @property
    def feasible_cost_usd_per_pack(self) -> FloatArray:
        """Lifecycle cost, infinite where a limit is missed, shape (n,)."""
        return np.where(self.feasible, self.cost_usd_per_pack, np.inf)

    def nearly_met(self, kind: LimitKind) -> BoolArray:
        """Whether each limit of a kind is met or missed by no more than another capacity could cure, (n_limits, n)."""
        limits = [limit for limit in self.check.limits if limit.kind is kind]
        return np.stack(
            [limit.margin(self.values[limit.quantity]) >= -CURABLE_FRAC * abs(limit.bound) for limit in limits]
        )

    def joined(self, *others: Explored) -> Explored:
        """These candidates and others of the same pack."""
        parts = (self, *others)
        return Explored(
            task=self.task,
            candidates=Candidates.join([part.candidates for part in parts]),
            values={name: np.concatenate([part.values[name] for part in parts]) for name in self.values},
            check=LimitCheck(self.check.limits, np.concatenate([part.check.met for part in parts], axis=1)),
            evaluated_count=sum(part.evaluated_count for part in parts),
        )

    def feasible_only(self) -> Explored:
        """Without the candidates that miss a limit, which still count as evaluated."""
        return replace(self.taken(np.flatnonzero(self.feasible)), evaluated_count=self.evaluated_count)

    def taken(self, index: IntArray) -> Explored:
        """The candidates at `index`, which count where they came from."""
        return Explored(
            task=self.task,
            candidates=self.candidates.take(index),
            values={name: value[index] for name, value in self.values.items()},
            check=LimitCheck(self.check.limits, self.check.met[:, index]),
            evaluated_count=0,
        )

    def __len__(self) -> int:
        return len(self.candidates)


def explore(task: PackTask, engineering: Engineering, progress: Progress | None = None) -> Explored:
    """The grid of one pack, the loadings where a limit binds, and the loadings around the cheapest.

    Raises
    ------
    InfeasibleError
        Where the catalog has no candidate with the energy and the voltage of the pack.
    """
    if engineering.given.only:
        return _explored_given(task, engineering, progress)
    full = full_loadings(engineering)
    step = engineering.grid.areal_capacity_step_mah_per_cm2
    grid = own_candidates(task, [one_a_step(loadings, step) for loadings in full], engineering)
    if not len(grid):
        raise _nothing_to_build(task)
    explored = _evaluated(task, grid, engineering, progress)
    explored = _with_full_cells(explored, full, engineering)
    explored = _with_excess(explored, engineering)
    explored = _with_binding_loadings(explored, engineering)
    return _with_given(_polished(explored, engineering), engineering)


def _nothing_to_build(task: PackTask) -> InfeasibleError:
    diagnosis = Diagnosis((PackDiagnosis(pack=task.pack.name, candidates_count=0, alone=(), relaxations=()),))
    return InfeasibleError(str(diagnosis), diagnosis)


def _explored_given(task: PackTask, engineering: Engineering, progress: Progress | None) -> Explored:
    """Every pack of one task that the given cells make, also those with too little energy, for the diagnosis."""
    candidates = given_candidates(task, engineering)
    if not len(candidates):
        raise _nothing_to_build(task)
    return _evaluated(task, candidates, engineering, progress)


def _with_given(explored: Explored, engineering: Engineering) -> Explored:
    """The candidates of a pack and those built from the given cells."""
    candidates = given_candidates(explored.task, engineering)
    if not len(candidates):
        return explored
    return explored.joined(_evaluated(explored.task, candidates, engineering).feasible_only())


def offer_loadings(explored: Explored, engineering: Engineering) -> list[FloatArray]:
    """Loadings of the cheapest feasible candidates, for every chemistry, to be tried by other packs."""
    cost, platforms = explored.feasible_cost_usd_per_pack, explored.candidates.platforms
    chosen = _cheapest_of_each(cost, _kind(platforms, engineering), OFFERED_LOADINGS_COUNT)
    couple, loading = platforms.couple[chosen], platforms.areal_capacity_mah_per_cm2[chosen]
    return [np.unique(loading[couple == number]) for number in range(len(engineering.chemistries))]


def with_loadings(explored: Explored, loadings: Sequence[FloatArray], engineering: Engineering) -> Explored:
    """The candidates of a pack and more of its own at given loadings."""
    candidates = own_candidates(explored.task, loadings, engineering)
    return explored.joined(_evaluated(explored.task, candidates, engineering)) if len(candidates) else explored


def offer_platforms(explored: Explored, engineering: Engineering) -> tuple[Platforms, FloatArray]:
    """Cells that serve their own pack at a cost within the sharing margin, and the energy of one such cell [kWh]."""
    cost = explored.feasible_cost_usd_per_pack
    good = np.flatnonzero(cost <= cost.min() * (1 + engineering.grid.sharing_margin_frac))
    platforms, counts = explored.candidates.platforms.take(good), explored.candidates.counts.take(good)
    _, first = np.unique(platforms.keys, axis=0, return_index=True)
    cells = counts.cells_in_series_count * counts.cells_in_parallel_count
    return platforms.take(first), (explored.values["pack_energy_kwh"][good] / cells)[first]


def with_platforms(
    explored: Explored, platforms: Platforms, cell_energy_kwh: FloatArray, engineering: Engineering
) -> Explored:
    """The candidates of a pack and those built from cells that other packs offer."""
    parts = []
    for couple in np.unique(platforms.couple):
        here = platforms.couple == couple
        index, counts = counts_that_carry(explored.task, cell_energy_kwh[here], int(couple), engineering)
        candidates = Candidates(platforms.take(here).take(index), counts, np.arange(index.size))
        if len(candidates):
            parts.append(_evaluated(explored.task, candidates, engineering).feasible_only())
    return explored.joined(*parts)


def _evaluated(
    task: PackTask, candidates: Candidates, engineering: Engineering, progress: Progress | None = None
) -> Explored:
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
    cost = np.minimum(explored.cost_usd_per_pack[left], explored.cost_usd_per_pack[right])
    pairs &= cost <= _cutoff(explored, engineering)[left]
    index = np.flatnonzero(pairs)
    kind = _kind(explored.candidates.platforms.take(left[index]), engineering)
    index = index[_cheapest_of_each(cost[index], kind, FILLED_COUNT)]
    between = loadings_between(explored.candidates.take(left[index]), explored.candidates.take(right[index]), full)
    if not len(between):
        return explored
    return explored.joined(_evaluated(explored.task, fit_capacity(explored.task, between, engineering), engineering))


def _with_excess(explored: Explored, engineering: Engineering) -> Explored:
    """And the cheapest exact fits with the largest excess, and with what a limit or another year of life needs.

    More energy than asked for can pay: it meets a limit that the exact fit misses, charges faster, or lasts a year
    longer.
    """
    fitted = fits_energy(explored.task, explored.values["pack_energy_kwh"])
    curable = np.logical_and.reduce([*explored.nearly_met(LimitKind.SCENARIO), fitted], axis=0)
    tried = np.flatnonzero(curable)
    kind = _kind(explored.candidates.platforms.take(tried), engineering)
    tried = tried[_cheapest_of_each(explored.cost_usd_per_pack[tried], kind, STRETCHED_COUNT)]
    if not tried.size:
        return explored
    exact = explored.candidates.take(tried)
    largest = with_largest_excess(exact, int(explored.candidates.family.max()) + 1, engineering)
    stretched = _evaluated(explored.task, largest, engineering)
    together = explored.joined(stretched)
    cutoff = _cutoff(together, engineering)[tried]
    worth = np.minimum(explored.cost_usd_per_pack[tried], stretched.cost_usd_per_pack) <= cutoff
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
    worth = explored.cost_usd_per_pack <= _cutoff(explored, engineering)
    turns = turns_of(explored.task, explored.values)
    return _with_bound(explored, turning_points(explored.candidates, turns, worth, fitted), engineering)


def _with_bound(explored: Explored, brackets: Brackets, engineering: Engineering) -> Explored:
    if not brackets.row.size:
        return explored
    bound = bind_exactly(explored.task, brackets, engineering)
    # Each is a family of its own: it has no neighbors in loading that were made with it.
    families = int(explored.candidates.family.max()) + 1 + np.arange(len(bound))
    return explored.joined(_evaluated(explored.task, replace(bound, family=families), engineering))


def _cutoff(explored: Explored, engineering: Engineering) -> FloatArray:
    """Cost up to which a candidate could come near the best of its kind; infinite while its kind has none."""
    kind = _kind(explored.candidates.platforms, engineering)
    best = np.full(kind.max() + 1, np.inf)
    np.minimum.at(best, kind, explored.feasible_cost_usd_per_pack)
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
        found.append(_evaluated(explored.task, near, engineering))
        pool = best.joined(found[-1])
        best = pool.taken(_cheapest_builds(pool, engineering))
    return explored.joined(*found)


def _cheapest_builds(explored: Explored, engineering: Engineering) -> IntArray:
    """The cheapest candidate of each of the cheapest ways to build a pack: kind, aspect ratio, counts and layout."""
    cost = explored.feasible_cost_usd_per_pack
    near = np.flatnonzero(cost <= _cutoff(explored, engineering))
    near = near[np.isfinite(cost[near])]
    platforms, counts = explored.candidates.platforms.take(near), explored.candidates.counts.take(near)
    kind = _kind(platforms, engineering)
    columns = [kind, platforms.aspect_ratio, *(getattr(counts, item.name) for item in fields(counts))]
    _, build = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    best = _cheapest_of_each(cost[near], build.ravel(), 1)
    return near[best[_cheapest_of_each(cost[near][best], kind[best], POLISHED_COUNT)]]


def _kind(platforms: Platforms, engineering: Engineering) -> IntArray:
    """Number of the chemistry with its technology class."""
    return platforms.couple * len(engineering.classes.speed_factor) + platforms.technology_class


def _cheapest_of_each(cost: FloatArray, kind: IntArray, count: int) -> IntArray:
    """Indices of the `count` cheapest finite entries of every kind."""
    order = np.lexsort((cost, kind))
    order = order[np.isfinite(cost[order])]
    first = np.searchsorted(kind[order], kind[order], side="left")
    return order[np.arange(order.size) - first < count]
