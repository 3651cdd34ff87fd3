"""Lines that are as large as their peak: the proof equals enumeration, and the bounds hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_portfolios import every_choice, in_years, random_portfolio

from lcopt.selection import proving
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import (
    Pairs,
    PortfolioInstance,
    exact_cost_usd,
    rates_of,
)
from lcopt.selection.lines import Lines
from lcopt.selection.near_optimal import near_optimal
from lcopt.selection.peaks import Peaks
from lcopt.selection.proving import prove
from lcopt.selection.pruning import bounded
from lcopt.selection.ramped import at_years, busiest_years, merged

COUPLINGS = ("none", "cap", "floor", "platforms max", "soft cap", "equality")
LINES = ("owned lines", "shared lines", "ramps")


def by_hand(share, counted, rate=(2.0, 3.0)) -> PortfolioInstance:
    """Two packs with one pair each on one line that costs 10 times the root of its rate."""
    lines = Lines(("line",), ("1/yr",), np.array([[10.0]]), np.array([[1.0]]), np.array([[0.5]]))
    pairs = Pairs(
        np.arange(2),
        np.zeros(2, dtype=int),
        np.arange(2),
        np.zeros(2),
        np.zeros((2, 1), dtype=int),
        np.array(rate)[:, None],
    )
    return PortfolioInstance(
        ("a", "b"),
        ("p",),
        pairs,
        np.zeros(1),
        lines,
        LinearRows.none(2),
        LinearRows.none(1),
        peaks=Peaks((2027, 2028), np.array(share), np.array([counted])),
    )


def test_a_line_is_as_large_as_its_largest_year_that_counts():
    both = np.array([0, 1])
    # 2027: 2 x 1 + 3 x 0.2 = 2.6; 2028: 2 x 0.5 + 3 x 1 = 4.
    instance = by_hand([[1.0, 0.5], [0.2, 1.0]], [True, True])
    assert rates_of(instance, both).tolist() == [4.0]
    assert exact_cost_usd(instance, both) == 10 * 4.0**0.5
    first = by_hand([[1.0, 0.5], [0.2, 1.0]], [True, False])
    assert rates_of(first, both).tolist() == [pytest.approx(2.6)]
    assert rates_of(by_hand([[1.0, 0.5], [0.2, 1.0]], [False, False]), both).tolist() == [5.0]


def test_packs_that_are_never_made_together_share_a_line_for_one():
    apart = by_hand([[1.0, 0.0], [0.0, 1.0]], [True, True], rate=(3.0, 3.0))
    together = by_hand([[1.0, 1.0], [1.0, 1.0]], [True, True], rate=(3.0, 3.0))
    both = np.array([0, 1])
    assert exact_cost_usd(apart, both) == 10 * 3**0.5
    assert exact_cost_usd(together, both) == 10 * 6**0.5


@pytest.mark.parametrize("coupling", COUPLINGS)
@pytest.mark.parametrize("seed", range(16))
def test_the_proof_equals_enumeration(seed, coupling):
    instance = random_portfolio(seed + 300, (*LINES, coupling))
    choices, cost = every_choice(instance)
    proof = prove(instance, gap=1e-9)
    if not len(choices):
        assert not proof.feasible
        return
    assert proof.proven
    assert proof.cost_usd == pytest.approx(cost[0], rel=1e-9)
    assert proof.lower_bound_usd <= cost[0] * (1 + 1e-9)
    assert exact_cost_usd(instance, proof.chosen) == pytest.approx(cost[0], rel=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_no_choice_costs_less_than_in_any_single_year(seed):
    instance = random_portfolio(seed, LINES)
    choices, cost = every_choice(instance)
    for chosen in (None, choices[0], choices[-1]):
        plain = at_years(instance, busiest_years(instance, chosen))
        below = exact_cost_usd(plain, choices)
        assert (below <= cost * (1 + 1e-12)).all()
    # In the years of a choice itself it costs what it costs.
    plain = at_years(instance, busiest_years(instance, choices[0]))
    assert exact_cost_usd(plain, choices[0]) == pytest.approx(cost[0], rel=1e-12)
    rng = np.random.default_rng(seed)
    any_years = rng.integers(0, 3, len(instance.lines))
    some = np.where(instance.peaks.counted[np.arange(len(any_years)), any_years], any_years, busiest_years(instance))
    assert (exact_cost_usd(at_years(instance, some), choices) <= cost * (1 + 1e-12)).all()


@pytest.mark.parametrize("seed", range(12))
def test_pruning_keeps_every_optimum_and_all_that_is_near(seed):
    instance = random_portfolio(seed + 50, (*LINES, "cap" if seed % 2 else "none"), each=4)
    choices, cost = every_choice(instance)
    if not len(choices):
        return
    kept = bounded(instance, 1e-9)
    assert np.isin(choices[0], kept.index).all() or kept.upper_bound_usd == pytest.approx(cost[0], rel=1e-12)
    assert kept.lower_bound_usd <= cost[0] * (1 + 1e-12)
    near = near_optimal(instance, 0.02)
    assert near.complete
    assert len(near.cost_usd) == (cost <= cost[0] * 1.02).sum()
    np.testing.assert_allclose(near.cost_usd, cost[: len(near.cost_usd)], rtol=1e-12)


def test_one_shape_for_all_packs_is_the_ordinary_line():
    for seed in range(8):
        instance = random_portfolio(seed, LINES)
        share = np.broadcast_to([0.3, 1.0, 0.6], instance.peaks.share_frac.shape)
        counted = np.broadcast_to(instance.peaks.is_sized[:, None], instance.peaks.counted.shape)
        same = replace(instance, peaks=replace(instance.peaks, share_frac=share, counted=counted))
        plain = replace(instance, peaks=None)
        assert prove(same).cost_usd == pytest.approx(prove(plain).cost_usd, rel=1e-6)


def yearly_portfolio(seed: int, *couplings: str, each: int = 3) -> PortfolioInstance:
    plain = random_portfolio(seed, ("owned lines", "shared lines", *couplings), each=each)
    return in_years(plain, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(20))
def test_lines_of_several_years_cost_no_less_than_one_for_all(seed):
    instance = yearly_portfolio(seed)
    choices, cost = every_choice(instance)
    below = exact_cost_usd(merged(instance), choices)
    assert (below <= cost * (1 + 1e-12)).all()
    assert (below < cost * (1 - 1e-6)).any()
    # Where one pack is alone, and where all packs follow one ramp, nothing is lost.
    alone = instance.take(instance.pairs.pack == 0)
    pair = np.arange(len(alone.pairs))[:, None]
    np.testing.assert_allclose(exact_cost_usd(merged(alone), pair), exact_cost_usd(alone, pair), rtol=1e-12)


def test_one_ramp_for_all_packs_loses_nothing():
    plain = random_portfolio(7, ("owned lines", "shared lines"))
    pairs = plain.pairs
    rate = (pairs.rate[:, :, None] * [0.3, 1.0, 0.6]).reshape(len(pairs), -1)
    line = np.where(pairs.line[:, :, None] >= 0, pairs.line[:, :, None] * 3 + np.arange(3), -1).reshape(len(pairs), -1)
    yearly = in_years(plain, np.random.default_rng(0))
    same = replace(yearly, pairs=replace(pairs, line=line, rate=rate))
    choices, cost = every_choice(same)
    np.testing.assert_allclose(exact_cost_usd(merged(same), choices), cost, rtol=1e-12)


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("coupling", ["none", "cap", "platforms max", "soft cap"])
@pytest.mark.parametrize("seed", range(10))
def test_the_proof_over_lines_of_several_years_equals_enumeration(seed, coupling, few, monkeypatch):
    """Both ways: by enumeration below the known choice, and by the solver where that would be too much."""
    if not few:
        monkeypatch.setattr(proving, "BEGINNINGS_MAX", 0)
    instance = yearly_portfolio(seed + 500, coupling)
    choices, cost = every_choice(instance)
    proof = prove(instance, gap=1e-9)
    if not len(choices):
        assert not proof.feasible
        return
    assert proof.proven
    assert proof.cost_usd == pytest.approx(cost[0], rel=1e-9)
    assert proof.gap_frac <= 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_all_near_choices_are_found_over_lines_of_several_years(seed):
    instance = yearly_portfolio(seed + 900, each=4)
    _, cost = every_choice(instance)
    near = near_optimal(instance, 0.02)
    assert near.complete
    np.testing.assert_allclose(near.cost_usd, cost[cost <= cost[0] * 1.02], rtol=1e-12)


@pytest.mark.usefixtures("as_if_large")
@pytest.mark.parametrize("seed", range(6))
def test_the_way_of_large_portfolios_loses_nothing_under_ramps(seed, monkeypatch):
    monkeypatch.setattr(proving, "ENUMERATED_MAX", 0)
    lines, risk = ("owned lines", "shared lines"), 4 * (seed % 2)
    peaked = random_portfolio(seed + 70, (*lines, "cap", "ramps"), scenarios=risk)
    yearly = in_years(random_portfolio(seed + 70, (*lines, "soft cap"), scenarios=risk), np.random.default_rng(seed))
    for instance in (peaked, yearly):
        choices, cost = every_choice(instance)
        proof = prove(instance, gap=1e-8)
        assert proof.feasible == bool(len(choices))
        if proof.feasible:
            assert proof.proven
            assert proof.cost_usd == pytest.approx(cost[0], rel=1e-8)
            assert proof.lower_bound_usd <= cost[0] * (1 + 1e-9)
            near = choices[cost <= cost[0] * 1.02]
            assert np.isin(near, bounded(instance, 0.0, 0.02).index).all()
