"""Limits at temperatures, through every door: files over files, packs over the scenario, sweeps, forms and reports."""

from __future__ import annotations

import pytest
import yaml
from forms import FIRST_VARIANT, HEADER, cell, edited, filled, problems
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from lcopt.errors import ScenarioError
from lcopt.inputs.at_temperatures import plain_key, spelled_as, temperature_deg_c
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.excel.form import form_of
from lcopt.inputs.excel.report_layout import (
    ADDRESS_HEAD,
    INPUTS_SHEET,
    LIVE_HEAD,
    SCENARIO_HEADS,
    SCENARIO_SHEET,
    SOLVED_HEAD,
    UNIT_HEAD,
)
from lcopt.inputs.excel.report_reader import read_report
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.quantities import write_quantity
from lcopt.inputs.reader import read_scenario, read_scenarios, read_sweep
from lcopt.inputs.text.tree import steps_of
from lcopt.inputs.writing import document_of, entries_of

CATALOG = packaged_catalog()
LIMIT = "usable_energy_min_at"
BOTH = "{-10 degC: 50 kWh, -20 degC: 42 kWh}"
SECOND = """
  - {name: big, volume: 10 /yr, energy: 90 kWh, power: 150 kW, system_voltage: 400 V, usage: private_car}
search:"""


@pytest.fixture
def asked(good, write):
    """Reads the good scenario with a limit of the pack and one of the scenario, and with more lines."""

    def read(own: str = "", common: str = "", more: str = ""):
        text = good.replace("charger_power: 350 kW", f"{LIMIT}: {own}") if own else good
        text += f"limits: {{{LIMIT}: {common}}}\n" if common else ""
        return read_scenario(write(text + more), CATALOG)

    return read


def energies(scenario, pack: int = 0) -> dict[float, float]:
    return dict(scenario.packs[pack].limits.usable_energy_min_kwh_at)


# --- a pack over the scenario ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "common", "found"),
    [
        (BOTH, "", {-20: 42, -10: 50}),
        ("", BOTH, {-20: 42, -10: 50}),
        ("{-10 degC: 45 kWh}", BOTH, {-20: 42, -10: 45}),
        ("{14 degF: 45 kWh}", BOTH, {-20: 42, -10: 45}),
        ("{263.15 K: 45000 Wh, 0 °C: 55 kWh}", BOTH, {-20: 42, -10: 45, 0: 55}),
        ("{-10 degC: null}", BOTH, {-20: 42}),
        ("{14 degF: ~, -20 degC: null}", BOTH, {}),
        ("{-5 degC: null}", BOTH, {-20: 42, -10: 50}),
        ("{}", BOTH, {-20: 42, -10: 50}),
        ("", "{-12.5 degC: 40 kWh}", {-12.5: 40}),
    ],
)
def test_limits_of_a_pack_go_over_those_of_the_scenario_by_temperature(asked, own, common, found):
    assert energies(asked(own, common)) == found


def test_pairs_stand_from_cold_to_warm_whatever_the_order_of_the_file(asked):
    one, other = asked("{0 degC: 55 kWh, -20 degC: 42 kWh}"), asked("{-4 °F: 42 kWh, 0 degC: 55 kWh}")
    assert one.packs[0].limits.usable_energy_min_kwh_at == ((-20, 42), (0, 55))
    assert one.scenario_hash == other.scenario_hash
    assert one.scenario_hash != asked("{0 degC: 55 kWh}").scenario_hash


def test_each_limit_has_its_own_origin(asked):
    origins = asked("{14 degF: 45 kWh}", BOTH).origins
    assert [origins[f"packs.compact.limits.{LIMIT}.{key}"].line for key in ("-10 degC", "-20 degC")] == [19, 26]


