"""The stacked pouch cell with a tab at each end: layers, outer size, masses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.constants import CellConstants, PouchConstants
from lcopt.cell.duty import Problem, first_problem
from lcopt.cell.electrodes import Couples, positive_capacity_ah_per_cm3, thickness_ratio
from lcopt.cell.formats.pouch_contents import (
    cell_mass_g,
    coating_masses_g,
    container_g,
    electrolyte_l,
    sheet_areas_m2,
    solid_electrolyte_g,
)
from lcopt.conventions import Conventions
from lcopt.units import CM3_PER_L, MAH_PER_AH, MM3_PER_CM3, MM3_PER_L, MM_PER_CM, UM_PER_CM, UM_PER_MM


@dataclass(frozen=True)
class CellDesign:
    """Cells, an element a design; arrays of shape (n,). The names are those of the evaluation's columns.

    A separator of solid electrolyte counts in `solid_electrolyte_g_per_cell`, with that of the coatings, and not as m2.
    """

    cell_capacity_ah: FloatArray
    positive_thickness_um: FloatArray
    negative_thickness_um: FloatArray
    positive_areal_capacity_mah_per_cm2: FloatArray
    negative_areal_capacity_mah_per_cm2: FloatArray
    positive_area_per_cell_cm2: FloatArray
    negative_area_per_cell_cm2: FloatArray
    bicell_layers_count: FloatArray
    positive_width_mm: FloatArray
    positive_length_mm: FloatArray
    feedthrough_width_mm: FloatArray
    cell_thickness_mm: FloatArray
    cell_width_mm: FloatArray
    cell_length_mm: FloatArray
    cell_volume_l: FloatArray
    cell_mass_g: FloatArray
    positive_active_g_per_cell: FloatArray
    positive_carbon_g_per_cell: FloatArray
    positive_binder_g_per_cell: FloatArray
    positive_coating_g_per_cell: FloatArray
    negative_active_g_per_cell: FloatArray
    negative_carbon_g_per_cell: FloatArray
    negative_binder_g_per_cell: FloatArray
    negative_coating_g_per_cell: FloatArray
    positive_foil_m2_per_cell: FloatArray
    negative_foil_m2_per_cell: FloatArray
    separator_m2_per_cell: FloatArray
    electrolyte_l_per_cell: FloatArray
    electrolyte_g_per_cell: FloatArray
    solid_electrolyte_g_per_cell: FloatArray
    positive_terminal_g_per_cell: FloatArray
    negative_terminal_g_per_cell: FloatArray
    cell_container_g_per_cell: FloatArray
    problem: IntArray


def laminate_thickness_um(constants: PouchConstants) -> float:
    """Thickness of the container wall [um]."""
    return (
        constants.laminate_polyester_thickness_um
        + constants.laminate_aluminum_thickness_um
        + constants.laminate_polypropylene_thickness_um
    )


def bicell_pitch_um(couples: Couples, positive_thickness_um: FloatArray, ratio: FloatArray) -> FloatArray:
    """Thickness of one bicell, two coatings of each kind with foils and separators [um], shape (n,)."""
    return bare_pitch_um(couples) + 2 * (1 + ratio) * positive_thickness_um


def bare_pitch_um(couples: Couples) -> FloatArray:
    """The part of a bicell's thickness that its coatings do not take [um], shape (n,)."""
    return couples.positive_foil_thickness_um + couples.negative_foil_thickness_um + 2 * couples.separator_thickness_um


def layers_count(
    thickness_mm: FloatArray | float, pitch_um: FloatArray, negative_foil_um: FloatArray, constants: PouchConstants
) -> FloatArray:
    """Bicell layers that fit a cell thickness, a real number, shape (n,), BatPaC 5.1 Battery Design!G296."""
    room_um = thickness_mm * UM_PER_MM - 2 * laminate_thickness_um(constants) - negative_foil_um
    return np.asarray(constants.packing_frac * room_um / pitch_um, dtype=np.float64)


def cell_thickness_mm(
    layers: FloatArray, pitch_um: FloatArray, negative_foil_um: FloatArray, constants: PouchConstants
) -> FloatArray:
    """Cell thickness for a number of layers, the inverse of `layers_count` [mm], shape (n,)."""
    stack_um = layers * pitch_um / constants.packing_frac
    return np.asarray(
        (stack_um + 2 * laminate_thickness_um(constants) + negative_foil_um) / UM_PER_MM, dtype=np.float64
    )


def positive_width_mm(area_cm2: FloatArray, layers: FloatArray, aspect_ratio: FloatArray | float) -> FloatArray:
    """Width of one positive sheet when both faces of all sheets add up to the area [mm], shape (n,)."""
    return np.asarray(MM_PER_CM * np.sqrt(area_cm2 / (2 * layers * aspect_ratio)), dtype=np.float64)


