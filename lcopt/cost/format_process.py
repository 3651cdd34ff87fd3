"""How cells of each format and chemistry are made: machines, factors on the reference plant's steps, yields.

The reference plant stacks pouches. Its steps keep their names; here stand what replaces or changes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.bundles import take_designs
from lcopt.cost.manufacturing import GROUPS, ProcessPlan, process_plan, read_steps
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog
from lcopt.units import MM_PER_M

MACHINES, FORMATS, CLASSES = "format_machines", "format_process", "chemistry_process"
# The steps that have machines of their own in each format, and the rows that hold for all of them.
MACHINE_STEPS = ("stacking", "welding", "enclosing", "filling")
EVERY = "every"

T = TypeVar("T")


@dataclass(frozen=True)
class Machine:
    """Machines of one step, shape (n,): what one costs, the operators on it at any time, its floor."""

    machine_musd: FloatArray
    operators_count: FloatArray
    machine_m2: FloatArray


@dataclass(frozen=True)
class FormatProcess:
    """How cells of each format are made, shape (n_formats,) or, after `take`, (n_designs,).

    The time on a winder is `roll_s` a roll and `strip_s_per_mm` times the strip; on a stacker `sheet_s` a sheet. A
    factor multiplies the reference plant's step.
    """

    is_wound: BoolArray
    strip_s_per_mm: FloatArray
    roll_s: FloatArray
    sheet_s: FloatArray
    welding_s: FloatArray
    enclosing_s: FloatArray
    filling_s: FloatArray
    stacking: Machine
    welding: Machine
    enclosing: Machine
    filling: Machine
    fixture_usd_per_unit: FloatArray
    notching_factor: FloatArray
    notching_area_factor: FloatArray
    slitting_factor: FloatArray
    dry_room_factor: FloatArray
    formation_area_factor: FloatArray
    module_assembly_factor: FloatArray
    cell_yield_frac: FloatArray

    def take(self, index: IntArray) -> FormatProcess:
        """The process of each design, where `index` (n_designs,) points at the formats of this one."""
        return take_designs(self, index)


@dataclass(frozen=True)
class ChemistryProcess:
    """What the class of a chemistry changes in the plant, shape (n_classes,) or, after `take`, (n_designs,).

    `positive_line_factor` is on mixing and coating of the positive, `negative_line_factor` on mixing, coating,
    calendering and vacuum drying of the negative. The last four factors are 1 where a step of `added_steps.csv` is done
    and 0 where it is not. `cell_yield_frac` is that of the year asked for.
    """

    positive_line_factor: FloatArray
    negative_line_factor: FloatArray
    notching_factor: FloatArray
    stacking_factor: FloatArray
    filling_factor: FloatArray
    formation_factor: FloatArray
    dry_room_factor: FloatArray
    solvent_recovery_factor: FloatArray
    solid_electrolyte_layer_factor: FloatArray
    pressing_factor: FloatArray
    curing_factor: FloatArray
    gas_abatement_factor: FloatArray
    cell_yield_frac: FloatArray

    def take(self, index: IntArray) -> ChemistryProcess:
        """The process of each design, where `index` (n_designs,) points at the classes of this one."""
        return take_designs(self, index)


@dataclass(frozen=True)
class DryRoute:
    """Factors of electrodes that are coated without a solvent."""

    mixing_factor: float
    coating_factor: float
    coating_area_factor: float
    calendering_factor: float
    vacuum_drying_factor: float
    solvent_recovery_factor: float


@dataclass(frozen=True)
class FormatRules:
    """What holds for the machines of every format."""

    equipment_effectiveness_frac: float
    formation_dwell_d: float
    formation_usd_per_a: float
    formation_rate_per_h: float
    formation_labor_exponent: float
    soak_capacity_ah: float
    soak_area_factor: float
    inspection_most_factor: float
    reference_machines_m2: float
    pack_without_modules_factor: float
    module_step_without_modules_factor: float


@dataclass(frozen=True)
class _Winder:
    label: str
    is_wound: bool
    strip_m_per_s: float
    roll_s: float
    machine_musd: float
    operators_count: float
    machine_m2: float


@dataclass(frozen=True)
class _Stacker:
    label: str
    is_wound: bool
    sheet_s: float
    machine_musd: float
    operators_count: float
    machine_m2: float


@dataclass(frozen=True)
class _Welder:
    label: str
    stations_count: float
    station_s: float
    machine_musd: float
    operators_count: float
    machine_m2: float


@dataclass(frozen=True)
class _Cycle:
    label: str
    cell_s: float
    machine_musd: float
    operators_count: float
    machine_m2: float


@dataclass(frozen=True)
class _Fixture:
    fixture_usd_per_unit: float


@dataclass(frozen=True)
class _FormatRow:
    line: str
    notching_factor: float
    notching_area_factor: float
    slitting_factor: float
    dry_room_factor: float
    formation_area_factor: float
    module_assembly_factor: float
    cell_yield_frac: float


@dataclass(frozen=True)
class _ClassRow:
    positive_line_factor: float
    negative_line_factor: float
    notching_factor: float
    stacking_factor: float
    filling_factor: float
    formation_factor: float
    dry_room_factor: float
    solvent_recovery_factor: float
    solid_electrolyte_layer_factor: float
    pressing_factor: float
    curing_factor: float
    gas_abatement_factor: float


def read_format_process(catalog: Catalog, names: Sequence[str]) -> FormatProcess:
    """How the formats of `names` are made, in their order.

    Raises
    ------
    CatalogError
        Where a format has no process.
    """
    found = [_format_values(catalog, name) for name in names]
    return _gathered(FormatProcess, found)


def read_chemistry_process(catalog: Catalog, names: Sequence[str], year: int) -> ChemistryProcess:
    """What the classes of `names` change in a plant of `year`, in their order.

    Yields are interpolated between the years of the table and held flat beyond its ends.

    Raises
    ------
    CatalogError
        Where a class has no process.
    """
    _check_words(catalog, CLASSES, "process_class", names)
    found = []
    for name in names:
        row = catalog.constants(_ClassRow, CLASSES, process_class=name, year="")
        yields = catalog.table(CLASSES).select(process_class=name, name="cell_yield_frac")
        by_year = {int(item.keys["year"]): item.number("1") for item in yields}
        years = sorted(by_year)
        cell_yield = np.interp(float(year), years, [by_year[known] for known in years])
        found.append(_values(row) | {"cell_yield_frac": cell_yield})
    return _gathered(ChemistryProcess, found)


def read_format_rules(catalog: Catalog) -> FormatRules:
    """What holds for the machines of every format."""
    return catalog.constants(FormatRules, MACHINES, line=EVERY, step=EVERY)


def read_dry_route(catalog: Catalog) -> DryRoute:
    """Factors of electrodes that are coated without a solvent."""
    return catalog.constants(DryRoute, MACHINES, line=EVERY, step="dry_electrode")


def read_format_plan(catalog: Catalog) -> ProcessPlan:
    """The steps of the reference plant and, behind those of their group, the steps of `added_steps.csv`.

    Raises
    ------
    CatalogError
        As `process_plan`.
    """
    steps = read_steps(catalog, "process_steps") | read_steps(catalog, "added_steps")
    in_order = sorted(steps.items(), key=lambda item: (*GROUPS, item[1].group).index(item[1].group))
    return process_plan(dict(in_order))


def format_step_labels(catalog: Catalog, name: str) -> dict[str, str]:
    """What each step of the plan is called where cells of one format are made."""
    _check_words(catalog, FORMATS, "format", (name,))
    labels = {
        row.keys["step"]: row.text
        for table in ("process_steps", "added_steps")
        for row in catalog.table(table).select(name="label")
    }
    line = catalog.table(FORMATS).one(format=name, name="line").text
    own = {row.keys["step"]: row.text for row in catalog.table(MACHINES).select(line=line, name="label")}
    return labels | own


def cell_yield_frac(formats: FormatProcess, chemistry: ChemistryProcess) -> FloatArray:
    """Accepted of built cells, shape (n_designs,): that of the format, or of the chemistry where it is lower.

    Parameters
    ----------
    formats, chemistry
        Of each design, as `take` gives them.

    Returns
    -------
    ndarray, shape (n_designs,)
        [-], 0..1
    """
    return np.minimum(formats.cell_yield_frac, chemistry.cell_yield_frac)


def _format_values(catalog: Catalog, name: str) -> dict[str, Any]:
    """The fields of one format's process as floats, those of its machines together."""
    _check_words(catalog, FORMATS, "format", (name,))
    row = catalog.constants(_FormatRow, FORMATS, format=name)
    _check_words(catalog, MACHINES, "line", (row.line,))
    welder = catalog.constants(_Welder, MACHINES, line=row.line, step="welding")
    cycles = {step: catalog.constants(_Cycle, MACHINES, line=row.line, step=step) for step in ("enclosing", "filling")}
    fixture = catalog.constants(_Fixture, MACHINES, line=row.line, step="formation")
    stacking, times = _stacking(catalog, row.line)
    machines = {"stacking": stacking, "welding": welder, **cycles}
    values = _values(row) | _values(fixture) | times
    values.pop("line")
    values["welding_s"] = welder.stations_count * welder.station_s
    values |= {f"{step}_s": cycle.cell_s for step, cycle in cycles.items()}
    return values | {
        step: {item.name: getattr(machine, item.name) for item in fields(Machine)} for step, machine in machines.items()
    }


