"""Robust choices: least expected cost, least mean over the dearest outcomes, least maximum regret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.linear_costs import COSTS_AT_ONCE, Best

CHOSEN, EXPECTED, CVAR, REGRET = "chosen", "least expected cost", "least CVaR", "least maximum regret"


@dataclass(frozen=True)
class RobustChoice:
    """The best choice by one aim, with what it comes to by each of them [USD]."""

    aim: str
    choice: int
    expected_usd: float
    cvar_usd: float
    regret_max_usd: float


def robust_choices(
    outcomes: Callable[[IntArray], FloatArray], kept: IntArray, best: Best, tail_frac: float, chosen: int
) -> tuple[RobustChoice, ...]:
    """The best choice by each aim, over all samples with equal weight.

    Parameters
    ----------
    outcomes : callable
        From choices to their costs at all samples (n_samples, n), infinite where they miss a limit. [USD]
    kept : ndarray, shape (n_kept,)
        Choices to look at, in order: what another one beats in every sample is beaten by it for every aim.
    best : Best
    tail_frac : float
        Share of the dearest outcomes whose mean is the CVaR.
    chosen : int
        Comes first, as it is.
    """
    expected, cvar, regret = np.empty(len(kept)), np.empty(len(kept)), np.empty(len(kept))
    step = max(1, COSTS_AT_ONCE // len(best.cost_usd))
    for start in range(0, len(kept), step):
        part = slice(start, start + step)
        outcome = outcomes(kept[part])
        expected[part] = outcome.mean(axis=0)
        cvar[part] = tail_mean(outcome, tail_frac)
        regret[part] = (outcome - best.cost_usd[:, None]).max(axis=0)
    places = {CHOSEN: int(np.searchsorted(kept, chosen))}
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
