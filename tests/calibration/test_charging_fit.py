"""Charges that the model made with known parameters give these parameters back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lcopt.calibration import calibrate_charging
from lcopt.calibration.charging_runs import CHARGING, charging_runs
from lcopt.calibration.measured_files import read_measurements
from lcopt.errors import ScenarioError

LFP, NMC = "LFP-G (Energy)", "NMC811-G (Energy)"
COLD = (-20, -10, 0, 10, 25)


def row(start: float = 25, minutes: float = 30, **others) -> dict[str, object]:
    return {
        "chemistry": LFP,
        "areal_capacity_mah_per_cm2": 3,
        "start_temperature_deg_c": start,
        "soc_from_pct": 10,
        "soc_to_pct": 80,
        "charging_time_min": minutes,
        "rate_max_per_h": 8,
        **others,
    }


SELF_HEATING = {
    "cell_mass_g": 2700,
    "cell_capacity_ah": 135,
    "coolant_temperature_deg_c": 5,
    "cooling_rate_per_s": 2e-3,
}


def made(rows, write, catalog, speed: float, shift: float, names=None):
    """The same rows with the minutes that the model gives them."""
    measured = read_measurements(write(rows), CHARGING, catalog)
    names = names or ["Prada2013"] * len(rows)
    runs = charging_runs(measured, names, 4.0, catalog)
    minutes = runs.minutes(speed, np.full(len(runs.set_names), shift))
    return [{**one, "charging_time_min": float(value)} for one, value in zip(rows, minutes, strict=True)]


def value_of(calibration, name: str) -> float:
    return next(item.value for item in calibration.fitted if item.packaged.keys["name"] == name)


@pytest.mark.parametrize("heat", [{}, SELF_HEATING], ids=["held", "self-heating"])
def test_a_speed_factor_comes_back(heat, write, catalog):
    rows = [row(25, areal_capacity_mah_per_cm2=loading, **heat) for loading in (2, 2.5, 3, 3.5)]
    found = calibrate_charging(write(made(rows, write, catalog, 1.37, 0.0)), catalog)
    assert value_of(found, "speed_factor") == pytest.approx(1.37, rel=1e-5)
    assert [item.packaged.keys["name"] for item in found.fitted] == ["speed_factor"]
    assert found.errors("after").max() < 1e-5
    assert found.errors("before").min() > 0.1
    assert any("activation energies of Prada2013 are kept" in note for note in found.notes)


@pytest.mark.parametrize("heat", [{}, SELF_HEATING], ids=["held", "self-heating"])
def test_cold_charges_give_the_activation_energies_as_well(heat, write, catalog):
    rows = [row(start, soc_to_pct=soc, **heat) for start in COLD for soc in (50, 80)]
    found = calibrate_charging(write(made(rows, write, catalog, 0.8, 4.0)), catalog)
    packaged = {item.packaged.keys["name"]: item.packaged.value for item in found.fitted}
    assert value_of(found, "speed_factor") == pytest.approx(0.8, rel=1e-4)
    for name in ("kinetic_activation_kj_per_mol", "electrolyte_activation_kj_per_mol"):
        assert value_of(found, name) == pytest.approx(packaged[name] + 4, rel=1e-4)


def noisy(rows, rng) -> list[dict[str, object]]:
    return [{**one, "charging_time_min": one["charging_time_min"] * rng.lognormal(0, 0.03)} for one in rows]


def test_the_range_holds_the_truth_about_nine_times_of_ten_and_more_rows_narrow_it(write, catalog):
    rng = np.random.default_rng(5)
    few = made([row(areal_capacity_mah_per_cm2=q) for q in (2, 2.5, 3, 3.5)], write, catalog, 1.2, 0.0)
    speeds = [calibrate_charging(write(noisy(few, rng)), catalog).fitted[0] for _ in range(40)]
    assert 0.75 <= np.mean([speed.low < 1.2 < speed.high for speed in speeds]) <= 0.99
    many = calibrate_charging(write(noisy(few * 10, rng)), catalog).fitted[0]
    assert many.high / many.low < np.median([speed.high / speed.low for speed in speeds])


def test_the_order_of_rows_does_not_matter(write, catalog):
    rows = made([row(start, soc_to_pct=70) for start in COLD], write, catalog, 1.1, 2.0)
    there, back = (calibrate_charging(write(order), catalog) for order in (rows, rows[::-1]))
    assert [item.value for item in there.fitted] == pytest.approx([item.value for item in back.fitted], rel=1e-6)


def test_slower_charges_give_a_lower_speed_factor(write, catalog):
    rows = [row(25, areal_capacity_mah_per_cm2=loading) for loading in (2, 2.5, 3)]
    made_rows = made(rows, write, catalog, 1.0, 0.0)
    slower = [{**one, "charging_time_min": 1.3 * one["charging_time_min"]} for one in made_rows]
    assert value_of(calibrate_charging(write(slower), catalog), "speed_factor") < 0.95


def test_rows_that_tell_nothing_are_left_out_with_their_reason(write, catalog):
    rows = made([row(25, areal_capacity_mah_per_cm2=loading) for loading in (2, 2.5, 3)], write, catalog, 1.37, 0.0)
    # 70 % of the charge in 4 minutes is 10.5 C; the test allowed 8 C.
    rows += [row(25, 4), row(25, 20, chemistry="LMO-LTO (Energy)")]
    found = calibrate_charging(write(rows), catalog)
    assert value_of(found, "speed_factor") == pytest.approx(1.37, rel=1e-5)
    assert list(found.left_out["line"]) == [5, 6]
    assert "faster than 8 C" in found.left_out["reason"][0]
    assert "has no plating limit" in found.left_out["reason"][1]
    assert "line 5: faster than 8 C" in found.text()


def test_too_few_rows_are_an_error_with_the_reasons(write, catalog):
    with pytest.raises(ScenarioError, match=r"2 of 3 rows can be used; expected at least 3; line 4: faster than"):
        calibrate_charging(write([row(25, 30), row(25, 31), row(25, 4)]), catalog)


def test_the_class_and_the_set_can_be_chosen(write, catalog):
    rows = [row(25, areal_capacity_mah_per_cm2=loading, chemistry="") for loading in (2, 2.5, 3)]
    written = made(rows, write, catalog, 1.7, 0.0, names=["Ecker2015"] * 3)
    found = calibrate_charging(write(written), catalog, technology_class="super", charging_set="Ecker2015")
    assert found.fitted[0].packaged.keys == {"technology_class": "super", "name": "speed_factor"}
    assert found.fitted[0].value == pytest.approx(1.7, rel=1e-5)
    with pytest.raises(ScenarioError, match="no technology class 'supre'; did you mean 'super'"):
        calibrate_charging(write(written), catalog, technology_class="supre", charging_set="Ecker2015")
    with pytest.raises(ScenarioError, match="no charging_set 'Eckr2015'; did you mean 'Ecker2015'"):
        calibrate_charging(write(written), catalog, charging_set="Eckr2015")
    with pytest.raises(ScenarioError, match=r":2:1: error: chemistry: no value; .* or give --set NAME"):
        calibrate_charging(write(written), catalog)


def test_a_class_that_overtakes_another_is_told(write, catalog):
    rows = made([row(25, areal_capacity_mah_per_cm2=loading) for loading in (2, 2.5, 3)], write, catalog, 1.9, 0.0)
    notes = calibrate_charging(write(rows), catalog).notes
    assert any("the class 'super' has the speed factor 1.5 and is no longer faster than 'standard'" in n for n in notes)


def test_several_sets_share_one_speed_factor_and_each_is_told(write, catalog):
    loadings = (2, 2.5, 3)
    rows = [row(25, areal_capacity_mah_per_cm2=q, chemistry=name) for name in (LFP, NMC) for q in loadings]
    names = ["Prada2013"] * 3 + ["OKane2022"] * 3
    found = calibrate_charging(write(made(rows, write, catalog, 1.37, 0.0, names)), catalog)
    assert value_of(found, "speed_factor") == pytest.approx(1.37, rel=1e-5)
    assert any("by set: Prada2013 1.00, OKane2022 1.00" in note for note in found.notes)


def test_a_charger_caps_the_rate(write, catalog):
    free = row(25, charger_power_kw="", pack_energy_kwh="")
    capped = row(25, charger_power_kw=30, pack_energy_kwh=60)
    measured = read_measurements(write([free, capped]), CHARGING, catalog)
    runs = charging_runs(measured, ["Prada2013"] * 2, 4.0, catalog)
    assert list(runs.rate_cap_per_h) == [8.0, 0.5]
    # 70 % at half a C take 84 minutes at least.
    assert runs.minutes(1e3, np.zeros(1))[1] == pytest.approx(84)


def test_rows_taken_are_predicted_as_before(write, catalog):
    rows = [row(start, **(SELF_HEATING if start > 0 else {})) for start in COLD]
    measured = read_measurements(write(rows), CHARGING, catalog)
    runs = charging_runs(measured, ["Prada2013"] * len(rows), 4.0, catalog)
    index = np.array([4, 0, 2])
    assert runs.take(index).minutes(1.1, np.zeros(1)) == pytest.approx(runs.minutes(1.1, np.zeros(1))[index])
    warmer = replace(runs, start_temperature_deg_c=runs.start_temperature_deg_c + 10)
    assert (warmer.minutes(1.1, np.zeros(1)) < runs.minutes(1.1, np.zeros(1))).all()
