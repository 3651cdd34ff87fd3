"""Wound cells: spirals, flat rolls, cans, tabs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from formats_made import LAYERS, Formats
from hypothesis import given
from hypothesis import strategies as st

from lcopt.cell.formats.wound import cylindrical_cell, racetrack_area_mm2, spiral_length_mm, wound_prismatic_cell

PLAIN_ROUND = {
    "wall_thickness_mm": 0.5,
    "bottom_thickness_mm": 1.0,
    "radial_gap_mm": 0.5,
    "mandrel_radius_mm": 2.0,
    "dead_height_mm": 10.0,
    "negative_width_excess_mm": 2.0,
    "foil_edge_mm": 4.0,
    "inner_turns_count": 0.0,
    "outer_turns_count": 0.0,
    "terminal_g": 10.0,
    "case_density_g_per_cm3": 8.0,
}
PLAIN_FLAT = {
    "wall_thickness_mm": 0.75,
    "lid_thickness_mm": 2.0,
    "gap_mm": 0.5,
    "packing_frac": 1.0,
    "rolls_count": 2.0,
    "core_thickness_mm": 0.0,
    "dead_height_mm": 15.0,
    "outer_turns_count": 0.0,
    "case_density_g_per_cm3": 2.7,
}


@pytest.fixture(scope="module")
def formats(catalog) -> Formats:
    return Formats(catalog)


def round_cell(formats, diameter=46.0, height=80.0, **can):
    return cylindrical_cell(diameter, height, LAYERS, replace(formats.cans["round"], **(PLAIN_ROUND | can)))


def flat_cell(formats, length=150.0, thickness=27.0, height=90.0, **can):
    return wound_prismatic_cell(length, thickness, height, LAYERS, replace(formats.cans["wound"], **(PLAIN_FLAT | can)))


@given(st.floats(1, 5), st.floats(6, 30), st.floats(0.1, 0.6))
def test_a_spiral_is_as_long_as_its_area_over_its_pitch(inner, outer, pitch):
    area_rule = np.pi * (outer**2 - inner**2) / pitch
    exact = spiral_length_mm(inner, outer, pitch)
    # The turn leans by b / r = pitch / (2 pi r), so it is longer by half the square of that, at most.
    assert exact >= area_rule * (1 - 1e-12)
    assert exact <= area_rule * (1 + (pitch / (2 * np.pi * inner)) ** 2)


def test_a_spiral_is_the_integral_of_its_arc():
    radius = np.linspace(2.0, 22.0, 200_001)
    b = 0.4 / (2 * np.pi)
    arc = np.sqrt(1 + (radius / b) ** 2)
    assert spiral_length_mm(2.0, 22.0, 0.4) == pytest.approx(np.trapezoid(arc, radius), rel=1e-9)


def test_a_round_cell_by_hand(formats):
    cell = round_cell(formats)
    # pi (22^2 - 2^2) / 0.399 = 3779.4 mm of strip, 70 mm wide on both faces: 0.52912 m2, 40 Ah/m2.
    assert cell.strip_length_mm == pytest.approx(3779.4, rel=1e-4)
    assert cell.positive_area_m2_per_cell == pytest.approx(0.52912, rel=1e-4)
    assert cell.cell_capacity_ah == pytest.approx(21.165, rel=1e-4)
    # Positive foil 3.7794 x 0.074 x 15 x 2.7; without overhang the negative is as long, 72 mm wide, 76 with its edge.
    assert cell.positive_foil_g_per_cell == pytest.approx(11.327, rel=1e-3)
    assert cell.negative_area_m2_per_cell == pytest.approx(0.52912 * 72 / 70, rel=1e-4)
    assert cell.negative_foil_g_per_cell == pytest.approx(3.7794 * 0.076 * 10 * 8.96, rel=1e-4)
    # 8 [pi 4.55 0.05 8 + pi/4 4.6^2 0.1] = 8 (5.7177 + 1.6619) = 59.04 g.
    assert cell.cell_container_g_per_cell == pytest.approx(59.037, rel=1e-4)
    # pi/4 4.6^2 8 = 132.95 cm3.
    assert cell.cell_volume_l == pytest.approx(0.132952, rel=1e-4)
    assert cell.terminals_g_per_cell == pytest.approx(10.0)


def test_overhang_of_the_negative_takes_the_place_of_positive(formats):
    bare, over = round_cell(formats), round_cell(formats, inner_turns_count=1.0, outer_turns_count=1.0)
    # Turns of 2 pi (2 + 22) = 150.8 mm, 10 + 2 (100 + 12) = 234 um thick: 35.29 mm2 of 1507.96 mm2.
    assert over.strip_length_mm == pytest.approx(bare.strip_length_mm * (1 - 35.287 / 1507.96), rel=1e-4)
    assert over.negative_area_m2_per_cell == pytest.approx(2 * (over.strip_length_mm + 150.796) * 72e-6, rel=1e-4)


@given(st.integers(1, 8))
def test_more_tabs_resist_with_the_inverse_square(formats, tabs):
    one, many = round_cell(formats, tabs_count=1.0), round_cell(formats, tabs_count=float(tabs))
    assert many.collector_asi_ohm_cm2 == pytest.approx(one.collector_asi_ohm_cm2 / tabs**2)


def test_foil_edges_resist_less_than_any_tabs(formats):
    # (3779.4 / 16 / 70)^2 = 11.4 times as much with eight tabs.
    ratio = round_cell(formats, tabs_count=8.0).collector_asi_ohm_cm2 / round_cell(formats).collector_asi_ohm_cm2
    assert ratio == pytest.approx(11.386, rel=1e-3)


def test_a_flat_roll_without_straight_part_is_round():
    assert racetrack_area_mm2(20.0, 20.0) == pytest.approx(np.pi * 100)


def test_a_flat_cell_by_hand(formats):
    cell = flat_cell(formats)
    # Rolls (27 - 1.5 - 0.5) / 2 = 12.5 mm thick and 150 - 1.5 - 0.5 = 148 mm long:
    # 12.5 x 135.5 + pi/4 12.5^2 = 1816.47 mm2 each, over 0.399 mm: 4552.6 mm, two of them.
    assert cell.strip_length_mm == pytest.approx(9105.1, rel=1e-4)
    # 75 mm wide, both faces: 1.36577 m2.
    assert cell.positive_area_m2_per_cell == pytest.approx(1.36577, rel=1e-4)
    # 2.7 [(2 15 9 + 2 2.7 9 + 15 2.7) 0.075 + 15 2.7 0.2] = 2.7 (26.9325 + 8.1) = 94.59 g.
    assert cell.cell_container_g_per_cell == pytest.approx(94.588, rel=1e-4)
    # The edges collect the current over 75 mm.
    assert cell.collector_asi_ohm_cm2 == pytest.approx(0.12918, rel=1e-3)


def test_each_roll_has_an_overhang_of_its_own(formats):
    bare, over = flat_cell(formats), flat_cell(formats, outer_turns_count=1.0)
    # A turn of 2 x 135.5 + pi 12.5 = 310.27 mm, 234 um of 399 um: 181.96 mm of positive in each roll.
    assert bare.strip_length_mm - over.strip_length_mm == pytest.approx(2 * 181.96, rel=1e-4)


@given(st.floats(20, 80), st.floats(0, 20))
def test_a_thicker_flat_cell_never_holds_less(formats, thickness, more):
    assert (
        flat_cell(formats, thickness=thickness + more).cell_capacity_ah
        >= flat_cell(formats, thickness=thickness).cell_capacity_ah
    )
