"""Charging stops of cold packs: heat before and while they charge, and the best temperature to heat to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.inputs.catalog import Catalog
from lcopt.performance.charging import ChargedCells, charging_steps, march_charge
from lcopt.performance.charging_sets import ChargingConstants, ChargingModel
from lcopt.performance.thermal_march import Steps
from lcopt.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE

# Far beyond any stop, and far from the largest number.
LONGEST_S = 1e12


@dataclass(frozen=True)
class Heater:
    """One way to heat a pack, the rows of `heaters.csv`."""

    power_kw: float
    specific_mass_kg_per_kw: float
    price_usd_per_kw: float
    efficiency_frac: float
    heats_while_charging: bool


@dataclass(frozen=True)
class Heaters:
    """The fields of `Heater` as arrays, shape (n,), one entry a heater or a design; zero power is no heater."""

    power_kw: FloatArray
    specific_mass_kg_per_kw: FloatArray
    price_usd_per_kw: FloatArray
    efficiency_frac: FloatArray
    heats_while_charging: BoolArray

    def take(self, index: IntArray) -> Heaters:
        """The entries at `index`, one for each design."""
        return Heaters(**{item.name: getattr(self, item.name)[index] for item in fields(self)})

    @property
    def mass_kg(self) -> FloatArray:
        """Mass of each heater [kg], shape (n,)."""
        return self.power_kw * self.specific_mass_kg_per_kw

    @property
    def price_usd_per_unit(self) -> FloatArray:
        """Price of each heater [USD/unit], shape (n,)."""
        return self.power_kw * self.price_usd_per_kw


@dataclass(frozen=True)
class ColdCharging:
    """Stops of cold packs, shape (n,).

    The stop is preheating and charging at the plug. `preheat_temperature_deg_c` is that at which charging starts;
    `heat_kwh` is the electric energy for heat of the whole stop, on the way included.
    """

    stop_time_min: FloatArray
    preheating_time_min: FloatArray
    charging_time_min: FloatArray
    preheat_temperature_deg_c: FloatArray
    heat_kwh: FloatArray


def read_heaters(catalog: Catalog, names: Sequence[str]) -> Heaters:
    """The named heaters of `heaters.csv` in the given order.

    Raises
    ------
    CatalogError
        Where a heater or one of its rows is missing or in another unit.
    """
    rows = [catalog.constants(Heater, "heaters", heater=name) for name in names]
    return Heaters(**{item.name: np.array([getattr(row, item.name) for row in rows]) for item in fields(Heater)})


def heat_capacity_of_pack_kj_per_k(pack_mass_kg: FloatArray, constants: ChargingConstants) -> FloatArray:
    """Heat capacity of a pack [kJ/K], shape (n,)."""
    return np.asarray(pack_mass_kg * constants.pack_heat_capacity_j_per_g_k)


def cold_charging(
    cells: ChargedCells,
    window_frac: tuple[float, float],
    cold_temperature_deg_c: FloatArray | float,
    heaters: Heaters,
    pack_heat_capacity_kj_per_k: FloatArray,
    model: ChargingModel,
    arrival_temperature_deg_c: FloatArray | float | None = None,
) -> ColdCharging:
    """Stop of a cold pack from plug-in on, heated before the charge for as long as that shortens the stop.

    Parameters
    ----------
    cells : ChargedCells
        Designs, arrays (n,); their coolant temperature is not read.
    window_frac : tuple of float
        Lower and upper state of charge. [-]
    cold_temperature_deg_c : ndarray, shape (n,), or float
        Of the cells, and of the pack before it is heated on the way. [degC]
    heaters : Heaters
        An element a design.
    pack_heat_capacity_kj_per_k : ndarray, shape (n,)
        Of all that is heated with the cells. [kJ/K]
    model : ChargingModel
        Constants and profile; the loop's set point is its coolant temperature.
    arrival_temperature_deg_c : ndarray, shape (n,), or float, optional
        At plug-in, of packs that were heated on the way; those without heater arrive cold. [degC]

    Returns
    -------
    ColdCharging
        Arrays (n,).

    Notes
    -----
    Before the charge the heater's whole power goes into the pack. While it charges, the loop warms cells below its set
    point at the rate of the pack's cooling, but never with more than the heater gives; heaters that cannot work then,
    and no heater, leave cold cells to warm themselves. Above its set point the loop cools. The start of the charge is
    sought in steps of `preheat_step_k`, since the optimum is flat.

    References
    ----------
    lcopt_charging_surrogate
    """
    constants = model.constants
    model = replace(model, constants=replace(constants, soc_step_frac=constants.cold_soc_step_frac))
    warming_k_per_s = heaters.power_kw * heaters.efficiency_frac / pack_heat_capacity_kj_per_k
    cold = np.asarray(cold_temperature_deg_c, dtype=np.float64)
    arrival = cold if arrival_temperature_deg_c is None else np.maximum(cold, arrival_temperature_deg_c)
    start = np.where(warming_k_per_s > 0, arrival, cold)
    looped = replace(cells, coolant_temperature_deg_c=constants.coolant_temperature_deg_c)
    while_charging = np.where(heaters.heats_while_charging, warming_k_per_s, 0.0)
    room_k = constants.preheat_temperature_max_deg_c - float(np.min(start))
    steps_count = int(max(room_k, 0) / constants.preheat_step_k)
    # A heater that is next to nothing takes for ever.
    with np.errstate(divide="ignore", over="ignore"):
        step_s = constants.preheat_step_k / warming_k_per_s
        step_s = np.where(step_s < LONGEST_S, step_s, np.inf)
    steps = charging_steps(looped, window_frac, model)
    best = _stop(start, np.zeros(start.shape), looped, window_frac, while_charging, model, steps)
    for step in range(1, 1 + steps_count):
        if not (step * step_s < best.stop_s).any():
            break
        warmed = start + step * constants.preheat_step_k
        best = _shorter(best, _stop(warmed, step * step_s, looped, window_frac, while_charging, model, steps))
    from_cold_k = (best.start_deg_c - cold) + best.heated_k
    electric_kw_s_per_k = pack_heat_capacity_kj_per_k / heaters.efficiency_frac
    return ColdCharging(
        stop_time_min=best.stop_s / SECONDS_PER_MINUTE,
        preheating_time_min=best.preheated_s / SECONDS_PER_MINUTE,
        charging_time_min=(best.stop_s - best.preheated_s) / SECONDS_PER_MINUTE,
        preheat_temperature_deg_c=best.start_deg_c,
        heat_kwh=from_cold_k * electric_kw_s_per_k / SECONDS_PER_HOUR,
    )


@dataclass(frozen=True)
class _Stop:
    start_deg_c: FloatArray
    preheated_s: FloatArray
    stop_s: FloatArray
    heated_k: FloatArray


def _stop(
    start_deg_c: FloatArray,
    preheated_s: FloatArray,
    cells: ChargedCells,
    window_frac: tuple[float, float],
    heating_max_k_per_s: FloatArray,
    model: ChargingModel,
    steps: Steps,
) -> _Stop:
    marched = march_charge(cells, window_frac, start_deg_c, model, heating_max_k_per_s, steps)
    return _Stop(start_deg_c, preheated_s, preheated_s + marched.time_s, marched.heated_k)


def _shorter(one: _Stop, other: _Stop) -> _Stop:
    """Of each design the shorter stop."""
    is_shorter = other.stop_s < one.stop_s
    return _Stop(
        **{
            item.name: np.where(is_shorter, getattr(other, item.name), getattr(one, item.name))
            for item in fields(_Stop)
        }
    )
