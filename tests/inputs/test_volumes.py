"""Volumes by calendar year, through every door: files, variants, sweeps, the form and what is written."""

from __future__ import annotations

import pytest
import yaml
from forms import cell, filled, problems
from hypothesis import given
from hypothesis import strategies as st

from lcopt.errors import ScenarioError
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.excel.form import form_of
from lcopt.inputs.reader import read_scenario, read_scenarios, read_sweep
from lcopt.inputs.schema import scenario_schema
from lcopt.inputs.writing import document_of, entries_of

CATALOG = packaged_catalog()
RAMP = {2028: 30000, 2029: 80000, 2030: 0, 2031: 120000, 2032: 120000}
TEXT = "{" + ", ".join(f"{year}: {number} /yr" for year, number in RAMP.items()) + "}"
CELL = "; ".join(f"{year}: {number} /yr" for year, number in RAMP.items())


@pytest.fixture
def ramped(good):
    return good.replace("volume: 200000 /yr", f"volume: {TEXT}")


def by_year(scenario) -> dict[int, float]:
    return dict(scenario.packs[0].volume_by_year)


def test_a_mapping_holds_the_packs_of_every_year_and_their_mean(ramped, write):
    scenario = read_scenario(write(ramped), CATALOG)
    assert by_year(scenario) == RAMP
    assert scenario.packs[0].volume_per_yr == 70000
    assert scenario.origins["packs.compact.volume.2031"].line == 11


def test_one_value_is_the_same_in_every_year(good, write):
    pack = read_scenario(write(good), CATALOG).packs[0]
    assert (pack.volume_per_yr, pack.volume_by_year) == (200_000, ())


def test_years_follow_start_and_duration_of_the_production(ramped, write):
    shifted = ramped.replace("horizon: 12 yr", "horizon: 12 yr\n  production_years: 4 yr")
    with pytest.raises(ScenarioError, match="'2032' is no year of production; expected 2028 to 2031"):
        read_scenario(write(shifted), CATALOG)
    years = {str(year): f"{1000 + year} /yr" for year in range(2029, 2031)}
    source = yaml.safe_load(ramped)
    source["packs"][0]["volume"] = years
    source["finance"]["production_years"] = "2 yr"
    source["search"]["production_start"] = 2029
    assert by_year(read_scenario(source, CATALOG)) == {2029: 3029, 2030: 3030}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ("packs.compact.volume.2029: 50000 /yr", RAMP | {2029: 50000}),
        ('packs.compact.volume.2029: "*0.5"', RAMP | {2029: 40000}),
        ("packs: {compact: {volume: {2030: 10 /yr}}}", RAMP | {2030: 10}),
        ("packs.compact.volume: 5000 /yr", {}),
    ],
)
def test_a_variant_changes_single_years_or_all(ramped, write, changes, found):
    _, other = read_scenarios(write(ramped + f"variants:\n  other:\n    {changes}\n"), CATALOG)
    assert by_year(other) == found


def test_a_variant_gives_years_over_one_value_but_all_of_them(good, write):
    _, other = read_scenarios(write(good + f"variants: {{other: {{packs.compact.volume: {TEXT}}}}}\n"), CATALOG)
    assert by_year(other) == RAMP
    with pytest.raises(ScenarioError, match="no volume for 2028, 2030, 2031, 2032"):
        read_scenarios(write(good + "variants: {other: {packs: {compact: {volume: {2029: 1 /yr}}}}}\n"), CATALOG)


def test_a_sweep_goes_over_one_year_or_over_ramps(ramped):
    text = ramped + "sweep: {packs.compact.volume.2032: [1000 /yr, 2000 /yr]}\n"
    assert [by_year(point.scenario)[2032] for point in read_sweep(yaml.safe_load(text), CATALOG)] == [1000, 2000]
    whole = ramped + f"sweep: {{packs.compact.volume: [{TEXT}, 2000 /yr]}}\n"
    assert [by_year(point.scenario) for point in read_sweep(yaml.safe_load(whole), CATALOG)] == [RAMP, {}]


@given(st.lists(st.one_of(st.just(0.0), st.floats(1, 1e7)), min_size=5, max_size=5).filter(any))
def test_what_is_written_reads_back(volumes):
    finance = {"currency": "USD", "price_year": 2025, "discount_rate": "8 %", "horizon": "12 yr"}
    volume = {str(year): f"{number!r} /yr" for year, number in zip(RAMP, volumes, strict=True)}
    pack = {"name": "car", "volume": volume, "energy": "60 kWh", "power": "150 kW", "system_voltage": "400 V"}
    source = {"lcopt": 1, "name": "x", "finance": finance, "packs": [pack | {"usage": "private_car"}]}
    scenario = read_scenario(source, CATALOG)
    again = read_scenario(document_of(scenario, CATALOG), CATALOG)
    assert again.scenario_hash == scenario.scenario_hash
    assert again.packs[0].volume_per_yr == pytest.approx(sum(volumes) / 5, rel=1e-12)


def test_the_view_has_a_line_a_year(ramped, write):
    lines = dict(entries_of(document_of(read_scenario(write(ramped), CATALOG), CATALOG)))
    assert lines["packs.compact.volume.2029"] == "80000 /yr"


def test_a_cell_of_the_form_takes_all_years(form, save):
    key = "packs.compact.volume"
    for text in (CELL, TEXT, CELL.replace("; ", "\n")):
        assert by_year(read_scenario(save(filled(form, {(key, "value"): text, (key, "unit"): None})))) == RAMP


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2028: 1 /yr; 2028: 2 /yr", "expected each year once, with its volume; write for example '2028: 30000 /yr"),
        ("2027: 1 /yr; 2028: 1 /yr; 2029: 1 /yr; 2030: 1 /yr; 2031: 1 /yr; 2032: 1 /yr", "no year of production"),
        ("2028: 1; 2029: 1 /yr; 2030: 1 /yr; 2031: 1 /yr; 2032: 1 /yr", "1 has no unit; expected number per year"),
    ],
)
def test_a_mistake_is_told_at_its_cell(form, save, text, says):
    key = "packs.compact.volume"
    (problem,) = problems(save(filled(form, {(key, "value"): text, (key, "unit"): None})))
    assert problem.startswith(f"in.xlsx:{cell(form, key, 'value')} ")
    assert says in problem


def test_a_scenario_with_a_ramp_has_a_form(ramped, save):
    source = yaml.safe_load(ramped) | {"variants": {"less": {"packs.compact.volume.2029": "1000 /yr"}}}
    form = form_of(source)
    assert form.notes == ()
    assert [by_year(item) for item in read_scenarios(save(form.content))] == [RAMP, RAMP | {2029: 1000}]


def test_the_schema_knows_both_forms():
    volume = scenario_schema(CATALOG)["$defs"]["PackBlock"]["properties"]["volume"]
    kinds = [option.get("type") for option in volume["anyOf"]]
    assert "object" in kinds
    assert volume["anyOf"][kinds.index("object")]["propertyNames"] == {"pattern": "^[0-9]{4}$"}
