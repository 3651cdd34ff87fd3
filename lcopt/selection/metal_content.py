"""Metals in the packs of candidates, as built: what caps on a metal and recycled content count."""

from __future__ import annotations

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cost.recycling import GOODS
from lcopt.inputs.portfolio_limits import METALS
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import batches
from lcopt.selection.explored import Explored
from lcopt.selection.geometry import build_geometry
from lcopt.selection.recycled import content_of


def metals_kg(explored: Explored, index: IntArray, engineering: Engineering) -> dict[str, FloatArray]:
    """Each metal in the pack of the candidates `index`, shape (n,) [kg]."""
    assert engineering.contents is not None
    candidates = explored.candidates.take(index)
    goods_kg = np.empty((len(index), len(GOODS)))
    for batch in batches(candidates.platforms):
        platforms, counts = candidates.platforms.take(batch), candidates.counts.take(batch)
        geometry = build_geometry(explored.task, platforms, counts, engineering)
        goods_kg[batch] = content_of(geometry, engineering, engineering.contents).goods_kg
    return {metal: goods_kg[:, _columns(metal)].sum(axis=1) for metal in METALS}


def _columns(metal: str) -> list[int]:
    """Columns of the goods that hold a metal: by itself, or apart in cells and in other parts."""
    return [number for number, good in enumerate(GOODS) if good in {metal, f"cell_{metal}", f"pack_{metal}"}]
