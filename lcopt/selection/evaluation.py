"""Candidates through the engineering and cost kernels: what each is, can do and costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.formats.cased import CasedCell
from lcopt.cost.cased_cost import cost_cased_packs
from lcopt.cost.composition import PackCost, cost_packs
from lcopt.cost.discounting import COST_COMPONENTS, Component
from lcopt.cost.format_plant import MadeCells, Making
from lcopt.cost.format_process import cell_yield_frac
from lcopt.cost.lifecycle import LifecycleCost, OwnedPacks, lifecycle_cost
from lcopt.cost.manufacturing import GROUPS, ProcessPlan
from lcopt.cost.materials import Line
from lcopt.cost.plant import plant_at_utilization
from lcopt.cost.pooling import PARTS, conversion_usd_per_pack
from lcopt.cost.prices import PriceDeck
from lcopt.cost.structure_lines import barrier_lines, heater_lines
from lcopt.cost.yearly_use import cycles_per_yr
from lcopt.pack.cased_pack import CasedPack
from lcopt.performance.aging import yearly_fade
from lcopt.performance.charging import Charging
from lcopt.performance.cold import ColdCharging
from lcopt.selection.bought import bought_cells
from lcopt.selection.cased_engineering import process_numbers
from lcopt.selection.charged import (
    ChargedBuilds,
    charge_builds,
    charge_cold_builds,
    charging_values,
    cold_values,
    mean_stop_min,
)
from lcopt.selection.cold_values import values_at_temperatures
from lcopt.selection.engineering import Engineering
from lcopt.selection.fading import life_values
from lcopt.selection.geometry import Geometry, Values, build_geometry, geometry_values
from lcopt.selection.owned import owned_packs
from lcopt.selection.portfolio_risk import risk_value_names, risk_values
from lcopt.selection.recycled import recycling_value_usd_per_kwh
from lcopt.selection.space import MODULE, Counts, Platforms
from lcopt.selection.tasks import PackTask
from lcopt.units import KWH_PER_GWH

# Candidates of one pass: all arrays of a pass fit into the cache of a core.
BATCH_COUNT = 8192


@dataclass(frozen=True)
class Evaluation:
    """Everything about some candidates of one pack, arrays of shape (n_designs,)."""

    geometry: Geometry
    charging: Charging
    cold: ColdCharging | None
    cost: PackCost
    lifecycle: LifecycleCost
    plan: ProcessPlan


def evaluate(task: PackTask, platforms: Platforms, counts: Counts, engineering: Engineering) -> Evaluation:
    """Performance and cost of candidates of one pack, one element a candidate."""
    geometry = build_geometry(task, platforms, counts, engineering)
    builds, technology = ChargedBuilds.of(geometry), geometry.platforms.technology_class
    charging = charge_builds(task, builds, technology, engineering)
    cold = charge_cold_builds(task, builds, technology, counts.heater, engineering)
    cost = cost_of(geometry, engineering)
    owned = _owned(task, geometry, charging, cold, cost.battery_system_cost_usd, engineering)
    lifecycle = lifecycle_cost(owned, task.terms)
    return Evaluation(geometry, charging, cold, cost, lifecycle, _plan(geometry, engineering))


def _owned(
    task: PackTask,
    geometry: Geometry,
    charging: Charging,
    cold: ColdCharging | None,
    price_usd_per_pack: FloatArray,
    engineering: Engineering,
) -> OwnedPacks:
    return owned_packs(
        task,
        geometry.platforms.couple,
        geometry.pack.pack_energy_out_kwh,
        geometry.pack.pack_mass_kg,
        mean_stop_min(task, charging.charging_time_min, None if cold is None else cold.stop_time_min),
        np.zeros(len(geometry.counts)) if cold is None else cold.heat_kwh,
        price_usd_per_pack,
        recycling_value_usd_per_kwh(geometry, engineering),
        engineering.making_kg_per_kwh,
    )


def lifecycle_usd_per_price_usd(task: PackTask, evaluation: Evaluation, engineering: Engineering) -> FloatArray:
    """By how much the lifecycle cost rises with the price of a pack, shape (n_designs,), replacements included."""
    geometry, price = evaluation.geometry, evaluation.cost.battery_system_cost_usd
    dearer = _owned(task, geometry, evaluation.charging, evaluation.cold, price + 1.0, engineering)
    return lifecycle_cost(dearer, task.terms).lifecycle_cost_usd - evaluation.lifecycle.lifecycle_cost_usd


def _plan(geometry: Geometry, engineering: Engineering) -> ProcessPlan:
    """The process steps of the plant that makes the candidates."""
    return engineering.cased.cost.plan if isinstance(geometry.pack, CasedPack) else engineering.cost.plan


def candidate_prices(platforms: Platforms, engineering: Engineering) -> PriceDeck:
    """Material prices of candidates with the premium of their technology class."""
    classes = engineering.classes
    return engineering.prices.take(platforms.couple).with_grade(
        1 + classes.graphite_premium_frac[platforms.technology_class],
        1 + classes.electrolyte_premium_frac[platforms.technology_class],
    )


def cost_of(geometry: Geometry, engineering: Engineering) -> PackCost:
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
        (
            *barrier_lines(geometry.barrier_area_m2, geometry.barrier_thickness_mm, engineering.cased.cost.structure),
            *_heater_lines(geometry, engineering),
        ),
        engineering.additions.take(geometry.platforms.couple),
        bought_cells(geometry, engineering.scenario.portfolio.buy),
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
        _heater_lines(geometry, engineering),
        engineering.additions.take(geometry.platforms.couple),
    )


def _heater_lines(geometry: Geometry, engineering: Engineering) -> tuple[Line, ...]:
    return heater_lines(engineering.heaters.price_usd_per_unit[geometry.counts.heater])


def all_values(task: PackTask, evaluation: Evaluation, engineering: Engineering) -> Values:
    """What limits and tables ask of candidates: what they are, can do, how they age and cost, each (n_designs,)."""
    lifecycle = evaluation.lifecycle
    return {
        **geometry_values(evaluation.geometry, engineering),
        **values_at_temperatures(task.pack, evaluation.geometry, engineering),
        **charging_values(evaluation.charging),
        **cold_values(evaluation.cold, len(evaluation.geometry.counts)),
        **life_values(lifecycle.fade, task.terms, task.warranty),
        "purchase_price_usd_per_pack": evaluation.cost.battery_system_cost_usd,
        **{component_name(item): lifecycle.present_value_usd[item] for item in COST_COMPONENTS},
        "pack_life_yr": lifecycle.installations.life_yr,
        "lifecycle_cost_usd_per_pack": lifecycle.lifecycle_cost_usd,
        **_conversion_values(evaluation, engineering),
        **_risk_values(task, evaluation, engineering),
    }


def lifecycle_at(task: PackTask, evaluation: Evaluation, priced: Engineering) -> LifecycleCost:
    """The life of the same packs at other prices."""
    price_usd = cost_of(evaluation.geometry, priced).battery_system_cost_usd
    owned = _owned(task, evaluation.geometry, evaluation.charging, evaluation.cold, price_usd, priced)
    return lifecycle_cost(owned, task.terms)


def _risk_values(task: PackTask, evaluation: Evaluation, engineering: Engineering) -> Values:
    """What candidates cost in every price scenario, where prices are uncertain."""
    risk = engineering.scenario.portfolio.risk
    if risk is None:
        return {}
    lives = [lifecycle_at(task, evaluation, priced) for priced in engineering.priced]
    return dict(risk_values([life.lifecycle_cost_usd for life in lives], risk))


def _conversion_values(evaluation: Evaluation, engineering: Engineering) -> Values:
    """What the work of each process group adds to the price, running part and capital, where volumes are pooled."""
    if engineering.pooled is None:
        return {}
    additions = engineering.additions.take(evaluation.geometry.platforms.couple)
    usd = conversion_usd_per_pack(evaluation.cost, engineering.cost.books, additions)
    return dict(zip(CONVERSION_VALUES, usd.reshape(-1, usd.shape[-1]), strict=True))


def component_name(component: Component) -> str:
    """Name of the value that holds one component of the lifecycle cost."""
    return f"{component}_pv_usd_per_pack"


CONVERSION_VALUES = tuple(f"{group}_{part}_usd_per_pack" for part in PARTS for group in GROUPS)
# What only a costed candidate has.
_COST_VALUES = (
    "purchase_price_usd_per_pack",
    *(component_name(item) for item in COST_COMPONENTS),
    "pack_life_yr",
    "lifecycle_cost_usd_per_pack",
)


def cost_values(engineering: Engineering) -> tuple[str, ...]:
    """Names of the values that only a costed candidate has."""
    pooled = () if engineering.pooled is None else CONVERSION_VALUES
    return (*_COST_VALUES, *pooled, *risk_value_names(engineering))


def built_values(task: PackTask, geometry: Geometry, engineering: Engineering) -> Values:
    """What limits ask of candidates before they are charged, each (n_designs,).

    The life is that without the cycles of heat from the battery, which depend on the cold stop.
    """
    pack = geometry.pack
    cycles = cycles_per_yr(pack.pack_energy_out_kwh, pack.pack_mass_kg, task.terms)
    fade = yearly_fade(task.fade.take(geometry.platforms.couple), cycles)
    return {
        **geometry_values(geometry, engineering),
        **values_at_temperatures(task.pack, geometry, engineering),
        **life_values(fade, task.terms, task.warranty),
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
        evaluation = evaluate(task, platforms.take(index), counts.take(index), engineering)
        return all_values(task, evaluation, engineering)

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
        builds, technology = ChargedBuilds.of(geometry), geometry.platforms.technology_class
        cold = charge_cold_builds(task, builds, technology, geometry.counts.heater, engineering)
        return {
            **built_values(task, geometry, engineering),
            **charging_values(charge_builds(task, builds, technology, engineering)),
            **cold_values(cold, len(geometry.counts)),
        }

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
