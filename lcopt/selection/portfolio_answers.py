"""What is asked around the optimum of every portfolio, within a time: other sets of platforms, and the best without.

Cells that the search makes differ by fractions of a percent. So platforms are also counted by their kind: chemistry
and format of a cell that is made, the cell itself where the scenario names its cells.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from lcopt.arrays import BoolArray, IntArray
from lcopt.inputs.strategies import Strategy
from lcopt.inputs.words import FORMATS
from lcopt.selection.around import Distinct, penalty_usd
from lcopt.selection.best_sets import best_within, k_best_choices, k_best_sets, near_pairs, unserved
from lcopt.selection.dominance import undominated_pairs
from lcopt.selection.engineering import Engineering
from lcopt.selection.instance import PLATFORMS_MAX, PortfolioInstance
from lcopt.selection.portfolio import Portfolio, Selection
from lcopt.selection.proving import Proof
from lcopt.selection.replacing import irreplaceable
from lcopt.selection.space import Platforms

# Time for all answers of a run; what is not reached is counted. [s]
ANSWERS_TIME_S = 18.0
SETS_COUNT = 5
# What takes the place of a single cell is first looked for this close to the optimum.
NEAR_FRAC = 1e-3


@dataclass(frozen=True)
class Asked:
    """A portfolio that has been decided, with what each of its platforms is.

    Attributes
    ----------
    instance : PortfolioInstance
    best : Proof
        Of the instance.
    cells : Platforms
        Shape (n_platforms,).
    kind : ndarray, shape (n_platforms,)
        Equal for platforms that count as the same: chemistry and format, or the cell itself where cells are named.
    """

    instance: PortfolioInstance
    best: Proof
    cells: Platforms
    kind: IntArray

    @cached_property
    def needed(self) -> IntArray:
        """Pairs that answers by kind need."""
        return irreplaceable(self.instance, self.kind)

    @cached_property
    def small(self) -> PortfolioInstance:
        """The instance with the pairs that answers by kind need; platforms keep their numbers."""
        return self.instance.take(self.needed)

    def whole(self, proof: Proof) -> Proof:
        """A proof on the small instance with pairs of the whole one."""
        return replace(proof, chosen=self.needed[proof.chosen])

    def of_kind(self, kind: int) -> BoolArray:
        """Platforms of one kind, shape (n_platforms,)."""
        same: BoolArray = self.kind == kind
        return same


@dataclass(frozen=True)
class Restricted:
    """The best choice within some platforms; `unserved` are the packs for which they have no candidate."""

    name: str
    proof: Proof
    unserved: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """The best choice with at most `count` platforms."""

    count: int
    proof: Proof


@dataclass(frozen=True)
class Without:
    """What it costs to do without one platform, or without all of its kind: at least and at most."""

    platform: int
    distinct: str
    at_least_usd: float
    at_most_usd: float
    proof: Proof


@dataclass(frozen=True)
class RankedSet:
    """One of the best sets: all differ by platforms, or by kinds."""

    distinct: str
    rank: int
    proof: Proof


@dataclass(frozen=True)
class PortfolioAnswers:
    """All answers around one optimum, with proofs over the instance asked; `skipped_count` were not reached in time."""

    asked: Asked
    by_count: tuple[Counted, ...]
    strategies: tuple[Restricted, ...]
    without: tuple[Without, ...]
    by_chemistry: tuple[Restricted, ...]
    by_format: tuple[Restricted, ...]
    sets: tuple[RankedSet, ...]
    skipped_count: int


KINDS, PLATFORMS = "kinds", "platforms"


def asked_of(selection: Selection, engineering: Engineering) -> Asked:
    """What can be asked around a selection."""
    return asked_about(selection.portfolio, selection.instance, selection.proof, engineering)


def asked_about(portfolio: Portfolio, instance: PortfolioInstance, best: Proof, engineering: Engineering) -> Asked:
    """What can be asked around the optimum of an instance of a portfolio."""
    cells = cells_of(portfolio, instance.platforms_count)
    own = np.arange(len(cells.couple))
    kind = own if engineering.given.only else cells.couple * len(FORMATS) + cells.cell_format
    return Asked(instance, best, cells, kind)


def cells_of(portfolio: Portfolio, platforms_count: int) -> Platforms:
    """The cell of every platform of a portfolio."""
    found: dict[str, np.ndarray] = {}
    for explored, number in zip(portfolio.explored, portfolio.platform, strict=True):
        index = np.flatnonzero(number >= 0)
        for item in fields(Platforms):
            values = getattr(explored.candidates.platforms, item.name)[index]
            found.setdefault(item.name, np.zeros(platforms_count, dtype=values.dtype))[number[index]] = values
    return Platforms(**found)


def answers_of(
    asked: Asked,
    engineering: Engineering,
    time_limit_s: float = ANSWERS_TIME_S,
    clock: Callable[[], float] = time.monotonic,
) -> PortfolioAnswers:
    """Ask all questions, those first that a user names.

    Parameters
    ----------
    asked : Asked
    engineering : Engineering
    time_limit_s : float
        For all together; a question that is begun may take what is left. [s]
    """
    watch = _Watch(clock() + time_limit_s, clock)
    search = engineering.scenario.search
    couple, cell_format = asked.cells.couple, asked.cells.cell_format
    chemistries = [(name, couple == number) for number, name in enumerate(engineering.chemistries)]
    formats = [(name, cell_format == FORMATS.index(name)) for name in search.formats]
    strategies = engineering.scenario.portfolio.strategies
    # In this order; exact cells come last, as they need all the pairs.
    by_strategy = tuple(_strategies(asked, strategies, engineering, watch))
    by_count = tuple(_by_count(asked, watch))
    without_kinds = tuple(_without_kinds(asked, watch))
    by_chemistry = tuple(_best_of_each(asked, chemistries, watch))
    by_format = tuple(_best_of_each(asked, formats, watch))
    sets = tuple(_best_sets(asked, watch))
    return PortfolioAnswers(
        asked=asked,
        by_count=by_count,
        strategies=by_strategy,
        without=(*without_kinds, *_without_platforms(asked, watch)),
        by_chemistry=by_chemistry,
        by_format=by_format,
        sets=(*sets, *_best_platform_sets(asked, watch)),
        skipped_count=watch.skipped_count,
    )


class _Watch:
    """The time that is left, and how many questions it did not suffice for."""

    def __init__(self, deadline: float, clock: Callable[[], float]) -> None:
        self._deadline, self._clock = deadline, clock
        self.skipped_count = 0

    @property
    def left_s(self) -> float:
        return self._deadline - self._clock()

    def allows(self) -> bool:
        """Whether there is time for one more question; counts it where there is none."""
        self.skipped_count += self.left_s <= 0
        return self.left_s > 0

    def reached(self, proof: Proof) -> bool:
        """Whether a question has an answer: a choice, or that there is none; counts it where its time was over."""
        answered = proof.feasible or proof.proven
        self.skipped_count += not answered
        return answered

    def count_missing(self, count: int) -> None:
        """Counts the answers that a question still owed when its time was over."""
        self.skipped_count += count if self.left_s <= 0 else 0


def _best_of_each(asked: Asked, masks: Sequence[tuple[str, BoolArray]], watch: _Watch) -> Iterator[Restricted]:
    for name, allowed in masks:
        if watch.allows():
            proof = best_within(asked.small, allowed, time_limit_s=watch.left_s)
            if watch.reached(proof):
                yield Restricted(name, asked.whole(proof), unserved(asked.small, allowed))


def _strategies(
    asked: Asked, strategies: Sequence[Strategy], engineering: Engineering, watch: _Watch
) -> Iterator[Restricted]:
    for strategy in strategies:
        if not watch.allows():
            continue
        instance = asked.small
        if strategy.platforms_max is not None:
            instance = instance.with_platforms_max(strategy.platforms_max)
        allowed = allowed_platforms(strategy, asked.cells, engineering)
        proof = best_within(instance, allowed, time_limit_s=watch.left_s)
        if watch.reached(proof):
            yield Restricted(strategy.name, asked.whole(proof), unserved(instance, allowed))


def allowed_platforms(strategy: Strategy, cells: Platforms, engineering: Engineering) -> BoolArray:
    """Platforms that meet one of the alternatives of a strategy, shape (n_platforms,)."""
    allowed = np.zeros(len(cells.couple), dtype=bool)
    for item in strategy.any_of:
        couples = [number for number, name in enumerate(engineering.chemistries) if name in item.chemistries]
        formats = [FORMATS.index(name) for name in item.formats]
        fits = np.ones_like(allowed)
        if item.chemistries:
            fits &= np.isin(cells.couple, couples)
        if item.formats:
            fits &= np.isin(cells.cell_format, formats)
        allowed |= fits
    return allowed


def _by_count(asked: Asked, watch: _Watch) -> Iterator[Counted]:
    """The best with 1, 2, ... platforms up to the number of packs, whatever cap the scenario sets."""
    rows = asked.small.platform_rows
    free = replace(asked.small, platform_rows=rows.take_rows([name != PLATFORMS_MAX for name in rows.names]))
    every = np.ones(free.platforms_count, dtype=bool)
    # An optimum that opens no more platforms than a tighter cap allows stays optimal.
    loosest: Proof | None = None
    found = []
    for count in range(free.packs_count, 0, -1):
        if loosest is None or not loosest.feasible or len(loosest.platforms) > count:
            if not watch.allows():
                continue
            loosest = best_within(free.with_platforms_max(count), every, time_limit_s=watch.left_s)
            if not watch.reached(loosest):
                loosest = None
                continue
        found.append(Counted(count, asked.whole(loosest)))
    yield from reversed(found)


def _without_kinds(asked: Asked, watch: _Watch) -> Iterator[Without]:
    platforms, best = asked.best.platforms, asked.best
    _, first = np.unique(asked.kind[platforms], return_index=True)
    for platform in platforms[np.sort(first)].tolist():
        same = asked.of_kind(asked.kind[platform])
        if watch.allows():
            proof = best_within(asked.small, ~same, time_limit_s=watch.left_s)
            if watch.reached(proof):
                yield Without(platform, KINDS, *penalty_usd(best, proof), asked.whole(proof))


def _without_platforms(asked: Asked, watch: _Watch) -> Iterator[Without]:
    if not watch.allows():
        return
    index = near_pairs(asked.instance, undominated_pairs(asked.instance), NEAR_FRAC)
    near = asked.instance.take(index)
    # No choice that costs less than this lacks any of its pairs among the near ones.
    known_usd = asked.best.cost_usd + NEAR_FRAC * abs(asked.best.cost_usd)
    for platform in asked.best.platforms.tolist():
        others = np.arange(asked.instance.platforms_count) != platform
        if watch.allows():
            proof = best_within(near, others, time_limit_s=watch.left_s)
            proof = replace(proof, chosen=index[proof.chosen])
            if proof.cost_usd > known_usd:
                proof = best_within(asked.instance, others, time_limit_s=watch.left_s)
            if watch.reached(proof):
                yield Without(platform, PLATFORMS, *penalty_usd(asked.best, proof), proof)


def _best_sets(asked: Asked, watch: _Watch) -> Iterator[RankedSet]:
    if watch.allows():
        found = k_best_sets(asked.small, asked.kind, asked.best, SETS_COUNT, watch.left_s)
        watch.count_missing(SETS_COUNT - len(found))
        # The first of them is the optimum itself, whose pairs are those of the whole instance already.
        proofs = (asked.best, *map(asked.whole, found[1:])) if found else ()
        yield from (RankedSet(KINDS, rank, proof) for rank, proof in enumerate(proofs, start=1))


def _best_platform_sets(asked: Asked, watch: _Watch) -> Iterator[RankedSet]:
    if watch.allows():
        limit_s = watch.left_s / SETS_COUNT
        found = k_best_choices(asked.instance, asked.best, SETS_COUNT, Distinct.PLATFORMS, time_limit_s=limit_s)
        watch.count_missing(SETS_COUNT - len(found))
        yield from (RankedSet(PLATFORMS, rank, proof) for rank, proof in enumerate(found, start=1))
