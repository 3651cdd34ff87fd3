"""Packs explored side by side give what they give one by one, and what is kept is that of the scenario asked for."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import lcopt
from lcopt import exploration
from lcopt.errors import InfeasibleError, LcoptError
from lcopt.exploration import Shelf, explore_scenario
from lcopt.inputs.reader import read_scenario
from lcopt.result_building import scenario_catalog
from lcopt.selection.engineering import gather_engineering
from lcopt.selection.numbering import first_of_each, numbers_of_rows
from lcopt.selection.portfolio import explore_packs
from lcopt.selection.tasks import pack_task

NARROW = {
    "chemistries": ["LFP-G (Energy)"],
    "formats": ["4680"],
    "architectures": ["cell_to_pack"],
    "coolings": ["bottom_plate"],
    "technology_classes": ["standard"],
}


@pytest.fixture(scope="module")
def narrow(compact_mapping):
    """Three packs of one chemistry in one format, so that a search takes no time."""
    (pack,) = compact_mapping["packs"]
    packs = [{**pack, "name": f"car{energy}", "energy": f"{energy} kWh", "limits": {}} for energy in (40, 52, 61)]
    return read_scenario({**compact_mapping, "packs": packs, "search": NARROW})


def explored_with(scenario, jobs):
    catalog = scenario_catalog(scenario)
    engineering = gather_engineering(scenario, catalog)
    tasks = [pack_task(pack, scenario, catalog, engineering) for pack in scenario.packs]
    return explore_packs(tasks, engineering, jobs=jobs)


def test_packs_explored_side_by_side_are_those_explored_one_by_one(narrow):
    serial, parallel = explored_with(narrow, 1), explored_with(narrow, 2)
    assert serial.candidates_count == parallel.candidates_count
    for one, other, number, same in zip(
        serial.explored, parallel.explored, serial.platform, parallel.platform, strict=True
    ):
        np.testing.assert_array_equal(number, same)
        np.testing.assert_array_equal(one.candidates.platforms.keys, other.candidates.platforms.keys)
        np.testing.assert_array_equal(one.check.met, other.check.met)
        assert list(one.values) == list(other.values)
        for name, value in one.values.items():
            np.testing.assert_array_equal(value, other.values[name])


def test_what_a_process_misses_is_told_as_here(narrow):
    impossible = dataclasses.replace(
        narrow,
        packs=tuple(
            dataclasses.replace(pack, limits=dataclasses.replace(pack.limits, specific_energy_min_wh_per_kg=900.0))
            for pack in narrow.packs
        ),
    )
    messages = []
    for jobs in (1, 2):
        with pytest.raises(InfeasibleError) as caught:
            explored_with(impossible, jobs)
        messages.append(str(caught.value))
        assert len(caught.value.diagnosis.packs) == len(narrow.packs)
    assert messages[0] == messages[1]


def test_a_kept_exploration_is_used_again_for_an_equal_scenario_only(narrow, monkeypatch):
    made = []
    monkeypatch.setattr(
        exploration, "explore_scenario", lambda scenario, jobs: made.append(scenario) or explore(scenario, jobs)
    )
    explore, shelf = explore_scenario, Shelf()
    first = shelf.explored(narrow)
    assert shelf.explored(dataclasses.replace(narrow, question="another?")) is first
    dearer = dataclasses.replace(narrow, finance=dataclasses.replace(narrow.finance, discount_rate_frac=0.081))
    assert shelf.explored(dearer) is not first
    assert shelf.explored(narrow) is first
    assert made == [narrow, dearer]


def test_only_the_last_explorations_are_kept(narrow):
    others = [
        dataclasses.replace(narrow, finance=dataclasses.replace(narrow.finance, discount_rate_frac=rate))
        for rate in (0.05, 0.06)
    ]
    shelf = Shelf(count=2)
    first = shelf.explored(narrow)
    shelf.explored(others[0])
    shelf.explored(others[1])
    assert len(shelf) == 2
    assert shelf.explored(narrow) is not first
    small = Shelf(candidates_count=1)
    small.explored(narrow)
    small.explored(others[0])
    assert len(small) == 1


def test_the_cost_of_a_choice_is_that_of_the_scenario_asked_for(narrow):
    table = lcopt.candidates(narrow)
    choice = {name: int(part["candidate"].iloc[5]) for name, part in table.groupby("pack")}
    chosen = table[table["candidate"] == table["pack"].map(choice)]
    fixed = narrow.lifecycle.platform_fixed_cost_musd * 1e6 * chosen["platform"].nunique()
    assert lcopt.portfolio_cost(narrow, choice) == pytest.approx(chosen["fleet_cost_usd"].sum() + fixed, rel=1e-12)
    lifecycle = dataclasses.replace(narrow.lifecycle, platform_fixed_cost_musd=0.0)
    free = dataclasses.replace(narrow, lifecycle=lifecycle)
    assert lcopt.portfolio_cost(free, choice) == pytest.approx(chosen["fleet_cost_usd"].sum(), rel=1e-12)


def test_several_business_models_have_no_one_list_of_candidates(narrow):
    several = dataclasses.replace(narrow, ownership=dataclasses.replace(narrow.ownership, models=("sale", "lease")))
    with pytest.raises(LcoptError, match="with_model"):
        lcopt.candidates(several)


def test_rows_are_numbered_as_by_sorting_them():
    generator = np.random.default_rng(0)
    columns = [generator.integers(0, 4, 5000), generator.choice([0.0, -0.0, 0.1, 1e-300], 5000)]
    numbers = numbers_of_rows(columns)
    _, sorted_numbers = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    np.testing.assert_array_equal(numbers, sorted_numbers.ravel())
    first = first_of_each(numbers)
    assert (np.diff(first) > 0).all()
    assert len(first) == numbers.max() + 1
