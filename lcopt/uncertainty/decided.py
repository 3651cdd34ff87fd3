"""A scenario with its proven choice, everything that can be chosen instead, and how all of it costs at other terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.exploration import SHELF
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Scenario
from lcopt.performance.limits import check_limits
from lcopt.result_building import scenario_catalog
from lcopt.result_words import platform_labels
from lcopt.selection.choice import choose
from lcopt.selection.engineering import Engineering, gather_engineering
from lcopt.selection.evaluation import evaluate_in_batches
from lcopt.selection.explored import Explored
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.linear_costs import LinearCosts
from lcopt.selection.portfolio import Portfolio, explore_packs, portfolio_instance
from lcopt.selection.portfolio_answers import Asked
from lcopt.selection.price_weights import price_weights
from lcopt.selection.solver import DEFAULT_TIME_LIMIT_S
from lcopt.selection.tasks import PackTask, pack_task
from lcopt.selection.uncertain_prices import UncertainPrices, uncertain_prices
from lcopt.study import decision
from lcopt.uncertainty.choices import Choices, choices_of, costs_of_pairs
from lcopt.uncertainty.terms import Terms

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

    @property
    def terms(self) -> Terms:
        """The terms of the scenario itself."""
        return Terms(self.scenario, self.catalog)

    @property
    def terms_at_prices(self) -> Terms:
        """The same with every price fixed: else means over the years of sale move with the discount rate."""
        fixed = {**self.scenario.price_overrides, **self.prices.at(self.prices.values)}
        return Terms(replace(self.scenario, price_overrides=fixed, price_distributions={}), self.catalog)

    def under(self, terms: Terms) -> Elsewhere:
        """The same candidates under other terms."""
        return Elsewhere(self, terms)


@dataclass(frozen=True)
class Elsewhere:
    """The candidates of a decision under other terms, and at their prices."""

    decided: Decided
    terms: Terms

    def moved(self, pairs: IntArray) -> Moved:
        """Choices (n_choices, n_packs), evaluated anew."""
        decided, used = self.decided, np.unique(pairs)
        parts, numbers = [], []
        met = np.ones(len(decided.instance.pairs), dtype=bool)
        for place, (task, explored) in enumerate(zip(self.tasks, decided.portfolio.explored, strict=True)):
            own = used[decided.instance.pairs.pack[used] == place]
            index = decided.instance.pairs.candidate[own]
            part = _revalued(explored, index, task, self.engineering)
            met[own] = part.feasible
            parts.append(part)
            numbers.append(decided.portfolio.platform[place][index])
        instance = portfolio_instance(Portfolio(tuple(parts), tuple(numbers)), self.engineering)
        place_of = np.zeros(len(decided.instance.pairs), dtype=np.int64)
        place_of[used] = np.arange(len(used))
        cost = costs_of_pairs(instance, place_of[pairs])
        return Moved(tuple(parts), place_of[pairs], cost, np.asarray(met[pairs].all(axis=1)))

    def costs(self, pairs: IntArray) -> FloatArray:
        """Cost of choices (n_choices, n_packs), infinite where they miss a limit [USD]."""
        found = self.moved(pairs)
        return np.where(found.met, found.cost_usd, np.inf)

    def linear_costs(self, moved: Moved) -> LinearCosts:
        """The costs of moved choices by the uncertain prices."""
        prices, catalog = self.decided.prices, self.terms.catalog
        weights = [
            price_weights(part, np.arange(len(part)), prices, self.engineering, catalog).usd_per_price
            @ prices.moves
            * part.task.packs_discounted
            for part in moved.parts
        ]
        slope = np.concatenate(weights)[moved.places].sum(axis=1)
        return LinearCosts(moved.cost_usd - slope @ prices.values, slope)

    @property
    def packs_ratio(self) -> float:
        """Packs that the scenario sells over those sold here."""
        here, there = (
            sum(pack.volume_per_yr for pack in one.packs) for one in (self.terms.scenario, self.decided.scenario)
        )
        return there / here

    @cached_property
    def tasks(self) -> tuple[PackTask, ...]:
        """What every pack asks for here."""
        scenario, catalog = self.terms.scenario, self.terms.catalog
        return tuple(self.terms.task(pack_task(pack, scenario, catalog, self.engineering)) for pack in scenario.packs)

    @cached_property
    def engineering(self) -> Engineering:
        """What the evaluation needs here; nothing of it depends on tariffs and volumes of packs."""
        terms, decided = self.terms, self.decided
        same_packs = replace(terms.scenario, packs=decided.scenario.packs)
        if terms.catalog is decided.catalog and same_packs == decided.scenario:
            return replace(decided.engineering, scenario=terms.scenario)
        return gather_engineering(terms.scenario, terms.catalog)


@dataclass(frozen=True)
class Moved:
    """Choices under other terms: their parts by pack, the places of their pairs in them, cost, and whether they fit."""

    parts: tuple[Explored, ...]
    places: IntArray
    cost_usd: FloatArray
    met: BoolArray


def _revalued(explored: Explored, index: IntArray, task: PackTask, engineering: Engineering) -> Explored:
    """Some candidates of a pack, evaluated anew."""
    platforms, counts = explored.candidates.platforms.take(index), explored.candidates.counts.take(index)
    values = evaluate_in_batches(task, platforms, counts, engineering)
    part = explored.taken(index)
    return replace(part, task=task, values=values, check=check_limits(task.limits, values))


def decide(scenario: Scenario, time_limit_s: float = DEFAULT_TIME_LIMIT_S, jobs: int = 1) -> Decided:
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
        engineering = gather_engineering(scenario, catalog)
        found = choose(scenario, engineering, catalog, _silent, time_limit_s, partial(explore_packs, jobs=jobs))
        scenario = SHELF.keep_cheapest(scenario, found, engineering)
    asked, portfolio, engineering = decision(scenario, time_limit_s, jobs)
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
