"""From a proven choice to its result, and the same designs at other prices."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray
from lcopt.inputs.catalog import Catalog, packaged_catalog
from lcopt.inputs.price_overrides import read_price_overrides
from lcopt.inputs.scenario import Scenario
from lcopt.result import (
    LIMITS,
    LINES,
    OPTIMAL,
    PLATFORMS,
    REPRICED,
    STOPPED,
    PackChoice,
    RankedTables,
    Result,
    chosen_of,
)
from lcopt.result_fleet import fleet_limits_table
from lcopt.result_life import aging_table, life_table
from lcopt.result_lines import lines_table
from lcopt.result_ownership import missed_models, offer_of, ownership_tables
from lcopt.result_portfolio import no_portfolio_tables, portfolio_tables
from lcopt.result_prices import PriceComparison, no_comparison
from lcopt.result_reasons import FLEET_AT_RISK, FLEET_FIRST, NOT_CHOSEN_AGAIN, with_reasons
from lcopt.result_recycling import recycling_table
from lcopt.result_risk import PRICE_RISK, price_risk_table, price_risk_usd
from lcopt.result_space import space_table
from lcopt.result_tables import (
    Detailed,
    bill_table,
    cash_flow_table,
    designs_table,
    lifecycle_input_table,
    limits_table,
    manufacturing_table,
    mass_table,
    pack_cost_table,
    present_value_table,
    with_platform_cost,
)
from lcopt.result_trade import front_table, safety_table, turning_table
from lcopt.result_words import out_of_reach_table, platform_labels, warnings_of
from lcopt.selection.alternatives import rank_alternatives
from lcopt.selection.certificate import Certificate, over_all
from lcopt.selection.choice import cheapest_model
from lcopt.selection.engineering import Engineering, gather_engineering
from lcopt.selection.evaluation import evaluate
from lcopt.selection.platform_costs import fixed_costs_usd
from lcopt.selection.portfolio import Selection
from lcopt.selection.quotes import is_made
from lcopt.selection.space import Candidates
from lcopt.selection.tasks import PackTask, pack_task


def build_result(
    selections: Mapping[str, Selection],
    engineering: Engineering,
    catalog: Catalog,
    price_comparison: PriceComparison,
    jobs: int,
) -> Result:
    """Rank, detail and explain the designs of the cheapest of some selections, each of a business model."""
    chosen = cheapest_model(selections)
    selection, scenario = selections[chosen], engineering.scenario
    searches = {id(item): item.certificate for item in selections.values()}
    certificate = over_all(selection.certificate, list(searches.values()))
    explored = selection.portfolio.explored
    choices = tuple(_choice(selection, number, engineering) for number in range(len(explored)))
    tasks = [one.task for one in explored]
    details = _details(tasks, choices, engineering)
    kept = FLEET_FIRST if scenario.portfolio.risk is None else FLEET_AT_RISK
    ranked = _ranked(details, tasks, choices, engineering, kept)
    lines = lines_table(selection.lines)
    cost = _fleet_cost(ranked.present_values, tasks, choices, engineering, lines, selection.missed_usd)
    risk, cost = _under_risk(cost, details, engineering)
    portfolio = portfolio_tables(selection, engineering, jobs)
    offers = tuple(offer_of(item, model, engineering, is_chosen=model == chosen) for model, item in selections.items())
    ownership, party_cash_flow = ownership_tables(offers, engineering, catalog)
    return Result(
        scenario=scenario,
        catalog=catalog,
        status=OPTIMAL if certificate.proven else STOPPED,
        warnings=(
            *warnings_of(explored, [item.alternatives for item in choices], ranked.designs, engineering, catalog),
            *missed_models(list(selections), scenario),
            *portfolio.notes,
        ),
        ranked=ranked,
        cost=cost,
        out_of_reach=out_of_reach_table(explored, engineering),
        safety=_safety(tasks, choices, engineering),
        turning_points=turning_table(explored, engineering),
        front=front_table(explored, engineering),
        design_space=space_table(
            explored, selection.portfolio.platform, [item.alternatives for item in choices], engineering
        ),
        life=life_table(details),
        aging=aging_table(details),
        ownership=ownership,
        party_cash_flow=party_cash_flow,
        price_comparison=price_comparison,
        fleet_limits=fleet_limits_table(selection.limits),
        price_risk=risk,
        portfolio=portfolio,
        lines=lines,
        missed_usd=selection.missed_usd,
        lifecycle_cost_usd=certificate.lifecycle_cost_usd,
        lower_bound_usd=certificate.lower_bound_usd,
        gap_frac=certificate.gap_frac,
        candidates_count=certificate.candidates_count,
        feasible_count=certificate.feasible_count,
        pruned_count=certificate.pairs_count - certificate.solved_pairs_count,
        rounds_count=certificate.rounds,
        solver={"name": certificate.solver, "status": certificate.status},
        provenance=_provenance(scenario, catalog, certificate) | {"rounds": selection.proof.rounds},
        choice=choices,
        offers=offers,
    )


def recost(result: Result, price_overrides: Mapping[str, float | str]) -> Result:
    """The same designs at other material prices; nothing is chosen again.

    Parameters
    ----------
    result : Result
    price_overrides : mapping
        Price item -> price as text with its unit (`"5.2 USD/kg"`) or as a number in the item's catalog unit, in
        dollars of the scenario's price year; beside the overrides that the scenario has already.

    Returns
    -------
    Result
        With status `repriced`, without bound and gap.

    Raises
    ------
    ScenarioError
        Where an item is not in the catalog or a price is none.
    """
    overrides = {**result.scenario.price_overrides, **read_price_overrides(price_overrides, result.catalog)}
    scenario = replace(result.scenario, price_overrides=overrides)
    engineering = gather_engineering(scenario, result.catalog)
    under = scenario.with_model(result.ownership_model)
    tasks = [pack_task(pack, under, result.catalog, engineering) for pack in scenario.packs]
    details = _details(tasks, result.choice, engineering)
    ranked = _ranked(details, tasks, result.choice, engineering, NOT_CHOSEN_AGAIN)
    # The work on the lines does not depend on the prices of materials.
    cost = _fleet_cost(ranked.present_values, tasks, result.choice, engineering, result.lines, result.missed_usd)
    risk, cost = _under_risk(cost, details, engineering)
    ownership, party_cash_flow = ownership_tables(result.offers, engineering, result.catalog)
    return replace(
        result,
        scenario=scenario,
        status=REPRICED,
        warnings=(),
        ranked=ranked,
        cost=cost,
        safety=_safety(tasks, result.choice, engineering),
        turning_points=result.turning_points.head(0),
        front=result.front.head(0),
        design_space=result.design_space.head(0),
        ownership=ownership,
        party_cash_flow=party_cash_flow,
        price_comparison=no_comparison(),
        price_risk=risk,
        portfolio=no_portfolio_tables(),
        lifecycle_cost_usd=float(cost["present_value_usd"].sum()),
        lower_bound_usd=float("nan"),
        gap_frac=float("nan"),
    )


def scenario_catalog(scenario: Scenario) -> Catalog:
    """The packaged catalog with the rows and prices of parts that the scenario replaces, in its dollars.

    Raises
    ------
    TypeError
        Where the scenario has not been read yet, a path for example.
    """
    if not isinstance(scenario, Scenario):
        message = f"found a {type(scenario).__name__}, expected a Scenario: read it with lcopt.read_scenario"
        raise TypeError(message)
    catalog = packaged_catalog().with_rows(scenario.replaced_rows).in_price_year(scenario.finance.price_year)
    return catalog.with_parts_at(scenario.plant.parts_price_factor)


def _choice(selection: Selection, number: int, engineering: Engineering) -> PackChoice:
    explored, chosen = selection.portfolio.explored[number], selection.chosen[number]
    alternatives = rank_alternatives(explored, chosen, engineering)
    index = np.array([item.candidate for item in alternatives])
    platforms = explored.candidates.platforms.take(index)
    return PackChoice(
        alternatives=alternatives,
        labels=platform_labels(platforms, engineering),
        platforms=platforms,
        counts=explored.candidates.counts.take(index),
        is_new_platform=bool(is_made(platforms)[0]) and selection.platform[number] not in selection.platform[:number],
    )


def _safety(tasks: list[PackTask], choices: tuple[PackChoice, ...], engineering: Engineering) -> pd.DataFrame:
    families = [np.zeros(len(item.counts), dtype=np.int64) for item in choices]
    designs = [Candidates(item.platforms, item.counts, family) for item, family in zip(choices, families, strict=True)]
    return safety_table(tasks, designs, engineering)


def _details(tasks: list[PackTask], choices: tuple[PackChoice, ...], engineering: Engineering) -> list[Detailed]:
    return [part for task, item in zip(tasks, choices, strict=True) for part in _detailed(task, item, engineering)]


def _ranked(
    details: list[Detailed],
    tasks: list[PackTask],
    choices: tuple[PackChoice, ...],
    engineering: Engineering,
    kept: str,
) -> RankedTables:
    makers: dict[str, Callable[[Detailed], pd.DataFrame]] = {
        "designs": designs_table,
        "bill_of_materials": bill_table,
        "manufacturing": manufacturing_table,
        "pack_cost": pack_cost_table,
        "present_values": present_value_table,
        "cash_flow": cash_flow_table,
        "mass": mass_table,
        "limits": limits_table,
        "lifecycle_inputs": lifecycle_input_table,
        "recycling": recycling_table,
    }
    tables = {
        item.name: _in_order([makers[item.name](detailed) for detailed in details], tasks)
        for item in fields(RankedTables)
    }
    packs = {task.pack.name: task.packs_discounted for task in tasks}
    # Designs stand pack by pack and rank by rank, as the choices do.
    fixed = np.concatenate([_fixed_usd(item, engineering) for item in choices])
    designs = with_platform_cost(tables.pop("designs"), packs, fixed)
    return RankedTables(designs=with_reasons(designs, tables["present_values"], kept), **tables)


def _detailed(task: PackTask, choice: PackChoice, engineering: Engineering) -> list[Detailed]:
    """The ranked designs of one pack, format by format."""
    formats = choice.platforms.cell_format
    groups = [np.flatnonzero(formats == number) for number in dict.fromkeys(formats.tolist())]
    evaluations = [evaluate(task, choice.platforms.take(g), choice.counts.take(g), engineering) for g in groups]
    chosen_cost = float(evaluations[0].lifecycle.lifecycle_cost_usd[0])
    return [
        Detailed(
            task,
            engineering,
            tuple(choice.alternatives[number] for number in group),
            tuple(choice.labels[number] for number in group),
            chosen_cost,
            evaluation,
        )
        for group, evaluation in zip(groups, evaluations, strict=True)
    ]


def _in_order(parts: list[pd.DataFrame], tasks: list[PackTask]) -> pd.DataFrame:
    """Parts of one table below each other, pack by pack and rank by rank."""
    table = pd.concat(parts, ignore_index=True)
    place = {task.pack.name: number for number, task in enumerate(tasks)}
    order = table["pack"].map(place) * (table["rank"].max() + 1) + table["rank"]
    in_order: pd.DataFrame = table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
    return in_order


def _fleet_cost(
    present_values: pd.DataFrame,
    tasks: list[PackTask],
    choices: tuple[PackChoice, ...],
    engineering: Engineering,
    lines: pd.DataFrame,
    missed_usd: float,
) -> pd.DataFrame:
    chosen = chosen_of(present_values)
    packs = {task.pack.name: task.packs_discounted for task in tasks}
    cost = chosen[["pack", "component"]].copy()
    cost["present_value_usd"] = chosen["present_value_usd_per_pack"] * chosen["pack"].map(packs)
    fixed = sum(float(_fixed_usd(item, engineering)[0]) for item in choices if item.is_new_platform)
    parts = [cost, _line(PLATFORMS, "platform_fixed_cost", fixed)]
    if engineering.pooled is not None:
        parts.append(_line(LINES, "pooled_volumes", float(lines["difference_usd"].sum())))
    if any(limit.is_soft for limit in engineering.scenario.portfolio.limits):
        parts.append(_line(LIMITS, "missed_limits", missed_usd))
    return pd.concat(parts, ignore_index=True)


def _fixed_usd(choice: PackChoice, engineering: Engineering) -> FloatArray:
    """Fixed cost of the cell of every ranked design."""
    return fixed_costs_usd(choice.platforms, engineering)


def _under_risk(
    cost: pd.DataFrame, details: list[Detailed], engineering: Engineering
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of the risk of prices, and the fleet cost with its line; none where prices are certain."""
    certain_usd = float(cost["present_value_usd"].sum())
    table = price_risk_table(details, engineering, certain_usd)
    if not len(table):
        return table, cost
    line = _line(PRICE_RISK, "price_risk", price_risk_usd(table, certain_usd))
    return table, pd.concat([cost, line], ignore_index=True)


def _line(pack: str, component: str, usd: float) -> pd.DataFrame:
    return pd.DataFrame({"pack": [pack], "component": [component], "present_value_usd": [usd]})


def _provenance(scenario: Scenario, catalog: Catalog, certificate: Certificate) -> dict[str, Any]:
    return {
        "scenario_hash": scenario.scenario_hash,
        "data_hash": catalog.data_hash,
        "lcopt_version": importlib.metadata.version("lcopt"),
        "solver": certificate.solver,
        "solver_status": certificate.status,
        "pairs": certificate.pairs_count,
        "pairs_solved": certificate.solved_pairs_count,
        "rounds": certificate.rounds,
        "gap_max_frac": scenario.portfolio.gap_max_frac,
        "price_year": catalog.price_year,
        "conventions": "lcopt",
    }
