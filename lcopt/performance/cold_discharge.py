"""What a cold pack still gives: power at a state of charge, and energy until its lowest voltage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.constants import ImpedanceConstants
from lcopt.cell.impedance import arrhenius_factor, at_soc
from lcopt.units import W_PER_KW, WH_PER_KWH


@dataclass(frozen=True)
class ColdPacks:
    """Packs as their discharge sees them; arrays of shape (n,), tables (n, 11) for 0, 10, ... 100 % state of charge.

    `pulse_asi_ohm_cm2` and `energy_asi_ohm_cm2` are the electrochemical impedances of a pulse and of a slow discharge
    at 25 degC; their activation energy is negative, as in the catalog, since they fall with the temperature.
    `hardware_asi_ohm_cm2` is that of foils, tabs and links, which does not move with it.
    """

    ocv_v: FloatArray
    pulse_asi_ohm_cm2: FloatArray
    energy_asi_ohm_cm2: FloatArray
    asi_activation_energy_kj_per_mol: FloatArray
    hardware_asi_ohm_cm2: FloatArray
    positive_area_per_cell_cm2: FloatArray
    cell_capacity_ah: FloatArray
    cells_per_pack_count: FloatArray


def cold_power_kw(
    packs: ColdPacks,
    soc_frac: FloatArray | float,
    temperature_deg_c: FloatArray | float,
    voltage_share_frac: FloatArray | float,
    constants: ImpedanceConstants,
) -> FloatArray:
    """Pulse power at a share of the open-circuit voltage.

    Parameters
    ----------
    packs : ColdPacks
        An element a design.
    soc_frac : ndarray, shape (n,), or float
        State of charge. [-]
    temperature_deg_c : ndarray, shape (n,), or float
        Of the cells. [degC]
    voltage_share_frac : ndarray, shape (n,), or float
        Lowest voltage under load over open-circuit voltage, 0..1.
    constants : ImpedanceConstants
        Of the catalog.

    Returns
    -------
    ndarray, shape (n,)
        [kW]

    References
    ----------
    batpac_5_1, Battery Design!G111, G113.
    """
    factor = arrhenius_factor(packs.asi_activation_energy_kj_per_mol, temperature_deg_c, constants)
    asi_ohm_cm2 = at_soc(packs.pulse_asi_ohm_cm2, soc_frac) * factor + packs.hardware_asi_ohm_cm2
    ocv_v = at_soc(packs.ocv_v, soc_frac)
    cell_w = np.square(ocv_v) * voltage_share_frac * (1 - voltage_share_frac) * packs.positive_area_per_cell_cm2
    return np.asarray(packs.cells_per_pack_count * cell_w / asi_ohm_cm2 / W_PER_KW, dtype=np.float64)


def cold_usable_energy_kwh(
    packs: ColdPacks,
    temperature_deg_c: FloatArray | float,
    voltage_share_frac: FloatArray | float,
    c_rate_per_h: FloatArray | float,
    constants: ImpedanceConstants,
) -> FloatArray:
    """Energy of a discharge at constant current from full until the lowest voltage.

    Parameters
    ----------
    packs : ColdPacks
        An element a design.
    temperature_deg_c : ndarray, shape (n,), or float
        Of the cells, which are held there. [degC]
    voltage_share_frac : ndarray, shape (n,), or float
        Lowest voltage over the mean open-circuit voltage of a cell, 0..1.
    c_rate_per_h : ndarray, shape (n,), or float
        C/3 is that of the nominal energy. [1/h]
    constants : ImpedanceConstants
        Of the catalog.

    Returns
    -------
    ndarray, shape (n,)
        [kWh]; zero where even a full cell is below the lowest voltage.

    Notes
    -----
    Between the points of the tables the voltage is linear, so the integral is exact. Cells that warm themselves give
    more.
    """
    current_a = np.asarray(packs.cell_capacity_ah * c_rate_per_h)
    resistance_ohm = _resistance_ohm(packs, temperature_deg_c, constants)
    return _energy_kwh(packs, packs.ocv_v - current_a[..., None] * resistance_ohm, voltage_share_frac)


def _resistance_ohm(
    packs: ColdPacks, temperature_deg_c: FloatArray | float, constants: ImpedanceConstants
) -> FloatArray:
    """Resistance of a cell at the points of the tables, shape (n, 11)."""
    factor = arrhenius_factor(packs.asi_activation_energy_kj_per_mol, temperature_deg_c, constants)
    asi_ohm_cm2 = packs.energy_asi_ohm_cm2 * factor[:, None] + packs.hardware_asi_ohm_cm2[:, None]
    return np.asarray(asi_ohm_cm2 / packs.positive_area_per_cell_cm2[:, None])


def _energy_kwh(packs: ColdPacks, voltage_v: FloatArray, voltage_share_frac: FloatArray | float) -> FloatArray:
    """Energy from full to the first crossing of the lowest voltage; `voltage_v` (n, 11) is that under load."""
    falling_v = voltage_v[:, ::-1]
    intervals = falling_v.shape[1] - 1
    mean_ocv_v = (packs.ocv_v[:, :-1] + packs.ocv_v[:, 1:]).sum(axis=1) / 2 / intervals
    lowest_v = (voltage_share_frac * mean_ocv_v)[:, None]
    before_v, after_v = falling_v[:, :-1], falling_v[:, 1:]
    # Of each interval the share above the lowest voltage, if the discharge reaches it.
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = np.clip((before_v - lowest_v) / (before_v - after_v), 0, 1)
    share = np.where(before_v < lowest_v, 0.0, np.where(after_v >= lowest_v, 1.0, crossing))
    reached = np.cumprod(np.concatenate([np.ones((len(share), 1)), share[:, :-1] >= 1], axis=1), axis=1)
    mean_v = before_v + (after_v - before_v) * share / 2
    cell_wh = packs.cell_capacity_ah * (reached * share * mean_v).sum(axis=1) / intervals
    return np.asarray(packs.cells_per_pack_count * cell_wh / WH_PER_KWH, dtype=np.float64)
