"""Capacity fade: against the published curves, and in its directions."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcopt.performance.aging import (
    Stress,
    fade_under,
    fast_charge_factor,
    linear_fade,
    read_fade_table,
    read_published_table,
    stacked_fade,
    stress_is_extrapolated,
    yearly_fade,
)
from lcopt.performance.rate_grids import RateGrid
from lcopt.performance.sigmoid_aging import read_sigmoid_table, sigmoid_fade_under

DATA = Path(__file__).parents[1] / "data" / "aging"
LAWS = ("Lfp_Gr_250AhPrismatic", "NMC_Gr_50Ah_B2")
ALL_LAWS = (
    *LAWS,
    "NMC_Gr_50Ah_B1",
    "NMC_Gr_75Ah_A",
    "Nca_Gr_Panasonic3Ah",
    "Nmc811_GrSi_LGM50_5Ah",
    "Nmc811_GrSi_LGMJ1_4Ah",
)
# Mean state of charge, depth of discharge and active C-rate of the duties of the published curves.
DUTIES = {
    "private_15Mm_AC": (0.625, 0.35, 0.185),
    "taxi_80Mm_AC1x62": (0.61, 0.62, 0.18),
    "taxi_80Mm_DC1x62": (0.61, 0.62, 0.745),
    "taxi_80Mm_DC2x31": (0.75, 0.31, 0.745),
    "stationary_1cpd_80dod": (0.55, 0.80, 0.20),
}


def curves():
    with (DATA / "life_curves_blast.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def tables(catalog):
    return {law: read_fade_table(catalog, law) for law in ALL_LAWS}


@pytest.fixture(scope="session")
def published(catalog):
    return {law: read_published_table(catalog, law) for law in ALL_LAWS}


@pytest.mark.parametrize("row", curves(), ids=lambda row: f"{row['model']}-{row['duty']}-{row['T_C']}")
def test_curves_of_the_published_model_within_0009(published, row):
    stress = Stress(float(row["T_C"]), *DUTIES[row["duty"]])
    fade = yearly_fade(fade_under(published[row["model"]], stress), np.array([float(row["EFC_per_yr"])]))
    for year in range(16):
        assert fade.soh_frac(float(year))[0] == pytest.approx(float(row[f"SOH_y{year}"]), abs=0.009)


def test_every_law_of_the_catalog_is_tested_here(catalog):
    assert set(catalog.table("fade_laws").words("fade_law")) == set(ALL_LAWS)


def test_the_sigmoid_of_the_source_is_a_tanh(catalog):
    """2 limit (1/2 - 1/(1 + e^z)) with z = (rate t)^exponent, at 25 degC, 0.6 and ten years; cycles add."""
    table = read_sigmoid_table(catalog, "Lfp_Gr_SonyMurata3Ah")
    fade = sigmoid_fade_under(table, Stress(25.0, 0.6, 0.5, 0.5))
    z = (table.law.calendar_rate_per_d * 3650.0) ** fade.calendar_exponent
    expected = 2 * fade.calendar_limit_frac * (0.5 - 1 / (1 + np.exp(z)))
    assert fade.calendar_loss_frac(3650.0) == pytest.approx(expected, rel=1e-12)
    assert fade.time_d_at(float(expected)) == pytest.approx(3650.0)
    assert fade.cycles_count_at(float(fade.cycle_loss_frac(800.0))) == pytest.approx(800.0)
    assert fade.calendar_loss_frac(1e12) == pytest.approx(fade.calendar_limit_frac)


def test_grid_points_come_out_as_tabulated(catalog, tables):
    for law in LAWS:
        row = catalog.table("fade_rates").one(
            fade_law=law, part="cycle", temperature_deg_c="25.0", soc_frac="", dod_frac="0.8", rate_per_h="0.5"
        )
        fade = fade_under(tables[law], Stress(25.0, 0.5, 0.8, 0.5))
        factor = tables[law].law.cycle_calibration_factor
        assert fade.cycle_coefficient_frac[0] == pytest.approx(factor * row.value, rel=1e-12)


def test_between_grid_points_the_logarithm_is_linear():
    """Rates 1 and 4 at 0 and 10 degC give 2 at 5 degC; 1 and 9 along the other axis give 2 x 3 in the middle."""
    logs = np.log(np.array([[1.0, 9.0], [4.0, 36.0]]))
    grid = RateGrid(("temperature_deg_c", "soc_frac"), (np.array([0.0, 10.0]), np.array([0.0, 1.0])), logs)
    assert grid.at(np.array([5.0, 5.0, 20.0]), np.array([0.0, 0.5, 0.0])) == pytest.approx([2, 6, 4])
    assert not grid.covers(11.0, 0.5)


def test_rates_hold_where_the_source_lets_them_fall_with_heat():
    """A fall from 4 at 10 degC to 1 at 20 degC becomes 2 at 15 degC and ever after."""
    axes = (np.array([0.0, 10.0, 20.0, 30.0]), np.array([0.0, 1.0]))
    grid = RateGrid(("temperature_deg_c", "soc_frac"), axes, np.log(np.tile([[1.0], [4.0], [1.0], [3.0]], 2)))
    held = grid.rising_from(15.0)
    assert held.at(np.array([5.0, 10.0, 15.0, 20.0, 30.0]), 0.5) == pytest.approx([2, 4, 2, 2, 3])


def test_outside_the_grid_the_edge_holds_and_is_told(tables):
    table = tables[LAWS[0]]
    edge, beyond = Stress(45.0, 0.5, 0.5, 0.5), Stress(60.0, 0.5, 0.5, 0.5)
    assert not stress_is_extrapolated(table, edge)
    assert stress_is_extrapolated(table, beyond)
    assert fade_under(table, beyond) == fade_under(table, edge)


def test_linear_fade_loses_the_same_every_year():
    fade = yearly_fade(linear_fade(0.03, 1.2), np.array([100.0]))
    assert fade.loss_frac(np.array([0.0, 1.0, 10.0])) == pytest.approx([0, 0.036, 0.36])
    assert fade.soh_frac(100.0)[0] == 0
    assert [fade.soh_frac(year)[0] for year in (0, 1, 2)] == pytest.approx([1, 0.964, 0.928])


def test_fast_charging_ages_by_its_multiplier_alone(tables):
    assert fast_charge_factor(0.8, 1.0) == pytest.approx(1.8)
    stress = Stress(25.0, 0.61, 0.62, 0.18)
    slow = stacked_fade([fade_under(tables[law], stress) for law in LAWS])
    fast = stacked_fade([fade_under(tables[law], stress, 1.8) for law in LAWS])
    assert fast.factor == pytest.approx(1.8 * slow.factor)
    assert np.array_equal(fast.cycle_coefficient_frac, slow.cycle_coefficient_frac)
    assert fast.take(np.array([1, 1, 0])).calendar_exponent.tolist() == [0.584, 0.584, 0.526]


@settings(max_examples=60)
@given(
    st.sampled_from(ALL_LAWS),
    st.floats(-10, 45),
    st.floats(0.1, 1),
    st.floats(0.1, 1),
    st.floats(0.05, 2),
    st.floats(0, 300),
    st.floats(0, 20),
    st.floats(0.01, 5),
)
def test_soh_falls_with_age_and_use(tables, law, temperature, soc, dod, rate, cycles, age, more):
    fade = fade_under(tables[law], Stress(temperature, soc, dod, rate))
    used = yearly_fade(fade, np.array([cycles, cycles + more]))
    assert used.soh_frac(0.0).tolist() == [1, 1]
    assert (used.soh_frac(age + more) <= used.soh_frac(age)).all()
    assert used.soh_frac(age)[1] <= used.soh_frac(age)[0]


@settings(max_examples=60)
@given(
    st.sampled_from(ALL_LAWS),
    st.floats(25, 60),
    st.floats(0, 20),
    st.floats(0.1, 1),
    st.floats(0.1, 1),
    st.floats(0.05, 2),
    st.floats(0, 400),
    st.floats(0, 20),
)
def test_above_25_degc_a_hotter_cell_never_lives_longer(tables, law, cool, hotter, soc, dod, rate, cycles, age):
    soh = [
        yearly_fade(fade_under(tables[law], Stress(at, soc, dod, rate)), np.array([cycles])).soh_frac(age)[0]
        for at in (cool, cool + hotter)
    ]
    assert soh[1] <= soh[0] + 1e-12
