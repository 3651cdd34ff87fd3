"""A scenario goes into an Excel form and comes back; every mistake in a form names its cell."""

from __future__ import annotations

import datetime
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from forms import COLUMNS, FIRST_VARIANT, HEADER, cell, edited, filled, problems, row_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from lcopt.errors import ScenarioError
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.document import BLOCKS
from lcopt.inputs.excel.form import form_of, starter
from lcopt.inputs.fields import kind_at
from lcopt.inputs.quantities import QuantityError, read_quantity, tidy_text, write_quantity
from lcopt.inputs.reader import read_file, read_scenario, read_scenarios
from lcopt.inputs.values import Known
from lcopt.inputs.words import ARCHITECTURES, COOLINGS, FORMATS, HEATERS, PREHEATS, SAFETY_RULES, TECHNOLOGY_CLASSES
from lcopt.inputs.writing import document_of

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
CATALOG = packaged_catalog()
KNOWN = Known.of(CATALOG)


# --- there and back -------------------------------------------------------------------------------------------------


def quantities(path: tuple) -> st.SearchStrategy[str]:
    """Texts of a quantity within the range of its key, in any of its units."""
    kind = kind_at(path, CATALOG)
    low, high = KNOWN.ranges[str(path[-1])]
    whole = str(path[-1]) in {"horizon", "production_years"}

    def text(number: float, unit: str) -> str:
        written = write_quantity(number, kind, unit)
        try:
            back = read_quantity(written, kind)
        except QuantityError:
            return tidy_text(number, kind)
        return written if low <= back <= high and (not whole or back.is_integer()) else tidy_text(number, kind)

    numbers = (
        st.integers(int(low), int(high)).map(float) if whole else st.floats(low, high).map(lambda n: float(f"{n:.6g}"))
    )
    return st.builds(text, numbers.filter(lambda number: low <= number <= high), st.sampled_from(list(kind.units)))


def block(name: str, path: tuple, *leave_out: str) -> st.SearchStrategy[dict]:
    """Some of the quantities of a block."""
    keys = [key for key in BLOCKS[name].model_fields if key not in leave_out and kind_at((*path, key), CATALOG)]
    return st.fixed_dictionaries({}, optional={key: quantities((*path, key)) for key in keys})


windows = st.tuples(st.integers(0, 45), st.integers(50, 100)).map(lambda ends: [f"{end} %" for end in ends])
temperatures = st.floats(-40, 60).map(lambda number: f"{number:.3g} degC")
energies = st.floats(1, 30).map(lambda number: f"{number:.4g} kWh")
powers = st.floats(1, 300).map(lambda number: f"{number:.4g} kW")
words_of_limits = st.fixed_dictionaries(
    {},
    optional={
        "charging_window": windows,
        "safety": st.sampled_from(SAFETY_RULES),
        "warranty": st.sampled_from(KNOWN.warranty_rules),
        "usable_energy_min_at": st.dictionaries(temperatures, energies, max_size=3),
        "power_min_at": st.dictionaries(st.sampled_from(["-20 degC", "-12.5 degC", "14 degF"]), powers, max_size=3),
    },
)
# A cold start is never warmer than the usual one.
limits = st.builds(
    lambda numbers, words, is_cold: (
        {key: text for key, text in numbers.items() if ("cold" in key) is is_cold} | words
        if {"cold_temperature", "cold_charging_time_max"} & set(numbers) and "charging_temperature" in numbers
        else numbers | words
    ),
    block("limits", ("limits",)),
    words_of_limits,
    st.booleans(),
)
profiles = st.sampled_from(KNOWN.usage_profiles)
usages = st.one_of(
    profiles,
    st.builds(
        lambda profile, values, cold: {"profile": profile, **values, **cold},
        profiles,
        block("usage", ("packs", 0, "usage")),
        st.fixed_dictionaries(
            {}, optional={"climate": st.sampled_from(KNOWN.climates), "preheat": st.sampled_from(PREHEATS)}
        ),
    ),
)
ITEMS = {row.keys["item"]: row for row in CATALOG.table("prices").select(price_scenario="central")}


