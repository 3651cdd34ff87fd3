"""The command that writes forms, and the other commands on forms."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from lcopt import cli
from lcopt.inputs.reader import read_scenarios

COMPACT = str(Path(__file__).parents[1] / "scenarios" / "compact_car.yaml")


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """Runs the command line in this process, in an empty folder, and gives status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lcopt", *arguments])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        printed = capsys.readouterr()
        return int(exit_.value.code or 0), printed.out, printed.err

    return run


def test_a_form_is_written_checked_and_shown(call):
    status, out, err = call("template", COMPACT, "-o", "in.xlsx")
    assert (status, err) == (0, "")
    assert out == "in.xlsx: a form to fill in; 'lcopt check in.xlsx' checks it, 'lcopt run in.xlsx' runs it\n"
    assert call("check", "in.xlsx") == (0, "in.xlsx: ok\n", "")
    _, shown, _ = call("show", "in.xlsx", "--origin")
    assert "packs.compact.energy: 60 kWh" in shown
    assert "# in.xlsx!Scenario!C" in shown


def test_without_a_file_a_starter_is_written(call):
    assert call("template", "-o", "in.xlsx")[0] == 0
    assert call("check", "in.xlsx")[0] == 0


def test_a_form_goes_through_the_form_again(call):
    call("template", COMPACT, "-o", "in.xlsx")
    first = Path("in.xlsx").read_bytes()
    assert call("template", "in.xlsx", "-o", "in.xlsx", "--force")[0] == 0
    assert Path("in.xlsx").read_bytes() == first


def test_a_filled_form_stays_as_it_is_unless_the_user_says_so(call):
    Path("in.xlsx").write_bytes(b"my numbers")
    status, out, err = call("template", "-o", "in.xlsx")
    assert (status, out) == (2, "")
    assert err == "lcopt: error: in.xlsx: the file exists already and stays as it is; name a new one or add --force\n"
    assert Path("in.xlsx").read_bytes() == b"my numbers"
    assert call("template", "-o", "in.xlsx", "--force")[0] == 0
    assert call("check", "in.xlsx")[0] == 0


def test_what_the_form_does_not_hold_is_said(call):
    Path("swept.yaml").write_text(f"extends: {COMPACT}\nsweep: {{finance.discount_rate: [6 %, 7 %]}}\n")
    status, _, err = call("template", "swept.yaml", "-o", "in.xlsx")
    assert (status, err) == (0, "swept.yaml: its sweep is not part of the form\n")


def test_a_form_needs_a_good_scenario_and_the_name_of_a_workbook(call):
    Path("bad.yaml").write_text("lcopt: 1\nname: bad\n")
    status, _, err = call("template", "bad.yaml", "-o", "in.xlsx")
    assert status == 2
    assert err.startswith("bad.yaml:1:1: error: ")
    status, _, err = call("template", COMPACT, "-o", "in.yaml")
    assert (status, err) == (2, "lcopt: error: in.yaml: a form is an Excel workbook; name a file that ends in .xlsx\n")
    assert call("template", COMPACT)[0] == 2
    assert not Path("in.xlsx").exists()


def test_a_mistake_in_a_form_is_told_to_people_and_programs(call):
    call("template", COMPACT, "-o", "in.xlsx")
    book = load_workbook("in.xlsx")
    sheet = book["Scenario"]
    row = next(row for row in range(1, 200) if sheet.cell(row, 1).value == "packs.compact.energy")
    sheet.cell(row, 3).value = "60,5"
    book.save("in.xlsx")
    status, out, err = call("run", "in.xlsx", "--format", "json")
    told = f"in.xlsx:{row}:3: error: Scenario!C{row} packs.compact.energy: '60,5 kWh' has a decimal comma"
    assert (status, err.startswith(told)) == (2, True)
    (problem,) = json.loads(out)["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == ("in.xlsx", row, 3)


def test_a_report_never_takes_the_place_of_the_form_that_it_reports_on(call):
    call("template", COMPACT, "-o", "compact_car.xlsx")
    form = Path("compact_car.xlsx").read_bytes()
    status, _, err = call("run", "compact_car.xlsx", "--out", ".")
    assert status == 2
    assert "the report of 'compact_car' would replace this file; expected another folder or name" in err
    assert Path("compact_car.xlsx").read_bytes() == form


def test_a_form_with_own_data_finds_its_folder_from_where_it_is_written(call):
    Path("made/mine").mkdir(parents=True)
    Path("made/mine/usage_profiles.csv").write_text("profile,name,value,unit\nprivate_car,dod_frac,0.4,1\n")
    Path("made/own.yaml").write_text(
        f"extends: {COMPACT}\ndata: mine\ncatalog_overrides: {{cost_rates: {{labor_usd_per_h: 31 USD/h}}}}\n"
        "price_overrides: {lfp_cathode: 38 CNY2023/kg, nca_cathode: {dist: uniform, low: 10 USD/kg, high: 20 USD/kg}}\n"
        "variants: {reference: {prices: reference}}\n"
    )
    wanted = [scenario.scenario_hash for scenario in read_scenarios("made/own.yaml")]
    assert len(wanted) == 2
    for form in ("in.xlsx", "made/in.xlsx", "other/in.xlsx"):
        assert call("template", "made/own.yaml", "-o", form)[::2] == (0, "")
        assert [scenario.scenario_hash for scenario in read_scenarios(form)] == wanted
