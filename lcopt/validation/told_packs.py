"""A row of a table of real packs as a pack: its cell, how many of them, and how they are built in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from lcopt.units import G_PER_KG, MM3_PER_L, WH_PER_KWH
from lcopt.validation.assumptions import RealPackAssumptions
from lcopt.validation.pack_words import (
    MODULE,
    TO_CHASSIS,
    TO_PACK,
    architecture_of,
    cooling_of,
    has_two_tiers,
    stated_counts,
)
from lcopt.validation.stated import Sides, is_iron_phosphate, is_round, stated_number, stated_sides, words_of

SIZE_WORDS = (
    (("pouch",), "pouch"),
    (("l300", "l400"), "short_blade_l300"),
    (("short blade", "l600"), "short_blade"),
    (("unified",), "unified"),
    (("blade",), "blade"),
)
NO_ENERGY = "the pack energy is not stated"
NO_CELL = "energy or mass of the cell is not stated"


class ToldPack(NamedTuple):
    """A pack as a row tells it.

    The sides of a cell are length, thickness and height, of a round one the diameter for the first two. `energy_kwh` is
    the published energy; `cells_kwh` is what a stated number of cells of known energy adds up to, else NaN.
    """

    architecture: str
    cooling: str
    is_round: bool
    is_rigid: bool
    sides_mm: tuple[float, float, float]
    cell_g: float
    cells_count: int
    energy_kwh: float
    cells_kwh: float
    two_tiers: bool


class _Cell(NamedTuple):
    """Mass and size of a cell."""

    mass_g: float
    sides_mm: tuple[float, float, float]


def filled_sides(row: pd.Series, sizes: Mapping[str, Sides]) -> Sides:
    """The size of a row's cell in the order of the table's columns, that of its class where it is not told.

    A single side that lacks is the thickness; of a cell with two unknown sides all are those of the class.
    """
    stated = stated_sides(row, sizes)
    if is_round(row):
        pairs = zip(stated[1:], sizes["round"][1:], strict=True)
        return Sides(math.nan, *(side if side > 0 else usual for side, usual in pairs))
    known = [side for side in stated if side > 0]
    if len(known) == len(stated):
        return stated
    of_class = sizes[_size_class(row)]
    return Sides(max(known), of_class.second_mm, min(known)) if len(known) == len(stated) - 1 else of_class


def _size_class(row: pd.Series) -> str:
    text = words_of(row, "name", "format")
    return next((size for words, size in SIZE_WORDS if any(word in text for word in words)), "prismatic")


def told_pack(
    row: pd.Series, sides: Sides, predicted: pd.Series, assumptions: RealPackAssumptions, sizes: Mapping[str, Sides]
) -> ToldPack | str:
    """The row as a pack, or what it lacks.

    Parameters
    ----------
    row, sides
        A row of the table and the size of its cell, after `filled_sides`.
    predicted
        What the cell formats say of a cell of that size: cell_kg, cell_Wh_kg and the rest, NaN where nothing.
    assumptions, sizes
        Of the catalog.
    """
    pack_wh = _positive(row.get("pack_kWh")) * WH_PER_KWH
    stated = stated_sides(row, sizes)
    is_sized = all(side > 0 for side in (stated[1:] if is_round(row) else stated))
    published_wh = _published_wh(row, sides if is_sized else None, assumptions)
    predicted_wh = predicted["cell_kg"] * predicted["cell_Wh_kg"]
    told_wh = _first((published_wh, predicted_wh if is_sized else math.nan))
    class_wh = _first((predicted_wh, _class_wh(row, sides, assumptions)))
    count = _count(row, pack_wh, told_wh, class_wh, assumptions)
    cell_wh = _first((told_wh, pack_wh / count if count else math.nan, class_wh))
    if not (pack_wh > 0 or (count and cell_wh > 0)):
        return NO_ENERGY
    if not cell_wh > 0:
        return f"{NO_CELL}; {predicted['problem']}"
    cells_wh = _first((count * told_wh,))
    count = count or max(1, round(pack_wh / cell_wh))
    cell = _cell(row, cell_wh, sides, predicted, assumptions, is_sized=is_sized)
    if not cell.mass_g > 0:
        return f"{NO_CELL}; {predicted['problem']}" if predicted["problem"] else NO_CELL
    round_cell = is_round(row)
    return ToldPack(
        architecture=architecture_of(row, _usual_architecture(row, sides, assumptions)),
        cooling=cooling_of(row, is_round=round_cell),
        is_round=round_cell,
        is_rigid=round_cell or "pouch" not in words_of(row, "format"),
        sides_mm=cell.sides_mm,
        cell_g=cell.mass_g,
        cells_count=count,
        energy_kwh=_first((pack_wh, count * cell_wh)) / WH_PER_KWH,
        cells_kwh=cells_wh / WH_PER_KWH,
        two_tiers=has_two_tiers(row),
    )


def _first(values: Iterable[float]) -> float:
    """The first positive number, NaN where there is none."""
    return next((float(value) for value in values if value > 0), math.nan)


def _positive(cell: object) -> float:
    """The positive number in a cell of the table, NaN where there is none."""
    return _first((stated_number(cell),))


def _published_wh(row: pd.Series, sides: Sides | None, assumptions: RealPackAssumptions) -> float:
    """Energy of the cell from what is published of it; its density counts where its size is told."""
    capacity_ah = stated_number(row.get("cell_Ah"))
    liters = math.nan if sides is None else _volume_l(row, sides)
    return _first(
        (
            capacity_ah * stated_number(row.get("cell_V")),
            stated_number(row.get("cell_kg")) * stated_number(row.get("cell_Wh_kg")),
            capacity_ah * assumptions.cell_v(str(row["chemistry"])),
            stated_number(row.get("cell_Wh_L")) * liters,
        )
    )


def _class_wh(row: pd.Series, sides: Sides, assumptions: RealPackAssumptions) -> float:
    """Energy of a cell of the size of its class from its published energy per liter or kilogram."""
    density = assumptions.cell_density_g_per_cm3("round" if is_round(row) else words_of(row, "format"))
    wh_per_l = _first((stated_number(row.get("cell_Wh_L")), stated_number(row.get("cell_Wh_kg")) * density))
    return wh_per_l * _volume_l(row, sides)


def _volume_l(row: pd.Series, sides: Sides) -> float:
    if is_round(row):
        return math.pi / 4 * sides.second_mm**2 * sides.third_mm / MM3_PER_L
    return math.prod(sides) / MM3_PER_L


def _count(row: pd.Series, pack_wh: float, told_wh: float, class_wh: float, assumptions: RealPackAssumptions) -> int:
    """The first stated number of cells that agrees with the energies as far as these are known; 0 where none does.

    A cell whose energy is not told may differ from its class by a large factor, not by that of the cells of a module.
    """
    factor = assumptions.class_mismatch_factor
    for count in stated_counts(row):
        of_told, of_class = count * told_wh / pack_wh, count * class_wh / pack_wh
        if math.isnan(of_told):
            agrees = math.isnan(of_class) or 1 / factor <= of_class <= factor
        else:
            agrees = abs(of_told - 1) <= assumptions.count_mismatch_frac
        if agrees:
            return count
    return 0


def _cell(
    row: pd.Series,
    cell_wh: float,
    sides: Sides,
    predicted: pd.Series,
    assumptions: RealPackAssumptions,
    *,
    is_sized: bool,
) -> _Cell:
    """Mass and size of a cell of a given energy; an untold thickness follows from mass or energy density."""
    density = assumptions.cell_density_g_per_cm3("round" if is_round(row) else words_of(row, "format"))
    liters = _volume_l(row, sides)
    mass_kg = _first(
        (
            stated_number(row.get("cell_kg")),
            cell_wh / _positive(row.get("cell_Wh_kg")),
            predicted["cell_kg"] if is_sized else math.nan,
            cell_wh / predicted["cell_Wh_kg"],
            liters * density if is_sized else math.nan,
        )
    )
    if is_round(row):
        return _Cell(mass_kg * G_PER_KG, (sides.second_mm, sides.second_mm, sides.third_mm))
    thin, middle, long = sorted(sides)
    if not is_sized:
        told_l = _first((cell_wh / _positive(row.get("cell_Wh_L")), mass_kg / density))
        thin = told_l * MM3_PER_L / (long * middle)
    return _Cell(mass_kg * G_PER_KG, (long, thin, middle))


def _usual_architecture(row: pd.Series, sides: Sides, assumptions: RealPackAssumptions) -> str:
    """The architecture of a class of cells in a year, the newest where no year is stated."""
    year = stated_number(row.get("year"))
    if is_round(row):
        is_wide = sides.second_mm >= assumptions.chassis_from_diameter_mm
        if is_wide and not year < assumptions.wide_round_to_chassis_from_yr:
            return TO_CHASSIS
        return MODULE if year < assumptions.round_to_pack_from_yr else TO_PACK
    if "pouch" in words_of(row, "format"):
        return MODULE
    is_iron = is_iron_phosphate(str(row["chemistry"]))
    since = assumptions.lfp_can_to_pack_from_yr if is_iron else assumptions.can_to_pack_from_yr
    return MODULE if year < since else TO_PACK
