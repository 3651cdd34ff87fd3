"""Thinnest barriers between cells by safety rule, runaway class, cell thickness and heat sink.

The answer is yes or no and steep, so it is kept on a grid: rows of `barrier_limits.csv` have the last word, also those
of a user; the propagation model gives the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog, Row, number_of
from lcopt.pack.propagation import PropagationConstants, ResponseTable, barrier_ratio_min, conduction_time_s

NOT_TABULATED = -1.0
# Nodes of the limits beside those of their table: cells of every format that is built, sinks from none to that of a
# plate on both large faces. The end of the thickness is the end of the answer, a stronger sink counts as the strongest.
CELL_THICKNESSES_MM = (2.0, 150.0, 25)
HEAT_SINKS_PER_S = (2e-5, 1e-2, 24)
# What the thickness of a sheet is rounded up to, as in the table.
THICKNESS_STEP_MM = 0.01
ROUNDING_SLACK = 1e-9
# Stands for a barrier that does not exist, so that it stays far beyond every other however little it weighs.
NONE_WORKS_MM = 1e30

LIMITS_TABLE = "barrier_limits"
CLASSES_TABLE = "runaway_classes"
RULES_TABLE = "safety_rules"
# Tables whose numbers are behind every packaged limit.
BEHIND_ALL_LIMITS = ("barrier_materials", "propagation_constants")


@dataclass(frozen=True)
class RunawayClass:
    """Thermal runaway of a class of chemistries (table `runaway_classes`)."""

    hot_temperature_deg_c: float
    onset_temperature_deg_c: float
    cell_density_g_per_cm3: float
    cell_heat_capacity_j_per_g_k: float
    gas_mol_per_ah: float


@dataclass(frozen=True)
class SafetyRule:
    """What a rule asks: so long the neighbor must stay so far below its onset; and the most gas of one cell."""

    delay_min_s: float
    temperature_margin_k: float
    vented_gas_max_mol: float


@dataclass(frozen=True)
class BarrierMaterial:
    """The sheet between two cells (table `barrier_materials`)."""

    conductivity_w_per_m_k: float
    thickness_min_mm: float
    thickness_max_mm: float


@dataclass(frozen=True)
class RunawayClasses:
    """The fields of `RunawayClass` as arrays, shape (n_classes,)."""

    hot_temperature_deg_c: FloatArray
    onset_temperature_deg_c: FloatArray
    cell_density_g_per_cm3: FloatArray
    cell_heat_capacity_j_per_g_k: FloatArray
    gas_mol_per_ah: FloatArray


@dataclass(frozen=True)
class BarrierLimits:
    """The limits of all rules on one grid.

    Attributes
    ----------
    cell_thickness_mm, heat_sink_per_s : ndarray
        Nodes.
    barrier_mm : mapping of rule -> ndarray, shape (n_classes, n_thicknesses, n_sinks)
        Thinnest barrier, `NONE_WORKS_MM` where none works.
    """

    cell_thickness_mm: FloatArray
    heat_sink_per_s: FloatArray
    barrier_mm: Mapping[str, FloatArray]


def read_classes(catalog: Catalog) -> tuple[tuple[str, ...], RunawayClasses]:
    """The names of the runaway classes and their numbers, in the order of the table."""
    names = catalog.table(CLASSES_TABLE).words("runaway_class")
    records = [catalog.constants(RunawayClass, CLASSES_TABLE, runaway_class=name) for name in names]
    columns = {item.name: np.array([getattr(record, item.name) for record in records]) for item in fields(RunawayClass)}
    return names, RunawayClasses(**columns)


def read_limits(
    catalog: Catalog,
    response: ResponseTable,
    rules: Mapping[str, SafetyRule],
    barrier: BarrierMaterial,
    constants: PropagationConstants,
) -> BarrierLimits:
    """The limits of all rules and classes.

    Raises
    ------
    CatalogError
        Where a row of `barrier_limits.csv` has an unknown class or a node that is not a number.
    """
    names, classes = read_classes(catalog)
    rows, every = _valid_limits(catalog), catalog.table(LIMITS_TABLE).rows
    thickness_mm = _nodes(np.geomspace(*CELL_THICKNESSES_MM), every, "cell_thickness_mm")
    sink_per_s = _nodes(np.append(0.0, np.geomspace(*HEAT_SINKS_PER_S)), every, "heat_sink_per_s")
    limits = {}
    for name, rule in rules.items():
        modeled = _modeled_limits_mm(response, classes, rule, barrier, constants, thickness_mm, sink_per_s)
        own = [row for row in rows if row.keys["rule"] == name]
        tabulated = _tabulated_limits_mm(own, names, thickness_mm, sink_per_s, barrier)
        limits[name] = np.where(tabulated == NOT_TABULATED, modeled, tabulated)
    return BarrierLimits(thickness_mm, sink_per_s, limits)


def onset_frac(classes: RunawayClasses, constants: PropagationConstants, margin_k: float = 0.0) -> FloatArray:
    """Share of the hot cell's excess temperature at which the neighbor is so far below its onset, (n_classes,)."""
    start = constants.start_temperature_deg_c
    return (classes.onset_temperature_deg_c - margin_k - start) / (classes.hot_temperature_deg_c - start)


