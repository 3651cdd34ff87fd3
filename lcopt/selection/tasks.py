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
from lcopt.pack.safety import NO_RULE, SafetyModel, vented_gas_max_mol
from lcopt.pack.structure import Room, read_room
from lcopt.performance.aging import (
    Fade,
    Stress,
    fade_under,
    fast_charge_factor,
    read_fade_table,
    stacked_fade,
    stress_is_extrapolated,
)
from lcopt.performance.limits import Limit, LimitKind, Sense
from lcopt.selection.engineering import Engineering
from lcopt.selection.space import VoltageClass, read_voltage_class
from lcopt.units import KWH_PER_GWH, USD_PER_MUSD


@dataclass(frozen=True)
class _AgingConstants:
    fast_charge_coefficient: float


@dataclass(frozen=True)
class PackTask:
    """One pack of the scenario as the evaluation sees it; `fade` has an element a chemistry."""

    pack: Pack
    terms: Terms
    fade: Fade
    voltage: VoltageClass
    limits: tuple[Limit, ...]
    room: Room
    packs_discounted: float
    fade_extrapolated: tuple[bool, ...]

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
    stress = Stress(
        temperature_deg_c=pack.usage.battery_temperature_deg_c,
        soc_mean_frac=pack.usage.soc_mean_frac,
        dod_frac=pack.usage.dod_frac,
        rate_per_h=pack.usage.c_rate_per_h,
    )
    aging = catalog.constants(_AgingConstants, "aging_constants")
    factor = float(fast_charge_factor(pack.usage.dc_share_frac, aging.fast_charge_coefficient))
    tables = {law: read_fade_table(catalog, law) for law in {item.fade_law for item in engineering.families}}
    fades = [fade_under(tables[item.fade_law], stress, factor) for item in engineering.families]
    voltage = read_voltage_class(catalog, pack.system_voltage_v)
    finance = scenario.finance
    sale_dates = np.arange(finance.production_years, dtype=float)
    return PackTask(
        pack=pack,
        terms=_terms(pack, scenario),
        fade=stacked_fade(fades),
        voltage=voltage,
        limits=(
            *_scenario_limits(pack),
            *_safety_limits(pack, engineering.safety),
            *engineering.bounds,
            *_voltage_bounds(voltage),
            _energy_bound(pack, engineering),
        ),
        room=_room(pack, catalog),
        packs_discounted=float(pack.volume_per_yr * discount_factor(finance.discount_rate_frac, sale_dates).sum()),
        fade_extrapolated=tuple(stress_is_extrapolated(tables[item.fade_law], stress) for item in engineering.families),
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


def _scenario_limits(pack: Pack) -> tuple[Limit, ...]:
    asked = pack.limits
    wanted = (
        ("pack_energy_kwh", "pack energy", Sense.AT_LEAST, pack.energy_kwh, "kWh"),
        ("pack_power_kw", "pack power", Sense.AT_LEAST, pack.power_kw, "kW"),
        ("charging_time_min", "charging time", Sense.AT_MOST, asked.charging_time_max_min, "min"),
        (
            "pack_specific_energy_wh_per_kg",
            "specific energy",
            Sense.AT_LEAST,
            asked.specific_energy_min_wh_per_kg,
            "Wh/kg",
        ),
        ("pack_energy_density_wh_per_l", "energy density", Sense.AT_LEAST, asked.energy_density_min_wh_per_l, "Wh/L"),
        ("pack_mass_kg", "pack mass", Sense.AT_MOST, asked.mass_max_kg, "kg"),
        ("pack_volume_l", "pack volume", Sense.AT_MOST, asked.volume_max_l, "L"),
        ("pack_length_mm", "pack length", Sense.AT_MOST, asked.length_max_mm, "mm"),
        ("pack_width_mm", "pack width", Sense.AT_MOST, asked.width_max_mm, "mm"),
        ("pack_height_mm", "pack height", Sense.AT_MOST, asked.height_max_mm, "mm"),
    )
    return tuple(
        Limit(quantity, label, sense, bound, unit, LimitKind.SCENARIO)
        for quantity, label, sense, bound, unit in wanted
        if bound is not None
    )


def _safety_limits(pack: Pack, safety: SafetyModel) -> tuple[Limit, ...]:
    """What the safety rule of a pack asks: a barrier that exists, and a cell whose gas can be vented."""
    rule = pack.limits.safety
    if rule == NO_RULE:
        return ()
    thickest_mm, gas_mol = safety.barrier.thickness_max_mm, vented_gas_max_mol(safety, rule)
    kind = LimitKind.SCENARIO
    return (
        Limit("barrier_thickness_mm", f"thermal barrier for {rule}", Sense.AT_MOST, thickest_mm, "mm", kind),
        Limit("vented_gas_mol", f"gas of one cell for {rule}", Sense.AT_MOST, gas_mol, "mol", kind),
    )


def _room(pack: Pack, catalog: Catalog) -> Room:
    """The underbody: that of the catalog, or the smaller one that the scenario asks for."""
    room, asked = read_room(catalog), pack.limits
    return Room(
        length_max_mm=min(room.length_max_mm, asked.length_max_mm or room.length_max_mm),
        width_max_mm=min(room.width_max_mm, asked.width_max_mm or room.width_max_mm),
        height_max_mm=min(room.height_max_mm, asked.height_max_mm or room.height_max_mm),
    )


def _voltage_bounds(voltage: VoltageClass) -> tuple[Limit, ...]:
    kind, volt = LimitKind.CATALOG_BOUND, "V"
    return (
        Limit("pack_nominal_voltage_v", "nominal voltage", Sense.AT_LEAST, voltage.nominal_voltage_min_v, volt, kind),
        Limit("pack_nominal_voltage_v", "nominal voltage", Sense.AT_MOST, voltage.nominal_voltage_max_v, volt, kind),
        Limit("pack_full_voltage_v", "voltage when full", Sense.AT_MOST, voltage.full_voltage_max_v, volt, kind),
    )


def _energy_bound(pack: Pack, engineering: Engineering) -> Limit:
    most = pack.energy_kwh * (1 + engineering.grid.energy_excess_max_frac)
    return Limit("pack_energy_kwh", "pack energy", Sense.AT_MOST, most, "kWh", LimitKind.CATALOG_BOUND)