def _stacking(catalog: Catalog, line: str) -> tuple[_Winder | _Stacker, dict[str, Any]]:
    """The winder or stacker of a line and its times; the time of what it does not do is zero."""
    if catalog.table(MACHINES).one(line=line, step="stacking", name="is_wound").text == "true":
        winder = catalog.constants(_Winder, MACHINES, line=line, step="stacking")
        pace = 1.0 / (winder.strip_m_per_s * MM_PER_M)
        return winder, {"is_wound": True, "strip_s_per_mm": pace, "roll_s": winder.roll_s, "sheet_s": 0.0}
    stacker = catalog.constants(_Stacker, MACHINES, line=line, step="stacking")
    return stacker, {"is_wound": False, "strip_s_per_mm": 0.0, "roll_s": 0.0, "sheet_s": stacker.sheet_s}


def _check_words(catalog: Catalog, table: str, column: str, names: Sequence[str]) -> None:
    known = [word for word in catalog.table(table).words(column) if word != EVERY]
    strangers = [name for name in names if name not in known]
    if strangers:
        message = f"{table}.csv has no {column} {', '.join(strangers)}; it has {', '.join(known)}"
        raise CatalogError(message)


def _values(row: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the dataclasses above
    return {item.name: getattr(row, item.name) for item in fields(row)}


def _gathered(kind: type[T], found: Sequence[dict[str, Any]]) -> T:
    """Arrays over the dictionaries of `found`, those of machines one level below."""
    arrays: dict[str, Any] = {}
    for item in fields(kind):  # type: ignore[arg-type]
        column = [values[item.name] for values in found]
        arrays[item.name] = _gathered(Machine, column) if item.name in MACHINE_STEPS else np.array(column)
    return kind(**arrays)
