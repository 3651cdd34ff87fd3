"""What was built for earlier settings, and which settings can use it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from lcopt.inputs.words import CENTRAL, FORMATS, POOLED
from lcopt.selection.cased_search import search_cased
from lcopt.selection.engineering import Engineering
from lcopt.selection.fingerprints import fingerprint
from lcopt.selection.known_packs import KnownPacks, KnownWays
from lcopt.selection.known_settings import of_building
from lcopt.selection.portfolio import Portfolio, explore_packs, numbered
from lcopt.selection.space import POUCH
from lcopt.selection.tasks import PackTask

# Settings of building whose packs are kept, and the bytes that all of them may take when a point begins.
KEPT_COUNT, KEPT_BYTES = 2, 800_000_000


class Memory:
    """The packs of the settings asked for last; not for two threads at once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, KnownWays] = OrderedDict()

    def explored(self, tasks: Sequence[PackTask], engineering: Engineering) -> Portfolio:
        """Candidates of every pack, those alone that may be chosen where packs are known.

        Raises
        ------
        InfeasibleError
            As `explore_packs`; where packs are known its diagnosis says no more than that nothing fits.
        """
        if not can_know(tasks, engineering):
            return explore_packs(tasks, engineering)
        (task,) = tasks
        ways = self._ways(task, engineering)
        explored = None if ways.grid is None or not ways.grid.way.size else self._search(task, engineering, ways)
        return explore_packs(tasks, engineering) if explored is None else explored

    def _search(self, task: PackTask, engineering: Engineering, ways: KnownWays) -> Portfolio | None:
        explored = search_cased(KnownPacks(task, engineering, ways))
        if explored is None:
            return None
        # Every cell costs the same once, so one of the cheapest packs is chosen.
        cost = explored.cost_usd_per_pack
        return numbered([explored.taken(np.flatnonzero(cost == cost.min()))])

    def _ways(self, task: PackTask, engineering: Engineering) -> KnownWays:
        building = of_building(task, engineering)
        key = fingerprint(*building)
        if key in self._kept:
            self._kept.move_to_end(key)
        # The old ones go before a new one is built, so that both are never held.
        while len(self._kept) - (key in self._kept) >= KEPT_COUNT or self._bytes_count() > KEPT_BYTES:
            self._kept.popitem(last=False)
        if key not in self._kept:
            self._kept[key] = KnownWays(*building)
        return self._kept[key]

    def _bytes_count(self) -> int:
        return sum(ways.bytes_count for ways in self._kept.values())


def can_know(tasks: Sequence[PackTask], engineering: Engineering) -> bool:
    """Whether packs are found by the search of cells with a case alone, and chosen by their cost alone."""
    scenario = engineering.scenario
    portfolio = scenario.portfolio
    return (
        len(tasks) == 1
        and FORMATS[POUCH] not in scenario.search.formats
        and not len(engineering.given.platforms)
        and not engineering.given.only
        and portfolio.volumes != POOLED
        and portfolio.risk is None
        and scenario.uncertainty.objective == CENTRAL
        and not portfolio.limits
    )
