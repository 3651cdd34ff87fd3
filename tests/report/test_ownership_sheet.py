"""What answer and report say of business models: for whom, at which fee, and with how much waiting."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from lcopt.inputs.reader import read_scenario
from lcopt.inputs.scenario import Tax
from lcopt.report.answer import answer_text
from lcopt.report.ownership_words import model_lines, money_in_words
from lcopt.report.workbook import write_report
from lcopt.study import optimize

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def scenario(catalog):
    whole = read_scenario(SCENARIOS / "ride_hailing.yaml", catalog)
    search = replace(
        whole.search,
        chemistries=("LFP-G (2025)",),
        formats=("short_blade_l600",),
        architectures=("cell_to_pack",),
        coolings=("bottom_plate",),
        technology_classes=("standard",),
    )
    return replace(whole, search=search)


@pytest.fixture(scope="module")
def result(scenario):
    return optimize(scenario)


@pytest.fixture(scope="module")
def sheet(result, tmp_path_factory):
    path = write_report(result, tmp_path_factory.mktemp("books") / "book.xlsx")
    return openpyxl.load_workbook(path, data_only=True)["Ownership"]


def _row(sheet, label: str) -> list[object]:
    (found,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == label]
    return list(found[2:])


def test_every_model_stands_in_a_column_with_its_numbers(result, sheet):
    models = result.ownership.to_dict("records")
    heads = [cell.value for cell in sheet[5]]
    assert heads[2 : 2 + len(models)] == ["Sale", "Lease", "Swap"]
    for label, name in (
        ("Lifecycle cost, user and lessor together", "lifecycle_cost_usd_per_pack"),
        ("of it the user", "user_cost_usd"),
        ("The user pays", "user_usd_per_km"),
        ("Hours lost to charging", "charging_hours_per_yr"),
        ("Time spent charging", "downtime_pv_usd"),
    ):
        assert _row(sheet, label)[: len(models)] == pytest.approx([row[name] for row in models]), label
    total = _row(sheet, "Lifecycle cost")[: len(models)]
    assert total == pytest.approx([row["lifecycle_cost_usd_per_pack"] for row in models])
    assert _row(sheet, "Monthly fee")[0] == "-"
    assert _row(sheet, "Monthly fee")[1:3] == pytest.approx([row["fee_usd_per_month"] for row in models[1:]])


def test_the_cash_flows_of_the_parties_are_there_year_by_year(result, sheet):
    horizon = result.scenario.finance.horizon_yr
    flows = result.party_cash_flow.groupby(["model", "party", "year"])["cash_flow_usd"].sum()
    for model, party in (("Sale", "user"), ("Lease", "lessor"), ("Swap", "user"), ("Swap", "maker")):
        shown = _row(sheet, f"{model}: {party}")[: horizon + 1]
        assert shown == pytest.approx(flows[model.lower(), party].tolist(), abs=1e-9)
    parties = {row[0] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], str) and ": " in row[0]}
    assert "Sale: lessor" not in parties


def test_the_answer_names_every_model_and_its_waiting(result):
    lines = model_lines("taxi", result)
    assert len(lines) == 3
    assert lines[0].startswith("swap: ")
    assert "does not wait" in lines[0]
    (lease,) = [line for line in lines[1:] if line.startswith("lease")]
    assert "waits " in lease
    assert "USD a month" in lease
    text = answer_text(result)
    assert all(line in text for line in lines)
    assert "an operator holds the packs in cars and stations" in text


def test_a_model_alone_is_not_called_the_lowest(result):
    several = model_lines("taxi", result)
    ownership = result.ownership[result.ownership["chosen"]]
    (line,) = model_lines("taxi", replace(result, ownership=ownership))
    assert line == several[0].replace(", the lowest", "") != several[0]


def test_a_sale_alone_has_no_sheet_and_no_lines(scenario, tmp_path):
    sold = optimize(scenario.with_model("sale"))
    assert model_lines("taxi", sold) == []
    path = write_report(sold, tmp_path / "sold.xlsx")
    assert "Ownership" not in openpyxl.load_workbook(path).sheetnames
    assert "the user holds the pack" in answer_text(sold)


def test_conventions_follow_the_scenario(scenario):
    words = money_in_words(scenario, "sale")
    assert "running payments at the end of each year; 8 % nominal (5.88 % real); before tax" in words
    finance = replace(scenario.finance, flow_timing="middle", inflation_frac_per_yr=0.0)
    taxed = replace(scenario, finance=finance, tax=Tax(0.25, "macrs5", None, None, 0.0, 0.0))
    words = money_in_words(taxed, "lease")
    assert "at the middle of each year; 8 % nominal; after tax of 25 %, MACRS 5 years; a lessor holds the pack" in words
