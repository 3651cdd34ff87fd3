"""The stacked pouch cell: layers, sizes, masses."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcopt.cell.duty import Problem
from lcopt.cell.formats.pouch import given_cell
from lcopt.conventions import BATPAC_51, LCOPT

PARTS = (
    "positive_coating_g_per_cell",
    "negative_coating_g_per_cell",
    "electrolyte_g_per_cell",
    "positive_terminal_g_per_cell",
    "negative_terminal_g_per_cell",
    "cell_container_g_per_cell",
)


def make(maker, names=("NMC811-G (Energy)",), loading=4.0, capacity=80.0, thickness=12.0, conventions=LCOPT):
    couples = maker.couples(*names)
    shape = np.ones(len(names))
    return couples, given_cell(
        couples, loading * shape, capacity * shape, thickness, 3.0, maker.constants.cell, conventions
    )


def test_loading_capacity_and_area_agree(maker):
    _, cell = make(maker, maker.chemistries)
    assert cell.positive_areal_capacity_mah_per_cm2 == pytest.approx(4.0)
    # 80 Ah over 4 mAh/cm2 is 2 m2.
    assert cell.positive_area_per_cell_cm2 == pytest.approx(20_000.0)
    faces = 2 * cell.bicell_layers_count * cell.positive_width_mm * cell.positive_length_mm / 100
    assert faces == pytest.approx(20_000.0)
    assert cell.positive_length_mm == pytest.approx(3 * cell.positive_width_mm)


@pytest.mark.parametrize("conventions", [BATPAC_51, LCOPT])
def test_coatings_weigh_what_their_volume_weighs(maker, conventions):
    couples, cell = make(maker, maker.chemistries, conventions=conventions)
    for side in ("positive", "negative"):
        volume_cm3 = getattr(cell, f"{side}_area_per_cell_cm2") * getattr(cell, f"{side}_thickness_um") / 1e4
        mass = volume_cm3 * getattr(couples, f"{side}_coating_density_g_per_cm3")
        assert getattr(cell, f"{side}_coating_g_per_cell") == pytest.approx(mass)


def test_masses_of_a_cell_add_up(maker):
    couples, cell = make(maker, maker.chemistries)
    foil = np.where(couples.negative_foil_is_aluminum, 2.7, 8.96) * couples.negative_foil_thickness_um
    total = sum(getattr(cell, name) for name in PARTS)
    total = total + cell.positive_foil_m2_per_cell * couples.positive_foil_thickness_um * 2.7
    total = total + cell.negative_foil_m2_per_cell * foil
    total = total + cell.separator_m2_per_cell * couples.separator_thickness_um * couples.separator_density_g_per_cm3
    rest = 0.0
    for side in ("positive", "negative"):
        coating = getattr(cell, f"{side}_coating_g_per_cell")
        parts = sum(getattr(cell, f"{side}_{part}_g_per_cell") for part in ("active", "carbon", "binder"))
        solid = coating * getattr(couples, f"{side}_solid_electrolyte_mass_frac")
        assert coating == pytest.approx(parts + solid)
        rest = rest + solid
    # Solid electrolyte beyond that of the coatings is the separator.
    assert cell.cell_mass_g == pytest.approx(total + cell.solid_electrolyte_g_per_cell - rest)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.5, 8.0), st.floats(10.0, 200.0), st.floats(3.0, 25.0))
def test_whole_layers_stay_within_the_thickness_and_one_more_would_not(maker, loading, capacity, thickness):
    _, cell = make(maker, ("LFP-G (Energy)",), loading, capacity, thickness)
    layers, actual = cell.bicell_layers_count[0], cell.cell_thickness_mm[0]
    assert layers == np.floor(layers)
    assert actual <= thickness * (1 + 1e-9)
    bare = 0.3 + 0.01  # container walls and one foil, mm
    assert bare + (actual - bare) * (layers + 1) / layers > thickness * (1 - 1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(1.0, 6.0), st.floats(20.0, 150.0), st.floats(1.01, 1.5))
def test_more_capacity_weighs_more_and_a_higher_loading_less(maker, loading, capacity, factor):
    _, small = make(maker, loading=loading, capacity=capacity)
    _, large = make(maker, loading=loading, capacity=capacity * factor)
    assert large.cell_mass_g > small.cell_mass_g
    _, loaded = make(maker, loading=loading * factor, capacity=capacity)
    assert loaded.positive_foil_m2_per_cell < small.positive_foil_m2_per_cell


def test_the_nameplate_makes_the_same_capacity_heavier(maker):
    _, plain = make(maker, ("LFP-G (Energy)",), conventions=BATPAC_51)
    _, real = make(maker, ("LFP-G (Energy)",), conventions=LCOPT)
    assert real.positive_active_g_per_cell == pytest.approx(plain.positive_active_g_per_cell / 0.90)


def test_a_cell_that_cannot_be_built_says_why_and_leaves_the_others_alone(maker):
    couples = maker.couples(*["NMC811-G (Energy)"] * 4)
    loading = np.array([4.0, np.nan, 4.0, -1.0])
    bound = np.array([12.0, 12.0, 0.35, 12.0])
    shape = np.full(4, 80.0)
    cell = given_cell(couples, loading, shape, bound, 3.0, maker.constants.cell, LCOPT)
    assert cell.problem.tolist() == [Problem.NONE, Problem.NOT_FINITE, Problem.NO_LAYER, Problem.NOT_FINITE]
    assert np.isnan(cell.cell_mass_g[1:]).all()
    _, alone = make(maker)
    for item in fields(cell):
        assert getattr(cell, item.name)[0] == getattr(alone, item.name)[0]
