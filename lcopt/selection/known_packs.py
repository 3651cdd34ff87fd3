"""The search of packs of cells with a case for many settings: what one setting has built serves the next.

Every pack is built, charged and costed by the same kernels as for one setting alone, which give each design the same
numbers in any company; so the search takes the same way to the same choice, to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.errors import InfeasibleError
from lcopt.inputs.words import HEATERS
from lcopt.performance.limits import LimitCheck
from lcopt.selection.cased_fitting import cased_candidates
from lcopt.selection.cased_search import STEPS_COUNT, Progress, build_numbers, steps_around
from lcopt.selection.diagnosis import Diagnosis, PackDiagnosis
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import batches
from lcopt.selection.explored import Explored, cheapest_one_of_each
from lcopt.selection.geometry import Values
from lcopt.selection.known_builds import UNKNOWN, KnownBuilds
from lcopt.selection.known_costs import COST, LIFE_VALUES, CostsUnder, KnownCosts, Pairs
from lcopt.selection.numbering import first_of_each, numbers_of
from lcopt.selection.space import NO_HEATER, Candidates
from lcopt.selection.tasks import PackTask

CHARGING, COLD_CHARGING, ENERGY = "charging_time_min", "cold_charging_time_min", "pack_energy_kwh"
# The number of the build of each candidate.
BUILD = "build_number"
_LATER = frozenset({CHARGING, COLD_CHARGING, *LIFE_VALUES})


@dataclass(frozen=True)
class KnownGrid:
    """The grid within the bounds of the catalog in every option, in the order of the search; `way` to build each."""

    pairs: Pairs
    way: IntArray
    builds_count: int


class KnownWays:
    """All that is known of the packs of one setting of building: the grid, the steps between builds, their costs.

    `grid` is None where the catalog has no cell with a case for the pack.
    """

    def __init__(self, task: PackTask, engineering: Engineering) -> None:
        self.builds = KnownBuilds(task, engineering)
        self.costs = KnownCosts(self.builds)
        self._steps: dict[float, _KnownSteps] = {}
        candidates = cased_candidates(task, engineering)
        self.grid = None if candidates is None else _grid_of(self.builds, candidates)

    @property
    def bytes_count(self) -> int:
        """Bytes that the builds and their costs take; grid and steps are small beside them."""
        return self.builds.bytes_count + self.costs.bytes_count

    def steps(self, share: float) -> _KnownSteps:
        """The steps of one size."""
        return self._steps.setdefault(share, _KnownSteps(self.builds, share))


def _grid_of(builds: KnownBuilds, candidates: Candidates) -> KnownGrid:
    number = builds.add(candidates, only_within=True)
    way = np.empty(len(builds), dtype=np.int64)
    within = np.flatnonzero(number != UNKNOWN)
    # Of identical builds all go by one number, which the steps find as well.
    number[within] = builds.numbers_of(candidates.take(within))
    way[number[within]] = build_numbers(candidates.take(within))
    classes, heaters = range(len(builds.engineering.classes.speed_factor)), builds.task.cold.heaters
    options = [(technology, heater) for technology in classes for heater in heaters]
    parts = []
    for index in batches(candidates.platforms):
        here = number[index][number[index] != UNKNOWN]
        parts += [(here, option) for option in range(len(options))]
    build = np.concatenate([here for here, _ in parts])
    option = np.repeat([number for _, number in parts], [len(here) for here, _ in parts])
    technology, heater = np.array(options).T
    return KnownGrid(
        Pairs(build, technology[option], heater[option]), way[build] * len(options) + option, builds_count=len(builds)
    )


@dataclass
class _KnownSteps:
    """Which builds the steps of one size reach from others; -1 where a step reaches none."""

    builds: KnownBuilds
    share: float
    _row_of: dict[int, int] = field(default_factory=dict)
    _reached: IntArray = field(default_factory=lambda: np.empty((0, STEPS_COUNT), dtype=np.int64))

    def reached(self, numbers: IntArray) -> IntArray:
        """Number of the build that each step reaches, shape (n, n_steps)."""
        missing = np.array([number for number in np.unique(numbers).tolist() if number not in self._row_of], np.int64)
        if missing.size:
            first = len(self._reached)
            self._reached = np.concatenate([self._reached, self._stepped(missing)])
            self._row_of.update(zip(missing.tolist(), range(first, len(self._reached)), strict=True))
        return self._reached[[self._row_of[number] for number in numbers.tolist()]]

    def _stepped(self, numbers: IntArray) -> IntArray:
        builds, like = self.builds, np.zeros(len(numbers), dtype=np.int64)
        origins = builds.candidates(numbers, like, like + NO_HEATER)
        energy_kwh = builds.value(ENERGY, numbers)
        steps = steps_around(builds.task, origins, energy_kwh, self.share, builds.engineering)
        found = builds.numbers_of(steps.reached)
        new = steps.reached.take(found == UNKNOWN)
        if len(new):
            builds.add(new.take(first_of_each(numbers_of(new.platforms, new.counts))))
            found = builds.numbers_of(steps.reached)
        reached = np.full((len(numbers), STEPS_COUNT), UNKNOWN)
        reached[steps.origin, steps.step] = found
        return reached


class KnownPacks:
    """Packs of cells with a case under one setting, for the search (`cased_search.CasedPacks`)."""

    def __init__(self, task: PackTask, engineering: Engineering, ways: KnownWays) -> None:
        self._task, self._ways, self._builds = task, ways, ways.builds
        self._costs: CostsUnder = ways.costs.under(task, engineering)

    def grid(self, _progress: Progress | None) -> Explored | None:
        """The cheapest of every way to build a pack, of the grid.

        Raises
        ------
        InfeasibleError
            Where nothing of the grid meets all limits.
        """
        grid = self._ways.grid
        if grid is None:
            return None
        is_built = self._is_built(np.arange(grid.builds_count))
        index = np.flatnonzero(is_built[grid.pairs.build])
        kept, values = self._feasible(grid.pairs.take(index))
        if not kept.size:
            packs = (PackDiagnosis(self._task.pack.name, len(grid.way), alone=(), relaxations=()),)
            raise InfeasibleError(str(Diagnosis(packs)), Diagnosis(packs))
        best = cheapest_one_of_each(values[COST], grid.way[index[kept]])
        return self._explored(grid.pairs.take(index[kept[best]]), values[COST][best])

    def of(self, explored: Explored) -> Pairs:
        """Their builds, with what each was chosen with."""
        chosen = explored.candidates
        number = explored.values[BUILD].astype(np.int64)
        return Pairs(number, chosen.platforms.technology_class, chosen.counts.heater)

    def near(self, best: Explored, share: float) -> Pairs:
        """Those one step of a size away."""
        chosen = self.of(best)
        reached = self._ways.steps(share).reached(chosen.build)
        origin, step = np.nonzero(reached != UNKNOWN)
        order = np.lexsort((origin, step, best.candidates.platforms.cell_format[origin]))
        origin, step = origin[order], step[order]
        return Pairs(reached[origin, step], chosen.technology_class[origin], chosen.heater[origin])

    def keys(self, packs: Pairs) -> list[int]:
        """Build and options in one number."""
        classes_count, heaters_count = len(self._builds.engineering.classes.speed_factor), len(HEATERS)
        keys = (packs.build * classes_count + packs.technology_class) * heaters_count + packs.heater
        found: list[int] = keys.tolist()
        return found

    def screened(self, packs: Pairs) -> Explored:
        """Those that meet all limits, in their order."""
        pairs = packs.take(np.flatnonzero(self._builds.is_within(packs.build) & self._is_built(packs.build)))
        kept, values = self._feasible(pairs)
        return self._explored(pairs.take(kept), values[COST])

    def _is_built(self, number: IntArray) -> BoolArray:
        """Whether builds meet the limits that follow from their geometry, shape (n,)."""
        met = np.ones(len(number), dtype=np.bool_)
        for limit in self._task.scenario_limits:
            if limit.quantity not in _LATER:
                met &= limit.met(self._builds.value(limit.quantity, number))
        return met

    def _feasible(self, pairs: Pairs) -> tuple[IntArray, Values]:
        """Of builds that meet their limits the pairs that meet all others, and what is known of those."""
        builds = self._builds
        kept = np.arange(len(pairs.build))
        kept = kept[self._met(CHARGING, builds.charging_time_min(pairs.build, pairs.technology_class))]
        some = pairs.take(kept)
        cold = builds.cold_stop(some.build, some.technology_class, some.heater)
        if cold is not None:
            kept = kept[self._met(COLD_CHARGING, cold[0])]
        if not kept.size:
            return kept, {COST: np.zeros(0)}
        asked = {limit.quantity for limit in self._task.limits}
        values = self._costs.values(pairs.take(kept), with_life=bool(asked & set(LIFE_VALUES)))
        good = np.flatnonzero(np.logical_and.reduce([self._met(name, value) for name, value in values.items()]))
        return kept[good], {name: value[good] for name, value in values.items()}

    def _met(self, quantity: str, value: FloatArray) -> BoolArray:
        limits = [limit for limit in self._task.limits if limit.quantity == quantity]
        met = np.ones(len(value), dtype=np.bool_)
        for limit in limits:
            met &= limit.met(value)
        return met

    def _explored(self, pairs: Pairs, cost: FloatArray) -> Explored:
        candidates = self._builds.candidates(pairs.build, pairs.technology_class, pairs.heater)
        values = {COST: cost, BUILD: pairs.build.astype(np.float64)}
        return Explored(self._task, candidates, values, LimitCheck((), np.ones((0, len(cost)), np.bool_)), len(cost))
