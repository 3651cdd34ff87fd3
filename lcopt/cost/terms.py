"""What a lifecycle cost depends on besides the pack: use, money, replacement, charging sessions, carbon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from lcopt.arrays import FloatArray
from lcopt.cost.discounting import FlowTiming
from lcopt.cost.end_of_life import ResidualRule, SecondLife, Warranty
from lcopt.cost.ownership import Ownership
from lcopt.cost.replacement import ReplacementRule
from lcopt.cost.tax import Tax


class HeatSource(StrEnum):
    """Where the energy comes from that warms a pack for a charging session."""

    CHARGER = "charger"
    PLUG = "plug"
    BATTERY = "battery"


@dataclass(frozen=True)
class Use:
    """Yearly use of one vehicle and the energy that it buys.

    `reference_pack_mass_kg` is the mass at which `reference_consumption_kwh_per_km` holds, (n,) or one for all. Heat
    from the battery is charged again at the fast charger.
    """

    distance_km_per_yr: float
    reference_consumption_kwh_per_km: float
    reference_pack_mass_kg: FloatArray | float
    mass_penalty_kwh_per_100km_per_100kg: float
    dc_share_frac: float
    ac_efficiency_frac: float
    dc_efficiency_frac: float
    ac_price_usd_per_kwh: float
    dc_price_usd_per_kwh: float
    energy_price_escalation_frac_per_yr: float
    heat_from: HeatSource = HeatSource.CHARGER

    def at_stations(self, efficiency_frac: float, price_usd_per_kwh: float) -> Use:
        """The same use where all energy passes through swap stations, which stand in the place of fast charging."""
        return replace(
            self, dc_share_frac=1.0, dc_efficiency_frac=efficiency_frac, dc_price_usd_per_kwh=price_usd_per_kwh
        )


@dataclass(frozen=True)
class Finance:
    """Nominal rates, horizon and the date of running payments."""

    discount_rate_frac: float
    horizon_yr: int
    inflation_frac_per_yr: float
    flow_timing: FlowTiming


@dataclass(frozen=True)
class Replacement:
    """When a pack is replaced, what that costs and what the last pack earns."""

    soh_end_of_life_frac: float
    replacement_rule: ReplacementRule
    residual_rule: ResidualRule
    pack_price_decline_frac_per_yr: float
    replacement_markup_frac: float


@dataclass(frozen=True)
class Downtime:
    """What waiting at a charger costs."""

    session_energy_kwh: float
    overhead_h: float
    value_usd_per_h: float
    unproductive_frac: float


@dataclass(frozen=True)
class Carbon:
    """Carbon of the electricity, and its price."""

    grid_kg_per_kwh: float
    price_usd_per_t: float


@dataclass(frozen=True)
class Terms:
    """All of it; a part that is None costs and earns nothing."""

    use: Use
    finance: Finance
    replacement: Replacement
    ownership: Ownership
    downtime: Downtime | None = None
    carbon: Carbon | None = None
    warranty: Warranty | None = None
    second_life: SecondLife | None = None
    tax: Tax | None = None
