"""A result without an optimizer: small invented designs, costed by the plain sums below and the lifecycle case.

It has the shape of a real Result, so the workbook can be tested for scenarios that no shipped file covers
(replacement on the day, residual rules, downtime, several packs) in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pandas as pd

from lcopt.cost.price_chain import item_prices
from lcopt.cost.sale_years import sale_years
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Pack, Scenario
from lcopt.lifecycle_cases import lifecycle_case
from lcopt.result_fleet import COLUMNS as FLEET_COLUMNS
from lcopt.result_lines import lines_table
from lcopt.result_portfolio import PortfolioTables, no_portfolio_tables
from lcopt.result_prices import PriceComparison, no_comparison
from lcopt.result_reasons import FLEET_FIRST, with_reasons
from lcopt.result_recycling import COLUMNS
from lcopt.result_risk import COLUMNS as RISK_COLUMNS

CHEMISTRIES = ("LFP-G (Energy)", "NMC811-G (Energy)", "NMC622-G (Energy)")
ACTIVE = {"LFP-G (Energy)": "lfp_cathode", "NMC811-G (Energy)": "nmc811_cathode", "NMC622-G (Energy)": "nmc622_cathode"}
STEPS = (("positive_mixing", "electrode_processing", 4e5, 150.0, 9e3), ("module_assembly", "module", 2e5, 80.0, 3e4))
PACKS_PER_YR = 4.5e5
BOUGHT = ("purchase", "replacement")


@dataclass(frozen=True)
class MadeResult:
    """What the report reads of a Result."""

    scenario: Scenario
    catalog: Catalog
    status: str
    warnings: tuple[str, ...]
    ranked: SimpleNamespace
    alternatives: pd.DataFrame
    cost: pd.DataFrame
    out_of_reach: pd.DataFrame
    safety: pd.DataFrame
    life: pd.DataFrame
    aging: pd.DataFrame
    turning_points: pd.DataFrame
    front: pd.DataFrame
    ownership: pd.DataFrame
    party_cash_flow: pd.DataFrame
    price_comparison: PriceComparison
    price_risk: pd.DataFrame
    portfolio: PortfolioTables
    lines: pd.DataFrame
    lifecycle_cost_usd: float
    lower_bound_usd: float
    gap_frac: float
    candidates_count: int
    feasible_count: int
    pruned_count: int
    rounds_count: int
    fleet_limits: pd.DataFrame
    solver: dict[str, str]
    provenance: dict[str, Any]

    @property
    def ownership_model(self) -> str:
        """The first model of the scenario."""
        return self.scenario.ownership.models[0]

    @property
    def designs(self) -> pd.DataFrame:
        """The chosen designs."""
        return self.alternatives[self.alternatives["rank"] == 0].reset_index(drop=True)

    @property
    def cash_flow(self) -> pd.DataFrame:
        """Of the chosen designs, inflow +."""
        rows = [
            {"pack": row["pack"], "rank": 0, "year": year, "component": component, "cash_flow_usd": usd}
            for row in _chosen_rows(self.alternatives)
            for component, flow in lifecycle_case(row["case"])["cash_flow_by_component_usd"].items()
            for year, usd in enumerate(flow)
        ]
        return pd.DataFrame(rows)

    @property
    def by_platform_count(self) -> pd.DataFrame:
        """Of the answers around the optimum."""
        return self.portfolio.by_platform_count

    @property
    def strategies(self) -> pd.DataFrame:
        """Of the answers around the optimum."""
        return self.portfolio.strategies


def made_result(
    scenario: Scenario, catalog: Catalog, *, designs: int = 12, overrides: dict[str, float] | None = None
) -> MadeResult:
    """`designs` designs a pack; `overrides` replace prices as `lcopt.recost` would, ranks stay."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for number, pack in enumerate(scenario.packs):
        made = [_design(scenario, catalog, pack, number, index, overrides or {}) for index in range(designs)]
        plain = [_design(scenario, catalog, pack, number, index, {}) for index in range(designs)]
        order = sorted(range(designs), key=lambda index: plain[index]["lcc"])
        for rank, index in enumerate(order):
            _add(tables, pack.name, rank, made[index])
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()} | {"recycling": pd.DataFrame(columns=COLUMNS)}
    alternatives = with_reasons(frames.pop("alternatives"), frames["present_values"], FLEET_FIRST)
    cost, total = _portfolio(scenario, alternatives, frames["present_values"])
    ownership, party_cash_flow = _ownership(scenario, catalog, alternatives)
    missed = {"pack": scenario.packs[0].name, "chemistry": "LFP-G (Power)", "limit": "specific energy"}
    return MadeResult(
        scenario=scenario,
        catalog=catalog,
        status="optimal",
        warnings=("made for tests",),
        ranked=SimpleNamespace(**frames),
        alternatives=alternatives,
        cost=cost,
        out_of_reach=pd.DataFrame([missed | {"value": 126.5, "sense": ">=", "limit_value": 135.0, "unit": "Wh/kg"}]),
        safety=_safety(alternatives),
        life=_life(scenario, alternatives),
        aging=_aging(scenario, alternatives),
        turning_points=_turning_points(alternatives),
        front=_front(alternatives),
        ownership=ownership,
        party_cash_flow=party_cash_flow,
        price_comparison=no_comparison(),
        price_risk=pd.DataFrame(columns=list(RISK_COLUMNS)),
        portfolio=no_portfolio_tables(),
        lines=lines_table([]),
        lifecycle_cost_usd=total,
        lower_bound_usd=total,
        gap_frac=0.0,
        candidates_count=123_456,
        feasible_count=23_456,
        pruned_count=23_000,
        rounds_count=2,
        fleet_limits=pd.DataFrame(columns=list(FLEET_COLUMNS)),
        solver={"name": "highs", "version": "1.15", "status": "optimal"},
        provenance={"scenario_hash": scenario.scenario_hash, "data_hash": catalog.data_hash, "options": {"threads": 1}},
    )


