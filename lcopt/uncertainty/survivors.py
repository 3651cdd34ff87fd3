"""Which choices can become the best when a term moves: only they are evaluated anew.

Notes
-----
A choice is left out where another one is cheaper by a slack at every price. It could become the best only by gaining
more on the others than the slack. So the slack is doubled until no choice that has been looked at gains as much: what
is left out would have to react to the term more strongly than everything that has been looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.linear_costs import LinearCosts, could_win

# So few choices are all looked at.
FEW_COUNT = 500

Evaluated = Callable[[IntArray], FloatArray]


@dataclass(frozen=True)
class Survivors:
    """Choices that can become the best, and what they cost in each of some cases.

    Attributes
    ----------
    index : ndarray, shape (n_survivors,)
    costs_usd : ndarray, shape (n_cases, n_survivors)
        Infinite where a choice misses a limit. [USD]
    gain_usd : float
        The most that one of them gains in a case on the cheapest of now.
    """

    index: IntArray
    costs_usd: FloatArray
    gain_usd: float


def survivors_of(
    costs: LinearCosts,
    prices: FloatArray,
    now_usd: FloatArray,
    cases: Sequence[Evaluated],
    slack_usd: float,
    chosen: int,
) -> Survivors:
    """The choices that can become the best in some cases.

    Parameters
    ----------
    costs : LinearCosts
        Of all choices, now.
    prices : ndarray, shape (n_samples, n_prices)
        The box around them is looked at.
    now_usd : ndarray, shape (n_choices,)
        Cost at the prices of the scenario. [USD]
    cases : sequence of callable
        From choices to their costs in a case. [USD]
    slack_usd : float
        With which it begins.
    chosen : int
        A choice that is always looked at.
    """
    index, found = np.empty(0, dtype=np.int64), np.empty((len(cases), 0))
    while True:
        wanted = _within(costs, prices, slack_usd, chosen)
        new = np.setdiff1d(wanted, index)
        if len(new):
            found = np.concatenate([found, np.stack([case(new) for case in cases])], axis=1)
            index = np.concatenate([index, new])
        gain = _gain(now_usd[index], found)
        if gain <= slack_usd or len(index) == len(costs):
            order = np.argsort(index)
            return Survivors(index[order], found[:, order], gain)
        slack_usd = max(2 * slack_usd, gain)


def _within(costs: LinearCosts, prices: FloatArray, slack_usd: float, chosen: int) -> IntArray:
    if len(costs) <= FEW_COUNT or not prices.shape[1]:
        return np.arange(len(costs))
    return np.union1d(np.flatnonzero(could_win(costs, prices, slack_usd)), [chosen])


def _gain(now_usd: FloatArray, found: FloatArray) -> float:
    """The most that a choice gains, of all cases, on the choice that is the cheapest now of those that fit the case."""
    ahead, gain = now_usd - now_usd.min(), 0.0
    for cost in found:
        fits = np.isfinite(cost)
        if not fits.any():
            return np.inf
        rival = int(np.where(fits, now_usd, np.inf).argmin())
        gain = max(gain, float((ahead - (cost - cost[rival]))[fits].max()))
    return gain
