"""What all formats share: the coated layers of a cell, and the cell that follows from its areas, case and terminals.

Equation numbers are those of the format model, F1 to F11. Areas of coatings add up both faces of a foil; areas of foils
and separators are those of one face. Arrays have shape (n,), an element a cell, or broadcast to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, added
from lcopt.cell.formats.collectors import collector_asi_ohm_cm2
from lcopt.units import CM2_PER_M2, CM3_PER_L, G_PER_KG, MAH_PER_AH, MG_PER_G, UM_PER_CM

Array = FloatArray | float


@dataclass(frozen=True)
class Layers:
    """Coatings, foils and separator of cells; arrays of shape (n,) or floats.

    The areal capacity is the nameplate capacity over the coated positive area. Coating densities hold the pores, that
    of the separator does not: it is the density of its solid.
    """

    areal_capacity_mah_per_cm2: Array
    nominal_voltage_v: Array
    positive_thickness_um: Array
    positive_coating_density_g_per_cm3: Array
    positive_porosity_frac: Array
    negative_thickness_um: Array
    negative_coating_density_g_per_cm3: Array
    negative_porosity_frac: Array
    positive_foil_thickness_um: Array
    negative_foil_thickness_um: Array
    positive_foil_density_g_per_cm3: Array
    negative_foil_density_g_per_cm3: Array
    positive_foil_conductivity_s_per_m: Array
    negative_foil_conductivity_s_per_m: Array
    separator_thickness_um: Array
    separator_porosity_frac: Array
    separator_density_g_per_cm3: Array
    electrolyte_density_g_per_cm3: Array
    electrolyte_fill_factor: Array


@dataclass(frozen=True)
class Areas:
    """Electrodes of cells: areas, layers, length of the strip, and the way of the current along a foil; shape (n,)."""

    positive_m2: FloatArray
    negative_m2: FloatArray
    positive_foil_m2: FloatArray
    negative_foil_m2: FloatArray
    separator_m2: FloatArray
    layers_count: FloatArray
    strip_length_mm: FloatArray
    collector_path_mm: FloatArray


@dataclass(frozen=True)
class Housing:
    """Case and terminals of cells; shape (n,). The volume is that of the envelope."""

    volume_l: FloatArray
    case_g: FloatArray
    case_density_g_per_cm3: Array
    terminal_g: Array
    terminal_g_per_ah: Array
    terminal_ohm: Array


@dataclass(frozen=True)
class FormatCell:
    """Cells of a format; arrays of shape (n,).

    `strip_length_mm` is the coated length of the positive strips of all rolls, that of all sheets where they are
    stacked; `collector_path_mm` is the way of the current along a foil. `dead_volume_l` is what layers, case and
    terminals leave of the envelope, the pores not counted as dead.
    """

    cell_capacity_ah: FloatArray
    cell_energy_wh: FloatArray
    cell_volume_l: FloatArray
    cell_mass_g: FloatArray
    cell_specific_energy_wh_per_kg: FloatArray
    cell_energy_density_wh_per_l: FloatArray
    layers_count: FloatArray
    strip_length_mm: FloatArray
    collector_path_mm: FloatArray
    positive_area_m2_per_cell: FloatArray
    negative_area_m2_per_cell: FloatArray
    positive_foil_m2_per_cell: FloatArray
    negative_foil_m2_per_cell: FloatArray
    separator_m2_per_cell: FloatArray
    electrolyte_l_per_cell: FloatArray
    dead_volume_l: FloatArray
    positive_coating_g_per_cell: FloatArray
    negative_coating_g_per_cell: FloatArray
    positive_foil_g_per_cell: FloatArray
    negative_foil_g_per_cell: FloatArray
    separator_g_per_cell: FloatArray
    electrolyte_g_per_cell: FloatArray
    cell_container_g_per_cell: FloatArray
    terminals_g_per_cell: FloatArray
    collector_asi_ohm_cm2: FloatArray
    collector_resistance_ohm: FloatArray


def loading_mg_per_cm2(
    half_cell_areal_capacity_mah_per_cm2: Array, active_capacity_mah_per_g: Array, active_mass_frac: Array
) -> FloatArray:
    """Mass of the coating of one side [mg/cm2], shape (n,), F1 and F2.

    Parameters
    ----------
    half_cell_areal_capacity_mah_per_cm2 : ndarray, shape (n,), or float
        Of the positive: nameplate areal capacity over the nameplate factor; of the negative: that times the capacity
        ratio. [mAh/cm2]
    active_capacity_mah_per_g, active_mass_frac : ndarray, shape (n,), or float
        Capacity of the active material, and its share of the coating's mass.
    """
    grams = half_cell_areal_capacity_mah_per_cm2 / (np.asarray(active_capacity_mah_per_g) * active_mass_frac)
    return np.asarray(grams * MG_PER_G, dtype=np.float64)


def coating_thickness_um(loading: Array, coating_density_g_per_cm3: Array) -> FloatArray:
    """Thickness of the coating of one side from its mass in mg/cm2 [um], shape (n,), F3."""
    return np.asarray(np.asarray(loading) / coating_density_g_per_cm3 * (UM_PER_CM / MG_PER_G), dtype=np.float64)


def repeat_um(layers: Layers) -> FloatArray:
    """Thickness of one positive and one negative sheet with two separators [um], shape (n,), F4."""
    coated = np.asarray(layers.positive_thickness_um) + layers.negative_thickness_um + layers.separator_thickness_um
    return layers.positive_foil_thickness_um + layers.negative_foil_thickness_um + 2 * coated


def negative_sheet_um(layers: Layers) -> FloatArray:
    """Thickness of one negative sheet with two separators [um], shape (n,): what stands over the positive."""
    coated = np.asarray(layers.negative_thickness_um) + layers.separator_thickness_um
    return layers.negative_foil_thickness_um + 2 * coated


def assembled_cell(layers: Layers, areas: Areas, housing: Housing) -> FormatCell:
    """The cell of given layers, areas and housing.

    Parameters
    ----------
    layers, areas, housing
        An element a cell; the electrolyte fills the pores and the share of F9 beyond them.

    Returns
    -------
    FormatCell
        Arrays of shape (n,); the parts add up to the mass of the cell.
    """
    capacity_ah = np.asarray(
        layers.areal_capacity_mah_per_cm2 * areas.positive_m2 * (CM2_PER_M2 / MAH_PER_AH), dtype=np.float64
    )
    energy_wh = capacity_ah * layers.nominal_voltage_v
    electrolyte_l = _electrolyte_l(layers, areas)
    parts = {
        **_layer_masses_g(layers, areas),
        "electrolyte_g_per_cell": electrolyte_l * CM3_PER_L * layers.electrolyte_density_g_per_cm3,
        "cell_container_g_per_cell": housing.case_g,
        "terminals_g_per_cell": housing.terminal_g + housing.terminal_g_per_ah * capacity_ah,
    }
    mass_g = added(list(parts.values()))
    asi = collector_asi_ohm_cm2(
        areas.collector_path_mm, layers.positive_foil_thickness_um, layers.positive_foil_conductivity_s_per_m
    ) + collector_asi_ohm_cm2(
        areas.collector_path_mm, layers.negative_foil_thickness_um, layers.negative_foil_conductivity_s_per_m
    )
    return FormatCell(
        cell_capacity_ah=capacity_ah,
        cell_energy_wh=energy_wh,
        cell_volume_l=housing.volume_l,
        cell_mass_g=mass_g,
        cell_specific_energy_wh_per_kg=energy_wh / mass_g * G_PER_KG,
        cell_energy_density_wh_per_l=energy_wh / housing.volume_l,
        layers_count=areas.layers_count,
        strip_length_mm=areas.strip_length_mm,
        collector_path_mm=areas.collector_path_mm,
        positive_area_m2_per_cell=areas.positive_m2,
        negative_area_m2_per_cell=areas.negative_m2,
        positive_foil_m2_per_cell=areas.positive_foil_m2,
        negative_foil_m2_per_cell=areas.negative_foil_m2,
        separator_m2_per_cell=areas.separator_m2,
        electrolyte_l_per_cell=electrolyte_l,
        dead_volume_l=housing.volume_l - _solid_l(layers, areas, housing),
        collector_asi_ohm_cm2=asi,
        collector_resistance_ohm=asi / (areas.positive_m2 * CM2_PER_M2) + housing.terminal_ohm,
        **parts,
    )


# An area in m2 times a thickness in um is a volume in cm3.
def _layer_masses_g(layers: Layers, areas: Areas) -> dict[str, FloatArray]:
    separator_solid_um = layers.separator_thickness_um * (1 - np.asarray(layers.separator_porosity_frac))
    return {
        "positive_coating_g_per_cell": areas.positive_m2
        * layers.positive_thickness_um
        * layers.positive_coating_density_g_per_cm3,
        "negative_coating_g_per_cell": areas.negative_m2
        * layers.negative_thickness_um
        * layers.negative_coating_density_g_per_cm3,
        "positive_foil_g_per_cell": areas.positive_foil_m2
        * layers.positive_foil_thickness_um
        * layers.positive_foil_density_g_per_cm3,
        "negative_foil_g_per_cell": areas.negative_foil_m2
        * layers.negative_foil_thickness_um
        * layers.negative_foil_density_g_per_cm3,
        "separator_g_per_cell": areas.separator_m2 * separator_solid_um * layers.separator_density_g_per_cm3,
    }


def _electrolyte_l(layers: Layers, areas: Areas) -> FloatArray:
    """Electrolyte, F9 [L]."""
    pores_cm3 = (
        areas.positive_m2 * layers.positive_thickness_um * layers.positive_porosity_frac
        + areas.negative_m2 * layers.negative_thickness_um * layers.negative_porosity_frac
        + areas.separator_m2 * layers.separator_thickness_um * layers.separator_porosity_frac
    )
    return np.asarray(pores_cm3 * layers.electrolyte_fill_factor / CM3_PER_L, dtype=np.float64)


def _solid_l(layers: Layers, areas: Areas, housing: Housing) -> FloatArray:
    """Volume of layers and case, pores included [L]."""
    layers_cm3 = (
        areas.positive_m2 * layers.positive_thickness_um
        + areas.negative_m2 * layers.negative_thickness_um
        + areas.positive_foil_m2 * layers.positive_foil_thickness_um
        + areas.negative_foil_m2 * layers.negative_foil_thickness_um
        + areas.separator_m2 * layers.separator_thickness_um
    )
    return np.asarray((layers_cm3 + housing.case_g / housing.case_density_g_per_cm3) / CM3_PER_L, dtype=np.float64)
