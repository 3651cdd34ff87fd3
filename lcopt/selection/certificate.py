"""The proof: exact cost of the choice against the bound below which no candidate of the catalog lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lcopt.selection.pruning import Pairs
from lcopt.selection.solver import Solution


@dataclass(frozen=True)
class Certificate:
    """Cost, bound and gap of a choice, with what the proof covers."""

    lifecycle_cost_usd: float
    lower_bound_usd: float
    gap_frac: float
    proven: bool
    status: str
    solver: str
    candidates_count: int
    feasible_count: int
    pairs_count: int
    solved_pairs_count: int


def certify(
    solution: Solution,
    pairs: Pairs,
    platform_fixed_cost_usd: float,
    counts: tuple[int, int, int],
) -> Certificate:
    """Re-evaluate the chosen pairs exactly and compare with the solver's bound.

    Parameters
    ----------
    solution : Solution
    pairs : Pairs
        The pairs that the solver saw.
    platform_fixed_cost_usd : float
    counts : tuple of int
        Candidates evaluated, candidates within all limits, pairs before pruning.

    Notes
    -----
    Pruned pairs cost more in any choice than a choice that the solver saw, so the bound covers them too. The bound can
    exceed the exact cost by the solver's rounding only; it is then set to the cost.
    """
    platforms = np.unique(pairs.platform[solution.chosen])
    cost = float(pairs.cost_usd[solution.chosen].sum()) + len(platforms) * platform_fixed_cost_usd
    bound = min(solution.bound_usd, cost)
    return Certificate(
        lifecycle_cost_usd=cost,
        lower_bound_usd=bound,
        gap_frac=(cost - bound) / abs(cost) if cost else 0.0,
        proven=solution.proven,
        status=solution.status,
        solver=solution.solver,
        candidates_count=counts[0],
        feasible_count=counts[1],
        pairs_count=counts[2],
        solved_pairs_count=len(pairs),
    )


def over_all(own: Certificate, every: Sequence[Certificate]) -> Certificate:
    """The certificate of the cheapest of several choices, of which `own` is one, over the candidates of all of them."""
    bound = min(item.lower_bound_usd for item in every)
    cost = own.lifecycle_cost_usd
    return replace(
        own,
        lower_bound_usd=bound,
        gap_frac=(cost - bound) / abs(cost) if cost else 0.0,
        proven=all(item.proven for item in every),
        candidates_count=sum(item.candidates_count for item in every),
        feasible_count=sum(item.feasible_count for item in every),
        pairs_count=sum(item.pairs_count for item in every),
        solved_pairs_count=sum(item.solved_pairs_count for item in every),
    )
