"""The workbook of ramps and pooled volumes: it recalculates, its checks hold, its cover says the row."""

from __future__ import annotations

import openpyxl
import pytest
from office import differences, needs_office, recalculate, value_of, without_values

import lcopt
from lcopt.inputs.excel.report_layout import ADDRESS_HEAD, INPUTS_SHEET, LIVE_HEAD
from lcopt.inputs.excel.report_reader import read_report
from lcopt.inputs.reader import read_scenario
from lcopt.report.workbook import write_report

PACK = {"power": "120 kW", "system_voltage": "400 V", "usage": "private_car", "limits": {"charging_time_max": "40 min"}}
SCENARIO = {
    "lcopt": 1,
    "name": "ramps",
    "finance": {
        "currency": "USD",
        "price_year": 2025,
        "discount_rate": "8 %",
        "horizon": "10 yr",
        "production_years": "3 yr",
    },
    "packs": [
        {**PACK, "name": "early", "energy": "60 kWh", "volume": {2028: "90000 /yr", 2029: "60000 /yr", 2030: "0 /yr"}},
        {**PACK, "name": "steady", "energy": "70 kWh", "volume": "50000 /yr"},
    ],
    "search": {"chemistries": ["LFP-G (Energy)"], "formats": ["pouch"], "technology_classes": ["standard"]},
    "portfolio": {"volumes": "pooled"},
}


@pytest.fixture(scope="module")
def result():
    return lcopt.optimize(read_scenario(SCENARIO))


@pytest.fixture(scope="module")
def path(result, tmp_path_factory):
    return write_report(result, tmp_path_factory.mktemp("ramps") / "ramps.xlsx")


@pytest.fixture(scope="module")
def rows(path):
    book = openpyxl.load_workbook(path, data_only=True)
    return {str(row[0]): list(row[1:]) for row in book["Cover"].iter_rows(values_only=True) if row[0]}


def test_the_cover_says_what_pooled_lines_cost_and_adds_up(rows, result):
    pooled = rows["Pooled lines cost more (less: -) than plants of the scenario's size"]
    assert pooled[1] == pytest.approx(result.pooling_usd)
    assert rows["Lifecycle cost of the portfolio"][1] == pytest.approx(result.lifecycle_cost_usd, rel=1e-9)
    assert any("pooled volumes are a line of the fleet" in row for row in rows)


def test_the_sheet_of_the_portfolio_tells_every_line_and_adds_them_up(path, result):
    sheet = openpyxl.load_workbook(path, data_only=True)["Portfolio"]
    rows = [list(row[:9]) for row in sheet.iter_rows(values_only=True)]
    packs = {row[0]: row for row in rows if row[0] in {"early", "steady"}}
    assert [packs[name][4] for name in ("early", "steady")] == pytest.approx([50000, 50000])
    first = next(number for number, row in enumerate(rows) if row[0] == "Process group") + 1
    lines, whole = rows[first : first + len(result.lines)], rows[first + len(result.lines)]
    assert [row[2] for row in lines] == result.lines["packs"].tolist()
    assert {row[1] for row in lines} >= {"LFP-G (Energy)", "Pouch", "The plant"}
    for column, name in ((3, "energy_gwh_per_yr"), (4, "pooled_usd"), (5, "difference_usd"), (7, "as_sized_usd")):
        assert [row[column] for row in lines] == pytest.approx(result.lines[name].tolist(), rel=1e-9)
    assert whole[0] == "All lines"
    assert whole[5] == pytest.approx(result.pooling_usd)


def test_the_cover_counts_the_packs_of_every_year(rows):
    discounted = rows["Packs sold, discounted"]
    assert discounted[1] == pytest.approx(90000 + 60000 / 1.08)
    assert discounted[2] == pytest.approx(50000 * (1 + 1 / 1.08 + 1 / 1.08**2))
    assert rows["Packs sold a year, mean of the years"][1:3] == [50000, 50000]


def test_all_checks_hold(path):
    book = openpyxl.load_workbook(path, data_only=True)
    states = [cell for row in book["Checks"].iter_rows(values_only=True) for cell in row]
    assert "OK" in states
    assert "FAILED" not in states


def test_a_changed_year_is_taken_back_into_the_scenario(path):
    book = openpyxl.load_workbook(path)
    sheet = book[INPUTS_SHEET]
    heads = next(row for row in sheet.iter_rows() if ADDRESS_HEAD in [cell.value for cell in row])
    column = {cell.value: cell.column for cell in heads}
    row = next(
        line[0].row for line in sheet.iter_rows() if line[column[ADDRESS_HEAD] - 1].value == "packs.early.volume.2029"
    )
    sheet.cell(row, column[LIVE_HEAD]).value = 75000
    changed = read_scenario(read_report(book, "ramps.xlsx"))
    assert changed.packs[0].volume_by_year == ((2028, 90000.0), (2029, 75000.0), (2030, 0.0))
    assert changed.packs[1].volume_per_yr == 50000


@needs_office
def test_the_workbook_recalculates_and_its_checks_hold_for_other_volumes(path, tmp_path):
    names = [name for name in openpyxl.load_workbook(path).defined_names if "volume_2029" in name]
    changes = {"more.xlsx": dict.fromkeys(names, 75000.0), "same.xlsx": None}
    assert len(names) == 1
    books = [without_values(path, tmp_path / name, change) for name, change in changes.items()]
    more, same = recalculate(books)
    assert differences(path, same) == []
    states = [cell for row in more["Checks"].iter_rows(values_only=True) for cell in row]
    assert "FAILED" not in states
    fleet = value_of(more, "out_portfolio"), value_of(same, "out_portfolio")
    per_pack = {row[0]: row for row in same["Cover"].iter_rows(values_only=True)}["Lifecycle cost of a pack"]
    assert fleet[0] - fleet[1] == pytest.approx(15000 / 1.08 * per_pack[2], rel=1e-9)
