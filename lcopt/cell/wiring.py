"""Currents, conductor sections and the impedance of everything between the electrodes and the terminals of the pack."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.constants import (
    CellConstants,
    ConductorConstants,
    MaterialConstants,
    ModuleBoxConstants,
    PouchConstants,
)
from lcopt.cell.duty import Duty, Layout
from lcopt.cell.electrodes import Couples
from lcopt.cell.formats.pouch import tab_geometry
from lcopt.conventions import Conventions
from lcopt.units import CM_PER_M, MM2_PER_CM2, MM_PER_CM, UM_PER_CM, WH_PER_KWH


@dataclass(frozen=True)
class Wiring:
    """Currents at rated power and the conductors sized for them; arrays of shape (n,)."""

    pack_current_a: FloatArray
    module_current_a: FloatArray
    cell_current_a: FloatArray
    tab_section_cm2: FloatArray
    module_terminal_section_cm2: FloatArray
    module_interconnect_section_cm2: FloatArray
    bus_bar_section_cm2: FloatArray
    cell_interconnects_count: FloatArray
    module_interconnects_count: FloatArray
    end_bus_bars_count: FloatArray
    row_bridges_count: FloatArray


def wire(
    layout: Layout, duty: Duty, power_ocv_v: FloatArray, constants: CellConstants, conventions: Conventions
) -> Wiring:
    """Currents from the open-circuit voltage at the power's state of charge, sections from adiabatic heating.

    Parameters
    ----------
    layout, duty
        An element a design.
    power_ocv_v : ndarray, shape (n,)
        Open-circuit voltage of a cell at the state of charge of the rated power. [V]
    constants, conventions
        Of the catalog; the switch Q11 sizes bus bars for charging only where the vehicle allows it.

    References
    ----------
    batpac_5_1, Battery Design!G158:G221, G357:G362.
    """
    rules, metals = constants.conductors, constants.materials
    pack_a = duty.rated_power_kw * WH_PER_KWH / (layout.cells_in_series_count * power_ocv_v)
    cell_a = pack_a / layout.cells_parallel_total_count
    module_a = layout.cells_in_parallel_count * cell_a
    charging = duty.charging_counts if conventions.bus_bars_follow_effective_charging else duty.charging_requested
    cm2_per_a_bus = np.where(
        charging,
        _section_cm2_per_a(rules.bus_bar_heating_fast_c_per_s, metals),
        _section_cm2_per_a(rules.bus_bar_heating_slow_c_per_s, metals),
    )
    parallel = layout.cells_in_parallel_count
    rows = layout.rows_of_modules_count
    return Wiring(
        pack_current_a=pack_a,
        module_current_a=module_a,
        cell_current_a=cell_a,
        tab_section_cm2=module_a * _section_cm2_per_a(rules.tab_heating_c_per_s, metals),
        module_terminal_section_cm2=module_a * _section_cm2_per_a(rules.module_terminal_heating_c_per_s, metals),
        module_interconnect_section_cm2=module_a
        * _section_cm2_per_a(rules.module_interconnect_heating_c_per_s, metals),
        bus_bar_section_cm2=pack_a * cm2_per_a_bus,
        cell_interconnects_count=(layout.cells_per_module_count / parallel - 1) * (1 + 2 * (parallel - 1)),
        module_interconnects_count=(layout.modules_in_row_count + 1) * rows,
        end_bus_bars_count=np.mod(rows, 2),
        row_bridges_count=np.fmax(np.floor((rows + 1) / 2) - 1, 0),
    )


def _section_cm2_per_a(heating_c_per_s: float, metals: MaterialConstants) -> float:
    """Copper section that heats at a rate without losing heat, over current."""
    conductivity_s_per_cm = metals.copper_conductivity_s_per_m / CM_PER_M
    heat_j_per_cm3_s = heating_c_per_s * metals.copper_heat_capacity_j_per_g_k * metals.copper_density_g_per_cm3
    return 1 / math.sqrt(conductivity_s_per_cm * heat_j_per_cm3_s)


def module_length_mm(cell_length_mm: FloatArray, box: ModuleBoxConstants) -> FloatArray:
    """Length of a module around its cells [mm], shape (n,)."""
    return cell_length_mm + (box.terminal_gap_back_mm + box.terminal_gap_front_mm)


def module_width_mm(
    cell_thickness_mm: FloatArray, conductor_mm: FloatArray, cells_per_module: FloatArray, box: ModuleBoxConstants
) -> FloatArray:
    """Width of a module: its cells with a heat conductor each, and two walls [mm], shape (n,)."""
    return (cell_thickness_mm + conductor_mm) * cells_per_module + 2 * box.wall_thickness_mm


@dataclass(frozen=True)
class HardwareTerms:
    """Impedance of conductors as sums over a cell's thickness L, width w and area A; arrays of shape (n,).

    ASI = collector * w * (aspect * w / divisor + tab * L) + A * (constant + per_thickness * L + per_width * w).
    """

    collector: FloatArray
    tab_factor: float
    path_divisor: float
    constant: FloatArray
    per_thickness: FloatArray
    per_width: FloatArray

    def take(self, index: IntArray | BoolArray) -> HardwareTerms:
        """The terms of some designs."""
        taken: dict[str, Any] = {
            item.name: value[index] if isinstance(value := getattr(self, item.name), np.ndarray) else value
            for item in fields(self)
        }
        return HardwareTerms(**taken)


def hardware_asi_ohm_cm2(
    terms: HardwareTerms,
    area_cm2: FloatArray,
    width_mm: FloatArray,
    thickness_mm: FloatArray,
    aspect_ratio: FloatArray,
) -> FloatArray:
    """Impedance of collectors, terminals and all conductors of the pack per positive area.

    Parameters
    ----------
    terms : HardwareTerms
        Of layout, sections and feed-through class.
    area_cm2, width_mm, thickness_mm, aspect_ratio : ndarray, shape (n,)
        Positive area of a cell, width of a positive sheet, cell thickness, length over width of a sheet.

    Returns
    -------
    ndarray, shape (n,)
        Not scaled with temperature. [ohm cm2]

    References
    ----------
    batpac_5_1, Battery Design!G161:G231.
    """
    path_mm = width_mm * (aspect_ratio / terms.path_divisor) + thickness_mm * terms.tab_factor
    return terms.collector * width_mm * path_mm + area_cm2 * (
        terms.constant + terms.per_thickness * thickness_mm + terms.per_width * width_mm
    )


def collector_ohm(couples: Couples, materials: MaterialConstants) -> FloatArray:
    """Sheet resistance of both foils of a sheet in series [ohm], shape (n,)."""
    aluminum = UM_PER_CM * CM_PER_M / materials.aluminum_conductivity_s_per_m
    copper = UM_PER_CM * CM_PER_M / materials.copper_conductivity_s_per_m
    negative = np.where(couples.negative_foil_is_aluminum, aluminum, copper)
    return aluminum / couples.positive_foil_thickness_um + negative / couples.negative_foil_thickness_um


def hardware_terms(
    couples: Couples,
    layout: Layout,
    duty: Duty,
    wiring: Wiring,
    feedthrough_mm: FloatArray,
    aspect_ratio: FloatArray,
    constants: CellConstants,
    conventions: Conventions,
) -> HardwareTerms:
    """The terms of `hardware_asi_ohm_cm2` for a class of feed-through width, shape (n,).

    The switch Q23 of the conventions gives the extra interconnects of three or four parallel cells their full length.
    """
    parts = [
        _terminal_part(couples, feedthrough_mm, constants.pouch, constants.materials),
        _module_part(layout, wiring, feedthrough_mm, constants, conventions),
        _pack_part(layout, duty, wiring, aspect_ratio, constants),
    ]
    constant, per_thickness, per_width = (sum(column[1:], start=column[0]) for column in zip(*parts, strict=True))
    return HardwareTerms(
        collector=collector_ohm(couples, constants.materials) * (2 * aspect_ratio / MM_PER_CM),
        tab_factor=constants.pouch.collector_tab_factor / MM_PER_CM,
        path_divisor=MM_PER_CM * constants.pouch.current_path_factor,
        constant=constant,
        per_thickness=per_thickness,
        per_width=per_width,
    )


Part = tuple[FloatArray, FloatArray, FloatArray]


def _terminal_part(
    couples: Couples, feedthrough_mm: FloatArray, pouch: PouchConstants, materials: MaterialConstants
) -> Part:
    tabs = tab_geometry(pouch)
    aluminum = 1 / (pouch.aluminum_terminal_thickness_mm * materials.aluminum_conductivity_s_per_m)
    copper = 1 / (pouch.copper_terminal_thickness_mm * materials.copper_conductivity_s_per_m)
    both = aluminum + np.where(couples.negative_foil_is_aluminum, aluminum, copper)
    ohm_per_mm = both * (pouch.terminal_conduction_factor * CM_PER_M * MM_PER_CM) / feedthrough_mm
    none = np.zeros_like(ohm_per_mm)
    return ohm_per_mm * tabs.terminal_offset_mm, ohm_per_mm * tabs.terminal_slope, none


def _module_part(
    layout: Layout,
    wiring: Wiring,
    feedthrough_mm: FloatArray,
    constants: CellConstants,
    conventions: Conventions,
) -> Part:
    """Cell interconnects, tabs to the module terminals, module terminals; each over the cells of a module."""
    rules = constants.conductors
    ohm_cm = CM_PER_M / constants.materials.copper_conductivity_s_per_m
    cells, parallel = layout.cells_per_module_count, layout.cells_in_parallel_count
    interconnect_per_mm = ohm_cm / MM_PER_CM * MM2_PER_CM2 / (feedthrough_mm * rules.interconnect_thickness_mm)
    extra = np.where(parallel == 2 + 1, rules.three_parallel_tab_coefficient, 0.0)
    extra = np.where(parallel == 4, rules.four_parallel_tab_coefficient, extra)
    if not conventions.interconnect_length_in_cm:
        extra = extra / CM_PER_M
    series = parallel * (cells / parallel - 1)
    per_thickness = interconnect_per_mm * (series + rules.tabs_per_module_count * extra) / cells
    tab_cm = (feedthrough_mm + rules.tab_excess_mm) / (2 * MM_PER_CM)
    ends = rules.tabs_per_module_count * tab_cm / wiring.tab_section_cm2
    ends += rules.module_terminals_count * rules.module_terminal_length_cm / wiring.module_terminal_section_cm2
    constant = ends * ohm_cm / cells + per_thickness * rules.interconnect_excess_mm
    return constant, per_thickness, np.zeros_like(constant)


def _pack_part(layout: Layout, duty: Duty, wiring: Wiring, aspect_ratio: FloatArray, constants: CellConstants) -> Part:
    """Module interconnects, bus bars, row bridges and pack terminals; each over the cells of the pack."""
    rules, box, tabs = constants.conductors, constants.module_box, tab_geometry(constants.pouch)
    ohm_cm = CM_PER_M / constants.materials.copper_conductivity_s_per_m / layout.cells_per_pack_count
    bar = ohm_cm / wiring.bus_bar_section_cm2
    row = layout.modules_in_row_count * layout.cells_per_module_count
    end_bars, bridges = bar * wiring.end_bus_bars_count, bar * wiring.row_bridges_count
    walls_mm = 2 * box.wall_thickness_mm * layout.modules_in_row_count
    end_cm = (row * duty.vehicle.heat_conductor_thickness_mm + walls_mm) / MM_PER_CM + rules.bus_bar_end_length_cm
    gaps_mm = 2 * tabs.end_offset_mm + box.terminal_gap_back_mm + box.terminal_gap_front_mm
    modules = rules.row_bridge_modules_count / MM_PER_CM
    bridge_cm = gaps_mm * modules + rules.row_bridge_length_cm
    links = rules.module_interconnect_length_cm * wiring.module_interconnects_count
    constant = ohm_cm * links / wiring.module_interconnect_section_cm2 + end_bars * end_cm + bridges * bridge_cm
    constant = constant + bar * (rules.pack_terminals_count * rules.pack_terminal_length_cm)
    per_thickness = end_bars * (row / MM_PER_CM) + bridges * (2 * tabs.end_slope * modules)
    return constant, per_thickness, bridges * (aspect_ratio * modules)


def bus_bar_lengths_cm(
    layout: Layout, module_length_mm: FloatArray, module_width_mm: FloatArray, rules: ConductorConstants
) -> tuple[FloatArray, FloatArray]:
    """Length of a bus bar to the pack terminal and of a bridge between rows [cm], shape (n,)."""
    end_cm = layout.modules_in_row_count * module_width_mm / MM_PER_CM + rules.bus_bar_end_length_cm
    bridge_cm = rules.row_bridge_modules_count * module_length_mm / MM_PER_CM + rules.row_bridge_length_cm
    return np.asarray(end_cm, dtype=np.float64), np.asarray(bridge_cm, dtype=np.float64)
