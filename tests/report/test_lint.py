"""No workbook has a cell that finance staff would send back; and the linter sees those that it should."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from conftest import SCENARIOS
from linting import lint

import lcopt
from lcopt.report.cover_fleet import OTHER_COSTS
from lcopt.report.workbook import write_report

USES = ({"name": "small", "energy": "50 kWh", "power": "120 kW"}, {"name": "large", "energy": "70 kWh"})
POOLED = {
    "lcopt": 1,
    "name": "pooled",
    "finance": {"currency": "EUR", "price_year": 2025, "discount_rate": "8 %", "horizon": "12 yr"},
    "packs": [
        {"volume": "90000 /yr", "power": "150 kW", "system_voltage": "400 V", "usage": "private_car"}
        | {"limits": {"charging_time_max": "30 min"}}
        | use
        for use in USES
    ],
    "search": {"chemistries": ["LFP-G (Energy)"], "formats": ["prismatic_173"], "technology_classes": ["standard"]},
    "plant": {"costing": "levelized", "region": "china", "learning": "2 %", "royalty": "1 USD/kWh"},
    "lifecycle": {"recycling_route": "best", "residual_rule": "market"},
    "portfolio": {"volumes": "pooled"},
    "prices": "central",
}

FAULTS = {
    "=1/0": "",
    "=IF(1=1,IF(1=0,1,0),0)": "nested IF",
    "=TODAY()": "volatile",
    "=out_lcc*1.07": "constants",
    "=" + "+".join(["out_lcc"] * 20): "signs",
    "=NPV(in_discount_rate,out_lcc)": "NPV() outside",
}


@pytest.mark.parametrize("name", ["compact", "taxi", "two_cars", "cold", "swapped"])
def test_a_workbook_has_no_fault(books, name):
    assert lint(books[name]) == []


@pytest.fixture(scope="session")
def real(tmp_path_factory):
    """Two packs on one cell, made on lines of pooled volumes in a levelized plant, recycled at their end."""
    result = lcopt.optimize(lcopt.read_scenario(POOLED))
    return write_report(result, tmp_path_factory.mktemp("real") / "pooled.xlsx")


def test_a_book_of_pooled_volumes_levelized_costing_and_recycling_has_no_fault_and_no_failed_check(real):
    assert lint(real) == []
    values = openpyxl.load_workbook(real, data_only=True)
    failed = [row[1].value for row in values["Checks"].iter_rows(min_row=10) if row[8].value == "FAILED"]
    assert failed == []
    labels = {str(row[0].value): row[2].value for row in values["Cover"].iter_rows()}
    assert labels[OTHER_COSTS["pooled_volumes"]] != 0


def test_a_book_of_a_solid_state_pack_has_no_fault_and_no_failed_check(tmp_path):
    scenario = lcopt.read_scenario(SCENARIOS / "solid_state_2030.yaml")
    search = replace(
        scenario.search,
        chemistries=("NMC811-Si (Sulfide)", "LFP-G (Energy)"),
        formats=("long_pouch",),
        architectures=("module",),
        technology_classes=("standard",),
    )
    solid = lcopt.optimize(replace(scenario, search=search))
    assert "NMC811-Si (Sulfide)" in set(solid.alternatives["chemistry"])
    path = write_report(solid, tmp_path / "solid.xlsx")
    assert lint(path) == []
    assert openpyxl.load_workbook(path, data_only=True)["Cover"]["B3"].value == "OK"


@pytest.mark.parametrize(("formula", "fault"), FAULTS.items())
def test_the_linter_sees_a_fault(books, tmp_path, formula, fault):
    book = openpyxl.load_workbook(books["compact"])
    book["Cover"]["C60"].value = formula
    book.save(tmp_path / "spoilt.xlsx")
    assert any("Cover!C60" in line and (fault or "no value") in line for line in lint(tmp_path / "spoilt.xlsx"))


def test_the_linter_sees_what_is_hidden_merged_or_without_a_source(books, tmp_path):
    book = openpyxl.load_workbook(books["compact"])
    book["BOM"].merge_cells("A50:B51")
    book["Trade"].sheet_state = "hidden"
    book["Limits"].row_dimensions[7].hidden = True
    book["Inputs"]["J8"].value = None
    book["Lifecycle"]["H91"].value = "=SUM(H82:H89)"
    book.save(tmp_path / "spoilt.xlsx")
    found = "\n".join(line for line in lint(tmp_path / "spoilt.xlsx") if "no value" not in line)
    for words in ("BOM: merged", "Trade: hidden", "Limits: hidden rows", "has no source", "Lifecycle!91: several"):
        assert words in found