def feedthrough_width_mm(width_mm: FloatArray, constants: PouchConstants) -> FloatArray:
    """Width of the terminals where they leave the cell, one of two classes [mm], shape (n,)."""
    wide = width_mm > constants.feedthrough_wide_from_mm
    return np.where(wide, constants.feedthrough_wide_mm, constants.feedthrough_narrow_mm)


@dataclass(frozen=True)
class TabGeometry:
    """Lengths at each end of a cell as straight lines over its thickness: `offset_mm + slope * thickness`."""

    terminal_offset_mm: float
    terminal_slope: float
    end_offset_mm: float
    end_slope: float


def tab_geometry(constants: PouchConstants) -> TabGeometry:
    """Length of a terminal and of a whole cell end (electrode to outer end) over cell thickness.

    References
    ----------
    batpac_5_1, Battery Design!G87:G95, G302, G306.
    """
    outside_mm = constants.feedthrough_length_mm + constants.weld_tab_length_mm
    return TabGeometry(
        terminal_offset_mm=outside_mm - constants.internal_tab_buffer_mm,
        terminal_slope=constants.collector_tab_factor - constants.internal_tab_offset_factor,
        end_offset_mm=outside_mm,
        end_slope=constants.collector_tab_factor,
    )


def build_cell(
    couples: Couples,
    cell_capacity_ah: FloatArray,
    positive_thickness_um: FloatArray,
    positive_area_cm2: FloatArray,
    layers: FloatArray,
    aspect_ratio: FloatArray | float,
    problem: IntArray,
    constants: CellConstants,
    conventions: Conventions,
    feedthrough_mm: FloatArray | None = None,
) -> CellDesign:
    """Sizes and masses of cells whose capacity, coating, area and layers are known.

    Parameters
    ----------
    couples : Couples
        An element a design.
    cell_capacity_ah, positive_thickness_um, positive_area_cm2, layers : ndarray, shape (n,)
        Capacity, positive coating on one side, coated area on both sides of all sheets, bicell layers.
    aspect_ratio : ndarray, shape (n,), or float
        Length over width of a positive sheet.
    problem : ndarray of int, shape (n,)
        Codes known so far.
    constants, conventions
        Of the catalog; the switch F1 applies the nameplate factor.
    feedthrough_mm : ndarray, shape (n,), optional
        Width of the terminals where a search has settled on a class; else the class of the electrode width.

    Returns
    -------
    CellDesign
        Arrays of shape (n,).

    References
    ----------
    batpac_5_1, Battery Design!G44:G77, G296:G307.
    """
    pouch = constants.pouch
    negative_thickness_um = thickness_ratio(couples) * positive_thickness_um
    pitch_um = bare_pitch_um(couples) + 2 * (positive_thickness_um + negative_thickness_um)
    thickness_mm = cell_thickness_mm(layers, pitch_um, couples.negative_foil_thickness_um, pouch)
    width_mm = positive_width_mm(positive_area_cm2, layers, aspect_ratio)
    length_mm = width_mm * aspect_ratio
    tabs = tab_geometry(pouch)
    end_mm = tabs.end_offset_mm + tabs.end_slope * thickness_mm
    cell_width_mm = width_mm + (2 * pouch.fold_width_mm + pouch.electrode_excess_mm)
    cell_length_mm = length_mm + 2 * end_mm
    excess = pouch.electrode_excess_mm
    area_ratio = (width_mm + excess) * (length_mm + excess) / (width_mm * length_mm)
    areal_capacity = (
        positive_thickness_um * positive_capacity_ah_per_cm3(couples, conventions) * (MAH_PER_AH / UM_PER_CM)
    )
    sheets = sheet_areas_m2(layers, width_mm, length_mm, thickness_mm, pouch)
    separator_m2 = sheets.pop("separator_m2_per_cell")
    coatings = coating_masses_g(couples, cell_capacity_ah, area_ratio, conventions)
    if feedthrough_mm is None:
        feedthrough_mm = feedthrough_width_mm(width_mm, pouch)
    stack_mm3 = thickness_mm * width_mm * length_mm
    liquid_l = electrolyte_l(couples, coatings, separator_m2, stack_mm3, pouch)
    separator_g = separator_m2 * (couples.separator_thickness_um * couples.separator_density_g_per_cm3)
    parts = {
        **sheets,
        **coatings,
        "separator_m2_per_cell": np.where(couples.separator_is_solid, 0.0, separator_m2),
        "solid_electrolyte_g_per_cell": solid_electrolyte_g(couples, coatings, separator_g),
        "electrolyte_l_per_cell": liquid_l,
        "electrolyte_g_per_cell": liquid_l * couples.electrolyte_density_g_per_cm3 * CM3_PER_L,
        **_terminal_masses_g(couples, width_mm, thickness_mm, feedthrough_mm, constants),
        "cell_container_g_per_cell": container_g(thickness_mm, cell_width_mm, cell_length_mm, constants),
    }
    return CellDesign(
        cell_capacity_ah=cell_capacity_ah,
        positive_thickness_um=positive_thickness_um,
        negative_thickness_um=negative_thickness_um,
        positive_areal_capacity_mah_per_cm2=areal_capacity,
        negative_areal_capacity_mah_per_cm2=areal_capacity * couples.np_capacity_ratio,
        positive_area_per_cell_cm2=positive_area_cm2,
        negative_area_per_cell_cm2=positive_area_cm2 * area_ratio,
        bicell_layers_count=layers,
        positive_width_mm=width_mm,
        positive_length_mm=length_mm,
        feedthrough_width_mm=feedthrough_mm,
        cell_thickness_mm=thickness_mm,
        cell_width_mm=cell_width_mm,
        cell_length_mm=cell_length_mm,
        cell_volume_l=thickness_mm * cell_width_mm * cell_length_mm / MM3_PER_L,
        cell_mass_g=cell_mass_g(couples, parts, separator_g, constants.materials),
        problem=problem,
        **parts,
    )


