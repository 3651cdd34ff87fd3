"""From materials, labor and machines to the cost of a cell, a module, a pack and the system in the vehicle."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lcopt.arrays import BoolArray, FloatArray
from lcopt.conventions import Conventions
from lcopt.cost.books import Books, CostRates, reference_books
from lcopt.cost.bought_cells import BoughtCells, cell_as_bought, lines_with_bought_cells, plant_for_packs
from lcopt.cost.designs import IntegratedPack, PricedCell, PricedLayout, PricedPack
from lcopt.cost.hardware import HardwarePrices, cell_part_lines, module_part_lines, pack_part_lines
from lcopt.cost.manufacturing import PlantSize, ProcessPlan, read_process_plan, scaled_size, size_plant
from lcopt.cost.materials import BoughtMaterials, Line, MaterialYields, bought_materials, material_lines
from lcopt.cost.plant import AnnualVolumes, Plant, PlantBaseline, UnitCounts, annual_volumes, count_units
from lcopt.cost.price_additions import NO_ADDITIONS, AddedLines, PriceAdditions, added_lines
from lcopt.cost.prices import PriceDeck
from lcopt.cost.unit_cost import Accounting, Sourcing, UnitCost, account, sum_lines, unit_costs
from lcopt.inputs.catalog import Catalog

__all__ = [
    "Accounting",
    "CostConstants",
    "PackCost",
    "Sourcing",
    "account",
    "composed_cost",
    "cost_packs",
    "read_cost_constants",
]


@dataclass(frozen=True)
class CostConstants:
    """Everything of the catalog that the cost kernels need, besides material prices."""

    yields: MaterialYields
    hardware: HardwarePrices
    baseline: PlantBaseline
    plan: ProcessPlan
    books: Books

    @property
    def rates(self) -> CostRates:
        """Rates of the books."""
        return self.books.rates


@dataclass(frozen=True)
class PackCost:
    """All that the cost of packs is made of; arrays of shape (n_designs,).

    `startup_scrap_usd_per_pack` is the part of a pack's materials that the ramp of a plant made in house scraps.
    """

    bought: BoughtMaterials
    counts: UnitCounts
    volumes: AnnualVolumes
    lines: tuple[Line, ...]
    size: PlantSize
    cell: UnitCost
    module: UnitCost
    pack: UnitCost
    startup_scrap_usd_per_pack: FloatArray
    added: AddedLines
    ac_addition_usd_per_system: FloatArray
    vehicle_integration_usd_per_system: FloatArray
    battery_system_cost_usd: FloatArray
    accounting: Accounting


def read_cost_constants(catalog: Catalog) -> CostConstants:
    """Yields, part prices, process steps and the books of the reference in the catalog's dollars."""
    return CostConstants(
        yields=catalog.constants(MaterialYields, "yields"),
        hardware=catalog.constants(HardwarePrices, "hardware_prices"),
        baseline=catalog.constants(PlantBaseline, "plant_baseline"),
        plan=read_process_plan(catalog),
        books=reference_books(catalog.constants(CostRates, "cost_rates")),
    )


