"""What recyclers find in packs as they were built: metals of the active materials, foils, cases, and other parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray, added
from lcopt.cell.bundles import take_designs
from lcopt.cost.active_materials import read_active_materials
from lcopt.cost.designs import PricedCell
from lcopt.cost.recycling import GOODS, PackContent
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog
from lcopt.units import G_PER_KG

NEGATIVES_TABLE, PARTS_TABLE = "recycling_negatives", "recycling_parts"
CELLS = "cells"


@dataclass(frozen=True)
class Compositions:
    """Mass shares in the active materials of chemistries, shape (n,): metals of the positive, two of the negative."""

    lithium_frac: FloatArray
    nickel_frac: FloatArray
    cobalt_frac: FloatArray
    manganese_frac: FloatArray
    negative_lithium_frac: FloatArray
    graphite_frac: FloatArray

    def take(self, index: IntArray) -> Compositions:
        """The shares of each design, where `index` (n_designs,) points at the chemistries of this one."""
        return take_designs(self, index)


@dataclass(frozen=True)
class Foils:
    """Foils of each design, shape (n,), and what their metals weigh."""

    positive_thickness_um: FloatArray
    negative_thickness_um: FloatArray
    negative_is_aluminum: BoolArray
    aluminum_density_g_per_cm3: float
    copper_density_g_per_cm3: float


@dataclass(frozen=True)
class PartMetals:
    """Mass shares of the metals in one part."""

    aluminum_frac: float
    copper_frac: float
    steel_frac: float


@dataclass(frozen=True)
class CellMetals:
    """Metals in what surrounds the electrodes of cells of one build."""

    case: PartMetals
    positive_terminal: PartMetals
    negative_terminal: PartMetals


def pack_content(
    cell: PricedCell,
    cells_per_pack_count: FloatArray,
    compositions: Compositions,
    foils: Foils,
    cell_metals: CellMetals,
    parts_kg: Mapping[str, FloatArray],
    part_metals: Mapping[str, PartMetals],
    energy_kwh: FloatArray,
) -> PackContent:
    """Content of packs, without the scrap that their making left behind.

    Parameters
    ----------
    cell : PricedCell
        What is built into one cell, shape (n_designs,).
    cells_per_pack_count : ndarray, shape (n_designs,)
    compositions, foils, cell_metals
        Of the cells; all cells are of one build.
    parts_kg : mapping
        Mass of every part of the pack, the cells among them; they add up to the mass of the pack. [kg]
    part_metals : mapping
        Metals in each of the other parts.
    energy_kwh : ndarray, shape (n_designs,)
        Nameplate energy. [kWh]

    Notes
    -----
    The lithium salt of the electrolyte (about 1 % of the lithium), binders, plastics and electronics' precious metals
    are not counted.
    """
    per_pack = cells_per_pack_count / G_PER_KG
    positive_kg, negative_kg = cell.positive_active_g_per_cell * per_pack, cell.negative_active_g_per_cell * per_pack
    others = {part: mass for part, mass in parts_kg.items() if part != CELLS}
    goods = {
        "lithium": positive_kg * compositions.lithium_frac + negative_kg * compositions.negative_lithium_frac,
        "nickel": positive_kg * compositions.nickel_frac,
        "cobalt": positive_kg * compositions.cobalt_frac,
        "manganese": positive_kg * compositions.manganese_frac,
        "graphite": negative_kg * compositions.graphite_frac,
        "cathode": positive_kg,
        **{f"cell_{metal}": mass_g * per_pack for metal, mass_g in _cell_metals_g(cell, foils, cell_metals).items()},
        "pack_copper": _sum(mass * part_metals[part].copper_frac for part, mass in others.items()),
        "pack_aluminum": _sum(mass * part_metals[part].aluminum_frac for part, mass in others.items()),
        "pack_steel": _sum(mass * part_metals[part].steel_frac for part, mass in others.items()),
    }
    return PackContent(
        goods_kg=np.stack([goods[good] for good in GOODS], axis=1),
        cells_kg=parts_kg[CELLS],
        pack_kg=_sum(parts_kg.values()),
        energy_kwh=energy_kwh,
    )


def _cell_metals_g(cell: PricedCell, foils: Foils, metals: CellMetals) -> dict[str, FloatArray]:
    """Copper, aluminum and steel in foils, case and terminals of a cell; square meters times micrometers are cm3."""
    positive_foil = cell.positive_foil_m2_per_cell * foils.positive_thickness_um * foils.aluminum_density_g_per_cm3
    negative_cm3 = cell.negative_foil_m2_per_cell * foils.negative_thickness_um
    on_aluminum = foils.negative_is_aluminum
    around = (
        (cell.cell_container_g_per_cell, metals.case),
        (cell.positive_terminal_g_per_cell, metals.positive_terminal),
        (cell.negative_terminal_g_per_cell, metals.negative_terminal),
    )
    return {
        "copper": np.where(on_aluminum, 0, negative_cm3 * foils.copper_density_g_per_cm3)
        + _sum(mass * part.copper_frac for mass, part in around),
        "aluminum": positive_foil
        + np.where(on_aluminum, negative_cm3 * foils.aluminum_density_g_per_cm3, 0)
        + _sum(mass * part.aluminum_frac for mass, part in around),
        "steel": _sum(mass * part.steel_frac for mass, part in around),
    }


def _sum(masses: Iterable[FloatArray]) -> FloatArray:
    return added(list(masses))


@dataclass(frozen=True)
class _Negative:
    graphite_frac: float
    lithium_frac: float


def read_compositions(catalog: Catalog, positives: Sequence[str], negatives: Sequence[str]) -> Compositions:
    """Shares in the active materials that chemistries buy, one price item a chemistry on each side.

    Raises
    ------
    CatalogError
        Where an item has no composition.
    """
    positive = read_active_materials(catalog, positives)
    known = catalog.table(NEGATIVES_TABLE).words("negative_active")
    strangers = sorted({item for item in negatives if item not in known})
    if strangers:
        message = (
            f"{NEGATIVES_TABLE}.csv has no item {', '.join(strangers)}, which a recycling route or a limit on a metal "
            f"asks for; add its rows graphite_frac and lithium_frac, or write 'recycling_route: given'"
        )
        raise CatalogError(message)
    of = {
        item: catalog.constants(_Negative, NEGATIVES_TABLE, negative_active=item) for item in dict.fromkeys(negatives)
    }
    return Compositions(
        lithium_frac=positive.lithium_frac,
        nickel_frac=positive.nickel_frac,
        cobalt_frac=positive.cobalt_frac,
        manganese_frac=positive.manganese_frac,
        negative_lithium_frac=np.array([of[item].lithium_frac for item in negatives]),
        graphite_frac=np.array([of[item].graphite_frac for item in negatives]),
    )


def read_part_metals(catalog: Catalog) -> dict[str, PartMetals]:
    """Metals of every part of the catalog, those around the electrodes of cells among them."""
    words = catalog.table(PARTS_TABLE).words("part")
    return {part: catalog.constants(PartMetals, PARTS_TABLE, part=part) for part in words}


def cell_metals_of(build: str, part_metals: Mapping[str, PartMetals]) -> CellMetals:
    """What surrounds the electrodes of cells of a build (`round`, `wound`, `stacked`, `pouch`)."""
    return CellMetals(
        case=part_metals[f"{build} case"],
        positive_terminal=part_metals[f"{build} positive terminal"],
        negative_terminal=part_metals[f"{build} negative terminal"],
    )
