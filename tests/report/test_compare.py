"""Results side by side: read back from their reports as they were, and a book whose formulas agree."""

from __future__ import annotations

import re
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from conftest import SCENARIOS
from engine import Recalculated, close
from linting import lint
from made_pages import HOSTILE, Read
from made_result import made_result
from office import formulas_of, without_values
from typer.testing import CliRunner

from lcopt.cli import app
from lcopt.errors import InfeasibleError
from lcopt.report.compared import Compared, notes_on, of_report, of_result, with_own_names
from lcopt.report.comparison import comparison_book
from lcopt.report.page.comparison import comparison_page
from lcopt.report.workbook import write_report

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
    lines = told.stdout.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["result", "compact_car"]
    assert lines[-2:] == [f"report     {out}", f"report     {out.with_suffix('.html')}"]
    read = Read(out.with_suffix(".html").read_text(encoding="utf-8"))
    assert read.all("h1")[0].text == "2 results compared"


def test_the_command_says_what_it_cannot_do(monkeypatch, run, books, tmp_path):
    monkeypatch.setattr("lcopt.study.optimize", lambda _scenario: pytest.fail("it is told before anything is solved"))
    assert run(books["compact"]).exit_code == 2
    assert run(books["compact"], books["taxi"], "-o", tmp_path / "out.csv").exit_code == 2
    assert run(books["compact"], books["taxi"], "-o", books["taxi"]).exit_code == 2
    missing = run(books["compact"], tmp_path / "none.xlsx")
    assert missing.exit_code == 2
    assert "does not exist" in missing.stderr
    nowhere = run(SCENARIOS / "compact_car.yaml", books["taxi"], "-o", books["compact"] / "out.xlsx")
    assert nowhere.exit_code == 5
    assert "a file has this name); choose another with -o" in nowhere.stderr
    old = openpyxl.load_workbook(books["compact"])
    del old["Data_Designs"]
    old.save(tmp_path / "old.xlsx")
    assert "no sheet Data_Designs" in run(books["taxi"], tmp_path / "old.xlsx").stderr


@pytest.mark.parametrize(("name", "row"), [("Data_Totals", 2), ("Data_Designs", 2), ("Data_Costs", 2)])
def test_a_report_with_a_hole_in_its_tables_is_told(run, books, tmp_path, name, row):
    book = openpyxl.load_workbook(books["compact"])
    head = {cell.value: cell.column for cell in book[name][1]}
    key = next(head[key] for key in head if key.endswith("_usd_per_pack") or key == "present_value_usd")
    book[name].cell(row, key).value = None
    book.save(tmp_path / "hole.xlsx")
    told = run(books["taxi"], tmp_path / "hole.xlsx")
    assert told.exit_code == 2
    assert "hole.xlsx:1:1: error: values are missing in the tables of its result" in told.stderr


def test_what_makes_a_comparison_unfair_is_said_in_every_form(run, results, tmp_path):
    one, two = of_result(results["compact"]), of_result(replace(results["two_cars"], status="stopped"))
    later = replace(two, price_year=two.price_year + 1)
    notes = notes_on([one, later])
    assert "stopped before the proof" in notes[0]
    assert "dollars of" in notes[1]
    packs = [row["pack"] for row in two.designs if row["pack"] != one.designs[0]["pack"]]
    assert [note.split("'")[1] for note in notes[2:]] == packs
    page = comparison_page([one, later]).decode()
    path = tmp_path / "noted.xlsx"
    for results_count in (1, 12):  # the book with a column and that with a row a design
        path.write_bytes(comparison_book([one, *(dearer(one, number) for number in range(1, results_count)), later]))
        cells = [cell for row in openpyxl.load_workbook(path)["Compare"].iter_rows(values_only=True) for cell in row]
        assert all(f"Mind: {note}." in cells for note in notes)
    assert "Mind: dollars of" in page


def test_a_report_says_that_its_choice_was_not_proven(results, tmp_path):
    path = tmp_path / "stopped.xlsx"
    write_report(replace(results["compact"], status="stopped"), path)
    assert "compact_car: stopped before the proof" in of_report(str(path)).note


def test_a_sweep_in_a_file_is_told_since_it_does_not_count(monkeypatch, results, run):
    monkeypatch.setattr("lcopt.study.optimize", lambda _scenario: results["compact"])
    told = run(SCENARIOS / "compact_car.yaml", SCENARIOS / "charging_minutes.yaml")
    assert told.exit_code == 0
    assert "charging_minutes.yaml: its sweep is not part of this run; 'lcopt sweep' runs it" in told.stderr


def dearer(result: Compared, number: int) -> Compared:
    """The same result, dearer by some dollars a pack, under another rate."""
    designs = tuple(
        {**row, "lifecycle_cost_usd_per_pack": row["lifecycle_cost_usd_per_pack"] + number} for row in result.designs
    )
    costs = {pack: {**parts, "purchase": parts["purchase"] + number} for pack, parts in result.costs_usd.items()}
    totals = {**result.totals_usd, "purchase": result.totals_usd["purchase"] + 1e6 * number}
    settings = {**result.settings, "finance.discount_rate": f"{number} %"}
    return replace(
        result, name=f"case {number}", designs=designs, costs_usd=costs, totals_usd=totals, settings=settings
    )


