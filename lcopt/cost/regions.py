"""Where packs are made and sold: what labor, buildings, machines and energy cost there, subsidies and tariffs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from lcopt.cost.books import CostRates
from lcopt.cost.plant_economics import EnergyPrices
from lcopt.cost.sale_years import YearsOfSale
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.catalog_tables import ANY_EXPORTER, SAME_REGION
from lcopt.units import unit_of_name

# The region whose labor and buildings are those of cost_rates.
REFERENCE = "reference"
SUBSIDIES = ("cell_subsidy_usd_per_kwh", "module_subsidy_usd_per_kwh")
PHASE = "subsidy_phase_frac"


@dataclass(frozen=True)
class Region:
    """A place to make packs: rates of the books there, and hours and prices of machines over the process steps."""

    rates: CostRates
    labor_hours_factor: float
    equipment_price_factor: float
    energy: EnergyPrices


def rate_rows(catalog: Catalog, region: str) -> dict[str, Row]:
    """Rows of all rates of a region: its own where it has one, else that of the reference."""
    table = catalog.table("regions")
    rows = (*catalog.table("cost_rates").rows, *table.select(region=REFERENCE), *table.select(region=region))
    return {row.keys["name"]: row for row in rows}


def read_region(catalog: Catalog, region: str) -> Region:
    """What a region says, and for the rest what the reference says."""
    rows = rate_rows(catalog, region)

    def number(name: str) -> float:
        return rows[name].number(unit_of_name(name) or "")

    return Region(
        rates=CostRates(**{item.name: number(item.name) for item in fields(CostRates)}),
        labor_hours_factor=number("labor_hours_factor"),
        equipment_price_factor=number("equipment_price_factor"),
        energy=EnergyPrices(number("electricity_usd_per_kwh"), number("gas_usd_per_kwh")),
    )


def tariff_row(catalog: Catalog, region: str, market: str) -> Row | None:
    """The tariff on packs of a region in a market; None where they cross no border.

    Raises
    ------
    CatalogError
        Where the market has no tariffs.
    """
    if market in {SAME_REGION, region}:
        return None
    rows = {row.keys["exporter"]: row for row in catalog.table("tariffs").select(market=market)}
    if region not in rows and ANY_EXPORTER not in rows:
        message = f"tariffs.csv: no tariff on packs from '{region}' in '{market}'; choose another market, or add a row"
        raise CatalogError(message)
    return rows.get(region, rows.get(ANY_EXPORTER))


def subsidy_usd_per_kwh(catalog: Catalog, region: str, sale: YearsOfSale) -> float:
    """Production subsidy of a region on cells and modules, the weighted mean of the years of sale.

    A region without rows has none; before its first year it pays nothing.
    """
    rows = catalog.table("subsidies").select(region=region)
    if not rows:
        return 0.0
    whole = [sum(_in_force(rows, name, year) for name in SUBSIDIES) for year in sale.years]
    paid = [amount * _in_force(rows, PHASE, year) for amount, year in zip(whole, sale.years, strict=True)]
    return sale.mean(np.array(paid))


def _in_force(rows: Sequence[Row], name: str, year: int) -> float:
    """The value of the latest row that is not after a year."""
    known = [row for row in rows if row.keys["name"] == name and int(row.keys["from_year"]) <= year]
    if not known:
        return 0.0
    return max(known, key=lambda row: int(row.keys["from_year"])).number(unit_of_name(name) or "")