def prices_of(scenario: Scenario, catalog: Catalog) -> dict[str, float]:
    """What a scenario pays for materials over its years of sale: what its workbook keeps while other inputs change."""
    return item_prices(catalog, scenario.prices, scenario.price_overrides, sale_years(scenario))


def _design(
    scenario: Scenario, catalog: Catalog, pack: Pack, number: int, index: int, overrides: dict[str, float]
) -> dict[str, Any]:
    chemistry = CHEMISTRIES[index % len(CHEMISTRIES)]
    bill = _bill(scenario, catalog, pack, chemistry, index, overrides)
    items = _price(catalog, sum(row["cost_usd_per_pack"] for row in bill), index)
    price = sum(items.values())
    in_series = 100 + index
    energy_kwh = in_series * 2 * 90.0 * 3.6 * pack.energy_kwh / 60.0 / 1000.0
    parts = {"cells": energy_kwh * (5.6 if "LFP" in chemistry else 4.4), "jacket": 20.0 + index, "modules": 40.0}
    mass_kg = sum(parts.values())
    minutes = 15.0 + 0.3 * index
    cold = _cold(pack, minutes, index)
    share = pack.usage.cold_stops_frac
    mean = (1 - share) * minutes + share * cold["cold_charging_time_min"] if share else minutes
    case = _case(scenario, catalog, pack, chemistry, energy_kwh, mass_kg, price, mean)
    case |= _efficiencies_with_heat(pack, cold["cold_heat_kwh"])
    life = lifecycle_case(case)
    volume_l = energy_kwh * 3.0
    facts = {
        "case": case,
        "role": "next best",
        "platform": f"{chemistry} {index}",
        "chemistry": chemistry,
        "technology_class": "standard" if index % 2 else "super",
        "format": "pouch" if index % 3 else "46120",
        "architecture": "module" if index % 3 else "cell_to_pack",
        "cooling": "bottom_plate",
        "areal_capacity_mah_per_cm2": 3.0 + 0.05 * index,
        "cell_capacity_ah": 90.0 * pack.energy_kwh / 60.0,
        "cells_in_series_count": in_series,
        "cells_in_parallel_count": 2,
        "cells_per_module_count": 10 if index % 3 else 0,
        "modules_in_row_count": 5 if index % 3 else 0,
        "rows_of_modules_count": 4 if index % 3 else 0,
        "tiers_count": 1,
        "is_lying": 0,
        "pack_energy_kwh": energy_kwh,
        "pack_nominal_voltage_v": in_series * 3.6,
        "pack_power_kw": 150.0,
        "charging_time_min": minutes,
        **cold,
        "pack_mass_kg": mass_kg,
        "pack_volume_l": volume_l,
        "pack_specific_energy_wh_per_kg": 1000.0 * energy_kwh / mass_kg,
        "pack_energy_density_wh_per_l": 1000.0 * energy_kwh / volume_l,
        "pack_length_mm": 1500.0,
        "pack_width_mm": 1200.0,
        "pack_height_mm": 120.0,
        "cell_mass_g": 1900.0,
        "barrier_thickness_mm": 0.0,
        "propagation_margin_k": 20.0 - 10.0 * index,
        "purchase_price_usd_per_pack": price,
        "lifecycle_cost_usd_per_pack": life["lifecycle_cost_usd"],
        "levelized_usd_per_km": life["levelized_usd_per_km"],
        "levelized_usd_per_kwh": life["levelized_usd_per_kwh"],
        "annuity_usd_per_yr": life["annuity_usd_per_yr"],
        "pack_life_yr": life["pack_life_yr"],
        "cell_cost_usd_per_kwh": 55.0 + index,
        "break_even_cell_cost_usd_per_kwh": 55.0 - index,
        "penalty_usd_per_pack": 0.0,
        "borrows": "",
    }
    return {
        "facts": facts,
        "bill": bill,
        "price": items,
        "parts": parts,
        "life": life,
        "lcc": life["lifecycle_cost_usd"],
    }


