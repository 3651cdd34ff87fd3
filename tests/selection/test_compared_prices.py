"""Two price scenarios of one question: costs on the way between them, and where the cheapest chemistry changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.inputs.reader import read_scenario
from lcopt.inputs.scenario import Scenario
from lcopt.report.price_words import ends_in_words, price_lines, prices_at
from lcopt.result_prices import crossings
from lcopt.study import optimize

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NUMBERS = st.floats(0, 10, allow_nan=False).map(lambda number: round(number, 3))


@pytest.fixture(scope="module")
def car(catalog) -> Scenario:
    scenario = read_scenario(SCENARIOS / "compact_car.yaml", catalog)
    search = replace(
        scenario.search,
        chemistries=("LFP-G (2025)", "NMC622-G (Energy)"),
        formats=("short_blade_l600",),
        architectures=("cell_to_pack",),
        coolings=("bottom_plate",),
        technology_classes=("standard",),
    )
    (pack,) = scenario.packs
    loose = replace(pack, limits=replace(pack.limits, charging_time_max_min=40.0))
    return replace(scenario, search=search, packs=(loose,))


def test_lines_cross_where_they_meet():
    shares = np.array([0.0, 0.5, 1.0])
    costs = np.array([[1.0, 2.0, 4.0], [2.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    found = crossings(shares, costs, np.array([0, 1, 2]))
    assert [(first, second) for first, second, _ in found] == [(0, 1), (1, 2)]
    assert [share for *_, share in found] == pytest.approx([0.5, 0.75])
    assert [pair[:2] for pair in crossings(shares, costs, np.array([0, 0, 1]))] == [(1, 2)]


@given(ends=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_the_cheapest_between_two_crossings_is_the_one_told(ends):
    table = np.array(ends).T
    found = crossings(np.array([0.0, 1.0]), table, np.arange(table.shape[1]))
    shares = [share for *_, share in found]
    assert shares == sorted(shares)
    winner = int(table[0].argmin())
    for (first, second, _), low, high in zip(found, [0.0, *shares], shares, strict=False):
        middle = (low + high) / 2
        costs = table[0] + middle * (table[1] - table[0])
        assert costs[first] == pytest.approx(costs.min(), abs=1e-9)
        winner = second
    assert table[1, winner] == pytest.approx(table[1].min(), abs=1e-9)


def test_the_ends_are_the_optima_of_both_price_scenarios(car):
    result = optimize(replace(car, prices_compared="2022_peak"))
    costs = result.price_comparison.costs
    cheapest = costs[costs["is_cheapest"]].groupby("share_frac")["lifecycle_cost_usd_per_pack"].min()
    for share, prices in ((0.0, "central"), (1.0, "2022_peak")):
        alone = optimize(replace(car, prices=prices))
        expected = alone.designs["lifecycle_cost_usd_per_pack"][0]
        assert cheapest[share] == pytest.approx(expected, rel=1e-9)
    assert result.lifecycle_cost_usd == optimize(car).lifecycle_cost_usd
    assert (np.diff(cheapest) > 0).all()


def test_where_the_answer_changes_both_chemistries_cost_the_same(car):
    """Ternary material of a fixed price: LFP leads at the near end and becomes dear on the way."""
    asked = replace(car, price_overrides={"nmc622_cathode": 14.0}, prices_compared="2022_peak")
    result = optimize(asked)
    (switch,) = result.price_comparison.switches.to_dict("records")
    assert (switch["from_chemistry"], switch["to_chemistry"]) == ("LFP-G (2025)", "NMC622-G (Energy)")
    assert 0 < switch["share_frac"] < 1
    assert "NMC622-G (Energy) takes the place of LFP-G (2025)" in price_lines("compact", result)[0]
    at = prices_at(switch["share_frac"], result.price_comparison)
    there = optimize(replace(asked, prices_compared=None, price_overrides=asked.price_overrides | at))
    best = there.alternatives.groupby("chemistry")["lifecycle_cost_usd_per_pack"].min()
    assert best["LFP-G (2025)"] == pytest.approx(best["NMC622-G (Energy)"], rel=1e-6)
    assert best.min() == pytest.approx(switch["lifecycle_cost_usd_per_pack"], rel=1e-6)


def test_an_answer_that_stays_is_told_as_well(car):
    result = optimize(replace(car, prices_compared="low"))
    assert result.price_comparison.switches.empty
    assert "stays the cheapest from the prices central to low" in price_lines("compact", result)[0]
    assert ends_in_words("compact", result).startswith("central: LFP-G (2025) ")


def test_nothing_is_compared_unless_asked(car):
    result = optimize(car)
    assert result.price_comparison.costs.empty
    assert price_lines("compact", result) == []
