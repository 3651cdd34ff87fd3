"""The optimum is the cheapest candidate, and the candidates leave no room between them."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from lcopt.errors import InfeasibleError, ScenarioError
from lcopt.result_building import recost, scenario_catalog
from lcopt.selection.engineering import gather_engineering
from lcopt.selection.evaluation import evaluate_in_batches
from lcopt.selection.portfolio import explore_packs, select
from lcopt.selection.search import explore
from lcopt.selection.tasks import pack_task, platform_fixed_cost_usd
from lcopt.study import candidates, optimize, portfolio_cost

PER_MILLE = 1e-3


def with_platforms_max(scenario, platforms_max):
    return dataclasses.replace(scenario, search=dataclasses.replace(scenario.search, platforms_max=platforms_max))


def test_one_pack_is_the_cheapest_candidate(small_result, small_candidates):
    cheapest = small_candidates["lifecycle_cost_usd_per_pack"].min()
    assert small_result.designs["lifecycle_cost_usd_per_pack"].item() == pytest.approx(cheapest, rel=1e-12)
    assert small_result.gap_frac <= 1e-6


def test_the_fleet_cost_is_discounted_packs_times_pack_cost_plus_one_platform(small, small_result):
    years = 1.08 ** -np.arange(5)
    packs = 200_000 * years.sum()
    per_pack = small_result.designs["lifecycle_cost_usd_per_pack"].item()
    fixed = small.lifecycle.platform_fixed_cost_musd * 1e6
    assert small_result.lifecycle_cost_usd == pytest.approx(packs * per_pack + fixed, rel=1e-12)
    assert small_result.cost["present_value_usd"].sum() == pytest.approx(small_result.lifecycle_cost_usd, rel=1e-12)


def test_present_values_and_masses_add_up_on_every_ranked_design(small_result):
    tables = small_result.ranked
    designs = tables.designs.set_index(["pack", "rank"])
    keys = ["pack", "rank"]
    present = tables.present_values.groupby(keys)["present_value_usd_per_pack"].sum()
    mass = tables.mass.groupby(keys)["mass_kg"].sum()
    price = tables.pack_cost.groupby(keys)["usd_per_pack"].sum()
    bill = tables.bill_of_materials.groupby(keys)["cost_usd_per_pack"].sum()
    materials = tables.pack_cost[tables.pack_cost["item"] == "materials"].set_index(keys)["usd_per_pack"]
    np.testing.assert_allclose(present, designs["lifecycle_cost_usd_per_pack"], rtol=1e-12)
    np.testing.assert_allclose(mass, designs["pack_mass_kg"], rtol=1e-12)
    np.testing.assert_allclose(price, designs["purchase_price_usd_per_pack"], rtol=1e-12)
    np.testing.assert_allclose(bill, materials, rtol=1e-12)


def test_the_candidate_table_meets_every_limit_and_repeats_the_cost(small, small_candidates):
    assert (small_candidates["charging_time_min"] <= 20 * (1 + 1e-8)).all()
    assert (small_candidates["pack_specific_energy_wh_per_kg"] >= 135 * (1 - 1e-8)).all()
    assert (small_candidates["pack_energy_kwh"] >= 60 * (1 - 1e-8)).all()
    assert (small_candidates["pack_power_kw"] >= 150 * (1 - 1e-8)).all()
    assert (small_candidates["coating_thickness_um"] <= 120 * (1 + 1e-8)).all()
    parts = [name for name in small_candidates if name.endswith("_pv_usd_per_pack")]
    np.testing.assert_allclose(
        small_candidates[parts].sum(axis=1), small_candidates["lifecycle_cost_usd_per_pack"], rtol=1e-12
    )
    row = small_candidates.iloc[7]
    cost = portfolio_cost(small, {"compact": int(row["candidate"])})
    assert cost == pytest.approx(row["fleet_cost_usd"] + platform_fixed_cost_usd(small), rel=1e-12)


@pytest.mark.parametrize("limits", [{}, {"charging_time_max": "16.3 min"}, {"specific_energy_min": "147 Wh/kg"}])
def test_a_finer_grid_changes_the_optimum_by_less_than_a_per_mille(make_scenario, limits):
    base, fine = optimum_on_two_grids(make_scenario(limits), loading_step=0.08, capacity_step=4.0)
    assert fine == pytest.approx(base, rel=PER_MILLE)


def optimum_on_two_grids(scenario, loading_step, capacity_step):
    catalog = scenario_catalog(scenario)
    engineering = gather_engineering(scenario, catalog)
    grid = dataclasses.replace(
        engineering.grid, areal_capacity_step_mah_per_cm2=loading_step, cell_capacity_step_ah=capacity_step
    )
    return [
        explore(pack_task(scenario.packs[0], scenario, catalog, each), each).feasible_cost_usd_per_pack.min()
        for each in (engineering, dataclasses.replace(engineering, grid=grid))
    ]


HARD_PACKS = {
    "only a full cell is low enough": ("44.87 kWh", "161.6 kW", "400 V", {"charging_time_max": "22.16 min"}),
    "excess energy saves a replacement while power binds": (
        "82.95 kWh",
        "240.2 kW",
        "800 V",
        {"charging_time_max": "12.55 min", "specific_energy_min": "198.6 Wh/kg"},
    ),
}


@pytest.mark.parametrize("reason", HARD_PACKS)
def test_the_optimum_hides_neither_between_layers_nor_in_excess_energy(make_scenario, compact_mapping, reason):
    energy, power, voltage, limits = HARD_PACKS[reason]
    taxi = {
        **compact_mapping["packs"][0],
        "energy": energy,
        "power": power,
        "system_voltage": voltage,
        "usage": "ride_hailing",
        "limits": limits,
    }
    search = {
        "chemistries": ["NMC622-G (Energy)", "NMC811-G (Energy)"],
        "formats": "all",
        "technology_classes": ["super"],
    }
    scenario = make_scenario(packs=[taxi], search=search, finance={**compact_mapping["finance"], "horizon": "10 yr"})
    base, fine = optimum_on_two_grids(scenario, loading_step=0.06, capacity_step=2.5)
    assert fine == pytest.approx(base, rel=PER_MILLE)


def test_a_tighter_limit_is_never_cheaper_on_the_same_candidates(small_candidates):
    cost = small_candidates["lifecycle_cost_usd_per_pack"]
    for name, sense in (("charging_time_min", 1), ("pack_specific_energy_wh_per_kg", -1), ("pack_mass_kg", 1)):
        value = sense * small_candidates[name]
        optima = [cost[value <= bound].min() for bound in np.quantile(value, np.linspace(0.02, 1, 25))]
        assert (np.diff(optima) <= 1e-9).all()


def test_a_limit_that_candidates_follow_moves_the_cost_without_jumps_to_the_cheaper(make_scenario):
    costs = [
        optimize(make_scenario({"charging_time_max": f"{minutes} min"})).lifecycle_cost_usd
        for minutes in (17.0, 15.5, 14.0)
    ]
    for loose, tight in itertools.pairwise(costs):
        assert tight >= loose * (1 - PER_MILLE)


def test_a_limit_on_charging_binds_exactly_where_it_decides(make_scenario, compact_mapping):
    weak = {**compact_mapping["packs"][0], "power": "80 kW", "limits": {"charging_time_max": "17 min"}}
    design = optimize(make_scenario(packs=[weak])).designs.iloc[0]
    assert design["charging_time_min"] == pytest.approx(17, rel=1e-6)
    assert design["pack_power_kw"] > 80


def test_more_platforms_allowed_is_never_dearer_and_small_portfolios_equal_enumeration(two_cars):
    catalog = scenario_catalog(two_cars)
    engineering = gather_engineering(two_cars, catalog)
    tasks = [pack_task(pack, two_cars, catalog, engineering) for pack in two_cars.packs]
    portfolio = explore_packs(tasks, engineering)
    fixed = platform_fixed_cost_usd(two_cars)
    shared, free = (select(portfolio, engineering, cap, 60.0).certificate.lifecycle_cost_usd for cap in (1, None))
    assert free <= shared * (1 + 1e-12)

    costs = [
        dict_of_cheapest(platform, explored.cost_usd_per_pack * explored.task.packs_discounted)
        for explored, platform in zip(portfolio.explored, portfolio.platform, strict=True)
    ]
    together = [costs[0][p] + costs[1][p] for p in costs[0].keys() & costs[1].keys()]
    assert shared == pytest.approx(min(together) + fixed, rel=1e-9)
    apart = min(costs[0].values()) + min(costs[1].values()) + 2 * fixed
    assert free == pytest.approx(min(apart, min(together) + fixed), rel=1e-9)


def dict_of_cheapest(platform, cost):
    cheapest: dict[int, float] = {}
    for number, value in zip(platform.tolist(), cost.tolist(), strict=True):
        if number >= 0:
            cheapest[number] = min(value, cheapest.get(number, np.inf))
    return cheapest


def test_two_packs_that_share_a_platform_have_the_identical_cell(two_cars):
    designs = optimize(with_platforms_max(two_cars, 1)).designs
    assert designs["platform"].nunique() == 1
    for name in ("chemistry", "areal_capacity_mah_per_cm2", "cell_capacity_ah", "cell_mass_g", "cell_length_mm"):
        assert designs[name].nunique() == 1


def test_costs_rise_with_every_material_price(small_result):
    table = small_result.ranked.bill_of_materials
    items = {row.keys["item"] for row in small_result.catalog.table("prices").rows}
    used = [item for item in table[table["rank"] == 0]["price_key"].unique() if item in items]
    prices = table.drop_duplicates("price_key").set_index("price_key")["price_usd_per_unit"]
    assert len(used) >= 8
    for item in used:
        dearer = recost(small_result, {item: prices[item] * 1.1 + 0.01})
        assert dearer.lifecycle_cost_usd > small_result.lifecycle_cost_usd


def test_recosting_at_the_same_prices_changes_nothing_and_is_linear(small_result):
    same = recost(small_result, {})
    assert same.lifecycle_cost_usd == pytest.approx(small_result.lifecycle_cost_usd, rel=1e-13)
    assert np.isnan(same.gap_frac)
    steps = [recost(small_result, {"lfp_cathode": price}).lifecycle_cost_usd for price in (3.0, 4.0, 5.0)]
    assert steps[2] - steps[1] == pytest.approx(steps[1] - steps[0], rel=1e-9)


def test_prices_are_given_as_text_or_numbers_and_mistakes_are_named(small_result):
    as_text = recost(small_result, {"lfp_cathode": "5.2 USD/kg"}).lifecycle_cost_usd
    assert as_text == recost(small_result, {"lfp_cathode": 5.2}).lifecycle_cost_usd
    with pytest.raises(ScenarioError) as caught:
        recost(small_result, {"lfp_cathod": 5.2, "separator": "5 USD/kg", "electrolyte": -1.0})
    problems = [str(problem) for problem in caught.value.problems]
    assert len(problems) == 3
    assert "did you mean 'lfp_cathode'" in problems[0]
    assert "USD/m2" in problems[1]
    assert "above 0" in problems[2]


def test_the_price_holds_neither_warranty_nor_research(small_result):
    items = set(small_result.ranked.pack_cost["item"])
    assert not items & {"warranty", "research"}


def test_an_impossible_limit_is_answered_with_what_would_do(make_scenario):
    with pytest.raises(InfeasibleError, match="It would do with specific energy of") as caught:
        optimize(make_scenario({"specific_energy_min": "400 Wh/kg"}))
    relaxation = caught.value.diagnosis.packs[0].relaxations[0]
    reached = f"{np.floor(relaxation.values[0] * 10) / 10} Wh/kg"
    assert optimize(make_scenario({"specific_energy_min": reached})).status == "optimal"


def test_packs_that_no_single_platform_serves_say_so(two_cars):
    tight = dataclasses.replace(
        two_cars.packs[1], limits=dataclasses.replace(two_cars.packs[1].limits, charging_time_max_min=13.0)
    )
    dense = dataclasses.replace(
        two_cars.packs[0],
        limits=dataclasses.replace(two_cars.packs[0].limits, specific_energy_min_wh_per_kg=190.0),
    )
    scenario = with_platforms_max(dataclasses.replace(two_cars, packs=(dense, tight)), 1)
    with pytest.raises(InfeasibleError, match=r"platforms_max|It would do"):
        optimize(scenario)


def test_evaluation_does_not_depend_on_the_batch(small, small_result):
    catalog = scenario_catalog(small)
    engineering = gather_engineering(small, catalog)
    task = pack_task(small.packs[0], small, catalog, engineering)
    choice = small_result.choice[0]
    values = evaluate_in_batches(task, choice.platforms, choice.counts, engineering)
    for rank in range(len(choice.counts)):
        alone = evaluate_in_batches(
            task, choice.platforms.take(np.array([rank])), choice.counts.take(np.array([rank])), engineering
        )
        together = values["lifecycle_cost_usd_per_pack"][rank]
        assert alone["lifecycle_cost_usd_per_pack"][0] == pytest.approx(together, rel=1e-13)


def test_the_excess_of_energy_is_paid_for_and_bounded(small_candidates):
    assert (small_candidates["pack_energy_kwh"] <= 66 * (1 + 1e-8)).all()
    assert (small_candidates["pack_energy_kwh"] > 60.5).any()


def test_candidates_named_twice_agree(small, small_candidates):
    again = candidates(small)
    assert again["lifecycle_cost_usd_per_pack"].equals(small_candidates["lifecycle_cost_usd_per_pack"])
