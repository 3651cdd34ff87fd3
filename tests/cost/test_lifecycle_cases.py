"""Lifecycle cases come out as their contract says: the reference cases, and an oracle in plain loops."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifecycle_oracle import answer

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


@pytest.mark.parametrize(
    ("name", "fade"),
    [
        ("ride_hailing_taxed", {"law": "linear", "fade_frac_per_yr": 1, "calibration_factor": 1e9}),
        ("private_car_lfp", {**POWER, "calendar_exponent": 1e4}),
    ],
)
def test_numbers_beyond_all_packs_are_an_error_and_no_hang(name, fade):
    with pytest.raises(ScenarioError, match="magnitudes"):
        lcopt.lifecycle_case(read_mapping(name) | {"fade": fade, "replacement_rule": "continuous"})


shares = st.floats(0, 1)
rates = st.floats(-0.05, 0.2)
prices = st.floats(0, 300)

fades = st.one_of(
    st.fixed_dictionaries(
        {"law": st.just("linear"), "fade_frac_per_yr": st.sampled_from([0.0, 0.02, 0.05, 0.031, 0.3])}
    ),
    st.fixed_dictionaries(
        {
            "law": st.just("power"),
            "calendar_coefficient_frac": st.floats(0, 0.4),
            "calendar_exponent": st.floats(0.3, 1.2),
            "calendar_scale_days": st.just(10000.0),
            "cycle_coefficient_frac": st.floats(0, 0.2),
            "cycle_exponent": st.floats(0.4, 1.3),
            "cycle_scale_efc": st.just(1000.0),
        }
    ),
).flatmap(
    lambda law: st.fixed_dictionaries(
        {"calibration_factor": st.floats(0, 2), "fast_charge_multiplier": st.floats(0.5, 3)}
    ).map(lambda factors: law | factors)
)
tax_common = {"rate_frac": st.floats(0, 0.5), "bonus_frac": shares, "investment_credit_frac": shares}
taxes = st.one_of(
    st.fixed_dictionaries({**tax_common, "schedule": st.sampled_from(["none", "macrs5"])}),
    st.fixed_dictionaries({**tax_common, "schedule": st.just("straight_line"), "years": st.integers(1, 12)}),
    st.fixed_dictionaries({**tax_common, "schedule": st.just("own"), "rates_frac": st.just([0.4, 0.0, 0.35])}),
)
lease = {
    "fee_usd_per_month": st.one_of(st.just("sought"), st.floats(0, 300)),
    "lessor_discount_rate_frac": st.floats(0, 0.2),
    "lessor_operations_usd_per_yr": st.floats(0, 500),
}
service = {**lease, "fee_usd_per_kwh": st.floats(0, 1), "operator_pays_energy": st.booleans()}
owners = st.one_of(
    st.just({"model": "sale"}),
    st.fixed_dictionaries({"model": st.just("lease"), **lease}),
    st.fixed_dictionaries({"model": st.just("battery_as_a_service"), **service}),
    st.fixed_dictionaries(
        {
            "model": st.just("swap"),
            **service,
            "pool_factor": st.floats(1, 1.5),
            "station_capex_usd_per_vehicle": st.floats(0, 3000),
            "station_efficiency_frac": st.floats(0.7, 1),
            "station_energy_price_usd_per_kwh": st.floats(0, 0.5),
            "station_fade_multiplier": st.floats(0.5, 2),
        }
    ),
)
blocks = {
    "second_life": st.fixed_dictionaries(
        {
            "new_storage_price_usd_per_kwh": prices,
            "new_storage_price_decline_frac_per_yr": rates,
            "used_discount_factor": shares,
            "health_factor": shares,
            "repurposing_cost_usd_per_kwh": st.floats(0, 60),
            "soh_min_frac": st.sampled_from([0, 0.7, 0.8]),
            "testable": st.booleans(),
        }
    ),
    "downtime": st.fixed_dictionaries(
        {
            "charging_time_min": st.floats(5, 60),
            "charging_window_frac": st.just([0.1, 0.8]),
            "session_energy_kwh": st.floats(5, 60),
            "overhead_h_per_session": st.floats(0, 0.3),
            "value_usd_per_h": st.floats(0, 40),
            "unproductive_frac": shares,
        }
    ),
    "warranty": st.fixed_dictionaries(
        {
            "defect_frac": shares,
            "claim_date_yr": st.sampled_from([0, 0.5, 4, 7.25, 10, 12]),
            "guaranteed_soh_frac": st.floats(0.5, 0.9),
            "term_yr": st.floats(1, 12),
            "spread_cv": st.floats(0.05, 0.5),
        }
    ),
    "carbon": st.fixed_dictionaries(
        {"making_kg_per_kwh": st.floats(0, 100), "grid_kg_per_kwh": shares, "price_usd_per_t": st.floats(0, 200)}
    ),
    "tax": taxes,
}
whole_cases = st.fixed_dictionaries(
    {
        "lifecycle_case": st.just(1),
        "pack_energy_kwh": st.floats(20, 120),
        "pack_mass_kg": st.floats(150, 800),
        "pack_price_usd_per_kwh": st.floats(40, 300),
        "pack_price_decline_frac_per_yr": rates,
        "replacement_markup_frac": shares,
        "distance_km_per_yr": st.floats(5000, 100000),
        "reference_consumption_kwh_per_km": st.floats(0.1, 0.3),
        "reference_pack_mass_kg": st.floats(200, 600),
        "mass_penalty_kwh_per_100km_per_100kg": st.floats(0, 0.6),
        "dc_share_frac": shares,
        "ac_efficiency_frac": st.floats(0.7, 1),
        "dc_efficiency_frac": st.floats(0.7, 1),
        "ac_price_usd_per_kwh": st.floats(0, 0.5),
        "dc_price_usd_per_kwh": st.floats(0, 0.8),
        "energy_price_escalation_frac_per_yr": rates,
        "inflation_frac_per_yr": rates,
        "discount_rate_frac": rates,
        "horizon_yr": st.integers(1, 20),
        "flow_timing": st.sampled_from(["end", "middle"]),
        "soh_end_of_life_frac": st.sampled_from([0.6, 0.7, 0.75, 0.8]),
        "fade": fades,
        "replacement_rule": st.sampled_from(["integer", "continuous"]),
        "residual_rule": st.sampled_from(["none", "linear_time", "linear_soh", "market"]),
        "recycling_value_usd_per_kwh": st.floats(-20, 20),
        "ownership": owners,
    },
    optional=blocks,
)


def close(expected, scale):
    return pytest.approx(expected, rel=1e-6, abs=1e-9 * scale)


@settings(max_examples=150, deadline=None)
@given(whole_cases)
def test_any_case_agrees_with_plain_loops(case):
    expected, result = answer(case), lcopt.lifecycle_case(case)
    scale = max(1, *(abs(value) for value in expected["cash_flow_by_year_usd"]))
    life = expected["pack_life_yr"]
    assert (result["pack_life_yr"] is None) == (life is None)
    assert life is None or result["pack_life_yr"] == pytest.approx(life, rel=1e-9)
    assert result["replacement_years"] == pytest.approx(expected["replacement_years"], rel=1e-9)
    assert result["end_of_life_routes"] == expected["end_of_life_routes"]
    assert result["residual_value_usd"] == close(expected["residual_value_usd"], scale)
    assert result["lifecycle_cost_usd"] == close(expected["lifecycle_cost_usd"], scale)
    assert result["parties"]["user"]["npv_usd"] == close(expected["user_npv_usd"], scale)
    for component, value in expected["present_value_by_component_usd"].items():
        assert result["present_value_by_component_usd"][component] == close(value, scale), component
    assert result["cash_flow_by_year_usd"] == [close(value, scale) for value in expected["cash_flow_by_year_usd"]]
    if "breakeven_fee_usd_per_month" in expected:
        assert result["breakeven_fee_usd_per_month"] == close(expected["breakeven_fee_usd_per_month"], scale)
        assert result["parties"]["lessor"]["npv_usd"] == close(expected["lessor_npv_usd"], 100 * scale)
        # A yearly surplus that is zero but for rounding gives no payback, or one in millions of months.
        found, wanted = (
            None if months is None or months > 1e6 else months
            for months in (result["payback_months"], expected["payback_months"])
        )
        assert found == (wanted if wanted is None else pytest.approx(wanted, rel=1e-5))


@settings(max_examples=60, deadline=None)
@given(whole_cases)
def test_present_values_and_cash_flows_add_up(case):
    result = lcopt.lifecycle_case(case)
    assert sum(result["present_value_by_component_usd"].values()) == result["lifecycle_cost_usd"]
    scale = max(1, *(abs(value) for value in result["cash_flow_by_year_usd"]))
    for year, value in enumerate(result["cash_flow_by_year_usd"]):
        parts = sum(flows[year] for flows in result["cash_flow_by_component_usd"].values())
        assert parts == close(value, scale)
        users = result["parties"]["user"]["cash_flow_by_year_usd"][year]
        lessors = result["parties"]["lessor"]["cash_flow_by_year_usd"][year] if result["parties"]["lessor"] else 0
        assert users + lessors == close(value, scale)


@settings(max_examples=60, deadline=None)
@given(whole_cases)
def test_at_rate_zero_present_values_are_plain_sums(case):
    result = lcopt.lifecycle_case(case | {"discount_rate_frac": 0})
    scale = max(1, *(abs(value) for value in result["cash_flow_by_year_usd"]))
    for component, flows in result["cash_flow_by_component_usd"].items():
        assert result["present_value_by_component_usd"][component] == close(-math.fsum(flows), scale)
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
