"""The sheet Recycling, and what hangs on it: live, of two routes at once, and read back as a scenario."""

from __future__ import annotations

import dataclasses

import openpyxl
import pytest
from office import differences, needs_office, recalculate, value_of, without_values

import lcopt
from lcopt.inputs.excel.report_layout import ADDRESS_HEAD, LIVE_HEAD, SOLVED_HEAD
from lcopt.inputs.excel.report_reader import read_report
from lcopt.inputs.reader import read_scenario
from lcopt.report.workbook import write_report

# At this price LFP is worth most as it is: two routes stand side by side.
DEAR_LFP = {"lfp_cathode": "30 USD/kg"}
SCENARIO = {
    "lcopt": 1,
    "name": "spent",
    "finance": {"currency": "USD", "price_year": 2025, "discount_rate": "8 %", "horizon": "10 yr"},
    "packs": [
        {
            "name": "taxi",
            "volume": "50000 /yr",
            "energy": "60 kWh",
            "power": "100 kW",
            "system_voltage": "400 V",
            "usage": "ride_hailing",
            "limits": {"charging_time_max": "40 min"},
        }
    ],
    "search": {
        "chemistries": ["LFP-G (Energy)", "NMC622-G (Energy)"],
        "formats": ["pouch"],
        "technology_classes": ["standard"],
    },
    "price_overrides": DEAR_LFP,
    "lifecycle": {"recycling_route": "best", "residual_rule": "market"},
}
HEADER_ROW = 5
CHANGES = {
    "in_mechanical_hydro_lithium_recovery": 0.6,
    "in_mechanical_hydro_cell_processing": 4.0,
    "in_nickel_payable": 0.8,
    "in_labor": 40.0,
    "price_cobalt_sulfate": 3.0,
}


@pytest.fixture(scope="module")
def result():
    return lcopt.optimize(read_scenario(SCENARIO))


@pytest.fixture(scope="module")
def book(result, tmp_path_factory):
    return write_report(result, tmp_path_factory.mktemp("spent") / "spent.xlsx")


@pytest.fixture(scope="module")
def live(book, tmp_path_factory):
    """The book as LibreOffice computes it, as written and with inputs changed."""
    folder = tmp_path_factory.mktemp("plain")
    plain, changed = without_values(book, folder / "plain.xlsx"), without_values(book, folder / "changed.xlsx", CHANGES)
    return dict(zip(("plain", "changed"), recalculate([plain, changed]), strict=True))


def table_of(result, rank: int = 0):
    return result.ranked.recycling[result.ranked.recycling["rank"] == rank].set_index("item")


def test_designs_of_two_routes_stand_side_by_side(result):
    """Else the sheet Alternatives would be tested with one route only."""
    assert set(result.ranked.recycling["route"]) == {"direct", "mechanical_hydro"}
    assert table_of(result)["route"].iloc[0] == "mechanical_hydro"


@needs_office
def test_formulas_give_what_the_file_says_and_the_checks_hold(book, live, result):
    assert differences(book, live["plain"]) == []
    assert value_of(live["plain"], "checks_ok")
    expected = result.ranked.lifecycle_inputs.set_index("rank")["recycling_value_usd_per_kwh"]
    assert value_of(live["plain"], "out_recycling_value") == pytest.approx(expected[0])
    sheet = live["plain"]["Alternatives"]
    worth = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "worth")
    assert list(worth[6 : 6 + len(expected)]) == pytest.approx(expected.tolist())


@needs_office
def test_changed_recoveries_prices_and_costs_give_the_value_by_hand(result, live):
    """The chosen pack: content x recovery x payable share x price, less mass x cost, in a second way."""
    table, energy = table_of(result), float(result.designs["pack_energy_kwh"].iloc[0])
    usd = table["value_usd_per_pack"].copy()
    usd["lithium"] *= 0.6 / 0.8
    usd["nickel"] *= 0.8 / 0.95
    usd["cobalt"] = table.loc["cobalt", "recovered_kg"] * table.loc["cobalt", "payable_frac"] * 3.0 / 0.205
    usd["cell_processing"] = -4.0 * table.loc["cell_processing", "content_kg"]
    wage = lcopt.read_catalog().in_price_year(2025).table("cost_rates").one(name="labor_usd_per_h").value
    usd["pack_disassembly"] *= 40.0 / wage
    assert value_of(live["changed"], "out_recycling_value") == pytest.approx(usd.sum() / energy)


@needs_office
def test_the_lifecycle_and_the_alternatives_follow_the_sheet(live):
    """The checks that compare them hold for any input; the sum of products is that of the chosen column."""
    checks = live["changed"]["Checks"]
    states = {row[1]: row[8] for row in checks.iter_rows(min_row=10, values_only=True) if row[8]}
    assert states["Alternatives repeat the lifecycle cost"] == "OK"
    assert "FAILED" not in states.values()
    before, after = (
        next(row for row in live[name]["Alternatives"].iter_rows(values_only=True) if row[0] == "worth")
        for name in ("plain", "changed")
    )
    assert after[6] == pytest.approx(value_of(live["changed"], "out_recycling_value"))
    assert all(new < old for new, old in zip(after[6:], before[6:], strict=True) if isinstance(old, float))


def test_the_value_of_a_spent_pack_is_no_input_where_a_route_gives_it(book):
    keys = {row[0] for row in openpyxl.load_workbook(book)["Inputs"].iter_rows(values_only=True)}
    assert "mechanical_hydro_lithium_recovery_frac" in keys
    assert not {key for key in keys if str(key).startswith("end_of_life_value")}


def test_every_input_of_recycling_goes_back_into_a_scenario(book, result):
    opened = openpyxl.load_workbook(book)
    sheet = opened["Inputs"]
    columns = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    rows = [
        row
        for row in range(HEADER_ROW + 1, sheet.max_row + 1)
        if str(sheet.cell(row, columns[ADDRESS_HEAD]).value).startswith("catalog_overrides.recycling")
    ]
    assert len(rows) > 30
    for row in rows:
        cell, solved = sheet.cell(row, columns[LIVE_HEAD]), sheet.cell(row, columns[SOLVED_HEAD]).value
        cell.value = 0.01 if solved == 0 else 0.9 * solved
        made = read_scenario(read_report(opened, "edited.xlsx"))
        cell.value = solved
        before = dataclasses.replace(made, name=result.scenario.name).resolved()
        assert before != result.scenario.resolved(), sheet.cell(row, columns[ADDRESS_HEAD]).value


def test_an_edited_recovery_is_worth_the_same_in_a_new_run(book, result):
    """Live value of the sheet = value of the scenario that is read back, for the same design."""
    opened = openpyxl.load_workbook(book)
    sheet = opened["Inputs"]
    columns = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    address = "catalog_overrides.recycling_routes.mechanical_hydro.cell_processing_usd_per_kg"
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, columns[ADDRESS_HEAD]).value == address)
    sheet.cell(row, columns[LIVE_HEAD]).value = 4.0
    made = read_scenario(read_report(opened, "edited.xlsx"))
    catalog = lcopt.read_catalog().with_rows(made.replaced_rows).in_price_year(2025)
    found = catalog.table("recycling_routes").one(route="mechanical_hydro", name="cell_processing_usd_per_kg")
    assert found.value == pytest.approx(4.0)