def given_cell(
    couples: Couples,
    areal_capacity_mah_per_cm2: FloatArray,
    cell_capacity_ah: FloatArray,
    thickness_max_mm: FloatArray | float,
    aspect_ratio: FloatArray | float,
    constants: CellConstants,
    conventions: Conventions,
) -> CellDesign:
    """Cells of a given loading and capacity, as thick as the bound allows in whole layers.

    Parameters
    ----------
    couples : Couples
        An element a design.
    areal_capacity_mah_per_cm2 : ndarray, shape (n,)
        Nameplate capacity over positive area, > 0. [mAh/cm2]
    cell_capacity_ah : ndarray, shape (n,)
        Nameplate capacity, > 0. [Ah]
    thickness_max_mm : ndarray, shape (n,), or float
        Bound of the cell thickness; the layers are rounded down to stay within it. [mm]
    aspect_ratio : ndarray, shape (n,), or float
        Length over width of a positive sheet, > 0.
    constants, conventions
        Of the catalog; the switch F1 thickens the coatings by the nameplate factor.

    Returns
    -------
    CellDesign
        NaN with a problem code where an input is not positive or no layer fits.
    """
    inputs = (areal_capacity_mah_per_cm2, cell_capacity_ah, np.asarray(thickness_max_mm), np.asarray(aspect_ratio))
    good = np.logical_and.reduce(np.broadcast_arrays(*[np.isfinite(value) & (value > 0) for value in inputs]))
    problem = np.where(good, np.int64(Problem.NONE), np.int64(Problem.NOT_FINITE))
    loading = np.where(good, areal_capacity_mah_per_cm2, np.nan)
    per_um = positive_capacity_ah_per_cm3(couples, conventions) * (MAH_PER_AH / UM_PER_CM)
    thickness_um = loading / per_um
    pitch_um = bicell_pitch_um(couples, thickness_um, thickness_ratio(couples))
    room = layers_count(thickness_max_mm, pitch_um, couples.negative_foil_thickness_um, constants.pouch)
    layers = np.floor(room * (1 + np.finfo(np.float64).eps * 8))
    problem = first_problem(problem, layers < 1, Problem.NO_LAYER)
    layers = np.where(layers >= 1, layers, np.nan)
    area_cm2 = cell_capacity_ah * MAH_PER_AH / loading
    return build_cell(
        couples, cell_capacity_ah, thickness_um, area_cm2, layers, aspect_ratio, problem, constants, conventions
    )


def _terminal_masses_g(
    couples: Couples,
    width_mm: FloatArray,
    thickness_mm: FloatArray,
    feedthrough_mm: FloatArray,
    constants: CellConstants,
) -> dict[str, FloatArray]:
    pouch, materials = constants.pouch, constants.materials
    outside_mm = pouch.feedthrough_length_mm + pouch.weld_tab_length_mm
    tabs = tab_geometry(pouch)
    inside_mm = (tabs.terminal_offset_mm - outside_mm) + tabs.terminal_slope * thickness_mm
    face_mm2 = outside_mm * feedthrough_mm + inside_mm * (width_mm - pouch.internal_tab_narrowing_mm)
    aluminum = pouch.aluminum_terminal_thickness_mm * materials.aluminum_density_g_per_cm3 / MM3_PER_CM3
    copper = pouch.copper_terminal_thickness_mm * materials.copper_density_g_per_cm3 / MM3_PER_CM3
    return {
        "positive_terminal_g_per_cell": face_mm2 * aluminum,
        "negative_terminal_g_per_cell": face_mm2 * np.where(couples.negative_foil_is_aluminum, aluminum, copper),
    }