@st.composite
def packs(draw, name: str) -> dict:
    required = {
        "name": name,
        "volume": draw(quantities(("packs", 0, "volume"))),
        "energy": f"{draw(st.floats(30, 110))!r} kWh",
        "power": draw(quantities(("packs", 0, "power"))),
        "system_voltage": draw(st.sampled_from(["400 V", "0.8 kV"])),
        "usage": draw(usages),
    }
    more = {key: quantities(("packs", 0, key)) for key in ("power_temperature", "power_soc")}
    return required | draw(st.fixed_dictionaries({}, optional=more | {"limits": limits}))


@st.composite
def prices(draw, item: str):
    value, unit = ITEMS[item].value, ITEMS[item].unit
    low, middle, high = sorted(draw(st.lists(st.floats(0.1, 5), min_size=3, max_size=3, unique=True)))
    texts = [f"{factor * (value + 0.1)!r} {unit}" for factor in (low, middle, high)]
    shape = {"dist": "triangular", "low": texts[0], "mode": texts[1], "high": texts[2]}
    return draw(st.sampled_from([texts[1], "*1.25", "+5 %", shape]))


overrides = st.sets(st.sampled_from(sorted(ITEMS)), max_size=3).flatmap(
    lambda items: st.fixed_dictionaries({item: prices(item) for item in sorted(items)})
)
families = st.sampled_from(["lfp", "ternary", "spinel"])
end_of_life = st.one_of(
    quantities(("lifecycle", "end_of_life_value")),
    st.dictionaries(families, quantities(("lifecycle", "end_of_life_value")), min_size=1),
)


