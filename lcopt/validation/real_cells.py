"""What the cell formats say about cells on the market, as far as their data tell chemistry, format and size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray
from lcopt.cell.constants import MaterialConstants
from lcopt.cell.electrodes import Couples, read_couples
from lcopt.cell.formats.layers import FormatCell, Layers, coating_thickness_um, loading_mg_per_cm2
from lcopt.cell.formats.stacked import LongPouch, StackedCan, stacked_cell, whole_sheets_count
from lcopt.cell.formats.wound import RoundCan, WoundCan, cylindrical_cell, wound_prismatic_cell
from lcopt.inputs.catalog import Catalog
from lcopt.units import G_PER_KG
from lcopt.validation.assumptions import RealPackAssumptions, read_sizes
from lcopt.validation.stated import (
    ENVELOPE,
    Sides,
    has_silicon_oxide,
    is_round,
    stated_couple,
    stated_number,
    stated_sides,
    words_of,
)

# Column of the table -> field of the cell.
CELL_QUANTITIES = {
    "cell_Ah": "cell_capacity_ah",
    "cell_kg": "cell_mass_g",
    "cell_Wh_kg": "cell_specific_energy_wh_per_kg",
    "cell_Wh_L": "cell_energy_density_wh_per_l",
}
ROUND = ("21xx", "46xx")
STACKED = ("unified", "blade", "short_blade")
POUCH = "long_pouch"
# The first words that name and stated format hold tell the format; a plain prismatic cell is told by its size.
FORMAT_WORDS = (
    ("pouch", POUCH),
    ("short blade", "short_blade"),
    ("unified", "unified"),
    ("blade", "blade"),
)
PRISMATIC_WORDS = ("prism", "vda", "phev", "bev1", "bev2", "can cell", "metal can", "btf0")
SODIUM = "Na"
SHARES = ("positive_porosity_frac", "negative_porosity_frac", "separator_porosity_frac", "nameplate_factor")
FAMILIES = (("LFP", "LFP"), ("LMFP", "LMFP"), ("NMC", "NMC"), ("NCA", "NMC"), ("Na", SODIUM))


@dataclass(frozen=True)
class CoatingDefaults:
    """Coatings, foils and separator of a family from a year on; a table may state each under the same name."""

    nameplate_factor: float
    positive_coating_density_g_per_cm3: float
    negative_coating_density_g_per_cm3: float
    positive_foil_thickness_um: float
    negative_foil_thickness_um: float
    separator_thickness_um: float
    separator_porosity_frac: float
    separator_density_g_per_cm3: float
    electrolyte_density_g_per_cm3: float
    electrolyte_fill_factor: float


class _Cell(NamedTuple):
    """A row of the table as a cell: `length_mm` is the diameter of a round one, whose thickness is not asked for."""

    couple: str
    family: str
    format: str
    length_mm: float
    thickness_mm: float
    height_mm: float


def predict_real_cells(table: pd.DataFrame, assumptions: RealPackAssumptions, catalog: Catalog) -> pd.DataFrame:
    """Predictions under the names of the table's columns, and why a row has none.

    Parameters
    ----------
    table : DataFrame
        With the columns chemistry and format, and the outer size of the cell in mm where it is known. A column with
        the name of a coating default (`positive_foil_thickness_um`, ...), of a thickness or of a porosity of a coating
        takes the place of the default in the rows that state it.
    assumptions, catalog
        What is assumed where a row says nothing: class defaults of chemistry and format, nothing by product.

    Returns
    -------
    DataFrame
        With the index of the table.
    """
    predicted = pd.DataFrame({"problem": "", **dict.fromkeys(CELL_QUANTITIES, np.nan)}, index=table.index)
    asked: dict[str, list[tuple[object, _Cell]]] = {}
    known, sizes = catalog.table("chemistries").words("chemistry"), read_sizes(catalog)
    for place, row in table.iterrows():
        cell = _cell(row, stated_couple(str(row["chemistry"]), known), stated_sides(row, sizes), assumptions)
        if isinstance(cell, str):
            predicted.loc[place, "problem"] = cell
        else:
            asked.setdefault(cell.format, []).append((place, cell))
    for format_name, found in asked.items():
        places, cells = [place for place, _ in found], [cell for _, cell in found]
        layers = _layers(table.loc[places], cells, assumptions, catalog)
        built = _built(format_name, cells, layers, catalog)
        fits = np.isfinite(built.cell_capacity_ah) & (built.cell_capacity_ah > 0)
        predicted.loc[places, "problem"] = np.where(fits, "", "a usable size is not stated: no layer fits the cell")
        for name, field in CELL_QUANTITIES.items():
            value = getattr(built, field) / (G_PER_KG if name == "cell_kg" else 1.0)
            predicted.loc[places, name] = np.where(fits, value, np.nan)
    return predicted


def _cell(row: pd.Series, couple: str | None, sides: Sides, assumptions: RealPackAssumptions) -> _Cell | str:
    """The row as a cell, or why it is none."""
    family = next((family for word, family in FAMILIES if couple and couple.startswith(word)), None)
    if couple is None or family is None:
        return f"the chemistry '{row['chemistry']}' is not modeled"
    odd = [name for name in SHARES if stated_number(row.get(name)) > 1]
    if odd:
        return f"a usable share is not stated: {', '.join(odd)} above 1"
    named = dict(zip(ENVELOPE, sides, strict=True))
    round_cell = is_round(row)
    missing = [name for name, side in named.items() if not side > 0 and not (round_cell and name == ENVELOPE[0])]
    if missing:
        return f"the size of the cell is not stated: {', '.join(missing)}"
    length, second, third = sides
    if round_cell:
        name = "46xx" if second >= assumptions.wide_from_diameter_mm else "21xx"
        return _Cell(couple, family, name, second, second, third)
    thin, middle, long = sorted(sides)
    text = words_of(row, "name", "format")
    format_name = next((name for word, name in FORMAT_WORDS if word in text), None)
    along = length if length > thin else second
    if format_name is None and any(word in text for word in PRISMATIC_WORDS):
        format_name = _prismatic(along, thin, middle + long - along, assumptions)
    if format_name is None:
        return f"the format '{row['format']}' is not modeled"
    if format_name in (*STACKED, POUCH):
        return _Cell(couple, family, format_name, long, thin, middle)
    return _Cell(couple, family, format_name, along, thin, middle + long - along)


def _prismatic(length_mm: float, thickness_mm: float, height_mm: float, assumptions: RealPackAssumptions) -> str:
    """The format of a prismatic cell whose build is not named."""
    if thickness_mm <= assumptions.flat_to_thickness_mm:
        if length_mm >= assumptions.blade_from_length_mm:
            return "blade"
        if length_mm >= assumptions.short_blade_from_length_mm:
            return "short_blade"
    return "prismatic_173" if height_mm >= assumptions.tall_from_height_mm else "phev2"


def _layers(rows: pd.DataFrame, cells: Sequence[_Cell], assumptions: RealPackAssumptions, catalog: Catalog) -> Layers:
    """Layers of cells of one format: stated values first, class defaults else."""
    couples = read_couples(catalog, [cell.couple for cell in cells])
    defaults = [_defaults(cell.family, stated_number(row.get("year")), catalog) for cell, row in _pairs(cells, rows)]
    known = {
        item.name: _stated(rows, item.name, np.array([getattr(default, item.name) for default in defaults]))
        for item in fields(CoatingDefaults)
    }
    areal = catalog.table("areal_capacity_defaults")
    loading = [areal.one(family=cell.family, format=cell.format).number("mAh/cm2") for cell in cells]
    loading_mah = _stated(rows, "cathode_areal_mAh_cm2", np.array(loading))
    half_cell = loading_mah / known.pop("nameplate_factor")
    silicon = np.array([has_silicon_oxide(str(chemistry)) for chemistry in rows["chemistry"]])
    negative_mah_per_g = np.where(
        silicon, assumptions.siox_graphite_mah_per_g, couples.negative_active_capacity_mah_per_g
    )
    positive = loading_mg_per_cm2(
        half_cell, couples.positive_active_capacity_mah_per_g, couples.positive_active_mass_frac
    )
    negative = loading_mg_per_cm2(
        half_cell * couples.np_capacity_ratio, negative_mah_per_g, couples.negative_active_mass_frac
    )
    # Sodium forms no alloy with aluminum, so both foils are of it.
    is_aluminum = np.array([cell.family == SODIUM for cell in cells])
    volts = [assumptions.cell_v(str(chemistry)) for chemistry in rows["chemistry"]]
    materials = catalog.constants(MaterialConstants, "cell_constants", group="materials")
    return Layers(
        areal_capacity_mah_per_cm2=loading_mah,
        nominal_voltage_v=_stated(rows, "cell_V", np.array(volts)),
        positive_thickness_um=_thickness_um(rows, "positive", positive, known),
        negative_thickness_um=_thickness_um(rows, "negative", negative, known),
        positive_porosity_frac=_porosity(rows, "positive", couples, known),
        negative_porosity_frac=_porosity(rows, "negative", couples, known),
        positive_foil_density_g_per_cm3=materials.aluminum_density_g_per_cm3,
        negative_foil_density_g_per_cm3=np.where(
            is_aluminum, materials.aluminum_density_g_per_cm3, materials.copper_density_g_per_cm3
        ),
        positive_foil_conductivity_s_per_m=materials.aluminum_conductivity_s_per_m,
        negative_foil_conductivity_s_per_m=np.where(
            is_aluminum, materials.aluminum_conductivity_s_per_m, materials.copper_conductivity_s_per_m
        ),
        **known,
    )


def _pairs(cells: Sequence[_Cell], rows: pd.DataFrame) -> list[tuple[_Cell, pd.Series]]:
    return [(cell, row) for cell, (_, row) in zip(cells, rows.iterrows(), strict=True)]


def _defaults(family: str, year: float, catalog: Catalog) -> CoatingDefaults:
    """The defaults of a family in a year, the newest where the year is not stated."""
    years = sorted({row.keys["from_year"] for row in catalog.table("coating_defaults").select(family=family)}, key=int)
    before = [word for word in years if not year < int(word)]
    return catalog.constants(CoatingDefaults, "coating_defaults", family=family, from_year=[years[0], *before][-1])


def _stated(rows: pd.DataFrame, name: str, otherwise: FloatArray) -> FloatArray:
    """The positive numbers of a column, and `otherwise` where there is none."""
    if name not in rows:
        return otherwise
    stated = np.array([stated_number(value) for value in rows[name]], dtype=np.float64)
    return np.where(stated > 0, stated, otherwise)


def _thickness_um(rows: pd.DataFrame, side: str, loading: FloatArray, known: dict[str, FloatArray]) -> FloatArray:
    return _stated(
        rows, f"{side}_thickness_um", coating_thickness_um(loading, known[f"{side}_coating_density_g_per_cm3"])
    )


def _porosity(rows: pd.DataFrame, side: str, couples: Couples, known: dict[str, FloatArray]) -> FloatArray:
    """Share of pores that follows from the density of the coating and that of its solids."""
    solid = getattr(couples, f"{side}_coating_density_g_per_cm3") / (1 - getattr(couples, f"{side}_porosity_frac"))
    share = np.clip(1 - known[f"{side}_coating_density_g_per_cm3"] / solid, 0, 1)
    return _stated(rows, f"{side}_porosity_frac", share)


def _built(format_name: str, cells: Sequence[_Cell], layers: Layers, catalog: Catalog) -> FormatCell:
    length, thickness, height = (
        np.array([getattr(cell, name) for cell in cells]) for name in ("length_mm", "thickness_mm", "height_mm")
    )
    table = "format_defaults"
    if format_name in ROUND:
        return cylindrical_cell(length, height, layers, catalog.constants(RoundCan, table, format=format_name))
    case: StackedCan | LongPouch
    if format_name == POUCH:
        case = catalog.constants(LongPouch, table, format=format_name)
    elif format_name in STACKED:
        case = catalog.constants(StackedCan, table, format=format_name)
    else:
        can = catalog.constants(WoundCan, table, format=format_name)
        return wound_prismatic_cell(length, thickness, height, layers, can)
    sheets = whole_sheets_count(thickness, layers, case)
    return stacked_cell(length, thickness, height, sheets, layers, case)
