"""A report is a scenario too: read back, it asks the same question, with the live values that somebody changed."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_result import made_result
from office import needs_office, recalculate, value_of, without_values

import lcopt
from lcopt.errors import ScenarioError
from lcopt.inputs.excel.report_layout import ADDRESS_HEAD, FLOW_SHIFTS_YR, LIVE_HEAD, SOLVED_HEAD, UNIT_HEAD
from lcopt.inputs.excel.report_reader import read_report
from lcopt.inputs.reader import read_scenario, read_scenarios
from lcopt.inputs.text.tree import UnreadableError
from lcopt.inputs.writing import document_of
from lcopt.report.workbook import write_report
from lcopt.result_building import scenario_catalog

NAMES = ["compact", "taxi", "two_cars", "cold", "swapped"]
HEADER_ROW = 5


@pytest.fixture(scope="module")
def scenarios(compact, taxi, two_cars, cold_taxi, swapped_taxi) -> dict[str, lcopt.Scenario]:
    return {"compact": compact, "taxi": taxi, "two_cars": two_cars, "cold": cold_taxi, "swapped": swapped_taxi}


@pytest.fixture(scope="module")
def opened(books):
    """The books with their formulas, opened once; whoever changes a cell puts it back."""
    return {name: openpyxl.load_workbook(path) for name, path in books.items()}


def inputs_of(book) -> dict[str, dict]:
    """Cells of sheet Inputs by address: live value, as solved, unit."""
    sheet = book["Inputs"]
    columns = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    rows = range(HEADER_ROW + 1, sheet.max_row + 1)
    return {
        sheet.cell(row, columns[ADDRESS_HEAD]).value: {
            head: sheet.cell(row, columns[head]) for head in (LIVE_HEAD, SOLVED_HEAD, UNIT_HEAD)
        }
        for row in rows
        if sheet.cell(row, columns[ADDRESS_HEAD]).value
    }


@contextmanager
def changed(book, changes: dict[str, object]):
    """The book with some live values changed, for as long as it takes to read it."""
    cells = inputs_of(book)
    before = {address: cells[address][LIVE_HEAD].value for address in changes}
    try:
        for address, value in changes.items():
            cells[address][LIVE_HEAD].value = value
        yield book
    finally:
        for address, value in before.items():
            cells[address][LIVE_HEAD].value = value


def read_back(book, changes: dict[str, object]) -> lcopt.Scenario:
    """The scenario of a book with some live values changed, without the way over a file."""
    with changed(book, changes):
        return read_scenario(read_report(book, "edited.xlsx"))


def saved(book, changes: dict[str, object], path: Path) -> Path:
    """A file of the book with some live values changed."""
    with changed(book, changes):
        book.save(path)
    return path


def problems_of(book, changes: dict[str, object], tmp_path, monkeypatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(saved(book, changes, Path("edited.xlsx")))
    return [str(problem) for problem in caught.value.problems]


# --- nothing changed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_report_reads_back_as_the_scenario_that_it_answers(books, scenarios, name):
    read = read_scenario(books[name])
    assert read.resolved() == scenarios[name].resolved()
    assert read.scenario_hash == scenarios[name].scenario_hash
    assert read.question == scenarios[name].question


def test_a_report_of_a_variant_with_own_data_reads_back_without_that_folder(tmp_path, monkeypatch, compact):
    monkeypatch.chdir(tmp_path)
    Path("mine").mkdir()
    Path("mine/usage_profiles.csv").write_text("profile,name,value,unit\nprivate_car,dod_frac,0.4,1\n")
    source = document_of(compact, lcopt.read_catalog()) | {
        "data": "mine",
        "catalog_overrides": {"cost_rates": {"labor_usd_per_h": "31 USD/h"}},
        "price_overrides": {"lfp_cathode": {"dist": "triangular", "low": "4 USD/kg", "mode": "5", "high": "7 USD/kg"}},
        "variants": {"fast": {"limits.charging_time_max": "15 min", "finance.currency": "EUR"}},
    }
    source["price_overrides"]["lfp_cathode"]["mode"] = "5 EUR/kg"
    base, fast = read_scenarios(source)
    assert (len(fast.replaced_rows), fast.price_distributions["lfp_cathode"].shape) == (2, "triangular")
    write_report(made_result(fast, scenario_catalog(fast)), "fast.xlsx")
    Path("mine/usage_profiles.csv").unlink()
    Path("mine").rmdir()
    read = read_scenario("fast.xlsx")
    assert read.resolved() == fast.resolved() != base.resolved()


# --- live values changed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_input_has_an_address_and_a_changed_live_value_arrives_there(opened, scenarios, name):
    cells, sheet = inputs_of(opened[name]), opened[name]["Inputs"]
    rows = [row for row in sheet.iter_rows(min_row=HEADER_ROW + 1, values_only=True) if row[4] is not None]
    assert len(cells) == len(rows) > 50
    for address in cells:
        made = read_back(opened[name], {address: _other(address, cells[address][LIVE_HEAD].value)})
        assert made.name == f"{scenarios[name].name}-edited"
        assert replace(made, name=scenarios[name].name).resolved() != scenarios[name].resolved(), address


def _other(address: str, value: object) -> object:
    """Another value that the input accepts."""
    if address == "lifecycle.residual_rule":
        return "none" if value != "none" else "market"
    if address == "ownership.energy_paid_by":
        return "user"
    if address == "tax.depreciation_years":
        return float(value) + 1
    if address == "finance.flow_timing":
        return 0.5 - float(value)
    return 0.01 if value == 0 else float(value) * 0.98


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_report_to_edited_report_to_scenario_equals_the_same_edits_in_the_file(opened, scenarios, data):
    name = data.draw(st.sampled_from(NAMES))
    cells = inputs_of(opened[name])
    chosen = data.draw(st.lists(st.sampled_from(sorted(cells)), unique=True, min_size=1, max_size=6))
    changes = {address: _other(address, cells[address][LIVE_HEAD].value) for address in chosen}
    made = read_back(opened[name], changes)
    document = document_of(scenarios[name], lcopt.read_catalog())
    edits = {address: _written(address, changes[address], cells[address][UNIT_HEAD].value) for address in chosen}
    expected = read_scenarios({**document, "variants": {"edited": edits}})[1]
    assert made.resolved() == expected.resolved()


def _written(address: str, value: object, unit: str) -> str:
    if address == "finance.flow_timing":
        return next(word for word, shift in FLOW_SHIFTS_YR.items() if shift == value)
    return str(value) if unit in {"1", "choice"} else f"{value!r} {unit}"


def test_the_edited_report_of_an_edited_report_has_a_name_of_its_own(opened, money, tmp_path):
    first = read_scenario(saved(opened["compact"], {"finance.discount_rate": 0.08 + 0.01}, tmp_path / "edited.xlsx"))
    path = write_report(made_result(first, money), tmp_path / "first.xlsx")
    second = read_back(openpyxl.load_workbook(path), {"finance.discount_rate": 0.1})
    path = write_report(made_result(second, money), tmp_path / "second.xlsx")
    third = read_back(openpyxl.load_workbook(path), {"finance.discount_rate": 0.11})
    assert [item.name.removeprefix("compact_car") for item in (first, second, third)] == [
        "-edited",
        "-edited-2",
        "-edited-3",
    ]


@needs_office
def test_the_recalculated_report_costs_what_its_new_scenario_costs(tmp_path):
    """The loop closes in numbers: change many live values, recalculate, read back, cost the same design."""
    result = lcopt.optimize(read_scenario("scenarios/ride_hailing.yaml"))
    path = write_report(result, tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(path)
    cells = inputs_of(book)
    kept = (
        "distance",
        "consumption",
        "mass_penalty",
        "dc_share",
        "reference_pack_mass",
        "pool_factor",
    )  # a pack's life stays as solved
    changes = {
        address: float(cells[address][LIVE_HEAD].value) * 1.03 or 0.01
        for address in cells
        if not address.endswith(kept)
        and ".limits." not in address
        and address not in {"finance.flow_timing", "lifecycle.residual_rule", "ownership.energy_paid_by"}
    }
    assert len(changes) > 40
    edited = read_scenario(saved(book, changes, tmp_path / "edited.xlsx"))
    plain = without_values(tmp_path / "edited.xlsx", tmp_path / "plain.xlsx")
    (live,) = recalculate([plain])
    again = lcopt.recost(replace(result, scenario=edited, catalog=scenario_catalog(edited)), {})
    assert value_of(live, "out_lcc") == pytest.approx(
        again.alternatives["lifecycle_cost_usd_per_pack"].iloc[0], rel=1e-9
    )
    assert value_of(live, "out_portfolio") == pytest.approx(again.lifecycle_cost_usd, rel=1e-9)
    assert again.lifecycle_cost_usd != pytest.approx(result.lifecycle_cost_usd, rel=1e-3)


def test_a_live_value_may_be_a_change_of_the_solved_one(opened):
    edited = read_back(opened["compact"], {"price_overrides.graphite_anode": "*1.5"})
    before = inputs_of(opened["compact"])["price_overrides.graphite_anode"][SOLVED_HEAD].value
    assert edited.price_overrides["graphite_anode"] == pytest.approx(1.5 * before)


# --- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "value", "message"),
    [
        ("finance.discount_rate", 0.9, "'0.9 1/yr' is out of range; expected 0 % to 50 %"),
        ("finance.discount_rate", "9,5", "'9,5 1/yr' has a decimal comma; expected a decimal point; write '9.5 1/yr'"),
        ("finance.discount_rate", "nine", "'nine' is not a number with a unit; expected yearly rate"),
        ("finance.discount_rate", None, "the cell is empty, or its formula has no stored value; expected a number"),
        ("finance.discount_rate", "=1/20", "the cell is empty, or its formula has no stored value; expected a number"),
        ("finance.discount_rate", True, "found true; expected yearly rate, for example '8 %'"),
        ("finance.flow_timing", 0.3, "unknown timing '0.3'; expected one of: end, middle"),
        ("lifecycle.residual_rule", "markt", "unknown residual rule 'markt'; expected one of: none, linear_time"),
        ("price_overrides.graphite_anode", -1.0, "'-1.0 USD/kg' is out of range"),
        ("catalog_overrides.cost_rates.labor_usd_per_h", "x", "is not a number with a unit"),
        ("packs.compact.volume", 0.0, "'0.0 1/yr' is out of range"),
    ],
)
def test_a_mistake_names_sheet_and_cell(opened, tmp_path, monkeypatch, address, value, message):
    cell = inputs_of(opened["compact"])[address][LIVE_HEAD]
    (problem,) = problems_of(opened["compact"], {address: value}, tmp_path, monkeypatch)
    assert problem.startswith(f"edited.xlsx:{cell.row}:{cell.column}: error: Inputs!{cell.coordinate} {address[:9]}")
    assert message in problem


def test_several_mistakes_are_told_at_once(opened, tmp_path, monkeypatch):
    changes = {"finance.discount_rate": 2.0, "packs.compact.usage.dc_share": 1.5, "plant.parts_price_factor": 50.0}
    assert len(problems_of(opened["compact"], changes, tmp_path, monkeypatch)) == 3


@pytest.mark.parametrize("sheet", ["Scenario", "Inputs"])
def test_a_report_without_its_headings_is_refused(books, tmp_path, monkeypatch, sheet):
    monkeypatch.chdir(tmp_path)
    book = openpyxl.load_workbook(books["compact"])
    book[sheet].delete_rows(HEADER_ROW)
    book.save("edited.xlsx")
    with pytest.raises(
        ScenarioError, match=rf"edited.xlsx:1:1: error: {sheet}!A1: the sheet '{sheet}' has no headings"
    ):
        read_scenario("edited.xlsx")


CELLS = st.one_of(
    st.none(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text("ab.,[]{}% =", max_size=9)
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["Scenario", "Inputs", "Provenance"]),
    row=st.integers(1, 60),
    column=st.integers(1, 13),
    value=CELLS,
)
def test_spoilt_sheets_never_end_in_another_exception(opened, name, row, column, value):
    cell = opened["compact"][name].cell(row, column)
    before, cell.value = cell.value, value
    try:
        with suppress(ScenarioError, UnreadableError):
            read_scenario(read_report(opened["compact"], "spoilt.xlsx"))
    finally:
        cell.value = before