# --- files over files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "first", "second"),
    [
        ("limits: {%s: {14 degF: 40 kWh}}", {-10: 45, -20: 42}, {-10: 40, -20: 42}),
        ("limits.%s: {-20 °C: 41 kWh}", {-10: 45, -20: 41}, {-10: 50, -20: 41}),
        ("limits.%s.-20 degC: 41 kWh", {-10: 45, -20: 41}, {-10: 50, -20: 41}),
        ("limits.%s.-12.5 degC: 41 kWh", {-10: 45, -12.5: 41, -20: 42}, {-10: 50, -12.5: 41, -20: 42}),
        ("limits.%s.14 degF: null", {-20: 42}, {-20: 42}),
        ("packs.big.limits.%s.253.15 K: 80 kWh", {-10: 45, -20: 42}, {-10: 50, -20: 80}),
        ("packs.*.limits.%s: {-20 degC: null}", {-10: 45}, {-10: 50}),
        ("packs: {compact: {limits: {%s: {-20 degC: null}}}}", {-10: 45}, {-10: 50, -20: 42}),
        ("packs: {compact: {limits: {%s: null}}}", {-10: 50, -20: 42}, {-10: 50, -20: 42}),
        ("limits: {%s: null}", {-10: 45}, {}),
        ('packs.compact.limits.%s.14 degF: "*0.9"', {-10: 40.5, -20: 42}, {-10: 50, -20: 42}),
        ('packs.compact.limits.%s: {-4 degF: "*0.5"}', {-10: 45, -20: 21}, {-10: 50, -20: 42}),
        ('limits: {%s: {-20 degC: "+5 %%"}}', {-10: 45, -20: 44.1}, {-10: 50, -20: 44.1}),
    ],
)
def test_a_variant_changes_single_temperatures(good, write, changes, first, second):
    text = good.replace("charger_power: 350 kW", f"{LIMIT}: {{-10 degC: 45 kWh}}").replace("\nsearch:", SECOND, 1)
    text += f"limits: {{{LIMIT}: {BOTH}}}\nvariants:\n  other:\n    {changes % LIMIT}\n"
    _, other = read_scenarios(write(text), CATALOG)
    assert energies(other) == pytest.approx(first)
    assert energies(other, 1) == pytest.approx(second)


def test_null_for_a_temperature_that_the_scenario_has_not_is_a_mistake(asked):
    with pytest.raises(ScenarioError, match="null deletes an inherited value, but '-5 degC' is not inherited"):
        asked("", BOTH, f"variants: {{other: {{limits: {{{LIMIT}: {{-5 degC: null}}}}}}}}\n")


def test_a_variant_cannot_give_one_temperature_twice(asked):
    with pytest.raises(ScenarioError, match="'14 degF' is the same temperature as '-10 degC'"):
        asked("", BOTH, f"variants: {{other: {{limits: {{{LIMIT}: {{-10 degC: 1 kWh, 14 degF: 2 kWh}}}}}}}}\n")


def test_a_change_of_a_temperature_that_has_no_limit_is_a_mistake(asked):
    with pytest.raises(ScenarioError, match="changes an inherited value, but nothing is inherited; expected energy"):
        asked('{-10 degC: "*0.9"}', "{-20 degC: 42 kWh}")


def test_a_sweep_goes_over_one_temperature_or_over_all(good):
    text = (
        good
        + f"limits: {{{LIMIT}: {BOTH}}}\nsweep: {{limits.{LIMIT}.-12.5 degC: {{from: 40 kWh, to: 44 kWh, steps: 3}}}}\n"
    )
    points = read_sweep(yaml.safe_load(text), CATALOG)
    assert [energies(point.scenario)[-12.5] for point in points] == [40, 42, 44]
    assert all(energies(point.scenario)[-20] == 42 for point in points)
    whole = f"sweep: {{limits.{LIMIT}: [{{-10 degC: 40 kWh}}, {{-10 degC: 45 kWh}}]}}\n"
    points = read_sweep(yaml.safe_load(good + whole), CATALOG)
    assert [energies(point.scenario) for point in points] == [{-10: 40}, {-10: 45}]


# --- there and back -------------------------------------------------------------------------------------------------

NUMBERS = st.dictionaries(
    st.integers(-400, 600).map(lambda tenth: tenth / 10), st.floats(1, 60), min_size=1, max_size=4
)


@given(limits=NUMBERS, unit=st.sampled_from(["degC", "K", "degF"]))
def test_what_is_written_reads_back_whatever_the_unit(limits, unit):
    keys = {write_quantity(deg_c, KINDS["temperature"], unit): f"{kwh!r} kWh" for deg_c, kwh in limits.items()}
    scenario = read_scenario(document({LIMIT: keys}), CATALOG)
    assert energies(scenario) == pytest.approx(limits)
    assert [temperature_deg_c(plain_key(key)) for key in keys] == [temperature_deg_c(key) for key in keys]
    again = read_scenario(document_of(scenario, CATALOG), CATALOG)
    assert again.scenario_hash == scenario.scenario_hash


def document(limits: dict) -> dict:
    finance = {"currency": "USD", "price_year": 2025, "discount_rate": "8 %", "horizon": "12 yr"}
    pack = {"name": "car", "volume": "1 /yr", "energy": "60 kWh", "power": "150 kW", "system_voltage": "400 V"}
    return {"lcopt": 1, "name": "x", "finance": finance, "packs": [pack | {"usage": "private_car", "limits": limits}]}


