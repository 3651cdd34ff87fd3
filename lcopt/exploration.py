"""The candidates of a scenario, explored once and kept for the next questions about the same scenario."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Generic, TypeVar

import numpy as np

from lcopt.arrays import IntArray
from lcopt.errors import LcoptError
from lcopt.inputs.scenario import Scenario
from lcopt.result_building import scenario_catalog
from lcopt.selection.choice import cheapest_model
from lcopt.selection.engineering import Engineering, gather_engineering
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd, meets_rows
from lcopt.selection.portfolio import Portfolio, Selection, explore_packs, portfolio_instance, under_objective
from lcopt.selection.portfolio_rows import Fleet, missed_limits
from lcopt.selection.tasks import pack_task

# Explorations that are kept, the last ones used; of large ones only as many as have so many candidates together.
KEPT_COUNT = 4
KEPT_CANDIDATES_COUNT = 2_000_000
NOT_FEASIBLE = -1

Made = TypeVar("Made")


@dataclass(frozen=True)
class Exploration:
    """All candidates of a scenario under its one business model."""

    engineering: Engineering
    portfolio: Portfolio

    @cached_property
    def instance(self) -> PortfolioInstance:
        """The decision on them."""
        return portfolio_instance(self.portfolio, self.engineering)

    @cached_property
    def pair_of(self) -> tuple[IntArray, ...]:
        """For every pack the pair of the instance that each of its candidates makes, -1 where it is not feasible."""
        found = [np.full(len(explored), NOT_FEASIBLE) for explored in self.portfolio.explored]
        pairs, first = self.instance.pairs, self.instance.first_pair
        for own, start, stop in zip(found, first[:-1], first[1:], strict=True):
            own[pairs.candidate[start:stop]] = np.arange(start, stop)
        return tuple(found)

    def cost_usd(self, chosen: IntArray) -> float:
        """Exact cost of one pair a pack [USD]; only the platforms and rows of these pairs are looked at.

        Raises
        ------
        LcoptError
            Where the pairs miss limits of the fleet that must hold; the message says which, and by how much.
        """
        taken = self.instance.take(chosen)
        platforms, number = np.unique(taken.pairs.platform, return_inverse=True)
        small = replace(
            taken,
            platform_names=tuple(taken.platform_names[platform] for platform in platforms),
            pairs=replace(taken.pairs, platform=number),
            platform_fixed_cost_usd=taken.platform_fixed_cost_usd[platforms],
            platform_rows=taken.platform_rows.take_items(platforms),
        )
        every = np.arange(len(chosen))
        if not meets_rows(small, every):
            message = f"the choice misses limits of the fleet: {self._missed(chosen)}"
            raise LcoptError(message)
        return float(exact_cost_usd(small, every))

    def _missed(self, chosen: IntArray) -> str:
        fleet = Fleet(self.portfolio.explored, self.engineering, self.instance.pairs)
        return "; ".join(f"{row}: {words}" for row, words in missed_limits(fleet, self.instance, chosen))


class LastUsed(Generic[Made]):
    """What was made for the scenarios used last, by the hash of what they mean.

    The hash holds every row of data that a scenario replaces; the packaged data stay as they are while a program runs.
    """

    def __init__(self, count: int = KEPT_COUNT) -> None:
        self.count = count
        self._kept: OrderedDict[str, Made] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def found(self, scenario: Scenario, make: Callable[[], Made]) -> Made:
        """What is kept for a scenario, made where nothing is."""
        key = scenario.scenario_hash if isinstance(scenario, Scenario) else ""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        self.keep(scenario, made)
        return made

    def keep(self, scenario: Scenario, made: Made) -> None:
        """Keep what was made for a scenario elsewhere."""
        with self._lock:
            self._kept[scenario.scenario_hash] = made
            self._kept.move_to_end(scenario.scenario_hash)
            while len(self._kept) > 1 and self._is_too_much():
                self._kept.popitem(last=False)

    def _is_too_much(self) -> bool:
        return len(self._kept) > self.count


class Shelf(LastUsed[Exploration]):
    """The explorations used last."""

    def __init__(self, count: int = KEPT_COUNT, candidates_count: int = KEPT_CANDIDATES_COUNT) -> None:
        super().__init__(count)
        self.candidates_count = candidates_count

    def explored(self, scenario: Scenario, jobs: int = 1) -> Exploration:
        """The exploration of a scenario, made where it is not kept, so many packs at once.

        Raises
        ------
        LcoptError
            Where the scenario tries several business models.
        InfeasibleError
            Where a pack has no candidate within its limits.
        """
        return self.found(scenario, lambda: explore_scenario(scenario, jobs))

    def keep_cheapest(
        self, scenario: Scenario, selections: Mapping[str, Selection], engineering: Engineering
    ) -> Scenario:
        """Keep what a choice explored under its cheapest business model, and give the scenario under that model."""
        model = cheapest_model(selections)
        under = scenario.with_model(model)
        self.keep(under, Exploration(replace(engineering, scenario=under), selections[model].portfolio))
        return under

    def _is_too_much(self) -> bool:
        candidates = sum(len(explored) for kept in self._kept.values() for explored in kept.portfolio.explored)
        return super()._is_too_much() or candidates > self.candidates_count


def explore_scenario(scenario: Scenario, jobs: int = 1) -> Exploration:
    """Explore every pack of a scenario, so many at once.

    Raises
    ------
    LcoptError
        Where the scenario tries several business models.
    InfeasibleError
        Where a pack has no candidate within its limits.
    """
    catalog = scenario_catalog(scenario)
    if len(scenario.ownership.models) > 1:
        message = (
            f"the scenario tries the business models {', '.join(scenario.ownership.models)}, whose candidates differ; "
            f"name one: scenario.with_model('{scenario.ownership.models[0]}')"
        )
        raise LcoptError(message)
    engineering = gather_engineering(scenario, catalog)
    packs = [pack_task(pack, scenario, catalog, engineering) for pack in scenario.packs]
    portfolio = explore_packs(packs, engineering, jobs=jobs)
    return Exploration(engineering, under_objective(portfolio, engineering, catalog))


SHELF = Shelf()
