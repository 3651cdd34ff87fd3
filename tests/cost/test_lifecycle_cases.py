"""Lifecycle cases come out as their contract says: the reference cases, and an oracle in plain loops."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifecycle_oracle import IRR_UNSURE, answer
from made_lifecycle_cases import replaced_cases, whole_cases

import lcopt
from lcopt.errors import ScenarioError
from lcopt.lifecycle_cases import read_lifecycle_case

DATA = Path(__file__).parents[1] / "data"
CASES = sorted((DATA / "lifecycle_cases").glob("*.yaml"))


POWER = {
    "law": "power",
    "calendar_coefficient_frac": 0.1,
    "calendar_exponent": 0.5,
    "cycle_coefficient_frac": 0.1,
    "cycle_exponent": 0.5,
}


def approx(expected):
    """Relative 1e-6 at every depth; lists of mappings and None stay as they are."""
    if isinstance(expected, dict):
        return {key: approx(value) for key, value in expected.items()}
    if isinstance(expected, list):
        return [approx(value) for value in expected]
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return pytest.approx(expected, rel=1e-6, abs=1e-9)
    return expected


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_key_of_a_reference_case_comes_out(path):
    expected = json.loads(path.with_suffix("").with_suffix(".expected.json").read_text())
    result = lcopt.lifecycle_case(read_lifecycle_case(path))
    assert list(result) == list(expected)
    assert result == approx(expected)
    json.dumps(result, allow_nan=False)


@pytest.mark.parametrize(("chemistry", "name"), [("LFP", "private_car_lfp"), ("NMC", "private_car_nmc")])
def test_worked_example_of_the_private_car(chemistry, name):
    golden = json.loads((DATA / "lifecycle_golden.json").read_text())["ex1"][chemistry]
    result = lcopt.lifecycle_case(DATA / "lifecycle_cases" / f"{name}.yaml")
    assert result["lifecycle_cost_usd"] == pytest.approx(golden["LCC"], rel=1e-6)
    assert result["soh_by_year"][8] == pytest.approx(golden["SOH8"], abs=1e-6)
    assert result["annuity_usd_per_yr"] == pytest.approx(golden["annuity"], rel=1e-6)
    assert result["present_value_by_component_usd"]["energy"] == pytest.approx(golden["PV_energy"], rel=1e-6)


@pytest.mark.parametrize(
    ("rule", "key"), [("none", "none"), ("linear_time", "linear_time_HOMER_REopt"), ("market", "recycling_only")]
)
def test_worked_example_of_the_fleet_under_other_residual_rules(rule, key):
    golden = json.loads((DATA / "lifecycle_golden.json").read_text())["ex2"]["LCC_by_residual_convention"][key]
    case = read_mapping("ride_hailing_taxed") | {"residual_rule": rule}
    assert lcopt.lifecycle_case(case)["lifecycle_cost_usd"] == pytest.approx(golden, abs=0.006)


def read_mapping(name):
    import yaml

    return yaml.safe_load((DATA / "lifecycle_cases" / f"{name}.yaml").read_text())


def test_an_operator_finds_its_return_and_none_where_there_is_none():
    case = read_mapping("battery_as_a_service")
    case["ownership"] = {"model": "lease", "lessor_discount_rate_frac": 0.07}
    assert lcopt.lifecycle_case(case)["lessor_irr_frac"] == pytest.approx(0.07, rel=1e-9)
    case["ownership"]["fee_usd_per_month"] = 0
    case["recycling_value_usd_per_kwh"] = 0
    result = lcopt.lifecycle_case(case)
    assert result["lessor_irr_frac"] is None
    assert result["payback_months"] is None


def test_a_fee_that_only_just_covers_the_running_costs_never_pays_back():
    case = read_mapping("battery_as_a_service")
    case["ownership"] = {"model": "battery_as_a_service", "lessor_operations_usd_per_yr": 147.7}
    # 147.7 / 12 is no binary number: fee less operations leaves 1e-15, not zero.
    case["ownership"]["fee_usd_per_month"] = math.nextafter(147.7 / 12, 100)
    assert lcopt.lifecycle_case(case)["payback_months"] is None
    case["ownership"]["fee_usd_per_month"] = 147.7 / 12 + 1
    # 75 kWh at 96 USD/kWh by 1 USD a month
    assert lcopt.lifecycle_case(case)["payback_months"] == pytest.approx(7200)


def test_equal_values_of_both_routes_are_recycling():
    case = read_mapping("swap") | {"residual_rule": "market", "recycling_value_usd_per_kwh": 0}
    # Half of 60 USD/kWh less 30 for repurposing is nothing, as recycling is.
    case["second_life"] = {
        "new_storage_price_usd_per_kwh": 60,
        "used_discount_factor": 1,
        "health_factor": 0.5,
        "repurposing_cost_usd_per_kwh": 30,
    }
    assert lcopt.lifecycle_case(case)["end_of_life_routes"] == ["recycling"]
    case["second_life"]["repurposing_cost_usd_per_kwh"] = 29
    assert lcopt.lifecycle_case(case)["end_of_life_routes"] == ["second_life"]


def test_a_claim_on_the_last_day_counts_and_one_after_it_does_not():
    case = read_mapping("swap")
    case["warranty"] = {"defect_frac": 0.1, "claim_date_yr": 10}
    late = lcopt.lifecycle_case(case)
    # 1.08 packs of 75 kWh at 96 USD/kWh, 4 % cheaper each year, 5 % mark-up, at 5.5 %; the probability on top of 0.1
    share = 0.1 + late["capacity_claim_probability_frac"]
    cost = 1.08 * share * 75 * 96 * 0.96**10 * 1.05
    assert late["present_value_by_component_usd"]["warranty"] == pytest.approx(cost / 1.055**10)
    case["warranty"]["claim_date_yr"] = 10.01
    beyond = lcopt.lifecycle_case(case)
    assert beyond["present_value_by_component_usd"]["warranty"] == 0
    assert beyond["capacity_claim_probability_frac"] == late["capacity_claim_probability_frac"]


def test_a_thousand_years_are_a_result_or_a_sentence():
    case = read_mapping("lease") | {"horizon_yr": 1000, "discount_rate_frac": 0.05}
    case["ownership"] = {"model": "lease"}
    assert lcopt.lifecycle_case(case)["lessor_irr_frac"] == pytest.approx(0.05)
    case["ownership"]["lessor_discount_rate_frac"] = -0.6
    with pytest.raises(ScenarioError, match="no finite result"):
        lcopt.lifecycle_case(case)


@pytest.mark.parametrize(
    ("name", "fade"),
    [
        ("ride_hailing_taxed", {"law": "linear", "fade_frac_per_yr": 1, "calibration_factor": 1e9}),
        ("private_car_lfp", {**POWER, "calendar_exponent": 1e4}),
    ],
)
def test_numbers_beyond_all_packs_are_an_error_and_no_hang(name, fade):
    with pytest.raises(ScenarioError, match="expected at most 10,000 replacements"):
        lcopt.lifecycle_case(read_mapping(name) | {"fade": fade, "replacement_rule": "continuous"})


def scale_of(result):
    """Largest sum of money in a result; what is smaller by nine orders than it is rounding."""
    parties = [party for party in result["parties"].values() if party is not None]
    flows = [usd for party in parties for usd in party["cash_flow_by_year_usd"]]
    values = [usd for party in parties for usd in party["present_value_by_component_usd"].values()]
    return max(1, *map(abs, flows), *map(abs, values))


def differences(found, wanted, scale, path=""):
    """Places at which a result is not as wanted."""
    if isinstance(wanted, dict):
        if list(found) != list(wanted):
            return [(path, list(found), list(wanted))]
        return [item for key in wanted for item in differences(found[key], wanted[key], scale, f"{path}.{key}")]
    if isinstance(wanted, list):
        if len(found) != len(wanted):
            return [(path, found, wanted)]
        pairs = enumerate(zip(found, wanted, strict=True))
        return [item for number, both in pairs for item in differences(*both, scale, f"{path}.{number}")]
    if found is None or wanted is None or isinstance(wanted, str):
        return [] if found == wanted else [(path, found, wanted)]
    absolute = 1e-9 * scale if "_usd" in path else 1e-9
    return [] if found == pytest.approx(wanted, rel=1e-6, abs=absolute) else [(path, found, wanted)]


@settings(max_examples=250, deadline=None)
@given(st.one_of(whole_cases, replaced_cases))
def test_every_key_of_any_case_agrees_with_plain_loops(case):
    wanted, found = answer(case), lcopt.lifecycle_case(case)
    if wanted["lessor_irr_frac"] == IRR_UNSURE:
        wanted["lessor_irr_frac"] = found["lessor_irr_frac"]
    if (wanted["payback_months"] or 0) > 1e9:
        # A fee that is zero but for rounding, or for the tail of a normal distribution.
        wanted["payback_months"] = found["payback_months"]
    assert differences(found, wanted, scale_of(wanted)) == []


@settings(max_examples=60, deadline=None)
@given(whole_cases)
def test_present_values_and_cash_flows_add_up(case):
    result = lcopt.lifecycle_case(case)
    assert sum(result["present_value_by_component_usd"].values()) == result["lifecycle_cost_usd"]
    absolute = 1e-9 * scale_of(result)
    for year, value in enumerate(result["cash_flow_by_year_usd"]):
        parts = sum(flows[year] for flows in result["cash_flow_by_component_usd"].values())
        assert parts == pytest.approx(value, abs=absolute)
        users = result["parties"]["user"]["cash_flow_by_year_usd"][year]
        lessors = result["parties"]["lessor"]["cash_flow_by_year_usd"][year] if result["parties"]["lessor"] else 0
        assert users + lessors == pytest.approx(value, abs=absolute)


@settings(max_examples=60, deadline=None)
@given(whole_cases)
def test_at_rate_zero_present_values_are_plain_sums(case):
    result = lcopt.lifecycle_case(case | {"discount_rate_frac": 0})
    absolute = 1e-9 * scale_of(result)
    for component, flows in result["cash_flow_by_component_usd"].items():
        assert result["present_value_by_component_usd"][component] == pytest.approx(-math.fsum(flows), abs=absolute)
    assert result["capital_recovery_factor_per_yr"] == 1 / case["horizon_yr"]
    assert result["discounted_km"] == pytest.approx(case["distance_km_per_yr"] * case["horizon_yr"])


@settings(max_examples=60, deadline=None)
@given(whole_cases)
def test_soh_falls_within_each_pack_and_starts_at_one(case):
    result = lcopt.lifecycle_case(case)
    soh = result["soh_by_year"]
    assert soh[0] == 1
    assert all(0 <= value <= 1 for value in soh)
    first = result["replacement_years"][0] if result["replacement_years"] else case["horizon_yr"]
    within = soh[: math.floor(first) + 1]
    assert all(later <= earlier for earlier, later in pairwise(within))
