"""Price scenarios with probabilities: expected cost and the mean of the dearest share of outcomes (CVaR)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class PriceRisk:
    """What pairs cost beside their certain cost in each price scenario, and how much the dear outcomes count.

    Attributes
    ----------
    cost_usd : ndarray, shape (n_pairs, n_scenarios)
    probability_frac : ndarray, shape (n_scenarios,)
        Adds up to 1.
    tail_frac : float
        The dearest outcomes of this probability make up the tail, 0 < tail_frac <= 1 (1 - alpha of CVaR_alpha).
    aversion_frac : float
        Weight of the mean over the tail; the rest is the weight of the mean over all outcomes.
    """

    cost_usd: FloatArray
    probability_frac: FloatArray
    tail_frac: float
    aversion_frac: float

    def take(self, index: IntArray | BoolArray) -> PriceRisk:
        """The risk of some of the pairs."""
        return replace(self, cost_usd=self.cost_usd[index])

    @property
    def expected_usd(self) -> FloatArray:
        """Mean cost of every pair over the scenarios, with the weight of the mean."""
        mean: FloatArray = self.cost_usd @ self.probability_frac
        return mean * (1 - self.aversion_frac)

    def tail_weights(self, outcome_usd: FloatArray) -> FloatArray:
        """Weights of the scenarios (..., n_scenarios) whose weighted outcome is the mean of the dearest tail.

        Of all weights between 0 and probability / tail_frac that add up to 1 they give the highest mean, so any
        selection costs at least its outcomes weighted with them: a cut.
        """
        order = np.argsort(-outcome_usd, axis=-1, kind="stable")
        most = (self.probability_frac / self.tail_frac)[order]
        taken = np.clip(1.0 - (np.cumsum(most, axis=-1) - most), 0.0, most)
        weights = np.empty_like(taken)
        np.put_along_axis(weights, order, taken, axis=-1)
        return weights

    def selection_usd(self, chosen: IntArray) -> FloatArray:
        """Cost under risk of selections (..., n_packs) of pairs."""
        return self.outcome_usd(self.cost_usd[chosen].sum(axis=-2))

    def tail_usd(self, outcome_usd: FloatArray) -> FloatArray:
        """Mean over the dearest tail of outcomes (..., n_scenarios)."""
        mean: FloatArray = (self.tail_weights(outcome_usd) * outcome_usd).sum(axis=-1)
        return mean

    def outcome_usd(self, outcome_usd: FloatArray) -> FloatArray:
        """What outcomes (..., n_scenarios) come to under risk: their mean and that of their tail, weighted."""
        expected = outcome_usd @ self.probability_frac
        cost: FloatArray = (1 - self.aversion_frac) * expected + self.aversion_frac * self.tail_usd(outcome_usd)
        return cost

    def certain_usd(self, weights: FloatArray) -> FloatArray:
        """Certain cost of every pair that stands below the risk for any selection, given weights of a tail."""
        cost: FloatArray = self.expected_usd + self.aversion_frac * (self.cost_usd @ weights)
        return cost
