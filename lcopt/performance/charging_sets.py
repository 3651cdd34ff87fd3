"""Parameter sets, constants and profiles of the charging model, read from the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.inputs.catalog import Catalog
from lcopt.units import MINUTES_PER_HOUR

# Rows of `charging_profile.csv` for sets that have none of their own.
DEFAULT_PROFILE = "default"


@dataclass(frozen=True)
class ChargingSet:
    """Plating-limited charging of one family of electrodes; resistances of zero mean that nothing plates."""

    kinetic_resistance_h: float
    kinetic_activation_kj_per_mol: float
    electrolyte_resistance_h: float
    loading_exponent: float
    electrolyte_activation_kj_per_mol: float
    cap_exponent: float
    areal_capacity_min_mah_per_cm2: float
    areal_capacity_max_mah_per_cm2: float


@dataclass(frozen=True)
class ChargingSets:
    """The fields of `ChargingSet` as arrays, shape (n,), one entry a chemistry or a design, and their profiles.

    `time_frac`, shape (n, knots), is the share of the time from the first to the last knot of
    `ChargingModel.profile_soc_frac` that is over at each knot.
    """

    kinetic_resistance_h: FloatArray
    kinetic_activation_kj_per_mol: FloatArray
    electrolyte_resistance_h: FloatArray
    loading_exponent: FloatArray
    electrolyte_activation_kj_per_mol: FloatArray
    cap_exponent: FloatArray
    areal_capacity_min_mah_per_cm2: FloatArray
    areal_capacity_max_mah_per_cm2: FloatArray
    time_frac: FloatArray

    def take(self, index: IntArray) -> ChargingSets:
        """The entries at `index`, one for each design."""
        return ChargingSets(**{item.name: getattr(self, item.name)[index] for item in fields(self)})


@dataclass(frozen=True)
class ChargingConstants:
    """Heat, cooling and reference points of the charging model."""

    kinetic_overpotential_v: float
    electrolyte_overpotential_v: float
    overpotential_fall_v: float
    overpotential_middle_soc_frac: float
    cell_heat_capacity_j_per_g_k: float
    coolant_temperature_deg_c: float
    cooling_rate_per_s: float
    temperature_ceiling_deg_c: float
    reference_temperature_deg_c: float
    reference_areal_capacity_mah_per_cm2: float
    gas_constant_j_per_mol_k: float
    soc_step_frac: float
    cold_soc_step_frac: float
    window_low_frac: float
    window_high_frac: float
    start_temperature_min_deg_c: float
    start_temperature_max_deg_c: float
    charger_voltage_max_v: float
    pack_heat_capacity_j_per_g_k: float
    preheat_step_k: float
    preheat_temperature_max_deg_c: float
    arrival_temperature_deg_c: float


@dataclass(frozen=True)
class ChargingModel:
    """Constants, and the states of charge at which the profiles of `ChargingSets` have their knots, shape (knots,)."""

    constants: ChargingConstants
    profile_soc_frac: FloatArray

    def progress_frac(self, time_frac: FloatArray, soc_frac: FloatArray) -> FloatArray:
        """Share of a profile's time that is over, shape (soc, n); beyond the profile its end slopes go on.

        `time_frac` has shape (n, knots), `soc_frac` (soc,).
        """
        soc = self.profile_soc_frac
        left = np.clip(np.searchsorted(soc, soc_frac, side="right") - 1, 0, soc.size - 2)
        right_weight = ((soc_frac - soc[left]) / (soc[left + 1] - soc[left]))[:, None]
        at_knot = time_frac.T
        return np.asarray((1 - right_weight) * at_knot[left] + right_weight * at_knot[left + 1])

    def window_is_extrapolated(self, window_frac: tuple[float, float]) -> bool:
        """Whether a window reaches so far beyond the profile that a warning is due."""
        return window_frac[0] < self.constants.window_low_frac or window_frac[1] > self.constants.window_high_frac

    def start_temperature_is_extrapolated(self, temperature_deg_c: float) -> bool:
        """Whether a start is colder or hotter than those of the runs behind the model, so that a warning is due."""
        low, high = self.constants.start_temperature_min_deg_c, self.constants.start_temperature_max_deg_c
        return not low <= temperature_deg_c <= high


def read_charging_sets(catalog: Catalog, names: Sequence[str]) -> ChargingSets:
    """The named sets of `charging_sets.csv` in the given order, each with its profile or the default one.

    Raises
    ------
    CatalogError
        Where a row is missing or in another unit, or a profile lacks a knot.
    """
    rows = [catalog.constants(ChargingSet, "charging_sets", charging_set=name) for name in names]
    own = catalog.table("charging_profile").words("charging_set")
    profiles = [_profile(catalog, name if name in own else DEFAULT_PROFILE) for name in names]
    return ChargingSets(
        **{item.name: np.array([getattr(row, item.name) for row in rows]) for item in fields(ChargingSet)},
        time_frac=np.array(profiles),
    )


def read_charging_model(catalog: Catalog) -> ChargingModel:
    """Constants of the catalog and the knots of its profiles."""
    return ChargingModel(
        constants=catalog.constants(ChargingConstants, "charging_constants"),
        profile_soc_frac=np.array([float(word) for word in catalog.table("charging_profile").words("soc_frac")]),
    )


def _profile(catalog: Catalog, name: str) -> list[float]:
    table = catalog.table("charging_profile")
    return [table.one(charging_set=name, soc_frac=knot).number("1") for knot in table.words("soc_frac")]


def minutes_at_one_c(model: ChargingModel) -> float:
    """Minutes over the profile at a C-rate of 1."""
    return MINUTES_PER_HOUR * float(model.profile_soc_frac[-1] - model.profile_soc_frac[0])
