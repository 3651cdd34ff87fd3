"""The books of a plant: rates on labor, materials and investments, and what turns the reference's method into another.

One formula costs a unit under all methods (`unit_cost`); a method is the books that it is given.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CostRates:
    """Rates of the plant's books (BatPaC 5.1: Cost Input!F83-F110)."""

    building_usd_per_m2: float
    launch_of_materials_frac: float
    launch_of_labor_frac: float
    working_capital_frac: float
    labor_usd_per_h: float
    overhead_of_labor_frac: float
    overhead_of_depreciation_frac: float
    administration_of_labor_frac: float
    administration_of_depreciation_frac: float
    research_of_depreciation_frac: float
    equipment_depreciation_frac_per_yr: float
    building_depreciation_frac_per_yr: float
    cell_profit_frac: float
    cell_warranty_frac: float
    module_profit_frac: float
    module_warranty_frac: float
    pack_profit_frac: float
    pack_warranty_frac: float
    warehouse_share_frac: float
    estimate_range_high_frac: float
    estimate_range_low_frac: float


@dataclass(frozen=True)
class Returns:
    """What each kind of investment must earn above its depreciation in a year, as a share of it."""

    equipment_frac_per_yr: float
    building_frac_per_yr: float
    launch_frac_per_yr: float
    working_capital_frac_per_yr: float


@dataclass(frozen=True)
class Utilities:
    """Energy bought per nameplate energy made; nothing where overheads hold it."""

    cell_usd_per_kwh: float
    assembly_usd_per_kwh: float
    dry_electrode_factor: float


@dataclass(frozen=True)
class PlantScale:
    """Hours, machines and area of this place and year over those of the process steps."""

    labor_factor: float
    equipment_factor: float
    area_factor: float


@dataclass(frozen=True)
class Books:
    """One method of costing.

    `scrap_factor` is what cells buy over what the good cells of a mature plant need, `labor_factor` the hours paid
    over those of the process steps at full output; the start of a plant makes them more than 1.
    """

    rates: CostRates
    scale: PlantScale
    scrap_factor: float
    labor_factor: float
    utilities: Utilities
    cell_returns: Returns
    module_returns: Returns
    pack_returns: Returns


SAME_SCALE = PlantScale(labor_factor=1.0, equipment_factor=1.0, area_factor=1.0)
NO_UTILITIES = Utilities(cell_usd_per_kwh=0.0, assembly_usd_per_kwh=0.0, dry_electrode_factor=1.0)


def reference_books(rates: CostRates, scale: PlantScale = SAME_SCALE) -> Books:
    """The books of the reference: a mature plant at full output, utilities in the overheads, a profit on everything."""
    return Books(
        rates=rates,
        scale=scale,
        scrap_factor=1.0,
        labor_factor=1.0,
        utilities=NO_UTILITIES,
        cell_returns=_same_return(rates.cell_profit_frac),
        module_returns=_same_return(rates.module_profit_frac),
        pack_returns=_same_return(rates.pack_profit_frac),
    )


def _same_return(profit_frac: float) -> Returns:
    return Returns(profit_frac, profit_frac, profit_frac, profit_frac)
