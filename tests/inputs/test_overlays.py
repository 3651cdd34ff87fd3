"""One file over another, variants, changes of inherited values."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lcopt.errors import ScenarioError
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.reader import read_scenario, read_scenarios
from lcopt.inputs.writing import document_of, entries_of


@pytest.fixture
def child(good, tmp_path, catalog, monkeypatch):
    """Reads a file that extends base.yaml, the good scenario, and returns the scenario or the problems as text."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(good)

    def read(text: str, variant: str = "", extends: str = "extends: base.yaml\n"):
        (tmp_path / "child.yaml").write_text(extends + text)
        try:
            return read_scenario("child.yaml", catalog, variant)
        except ScenarioError as error:
            return [str(problem) for problem in error.problems]

    return read


ELSEWHERE = ("cannot be used, see its own lines", "the mistakes told above stand in what this file names here")


def the_only(problems) -> str:
    """The one problem, besides the line of a file that names the file with the mistake."""
    assert isinstance(problems, list), problems
    (problem,) = [problem for problem in problems if not any(words in problem for words in ELSEWHERE)]
    return problem


# --- extends --------------------------------------------------------------------------------------------------------


def test_a_file_that_only_extends_means_the_same_as_its_base(child, tmp_path, catalog):
    assert child("").scenario_hash == read_scenario(tmp_path / "base.yaml", catalog).scenario_hash


def test_mappings_merge_and_everything_else_is_replaced(child, tmp_path, catalog):
    base = read_scenario(tmp_path / "base.yaml", catalog)
    made = child("finance: {discount_rate: 9 %}\nsearch: {chemistries: [LFP-G (Energy)]}\n")
    assert made.finance.discount_rate_frac == 0.09
    assert made.finance.horizon_yr == base.finance.horizon_yr
    assert made.search.chemistries == ("LFP-G (Energy)",)
    assert made.search.platforms_max == base.search.platforms_max


def test_a_list_replaces_the_packs_and_a_mapping_changes_them_by_name(child):
    other = "{name: other, volume: 1 /yr, energy: 50 kWh, power: 90 kW, system_voltage: 400 V, usage: private_car}"
    text = f"packs: [{other}]\n"
    assert [pack.name for pack in child(text).packs] == ["other"]
    made = child("packs: {compact: {energy: 70 kWh}}\n")
    assert (made.packs[0].name, made.packs[0].energy_kwh, made.packs[0].power_kw) == ("compact", 70, 150)


def test_of_several_bases_the_last_one_is_on_top(child, tmp_path):
    (tmp_path / "a.yaml").write_text("finance: {discount_rate: 5 %, horizon: 9 yr}\n")
    (tmp_path / "b.yaml").write_text("finance: {discount_rate: 6 %}\n")
    made = child("", extends="extends: [base.yaml, a.yaml, b.yaml]\n")
    assert (made.finance.discount_rate_frac, made.finance.horizon_yr) == (0.06, 9)


def test_a_base_is_looked_for_beside_the_file_that_names_it(child, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "rates.yaml").write_text("extends: ../base.yaml\nfinance: {discount_rate: 5 %}\n")
    assert child("", extends="extends: deep/rates.yaml\n").finance.discount_rate_frac == 0.05


def test_null_deletes_what_is_inherited_and_only_that(child):
    assert child("search: {platforms_max: null}\n").search.platforms_max is None
    assert child("price_overrides: ~\n").price_overrides == {}
    problem = the_only(child("search: {platform_max: null}\n"))
    assert "child.yaml:2:10: error: search: null deletes an inherited value, but 'platform_max' is not" in problem
    assert "did you mean 'platforms_max'?" in problem


def test_an_empty_block_deletes_nothing(child):
    assert "found no value; expected a block" in the_only(child("finance:\n"))


def test_a_ring_of_files_is_told_with_its_links(child, tmp_path):
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("name: b\nextends: a.yaml\n")
    problem = the_only(child("", extends="extends: a.yaml\n"))
    assert problem.startswith("b.yaml:2:1: error: extends: 'a.yaml' extends itself (a.yaml -> b.yaml -> a.yaml)")
    own = the_only(child("", extends="extends: child.yaml\n"))
    assert own.startswith("child.yaml:1:1: error: extends: 'child.yaml' extends itself")


