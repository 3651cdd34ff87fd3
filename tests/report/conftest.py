"""Made results and the books written from them, once for all tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_result import MadeResult, made_result

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.reader import read_scenario
from lcopt.inputs.scenario import Scenario, SecondLife, Tax
from lcopt.report.workbook import write_report

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="session")
def money(catalog) -> Catalog:
    return catalog.in_price_year(2025)


@pytest.fixture(scope="session")
def compact(catalog) -> Scenario:
    return read_scenario(SCENARIOS / "compact_car.yaml", catalog)


@pytest.fixture(scope="session")
def taxi(catalog) -> Scenario:
    """Every line of a lifecycle in use: replacement on the day, residual by health, carbon, inflation, mid-year."""
    scenario = read_scenario(SCENARIOS / "ride_hailing.yaml", catalog)
    finance = replace(
        scenario.finance, inflation_frac_per_yr=0.02, carbon_price_usd_per_t=70.0, flow_timing="middle", horizon_yr=13
    )
    values = {"lfp": -7.0, "ternary": 10.0}
    choices = {family: values.get(family, 0.0) for family in scenario.lifecycle.end_of_life_value_usd_per_kwh}
    life = replace(
        scenario.lifecycle,
        replacement_rule="continuous",
        residual_rule="linear_soh",
        end_of_life_value_usd_per_kwh=choices,
    )
    return replace(scenario, finance=finance, lifecycle=life, price_overrides={"lfp_cathode": 5.2})


@pytest.fixture(scope="session")
def cold_taxi(taxi) -> Scenario:
    """The taxi where a fifth of the fast charges start cold, warmed on the way, and cells age in Harbin."""
    return in_the_cold(taxi, preheat="way", cold_stops_frac=0.2)


def in_the_cold(scenario: Scenario, **usage: object) -> Scenario:
    """A scenario with cold stops of its first pack."""
    pack = scenario.packs[0]
    limits = replace(
        pack.limits, cold_charging_time_max_min=60.0, cold_temperature_deg_c=-20.0, warranty="euro_7", life_min_yr=5.0
    )
    used = replace(pack.usage, climate="harbin", **usage)
    return replace(scenario, packs=(replace(pack, limits=limits, usage=used), *scenario.packs[1:]))


@pytest.fixture(scope="session")
def swapped_taxi(taxi) -> Scenario:
    """The taxi at swap stations that ask for a given fee, after tax, with a second life of its packs."""
    terms = replace(taxi.ownership, models=("swap", "sale"), fee_usd_per_month=400.0)
    tax = Tax(0.25, "straight_line", 5, None, bonus_frac=0.2, investment_credit_frac=0.1)
    return replace(taxi, ownership=terms, tax=tax, second_life=SecondLife(70.0, 0.03, 0.85, 0.6, 30.0, 0.6))


@pytest.fixture(scope="session")
def two_cars(catalog) -> Scenario:
    return read_scenario(SCENARIOS / "two_cars_one_platform.yaml", catalog)


@pytest.fixture(scope="session")
def results(compact, taxi, two_cars, cold_taxi, swapped_taxi, money) -> dict[str, MadeResult]:
    made = {"compact": compact, "taxi": taxi, "two_cars": two_cars, "cold": cold_taxi, "swapped": swapped_taxi}
    return {name: made_result(scenario, money) for name, scenario in made.items()}


@pytest.fixture(scope="session")
def books(results, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("books")
    return {name: write_report(result, folder / f"{name}.xlsx") for name, result in results.items()}