@pytest.fixture(scope="module")
def many(results):
    one = of_result(results["compact"])
    return [dearer(one, number) for number in range(200)]


@pytest.fixture(scope="module")
def overview(many, tmp_path_factory):
    path = tmp_path_factory.mktemp("many") / "many.xlsx"
    path.write_bytes(comparison_book(many))
    return path


def test_two_hundred_results_are_one_book_with_a_row_each(overview, many):
    book = openpyxl.load_workbook(overview, data_only=True)
    assert book.sheetnames == ["Compare", "Costs", "Portfolio", "Waterfall", "Settings", "Checks", "Data_Designs"]
    rows = list(book["Compare"].iter_rows(min_row=6, values_only=True))
    assert [row[0] for row in rows] == [result.name for result in many]
    assert [row[5] for row in rows] == pytest.approx(list(range(200)), abs=1e-6)
    assert {row[-2] for row in rows[1:]} == {"dearer"}
    assert rows[0][-2] == "not dearer"
    assert book["Compare"]["B3"].value == "OK"
    assert len(pd.read_excel(overview, sheet_name="Data_Designs")) == 200


def test_the_waterfall_of_many_leads_to_the_same_pack(results, tmp_path):
    """With two packs a result the cheapest design of all is of the other pack, which says nothing of the first."""
    one = of_result(results["two_cars"])
    path = tmp_path / "packs.xlsx"
    path.write_bytes(comparison_book([one, *(dearer(one, number) for number in range(5, 15))]))
    rows = list(openpyxl.load_workbook(path, data_only=True)["Waterfall"].iter_rows(min_row=5, values_only=True))
    end = next(row for row in rows if row[0] == "All components")
    assert end[2] == pytest.approx(one.designs[0]["lifecycle_cost_usd_per_pack"])
    assert end[4] == pytest.approx(5)
    assert len({head.partition(": ")[2] for head in rows[0][2:4]}) == 1


def test_the_book_of_many_has_no_fault_and_a_second_engine_agrees(overview):
    assert [line for line in lint(overview) if "no master check" not in line] == []
    recalculated, cached = Recalculated(overview), openpyxl.load_workbook(overview, data_only=True)
    places = formulas_of(overview)
    assert len(places) > 1000
    assert [p for p in places if not close(cached[p[0]][p[1]].value, recalculated.value(*p))] == []


def test_the_page_shows_each_result_its_way_from_the_first_and_what_was_asked(compared_page, results):
    read = Read(compared_page)
    assert [element.text for element in read.all("h2")] == [
        "Side by side",
        "What their life costs",
        "The way from compact_car",
        "All packs",
        "What was asked differently",
    ]
    cost, other = (results[name].designs["lifecycle_cost_usd_per_pack"][0] for name in NAMES[:2])
    assert f"To ride_hailing: {other - cost:+,.0f} USD a pack" in compared_page
    assert len(read.all("svg")) == 1 + 3
    assert all(svg.attributes["aria-label"] for svg in read.all("svg"))


def test_bars_of_a_way_end_where_their_sum_is(compared_page, results):
    """The steps of a waterfall on the page add up to the difference of the costs, rounded."""
    costs = [results[name].designs["lifecycle_cost_usd_per_pack"][0] for name in NAMES[:2]]
    way = next(
        svg for svg in Read(compared_page).all("svg") if "Waterfall to ride_hailing" in svg.attributes["aria-label"]
    )
    steps = [float(step.replace(",", "")) for step in re.findall(r"([+-][\d,]+)", way.attributes["aria-label"])]
    assert sum(steps[:-1]) == pytest.approx(steps[-1], abs=2)
    assert steps[-1] == pytest.approx(costs[1] - costs[0], abs=0.5)


def test_names_on_the_page_stay_text(results):
    one = replace(of_result(results["compact"]), name=HOSTILE)
    made = comparison_page([one, replace(one, name="=1+1")]).decode()
    assert "<script>alert" not in made
    assert made.encode() == comparison_page([one, replace(one, name="=1+1")])


@pytest.fixture(scope="module")
def compared_page(results):
    return comparison_page([of_result(results[name]) for name in NAMES]).decode()


def test_a_scenario_without_a_result_is_told_and_the_others_are_compared(monkeypatch, results, run, tmp_path, books):
    def optimize(_scenario):
        raise InfeasibleError("no candidate meets the limits")

    monkeypatch.setattr("lcopt.study.optimize", optimize)
    told = run(books["compact"], books["taxi"], SCENARIOS / "compact_car.yaml", "-o", tmp_path / "out.xlsx")
    assert told.exit_code == 3
    assert "compact_car: left out: no candidate meets the limits" in told.stderr
    assert (tmp_path / "out.xlsx").is_file()


def test_results_of_one_name_are_told_apart(results):
    one = of_result(results["compact"])
    names = [result.name for result in with_own_names([one, one, one])]
    assert names == ["compact_car", "compact_car (2)", "compact_car (3)"]
