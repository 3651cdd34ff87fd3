"""What a pack maker buys for the structure around cells of any format: made parts by mass, barriers and covers by area.

Electronics, assembly and the vehicle's cooling are not among these lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.materials import Line
from lcopt.inputs.catalog import Catalog
from lcopt.pack.structure import Structure

# Item of the bill, field of the structure, price; per pack.
PACK_PARTS = (
    ("floor_and_shield", "floor_and_shield_kg", "tray_floor_usd_per_kg", "kg"),
    ("lid", "lid_kg", "structure_lid_usd_per_kg", "kg"),
    ("cold_plates", "cold_plates_kg", "cold_plate_usd_per_kg", "kg"),
    ("cross_members", "cross_members_kg", "cross_member_usd_per_kg", "kg"),
    ("adhesive_and_foam", "adhesive_and_foam_kg", "adhesive_and_foam_usd_per_kg", "kg"),
    ("frame", "frame_kg", "tray_frame_usd_per_kg", "kg"),
    ("bus_bars", "bus_bars_kg", "structure_bus_bar_usd_per_kg", "kg"),
    ("pressure_hardware", "pressure_hardware_kg", "pressure_hardware_usd_per_kg", "kg"),
    ("barriers", "barrier_area_m2", "barrier_usd_per_m2", "m2"),
    ("barriers", "barrier_volume_l", "barrier_usd_per_l", "L"),
    ("mica_cover", "block_area_m2", "mica_cover_usd_per_m2", "m2"),
)


@dataclass(frozen=True)
class StructurePrices:
    """Prices of made parts (table `structure_prices`)."""

    module_parts_usd_per_kg: float
    tray_floor_usd_per_kg: float
    structure_lid_usd_per_kg: float
    cold_plate_usd_per_kg: float
    cross_member_usd_per_kg: float
    adhesive_and_foam_usd_per_kg: float
    tray_frame_usd_per_kg: float
    structure_bus_bar_usd_per_kg: float
    pressure_hardware_usd_per_kg: float
    barrier_usd_per_m2: float
    barrier_usd_per_l: float
    mica_cover_usd_per_m2: float
    vent_usd_per_pack: float


def read_structure_prices(catalog: Catalog) -> StructurePrices:
    """The prices of made parts from the catalog, in its price year.

    Raises
    ------
    CatalogError
        Where a row is missing, unknown or has a wrong unit.
    """
    return catalog.constants(StructurePrices, "structure_prices")


def structure_lines(
    structure: Structure, modules_per_pack_count: FloatArray | float, prices: StructurePrices
) -> tuple[Line, ...]:
    """Purchases for the structure of one pack, and for one of its modules.

    Parameters
    ----------
    structure : Structure
        Masses and areas, shape (n_designs,).
    modules_per_pack_count : ndarray, shape (n_designs,), or float
        Among which the module parts are divided; 1 of a pack without modules.
    prices : StructurePrices
        Of the catalog.

    Returns
    -------
    tuple of Line
        Level `module` for the module parts, `pack` for all else; `price_key` is the name of the row.
    """
    module_kg = np.asarray(structure.module_parts_kg / modules_per_pack_count, dtype=np.float64)
    key = "module_parts_usd_per_kg"
    lines = [Line("module", "module_parts", key, "kg", module_kg, prices.module_parts_usd_per_kg)]
    lines += [
        Line("pack", item, key, unit, getattr(structure, amount), getattr(prices, key))
        for item, amount, key, unit in PACK_PARTS
    ]
    one = np.ones_like(structure.pack_mass_kg)
    return (*lines, Line("pack", "vents", "vent_usd_per_pack", "pack", one, prices.vent_usd_per_pack))


def barrier_lines(
    barrier_area_m2: FloatArray, barrier_thickness_mm: FloatArray, prices: StructurePrices
) -> tuple[Line, ...]:
    """Purchases for the barriers between the cells of one pack, which the pack of the reference does not have.

    Parameters
    ----------
    barrier_area_m2, barrier_thickness_mm : ndarray, shape (n_designs,)
        Of all barriers, and of one; a square meter of a millimeter is a liter.
    prices : StructurePrices
        Of the catalog.
    """
    volume_l = barrier_area_m2 * barrier_thickness_mm
    return (
        Line("pack", "barriers", "barrier_usd_per_m2", "m2", barrier_area_m2, prices.barrier_usd_per_m2),
        Line("pack", "barriers", "barrier_usd_per_l", "L", volume_l, prices.barrier_usd_per_l),
    )


def heater_lines(price_usd_per_unit: FloatArray) -> tuple[Line, ...]:
    """The purchase of the heater of one pack at its price, shape (n_designs,); nothing where no pack has one."""
    if not price_usd_per_unit.any():
        return ()
    bought = (price_usd_per_unit > 0).astype(np.float64)
    return (Line("pack", "battery_heater", "", "pack", bought, price_usd_per_unit),)
