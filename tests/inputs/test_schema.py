"""The JSON Schema takes every scenario that the reader takes, and sees the usual mistakes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lcopt.errors import ScenarioError
from lcopt.inputs.document import BLOCKS
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.meanings import MEANINGS
from lcopt.inputs.own_data.user_data import read_catalog
from lcopt.inputs.quantities import QuantityError, quantity_pattern, read_quantity
from lcopt.inputs.reader import read_scenario
from lcopt.inputs.schema import scenario_schema
from lcopt.inputs.values import FORM

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
COMPACT = next(file for file in SCENARIOS if file.stem == "compact_car")


@pytest.fixture(scope="module")
def schema(catalog):
    return scenario_schema(catalog)


@pytest.fixture(scope="module")
def validator(schema):
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


OUR_CELL = """\
platform,name,value,unit
our_cell,chemistry,LFP-G (Energy),
our_cell,technology_class,standard,
our_cell,areal_capacity_mah_per_cm2,3.2,mAh/cm2
our_cell,cell_capacity_ah,86.5,Ah
our_cell,aspect_ratio,4.5,1
"""


def compact() -> dict[str, object]:
    return yaml.safe_load(COMPACT.read_text())


def changed(path: str, value: object) -> dict[str, object]:
    """The compact car with one value at a dotted path put in."""
    scenario = compact()
    block = scenario
    *blocks, key = path.split(".")
    for step in blocks:
        block = block[int(step)] if isinstance(block, list) else block.setdefault(step, {})
    block[key] = value
    return scenario


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_every_shipped_scenario_is_valid(validator, file):
    assert [error.message for error in validator.iter_errors(yaml.safe_load(file.read_text()))] == []


GOOD = {
    "packs.0.system_voltage": "800 V",
    "packs.0.limits.charging_window": [0.1, "0.8e2 %"],
    "limits.charging_temperature": "-10 °C",
    "limits.volume_max": "0.25 m³",
    "limits.length_max": "2.1 m",
    "limits.width_max": "55 in",
    "limits.safety": "gb38031_2025",
    "limits.cold_charging_time_max": "0.6 h",
    "limits.cold_temperature": "-20 °C",
    "limits.usable_energy_min_at": {"-10 degC": "50 kWh", "-4 °F": "42000 Wh"},
    "packs.0.limits.power_min_at": {"-20 degC": "60 kW", "253 K": None},
    "limits.life_min": "96 months",
    "limits.life_distance_min": "100000 mi",
    "limits.warranty": "california_2026",
    "packs.0.usage": {
        "profile": "ride_hailing",
        "distance": "60000 km/yr",
        "climate": "harbin",
        "preheat": "plug",
        "cold_stops": 0.1,
    },
    "search.heaters": ["none", "ptc_12kw"],
    "search.technology_classes": ["energy", "flash"],
    "search.formats": [4680, "21700", "blade"],
    "search.architectures": ["module", "cell_to_chassis"],
    "search.coolings": "all",
    "search.production_start": 2031,
    "search.readiness_min": 6,
    "plant.electrode_process": "dry",
    "finance.discount_rate": 0.08,
    "finance.carbon_price": "70 $/t",
    "finance.currency": "CNY",
    "finance.flow_timing": "middle",
    "search.chemistries": ["LFP-G (Energy)", "NMC811-G (Energy)"],
    "search.platforms_max": 2,
    "search.platform_fixed_cost": "150 M€",
    "price_overrides.lfp_cathode": "5200 USD / t",
    "price_overrides.nmc811_cathode": "150 CNY2023/kg",
    "catalog_overrides.cost_rates": {"labor_usd_per_h": "31 USD/h"},
    "catalog_overrides.chemistry_families": {"NCA-G (Energy)": {"in_all": False}},
    "catalog_overrides.charging_profile": {"default": {"0.2": 0.07}},
    "prices": "reference",
    "lifecycle.end_of_life_value": {"lfp": "-7 USD/kWh"},
    "lifecycle.residual_rule": "linear_soh",
}


@pytest.mark.parametrize("path", sorted(GOOD))
def test_what_the_reader_takes_is_valid(validator, catalog, path):
    scenario = changed(path, GOOD[path])
    read_scenario(scenario, catalog)
    assert [error.message for error in validator.iter_errors(scenario)] == []


BAD = {
    "nam": "x",
    "limits.charge_time_max": "20 min",
    "packs.0.energy": 60,
    "packs.0.power": "150 kWh",
    "packs.0.limits.charging_time_max": "20 minute",
    "packs.0.limits.charging_window": ["10 %", "80 %", "90 %"],
    "packs.0.usage": "private_cra",
    "packs.0.system_voltage": "600 V",
    "packs": [],
    "finance.discount_rate": 8,
    "finance.price_year": 1825,
    "finance.currency": "GBP",
    "finance.horizon": "12 min",
    "finance.carbon_price": "70,5 USD/t",
    "finance.inflation": None,
    "search.chemistries": ["LPF-G (Energy)"],
    "search.formats": "brick",
    "search.architectures": ["cell-to-pack"],
    "search.coolings": [],
    "search.production_start": 2019,
    "search.readiness_min": 10,
    "plant.electrode_process": "damp",
    "limits.safety": "gb38031",
    "limits.length_max": 2000,
    "safety": "none",
    "search.technology_classes": [],
    "search.heaters": "ptc",
    "limits.usable_energy_min_at": {"-10": "50 kWh"},
    "limits.power_min_at": {"-20 degC": "60 kWh"},
    "packs.0.limits.power_min_at": "60 kW",
    "limits.life_min": "8 h",
    "limits.life_distance_min": "15000 km/yr",
    "limits.warranty": True,
    "packs.0.limits.cold_temperature": "-10",
    "search.platform_fixed_cost": ["150 MUSD"],
    "search.platforms_max": 0,
    "prices": "centrall",
    "price_overrides.lfp_cathod": "5 USD/kg",
    "data": ["my_data"],
    "catalog_overrides.cost_rate": {},
    "catalog_overrides.cost_rates": {"labour_usd_per_h": "31 USD/h"},
    "catalog_overrides.chemistry_families": {"NCA-G (Energy)": "x"},
    "price_overrides.lfp_cathode": "5 USD/kWh",
    "price_overrides.nmc811_cathode": "150 CNY2009/kg",
    "lifecycle.end_of_life_value": {"LPF": "-7 USD/kWh"},
    "lifecycle.residual_rule": "linear",
}


@pytest.mark.parametrize("path", sorted(BAD))
def test_the_usual_mistakes_are_seen_by_schema_and_reader(validator, catalog, path):
    scenario = changed(path, BAD[path])
    assert not validator.is_valid(scenario)
    with pytest.raises(ScenarioError, match="error: "):
        read_scenario(scenario, catalog)


COMPOSED = {
    "extends": {"extends": "base.yaml"},
    "extends several": {"extends": ["a.yaml", "b.yaml"], "name": "x", "finance": {"discount_rate": "9 %"}},
    "null deletes": {"extends": "base.yaml", "search": {"platforms_max": None}, "packs": {"suv": None}},
    "null deletes what a block in place holds": {
        "extends": "base.yaml",
        "price_overrides": {"lfp_cathode": None},
        "lifecycle": {"end_of_life_value": {"lfp": None}},
        "catalog_overrides": {"cost_rates": {"labor_usd_per_h": None}},
        "variants": {"fast": None, "dear": {"price_overrides": {"lfp_cathode": None}}},
        "sweep": None,
    },
    "addresses of its own": {**compact(), "limits.charging_time_max": "12 min"},
    "packs by name": {"extends": "base.yaml", "packs": {"compact": {"usage": {"distance": "*1.2"}}}},
    "addresses": {"extends": "a", "packs.compact.energy": "+5 %", "limits.charging_time_max": "12 min"},
    "variants": {**compact(), "variants": {"fast": {"limits.charging_time_max": "12 min"}}},
    "sweep": {**compact(), "sweep": {"finance.discount_rate": ["6 %", "8 %"], "prices": ["central", "reference"]}},
    "range": {**compact(), "sweep": {"limits.mass_max": {"from": "300 kg", "to": "400 kg", "step": "50 kg"}}},
    "zip": {**compact(), "sweep": {"zip": {"plant.size": ["10 GWh/yr"], "finance.horizon": ["9 yr"]}}},
    "uncertain": {
        **compact(),
        "price_overrides": {"lfp_cathode": {"dist": "uniform", "low": "*0.8", "high": "6 USD/kg"}},
    },
    "null leaves out a temperature": {
        "extends": "base.yaml",
        "packs": {"compact": {"limits": {"power_min_at": {"-20 degC": None, "-10 degC": "*0.9"}}}},
        "limits.usable_energy_min_at.-12.5 degC": "40 kWh",
    },
    "changed": {**compact(), "plant": {"size": "*2"}, "price_overrides": {"lfp_cathode": "-10 %"}},
}


@pytest.mark.parametrize("name", sorted(COMPOSED))
def test_files_that_build_on_others_are_valid(validator, name):
    assert [error.message for error in validator.iter_errors(COMPOSED[name])] == []


BAD_COMPOSED = {
    "nothing to extend": {"finance": {"discount_rate": "9 %"}},
    "misspelt": {"extends": "base.yaml", "finance": {"discont_rate": "9 %"}},
    "no file": {"extends": []},
    "variant misspelt": {**compact(), "variants": {"fast": {"limts": {"charging_time_max": "12 min"}}}},
    "single value": {**compact(), "sweep": {"finance.discount_rate": "6 %"}},
    "steps and step": {**compact(), "sweep": {"plant.size": {"from": "1 GWh/yr", "to": "3 GWh/yr"}}},
    "distribution": {**compact(), "price_overrides": {"lfp_cathode": {"dist": "square", "low": "1 USD/kg"}}},
}


@pytest.mark.parametrize("name", sorted(BAD_COMPOSED))
def test_mistakes_of_files_that_build_on_others_are_seen(validator, name):
    assert not validator.is_valid(BAD_COMPOSED[name])


def test_the_names_of_a_user_are_known(catalog, tmp_path):
    (tmp_path / "platforms.csv").write_text(OUR_CELL)
    mine = Draft202012Validator(scenario_schema(read_catalog(tmp_path)))
    assert mine.is_valid(changed("search.platforms", ["our_cell"]))
    assert not mine.is_valid(changed("search.platforms", ["your_cell"]))


@pytest.mark.parametrize("key", ["lcopt", "name", "finance", "packs"])
def test_a_missing_key_is_seen(validator, key):
    scenario = compact()
    del scenario[key]
    assert not validator.is_valid(scenario)


@pytest.mark.parametrize(("block", "key"), [("finance", "horizon"), ("packs", "energy"), ("tax", "rate")])
def test_a_required_key_is_asked_for_in_its_block_or_as_an_address(validator, catalog, block, key):
    scenario = compact() | {"tax": {"rate": "25 %"}}
    inner = scenario[block][0] if block == "packs" else scenario[block]
    value = inner.pop(key)
    (missing,) = validator.iter_errors(scenario)
    assert missing.message == f"'{key}' is a required property"
    addresses = ["packs.*.energy", "packs.compact.energy"] if block == "packs" else [f"{block}.{key}"]
    for address in addresses:
        assert validator.is_valid(scenario | {address: value})
        read_scenario(scenario | {address: value}, catalog)


def test_a_block_may_be_given_as_addresses_alone(validator, catalog):
    scenario = compact()
    scenario |= {f"finance.{key}": value for key, value in scenario.pop("finance").items()}
    assert validator.is_valid(scenario)
    read_scenario(scenario, catalog)


def test_packs_that_replace_all_others_need_their_keys(validator):
    child = {"extends": "base.yaml", "packs": [{"name": "van", "volume": "9 /yr"}]}
    assert not validator.is_valid(child)


def test_a_profile_without_a_name_is_one_mistake(validator, catalog):
    scenario = changed("packs.0.usage", {"profile": None})
    assert not validator.is_valid(scenario)
    with pytest.raises(ScenarioError, match="found no value; expected a usage profile of the catalog") as raised:
        read_scenario(scenario, catalog)
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize("words", [{"climate": "mars"}, {"preheat": "sun"}, {"cold_stops": "120"}, {"climate": None}])
def test_a_wrong_word_on_the_cold_is_seen_by_schema_and_reader(validator, catalog, words):
    scenario = changed("packs.0.usage", {"profile": "private_car", **words})
    assert not validator.is_valid(scenario)
    with pytest.raises(ScenarioError, match="error: "):
        read_scenario(scenario, catalog)


def test_inline_usage_without_a_profile_needs_all_keys(validator):
    assert not validator.is_valid(changed("packs.0.usage", {"distance": "15000 km/yr"}))


def test_every_key_has_one_meaning():
    assert {name: list(model.model_fields) for name, model in BLOCKS.items()} == {
        name: list(keys) for name, keys in MEANINGS.items()
    }


def test_every_block_is_closed_and_every_key_described(schema):
    blocks = {
        name: block
        for name, block in schema["$defs"].items()
        if "properties" in block and name not in {"Sweep", "Distribution"}
    }
    for block in blocks.values():
        assert block["additionalProperties"] is False
        for key, value in block["properties"].items():
            assert value["description"], key
    text = json.dumps(schema)
    assert FORM not in text
    assert '"null"' not in json.dumps(schema["$defs"]["Scenario"])


def test_every_quantity_has_an_example_that_is_valid(schema, validator):
    checked = 0
    for block in schema["$defs"].values():
        for value in block.get("properties", {}).values():
            for example in value.get("examples", ()):
                assert validator.evolve(schema={**value, "$defs": schema["$defs"]}).is_valid(example)
                checked += 1
    assert checked > 40


@given(
    kind=st.sampled_from(sorted(KINDS)),
    number=st.one_of(st.integers(-1000, 1000), st.floats(-1e6, 1e6)).map(str),
    gap=st.sampled_from(["", " ", "  "]),
    data=st.data(),
)
def test_a_text_fits_the_pattern_exactly_if_the_reader_takes_its_unit(kind, number, gap, data):
    units = [name for known in KINDS.values() for name in (*known.units, *known.aliases) if name != "1"]
    text = number + gap + data.draw(st.sampled_from(units))
    try:
        read_quantity(text, KINDS[kind])
        is_read = True
    except QuantityError:
        is_read = False
    assert (re.fullmatch(quantity_pattern(KINDS[kind]), text) is not None) is is_read
