"""Two price scenarios of one question: what each design costs on the way from one to the other, and who wins where.

All prices move together from those of the scenario to those of `prices_compared`; a share of 0 is the one end, 1 the
other. The designs are those that are best at either end, with their runners-up and the best of every chemistry; where
the cheapest chemistry changes, all candidates are optimized again at the prices of that point and the best join them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray, IntArray
from lcopt.cost.price_chain import item_prices
from lcopt.cost.sale_years import sale_years
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.words import CENTRAL
from lcopt.result_words import platform_labels
from lcopt.selection.alternatives import rank_alternatives
from lcopt.selection.choice import choose
from lcopt.selection.engineering import Engineering, gather_engineering
from lcopt.selection.evaluation import evaluate_in_batches
from lcopt.selection.portfolio import Selection, explore_packs
from lcopt.selection.space import Counts, Platforms
from lcopt.selection.tasks import pack_task

SHARES_COUNT = 11
# Points at which all candidates are optimized again.
REFINED_MAX = 3
COST_COLUMNS = ("pack", "share_frac", "chemistry", "platform", "lifecycle_cost_usd_per_pack", "is_cheapest")
SWITCH_COLUMNS = (
    "pack",
    "share_frac",
    "from_chemistry",
    "to_chemistry",
    "from_platform",
    "to_platform",
    "lifecycle_cost_usd_per_pack",
)
PRICE_COLUMNS = ("item", "unit", "price", "price_compared")

Progress = Callable[[str, float], None]
Prices = Mapping[str, float]


@dataclass(frozen=True)
class PriceComparison:
    """`costs`: the best design of each chemistry by share of the way; `switches`: where the cheapest chemistry changes.

    `prices`: every price that differs, at both ends.
    """

    costs: pd.DataFrame
    switches: pd.DataFrame
    prices: pd.DataFrame


@dataclass(frozen=True)
class _Designs:
    """Designs of one pack."""

    platforms: Platforms
    counts: Counts

    def joined(self, other: _Designs) -> _Designs:
        return _Designs(Platforms.join([self.platforms, other.platforms]), Counts.join([self.counts, other.counts]))


def no_comparison() -> PriceComparison:
    """What a scenario without compared prices has."""
    return PriceComparison(*(pd.DataFrame(columns=list(c)) for c in (COST_COLUMNS, SWITCH_COLUMNS, PRICE_COLUMNS)))


def compare_prices(
    scenario: Scenario, selection: Selection, catalog: Catalog, told: Progress, time_limit_s: float
) -> PriceComparison:
    """Where the cheapest chemistry changes on the way from the prices of a scenario to those that it compares.

    Parameters
    ----------
    scenario : Scenario
        Under one business model; `prices_compared` is set.
    selection : Selection
        Its choice.
    catalog : Catalog
        In the dollars of the scenario.
    told, time_limit_s
        As of `lcopt.optimize`.

    Raises
    ------
    InfeasibleError, SolverError
        As of `lcopt.optimize`.
    """
    return _Comparison(scenario, catalog, told, time_limit_s).compared(selection)


class _Comparison:
    """One scenario between two price scenarios."""

    def __init__(self, scenario: Scenario, catalog: Catalog, told: Progress, time_limit_s: float) -> None:
        self.scenario, self.catalog = scenario, catalog
        self.told, self.time_limit_s = told, time_limit_s
        self.engineering = gather_engineering(scenario, catalog)
        sale = sale_years(scenario)
        names = (scenario.prices, str(scenario.prices_compared))
        self.ends = tuple(item_prices(catalog, name, scenario.price_overrides, sale) for name in names)

    def compared(self, selection: Selection) -> PriceComparison:
        """The whole comparison."""
        designs = self._designs(selection, self.engineering)
        # The choice under risk need not be the best at the own prices.
        if self.scenario.portfolio.risk is not None or self.scenario.uncertainty.objective != CENTRAL:
            designs = self._with(designs, self._best_at(0.0))
        designs = self._with(designs, self._best_at(1.0))
        shares = np.linspace(0.0, 1.0, SHARES_COUNT)
        costs = self._costs(designs, shares)
        for share in self._switch_shares(designs, shares, costs)[:REFINED_MAX]:
            designs = self._with(designs, self._best_at(share))
        costs = self._costs(designs, shares)
        switches = [row for number in range(len(designs)) for row in self._switches(number, designs, shares, costs)]
        rows = [row for number in range(len(designs)) for row in self._best(number, designs, shares, costs)]
        return PriceComparison(
            costs=pd.DataFrame(rows, columns=list(COST_COLUMNS)),
            switches=pd.DataFrame(switches, columns=list(SWITCH_COLUMNS)),
            prices=self._prices(),
        )

    def _at(self, share: float) -> Scenario:
        """The scenario with every price at a point of the way."""
        first, last = self.ends
        between = {item: price + share * (last[item] - price) for item, price in first.items() if item in last}
        return replace(
            self.scenario,
            price_overrides=between,
            price_distributions={},
            prices_compared=None,
            portfolio=replace(self.scenario.portfolio, risk=None),
            uncertainty=replace(self.scenario.uncertainty, objective=CENTRAL, correlations=()),
        )

    def _best_at(self, share: float) -> list[_Designs]:
        """The best designs of all packs and their runners-up at the prices of a point."""
        scenario = self._at(share)
        engineering = gather_engineering(scenario, self.catalog)
        selections = choose(
            scenario,
            engineering,
            self.catalog,
            self.told,
            self.time_limit_s,
            partial(explore_packs, progress=self.told),
        )
        return self._designs(next(iter(selections.values())), engineering)

    def _designs(self, selection: Selection, engineering: Engineering) -> list[_Designs]:
        found = []
        for explored, chosen in zip(selection.portfolio.explored, selection.chosen, strict=True):
            ranked = rank_alternatives(explored, chosen, engineering)
            index = np.array([item.candidate for item in ranked])
            found.append(_Designs(explored.candidates.platforms.take(index), explored.candidates.counts.take(index)))
        return found

    def _with(self, designs: Sequence[_Designs], more: Sequence[_Designs]) -> list[_Designs]:
        return [own.joined(other) for own, other in zip(designs, more, strict=True)]

    def _costs(self, designs: Sequence[_Designs], shares: FloatArray) -> list[FloatArray]:
        """Lifecycle cost of every design of each pack at every share, shape (n_shares, n_designs)."""
        costs: list[list[FloatArray]] = [[] for _ in designs]
        for share in shares:
            scenario = self._at(float(share))
            engineering = gather_engineering(scenario, self.catalog)
            for number, (pack, own) in enumerate(zip(scenario.packs, designs, strict=True)):
                task = pack_task(pack, scenario, self.catalog, engineering)
                values = evaluate_in_batches(task, own.platforms, own.counts, engineering)
                costs[number].append(values["lifecycle_cost_usd_per_pack"])
        return [np.array(rows) for rows in costs]

    def _switch_shares(
        self, designs: Sequence[_Designs], shares: FloatArray, costs: Sequence[FloatArray]
    ) -> list[float]:
        rows = [row for number in range(len(designs)) for row in self._switches(number, designs, shares, costs)]
        return sorted({float(str(row["share_frac"])) for row in rows})

    def _switches(
        self, number: int, designs: Sequence[_Designs], shares: FloatArray, costs: Sequence[FloatArray]
    ) -> list[dict[str, object]]:
        """Where another chemistry becomes the cheapest of one pack."""
        own, table = designs[number], costs[number]
        names = self.scenario.search.chemistries
        labels = platform_labels(own.platforms, self.engineering)
        rows = []
        for first, second, share in crossings(shares, table, own.platforms.couple):
            rows.append(
                {
                    "pack": self.scenario.packs[number].name,
                    "share_frac": share,
                    "from_chemistry": names[own.platforms.couple[first]],
                    "to_chemistry": names[own.platforms.couple[second]],
                    "from_platform": labels[first],
                    "to_platform": labels[second],
                    "lifecycle_cost_usd_per_pack": float(np.interp(share, shares, table[:, first])),
                }
            )
        return rows

    def _best(
        self, number: int, designs: Sequence[_Designs], shares: FloatArray, costs: Sequence[FloatArray]
    ) -> list[dict[str, object]]:
        """The best design of every chemistry of one pack at every share."""
        own, table = designs[number], costs[number]
        couples = own.platforms.couple
        labels = platform_labels(own.platforms, self.engineering)
        rows = []
        for place, share in enumerate(shares):
            cheapest = table[place].min()
            for couple in np.unique(couples):
                here = np.flatnonzero(couples == couple)
                best = int(here[table[place, here].argmin()])
                rows.append(
                    {
                        "pack": self.scenario.packs[number].name,
                        "share_frac": float(share),
                        "chemistry": self.scenario.search.chemistries[couple],
                        "platform": labels[best],
                        "lifecycle_cost_usd_per_pack": float(table[place, best]),
                        "is_cheapest": bool(table[place, best] == cheapest),
                    }
                )
        return rows

    def _prices(self) -> pd.DataFrame:
        first, last = self.ends
        units = {row.keys["item"]: row.unit for row in self.catalog.table("prices").rows}
        rows = [
            {"item": item, "unit": units[item], "price": price, "price_compared": last[item]}
            for item, price in first.items()
            if item in last and last[item] != price
        ]
        return pd.DataFrame(rows, columns=list(PRICE_COLUMNS))


def crossings(shares: FloatArray, costs: FloatArray, kind: IntArray) -> list[tuple[int, int, float]]:
    """Where the cheapest design changes to one of another kind, costs going on straight lines between the shares.

    Parameters
    ----------
    shares : ndarray, shape (n_shares,)
        Rising.
    costs : ndarray, shape (n_shares, n_designs)
    kind : ndarray, shape (n_designs,)

    Returns
    -------
    list of tuple
        The design that was the cheapest, the one that becomes it, and the share, in order.
    """
    found: list[tuple[int, int, float]] = []
    winner = int(costs[0].argmin())
    for place in range(len(shares) - 1):
        left, right = costs[place], costs[place + 1]
        at = 0.0
        while True:
            ahead = (right - left)[winner] - (right - left)
            behind = left - left[winner]
            with np.errstate(divide="ignore", invalid="ignore"):
                meets = np.where(ahead > 0, behind / ahead, np.inf)
            meets = np.where((meets >= at) & (np.arange(meets.size) != winner), meets, np.inf)
            nearest = int(meets.argmin())
            if not meets[nearest] <= 1:
                break
            at = float(meets[nearest])
            if kind[nearest] != kind[winner]:
                share = float(shares[place] + at * (shares[place + 1] - shares[place]))
                found.append((winner, nearest, share))
            winner = nearest
    return found