def cost_packs(
    cell: PricedCell,
    pack: PricedPack,
    layout: PricedLayout,
    prices: PriceDeck,
    plant: Plant,
    constants: CostConstants,
    conventions: Conventions,
    accounting: Accounting,
    bought_parts: tuple[Line, ...] = (),
    additions: PriceAdditions = NO_ADDITIONS,
    bought_cells: BoughtCells | None = None,
) -> PackCost:
    """Cost of cells, modules, packs and systems.

    Parameters
    ----------
    cell, pack, layout
        Designs, arrays of shape (n_designs,).
    prices : PriceDeck
        Material prices per design.
    plant : Plant
        Yearly packs, yield, operating days and oversize; scalars or (n_designs,).
    constants : CostConstants
        In the same dollars as `prices`.
    conventions : Conventions
        Corrections Q3, Q4 and Q19 act here.
    accounting : Accounting
        Sourcing, and which of profit, warranty, research are counted.
    bought_parts : tuple of Line
        What a pack buys beside the parts of the reference.
    additions : PriceAdditions
        What the price holds beside the cost.
    bought_cells : BoughtCells, optional
        Designs whose cells are bought at a quoted price.

    Returns
    -------
    PackCost
        Amounts bought, purchases, plant and unit costs.

    References
    ----------
    batpac_5_1: Manufacturing Costs.
    """
    counts = count_units(layout)
    bought = bought_materials(cell, prices, constants.yields, plant.cell_yield_frac)
    volumes = annual_volumes(cell, pack.pack_energy_out_kwh, layout, counts, bought, prices, plant)
    reference = _all_lines(cell, pack, layout, prices, plant, constants, conventions, counts, bought, volumes)
    lines = (*reference, *bought_parts)
    size = size_plant(constants.plan, volumes, cell.cell_capacity_ah, counts, plant, constants.baseline)
    if bought_cells is not None:
        lines = lines_with_bought_cells(lines, bought_cells)
        share_frac = constants.rates.warehouse_share_frac
        size = plant_for_packs(constants.plan, size, bought_cells.is_bought, share_frac)
    cost = composed_cost(
        pack, layout, bought, counts, volumes, lines, size, constants.plan, constants.books, accounting, additions
    )
    return cost if bought_cells is None else replace(cost, cell=cell_as_bought(cost.cell, bought_cells))


def composed_cost(
    pack: IntegratedPack,
    layout: PricedLayout,
    bought: BoughtMaterials,
    counts: UnitCounts,
    volumes: AnnualVolumes,
    lines: tuple[Line, ...],
    size: PlantSize,
    plan: ProcessPlan,
    books: Books,
    accounting: Accounting,
    additions: PriceAdditions,
    is_dry: BoolArray | bool = False,
) -> PackCost:
    """Units, packs and systems from all purchases and the size of the plant, whose steps are those of `plan`.

    `is_dry` says whose electrodes are coated dry, for their energy.
    """
    size = scaled_size(size, books.scale)
    of_cell, of_module, of_pack = unit_costs(lines, size, counts, volumes, plan, books, accounting, is_dry)
    added = added_lines(of_pack.total_usd, volumes.energy_kwh_per_yr / volumes.packs_per_yr, additions)
    packs_usd = (of_pack.total_usd + added.total_usd) * layout.packs_per_vehicle_count
    system = packs_usd + pack.cost_vehicle_integration_usd_per_system
    return PackCost(
        bought=bought,
        counts=counts,
        volumes=volumes,
        lines=lines,
        size=size,
        cell=of_cell,
        module=of_module,
        pack=of_pack,
        startup_scrap_usd_per_pack=(books.scrap_factor - 1.0) * sum_lines(lines, "cell") * counts.cells_per_pack_count,
        added=added,
        ac_addition_usd_per_system=pack.cost_additions_to_ac_usd_per_system,
        vehicle_integration_usd_per_system=pack.cost_vehicle_integration_usd_per_system,
        battery_system_cost_usd=system,
        accounting=accounting,
    )


def price_per_purchase(books: Books, additions: PriceAdditions) -> float:
    """By how much the price of a pack rises with a dollar spent on its parts."""
    tied = books.rates.working_capital_frac * books.pack_returns.working_capital_frac_per_yr
    launched = books.rates.launch_of_materials_frac * books.pack_returns.launch_frac_per_yr
    return (1.0 + tied + launched) * (1.0 + additions.tariff_frac)


def _all_lines(
    cell: PricedCell,
    pack: PricedPack,
    layout: PricedLayout,
    prices: PriceDeck,
    plant: Plant,
    constants: CostConstants,
    conventions: Conventions,
    counts: UnitCounts,
    bought: BoughtMaterials,
    volumes: AnnualVolumes,
) -> tuple[Line, ...]:
    hardware, baseline, cell_yield = constants.hardware, constants.baseline, plant.cell_yield_frac
    return (
        *material_lines(bought, prices, constants.yields, cell_yield, conventions),
        *cell_part_lines(cell, volumes, cell_yield, hardware, baseline),
        *module_part_lines(cell, pack, layout, counts, volumes, hardware, baseline),
        *pack_part_lines(pack, layout, counts, volumes, hardware, baseline, conventions),
    )