def some(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """A list of names, or of one."""
    return st.lists(st.sampled_from(names), min_size=1, unique=True)


searches = st.fixed_dictionaries(
    {},
    optional={
        "chemistries": st.one_of(st.just("all"), st.lists(st.sampled_from(KNOWN.chemistries), min_size=1, unique=True)),
        "formats": st.one_of(st.just("all"), some(FORMATS)),
        "architectures": st.one_of(st.just("all"), some(ARCHITECTURES)),
        "coolings": st.one_of(st.just("all"), some(COOLINGS)),
        "heaters": st.one_of(st.just("all"), some(HEATERS)),
        "production_start": st.integers(2020, 2045).map(str),
        "readiness_min": st.integers(1, 9).map(str),
        "technology_classes": st.one_of(st.just("all"), some(TECHNOLOGY_CLASSES)),
        "platforms_max": st.integers(1, 9).map(str),
        "platform_fixed_cost": quantities(("search", "platform_fixed_cost")),
    },
)


@st.composite
def documents(draw) -> dict:
    """Scenarios with any of the optional keys."""
    names = draw(st.sampled_from([["compact"], ["compact", "2nd-car"]]))
    finance = {
        "currency": "USD",
        "price_year": str(draw(st.sampled_from(KNOWN.price_years))),
        "discount_rate": draw(quantities(("finance", "discount_rate"))),
        "horizon": draw(quantities(("finance", "horizon"))),
    }
    made = {
        "lcopt": "1",
        "name": draw(st.sampled_from(["compact-2028", "2028", "007", "a b"])),
        "finance": finance | draw(block("finance", ("finance",), *finance)),
        "packs": [draw(packs(name)) for name in names],
    }
    optional = {
        "limits": limits,
        "search": searches,
        "plant": st.builds(
            lambda numbers, word: numbers | word,
            block("plant", ("plant",)),
            st.fixed_dictionaries({}, optional={"electrode_process": st.sampled_from(["wet", "dry"])}),
        ),
        "price_overrides": overrides,
        "lifecycle": st.builds(
            lambda numbers, values: numbers | values,
            block("lifecycle", ("lifecycle",), "end_of_life_value"),
            st.fixed_dictionaries({}, optional={"end_of_life_value": end_of_life, "residual_rule": st.just("none")}),
        ),
    }
    return made | draw(st.fixed_dictionaries({}, optional=optional))


@st.composite
def changes(draw) -> dict:
    """A variant of any of these scenarios: addresses, blocks, changes."""
    whole = {
        "limits.charging_time_max": quantities(("limits", "charging_time_max")),
        "limits.charging_window": windows,
        "packs.*.volume": st.sampled_from(["*0.5", "-5 %", "7000 /yr"]),
        "packs.compact.usage": usages,
        "packs.compact.limits.charger_power": st.sampled_from(["*0.75", "200 kW"]),
        "limits": limits,
        "limits.usable_energy_min_at": st.just({"-12.5 degC": "20 kWh"}),
        "limits.power_min_at.-20 degC": powers,
        "packs": st.fixed_dictionaries(
            {"compact": st.fixed_dictionaries({}, optional={"usage": usages, "limits": limits})}
        ),
        "finance": st.fixed_dictionaries({}, optional={"discount_rate": st.just("*0.9"), "inflation": st.just("1 %")}),
        "lifecycle": st.fixed_dictionaries({}, optional={"end_of_life_value": end_of_life}),
        "prices": st.just("reference"),
        "name": st.just("other"),
    }
    return draw(st.fixed_dictionaries({}, optional=whole))


def resolved(found) -> dict:
    return {name: scenario.resolved() for name, scenario in found.scenarios}


quick = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@quick
@given(document=documents(), variants=st.lists(changes(), max_size=2), explicit=st.booleans())
def test_scenario_to_form_to_scenario_gives_the_same_values(tmp_path_factory, document, variants, explicit):
    try:
        if explicit:
            document = document_of(read_scenario(document, CATALOG), CATALOG)
        document |= {"variants": {f"v{number}": changed for number, changed in enumerate(variants)}}
        expected = read_file(document, CATALOG)
    except ScenarioError:
        assume(False)
    form = form_of(document, CATALOG)
    file = tmp_path_factory.mktemp("form") / "in.xlsx"
    file.write_bytes(form.content)
    assert form.notes == ()
    assert resolved(read_file(file, CATALOG)) == resolved(expected)


@pytest.mark.parametrize(("base", "changed"), [("0.726523", "0.449163"), ("72 %", "0.614828"), ("0.5", "*1.1")])
def test_bare_ratios_are_what_they_are_whatever_the_unit_of_the_row(good, save, base, changed):
    document = yaml.safe_load(good)
    document["packs"][0]["usage"] = {"profile": "private_car", "dc_efficiency": base}
    document["variants"] = {"other": {"packs.compact.usage.dc_efficiency": changed}}
    form = form_of(document)
    assert form.notes == ()
    assert [scenario.scenario_hash for scenario in read_scenarios(save(form.content))] == [
        scenario.scenario_hash for scenario in read_scenarios(document)
    ]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_every_shipped_scenario_has_a_form_that_reads_back(scenario, save):
    form = form_of(scenario)
    assert form.notes == (("its sweep is not part of the form",) if "sweep:" in scenario.read_text() else ())
    read, original = read_scenario(save(form.content)), read_scenario(scenario)
    assert read.scenario_hash == original.scenario_hash
    assert read.question == original.question


def test_without_a_file_the_form_is_that_of_the_starter(save):
    assert read_scenario(save(form_of(starter()).content)).scenario_hash == read_scenario(starter()).scenario_hash


def test_a_form_is_equal_byte_by_byte_whatever_the_clock_and_the_seed_of_hashes(tmp_path):
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "lcopt", "template", str(SCENARIOS[0]), "-o", f"{seed}.xlsx"]
        subprocess.run(
            command, cwd=tmp_path, env=os.environ | {"PYTHONHASHSEED": seed}, check=True, capture_output=True
        )
    one, other = ((tmp_path / f"{seed}.xlsx").read_bytes() for seed in ("1", "2"))
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert b"dcterms:" not in archive.read("docProps/core.xml").replace(b"xmlns:dcterms", b"")


# --- what the form shows --------------------------------------------------------------------------------------------


def test_every_key_of_the_language_has_a_row_in_its_order(form):
    sheet = load_workbook(io.BytesIO(form))["Scenario"]
    keys = [sheet.cell(row, 1).value for row in range(HEADER + 1, sheet.max_row + 1)]
    usage = [f"packs.compact.usage.{key}" for key in BLOCKS["usage"].model_fields]
    assert [key for key in keys if key in usage] == usage
    assert {f"price_overrides.{item}" for item in ITEMS} <= set(keys)
    assert {f"{name}.{key}" for name in ("finance", "limits", "search") for key in BLOCKS[name].model_fields} <= set(
        keys
    )


