"""Costs that are linear in prices: all candidates at all samples of prices, and which candidates can win at any.

Notes
-----
The cost of a candidate is `fixed_usd + usd_per_price @ prices`. A candidate can be left out of a box of prices where
another one is cheaper in the whole box: at its middle by more than the two can differ towards its corners. The samples
are halved again and again, so that boxes become small and few candidates are left in each: nothing is estimated.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray

# A box with fewer samples is not halved any more; nor is one with fewer costs than this.
SAMPLES_OF_LEAF = 128
COSTS_OF_LEAF = 200_000
# Costs that are held at once.
COSTS_AT_ONCE = 2_000_000
# Candidates against which all others of a box are held.
RIVALS_COUNT = 24
# Two costs that are closer, relative to their size, count as equal.
ROUNDING_FRAC = 1e-12


@dataclass(frozen=True)
class LinearCosts:
    """Cost of candidates as a function of prices.

    Attributes
    ----------
    fixed_usd : ndarray, shape (n_candidates,)
        What does not depend on the prices. [USD]
    usd_per_price : ndarray, shape (n_candidates, n_prices)
        Amounts bought, weighted with their present value. [USD per unit of the price]
    """

    fixed_usd: FloatArray
    usd_per_price: FloatArray

    def __len__(self) -> int:
        return len(self.fixed_usd)

    def take(self, index: IntArray | BoolArray) -> LinearCosts:
        """The costs of some of the candidates."""
        return LinearCosts(self.fixed_usd[index], self.usd_per_price[index])

    def at(self, prices: FloatArray) -> FloatArray:
        """Cost of all candidates at prices (n_samples, n_prices) or (n_prices,), shape (..., n_candidates)."""
        costs: FloatArray = prices @ self.usd_per_price.T
        costs += self.fixed_usd
        return costs


@dataclass(frozen=True)
class Best:
    """The cheapest candidate of every sample, the first of equal ones, and its cost; shape (n_samples,)."""

    winner: IntArray
    cost_usd: FloatArray


def best_of_samples(costs: LinearCosts, prices: FloatArray, jobs: int = 1) -> Best:
    """The cheapest candidate at each of many samples of prices.

    Parameters
    ----------
    costs : LinearCosts
    prices : ndarray, shape (n_samples, n_prices)
    jobs : int
        Boxes that are looked at at once; the result is the same.

    Returns
    -------
    Best
        The same as of the whole matrix of costs, of which only what can win is computed.
    """
    if not prices.shape[1]:
        found = plain_best(costs, prices[:1])
        return Best(np.repeat(found.winner, len(prices)), np.repeat(found.cost_usd, len(prices)))
    best = Best(np.zeros(len(prices), dtype=np.int64), np.full(len(prices), np.inf))
    boxes = [(np.arange(len(prices)), np.arange(len(costs)))]

    def halves(box: tuple[IntArray, IntArray]) -> list[tuple[IntArray, IntArray]]:
        return _halved(costs, prices, box, best)

    with ThreadPoolExecutor(jobs) as pool:
        while boxes:
            boxes = [part for parts in pool.map(halves, boxes) for part in parts]
    return best


def _halved(
    costs: LinearCosts, prices: FloatArray, box: tuple[IntArray, IntArray], best: Best
) -> list[tuple[IntArray, IntArray]]:
    """Two halves of a box of samples with the candidates that can win there; none where `best` now has its winners."""
    samples, kept = box
    own, few = prices[samples], costs.take(kept)
    left = could_win(few, own)
    kept, few = kept[left], few.take(left)
    if len(samples) <= SAMPLES_OF_LEAF or len(samples) * len(kept) <= COSTS_OF_LEAF:
        found = plain_best(few, own)
        best.winner[samples], best.cost_usd[samples] = kept[found.winner], found.cost_usd
        return []
    lower = _lower_half(few, own)
    return [(samples[lower], kept), (samples[~lower], kept)]


def plain_best(costs: LinearCosts, prices: FloatArray) -> Best:
    """The cheapest candidate at each sample from the whole matrix, in chunks of samples."""
    winner, cost = np.zeros(len(prices), dtype=np.int64), np.zeros(len(prices))
    step = max(1, COSTS_AT_ONCE // max(len(costs), 1))
    for start in range(0, len(prices), step):
        chunk = costs.at(prices[start : start + step])
        first = chunk.argmin(axis=1)
        winner[start : start + step] = first
        cost[start : start + step] = chunk[np.arange(len(chunk)), first]
    return Best(winner, cost)


def could_win(costs: LinearCosts, prices: FloatArray, slack_usd: float = 0.0) -> BoolArray:
    """Which candidates no single other one beats in the whole box around the prices, shape (n_candidates,).

    Candidates of equal cost are all kept, and those that are dearer by no more than `slack_usd` somewhere. The rivals
    of all are the cheapest one in the middle of the box, and again and again the one that can be ahead of all earlier
    rivals by most at a corner.
    """
    low, high = prices.min(axis=0), prices.max(axis=0)
    middle, reach = (low + high) / 2, (high - low) / 2
    kept, few = np.arange(len(costs)), costs
    at_middle = costs.at(middle)
    rival, ahead = int(at_middle.argmin()), np.full(len(costs), np.inf)
    rounding = ROUNDING_FRAC * float(np.abs(at_middle).max())
    for _ in range(RIVALS_COUNT):
        apart = np.abs(few.usd_per_price - few.usd_per_price[rival])
        ahead = np.minimum(ahead, at_middle[rival] - at_middle + apart @ reach)
        left = ahead >= -rounding - slack_usd
        kept, few, at_middle, ahead = kept[left], few.take(left), at_middle[left], ahead[left]
        rival = int(ahead.argmax())
        if ahead[rival] <= rounding:
            break
    could = np.zeros(len(costs), dtype=bool)
    could[kept] = True
    return could


def _lower_half(costs: LinearCosts, prices: FloatArray) -> BoolArray:
    """The samples at or below the median of the price by which the costs of candidates differ most, never all."""
    differ = np.ptp(costs.usd_per_price, axis=0) * np.ptp(prices, axis=0)
    order = np.argsort(prices[:, int(differ.argmax())], kind="stable")
    lower = np.zeros(len(prices), dtype=bool)
    lower[order[: len(prices) // 2]] = True
    return lower
