"""A given cell is made or bought: each pack has the choice, and the cheapest is what enumeration finds."""

from __future__ import annotations

import copy
import itertools

import numpy as np
import pytest

from lcopt.inputs.reader import read_scenario
from lcopt.report.answer import answer_text
from lcopt.study import candidates, optimize, portfolio_cost

CELLS = {
    "iron": {"chemistry": "LFP-G (Energy)", "cell_capacity_ah": "92.5"},
    "nickel": {"chemistry": "NMC622-G (Energy)", "cell_capacity_ah": "80"},
}
UNITS = {"chemistry": "", "technology_class": "", "areal_capacity_mah_per_cm2": "mAh/cm2"} | {
    "cell_capacity_ah": "Ah",
    "aspect_ratio": "1",
}
CELL = {"technology_class": "standard", "areal_capacity_mah_per_cm2": "3.3", "aspect_ratio": "4.7"}
NAMES = ("compact", "larger")
FIXED_USD = 150e6


@pytest.fixture(scope="module")
def with_quotes(compact_mapping, tmp_path_factory):
    """Two cars of two given cells, with quotes on them."""
    folder = tmp_path_factory.mktemp("own")
    lines = [f"{name},{key},{value},{UNITS[key]}" for name, own in CELLS.items() for key, value in (own | CELL).items()]
    (folder / "platforms.csv").write_text("\n".join(["platform,name,value,unit", *lines]) + "\n")
    mapping = copy.deepcopy(compact_mapping)
    car = {**mapping["packs"][0], "limits": {}}
    packs = [car, {**car, "name": NAMES[1], "energy": "90 kWh", "volume": "90000 /yr"}]
    search = {"platforms": list(CELLS), "platform_fixed_cost": "150 MUSD"}

    def make(*quotes: dict[str, str], **blocks):
        portfolio = ({"buy": list(quotes)} if quotes else {}) | blocks.pop("portfolio", {})
        given = {"packs": packs, "search": search, "data": str(folder), "portfolio": portfolio}
        return read_scenario({**mapping, **given, **blocks})

    return make


def quote(price: float, cell: str = "iron", **more: str) -> dict[str, str]:
    return {"cell": cell, "price": f"{price} USD/kWh", **more}


def sourcing(result) -> list[str]:
    return [text.split(" from")[0].split(" at")[0] for text in result.designs["sourcing"]]


@pytest.mark.parametrize("supply", ["1000 GWh/yr", "13 GWh/yr", "9 GWh/yr"])
def test_the_choice_is_what_enumeration_finds(with_quotes, supply):
    most_gwh = float(supply.split()[0])
    scenario = with_quotes(quote(44.0, supply_max=supply), quote(70.0, "nickel"))
    offered = candidates(scenario)
    numbers = offered.groupby(["pack", "platform"])["fleet_cost_usd"].idxmin()
    cheapest = [own for _, own in offered.loc[numbers].groupby("pack", sort=False)]
    volumes = dict(zip(NAMES, (200000, 90000), strict=True))
    best = np.inf
    for rows in itertools.product(*(own.to_dict("records") for own in cheapest)):
        used = sum(
            row["pack_energy_kwh"] * volumes[row["pack"]] / 1e6
            for row in rows
            if row["sourcing"].startswith("bought at 44")
        )
        if used <= most_gwh:
            best = min(best, portfolio_cost(scenario, {row["pack"]: row["candidate"] for row in rows}))
    result = optimize(scenario)
    assert result.lifecycle_cost_usd == pytest.approx(best, rel=1e-9)
    assert result.cost["present_value_usd"].sum() == pytest.approx(best, rel=1e-9)


def test_every_pack_of_a_quoted_cell_is_offered_made_and_bought(with_quotes):
    offered = candidates(with_quotes(quote(44.0)))
    of_iron = offered[offered["given_platform"] == "iron"]
    assert of_iron["sourcing"].value_counts().to_dict() == dict.fromkeys(
        ("made", "bought at 44 USD/kWh"), len(of_iron) // 2
    )
    assert set(offered.loc[offered["given_platform"] == "nickel", "sourcing"]) == {"made"}
    assert of_iron.groupby("sourcing")["platform"].nunique().tolist() == [1, 1]
    assert set(of_iron["platform"]) & set(offered.loc[offered["given_platform"] == "nickel", "platform"]) == set()


