"""What was built for earlier settings, and which settings can use it."""

from __future__ import annotations

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

# Bytes that what is known may take when a point begins; beyond, all begins anew.
KEPT_BYTES = 800_000_000


class Memory:
    """The packs of the setting of building asked for last; not for two threads at once."""

    def __init__(self) -> None:
        self._key = ""
        self._known: KnownWays | None = None

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
        ways = self.ways(task, engineering)
        explored = None if ways.grid is None or not ways.grid.way.size else self._search(task, engineering, ways)
        return explore_packs(tasks, engineering) if explored is None else explored

    def _search(self, task: PackTask, engineering: Engineering, ways: KnownWays) -> Portfolio | None:
        explored = search_cased(KnownPacks(task, engineering, ways))
        if explored is None:
            return None
        # Every cell costs the same once, so one of the cheapest packs is chosen.
        cost = explored.cost_usd_per_pack
        return numbered([explored.taken(np.flatnonzero(cost == cost.min()))])

    def ways(self, task: PackTask, engineering: Engineering) -> KnownWays:
        """What is known of the packs of a setting of building, which is made where it is not kept."""
        building = of_building(task, engineering)
        key = fingerprint(*building)
        if self._known is None or key != self._key or self._known.bytes_count > KEPT_BYTES:
            # The old ones go before new ones are built, so that both are never held.
            self._known = None
            self._key, self._known = key, KnownWays(*building)
        return self._known


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