def test_a_row_shows_number_unit_default_range_and_source(form):
    sheet = load_workbook(io.BytesIO(form))["Scenario"]

    def shown(key: str) -> list:
        return [sheet.cell(row_of(sheet, key), column).value for column in range(3, 8)]

    assert shown("packs.compact.energy") == [60, "kWh", "required", "1 to 2,000 kWh", None]
    assert shown("finance.production_years") == [
        None,
        "yr",
        "5 yr",
        "1 to 30 yr, whole",
        "scenario_defaults:11, assumed, lcopt_assumption",
    ]
    assert shown("search.production_start")[:4] == [None, None, "2028", "a whole number from 2020 to 2045"]
    assert shown("limits.safety")[2:4] == ["none", "none, gb38031_2020, gb38031_2025"]
    assert shown("limits.length_max")[1:4] == ["mm", "no limit", "300 to 6,000 mm"]
    assert shown("packs.compact.limits.charging_window")[0] == "10 % to 80 %"
    assert shown("price_overrides.lfp_cathode")[:2] == [5.2, "USD/kg"]


def rule_of(sheet, key: str, column: str):
    place = f"{chr(64 + COLUMNS[column])}{row_of(sheet, key)}"
    return next(rule for rule in sheet.data_validations.dataValidation if place in rule.sqref)


def test_cells_have_drop_downs_and_ranges_in_the_unit_of_the_row(form):
    sheet = load_workbook(io.BytesIO(form))["Scenario"]
    assert rule_of(sheet, "packs.compact.energy", "unit").formula1 == '"kWh,Wh,MWh"'
    assert rule_of(sheet, "finance.flow_timing", "value").formula1 == '"end,middle"'
    rule = rule_of(sheet, "finance.discount_rate", "value")
    assert (rule.formula1, rule.formula2, rule.errorStyle) == ("0.0", "50.0", "warning")
    years = rule_of(sheet, "search.production_start", "value")
    assert (years.formula1, years.formula2) == ("2020.0", "2045.0")
    assert rule_of(sheet, "plant.electrode_process", "value").formula1 == '"wet,dry"'
    chemistries = rule_of(sheet, "search.chemistries", "value").formula1
    choices = load_workbook(io.BytesIO(form))[chemistries.split("!")[0]]
    assert choices.sheet_state == "visible"
    assert [row[0].value for row in choices[chemistries.split("!")[1].replace("$", "")]] == ["all", *KNOWN.chemistries]


def test_only_cells_to_fill_in_are_unlocked(form):
    sheet = load_workbook(io.BytesIO(form))["Scenario"]
    row = row_of(sheet, "packs.compact.energy")
    locked = [sheet.cell(row, column).protection.locked for column in range(1, 9)]
    assert locked == [True, True, False, False, True, True, True, False]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not sheet.cell(sheet.max_row, 1).protection.locked


def test_what_a_form_cannot_hold_is_noted(good, save):
    document = yaml.safe_load(good) | {"lcopt": "1", "sweep": {"finance.discount_rate": ["6 %", "7 %"]}}
    new = document["packs"][0] | {"name": "new"}
    document["variants"] = {"two": {"packs": [*document["packs"], new]}, "unit": {"prices": "reference"}}
    document["variants"]["Kept"] = {"limits.charging_time_max": "19 min"}
    document["variants"]["UNIT"] = document["variants"].pop("unit")
    form = form_of(document)
    assert form.notes == (
        "its sweep is not part of the form",
        "a form cannot hold what the variant 'two' changes",
        "a form cannot hold what the variant 'UNIT' changes",
    )
    assert [scenario.name for scenario in read_scenarios(save(form.content))] == ["compact-2028", "compact-2028-Kept"]


# --- filling in -----------------------------------------------------------------------------------------------------


