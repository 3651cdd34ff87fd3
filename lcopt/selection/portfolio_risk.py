"""From price scenarios with probabilities to the risk of a portfolio: what every pair costs more at their prices.

Cells and platforms are chosen here and now; the prices come afterwards. What a pair costs at the prices of the scenario
is certain; what it costs more, or less, in each price scenario is the risk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.inputs.scenario import Risk
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import RISK_ADJUSTED, Explored
from lcopt.selection.price_risk import PriceRisk


def cost_at(price_scenario: str) -> str:
    """Name of the value that holds the lifecycle cost of candidates at the prices of one price scenario."""
    return f"lifecycle_cost_at_{price_scenario}_usd_per_pack"


def risk_value_names(engineering: Engineering) -> tuple[str, ...]:
    """Names of the values that candidates have besides where prices are uncertain."""
    risk = engineering.scenario.portfolio.risk
    return () if risk is None else (*map(cost_at, risk.probability_frac), RISK_ADJUSTED)


def risk_values(cost_usd: Sequence[FloatArray], risk: Risk) -> Mapping[str, FloatArray]:
    """Lifecycle cost of packs (n,) in every price scenario, and what one of them alone costs under risk [USD]."""
    costs = np.stack(cost_usd, axis=-1)
    adjusted = price_risk(costs, risk).outcome_usd(costs)
    return {**dict(zip(map(cost_at, risk.probability_frac), cost_usd, strict=True)), RISK_ADJUSTED: adjusted}


def price_risk(cost_usd: FloatArray, risk: Risk) -> PriceRisk:
    """The risk of pairs or packs that cost `cost_usd` (n, n_scenarios) in the price scenarios."""
    probability = np.array(list(risk.probability_frac.values()))
    return PriceRisk(cost_usd, probability / probability.sum(), risk.tail_frac, risk.aversion_frac)


def risk_of_pairs(
    explored: Sequence[Explored], index: Sequence[IntArray], engineering: Engineering
) -> PriceRisk | None:
    """What the candidates `index` of every pack cost the fleet more than at the prices of the scenario.

    None where prices are certain. The work on lines does not depend on prices, so nothing of it is in the differences.
    """
    risk = engineering.scenario.portfolio.risk
    if risk is None:
        return None
    differences = []
    for one, kept in zip(explored, index, strict=True):
        costs = np.stack([one.values[cost_at(name)][kept] for name in risk.probability_frac], axis=1)
        differences.append((costs - one.cost_usd_per_pack[kept, None]) * one.task.packs_discounted)
    return price_risk(np.concatenate(differences), risk)