def _cold(pack: Pack, minutes: float, index: int) -> dict[str, Any]:
    """Heater, cold stop and its heat; not a number where the scenario asks nothing of cold stops."""
    if pack.limits.cold_charging_time_max_min is None and not pack.usage.cold_stops_frac:
        return {"heater": "none", "cold_charging_time_min": float("nan"), "cold_heat_kwh": float("nan")}
    heater = ("ptc_12kw", "pulse_20kw", "none")[index % 3]
    heat_kwh = 0.0 if heater == "none" else 4.0 + 0.1 * index
    return {"heater": heater, "cold_charging_time_min": 1.6 * minutes + 5 * (index % 3), "cold_heat_kwh": heat_kwh}


def _efficiencies_with_heat(pack: Pack, heat_kwh: float) -> dict[str, float]:
    """Heat of cold stops as a worse efficiency of charging, a second way to count it."""
    usage = pack.usage
    if not usage.cold_stops_frac:
        return {}
    dc = usage.dc_share_frac
    heat = dc * usage.cold_stops_frac * heat_kwh / usage.session_energy_kwh
    if usage.preheat == "plug":
        return {"ac_efficiency_frac": usage.ac_efficiency_frac * (1 - dc) / (1 - dc + heat)}
    return {"dc_efficiency_frac": usage.dc_efficiency_frac * dc / (dc + heat)}


def _bill(
    scenario: Scenario, catalog: Catalog, pack: Pack, chemistry: str, index: int, overrides: dict[str, float]
) -> list[dict[str, Any]]:
    size = pack.energy_kwh / 60.0
    prices = prices_of(replace(scenario, price_overrides={**scenario.price_overrides, **overrides}), catalog)
    steel = catalog.table("hardware_prices").one(name="jacket_steel_usd_per_kg").value
    rows = [
        ("positive_active", "cell", ACTIVE[chemistry], (120.0 - index) * size, "kg", prices[ACTIVE[chemistry]]),
        ("negative_active", "cell", "graphite_anode", 65.0 * size, "kg", 1.15 * prices["graphite_anode"]),
        ("positive_foil", "cell", "aluminum_foil", 600.0 * size, "m2", prices["aluminum_foil"]),
        ("separator", "cell", "separator", 1300.0 * size, "m2", prices["separator"]),
        ("electrolyte", "cell", "electrolyte", 70.0 * size, "L", prices["electrolyte"]),
        ("jacket_steel", "pack", "jacket_steel_usd_per_kg", 12.0, "kg", steel),
        ("electronics", "pack", "", 1.0, "pack", 410.0 + 3.0 * index),
        ("modules", "module", "", 1.0, "module", 210.0),
    ]
    names = ("item", "level", "price_key", "quantity", "unit", "price_usd_per_unit")
    made = [dict(zip(names, row, strict=True)) for row in rows]
    return [row | {"cost_usd_per_pack": row["quantity"] * row["price_usd_per_unit"]} for row in made]


