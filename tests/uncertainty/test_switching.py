"""Switches of terms that are no prices: found by re-evaluation, equal to the crossing in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.uncertainty.switching import first_switch

# A dear pack with cheap energy and a cheap one with dear energy: 100 + 10 a and 140 + 6 a, a = 1 / rate.
BUY, RUN = np.array([100.0, 140.0]), np.array([10.0, 6.0])


def cost(value, index):
    return (BUY + RUN / value)[index]


def test_a_switch_is_where_two_curves_cross():
    """40 = 4 / rate."""
    both = np.arange(2)
    found = first_switch(cost, cost(0.05, both), cost(0.2, both), np.array([0, 1]), 0.05, 0.2)
    assert found == (pytest.approx(0.1, rel=1e-5), 1, 0)


def test_no_switch_where_the_winner_stays_or_the_other_counts_as_the_same():
    both = np.arange(2)
    assert first_switch(cost, cost(0.15, both), cost(0.2, both), np.array([0, 1]), 0.15, 0.2) is None
    assert first_switch(cost, cost(0.05, both), cost(0.2, both), np.array([0, 0]), 0.05, 0.2) is None


@given(st.integers(0, 10_000))
def test_the_first_switch_of_many_is_that_of_a_fine_grid(seed):
    rng = np.random.default_rng(seed)
    fixed, slope, kind = rng.uniform(0, 20, 60), rng.uniform(0, 10, 60), rng.integers(0, 4, 60)

    def line(value, index):
        return (fixed + slope * value)[index]

    every = np.arange(60)
    found = first_switch(line, line(1.0, every), line(3.0, every), kind, 1.0, 3.0)
    grid = np.linspace(1.0, 3.0, 2001)
    winners = kind[np.array([line(value, every).argmin() for value in grid])]
    changed = np.flatnonzero(winners != winners[0])
    if not changed.size:
        assert found is None or found[0] > 3.0 - 1e-2
        return
    assert found is not None
    assert grid[changed[0] - 1] - 1e-4 <= found[0] <= grid[changed[0]] + 1e-4
