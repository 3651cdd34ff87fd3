"""Samples follow their distributions, their correlations and their seed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from lcopt.errors import LcoptError
from lcopt.inputs.distributions import PriceDistribution
from lcopt.selection.price_samples import Method, draw

TRIANGULAR = PriceDistribution("triangular", {"low": 2.0, "mode": 3.0, "high": 10.0})
SHAPES = {
    "triangular": (TRIANGULAR, 5.0, np.sqrt((4 + 9 + 100 - 6 - 20 - 30) / 18)),
    "uniform": (PriceDistribution("uniform", {"low": 4.0, "high": 10.0}), 7.0, np.sqrt(3.0)),
    "normal": (PriceDistribution("normal", {"mean": 20.0, "sd": 2.0}), 20.0, 2.0),
    "lognormal": (
        PriceDistribution("lognormal", {"median": 10.0, "sd_log": 0.2}),
        10 * np.exp(0.02),
        10 * np.exp(0.02) * np.sqrt(np.exp(0.04) - 1),
    ),
    "certain": (PriceDistribution("triangular", {"low": 3.0, "mode": 3.0, "high": 3.0}), 3.0, 0.0),
}


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("shape", list(SHAPES))
def test_mean_and_spread_are_those_of_the_distribution(shape, method):
    distribution, mean, sd = SHAPES[shape]
    drawn = draw([distribution], 4096, 1, method=method)[:, 0]
    assert drawn.mean() == pytest.approx(mean, rel=2e-3)
    assert drawn.std() == pytest.approx(sd, rel=1e-2, abs=1e-12)


def test_an_empirical_distribution_stays_within_its_values():
    drawn = draw([PriceDistribution("empirical", {}, (5.0, 1.0, 3.0))], 1024, 1)[:, 0]
    assert drawn.min() >= 1
    assert drawn.max() <= 5
    assert np.median(drawn) == pytest.approx(3.0, rel=1e-2)


def test_no_price_is_below_zero():
    drawn = draw([PriceDistribution("normal", {"mean": 1.0, "sd": 2.0})], 1024, 1)
    assert drawn.min() >= 0


def test_equal_seeds_give_equal_samples_and_others_do_not():
    first, again, other = (draw([TRIANGULAR, TRIANGULAR], 100, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()


def test_correlated_prices_move_together():
    drawn = draw([TRIANGULAR, SHAPES["lognormal"][0]], 4096, 1, np.array([[1.0, 0.8], [0.8, 1.0]]))
    # Rank correlation of a Gaussian copula: 6 / pi * asin(r / 2).
    assert spearmanr(drawn).statistic == pytest.approx(6 / np.pi * np.arcsin(0.4), abs=0.02)
    assert drawn[:, 0].mean() == pytest.approx(5.0, rel=1e-2)


def test_full_correlation_is_possible_and_a_contradiction_is_told():
    drawn = draw([TRIANGULAR, TRIANGULAR], 64, 1, np.ones((2, 2)))
    np.testing.assert_allclose(drawn[:, 0], drawn[:, 1], rtol=1e-6)
    contradiction = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    with pytest.raises(LcoptError, match="contradict"):
        draw([TRIANGULAR] * 3, 64, 1, contradiction)