def test_a_named_column_is_a_variant(form, save):
    def add(sheet) -> None:
        sheet.cell(HEADER, FIRST_VARIANT).value = "fast"
        sheet.cell(row_of(sheet, "packs.compact.limits.charging_time_max"), FIRST_VARIANT).value = 12
        sheet.cell(row_of(sheet, "finance.discount_rate"), FIRST_VARIANT).value = "*1.25"
        sheet.cell(row_of(sheet, "packs.compact.limits.charger_power"), FIRST_VARIANT).value = "null"
        sheet.cell(row_of(sheet, "packs.compact.name"), FIRST_VARIANT).value = "quick"

    base, fast = read_scenarios(save(edited(form, add)))
    assert (base.packs[0].limits.charging_time_max_min, fast.packs[0].limits.charging_time_max_min) == (20, 12)
    assert fast.finance.discount_rate_frac == 0.10
    assert (fast.name, fast.packs[0].name) == ("compact-2028-fast", "quick")


def test_a_limit_of_the_scenario_in_a_variant_holds_for_every_pack(form, save):
    def add(sheet) -> None:
        sheet.cell(HEADER, FIRST_VARIANT).value = "fast"
        sheet.cell(row_of(sheet, "limits.charging_time_max"), FIRST_VARIANT).value = 12

    _, fast = read_scenarios(save(edited(form, add)))
    assert fast.packs[0].limits.charging_time_max_min == 12


def test_spare_rows_take_one_more_pack_and_a_variant_may_leave_it_out(form, save):
    def add(sheet) -> None:
        free = row_of(sheet, "further keys") + 1
        rows = {"volume": (1000, "/yr"), "energy": ("80 kWh", None), "power": (200, "kW"), "system_voltage": (400, "V")}
        rows["usage"] = ("private_car", None)
        for number, (key, (value, unit)) in enumerate(rows.items()):
            for column, content in ((1, f"packs.large.{key}"), (3, value), (4, unit)):
                sheet.cell(free + number, column).value = content
        sheet.cell(HEADER, FIRST_VARIANT).value = "alone"
        sheet.cell(free + len(rows), 1).value = "packs.large"
        sheet.cell(free + len(rows), FIRST_VARIANT).value = "null"

    base, alone = read_scenarios(save(edited(form, add)))
    assert [pack.name for pack in base.packs] == ["compact", "large"]
    assert [pack.name for pack in alone.packs] == ["compact"]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (4680, ("4680",)),
        ("4680; blade", ("4680", "blade")),
        ("[4680, 21700]", ("4680", "21700")),
        ("pouch", ("pouch",)),
    ],
)
def test_a_format_of_digits_is_its_name_in_a_form_too(form, save, value, names):
    assert read_scenario(save(filled(form, {("search.formats", "value"): value}))).search.formats == names


def test_a_file_extends_a_form(form, save):
    save(form)
    Path("top.yaml").write_text("extends: in.xlsx\nname: top\nfinance: {discount_rate: '*1.25'}\n")
    scenario = read_scenario("top.yaml")
    assert scenario.finance.discount_rate_frac == 0.10
    assert str(scenario.origins["packs.compact.energy"]).startswith("in.xlsx!Scenario!C")


RICH = CellRichText("60", TextBlock(InlineFont(b=True), " kWh"))


@pytest.mark.parametrize(
    ("key", "value", "unit"),
    [
        ("packs.compact.energy", "60", "kWh"),
        ("packs.compact.energy", " 60 kWh ", None),
        ("packs.compact.energy", "60 kWh", "kWh"),
        ("packs.compact.energy", "60000 Wh", None),
        ("packs.compact.energy", RICH, None),
        ("packs.compact.energy", 60000, "Wh"),
        ("packs.compact.limits.charging_time_max", "20 minutes", "min"),
        ("finance.discount_rate", 0.08, "1/yr"),
        ("finance.discount_rate", 0.08, None),
        ("search.chemistries", "all ", None),
        ("finance.price_year", "2025", None),
        ("packs.compact.limits.charging_window", "[10 %, 80 %]", None),
        ("packs.compact.limits.charging_window", "10 % - 80 %", None),
        ("packs.compact.usage.profile", "private_car", "kWh"),
    ],
)
def test_what_means_the_same_reads_the_same(form, save, good, key, value, unit):
    read = read_scenario(save(filled(form, {(key, "value"): value, (key, "unit"): unit})))
    assert read.scenario_hash == read_scenario(yaml.safe_load(good)).scenario_hash


