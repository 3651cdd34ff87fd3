"""What a lifecycle case may say: one pack, one use, one owner, every value a bare number in the unit of its name.

A dataclass is both the form of a block and what is read from it; the annotation of a field says how its value is read.
Where a word decides which other keys a block has, each word has a dataclass of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any

from lcopt.inputs.case_values import (
    ANY,
    AT_LEAST_ONE,
    BELOW_ONE,
    NON_NEGATIVE,
    POSITIVE,
    POSITIVE_SHARE,
    RATE,
    SHARE,
    WITHIN,
    number,
    read_fee,
    read_shares,
    read_switch,
    read_text,
    read_version,
    read_window,
    whole,
    words,
)
from lcopt.units import KM_KG_PER_100KM_100KG, WH_PER_KWH


@dataclass(frozen=True)
class Variants:
    """The forms of a block by the word that one of its keys holds; one form needs no such key."""

    forms: Mapping[str, type[Any]]
    key: str = ""
    default: str | None = None


def _one(form: type[Any]) -> Variants:
    return Variants(MappingProxyType({"": form}), default="")


@dataclass(frozen=True, kw_only=True)
class LinearFadeBlock:
    """`fade` with law `linear`."""

    law: Annotated[str, words("linear", "power")]
    fade_frac_per_yr: Annotated[float, number(SHARE)]
    calibration_factor: Annotated[float, number(NON_NEGATIVE)] = 1.0
    fast_charge_multiplier: Annotated[float, number(NON_NEGATIVE)] = 1.0


@dataclass(frozen=True, kw_only=True)
class PowerFadeBlock:
    """`fade` with law `power`."""

    law: Annotated[str, words("linear", "power")]
    calendar_coefficient_frac: Annotated[float, number(NON_NEGATIVE)]
    calendar_exponent: Annotated[float, number(POSITIVE)]
    calendar_scale_days: Annotated[float, number(POSITIVE)] = 1.0
    cycle_coefficient_frac: Annotated[float, number(NON_NEGATIVE)]
    cycle_exponent: Annotated[float, number(POSITIVE)]
    cycle_scale_efc: Annotated[float, number(POSITIVE)] = 1.0
    calibration_factor: Annotated[float, number(NON_NEGATIVE)] = 1.0
    fast_charge_multiplier: Annotated[float, number(NON_NEGATIVE)] = 1.0


@dataclass(frozen=True, kw_only=True)
class SecondLifeBlock:
    """`second_life`."""

    new_storage_price_usd_per_kwh: Annotated[float, number(NON_NEGATIVE)]
    new_storage_price_decline_frac_per_yr: Annotated[float, number(RATE)] = 0.0
    used_discount_factor: Annotated[float, number(NON_NEGATIVE)]
    health_factor: Annotated[float, number(NON_NEGATIVE)]
    repurposing_cost_usd_per_kwh: Annotated[float, number(NON_NEGATIVE)]
    soh_min_frac: Annotated[float, number(SHARE)] = 0.0
    testable: Annotated[bool, read_switch] = True


@dataclass(frozen=True, kw_only=True)
class DowntimeBlock:
    """`downtime`; the power of a session or the time that it takes."""

    session_power_kw: Annotated[float | None, number(POSITIVE)] = None
    charging_time_min: Annotated[float | None, number(POSITIVE)] = None
    charging_window_frac: Annotated[tuple[float, float] | None, read_window] = None
    session_energy_kwh: Annotated[float, number(POSITIVE)]
    overhead_h_per_session: Annotated[float, number(NON_NEGATIVE)] = 0.0
    value_usd_per_h: Annotated[float, number(NON_NEGATIVE)]
    unproductive_frac: Annotated[float, number(SHARE)] = 1.0


@dataclass(frozen=True, kw_only=True)
class WarrantyBlock:
    """`warranty`."""

    defect_frac: Annotated[float, number(SHARE)]
    claim_date_yr: Annotated[float, number(NON_NEGATIVE)]
    guaranteed_soh_frac: Annotated[float, number(SHARE)] = 0.70
    term_yr: Annotated[float, number(NON_NEGATIVE)] = 8.0
    spread_cv: Annotated[float, number(NON_NEGATIVE)] = 0.15


@dataclass(frozen=True, kw_only=True)
class CarbonBlock:
    """`carbon`."""

    making_kg_per_kwh: Annotated[float, number(NON_NEGATIVE)] = 0.0
    grid_kg_per_kwh: Annotated[float, number(NON_NEGATIVE)] = 0.0
    price_usd_per_t: Annotated[float, number(NON_NEGATIVE)] = 0.0


SCHEDULES = ("none", "straight_line", "macrs5", "own")


@dataclass(frozen=True, kw_only=True)
class TaxBlock:
    """`tax` with schedule `none` or `macrs5`."""

    rate_frac: Annotated[float, number(BELOW_ONE)]
    schedule: Annotated[str, words(*SCHEDULES)] = "none"
    bonus_frac: Annotated[float, number(SHARE)] = 0.0
    investment_credit_frac: Annotated[float, number(SHARE)] = 0.0


@dataclass(frozen=True, kw_only=True)
class StraightLineTaxBlock(TaxBlock):
    """`tax` with schedule `straight_line`."""

    years: Annotated[int, whole(1)]


@dataclass(frozen=True, kw_only=True)
class OwnTaxBlock(TaxBlock):
    """`tax` with schedule `own`."""

    rates_frac: Annotated[tuple[float, ...], read_shares]


MODELS = ("sale", "lease", "battery_as_a_service", "swap")


@dataclass(frozen=True, kw_only=True)
class SaleBlock:
    """`ownership` with model `sale`."""

    model: Annotated[str, words(*MODELS)] = "sale"


SALE = SaleBlock()


@dataclass(frozen=True, kw_only=True)
class LeaseBlock(SaleBlock):
    """`ownership` with model `lease`; a fee of None is sought."""

    fee_usd_per_month: Annotated[float | None, read_fee] = None
    lessor_discount_rate_frac: Annotated[float | None, number(RATE)] = None
    lessor_operations_usd_per_yr: Annotated[float, number(NON_NEGATIVE)] = 0.0


@dataclass(frozen=True, kw_only=True)
class ServiceBlock(LeaseBlock):
    """`ownership` with model `battery_as_a_service`."""

    fee_usd_per_kwh: Annotated[float, number(NON_NEGATIVE)] = 0.0
    operator_pays_energy: Annotated[bool, read_switch] = False


@dataclass(frozen=True, kw_only=True)
class SwapBlock(ServiceBlock):
    """`ownership` with model `swap`; station values of None are those of DC charging."""

    operator_pays_energy: Annotated[bool, read_switch] = True
    pool_factor: Annotated[float, number(AT_LEAST_ONE)]
    station_capex_usd_per_vehicle: Annotated[float, number(NON_NEGATIVE)]
    station_efficiency_frac: Annotated[float | None, number(POSITIVE_SHARE)] = None
    station_energy_price_usd_per_kwh: Annotated[float | None, number(NON_NEGATIVE)] = None
    station_fade_multiplier: Annotated[float, number(NON_NEGATIVE)] = 1.0


FADE = Variants(MappingProxyType({"linear": LinearFadeBlock, "power": PowerFadeBlock}), "law")
TAX = Variants(
    MappingProxyType({"none": TaxBlock, "straight_line": StraightLineTaxBlock, "macrs5": TaxBlock, "own": OwnTaxBlock}),
    "schedule",
    "none",
)
OWNERSHIP = Variants(
    MappingProxyType({"sale": SaleBlock, "lease": LeaseBlock, "battery_as_a_service": ServiceBlock, "swap": SwapBlock}),
    "model",
)


@dataclass(frozen=True, kw_only=True)
class LifecycleCase:
    """A whole case; a block of None is absent."""

    lifecycle_case: Annotated[int, read_version]
    name: Annotated[str, read_text] = ""
    description: Annotated[str, read_text] = ""
    pack_energy_kwh: Annotated[float, number(POSITIVE)]
    pack_specific_energy_wh_per_kg: Annotated[float | None, number(POSITIVE)] = None
    pack_mass_kg: Annotated[float | None, number(POSITIVE)] = None
    pack_price_usd_per_kwh: Annotated[float, number(POSITIVE)]
    pack_price_decline_frac_per_yr: Annotated[float, number(RATE)] = 0.0
    replacement_markup_frac: Annotated[float, number(SHARE)] = 0.0
    distance_km_per_yr: Annotated[float, number(POSITIVE)]
    reference_consumption_kwh_per_km: Annotated[float, number(ANY)]
    reference_pack_mass_kg: Annotated[float | None, number(POSITIVE)] = None
    mass_penalty_kwh_per_100km_per_100kg: Annotated[float, number(NON_NEGATIVE)] = 0.0
    dc_share_frac: Annotated[float, number(SHARE)]
    ac_efficiency_frac: Annotated[float, number(POSITIVE_SHARE)]
    dc_efficiency_frac: Annotated[float, number(POSITIVE_SHARE)]
    ac_price_usd_per_kwh: Annotated[float, number(NON_NEGATIVE)]
    dc_price_usd_per_kwh: Annotated[float, number(NON_NEGATIVE)]
    energy_price_escalation_frac_per_yr: Annotated[float, number(RATE)] = 0.0
    inflation_frac_per_yr: Annotated[float, number(RATE)] = 0.0
    discount_rate_frac: Annotated[float, number(RATE)]
    horizon_yr: Annotated[int, whole(1)]
    flow_timing: Annotated[str, words("end", "middle")] = "end"
    soh_end_of_life_frac: Annotated[float, number(WITHIN)]
    fade: Annotated[LinearFadeBlock | PowerFadeBlock, FADE]
    replacement_rule: Annotated[str, words("integer", "continuous")] = "integer"
    residual_rule: Annotated[str, words("none", "linear_time", "linear_soh", "market")]
    recycling_value_usd_per_kwh: Annotated[float, number(ANY)] = 0.0
    second_life: Annotated[SecondLifeBlock | None, _one(SecondLifeBlock)] = None
    downtime: Annotated[DowntimeBlock | None, _one(DowntimeBlock)] = None
    warranty: Annotated[WarrantyBlock | None, _one(WarrantyBlock)] = None
    carbon: Annotated[CarbonBlock | None, _one(CarbonBlock)] = None
    tax: Annotated[TaxBlock | None, TAX] = None
    ownership: Annotated[SaleBlock, OWNERSHIP] = SALE

    @property
    def mass_kg(self) -> float:
        """Mass of the pack, given or by its specific energy."""
        if self.pack_specific_energy_wh_per_kg is None:
            return float(self.pack_mass_kg or 0)
        return WH_PER_KWH * self.pack_energy_kwh / self.pack_specific_energy_wh_per_kg

    @property
    def consumption_kwh_per_km(self) -> float:
        """Consumption at the battery after the mass penalty."""
        reference_mass_kg = self.mass_kg if self.reference_pack_mass_kg is None else self.reference_pack_mass_kg
        penalty_kwh_per_km_kg = self.mass_penalty_kwh_per_100km_per_100kg / KM_KG_PER_100KM_100KG
        return self.reference_consumption_kwh_per_km + penalty_kwh_per_km_kg * (self.mass_kg - reference_mass_kg)