@pytest.mark.parametrize(
    ("extends", "message"),
    [
        (
            "extends: bse.yaml",
            "child.yaml:1:1: error: extends: the file 'bse.yaml' does not exist; expected a scenario",
        ),
        ("extends: [base.yaml, no.yaml]", "child.yaml:1:22: error: extends: the file 'no.yaml' does not exist"),
        ("extends:", "child.yaml:1:1: error: extends: found no value; expected the name of a file"),
        ("extends: []", "child.yaml:1:1: error: found an empty list; expected the name of a file"),
        ("extends: {a: b}", "child.yaml:1:1: error: extends: found a block; expected the name of a file"),
        ('extends: "a\\0b"', "child.yaml:1:1: error: extends: found no name; expected the name of a file"),
        ("extends: .", "this is a directory"),
        ("extends: " + "x" * 5000, "does not exist"),
    ],
)
def test_a_base_that_cannot_be_read_is_told_where_it_is_named(child, extends, message):
    assert message in the_only(child("", extends=f"{extends}\n"))


def test_a_mistake_of_a_base_is_told_in_the_base(child, tmp_path):
    base = tmp_path / "base.yaml"
    base.write_text(base.read_text().replace("60 kWh", "60 kwh"))
    assert the_only(child("finance: {horizon: 9 yr}\n")).startswith("base.yaml:12:5: error: packs.compact.energy: unit")
    base.write_text("a: [")
    assert the_only(child("")).startswith("base.yaml:2:1: error: the text is not YAML")


def test_many_files_and_wide_rings_end_quickly(child, tmp_path):
    for number in range(40):
        (tmp_path / f"f{number}.yaml").write_text(f"extends: [f{number + 1}.yaml, f{number + 1}.yaml]\n")
    (tmp_path / "f40.yaml").write_text("extends: base.yaml\n")
    assert child("", extends="extends: f0.yaml\n").name == "compact-2028"
    for number in range(150):
        (tmp_path / f"g{number}.yaml").write_text(f"extends: g{number + 1}.yaml\n")
    assert "more than 100 files" in the_only(child("", extends="extends: g0.yaml\n"))


def test_a_file_whose_base_is_broken_is_told_of_too_where_it_names_the_base(child, tmp_path):
    base = tmp_path / "base.yaml"
    base.write_text(base.read_text().replace("60 kWh", "60 kwh"))
    assert [problem.split(" error: ")[0] for problem in child("")] == ["base.yaml:12:5:", "child.yaml:1:1:"]
    base.write_text("a: [")
    assert [problem.split(" error: ")[0] for problem in child("", extends="name: x\nextends: [base.yaml]\n")] == [
        "child.yaml:2:11:",
        "base.yaml:2:1:",
    ]


# --- variants -------------------------------------------------------------------------------------------------------

TWO = """
variants:
  fast: {limits.charging_time_max: 12 min}
  long_life:
    name: eight-years
    finance: {horizon: 20 yr}
    packs.compact.energy: 66 kWh
"""


def test_variants_are_scenarios_of_their_own(good, write, catalog):
    base, fast, long = read_scenarios(write(good + TWO), catalog)
    assert [item.name for item in (base, fast, long)] == ["compact-2028", "compact-2028-fast", "eight-years"]
    assert base.packs[0].limits.charging_time_max_min == 20
    assert fast.packs[0].limits.charging_time_max_min == 12
    assert fast.finance == base.finance
    assert (long.finance.horizon_yr, long.packs[0].energy_kwh, long.packs[0].limits) == (20, 66, base.packs[0].limits)


def test_a_variant_can_be_read_by_its_name(good, write, catalog):
    assert read_scenario(write(good + TWO), catalog, "fast").packs[0].limits.charging_time_max_min == 12
    with pytest.raises(
        ScenarioError, match=r"there is no variant 'fst'; expected one of: fast, long_life; did you mean"
    ):
        read_scenario(write(good + TWO), catalog, "fst")


