"""Cells sized for an energy, a power and a charging time: the fixed point of thickness, impedance and capacity."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from enum import IntEnum
from typing import Any, TypeVar

import numpy as np

from lcopt.cell.constants import CellConstants, LimitConstants
from lcopt.cell.duty import Duty, Layout, Problem, first_problem
from lcopt.cell.electrics import Electrics, electrics, first_capacity_ah, nominal_voltage_v
from lcopt.cell.electrodes import Couples, positive_capacity_ah_per_cm3, thickness_ratio
from lcopt.cell.formats.pouch import (
    CellDesign,
    bare_pitch_um,
    build_cell,
    laminate_thickness_um,
    positive_width_mm,
)
from lcopt.cell.impedance import InterfacialTerms, interfacial_asi_ohm_cm2, temperature_factor
from lcopt.cell.wiring import HardwareTerms, hardware_asi_ohm_cm2, hardware_terms
from lcopt.conventions import Conventions
from lcopt.units import UM_PER_CM, WH_PER_KWH, BoolArray, FloatArray, IntArray

UM_PER_MM = 1000.0
MA_PER_A = 1000.0

# The iteration ends at these residuals; the real-valued pass only has to name the number of layers.
LAYER_TOLERANCE_UM = 1e-4
THICKNESS_TOLERANCE_UM = 1e-7
CAPACITY_TOLERANCE = 1e-10
SLOPE_STEEPEST, SLOPE_FLATTEST = -3.0, -0.1
STEP_DOWN_MOST = 0.6
PASSES_FREE = 4
PASSES_MOST = 80
COMPACT_BELOW = 0.6
MET_TOLERANCE_UM = 1e-3


class Limit(IntEnum):
    """What sets the thickness of the positive coating."""

    POWER = 0
    ENERGY = 1
    CHARGING = 2
    MAXIMUM = 3
    LIMITING_CURRENT = 4
    OVERRIDE = 5


LIMIT_LABELS: dict[Limit, str] = {
    Limit.POWER: "Power Limitations",
    Limit.ENERGY: "Energy Limitations",
    Limit.CHARGING: "Charging",
    Limit.MAXIMUM: "Max Thickness",
    Limit.LIMITING_CURRENT: "Limiting Current",
    Limit.OVERRIDE: "Thickness Override",
}


def limit_labels(codes: IntArray) -> list[str]:
    """The words of every limit code."""
    return [LIMIT_LABELS[Limit(code)] for code in codes.tolist()]


@dataclass(frozen=True)
class Requirements:
    """What sizes a cell beside the duty of its pack; arrays of shape (n,).

    `positive_thickness_override_um` is NaN where the thickness follows from the limits.
    """

    charge_time_min: FloatArray
    cell_thickness_target_mm: FloatArray
    positive_thickness_max_um: FloatArray
    positive_thickness_override_um: FloatArray
    aspect_ratio: FloatArray


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


@dataclass(frozen=True)
class _Task:
    """What stays the same for a design while thickness and capacity are sought."""

    capacity_ah_per_cm2_um: FloatArray
    parallel_count: FloatArray
    series_count: FloatArray
    energy_wh: FloatArray
    energy_ocv_v: FloatArray
    energy_asi_ohm_cm2: FloatArray
    pulse_bulk_ohm_cm2: FloatArray
    power_factor: FloatArray
    charging_factor: FloatArray
    cell_current_a: FloatArray
    area_least_cm2: FloatArray
    interfacial: InterfacialTerms
    hardware: HardwareTerms
    pitch_bare_um: FloatArray
    pitch_per_um: FloatArray
    stack_um: FloatArray
    shell_um: FloatArray
    aspect_ratio: FloatArray
    power_scale: FloatArray
    energy_scale: FloatArray
    charging_scale: FloatArray
    charging_offset_um: FloatArray
    charging_least_um: FloatArray
    thickness_max_um: FloatArray
    c_rate_per_h: float
    charging_exponent: float
    packing_frac: float
    current_bounds: bool


T = TypeVar("T")


def _take(bundle: T, index: IntArray | BoolArray) -> T:
    """The same frozen dataclass for some designs; scalars stay."""
    made: dict[str, Any] = {}
    for item in fields(bundle):  # type: ignore[arg-type]
        value = getattr(bundle, item.name)
        if isinstance(value, np.ndarray):
            made[item.name] = value[index]
        else:
            made[item.name] = _take(value, index) if is_dataclass(value) else value
    return type(bundle)(**made)


@dataclass(frozen=True)
class _State:
    """One look at all designs: impedances, limits and geometry at a thickness and a capacity."""

    area_cm2: FloatArray
    layers: FloatArray
    width_mm: FloatArray
    hardware_ohm_cm2: FloatArray
    power_ohm_cm2: FloatArray
    energy_ohm_cm2: FloatArray
    from_power_um: FloatArray
    from_energy_um: FloatArray
    from_charging_um: FloatArray
    thickness_um: FloatArray
    capacity_ah: FloatArray


def _look(task: _Task, thickness_um: FloatArray, capacity_ah: FloatArray, layers: FloatArray | None) -> _State:
    """Impedances and limits at a thickness and a pack capacity.

    With `layers` None the cell keeps its target thickness and the layers are a real number.
    """
    cell_ah = capacity_ah / task.parallel_count
    loading = task.capacity_ah_per_cm2_um * thickness_um
    area_cm2 = np.maximum(cell_ah / loading, task.area_least_cm2)
    pitch_um = task.pitch_bare_um + task.pitch_per_um * thickness_um
    if layers is None:
        layers = task.stack_um / pitch_um
        cell_mm = (task.stack_um / task.packing_frac + task.shell_um) / UM_PER_MM
    else:
        cell_mm = (layers * pitch_um / task.packing_frac + task.shell_um) / UM_PER_MM
    width_mm = positive_width_mm(area_cm2, layers, task.aspect_ratio)
    hardware = hardware_asi_ohm_cm2(task.hardware, area_cm2, width_mm, cell_mm, task.aspect_ratio)
    energy = task.energy_asi_ohm_cm2 + hardware
    voltage_v = nominal_voltage_v(task.series_count, task.energy_ocv_v, cell_ah / area_cm2, energy, task.c_rate_per_h)
    new_capacity_ah = task.energy_wh / voltage_v
    density = task.cell_current_a * MA_PER_A / area_cm2
    electrochemical = task.pulse_bulk_ohm_cm2 + interfacial_asi_ohm_cm2(
        task.interfacial, thickness_um, density, task.cell_current_a / cell_ah
    )
    power = electrochemical * task.power_factor + hardware
    charging = power if task.charging_factor is task.power_factor else electrochemical * task.charging_factor + hardware
    cell_ah = new_capacity_ah / task.parallel_count
    from_power = cell_ah * task.power_scale / power
    from_energy = cell_ah * task.energy_scale / energy
    from_charging = task.charging_scale * charging**-task.charging_exponent + task.charging_offset_um
    clipped = np.maximum(from_charging, task.charging_least_um)
    wanted = np.minimum(np.minimum(from_power, from_energy), np.minimum(clipped, task.thickness_max_um))
    if task.current_bounds:
        wanted = np.minimum(wanted, cell_ah / (task.capacity_ah_per_cm2_um * task.area_least_cm2))
    return _State(
        area_cm2, layers, width_mm, hardware, power, energy, from_power, from_energy, from_charging,
        wanted, new_capacity_ah,
    )  # fmt: skip


def _solve(
    task: _Task, thickness_um: FloatArray, capacity_ah: FloatArray, layers: FloatArray | None, tolerance_um: float
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """The largest thickness at which the least limit equals the thickness, with its capacity, by a safeguarded secant.

    Designs leave the iteration as they converge. NaN designs leave at once.
    """
    thickness, capacity = thickness_um.copy(), capacity_ah.copy()
    settled = np.zeros(len(thickness), dtype=np.bool_)
    active = np.arange(len(thickness))
    search = _Search.begin(thickness_um, capacity_ah)
    for _ in range(PASSES_MOST):
        state = _look(task, search.thickness_um, search.capacity_ah, layers)
        residual = state.thickness_um - search.thickness_um
        drift = np.abs(state.capacity_ah / search.capacity_ah - 1)
        open_ = ~((np.abs(residual) <= tolerance_um) & (drift <= CAPACITY_TOLERANCE))
        good = np.isfinite(residual)
        thickness[active] = search.thickness_um
        capacity[active] = state.capacity_ah
        settled[active] = good & ~open_
        keep = open_ & good
        if not keep.any():
            break
        search = search.step(residual, drift, state.capacity_ah)
        if np.count_nonzero(keep) < COMPACT_BELOW * len(keep):
            active, task, search = active[keep], _take(task, keep), _take(search, keep)
            layers = None if layers is None else layers[keep]
    return thickness, capacity, settled


@dataclass(frozen=True)
class _Search:
    """Where the search of every design stands: this and the last point, and a bracket of the root."""

    thickness_um: FloatArray
    capacity_ah: FloatArray
    last_thickness_um: FloatArray
    last_residual_um: FloatArray
    below_um: FloatArray
    above_um: FloatArray

    @staticmethod
    def begin(thickness_um: FloatArray, capacity_ah: FloatArray) -> _Search:
        nothing = np.full_like(thickness_um, np.nan)
        return _Search(
            thickness_um, capacity_ah, nothing, nothing, np.zeros_like(thickness_um), np.full_like(thickness_um, np.inf)
        )

    def step(self, residual_um: FloatArray, drift: FloatArray, capacity_ah: FloatArray) -> _Search:
        here = self.thickness_um
        rising = residual_um > 0
        # The bracket was found at other capacities, so it widens by their change.
        below = np.where(rising, here, self.below_um * (1 - 2 * drift))
        above = np.where(rising, self.above_um * (1 + 2 * drift), here)
        slope = (residual_um - self.last_residual_um) / (here - self.last_thickness_um)
        slope = np.fmin(np.fmax(slope, SLOPE_STEEPEST), SLOPE_FLATTEST)
        slope = np.where(np.isfinite(self.last_residual_um), slope, -1.0)
        there = np.maximum(here - residual_um / slope, here * (1 - STEP_DOWN_MOST))
        outside = (there < below) | (there > above)
        bounded = np.where(np.isfinite(above), (below + above) / 2, here + residual_um)
        there = np.where(outside, bounded, there)
        return _Search(there, capacity_ah, here, residual_um, below, above)


def _choose(narrow: HardwareTerms, wide: HardwareTerms, is_wide: BoolArray) -> HardwareTerms:
    return replace(
        narrow,
        constant=np.where(is_wide, wide.constant, narrow.constant),
        per_thickness=np.where(is_wide, wide.per_thickness, narrow.per_thickness),
    )


@dataclass(frozen=True)
class _Feedthrough:
    """The two classes of feed-through width; a step that is frozen while the thickness is sought."""

    narrow: HardwareTerms
    wide: HardwareTerms
    wide_from_mm: float

    def settle(
        self, task: _Task, point: _Point, layers: FloatArray | None, tolerance_um: float
    ) -> tuple[_Task, _Point]:
        """Solve with the class frozen, and once more where the solution asks for the other class."""
        for _ in range(2):
            task = replace(task, hardware=_choose(self.narrow, self.wide, point.is_wide))
            thickness, capacity, settled = _solve(task, point.thickness_um, point.capacity_ah, layers, tolerance_um)
            width_mm = _look(task, thickness, capacity, layers).width_mm
            is_wide = width_mm > self.wide_from_mm
            changed = bool(np.any(is_wide != point.is_wide))
            point = _Point(thickness, capacity, is_wide if changed else point.is_wide, settled)
            if not changed:
                break
        return task, point


@dataclass(frozen=True)
class _Point:
    """A candidate solution of every design."""

    thickness_um: FloatArray
    capacity_ah: FloatArray
    is_wide: BoolArray
    settled: BoolArray


def _free_passes(task: _Task, feedthrough: _Feedthrough, capacity_ah: FloatArray) -> _Point:
    """A few plain substitutions from the largest thickness with every class free."""
    thickness = task.thickness_max_um
    is_wide = np.zeros(len(thickness), dtype=np.bool_)
    for _ in range(PASSES_FREE):
        task = replace(task, hardware=_choose(feedthrough.narrow, feedthrough.wide, is_wide))
        state = _look(task, thickness, capacity_ah, None)
        thickness, capacity_ah = state.thickness_um, state.capacity_ah
        is_wide = state.width_mm > feedthrough.wide_from_mm
    return _Point(task.thickness_max_um, capacity_ah, is_wide, np.zeros_like(is_wide))


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
        problem = first_problem(state.problem, _unusable(requirements, duty), Problem.NOT_FINITE)
        duty = replace(duty, pack_energy_kwh=np.where(problem == Problem.NONE, duty.pack_energy_kwh, np.nan))
        feedthrough = _feedthrough(couples, layout, duty, state, requirements, constants, conventions)
        task = _task(couples, requirements, layout, duty, state, feedthrough.narrow, constants, conventions)
        sought = _overridden(task, requirements.positive_thickness_override_um)
        point = _free_passes(sought, feedthrough, first_ah)
        rough, point = feedthrough.settle(sought, point, None, LAYER_TOLERANCE_UM)
        layers = np.rint(_look(rough, point.thickness_um, point.capacity_ah, None).layers)
        problem = first_problem(problem, layers < 1, Problem.NO_LAYER)
        layers = np.where(layers >= 1, layers, np.nan)
        fine, point = feedthrough.settle(sought, point, layers, THICKNESS_TOLERANCE_UM)
        last = replace(task, hardware=fine.hardware, area_least_cm2=fine.area_least_cm2)
        found = _look(last, point.thickness_um, point.capacity_ah, layers)
        return _sized(couples, requirements, duty, last, point, found, problem, constants, conventions)


def _unusable(requirements: Requirements, duty: Duty) -> BoolArray:
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


def _feedthrough(
    couples: Couples,
    layout: Layout,
    duty: Duty,
    state: Electrics,
    requirements: Requirements,
    constants: CellConstants,
    conventions: Conventions,
) -> _Feedthrough:
    pouch = constants.pouch
    shape = requirements.aspect_ratio

    def terms(width_mm: float) -> HardwareTerms:
        width = np.full_like(shape, width_mm)
        return hardware_terms(couples, layout, duty, state.wiring, width, shape, constants, conventions)

    return _Feedthrough(
        terms(pouch.feedthrough_narrow_mm), terms(pouch.feedthrough_wide_mm), pouch.feedthrough_wide_from_mm
    )


def _task(
    couples: Couples,
    requirements: Requirements,
    layout: Layout,
    duty: Duty,
    state: Electrics,
    hardware: HardwareTerms,
    constants: CellConstants,
    conventions: Conventions,
) -> _Task:
    pouch, limits = constants.pouch, constants.limits
    capacity = positive_capacity_ah_per_cm3(couples, conventions) / UM_PER_CM
    current_a = state.wiring.cell_current_a
    power_factor = state.power_temperature_factor
    charging_factor = power_factor
    if conventions.charging_at_charging_temperature:
        charging_factor = temperature_factor(couples, limits.charging_temperature_deg_c, constants.impedance)
    scale, offset = charging_law_um(
        requirements.charge_time_min, _charging_capacity_ah(layout, duty, state, conventions), limits
    )
    off_um = 2 * requirements.positive_thickness_max_um
    shell_um = 2 * laminate_thickness_um(pouch) + couples.negative_foil_thickness_um
    return _Task(
        capacity_ah_per_cm2_um=capacity,
        parallel_count=layout.cells_parallel_total_count,
        series_count=layout.cells_in_series_count,
        energy_wh=duty.pack_energy_kwh * WH_PER_KWH,
        energy_ocv_v=state.energy_ocv_v,
        energy_asi_ohm_cm2=state.energy_asi_ohm_cm2,
        pulse_bulk_ohm_cm2=state.pulse_bulk_ohm_cm2,
        power_factor=power_factor,
        charging_factor=charging_factor,
        cell_current_a=current_a,
        area_least_cm2=limits.limiting_current_margin_factor
        * MA_PER_A
        * current_a
        / couples.limiting_current_density_ma_per_cm2,
        interfacial=state.interfacial,
        hardware=hardware,
        pitch_bare_um=bare_pitch_um(couples),
        pitch_per_um=2 * (1 + thickness_ratio(couples)),
        stack_um=(requirements.cell_thickness_target_mm * UM_PER_MM - shell_um) * pouch.packing_frac,
        shell_um=shell_um,
        aspect_ratio=requirements.aspect_ratio,
        power_scale=1 / (capacity * _power_area_cm2_per_ohm_cm2(layout, duty, state, limits)),
        energy_scale=1 / (capacity * _energy_area_cm2_per_ohm_cm2(layout, duty, state, limits, conventions, constants)),
        charging_scale=np.where(duty.charging_counts, scale, 0.0),
        charging_offset_um=np.where(duty.charging_counts, offset, off_um),
        charging_least_um=couples.positive_thickness_min_um,
        thickness_max_um=requirements.positive_thickness_max_um,
        c_rate_per_h=constants.impedance.energy_c_rate_per_h,
        charging_exponent=limits.charging_asi_exponent,
        packing_frac=pouch.packing_frac,
        current_bounds=conventions.limiting_current_bounds_thickness,
    )


def charging_law_um(
    charge_time_min: FloatArray, capacity_ah: FloatArray, limits: LimitConstants
) -> tuple[FloatArray, FloatArray]:
    """Regression of the positive thickness that charges 80 % of the capacity in a time: `scale * asi^-1.1 + offset`.

    Parameters
    ----------
    charge_time_min : ndarray, shape (n,)
        Time. [min]
    capacity_ah : ndarray, shape (n,)
        Capacity that the regression calls the cell's. [Ah]
    limits : LimitConstants
        Coefficients.

    Returns
    -------
    tuple of ndarray, shape (n,)
        Scale, to be multiplied with the impedance in ohm cm2 to the power of minus the exponent, and offset. [um]

    References
    ----------
    batpac_5_1, Battery Design!G246:G259.
    """
    hot = limits.charging_temperature_max_deg_c
    alpha = (
        limits.charging_alpha_1_coefficient * hot
        + limits.charging_alpha_4_coefficient
        + (limits.charging_alpha_2_coefficient + limits.charging_alpha_3_coefficient * hot) * capacity_ah
    )
    beta = (
        limits.charging_beta_1_coefficient * hot
        + limits.charging_beta_4_coefficient
        + (limits.charging_beta_2_coefficient + limits.charging_beta_3_coefficient * hot) * capacity_ah
    )
    reference = limits.charging_reference_ohm_cm2**limits.charging_asi_exponent
    return np.square(np.log(charge_time_min)) * alpha * reference, beta


def _charging_capacity_ah(layout: Layout, duty: Duty, state: Electrics, conventions: Conventions) -> FloatArray:
    voltage_v = layout.cells_in_series_count * state.energy_ocv_v
    energy_wh = duty.pack_energy_kwh * WH_PER_KWH
    if conventions.charging_uses_cell_capacity:
        return energy_wh / voltage_v / layout.cells_parallel_total_count
    system_v = np.where(layout.packs_in_series, voltage_v * layout.packs_per_vehicle_count, voltage_v)
    return np.asarray(energy_wh / system_v / layout.rows_of_modules_count, dtype=np.float64)


def _power_area_cm2_per_ohm_cm2(layout: Layout, duty: Duty, state: Electrics, limits: LimitConstants) -> FloatArray:
    """Positive area of a cell that the rated power needs, over impedance, BatPaC 5.1 Battery Design!G283."""
    share = limits.ocv_fraction_at_rated_power_frac
    cell_w = duty.rated_power_kw * WH_PER_KWH / layout.cells_per_pack_count
    return cell_w / np.square(state.power_ocv_v) / (share * (1 - share))


def _energy_area_cm2_per_ohm_cm2(
    layout: Layout,
    duty: Duty,
    state: Electrics,
    limits: LimitConstants,
    conventions: Conventions,
    constants: CellConstants,
) -> FloatArray:
    """Positive area of a cell by the energy limit, over impedance, BatPaC 5.1 Battery Design!G284."""
    if conventions.energy_limit_at_c3_power:
        share = limits.ocv_fraction_at_rated_power_frac
        pack_w = duty.pack_energy_kwh * WH_PER_KWH * constants.impedance.energy_c_rate_per_h
        return pack_w / layout.cells_per_pack_count / np.square(state.energy_ocv_v) / (share * (1 - share))
    cell_w = duty.rated_power_kw * WH_PER_KWH / layout.cells_per_pack_count
    share_e = duty.energy_soc_frac
    return cell_w / (state.power_ocv_v * state.energy_ocv_v) / (share_e * (1 - share_e))


def _overridden(task: _Task, override_um: FloatArray) -> _Task:
    """The task with the thickness given where an override is: no limit counts, and the area follows the coating."""
    given = ~np.isnan(override_um)
    if not given.any():
        return task
    return replace(
        task,
        area_least_cm2=np.where(given, 0.0, task.area_least_cm2),
        power_scale=np.where(given, np.inf, task.power_scale),
        energy_scale=np.where(given, np.inf, task.energy_scale),
        charging_scale=np.where(given, 0.0, task.charging_scale),
        charging_offset_um=np.where(given, np.inf, task.charging_offset_um),
        thickness_max_um=np.where(given, override_um, task.thickness_max_um),
    )


def _sized(
    couples: Couples,
    requirements: Requirements,
    duty: Duty,
    task: _Task,
    point: _Point,
    found: _State,
    problem: IntArray,
    constants: CellConstants,
    conventions: Conventions,
) -> SizedCells:
    cell_ah = found.capacity_ah / task.parallel_count
    problem = first_problem(
        problem, ~(task.cell_current_a < couples.limiting_c_rate_per_h * cell_ah), Problem.LIMITING_RATE
    )
    problem = first_problem(problem, ~(found.capacity_ah > 0), Problem.VOLTAGE_COLLAPSE)
    problem = first_problem(problem, ~point.settled, Problem.NOT_CONVERGED)
    good = problem == Problem.NONE
    thickness = np.where(good, point.thickness_um, np.nan)
    raw = np.where(duty.charging_counts, found.from_charging_um, np.inf)
    met = thickness <= raw + MET_TOLERANCE_UM
    problem = first_problem(problem, thickness < couples.positive_thickness_min_um, Problem.THIN_COATING)
    if conventions.unreachable_charging_time_flagged:
        problem = first_problem(problem, ~met, Problem.CHARGING_TIME)
    charging = np.maximum(found.from_charging_um, task.charging_least_um)
    cell = build_cell(
        couples, np.where(good, cell_ah, np.nan), thickness, found.area_cm2, found.layers,
        requirements.aspect_ratio, problem, constants, conventions,
    )  # fmt: skip
    return SizedCells(
        cell=cell,
        limit=_limit(requirements, task, found, charging),
        charging_time_met=met,
        positive_thickness_from_power_um=found.from_power_um,
        positive_thickness_from_energy_um=found.from_energy_um,
        positive_thickness_from_charging_um=charging,
        positive_thickness_maximum_um=task.thickness_max_um,
        pack_capacity_ah=found.capacity_ah,
        asi_hardware_total_ohm_cm2=found.hardware_ohm_cm2,
        asi_power_total_ohm_cm2=found.power_ohm_cm2,
        asi_energy_c3_total_ohm_cm2=found.energy_ohm_cm2,
        problem=problem,
    )


def _limit(requirements: Requirements, task: _Task, found: _State, charging_um: FloatArray) -> IntArray:
    cell_ah = found.capacity_ah / task.parallel_count
    least_um = cell_ah / (task.capacity_ah_per_cm2_um * task.area_least_cm2)
    columns = [found.from_power_um, found.from_energy_um, charging_um, task.thickness_max_um, least_um]
    code = np.argmin(np.nan_to_num(np.array(columns), nan=np.inf), axis=0)
    given = np.isfinite(requirements.positive_thickness_override_um)
    return np.where(given, np.int64(Limit.OVERRIDE), code.astype(np.int64))
