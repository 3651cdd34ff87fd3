"""Which items of the price table matter to which chemistries: what they buy, and the metals in what they buy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from lcopt.inputs.catalog import Catalog

if TYPE_CHECKING:
    from lcopt.inputs.scenario import Scenario


def items_bought(
    catalog: Catalog, chemistries: Iterable[str] | None = None, overridden: Collection[str] = ()
) -> tuple[str, ...]:
    """Price items that some chemistries buy, all where None, and then the metals that their prices move with.

    An item that is `overridden` has its price whatever its metals cost.
    """
    wanted = None if chemistries is None else set(chemistries)
    rows = catalog.table("chemistry_prices").rows
    bought = dict.fromkeys(row.text for row in rows if wanted is None or row.keys["chemistry"] in wanted)
    return (*bought, *metals_in(catalog, (item for item in bought if item not in overridden)))


def unused_prices(scenario: Scenario, catalog: Catalog) -> list[str]:
    """Prices that a scenario replaces and no chemistry of its search buys."""
    if not scenario.price_overrides:
        return []
    bought = items_bought(catalog, scenario.search.chemistries, scenario.price_overrides)
    return [item for item in scenario.price_overrides if item not in bought]


def told_of_unused(items: Sequence[str]) -> list[str]:
    """The sentence on replaced prices that change nothing; none where there are none."""
    if not items:
        return []
    count = "1 price override changes" if len(items) == 1 else f"{len(items)} price overrides change"
    return [f"{count} nothing: no chemistry of the search buys {', '.join(items)}"]


def metals_in(catalog: Catalog, items: Iterable[str]) -> tuple[str, ...]:
    """Metals that the prices of some items move with."""
    within = set(items)
    words = [
        *(
            row.text
            for row in catalog.table("active_materials").select(name="bought_metals")
            if row.keys["active_material"] in within
        ),
        *(row.keys["metal"] for row in catalog.table("prices").rows if row.keys["item"] in within),
    ]
    return tuple(dict.fromkeys(metal for word in words for metal in word.split()))
