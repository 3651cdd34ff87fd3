"""Every choice that costs nearly as little as the optimum, without a solver: packs are added one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.enumeration import choices_below
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.proving import Proof, prove
from lcopt.selection.pruning import BOUND_TOLERANCE, bounded
from lcopt.selection.ramped import plain_below

# Beginnings of choices that are carried on at once.
BEGINNINGS_MAX = 300_000


@dataclass(frozen=True)
class NearOptimal:
    """Choices within a distance of the optimum, cheapest first.

    Attributes
    ----------
    chosen : ndarray, shape (n_choices, n_packs)
        Pairs of the instance.
    cost_usd : ndarray, shape (n_choices,)
    complete : bool
        Whether no choice within the distance is missing.
    """

    chosen: IntArray
    cost_usd: FloatArray
    complete: bool


def near_optimal(
    instance: PortfolioInstance, near_frac: float, choices_max: int = BEGINNINGS_MAX, best: Proof | None = None
) -> NearOptimal:
    """Find all choices that cost at most `near_frac` more than the optimum.

    Parameters
    ----------
    instance : PortfolioInstance
    near_frac : float
        Relative distance to the optimum.
    choices_max : int
        Keep the most promising ones where there are more.
    best : Proof, optional
        Of the instance itself, where it is known.
    """
    proof = prove(instance) if best is None else best
    nothing = NearOptimal(np.empty((0, instance.packs_count), dtype=np.int64), np.empty(0), proof.proven)
    if not proof.feasible:
        return nothing
    threshold = proof.cost_usd + (near_frac + BOUND_TOLERANCE) * abs(proof.cost_usd)
    kept = bounded(instance, 0.0, near_frac).index
    left = instance.take(kept)
    plain = plain_below(instance, proof.chosen).take(kept)
    chosen, cost, complete = choices_below(left, plain, threshold, choices_max)
    ranking = np.argsort(cost, kind="stable")
    return NearOptimal(kept[chosen[ranking]], cost[ranking], complete and proof.proven)
