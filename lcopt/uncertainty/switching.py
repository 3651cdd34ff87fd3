"""From which value of a price or a term another cell wins, and which: exact for prices, by re-evaluation for terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.uncertainty.choices import Choices
from lcopt.uncertainty.decided import Decided
from lcopt.uncertainty.factors import Factor
from lcopt.uncertainty.line_search import DOWN, UP, switches

COLUMNS = (
    "field",
    "value",
    "unit",
    "next_winner",
    "changes",
    "now",
    "side",
    "winner",
    "within_range",
    "method",
)
CHEMISTRY, PLATFORM = "chemistry", "platform"
EXACT, EVALUATED = "exact", "evaluated anew"
# Relative precision of a value that is found by re-evaluation.
PRECISION_FRAC = 1e-6
# Points of the way at which straight lines are compared.
GRID_COUNT = 1001


@dataclass(frozen=True)
class Ends:
    """Costs of all choices at the low and the high end of a factor, shape (n_choices,)."""

    low_usd: FloatArray
    high_usd: FloatArray


def switching_table(
    decided: Decided, choices: Choices, factors: Mapping[Factor, Ends], platforms: tuple[str, ...]
) -> pd.DataFrame:
    """The nearest value of every price and term, each way, from which another chemistry or another platform wins.

    Parameters
    ----------
    decided : Decided
    choices : Choices
    factors : mapping
        The terms with the costs at their ends, between which they are searched.
    platforms : tuple of str
        Platform of every choice in words.
    """
    chemistries = decided.names(choices.pairs, decided.chemistry_words)
    rows: list[dict[str, object]] = []
    for changes, names in ((CHEMISTRY, chemistries), (PLATFORM, platforms)):
        kind = np.unique(names, return_inverse=True)[1]
        found = [*_of_prices(decided, choices, kind), *_of_factors(decided, choices, factors, kind)]
        rows += [
            row | {"changes": changes, "winner": platforms[winner], "next_winner": platforms[after]}
            for row, winner, after in found
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


Found = tuple[dict[str, object], int, int]


def _of_prices(decided: Decided, choices: Choices, kind: IntArray) -> Iterator[Found]:
    for number, price in enumerate(decided.prices.uncertain):
        for item in switches(choices.costs, decided.prices.values, number, kind):
            row = {
                "field": price.field,
                "value": item.value,
                "unit": price.unit,
                "now": price.value,
                "side": item.side,
                "within_range": price.low <= item.value <= price.high,
                "method": EXACT,
            }
            yield row, item.winner, item.next_winner


def _of_factors(decided: Decided, choices: Choices, factors: Mapping[Factor, Ends], kind: IntArray) -> Iterator[Found]:
    now_usd = choices.costs.at(decided.prices.values)
    for factor, ends in factors.items():
        if not factor.switchable:
            continue
        for side, end, end_usd in ((DOWN, factor.low, ends.low_usd), (UP, factor.high, ends.high_usd)):

            def costs(value: float, index: IntArray, factor: Factor = factor) -> FloatArray:
                return decided.under(factor.at(decided.terms, value)).costs(choices.pairs[index])

            found = first_switch(costs, now_usd, end_usd, kind, factor.value, end)
            if found is not None:
                value, winner, after = found
                row = {
                    "field": factor.field,
                    "value": value,
                    "unit": factor.unit,
                    "now": factor.value,
                    "side": side,
                    "within_range": True,
                    "method": EVALUATED,
                }
                yield row, winner, after


def first_switch(
    costs: Callable[[float, IntArray], FloatArray],
    now_usd: FloatArray,
    end_usd: FloatArray,
    kind: IntArray,
    now: float,
    end: float,
) -> tuple[float, int, int] | None:
    """Where between two values of a term a choice of another kind becomes the best; None where none does.

    Parameters
    ----------
    costs : callable
        From a value and choices to their costs.
    now_usd, end_usd : ndarray, shape (n_choices,)
        Costs at the two values.
    kind : ndarray, shape (n_choices,)

    Returns
    -------
    tuple
        The value, the winner before it and the one after it.

    Notes
    -----
    Looked at are the choices that can be the best: the difference of two costs is taken to grow or fall all the way, so
    that a choice that is dearer than another at both ends is so between them. Straight lines between the ends tell
    where to look first. A choice that misses a limit at the end takes no part.
    """
    front = _undominated(np.flatnonzero(np.isfinite(end_usd)), now_usd, end_usd)
    own = kind[front] == kind[int(now_usd.argmin())]
    if now == end or own.all() or not own.any():
        return None

    def lead(value: float) -> float:
        cost = costs(value, front)
        return float(cost[~own].min() - cost[own].min())

    probes = [now + share * (end - now) for share in _probes(now_usd[front], end_usd[front], own)]
    before = now
    for probe in probes:
        if lead(probe) < 0:
            precision = PRECISION_FRAC * abs(end - now)
            value = now if lead(before) <= 0 else float(brentq(lead, before, probe, xtol=precision))
            cost = costs(value, front)
            winner, after = (front[part][cost[part].argmin()] for part in (own, ~own))
            return value, int(winner), int(after)
        before = probe
    return None


def _probes(now_usd: FloatArray, end_usd: FloatArray, own: BoolArray) -> list[float]:
    """Shares of the way at which another kind may lead: the middle of its first run on straight lines, and the end."""
    shares = np.linspace(0.0, 1.0, GRID_COUNT)
    cost = now_usd + shares[:, None] * (end_usd - now_usd)
    led = cost[:, ~own].min(axis=1) < cost[:, own].min(axis=1)
    first = int(led.argmax())
    if not led[first]:
        return [1.0]
    behind = np.flatnonzero(~led[first:])
    last = first + int(behind[0]) - 1 if behind.size else GRID_COUNT - 1
    return sorted({float(shares[first] + shares[last]) / 2, 1.0})


def _undominated(index: IntArray, first: FloatArray, second: FloatArray) -> IntArray:
    """The choices of `index` that no other one of them beats by both costs."""
    order = index[np.lexsort((second[index], first[index]))]
    least = np.minimum.accumulate(second[order])
    front = np.ones(len(order), dtype=bool)
    front[1:] = second[order][1:] < least[:-1]
    return order[front]
