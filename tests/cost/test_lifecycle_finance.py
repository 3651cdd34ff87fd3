"""The money of a lifecycle agrees with numpy-financial, belongs to one party each, and is counted once."""

from __future__ import annotations

import math

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from made_lifecycle_cases import lessor_cases, replaced_cases, whole_cases

import lcopt
from lcopt.cost.discounting import (
    Component,
    FlowTiming,
    Ledger,
    Party,
    Payment,
    Stream,
    capital_recovery_factor_per_yr,
    running_dates_yr,
)
from lcopt.cost.ownership import Ownership, OwnershipModel, internal_rate_of_return, monthly_fee

MODELS = {
    "lease": {},
    "battery_as_a_service": {"fee_usd_per_kwh": 0.1, "operator_pays_energy": True},
    "swap": {"fee_usd_per_kwh": 0.3, "pool_factor": 1.2, "station_capex_usd_per_vehicle": 900},
}
amounts = st.floats(-1e5, 1e5, allow_subnormal=False)
yearly = st.lists(amounts, min_size=1, max_size=25)


def ledger_of(flows):
    """One design whose flows of the years 0, 1, .. are a payment today and a payment each year after."""
    horizon = len(flows) - 1
    first = Payment(Component.PURCHASE, Party.LESSOR, np.array(flows[:1]), np.zeros(1))
    later = Stream(
        Component.FEES,
        Party.LESSOR,
        np.ones(1),
        np.array(flows[1:]),
        running_dates_yr(horizon, FlowTiming.END),
        between_parties=True,
    )
    return Ledger((first, later), count=1, horizon_yr=horizon)


@settings(max_examples=200, deadline=None)
@given(yearly, st.floats(-0.5, 1))
def test_net_present_value_is_that_of_numpy_financial(flows, rate):
    found = ledger_of(flows).net_present_value_usd(rate, Party.LESSOR)[0]
    size = npf.npv(rate, np.abs(flows))
    assert found == pytest.approx(npf.npv(rate, flows), rel=1e-9, abs=1e-12 * size)


@settings(max_examples=100, deadline=None)
@given(st.floats(1, 1e5), st.lists(st.floats(1, 1e4), min_size=1, max_size=25))
def test_the_return_on_one_outlay_is_that_of_numpy_financial(outlay, inflows):
    flows = [-outlay, *inflows]
    wanted = npf.irr(flows)
    assume(abs(wanted + 0.9) > 1e-6)
    assume(abs(wanted - 1) > 1e-6)
    found = internal_rate_of_return(np.arange(len(flows), dtype=float), np.array(flows))
    if -0.9 < wanted < 1:
        assert found == pytest.approx(wanted, rel=1e-6, abs=1e-9)
    else:
        assert found is None


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.just(0), st.floats(-0.5, 1)), st.integers(1, 40))
def test_the_annuity_is_that_of_numpy_financial(rate, years):
    # numpy-financial takes differences of nearly equal powers where the rate is near zero.
    assume(rate == 0 or abs(rate) > 1e-6)
    assert capital_recovery_factor_per_yr(rate, years) == pytest.approx(-npf.pmt(rate, years, 1), rel=1e-8)


@settings(max_examples=100, deadline=None)
@given(st.floats(100, 1e5), st.floats(-0.1, 0.5), st.floats(0, 0.5), st.integers(1, 20))
def test_the_fee_of_an_outlay_is_the_monthly_annuity_of_numpy_financial(outlay, rate, tax_rate, years):
    assume(abs(rate) > 1e-4)
    terms = Ownership(OwnershipModel.LEASE, rate)
    fee = monthly_fee(ledger_of([-outlay, *[0.0] * years]), terms, tax_rate).fee_usd_per_month[0]
    wanted = -npf.pmt((1 + rate) ** (1 / 12) - 1, 12 * years, outlay) / (1 - tax_rate)
    assert fee == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("taxed", [False, True])
def test_the_return_of_a_case_is_that_of_its_monthly_flows(model, taxed):
    case = fleet(model) | {"discount_rate_frac": 0}
    if taxed:
        case["tax"] = {"rate_frac": 0.3, "schedule": "straight_line", "years": 2}
    result = lcopt.lifecycle_case(case)
    fee, tau = result["fee_usd_per_month"], 0.3 if taxed else 0
    # The fee is the same each month; all other flows of this case are at the ends of the years.
    others = np.array(result["parties"]["lessor"]["cash_flow_by_year_usd"])
    others[1:] -= 12 * fee * (1 - tau)
    months = np.zeros(12 * 4 + 1)
    months[::12] = others
    months[1:] += fee * (1 - tau)
    assert result["lessor_irr_frac"] == pytest.approx((1 + npf.irr(months)) ** 12 - 1, rel=1e-6)


def fleet(model):
    """A pack that is replaced after two of four years, rented out for a given fee."""
    return {
        "lifecycle_case": 1,
        "pack_energy_kwh": 60,
        "pack_mass_kg": 400,
        "pack_price_usd_per_kwh": 100,
        "distance_km_per_yr": 40000,
        "reference_consumption_kwh_per_km": 0.17,
        "dc_share_frac": 0.5,
        "ac_efficiency_frac": 0.9,
        "dc_efficiency_frac": 0.95,
        "ac_price_usd_per_kwh": 0.1,
        "dc_price_usd_per_kwh": 0.2,
        "discount_rate_frac": 0.06,
        "horizon_yr": 4,
        "soh_end_of_life_frac": 0.8,
        "fade": {"law": "linear", "fade_frac_per_yr": 0.11},
        "residual_rule": "market",
        "recycling_value_usd_per_kwh": 10,
        "ownership": {"model": model, "fee_usd_per_month": 400, "lessor_operations_usd_per_yr": 60, **MODELS[model]},
    }


