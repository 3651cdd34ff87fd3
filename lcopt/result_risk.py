"""What the choice costs in every price scenario of the risk, on average, and in the dearest outcomes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lcopt.inputs.words import MAX_REGRET
from lcopt.result_tables import Detailed
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import lifecycle_at
from lcopt.selection.portfolio import Selection
from lcopt.selection.portfolio_risk import price_risk

PRICE_RISK = "(price risk)"
EXPECTED, TAIL, ADJUSTED = "(expected)", "(tail mean)", "(risk-adjusted)"
BASIS, REGRET = "(basis)", "(maximum regret)"
COLUMNS = ("price_scenario", "probability_frac", "tail_weight_frac", "lifecycle_cost_usd")


def price_risk_table(details: Sequence[Detailed], engineering: Engineering, certain_usd: float) -> pd.DataFrame:
    """The fleet cost of the chosen designs in every price scenario; empty where prices are certain.

    Parameters
    ----------
    details : sequence of Detailed
        Of all packs; the chosen design of a pack is the first of one of them.
    engineering : Engineering
    certain_usd : float
        Fleet cost of the choice at the prices of the scenario. [USD]

    Returns
    -------
    DataFrame
        A row a price scenario with its probability and its weight in the tail, then the mean over all outcomes, the
        mean over the dearest ones, and both weighted: what the choice is made by.
    """
    terms = engineering.scenario.portfolio.risk
    if terms is None:
        return pd.DataFrame(columns=list(COLUMNS))
    chosen = [item for item in details if item.alternatives[0].rank == 0]
    costs = certain_usd + np.sum([_differences_usd(item, engineering) for item in chosen], axis=0)
    risk = price_risk(costs[None, :], terms)
    weights = risk.tail_weights(costs)
    rows = list(zip(terms.probability_frac, risk.probability_frac, weights, costs, strict=True))
    every = 1.0
    rows += [
        (EXPECTED, every, np.nan, float(costs @ risk.probability_frac)),
        (TAIL, terms.tail_frac, every, float(risk.tail_usd(costs))),
        (ADJUSTED, np.nan, np.nan, float(risk.outcome_usd(costs))),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def sampled_risk_table(selection: Selection, certain_usd: float) -> pd.DataFrame:
    """What the choice comes to by the objective of the scenario, over samples of the uncertain prices.

    Returns
    -------
    DataFrame
        The mean over all samples, or that over the dearest ones, or a basis (`SampledRisk.basis_usd`) and the maximum
        regret, over the best choice of each sample; then what the choice is made by.
    """
    risk, chosen = selection.portfolio.risk, selection.instance.risk
    assert risk is not None
    assert chosen is not None
    outcome = certain_usd + chosen.cost_usd[selection.proof.chosen].sum(axis=0)
    adjusted = float(chosen.outcome_usd(outcome))
    if risk.objective == MAX_REGRET:
        basis = risk.basis_usd(selection.portfolio.explored)
        rows = [(BASIS, 1.0, np.nan, basis), (REGRET, np.nan, np.nan, adjusted - basis)]
    else:
        rows = [(EXPECTED, 1.0, np.nan, float(outcome.mean()))]
        rows += [] if risk.tail_frac == 1 else [(TAIL, risk.tail_frac, 1.0, adjusted)]
    return pd.DataFrame([*rows, (ADJUSTED, np.nan, np.nan, adjusted)], columns=list(COLUMNS))


def price_risk_usd(table: pd.DataFrame, certain_usd: float) -> float:
    """What the choice costs under risk more than at the prices of the scenario; 0 where prices are certain [USD]."""
    adjusted = table.loc[table["price_scenario"] == ADJUSTED, "lifecycle_cost_usd"]
    return float(adjusted.iloc[0]) - certain_usd if len(adjusted) else 0.0


def _differences_usd(chosen: Detailed, engineering: Engineering) -> np.ndarray:
    """What the chosen design of one pack costs the fleet more in every price scenario, shape (n_scenarios,)."""
    own = chosen.evaluation.lifecycle.lifecycle_cost_usd[0]
    lives = [lifecycle_at(chosen.task, chosen.evaluation, priced) for priced in engineering.priced]
    return np.array([life.lifecycle_cost_usd[0] - own for life in lives]) * chosen.task.packs_discounted
