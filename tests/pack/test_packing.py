"""Cells lie in whole rows, in the smallest arrangement that fits the vehicle."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.pack.packing import ROW_PITCH, CellShape, Gaps, Room, Surround, pack_cells

ROOM = Room(2300.0, 1600.0, 150.0)
BARE = Surround(1.0, 0.0, 0.0)


def cell(length, thickness, height, *, is_round=False):
    sides = (np.array([float(side)]) for side in (length, thickness, height))
    return CellShape(np.array([is_round]), np.array([True]), *sides)


def pack(shape, count, *, tiers=1, lying=False, gaps=None, surround=BARE, room=ROOM):
    return pack_cells(
        shape, np.array([count]), np.array([tiers]), np.array([lying]), gaps or Gaps(1.0, 1.3), surround, room
    )


def test_a_hundred_and_six_cells_need_two_empty_slots_in_six_stacks():
    """280 x 64 mm in 2300 x 1600 mm: 6 stacks of 18 across the length are 108 slots."""
    found = pack(cell(280, 63, 82), 106)
    slots = found.cells_along_count * found.cells_across_count
    assert found.slots_count[0] == slots[0] >= 106
    assert found.block_length_mm[0] * found.block_width_mm[0] == pytest.approx(slots[0] * 280 * 64)
    assert found.fits[0]


def test_cells_may_stand_with_their_long_side_across_or_along():
    wide = pack(cell(965, 14, 90), 60, room=Room(920, 1600, 150))
    deep = pack(cell(965, 14, 90), 60, room=Room(1600, 920, 150))
    assert wide.is_long_side_across[0]
    assert not deep.is_long_side_across[0]
    assert wide.block_length_mm == pytest.approx(deep.block_width_mm)
    assert wide.cells_along_count[0] == deep.cells_across_count[0] == 60


def test_where_nothing_fits_the_smallest_of_all_is_told_not_to_fit():
    found = pack(cell(965, 14, 90), 500)
    assert not found.fits[0]
    assert found.slots_count[0] >= 500


def test_round_cells_stand_in_staggered_rows():
    """Many round cells: the area of a cell is sqrt(3)/2 (D + gap)^2, edges aside."""
    found = pack(cell(21, 21, 70, is_round=True), 4416)
    area = found.block_length_mm[0] * found.block_width_mm[0] / found.slots_count[0]
    assert area == pytest.approx(math.sqrt(3) / 2 * 22.3**2, rel=0.02)
    one_row = pack(cell(21, 21, 70, is_round=True), 3, room=Room(100, 30, 100))
    assert sorted((one_row.block_length_mm[0], one_row.block_width_mm[0])) == pytest.approx([22.3, 66.9])
    two_rows = pack(cell(21, 21, 70, is_round=True), 4, room=Room(60, 60, 100))
    sides = sorted((two_rows.block_length_mm[0], two_rows.block_width_mm[0]))
    assert sides == pytest.approx([22.3 * (1 + ROW_PITCH), 22.3 * 2.5])


def test_lying_cells_show_their_large_face_to_the_floor():
    found = pack(cell(207, 54, 173), 8, lying=True, tiers=2)
    assert found.block_height_mm[0] == pytest.approx(2 * 55)
    assert found.block_length_mm[0] * found.block_width_mm[0] == pytest.approx(4 * 207 * 173)
    assert found.slots_count[0] == 8


def test_two_tiers_halve_the_footprint():
    one, two = (pack(cell(574, 21.5, 118), 120, tiers=tiers) for tiers in (1, 2))
    ratio = two.block_length_mm * two.block_width_mm / (one.block_length_mm * one.block_width_mm)
    assert ratio[0] == pytest.approx(0.5)
    assert two.block_height_mm[0] == 2 * one.block_height_mm[0]


def test_frame_fill_and_service_area_stand_around_the_block():
    """Fill 0.81 stretches both sides by 1/0.9; 0.1 m2 of service at the whole width; 50 mm of frame a side."""
    found = pack(cell(280, 63, 82), 40, surround=Surround(0.81, 0.1, 50.0))
    inner = found.pack_width_mm[0] - 100
    assert inner == pytest.approx(found.block_width_mm[0] / 0.9)
    assert found.pack_length_mm[0] == pytest.approx(found.block_length_mm[0] / 0.9 + 1e5 / inner + 100)


shapes = st.tuples(st.floats(100, 1000), st.floats(8, 80), st.floats(60, 210))
rooms = st.builds(Room, st.floats(1500, 3000), st.floats(1200, 2000), st.just(200.0))


@given(shapes, st.integers(1, 600), st.integers(1, 2), rooms, st.booleans())
def test_slots_hold_all_cells_without_overlap(sides, count, tiers, room, is_round):
    shape = cell(sides[0], sides[1], sides[2]) if not is_round else cell(sides[1], sides[1], sides[2], is_round=True)
    found = pack(shape, count, tiers=tiers, room=room)
    assert found.slots_count[0] >= count
    assert found.slots_count[0] < count + tiers * max(found.cells_along_count[0], found.cells_across_count[0])
    cells_mm2 = (np.pi / 4 * sides[1] ** 2 if is_round else sides[0] * sides[1]) * count / tiers
    assert found.block_length_mm[0] * found.block_width_mm[0] >= cells_mm2 * (1 - 1e-9)


@given(shapes, st.integers(1, 600), rooms)
def test_no_number_of_stacks_in_the_room_gives_a_smaller_footprint(sides, count, room):
    """Oracle: every whole number of stacks, one after the other."""
    found = pack(cell(*sides), count, room=room)
    fitting, all_of_them = [], []
    for stacks_room, cells_room in ((room.width_max_mm, room.length_max_mm), (room.length_max_mm, room.width_max_mm)):
        for stacks in range(1, max(1, min(count, int(stacks_room // sides[0]))) + 1):
            abreast, deep = stacks * sides[0], math.ceil(count / stacks) * (sides[1] + 1)
            all_of_them.append(abreast * deep)
            if abreast <= stacks_room and deep <= cells_room:
                fitting.append(abreast * deep)
    assert found.fits[0] == bool(fitting)
    got = found.pack_length_mm[0] * found.pack_width_mm[0]
    assert got == pytest.approx(min(fitting or all_of_them))


def test_a_design_without_a_size_is_nan_and_leaves_the_others_alone():
    pair = CellShape(
        np.array([False, False]), np.array([True, True]), np.array([np.nan, 280.0]), np.full(2, 63.0), np.full(2, 82.0)
    )
    both = pack_cells(pair, np.full(2, 106), np.ones(2), np.zeros(2, bool), Gaps(1.0, 1.3), BARE, ROOM)
    alone = pack(cell(280, 63, 82), 106)
    assert np.isnan(both.pack_length_mm[0])
    assert not both.fits[0]
    assert both.pack_length_mm[1] == alone.pack_length_mm[0]
