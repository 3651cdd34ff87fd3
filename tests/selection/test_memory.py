"""What earlier settings have built serves later ones, and each is answered as if it were alone."""

from __future__ import annotations

import random
from dataclasses import fields, replace

import numpy as np
import pytest
import yaml

import lcopt
from lcopt.inputs.catalog import packaged_catalog
from lcopt.point_answer import catalog_of
from lcopt.selection import memory as memory_module
from lcopt.selection.cased_fitting import cased_candidates
from lcopt.selection.engineering import gather_engineering
from lcopt.selection.evaluation import evaluate_in_batches, screen_in_batches
from lcopt.selection.fingerprints import fingerprint
from lcopt.selection.known_settings import GONE, of_building, of_costing, of_living
from lcopt.selection.memory import Memory, can_know
from lcopt.selection.packed import PackedRows
from lcopt.selection.space import Candidates
from lcopt.selection.tasks import pack_task
from lcopt.sweep_points import job_of, solve

SMALL = """\
lcopt: 1
name: small
finance: {currency: USD, price_year: 2025, discount_rate: 8 %, horizon: 12 yr, production_years: 5 yr}
packs:
  - {name: car, volume: 200000 /yr, energy: 60 kWh, power: 150 kW, system_voltage: 400 V, usage: private_car}
limits: {charging_time_max: 20 min, charging_temperature: 25 degC, charger_power: 350 kW}
search: {chemistries: [LFP-G (Energy), NMC622-G (Energy)], formats: [blade], technology_classes: [standard, super]}
"""
# Settings in a mixed order: limits, prices, money, use, and what packs are built from.
SETTINGS = {
    "limits.charging_time_max": ["20 min", "40 min", "14 min", "3 min"],
    "limits.specific_energy_min": ["150 Wh/kg", "120 Wh/kg"],
    "price_overrides.lfp_cathode": ["4 USD/kg", "9 USD/kg"],
    "finance.discount_rate": ["4 %", "12 %"],
    "finance.horizon": ["8 yr", "16 yr"],
    "plant.size": ["10 GWh/yr", "30 GWh/yr"],
    "packs.car.volume": ["20000 /yr", "200000 /yr"],
    "packs.car.energy": ["50 kWh", "60 kWh"],
    "limits.mass_max": ["380 kg", "420 kg"],
    "limits.life_min": ["10 yr", "16 yr"],
    "limits.charger_power": ["150 kW", "350 kW"],
    "limits.safety": ["none", "gb38031_2025"],
    "limits.cold_charging_time_max": ["60 min", "90 min"],
    "lifecycle.recycling_route": ["given", "direct"],
}

# Blocks in which more than a price or a limit counts: who owns and swaps packs, what recyclers give, cold, safety.
TAXI = {"profile": "ride_hailing", "climate": "harbin", "cold_stops": "30 %"}
COLD = {"limits.cold_charging_time_max": "40 min", "limits.cold_temperature": "-20 degC", "search.heaters": "all"}
STATION = {"pool_factor": 1.1, "station_capex": "3200 USD/vehicle", "station_energy_price": "0.18 USD/kWh"}
BLOCKS = {
    "cells": {"search.formats": ["4680", "unified"], "limits.volume_max": "260 L", "prices_compared": "high"},
    "lease": {"ownership": {"model": "lease", "lessor_return": "9 %"}, "tax": {"rate": "25 %"}, "second_life": {}},
    "models": {"packs.car.usage": "ride_hailing", "ownership": {"model": ["sale", "lease", "swap"], **STATION}},
    "recycling": {
        "lifecycle.recycling_route": "best",
        "search.chemistries": "NMC622-G (Energy)",
        "search.formats": ["short_blade_l600", "4680"],
    },
    "cold": {**COLD, "packs.car.usage": TAXI, "limits.power_min_at": {"-20 degC": "60 kW"}},
    "warmed": {**COLD, "packs.car.usage": {**TAXI, "preheat": "way"}, "limits.life_min": "4 yr"},
    "safety": {"limits.safety": "gb38031_2020", "limits.height_max": "140 mm", "limits.warranty": "euro_7"},
    "ramp": {
        "packs.car.volume": {str(year): f"{year - 2000}000 /yr" for year in range(2028, 2033)},
        "plant.learning": "3 %/yr",
    },
    "proof": {"portfolio.gap_max": "5 %", "search.platforms_max": 1, "search.platform_fixed_cost": "80 MUSD"},
    "rows": {"catalog_overrides": {"cost_rates": {"labor_usd_per_h": "31 USD/h"}}},
}

