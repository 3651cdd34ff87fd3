"""Answers around the optimum through the public functions, against pricing every combination of candidates."""

from __future__ import annotations

import copy
import itertools
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from given_cells import write_cells

import lcopt
from lcopt.errors import LcoptError, SolverError
from lcopt.inputs.reader import read_scenario
from lcopt.selection.portfolio_answers import answers_of
from lcopt.study import decision

CELLS = {
    "lfp_thin": ("LFP-G (Energy)", 2.6, 92.5),
    "lfp_thick": ("LFP-G (Energy)", 3.3, 92.5),
    "lfp_large": ("LFP-G (Energy)", 3.3, 118.0),
    "nmc_thin": ("NMC622-G (Energy)", 3.0, 88.0),
    "nmc_thick": ("NMC622-G (Energy)", 4.0, 88.0),
}
STRATEGIES = {
    "lfp only": [{"chemistries": ["LFP-G (Energy)"]}],
    "one nmc": {"any_of": [{"chemistries": "NMC622-G (Energy)"}], "platforms_max": 1},
    "everything": [{"chemistries": ["LFP-G (Energy)"]}, {"chemistries": ["NMC622-G (Energy)"], "formats": "pouch"}],
}
PACKS = {
    "small": {"energy": "52 kWh", "power": "100 kW", "volume": "60000 /yr"},
    "middle": {"energy": "66 kWh", "power": "130 kW", "volume": "9000 /yr"},
    "large": {"energy": "88 kWh", "power": "150 kW", "volume": "20000 /yr"},
}


@pytest.fixture(scope="module")
def fleet_mapping(compact_mapping, tmp_path_factory):
    """Three packs from five given cells."""
    pack = {**compact_mapping["packs"][0], "limits": {"charging_time_max": "30 min"}}
    return {
        **copy.deepcopy(compact_mapping),
        "data": write_cells(tmp_path_factory.mktemp("cells"), CELLS),
        "packs": [{**pack, "name": name, **changes} for name, changes in PACKS.items()],
        "search": {"platforms": list(CELLS), "platform_fixed_cost": "25 MUSD"},
        "portfolio": {"strategies": STRATEGIES},
    }


@pytest.fixture(scope="module")
def fleet(fleet_mapping):
    return read_scenario(fleet_mapping)


@pytest.fixture(scope="module")
def result(fleet):
    return lcopt.optimize(fleet)


@pytest.fixture(scope="module")
def listed(fleet):
    return lcopt.candidates(fleet)


@pytest.fixture(scope="module")
def every(listed):
    """Every combination: cost, numbers of candidates, platforms; the cheapest candidates of each cell suffice."""
    best = listed.loc[listed.groupby(["pack", "platform"])["fleet_cost_usd"].idxmin()]
    rows = [best[best["pack"] == name].to_dict("records") for name in PACKS]
    found = []
    for choice in itertools.product(*rows):
        opened = frozenset(row["given_platform"] for row in choice)
        found.append((sum(row["fleet_cost_usd"] for row in choice) + 25e6 * len(opened), opened))
    return sorted(found, key=lambda item: item[0])


def best_of(every, allowed=lambda _: True) -> float:
    return min((cost for cost, opened in every if allowed(opened)), default=np.inf)


def is_lfp(opened) -> bool:
    return all(name.startswith("lfp") for name in opened)


def test_combinations_are_priced_as_the_public_function_does(fleet, listed, every):
    best = listed.loc[listed.groupby(["pack", "platform"])["fleet_cost_usd"].idxmin()]
    rows = best.drop_duplicates("pack", keep="last")
    choice = rows.set_index("pack")["candidate"].to_dict()
    cost = rows["fleet_cost_usd"].sum() + 25e6 * rows["platform"].nunique()
    assert any(cost == pytest.approx(known, rel=1e-12) for known, _ in every)
    assert lcopt.portfolio_cost(fleet, choice) == pytest.approx(cost, rel=1e-12)