def test_a_bought_cell_has_no_fixed_cost(with_quotes):
    scenario = with_quotes(quote(44.0))
    offered = candidates(scenario).set_index(["pack", "candidate"])
    made, bought = (
        [int(offered.loc[name].index[offered.loc[name]["sourcing"] == word][0]) for name in NAMES]
        for word in ("made", "bought at 44 USD/kWh")
    )
    for numbers, fixed in ((made, FIXED_USD), (bought, 0.0), ([made[0], bought[1]], FIXED_USD)):
        whole = portfolio_cost(scenario, dict(zip(NAMES, numbers, strict=True)))
        packs = sum(offered.loc[(name, number), "fleet_cost_usd"] for name, number in zip(NAMES, numbers, strict=True))
        assert whole == pytest.approx(packs + fixed, rel=1e-12)


def test_the_price_decides_and_a_dearer_quote_never_lowers_the_cost(with_quotes):
    results = [optimize(with_quotes(quote(price))) for price in (30.0, 44.0, 60.0, 200.0)]
    costs = [result.lifecycle_cost_usd for result in results]
    assert costs == sorted(costs)
    assert costs[-1] == pytest.approx(optimize(with_quotes()).lifecycle_cost_usd, rel=1e-12)
    assert sourcing(results[0]) == ["bought", "bought"]
    assert sourcing(results[-1]) == ["made", "made"]


def test_a_short_supply_goes_where_it_saves_most(with_quotes):
    plenty, short = (optimize(with_quotes(quote(30.0, supply_max=f"{most} GWh/yr"))) for most in (30, 13))
    assert sourcing(plenty) == ["bought", "bought"]
    assert sourcing(short).count("bought") == 1
    assert short.lifecycle_cost_usd > plenty.lifecycle_cost_usd
    design = short.designs[short.designs["sourcing"] != "made"].iloc[0]
    made = short.designs[short.designs["sourcing"] == "made"].iloc[0]
    assert design["platform_cost_usd_per_pack"] == 0
    assert made["platform_cost_usd_per_pack"] > 0


def test_a_supply_that_serves_no_pack_is_left(with_quotes):
    assert sourcing(optimize(with_quotes(quote(30.0, supply_max="0.5 GWh/yr")))) == ["made", "made"]


def test_the_answer_names_supplier_and_price(with_quotes):
    result = optimize(with_quotes(quote(30.0, supplier="Cell Works")))
    assert "cells bought from Cell Works at 30 USD/kWh" in answer_text(result)
    assert result.designs["platform"].str.endswith("bought from Cell Works at 30 USD/kWh").all()
    bill = result.bill_of_materials
    cells = bill[(bill["level"] == "cell") & (bill["cost_usd_per_pack"] != 0)]
    assert set(cells["item"]) == {"bought_cells"}
    energy = result.designs.set_index("pack")["pack_energy_kwh"]
    paid = cells.set_index("pack")["cost_usd_per_pack"]
    assert paid[list(NAMES)].to_numpy() == pytest.approx(30.0 * energy[list(NAMES)].to_numpy())


def test_a_fixed_quote_hedges_the_prices_of_materials(with_quotes):
    risk = {"prices": {"central": "80 %", "2022_peak": "20 %"}, "tail": "20 %", "aversion": "100 %"}
    bold, averse = (
        optimize(with_quotes(quote(75.0), portfolio={"risk": {**risk, "aversion": aversion}}))
        for aversion in ("0 %", "100 %")
    )
    assert sourcing(bold) == ["made", "made"]
    assert sourcing(averse) == ["bought", "bought"]


def test_bought_cells_put_nothing_on_pooled_lines_of_cells(with_quotes):
    result = optimize(with_quotes(quote(30.0), portfolio={"volumes": "pooled"}))
    assert sourcing(result) == ["bought", "bought"]
    assert result.cost["present_value_usd"].sum() == pytest.approx(result.lifecycle_cost_usd, rel=1e-12)
    steps = result.ranked.manufacturing
    chosen = steps[steps["rank"] == 0].groupby("group")["capital_musd"].sum()
    assert chosen[["electrode_processing", "cell_assembly", "formation"]].sum() == 0
    assert chosen["pack_assembly"] > 0
    groups = set(result.lines["group"])
    assert "pack_assembly" in groups
    assert groups.isdisjoint({"electrode_processing", "cell_assembly", "formation"})