MIXED_COUNT = 6
# Limits that the cheapest pack meets at either value, with packs that must be known again all the same.
LOOSE = {"limits.safety", "limits.charger_power", "limits.life_min", "limits.cold_charging_time_max"}


@pytest.fixture(scope="module")
def scenario():
    return lcopt.read_scenario(yaml.safe_load(SMALL))


def setting(address, value):
    return mixed({address: value})


def mixed(values):
    document = yaml.safe_load(SMALL)
    for address, value in values.items():
        *way, last = address.split(".")
        block = document
        for name in way:
            block = block["packs"][0] if name == "packs" else block if name == "car" else block.setdefault(name, {})
        block[last] = value
    return lcopt.read_scenario(document)


def alone(asked):
    """What `optimize` says of one scenario, as a record of a sweep."""
    try:
        result = lcopt.optimize(asked)
    except lcopt.InfeasibleError as error:
        return {"status": "infeasible", "problem": str(error).splitlines()[0].removesuffix(".")}
    (design,) = result.designs.to_dict("records")
    return {
        "status": "optimal",
        "lifecycle_cost_usd": result.lifecycle_cost_usd,
        "lower_bound_usd": result.lower_bound_usd,
        "gap_frac": result.gap_frac,
        "platform": design["platform"],
    }


def remembered(asked):
    record = solve(job_of(asked)).record
    platform = {"platform": record["packs"][0]["platform"]} if record["packs"] else {}
    # What would do is tested with the other words of a point.
    problem = record["problem"].split("; it would do")[0].removesuffix(".")
    return record | platform | {"problem": problem}


@pytest.mark.parametrize("address", SETTINGS)
def test_every_setting_is_answered_to_the_last_digit_as_if_it_were_alone(address):
    answers = set()
    for value in SETTINGS[address]:
        asked = setting(address, value)
        expected, found = alone(asked), remembered(asked)
        assert found["status"] != "failed", found["problem"]
        assert {name: found[name] for name in expected} == expected, value
        answers.add(str(expected))
    assert len(answers) > 1 or address in LOOSE


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_is_answered_to_the_last_digit_as_if_it_were_alone(block):
    asked = mixed({"search.technology_classes": "standard", **BLOCKS[block]})
    expected, found = alone(asked), remembered(asked)
    assert expected["status"] == "optimal", expected
    assert {name: found[name] for name in expected} == expected


def test_mixed_settings_are_answered_to_the_last_digit_as_if_each_were_alone():
    drawn = random.Random(10)
    own = {"profile": "private_car", "ac_price": "0.35 USD/kWh"}
    axes = {**SETTINGS, "prices": ["central", "high"], "packs.car.usage": ["private_car", own]}
    for _ in range(MIXED_COUNT):
        values = {address: drawn.choice(axes[address]) for address in drawn.sample(list(axes), 5)}
        asked = mixed(values)
        expected, found = alone(asked), remembered(asked)
        assert {name: found[name] for name in expected} == expected, values


def test_a_design_has_the_same_numbers_in_any_company(scenario):
    task, engineering = prepared(scenario)
    drawn = np.random.default_rng(1)
    builds = cased_candidates(task, engineering)
    some = builds.take(drawn.choice(len(builds), 600, replace=False))
    platforms = replace(some.platforms, technology_class=drawn.integers(0, 2, len(some)))
    together = evaluate_in_batches(task, platforms, some.counts, engineering)
    for count, times in ((1, 25), (2, 10), (13, 5)):
        for start in range(0, times * count, count):
            index = np.arange(start, start + count) % len(some)
            few = platforms.take(index), some.counts.take(index)
            apart = evaluate_in_batches(task, *few, engineering)
            for values in (apart, screen_in_batches(task, *few, engineering)):
                for name, value in values.items():
                    np.testing.assert_array_equal(value, together[name][index], err_msg=name)


def prepared(scenario):
    catalog = catalog_of(scenario)
    engineering = gather_engineering(scenario, catalog)
    return pack_task(scenario.packs[0], scenario, catalog, engineering), engineering


def marks(scenario):
    task, engineering = prepared(scenario)
    return fingerprint(*of_building(task, engineering)), fingerprint(of_costing(engineering), of_living(task))


