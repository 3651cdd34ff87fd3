"""Around the optimum of small portfolios: next best, nearly optimal, penalties, settings, fronts, conflicts."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from made_portfolios import COUPLINGS, every_choice, random_portfolio

from lcopt.selection.around import Distinct, k_best, penalty_usd
from lcopt.selection.best_sets import best_within
from lcopt.selection.conflicts import row_conflicts
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import exact_cost_usd, meets_rows, open_platforms, row_totals
from lcopt.selection.near_optimal import near_optimal
from lcopt.selection.proving import IMPOSSIBLE, prove
from lcopt.selection.sweeping import cost_front, sweep_limits

NEAR_FRAC = 0.02


@pytest.mark.parametrize("risk", [0, 5])
@pytest.mark.parametrize("coupling", [*COUPLINGS, "none"])
def test_the_complete_set_within_two_percent_equals_enumeration(coupling, risk):
    for seed in range(10 if not risk else 3):
        instance = random_portfolio(seed + 100, ("owned lines", coupling), scenarios=risk)
        every, cost = every_choice(instance)
        found = near_optimal(instance, NEAR_FRAC)
        assert found.complete
        near = cost <= cost[0] * (1 + NEAR_FRAC) if len(cost) else np.empty(0, dtype=bool)
        assert {tuple(row) for row in found.chosen.tolist()} == {tuple(row) for row in every[near].tolist()}
        np.testing.assert_allclose(found.cost_usd, cost[near], rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_five_best_equal_enumeration(seed):
    instance = random_portfolio(seed, ("shared lines", "cap"))
    cost = every_choice(instance)[1]
    found = [proof.cost_usd for proof in k_best(instance, 5)]
    np.testing.assert_allclose(found, cost[:5], rtol=2e-6)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_every_set_of_platforms_equals_enumeration(seed):
    instance = random_portfolio(seed, ("owned lines",))
    every, cost = every_choice(instance)
    best = {}
    for opened, value in zip(open_platforms(instance, every), cost, strict=True):
        best.setdefault(tuple(np.flatnonzero(opened)), value)
    found = k_best(instance, 20, Distinct.PLATFORMS)
    assert {tuple(proof.platforms.tolist()) for proof in found} == set(best)
    np.testing.assert_allclose([proof.cost_usd for proof in found], sorted(best.values()), rtol=2e-6)


@pytest.mark.parametrize("seed", range(5))
def test_the_penalty_of_each_platform_is_certified(seed):
    instance = random_portfolio(seed, ("shared lines",))
    every, cost = every_choice(instance)
    opened = open_platforms(instance, every)
    best = prove(instance)
    for platform in range(instance.platforms_count):
        other = cost[~opened[:, platform]]
        true = other[0] - cost[0] if len(other) else np.inf
        without = best_within(instance, np.arange(instance.platforms_count) != platform)
        at_least_usd, at_most_usd = penalty_usd(best, without)
        assert at_least_usd <= true + 1.0
        assert at_most_usd >= true - 1.0
        assert not np.isfinite(true) or at_most_usd - at_least_usd <= 3e-6 * cost[0]


def test_fewer_platforms_are_never_cheaper_and_equal_enumeration():
    instance = random_portfolio(4, ("owned lines",), packs=4)
    every, cost = every_choice(instance)
    used = open_platforms(instance, every).sum(axis=1)
    for count in (1, 2, 3):
        proof = prove(instance.with_platforms_max(count))
        within = cost[used <= count]
        assert (proof.status == IMPOSSIBLE) == (not len(within))
        assert not len(within) or proof.cost_usd == pytest.approx(within[0], rel=1e-6)


def test_a_sweep_of_limits_equals_fresh_solves_and_reuses_most_of_them():
    instance = random_portfolio(2, ("owned lines",), each=5)
    rng = np.random.default_rng(0)
    metrics = rng.uniform(0, 1, (len(instance.pairs), 2))
    settings = rng.uniform(0.3, 1.1, (60, 2))
    sweep = sweep_limits(instance, metrics, settings)
    assert sweep.solved_count < 30
    for bounds, proof in zip(settings, sweep.proofs, strict=True):
        allowed = np.flatnonzero((metrics <= bounds).all(axis=1))
        cost = every_choice(instance.take(allowed))[1]
        assert proof.cost_usd == pytest.approx(cost[0] if len(cost) else np.inf, rel=1e-6)
        assert np.isin(proof.chosen, allowed).all()


def test_the_front_of_cost_against_a_metric_lies_on_the_enumerated_front():
    instance = random_portfolio(5, ("shared lines",))
    metric = LinearRows.one("carbon", "t", np.random.default_rng(1).uniform(1, 9, len(instance.pairs)))
    every, cost = every_choice(instance)
    totals = row_totals(replace(instance, rows=metric), every)[:, 0]
    front = cost_front(instance, metric, 8)
    assert len(front) >= 3
    for total, proof in front:
        assert proof.cost_usd == pytest.approx(cost[totals <= total + 1e-9].min(), rel=1e-6)
    assert all(first[0] > second[0] for first, second in itertools.pairwise(front))


@pytest.mark.parametrize("seed", range(8))
def test_conflicting_rows_and_their_smallest_relaxations_equal_enumeration(seed):
    rng = np.random.default_rng(seed)
    instance = random_portfolio(seed, ())
    every, _ = every_choice(instance)
    use = rng.uniform(1, 10, (3, len(instance.pairs)))
    totals = use[:, every].sum(axis=2)
    first_low = totals[0] <= np.quantile(totals[0], 0.1)
    rows = LinearRows.one("cobalt", "t/yr", use[0], upper=float(np.quantile(totals[0], 0.1)))
    rows = rows.with_rows(LinearRows.one("recycled", "t/yr", use[1], lower=float(totals[1][first_low].max()) + 0.5))
    rows = rows.with_rows(LinearRows.one("carbon", "t", use[2], upper=float(totals[2].min()) - 1.0))
    instance = replace(instance, rows=rows)
    assert prove(instance).status == IMPOSSIBLE
    found = row_conflicts(instance)
    missed = instance.rows.missed(row_totals(instance, every))
    assert set(found.conflicts) == enumerated_conflicts(rows.names, missed == 0)
    for relaxation in found.relaxations:
        giving = [rows.names.index(name) for name in relaxation.rows]
        others = [row for row in range(3) if row not in giving]
        able = (missed[:, others] == 0).all(axis=1)
        least = (missed[able][:, giving] / rows.scale[giving]).sum(axis=1).min()
        own = np.array(relaxation.missed) / rows.scale[giving]
        assert own.sum() == pytest.approx(least, rel=1e-5)
        hit = all(set(conflict) & set(relaxation.rows) for conflict in found.conflicts)
        assert hit


def enumerated_conflicts(names, met) -> set[tuple[str, ...]]:
    found: list[tuple[int, ...]] = []
    for size in range(1, len(names) + 1):
        for rows in itertools.combinations(range(len(names)), size):
            if not any(set(smaller) <= set(rows) for smaller in found) and not met[:, list(rows)].all(axis=1).any():
                found.append(rows)
    return {tuple(names[row] for row in rows) for rows in found}


def test_too_few_platforms_are_named_with_the_number_that_would_do():
    """One pack on each of two platforms, of which only one may be open."""
    instance = random_portfolio(0, (), packs=2, platforms=2, each=1)
    pairs = replace(instance.pairs.take(np.array([0, 1])), pack=np.array([0, 1]), platform=np.array([0, 1]))
    instance = replace(instance, pairs=pairs, rows=LinearRows.none(2)).with_platforms_max(1)
    found = row_conflicts(instance)
    assert found.conflicts == (("platforms_max",),)
    assert found.relaxations[0].missed == (1.0,)


def test_everything_that_is_found_meets_the_rows():
    instance = random_portfolio(9, ("cap", "floor", "owned lines"))
    found = near_optimal(instance, 0.05)
    assert meets_rows(instance, found.chosen).all()
    np.testing.assert_allclose(exact_cost_usd(instance, found.chosen), found.cost_usd)
