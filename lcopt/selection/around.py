"""Answers around the optimum: the next best choices, what each platform is worth, what fewer platforms cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from lcopt.arrays import IntArray
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.proving import DEFAULT_GAP_FRAC, Proof, prove
from lcopt.selection.solver import DEFAULT_TIME_LIMIT_S


class Distinct(StrEnum):
    """What makes two choices different."""

    CANDIDATES = "candidates"
    PLATFORMS = "platforms"


@dataclass(frozen=True)
class PlatformPenalty:
    """What it costs to do without an open platform, or to build one that the optimum leaves closed.

    Attributes
    ----------
    at_least_usd, at_most_usd : float
        The penalty lies in between, for certain; infinite where it is impossible.
    proof : Proof
        The best choice then; its pairs are those of the instance without the platform where it is done without.
    """

    platform: int
    opened: bool
    at_least_usd: float
    at_most_usd: float
    proof: Proof


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


def platform_penalties(
    instance: PortfolioInstance,
    best: Proof,
    platforms: Sequence[int] | IntArray,
    gap: float = DEFAULT_GAP_FRAC,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> tuple[PlatformPenalty, ...]:
    """What it costs to do without each of the platforms that are open, and to build each one that is not.

    Parameters
    ----------
    instance : PortfolioInstance
    best : Proof
        Of the instance itself.
    """
    penalties = []
    for platform in np.asarray(platforms).tolist():
        opened = platform in set(best.platforms.tolist())
        changed = instance.without_platforms([platform]) if opened else instance.with_platforms([platform])
        proof = prove(changed, gap, time_limit_s)
        penalties.append(PlatformPenalty(platform, opened, *penalty_usd(best, proof), proof))
    return tuple(penalties)


def penalty_usd(best: Proof, other: Proof) -> tuple[float, float]:
    """What another choice costs more than the best one, at least and at most."""
    return max(other.lower_bound_usd - best.cost_usd, 0.0), max(other.cost_usd - best.lower_bound_usd, 0.0)


def by_platform_count(
    instance: PortfolioInstance,
    counts: Sequence[int],
    gap: float = DEFAULT_GAP_FRAC,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> tuple[Proof, ...]:
    """The best choice under at most so many platforms, for each count; more platforms are never dearer."""
    found: dict[int, Proof] = {}
    loosest: Proof | None = None
    for count in sorted(set(counts), reverse=True):
        # An optimum that opens no more platforms than a tighter cap allows stays optimal.
        if loosest is None or not loosest.feasible or len(loosest.platforms) > count:
            loosest = prove(instance.with_platforms_max(count), gap, time_limit_s)
        found[count] = loosest
    return tuple(found[count] for count in counts)
