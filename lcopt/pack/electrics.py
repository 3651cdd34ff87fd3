"""Voltage, energy, impedance and current of packs, whatever their cells are built like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.constants import CellConstants
from lcopt.cell.duty import Duty, Layout
from lcopt.cell.electrics import Electrics, nominal_voltage_v
from lcopt.cell.formats.pouch import CellDesign
from lcopt.cell.impedance import interfacial_asi_ohm_cm2
from lcopt.units import G_PER_KG, MA_PER_A, WH_PER_KWH


@dataclass(frozen=True)
class PackElectrics:
    """Voltage, energy, impedance and current of packs; arrays of shape (n,)."""

    pack_average_ocv_v: FloatArray
    pack_power_ocv_v: FloatArray
    pack_nominal_voltage_v: FloatArray
    pack_capacity_ah: FloatArray
    pack_energy_out_kwh: FloatArray
    pack_useable_energy_kwh: FloatArray
    cell_average_ocv_v: FloatArray
    cell_power_ocv_v: FloatArray
    cell_nominal_voltage_v: FloatArray
    cell_energy_kwh: FloatArray
    cell_energy_density_wh_per_l: FloatArray
    cell_specific_energy_wh_per_kg: FloatArray
    asi_temperature_factor: FloatArray
    asi_hardware_total_ohm_cm2: FloatArray
    asi_electrochemical_power_ohm_cm2: FloatArray
    asi_power_total_ohm_cm2: FloatArray
    asi_energy_c3_total_ohm_cm2: FloatArray
    soc_after_pulse_pct: FloatArray
    max_current_at_full_power_a: FloatArray
    max_current_density_at_full_power_ma_per_cm2: FloatArray
    c_rate_at_full_power_per_h: FloatArray


@dataclass(frozen=True)
class PulseLoad:
    """The pulse at rated power as the electrodes see it; arrays of shape (n,)."""

    density_ma_per_cm2: FloatArray
    c_rate_per_h: FloatArray
    electrochemical_ohm_cm2: FloatArray


def pulse_load(cell: CellDesign, state: Electrics) -> PulseLoad:
    """Current and electrochemical impedance of the pulse; NaN where a limiting current or rate is reached."""
    density = state.wiring.cell_current_a * MA_PER_A / cell.positive_area_per_cell_cm2
    c_rate = state.wiring.cell_current_a / cell.cell_capacity_ah
    interfacial = interfacial_asi_ohm_cm2(state.interfacial, cell.positive_thickness_um, density, c_rate)
    return PulseLoad(
        density_ma_per_cm2=density,
        c_rate_per_h=c_rate,
        electrochemical_ohm_cm2=(state.pulse_bulk_ohm_cm2 + interfacial) * state.power_temperature_factor,
    )


def pack_electrics(
    cell: CellDesign,
    layout: Layout,
    duty: Duty,
    state: Electrics,
    pulse: PulseLoad,
    capacity_ah: FloatArray,
    hardware_ohm_cm2: tuple[FloatArray, FloatArray],
    constants: CellConstants,
) -> PackElectrics:
    """Voltage, energy and impedance of packs.

    Parameters
    ----------
    cell, layout, duty, state, pulse
        An element a design; `pulse` of `pulse_load`.
    capacity_ah : ndarray, shape (n,)
        Of the pack. [Ah]
    hardware_ohm_cm2 : pair of ndarray, shape (n,)
        Impedance from the electrodes to the terminals of the pack, in the pulse and in the discharge at C/3.
    constants : CellConstants
        Of the catalog.

    References
    ----------
    batpac_5_1, Battery Design!G232:G233, G357:G364.
    """
    at_power, at_energy = hardware_ohm_cm2
    energy_asi = state.energy_asi_ohm_cm2 + at_energy
    series = layout.cells_in_series_count
    voltage_v = discharge_voltage_v(cell, series, state.energy_ocv_v, energy_asi, constants)
    energy_kwh = capacity_ah * voltage_v / WH_PER_KWH
    cell_wh = cell.cell_capacity_ah * voltage_v / series
    return PackElectrics(
        pack_average_ocv_v=series * state.energy_ocv_v,
        pack_power_ocv_v=series * state.power_ocv_v,
        pack_nominal_voltage_v=voltage_v,
        pack_capacity_ah=capacity_ah,
        pack_energy_out_kwh=energy_kwh,
        pack_useable_energy_kwh=energy_kwh * (duty.soc_max_frac - duty.soc_min_frac),
        cell_average_ocv_v=state.energy_ocv_v,
        cell_power_ocv_v=state.power_ocv_v,
        cell_nominal_voltage_v=voltage_v / series,
        cell_energy_kwh=cell_wh / WH_PER_KWH,
        cell_energy_density_wh_per_l=cell_wh / cell.cell_volume_l,
        cell_specific_energy_wh_per_kg=cell_wh / cell.cell_mass_g * G_PER_KG,
        asi_temperature_factor=state.power_temperature_factor,
        asi_hardware_total_ohm_cm2=at_power,
        asi_electrochemical_power_ohm_cm2=pulse.electrochemical_ohm_cm2,
        asi_power_total_ohm_cm2=pulse.electrochemical_ohm_cm2 + at_power,
        asi_energy_c3_total_ohm_cm2=energy_asi,
        soc_after_pulse_pct=100 * state.soc_after_pulse_frac,
        max_current_at_full_power_a=state.wiring.pack_current_a,
        max_current_density_at_full_power_ma_per_cm2=pulse.density_ma_per_cm2,
        c_rate_at_full_power_per_h=pulse.c_rate_per_h,
    )


def discharge_voltage_v(
    cell: CellDesign,
    series_count: FloatArray,
    energy_ocv_v: FloatArray,
    energy_asi_ohm_cm2: FloatArray,
    constants: CellConstants,
) -> FloatArray:
    """Voltage of packs in the discharge at C/3 [V], shape (n,), with the whole impedance at that load."""
    per_cm2 = cell.cell_capacity_ah / cell.positive_area_per_cell_cm2
    rate_per_h = constants.impedance.energy_c_rate_per_h
    return nominal_voltage_v(series_count, energy_ocv_v, per_cm2, energy_asi_ohm_cm2, rate_per_h)


def discharge_resistance_ohm(cell: CellDesign, layout: Layout, electric: PackElectrics) -> FloatArray:
    """Resistance of packs in the discharge at C/3 [ohm], shape (n,)."""
    cell_ohm = electric.asi_energy_c3_total_ohm_cm2 / cell.positive_area_per_cell_cm2
    strings = layout.cells_parallel_total_count
    return np.asarray(cell_ohm * layout.cells_per_pack_count / np.square(strings), dtype=np.float64)
