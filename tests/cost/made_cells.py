"""Cells of every format with the catalog's own defaults, and the reference plant's volumes to make them in."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from types import SimpleNamespace

import numpy as np

from lcopt.cell.constants import MaterialConstants
from lcopt.cell.electrodes import Couples, read_couples
from lcopt.cell.formats.layers import FormatCell, Layers, coating_thickness_um, loading_mg_per_cm2
from lcopt.cell.formats.stacked import LongPouch, StackedCan, stacked_cell, whole_sheets_count
from lcopt.cell.formats.wound import RoundCan, WoundCan, cylindrical_cell, wound_prismatic_cell
from lcopt.cost.format_plant import MadeCells
from lcopt.cost.plant import AnnualVolumes, PlantBaseline
from lcopt.inputs.catalog import Catalog

NEWEST = {"LFP": "2022", "NMC": "2024"}
VOLTS = {"LFP": 3.2, "NMC": 3.65}
# Format -> length or diameter, thickness or height, height; the family of its case, and how it is built.
SIZES = {
    "21700": ((21.2, 70.3, 0.0), "21xx", "round"),
    "4680": ((46.0, 80.0, 0.0), "46xx", "round"),
    "4695": ((46.0, 95.0, 0.0), "46xx", "round"),
    "46120": ((46.0, 120.0, 0.0), "46xx", "round"),
    "phev2": ((148.0, 26.5, 91.0), "phev2", "wound"),
    "prismatic_173": ((173.0, 71.0, 207.0), "prismatic_173", "wound"),
    "unified": ((256.0, 24.8, 106.0), "unified", "stacked"),
    "blade": ((965.0, 14.0, 90.0), "blade", "stacked"),
    "short_blade_l300": ((300.0, 22.0, 100.0), "short_blade", "stacked"),
    "short_blade_l600": ((574.0, 21.5, 118.0), "short_blade", "stacked"),
    "long_pouch": ((580.0, 9.5, 113.0), "long_pouch", "pouch"),
}
FORMATS = tuple(SIZES)
CASES = {"round": RoundCan, "wound": WoundCan, "stacked": StackedCan, "pouch": LongPouch}


@dataclass(frozen=True)
class Defaults:
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


@dataclass(frozen=True)
class Built:
    """One cell, shape (1,), with what its machines do and what its maker buys."""

    cell: FormatCell
    made: MadeCells
    parts: SimpleNamespace


def build(catalog: Catalog, format_name: str, chemistry: str, size: tuple[float, float, float] | None = None) -> Built:
    family = "LFP" if chemistry.startswith("LFP") else "NMC"
    sides, case_name, kind = SIZES[format_name]
    first, second, third = (np.array([side]) for side in size or sides)
    couple = read_couples(catalog, [chemistry])
    layers = layers_of(catalog, family, case_name, couple)
    case = catalog.constants(CASES[kind], "format_defaults", format=case_name)
    rolls, sheets = np.zeros(1), np.zeros(1)
    if kind == "round":
        cell, rolls = cylindrical_cell(first, second, layers, case), np.ones(1)
    elif kind == "wound":
        cell, rolls = wound_prismatic_cell(first, second, third, layers, case), np.array([float(case.rolls_count)])
    else:
        positive = whole_sheets_count(second, layers, case)
        cell, sheets = stacked_cell(first, second, third, positive, layers, case), 2 * positive + 1
    made = MadeCells(rolls, cell.strip_length_mm, sheets, cell.cell_capacity_ah, cell.cell_energy_wh / 1000)
    return Built(cell, made, bought_parts(cell, couple))


def layers_of(catalog: Catalog, family: str, case_name: str, couple: Couples) -> Layers:
    known = catalog.constants(Defaults, "coating_defaults", family=family, from_year=NEWEST[family])
    areal = catalog.table("areal_capacity_defaults").one(family=family, format=case_name).number("mAh/cm2")
    half_cell = areal / known.nameplate_factor
    positive = loading_mg_per_cm2(
        half_cell, couple.positive_active_capacity_mah_per_g, couple.positive_active_mass_frac
    )
    negative = loading_mg_per_cm2(
        half_cell * couple.np_capacity_ratio,
        couple.negative_active_capacity_mah_per_g,
        couple.negative_active_mass_frac,
    )
    materials = catalog.constants(MaterialConstants, "cell_constants", group="materials")
    rest = {item.name: getattr(known, item.name) for item in fields(Defaults) if item.name != "nameplate_factor"}
    return Layers(
        areal_capacity_mah_per_cm2=np.array([areal]),
        nominal_voltage_v=VOLTS[family],
        positive_thickness_um=coating_thickness_um(positive, known.positive_coating_density_g_per_cm3),
        negative_thickness_um=coating_thickness_um(negative, known.negative_coating_density_g_per_cm3),
        positive_porosity_frac=couple.positive_porosity_frac,
        negative_porosity_frac=couple.negative_porosity_frac,
        positive_foil_density_g_per_cm3=materials.aluminum_density_g_per_cm3,
        negative_foil_density_g_per_cm3=materials.copper_density_g_per_cm3,
        positive_foil_conductivity_s_per_m=materials.aluminum_conductivity_s_per_m,
        negative_foil_conductivity_s_per_m=materials.copper_conductivity_s_per_m,
        **rest,
    )


def bought_parts(cell: FormatCell, couple: Couples) -> SimpleNamespace:
    """The cell under the names that the cost kernels ask for."""
    parts = {
        f"{side}_{part}_g_per_cell": getattr(cell, f"{side}_coating_g_per_cell")
        * getattr(couple, f"{side}_{part}_mass_frac")
        for side in ("positive", "negative")
        for part in ("active", "carbon", "binder")
    }
    same = ("positive_foil_m2", "negative_foil_m2", "separator_m2", "electrolyte_l", "cell_container_g", "terminals_g")
    parts |= {f"{name}_per_cell": getattr(cell, f"{name}_per_cell") for name in same}
    return SimpleNamespace(
        **parts,
        positive_area_per_cell_cm2=cell.positive_area_m2_per_cell * 1e4,
        negative_area_per_cell_cm2=cell.negative_area_m2_per_cell * 1e4,
        cell_capacity_ah=cell.cell_capacity_ah,
        solid_electrolyte_g_per_cell=np.zeros_like(cell.cell_capacity_ah),
    )


def reference_volumes(baseline: PlantBaseline, cell_energy_kwh: np.ndarray, cell_yield_frac: np.ndarray, size=1.0):
    """The amounts of the reference plant, `size` times as large, with cells of another energy."""
    ones = np.ones_like(cell_energy_kwh) * size
    named = {
        item.name: ones * getattr(baseline, item.name) for item in fields(AnnualVolumes) if hasattr(baseline, item.name)
    }
    volumes = AnnualVolumes(
        **named,
        positive_solvent_kg_per_yr=ones * baseline.positive_solvent_kg_per_m2 * baseline.positive_area_m2_per_yr,
        negative_solvent_kg_per_yr=ones * baseline.negative_solvent_kg_per_m2 * baseline.negative_area_m2_per_yr,
        organic_solvent_kg_per_yr=ones * baseline.solvent_kg_per_yr,
    )
    accepted = volumes.energy_kwh_per_yr / cell_energy_kwh
    return replace(volumes, accepted_cells_per_yr=accepted, built_cells_per_yr=accepted / cell_yield_frac)
