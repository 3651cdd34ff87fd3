"""A scenario is read whole, or refused with every mistake at its place."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.fields import USAGE
from lcopt.inputs.reader import read_scenario
from lcopt.inputs.text.tree import read_tree
from lcopt.inputs.words import FORMATS, FORMATS_IN_ALL, TECHNOLOGY_CLASSES

DATA = Path(__file__).parent / "data"


def problems(source, catalog) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(source, catalog)
    return [str(problem) for problem in caught.value.problems]


def problems_or_none(source, catalog) -> list[Problem]:
    try:
        read_scenario(source, catalog)
    except ScenarioError as error:
        return error.problems or pytest.fail("an error without a problem")
    return []


def spoiled(good: str, old: str, new: str) -> str:
    assert old in good
    return good.replace(old, new, 1)


# --- what a good scenario becomes -----------------------------------------------------------------------------------


def test_every_default_of_the_catalog_is_filled_in(good, write, catalog):
    scenario = read_scenario(write(good), catalog)
    pack = scenario.packs[0]
    assert scenario.question == "which pack should the compact car carry?"
    assert (scenario.finance.production_years, scenario.finance.inflation_frac_per_yr) == (5, 0)
    assert (pack.power_temperature_deg_c, pack.power_soc_frac) == (0, 0.2)
    assert pack.limits.charging_window_frac == (0.1, 0.8)
    assert (pack.limits.charging_temperature_deg_c, pack.limits.charger_current_a) == (25, 500)
    assert pack.limits.mass_max_kg is None
    assert scenario.plant.size_gwh_per_yr == 30
    assert scenario.lifecycle.end_of_life_value_usd_per_kwh["lfp"] == 0
    assert pack.usage.reference_pack_mass_kg == pytest.approx(60 / 0.170)
    assert scenario.price_overrides == {"lfp_cathode": 5.2}


def test_all_leaves_out_chemistries_that_borrow_and_naming_lets_them_in(good, write, catalog):
    everything = read_scenario(write(good), catalog).search
    assert "LMO-G (Energy)" not in everything.chemistries
    assert not everything.chemistries_named
    named = read_scenario(
        write(spoiled(good, "chemistries: all", "chemistries: [LMO-G (Energy), LFP-G (Energy)]")), catalog
    )
    assert named.search.chemistries == ("LMO-G (Energy)", "LFP-G (Energy)")
    assert named.search.chemistries_named


def test_limits_of_the_scenario_hold_for_every_pack_unless_it_has_its_own(good, write, catalog):
    text = good + "limits: {charging_time_max: 30 min, mass_max: 0.5 t, charging_window: [20 %, 70 %]}\n"
    limits = read_scenario(write(text), catalog).packs[0].limits
    assert (limits.charging_time_max_min, limits.mass_max_kg, limits.charging_window_frac) == (20, 500, (0.1, 0.8))


def test_an_inline_usage_changes_only_what_it_names(good, write, catalog):
    text = spoiled(good, "usage: private_car", "usage: {profile: ride_hailing, distance: 50000 km/yr, dc_share: 30 %}")
    usage = read_scenario(write(text), catalog).packs[0].usage
    base = read_scenario(write(spoiled(good, "private_car", "ride_hailing")), catalog).packs[0].usage
    changed = {name for name, value in vars(usage).items() if value != getattr(base, name)}
    assert changed == {"distance_km_per_yr", "dc_share_frac"}


def test_a_usage_without_a_profile_needs_every_key(good, write, catalog):
    profile = read_scenario(write(good), catalog).packs[0].usage
    units = {row.keys["name"]: row.unit for row in catalog.table("usage_profiles").rows}
    whole = {
        key: f"{getattr(profile, name)!r} {units[name]}"
        for key, name in {key: field.attribute for key, field in USAGE.items()}.items()
    }
    whole = {key: text.removesuffix(" 1") for key, text in whole.items()}
    source = yaml.safe_load(good)
    source["packs"][0]["usage"] = whole
    usage = read_scenario(source, catalog).packs[0].usage
    assert {name: getattr(usage, name) for name in {key: field.attribute for key, field in USAGE.items()}.values()} == {
        name: getattr(profile, name) for name in {key: field.attribute for key, field in USAGE.items()}.values()
    }
    del whole["distance"]
    (problem,) = problems(source, catalog)
    assert "packs.compact.usage: the keys distance are missing" in problem


def test_a_format_of_digits_is_its_name(good, write, catalog):
    text = spoiled(good, "platforms_max: 2", "formats: [4680, 21700]")
    assert read_scenario(write(text), catalog).search.formats == ("4680", "21700")
    assert read_scenario(yaml.safe_load(text), catalog).search.formats == ("4680", "21700")
    assert read_scenario(write(spoiled(text, "[4680, 21700]", "46120")), catalog).search.formats == ("46120",)


def test_all_stands_for_every_name_in_its_order(good, write, catalog):
    search = read_scenario(write(good), catalog).search
    assert search.formats == FORMATS_IN_ALL == FORMATS[1:]
    assert len(search.formats) == 11
    assert search.architectures == ("module", "cell_to_pack", "cell_to_chassis")
    assert search.coolings == ("bottom_plate", "large_face", "side_ribbon")
    named = spoiled(
        good, "platforms_max: 2", "architectures: all\n  coolings: [all]\n  formats: all\n  platforms_max: 2"
    )
    assert read_scenario(write(named), catalog).scenario_hash == read_scenario(write(good), catalog).scenario_hash


def test_dimensions_and_safety_hold_for_every_pack_unless_it_has_its_own(good, write, catalog):
    common = "limits: {length_max: 2 m, width_max: 55 in, height_max: 14.5 cm, safety: gb38031_2025}\n"
    limits = read_scenario(write(good + common), catalog).packs[0].limits
    assert (limits.length_max_mm, limits.width_max_mm, limits.height_max_mm) == (2000, 55 * 25.4, 145)
    assert limits.safety == "gb38031_2025"
    own = spoiled(good + common, "charger_power: 350 kW", "safety: none")
    assert read_scenario(write(own), catalog).packs[0].limits.safety == "none"


def test_without_them_there_is_no_safety_rule_no_dimension_and_a_wet_process(good, write, catalog):
    scenario = read_scenario(write(good), catalog)
    limits = scenario.packs[0].limits
    assert (limits.safety, scenario.plant.electrode_process) == ("none", "wet")
    assert {limits.length_max_mm, limits.width_max_mm, limits.height_max_mm} == {None}
    for path in ("packs.compact.limits.safety", "plant.electrode_process"):
        assert str(scenario.origins[path]).startswith("catalog scenario_defaults.csv:")


def test_cold_and_life_limits_hold_for_every_pack_unless_it_has_its_own(good, write, catalog):
    common = (
        "limits: {cold_charging_time_max: 35 min, cold_temperature: 5 degF, life_min: 96 months, "
        "life_distance_min: 100000 mi, warranty: euro_7}\n"
    )
    limits = read_scenario(write(good + common), catalog).packs[0].limits
    assert (limits.cold_charging_time_max_min, limits.cold_temperature_deg_c) == (35, -15)
    assert (limits.life_min_yr, limits.warranty) == (8, "euro_7")
    assert limits.life_distance_min_km == pytest.approx(160_934.4, rel=1e-15)
    own = spoiled(good + common, "charger_power: 350 kW", "warranty: none\n      life_min: 10 yr")
    limits = read_scenario(write(own), catalog).packs[0].limits
    assert (limits.life_min_yr, limits.warranty, limits.cold_temperature_deg_c) == (10, "none", -15)


def test_without_them_no_cold_stop_no_life_and_no_climate_is_asked(good, write, catalog):
    scenario = read_scenario(write(good), catalog)
    limits, usage = scenario.packs[0].limits, scenario.packs[0].usage
    assert {limits.cold_charging_time_max_min, limits.life_min_yr, limits.life_distance_min_km} == {None}
    assert (limits.usable_energy_min_kwh_at, limits.power_min_kw_at) == ((), ())
    assert (limits.cold_temperature_deg_c, limits.warranty) == (-10, "none")
    assert (usage.climate, usage.preheat, usage.cold_stops_frac) == ("constant", "none", 0)
    for key in ("limits.cold_temperature", "limits.warranty", "usage.climate", "usage.preheat", "usage.cold_stops"):
        assert str(scenario.origins[f"packs.compact.{key}"]).startswith("catalog scenario_defaults.csv:")


def test_how_cold_the_use_is_stands_beside_a_profile(good, write, catalog):
    use = "usage: {profile: ride_hailing, climate: oslo, preheat: way, cold_stops: 20 %}"
    usage = read_scenario(write(spoiled(good, "usage: private_car", use)), catalog).packs[0].usage
    assert (usage.name, usage.climate, usage.preheat, usage.cold_stops_frac) == ("ride_hailing", "oslo", "way", 0.2)


def test_all_classes_and_heaters_take_part_unless_some_are_named(good, write, catalog):
    search = read_scenario(write(good), catalog).search
    assert search.technology_classes == ("energy", "standard", "super", "flash")
    assert search.heaters == ("none", "ptc_6kw", "ptc_12kw", "pulse_20kw")
    named = spoiled(good, "platforms_max: 2", "heaters: pulse_20kw\n  technology_classes: [flash, energy]")
    search = read_scenario(write(named), catalog).search
    assert (search.heaters, search.technology_classes) == (("pulse_20kw",), ("flash", "energy"))


def test_every_class_of_the_language_is_in_the_catalog(catalog):
    assert set(TECHNOLOGY_CLASSES) == set(catalog.table("technology_classes").words("technology_class"))
    default = catalog.table("scenario_defaults").one(name="climate").text
    assert default == "constant" or default in catalog.table("climates").words("climate")


def test_end_of_life_value_holds_for_all_families_or_for_one(good, write, catalog):
    one = read_scenario(write(good + "lifecycle: {end_of_life_value: {lfp: -7 USD/kWh}}\n"), catalog)
    assert one.lifecycle.end_of_life_value_usd_per_kwh["lfp"] == -7
    assert one.lifecycle.end_of_life_value_usd_per_kwh["ternary"] == 0
    every = read_scenario(write(good + "lifecycle: {end_of_life_value: 3 USD/kWh}\n"), catalog)
    assert set(every.lifecycle.end_of_life_value_usd_per_kwh.values()) == {3}


def test_money_of_the_catalog_is_in_dollars_of_the_price_year(good, write, catalog):
    then = read_scenario(write(spoiled(good, "price_year: 2025", "price_year: 2022")), catalog)
    now = read_scenario(write(good), catalog)
    ratio = catalog.price_index[2022] / catalog.price_index[2025]
    assert then.packs[0].usage.ac_price_usd_per_kwh == pytest.approx(ratio * now.packs[0].usage.ac_price_usd_per_kwh)
    assert then.price_overrides == now.price_overrides


def test_file_and_mapping_give_the_same_scenario(good, write, catalog):
    mapping = yaml.safe_load(good)
    from_file, from_mapping = read_scenario(write(good), catalog), read_scenario(mapping, catalog)
    assert from_file.resolved() == from_mapping.resolved()
    assert from_file.scenario_hash == from_mapping.scenario_hash


def test_the_hash_is_that_of_the_meaning_not_of_the_words(good, write, catalog):
    plain = read_scenario(write(good), catalog).scenario_hash
    same = spoiled(good, "60 kWh", "60000 Wh").replace("8 %", "0.08").replace("# Question", "# Other question")
    assert read_scenario(write(same), catalog).scenario_hash == plain
    assert read_scenario(write(spoiled(good, "60 kWh", "61 kWh")), catalog).scenario_hash != plain


def test_numbers_of_numpy_are_numbers(good, catalog):
    mapping = yaml.safe_load(good)
    mapping["finance"]["price_year"] = np.int64(2025)
    mapping["finance"]["discount_rate"] = np.float64(0.08)
    assert read_scenario(mapping, catalog).finance.discount_rate_frac == 0.08


# --- what a bad one prints ------------------------------------------------------------------------------------------


def test_a_file_with_many_mistakes_prints_exactly_these_lines(monkeypatch, catalog):
    monkeypatch.chdir(DATA)
    expected = Path("many_mistakes.txt").read_text().splitlines()
    assert problems("many_mistakes.yaml", catalog) == expected


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("lcopt: 1\n", "", "2:1: error: the key 'lcopt' is missing; expected a value; write for example 'lcopt: 1'"),
        ("  currency: USD\n", "", "4:1: error: finance: the key 'currency' is missing"),
        ("    volume: 200000 /yr\n", "", "10:5: error: packs.compact: the key 'volume' is missing"),
        ("volume: 200000 /yr", "volume: -5 /yr", "11:5: error: packs.compact.volume: '-5 /yr' is out of range"),
        ("energy: 60 kWh", "energy:", "12:5: error: packs.compact.energy: found no value; expected energy"),
        ("energy: 60 kWh", "energy: [60 kWh]", "12:5: error: packs.compact.energy: found a list; expected energy"),
        ("energy: 60 kWh", "energy: true", "12:5: error: packs.compact.energy: found true; expected energy"),
        ("energy: 60 kWh", "energy: 1e300 kWh", "12:5: error: packs.compact.energy: '1e300 kWh' is out of range"),
        ("energy: 60 kWh", f"energy: {'9' * 50_000} kWh", "is not a finite number; expected energy"),
        ("energy: 60 kWh", "energy: .inf", "12:5: error: packs.compact.energy: '.inf' is not a number with a unit"),
        ("energy: 60 kWh", "energy: .nan kWh", "12:5: error: packs.compact.energy: '.nan kWh' is not a number"),
        ("power: 150 kW", "powr: 150 kW", "13:5: error: packs.compact.powr: unknown key 'powr'; expected a key of"),
        (
            "    power: 150 kW",
            "    power: 150 kW\n    power: 3 kW",
            "14:5: error: packs.compact.power: the key 'power'",
        ),
        ("[10 %, 80 %]", "[80 %, 10 %]", "18:7: error: packs.compact.limits.charging_window: the window from 80 % to"),
        ("[10 %, 80 %]", "[10 %, 180 %]", "18:31: error: packs.compact.limits.charging_window.2: '180 %' is out of"),
        ("[10 %, 80 %]", "80 %", "18:7: error: packs.compact.limits.charging_window: found the text"),
        ("platforms_max: 2", "platforms_max: 0", "22:3: error: search.platforms_max: '0' is not possible"),
        ("platforms_max: 2", "platforms_max: 1.5", "22:3: error: search.platforms_max: '1.5' is not possible"),
        ("horizon: 12 yr", "horizon: 12.5 yr", "8:3: error: finance.horizon: '12.5 yr' is not a whole number of yr"),
        ("horizon: 12 yr", "horizon: 12 h", "unit 'h' measures time; expected duration"),
        ("name: compact-2028", "name: con", "3:1: error: name: 'con' is not fit for the name of a file"),
        ("- name: compact", "- name: a.b", "10:5: error: packs.a.b.name: 'a.b' is not fit for the name of a file"),
        ("prices: central", "prices: centrl", "unknown price scenario 'centrl'; expected one of: "),
        ("lfp_cathode: 5.2", "lfp_katode: 5.2", "25:3: error: price_overrides.lfp_katode: unknown item"),
        ("5.2 USD/kg", "5.2", "25:3: error: price_overrides.lfp_cathode: 5.2 has no unit"),
        ("5.2 USD/kg", "-1 USD/kg", "25:3: error: price_overrides.lfp_cathode: '-1 USD/kg' is out of range"),
        ("usage: private_car", "usage: privatecar", "did you mean 'private_car'?"),
        ("price_year: 2025", "price_year: 1995", "6:3: error: finance.price_year: '1995' is no year of the price"),
        (
            "chemistries: all",
            "chemistries: [LFP-G (Energy), LFP-G (Energy)]",
            "search.chemistries.2: 'LFP-G (Energy)' is",
        ),
        ("chemistries: all", "chemistries: []", "21:3: error: search.chemistries: found an empty list"),
        (
            "chemistries: all",
            "formats: 4690",
            "21:3: error: search.formats: unknown format '4690'; expected one of: all, pouch",
        ),
        (
            "platforms_max: 2",
            "architectures: cell-to-pack",
            "unknown architecture 'cell-to-pack'; expected one of: all,",
        ),
        (
            "platforms_max: 2",
            "architectures: [module, all]",
            "22:27: error: search.architectures.2: 'all' stands beside",
        ),
        (
            "platforms_max: 2",
            "coolings: [bottom_plate, bottom_plate]",
            "search.coolings.2: 'bottom_plate' is given twice",
        ),
        ("platforms_max: 2", "coolings: []", "22:3: error: search.coolings: found an empty list"),
        (
            "prices: central",
            "plant: {electrode_process: dri}",
            "unknown electrode process 'dri'; expected one of: wet, dry",
        ),
        ("charger_power: 350 kW", "safety: gb38031", "19:7: error: packs.compact.limits.safety: unknown safety rule"),
        (
            "charger_power: 350 kW",
            "safety: true",
            "19:7: error: packs.compact.limits.safety: found true; expected one of",
        ),
        ("charger_power: 350 kW", "length_max: 2", "19:7: error: packs.compact.limits.length_max: 2 has no unit"),
        (
            "charger_power: 350 kW",
            "length_max: 20 cm",
            "limits.length_max: '20 cm' is out of range; expected 300 mm to 6000",
        ),
        (
            "charger_power: 350 kW",
            "height_max: 150 L",
            "unit 'L' measures volume; expected length, one of: mm, cm, m, in",
        ),
        (
            "charger_power: 350 kW",
            "width_max: 1200 MM",
            "unit 'MM' is not known; expected length, one of: mm, cm, m, in",
        ),
        (
            "prices: central",
            "safety: gb38031_2025",
            "23:1: error: safety: unknown key 'safety'; expected a key of a scenario",
        ),
        ("    usage", "    safety: none\n    usage", "'safety' belongs in limits: check the indentation"),
        ("prices: central", "extends: base.yaml", "23:1: error: extends: the file 'base.yaml' does not exist"),
        ("prices: central", "uncertainty: {}", "the key 'uncertainty' is known but not available"),
        (
            "charger_power: 350 kW",
            "life_min: 8 h",
            "unit 'h' measures time; expected duration, one of: yr, a, month, d",
        ),
        ("charger_power: 350 kW", "life_distance_min: 100 mile/yr", "unit 'mile/yr' is not known; expected distance"),
        ("prices: central", "plant: {region: mars}", "plant.region: unknown region 'mars'; expected one of: reference"),
        ("prices: central", "plant: {size: 30 GWh}", "unit 'GWh' is not known; expected plant size"),
        ("prices: central", "<<: {a: b}", "23:1: error: <<: unknown key '<<'; expected a key of a scenario"),
        ("prices: central", "prices: *base", "the alias '*base' is not read; expected a value; write it out"),
        ("prices: central", "prices: &base central", "the anchor '&base' is not read"),
        ("prices: central", "prices: !!python/name:os.system x", "is not read; expected a value; remove it"),
        ("    usage", "\tusage", "15:1: error: the text is not YAML: a tab in the indentation"),
        ("prices: central", "prices: central: x", "23:16: error: the text is not YAML: "),
        ("prices: central", "prices: [central", "error: the text is not YAML: "),
    ],
)
def test_one_mistake_is_told_at_its_place(good, write, catalog, old, new, line):
    found = problems(write(spoiled(good, old, new)), catalog)
    assert any(line in text for text in found), found
    assert all(text.startswith("case.yaml:") for text in found)


def test_a_tab_is_named(good, write, catalog):
    (found,) = problems(write(spoiled(good, "    usage", "\tusage")), catalog)
    assert found.endswith("indent with spaces, not tabs")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"# only a comment\n", "the file holds no 'key: value' lines"),
        (b"just text", "the file holds no 'key: value' lines"),
        (b"- a\n- b\n", "the file holds no 'key: value' lines"),
        (b"\xff\xfe\x00", "the file is text in UTF-16"),
        (b"PK\x03\x04rest", "the workbook is damaged or incomplete"),
        (b"PK: 1", "the file is a zip archive or workbook"),
        (b"\x00\x01\x02", "the file is binary"),
        (b"a" * 1_000_001, "the file has 1000001 bytes"),
    ],
)
def test_a_file_that_is_no_scenario_is_told_at_its_start(write, catalog, content, message):
    (found,) = problems(write(content), catalog)
    assert found.startswith("case.yaml:1:1: error: ")
    assert message in found


def test_missing_files_and_folders_are_told(tmp_path, catalog):
    assert "the file does not exist" in problems(str(tmp_path / "none.yaml"), catalog)[0]
    assert "this is a directory" in problems(str(tmp_path), catalog)[0]
    assert "cannot be read" in problems("a\0b", catalog)[0]


def test_two_documents_in_a_file_are_refused_where_the_second_begins(good, write, catalog):
    (found,) = problems(write(good + "---\n" + good), catalog)
    assert found.startswith("case.yaml:26:1: error: a second document starts here")


def test_a_misspelt_required_key_is_told_once(good, write, catalog):
    (found,) = problems(write(spoiled(good, "horizon", "horizn")), catalog)
    assert "did you mean 'horizon'?" in found


def test_a_key_of_another_block_is_sent_home(good, write, catalog):
    (found,) = problems(write(good + "discount_rate: 8 %\n"), catalog)
    assert "'discount_rate' belongs in finance" in found


def test_a_mapping_has_paths_but_no_places(good, catalog):
    mapping = yaml.safe_load(good)
    mapping["packs"][0]["energy"] = 60
    (problem,) = problems(mapping, catalog)
    assert problem.startswith("scenario: error: packs.compact.energy: 60 has no unit")


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), {1, 2}, b"60 kWh", 60 + 1j, [[[]]], {"a": {}}])
def test_odd_values_of_python_are_refused(good, catalog, value):
    mapping = yaml.safe_load(good)
    mapping["packs"][0]["energy"] = value
    assert problems(mapping, catalog)


def test_yaml_traps_stay_text():
    tree = read_tree("a: no\nb: 1e6\nc: 12:30\nd: 'true'\ne: true\nf: 0x10\ng: 2025-01-01\nh: ~\ni: 010\n")
    texts = {"a": "no", "b": "1e6", "c": "12:30", "d": "true", "f": "0x10", "g": "2025-01-01", "i": "010"}
    assert tree.data == {**texts, "e": True, "h": None}


@pytest.mark.parametrize("bomb", ["{a: " * 50_000, "a: " + "[" * 50_000, "a: [" + "1," * 60_000 + "]"])
def test_deep_and_wide_files_are_refused_quickly(write, catalog, bomb):
    (found,) = problems(write(bomb), catalog)
    assert "levels or" in found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_with_random_damage_is_read_or_refused(good, write, catalog, data):
    text = bytearray(good.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    found = problems_or_none(write(bytes(text)), catalog)
    assert all("\n" not in str(problem) for problem in found)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in found)


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PLACES = [
    *(
        (key,)
        for key in ("lcopt", "name", "finance", "packs", "search", "prices", "price_overrides", "limits", "plant")
    ),
    *(("finance", key) for key in ("currency", "price_year", "discount_rate", "horizon", "flow_timing")),
    *(("packs", 0, key) for key in ("name", "volume", "energy", "system_voltage", "usage", "limits")),
    *(("packs", 0, "limits", key) for key in ("charging_window", "charger_power", "safety", "length_max")),
    *(("search", key) for key in ("chemistries", "formats", "coolings", "production_start", "platforms_max")),
    ("price_overrides", "lfp_cathode"),
    ("lifecycle",),
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=plain_values, place=st.sampled_from(PLACES))
def test_any_value_at_any_key_is_read_or_refused(good, catalog, value, place):
    mapping = yaml.safe_load(good)
    block = mapping
    for step in place[:-1]:
        block = block[step]
    block[place[-1]] = value
    problems_or_none(mapping, catalog)


# --- one mistake, one message ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("energy: 60 kWh", "energy: *e", "the alias '*e' is not read"),
        ("energy: 60 kWh", "energy: !!x 60", "the tag 'tag:yaml.org,2002:x' is not read"),
        ("energy: 60 kWh", "energy: -5 kWh", "'-5 kWh' is out of range"),
        ("volume: 200000 /yr", "volume: 200 000 /yr", "write for example '200000 /yr'"),
        ("volume: 200000 /yr", "volume: 0 /yr", "expected 1 /yr to 100000000 /yr"),
        ("chemistries: all", "chemistries: NMC811", "'NMC811-G (Energy)' or 'NMC811-G (Power)' or 'NMC811-SiG'?"),
        ("name: compact\n", "name: con\n", "write for example 'my-con'"),
        ("name: compact\n", "name: a/b\n", "write for example 'a-b'"),
        ("name: compact\n", "name: van_x0041_b\n", "write for example 'van-b'"),
    ],
)
def test_a_mistake_is_told_once_with_its_remedy(good, write, catalog, old, new, says):
    (problem,) = problems(write(spoiled(good, old, new)), catalog)
    assert says in problem


def test_an_unknown_family_is_not_also_blamed_for_its_value(good, write, catalog):
    (problem,) = problems(write(good + "lifecycle: {end_of_life_value: {residual_rule: none}}\n"), catalog)
    assert "unknown chemistry family 'residual_rule'" in problem


def test_a_value_of_a_foreign_type_is_told_once(good, catalog):
    source = yaml.safe_load(good)
    source["packs"][0]["energy"] = object()
    (problem,) = problems(source, catalog)
    assert "found a value of type object" in problem