@pytest.mark.parametrize("unit", ["%", "1/yr", None])
def test_a_cell_in_percent_is_what_it_shows(form, save, unit):
    def show(sheet) -> None:
        row = row_of(sheet, "finance.discount_rate")
        sheet.cell(row, 3).value, sheet.cell(row, 3).number_format = 0.07, "0.0%"
        sheet.cell(row, 4).value = unit

    assert read_scenario(save(edited(form, show))).finance.discount_rate_frac == 0.07


def test_columns_and_rows_may_be_moved_hidden_and_named_otherwise(form, save, good):
    def rearrange(sheet) -> None:
        for column in ("source", "allowed", "default", "meaning"):
            sheet.delete_cols(COLUMNS[column])
        sheet.move_range(f"A{HEADER}:A{sheet.max_row}", cols=9)
        key = row_of_column(sheet, 10, "finance.discount_rate")
        sheet.cell(key, 10).value = " Finance.Discount_Rate "
        sheet.row_dimensions[key].hidden = True
        sheet.move_range(f"B{key}:J{key}", rows=sheet.max_row - key + 3)
        sheet.title = "Inputs 2028"

    def row_of_column(sheet, column: int, text: str) -> int:
        return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, column).value == text)

    assert (
        read_scenario(save(edited(form, rearrange))).scenario_hash == read_scenario(yaml.safe_load(good)).scenario_hash
    )


# --- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "column", "value", "at", "says"),
    [
        (
            "packs.compact.energy",
            "value",
            "60,5",
            "value",
            "packs.compact.energy: '60,5 kWh' has a decimal comma; expected a decimal point; write '60.5 kWh'",
        ),
        (
            "packs.compact.energy",
            "value",
            "1.234,5",
            "value",
            "packs.compact.energy: '1.234,5 kWh' has its thousands set apart by points",
        ),
        (
            "packs.compact.energy",
            "value",
            "60 Wh",
            "value",
            "packs.compact.energy: '60 Wh' has a unit of its own, but the cell beside it says 'kWh'; expected "
            "one unit; type the number alone, or clear the cell with the unit",
        ),
        (
            "packs.compact.energy",
            "value",
            3000,
            "value",
            "packs.compact.energy: '3000 kWh' is out of range; expected 1 kWh to 2000 kWh",
        ),
        (
            "packs.compact.energy",
            "value",
            True,
            "value",
            "packs.compact.energy: found true; expected energy, for example '60 kWh'",
        ),
        (
            "packs.compact.energy",
            "value",
            None,
            "value",
            "packs.compact: the key 'energy' is missing; expected a value; write for example 'energy: 60 kWh'",
        ),
        (
            "packs.compact.energy",
            "value",
            "=30*2",
            "value",
            "packs.compact.energy: the formula has no stored value; expected energy, for example '60 kWh'; open "
            "and save the file in Excel once",
        ),
        (
            "packs.compact.energy",
            "value",
            "#REF!",
            "value",
            "packs.compact.energy: the cell holds the error '#REF!'; expected energy, for example '60 kWh'; mend "
            "the formula or type the value",
        ),
        (
            "packs.compact.energy",
            "unit",
            None,
            "unit",
            "packs.compact.energy: the unit is empty beside a number; expected energy, one of: kWh, Wh, MWh; "
            "choose one in this cell",
        ),
        (
            "packs.compact.energy",
            "unit",
            "kg",
            "value",
            "packs.compact.energy: unit 'kg' measures mass; expected energy, one of: kWh, Wh, MWh; write for "
            "example '60 kWh'",
        ),
        (
            "price_overrides.lfp_cathode",
            "unit",
            None,
            "unit",
            "price_overrides.lfp_cathode: the unit is empty beside a number; expected that of the catalog price, "
            "such as USD/kg; choose one in this cell",
        ),
        (
            "price_overrides.lfp_cathode",
            "value",
            "{dist: triangular",
            "value",
            "price_overrides.lfp_cathode: '{dist: triangular' cannot be read; expected braces or brackets around "
            "'key: value' or names; write for example {dist: triangular, low: 3 USD/kg, mode: 4 USD/kg, high: 6 "
            "USD/kg}",
        ),
        (
            "packs.compact.usage.profile",
            "value",
            "privat_car",
            "value",
            "packs.compact.usage.profile: unknown usage profile 'privat_car'; expected one of: private_car,",
        ),
        (
            "search.chemistries",
            "value",
            "LFP-G (Energy); LPF-G (Energy)",
            "value",
            "search.chemistries.2: unknown chemistry 'LPF-G (Energy)'; expected one of:",
        ),
        (
            "packs.compact.limits.charging_window",
            "value",
            "80 % to 10 %",
            "value",
            "packs.compact.limits.charging_window: the window from 80 % to 10 % is upside down; expected the "
            "lower state of charge first; write [10 %, 80 %]",
        ),
        (
            "finance.horizon",
            "value",
            datetime.datetime(2028, 1, 2),
            "value",
            "finance.horizon: the cell holds the date or time '2028-01-02 00:00:00'; expected duration, for "
            "example '12 yr'; set the format of the cell to General and type the value again",
        ),
        (
            "finance.horizon",
            "key",
            "finance.horizont",
            "key",
            "finance.horizont: unknown key 'horizont'; expected a key of 'finance'; did you mean 'horizon'?",
        ),
        (
            "finance.horizon",
            "key",
            "finance..horizon",
            "key",
            ": 'finance..horizon' is no key; expected words with single dots between them; write for example "
            "finance.discount_rate or packs.compact.energy",
        ),
        (
            "finance.horizon",
            "key",
            None,
            "key",
            ": the row has a value but no key; expected a key; write for example finance.discount_rate",
        ),
        (
            "packs.compact.energy",
            "key",
            "packs.energy",
            "key",
            ": 'packs.energy' names no pack; expected packs.<name>.<key>; write for example packs.compact.energy",
        ),
        (
            "finance.horizon",
            "key",
            "Sweep.finance.horizon",
            "key",
            ": a row cannot have the key 'Sweep.finance.horizon'; expected a key with one value; write it into a "
            ".yaml file that starts with 'extends: ' and the name of this file",
        ),
        (
            "packs.compact.power",
            "key",
            "packs.compact.energy",
            "key",
            ": the key 'packs.compact.energy' is given twice; expected once; first in row",
        ),
    ],
)
def test_a_mistake_is_told_at_its_cell(form, save, key, column, value, at, says):
    spoiled = filled(form, {(key, column): value})
    start = f"in.xlsx:{cell(form, key, at)}{'' if says.startswith(':') else ' '}{says}"
    found = problems(save(spoiled))
    assert [line for line in found if line.startswith(start)] != [], found


