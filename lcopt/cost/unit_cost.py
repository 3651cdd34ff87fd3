"""Cost of one cell, module or pack: purchases, labor, energy, overheads, depreciation, return, warranty by level."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, added
from lcopt.cost.books import Books, Returns
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
    """Cost of one cell, module or pack, shape (n_designs,): dollars per unit, investments in MUSD.

    `return_usd` is what its investment must earn above depreciation, `profit_usd` what of it is in the total.
    """

    materials_usd: FloatArray
    labor_usd: FloatArray
    energy_usd: FloatArray
    overhead_usd: FloatArray
    administration_usd: FloatArray
    research_usd: FloatArray
    depreciation_usd: FloatArray
    return_usd: FloatArray
    profit_usd: FloatArray
    warranty_usd: FloatArray
    total_usd: FloatArray
    building_musd: FloatArray
    launch_musd: FloatArray
    working_capital_musd: FloatArray
    investment_musd: FloatArray

    @property
    def capital_charge_usd(self) -> FloatArray:
        """Depreciation and return on the investment, whether or not the return is in the total."""
        return self.depreciation_usd + self.return_usd

    @property
    def levelized_usd(self) -> FloatArray:
        """Cost of a unit with its capital charge, without warranty: what a maker of such units alone would ask."""
        return self.total_usd - self.warranty_usd - self.profit_usd + self.return_usd


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
    books: Books,
    accounting: Accounting,
    is_dry: BoolArray | bool = False,
) -> tuple[UnitCost, UnitCost, UnitCost]:
    """Cost of a cell, a module and a pack, each on what is left to do at its level (Manufacturing Costs!G423-G507)."""
    rates = books.rates
    cells_bought, modules_bought = accounting.cells_bought, accounting.modules_bought
    made = 1.0 - cells_bought - modules_bought
    purchases = {level: sum_lines(lines, level) for level in ("cell", "module", "pack")}
    purchases["cell"] = purchases["cell"] * books.scrap_factor
    cells, modules = counts.cells_per_pack_count, counts.modules_per_pack_count
    of_cells, of_modules, whole = _shares(plan, size, rates.warehouse_share_frac)
    cell_energy, assembly_energy = _energy_usd_per_pack(books, volumes, is_dry)
    research = accounting.research_counted

    cell = cost_of_unit(
        purchases["cell"],
        cell_energy / cells,
        of_cells,
        volumes.accepted_cells_per_yr,
        books,
        books.cell_returns,
        (cells_bought, rates.cell_warranty_frac * cells_bought),
        research,
    )
    cells_per_pack = cells * (cell.total_usd * cells_bought + purchases["cell"] * (1.0 - cells_bought))
    module = cost_of_unit(
        cells_per_pack / modules + purchases["module"],
        cell_energy * (1.0 - cells_bought) / modules,
        _rest(of_modules, of_cells, cells_bought),
        volumes.modules_per_yr,
        books,
        books.module_returns,
        (modules_bought, rates.module_warranty_frac * modules_bought),
        research,
    )
    built_modules = cells * purchases["cell"] * made + cell.total_usd * cells * cells_bought
    module_parts = purchases["module"] * modules * (1.0 - modules_bought)
    bought_modules = module.total_usd * modules * modules_bought
    pack = cost_of_unit(
        built_modules + module_parts + bought_modules + purchases["pack"],
        cell_energy * made + assembly_energy,
        _rest(_rest(whole, of_modules, modules_bought), of_cells, cells_bought),
        volumes.packs_per_yr,
        books,
        books.pack_returns,
        (accounting.profit_counted, rates.pack_warranty_frac * accounting.warranty_counted),
        research,
    )
    return cell, module, pack


def _shares(
    plan: ProcessPlan, size: PlantSize, warehouse_share_frac: float
) -> tuple[PlantShare, PlantShare, PlantShare]:
    """The parts of the plant that make cells, cells and modules, and everything."""
    of_cells = cell_share(plan, size, warehouse_share_frac)
    of_modules = module_share(plan, size, of_cells, warehouse_share_frac)
    return of_cells, of_modules, PlantShare(size.labor_total_h_per_yr, size.capital_total_musd, size.area_total_m2)


def _energy_usd_per_pack(
    books: Books, volumes: AnnualVolumes, is_dry: BoolArray | bool
) -> tuple[FloatArray, FloatArray]:
    """Energy bought to make the cells of a pack, and to assemble it; modules are assembled with the pack."""
    utilities, energy_kwh = books.utilities, volumes.energy_kwh_per_yr / volumes.packs_per_yr
    of_process = np.where(is_dry, utilities.dry_electrode_factor, 1.0)
    return utilities.cell_usd_per_kwh * of_process * energy_kwh, utilities.assembly_usd_per_kwh * energy_kwh


def _rest(whole: PlantShare, part: PlantShare, switch: FloatArray | float) -> PlantShare:
    return PlantShare(
        whole.labor_h_per_yr - part.labor_h_per_yr * switch,
        whole.capital_musd - part.capital_musd * switch,
        whole.area_m2 - part.area_m2 * switch,
    )


def sum_lines(lines: tuple[Line, ...], level: str) -> FloatArray:
    """Cost of the lines of one level per unit of the level; [USD], shape (n_designs,)."""
    return added([line.cost_usd for line in lines if line.level == level])


def cost_of_unit(
    materials_usd: FloatArray,
    energy_usd: FloatArray,
    share: PlantShare,
    units_per_yr: FloatArray,
    books: Books,
    returns: Returns,
    margins: tuple[FloatArray | float, FloatArray | float],
    research_counted: FloatArray | float,
) -> UnitCost:
    """Cost of one unit from its materials, its energy and its share of the plant.

    Parameters
    ----------
    materials_usd, energy_usd : ndarray, shape (n_designs,)
        Materials and purchased items; energy, where overheads do not hold it. [USD per unit]
    share : PlantShare
        Labor, capital and area that make the units.
    units_per_yr : ndarray, shape (n_designs,)
        Units made in a year. [1/yr]
    books : Books
        Rates and the factor on labor.
    returns : Returns
        What each kind of investment must earn.
    margins : pair of ndarray or float
        1 where the return is counted, else 0; warranty as a share of the cost before it, 0 where not counted. [-]
    research_counted : ndarray or float
        1 where research and development is counted, else 0.

    References
    ----------
    batpac_5_1: Manufacturing Costs!G423-G507, Cost Input!F79-F110.
    """
    rates = books.rates
    return_counted, warranty_frac = margins
    building_musd = rates.building_usd_per_m2 * share.area_m2 / USD_PER_MUSD
    yearly_depreciation_musd = (
        rates.equipment_depreciation_frac_per_yr * share.capital_musd
        + rates.building_depreciation_frac_per_yr * building_musd
    )
    units_to_musd = units_per_yr / USD_PER_MUSD
    labor = rates.labor_usd_per_h * books.labor_factor * share.labor_h_per_yr / units_per_yr
    depreciation = yearly_depreciation_musd / units_to_musd
    overhead = rates.overhead_of_labor_frac * labor + rates.overhead_of_depreciation_frac * depreciation
    worked = labor + overhead
    variable = materials_usd + worked + energy_usd
    administration = (
        rates.administration_of_labor_frac * worked + rates.administration_of_depreciation_frac * depreciation
    )
    research = rates.research_of_depreciation_frac * depreciation * research_counted
    launch_musd = (rates.launch_of_materials_frac * materials_usd + rates.launch_of_labor_frac * worked) * units_to_musd
    working_capital_musd = rates.working_capital_frac * variable * units_to_musd
    earned_musd = (
        returns.equipment_frac_per_yr * share.capital_musd
        + returns.building_frac_per_yr * building_musd
        + returns.launch_frac_per_yr * launch_musd
        + returns.working_capital_frac_per_yr * working_capital_musd
    )
    earned = earned_musd / units_to_musd
    before_warranty = variable + administration + research + depreciation + earned * return_counted
    warranty = warranty_frac * before_warranty
    return UnitCost(
        materials_usd=materials_usd,
        labor_usd=labor,
        energy_usd=energy_usd,
        overhead_usd=overhead,
        administration_usd=administration,
        research_usd=research,
        depreciation_usd=depreciation,
        return_usd=earned,
        profit_usd=earned * return_counted,
        warranty_usd=warranty,
        total_usd=before_warranty + warranty,
        building_musd=building_musd,
        launch_musd=launch_musd,
        working_capital_musd=working_capital_musd,
        investment_musd=share.capital_musd + building_musd + launch_musd + working_capital_musd,
    )
