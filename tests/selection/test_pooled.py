"""Scenarios whose lines pool the volumes of the packs that share them, with and without ramps."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from lcopt.cost.regions import tariff_row
from lcopt.cost.sale_years import packs_discounted, production, sale_years, yearly_volumes
from lcopt.study import candidates, optimize, portfolio_cost

CELLS = {
    "house_cell": ("LFP-G (Energy)", "92.5"),
    "small_cell": ("LFP-G (Energy)", "60"),
    "rich_cell": ("NMC622-G (Energy)", "80"),
}
YEARS = range(2028, 2033)
# One car is sold from the first year on and ends, the other one comes later.
COMES = dict(zip(YEARS, ["0 /yr", "0 /yr", "60000 /yr", "150000 /yr", "180000 /yr"], strict=True))
GOES = dict(zip(YEARS, ["120000 /yr", "200000 /yr", "120000 /yr", "40000 /yr", "0 /yr"], strict=True))
SAME_SHAPE = ["50000 /yr", "100000 /yr", "200000 /yr", "200000 /yr", "100000 /yr"]


@pytest.fixture(scope="module")
def make(make_scenario, compact_mapping, tmp_path_factory):
    """Two cars from three given cells, with their volumes."""
    folder = tmp_path_factory.mktemp("cells")
    lines = []
    for name, (chemistry, capacity) in CELLS.items():
        rows = {
            "chemistry": (chemistry, ""),
            "technology_class": ("standard", ""),
            "areal_capacity_mah_per_cm2": ("3.3", "mAh/cm2"),
            "cell_capacity_ah": (capacity, "Ah"),
            "aspect_ratio": ("4.7", "1"),
        }
        lines += [f"{name},{key},{value},{unit}" for key, (value, unit) in rows.items()]
    (folder / "platforms.csv").write_text("\n".join(["platform,name,value,unit", *lines]) + "\n")

    def scenario(*volumes, pooled="pooled", **blocks):
        base = {**compact_mapping["packs"][0], "limits": {"charging_time_max": "30 min"}}
        packs = [
            {**base, "name": f"car{number}", "energy": energy, "volume": volume}
            for number, (volume, energy) in enumerate(zip(volumes, ("60 kWh", "75 kWh", "52 kWh"), strict=False))
        ]
        return make_scenario(
            packs=packs,
            data=str(folder),
            search={"platforms": list(CELLS), "platform_fixed_cost": "20 MUSD"},
            portfolio={"volumes": pooled},
            **blocks,
        )

    return scenario


def enumerated(scenario, few: int = 5) -> float:
    """The lowest cost of all combinations of the cheapest candidates of every pack on every cell."""
    table = candidates(scenario)
    best = table.sort_values("fleet_cost_usd").groupby(["pack", "platform"]).head(few)
    names = list(dict.fromkeys(table["pack"]))
    of_pack = [best.loc[best["pack"] == name, "candidate"].tolist() for name in names]
    return min(
        portfolio_cost(scenario, dict(zip(names, choice, strict=True))) for choice in itertools.product(*of_pack)
    )


def as_sized_usd(result) -> float:
    cost = result.cost
    return float(cost.loc[cost["pack"] != "(lines)", "present_value_usd"].sum())


@pytest.fixture(scope="module")
def ramped(make):
    return make(COMES, GOES)


@pytest.fixture(scope="module")
def ramped_result(ramped):
    return optimize(ramped)


@pytest.mark.parametrize("volumes", [("200000 /yr", "80000 /yr"), (COMES, GOES)])
def test_the_optimum_is_the_cheapest_of_all_combinations(make, volumes):
    scenario = make(*volumes)
    result = optimize(scenario)
    assert result.lifecycle_cost_usd == pytest.approx(enumerated(scenario, few=3), rel=1e-6)
    assert result.gap_frac <= 1e-6


def test_costs_add_up_and_the_lines_tell_the_row(ramped_result):
    result = ramped_result
    assert result.cost["present_value_usd"].sum() == pytest.approx(result.lifecycle_cost_usd, rel=1e-12)
    row = result.cost[result.cost["pack"] == "(lines)"]
    assert row["component"].tolist() == ["pooled_volumes"]
    lines = result.lines
    assert lines["difference_usd"].sum() == pytest.approx(float(row["present_value_usd"].iloc[0]), rel=1e-9)
    np.testing.assert_allclose(lines["pooled_usd"], lines["running_usd"] + lines["capital_usd"])
    np.testing.assert_allclose(lines["difference_usd"], lines["pooled_usd"] - lines["as_sized_usd"])
    whole = lines[lines["shared"] == "the plant"]
    assert set(whole["packs"]) == {"car0, car1"}
    # 60 kWh x 60,000 + 75 kWh x 120,000 = 12.6 GWh in 2030, 75 x 200,000 = 15 in 2029 and a little more than asked.
    assert 15.0 <= whole["energy_gwh_per_yr"].iloc[0] <= 16.0


def test_without_pooling_there_are_no_lines(make):
    result = optimize(make("200000 /yr", pooled="as_sized"))
    assert result.lines.empty
    assert result.pooling_usd == 0.0
    assert "(lines)" not in set(result.cost["pack"])


def test_one_pack_at_the_size_of_the_plant_costs_the_same_pooled_or_not(make):
    result = optimize(make("200000 /yr"))
    energy = float(result.designs["pack_energy_kwh"].iloc[0])
    size = {"size": f"{energy * 200_000 / 1e6!r} GWh/yr"}
    pooled, alone = (
        optimize(make("200000 /yr", plant=size)),
        optimize(make("200000 /yr", pooled="as_sized", plant=size)),
    )
    assert pooled.lifecycle_cost_usd == pytest.approx(alone.lifecycle_cost_usd, rel=1e-9)
    np.testing.assert_allclose(pooled.lines["difference_usd"], 0.0, atol=1e-9 * alone.lifecycle_cost_usd)


def test_a_tariff_is_on_the_work_of_pooled_lines_too(make):
    """Of two markets of one plant the one behind the border pays it on the work as on the rest."""
    plant = {"region": "china", "market": "usa", "size": "12 GWh/yr"}
    result = optimize(make("200000 /yr", plant=plant))
    free = optimize(make("200000 /yr", plant={**plant, "market": "china"}))
    rate = result.lines["as_sized_usd"].sum() / free.lines["as_sized_usd"].sum()
    assert result.designs["platform"].tolist() == free.designs["platform"].tolist()
    tariff = tariff_row(result.catalog, "china", "usa").number("1")
    assert tariff > 0
    assert rate == pytest.approx(1 + tariff, rel=1e-9)


def test_more_volume_costs_less_than_in_proportion(make):
    one, two = optimize(make("100000 /yr")), optimize(make("200000 /yr"))
    pooled = [item.lines["pooled_usd"].sum() for item in (one, two)]
    assert pooled[0] < pooled[1] < 2 * pooled[0]


def test_the_same_number_every_year_is_the_number(make):
    plain, by_year = make("150000 /yr", "80000 /yr"), make(dict.fromkeys(YEARS, "150000 /yr"), "80000 /yr")
    assert by_year.scenario_hash == plain.scenario_hash


def test_a_ramp_sells_as_many_packs_as_its_years(ramped):
    years = production(ramped)
    goes = ramped.packs[1]
    assert yearly_volumes(goes, years).tolist() == [120000, 200000, 120000, 40000, 0]
    by_hand = 120000 + 200000 / 1.08 + 120000 / 1.08**2 + 40000 / 1.08**3
    assert packs_discounted(goes, ramped) == pytest.approx(by_hand, rel=1e-12)
    assert goes.volume_per_yr == 96000


def test_prices_are_those_of_the_years_in_which_the_fleet_buys(ramped, make):
    sold = np.array([75 * 120, 75 * 200, 60 * 60 + 75 * 120, 60 * 150 + 75 * 40, 60 * 180])
    weights = sold / 1.08 ** np.arange(5)
    np.testing.assert_allclose(sale_years(ramped).weights / sale_years(ramped).weights.sum(), weights / weights.sum())
    plain = make("200000 /yr", "80000 /yr")
    assert sale_years(plain).weights.tolist() == production(plain).weights.tolist()


def test_the_fleet_of_a_ramp_costs_the_packs_sold(make):
    scenario = make(COMES, pooled="as_sized")
    result = optimize(scenario)
    per_pack = float(result.designs["lifecycle_cost_usd_per_pack"].iloc[0])
    wanted = per_pack * packs_discounted(scenario.packs[0], scenario) + 20e6
    assert result.lifecycle_cost_usd == pytest.approx(wanted, rel=1e-12)


def test_packs_of_one_shape_are_one_function_and_ramps_cost_more_than_steady_sales(make):
    """As many packs, but lines as large as the best year: the machines stand idle in the others."""
    ramp = make(dict(zip(YEARS, SAME_SHAPE, strict=True)))
    result = optimize(ramp)
    made = packs_discounted(ramp.packs[0], ramp)
    steady = float(production(ramp).weights.sum())
    even = optimize(make(f"{made / steady!r} /yr"))
    assert result.lines["as_sized_usd"].sum() == pytest.approx(even.lines["as_sized_usd"].sum(), rel=0.01)
    assert result.lines["capital_usd"].sum() > even.lines["capital_usd"].sum()


def test_cars_that_follow_each_other_share_what_is_built(make):
    """One car takes the place of the other: their common lines need hardly more than those of one."""
    first = dict(zip(YEARS, ["100000 /yr", "100000 /yr", "0 /yr", "0 /yr", "0 /yr"], strict=True))
    then = dict(zip(YEARS, ["0 /yr", "0 /yr", "100000 /yr", "100000 /yr", "100000 /yr"], strict=True))
    together = optimize(make(first, then)).lines["capital_usd"].sum()
    apart = sum(optimize(make(only)).lines["capital_usd"].sum() for only in (first, then))
    assert together < 0.8 * apart


def test_nearly_the_same_ramps_cost_nearly_the_same(make):
    same, other = (dict(zip(YEARS, SAME_SHAPE, strict=True)) for _ in range(2))
    other[2028] = "50001 /yr"
    one, two = optimize(make(same, same)), optimize(make(same, other))
    assert two.lifecycle_cost_usd == pytest.approx(one.lifecycle_cost_usd, rel=1e-5)
    assert replace(one, lines=two.lines).pooling_usd == pytest.approx(one.pooling_usd, rel=1e-3)
