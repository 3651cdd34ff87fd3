"""Candidates at samples of prices: what is pruned never wins, and probabilities are those of the closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from lcopt.inputs.distributions import PriceDistribution
from lcopt.selection.linear_costs import LinearCosts, best_of_samples, could_win, plain_best
from lcopt.selection.price_samples import draw


def made_costs(seed, candidates, prices):
    rng = np.random.default_rng(seed)
    return LinearCosts(rng.uniform(900, 1000, candidates), rng.uniform(0, 10, (candidates, prices)))


@given(st.integers(0, 10_000), st.integers(1, 300), st.integers(1, 6), st.integers(1, 300))
def test_the_best_of_every_sample_is_that_of_the_whole_matrix(seed, candidates, prices, samples):
    costs = made_costs(seed, candidates, prices)
    drawn = np.random.default_rng(seed + 1).uniform(1, 20, (samples, prices))
    every = costs.fixed_usd + drawn @ costs.usd_per_price.T
    found = best_of_samples(costs, drawn)
    np.testing.assert_array_equal(found.winner, every.argmin(axis=1))
    np.testing.assert_allclose(found.cost_usd, every.min(axis=1), rtol=1e-12)


def test_the_samples_are_halved_and_nothing_is_lost():
    """Large enough that boxes are halved several times."""
    costs = made_costs(1, 4000, 5)
    drawn = np.random.default_rng(2).uniform(1, 20, (3000, 5))
    found, plain = best_of_samples(costs, drawn), plain_best(costs, drawn)
    np.testing.assert_array_equal(found.winner, plain.winner)
    assert len(np.unique(found.winner)) > 5


@given(st.integers(0, 10_000))
def test_what_is_left_out_is_beaten_at_every_price_of_the_box(seed):
    costs = made_costs(seed, 200, 3)
    drawn = np.random.default_rng(seed + 1).uniform(5, 6, (20, 3))
    left = could_win(costs, drawn)
    corners = np.array(np.meshgrid(*zip(drawn.min(axis=0), drawn.max(axis=0), strict=True))).reshape(3, -1).T
    at_corners = costs.at(corners)
    assert not left.all()
    assert (at_corners[:, ~left] > at_corners.min(axis=1)[:, None]).all()


def test_equal_candidates_are_all_kept_and_the_first_wins():
    costs = LinearCosts(np.array([5.0, 1.0, 1.0]), np.array([[1.0], [2.0], [2.0]]))
    drawn = np.linspace(0, 1, 10)[:, None]
    assert could_win(costs, drawn).tolist() == [False, True, True]
    assert (best_of_samples(costs, drawn).winner == 1).all()


@pytest.mark.parametrize("method", ["sobol", "latin_hypercube"])
def test_two_designs_with_normal_prices_win_with_the_probability_of_the_closed_form(method):
    """First: 100 + 2 a + 1 b; second: 104 + 1 a + 1.5 b. Their difference a - 0.5 b - 4 is normal."""
    costs = LinearCosts(np.array([100.0, 104.0]), np.array([[2.0, 1.0], [1.0, 1.5]]))
    prices = [
        PriceDistribution("normal", {"mean": 10.0, "sd": 1.0}),
        PriceDistribution("normal", {"mean": 14.0, "sd": 1.5}),
    ]
    for correlation in (0.0, 0.7):
        drawn = draw(prices, 8192, 3, np.array([[1, correlation], [correlation, 1]]), method)
        variance = 1.0 + 0.25 * 2.25 - 2 * 0.5 * correlation * 1.0 * 1.5
        exact = norm.cdf(0.0, 10 - 0.5 * 14 - 4, np.sqrt(variance))
        share = np.mean(best_of_samples(costs, drawn).winner == 0)
        assert share == pytest.approx(exact, abs=3 * np.sqrt(exact * (1 - exact) / 8192))
