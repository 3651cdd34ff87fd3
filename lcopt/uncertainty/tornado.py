"""What each uncertain price and term moves: the cost of the choice as it is, and that of the best choice then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray, IntArray
from lcopt.uncertainty.choices import Choices
from lcopt.uncertainty.decided import Decided
from lcopt.uncertainty.factors import Factor, factors_of
from lcopt.uncertainty.survivors import Survivors, survivors_of
from lcopt.uncertainty.switching import Ends

COLUMNS = (
    "field",
    "unit",
    "low",
    "value",
    "high",
    "cost_at_low_usd",
    "cost_at_high_usd",
    "swing_usd",
    "best_at_low_usd",
    "best_at_high_usd",
    "best_swing_usd",
    "winner_at_low",
    "winner_at_high",
    "source",
    "kind",
)


# In the place of a winner where every choice misses a limit.
NOTHING_FITS = "nothing meets the limits"


def factor_ends(decided: Decided, choices: Choices, prices: FloatArray, slack_frac: float) -> Factors:
    """Costs at both ends of every term that is no price, of as many packs as the scenario sells.

    Evaluated are the choices that can become the best at some prices (n_samples, n_prices); others count as infinite.
    """
    factors = factors_of(decided.scenario, decided.catalog)
    at_ends = [(factor, value) for factor in factors for value in (factor.low, factor.high)]
    now = choices.costs.at(decided.prices.values)
    found = survivors_of(
        choices.costs,
        prices,
        now,
        [_case(decided, choices, factor, value) for factor, value in at_ends],
        slack_frac * float(now.min()),
        choices.chosen,
    )
    costs = np.full((len(at_ends), len(now)), np.inf)
    costs[:, found.index] = found.costs_usd
    ends = {factor: Ends(costs[2 * place], costs[2 * place + 1]) for place, factor in enumerate(factors)}
    return Factors(ends, found)


@dataclass(frozen=True)
class Factors:
    """The terms that are no prices with the costs at their ends, and the choices that were looked at."""

    ends: dict[Factor, Ends]
    survivors: Survivors


def _case(decided: Decided, choices: Choices, factor: Factor, value: float) -> Callable[[IntArray], FloatArray]:
    under = decided.under(factor.at(decided.terms, value))
    return lambda index: under.costs(choices.pairs[index]) * under.packs_ratio


def tornado_table(
    decided: Decided, choices: Choices, factors: Mapping[Factor, Ends], platforms: tuple[str, ...]
) -> pd.DataFrame:
    """A row a price or term, the widest first: its ends, and the costs there without and with a new choice [USD].

    `source` and `kind` say what the range rests on. A cost is infinite where the choice misses a limit at that end.
    """
    rows = [*_price_rows(decided, choices, platforms)]
    for factor, ends in factors.items():
        about = {key: getattr(factor, key) for key in ("field", "unit", "low", "value", "high", "source", "kind")}
        rows.append(about | _costs(choices.chosen, ends.low_usd, ends.high_usd, platforms))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = table["swing_usd"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _price_rows(decided: Decided, choices: Choices, platforms: tuple[str, ...]) -> Iterator[dict[str, object]]:
    center = decided.prices.values
    for number, price in enumerate(decided.prices.uncertain):
        low, high = (_with(center, number, end) for end in (price.low, price.high))
        about = {key: getattr(price, key) for key in ("field", "unit", "low", "value", "high", "source", "kind")}
        yield about | _costs(choices.chosen, choices.costs.at(low), choices.costs.at(high), platforms)


def _with(center: FloatArray, number: int, value: float) -> FloatArray:
    moved = center.copy()
    moved[number] = value
    return moved


def _costs(chosen: int, low_usd: FloatArray, high_usd: FloatArray, platforms: tuple[str, ...]) -> dict[str, object]:
    at_low, at_high = int(np.argmin(low_usd)), int(np.argmin(high_usd))
    return {
        "cost_at_low_usd": float(low_usd[chosen]),
        "cost_at_high_usd": float(high_usd[chosen]),
        "swing_usd": _swing(float(low_usd[chosen]), float(high_usd[chosen])),
        "best_at_low_usd": float(low_usd[at_low]),
        "best_at_high_usd": float(high_usd[at_high]),
        "best_swing_usd": _swing(float(low_usd[at_low]), float(high_usd[at_high])),
        "winner_at_low": platforms[at_low] if np.isfinite(low_usd[at_low]) else NOTHING_FITS,
        "winner_at_high": platforms[at_high] if np.isfinite(high_usd[at_high]) else NOTHING_FITS,
    }


def _swing(low_usd: float, high_usd: float) -> float:
    """From the low to the high end; infinite where a limit is missed at both."""
    return np.inf if np.isinf(low_usd) and np.isinf(high_usd) else high_usd - low_usd
