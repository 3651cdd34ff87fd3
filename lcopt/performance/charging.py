"""How long a pack takes to charge: the plating limit of the anode, isothermal and with self-heating and cooling.

The margin against lithium plating is a kinetic resistance plus an electrolyte resistance that grows with the areal
capacity; both follow Arrhenius laws, so the times of their parts add. The coefficients were fitted to a
Doyle-Fuller-Newman model held at the plating limit (source key lcopt_charging_surrogate).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.inputs.catalog import Catalog
from lcopt.performance.thermal_march import Cooling, MarchInputs, march
from lcopt.units import MINUTES_PER_HOUR, SECONDS_PER_HOUR, ZERO_CELSIUS_K

J_PER_KJ = 1000.0
SECONDS_PER_MINUTE = SECONDS_PER_HOUR / MINUTES_PER_HOUR
STEP_COUNT_TOLERANCE = 1e-9


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
    """The fields of `ChargingSet` as arrays, shape (n,), one entry a chemistry or a design."""

    kinetic_resistance_h: FloatArray
    kinetic_activation_kj_per_mol: FloatArray
    electrolyte_resistance_h: FloatArray
    loading_exponent: FloatArray
    electrolyte_activation_kj_per_mol: FloatArray
    cap_exponent: FloatArray
    areal_capacity_min_mah_per_cm2: FloatArray
    areal_capacity_max_mah_per_cm2: FloatArray

    def take(self, index: IntArray) -> ChargingSets:
        """The entries at `index`, one for each design."""
        return ChargingSets(**{item.name: getattr(self, item.name)[index] for item in fields(self)})


@dataclass(frozen=True)
class ChargingConstants:
    """Heat, cooling and reference points of the charging model."""

    overpotential_v: float
    cell_heat_capacity_j_per_g_k: float
    coolant_temperature_deg_c: float
    cooling_rate_per_s: float
    temperature_ceiling_deg_c: float
    reference_temperature_deg_c: float
    reference_areal_capacity_mah_per_cm2: float
    gas_constant_j_per_mol_k: float
    soc_step_frac: float
    window_low_frac: float
    window_high_frac: float


@dataclass(frozen=True)
class ChargingModel:
    """Constants and the profile of time over state of charge.

    `profile_time_frac[i]` is the share of the reference charge's time that is over at `profile_soc_frac[i]`.
    """

    constants: ChargingConstants
    profile_soc_frac: FloatArray
    profile_time_frac: FloatArray

    def progress_frac(self, soc_frac: FloatArray) -> FloatArray:
        """Share of the reference charge's time at a state of charge; beyond the profile its end slopes go on."""
        soc, time = self.profile_soc_frac, self.profile_time_frac
        below = (time[1] - time[0]) / (soc[1] - soc[0]) * np.minimum(soc_frac - soc[0], 0)
        above = (time[-1] - time[-2]) / (soc[-1] - soc[-2]) * np.maximum(soc_frac - soc[-1], 0)
        return np.asarray(np.interp(soc_frac, soc, time) + below + above)

    def window_is_extrapolated(self, window_frac: tuple[float, float]) -> bool:
        """Whether a window reaches so far beyond the profile that a warning is due."""
        return window_frac[0] < self.constants.window_low_frac or window_frac[1] > self.constants.window_high_frac


@dataclass(frozen=True)
class ChargedCells:
    """What the charging time depends on, arrays of shape (n,) or scalars that broadcast.

    `speed_factor` is that of the technology class, `heat_capacity_j_per_k_ah` the heat capacity of a cell per ampere
    hour, `rate_cap_per_h` the least of the caps by cell, charger power and charger current.
    """

    sets: ChargingSets
    areal_capacity_mah_per_cm2: FloatArray
    speed_factor: FloatArray
    heat_capacity_j_per_k_ah: FloatArray
    rate_cap_per_h: FloatArray


@dataclass(frozen=True)
class Charging:
    """Charging of each design, shape (n,)."""

    charging_time_min: FloatArray
    end_temperature_deg_c: FloatArray
    peak_temperature_deg_c: FloatArray
    ceiling_reached: BoolArray
    areal_capacity_extrapolated: BoolArray


def read_charging_sets(catalog: Catalog, names: Sequence[str]) -> ChargingSets:
    """The named sets of `charging_sets.csv` in the given order."""
    rows = [catalog.constants(ChargingSet, "charging_sets", charging_set=name) for name in names]
    return ChargingSets(
        **{item.name: np.array([getattr(row, item.name) for row in rows]) for item in fields(ChargingSet)}
    )


