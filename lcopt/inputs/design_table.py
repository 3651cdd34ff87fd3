"""A table of given designs, a row a design: columns checked once, cells checked row by row."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.errors import Problem, ScenarioError

INPUT_PREFIX = "in_"
CHEMISTRY, VEHICLE, SOURCING = "in_chemistry", "in_vehicle_type", "in_sourcing"
CAPACITY = "in_pack_capacity_ah"
REQUIRED = (
    CHEMISTRY,
    "in_pack_energy_kwh",
    "in_pack_power_kw",
    "in_cells_per_module",
    "in_cells_in_parallel",
    "in_modules_in_row",
    "in_rows_of_modules",
    "in_modules_in_parallel",
)
# Columns of numbers, and between which values they make sense (the low end itself does not).
NUMBERS: dict[str, tuple[float, float]] = {
    "in_pack_energy_kwh": (0, np.inf),
    "in_pack_power_kw": (0, np.inf),
    "in_cells_per_module": (0, np.inf),
    "in_cells_in_parallel": (0, np.inf),
    "in_modules_in_row": (0, np.inf),
    "in_rows_of_modules": (0, np.inf),
    "in_modules_in_parallel": (0, np.inf),
    "in_packs_per_vehicle": (0, np.inf),
    "in_packs_per_year": (0, np.inf),
    "in_charge_time_min": (1, np.inf),
    "in_discharge_temperature_c": (-100, 100),
    "in_soc_upper_pct": (0, 100),
    "in_soc_lower_pct": (-1e-9, 100),
    "in_max_positive_thickness_um": (0, np.inf),
    "in_positive_thickness_override_um": (0, np.inf),
    "in_cell_thickness_target_mm": (0, np.inf),
    "in_cell_yield_pct": (0, 100),
    "in_operating_days": (0, 366),
    "in_utilization_pct": (0, 100),
    "in_utilization_method": (0, 3),
    "in_price_positive_active_usd_per_kg": (-1e-9, np.inf),
    "in_price_negative_active_usd_per_kg": (-1e-9, np.inf),
    "in_price_positive_foil_usd_per_m2": (-1e-9, np.inf),
    "in_price_negative_foil_usd_per_m2": (-1e-9, np.inf),
    "in_price_separator_usd_per_m2": (-1e-9, np.inf),
    "in_price_electrolyte_usd_per_l": (-1e-9, np.inf),
}
# Columns of words: what each word means as a number.
SWITCHES: dict[str, dict[str, int]] = {
    "in_calculate_charging": {"yes": 1, "no": 0, "true": 1, "false": 0},
    "in_packs_connection": {"p": 0, "s": 1},
    "in_pack_margins": {"yes": 1, "no": 0, "true": 1, "false": 0},
}
OTHERS = (CHEMISTRY, VEHICLE, SOURCING, CAPACITY)


@dataclass(frozen=True)
class DesignTable:
    """Given designs; arrays of shape (n_designs,) in the order of the table.

    A blank cell is NaN in `numbers` and -1 in `words`, whose numbers point into the list of names that was given.
    `problems` says why a row cannot be evaluated and is empty where it can.
    """

    identifiers: npt.NDArray[np.object_]
    numbers: Mapping[str, FloatArray]
    words: Mapping[str, IntArray]
    problems: npt.NDArray[np.object_]

    @property
    def is_good(self) -> BoolArray:
        """Whether a row can be evaluated."""
        return np.asarray(self.problems == "", dtype=np.bool_)


def read_design_table(
    designs: pd.DataFrame, chemistries: Sequence[str], vehicles: Sequence[str], sourcings: Sequence[str]
) -> DesignTable:
    """The designs of a frame.

    Parameters
    ----------
    designs : DataFrame
        Columns as in `NUMBERS`, `SWITCHES` and `OTHERS`; others without the prefix `in_` are not read, `id` is kept.
    chemistries, vehicles, sourcings : sequence of str
        The known names.

    Returns
    -------
    DesignTable
        Every row, those that cannot be evaluated with their problem.

    Raises
    ------
    ScenarioError
        Naming every required column that is missing and every `in_` column that is not known.
    """
    _check_columns(designs)
    count = len(designs)
    problems = np.full(count, "", dtype=object)
    identifiers = designs["id"].to_numpy(dtype=object) if "id" in designs else np.arange(1, count + 1, dtype=object)
    words = {
        CHEMISTRY: _words(designs, CHEMISTRY, {name: number for number, name in enumerate(chemistries)}, problems),
        VEHICLE: _words(designs, VEHICLE, {name: number for number, name in enumerate(vehicles)}, problems),
        SOURCING: _words(designs, SOURCING, {name: number for number, name in enumerate(sourcings)}, problems),
    }
    for column, meanings in SWITCHES.items():
        words[column] = _words(designs, column, meanings, problems, ignore_case=True)
    numbers = {column: _numbers(designs, column, bounds, problems) for column, bounds in NUMBERS.items()}
    if CAPACITY in designs:
        _note(problems, ~_is_blank(designs[CAPACITY]), "in_pack_capacity_ah is not supported; give in_pack_energy_kwh")
    for column in REQUIRED:
        blank = words[column] < 0 if column in words else np.isnan(numbers[column])
        _note(problems, blank, f"{column} is blank")
    return DesignTable(identifiers, numbers, words, problems)


def _check_columns(designs: pd.DataFrame) -> None:
    known = {*NUMBERS, *SWITCHES, *OTHERS}
    given = [str(column) for column in designs.columns]
    faults = [(column, "required column is missing", "add it") for column in REQUIRED if column not in given]
    faults += [
        (column, "unknown column", f"the columns of inputs are {', '.join(sorted(known))}")
        for column in given
        if column.startswith(INPUT_PREFIX) and column not in known
    ]
    faults += [(column, "column is given twice", "keep one") for column in known if given.count(column) > 1]
    if faults:
        raise ScenarioError([Problem("designs", 0, 0, path, message, hint) for path, message, hint in faults])


def _words(
    designs: pd.DataFrame,
    column: str,
    meanings: Mapping[str, int],
    problems: npt.NDArray[np.object_],
    *,
    ignore_case: bool = False,
) -> IntArray:
    if column not in designs:
        return np.full(len(designs), -1, dtype=np.int64)
    given = designs[column]
    if given.dtype == object:
        given = given.map(_readable)
    codes, cells = pd.factorize(given)
    texts = [str(cell).strip() for cell in cells]
    found = np.array([meanings.get(text.lower() if ignore_case else text, -1) for text in texts] + [-1], dtype=np.int64)
    for code, text in enumerate(texts):
        if text and found[code] < 0:
            problem = f"{column}: '{text}' is not known; the words are {', '.join(meanings)}"
            _note(problems, codes == code, problem)
    return found[codes]


def _numbers(
    designs: pd.DataFrame, column: str, bounds: tuple[float, float], problems: npt.NDArray[np.object_]
) -> FloatArray:
    if column not in designs:
        return np.full(len(designs), np.nan)
    cells = designs[column]
    if cells.dtype == object:
        cells = cells.map(_readable)
    values = np.asarray(pd.to_numeric(cells, errors="coerce"), dtype=np.float64)
    blank = np.isnan(values) & _is_blank(cells)
    for row in np.flatnonzero(np.isnan(values) & ~blank & (problems == "")):
        problems[row] = f"{column}: '{cells.iloc[row]}' is not a number"
    low, high = bounds
    outside = ~blank & ~np.isnan(values) & ~((values > low) & (values <= high) & np.isfinite(values))
    for row in np.flatnonzero(outside & (problems == "")):
        problems[row] = f"{column}: {values[row]:g} is not a finite number {_range_text(low, high)}"
    return values


def _readable(cell: object) -> object:
    """The cell, or a text where pandas would stumble over it."""
    if isinstance(cell, complex | list | dict | set):
        return str(cell)
    too_large = isinstance(cell, int) and cell.bit_length() >= sys.float_info.max_exp
    return "inf" if too_large else cell


def _range_text(low: float, high: float) -> str:
    floor = "from 0 on" if low < 0 and high == np.inf else f"above {low:g}"
    return floor if high == np.inf else f"{floor}, {high:g} at most"


def _is_blank(cells: pd.Series) -> BoolArray:
    blank = cells.isna()
    if cells.dtype == object:
        blank |= cells.map(lambda cell: isinstance(cell, str) and not cell.strip())
    return np.asarray(blank, dtype=np.bool_)


def _note(problems: npt.NDArray[np.object_], condition: BoolArray, text: str) -> None:
    problems[condition & (problems == "")] = text
