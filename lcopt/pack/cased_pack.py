"""The pack of cells with a case: cells, structure, cooling, electronics; voltage, energy, mass, volume."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.duty import Duty, Layout, Problem, first_problem, without_fatal
from lcopt.cell.electrics import Electrics
from lcopt.cell.electrodes import Couples
from lcopt.cell.formats.cased import CasedCell
from lcopt.conventions import Conventions
from lcopt.pack.architecture import PackConstants
from lcopt.pack.cased_electrics import cased_electrics, series_parallel_layout
from lcopt.pack.electrics import PackElectrics, discharge_resistance_ohm
from lcopt.pack.electronics import Electronics, design_electronics
from lcopt.pack.structure import Structure
from lcopt.pack.thermal import ThermalLoad, thermal_load
from lcopt.units import WH_PER_KWH


@dataclass(frozen=True)
class CasedPack(ThermalLoad, Electronics, Structure, PackElectrics):
    """Packs, an element a design: electrics, structure, electronics, heat and the totals."""

    cells_per_pack_count: FloatArray
    cells_in_series_count: FloatArray
    pack_specific_energy_wh_per_kg: FloatArray
    pack_energy_density_wh_per_l: FloatArray
    cost_heating_system_usd_per_pack: FloatArray
    cost_vehicle_integration_usd_per_system: FloatArray
    problem: IntArray


def electrics_of_pack(
    cell: CasedCell,
    series_count: FloatArray | IntArray,
    parallel_count: FloatArray | IntArray,
    couples: Couples,
    duty: Duty,
    constants: PackConstants,
    conventions: Conventions,
) -> tuple[Layout, Electrics, PackElectrics]:
    """Wiring and electrical state of packs, which their structure does not change."""
    layout = series_parallel_layout(series_count, parallel_count)
    return layout, *cased_electrics(cell, layout, couples, duty, constants.cell, conventions)


def finish_pack(
    cell: CasedCell,
    layout: Layout,
    modules_count: FloatArray,
    state: Electrics,
    electric: PackElectrics,
    structure: Structure,
    duty: Duty,
    constants: PackConstants,
    conventions: Conventions,
) -> CasedPack:
    """The pack of given electrics and structure, with electronics and the heat that cooling must take.

    Parameters
    ----------
    cell, layout, state, electric, structure, duty
        An element a design; `layout`, `state` and `electric` of `electrics_of_pack`.
    modules_count : ndarray, shape (n,)
        Modules, 0 where the pack has none: a sense board then watches as many series groups as the catalog says.
    constants, conventions
        Of the catalog.

    Returns
    -------
    CasedPack
        Arrays of shape (n,); NaN with a problem code where a pack cannot be built.
    """
    with np.errstate(all="ignore"):
        boards = np.ceil(layout.cells_in_series_count / constants.sensing.series_groups_per_board_count)
        watched = _boards_layout(layout, np.where(modules_count > 0, modules_count, boards))
        electronics = design_electronics(
            watched,
            duty,
            electric.pack_average_ocv_v,
            state.wiring.module_current_a,
            constants.electronics,
            conventions,
        )
        thermal = thermal_load(
            layout,
            duty,
            structure,
            electric.pack_energy_out_kwh,
            electric.pack_average_ocv_v,
            discharge_resistance_ohm(cell, layout, electric),
            constants.thermal,
            conventions,
        )
        energy_wh = electric.pack_energy_out_kwh * WH_PER_KWH
        problem = _problem(cell, state, electric, thermal, constants)
        parts: dict[str, Any] = {
            **vars(electric),
            **vars(structure),
            **vars(electronics),
            **vars(thermal),
            "cells_per_pack_count": layout.cells_per_pack_count,
            "cells_in_series_count": layout.cells_in_series_count,
            "pack_specific_energy_wh_per_kg": energy_wh / structure.pack_mass_kg,
            "pack_energy_density_wh_per_l": energy_wh / structure.pack_volume_l,
            "cost_heating_system_usd_per_pack": duty.vehicle.heater_usd_per_pack,
            "cost_vehicle_integration_usd_per_system": thermal.cost_additions_to_ac_usd_per_system,
            "problem": problem,
        }
    return CasedPack(**without_fatal(parts, problem))


def _boards_layout(layout: Layout, boards: FloatArray) -> Layout:
    return replace(layout, cells_per_module_count=layout.cells_per_pack_count / boards, modules_in_row_count=boards)


def _problem(
    cell: CasedCell, state: Electrics, electric: PackElectrics, thermal: ThermalLoad, constants: PackConstants
) -> IntArray:
    problem = np.where(cell.problem == Problem.NONE, state.problem, cell.problem)
    problem = first_problem(problem, np.isnan(electric.asi_power_total_ohm_cm2), Problem.LIMITING_RATE)
    collapsed = ~(electric.pack_nominal_voltage_v > 0) | np.isnan(thermal.sustained_heat_w)
    problem = first_problem(problem, collapsed, Problem.VOLTAGE_COLLAPSE)
    return first_problem(problem, thermal.cooling_class == len(constants.thermal.chillers), Problem.COOLING)


def cased_mass_parts_kg(pack: CasedPack) -> dict[str, FloatArray]:
    """Mass by part, adding up to the mass of the pack, each of shape (n,)."""
    return {
        "cells": pack.cells_kg,
        "module hardware": pack.module_parts_kg,
        "floor and shield": pack.floor_and_shield_kg,
        "lid": pack.lid_kg,
        "cooling": pack.cold_plates_kg,
        "cross members": pack.cross_members_kg,
        "adhesive and foam": pack.adhesive_and_foam_kg,
        "frame": pack.frame_kg,
        "bus bars": pack.bus_bars_kg,
        "electronics and connectors": pack.fixed_parts_kg,
        "thermal barriers": pack.barriers_kg,
        "end plates": pack.pressure_hardware_kg,
    }
