"""The workbook follows the costing of the plant: region, levelized life, learning, royalty, subsidy, tariff."""

from __future__ import annotations

import copy
from typing import Any

import openpyxl
import pytest
from office import differences, needs_office, recalculate, value_of, without_values

import lcopt
from lcopt.report.workbook import write_report

pytestmark = needs_office

SMALL: dict[str, Any] = {
    "lcopt": 1,
    "name": "plant",
    "finance": {"currency": "USD", "price_year": 2025, "discount_rate": "8 %", "horizon": "12 yr"},
    "packs": [
        {
            "name": "compact",
            "volume": "200000 /yr",
            "energy": "60 kWh",
            "power": "150 kW",
            "system_voltage": "400 V",
            "usage": "private_car",
            "limits": {"charging_time_max": "25 min"},
        }
    ],
    "search": {
        "chemistries": ["LFP-G (Energy)", "NMC622-G (Energy)"],
        "formats": ["prismatic_173"],
        "technology_classes": ["standard"],
    },
    "prices": "central",
}
# Plant of the scenario -> changed inputs of the workbook, and the same changes in a scenario.
LEVELIZED = {
    "costing": "levelized",
    "region": "china",
    "market": "usa",
    "learning": "2 %",
    "royalty": "1 USD/kWh",
}
CHANGES = {
    "in_labor": (12.0, "catalog_overrides.regions.china.labor_usd_per_h", "12 USD/h"),
    "in_electricity": (0.15, "catalog_overrides.regions.china.electricity_usd_per_kwh", "0.15 USD/kWh"),
    "in_cell_gas": (9.0, "catalog_overrides.plant_economics.cell_gas_kwh_per_kwh", "9 kWh/kWh"),
    "in_equipment_price": (0.6, "catalog_overrides.regions.china.equipment_price_factor", "0.6"),
    "in_labor_hours": (1.3, "catalog_overrides.regions.china.labor_hours_factor", "1.3"),
    "in_overhead_of_depreciation": (
        0.15,
        "catalog_overrides.plant_economics.overhead_of_depreciation_frac",
        "15 %",
    ),
    "in_learning": (0.035, "plant.learning", "3.5 %"),
    "in_royalty_lfp": (2.5, "plant.royalty.lfp", "2.5 USD/kWh"),
    "in_tariff": (0.1, "catalog_overrides.tariffs.china.usa.tariff_frac", "10 %"),
}
SUBSIDIZED = {"region": "usa", "costing": "reference", "subsidy_share": "50 %"}
SHARE = {"in_subsidy_share": (0.8, "plant.subsidy_share", "80 %")}


def scenario_with(plant: dict[str, str], changes: dict[str, tuple[float, str, str]] | None = None):
    mapping = copy.deepcopy(SMALL)
    mapping["plant"] = copy.deepcopy(plant)
    for _, path, text in (changes or {}).values():
        block = mapping
        *homes, last = path.split(".")
        for home in homes:
            below = block.setdefault(home, {})
            block[home] = below if isinstance(below, dict) else {"lfp": below, "ternary": below}
            block = block[home]
        block[last] = text
    return lcopt.read_scenario(mapping)


@pytest.fixture(scope="module")
def levelized():
    return lcopt.optimize(scenario_with(LEVELIZED))


@pytest.fixture(scope="module")
def subsidized():
    return lcopt.optimize(scenario_with(SUBSIDIZED))


@pytest.fixture(scope="module")
def recalculated(levelized, subsidized, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plant")
    books = {}
    for name, result, changes in (("levelized", levelized, CHANGES), ("subsidized", subsidized, SHARE)):
        path = write_report(result, folder / f"{name}.xlsx")
        books[name] = path
        books[f"{name} plain"] = without_values(path, folder / f"{name}-plain.xlsx")
        moved = {cell: value for cell, (value, _, _) in changes.items()}
        books[f"{name} changed"] = without_values(path, folder / f"{name}-changed.xlsx", moved)
    plain = [name for name in books if " " in name]
    read = dict(zip(plain, recalculate([books[name] for name in plain]), strict=True))
    return {**read, **{name: books[name] for name in ("levelized", "subsidized")}}


@pytest.mark.parametrize("name", ["levelized", "subsidized"])
def test_the_workbook_repeats_the_result(request, recalculated, name):
    result, book = request.getfixturevalue(name), recalculated[f"{name} plain"]
    assert differences(recalculated[name], book) == []
    assert value_of(book, "checks_ok")
    price = result.designs["purchase_price_usd_per_pack"].iloc[0]
    assert value_of(book, "out_price") == pytest.approx(price, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "plant", "changes"), [("levelized", LEVELIZED, CHANGES), ("subsidized", SUBSIDIZED, SHARE)]
)
def test_changed_inputs_give_what_a_new_run_gives_for_the_same_design(request, recalculated, name, plant, changes):
    solved, book = request.getfixturevalue(name).alternatives.iloc[0], recalculated[f"{name} changed"]
    anew = lcopt.optimize(scenario_with(plant, changes)).alternatives
    same = anew[(anew["platform"] == solved["platform"]) & (anew["pack_mass_kg"] == solved["pack_mass_kg"])]
    assert len(same) == 1
    assert value_of(book, "inputs_changed") == len(changes)
    assert value_of(book, "out_price") != pytest.approx(solved["purchase_price_usd_per_pack"], rel=1e-3)
    assert value_of(book, "out_price") == pytest.approx(same["purchase_price_usd_per_pack"].iloc[0], rel=1e-9)
    assert value_of(book, "out_lcc") == pytest.approx(same["lifecycle_cost_usd_per_pack"].iloc[0], rel=1e-9)
    assert value_of(book, "checks_ok")


def rows_of(path) -> set[str]:
    sheet = openpyxl.load_workbook(path, read_only=True)["Manufacturing"]
    return {row[0] for row in sheet.iter_rows(min_col=1, max_col=1, values_only=True) if row[0]}


def test_only_the_lines_of_the_scenario_are_shown(recalculated, books):
    usual = rows_of(books["compact"])
    found = {"startup_scrap", "energy", "royalty", "tariff", "learned", "labor_factor", "equipment_price_factor"}
    assert not usual & {*found, "subsidy", "cost"}
    assert found <= rows_of(recalculated["levelized"])
    assert "subsidy" not in rows_of(recalculated["levelized"])
    subsidized = rows_of(recalculated["subsidized"])
    assert "subsidy" in subsidized
    assert not subsidized & {"startup_scrap", "energy", "royalty", "tariff", "learned"}


def test_edited_numbers_of_the_plant_are_read_back(levelized, recalculated, tmp_path):
    changed = tmp_path / "edited.xlsx"
    opened = openpyxl.load_workbook(recalculated["levelized"])
    for name, (value, _, _) in CHANGES.items():
        sheet, address = opened.defined_names[name].attr_text.split("!")
        opened[sheet.strip("'")][address.replace("$", "")].value = value
    opened.save(changed)
    read, wanted = lcopt.read_scenario(changed), scenario_with(LEVELIZED, CHANGES)
    assert read.plant.learning_frac_per_yr == wanted.plant.learning_frac_per_yr
    assert read.plant.royalty_usd_per_kwh["lfp"] == 2.5
    values = {(row.table, row.identity): row.cells["value"] for row in wanted.replaced_rows}
    assert {(row.table, row.identity): row.cells["value"] for row in read.replaced_rows} == values
