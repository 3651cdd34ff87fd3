"""Candidates through the engineering and cost kernels: what each is, can do and costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.formats.cased import CasedCell
from lcopt.cost.cased_cost import cost_cased_packs
from lcopt.cost.composition import PackCost, cost_packs
from lcopt.cost.discounting import COST_COMPONENTS, Component
from lcopt.cost.format_plant import MadeCells, Making
from lcopt.cost.format_process import cell_yield_frac
from lcopt.cost.lifecycle import LifecycleCost, OwnedPacks, lifecycle_cost, session_power_kw
from lcopt.cost.manufacturing import ProcessPlan
from lcopt.cost.plant import plant_at_utilization
from lcopt.cost.prices import PriceDeck
from lcopt.cost.structure_lines import barrier_lines
from lcopt.pack.cased_pack import CasedPack
from lcopt.performance.charging import ChargedCells, Charging, charge, heat_capacity_j_per_k_ah, rate_cap_per_h
from lcopt.selection.cased_engineering import process_numbers
from lcopt.selection.engineering import Engineering
from lcopt.selection.geometry import Geometry, Values, build_geometry, geometry_values
from lcopt.selection.space import MODULE, Counts, Platforms
from lcopt.selection.tasks import PackTask
from lcopt.units import KWH_PER_GWH

# Candidates of one pass: all arrays of a pass fit into the cache of a core.
BATCH_COUNT = 4096


@dataclass(frozen=True)
class Evaluation:
    """Everything about some candidates of one pack, arrays of shape (n_designs,)."""

    geometry: Geometry
    charging: Charging
    cost: PackCost
    lifecycle: LifecycleCost
    plan: ProcessPlan


def evaluate(task: PackTask, platforms: Platforms, counts: Counts, engineering: Engineering) -> Evaluation:
    """Performance and cost of candidates of one pack, one element a candidate."""
    geometry = build_geometry(task, platforms, counts, engineering)
    charging = charge_builds(task, ChargedBuilds.of(geometry), geometry.platforms.technology_class, engineering)
    cost = _cost(geometry, engineering)
    owned = _owned(task, geometry, charging, cost.battery_system_cost_usd, engineering)
    return Evaluation(geometry, charging, cost, lifecycle_cost(owned, task.terms), _plan(geometry, engineering))


def _owned(
    task: PackTask, geometry: Geometry, charging: Charging, price_usd_per_pack: FloatArray, engineering: Engineering
) -> OwnedPacks:
    return OwnedPacks(
        energy_kwh=geometry.pack.pack_energy_out_kwh,
        mass_kg=geometry.pack.pack_mass_kg,
        price_usd_per_pack=price_usd_per_pack,
        session_power_kw=session_power_kw(
            geometry.pack.pack_energy_out_kwh, charging.charging_time_min, task.pack.limits.charging_window_frac
        ),
        recycling_value_usd_per_kwh=engineering.recycling_value_usd_per_kwh[geometry.platforms.couple],
        making_kg_per_kwh=engineering.making_kg_per_kwh[geometry.platforms.couple],
        fade=task.fade.take(geometry.platforms.couple),
    )


def lifecycle_usd_per_price_usd(task: PackTask, evaluation: Evaluation, engineering: Engineering) -> FloatArray:
    """By how much the lifecycle cost rises with the price of a pack, shape (n_designs,), replacements included."""
    geometry, price = evaluation.geometry, evaluation.cost.battery_system_cost_usd
    dearer = _owned(task, geometry, evaluation.charging, price + 1.0, engineering)
    return lifecycle_cost(dearer, task.terms).lifecycle_cost_usd - evaluation.lifecycle.lifecycle_cost_usd


def _plan(geometry: Geometry, engineering: Engineering) -> ProcessPlan:
    """The process steps of the plant that makes the candidates."""
    return engineering.cased.cost.plan if isinstance(geometry.pack, CasedPack) else engineering.cost.plan


@dataclass(frozen=True)
class ChargedBuilds:
    """What charging asks of candidates as built, before their technology class, arrays of shape (n_designs,)."""

    couple: IntArray
    areal_capacity_mah_per_cm2: FloatArray
    cell_mass_g: FloatArray
    cell_capacity_ah: FloatArray
    pack_energy_kwh: FloatArray
    pack_capacity_ah: FloatArray

    @classmethod
    def of(cls, geometry: Geometry) -> ChargedBuilds:
        """Of candidates as built."""
        cell, pack = geometry.cell, geometry.pack
        return cls(
            couple=geometry.platforms.couple,
            areal_capacity_mah_per_cm2=geometry.platforms.areal_capacity_mah_per_cm2,
            cell_mass_g=cell.cell_mass_g,
            cell_capacity_ah=cell.cell_capacity_ah,
            pack_energy_kwh=pack.pack_energy_out_kwh,
            pack_capacity_ah=pack.pack_capacity_ah,
        )

    def take(self, index: IntArray) -> ChargedBuilds:
        """The candidates at `index`."""
        return ChargedBuilds(**{item.name: getattr(self, item.name)[index] for item in fields(self)})


def charge_builds(
    task: PackTask, builds: ChargedBuilds, technology_class: IntArray, engineering: Engineering
) -> Charging:
    """Charging of candidates of given classes over the pack's window from its start temperature."""
    limits, classes = task.pack.limits, engineering.classes
    cells = ChargedCells(
        sets=engineering.charging_sets.take(builds.couple),
        areal_capacity_mah_per_cm2=builds.areal_capacity_mah_per_cm2,
        speed_factor=classes.speed_factor[technology_class],
        heat_capacity_j_per_k_ah=heat_capacity_j_per_k_ah(
            builds.cell_mass_g, builds.cell_capacity_ah, engineering.charging_model.constants
        ),
        rate_cap_per_h=rate_cap_per_h(
            builds.pack_energy_kwh,
            builds.pack_capacity_ah,
            classes.rating_per_h[technology_class],
            limits.charger_power_kw,
            limits.charger_current_a,
        ),
    )
    return charge(cells, limits.charging_window_frac, limits.charging_temperature_deg_c, engineering.charging_model)