def test_variants_of_a_base_are_inherited(child, tmp_path):
    base = tmp_path / "base.yaml"
    base.write_text(base.read_text() + TWO)
    assert child("variants: {fast: {finance: {horizon: 9 yr}}}\n", "fast").finance.horizon_yr == 9
    assert child("", "long_life").finance.horizon_yr == 20


@pytest.mark.parametrize(
    ("variants", "message"),
    [
        ("variants: [a]", ":26:1: error: variants: found no names; expected a name for each variant"),
        ("variants: {a/b: {}}", "error: variants.a/b: 'a/b' is not fit for the name of a variant"),
        ("variants: {fast: {}, Fast: {}}", "'Fast' is not fit for the name of a variant; expected letters, digits"),
        ("variants: {fast: 12 min}", "variants.fast: found no changes; expected keys of a scenario"),
        ("variants: {fast: {extends: x}}", "variants.fast.extends: a variant cannot have 'extends'"),
        ("variants: {fast: {limits.charging_tim_max: 12 min}}", "unknown key 'charging_tim_max'; expected a key of"),
        ("variants: {fast: {packs.compct.energy: 12 kWh}}", "no pack has the name 'compct'; expected one of: compact"),
        ("variants: {fast: {packs.compact: 12 kWh}}", "names no key of a pack; expected packs.<name>.<key>"),
        ("variants: {fast: {finance..horizon: 9 yr}}", "has an empty part; expected keys with single dots"),
        ("variants: {fast: {prices.x: 9 yr}}", "'prices' holds no keys of its own; expected a block"),
        ("variants: {fast: {finance: {horizon: 9}}}", "finance.horizon: 9 has no unit"),
    ],
)
def test_a_mistake_of_a_variant_is_told_once_at_its_place(good, write, catalog, variants, message):
    with pytest.raises(ScenarioError) as caught:
        read_scenarios(write(f"{good}{variants}\n"), catalog)
    (problem,) = [str(item) for item in caught.value.problems]
    assert message in problem
    assert problem.startswith("case.yaml:26:")


def test_a_key_that_the_file_lacks_is_not_missed_in_every_variant(good, write, catalog):
    text = good.replace("name: compact-2028\n", "") + "variants: {fast: {limits.charging_time_max: 12 min}}\n"
    with pytest.raises(ScenarioError) as caught:
        read_scenarios(write(text), catalog)
    (problem,) = caught.value.problems
    assert "the key 'name' is missing" in problem.message


def test_a_mistake_of_the_base_is_not_told_for_every_variant(good, write, catalog):
    with pytest.raises(ScenarioError) as caught:
        read_scenarios(write(good.replace("60 kWh", "60 kwh") + "variants: {a: {}, b: {}, c: {}}\n"), catalog)
    assert len(caught.value.problems) == 1


# --- addresses ------------------------------------------------------------------------------------------------------

SECOND = """
  - name: big
    volume: 20000 /yr
    energy: 90 kWh
    power: 200 kW
    system_voltage: 400 V
    usage: private_car
    limits: {charging_time_max: 40 min}
  - {name: third, volume: 10 /yr, energy: 80 kWh, power: 150 kW, system_voltage: 400 V, usage: private_car}
"""


@pytest.fixture
def three_packs(good, write):
    head, tail = good.split("search:", 1)
    return write(head.rstrip() + SECOND + "search:" + tail + "limits: {charging_time_max: 50 min}\n")


def charging_times(scenario) -> list[float]:
    return [pack.limits.charging_time_max_min for pack in scenario.packs]


