"""Safety as a limit: how thick a barrier must be so that one cell in runaway does not fire the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog
from lcopt.pack.barrier_limits import (
    CLASSES_TABLE,
    RULES_TABLE,
    BarrierLimits,
    BarrierMaterial,
    RunawayClasses,
    SafetyRule,
    read_classes,
    read_limits,
)
from lcopt.pack.propagation import (
    Places,
    PropagationConstants,
    barrier_ratio,
    between,
    conduction_time_s,
    places,
    response_table,
)

NO_RULE = "none"
NO_CLASS = -1
CHEMISTRIES_TABLE = "chemistry_safety"
BARRIER_MATERIAL = "aerogel_felt"


@dataclass(frozen=True)
class SafetyModel:
    """All that the limits need, read once.

    Attributes
    ----------
    class_names : tuple of str
        A runaway class is an index into these.
    barrier_ratio, sink_ratio : ndarray
        Nodes of the table that follows.
    peak_frac : ndarray, shape (n_barriers, n_sinks)
        Highest share of the hot cell's excess temperature in its neighbor.
    """

    class_names: tuple[str, ...]
    classes: RunawayClasses
    rules: Mapping[str, SafetyRule]
    constants: PropagationConstants
    barrier: BarrierMaterial
    limits: BarrierLimits
    barrier_ratio: FloatArray
    sink_ratio: FloatArray
    peak_frac: FloatArray

    def rule(self, name: str) -> SafetyRule:
        """The rule of a name other than 'none'.

        Raises
        ------
        CatalogError
            Where the catalog lacks it.
        """
        if name not in self.rules:
            message = f"{RULES_TABLE}.csv: no rule '{name}'; expected one of: {', '.join([NO_RULE, *self.rules])}"
            raise CatalogError(message)
        return self.rules[name]


def read_safety(catalog: Catalog) -> SafetyModel:
    """The safety model of the catalog.

    Raises
    ------
    CatalogError
        Where a row is missing, unknown or has a wrong unit.
    """
    names, classes = read_classes(catalog)
    rule_names = catalog.table(RULES_TABLE).words("rule")
    rules = {name: catalog.constants(SafetyRule, RULES_TABLE, rule=name) for name in rule_names}
    constants = catalog.constants(PropagationConstants, "propagation_constants")
    barrier = catalog.constants(BarrierMaterial, "barrier_materials", material=BARRIER_MATERIAL)
    response = response_table(constants)
    return SafetyModel(
        class_names=names,
        classes=classes,
        rules=rules,
        constants=constants,
        barrier=barrier,
        limits=read_limits(catalog, response, rules, barrier, constants),
        barrier_ratio=response.barrier_ratio,
        sink_ratio=response.sink_ratio,
        peak_frac=response.peak_frac[..., -1].copy(),
    )


def chemistry_class_index(catalog: Catalog, chemistries: Sequence[str], *, required: bool = True) -> IntArray:
    """The runaway class of each chemistry as an index into `SafetyModel.class_names`, shape (n_chemistries,).

    Where it is not required, since no rule is asked for, a chemistry without a class has -1.

    Raises
    ------
    CatalogError
        Where a chemistry has no class, or one without temperatures.
    """
    names = catalog.table(CLASSES_TABLE).words("runaway_class")
    row_of = {row.keys["chemistry"]: row for row in catalog.table(CHEMISTRIES_TABLE).select(name="runaway_class")}
    known = f"one of: {', '.join(names)}"
    index = []
    for chemistry in chemistries:
        row = row_of.get(chemistry)
        if row is None and not required:
            index.append(NO_CLASS)
            continue
        if row is None:
            message = (
                f"{CHEMISTRIES_TABLE}.csv: the chemistry '{chemistry}' has no runaway class, so its safety is unknown; "
                f"add a row with chemistry '{chemistry}', name 'runaway_class' and value {known}"
            )
            raise CatalogError(message)
        if row.text not in names:
            message = f"{row.place}: runaway class '{row.text}' is not in {CLASSES_TABLE}.csv; expected {known}"
            raise CatalogError(message)
        index.append(names.index(row.text))
    return np.array(index, dtype=np.int64)


def barrier_thickness_mm(
    model: SafetyModel,
    rule: str,
    runaway_class: IntArray,
    cell_thickness_mm: FloatArray,
    heat_sink_per_s: FloatArray,
) -> FloatArray:
    """Thinnest barrier between two cells with which a pack meets a rule.

    Parameters
    ----------
    model : SafetyModel
    rule : str
        A rule of `safety_rules.csv`, or 'none'.
    runaway_class : ndarray, shape (n_designs,)
        Index into `model.class_names`.
    cell_thickness_mm : ndarray, shape (n_designs,)
        Of flat cells along the stack; the diameter of round ones. [mm]
    heat_sink_per_s : ndarray, shape (n_designs,)
        Heat removed by the cold plate, UA/(m cp). [1/s], >= 0

    Returns
    -------
    ndarray, shape (n_designs,)
        inf where no barrier works or the cell is outside 2 to 150 mm; 0 for the rule 'none'. [mm]

    Raises
    ------
    CatalogError
        Where the rule is unknown.

    Notes
    -----
    Bilinear between the nodes: thickness falls ever slower with the sink, so the straight line between two sinks lies
    above it. Beside a node where no barrier works none works either.

    References
    ----------
    lcopt_propagation_model, gb_38031.
    """
    shape = np.broadcast(runaway_class, cell_thickness_mm, heat_sink_per_s).shape
    if rule == NO_RULE:
        return np.zeros(shape)
    model.rule(rule)
    limits = model.limits
    rows = places(cell_thickness_mm, limits.cell_thickness_mm)
    columns = places(heat_sink_per_s, limits.heat_sink_per_s)
    found = between(limits.barrier_mm[rule], rows, columns, runaway_class)
    first, last = limits.cell_thickness_mm[0], limits.cell_thickness_mm[-1]
    outside = (cell_thickness_mm < first) | (cell_thickness_mm > last) | (found > model.barrier.thickness_max_mm)
    return np.where(outside, np.inf, found)


def vented_gas_mol(model: SafetyModel, runaway_class: IntArray, cell_capacity_ah: FloatArray) -> FloatArray:
    """Gas that one cell vents in thermal runaway, shape (n_designs,), [mol]; its limit is the rule's."""
    return np.asarray(model.classes.gas_mol_per_ah[runaway_class] * cell_capacity_ah)


