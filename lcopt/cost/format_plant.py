"""The plant of cells of any format and chemistry, with the names and the economies of scale of the reference plant.

At the reference plant's size the machines that handle single cells are counted from the pace of their format; smaller
and larger plants follow the exponents of the reference. Steps that handle kilograms and square meters stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray
from lcopt.cost.format_process import (
    MACHINE_STEPS,
    ChemistryProcess,
    DryRoute,
    FormatProcess,
    FormatRules,
    Machine,
)
from lcopt.cost.manufacturing import PlantSize, ProcessPlan, StepSizes, pack_work_ratio, scale_steps, total_size
from lcopt.cost.plant import AnnualVolumes, Plant, PlantBaseline, UnitCounts
from lcopt.units import HOURS_PER_DAY, SECONDS_PER_HOUR, USD_PER_MUSD

ADDED_STEPS = ("solid_electrolyte_layer", "pressing", "curing", "gas_abatement")


@dataclass(frozen=True)
class MadeCells:
    """What the machines have to do for a cell, shape (n_designs,).

    `strip_length_mm` is the positive strip of all rolls of a cell; `sheets_count` positive and negative sheets. The
    sheets of a wound format do not count, nor do rolls and strip of a stacked one.
    """

    rolls_count: FloatArray
    strip_length_mm: FloatArray
    sheets_count: FloatArray
    cell_capacity_ah: FloatArray
    cell_energy_kwh: FloatArray


@dataclass(frozen=True)
class Making:
    """How each design is made, shape (n_designs,): format, chemistry, modules or not, electrodes coated dry or wet."""

    formats: FormatProcess
    chemistry: ChemistryProcess
    is_module: BoolArray
    is_dry: BoolArray


class _Steps:
    """The steps of a plant, shape (n_steps, n_designs), multiplied where they stand."""

    def __init__(self, plan: ProcessPlan, sizes: StepSizes) -> None:
        self.plan = plan
        self.sizes = sizes

    def multiply(
        self,
        steps: Iterable[str],
        *,
        labor: FloatArray | float = 1.0,
        capital: FloatArray | float = 1.0,
        area: FloatArray | float = 1.0,
    ) -> None:
        for step in steps:
            row = self.plan.row(step)
            self.sizes.labor_h_per_yr[row] *= labor
            self.sizes.capital_musd[row] *= capital
            self.sizes.area_m2[row] *= area


def size_format_plant(
    plan: ProcessPlan,
    volumes: AnnualVolumes,
    cells: MadeCells,
    making: Making,
    counts: UnitCounts,
    plant: Plant,
    baseline: PlantBaseline,
    rules: FormatRules,
    dry: DryRoute,
) -> PlantSize:
    """Labor, capital and area of every step.

    Parameters
    ----------
    plan : ProcessPlan
        Of `read_format_plan`.
    volumes : AnnualVolumes
        What is made and used in a year, shape (n_designs,); the solvent is that of the wet route.
    cells, making
        What a cell is and how it is made, shape (n_designs,).
    counts : UnitCounts
        Its modules per pack size the assembly of packs with modules.
    plant : Plant
        Operating days and how much larger than needed space and machines are.
    baseline : PlantBaseline
        Volumes of the reference plant.
    rules, dry
        What holds for the machines of every format, and factors of the dry route.

    Returns
    -------
    PlantSize
        Labor [h/yr], capital [MUSD], area [m2].

    Notes
    -----
    The reference sizes stacking by cells and capacity, formation by cells and capacity, and so would ask a plant of
    small round cells for many times the capital that such plants have. Here the level at 50 GWh/yr follows from strip,
    sheets, cells a second and channels, and the ratio of energies to 50 GWh/yr takes the place of that of cells.

    References
    ----------
    batpac_5_1 for the steps and their exponents; format_machines.csv for the machines.
    """
    ratio = volumes.accepted_cells_per_yr * cells.cell_energy_kwh / baseline.energy_kwh_per_yr
    scaled = replace(
        volumes,
        built_cells_per_yr=baseline.built_cells_per_yr * ratio,
        # Steps without modules have no volume of them.
        modules_per_yr=np.where(making.is_module, volumes.modules_per_yr, baseline.modules_per_yr),
    )
    sizes = scale_steps(plan, scaled, plant, baseline)
    steps = _Steps(plan, sizes)
    cells_at_reference = volumes.built_cells_per_yr / ratio
    _machines(steps, cells_at_reference, cells, making, baseline, rules)
    _inspection_and_formation(steps, cells_at_reference, cells, making, baseline, rules)
    _electrodes(steps, making, dry)
    _modules_and_packs(steps, making, counts, baseline, rules)
    for step in ADDED_STEPS:
        done = getattr(making.chemistry, f"{step}_factor")
        steps.multiply((step,), labor=done, capital=done, area=done)
    # The reference lets stacking of a plant that is not sold out grow by its own rule, for the size of the cell.
    stacking = plan.row("stacking")
    oversize = np.atleast_1d(plant.equipment_ratio) ** plan.power_exponent[plan.capital_power[stacking]]
    steps.multiply(("stacking",), capital=oversize)
    return total_size(plan, sizes)


def seconds_per_cell(cells: MadeCells, formats: FormatProcess, step: str) -> FloatArray:
    """Time of a cell on the machines of one step of `MACHINE_STEPS` [s], shape (n_designs,)."""
    if step != "stacking":
        seconds: FloatArray = getattr(formats, f"{step}_s")
        return seconds
    winding = cells.rolls_count * formats.roll_s + cells.strip_length_mm * formats.strip_s_per_mm
    return np.where(formats.is_wound, winding, cells.sheets_count * formats.sheet_s)


def _machines(
    steps: _Steps,
    cells_per_yr: FloatArray,
    cells: MadeCells,
    making: Making,
    baseline: PlantBaseline,
    rules: FormatRules,
) -> None:
    """Machines for single cells, and their floor in the dry room, in a plant of the reference's size."""
    hours = baseline.operating_days_d_per_yr * HOURS_PER_DAY
    cells_per_s = cells_per_yr / (hours * SECONDS_PER_HOUR * rules.equipment_effectiveness_frac)
    floor_m2 = np.zeros_like(cells_per_yr)
    of_chemistry = {"stacking": making.chemistry.stacking_factor, "filling": making.chemistry.filling_factor}
    plan = steps.plan
    for step in MACHINE_STEPS:
        machine: Machine = getattr(making.formats, step)
        count = cells_per_s * seconds_per_cell(cells, making.formats, step) * of_chemistry.get(step, 1.0)
        row = plan.row(step)
        steps.multiply(
            (step,),
            labor=count * machine.operators_count * hours / plan.labor_h_per_yr[row],
            capital=count * machine.machine_musd / plan.capital_musd[row],
        )
        floor_m2 += count * machine.machine_m2
    room_m2 = plan.area_m2[plan.row("dry_room")]
    format_factor, class_factor = making.formats.dry_room_factor, making.chemistry.dry_room_factor
    rest = (1.0 - rules.reference_machines_m2 / room_m2) * format_factor
    steps.multiply(("dry_room",), capital=format_factor * class_factor, area=(rest + floor_m2 / room_m2) * class_factor)


