"""Charging at one temperature, in closed form and with its exact inverse: for screening and as a bound."""

from __future__ import annotations

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.performance.charging import ChargedCells, loading_ratio
from lcopt.performance.charging_sets import ChargingModel, minutes_at_one_c
from lcopt.units import J_PER_KJ, MINUTES_PER_HOUR, ZERO_CELSIUS_K


def isothermal_minutes(
    cells: ChargedCells, window_frac: tuple[float, float], temperature_deg_c: FloatArray | float, model: ChargingModel
) -> FloatArray:
    """Charging time of cells held at one temperature.

    Parameters
    ----------
    cells : ChargedCells
        Designs, arrays (n,); heat capacity and cooling are not read.
    window_frac : tuple of float
        Lower and upper state of charge. [-]
    temperature_deg_c : ndarray, shape (n,), or float
        Of the cells. [degC]
    model : ChargingModel
        Constants and profile.

    Returns
    -------
    ndarray, shape (n,)
        [min]; infinite where the rate cap is zero.

    Notes
    -----
    The minutes of kinetics and electrolyte add; with those at the rate cap they join in a power mean, whose exponent
    is part of the set. Left-out runs of the electrochemical model are met within 1 % in the median.

    References
    ----------
    lcopt_charging_surrogate
    """
    kinetic_min, electrolyte_min = _window_minutes(cells, window_frac, temperature_deg_c, model)
    limited_min = kinetic_min + electrolyte_min * loading_ratio(cells, model.constants) ** cells.sets.loading_exponent
    capped_min = _capped_minutes(cells.rate_cap_per_h, window_frac)
    power = cells.sets.cap_exponent
    # The larger is taken out, so that no power overflows.
    largest = np.maximum(limited_min, capped_min)
    with np.errstate(invalid="ignore"):
        together = largest * ((limited_min / largest) ** power + (capped_min / largest) ** power) ** (1 / power)
    return np.where(np.isinf(largest), np.inf, together)


def _capped_minutes(rate_cap_per_h: FloatArray, window_frac: tuple[float, float]) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(MINUTES_PER_HOUR * (window_frac[1] - window_frac[0]) / np.asarray(rate_cap_per_h))


def _window_minutes(
    cells: ChargedCells, window_frac: tuple[float, float], temperature_deg_c: FloatArray | float, model: ChargingModel
) -> tuple[FloatArray, FloatArray]:
    """Minutes over a window by kinetics, and by the electrolyte at the reference areal capacity."""
    constants, sets = model.constants, cells.sets
    cold_per_k = 1 / (temperature_deg_c + ZERO_CELSIUS_K) - 1 / (constants.reference_temperature_deg_c + ZERO_CELSIUS_K)
    mol_per_kj = J_PER_KJ / constants.gas_constant_j_per_mol_k * cold_per_k
    scale = minutes_at_one_c(model) / cells.speed_factor
    kinetic = scale * sets.kinetic_resistance_h * np.exp(sets.kinetic_activation_kj_per_mol * mol_per_kj)
    electrolyte = scale * sets.electrolyte_resistance_h * np.exp(sets.electrolyte_activation_kj_per_mol * mol_per_kj)
    ends = np.array(window_frac)
    share = np.diff(model.progress_frac(sets.time_frac, ends), axis=0)[0]
    return np.asarray(kinetic * share), np.asarray(electrolyte * share)
