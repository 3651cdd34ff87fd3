"""Promises that wound and stacked cells keep alike: conservation, monotonicity, collectors, one formula for many."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from formats_made import LAYERS, PARTS, Formats
from hypothesis import given
from hypothesis import strategies as st

from lcopt.cell.formats.collectors import collector_asi_ohm_cm2, collector_excess_ohm_cm2
from lcopt.cell.formats.layers import coating_thickness_um, loading_mg_per_cm2, repeat_um

kinds = st.sampled_from(Formats.kinds)
scales = st.floats(1.0, 3.0)


@pytest.fixture(scope="module")
def formats(catalog) -> Formats:
    return Formats(catalog)


@given(kinds, scales, st.floats(40, 150), st.floats(1.0, 6.0))
def test_the_parts_add_up_to_the_mass_of_the_cell(formats, kind, scale, thickness, areal):
    cell = formats.build(kind, scale, positive_thickness_um=thickness, areal_capacity_mah_per_cm2=areal)
    assert sum(getattr(cell, part) for part in PARTS) == pytest.approx(cell.cell_mass_g, rel=1e-12)


@given(kinds, scales, st.floats(40, 150))
def test_capacity_energy_and_densities_agree(formats, kind, scale, thickness):
    cell = formats.build(kind, scale, positive_thickness_um=thickness)
    # 4 mAh/cm2 are 40 Ah/m2.
    assert cell.cell_capacity_ah == pytest.approx(40 * cell.positive_area_m2_per_cell)
    assert cell.cell_energy_wh == pytest.approx(3.6 * cell.cell_capacity_ah)
    assert cell.cell_specific_energy_wh_per_kg * cell.cell_mass_g == pytest.approx(1000 * cell.cell_energy_wh)
    assert cell.cell_energy_density_wh_per_l * cell.cell_volume_l == pytest.approx(cell.cell_energy_wh)


@given(kinds, scales, st.floats(40, 150))
def test_layers_and_case_fit_the_envelope(formats, kind, scale, thickness):
    cell = formats.build(kind, scale, positive_thickness_um=thickness)
    assert 0 < cell.dead_volume_l < cell.cell_volume_l
    assert cell.positive_area_m2_per_cell < cell.negative_area_m2_per_cell < 2 * cell.separator_m2_per_cell


@given(kinds, st.floats(0.0, 1.0))
def test_a_thicker_wall_never_gives_more_capacity(formats, kind, more):
    wall = formats.cans[kind].wall_thickness_mm
    thin, thick = formats.build(kind), formats.build(kind, can={"wall_thickness_mm": wall + more})
    assert thick.cell_capacity_ah <= thin.cell_capacity_ah
    assert thick.cell_container_g_per_cell >= thin.cell_container_g_per_cell


@given(kinds, scales, st.floats(0.0, 1.0))
def test_a_longer_cell_never_holds_less(formats, kind, scale, more):
    cell = formats.build(kind, np.array([scale, scale + more]))
    assert cell.cell_capacity_ah[1] >= cell.cell_capacity_ah[0]
    assert cell.cell_mass_g[1] >= cell.cell_mass_g[0]


@given(kinds, st.floats(40, 120), st.floats(1, 50))
def test_a_thicker_coating_of_the_same_capacity_never_gives_more(formats, kind, thickness, more):
    thin = formats.build(kind, positive_thickness_um=thickness)
    assert formats.build(kind, positive_thickness_um=thickness + more).cell_capacity_ah < thin.cell_capacity_ah


@pytest.mark.parametrize("kind", Formats.kinds)
def test_many_cells_at_once_are_the_cells_one_by_one(formats, kind):
    scale = np.array([1.0, 1.4, 2.2])
    together = formats.build(kind, scale)
    for item in fields(together):
        alone = [getattr(formats.build(kind, one), item.name) for one in scale]
        assert np.broadcast_to(getattr(together, item.name), 3) == pytest.approx(np.array(alone, dtype=float))


def test_coatings_follow_from_areal_capacity():
    # 3 mAh/cm2 at 0.75 of the half cell are 4 mAh/cm2 there; over 160 mAh/g and 0.96: 26.04 mg/cm2.
    loading = loading_mg_per_cm2(3.0 / 0.75, 160.0, 0.96)
    assert loading == pytest.approx(26.0417, rel=1e-5)
    # 10 x 26.04 / 2.5 = 104.2 um.
    assert coating_thickness_um(loading, 2.5) == pytest.approx(104.167, rel=1e-5)
    assert repeat_um(LAYERS) == pytest.approx(399.0)


def test_electrolyte_fills_pores_and_the_share_beyond_them(formats):
    cell, more = formats.build("stacked"), formats.build("stacked", electrolyte_fill_factor=1.1)
    # m2 x um = cm3: 75 x 0.22 = 16.5 positive, 100 x 0.3 = 30 negative, 12 x 0.45 = 5.4 separator.
    pores = 16.5 * cell.positive_area_m2_per_cell + 30 * cell.negative_area_m2_per_cell
    assert 1000 * cell.electrolyte_l_per_cell == pytest.approx(pores + 5.4 * cell.separator_m2_per_cell)
    assert more.electrolyte_l_per_cell == pytest.approx(1.1 * cell.electrolyte_l_per_cell)


@pytest.mark.parametrize(
    ("path", "aluminum", "copper", "asi"),
    [
        # 2 x 0.069^2 / (3 x 3.77e7 x 20e-6) = 4.21e-6 and with copper of 10 um 5.33e-6 ohm m2: 0.095 ohm cm2.
        (69.0, 20.0, 10.0, 0.0954),
        # A blade: (915 / 69)^2 = 175.8 times as much.
        (915.0, 20.0, 10.0, 16.77),
        # One tab in the middle of a strip of 0.8 m, foils of 16 and 12 um.
        (400.0, 16.0, 12.0, 3.26),
    ],
)
def test_foils_resist_with_the_square_of_the_path(path, aluminum, copper, asi):
    both = collector_asi_ohm_cm2(path, aluminum, 3.77e7) + collector_asi_ohm_cm2(path, copper, 5.96e7)
    assert both == pytest.approx(asi, rel=3e-3)


@given(st.floats(1e-9, 1e3), st.floats(0.1, 100))
def test_an_uneven_current_dissipates_less_than_the_uniform_one(uniform, reaction):
    excess = collector_excess_ohm_cm2(uniform, reaction)
    assert 0 < excess <= uniform * (1 + 1e-6)
    if uniform < 1e-3 * reaction:
        assert excess == pytest.approx(uniform, rel=1e-3)


def test_a_long_foil_resists_with_the_mean_of_foil_and_reaction():
    # gamma = sqrt(3 x 300 / 1) = 30, where coth is 1: 1 x (30 - 1).
    assert collector_excess_ohm_cm2(300.0, 1.0) == pytest.approx(29.0)
