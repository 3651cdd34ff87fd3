"""Where the cells of a pack lie: whole rows of whole cells, in the arrangement with the smallest footprint that fits.

Directions: the length of a pack runs along the car, its width across. A stack is a line of cells with their large faces
(round cells: their sides) together; stacks stand beside each other, in tiers above each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.units import MM2_PER_M2, MM3_PER_L

Array = FloatArray | float

# Distance of the rows of closest packed circles over that of the circles in a row.
ROW_PITCH = float(np.sqrt(3) / 2)
# Numbers of stacks that are tried, spread evenly up to the room; all whole numbers where no more than this fit.
TRIED_COUNT = 24


@dataclass(frozen=True)
class CellShape:
    """Outer size of cells; arrays of shape (n,).

    The length is the longest side across the thickness, the height the other one: rectangular cells stand on length x
    thickness, with their stack along the thickness. Of round cells length and thickness are the diameter, and the
    height is that of the axis, which stands. `is_rigid` is true of a can, false of a pouch.
    """

    is_round: BoolArray
    is_rigid: BoolArray
    length_mm: FloatArray
    thickness_mm: FloatArray
    height_mm: FloatArray

    @property
    def volume_l(self) -> FloatArray:
        """Envelope of a cell [L], shape (n,)."""
        section = np.where(self.is_round, np.pi / 4, 1.0) * self.length_mm * self.thickness_mm
        return np.asarray(section * self.height_mm / MM3_PER_L, dtype=np.float64)

    @property
    def large_face_m2(self) -> FloatArray:
        """One large face of a rectangular cell, half the side of a round one: what two neighbors share [m2]."""
        sides = np.where(self.is_round, np.pi / 2, 1.0) * self.length_mm * self.height_mm
        return np.asarray(sides / MM2_PER_M2, dtype=np.float64)


@dataclass(frozen=True)
class Gaps:
    """What lies between two cells; arrays of shape (n,) or floats.

    `stack_mm` separates the large faces of rectangular cells (pad, swelling, barrier, cooling plate), `round_mm` the
    round ones from each other. Gaps along the other sides are part of the footprint's fill.
    """

    stack_mm: Array
    round_mm: Array


@dataclass(frozen=True)
class Surround:
    """What lies around the cells; arrays of shape (n,) or floats.

    The block of cells is `fill_frac` of the area inside the frame without the service area, and lacks the rest in both
    directions by the same share. The service area (electronics, connectors) takes the whole width at one end.
    """

    fill_frac: Array
    service_area_m2: Array
    frame_width_mm: Array


@dataclass(frozen=True)
class Room:
    """The largest pack that the vehicle takes."""

    length_max_mm: float
    width_max_mm: float
    height_max_mm: float


@dataclass(frozen=True)
class Packing:
    """Arrangement of cells; arrays of shape (n,), counts are whole numbers.

    Along and across are those of the car; counts are those of one tier, `slots_count` that of the pack, and slots less
    cells stay empty. The height is that of the cells with what separates the tiers' cells, without floor and lid.
    `fits` tells whether length and width keep to the room; the height is for the limits to judge.
    """

    cells_along_count: FloatArray
    cells_across_count: FloatArray
    slots_count: FloatArray
    stacks_count: FloatArray
    is_long_side_across: BoolArray
    block_length_mm: FloatArray
    block_width_mm: FloatArray
    block_height_mm: FloatArray
    pack_length_mm: FloatArray
    pack_width_mm: FloatArray
    fits: BoolArray


@dataclass(frozen=True)
class _Grid:
    """Pitches of a cell: of the stacks, and within a stack; and what a second stack adds to the length of all."""

    stack_pitch_mm: FloatArray
    cell_pitch_mm: FloatArray
    first_stack_mm: FloatArray
    stagger_mm: FloatArray
    height_mm: FloatArray


def pack_cells(
    shape: CellShape,
    cells_count: FloatArray | IntArray,
    tiers_count: FloatArray | IntArray,
    is_lying: BoolArray,
    gaps: Gaps,
    surround: Surround,
    room: Room,
) -> Packing:
    """The arrangement of the smallest footprint among those that fit the length and width of the room.

    Parameters
    ----------
    shape, cells_count, tiers_count, is_lying
        Cells of a pack, whole numbers, in tiers (1, 2, ...) that hold equally many; rectangular cells that lie have
        their thickness upward. Shape (n,).
    gaps, surround
        Of the architecture, with the additions of cooling and barriers.
    room
        Of the vehicle.

    Returns
    -------
    Packing
        Arrays of shape (n,). Where no arrangement fits, that of the smallest footprint of all, with `fits` false.

    Notes
    -----
    Tried are the stacks side by side across and along the car, 1 up to as many as the room takes (at most
    `TRIED_COUNT` numbers, evenly spread). Every stack is as long as the fullest, so whole numbers leave empty slots.
    Round cells stand in staggered rows (closest packing).
    """
    grid = _grid(shape, np.asarray(is_lying, dtype=np.bool_), gaps)
    per_tier = np.ceil(np.asarray(cells_count, dtype=np.float64) / tiers_count)
    tried = _tried(grid, per_tier, surround, room)
    fits = (tried["pack_length_mm"] <= room.length_max_mm) & (tried["pack_width_mm"] <= room.width_max_mm)
    best = _smallest(tried["pack_length_mm"] * tried["pack_width_mm"], fits)
    chosen = {name: _picked(values, best) for name, values in tried.items()}
    stacks = np.where(best < TRIED_COUNT, chosen["cells_across_count"], chosen["cells_along_count"])
    return Packing(
        **chosen,
        slots_count=chosen["cells_along_count"] * chosen["cells_across_count"] * tiers_count,
        stacks_count=stacks * tiers_count,
        is_long_side_across=best < TRIED_COUNT,
        block_height_mm=grid.height_mm * tiers_count,
        fits=_picked(fits, best),
    )


def _tried(grid: _Grid, per_tier: FloatArray, surround: Surround, room: Room) -> dict[str, FloatArray]:
    """Counts and sizes of every arrangement, shape (n, 2, tried): stacks beside each other across, then along."""
    fill, service_m2, frame_mm = (
        np.broadcast_to(np.asarray(value, dtype=np.float64), per_tier.shape)[:, None, None]
        for value in (np.sqrt(surround.fill_frac), surround.service_area_m2, 2 * np.asarray(surround.frame_width_mm))
    )
    outer = np.array([room.width_max_mm, room.length_max_mm])[None, :, None]
    stacks = _stacks((outer - frame_mm) * fill, grid, per_tier)
    cells = np.ceil(per_tier[:, None, None] / stacks)
    abreast_mm = _column(grid.first_stack_mm) + (stacks - 1) * _column(grid.stack_pitch_mm)
    deep_mm = cells * _column(grid.cell_pitch_mm) + np.where(stacks > 1, _column(grid.stagger_mm), 0.0)
    turned = np.array([False, True])[None, :, None]
    width, length = np.where(turned, deep_mm, abreast_mm), np.where(turned, abreast_mm, deep_mm)
    return {
        "cells_along_count": np.where(turned, stacks, cells),
        "cells_across_count": np.where(turned, cells, stacks),
        "block_length_mm": length,
        "block_width_mm": width,
        "pack_length_mm": length / fill + service_m2 * MM2_PER_M2 / (width / fill) + frame_mm,
        "pack_width_mm": width / fill + frame_mm,
    }


def _grid(shape: CellShape, is_lying: BoolArray, gaps: Gaps) -> _Grid:
    lying = is_lying & ~shape.is_round
    thick_mm, round_mm = shape.thickness_mm + gaps.stack_mm, shape.length_mm + gaps.round_mm
    return _Grid(
        stack_pitch_mm=np.where(shape.is_round, ROW_PITCH * round_mm, shape.length_mm),
        cell_pitch_mm=np.where(shape.is_round, round_mm, np.where(lying, shape.height_mm, thick_mm)),
        first_stack_mm=np.where(shape.is_round, round_mm, shape.length_mm),
        stagger_mm=np.where(shape.is_round, round_mm / 2, 0.0),
        height_mm=np.where(lying, thick_mm, shape.height_mm),
    )


def _stacks(widest_mm: FloatArray, grid: _Grid, per_tier: FloatArray) -> FloatArray:
    """Numbers of stacks that are tried, shape (n, 2, tried), for the widest block of each direction."""
    spare = widest_mm - _column(grid.first_stack_mm)
    most = np.clip(np.floor(spare / _column(grid.stack_pitch_mm)) + 1, 1, np.fmax(_column(per_tier), 1))
    places = np.arange(1, TRIED_COUNT + 1)
    spread = np.ceil(places / TRIED_COUNT * most)
    return np.asarray(np.where(most <= TRIED_COUNT, np.fmin(places, most), spread), dtype=np.float64)


def _column(value: FloatArray) -> FloatArray:
    return value[:, None, None]


def _smallest(area: FloatArray, fits: BoolArray) -> IntArray:
    """Place of the smallest area among those that fit, or among all where none does; 0 where nothing is known."""
    flat, good = area.reshape(len(area), -1), fits.reshape(len(area), -1)
    open_to = good | ~good.any(axis=1, keepdims=True)
    return np.asarray(np.argmin(np.where(open_to & np.isfinite(flat), flat, np.inf), axis=1))


def _picked(values: FloatArray | BoolArray, best: IntArray) -> Any:  # noqa: ANN401 - of the kind that came in
    return np.take_along_axis(values.reshape(len(best), -1), best[:, None], axis=1)[:, 0]
