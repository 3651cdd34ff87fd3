"""Charging time: against the electrochemical runs, at its limits, and in its directions."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcopt.performance.charging import (
    ChargedCells,
    charge,
    heat_capacity_j_per_k_ah,
    isothermal_areal_capacity,
    isothermal_minutes,
    rate_cap_per_h,
    read_charging_model,
    read_charging_sets,
)
from lcopt.performance.charging_inverse import largest_areal_capacity

DATA = Path(__file__).parents[1] / "data" / "charging"
WINDOW = (0.1, 0.8)
SETS = ("OKane2022", "Ecker2015", "Prada2013", "Mohtat2020")


def rows(name):
    with (DATA / name).open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def model(catalog):
    return read_charging_model(catalog)


@pytest.fixture(scope="session")
def cells(catalog):
    """Builds cells of one set; every property may be an array."""

    def build(name="OKane2022", areal=3.0, speed=1.0, heat=10.0, cap=4.0):
        arrays = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(item, dtype=float)) for item in (areal, speed, heat, cap))
        )
        sets = read_charging_sets(catalog, [name]).take(np.zeros(arrays[0].size, dtype=np.int64))
        return ChargedCells(sets, *arrays)

    return build


def without_ceiling(model, **constants):
    return replace(model, constants=replace(model.constants, temperature_ceiling_deg_c=np.inf, **constants))


@pytest.mark.parametrize(
    ("name", "median", "p90", "largest"),
    [
        ("OKane2022", 0.005, 0.010, 0.013),
        ("Ecker2015", 0.010, 0.024, 0.044),
        ("Prada2013", 0.002, 0.004, 0.005),
        ("Mohtat2020", 0.004, 0.02, 0.026),
    ],
)
def test_isothermal_minutes_follow_the_charge_map(cells, model, name, median, p90, largest):
    runs = [row for row in rows("charge_map_pybamm.csv") if row["param_set"] == name]
    areal, temperature, minutes = (
        np.array([float(row[key]) for row in runs]) for key in ("areal_mAh_cm2", "T0_C", "min_10_80_envelope")
    )
    error = np.abs(isothermal_minutes(cells(name, areal, cap=8.0), WINDOW, temperature, model) / minutes - 1)
    assert np.median(error) < median
    assert np.quantile(error, 0.9) < p90
    assert error.max() < largest


@pytest.mark.parametrize(
    ("name", "median", "p90", "largest"), [("OKane2022", 0.045, 0.10, 0.13), ("Ecker2015", 0.04, 0.10, 0.11)]
)
def test_thermal_minutes_follow_the_lumped_runs(cells, model, name, median, p90, largest):
    runs = [row for row in rows("charge_thermal_pybamm.csv") if row["param_set"] == name]
    errors = []
    for row in runs:
        run_model = without_ceiling(model, cooling_rate_per_s=float(row["kcool_1_s"]))
        cell = cells(name, float(row["areal_mAh_cm2"]), heat=float(row["J_K_per_Ah"]), cap=8.0)
        minutes = charge(cell, WINDOW, float(row["T0_C"]), run_model).charging_time_min[0]
        errors.append(abs(minutes / float(row["min_10_80"]) - 1))
    assert np.median(errors) < median
    assert np.quantile(errors, 0.9) < p90
    assert max(errors) < largest


def test_a_cell_held_at_its_temperature_charges_as_the_isothermal_form_without_cap(cells, model):
    # Infinite heat capacity and no cooling: the temperature stays; without a cap both forms are the plating limit.
    cell = cells(heat=1e12, cap=1e9)
    still = without_ceiling(model, cooling_rate_per_s=0.0)
    expected = isothermal_minutes(cell, WINDOW, 10.0, model)
    assert charge(cell, WINDOW, 10.0, still).charging_time_min == pytest.approx(expected, rel=1e-9)


def test_a_cell_without_plating_limit_charges_at_its_cap(cells, model):
    cell = cells("none", cap=4.0)
    # 70 % of the capacity at 4 C: 0.7 / 4 h = 10.5 min
    assert charge(cell, WINDOW, 0.0, model).charging_time_min == pytest.approx(10.5)
    assert isothermal_minutes(cell, WINDOW, 0.0, model) == pytest.approx(10.5)
    assert isothermal_areal_capacity(cell, 11.0, WINDOW, 0.0, model) == np.inf
    assert isothermal_areal_capacity(cell, 10.0, WINDOW, 0.0, model) == 0


def test_adiabatic_heating_is_the_overpotential_times_the_charge(cells, model):
    adiabatic = without_ceiling(model, cooling_rate_per_s=0.0)
    result = charge(cells(heat=10.0, cap=1e9), WINDOW, 0.0, adiabatic)
    # 0.21 V x 0.7 Ah per Ah x 3600 s/h / 10 J/(K Ah) = 52.92 K
    assert result.end_temperature_deg_c == pytest.approx(52.92)


def test_the_window_is_cut_in_steps_that_add_up(cells, model):
    still = without_ceiling(model, cooling_rate_per_s=0.0)
    cell = cells(heat=1e12, cap=1e9)
    parts = [charge(cell, window, 25.0, still).charging_time_min for window in ((0.1, 0.333), (0.333, 0.8))]
    assert sum(parts) == pytest.approx(charge(cell, WINDOW, 25.0, still).charging_time_min)


def test_beyond_the_profile_its_end_slopes_go_on_and_a_warning_is_due(model):
    progress = model.progress_frac(np.array([0.0, 0.05, 0.1, 0.8, 0.85, 0.9]))
    assert progress == pytest.approx([-0.06, -0.03, 0, 1, 1.13, 1.26])
    assert not model.window_is_extrapolated((0.05, 0.85))
    assert model.window_is_extrapolated((0.0, 0.8))
    assert model.window_is_extrapolated((0.1, 0.9))


def test_an_areal_capacity_beyond_the_fit_is_marked(cells, model):
    result = charge(cells(areal=[1.0, 3.0, 6.0]), WINDOW, 25.0, model)
    assert result.areal_capacity_extrapolated.tolist() == [True, False, True]


def test_caps_by_power_current_and_rating(model):
    # 350 kW / 70 kWh = 5; 500 A / 100 Ah = 5 -> with 200 Ah 2.5; rating 4
    energy, capacity = np.array([70.0, 70.0, 20.0]), np.array([100.0, 200.0, 50.0])
    assert rate_cap_per_h(energy, capacity, np.full(3, 6.0), 350.0, 500.0).tolist() == [5.0, 2.5, 6.0]
    # 2.7 kg x 1.0 J/(g K) / 135 Ah = 20 J/(K Ah)
    assert heat_capacity_j_per_k_ah(np.array([2700.0]), np.array([135.0]), model.constants) == pytest.approx(20)


def test_at_the_ceiling_heating_equals_cooling(cells, model):
    # Hot start at 60 degC: the temperature stays, and each step takes sqrt(heat x plating-limited time / cooling).
    result = charge(cells(cap=1e9), WINDOW, 60.0, model)
    assert result.peak_temperature_deg_c == pytest.approx(60)
    assert result.ceiling_reached.all()
    constants = model.constants
    limited_s = (
        60
        * np.diff(model.progress_frac(np.linspace(0.1, 0.8, 71)))
        * isothermal_minutes(cells(cap=1e9), WINDOW, 60.0, model)
    )
    heat_k = constants.overpotential_v * 36 / 10.0
    cooling_k_per_s = constants.cooling_rate_per_s * (60 - constants.coolant_temperature_deg_c)
    expected_min = np.sqrt(heat_k * limited_s / cooling_k_per_s).sum() / 60
    assert result.charging_time_min[0] == pytest.approx(expected_min, rel=1e-9)


def test_without_cooling_a_charge_at_the_ceiling_never_ends(cells, model):
    uncooled = replace(model, constants=replace(model.constants, cooling_rate_per_s=0.0))
    assert charge(cells(areal=4.0, heat=8.0), WINDOW, 40.0, uncooled).charging_time_min[0] == np.inf


areals = st.floats(1.2, 5.5)
speeds = st.floats(0.7, 2.2)
heats = st.floats(8.0, 25.0)
caps = st.floats(1.0, 8.0)
starts = st.floats(-20.0, 45.0)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SETS), areals, st.floats(0.01, 1.0), speeds, heats, caps, starts)
def test_a_thicker_coating_never_charges_faster(cells, model, name, areal, more, speed, heat, cap, start):
    result = charge(cells(name, [areal, areal + more], speed, heat, cap), WINDOW, start, model).charging_time_min
    assert result[1] >= result[0] * (1 - 1e-9)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SETS), areals, speeds, st.floats(0.01, 1.0), heats, caps, starts)
def test_a_faster_class_never_charges_slower(cells, model, name, areal, speed, more, heat, cap, start):
    result = charge(cells(name, areal, [speed, speed + more], heat, cap), WINDOW, start, model).charging_time_min
    assert result[1] <= result[0] * (1 + 1e-9)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SETS), areals, speeds, heats, caps, starts, st.floats(0.1, 20))
def test_a_warmer_start_never_charges_slower_below_the_ceiling(
    cells, model, name, areal, speed, heat, cap, start, more
):
    cell = cells(name, [areal, areal], speed, heat, cap)
    result = charge(cell, WINDOW, np.array([start, start + more]), model)
    if not result.ceiling_reached.any():
        assert result.charging_time_min[1] <= result.charging_time_min[0] * (1 + 1e-9)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SETS), areals, speeds, heats, caps, st.floats(-20.0, 60.0))
def test_the_ceiling_holds(cells, model, name, areal, speed, heat, cap, start):
    result = charge(cells(name, areal, speed, heat, cap), WINDOW, start, model)
    assert result.peak_temperature_deg_c[0] <= model.constants.temperature_ceiling_deg_c + 1e-9
    assert result.end_temperature_deg_c[0] <= result.peak_temperature_deg_c[0]
    assert result.charging_time_min[0] >= 60 * 0.7 / cap * (1 - 1e-9)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SETS), areals, speeds, caps, st.floats(-10.0, 50.0))
def test_the_isothermal_inverse_is_exact(cells, model, name, areal, speed, cap, temperature):
    cell = cells(name, areal, speed, cap=cap)
    minutes = isothermal_minutes(cell, WINDOW, temperature, model)
    back = isothermal_areal_capacity(cell, minutes, WINDOW, temperature, model)
    # Where the cap rules, minutes hardly move with the coating, so the way back loses digits.
    assert isothermal_minutes(
        replace(cell, areal_capacity_mah_per_cm2=back), WINDOW, temperature, model
    ) == pytest.approx(minutes, rel=1e-7)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SETS), speeds, caps, starts, st.lists(st.floats(6.0, 60.0), min_size=1, max_size=6))
def test_the_bracketed_inverse_meets_the_limit_and_no_more_would(cells, model, name, speed, cap, start, limits):
    limit = np.array(limits)

    def minutes(areal):
        # Thin coatings hold more inactive mass per ampere hour.
        return charge(cells(name, areal, speed, 6 + 8 / areal, cap), WINDOW, start, model).charging_time_min

    low, high = np.full(limit.size, 1.0), np.full(limit.size, 5.5)
    best = largest_areal_capacity(minutes, limit, low, high)
    found = np.isfinite(best)
    assert (minutes(low)[~found] > limit[~found]).all()
    safe = np.where(found, best, low)
    assert (minutes(safe)[found] <= limit[found]).all()
    inside = found & (best < high)
    assert (minutes(safe + 1e-5)[inside] > limit[inside]).all()


def test_batches_and_single_designs_agree(cells, model):
    generator = np.random.default_rng(3)
    areal, speed = generator.uniform(1.5, 5.5, 50), generator.uniform(0.7, 2, 50)
    heat, cap = generator.uniform(8, 25, 50), generator.uniform(1, 8, 50)
    together = charge(cells("OKane2022", areal, speed, heat, cap), WINDOW, 35.0, model).charging_time_min
    alone = [
        charge(cells("OKane2022", *properties), WINDOW, 35.0, model).charging_time_min[0]
        for properties in zip(areal, speed, heat, cap, strict=True)
    ]
    assert together == pytest.approx(alone, rel=1e-14)
