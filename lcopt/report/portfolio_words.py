"""Answers around the optimum of a portfolio in words.

A row is a row of the tables of `result_portfolio`, as a mapping.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lcopt.report.records import records_of
from lcopt.selection.portfolio_answers import KINDS
from lcopt.units import USD_PER_MUSD

if TYPE_CHECKING:
    from lcopt.result import Result

Row = Mapping[str, Any]
# Choices closer than the gap of two proofs are one.
TIE_FRAC = 2e-6
# With a larger gap a choice is told as not proven.
UNPROVEN_FRAC = 1e-4
# Chemistry and format come first in the words of a cell.
KIND_WORDS = 2
IMPOSSIBLE = "impossible"


def million_usd(usd: float) -> str:
    """An amount in millions: `80.5 MUSD`; small ones with more digits."""
    millions = usd / USD_PER_MUSD
    return f"{millions:,.1f} MUSD" if abs(millions) >= 1 else f"{millions:.3g} MUSD"


def is_optimum(row: Row) -> bool:
    """Whether a choice costs what the optimum does, within the gap of the proofs."""
    return abs(float(row["difference_frac"])) <= TIE_FRAC


def dearer_in_words(row: Row) -> str:
    """How much dearer than the optimum: `80.5 MUSD (0.77 %) dearer`; from and to where the proof was not reached."""
    high_usd, share = row["difference_usd"], f"{100 * row['difference_frac']:.2f} %"
    if not row["gap_frac"] > UNPROVEN_FRAC:
        return f"{million_usd(high_usd)} ({share}) dearer"
    low_usd = max(high_usd - (row["cost_usd"] - row["lower_bound_usd"]), 0.0)
    return f"{million_usd(low_usd)} to {million_usd(high_usd)} (at most {share}) dearer, the best not proven in time"


def is_possible(row: Row) -> bool:
    """Whether a row tells a choice."""
    return math.isfinite(row["cost_usd"])


def impossible_in_words(row: Row) -> str:
    """Why there is no choice."""
    packs = row.get("packs_unserved", "")
    if packs:
        return f"{IMPOSSIBLE}: no candidate of it serves {listed(packs.split(', '))}"
    return f"{IMPOSSIBLE}: no such fleet meets all limits together"


def listed(words: Sequence[str]) -> str:
    """Words one after the other: `a, b and c`."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def platforms_in_words(row: Row) -> str:
    """The cells of a choice, each with its packs."""
    cells = zip(str(row["platforms"]).split("; "), str(row["packs"]).split("; "), strict=True)
    return "; ".join(f"{cell} for {listed(packs.split(', '))}" for cell, packs in cells)


def brief_lines(result: Result) -> Iterator[tuple[str, str]]:
    """What other fleets cost, a line each without their cells, with a word before the first line of a kind."""
    counts = [row for row in records_of(result.by_platform_count) if row["platforms_count"] == row["platforms_max"]]
    others = [row for row in counts if not is_optimum(row)]
    for number, row in enumerate(others):
        yield ("fewer" if not number else ""), f"{_platforms(row['platforms_max'])}: {_briefly(row)}"
    for number, row in enumerate(records_of(result.strategies)):
        cells = f"; {_platforms(row['platforms_count'])}" if is_possible(row) else ""
        yield ("strategies" if not number else ""), f"{row['strategy']}: {_briefly(row)}{cells}"


def _briefly(row: Row) -> str:
    if not is_possible(row):
        return impossible_in_words(row)
    return "the optimum" if is_optimum(row) else dearer_in_words(row)


def _platforms(count: int) -> str:
    return f"{count} cell design{'' if count == 1 else 's'}"


def restricted_in_words(name: str, row: Row) -> str:
    """The best fleet within something."""
    if not is_possible(row):
        return f"{name}: {impossible_in_words(row)}"
    if is_optimum(row):
        return f"{name}: the optimum"
    return f"{name}: {dearer_in_words(row)}; {platforms_in_words(row)}"


def count_in_words(row: Row) -> str:
    """The best fleet with at most so many platforms."""
    count = row["platforms_max"]
    name = f"{count} platform{'' if count == 1 else 's'}"
    if is_possible(row) and row["platforms_count"] < count:
        used = row["platforms_count"]
        return f"{name}: no cheaper than {used}"
    return restricted_in_words(name, row)


def penalty_in_words(row: Row) -> str:
    """What it costs to do without a platform or a kind of platform."""
    cells = str(row["platform"]).split("; ")
    if row["distinct"] == KINDS:
        cells = list(dict.fromkeys(", ".join(cell.split(", ")[:KIND_WORDS]) for cell in cells))
    name = f"without {listed(cells)}"
    if not is_possible(row):
        return f"{name}: {impossible_in_words(row)}"
    low, high = row["at_least_usd"], row["at_most_usd"]
    cost = million_usd(high) if high - low <= 1e-4 * max(high, 1.0) else f"{million_usd(low)} to {million_usd(high)}"
    share = 100 * row["difference_frac"]
    return f"{name}: {cost} ({share:.2g} %) dearer; {platforms_in_words(row)}"
