"""How sure the answer to a whole scenario is, against evaluating it anew."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from lcopt import exploration, study
from lcopt.batch import json_text
from lcopt.errors import LcoptError
from lcopt.inputs.price_correlations import Correlation
from lcopt.inputs.uncertainty_keys import AGING
from lcopt.report.uncertainty_words import asked_sensitivity
from lcopt.result_building import scenario_catalog
from lcopt.selection.engineering import gather_engineering
from lcopt.selection.evaluation import evaluate_in_batches
from lcopt.selection.price_samples import draw
from lcopt.selection.uncertain_prices import uncertain_prices
from lcopt.study import optimize
from lcopt.uncertainty import decided as decided_module
from lcopt.uncertainty.decided import decide
from lcopt.uncertainty.factors import factors_of
from lcopt.uncertainty.study import sensitivity
from lcopt.uncertainty.told import sensitivity_record, sensitivity_text
from lcopt.uncertainty.tornado import NOTHING_FITS


def evaluated_usd(decided, pairs, prices):
    """Fleet cost of candidates of the one pack by the whole model, at prices of all items."""
    scenario = replace(decided.scenario, price_overrides=prices)
    engineering = gather_engineering(scenario, scenario_catalog(scenario))
    (explored,) = decided.portfolio.explored
    index = decided.instance.pairs.candidate[pairs]
    platforms, counts = explored.candidates.platforms.take(index), explored.candidates.counts.take(index)
    values = evaluate_in_batches(explored.task, platforms, counts, engineering)
    fixed = decided.instance.platform_fixed_cost_usd[decided.instance.pairs.platform[pairs]]
    return values["lifecycle_cost_usd_per_pack"] * explored.task.packs_discounted + fixed


def test_the_matrix_costs_what_the_model_does_at_any_prices(decided):
    samples = draw([price.distribution for price in decided.prices.uncertain], 4, 3)
    choices = decided.choices(samples, 1)
    some = np.arange(0, len(choices.pairs), 97)
    costs = choices.costs.take(some)
    for values in (decided.prices.values, *samples):
        exact = evaluated_usd(decided, choices.pairs[some, 0], decided.prices.at(values))
        np.testing.assert_allclose(costs.at(values), exact, rtol=1e-12)
    assert decided.deviation_frac < 1e-12


def test_lithium_moves_every_cathode_that_holds_it(decided):
    lithium = next(price for price in decided.prices.uncertain if price.item == "lithium_carbonate")
    moves = dict(zip(decided.prices.items, lithium.moves, strict=True))
    assert 0.2 < moves["lfp_cathode"] < moves["nmc622_cathode"] < 0.5
    assert lithium.low < lithium.value < lithium.high


def test_a_price_that_the_scenario_states_is_certain(make):
    scenario = make(price_overrides={"lfp_cathode": "5 USD/kg", "graphite_anode": "3 USD/kg"})
    prices = uncertain_prices(scenario, scenario_catalog(scenario))
    moved = {price.item for price in prices.uncertain}
    assert not {"lfp_cathode", "graphite_anode"} & moved
    assert not any(price.moves[prices.items.index("lfp_cathode")] for price in prices.uncertain)


def test_a_distribution_of_the_scenario_takes_the_place_of_the_catalogs(make):
    block = {"dist": "normal", "mean": "5 USD/kg", "sd": "0.5 USD/kg"}
    scenario = make(price_overrides={"lfp_cathode": block})
    prices = uncertain_prices(scenario, scenario_catalog(scenario))
    own = next(price for price in prices.uncertain if price.item == "lfp_cathode")
    assert (own.value, own.distribution.shape, own.kind) == (5.0, "normal", "scenario")
    assert own.high - own.low == pytest.approx(2 * 1.645 * 0.5, rel=1e-3)


def test_correlations_reach_the_samples_and_unknown_ones_are_told(decided):
    matrix = decided.prices.correlation([Correlation(("nickel_sulfate", "cobalt_sulfate"), 0.6)])
    items = [price.item for price in decided.prices.uncertain]
    assert matrix[items.index("nickel_sulfate"), items.index("cobalt_sulfate")] == 0.6
    with pytest.raises(LcoptError, match="lfp_cathode is certain, moves with its metals"):
        decided.prices.correlation([Correlation(("nickel_sulfate", "lfp_cathode"), 0.6)])


def test_terms_cost_what_the_scenario_does_at_those_terms(decided):
    """At the value of the scenario every term gives the costs of the scenario; away from it others."""
    choices = decided.choices(decided.prices.values[None, :], 1)
    some = choices.pairs[::251]
    now = choices.costs.at(decided.prices.values)[::251]
    for factor in factors_of(decided.scenario, decided.catalog):
        at = decided.under(factor.at(decided.terms, factor.value)).costs(some)
        np.testing.assert_allclose(at, now, rtol=1e-12)
        assert (decided.under(factor.at(decided.terms, factor.high)).costs(some) != now).all(), factor.field


def test_probabilities_add_up_to_one(found):
    assert sum(found.probability_best.values()) == pytest.approx(1.0, abs=1e-12)
    assert sum(found.probability_best_by_chemistry.values()) == pytest.approx(1.0, abs=1e-12)
    assert found.probability_by_pack["probability_frac"].sum() == pytest.approx(1.0, abs=1e-12)
    assert found.odds.perfect_information_usd <= found.regret_usd["mean"] * (1 + 1e-9) + 1e-3
    assert found.regret_usd["mean"] <= found.regret_usd["max"]


def test_the_chosen_design_switches_where_the_model_says_so(decided, found):
    """The nearest switch of chemistry by cobalt, by bisection of the whole model on all candidates."""
    table = found.switching_values
    row = table[(table["field"] == "price_overrides.cobalt_sulfate") & (table["changes"] == "chemistry")].iloc[0]
    pairs = np.arange(len(decided.instance.pairs))
    couple = decided.asked.cells.couple[decided.instance.pairs.platform[pairs]]
    at = next(place for place, price in enumerate(decided.prices.uncertain) if price.item == "cobalt_sulfate")

    def lead(value):
        values = decided.prices.values.copy()
        values[at] = value
        cost = evaluated_usd(decided, pairs, decided.prices.at(values))
        return cost[couple == 0].min() - cost[couple == 1].min()

    assert brentq(lead, 0.0, decided.prices.values[at], xtol=1e-6) == pytest.approx(row["value"], rel=1e-5)
    assert "NMC622" in row["next_winner"]


def test_a_conversion_switches_where_a_scenario_with_that_conversion_does(make, found):
    """Written into a scenario at the field that the row names."""
    table = found.switching_values
    field = "catalog_overrides.active_materials.lfp_cathode.conversion_usd_per_kg"
    row = table[(table["field"] == field) & (table["changes"] == "chemistry")].iloc[0]
    won = []
    for share in (0.999, 1.001):
        own = {"lfp_cathode": {"conversion_usd_per_kg": f"{float(row['value']) * share!r} USD/kg"}}
        there = decide(make(catalog_overrides={"active_materials": own}))
        won.append(there.names(there.asked.best.chosen[None, :], there.platform_words)[0])
    assert won == [row["winner"], row["next_winner"]]


def test_the_tornado_holds_every_price_and_term_with_its_source(decided, found):
    fields = {price.field for price in decided.prices.uncertain}
    assert fields < set(found.tornado["field"])
    assert {"finance.discount_rate", "plant.size", "aging"} < set(found.tornado["field"])
    assert (found.tornado["source"] != "").all()
    assert {"cell_yield_frac", "speed_factor", "packs.compact.volume"} < set(found.tornado["field"])
    assert (found.tornado["best_at_high_usd"] <= found.tornado["cost_at_high_usd"]).all()
    assert found.tornado["swing_usd"].abs().is_monotonic_decreasing


def test_equal_seeds_give_equal_numbers_and_others_do_not(scenario, found):
    again, other = sensitivity(scenario), sensitivity(scenario, seed=8)
    assert json_text(sensitivity_record(again)) == json_text(sensitivity_record(found))
    assert other.regret_usd != found.regret_usd


def test_the_record_has_what_programs_read(found):
    record = json.loads(json_text(sensitivity_record(found)))
    assert sum(record["probability_best"].values()) == pytest.approx(1.0)
    assert set(record["regret_usd"]) == {"mean", "p90", "max"}
    assert all({"field", "value", "unit", "next_winner"} <= set(row) for row in record["switching_values"])
    assert record["tornado"]
    assert (record["samples"], record["seed"]) == (512, 7)
    assert "the largest driver rests on an assumption" in sensitivity_text(found)


def test_shares_stand_below_each_other_and_what_misses_a_limit_has_no_costs(found):
    robust = found.robust.assign(expected_usd=[np.inf, *found.robust["expected_usd"].iloc[1:]])
    told = replace(found, probability_best={"first": 0.999, "second": 0.000977}, robust=robust)
    lines = sensitivity_text(told).splitlines()
    first, second = (next(line for line in lines if line.endswith(f"%  {name}")) for name in ("first", "second"))
    assert first.index("%") == second.index("%")
    assert next(line for line in lines if "chosen:" in line).endswith("misses a limit in some samples")
    assert "evaluated anew" in sensitivity_text(told)


def test_ranges_are_told_by_the_values_of_the_first_format_and_class_searched(found):
    rows = found.tornado.set_index("field")[["low", "value", "high"]]
    assert rows.loc["cell_yield_frac"].tolist() == [0.92, 0.95, 0.97]
    assert rows.loc["speed_factor"].tolist() == [0.66, 1.0, 1.1]


@pytest.mark.parametrize(
    ("name", "value"), [("samples", 0), ("samples", 1.5), ("samples", 10**11), ("seed", -1), ("seed", True)]
)
def test_what_is_no_number_of_samples_or_seed_is_told(scenario, name, value):
    with pytest.raises(LcoptError, match=name):
        sensitivity(scenario, **{name: value})


@pytest.mark.parametrize("models", [("sale",), ("sale", "lease")])
def test_reports_use_what_the_optimum_explored(make, monkeypatch, models):
    asked = make(uncertainty={"samples": 32})
    scenario = replace(asked, ownership=replace(asked.ownership, models=models))
    result = optimize(scenario)
    monkeypatch.setattr(exploration, "explore_scenario", pytest.fail)
    told = asked_sensitivity(result)
    assert asked_sensitivity(result) is told
    monkeypatch.undo()
    monkeypatch.setattr(exploration, "SHELF", exploration.Shelf())
    for module in (study, decided_module):
        monkeypatch.setattr(module, "SHELF", exploration.SHELF)
    anew = sensitivity(scenario)
    assert json_text(sensitivity_record(anew)) == json_text(sensitivity_record(told))
    assert told.lifecycle_cost_usd == pytest.approx(result.lifecycle_cost_usd)


def test_the_check_of_a_file_knows_every_field_that_a_map_can_have(make, found):
    fields = [field for field in found.tornado["field"] if field != AGING]
    assert {"finance.discount_rate", "packs.compact.volume", "speed_factor"} < set(fields)
    for field in fields:
        other = "plant.size" if field != "plant.size" else "finance.discount_rate"
        assert make(uncertainty={"map": [field, other]}).uncertainty.map_fields == (field, other)


def test_where_nothing_meets_the_limits_no_cell_is_told_as_the_best(make):
    """The slowest class charges no cell of the one chemistry in time."""
    search = {"chemistries": ["LFP-G (Energy)"], "formats": ["pouch"], "technology_classes": ["standard"]}
    fields = ["price_overrides.lithium_carbonate", "speed_factor"]
    told = sensitivity(make(search=search, uncertainty={"samples": 16, "map": fields}))
    slow = told.map[told.map["y_value"] == told.map["y_value"].min()]
    assert (slow["platform"] == NOTHING_FITS).all()
    assert np.isinf(slow["best_usd"]).all()
    fast = told.map[told.map["y_value"] == told.map["y_value"].max()]
    assert np.isfinite(fast["best_usd"]).all()
    assert (fast["chemistry"] == "LFP-G (Energy)").all()
    (row,) = told.tornado[told.tornado["field"] == "speed_factor"].to_dict("records")
    assert (row["winner_at_low"], row["best_at_low_usd"]) == (NOTHING_FITS, np.inf)
    assert row["winner_at_high"] == told.platform


def test_a_map_over_the_volume_costs_as_many_packs_as_planned(make, found):
    fields = ["price_overrides.lithium_carbonate", "packs.compact.volume"]
    told = sensitivity(make(uncertainty={"samples": 16, "map": fields}))
    (row,) = told.tornado[told.tornado["field"] == fields[1]].to_dict("records")
    lithium = next(row for row in told.prices.to_dict("records") if row["field"] == fields[0])
    for end in ("low", "high"):
        own = told.map[told.map["y_value"] == row[end]].sort_values("x_value")
        at = np.interp(lithium["value"], own["x_value"], own["best_usd"])
        assert at == pytest.approx(row[f"best_at_{end}_usd"], rel=1e-3)


def test_a_robust_choice_tells_what_is_the_cheapest_at_the_prices_of_the_scenario(found):
    assert found.cheapest_platform == found.platform
    assert "the cheapest is" not in sensitivity_text(found)
    other = sensitivity_text(replace(found, platform="another"))
    assert f"at the prices of the scenario the cheapest is {found.cheapest_platform}" in other
