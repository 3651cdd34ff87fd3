"""What a scenario says of the life of one pack, as the lifecycle model takes it."""

from __future__ import annotations

from lcopt.cost.discounting import FlowTiming
from lcopt.cost.end_of_life import ResidualRule, SecondLife, Warranty
from lcopt.cost.ownership import Ownership, OwnershipModel
from lcopt.cost.replacement import ReplacementRule
from lcopt.cost.tax import Tax, depreciation_shares
from lcopt.cost.terms import Carbon, Downtime, Replacement, Terms, Use
from lcopt.cost.terms import Finance as FinanceTerms
from lcopt.inputs.scenario import Pack, Scenario, UsageProfile
from lcopt.inputs.scenario import Tax as TaxBlock
from lcopt.selection.cold import HEAT_FROM

_OPERATOR, _USUAL = "operator", "usual"


def lifecycle_terms(pack: Pack, scenario: Scenario) -> Terms:
    """Use, money and choices of one pack under the one business model of the scenario."""
    finance, life = scenario.finance, scenario.lifecycle
    ownership = _ownership(scenario)
    return Terms(
        use=_use(pack, scenario),
        finance=FinanceTerms(
            discount_rate_frac=finance.discount_rate_frac,
            horizon_yr=finance.horizon_yr,
            inflation_frac_per_yr=finance.inflation_frac_per_yr,
            flow_timing=FlowTiming(finance.flow_timing),
        ),
        replacement=Replacement(
            soh_end_of_life_frac=pack.usage.soh_end_of_life_frac,
            replacement_rule=ReplacementRule(life.replacement_rule),
            residual_rule=ResidualRule(life.residual_rule),
            pack_price_decline_frac_per_yr=life.pack_price_decline_frac_per_yr,
            replacement_markup_frac=life.replacement_markup_frac,
        ),
        ownership=ownership,
        downtime=None if ownership.model.is_swapped else _downtime(pack.usage),
        carbon=Carbon(grid_kg_per_kwh=pack.usage.grid_kg_per_kwh, price_usd_per_t=finance.carbon_price_usd_per_t),
        warranty=Warranty(
            defect_frac=life.warranty_defect_frac,
            claim_date_yr=life.warranty_claim_date_yr,
            guaranteed_soh_frac=life.warranty_guaranteed_soh_frac,
            term_yr=life.warranty_term_yr,
            spread_cv=life.warranty_spread_cv,
        ),
        second_life=_second_life(scenario),
        tax=None if scenario.tax is None else _tax(scenario.tax),
    )


def _use(pack: Pack, scenario: Scenario) -> Use:
    usage, ownership = pack.usage, scenario.ownership
    use = Use(
        distance_km_per_yr=usage.distance_km_per_yr,
        reference_consumption_kwh_per_km=usage.consumption_kwh_per_km,
        reference_pack_mass_kg=usage.reference_pack_mass_kg,
        mass_penalty_kwh_per_100km_per_100kg=usage.mass_penalty_kwh_per_100km_per_100kg,
        dc_share_frac=usage.dc_share_frac,
        ac_efficiency_frac=usage.ac_efficiency_frac,
        dc_efficiency_frac=usage.dc_efficiency_frac,
        ac_price_usd_per_kwh=usage.ac_price_usd_per_kwh,
        dc_price_usd_per_kwh=usage.dc_price_usd_per_kwh,
        energy_price_escalation_frac_per_yr=usage.energy_price_escalation_frac_per_yr,
        heat_from=HEAT_FROM[usage.preheat],
    )
    if not OwnershipModel(ownership.models[0]).is_swapped:
        return use
    return use.at_stations(ownership.station_efficiency_frac, ownership.station_energy_price_usd_per_kwh)


def _downtime(usage: UsageProfile) -> Downtime:
    return Downtime(
        session_energy_kwh=usage.session_energy_kwh,
        overhead_h=usage.session_overhead_h,
        value_usd_per_h=usage.time_value_usd_per_h,
        unproductive_frac=usage.unproductive_frac,
    )


def _ownership(scenario: Scenario) -> Ownership:
    """The terms that count under the model; the others are as in a sale."""
    given = scenario.ownership
    (model,) = (OwnershipModel(name) for name in given.models)
    # The operator of swap stations sells charged packs.
    usual = _OPERATOR if model.is_swapped else ""
    payer = usual if given.energy_paid_by == _USUAL else given.energy_paid_by
    return Ownership(
        model=model,
        lessor_discount_rate_frac=given.lessor_return_frac if model.is_held else scenario.finance.discount_rate_frac,
        fee_usd_per_month=given.fee_usd_per_month if model.is_held else None,
        lessor_operations_usd_per_yr=given.operations_usd_per_yr if model.is_held else 0.0,
        fee_usd_per_kwh=given.fee_usd_per_kwh if model.is_served else 0.0,
        operator_pays_energy=model.is_served and payer == _OPERATOR,
        pool_factor=given.pool_factor if model.is_swapped else 1.0,
        station_capex_usd_per_pack=given.station_capex_usd_per_vehicle if model.is_swapped else 0.0,
    )


def _second_life(scenario: Scenario) -> SecondLife | None:
    return None if scenario.second_life is None else SecondLife(**vars(scenario.second_life), testable=True)


def _tax(block: TaxBlock) -> Tax:
    return Tax(
        rate_frac=block.rate_frac,
        depreciation_frac=depreciation_shares(block.depreciation, block.depreciation_yr, block.depreciation_frac),
        bonus_frac=block.bonus_frac,
        investment_credit_frac=block.investment_credit_frac,
    )
