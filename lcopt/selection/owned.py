"""Candidates as their life sees them."""

from __future__ import annotations

from lcopt.arrays import FloatArray, IntArray
from lcopt.cost.lifecycle import OwnedPacks, session_power_kw
from lcopt.selection.tasks import PackTask


def owned_packs(
    task: PackTask,
    couple: IntArray,
    energy_kwh: FloatArray,
    mass_kg: FloatArray,
    stop_min: FloatArray,
    heat_kwh: FloatArray,
    price_usd_per_pack: FloatArray,
    recycling_value_usd_per_kwh: FloatArray,
    making_kg_per_kwh: FloatArray,
) -> OwnedPacks:
    """Energy, mass, stops and prices of candidates; `making_kg_per_kwh` has an element a chemistry, others (n,)."""
    return OwnedPacks(
        energy_kwh=energy_kwh,
        mass_kg=mass_kg,
        price_usd_per_pack=price_usd_per_pack,
        session_power_kw=session_power_kw(energy_kwh, stop_min, task.pack.limits.charging_window_frac),
        heat_kwh_per_session=task.cold.stops_frac * heat_kwh,
        recycling_value_usd_per_kwh=recycling_value_usd_per_kwh,
        making_kg_per_kwh=making_kg_per_kwh[couple],
        fade=task.fade.take(couple),
    )