def _inspection_and_formation(
    steps: _Steps,
    cells_per_yr: FloatArray,
    cells: MadeCells,
    making: Making,
    baseline: PlantBaseline,
    rules: FormatRules,
) -> None:
    """Channels of formation and X-ray inspection in a plant of the reference's size."""
    plan, ratio = steps.plan, cells_per_yr / baseline.built_cells_per_yr
    row = plan.row("inspection")
    by_labor, by_capital = (plan.power_exponent[power[row]] for power in (plan.labor_power, plan.capital_power))
    steps.multiply(
        ("inspection",),
        labor=np.minimum(ratio**by_labor, rules.inspection_most_factor),
        capital=np.minimum(ratio**by_capital, rules.inspection_most_factor),
    )
    channels = cells_per_yr * rules.formation_dwell_d / baseline.operating_days_d_per_yr
    current_a = cells.cell_capacity_ah * rules.formation_rate_per_h
    channel_usd = making.formats.fixture_usd_per_unit + rules.formation_usd_per_a * current_a
    soak = np.where(cells.cell_capacity_ah > rules.soak_capacity_ah, rules.soak_area_factor, 1.0)
    of_class = making.chemistry.formation_factor
    steps.multiply(
        ("formation",),
        labor=ratio**rules.formation_labor_exponent * of_class,
        capital=channels * channel_usd / USD_PER_MUSD / plan.capital_musd[plan.row("formation")] * of_class,
        area=making.formats.formation_area_factor * soak * of_class,
    )


def _electrodes(steps: _Steps, making: Making, dry: DryRoute) -> None:
    """Electrodes, by the cut of the format, the class of the chemistry and the route."""
    formats, chemistry = making.formats, making.chemistry
    cut = formats.notching_factor * chemistry.notching_factor
    steps.multiply(
        ("positive_notching", "negative_notching"),
        labor=cut,
        capital=cut,
        area=formats.notching_area_factor * chemistry.notching_factor,
    )
    steps.multiply(("slitting",), labor=formats.slitting_factor, capital=formats.slitting_factor)
    for line, lined in (
        (chemistry.positive_line_factor, ("positive_mixing", "positive_coating")),
        (
            chemistry.negative_line_factor,
            ("negative_mixing", "negative_coating", "negative_calendering", "negative_vacuum_drying"),
        ),
        (chemistry.solvent_recovery_factor, ("solvent_recovery",)),
    ):
        steps.multiply(lined, labor=line, capital=line, area=line)
    for step, factor in (
        ("mixing", dry.mixing_factor),
        ("coating", dry.coating_factor),
        ("calendering", dry.calendering_factor),
        ("vacuum_drying", dry.vacuum_drying_factor),
    ):
        steps.multiply((f"positive_{step}", f"negative_{step}"), capital=np.where(making.is_dry, factor, 1.0))
    coating_area = np.where(making.is_dry, dry.coating_area_factor, 1.0)
    steps.multiply(("positive_coating", "negative_coating"), area=coating_area)
    recovered = np.where(making.is_dry, dry.solvent_recovery_factor, 1.0)
    steps.multiply(("solvent_recovery",), labor=recovered, capital=recovered, area=recovered)


def _modules_and_packs(
    steps: _Steps, making: Making, counts: UnitCounts, baseline: PlantBaseline, rules: FormatRules
) -> None:
    """Modules by the joints of the format; without modules their work goes, in part, to the pack."""
    joined = making.formats.module_assembly_factor
    left, pack = rules.module_step_without_modules_factor, rules.pack_without_modules_factor
    module = np.where(making.is_module, joined, left)
    steps.multiply(("module_assembly",), labor=module, capital=module, area=np.where(making.is_module, 1.0, left))
    work = np.where(making.is_module, pack_work_ratio(counts, baseline), pack)
    steps.multiply(("pack_assembly",), labor=work, capital=work, area=np.where(making.is_module, 1.0, pack))
