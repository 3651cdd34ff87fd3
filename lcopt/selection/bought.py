"""Make or buy: which candidates buy their cells, and what a bought cell costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lcopt.cost.bought_cells import BoughtCells
from lcopt.inputs.scenario import CellQuote
from lcopt.selection.geometry import Geometry
from lcopt.selection.quotes import MADE


def bought_cells(geometry: Geometry, quotes: Sequence[CellQuote]) -> BoughtCells | None:
    """Which candidates buy their cells and what a cell costs them; None where no candidate does."""
    number, counts = geometry.platforms.quote, geometry.counts
    if not number.any():
        return None
    cells = counts.cells_in_series_count * counts.cells_in_parallel_count
    price = np.array([0.0, *(quote.price_usd_per_kwh for quote in quotes)])[number]
    return BoughtCells(number != MADE, price * geometry.pack.pack_energy_out_kwh / cells)
