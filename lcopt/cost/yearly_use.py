"""What packs bring into their life, and what a year of use takes from them: energy, cycles, charging sessions."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.terms import HeatSource, Terms, Use
from lcopt.performance.aging import Fade
from lcopt.units import KM_KG_PER_100KM_100KG, MINUTES_PER_HOUR


@dataclass(frozen=True)
class OwnedPacks:
    """What the packs themselves bring, arrays (n,) or (1,).

    `price_usd_per_pack` at date 0; `session_power_kw` is the mean of a charging session (see `session_power_kw`);
    `recycling_value_usd_per_kwh` is net of all costs and may be negative; `heat_kwh_per_session` is the mean electric
    energy that warms the pack for a charging session.
    """

    energy_kwh: FloatArray
    mass_kg: FloatArray
    price_usd_per_pack: FloatArray
    session_power_kw: FloatArray
    recycling_value_usd_per_kwh: FloatArray
    making_kg_per_kwh: FloatArray
    fade: Fade
    heat_kwh_per_session: FloatArray = field(default_factory=lambda: np.zeros(1))


@dataclass(frozen=True)
class YearlyUse:
    """Energy and charging of a year, shape (n,)."""

    consumption_kwh_per_km: FloatArray
    battery_energy_kwh_per_yr: FloatArray
    ac_wall_energy_kwh_per_yr: FloatArray
    dc_wall_energy_kwh_per_yr: FloatArray
    equivalent_full_cycles_per_yr: FloatArray
    charging_sessions_per_yr: FloatArray
    charging_hours_per_yr: FloatArray

    def energy_cost_usd(self, prices: Use) -> FloatArray:
        """What the energy of the first year costs, shape (n,)."""
        ac_usd = self.ac_wall_energy_kwh_per_yr * prices.ac_price_usd_per_kwh
        return ac_usd + self.dc_wall_energy_kwh_per_yr * prices.dc_price_usd_per_kwh


def session_power_kw(
    pack_energy_kwh: FloatArray, charging_time_min: FloatArray, window_frac: tuple[float, float]
) -> FloatArray:
    """Mean power of a charging session over its window [kW], shape (n,)."""
    return pack_energy_kwh * (window_frac[1] - window_frac[0]) / (charging_time_min / MINUTES_PER_HOUR)


def consumption_kwh_per_km(use: Use, mass_kg: FloatArray) -> FloatArray:
    """Consumption at the battery with packs of another mass than the reference, shape (n,)."""
    penalty = use.mass_penalty_kwh_per_100km_per_100kg / KM_KG_PER_100KM_100KG
    return np.asarray(use.reference_consumption_kwh_per_km + penalty * (mass_kg - use.reference_pack_mass_kg))


def yearly_use(packs: OwnedPacks, terms: Terms) -> YearlyUse:
    """Energy, cycles and charging sessions of a year, shape (n,)."""
    use, downtime = terms.use, terms.downtime
    consumption = consumption_kwh_per_km(use, packs.mass_kg)
    battery = use.distance_km_per_yr * consumption
    sessions = hours = heat = np.zeros(battery.shape)
    if downtime is not None:
        fast = battery * use.dc_share_frac
        sessions = fast / downtime.session_energy_kwh
        hours = fast / packs.session_power_kw + sessions * downtime.overhead_h
        heat = sessions * packs.heat_kwh_per_session
    at_plug = heat if use.heat_from is HeatSource.PLUG else 0.0
    through_battery = heat if use.heat_from is HeatSource.BATTERY else 0.0
    return YearlyUse(
        consumption_kwh_per_km=consumption,
        battery_energy_kwh_per_yr=battery,
        ac_wall_energy_kwh_per_yr=(battery * (1 - use.dc_share_frac) + at_plug) / use.ac_efficiency_frac,
        dc_wall_energy_kwh_per_yr=(battery * use.dc_share_frac + heat - at_plug) / use.dc_efficiency_frac,
        equivalent_full_cycles_per_yr=(battery + through_battery) / (terms.ownership.pool_factor * packs.energy_kwh),
        charging_sessions_per_yr=sessions,
        charging_hours_per_yr=hours,
    )


def cycles_per_yr(energy_kwh: FloatArray, mass_kg: FloatArray, terms: Terms) -> FloatArray:
    """Equivalent full cycles a year of packs by driving alone, shape (n,)."""
    battery = terms.use.distance_km_per_yr * consumption_kwh_per_km(terms.use, mass_kg)
    return np.asarray(battery / (terms.ownership.pool_factor * energy_kwh))


def same_shape(packs: OwnedPacks) -> OwnedPacks:
    """The packs with every array of shape (n,)."""
    names = [item.name for item in fields(packs) if item.name != "fade"]
    fade_names = [item.name for item in fields(Fade)]
    arrays = [np.atleast_1d(np.asarray(getattr(packs, name), dtype=float)) for name in names]
    fades = [np.atleast_1d(np.asarray(getattr(packs.fade, name), dtype=float)) for name in fade_names]
    same = np.broadcast_arrays(*arrays, *fades)
    fade = Fade(**dict(zip(fade_names, same[len(names) :], strict=True)))
    return OwnedPacks(fade=fade, **dict(zip(names, same, strict=False)))
