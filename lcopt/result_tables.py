"""Evaluated designs as tables for people: one DataFrame a subject, one row a fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from lcopt.arrays import FloatArray
from lcopt.cost.composition import price_per_purchase
from lcopt.cost.discounting import COST_COMPONENTS
from lcopt.cost.manufacturing import GROUPS
from lcopt.cost.statement import bill_lines
from lcopt.inputs.words import ARCHITECTURES, COOLINGS, FORMATS, HEATERS
from lcopt.selection.alternatives import Alternative
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import Evaluation, all_values, candidate_prices, lifecycle_usd_per_price_usd
from lcopt.selection.geometry import Values
from lcopt.selection.quotes import sourcing_words
from lcopt.selection.recycled import recycling_value_usd_per_kwh
from lcopt.selection.tasks import PackTask

# Columns of the counts that are told by name.
NAMED_COUNTS = ("architecture", "cooling", "heater")
# A limit counts as binding where its margin is below this share of the bound.
BINDING_WITHIN_FRAC = 1e-4

DESIGN_QUANTITIES = (
    "pack_energy_kwh",
    "pack_nominal_voltage_v",
    "pack_power_kw",
    "charging_time_min",
    "cold_charging_time_min",
    "cold_heat_kwh",
    "pack_mass_kg",
    "pack_volume_l",
    "pack_specific_energy_wh_per_kg",
    "pack_energy_density_wh_per_l",
    "pack_length_mm",
    "pack_width_mm",
    "pack_height_mm",
    "cell_mass_g",
    "cell_length_mm",
    "cell_width_mm",
    "cell_thickness_mm",
    "cell_specific_energy_wh_per_kg",
    "cell_energy_density_wh_per_l",
    "coating_thickness_um",
    "barrier_thickness_mm",
    "propagation_margin_k",
    "purchase_price_usd_per_pack",
    "lifecycle_cost_usd_per_pack",
)


@dataclass(frozen=True)
class Detailed:
    """Ranked designs of one pack and one cell format with everything that the kernels know, one element a rank.

    `chosen_cost_usd` is the lifecycle cost of the pack's chosen design, whatever its format.
    """

    task: PackTask
    engineering: Engineering
    alternatives: tuple[Alternative, ...]
    platform: tuple[str, ...]
    chosen_cost_usd: float
    evaluation: Evaluation

    @property
    def quantities(self) -> Values:
        """Quantities of all ranks."""
        return all_values(self.task, self.evaluation, self.engineering)

    @property
    def pack(self) -> str:
        """Name of the pack."""
        return self.task.pack.name


def designs_table(detailed: Detailed) -> pd.DataFrame:
    """What each design is, can do and costs: a row a rank."""
    values, engineering = detailed.quantities, detailed.engineering
    platforms, counts = detailed.evaluation.geometry.platforms, detailed.evaluation.geometry.counts
    lifecycle = detailed.evaluation.lifecycle
    cost = values["lifecycle_cost_usd_per_pack"]
    columns = {
        "pack": detailed.pack,
        "rank": [item.rank for item in detailed.alternatives],
        "role": [item.role for item in detailed.alternatives],
        "platform": list(detailed.platform),
        "chemistry": [engineering.chemistries[number] for number in platforms.couple],
        "technology_class": [
            engineering.scenario.search.technology_classes[number] for number in platforms.technology_class
        ],
        "format": [FORMATS[number] for number in platforms.cell_format],
        "architecture": [ARCHITECTURES[number] for number in counts.architecture],
        "cooling": [COOLINGS[number] for number in counts.cooling],
        "heater": [HEATERS[number] for number in counts.heater],
        "sourcing": sourcing_words(platforms, engineering.scenario.portfolio.buy),
        "areal_capacity_mah_per_cm2": platforms.areal_capacity_mah_per_cm2,
        "cell_capacity_ah": platforms.cell_capacity_ah,
        "aspect_ratio": platforms.aspect_ratio,
        **{name: value for name, value in asdict(counts).items() if name not in NAMED_COUNTS},
        **{name: values[name] for name in DESIGN_QUANTITIES},
        "levelized_usd_per_km": lifecycle.levelized_usd_per_km,
        "levelized_usd_per_kwh": lifecycle.levelized_usd_per_kwh,
        "annuity_usd_per_yr": lifecycle.annuity_usd_per_yr,
        "pack_life_yr": lifecycle.installations.life_yr,
        "penalty_usd_per_pack": cost - detailed.chosen_cost_usd,
        **_cell_cost_columns(detailed),
        "borrows": [engineering.families[number].borrows for number in platforms.couple],
    }
    return pd.DataFrame(columns)


def with_platform_cost(
    designs: pd.DataFrame, packs_discounted: Mapping[str, float], fixed_usd: FloatArray
) -> pd.DataFrame:
    """Designs with their share of the development, tooling and validation of their cell [USD a pack and per kWh].

    `fixed_usd` is the fixed cost of the cell of each design, shape (n_rows,).

    The packs that share the cell of a chosen design share its cost; an alternative would bear it alone. The lifecycle
    cost of a pack does not hold it: the fleet pays it once a cell.
    """
    packs = designs["pack"].map(packs_discounted)
    chosen = designs["rank"] == 0
    sharing = packs[chosen].groupby(designs["platform"][chosen]).sum()
    borne_by = designs["platform"].map(sharing).where(chosen, packs)
    share = fixed_usd / borne_by
    return designs.assign(
        platform_cost_usd_per_pack=share, platform_cost_usd_per_kwh=share / designs["pack_energy_kwh"]
    )


def _cell_cost_columns(detailed: Detailed) -> Values:
    """What the cells cost, and at which cost of its cells a design would cost what the chosen one does.

    The cost of cells is that in the plant of the scenario, with its overheads and without return; the levelized one
    holds their capital charge, which is depreciation and return on all that makes them. The last column is by how much
    the lifecycle cost rises with a dollar spent on the materials of a pack, replacements included.
    """
    evaluation, engineering = detailed.evaluation, detailed.engineering
    cost, energy_kwh = evaluation.cost, evaluation.geometry.pack.pack_energy_out_kwh
    cells_per_kwh = cost.counts.cells_per_pack_count / energy_kwh
    cost_usd_per_kwh = cost.cell.total_usd * cells_per_kwh
    per_price = lifecycle_usd_per_price_usd(detailed.task, evaluation, engineering)
    per_material = per_price * price_per_purchase(engineering.cost.books, engineering.additions)
    per_kwh = per_material * energy_kwh
    penalty = evaluation.lifecycle.lifecycle_cost_usd - detailed.chosen_cost_usd
    return {
        "cell_cost_usd_per_kwh": cost_usd_per_kwh,
        "levelized_cell_cost_usd_per_kwh": cost.cell.levelized_usd * cells_per_kwh,
        "cell_capital_charge_usd_per_kwh": cost.cell.capital_charge_usd * cells_per_kwh,
        "break_even_cell_cost_usd_per_kwh": cost_usd_per_kwh - penalty / per_kwh,
        "lifecycle_usd_per_material_usd": per_material,
    }


def bill_table(detailed: Detailed) -> pd.DataFrame:
    """Every purchase of each design; quantity times price is the cost, and the costs add up to the materials."""
    prices = candidate_prices(detailed.evaluation.geometry.platforms, detailed.engineering)
    parts = [
        pd.DataFrame(
            {
                "pack": detailed.pack,
                "rank": ranks_of(detailed),
                "level": line.level,
                "item": line.item,
                "price_key": list(line.price_key),
                "quantity": line.quantity,
                "unit": line.unit,
                "price_usd_per_unit": line.price_usd_per_unit,
                "cost_usd_per_pack": line.quantity * line.price_usd_per_unit,
            }
        )
        for line in bill_lines(detailed.evaluation.cost, prices)
    ]
    return pd.concat(parts, ignore_index=True).sort_values("rank", kind="stable", ignore_index=True)


def manufacturing_table(detailed: Detailed) -> pd.DataFrame:
    """Labor, capital and area of every process step in a plant of the scenario's size."""
    plan, size = detailed.evaluation.plan, detailed.evaluation.cost.size
    group_of_step = [GROUPS[number] for number in _group_numbers(plan.group_starts.tolist(), len(plan.steps))]
    parts = [
        pd.DataFrame(
            {
                "pack": detailed.pack,
                "rank": rank,
                "step": list(plan.steps),
                "group": group_of_step,
                "labor_h_per_yr": size.labor_h_per_yr[:, number],
                "capital_musd": size.capital_musd[:, number],
                "area_m2": size.area_m2[:, number],
            }
        )
        for number, rank in enumerate(ranks_of(detailed))
    ]
    return pd.concat(parts, ignore_index=True)