def read_charging_model(catalog: Catalog) -> ChargingModel:
    """Constants and profile of the catalog."""
    rows = catalog.table("charging_profile").rows
    return ChargingModel(
        constants=catalog.constants(ChargingConstants, "charging_constants"),
        profile_soc_frac=np.array([float(row.keys["soc_frac"]) for row in rows]),
        profile_time_frac=np.array([row.number("1") for row in rows]),
    )


def heat_capacity_j_per_k_ah(
    cell_mass_g: FloatArray, cell_capacity_ah: FloatArray, constants: ChargingConstants
) -> FloatArray:
    """Heat capacity of a cell per ampere hour [J/(K Ah)], shape (n,)."""
    return cell_mass_g * constants.cell_heat_capacity_j_per_g_k / cell_capacity_ah


def rate_cap_per_h(
    pack_energy_kwh: FloatArray,
    pack_capacity_ah: FloatArray,
    cell_rating_per_h: FloatArray,
    charger_power_kw: float,
    charger_current_a: float,
) -> FloatArray:
    """Largest C-rate that cell, charger power and charger current allow.

    Parameters
    ----------
    pack_energy_kwh : ndarray, shape (n,)
        Nominal energy. [kWh]
    pack_capacity_ah : ndarray, shape (n,)
        Capacity of all parallel strings. [Ah]
    cell_rating_per_h : ndarray, shape (n,)
        Rating of the technology class. [1/h]
    charger_power_kw, charger_current_a : float
        At the plug, direct current. [kW], [A]

    Returns
    -------
    ndarray, shape (n,)
        [1/h]
    """
    by_charger = np.minimum(charger_power_kw / pack_energy_kwh, charger_current_a / pack_capacity_ah)
    return np.minimum(by_charger, cell_rating_per_h)


def isothermal_minutes(
    cells: ChargedCells, window_frac: tuple[float, float], temperature_deg_c: FloatArray | float, model: ChargingModel
) -> FloatArray:
    """Charging time of cells held at one temperature, for screening and as a bound [min], shape (n,)."""
    kinetic_min, electrolyte_min = _reference_minutes(cells.sets, cells.speed_factor, temperature_deg_c, model)
    limited_min = kinetic_min + electrolyte_min * _loading(cells, model.constants) ** cells.sets.loading_exponent
    capped_min = _capped_minutes(cells.rate_cap_per_h, model)
    power = cells.sets.cap_exponent
    # The larger is taken out, so that no power overflows.
    largest = np.maximum(limited_min, capped_min)
    together = largest * ((limited_min / largest) ** power + (capped_min / largest) ** power) ** (1 / power)
    return np.asarray(together * _window_progress(window_frac, model))


def isothermal_areal_capacity(
    cells: ChargedCells,
    charging_time_min: FloatArray | float,
    window_frac: tuple[float, float],
    temperature_deg_c: FloatArray | float,
    model: ChargingModel,
) -> FloatArray:
    """Largest areal capacity that charges in time at one temperature, the exact inverse of `isothermal_minutes`.

    The areal capacity of `cells` is not read. Zero where no coating is thin enough, infinite where nothing plates.
    [mAh/cm2], shape (n,)
    """
    kinetic_min, electrolyte_min = _reference_minutes(cells.sets, cells.speed_factor, temperature_deg_c, model)
    allowed_min = charging_time_min / _window_progress(window_frac, model)
    capped_share = _capped_minutes(cells.rate_cap_per_h, model) / allowed_min
    power = cells.sets.cap_exponent
    limited_min = allowed_min * np.maximum(1 - capped_share**power, 0) ** (1 / power)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.maximum(limited_min - kinetic_min, 0) / electrolyte_min
    loading = np.where(electrolyte_min > 0, share, np.where(limited_min > kinetic_min, np.inf, 0))
    reference = model.constants.reference_areal_capacity_mah_per_cm2
    return np.asarray(reference * loading ** (1 / cells.sets.loading_exponent))


