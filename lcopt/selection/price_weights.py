"""What the candidates of a pack buy of every price item, weighted with its present value, from the model itself.

Every price enters the lifecycle cost linearly, so one evaluation at another price gives the weight exactly. Items of
which no chemistry buys two are moved together: a search of many chemistries needs few evaluations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cost.price_chain import item_prices
from lcopt.cost.prices import read_price_deck
from lcopt.cost.sale_years import sale_years
from lcopt.inputs.catalog import Catalog
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import batches, evaluate, lifecycle_at
from lcopt.selection.explored import Explored
from lcopt.selection.recycling_engineering import read_recycling
from lcopt.selection.uncertain_prices import UncertainPrices


@dataclass(frozen=True)
class PriceWeights:
    """`usd_per_price` (n_candidates, n_items) of one pack [USD a pack per unit of the price].

    `deviation_frac` is by how much the cost at quite other prices differs at most from what the weights say: rounding
    alone where costs are linear, more where a spent pack changes its route with the prices.
    """

    usd_per_price: FloatArray
    deviation_frac: float


def price_weights(
    explored: Explored, index: IntArray, prices: UncertainPrices, engineering: Engineering, catalog: Catalog
) -> PriceWeights:
    """Weights of all price items in the lifecycle cost of some candidates of a pack."""
    groups = _groups(prices.items, engineering)
    steps = np.where(prices.base > 0, prices.base, 1.0)
    moved = [_repriced(engineering, catalog, _moved(prices, steps, group)) for group in groups]
    ends = prices.base + prices.moves @ np.array([price.high - price.value for price in prices.uncertain])
    check = _repriced(engineering, catalog, dict(zip(prices.items, ends.tolist(), strict=True)))
    platforms, counts = explored.candidates.platforms.take(index), explored.candidates.counts.take(index)
    weights, deviation = np.zeros((len(index), len(prices.items))), 0.0
    own = _bought(prices.items, engineering)
    for batch in batches(platforms):
        evaluation = evaluate(explored.task, platforms.take(batch), counts.take(batch), engineering)
        base = evaluation.lifecycle.lifecycle_cost_usd
        couple = platforms.couple[batch]
        for group, priced in zip(groups, moved, strict=True):
            rise = lifecycle_at(explored.task, evaluation, priced).lifecycle_cost_usd - base
            for item in group:
                share = 1.0 if len(group) == 1 else own[couple, item]
                weights[batch, item] = share * rise / steps[item]
        told = base + weights[batch] @ (ends - prices.base)
        exact = lifecycle_at(explored.task, evaluation, check).lifecycle_cost_usd
        deviation = max(deviation, float(np.abs(told / exact - 1).max()))
    return PriceWeights(weights, deviation)


def _repriced(engineering: Engineering, catalog: Catalog, overrides: Mapping[str, float]) -> Engineering:
    """The engineering of the same scenario at other prices."""
    scenario = engineering.scenario
    given, sale = {**scenario.price_overrides, **overrides}, sale_years(scenario)
    deck = read_price_deck(catalog, scenario.prices, engineering.chemistries, given, sale)
    recycling = read_recycling(
        catalog,
        scenario.lifecycle.recycling_route,
        deck,
        item_prices(catalog, scenario.prices, given, sale),
        engineering.cost.books.rates.labor_usd_per_h,
    )
    return replace(engineering, prices=deck, recycling=recycling)


def _moved(prices: UncertainPrices, steps: FloatArray, group: Sequence[int]) -> dict[str, float]:
    """All prices fixed as they are, those of a group a step higher."""
    moved = prices.base.copy()
    moved[list(group)] += steps[list(group)]
    return dict(zip(prices.items, moved.tolist(), strict=True))


def _bought(items: Sequence[str], engineering: Engineering) -> FloatArray:
    """1 where a chemistry (rows) buys an item (columns), else 0."""
    bought = np.zeros((len(engineering.chemistries), len(items)))
    for names in engineering.prices.items.values():
        for row, name in enumerate(names):
            bought[row, items.index(name)] = 1.0
    return bought


def _groups(items: Sequence[str], engineering: Engineering) -> list[list[int]]:
    """Items that can be moved together, as no chemistry buys two of them; each alone where packs are recycled."""
    if engineering.recycling is not None:
        return [[item] for item in range(len(items))]
    bought = _bought(items, engineering) > 0
    groups: list[list[int]] = []
    for item in range(len(items)):
        if not bought[:, item].any():
            continue
        free = (group for group in groups if not (bought[:, group].any(axis=1) & bought[:, item]).any())
        group = next(free, None)
        if group is None:
            groups.append([item])
        else:
            group.append(item)
    return groups
