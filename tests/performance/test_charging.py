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
    rate_cap_per_h,
    read_charging_model,
    read_charging_sets,
)
from lcopt.performance.isothermal import isothermal_minutes

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
    ("name", "median", "p90", "largest"), [("OKane2022", 0.02, 0.04, 0.05), ("Ecker2015", 0.02, 0.06, 0.1)]
)
def test_thermal_minutes_follow_the_lumped_runs(cells, model, name, median, p90, largest):
    runs = [row for row in rows("charge_thermal_pybamm.csv") if row["param_set"] == name]
    start, rate, areal, heat, minutes, hottest = (
        np.array([float(row[key]) for row in runs])
        for key in ("T0_C", "kcool_1_s", "areal_mAh_cm2", "J_K_per_Ah", "min_10_80", "T_max_C")
    )
    cell = replace(cells(name, areal, heat=heat, cap=8.0), cooling_rate_per_s=rate)
    result = charge(cell, WINDOW, start, without_ceiling(model))
    errors = np.abs(result.charging_time_min / minutes - 1)
    assert np.abs(result.peak_temperature_deg_c - hottest).max() < 8.5
    assert np.median(np.abs(result.peak_temperature_deg_c - hottest)) < 1.7
    assert np.median(errors) < median
    assert np.quantile(errors, 0.9) < p90
    assert errors.max() < largest


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


def test_adiabatic_heating_is_the_overpotential_times_the_charge(cells, model):
    same = {"kinetic_overpotential_v": 0.2, "electrolyte_overpotential_v": 0.2}
    adiabatic = without_ceiling(model, cooling_rate_per_s=0.0, **same)
    # The window lies around the middle, so the fall cancels: 0.2 V x 0.7 Ah per Ah x 3600 s/h / 10 J/(K Ah) = 50.4 K
    result = charge(cells(heat=10.0, cap=1e9), WINDOW, 0.0, adiabatic)
    assert result.end_temperature_deg_c == pytest.approx(50.4)
    # From 10 to 45 % it is higher by half of 0.35 times the fall.
    half = charge(cells(heat=10.0, cap=1e9), (0.1, 0.45), 0.0, adiabatic)
    mean_v = 0.2 + 0.175 * model.constants.overpotential_fall_v
    assert half.end_temperature_deg_c == pytest.approx(mean_v * 0.35 * 360)


def test_the_heat_weighs_kinetics_and_electrolyte_by_their_share(cells, model):
    # The electrolyte's share at 25 degC and 3 mAh/cm2 is B / (A + B).
    set_ = cells().sets
    share = set_.electrolyte_resistance_h / (set_.kinetic_resistance_h + set_.electrolyte_resistance_h)
    flat = {"overpotential_fall_v": 0.0, "kinetic_overpotential_v": 0.1, "electrolyte_overpotential_v": 0.3}
    still = without_ceiling(model, cooling_rate_per_s=0.0, **flat)
    warmer = charge(cells(heat=1e6, cap=1e9), WINDOW, 25.0, still).end_temperature_deg_c - 25
    assert warmer == pytest.approx((0.1 + 0.2 * share) * 0.7 * 3600 / 1e6, rel=1e-4)


def test_the_window_is_cut_in_steps_that_add_up(cells, model):
    still = without_ceiling(model, cooling_rate_per_s=0.0)
    cell = cells(heat=1e12, cap=1e9)
    parts = [charge(cell, window, 25.0, still).charging_time_min for window in ((0.1, 0.333), (0.333, 0.8))]
    assert sum(parts) == pytest.approx(charge(cell, WINDOW, 25.0, still).charging_time_min)


def test_beyond_the_profile_its_end_slopes_go_on_and_a_warning_is_due(model):
    profile = np.array([[0, 0.06, 0.15, 0.264, 0.394, 0.545, 0.74, 1], np.linspace(0, 1, 8)])
    progress = model.progress_frac(profile, np.array([0.0, 0.05, 0.1, 0.15, 0.8, 0.85, 0.9]))
    assert progress[:, 0] == pytest.approx([-0.06, -0.03, 0, 0.03, 1, 1.13, 1.26])
    assert progress[:, 1] == pytest.approx((np.array([0.0, 0.05, 0.1, 0.15, 0.8, 0.85, 0.9]) - 0.1) / 0.7)
    assert not model.window_is_extrapolated((0.05, 0.85))
    assert model.window_is_extrapolated((0.0, 0.8))
    assert model.window_is_extrapolated((0.1, 0.9))
    assert [model.start_temperature_is_extrapolated(start) for start in (-25.0, -20.0, 50.0, 55.0)] == [1, 0, 0, 1]


