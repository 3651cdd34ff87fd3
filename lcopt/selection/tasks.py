"""One pack of the scenario as the evaluation sees it: its limits, the terms of its life, its duty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.cell.duty import Duty, make_duty
from lcopt.cost.discounting import FlowTiming, discount_factor
from lcopt.cost.end_of_life import ResidualRule, Warranty
from lcopt.cost.ownership import Ownership, OwnershipModel
from lcopt.cost.replacement import ReplacementRule
from lcopt.cost.terms import Carbon, Downtime, Replacement, Terms, Use
from lcopt.cost.terms import Finance as FinanceTerms
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Pack, Scenario
from lcopt.pack.structure import Room
from lcopt.performance.aging import Fade
from lcopt.performance.life import WarrantyPoint, read_warranty_rule
from lcopt.performance.limits import Limit, LimitKind, Sense
from lcopt.selection.asked import pack_limits, room_of
from lcopt.selection.cold import HEAT_FROM, ColdUse, read_cold_use
from lcopt.selection.engineering import Engineering
from lcopt.selection.fading import PackAging, pack_aging
from lcopt.selection.space import VoltageClass, read_voltage_class
from lcopt.units import KWH_PER_GWH, USD_PER_MUSD


@dataclass(frozen=True)
class PackTask:
    """One pack of the scenario as the evaluation sees it; `fade` and `aging` have an element a chemistry."""

    pack: Pack
    terms: Terms
    fade: Fade
    aging: PackAging
    cold: ColdUse
    warranty: tuple[WarrantyPoint, ...]
    voltage: VoltageClass
    limits: tuple[Limit, ...]
    room: Room
    packs_discounted: float

    @property
    def turns(self) -> tuple[Limit, ...]:
        """The limits, and after them every age up to the horizon that a pack may reach before it is replaced."""
        ages = range(2, self.terms.finance.horizon_yr + 1)
        kind = LimitKind.CATALOG_BOUND
        lives = (Limit("pack_life_yr", "pack life", Sense.AT_LEAST, float(age), "yr", kind) for age in ages)
        return (*self.limits, *lives)

    @property
    def scenario_limits(self) -> tuple[Limit, ...]:
        """Limits that the scenario set."""
        return tuple(limit for limit in self.limits if limit.kind is LimitKind.SCENARIO)


def pack_task(pack: Pack, scenario: Scenario, catalog: Catalog, engineering: Engineering) -> PackTask:
    """Limits, terms and fade of one pack."""
    warranty = read_warranty_rule(catalog, pack.limits.warranty)
    aging = pack_aging(pack, catalog, engineering)
    voltage = read_voltage_class(catalog, pack.system_voltage_v)
    finance = scenario.finance
    sale_dates = np.arange(finance.production_years, dtype=float)
    return PackTask(
        pack=pack,
        terms=_terms(pack, scenario),
        fade=aging.fade.central,
        aging=aging,
        cold=read_cold_use(pack, scenario.search, engineering.heaters),
        warranty=warranty,
        voltage=voltage,
        limits=pack_limits(pack, voltage, warranty, engineering),
        room=room_of(pack, catalog),
        packs_discounted=float(pack.volume_per_yr * discount_factor(finance.discount_rate_frac, sale_dates).sum()),
    )


def pack_duty(task: PackTask, count: int, engineering: Engineering) -> Duty:
    """What the pack asks of each of so many candidates."""
    return make_duty(
        engineering.vehicle.take(np.zeros(count, dtype=np.int64)),
        rated_power_kw=task.pack.power_kw,
        packs_per_year_count=engineering.scenario.plant.size_gwh_per_yr * KWH_PER_GWH / task.pack.energy_kwh,
        temperature_deg_c=engineering.conditions.energy_temperature_deg_c,
        charging_requested=True,
        power_temperature_deg_c=task.pack.power_temperature_deg_c,
        power_soc_frac=task.pack.power_soc_frac,
    )


def platform_fixed_cost_usd(scenario: Scenario) -> float:
    """Tooling, research and validation of one new cell platform."""
    return scenario.lifecycle.platform_fixed_cost_musd * USD_PER_MUSD


def _terms(pack: Pack, scenario: Scenario) -> Terms:
    usage, finance, life = pack.usage, scenario.finance, scenario.lifecycle
    return Terms(
        use=Use(
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
        ),
        finance=FinanceTerms(
            discount_rate_frac=finance.discount_rate_frac,
            horizon_yr=finance.horizon_yr,
            inflation_frac_per_yr=finance.inflation_frac_per_yr,
            flow_timing=FlowTiming(finance.flow_timing),
        ),
        replacement=Replacement(
            soh_end_of_life_frac=usage.soh_end_of_life_frac,
            replacement_rule=ReplacementRule(life.replacement_rule),
            residual_rule=ResidualRule(life.residual_rule),
            pack_price_decline_frac_per_yr=life.pack_price_decline_frac_per_yr,
            replacement_markup_frac=life.replacement_markup_frac,
        ),
        ownership=Ownership(model=OwnershipModel.SALE, lessor_discount_rate_frac=finance.discount_rate_frac),
        downtime=Downtime(
            session_energy_kwh=usage.session_energy_kwh,
            overhead_h=usage.session_overhead_h,
            value_usd_per_h=usage.time_value_usd_per_h,
            unproductive_frac=usage.unproductive_frac,
        ),
        carbon=Carbon(grid_kg_per_kwh=usage.grid_kg_per_kwh, price_usd_per_t=finance.carbon_price_usd_per_t),
        warranty=Warranty(
            defect_frac=life.warranty_defect_frac,
            claim_date_yr=life.warranty_claim_date_yr,
            guaranteed_soh_frac=life.warranty_guaranteed_soh_frac,
            term_yr=life.warranty_term_yr,
            spread_cv=life.warranty_spread_cv,
        ),
    )
