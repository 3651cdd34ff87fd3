"""The pack around given cells: masses of its parts, outer size, shares of the cells; by architecture and cooling.

The cells come with mass, energy and shape only, so that any format and chemistry can be put into a pack.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, added
from lcopt.inputs.catalog import Catalog
from lcopt.pack.packing import CellShape, Gaps, Packing, Room, Surround, pack_cells
from lcopt.pack.stack_pressure import PressureConstants, breathing_room_mm, pressed_stack_kg, read_stack_pressure
from lcopt.pack.structure_kinds import (
    ArchitectureRows,
    Architectures,
    Coolings,
    read_architectures,
    read_coolings,
)
from lcopt.units import G_PER_KG, MM2_PER_M2, MM3_PER_L, MM_PER_M

__all__ = [
    "Architectures",
    "CellShape",
    "Coolings",
    "PackedCells",
    "Room",
    "Structure",
    "StructureConstants",
    "build_structure",
    "read_architectures",
    "read_coolings",
    "read_room",
    "read_structure_constants",
]


@dataclass(frozen=True)
class StructureRules:
    """How masses scale with height and size of the pack (table `pack_constants`, group structure)."""

    frame_reference_height_mm: float
    tier_below_factor: float
    full_size_from_kwh: float
    small_fixed_exponent: float
    small_frame_exponent: float
    beam_from_length_mm: float
    barrier_density_g_per_cm3: float


@dataclass(frozen=True)
class StructureConstants:
    """All constants of the structure of packs."""

    rules: StructureRules
    pressure: PressureConstants


def read_structure_constants(catalog: Catalog) -> StructureConstants:
    """The constants of the structure from the catalog.

    Raises
    ------
    CatalogError
        Where a row is missing, unknown or has a wrong unit.
    """
    rules = catalog.constants(StructureRules, "pack_constants", group="structure")
    return StructureConstants(rules, read_stack_pressure(catalog))


def read_room(catalog: Catalog) -> Room:
    """The underbody of the catalog, from its bounds on the outer size of a pack."""
    bounds = catalog.table("design_bounds")
    sides = (bounds.one(name=f"pack_{side}_mm").number("mm") for side in ("length", "width", "height"))
    return Room(*sides)


@dataclass(frozen=True)
class PackedCells:
    """Cells of a pack and what lies between them; arrays of shape (n,).

    `breathing_frac` is by how much a charged cell is thicker than the stated one, beyond what the pads take;
    `stack_pressure_mpa` is 0 where the stack needs no end plates of its own.
    """

    shape: CellShape
    cell_mass_g: FloatArray
    cell_energy_kwh: FloatArray
    cells_count: FloatArray
    tiers_count: FloatArray
    is_lying: BoolArray
    barrier_thickness_mm: FloatArray
    breathing_frac: FloatArray
    stack_pressure_mpa: FloatArray


@dataclass(frozen=True)
class Structure:
    """Packs, an element a design; arrays of shape (n,).

    The masses of the parts and that of the cells add up to `pack_mass_kg`.
    """

    packing: Packing
    cell_is_beam: BoolArray
    pack_energy_kwh: FloatArray
    pack_length_mm: FloatArray
    pack_width_mm: FloatArray
    pack_height_mm: FloatArray
    pack_volume_l: FloatArray
    footprint_m2: FloatArray
    cells_kg: FloatArray
    module_parts_kg: FloatArray
    floor_and_shield_kg: FloatArray
    lid_kg: FloatArray
    cold_plates_kg: FloatArray
    cross_members_kg: FloatArray
    adhesive_and_foam_kg: FloatArray
    frame_kg: FloatArray
    bus_bars_kg: FloatArray
    fixed_parts_kg: FloatArray
    barriers_kg: FloatArray
    pressure_hardware_kg: FloatArray
    pack_mass_kg: FloatArray
    cells_mass_frac: FloatArray
    cells_volume_frac: FloatArray
    block_area_m2: FloatArray
    barrier_area_m2: FloatArray
    barrier_volume_l: FloatArray


def build_structure(
    cells: PackedCells, architectures: Architectures, coolings: Coolings, constants: StructureConstants, room: Room
) -> Structure:
    """The pack around given cells.

    Parameters
    ----------
    cells
        Shape (n,).
    architectures, coolings
        One a design, after `take`.
    constants, room
        Of the catalog.

    Returns
    -------
    Structure
        Arrays of shape (n,).

    Notes
    -----
    The floor below the cells of a further tier is lower than that of the first (`tier_below_factor`); frame and cross
    members grow with the height of the pack. Packs below `full_size_from_kwh` have smaller fixed parts and service
    area, and a lighter frame, floor and lid over shorter spans: by a power of the energy and not by a step.
    """
    rules, shape = constants.rules, cells.shape
    is_beam = ~shape.is_round & shape.is_rigid & (shape.length_mm >= rules.beam_from_length_mm)
    rows = architectures.of_cells(is_beam)
    energy_kwh = np.asarray(cells.cell_energy_kwh * cells.cells_count, dtype=np.float64)
    size = np.fmin(energy_kwh / rules.full_size_from_kwh, 1.0)
    packing = _packing(cells, rows, coolings, size**rules.small_fixed_exponent, constants, room)
    below_mm = rows.below_cells_mm * (1 + rules.tier_below_factor * (cells.tiers_count - 1))
    height_mm = packing.block_height_mm + below_mm + rows.above_cells_mm
    volume_l = packing.pack_length_mm * packing.pack_width_mm * height_mm / MM3_PER_L
    footprint_m2 = packing.pack_length_mm * packing.pack_width_mm / MM2_PER_M2
    block_m2 = packing.block_length_mm * packing.block_width_mm / MM2_PER_M2 / rows.footprint_fill_frac
    block_m2 = block_m2 + rows.service_area_m2 * size**rules.small_fixed_exponent
    parts = _parts_kg(cells, rows, coolings, packing, energy_kwh, height_mm, footprint_m2, block_m2, constants)
    cells_kg = np.asarray(cells.cell_mass_g * cells.cells_count / G_PER_KG, dtype=np.float64)
    mass_kg = cells_kg + added(list(parts.values()))
    barrier_m2 = _barrier_area_m2(cells)
    return Structure(
        packing=packing,
        cell_is_beam=is_beam,
        pack_energy_kwh=energy_kwh,
        pack_length_mm=packing.pack_length_mm,
        pack_width_mm=packing.pack_width_mm,
        pack_height_mm=height_mm,
        pack_volume_l=volume_l,
        footprint_m2=footprint_m2,
        cells_kg=cells_kg,
        **parts,
        pack_mass_kg=mass_kg,
        cells_mass_frac=cells_kg / mass_kg,
        cells_volume_frac=shape.volume_l * cells.cells_count / volume_l,
        block_area_m2=block_m2,
        barrier_area_m2=barrier_m2,
        barrier_volume_l=barrier_m2 * cells.barrier_thickness_mm,
    )


def _packing(
    cells: PackedCells,
    rows: ArchitectureRows,
    coolings: Coolings,
    service_share: FloatArray,
    constants: StructureConstants,
    room: Room,
) -> Packing:
    breathing_mm = breathing_room_mm(cells.shape.thickness_mm, cells.breathing_frac, constants.pressure)
    pad_mm = np.where(cells.shape.is_rigid, rows.stack_gap_mm, rows.pouch_gap_mm)
    plates_mm = coolings.face_plate_thickness_mm * coolings.face_plates_per_cell_count
    return pack_cells(
        cells.shape,
        cells.cells_count,
        cells.tiers_count,
        cells.is_lying,
        Gaps(
            stack_mm=pad_mm + plates_mm + cells.barrier_thickness_mm + breathing_mm,
            round_mm=rows.round_gap_mm + coolings.round_gap_addition_mm + cells.barrier_thickness_mm,
        ),
        Surround(rows.footprint_fill_frac, rows.service_area_m2 * service_share, rows.frame_width_mm),
        room,
    )


def _parts_kg(
    cells: PackedCells,
    rows: ArchitectureRows,
    coolings: Coolings,
    packing: Packing,
    energy_kwh: FloatArray,
    height_mm: FloatArray,
    footprint_m2: FloatArray,
    block_m2: FloatArray,
    constants: StructureConstants,
) -> dict[str, FloatArray]:
    """Mass of every part but the cells, under the names of `Structure`."""
    rules = constants.rules
    size = np.fmin(energy_kwh / rules.full_size_from_kwh, 1.0)
    panel = size**rules.small_frame_exponent
    tall = height_mm / rules.frame_reference_height_mm
    outline_m = 2 * (packing.pack_length_mm + packing.pack_width_mm) / MM_PER_M
    plates_m2 = cells.shape.large_face_m2 * cells.cells_count * coolings.face_plates_per_cell_count
    tiers_m2 = block_m2 * cells.tiers_count
    # A barrier of 1 m2 and 1 mm is 1 L, whose mass in kg is its density in g/cm3.
    barrier_kg = _barrier_area_m2(cells) * cells.barrier_thickness_mm * rules.barrier_density_g_per_cm3
    return {
        "module_parts_kg": rows.module_parts_frac * cells.cell_mass_g * cells.cells_count / G_PER_KG,
        "floor_and_shield_kg": rows.floor_and_shield_kg_per_m2 * panel * footprint_m2,
        "lid_kg": rows.lid_kg_per_m2 * panel * footprint_m2,
        "cold_plates_kg": rows.cold_plate_kg_per_m2 * coolings.bottom_plate_frac * tiers_m2
        + coolings.face_plate_kg_per_m2 * plates_m2,
        "cross_members_kg": rows.cross_member_kg_per_m2 * block_m2 * tall,
        "adhesive_and_foam_kg": rows.adhesive_and_foam_kg_per_m2 * tiers_m2,
        "frame_kg": rows.frame_kg_per_m * panel * outline_m * tall,
        "bus_bars_kg": rows.bus_bar_kg_per_kwh * energy_kwh,
        "fixed_parts_kg": rows.fixed_parts_kg * size**rules.small_fixed_exponent,
        "barriers_kg": barrier_kg,
        "pressure_hardware_kg": _pressure_hardware_kg(cells, packing, constants.pressure),
    }


def _barrier_area_m2(cells: PackedCells) -> FloatArray:
    """Barriers between cells: one a cell, of its large face; of round cells a sleeve."""
    area = cells.shape.large_face_m2 * cells.cells_count
    return np.asarray(np.where(cells.barrier_thickness_mm > 0, area, 0.0), dtype=np.float64)


def _pressure_hardware_kg(cells: PackedCells, packing: Packing, constants: PressureConstants) -> FloatArray:
    """End plates and ties of all stacks; a round can holds its own pressure."""
    shape = cells.shape
    deep_mm = np.where(packing.is_long_side_across, packing.block_length_mm, packing.block_width_mm)
    stack_mm = np.where(cells.is_lying, packing.block_height_mm, deep_mm)
    stacks = np.where(cells.is_lying, packing.slots_count / cells.tiers_count, packing.stacks_count)
    face_mm = (shape.length_mm, shape.height_mm)
    each_kg = pressed_stack_kg(cells.stack_pressure_mpa, face_mm, stack_mm, constants)
    return np.asarray(np.where(shape.is_round, 0.0, each_kg * stacks), dtype=np.float64)
