"""The pack: modules in rows with their housing, electronics and cooling; voltage, energy, mass, volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.constants import CellConstants, read_cell_constants
from lcopt.cell.duty import Duty, Layout, Problem, first_problem, without_fatal
from lcopt.cell.electrics import Electrics, electrics, first_capacity_ah
from lcopt.cell.electrodes import Couples
from lcopt.cell.formats.pouch import CellDesign
from lcopt.cell.wiring import hardware_asi_ohm_cm2, hardware_terms
from lcopt.conventions import Conventions
from lcopt.inputs.catalog import Catalog
from lcopt.pack.electrics import PackElectrics, discharge_resistance_ohm, pack_electrics, pulse_load
from lcopt.pack.electronics import Electronics, ElectronicsConstants, design_electronics, read_electronics
from lcopt.pack.housing import (
    CoolantConstants,
    HardwareConstants,
    Housing,
    HousingConstants,
    JacketConstants,
    RackConstants,
    design_housing,
)
from lcopt.pack.module import ModuleConstants, ModuleDesign, design_module
from lcopt.pack.thermal import ThermalConstants, ThermalLoad, read_thermal, thermal_load
from lcopt.units import G_PER_KG, MM3_PER_L, WH_PER_KWH

__all__ = ["Duty", "Layout", "PackConstants", "PackDesign", "design_pack", "read_pack_constants"]

PACK_TABLE = "pack_constants"


@dataclass(frozen=True)
class SensingConstants:
    """How cells are watched in a pack without modules (table `pack_constants`, group sensing)."""

    series_groups_per_board_count: float


@dataclass(frozen=True)
class PackConstants:
    """All constants of the floors `cell` and `pack`."""

    cell: CellConstants
    module: ModuleConstants
    housing: HousingConstants
    electronics: ElectronicsConstants
    thermal: ThermalConstants
    sensing: SensingConstants


def read_pack_constants(catalog: Catalog) -> PackConstants:
    """The constants of the pack kernels, those of the cell kernels included, from the catalog.

    Raises
    ------
    CatalogError
        Where a row is missing, unknown or has a wrong unit.
    """
    return PackConstants(
        cell=read_cell_constants(catalog),
        module=catalog.constants(ModuleConstants, PACK_TABLE, group="module"),
        housing=HousingConstants(
            rack=catalog.constants(RackConstants, PACK_TABLE, group="rack"),
            coolant=catalog.constants(CoolantConstants, PACK_TABLE, group="coolant"),
            jacket=catalog.constants(JacketConstants, PACK_TABLE, group="jacket"),
            hardware=catalog.constants(HardwareConstants, PACK_TABLE, group="hardware"),
        ),
        electronics=read_electronics(catalog),
        thermal=read_thermal(catalog),
        sensing=catalog.constants(SensingConstants, PACK_TABLE, group="sensing"),
    )


@dataclass(frozen=True)
class PackTotals:
    """Mass, volume and what the vehicle adds; arrays of shape (n,)."""

    cells_per_pack_count: FloatArray
    modules_per_pack_count: FloatArray
    cells_in_series_count: FloatArray
    pack_mass_kg: FloatArray
    pack_volume_l: FloatArray
    pack_specific_energy_wh_per_kg: FloatArray
    pack_energy_density_wh_per_l: FloatArray
    battery_system_average_ocv_v: FloatArray
    battery_system_energy_kwh: FloatArray
    battery_system_mass_kg: FloatArray
    battery_system_volume_l: FloatArray
    cost_heating_system_usd_per_pack: FloatArray
    cost_vehicle_integration_usd_per_system: FloatArray
    problem: IntArray


@dataclass(frozen=True)
class PackDesign(PackTotals, ThermalLoad, Electronics, Housing, ModuleDesign, PackElectrics):
    """Packs, an element a design: module, housing, electronics, heat, voltage, energy, mass, volume."""


def design_pack(
    cell: CellDesign,
    layout: Layout,
    couples: Couples,
    duty: Duty,
    constants: PackConstants,
    conventions: Conventions,
) -> PackDesign:
    """The pack of given cells.

    Parameters
    ----------
    cell, layout, couples, duty
        An element a design. Where `duty.pack_energy_kwh` is NaN, the energy of the pack is what its cells give.
    constants, conventions
        Of the catalog; the switches Q5, Q6, Q11, Q16, Q23 matter here.

    Returns
    -------
    PackDesign
        Arrays of shape (n,); NaN with a problem code where a pack cannot be built.
    """
    layout = layout.as_floats(len(cell.cell_capacity_ah))
    with np.errstate(all="ignore"):
        capacity_ah = cell.cell_capacity_ah * layout.cells_parallel_total_count
        first_ah = first_capacity_ah(couples, layout, duty)
        first_ah = np.where(np.isnan(first_ah), capacity_ah, first_ah)
        state = electrics(couples, layout, duty, first_ah, constants.cell, conventions)
        electric = _electric(cell, layout, couples, duty, state, capacity_ah, constants, conventions)
        module = design_module(cell, layout, duty, state.wiring, constants.module, constants.cell)
        required_kwh = np.where(np.isnan(duty.pack_energy_kwh), electric.pack_energy_out_kwh, duty.pack_energy_kwh)
        packs = layout.packs_per_vehicle_count
        housing = design_housing(
            cell, module, layout, state.wiring, required_kwh * packs, constants.housing, constants.cell
        )
        system_v = electric.pack_average_ocv_v * np.where(layout.packs_in_series, packs, 1.0)
        electronics = design_electronics(
            layout, duty, system_v, state.wiring.module_current_a, constants.electronics, conventions
        )
        thermal = thermal_load(
            layout,
            duty,
            housing,
            required_kwh,
            electric.pack_average_ocv_v,
            discharge_resistance_ohm(cell, layout, electric),
            constants.thermal,
            conventions,
        )
        problem = _problem(cell, state, electric, thermal, constants)
        totals = _totals(layout, duty, module, housing, electronics, thermal, electric, system_v, problem)
        parts = {
            **vars(electric),
            **vars(module),
            **vars(housing),
            **vars(electronics),
            **vars(thermal),
            **vars(totals),
        }
        return PackDesign(**without_fatal(parts, problem))


def _electric(
    cell: CellDesign,
    layout: Layout,
    couples: Couples,
    duty: Duty,
    state: Electrics,
    capacity_ah: FloatArray,
    constants: PackConstants,
    conventions: Conventions,
) -> PackElectrics:
    aspect = cell.positive_length_mm / cell.positive_width_mm
    terms = hardware_terms(
        couples, layout, duty, state.wiring, cell.feedthrough_width_mm, aspect, constants.cell, conventions
    )
    hardware = hardware_asi_ohm_cm2(
        terms, cell.positive_area_per_cell_cm2, cell.positive_width_mm, cell.cell_thickness_mm, aspect
    )
    pulse = pulse_load(cell, state)
    return pack_electrics(cell, layout, duty, state, pulse, capacity_ah, (hardware, hardware), constants.cell)


def _problem(
    cell: CellDesign, state: Electrics, electric: PackElectrics, thermal: ThermalLoad, constants: PackConstants
) -> IntArray:
    limiting = np.isnan(electric.asi_power_total_ohm_cm2) & (state.problem == Problem.NONE)
    problem = np.where(state.problem == Problem.NONE, cell.problem, state.problem)
    problem = first_problem(problem, limiting, Problem.LIMITING_RATE)
    collapsed = ~(electric.pack_nominal_voltage_v > 0) | np.isnan(thermal.sustained_heat_w)
    problem = _stronger(problem, collapsed, Problem.VOLTAGE_COLLAPSE)
    too_hot = thermal.cooling_class == len(constants.thermal.chillers)
    return _stronger(problem, too_hot, Problem.COOLING)


def _stronger(problem: IntArray, condition: BoolArray, code: Problem) -> IntArray:
    """A fatal problem takes the place of a remark."""
    fatal = (problem > Problem.NONE) & (problem < Problem.THIN_COATING)
    return np.where(condition & ~fatal, np.int64(code), problem)


def _totals(
    layout: Layout,
    duty: Duty,
    module: ModuleDesign,
    housing: Housing,
    electronics: Electronics,
    thermal: ThermalLoad,
    electric: PackElectrics,
    system_v: FloatArray,
    problem: IntArray,
) -> PackTotals:
    packs = layout.packs_per_vehicle_count
    modules = layout.modules_per_pack_count
    mass_kg = (
        modules * module.module_mass_kg
        + layout.rows_of_modules_count * housing.row_rack_hardware_kg_per_row
        + housing.pack_cooling_system_kg_per_pack
        + housing.jacket_and_hardware_kg_per_pack
        + electronics.bms_mass_kg
    )
    outer_l = housing.pack_length_mm * housing.pack_width_mm * housing.pack_height_mm / MM3_PER_L
    volume_l = outer_l + electronics.bms_volume_l
    energy_wh = electric.pack_energy_out_kwh * WH_PER_KWH
    return PackTotals(
        cells_per_pack_count=layout.cells_per_pack_count,
        modules_per_pack_count=modules,
        cells_in_series_count=layout.cells_in_series_count,
        pack_mass_kg=mass_kg,
        pack_volume_l=volume_l,
        pack_specific_energy_wh_per_kg=energy_wh / mass_kg,
        pack_energy_density_wh_per_l=energy_wh / volume_l,
        battery_system_average_ocv_v=system_v,
        battery_system_energy_kwh=electric.pack_energy_out_kwh * packs,
        battery_system_mass_kg=mass_kg * packs + thermal.exterior_cooling_kg_per_system,
        battery_system_volume_l=volume_l * packs + thermal.exterior_cooling_l_per_system,
        cost_heating_system_usd_per_pack=duty.vehicle.heater_usd_per_pack,
        cost_vehicle_integration_usd_per_system=thermal.cost_additions_to_ac_usd_per_system
        + (packs - 1) * duty.vehicle.extra_pack_usd_per_pack,
        problem=problem,
    )


def mass_parts_kg(cell: CellDesign, layout: Layout, pack: PackDesign) -> dict[str, FloatArray]:
    """Mass by part, adding up to the mass of the pack, each of shape (n,)."""
    cells_kg = cell.cell_mass_g * layout.cells_per_pack_count / G_PER_KG
    return {
        "cells": cells_kg,
        "module hardware": pack.module_mass_kg * layout.modules_per_pack_count - cells_kg,
        "row racks": pack.row_rack_hardware_kg_per_row * layout.rows_of_modules_count,
        "cooling": pack.pack_cooling_system_kg_per_pack,
        "jacket and conductors": pack.jacket_and_hardware_kg_per_pack,
        "electronics": pack.bms_mass_kg,
    }
