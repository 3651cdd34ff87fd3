"""The objective of a scenario under uncertain prices: expected cost, CVaR or maximum regret, as a risk of all pairs.

Costs are linear in prices, so that what a candidate costs at samples of the prices follows from what it buys. Expected
cost needs the mean of the prices alone. The maximum regret is the CVaR of the dearest single sample, after the best
cost of every sample has been taken off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.words import CENTRAL, EXPECTED, MAX_REGRET
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import RISK_ADJUSTED, Explored
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.price_risk import PriceRisk
from lcopt.selection.price_samples import Method
from lcopt.selection.price_weights import price_weights
from lcopt.selection.proving import prove
from lcopt.selection.uncertain_prices import draw_prices, uncertain_prices

TABLE = "uncertainty_defaults"
# Costs of pairs at samples that are held at once; of more pairs fewer samples are proven.
COSTS_MAX = 40_000_000


@dataclass(frozen=True)
class SampledRisk:
    """Costs of the candidates of every pack at samples of the prices, over those at the prices of the scenario.

    Attributes
    ----------
    objective : str
    usd_per_pack : tuple of ndarray, each of shape (n_candidates, n_samples)
        Of every pack; 0 for candidates that are not feasible. [USD a pack]
    tail_frac, aversion_frac : float
        As in `PriceRisk`.
    """

    objective: str
    usd_per_pack: tuple[FloatArray, ...]
    tail_frac: float
    aversion_frac: float

    @property
    def samples_count(self) -> int:
        """Number of samples."""
        return int(self.usd_per_pack[0].shape[1])

    def of_pairs(self, explored: tuple[Explored, ...], index: list[IntArray]) -> PriceRisk:
        """The risk of the candidates `index` of every pack."""
        costs = [
            usd[kept] * one.task.packs_discounted
            for usd, one, kept in zip(self.usd_per_pack, explored, index, strict=True)
        ]
        return self.risk(np.concatenate(costs))

    def risk(self, cost_usd: FloatArray) -> PriceRisk:
        """The risk of what costs so much more at the samples (n, n_samples)."""
        probability = np.full(self.samples_count, 1.0 / self.samples_count)
        return PriceRisk(cost_usd, probability, self.tail_frac, self.aversion_frac)

    def basis_usd(self, explored: tuple[Explored, ...]) -> float:
        """Mean over the samples of the cheapest candidate of every pack alone, without its cell [USD]."""
        total = 0.0
        for usd, one in zip(self.usd_per_pack, explored, strict=True):
            cost = np.where(one.feasible, one.cost_usd_per_pack, np.inf)[:, None] + usd
            total += float(cost.min(axis=0).mean()) * one.task.packs_discounted
        return total

    def with_best_taken_off(
        self, instance: PortfolioInstance, explored: tuple[Explored, ...], platforms_max: int | None
    ) -> PortfolioInstance:
        """Where the regret counts: the instance with the best cost of every sample off its risk, but for the basis.

        Every choice has one pair of the first pack, from which it is taken. The basis stays so that a choice costs as
        much as a fleet: the basis and the maximum regret.
        """
        if self.objective != MAX_REGRET or instance.risk is None:
            return instance
        best = _best_usd(instance if platforms_max is None else instance.with_platforms_max(platforms_max))
        cost = instance.risk.cost_usd.copy()
        cost[instance.pairs.pack == 0] -= best - self.basis_usd(explored)
        return replace(instance, risk=replace(instance.risk, cost_usd=cost))


def sampled_risk(
    explored: tuple[Explored, ...], engineering: Engineering, catalog: Catalog
) -> tuple[tuple[Explored, ...], SampledRisk | None]:
    """Explored packs with what each candidate alone comes to by the objective of the scenario, and the risk of all.

    None where the choice is made at the prices of the scenario.
    """
    asked = engineering.scenario.uncertainty
    if asked.objective == CENTRAL:
        return explored, None
    prices = uncertain_prices(engineering.scenario, catalog)
    samples = draw_prices(prices, engineering.scenario, asked.samples_count, asked.seed, Method(asked.method))
    feasible = [np.flatnonzero(one.feasible) for one in explored]
    count = _samples_count(asked.objective, sum(map(len, feasible)), len(explored), catalog)
    points = samples.mean(axis=0)[None, :] if asked.objective == EXPECTED else samples[:count]
    costs = []
    for one, kept in zip(explored, feasible, strict=True):
        weights = price_weights(one, kept, prices, engineering, catalog).usd_per_price @ prices.moves
        usd = np.zeros((len(one), len(points)))
        usd[kept] = weights @ (points - prices.values).T
        costs.append(usd)
    tails = {EXPECTED: 1.0, MAX_REGRET: 1.0 / len(points)}
    aversion = 0.0 if asked.objective == EXPECTED else 1.0
    found = SampledRisk(asked.objective, tuple(costs), tails.get(asked.objective, asked.tail_frac), aversion)
    return tuple(_adjusted(one, usd, found) for one, usd in zip(explored, costs, strict=True)), found


def _samples_count(objective: str, pairs_count: int, packs_count: int, catalog: Catalog) -> int:
    table = catalog.table(TABLE)
    name = "price_points_count" if objective == MAX_REGRET and packs_count > 1 else "robust_samples_count"
    return max(1, min(int(table.one(name=name).value), COSTS_MAX // max(pairs_count, 1)))


def _adjusted(explored: Explored, usd: FloatArray, risk: SampledRisk) -> Explored:
    """With the value by which a pack alone is sought; its regret is that over the best candidate of each sample."""
    outcome = explored.cost_usd_per_pack[:, None] + usd
    if risk.objective == MAX_REGRET:
        best = np.where(explored.feasible[:, None], outcome, np.inf).min(axis=0)
        outcome = outcome - (best - best.mean())
    return replace(explored, values={**explored.values, RISK_ADJUSTED: risk.risk(outcome).outcome_usd(outcome)})


def _best_usd(instance: PortfolioInstance) -> FloatArray:
    """Lowest cost of all choices at every sample, shape (n_samples,)."""
    assert instance.risk is not None
    cost = instance.pairs.cost_usd[:, None] + instance.risk.cost_usd
    certain = replace(instance, risk=None)
    if instance.packs_count == 1 and not (len(instance.rows) or len(instance.platform_rows) or len(instance.lines)):
        fixed = instance.platform_fixed_cost_usd[instance.pairs.platform]
        return np.asarray((cost + fixed[:, None]).min(axis=0))
    at_samples = (replace(certain, pairs=replace(certain.pairs, cost_usd=cost[:, at])) for at in range(cost.shape[1]))
    return np.array([prove(one).cost_usd for one in at_samples])
