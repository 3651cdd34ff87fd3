"""What is told around the optimum of a portfolio: sets of platforms, penalties, fewer platforms, strategies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lcopt.result_words import platform_labels
from lcopt.selection.engineering import Engineering
from lcopt.selection.portfolio import Selection
from lcopt.selection.portfolio_answers import (
    PLATFORMS,
    Asked,
    PortfolioAnswers,
    Restricted,
    answers_of,
    asked_of,
)
from lcopt.selection.proving import Proof

# What every row about a choice says.
CHOICE_COLUMNS = (
    "cost_usd",
    "difference_usd",
    "difference_frac",
    "platforms_count",
    "platforms",
    "packs",
    "lower_bound_usd",
    "gap_frac",
)
SET_COLUMNS = ("distinct", "rank", *CHOICE_COLUMNS)
PENALTY_COLUMNS = ("distinct", "platform", "packs_served", "at_least_usd", "at_most_usd", *CHOICE_COLUMNS)
COUNT_COLUMNS = ("platforms_max", "within_scenario", *CHOICE_COLUMNS)
UNSERVED = "packs_unserved"


@dataclass(frozen=True)
class PortfolioTables:
    """All answers around the optimum; empty tables where they were not asked.

    Attributes
    ----------
    platform_sets : DataFrame
        `distinct` says how sets differ: by `platforms` (cell designs) or by `kinds` (chemistry and format).
    platform_penalties : DataFrame
        What it costs, at least and at most, to do without each chosen platform, or without all of its kind.
    by_platform_count : DataFrame
        The best with at most so many platforms, whatever cap the scenario sets.
    best_by_chemistry, best_by_format, strategies : DataFrame
        The best fleet within some cells; infinite where `packs_unserved` have no candidate, or together none.
    skipped_count : int
        Questions that were not reached in their time.
    """

    platform_sets: pd.DataFrame
    platform_penalties: pd.DataFrame
    by_platform_count: pd.DataFrame
    best_by_chemistry: pd.DataFrame
    best_by_format: pd.DataFrame
    strategies: pd.DataFrame
    skipped_count: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of them."""
        count = self.skipped_count
        if not count:
            return ()
        what = "1 answer around the optimum was" if count == 1 else f"{count} answers around the optimum were"
        return (f"{what} left out: the time for them was over",)


def no_portfolio_tables() -> PortfolioTables:
    """Of a result that was not asked."""
    return PortfolioTables(
        platform_sets=_frame([], SET_COLUMNS),
        platform_penalties=_frame([], PENALTY_COLUMNS),
        by_platform_count=_frame([], COUNT_COLUMNS),
        best_by_chemistry=_frame([], ("chemistry", UNSERVED, *CHOICE_COLUMNS)),
        best_by_format=_frame([], ("format", UNSERVED, *CHOICE_COLUMNS)),
        strategies=_frame([], ("strategy", UNSERVED, *CHOICE_COLUMNS)),
        skipped_count=0,
    )


def portfolio_tables(selection: Selection, engineering: Engineering, jobs: int) -> PortfolioTables:
    """Ask around a selection of several packs, or of one that is to be compared with strategies."""
    scenario = engineering.scenario
    if len(scenario.packs) < 2 and not scenario.portfolio.strategies:
        return no_portfolio_tables()
    answers = answers_of(asked_of(selection, engineering), engineering, jobs=jobs)
    words = _Words(answers.asked, engineering)
    cap = scenario.search.platforms_max
    counted = [
        {"platforms_max": item.count, "within_scenario": cap is None or item.count <= cap, **words.choice(item.proof)}
        for item in answers.by_count
    ]
    return PortfolioTables(
        platform_sets=_sets(answers, words),
        platform_penalties=_penalties(answers, words),
        by_platform_count=_frame(counted, COUNT_COLUMNS),
        best_by_chemistry=_restricted("chemistry", answers.by_chemistry, words),
        best_by_format=_restricted("format", answers.by_format, words),
        strategies=_restricted("strategy", answers.strategies, words),
        skipped_count=answers.skipped_count,
    )


@dataclass(frozen=True)
class _Words:
    """Choices of one portfolio as rows."""

    asked: Asked
    engineering: Engineering

    def labels(self, platforms: Sequence[int]) -> tuple[str, ...]:
        return platform_labels(self.asked.cells.take(np.asarray(platforms, dtype=np.int64)), self.engineering)

    def choice(self, proof: Proof) -> dict[str, object]:
        """Cost against the optimum, platforms and which packs they serve; words are empty where there is no choice."""
        best_usd = self.asked.best.cost_usd
        difference = proof.cost_usd - best_usd
        served = self.served(proof)
        labels = self.labels(list(served))
        return {
            "cost_usd": proof.cost_usd,
            "difference_usd": difference,
            "difference_frac": difference / abs(best_usd) if best_usd else np.nan,
            "platforms_count": len(served),
            "platforms": "; ".join(labels),
            "packs": "; ".join(", ".join(packs) for packs in served.values()),
            "lower_bound_usd": proof.lower_bound_usd,
            "gap_frac": proof.gap_frac if proof.feasible else np.nan,
        }

    def served(self, proof: Proof) -> dict[int, list[str]]:
        """The packs of every platform of a choice, in the order of the packs."""
        pairs, names = self.asked.instance.pairs, self.asked.instance.pack_names
        found: dict[int, list[str]] = {}
        for pair in proof.chosen.tolist():
            found.setdefault(int(pairs.platform[pair]), []).append(names[pairs.pack[pair]])
        return found


def _sets(answers: PortfolioAnswers, words: _Words) -> pd.DataFrame:
    rows = [{"distinct": item.distinct, "rank": item.rank, **words.choice(item.proof)} for item in answers.sets]
    return _frame(rows, SET_COLUMNS)


def _penalties(answers: PortfolioAnswers, words: _Words) -> pd.DataFrame:
    served = words.served(answers.asked.best)
    kind = answers.asked.kind
    rows = []
    for item in answers.without:
        like = [number for number in served if kind[number] == kind[item.platform]]
        out = [item.platform] if item.distinct == PLATFORMS else like
        rows.append(
            {
                "distinct": item.distinct,
                "platform": "; ".join(words.labels(out)),
                "packs_served": ", ".join(pack for number in out for pack in served[number]),
                "at_least_usd": item.at_least_usd,
                "at_most_usd": item.at_most_usd,
                **words.choice(item.proof),
            }
        )
    return _frame(rows, PENALTY_COLUMNS)


def _restricted(name: str, items: Iterable[Restricted], words: _Words) -> pd.DataFrame:
    rows = [{name: item.name, UNSERVED: ", ".join(item.unserved), **words.choice(item.proof)} for item in items]
    return _frame(rows, (name, UNSERVED, *CHOICE_COLUMNS))


def _frame(rows: Sequence[dict[str, object]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns))
