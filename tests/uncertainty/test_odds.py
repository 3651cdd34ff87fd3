"""Probabilities, regret, the worth of information, robust choices and switches on costs known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from lcopt.inputs.distributions import PriceDistribution
from lcopt.selection.linear_costs import LinearCosts, best_of_samples, could_win
from lcopt.selection.price_samples import draw
from lcopt.uncertainty.line_search import switches
from lcopt.uncertainty.odds import odds_of, shares
from lcopt.uncertainty.robust import robust_choices, tail_mean

# 10 for certain, or the price itself, which is normal with mean 11 and spread 2.
SURE, OPEN = 0, 1
TWO = LinearCosts(np.array([10.0, 0.0]), np.array([[0.0], [1.0]]))


def odds_at(choice, prices):
    own = TWO.take(np.array([choice])).at(prices)[:, 0]
    return odds_of(own, best_of_samples(TWO, prices), float(TWO.at(prices).mean(axis=0).min()))


@pytest.fixture(scope="module")
def normal():
    return draw([PriceDistribution("normal", {"mean": 11.0, "sd": 2.0})], 8192, 5)


def test_regret_and_information_are_those_of_the_closed_form(normal):
    """E max(10 - p, 0) of a normal price: z = (10 - 11) / 2, 2 * (z Phi(z) + phi(z))."""
    z = -0.5
    expected = 2 * (z * norm.cdf(z) + norm.pdf(z))
    odds = odds_at(SURE, normal)
    assert odds.regret_usd.mean == pytest.approx(expected, rel=0.01)
    assert odds.perfect_information_usd == pytest.approx(expected, rel=0.01)
    assert odds.cost_usd.p10 == odds.cost_usd.p90 == 10
    assert odds.regret_usd.p90 == pytest.approx(10 - (11 + 2 * norm.ppf(0.1)), rel=0.01)
    assert odds.regret_usd.max >= odds.regret_usd.p90 >= odds.regret_usd.p50 == 0


def test_regret_of_the_other_is_larger_by_the_difference_of_the_means(normal):
    sure, other = (odds_at(choice, normal) for choice in (SURE, OPEN))
    assert other.regret_usd.mean - sure.regret_usd.mean == pytest.approx(1.0, abs=0.01)
    assert other.perfect_information_usd == sure.perfect_information_usd


def test_shares_add_up_to_one_and_equal_names_count_together():
    found = shares(np.array([0, 1, 2, 2, 2]), ("a", "b", "a"))
    assert found == {"a": 0.8, "b": 0.2}
    assert list(found) == ["a", "b"]


def test_robust_choices_are_those_of_brute_force():
    rng = np.random.default_rng(4)
    costs = LinearCosts(rng.uniform(0, 20, 300), rng.uniform(0, 10, (300, 3)))
    samples = rng.uniform(0.5, 4, (400, 3))
    best = best_of_samples(costs, samples)
    outcome = costs.at(samples)
    aims = {
        "least expected cost": outcome.mean(axis=0),
        "least CVaR": np.sort(outcome, axis=0)[-40:].mean(axis=0),
        "least maximum regret": (outcome - outcome.min(axis=1)[:, None]).max(axis=0),
    }
    kept = np.union1d(np.flatnonzero(could_win(costs, samples)), [7])

    def outcomes(index):
        return costs.take(index).at(samples)

    assert len(kept) < len(costs)
    found = {item.aim: item for item in robust_choices(outcomes, kept, best, 0.1, chosen=7)}
    assert found["chosen"].choice == 7
    for aim, value in aims.items():
        assert found[aim].choice == value.argmin()
    assert found["least CVaR"].cvar_usd == pytest.approx(aims["least CVaR"].min())
    assert found["least maximum regret"].regret_max_usd == pytest.approx(aims["least maximum regret"].min())


def test_a_part_of_an_outcome_counts_in_part():
    assert tail_mean(np.array([[1.0], [4.0], [10.0]]), 0.5)[0] == pytest.approx((10 + 0.5 * 4) / 1.5)


def test_a_switch_is_where_two_lines_cross():
    found = switches(TWO, np.array([12.0]), 0, np.array([0, 1]))
    assert [(item.value, item.side, item.next_winner) for item in found] == [(10.0, "below", OPEN)]
    found = switches(TWO, np.array([7.0]), 0, np.array([0, 1]))
    assert [(item.value, item.side, item.next_winner) for item in found] == [(10.0, "above", SURE)]


def test_switches_within_a_kind_are_passed_over():
    """At 1 the lines 0, 1 and 2 cross at 2 and 4; 0 and 1 are one kind."""
    costs = LinearCosts(np.array([0.0, 4.0, 8.0]), np.array([[3.0], [1.0], [0.0]]))
    found = switches(costs, np.array([1.0]), 0, np.array([0, 0, 1]))
    assert [(item.value, item.winner, item.next_winner) for item in found] == [(4.0, 1, 2)]


@given(st.integers(0, 10_000))
def test_switches_are_those_that_bisection_finds(seed):
    rng = np.random.default_rng(seed)
    costs = LinearCosts(rng.uniform(0, 20, 40), rng.uniform(0, 10, (40, 2)))
    kind, center = np.arange(40), np.array([2.0, 1.0])

    def winner(value):
        return int(costs.at(np.array([2.0, value])).argmin())

    for item in switches(costs, center, 1, kind):
        inside, outside = center[1], item.value + (1e-6 if item.side == "above" else -1e-6) * max(1, item.value)
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if winner(middle) == winner(center[1]) else (inside, middle)
        assert outside == pytest.approx(item.value, rel=1e-9, abs=1e-9)
        assert winner(outside) == item.next_winner