def test_a_mistake_of_the_base_is_told_once_however_many_variants_there_are(form, save):
    def spoil(sheet) -> None:
        for number, change in enumerate((12, "*0.5")):
            sheet.cell(HEADER, FIRST_VARIANT + number).value = f"v{number}"
            sheet.cell(row_of(sheet, "packs.compact.limits.charging_time_max"), FIRST_VARIANT + number).value = 12
            sheet.cell(row_of(sheet, "packs.compact.energy"), FIRST_VARIANT + number).value = change
        sheet.cell(row_of(sheet, "packs.compact.energy"), 3).value = "60,5"
        sheet.cell(row_of(sheet, "packs.compact.limits.charging_time_max"), 4).value = None

    found = problems(save(edited(form, spoil)))
    assert [line.split(" ", 3)[2] for line in found] == [
        cell(form, "packs.compact.energy", "value").split(" ")[-1],
        cell(form, "packs.compact.limits.charging_time_max", "unit").split(" ")[-1],
    ]


def test_a_mistake_in_a_variant_is_told_at_its_cell(form, save):
    def spoil(sheet) -> None:
        sheet.cell(HEADER, FIRST_VARIANT).value = "fast"
        sheet.cell(row_of(sheet, "packs.compact.energy"), FIRST_VARIANT).value = 5000
        row = row_of(sheet, "packs.compact.power")
        sheet.cell(row, FIRST_VARIANT).value, sheet.cell(row, FIRST_VARIANT).number_format = 0.05, "0%"

    energy, power = (cell(form, f"packs.compact.{key}", FIRST_VARIANT) for key in ("energy", "power"))
    assert problems(save(edited(form, spoil))) == [
        f"in.xlsx:{energy} packs.compact.energy: '5000 kWh' is out of range; expected 1 kWh to 2000 kWh",
        f"in.xlsx:{power} packs.compact.power: the cell shows 5 %, but the unit is 'kW'; "
        "expected a number in that unit; set its format to General; a change is the text '*1.05'",
    ]


