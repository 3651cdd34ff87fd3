"""The proof: the model with secants from below, the exact cost from above, until they meet."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.enumeration import choices_below
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd, meets_rows, open_platforms, rates_of
from lcopt.selection.lines import secants
from lcopt.selection.model import portfolio_model
from lcopt.selection.pruning import BOUND_TOLERANCE, Bounded, bounded, gap_frac
from lcopt.selection.ramped import is_ramped, plain_below
from lcopt.selection.solver import DEFAULT_TIME_LIMIT_S, Solution, solve_model
from lcopt.selection.timing import Clock, Deadline

DEFAULT_GAP_FRAC = 1e-6
# Beginnings of choices that are worth carrying on before the solver is asked.
BEGINNINGS_MAX = 50_000
# With more pairs left they are not tried: a beginning goes on with every pair of the next pack.
ENUMERATED_MAX = 400
# Breakpoints at every incumbent end the rounds after a few; more mean that rounding keeps them from ending.
ROUNDS_MAX = 100
NO_SOLVER = "none needed"
DONE, STOPPED, IMPOSSIBLE = "optimal", "time limit", "infeasible"


@dataclass(frozen=True)
class Proof:
    """The best choice known, the bound below which none lies, and how they were found.

    Attributes
    ----------
    chosen : ndarray, shape (n_packs,)
        Index into the pairs of the instance, one a pack; empty where no choice is known.
    platforms : ndarray
        Platforms that the choice opens.
    cost_usd : float
        Exact cost of the choice, infinite without one.
    lower_bound_usd : float
        No choice costs less; infinite where there is none.
    proven : bool
        Whether the gap asked for is reached, or it is certain that there is no choice.
    rounds : int
        Models solved; 0 where bounds alone close the gap.
    """

    chosen: IntArray
    platforms: IntArray
    cost_usd: float
    lower_bound_usd: float
    proven: bool
    rounds: int
    pairs_count: int
    solved_pairs_count: int
    status: str
    solver: str

    @property
    def feasible(self) -> bool:
        """Whether a choice is known."""
        return bool(len(self.chosen))

    @property
    def gap_frac(self) -> float:
        """Relative distance of cost and bound."""
        return gap_frac(self.cost_usd, self.lower_bound_usd)


def prove(
    instance: PortfolioInstance,
    gap: float = DEFAULT_GAP_FRAC,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
    clock: Clock = time.monotonic,
) -> Proof:
    """Find the cheapest choice of one pair a pack, and prove it.

    Parameters
    ----------
    instance : PortfolioInstance
    gap : float
        Relative gap at which the proof ends.
    time_limit_s : float
        For all rounds together; then the best choice stands with its true gap. [s]

    Returns
    -------
    Proof
        Without a choice where the rows leave none.
    """
    deadline = Deadline.after(time_limit_s, clock)
    if not instance.served:
        return _ended(instance, None, np.inf, len(instance.pairs), (), IMPOSSIBLE)
    known = bounded(instance, gap, deadline=deadline)
    if known.closed(gap):
        status = IMPOSSIBLE if known.chosen is None else DONE
        return _ended(instance, known.chosen, known.lower_bound_usd, known.index.size, (), status)
    if is_ramped(instance):
        if (best := _by_enumeration(instance, known)) is not None:
            cost = float(exact_cost_usd(instance, best))
            return _ended(instance, best, cost, known.index.size, (), DONE)
        known = _bounded_below(instance, known, gap, deadline)
    return _by_secants(instance, known, gap, deadline)


def _by_enumeration(instance: PortfolioInstance, known: Bounded) -> IntArray | None:
    """The best of all choices that cost less than the known one without ramps; None where they are too many."""
    if known.chosen is None or len(known.index) > ENUMERATED_MAX:
        return None
    left, plain = instance.take(known.index), plain_below(instance, known.chosen).take(known.index)
    most_usd = known.upper_bound_usd + BOUND_TOLERANCE * abs(known.upper_bound_usd)
    chosen, cost, complete = choices_below(left, plain, most_usd, BEGINNINGS_MAX)
    return known.index[chosen[cost.argmin()]] if complete and len(cost) else None


def _bounded_below(instance: PortfolioInstance, known: Bounded, gap: float, deadline: Deadline) -> Bounded:
    """The bounds with the optimum without ramps, which costs no more."""
    plain = plain_below(instance, known.chosen).take(known.index)
    below = prove(plain, gap, deadline.left_s, deadline.clock)
    return replace(known, lower_bound_usd=max(known.lower_bound_usd, below.lower_bound_usd))


def _by_secants(instance: PortfolioInstance, known: Bounded, gap: float, deadline: Deadline) -> Proof:
    """Solve with the secants known so far, add the rates of what was found as breakpoints, and again."""
    left = instance.take(known.index).compact()
    best = known.within()
    cost, bound = known.upper_bound_usd, known.lower_bound_usd
    breakpoints = [] if best is None else [rates_of(left, best)]
    tails = _tails(left, best)
    solutions: list[Solution] = []
    status = STOPPED
    while len(solutions) < ROUNDS_MAX and (remaining := deadline.left_s) > 0:
        model = portfolio_model(left, secants(left.lines, left.highest_rate, breakpoints), tails)
        solution = solve_model(model, gap, remaining)
        solutions.append(solution)
        bound = max(bound, solution.bound_usd)
        if solution.chosen is not None and meets_rows(left, solution.chosen):
            exact = float(exact_cost_usd(left, solution.chosen))
            if exact < cost:
                best, cost = solution.chosen, exact
            breakpoints.append(rates_of(left, solution.chosen))
            tails = np.concatenate([tails, _tails(left, solution.chosen)])
        if gap_frac(cost, min(bound, cost)) <= gap or bound == np.inf:
            status = DONE if np.isfinite(cost) else IMPOSSIBLE
            break
        if not solution.finished:
            break
    found = None if best is None else known.index[best]
    return _ended(instance, found, bound, known.index.size, tuple(solutions), status)


def _tails(instance: PortfolioInstance, chosen: IntArray | None) -> FloatArray:
    """The weights of the dear scenarios at a choice; without one those of the probabilities."""
    if instance.risk is None:
        return np.empty((0, 0))
    if chosen is None:
        return instance.risk.probability_frac[None, :]
    return instance.risk.tail_weights(instance.risk.cost_usd[chosen].sum(axis=0))[None, :]


def _ended(
    instance: PortfolioInstance,
    found: IntArray | None,
    bound_usd: float,
    solved_pairs_count: int,
    solutions: tuple[Solution, ...],
    status: str,
) -> Proof:
    chosen = np.empty(0, dtype=np.int64) if found is None else found
    cost = float(exact_cost_usd(instance, chosen)) if len(chosen) else np.inf
    platforms = np.flatnonzero(open_platforms(instance, chosen)) if len(chosen) else chosen
    return Proof(
        chosen=chosen,
        platforms=platforms,
        cost_usd=cost,
        lower_bound_usd=min(bound_usd, cost),
        proven=status != STOPPED,
        rounds=len(solutions),
        pairs_count=len(instance.pairs),
        solved_pairs_count=solved_pairs_count,
        status=status,
        solver=solutions[-1].solver if solutions else NO_SOLVER,
    )
