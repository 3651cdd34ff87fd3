"""How long a pack takes to charge: the plating limit of the anode, with self-heating and cooling.

The margin against lithium plating is a kinetic resistance plus an electrolyte resistance that grows with the areal
capacity; both follow Arrhenius laws, so the times of their parts add. The coefficients were fitted to a
Doyle-Fuller-Newman model held at the plating limit (source key lcopt_charging_surrogate).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray
from lcopt.performance.charging_sets import (
    ChargingConstants,
    ChargingModel,
    ChargingSets,
    minutes_at_one_c,
    read_charging_model,
    read_charging_sets,
)
from lcopt.performance.thermal_march import Cooling, MarchedCharge, MarchInputs, Steps, march
from lcopt.units import J_PER_KJ, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, ZERO_CELSIUS_K

__all__ = [
    "ChargedCells",
    "Charging",
    "ChargingConstants",
    "ChargingModel",
    "ChargingSets",
    "charge",
    "heat_capacity_j_per_k_ah",
    "loading_ratio",
    "march_charge",
    "rate_cap_per_h",
    "read_charging_model",
    "read_charging_sets",
]

STEP_COUNT_TOLERANCE = 1e-9


@dataclass(frozen=True)
class ChargedCells:
    """What the charging time depends on, arrays of shape (n,) or scalars that broadcast.

    `speed_factor` is that of the technology class, `heat_capacity_j_per_k_ah` the heat capacity of a cell per ampere
    hour, `rate_cap_per_h` the least of the caps by cell, charger power and charger current. `cooling_rate_per_s` is
    that of the pack's way of cooling (UA over m cp), the coolant's temperature that of the season; where None, those
    of the catalog's constants hold.
    """

    sets: ChargingSets
    areal_capacity_mah_per_cm2: FloatArray
    speed_factor: FloatArray
    heat_capacity_j_per_k_ah: FloatArray
    rate_cap_per_h: FloatArray
    cooling_rate_per_s: FloatArray | float | None = None
    coolant_temperature_deg_c: FloatArray | float | None = None


@dataclass(frozen=True)
class Charging:
    """Charging of each design, shape (n,)."""

    charging_time_min: FloatArray
    end_temperature_deg_c: FloatArray
    peak_temperature_deg_c: FloatArray
    ceiling_reached: BoolArray
    areal_capacity_extrapolated: BoolArray


def heat_capacity_j_per_k_ah(
    cell_mass_g: FloatArray, cell_capacity_ah: FloatArray, constants: ChargingConstants
) -> FloatArray:
    """Heat capacity of a cell per ampere hour [J/(K Ah)], shape (n,)."""
    return cell_mass_g * constants.cell_heat_capacity_j_per_g_k / cell_capacity_ah


def rate_cap_per_h(
    pack_energy_kwh: FloatArray,
    pack_capacity_ah: FloatArray,
    cell_rating_per_h: FloatArray,
    charger_power_kw: float,
    charger_current_a: float,
    pack_voltage_v: FloatArray | float = 0.0,
    charger_voltage_max_v: float = np.inf,
) -> FloatArray:
    """Largest C-rate that cell, charger power, charger current and charger voltage allow.

    Parameters
    ----------
    pack_energy_kwh : ndarray, shape (n,)
        Nominal energy. [kWh]
    pack_capacity_ah : ndarray, shape (n,)
        Capacity of all parallel strings. [Ah]
    cell_rating_per_h : ndarray, shape (n,)
        Rating of the technology class. [1/h]
    charger_power_kw, charger_current_a : float
        At the plug, direct current; the current is the lesser one of charger and cable. [kW], [A]
    pack_voltage_v : ndarray, shape (n,), or float
        Nominal voltage of the pack. [V]
    charger_voltage_max_v : float
        Highest voltage of the charger, `ChargingConstants.charger_voltage_max_v`. [V]

    Returns
    -------
    ndarray, shape (n,)
        [1/h]; zero where the pack's voltage is above that of the charger.

    Notes
    -----
    A pack above the charger's voltage does not charge there at all: converters on board, and switches that charge
    half of the strings at half of the voltage, are not modeled.

    References
    ----------
    ccs_charger
    """
    by_charger = np.minimum(charger_power_kw / pack_energy_kwh, charger_current_a / pack_capacity_ah)
    within = pack_voltage_v <= charger_voltage_max_v
    return np.where(within, np.minimum(by_charger, cell_rating_per_h), 0.0)


def charge(
    cells: ChargedCells,
    window_frac: tuple[float, float],
    start_temperature_deg_c: FloatArray | float,
    model: ChargingModel,
) -> Charging:
    """Charging time of cells that heat themselves and are cooled, marched along the state of charge.

    Parameters
    ----------
    cells : ChargedCells
        Designs, arrays (n,).
    window_frac : tuple of float
        Lower and upper state of charge. [-]
    start_temperature_deg_c : ndarray, shape (n,), or float
        Cell temperature at plug-in. [degC]
    model : ChargingModel
        Constants and profile.

    Returns
    -------
    Charging
        Times and temperatures, arrays (n,). At the temperature ceiling the charge is stretched until heating equals
        cooling; without cooling it never ends (infinite).

    Notes
    -----
    Heat is overpotential times current. At the plating limit the overpotential is a mean of those of kinetics and
    electrolyte, weighted by their share of the limit, and falls linearly with the state of charge, as the potential of
    graphite does; below the limit it falls with the current. The rate of a step is that of the temperature in its
    middle. Against 59 lumped runs of the electrochemical model the time is off by 1.8 % in the median and 4.5 % at
    the 90th percentile, each loading left out of the fit in turn; the highest temperature by 1 K and 3 K.

    References
    ----------
    lcopt_charging_surrogate
    """
    marched = march_charge(cells, window_frac, start_temperature_deg_c, model)
    extrapolated = (cells.areal_capacity_mah_per_cm2 < cells.sets.areal_capacity_min_mah_per_cm2) | (
        cells.areal_capacity_mah_per_cm2 > cells.sets.areal_capacity_max_mah_per_cm2
    )
    return Charging(
        charging_time_min=marched.time_s / SECONDS_PER_MINUTE,
        end_temperature_deg_c=marched.end_k - ZERO_CELSIUS_K,
        peak_temperature_deg_c=marched.peak_k - ZERO_CELSIUS_K,
        ceiling_reached=marched.peak_k >= model.constants.temperature_ceiling_deg_c + ZERO_CELSIUS_K,
        areal_capacity_extrapolated=np.broadcast_to(extrapolated, marched.time_s.shape),
    )


def march_charge(
    cells: ChargedCells,
    window_frac: tuple[float, float],
    start_temperature_deg_c: FloatArray | float,
    model: ChargingModel,
    heating_max_k_per_s: FloatArray | float | None = None,
    steps: Steps | None = None,
) -> MarchedCharge:
    """The march behind `charge`, in kelvin and seconds.

    `heating_max_k_per_s` bounds what the coolant gives to colder cells, (n,) or a float; unbounded where None.
    `steps` are those of `charging_steps`, for marches over the same window.
    """
    constants = model.constants
    low, high = window_frac
    if steps is None:
        steps = charging_steps(cells, window_frac, model)
    count = len(steps.kinetic_overpotential_v)
    coolant = constants.coolant_temperature_deg_c
    rate = constants.cooling_rate_per_s
    inputs, (coolant_k, rate_per_s, heating) = _march_arrays(
        cells,
        (high - low) / count,
        start_temperature_deg_c,
        model,
        (
            (coolant if cells.coolant_temperature_deg_c is None else cells.coolant_temperature_deg_c) + ZERO_CELSIUS_K,
            rate if cells.cooling_rate_per_s is None else cells.cooling_rate_per_s,
            np.inf if heating_max_k_per_s is None else heating_max_k_per_s,
        ),
    )
    cooling = Cooling(
        coolant_k=coolant_k,
        rate_per_s=rate_per_s,
        ceiling_k=constants.temperature_ceiling_deg_c + ZERO_CELSIUS_K,
        heating_max_k_per_s=None if heating_max_k_per_s is None else heating,
    )
    marched = march(inputs, steps, cooling)
    return replace(marched, time_s=np.where(cells.rate_cap_per_h > 0, marched.time_s, np.inf))


def charging_steps(cells: ChargedCells, window_frac: tuple[float, float], model: ChargingModel) -> Steps:
    """The steps of the march over a window of state of charge."""
    constants = model.constants
    low, high = window_frac
    count = max(1, int(np.ceil((high - low) / constants.soc_step_frac - STEP_COUNT_TOLERANCE)))
    edges = np.linspace(low, high, count + 1)
    return Steps(
        share_frac=np.diff(model.progress_frac(cells.sets.time_frac, edges), axis=0),
        kinetic_overpotential_v=_kinetic_overpotential_v((edges[:-1] + edges[1:]) / 2, constants),
        electrolyte_added_v=constants.electrolyte_overpotential_v - constants.kinetic_overpotential_v,
    )


def _kinetic_overpotential_v(soc_frac: FloatArray, constants: ChargingConstants) -> FloatArray:
    fallen = constants.overpotential_fall_v * (soc_frac - constants.overpotential_middle_soc_frac)
    return np.asarray(constants.kinetic_overpotential_v - fallen)


def _march_arrays(
    cells: ChargedCells,
    step_frac: float,
    start_temperature_deg_c: FloatArray | float,
    model: ChargingModel,
    beside: tuple[FloatArray | float, ...],
) -> tuple[MarchInputs, tuple[FloatArray, ...]]:
    """Inputs of the march and what else must have their shape (n,)."""
    constants, sets = model.constants, cells.sets
    kelvin_per_kj = J_PER_KJ / constants.gas_constant_j_per_mol_k
    kinetic_k = sets.kinetic_activation_kj_per_mol * kelvin_per_kj
    electrolyte_k = sets.electrolyte_activation_kj_per_mol * kelvin_per_kj
    seconds = minutes_at_one_c(model) * SECONDS_PER_MINUTE / cells.speed_factor
    reference_k = constants.reference_temperature_deg_c + ZERO_CELSIUS_K
    loading = loading_ratio(cells, constants) ** sets.loading_exponent
    # Cells that must not charge are marched at any rate; their time is set to infinite afterwards.
    capped_s = SECONDS_PER_HOUR * step_frac / np.where(cells.rate_cap_per_h > 0, cells.rate_cap_per_h, 1.0)
    arrays = np.broadcast_arrays(
        np.atleast_1d(np.asarray(start_temperature_deg_c + ZERO_CELSIUS_K, dtype=float)),
        seconds * sets.kinetic_resistance_h * np.exp(-kinetic_k / reference_k),
        seconds * sets.electrolyte_resistance_h * loading * np.exp(-electrolyte_k / reference_k),
        kinetic_k,
        electrolyte_k,
        SECONDS_PER_HOUR * step_frac / cells.heat_capacity_j_per_k_ah,
        capped_s,
        *beside,
    )
    made = tuple(np.ascontiguousarray(array) for array in arrays)
    own = len(made) - len(beside)
    return MarchInputs(*made[:own]), made[own:]


def loading_ratio(cells: ChargedCells, constants: ChargingConstants) -> FloatArray:
    """Areal capacity over that of the fit, shape (n,)."""
    return cells.areal_capacity_mah_per_cm2 / constants.reference_areal_capacity_mah_per_cm2
