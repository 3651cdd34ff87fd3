"""Labor, machines and space of the process steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.cost.manufacturing import DRIVERS, GROUPS, cell_share, module_share
from lcopt.cost.plant import UtilizationMethod
from lcopt.cost.statement import cost_columns

WORKED_EXAMPLE = Path(__file__).parents[1] / "data" / "cost_worked_example.csv"
SYMBOLS = {
    "mix_p": "positive_mixing",
    "mix_n": "negative_mixing",
    "coat_p": "positive_coating",
    "coat_n": "negative_coating",
    "cal_p": "positive_calendering",
    "cal_n": "negative_calendering",
    "notch_p": "positive_notching",
    "notch_n": "negative_notching",
    "vac_p": "positive_vacuum_drying",
    "vac_n": "negative_vacuum_drying",
    "slit": "slitting",
    "stack": "stacking",
    "weld": "welding",
    "xray": "inspection",
    "can": "enclosing",
    "fill": "filling",
    "dry": "dry_room",
    "form": "formation",
    "module": "module_assembly",
    "pack": "pack_assembly",
    "ware": "warehouse",
    "bldg": "building",
    "solv": "solvent_recovery",
    "recyc": "recycling",
    "lab": "laboratory",
}
# Steps that do not grow with fewer operating days (Manufacturing Costs!D187-D347).
WHATEVER_THE_DAYS = {"dry_room", "formation", "building", "recycling", "laboratory"}


@pytest.fixture(scope="module")
def worked():
    return pd.read_csv(WORKED_EXAMPLE).drop_duplicates("symbol").set_index("symbol")


def test_every_plant_number_of_the_reference_is_reproduced(shop, deviation):
    columns = cost_columns(shop.cost(), shop.constants.rates)
    wanted = [name for name in shop.frame if name.startswith(("labor_", "capital_", "area_", "investment_"))]
    wanted += ["plant_size_gwh_per_year", "modules_per_year", "accepted_cells_per_year"]
    assert len(wanted) > 30
    worst = {name: deviation(columns[name], shop.frame[name]) for name in wanted}
    assert {name: value for name, value in worst.items() if value > 1e-6} == {}


@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize(("letter", "table"), [("H", "labor_h_per_yr"), ("K", "capital_musd"), ("S", "area_m2")])
def test_every_step_of_the_worked_example_is_reproduced(excel_shop, worked, symbol, letter, table):
    found = getattr(excel_shop.cost().size, table)[excel_shop.constants.plan.row(SYMBOLS[symbol])]
    wanted = worked.loc[f"{letter}_{symbol}", ["battery_1", "battery_5"]].to_numpy(float)
    np.testing.assert_allclose(found[[0, 4]], wanted, rtol=1e-9)


def test_the_shares_of_cells_and_modules_are_those_of_the_worked_example(excel_shop, worked):
    plan, size = excel_shop.constants.plan, excel_shop.cost().size
    third = excel_shop.constants.rates.warehouse_share_frac
    cells = cell_share(plan, size, third)
    modules = module_share(plan, size, cells, third)
    for letter, share in (("c", cells), ("m", modules)):
        for symbol, value in (("H", share.labor_h_per_yr), ("K", share.capital_musd), ("S", share.area_m2)):
            wanted = worked.loc[f"{symbol}_{letter}", ["battery_1", "battery_5"]].to_numpy(float)
            np.testing.assert_allclose(value[[0, 4]], wanted, rtol=1e-9)


def test_the_steps_of_a_group_sum_to_the_group(shop):
    size, plan = shop.cost().size, shop.constants.plan
    for number, group in enumerate(GROUPS):
        rows = [row for row, name in enumerate(plan.groups) if name == group]
        np.testing.assert_allclose(size.labor_h_per_yr[rows].sum(axis=0), size.group_labor_h_per_yr[number])
        np.testing.assert_allclose(size.capital_musd[rows].sum(axis=0), size.group_capital_musd[number])
        np.testing.assert_allclose(size.area_m2[rows].sum(axis=0), size.group_area_m2[number])


def test_twenty_five_steps_know_their_driver(catalog):
    steps = catalog.table("process_steps").words("step")
    assert len(steps) == 25
    assert {row.text for row in catalog.table("process_steps").select(name="driver")} == set(DRIVERS)


@given(st.floats(1.1, 20.0))
def test_a_larger_plant_needs_less_of_everything_per_pack(shop, factor):
    small, large = shop.cost(packs_per_yr=5e4).size, shop.cost(packs_per_yr=5e4 * factor).size
    for name in ("labor_total_h_per_yr", "capital_total_musd", "area_total_m2"):
        grown = getattr(large, name) / getattr(small, name)
        assert np.all(grown > 1)
        assert np.all(grown < factor)


def test_fewer_operating_days_need_more_machines_and_space_but_no_more_labor(shop):
    usual, short = shop.cost().size, shop.cost(operating_days_d_per_yr=160.0).size
    np.testing.assert_array_equal(short.labor_h_per_yr, usual.labor_h_per_yr)
    for row, step in enumerate(shop.constants.plan.steps):
        factor = 1 if step in WHATEVER_THE_DAYS else 2
        np.testing.assert_allclose(short.capital_musd[row], factor * usual.capital_musd[row])
        np.testing.assert_allclose(short.area_m2[row], factor * usual.area_m2[row])


def test_a_half_sold_plant_has_the_space_and_then_the_machines_of_a_full_one(shop):
    plan, usual = shop.constants.plan, shop.cost().size
    space = shop.cost(method=UtilizationMethod.SPACE, utilization_frac=0.5).size
    both = shop.cost(method=UtilizationMethod.SPACE_AND_EQUIPMENT, utilization_frac=0.5).size
    for size in (space, both):
        np.testing.assert_array_equal(size.labor_h_per_yr, usual.labor_h_per_yr)
        np.testing.assert_allclose(size.area_m2, 2**0.95 * usual.area_m2)
    changed = ~np.isclose(space.capital_musd, usual.capital_musd).all(axis=1)
    assert [plan.steps[row] for row in np.flatnonzero(changed)] == ["dry_room"]
    unchanged = np.isclose(both.capital_musd, usual.capital_musd).all(axis=1)
    assert [plan.steps[row] for row in np.flatnonzero(unchanged)] == ["positive_coating", "negative_coating"]
    # Stacking takes the oversize in the size of the cell, with its exponent 0.95 instead of 0.9.
    np.testing.assert_allclose(
        both.capital_musd[plan.row("stacking")], 2**0.95 * usual.capital_musd[plan.row("stacking")]
    )
    np.testing.assert_allclose(both.capital_musd[plan.row("welding")], 2**0.9 * usual.capital_musd[plan.row("welding")])


def test_methods_and_days_may_differ_from_design_to_design(shop):
    count = len(shop.frame)
    methods, days = np.arange(count) % 3 + 1, np.where(np.arange(count) % 2, 250.0, 320.0)
    mixed = shop.cost(method=methods, utilization_frac=0.8, operating_days_d_per_yr=days).pack.total_usd
    for method in (1, 2, 3):
        for day in (250.0, 320.0):
            alone = shop.cost(method=method, utilization_frac=0.8, operating_days_d_per_yr=day).pack.total_usd
            chosen = (methods == method) & (days == day)
            np.testing.assert_allclose(mixed[chosen], alone[chosen], rtol=1e-12)


def test_a_large_cell_needs_more_formation_capital(shop):
    row = shop.constants.plan.row("formation")
    baseline = shop.constants.baseline
    plain = replace(shop.constants, baseline=replace(baseline, large_cell_formation_factor=1.0))
    ratio = shop.cost().size.capital_musd[row] / replace(shop, constants=plain).cost().size.capital_musd[row]
    np.testing.assert_allclose(ratio, np.where(shop.frame["cell_capacity_ah"] > 80, 1.1, 1.0))