def test_a_report_reads_back(asked):
    scenario = asked("{-12.5 degC: 45 kWh}", BOTH)
    book = Workbook()
    sheet = book.active
    sheet.title = SCENARIO_SHEET
    sheet.append(list(SCENARIO_HEADS))
    for line in entries_of(document_of(scenario, CATALOG)):
        sheet.append(list(line))
    book.create_sheet(INPUTS_SHEET).append([LIVE_HEAD, UNIT_HEAD, SOLVED_HEAD, ADDRESS_HEAD])
    assert read_scenario(read_report(book, "report.xlsx"), CATALOG).scenario_hash == scenario.scenario_hash
    address = f"packs.compact.limits.{LIMIT}.-12.5 degC"
    book[INPUTS_SHEET].append([44.0, "kWh", 45.0, address])
    assert energies(read_scenario(read_report(book, "report.xlsx"), CATALOG)) == {-20: 42, -12.5: 44, -10: 50}


# --- the form -------------------------------------------------------------------------------------------------------


def test_a_cell_takes_several_temperatures(form, save):
    key = f"packs.compact.limits.{LIMIT}"
    for text in ("-10 degC: 50 kWh; -20 degC: 42 kWh", "-20 degC: 42 kWh\n14 degF: 50 kWh;", BOTH):
        assert energies(read_scenario(save(filled(form, {(key, "value"): text})))) == {-20: 42, -10: 50}
    cells = {("limits." + LIMIT, "value"): "-10 degC: 50 kWh; -20 degC: 42 kWh", (key, "value"): "-20 degC: null"}
    book = edited(
        filled(form, cells | {(key, FIRST_VARIANT): "-10 degC: 45 kWh"}),
        lambda sheet: setattr(sheet.cell(HEADER, FIRST_VARIANT), "value", "mild"),
    )
    assert [energies(scenario) for scenario in read_scenarios(save(book))] == [{-10: 50}, {-10: 45}]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("-10 degC 50 kWh", "cannot be read; expected each temperature once, with its limit; write for example '-10"),
        ("-10 degC: 50 kWh; -10 degC: 40 kWh", "cannot be read; expected each temperature once"),
        ("-10 degC: 50 kWh; 14 degF: 40 kWh", "'14 degF' is the same temperature as '-10 degC'"),
        ("-10: 50 kWh", "-10 has no unit; expected temperature"),
        ("-10 degC: 50", "50 has no unit; expected energy"),
        ("-10 degC: 50 km", "unit 'km' measures distance; expected energy"),
        (50, "found the text '50'; expected temperatures, each with its limit; write for example {-10 degC: 60 kWh}"),
    ],
)
def test_a_mistake_is_told_at_its_cell(form, save, text, says):
    key = f"packs.compact.limits.{LIMIT}"
    (problem,) = problems(save(filled(form, {(key, "value"): text})))
    assert problem.startswith(f"in.xlsx:{cell(form, key, 'value')} ")
    assert says in problem


def test_a_variant_without_a_temperature_has_a_form(good, save):
    source = yaml.safe_load(good) | {
        "limits": {LIMIT: {"-10 degC": "50 kWh", "-20 degC": "42 kWh"}},
        "variants": {"mild": {f"limits.{LIMIT}.14 degF": None}, "none": {"limits": {LIMIT: None}}},
    }
    form = form_of(source)
    assert form.notes == ()
    assert [energies(scenario) for scenario in read_scenarios(save(form.content))] == [
        {-20: 42, -10: 50},
        {-20: 42},
        {},
    ]


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "steps"),
    [
        ("limits.power_min_at.-12.5 degC", ("limits", "power_min_at", "-12.5 degC")),
        ("packs.2.energy", ("packs", "2", "energy")),
        ("packs.2.limits.power_min_at.263.15 K", ("packs", "2", "limits", "power_min_at", "263.15 K")),
        ("a..b.", ("a", "", "b", "")),
    ],
)
def test_a_dot_between_digits_is_a_decimal_point(address, steps):
    assert steps_of(address) == steps


def test_a_key_takes_the_spelling_that_is_there_and_each_only_once():
    assert spelled_as(["14 degF", "-20 degC"], ["-10 degC"]) == {"14 degF": "-10 degC", "-20 degC": "-20 degC"}
    for keys in (["-10 degC", "14 degF"], ["14 degF", "-10 degC"]):
        assert spelled_as(keys, ["-10 degC"]) == {key: key for key in keys}
    assert spelled_as(["cold"], ["-10 degC"]) == {"cold": "cold"}
