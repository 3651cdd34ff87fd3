"""A thinned picture of the design space: cost, charging time and density of designs within limits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.inputs.words import FORMATS
from lcopt.selection.alternatives import Alternative
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import Explored, cheapest_of_each

# More points than a picture shows apart; a page with a portfolio of ten packs stays small enough to mail.
POINTS_MAX_COUNT = 1500
# Fronts get at most this share of the points.
FRONTS_MAX_FRAC = 0.5
NO_RANK = -1
QUANTITIES = (
    "charging_time_min",
    "pack_specific_energy_wh_per_kg",
    "pack_energy_density_wh_per_l",
    "lifecycle_cost_usd_per_pack",
)
SPACE_COLUMNS = (
    "pack",
    "rank",
    "chemistry",
    "technology_class",
    "format",
    "areal_capacity_mah_per_cm2",
    "cell_capacity_ah",
    *QUANTITIES,
    "on_charging_front",
    "on_density_front",
)


def space_table(
    explored: Sequence[Explored],
    platform: Sequence[IntArray],
    alternatives: Sequence[Sequence[Alternative]],
    engineering: Engineering,
) -> pd.DataFrame:
    """Some designs within the limits of every pack, at most `POINTS_MAX_COUNT` a pack.

    Parameters
    ----------
    explored : sequence of Explored
        The candidates, an element a pack.
    platform : sequence of ndarray
        Number of the cell design of every candidate, negative where it misses a limit.
    alternatives : sequence of sequences of Alternative
        Ranked designs of every pack.
    engineering : Engineering

    Returns
    -------
    DataFrame
        `SPACE_COLUMNS`; `rank` is `NO_RANK` where a design is not among the ranked ones.

    Notes
    -----
    First come all ranked designs; then the designs on the fronts, to which no other is both cheaper and faster to
    charge, or cheaper and denser; then the cheapest design of every cell design. Where a group is larger than the room
    left, it is thinned evenly by cost.
    """
    packs = zip(explored, platform, alternatives, strict=True)
    parts = [_pack_rows(one, cells, ranked, engineering) for one, cells, ranked in packs]
    return pd.concat(parts, ignore_index=True)


def _pack_rows(
    explored: Explored, platform: IntArray, alternatives: Sequence[Alternative], engineering: Engineering
) -> pd.DataFrame:
    cost = explored.feasible_cost_usd_per_pack
    minutes, density = (explored.values[QUANTITIES[number]] for number in (0, 2))
    fronts = on_front(minutes, cost), on_front(-density, cost)
    rank_of = {item.candidate: item.rank for item in alternatives}
    kept = _kept(cost, fronts, platform, np.array(list(rank_of), dtype=np.int64))
    cells = explored.candidates.platforms.take(kept)
    classes = engineering.scenario.search.technology_classes
    return pd.DataFrame(
        {
            "pack": explored.task.pack.name,
            "rank": [rank_of.get(number, NO_RANK) for number in kept.tolist()],
            "chemistry": [engineering.chemistries[number] for number in cells.couple],
            "technology_class": [classes[number] for number in cells.technology_class],
            "format": [FORMATS[number] for number in cells.cell_format],
            "areal_capacity_mah_per_cm2": cells.areal_capacity_mah_per_cm2,
            "cell_capacity_ah": cells.cell_capacity_ah,
            **{name: explored.values[name][kept] for name in QUANTITIES},
            "on_charging_front": fronts[0][kept],
            "on_density_front": fronts[1][kept],
        },
        columns=list(SPACE_COLUMNS),
    )


def on_front(less_is_better: FloatArray, cost: FloatArray) -> BoolArray:
    """Where no other entry costs less and is at least as good, or as much and is better; cost is infinite outside.

    Of equal entries the first is on the front.
    """
    order = np.lexsort((cost, less_is_better))
    lowest_before = np.concatenate([[np.inf], np.minimum.accumulate(cost[order])[:-1]])
    found = np.zeros(cost.size, dtype=bool)
    found[order] = cost[order] < lowest_before
    return found


def _kept(cost: FloatArray, fronts: tuple[BoolArray, BoolArray], platform: IntArray, ranked: IntArray) -> IntArray:
    """Indices of the designs that are shown, in the order of their cost."""
    room = POINTS_MAX_COUNT - ranked.size
    outstanding = np.setdiff1d(np.flatnonzero(fronts[0] | fronts[1]), ranked)
    outstanding = _thinned(outstanding, cost, int(room * FRONTS_MAX_FRAC))
    shown = np.concatenate([ranked, outstanding])
    best = np.setdiff1d(cheapest_of_each(cost, platform, 1), shown)
    best = _thinned(best, cost, POINTS_MAX_COUNT - shown.size)
    kept = np.concatenate([shown, best])
    return kept[np.lexsort((kept, cost[kept]))]


def _thinned(index: IntArray, cost: FloatArray, room: int) -> IntArray:
    """At most `room` of the entries at `index`, evenly by the rank of their cost, the cheapest always."""
    in_order = index[np.argsort(cost[index], kind="stable")]
    if in_order.size <= room:
        return in_order
    return in_order[np.linspace(0, in_order.size - 1, room).round().astype(np.int64)]
