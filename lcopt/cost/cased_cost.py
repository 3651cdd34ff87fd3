"""Cost of packs of cells with a case: materials, cans, structure, and a plant of their format and chemistry."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray
from lcopt.conventions import Conventions
from lcopt.cost.can_lines import CanPrices, can_lines
from lcopt.cost.composition import Accounting, CostConstants, PackCost, composed_cost
from lcopt.cost.designs import PricedCell, PricedLayout
from lcopt.cost.format_plant import MadeCells, Making, size_format_plant
from lcopt.cost.format_process import DryRoute, FormatRules
from lcopt.cost.manufacturing import ProcessPlan
from lcopt.cost.materials import Line, bought_materials, material_lines
from lcopt.cost.plant import Plant, UnitCounts, annual_volumes
from lcopt.cost.price_additions import NO_ADDITIONS, PriceAdditions
from lcopt.cost.prices import PriceDeck
from lcopt.cost.structure_lines import StructurePrices, structure_lines
from lcopt.pack.cased_pack import CasedPack

SOLVENTS = ("positive_solvent", "negative_solvent")


@dataclass(frozen=True)
class CasedCostConstants:
    """What the catalog holds for cells with a case beside the constants of all costs."""

    plan: ProcessPlan
    rules: FormatRules
    dry: DryRoute
    structure: StructurePrices


def cased_counts(layout: PricedLayout, series_count: FloatArray, modules_count: FloatArray) -> UnitCounts:
    """Cells, modules (1 of a pack without any) and the links between series groups, shape (n_designs,)."""
    modules = np.maximum(modules_count, 1.0)
    groups = series_count / modules
    return UnitCounts(
        cells_per_pack_count=series_count * layout.cells_in_parallel_count,
        modules_per_pack_count=modules,
        cell_groups_per_module_count=groups,
        interconnects_per_module_count=groups - 1,
        joints_per_module_count=(groups - 1) + 2 * (layout.cells_in_parallel_count - 1),
    )


def cost_cased_packs(
    cell: PricedCell,
    pack: CasedPack,
    layout: PricedLayout,
    modules_count: FloatArray,
    made: MadeCells,
    making: Making,
    cans: CanPrices,
    prices: PriceDeck,
    plant: Plant,
    constants: CostConstants,
    cased: CasedCostConstants,
    conventions: Conventions,
    accounting: Accounting,
    bought_parts: tuple[Line, ...] = (),
    additions: PriceAdditions = NO_ADDITIONS,
) -> PackCost:
    """Cost of cells, modules, packs and systems.

    Parameters
    ----------
    cell, pack, layout, modules_count, made, making, cans
        Designs, arrays of shape (n_designs,).
    prices, plant, constants, cased, conventions, accounting
        As for the packs of the reference.
    bought_parts : tuple of Line
        Purchases beside those of the model, such as a heater.
    additions : PriceAdditions
        What the price holds beside the cost.

    Returns
    -------
    PackCost
        As of `cost_packs`; the sizes of the plant are those of `cased.plan`.
    """
    counts = cased_counts(layout, pack.cells_in_series_count, modules_count)
    bought = bought_materials(cell, prices, constants.yields, plant.cell_yield_frac)
    volumes = annual_volumes(cell, pack.pack_energy_out_kwh, layout, counts, bought, prices, plant)
    materials = material_lines(bought, prices, constants.yields, plant.cell_yield_frac, conventions)
    lines = (
        *_without_solvent(materials, making.is_dry),
        *can_lines(
            cell.cell_container_g_per_cell,
            cell.positive_terminal_g_per_cell + cell.negative_terminal_g_per_cell,
            volumes,
            plant.cell_yield_frac,
            cans,
            constants.hardware,
            constants.baseline,
        ),
        *structure_lines(pack, counts.modules_per_pack_count, cased.structure),
        *_systems(pack),
        *bought_parts,
    )
    size = size_format_plant(
        cased.plan, volumes, made, making, counts, plant, constants.baseline, cased.rules, cased.dry
    )
    return composed_cost(
        pack,
        layout,
        bought,
        counts,
        volumes,
        lines,
        size,
        cased.plan,
        constants.books,
        accounting,
        additions,
        making.is_dry,
    )


def _without_solvent(lines: tuple[Line, ...], is_dry: BoolArray) -> tuple[Line, ...]:
    """Electrodes that are coated dry need no solvent."""
    return tuple(
        replace(line, quantity=np.where(is_dry, 0.0, line.quantity)) if line.item in SOLVENTS else line
        for line in lines
    )


def _systems(pack: CasedPack) -> tuple[Line, ...]:
    """Cooling outside the pack, heater and electronics, each at a price computed from many parts."""
    prices = {
        "thermal_system": pack.cost_thermal_system_usd_per_pack,
        "heating_system": pack.cost_heating_system_usd_per_pack,
        "bms": pack.bms_cost_usd,
    }
    return tuple(Line("pack", item, "", "pack", np.ones_like(price), price) for item, price in prices.items())
