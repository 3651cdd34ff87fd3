"""Charging of candidates as built: warm and, where the scenario asks for it, cold and with a heater."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.performance.charging import ChargedCells, Charging, charge, heat_capacity_j_per_k_ah, rate_cap_per_h
from lcopt.performance.cold import ColdCharging, cold_charging, heat_capacity_of_pack_kj_per_k
from lcopt.selection.engineering import Engineering
from lcopt.selection.geometry import Geometry, Values
from lcopt.selection.space import POUCH
from lcopt.selection.tasks import PackTask


@dataclass(frozen=True)
class ChargedBuilds:
    """What charging asks of candidates as built, before technology class and heater, arrays of shape (n_designs,)."""

    couple: IntArray
    cooling: IntArray
    is_pouch: BoolArray
    areal_capacity_mah_per_cm2: FloatArray
    cell_mass_g: FloatArray
    cell_capacity_ah: FloatArray
    pack_energy_kwh: FloatArray
    pack_capacity_ah: FloatArray
    pack_nominal_voltage_v: FloatArray
    pack_mass_without_heater_kg: FloatArray

    @classmethod
    def of(cls, geometry: Geometry) -> ChargedBuilds:
        """Of candidates as built."""
        cell, pack = geometry.cell, geometry.pack
        return cls(
            couple=geometry.platforms.couple,
            cooling=geometry.counts.cooling,
            is_pouch=geometry.platforms.cell_format == POUCH,
            areal_capacity_mah_per_cm2=geometry.platforms.areal_capacity_mah_per_cm2,
            cell_mass_g=cell.cell_mass_g,
            cell_capacity_ah=cell.cell_capacity_ah,
            pack_energy_kwh=pack.pack_energy_out_kwh,
            pack_capacity_ah=pack.pack_capacity_ah,
            pack_nominal_voltage_v=pack.pack_nominal_voltage_v,
            pack_mass_without_heater_kg=pack.pack_mass_kg - geometry.heater_kg,
        )

    def take(self, index: IntArray) -> ChargedBuilds:
        """The candidates at `index`."""
        return ChargedBuilds(**{item.name: getattr(self, item.name)[index] for item in fields(self)})


def charge_builds(
    task: PackTask, builds: ChargedBuilds, technology_class: IntArray, engineering: Engineering
) -> Charging:
    """Charging of candidates of given classes over the pack's window from its start temperature."""
    limits = task.pack.limits
    cells = charged_cells(task, builds, technology_class, engineering)
    return charge(cells, limits.charging_window_frac, limits.charging_temperature_deg_c, engineering.charging_model)


def charge_cold_builds(
    task: PackTask, builds: ChargedBuilds, technology_class: IntArray, heater: IntArray, engineering: Engineering
) -> ColdCharging | None:
    """Stops of the same packs when they are cold, with given heaters; None where the scenario asks for none."""
    cold, model = task.cold, engineering.charging_model
    if not cold.is_asked:
        return None
    heaters = engineering.heaters.take(heater)
    mass_kg = builds.pack_mass_without_heater_kg + heaters.mass_kg
    return cold_charging(
        charged_cells(task, builds, technology_class, engineering),
        task.pack.limits.charging_window_frac,
        cold.temperature_deg_c,
        heaters,
        heat_capacity_of_pack_kj_per_k(mass_kg, model.constants),
        model,
        model.constants.arrival_temperature_deg_c if cold.arrives_warm else None,
    )


def charged_cells(
    task: PackTask, builds: ChargedBuilds, technology_class: IntArray, engineering: Engineering
) -> ChargedCells:
    """What the charging model is given of candidates of given classes."""
    limits, classes, constants = task.pack.limits, engineering.classes, engineering.charging_model.constants
    # The plates of the reference's modules are not among the ways of cooling of the catalog.
    sink = np.where(
        builds.is_pouch, constants.cooling_rate_per_s, engineering.cased.coolings.heat_sink_per_s[builds.cooling]
    )
    return ChargedCells(
        sets=engineering.charging_sets.take(builds.couple),
        areal_capacity_mah_per_cm2=builds.areal_capacity_mah_per_cm2,
        speed_factor=classes.speed_factor[technology_class],
        heat_capacity_j_per_k_ah=heat_capacity_j_per_k_ah(builds.cell_mass_g, builds.cell_capacity_ah, constants),
        rate_cap_per_h=rate_cap_per_h(
            builds.pack_energy_kwh,
            builds.pack_capacity_ah,
            classes.rating_per_h[technology_class],
            limits.charger_power_kw,
            limits.charger_current_a,
            builds.pack_nominal_voltage_v,
            constants.charger_voltage_max_v,
        ),
        cooling_rate_per_s=sink,
    )


def charging_values(charging: Charging) -> Values:
    """Quantities of the limits and tables that follow from the charging, each (n_designs,)."""
    return {
        "charging_time_min": charging.charging_time_min,
        "charging_extrapolated": charging.areal_capacity_extrapolated.astype(np.float64),
    }


def cold_values(cold: ColdCharging | None, count: int) -> Values:
    """The stop of a cold pack and its electric energy for heat, each (n_designs,); not a number where none is asked."""
    if cold is None:
        return {"cold_charging_time_min": np.full(count, np.nan), "cold_heat_kwh": np.full(count, np.nan)}
    return {"cold_charging_time_min": cold.stop_time_min, "cold_heat_kwh": cold.heat_kwh}


def mean_stop_min(task: PackTask, charging_time_min: FloatArray, cold_stop_min: FloatArray | None) -> FloatArray:
    """Mean time of a stop over warm and cold ones [min], shape (n_designs,)."""
    if cold_stop_min is None:
        return charging_time_min
    share = task.cold.stops_frac
    return np.asarray((1 - share) * charging_time_min + share * cold_stop_min)
