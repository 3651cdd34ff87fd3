"""Robust objectives of a scenario: the choice is that of brute force over all candidates and samples."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from made_portfolios import every_choice, random_portfolio
from made_unsure import SMALL

import lcopt
from lcopt.selection.instance import exact_cost_usd
from lcopt.selection.price_risk import PriceRisk
from lcopt.selection.price_samples import Method
from lcopt.selection.proving import prove
from lcopt.selection.uncertain_prices import draw_prices
from lcopt.uncertainty.decided import decide
from lcopt.uncertainty.robust import tail_mean

DEAR_NICKEL = {
    "lfp_cathode": {"dist": "lognormal", "median": "4 USD/kg", "sd_log": "1.2"},
    "nmc622_cathode": {"dist": "normal", "mean": "13 USD/kg", "sd": "0.5 USD/kg"},
}


@pytest.fixture(scope="module")
def outcomes(make):
    """Costs of all candidates (n_candidates, n_samples) at the samples that a robust choice is proven at."""
    decided = decide(make(price_overrides=DEAR_NICKEL))
    drawn = draw_prices(decided.prices, decided.scenario, 512, 7, Method.SOBOL)
    choices = decided.choices(drawn, 1)
    return choices.costs, drawn


AIMS = {
    "expected": lambda cost, drawn: cost.at(drawn.mean(axis=0)),
    "cvar": lambda cost, drawn: tail_mean(cost.at(drawn[:128]), 0.1),
    "max_regret": lambda cost, drawn: (cost.at(drawn[:128]) - cost.at(drawn[:128]).min(axis=1)[:, None]).max(axis=0),
}


@pytest.mark.parametrize("objective", list(AIMS))
def test_one_pack_is_chosen_as_by_brute_force(make, outcomes, objective):
    scenario = make(price_overrides=DEAR_NICKEL, uncertainty={"samples": "512", "seed": "7", "objective": objective})
    result = lcopt.optimize(scenario)
    wanted = AIMS[objective](*outcomes).min()
    told = result.price_risk.set_index("price_scenario")["lifecycle_cost_usd"]
    row = {"expected": "(expected)", "cvar": "(tail mean)", "max_regret": "(maximum regret)"}[objective]
    assert told[row] == pytest.approx(wanted, rel=1e-7)
    assert result.lifecycle_cost_usd == pytest.approx(told["(risk-adjusted)"], rel=1e-9)
    assert result.cost["present_value_usd"].sum() == pytest.approx(result.lifecycle_cost_usd, rel=1e-9)
    assert result.gap_frac <= 1e-6


def test_the_central_choice_is_another_one_and_so_the_objective_bites(make):
    central = lcopt.optimize(make(price_overrides=DEAR_NICKEL))
    robust = lcopt.optimize(
        make(price_overrides=DEAR_NICKEL, uncertainty={"samples": "512", "seed": "7", "objective": "cvar"})
    )
    assert central.designs["platform"].iloc[0] != robust.designs["platform"].iloc[0]


@pytest.mark.parametrize("seed", range(4))
def test_the_maximum_regret_of_a_fleet_is_that_of_all_fleets(seed):
    """As `SampledRisk.with_best_taken_off` does: the best of every sample off the pairs of the first pack."""
    instance = random_portfolio(seed)
    every, _ = every_choice(instance)
    rng = np.random.default_rng(seed)
    cost = rng.uniform(0, 0.3, (len(instance.pairs), 5)) * instance.pairs.cost_usd[:, None]
    certain = replace(instance, risk=None)
    outcome = exact_cost_usd(certain, every)[:, None] + cost[every].sum(axis=1)
    best = outcome.min(axis=0)
    cost[instance.pairs.pack == 0] -= best - best.mean()
    risk = PriceRisk(cost, np.full(5, 0.2), 0.2, 1.0)
    proof = prove(replace(instance, risk=risk))
    regret = (outcome - best).max(axis=1).min()
    assert proof.cost_usd - best.mean() == pytest.approx(regret, rel=1e-6, abs=1e-6 * best.mean())


@pytest.mark.parametrize("objective", ["cvar", "max_regret"])
def test_a_fleet_of_two_packs_is_no_worse_than_every_fleet_that_is_compared(make, objective):
    first = SMALL["packs"][0]
    second = {**copy.deepcopy(first), "name": "large", "energy": "80 kWh", "power": "200 kW", "volume": "80000 /yr"}
    packs, search = [first, second], {**SMALL["search"], "formats": ["blade"]}
    block = {"samples": "64", "seed": "7", "objective": objective}
    decided = decide(make(packs=packs, search=search, uncertainty=block, price_overrides=DEAR_NICKEL))
    drawn = draw_prices(decided.prices, decided.scenario, 64, 7, Method.SOBOL)
    count = 16 if objective == "max_regret" else 64
    choices = decided.choices(drawn[:count], count)
    cost = choices.costs.at(drawn[:count])
    regret = (cost - cost.min(axis=1)[:, None]).max(axis=0)
    by = tail_mean(cost, 0.1) if objective == "cvar" else regret
    assert by[choices.chosen] == pytest.approx(by.min(), rel=1e-6, abs=1.0)
