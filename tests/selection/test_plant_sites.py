"""One design in plants of all regions and both costings; the tables of docs/plant_economics.md."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import lcopt
from lcopt.result_building import scenario_catalog

DOCUMENT = Path(__file__).parents[2] / "docs" / "plant_economics.md"
LFP, NMC = "LFP-G (Energy)", "NMC622-G (Energy)"
UNSUBSIDIZED = {"subsidy_share": "0 %"}


@pytest.fixture(scope="module")
def mapping(compact_mapping) -> dict[str, Any]:
    made = copy.deepcopy(compact_mapping)
    made["packs"][0]["limits"] = {"charging_time_max": "25 min"}
    made["search"]["formats"] = ["prismatic_173"]
    return made


@pytest.fixture(scope="module")
def solved(mapping):
    return lcopt.optimize(lcopt.read_scenario(mapping))


@pytest.fixture(scope="module")
def recost(mapping, solved):
    """The designs of one result in another plant, or sold from another year on."""

    def cost(start: int = 2028, **plant: object):
        changed = copy.deepcopy(mapping)
        changed["plant"] = plant
        changed["search"]["production_start"] = start
        scenario = lcopt.read_scenario(changed)
        return lcopt.recost(replace(solved, scenario=scenario, catalog=scenario_catalog(scenario)), {})

    return cost


def best(result, chemistry: str) -> pd.Series:
    return result.alternatives[result.alternatives["chemistry"] == chemistry].iloc[0]


def per_kwh(result, chemistry: str) -> float:
    design = best(result, chemistry)
    return float(design["purchase_price_usd_per_pack"] / design["pack_energy_kwh"])


def lines_of(result, chemistry: str) -> pd.Series:
    design = best(result, chemistry)
    found = result.ranked.pack_cost
    return found[found["rank"] == design["rank"]].set_index("item")["usd_per_pack"] / design["pack_energy_kwh"]


def table(head: str) -> dict[str, list[str]]:
    """Rows of the table of the document whose head starts with `head`: first cell -> other cells."""
    text = DOCUMENT.read_text()
    lines = text[text.index(f"| {head} |") :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in cells}


@pytest.mark.parametrize(
    "plant",
    [
        {},
        {"costing": "levelized"},
        {"region": "usa", "market": "eu"},
        {"region": "china", "market": "usa", "costing": "levelized", "royalty": "1.5 USD/kWh", "learning": "2 %"},
    ],
)
def test_the_lines_of_a_price_add_up_to_it(recost, plant):
    result = recost(**plant)
    sums = result.ranked.pack_cost.groupby("rank")["usd_per_pack"].sum()
    prices = result.alternatives.set_index("rank")["purchase_price_usd_per_pack"]
    np.testing.assert_allclose(sums[prices.index], prices, rtol=1e-12)


def test_only_the_lines_that_a_plant_has_are_not_zero(recost):
    usual = lines_of(recost(), LFP)
    assert (usual[["startup_scrap", "energy_utilities", "royalty", "subsidy", "tariff"]] == 0).all()
    whole = lines_of(recost(region="usa", market="eu", costing="levelized", royalty="1 USD/kWh"), LFP)
    assert (whole.drop("subsidy") > 0).all()
    assert whole["subsidy"] < 0
    assert whole["royalty"] == pytest.approx(1.0)
    before = whole.drop(["tariff", "ac_addition"]).sum()
    assert whole["tariff"] == pytest.approx(0.013 * before)


def test_a_price_of_the_replaced_pack_follows_the_first(recost):
    cheap, dear = recost(region="china"), recost(region="usa", **UNSUBSIDIZED)
    for chemistry in (LFP, NMC):
        one, other = (best(result, chemistry)["lifecycle_cost_usd_per_pack"] for result in (cheap, dear))
        assert other > one


def test_the_levelized_cell_holds_its_capital_charge(recost):
    for costing in ("reference", "levelized"):
        design = best(recost(costing=costing), LFP)
        cell, charged = design["cell_cost_usd_per_kwh"], design["levelized_cell_cost_usd_per_kwh"]
        assert 0 < charged - cell < design["cell_capital_charge_usd_per_kwh"]


def test_a_design_would_win_with_cells_as_cheap_as_its_break_even_says(recost, solved):
    """What a dollar of parts adds to the price holds tariff, returns and launch of the costing."""
    plant = {"region": "china", "market": "usa", "costing": "levelized"}
    plain = recost(**plant)
    scenario, energy = plain.scenario, best(plain, NMC)["pack_energy_kwh"]
    bill = plain.ranked.bill_of_materials
    rank = best(plain, NMC)["rank"]
    separator = bill[(bill["rank"] == rank) & (bill["item"] == "separator")].iloc[0]
    dearer = lcopt.recost(plain, {"separator": 1.5 * separator["price_usd_per_unit"]})
    spent = 0.5 * separator["cost_usd_per_pack"]
    books = 1.0369738486952675  # of the ramp, on materials of cells
    tied = 1 + 0.15 * scenario.plant.wacc_frac
    rise = best(dearer, NMC)["purchase_price_usd_per_pack"] - best(plain, NMC)["purchase_price_usd_per_pack"]
    assert rise / energy == pytest.approx(spent * books * tied * 1.284 / energy, rel=1e-9)
    found = best(plain, NMC)
    per_cell = found["penalty_usd_per_pack"] / (
        found["cell_cost_usd_per_kwh"] - found["break_even_cell_cost_usd_per_kwh"]
    )
    assert per_cell == pytest.approx(tied * 1.284 * energy * _lifecycle_per_price(plain, dearer), rel=1e-6)


def _lifecycle_per_price(one, other) -> float:
    costs, prices = (
        best(other, NMC)[name] - best(one, NMC)[name]
        for name in ("lifecycle_cost_usd_per_pack", "purchase_price_usd_per_pack")
    )
    return float(costs / prices)


def test_the_document_tells_the_lines_of_both_costings(recost):
    told = table("line")
    found = {name: lines_of(recost(costing=name), LFP) for name in ("reference", "levelized")}
    shown = [item for item in found["reference"].index if item not in {"royalty", "subsidy", "tariff"}]
    assert list(told) == [*shown, "price"]
    for place, costing in enumerate(("reference", "levelized")):
        lines = found[costing]
        for item in shown:
            assert float(told[item][place]) == pytest.approx(lines[item], abs=0.051)
        assert float(told["price"][place]) == pytest.approx(lines.sum(), abs=0.051)


def test_the_document_tells_the_regions(recost):
    for region, cells in table("region").items():
        results = [recost(region=region, costing=name, **UNSUBSIDIZED) for name in ("reference", "levelized")]
        found = [per_kwh(result, chemistry) for chemistry in (LFP, NMC) for result in results]
        found.append(best(results[1], LFP)["levelized_cell_cost_usd_per_kwh"])
        np.testing.assert_allclose([float(cell) for cell in cells], found, atol=0.051)


def test_the_document_tells_subsidy_tariff_and_cost_of_capital(recost):
    text = " ".join(DOCUMENT.read_text().split())
    paid = [abs(lines_of(recost(year, region="usa"), LFP)["subsidy"]) for year in (2026, 2029, 2031, 2033)]
    assert "on it is " + ", ".join(f"{amount:.1f}" for amount in paid) + ":" in text
    made, sold = (per_kwh(recost(region="usa", costing="levelized", **share), LFP) for share in (UNSUBSIDIZED, {}))
    assert f"LFP pack of {made:.1f}, sold from 2028 on, goes to {sold:.1f} where" in text
    china = [
        per_kwh(recost(region="china", costing="levelized", market=market), LFP) for market in ("same", "eu", "usa")
    ]
    for words, price in zip(("of {} costs", "costs {} in the European Union", "and {} in the"), china, strict=True):
        assert words.format(f"{price:.1f}") in text
    low, high = (per_kwh(recost(costing="levelized", wacc=f"{rate} %"), LFP) for rate in (4, 14))
    assert f"4 % makes the levelized pack {low:.1f}, one of 14 % makes it {high:.1f}" in text
