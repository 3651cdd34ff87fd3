"""Small portfolios under every coupling: the proof equals enumeration, prunings lose nothing."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_portfolios import COUPLINGS, every_choice, random_portfolio
from pyomo.contrib.solver.solvers.highs import Highs

from lcopt.selection import pricing, pruning
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import Pairs, PortfolioInstance, exact_cost_usd, meets_rows
from lcopt.selection.lagrangian import lagrangian_bound
from lcopt.selection.lines import Lines, secants
from lcopt.selection.model import portfolio_model
from lcopt.selection.pricing import relaxation_bound
from lcopt.selection.proving import IMPOSSIBLE, STOPPED, prove
from lcopt.selection.pruning import bounded
from lcopt.selection.solver import solve_model
from lcopt.selection.written_model import with_candidates, write_model

GOLDEN = Path(__file__).parents[1] / "golden" / "portfolio.lp"
NEAR_FRAC = 0.02
SEEDS_PER_COUPLING = 10
MIXED = 60


def mixed(seed: int) -> tuple[str, ...]:
    """Two to four couplings at once."""
    rng = np.random.default_rng(1000 + seed)
    return tuple(str(name) for name in rng.choice(COUPLINGS, rng.integers(2, 5), replace=False))


def portfolios(couplings: tuple[str, ...], seeds: int, **sizes):
    return [random_portfolio(seed, couplings, **sizes) for seed in range(seeds)]


def assert_equals_enumeration(instance: PortfolioInstance) -> None:
    every, cost = every_choice(instance)
    proof = prove(instance)
    assert proof.proven
    if not len(every):
        assert proof.status == IMPOSSIBLE
        assert not proof.feasible
        return
    assert proof.cost_usd == pytest.approx(cost[0], rel=1e-6)
    assert proof.lower_bound_usd <= cost[0] * (1 + 1e-9)
    assert proof.gap_frac <= 1e-6
    assert set(proof.platforms) == set(instance.pairs.platform[proof.chosen])


@pytest.mark.parametrize("coupling", [*COUPLINGS, "none"])
def test_portfolios_equal_enumeration(coupling):
    for instance in portfolios((coupling,), SEEDS_PER_COUPLING):
        assert_equals_enumeration(instance)


@pytest.mark.parametrize("seed", range(MIXED))
def test_portfolios_with_several_couplings_equal_enumeration(seed):
    assert_equals_enumeration(random_portfolio(seed, mixed(seed), packs=3 + seed % 2))


@pytest.mark.parametrize("coupling", [*COUPLINGS, "none"])
def test_no_pruning_removes_an_optimal_or_a_nearly_optimal_choice(coupling):
    couplings = ("owned lines", coupling) if coupling not in ("owned lines", "none") else (coupling,)
    for instance in portfolios(couplings, SEEDS_PER_COUPLING):
        every, cost = every_choice(instance)
        if not len(every):
            continue
        near = every[cost <= cost[0] * (1 + NEAR_FRAC)]
        assert np.isin(near, bounded(instance, 0.0, NEAR_FRAC).index).all()
        left = bounded(instance, 0.0)
        optimal = every[cost <= cost[0] * (1 + 1e-12)]
        assert np.isin(optimal, left.index).all(axis=1).any()
        assert left.lower_bound_usd <= cost[0] * (1 + 1e-9)


def test_the_written_model_and_its_arrays_have_the_same_optimum():
    couplings = ("owned lines", "shared lines", "cap", "soft cap", "platforms min")
    for seed in range(5):
        instance = random_portfolio(seed, couplings, scenarios=4)
        pieces = secants(instance.lines, instance.highest_rate, [0.4 * instance.highest_rate])
        tails = instance.risk.probability_frac[None, :]
        frame = with_candidates(portfolio_model(instance, pieces, tails), instance)
        read = Highs().solve(frame, load_solutions=False, solver_options={"mip_rel_gap": 1e-9})
        joined = solve_model(portfolio_model(instance, pieces, tails), 1e-8, 60.0)
        assert joined.bound_usd == pytest.approx(read.objective_bound * 1e6, rel=1e-6)


def small_example() -> PortfolioInstance:
    """A city car and a sedan on three cells that share an electrode line and an assembly line."""
    pairs = Pairs(
        pack=np.array([0, 0, 1, 1]),
        platform=np.array([0, 1, 1, 2]),
        candidate=np.array([7, 3, 4, 9]),
        cost_usd=np.array([100e6, 110e6, 200e6, 190e6]),
        line=np.array([[0, -1], [0, 1], [0, 1], [-1, 1]]),
        rate=np.array([[4.0, 0.0], [3.0, 1.0], [5.0, 2.0], [0.0, 2.5]]),
    )
    lines = Lines(
        names=("electrode", "assembly"),
        units=("m2/yr", "1/yr"),
        cost_usd=np.array([[30e6], [20e6]]),
        reference_rate=np.array([[8.0], [2.0]]),
        exponent=np.array([[0.6], [1.0]]),
    )
    return PortfolioInstance(
        pack_names=("compact", "sedan"),
        platform_names=("blade", "round", "pouch"),
        pairs=pairs,
        platform_fixed_cost_usd=np.full(3, 15e6),
        lines=lines,
        rows=LinearRows.one("cobalt", "t/yr", np.array([0.0, 2.0, 3.0, 8.0]), upper=9.0),
        platform_rows=LinearRows.none(3),
    ).with_platforms_max(2)


def test_the_model_reads_as_agreed(tmp_path):
    """The rows in words; regenerate with `LCOPT_GOLDEN=1 pytest tests/selection` after a wanted change."""
    instance = small_example()
    path = GOLDEN if os.environ.get("LCOPT_GOLDEN") else tmp_path / "portfolio.lp"
    write_model(
        instance, secants(instance.lines, instance.highest_rate, [np.array([4.0, 1.0])]), np.empty((0, 0)), path
    )
    assert path.read_text() == GOLDEN.read_text()


def test_the_small_example_by_hand():
    """Sharing `round` saves 15 MUSD of fixed cost: 110 + 200 + 15 + 30 (8/8)^0.6 + 20 (3/2) = 385; apart 100 + 190 + 30
    + 30 (4/8)^0.6 + 20 (2.5/2) = 364.79."""
    proof = prove(small_example())
    assert proof.cost_usd == pytest.approx((100 + 190 + 30 + 30 * 0.5**0.6 + 25) * 1e6)
    assert proof.chosen.tolist() == [0, 3]
    shared = prove(small_example().with_platforms_max(1))
    assert shared.cost_usd == pytest.approx(385e6)
    assert shared.platforms.tolist() == [1]


def test_a_cap_bites_and_a_price_for_missing_it_is_paid_only_where_cheaper():
    instance = small_example()
    capped = replace(instance, rows=replace(instance.rows, upper=np.array([7.0])))
    assert prove(capped).chosen.tolist() == [0, 2]
    step = (prove(capped).cost_usd - prove(instance).cost_usd) / 1.0
    for price, chosen in ((0.9 * step, [0, 3]), (1.1 * step, [0, 2])):
        soft = replace(capped, rows=replace(capped.rows, relaxation_usd_per_unit=np.array([price])))
        assert prove(soft).chosen.tolist() == chosen


def test_a_built_platform_is_preferred():
    instance = small_example()
    sunk = replace(instance, platform_fixed_cost_usd=np.array([15e6, 0.0, 15e6]))
    assert prove(sunk.with_platforms_max(1)).cost_usd == pytest.approx(370e6)


def test_a_platform_forced_open_serves_a_pack_and_one_kept_closed_serves_none():
    instance = small_example()
    second_open = LinearRows.one("the second is open", "1", np.array([0.0, 1.0, 0.0]), lower=1.0)
    forced = replace(instance, platform_rows=instance.platform_rows.with_rows(second_open))
    assert 1 in prove(forced).platforms
    assert 0 not in prove(instance.take(instance.pairs.platform != 0)).platforms
    assert prove(instance.take(instance.pairs.platform == 0)).status == IMPOSSIBLE


def test_stopped_early_the_choice_stands_with_its_true_gap():
    instance = random_portfolio(3, ("owned lines", "shared lines", "cap"), packs=4)
    cost = every_choice(instance)[1]
    proof = prove(instance, time_limit_s=0.0)
    assert (proof.status, proof.proven) == (STOPPED, False)
    assert proof.cost_usd >= cost[0] * (1 - 1e-9)
    assert proof.lower_bound_usd <= cost[0]
    assert proof.gap_frac == pytest.approx((proof.cost_usd - proof.lower_bound_usd) / proof.cost_usd)


def test_a_line_with_a_convex_cost_is_refused():
    with pytest.raises(ValueError, match="concave"):
        Lines(("x",), ("1/yr",), np.array([[1.0]]), np.array([[1.0]]), np.array([[1.2]]))


@pytest.mark.parametrize("risk", [0, 5])
@pytest.mark.parametrize("coupling", [*COUPLINGS, "none"])
def test_no_bound_of_a_pair_exceeds_the_best_choice_that_contains_it(coupling, risk):
    for seed in range(3):
        instance = random_portfolio(seed + 20, ("owned lines", coupling), scenarios=risk)
        every, cost = every_choice(instance)
        if not len(every):
            continue
        contains = (every[:, :, None] == np.arange(len(instance.pairs))).any(axis=1)
        best_with = np.where(contains, cost[:, None], np.inf).min(axis=0)
        tails, certain = np.empty((0, 0)), instance.pairs.cost_usd
        if instance.risk is not None:
            tails = instance.risk.tail_weights(instance.risk.cost_usd[every[:2]].sum(axis=1))
            certain = certain + instance.risk.certain_usd(tails[0])
        breakpoints = [0.3 * instance.highest_rate]
        pieces = secants(instance.lines, instance.highest_rate, breakpoints)
        start = every[len(every) // 3]
        priced = relaxation_bound(instance, breakpoints, tails, start, 0.5)
        lagrangian = lagrangian_bound(instance, certain, pieces, float(exact_cost_usd(instance, start)))
        for bound in (priced, lagrangian):
            assert (bound.pair_usd <= best_with * (1 + 1e-9)).all()
            assert bound.bound_usd <= cost[0] * (1 + 1e-9)
        assert meets_rows(instance, priced.chosen)


def test_the_proof_holds_where_the_relaxed_model_prunes(monkeypatch):
    monkeypatch.setattr(pruning, "PRICED_COUNT", 0)
    monkeypatch.setattr(pricing, "FEW_COUNT", 0)
    for seed in range(20):
        assert_equals_enumeration(random_portfolio(seed, mixed(seed), scenarios=seed % 4))


@pytest.mark.usefixtures("as_if_large")
@pytest.mark.parametrize("risk", [0, 4])
@pytest.mark.parametrize("coupling", [*COUPLINGS, "none"])
def test_the_way_of_large_portfolios_loses_nothing(coupling, risk):
    for seed in range(3):
        instance = random_portfolio(seed + 70, ("shared lines", coupling), platforms=6, each=2, scenarios=risk)
        assert_equals_enumeration(instance)
        every, cost = every_choice(instance)
        near = every[cost <= cost[:1] * (1 + NEAR_FRAC)]
        assert np.isin(near, bounded(instance, 0.0, NEAR_FRAC).index).all()


@pytest.mark.usefixtures("as_if_large")
@pytest.mark.parametrize("seed", range(30))
def test_the_way_of_large_portfolios_holds_with_several_couplings(seed):
    assert_equals_enumeration(random_portfolio(seed + 200, mixed(seed), platforms=5, each=2, scenarios=seed % 3))


def test_prices_bound_pairs_on_platforms_that_the_relaxed_model_has_not_seen(monkeypatch):
    for name, value in (("GROUPS_MAX", 0), ("FIRST_COUNT", 1), ("ROUNDS_MAX", 1), ("FEW_COUNT", 0)):
        monkeypatch.setattr(pricing, name, value)
    for seed in range(40):
        instance = random_portfolio(seed, ("shared lines", *mixed(seed)), platforms=8, each=1)
        every, cost = every_choice(instance)
        if not len(every):
            continue
        contains = (every[:, :, None] == np.arange(len(instance.pairs))).any(axis=1)
        best_with = np.where(contains, cost[:, None], np.inf).min(axis=0)
        found = relaxation_bound(instance, [0.3 * instance.highest_rate], np.empty((0, 0)), every[-1], 10.0)
        assert (found.pair_usd <= best_with * (1 + 1e-9)).all()
        assert found.bound_usd <= cost[0] * (1 + 1e-9)


def test_packs_that_share_nothing_are_decided_one_by_one():
    instance = random_portfolio(5, ("owned lines",), packs=3, platforms=3, each=4)
    own = replace(instance, pairs=instance.pairs.take(instance.pairs.pack == instance.pairs.platform))
    own = replace(own, rows=LinearRows.none(len(own.pairs)))
    proof = prove(own)
    assert (proof.rounds, proof.gap_frac) == (0, 0.0)
    assert proof.cost_usd == pytest.approx(every_choice(own)[1][0], rel=1e-12)


class TickingClock:
    """Every look at it takes a second."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        self.now_s += 1.0
        return self.now_s


