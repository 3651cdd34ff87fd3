"""Cold stops: against the table of the note, at their limits, and in their directions."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcopt.performance.charging import ChargedCells, charge, read_charging_model, read_charging_sets
from lcopt.performance.cold import (
    Heaters,
    cold_charging,
    heat_capacity_of_pack_kj_per_k,
    read_heaters,
)

DATA = Path(__file__).parents[1] / "data" / "charging"
WINDOW = (0.1, 0.8)
COLD = np.array([-20.0, -10.0, 0.0])
# The pack of the note: 80 kWh, 480 kg.
PACK_KG = 480.0
# Minutes from -20, -10 and 0 degC: set, areal capacity, heat capacity, speed -> no heat, warm loop (method note, 6).
LFP = {
    1.0: ([88, 55, 36], [34, 30, 26]),
    1.5: ([58, 37, 24], [25, 22, 19]),
    2.2: ([40, 25, 16], [20, 17, 14]),
}
# Of the ternary cells: no heat, 6 kW, 20 kW (both before the charge only), warm loop.
TERNARY = {
    1.0: ([56, 37, 26], [48, 37, 26], [29, 26, 22], [30, 27, 23]),
    1.4: ([40, 27, 19], [38, 27, 19], [24, 21, 17], [23, 20, 17]),
    2.2: ([26, 18, 13], [26, 18, 13], [20, 16, 13], [17, 14, 12]),
}


@pytest.fixture(scope="session")
def model(catalog):
    """With the steps of a cold stop in all marches, so that they can be compared."""
    read = read_charging_model(catalog)
    return replace(read, constants=replace(read.constants, soc_step_frac=read.constants.cold_soc_step_frac))


@pytest.fixture(scope="session")
def capacity(model):
    return heat_capacity_of_pack_kj_per_k(np.array([PACK_KG]), model.constants)


@pytest.fixture(scope="session")
def cells(catalog):
    def build(name="OKane2022", areal=3.0, speed=1.0, heat=10.0, cap=8.0, rate=1e-3):
        arrays = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(item, dtype=float)) for item in (areal, speed, heat, cap))
        )
        sets = read_charging_sets(catalog, [name]).take(np.zeros(arrays[0].size, dtype=np.int64))
        return ChargedCells(sets, *arrays, cooling_rate_per_s=rate)

    return build


def heater(power_kw, *, while_charging=False, efficiency=1.0):
    power = np.atleast_1d(np.asarray(power_kw, dtype=float))
    ones = np.ones(power.size)
    return Heaters(power, 0.35 * ones, 15 * ones, efficiency * ones, np.full(power.size, while_charging))


def stop_min(*asked):
    return cold_charging(*asked).stop_time_min


def minutes(cells_, power_kw, capacity, model, **how):
    return np.array([stop_min(cells_, WINDOW, start, heater(power_kw, **how), capacity, model)[0] for start in COLD])


@pytest.mark.parametrize("speed", sorted(LFP))
def test_stops_of_lfp_follow_the_note(cells, model, capacity, speed):
    lfp = cells("Prada2013", 2.5, speed, 20.0)
    without, looped = LFP[speed]
    assert minutes(lfp, 0.0, capacity, model) == pytest.approx(without, rel=0.04)
    assert minutes_of_a_warm_loop(lfp, model) == pytest.approx(looped, rel=0.06)


def minutes_of_a_warm_loop(cells_, model):
    return np.array([charge(cells_, WINDOW, start, model).charging_time_min[0] for start in COLD])


@pytest.mark.parametrize("speed", sorted(TERNARY))
def test_stops_of_ternary_cells_are_those_of_the_note_less_what_its_form_is_slow(cells, model, capacity, speed):
    # The table was made with the power mean of plating limit and cap at every step, which the same note finds 7-12 %
    # slow and tells not to use: below, that form gives the table, and is further off the electrochemical model.
    ternary = cells(speed=speed)
    found = [minutes(ternary, power, capacity, model) for power in (0.0, 6.0, 20.0)]
    found.append(minutes_of_a_warm_loop(ternary, model))
    for row, table in zip(found, TERNARY[speed], strict=True):
        assert (row <= np.array(table) * 1.01).all()
        assert row == pytest.approx(table, rel=0.13 if speed == 1.0 else 0.2)
    # What heat saves is the same share.
    for row, table in zip(found[1:], TERNARY[speed][1:], strict=True):
        assert row / found[0] == pytest.approx(np.array(table) / TERNARY[speed][0], rel=0.1)


def minutes_of_the_superseded_form(sets, areal, speed, start, heat, rate, cap, model):
    """A scalar charge with the power mean of plating limit and cap at every step, and 0.19 V throughout."""
    constants = model.constants
    temperature, seconds = start + 273.15, 0.0
    profile = [0, 0.06, 0.15, 0.264, 0.394, 0.545, 0.74, 1]
    for share in np.diff(np.interp(np.linspace(0.1, 0.8, 71), model.profile_soc_frac, profile)):
        cold = 1000 * (1 / temperature - 1 / 298.15) / constants.gas_constant_j_per_mol_k
        limited = 42 / speed * sets.kinetic_resistance_h * np.exp(sets.kinetic_activation_kj_per_mol * cold) + (
            42 / speed * sets.electrolyte_resistance_h * (areal / 3) ** sets.loading_exponent
        ) * np.exp(sets.electrolyte_activation_kj_per_mol * cold)
        power = sets.cap_exponent
        step = 60 * share * float(((limited**power + (42 / cap) ** power) ** (1 / power))[0])
        temperature += 0.19 * 36 / heat - rate * (temperature - 298.15) * step
        seconds += step
    return seconds / 60


def test_the_table_of_the_note_comes_from_a_form_that_is_further_off_the_electrochemical_model(cells, model):
    sets = cells().sets
    for speed, (without, *_, looped) in TERNARY.items():
        for start, expected, warm in zip(COLD, without, looped, strict=True):
            found = minutes_of_the_superseded_form(sets, 3.0, speed, start, 10.0, 0.0, 6.0, model)
            assert found == pytest.approx(expected, rel=0.05)
            found = minutes_of_the_superseded_form(sets, 3.0, speed, start, 10.0, 1e-3, 6.0, model)
            assert found == pytest.approx(warm, rel=0.07)
    with (DATA / "charge_thermal_pybamm.csv").open() as file:
        runs = [row for row in csv.DictReader(file) if row["param_set"] == "OKane2022" and float(row["T0_C"]) < 0]
    areal, start, rate, heat, measured = (
        np.array([float(row[key]) for row in runs])
        for key in ("areal_mAh_cm2", "T0_C", "kcool_1_s", "J_K_per_Ah", "min_10_80")
    )
    ours = charge(cells(areal=areal, heat=heat, rate=rate), WINDOW, start, model).charging_time_min
    theirs = [
        minutes_of_the_superseded_form(sets, *run, 8.0, model)
        for run in zip(areal, np.ones(areal.size), start, heat, rate, strict=True)
    ]
    assert np.median(np.abs(ours / measured - 1)) < 0.025
    assert np.median(np.abs(np.array(theirs) / measured - 1)) > 0.05


def test_without_heater_cold_cells_warm_themselves_only(cells, model, capacity):
    # Below the loop's set point nothing flows, so a charge that stays below is an adiabatic one.
    cell = cells("Prada2013", heat=30.0)
    stop = cold_charging(cell, WINDOW, -25.0, heater(0.0), capacity, model)
    still = charge(replace(cell, cooling_rate_per_s=0.0), WINDOW, -25.0, model)
    assert still.peak_temperature_deg_c[0] < model.constants.coolant_temperature_deg_c
    assert stop.stop_time_min == pytest.approx(still.charging_time_min, rel=1e-12)
    assert (stop.heat_kwh, stop.preheating_time_min, stop.preheat_temperature_deg_c) == (0, 0, -25)


def test_an_endless_heater_heats_at_once_or_holds_the_loop(cells, model, capacity):
    # Before the charge it makes the search end at the best start; during it, the loop is that of `charge`.
    cell = cells()
    highest = cold_charging(cell, WINDOW, -20.0, heater(1e9), capacity, model)
    starts = np.arange(-20.0, 41.0, 5.0)
    warm = [stop_min(cell, WINDOW, start, heater(0.0), capacity, model)[0] for start in starts]
    assert highest.stop_time_min[0] == pytest.approx(min(warm), rel=1e-6)
    assert highest.preheat_temperature_deg_c[0] == starts[int(np.argmin(warm))]
    looped = charge(cell, WINDOW, -20.0, model).charging_time_min
    late = replace(model, constants=replace(model.constants, preheat_temperature_max_deg_c=-20.0))
    held = cold_charging(cell, WINDOW, -20.0, heater(1e9, while_charging=True), capacity, late)
    assert held.stop_time_min == pytest.approx(looped, rel=1e-12)


def test_heat_by_hand(cells, model, capacity):
    # 438 kg x 0.85 kJ/(kg K) x 45 K / 3600 = 4.65 kWh: the note's 4.7 kWh from -20 to 25 degC for 55 kWh of LFP
    lfp = heat_capacity_of_pack_kj_per_k(np.array([438.0]), model.constants)
    assert lfp[0] * 45 / 3600 == pytest.approx(4.654, abs=0.001)
    # 480 kg: 408 kJ/K; 20 kW at 0.9 give 18 kW / 408 kJ/K = 2.647 K/min
    stop = cold_charging(cells(), WINDOW, -20.0, heater(20.0, efficiency=0.9), capacity, model)
    warmed_k = stop.preheat_temperature_deg_c + 20
    assert warmed_k > 0
    assert stop.preheating_time_min == pytest.approx(warmed_k / (18 / 408 * 60))
    assert stop.heat_kwh == pytest.approx(warmed_k * 408 / 0.9 / 3600)
    assert stop.stop_time_min == pytest.approx(stop.preheating_time_min + stop.charging_time_min)


def test_heat_while_charging_is_counted(cells, model, capacity):
    # A slow LFP cell below the set point all the time takes the whole power of a small heater.
    cell = cells("Prada2013", areal=3.5, speed=0.7, heat=60.0)
    late = replace(model, constants=replace(model.constants, preheat_temperature_max_deg_c=-30.0))
    stop = cold_charging(cell, WINDOW, -30.0, heater(0.5, while_charging=True), capacity, late)

    assert stop.heat_kwh == pytest.approx(0.5 * stop.charging_time_min / 60, rel=1e-9)


def test_a_pack_heated_on_the_way_arrives_warm_and_pays_for_it(cells, model, capacity):
    stop = cold_charging(cells(), WINDOW, -20.0, heater(6.0), capacity, model, 30.0)
    # The note has 13.0 min from 30 degC on.
    assert stop.stop_time_min[0] == pytest.approx(12.0, abs=1.2)
    assert stop.heat_kwh == pytest.approx(408 * 50 / 3600)
    unheated = cold_charging(cells(), WINDOW, -20.0, heater(0.0), capacity, model, 30.0)
    assert unheated.stop_time_min == stop_min(cells(), WINDOW, -20.0, heater(0.0), capacity, model)
    assert unheated.heat_kwh == 0


def test_the_heaters_of_the_catalog(catalog):
    heaters = read_heaters(catalog, ["none", "ptc_6kw", "ptc_12kw", "pulse_20kw"])
    assert heaters.power_kw.tolist() == [0, 6, 12, 20]
    assert heaters.mass_kg == pytest.approx([0, 2.1, 4.2, 7.0])
    assert heaters.price_usd_per_unit == pytest.approx([0, 90, 180, 300])
    assert heaters.heats_while_charging.tolist() == [False, True, True, False]
    assert heaters.take(np.array([3, 0])).power_kw.tolist() == [20, 0]


areals, speeds, heats = st.floats(1.2, 5.5), st.floats(0.7, 2.2), st.floats(8.0, 25.0)
names = st.sampled_from(["OKane2022", "Ecker2015", "Prada2013"])


@settings(max_examples=50, deadline=None)
@given(names, areals, speeds, heats, st.floats(-30.0, 10.0), st.floats(0.5, 20.0), st.floats(1.01, 3.0), st.booleans())
def test_a_stronger_heater_never_prolongs_the_stop(
    cells, model, capacity, name, areal, speed, heat, start, power, more, while_charging
):
    cell = cells(name, [areal] * 3, speed, heat)
    # Without ceiling: a pack that is heated too far has to wait there for its coolant.
    free = replace(model, constants=replace(model.constants, temperature_ceiling_deg_c=np.inf))
    heaters = heater([0.0, power, power * more], while_charging=while_charging)
    stops = stop_min(cell, WINDOW, start, heaters, capacity, free)
    assert stops[1] <= stops[0] * (1 + 1e-9)
    assert stops[2] <= stops[1] * (1 + 1e-9)


@settings(max_examples=50, deadline=None)
@given(names, areals, st.floats(0.01, 1.0), speeds, heats, st.floats(-30.0, 10.0), st.floats(0.0, 20.0), st.booleans())
def test_a_thicker_coating_never_shortens_the_stop(
    cells, model, capacity, name, areal, more, speed, heat, start, power, while_charging
):
    cell = cells(name, [areal, areal + more], speed, heat)
    stops = stop_min(cell, WINDOW, start, heater([power] * 2, while_charging=while_charging), capacity, model)
    assert stops[1] >= stops[0] * (1 - 1e-9)


@settings(max_examples=30, deadline=None)
@given(names, areals, speeds, heats, st.floats(-30.0, 5.0), st.floats(0.1, 10.0))
def test_without_heater_a_colder_pack_is_never_faster(cells, model, capacity, name, areal, speed, heat, start, more):
    cell = cells(name, [areal, areal], speed, heat)
    free = replace(model, constants=replace(model.constants, temperature_ceiling_deg_c=np.inf))
    stops = stop_min(cell, WINDOW, np.array([start, start + more]), heater([0.0] * 2), capacity, free)
    assert stops[1] <= stops[0] * (1 + 1e-9)


def test_designs_of_a_batch_do_not_see_each_other(cells, model, capacity):
    powers = np.array([0.0, 6.0, 12.0, 20.0])
    together = cold_charging(cells(areal=[2.0, 3.0, 4.0, 5.0]), WINDOW, -20.0, heater(powers), capacity, model)
    for place, power in enumerate(powers):
        alone = cold_charging(cells(areal=2.0 + place), WINDOW, -20.0, heater(power), capacity, model)
        assert alone.stop_time_min[0] == pytest.approx(together.stop_time_min[place], rel=1e-14)
        assert alone.heat_kwh[0] == pytest.approx(together.heat_kwh[place], rel=1e-14)
