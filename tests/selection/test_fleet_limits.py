"""Caps and floors of the fleet: each kind equals enumeration, and fleets without a choice are explained."""

from __future__ import annotations

import copy
import itertools
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from given_cells import write_cells

import lcopt
from lcopt.errors import InfeasibleError, LcoptError, SolverError
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.catalog_tables import CARBON
from lcopt.inputs.reader import read_scenario
from lcopt.report.answer import answer_text
from lcopt.result_building import scenario_catalog
from lcopt.selection.engineering import gather_engineering
from lcopt.selection.instance import exact_cost_usd, meets_rows
from lcopt.selection.metal_content import metals_kg
from lcopt.selection.portfolio import Portfolio, explore_packs, portfolio_instance, select
from lcopt.selection.proving import STOPPED, prove
from lcopt.selection.tasks import pack_task

CELLS = {
    "iron": ("LFP-G (Energy)", "3.3", "92.5"),
    "small_iron": ("LFP-G (Energy)", "3", "75"),
    "nickel": ("NMC622-G (Energy)", "3.3", "80"),
    "rich": ("NMC811-G (Energy)", "3.6", "100"),
}
COBALT, NICKEL_CELLS = "cobalt", ["nickel", "rich"]


@pytest.fixture(scope="module")
def mapping(compact_mapping, tmp_path_factory):
    """Two cars that can be built from four given cells, each car from three of them."""
    made = copy.deepcopy(compact_mapping)
    pack = {**made["packs"][0], "limits": {}}
    made["packs"] = [
        {**pack, "name": "city", "energy": "65 kWh", "power": "100 kW", "volume": "120000 /yr"},
        {**pack, "name": "suv", "energy": "72 kWh", "volume": "60000 /yr"},
    ]
    return {
        **made,
        "data": write_cells(tmp_path_factory.mktemp("cells"), CELLS),
        "search": {"platforms": list(CELLS), "heaters": "none"},
    }


@pytest.fixture(scope="module")
def with_portfolio(mapping):
    def make(*limits: dict, **keys) -> lcopt.Scenario:
        block = {**keys, **({"limits": list(limits)} if limits else {})}
        return read_scenario({**copy.deepcopy(mapping), "portfolio": block})

    return make


@dataclass(frozen=True)
class Market:
    """The portfolio without limits, its candidates and the cobalt in the pack of each."""

    scenario: lcopt.Scenario
    portfolio: Portfolio
    found: pd.DataFrame
    cobalt_kg: list[float]


def engineered(scenario):
    return gather_engineering(scenario, scenario_catalog(scenario))


@pytest.fixture(scope="module")
def market(with_portfolio):
    free = with_portfolio()
    engineering = engineered(with_portfolio({"quantity": COBALT, "max": "1 kt/yr"}))
    catalog = scenario_catalog(free)
    portfolio = explore_packs([pack_task(pack, free, catalog, engineering) for pack in free.packs], engineering)
    found = lcopt.candidates(free).reset_index(drop=True)
    cobalt = [metals_kg(one, np.flatnonzero(one.feasible), engineering)[COBALT] for one in portfolio.explored]
    return Market(free, portfolio, found, np.concatenate(cobalt).tolist())


def choices(found):
    """Every combination of a candidate a pack, as rows of the table."""
    groups = [list(rows.index) for _, rows in found.groupby("pack", sort=False)]
    return list(itertools.product(*groups))


def pair_of(instance, found):
    """The pair of the instance that each row of the table of candidates is."""
    pairs = zip(instance.pairs.pack.tolist(), instance.pairs.candidate.tolist(), strict=True)
    place = {key: number for number, key in enumerate(pairs)}
    return np.array([place[instance.pack_names.index(row.pack), row.candidate] for row in found.itertuples()])


def named(found, choice) -> dict[str, int]:
    return {found["pack"][row]: int(found["candidate"][row]) for row in choice}


MAKING_KG_PER_KWH = {
    row.keys["chemistry"]: row.value for row in packaged_catalog().table("chemistry_families").select(name=CARBON)
}
VOLUME = {"city": 120_000.0, "suv": 60_000.0}


