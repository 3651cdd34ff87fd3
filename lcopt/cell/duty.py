"""What a pack asks of its cells: how they are wired, which power they deliver and in which state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum, auto
from typing import Any

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.inputs.catalog import Catalog

VEHICLE_TABLE = "vehicles"


class Problem(IntEnum):
    """Why a design cannot be built or does not hold what it should; the lower code is named first."""

    NONE = 0
    NOT_FINITE = auto()
    COUNTS = auto()
    CELLS_IN_PARALLEL = auto()
    MODULES_IN_PARALLEL = auto()
    NO_LAYER = auto()
    PULSE_EMPTIES_CELL = auto()
    LIMITING_RATE = auto()
    VOLTAGE_COLLAPSE = auto()
    COOLING = auto()
    NOT_CONVERGED = auto()
    THIN_COATING = auto()
    CHARGING_TIME = auto()


# From THIN_COATING on the numbers stand and the problem is a remark; below, the design has none.
FIRST_REMARK = Problem.THIN_COATING
PROBLEM_TEXTS: dict[Problem, str] = {
    Problem.NONE: "",
    Problem.NOT_FINITE: "an input is missing, not a finite number, or out of its range",
    Problem.COUNTS: "the counts of cells, modules, rows and packs must be whole numbers from 1 on",
    Problem.CELLS_IN_PARALLEL: "the cells in parallel do not divide the cells of a module",
    Problem.MODULES_IN_PARALLEL: "the modules in parallel do not divide the rows of modules",
    Problem.NO_LAYER: "the cell thickness leaves no room for one bicell layer",
    Problem.PULSE_EMPTIES_CELL: "the power pulse takes the state of charge below 0 %",
    Problem.LIMITING_RATE: "the current at rated power exceeds a limiting current of the electrodes",
    Problem.VOLTAGE_COLLAPSE: "the impedance is too high for the power: no real voltage",
    Problem.COOLING: "the heat exceeds the largest cooling system",
    Problem.NOT_CONVERGED: "no thickness agrees with impedance and capacity",
    Problem.THIN_COATING: "the positive coating is thinner than the least thickness",
    Problem.CHARGING_TIME: "the charging time asks for less than the least coating thickness",
}


def problem_texts(codes: IntArray) -> list[str]:
    """The sentence of every code; empty where all is well."""
    return [PROBLEM_TEXTS[Problem(code)] for code in codes.tolist()]


def is_fatal(codes: IntArray) -> BoolArray:
    """Whether the numbers of a design must not be shown."""
    return (codes > Problem.NONE) & (codes < FIRST_REMARK)


def without_fatal(values: Mapping[str, Any], codes: IntArray) -> dict[str, Any]:
    """The same values with NaN for every number of a design with a fatal problem; nothing is copied without one."""
    fatal = is_fatal(codes)
    if not fatal.any():
        return dict(values)
    return {
        name: np.where(fatal, np.nan, value) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value
        for name, value in values.items()
    }


def first_problem(codes: IntArray, condition: BoolArray, problem: Problem) -> IntArray:
    """`codes` with `problem` where the condition holds and no other problem was found before."""
    return np.where((codes == Problem.NONE) & condition, np.int64(problem), codes)


@dataclass(frozen=True)
class Layout:
    """How cells make modules and modules make packs; arrays of shape (n,), whole numbers as floats or integers."""

    cells_per_module_count: Any
    cells_in_parallel_count: Any
    modules_in_row_count: Any
    rows_of_modules_count: Any
    modules_in_parallel_count: Any
    packs_per_vehicle_count: Any = 1
    packs_in_series: Any = False

    @property
    def modules_per_pack_count(self) -> FloatArray:
        """Modules of one pack."""
        return np.asarray(self.modules_in_row_count * self.rows_of_modules_count, dtype=np.float64)

    @property
    def cells_per_pack_count(self) -> FloatArray:
        """Cells of one pack."""
        return np.asarray(self.modules_per_pack_count * self.cells_per_module_count, dtype=np.float64)

    @property
    def cells_parallel_total_count(self) -> FloatArray:
        """Parallel strings of one pack."""
        return np.asarray(self.cells_in_parallel_count * self.modules_in_parallel_count, dtype=np.float64)

    @property
    def cells_in_series_count(self) -> FloatArray:
        """Cells of one string."""
        return self.cells_per_pack_count / self.cells_parallel_total_count

    def as_floats(self, designs_count: int) -> Layout:
        """The same layout with every array of shape (designs_count,) and whole numbers as floats."""
        made: dict[str, Any] = {
            item.name: _spread(getattr(self, item.name), designs_count, np.float64)
            for item in fields(self)
            if item.name != "packs_in_series"
        }
        return Layout(**made, packs_in_series=_spread(self.packs_in_series, designs_count, np.bool_))

    def problem(self) -> IntArray:
        """Codes of `Problem` for the counts, shape (n,)."""
        columns = (
            self.cells_per_module_count,
            self.cells_in_parallel_count,
            self.modules_in_row_count,
            self.rows_of_modules_count,
            self.modules_in_parallel_count,
            self.packs_per_vehicle_count,
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            whole = np.logical_and.reduce([(column >= 1) & (np.floor(column) == column) for column in columns])
            codes = np.where(whole, np.int64(Problem.NONE), np.int64(Problem.COUNTS))
            divided = np.mod(self.cells_per_module_count, self.cells_in_parallel_count)
            codes = first_problem(codes, divided != 0, Problem.CELLS_IN_PARALLEL)
            divided = np.mod(self.rows_of_modules_count, self.modules_in_parallel_count)
            return first_problem(codes, divided != 0, Problem.MODULES_IN_PARALLEL)


def _spread(value: Any, designs_count: int, kind: Any) -> Any:  # noqa: ANN401 - scalars, lists and arrays alike
    array = np.asarray(value, dtype=kind)
    return array if array.shape == (designs_count,) else np.broadcast_to(array, (designs_count,)).copy()


@dataclass(frozen=True)
class Vehicles:
    """Vehicle types, an element a type, or one a design after `take`; arrays of shape (n,)."""

    cell_thickness_target_mm: FloatArray
    pulse_time_s: FloatArray
    power_soc_frac: FloatArray
    energy_soc_frac: FloatArray
    soc_max_frac: FloatArray
    soc_min_frac: FloatArray
    charging_allowed: BoolArray
    has_charger_fuse: BoolArray
    has_auxiliary_contactors: BoolArray
    largest_chiller_when_charging: BoolArray
    ac_addition_usd_per_kw: FloatArray
    heater_usd_per_pack: FloatArray
    extra_pack_usd_per_pack: FloatArray
    sustained_speed_mph: FloatArray
    udds_wh_per_mile: FloatArray
    heat_conductor_thickness_mm: FloatArray

    def take(self, index: IntArray) -> Vehicles:
        """The vehicle of every design: element `index[i]` for design i."""
        return Vehicles(**{item.name: getattr(self, item.name)[index] for item in fields(self)})


@dataclass(frozen=True)
class _Vehicle:
    cell_thickness_target_mm: float
    pulse_time_s: float
    power_soc_frac: float
    energy_soc_frac: float
    soc_max_frac: float
    soc_min_frac: float
    charging_allowed: bool
    has_charger_fuse: bool
    has_auxiliary_contactors: bool
    largest_chiller_when_charging: bool
    ac_addition_usd_per_kw: float
    heater_usd_per_pack: float
    extra_pack_usd_per_pack: float
    sustained_speed_mph: float
    udds_wh_per_mile: float
    heat_conductor_thickness_mm: float


def read_vehicles(catalog: Catalog, names: Sequence[str]) -> Vehicles:
    """The vehicle types with these names (mildHEV, HEV-HP, PHEV, EV), in this order.

    Raises
    ------
    CatalogError
        Where a type or one of its rows is missing or has a wrong unit.
    """
    rows = [catalog.constants(_Vehicle, VEHICLE_TABLE, vehicle=name) for name in names]
    return Vehicles(**{item.name: np.array([getattr(row, item.name) for row in rows]) for item in fields(Vehicles)})


@dataclass(frozen=True)
class Duty:
    """What the pack must do, and in which state the model looks at it; arrays of shape (n,).

    `pack_energy_kwh` is the required energy of one pack (0-100 % state of charge) where cells are sized for it, NaN
    where the cell is given and the energy follows. `charging_requested` is the plain wish; whether it counts depends
    on the vehicle too.
    """

    vehicle: Vehicles
    rated_power_kw: FloatArray
    pack_energy_kwh: FloatArray
    power_soc_frac: FloatArray
    power_temperature_deg_c: FloatArray
    energy_soc_frac: FloatArray
    energy_temperature_deg_c: FloatArray
    pulse_time_s: FloatArray
    soc_min_frac: FloatArray
    soc_max_frac: FloatArray
    packs_per_year_count: FloatArray
    charging_requested: BoolArray

    @property
    def charging_counts(self) -> BoolArray:
        """Whether charging is requested and the vehicle allows it."""
        return self.charging_requested & self.vehicle.charging_allowed

    def not_finite(self) -> BoolArray:
        """Where an input that the model needs is not a finite number or out of its range."""
        positive = (self.rated_power_kw, self.pulse_time_s, self.packs_per_year_count)
        finite = (self.power_temperature_deg_c, self.energy_temperature_deg_c)
        shares = (self.power_soc_frac, self.energy_soc_frac, self.soc_min_frac, self.soc_max_frac)
        good = np.logical_and.reduce([np.isfinite(column) & (column > 0) for column in positive])
        good &= np.logical_and.reduce([np.isfinite(column) for column in finite])
        good &= np.logical_and.reduce([(column >= 0) & (column <= 1) for column in shares])
        good &= self.soc_min_frac < self.soc_max_frac
        return np.asarray(~good, dtype=np.bool_)


def make_duty(
    vehicle: Vehicles,
    rated_power_kw: FloatArray | float,
    packs_per_year_count: FloatArray | float,
    temperature_deg_c: FloatArray | float,
    charging_requested: BoolArray | bool,
    **others: FloatArray | float,
) -> Duty:
    """A duty with the vehicle's states of charge and pulse time and one temperature, unless `others` say otherwise.

    Parameters
    ----------
    vehicle : Vehicles
        An element a design, which sets n.
    rated_power_kw, packs_per_year_count, temperature_deg_c : ndarray, shape (n,), or float
        Of one pack. The temperature is that of power and of energy.
    charging_requested : ndarray of bool, shape (n,), or bool
        Whether charging limits the thickness and the design is cooled for it.
    **others : ndarray, shape (n,), or float
        Any further field of `Duty` by its name.

    Returns
    -------
    Duty
        Arrays of shape (n,).
    """
    count = len(vehicle.pulse_time_s)
    made: dict[str, Any] = {
        "rated_power_kw": rated_power_kw,
        "packs_per_year_count": packs_per_year_count,
        "power_temperature_deg_c": temperature_deg_c,
        "energy_temperature_deg_c": temperature_deg_c,
        "pack_energy_kwh": np.nan,
        **{name: getattr(vehicle, name) for name in ("power_soc_frac", "energy_soc_frac", "pulse_time_s")},
        **{name: getattr(vehicle, name) for name in ("soc_min_frac", "soc_max_frac")},
        **others,
    }
    spread = {name: _spread(value, count, np.float64) for name, value in made.items()}
    return Duty(vehicle=vehicle, charging_requested=_spread(charging_requested, count, np.bool_), **spread)
