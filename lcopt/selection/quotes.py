"""Cells that are made or bought: given cells take part as made in house and once more for every quote on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lcopt.arrays import BoolArray
from lcopt.inputs.scenario import CellQuote
from lcopt.selection.space import GivenPlatforms, Platforms

# Number of the quote of a cell that is made in house; quotes count from 1.
MADE = 0
MADE_WORD = "made"


def with_quotes(given: GivenPlatforms, quotes: Sequence[CellQuote]) -> GivenPlatforms:
    """The given cells as made, and once more for every quote on them."""
    names, parts = list(given.names), [given.platforms]
    for number, quote in enumerate(quotes, start=1):
        index = [place for place, name in enumerate(given.names) if name == quote.cell]
        own = given.platforms.take(np.array(index, dtype=np.int64))
        parts.append(replace(own, quote=np.full(len(index), number)))
        names += [quote.cell] * len(index)
    return replace(given, names=tuple(names), platforms=Platforms.join(parts))


def is_made(platforms: Platforms) -> BoolArray:
    """Whether cells are made in house."""
    return np.asarray(platforms.quote == MADE)


def sourcing_words(platforms: Platforms, quotes: Sequence[CellQuote]) -> list[str]:
    """Whether each cell is made or bought, from whom and at which price."""
    words = [MADE_WORD, *(_words(quote) for quote in quotes)]
    return [words[number] for number in platforms.quote]


def _words(quote: CellQuote) -> str:
    maker = f" from {quote.supplier}" if quote.supplier else ""
    return f"bought{maker} at {quote.price_usd_per_kwh:.4g} USD/kWh"
