"""What a pouch cell is made of: areas of sheets, masses of coatings, electrolyte, container, and their sum."""

from __future__ import annotations

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.constants import CellConstants, MaterialConstants, PouchConstants
from lcopt.cell.electrodes import Couples, usable_factor
from lcopt.conventions import Conventions
from lcopt.units import CM3_PER_L, MAH_PER_AH, MM2_PER_M2, MM3_PER_CM3, MM3_PER_L, UM_PER_MM


def sheet_areas_m2(
    layers: FloatArray, width_mm: FloatArray, length_mm: FloatArray, thickness_mm: FloatArray, pouch: PouchConstants
) -> dict[str, FloatArray]:
    """Foils and separator of a cell by the names of its fields [m2], arrays of shape (n,)."""
    excess = pouch.electrode_excess_mm
    tab_mm = pouch.collector_tab_factor * thickness_mm
    wide_mm = width_mm + excess
    positive = layers * width_mm * (length_mm + tab_mm)
    negative = (layers + 1) * wide_mm * (length_mm + (tab_mm + (excess - pouch.negative_collector_tab_shortening_mm)))
    separator = (
        2 * layers * (width_mm + pouch.separator_width_excess_mm) * (length_mm + pouch.separator_length_excess_mm)
    )
    return {
        "positive_foil_m2_per_cell": positive / MM2_PER_M2,
        "negative_foil_m2_per_cell": negative / MM2_PER_M2,
        "separator_m2_per_cell": separator / MM2_PER_M2,
    }


def coating_masses_g(
    couples: Couples, capacity_ah: FloatArray, area_ratio: FloatArray, conventions: Conventions
) -> dict[str, FloatArray]:
    """Coatings and what they are made of by the names of the cell's fields [g], arrays of shape (n,)."""
    half_cell_mah = capacity_ah * MAH_PER_AH / usable_factor(couples, conventions)
    positive_active = half_cell_mah / couples.positive_active_capacity_mah_per_g
    positive = positive_active / couples.positive_active_mass_frac
    negative_active = (
        half_cell_mah * couples.np_capacity_ratio / couples.negative_active_capacity_mah_per_g * area_ratio
    )
    negative = negative_active / couples.negative_active_mass_frac
    return {
        "positive_active_g_per_cell": positive_active,
        "positive_carbon_g_per_cell": positive * couples.positive_carbon_mass_frac,
        "positive_binder_g_per_cell": positive * couples.positive_binder_mass_frac,
        "positive_coating_g_per_cell": positive,
        "negative_active_g_per_cell": negative_active,
        "negative_carbon_g_per_cell": negative * couples.negative_carbon_mass_frac,
        "negative_binder_g_per_cell": negative * couples.negative_binder_mass_frac,
        "negative_coating_g_per_cell": negative,
    }


def electrolyte_l(
    couples: Couples,
    coatings: dict[str, FloatArray],
    separator_m2: FloatArray,
    stack_mm3: FloatArray,
    pouch: PouchConstants,
) -> FloatArray:
    """Liquid in the pores and around the stack, as far as the couple is filled with liquid [L], shape (n,)."""
    # Separator area in m2 times thickness in um is a volume in cm3.
    pores_cm3 = (
        coatings["positive_coating_g_per_cell"]
        * (couples.positive_porosity_frac / couples.positive_coating_density_g_per_cm3)
        + coatings["negative_coating_g_per_cell"]
        * (couples.negative_porosity_frac / couples.negative_coating_density_g_per_cm3)
        + separator_m2 * (couples.separator_thickness_um * couples.separator_porosity_frac)
    )
    filled_l = pores_cm3 / CM3_PER_L + stack_mm3 * (pouch.free_electrolyte_frac / MM3_PER_L)
    return filled_l * couples.liquid_electrolyte_frac


def solid_electrolyte_g(couples: Couples, coatings: dict[str, FloatArray], separator_g: FloatArray) -> FloatArray:
    """Solid electrolyte in both coatings and, where it is solid, the separator [g], shape (n,)."""
    return (
        coatings["positive_coating_g_per_cell"] * couples.positive_solid_electrolyte_mass_frac
        + coatings["negative_coating_g_per_cell"] * couples.negative_solid_electrolyte_mass_frac
        + np.where(couples.separator_is_solid, separator_g, 0.0)
    )


def container_g(
    thickness_mm: FloatArray, cell_width_mm: FloatArray, cell_length_mm: FloatArray, constants: CellConstants
) -> FloatArray:
    """Laminate of the container [g], shape (n,)."""
    pouch = constants.pouch
    areal_mass_g_per_mm2 = (
        pouch.laminate_polyester_thickness_um * pouch.polyester_density_g_per_cm3
        + pouch.laminate_aluminum_thickness_um * constants.materials.aluminum_density_g_per_cm3
        + pouch.laminate_polypropylene_thickness_um * pouch.polypropylene_density_g_per_cm3
    ) / (UM_PER_MM * MM3_PER_CM3)
    around_mm = 2 * (cell_width_mm + thickness_mm + pouch.seal_width_mm)
    result: FloatArray = around_mm * (cell_length_mm - pouch.container_end_seal_mm) * areal_mass_g_per_mm2
    return result


def cell_mass_g(
    couples: Couples, parts: dict[str, FloatArray], separator_g: FloatArray, materials: MaterialConstants
) -> FloatArray:
    """All parts of a cell together [g], shape (n,); the separator, film or solid, comes as a mass."""
    # Areas in m2 times thickness in um are volumes in cm3.
    aluminum, copper = materials.aluminum_density_g_per_cm3, materials.copper_density_g_per_cm3
    negative_foil_density = np.where(couples.negative_foil_is_aluminum, aluminum, copper)
    return (
        parts["positive_coating_g_per_cell"]
        + parts["negative_coating_g_per_cell"]
        + parts["positive_foil_m2_per_cell"] * (couples.positive_foil_thickness_um * aluminum)
        + parts["negative_foil_m2_per_cell"] * (couples.negative_foil_thickness_um * negative_foil_density)
        + separator_g
        + parts["electrolyte_g_per_cell"]
        + parts["positive_terminal_g_per_cell"]
        + parts["negative_terminal_g_per_cell"]
        + parts["cell_container_g_per_cell"]
    )
