"""Deviations from reference data are those that the model is known for, and bad rows say why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lcopt.errors import ScenarioError
from lcopt.validation import validate

DATA = Path(__file__).parent / "data"
REFERENCE = Path(__file__).parents[1] / "lcopt" / "data" / "reference"


def line(validation, quantity):
    return validation.deviations.set_index("quantity").loc[quantity]


@pytest.fixture(scope="module")
def designs():
    return pd.read_csv(DATA / "cost_designs.csv")


def test_designs_of_the_workbook_agree_within_its_own_noise(designs):
    found = validate("designs", designs)
    assert len(found.deviations) > 100
    assert line(found, "thickness_limited_by")["max"] == 0
    assert line(found, "pack_cost_usd")["max"] < 1e-4
    assert (found.deviations["max"] < 1e-3).all()
    assert found.deviations["cases"].eq(len(designs)).all()
    assert list(found.cases["id"]) == list(designs["id"])


def test_the_packaged_designs_are_the_default():
    found = validate()
    assert line(found, "pack_mass_kg")["cases"] > 1000
    assert line(found, "pack_mass_kg")["max"] < 3e-4
    assert line(found, "pack_cost_usd")["max"] < 5e-5
    assert line(found, "cell_thickness_mm")["max"] < 6e-4


def test_cases_hold_the_input_row_and_the_predictions_beside_it(designs):
    cases = validate("designs", designs.head(5)).cases
    assert set(designs.columns) <= set(cases.columns)
    off = cases["predicted_pack_mass_kg"] / cases["pack_mass_kg"] - 1
    assert off.abs().max() < 1e-3


def test_a_design_that_cannot_be_evaluated_is_left_out_of_the_deviations(designs):
    broken = designs.head(4).astype({"in_pack_power_kw": object})
    broken.loc[2, "in_pack_power_kw"] = "much"
    found = validate("designs", broken)
    assert line(found, "pack_cost_usd")["cases"] == 3
    assert "not a number" in found.cases["problem"].iloc[2]


def test_isothermal_charging_is_within_three_percent_where_the_catalog_has_the_set():
    found = validate("charging")
    minutes = line(found, "min_10_80_envelope")
    assert minutes["cases"] > 80
    assert minutes["median"] < 0.01
    assert minutes["max"] < 0.03
    absent = found.cases["problem"].str.contains("no charging set")
    assert set(found.cases["param_set"][absent]) == {"Chen2020"}


def test_charging_with_self_heating_is_within_an_eighth():
    found = validate("charging-thermal")
    assert line(found, "min_10_80")["median"] < 0.05
    assert line(found, "min_10_80")["max"] < 0.125
    assert line(found, "T_max_C")["measure"] == "absolute"
    assert line(found, "T_max_C")["max"] < 10


def test_life_curves_at_the_active_rate_are_within_a_hundredth():
    curves = pd.read_csv(REFERENCE / "life_curves.csv")
    found = validate("aging", curves[curves["mode"] == "rate"])
    assert line(found, "SOH_y15")["cases"] > 20
    assert (found.deviations["max"] < 0.01).all()
    assert found.cases["problem"].isin(["", "the catalog has no fade law of this cell"]).all()


def test_life_curves_at_the_mean_rate_of_the_day_are_within_four_hundredths():
    curves = pd.read_csv(REFERENCE / "life_curves.csv")
    found = validate("aging", curves[curves["mode"] == "ts"])
    assert (found.deviations["median"] < 0.01).all()
    assert (found.deviations["max"] < 0.04).all()


def test_health_falls_every_year_through_the_change_of_duty():
    curves = pd.read_csv(REFERENCE / "life_curves.csv")
    second = curves[curves["duty"].str.startswith("secondlife") & curves["model"].eq("NMC_Gr_50Ah_B2")]
    cases = validate("aging", second).cases
    years = [f"predicted_SOH_y{year}" for year in range(16)]
    fall = -np.diff(cases[years].to_numpy(), axis=1)
    assert (fall > 0).all()


def test_packs_on_the_market_are_predicted_where_chemistry_and_layout_are_known():
    found = validate("real")
    assert line(found, "pack_kg")["cases"] == 2
    assert line(found, "pack_kg")["max"] < 0.15
    assert line(found, "cell_Wh_kg")["max"] < 0.15
    others = found.cases[found.cases["problem"] != ""]
    assert others["predicted_pack_kg"].isna().all()
    assert others["problem"].str.contains("not modeled|not stated").all()
    assert len(found.cases) == len(pd.read_csv(REFERENCE / "real_packs.csv"))


@pytest.mark.parametrize(("kind", "column"), [("charging", "T0_C"), ("aging", "duty"), ("real", "chemistry")])
def test_a_missing_column_is_an_error_that_names_it(kind, column):
    packaged = {"charging": "charge_map.csv", "aging": "life_curves.csv", "real": "real_packs.csv"}[kind]
    with pytest.raises(ScenarioError, match=column):
        validate(kind, pd.read_csv(REFERENCE / packaged).drop(columns=column))


def test_an_unknown_kind_is_an_error_that_lists_the_known_ones():
    with pytest.raises(ScenarioError, match="charging-thermal"):
        validate("cooking")
