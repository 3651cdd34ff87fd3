"""What limits the thickness of the positive coating: power, energy, charging time, the maximum, the ionic current."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, auto

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.constants import CellConstants, LimitConstants
from lcopt.cell.duty import Duty, Layout
from lcopt.cell.electrics import Electrics, nominal_voltage_v
from lcopt.cell.electrodes import Couples, positive_capacity_ah_per_cm3, thickness_ratio
from lcopt.cell.formats.pouch import bare_pitch_um, laminate_thickness_um, positive_width_mm
from lcopt.cell.impedance import InterfacialTerms, interfacial_asi_ohm_cm2, temperature_factor
from lcopt.cell.wiring import HardwareTerms, hardware_asi_ohm_cm2
from lcopt.conventions import Conventions
from lcopt.units import MA_PER_A, UM_PER_CM, UM_PER_MM, WH_PER_KWH


class Limit(IntEnum):
    """What sets the thickness of the positive coating."""

    POWER = 0
    ENERGY = auto()
    CHARGING = auto()
    MAXIMUM = auto()
    LIMITING_CURRENT = auto()
    OVERRIDE = auto()


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
class Task:
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


@dataclass(frozen=True)
class Look:
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


def look_at(task: Task, thickness_um: FloatArray, capacity_ah: FloatArray, layers: FloatArray | None) -> Look:
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
    return Look(
        area_cm2, layers, width_mm, hardware, power, energy, from_power, from_energy, from_charging,
        wanted, new_capacity_ah,
    )  # fmt: skip


def make_task(
    couples: Couples,
    requirements: Requirements,
    layout: Layout,
    duty: Duty,
    state: Electrics,
    hardware: HardwareTerms,
    constants: CellConstants,
    conventions: Conventions,
) -> Task:
    """What stays the same for every design while its thickness and capacity are sought.

    Parameters
    ----------
    couples, requirements, layout, duty, state
        An element a design.
    hardware : HardwareTerms
        For either class of feed-through width; replaced as the class changes.
    constants, conventions
        Of the catalog; the switches Q1, Q2, Q9, Q14, F1 matter here.

    Returns
    -------
    Task
        Arrays of shape (n,).
    """
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
    return Task(
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


def overridden(task: Task, override_um: FloatArray) -> Task:
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