@pytest.mark.parametrize(
    ("address", "times"),
    [
        ("limits.charging_time_max: 10 min", [10, 10, 10]),
        ('limits.charging_time_max: "*2"', [40, 80, 100]),
        ("packs.big.limits.charging_time_max: 10 min", [20, 10, 50]),
        ("packs.*.limits.charging_time_max: 10 min", [10, 10, 10]),
        ("limits: {charging_time_max: 10 min}", [20, 40, 10]),
        ("packs: {big: {limits: {charging_time_max: 10 min}}}", [20, 10, 50]),
        ("packs: {compact: null}", [40, 50]),
        ("packs: {third: null, compact: {limits: {charging_time_max: null}}}", [50, 40]),
    ],
)
def test_an_address_says_which_packs_it_changes(three_packs, catalog, monkeypatch, tmp_path, address, times):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "child.yaml").write_text(f"extends: {three_packs}\n{address}\n")
    made = read_scenario("child.yaml", catalog)
    assert charging_times(made) == times
    assert made.packs[-1].name in {"third", "big"}
    assert {str(made.origins[f"packs.{pack.name}.energy"]).split(":")[0] for pack in made.packs} == {three_packs}


def test_a_usage_profile_can_be_changed_in_single_values(child, tmp_path, catalog):
    base = read_scenario(tmp_path / "base.yaml", catalog).packs[0].usage
    for text in ("packs.compact.usage.distance: 20000 km/yr\n", "packs: {compact: {usage: {distance: 20000 km/yr}}}\n"):
        usage = child(text).packs[0].usage
        changed = {name for name, value in vars(usage).items() if value != getattr(base, name)}
        assert (usage.distance_km_per_yr, changed) == (20000, {"distance_km_per_yr"})


# --- relative changes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ('packs.compact.energy: "*1.1"', lambda s: s.packs[0].energy_kwh, 66),
        ('packs.compact.energy: "+5 %"', lambda s: s.packs[0].energy_kwh, 63),
        ('packs.compact.energy: "-5 %"', lambda s: s.packs[0].energy_kwh, 57),
        ('finance: {discount_rate: "*1.5"}', lambda s: s.finance.discount_rate_frac, 0.12),
        ('finance: {discount_rate: "+5 %"}', lambda s: s.finance.discount_rate_frac, 0.084),
        ('finance: {inflation: "-2 %"}', lambda s: s.finance.inflation_frac_per_yr, -0.02),
        ('price_overrides: {lfp_cathode: "*1.3"}', lambda s: s.price_overrides["lfp_cathode"], 6.76),
        ('plant: {size: "*2"}', lambda s: s.plant.size_gwh_per_yr, 60),
        ('packs.compact.usage.distance: "*1.2"', lambda s: s.packs[0].usage.distance_km_per_yr, 18000),
        ('packs.compact.system_voltage: "*2"', lambda s: s.packs[0].system_voltage_v, 800),
        ('lifecycle: {warranty_term: "*1.5"}', lambda s: s.lifecycle.warranty_term_yr, 12),
        ('limits: {charger_current: "*0.5"}', lambda s: s.packs[0].limits.charger_current_a, 250),
    ],
)
def test_a_change_holds_for_the_inherited_value_or_the_default(child, text, path, value):
    assert path(child(f"{text}\n")) == pytest.approx(value, rel=1e-14)


def test_a_change_of_a_price_that_the_file_does_not_set_is_one_of_the_catalog(child, catalog):
    row = catalog.in_price_year(2025).table("prices").one(price_scenario="central", item="graphite_anode")
    made = child('price_overrides: {graphite_anode: "-10 %"}\n')
    assert made.price_overrides["graphite_anode"] == pytest.approx(0.9 * row.value, rel=1e-13)
    then = child('price_overrides: {graphite_anode: "-10 %"}\nprices: reference\nfinance: {price_year: 2022}\n')
    old = catalog.in_price_year(2022).table("prices").one(price_scenario="reference", item="graphite_anode")
    assert then.price_overrides["graphite_anode"] == pytest.approx(0.9 * old.value, rel=1e-13)


