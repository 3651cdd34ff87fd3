"""A scenario with its proven choice, everything that can be chosen instead, and how all of it costs at other terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Scenario
from lcopt.performance.limits import check_limits
from lcopt.result_building import scenario_catalog
from lcopt.result_words import platform_labels
from lcopt.selection.choice import cheapest_model, choose
from lcopt.selection.engineering import Engineering, gather_engineering
from lcopt.selection.evaluation import evaluate_in_batches
from lcopt.selection.explored import Explored
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.portfolio import Portfolio, portfolio_instance
from lcopt.selection.portfolio_answers import Asked
from lcopt.selection.price_weights import price_weights
from lcopt.selection.solver import DEFAULT_TIME_LIMIT_S
from lcopt.selection.tasks import PackTask, pack_task
from lcopt.selection.uncertain_prices import UncertainPrices, uncertain_prices
from lcopt.study import decision
from lcopt.uncertainty.choices import Choices, choices_of, costs_of_pairs

ChangedTask = Callable[[PackTask], PackTask]
JOINED = " + "


@dataclass(frozen=True)
class Decided:
    """A decided scenario under one business model.

    `usd_per_price` (n_pairs, n_uncertain) is by how much pairs rise with the uncertain prices; `deviation_frac` how far
    from linear they are.
    """

    scenario: Scenario
    catalog: Catalog
    engineering: Engineering
    portfolio: Portfolio
    asked: Asked
    prices: UncertainPrices
    usd_per_price: FloatArray
    deviation_frac: float

    @property
    def instance(self) -> PortfolioInstance:
        """The decision in plain arrays."""
        return self.asked.instance

    def choices(self, samples: FloatArray, points_count: int) -> Choices:
        """What is compared at samples of the uncertain prices.

        Fleets of several packs are optimized at the first `points_count` samples, and at both ends of every price.
        """
        center = self.prices.values
        low, high = (np.array([getattr(price, end) for price in self.prices.uncertain]) for end in ("low", "high"))
        ends = np.vstack([center + np.diag(low - center), center + np.diag(high - center)])
        points = np.vstack([samples[:points_count], ends])
        return choices_of(self.instance, self.asked.best.chosen, self.usd_per_price, center, samples, points)

    @cached_property
    def platform_words(self) -> tuple[str, ...]:
        """Every platform of the instance in words."""
        return platform_labels(self.asked.cells, self.engineering)

    @cached_property
    def chemistry_words(self) -> tuple[str, ...]:
        """The chemistry of every platform of the instance."""
        return tuple(self.engineering.chemistries[couple] for couple in self.asked.cells.couple.tolist())

    def names(self, pairs: IntArray, words: tuple[str, ...]) -> tuple[str, ...]:
        """What each choice (n_choices, n_packs) opens, in words by platform, each word once."""
        platforms = self.instance.pairs.platform[pairs]
        rows, place = np.unique(platforms, axis=0, return_inverse=True)
        told = [JOINED.join(sorted({words[number] for number in row})) for row in rows.tolist()]
        return tuple(told[number] for number in place.ravel().tolist())

    def costs_at(self, pairs: IntArray, scenario: Scenario, changed: ChangedTask | None = None) -> FloatArray:
        """Cost of choices (n_choices, n_packs) at other terms, infinite where they miss a limit then [USD].

        Prices are those of the new terms; `changed` alters what the scenario does not say.
        """
        engineering = self._engineering(scenario)
        used = np.unique(pairs)
        moved, numbers, met = [], [], np.ones(len(self.instance.pairs), dtype=bool)
        for place, (pack, explored) in enumerate(zip(scenario.packs, self.portfolio.explored, strict=True)):
            task = pack_task(pack, scenario, self.catalog, engineering)
            own = used[self.instance.pairs.pack[used] == place]
            index = self.instance.pairs.candidate[own]
            part = _revalued(explored, index, task if changed is None else changed(task), engineering)
            met[own] = part.feasible
            moved.append(part)
            numbers.append(self.portfolio.platform[place][index])
        instance = portfolio_instance(Portfolio(tuple(moved), tuple(numbers)), engineering)
        place_of = np.zeros(len(self.instance.pairs), dtype=np.int64)
        place_of[used] = np.arange(len(used))
        cost = costs_of_pairs(instance, place_of[pairs])
        return np.where(met[pairs].all(axis=1), cost, np.inf)

    def _engineering(self, scenario: Scenario) -> Engineering:
        """What the evaluation needs at other terms; nothing of it depends on tariffs and volumes of packs."""
        if replace(scenario, packs=self.scenario.packs) == self.scenario:
            return replace(self.engineering, scenario=scenario)
        return gather_engineering(scenario, self.catalog)


def _revalued(explored: Explored, index: IntArray, task: PackTask, engineering: Engineering) -> Explored:
    """Some candidates of a pack, evaluated anew."""
    platforms, counts = explored.candidates.platforms.take(index), explored.candidates.counts.take(index)
    values = evaluate_in_batches(task, platforms, counts, engineering)
    part = explored.taken(index)
    return replace(part, task=task, values=values, check=check_limits(task.limits, values))


def decide(scenario: Scenario, time_limit_s: float = DEFAULT_TIME_LIMIT_S) -> Decided:
    """The proven choice of a scenario; of several business models under the cheapest one.

    Raises
    ------
    InfeasibleError
        No candidate meets the limits, or no set of platforms serves all packs.
    SolverError
        The solver stopped before any choice was known.
    """
    catalog = scenario_catalog(scenario)
    if len(scenario.ownership.models) > 1:
        found = choose(scenario, gather_engineering(scenario, catalog), catalog, _silent, time_limit_s)
        scenario = scenario.with_model(cheapest_model(found))
    asked, portfolio, engineering = decision(scenario, time_limit_s)
    prices = uncertain_prices(scenario, catalog)
    weights, deviation = np.zeros((len(asked.instance.pairs), len(prices.uncertain))), 0.0
    pairs, first = asked.instance.pairs, asked.instance.first_pair
    for explored, start, stop in zip(portfolio.explored, first[:-1].tolist(), first[1:].tolist(), strict=True):
        own = price_weights(explored, pairs.candidate[start:stop], prices, engineering, catalog)
        weights[start:stop] = own.usd_per_price @ prices.moves * explored.task.packs_discounted
        deviation = max(deviation, own.deviation_frac)
    matters = np.flatnonzero(np.abs(weights).sum(axis=0))
    kept = tuple(prices.uncertain[number] for number in matters.tolist())
    return Decided(
        scenario,
        catalog,
        engineering,
        portfolio,
        asked,
        replace(prices, uncertain=kept),
        weights[:, matters],
        deviation,
    )


def _silent(_stage: str, _done: float) -> None:
    return None
