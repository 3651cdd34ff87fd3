"""What a scenario asks for, in internal units with every default filled in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from lcopt.inputs.distributions import PriceDistribution
from lcopt.inputs.portfolio_limits import FleetLimit
from lcopt.inputs.price_correlations import Correlation
from lcopt.inputs.replaced_rows import ReplacedRow
from lcopt.inputs.strategies import Strategy
from lcopt.inputs.text.tree import CATALOG_PLACE, Place

HASHED_WITHOUT = ("path", "question", "origins", "replaced_rows")


@dataclass(frozen=True)
class Finance:
    """Money and time of the whole scenario; rates are nominal.

    All money of a scenario is in USD of the price year. `currency` is the one in which the user thinks, and
    `usd_per_currency` its average exchange rate of the price year, 1 for USD.
    """

    currency: str
    usd_per_currency: float
    price_year: int
    discount_rate_frac: float
    horizon_yr: int
    inflation_frac_per_yr: float
    production_years: int
    carbon_price_usd_per_t: float
    flow_timing: str


@dataclass(frozen=True)
class UsageProfile:
    """How the battery is used and what its energy and time cost: one profile of the catalog."""

    distance_km_per_yr: float
    consumption_kwh_per_km: float
    mass_penalty_kwh_per_100km_per_100kg: float
    dc_share_frac: float
    ac_efficiency_frac: float
    dc_efficiency_frac: float
    ac_price_usd_per_kwh: float
    dc_price_usd_per_kwh: float
    energy_price_escalation_frac_per_yr: float
    session_energy_kwh: float
    session_overhead_h: float
    time_value_usd_per_h: float
    unproductive_frac: float
    soc_mean_frac: float
    dod_frac: float
    c_rate_per_h: float
    battery_temperature_deg_c: float
    soh_end_of_life_frac: float
    grid_kg_per_kwh: float


@dataclass(frozen=True)
class Usage(UsageProfile):
    """The use of one pack: a profile, its name, the pack mass at which its consumption holds, and how cold it gets."""

    name: str
    reference_pack_mass_kg: float
    climate: str
    preheat: str
    cold_stops_frac: float


@dataclass(frozen=True)
class Limits:
    """What a candidate for one pack must meet; None where the scenario sets no limit.

    Limits at temperatures are pairs (temperature in degC, limit), the coldest first; empty where there are none.
    """

    charging_time_max_min: float | None
    charging_window_frac: tuple[float, float]
    charging_temperature_deg_c: float
    cold_charging_time_max_min: float | None
    cold_temperature_deg_c: float
    charger_power_kw: float
    charger_current_a: float
    usable_energy_min_kwh_at: tuple[tuple[float, float], ...]
    power_min_kw_at: tuple[tuple[float, float], ...]
    specific_energy_min_wh_per_kg: float | None
    energy_density_min_wh_per_l: float | None
    mass_max_kg: float | None
    volume_max_l: float | None
    length_max_mm: float | None
    width_max_mm: float | None
    height_max_mm: float | None
    safety: str
    life_min_yr: float | None
    life_distance_min_km: float | None
    warranty: str


# Limits that a pack is asked to meet once it is built and charged: they do not change how.
ASKED_OF_BUILT = (
    "charging_time_max_min",
    "cold_charging_time_max_min",
    "specific_energy_min_wh_per_kg",
    "energy_density_min_wh_per_l",
    "mass_max_kg",
    "volume_max_l",
    "life_min_yr",
    "life_distance_min_km",
    "warranty",
)


@dataclass(frozen=True)
class Pack:
    """One pack of the portfolio: what it must do, how many are sold, how it is used.

    `volume_by_year` are pairs (calendar year, packs sold in it) of every year of production, the first year first;
    empty where every year has the same. `volume_per_yr` is the mean of the years.
    """

    name: str
    volume_per_yr: float
    volume_by_year: tuple[tuple[int, float], ...]
    energy_kwh: float
    power_kw: float
    power_temperature_deg_c: float
    power_soc_frac: float
    system_voltage_v: int
    usage: Usage
    limits: Limits


@dataclass(frozen=True)
class Search:
    """Which part of the catalog takes part; `chemistries_named` tells a list of the user from `all`.

    Each chemistry has at least the readiness level `readiness_min` in the year of the first sale.
    `platforms` are the only cell designs where the user names some; None where they are generated, besides those given.
    """

    chemistries: tuple[str, ...]
    chemistries_named: bool
    formats: tuple[str, ...]
    architectures: tuple[str, ...]
    coolings: tuple[str, ...]
    technology_classes: tuple[str, ...]
    heaters: tuple[str, ...]
    platforms: tuple[str, ...] | None
    platforms_max: int | None
    production_start_year: int
    readiness_min: int


@dataclass(frozen=True)
class Plant:
    """The plant at which every cell and pack is costed: size, process, region and market, and how it is costed.

    `royalty_usd_per_kwh` has a chemistry family as key; `wacc_frac` counts in the levelized costing.
    """

    size_gwh_per_yr: float
    parts_price_factor: float
    electrode_process: str
    region: str
    market: str
    costing: str
    wacc_frac: float
    subsidy_share_frac: float
    learning_frac_per_yr: float
    royalty_usd_per_kwh: Mapping[str, float]


@dataclass(frozen=True)
class Risk:
    """Price scenarios with probabilities; `aversion_frac` is the weight of the mean over the dearest `tail_frac`."""

    probability_frac: Mapping[str, float]
    tail_frac: float
    aversion_frac: float


@dataclass(frozen=True)
class CellQuote:
    """A given cell design that may be bought instead of made; a supply without a limit is None."""

    cell: str
    price_usd_per_kwh: float
    supplier: str
    supply_max_gwh_per_yr: float | None


@dataclass(frozen=True)
class Portfolio:
    """What ties the packs of a scenario together; `volumes` says whether lines pool what packs make.

    `limits` hold for the whole fleet. Of the given cell designs those in `built` have no fixed cost any more, those in
    `platform_costs_musd` one of their own. The proof ends at the relative gap `gap_max_frac`. `risk` is None where the
    prices of the scenario are taken for certain; `buy` are the cells that may be bought. `strategies` are compared with
    the optimum and do not change it.
    """

    volumes: str
    gap_max_frac: float
    limits: tuple[FleetLimit, ...] = ()
    built: tuple[str, ...] = ()
    platform_costs_musd: Mapping[str, float] = field(default_factory=dict)
    risk: Risk | None = None
    buy: tuple[CellQuote, ...] = ()
    strategies: tuple[Strategy, ...] = ()


@dataclass(frozen=True)
class Ownership:
    """Business models that are tried, and the terms between user and lessor; without a fee break-even is charged."""

    models: tuple[str, ...]
    fee_usd_per_month: float | None
    fee_usd_per_kwh: float
    lessor_return_frac: float
    operations_usd_per_yr: float
    energy_paid_by: str
    pool_factor: float
    station_capex_usd_per_vehicle: float
    station_efficiency_frac: float
    station_energy_price_usd_per_kwh: float
    station_c_rate_per_h: float


@dataclass(frozen=True)
class Tax:
    """One tax rate for all parties, and how packs are depreciated; a loss is used at once elsewhere in the firm."""

    rate_frac: float
    depreciation: str
    depreciation_yr: int | None
    depreciation_frac: tuple[float, ...] | None
    bonus_frac: float
    investment_credit_frac: float


@dataclass(frozen=True)
class SecondLife:
    """Sale of used packs to stationary storage."""

    new_storage_price_usd_per_kwh: float
    new_storage_price_decline_frac_per_yr: float
    used_discount_factor: float
    health_factor: float
    repurposing_cost_usd_per_kwh: float
    soh_min_frac: float


@dataclass(frozen=True)
class Lifecycle:
    """What happens after the sale: end of life, replacement, warranty, carbon; and the price of a new platform.

    The end-of-life value counts where `recycling_route` is `given`; else the route gives it.
    """

    end_of_life_value_usd_per_kwh: Mapping[str, float]
    recycling_route: str
    residual_rule: str
    pack_price_decline_frac_per_yr: float
    replacement_markup_frac: float
    replacement_rule: str
    warranty_defect_frac: float
    warranty_claim_date_yr: float
    warranty_guaranteed_soh_frac: float
    warranty_term_yr: float
    warranty_spread_cv: float
    carbon_making_kg_per_kwh: Mapping[str, float]
    platform_fixed_cost_musd: float


@dataclass(frozen=True)
class Uncertainty:
    """What is sampled, how, and what a choice is made by; `tail_frac` is the share of the dearest outcomes of a CVaR.

    `prices` says which prices are sampled, `factors` what else. The best design is mapped over `map_fields`, where None
    over the two prices that decide most.
    """

    samples_count: int
    seed: int
    method: str
    objective: str
    prices: str
    tail_frac: float
    correlations: tuple[Correlation, ...] = ()
    factors: tuple[str, ...] = ()
    map_fields: tuple[str, str] | None = None


@dataclass(frozen=True)
class Scenario:
    """One question to the optimizer, complete: nothing in it is left to a default.

    `price_overrides` maps an item of prices.csv to its price in that row's unit, `price_distributions` those of them
    that are uncertain to their distribution. The two mappings of `lifecycle` have a chemistry family as key.
    `replaced_rows` are the rows of the catalog that a folder of data or the scenario itself replaces or adds. `origins`
    tells where each value comes from by its dotted path: a place in a file, or a row of the catalog.
    """

    name: str
    question: str
    path: str
    finance: Finance
    packs: tuple[Pack, ...]
    search: Search
    plant: Plant
    portfolio: Portfolio
    prices: str
    price_overrides: Mapping[str, float]
    prices_compared: str | None
    lifecycle: Lifecycle
    ownership: Ownership
    tax: Tax | None
    second_life: SecondLife | None
    uncertainty: Uncertainty
    replaced_rows: tuple[ReplacedRow, ...] = ()
    price_distributions: Mapping[str, PriceDistribution] = field(default_factory=dict)
    origins: Mapping[str, Place] = field(default_factory=dict)

    def resolved(self) -> dict[str, Any]:
        """All values with defaults filled in, as nested plain mappings, lists, numbers and words.

        Rows of the catalog that the user replaced or added stand there by what they say, in the order of their tables
        and keys; the key is absent where there are none.
        """
        values = {key: value for key, value in asdict(self).items() if key not in HASHED_WITHOUT}
        if self.replaced_rows:
            rows = sorted(self.replaced_rows, key=lambda row: (row.table, row.identity))
            values["replaced_rows"] = [row.content for row in rows]
        return values

    @property
    def asks_uncertainty(self) -> bool:
        """Whether a file states a key of the block `uncertainty`, so that reports tell how sure the answer is."""
        places = [place for path, place in self.origins.items() if path.startswith("uncertainty.")]
        return any(not place.file.startswith(CATALOG_PLACE) for place in places)

    def with_model(self, model: str) -> Scenario:
        """The same scenario under one business model alone."""
        return replace(self, ownership=replace(self.ownership, models=(model,)))

    @cached_property
    def scenario_hash(self) -> str:
        """SHA-256 of the resolved values: equal for two files that mean the same."""
        text = json.dumps(self.resolved(), sort_keys=True, ensure_ascii=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()
