"""The cost of packs told in columns: amounts, items, groups and the bill of materials."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from lcopt.arrays import FloatArray, added
from lcopt.cost.books import CostRates
from lcopt.cost.composition import PackCost
from lcopt.cost.manufacturing import GROUPS
from lcopt.cost.materials import Line
from lcopt.cost.prices import PRICE_FIELDS, PriceDeck
from lcopt.units import KWH_PER_GWH, USD_PER_MUSD

# Column of the reference's cost breakdown -> items of the bill that it adds up.
_MATERIAL_COLUMNS: dict[str, tuple[str, ...]] = {
    "positive_active": ("positive_active",),
    "negative_active": ("negative_active", "negative_active_grade"),
    "carbon": ("positive_carbon", "negative_carbon"),
    "binders": ("positive_binder", "negative_binder"),
    "solvents": ("positive_solvent", "negative_solvent"),
    "positive_foil": ("positive_foil",),
    "negative_foil": ("negative_foil",),
    "separator": ("separator",),
    "electrolyte": ("electrolyte", "electrolyte_grade", "solid_electrolyte"),
}
# Purchases that the columns of the reference do not know; their cost is in a column above.
_NOT_COLUMNS = frozenset({"bought_solid_electrolyte_g_per_cell"})
_ELECTRONICS = "bms"
_SOLID = "solid_electrolyte"


@dataclass(frozen=True)
class BillLine:
    """One purchase per pack, arrays of shape (n_designs,): `quantity * price_usd_per_unit` is its cost.

    `price_key` names a price item of each design (an item of `prices.csv`, or a name of `hardware_prices.csv`); it is
    empty where the price was computed from many parts, and then the quantity is 1.
    """

    level: str
    item: str
    price_key: tuple[str, ...]
    unit: str
    quantity: FloatArray
    price_usd_per_unit: FloatArray


def bill_lines(cost: PackCost, prices: PriceDeck) -> tuple[BillLine, ...]:
    """Every purchase of each pack; the lines of a design sum to its materials and purchased items made in house.

    Solid electrolyte has a line only where a design holds some.

    A dearer grade of a material is a line of its own: its quantity is the material's times the premium, its price the
    plain one, so that every line stays linear in the price that it names.
    """
    per_pack = _units_per_pack(cost)
    bought = (line for line in cost.lines if line.item != _SOLID or np.any(line.quantity))
    return tuple(_bill_line(line, per_pack[line.level], prices) for line in bought)


def _bill_line(line: Line, units: FloatArray, prices: PriceDeck) -> BillLine:
    quantity = line.quantity * units
    keys = prices.item_names(line.price_key) if line.price_key in PRICE_FIELDS else (line.price_key,) * len(quantity)
    return BillLine(line.level, line.item, keys, line.unit, quantity, np.broadcast_to(line.price_usd, quantity.shape))


def _units_per_pack(cost: PackCost) -> dict[str, FloatArray]:
    cells, modules = cost.counts.cells_per_pack_count, cost.counts.modules_per_pack_count
    return {"cell": cells, "module": modules, "pack": np.ones_like(cells)}


def cost_columns(cost: PackCost, rates: CostRates) -> dict[str, FloatArray]:
    """Amounts bought, item costs, plant and unit costs under the column names of the reference; shape (n_designs,)."""
    names = (item.name for item in fields(cost.bought))
    bought = {name: getattr(cost.bought, name) for name in names if name not in _NOT_COLUMNS}
    items = _item_columns(cost)
    plant = _plant_columns(cost)
    return bought | items | plant | _unit_columns(cost, rates) | _loaded_columns(cost, rates, items)


def _item_columns(cost: PackCost) -> dict[str, FloatArray]:
    items: dict[str, FloatArray] = {}
    totals: dict[str, FloatArray] = {}
    for line in cost.lines:
        items[line.item] = items.get(line.item, 0.0) + line.cost_usd
        kind = (
            "material" if line.price_key in PRICE_FIELDS else "electronics" if line.item == _ELECTRONICS else line.level
        )
        totals[kind] = totals.get(kind, 0.0) + line.cost_usd
    per_pack = _units_per_pack(cost)
    cells, modules = per_pack["cell"], per_pack["module"]
    columns = {
        f"cost_{name}_usd_per_pack": added([items[part] for part in parts]) * cells
        for name, parts in _MATERIAL_COLUMNS.items()
    }
    columns |= {
        f"cost_{line.item}_usd_per_{line.level}": items[line.item]
        for line in cost.lines
        if line.price_key not in PRICE_FIELDS and line.item != _ELECTRONICS
    }
    materials = totals["material"] * cells
    purchased = totals["cell"] * cells + totals["module"] * modules + totals["pack"]
    return columns | {
        "cost_cell_materials_total_usd_per_cell": totals["material"] + totals["cell"],
        "cost_additives_usd_per_pack": np.zeros_like(cells),
        "cost_cell_purchased_items_usd_per_pack": totals["cell"] * cells,
        "cost_module_purchased_items_usd_per_pack": totals["module"] * modules,
        "cost_pack_purchased_items_usd_per_pack": totals["pack"],
        "cost_bms_usd_per_pack": totals["electronics"],
        "cost_materials_usd_per_pack": materials,
        "cost_purchased_items_usd_per_pack": purchased,
        "cost_materials_and_items_total_usd_per_pack": materials + purchased + totals["electronics"],
    }


def _plant_columns(cost: PackCost) -> dict[str, FloatArray]:
    size = cost.size
    columns: dict[str, FloatArray] = {}
    for number, group in enumerate(GROUPS):
        columns[f"labor_{group}_h_per_year"] = size.group_labor_h_per_yr[number]
        columns[f"capital_{group}_musd"] = size.group_capital_musd[number]
        columns[f"area_{group}_m2"] = size.group_area_m2[number]
    return columns | {
        "labor_total_h_per_year": size.labor_total_h_per_yr,
        "capital_total_musd": size.capital_total_musd,
        "area_total_m2": size.area_total_m2,
        "plant_size_gwh_per_year": cost.volumes.energy_kwh_per_yr / KWH_PER_GWH,
        "modules_per_year": cost.volumes.modules_per_yr,
        "accepted_cells_per_year": cost.volumes.accepted_cells_per_yr,
    }


def _unit_columns(cost: PackCost, rates: CostRates) -> dict[str, FloatArray]:
    pack, system = cost.pack, cost.battery_system_cost_usd
    energy_kwh = cost.volumes.energy_kwh_per_yr / cost.volumes.packs_per_yr
    cells = cost.cell.total_usd * cost.counts.cells_per_pack_count
    modules = cost.module.total_usd * cost.counts.modules_per_pack_count
    return {
        "unit_materials_and_items_usd_per_pack": pack.materials_usd,
        "cost_direct_labor_usd_per_pack": pack.labor_usd,
        "cost_variable_overhead_usd_per_pack": pack.overhead_usd,
        "cost_gsa_usd_per_pack": pack.administration_usd,
        "cost_research_development_usd_per_pack": pack.research_usd,
        "cost_depreciation_usd_per_pack": pack.depreciation_usd,
        "cost_profit_usd_per_pack": pack.profit_usd,
        "cost_warranty_usd_per_pack": pack.warranty_usd,
        "cost_total_usd_per_pack": pack.total_usd,
        "investment_building_land_musd": pack.building_musd,
        "investment_launch_musd": pack.launch_musd,
        "investment_working_capital_musd": pack.working_capital_musd,
        "investment_total_musd": pack.investment_musd,
        "cell_cost_usd": cost.cell.total_usd,
        "cells_cost_usd_per_pack": cells,
        "cell_cost_usd_per_kwh": cells / energy_kwh,
        "module_cost_usd": cost.module.total_usd,
        "module_cost_usd_per_kwh": modules / energy_kwh,
        "pack_cost_usd": pack.total_usd,
        "pack_cost_usd_per_kwh": pack.total_usd / energy_kwh,
        "cost_additions_to_ac_usd_per_system": cost.ac_addition_usd_per_system,
        "cost_vehicle_integration_usd_per_system": cost.vehicle_integration_usd_per_system,
        "battery_system_cost_usd": system,
        "battery_system_cost_max_usd": system * (1.0 + rates.estimate_range_high_frac),
        "battery_system_cost_min_usd": system * (1.0 - rates.estimate_range_low_frac),
    }


def _loaded_columns(cost: PackCost, rates: CostRates, items: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Cost of each purchase and group of steps with all overheads on it; they sum to the cost of a pack made in house.

    Where cells or modules are bought, the pack's cost does not split this way and the columns are NaN
    (BatPaC 5.1: Cost Input!F113-F116, Cost Breakdown!G105-G116).
    """
    books = cost.accounting
    in_house = np.where(np.asarray(books.cells_bought + books.modules_bought) > 0, np.nan, 1.0)
    profit = rates.pack_profit_frac * books.profit_counted
    after_warranty = (1.0 + rates.pack_warranty_frac * books.warranty_counted) * in_house
    worked = rates.launch_of_labor_frac + rates.working_capital_frac
    of_materials = (1.0 + profit * (rates.launch_of_materials_frac + rates.working_capital_frac)) * after_warranty
    with_overhead = 1.0 + rates.overhead_of_labor_frac
    of_labor = with_overhead * (1.0 + rates.administration_of_labor_frac + profit * worked) * after_warranty
    of_depreciation = (
        1.0
        + rates.overhead_of_depreciation_frac * (1.0 + rates.administration_of_labor_frac + profit * worked)
        + rates.administration_of_depreciation_frac
        + rates.research_of_depreciation_frac * books.research_counted
    )
    of_capital = (of_depreciation * rates.equipment_depreciation_frac_per_yr + profit) * after_warranty
    of_building = (of_depreciation * rates.building_depreciation_frac_per_yr + profit) * after_warranty
    packs, size = cost.volumes.packs_per_yr, cost.size
    loaded = {
        f"loaded_{group}_usd_per_pack": (
            of_labor * rates.labor_usd_per_h * size.group_labor_h_per_yr[number]
            + of_capital * USD_PER_MUSD * size.group_capital_musd[number]
            + of_building * rates.building_usd_per_m2 * size.group_area_m2[number]
        )
        / packs
        for number, group in enumerate(GROUPS)
    }
    for name in ("materials", "purchased_items", "bms"):
        loaded[f"loaded_{name}_usd_per_pack"] = of_materials * items[f"cost_{name}_usd_per_pack"]
    return loaded
