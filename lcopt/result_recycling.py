"""What a recycler finds in the ranked designs, what their route makes of it, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from lcopt.cost.recycling import CATHODE, COSTS, GOODS, PackContent, RecycledPacks
from lcopt.result_tables import Detailed, ranks_of
from lcopt.selection.recycled import recycled_packs
from lcopt.selection.recycling_engineering import Recycling

GOOD, COST = "good", "cost"
WHOLE_ACTIVE = GOODS[CATHODE]
COLUMNS = (
    "pack",
    "rank",
    "route",
    "kind",
    "item",
    "price_item",
    "price_item_content_frac",
    "content_kg",
    "recovery_frac",
    "recovered_kg",
    "payable_frac",
    "price_usd_per_kg",
    "value_usd_per_pack",
)


def recycling_table(detailed: Detailed) -> pd.DataFrame:
    """A row a good or cost of each design; the values add up to that of a spent pack.

    The value of a good is content x recovery x payable share x price of the new product; `price_item_content_frac` is
    the share of the good in the item that its price comes from. A cost has the mass that it
    is paid for as its content and a price below zero. The active material stands twice, as cathode and as the metals
    in it, and is recovered as the one or the other. No rows where the scenario gives the value of a spent pack.
    """
    recycling, geometry = detailed.engineering.recycling, detailed.evaluation.geometry
    if recycling is None:
        return pd.DataFrame(columns=list(COLUMNS))
    content, recycled = recycled_packs(geometry, detailed.engineering, recycling)
    rows: list[dict[str, Any]] = []
    for number, (rank, couple) in enumerate(zip(ranks_of(detailed), geometry.platforms.couple, strict=True)):
        own = {"pack": detailed.pack, "rank": rank, "route": recycling.routes.names[recycled.route[number]]}
        items = [*_goods(number, couple, recycling, content, recycled), *_costs(number, recycling, content, recycled)]
        rows += [own | item for item in items]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _goods(
    number: int, couple: int, recycling: Recycling, content: PackContent, recycled: RecycledPacks
) -> Iterator[dict[str, Any]]:
    for column, good in enumerate(GOODS):
        yield {
            "kind": GOOD,
            "item": good,
            "price_item": recycling.price_items[couple][column],
            "price_item_content_frac": recycling.item_content_frac[couple, column],
            "content_kg": content.goods_kg[number, column],
            "recovery_frac": recycling.routes.recovery_frac[recycled.route[number], column],
            "recovered_kg": recycled.recovered_kg[number, column],
            "payable_frac": recycling.payable_frac[column],
            "price_usd_per_kg": recycling.price_usd_per_kg[couple, column],
            "value_usd_per_pack": recycled.revenue_usd[number, column],
        }


def _costs(
    number: int, recycling: Recycling, content: PackContent, recycled: RecycledPacks
) -> Iterator[dict[str, Any]]:
    for column, cost in enumerate(COSTS):
        yield {
            "kind": COST,
            "item": cost,
            "price_item": "",
            "price_item_content_frac": 1.0,
            "content_kg": content.handled_kg[number, column],
            "recovery_frac": 1.0,
            "recovered_kg": 0.0,
            "payable_frac": 1.0,
            "price_usd_per_kg": -recycling.routes.cost_usd_per_kg[recycled.route[number], column],
            "value_usd_per_pack": -recycled.cost_usd[number, column],
        }
