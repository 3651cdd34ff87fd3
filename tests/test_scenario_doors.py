"""Showing, running and sweeping what one file holds: the commands and their Python names."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import lcopt
from lcopt.cli import app

COMPACT = Path(__file__).parents[1] / "scenarios" / "compact_car.yaml"
CHILD = """\
# Question: and if it charges faster?
extends: compact_car.yaml
name: child
variants:
  fast: {limits.charging_time_max: 16 min}
"""
SWEEP = "sweep: {limits.charging_time_max: [6 min, 20 min], finance.discount_rate: [8 %, 9 %]}\n"


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Runs a command in a folder with the compact car and a file that extends it: exit status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "compact_car.yaml").write_text(COMPACT.read_text())
    (tmp_path / "child.yaml").write_text(CHILD)

    def run(*arguments: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, list(arguments))
        return done.exit_code, done.stdout, done.stderr

    return run


def test_a_file_with_data_of_its_own_says_that_the_option_does_not_count(call, tmp_path):
    for name in ("own", "given"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "usage_profiles.csv").write_text("profile,name,value,unit\nprivate_car,dod_frac,0.4,1\n")
    (tmp_path / "mine.yaml").write_text("extends: compact_car.yaml\nname: mine\ndata: own\n")
    status, out, err = call("check", "mine.yaml", "child.yaml", "--data", "given")
    assert (status, out) == (0, "mine.yaml: ok\nchild.yaml: ok\n")
    assert err == "mine.yaml: its own 'data' counts; --data is not used for it\n"
    assert call("check", "mine.yaml", "child.yaml")[2] == ""
    assert call("show", "mine.yaml", "--data", "given")[2] == err
    assert "a file with 'data:' takes its own alone" in " ".join(call("check", "--help")[1].split())


def test_replaced_prices_that_no_chemistry_buys_are_told(call, tmp_path):
    text = "extends: compact_car.yaml\nname: mine\nsearch.chemistries: [LFP-G (Energy)]\nvariants: {{any: {{{}}}}}\n"
    prices = "price_overrides:\n  graphite_anode: 4 USD/kg\n  nmc811_cathode: 9 USD/kg\n"
    (tmp_path / "mine.yaml").write_text(text.format("prices: high") + prices)
    status, out, err = call("check", "mine.yaml")
    assert (status, out) == (0, "mine.yaml: ok\n")
    assert err == "mine.yaml:7:3: 1 price override changes nothing: no chemistry of the search buys nmc811_cathode\n"
    (tmp_path / "mine.yaml").write_text(text.format("search.chemistries: all") + prices)
    assert call("check", "mine.yaml")[2] == ""


# --- show -----------------------------------------------------------------------------------------------------------


def test_show_prints_every_value_that_then_reads_back(call, tmp_path):
    status, out, err = call("show", "compact_car.yaml")
    assert (status, err) == (0, "")
    assert "finance.discount_rate: 8 %\n" in out
    assert "packs.compact.limits.charger_current: 500 A\n" in out
    (tmp_path / "again.yaml").write_text(f"extends: compact_car.yaml\n{addresses(out)}")
    assert lcopt.read_scenario("again.yaml").resolved() == lcopt.read_scenario("compact_car.yaml").resolved()


def addresses(shown: str) -> str:
    """What show prints, as the lines of a file that extends another."""
    return "".join(f"{line}\n" for line in shown.splitlines() if not line.startswith(("lcopt:", "name:")))


def test_show_origin_names_file_and_line_of_every_value(call):
    status, out, _ = call("show", "child.yaml", "--origin", "--variant", "fast")
    origins = dict(line.split("  # ") for line in out.splitlines())
    origins = {key.strip(): origin for key, origin in origins.items()}
    assert status == 0
    assert origins["packs.compact.limits.charging_time_max: 16 min"] == "child.yaml:5"
    assert origins["finance.discount_rate: 8 %"] == "compact_car.yaml:8"
    assert origins["finance.inflation: 0 %"].startswith("catalog scenario_defaults.csv:")
    assert all(origins.values())


def test_show_has_json_for_machines(call):
    status, out, _ = call("show", "child.yaml", "--format", "json")
    shown = json.loads(out)
    values = {value["path"]: value for value in shown["values"]}
    assert (status, shown["scenario"]) == (0, "child")
    assert values["finance.horizon"] == {
        "path": "finance.horizon",
        "value": "12 yr",
        "file": "compact_car.yaml",
        "line": 9,
        "column": 3,
        "cell": "",
    }


def test_show_of_a_bad_file_or_an_unknown_variant_is_an_error(call, tmp_path):
    assert call("show", "child.yaml", "--variant", "fsat")[::2] == (
        2,
        "child.yaml:1:1: error: variants: there is no variant 'fsat'; expected one of: fast; did you mean 'fast'?\n",
    )
    (tmp_path / "bad.yaml").write_text("lcopt: 1\nnam: x\n")
    status, out, err = call("show", "bad.yaml", "--format", "json")
    assert (status, json.loads(out)["status"], len(err.splitlines())) == (2, "error", 3)


# --- run ------------------------------------------------------------------------------------------------------------


def test_run_makes_a_report_of_the_base_and_of_every_variant(call, tmp_path):
    status, out, _ = call("run", "child.yaml", "--out", "made", "--format", "json")
    assert status == 0
    answers = json.loads(out)
    assert [answer["scenario"] for answer in answers] == ["child", "child-fast"]
    reports = ["child-fast.html", "child-fast.xlsx", "child.html", "child.xlsx"]
    assert sorted(file.name for file in (tmp_path / "made").iterdir()) == reports
    assert answers[1]["designs"][0]["charging_time_min"] <= 16 < answers[0]["designs"][0]["charging_time_min"]
    assert answers[1]["lifecycle_cost_usd"] > answers[0]["lifecycle_cost_usd"]


def test_run_of_one_variant_runs_only_it_and_says_that_a_sweep_is_left_out(call, tmp_path):
    (tmp_path / "child.yaml").write_text(CHILD + SWEEP)
    status, out, err = call("run", "child.yaml", "--variant", "fast", "--format", "json")
    assert (status, json.loads(out)["scenario"]) == (0, "child-fast")
    assert "child.yaml: its sweep is not part of this run; 'lcopt sweep' runs it" in err
    status, _, err = call("run", "child.yaml", "--variant", "cold")
    assert (status, "there is no variant 'cold'; expected one of: fast" in err) == (2, True)


def test_a_file_without_the_variant_that_is_run_is_said_to_be_left_out(call, tmp_path):
    (tmp_path / "child.yaml").write_text(CHILD)
    status, out, err = call("run", "compact_car.yaml", "child.yaml", "--variant", "fast", "--format", "json")
    assert (status, json.loads(out)["scenario"]) == (0, "child-fast")
    assert "compact_car.yaml: it has no variant 'fast' and is left out" in err


def test_two_scenarios_of_one_name_in_one_call_are_an_error_at_the_name(call, tmp_path):
    (tmp_path / "other.yaml").write_text(CHILD.replace("name: child\n", "").replace("fast", "slow"))
    status, _, err = call("run", "compact_car.yaml", "other.yaml")
    assert status == 2
    assert err.startswith("compact_car.yaml:3:1: error: name: the scenario 'compact_car' is also in compact_car.yaml")


# --- sweep ----------------------------------------------------------------------------------------------------------


def test_a_sweep_has_a_row_a_point_whether_it_can_be_built_or_not(call, tmp_path):
    (tmp_path / "child.yaml").write_text(CHILD + SWEEP)
    status, out, err = call("sweep", "child.yaml", "--out", "made", "--jobs", "2", "--format", "json")
    points = json.loads(out)["points"]
    assert status == 0
    assert [point["status"] for point in points] == ["infeasible", "infeasible", "optimal", "optimal"]
    assert points[0]["settings"] == {"limits.charging_time_max": "6 min", "finance.discount_rate": "8 %"}
    assert points[3]["lifecycle_cost_usd"] != points[2]["lifecycle_cost_usd"]
    assert points[2]["packs"][0]["chemistry"] == "LFP-G (Energy)"
    assert "none of" in points[0]["problem"]
    assert "3 of 4: limits.charging_time_max 20 min, finance.discount_rate 8 %: " in err
    table = pd.read_csv(tmp_path / "made" / "child-sweep.csv")
    assert table["lifecycle_cost_usd"].tolist()[2:] == [point["lifecycle_cost_usd"] for point in points[2:]]


def test_a_file_without_a_sweep_says_what_to_write(call):
    status, _, err = call("sweep", "child.yaml")
    assert (status, "the file has no sweep; write a block 'sweep:'" in err) == (2, True)


def test_the_python_sweep_equals_single_runs(call):
    scenario = lcopt.read_scenario("compact_car.yaml")
    table = lcopt.sweep(scenario, {"limits.charging_time_max": ["16 min", "20 min"]})
    fast = lcopt.optimize(lcopt.read_scenario("child.yaml", variant="fast"))
    assert table["lifecycle_cost_usd"].tolist() == [
        fast.lifecycle_cost_usd,
        lcopt.optimize(scenario).lifecycle_cost_usd,
    ]
    with pytest.raises(lcopt.ScenarioError, match="unknown key 'charging_tim'"):
        lcopt.sweep(scenario, {"limits.charging_tim": ["16 min"]})


# --- files that are not good ----------------------------------------------------------------------------------------


def test_a_file_with_a_broken_base_is_not_called_good(call, tmp_path):
    (tmp_path / "compact_car.yaml").write_text("- 1\n")
    status, out, err = call("check", "child.yaml")
    assert (status, out) == (2, "")
    assert [line.split(" error: ")[0] for line in err.splitlines()] == ["child.yaml:2:1:", "compact_car.yaml:1:1:"]


def test_a_file_with_variants_given_twice_is_told(call, tmp_path):
    (tmp_path / "child.yaml").write_text(
        CHILD + "  slow: {limits.charging_time_max: 30 min}\n  free: {prices: reference}\n"
    )
    status, out, err = call("check", "child.yaml", "child.yaml")
    assert (status, out) == (2, "")
    assert err == "child.yaml:1:1: error: the file is given twice; expected each file once; remove one\n"


def test_two_variants_of_one_name_are_told_at_the_name(call, tmp_path):
    (tmp_path / "child.yaml").write_text(CHILD + "  slow: {name: child}\n")
    status, _, err = call("check", "child.yaml")
    assert status == 2
    assert "error: name: the scenario 'child' is also in child.yaml" in err
