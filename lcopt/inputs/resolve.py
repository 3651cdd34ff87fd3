"""A checked document and the catalog make a complete scenario: every default filled in, limits and usage merged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.contradictions import chemistries_in_all, families
from lcopt.inputs.document import (
    FORMATS,
    TECHNOLOGY_CLASSES,
    FinanceBlock,
    LifecycleBlock,
    LimitsBlock,
    PackBlock,
    ScenarioDocument,
    SearchBlock,
    UsageBlock,
)
from lcopt.inputs.platforms import given_platforms
from lcopt.inputs.price_overrides import read_price_overrides
from lcopt.inputs.scenario import (
    Finance,
    Lifecycle,
    Limits,
    Pack,
    Plant,
    Scenario,
    Search,
    Usage,
    UsageProfile,
)
from lcopt.inputs.values import ALL

T = TypeVar("T")

FIELD_OF_USAGE_KEY = {
    "distance": "distance_km_per_yr",
    "consumption": "consumption_kwh_per_km",
    "mass_penalty": "mass_penalty_kwh_per_100km_per_100kg",
    "dc_share": "dc_share_frac",
    "ac_efficiency": "ac_efficiency_frac",
    "dc_efficiency": "dc_efficiency_frac",
    "ac_price": "ac_price_usd_per_kwh",
    "dc_price": "dc_price_usd_per_kwh",
    "energy_price_escalation": "energy_price_escalation_frac_per_yr",
    "session_energy": "session_energy_kwh",
    "session_overhead": "session_overhead_h",
    "time_value": "time_value_usd_per_h",
    "unproductive": "unproductive_frac",
    "soc_mean": "soc_mean_frac",
    "dod": "dod_frac",
    "c_rate": "c_rate_per_h",
    "battery_temperature": "battery_temperature_deg_c",
    "soh_end_of_life": "soh_end_of_life_frac",
    "grid_carbon": "grid_kg_per_kwh",
}
INLINE = "inline"
CARBON = "carbon_making_kg_per_kwh"


@dataclass(frozen=True)
class ScenarioDefaults:
    """What a scenario gets that does not say otherwise: the table scenario_defaults."""

    power_temperature_deg_c: float
    power_soc_frac: float
    charging_window_low_frac: float
    charging_window_high_frac: float
    charging_temperature_deg_c: float
    charger_power_kw: float
    charger_current_a: float
    plant_size_gwh_per_yr: float
    production_yr: int
    inflation_frac_per_yr: float
    carbon_price_usd_per_t: float
    flow_timing: str
    prices: str
    reference_pack_specific_energy_kwh_per_kg: float


def resolve(document: ScenarioDocument, catalog: Catalog, path: str, question: str) -> Scenario:
    """The complete scenario; `catalog` has the money of the scenario's price year."""
    defaults = catalog.constants(ScenarioDefaults, "scenario_defaults")
    return Scenario(
        name=document.name,
        question=question,
        path=path,
        finance=_finance(document.finance, defaults),
        packs=tuple(_pack(pack, document.limits, catalog, defaults) for pack in document.packs),
        search=_search(document.search, catalog),
        plant=Plant(size_gwh_per_yr=_or(document.plant.size, defaults.plant_size_gwh_per_yr)),
        prices=_or(document.prices, defaults.prices),
        price_overrides=read_price_overrides(document.price_overrides, catalog),
        lifecycle=_lifecycle(document.lifecycle, document.search, catalog),
        replaced_rows=catalog.replaced_rows,
    )


def _or(value: T | None, default: T) -> T:
    return default if value is None else value


def _finance(block: FinanceBlock, defaults: ScenarioDefaults) -> Finance:
    return Finance(
        currency=block.currency,
        price_year=block.price_year,
        discount_rate_frac=block.discount_rate,
        horizon_yr=round(block.horizon),
        inflation_frac_per_yr=_or(block.inflation, defaults.inflation_frac_per_yr),
        production_years=round(_or(block.production_years, defaults.production_yr)),
        carbon_price_usd_per_t=_or(block.carbon_price, defaults.carbon_price_usd_per_t),
        flow_timing=_or(block.flow_timing, defaults.flow_timing),
    )


def _pack(block: PackBlock, common: LimitsBlock, catalog: Catalog, defaults: ScenarioDefaults) -> Pack:
    return Pack(
        name=block.name,
        volume_per_yr=block.volume,
        energy_kwh=block.energy,
        power_kw=block.power,
        power_temperature_deg_c=_or(block.power_temperature, defaults.power_temperature_deg_c),
        power_soc_frac=_or(block.power_soc, defaults.power_soc_frac),
        system_voltage_v=block.system_voltage,
        usage=_usage(block.usage, block.energy, catalog, defaults),
        limits=_limits(block.limits, common, defaults),
    )


