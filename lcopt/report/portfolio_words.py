"""Answers around the optimum of a portfolio in words.

A row is a row of the tables of `result_portfolio`, as a mapping.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lcopt.selection.portfolio_answers import KINDS
from lcopt.units import USD_PER_MUSD

Row = Mapping[str, Any]
# Choices closer than the gap of two proofs are one.
TIE_FRAC = 2e-6
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
    """How much dearer than the optimum: `80.5 MUSD (0.77 %) dearer`."""
    return f"{million_usd(row['difference_usd'])} ({100 * row['difference_frac']:.2f} %) dearer"


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
