"""Stacked cells: sheets, cans, pouches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from formats_made import LAYERS
from hypothesis import given
from hypothesis import strategies as st

from lcopt.cell.formats.stacked import LongPouch, StackedCan, sheets_count, stacked_cell, whole_sheets_count

CAN = StackedCan(
    wall_thickness_mm=0.5,
    gap_mm=0.5,
    packing_frac=1.0,
    dead_length_mm=50.0,
    dead_height_mm=10.0,
    negative_excess_mm=2.0,
    separator_excess_mm=4.0,
    foil_edge_mm=15.0,
    terminal_g=20.0,
    terminal_g_per_ah=0.25,
    terminal_ohm=1e-4,
    case_density_g_per_cm3=2.7,
    end_thickness_mm=2.0,
)


def test_sheets_fit_the_thickness():
    # (20 - 1 - 0.5) mm = 18500 um; one negative of 10 + 2 (100 + 12) = 234 um stands over: 18266 / 399 = 45.78.
    assert sheets_count(20.0, LAYERS, CAN) == pytest.approx(45.779, rel=1e-4)
    assert whole_sheets_count(20.0, LAYERS, CAN) == 45


def test_a_thickness_made_for_a_number_of_sheets_holds_that_many():
    count = np.arange(1.0, 200.0)
    thickness = (count * 399 + 234) / 1000 + 1.5
    assert whole_sheets_count(thickness, LAYERS, CAN).tolist() == count.tolist()


@given(st.floats(3, 60), st.floats(0, 10))
def test_a_thicker_cell_never_holds_fewer_sheets(thickness, more):
    whole = whole_sheets_count(np.array([thickness, thickness + more]), LAYERS, CAN)
    assert whole[0] <= whole[1] <= sheets_count(thickness + more, LAYERS, CAN) + 1e-9


def test_a_stacked_can_by_hand():
    cell = stacked_cell(550.0, 20.0, 110.0, 45.0, LAYERS, CAN)
    # 2 x 45 x 0.5 x 0.1 = 4.5 m2, 40 Ah/m2: 180 Ah; negative 2 x 46 x 0.502 x 0.102 = 4.71077 m2.
    assert cell.positive_area_m2_per_cell == pytest.approx(4.5)
    assert cell.cell_capacity_ah == pytest.approx(180.0)
    assert cell.negative_area_m2_per_cell == pytest.approx(4.710768)
    # Foils 45 x 0.515 x 0.1 = 2.3175 and 46 x 0.517 x 0.102 = 2.425764 m2; separator 92 x 0.504 x 0.104 = 4.822272 m2.
    assert cell.positive_foil_m2_per_cell == pytest.approx(2.3175)
    assert cell.negative_foil_m2_per_cell == pytest.approx(2.425764)
    assert cell.separator_m2_per_cell == pytest.approx(4.822272)
    # 2.7 [(2 55 11 + 2 55 2) 0.05 + 2 11 2 0.2] = 2.7 (71.5 + 8.8) = 216.81 g; terminals 20 + 0.25 x 180 = 65 g.
    assert cell.cell_container_g_per_cell == pytest.approx(216.81)
    assert cell.terminals_g_per_cell == pytest.approx(65.0)
    # Coatings 4.5 x 75 x 3.4 = 1147.5 g and 4.710768 x 100 x 1.5 = 706.6 g.
    assert cell.positive_coating_g_per_cell == pytest.approx(1147.5)
    assert cell.negative_coating_g_per_cell == pytest.approx(706.6152)
    assert cell.cell_volume_l == pytest.approx(1.21)


def test_a_pouch_is_a_can_with_another_case():
    both = {name: value for name, value in vars(CAN).items() if name != "end_thickness_mm"}
    pouch = LongPouch(**(both | {"wall_thickness_mm": 0.15, "case_density_g_per_cm3": 1.6}), seal_width_mm=5.0)
    cell = stacked_cell(550.0, 20.0, 110.0, 45.0, LAYERS, pouch)
    can = stacked_cell(550.0, 20.0, 110.0, 45.0, LAYERS, CAN)
    # 1.6 x 2 (55 + 1) (11 + 2) 0.015 = 34.94 g.
    assert cell.cell_container_g_per_cell == pytest.approx(34.944)
    assert cell.cell_mass_g - cell.cell_container_g_per_cell == pytest.approx(
        can.cell_mass_g - can.cell_container_g_per_cell
    )


def test_a_long_sheet_resists_with_the_square_of_its_length():
    short, long = (stacked_cell(length, 20.0, 110.0, 45.0, LAYERS, CAN) for length in (300.0, 1050.0))
    # Coated lengths of 250 and 1000 mm.
    assert long.collector_asi_ohm_cm2 == pytest.approx(16 * short.collector_asi_ohm_cm2)
    assert short.collector_resistance_ohm == pytest.approx(
        short.collector_asi_ohm_cm2 / (1e4 * short.positive_area_m2_per_cell) + 1e-4
    )


def test_no_dead_length_and_no_case_leave_only_the_layers():
    bare = replace(CAN, wall_thickness_mm=0.0, end_thickness_mm=0.0, gap_mm=0.0, dead_length_mm=0.0, dead_height_mm=0.0)
    bare = replace(bare, negative_excess_mm=0.0, separator_excess_mm=0.0, foil_edge_mm=0.0)
    cell = stacked_cell(500.0, 20.0, 100.0, sheets_count(20.0, LAYERS, bare), LAYERS, bare)
    assert cell.dead_volume_l == pytest.approx(0.0, abs=1e-12)
