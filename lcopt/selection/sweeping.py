"""Many settings of limits on one portfolio: an optimum that still meets a tighter setting is optimal there too."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import PortfolioInstance, row_totals
from lcopt.selection.proving import DEFAULT_GAP_FRAC, Proof, prove
from lcopt.selection.solver import DEFAULT_TIME_LIMIT_S

# A step of the front below the last total, relative to the numbers of the metric.
FRONT_STEP_FRAC = 1e-6


@dataclass(frozen=True)
class Sweep:
    """The optimum of every setting.

    Attributes
    ----------
    proofs : tuple of Proof, length n_settings
        With pairs of the whole instance; settings may share one.
    solved_count : int
        Settings that were solved; the others reuse an optimum.
    """

    proofs: tuple[Proof, ...]
    solved_count: int


@dataclass(frozen=True)
class _Solved:
    bounds: FloatArray
    reached: FloatArray
    proof: Proof


def sweep_limits(
    instance: PortfolioInstance,
    metrics: FloatArray,
    settings: FloatArray,
    gap: float = DEFAULT_GAP_FRAC,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> Sweep:
    """Find the optimum of every setting of limits on the candidates.

    Parameters
    ----------
    instance : PortfolioInstance
    metrics : ndarray, shape (n_pairs, n_metrics)
        Less is better; negate what has a lower limit.
    settings : ndarray, shape (n_settings, n_metrics)
        Highest metric of any chosen pair.
    gap, time_limit_s : float
        For each setting that is solved.

    Notes
    -----
    The bound of a looser setting holds for a tighter one, as that allows fewer choices.
    """
    solved: list[_Solved] = []
    proofs: list[Proof | None] = [None] * len(settings)
    order = np.argsort(-_looseness(metrics, settings), kind="stable")
    for number in order.tolist():
        bounds = settings[number]
        proof = _reusable(solved, bounds)
        if proof is None:
            index = np.flatnonzero((metrics <= bounds).all(axis=1))
            proof = _in_whole(prove(instance.take(index), gap, time_limit_s), index)
            reached = metrics[proof.chosen].max(axis=0) if proof.feasible else np.full(metrics.shape[1], -np.inf)
            solved.append(_Solved(bounds, reached, proof))
        proofs[number] = proof
    return Sweep(tuple(proof for proof in proofs if proof is not None), len(solved))


def _looseness(metrics: FloatArray, settings: FloatArray) -> FloatArray:
    """Share of pairs that meet each limit of a setting, added up: a looser setting never has less."""
    ranks = [
        np.searchsorted(np.sort(metric), bound, side="right")
        for metric, bound in zip(metrics.T, settings.T, strict=True)
    ]
    looseness: FloatArray = np.sum(ranks, axis=0).astype(float)
    return looseness


def _reusable(solved: list[_Solved], bounds: FloatArray) -> Proof | None:
    """The optimum of a looser setting that meets these bounds, or that there is none even there."""
    for earlier in solved:
        if earlier.proof.proven and (earlier.bounds >= bounds).all() and (earlier.reached <= bounds).all():
            return earlier.proof
    return None


def _in_whole(proof: Proof, index: IntArray) -> Proof:
    return replace(proof, chosen=index[proof.chosen])


def cost_front(
    instance: PortfolioInstance,
    metric: LinearRows,
    points_max: int,
    gap: float = DEFAULT_GAP_FRAC,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> tuple[tuple[float, Proof], ...]:
    """Cost against the fleet total of a metric: from the cheapest choice down, each the cheapest with a lower total.

    Parameters
    ----------
    metric : LinearRows
        One row with the metric of every pair; its bounds do not count.
    points_max : int
        Up to so many totals, evenly spread where the front has more points.
    """
    lowest = _with_cap(replace(instance, rows=instance.rows.with_rows(metric)), np.inf)
    cheapest = prove(lowest, gap, time_limit_s)
    if not cheapest.feasible:
        return ()
    start = _total(lowest, cheapest)
    least = _least_total(instance, metric, gap, time_limit_s)
    smallest = FRONT_STEP_FRAC * float(metric.scale[0])
    step = max((start - least) / points_max, smallest)
    points = [(start, cheapest)]
    while points[-1][0] - smallest > least and len(points) <= points_max:
        capped = _with_cap(lowest, max(points[-1][0] - step, least))
        proof = prove(capped, gap, time_limit_s)
        if not proof.feasible:
            break
        points.append((_total(capped, proof), proof))
    return tuple(points)


def _with_cap(instance: PortfolioInstance, cap: float) -> PortfolioInstance:
    upper, lower = instance.rows.upper.copy(), instance.rows.lower.copy()
    upper[-1], lower[-1] = cap, -np.inf
    return replace(instance, rows=replace(instance.rows, upper=upper, lower=lower))


def _total(instance: PortfolioInstance, proof: Proof) -> float:
    return float(row_totals(instance, proof.chosen)[-1])


def _least_total(instance: PortfolioInstance, metric: LinearRows, gap: float, time_limit_s: float) -> float:
    """The lowest total that any choice within the rows has."""
    only = instance.at_cost(metric.coefficient[0])
    return float(metric.coefficient[0][prove(only, gap, time_limit_s).chosen].sum())