def test_changes_of_several_files_multiply(child, tmp_path):
    (tmp_path / "dear.yaml").write_text('extends: base.yaml\nprice_overrides: {lfp_cathode: "*1.5"}\n')
    made = child('price_overrides: {lfp_cathode: "*2"}\n', extends="extends: dear.yaml\n")
    assert made.price_overrides["lfp_cathode"] == pytest.approx(5.2 * 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('limits: {mass_max: "*1.3"}', "2:10: error: packs.compact.limits.mass_max: '*1.3' changes an inherited value"),
        ('packs.compact.limits.charging_temperature: "*1.3"', "'*1.3' changes what is inherited, but none here"),
        ('search: {platforms_max: "*2"}', "'*2' changes what is inherited, but none here can be multiplied"),
        ('packs.compact.energy: "*-1"', "'*-1' is no change; expected '*' and a number from 0 on; write for example"),
        ('packs.compact.energy: "*x"', "'*x' is no change; expected '*' and a number from 0 on"),
        ('packs.compact.energy: "+2 kWh"', "'+2 kWh' over the inherited '60 kWh' may be the value or an addition"),
        ('finance: {inflation: "+2 %"}', "'+2 %' may be the value or a change of the default 0 %; expected one or the"),
        ("packs.compact.energy: *2", "put a relative change in quotes"),
        ("packs.compact.energy: *1.3", "put a relative change in quotes"),
        ('finance: {discont_rate: "*2"}', "unknown key 'discont_rate'; expected a key of 'finance'; did you mean"),
        ('price_overrides: {lfp_katode: "*2"}', "unknown item 'lfp_katode'"),
        ('packs.compact.energy: "*100"', "'6000 kWh' is out of range"),
    ],
)
def test_a_change_that_cannot_be_made_is_told_once(child, text, message):
    problem = the_only(child(f"{text}\n"))
    assert message.removeprefix("2:10: error: packs.compact.limits.mass_max: ") in problem
    assert problem.startswith("child.yaml:2:")


# --- where values come from, and back again -------------------------------------------------------------------------


def test_every_value_has_its_place(child, catalog):
    made = child("finance: {discount_rate: 9 %}\n")
    entries = dict(entries_of(document_of(made, catalog)))
    assert set(entries) <= set(made.origins)
    places = {path: str(made.origins[path]) for path in entries}
    assert places["finance.discount_rate"] == "child.yaml:2"
    assert places["packs.compact.energy"] == "base.yaml:12"
    assert places["packs.compact.limits.charging_time_max"] == "base.yaml:17"
    row = catalog.table("scenario_defaults").one(name="inflation_frac_per_yr")
    assert places["finance.inflation"] == f"catalog scenario_defaults.csv:{row.line}"


numbers = st.floats(0.9, 1.1).map(repr)
changes = st.dictionaries(
    st.sampled_from(
        [
            "finance.discount_rate",
            "packs.compact.energy",
            "packs.compact.volume",
            "packs.compact.usage.distance",
            "packs.compact.usage.ac_price",
            "packs.compact.usage.soh_end_of_life",
            "limits.charging_time_max",
            "price_overrides.lfp_cathode",
            "price_overrides.graphite_anode",
            "lifecycle.warranty_spread",
            "lifecycle.pack_price_decline",
            "plant.size",
        ]
    ),
    numbers.map(lambda factor: f"*{factor}"),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=changes)
def test_the_document_of_a_scenario_reads_back_as_the_same_scenario(good, changes):
    catalog = packaged_catalog()
    source = yaml.safe_load(good) | {"variants": {"changed": changes}}
    made = read_scenario(source, catalog, "changed")
    document = document_of(made, catalog)
    assert read_scenario(document, catalog).resolved() == made.resolved()


def test_a_file_may_extend_a_workbook_only_if_it_is_one(child, tmp_path):
    (tmp_path / "in.xlsx").write_bytes(b"PK\x03\x04 nothing")
    assert the_only(child("", extends="extends: in.xlsx\n")).startswith("in.xlsx:1:1: error: ")


def test_a_change_in_the_base_is_one_of_the_default_that_the_variant_has(child, catalog):
    text = "price_overrides: {graphite_anode: '*2'}\nvariants: {other: {prices: reference}}\n"
    rows = catalog.in_price_year(2025).table("prices")
    for variant, prices in (("", "central"), ("other", "reference")):
        price = rows.one(item="graphite_anode", price_scenario=prices).value
        assert child(text, variant).price_overrides["graphite_anode"] == pytest.approx(2 * price)


