"""The levelized costing: a plant that is built, starts up and runs for years, whose price makes it worth nothing.

The price at which the net present value of a plant's yearly flows is zero at its cost of capital is the reference's
formula with other numbers in its books (`levelized_books`). Prices are constant and real, the cost of capital is real
and before tax, and nothing is left at the end but the working capital.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.books import Books, CostRates, PlantScale, Returns, Utilities
from lcopt.inputs.catalog import Catalog

# An investment of a year of construction is made in the middle of the year.
MIDDLE_OF_YEAR = 0.5


@dataclass(frozen=True)
class PlantEconomics:
    """What the levelized costing counts with beside the rates of the reference (plant_economics.csv)."""

    plant_life_yr: int
    labor_fixed_frac: float
    energy_fixed_frac: float
    overhead_of_labor_frac: float
    overhead_of_depreciation_frac: float
    launch_of_materials_frac: float
    cell_electricity_kwh_per_kwh: float
    cell_gas_kwh_per_kwh: float
    assembly_electricity_kwh_per_kwh: float
    dry_electrode_energy_factor: float
    process_data_yr: int


@dataclass(frozen=True)
class PlantYears:
    """Shares by year: of the investment while it is built, then of output and yield; the last of those holds on."""

    construction_spend_frac: FloatArray
    utilization_frac: FloatArray
    yield_factor: FloatArray


@dataclass(frozen=True)
class EnergyPrices:
    """Prices of a region."""

    electricity_usd_per_kwh: float
    gas_usd_per_kwh: float


@dataclass(frozen=True)
class Levelized:
    """A plant's life as pure numbers.

    `interest_frac` is the interest during construction over the investment, `recovery_frac_per_yr` the yearly payment
    that recovers an investment within the plant's life, `output_frac` good units over those of a mature plant at full
    output, all years discounted. The factors are what is started or paid per good unit over the mature plant's.
    """

    interest_frac: float
    recovery_frac_per_yr: float
    output_frac: float
    scrap_factor: float
    labor_factor: float
    energy_factor: float


def read_plant_economics(catalog: Catalog) -> PlantEconomics:
    """The constants of the levelized costing."""
    return catalog.constants(PlantEconomics, "plant_economics")


def read_plant_years(catalog: Catalog) -> PlantYears:
    """The years of construction and of the ramp, in their order."""
    rows = catalog.table("plant_years").grouped("name")
    by_year = {
        name: np.array([row.number("1") for row in sorted(found, key=lambda row: int(row.keys["plant_year"]))])
        for name, found in rows.items()
    }
    return PlantYears(**by_year)


def levelize(economics: PlantEconomics, years: PlantYears, wacc_frac: float) -> Levelized:
    """A plant's life at a cost of capital.

    Parameters
    ----------
    economics : PlantEconomics
        Life, and the shares of labor and energy that do not follow output.
    years : PlantYears
        Construction and ramp; the start of operation is date 0.
    wacc_frac : float
        Real cost of capital before tax. [1/yr]

    Notes
    -----
    Investments are made in the middle of the years of construction, all else is paid and earned at the ends of the
    years of operation. Started units are the output of the mature plant times the utilization, good units are the
    started ones times the yield factor.
    """
    life_yr = economics.plant_life_yr
    discount = (1.0 + wacc_frac) ** -np.arange(1.0, life_yr + 1)
    started = _held(years.utilization_frac, life_yr)
    good = float((started * _held(years.yield_factor, life_yr)) @ discount)
    spent = years.construction_spend_frac
    ages_yr = len(spent) - np.arange(len(spent)) - MIDDLE_OF_YEAR

    def per_good(fixed_frac: float) -> float:
        return float((fixed_frac + (1.0 - fixed_frac) * started) @ discount) / good

    return Levelized(
        interest_frac=float(spent @ (1.0 + wacc_frac) ** ages_yr) - 1.0,
        recovery_frac_per_yr=1.0 / float(discount.sum()),
        output_frac=good / float(discount.sum()),
        scrap_factor=per_good(0.0),
        labor_factor=per_good(economics.labor_fixed_frac),
        energy_factor=per_good(economics.energy_fixed_frac),
    )


def _held(ramp: FloatArray, life_yr: int) -> FloatArray:
    """A ramp over all years of operation: its last value holds on."""
    return ramp[np.minimum(np.arange(life_yr), len(ramp) - 1)]


def levelized_books(
    rates: CostRates,
    scale: PlantScale,
    economics: PlantEconomics,
    plant: Levelized,
    prices: EnergyPrices,
    wacc_frac: float,
    energy_scale: float,
) -> Books:
    """The books under which the cost of a unit is the price that makes a plant worth nothing.

    Equipment and buildings carry interest and are recovered over the life of the plant, at the output of its years;
    what is above straight-line depreciation is their return. The launch is recovered without interest. Working
    capital grows with output and comes back, so that it costs the cost of capital.

    Parameters
    ----------
    rates, scale
        Rates of the reference in the plant's region; its size over that of the process steps.
    economics, plant
        Constants, and the plant's life at the cost of capital.
    prices : EnergyPrices
        Of the region.
    wacc_frac : float
        Real cost of capital before tax. [1/yr]
    energy_scale : float
        Energy drawn per unit over that of the constants.
    """
    recovery = plant.recovery_frac_per_yr / plant.output_frac
    straight_line = 1.0 / (economics.plant_life_yr * plant.output_frac)
    built = (1.0 + plant.interest_frac) * recovery - straight_line
    returns = Returns(built, built, recovery, wacc_frac)
    cell_usd_per_kwh = (
        economics.cell_electricity_kwh_per_kwh * prices.electricity_usd_per_kwh
        + economics.cell_gas_kwh_per_kwh * prices.gas_usd_per_kwh
    )
    assembly_usd_per_kwh = economics.assembly_electricity_kwh_per_kwh * prices.electricity_usd_per_kwh
    drawn = plant.energy_factor * energy_scale
    return Books(
        rates=replace(
            rates,
            overhead_of_labor_frac=economics.overhead_of_labor_frac,
            overhead_of_depreciation_frac=economics.overhead_of_depreciation_frac,
            launch_of_materials_frac=economics.launch_of_materials_frac,
            equipment_depreciation_frac_per_yr=straight_line,
            building_depreciation_frac_per_yr=straight_line,
        ),
        scale=scale,
        scrap_factor=plant.scrap_factor,
        labor_factor=plant.labor_factor,
        utilities=Utilities(
            cell_usd_per_kwh * drawn, assembly_usd_per_kwh * drawn, economics.dry_electrode_energy_factor
        ),
        cell_returns=returns,
        module_returns=returns,
        pack_returns=returns,
    )


def learned_factor(learning_frac_per_yr: float, years_yr: float) -> float:
    """Hours, machines and energy per unit after some years over those of the data."""
    return float((1.0 - learning_frac_per_yr) ** years_yr)
