"""Choices under caps on the number of platforms: those that the search starts with, and the proof, by enumeration."""

from __future__ import annotations

import pytest
from made_portfolios import every_choice, model_range, random_portfolio

from lcopt.selection.few_platforms import choice_on_few
from lcopt.selection.instance import exact_cost_usd, meets_rows, open_platforms
from lcopt.selection.proving import prove
from lcopt.selection.replacing import alike, irreplaceable

COUPLINGS = [("none",), ("shared lines",), ("owned lines",), ("shared lines", "cap"), ("shared lines", "floor")]


@pytest.mark.parametrize("couplings", COUPLINGS)
@pytest.mark.parametrize("seed", range(5))
def test_the_best_under_every_cap_equals_enumeration_with_and_without_replaced_platforms(seed, couplings):
    instance = random_portfolio(seed, couplings, platforms=5, each=2)
    small = instance.take(irreplaceable(instance, alike(instance)))
    counts = range(1, instance.packs_count + 1)
    for one in (instance, small):
        for count in counts:
            proof = prove(one.with_platforms_max(count))
            cost = every_choice(instance.with_platforms_max(count))[1]
            assert proof.cost_usd == pytest.approx(cost[0] if len(cost) else float("inf"), rel=2e-6)
            assert proof.proven


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("seed", range(8))
def test_a_choice_on_few_platforms_meets_the_cap_and_is_near_the_best(seed, count):
    instance = random_portfolio(seed, ("shared lines",), platforms=5, each=3).with_platforms_max(count)
    cost = every_choice(instance)[1]
    chosen = choice_on_few(instance)
    if not len(cost):
        assert chosen is None
        return
    assert chosen is not None
    assert meets_rows(instance, chosen)
    assert open_platforms(instance, chosen).sum() <= count
    assert cost[0] * (1 - 1e-12) <= exact_cost_usd(instance, chosen) <= cost[0] * 1.05


def test_without_a_cap_nothing_is_sought():
    assert choice_on_few(random_portfolio(0)) is None
    assert choice_on_few(random_portfolio(0).with_platforms_max(3)) is None


def test_every_cap_of_a_model_range_is_proven():
    instance = model_range(packs=3, each=600, platforms=300)
    proofs = [prove(instance.with_platforms_max(count), time_limit_s=60.0) for count in (1, 2, 3)]
    assert all(proof.proven for proof in proofs)
    assert proofs[0].cost_usd >= proofs[1].cost_usd >= proofs[2].cost_usd
