"""Cells with a case: what the search builds of them, and that nothing cheaper lies beside what it finds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lcopt.inputs.words import ARCHITECTURES, COOLINGS, FORMATS
from lcopt.result_building import scenario_catalog
from lcopt.selection.cased_fitting import cased_candidates
from lcopt.selection.cased_search import explore_cased
from lcopt.selection.engineering import gather_engineering
from lcopt.selection.evaluation import evaluate_in_batches
from lcopt.selection.fitting import FITTED_WITHIN_FRAC
from lcopt.selection.screening import screened, screened_in_every_option
from lcopt.selection.space import CHASSIS, MODULE, Candidates, with_every_class
from lcopt.selection.tasks import pack_task
from lcopt.study import candidates, optimize

SEARCH = {
    "chemistries": ["LFP-G (Energy)", "NMC811-G (Energy)"],
    "formats": ["4680", "unified", "short_blade_l600", "long_pouch"],
    "technology_classes": ["standard"],
}


@pytest.fixture(scope="module")
def scenario(make_scenario):
    return make_scenario(search=SEARCH)


@pytest.fixture(scope="module")
def setting(scenario):
    """Engineering and task of the one pack."""
    catalog = scenario_catalog(scenario)
    engineering = gather_engineering(scenario, catalog)
    return engineering, pack_task(scenario.packs[0], scenario, catalog, engineering)


@pytest.fixture(scope="module")
def grid(setting) -> Candidates:
    engineering, task = setting
    return cased_candidates(task, engineering)


@pytest.fixture(scope="module")
def explored(setting):
    engineering, task = setting
    return explore_cased(task, engineering)


def test_every_format_architecture_and_fitting_cooling_is_in_the_grid(grid):
    counts, formats = grid.counts, grid.platforms.cell_format
    assert {FORMATS[number] for number in formats} == set(SEARCH["formats"])
    assert {ARCHITECTURES[number] for number in counts.architecture} == set(ARCHITECTURES)
    is_round = formats == FORMATS.index("4680")
    assert set(counts.cooling[is_round]) == {COOLINGS.index("bottom_plate"), COOLINGS.index("side_ribbon")}
    assert set(counts.cooling[~is_round]) == {COOLINGS.index("bottom_plate"), COOLINGS.index("large_face")}
    assert not counts.is_lying[is_round].any()


def test_a_pouch_is_no_part_of_the_body(grid):
    is_pouch = grid.platforms.cell_format == FORMATS.index("long_pouch")
    assert not (grid.counts.architecture[is_pouch] == CHASSIS).any()
    assert (grid.counts.architecture[~is_pouch] == CHASSIS).any()


def test_modules_are_equal_and_hold_all_cells(grid):
    counts = grid.counts
    has_modules = counts.architecture == MODULE
    modules = counts.modules_in_row_count * counts.rows_of_modules_count
    cells = counts.cells_in_series_count * counts.cells_in_parallel_count
    assert np.array_equal((modules * counts.cells_per_module_count)[has_modules], cells[has_modules])
    assert not modules[~has_modules].any()


def test_sizes_are_free_within_their_bounds_only(grid, setting):
    engineering, _ = setting
    for name, cell_format in engineering.cased.formats.items():
        here = grid.platforms.cell_format == FORMATS.index(name)
        for side in ("thickness_mm", cell_format.fitted):
            span = getattr(cell_format, side)
            sizes = getattr(grid.platforms, side)[here]
            assert sizes.min() >= span.low - 1e-9, (name, side)
            assert sizes.max() <= span.high + 1e-9, (name, side)
        fixed = {"length_mm", "height_mm"} - {cell_format.fitted}
        if not cell_format.is_round:
            (side,) = fixed
            assert set(getattr(grid.platforms, side)[here]) == {getattr(cell_format, side).value}


def test_free_sizes_meet_the_energy_exactly_and_fixed_ones_stay_within_the_excess(grid, setting):
    engineering, task = setting
    some = grid.take(np.arange(0, len(grid), 997))
    energy = evaluate_in_batches(task, some.platforms, some.counts, engineering)["pack_energy_kwh"]
    wanted = task.pack.energy_kwh
    fitted = np.abs(energy / wanted - 1) < 1e-6
    assert fitted.mean() > 0.5
    for name, cell_format in engineering.cased.formats.items():
        here = (some.platforms.cell_format == FORMATS.index(name)) & ~fitted
        size = getattr(some.platforms, cell_format.fitted)[here]
        assert (size == getattr(cell_format, cell_format.fitted).value).all(), name
    assert energy.max() < wanted * (1 + engineering.grid.energy_excess_max_frac) * 1.07


def test_screening_before_costs_loses_nothing(grid, setting):
    engineering, task = setting
    some = grid.take(np.arange(0, len(grid), 211))
    kept = screened(task, some, engineering)
    values = evaluate_in_batches(task, some.platforms, some.counts, engineering)
    met = np.logical_and.reduce([limit.met(values[limit.quantity]) for limit in task.limits])
    assert kept.feasible.sum() == met.sum() > 0
    assert kept.feasible_cost_usd_per_pack.min() == values["lifecycle_cost_usd_per_pack"][met].min()
    assert kept.evaluated_count == len(some)


def test_building_once_for_all_classes_finds_what_building_for_each_finds(grid, setting):
    engineering, task = setting
    some = grid.take(np.arange(0, len(grid), 61))
    once = screened_in_every_option(task, some, engineering)
    each = screened(task, with_every_class(some, len(engineering.classes.speed_factor)), engineering)
    assert once.evaluated_count == each.evaluated_count
    costs = [np.sort(item.cost_usd_per_pack[item.feasible]) for item in (once, each)]
    assert len(costs[0]) > 0
    np.testing.assert_allclose(costs[0], costs[1], rtol=1e-12)
    missed = [item.taken(np.flatnonzero(~item.feasible)) for item in (once, each)]
    assert set(missed[0].candidates.platforms.couple) == set(missed[1].candidates.platforms.couple)


def test_batches_of_mixed_formats_give_what_each_format_gives_alone(grid, setting):
    engineering, task = setting
    mixed = grid.take(np.random.default_rng(3).choice(len(grid), 300, replace=False))
    together = evaluate_in_batches(task, mixed.platforms, mixed.counts, engineering)
    for number in np.unique(mixed.platforms.cell_format):
        here = np.flatnonzero(mixed.platforms.cell_format == number)
        alone = mixed.take(here)
        for name, value in evaluate_in_batches(task, alone.platforms, alone.counts, engineering).items():
            np.testing.assert_array_equal(together[name][here], value, err_msg=name)


def test_with_the_same_cell_cell_to_pack_beats_the_module_in_mass_volume_and_cost(grid, setting):
    engineering, task = setting
    here = np.flatnonzero((grid.counts.architecture == MODULE) & (grid.counts.is_lying == 0))[::53]
    modules = grid.take(here)
    to_pack = dataclasses.replace(
        modules.counts,
        architecture=np.full(len(here), ARCHITECTURES.index("cell_to_pack")),
        cells_per_module_count=np.zeros(len(here), dtype=np.int64),
        modules_in_row_count=np.zeros(len(here), dtype=np.int64),
        rows_of_modules_count=np.zeros(len(here), dtype=np.int64),
    )
    of_modules = evaluate_in_batches(task, modules.platforms, modules.counts, engineering)
    of_packs = evaluate_in_batches(task, modules.platforms, to_pack, engineering)
    good = np.isfinite(of_modules["pack_mass_kg"])
    assert good.sum() > 100
    np.testing.assert_allclose(of_packs["pack_energy_kwh"][good], of_modules["pack_energy_kwh"][good])
    for name in ("pack_mass_kg", "pack_volume_l", "purchase_price_usd_per_pack", "lifecycle_cost_usd_per_pack"):
        assert (of_packs[name][good] < of_modules[name][good]).all(), name


def test_nothing_beside_the_cheapest_design_is_cheaper(explored, setting):
    """Random steps in loading, thickness and counts around the optimum, fitted to the energy again, find nothing."""
    engineering, task = setting
    best = int(explored.feasible_cost_usd_per_pack.argmin())
    cost = explored.cost_usd_per_pack[best]
    chosen = explored.candidates.take(np.array([best]))
    cell_format = engineering.cased.formats[FORMATS[chosen.platforms.cell_format[0]]]
    rng = np.random.default_rng(11)
    count = 4000
    many = chosen.take(np.zeros(count, dtype=np.int64))
    moved = dataclasses.replace(
        many.platforms,
        areal_capacity_mah_per_cm2=many.platforms.areal_capacity_mah_per_cm2 * rng.uniform(0.9, 1.1, count),
        thickness_mm=np.clip(
            many.platforms.thickness_mm * rng.uniform(0.9, 1.1, count),
            cell_format.thickness_mm.low,
            cell_format.thickness_mm.high,
        ),
        **{cell_format.fitted: getattr(many.platforms, cell_format.fitted) * rng.uniform(0.97, 1.03, count)},
    )
    span = getattr(cell_format, cell_format.fitted)
    inside = (getattr(moved, cell_format.fitted) >= span.low) & (getattr(moved, cell_format.fitted) <= span.high)
    tried = screened(task, Candidates(moved, many.counts, many.family).take(inside), engineering)
    assert tried.feasible.sum() > 100
    assert tried.feasible_cost_usd_per_pack.min() >= cost * (1 - 5e-4)


def test_a_finer_grid_changes_the_optimum_by_less_than_a_per_mille(make_scenario):
    """The refinement starts at several series counts, since whole rows of cells make many local optima."""
    search = {"chemistries": ["LFP-G (Energy)"], "formats": ["short_blade_l600"], "technology_classes": ["standard"]}
    finer = {
        "series_counts_tried_count": "30 count",
        "cross_sizes_count": "7 count",
        "cased_areal_capacity_step_mah_per_cm2": "0.2 mAh/cm2",
    }
    cost = [
        candidates(make_scenario(search=search, **blocks))["lifecycle_cost_usd_per_pack"].min()
        for blocks in ({}, {"catalog_overrides": {"search_grid": finer}})
    ]
    assert cost[0] == pytest.approx(cost[1], rel=1e-3)


def test_the_chosen_design_is_the_cheapest_of_all_candidates(scenario):
    result, found = optimize(scenario), candidates(scenario)
    assert result.designs["lifecycle_cost_usd_per_pack"].iloc[0] == pytest.approx(
        found["lifecycle_cost_usd_per_pack"].min(), rel=1e-12
    )
    assert result.gap_frac <= 1e-6
    assert set(found["format"]) <= set(SEARCH["formats"])
    assert (abs(found["pack_energy_kwh"] / 60 - 1) < FITTED_WITHIN_FRAC).any()


def test_a_lower_underbody_takes_lower_packs_only(make_scenario):
    free = candidates(make_scenario(search=SEARCH))
    low = candidates(make_scenario({"height_max": "125 mm", "width_max": "1.4 m"}, search=SEARCH))
    assert free["pack_height_mm"].max() > 125
    assert low["pack_height_mm"].max() <= 125
    assert low["pack_width_mm"].max() <= 1400
    # The narrower room makes other arrangements of the same cells, so it has candidates of its own.
    assert low["lifecycle_cost_usd_per_pack"].min() >= free["lifecycle_cost_usd_per_pack"].min()


def test_a_higher_underbody_than_that_of_the_catalog_takes_higher_packs(make_scenario, catalog):
    usual = catalog.table("design_bounds").one(name="pack_height_mm").number("mm")
    van = candidates(make_scenario({"height_max": f"{usual + 60} mm"}, search=SEARCH))
    assert usual < van["pack_height_mm"].max() <= usual + 60


def test_a_safety_rule_asks_barriers_of_ternary_cells_and_never_cheapens_the_pack(make_scenario):
    cost = {}
    for rule in ("none", "gb38031_2020", "gb38031_2025"):
        found = candidates(make_scenario({"safety": rule}, search=SEARCH))
        ternary = found[found["chemistry"] == "NMC811-G (Energy)"]
        barrier = ternary["barrier_thickness_mm"]
        assert (barrier == 0).all() if rule == "none" else (barrier > 0).all()
        if rule == "gb38031_2025":
            assert (ternary["propagation_margin_k"] > 9).all()
            assert (found["vented_gas_mol"] <= 15).all()
        cost[rule] = found.groupby("chemistry")["lifecycle_cost_usd_per_pack"].min()
    for chemistry in SEARCH["chemistries"]:
        assert cost["none"][chemistry] <= cost["gb38031_2020"][chemistry] <= cost["gb38031_2025"][chemistry]
        assert cost["none"][chemistry] < cost["gb38031_2025"][chemistry]
    paid = cost["gb38031_2025"] - cost["none"]
    assert paid["NMC811-G (Energy)"] > paid["LFP-G (Energy)"]


def test_sulfide_cells_are_not_wound(make_scenario):
    search = {
        "chemistries": ["NMC811-Si (Sulfide)", "NMC811-G (Energy)"],
        "formats": ["4680", "unified"],
        "readiness_min": 5,
        "production_start": 2030,
    }
    scenario = make_scenario(search=search)
    catalog = scenario_catalog(scenario)
    engineering = gather_engineering(scenario, catalog)
    grid = cased_candidates(pack_task(scenario.packs[0], scenario, catalog, engineering), engineering)
    names = {
        (engineering.chemistries[couple], FORMATS[number])
        for couple, number in zip(grid.platforms.couple, grid.platforms.cell_format, strict=True)
    }
    assert ("NMC811-Si (Sulfide)", "4680") not in names
    assert {("NMC811-Si (Sulfide)", "unified"), ("NMC811-G (Energy)", "4680")} <= names


def test_dry_electrodes_save_solvent_and_capital(make_scenario):
    wet, dry = (
        optimize(make_scenario(search=SEARCH, plant={"electrode_process": process})) for process in ("wet", "dry")
    )
    solvent = dry.bill_of_materials.set_index("item")["quantity"]["positive_solvent"]
    assert solvent == 0
    assert dry.lifecycle_cost_usd < wet.lifecycle_cost_usd


def test_two_packs_share_one_cell_with_a_case(two_cars, make_scenario):
    # At 400 V the charger's current alone takes 18 min for the large pack, so its limit is that of the small one.
    limits = two_cars.packs[0].limits
    packs = [dataclasses.replace(pack, system_voltage_v=400, limits=limits) for pack in two_cars.packs]
    search = {**SEARCH, "formats": ["4680", "short_blade_l600"], "platforms_max": 1}
    base = make_scenario(search=search)
    scenario = dataclasses.replace(base, packs=tuple(packs))
    result = optimize(scenario)
    assert len(result.designs) == 2
    assert result.designs["platform"].nunique() == 1
    assert result.designs["format"].iloc[0] in search["formats"]
    apart = optimize(dataclasses.replace(scenario, search=dataclasses.replace(scenario.search, platforms_max=2)))
    assert apart.lifecycle_cost_usd <= result.lifecycle_cost_usd * (1 + 1e-9)
