"""Measured charges as the charging model sees them, and what the model says of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.calibration.measured_files import Form, Measurements
from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import Catalog
from lcopt.performance.charging import (
    ChargedCells,
    ChargingModel,
    ChargingSets,
    charge,
    heat_capacity_j_per_k_ah,
    read_charging_model,
    read_charging_sets,
)
from lcopt.performance.isothermal import isothermal_minutes

PERCENT = 100.0
REQUIRED = (
    "areal_capacity_mah_per_cm2",
    "start_temperature_deg_c",
    "soc_from_pct",
    "soc_to_pct",
    "charging_time_min",
)
CHARGING = Form(
    "charging",
    required=REQUIRED,
    never_empty=REQUIRED,
    together=(("cell_mass_g", "cell_capacity_ah"), ("charger_power_kw", "pack_energy_kwh")),
)


@dataclass(frozen=True)
class ChargingRuns:
    """Charges of cells, arrays of shape (n,); `sets` are those of each row, `heat_capacity` NaN where isothermal."""

    set_names: tuple[str, ...]
    set_index: IntArray
    sets: ChargingSets
    areal_capacity_mah_per_cm2: FloatArray
    start_temperature_deg_c: FloatArray
    soc_from_frac: FloatArray
    soc_to_frac: FloatArray
    charging_time_min: FloatArray
    heat_capacity_j_per_k_ah: FloatArray
    rate_cap_per_h: FloatArray
    coolant_temperature_deg_c: FloatArray
    cooling_rate_per_s: FloatArray
    model: ChargingModel

    def __len__(self) -> int:
        return self.set_index.size

    @property
    def warms_itself(self) -> BoolArray:
        """Which rows are cells whose heat is known, so that the model with self-heating holds."""
        return np.isfinite(self.heat_capacity_j_per_k_ah)

    def take(self, index: IntArray) -> ChargingRuns:
        """The rows at `index` with the charging sets that are left."""
        arrays = {name: value[index] for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        left, arrays["set_index"] = np.unique(arrays["set_index"], return_inverse=True)
        names = tuple(self.set_names[number] for number in left)
        return ChargingRuns(names, sets=self.sets.take(index), model=self.model, **arrays)

    def minutes(self, speed_factor: float, activation_shift_kj_per_mol: FloatArray) -> FloatArray:
        """What the model says of every row.

        Parameters
        ----------
        speed_factor : float
            Of the technology class. [-]
        activation_shift_kj_per_mol : ndarray, shape (n_sets,)
            Added to both activation energies of each charging set. [kJ/mol]
        """
        shift = activation_shift_kj_per_mol[self.set_index]
        sets = replace(
            self.sets,
            kinetic_activation_kj_per_mol=self.sets.kinetic_activation_kj_per_mol + shift,
            electrolyte_activation_kj_per_mol=self.sets.electrolyte_activation_kj_per_mol + shift,
        )
        found = np.full(len(self), np.nan)
        conditions = np.stack(
            [
                self.soc_from_frac,
                self.soc_to_frac,
                self.warms_itself,
                self.coolant_temperature_deg_c,
                self.cooling_rate_per_s,
            ],
            axis=1,
        )
        _, group = np.unique(conditions, axis=0, return_inverse=True)
        for number in range(int(group.max(initial=-1)) + 1):
            index = np.flatnonzero(group.ravel() == number)
            found[index] = self._minutes_of_group(index, sets.take(index), speed_factor)
        return found

    def _minutes_of_group(self, index: IntArray, sets: ChargingSets, speed_factor: float) -> FloatArray:
        first = index[0]
        window = (float(self.soc_from_frac[first]), float(self.soc_to_frac[first]))
        cells = ChargedCells(
            sets=sets,
            areal_capacity_mah_per_cm2=self.areal_capacity_mah_per_cm2[index],
            speed_factor=np.full(index.size, speed_factor),
            heat_capacity_j_per_k_ah=self.heat_capacity_j_per_k_ah[index],
            rate_cap_per_h=self.rate_cap_per_h[index],
        )
        temperature = self.start_temperature_deg_c[index]
        if not self.warms_itself[first]:
            return isothermal_minutes(cells, window_frac=window, temperature_deg_c=temperature, model=self.model)
        constants = replace(
            self.model.constants,
            coolant_temperature_deg_c=float(self.coolant_temperature_deg_c[first]),
            cooling_rate_per_s=float(self.cooling_rate_per_s[first]),
        )
        model = replace(self.model, constants=constants)
        charged = charge(cells, window_frac=window, start_temperature_deg_c=temperature, model=model)
        return charged.charging_time_min


def charging_runs(
    measured: Measurements, names_of_rows: Sequence[str], rating_per_h: float, catalog: Catalog
) -> ChargingRuns:
    """The measured charges with what the catalog knows of each.

    Raises
    ------
    ScenarioError
        Where a row ends at a state of charge below its start.
    """
    number, model = measured.number, read_charging_model(catalog)
    _check_windows(measured)
    names = tuple(dict.fromkeys(names_of_rows))
    index = np.array([names.index(name) for name in names_of_rows], dtype=np.int64)
    constants = model.constants
    rate_cap = np.where(np.isnan(number["rate_max_per_h"]), rating_per_h, number["rate_max_per_h"])
    by_charger = number["charger_power_kw"] / number["pack_energy_kwh"]
    heat = heat_capacity_j_per_k_ah(number["cell_mass_g"], number["cell_capacity_ah"], constants)
    cooled = np.isfinite(heat)
    return ChargingRuns(
        set_names=names,
        set_index=index,
        sets=read_charging_sets(catalog, names).take(index),
        areal_capacity_mah_per_cm2=number["areal_capacity_mah_per_cm2"],
        start_temperature_deg_c=number["start_temperature_deg_c"],
        soc_from_frac=number["soc_from_pct"] / PERCENT,
        soc_to_frac=number["soc_to_pct"] / PERCENT,
        charging_time_min=number["charging_time_min"],
        heat_capacity_j_per_k_ah=heat,
        rate_cap_per_h=np.fmin(rate_cap, by_charger),
        coolant_temperature_deg_c=_or_constant(
            number["coolant_temperature_deg_c"], constants.coolant_temperature_deg_c, cooled
        ),
        cooling_rate_per_s=_or_constant(number["cooling_rate_per_s"], constants.cooling_rate_per_s, cooled),
        model=model,
    )


def _or_constant(given: FloatArray, constant: float, matters: BoolArray) -> FloatArray:
    """What the rows state, else the constant; one value for all rows for which it does not matter."""
    return np.where(matters & np.isfinite(given), given, constant)


def _check_windows(measured: Measurements) -> None:
    low, high = measured.number["soc_from_pct"], measured.number["soc_to_pct"]
    problems: list[Problem] = [
        measured.problem(
            row, "soc_to_pct", f"{high[row]:g} is not above soc_from_pct {low[row]:g}; expected a higher state"
        )
        for row in np.flatnonzero(high <= low)
    ]
    if problems:
        raise ScenarioError(problems)