def candidate_prices(platforms: Platforms, engineering: Engineering) -> PriceDeck:
    """Material prices of candidates with the premium of their technology class."""
    classes = engineering.classes
    return engineering.prices.take(platforms.couple).with_grade(
        1 + classes.graphite_premium_frac[platforms.technology_class],
        1 + classes.electrolyte_premium_frac[platforms.technology_class],
    )


def _cost(geometry: Geometry, engineering: Engineering) -> PackCost:
    """Cost at the plant size of the scenario, the same yearly energy for every candidate."""
    prices = candidate_prices(geometry.platforms, engineering)
    packs_per_yr = engineering.scenario.plant.size_gwh_per_yr * KWH_PER_GWH / geometry.pack.pack_energy_out_kwh
    pack = geometry.pack
    if isinstance(pack, CasedPack):
        assert isinstance(geometry.cell, CasedCell)
        return _cased_cost(geometry, geometry.cell, pack, prices, packs_per_yr, engineering)
    conditions = engineering.conditions
    plant = plant_at_utilization(packs_per_yr, conditions.cell_yield_frac, conditions.operating_days_d_per_yr)
    return cost_packs(
        geometry.cell,
        pack,
        geometry.layout,
        prices,
        plant,
        engineering.cost,
        engineering.conventions,
        engineering.accounting,
        barrier_lines(geometry.barrier_area_m2, geometry.barrier_thickness_mm, engineering.cased.cost.structure),
    )