def _price(catalog: Catalog, materials: float, index: int) -> dict[str, float]:
    rate = {row.keys["name"]: row.value for row in catalog.table("cost_rates").rows}
    n = PACKS_PER_YR
    hours, capital, area = (sum(step[place] for step in STEPS) * (1 + 0.01 * index) for place in (2, 3, 4))
    building = rate["building_usd_per_m2"] * area
    labor = rate["labor_usd_per_h"] * hours / n
    worn = (
        rate["equipment_depreciation_frac_per_yr"] * capital * 1e6
        + rate["building_depreciation_frac_per_yr"] * building
    )
    worn /= n
    overhead = rate["overhead_of_labor_frac"] * labor + rate["overhead_of_depreciation_frac"] * worn
    office = (
        rate["administration_of_labor_frac"] * (labor + overhead) + rate["administration_of_depreciation_frac"] * worn
    )
    variable = materials + labor + overhead
    launch = rate["launch_of_materials_frac"] * materials + rate["launch_of_labor_frac"] * (labor + overhead)
    investment = (capital * 1e6 + building) / n + launch + rate["working_capital_frac"] * variable
    return {
        "materials": materials,
        "direct_labor": labor,
        "variable_overhead": overhead,
        "general_sales_administration": office,
        "depreciation": worn,
        "profit": rate["pack_profit_frac"] * investment,
        "ac_addition": 80.0,
    }


def _case(
    scenario: Scenario,
    catalog: Catalog,
    pack: Pack,
    chemistry: str,
    energy_kwh: float,
    mass_kg: float,
    price: float,
    minutes: float,
) -> dict[str, Any]:
    life, finance, usage = scenario.lifecycle, scenario.finance, pack.usage
    family = catalog.table("chemistry_families").one(chemistry=chemistry, name="family").text
    use_keys = (
        "distance_km_per_yr",
        "reference_pack_mass_kg",
        "mass_penalty_kwh_per_100km_per_100kg",
        "dc_share_frac",
        "ac_efficiency_frac",
        "dc_efficiency_frac",
        "ac_price_usd_per_kwh",
        "dc_price_usd_per_kwh",
        "energy_price_escalation_frac_per_yr",
        "soh_end_of_life_frac",
    )
    return {
        "lifecycle_case": 1,
        "pack_energy_kwh": energy_kwh,
        "pack_mass_kg": mass_kg,
        "pack_price_usd_per_kwh": price / energy_kwh,
        "pack_price_decline_frac_per_yr": life.pack_price_decline_frac_per_yr,
        "replacement_markup_frac": life.replacement_markup_frac,
        "reference_consumption_kwh_per_km": usage.consumption_kwh_per_km,
        **{key: getattr(usage, key) for key in use_keys},
        "inflation_frac_per_yr": finance.inflation_frac_per_yr,
        "discount_rate_frac": finance.discount_rate_frac,
        "horizon_yr": finance.horizon_yr,
        "flow_timing": finance.flow_timing,
        "fade": {"law": "linear", "fade_frac_per_yr": _fade(chemistry)},
        "replacement_rule": life.replacement_rule,
        "residual_rule": life.residual_rule,
        "recycling_value_usd_per_kwh": life.end_of_life_value_usd_per_kwh[family],
        "downtime": {
            "charging_time_min": minutes,
            "charging_window_frac": list(pack.limits.charging_window_frac),
            "session_energy_kwh": usage.session_energy_kwh,
            "overhead_h_per_session": usage.session_overhead_h,
            "value_usd_per_h": usage.time_value_usd_per_h,
            "unproductive_frac": usage.unproductive_frac,
        },
        "warranty": {
            "defect_frac": life.warranty_defect_frac,
            "claim_date_yr": life.warranty_claim_date_yr,
            "guaranteed_soh_frac": life.warranty_guaranteed_soh_frac,
            "term_yr": life.warranty_term_yr,
            "spread_cv": life.warranty_spread_cv,
        },
        "carbon": {
            "making_kg_per_kwh": life.carbon_making_kg_per_kwh[family],
            "grid_kg_per_kwh": usage.grid_kg_per_kwh,
            "price_usd_per_t": finance.carbon_price_usd_per_t,
        },
        **_business(scenario),
    }