def pack_cost_table(detailed: Detailed) -> pd.DataFrame:
    """What the purchase price is made of; the items add up to it, and a subsidy is negative.

    `profit` is the return on the investment above its depreciation, `startup_scrap` what the ramp of the plant buys
    more than its good cells hold; energy is in the overheads of the reference's costing.
    """
    cost = detailed.evaluation.cost
    items = {
        "materials": cost.pack.materials_usd - cost.startup_scrap_usd_per_pack,
        "startup_scrap": cost.startup_scrap_usd_per_pack,
        "direct_labor": cost.pack.labor_usd,
        "energy_utilities": cost.pack.energy_usd,
        "variable_overhead": cost.pack.overhead_usd,
        "general_sales_administration": cost.pack.administration_usd,
        "depreciation": cost.pack.depreciation_usd,
        "profit": cost.pack.profit_usd,
        "royalty": cost.added.royalty_usd,
        "subsidy": cost.added.subsidy_usd,
        "tariff": cost.added.tariff_usd,
        "ac_addition": cost.vehicle_integration_usd_per_system,
    }
    return _long(detailed, "item", items, "usd_per_pack")


def present_value_table(detailed: Detailed) -> pd.DataFrame:
    """Present value of every component; they add up to the lifecycle cost."""
    values = detailed.evaluation.lifecycle.present_value_usd
    items = {component.value: values[component] for component in COST_COMPONENTS}
    return _long(detailed, "component", items, "present_value_usd_per_pack")


