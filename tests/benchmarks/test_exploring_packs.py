"""Pricing one choice of a portfolio whose candidates are kept, against searching for them again."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

import lcopt
from lcopt.exploration import explore_scenario
from lcopt.inputs.reader import read_scenario

SEARCH = {"chemistries": ["LFP-G (Energy)"], "formats": ["4680", "blade"], "technology_classes": ["standard"]}
ENERGIES_KWH = (45, 52, 60, 75)


@pytest.fixture(scope="module")
def four_packs():
    pack = {"volume": "100000 /yr", "power": "120 kW", "system_voltage": "400 V", "usage": "private_car"}
    finance = {"currency": "USD", "price_year": 2025, "discount_rate": "8 %", "horizon": "12 yr"}
    packs = [{**pack, "name": f"car{energy}", "energy": f"{energy} kWh"} for energy in ENERGIES_KWH]
    scenario = {"lcopt": 1, "name": "four", "finance": finance, "packs": packs, "search": SEARCH, "prices": "central"}
    return read_scenario(scenario)


@pytest.mark.benchmark(group="explored once: the price of a choice")
def test_a_choice_is_priced_a_thousand_times_faster_than_it_is_searched(benchmark, four_packs, capsys):
    table = lcopt.candidates(four_packs)
    choice = {name: int(part["candidate"].iloc[0]) for name, part in table.groupby("pack")}
    cost = benchmark(lcopt.portfolio_cost, four_packs, choice)
    start = time.perf_counter()
    again = explore_scenario(four_packs)
    searched_s = time.perf_counter() - start
    chosen = [int(pair_of[choice[pack.name]]) for pair_of, pack in zip(again.pair_of, four_packs.packs, strict=True)]
    assert again.cost_usd(np.array(chosen)) == cost
    if benchmark.stats is not None:
        ratio = searched_s / benchmark.stats.stats.median
        with capsys.disabled():
            sys.stdout.write(f"\n{len(table):,} candidates: searched in {searched_s:.1f} s, {ratio:,.0f} times a price")
        assert ratio > 1000