def _business(scenario: Scenario) -> dict[str, Any]:
    """Business model, tax and second life as the blocks of a lifecycle case."""
    terms, tax, second_life = scenario.ownership, scenario.tax, scenario.second_life
    model = terms.models[0]
    ownership: dict[str, Any] = {"model": model}
    if model != "sale":
        fee = "sought" if terms.fee_usd_per_month is None else terms.fee_usd_per_month
        ownership |= {"fee_usd_per_month": fee, "lessor_discount_rate_frac": terms.lessor_return_frac}
        ownership["lessor_operations_usd_per_yr"] = terms.operations_usd_per_yr
    if model in ("battery_as_a_service", "swap"):
        pays = {"usual": model == "swap", "user": False, "operator": True}[terms.energy_paid_by]
        ownership |= {"fee_usd_per_kwh": terms.fee_usd_per_kwh, "operator_pays_energy": pays}
    if model == "swap":
        names = ("pool_factor", "station_capex_usd_per_vehicle", "station_efficiency_frac")
        names = (*names, "station_energy_price_usd_per_kwh")
        ownership |= {name: getattr(terms, name) for name in names}
    blocks: dict[str, Any] = {"ownership": ownership}
    if tax is not None:
        names = ("rate_frac", "bonus_frac", "investment_credit_frac")
        blocks["tax"] = {"schedule": tax.depreciation} | {name: getattr(tax, name) for name in names}
        own = {"years": tax.depreciation_yr, "rates_frac": tax.depreciation_frac and list(tax.depreciation_frac)}
        blocks["tax"] |= {name: value for name, value in own.items() if value is not None}
    if second_life is not None:
        blocks["second_life"] = vars(second_life)
    return blocks


def _fade(chemistry: str) -> float:
    return 0.0206 if "LFP" in chemistry else 0.0351


def _add(tables: dict[str, list[dict[str, Any]]], pack: str, rank: int, design: dict[str, Any]) -> None:
    def rows(name: str, made: list[dict[str, Any]]) -> None:
        tables.setdefault(name, []).extend({"pack": pack, "rank": rank} | row for row in made)

    facts = design["facts"] | ({"role": "chosen"} if rank == 0 else {})
    rows("alternatives", [facts])
    rows("bill_of_materials", design["bill"])
    index = facts["cells_in_series_count"] - 100
    names = ("step", "group", "labor_h_per_yr", "capital_musd", "area_m2")
    scale = 1 + 0.01 * index
    steps = [(step, group, hours * scale, capital * scale, area * scale) for step, group, hours, capital, area in STEPS]
    rows("manufacturing", [dict(zip(names, step, strict=True)) for step in steps])
    rows("pack_cost", [{"item": item, "usd_per_pack": usd} for item, usd in design["price"].items()])
    rows("mass", [{"part": part, "mass_kg": mass} for part, mass in design["parts"].items()])
    values = design["life"]["present_value_by_component_usd"]
    rows("present_values", [{"component": key, "present_value_usd_per_pack": usd} for key, usd in values.items()])
    fade = {
        "calendar_frac": _fade(facts["chemistry"]),
        "calendar_exponent": 1.0,
        "cycle_frac": 0.0,
        "cycle_exponent": 1.0,
    }
    claim = design["life"]["capacity_claim_probability_frac"]
    rows("lifecycle_inputs", [fade | {"capacity_claim_probability_frac": claim}])
    rows("limits", _limits(facts))


