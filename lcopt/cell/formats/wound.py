"""Wound cells: the round can, and the prismatic can with flat rolls.

Equation numbers are those of the format model, F1 to F11.
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
class RoundCan:
    """A round cell around its layers; floats or arrays of shape (n,).

    `dead_height_mm` is what the coated positive leaves of the height; `tabs_count` 0 means that the foil edges collect
    the current (tabless). The negative stands over by `inner_turns_count` and `outer_turns_count` turns.
    """

    wall_thickness_mm: Array
    bottom_thickness_mm: Array
    radial_gap_mm: Array
    mandrel_radius_mm: Array
    dead_height_mm: Array
    negative_width_excess_mm: Array
    separator_width_excess_mm: Array
    foil_edge_mm: Array
    inner_turns_count: Array
    outer_turns_count: Array
    tab_strip_mm: Array
    tabs_count: Array
    terminal_g: Array
    terminal_g_per_ah: Array
    terminal_ohm: Array
    case_density_g_per_cm3: Array


@dataclass(frozen=True)
class WoundCan:
    """A prismatic can with flat rolls, axis along the height, tabs to the lid; floats or arrays of shape (n,)."""

    wall_thickness_mm: Array
    lid_thickness_mm: Array
    gap_mm: Array
    packing_frac: Array
    rolls_count: Array
    core_thickness_mm: Array
    dead_height_mm: Array
    negative_width_excess_mm: Array
    separator_width_excess_mm: Array
    foil_edge_mm: Array
    outer_turns_count: Array
    terminal_g: Array
    terminal_g_per_ah: Array
    terminal_ohm: Array
    case_density_g_per_cm3: Array


def spiral_length_mm(inner_radius_mm: Array, outer_radius_mm: Array, pitch_mm: Array) -> FloatArray:
    """Length of an Archimedean spiral between two radii, exact [mm], shape (n,), F5."""
    return _arc_mm(outer_radius_mm, pitch_mm) - _arc_mm(inner_radius_mm, pitch_mm)


def _arc_mm(radius_mm: Array, pitch_mm: Array) -> FloatArray:
    b = np.asarray(pitch_mm, dtype=np.float64) / (2 * np.pi)
    radius = np.asarray(radius_mm, dtype=np.float64)
    return np.asarray((radius * np.hypot(radius, b) / b + b * np.arcsinh(radius / b)) / 2, dtype=np.float64)


def racetrack_area_mm2(width_mm: Array, thickness_mm: Array) -> FloatArray:
    """Cross-section of a flat roll with round ends, shape (n,)."""
    thickness = np.asarray(thickness_mm, dtype=np.float64)
    return np.asarray(thickness * (width_mm - thickness) + np.pi * thickness**2 / 4, dtype=np.float64)


def _racetrack_length_mm(width_mm: FloatArray, thickness_mm: FloatArray) -> FloatArray:
    return np.asarray(2 * (width_mm - thickness_mm) + np.pi * thickness_mm, dtype=np.float64)


def cylindrical_cell(diameter_mm: Array, height_mm: Array, layers: Layers, can: RoundCan) -> FormatCell:
    """Round cells of given outer size and layers.

    Parameters
    ----------
    diameter_mm, height_mm : ndarray, shape (n,), or float
        Outer size. [mm]
    layers, can
        An element a cell, or floats for all.

    Returns
    -------
    FormatCell
        Arrays of shape (n,); nothing is left of a cell (zero or negative areas) that is smaller than its can, so a
        caller keeps its envelopes above that.

    References
    ----------
    F5, F7, F9, F10.
    """
    diameter, height = np.broadcast_arrays(
        np.asarray(diameter_mm, dtype=np.float64), np.asarray(height_mm, dtype=np.float64)
    )
    outer = diameter / 2 - can.wall_thickness_mm - can.radial_gap_mm
    pitch = repeat_um(layers) / UM_PER_MM
    wound = spiral_length_mm(can.mandrel_radius_mm, outer, pitch)
    overhang = 2 * np.pi * (can.inner_turns_count * can.mandrel_radius_mm + can.outer_turns_count * outer)
    section = np.pi * (outer**2 - np.asarray(can.mandrel_radius_mm) ** 2)
    share = overhang * negative_sheet_um(layers) / UM_PER_MM / section
    positive = wound * (1 - share) - can.tab_strip_mm
    negative = positive + overhang
    width = height - can.dead_height_mm
    tabbed = np.asarray(can.tabs_count) > 0
    path = np.where(tabbed, positive / (2 * np.maximum(can.tabs_count, 1)), width)
    areas = _strip_areas(
        positive, negative, negative + 2 * np.pi * outer, width, can, (outer - can.mandrel_radius_mm) / pitch, path
    )
    shell_mm3 = (
        np.pi * (diameter - can.wall_thickness_mm) * can.wall_thickness_mm * height
        + np.pi / 4 * diameter**2 * can.bottom_thickness_mm
    )
    return assembled_cell(layers, areas, _housing(np.pi / 4 * diameter**2 * height, shell_mm3, can))


def wound_prismatic_cell(
    length_mm: Array, thickness_mm: Array, height_mm: Array, layers: Layers, can: WoundCan
) -> FormatCell:
    """Prismatic cells with flat rolls, of given outer size and layers.

    Parameters
    ----------
    length_mm, thickness_mm, height_mm : ndarray, shape (n,), or float
        Outer size: along the lid, across the layers, along the axis of the rolls. For rolls that lie along the lid,
        exchange length and height. [mm]
    layers, can
        An element a cell, or floats for all.

    Returns
    -------
    FormatCell
        Arrays of shape (n,), the strips of all rolls together.

    References
    ----------
    F6, F9, F10.
    """
    length, thickness, height = np.broadcast_arrays(
        *(np.asarray(side, dtype=np.float64) for side in (length_mm, thickness_mm, height_mm))
    )
    roll_thickness = (
        (thickness - 2 * np.asarray(can.wall_thickness_mm) - can.gap_mm) * can.packing_frac / can.rolls_count
    )
    roll_length = length - 2 * np.asarray(can.wall_thickness_mm) - can.gap_mm
    pitch = repeat_um(layers) / UM_PER_MM
    section = racetrack_area_mm2(roll_length, roll_thickness) - racetrack_area_mm2(roll_length, can.core_thickness_mm)
    turn = _racetrack_length_mm(roll_length, roll_thickness)
    overhang = can.outer_turns_count * turn
    positive = (section - overhang * negative_sheet_um(layers) / UM_PER_MM) / pitch
    negative = positive + overhang
    width = height - can.dead_height_mm
    rolls = np.asarray(can.rolls_count, dtype=np.float64)
    areas = _strip_areas(
        rolls * positive,
        rolls * negative,
        rolls * (negative + turn),
        width,
        can,
        rolls * (roll_thickness - can.core_thickness_mm) / pitch,
        width,
    )
    shell_mm3 = (2 * length * height + 2 * thickness * height + length * thickness) * can.wall_thickness_mm + (
        length * thickness * can.lid_thickness_mm
    )
    return assembled_cell(layers, areas, _housing(length * thickness * height, shell_mm3, can))


def _strip_areas(
    positive_mm: FloatArray,
    negative_mm: FloatArray,
    separator_mm: FloatArray,
    width_mm: FloatArray,
    can: RoundCan | WoundCan,
    layers: FloatArray,
    path_mm: FloatArray,
) -> Areas:
    """Areas of strips of given lengths, F7."""
    negative_width = width_mm + can.negative_width_excess_mm
    return Areas(
        positive_m2=2 * positive_mm * width_mm / MM2_PER_M2,
        negative_m2=2 * negative_mm * negative_width / MM2_PER_M2,
        positive_foil_m2=positive_mm * (width_mm + can.foil_edge_mm) / MM2_PER_M2,
        negative_foil_m2=negative_mm * (negative_width + can.foil_edge_mm) / MM2_PER_M2,
        separator_m2=2 * separator_mm * (width_mm + can.separator_width_excess_mm) / MM2_PER_M2,
        layers_count=layers,
        strip_length_mm=positive_mm,
        collector_path_mm=path_mm,
    )


def _housing(volume_mm3: FloatArray, shell_mm3: FloatArray, can: RoundCan | WoundCan) -> Housing:
    return Housing(
        volume_l=volume_mm3 / MM3_PER_L,
        case_g=shell_mm3 / MM3_PER_CM3 * can.case_density_g_per_cm3,
        case_density_g_per_cm3=can.case_density_g_per_cm3,
        terminal_g=can.terminal_g,
        terminal_g_per_ah=can.terminal_g_per_ah,
        terminal_ohm=can.terminal_ohm,
    )
