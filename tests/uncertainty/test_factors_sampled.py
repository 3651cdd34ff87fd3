"""Factors that are not linear are sampled by evaluating anew; nothing that can win is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lcopt.selection.linear_costs import LinearCosts
from lcopt.selection.price_samples import Method
from lcopt.selection.uncertain_prices import draw_prices
from lcopt.uncertainty.factors import factors_of
from lcopt.uncertainty.robust import robust_choices
from lcopt.uncertainty.sampling import Block, Draw, sampling_of_blocks, sampling_of_factors
from lcopt.uncertainty.study import sensitivity
from lcopt.uncertainty.survivors import survivors_of

WORLDS, SAMPLES = 4, 32


@pytest.fixture(scope="module")
def sampled(decided):
    drawn = draw_prices(decided.prices, decided.scenario, SAMPLES, 3, Method.SOBOL)
    choices = decided.choices(drawn, 1)
    every = factors_of(decided.scenario, decided.catalog)
    factors = tuple(factor for factor in every if factor.group in {"discount_rate", "aging", "yield"})
    found = Draw(factors, WORLDS, 5, Method.SOBOL, 0.25, 1e6)
    return choices, drawn, found, sampling_of_factors(decided, choices, drawn, found, 1)


def test_every_sample_has_the_winner_of_all_candidates_evaluated_under_its_factors(decided, sampled):
    choices, drawn, found, sampling = sampled
    for number, part in enumerate(np.array_split(np.arange(SAMPLES), WORLDS)):
        terms = decided.terms_at_prices
        for factor, value in zip(found.factors, found.values[number], strict=True):
            terms = factor.at(terms, float(value))
        world = decided.under(terms)
        moved = world.moved(choices.pairs)
        costs = world.linear_costs(moved).at(drawn[part])
        costs[:, ~moved.met] = np.inf
        np.testing.assert_allclose(sampling.best.cost_usd[part], costs.min(axis=1), rtol=1e-12)
        np.testing.assert_allclose(sampling.chosen_usd[part], costs[:, choices.chosen], rtol=1e-12)
    assert len({tuple(world.values()) for world in sampling.worlds}) == WORLDS


def test_costs_under_other_terms_are_linear_in_prices_too(decided, sampled):
    """At one sample the costs are those of the whole model at its prices and its discount rate."""
    choices, drawn, _, _ = sampled
    factor = next(f for f in factors_of(decided.scenario, decided.catalog) if f.group == "discount_rate")
    world = decided.under(factor.at(decided.terms_at_prices, factor.high))
    some = choices.pairs[::401]
    told = world.linear_costs(world.moved(some)).at(drawn[0])
    scenario = replace(world.terms.scenario, price_overrides=decided.prices.at(drawn[0]))
    exact = decided.under(replace(decided.terms, scenario=scenario)).costs(some)
    np.testing.assert_allclose(told, exact, rtol=1e-9)


def test_a_choice_that_gains_much_is_found_though_it_was_left_out_at_first():
    """The third is 30 dearer than the first, the second gains 40: so far is looked, and the third gains 80."""
    count = 1000
    fixed = np.concatenate([[100.0, 101.0, 130.0], np.linspace(135.0, 400.0, count)])
    costs = LinearCosts(fixed, np.zeros((len(fixed), 1)))
    gains = np.concatenate([[0.0, 40.0, 80.0], np.full(count, 15.0)])
    now = costs.at(np.ones(1))
    found = survivors_of(costs, np.ones((4, 1)), now, [lambda index: (now - gains)[index]], 2.0, chosen=0)
    assert found.index[found.costs_usd[0].argmin()] == 2
    assert len(found.index) < len(costs)


@pytest.mark.parametrize("group", ["energy_prices", "class_factor"])
def test_a_factor_at_its_value_changes_nothing_and_its_draws_stay_within_its_ends(decided, group):
    factor = next(f for f in factors_of(decided.scenario, decided.catalog) if f.group == group)
    drawn = factor.drawn(np.linspace(0.01, 0.99, 50), 0.25)
    assert factor.low <= drawn.min() < factor.value < drawn.max() <= factor.high


def test_aging_is_at_an_end_as_often_as_the_catalog_says(decided):
    aging = next(f for f in factors_of(decided.scenario, decided.catalog) if f.group == "aging")
    drawn = aging.drawn((np.arange(100) + 0.5) / 100, 0.25)
    assert [int((drawn == value).sum()) for value in (-1, 0, 1)] == [25, 50, 25]


def test_a_scenario_asks_for_factors_and_the_record_tells_them(make):
    scenario = make(
        search={"chemistries": ["LFP-G (Energy)"], "formats": ["pouch"], "technology_classes": ["standard"]},
        uncertainty={"samples": "64", "factors": ["discount_rate", "energy_prices"]},
    )
    found = sensitivity(scenario)
    assert list(found.factors.columns) == [
        "finance.discount_rate",
        "packs.compact.usage.ac_price",
        "packs.compact.usage.dc_price",
    ]
    assert "factors: discount_rate, energy_prices" in found.sampled
    assert found.odds.cost_usd.p90 - found.odds.cost_usd.p10 > 0


def block_of(costs_usd, met):
    """Two samples in which choices cost this much at any price."""
    every = np.arange(len(costs_usd))
    fixed = LinearCosts(np.array(costs_usd, dtype=float), np.zeros((len(costs_usd), 1)))
    return Block(np.array([[1.0], [2.0]]), every, fixed, np.array(met))


def test_a_choice_that_is_never_the_best_is_the_robust_one():
    """The first and second are each the best in one block and bad in the other; the last is cheap and not allowed."""
    blocks = [
        block_of([10, 100, 12, 1], [True, True, True, False]),
        block_of([100, 10, 13, 1], [True, True, True, False]),
    ]
    sampling = sampling_of_blocks(blocks, 0, (), 1)
    kept = sampling.robust(0)
    found = robust_choices(sampling.outcomes, kept, sampling.best, 0.1, 0)
    assert [(one.choice, one.expected_usd, one.regret_max_usd) for one in found] == [
        (0, 55.0, 90.0),
        (2, 12.5, 3.0),
        (2, 12.5, 3.0),
        (2, 12.5, 3.0),
    ]


def test_one_block_leaves_out_what_is_beaten_but_not_by_what_misses_a_limit():
    sampling = sampling_of_blocks([block_of([10, 11, 1], [True, True, False])], 1, (), 1)
    assert sampling.robust(1).tolist() == [0, 1]
    assert sampling.robust(0).tolist() == [0]


def test_where_nothing_meets_the_limits_the_choice_misses_them_too():
    blocks = [block_of([10, 20], [True, True]), block_of([12, 11], [False, False])]
    sampling = sampling_of_blocks(blocks, 0, (), 1)
    assert sampling.missed_frac == 0.5
    assert sampling.best.winner.tolist() == [0, 0, 1, 1]
    assert sampling.robust(0).tolist() == [0, 1]