def _cold_limits(facts: dict[str, Any]) -> tuple[tuple[Any, ...], ...]:
    """What a scenario with cold stops has limits on; the life of this pack never ends."""
    if facts["cold_heat_kwh"] != facts["cold_heat_kwh"]:
        return ()
    facts |= {"usable_energy_kwh_at_-10_deg_c": 48.0, "pack_life_km": float("inf")}
    cold = ("cold_charging_time_min", "cold charging time at -20 degC", 50.0, "min", "<=", "scenario")
    energy = ("usable_energy_kwh_at_-10_deg_c", "usable energy at -10 degC", 40.0, "kWh", ">=", "scenario")
    return cold, energy, ("pack_life_km", "pack life", 300_000.0, "km", ">=", "scenario")


def _limits(facts: dict[str, Any]) -> list[dict[str, Any]]:
    made = (
        *_cold_limits(facts),
        ("charging_time_min", "charging time", 20.0, "min", "<=", "scenario"),
        ("pack_specific_energy_wh_per_kg", "specific energy", 100.0, "Wh/kg", ">=", "scenario"),
        ("pack_height_mm", "pack height", 120.0, "mm", "<=", "catalog bound"),
    )
    return [
        {
            "limit": key,
            "label": label,
            "value": facts[key],
            "limit_value": bound,
            "unit": unit,
            "sense": sense,
            "margin": bound - facts[key] if sense == "<=" else facts[key] - bound,
            "met": True,
            "binding": False,
            "kind": kind,
        }
        for key, label, bound, unit, sense, kind in made
    ]


def _safety(alternatives: pd.DataFrame) -> pd.DataFrame:
    """The newest rule makes every pack 20 USD dearer and 1 % less dense with a barrier that grows with the rank."""
    rows = [
        {
            **{name: row[name] for name in ("pack", "rank", "chemistry", "format")},
            "rule": rule,
            "passes": rule == "none" or row["rank"] != 2,
            "barrier_thickness_mm": strict * (0.05 + 0.1 * row["rank"]),
            "propagation_margin_k": row["propagation_margin_k"] + 30.0 * strict,
            "vented_gas_mol": 4.0,
            "pack_specific_energy_wh_per_kg": row["pack_specific_energy_wh_per_kg"] * (1 - 0.01 * strict),
            "pack_energy_density_wh_per_l": row["pack_energy_density_wh_per_l"] * (1 - 0.01 * strict),
            "pack_mass_kg": row["pack_mass_kg"],
            "purchase_price_usd_per_pack": row["purchase_price_usd_per_pack"] + 20.0 * strict,
            "lifecycle_cost_usd_per_pack": row["lifecycle_cost_usd_per_pack"] + 20.0 * strict,
        }
        for row in alternatives.to_dict("records")
        for strict, rule in enumerate(("none", "gb38031_2020", "gb38031_2025"))
    ]
    return pd.DataFrame(rows)


def _life(scenario: Scenario, alternatives: pd.DataFrame) -> pd.DataFrame:
    """Lives of the chosen designs under a linear fade, low and high by a third."""
    rows = []
    for pack, chosen in zip(scenario.packs, _chosen_rows(alternatives), strict=True):
        soh, distance = pack.usage.soh_end_of_life_frac, pack.usage.distance_km_per_yr
        low, central, high = ((1 - soh) / (_fade(chosen["chemistry"]) * more) for more in (1.5, 1.0, 0.5))
        cycles = distance * pack.usage.consumption_kwh_per_km / chosen["pack_energy_kwh"]
        asked = pack.limits.warranty != "none"
        rows.append(
            {
                "pack": pack.name,
                "chemistry": chosen["chemistry"],
                "fade_law": "NMC_Gr_50Ah_B2",
                "borrows": "law of an NMC cell whose composition its source does not tell",
                "climate": pack.usage.climate,
                "equivalent_full_cycles_per_yr": cycles,
                "life_low_yr": low,
                "life_yr": central,
                "life_high_yr": high if high <= 200 else float("inf"),
                "life_km": central * distance,
                "life_efc_count": central * cycles,
                "soh_end_of_life_frac": soh,
                "warranty": pack.limits.warranty,
                "warranty_margin_frac": 0.031 if asked else float("nan"),
                "warranty_margin_low_frac": -0.02 if asked else float("nan"),
            }
        )
    return pd.DataFrame(rows)


