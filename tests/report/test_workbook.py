"""The file itself: complete, safe, the same every time, and readable without a spreadsheet program."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from itertools import pairwise

import openpyxl
import pandas as pd
import pytest
from made_result import made_result
from office import formulas_of
from openpyxl.formula.tokenizer import Tokenizer
from openpyxl.utils import column_index_from_string

from lcopt.cost.price_chain import item_prices
from lcopt.cost.sale_years import sale_years
from lcopt.errors import ReportError
from lcopt.report.input_rows import input_rows
from lcopt.report.sheets import SHEET_NAME_LENGTH, safe_name, safe_sheet_name
from lcopt.report.sources import used_rows
from lcopt.report.tables import read_tables
from lcopt.report.workbook import build_book, write_report

NAMES = ["compact", "taxi", "two_cars", "cold"]
LONGEST_FORMULA = 90
CONSTANTS = {"0", "1", "100", "1000"}
SHEETS = ["Cover", "Inputs", "Limits", "Costs", "Sensitivity", "Alternatives", "Pareto", "Trade", "Design", "BOM"]
SHEETS += ["Manufacturing", "Lifecycle", "Aging", "Checks", "Sources", "Scenario", "Provenance"]
DATA = ["Data_Totals", "Data_Designs", "Data_BOM", "Data_Costs", "Data_Price", "Data_Limits", "Data_Flows"]
DATA += ["Data_Front"]


@pytest.fixture(scope="module")
def formulas(books):
    return {name: formulas_of(path) for name, path in books.items()}


def test_one_pack_gets_the_plain_sheets_and_several_get_theirs(books):
    assert openpyxl.load_workbook(books["compact"], read_only=True).sheetnames == SHEETS + DATA
    several = openpyxl.load_workbook(books["two_cars"], read_only=True).sheetnames
    assert {"Cover", "Inputs", "BOM small", "BOM large", "Alternatives large", "Checks"} <= set(several)


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_shows_a_value_to_readers_without_a_spreadsheet_program(books, formulas, name):
    values = openpyxl.load_workbook(books[name], data_only=True)
    assert len(formulas[name]) >= 150
    assert [place for place in formulas[name] if values[place[0]][place[1]].value is None] == []
    frame = pd.read_excel(books[name], sheet_name="Inputs", header=4)
    assert frame["Live value"].dropna().size > 40
    assert (frame.loc[frame["Unit"].notna(), "Changed?"] == "-").all()


@pytest.mark.parametrize("name", NAMES)
def test_formulas_are_short_plain_and_hold_no_numbers(formulas, name):
    for place, formula in formulas[name].items():
        assert len(formula) <= LONGEST_FORMULA, (place, formula)
        assert formula.count("IF(") - formula.count("SUMIF(") - formula.count("COUNTIF(") <= 1, (place, formula)
        assert not re.search(r"\b(OFFSET|INDIRECT|NOW|TODAY|RAND|VLOOKUP)\(", formula), (place, formula)
        numbers = [token.value for token in Tokenizer(formula).items if token.subtype == "NUMBER"]
        assert set(numbers) <= CONSTANTS, (place, formula)
    assert sum("NPV(" in formula for formula in formulas[name].values()) <= 3 * len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_has_one_formula_across_its_years_and_designs(formulas, name):
    rows: dict[tuple[str, str], set[str]] = {}
    for (sheet, address), formula in formulas[name].items():
        letters, row = re.fullmatch(r"([A-Z]+)([0-9]+)", address).groups()
        if sheet.startswith(("Lifecycle", "Alternatives")) and column_index_from_string(letters) > 6:
            rows.setdefault((sheet, row), set()).add(_relative(formula, column_index_from_string(letters)))
    assert len(rows) > 60
    per_family = re.compile(r"=in_(end_of_life_value|carbon_making)_")
    assert [key for key, found in rows.items() if len(found) > 1 and not per_family.match(min(found))] == []


def _relative(formula: str, column: int) -> str:
    """The formula with movable columns written as their distance."""
    return re.sub(
        r"(?<![A-Za-z_$!'])([A-Z]{1,2})(\$?[0-9]+)\b",
        lambda found: f"[{column_index_from_string(found[1]) - column}]{found[2]}",
        formula,
    )


def test_nothing_is_merged_hidden_or_named_like_a_cell(books):
    book = openpyxl.load_workbook(books["two_cars"])
    for sheet in book:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert sheet.freeze_panes
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert sheet.print_area
        assert sheet["A3"].value == "Workbook checks" or sheet.title.startswith("Data_")
    for name in book.defined_names:
        assert re.match(r"(in|price|out|bom|checks|alerts|inputs|input|scenario)_", name)


def test_inputs_are_unlocked_and_guarded_and_everything_else_is_locked(books):
    book = openpyxl.load_workbook(books["compact"])
    unlocked = {(sheet.title, cell.coordinate) for sheet in book for row in sheet for cell in row if not _locked(cell)}
    rules = [(name, rule) for name in ("Inputs", "Sensitivity") for rule in book[name].data_validations.dataValidation]
    guarded = {(name, str(rule.sqref)) for name, rule in rules}
    assert {place for place in unlocked if place[0] != "Cover"} == guarded
    assert all("Source" in rule.prompt for rule in book["Inputs"].data_validations.dataValidation)


def _locked(cell) -> bool:
    return cell.value is None or cell.protection.locked


@pytest.mark.parametrize("name", NAMES)
def test_charts_show_numbers_and_axes_before_any_recalculation(books, name):
    with zipfile.ZipFile(books[name]) as file:
        charts = [file.read(entry).decode() for entry in file.namelist() if entry.startswith("xl/charts/chart")]
    assert len(charts) >= 5
    for chart in charts:
        series = chart.count("<ser>")
        assert series
        assert chart.count("<numCache>") >= series
        assert "<numCache />" not in chart
        assert chart.count('<delete val="0"') >= 2
    assert any("lineChart" in chart and "barChart" in chart for chart in charts)


def test_equal_input_gives_equal_bytes(results, books, tmp_path, monkeypatch):
    again = write_report(results["compact"], tmp_path / "again.xlsx")
    assert again.read_bytes() == books["compact"].read_bytes()
    with zipfile.ZipFile(again) as file:
        assert "dcterms:created" not in file.read("docProps/core.xml").decode()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    dated = write_report(results["compact"], tmp_path / "dated.xlsx")
    with zipfile.ZipFile(dated) as file:
        assert "2023-11-14T22:13:20Z" in file.read("docProps/core.xml").decode()
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_texts_of_a_scenario_stay_texts(compact, money, tmp_path):
    pack = replace(compact.packs[0], name="=1+1 [a/b]:c*?\\'d' and more words")
    scenario = replace(compact, name='=HYPERLINK("x")', question="#N/A \x07 @now", packs=(pack, compact.packs[0]))
    path = write_report(made_result(scenario, money, designs=2), tmp_path / "odd.xlsx")
    book = openpyxl.load_workbook(path)
    assert all(len(sheet.title) <= SHEET_NAME_LENGTH for sheet in book)
    found = [cell for row in book["Provenance"] for cell in row if cell.value == '=HYPERLINK("x")']
    assert [cell.data_type for cell in found] == ["s"]
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "e"]
    assert all(not formula.startswith(("=1+1", "=HYPERLINK")) for formula in formulas_of(path).values())


def test_a_result_with_a_missing_number_is_refused_and_the_earlier_file_stays(results, tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_text("earlier")
    broken = results["compact"].alternatives.assign(pack_volume_l=float("nan"))
    with pytest.raises(ReportError, match="no finite value for Design"):
        write_report(replace(results["compact"], alternatives=broken), path)
    assert path.read_text() == "earlier"
    assert [entry.name for entry in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_place_that_cannot_be_written_is_named_with_a_remedy(results, tmp_path):
    with pytest.raises(ReportError, match="make the folder"):
        write_report(results["compact"], tmp_path / "nowhere" / "book.xlsx")
    (tmp_path / "book.xlsx").mkdir()
    with pytest.raises(ReportError, match="a folder has this name"):
        write_report(results["compact"], tmp_path / "book.xlsx")
    assert [entry.name for entry in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_repriced_result_claims_no_proof(results, tmp_path):
    repriced = replace(results["compact"], status="repriced", lower_bound_usd=float("nan"), gap_frac=float("nan"))
    book = openpyxl.load_workbook(write_report(repriced, tmp_path / "repriced.xlsx"), data_only=True)
    words = [str(row[0].value) for row in book["Cover"].iter_rows()]
    assert any(word.startswith("No proof") for word in words)
    assert "Lower bound of the solver" not in words


def test_a_scenario_in_euros_has_its_totals_in_euros_too_by_formula(results, compact, money, tmp_path):
    rate = money.table("exchange_rates").one(currency="EUR", year="2025").value
    finance = replace(compact.finance, currency="EUR", usd_per_currency=rate)
    result = made_result(replace(compact, finance=finance), money)
    path = write_report(result, tmp_path / "euros.xlsx")
    book, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    rows = {str(row[0].value): row for row in book["Cover"].iter_rows(max_col=3)}
    for label in ("Lifecycle cost of a pack", "Lifecycle cost of the portfolio"):
        own = rows[f"{label}, at the average rate of 2025"]
        assert own[1].value == "EUR"
        assert "in_usd_per_eur" in own[2].value
        shown_usd = values["Cover"][rows[label][2].coordinate].value
        assert values["Cover"][own[2].coordinate].value == pytest.approx(shown_usd / rate, rel=1e-12)
    inputs = {row[0].value: row for row in values["Inputs"].iter_rows(max_col=12)}
    _, label, live, unit, _, _, low, high, _, source, year, kind = (cell.value for cell in inputs["usd_per_eur"])
    assert (label, live, unit) == ("Exchange rate, average of 2025", rate, "USD/EUR")
    assert low < live < high
    assert (source, year, kind) == ("ecb_euro_rates", "2025", "published")
    assert "EUR" in str(values["Cover"]["A2"].value) + str(values["Cover"]["A3"].value)


def test_material_prices_are_those_of_the_years_of_sale_and_say_so(results, compact, money):
    inputs = {row.key: row for row in input_rows(read_tables(results["compact"])) if row.is_price}
    paid = item_prices(money, compact.prices, compact.price_overrides, sale_years(compact))
    quoted = item_prices(money, compact.prices)
    for item in ("lfp_cathode", "nmc622_cathode", "aluminum_foil", "graphite_anode"):
        assert inputs[item].value == paid[item]
        assert (", taken to 2028-2032" in inputs[item].dated) == (paid[item] != quoted[item])
    assert paid["nmc622_cathode"] < quoted["nmc622_cathode"]
    assert inputs["lfp_cathode"].dated == "2025-11-10, taken to 2028-2032"


def test_sources_show_only_the_years_and_the_rate_that_moved_money(results, compact, money):
    rate = money.table("exchange_rates").one(currency="CNY", year="2025").value
    finance = replace(compact.finance, currency="CNY", usd_per_currency=rate)
    in_yuan = made_result(replace(compact, finance=finance), money, designs=2)
    shown = {
        name: list(used_rows(read_tables(result))) for name, result in (("usd", results["compact"]), ("cny", in_yuan))
    }
    for rows in shown.values():
        years = {row.price_year for row in rows if row.table != "exchange_rates"} - {None}
        index = [row.keys for row in rows if row.table == "price_index"]
        assert {int(keys["year"]) for keys in index} == years | {2025}
        assert {keys["currency"] for keys in index} == {"USD"}
    rates = {name: [row.keys for row in rows if row.table == "exchange_rates"] for name, rows in shown.items()}
    assert rates == {"usd": [], "cny": [{"currency": "CNY", "year": "2025"}]}


def test_a_tie_is_said_on_the_cover_with_what_decides(results):
    costs = results["compact"].alternatives["lifecycle_cost_usd_per_pack"]
    is_tie = costs.iloc[1] / costs.iloc[0] - 1 < 0.01
    cover = build_book(results["compact"]).sheets[0]
    words = [cell.value for cell in cover.cells.values() if isinstance(cell.content, str) or cell.look == "word"]
    assert ("TIE" in words) == is_tie
    text = " ".join(str(word).strip() for word in words)
    assert re.search(r"Next best: .{0,250} USD a pack, \+.{0,80} USD dearer over its life: \w+ \+", text)


def test_alternatives_stand_in_the_order_of_their_cost_with_reasons(results):
    sheet = next(sheet for sheet in build_book(results["taxi"]).sheets if sheet.name == "Alternatives")
    rows = {cell.value: row for (row, column), cell in sheet.cells.items() if column == 1 and cell.content}
    live = [sheet.cells[rows["summary"], column].value for column in range(7, 7 + 12)]
    assert all(first <= second for first, second in pairwise(live))
    assert [sheet.cells[rows["rank"], column].value for column in range(7, 10)] == [1, 2, 3]
    assert all("dearer" in sheet.cells[rows["reason"], column].value for column in range(8, 19))


def test_names_are_safe():
    assert safe_name("chem_", "NMC811") == "chem_NMC811"
    assert safe_name("price_", "a-b c") == "price_a_b_c"
    long = safe_sheet_name("Manufacturing", "x" * 40, [])
    assert len(long) == SHEET_NAME_LENGTH
    assert safe_sheet_name("Manufacturing", "x" * 40, [long]) != long
    assert safe_sheet_name("BOM", "A", ["bom a"]) == "BOM A 2"