def _modeled_limits_mm(
    response: ResponseTable,
    classes: RunawayClasses,
    rule: SafetyRule,
    barrier: BarrierMaterial,
    constants: PropagationConstants,
    thickness_mm: FloatArray,
    sink_per_s: FloatArray,
) -> FloatArray:
    """Thinnest barriers of the propagation model, shape (n_classes, n_thicknesses, n_sinks)."""
    thickness = thickness_mm[None, :, None]
    density, capacity = classes.cell_density_g_per_cm3, classes.cell_heat_capacity_j_per_g_k
    scale_s = conduction_time_s(thickness, density[:, None, None], capacity[:, None, None], constants)
    threshold = onset_frac(classes, constants, rule.temperature_margin_k)[:, None, None]
    cases = np.broadcast_arrays(threshold, sink_per_s * scale_s, rule.delay_min_s / scale_s)
    ratio = barrier_ratio_min(response, *(case.reshape(-1) for case in cases)).reshape(cases[0].shape)
    exact_mm = ratio * thickness * barrier.conductivity_w_per_m_k / constants.cell_conductivity_w_per_m_k
    found_mm = np.ceil(exact_mm / THICKNESS_STEP_MM - ROUNDING_SLACK) * THICKNESS_STEP_MM
    return _sold_mm(found_mm, barrier)


def _tabulated_limits_mm(
    rows: Sequence[Row],
    names: Sequence[str],
    thickness_mm: FloatArray,
    sink_per_s: FloatArray,
    barrier: BarrierMaterial,
) -> FloatArray:
    """The limits that the table states, `NOT_TABULATED` elsewhere."""
    table = np.full((len(names), len(thickness_mm), len(sink_per_s)), NOT_TABULATED)
    for row in rows:
        place = (
            _class_of(row, names),
            int(np.searchsorted(thickness_mm, _node(row, "cell_thickness_mm"))),
            int(np.searchsorted(sink_per_s, _node(row, "heat_sink_per_s"))),
        )
        table[place] = row.number("mm")
    return np.where(table == NOT_TABULATED, table, _sold_mm(table, barrier))


def _class_of(row: Row, names: Sequence[str]) -> int:
    name = row.keys["runaway_class"]
    if name not in names:
        message = f"{row.place}: runaway class '{name}' is not in {CLASSES_TABLE}.csv; expected one that is"
        raise CatalogError(message)
    return names.index(name)


def _sold_mm(needed_mm: FloatArray, barrier: BarrierMaterial) -> FloatArray:
    """A film where less would do, `NONE_WORKS_MM` where the sheet would be thicker than any."""
    works = needed_mm <= barrier.thickness_max_mm
    return np.where(works, np.maximum(needed_mm, barrier.thickness_min_mm), NONE_WORKS_MM)


def _nodes(own: FloatArray, rows: Sequence[Row], column: str) -> FloatArray:
    return np.unique(np.concatenate([own, [_node(row, column) for row in rows]]))


def _node(row: Row, column: str) -> float:
    value = number_of(row.keys[column])
    if value is None or value < 0:
        message = f"{row.place}: {column} '{row.keys[column]}' is not a number of at least 0; write one"
        raise CatalogError(message)
    return value


def _valid_limits(catalog: Catalog) -> list[Row]:
    """The rows of the limits, without packaged ones that a user's rows in other tables have made untrue."""
    changed = {(row.table, row.keys.get("runaway_class") or row.keys.get("rule", "")) for row in catalog.replaced_rows}
    tables = {table for table, _ in changed}
    none_left = any(table in tables for table in BEHIND_ALL_LIMITS)
    return [
        row
        for row in catalog.table(LIMITS_TABLE).rows
        if row.file
        or not (
            none_left
            or (CLASSES_TABLE, row.keys["runaway_class"]) in changed
            or (RULES_TABLE, row.keys["rule"]) in changed
        )
    ]
