"""The next best choices, and what one of them costs more than the best."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import numpy as np

from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.proving import DEFAULT_GAP_FRAC, Proof, prove
from lcopt.selection.solver import DEFAULT_TIME_LIMIT_S


class Distinct(StrEnum):
    """What makes two choices different."""

    CANDIDATES = "candidates"
    PLATFORMS = "platforms"


def k_best(
    instance: PortfolioInstance,
    count: int,
    distinct: Distinct = Distinct.CANDIDATES,
    gap: float = DEFAULT_GAP_FRAC,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> tuple[Proof, ...]:
    """The best choices in order, each proven best of those that differ from all before; fewer where there are no more.

    Parameters
    ----------
    instance : PortfolioInstance
    count : int
    distinct : Distinct
        Whether choices differ by any candidate, or by the set of open platforms.
    gap, time_limit_s : float
        For each choice.
    """
    found: list[Proof] = []
    while len(found) < count:
        proof = prove(instance, gap, time_limit_s)
        if not proof.feasible:
            break
        found.append(proof)
        instance = _without_choice(instance, proof, distinct, len(found))
    return tuple(found)


def _without_choice(instance: PortfolioInstance, proof: Proof, distinct: Distinct, number: int) -> PortfolioInstance:
    """The instance with a row that this one choice misses."""
    name = f"other than choice {number}"
    if distinct is Distinct.CANDIDATES:
        chosen = np.zeros(len(instance.pairs))
        chosen[proof.chosen] = 1.0
        row = LinearRows.one(name, "1", chosen, upper=instance.packs_count - 1.0)
        return replace(instance, rows=instance.rows.with_rows(row))
    opened = np.full(instance.platforms_count, -1.0)
    opened[proof.platforms] = 1.0
    row = LinearRows.one(name, "1", opened, upper=len(proof.platforms) - 1.0)
    return replace(instance, platform_rows=instance.platform_rows.with_rows(row))


def penalty_usd(best: Proof, other: Proof) -> tuple[float, float]:
    """What another choice costs more than the best one, at least and at most."""
    return max(other.lower_bound_usd - best.cost_usd, 0.0), max(other.cost_usd - best.lower_bound_usd, 0.0)
