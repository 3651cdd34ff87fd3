"""Labor, machines and floor space of the 25 process steps, each scaled from the reference plant by its own volume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray, added
from lcopt.cost.books import SAME_SCALE, PlantScale
from lcopt.cost.plant import AnnualVolumes, Plant, PlantBaseline, UnitCounts
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog

# Annual volumes that steps scale with; the last is the larger of the ratios of cells and of electrode area.
DRIVERS = (
    "positive_active",
    "negative_active",
    "positive_area",
    "negative_area",
    "total_area",
    "cells",
    "modules",
    "packs",
    "energy",
    "solvent",
    "cells_or_area",
)
GROUPS = (
    "electrode_processing",
    "cell_assembly",
    "formation",
    "module_assembly",
    "pack_assembly",
    "warehouse",
    "building_support",
)


@dataclass(frozen=True)
class ProcessStep:
    """One step of the reference plant: size at the reference volume and how it grows."""

    label: str
    group: str
    driver: str
    follows_operating_days: bool
    utilization: str
    labor_h_per_yr: float
    labor_exponent: float
    capital_musd: float
    capital_exponent: float
    area_m2: float
    area_exponent: float


@dataclass(frozen=True)
class ProcessPlan:
    """All steps as arrays of shape (n_steps,), with each distinct power of each driver listed once."""

    steps: tuple[str, ...]
    groups: tuple[str, ...]
    group_starts: IntArray
    power_driver: IntArray
    power_exponent: FloatArray
    labor_power: IntArray
    capital_power: IntArray
    area_power: IntArray
    labor_h_per_yr: FloatArray
    capital_musd: FloatArray
    area_m2: FloatArray
    days_exponent: FloatArray
    equipment_exponent: FloatArray
    space_exponent: FloatArray
    area_exponent: FloatArray

    def row(self, step: str) -> int:
        """Position of a step by its name."""
        return self.steps.index(step)


@dataclass(frozen=True)
class StepSizes:
    """Labor, capital and area of every step, shape (n_steps, n_designs)."""

    labor_h_per_yr: FloatArray
    capital_musd: FloatArray
    area_m2: FloatArray


@dataclass(frozen=True)
class PlantSize:
    """Labor, capital and area: by step (n_steps, n_designs), by group (n_groups, n_designs) and in all (n_designs,)."""

    labor_h_per_yr: FloatArray
    capital_musd: FloatArray
    area_m2: FloatArray
    group_labor_h_per_yr: FloatArray
    group_capital_musd: FloatArray
    group_area_m2: FloatArray
    labor_total_h_per_yr: FloatArray
    capital_total_musd: FloatArray
    area_total_m2: FloatArray


@dataclass(frozen=True)
class PlantShare:
    """The part of a plant that makes cells, or cells and modules; shape (n_designs,)."""

    labor_h_per_yr: FloatArray
    capital_musd: FloatArray
    area_m2: FloatArray


def read_process_plan(catalog: Catalog) -> ProcessPlan:
    """The steps of `process_steps.csv`.

    Raises
    ------
    CatalogError
        Where a step names an unknown group or driver, or the groups are not in order.
    """
    return process_plan(read_steps(catalog, "process_steps"))


def read_steps(catalog: Catalog, table: str) -> dict[str, ProcessStep]:
    """The steps of one table by their names, in the order of the table."""
    names = catalog.table(table).words("step")
    return {name: catalog.constants(ProcessStep, table, step=name) for name in names}


def process_plan(steps_by_name: Mapping[str, ProcessStep]) -> ProcessPlan:
    """Steps as a plan, in their order.

    Raises
    ------
    CatalogError
        Where a step names an unknown group or driver, or the groups are not in order.
    """
    steps = list(steps_by_name.values())
    groups = tuple(dict.fromkeys(step.group for step in steps))
    order = [GROUPS.index(step.group) for step in steps if step.group in GROUPS]
    if groups != GROUPS or order != sorted(order) or any(step.driver not in DRIVERS for step in steps):
        message = (
            f"process_steps.csv: groups must be {', '.join(GROUPS)} in this order, drivers among {', '.join(DRIVERS)}"
        )
        raise CatalogError(message)
    powers: dict[tuple[int, float], int] = {}

    def power(step: ProcessStep, exponent: float) -> int:
        return powers.setdefault((DRIVERS.index(step.driver), exponent), len(powers))

    labor = np.array([power(step, step.labor_exponent) for step in steps])
    capital = np.array([power(step, step.capital_exponent) for step in steps])
    area = np.array([power(step, step.area_exponent) for step in steps])
    return ProcessPlan(
        steps=tuple(steps_by_name),
        groups=tuple(step.group for step in steps),
        group_starts=np.array([order.index(number) for number in range(len(GROUPS))]),
        power_driver=np.array([driver for driver, _ in powers]),
        power_exponent=np.array([exponent for _, exponent in powers]),
        labor_power=labor,
        capital_power=capital,
        area_power=area,
        labor_h_per_yr=np.array([step.labor_h_per_yr for step in steps]),
        capital_musd=np.array([step.capital_musd for step in steps]),
        area_m2=np.array([step.area_m2 for step in steps]),
        days_exponent=np.array([float(step.follows_operating_days) for step in steps]),
        equipment_exponent=_exponents(steps, "equipment"),
        space_exponent=_exponents(steps, "space"),
        area_exponent=np.array([step.area_exponent for step in steps]),
    )


def _exponents(steps: list[ProcessStep], utilization: str) -> FloatArray:
    return np.array([step.capital_exponent if step.utilization == utilization else 0.0 for step in steps])


def size_plant(
    plan: ProcessPlan,
    volumes: AnnualVolumes,
    cell_capacity_ah: FloatArray,
    counts: UnitCounts,
    plant: Plant,
    baseline: PlantBaseline,
) -> PlantSize:
    """Labor, capital and area of every step.

    Parameters
    ----------
    plan : ProcessPlan
        The steps of the reference plant.
    volumes : AnnualVolumes
        What is made and used in a year, shape (n_designs,).
    cell_capacity_ah : ndarray, shape (n_designs,)
        Sizes stacking and formation. [Ah]
    counts : UnitCounts
        Its modules per pack size pack assembly.
    plant : Plant
        Operating days and how much larger than needed space and machines are.
    baseline : PlantBaseline
        Volumes of the reference plant.

    Returns
    -------
    PlantSize
        Labor [h/yr], capital [MUSD], area [m2].

    References
    ----------
    batpac_5_1: Cost Input!F119-G303, Manufacturing Costs!G182-G389.
    """
    sizes = scale_steps(plan, volumes, plant, baseline)
    _correct_for_cell_size(plan, sizes, cell_capacity_ah, np.atleast_1d(plant.equipment_ratio), baseline)
    modules = pack_work_ratio(counts, baseline)
    sizes.labor_h_per_yr[plan.row("pack_assembly")] *= modules
    sizes.capital_musd[plan.row("pack_assembly")] *= modules
    return total_size(plan, sizes)


def scale_steps(plan: ProcessPlan, volumes: AnnualVolumes, plant: Plant, baseline: PlantBaseline) -> StepSizes:
    """Every step at its own volume, before any correction for the size of cells and packs but that for the solvent."""
    powers = np.exp(plan.power_exponent[:, None] * _log_ratios(volumes, baseline)[plan.power_driver])
    days = baseline.operating_days_d_per_yr / np.atleast_1d(plant.operating_days_d_per_yr)
    space, equipment = np.atleast_1d(plant.space_ratio), np.atleast_1d(plant.equipment_ratio)
    by_days = days ** plan.days_exponent[:, None]
    capital_factor = (
        by_days * equipment ** plan.equipment_exponent[:, None] * space ** plan.space_exponent[:, None]
    ) * plan.capital_musd[:, None]
    area_factor = by_days * space ** plan.area_exponent[:, None] * plan.area_m2[:, None]
    labor = powers[plan.labor_power] * plan.labor_h_per_yr[:, None]
    capital = powers[plan.capital_power] * capital_factor
    area = powers[plan.area_power] * area_factor
    _correct_for_solvent(plan, capital, volumes, baseline)
    return StepSizes(labor, capital, area)


def pack_work_ratio(counts: UnitCounts, baseline: PlantBaseline) -> FloatArray:
    """Work on a pack of so many modules against that of the reference (BatPaC 5.1: Manufacturing Costs!G313-G314)."""
    modules = counts.modules_per_pack_count / baseline.modules_per_pack_count
    return np.asarray(modules**baseline.modules_per_pack_exponent)


def total_size(plan: ProcessPlan, sizes: StepSizes) -> PlantSize:
    """The plant of the steps, with the sums of groups and of all."""
    labor, capital, area = sizes.labor_h_per_yr, sizes.capital_musd, sizes.area_m2
    group_labor, group_capital, group_area = (
        np.stack([added(group) for group in np.split(table, plan.group_starts[1:])]) for table in (labor, capital, area)
    )
    return PlantSize(
        labor_h_per_yr=labor,
        capital_musd=capital,
        area_m2=area,
        group_labor_h_per_yr=group_labor,
        group_capital_musd=group_capital,
        group_area_m2=group_area,
        labor_total_h_per_yr=added(group_labor),
        capital_total_musd=added(group_capital),
        area_total_m2=added(group_area),
    )


def scaled_size(size: PlantSize, scale: PlantScale) -> PlantSize:
    """The plant in another place or year."""
    if scale == SAME_SCALE:
        return size
    labor, capital, area = scale.labor_factor, scale.equipment_factor, scale.area_factor
    return PlantSize(
        labor_h_per_yr=size.labor_h_per_yr * labor,
        capital_musd=size.capital_musd * capital,
        area_m2=size.area_m2 * area,
        group_labor_h_per_yr=size.group_labor_h_per_yr * labor,
        group_capital_musd=size.group_capital_musd * capital,
        group_area_m2=size.group_area_m2 * area,
        labor_total_h_per_yr=size.labor_total_h_per_yr * labor,
        capital_total_musd=size.capital_total_musd * capital,
        area_total_m2=size.area_total_m2 * area,
    )


def cell_share(plan: ProcessPlan, size: PlantSize, warehouse_share_frac: float) -> PlantShare:
    """The part of the plant that a maker of cells alone would need (BatPaC 5.1: Manufacturing Costs!G382-G384)."""
    labor = _without_building(size.group_labor_h_per_yr, warehouse_share_frac) + size.group_labor_h_per_yr[-1]
    area = _without_building(size.group_area_m2, warehouse_share_frac) + size.group_area_m2[-1]
    building = size.capital_musd[plan.row("building")]
    support = size.group_capital_musd[-1] - building
    capital = _without_building(size.group_capital_musd, warehouse_share_frac) + support
    return PlantShare(labor, capital + building * area / size.area_total_m2, area)


def module_share(plan: ProcessPlan, size: PlantSize, cells: PlantShare, warehouse_share_frac: float) -> PlantShare:
    """The part of the plant that makes cells and modules (BatPaC 5.1: Manufacturing Costs!G387-G389)."""
    module, warehouse = GROUPS.index("module_assembly"), GROUPS.index("warehouse")

    def added(table: FloatArray) -> FloatArray:
        extra: FloatArray = table[module] + table[warehouse] * warehouse_share_frac
        return extra

    area = added(size.group_area_m2)
    building = size.capital_musd[plan.row("building")] * area / size.area_total_m2
    return PlantShare(
        cells.labor_h_per_yr + added(size.group_labor_h_per_yr),
        cells.capital_musd + added(size.group_capital_musd) + building,
        cells.area_m2 + area,
    )


def _without_building(groups: FloatArray, warehouse_share_frac: float) -> FloatArray:
    cells = slice(0, GROUPS.index("formation") + 1)
    share: FloatArray = added(groups[cells]) + groups[GROUPS.index("warehouse")] * warehouse_share_frac
    return share


def _log_ratios(volumes: AnnualVolumes, baseline: PlantBaseline) -> FloatArray:
    """Logarithm of each driver against the reference plant, shape (n_drivers, n_designs), in the order of DRIVERS."""
    total_area = volumes.positive_area_m2_per_yr + volumes.negative_area_m2_per_yr
    ratios = np.stack(
        (
            volumes.positive_active_kg_per_yr / baseline.positive_active_kg_per_yr,
            volumes.negative_active_kg_per_yr / baseline.negative_active_kg_per_yr,
            volumes.positive_area_m2_per_yr / baseline.positive_area_m2_per_yr,
            volumes.negative_area_m2_per_yr / baseline.negative_area_m2_per_yr,
            total_area / (baseline.positive_area_m2_per_yr + baseline.negative_area_m2_per_yr),
            volumes.built_cells_per_yr / baseline.built_cells_per_yr,
            volumes.modules_per_yr / baseline.modules_per_yr,
            volumes.packs_per_yr / baseline.packs_per_yr,
            volumes.energy_kwh_per_yr / baseline.energy_kwh_per_yr,
            volumes.organic_solvent_kg_per_yr / baseline.solvent_kg_per_yr,
        )
    )
    logs = np.log(ratios)
    cells_or_area = np.maximum(logs[DRIVERS.index("cells")], logs[DRIVERS.index("total_area")])
    return np.concatenate((logs, cells_or_area[None]))


def _correct_for_solvent(
    plan: ProcessPlan, capital: FloatArray, volumes: AnnualVolumes, baseline: PlantBaseline
) -> None:
    """Coaters grow with the solvent that they evaporate per area (BatPaC 5.1: Manufacturing Costs!G199-G208)."""
    positive = volumes.positive_solvent_kg_per_yr / volumes.positive_area_m2_per_yr
    negative = volumes.negative_solvent_kg_per_yr / volumes.negative_area_m2_per_yr
    exponent = baseline.coating_solvent_exponent
    capital[plan.row("positive_coating")] *= (positive / baseline.positive_solvent_kg_per_m2) ** exponent
    capital[plan.row("negative_coating")] *= (negative / baseline.negative_solvent_kg_per_m2) ** exponent


def _correct_for_cell_size(
    plan: ProcessPlan,
    sizes: StepSizes,
    cell_capacity_ah: FloatArray,
    equipment_ratio: FloatArray,
    baseline: PlantBaseline,
) -> None:
    """Larger cells take longer to stack and to form (BatPaC 5.1: Manufacturing Costs!G260-G261, G298-G300).

    The workbook applies the plant's oversize to the size of the cell instead of the number of cells in stacking.
    """
    stacking, formation = plan.row("stacking"), plan.row("formation")
    exponent = baseline.stacking_capacity_exponent
    stacked = (cell_capacity_ah / baseline.stacking_capacity_ah) ** exponent
    labor, capital, area = sizes.labor_h_per_yr, sizes.capital_musd, sizes.area_m2
    labor[stacking] *= stacked
    capital[stacking] *= stacked * equipment_ratio**exponent
    formed = (cell_capacity_ah / baseline.formation_capacity_ah) ** baseline.formation_capacity_exponent
    large = cell_capacity_ah > baseline.large_cell_capacity_ah
    for table in (labor, capital, area):
        table[formation] *= formed
    capital[formation] *= np.where(large, baseline.large_cell_formation_factor, 1.0)
