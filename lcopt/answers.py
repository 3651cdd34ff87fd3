"""The fleets nearest to the optimum, on demand: all within a share, or the best so many."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray, IntArray
from lcopt.errors import LcoptError
from lcopt.inputs.kinds import KINDS as KINDS_OF_QUANTITY
from lcopt.inputs.quantities import QuantityError, read_quantity
from lcopt.inputs.scenario import Scenario
from lcopt.result_words import platform_labels
from lcopt.selection.around import Distinct
from lcopt.selection.best_sets import firsts_of_sets, k_best_choices, k_best_sets
from lcopt.selection.engineering import Engineering
from lcopt.selection.near_optimal import near_optimal as near_optimal_choices
from lcopt.selection.portfolio_answers import KINDS, Asked
from lcopt.study import decision


def near_optimal(
    scenario: Scenario, within: str | float = "2 %", distinct: str = Distinct.CANDIDATES, count_max: int | None = None
) -> pd.DataFrame:
    """Every fleet that costs at most a share more than the optimum, cheapest first.

    Parameters
    ----------
    scenario : Scenario
    within : str or float
        Distance to the optimum: `"2 %"`, or 0.02.
    distinct : str
        `candidates` lists every choice; `platforms` the cheapest of every set of cell platforms.
    count_max : int, optional
        Only the first so many.

    Returns
    -------
    DataFrame
        `rank, fleet_cost_usd, difference_usd, difference_frac, platforms_count, platforms`, for every pack
        `candidate_<pack>`, a number of `lcopt.candidates`; `complete` says whether no fleet within the share is left
        out.

    Raises
    ------
    InfeasibleError
        Where no choice is possible.
    LcoptError
        Where an argument cannot be read.
    """
    near_frac = _share(within)
    wanted = _one_of("distinct", distinct, tuple(Distinct))
    if count_max is not None:
        _at_least_one("count_max", count_max)
    asked, _, engineering = decision(scenario)
    found = near_optimal_choices(asked.instance, near_frac, best=asked.best)
    places = np.arange(len(found.chosen))
    if wanted == Distinct.PLATFORMS:
        places = firsts_of_sets(asked.instance, found.chosen)
    complete = found.complete and (count_max is None or len(places) <= count_max)
    places = places[:count_max]
    table = choices_table(asked, engineering, found.chosen[places], found.cost_usd[places])
    return table.assign(complete=complete)


def k_best(scenario: Scenario, k: int, distinct: str = Distinct.CANDIDATES) -> pd.DataFrame:
    """The best fleets in order, each proven best of those that differ from all before; fewer where there are no more.

    Parameters
    ----------
    scenario : Scenario
    k : int
    distinct : str
        Fleets differ by any candidate (`candidates`), by their set of cell platforms (`platforms`), or by the set of
        kinds of their platforms, chemistry and format (`kinds`).

    Returns
    -------
    DataFrame
        As of `near_optimal`, with `lower_bound_usd` and `gap_frac` in the place of `complete`.
    """
    wanted = _one_of("distinct", distinct, (*Distinct, KINDS))
    _at_least_one("k", k)
    asked, _, engineering = decision(scenario)
    if wanted == KINDS:
        proofs = k_best_sets(asked.small, asked.kind, asked.best, k)
        proofs = (asked.best, *map(asked.whole, proofs[1:]))
    else:
        proofs = k_best_choices(asked.instance, asked.best, k, Distinct(wanted))
    chosen, cost = np.array([proof.chosen for proof in proofs]), np.array([proof.cost_usd for proof in proofs])
    return choices_table(asked, engineering, chosen, cost).assign(
        lower_bound_usd=[proof.lower_bound_usd for proof in proofs], gap_frac=[proof.gap_frac for proof in proofs]
    )


def choices_table(asked: Asked, engineering: Engineering, chosen: IntArray, cost_usd: FloatArray) -> pd.DataFrame:
    """Choices (n_choices, n_packs) of pairs as rows, with their platforms in words and the numbers of candidates."""
    pairs, best = asked.instance.pairs, asked.best.cost_usd
    opened = [list(dict.fromkeys(row)) for row in pairs.platform[chosen].tolist()]
    difference = cost_usd - best
    table = pd.DataFrame(
        {
            "rank": np.arange(1, len(chosen) + 1),
            "fleet_cost_usd": cost_usd,
            "difference_usd": difference,
            "difference_frac": difference / abs(best) if best else difference,
            "platforms_count": [len(row) for row in opened],
            "platforms": ["; ".join(words_of(asked, engineering, row)) for row in opened],
        }
    )
    for number, name in enumerate(asked.instance.pack_names):
        table[f"candidate_{name}"] = pairs.candidate[chosen[:, number]]
    return table


def words_of(asked: Asked, engineering: Engineering, platforms: list[int]) -> tuple[str, ...]:
    """What some platforms are, in words."""
    return platform_labels(asked.cells.take(np.array(platforms, dtype=np.int64)), engineering)


def _share(within: str | float) -> float:
    try:
        share = read_quantity(within, KINDS_OF_QUANTITY["share"]) if isinstance(within, str) else float(within)
    except (QuantityError, TypeError, ValueError):
        share = np.nan
    if not 0 <= share <= 1:
        message = f"within is {within!r}; expected a share such as '2 %' or 0.02"
        raise LcoptError(message)
    return share


def _one_of(name: str, word: str, known: tuple[str, ...]) -> str:
    if word not in known:
        message = f"{name} is {word!r}; expected one of: {', '.join(known)}"
        raise LcoptError(message)
    return word


def _at_least_one(name: str, count: int) -> None:
    if not isinstance(count, int | np.integer) or count < 1:
        message = f"{name} is {count!r}; expected a whole number, at least 1"
        raise LcoptError(message)