def test_a_mistake_that_a_variant_changes_is_told_once_and_where_it_stands(child):
    text = "finance: {horizon: 12 min}\nvariants: {long: {finance.horizon: '*2'}, short: {finance.horizon: '*0.5'}}\n"
    assert the_only(child(text)).startswith("child.yaml:2:11: error: finance.horizon: unit 'min' measures time")


def test_a_change_beyond_all_numbers_is_a_mistake(child):
    problem = the_only(child('packs.compact.energy: "*1e308"\n'))
    assert problem.startswith("child.yaml:2:1: error: packs.compact.energy: '*1e308' makes '60 kWh' larger than any")


def test_a_change_in_digits_of_another_script_is_no_change(child):
    assert "is no change; expected '*' and a number" in the_only(child('packs.compact.energy: "*\u0663"\n'))


def test_the_names_in_a_file_are_relative_to_it_however_it_is_reached(good, tmp_path, catalog, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("own", "own/rows", "links"):
        Path(name).mkdir()
    Path("own/base.yaml").write_text(good)
    Path("own/rows/usage_profiles.csv").write_text("profile,name,value,unit\nprivate_car,dod_frac,0.4,1\n")
    Path("own/child.yaml").write_text("extends: base.yaml\nname: child\ndata: rows\n")
    Path("links/child.yaml").symlink_to("../own/child.yaml")
    made = read_scenario("links/child.yaml", catalog)
    assert (made.packs[0].usage.dod_frac, made.path) == (0.4, "links/child.yaml")
    Path("own/base.yaml").unlink()
    Path("links/base.yaml").write_text(good)
    with pytest.raises(ScenarioError, match=r"the file 'base\.yaml' does not exist"):
        read_scenario("links/child.yaml", catalog)


# --- several files with one variant, addresses beside blocks --------------------------------------------------------


def test_a_change_in_a_variant_of_two_files_holds_for_what_the_scenario_inherits(child, tmp_path):
    with (tmp_path / "base.yaml").open("a") as file:
        file.write('variants:\n  dear: {price_overrides: {graphite_anode: "*2"}}\n')
    text = 'price_overrides: {graphite_anode: 5 USD/kg}\nvariants:\n  dear: {price_overrides: {graphite_anode: "*3"}}\n'
    assert child(text, "dear").price_overrides["graphite_anode"] == pytest.approx(30)


@pytest.mark.parametrize("inherited", ["finance.discount_rate: 5 %", "finance: {discount_rate: 5 %}"])
@pytest.mark.parametrize("own", ["finance.discount_rate: 9 %", "finance: {discount_rate: 9 %}"])
def test_a_variant_goes_over_the_one_below_however_each_is_written(child, tmp_path, inherited, own):
    with (tmp_path / "base.yaml").open("a") as file:
        file.write(f"variants:\n  v: {{{inherited}}}\n")
    assert child(f"variants:\n  v: {{{own}}}\n", "v").finance.discount_rate_frac == 0.09


def test_null_in_a_variant_deletes_what_the_base_of_the_variant_below_says(child, tmp_path):
    with (tmp_path / "base.yaml").open("a") as file:
        file.write("variants:\n  v: {finance.horizon: 9 yr}\n")
    made = child("finance: {inflation: 3 %}\nvariants:\n  v: {finance: {inflation: null}}\n", "v")
    assert (made.finance.inflation_frac_per_yr, made.finance.horizon_yr) == (0, 9)


def test_a_deleted_variant_leaves_nothing_to_one_that_is_written_anew(child, tmp_path):
    with (tmp_path / "base.yaml").open("a") as file:
        file.write("variants:\n  v: {finance.horizon: 9 yr}\n")
    (tmp_path / "middle.yaml").write_text("extends: base.yaml\nvariants: {v: null}\n")
    made = child("variants:\n  v: {finance.discount_rate: 9 %}\n", "v", "extends: middle.yaml\n")
    assert made.finance.horizon_yr != 9


def test_an_address_holds_whether_it_stands_before_or_after_the_packs(child):
    packs = "packs: {compact: {usage: ride_hailing}}\n"
    address = "packs.compact.usage.dod: 40 %\n"
    found = [child(text).packs[0].usage for text in (packs + address, address + packs)]
    assert found[0] == found[1]
    assert (found[0].name, found[0].dod_frac) == ("ride_hailing", 0.4)


def test_an_address_can_stand_in_a_file_that_extends_none(good, write, catalog):
    made = read_scenario(write("limits.charging_time_max: 33 min\n" + good), catalog)
    assert made.packs[0].limits.charging_time_max_min == 33


def test_a_value_given_as_an_address_and_in_its_block_is_a_mistake(child):
    problem = the_only(child("finance.discount_rate: 5 %\nfinance: {discount_rate: 6 %}\n"))
    assert problem.startswith("child.yaml:2:1: error: 'finance.discount_rate' is given twice")


def test_what_null_deletes_has_the_place_of_the_default_that_follows(child, tmp_path):
    with (tmp_path / "base.yaml").open("a") as file:
        file.write("lifecycle: {end_of_life_value: {lfp: 3 USD/kWh}, warranty_term: 9 yr}\n")
    made = child("lifecycle: {end_of_life_value: {lfp: null}, warranty_term: null}\n")
    places = [made.origins[f"lifecycle.{key}"].file for key in ("end_of_life_value.lfp", "warranty_term")]
    assert places == ["catalog lifecycle_defaults.csv"] * 2


def test_a_required_key_that_null_deletes_is_missed_where_null_stands(child):
    problem = the_only(child("finance:\n  inflation: 1 %\n  horizon: null\n"))
    assert problem.startswith("child.yaml:4:")
    assert "the key 'horizon' is missing" in problem


def test_a_change_of_what_cannot_be_read_adds_no_mistake(good, write, catalog):
    text = good.replace("discount_rate: 8 %", "discount_rate: !x 8 %")
    with pytest.raises(ScenarioError) as caught:
        read_scenarios(write(text + 'variants: {v: {finance.discount_rate: "*2"}}\n'), catalog)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("where", ["{}", "variants: {{v: {{{}}}}}"])
def test_a_change_of_an_uncertain_price_as_a_whole_is_not_one_of_the_catalogs_price(child, tmp_path, where):
    uncertain = "{dist: triangular, low: 3 USD/kg, mode: 4 USD/kg, high: 6 USD/kg}"
    text = (tmp_path / "base.yaml").read_text().split("price_overrides:")[0]
    (tmp_path / "base.yaml").write_text(text + f"price_overrides: {{graphite_anode: {uncertain}}}\n")
    problem = the_only(child(where.format('price_overrides: {graphite_anode: "*1.5"}') + "\n"))
    assert "'*1.5' would change an inherited block or list as a whole; expected a new one" in problem
    made = child('price_overrides: {graphite_anode: {mode: "*1.5"}}\n')
    assert made.price_overrides["graphite_anode"] == pytest.approx(6)


def test_a_change_in_one_pack_holds_for_what_all_packs_are_changed_to(child, tmp_path):
    with (tmp_path / "base.yaml").open("a") as file:
        file.write("limits: {charger_current: 400 A, mass_max: 500 kg}\n")
    text = 'limits: {charger_current: "*0.5", mass_max: "*2"}\nvariants:\n  v:\n'
    one = '    packs.compact.limits.charger_current: "*0.5"\n    packs.compact.limits.mass_max: "*0.9"\n'
    limits = child(text + one, "v").packs[0].limits
    assert (limits.charger_current_a, limits.mass_max_kg) == (100, 900)


def test_a_change_of_the_reference_mass_holds_for_the_one_of_the_changed_energy(child):
    before, energy = child(""), child('packs.compact.energy: "*2"\n')
    both = child('packs.compact.usage.reference_pack_mass: "*1.5"\npacks.compact.energy: "*2"\n')
    masses = [made.packs[0].usage.reference_pack_mass_kg for made in (before, energy, both)]
    assert masses[1:] == pytest.approx([2 * masses[0], 3 * masses[0]])
