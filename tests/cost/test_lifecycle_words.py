"""What `lcopt lifecycle` shows people: conventions first, then numbers that are those of the JSON."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from made_lifecycle_cases import replaced_cases, whole_cases

import lcopt
from lcopt.inputs.lifecycle_case_reader import read_lifecycle_case
from lcopt.lifecycle_words import WIDTH_MAX, case_text

CASES = sorted((Path(__file__).parents[1] / "data" / "lifecycle_cases").glob("*.yaml"))
HEADS = ("sign", "dates", "rates", "prices", "tax", "currency", "boundary", "ownership", "replacement", "residual")


def mapping(name, **changes):
    path = next(path for path in CASES if path.stem == name)
    return yaml.safe_load(path.read_text(encoding="utf-8")) | changes


def told(source):
    return case_text(read_lifecycle_case(source), lcopt.lifecycle_case(source))


def sentence(text, head):
    """What stands after a head, on one line."""
    found = re.search(rf"^  {head} +(\S.*(?:\n {{10,}}\S.*)*)", text, re.MULTILINE)
    assert found, head
    return " ".join(found[1].split())


def amounts(text, head):
    line = next(line for line in text.splitlines() if re.match(rf"{head} +-?[0-9]", line))
    return [float(cell.replace(",", "")) for cell in line.removeprefix(head).split()]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_conventions_open_and_every_number_is_that_of_the_result(path):
    result, text = lcopt.lifecycle_case(path), told(path)
    lines = text.splitlines()
    assert max(map(len, lines)) <= WIDTH_MAX
    assert lines[2] == "conventions"
    for head in HEADS:
        assert sentence(text, head)
    assert amounts(text, "  total")[0] == pytest.approx(result["lifecycle_cost_usd"], abs=0.005)
    for component, usd in result["present_value_by_component_usd"].items():
        if usd:
            assert amounts(text, f"  {component.replace('_', ' ')}")[0] == pytest.approx(usd, abs=0.005)
    for year, usd in enumerate(result["cash_flow_by_year_usd"]):
        row = amounts(text, f"  year {year}")
        assert row[0] == pytest.approx(usd, abs=0.005)
        assert row[-1] == pytest.approx(100 * result["soh_by_year"][year], abs=0.005)
    assert f"{result['levelized_usd_per_km']:.6f} USD/km" in sentence(text, "per km")
    assert f"{result['levelized_usd_per_kwh']:.6f} USD/kWh" in sentence(text, "per kWh")
    assert f"{result['annuity_usd_per_yr']:,.2f} USD/yr" in sentence(text, "annuity")


def test_rates_have_their_real_equivalent():
    # (1 + 0.055)/(1 + 0.02) - 1 and 1.09/1.02 - 1
    assert sentence(told(mapping("lease")), "rates") == (
        "nominal, after tax: 5.5 % a year, 3.431 % real at 2 % inflation; "
        "the lessor's 9 % a year, 6.863 % real at 2 % inflation"
    )
    assert sentence(told(mapping("private_car_nmc")), "rates") == (
        "nominal, before tax: 5 % a year; without inflation, real and nominal are the same"
    )


def test_dates_tell_when_what_is_paid():
    assert sentence(told(mapping("swap")), "dates").startswith(
        "energy, carbon of use, operations and the fee per kWh are paid at the end of each year; "
        "monthly fees at the ends of the months; "
    )
    text = sentence(told(mapping("ride_hailing_taxed", flow_timing="middle")), "dates")
    assert text.startswith("energy and downtime are paid in the middle of each year; packs, ")
    assert "month" not in text


def test_prices_tell_what_rises_and_falls():
    assert sentence(told(mapping("ride_hailing_taxed")), "prices") == (
        "energy +2 % a year, new packs -4 % a year, a replacement costs 15 % more than a new pack of its date, "
        "downtime with inflation; all else constant"
    )


@pytest.mark.parametrize(
    ("tax", "words"),
    [
        ({"rate_frac": 0.2}, "each pack is set against what it earns when it leaves;"),
        (
            {"rate_frac": 0.2, "schedule": "own", "rates_frac": [0.5, 0.5], "bonus_frac": 0.4},
            "depreciated by a schedule of 2 years, 40 % in its first year and set against",
        ),
        ({"rate_frac": 0.2, "schedule": "straight_line", "years": 8}, "depreciated straight line over 8 years and set"),
        (
            {"rate_frac": 0.2, "schedule": "macrs5", "investment_credit_frac": 0.3},
            "depreciated by MACRS over 5 years and set against what it earns when it leaves; investment credit 30 %;",
        ),
    ],
    ids=["none", "own", "line", "macrs"],
)
def test_tax_tells_rate_schedule_and_losses(tax, words):
    text = sentence(told(mapping("private_car_lfp", tax=tax)), "tax")
    assert text.startswith("after tax of 20 %, the same for all parties; ")
    assert words in text
    assert text.endswith("a loss is used at once elsewhere in the firm")


def test_without_a_tax_the_text_says_so():
    assert sentence(told(mapping("private_car_lfp")), "tax") == "before tax: no tax is given"


def test_ownership_tells_who_holds_the_pack_and_pays_the_energy():
    owners = {name: sentence(told(mapping(name)), "ownership") for name in ("lease", "battery_as_a_service", "swap")}
    assert owners == {
        "lease": "lease: the lessor holds the pack; the user pays the energy",
        "battery_as_a_service": "battery as a service: the lessor holds the pack; the lessor pays the energy",
        "swap": "swap: the lessor holds 1.08 packs and a share of the stations for each car, the user does not wait; "
        "the lessor pays the energy",
    }
    sold = told(mapping("private_car_lfp"))
    assert sentence(sold, "ownership") == "sale: the user holds the pack, there is no lessor"
    assert "lessor's" not in sold


def test_replacement_and_residual_tell_their_rules():
    text = told(mapping("continuous_replacement"))
    assert sentence(text, "replacement").startswith("continuous: on the day on which the state of health is 75 %")
    assert sentence(text, "residual").endswith("times (pack life - age) / pack life")
    text = told(mapping("swap"))
    assert sentence(text, "replacement").startswith(
        "integer: at the end of the first year with a state of health below"
    )
    assert "(state of health - 75 %) / (100 % - 75 %)" in sentence(text, "residual")
    for rule, words in (("none", "earns nothing and costs nothing"), ("market", "earns what a replaced pack earns")):
        assert sentence(told(mapping("swap", residual_rule=rule)), "residual").endswith(words)


def test_parties_stand_beside_the_system_at_their_own_rates():
    result, text = lcopt.lifecycle_case(mapping("lease")), told(mapping("lease"))
    total = amounts(text, "  total")
    assert total[1:] == pytest.approx([-result["parties"][name]["npv_usd"] for name in ("user", "lessor")], abs=0.005)
    assert amounts(text, "  purchase") == pytest.approx([7200, 0, 7200])
    for year in range(11):
        system, user, lessor, _ = amounts(text, f"  year {year}")
        assert system == pytest.approx(user + lessor, abs=0.011)
    assert sentence(text, "lessor's IRR") == "9 % a year, after tax"
    assert sentence(text, "lessor gains") == "0.00 USD (NPV at 9 %)"
    assert "would add up to the system at one rate" in text
    one = mapping("lease")
    one["ownership"] = {"model": "lease"}
    assert "user and lessor add up to the system" in told(one)


def test_fees_tell_whether_they_are_sought_and_what_they_leave():
    text = told(mapping("battery_as_a_service"))
    result = lcopt.lifecycle_case(mapping("battery_as_a_service"))
    assert sentence(text, "monthly fee") == "72.00 USD/month, given"
    even = result["breakeven_fee_usd_per_month"]
    assert sentence(text, "break-even fee") == f"{even:.2f} USD/month, which earns the lessor 8 % a year"
    assert sentence(text, "payback").startswith(f"{result['payback_months']:.1f} months: ")
    free = mapping("battery_as_a_service", recycling_value_usd_per_kwh=0)
    free["ownership"] = {"model": "lease", "fee_usd_per_month": 0}
    text = told(free)
    assert sentence(text, "payback").startswith("never: ")
    assert sentence(text, "lessor's IRR").startswith("none, or more than one, ")


def test_packs_and_their_ways_are_told_with_dates():
    text = told(mapping("battery_as_a_service"))
    assert sentence(text, "replacements") == "1, after 7 years"
    assert sentence(text, "old packs") == "recycling after 7 years, recycling after 12 years"
    assert sentence(text, "last pack") == "5 years old at the end, state of health 82 %, earns 675.00 USD before tax"


def test_a_description_is_told_and_cannot_steer_the_terminal():
    text = told(mapping("swap") | {"name": "a\x1b[31mb", "description": "first\nsecond \ud800"})
    assert text.splitlines()[:2] == ["a?[31mb: 75 kWh at 96 USD/kWh over 10 years", "first second ?"]


@settings(max_examples=60, deadline=None)
@given(whole_cases | replaced_cases)
def test_any_case_can_be_told(case):
    lines = told(case).splitlines()
    assert max(map(len, lines)) <= WIDTH_MAX
    assert [line.rstrip() for line in lines] == lines