def _cased_cost(
    geometry: Geometry,
    cell: CasedCell,
    pack: CasedPack,
    prices: PriceDeck,
    packs_per_yr: FloatArray,
    engineering: Engineering,
) -> PackCost:
    cased, counts = engineering.cased, geometry.counts
    place = process_numbers(geometry.platforms.cell_format)
    making = Making(
        formats=cased.process.take(place),
        chemistry=cased.chemistry_process.take(geometry.platforms.couple),
        is_module=counts.architecture == MODULE,
        is_dry=np.full(len(counts), engineering.scenario.plant.electrode_process == "dry"),
    )
    made = MadeCells(
        rolls_count=cell.rolls_count,
        strip_length_mm=cell.strip_length_mm,
        sheets_count=cell.sheets_count,
        cell_capacity_ah=cell.cell_capacity_ah,
        cell_energy_kwh=pack.cell_energy_kwh,
    )
    cell_yield = cell_yield_frac(making.formats, making.chemistry)
    return cost_cased_packs(
        cell,
        pack,
        geometry.layout,
        (counts.modules_in_row_count * counts.rows_of_modules_count).astype(np.float64),
        made,
        making,
        cased.cans.take(place),
        prices,
        plant_at_utilization(packs_per_yr, cell_yield, engineering.conditions.operating_days_d_per_yr),
        engineering.cost,
        cased.cost,
        engineering.conventions,
        engineering.accounting,
    )


def all_values(evaluation: Evaluation, engineering: Engineering) -> Values:
    """`geometry_values` with charging, price and lifecycle cost by component, each (n_designs,)."""
    lifecycle = evaluation.lifecycle
    return {
        **geometry_values(evaluation.geometry, engineering),
        **charging_values(evaluation.charging),
        "purchase_price_usd_per_pack": evaluation.cost.battery_system_cost_usd,
        **{component_name(item): lifecycle.present_value_usd[item] for item in COST_COMPONENTS},
        "pack_life_yr": lifecycle.installations.life_yr,
        "lifecycle_cost_usd_per_pack": lifecycle.lifecycle_cost_usd,
    }


def component_name(component: Component) -> str:
    """Name of the value that holds one component of the lifecycle cost."""
    return f"{component}_pv_usd_per_pack"


# What only a costed candidate has.
COST_VALUES = (
    "purchase_price_usd_per_pack",
    *(component_name(item) for item in COST_COMPONENTS),
    "pack_life_yr",
    "lifecycle_cost_usd_per_pack",
)


def charging_values(charging: Charging) -> Values:
    """Quantities of the limits and tables that follow from the charging, each (n_designs,)."""
    return {
        "charging_time_min": charging.charging_time_min,
        "charging_extrapolated": charging.areal_capacity_extrapolated.astype(np.float64),
    }


def evaluate_in_batches(
    task: PackTask,
    platforms: Platforms,
    counts: Counts,
    engineering: Engineering,
    progress: Callable[[float], None] | None = None,
) -> Values:
    """`all_values` of any number of candidates, batch by batch."""

    def values(index: IntArray) -> Values:
        return all_values(evaluate(task, platforms.take(index), counts.take(index), engineering), engineering)

    return _in_batches(platforms, values, progress)


def screen_in_batches(
    task: PackTask,
    platforms: Platforms,
    counts: Counts,
    engineering: Engineering,
    progress: Callable[[float], None] | None = None,
) -> Values:
    """What candidates are and can do, without their costs, batch by batch."""

    def values(index: IntArray) -> Values:
        geometry = build_geometry(task, platforms.take(index), counts.take(index), engineering)
        charging = charge_builds(task, ChargedBuilds.of(geometry), geometry.platforms.technology_class, engineering)
        return {**geometry_values(geometry, engineering), **charging_values(charging)}

    return _in_batches(platforms, values, progress)


def _in_batches(
    platforms: Platforms, values: Callable[[IntArray], Values], progress: Callable[[float], None] | None
) -> Values:
    """Values of all candidates from those of batches."""
    parts, indices, done = [], [], 0
    for index in batches(platforms):
        parts.append(values(index))
        indices.append(index)
        done += len(index)
        if progress is not None:
            progress(done / len(platforms))
    if not parts:
        return {}
    place = np.argsort(np.concatenate(indices), kind="stable")
    return {name: np.concatenate([part[name] for part in parts])[place] for name in parts[0]}


def batches(platforms: Platforms) -> Iterator[IntArray]:
    """The candidates in batches, each of one cell format."""
    order = np.argsort(platforms.cell_format, kind="stable")
    ends = np.flatnonzero(np.diff(platforms.cell_format[order])) + 1
    for group in np.split(order, ends):
        for start in range(0, len(group), BATCH_COUNT):
            yield group[start : start + BATCH_COUNT]
