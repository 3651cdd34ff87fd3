"""What an evaluation needs besides the candidates: the catalog gathered once for one scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.duty import Vehicles, read_vehicles
from lcopt.cell.electrodes import Couples, read_couples
from lcopt.conventions import LCOPT, Conventions
from lcopt.cost.composition import Accounting, CostConstants, account, read_cost_constants
from lcopt.cost.plant_books import read_books, read_price_additions, site_of
from lcopt.cost.pooling import PooledGroups, read_pooled_groups
from lcopt.cost.price_additions import PriceAdditions
from lcopt.cost.price_chain import item_prices
from lcopt.cost.prices import PriceDeck, read_price_deck
from lcopt.cost.sale_years import sale_years
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.portfolio_limits import METALS
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.words import HEATERS, POOLED
from lcopt.pack.architecture import PackConstants, read_pack_constants
from lcopt.pack.safety import NO_RULE, SafetyModel, chemistry_class_index, read_safety
from lcopt.performance.charging import ChargingModel, ChargingSets, read_charging_model, read_charging_sets
from lcopt.performance.cold import Heaters, read_heaters
from lcopt.performance.limits import Limit, LimitKind, Sense
from lcopt.selection.cased_engineering import CasedEngineering, read_cased
from lcopt.selection.quotes import with_quotes
from lcopt.selection.recycling_engineering import Contents, Recycling, read_contents, read_recycling
from lcopt.selection.space import (
    GivenPlatforms,
    SearchGrid,
    read_given_platforms,
    read_grid,
)

VEHICLE_TYPE = "EV"


@dataclass(frozen=True)
class TechnologyClasses:
    """Charging classes of the search, arrays of shape (n_classes,)."""

    speed_factor: FloatArray
    rating_per_h: FloatArray
    graphite_premium_frac: FloatArray
    electrolyte_premium_frac: FloatArray


@dataclass(frozen=True)
class _TechnologyClass:
    speed_factor: float
    rating_per_h: float
    graphite_premium_frac: float
    electrolyte_premium_frac: float


@dataclass(frozen=True)
class Family:
    """What a chemistry takes from its family (chemistry_families.csv)."""

    family: str
    charging_set: str
    fade_law: str
    in_all: bool
    borrows: str
    carbon_making_kg_per_kwh: float


@dataclass(frozen=True)
class DesignConditions:
    """At which conditions every candidate is rated and made (design_conditions.csv)."""

    energy_temperature_deg_c: float
    cell_yield_frac: float
    operating_days_d_per_yr: float


@dataclass(frozen=True)
class Engineering:
    """The catalog for one scenario; arrays over chemistries in the order of the scenario's search, over all heaters.

    `priced` is the same at the prices of every price scenario of the portfolio's risk; empty where prices are certain.
    """

    scenario: Scenario
    chemistries: tuple[str, ...]
    families: tuple[Family, ...]
    couples: Couples
    prices: PriceDeck
    classes: TechnologyClasses
    charging_sets: ChargingSets
    charging_model: ChargingModel
    heaters: Heaters
    recycling_value_usd_per_kwh: FloatArray
    recycling: Recycling | None
    making_kg_per_kwh: FloatArray
    pack: PackConstants
    cost: CostConstants
    pooled: PooledGroups | None
    additions: PriceAdditions
    vehicle: Vehicles
    conditions: DesignConditions
    grid: SearchGrid
    aspect_ratios: FloatArray
    given: GivenPlatforms
    bounds: tuple[Limit, ...]
    cased: CasedEngineering
    safety: SafetyModel
    runaway_class: IntArray
    conventions: Conventions
    accounting: Accounting
    contents: Contents | None = None
    priced: tuple[Engineering, ...] = ()

    def bound(self, quantity: str) -> float:
        """The catalog bound on one quantity."""
        return next(limit.bound for limit in self.bounds if limit.quantity == quantity)


def gather_engineering(scenario: Scenario, catalog: Catalog) -> Engineering:
    """Read what the scenario's search needs from a catalog that is already in the scenario's dollars."""
    chemistries = scenario.search.chemistries
    families = tuple(catalog.constants(Family, "chemistry_families", chemistry=name) for name in chemistries)
    classes = [
        catalog.constants(_TechnologyClass, "technology_classes", technology_class=name)
        for name in scenario.search.technology_classes
    ]
    site = site_of(scenario)
    values = scenario.lifecycle.end_of_life_value_usd_per_kwh
    making = scenario.lifecycle.carbon_making_kg_per_kwh
    overrides, sale = scenario.price_overrides, sale_years(scenario)
    deck = read_price_deck(catalog, scenario.prices, chemistries, overrides, sale)
    cost = replace(catalog.kept(read_cost_constants), books=read_books(catalog, site))
    return Engineering(
        scenario=scenario,
        chemistries=chemistries,
        families=families,
        couples=catalog.kept(read_couples, chemistries),
        prices=deck,
        classes=TechnologyClasses(
            speed_factor=np.array([item.speed_factor for item in classes]),
            rating_per_h=np.array([item.rating_per_h for item in classes]),
            graphite_premium_frac=np.array([item.graphite_premium_frac for item in classes]),
            electrolyte_premium_frac=np.array([item.electrolyte_premium_frac for item in classes]),
        ),
        charging_sets=catalog.kept(read_charging_sets, tuple(item.charging_set for item in families)),
        charging_model=catalog.kept(read_charging_model),
        heaters=catalog.kept(read_heaters, tuple(HEATERS)),
        recycling_value_usd_per_kwh=np.array([values[item.family] for item in families]),
        recycling=read_recycling(
            catalog,
            scenario.lifecycle.recycling_route,
            deck,
            item_prices(catalog, scenario.prices, overrides, sale),
            cost.books.rates.labor_usd_per_h,
        ),
        making_kg_per_kwh=np.array([making[item.family] for item in families]),
        pack=catalog.kept(read_pack_constants),
        cost=cost,
        pooled=read_pooled_groups(catalog) if scenario.portfolio.volumes == POOLED else None,
        additions=read_price_additions(
            catalog, site, [item.family for item in families], scenario.plant.royalty_usd_per_kwh
        ),
        vehicle=catalog.kept(read_vehicles, (VEHICLE_TYPE,)),
        conditions=catalog.constants(DesignConditions, "design_conditions"),
        grid=catalog.kept(read_grid),
        aspect_ratios=np.array([row.number("1") for row in catalog.table("aspect_ratios").rows]),
        given=with_quotes(read_given_platforms(catalog, scenario.search), scenario.portfolio.buy),
        bounds=catalog.kept(_catalog_bounds),
        cased=catalog.kept(read_cased, scenario.search),
        safety=catalog.kept(read_safety),
        runaway_class=chemistry_class_index(
            catalog, chemistries, required=any(pack.limits.safety != NO_RULE for pack in scenario.packs)
        ),
        conventions=LCOPT,
        # Warranty and platform costs are lines of the lifecycle; a price that holds them would count them twice.
        accounting=account(profit=True, warranty=False, research=False),
        contents=read_contents(catalog, deck) if _limits_a_metal(scenario) else None,
        priced=_priced(scenario, catalog),
    )


def _limits_a_metal(scenario: Scenario) -> bool:
    """Whether what packs are made of counts for the fleet."""
    return any(limit.quantity in METALS for limit in scenario.portfolio.limits)


def _priced(scenario: Scenario, catalog: Catalog) -> tuple[Engineering, ...]:
    """The engineering at the prices of every price scenario of the risk."""
    risk, certain = scenario.portfolio.risk, replace(scenario.portfolio, risk=None)
    names = () if risk is None else risk.probability_frac
    return tuple(gather_engineering(replace(scenario, prices=name, portfolio=certain), catalog) for name in names)


def _catalog_bounds(catalog: Catalog) -> tuple[Limit, ...]:
    return tuple(
        Limit(
            row.keys["name"], row.keys["label"], Sense(row.keys["sense"]), row.value, row.unit, LimitKind.CATALOG_BOUND
        )
        for row in catalog.table("design_bounds").rows
    )