def test_payback_by_hand():
    # 60 kWh at 100 USD/kWh, 400 USD a month less 5 for operations
    assert lcopt.lifecycle_case(fleet("lease"))["payback_months"] == pytest.approx(6000 / 395)
    # 40,000 km at 0.17 kWh/km are 6,800 kWh: 680 USD of fees, 6800 (0.5/0.9 0.1 + 0.5/0.95 0.2) USD of energy
    energy = 6800 * (0.5 / 0.9 * 0.1 + 0.5 / 0.95 * 0.2)
    monthly = 400 + (680 - 60 - energy) / 12
    assert lcopt.lifecycle_case(fleet("battery_as_a_service"))["payback_months"] == pytest.approx(6000 / monthly)
    # 1.2 packs and 900 USD of stations; 2,040 USD of fees; energy at the stations from DC: 6800/0.95 0.2 USD
    monthly = 400 + (2040 - 60 - 6800 / 0.95 * 0.2) / 12
    assert lcopt.lifecycle_case(fleet("swap"))["payback_months"] == pytest.approx((1.2 * 6000 + 900) / monthly)


@settings(max_examples=100, deadline=None)
@given(lessor_cases)
def test_at_one_rate_the_parties_share_every_component(case):
    case["ownership"] = case["ownership"] | {"lessor_discount_rate_frac": case["discount_rate_frac"]}
    result = lcopt.lifecycle_case(case)
    user, lessor = (result["parties"][party]["present_value_by_component_usd"] for party in ("user", "lessor"))
    absolute = 1e-9 * max(map(abs, [*user.values(), *lessor.values()]))
    assert user["fees"] == pytest.approx(-lessor["fees"], abs=absolute)
    for component, value in result["present_value_by_component_usd"].items():
        assert user[component] + lessor[component] == pytest.approx(value, abs=absolute), component


@settings(max_examples=60, deadline=None)
@given(lessor_cases, st.sampled_from([-0.1, 0.0, 0.05, 0.15]))
def test_the_break_even_fee_gives_the_lessor_its_return_and_nothing_more(case, rate):
    case["ownership"] = case["ownership"] | {"fee_usd_per_month": "sought", "lessor_discount_rate_frac": rate}
    sought = lcopt.lifecycle_case(case)
    lessor = sought["parties"]["lessor"]
    scale = max(map(abs, lessor["present_value_by_component_usd"].values()))
    assert lessor["npv_usd"] == pytest.approx(0, abs=1e-9 * scale)
    assert sought["lessor_irr_frac"] in (None, pytest.approx(rate, abs=1e-6))
    fee = sought["breakeven_fee_usd_per_month"]
    assume(fee >= 0)
    case["ownership"] = case["ownership"] | {"fee_usd_per_month": fee + 10}
    given_fee = lcopt.lifecycle_case(case)
    assert given_fee["breakeven_fee_usd_per_month"] == fee
    # A constant fee moves money between the parties and costs the two together nothing.
    assert given_fee["lifecycle_cost_usd"] == sought["lifecycle_cost_usd"]
    assert given_fee["parties"]["lessor"]["npv_usd"] > lessor["npv_usd"]


@settings(max_examples=100, deadline=None)
@given(replaced_cases, st.sampled_from(["none", "linear_time", "linear_soh", "market"]))
def test_every_pack_leaves_once(case, rule):
    case = case | {"residual_rule": rule, "recycling_value_usd_per_kwh": 7}
    case["second_life"] = case["second_life"] | {"testable": False}
    result = lcopt.lifecycle_case(case)
    removed = len(result["replacement_years"])
    worth = 7 * case["pack_energy_kwh"] * case.get("ownership", {}).get("pool_factor", 1)
    flows = result["cash_flow_by_component_usd"]
    assert math.fsum(flows["end_of_life"]) == pytest.approx(removed * worth)
    events = [0.0] * (case["horizon_yr"] + 1)
    for date in result["replacement_years"]:
        events[math.ceil(date - 1e-9)] += worth
    assert flows["end_of_life"] == pytest.approx(events)
    assert [usd for usd in flows["residual"][:-1] if usd] == []
    assert flows["residual"][-1] == result["residual_value_usd"]
    if rule == "market":
        assert flows["residual"][-1] == pytest.approx(worth)
    if rule == "none":
        assert flows["residual"][-1] == 0
    assert len(result["end_of_life_routes"]) == removed + (rule == "market")
    carbon = case.get("carbon", {}).get("making_kg_per_kwh", 0)
    assert result["carbon_making_kg"] == pytest.approx((removed + 1) * carbon * worth / 7)


def doubled(values):
    """A case with all money doubled, or what a result with doubled money is."""
    if isinstance(values, dict):
        return {key: 2 * value if is_money(key, value) else doubled(value) for key, value in values.items()}
    if isinstance(values, list):
        return [doubled(value) for value in values]
    return values


def is_money(key, value):
    return "usd" in key and isinstance(value, int | float)


def doubled_result(result, key=""):
    if isinstance(result, dict):
        return {name: doubled_result(value, key if "usd" in key else name) for name, value in result.items()}
    if isinstance(result, list):
        return [doubled_result(value, key) for value in result]
    return 2 * result if is_money(key, result) else result


@settings(max_examples=80, deadline=None)
@given(st.one_of(whole_cases, lessor_cases, replaced_cases))
def test_with_all_money_doubled_all_money_doubles_and_nothing_else_changes(case):
    wanted, found = doubled_result(lcopt.lifecycle_case(case)), lcopt.lifecycle_case(doubled(case))
    # Twice a binary number is exact, so every sum doubles to the last digit; a root is sought on a grid.
    assert found == wanted
