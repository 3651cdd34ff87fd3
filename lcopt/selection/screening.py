"""Limits before costs: candidates are built and charged, and only those that meet every limit are costed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.performance.limits import Limit, LimitCheck, LimitKind, check_limits
from lcopt.selection.charged import (
    ChargedBuilds,
    charge_builds,
    charge_cold_builds,
    charging_values,
    cold_values,
)
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import (
    batches,
    built_values,
    cost_values,
    evaluate_in_batches,
    screen_in_batches,
)
from lcopt.selection.explored import Explored, cheapest_of_each
from lcopt.selection.geometry import Values, build_geometry
from lcopt.selection.space import Candidates, with_every_class, with_every_heater
from lcopt.selection.tasks import PackTask

Progress = Callable[[float], None]
_NONE = np.zeros(0, dtype=np.int64)


def screened(
    task: PackTask, candidates: Candidates, engineering: Engineering, progress: Progress | None = None
) -> Explored:
    """Candidates with their limits, and with their costs where they meet all of them."""
    limited = screen_in_batches(task, candidates.platforms, candidates.counts, engineering, progress)
    check = check_limits(task.limits, limited)
    feasible = np.flatnonzero(check.feasible)
    if not feasible.size:
        return Explored(task, candidates, _without_cost(limited, engineering), check, len(candidates))
    kept = candidates.take(feasible)
    values = evaluate_in_batches(task, kept.platforms, kept.counts, engineering)
    good = Explored(task, kept, values, check_limits(task.limits, values), len(candidates))
    near = _nearest_misses(task, candidates.platforms.couple, limited, check)
    missed = Explored(
        task,
        candidates.take(near),
        _without_cost({name: value[near] for name, value in limited.items()}, engineering),
        LimitCheck(check.limits, check.met[:, near]),
        0,
    )
    return good.joined(missed)


def _without_cost(limited: Values, engineering: Engineering) -> Values:
    """The values of candidates that were not costed: NaN where only the evaluation would tell."""
    count = len(next(iter(limited.values())))
    return {**limited, **{name: np.full(count, np.nan) for name in cost_values(engineering)}}


def _nearest_misses(task: PackTask, couple: IntArray, values: Values, check: LimitCheck) -> IntArray:
    """The candidate of every chemistry that misses the limits of the scenario least."""
    rows = [row for row, limit in enumerate(check.limits) if limit.kind is LimitKind.CATALOG_BOUND]
    inside = np.logical_and.reduce(check.met[rows], axis=0) & ~check.feasible
    index = np.flatnonzero(inside)
    miss = np.zeros(index.size)
    for limit in task.scenario_limits:
        margin = limit.margin(values[limit.quantity][index])
        miss += np.maximum(-margin, 0) / max(abs(limit.bound), 1e-12)
    return index[cheapest_of_each(miss, couple[index], 1)]


def screened_in_every_option(
    task: PackTask, builds: Candidates, engineering: Engineering, progress: Progress | None = None
) -> Explored:
    """As `screened`, for builds whose technology class and heater are open.

    Each is built once, with the lightest heater, and charged in every class with every heater.
    """
    screen = _Screen(task, engineering)
    done = 0
    for index in batches(builds.platforms):
        screen.look_at(builds, index)
        done += len(index)
        if progress is not None:
            progress(done / len(builds))
    kept = screen.feasible(builds)
    if not len(kept):
        # Nothing fits: the diagnosis asks for all of them.
        every = with_every_class(builds, len(engineering.classes.speed_factor))
        return screened(task, with_every_heater(every, task.cold.heaters), engineering)
    values = evaluate_in_batches(task, kept.platforms, kept.counts, engineering)
    good = Explored(task, kept, values, check_limits(task.limits, values), len(builds) * len(screen.options))
    near = screen.nearest(builds)
    if not len(near):
        return good
    limited = screen_in_batches(task, near.platforms, near.counts, engineering)
    return good.joined(Explored(task, near, _without_cost(limited, engineering), check_limits(task.limits, limited), 0))


@dataclass
class _Screen:
    """Collects the builds and options that meet every limit, and the nearest miss of every chemistry.

    An option is a technology class with a heater. The mass of the heater is left out here: no pack that it makes too
    heavy is chosen, since those found are evaluated with it.
    """

    task: PackTask
    engineering: Engineering
    rows: list[IntArray] = field(default_factory=list)
    chosen: list[IntArray] = field(default_factory=list)
    near: dict[int, tuple[float, int, int]] = field(default_factory=dict)

    @property
    def options(self) -> list[tuple[int, int]]:
        """Technology classes of the search with heaters that are worth a try."""
        classes = range(len(self.engineering.classes.speed_factor))
        return [(number, heater) for number in classes for heater in self.task.cold.heaters]

    def look_at(self, builds: Candidates, index: IntArray) -> None:
        """One batch of builds."""
        task, engineering = self.task, self.engineering
        geometry = build_geometry(task, builds.platforms.take(index), builds.counts.take(index), engineering)
        static = built_values(task, geometry, engineering)
        miss, is_built = self._missed(static)
        charged = ChargedBuilds.of(geometry)
        tried = self._worth_charging(miss, is_built, charged.couple)
        charged, index, miss = charged.take(tried), index[tried], miss[tried]
        for technology in range(len(self.engineering.classes.speed_factor)):
            self._charge(charged, index, miss, technology)

    def _worth_charging(self, miss: FloatArray, is_built: BoolArray, couple: IntArray) -> IntArray:
        """Builds that meet all limits so far, and of every chemistry the nearest miss."""
        missing = np.flatnonzero(is_built & (miss > 0))
        least = missing[cheapest_of_each(miss[missing], couple[missing], 1)]
        return np.union1d(np.flatnonzero(is_built & (miss == 0)), least)

    def _charge(self, charged: ChargedBuilds, index: IntArray, miss: FloatArray, technology: int) -> None:
        """Builds in one technology class, and those that charge well when warm with every heater."""
        classes = np.full(len(index), technology)
        more, is_built = self._missed(charging_values(charge_builds(self.task, charged, classes, self.engineering)))
        miss = miss + more
        tried = self._worth_charging(miss, is_built, charged.couple)
        charged, index, miss, classes = charged.take(tried), index[tried], miss[tried], classes[tried]
        if not index.size:
            return
        for heater in self.task.cold.heaters:
            heaters = np.full(len(index), heater)
            cold = charge_cold_builds(self.task, charged, classes, heaters, self.engineering)
            more, is_built = self._missed(cold_values(cold, len(index)))
            self._note(charged.couple, index, miss + more, is_built, (technology, heater))

    def _missed(self, values: Values) -> tuple[FloatArray, BoolArray]:
        return _misses([limit for limit in self.task.limits if limit.quantity in values], values)

    def _note(
        self, couple: IntArray, index: IntArray, miss: FloatArray, is_built: BoolArray, option: tuple[int, int]
    ) -> None:
        number, meets = self.options.index(option), is_built & (miss == 0)
        self.rows.append(index[meets])
        self.chosen.append(np.full(int(meets.sum()), number))
        missing = np.flatnonzero(is_built & ~meets)
        for place in missing[cheapest_of_each(miss[missing], couple[missing], 1)].tolist():
            found = (float(miss[place]), int(index[place]), number)
            self.near[int(couple[place])] = min(found, self.near.get(int(couple[place]), found))

    def feasible(self, builds: Candidates) -> Candidates:
        """Builds with the options in which they meet every limit."""
        return self._with_options(builds, *(np.concatenate([_NONE, *items]) for items in (self.rows, self.chosen)))

    def nearest(self, builds: Candidates) -> Candidates:
        """The nearest miss of every chemistry."""
        rows, chosen = (np.array([found[place] for found in self.near.values()], dtype=np.int64) for place in (1, 2))
        return self._with_options(builds, rows, chosen)

    def _with_options(self, builds: Candidates, rows: IntArray, numbers: IntArray) -> Candidates:
        found = builds.take(rows)
        options = np.array(self.options)[numbers]
        return replace(
            found,
            platforms=replace(found.platforms, technology_class=options[:, 0]),
            counts=replace(found.counts, heater=options[:, 1]),
        )


def _misses(limits: list[Limit], values: Values) -> tuple[FloatArray, BoolArray]:
    """By how much candidates miss the limits of the scenario, as shares of them; and whether they meet all others."""
    count = len(next(iter(values.values())))
    miss, is_built = np.zeros(count), np.ones(count, dtype=np.bool_)
    for limit in limits:
        met = limit.met(values[limit.quantity])
        if limit.kind is LimitKind.SCENARIO:
            margin = np.where(met, 0.0, limit.margin(values[limit.quantity]))
            miss += np.where(met, 0.0, np.maximum(-margin, 0.0) / max(abs(limit.bound), 1e-12) + np.finfo(float).tiny)
        else:
            is_built &= met
    return miss, is_built
