"""Packs on the market, built from the cell that their data tell: stated mass and energy first, else of its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pandas as pd

from lcopt.inputs.catalog import Catalog
from lcopt.pack.structure import (
    Architectures,
    CellShape,
    Coolings,
    PackedCells,
    Structure,
    build_structure,
    read_architectures,
    read_coolings,
    read_room,
    read_structure_constants,
)
from lcopt.units import WH_PER_KWH
from lcopt.validation.assumptions import RealPackAssumptions, read_sizes
from lcopt.validation.pack_words import ARCHITECTURES, COOLINGS
from lcopt.validation.real_cells import predict_real_cells
from lcopt.validation.stated import ENVELOPE
from lcopt.validation.told_packs import ToldPack, filled_sides, told_pack

PACK_QUANTITIES = ("pack_kWh", "pack_kg", "pack_Wh_kg", "pack_Wh_L", "vol_utilisation_or_VCTP_pct", "mass_GCTP_pct")
PCT = 100.0


def predict_built_packs(table: pd.DataFrame, assumptions: RealPackAssumptions, catalog: Catalog) -> pd.DataFrame:
    """Predictions under the names of the table's columns, and why a row has none in `problem`.

    Parameters
    ----------
    table : DataFrame
        With the columns of real packs. The number of cells is that of its words (`96s4p`, `4416 cells`, `22 modules of
        10s30p`) if it agrees with the energies of pack and cell, else the energy of the pack over that of the cell.
    assumptions, catalog
        Class defaults of chemistry, format and year, nothing by product.

    Returns
    -------
    DataFrame
        With the index of the table.
    """
    predicted = pd.DataFrame({"problem": "", **dict.fromkeys(PACK_QUANTITIES, np.nan)}, index=table.index)
    sizes = read_sizes(catalog)
    sides = {place: filled_sides(row, sizes) for place, row in table.iterrows()}
    filled = table.assign(**{name: [side[place] for side in sides.values()] for place, name in enumerate(ENVELOPE)})
    cells = predict_real_cells(filled, assumptions, catalog)
    rows = zip(table.iterrows(), sides.values(), cells.iterrows(), strict=True)
    told = {place: told_pack(row, size, cell, assumptions, sizes) for (place, row), size, (_, cell) in rows}
    predicted["problem"] = [pack if isinstance(pack, str) else "" for pack in told.values()]
    packs = {place: pack for place, pack in told.items() if not isinstance(pack, str)}
    if packs:
        values = _quantities(_built(list(packs.values()), catalog))
        values["pack_kWh"] = np.array([pack.cells_kwh for pack in packs.values()])
        predicted.loc[list(packs), list(PACK_QUANTITIES)] = np.column_stack([values[name] for name in PACK_QUANTITIES])
    return predicted


def _quantities(built: Structure) -> dict[str, np.ndarray]:
    energy_wh = built.pack_energy_kwh * WH_PER_KWH
    return {
        "pack_kg": built.pack_mass_kg,
        "pack_Wh_kg": energy_wh / built.pack_mass_kg,
        "pack_Wh_L": energy_wh / built.pack_volume_l,
        "vol_utilisation_or_VCTP_pct": built.cells_volume_frac * PCT,
        "mass_GCTP_pct": built.cells_mass_frac * PCT,
    }


def _built(packs: Sequence[ToldPack], catalog: Catalog) -> Structure:
    """The packs in one tier, and in two where the words tell so or one does not fit a car but two do."""
    one, two = (_structure(packs, tiers, catalog) for tiers in (1, 2))
    told = np.array([pack.two_tiers for pack in packs])
    needs_two = told | (~one.packing.fits & two.packing.fits)
    return Structure(
        packing=one.packing,
        **{
            item.name: np.where(needs_two, getattr(two, item.name), getattr(one, item.name))
            for item in fields(Structure)
            if item.name != "packing"
        },
    )


def _structure(packs: Sequence[ToldPack], tiers: int, catalog: Catalog) -> Structure:
    architectures, coolings = _kinds(packs, catalog)
    count = np.array([float(pack.cells_count) for pack in packs])
    length, thickness, height = np.array([pack.sides_mm for pack in packs], dtype=np.float64).T
    none = np.zeros(len(packs))
    cells = PackedCells(
        shape=CellShape(
            is_round=np.array([pack.is_round for pack in packs]),
            is_rigid=np.array([pack.is_rigid for pack in packs]),
            length_mm=length,
            thickness_mm=thickness,
            height_mm=height,
        ),
        cell_mass_g=np.array([pack.cell_g for pack in packs]),
        cell_energy_kwh=np.array([pack.energy_kwh for pack in packs]) / count,
        cells_count=count,
        tiers_count=np.full(len(packs), float(tiers)),
        is_lying=np.zeros(len(packs), dtype=np.bool_),
        barrier_thickness_mm=none,
        breathing_frac=none,
        stack_pressure_mpa=none,
    )
    return build_structure(cells, architectures, coolings, read_structure_constants(catalog), read_room(catalog))


def _kinds(packs: Sequence[ToldPack], catalog: Catalog) -> tuple[Architectures, Coolings]:
    return (
        read_architectures(catalog, ARCHITECTURES).take(
            np.array([ARCHITECTURES.index(pack.architecture) for pack in packs])
        ),
        read_coolings(catalog, COOLINGS).take(np.array([COOLINGS.index(pack.cooling) for pack in packs])),
    )
