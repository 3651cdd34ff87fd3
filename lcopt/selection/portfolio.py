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
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import Pairs, PortfolioInstance
from lcopt.selection.lines import Lines
from lcopt.selection.pooled import LineCost, OnLines, PooledLines
from lcopt.selection.proving import IMPOSSIBLE, Proof, prove
from lcopt.selection.search import (
    explore,
    offer_loadings,
    offer_platforms,
    with_loadings,
    with_platforms,
)
from lcopt.selection.tasks import PackTask

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

    `lines` is what the chosen packs cost on every line, empty where volumes are not pooled.
    """

    portfolio: Portfolio
    chosen: tuple[int, ...]
    platform: tuple[int, ...]
    certificate: Certificate
    lines: tuple[LineCost, ...]


def explore_packs(tasks: Sequence[PackTask], engineering: Engineering, progress: Progress | None = None) -> Portfolio:
    """Evaluate the candidates of every pack.

    Raises
    ------
    InfeasibleError
        Where a pack has no candidate within its limits; its diagnosis says what would do.
    """
    explored = []
    for number, task in enumerate(tasks):
        report = _share_of(progress, number, len(tasks)) if progress else None
        explored.append(explore(task, engineering, report))
    _require_feasible(explored)
    if len(explored) > 1 and not engineering.given.only:
        explored = _shared(explored, engineering)
    return _numbered(explored)


def select(
    portfolio: Portfolio,
    engineering: Engineering,
    platform_fixed_cost_usd: float,
    platforms_max: int | None,
    time_limit_s: float,
) -> Selection:
    """Choose one candidate a pack at the lowest fleet cost, and prove it.

    Raises
    ------
    InfeasibleError
        Where no set of at most `platforms_max` platforms serves all packs.
    SolverError
        Where the solver stops without a proof; the message gives the incumbent and its gap.
    """
    instance = portfolio_instance(portfolio, engineering, platform_fixed_cost_usd)
    if platforms_max is not None:
        instance = instance.with_platforms_max(platforms_max)
    proof = prove(instance, time_limit_s=time_limit_s)
    if proof.status == IMPOSSIBLE:
        message = (
            f"no {platforms_max} cell platform(s) of the catalog serve the packs {', '.join(instance.pack_names)} "
            "together; raise search.platforms_max or relax the limits that set the packs apart"
        )
        raise InfeasibleError(message)
    if not proof.feasible:
        message = f"HiGHS stopped with '{proof.status}' before it found any choice; raise the time limit"
        raise SolverError(message)
    pairs_count = len(np.unique(np.column_stack([instance.pairs.pack, instance.pairs.platform]), axis=0))
    certificate = certify(proof, (portfolio.candidates_count, portfolio.feasible_count, pairs_count))
    if not proof.proven:
        message = (
            f"HiGHS stopped with '{proof.status}' before the proof: cost {certificate.lifecycle_cost_usd:.6g} USD, "
            f"bound {certificate.lower_bound_usd:.6g} USD, gap {certificate.gap_frac:.2e}"
        )
        raise SolverError(message)
    pairs = instance.pairs.take(proof.chosen)
    return Selection(
        portfolio=portfolio,
        chosen=tuple(pairs.candidate.tolist()),
        platform=tuple(pairs.platform.tolist()),
        certificate=certificate,
        lines=_line_costs(portfolio, engineering, instance, proof),
    )


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


def portfolio_instance(
    portfolio: Portfolio, engineering: Engineering, platform_fixed_cost_usd: float
) -> PortfolioInstance:
    """The decision in plain arrays: every feasible candidate, its fleet cost, its lines, and one fixed cost a platform.

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
    pack = np.repeat(np.arange(len(index)), [kept.size for kept in index])
    platform = np.concatenate([own[kept] for own, kept in zip(portfolio.platform, index, strict=True)])
    order = np.lexsort((platform, pack))
    count, platforms_count = len(pack), int(platform.max(initial=-1)) + 1
    pairs = Pairs(
        pack=pack,
        platform=platform,
        candidate=np.concatenate(index),
        cost_usd=np.concatenate(costs),
        line=np.concatenate([load.line for load in loads]),
        rate=np.concatenate([load.rate for load in loads]),
    )
    return PortfolioInstance(
        pack_names=tuple(one.task.pack.name for one in portfolio.explored),
        platform_names=tuple(f"p{number}" for number in range(platforms_count)),
        pairs=pairs.take(order),
        platform_fixed_cost_usd=np.full(platforms_count, platform_fixed_cost_usd),
        lines=Lines.none() if pooled is None else pooled.lines(),
        rows=LinearRows.none(count),
        platform_rows=LinearRows.none(platforms_count),
        peaks=None if pooled is None else pooled.peaks(),
    )


def _no_load(count: int) -> OnLines:
    none = np.empty((count, 0))
    return OnLines(none.astype(np.int64), none, np.zeros((1, count)))


def _shared(explored: list[Explored], engineering: Engineering) -> list[Explored]:
    """Every pack also with the loadings and the cells that the others offer."""
    offers = [offer_loadings(one, engineering) for one in explored]
    richer = [with_loadings(one, _of_others(offers, number), engineering) for number, one in enumerate(explored)]
    cells = [offer_platforms(one, engineering) for one in richer]
    for number in range(len(richer)):
        for other, (platforms, energy_kwh) in enumerate(cells):
            if other != number:
                richer[number] = with_platforms(richer[number], platforms, energy_kwh, engineering)
    return richer


def _of_others(offers: list[list[FloatArray]], number: int) -> list[FloatArray]:
    others = [offer for other, offer in enumerate(offers) if other != number]
    return [np.unique(np.concatenate(loadings)) for loadings in zip(*others, strict=True)]


def _numbered(explored: list[Explored]) -> Portfolio:
    feasible = [np.flatnonzero(one.feasible) for one in explored]
    keys = [one.candidates.platforms.take(index).keys for one, index in zip(explored, feasible, strict=True)]
    _, number = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
    numbers = np.split(number.ravel(), np.cumsum([index.size for index in feasible])[:-1])
    platforms = []
    for one, index, own in zip(explored, feasible, numbers, strict=True):
        platform = np.full(len(one), -1, dtype=np.int64)
        platform[index] = own
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


def _share_of(progress: Progress, number: int, count: int) -> Callable[[float], None]:
    return lambda done: progress("candidates", (number + done) / count)
