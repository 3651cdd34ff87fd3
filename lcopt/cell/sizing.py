"""Cells sized for an energy, a power and a charging time: the fixed point of thickness, impedance and capacity."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.constants import CellConstants
from lcopt.cell.duty import Duty, Layout, Problem, first_problem
from lcopt.cell.electrics import electrics, first_capacity_ah
from lcopt.cell.electrodes import Couples
from lcopt.cell.formats.pouch import CellDesign, build_cell
from lcopt.cell.search import Point, find_thickness, make_feedthrough
from lcopt.cell.thickness import Limit, Look, Requirements, Task, limit_labels, look_at, make_task, overridden
from lcopt.conventions import Conventions

__all__ = ["Limit", "Requirements", "SizedCells", "limit_labels", "size_cells"]

MET_TOLERANCE_UM = 1e-3
# Below this the search has run into the trivial root at no coating at all.
NO_COATING_UM = 0.1


@dataclass(frozen=True)
class SizedCells:
    """Cells of the fixed point with what limits them; arrays of shape (n,)."""

    cell: CellDesign
    limit: IntArray
    charging_time_met: BoolArray
    positive_thickness_from_power_um: FloatArray
    positive_thickness_from_energy_um: FloatArray
    positive_thickness_from_charging_um: FloatArray
    positive_thickness_maximum_um: FloatArray
    pack_capacity_ah: FloatArray
    asi_hardware_total_ohm_cm2: FloatArray
    asi_power_total_ohm_cm2: FloatArray
    asi_energy_c3_total_ohm_cm2: FloatArray
    problem: IntArray


def size_cells(
    couples: Couples,
    requirements: Requirements,
    layout: Layout,
    duty: Duty,
    constants: CellConstants,
    conventions: Conventions,
) -> SizedCells:
    """Cells whose coating is as thick as power, energy, charging time and the maximum allow.

    Parameters
    ----------
    couples, requirements, layout, duty
        An element a design; `duty.pack_energy_kwh` is the energy to reach.
    constants, conventions
        Of the catalog; the switches Q1, Q2, Q5, Q9, Q14, Q25, F1 matter here.

    Returns
    -------
    SizedCells
        NaN with a problem code where no cell exists; the other designs are unharmed.

    Notes
    -----
    The largest root is sought, from the maximum thickness downwards: first with a real number of layers, then with the
    nearest whole number and the cell thickness that follows. The capacity is substituted in every pass.

    References
    ----------
    batpac_5_1, Battery Design!G235:G304, G463:G472.
    """
    layout = layout.as_floats(len(duty.rated_power_kw))
    with np.errstate(all="ignore"):
        first_ah = first_capacity_ah(couples, layout, duty)
        state = electrics(couples, layout, duty, first_ah, constants, conventions)
        problem = first_problem(state.problem, unusable(requirements, duty), Problem.NOT_FINITE)
        duty = replace(duty, pack_energy_kwh=np.where(problem == Problem.NONE, duty.pack_energy_kwh, np.nan))
        feedthrough = make_feedthrough(couples, layout, duty, state, requirements, constants, conventions)
        task = make_task(couples, requirements, layout, duty, state, feedthrough.narrow, constants, conventions)
        problem = first_problem(problem, task.stack_um <= 0, Problem.NO_LAYER)
        problem = first_problem(problem, _too_fast(couples, task, first_ah), Problem.LIMITING_RATE)
        sought = overridden(task, requirements.positive_thickness_override_um)
        fine, point = find_thickness(sought, feedthrough, first_ah)
        problem = first_problem(problem, point.layers == 0, Problem.NO_LAYER)
        last = replace(task, hardware=fine.hardware, area_least_cm2=fine.area_least_cm2)
        found = look_at(last, point.thickness_um, point.capacity_ah, point.layers)
        return _sized(couples, requirements, duty, last, point, found, problem, constants, conventions)


def unusable(requirements: Requirements, duty: Duty) -> BoolArray:
    positive = (
        duty.pack_energy_kwh,
        requirements.cell_thickness_target_mm,
        requirements.positive_thickness_max_um,
        requirements.aspect_ratio,
        np.where(duty.charging_counts, requirements.charge_time_min, 1.0),
        np.where(
            np.isnan(requirements.positive_thickness_override_um), 1.0, requirements.positive_thickness_override_um
        ),
    )
    good = np.logical_and.reduce([np.isfinite(column) & (column > 0) for column in positive])
    return np.asarray(~good, dtype=np.bool_)


def _sized(
    couples: Couples,
    requirements: Requirements,
    duty: Duty,
    task: Task,
    point: Point,
    found: Look,
    problem: IntArray,
    constants: CellConstants,
    conventions: Conventions,
) -> SizedCells:
    cell_ah = found.capacity_ah / task.parallel_count
    given = np.isfinite(requirements.positive_thickness_override_um)
    # A given coating is lost only where its impedance is infinite.
    problem = first_problem(problem, given & np.isnan(point.thickness_um), Problem.LIMITING_RATE)
    # Where the search is lost, its last capacity says nothing.
    lost = ~point.settled | (point.thickness_um < NO_COATING_UM)
    problem = first_problem(problem, lost, Problem.NOT_CONVERGED)
    problem = first_problem(problem, _too_fast(couples, task, found.capacity_ah), Problem.LIMITING_RATE)
    problem = first_problem(problem, ~(found.capacity_ah > 0), Problem.VOLTAGE_COLLAPSE)
    good = problem == Problem.NONE
    thickness = np.where(good, point.thickness_um, np.nan)
    raw = np.where(duty.charging_counts, found.from_charging_um, np.inf)
    met = thickness <= raw + MET_TOLERANCE_UM
    problem = first_problem(problem, thickness < couples.positive_thickness_min_um, Problem.THIN_COATING)
    if conventions.unreachable_charging_time_flagged:
        problem = first_problem(problem, ~met, Problem.CHARGING_TIME)
    charging = np.maximum(found.from_charging_um, task.charging_least_um)
    pouch = constants.pouch
    cell = build_cell(
        couples,
        np.where(good, cell_ah, np.nan),
        thickness,
        found.area_cm2,
        found.layers,
        requirements.aspect_ratio,
        problem,
        constants,
        conventions,
        np.where(point.is_wide, pouch.feedthrough_wide_mm, pouch.feedthrough_narrow_mm),
    )
    numbers = {
        "positive_thickness_from_power_um": found.from_power_um,
        "positive_thickness_from_energy_um": found.from_energy_um,
        "positive_thickness_from_charging_um": charging,
        "positive_thickness_maximum_um": task.thickness_max_um,
        "pack_capacity_ah": found.capacity_ah,
        "asi_hardware_total_ohm_cm2": found.hardware_ohm_cm2,
        "asi_power_total_ohm_cm2": found.power_ohm_cm2,
        "asi_energy_c3_total_ohm_cm2": found.energy_ohm_cm2,
    }
    if not good.all():
        numbers = {name: np.where(good, value, np.nan) for name, value in numbers.items()}
    limit = _limit(requirements, task, found, charging)
    return SizedCells(cell=cell, limit=limit, charging_time_met=met, problem=problem, **numbers)


def _too_fast(couples: Couples, task: Task, capacity_ah: FloatArray) -> BoolArray:
    """Whether the current at rated power reaches the limiting rate of a pack of this capacity."""
    limiting_a = couples.limiting_c_rate_per_h * capacity_ah / task.parallel_count
    return np.asarray(task.cell_current_a >= limiting_a, dtype=np.bool_)


def _limit(requirements: Requirements, task: Task, found: Look, charging_um: FloatArray) -> IntArray:
    cell_ah = found.capacity_ah / task.parallel_count
    least_um = cell_ah / (task.capacity_ah_per_cm2_um * task.area_least_cm2)
    columns = [found.from_power_um, found.from_energy_um, charging_um, task.thickness_max_um, least_um]
    code = np.argmin(np.nan_to_num(np.array(columns), nan=np.inf), axis=0)
    given = np.isfinite(requirements.positive_thickness_override_um)
    return np.where(given, np.int64(Limit.OVERRIDE), code.astype(np.int64))
