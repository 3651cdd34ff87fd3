"""What packs are worth to a recycler: the metal in them, what a route gets out of it, what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog, Row

ROUTES_TABLE, GOODS_TABLE = "recycling_routes", "recycling_goods"
# What can be sold. Metals of cells go through the plant, those of other parts come off at disassembly.
ACTIVE_METALS = ("lithium", "nickel", "cobalt", "manganese")
GOODS = (
    *ACTIVE_METALS,
    "graphite",
    "cathode",
    "cell_copper",
    "cell_aluminum",
    "cell_steel",
    "pack_copper",
    "pack_aluminum",
    "pack_steel",
)
CATHODE = GOODS.index("cathode")
# Price of a good that is the active material itself: the item that its chemistry buys.
OWN_ACTIVE = "positive_active"
# What a route costs, each by the mass of cells or of the whole pack.
COSTS = ("cell_processing", "pack_disassembly", "pack_transport")


@dataclass(frozen=True)
class RecyclingRoutes:
    """Routes in the order of `names`: recovery of shape (n_routes, n_goods), costs of shape (n_routes, n_costs)."""

    names: tuple[str, ...]
    recovery_frac: FloatArray
    cost_usd_per_kg: FloatArray


@dataclass(frozen=True)
class PackContent:
    """What packs hold: `goods_kg` of shape (n_designs, n_goods) in the order of GOODS, the rest (n_designs,).

    The active material counts twice, as cathode and as the metals in it; a route recovers the one or the other.
    """

    goods_kg: FloatArray
    cells_kg: FloatArray
    pack_kg: FloatArray
    energy_kwh: FloatArray

    @property
    def handled_kg(self) -> FloatArray:
        """Mass that each of COSTS is paid for, shape (n_designs, n_costs)."""
        return np.stack([self.cells_kg, self.pack_kg, self.pack_kg], axis=1)


@dataclass(frozen=True)
class RecycledPacks:
    """Packs on their routes: `route` (n_designs,) is a number of the routes, amounts are (n_designs, n_goods)."""

    route: IntArray
    recovered_kg: FloatArray
    revenue_usd: FloatArray
    cost_usd: FloatArray
    value_usd_per_kwh: FloatArray


def recycle(
    content: PackContent, price_usd_per_kg: FloatArray, payable_frac: FloatArray, routes: RecyclingRoutes
) -> RecycledPacks:
    """Each pack on the route that leaves most, even where every route costs money: one must be taken.

    Parameters
    ----------
    content : PackContent
        Of the packs as built.
    price_usd_per_kg : ndarray, shape (n_designs, n_goods)
        Of each good as a new product. [USD/kg]
    payable_frac : ndarray, shape (n_goods,)
        Share of that price that a recycled good earns. [-]
    routes : RecyclingRoutes
        One or several; the first of equal ones is taken.

    Returns
    -------
    RecycledPacks
        `cost_usd` has shape (n_designs, n_costs); `value_usd_per_kwh` is net, per nameplate energy, may be negative.
    """
    worth_usd = content.goods_kg * price_usd_per_kg * payable_frac
    # Not by a matrix product, whose last digit depends on how many designs it is given.
    revenues_usd = np.einsum("ng,rg->nr", worth_usd, routes.recovery_frac)
    net_usd = revenues_usd - np.einsum("nh,rh->nr", content.handled_kg, routes.cost_usd_per_kg)
    route = np.argmax(net_usd, axis=1)
    recovery_frac = routes.recovery_frac[route]
    revenue_usd = worth_usd * recovery_frac
    cost_usd = content.handled_kg * routes.cost_usd_per_kg[route]
    return RecycledPacks(
        route=route,
        recovered_kg=content.goods_kg * recovery_frac,
        revenue_usd=revenue_usd,
        cost_usd=cost_usd,
        value_usd_per_kwh=(revenue_usd.sum(axis=1) - cost_usd.sum(axis=1)) / content.energy_kwh,
    )


@dataclass(frozen=True)
class _Route:
    lithium_recovery_frac: float
    nickel_recovery_frac: float
    cobalt_recovery_frac: float
    manganese_recovery_frac: float
    graphite_recovery_frac: float
    cathode_recovery_frac: float
    cell_copper_recovery_frac: float
    cell_aluminum_recovery_frac: float
    cell_steel_recovery_frac: float
    pack_copper_recovery_frac: float
    pack_aluminum_recovery_frac: float
    pack_steel_recovery_frac: float
    cell_processing_usd_per_kg: float
    pack_disassembly_h_per_kg: float
    pack_transport_usd_per_kg: float


def read_recycling_routes(catalog: Catalog, names: Sequence[str], labor_usd_per_h: float) -> RecyclingRoutes:
    """Routes of the catalog with the disassembly at a wage.

    Raises
    ------
    CatalogError
        Where a route is unknown, lacks a row, or recovers more than there is.
    """
    known = catalog.table(ROUTES_TABLE).words("route")
    strangers = [name for name in names if name not in known]
    if strangers:
        message = f"{ROUTES_TABLE}.csv has no route {', '.join(strangers)}; it has {', '.join(known)}"
        raise CatalogError(message)
    rows = [catalog.constants(_Route, ROUTES_TABLE, route=name) for name in names]
    recovery = np.array([[getattr(row, f"{good}_recovery_frac") for good in GOODS] for row in rows])
    for name in names:
        _check_balance({row.keys["name"]: row for row in catalog.table(ROUTES_TABLE).select(route=name)})
    costs = [
        (row.cell_processing_usd_per_kg, row.pack_disassembly_h_per_kg * labor_usd_per_h, row.pack_transport_usd_per_kg)
        for row in rows
    ]
    return RecyclingRoutes(names=tuple(names), recovery_frac=recovery, cost_usd_per_kg=np.array(costs))


def _check_balance(rows: Mapping[str, Row]) -> None:
    """A good is recovered once, and the active material as such or as its metals."""
    recovered = {good: rows[f"{good}_recovery_frac"] for good in GOODS}
    for good, row in recovered.items():
        if not 0 <= row.value <= 1:
            message = f"{row.place}: the route '{row.keys['route']}' recovers {row.text} of {good}; expected 0 to 1"
            raise CatalogError(message)
    whole = recovered[GOODS[CATHODE]]
    metal = max((recovered[name] for name in ACTIVE_METALS), key=lambda row: row.value)
    if whole.value + metal.value > 1:
        message = (
            f"{whole.place}: the route '{whole.keys['route']}' recovers {whole.text} of the cathode, and "
            f"{metal.text} of a metal in it ({metal.place}); expected no more than 1 together"
        )
        raise CatalogError(message)


@dataclass(frozen=True)
class Goods:
    """Goods in the order of GOODS, arrays of shape (n_goods,).

    `price_items` names the price item of each, or OWN_ACTIVE where it is the active material of the chemistry; it is
    empty where `price_usd_per_kg` states the price, which is NaN elsewhere.
    """

    price_items: tuple[str, ...]
    price_usd_per_kg: FloatArray
    payable_frac: FloatArray


def read_goods(catalog: Catalog) -> Goods:
    """What recycled goods are priced by, in the catalog's dollars.

    Raises
    ------
    CatalogError
        Where a good lacks a row, or earns more than it would new.
    """
    table = catalog.table(GOODS_TABLE)
    stated = [table.select(good=good, name="price_usd_per_kg") for good in GOODS]
    items = [
        "" if usd else table.one(good=good, name="price_item").text for good, usd in zip(GOODS, stated, strict=True)
    ]
    payable = [table.one(good=good, name="payable_frac") for good in GOODS]
    for row in payable:
        if not 0 <= row.number("1") <= 1:
            message = f"{row.place}: '{row.keys['good']}' earns {row.text} of its price; expected a share of 0 to 1"
            raise CatalogError(message)
    return Goods(
        price_items=tuple(items),
        price_usd_per_kg=np.array([usd[0].number("USD/kg") if usd else np.nan for usd in stated]),
        payable_frac=np.array([row.value for row in payable]),
    )
