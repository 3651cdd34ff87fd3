"""What holds and cools the modules: row racks, coolant panels, the jacket, bus bars."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.constants import CellConstants, MaterialConstants
from lcopt.cell.duty import Layout
from lcopt.cell.formats.pouch import CellDesign
from lcopt.cell.wiring import Wiring, bus_bar_lengths_cm
from lcopt.pack.module import ModuleDesign
from lcopt.units import G_PER_KG, MM2_PER_M2, MM3_PER_CM3

MM3_G_PER_CM3_PER_KG = 1e6


@dataclass(frozen=True)
class RackConstants:
    """Rack that holds a row of modules (table `pack_constants`, group rack)."""

    module_gap_mm: float
    length_addition_mm: float
    width_addition_mm: float
    height_addition_mm: float
    channel_thickness_mm: float
    upper_thickness_mm: float
    lower_channel_addition_mm: float
    upper_channel_reduction_mm: float
    vertical_section_mm2: float
    vertical_reduction_mm: float
    end_verticals_count: float
    restraint_thickness_mm: float
    restraint_length_addition_mm: float
    restraint_height_reduction_mm: float
    restraint_side_reduction_mm: float
    restraint_side_height_addition_mm: float
    restraints_count: float
    compression_plate_thickness_mm: float
    compression_plate_addition_cm3: float
    pad_height_reduction_mm: float
    pad_length_addition_mm: float
    pad_thickness_mm: float
    pad_density_g_per_cm3: float


@dataclass(frozen=True)
class CoolantConstants:
    """Coolant panels, mains and tubing (table `pack_constants`, group coolant)."""

    panel_length_reduction_mm: float
    panel_wall_mm: float
    panel_channel_mm: float
    panel_edge_mm: float
    panels_per_row_count: float
    mains_diameter_mm: float
    mains_wall_mm: float
    tubing_diameter_mm: float
    tubing_wall_mm: float
    tubing_addition_mm: float
    connectors_per_row_g: float
    mains_coolant_diameter_mm: float
    tubing_coolant_diameter_mm: float
    coolant_density_g_per_ml: float


@dataclass(frozen=True)
class JacketConstants:
    """Jacket of the pack (table `pack_constants`, group jacket)."""

    bus_bar_width_mm: float
    row_bridge_width_mm: float
    bus_bar_gap_mm: float
    insulation_thickness_mm: float
    insulation_density_g_per_cm3: float
    base_aluminum_mm: float
    base_steel_mm: float
    top_aluminum_mm: float
    top_fold_mm: float
    lid_small_mm: float
    lid_medium_mm: float
    lid_large_mm: float
    lid_medium_from_kwh: float
    lid_large_from_kwh: float
    tolerance_mm: float
    rim_mm: float
    angle_iron_medium_from_l: float
    angle_iron_large_from_l: float
    angle_iron_medium_mm2: float
    angle_iron_large_mm2: float


@dataclass(frozen=True)
class HardwareConstants:
    """Conductors and heater of the pack (table `pack_constants`, group hardware)."""

    module_interconnect_fastener_factor: float
    pack_terminal_length_cm: float
    pack_terminal_copper_frac: float
    pack_terminals_count: float
    heater_kg: float


@dataclass(frozen=True)
class HousingConstants:
    """All constants of the housing."""

    rack: RackConstants
    coolant: CoolantConstants
    jacket: JacketConstants
    hardware: HardwareConstants


@dataclass(frozen=True)
class Housing:
    """Everything of a pack around its modules but the electronics; arrays of shape (n,)."""

    pack_length_mm: FloatArray
    pack_width_mm: FloatArray
    pack_height_mm: FloatArray
    row_rack_hardware_kg_per_row: FloatArray
    module_pads_kg_per_row: FloatArray
    coolant_panels_kg_per_pack: FloatArray
    coolant_manifold_kg_per_pack: FloatArray
    coolant_kg_per_pack: FloatArray
    pack_cooling_system_kg_per_pack: FloatArray
    jacket_angle_iron_kg_per_pack: FloatArray
    jacket_steel_plate_kg_per_pack: FloatArray
    jacket_base_aluminum_kg_per_pack: FloatArray
    jacket_base_insulation_m2_per_pack: FloatArray
    jacket_top_aluminum_kg_per_pack: FloatArray
    jacket_top_insulation_m2_per_pack: FloatArray
    pack_jacket_kg_per_pack: FloatArray
    module_interconnect_g_each: FloatArray
    bus_bars_g_per_pack: FloatArray
    pack_terminals_g_per_pack: FloatArray
    pack_heater_kg_per_pack: FloatArray
    jacket_and_hardware_kg_per_pack: FloatArray


@dataclass(frozen=True)
class _Row:
    """Outer size of a row of modules in its rack [mm]."""

    length_mm: FloatArray
    width_mm: FloatArray
    height_mm: FloatArray


def design_housing(
    cell: CellDesign,
    module: ModuleDesign,
    layout: Layout,
    wiring: Wiring,
    system_energy_kwh: FloatArray,
    constants: HousingConstants,
    cell_constants: CellConstants,
) -> Housing:
    """Racks, cooling, jacket and conductors of the pack.

    Parameters
    ----------
    cell, module, layout, wiring
        An element a design.
    system_energy_kwh : ndarray, shape (n,)
        Of all packs of the vehicle; it sets the thickness of the lid. [kWh]
    constants, cell_constants
        Of the catalog.

    Returns
    -------
    Housing
        Arrays of shape (n,).

    References
    ----------
    batpac_5_1, Battery Design!G367:G444.
    """
    rack, metals = constants.rack, cell_constants.materials
    in_row = layout.modules_in_row_count
    row = _Row(
        in_row * module.module_width_mm + rack.module_gap_mm * (in_row - 1) + rack.length_addition_mm,
        module.module_length_mm + rack.width_addition_mm,
        module.module_height_mm + rack.height_addition_mm,
    )
    pads_kg = _pads_kg(cell, module, in_row, rack)
    cooling = _cooling_kg(module, layout, row, constants.coolant, metals.steel_density_g_per_cm3)
    jacket = _jacket(module, layout, wiring, row, system_energy_kwh, constants.jacket, metals)
    hardware = _hardware_g(module, layout, wiring, constants.hardware, cell_constants)
    links = layout.modules_per_pack_count + 1
    conductors_g = (
        hardware["module_interconnect_g_each"] * links
        + hardware["bus_bars_g_per_pack"]
        + hardware["pack_terminals_g_per_pack"]
    )
    heater_kg = np.full_like(row.length_mm, constants.hardware.heater_kg)
    return Housing(
        row_rack_hardware_kg_per_row=_rack_kg(cell, module, in_row, row, rack, metals) + pads_kg,
        module_pads_kg_per_row=pads_kg,
        pack_cooling_system_kg_per_pack=sum(cooling.values(), start=np.zeros_like(row.length_mm)),
        pack_heater_kg_per_pack=heater_kg,
        jacket_and_hardware_kg_per_pack=jacket["pack_jacket_kg_per_pack"] + conductors_g / G_PER_KG + heater_kg,
        **cooling,
        **jacket,
        **hardware,
    )


def _rack_kg(
    cell: CellDesign,
    module: ModuleDesign,
    in_row: FloatArray,
    row: _Row,
    rack: RackConstants,
    metals: MaterialConstants,
) -> FloatArray:
    lower_mm3 = row.length_mm * (row.width_mm + rack.lower_channel_addition_mm) * rack.channel_thickness_mm
    upright_mm = row.height_mm - rack.vertical_reduction_mm
    # Between the ends two uprights a module, two more, and four diagonals; a single module has four uprights.
    several = 2 * in_row + (2 + rack.end_verticals_count * math.sqrt(2))
    verticals_mm = np.where(in_row == 1, rack.end_verticals_count, several) * upright_mm
    upper_mm3 = row.length_mm * (row.width_mm - rack.upper_channel_reduction_mm) * rack.upper_thickness_mm
    upper_mm3 = upper_mm3 + verticals_mm * rack.vertical_section_mm2
    conductor_mm = module.heat_conductor_length_mm
    plate_mm2 = (conductor_mm + rack.restraint_length_addition_mm) * (
        module.module_height_mm - rack.restraint_height_reduction_mm
    )
    side_mm = module.module_length_mm - conductor_mm - rack.restraint_side_reduction_mm
    side_mm2 = 2 * side_mm * (row.height_mm + rack.restraint_side_height_addition_mm)
    restraint_cm3 = (plate_mm2 + side_mm2) * (rack.restraint_thickness_mm / MM3_PER_CM3)
    compression_mm2 = (module.module_height_mm - rack.pad_height_reduction_mm) * (
        cell.positive_length_mm + rack.pad_length_addition_mm
    )
    compression_cm3 = compression_mm2 * (rack.compression_plate_thickness_mm / MM3_PER_CM3)
    compression_cm3 = compression_cm3 + rack.compression_plate_addition_cm3
    steel_cm3 = (lower_mm3 + upper_mm3) / MM3_PER_CM3 + (restraint_cm3 + compression_cm3) * rack.restraints_count
    return np.asarray(steel_cm3 * (metals.steel_density_g_per_cm3 / G_PER_KG), dtype=np.float64)


def _pads_kg(cell: CellDesign, module: ModuleDesign, in_row: FloatArray, rack: RackConstants) -> FloatArray:
    pad_mm2 = (cell.positive_length_mm + rack.pad_length_addition_mm) * (
        module.module_height_mm - rack.pad_height_reduction_mm
    )
    return (in_row - 1) * pad_mm2 * (rack.pad_thickness_mm * rack.pad_density_g_per_cm3 / MM3_G_PER_CM3_PER_KG)


def _cooling_kg(
    module: ModuleDesign, layout: Layout, row: _Row, coolant: CoolantConstants, steel_g_per_cm3: float
) -> dict[str, FloatArray]:
    rows = layout.rows_of_modules_count
    width_mm = module.heat_conductor_length_mm
    length_mm = row.length_mm - coolant.panel_length_reduction_mm
    face_mm2 = width_mm * length_mm
    panel_mm2 = 2 * face_mm2 + coolant.panel_edge_mm * (width_mm + length_mm)
    panels_mm3 = panel_mm2 * rows * (coolant.panels_per_row_count * coolant.panel_wall_mm)
    mains_mm = 2 * rows * row.width_mm
    tubing_mm = 2 * rows * (coolant.tubing_addition_mm + module.module_height_mm)
    pipes_mm3 = mains_mm * _ring_mm2(coolant.mains_diameter_mm, 2 * coolant.mains_wall_mm)
    pipes_mm3 = pipes_mm3 + tubing_mm * _ring_mm2(coolant.tubing_diameter_mm, 2 * coolant.tubing_wall_mm)
    filled_mm3 = (
        face_mm2 * rows * coolant.panel_channel_mm
        + mains_mm * _ring_mm2(0.0, coolant.mains_coolant_diameter_mm)
        + tubing_mm * _ring_mm2(0.0, coolant.tubing_coolant_diameter_mm)
    )
    steel = steel_g_per_cm3 / MM3_G_PER_CM3_PER_KG
    return {
        "coolant_panels_kg_per_pack": panels_mm3 * steel,
        "coolant_manifold_kg_per_pack": pipes_mm3 * steel + rows * (coolant.connectors_per_row_g / G_PER_KG),
        "coolant_kg_per_pack": filled_mm3 * (coolant.coolant_density_g_per_ml / MM3_G_PER_CM3_PER_KG),
    }


def _ring_mm2(inner_mm: float, added_mm: float) -> float:
    return ((inner_mm + added_mm) ** 2 - inner_mm**2) * math.pi / 4


def _jacket(
    module: ModuleDesign,
    layout: Layout,
    wiring: Wiring,
    row: _Row,
    system_energy_kwh: FloatArray,
    jacket: JacketConstants,
    metals: MaterialConstants,
) -> dict[str, FloatArray]:
    rows = layout.rows_of_modules_count
    base_mm = jacket.insulation_thickness_mm + jacket.base_aluminum_mm + jacket.base_steel_mm
    wall_mm = 2 * base_mm
    lid_mm = np.where(system_energy_kwh < jacket.lid_large_from_kwh, jacket.lid_medium_mm, jacket.lid_large_mm)
    lid_mm = np.where(system_energy_kwh < jacket.lid_medium_from_kwh, jacket.lid_small_mm, lid_mm)
    bridges = wiring.row_bridges_count + np.mod(rows + 1, 2)
    extra_mm = (
        jacket.bus_bar_width_mm * wiring.end_bus_bars_count
        + jacket.row_bridge_width_mm * bridges
        + jacket.bus_bar_gap_mm * (wiring.end_bus_bars_count + bridges - 1)
    )
    inner_length_mm = row.length_mm + jacket.tolerance_mm
    inner_width_mm = rows * row.width_mm + jacket.tolerance_mm + extra_mm
    length_mm, width_mm = inner_length_mm + wall_mm, inner_width_mm + wall_mm
    top_mm = jacket.insulation_thickness_mm + jacket.top_aluminum_mm + lid_mm
    height_mm = row.height_mm + jacket.tolerance_mm + base_mm + top_mm
    half_mm, inner_half_mm = length_mm + width_mm, inner_length_mm + inner_width_mm
    inner_mm2 = inner_length_mm * inner_width_mm
    inner_height_mm = height_mm - wall_mm
    modules_l = layout.modules_per_pack_count * module.module_volume_l
    angle_mm2 = np.where(
        modules_l < jacket.angle_iron_large_from_l, jacket.angle_iron_medium_mm2, jacket.angle_iron_large_mm2
    )
    angle_mm2 = np.where(modules_l < jacket.angle_iron_medium_from_l, 0.0, angle_mm2)
    top_mm3 = (
        (2 * half_mm * height_mm + length_mm * width_mm) * lid_mm
        + (2 * inner_half_mm * inner_height_mm * jacket.top_fold_mm)
        + inner_mm2 * jacket.top_aluminum_mm
    )
    top_insulation_mm2 = (length_mm - 2 * lid_mm) * (width_mm - 2 * lid_mm)
    top_insulation_mm2 = top_insulation_mm2 + 2 * (half_mm - wall_mm) * inner_height_mm
    steel = metals.steel_density_g_per_cm3 / MM3_G_PER_CM3_PER_KG
    aluminum = metals.aluminum_density_g_per_cm3 / MM3_G_PER_CM3_PER_KG
    parts = {
        "jacket_angle_iron_kg_per_pack": 2 * half_mm * angle_mm2 * steel,
        "jacket_steel_plate_kg_per_pack": inner_mm2 * (jacket.base_steel_mm * steel),
        "jacket_base_aluminum_kg_per_pack": (inner_mm2 + 2 * jacket.rim_mm * inner_half_mm)
        * (jacket.base_aluminum_mm * aluminum),
        "jacket_top_aluminum_kg_per_pack": top_mm3 * aluminum,
    }
    insulation_kg_per_mm2 = jacket.insulation_thickness_mm * jacket.insulation_density_g_per_cm3 / MM3_G_PER_CM3_PER_KG
    return {
        "pack_length_mm": length_mm,
        "pack_width_mm": width_mm,
        "pack_height_mm": height_mm,
        "jacket_base_insulation_m2_per_pack": inner_mm2 / MM2_PER_M2,
        "jacket_top_insulation_m2_per_pack": top_insulation_mm2 / MM2_PER_M2,
        "pack_jacket_kg_per_pack": sum(parts.values(), start=(inner_mm2 + top_insulation_mm2) * insulation_kg_per_mm2),
        **parts,
    }


def _hardware_g(
    module: ModuleDesign, layout: Layout, wiring: Wiring, hardware: HardwareConstants, cell_constants: CellConstants
) -> dict[str, FloatArray]:
    rules = cell_constants.conductors
    copper = cell_constants.materials.copper_density_g_per_cm3
    end_cm, bridge_cm = bus_bar_lengths_cm(layout, module.module_length_mm, module.module_width_mm, rules)
    bars_cm = end_cm * wiring.end_bus_bars_count + bridge_cm * wiring.row_bridges_count
    link = rules.module_interconnect_length_cm * copper * hardware.module_interconnect_fastener_factor
    terminals = hardware.pack_terminals_count * hardware.pack_terminal_length_cm * copper
    return {
        "module_interconnect_g_each": wiring.module_interconnect_section_cm2 * link,
        "bus_bars_g_per_pack": wiring.bus_bar_section_cm2 * bars_cm * copper,
        "pack_terminals_g_per_pack": wiring.bus_bar_section_cm2 * (terminals / hardware.pack_terminal_copper_frac),
    }
