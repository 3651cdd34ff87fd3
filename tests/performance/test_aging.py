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
    stacked_fade,
    stress_is_extrapolated,
    yearly_fade,
)

DATA = Path(__file__).parents[1] / "data" / "aging"
LAWS = ("Lfp_Gr_250AhPrismatic", "NMC_Gr_50Ah_B2")
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
    return {law: read_fade_table(catalog, law) for law in LAWS}


@pytest.mark.parametrize("row", curves(), ids=lambda row: f"{row['model']}-{row['duty']}-{row['T_C']}")
def test_curves_of_the_published_model_within_0009(tables, row):
    stress = Stress(float(row["T_C"]), *DUTIES[row["duty"]])
    fade = yearly_fade(fade_under(tables[row["model"]], stress), np.array([float(row["EFC_per_yr"])]))
    for year in range(16):
        assert fade.soh_frac(float(year))[0] == pytest.approx(float(row[f"SOH_y{year}"]), abs=0.009)


def test_grid_points_come_out_as_tabulated(catalog, tables):
    for law in LAWS:
        row = catalog.table("fade_rates").one(
            fade_law=law, part="cycle", temperature_deg_c="25.0", soc_frac="", dod_frac="0.8", rate_per_h="0.5"
        )
        fade = fade_under(tables[law], Stress(25.0, 0.5, 0.8, 0.5))
        assert fade.cycle_coefficient_frac[0] == pytest.approx(row.value, rel=1e-12)


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


def test_fast_charging_ages_by_its_multiplier_alone(tables):
    assert fast_charge_factor(0.8, 1.0) == pytest.approx(1.8)
    stress = Stress(25.0, 0.61, 0.62, 0.18)
    slow = stacked_fade([fade_under(tables[law], stress) for law in LAWS])
    fast = stacked_fade([fade_under(tables[law], stress, 1.8) for law in LAWS])
    assert fast.factor == pytest.approx(1.8 * slow.factor)
    assert np.array_equal(fast.cycle_coefficient_frac, slow.cycle_coefficient_frac)
    assert fast.take(np.array([1, 1, 0])).calendar_exponent.tolist() == [0.584, 0.584, 0.526]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(LAWS),
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
