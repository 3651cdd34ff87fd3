"""Cells of every format with a given outer size, as the pack and the cost know them: one seam beside the pouch.

The layers follow from the electrode couple and its loading alone, so two formats of one couple differ by nothing but
what the case leaves to them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.constants import CellConstants
from lcopt.cell.duty import Problem, first_problem, without_fatal
from lcopt.cell.electrodes import Couples, positive_capacity_ah_per_cm3, thickness_ratio
from lcopt.cell.formats.cell_formats import SIDES, CellFormat, Span
from lcopt.cell.formats.collectors import collector_asi_ohm_cm2
from lcopt.cell.formats.layers import FormatCell, Layers, repeat_um
from lcopt.cell.formats.pouch import CellDesign
from lcopt.cell.formats.pouch_contents import solid_electrolyte_g
from lcopt.cell.formats.stacked import sheets_count, stacked_cell, whole_sheets_count
from lcopt.cell.formats.wound import RoundCan, WoundCan, cylindrical_cell, wound_prismatic_cell
from lcopt.conventions import Conventions
from lcopt.units import CM2_PER_M2, MAH_PER_AH, MM2_PER_M2, UM_PER_CM, UM_PER_MM


@dataclass(frozen=True)
class CasedConstants:
    """What all cells in a case share (table `cell_constants`, group cased)."""

    electrolyte_fill_factor: float


@dataclass(frozen=True)
class CasedCell(CellDesign):
    """Cells in a case, arrays of shape (n,): what the pouch has, and what wiring, plant and pack ask beside it.

    `positive_width_mm` is the coated width of strip or sheet, `positive_length_mm` the coated length of one sheet or of
    all strips; `cell_width_mm` is the height of the case.
    """

    positive_collector_ohm_cm2: FloatArray
    negative_collector_ohm_cm2: FloatArray
    terminal_ohm: FloatArray
    joint_ohm: FloatArray
    rolls_count: FloatArray
    sheets_count: FloatArray
    strip_length_mm: FloatArray


def couple_layers(
    couples: Couples,
    areal_capacity_mah_per_cm2: FloatArray,
    constants: CellConstants,
    cased: CasedConstants,
    conventions: Conventions,
) -> Layers:
    """Layers of couples at a loading.

    Parameters
    ----------
    couples : Couples
        An element a cell.
    areal_capacity_mah_per_cm2 : ndarray, shape (n,)
        Nameplate capacity over positive area, > 0. [mAh/cm2]
    constants, cased, conventions
        Of the catalog; the nameplate factor thickens the coatings, as in the pouch.

    Returns
    -------
    Layers
        The voltage is that of an open circuit at half charge; energy is the pack's to tell.
    """
    per_um = positive_capacity_ah_per_cm3(couples, conventions) * (MAH_PER_AH / UM_PER_CM)
    positive_um = areal_capacity_mah_per_cm2 / per_um
    materials = constants.materials
    is_aluminum = couples.negative_foil_is_aluminum
    return Layers(
        areal_capacity_mah_per_cm2=areal_capacity_mah_per_cm2,
        nominal_voltage_v=couples.ocv_v[:, couples.ocv_v.shape[1] // 2],
        positive_thickness_um=positive_um,
        positive_coating_density_g_per_cm3=couples.positive_coating_density_g_per_cm3,
        positive_porosity_frac=couples.positive_porosity_frac,
        negative_thickness_um=positive_um * thickness_ratio(couples),
        negative_coating_density_g_per_cm3=couples.negative_coating_density_g_per_cm3,
        negative_porosity_frac=couples.negative_porosity_frac,
        positive_foil_thickness_um=couples.positive_foil_thickness_um,
        negative_foil_thickness_um=couples.negative_foil_thickness_um,
        positive_foil_density_g_per_cm3=materials.aluminum_density_g_per_cm3,
        negative_foil_density_g_per_cm3=np.where(
            is_aluminum, materials.aluminum_density_g_per_cm3, materials.copper_density_g_per_cm3
        ),
        positive_foil_conductivity_s_per_m=materials.aluminum_conductivity_s_per_m,
        negative_foil_conductivity_s_per_m=np.where(
            is_aluminum, materials.aluminum_conductivity_s_per_m, materials.copper_conductivity_s_per_m
        ),
        separator_thickness_um=couples.separator_thickness_um,
        separator_porosity_frac=couples.separator_porosity_frac,
        # The couple states the density of the separator with its pores.
        separator_density_g_per_cm3=couples.separator_density_g_per_cm3 / (1 - couples.separator_porosity_frac),
        electrolyte_density_g_per_cm3=couples.electrolyte_density_g_per_cm3,
        electrolyte_fill_factor=cased.electrolyte_fill_factor * couples.liquid_electrolyte_frac,
    )


def format_cell(
    cell_format: CellFormat, length_mm: FloatArray, thickness_mm: FloatArray, height_mm: FloatArray, layers: Layers
) -> FormatCell:
    """Cells of one format with given outer sizes and layers, arrays of shape (n,); sheets are whole, rounded down."""
    case = cell_format.case
    if isinstance(case, RoundCan):
        return cylindrical_cell(thickness_mm, height_mm, layers, case)
    if isinstance(case, WoundCan):
        return wound_prismatic_cell(length_mm, thickness_mm, height_mm, layers, case)
    sheets = whole_sheets_count(thickness_mm, layers, case)
    return stacked_cell(length_mm, thickness_mm, height_mm, sheets, layers, case)


def pitch_mm(layers: Layers) -> FloatArray:
    """Thickness of one positive and one negative sheet with two separators [mm], shape (n,)."""
    return repeat_um(layers) / UM_PER_MM


def snug_thickness_mm(cell_format: CellFormat, thickness_mm: FloatArray, layers: Layers) -> FloatArray:
    """The thickness nearest below at which whole sheets fill the case [mm], shape (n,); as given for a wound cell.

    Where that is thinner than the format's thinnest cell, it is the one nearest above.
    """
    case = cell_format.case
    if isinstance(case, RoundCan | WoundCan):
        return np.asarray(thickness_mm, dtype=np.float64)
    sheet_mm = pitch_mm(layers) / case.packing_frac
    spare = sheets_count(thickness_mm, layers, case) - whole_sheets_count(thickness_mm, layers, case)
    snug_mm = thickness_mm - np.maximum(spare, 0.0) * sheet_mm
    too_thin = snug_mm < cell_format.thickness_mm.low
    return np.asarray(np.where(too_thin, snug_mm + sheet_mm, snug_mm), dtype=np.float64)


def cased_cell(
    cell_format: CellFormat,
    couples: Couples,
    layers: Layers,
    length_mm: FloatArray,
    thickness_mm: FloatArray,
    height_mm: FloatArray,
) -> CasedCell:
    """Cells of one format, as pack and cost know them.

    Parameters
    ----------
    cell_format : CellFormat
    couples, layers
        An element a cell; the layers are those of the couples (`couple_layers`).
    length_mm, thickness_mm, height_mm : ndarray, shape (n,)
        Outer size. [mm]

    Returns
    -------
    CasedCell
        Arrays of shape (n,); NaN with a problem code where nothing fits the case.

    References
    ----------
    F1 to F10 of the format model.
    """
    with np.errstate(all="ignore"):
        built = format_cell(cell_format, length_mm, thickness_mm, height_mm, layers)
    good = (built.cell_capacity_ah > 0) & (built.layers_count >= 1)
    good &= np.asarray(layers.areal_capacity_mah_per_cm2) > 0
    problem = first_problem(np.zeros(len(good), dtype=np.int64), ~good, Problem.NO_LAYER)
    cell = _design(cell_format, couples, layers, built, (length_mm, thickness_mm, height_mm), problem)
    return CasedCell(**without_fatal(vars(cell), problem))


def _design(
    cell_format: CellFormat,
    couples: Couples,
    layers: Layers,
    built: FormatCell,
    size_mm: tuple[FloatArray, FloatArray, FloatArray],
    problem: IntArray,
) -> CasedCell:
    length_mm, thickness_mm, height_mm = size_mm
    count = len(problem)
    positive_cm2 = built.positive_area_m2_per_cell * CM2_PER_M2
    path = built.collector_path_mm
    ones = np.ones(count)
    half = built.terminals_g_per_cell / 2
    coatings = _coatings(couples, built)
    is_wound = cell_format.is_wound
    return CasedCell(
        cell_capacity_ah=built.cell_capacity_ah,
        positive_thickness_um=np.asarray(layers.positive_thickness_um),
        negative_thickness_um=np.asarray(layers.negative_thickness_um),
        positive_areal_capacity_mah_per_cm2=np.asarray(layers.areal_capacity_mah_per_cm2),
        negative_areal_capacity_mah_per_cm2=layers.areal_capacity_mah_per_cm2 * couples.np_capacity_ratio,
        positive_area_per_cell_cm2=positive_cm2,
        negative_area_per_cell_cm2=built.negative_area_m2_per_cell * CM2_PER_M2,
        bicell_layers_count=built.layers_count,
        positive_width_mm=built.positive_area_m2_per_cell * MM2_PER_M2 / (2 * built.strip_length_mm),
        positive_length_mm=built.strip_length_mm if is_wound else built.strip_length_mm / built.layers_count,
        feedthrough_width_mm=np.full(count, np.nan),
        cell_thickness_mm=thickness_mm * ones,
        cell_width_mm=height_mm * ones,
        cell_length_mm=length_mm * ones,
        cell_volume_l=built.cell_volume_l,
        cell_mass_g=built.cell_mass_g,
        **coatings,
        positive_foil_m2_per_cell=built.positive_foil_m2_per_cell,
        negative_foil_m2_per_cell=built.negative_foil_m2_per_cell,
        separator_m2_per_cell=np.where(couples.separator_is_solid, 0.0, built.separator_m2_per_cell),
        solid_electrolyte_g_per_cell=solid_electrolyte_g(couples, coatings, built.separator_g_per_cell),
        electrolyte_l_per_cell=built.electrolyte_l_per_cell,
        electrolyte_g_per_cell=built.electrolyte_g_per_cell,
        positive_terminal_g_per_cell=half,
        negative_terminal_g_per_cell=half,
        cell_container_g_per_cell=built.cell_container_g_per_cell * ones,
        problem=problem,
        positive_collector_ohm_cm2=collector_asi_ohm_cm2(
            path, layers.positive_foil_thickness_um, layers.positive_foil_conductivity_s_per_m
        ),
        negative_collector_ohm_cm2=collector_asi_ohm_cm2(
            path, layers.negative_foil_thickness_um, layers.negative_foil_conductivity_s_per_m
        ),
        terminal_ohm=ones * cell_format.case.terminal_ohm,
        joint_ohm=ones * cell_format.joint_ohm,
        rolls_count=ones * _rolls(cell_format),
        sheets_count=np.zeros(count) if is_wound else 2 * built.layers_count + 1,
        strip_length_mm=built.strip_length_mm,
    )


def _rolls(cell_format: CellFormat) -> float:
    case = cell_format.case
    if isinstance(case, WoundCan):
        return float(np.asarray(case.rolls_count))
    return 1.0 if isinstance(case, RoundCan) else 0.0


def _coatings(couples: Couples, built: FormatCell) -> dict[str, FloatArray]:
    positive, negative = built.positive_coating_g_per_cell, built.negative_coating_g_per_cell
    return {
        "positive_active_g_per_cell": positive * couples.positive_active_mass_frac,
        "positive_carbon_g_per_cell": positive * couples.positive_carbon_mass_frac,
        "positive_binder_g_per_cell": positive * couples.positive_binder_mass_frac,
        "positive_coating_g_per_cell": positive,
        "negative_active_g_per_cell": negative * couples.negative_active_mass_frac,
        "negative_carbon_g_per_cell": negative * couples.negative_carbon_mass_frac,
        "negative_binder_g_per_cell": negative * couples.negative_binder_mass_frac,
        "negative_coating_g_per_cell": negative,
    }


@dataclass(frozen=True)
class FittedLine:
    """Cells of one format that differ in their fitted dimension alone: two sizes and their capacities, shape (n,).

    The coated area is linear in this dimension: two cells tell the line.
    """

    at_mm: tuple[float, float]
    capacity_ah: tuple[FloatArray, FloatArray]

    @classmethod
    def of(cls, cell_format: CellFormat, cross_mm: FloatArray, layers: Layers) -> FittedLine:
        """Of cells of a thickness (of a round cell its diameter) and layers."""
        span: Span = getattr(cell_format, cell_format.fitted)
        at_mm = (span.low, max(span.high, span.low + 1.0))
        return cls(at_mm, capacity_span_ah(cell_format, cross_mm, at_mm, layers))

    def dimension_mm(self, cell_capacity_ah: FloatArray) -> FloatArray:
        """The fitted dimension that gives a cell its capacity [mm], shape (n,)."""
        first, second = self.capacity_ah
        with np.errstate(all="ignore"):
            share = (cell_capacity_ah - first) / (second - first)
        return np.asarray(self.at_mm[0] + share * (self.at_mm[1] - self.at_mm[0]), dtype=np.float64)


def capacity_span_ah(
    cell_format: CellFormat, cross_mm: FloatArray, fitted_mm: tuple[float, float], layers: Layers
) -> tuple[FloatArray, FloatArray]:
    """Capacities of cells at two sizes of the fitted dimension, the other one as on the market [Ah], shape (n,)."""
    first = _capacity_ah(cell_format, cross_mm, fitted_mm[0], layers)
    return first, first if fitted_mm[0] == fitted_mm[1] else _capacity_ah(cell_format, cross_mm, fitted_mm[1], layers)


def _capacity_ah(cell_format: CellFormat, cross_mm: FloatArray, fitted_mm: float, layers: Layers) -> FloatArray:
    sides = {side: np.full_like(cross_mm, getattr(cell_format, side).value) for side in SIDES}
    sides["thickness_mm"] = cross_mm
    sides[cell_format.fitted] = np.full_like(cross_mm, fitted_mm)
    with np.errstate(all="ignore"):
        built = format_cell(cell_format, sides["length_mm"], sides["thickness_mm"], sides["height_mm"], layers)
    return built.cell_capacity_ah