def test_every_set_has_a_profile_that_rises_from_nothing_to_all_and_unknown_ones_take_the_default(catalog, model):
    sets = read_charging_sets(catalog, [*SETS, "Chen2020", "none"])
    profile = sets.time_frac
    assert profile.shape == (6, model.profile_soc_frac.size)
    assert (profile[:, 0] == 0).all()
    assert (profile[:, -1] == 1).all()
    assert (np.diff(profile) > 0).all()
    assert profile[-1].tolist() == [0, 0.06, 0.15, 0.264, 0.394, 0.545, 0.74, 1]


def test_an_areal_capacity_beyond_the_fit_is_marked(cells, model):
    result = charge(cells(areal=[1.0, 3.0, 6.0]), WINDOW, 25.0, model)
    assert result.areal_capacity_extrapolated.tolist() == [True, False, True]


def test_caps_by_power_current_and_rating(model):
    # 350 kW / 70 kWh = 5; 500 A / 100 Ah = 5 -> with 200 Ah 2.5; rating 4
    energy, capacity = np.array([70.0, 70.0, 20.0]), np.array([100.0, 200.0, 50.0])
    assert rate_cap_per_h(energy, capacity, np.full(3, 6.0), 350.0, 500.0).tolist() == [5.0, 2.5, 6.0]
    # A pack above the charger's voltage does not charge there.
    voltage = np.array([350.0, 800.0, 501.0])
    assert rate_cap_per_h(energy, capacity, np.full(3, 6.0), 350.0, 500.0, voltage, 500.0).tolist() == [5.0, 0.0, 0.0]
    # 2.7 kg x 1.0 J/(g K) / 135 Ah = 20 J/(K Ah)
    assert heat_capacity_j_per_k_ah(np.array([2700.0]), np.array([135.0]), model.constants) == pytest.approx(20)


def test_a_pack_that_the_charger_cannot_reach_never_charges(cells, model):
    cell = replace(cells(areal=[3.0, 3.0], cap=[0.0, 4.0]), cooling_rate_per_s=0.0)
    for minutes in (charge(cell, WINDOW, 0.0, model).charging_time_min, isothermal_minutes(cell, WINDOW, 0.0, model)):
        assert np.isinf(minutes).tolist() == [True, False]


def test_at_the_ceiling_heating_equals_cooling(cells, model):
    # Hot start at 60 degC: the temperature stays, and each step takes sqrt(heat x plating-limited time / cooling).
    result = charge(cells(cap=1e9), (0.1, 0.5), 60.0, model)
    assert result.peak_temperature_deg_c == pytest.approx(60)
    assert result.end_temperature_deg_c == pytest.approx(60)
    assert result.ceiling_reached.all()
    constants = model.constants
    edges, sets = np.linspace(0.1, 0.5, 41), cells().sets
    cold = 1 / 333.15 - 1 / 298.15
    seconds = [
        0.7 * 3600 * resistance * np.exp(activation * 1000 / constants.gas_constant_j_per_mol_k * cold)
        for resistance, activation in (
            (sets.kinetic_resistance_h, sets.kinetic_activation_kj_per_mol),
            (sets.electrolyte_resistance_h, sets.electrolyte_activation_kj_per_mol),
        )
    ]
    share = np.diff(model.progress_frac(sets.time_frac, edges)[:, 0])
    kinetic_s, electrolyte_s = seconds[0] * share, seconds[1] * share
    fallen = constants.overpotential_fall_v * ((edges[1:] + edges[:-1]) / 2 - 0.45)
    heat_k_s = 3.6 * (
        kinetic_s * (constants.kinetic_overpotential_v - fallen)
        + electrolyte_s * (constants.electrolyte_overpotential_v - fallen)
    )
    cooling_k_per_s = constants.cooling_rate_per_s * (60 - constants.coolant_temperature_deg_c)
    expected_min = np.sqrt(heat_k_s / cooling_k_per_s).sum() / 60
    assert result.charging_time_min[0] == pytest.approx(expected_min, rel=1e-9)


def test_without_cooling_a_charge_at_the_ceiling_never_ends(cells, model):
    uncooled = replace(model, constants=replace(model.constants, cooling_rate_per_s=0.0))
    assert charge(cells(areal=4.0, heat=8.0), WINDOW, 40.0, uncooled).charging_time_min[0] == np.inf


