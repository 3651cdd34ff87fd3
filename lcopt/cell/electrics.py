"""The electrical state of a design that does not depend on its geometry, and what follows from thickness and area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.constants import CellConstants
from lcopt.cell.duty import Duty, Layout, Problem, first_problem
from lcopt.cell.electrodes import Couples, thickness_ratio
from lcopt.cell.impedance import (
    InterfacialTerms,
    at_soc,
    energy_asi_ohm_cm2,
    interfacial_terms,
    pulse_asi_ohm_cm2,
    reference_interfacial_ohm_cm2,
    soc_after_pulse_frac,
    temperature_factor,
)
from lcopt.cell.wiring import Wiring, wire
from lcopt.conventions import Conventions
from lcopt.units import WH_PER_KWH


@dataclass(frozen=True)
class Electrics:
    """Voltages, impedances and currents of designs before their geometry is known; arrays of shape (n,)."""

    power_ocv_v: FloatArray
    energy_ocv_v: FloatArray
    soc_after_pulse_frac: FloatArray
    pulse_bulk_ohm_cm2: FloatArray
    power_temperature_factor: FloatArray
    energy_asi_ohm_cm2: FloatArray
    interfacial: InterfacialTerms
    wiring: Wiring
    problem: IntArray


def electrics(
    couples: Couples,
    layout: Layout,
    duty: Duty,
    capacity_ah: FloatArray,
    constants: CellConstants,
    conventions: Conventions,
) -> Electrics:
    """Everything electrical that is known before thickness and area.

    Parameters
    ----------
    couples, layout, duty
        An element a design.
    capacity_ah : ndarray, shape (n,)
        Capacity of the pack; where cells are sized, the first estimate from the energy (`first_capacity_ah`). [Ah]
    constants, conventions
        Of the catalog; the switches Q5, Q11 matter here.

    Returns
    -------
    Electrics
        `pulse_bulk_ohm_cm2` is the pulse impedance at 25 degC without its interfacial part.
    """
    impedance = constants.impedance
    power_ocv_v = at_soc(couples.ocv_v, duty.power_soc_frac)
    voltage_min_v = layout.cells_in_series_count * at_soc(couples.ocv_v, duty.soc_min_frac)
    after = soc_after_pulse_frac(
        duty.power_soc_frac, duty.rated_power_kw, duty.pulse_time_s, voltage_min_v, capacity_ah
    )
    pulse = pulse_asi_ohm_cm2(couples, duty.power_soc_frac, after, duty.pulse_time_s, impedance, conventions)
    wiring = wire(layout, duty, power_ocv_v, constants, conventions)
    problem = first_problem(layout.problem(), duty.not_finite(), Problem.NOT_FINITE)
    return Electrics(
        power_ocv_v=power_ocv_v,
        energy_ocv_v=at_soc(couples.ocv_v, duty.energy_soc_frac),
        soc_after_pulse_frac=after,
        pulse_bulk_ohm_cm2=pulse - reference_interfacial_ohm_cm2(couples),
        power_temperature_factor=temperature_factor(couples, duty.power_temperature_deg_c, impedance),
        energy_asi_ohm_cm2=energy_asi_ohm_cm2(couples, duty.energy_soc_frac, duty.energy_temperature_deg_c, impedance),
        interfacial=interfacial_terms(couples, thickness_ratio(couples)),
        wiring=wiring,
        problem=first_problem(problem, after < 0, Problem.PULSE_EMPTIES_CELL),
    )


def first_capacity_ah(couples: Couples, layout: Layout, duty: Duty) -> FloatArray:
    """Capacity of the pack for its required energy without any loss of voltage [Ah], shape (n,)."""
    voltage_v = layout.cells_in_series_count * at_soc(couples.ocv_v, duty.energy_soc_frac)
    return np.asarray(duty.pack_energy_kwh * WH_PER_KWH / voltage_v, dtype=np.float64)


def nominal_voltage_v(
    series_count: FloatArray,
    energy_ocv_v: FloatArray,
    capacity_per_area_ah_per_cm2: FloatArray,
    energy_asi_ohm_cm2: FloatArray,
    c_rate_per_h: float,
) -> FloatArray:
    """Voltage of the pack at the C/3 rate [V], shape (n,), BatPaC 5.1 Battery Design!G358."""
    drop_v = capacity_per_area_ah_per_cm2 * energy_asi_ohm_cm2 * c_rate_per_h
    return np.asarray(series_count * (energy_ocv_v - drop_v), dtype=np.float64)
