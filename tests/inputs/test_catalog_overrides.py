"""Single values of the catalog are replaced in the scenario file, exactly, over the folder of data."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import lcopt
from lcopt.errors import ScenarioError
from lcopt.inputs.catalog import number_of
from lcopt.inputs.catalog_tables import IDENTITY
from lcopt.inputs.own_data.catalog_overrides import NOT_OVERRIDDEN
from lcopt.inputs.reader import read_scenario
from lcopt.result_building import scenario_catalog

LABOR = "catalog_overrides: {cost_rates: {labor_usd_per_h: 31 USD/h}}\n"


def problems(source, catalog) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(source, catalog)
    return [str(problem) for problem in caught.value.problems]


def with_overrides(good: str, overrides: dict) -> dict:
    return {**yaml.safe_load(good), "catalog_overrides": overrides}


def test_a_value_of_the_scenario_replaces_that_of_the_catalog(good, write, catalog):
    scenario = read_scenario(write(good + LABOR), catalog)
    used = scenario_catalog(scenario)
    row = used.table("cost_rates").one(name="labor_usd_per_h")
    assert (row.value, row.low, row.source, row.kind, row.place) == (31, None, "scenario", "assumed", "case.yaml:26")
    assert used.table("sources").one(key="scenario")
    others = [row.value for row in used.table("cost_rates").rows if row.keys["name"] != "labor_usd_per_h"]
    packaged = catalog.in_price_year(2025).table("cost_rates").rows
    assert others == [row.value for row in packaged if row.keys["name"] != "labor_usd_per_h"]


def test_two_scenarios_that_say_the_same_have_one_hash(good, write, catalog):
    plain = read_scenario(write(good), catalog)
    one = read_scenario(write(good + LABOR), catalog)
    two = read_scenario(with_overrides(good, {"cost_rates": {"labor_usd_per_h": "31.0 $/h"}}), catalog)
    assert one.scenario_hash == two.scenario_hash != plain.scenario_hash
    assert "replaced_rows" not in plain.resolved()


@given(data=st.data())
def test_every_number_is_replaced_exactly(catalog, data):
    good = yaml.safe_load((Path(__file__).parents[2] / "scenarios" / "compact_car.yaml").read_text())
    names = [name for name in catalog.tables if name not in NOT_OVERRIDDEN and name != "platforms"]
    table = catalog.table(data.draw(st.sampled_from(sorted(names))))
    numbers = [row for row in table.rows if number_of(row.text) not in {None, 0.0} and row.unit != "count"]
    if not numbers or table.name in {"scenario_defaults", "fade_rates", "chemistry_readiness"}:
        return
    row = data.draw(st.sampled_from(numbers))
    value = float(row.text) * data.draw(st.floats(0.999, 1.0))
    block: object = f"{value!r} {'' if row.unit == '1' else row.unit}"
    for column in reversed(IDENTITY.get(table.name, table.key_columns)):
        block = {row.keys[column]: block}
    scenario = read_scenario({**good, "catalog_overrides": {table.name: block}}, catalog)
    (replaced,) = scenario.replaced_rows
    assert float(replaced.cells["value"]) == value
    assert scenario_catalog(scenario).table(table.name).row_of[row.identity].value == value


def test_words_yes_and_no_and_shares_are_replaced(good, catalog):
    overrides = {
        "lifecycle_defaults": {"residual_rule": "none"},
        "chemistry_families": {"NCA-G (Energy)": {"in_all": False}},
        "cost_rates": {"launch_of_labor_frac": "12 %"},
        "fade_laws": {"Lfp_Gr_250AhPrismatic": {"calibration_factor": 1.3}},
        "charging_profile": {"default": {"0.20": "0.07"}},
    }
    scenario = read_scenario(with_overrides(good, overrides), catalog)
    assert scenario.lifecycle.residual_rule == "none"
    assert "NCA-G (Energy)" not in scenario.search.chemistries
    assert [row.cells["value"] for row in scenario.replaced_rows] == ["none", "false", "0.12", "1.3", "0.07"]


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            {"cost_rate": {}},
            "the catalog has no table 'cost_rate'; expected one that it has; did you mean 'cost_rates'?",
        ),
        ({"cost_rates": {"labour_usd_per_h": "31 USD/h"}}, "did you mean 'labor_usd_per_h'?"),
        ({"cost_rates": {"labor_usd_per_h": 31}}, "31 has no unit; expected money per time"),
        ({"cost_rates": {"labor_usd_per_h": "31 USD/kg"}}, "unit 'USD/kg' measures money per mass"),
        ({"cost_rates": {"labor_usd_per_h": "31,5 USD/h"}}, "has a decimal comma"),
        ({"cost_rates": {"labor_usd_per_h": "-3 USD/h"}}, "'-3.0' is out of range; expected 0 to"),
        ({"cost_rates": {"labor_usd_per_h": "*2"}}, "'*2' would change what is inherited"),
        ({"cost_rates": {"cell_profit_frac": "+5 %"}}, "'+5 %' would change what is inherited"),
        ({"cost_rates": {"labor_usd_per_h": None}}, "found no value; expected a value in USD/h; the catalog has '25"),
        ({"cost_rates": "31 USD/h"}, "found a value; expected a block of name: ..."),
        ({"cost_rates": {"launch_of_labor_frac": "12"}}, "'12' is out of range; expected 0 to 1"),
        ({"chemistries": {"LFP-G (Energy)": "x"}}, "found a value; expected a block of name: ..."),
        (
            {"chemistries": {"LFP-H (Energy)": {}}},
            "did you mean 'LFP-G (Energy)'?; new rows come from a folder of data",
        ),
        ({"prices": {"lfp_cathode": {"central": "5 USD/kg"}}}, "the table 'prices' is not replaced here"),
        ({"lifecycle_defaults": {"residual_rule": "markt"}}, "unknown word 'markt'; expected one of: none"),
        ({"chemistry_families": {"NCA-G (Energy)": {"fade_law": "x"}}}, "'x' is not in fade_laws.csv"),
        ("31 USD/h", "expected a block"),
        (None, "expected a block"),
    ],
)
def test_what_cannot_be_replaced_is_told_with_a_remedy(good, catalog, overrides, says):
    found = problems(with_overrides(good, overrides), catalog)
    assert any(problem.startswith("scenario: error: catalog_overrides") and says in problem for problem in found), found


@pytest.mark.parametrize("text", ['"*2"', '"+5 %"'])
def test_a_change_of_an_inherited_number_of_the_catalog_is_told_as_one(good, write, catalog, text):
    changed = f"variants: {{v: {{catalog_overrides: {{cost_rates: {{labor_usd_per_h: {text}}}}}}}}}\n"
    (problem,) = problems(write(good + LABOR + changed), catalog)
    assert problem.startswith("case.yaml:27:")
    assert "would change what is inherited" in problem


def test_a_mistake_stands_at_its_line_beside_all_others(good, write, catalog):
    text = good.replace("60 kWh", "60") + "catalog_overrides:\n  cost_rates:\n    labor_usd_per_h: 31\ndata: none\n"
    found = problems(write(text), catalog)
    assert [problem.split(": ")[0] for problem in found] == ["case.yaml:12:5", "case.yaml:28:5", "case.yaml:29:1"]
    assert "data: the folder 'none' does not exist; expected a folder of CSV files" in found[2]


# --- with a folder of data --------------------------------------------------------------------------------------------


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, price in (("mine", "5"), ("deep/mine", "7"), ("given", "9")):
        Path(name).mkdir(parents=True)
        text = f"item,price_scenario,value,unit,price_year\nlfp_cathode,central,{price},USD/kg,2025\n"
        Path(name, "prices.csv").write_text(text)


def price_of(scenario) -> float:
    rows = scenario_catalog(scenario).table("prices")
    return rows.one(item="lfp_cathode", price_scenario="central").value


def test_the_folder_is_relative_to_the_file_and_may_be_absolute(folders, good, catalog, tmp_path):
    for place, data, price in (("a.yaml", "mine", 5), ("deep/a.yaml", "mine", 7), ("a.yaml", tmp_path / "given", 9)):
        Path(place).write_text(f"{good}data: {data}\n")
        assert price_of(read_scenario(place, catalog)) == price
    assert price_of(read_scenario({**yaml.safe_load(good), "data": "mine"}, catalog)) == 5


def test_the_folder_of_the_file_wins_over_the_catalog_that_is_given(folders, good, write, catalog):
    given = lcopt.read_catalog("given")
    assert price_of(read_scenario(write(good), given)) == 9
    assert price_of(read_scenario(write(good + "data: mine\n"), given)) == 5


def test_a_single_value_is_put_over_a_row_of_the_folder(folders, good, write, catalog):
    Path("mine/cost_rates.csv").write_text("name,value,unit,price_year,note\nlabor_usd_per_h,40,USD/h,2025,ours\n")
    scenario = read_scenario(write(f"{good}data: mine\n{LABOR}"), catalog)
    (row,) = [row for row in scenario.replaced_rows if row.table == "cost_rates"]
    assert (row.cells["value"], row.cells["note"], row.replaces, row.file) == ("31", "", True, "case.yaml")


def test_problems_of_the_folder_stand_beside_those_of_the_file(folders, good, write, catalog):
    Path("mine/prices.csv").write_text("item,price_scenario,value,unit,price_year\nlfp_cathode,central,x,USD/kg,2025\n")
    found = problems(write(good.replace("60 kWh", "60") + "data: mine\n"), catalog)
    assert found[0].startswith("case.yaml:12:5: error: packs.compact.energy")
    assert found[1].startswith("mine/prices.csv:2:21: error: prices.lfp_cathode.central: 'x' is not a number")


def test_a_scenario_carries_its_rows_and_not_its_folder(folders, good, write, catalog):
    scenario = read_scenario(write(good + "data: mine\n"), catalog)
    Path("mine/prices.csv").unlink()
    assert price_of(scenario) == 5
