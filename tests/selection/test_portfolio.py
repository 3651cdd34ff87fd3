"""The pruned model finds what enumeration finds."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcopt.errors import InfeasibleError
from lcopt.selection.certificate import certify
from lcopt.selection.model import selection_model
from lcopt.selection.pruning import Pairs, cheapest_pairs, prune_pairs
from lcopt.selection.solver import solve_selection
from lcopt.study import optimize

GOLDEN = Path(__file__).parents[1] / "golden"
NAMES = ["compact", "sedan", "van"]


def pairs_from(costs: np.ndarray) -> Pairs:
    pack, platform = np.nonzero(np.isfinite(costs))
    return Pairs(pack, platform, np.arange(len(pack)), costs[pack, platform])


def brute_force(costs: np.ndarray, fixed_cost: float, platforms_max: int | None) -> float:
    best = np.inf
    for choice in itertools.product(range(costs.shape[1]), repeat=costs.shape[0]):
        used = len(set(choice))
        if platforms_max is None or used <= platforms_max:
            best = min(best, sum(costs[pack, p] for pack, p in enumerate(choice)) + used * fixed_cost)
    return best


def solve(costs: np.ndarray, fixed_cost: float, platforms_max: int | None, prune: bool = True):
    names = NAMES[: len(costs)]
    pairs = pairs_from(costs)
    seen = prune_pairs(pairs, len(costs), fixed_cost, platforms_max).pairs if prune else pairs
    solution = solve_selection(selection_model(seen, names, fixed_cost, platforms_max), seen, names)
    return None if solution is None else certify(solution, seen, fixed_cost, (0, 0, len(pairs)))


@st.composite
def instances(draw):
    packs = draw(st.integers(1, 3))
    platforms = draw(st.integers(1, 5))
    cells = st.one_of(st.integers(50, 400).map(lambda value: value * 1e6), st.just(np.inf))
    costs = np.array([[draw(cells) for _ in range(platforms)] for _ in range(packs)], dtype=float)
    costs[:, draw(st.integers(0, platforms - 1))] = [draw(st.integers(200, 500)) * 1e6 for _ in range(packs)]
    return costs, draw(st.sampled_from([0.0, 20e6, 150e6])), draw(st.sampled_from([None, 1, 2]))


@given(instances())
@settings(max_examples=60, deadline=None)
def test_small_portfolios_equal_enumeration(instance):
    costs, fixed_cost, platforms_max = instance
    best = brute_force(costs, fixed_cost, platforms_max)
    certificate = solve(costs, fixed_cost, platforms_max)
    assert certificate.lifecycle_cost_usd == pytest.approx(best, rel=1e-9)
    assert certificate.gap_frac <= 1e-6
    assert certificate.proven


@given(instances())
@settings(max_examples=30, deadline=None)
def test_pruning_never_changes_the_optimum(instance):
    pruned, unpruned = solve(*instance), solve(*instance, prune=False)
    assert pruned.lifecycle_cost_usd == pytest.approx(unpruned.lifecycle_cost_usd, rel=1e-9)


@given(instances())
@settings(max_examples=30, deadline=None)
def test_more_platforms_allowed_is_never_dearer(instance):
    costs, fixed_cost, _ = instance
    one, two, free = (solve(costs, fixed_cost, cap).lifecycle_cost_usd for cap in (1, 2, None))
    assert one >= two * (1 - 1e-9)
    assert two >= free * (1 - 1e-9)


def test_two_cars_share_when_the_fixed_cost_exceeds_what_sharing_costs():
    costs = np.array([[100e6, 110e6], [np.inf, 200e6]])
    assert solve(costs, 5e6, None).lifecycle_cost_usd == 100e6 + 200e6 + 2 * 5e6
    assert solve(costs, 15e6, None).lifecycle_cost_usd == 110e6 + 200e6 + 15e6


def test_a_cap_that_no_platform_can_meet_has_no_solution():
    assert solve(np.array([[1e6, np.inf], [np.inf, 1e6]]), 0.0, 1) is None


def test_of_two_layouts_of_one_cell_the_cheaper_stands_for_the_pair():
    pairs = cheapest_pairs(np.array([0, 0, 0]), np.array([7, 7, 3]), np.array([0, 1, 2]), np.array([5.0, 4.0, 6.0]))
    assert pairs.platform.tolist() == [3, 7]
    assert pairs.candidate.tolist() == [2, 1]


def test_the_model_reads_as_agreed(tmp_path):
    """The rows in words; regenerate with `LCOPT_GOLDEN=1 pytest tests/selection` after a wanted change."""
    import os

    model = selection_model(pairs_from(np.array([[100e6, 110e6, np.inf], [np.inf, 200e6, 190e6]])), NAMES[:2], 15e6, 2)
    path = tmp_path / "portfolio.lp"
    model.write(str(path), io_options={"symbolic_solver_labels": True})
    golden = GOLDEN / "portfolio.lp"
    if os.environ.get("LCOPT_GOLDEN"):
        golden.write_text(path.read_text())
    assert path.read_text() == golden.read_text()
    assert {item.name for item in model.component_objects(pyo.Constraint)} == {
        "one_platform_a_pack",
        "only_open_platforms",
        "platforms_max",
    }


def test_an_energy_that_no_whole_cells_give_is_infeasible_not_a_crash(make_scenario, compact_mapping):
    pack = {**compact_mapping["packs"][0], "energy": "6 kWh", "power": "10 kW", "limits": {}}
    search = {"chemistries": ["NMC622-G (Energy)"], "technology_classes": ["standard"], "formats": ["pouch"]}
    with pytest.raises(InfeasibleError, match="no candidate with this energy and system voltage") as caught:
        optimize(make_scenario(packs=[pack], search=search))
    assert caught.value.diagnosis.packs[0].pack == "compact"
