"""The plant: what it makes in a year, and the plant of the reference that all sizes are scaled from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cost.designs import PricedCell, PricedLayout
from lcopt.cost.materials import BoughtMaterials
from lcopt.cost.prices import PriceDeck
from lcopt.units import CM2_PER_M2, G_PER_KG


class UtilizationMethod(IntEnum):
    """What of a plant that is not sold out is nevertheless built for full sales (Cost Input!F80)."""

    SOLD_OUT = 1
    SPACE = 2
    SPACE_AND_EQUIPMENT = 3


@dataclass(frozen=True)
class Plant:
    """One plant a design, or one for all: scalars or arrays of shape (n_designs,).

    `space_ratio` and `equipment_ratio` say how much larger than needed land, building and machines are, 1 at full
    sales; see `plant_at_utilization`.
    """

    packs_per_yr: FloatArray | float
    cell_yield_frac: FloatArray | float
    operating_days_d_per_yr: FloatArray | float
    space_ratio: FloatArray | float
    equipment_ratio: FloatArray | float


@dataclass(frozen=True)
class PlantBaseline:
    """The reference plant of 50 GWh a year that process steps and plus-costs are scaled from."""

    energy_kwh_per_yr: float
    packs_per_yr: float
    row_racks_per_yr: float
    modules_per_yr: float
    cell_interconnects_per_yr: float
    accepted_cells_per_yr: float
    built_cells_per_yr: float
    positive_area_m2_per_yr: float
    negative_area_m2_per_yr: float
    positive_active_kg_per_yr: float
    negative_active_kg_per_yr: float
    solvent_kg_per_yr: float
    operating_days_d_per_yr: float
    positive_solvent_kg_per_m2: float
    negative_solvent_kg_per_m2: float
    coating_solvent_exponent: float
    stacking_capacity_ah: float
    stacking_capacity_exponent: float
    formation_capacity_ah: float
    formation_capacity_exponent: float
    large_cell_capacity_ah: float
    large_cell_formation_factor: float
    modules_per_pack_count: float
    modules_per_pack_exponent: float


@dataclass(frozen=True)
class UnitCounts:
    """Units per pack or per module as the layout has them, shape (n_designs,)."""

    cells_per_pack_count: FloatArray
    modules_per_pack_count: FloatArray
    cell_groups_per_module_count: FloatArray
    interconnects_per_module_count: FloatArray
    joints_per_module_count: FloatArray


@dataclass(frozen=True)
class AnnualVolumes:
    """What the plant makes and uses in a year, shape (n_designs,)."""

    energy_kwh_per_yr: FloatArray
    packs_per_yr: FloatArray
    row_racks_per_yr: FloatArray
    modules_per_yr: FloatArray
    cell_interconnects_per_yr: FloatArray
    accepted_cells_per_yr: FloatArray
    built_cells_per_yr: FloatArray
    positive_area_m2_per_yr: FloatArray
    negative_area_m2_per_yr: FloatArray
    positive_active_kg_per_yr: FloatArray
    negative_active_kg_per_yr: FloatArray
    positive_solvent_kg_per_yr: FloatArray
    negative_solvent_kg_per_yr: FloatArray
    organic_solvent_kg_per_yr: FloatArray


def plant_at_utilization(
    packs_per_yr: FloatArray | float,
    cell_yield_frac: FloatArray | float,
    operating_days_d_per_yr: FloatArray | float,
    method: IntArray | UtilizationMethod = UtilizationMethod.SOLD_OUT,
    utilization_frac: FloatArray | float = 1.0,
) -> Plant:
    """A plant that sells `utilization_frac` of what it could make.

    Parameters
    ----------
    packs_per_yr : ndarray or float
        Packs sold in a year. [1/yr]
    cell_yield_frac, operating_days_d_per_yr : ndarray or float
        Accepted of built cells [-]; full days of operation a year. [d/yr]
    method : ndarray of int or UtilizationMethod
        What is built for full sales.
    utilization_frac : ndarray or float
        Share of full sales, 0..1. [-]
    """
    oversize = 1.0 / np.asarray(utilization_frac, dtype=np.float64)
    space = np.where(np.asarray(method) >= UtilizationMethod.SPACE, oversize, 1.0)
    equipment = np.where(np.asarray(method) >= UtilizationMethod.SPACE_AND_EQUIPMENT, oversize, 1.0)
    return Plant(packs_per_yr, cell_yield_frac, operating_days_d_per_yr, space, equipment)


def count_units(layout: PricedLayout) -> UnitCounts:
    """Cells, modules and the links between cells (BatPaC 5.1: Battery Design!G162, G313)."""
    modules = np.asarray(layout.modules_in_row_count * layout.rows_of_modules_count, dtype=np.float64)
    parallel = layout.cells_in_parallel_count
    groups = layout.cells_per_module_count / parallel
    interconnects = (groups - 1) * (1 + 2 * (parallel - 1))
    return UnitCounts(
        cells_per_pack_count=layout.cells_per_module_count * modules,
        modules_per_pack_count=modules,
        cell_groups_per_module_count=groups,
        interconnects_per_module_count=interconnects,
        joints_per_module_count=interconnects + 2 * (parallel - 1),
    )


def annual_volumes(
    cell: PricedCell,
    pack_energy_kwh: FloatArray,
    layout: PricedLayout,
    counts: UnitCounts,
    bought: BoughtMaterials,
    prices: PriceDeck,
    plant: Plant,
) -> AnnualVolumes:
    """What the plant makes and uses in a year (BatPaC 5.1: Manufacturing Costs!G8-G20, G88-G90)."""
    packs = plant.packs_per_yr * np.ones_like(pack_energy_kwh)
    accepted = packs * counts.cells_per_pack_count
    built = accepted / plant.cell_yield_frac
    kg_per_g = accepted / G_PER_KG
    positive_solvent = bought.bought_positive_solvent_g_per_cell * kg_per_g
    negative_solvent = bought.bought_negative_solvent_g_per_cell * kg_per_g
    modules = packs * counts.modules_per_pack_count
    return AnnualVolumes(
        energy_kwh_per_yr=packs * pack_energy_kwh,
        packs_per_yr=packs,
        row_racks_per_yr=packs * layout.rows_of_modules_count * layout.packs_per_vehicle_count,
        modules_per_yr=modules,
        # A module of one group has none, and a volume of none would have no price.
        cell_interconnects_per_yr=modules * np.maximum(counts.interconnects_per_module_count, 1.0),
        accepted_cells_per_yr=accepted,
        built_cells_per_yr=built,
        positive_area_m2_per_yr=built * cell.positive_area_per_cell_cm2 / CM2_PER_M2,
        negative_area_m2_per_yr=built * cell.negative_area_per_cell_cm2 / CM2_PER_M2,
        positive_active_kg_per_yr=bought.bought_positive_active_g_per_cell * kg_per_g,
        negative_active_kg_per_yr=bought.bought_negative_active_g_per_cell * kg_per_g,
        positive_solvent_kg_per_yr=positive_solvent,
        negative_solvent_kg_per_yr=negative_solvent,
        organic_solvent_kg_per_yr=positive_solvent + negative_solvent * prices.negative_solvent_is_organic,
    )
