"""Power of a pack: what it gives at the lowest allowed voltage, and which voltage the rated power leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.constants import LimitConstants
from lcopt.cell.duty import Duty, Layout
from lcopt.cell.formats.pouch import CellDesign
from lcopt.pack.architecture import PackDesign
from lcopt.units import W_PER_KW


@dataclass(frozen=True)
class PackPower:
    """Power of packs at the temperature and state of charge of their duty; arrays of shape (n,)."""

    pack_power_at_target_ocv_kw: FloatArray
    ocv_fraction_at_rated_power_pct: FloatArray
    pack_rated_power_to_energy_ratio_per_h: FloatArray


def pack_power(cell: CellDesign, pack: PackDesign, layout: Layout, duty: Duty, constants: LimitConstants) -> PackPower:
    """Pulse power at the lowest voltage share, and the voltage share at rated power.

    Parameters
    ----------
    cell, pack, layout, duty
        An element a design; the impedance of `pack` holds at the duty's temperature and state of charge.
    constants : LimitConstants
        With the lowest share of the open-circuit voltage.

    Returns
    -------
    PackPower
        Arrays of shape (n,).

    References
    ----------
    batpac_5_1, Battery Design!G113, G360.
    """
    power_kw = pulse_power_kw(
        pack.pack_power_ocv_v,
        pack.asi_power_total_ohm_cm2,
        cell.positive_area_per_cell_cm2,
        layout,
        constants.ocv_fraction_at_rated_power_frac,
    )
    cells = pack.cells_per_pack_count
    ocv_v = pack.cell_power_ocv_v
    area = cells * cell.positive_area_per_cell_cm2
    drop = 4 * W_PER_KW * duty.rated_power_kw * pack.asi_power_total_ohm_cm2 / area
    root = np.sqrt(np.maximum(np.square(ocv_v) - drop, constants.ocv_discriminant_floor_coefficient))
    return PackPower(
        pack_power_at_target_ocv_kw=power_kw,
        ocv_fraction_at_rated_power_pct=(1 + root / ocv_v) * (100 / 2),
        pack_rated_power_to_energy_ratio_per_h=duty.rated_power_kw / pack.pack_energy_out_kwh,
    )


def pulse_power_kw(
    pack_ocv_v: FloatArray,
    asi_ohm_cm2: FloatArray,
    area_cm2: FloatArray,
    layout: Layout,
    voltage_share: FloatArray | float,
) -> FloatArray:
    """Power of a pack at a share of its open-circuit voltage.

    Parameters
    ----------
    pack_ocv_v, asi_ohm_cm2, area_cm2 : ndarray, shape (n,)
        Open-circuit voltage of the pack, impedance of the pulse, positive area of a cell.
    layout : Layout
        An element a design.
    voltage_share : ndarray, shape (n,), or float
        Voltage under load over open-circuit voltage, 0..1.

    Returns
    -------
    ndarray, shape (n,)
        Power. [kW]
    """
    resistance_ohm = asi_ohm_cm2 / area_cm2 * layout.cells_per_pack_count / np.square(layout.cells_parallel_total_count)
    share = voltage_share * (1 - voltage_share)
    return np.asarray(np.square(pack_ocv_v) * share / resistance_ohm / W_PER_KW, dtype=np.float64)
