"""The module: cells with interconnects, panels, heat conductors and a steel box."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.constants import CellConstants
from lcopt.cell.duty import Duty, Layout
from lcopt.cell.formats.pouch import CellDesign
from lcopt.cell.wiring import Wiring, module_length_mm, module_width_mm
from lcopt.units import G_PER_KG, MM3_PER_CM3, MM3_PER_L, MM_PER_CM


@dataclass(frozen=True)
class ModuleConstants:
    """Parts of a module beside its cells (table `pack_constants`, group module)."""

    interconnect_bend_mm: float
    panel_thickness_mm: float
    panel_height_factor: float
    panel_density_g_per_cm3: float
    panels_count: float
    terminal_length_mm: float
    terminal_fastener_factor: float
    heat_conductor_excess_mm: float
    heat_conductor_fold_factor: float
    monitor_g: float
    gas_release_g: float


@dataclass(frozen=True)
class ModuleDesign:
    """Modules, an element a design; arrays of shape (n,)."""

    module_length_mm: FloatArray
    module_width_mm: FloatArray
    module_height_mm: FloatArray
    module_volume_l: FloatArray
    module_mass_kg: FloatArray
    heat_conductor_length_mm: FloatArray
    cell_interconnects_g_per_module: FloatArray
    interconnect_panels_g_per_module: FloatArray
    terminal_tabs_g_per_module: FloatArray
    module_terminals_g_per_module: FloatArray
    thermal_conductors_g_per_module: FloatArray
    module_monitoring_g_per_module: FloatArray
    module_enclosure_g_per_module: FloatArray
    gas_release_g_per_module: FloatArray


def design_module(
    cell: CellDesign,
    layout: Layout,
    duty: Duty,
    wiring: Wiring,
    constants: ModuleConstants,
    cell_constants: CellConstants,
) -> ModuleDesign:
    """Box and masses of the modules.

    Parameters
    ----------
    cell, layout, duty, wiring
        An element a design; of the duty the thickness of the heat conductors counts.
    constants, cell_constants
        Of the catalog.

    Returns
    -------
    ModuleDesign
        Arrays of shape (n,).

    References
    ----------
    batpac_5_1, Battery Design!G312:G351.
    """
    box, metals = cell_constants.module_box, cell_constants.materials
    conductor_mm = duty.vehicle.heat_conductor_thickness_mm
    cells = layout.cells_per_module_count
    length_mm = module_length_mm(cell.cell_length_mm, box)
    width_mm = module_width_mm(cell.cell_thickness_mm, conductor_mm, cells, box)
    height_mm = cell.cell_width_mm + 2 * conductor_mm + 2 * box.wall_thickness_mm
    volume_mm3 = length_mm * width_mm * height_mm
    wall_mm2 = 2 * (length_mm * width_mm + (length_mm + width_mm) * height_mm)
    conductor_length_mm = cell.positive_length_mm + constants.heat_conductor_excess_mm
    masses = {
        **_conductor_masses_g(cell, layout, duty, wiring, constants, cell_constants),
        "interconnect_panels_g_per_module": _panels_g(cell, cells, conductor_mm, constants),
        "thermal_conductors_g_per_module": (cells + 1)
        * conductor_length_mm
        * (cell.cell_width_mm + 2 * conductor_mm + constants.heat_conductor_fold_factor * cell.cell_thickness_mm)
        * conductor_mm
        * (metals.aluminum_density_g_per_cm3 / MM3_PER_CM3),
        "module_monitoring_g_per_module": np.full_like(length_mm, constants.monitor_g),
        "module_enclosure_g_per_module": wall_mm2
        * (box.wall_thickness_mm * metals.steel_density_g_per_cm3 / MM3_PER_CM3),
        "gas_release_g_per_module": np.full_like(length_mm, constants.gas_release_g),
    }
    return ModuleDesign(
        module_length_mm=length_mm,
        module_width_mm=width_mm,
        module_height_mm=height_mm,
        module_volume_l=volume_mm3 / MM3_PER_L,
        module_mass_kg=(sum(masses.values(), start=cell.cell_mass_g * cells)) / G_PER_KG,
        heat_conductor_length_mm=conductor_length_mm,
        **masses,
    )


def _conductor_masses_g(
    cell: CellDesign,
    layout: Layout,
    duty: Duty,
    wiring: Wiring,
    constants: ModuleConstants,
    cell_constants: CellConstants,
) -> dict[str, FloatArray]:
    rules = cell_constants.conductors
    copper = cell_constants.materials.copper_density_g_per_cm3
    count = wiring.cell_interconnects_count + 2 * (layout.cells_in_parallel_count - 1)
    link_mm = cell.cell_thickness_mm + duty.vehicle.heat_conductor_thickness_mm + constants.interconnect_bend_mm
    link_g = link_mm * cell.feedthrough_width_mm * (rules.interconnect_thickness_mm * copper / MM3_PER_CM3)
    tab_cm = (cell.feedthrough_width_mm + rules.tab_excess_mm) / MM_PER_CM
    terminals = rules.module_terminals_count * constants.terminal_length_mm / MM_PER_CM
    terminals = terminals * copper * constants.terminal_fastener_factor
    several = layout.modules_per_pack_count > 1
    return {
        "cell_interconnects_g_per_module": count * link_g,
        "terminal_tabs_g_per_module": tab_cm * wiring.tab_section_cm2 * (rules.tabs_per_module_count * copper),
        "module_terminals_g_per_module": np.where(several, wiring.module_terminal_section_cm2 * terminals, 0.0),
    }


def _panels_g(cell: CellDesign, cells: FloatArray, conductor_mm: FloatArray, constants: ModuleConstants) -> FloatArray:
    length_mm = cells * (cell.cell_thickness_mm + conductor_mm) - cell.cell_thickness_mm / 2
    areal = constants.panels_count * constants.panel_height_factor * constants.panel_thickness_mm
    return length_mm * cell.cell_width_mm * (areal * constants.panel_density_g_per_cm3 / MM3_PER_CM3)