@pytest.mark.parametrize(
    ("address", "value", "builds", "costs"),
    [
        ("limits.charging_time_max", "30 min", False, False),
        ("limits.specific_energy_min", "140 Wh/kg", False, False),
        ("limits.mass_max", "400 kg", False, False),
        ("finance.horizon", "10 yr", False, True),
        ("price_overrides.lfp_cathode", "9 USD/kg", False, True),
        ("plant.region", "china", False, True),
        ("packs.car.energy", "50 kWh", True, True),
        ("packs.car.power", "100 kW", True, True),
        ("limits.charging_window", ["10 %", "60 %"], True, True),
        ("limits.charger_power", "150 kW", True, True),
        ("limits.length_max", "1800 mm", True, True),
        ("limits.safety", "gb38031_2025", True, True),
    ],
)
def test_packs_are_built_anew_for_what_changes_them_and_costed_anew_for_what_changes_their_cost(
    scenario, address, value, builds, costs
):
    changed = [one != other for one, other in zip(marks(scenario), marks(setting(address, value)), strict=True)]
    assert changed[0] == builds
    assert changed[1] or not costs
    if not builds and not costs:
        assert not changed[1]


def test_what_building_must_not_read_is_gone(scenario):
    task, engineering = of_building(*prepared(scenario))
    assert task.terms is GONE
    assert engineering.prices is GONE
    assert engineering.scenario.finance is GONE
    with pytest.raises(AttributeError):
        _ = engineering.scenario.finance.discount_rate_frac


def test_a_full_memory_begins_anew_with_the_same_answers(scenario, monkeypatch):
    other = setting("limits.charging_time_max", "30 min")
    expected = [remembered(scenario), remembered(other)]
    monkeypatch.setattr(memory_module, "KEPT_BYTES", 0)
    monkeypatch.setattr("lcopt.sweep_points._IDLE", [])
    assert [remembered(scenario), remembered(other), remembered(scenario)] == [*expected, expected[0]]


def test_memory_holds_one_setting_of_building_until_that_takes_too_many_bytes(monkeypatch):
    memory = Memory()
    first, second = (prepared(setting("packs.car.energy", energy)) for energy in ("50 kWh", "60 kWh"))
    known = memory.ways(*first)
    assert memory.ways(*first) is known
    assert memory.ways(*second) is not known
    known = memory.ways(*second)
    monkeypatch.setattr(memory_module, "KEPT_BYTES", known.bytes_count)
    assert memory.ways(*second) is known
    monkeypatch.setattr(memory_module, "KEPT_BYTES", known.bytes_count - 1)
    assert memory.ways(*second) is not known


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("search.formats", ["pouch", "blade"]),
        ("portfolio.volumes", "pooled"),
        ("portfolio.limits", [{"quantity": "nickel", "max": "500 t/yr", "relaxation": "20 USD/kg"}]),
        ("uncertainty.objective", "expected"),
        ("portfolio.risk", {"prices": {"central": 0.5, "high": 0.5}, "tail": "10 %", "aversion": "50 %"}),
    ],
)
def test_packs_that_are_chosen_by_more_than_their_cost_are_not_taken_from_memory(scenario, address, value):
    known, other = prepared(scenario), prepared(setting(address, value))
    assert can_know([known[0]], known[1])
    assert not can_know([known[0], known[0]], known[1])
    assert not can_know([other[0]], other[1])


def test_bundles_come_back_from_rows_as_they_were(scenario):
    task, engineering = prepared(scenario)
    candidates = cased_candidates(task, engineering).take(np.arange(40))
    rows: PackedRows[Candidates] = PackedRows()
    first = rows.add(candidates.take(np.arange(25)), 25)
    second = rows.add(candidates.take(np.arange(25, 40)), 15)
    index = np.array([30, 3, 39])
    assert np.array_equal(np.concatenate([first, second]), np.arange(40))
    back, expected = rows.take(index), candidates.take(index)
    for bundle in ("platforms", "counts"):
        for item in fields(getattr(expected, bundle)):
            one, other = (getattr(getattr(side, bundle), item.name) for side in (back, expected))
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)


def test_a_fingerprint_tells_what_it_knows_and_refuses_what_it_does_not():
    array = np.array([1.0, 2.0])
    assert fingerprint(array, {"a": 1}) == fingerprint(array.copy(), {"a": 1})
    different = [
        (array + 1e-12,),
        (array.astype(np.float32),),
        ([1.0, 2.0],),
        (array, None),
        ("1", 2),
        (1, 2),
        (1.0, 2),
    ]
    assert len({fingerprint(*values) for values in different}) == len(different)
    with pytest.raises(TypeError, match="cannot tell what a object holds"):
        fingerprint(object())


def test_a_table_reads_the_same_question_once_and_gives_the_same_rows():
    table = packaged_catalog().table("chemistries")
    assert table.select(chemistry="LMFP-G") is table.select(chemistry="LMFP-G")
    assert {row.keys["chemistry"] for row in table.select(chemistry="LMFP-G")} == {"LMFP-G"}