def gwh(found, row) -> float:
    return VOLUME[found["pack"][row]] * found["pack_energy_kwh"][row] / 1e6


def carbon_kt(found, choice) -> float:
    return sum(gwh(found, row) * MAKING_KG_PER_KWH[found["chemistry"][row]] for row in choice)


def energy_of(found, choice, cells) -> float:
    return sum(gwh(found, row) for row in choice if found["given_platform"][row] in cells)


# Limit -> whether a choice meets it, computed anew from the table of candidates.
CASES = {
    "a cap on cobalt": (
        {"quantity": COBALT, "max": "900 t/yr"},
        lambda f, c, kg: sum(VOLUME[f["pack"][r]] * kg[r] for r in c) / 1000 <= 900,
    ),
    "a floor of cobalt": (
        {"quantity": COBALT, "min": "500000 kg/yr"},
        lambda f, c, kg: sum(VOLUME[f["pack"][r]] * kg[r] for r in c) / 1000 >= 500,
    ),
    "recycled content": (
        {"quantity": COBALT, "recycled_min": "16 %", "recycled_supply": "100 t/yr"},
        lambda f, c, kg: 0.16 * sum(VOLUME[f["pack"][r]] * kg[r] for r in c) / 1000 <= 100,
    ),
    "a plant of one chemistry": (
        {"quantity": "energy", "chemistry": "LFP-G (Energy)", "max": "9 GWh/yr"},
        lambda f, c, kg: energy_of(f, c, ("iron", "small_iron")) <= 9,
    ),
    "a plant of an architecture": (
        {"quantity": "energy", "architecture": ["module"], "max": "12.5 GWh/yr"},
        lambda f, c, kg: sum(gwh(f, r) for r in c) <= 12.5,
    ),
    "a share of a supplier": (
        {"quantity": "energy", "platform": NICKEL_CELLS, "share_min": "30 %", "share_max": "50 %"},
        lambda f, c, kg: 0.3 <= energy_of(f, c, NICKEL_CELLS) / sum(gwh(f, r) for r in c) <= 0.5,
    ),
    "packs with a cell": (
        {"quantity": "packs", "platform": "iron", "max": "100000 /yr"},
        lambda f, c, kg: sum(VOLUME[f["pack"][r]] for r in c if f["given_platform"][r] == "iron") <= 100_000,
    ),
    "a share of packs": (
        {"quantity": "packs", "platform": "iron", "share_max": "50 %"},
        lambda f, c, kg: sum(VOLUME[f["pack"][r]] for r in c if f["given_platform"][r] == "iron") <= 90_000,
    ),
    "a cap on the mean carbon of making": (
        {"quantity": "carbon", "max": "60 kg/kWh"},
        lambda f, c, kg: carbon_kt(f, c) <= 0.060 * sum(gwh(f, r) for r in c) * 1000,
    ),
    "a cap on the carbon of making": (
        {"quantity": "carbon", "max": "750 kt/yr"},
        lambda f, c, kg: carbon_kt(f, c) <= 750,
    ),
    "two platforms": (
        {"quantity": "platforms", "min": 2},
        lambda f, c, kg: len({f["platform"][r] for r in c}) >= 2,
    ),
    "no platform of iron": (
        {"quantity": "platforms", "chemistry": "LFP-G (Energy)", "max": 0},
        lambda f, c, kg: not any("iron" in f["given_platform"][r] for r in c),
    ),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_limit_of_the_fleet_equals_enumeration(with_portfolio, market, case):
    limit, meets = CASES[case]
    engineering = engineered(with_portfolio(limit))
    instance = portfolio_instance(market.portfolio, engineering)
    every = choices(market.found)
    good = [choice for choice in every if meets(market.found, choice, market.cobalt_kg)]
    assert 0 < len(good) < len(every)
    pair = pair_of(instance, market.found)
    assert [choice for choice in every if meets_rows(instance, pair[list(choice)])] == good
    selection = select(market.portfolio, engineering, None, 60.0)
    best = min(float(exact_cost_usd(instance, pair[list(choice)])) for choice in good)
    assert selection.certificate.lifecycle_cost_usd == pytest.approx(best, rel=1e-9)


def test_candidates_and_their_costs_agree_with_the_optimum_under_a_limit(with_portfolio, market):
    """The limit bites, and a choice that misses it has no cost but the limit and by how much it is missed."""
    limit, meets = CASES["a share of a supplier"]
    limited, found = with_portfolio(limit), market.found
    ranked = sorted(choices(found), key=lambda choice: sum(found["fleet_cost_usd"][row] for row in choice))
    first = next(choice for choice in ranked if meets(found, choice, market.cobalt_kg))
    result = lcopt.optimize(limited)
    assert result.lifecycle_cost_usd <= lcopt.portfolio_cost(limited, named(found, first)) * (1 + 1e-9)
    assert result.cost["present_value_usd"].sum() == pytest.approx(result.lifecycle_cost_usd, rel=1e-9)
    assert result.fleet_limits["met"].all()
    assert result.lifecycle_cost_usd > lcopt.optimize(market.scenario).lifecycle_cost_usd
    says = r"share of nickel, rich in the energy of the fleet at least 30 %: 0 %, missed by 30 %"
    with pytest.raises(LcoptError, match=says):
        lcopt.portfolio_cost(limited, named(found, ranked[0]))


def test_a_limit_with_a_price_is_missed_where_that_is_cheaper(with_portfolio, market):
    cap = {"quantity": "carbon", "max": "1 t/yr"}
    cheap = lcopt.optimize(with_portfolio({**cap, "relaxation": "0.001 USD/t"}))
    free = lcopt.optimize(market.scenario)
    missed = cheap.fleet_limits.iloc[0]
    assert not missed["met"]
    years = sum(1.08**-year for year in range(5))
    assert cheap.missed_usd == pytest.approx((missed["value"] - 1) * 0.001 * years, rel=1e-9)
    assert cheap.lifecycle_cost_usd == pytest.approx(free.lifecycle_cost_usd + cheap.missed_usd, rel=1e-12)
    assert cheap.cost["present_value_usd"].sum() == pytest.approx(cheap.lifecycle_cost_usd, rel=1e-9)


def test_a_built_platform_costs_nothing_more_and_draws_packs(with_portfolio, market):
    free = lcopt.optimize(market.scenario)
    (iron,) = {label.partition(":")[0] for label in free.designs["platform"]}
    built = lcopt.optimize(with_portfolio(built=[iron]))
    assert built.lifecycle_cost_usd == pytest.approx(free.lifecycle_cost_usd - 150e6, rel=1e-9)
    assert (built.designs["platform_cost_usd_per_pack"] == 0).all()
    assert built.cost["present_value_usd"].sum() == pytest.approx(built.lifecycle_cost_usd, rel=1e-9)
    dear = lcopt.optimize(with_portfolio(platform_costs={iron: "250 MUSD"}))
    assert dear.lifecycle_cost_usd <= free.lifecycle_cost_usd + 100e6 * (1 + 1e-9)
    assert dear.cost["present_value_usd"].sum() == pytest.approx(dear.lifecycle_cost_usd, rel=1e-9)


# --- fleets without a choice ----------------------------------------------------------------------------------------

IMPOSSIBLE = (
    {"quantity": "energy", "platform": NICKEL_CELLS, "share_min": "30 %"},
    {"quantity": COBALT, "max": "100 t/yr"},
)


def explained(with_portfolio, market, *limits, platforms_max=None):
    engineering = engineered(with_portfolio(*limits))
    with pytest.raises(InfeasibleError) as raised:
        select(market.portfolio, engineering, platforms_max, 60.0)
    return raised.value


def test_limits_that_conflict_are_named_with_the_smallest_relaxation_of_each(with_portfolio, market):
    error = explained(with_portfolio, market, *IMPOSSIBLE)
    share, cobalt = "share of nickel, rich in the energy of the fleet at least 30 %", "cobalt at most 100 t/yr"
    assert error.diagnosis.conflicts == ((share, cobalt),)
    lines = str(error).splitlines()
    assert lines[0].startswith("every pack (city, suv) has designs within its own limits, but no choice meets all")
    assert lines[1] == f"  cannot be met together: {share}; {cobalt}"
    assert lines[2].startswith(
        "  It would do with share of nickel, rich in the energy of the fleet at least 0 % (asked: 30 %)"
    )
    assert lines[3].startswith("  It would do with cobalt at most ")
    assert " (asked: 100 t/yr): city with " in lines[3]
    assert lines[4].startswith("  The nearest miss: cobalt at most ")
    assert len(lines) == 5


@pytest.mark.parametrize(
    "limits",
    [
        IMPOSSIBLE,
        ({"quantity": "energy", "platform": NICKEL_CELLS, "share_min": "20 %", "share_max": "25 %"},),
        ({"quantity": "carbon", "max": "20 kg/kWh"},),
        ({"quantity": COBALT, "recycled_min": "16 %", "recycled_supply": "1 t/yr"}, IMPOSSIBLE[0]),
    ],
)
def test_every_relaxation_that_is_named_admits_a_choice_and_a_little_less_does_not(with_portfolio, market, limits):
    error = explained(with_portfolio, market, *limits)
    asked = with_portfolio(*limits).portfolio.limits
    for relaxation in error.diagnosis.relaxations:
        reached = {way.label: way.reached for way in relaxation.limits}
        for less in (0.0, 0.01):
            bounds = [reached.get(limit.label, limit.bound) for limit in asked]
            eased = [
                replace(limit, bound=bound + less * (limit.bound - bound))
                for limit, bound in zip(asked, bounds, strict=True)
            ]
            scenario = market.scenario
            scenario = replace(scenario, portfolio=replace(scenario.portfolio, limits=tuple(eased)))
            if less and len(relaxation.limits) == 1:
                with pytest.raises(InfeasibleError):
                    select(market.portfolio, engineered(scenario), None, 60.0)
            elif not less:
                assert select(market.portfolio, engineered(scenario), None, 60.0).certificate.proven


def test_a_cap_on_platforms_takes_part_in_a_conflict(with_portfolio, market):
    error = explained(with_portfolio, market, {"quantity": "platforms", "min": 2}, platforms_max=1)
    (conflict,) = error.diagnosis.conflicts
    assert set(conflict) == {"platforms_max", "cell platforms at least 2"}
    assert "It would do with search.platforms_max 2 (asked: 1)" in str(error)


# --- stopped early --------------------------------------------------------------------------------------------------


def test_a_choice_without_a_proof_is_returned_with_its_gap(with_portfolio, monkeypatch):
    def stopped(instance, **options):
        proof = prove(instance, **options)
        return replace(proof, proven=False, status=STOPPED, lower_bound_usd=0.9 * proof.cost_usd)

    monkeypatch.setattr("lcopt.selection.portfolio.prove", stopped)
    result = lcopt.optimize(with_portfolio())
    assert result.status == "stopped"
    assert result.gap_frac == pytest.approx(0.1)
    text = answer_text(result)
    assert "proof      STOPPED before it: another choice among" in text
    assert "may be cheaper by up to 10 %" in text


def test_no_choice_at_all_is_an_error(with_portfolio, monkeypatch):
    def stopped(instance, **options):
        return replace(prove(instance, **options), proven=False, status=STOPPED, chosen=np.empty(0, dtype=np.int64))

    monkeypatch.setattr("lcopt.selection.portfolio.prove", stopped)
    with pytest.raises(SolverError, match="before any choice was found"):
        lcopt.optimize(with_portfolio())


def test_the_gap_of_the_scenario_ends_the_proof(with_portfolio, monkeypatch):
    asked = []

    def noted(instance, **options):
        asked.append(options["gap"])
        return prove(instance, **options)

    monkeypatch.setattr("lcopt.selection.portfolio.prove", noted)
    lcopt.optimize(with_portfolio(gap_max="1 %"))
    assert asked == [0.01]
