"""What would change the answer: from which limit on another chemistry or cell format is the cheapest for a pack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.performance.limits import Sense
from lcopt.selection.explored import Explored

# Quantities whose limits are tightened, each with its words, sense and unit.
QUANTITIES = (
    ("charging_time_min", "charging time", Sense.AT_MOST, "min"),
    ("pack_specific_energy_wh_per_kg", "specific energy", Sense.AT_LEAST, "Wh/kg"),
    ("pack_energy_density_wh_per_l", "energy density", Sense.AT_LEAST, "Wh/L"),
)

# A chemistry that moves a limit by less before another takes over is not told, nor another format of the same one.
WORTH_A_WORD_FRAC = 0.005
FORMAT_WORTH_A_WORD_FRAC = 0.03


@dataclass(frozen=True)
class Reign:
    """One chemistry in one format is the cheapest while the limit on a quantity is beyond `after` and up to `until`.

    `after` is None of the first reign of a quantity. `first` is the cheapest candidate of the reign, `last` the one
    that meets the limit at its end.
    """

    quantity: str
    label: str
    sense: Sense
    unit: str
    after: float | None
    until: float
    first: int
    last: int


def reigns(explored: Explored) -> Iterator[Reign]:
    """Which chemistry and format is the cheapest for one pack while one limit is tightened and the others hold.

    Other packs that share its cell are not looked at.
    """
    feasible = np.flatnonzero(explored.feasible)
    if not feasible.size:
        return
    cost = explored.cost_usd_per_pack[feasible]
    platforms = explored.candidates.platforms
    kinds = platforms.couple[feasible], platforms.cell_format[feasible]
    for quantity, label, sense, unit in QUANTITIES:
        values = explored.values[quantity][feasible]
        winners = _winners(values * (1.0 if sense is Sense.AT_LEAST else -1.0), cost)
        after = None
        for first, last in _runs(winners, kinds, values):
            until = float(values[last])
            yield Reign(quantity, label, sense, unit, after, until, int(feasible[first]), int(feasible[last]))
            after = until


def front(explored: Explored, quantity: str, sense: Sense, points_max: int) -> IntArray:
    """The feasible candidates that no cheaper one at least as good in a quantity undercuts, from the cheapest on.

    Parameters
    ----------
    quantity : str
        A name of `explored.values`.
    points_max : int
        Of a longer front this many points, the ends and every change of chemistry or format among them.

    Returns
    -------
    ndarray, shape (n_points,)
        Indices of candidates.
    """
    feasible = np.flatnonzero(explored.feasible)
    if not feasible.size:
        return feasible
    values = explored.values[quantity][feasible] * (1.0 if sense is Sense.AT_LEAST else -1.0)
    found = feasible[_winners(values, explored.cost_usd_per_pack[feasible])]
    platforms = explored.candidates.platforms
    kinds = np.stack([platforms.couple[found], platforms.cell_format[found]])
    turns = np.flatnonzero((kinds[:, 1:] != kinds[:, :-1]).any(axis=0))
    spread = np.linspace(0, len(found) - 1, min(points_max, len(found))).round().astype(np.int64)
    return np.asarray(found[np.unique(np.concatenate([spread, turns, turns + 1]))], dtype=np.int64)


def _runs(winners: IntArray, kinds: tuple[IntArray, IntArray], values: FloatArray) -> list[tuple[int, int]]:
    """The first and the last winner of every run of one chemistry and format, without runs too short for a word."""
    couple, cell_format = kinds
    runs: list[tuple[int, int]] = []
    for place in winners.tolist():
        first, last = runs[-1] if runs else (place, place)
        same_chemistry = couple[place] == couple[first]
        least = FORMAT_WORTH_A_WORD_FRAC if same_chemistry else WORTH_A_WORD_FRAC
        if runs and same_chemistry and cell_format[place] == cell_format[first]:
            runs[-1] = (first, place)
        elif not runs or abs(values[place] - values[last]) >= least * abs(values[last]):
            runs.append((place, place))
    return runs


def _winners(strictness: FloatArray, cost: FloatArray) -> IntArray:
    """The entries that nothing at least as strict undercuts, from the cheapest to the strictest."""
    order = np.lexsort((cost, -strictness))
    cheapest = np.minimum.accumulate(cost[order])
    first = np.flatnonzero(np.r_[True, cheapest[1:] < cheapest[:-1]])
    return np.asarray(order[first][::-1], dtype=np.int64)
