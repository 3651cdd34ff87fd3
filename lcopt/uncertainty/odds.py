"""Who wins how often, what the choice may come to cost, and what it would be worth to know the prices beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.linear_costs import Best

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
    cost_usd, best_usd, regret_usd : Spread
        Of the chosen one; of the best of every sample; of their difference.
    perfect_information_usd : float
        Expected saving of one who knows the prices before the choice, over the choice of least expected cost.
    """

    cost_usd: Spread
    best_usd: Spread
    regret_usd: Spread
    perfect_information_usd: float


def spread_of(amount: FloatArray) -> Spread:
    """Mean, quantiles and maximum of samples (n_samples,)."""
    low, middle, high = np.quantile(amount, [LOW_FRAC, MIDDLE_FRAC, HIGH_FRAC])
    return Spread(float(amount.mean()), float(low), float(middle), float(high), float(amount.max()))


def odds_of(own_usd: FloatArray, best: Best, least_expected_usd: float) -> Odds:
    """How sure a choice is, given its cost and the best at every sample (n_samples,), and the lowest expected cost."""
    regret = np.maximum(own_usd - best.cost_usd, 0.0)
    return Odds(
        cost_usd=spread_of(own_usd),
        best_usd=spread_of(best.cost_usd),
        regret_usd=spread_of(regret),
        perfect_information_usd=max(least_expected_usd - float(best.cost_usd.mean()), 0.0),
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
