"""What packs still give at the temperatures of their limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lcopt.cell.impedance import energy_asi_ohm_cm2
from lcopt.inputs.scenario import Pack
from lcopt.performance.cold_discharge import ColdPacks, cold_power_kw, cold_usable_energy_kwh
from lcopt.selection.cold import energy_at, power_at
from lcopt.selection.engineering import Engineering
from lcopt.selection.geometry import Geometry, Values


def values_at_temperatures(pack: Pack, geometry: Geometry, engineering: Engineering) -> Values:
    """What packs give at the temperatures of their limits, each (n_designs,); nothing where none is asked.

    Power is that of the pulse at the pack's state of charge; usable energy that of a discharge at the rate of the
    nominal energy, from full to the lowest share of the mean open-circuit voltage.
    """
    limits = pack.limits
    if not limits.usable_energy_min_kwh_at and not limits.power_min_kw_at:
        return {}
    impedance = engineering.pack.cell.impedance
    share = engineering.pack.cell.limits.ocv_fraction_at_rated_power_frac
    built, values = _cold_packs(geometry, engineering), {}
    for temperature, _ in limits.usable_energy_min_kwh_at:
        rate = impedance.energy_c_rate_per_h
        values[energy_at(temperature)] = cold_usable_energy_kwh(built, temperature, share, rate, impedance)
    pulsed = replace(built, hardware_asi_ohm_cm2=geometry.pack.asi_hardware_total_ohm_cm2)
    for temperature, _ in limits.power_min_kw_at:
        soc = pack.power_soc_frac
        values[power_at(temperature)] = cold_power_kw(pulsed, soc, temperature, share, impedance)
    return values


def _cold_packs(geometry: Geometry, engineering: Engineering) -> ColdPacks:
    """Packs for a discharge: the hardware is what their impedance at C/3 has beyond that of the electrodes."""
    couples = engineering.couples.take(geometry.platforms.couple)
    impedance, pack = engineering.pack.cell.impedance, geometry.pack
    pulse = pack.asi_electrochemical_power_ohm_cm2 / pack.asi_temperature_factor
    soc = engineering.vehicle.energy_soc_frac[0]
    at_energy = energy_asi_ohm_cm2(couples, soc, engineering.conditions.energy_temperature_deg_c, impedance)
    return ColdPacks(
        ocv_v=couples.ocv_v,
        pulse_asi_ohm_cm2=np.repeat(pulse[:, None], couples.ocv_v.shape[1], axis=1),
        energy_asi_ohm_cm2=impedance.energy_asi_factor * couples.asi_10s_ohm_cm2,
        asi_activation_energy_kj_per_mol=couples.asi_activation_energy_kj_per_mol,
        hardware_asi_ohm_cm2=np.maximum(pack.asi_energy_c3_total_ohm_cm2 - at_energy, 0.0),
        positive_area_per_cell_cm2=geometry.cell.positive_area_per_cell_cm2,
        cell_capacity_ah=geometry.cell.cell_capacity_ah,
        cells_per_pack_count=geometry.layout.cells_per_pack_count,
    )
