"""Cost of one cell, module or pack: purchases, labor, overheads, depreciation, profit and warranty by level."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.manufacturing import PlantShare, PlantSize, ProcessPlan, cell_share, module_share
from lcopt.cost.materials import Line
from lcopt.cost.plant import AnnualVolumes, UnitCounts
from lcopt.units import USD_PER_MUSD


class Sourcing(StrEnum):
    """What the pack maker buys instead of making it."""

    IN_HOUSE = "in_house"
    BUY_CELLS = "buy_cells"
    BUY_MODULES = "buy_modules"


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
class Accounting:
    """What the price holds: each switch 1 or 0, a scalar or an array of shape (n_designs,).

    Cells (or modules) that are bought carry their maker's profit and warranty; the profit and warranty named here are
    those on the pack. Research and development is left out, or not, at every level.
    """

    cells_bought: FloatArray | float
    modules_bought: FloatArray | float
    profit_counted: FloatArray | float
    warranty_counted: FloatArray | float
    research_counted: FloatArray | float


@dataclass(frozen=True)
class UnitCost:
    """Cost of one cell, module or pack, shape (n_designs,): dollars per unit, investments in MUSD."""

    materials_usd: FloatArray
    labor_usd: FloatArray
    overhead_usd: FloatArray
    administration_usd: FloatArray
    research_usd: FloatArray
    depreciation_usd: FloatArray
    profit_usd: FloatArray
    warranty_usd: FloatArray
    total_usd: FloatArray
    building_musd: FloatArray
    launch_musd: FloatArray
    working_capital_musd: FloatArray
    investment_musd: FloatArray


def account(
    sourcing: Sourcing = Sourcing.IN_HOUSE,
    *,
    profit: bool = True,
    warranty: bool = True,
    research: bool = True,
) -> Accounting:
    """The switches of one sourcing strategy, with what is counted on the pack."""
    return Accounting(
        cells_bought=float(sourcing is Sourcing.BUY_CELLS),
        modules_bought=float(sourcing is Sourcing.BUY_MODULES),
        profit_counted=float(profit),
        warranty_counted=float(warranty),
        research_counted=float(research),
    )


def unit_costs(
    lines: tuple[Line, ...],
    size: PlantSize,
    counts: UnitCounts,
    volumes: AnnualVolumes,
    plan: ProcessPlan,
    rates: CostRates,
    accounting: Accounting,
) -> tuple[UnitCost, UnitCost, UnitCost]:
    """Cost of a cell, a module and a pack, each on what is left to do at its level (Manufacturing Costs!G423-G507)."""
    cells_bought, modules_bought = accounting.cells_bought, accounting.modules_bought
    made = 1.0 - cells_bought - modules_bought
    purchases = {level: sum_lines(lines, level) for level in ("cell", "module", "pack")}
    cells, modules = counts.cells_per_pack_count, counts.modules_per_pack_count
    whole = PlantShare(size.labor_total_h_per_yr, size.capital_total_musd, size.area_total_m2)
    of_cells = cell_share(plan, size, rates.warehouse_share_frac)
    of_modules = module_share(plan, size, of_cells, rates.warehouse_share_frac)
    research = accounting.research_counted

    cell_margins = (rates.cell_profit_frac * cells_bought, rates.cell_warranty_frac * cells_bought)
    cell = cost_of_unit(purchases["cell"], of_cells, volumes.accepted_cells_per_yr, rates, cell_margins, research)
    cells_per_pack = cells * (cell.total_usd * cells_bought + purchases["cell"] * (1.0 - cells_bought))
    module_margins = (rates.module_profit_frac * modules_bought, rates.module_warranty_frac * modules_bought)
    module = cost_of_unit(
        cells_per_pack / modules + purchases["module"],
        _rest(of_modules, of_cells, cells_bought),
        volumes.modules_per_yr,
        rates,
        module_margins,
        research,
    )
    built_modules = cells * purchases["cell"] * made + cell.total_usd * cells * cells_bought
    module_parts = purchases["module"] * modules * (1.0 - modules_bought)
    bought_modules = module.total_usd * modules * modules_bought
    margins = (
        rates.pack_profit_frac * accounting.profit_counted,
        rates.pack_warranty_frac * accounting.warranty_counted,
    )
    pack = cost_of_unit(
        built_modules + module_parts + bought_modules + purchases["pack"],
        _rest(_rest(whole, of_modules, modules_bought), of_cells, cells_bought),
        volumes.packs_per_yr,
        rates,
        margins,
        research,
    )
    return cell, module, pack


def _rest(whole: PlantShare, part: PlantShare, switch: FloatArray | float) -> PlantShare:
    return PlantShare(
        whole.labor_h_per_yr - part.labor_h_per_yr * switch,
        whole.capital_musd - part.capital_musd * switch,
        whole.area_m2 - part.area_m2 * switch,
    )


def sum_lines(lines: tuple[Line, ...], level: str) -> FloatArray:
    """Cost of the lines of one level per unit of the level; [USD], shape (n_designs,)."""
    costs = [line.cost_usd for line in lines if line.level == level]
    total: FloatArray = np.sum(costs, axis=0)
    return total


def cost_of_unit(
    materials_usd: FloatArray,
    share: PlantShare,
    units_per_yr: FloatArray,
    rates: CostRates,
    margins: tuple[FloatArray | float, FloatArray | float],
    research_counted: FloatArray | float,
) -> UnitCost:
    """Cost of one unit from its materials and its share of the plant.

    Parameters
    ----------
    materials_usd : ndarray, shape (n_designs,)
        Materials and purchased items. [USD per unit]
    share : PlantShare
        Labor, capital and area that make the units.
    units_per_yr : ndarray, shape (n_designs,)
        Units made in a year. [1/yr]
    rates : CostRates
        Rates of the books.
    margins : pair of ndarray or float
        Profit as a share of the investment a year, warranty as a share of the cost before it; 0 where not counted. [-]
    research_counted : ndarray or float
        1 where research and development is counted, else 0.

    References
    ----------
    batpac_5_1: Manufacturing Costs!G423-G507, Cost Input!F79-F110.
    """
    profit_frac, warranty_frac = margins
    building_musd = rates.building_usd_per_m2 * share.area_m2 / USD_PER_MUSD
    yearly_depreciation_musd = (
        rates.equipment_depreciation_frac_per_yr * share.capital_musd
        + rates.building_depreciation_frac_per_yr * building_musd
    )
    units_to_musd = units_per_yr / USD_PER_MUSD
    labor = rates.labor_usd_per_h * share.labor_h_per_yr / units_per_yr
    depreciation = yearly_depreciation_musd / units_to_musd
    overhead = rates.overhead_of_labor_frac * labor + rates.overhead_of_depreciation_frac * depreciation
    worked = labor + overhead
    variable = materials_usd + worked
    administration = (
        rates.administration_of_labor_frac * worked + rates.administration_of_depreciation_frac * depreciation
    )
    research = rates.research_of_depreciation_frac * depreciation * research_counted
    launch_musd = (rates.launch_of_materials_frac * materials_usd + rates.launch_of_labor_frac * worked) * units_to_musd
    working_capital_musd = rates.working_capital_frac * variable * units_to_musd
    investment_musd = share.capital_musd + building_musd + launch_musd + working_capital_musd
    profit = profit_frac * investment_musd / units_to_musd
    before_warranty = variable + administration + research + depreciation + profit
    warranty = warranty_frac * before_warranty
    return UnitCost(
        materials_usd=materials_usd,
        labor_usd=labor,
        overhead_usd=overhead,
        administration_usd=administration,
        research_usd=research,
        depreciation_usd=depreciation,
        profit_usd=profit,
        warranty_usd=warranty,
        total_usd=before_warranty + warranty,
        building_musd=building_musd,
        launch_musd=launch_musd,
        working_capital_musd=working_capital_musd,
        investment_musd=investment_musd,
    )
