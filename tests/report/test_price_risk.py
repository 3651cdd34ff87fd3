"""The workbook of a result under a risk of prices: its checks hold, and its cover tells mean, tail and every price."""

from __future__ import annotations

from dataclasses import replace

import pytest
from openpyxl import load_workbook

from lcopt.inputs.scenario import Risk
from lcopt.report.workbook import write_report
from lcopt.study import optimize


@pytest.fixture(scope="module")
def risky(compact):
    """One given way to build the car, within loose limits."""
    search = replace(
        compact.search,
        chemistries=("LFP-G (2025)", "NMC622-G (Energy)"),
        formats=("short_blade_l600",),
        architectures=("cell_to_pack",),
        coolings=("bottom_plate",),
        technology_classes=("standard",),
    )
    (pack,) = compact.packs
    loose = replace(pack, limits=replace(pack.limits, charging_time_max_min=40.0))
    risk = Risk({"low": 0.25, "central": 0.5, "2022_peak": 0.25}, 0.1, 0.5)
    return optimize(replace(compact, search=search, packs=(loose,), portfolio=replace(compact.portfolio, risk=risk)))


@pytest.mark.parametrize("volumes", ["as_sized", "pooled"])
def test_the_workbook_passes_its_checks_and_tells_the_risk(risky, tmp_path, volumes):
    result = risky
    if volumes == "pooled":
        portfolio = replace(risky.scenario.portfolio, volumes="pooled")
        result = optimize(replace(risky.scenario, portfolio=portfolio))
    file = tmp_path / "risk.xlsx"
    write_report(result, file)
    book = load_workbook(file, data_only=True)
    states = [row[8].value for row in book["Checks"].iter_rows(min_row=2)]
    assert "FAILED" not in states
    assert states.count("OK") > 30
    cover = {row[0].value: row[2].value for row in book["Cover"].iter_rows(max_col=3)}
    told = result.price_risk.set_index("price_scenario")["lifecycle_cost_usd"]
    assert cover["Lifecycle cost of the portfolio"] == pytest.approx(result.lifecycle_cost_usd)
    assert cover["Lifecycle cost on average, as solved"] == pytest.approx(told["(expected)"])
    assert cover["Lifecycle cost in the dearest 10 %, as solved"] == pytest.approx(told["(tail mean)"])
    assert cover["Lifecycle cost at the prices 2022_peak (25 %), as solved"] == pytest.approx(told["2022_peak"])
    assert cover["Risk of prices, against the prices of the scenario"] == pytest.approx(
        result.lifecycle_cost_usd - told["central"]
    )
