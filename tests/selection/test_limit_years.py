"""Limits of a fleet whose packs are made more and less over the years: each year is judged by itself."""

from __future__ import annotations

import copy
import itertools
import re
from types import SimpleNamespace

import numpy as np
import pytest

import lcopt
from lcopt.errors import InfeasibleError
from lcopt.inputs.reader import read_scenario
from lcopt.selection.limit_years import limit_years

CELLS = {
    "iron": {"chemistry": "LFP-G (Energy)", "cell_capacity_ah": "92.5"},
    "nickel": {"chemistry": "NMC622-G (Energy)", "cell_capacity_ah": "80"},
}
UNITS = {"cell_capacity_ah": "Ah", "areal_capacity_mah_per_cm2": "mAh/cm2", "aspect_ratio": "1"}
CELL = {"technology_class": "standard", "areal_capacity_mah_per_cm2": "3.3", "aspect_ratio": "4.7"}
YEARS = (2028, 2029, 2030)
VOLUMES = {"early": (200_000, 100_000, 0), "late": (0, 60_000, 90_000)}
WORTH = [1.08**-year for year in range(3)]


@pytest.fixture(scope="module")
def make(compact_mapping, tmp_path_factory):
    """Two cars of two given cells: one is made in the first years, the other one in the last."""
    folder = tmp_path_factory.mktemp("own")
    values = [(name, *item) for name, own in CELLS.items() for item in (own | CELL).items()]
    rows = [f"{name},{key},{value},{UNITS.get(key, '')}" for name, key, value in values]
    (folder / "platforms.csv").write_text("\n".join(["platform,name,value,unit", *rows]) + "\n")

    def scenario(*limits, volumes=VOLUMES):
        mapping = copy.deepcopy(compact_mapping)
        car = {**mapping["packs"][0], "limits": {}}
        packs = [
            {**car, "name": name, "volume": {year: f"{number} /yr" for year, number in zip(YEARS, own, strict=True)}}
            for name, own in volumes.items()
        ]
        mapping["finance"] |= {"production_years": "3 yr", "discount_rate": "8 %"}
        search = {"platforms": list(CELLS), "platform_fixed_cost": "150 MUSD", "production_start": 2028}
        given = {
            "packs": packs,
            "search": search,
            "data": str(folder),
            "portfolio": {"limits": list(limits)} if limits else {},
        }
        return read_scenario({**mapping, **given})

    return scenario


@pytest.fixture(scope="module")
def offered(make):
    return lcopt.candidates(make())


def cheapest(offered, scenario, meets) -> float:
    """The lowest cost of all choices of one candidate a pack that meet a limit, by the costs of the free scenario."""
    numbers = offered.groupby(["pack", "given_platform"])["fleet_cost_usd"].idxmin()
    parts = [own.to_dict("records") for _, own in offered.loc[numbers].groupby("pack", sort=False)]
    chosen = [rows for rows in itertools.product(*parts) if meets(rows)]
    return min(lcopt.portfolio_cost(scenario, {row["pack"]: row["candidate"] for row in rows}) for rows in chosen)


def iron_gwh(rows, year: int) -> float:
    used = [row for row in rows if row["given_platform"] == "iron"]
    return sum(VOLUMES[row["pack"]][year] * row["pack_energy_kwh"] / 1e6 for row in used)


def share_of_iron(rows, year: int) -> float:
    whole = sum(VOLUMES[row["pack"]][year] * row["pack_energy_kwh"] / 1e6 for row in rows)
    return iron_gwh(rows, year) / whole


def every(judge, most):
    return lambda rows: all(judge(rows, year) <= most for year in range(3))


# Some 12 GWh of the early car in 2028, 6 of it and 4 of the late one in 2029, 6 of the late one in 2030.
CASES = {
    "a cap that only the first year reaches": ({"max": "10.5 GWh/yr"}, every(iron_gwh, 10.5)),
    "a cap below each car alone": ({"max": "5 GWh/yr"}, every(iron_gwh, 5)),
    "a cap that no year reaches": ({"max": "14 GWh/yr"}, lambda rows: True),
    "a share in every year": ({"share_max": "70 %"}, every(share_of_iron, 0.7)),
    "a floor in the year with most energy": ({"min": "8 GWh/yr"}, lambda rows: iron_gwh(rows, 0) >= 8),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_limit_equals_enumeration_year_by_year(make, offered, case):
    bounds, meets = CASES[case]
    result = lcopt.optimize(make({"quantity": "energy", "platform": "iron", **bounds}))
    assert result.lifecycle_cost_usd == pytest.approx(cheapest(offered, make(), meets), rel=1e-9)
    rows = [{**row, "given_platform": row["platform"].split(":")[0]} for row in result.designs.to_dict("records")]
    judge = share_of_iron if "share_max" in bounds else iron_gwh
    value = judge(rows, 0) if "min" in bounds else max(judge(rows, year) for year in range(3))
    assert result.fleet_limits["value"].tolist() == pytest.approx([value], rel=1e-9)
    assert result.fleet_limits["met"].all()


def test_a_limit_with_a_price_pays_in_each_year_for_what_it_misses(make):
    cap = {"quantity": "energy", "platform": list(CELLS), "max": "7 GWh/yr", "relaxation": "0.1 USD/kWh"}
    result = lcopt.optimize(make(cap))
    energy = dict(zip(result.designs["pack"], result.designs["pack_energy_kwh"], strict=True))
    made = [sum(VOLUMES[name][year] * energy[name] for name in VOLUMES) for year in range(3)]
    missed = [max(kwh - 7e6, 0.0) * 0.1 * worth for kwh, worth in zip(made, WORTH, strict=True)]
    assert sum(usd > 0 for usd in missed) >= 2
    assert result.missed_usd == pytest.approx(sum(missed), rel=1e-9)
    assert result.cost["present_value_usd"].sum() == pytest.approx(result.lifecycle_cost_usd, rel=1e-9)


def test_a_limit_that_no_choice_meets_is_told_once_for_all_its_years(make):
    limits = ({"quantity": "energy", "platform": list(CELLS), "max": "7 GWh/yr"},)
    with pytest.raises(InfeasibleError) as raised:
        lcopt.optimize(make(*limits))
    (conflict,) = raised.value.diagnosis.conflicts
    assert conflict == ("energy of iron, nickel at most 7 GWh/yr",)
    (relaxation,) = raised.value.diagnosis.relaxations
    assert 11 < relaxation.limits[0].reached < 13
    assert re.search(r"It would do with energy of iron, nickel at most 1\d", str(raised.value))


def test_years_alike_are_one_and_count_together():
    tasks = [car((5.0, 5.0, 2.0)), car((1.0, 1.0, 3.0), pool=1.5)]
    found = limit_years(tasks, finance())
    assert [own.first for own in found] == [2028, 2030]
    np.testing.assert_allclose([own.made_per_yr for own in found], [[5, 1.5], [2, 4.5]])
    assert [own.worth for own in found] == pytest.approx([WORTH[0] + WORTH[1], WORTH[2]])


def car(volumes, pool=1.0):
    pack = SimpleNamespace(volume_by_year=tuple(zip(YEARS, volumes, strict=True)))
    return SimpleNamespace(pack=pack, terms=SimpleNamespace(ownership=SimpleNamespace(pool_factor=pool)))


def finance():
    return SimpleNamespace(
        search=SimpleNamespace(production_start_year=2028),
        finance=SimpleNamespace(production_years=3, discount_rate_frac=0.08),
    )
