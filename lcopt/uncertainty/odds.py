"""Who wins how often, what the choice may come to cost, and what it would be worth to know the prices beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.linear_costs import Best, LinearCosts

LOW_FRAC, MIDDLE_FRAC, HIGH_FRAC = 0.1, 0.5, 0.9


@dataclass(frozen=True)
class Spread:
    """What an uncertain amount comes to."""

    mean: float
    p10: float
    p50: float
    p90: float
    max: float


@dataclass(frozen=True)
class Odds:
    """How sure a choice is.

    Attributes
    ----------
    winner : ndarray, shape (n_samples,)
        The best choice of every sample.
    cost_usd, best_usd, regret_usd : Spread
        Of the chosen one; of the best of every sample; of their difference.
    perfect_information_usd : float
        Expected saving of one who knows the prices before the choice, over the best choice for their mean.
    least_expected : int
        The choice with the lowest expected cost.
    """

    winner: IntArray
    cost_usd: Spread
    best_usd: Spread
    regret_usd: Spread
    perfect_information_usd: float
    least_expected: int


def spread_of(amount: FloatArray) -> Spread:
    """Mean, quantiles and maximum of samples (n_samples,)."""
    low, middle, high = np.quantile(amount, [LOW_FRAC, MIDDLE_FRAC, HIGH_FRAC])
    return Spread(float(amount.mean()), float(low), float(middle), float(high), float(amount.max()))


def odds_of(costs: LinearCosts, chosen: int, samples: FloatArray, best: Best) -> Odds:
    """How sure a choice is, given the best of every sample of prices (n_samples, n_prices).

    Costs are linear, so that the expected cost of a choice is its cost at the mean of the prices.
    """
    own = costs.take(np.array([chosen])).at(samples)[:, 0]
    regret = np.maximum(own - best.cost_usd, 0.0)
    expected = costs.at(samples.mean(axis=0))
    return Odds(
        winner=best.winner,
        cost_usd=spread_of(own),
        best_usd=spread_of(best.cost_usd),
        regret_usd=spread_of(regret),
        perfect_information_usd=max(float(expected.min() - best.cost_usd.mean()), 0.0),
        least_expected=int(expected.argmin()),
    )


def shares(winner: IntArray, names: Sequence[str]) -> dict[str, float]:
    """Share of the samples that each name wins, the most frequent first; they add up to 1.

    `names` are those of the choices that `winner` numbers; equal names count together.
    """
    numbers, counts = np.unique(winner, return_counts=True)
    found: dict[str, int] = {}
    for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
        found[names[number]] = found.get(names[number], 0) + count
    order = sorted(found, key=lambda name: (-found[name], name))
    return {name: found[name] / len(winner) for name in order}