def charge(
    cells: ChargedCells,
    window_frac: tuple[float, float],
    start_temperature_deg_c: FloatArray | float,
    model: ChargingModel,
) -> Charging:
    """Charging time of cells that heat themselves and are cooled, marched along the state of charge.

    Parameters
    ----------
    cells : ChargedCells
        Designs, arrays (n,).
    window_frac : tuple of float
        Lower and upper state of charge. [-]
    start_temperature_deg_c : ndarray, shape (n,), or float
        Cell temperature at plug-in. [degC]
    model : ChargingModel
        Constants and profile.

    Returns
    -------
    Charging
        Times and temperatures, arrays (n,). At the temperature ceiling the charge is stretched until heating equals
        cooling; without cooling it never ends (infinite).

    Notes
    -----
    Heat is overpotential times current; below the plating limit the overpotential falls with the current. A step is
    explicit: its rate is that of the temperature at its start.

    References
    ----------
    lcopt_charging_surrogate
    """
    constants = model.constants
    edges = _edges(window_frac, constants.soc_step_frac)
    progress = np.diff(model.progress_frac(edges))
    step_frac = (window_frac[1] - window_frac[0]) / progress.size
    cooling = Cooling(
        coolant_k=constants.coolant_temperature_deg_c + ZERO_CELSIUS_K,
        rate_per_s=constants.cooling_rate_per_s,
        ceiling_k=constants.temperature_ceiling_deg_c + ZERO_CELSIUS_K,
    )
    marched = march(_march_inputs(cells, step_frac, start_temperature_deg_c, model), progress, cooling)
    extrapolated = (cells.areal_capacity_mah_per_cm2 < cells.sets.areal_capacity_min_mah_per_cm2) | (
        cells.areal_capacity_mah_per_cm2 > cells.sets.areal_capacity_max_mah_per_cm2
    )
    return Charging(
        charging_time_min=marched.time_s / SECONDS_PER_MINUTE,
        end_temperature_deg_c=marched.end_k - ZERO_CELSIUS_K,
        peak_temperature_deg_c=marched.peak_k - ZERO_CELSIUS_K,
        ceiling_reached=marched.peak_k >= cooling.ceiling_k,
        areal_capacity_extrapolated=np.broadcast_to(extrapolated, marched.time_s.shape),
    )


def _edges(window_frac: tuple[float, float], step_frac: float) -> FloatArray:
    low, high = window_frac
    count = max(1, int(np.ceil((high - low) / step_frac - STEP_COUNT_TOLERANCE)))
    return np.linspace(low, high, count + 1)


def _window_progress(window_frac: tuple[float, float], model: ChargingModel) -> float:
    low, high = model.progress_frac(np.array(window_frac))
    return float(high - low)


def _loading(cells: ChargedCells, constants: ChargingConstants) -> FloatArray:
    return cells.areal_capacity_mah_per_cm2 / constants.reference_areal_capacity_mah_per_cm2


def _minutes_at_one_c(model: ChargingModel) -> float:
    return MINUTES_PER_HOUR * float(model.profile_soc_frac[-1] - model.profile_soc_frac[0])


def _capped_minutes(rate_cap_per_h: FloatArray, model: ChargingModel) -> FloatArray:
    return np.asarray(_minutes_at_one_c(model) / rate_cap_per_h)


def _reference_minutes(
    sets: ChargingSets, speed_factor: FloatArray, temperature_deg_c: FloatArray | float, model: ChargingModel
) -> tuple[FloatArray, FloatArray]:
    """Minutes over the profile by kinetics, and by the electrolyte at the reference areal capacity."""
    constants = model.constants
    cold_per_k = 1 / (temperature_deg_c + ZERO_CELSIUS_K) - 1 / (constants.reference_temperature_deg_c + ZERO_CELSIUS_K)
    mol_per_kj = J_PER_KJ / constants.gas_constant_j_per_mol_k * cold_per_k
    scale = _minutes_at_one_c(model) / speed_factor
    kinetic = scale * sets.kinetic_resistance_h * np.exp(sets.kinetic_activation_kj_per_mol * mol_per_kj)
    electrolyte = scale * sets.electrolyte_resistance_h * np.exp(sets.electrolyte_activation_kj_per_mol * mol_per_kj)
    return np.asarray(kinetic), np.asarray(electrolyte)


def _march_inputs(
    cells: ChargedCells, step_frac: float, start_temperature_deg_c: FloatArray | float, model: ChargingModel
) -> MarchInputs:
    constants, sets = model.constants, cells.sets
    kelvin_per_kj = J_PER_KJ / constants.gas_constant_j_per_mol_k
    kinetic_k = sets.kinetic_activation_kj_per_mol * kelvin_per_kj
    electrolyte_k = sets.electrolyte_activation_kj_per_mol * kelvin_per_kj
    seconds = _minutes_at_one_c(model) * SECONDS_PER_MINUTE / cells.speed_factor
    reference_k = constants.reference_temperature_deg_c + ZERO_CELSIUS_K
    loading = _loading(cells, constants) ** sets.loading_exponent
    arrays = np.broadcast_arrays(
        np.atleast_1d(np.asarray(start_temperature_deg_c + ZERO_CELSIUS_K, dtype=float)),
        seconds * sets.kinetic_resistance_h * np.exp(-kinetic_k / reference_k),
        seconds * sets.electrolyte_resistance_h * loading * np.exp(-electrolyte_k / reference_k),
        kinetic_k,
        electrolyte_k,
        constants.overpotential_v * SECONDS_PER_HOUR * step_frac / cells.heat_capacity_j_per_k_ah,
        SECONDS_PER_HOUR * step_frac / cells.rate_cap_per_h,
    )
    return MarchInputs(*(np.ascontiguousarray(array) for array in arrays))
