"""What an evaluation needs besides the candidates: the catalog gathered once for one scenario."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.duty import Vehicles, read_vehicles
from lcopt.cell.electrodes import Couples, read_couples
from lcopt.conventions import LCOPT, Conventions
from lcopt.cost.composition import Accounting, CostConstants, account, read_cost_constants
from lcopt.cost.discounting import FlowTiming, discount_factor
from lcopt.cost.end_of_life import ResidualRule, Warranty
from lcopt.cost.ownership import Ownership, OwnershipModel
from lcopt.cost.prices import PriceDeck, read_price_deck
from lcopt.cost.replacement import ReplacementRule
from lcopt.cost.terms import Carbon, Downtime, Replacement, Terms, Use
from lcopt.cost.terms import Finance as FinanceTerms
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Pack, Scenario
from lcopt.pack.architecture import PackConstants, read_pack_constants
from lcopt.performance.aging import (
    Fade,
    Stress,
    fade_under,
    fast_charge_factor,
    read_fade_table,
    stacked_fade,
    stress_is_extrapolated,
)
from lcopt.performance.charging import ChargingModel, ChargingSets, read_charging_model, read_charging_sets
from lcopt.performance.limits import Limit, LimitKind, Sense
from lcopt.selection.space import (
    GivenPlatforms,
    SearchGrid,
    VoltageClass,
    read_given_platforms,
    read_grid,
    read_voltage_class,
)
from lcopt.units import USD_PER_MUSD

VEHICLE_TYPE = "EV"


@dataclass(frozen=True)
class TechnologyClasses:
    """Charging classes of the search, arrays of shape (n_classes,)."""

    speed_factor: FloatArray
    rating_per_h: FloatArray
    graphite_premium_frac: FloatArray
    electrolyte_premium_frac: FloatArray


@dataclass(frozen=True)
class _TechnologyClass:
    speed_factor: float
    rating_per_h: float
    graphite_premium_frac: float
    electrolyte_premium_frac: float


@dataclass(frozen=True)
class _AgingConstants:
    fast_charge_coefficient: float


@dataclass(frozen=True)
class Family:
    """What a chemistry takes from its family (chemistry_families.csv)."""

    family: str
    charging_set: str
    fade_law: str
    in_all: bool
    borrows: str
    carbon_making_kg_per_kwh: float


@dataclass(frozen=True)
class DesignConditions:
    """At which conditions every candidate is rated and made (design_conditions.csv)."""

    energy_temperature_deg_c: float
    cell_yield_frac: float
    operating_days_d_per_yr: float


@dataclass(frozen=True)
class Engineering:
    """The catalog for one scenario; arrays over chemistries in the order of the scenario's search."""

    scenario: Scenario
    chemistries: tuple[str, ...]
    families: tuple[Family, ...]
    couples: Couples
    prices: PriceDeck
    classes: TechnologyClasses
    charging_sets: ChargingSets
    charging_model: ChargingModel
    recycling_value_usd_per_kwh: FloatArray
    making_kg_per_kwh: FloatArray
    pack: PackConstants
    cost: CostConstants
    vehicle: Vehicles
    conditions: DesignConditions
    grid: SearchGrid
    aspect_ratios: FloatArray
    given: GivenPlatforms
    bounds: tuple[Limit, ...]
    conventions: Conventions
    accounting: Accounting

    def bound(self, quantity: str) -> float:
        """The catalog bound on one quantity."""
        return next(limit.bound for limit in self.bounds if limit.quantity == quantity)


@dataclass(frozen=True)
class PackTask:
    """One pack of the scenario as the evaluation sees it; `fade` has an element a chemistry."""

    pack: Pack
    terms: Terms
    fade: Fade
    voltage: VoltageClass
    limits: tuple[Limit, ...]
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


def gather_engineering(scenario: Scenario, catalog: Catalog) -> Engineering:
    """Read what the scenario's search needs from a catalog that is already in the scenario's dollars."""
    chemistries = scenario.search.chemistries
    families = tuple(catalog.constants(Family, "chemistry_families", chemistry=name) for name in chemistries)
    classes = [
        catalog.constants(_TechnologyClass, "technology_classes", technology_class=name)
        for name in scenario.search.technology_classes
    ]
    values = scenario.lifecycle.end_of_life_value_usd_per_kwh
    making = scenario.lifecycle.carbon_making_kg_per_kwh
    return Engineering(
        scenario=scenario,
        chemistries=chemistries,
        families=families,
        couples=read_couples(catalog, chemistries),
        prices=read_price_deck(catalog, scenario.prices, chemistries, scenario.price_overrides),
        classes=TechnologyClasses(
            speed_factor=np.array([item.speed_factor for item in classes]),
            rating_per_h=np.array([item.rating_per_h for item in classes]),
            graphite_premium_frac=np.array([item.graphite_premium_frac for item in classes]),
            electrolyte_premium_frac=np.array([item.electrolyte_premium_frac for item in classes]),
        ),
        charging_sets=read_charging_sets(catalog, [item.charging_set for item in families]),
        charging_model=read_charging_model(catalog),
        recycling_value_usd_per_kwh=np.array([values[item.family] for item in families]),
        making_kg_per_kwh=np.array([making[item.family] for item in families]),
        pack=read_pack_constants(catalog),
        cost=read_cost_constants(catalog),
        vehicle=read_vehicles(catalog, [VEHICLE_TYPE]),
        conditions=catalog.constants(DesignConditions, "design_conditions"),
        grid=read_grid(catalog),
        aspect_ratios=np.array([row.number("1") for row in catalog.table("aspect_ratios").rows]),
        given=read_given_platforms(catalog, scenario.search),
        bounds=_catalog_bounds(catalog),
        conventions=LCOPT,
        # Warranty and platform costs are lines of the lifecycle; a price that holds them would count them twice.
        accounting=account(profit=True, warranty=False, research=False),
    )


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
            *engineering.bounds,
            *_voltage_bounds(voltage),
            _energy_bound(pack, engineering),
        ),
        packs_discounted=float(pack.volume_per_yr * discount_factor(finance.discount_rate_frac, sale_dates).sum()),
        fade_extrapolated=tuple(stress_is_extrapolated(tables[item.fade_law], stress) for item in engineering.families),
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
    )
    return tuple(
        Limit(quantity, label, sense, bound, unit, LimitKind.SCENARIO)
        for quantity, label, sense, bound, unit in wanted
        if bound is not None
    )


def _catalog_bounds(catalog: Catalog) -> tuple[Limit, ...]:
    return tuple(
        Limit(
            row.keys["name"], row.keys["label"], Sense(row.keys["sense"]), row.value, row.unit, LimitKind.CATALOG_BOUND
        )
        for row in catalog.table("design_bounds").rows
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