@pytest.mark.parametrize(
    ("headings", "line"),
    [
        (("fast", "fast"), "I4: the heading 'fast' is given twice; expected once; rename or remove one of the columns"),
        (
            ("fast", "Fast"),
            "I4 variants.Fast: 'Fast' is not fit for the name of a variant; expected letters, digits, - and _, once",
        ),
        (
            ("a/b", "c"),
            "H4 variants.a/b: 'a/b' is not fit for the name of a variant; expected letters, digits, - and _, once",
        ),
        (
            ("#N/A", "c"),
            "H4: the cell holds the error '#N/A'; expected the name of a variant; mend the formula or type the value",
        ),
    ],
)
def test_the_name_of_a_variant_is_told_at_its_heading(form, save, headings, line):
    def name(sheet) -> None:
        for column, heading in enumerate(headings, start=FIRST_VARIANT):
            sheet.cell(HEADER, column).value = heading

    column = 8 if line.startswith("H") else 9
    assert problems(save(edited(form, name))) == [f"in.xlsx:4:{column}: error: Scenario!{line}"]


def test_a_value_without_a_heading_and_merged_cells_are_told(form, save):
    def spoil(sheet) -> None:
        sheet.cell(row_of(sheet, "finance.horizon"), 10).value = 9
        sheet.merge_cells("C20:C21")

    found = problems(save(edited(form, spoil)))
    horizon = cell(form, "finance.horizon", 10)
    hint = "expected the name of a variant above it; name the variant in J4 or clear the column"
    assert f"in.xlsx:{horizon}: a value stands in a column without a heading; {hint}" in found
    merged = "Scenario!C20: the cells C20:C21 are merged; expected single cells; unmerge them and fill in each cell"
    assert f"in.xlsx:20:3: error: {merged}" in found


def test_a_form_without_the_column_of_keys_is_refused(form, save):
    (found,) = problems(save(edited(form, lambda sheet: sheet.delete_cols(1))))
    assert found.startswith("in.xlsx:")
    assert "no row has the headings 'Key' and 'Value'" in found


def test_a_misspelt_heading_is_no_variant(form, save):
    found = problems(save(edited(form, lambda sheet: setattr(sheet.cell(HEADER, 4), "value", "Units"))))
    hint = "expected a heading of the form or the name of a variant; did you mean 'Unit'?"
    assert f"in.xlsx:4:4: error: Scenario!D4: unknown heading 'Units'; {hint}" in found


def test_a_form_of_another_version_is_refused(form, save):
    found = problems(save(edited(form, lambda sheet: setattr(sheet.cell(1, 1), "value", "lcopt form 2"))))
    assert found == [
        "in.xlsx:1:1: error: Scenario!A1: the form has the version 2; expected 1, the one that this version reads; "
        "write a new form with 'lcopt template'"
    ]


@pytest.mark.parametrize(
    ("key", "below"),
    [
        ("search", "search.formats"),
        ("price_overrides", "price_overrides.lfp_cathode"),
        ("price_overrides.lfp_cathode", "price_overrides.lfp_cathode.low"),
        ("search.chemistries", "search.chemistries.first"),
    ],
)
def test_a_row_below_a_list_is_told_at_its_cell(form, save, key, below):
    def fill(sheet) -> None:
        for name, value in ((key, "[all, all]"), (below, "5.2 USD/kg")):
            known = [row for row in range(HEADER + 1, sheet.max_row + 1) if sheet.cell(row, 1).value == name]
            row = known[0] if known else sheet.max_row + 1
            sheet.cell(row, 1).value, sheet.cell(row, COLUMNS["value"]).value = name, value

    found = problems(save(edited(form, fill)))
    assert any(f"'{key}' has a value of its own in another row; expected either it or keys" in line for line in found)
