"""Results side by side: read back from their reports as they were, and a book whose formulas agree."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from engine import Recalculated, close
from linting import lint
from made_result import made_result
from office import formulas_of, without_values
from typer.testing import CliRunner

from lcopt.cli import app
from lcopt.report.compared import of_report, of_result, with_own_names
from lcopt.report.comparison import comparison_book

NAMES = ("compact", "taxi", "two_cars")


@pytest.fixture(scope="module")
def compared(results, tmp_path_factory):
    path = tmp_path_factory.mktemp("compared") / "compared.xlsx"
    path.write_bytes(comparison_book([of_result(results[name]) for name in NAMES]))
    return path


@pytest.fixture(scope="module")
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, ["compare", *map(str, arguments)])


@pytest.mark.parametrize("name", NAMES)
def test_a_report_gives_back_the_result_that_it_was_written_from(results, books, name):
    solved, read = of_result(results[name]), of_report(str(books[name]))
    assert read.name == solved.name
    assert read.total_usd == pytest.approx(results[name].lifecycle_cost_usd, rel=1e-12)
    assert read.costs_usd == {
        pack: pytest.approx(costs, rel=1e-12, abs=1e-9) for pack, costs in solved.costs_usd.items()
    }
    assert [design["platform"] for design in read.designs] == [design["platform"] for design in solved.designs]
    assert {key: value for key, value in read.settings.items() if key in solved.settings} == solved.settings
    assert read.note == ""


def test_changed_inputs_of_a_report_are_named_since_they_are_not_in_its_result(books, tmp_path):
    changed = without_values(books["compact"], tmp_path / "changed.xlsx", {"in_discount_rate": 0.11})
    assert "1 changed input(s) are not in" in of_report(str(changed)).note


def test_the_book_has_no_fault_and_its_formulas_agree(compared):
    assert [line for line in lint(compared) if "D6" not in line and "no master check" not in line] == []
    recalculated = Recalculated(compared)
    cached = openpyxl.load_workbook(compared, data_only=True)
    wrong = [
        place
        for place in formulas_of(compared)
        if not close(cached[place[0]][place[1]].value, recalculated.value(*place))
    ]
    assert wrong == []
    assert cached["Compare"]["B3"].value == "OK"


def test_differences_are_those_to_the_first_pack_of_the_same_name_or_place(results, compared):
    sheet = openpyxl.load_workbook(compared, data_only=True)["Compare"]
    rows = [row for row in sheet.iter_rows(min_row=6, values_only=True) if row[0] == "Lifecycle cost"]
    costs = [row["lifecycle_cost_usd_per_pack"] for name in NAMES for row in results[name].designs.to_dict("records")]
    assert rows[0][2:] == pytest.approx(costs)
    assert rows[1][2:] == pytest.approx([cost - costs[0] for cost in costs])


def test_a_waterfall_leads_from_one_cost_to_the_other(results, compared):
    sheet = openpyxl.load_workbook(compared, data_only=True)["Waterfall"]
    rows = [row for row in sheet.iter_rows(min_row=6, max_row=30, values_only=True) if row[0]]
    end = next(number for number, row in enumerate(rows) if row[0] == "All components")
    one, other = (results[name].designs["lifecycle_cost_usd_per_pack"][0] for name in NAMES[:2])
    assert rows[end][2:5] == pytest.approx((one, other, other - one))
    assert rows[end - 1][6] == pytest.approx(other - one)
    for row in rows[: end + 1]:
        begin, finish = row[5], row[6]
        tops = row[7] + row[9] + row[11], row[8] + row[10] + row[12]
        assert tops == pytest.approx((max(0, begin, finish), min(0, begin, finish)))


def test_only_settings_that_differ_are_listed(compact, money, tmp_path):
    dearer = replace(compact, name="dearer", finance=replace(compact.finance, carbon_price_usd_per_t=50.0))
    pair = [of_result(made_result(scenario, money, designs=2)) for scenario in (compact, dearer)]
    path = tmp_path / "pair.xlsx"
    path.write_bytes(comparison_book(pair))
    rows = list(openpyxl.load_workbook(path)["Settings"].iter_rows(min_row=6, values_only=True))
    listed = rows[: next(number for number, row in enumerate(rows) if row[0] is None)]
    assert listed == [("finance.carbon_price", None, "0 USD/t", "50 USD/t")]


def test_the_command_prints_a_table_and_writes_the_book(run, books, tmp_path):
    out = tmp_path / "out.xlsx"
    told = run(books["compact"], books["taxi"], "-o", out)
    assert told.exit_code == 0
    assert out.is_file()
    lines = told.stdout.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["result", "compact_car"]
    assert lines[-1] == f"report     {out}"


def test_the_command_says_what_it_cannot_do(run, books, tmp_path):
    assert run(books["compact"]).exit_code == 2
    assert run(books["compact"], books["taxi"], "-o", tmp_path / "out.html").exit_code == 2
    assert run(books["compact"], books["taxi"], "-o", books["taxi"]).exit_code == 2
    missing = run(books["compact"], tmp_path / "none.xlsx")
    assert missing.exit_code == 2
    assert "does not exist" in missing.stderr
    nowhere = run(books["compact"], books["taxi"], "-o", tmp_path / "nowhere" / "out.xlsx")
    assert nowhere.exit_code == 5
    assert "-o" in nowhere.stderr
    old = openpyxl.load_workbook(books["compact"])
    del old["Data_Designs"]
    old.save(tmp_path / "old.xlsx")
    assert "no sheet Data_Designs" in run(books["taxi"], tmp_path / "old.xlsx").stderr


def test_results_of_one_name_are_told_apart(results):
    one = of_result(results["compact"])
    names = [result.name for result in with_own_names([one, one, one])]
    assert names == ["compact_car", "compact_car (2)", "compact_car (3)"]
