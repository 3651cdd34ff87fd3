"""What presses a stack of cells: end plates and ties for a design pressure; and the room in which it breathes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.inputs.catalog import Catalog
from lcopt.units import G_PER_KG, MM3_PER_CM3

Array = FloatArray | float


@dataclass(frozen=True)
class PressureConstants:
    """Steel of end plates and ties, and the room for breathing (table `stack_pressure`)."""

    steel_stress_mpa: float
    plate_bending_coefficient: float
    plate_thickness_min_mm: float
    steel_density_g_per_cm3: float
    fasteners_kg: float
    block_length_mm: float
    breathing_room_factor: float


def read_stack_pressure(catalog: Catalog) -> PressureConstants:
    """The constants of stack pressure from the catalog.

    Raises
    ------
    CatalogError
        Where a row is missing, unknown or has a wrong unit.
    """
    return catalog.constants(PressureConstants, "stack_pressure")


def pressed_stack_kg(
    pressure_mpa: Array, face_mm: tuple[Array, Array], stack_length_mm: Array, constants: PressureConstants
) -> FloatArray:
    """Mass of end plates, ties and fasteners of one stack, F31.

    Parameters
    ----------
    pressure_mpa : ndarray, shape (n,), or float
        Design pressure; 0 where none is asked for. [MPa]
    face_mm : two of ndarray, shape (n,), or float
        Sides of the large face; the plate bends over the shorter. [mm]
    stack_length_mm : ndarray, shape (n,), or float
        Of the whole stack, which is divided into equal blocks no longer than `block_length_mm`. [mm]
    constants
        Of the catalog.

    Returns
    -------
    ndarray, shape (n,)
        [kg]; 0 without pressure.

    Notes
    -----
    End plate t = b sqrt(beta p / sigma) but not below the thinnest, b the shorter side; ties of the total section
    p x face / sigma along the stack. Stress decides, not stiffness: a plate that may bend less is thicker.
    """
    pressure, first, second, length = (
        np.asarray(value, dtype=np.float64) for value in (pressure_mpa, *face_mm, stack_length_mm)
    )
    face_mm2 = first * second
    bent_mm = np.fmin(first, second) * np.sqrt(
        constants.plate_bending_coefficient * pressure / constants.steel_stress_mpa
    )
    plate_mm = np.fmax(bent_mm, constants.plate_thickness_min_mm)
    blocks = np.fmax(np.ceil(length / constants.block_length_mm), 1)
    steel_mm3 = 2 * blocks * face_mm2 * plate_mm + pressure * face_mm2 / constants.steel_stress_mpa * length
    steel_kg = steel_mm3 / MM3_PER_CM3 * constants.steel_density_g_per_cm3 / G_PER_KG
    return np.asarray(np.where(pressure > 0, steel_kg + blocks * constants.fasteners_kg, 0.0), dtype=np.float64)


def breathing_room_mm(thickness_mm: Array, breathing_frac: Array, constants: PressureConstants) -> FloatArray:
    """Room that a cell needs in its stack beyond its thickness, shape (n,) [mm].

    Parameters
    ----------
    thickness_mm : ndarray, shape (n,), or float
        Of the discharged cell. [mm]
    breathing_frac : ndarray, shape (n,), or float
        By how much the charged cell is thicker, of its chemistry. [-]
    constants
        Of the catalog.
    """
    room = np.asarray(thickness_mm, dtype=np.float64) * breathing_frac * constants.breathing_room_factor
    return np.asarray(room, dtype=np.float64)
