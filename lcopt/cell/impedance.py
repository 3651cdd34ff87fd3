"""Area-specific impedance (ASI) of an electrode couple: pulse, C/3, interfacial, at any temperature."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.constants import ImpedanceConstants
from lcopt.cell.electrodes import Couples
from lcopt.conventions import Conventions
from lcopt.units import J_PER_KJ, SECONDS_PER_HOUR, UM_PER_CM, WH_PER_KWH

SOC_INTERVALS = 10


def at_soc(table: FloatArray, soc_frac: FloatArray | float) -> FloatArray:
    """Linear interpolation of a table over 0, 10, ... 100 % state of charge.

    Parameters
    ----------
    table : ndarray, shape (n, 11)
        Values at the eleven points, a row a design.
    soc_frac : ndarray, shape (n,), or float
        State of charge, 0..1; outside, the end slope goes on.

    Returns
    -------
    ndarray, shape (n,)
        In the unit of the table; NaN where the state of charge is NaN.
    """
    if np.ndim(soc_frac) == 0:
        lower = int(min(max(np.floor(float(soc_frac) * SOC_INTERVALS), 0), SOC_INTERVALS - 1))
        left, right = table[:, lower], table[:, lower + 1]
        return left + (right - left) * (float(soc_frac) * SOC_INTERVALS - lower)
    position = np.asarray(soc_frac) * SOC_INTERVALS
    bracket = np.fmin(np.fmax(np.floor(position), 0), SOC_INTERVALS - 1)
    flat = np.ravel(table)
    start = np.arange(len(table)) * (SOC_INTERVALS + 1) + bracket.astype(np.int64)
    left = flat[start]
    result: FloatArray = left + (flat[start + 1] - left) * (position - bracket)
    return result


def temperature_factor(
    couples: Couples, temperature_deg_c: FloatArray | float, constants: ImpedanceConstants
) -> FloatArray:
    """Impedance at a temperature over that at 25 degC, shape (n,), BatPaC 5.1 Battery Design!G111."""
    return arrhenius_factor(couples.asi_activation_energy_kj_per_mol, temperature_deg_c, constants)


def arrhenius_factor(
    activation_energy_kj_per_mol: FloatArray, temperature_deg_c: FloatArray | float, constants: ImpedanceConstants
) -> FloatArray:
    """Impedance with this activation energy at a temperature over that at 25 degC, shape (n,)."""
    inverse_k = 1 / constants.activation_reference_temperature_k - 1 / (
        temperature_deg_c + constants.activation_zero_celsius_k
    )
    slope_k = activation_energy_kj_per_mol * (J_PER_KJ / constants.activation_gas_constant_j_per_mol_k)
    return np.asarray(np.exp(slope_k * inverse_k), dtype=np.float64)


def soc_after_pulse_frac(
    soc_frac: FloatArray | float,
    power_kw: FloatArray | float,
    pulse_time_s: FloatArray | float,
    voltage_min_v: FloatArray,
    capacity_ah: FloatArray,
) -> FloatArray:
    """State of charge at the end of a pulse at the current of the lowest open-circuit voltage, shape (n,)."""
    current_a = WH_PER_KWH * np.asarray(power_kw) / voltage_min_v
    return np.asarray(soc_frac - current_a * pulse_time_s / SECONDS_PER_HOUR / capacity_ah, dtype=np.float64)


def pulse_asi_ohm_cm2(
    couples: Couples,
    soc_frac: FloatArray | float,
    soc_after_frac: FloatArray | float,
    pulse_time_s: FloatArray | float,
    constants: ImpedanceConstants,
    conventions: Conventions,
) -> FloatArray:
    """Impedance of the couple at its reference loading and 25 degC after a discharge pulse.

    Parameters
    ----------
    couples : Couples
        An element a design.
    soc_frac, soc_after_frac : ndarray, shape (n,), or float
        State of charge before and after the pulse, 0..1.
    pulse_time_s : ndarray, shape (n,), or float
        Duration. [s]
    constants : ImpedanceConstants
        Of the catalog.
    conventions : Conventions
        The switch Q5 lets the law pass through the tables at 2 s and 10 s.

    Returns
    -------
    ndarray, shape (n,)
        Impedance, interfacial part at the reference loading included. [ohm cm2]

    References
    ----------
    batpac_5_1, Battery Design!G145.
    """
    short = at_soc(couples.asi_2s_ohm_cm2, soc_frac)
    long = at_soc(couples.asi_10s_ohm_cm2, soc_frac)
    drift = at_soc(couples.asi_10s_ohm_cm2, soc_after_frac) - long
    root_short, root_long = math.sqrt(constants.pulse_short_s), math.sqrt(constants.pulse_long_s)
    root: FloatArray = np.sqrt(np.asarray(pulse_time_s, dtype=np.float64))
    if conventions.pulse_interpolates_table:
        return short + (long - short) * ((root - root_short) / (root_long - root_short)) + drift
    interfacial = reference_interfacial_ohm_cm2(couples)
    rate = (
        interfacial * (constants.pulse_interfacial_weight_coefficient / root_short)
        + (long - short + interfacial) * (constants.pulse_diffusion_weight_coefficient / root_long)
    )  # fmt: skip
    return np.asarray(rate * root + short - interfacial + drift, dtype=np.float64)


def reference_interfacial_ohm_cm2(couples: Couples) -> FloatArray:
    """Interfacial share of the tabulated impedance at 25 degC, both electrodes [ohm cm2], shape (n,)."""
    return couples.positive_reference_asi_ohm_cm2 + couples.negative_reference_asi_ohm_cm2


def energy_asi_ohm_cm2(
    couples: Couples,
    soc_frac: FloatArray | float,
    temperature_deg_c: FloatArray | float,
    constants: ImpedanceConstants,
) -> FloatArray:
    """Electrochemical impedance of a discharge at C/3 [ohm cm2], shape (n,), BatPaC 5.1 Battery Design!G152."""
    factor = temperature_factor(couples, temperature_deg_c, constants)
    return constants.energy_asi_factor * at_soc(couples.asi_10s_ohm_cm2, soc_frac) * factor


@dataclass(frozen=True)
class InterfacialTerms:
    """What the interfacial impedance of a design needs beside thickness, area and capacity; arrays of shape (n,).

    The two impedances are those of a positive coating of 1 um, which fixes the negative one beside it.
    """

    positive_per_um_ohm_cm2: FloatArray
    negative_per_um_ohm_cm2: FloatArray
    limiting_current_density_ma_per_cm2: FloatArray
    limiting_c_rate_per_h: FloatArray


def interfacial_terms(couples: Couples, thickness_ratio: FloatArray) -> InterfacialTerms:
    """Terms of the interfacial impedance; `thickness_ratio` is negative over positive thickness, shape (n,)."""
    positive = couples.positive_charge_transfer_ohm_cm2 * UM_PER_CM / couples.positive_specific_area_cm2_per_cm3
    negative = couples.negative_charge_transfer_ohm_cm2 * UM_PER_CM / couples.negative_specific_area_cm2_per_cm3
    return InterfacialTerms(
        positive_per_um_ohm_cm2=positive,
        negative_per_um_ohm_cm2=negative / thickness_ratio,
        limiting_current_density_ma_per_cm2=couples.limiting_current_density_ma_per_cm2,
        limiting_c_rate_per_h=couples.limiting_c_rate_per_h,
    )


def interfacial_asi_ohm_cm2(
    terms: InterfacialTerms,
    positive_thickness_um: FloatArray,
    current_density_ma_per_cm2: FloatArray,
    c_rate_per_h: FloatArray,
) -> FloatArray:
    """Interfacial impedance of both electrodes at 25 degC for a thickness and a current.

    Parameters
    ----------
    terms : InterfacialTerms
        Of the couple.
    positive_thickness_um : ndarray, shape (n,)
        Positive coating. [um]
    current_density_ma_per_cm2, c_rate_per_h : ndarray, shape (n,)
        At rated power. [mA/cm2], [1/h]

    Returns
    -------
    ndarray, shape (n,)
        NaN where a limiting current or rate is reached. [ohm cm2]

    References
    ----------
    batpac_5_1, Battery Design!G216:G217.
    """
    solid = 1 - np.square(c_rate_per_h / terms.limiting_c_rate_per_h)
    ionic = 1 - current_density_ma_per_cm2 / terms.limiting_current_density_ma_per_cm2
    positive = terms.positive_per_um_ohm_cm2 / np.sqrt(solid * ionic)
    return np.asarray((positive + terms.negative_per_um_ohm_cm2) / positive_thickness_um, dtype=np.float64)
