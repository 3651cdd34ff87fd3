"""The pruned model finds what enumeration finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcopt.errors import InfeasibleError
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import Pairs, PortfolioInstance
from lcopt.selection.lines import Lines
from lcopt.selection.proving import IMPOSSIBLE, prove
from lcopt.study import optimize

NAMES = ["compact", "sedan", "van"]


def instance_from(costs: np.ndarray, fixed_cost: float, platforms_max: int | None) -> PortfolioInstance:
    pack, platform = np.nonzero(np.isfinite(costs))
    nothing = np.empty((len(pack), 0))
    instance = PortfolioInstance(
        pack_names=tuple(NAMES[: len(costs)]),
        platform_names=tuple(f"p{number}" for number in range(costs.shape[1])),
        pairs=Pairs(pack, platform, np.arange(len(pack)), costs[pack, platform], nothing.astype(np.int64), nothing),
        platform_fixed_cost_usd=np.full(costs.shape[1], fixed_cost),
        lines=Lines.none(),
        rows=LinearRows.none(len(pack)),
        platform_rows=LinearRows.none(costs.shape[1]),
    )
    return instance if platforms_max is None else instance.with_platforms_max(platforms_max)


def brute_force(costs: np.ndarray, fixed_cost: float, platforms_max: int | None) -> float:
    best = np.inf
    for choice in itertools.product(range(costs.shape[1]), repeat=costs.shape[0]):
        used = len(set(choice))
        if platforms_max is None or used <= platforms_max:
            best = min(best, sum(costs[pack, p] for pack, p in enumerate(choice)) + used * fixed_cost)
    return best


def solve(costs: np.ndarray, fixed_cost: float, platforms_max: int | None):
    return prove(instance_from(costs, fixed_cost, platforms_max))


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
    proof = solve(costs, fixed_cost, platforms_max)
    assert proof.cost_usd == pytest.approx(best, rel=1e-9)
    assert proof.gap_frac <= 1e-6
    assert proof.proven


@given(instances())
@settings(max_examples=30, deadline=None)
def test_more_platforms_allowed_is_never_dearer(instance):
    costs, fixed_cost, _ = instance
    one, two, free = (solve(costs, fixed_cost, cap).cost_usd for cap in (1, 2, None))
    assert one >= two * (1 - 1e-9)
    assert two >= free * (1 - 1e-9)


def test_two_cars_share_when_the_fixed_cost_exceeds_what_sharing_costs():
    costs = np.array([[100e6, 110e6], [np.inf, 200e6]])
    assert solve(costs, 5e6, None).cost_usd == 100e6 + 200e6 + 2 * 5e6
    assert solve(costs, 15e6, None).cost_usd == 110e6 + 200e6 + 15e6


def test_a_cap_that_no_platform_can_meet_has_no_solution():
    assert solve(np.array([[1e6, np.inf], [np.inf, 1e6]]), 0.0, 1).status == IMPOSSIBLE


def test_an_energy_that_no_whole_cells_give_is_infeasible_not_a_crash(make_scenario, compact_mapping):
    pack = {**compact_mapping["packs"][0], "energy": "6 kWh", "power": "10 kW", "limits": {}}
    search = {"chemistries": ["NMC622-G (Energy)"], "technology_classes": ["standard"], "formats": ["pouch"]}
    with pytest.raises(InfeasibleError, match="no candidate with this energy and system voltage") as caught:
        optimize(make_scenario(packs=[pack], search=search))
    assert caught.value.diagnosis.packs[0].pack == "compact"