@pytest.mark.parametrize("limit_s", [0.0, 1.0, 2.0, 5.0, 20.0, 60.0, 300.0])
@pytest.mark.parametrize("risk", [0, 6])
def test_whenever_the_time_is_over_a_choice_stands_with_its_true_gap(limit_s, risk):
    for seed in range(4):
        instance = random_portfolio(seed, ("owned lines", "shared lines"), packs=4, scenarios=risk)
        optimum = every_choice(instance)[1][0]
        clock = TickingClock()
        proof = prove(instance, time_limit_s=limit_s, clock=clock)
        assert proof.feasible
        assert proof.cost_usd == pytest.approx(float(exact_cost_usd(instance, proof.chosen)))
        assert proof.lower_bound_usd <= optimum * (1 + 1e-9) <= proof.cost_usd * (1 + 2e-9)
        assert proof.proven == (proof.gap_frac <= 1e-6)
        # A clock that is over is looked at a few times more, by each step that then ends.
        assert clock.now_s <= limit_s + 40


@pytest.mark.usefixtures("as_if_large")
@pytest.mark.parametrize("limit_s", [0.0, 5.0, 50.0])
def test_large_portfolios_stop_in_time_as_well(limit_s):
    instance = random_portfolio(2, ("shared lines", "soft cap"), packs=4, platforms=6, each=2, scenarios=3)
    proof = prove(instance, time_limit_s=limit_s, clock=TickingClock())
    optimum = every_choice(instance)[1][0]
    assert proof.lower_bound_usd <= optimum * (1 + 1e-9) <= proof.cost_usd * (1 + 2e-9)
