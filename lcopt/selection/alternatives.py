"""The designs around the optimum: the best of every other kind, ranked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cost.discounting import COST_COMPONENTS, Component
from lcopt.performance.limits import Limit
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import Explored

NEXT_BEST_COUNT = 10


@dataclass(frozen=True)
class Alternative:
    """One design of a ranking; rank 0 is the chosen one."""

    rank: int
    role: str
    candidate: int


@dataclass(frozen=True)
class OutOfReach:
    """A chemistry of which no candidate meets the limits: the nearest one and the limit that it misses most."""

    chemistry: str
    limit: Limit
    value: float


def rank_alternatives(explored: Explored, chosen: int, engineering: Engineering) -> tuple[Alternative, ...]:
    """The chosen design, the ten next best kinds, and the best of every chemistry.

    Two designs are of one kind when chemistry, technology class and parallel count agree: within a kind the best
    design stands for its neighbors, which differ from it by fractions of a percent. Where a search has too few kinds,
    series count and module layout tell designs apart as well.
    """
    listed = _next_best(explored, chosen)
    couple = explored.candidates.platforms.couple
    champions = _best_of_each(explored.feasible_cost_usd_per_pack, couple)
    champions = champions[couple[champions] != couple[chosen]]
    listed = list(dict.fromkeys([*listed, *champions.tolist()]))
    listed.sort(key=lambda candidate: explored.cost_usd_per_pack[candidate])
    alternatives = [Alternative(0, "chosen", chosen)]
    for rank, candidate in enumerate(listed, start=1):
        role = f"best of {engineering.chemistries[couple[candidate]]}" if candidate in champions else "next best"
        alternatives.append(Alternative(rank, role, candidate))
    return tuple(alternatives)


def _next_best(explored: Explored, chosen: int) -> list[int]:
    """The best of the ten cheapest other kinds, cheapest first."""
    feasible = np.flatnonzero(explored.feasible)
    platforms, counts = explored.candidates.platforms.take(feasible), explored.candidates.counts.take(feasible)
    coarse = (platforms.couple, platforms.technology_class, counts.cells_in_parallel_count)
    layout = (counts.cells_in_series_count, counts.cells_per_module_count, counts.rows_of_modules_count)
    cost = explored.cost_usd_per_pack[feasible]
    taken = [int(np.searchsorted(feasible, chosen))]
    for columns in (coarse, (*coarse, *layout)):
        if len(taken) <= NEXT_BEST_COUNT:
            _, kind = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
            kind = kind.ravel()
            ranked = _best_of_each(cost, kind)
            ranked = ranked[~np.isin(kind[ranked], kind[taken])]
            taken += ranked[: NEXT_BEST_COUNT + 1 - len(taken)].tolist()
    return [int(feasible[number]) for number in taken[1:]]


def component_differences(explored: Explored, chosen: int, candidate: int) -> dict[Component, float]:
    """Present value of every component of a design less that of the chosen one [USD a pack]."""
    differences: dict[Component, float] = {}
    for component in COST_COMPONENTS:
        value = explored.values[f"{component}_pv_usd_per_pack"]
        if value[candidate] != value[chosen]:
            differences[component] = float(value[candidate] - value[chosen])
    return differences


def out_of_reach(explored: Explored, engineering: Engineering) -> tuple[OutOfReach, ...]:
    """Chemistries of the search without a feasible candidate, each with its nearest miss."""
    couple = explored.candidates.platforms.couple
    inside = explored.within_bounds
    found = []
    for number, chemistry in enumerate(engineering.chemistries):
        here = np.flatnonzero((couple == number) & inside)
        if here.size and not explored.feasible[here].any():
            found.append(_nearest_miss(explored, here, chemistry))
    return tuple(found)


def _nearest_miss(explored: Explored, here: IntArray, chemistry: str) -> OutOfReach:
    limits = explored.task.scenario_limits
    misses = np.stack(
        [
            np.maximum(-limit.margin(explored.values[limit.quantity][here]), 0) / max(abs(limit.bound), 1e-12)
            for limit in limits
        ]
    )
    nearest = int(misses.sum(axis=0).argmin())
    limit = limits[int(misses[:, nearest].argmax())]
    return OutOfReach(chemistry, limit, float(explored.values[limit.quantity][here[nearest]]))


def _best_of_each(cost: FloatArray, kind: IntArray) -> IntArray:
    """Index of the cheapest entry of every kind that has a finite one, cheapest kinds first."""
    order = np.lexsort((cost, kind))
    first = np.ones(order.size, dtype=bool)
    first[1:] = kind[order][1:] != kind[order][:-1]
    best = order[first]
    best = best[np.isfinite(cost[best])]
    return np.asarray(best[np.argsort(cost[best], kind="stable")], dtype=np.int64)
