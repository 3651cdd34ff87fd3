"""The books and the price additions of one plant: region, market, costing method and years of sale put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lcopt.cost.books import Books, PlantScale, reference_books
from lcopt.cost.plant_economics import (
    Levelized,
    learned_factor,
    levelize,
    levelized_books,
    read_plant_economics,
    read_plant_years,
)
from lcopt.cost.price_additions import PriceAdditions
from lcopt.cost.regions import read_region, subsidy_usd_per_kwh, tariff_row
from lcopt.cost.sale_years import YearsOfSale, sale_years
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Scenario


class Costing(StrEnum):
    """Methods of costing a plant."""

    REFERENCE = "reference"
    LEVELIZED = "levelized"


@dataclass(frozen=True)
class PlantSite:
    """One plant: where it stands and sells, how it is costed, how fast it has learned since the data were taken."""

    region: str
    market: str
    costing: Costing
    wacc_frac: float
    learning_frac_per_yr: float
    subsidy_share_frac: float
    sale: YearsOfSale


def site_of(scenario: Scenario) -> PlantSite:
    """The plant that a scenario asks for."""
    plant = scenario.plant
    return PlantSite(
        region=plant.region,
        market=plant.market,
        costing=Costing(plant.costing),
        wacc_frac=plant.wacc_frac,
        learning_frac_per_yr=plant.learning_frac_per_yr,
        subsidy_share_frac=plant.subsidy_share_frac,
        sale=sale_years(scenario),
    )


def read_books(catalog: Catalog, site: PlantSite) -> Books:
    """The books of a plant in the dollars of the catalog."""
    region, learned = read_region(catalog, site.region), learned_share(catalog, site)
    scale = PlantScale(
        labor_factor=region.labor_hours_factor * learned,
        equipment_factor=region.equipment_price_factor * learned,
        area_factor=learned,
    )
    if site.costing is Costing.REFERENCE:
        return reference_books(region.rates, scale)
    economics = read_plant_economics(catalog)
    return levelized_books(
        region.rates, scale, economics, read_levelized(catalog, site), region.energy, site.wacc_frac, learned
    )


def read_levelized(catalog: Catalog, site: PlantSite) -> Levelized:
    """The plant's life at its cost of capital."""
    return levelize(read_plant_economics(catalog), read_plant_years(catalog), site.wacc_frac)


def learned_years(catalog: Catalog, site: PlantSite) -> float:
    """Years of learning, from the data to the middle of the sales."""
    return site.sale.middle_yr - read_plant_economics(catalog).process_data_yr


def learned_share(catalog: Catalog, site: PlantSite) -> float:
    """Hours, machines, area and energy per unit over those of the year of the data."""
    return learned_factor(site.learning_frac_per_yr, learned_years(catalog, site))


def whole_subsidy_usd_per_kwh(catalog: Catalog, site: PlantSite) -> float:
    """Production subsidy of the region, of which a share lowers the price."""
    return subsidy_usd_per_kwh(catalog, site.region, site.sale)


def read_price_additions(
    catalog: Catalog, site: PlantSite, families: Sequence[str], royalty_usd_per_kwh: Mapping[str, float]
) -> PriceAdditions:
    """Additions to the price, with the royalty of each chemistry by its family."""
    tariff = tariff_row(catalog, site.region, site.market)
    return PriceAdditions(
        royalty_usd_per_kwh=np.array([royalty_usd_per_kwh[family] for family in families]),
        subsidy_usd_per_kwh=site.subsidy_share_frac * whole_subsidy_usd_per_kwh(catalog, site),
        tariff_frac=0.0 if tariff is None else tariff.number("1"),
    )
