"""Stacked cells: the prismatic can, the blade long and short, and the long pouch.

Equation numbers are those of the format model, F1 to F11. The length is the way of the current.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.formats.layers import (
    Areas,
    Array,
    FormatCell,
    Housing,
    Layers,
    assembled_cell,
    negative_sheet_um,
    repeat_um,
)
from lcopt.units import MM2_PER_M2, MM3_PER_CM3, MM3_PER_L, UM_PER_MM


@dataclass(frozen=True)
class Stack:
    """What a case leaves to a stack of sheets, and what the cell has around it; floats or arrays of shape (n,)."""

    wall_thickness_mm: Array
    gap_mm: Array
    packing_frac: Array
    dead_length_mm: Array
    dead_height_mm: Array
    negative_excess_mm: Array
    separator_excess_mm: Array
    foil_edge_mm: Array
    terminal_g: Array
    terminal_g_per_ah: Array
    terminal_ohm: Array
    case_density_g_per_cm3: Array


@dataclass(frozen=True)
class StackedCan(Stack):
    """A can with an end plate at each end."""

    end_thickness_mm: Array

    def case_mm3(self, length_mm: FloatArray, thickness_mm: FloatArray, height_mm: FloatArray) -> FloatArray:
        """Volume of the can's metal, shape (n,)."""
        sides = 2 * length_mm * height_mm + 2 * length_mm * thickness_mm
        return np.asarray(
            sides * self.wall_thickness_mm + 2 * height_mm * thickness_mm * self.end_thickness_mm, dtype=np.float64
        )


@dataclass(frozen=True)
class LongPouch(Stack):
    """A folded laminate with a seal at each end."""

    seal_width_mm: Array

    def case_mm3(self, length_mm: FloatArray, thickness_mm: FloatArray, height_mm: FloatArray) -> FloatArray:
        """Volume of the laminate, shape (n,)."""
        sheet = (length_mm + 2 * np.asarray(self.seal_width_mm)) * (height_mm + thickness_mm)
        return np.asarray(2 * sheet * self.wall_thickness_mm, dtype=np.float64)


def sheets_count(thickness_mm: Array, layers: Layers, case: Stack) -> FloatArray:
    """Positive sheets that fit the thickness, a real number for searches, shape (n,), F8."""
    inside = (np.asarray(thickness_mm) - 2 * np.asarray(case.wall_thickness_mm) - case.gap_mm) * case.packing_frac
    return np.asarray((inside * UM_PER_MM - negative_sheet_um(layers)) / repeat_um(layers), dtype=np.float64)


def whole_sheets_count(thickness_mm: Array, layers: Layers, case: Stack) -> FloatArray:
    """Positive sheets that fit the thickness, rounded down, shape (n,), F8."""
    room = sheets_count(thickness_mm, layers, case)
    return np.asarray(np.floor(room * (1 + np.finfo(np.float64).eps * 8)), dtype=np.float64)


def stacked_cell(
    length_mm: Array, thickness_mm: Array, height_mm: Array, sheets: Array, layers: Layers, case: StackedCan | LongPouch
) -> FormatCell:
    """Stacked cells of given outer size, sheets and layers.

    Parameters
    ----------
    length_mm, thickness_mm, height_mm : ndarray, shape (n,), or float
        Outer size: along the current, across the layers, the third. [mm]
    sheets : ndarray, shape (n,), or float
        Positive sheets, of `whole_sheets_count` or, in a search, `sheets_count`; one negative sheet more.
    layers, case
        An element a cell, or floats for all.

    Returns
    -------
    FormatCell
        Arrays of shape (n,).

    References
    ----------
    F8, F9, F10.
    """
    length, thickness, height, positive = np.broadcast_arrays(
        *(np.asarray(side, dtype=np.float64) for side in (length_mm, thickness_mm, height_mm, sheets))
    )
    volume_mm3 = length * thickness * height
    case_mm3 = case.case_mm3(length, thickness, height)
    housing = Housing(
        volume_l=volume_mm3 / MM3_PER_L,
        case_g=case_mm3 / MM3_PER_CM3 * case.case_density_g_per_cm3,
        case_density_g_per_cm3=case.case_density_g_per_cm3,
        terminal_g=case.terminal_g,
        terminal_g_per_ah=case.terminal_g_per_ah,
        terminal_ohm=case.terminal_ohm,
    )
    areas = _sheet_areas(length - case.dead_length_mm, height - case.dead_height_mm, positive, case)
    return assembled_cell(layers, areas, housing)


def _sheet_areas(coated_mm: FloatArray, high_mm: FloatArray, sheets: FloatArray, case: Stack) -> Areas:
    """Areas of `sheets` positive sheets between negative ones, F8."""
    negative_mm, negative_high_mm = coated_mm + case.negative_excess_mm, high_mm + case.negative_excess_mm
    separator = (coated_mm + case.separator_excess_mm) * (high_mm + case.separator_excess_mm)
    return Areas(
        positive_m2=2 * sheets * coated_mm * high_mm / MM2_PER_M2,
        negative_m2=2 * (sheets + 1) * negative_mm * negative_high_mm / MM2_PER_M2,
        positive_foil_m2=sheets * (coated_mm + case.foil_edge_mm) * high_mm / MM2_PER_M2,
        negative_foil_m2=(sheets + 1) * (negative_mm + case.foil_edge_mm) * negative_high_mm / MM2_PER_M2,
        separator_m2=2 * (sheets + 1) * separator / MM2_PER_M2,
        layers_count=sheets,
        strip_length_mm=sheets * coated_mm,
        collector_path_mm=coated_mm,
    )
