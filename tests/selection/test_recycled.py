"""Recycling routes of a scenario: every build of cell and pack, one value a pack, and the value that a route gives."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import lcopt
from lcopt.cost.discounting import Component
from lcopt.cost.recycling import ACTIVE_METALS, CATHODE, GOODS
from lcopt.inputs.words import FORMATS
from lcopt.result_building import scenario_catalog
from lcopt.selection.cased_fitting import cased_candidates
from lcopt.selection.engineering import gather_engineering
from lcopt.selection.evaluation import evaluate
from lcopt.selection.geometry import build_geometry
from lcopt.selection.recycled import content_of, recycling_value_usd_per_kwh
from lcopt.selection.tasks import pack_task

LEACHED = {"recycling_route": "mechanical_hydro", "residual_rule": "market"}
SEARCH = {
    "chemistries": ["LFP-G (Energy)", "NMC622-G (Energy)"],
    "formats": ["4680", "prismatic_173", "blade", "long_pouch"],
    "technology_classes": ["standard"],
}


def setting_of(scenario):
    catalog = scenario_catalog(scenario)
    engineering = gather_engineering(scenario, catalog)
    return engineering, pack_task(scenario.packs[0], scenario, catalog, engineering)


@pytest.fixture(scope="module")
def leached(make_scenario):
    return make_scenario(search=SEARCH, lifecycle=LEACHED)


@pytest.fixture(scope="module")
def some(leached):
    """Engineering, task and a few candidates of every format."""
    engineering, task = setting_of(leached)
    grid = cased_candidates(task, engineering)
    return engineering, task, grid.take(np.arange(0, len(grid), 211))


@pytest.fixture(scope="module")
def result(make_scenario):
    return lcopt.optimize(make_scenario(lifecycle={**LEACHED, "recycling_route": "best"}))


@pytest.mark.parametrize("name", SEARCH["formats"])
def test_metals_of_every_build_are_within_their_cells_and_packs(some, name):
    engineering, task, grid = some
    group = grid.take(grid.platforms.cell_format == FORMATS.index(name))
    held = content_of(
        build_geometry(task, group.platforms, group.counts, engineering), engineering, engineering.recycling
    )
    kg = dict(zip(GOODS, held.goods_kg.T, strict=True))
    cells = kg["cathode"] + kg["graphite"] + kg["cell_copper"] + kg["cell_aluminum"] + kg["cell_steel"]
    others = kg["pack_copper"] + kg["pack_aluminum"] + kg["pack_steel"]
    assert len(group) > 10
    assert (cells < held.cells_kg).all()
    assert (others < held.pack_kg - held.cells_kg).all()
    assert (sum(kg[metal] for metal in ACTIVE_METALS) < kg["cathode"]).all()
    assert ((kg["cell_steel"] > 0) == (name == "4680")).all()
    assert (kg["cell_copper"] > 0.2 * held.energy_kwh).all()


def test_with_a_value_given_nothing_is_recycled(make_scenario):
    values = {"end_of_life_value": {"lfp": "-7 USD/kWh", "ternary": "10 USD/kWh"}, "recycling_route": "given"}
    engineering, task = setting_of(make_scenario(search=SEARCH, lifecycle=values))
    grid = cased_candidates(task, engineering)
    few = grid.take(np.flatnonzero(grid.platforms.cell_format == FORMATS.index("blade"))[::500])
    found = recycling_value_usd_per_kwh(build_geometry(task, few.platforms, few.counts, engineering), engineering)
    assert engineering.recycling is None
    assert found.tolist() == np.where(few.platforms.couple == 0, -7.0, 10.0).tolist()


def test_a_route_costs_what_its_value_would_cost_if_it_were_given(make_scenario, some):
    """One implementation of the lifecycle: only where the value comes from differs, and it may be negative."""
    engineering, task, grid = some
    few = grid.take(np.flatnonzero(grid.platforms.cell_format == FORMATS.index("prismatic_173"))[:2])
    for couple, family, sign in ((0, "lfp", -1), (1, "ternary", 1)):
        own = few.platforms.take(np.arange(len(few)))
        own = dataclasses.replace(own, couple=np.full(len(few), couple))
        by_route = evaluate(task, own, few.counts, engineering)
        worth = recycling_value_usd_per_kwh(by_route.geometry, engineering)
        assert (np.sign(worth) == sign).all()
        residual = by_route.lifecycle.present_value_usd[Component.RESIDUAL]
        assert (np.sign(residual) == -sign).all()  # a cost is positive
        for index, value in enumerate(worth):
            lifecycle = {"residual_rule": "market", "end_of_life_value": {family: f"{float(value)!r} USD/kWh"}}
            given, same_task = setting_of(make_scenario(search=SEARCH, lifecycle=lifecycle))
            place = np.array([index])
            one = evaluate(same_task, own.take(place), few.counts.take(place), given)
            expected = by_route.lifecycle.lifecycle_cost_usd[index]
            assert one.lifecycle.lifecycle_cost_usd[0] == pytest.approx(expected, rel=1e-12)


def test_every_pack_earns_its_value_once(make_scenario):
    """Replaced packs when they leave, the last one under the rule market only."""
    sold = {}
    for rule in ("market", "none", "linear_time"):
        lifecycle = {**LEACHED, "residual_rule": rule}
        usage = {"profile": "ride_hailing"}
        scenario = make_scenario(search=SEARCH, lifecycle=lifecycle)
        scenario = make_scenario(search=SEARCH, lifecycle=lifecycle, packs=[{**_pack(scenario), "usage": usage}])
        engineering, task = setting_of(scenario)
        grid = cased_candidates(task, engineering)
        few = grid.take(np.flatnonzero(grid.platforms.cell_format == FORMATS.index("4680"))[::400])
        evaluation = evaluate(task, few.platforms, few.counts, engineering)
        value = recycling_value_usd_per_kwh(evaluation.geometry, engineering)
        worth = value * evaluation.geometry.pack.pack_energy_out_kwh
        flows = evaluation.lifecycle.ledger.by_year_usd()
        replaced = evaluation.lifecycle.installations.replacements_count
        assert replaced.max() > 0
        assert flows[Component.END_OF_LIFE].sum(axis=1) == pytest.approx(replaced * worth)
        sold[rule] = flows[Component.RESIDUAL].sum(axis=1), worth
    assert sold["market"][0] == pytest.approx(sold["market"][1])
    assert not sold["none"][0].any()
    assert (sold["linear_time"][0] >= 0).all()


def _pack(scenario) -> dict[str, object]:
    pack = scenario.packs[0]
    return {
        "name": pack.name,
        "volume": "200000 /yr",
        "energy": "60 kWh",
        "power": "150 kW",
        "system_voltage": "400 V",
        "limits": {"charging_time_max": "40 min"},
    }


def test_the_table_of_a_result_adds_up_to_the_value_of_every_ranked_design(result):
    table, inputs = result.ranked.recycling, result.ranked.lifecycle_inputs
    for row in inputs.itertuples():
        own = table[(table["pack"] == row.pack) & (table["rank"] == row.rank)]
        expected = row.recycling_value_usd_per_kwh * row.pack_energy_kwh
        assert own["value_usd_per_pack"].sum() == pytest.approx(expected)
        product = own["content_kg"] * own["recovery_frac"] * own["payable_frac"] * own["price_usd_per_kg"]
        assert own["value_usd_per_pack"].to_numpy() == pytest.approx(product.to_numpy())
        goods = own[own["kind"] == "good"]
        assert (goods["recovered_kg"] <= goods["content_kg"]).all()
    assert set(result.recycling["rank"]) == {0}


def test_less_is_recycled_than_was_bought(result):
    """Scrap of the making is not in the pack."""
    bill, table = result.ranked.bill_of_materials, result.ranked.recycling
    bought = bill[bill["item"] == "positive_active"].set_index("rank")["quantity"]
    held = table[table["item"] == GOODS[CATHODE]].set_index("rank")["content_kg"]
    assert (held < bought[held.index]).all()
    assert (held > 0.8 * bought[held.index]).all()


def test_without_a_route_the_table_is_empty(small_result):
    assert small_result.recycling.empty
    assert list(small_result.recycling.columns)[:3] == ["pack", "rank", "route"]


def test_dearer_lithium_makes_every_spent_pack_worth_more(result):
    dearer = lcopt.recost(result, {"lithium_carbonate": "60 USD/kg"}).ranked.lifecycle_inputs
    before = result.ranked.lifecycle_inputs
    assert (dearer["recycling_value_usd_per_kwh"] > before["recycling_value_usd_per_kwh"]).all()
