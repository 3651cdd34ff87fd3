"""The starter file keeps its promises: it is clean, its comments name every key, and the defaults are the defaults."""

from __future__ import annotations

import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from lcopt.inputs.document import ALTERNATIVE, BLOCKS, FLEET_LIMITS, STRATEGY
from lcopt.inputs.reader import read_scenario
from lcopt.inputs.schema import scenario_schema
from lcopt.inputs.starter import STARTER

KEY_COMMENTED_OUT = re.compile(r"^( *)#(?=\w|  +\w)")


def uncommented(*, examples: bool) -> str:
    """The starter with its keys set free: those at their defaults, or the examples too."""
    lines = [
        KEY_COMMENTED_OUT.sub(r"\1", line) if examples or "# example" not in line else line
        for line in STARTER.splitlines()
    ]
    return "\n".join(lines) + "\n"


def scenario_of(text, tmp_path, catalog):
    file = tmp_path / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return read_scenario(file, catalog)


def test_it_opens_with_the_line_for_editors_and_its_question(tmp_path, catalog):
    assert STARTER.splitlines()[0] == "# yaml-language-server: $schema=lcopt.schema.json"
    assert "lcopt schema -o lcopt.schema.json" in STARTER
    assert scenario_of(STARTER, tmp_path, catalog).question == "which pack should our car carry?"


def test_the_keys_that_are_commented_out_are_the_defaults(tmp_path, catalog):
    as_written = scenario_of(STARTER, tmp_path, catalog).resolved()
    text = uncommented(examples=False)
    assert "\n#search:" not in text
    set_free = scenario_of(text, tmp_path, catalog).resolved()
    assert set_free == as_written


def test_what_is_written_is_what_is_resolved(tmp_path, catalog):
    scenario = scenario_of(STARTER, tmp_path, catalog)
    (pack,) = scenario.packs
    assert (pack.energy_kwh, pack.power_kw, pack.system_voltage_v, pack.volume_per_yr) == (60, 150, 400, 200_000)
    assert (scenario.finance.discount_rate_frac, scenario.finance.horizon_yr) == (0.08, 12)
    assert pack.usage.reference_pack_mass_kg == pytest.approx(60 / 0.170)
    limits = pack.limits
    assert {limits.charging_time_max_min, limits.specific_energy_min_wh_per_kg, limits.mass_max_kg} == {None}


# Keys that exclude another one of the examples; a comment names them.
EXCLUDED = {"depreciation_years", "built", "buy", *set(BLOCKS[FLEET_LIMITS].model_fields) - {"quantity", "max"}}
OUR_CELL = """\
platform,name,value,unit
our_cell,chemistry,LFP-G (Energy),
our_cell,technology_class,standard,
our_cell,areal_capacity_mah_per_cm2,3.2,mAh/cm2
our_cell,cell_capacity_ah,86.5,Ah
our_cell,aspect_ratio,4.5,1
"""


def test_the_examples_are_valid_and_take_effect(tmp_path, catalog):
    (tmp_path / "my_data").mkdir()
    (tmp_path / "my_data" / "platforms.csv").write_text(OUR_CELL)
    scenario = scenario_of(uncommented(examples=True), tmp_path, catalog)
    (pack,) = scenario.packs
    assert scenario.price_overrides == {"lfp_cathode": 5.2}
    assert (pack.limits.charging_time_max_min, pack.limits.mass_max_kg) == (25, 500)
    assert (pack.limits.cold_charging_time_max_min, pack.limits.life_min_yr) == (40, 8)
    assert pack.limits.usable_energy_min_kwh_at == ((-20, 42), (-10, 50))
    assert (pack.limits.power_min_kw_at, pack.limits.life_distance_min_km) == (((-20, 60),), 160_000)
    assert scenario.search.platforms == ("our_cell",)
    assert [row.cells["value"] for row in scenario.replaced_rows if row.table == "cost_rates"] == ["31"]
    assert (scenario.search.platforms_max, pack.usage.reference_pack_mass_kg) == (1, 350)


def test_every_key_of_the_format_is_there():
    data = yaml.safe_load(uncommented(examples=True))
    assert {data.pop("variants")["dear_lithium"]["price_overrides"]["lfp_cathode"], *data.pop("sweep")} == {
        "+30 %",
        "finance.discount_rate",
        "packs.car.energy",
    }
    (pack,) = data["packs"]
    blocks = {"": data, "packs": pack, "usage": pack["usage"], "limits": pack["limits"]}
    blocks[FLEET_LIMITS] = data["portfolio"]["limits"][0]
    blocks |= {"risk": data["portfolio"]["risk"], "buy": dict.fromkeys(BLOCKS["buy"].model_fields)}
    blocks["correlations"] = data["uncertainty"]["correlations"][0]
    (strategy,) = data["portfolio"]["strategies"].values()
    blocks |= {STRATEGY: strategy, ALTERNATIVE: strategy["any_of"][0]}
    for name, model in BLOCKS.items():
        missing = set(model.model_fields) - set(blocks.get(name) or data[name])
        assert missing <= EXCLUDED, name
        assert all(f"{key}: " in STARTER for key in missing)


def test_editors_find_nothing_to_complain_about(catalog):
    validator = Draft202012Validator(scenario_schema(catalog))
    for text in (STARTER, uncommented(examples=False), uncommented(examples=True)):
        assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == []


def test_no_line_is_longer_than_an_editor_shows():
    assert max(map(len, STARTER.splitlines())) <= 120
