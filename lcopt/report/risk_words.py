"""The risk of prices in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lcopt.report.records import records_of
from lcopt.result_risk import ADJUSTED, BASIS, EXPECTED, REGRET, TAIL

if TYPE_CHECKING:
    from lcopt.result import Result


# What the rows of a sampled risk mean.
SAMPLED_WORDS = {
    EXPECTED: "expected over samples of the uncertain prices",
    TAIL: "mean of the dearest samples of the uncertain prices",
    BASIS: "mean over the samples of every pack's cheapest candidate, without its cell",
    REGRET: "maximum regret: over the best choice of the worst sample",
    ADJUSTED: "by which the choice is made",
}


def risk_costs_usd(result: Result) -> dict[str, float]:
    """Fleet cost of the choice on average, in the dearest outcomes, and at the prices of every price scenario."""
    risk, rows = result.scenario.portfolio.risk, records_of(result.price_risk)
    if risk is None:
        return {SAMPLED_WORDS[str(row["price_scenario"])]: float(row["lifecycle_cost_usd"]) for row in rows}
    costs = [float(row["lifecycle_cost_usd"]) for row in rows]
    at_prices = {f"at the prices {name} ({_percent(share)})": 0.0 for name, share in risk.probability_frac.items()}
    names = ["on average", f"in the dearest {_percent(risk.tail_frac)}", *at_prices]
    count = len(at_prices)
    return dict(zip(names, [*costs[count : count + 2], *costs[:count]], strict=True))


def risk_lines(result: Result) -> list[str]:
    """What the cost of the portfolio is made of where prices are uncertain; empty where they are certain."""
    risk = result.scenario.portfolio.risk
    if risk is None:
        return [f"{words} {usd:,.0f} USD" for words, usd in risk_costs_usd(result).items()]
    average, dearest, *each = (f"{words} {usd:,.0f} USD" for words, usd in risk_costs_usd(result).items())
    shares = (1 - risk.aversion_frac, risk.aversion_frac)
    weights = f"that cost counts {_percent(shares[0])} the average, {_percent(shares[1])} the dearest"
    return [f"{average}, {dearest}; {weights}", "; ".join(each)]


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"