def test_the_best_sets_of_platforms_equal_enumeration(result, every):
    best: dict[frozenset[str], float] = {}
    for cost, opened in every:
        best.setdefault(opened, cost)
    sets = result.platform_sets
    for distinct in ("platforms", "kinds"):
        own = sets[sets["distinct"] == distinct]
        np.testing.assert_allclose(own["cost_usd"], sorted(best.values())[:5], rtol=1e-6)
        assert list(own["rank"]) == [1, 2, 3, 4, 5]
    assert (sets["gap_frac"] <= 1e-6).all()


def test_the_penalty_of_each_platform_equals_enumeration(result, every):
    best = every[0]
    penalties = result.platform_penalties
    own = penalties[penalties["distinct"] == "platforms"]
    assert {name.split(":")[0] for name in own["platform"]} == best[1]
    for row in own.to_dict("records"):
        name = row["platform"].split(":")[0]
        without = best_of(every, lambda opened, name=name: name not in opened) - best[0]
        assert row["at_least_usd"] <= without * (1 + 1e-9) + 1.0
        assert row["at_most_usd"] >= without * (1 - 1e-9) - 1.0
        assert name not in {label.split(":")[0] for label in row["platforms"].split("; ")}


def test_fewer_platforms_equal_enumeration(result, every):
    found = result.by_platform_count
    assert list(found["platforms_max"]) == [1, 2, 3]
    expected = [best_of(every, lambda opened, most=most: len(opened) <= most) for most in (1, 2, 3)]
    np.testing.assert_allclose(found["cost_usd"], expected, rtol=1e-6)
    assert (found["platforms_count"] <= found["platforms_max"]).all()


def test_fewer_and_more_platforms_than_the_cap_of_the_scenario_equal_enumeration(fleet_mapping, every):
    capped = read_scenario({**fleet_mapping, "search": {**fleet_mapping["search"], "platforms_max": 1}})
    found = lcopt.optimize(capped).by_platform_count
    expected = [best_of(every, lambda opened, most=most: len(opened) <= most) for most in (1, 2, 3)]
    np.testing.assert_allclose(found["cost_usd"], expected, rtol=1e-6)
    assert found["within_scenario"].tolist() == [True, False, False]
    assert expected[1] < expected[0]


def test_the_best_of_each_chemistry_and_format_equals_enumeration(result, every):
    found = result.best_by_chemistry.set_index("chemistry")["cost_usd"]
    assert found["LFP-G (Energy)"] == pytest.approx(best_of(every, is_lfp), rel=1e-6)
    nmc = best_of(every, lambda opened: not any(name.startswith("lfp") for name in opened))
    assert found["NMC622-G (Energy)"] == pytest.approx(nmc, rel=1e-6)
    assert result.best_by_format["cost_usd"].tolist() == pytest.approx([every[0][0]], rel=1e-6)


def test_strategies_equal_enumeration(result, every):
    found = result.strategies.set_index("strategy")
    one_nmc = best_of(every, lambda opened: len(opened) == 1 and not is_lfp(opened))
    assert found.loc["lfp only", "cost_usd"] == pytest.approx(best_of(every, is_lfp), rel=1e-6)
    assert found.loc["one nmc", "cost_usd"] == pytest.approx(one_nmc, rel=1e-6)
    assert found.loc["everything", "difference_usd"] == pytest.approx(0.0, abs=1.0)
    assert found.loc["one nmc", "difference_frac"] == pytest.approx(one_nmc / every[0][0] - 1, rel=1e-4)


