"""Make or buy: what bought cells cost, which platforms then cost nothing to open, and how much is for sale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cost.bought_cells import BoughtCells
from lcopt.inputs.scenario import CellQuote
from lcopt.selection.explored import Explored
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.geometry import Geometry
from lcopt.selection.quotes import MADE
from lcopt.units import KWH_PER_GWH


def bought_cells(geometry: Geometry, quotes: Sequence[CellQuote]) -> BoughtCells | None:
    """Which candidates buy their cells and what a cell costs them; None where no candidate does."""
    number, counts = geometry.platforms.quote, geometry.counts
    if not number.any():
        return None
    cells = counts.cells_in_series_count * counts.cells_in_parallel_count
    price = np.array([0.0, *(quote.price_usd_per_kwh for quote in quotes)])[number]
    return BoughtCells(number != MADE, price * geometry.pack.pack_energy_out_kwh / cells)


def supply_rows(explored: Sequence[Explored], index: Sequence[IntArray], quotes: Sequence[CellQuote]) -> LinearRows:
    """A row for every quote whose supply is limited: the energy of the cells bought in a year."""
    rows = LinearRows.none(sum(len(kept) for kept in index))
    for number, quote in enumerate(quotes, start=1):
        if quote.supply_max_gwh_per_yr is None:
            continue
        used = [_supply_gwh_per_yr(one, kept, number) for one, kept in zip(explored, index, strict=True)]
        name = f"supply of {quote.cell}{f' from {quote.supplier}' if quote.supplier else ''}"
        rows = rows.with_rows(LinearRows.one(name, "GWh/yr", np.concatenate(used), upper=quote.supply_max_gwh_per_yr))
    return rows


def _supply_gwh_per_yr(explored: Explored, index: IntArray, number: int) -> FloatArray:
    task = explored.task
    made_per_yr = task.pack.volume_per_yr * task.terms.ownership.pool_factor
    energy = explored.values["pack_energy_kwh"][index] * made_per_yr / KWH_PER_GWH
    return np.asarray(energy * (explored.candidates.platforms.quote[index] == number))