def cash_flow_table(detailed: Detailed) -> pd.DataFrame:
    """Undiscounted cash flow of one pack by year and component, inflow +."""
    by_year = detailed.evaluation.lifecycle.ledger.by_year_usd()
    parts = [
        pd.DataFrame(
            {
                "pack": detailed.pack,
                "rank": rank,
                "year": range(flow.shape[1]),
                "component": component.value,
                "cash_flow_usd": flow[number],
            }
        )
        for number, rank in enumerate(ranks_of(detailed))
        for component, flow in by_year.items()
    ]
    return pd.concat(parts, ignore_index=True)


def mass_table(detailed: Detailed) -> pd.DataFrame:
    """Mass by part; the parts add up to the mass of the pack."""
    parts = detailed.evaluation.geometry.mass_parts_kg
    return _long(detailed, "part", parts, "mass_kg")


def limits_table(detailed: Detailed) -> pd.DataFrame:
    """Every limit and bound with value, margin, and whether it is met and binding."""
    values = detailed.quantities
    parts = []
    for limit in detailed.task.limits:
        value = values[limit.quantity]
        margin = limit.margin(value)
        parts.append(
            pd.DataFrame(
                {
                    "pack": detailed.pack,
                    "rank": ranks_of(detailed),
                    "limit": limit.quantity,
                    "label": limit.label,
                    "value": value,
                    "limit_value": limit.bound,
                    "unit": limit.unit,
                    "sense": limit.sense.value,
                    "margin": margin,
                    "met": limit.met(value),
                    "binding": abs(margin) <= BINDING_WITHIN_FRAC * abs(limit.bound),
                    "kind": limit.kind.value,
                }
            )
        )
    return pd.concat(parts, ignore_index=True).sort_values("rank", kind="stable", ignore_index=True)


def lifecycle_input_table(detailed: Detailed) -> pd.DataFrame:
    """What the lifecycle kernel was given and what it counted with, one row a rank."""
    evaluation, life = detailed.evaluation, detailed.evaluation.lifecycle
    pack = evaluation.geometry.pack
    couple = evaluation.geometry.platforms.couple
    claim = life.capacity_claim_probability_frac
    return pd.DataFrame(
        {
            "pack": detailed.pack,
            "rank": ranks_of(detailed),
            "pack_energy_kwh": pack.pack_energy_out_kwh,
            "pack_mass_kg": pack.pack_mass_kg,
            "purchase_price_usd_per_pack": evaluation.cost.battery_system_cost_usd,
            "charging_time_min": evaluation.charging.charging_time_min,
            "recycling_value_usd_per_kwh": recycling_value_usd_per_kwh(evaluation.geometry, detailed.engineering),
            "making_kg_per_kwh": detailed.engineering.making_kg_per_kwh[couple],
            **asdict(life.use),
            **asdict(life.fade),
            "pack_life_yr": life.installations.life_yr,
            "capacity_claim_probability_frac": 0.0 if claim is None else claim,
            "packs_discounted": detailed.task.packs_discounted,
        }
    )


def ranks_of(detailed: Detailed) -> list[int]:
    """Rank of every design."""
    return [item.rank for item in detailed.alternatives]


def _group_numbers(starts: Sequence[int], steps_count: int) -> list[int]:
    ends = [*starts[1:], steps_count]
    return [number for number, (start, end) in enumerate(zip(starts, ends, strict=True)) for _ in range(end - start)]


def _long(detailed: Detailed, name: str, items: Values, value_name: str) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"pack": detailed.pack, "rank": ranks_of(detailed), name: item, value_name: value})
        for item, value in items.items()
    ]
    return pd.concat(parts, ignore_index=True).sort_values("rank", kind="stable", ignore_index=True)
