"""Which prices are uncertain: those that the scenario gives a distribution, and catalog prices from low to high.

What is made of metals moves with them, as in the optimization; of its own it has only the cost of its conversion. So
lithium carbonate moves LFP and NMC together, without a correlation that somebody must state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.active_materials import TABLE as ACTIVE_MATERIALS
from lcopt.cost.price_chain import PATHS, conversion_frac, item_prices, price_rows
from lcopt.cost.sale_years import YearsOfSale, sale_years
from lcopt.errors import LcoptError
from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.catalog_tables import GIVEN_ROUTE
from lcopt.inputs.distributions import PriceDistribution
from lcopt.inputs.price_correlations import Correlation
from lcopt.inputs.price_items import items_bought, metals_in
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.uncertainty_keys import CONVERSION, conversion_field, price_field
from lcopt.inputs.words import AS_GIVEN
from lcopt.selection.price_samples import Method, draw, quantile

SCENARIO = "scenario"
# Ends that are told of a distribution without ends.
TAIL_FRAC = 0.05


@dataclass(frozen=True)
class UncertainPrice:
    """One price that is uncertain.

    Attributes
    ----------
    field : str
        Its address in a scenario.
    item : str
        Its name in the price table; empty for the conversion of an active material.
    value : float
        At which designs are optimized.
    low, high : float
        Ends of the distribution, or its 5 % and 95 % where it has none.
    source, kind : str
        As in the catalog; `scenario` where the scenario states it.
    moves : ndarray, shape (n_items,)
        By how much every price item rises with it.
    """

    field: str
    item: str
    unit: str
    value: float
    low: float
    high: float
    distribution: PriceDistribution
    source: str
    kind: str
    moves: FloatArray


@dataclass(frozen=True)
class UncertainPrices:
    """All prices of a scenario: `base` (n_items,) as optimized, and those that are uncertain."""

    items: tuple[str, ...]
    base: FloatArray
    uncertain: tuple[UncertainPrice, ...]

    @property
    def values(self) -> FloatArray:
        """The uncertain prices as optimized, shape (n_uncertain,)."""
        return np.array([price.value for price in self.uncertain])

    @property
    def moves(self) -> FloatArray:
        """By how much items (rows) rise with uncertain prices (columns), shape (n_items, n_uncertain)."""
        if not self.uncertain:
            return np.zeros((len(self.items), 0))
        return np.stack([price.moves for price in self.uncertain], axis=1)

    def correlation(self, stated: Sequence[Correlation]) -> FloatArray | None:
        """Correlations of the uncertain prices (n_uncertain, n_uncertain); None where none is stated.

        Raises
        ------
        LcoptError
            Where a price with a correlation is certain, or matters to no candidate.
        """
        if not stated:
            return None
        places = {price.item: number for number, price in enumerate(self.uncertain) if price.item}
        matrix = np.eye(len(self.uncertain))
        for one in stated:
            missing = [item for item in one.between if item not in places]
            if missing:
                message = (
                    f"uncertainty.correlations: the price of {', '.join(missing)} is certain, moves with its metals, "
                    f"or matters to no candidate; uncertain are {', '.join(places)}"
                )
                raise LcoptError(message)
            first, second = (places[item] for item in one.between)
            matrix[first, second] = matrix[second, first] = one.value
        return matrix

    def at(self, values: FloatArray) -> dict[str, float]:
        """The price of every item where the uncertain ones have these values, shape (n_uncertain,)."""
        moved = self.base + self.moves @ (values - self.values)
        return dict(zip(self.items, moved.tolist(), strict=True))


def uncertain_prices(scenario: Scenario, catalog: Catalog) -> UncertainPrices:
    """The prices that matter to the chemistries of a scenario, and which of them are uncertain.

    Parameters
    ----------
    scenario : Scenario
    catalog : Catalog
        In the dollars of the scenario.
    """
    return _Reader(scenario, catalog).read()


def sampled_prices(prices: UncertainPrices, scenario: Scenario) -> list[int]:
    """Numbers of the prices that are sampled: where the scenario has distributions those with one, or all."""
    every = list(range(len(prices.uncertain)))
    if not scenario.price_distributions or scenario.uncertainty.prices != AS_GIVEN:
        return every
    return [number for number in every if prices.uncertain[number].kind == SCENARIO]


def draw_prices(prices: UncertainPrices, scenario: Scenario, count: int, seed: int, method: Method) -> FloatArray:
    """Samples of the uncertain prices of a scenario (count, n_uncertain); those that are not sampled stay as they are.

    Raises
    ------
    LcoptError
        Where a price with a correlation matters to no candidate.
    """
    drawn = sampled_prices(prices, scenario)
    correlation = prices.correlation(scenario.uncertainty.correlations)
    own = None if correlation is None else correlation[np.ix_(drawn, drawn)]
    found = np.tile(prices.values, (count, 1))
    found[:, drawn] = draw([prices.uncertain[number].distribution for number in drawn], count, seed, own, method)
    return found


class _Reader:
    """The prices of one scenario."""

    def __init__(self, scenario: Scenario, catalog: Catalog) -> None:
        self.scenario, self.catalog = scenario, catalog
        self.sale = sale_years(scenario)
        self.rows = price_rows(catalog, scenario.prices)
        self.base = self._prices({})
        recycled = scenario.lifecycle.recycling_route != GIVEN_ROUTE
        bought = items_bought(catalog, scenario.search.chemistries, scenario.price_overrides)
        self.bought = tuple(item for item in bought if item in self.base)
        self.items = tuple(self.base) if recycled else self.bought

    def read(self) -> UncertainPrices:
        found = [self._of_item(item) for item in self.items] + [self._of_conversion(item) for item in self.bought]
        base = np.array([self.base[item] for item in self.items])
        moving = tuple(price for price in found if price is not None and price.moves.any())
        return UncertainPrices(self.items, base, moving)

    def _prices(self, overrides: Mapping[str, float]) -> dict[str, float]:
        given = {**self.scenario.price_overrides, **overrides}
        return item_prices(self.catalog, self.scenario.prices, given, self.sale)

    def _of_item(self, item: str) -> UncertainPrice | None:
        row, value = self.rows[item], self.base[item]
        own = self.scenario.price_distributions.get(item)
        if own is None and (item in self.scenario.price_overrides or self._is_made(item)):
            return None
        low, high = self._range(item) if own is None else _ends(own)
        if own is None and not low < high:
            return None
        distribution = own or PriceDistribution("triangular", {"low": low, "mode": value, "high": high})
        return UncertainPrice(
            field=price_field(item),
            item=item,
            unit=row.unit,
            value=value,
            low=low,
            high=high,
            distribution=distribution,
            source=row.source if own is None else SCENARIO,
            kind=row.kind if own is None else SCENARIO,
            moves=self._moves(item),
        )

    def _of_conversion(self, item: str) -> UncertainPrice | None:
        rows = self.catalog.table(ACTIVE_MATERIALS).select(active_material=item, name=CONVERSION)
        if not rows or item in self.scenario.price_overrides:
            return None
        row = rows[0]
        low, high = _range_of(row)
        if not low < high:
            return None
        share = conversion_frac(self.catalog, self.scenario.prices, self.sale)
        return UncertainPrice(
            field=conversion_field(item),
            item="",
            unit=row.unit,
            value=row.value,
            low=low,
            high=high,
            distribution=PriceDistribution("triangular", {"low": low, "mode": row.value, "high": high}),
            source=row.source,
            kind=row.kind,
            moves=np.array([share * (name == item) for name in self.items]),
        )

    def _is_made(self, item: str) -> bool:
        """Whether the price moves with metals."""
        return any(metal in self.rows for metal in metals_in(self.catalog, [item]))

    def _moves(self, item: str) -> FloatArray:
        """By how much all items rise with one of them; costs are linear, so the step does not matter."""
        step = self.base[item] or 1.0
        moved = self._prices({item: self.base[item] + step})
        return np.array([(moved[name] - self.base[name]) / step for name in self.items])

    def _range(self, item: str) -> tuple[float, float]:
        """Low and high of an item; of a price that moves over the years their means over the years of sale."""
        row, path = self.rows[item], self.catalog.table(PATHS).select(item=item, price_scenario=self.scenario.prices)
        points = sorted(path, key=lambda point: int(point.keys["year"]))
        if points and (not row.file or any(point.file for point in points)):
            low, high = (_mean(points, self.sale, end) for end in (0, 1))
        else:
            low, high = _range_of(row)
        return min(low, self.base[item]), max(high, self.base[item])


def _mean(points: list[Row], sale: YearsOfSale, end: int) -> float:
    years = [int(point.keys["year"]) for point in points]
    return sale.mean(np.interp(sale.years, years, [_range_of(point)[end] for point in points]))


def _range_of(row: Row) -> tuple[float, float]:
    low, high = row.low_value, row.high_value
    return row.value if low is None else low, row.value if high is None else high


def _ends(distribution: PriceDistribution) -> tuple[float, float]:
    own = distribution.parameters
    if distribution.values:
        return min(distribution.values), max(distribution.values)
    if "low" in own:
        return own["low"], own["high"]
    low, high = quantile(distribution, np.array([TAIL_FRAC, 1 - TAIL_FRAC]))
    return float(low), float(high)
