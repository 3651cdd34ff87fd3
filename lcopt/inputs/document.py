"""What a scenario file may say: its blocks and keys, each with its kind of quantity or its words.

The models check one value at a time; what must hold between values is in contradictions.py. Defaults are absent here:
the catalog holds them, and resolve.py fills them in.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from lcopt.inputs.at_temperatures import read_at_temperatures
from lcopt.inputs.block import ArchitectureName, Block, ChemistryName, FormatName, PlatformName
from lcopt.inputs.catalog_tables import SAME_REGION
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.portfolio_blocks import (
    AllowedBlock,
    BuyBlock,
    FleetLimitBlock,
    PortfolioBlock,
    RiskBlock,
    StrategyBlock,
)
from lcopt.inputs.values import (
    ALL,
    CURRENCY_SEEN,
    FILE_NAME,
    FORMAT_VERSION,
    PACK_NAME,
    PRICE_YEAR_SEEN,
    VERSION_SEEN,
    VOLTAGE_SEEN,
    catalog_word,
    name_fit_for_files,
    names_of_one_or_more,
    quantity,
    quantity_seen,
    read_by_family,
    read_currency,
    read_folder,
    read_packs,
    read_price_year,
    read_shares,
    read_usage,
    read_version,
    read_voltage,
    read_window,
    whole_number,
    whole_number_in_range,
    word,
)
from lcopt.inputs.volumes import VolumeReader, YearReader
from lcopt.inputs.words import (
    COOLINGS,
    COSTINGS,
    DEPRECIATIONS,
    ELECTRODE_PROCESSES,
    ENERGY_PAYERS,
    FLOW_TIMINGS,
    HEATERS,
    OWNERSHIP_MODELS,
    PREHEATS,
    REPLACEMENT_RULES,
    RESIDUAL_RULES,
    SAFETY_RULES,
    TECHNOLOGY_CLASSES,
)


class FinanceBlock(Block):
    """The block `finance`."""

    currency: Annotated[str, BeforeValidator(read_currency, json_schema_input_type=CURRENCY_SEEN)] = Field(
        examples=["USD"]
    )
    price_year: Annotated[int, BeforeValidator(read_price_year, json_schema_input_type=PRICE_YEAR_SEEN)] = Field(
        examples=["2025"]
    )
    discount_rate: Annotated[float, quantity("yearly rate")] = Field(examples=["8 %"])
    horizon: Annotated[float, quantity("duration", whole=True)] = Field(examples=["12 yr"])
    inflation: Annotated[float | None, quantity("yearly rate")] = None
    production_years: Annotated[float | None, quantity("duration", whole=True)] = None
    carbon_price: Annotated[float | None, quantity("money per tonne")] = None
    flow_timing: Annotated[str | None, word("timing", FLOW_TIMINGS)] = None


_A_PROFILE = catalog_word("usage profile", lambda known: known.usage_profiles)
ProfileName = Annotated[str, _A_PROFILE]


class UsageBlock(Block):
    """The inline form of `usage`: a profile to start from and single values, or all values."""

    profile: Annotated[str | None, _A_PROFILE] = None
    distance: Annotated[float | None, quantity("distance per year")] = None
    consumption: Annotated[float | None, quantity("consumption")] = None
    reference_pack_mass: Annotated[float | None, quantity("mass")] = None
    mass_penalty: Annotated[float | None, quantity("mass penalty")] = None
    dc_share: Annotated[float | None, quantity("share")] = None
    ac_efficiency: Annotated[float | None, quantity("share")] = None
    dc_efficiency: Annotated[float | None, quantity("share")] = None
    ac_price: Annotated[float | None, quantity("money per energy")] = None
    dc_price: Annotated[float | None, quantity("money per energy")] = None
    energy_price_escalation: Annotated[float | None, quantity("yearly rate")] = None
    session_energy: Annotated[float | None, quantity("energy")] = None
    session_overhead: Annotated[float | None, quantity("time of a session")] = None
    time_value: Annotated[float | None, quantity("money per time")] = None
    unproductive: Annotated[float | None, quantity("share")] = None
    soc_mean: Annotated[float | None, quantity("share")] = None
    dod: Annotated[float | None, quantity("share")] = None
    c_rate: Annotated[float | None, quantity("C-rate")] = None
    battery_temperature: Annotated[float | None, quantity("temperature")] = None
    climate: Annotated[str | None, catalog_word("climate", lambda known: known.climates)] = None
    preheat: Annotated[str | None, word("way of preheating", PREHEATS)] = None
    cold_stops: Annotated[float | None, quantity("share")] = None
    soh_end_of_life: Annotated[float | None, quantity("share")] = None
    grid_carbon: Annotated[float | None, quantity("carbon per energy")] = None


EnergyAtTemperature = Annotated[float, quantity("energy")]
PowerAtTemperature = Annotated[float, quantity("power")]


class LimitsBlock(Block):
    """The block `limits` of the scenario or of a pack."""

    charging_time_max: Annotated[float | None, quantity("time")] = None
    charging_window: Annotated[
        tuple[Annotated[float, quantity("share")], Annotated[float, quantity("share")]] | None,
        BeforeValidator(read_window),
    ] = None
    charging_temperature: Annotated[float | None, quantity("temperature")] = None
    cold_charging_time_max: Annotated[float | None, quantity("time")] = None
    cold_temperature: Annotated[float | None, quantity("temperature")] = None
    charger_power: Annotated[float | None, quantity("power")] = None
    charger_current: Annotated[float | None, quantity("current")] = None
    usable_energy_min_at: Annotated[
        dict[str, EnergyAtTemperature] | None,
        BeforeValidator(read_at_temperatures, json_schema_input_type=dict[str, EnergyAtTemperature]),
    ] = Field(default=None, examples=[{"-10 degC": "50 kWh"}])
    power_min_at: Annotated[
        dict[str, PowerAtTemperature] | None,
        BeforeValidator(read_at_temperatures, json_schema_input_type=dict[str, PowerAtTemperature]),
    ] = Field(default=None, examples=[{"-20 degC": "60 kW"}])
    specific_energy_min: Annotated[float | None, quantity("specific energy")] = None
    energy_density_min: Annotated[float | None, quantity("energy density")] = None
    mass_max: Annotated[float | None, quantity("mass")] = None
    volume_max: Annotated[float | None, quantity("volume")] = None
    length_max: Annotated[float | None, quantity("length")] = None
    width_max: Annotated[float | None, quantity("length")] = None
    height_max: Annotated[float | None, quantity("length")] = None
    safety: Annotated[str | None, word("safety rule", SAFETY_RULES)] = None
    life_min: Annotated[float | None, quantity("duration")] = None
    life_distance_min: Annotated[float | None, quantity("distance")] = None
    warranty: Annotated[str | None, catalog_word("warranty rule", lambda known: known.warranty_rules)] = None


VolumeOfYear = Annotated[
    float,
    BeforeValidator(YearReader(KINDS["number per year"]), json_schema_input_type=quantity_seen("number per year")),
]


class PackBlock(Block):
    """One item of the list `packs`."""

    name: Annotated[str, name_fit_for_files(PACK_NAME, "letters, digits, - and _")] = Field(examples=["compact"])
    volume: Annotated[
        dict[str, VolumeOfYear],
        BeforeValidator(
            VolumeReader(KINDS["number per year"]), json_schema_input_type=dict[str, VolumeOfYear] | VolumeOfYear
        ),
    ] = Field(examples=["50000 /yr"])
    energy: Annotated[float, quantity("energy")] = Field(examples=["60 kWh"])
    power: Annotated[float, quantity("power")] = Field(examples=["150 kW"])
    power_temperature: Annotated[float | None, quantity("temperature")] = None
    power_soc: Annotated[float | None, quantity("share")] = None
    system_voltage: Annotated[int, BeforeValidator(read_voltage, json_schema_input_type=VOLTAGE_SEEN)] = Field(
        examples=["400 V"]
    )
    usage: Annotated[UsageBlock, BeforeValidator(read_usage, json_schema_input_type=UsageBlock | ProfileName)] = Field(
        examples=["private_car"]
    )
    limits: LimitsBlock = LimitsBlock()


CoolingName = Annotated[str, word("cooling", (ALL, *COOLINGS))]
ClassName = Annotated[str, word("technology class", (ALL, *TECHNOLOGY_CLASSES))]
HeaterName = Annotated[str, word("heater", (ALL, *HEATERS))]


class SearchBlock(Block):
    """The block `search`."""

    chemistries: Annotated[tuple[ChemistryName, ...], names_of_one_or_more(ChemistryName)] = (ALL,)
    formats: Annotated[tuple[FormatName, ...], names_of_one_or_more(FormatName)] = (ALL,)
    architectures: Annotated[tuple[ArchitectureName, ...], names_of_one_or_more(ArchitectureName)] = (ALL,)
    coolings: Annotated[tuple[CoolingName, ...], names_of_one_or_more(CoolingName)] = (ALL,)
    technology_classes: Annotated[tuple[ClassName, ...], names_of_one_or_more(ClassName)] = (ALL,)
    heaters: Annotated[tuple[HeaterName, ...], names_of_one_or_more(HeaterName)] = (ALL,)
    platforms: Annotated[tuple[PlatformName, ...] | None, names_of_one_or_more(PlatformName)] = None
    platforms_max: Annotated[int | None, whole_number(1, "a whole number of cell platforms, at least 1")] = None
    production_start: Annotated[int | None, whole_number_in_range("the year of the first sale")] = None
    readiness_min: Annotated[int | None, whole_number_in_range("a readiness level")] = None
    platform_fixed_cost: Annotated[float | None, quantity("money in millions")] = None


MoneyPerEnergy = Annotated[float, quantity("money per energy")]


class PlantBlock(Block):
    """The block `plant`."""

    size: Annotated[float | None, quantity("plant size")] = None
    parts_price_factor: Annotated[float | None, quantity("factor")] = None
    electrode_process: Annotated[str | None, word("electrode process", ELECTRODE_PROCESSES)] = None
    region: Annotated[str | None, catalog_word("region", lambda known: known.regions)] = None
    market: Annotated[str | None, catalog_word("market", lambda known: (SAME_REGION, *known.regions))] = None
    costing: Annotated[str | None, word("costing method", COSTINGS)] = None
    wacc: Annotated[float | None, quantity("yearly rate")] = None
    subsidy_share: Annotated[float | None, quantity("share")] = None
    learning: Annotated[float | None, quantity("yearly rate")] = None
    royalty: Annotated[
        dict[str, MoneyPerEnergy] | None,
        BeforeValidator(read_by_family, json_schema_input_type=dict[str, MoneyPerEnergy] | MoneyPerEnergy),
    ] = None


class LifecycleBlock(Block):
    """The block `lifecycle`."""

    end_of_life_value: Annotated[
        dict[str, MoneyPerEnergy] | None,
        BeforeValidator(read_by_family, json_schema_input_type=dict[str, MoneyPerEnergy] | MoneyPerEnergy),
    ] = None
    recycling_route: Annotated[str | None, catalog_word("recycling route", lambda known: known.recycling_routes)] = None
    residual_rule: Annotated[str | None, word("residual rule", RESIDUAL_RULES)] = None
    pack_price_decline: Annotated[float | None, quantity("yearly rate")] = None
    replacement_markup: Annotated[float | None, quantity("share")] = None
    replacement_rule: Annotated[str | None, word("replacement rule", REPLACEMENT_RULES)] = None
    warranty_defect: Annotated[float | None, quantity("share")] = None
    warranty_claim_date: Annotated[float | None, quantity("duration")] = None
    warranty_guaranteed_soh: Annotated[float | None, quantity("share")] = None
    warranty_term: Annotated[float | None, quantity("duration")] = None
    warranty_spread: Annotated[float | None, quantity("share")] = None


ModelName = Annotated[str, word("ownership model", (ALL, *OWNERSHIP_MODELS))]


class OwnershipBlock(Block):
    """The block `ownership`."""

    model: Annotated[tuple[ModelName, ...] | None, names_of_one_or_more(ModelName)] = None
    fee: Annotated[float | None, quantity("money per month")] = None
    fee_per_kwh: Annotated[float | None, quantity("money per energy")] = None
    lessor_return: Annotated[float | None, quantity("yearly rate")] = None
    operations: Annotated[float | None, quantity("money per year")] = None
    energy_paid_by: Annotated[str | None, word("payer of the energy", ENERGY_PAYERS)] = None
    pool_factor: Annotated[float | None, quantity("factor")] = None
    station_capex: Annotated[float | None, quantity("money per vehicle")] = None
    station_efficiency: Annotated[float | None, quantity("share")] = None
    station_energy_price: Annotated[float | None, quantity("money per energy")] = None
    station_c_rate: Annotated[float | None, quantity("C-rate")] = None


class TaxBlock(Block):
    """The block `tax`; without it nothing is taxed."""

    rate: Annotated[float, quantity("share")] = Field(examples=["25 %"])
    depreciation: Annotated[str | None, word("depreciation schedule", DEPRECIATIONS)] = None
    depreciation_years: Annotated[float | None, quantity("duration", whole=True)] = None
    depreciation_rates: Annotated[
        tuple[Annotated[float, quantity("share")], ...] | None, BeforeValidator(read_shares)
    ] = None
    bonus: Annotated[float | None, quantity("share")] = None
    investment_credit: Annotated[float | None, quantity("share")] = None


class SecondLifeBlock(Block):
    """The block `second_life`; without it no used pack goes to a second life."""

    new_storage_price: Annotated[float | None, quantity("money per energy")] = None
    new_storage_price_decline: Annotated[float | None, quantity("yearly rate")] = None
    used_discount: Annotated[float | None, quantity("share")] = None
    health_factor: Annotated[float | None, quantity("share")] = None
    repurposing_cost: Annotated[float | None, quantity("money per energy")] = None
    soh_min: Annotated[float | None, quantity("share")] = None


class ScenarioDocument(Block):
    """The whole file."""

    lcopt: Annotated[str, BeforeValidator(read_version, json_schema_input_type=VERSION_SEEN)] = Field(
        examples=[FORMAT_VERSION]
    )
    name: Annotated[str, name_fit_for_files(FILE_NAME, "letters, digits, spaces, and . - _ inside")] = Field(
        examples=["compact-2028"]
    )
    finance: FinanceBlock
    packs: Annotated[tuple[PackBlock, ...], BeforeValidator(read_packs)]
    limits: LimitsBlock = LimitsBlock()
    search: SearchBlock = SearchBlock()
    plant: PlantBlock = PlantBlock()
    portfolio: PortfolioBlock = PortfolioBlock()
    prices: Annotated[str | None, catalog_word("price scenario", lambda known: known.price_scenarios)] = None
    price_overrides: dict[str, Any] = Field(default_factory=dict)
    prices_compared: Annotated[str | None, catalog_word("price scenario", lambda known: known.price_scenarios)] = None
    lifecycle: LifecycleBlock = LifecycleBlock()
    ownership: OwnershipBlock = OwnershipBlock()
    tax: TaxBlock | None = None
    second_life: SecondLifeBlock | None = None
    data: Annotated[str | None, BeforeValidator(read_folder)] = None
    catalog_overrides: dict[str, Any] = Field(default_factory=dict)


FLEET_LIMITS = "portfolio.limits"
STRATEGIES = ("portfolio", "strategies")
STRATEGY, ALTERNATIVE = "portfolio.strategies", "portfolio.strategies.any_of"
ANY_OF = "any_of"
BLOCKS: dict[str, type[Block]] = {
    "": ScenarioDocument,
    "finance": FinanceBlock,
    "packs": PackBlock,
    "usage": UsageBlock,
    "limits": LimitsBlock,
    "search": SearchBlock,
    "plant": PlantBlock,
    "portfolio": PortfolioBlock,
    FLEET_LIMITS: FleetLimitBlock,
    "risk": RiskBlock,
    "buy": BuyBlock,
    STRATEGY: StrategyBlock,
    ALTERNATIVE: AllowedBlock,
    "lifecycle": LifecycleBlock,
    "ownership": OwnershipBlock,
    "tax": TaxBlock,
    "second_life": SecondLifeBlock,
}
# Keys by which scenarios build on each other; they are gone before a document is read.
EXTENDS, VARIANTS, SWEEP = "extends", "variants", "sweep"
LATER_KEYS: dict[str, tuple[str, ...]] = {
    "": ("uncertainty", "base_case"),
}


def block_name(path: tuple[str | int, ...]) -> str:
    """The block that a path ends in, as a key of `BLOCKS`: the empty text for the whole file."""
    if path[:2] == ("portfolio", "limits"):
        return FLEET_LIMITS
    if path[:2] == STRATEGIES and len(path) > 2:
        return ALTERNATIVE if any(isinstance(step, int) for step in path[3:]) else STRATEGY
    words = [step for step in path if isinstance(step, str) and step in BLOCKS]
    return words[-1] if words else ""
