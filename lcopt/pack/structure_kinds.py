"""The ways to build a pack around cells, and the ways to cool them: masses per area, heights, gaps; of the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.bundles import take_designs
from lcopt.inputs.catalog import Catalog

ARCHITECTURE_TABLE = "pack_architectures"
COOLING_TABLE = "pack_cooling"


@dataclass(frozen=True)
class ArchitectureRows:
    """Masses and sizes that an architecture has beside its cells; arrays of shape (n,).

    Floor and lid are per footprint of the pack, plates, cross members and adhesive per area of the block (plates and
    adhesive per tier, too), the frame per outline, module parts a share of the cells' mass.
    """

    floor_and_shield_kg_per_m2: FloatArray
    lid_kg_per_m2: FloatArray
    cold_plate_kg_per_m2: FloatArray
    cross_member_kg_per_m2: FloatArray
    adhesive_and_foam_kg_per_m2: FloatArray
    frame_kg_per_m: FloatArray
    module_parts_frac: FloatArray
    footprint_fill_frac: FloatArray
    below_cells_mm: FloatArray
    above_cells_mm: FloatArray
    frame_width_mm: FloatArray
    service_area_m2: FloatArray
    fixed_parts_kg: FloatArray
    bus_bar_kg_per_kwh: FloatArray
    stack_gap_mm: FloatArray
    pouch_gap_mm: FloatArray
    round_gap_mm: FloatArray

    def take(self, index: IntArray) -> ArchitectureRows:
        """The rows of every design: element `index[i]` for design i."""
        return take_designs(self, index)


@dataclass(frozen=True)
class Architectures:
    """Architectures by name: `plain`, and `beam` for cells that are the cross members (the same where it has none)."""

    plain: ArchitectureRows
    beam: ArchitectureRows

    def take(self, index: IntArray) -> Architectures:
        """The architecture of every design: element `index[i]` for design i."""
        return take_designs(self, index)

    def of_cells(self, cell_is_beam: BoolArray) -> ArchitectureRows:
        """The rows that hold for the cells of every design."""
        beam = vars(self.beam)
        return ArchitectureRows(
            **{name: np.where(cell_is_beam, beam[name], value) for name, value in vars(self.plain).items()}
        )


@dataclass(frozen=True)
class Coolings:
    """Ways of cooling by name; arrays of shape (n,).

    `heat_sink_per_s` is UA/(m cp) of a cell towards the coolant, `bottom_plate_frac` the share of the architecture's
    plates under the cells that stays.
    """

    bottom_plate_frac: FloatArray
    face_plate_kg_per_m2: FloatArray
    face_plate_thickness_mm: FloatArray
    face_plates_per_cell_count: FloatArray
    round_gap_addition_mm: FloatArray
    heat_sink_per_s: FloatArray
    fits_rectangular: BoolArray
    fits_round: BoolArray

    def take(self, index: IntArray) -> Coolings:
        """The cooling of every design: element `index[i]` for design i."""
        return take_designs(self, index)

    def fits(self, cell_is_round: BoolArray) -> BoolArray:
        """Whether the cooling suits the shape of the cells, shape (n,)."""
        return np.where(cell_is_round, self.fits_round, self.fits_rectangular)


@dataclass(frozen=True)
class _Cooling:
    """Rows of one way of cooling."""

    bottom_plate_frac: float
    face_plate_kg_per_m2: float
    face_plate_thickness_mm: float
    face_plates_per_cell_count: float
    round_gap_addition_mm: float
    heat_sink_per_s: float
    fits_rectangular: bool
    fits_round: bool


def read_architectures(catalog: Catalog, names: Sequence[str]) -> Architectures:
    """The named architectures of the catalog, in this order.

    Raises
    ------
    CatalogError
        Where a name or one of its rows is missing, or has another unit than its name says.
    """
    table = catalog.table(ARCHITECTURE_TABLE)
    of_beams = [bool(table.select(architecture=name, cell_is_beam="true")) for name in names]
    plain = [_architecture(catalog, name, is_beam=False) for name in names]
    beam = [_architecture(catalog, name, is_beam=exists) for name, exists in zip(names, of_beams, strict=True)]
    return Architectures(ArchitectureRows(**_columns(plain)), ArchitectureRows(**_columns(beam)))


def read_coolings(catalog: Catalog, names: Sequence[str]) -> Coolings:
    """The named ways of cooling of the catalog, in this order.

    Raises
    ------
    CatalogError
        Where a name or one of its rows is missing, or has another unit than its name says.
    """
    return Coolings(**_columns([catalog.constants(_Cooling, COOLING_TABLE, cooling=name) for name in names]))


def _architecture(catalog: Catalog, name: str, *, is_beam: bool) -> ArchitectureRows:
    return catalog.constants(
        ArchitectureRows, ARCHITECTURE_TABLE, architecture=name, cell_is_beam="true" if is_beam else "false"
    )


def _columns(rows: Sequence[ArchitectureRows] | Sequence[_Cooling]) -> dict[str, Any]:
    """Read-only arrays with an element a name."""
    columns = {item.name: np.array([getattr(row, item.name) for row in rows]) for item in fields(rows[0])}
    for array in columns.values():
        array.setflags(write=False)
    return columns
