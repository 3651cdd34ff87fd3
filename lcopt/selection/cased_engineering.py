"""What the evaluation of cells with a case needs of the catalog: formats, architectures, coolings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.formats.cased import CasedConstants
from lcopt.cell.formats.cell_formats import Build, CellFormat, read_cell_format
from lcopt.cost.can_lines import CanPrices, read_can_prices
from lcopt.cost.cased_cost import CasedCostConstants
from lcopt.cost.format_process import (
    ChemistryProcess,
    FormatProcess,
    read_chemistry_process,
    read_dry_route,
    read_format_plan,
    read_format_process,
    read_format_rules,
)
from lcopt.cost.structure_lines import read_structure_prices
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Search
from lcopt.inputs.words import ARCHITECTURES, COOLINGS, FORMATS
from lcopt.pack.structure import (
    Architectures,
    Coolings,
    StructureConstants,
    read_architectures,
    read_coolings,
    read_structure_constants,
)
from lcopt.selection.space import POUCH

BUILDS, OTHER = "chemistry_builds", "other"


@dataclass(frozen=True)
class CasedEngineering:
    """The formats with a case that take part, by name, and how packs are built from them.

    `architectures` and `coolings` have the order of the catalog's names, the numbers say which take part. `is_round`
    and `is_rigid` have an element a format of the catalog.
    """

    formats: Mapping[str, CellFormat]
    constants: CasedConstants
    is_round: BoolArray
    is_rigid: BoolArray
    structure: StructureConstants
    architectures: Architectures
    coolings: Coolings
    architecture_numbers: tuple[int, ...]
    cooling_numbers: tuple[int, ...]
    builds: ChemistryBuilds
    process: FormatProcess
    chemistry_process: ChemistryProcess
    cans: CanPrices
    cost: CasedCostConstants


@dataclass(frozen=True)
class _Build:
    process_class: str
    stack_pressure_mpa: float
    breathing_frac: float
    is_windable: bool


@dataclass(frozen=True)
class ChemistryBuilds:
    """How stacks of each chemistry of the search are pressed, how much they breathe, and whether its electrodes wind.

    Arrays of shape (n_chemistries,).
    """

    stack_pressure_mpa: FloatArray
    breathing_frac: FloatArray
    is_windable: BoolArray


def read_cased(catalog: Catalog, search: Search) -> CasedEngineering:
    """What the catalog holds for the formats of a search, for a plant of the year of the first sale."""
    names = catalog.table(BUILDS).words("chemistry")
    rows = [name if name in names else OTHER for name in search.chemistries]
    builds = [catalog.constants(_Build, BUILDS, chemistry=name) for name in rows]
    cased_names = [name for name in FORMATS if name != FORMATS[POUCH]]
    every = {name: read_cell_format(catalog, name) for name in FORMATS if name != FORMATS[POUCH]}
    return CasedEngineering(
        formats={name: item for name, item in every.items() if name in search.formats},
        constants=catalog.constants(CasedConstants, "cell_constants", group="cased"),
        is_round=np.array([name in every and every[name].is_round for name in FORMATS]),
        is_rigid=np.array([name in every and every[name].build is not Build.POUCH for name in FORMATS]),
        structure=read_structure_constants(catalog),
        architectures=read_architectures(catalog, ARCHITECTURES),
        coolings=read_coolings(catalog, COOLINGS),
        architecture_numbers=tuple(ARCHITECTURES.index(name) for name in search.architectures),
        cooling_numbers=tuple(COOLINGS.index(name) for name in search.coolings),
        builds=ChemistryBuilds(
            stack_pressure_mpa=np.array([item.stack_pressure_mpa for item in builds]),
            breathing_frac=np.array([item.breathing_frac for item in builds]),
            is_windable=np.array([item.is_windable for item in builds]),
        ),
        process=read_format_process(catalog, cased_names),
        chemistry_process=read_chemistry_process(
            catalog, [item.process_class for item in builds], search.production_start_year
        ),
        cans=read_can_prices(catalog, cased_names),
        cost=CasedCostConstants(
            plan=read_format_plan(catalog),
            rules=read_format_rules(catalog),
            dry=read_dry_route(catalog),
            structure=read_structure_prices(catalog),
        ),
    )


def process_numbers(cell_format: IntArray) -> IntArray:
    """Where formats of the catalog stand in `process` and `cans`, which have no pouch."""
    return cell_format - 1