def _limits(own: LimitsBlock, common: LimitsBlock, defaults: ScenarioDefaults) -> Limits:
    """The pack's own limits over those of the scenario, key by key."""
    merged = common.model_copy(update=own.model_dump(exclude_unset=True))
    window = (defaults.charging_window_low_frac, defaults.charging_window_high_frac)
    return Limits(
        charging_time_max_min=merged.charging_time_max,
        charging_window_frac=_or(merged.charging_window, window),
        charging_temperature_deg_c=_or(merged.charging_temperature, defaults.charging_temperature_deg_c),
        charger_power_kw=_or(merged.charger_power, defaults.charger_power_kw),
        charger_current_a=_or(merged.charger_current, defaults.charger_current_a),
        specific_energy_min_wh_per_kg=merged.specific_energy_min,
        energy_density_min_wh_per_l=merged.energy_density_min,
        mass_max_kg=merged.mass_max,
        volume_max_l=merged.volume_max,
    )


def _usage(block: UsageBlock, energy_kwh: float, catalog: Catalog, defaults: ScenarioDefaults) -> Usage:
    values: dict[str, Any] = {}
    if block.profile is not None:
        values = asdict(catalog.constants(UsageProfile, "usage_profiles", profile=block.profile))
    given = block.model_dump(exclude_none=True)
    values |= {field: given[key] for key, field in FIELD_OF_USAGE_KEY.items() if key in given}
    reference_mass_kg = energy_kwh / defaults.reference_pack_specific_energy_kwh_per_kg
    return Usage(
        **values,
        name=_or(block.profile, INLINE),
        reference_pack_mass_kg=_or(block.reference_pack_mass, reference_mass_kg),
    )


def _search(block: SearchBlock, catalog: Catalog) -> Search:
    named = block.chemistries != (ALL,)
    chemistries = block.chemistries if named else chemistries_in_all(catalog)
    classes = TECHNOLOGY_CLASSES if block.technology_classes == (ALL,) else block.technology_classes
    if block.platforms is not None:
        given = [platform for name, platform in given_platforms(catalog).items() if name in block.platforms]
        chemistries = tuple(dict.fromkeys(platform.chemistry for platform in given))
        classes = tuple(name for name in classes if name in {platform.technology_class for platform in given})
    return Search(
        chemistries=chemistries,
        chemistries_named=named or block.platforms is not None,
        formats=FORMATS if block.formats == (ALL,) else block.formats,
        technology_classes=classes,
        platforms=block.platforms,
        platforms_max=block.platforms_max,
    )


@dataclass(frozen=True)
class LifecycleDefaults:
    """What the block `lifecycle` gets that does not say otherwise: the table lifecycle_defaults."""

    end_of_life_value_usd_per_kwh: float
    residual_rule: str
    pack_price_decline_frac_per_yr: float
    replacement_markup_frac: float
    replacement_rule: str
    warranty_defect_frac: float
    warranty_claim_date_yr: float
    warranty_guaranteed_soh_frac: float
    warranty_term_yr: float
    warranty_spread_frac: float
    platform_fixed_cost_musd: float


def _lifecycle(block: LifecycleBlock, search: SearchBlock, catalog: Catalog) -> Lifecycle:
    defaults = catalog.constants(LifecycleDefaults, "lifecycle_defaults")
    given = block.end_of_life_value or {}
    value_of_all = given.get(ALL, defaults.end_of_life_value_usd_per_kwh)
    return Lifecycle(
        end_of_life_value_usd_per_kwh={family: given.get(family, value_of_all) for family in families(catalog)},
        residual_rule=_or(block.residual_rule, defaults.residual_rule),
        pack_price_decline_frac_per_yr=_or(block.pack_price_decline, defaults.pack_price_decline_frac_per_yr),
        replacement_markup_frac=_or(block.replacement_markup, defaults.replacement_markup_frac),
        replacement_rule=_or(block.replacement_rule, defaults.replacement_rule),
        warranty_defect_frac=_or(block.warranty_defect, defaults.warranty_defect_frac),
        warranty_claim_date_yr=_or(block.warranty_claim_date, defaults.warranty_claim_date_yr),
        warranty_guaranteed_soh_frac=_or(block.warranty_guaranteed_soh, defaults.warranty_guaranteed_soh_frac),
        warranty_term_yr=_or(block.warranty_term, defaults.warranty_term_yr),
        warranty_spread_cv=_or(block.warranty_spread, defaults.warranty_spread_frac),
        carbon_making_kg_per_kwh=_carbon_making(catalog),
        platform_fixed_cost_musd=_or(search.platform_fixed_cost, defaults.platform_fixed_cost_musd),
    )


def _carbon_making(catalog: Catalog) -> dict[str, float]:
    """Carbon of making by family; a family has one value: that of its first chemistry, or the last that is replaced."""
    table = catalog.table("chemistry_families")
    family_of = {row.keys["chemistry"]: row.text for row in table.select(name="family")}
    by_family: dict[str, float] = {}
    for row in table.select(name=CARBON):
        by_family.setdefault(family_of[row.keys["chemistry"]], row.number("kg/kWh"))
    for replaced in catalog.replaced_rows:
        if replaced.table == table.name and replaced.keys["name"] == CARBON and replaced.replaces:
            row = table.row_of[replaced.identity]
            by_family[family_of[row.keys["chemistry"]]] = row.number("kg/kWh")
    return by_family
