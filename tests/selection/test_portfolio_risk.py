"""Price scenarios with probabilities: what is chosen under them is what enumeration through the public doors finds."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lcopt.inputs.reader import read_scenario
from lcopt.report.answer import answer_text
from lcopt.result_building import recost
from lcopt.result_risk import ADJUSTED, EXPECTED, TAIL
from lcopt.study import candidates, optimize, portfolio_cost

CELLS = {
    "iron": {"chemistry": "LFP-G (Energy)", "cell_capacity_ah": "92.5"},
    "nickel": {"chemistry": "NMC622-G (Energy)", "cell_capacity_ah": "80"},
    "small_nickel": {"chemistry": "NMC622-G (Energy)", "cell_capacity_ah": "60"},
}
UNITS = {"chemistry": "", "technology_class": "", "areal_capacity_mah_per_cm2": "mAh/cm2"} | {
    "cell_capacity_ah": "Ah",
    "aspect_ratio": "1",
}
CELL = {"technology_class": "standard", "areal_capacity_mah_per_cm2": "3.3", "aspect_ratio": "4.7"}
# Iron phosphate is dear where all else is cheap, and nickel dear where all else is dear: two cells hedge each other.
PRICES = """\
item,price_scenario,value,unit,price_year
lfp_cathode,low,20,USD/kg,2025
nmc622_cathode,high,50,USD/kg,2025
"""
PROBABILITIES = {"low": "30 %", "central": "40 %", "high": "30 %"}
AVERSIONS = (0.0, 0.25, 0.5, 1.0)


@pytest.fixture(scope="module")
def with_risk(compact_mapping, tmp_path_factory):
    """Two cars of three given cells under a risk of prices; `risk` replaces its keys, None takes prices for certain."""
    folder = tmp_path_factory.mktemp("own")
    lines = [f"{name},{key},{value},{UNITS[key]}" for name, own in CELLS.items() for key, value in (own | CELL).items()]
    (folder / "platforms.csv").write_text("\n".join(["platform,name,value,unit", *lines]) + "\n")
    (folder / "prices.csv").write_text(PRICES)
    mapping = copy.deepcopy(compact_mapping)
    car = {**mapping["packs"][0], "limits": {}}
    packs = [car, {**car, "name": "larger", "energy": "90 kWh", "volume": "90000 /yr"}]
    search = {"platforms": list(CELLS), "platform_fixed_cost": "10 MUSD"}

    def make(aversion: float | None, risk: dict | None = None, **blocks):
        asked = {"prices": PROBABILITIES, "tail": "30 %", "aversion": f"{aversion}", **(risk or {})}
        portfolio = {} if aversion is None else {"risk": asked}
        portfolio |= blocks.pop("portfolio", {})
        return read_scenario(
            {**mapping, "packs": packs, "search": search, "data": str(folder), "portfolio": portfolio, **blocks}
        )

    return make


@pytest.fixture(scope="module")
def offered(with_risk) -> pd.DataFrame:
    return candidates(with_risk(0.5))


@pytest.fixture(scope="module")
def results(with_risk):
    return {aversion: optimize(with_risk(aversion)) for aversion in AVERSIONS}


def best_of_each(offered: pd.DataFrame) -> list[list[tuple[int, int, np.ndarray]]]:
    """By pack: number, platform and fleet cost in every price scenario of its candidates."""
    names = [f"fleet_cost_at_{name}_usd" for name in PROBABILITIES]
    return [
        [(int(row["candidate"]), int(row["platform"]), row[names].to_numpy(float)) for _, row in own.iterrows()]
        for _, own in offered.groupby("pack", sort=False)
    ]


def cost_by_hand(choice, aversion: float) -> float:
    """30 % of the outcomes are the dearest scenario alone, since each of the dear ones has 30 %."""
    outcome = sum(cost for *_, cost in choice) + 10e6 * len({platform for _, platform, _ in choice})
    return (1 - aversion) * float(outcome @ [0.3, 0.4, 0.3]) + aversion * max(outcome[0], outcome[2], outcome[1])


@pytest.mark.parametrize("aversion", AVERSIONS)
def test_the_choice_is_what_enumeration_finds(results, offered, aversion):
    every = itertools.product(*best_of_each(offered))
    best = min(cost_by_hand(choice, aversion) for choice in every)
    assert results[aversion].lifecycle_cost_usd == pytest.approx(best, rel=1e-9)
    assert results[aversion].gap_frac <= 1e-6


def test_the_door_prices_every_choice_as_by_hand(with_risk, offered):
    scenario = with_risk(0.5)
    first, second = best_of_each(offered)
    for choice in ((first[0], second[0]), (first[-1], second[0]), (first[5], second[-1])):
        numbers = dict(zip(("compact", "larger"), (number for number, *_ in choice), strict=True))
        assert portfolio_cost(scenario, numbers) == pytest.approx(cost_by_hand(choice, 0.5), rel=1e-12)


def test_aversion_changes_the_cells_and_two_cells_hedge_each_other(results):
    chemistries = {aversion: tuple(result.designs["chemistry"]) for aversion, result in results.items()}
    assert set(chemistries[0.0]) == {"NMC622-G (Energy)"}
    assert set(chemistries[0.25]) == {"NMC622-G (Energy)", "LFP-G (Energy)"}
    assert set(chemistries[1.0]) == {"LFP-G (Energy)"}


def test_more_aversion_never_raises_the_tail_nor_lowers_the_mean(results):
    told = [result.price_risk.set_index("price_scenario")["lifecycle_cost_usd"] for result in results.values()]
    tails, means = ([table[name] for table in told] for name in (TAIL, EXPECTED))
    assert tails == sorted(tails, reverse=True)
    assert means == sorted(means)
    assert tails[0] > tails[-1]


def test_the_table_tells_what_the_choice_costs_at_each_price(results, with_risk):
    result = results[0.25]
    told = result.price_risk.set_index("price_scenario")["lifecycle_cost_usd"]
    for name in PROBABILITIES:
        certain = optimize(with_risk(None, prices=name, search={**_named(result), "platform_fixed_cost": "10 MUSD"}))
        assert certain.lifecycle_cost_usd <= told[name] * (1 + 1e-9)
    assert told[ADJUSTED] == pytest.approx(result.lifecycle_cost_usd, rel=1e-12)
    assert told[EXPECTED] == pytest.approx(float(told[list(PROBABILITIES)] @ [0.3, 0.4, 0.3]), rel=1e-12)
    assert told[TAIL] == pytest.approx(told["high"], rel=1e-12)
    assert told[ADJUSTED] == pytest.approx(0.75 * told[EXPECTED] + 0.25 * told[TAIL], rel=1e-12)


def _named(result) -> dict[str, list[str]]:
    return {"platforms": sorted({name.split(":")[0] for name in result.designs["platform"]})}


def test_the_costs_of_the_result_add_up_with_a_line_for_the_risk(results):
    for result in results.values():
        cost = result.cost
        assert cost["present_value_usd"].sum() == pytest.approx(result.lifecycle_cost_usd, rel=1e-12)
        (line,) = cost.loc[cost["pack"] == "(price risk)", "present_value_usd"]
        central = result.price_risk.set_index("price_scenario")["lifecycle_cost_usd"]["central"]
        assert line == pytest.approx(result.lifecycle_cost_usd - central, rel=1e-9)


def test_one_certain_price_scenario_is_no_risk(with_risk):
    certain = optimize(with_risk(None))
    risky = optimize(with_risk(0.5, {"prices": {"central": "100 %"}}))
    assert risky.lifecycle_cost_usd == pytest.approx(certain.lifecycle_cost_usd, rel=1e-12)
    assert tuple(risky.designs["platform"]) == tuple(certain.designs["platform"])
    assert not len(certain.price_risk)
    assert "(price risk)" not in set(certain.cost["pack"])


def test_a_price_that_the_scenario_states_holds_in_every_price_scenario(with_risk, catalog):
    rows = catalog.in_price_year(2025).table("prices").select(price_scenario="central")
    stated = {row.keys["item"]: f"{row.value!r} {row.unit}" for row in rows if row.value}
    costs = optimize(with_risk(1.0, price_overrides=stated)).price_risk["lifecycle_cost_usd"]
    assert np.ptp(costs) == pytest.approx(0.0, abs=1e-9 * costs[0])


def test_pooled_volumes_and_risk_go_together(with_risk):
    scenario = with_risk(0.5, portfolio={"volumes": "pooled"})
    offered = candidates(scenario)
    cheapest = offered.loc[offered.groupby(["pack", "platform"])["risk_adjusted_cost_usd_per_pack"].idxmin()]
    by_pack = [own["candidate"].tolist() for _, own in cheapest.groupby("pack", sort=False)]
    best = min(
        portfolio_cost(scenario, dict(zip(("compact", "larger"), choice, strict=True)))
        for choice in itertools.product(*by_pack)
    )
    result = optimize(scenario)
    assert result.lifecycle_cost_usd <= best * (1 + 1e-6)
    assert result.cost["present_value_usd"].sum() == pytest.approx(result.lifecycle_cost_usd, rel=1e-12)
    table = result.price_risk.set_index("price_scenario")["lifecycle_cost_usd"]
    assert table[ADJUSTED] == pytest.approx(result.lifecycle_cost_usd, rel=1e-9)


def test_a_single_pack_with_tax_under_several_models_has_a_risk_too(with_risk):
    scenario = with_risk(0.5, tax={"rate": "25 %"}, ownership={"model": ["sale", "swap"]})
    result = optimize(replace(scenario, packs=scenario.packs[:1]))
    assert result.cost["present_value_usd"].sum() == pytest.approx(result.lifecycle_cost_usd, rel=1e-9)
    offered = candidates(replace(scenario.with_model(result.ownership_model), packs=scenario.packs[:1]))
    packs = offered["fleet_cost_usd"] / offered["lifecycle_cost_usd_per_pack"]
    best = (offered["risk_adjusted_cost_usd_per_pack"] * packs).min() + 10e6
    assert result.lifecycle_cost_usd == pytest.approx(best, rel=1e-9)


def test_generated_cells_are_sought_at_the_cost_under_risk(make_scenario):
    risk = {"prices": {"central": "50 %", "2022_peak": "50 %"}, "tail": "50 %", "aversion": "100 %"}
    at_peak = optimize(make_scenario(prices="2022_peak"))
    averse = optimize(make_scenario(portfolio={"risk": risk}))
    assert averse.lifecycle_cost_usd == pytest.approx(at_peak.lifecycle_cost_usd, rel=1e-9)


def test_a_result_at_other_prices_has_its_risk_again(results):
    result = results[0.5]
    dearer = recost(result, {"separator": "3 USD/m2"})
    told = dearer.price_risk.set_index("price_scenario")["lifecycle_cost_usd"]
    before = result.price_risk.set_index("price_scenario")["lifecycle_cost_usd"]
    assert (told > before).all()
    assert dearer.lifecycle_cost_usd == pytest.approx(told[ADJUSTED], rel=1e-12)


def test_the_answer_tells_mean_and_tail(results):
    text = answer_text(results[0.5])
    assert "price risk" in text
    assert "on average" in text
    assert "dearest 30 %" in text
