"""The door to the engineering and cost model: given designs in, everything about them out, no optimization."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.duty import PROBLEM_TEXTS, Duty, Layout, Vehicles, is_fatal, make_duty, read_vehicles
from lcopt.cell.duty import Problem as DesignProblem
from lcopt.cell.electrodes import Couples, read_couples
from lcopt.cell.sizing import SizedCells, size_cells
from lcopt.cell.thickness import LIMIT_LABELS, Requirements
from lcopt.conventions import CONVENTIONS, Conventions
from lcopt.cost.composition import Accounting, CostConstants, Sourcing, cost_packs, read_cost_constants
from lcopt.cost.plant import Plant, UtilizationMethod, plant_at_utilization
from lcopt.cost.prices import PriceDeck, read_price_deck
from lcopt.cost.statement import cost_columns
from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import Catalog, packaged_catalog
from lcopt.inputs.design_table import CHEMISTRY, SOURCING, VEHICLE, DesignTable, read_design_table
from lcopt.pack.architecture import PackConstants, design_pack, read_pack_constants

# Arrays of this many designs stay in the processor's cache.
BATCH_SIZE = 8000
PERCENT = 100.0
DEFAULT_VEHICLE = "EV"
REFERENCE_PRICES = "reference"
LIMITS = np.array([LIMIT_LABELS[code] for code in sorted(LIMIT_LABELS)], dtype=object)
# Fields of the kernels that are codes or parts of their own, or that the columns of the reference do not know.
NOT_COLUMNS = frozenset(
    {"problem", "limit", "cell", "charging_time_met", "cooling_class", "solid_electrolyte_g_per_cell"}
)
# Columns with no meaning, and NaN, where cells or modules are bought.
IN_HOUSE_ONLY = "loaded_"
PRICE_COLUMNS = {
    "in_price_positive_active_usd_per_kg": "positive_active_usd_per_kg",
    "in_price_negative_active_usd_per_kg": "negative_active_usd_per_kg",
    "in_price_positive_foil_usd_per_m2": "positive_foil_usd_per_m2",
    "in_price_negative_foil_usd_per_m2": "negative_foil_usd_per_m2",
    "in_price_separator_usd_per_m2": "separator_usd_per_m2",
    "in_price_electrolyte_usd_per_l": "electrolyte_usd_per_l",
}


@dataclass(frozen=True)
class EvaluationDefaults:
    """What a blank cell stands for, unless the vehicle type or the chemistry says it."""

    charge_time_min: float
    discharge_temperature_deg_c: float
    packs_per_yr: float
    cell_yield_pct: float
    operating_days_d_per_yr: float
    utilization_pct: float


@dataclass(frozen=True)
class Workshop:
    """Everything that evaluation reads from the catalog, once."""

    conventions: Conventions
    couples: Couples
    vehicles: Vehicles
    prices: PriceDeck
    pack: PackConstants
    cost: CostConstants
    defaults: EvaluationDefaults
    chemistries: tuple[str, ...]
    vehicle_names: tuple[str, ...]


def evaluate(designs: pd.DataFrame, conventions: str = "lcopt") -> pd.DataFrame:
    """Engineering and cost of given designs.

    Parameters
    ----------
    designs : DataFrame
        One design a row. Required columns: `in_chemistry`, `in_pack_energy_kwh`, `in_pack_power_kw`,
        `in_cells_per_module`, `in_cells_in_parallel`, `in_modules_in_row`, `in_rows_of_modules`,
        `in_modules_in_parallel`. Optional, and a blank cell takes the default: `in_vehicle_type` (EV; mildHEV, HEV-HP,
        PHEV), `in_calculate_charging` (Yes), `in_charge_time_min`, `in_discharge_temperature_c`, `in_soc_upper_pct` and
        `in_soc_lower_pct` (of the vehicle), `in_max_positive_thickness_um` (of the chemistry),
        `in_positive_thickness_override_um`, `in_cell_thickness_target_mm` (of the vehicle), `in_packs_per_vehicle` (1),
        `in_packs_connection` (P or S), `in_packs_per_year`, `in_cell_yield_pct`, `in_operating_days`,
        `in_utilization_pct`, `in_utilization_method` (1 sold out, 2 space, 3 space and equipment for full sales),
        `in_sourcing` (in_house, buy_cells, buy_modules), `in_pack_margins` (Yes: profit and warranty on the pack), and
        prices `in_price_*` in dollars of 2022. Other columns are not read; `id` is kept.
    conventions : str
        `lcopt`, or `batpac-5.1` for the reference workbook with its oddities.

    Returns
    -------
    DataFrame
        The rows of `designs` in their order and with their index: `id`, `problem` (empty where all is well),
        `thickness_limited_by`, `charging_time_met`, then numbers named as in the reference, in dollars of 2022. A row
        that cannot be evaluated has NaN and its problem.

    Raises
    ------
    ScenarioError
        Where a required column is missing, an `in_` column is unknown, or there are no such conventions.
    """
    workshop = _packaged_workshop(conventions)
    table = read_design_table(designs, workshop.chemistries, workshop.vehicle_names, tuple(Sourcing))
    good = np.flatnonzero(table.is_good)
    batches = [good[start : start + BATCH_SIZE] for start in range(0, len(good), BATCH_SIZE)]
    results = _Results(table)
    for rows in batches or [good]:
        results.add(rows, *evaluate_rows(table, rows, workshop))
    return results.frame(designs.index)


@cache
def _packaged_workshop(conventions: str) -> Workshop:
    return open_workshop(packaged_catalog(), conventions)


def open_workshop(catalog: Catalog, conventions: str) -> Workshop:
    """Constants, chemistries, vehicles and prices of a catalog.

    Raises
    ------
    ScenarioError
        Where there are no such conventions.
    """
    if conventions not in CONVENTIONS:
        hint = f"choose {' or '.join(CONVENTIONS)}"
        raise ScenarioError([Problem("designs", 0, 0, "conventions", f"'{conventions}' is not known", hint)])
    chemistries = catalog.table("chemistry_prices").words("chemistry")
    vehicle_names = catalog.table("vehicles").words("vehicle")
    return Workshop(
        conventions=CONVENTIONS[conventions],
        couples=read_couples(catalog, chemistries),
        vehicles=read_vehicles(catalog, vehicle_names),
        prices=read_price_deck(catalog, REFERENCE_PRICES, chemistries),
        pack=read_pack_constants(catalog),
        cost=read_cost_constants(catalog),
        defaults=catalog.constants(EvaluationDefaults, "evaluation_defaults"),
        chemistries=chemistries,
        vehicle_names=vehicle_names,
    )


def evaluate_rows(
    table: DesignTable, rows: IntArray, workshop: Workshop
) -> tuple[dict[str, FloatArray], SizedCells, IntArray]:
    """Numbers by column, the sized cells and the codes of problems of some rows of a table."""
    numbers = {name: column[rows] for name, column in table.numbers.items()}
    words = {name: column[rows] for name, column in table.words.items()}
    couples = workshop.couples.take(words[CHEMISTRY])
    duty, layout = _duty(numbers, words, workshop), _layout(numbers, words)
    requirements = _requirements(numbers, couples, duty, workshop)
    sized = size_cells(couples, requirements, layout, duty, workshop.pack.cell, workshop.conventions)
    pack = design_pack(sized.cell, layout, couples, duty, workshop.pack, workshop.conventions)
    layout = layout.as_floats(len(rows))
    with np.errstate(all="ignore"):
        cost = cost_packs(
            sized.cell,
            pack,
            layout,
            _prices(numbers, words, workshop),
            _plant(numbers, workshop.defaults),
            workshop.cost,
            workshop.conventions,
            _accounting(words),
        )
        columns = _columns(sized) | _columns(sized.cell) | _columns(pack) | cost_columns(cost, workshop.cost.rates)
    return columns, sized, _beyond_numbers(columns, pack.problem)


def _beyond_numbers(columns: Mapping[str, FloatArray], problem: IntArray) -> IntArray:
    """The problems, with one more for inputs so far out that a result is not a finite number."""
    finite = np.ones(len(problem), dtype=np.bool_)
    for name, column in columns.items():
        if not name.startswith(IN_HOUSE_ONLY):
            finite &= np.isfinite(column)
    return np.where(finite | is_fatal(problem), problem, np.int64(DesignProblem.NOT_FINITE))


def _columns(kernel: object) -> dict[str, FloatArray]:
    names = (item.name for item in fields(kernel))  # type: ignore[arg-type]
    return {name: getattr(kernel, name) for name in names if name not in NOT_COLUMNS}


def numbers_or(column: FloatArray, default: FloatArray | float) -> FloatArray:
    """The numbers of a column with a default where a cell is blank; shape (n_designs,)."""
    return np.where(np.isnan(column), default, column)


def _layout(numbers: Mapping[str, FloatArray], words: Mapping[str, IntArray]) -> Layout:
    return Layout(
        cells_per_module_count=numbers["in_cells_per_module"],
        cells_in_parallel_count=numbers["in_cells_in_parallel"],
        modules_in_row_count=numbers["in_modules_in_row"],
        rows_of_modules_count=numbers["in_rows_of_modules"],
        modules_in_parallel_count=numbers["in_modules_in_parallel"],
        packs_per_vehicle_count=numbers_or(numbers["in_packs_per_vehicle"], 1.0),
        packs_in_series=words["in_packs_connection"] == 1,
    )


def _duty(numbers: Mapping[str, FloatArray], words: Mapping[str, IntArray], workshop: Workshop) -> Duty:
    chosen = np.where(words[VEHICLE] < 0, workshop.vehicle_names.index(DEFAULT_VEHICLE), words[VEHICLE])
    vehicle = workshop.vehicles.take(chosen)
    defaults = workshop.defaults
    return make_duty(
        vehicle,
        rated_power_kw=numbers["in_pack_power_kw"],
        packs_per_year_count=numbers_or(numbers["in_packs_per_year"], defaults.packs_per_yr),
        temperature_deg_c=numbers_or(numbers["in_discharge_temperature_c"], defaults.discharge_temperature_deg_c),
        charging_requested=words["in_calculate_charging"] != 0,
        pack_energy_kwh=numbers["in_pack_energy_kwh"],
        soc_max_frac=numbers_or(numbers["in_soc_upper_pct"] / PERCENT, vehicle.soc_max_frac),
        soc_min_frac=numbers_or(numbers["in_soc_lower_pct"] / PERCENT, vehicle.soc_min_frac),
    )


def _requirements(numbers: Mapping[str, FloatArray], couples: Couples, duty: Duty, workshop: Workshop) -> Requirements:
    target_mm = numbers_or(numbers["in_cell_thickness_target_mm"], duty.vehicle.cell_thickness_target_mm)
    return Requirements(
        charge_time_min=numbers_or(numbers["in_charge_time_min"], workshop.defaults.charge_time_min),
        cell_thickness_target_mm=target_mm,
        positive_thickness_max_um=numbers_or(
            numbers["in_max_positive_thickness_um"], couples.positive_thickness_max_um
        ),
        positive_thickness_override_um=numbers["in_positive_thickness_override_um"],
        aspect_ratio=np.full_like(target_mm, workshop.pack.cell.pouch.aspect_ratio),
    )


def _plant(numbers: Mapping[str, FloatArray], defaults: EvaluationDefaults) -> Plant:
    return plant_at_utilization(
        numbers_or(numbers["in_packs_per_year"], defaults.packs_per_yr),
        _one_or_all(numbers["in_cell_yield_pct"], defaults.cell_yield_pct) / PERCENT,
        _one_or_all(numbers["in_operating_days"], defaults.operating_days_d_per_yr),
        _one_or_all(numbers["in_utilization_method"], UtilizationMethod.SOLD_OUT).astype(np.int64),
        _one_or_all(numbers["in_utilization_pct"], defaults.utilization_pct) / PERCENT,
    )


def _one_or_all(column: FloatArray, default: float) -> FloatArray:
    """The numbers of a column, or a scalar where they are all the same, which the plant is sized faster with."""
    filled = numbers_or(column, default)
    return filled[:1].reshape(()) if len(filled) and (filled == filled[0]).all() else filled


def _prices(numbers: Mapping[str, FloatArray], words: Mapping[str, IntArray], workshop: Workshop) -> PriceDeck:
    deck = workshop.prices.take(words[CHEMISTRY])
    given: dict[str, Any] = {
        field: numbers_or(numbers[column], getattr(deck, field))
        for column, field in PRICE_COLUMNS.items()
        if not np.isnan(numbers[column]).all()
    }
    return replace(deck, **given)


def _accounting(words: Mapping[str, IntArray]) -> Accounting:
    names = tuple(Sourcing)
    margins = np.where(words["in_pack_margins"] == 0, 0.0, 1.0)
    return Accounting(
        cells_bought=(words[SOURCING] == names.index(Sourcing.BUY_CELLS)).astype(np.float64),
        modules_bought=(words[SOURCING] == names.index(Sourcing.BUY_MODULES)).astype(np.float64),
        profit_counted=margins,
        warranty_counted=margins,
        research_counted=1.0,
    )


class _Results:
    """Collects batches into one block of numbers, a row a column of the result, which is how a frame stores them."""

    def __init__(self, table: DesignTable) -> None:
        self.count = len(table.problems)
        self.identifiers = table.identifiers
        self.problems = table.problems.copy()
        self.limits = np.full(self.count, None, dtype=object)
        self.met = np.zeros(self.count, dtype=np.bool_)
        self.known = np.zeros(self.count, dtype=np.bool_)
        self.names: tuple[str, ...] = ()
        self.block = np.empty((0, self.count))

    def add(self, rows: IntArray, columns: dict[str, FloatArray], sized: SizedCells, problem: IntArray) -> None:
        if not self.names:
            self.names = tuple(columns)
            self.block = np.empty((len(columns), self.count))
        # Rows of one batch mostly follow each other, and a slice is written faster than a list of places.
        first, last = (rows[0], rows[-1] + 1) if len(rows) else (0, 0)
        places: slice | IntArray = slice(first, last) if last - first == len(rows) else rows
        for number, column in enumerate(columns.values()):
            self.block[number, places] = column
        self.known[places] = ~is_fatal(problem)
        self.met[places] = sized.charging_time_met
        self.limits[places] = LIMITS[sized.limit]
        for code in np.unique(problem):
            self.problems[rows[problem == code]] = PROBLEM_TEXTS[DesignProblem(code)]

    def frame(self, index: pd.Index) -> pd.DataFrame:
        unknown = ~self.known
        if unknown.any():
            self.block[:, unknown] = np.nan
            self.limits[unknown] = None
        met = pd.Series(self.met, index=index, dtype="boolean").mask(unknown)
        frame = pd.DataFrame(self.block.T, columns=list(self.names), index=index, copy=False)
        frame.insert(0, "charging_time_met", met)
        frame.insert(0, "thickness_limited_by", self.limits)
        frame.insert(0, "problem", self.problems)
        frame.insert(0, "id", self.identifiers)
        return frame
