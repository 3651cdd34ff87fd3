"""What is asked around the optimum of every portfolio, within a time: other sets of platforms, and the best without.

Cells that the search makes differ by fractions of a percent. So platforms are also counted by their kind: chemistry
and format of a cell that is made, the cell itself where the scenario names its cells.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from itertools import chain

import numpy as np

from lcopt.arrays import BoolArray, IntArray
from lcopt.inputs.strategies import Strategy
from lcopt.inputs.words import FORMATS
from lcopt.selection.around import Distinct, penalty_usd
from lcopt.selection.best_sets import best_within, k_best_choices, k_best_sets, near_pairs, unserved
from lcopt.selection.desk import Desk, Question, desk
from lcopt.selection.dominance import undominated_pairs
from lcopt.selection.engineering import Engineering
from lcopt.selection.instance import PLATFORMS_MAX, PortfolioInstance
from lcopt.selection.portfolio import Portfolio, Selection
from lcopt.selection.proving import Proof
from lcopt.selection.replacing import irreplaceable
from lcopt.selection.space import Platforms
from lcopt.selection.timing import Clock, Deadline

# Time for all answers of a run; what is not reached is counted. [s]
ANSWERS_TIME_S = 28.0
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
    clock: Clock = time.monotonic,
    jobs: int = 1,
) -> PortfolioAnswers:
    """Ask all questions, those first that a user names.

    Parameters
    ----------
    asked : Asked
    engineering : Engineering
    time_limit_s : float
        For all together; a question that is begun may take what is left. [s]
    jobs : int
        Questions that are looked at once; each has the same answer however many.
    """
    search = engineering.scenario.search
    couple, cell_format = asked.cells.couple, asked.cells.cell_format
    chemistries = [(name, couple == number) for number, name in enumerate(engineering.chemistries)]
    formats = [(name, cell_format == FORMATS.index(name)) for name in search.formats]
    with desk(Deadline.after(time_limit_s, clock), jobs) as own:
        # In this order; exact cells come last, as they need all the pairs.
        strategies = [own.ask(item) for item in _strategies(asked, engineering)]
        counts = [own.ask(item) for item in _by_count(asked, engineering)]
        by_chemistry = [own.ask(partial(_restricted, asked, asked.small, *item)) for item in chemistries]
        by_format = [own.ask(partial(_restricted, asked, asked.small, *item)) for item in formats]
        without_kinds = [own.ask(item) for item in _without_kinds(asked)]
        sets = own.ask(partial(_best_sets, asked, own))
        without = own.ask(partial(_without_platforms, asked, own))
        platform_sets = own.ask(partial(_best_platform_sets, asked, own))
        return PortfolioAnswers(
            asked=asked,
            by_count=_in_order((*own.answers(counts), *_known_counts(asked, engineering))),
            strategies=own.answers(strategies),
            without=(*own.answers(without_kinds), *chain(*own.answers([without]))),
            by_chemistry=own.answers(by_chemistry),
            by_format=own.answers(by_format),
            sets=tuple(chain(*own.answers([sets, platform_sets]))),
            skipped_count=own.skipped_count,
        )


def _restricted(
    asked: Asked, instance: PortfolioInstance, name: str, allowed: BoolArray, left_s: float
) -> Restricted | None:
    proof = best_within(instance, allowed, time_limit_s=left_s)
    return Restricted(name, asked.whole(proof), unserved(instance, allowed)) if _is_answer(proof) else None


def _is_answer(proof: Proof) -> bool:
    """Whether a question has an answer: a choice, or that there is none."""
    return proof.feasible or proof.proven


def _strategies(asked: Asked, engineering: Engineering) -> Iterator[Question[Restricted]]:
    for strategy in engineering.scenario.portfolio.strategies:
        instance = asked.small
        if strategy.platforms_max is not None:
            instance = instance.with_platforms_max(strategy.platforms_max)
        yield partial(
            _restricted, asked, instance, strategy.name, allowed_platforms(strategy, asked.cells, engineering)
        )


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


def _known_counts(asked: Asked, engineering: Engineering) -> tuple[Counted, ...]:
    """With how many platforms at most the optimum itself is the best: those that the scenario and its number allow."""
    if not asked.best.proven:
        return ()
    cap, packs = engineering.scenario.search.platforms_max, asked.instance.packs_count
    most = packs if cap is None else min(cap, packs)
    return tuple(Counted(count, asked.best) for count in range(len(asked.best.platforms), most + 1))


def _in_order(counts: tuple[Counted, ...]) -> tuple[Counted, ...]:
    return tuple(sorted(counts, key=lambda item: item.count))


def _by_count(asked: Asked, engineering: Engineering) -> Iterator[Question[Counted]]:
    """The best with 1, 2, ... platforms up to the number of packs, whatever cap the scenario sets."""
    rows = asked.small.platform_rows
    free = replace(asked.small, platform_rows=rows.take_rows([name != PLATFORMS_MAX for name in rows.names]))
    known = {item.count for item in _known_counts(asked, engineering)}
    for count in sorted(set(range(1, free.packs_count + 1)) - known):
        yield partial(_counted, asked, free.with_platforms_max(count), count)


def _counted(asked: Asked, capped: PortfolioInstance, count: int, left_s: float) -> Counted | None:
    proof = best_within(capped, np.ones(capped.platforms_count, dtype=bool), time_limit_s=left_s)
    return Counted(count, asked.whole(proof)) if _is_answer(proof) else None


def _without_kinds(asked: Asked) -> Iterator[Question[Without]]:
    platforms = asked.best.platforms
    _, first = np.unique(asked.kind[platforms], return_index=True)
    for platform in platforms[np.sort(first)].tolist():
        yield partial(_without_kind, asked, platform)


def _without_kind(asked: Asked, platform: int, left_s: float) -> Without | None:
    proof = best_within(asked.small, ~asked.of_kind(asked.kind[platform]), time_limit_s=left_s)
    return Without(platform, KINDS, *penalty_usd(asked.best, proof), asked.whole(proof)) if _is_answer(proof) else None


def _without_platforms(asked: Asked, own: Desk, left_s: float) -> tuple[Without, ...]:
    index = near_pairs(asked.instance, undominated_pairs(asked.instance), NEAR_FRAC)
    near = asked.instance.take(index)
    # No choice that costs less than this lacks any of its pairs among the near ones.
    known_usd = asked.best.cost_usd + NEAR_FRAC * abs(asked.best.cost_usd)
    found = []
    for platform in asked.best.platforms.tolist():
        others = np.arange(asked.instance.platforms_count) != platform
        proof = best_within(near, others, time_limit_s=own.left_s)
        proof = replace(proof, chosen=index[proof.chosen])
        if proof.cost_usd > known_usd:
            proof = best_within(asked.instance, others, time_limit_s=own.left_s)
        if _is_answer(proof):
            found.append(Without(platform, PLATFORMS, *penalty_usd(asked.best, proof), proof))
    own.skip(len(asked.best.platforms) - len(found))
    return tuple(found)


def _best_sets(asked: Asked, own: Desk, left_s: float) -> tuple[RankedSet, ...]:
    found = k_best_sets(asked.small, asked.kind, asked.best, SETS_COUNT, left_s)
    own.skip_late(SETS_COUNT - len(found))
    # The first of them is the optimum itself, whose pairs are those of the whole instance already.
    proofs = (asked.best, *map(asked.whole, found[1:])) if found else ()
    return tuple(RankedSet(KINDS, rank, proof) for rank, proof in enumerate(proofs, start=1))


def _best_platform_sets(asked: Asked, own: Desk, left_s: float) -> tuple[RankedSet, ...]:
    found = k_best_choices(asked.instance, asked.best, SETS_COUNT, Distinct.PLATFORMS, time_limit_s=left_s / SETS_COUNT)
    own.skip_late(SETS_COUNT - len(found))
    return tuple(RankedSet(PLATFORMS, rank, proof) for rank, proof in enumerate(found, start=1))