areals = st.floats(1.2, 5.5)
speeds = st.floats(0.7, 2.2)
heats = st.floats(8.0, 25.0)
caps = st.floats(1.0, 8.0)
starts = st.floats(-20.0, 45.0)
rates = st.floats(0.0, 4e-3)
coolants = st.floats(-20.0, 35.0)


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


def loop(cell, rate, coolant):
    return replace(cell, cooling_rate_per_s=rate, coolant_temperature_deg_c=coolant)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SETS), areals, st.floats(0.01, 1.0), speeds, heats, caps, starts, rates, coolants)
def test_a_thicker_coating_never_charges_faster_under_any_cooling(
    cells, model, name, areal, more, speed, heat, cap, start, rate, coolant
):
    cell = loop(cells(name, [areal, areal + more], speed, heat, cap), rate, coolant)
    for chosen in (model, without_ceiling(model)):
        thin, thick = charge(cell, WINDOW, start, chosen).charging_time_min
        assert thick >= thin * (1 - 1e-9)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(SETS), areals, speeds, heats, caps, starts, st.floats(0.1, 20), rates, coolants)
def test_without_ceiling_a_colder_start_never_charges_faster(
    cells, model, name, areal, speed, heat, cap, start, more, rate, coolant
):
    cell = loop(cells(name, [areal, areal], speed, heat, cap), rate, coolant)
    minutes = charge(cell, WINDOW, np.array([start, start + more]), without_ceiling(model)).charging_time_min
    assert minutes[1] <= minutes[0] * (1 + 1e-9)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SETS), areals, speeds, caps, starts, st.floats(0.1, 20))
def test_at_one_temperature_colder_is_never_faster(cells, model, name, areal, speed, cap, start, more):
    cell = cells(name, [areal, areal], speed, cap=cap)
    minutes = isothermal_minutes(cell, WINDOW, np.array([start, start + more]), model)
    assert minutes[1] <= minutes[0] * (1 + 1e-9)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SETS), areals, speeds, heats, caps, st.floats(1e-4, 5e-4), st.floats(1.05, 2.0))
def test_at_the_ceiling_more_cooling_is_never_slower(cells, model, name, areal, speed, heat, cap, rate, more):
    cell = loop(cells(name, [areal, areal], speed, heat, cap), np.array([rate, rate * more]), 25.0)
    result = charge(cell, (0.1, 0.4), 60.0, model)
    if result.end_temperature_deg_c.min() >= 60 - 1e-9:
        assert result.charging_time_min[1] <= result.charging_time_min[0] * (1 + 1e-9)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SETS), areals, speeds, heats, caps, starts, rates, coolants)
def test_smaller_steps_hardly_move_the_time(cells, model, name, areal, speed, heat, cap, start, rate, coolant):
    cell = loop(cells(name, areal, speed, heat, cap), rate, coolant)
    fine = replace(model, constants=replace(model.constants, soc_step_frac=0.001))
    coarse, finer = (charge(cell, WINDOW, start, without_ceiling(item)).charging_time_min for item in (model, fine))
    assert coarse == pytest.approx(finer, rel=0.01)


def test_cooling_and_coolant_are_those_of_each_design(cells, model):
    rates_, coolants_ = np.array([0.0, 6e-4, 2e-3]), np.array([25.0, 10.0, 30.0])
    together = charge(loop(cells(areal=[3.0] * 3), rates_, coolants_), WINDOW, 20.0, model)
    for place, (rate, coolant) in enumerate(zip(rates_, coolants_, strict=True)):
        constants = replace(model.constants, cooling_rate_per_s=rate, coolant_temperature_deg_c=coolant)
        alone = charge(cells(), WINDOW, 20.0, replace(model, constants=constants))
        assert alone.charging_time_min[0] == pytest.approx(together.charging_time_min[place], rel=1e-14)
        assert alone.peak_temperature_deg_c[0] == pytest.approx(together.peak_temperature_deg_c[place], rel=1e-14)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SETS), areals, speeds, heats, caps, st.floats(-20.0, 60.0))
def test_the_ceiling_holds(cells, model, name, areal, speed, heat, cap, start):
    result = charge(cells(name, areal, speed, heat, cap), WINDOW, start, model)
    assert result.peak_temperature_deg_c[0] <= model.constants.temperature_ceiling_deg_c + 1e-9
    assert result.end_temperature_deg_c[0] <= result.peak_temperature_deg_c[0]
    assert result.charging_time_min[0] >= 60 * 0.7 / cap * (1 - 1e-9)


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
