"""The door for given designs: the reference's answers, row by row, whatever stands in the other rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lcopt.evaluation
from lcopt.errors import ScenarioError
from lcopt.evaluation import evaluate

DATA = Path(__file__).parent / "data"
# Whole layers and the reference's own stopping rule differ by up to this (see the reference's noise floor).
LAYER_NOISE = 6e-4
COST_NOISE = 1e-4
# How many passes a converged design takes part in depends on its batch.
SOLVER_NOISE = 1e-7
GEOMETRY = (
    "positive_thickness_um",
    "pack_mass_kg",
    "pack_volume_l",
    "cell_mass_g",
    "cell_thickness_mm",
    "sustained_heat_w",
)


@pytest.fixture(scope="module")
def reference():
    return pd.read_csv(DATA / "cost_designs.csv")


@pytest.fixture(scope="module")
def inputs(reference):
    return reference[["id", *(name for name in reference if name.startswith("in_"))]]


@pytest.fixture(scope="module")
def answers(inputs):
    return evaluate(inputs, conventions="batpac-5.1")


def changed(inputs, **cells):
    """The first designs of the table with some cells of the second row replaced."""
    frame = inputs.head(3).astype(object).copy()
    for column, value in cells.items():
        frame[column] = frame.get(column, pd.Series(index=frame.index, dtype=object))
        frame.loc[frame.index[1], column] = value
    return frame


def test_the_reference_is_reproduced_from_its_inputs(reference, answers):
    assert (answers["problem"] == "").all()
    assert list(answers["thickness_limited_by"]) == list(reference["thickness_limited_by"])
    for name in GEOMETRY:
        np.testing.assert_allclose(answers[name], reference[name], rtol=2 * LAYER_NOISE, err_msg=name)
    for name in (column for column in reference if column.startswith(("labor_", "capital_", "area_", "loaded_"))):
        np.testing.assert_allclose(answers[name], reference[name], rtol=LAYER_NOISE, err_msg=name)
    for name in ("cell_cost_usd", "module_cost_usd", "pack_cost_usd", "battery_system_cost_usd"):
        np.testing.assert_allclose(answers[name], reference[name], rtol=COST_NOISE, err_msg=name)


def test_rows_keep_their_order_index_and_id(inputs, answers):
    shuffled = inputs.sample(frac=1.0, random_state=1)
    again = evaluate(shuffled, conventions="batpac-5.1")
    assert list(again.index) == list(shuffled.index)
    assert list(again["id"]) == list(shuffled["id"])
    pd.testing.assert_frame_equal(again.sort_index(), answers, rtol=SOLVER_NOISE)


def test_a_design_does_not_depend_on_its_neighbors(inputs, answers):
    alone = evaluate(inputs.iloc[[17]], conventions="batpac-5.1")
    pd.testing.assert_frame_equal(alone, answers.iloc[[17]], rtol=SOLVER_NOISE)


def test_batches_do_not_change_the_answers(inputs, answers, monkeypatch):
    monkeypatch.setattr(lcopt.evaluation, "BATCH_SIZE", 7)
    pd.testing.assert_frame_equal(evaluate(inputs, conventions="batpac-5.1"), answers, rtol=SOLVER_NOISE)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"in_chemistry": "Unobtainium"}, "in_chemistry: 'Unobtainium' is not known"),
        ({"in_chemistry": None}, "in_chemistry is blank"),
        ({"in_pack_power_kw": "much"}, "in_pack_power_kw: 'much' is not a number"),
        ({"in_pack_energy_kwh": float("nan")}, "in_pack_energy_kwh is blank"),
        ({"in_pack_energy_kwh": float("inf")}, "not a finite number above 0"),
        ({"in_cell_yield_pct": 0.0}, "in_cell_yield_pct"),
        ({"in_cells_in_parallel": 1.5}, "whole numbers"),
        ({"in_cells_per_module": 13, "in_cells_in_parallel": 2}, "do not divide"),
        ({"in_vehicle_type": "tank"}, "in_vehicle_type: 'tank' is not known"),
        ({"in_pack_capacity_ah": 250.0}, "give in_pack_energy_kwh"),
        ({"in_sourcing": "beg"}, "in_house, buy_cells, buy_modules"),
    ],
)
def test_a_row_that_cannot_be_evaluated_says_why_and_stops_no_other(inputs, answers, cells, words):
    found = evaluate(changed(inputs, **cells), conventions="batpac-5.1")
    assert words in found["problem"].iloc[1]
    numbers = found.select_dtypes("float")
    assert numbers.iloc[1].isna().all()
    assert found["charging_time_met"].isna().tolist() == [False, True, False]
    for row in (0, 2):
        np.testing.assert_allclose(numbers.iloc[row], answers[numbers.columns].iloc[row], rtol=SOLVER_NOISE)


@pytest.mark.parametrize(
    "cells",
    [
        {"in_cells_per_module": 1e300, "in_cells_in_parallel": 1.0},
        {"in_modules_in_row": 1e12},
        {"in_cell_yield_pct": 1e-300},
        {"in_soc_upper_pct": 20.0, "in_soc_lower_pct": 60.0},
        {"in_pack_power_kw": 10**400},
        {"in_charge_time_min": 10**400},
        {"in_pack_energy_kwh": complex(60.0, 1.0)},
    ],
)
def test_numbers_far_out_are_problems_of_their_row(inputs, answers, cells):
    given = evaluate(changed(inputs, **cells), conventions="batpac-5.1").reset_index(drop=True)
    assert given["problem"].tolist()[::2] == ["", ""]
    assert given["problem"][1]
    assert given.select_dtypes("float").loc[1].isna().all()
    alone = evaluate(inputs.head(3), conventions="batpac-5.1").reset_index(drop=True)
    assert given["pack_cost_usd"].to_numpy()[::2] == pytest.approx(alone["pack_cost_usd"].to_numpy()[::2], rel=1e-9)


def test_a_module_of_one_group_of_cells_has_a_price(inputs):
    few = inputs.head(3).assign(in_cells_per_module=[1, 3, 6], in_cells_in_parallel=[1, 3, 3])
    given = evaluate(few, conventions="batpac-5.1")
    cost = given["cost_cell_interconnects_usd_per_module"].to_numpy()
    assert np.isfinite(given["pack_cost_usd"]).all()
    assert cost[0] == 0.0
    assert 0.0 < cost[1] < cost[2]


def test_a_table_of_bad_rows_alone_has_answers_too(inputs):
    found = evaluate(inputs.head(2).assign(in_pack_power_kw=np.nan))
    assert list(found["problem"]) == ["in_pack_power_kw is blank"] * 2
    assert found["pack_cost_usd"].isna().all()


def test_missing_and_unknown_columns_are_errors_that_name_them(inputs):
    frame = inputs.drop(columns=["in_pack_power_kw", "in_chemistry"]).assign(in_color="red")
    with pytest.raises(ScenarioError) as caught:
        evaluate(frame)
    paths = {problem.path for problem in caught.value.problems}
    assert paths == {"in_pack_power_kw", "in_chemistry", "in_color"}


def test_unknown_conventions_are_an_error(inputs):
    with pytest.raises(ScenarioError, match="choose batpac-5"):
        evaluate(inputs, conventions="other")


def test_blank_cells_take_the_defaults_of_the_reference(inputs):
    defaults = {
        "in_vehicle_type": "EV",
        "in_calculate_charging": "Yes",
        "in_charge_time_min": 60.0,
        "in_discharge_temperature_c": 30.0,
        "in_packs_per_year": 500000.0,
        "in_cell_yield_pct": 95.0,
        "in_operating_days": 320.0,
        "in_utilization_pct": 100.0,
        "in_utilization_method": 1.0,
        "in_packs_per_vehicle": 1.0,
        "in_packs_connection": "P",
        "in_pack_margins": "Yes",
        "in_sourcing": "in_house",
    }
    plain = inputs.head(4).drop(columns=[column for column in defaults if column in inputs])
    pd.testing.assert_frame_equal(evaluate(plain), evaluate(plain.assign(**defaults)), rtol=1e-12)


def test_bought_cells_other_margins_and_a_half_sold_plant_change_the_price(inputs):
    base = inputs.head(1)
    plain = evaluate(base)["pack_cost_usd"].iloc[0]
    assert evaluate(base.assign(in_sourcing="buy_cells"))["pack_cost_usd"].iloc[0] > plain
    assert evaluate(base.assign(in_pack_margins="No"))["pack_cost_usd"].iloc[0] < plain
    idle = base.assign(in_utilization_method=3, in_utilization_pct=50)
    assert evaluate(idle)["pack_cost_usd"].iloc[0] > plain


def test_a_given_thickness_is_kept(inputs):
    found = evaluate(inputs.head(3).assign(in_positive_thickness_override_um=50.0))
    np.testing.assert_allclose(found["positive_thickness_um"], 50.0)
    assert set(found["thickness_limited_by"]) == {"Thickness Override"}


def test_two_packs_cost_two_packs_and_their_integration(inputs):
    two = evaluate(inputs.head(3).assign(in_packs_per_vehicle=2))
    difference = two["battery_system_cost_usd"] - 2 * two["pack_cost_usd"]
    np.testing.assert_allclose(difference, two["cost_vehicle_integration_usd_per_system"])
    assert (two["cost_vehicle_integration_usd_per_system"] > two["cost_additions_to_ac_usd_per_system"]).all()


def test_the_corrected_conventions_change_the_answer_and_are_the_default(inputs, answers):
    corrected = evaluate(inputs)
    pd.testing.assert_frame_equal(corrected, evaluate(inputs, conventions="lcopt"))
    assert not np.allclose(corrected["pack_cost_usd"], answers["pack_cost_usd"])
