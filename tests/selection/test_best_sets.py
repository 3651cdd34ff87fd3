"""The best sets of platforms and the best choice within some platforms, against enumeration of small portfolios."""

from __future__ import annotations

import numpy as np
import pytest
from made_portfolios import every_choice, random_portfolio

from lcopt.selection.around import Distinct
from lcopt.selection.best_sets import best_within, k_best_choices, k_best_sets, unserved
from lcopt.selection.instance import open_platforms
from lcopt.selection.proving import prove
from lcopt.selection.replacing import irreplaceable

COUPLINGS = [("none",), ("shared lines",), ("owned lines", "cap"), ("shared lines", "floor")]


def groups_of(instance, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 3, instance.platforms_count)


def sets_of(instance, chosen, group) -> list[frozenset[int]]:
    return [frozenset(group[np.flatnonzero(row)].tolist()) for row in open_platforms(instance, chosen)]


@pytest.mark.parametrize("couplings", COUPLINGS)
@pytest.mark.parametrize("seed", range(4))
def test_the_best_sets_of_groups_equal_enumeration(seed, couplings):
    instance = random_portfolio(seed, couplings)
    every, cost = every_choice(instance)
    if not len(cost):
        return
    group = groups_of(instance, seed)
    expected: dict[frozenset[int], float] = {}
    for opened, value in zip(sets_of(instance, every, group), cost, strict=True):
        expected.setdefault(opened, value)
    found = k_best_sets(instance, group, prove(instance), 20)
    assert {frozenset(group[proof.platforms].tolist()) for proof in found} == set(expected)
    np.testing.assert_allclose([proof.cost_usd for proof in found], sorted(expected.values()), rtol=2e-6)


@pytest.mark.parametrize("distinct", list(Distinct))
@pytest.mark.parametrize("couplings", COUPLINGS)
@pytest.mark.parametrize("seed", range(3))
def test_the_best_choices_equal_enumeration(seed, couplings, distinct):
    instance = random_portfolio(seed + 20, couplings)
    every, cost = every_choice(instance)
    if distinct is Distinct.PLATFORMS:
        sets = sets_of(instance, every, np.arange(instance.platforms_count))
        cost = np.array([value for number, value in enumerate(cost) if sets[number] not in sets[:number]])
    found = k_best_choices(instance, prove(instance), 6, distinct)
    np.testing.assert_allclose([proof.cost_usd for proof in found], cost[:6], rtol=2e-6)
    assert all(proof.proven for proof in found)


@pytest.mark.parametrize("couplings", COUPLINGS)
@pytest.mark.parametrize("seed", range(4))
def test_the_best_within_some_platforms_equals_enumeration_with_and_without_needless_pairs(seed, couplings):
    instance = random_portfolio(seed + 50, couplings)
    every, cost = every_choice(instance)
    group = groups_of(instance, seed)
    small = instance.take(irreplaceable(instance, group))
    for number in range(3):
        allowed = group == number
        inside = ~(open_platforms(instance, every) & ~allowed).any(axis=1)
        best = cost[inside].min(initial=np.inf)
        for one in (instance, small):
            proof = best_within(one, allowed)
            assert proof.cost_usd == pytest.approx(best, rel=2e-6)
            assert allowed[proof.platforms].all()
        if unserved(instance, allowed):
            assert not np.isfinite(best)
