"""The cost of cells, modules, packs and systems."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.conventions import LCOPT
from lcopt.cost.composition import Accounting, Sourcing, account
from lcopt.cost.manufacturing import GROUPS
from lcopt.cost.statement import cost_columns

WORKED_EXAMPLE = Path(__file__).parents[1] / "data" / "cost_worked_example.csv"
COSTS = (
    "cell_cost_usd",
    "module_cost_usd",
    "pack_cost_usd",
    "battery_system_cost",
    "cells_cost",
    "cell_cost_usd_per_kwh",
)
PARTS = (
    "materials_usd",
    "labor_usd",
    "energy_usd",
    "overhead_usd",
    "administration_usd",
    "research_usd",
    "depreciation_usd",
    "profit_usd",
    "warranty_usd",
)


def test_every_cost_of_the_reference_is_reproduced(shop, deviation):
    columns = cost_columns(shop.cost(), shop.constants.rates)
    wanted = [name for name in shop.frame if name.startswith(COSTS)]
    assert len(wanted) >= 8
    worst = {name: deviation(columns[name], shop.frame[name]) for name in wanted}
    assert {name: value for name, value in worst.items() if value > 1e-6} == {}


@pytest.mark.parametrize("level", ["cell", "module", "pack"])
def test_the_books_of_the_worked_example_are_reproduced(excel_shop, level):
    worked = pd.read_csv(WORKED_EXAMPLE).set_index("symbol")
    unit = getattr(excel_shop.cost(), level)
    names = {
        "B": "building_musd",
        "launch": "launch_musd",
        "WC": "working_capital_musd",
        "Inv": "investment_musd",
        "mat": "materials_usd",
        "DL": "labor_usd",
        "VO": "overhead_usd",
        "dep": "depreciation_usd",
        "GSA": "administration_usd",
        "RD": "research_usd",
        "profit": "profit_usd",
        "warr": "warranty_usd",
        "total": "total_usd",
    }
    for symbol, name in names.items():
        wanted = worked.loc[f"{symbol}_{level}", ["battery_1", "battery_5"]].to_numpy(float)
        np.testing.assert_allclose(getattr(unit, name)[[0, 4]], wanted, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("sourcing", list(Sourcing))
def test_the_parts_of_a_price_sum_to_it(shop, sourcing):
    cost = shop.cost(accounting=account(sourcing))
    for unit in (cost.cell, cost.module, cost.pack):
        np.testing.assert_allclose(sum(getattr(unit, name) for name in PARTS), unit.total_usd, rtol=1e-12)


def test_loaded_costs_sum_to_the_cost_of_a_pack_made_in_house(shop):
    for accounting in (account(), account(warranty=False, research=False), account(profit=False)):
        cost = shop.cost(LCOPT, accounting)
        columns = cost_columns(cost, shop.constants.rates)
        loaded = [columns[f"loaded_{name}_usd_per_pack"] for name in (*GROUPS, "materials", "purchased_items", "bms")]
        np.testing.assert_allclose(np.sum(loaded, axis=0), cost.pack.total_usd, rtol=1e-12)


def test_the_price_without_warranty_and_research_keeps_everything_else(shop):
    full, bare = shop.cost().pack, shop.cost(accounting=account(warranty=False, research=False)).pack
    assert np.all(bare.warranty_usd == 0)
    assert np.all(bare.research_usd == 0)
    for item in fields(full):
        if item.name not in {"warranty_usd", "research_usd", "total_usd"}:
            np.testing.assert_array_equal(getattr(bare, item.name), getattr(full, item.name))
    np.testing.assert_allclose(bare.total_usd, full.total_usd - full.warranty_usd - full.research_usd)


def test_in_house_cells_and_modules_carry_no_margin_and_the_pack_does(shop):
    cost = shop.cost()
    assert np.all(cost.cell.profit_usd == 0)
    assert np.all(cost.module.warranty_usd == 0)
    np.testing.assert_allclose(cost.pack.profit_usd, 0.05 * cost.pack.investment_musd * 1e6 / cost.volumes.packs_per_yr)


def test_bought_cells_and_modules_bring_their_makers_margin(shop):
    house = shop.cost()
    cells, modules = (shop.cost(accounting=account(way)) for way in (Sourcing.BUY_CELLS, Sourcing.BUY_MODULES))
    # The cell of a cell maker costs what the in-house cell costs, then 5 % of the investment and 5.6 % warranty.
    plain = house.cell.total_usd + 0.05 * house.cell.investment_musd * 1e6 / house.volumes.accepted_cells_per_yr
    np.testing.assert_allclose(cells.cell.total_usd, 1.056 * plain)
    assert np.all(modules.module.total_usd > house.module.total_usd)
    assert np.all(cells.pack.total_usd > house.pack.total_usd)
    assert np.all(modules.pack.total_usd > house.pack.total_usd)
    assert np.all(cells.pack.labor_usd < house.pack.labor_usd)
    np.testing.assert_allclose(
        cells.pack.materials_usd - cells.cell.total_usd * cells.counts.cells_per_pack_count,
        house.pack.materials_usd - house.cell.materials_usd * house.counts.cells_per_pack_count,
    )


def test_sourcing_may_differ_from_design_to_design(shop):
    count = len(shop.frame)
    cells, modules = np.arange(count) % 3 == 1, np.arange(count) % 3 == 2
    mixed = shop.cost(accounting=Accounting(cells.astype(float), modules.astype(float), 1.0, 1.0, 1.0)).pack.total_usd
    for number, way in enumerate(Sourcing):
        alone = shop.cost(accounting=account(way)).pack.total_usd
        chosen = np.arange(count) % 3 == number
        np.testing.assert_allclose(mixed[chosen], alone[chosen], rtol=1e-12)


@given(st.floats(1.05, 10.0))
def test_a_pack_of_a_larger_plant_is_cheaper(shop, factor):
    small, large = (shop.cost(LCOPT, packs_per_yr=number).pack.total_usd for number in (5e4, 5e4 * factor))
    assert np.all(large < small)


def test_two_packs_in_a_vehicle_cost_two_packs_and_their_integration(shop, deviation):
    columns = cost_columns(shop.cost(), shop.constants.rates)
    added = columns["battery_system_cost_usd"] - columns["pack_cost_usd"]
    np.testing.assert_allclose(added, shop.frame["cost_vehicle_integration_usd_per_system"], atol=1e-6)
