"""Cold stops, heaters, climate and limits on life in the optimizer."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from lcopt.errors import InfeasibleError
from lcopt.inputs.reader import read_scenario
from lcopt.inputs.words import HEATERS
from lcopt.result_building import scenario_catalog
from lcopt.selection.cased_fitting import cased_candidates
from lcopt.selection.engineering import gather_engineering
from lcopt.selection.evaluation import evaluate_in_batches
from lcopt.selection.screening import screened_in_every_option
from lcopt.selection.space import with_every_class, with_every_heater
from lcopt.selection.tasks import pack_task
from lcopt.study import candidates, optimize

SEARCH = {
    "chemistries": ["LFP-G (Energy)", "NMC622-G (Energy)"],
    "formats": ["short_blade_l600"],
    "technology_classes": ["standard", "super"],
    "architectures": ["cell_to_pack"],
}
COLD = {"cold_temperature": "-20 degC"}


@pytest.fixture(scope="module")
def scenario(compact_mapping):
    """A scenario from the compact one with limits, search and use of its own."""

    def make(limits=None, search=None, plant=None, **usage):
        mapping = copy.deepcopy(compact_mapping)
        mapping["packs"][0]["limits"] |= {"charging_time_max": "30 min", **(limits or {})}
        mapping["packs"][0]["usage"] = {"profile": mapping["packs"][0]["usage"], **usage}
        mapping["search"] = SEARCH | (search or {})
        mapping["plant"] = plant or {}
        return read_scenario(mapping)

    return make


@pytest.fixture(scope="module")
def warm(scenario):
    return candidates(scenario())


@pytest.fixture(scope="module")
def cold(scenario):
    return candidates(scenario({**COLD, "cold_charging_time_max": "60 min"}, cold_stops="40 %"))


def test_without_cold_stops_no_heater_is_built(warm):
    assert set(warm["heater"]) == {"none"}
    assert warm["cold_charging_time_min"].isna().all()


def test_every_heater_is_tried_where_cold_stops_are_asked_for(cold):
    assert set(cold["heater"]) == set(HEATERS)
    assert cold["cold_charging_time_min"].max() <= 60
    assert (cold["cold_charging_time_min"] >= cold["charging_time_min"] - 0.1).all()


def test_a_heater_costs_money_and_mass_and_saves_time_in_the_cold(cold):
    same = ["chemistry", "technology_class", "areal_capacity_mah_per_cm2", "cells_in_series_count", "cooling"]
    same += ["cells_in_parallel_count", "tiers_count", "is_lying", "pack_volume_l", "cell_thickness_mm"]
    pairs = cold[cold["heater"] == "none"].merge(cold[cold["heater"] == "ptc_12kw"], on=same, suffixes=("", "_heated"))
    assert len(pairs) > 50
    assert (pairs["purchase_price_usd_per_pack_heated"] > pairs["purchase_price_usd_per_pack"]).all()
    np.testing.assert_allclose(pairs["pack_mass_kg_heated"] - pairs["pack_mass_kg"], 12 * 0.35, rtol=1e-9)
    assert (pairs["cold_charging_time_min_heated"] <= pairs["cold_charging_time_min"] + 1e-9).all()
    assert (pairs["cold_heat_kwh"] == 0).all()
    assert (pairs["cold_heat_kwh_heated"] > 0).all()


def test_the_chosen_design_is_the_cheapest_of_all_candidates_with_their_heaters(scenario):
    asked = scenario({**COLD, "cold_charging_time_max": "45 min"}, cold_stops="40 %")
    found, result = candidates(asked), optimize(asked)
    best = found["lifecycle_cost_usd_per_pack"].min()
    assert result.designs["lifecycle_cost_usd_per_pack"].iloc[0] == pytest.approx(best, rel=1e-12)
    assert result.designs["cold_charging_time_min"].iloc[0] <= 45


def test_charging_with_every_option_finds_what_building_every_option_finds(scenario):
    asked = scenario({**COLD, "cold_charging_time_max": "45 min", "mass_max": "420 kg"}, cold_stops="40 %")
    catalog = scenario_catalog(asked)
    engineering = gather_engineering(asked, catalog)
    task = pack_task(asked.packs[0], asked, catalog, engineering)
    builds = cased_candidates(task, engineering)
    some = builds.take(np.arange(0, len(builds), 5))
    once = screened_in_every_option(task, some, engineering)
    every = with_every_heater(with_every_class(some, len(engineering.classes.speed_factor)), task.cold.heaters)
    values = evaluate_in_batches(task, every.platforms, every.counts, engineering)
    met = np.logical_and.reduce([limit.met(values[limit.quantity]) for limit in task.limits])
    assert once.evaluated_count == len(every)
    assert once.feasible.sum() == met.sum() > 100
    costs = np.sort(once.cost_usd_per_pack[once.feasible])
    np.testing.assert_allclose(costs, np.sort(values["lifecycle_cost_usd_per_pack"][met]), rtol=1e-12)


def test_a_tighter_cold_limit_never_cheapens_the_pack(scenario):
    cost = []
    for minutes in (90, 40, 30):
        asked = scenario({**COLD, "cold_charging_time_max": f"{minutes} min"}, cold_stops="0 %")
        cost.append(candidates(asked)["lifecycle_cost_usd_per_pack"].min())
    assert cost == sorted(cost)
    assert cost[0] < cost[-1]


def test_a_pack_that_is_warmed_on_the_way_stops_as_short_as_a_warm_one(scenario):
    limits = {**COLD, "cold_charging_time_max": "60 min"}
    way = candidates(scenario(limits, {"heaters": ["ptc_6kw"]}, cold_stops="40 %", preheat="way"))
    plug = candidates(scenario(limits, {"heaters": ["ptc_6kw"]}, cold_stops="40 %", preheat="plug"))
    assert (way["cold_charging_time_min"] < way["charging_time_min"] * 1.02).all()
    # Heat from the grid at home is cheaper than heat that the battery gives and charges again on the road.
    assert plug["lifecycle_cost_usd_per_pack"].min() < way["lifecycle_cost_usd_per_pack"].min()


def test_limits_at_temperatures_bind_and_colder_packs_give_less(scenario, warm):
    asked = {
        "usable_energy_min_at": {"-10 degC": "50 kWh", "-20 degC": "45 kWh"},
        "power_min_at": {"-20 degC": "60 kW"},
    }
    found = candidates(scenario(asked))
    assert len(found) <= len(warm)
    assert (found["usable_energy_kwh_at_-20_deg_c"] < found["usable_energy_kwh_at_-10_deg_c"]).all()
    assert (found["usable_energy_kwh_at_-10_deg_c"] < found["pack_energy_kwh"]).all()
    assert found["usable_energy_kwh_at_-20_deg_c"].min() >= 45
    assert found["power_kw_at_-20_deg_c"].min() >= 60
    assert (found["power_kw_at_-20_deg_c"] < found["pack_power_kw"]).all()


def test_life_and_warranty_are_limits(scenario, warm):
    longest = warm["soh_life_yr"].max()
    kept = candidates(scenario({"life_min": f"{longest - 0.5:.3f} yr"}))
    assert kept["soh_life_yr"].min() >= longest - 0.5
    assert len(kept) < len(warm)
    ruled = candidates(scenario({"warranty": "euro_7"}))
    assert ruled["warranty_margin_frac"].min() >= 0
    with pytest.raises(InfeasibleError, match="life"):
        optimize(scenario({"life_min": "59 yr"}, climate="dubai"))


def test_a_hotter_climate_never_lengthens_a_life(scenario):
    lives = [optimize(scenario(climate=name)).life["life_yr"].iloc[0] for name in ("oslo", "shanghai", "dubai")]
    assert lives == sorted(lives, reverse=True)


def test_the_table_of_aging_starts_new_and_falls_with_its_range(scenario):
    result = optimize(scenario(climate="munich"))
    aging, life = result.aging, result.life.iloc[0]
    assert aging["soh_frac"].iloc[0] == 1
    assert (np.diff(aging["soh_frac"]) < 0).all()
    assert (aging["soh_low_frac"] <= aging["soh_frac"]).all()
    assert (aging["soh_frac"] <= aging["soh_high_frac"]).all()
    assert life["life_low_yr"] < life["life_yr"] < life["life_high_yr"]
    assert life["life_km"] == pytest.approx(life["life_yr"] * result.scenario.packs[0].usage.distance_km_per_yr)


def test_dearer_parts_make_the_heater_dearer_too(scenario):
    limits = {**COLD, "cold_charging_time_max": "60 min"}
    search = {"heaters": ["ptc_12kw"]}
    bought = []
    for factor in (1.0, 1.5):
        bill = optimize(scenario(limits, search, {"parts_price_factor": factor})).bill_of_materials
        bought.append(float(bill.loc[bill["item"] == "battery_heater", "price_usd_per_unit"].iloc[0]))
    assert bought[1] == pytest.approx(1.5 * bought[0])