def vented_gas_max_mol(model: SafetyModel, rule: str) -> float:
    """The most gas of one cell that a rule allows, inf for the rule 'none', in mol."""
    return np.inf if rule == NO_RULE else model.rule(rule).vented_gas_max_mol


def propagation_margin_k(
    model: SafetyModel,
    runaway_class: IntArray,
    cell_thickness_mm: FloatArray,
    heat_sink_per_s: FloatArray,
    barrier_thickness_mm: FloatArray,
) -> FloatArray:
    """How far the neighbor of a cell in runaway stays below its own onset, shape (n_designs,), [K].

    Negative where it runs away. Read from a table of the propagation model within 1 K of it for barriers and sinks of
    packs; the neighbor is watched for ever. Arguments as in `barrier_thickness_mm`.
    """
    classes, start = model.classes, model.constants.start_temperature_deg_c
    rows, columns = _ratios(model, runaway_class, cell_thickness_mm, heat_sink_per_s, barrier_thickness_mm)
    excess_k = classes.hot_temperature_deg_c[runaway_class] - start
    peak_deg_c = start + excess_k * between(model.peak_frac, rows, columns)
    return np.asarray(classes.onset_temperature_deg_c[runaway_class] - peak_deg_c)


def _ratios(
    model: SafetyModel,
    runaway_class: IntArray,
    cell_thickness_mm: FloatArray,
    heat_sink_per_s: FloatArray,
    barrier_thickness_mm: FloatArray,
) -> tuple[Places, Places]:
    """Where stacks lie in the table of the response."""
    density = model.classes.cell_density_g_per_cm3[runaway_class]
    capacity = model.classes.cell_heat_capacity_j_per_g_k[runaway_class]
    scale_s = conduction_time_s(cell_thickness_mm, density, capacity, model.constants)
    ratio = barrier_ratio(
        barrier_thickness_mm, cell_thickness_mm, model.barrier.conductivity_w_per_m_k, model.constants
    )
    return places(ratio, model.barrier_ratio), places(heat_sink_per_s * scale_s, model.sink_ratio)
