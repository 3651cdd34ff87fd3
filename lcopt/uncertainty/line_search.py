"""From which value of one price another choice is the best: exact, along the lower envelope of straight lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.linear_costs import LinearCosts


@dataclass(frozen=True)
class Switch:
    """The value of one price from which choice `next_winner` is cheaper than `winner`, going up or down."""

    value: float
    side: str
    winner: int
    next_winner: int


UP, DOWN = "above", "below"


def switches(
    costs: LinearCosts, center: FloatArray, number: int, kind: IntArray, lowest: float = 0.0
) -> tuple[Switch, ...]:
    """The nearest values of one price, above and below its own, at which a choice of another kind becomes the best.

    Parameters
    ----------
    costs : LinearCosts
    center : ndarray, shape (n_prices,)
        All prices as they are.
    number : int
        Of the price that moves.
    kind : ndarray, shape (n_choices,)
        Equal for choices that count as the same.
    lowest : float
        The price goes down to here; up there is no end.
    """
    at_center, slope = costs.at(center), costs.usd_per_price[:, number]
    up = _nearest(at_center, slope, kind)
    down = _nearest(at_center, -slope, kind)
    found = []
    if down is not None and center[number] - down[0] >= lowest:
        found.append(Switch(float(center[number] - down[0]), DOWN, *down[1:]))
    if up is not None:
        found.append(Switch(float(center[number] + up[0]), UP, *up[1:]))
    return tuple(found)


def _nearest(cost: FloatArray, slope: FloatArray, kind: IntArray) -> tuple[float, int, int] | None:
    """Step at which another kind wins on lines `cost + slope * step`, the winner before it and the one after it."""
    winner = int(np.lexsort((slope, cost))[0])
    step = 0.0
    while True:
        flatter = slope < slope[winner]
        if not flatter.any():
            return None
        with np.errstate(divide="ignore", invalid="ignore"):
            meets = np.where(flatter, (cost - cost[winner]) / (slope[winner] - slope), np.inf)
        step = max(step, float(meets.min()))
        first = np.flatnonzero(meets <= meets.min())
        after = int(first[slope[first].argmin()])
        if kind[after] != kind[winner]:
            return step, winner, after
        winner = after
