"""The portfolio: explore every pack, share cells between packs, choose, and prove the choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.errors import InfeasibleError, SolverError
from lcopt.performance.limits import LimitCheck, LimitKind
from lcopt.selection.certificate import Certificate, certify
from lcopt.selection.diagnosis import Diagnosis, PackDiagnosis, diagnose_pack, missed_bounds
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import Explored
from lcopt.selection.fleet_diagnosis import diagnose_fleet
from lcopt.selection.instance import Pairs, PortfolioInstance, missed_rows_usd
from lcopt.selection.lines import Lines
from lcopt.selection.numbering import numbers_of
from lcopt.selection.platform_costs import fixed_costs_usd
from lcopt.selection.pooled import LineCost, OnLines, PooledLines
from lcopt.selection.portfolio_risk import risk_of_pairs
from lcopt.selection.portfolio_rows import Fleet, LimitState, limit_values, pair_rows, platform_rows
from lcopt.selection.proving import IMPOSSIBLE, Proof, prove
from lcopt.selection.search import explore_each
from lcopt.selection.sharing import share
from lcopt.selection.space import Platforms
from lcopt.selection.tasks import PackTask
from lcopt.selection.workers import workers

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Portfolio:
    """All evaluated candidates of all packs, and which of the feasible ones share a platform.

    `platform[v]` holds the number of the platform of every candidate of pack v, -1 where it is not feasible.
    """

    explored: tuple[Explored, ...]
    platform: tuple[IntArray, ...]

    @property
    def candidates_count(self) -> int:
        """Candidates evaluated."""
        return sum(one.evaluated_count for one in self.explored)

    @property
    def feasible_count(self) -> int:
        """Candidates that meet every limit."""
        return sum(int(one.feasible.sum()) for one in self.explored)


@dataclass(frozen=True)
class Selection:
    """The chosen candidate of every pack, with the proof.

    `lines` is what the chosen packs cost on every line, empty where volumes are not pooled; `missed_usd` what limits of
    the fleet cost that may be missed at a price. `limits` says what the choice makes of all limits of the fleet.
    `instance` and `proof` are the decision in plain arrays, for more questions.
    """

    portfolio: Portfolio
    chosen: tuple[int, ...]
    platform: tuple[int, ...]
    certificate: Certificate
    lines: tuple[LineCost, ...]
    missed_usd: float
    limits: tuple[LimitState, ...]
    instance: PortfolioInstance
    proof: Proof


def explore_packs(
    tasks: Sequence[PackTask], engineering: Engineering, progress: Progress | None = None, jobs: int = 1
) -> Portfolio:
    """Evaluate the candidates of every pack.

    Parameters
    ----------
    tasks : sequence of PackTask
    engineering : Engineering
    progress : callable, optional
        Called with the name of the stage and the share of it that is done.
    jobs : int
        Packs that are explored at once, each in a process of its own; the outcome is the same.

    Raises
    ------
    InfeasibleError
        Where a pack has no candidate within its limits; its diagnosis says what would do.
    SolverError
        Where a process ended early.
    """
    jobs = min(jobs, len(tasks))
    with workers(engineering, jobs) as crew:
        explored = explore_each(tasks, engineering, crew if jobs > 1 else None, progress)
        _require_feasible(explored)
        if len(explored) > 1 and not engineering.given.only:
            explored = share(explored, engineering, crew)
    return numbered(explored)


def select(portfolio: Portfolio, engineering: Engineering, platforms_max: int | None, time_limit_s: float) -> Selection:
    """Choose one candidate a pack at the lowest fleet cost, and prove it.

    A choice without a proof, where the solver stops at its time limit, says so in its certificate.

    Raises
    ------
    InfeasibleError
        Where no choice meets the limits of the fleet and `platforms_max` together; its diagnosis says what would do.
    SolverError
        Where the solver stops before any choice is known.
    """
    instance = portfolio_instance(portfolio, engineering)
    if platforms_max is not None:
        instance = instance.with_platforms_max(platforms_max)
    proof = prove(instance, gap=engineering.scenario.portfolio.gap_max_frac, time_limit_s=time_limit_s)
    if proof.status == IMPOSSIBLE:
        diagnosis = diagnose_fleet(Fleet(portfolio.explored, engineering, instance.pairs), instance)
        raise InfeasibleError(str(diagnosis), diagnosis)
    if not proof.feasible:
        message = f"stopped with '{proof.status}' before any choice was found; raise --time-limit, or leave it out"
        raise SolverError(message)
    pairs = instance.pairs.take(proof.chosen)
    return Selection(
        portfolio=portfolio,
        chosen=tuple(pairs.candidate.tolist()),
        platform=tuple(pairs.platform.tolist()),
        certificate=certify(proof, (portfolio.candidates_count, portfolio.feasible_count, len(instance.groups))),
        lines=_line_costs(portfolio, engineering, instance, proof),
        missed_usd=float(missed_rows_usd(instance, proof.chosen)),
        limits=_states(Fleet(portfolio.explored, engineering, instance.pairs), instance, proof.chosen),
        instance=instance,
        proof=proof,
    )


def _states(fleet: Fleet, instance: PortfolioInstance, chosen: IntArray) -> tuple[LimitState, ...]:
    values = limit_values(fleet, instance, chosen)
    return tuple(LimitState(limit, value) for limit, value in values.items())


def _line_costs(
    portfolio: Portfolio, engineering: Engineering, instance: PortfolioInstance, proof: Proof
) -> tuple[LineCost, ...]:
    pooled = _pooled(portfolio, engineering)
    return () if pooled is None else tuple(pooled.costs(instance, proof.chosen, portfolio.explored))


def _pooled(portfolio: Portfolio, engineering: Engineering) -> PooledLines | None:
    """The lines of a portfolio whose volumes are pooled."""
    if engineering.pooled is None:
        return None
    return PooledLines.of([one.task for one in portfolio.explored], engineering)


def portfolio_instance(portfolio: Portfolio, engineering: Engineering) -> PortfolioInstance:
    """The decision in plain arrays: every feasible candidate, its fleet cost and lines, fixed costs, limits as rows.

    Where volumes are pooled, the work at the size of the plant is taken out of the fleet cost: its lines cost it.
    """
    index = [np.flatnonzero(platform >= 0) for platform in portfolio.platform]
    pooled = _pooled(portfolio, engineering)
    loads = [
        _no_load(len(kept)) if pooled is None else pooled.loads(number, one, kept)
        for number, (one, kept) in enumerate(zip(portfolio.explored, index, strict=True))
    ]
    costs = [
        one.cost_usd_per_pack[kept] * one.task.packs_discounted - load.conversion_usd.sum(axis=0)
        for one, kept, load in zip(portfolio.explored, index, loads, strict=True)
    ]
    risk = risk_of_pairs(portfolio.explored, index, engineering)
    pack = np.repeat(np.arange(len(index)), [kept.size for kept in index])
    platform = np.concatenate([own[kept] for own, kept in zip(portfolio.platform, index, strict=True)])
    order = np.lexsort((platform, pack))
    platforms_count = int(platform.max(initial=-1)) + 1
    pairs = Pairs(
        pack=pack,
        platform=platform,
        candidate=np.concatenate(index),
        cost_usd=np.concatenate(costs),
        line=np.concatenate([load.line for load in loads]),
        rate=np.concatenate([load.rate for load in loads]),
    )
    pairs = pairs.take(order)
    fleet = Fleet(portfolio.explored, engineering, pairs)
    return PortfolioInstance(
        pack_names=tuple(one.task.pack.name for one in portfolio.explored),
        platform_names=tuple(f"p{number}" for number in range(platforms_count)),
        pairs=pairs,
        platform_fixed_cost_usd=_fixed_costs_usd(portfolio, engineering, platforms_count),
        lines=Lines.none() if pooled is None else pooled.lines(),
        rows=pair_rows(fleet),
        platform_rows=platform_rows(fleet, platforms_count),
        risk=None if risk is None else risk.take(order),
        peaks=None if pooled is None else pooled.peaks(),
    )


def _no_load(count: int) -> OnLines:
    none = np.empty((count, 0))
    return OnLines(none.astype(np.int64), none, np.zeros((1, count)))


def _fixed_costs_usd(portfolio: Portfolio, engineering: Engineering, platforms_count: int) -> FloatArray:
    costs = np.empty(platforms_count)
    for one, number in zip(portfolio.explored, portfolio.platform, strict=True):
        own, first = np.unique(number, return_index=True)
        first, own = first[own >= 0], own[own >= 0]
        costs[own] = fixed_costs_usd(one.candidates.platforms.take(first), engineering)
    return costs


def numbered(explored: Sequence[Explored]) -> Portfolio:
    """Explored packs with equal numbers for identical cells that are feasible, in the order of their properties."""
    feasible = [np.flatnonzero(one.feasible) for one in explored]
    cells = Platforms.join([one.candidates.platforms.take(kept) for one, kept in zip(explored, feasible, strict=True)])
    numbers = np.split(numbers_of(cells), np.cumsum([kept.size for kept in feasible])[:-1])
    platforms = []
    for one, kept, own in zip(explored, feasible, numbers, strict=True):
        platform = np.full(len(one), -1, dtype=np.int64)
        platform[kept] = own
        platforms.append(platform)
    return Portfolio(tuple(explored), tuple(platforms))


def _require_feasible(explored: Sequence[Explored]) -> None:
    missing = [one for one in explored if not one.feasible.any()]
    if missing:
        diagnosis = Diagnosis(tuple(diagnose(one) for one in missing))
        raise InfeasibleError(str(diagnosis), diagnosis)


def diagnose(explored: Explored) -> PackDiagnosis:
    """Why no candidate of one pack is feasible; the bounds of the catalog stay."""
    name, inside = explored.task.pack.name, explored.within_bounds
    if not inside.any():
        return PackDiagnosis(name, 0, (), (), missed_bounds(explored.check, explored.values))
    rows = [row for row, limit in enumerate(explored.check.limits) if limit.kind is LimitKind.SCENARIO]
    check = LimitCheck(tuple(explored.check.limits[row] for row in rows), explored.check.met[rows][:, inside])
    values = {limit.quantity: explored.values[limit.quantity][inside] for limit in check.limits}
    return diagnose_pack(name, check, values)