def test_the_list_within_a_share_is_complete(fleet, listed):
    found = lcopt.near_optimal(fleet, within="0.5 %")
    rows = [listed[listed["pack"] == name][["fleet_cost_usd", "platform"]].to_numpy() for name in PACKS]
    first, second, third = (own[:, 0] for own in rows)
    total = first[:, None, None] + second[None, :, None] + third[None, None, :]
    a, b, c = (own[:, 1] for own in rows)
    opened = 1 + (b[None, :] != a[:, None]).astype(int)
    last = (c[None, None, :] != a[:, None, None]) & (c[None, None, :] != b[None, :, None])
    total = total + 25e6 * (opened[:, :, None] + last)
    assert found["complete"].all()
    assert len(found) == (total <= total.min() * 1.005).sum()
    np.testing.assert_allclose(found["fleet_cost_usd"], np.sort(total.ravel())[: len(found)], rtol=1e-12)
    some = found.iloc[len(found) // 2]
    choice = {name: int(some[f"candidate_{name}"]) for name in PACKS}
    assert lcopt.portfolio_cost(fleet, choice) == pytest.approx(some["fleet_cost_usd"], rel=1e-12)
    best = lcopt.k_best(fleet, 7)
    np.testing.assert_allclose(best["fleet_cost_usd"], found["fleet_cost_usd"].head(7), rtol=1e-6)
    fewer = lcopt.near_optimal(fleet, within=0.005, count_max=3)
    assert len(fewer) == 3
    assert not fewer["complete"].any()


def test_sets_within_a_share_are_the_sets_of_the_list(fleet, every):
    found = lcopt.near_optimal(fleet, within="3 %", distinct="platforms")
    expected: dict[frozenset[str], float] = defaultdict(lambda: np.inf)
    for cost, opened in every:
        if cost <= every[0][0] * 1.03:
            expected[opened] = min(cost, expected[opened])
    np.testing.assert_allclose(found["fleet_cost_usd"], sorted(expected.values()), rtol=1e-9)


def test_the_number_of_platforms_switches_where_enumeration_does(fleet, every):
    found = lcopt.switching_values(fleet)
    bare = {
        count: best_of([(c - 25e6 * len(o), o) for c, o in every], lambda o, n=count: len(o) == n)
        for count in (1, 2, 3)
    }

    def winner(usd: float) -> int:
        return min(bare, key=lambda count: bare[count] + usd * count)

    cost = found[found["quantity"] == "platform_fixed_cost"]
    assert len(cost) >= 2
    for row in cost.to_dict("records"):
        usd = row["switches_at"] * 1e6 * (0.999 if row["side"] == "below" else 1.001)
        assert winner(usd) == row["platforms_count"]
    for row in found[found["quantity"] == "volumes"].to_dict("records"):
        scale = row["switches_at"] * (0.999 if row["side"] == "below" else 1.001)
        assert winner(25e6 / scale) == row["platforms_count"]


@pytest.mark.parametrize(("x", "y"), [("lifecycle_cost", "charging_time"), ("energy_density", "lifecycle_cost")])
def test_a_front_of_the_worst_pack_equals_a_search_limit_by_limit(fleet, listed, x, y):
    found = lcopt.pareto(fleet, x, y)
    other = "charging_time_min" if "charging_time" in (x, y) else "pack_energy_density_wh_per_l"
    sign = 1 if other == "charging_time_min" else -1
    for row in found.to_dict("records"):
        kept = listed[sign * listed[other] <= sign * row[other] + 1e-9]
        best = kept.loc[kept.groupby(["pack", "platform"])["fleet_cost_usd"].idxmin()]
        parts = [best[best["pack"] == name].to_dict("records") for name in PACKS]
        costs = [
            sum(item["fleet_cost_usd"] for item in choice) + 25e6 * len({item["platform"] for item in choice})
            for choice in itertools.product(*parts)
        ]
        assert row["lifecycle_cost_usd"] == pytest.approx(min(costs), rel=1e-6)
    assert found["lifecycle_cost_usd"].is_monotonic_increasing or found["lifecycle_cost_usd"].is_monotonic_decreasing
    assert (sign * found.sort_values("lifecycle_cost_usd")[other]).is_monotonic_decreasing


@pytest.mark.parametrize(
    ("x", "y"), [("mass", "carbon"), ("lifecycle_cost", "mass"), ("charging_time", "energy_density")]
)
def test_fronts_of_any_two_metrics_fall(fleet, x, y):
    found = lcopt.pareto(fleet, x, y, points_max=8)
    first, second = found.columns[:2]
    assert len(found) >= 1
    rising = [name in {"pack_specific_energy_wh_per_kg", "pack_energy_density_wh_per_l"} for name in (first, second)]
    ordered = found.sort_values(first, ascending=not rising[0])
    assert (ordered[second].is_monotonic_increasing) if rising[1] else (ordered[second].is_monotonic_decreasing)


def test_the_front_of_one_pack_equals_pairwise_comparison(small, small_candidates):
    found = lcopt.pareto(small, "charging_time", "specific_energy")
    points = small_candidates[["charging_time_min", "pack_specific_energy_wh_per_kg"]].to_numpy()
    for minutes, energy in found.iloc[:, :2].to_numpy():
        assert not ((points[:, 0] <= minutes) & (points[:, 1] > energy)).any()
        assert not ((points[:, 0] < minutes) & (points[:, 1] >= energy)).any()
    assert len(found) > 10


def test_the_front_of_cost_for_one_pack_is_what_each_choice_costs(small, small_candidates):
    found = lcopt.pareto(small, "lifecycle_cost", "charging_time")
    name = small.packs[0].name
    for row in found.to_dict("records"):
        assert row["lifecycle_cost_usd"] == lcopt.portfolio_cost(small, {name: row[f"candidate_{name}"]})
        faster = small_candidates["charging_time_min"] < row["charging_time_min"]
        cheaper = small_candidates["fleet_cost_usd"] <= row["lifecycle_cost_usd"] - 150e6
        assert not (faster & cheaper).any()
    assert len(found) > 3


def test_a_limit_costs_what_a_search_under_the_moved_limit_costs(fleet, result):
    found = lcopt.shadow_costs(fleet, 0.1)
    charging = found[found["quantity"] == "charging_time_min"]
    assert set(charging["pack"]) == set(PACKS)
    assert (charging[charging["side"] == "tightened"]["cost_change_usd"] >= 0).all()
    assert (charging[charging["side"] == "relaxed"]["cost_change_usd"] <= 0).all()
    row = found[(found["quantity"] == "pack_energy_kwh") & (found["side"] == "tightened")].iloc[0]
    packs = list(fleet.packs)
    packs[0] = replace(packs[0], energy_kwh=packs[0].energy_kwh * 1.1)
    again = lcopt.optimize(replace(fleet, packs=tuple(packs)))
    assert row["cost_change_usd"] == pytest.approx(again.lifecycle_cost_usd - result.lifecycle_cost_usd, rel=1e-6)
    assert row["usd_per_unit"] == pytest.approx(row["cost_change_usd"] / row["step"])


def test_on_the_same_candidates_a_tighter_limit_costs_what_enumeration_says(fleet, listed, every):
    found = lcopt.shadow_costs(fleet, 0.3, explore=False)
    rows = found[(found["quantity"] == "charging_time_min") & (found["side"] == "tightened")].to_dict("records")
    assert any(row["cost_change_usd"] > 0 for row in rows)
    for row in rows:
        slow = (listed["pack"] == row["pack"]) & (listed["charging_time_min"] > row["limit_value"] + row["step"])
        best = listed[~slow].loc[listed[~slow].groupby(["pack", "platform"])["fleet_cost_usd"].idxmin()]
        parts = [best[best["pack"] == name].to_dict("records") for name in PACKS]
        costs = [
            sum(item["fleet_cost_usd"] for item in choice) + 25e6 * len({item["platform"] for item in choice})
            for choice in itertools.product(*parts)
        ]
        change = min(costs, default=np.inf) - every[0][0]
        assert row["cost_change_usd"] == pytest.approx(change, rel=1e-3, abs=1e4)


def test_limits_of_the_fleet_cost_what_the_fleet_under_the_moved_limit_costs(fleet_mapping):
    share = {"quantity": "energy", "chemistry": "NMC622-G (Energy)", "share_min": "60 %"}

    def limited(least: str, cap: int) -> object:
        changes = {"portfolio": {"limits": [{**share, "share_min": least}]}}
        return read_scenario({**fleet_mapping, **changes, "search": {**fleet_mapping["search"], "platforms_max": cap}})

    best = lcopt.optimize(limited("60 %", 2)).lifecycle_cost_usd
    found = lcopt.shadow_costs(limited("60 %", 2), 0.25, explore=False).set_index(["quantity", "side"])
    own = found[found["pack"] == "(fleet)"]
    assert own.loc[("energy", "relaxed"), "limit_value"] == 0.6
    assert own.loc[("energy", "relaxed"), "step"] == pytest.approx(-0.15)
    for at, scenario in {
        ("energy", "relaxed"): limited("45 %", 2),
        ("energy", "tightened"): limited("75 %", 2),
        ("platforms_max", "relaxed"): limited("60 %", 3),
        ("platforms_max", "tightened"): limited("60 %", 1),
    }.items():
        change = lcopt.optimize(scenario).lifecycle_cost_usd - best
        assert own.loc[at, "cost_change_usd"] == pytest.approx(change, abs=1e5), at
    assert own.loc[("energy", "relaxed"), "cost_change_usd"] < 0 < own.loc[("energy", "tightened"), "cost_change_usd"]


def test_answers_that_time_does_not_reach_are_counted(fleet):
    asked, _, engineering = decision(fleet)
    answers = answers_of(asked, engineering, time_limit_s=0.0)
    assert answers.skipped_count > 5
    assert answers.sets == answers.without == answers.strategies == ()
    # With no fewer cells than the optimum has it is the best itself.
    assert [item.count for item in answers.by_count] == list(range(len(asked.best.platforms), len(PACKS) + 1))


def test_a_question_whose_time_is_over_before_any_choice_is_counted_and_not_called_impossible(fleet, monkeypatch):
    asked, _, engineering = decision(fleet)
    nothing = replace(asked.best, chosen=np.empty(0, dtype=np.int64), cost_usd=np.inf, proven=False)
    monkeypatch.setattr("lcopt.selection.portfolio_answers.best_within", lambda *_, **__: nothing)
    answers = answers_of(asked, engineering)
    assert answers.strategies == answers.without == answers.by_chemistry == answers.by_format == ()
    assert all(item.proof is asked.best for item in answers.by_count)
    assert answers.skipped_count >= len(STRATEGIES) + len(asked.best.platforms)


def test_questions_that_are_looked_at_at_once_have_the_same_answers(fleet):
    asked, _, engineering = decision(fleet)
    alone, together = (answers_of(asked, engineering, jobs=jobs) for jobs in (1, 3))
    assert together.skipped_count == alone.skipped_count == 0
    for name in ("by_count", "strategies", "without", "by_chemistry", "by_format", "sets"):
        found, expected = getattr(together, name), getattr(alone, name)
        assert len(found) == len(expected) > 0
        for own, other in zip(found, expected, strict=True):
            assert own.proof.cost_usd == other.proof.cost_usd
            np.testing.assert_array_equal(own.proof.chosen, other.proof.chosen)


def test_a_mistake_in_a_question_is_not_swallowed(fleet, monkeypatch):
    def broken(*_, **__):
        raise SolverError("HiGHS failed")

    asked, _, engineering = decision(fleet)
    monkeypatch.setattr("lcopt.selection.portfolio_answers.best_within", broken)
    with pytest.raises(SolverError, match="HiGHS failed"):
        answers_of(asked, engineering, jobs=2)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda fleet: lcopt.near_optimal(fleet, within="2 kg"), "expected a share such as '2 %'"),
        (lambda fleet: lcopt.near_optimal(fleet, distinct="cells"), "distinct is 'cells'; expected one of: candidates"),
        (lambda fleet: lcopt.k_best(fleet, 0), "k is 0; expected a whole number, at least 1"),
        (lambda fleet: lcopt.pareto(fleet, "cost", "mass"), "'cost' is no metric; expected one of: lifecycle_cost"),
        (lambda fleet: lcopt.pareto(fleet, "mass", "mass"), "both metrics are 'mass'"),
        (lambda fleet: lcopt.shadow_costs(fleet, 0.0), "step_frac is 0.0"),
    ],
)
def test_a_question_that_is_none_is_told(fleet, ask, says):
    with pytest.raises(LcoptError, match=says):
        ask(fleet)
