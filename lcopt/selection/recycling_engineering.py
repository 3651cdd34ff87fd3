"""What recycling needs of the catalog for the chemistries of one scenario: routes, contents, prices of what is sold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.active_materials import REFINED_METALS
from lcopt.cost.pack_content import Compositions, PartMetals, read_compositions, read_part_metals
from lcopt.cost.prices import PriceDeck
from lcopt.cost.recycling import OWN_ACTIVE, ROUTES_TABLE, Goods, RecyclingRoutes, read_goods, read_recycling_routes
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.catalog_tables import BEST_ROUTE, GIVEN_ROUTE


@dataclass(frozen=True)
class Recycling:
    """Routes that packs may take, and what they sell.

    `price_usd_per_kg` has the shape (n_chemistries, n_goods), `price_items` names the price items behind it (empty
    where recycling_goods.csv states the price), `item_content_frac` is the good in a kilogram of each, as the metal in
    its salt.
    """

    routes: RecyclingRoutes
    price_items: tuple[tuple[str, ...], ...]
    compositions: Compositions
    part_metals: Mapping[str, PartMetals]
    item_content_frac: FloatArray
    price_usd_per_kg: FloatArray
    payable_frac: FloatArray


@dataclass(frozen=True)
class Contents:
    """What is in the active materials of the chemistries and in the parts of packs, without any route."""

    compositions: Compositions
    part_metals: Mapping[str, PartMetals]


def read_contents(catalog: Catalog, deck: PriceDeck) -> Contents:
    """Contents of the chemistries of a deck.

    Raises
    ------
    CatalogError
        Where the catalog lacks a composition.
    """
    positives, negatives = deck.items["positive_active"], deck.items["negative_active"]
    return Contents(read_compositions(catalog, positives, negatives), read_part_metals(catalog))


def read_recycling(
    catalog: Catalog, route: str, deck: PriceDeck, prices: Mapping[str, float], labor_usd_per_h: float
) -> Recycling | None:
    """Recycling by one route of the catalog or the best of them; None where the value of a spent pack is given.

    Parameters
    ----------
    catalog : Catalog
        In the dollars wanted.
    route : str
        `given`, `best`, or a route of recycling_routes.csv.
    deck : PriceDeck
        Names the active materials of the chemistries.
    prices : mapping
        Price of each item, in its unit.
    labor_usd_per_h : float
        Wage of disassembly. [USD/h]

    Raises
    ------
    CatalogError
        Where the catalog lacks a route, a composition or a price.
    """
    if route == GIVEN_ROUTE:
        return None
    names = catalog.table(ROUTES_TABLE).words("route") if route == BEST_ROUTE else (route,)
    positives, negatives = deck.items["positive_active"], deck.items["negative_active"]
    goods = read_goods(catalog)
    items = tuple(_items_of(goods, positive) for positive in positives)
    content = _contents(catalog, items)
    return Recycling(
        routes=read_recycling_routes(catalog, names, labor_usd_per_h),
        price_items=items,
        compositions=read_compositions(catalog, positives, negatives),
        part_metals=read_part_metals(catalog),
        item_content_frac=content,
        price_usd_per_kg=_item_prices(goods, prices, items) / content,
        payable_frac=goods.payable_frac,
    )


def _items_of(goods: Goods, positive_active: str) -> tuple[str, ...]:
    """Price item of every good for a chemistry that buys this active material."""
    return tuple(positive_active if item == OWN_ACTIVE else item for item in goods.price_items)


def _contents(catalog: Catalog, items: Sequence[Sequence[str]]) -> FloatArray:
    """Share of the good in each item: the metal in a salt, else 1."""
    metal_frac = {row.keys["metal"]: row.number("1") for row in catalog.table(REFINED_METALS).rows}
    return np.array([[metal_frac.get(item, 1.0) for item in names] for names in items])


def _item_prices(goods: Goods, prices: Mapping[str, float], items: Sequence[Sequence[str]]) -> FloatArray:
    """Price of each item, of shape (n_chemistries, n_goods); as the goods state it where they name no item.

    Raises
    ------
    CatalogError
        Where the price scenario lacks an item.
    """
    missing = {item for names in items for item in names if item and item not in prices}
    if missing:
        lacking = ", ".join(sorted(missing))
        message = f"the price scenario has no item {lacking}, which recycling asks for; add it to prices.csv"
        raise CatalogError(message)
    stated = goods.price_usd_per_kg
    return np.array(
        [[prices[item] if item else usd for item, usd in zip(names, stated, strict=True)] for names in items]
    )
