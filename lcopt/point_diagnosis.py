"""Why a point of a sweep has no design and what would do, from the packs that earlier points have built.

The same words as of a scenario alone, which builds and charges every pack for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.errors import InfeasibleError, LcoptError
from lcopt.performance.limits import Limit, LimitCheck
from lcopt.selection.diagnosis import Diagnosis, PackDiagnosis, diagnose_pack
from lcopt.selection.engineering import Engineering
from lcopt.selection.fleet_diagnosis import FleetDiagnosis
from lcopt.selection.known_builds import KnownBuilds
from lcopt.selection.known_costs import LIFE_VALUES, Pairs
from lcopt.selection.known_packs import CHARGING, COLD_CHARGING, KnownWays
from lcopt.selection.memory import Memory, can_know
from lcopt.selection.portfolio import Portfolio
from lcopt.selection.tasks import PackTask

# Ways out that a table has room for.
WAYS_MAX = 3
# What was found for packs that are remembered, by the limits that were asked of them.
_FOUND: WeakKeyDictionary[KnownWays, dict[tuple[Limit, ...], PackDiagnosis]] = WeakKeyDictionary()


def explored_or_diagnosed(memory: Memory, tasks: Sequence[PackTask], engineering: Engineering) -> Portfolio:
    """Candidates of every pack.

    Raises
    ------
    InfeasibleError
        With a diagnosis that says what would do.
    """
    try:
        return memory.explored(tasks, engineering)
    except InfeasibleError as error:
        if not can_know(tasks, engineering) or not _is_known_at_once(tasks[0], engineering):
            raise
        found = Diagnosis((_diagnosed(tasks[0], memory.ways(tasks[0], engineering)),))
        raise InfeasibleError(str(found), found) from error


def reason_of(error: LcoptError) -> str:
    """What keeps a point from a design, and the first ways out, in one line."""
    found = getattr(error, "diagnosis", None)
    if isinstance(found, Diagnosis):
        return "; ".join(_in_a_line(pack) for pack in found.packs)
    return _in_a_line(found) if isinstance(found, FleetDiagnosis) else str(error).splitlines()[0]


def _in_a_line(found: PackDiagnosis | FleetDiagnosis) -> str:
    head = str(found).splitlines()[0]
    if not found.relaxations:
        return head
    ways = [f"with {way}" for way in found.relaxations[:WAYS_MAX]]
    more = len(found.relaxations) - WAYS_MAX
    rest = f", or in {more} more way{'s' if more > 1 else ''}" if more > 0 else ""
    return f"{head.removesuffix('.')}; it would do {', or '.join(ways)}{rest}"


def _is_known_at_once(task: PackTask, engineering: Engineering) -> bool:
    """Whether what limits ask is known before packs are costed, and heaters add no mass to what was built."""
    asked = {limit.quantity for limit in task.scenario_limits}
    return not asked & set(LIFE_VALUES) and not engineering.heaters.mass_kg[list(task.cold.heaters)].any()


def _diagnosed(task: PackTask, ways: KnownWays) -> PackDiagnosis:
    limits = task.scenario_limits
    known = _FOUND.setdefault(ways, {})
    if limits not in known:
        known[limits] = _diagnosis(task.pack.name, limits, ways)
    return replace(known[limits], pack=task.pack.name)


def _diagnosis(pack: str, limits: tuple[Limit, ...], ways: KnownWays) -> PackDiagnosis:
    """The relaxations, from the packs that miss a smallest set of limits: no other is nearest to what is asked."""
    if ways.grid is None or not len(ways.grid.way):
        return PackDiagnosis(pack, 0, alone=(), relaxations=())
    pairs, builds = ways.grid.pairs, ways.builds
    every = np.arange(ways.grid.builds_count)
    missed = np.zeros(len(every), dtype=np.int64)
    late = []
    for row, limit in enumerate(limits):
        if limit.quantity in {CHARGING, COLD_CHARGING}:
            late.append(row)
        else:
            missed |= (~limit.met(builds.value(limit.quantity, every))).astype(np.int64) << row
    missed = missed[pairs.build]
    for row in late:
        missed |= (~limits[row].met(_value(limits[row], builds, pairs))).astype(np.int64) << row
    near = _missing_least(missed)
    met = np.array([missed[near] >> row & 1 == 0 for row in range(len(limits))])
    values = {limit.quantity: _value(limit, builds, pairs.take(near)) for limit in limits}
    found = diagnose_pack(pack, LimitCheck(limits, met), values)
    return replace(found, candidates_count=len(missed), alone=())


def _missing_least(missed: IntArray) -> IntArray:
    """Those that miss a set of limits of which no other misses a part, rising."""
    sets = np.unique(missed)
    part = (sets[:, None] & ~sets) == 0  # whether a set lies within another one
    least = sets[part.sum(axis=0) == 1]
    return np.flatnonzero(np.isin(missed, least))


def _value(limit: Limit, builds: KnownBuilds, pairs: Pairs) -> FloatArray:
    if limit.quantity == CHARGING:
        return builds.charging_time_min(pairs.build, pairs.technology_class)
    if limit.quantity == COLD_CHARGING:
        cold = builds.cold_stop(pairs.build, pairs.technology_class, pairs.heater)
        assert cold is not None
        return cold[0]
    return builds.value(limit.quantity, pairs.build)
