"""The terms of a lifecycle for one pack of a scenario: its use, its money and the choices of the block `lifecycle`."""

from __future__ import annotations

from lcopt.cost.discounting import FlowTiming
from lcopt.cost.end_of_life import ResidualRule, Warranty
from lcopt.cost.ownership import Ownership, OwnershipModel
from lcopt.cost.replacement import ReplacementRule
from lcopt.cost.terms import Carbon, Downtime, Finance, Replacement, Terms, Use
from lcopt.inputs.scenario import Pack, Scenario, Usage


def terms_of_pack(scenario: Scenario, pack: Pack) -> Terms:
    """Terms of one pack, sold to its user, before tax.

    A removed pack and the last one earn the end-of-life value of their chemistry, so there is no second life beside it.
    """
    finance, choices, usage = scenario.finance, scenario.lifecycle, pack.usage
    return Terms(
        use=_use(usage),
        finance=Finance(
            discount_rate_frac=finance.discount_rate_frac,
            horizon_yr=finance.horizon_yr,
            inflation_frac_per_yr=finance.inflation_frac_per_yr,
            flow_timing=FlowTiming(finance.flow_timing),
        ),
        replacement=Replacement(
            soh_end_of_life_frac=usage.soh_end_of_life_frac,
            replacement_rule=ReplacementRule(choices.replacement_rule),
            residual_rule=ResidualRule(choices.residual_rule),
            pack_price_decline_frac_per_yr=choices.pack_price_decline_frac_per_yr,
            replacement_markup_frac=choices.replacement_markup_frac,
        ),
        ownership=Ownership(OwnershipModel.SALE, lessor_discount_rate_frac=finance.discount_rate_frac),
        downtime=Downtime(
            session_energy_kwh=usage.session_energy_kwh,
            overhead_h=usage.session_overhead_h,
            value_usd_per_h=usage.time_value_usd_per_h,
            unproductive_frac=usage.unproductive_frac,
        ),
        carbon=Carbon(grid_kg_per_kwh=usage.grid_kg_per_kwh, price_usd_per_t=finance.carbon_price_usd_per_t),
        warranty=Warranty(
            defect_frac=choices.warranty_defect_frac,
            claim_date_yr=choices.warranty_claim_date_yr,
            guaranteed_soh_frac=choices.warranty_guaranteed_soh_frac,
            term_yr=choices.warranty_term_yr,
            spread_cv=choices.warranty_spread_cv,
        ),
    )


def _use(usage: Usage) -> Use:
    return Use(
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
    )
