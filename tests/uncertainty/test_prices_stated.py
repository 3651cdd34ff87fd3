"""A scenario that states distributions: its prices alone are sampled, with its correlations; as brute force tells."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

import lcopt
from lcopt.errors import LcoptError
from lcopt.result_building import scenario_catalog
from lcopt.selection.uncertain_prices import sampled_prices, uncertain_prices
from lcopt.uncertainty.factors import factors_of
from lcopt.uncertainty.mapping import map_ends, map_table
from lcopt.uncertainty.study import sensitivity

LFP, NMC = "lfp_cathode", "nmc622_cathode"
MEANS, SPREADS, TOGETHER = (5.5, 15.0), (1.5, 2.0), 0.7
STATED = {
    item: {"dist": "normal", "mean": f"{mean} USD/kg", "sd": f"{sd} USD/kg"}
    for item, mean, sd in zip((LFP, NMC), MEANS, SPREADS, strict=True)
}
BLOCK = {
    "samples": "4096",
    "seed": "3",
    "correlations": [{"between": [LFP, NMC], "value": str(TOGETHER)}],
    "map": [f"price_overrides.{LFP}", f"price_overrides.{NMC}"],
}


@pytest.fixture(scope="module")
def stated(make):
    return make(price_overrides=STATED, uncertainty=BLOCK)


@pytest.fixture(scope="module")
def found(stated):
    return sensitivity(stated)


def costs_at(make, prices):
    """All candidates of the catalog, re-costed by the whole model at some prices, with what they cost the fleet."""
    fixed = {item: f"{price} USD/kg" for item, price in zip((LFP, NMC), prices, strict=True)}
    return lcopt.candidates(make(price_overrides=fixed))


def test_the_probability_is_that_of_candidates_that_are_costed_at_other_prices(make, stated, found):
    """Costs are linear: two more costings of the candidates give their slopes; then prices are drawn by themselves."""
    base = lcopt.candidates(stated)
    slopes = []
    for moved in ((MEANS[0] + 1, MEANS[1]), (MEANS[0], MEANS[1] + 1)):
        other = costs_at(make, moved).merge(
            base,
            on=[
                "chemistry",
                "areal_capacity_mah_per_cm2",
                "cells_in_series_count",
                "cells_in_parallel_count",
                "cells_per_module_count",
                "rows_of_modules_count",
                "pack_mass_kg",
            ],
            suffixes=("", "_base"),
        )
        assert len(other) > 0.5 * len(base)
        rise = (other["fleet_cost_usd"] - other["fleet_cost_usd_base"]).to_numpy()
        slopes.append(dict(zip(other["candidate_base"], rise, strict=True)))
    common = base[base["candidate"].isin(slopes[0].keys() & slopes[1].keys())]
    slope = np.array([[own[number] for own in slopes] for number in common["candidate"]])
    cov = np.array([[SPREADS[0] ** 2, TOGETHER * SPREADS[0] * SPREADS[1]], [0, SPREADS[1] ** 2]])
    cov[1, 0] = cov[0, 1]
    drawn = multivariate_normal(MEANS, cov, seed=1).rvs(4000)
    cost = common["fleet_cost_usd"].to_numpy() + (drawn - MEANS) @ slope.T
    is_lfp = (common["chemistry"] == "LFP-G (Energy)").to_numpy()
    share = np.mean(cost[:, is_lfp].min(axis=1) < cost[:, ~is_lfp].min(axis=1))
    told = found.probability_best_by_chemistry["LFP-G (Energy)"]
    assert 0.02 < told < 0.98
    assert told == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / 4000) + 0.005)


def test_other_prices_stay_as_they_are_unless_all_are_asked_for(make, found):
    drawn = found.prices.loc[found.prices["sampled"], "field"]
    assert set(drawn) == {f"price_overrides.{LFP}", f"price_overrides.{NMC}"}
    varying = found.samples.drop(columns="winner").nunique() > 1
    assert varying.sum() == 4
    assert "samples all" in found.sampled
    every = sensitivity(make(price_overrides=STATED, uncertainty={**BLOCK, "prices": "all", "samples": "128"}))
    assert every.prices["sampled"].all()
    assert set(found.tornado["field"]) == set(every.tornado["field"])


def test_samples_are_correlated_as_stated(found):
    drawn = found.samples[[f"price_overrides.{LFP}", f"price_overrides.{NMC}"]].to_numpy()
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(TOGETHER, abs=0.02)


def test_the_numbers_are_the_same_on_any_number_of_processes(stated, found):
    other = sensitivity(stated, jobs=3)
    for name in ("samples", "tornado", "switching_values", "importance", "map", "robust"):
        assert getattr(other, name).equals(getattr(found, name)), name
    assert other.regret_usd == found.regret_usd


def test_the_map_is_the_best_of_every_point(make, found):
    table = found.map
    assert len(table) == 21 * 21
    corner = table.iloc[[0, 20, -1]]
    for row in corner.to_dict("records"):
        exact = costs_at(make, (row["x_value"], row["y_value"]))
        cheapest = exact["fleet_cost_usd"].min() + 150e6
        assert row["best_usd"] == pytest.approx(cheapest, rel=1e-3)


def test_a_map_over_a_term_evaluates_anew(decided, found):
    choices = decided.choices(decided.prices.values[None, :], 1)
    factors = factors_of(decided.scenario, decided.catalog)
    names = {
        "platform": decided.names(choices.pairs, decided.platform_words),
        "chemistry": decided.names(choices.pairs, decided.chemistry_words),
    }
    fields = ("price_overrides.lithium_carbonate", "finance.discount_rate")
    table = map_table(decided, choices, np.arange(len(choices.pairs)), fields, names, factors)
    rate = next(factor for factor in factors if factor.field == fields[1])
    exact = decided.under(rate.at(decided.terms_at_prices, rate.low)).costs(choices.pairs)
    lithium = next(n for n, price in enumerate(decided.prices.uncertain) if price.field == fields[0])
    own = table[table["y_value"] == rate.low]
    at = np.interp(decided.prices.values[lithium], own["x_value"], own["best_usd"])
    assert at == pytest.approx(exact.min(), rel=1e-3)
    with pytest.raises(LcoptError, match=r"no uncertain field 'finance\.discount'"):
        map_table(decided, choices, np.arange(3), ("finance.discount", fields[0]), names, factors)


def test_what_matters_most_is_listed_with_its_grade(found):
    table = found.assumptions
    assert table["kind"].isin(["assumed", "published", "measured", "vendor", "scenario", "exact"]).all()
    first = table[~table["changes_winner"].cummin()]
    assert first["changes_winner"].sum() == 0
    assert table.loc[table["kind"] == "assumed", "citation"].ne("").all()


def test_a_map_over_a_term_looks_at_prices_that_are_not_sampled_too(make, decided):
    """A candidate that is the best at an end of the map alone must be evaluated anew."""
    fields = ("price_overrides.lithium_carbonate", "finance.discount_rate")
    lithium = next(n for n, price in enumerate(decided.prices.uncertain) if price.field == fields[0])
    ends = map_ends(decided, fields)
    price = decided.prices.uncertain[lithium]
    assert ends[:, lithium].tolist() == [price.low, price.high]
    np.testing.assert_array_equal(
        np.delete(ends, lithium, 1), np.delete(np.tile(decided.prices.values, (2, 1)), lithium, 1)
    )
    assert not len(map_ends(decided, (fields[0], "price_overrides.nickel_sulfate")))
    with pytest.raises(LcoptError, match="no uncertain field"):
        map_ends(decided, ("price_overrides.lto_anode", fields[1]))


def test_a_distribution_that_moves_no_candidate_does_not_make_all_others_sampled(make):
    scenario = make(price_overrides={"lto_anode": STATED[LFP]})
    assert sampled_prices(uncertain_prices(scenario, scenario_catalog(scenario)), scenario) == []
