"""The lifecycle cost of one pack of given properties: a case in, a mapping of plain results out."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.discounting import Component, FlowTiming, Party, capital_recovery_factor_per_yr, total
from lcopt.cost.end_of_life import ResidualRule, SecondLife, Warranty
from lcopt.cost.lifecycle import LifecycleCost, OwnedPacks, lifecycle_cost, plan_of, session_power_kw
from lcopt.cost.ownership import Ownership, OwnershipModel, internal_rate_of_return, payback_months
from lcopt.cost.replacement import Installations, ReplacementRule
from lcopt.cost.tax import Tax, depreciation_shares
from lcopt.cost.terms import Carbon, Downtime, Finance, Replacement, Terms, Use
from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.lifecycle_case import (
    DowntimeBlock,
    LeaseBlock,
    LifecycleCase,
    LinearFadeBlock,
    OwnTaxBlock,
    PowerFadeBlock,
    ServiceBlock,
    StraightLineTaxBlock,
    SwapBlock,
    TaxBlock,
)
from lcopt.inputs.lifecycle_case_reader import MAPPING_NAME, read_lifecycle_case
from lcopt.performance.aging import Fade, linear_fade

__all__ = ["lifecycle_case", "read_lifecycle_case"]

# Far beyond any vehicle; keeps a slip of the finger from filling the memory.
REPLACEMENTS_MAX = 10_000


def lifecycle_case(source: LifecycleCase | Mapping[str, Any] | str | os.PathLike[str]) -> dict[str, Any]:
    """Lifecycle cost of one pack.

    Parameters
    ----------
    source : mapping, path or LifecycleCase
        The case.

    Returns
    -------
    dict
        Plain numbers, texts, lists and mappings; costs positive, cash flows with inflow +. Nothing is rounded.

    Raises
    ------
    ScenarioError
        With every mistake of the case.
    """
    case = source if isinstance(source, LifecycleCase) else read_lifecycle_case(source)
    packs, terms = _packs(case), _terms(case)
    with np.errstate(over="ignore", invalid="ignore"):
        message, hint = _too_many_packs(plan_of(packs, terms)), "check 'fade' and 'soh_end_of_life_frac'"
        result = {} if message else _result(case, lifecycle_cost(packs, terms))
    if not message and not _is_finite(result):
        message, hint = "these numbers give no finite result", "check the magnitudes of rates, prices and horizon"
    if message:
        place = (os.fspath(source), 1, 1) if isinstance(source, str | os.PathLike) else (MAPPING_NAME, 0, 0)
        raise ScenarioError([Problem(*place, "", message, hint)])
    return result


def _too_many_packs(plan: Installations) -> str:
    """What is wrong with packs that last so short that nobody would replace them; empty where nothing is."""
    if 0 <= plan.replacements_count[0] <= REPLACEMENTS_MAX:
        return ""
    return (
        f"a pack lasts {plan.life_yr[0]:.3g} yr of the {plan.horizon_yr} yr; "
        f"expected at most {REPLACEMENTS_MAX:,} replacements"
    )


def _is_finite(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(_is_finite(item) for item in value.values())
    if isinstance(value, list):
        return all(_is_finite(item) for item in value)
    return not isinstance(value, float) or math.isfinite(value)


def _result(case: LifecycleCase, cost: LifecycleCost) -> dict[str, Any]:
    return {
        **_technical(case, cost),
        **_economic(cost),
        **_by_component(cost),
        **_ownership_results(cost),
        "parties": _parties(cost),
    }


def _packs(case: LifecycleCase) -> OwnedPacks:
    energy = np.array([case.pack_energy_kwh])
    return OwnedPacks(
        energy_kwh=energy,
        mass_kg=np.array([case.mass_kg]),
        price_usd_per_pack=case.pack_price_usd_per_kwh * energy,
        session_power_kw=_session_power_kw(case.downtime, energy),
        recycling_value_usd_per_kwh=np.array([case.recycling_value_usd_per_kwh]),
        making_kg_per_kwh=np.array([0.0 if case.carbon is None else case.carbon.making_kg_per_kwh]),
        fade=_fade(case),
    )


def _session_power_kw(downtime: DowntimeBlock | None, energy_kwh: FloatArray) -> FloatArray:
    if downtime is None:
        return np.ones(1)
    if downtime.charging_time_min is not None and downtime.charging_window_frac is not None:
        return session_power_kw(energy_kwh, np.array([downtime.charging_time_min]), downtime.charging_window_frac)
    return np.array([downtime.session_power_kw], dtype=float)


def _fade(case: LifecycleCase) -> Fade:
    block, ownership = case.fade, case.ownership
    multiplier = block.fast_charge_multiplier
    if isinstance(ownership, SwapBlock):
        multiplier = ownership.station_fade_multiplier
    factor = block.calibration_factor * multiplier
    if isinstance(block, LinearFadeBlock):
        return linear_fade(block.fade_frac_per_yr, factor)
    return _power_fade(block, factor)


def _power_fade(block: PowerFadeBlock, factor: float) -> Fade:
    return Fade(
        calendar_coefficient_frac=np.array([block.calendar_coefficient_frac]),
        calendar_exponent=np.array([block.calendar_exponent]),
        calendar_scale_d=np.array([block.calendar_scale_days]),
        cycle_coefficient_frac=np.array([block.cycle_coefficient_frac]),
        cycle_exponent=np.array([block.cycle_exponent]),
        cycle_scale_count=np.array([block.cycle_scale_efc]),
        factor=np.array([factor]),
    )


def _terms(case: LifecycleCase) -> Terms:
    ownership, downtime, carbon = case.ownership, case.downtime, case.carbon
    waits = downtime is not None and not isinstance(ownership, SwapBlock)
    return Terms(
        use=_use(case),
        finance=Finance(
            discount_rate_frac=case.discount_rate_frac,
            horizon_yr=case.horizon_yr,
            inflation_frac_per_yr=case.inflation_frac_per_yr,
            flow_timing=FlowTiming(case.flow_timing),
        ),
        replacement=Replacement(
            soh_end_of_life_frac=case.soh_end_of_life_frac,
            replacement_rule=ReplacementRule(case.replacement_rule),
            residual_rule=ResidualRule(case.residual_rule),
            pack_price_decline_frac_per_yr=case.pack_price_decline_frac_per_yr,
            replacement_markup_frac=case.replacement_markup_frac,
        ),
        ownership=_ownership(case),
        downtime=_downtime(downtime) if downtime is not None and waits else None,
        carbon=None if carbon is None else Carbon(carbon.grid_kg_per_kwh, carbon.price_usd_per_t),
        warranty=None if case.warranty is None else Warranty(**vars(case.warranty)),
        second_life=None if case.second_life is None else SecondLife(**vars(case.second_life)),
        tax=None if case.tax is None else _tax(case.tax),
    )


def _use(case: LifecycleCase) -> Use:
    use = Use(
        distance_km_per_yr=case.distance_km_per_yr,
        reference_consumption_kwh_per_km=case.reference_consumption_kwh_per_km,
        reference_pack_mass_kg=case.mass_kg if case.reference_pack_mass_kg is None else case.reference_pack_mass_kg,
        mass_penalty_kwh_per_100km_per_100kg=case.mass_penalty_kwh_per_100km_per_100kg,
        dc_share_frac=case.dc_share_frac,
        ac_efficiency_frac=case.ac_efficiency_frac,
        dc_efficiency_frac=case.dc_efficiency_frac,
        ac_price_usd_per_kwh=case.ac_price_usd_per_kwh,
        dc_price_usd_per_kwh=case.dc_price_usd_per_kwh,
        energy_price_escalation_frac_per_yr=case.energy_price_escalation_frac_per_yr,
    )
    if not isinstance(case.ownership, SwapBlock):
        return use
    efficiency, price = case.ownership.station_efficiency_frac, case.ownership.station_energy_price_usd_per_kwh
    return use.at_stations(
        use.dc_efficiency_frac if efficiency is None else efficiency,
        use.dc_price_usd_per_kwh if price is None else price,
    )


def _downtime(block: DowntimeBlock) -> Downtime:
    return Downtime(
        session_energy_kwh=block.session_energy_kwh,
        overhead_h=block.overhead_h_per_session,
        value_usd_per_h=block.value_usd_per_h,
        unproductive_frac=block.unproductive_frac,
    )


def _tax(block: TaxBlock) -> Tax:
    years = block.years if isinstance(block, StraightLineTaxBlock) else None
    own = block.rates_frac if isinstance(block, OwnTaxBlock) else None
    return Tax(
        rate_frac=block.rate_frac,
        depreciation_frac=depreciation_shares(block.schedule, years, own),
        bonus_frac=block.bonus_frac,
        investment_credit_frac=block.investment_credit_frac,
    )


def _ownership(case: LifecycleCase) -> Ownership:
    block = case.ownership
    terms = Ownership(model=OwnershipModel(block.model), lessor_discount_rate_frac=case.discount_rate_frac)
    if isinstance(block, LeaseBlock):
        rate = block.lessor_discount_rate_frac
        terms = replace(
            terms,
            fee_usd_per_month=block.fee_usd_per_month,
            lessor_discount_rate_frac=case.discount_rate_frac if rate is None else rate,
            lessor_operations_usd_per_yr=block.lessor_operations_usd_per_yr,
        )
    if isinstance(block, ServiceBlock):
        terms = replace(terms, fee_usd_per_kwh=block.fee_usd_per_kwh, operator_pays_energy=block.operator_pays_energy)
    if isinstance(block, SwapBlock):
        terms = replace(
            terms,
            pool_factor=block.pool_factor,
            station_capex_usd_per_pack=block.station_capex_usd_per_vehicle,
        )
    return terms


def _technical(case: LifecycleCase, cost: LifecycleCost) -> dict[str, Any]:
    use, plan = cost.use, cost.installations
    replacements = int(plan.replacements_count[0])
    life = float(plan.life_yr[0])
    packs_count = cost.terms.ownership.pool_factor * (1 + replacements)
    making = 0.0 if case.carbon is None else case.carbon.making_kg_per_kwh
    grid = 0.0 if case.carbon is None else case.carbon.grid_kg_per_kwh
    wall = float(use.ac_wall_energy_kwh_per_yr[0] + use.dc_wall_energy_kwh_per_yr[0])
    claims = cost.capacity_claim_probability_frac
    return {
        "name": case.name,
        "pack_mass_kg": case.mass_kg,
        **{name: float(values[0]) for name, values in vars(use).items()},
        "soh_by_year": _soh_by_year(cost),
        "pack_life_yr": life if np.isfinite(life) else None,
        "replacement_years": [number * life for number in range(1, replacements + 1)],
        "last_pack_age_yr": float(plan.last_age_yr[0]),
        "last_pack_soh_frac": float(cost.last_pack_soh_frac[0]),
        "residual_value_usd": float(cost.residual_usd[0]),
        "end_of_life_routes": _routes(cost),
        "capacity_claim_probability_frac": None if claims is None else float(claims[0]),
        "carbon_making_kg": packs_count * making * case.pack_energy_kwh,
        "carbon_use_kg": wall * grid * case.horizon_yr,
    }


def _soh_by_year(cost: LifecycleCost) -> list[float]:
    """State of health at the ends of the years; on the day of a replacement that of the old pack."""
    years = np.arange(cost.terms.finance.horizon_yr + 1, dtype=float)
    return [float(cost.fade.soh_frac(age)[0]) for age in cost.installations.ages_yr(years, 0)]


def _routes(cost: LifecycleCost) -> list[str]:
    disposals = list(cost.removals)
    if cost.terms.replacement.residual_rule is ResidualRule.MARKET:
        disposals.append(cost.last_disposal)
    return ["second_life" if disposal.second_life[0] else "recycling" for disposal in disposals]


def _economic(cost: LifecycleCost) -> dict[str, Any]:
    finance = cost.terms.finance
    lifecycle_usd = float(cost.lifecycle_cost_usd[0])
    return {
        "lifecycle_cost_usd": lifecycle_usd,
        "npv_usd": -lifecycle_usd,
        "capital_recovery_factor_per_yr": capital_recovery_factor_per_yr(
            finance.discount_rate_frac, finance.horizon_yr
        ),
        "annuity_usd_per_yr": float(cost.annuity_usd_per_yr[0]),
        "discounted_km": cost.discounted_km,
        "discounted_kwh": float(cost.discounted_kwh[0]),
        "levelized_usd_per_km": float(cost.levelized_usd_per_km[0]),
        "levelized_usd_per_kwh": float(cost.levelized_usd_per_kwh[0]),
    }


def _by_component(cost: LifecycleCost) -> dict[str, Any]:
    by_year = cost.ledger.by_year_usd()
    return {
        "present_value_by_component_usd": _first(cost.present_value_usd),
        "cash_flow_by_year_usd": _list(total(by_year)[0]),
        "cash_flow_by_component_usd": {component.value: _list(sums[0]) for component, sums in by_year.items()},
    }


def _ownership_results(cost: LifecycleCost) -> dict[str, Any]:
    fee = cost.fee
    if fee is None:
        keys = ("fee_usd_per_month", "breakeven_fee_usd_per_month", "lessor_irr_frac", "payback_months")
        return dict.fromkeys(keys)
    payback = float(payback_months(cost.ledger, fee.fee_usd_per_month, cost.lessor_margin_usd_per_yr)[0])
    return {
        "fee_usd_per_month": float(fee.fee_usd_per_month[0]),
        "breakeven_fee_usd_per_month": float(fee.breakeven_fee_usd_per_month[0]),
        "lessor_irr_frac": internal_rate_of_return(*cost.ledger.dated(Party.LESSOR, 0)),
        "payback_months": payback if np.isfinite(payback) else None,
    }


def _parties(cost: LifecycleCost) -> dict[str, Any]:
    rate = cost.terms.finance.discount_rate_frac
    user = _party(cost, Party.USER, rate)
    user["levelized_usd_per_km"] = -user["npv_usd"] / cost.discounted_km
    lessor = None
    if cost.fee is not None:
        lessor = _party(cost, Party.LESSOR, cost.terms.ownership.lessor_discount_rate_frac)
    return {"user": user, "lessor": lessor}


def _party(cost: LifecycleCost, party: Party, rate_frac: float) -> dict[str, Any]:
    values = cost.ledger.present_values_usd(rate_frac, party)
    return {
        "discount_rate_frac": rate_frac,
        "npv_usd": float(total(values)[0]),
        "cash_flow_by_year_usd": _list(total(cost.ledger.by_year_usd(party))[0]),
        "present_value_by_component_usd": _first({component: 0 - value for component, value in values.items()}),
    }


def _first(values: dict[Component, FloatArray]) -> dict[str, float]:
    return {component.value: float(value[0]) for component, value in values.items()}


def _list(values: FloatArray) -> list[float]:
    return [float(value) for value in values]
