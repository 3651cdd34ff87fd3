"""Parts bought for cells, modules and the pack: mass times price plus a cost per item that falls with volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.conventions import Conventions
from lcopt.cost.designs import PricedCell, PricedLayout, PricedPack
from lcopt.cost.materials import Line
from lcopt.cost.plant import AnnualVolumes, PlantBaseline, UnitCounts
from lcopt.units import G_PER_KG

_UNIT_OF_PRICE = {"kg": "kg", "m2": "m2", "ah": "Ah", "unit": "unit"}


@dataclass(frozen=True)
class HardwarePrices:
    """Prices of parts; `_plus_` is the cost of shaping and fitting one item at the reference volume."""

    positive_terminal_usd_per_kg: float
    positive_terminal_plus_usd_per_unit: float
    negative_terminal_usd_per_kg: float
    negative_terminal_plus_usd_per_unit: float
    cell_container_usd_per_kg: float
    cell_container_plus_usd_per_unit: float
    thermal_conductor_usd_per_kg: float
    thermal_conductor_plus_usd_per_unit: float
    module_management_usd_per_unit: float
    module_management_usd_per_ah: float
    cell_interconnect_usd_per_kg: float
    cell_interconnect_plus_usd_per_unit: float
    interconnect_panel_usd_per_kg: float
    interconnect_panel_plus_usd_per_unit: float
    module_terminal_usd_per_kg: float
    module_terminal_plus_usd_per_unit: float
    module_enclosure_usd_per_kg: float
    module_enclosure_plus_usd_per_unit: float
    gas_release_usd_per_unit: float
    row_rack_usd_per_kg: float
    row_rack_plus_usd_per_unit: float
    module_pad_usd_per_unit: float
    module_interconnect_usd_per_kg: float
    module_interconnect_plus_usd_per_unit: float
    bus_bar_usd_per_kg: float
    bus_bar_plus_usd_per_unit: float
    cooling_panel_usd_per_kg: float
    cooling_panel_plus_usd_per_unit: float
    coolant_manifold_usd_per_kg: float
    coolant_manifold_plus_usd_per_unit: float
    pack_terminal_usd_per_kg: float
    pack_terminal_plus_usd_per_unit: float
    jacket_steel_usd_per_kg: float
    jacket_steel_plus_usd_per_unit: float
    jacket_aluminum_usd_per_kg: float
    jacket_aluminum_plus_usd_per_unit: float
    jacket_insulation_usd_per_m2: float
    plus_cost_exponent: float
    pack_terminal_copper_frac: float


class _Shop:
    """Collects the lines of one level."""

    def __init__(self, level: str, prices: HardwarePrices) -> None:
        self.level = level
        self.prices = prices
        self.lines: list[Line] = []

    def buy(self, item: str, **quantities: FloatArray) -> None:
        for key, quantity in quantities.items():
            unit = _UNIT_OF_PRICE[key.rsplit("_", 1)[-1]]
            self.lines.append(Line(self.level, item, key, unit, quantity, getattr(self.prices, key)))

    def buy_computed(self, item: str, cost_usd: FloatArray) -> None:
        self.lines.append(Line(self.level, item, "", self.level, np.ones_like(cost_usd), cost_usd))


def cell_part_lines(
    cell: PricedCell,
    volumes: AnnualVolumes,
    cell_yield_frac: FloatArray | float,
    prices: HardwarePrices,
    baseline: PlantBaseline,
) -> tuple[Line, ...]:
    """Terminals and container of one accepted cell (BatPaC 5.1: Cost Input!F45-G47, Manufacturing Costs!G139-G141)."""
    scale = _scale(volumes.built_cells_per_yr, baseline.built_cells_per_yr, prices) / cell_yield_frac
    kg = 1.0 / (G_PER_KG * cell_yield_frac)
    shop = _Shop("cell", prices)
    shop.buy(
        "positive_terminal",
        positive_terminal_usd_per_kg=cell.positive_terminal_g_per_cell * kg,
        positive_terminal_plus_usd_per_unit=scale,
    )
    shop.buy(
        "negative_terminal",
        negative_terminal_usd_per_kg=cell.negative_terminal_g_per_cell * kg,
        negative_terminal_plus_usd_per_unit=scale,
    )
    shop.buy(
        "cell_container",
        cell_container_usd_per_kg=cell.cell_container_g_per_cell * kg,
        cell_container_plus_usd_per_unit=scale,
    )
    return tuple(shop.lines)


def module_part_lines(
    cell: PricedCell,
    pack: PricedPack,
    layout: PricedLayout,
    counts: UnitCounts,
    volumes: AnnualVolumes,
    prices: HardwarePrices,
    baseline: PlantBaseline,
) -> tuple[Line, ...]:
    """Parts of one module (BatPaC 5.1: Cost Input!F48-G61, Manufacturing Costs!G146-G152)."""
    cells = _scale(volumes.accepted_cells_per_yr, baseline.accepted_cells_per_yr, prices)
    links = _scale(volumes.cell_interconnects_per_yr, baseline.cell_interconnects_per_yr, prices)
    modules = _scale(volumes.modules_per_yr, baseline.modules_per_yr, prices)
    shop = _Shop("module", prices)
    shop.buy(
        "thermal_conductors",
        thermal_conductor_usd_per_kg=pack.thermal_conductors_g_per_module / G_PER_KG,
        thermal_conductor_plus_usd_per_unit=layout.cells_per_module_count * cells,
    )
    shop.buy(
        "module_management",
        module_management_usd_per_unit=counts.cell_groups_per_module_count,
        module_management_usd_per_ah=cell.cell_capacity_ah * layout.cells_in_parallel_count,
    )
    shop.buy(
        "cell_interconnects",
        cell_interconnect_usd_per_kg=pack.cell_interconnects_g_per_module / G_PER_KG,
        cell_interconnect_plus_usd_per_unit=counts.joints_per_module_count * links,
    )
    shop.buy(
        "interconnect_panel",
        interconnect_panel_usd_per_kg=pack.interconnect_panels_g_per_module / G_PER_KG,
        interconnect_panel_plus_usd_per_unit=2 * modules,
    )
    shop.buy(
        "module_terminals",
        module_terminal_usd_per_kg=pack.module_terminals_g_per_module / G_PER_KG,
        module_terminal_plus_usd_per_unit=2 * modules,
    )
    shop.buy(
        "module_enclosure",
        module_enclosure_usd_per_kg=pack.module_enclosure_g_per_module / G_PER_KG,
        module_enclosure_plus_usd_per_unit=modules,
    )
    shop.buy("gas_release", gas_release_usd_per_unit=modules)
    return tuple(shop.lines)


def pack_part_lines(
    pack: PricedPack,
    layout: PricedLayout,
    counts: UnitCounts,
    volumes: AnnualVolumes,
    prices: HardwarePrices,
    baseline: PlantBaseline,
    conventions: Conventions,
) -> tuple[Line, ...]:
    """Parts of one pack, with cooling, heater and electronics.

    BatPaC 5.1, Cost Input!F64-G73 and Manufacturing Costs!G156-G169.
    """
    racks = _scale(volumes.row_racks_per_yr, baseline.row_racks_per_yr, prices)
    modules = _scale(volumes.modules_per_yr, baseline.modules_per_yr, prices)
    packs = _scale(volumes.packs_per_yr, baseline.packs_per_yr, prices)
    if not conventions.plus_costs_fall_with_volume:
        racks, modules, packs = 1.0 / racks, 1.0 / modules, 1.0 / packs
    shop = _Shop("pack", prices)
    _buy_structure(shop, pack, layout, counts, racks, modules)
    _buy_cooling_and_terminals(shop, pack, layout, racks, packs)
    _buy_jacket(shop, pack, packs, plate_priced=conventions.steel_plate_priced)
    shop.buy_computed("thermal_system", pack.cost_thermal_system_usd_per_pack)
    shop.buy_computed("heating_system", pack.cost_heating_system_usd_per_pack)
    shop.buy_computed("bms", pack.bms_cost_usd)
    return tuple(shop.lines)


def _buy_structure(
    shop: _Shop,
    pack: PricedPack,
    layout: PricedLayout,
    counts: UnitCounts,
    racks: FloatArray,
    modules: FloatArray,
) -> None:
    rows = layout.rows_of_modules_count
    shop.buy(
        "row_racks",
        row_rack_usd_per_kg=rows * (pack.row_rack_hardware_kg_per_row - pack.module_pads_kg_per_row),
        row_rack_plus_usd_per_unit=rows * racks,
    )
    pads = rows * (layout.modules_in_row_count - 1)
    shop.buy("module_pads", module_pad_usd_per_unit=np.asarray(pads, dtype=np.float64))
    links = counts.modules_per_pack_count + rows
    shop.buy(
        "module_interconnects",
        module_interconnect_usd_per_kg=links * pack.module_interconnect_g_each / G_PER_KG,
        module_interconnect_plus_usd_per_unit=links * modules,
    )
    shop.buy(
        "bus_bars",
        bus_bar_usd_per_kg=pack.bus_bars_g_per_pack / G_PER_KG,
        bus_bar_plus_usd_per_unit=(pack.bus_bars_g_per_pack > 0).astype(np.float64),
    )


def _buy_cooling_and_terminals(
    shop: _Shop, pack: PricedPack, layout: PricedLayout, racks: FloatArray, packs: FloatArray
) -> None:
    shop.buy(
        "cooling_panels",
        cooling_panel_usd_per_kg=pack.coolant_panels_kg_per_pack,
        cooling_panel_plus_usd_per_unit=2 * layout.rows_of_modules_count * racks,
    )
    shop.buy(
        "coolant_manifolds",
        coolant_manifold_usd_per_kg=pack.coolant_manifold_kg_per_pack,
        coolant_manifold_plus_usd_per_unit=packs,
    )
    copper = shop.prices.pack_terminal_copper_frac / G_PER_KG
    shop.buy(
        "pack_terminals",
        pack_terminal_usd_per_kg=pack.pack_terminals_g_per_pack * copper,
        pack_terminal_plus_usd_per_unit=2 * packs,
    )


def _buy_jacket(shop: _Shop, pack: PricedPack, packs: FloatArray, *, plate_priced: bool) -> None:
    steel = pack.jacket_angle_iron_kg_per_pack
    if plate_priced:
        steel = steel + pack.jacket_steel_plate_kg_per_pack
    shop.buy("jacket_steel", jacket_steel_usd_per_kg=steel, jacket_steel_plus_usd_per_unit=packs)
    shop.buy(
        "jacket_aluminum",
        jacket_aluminum_usd_per_kg=pack.jacket_base_aluminum_kg_per_pack + pack.jacket_top_aluminum_kg_per_pack,
        jacket_aluminum_plus_usd_per_unit=packs,
    )
    shop.buy(
        "jacket_insulation",
        jacket_insulation_usd_per_m2=pack.jacket_base_insulation_m2_per_pack + pack.jacket_top_insulation_m2_per_pack,
    )


def _scale(volume: FloatArray, reference: float, prices: HardwarePrices) -> FloatArray:
    scale: FloatArray = (reference / volume) ** (1.0 - prices.plus_cost_exponent)
    return scale
