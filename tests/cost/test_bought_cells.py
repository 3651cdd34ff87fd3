"""Packs of bought cells cost what the reference asks of one that buys its cells, at the price of its supplier."""

from __future__ import annotations

import numpy as np
import pytest

from lcopt.cost.bought_cells import ITEM, BoughtCells, plant_for_packs
from lcopt.cost.composition import Sourcing, account
from lcopt.cost.manufacturing import cell_share
from lcopt.cost.unit_cost import sum_lines


def quoted(shop, usd_per_cell: np.ndarray | float, is_bought: np.ndarray | bool = True) -> BoughtCells:
    count = len(shop.frame)
    return BoughtCells(np.broadcast_to(is_bought, count), np.broadcast_to(usd_per_cell, count).astype(float))


def test_at_the_price_of_its_cell_maker_a_pack_costs_what_the_reference_says(shop, deviation):
    reference = shop.cost(accounting=account(Sourcing.BUY_CELLS))
    bought = shop.cost(bought_cells=quoted(shop, reference.cell.total_usd))
    assert deviation(bought.pack.total_usd, reference.pack.total_usd) < 1e-12
    assert deviation(bought.pack.investment_musd, reference.pack.investment_musd) < 1e-9
    assert (bought.pack.investment_musd < shop.cost().pack.investment_musd).all()


def test_the_plant_of_packs_and_that_of_cells_are_the_whole_plant(shop, deviation):
    whole, share_frac = shop.cost().size, shop.constants.rates.warehouse_share_frac
    rest = plant_for_packs(shop.constants.plan, whole, np.array(True), share_frac)
    cells = cell_share(shop.constants.plan, whole, share_frac)
    assert deviation(rest.labor_total_h_per_yr + cells.labor_h_per_yr, whole.labor_total_h_per_yr) < 1e-12
    assert deviation(rest.capital_total_musd + cells.capital_musd, whole.capital_total_musd) < 1e-12
    assert deviation(rest.area_total_m2 + cells.area_m2, whole.area_total_m2) < 1e-12


def test_a_bought_cell_is_one_line_of_the_bill_and_costs_its_price(shop):
    cost = shop.cost(bought_cells=quoted(shop, 12.5))
    assert sum_lines(cost.lines, "cell") == pytest.approx(12.5)
    assert [line.item for line in cost.lines if line.level == "cell" and np.any(line.quantity)] == [ITEM]
    assert cost.cell.total_usd == pytest.approx(12.5)
    assert cost.cell.levelized_usd == pytest.approx(12.5)
    assert (cost.cell.labor_usd == 0).all()


def test_designs_that_make_their_cells_do_not_notice_those_that_buy(shop):
    is_bought = np.arange(len(shop.frame)) % 2 == 0
    made, mixed = shop.cost(), shop.cost(bought_cells=quoted(shop, 12.5, is_bought))
    assert (mixed.battery_system_cost_usd[~is_bought] == made.battery_system_cost_usd[~is_bought]).all()
    assert (mixed.battery_system_cost_usd[is_bought] != made.battery_system_cost_usd[is_bought]).all()


def test_a_dearer_cell_makes_a_dearer_pack(shop):
    low, high = (shop.cost(bought_cells=quoted(shop, price)).pack.total_usd for price in (10.0, 11.0))
    cells = shop.cost().counts.cells_per_pack_count
    assert (high - low > cells).all()
