"""The proof: exact cost of the choice against the bound below which no candidate of the catalog lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lcopt.selection.proving import Proof


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
    rounds: int


def certify(proof: Proof, counts: tuple[int, int, int]) -> Certificate:
    """What a proof says about a choice.

    Parameters
    ----------
    proof : Proof
        With a choice.
    counts : tuple of int
        Candidates evaluated, candidates within all limits, pairs of a pack and a platform.

    Notes
    -----
    Pruned pairs cost more in any choice than the choice that stands, so the bound covers them too. The bound can exceed
    the exact cost by the solver's rounding only; it is then set to the cost.
    """
    return Certificate(
        lifecycle_cost_usd=proof.cost_usd,
        lower_bound_usd=proof.lower_bound_usd,
        gap_frac=proof.gap_frac,
        proven=proof.proven,
        status=proof.status,
        solver=proof.solver,
        candidates_count=counts[0],
        feasible_count=counts[1],
        pairs_count=counts[2],
        solved_pairs_count=proof.solved_pairs_count,
        rounds=proof.rounds,
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
        rounds=sum(item.rounds for item in every),
    )