def _aging(scenario: Scenario, alternatives: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for pack, chosen in zip(scenario.packs, _chosen_rows(alternatives), strict=True):
        fade = _fade(chosen["chemistry"])
        distance = pack.usage.distance_km_per_yr
        cycles = distance * pack.usage.consumption_kwh_per_km / chosen["pack_energy_kwh"]
        rows += [
            {
                "pack": pack.name,
                "age_yr": float(age),
                "distance_km": age * distance,
                "equivalent_full_cycles": age * cycles,
                "soh_low_frac": max(0.0, 1 - 1.5 * fade * age),
                "soh_frac": 1 - fade * age,
                "soh_high_frac": 1 - 0.5 * fade * age,
            }
            for age in range(scenario.finance.horizon_yr + 1)
        ]
    return pd.DataFrame(rows)


def _chosen_rows(alternatives: pd.DataFrame) -> list[dict[str, Any]]:
    return alternatives[alternatives["rank"] == 0].to_dict("records")


def _ownership(scenario: Scenario, catalog: Catalog, alternatives: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The chosen designs under every model of the scenario, aging alike; the maker keeps a tenth of the price."""
    rows, flows = [], []
    for pack, chosen in zip(scenario.packs, _chosen_rows(alternatives), strict=True):
        for model in scenario.ownership.models:
            life = lifecycle_case(chosen["case"] | _business(scenario.with_model(model)))
            rows.append(_ownership_row(pack, model, chosen, life, scenario))
            paid = [-(a + b) for a, b in zip(*(life["cash_flow_by_component_usd"][n] for n in BOUGHT), strict=True)]
            by_party = {name: party and party["cash_flow_by_year_usd"] for name, party in life["parties"].items()}
            by_party |= {"maker": [0.1 * usd for usd in paid]}
            for party, values in by_party.items():
                names = ("pack", "model", "party", "year", "component", "cash_flow_usd")
                made = [(pack.name, model, party, year, "all", usd) for year, usd in enumerate(values or ())]
                flows += [dict(zip(names, row, strict=True)) for row in made]
    return pd.DataFrame(rows), pd.DataFrame(flows)


def _ownership_row(
    pack: Pack, model: str, chosen: dict[str, Any], life: dict[str, Any], scenario: Scenario
) -> dict[str, Any]:
    user, lessor = life["parties"]["user"], life["parties"]["lessor"]
    values = life["present_value_by_component_usd"]
    terms = scenario.ownership
    missing = float("nan")
    fees = ("fee_usd_per_month", "breakeven_fee_usd_per_month", "lessor_irr_frac", "payback_months")
    return {
        "pack": pack.name,
        "model": model,
        "chosen": model == scenario.ownership.models[0],
        "platform": chosen["platform"],
        "lifecycle_cost_usd_per_pack": life["lifecycle_cost_usd"],
        "levelized_usd_per_km": life["levelized_usd_per_km"],
        "user_cost_usd": -user["npv_usd"],
        "user_usd_per_km": user["levelized_usd_per_km"],
        # The system is worth what both are worth at the rate of the scenario; the case tells the lessor's at its own.
        "lessor_npv_usd": 0.0 if lessor is None else -life["lifecycle_cost_usd"] - user["npv_usd"],
        "maker_profit_usd": 0.1 * (values["purchase"] + values["replacement"]),
        **{name: missing if life[name] is None else life[name] for name in fees},
        "energy_fee_usd_per_yr": missing
        if lessor is None
        else life["battery_energy_kwh_per_yr"] * terms.fee_usd_per_kwh,
        "lessor_return_frac": missing if lessor is None else lessor["discount_rate_frac"],
        "packs_per_vehicle": terms.pool_factor if model == "swap" else 1.0,
        "purchase_price_usd_per_pack": chosen["purchase_price_usd_per_pack"],
        "pack_life_yr": life["pack_life_yr"],
        "replacements_count": len(life["replacement_years"]),
        "charging_hours_per_yr": life["charging_hours_per_yr"],
        **{f"{name}_pv_usd": usd for name, usd in values.items()},
    }


def _turning_points(alternatives: pd.DataFrame) -> pd.DataFrame:
    """For every pack one limit that another chemistry takes over at 151.5 Wh/kg for 300 USD, and one that stays."""
    rows = []
    for row in alternatives[alternatives["rank"] == 0].to_dict("records"):
        cost = row["lifecycle_cost_usd_per_pack"]
        energy = {
            "quantity": "pack_specific_energy_wh_per_kg",
            "label": "specific energy",
            "sense": ">=",
            "unit": "Wh/kg",
        }
        charging = {"quantity": "charging_time_min", "label": "charging time", "sense": "<=", "unit": "min"}
        first = {"pack": row["pack"], "after": float("nan"), "chemistry": row["chemistry"], "format": row["format"]}
        first |= {"architecture": row["architecture"], "lifecycle_cost_usd_per_pack": cost}
        other = {"after": 151.5, "until": 181.0, "chemistry": "NCA-G (Power)", "format": "short_blade_l600"}
        rows += [
            first | charging | {"until": 14.0},
            first | energy | {"until": 151.5},
            first | energy | other | {"lifecycle_cost_usd_per_pack": cost + 300.0},
        ]
    return pd.DataFrame(rows)


def _front(alternatives: pd.DataFrame) -> pd.DataFrame:
    """The chosen design of every pack and three steps from it: faster, lighter and denser cost more."""
    quantities = (
        ("charging_time_min", "charging time", "<=", "min", -1.5),
        ("pack_specific_energy_wh_per_kg", "specific energy", ">=", "Wh/kg", 6.0),
        ("pack_energy_density_wh_per_l", "energy density", ">=", "Wh/L", 9.0),
    )
    names = ("charging_time_min", "pack_specific_energy_wh_per_kg", "pack_energy_density_wh_per_l", "format")
    names = (*names, "architecture", "chemistry", "purchase_price_usd_per_pack", "lifecycle_cost_usd_per_pack")
    rows = []
    for row in alternatives[alternatives["rank"] == 0].to_dict("records"):
        for quantity, label, sense, unit, step in quantities:
            about = {"pack": row["pack"], "quantity": quantity, "label": label, "sense": sense, "unit": unit}
            for number in range(4):
                point = about | {name: row[name] for name in names}
                point[quantity] += step * number
                point["lifecycle_cost_usd_per_pack"] += 40.0 * number**2
                point["chemistry"] = "NCA-G (Power)" if number == 3 else row["chemistry"]
                rows.append(point)
    return pd.DataFrame(rows)


def _portfolio(scenario: Scenario, alternatives: pd.DataFrame, values: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    finance = scenario.finance
    years = sum((1 + finance.discount_rate_frac) ** -year for year in range(finance.production_years))
    volume = {pack.name: pack.volume_per_yr * years for pack in scenario.packs}
    chosen = values[values["rank"] == 0]
    rows = [(row.pack, row.component, volume[row.pack] * row.present_value_usd_per_pack) for row in chosen.itertuples()]
    platforms = alternatives[alternatives["rank"] == 0]["platform"].nunique()
    rows.append(("(platforms)", "platform_fixed_cost", platforms * scenario.lifecycle.platform_fixed_cost_musd * 1e6))
    cost = pd.DataFrame(rows, columns=["pack", "component", "present_value_usd"])
    return cost, float(cost["present_value_usd"].sum())
