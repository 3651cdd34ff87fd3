"""Candidates through the engineering and cost kernels: what each is, can do and costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.duty import Layout, make_duty
from lcopt.cell.formats.pouch import CellDesign, given_cell
from lcopt.cost.composition import PackCost, cost_packs
from lcopt.cost.discounting import Component
from lcopt.cost.lifecycle import LifecycleCost, OwnedPacks, lifecycle_cost, session_power_kw
from lcopt.cost.plant import plant_at_utilization
from lcopt.cost.prices import PriceDeck
from lcopt.pack.architecture import PackDesign, design_pack
from lcopt.performance.charging import ChargedCells, Charging, charge, heat_capacity_j_per_k_ah, rate_cap_per_h
from lcopt.performance.power import pulse_power_kw
from lcopt.selection.engineering import Engineering, PackTask
from lcopt.selection.space import Counts, Platforms
from lcopt.units import KWH_PER_GWH

# Candidates of one pass: all arrays of a pass fit into the cache of a core.
BATCH_COUNT = 4096

Values = dict[str, FloatArray]


@dataclass(frozen=True)
class Geometry:
    """Candidates as built, before charging and cost."""

    platforms: Platforms
    counts: Counts
    layout: Layout
    cell: CellDesign
    pack: PackDesign
    pack_power_kw: FloatArray


@dataclass(frozen=True)
class Evaluation:
    """Everything about some candidates of one pack, arrays of shape (n_designs,)."""

    geometry: Geometry
    charging: Charging
    cost: PackCost
    lifecycle: LifecycleCost


def build_geometry(task: PackTask, platforms: Platforms, counts: Counts, engineering: Engineering) -> Geometry:
    """Cells and packs of candidates.

    Parameters
    ----------
    task : PackTask
    platforms, counts
        One element a candidate, arrays of shape (n_designs,).
    engineering : Engineering
    """
    couples = engineering.couples.take(platforms.couple)
    cell = given_cell(
        couples,
        platforms.areal_capacity_mah_per_cm2,
        platforms.cell_capacity_ah,
        engineering.bound("cell_thickness_mm"),
        platforms.aspect_ratio,
        engineering.pack.cell,
        engineering.conventions,
    )
    layout = Layout(
        cells_per_module_count=counts.cells_per_module_count,
        cells_in_parallel_count=counts.cells_in_parallel_count,
        modules_in_row_count=counts.modules_in_row_count,
        rows_of_modules_count=counts.rows_of_modules_count,
        modules_in_parallel_count=np.ones(len(counts)),
        packs_per_vehicle_count=np.ones(len(counts)),
    ).as_floats(len(counts))
    duty = make_duty(
        engineering.vehicle.take(np.zeros(len(counts), dtype=np.int64)),
        rated_power_kw=task.pack.power_kw,
        packs_per_year_count=engineering.scenario.plant.size_gwh_per_yr * KWH_PER_GWH / task.pack.energy_kwh,
        temperature_deg_c=engineering.conditions.energy_temperature_deg_c,
        charging_requested=True,
        power_temperature_deg_c=task.pack.power_temperature_deg_c,
        power_soc_frac=task.pack.power_soc_frac,
    )
    pack = design_pack(cell, layout, couples, duty, engineering.pack, engineering.conventions)
    power_kw = pulse_power_kw(
        pack.pack_power_ocv_v,
        pack.asi_power_total_ohm_cm2,
        cell.positive_area_per_cell_cm2,
        layout,
        engineering.pack.cell.limits.ocv_fraction_at_rated_power_frac,
    )
    return Geometry(platforms, counts, layout, cell, pack, power_kw)


def evaluate(task: PackTask, platforms: Platforms, counts: Counts, engineering: Engineering) -> Evaluation:
    """Performance and cost of candidates of one pack, one element a candidate."""
    geometry = build_geometry(task, platforms, counts, engineering)
    charging = charge_candidates(task, geometry, engineering)
    cost = _cost(geometry, engineering)
    owned = OwnedPacks(
        energy_kwh=geometry.pack.pack_energy_out_kwh,
        mass_kg=geometry.pack.pack_mass_kg,
        price_usd_per_pack=cost.battery_system_cost_usd,
        session_power_kw=session_power_kw(
            geometry.pack.pack_energy_out_kwh, charging.charging_time_min, task.pack.limits.charging_window_frac
        ),
        recycling_value_usd_per_kwh=engineering.recycling_value_usd_per_kwh[platforms.couple],
        making_kg_per_kwh=engineering.making_kg_per_kwh[platforms.couple],
        fade=task.fade.take(platforms.couple),
    )
    return Evaluation(geometry, charging, cost, lifecycle_cost(owned, task.terms))


def charge_candidates(task: PackTask, geometry: Geometry, engineering: Engineering) -> Charging:
    """Charging of candidates over the pack's window from its start temperature."""
    cell, pack, platforms = geometry.cell, geometry.pack, geometry.platforms
    limits, classes = task.pack.limits, engineering.classes
    cells = ChargedCells(
        sets=engineering.charging_sets.take(platforms.couple),
        areal_capacity_mah_per_cm2=platforms.areal_capacity_mah_per_cm2,
        speed_factor=classes.speed_factor[platforms.technology_class],
        heat_capacity_j_per_k_ah=heat_capacity_j_per_k_ah(
            cell.cell_mass_g, cell.cell_capacity_ah, engineering.charging_model.constants
        ),
        rate_cap_per_h=rate_cap_per_h(
            pack.pack_energy_out_kwh,
            pack.pack_capacity_ah,
            classes.rating_per_h[platforms.technology_class],
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
    constants = engineering.cost
    prices = candidate_prices(geometry.platforms, engineering)
    plant = plant_at_utilization(
        engineering.scenario.plant.size_gwh_per_yr * KWH_PER_GWH / geometry.pack.pack_energy_out_kwh,
        engineering.conditions.cell_yield_frac,
        engineering.conditions.operating_days_d_per_yr,
    )
    return cost_packs(
        geometry.cell,
        geometry.pack,
        geometry.layout,
        prices,
        plant,
        constants,
        engineering.conventions,
        engineering.accounting,
    )


def geometry_values(geometry: Geometry, engineering: Engineering) -> Values:
    """Quantities of the limits and tables that follow from the geometry, each (n_designs,)."""
    cell, pack = geometry.cell, geometry.pack
    full_ocv_v = engineering.couples.ocv_v[geometry.platforms.couple, -1]
    return {
        "pack_energy_kwh": pack.pack_energy_out_kwh,
        "pack_power_kw": geometry.pack_power_kw,
        "pack_nominal_voltage_v": pack.pack_nominal_voltage_v,
        "pack_full_voltage_v": geometry.counts.cells_in_series_count * full_ocv_v,
        "pack_mass_kg": pack.pack_mass_kg,
        "pack_volume_l": pack.pack_volume_l,
        "pack_specific_energy_wh_per_kg": pack.pack_specific_energy_wh_per_kg,
        "pack_energy_density_wh_per_l": pack.pack_energy_density_wh_per_l,
        "pack_length_mm": pack.pack_length_mm,
        "pack_width_mm": pack.pack_width_mm,
        "pack_height_mm": pack.pack_height_mm,
        "cell_capacity_ah": cell.cell_capacity_ah,
        "cell_thickness_mm": cell.cell_thickness_mm,
        "cell_width_mm": cell.cell_width_mm,
        "cell_length_mm": cell.cell_length_mm,
        "cell_mass_g": cell.cell_mass_g,
        "cell_specific_energy_wh_per_kg": pack.cell_specific_energy_wh_per_kg,
        "cell_energy_density_wh_per_l": pack.cell_energy_density_wh_per_l,
        "coating_thickness_um": np.maximum(cell.positive_thickness_um, cell.negative_thickness_um),
    }


def all_values(evaluation: Evaluation, engineering: Engineering) -> Values:
    """`geometry_values` with charging, price and lifecycle cost by component, each (n_designs,)."""
    lifecycle = evaluation.lifecycle
    components = {
        f"{component}_pv_usd_per_pack": value
        for component, value in lifecycle.present_value_usd.items()
        if component is not Component.FEES
    }
    return {
        **geometry_values(evaluation.geometry, engineering),
        "charging_time_min": evaluation.charging.charging_time_min,
        "charging_extrapolated": evaluation.charging.areal_capacity_extrapolated.astype(np.float64),
        "purchase_price_usd_per_pack": evaluation.cost.battery_system_cost_usd,
        **components,
        "pack_life_yr": lifecycle.installations.life_yr,
        "lifecycle_cost_usd_per_pack": lifecycle.lifecycle_cost_usd,
    }


def evaluate_in_batches(
    task: PackTask,
    platforms: Platforms,
    counts: Counts,
    engineering: Engineering,
    progress: Callable[[float], None] | None = None,
) -> Values:
    """`all_values` of any number of candidates, batch by batch."""
    parts = []
    for start in range(0, len(counts), BATCH_COUNT):
        index = np.arange(start, min(start + BATCH_COUNT, len(counts)))
        evaluation = evaluate(task, platforms.take(index), counts.take(index), engineering)
        parts.append(all_values(evaluation, engineering))
        if progress is not None:
            progress((index[-1] + 1) / len(counts))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
