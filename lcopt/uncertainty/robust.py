"""Robust choices: least expected cost, least mean over the dearest outcomes, least maximum regret."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.selection.linear_costs import COSTS_AT_ONCE, Best, LinearCosts, could_win

EXPECTED, CVAR, REGRET = "least expected cost", "least CVaR", "least maximum regret"


@dataclass(frozen=True)
class RobustChoice:
    """The best choice by one aim, with what it comes to by each of them [USD]."""

    aim: str
    choice: int
    expected_usd: float
    cvar_usd: float
    regret_max_usd: float


def robust_choices(
    costs: LinearCosts, samples: FloatArray, best: Best, tail_frac: float, chosen: int
) -> tuple[RobustChoice, ...]:
    """The best choice by each aim, over all samples of prices (n_samples, n_prices) with equal weight.

    What another choice beats at all prices is beaten by it for every aim, so only the rest is looked at; `chosen` comes
    first, as it is. `tail_frac` is the share of the dearest outcomes whose mean is the CVaR.
    """
    kept = np.unique([*np.flatnonzero(could_win(costs, samples)), chosen])
    few = costs.take(kept)
    expected = few.at(samples.mean(axis=0))
    cvar, regret = np.empty(len(kept)), np.empty(len(kept))
    step = max(1, COSTS_AT_ONCE // len(samples))
    for start in range(0, len(kept), step):
        part = slice(start, start + step)
        outcome = few.take(np.arange(len(kept))[part]).at(samples)
        cvar[part] = tail_mean(outcome, tail_frac)
        regret[part] = (outcome - best.cost_usd[:, None]).max(axis=0)
    places = {"chosen": int(np.searchsorted(kept, chosen))}
    places |= {aim: int(own.argmin()) for aim, own in ((EXPECTED, expected), (CVAR, cvar), (REGRET, regret))}
    return tuple(
        RobustChoice(aim, int(kept[at]), float(expected[at]), float(cvar[at]), float(regret[at]))
        for aim, at in places.items()
    )


def tail_mean(outcome: FloatArray, tail_frac: float) -> FloatArray:
    """Mean over the dearest share of outcomes (n_samples, n), shape (n,); the last outcome counts in part."""
    count = tail_frac * len(outcome)
    whole = min(int(np.ceil(count)), len(outcome))
    dearest = np.sort(outcome, axis=0)[::-1][:whole]
    weight = np.minimum(1.0, count - np.arange(whole))
    return np.asarray(weight @ dearest / weight.sum())
