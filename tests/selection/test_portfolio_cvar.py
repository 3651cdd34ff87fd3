"""Platforms chosen here and now under price scenarios: expected cost and CVaR equal enumeration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_portfolios import COUPLINGS, every_choice, random_portfolio

from lcopt.selection.instance import exact_cost_usd
from lcopt.selection.price_risk import PriceRisk
from lcopt.selection.proving import IMPOSSIBLE, prove
from lcopt.selection.pruning import bounded


@pytest.mark.parametrize("coupling", [*COUPLINGS, "none"])
def test_portfolios_under_risk_equal_enumeration(coupling):
    for seed in range(4):
        instance = random_portfolio(seed + 50, (coupling,), scenarios=2 + 3 * seed)
        cost = every_choice(instance)[1]
        proof = prove(instance)
        if not len(cost):
            assert proof.status == IMPOSSIBLE
            continue
        assert proof.cost_usd == pytest.approx(cost[0], rel=1e-6)
        assert proof.lower_bound_usd <= cost[0] * (1 + 1e-9)
        assert proof.gap_frac <= 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_no_pruning_under_risk_removes_an_optimal_or_a_nearly_optimal_choice(seed):
    instance = random_portfolio(seed, ("owned lines",), scenarios=6)
    every, cost = every_choice(instance)
    near = every[cost <= cost[0] * 1.02]
    assert np.isin(near, bounded(instance, 0.0, 0.02).index).all()
    assert np.isin(every[:1], bounded(instance, 0.0).index).all()


def test_the_mean_of_the_tail_by_hand():
    """Of 4 equal outcomes 1, 2, 3, 10 the dearest 30 % are all of 10 and a fifth of 3: (0.25 x 10 + 0.05 x 3) / 0.3."""
    risk = PriceRisk(np.array([[1.0, 2.0, 3.0, 10.0]]), np.full(4, 0.25), 0.3, 1.0)
    assert risk.selection_usd(np.array([0])) == pytest.approx((2.5 + 0.15) / 0.3)
    blended = replace(risk, aversion_frac=0.25)
    assert blended.selection_usd(np.array([0])) == pytest.approx(0.75 * 4 + 0.25 * (2.5 + 0.15) / 0.3)


def test_the_tail_costs_at_least_the_mean_and_all_outcomes_are_the_mean():
    instance = random_portfolio(1, (), scenarios=7)
    every = every_choice(instance)[0][:50]
    means = exact_cost_usd(replace(instance, risk=replace(instance.risk, aversion_frac=0.0)), every)
    whole = exact_cost_usd(replace(instance, risk=replace(instance.risk, aversion_frac=1.0, tail_frac=1.0)), every)
    tail = exact_cost_usd(replace(instance, risk=replace(instance.risk, aversion_frac=1.0, tail_frac=0.1)), every)
    np.testing.assert_allclose(whole, means, rtol=1e-12)
    assert (tail >= means * (1 - 1e-12)).all()


def test_aversion_to_risk_prefers_the_steadier_cell_once_it_is_strong_enough():
    """Two cells at 100 on average, one of them at 60 or 140; the steady one costs 5 more."""
    instance = random_portfolio(0, (), packs=1, platforms=2, each=1)
    pairs = replace(instance.pairs, cost_usd=np.array([100e6, 105e6]), platform=np.array([0, 1]))
    risk = PriceRisk(np.array([[-40e6, 40e6], [0.0, 0.0]]), np.full(2, 0.5), 0.5, 0.0)
    instance = replace(instance, pairs=pairs, platform_fixed_cost_usd=np.zeros(2), risk=risk)
    assert prove(instance).chosen.tolist() == [0]
    assert prove(replace(instance, risk=replace(risk, aversion_frac=0.2))).chosen.tolist() == [1]
