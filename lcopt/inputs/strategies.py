"""Named restrictions of the portfolio that a user compares with the optimum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Allowed:
    """Cells of some chemistries in some formats; an empty list leaves any."""

    chemistries: tuple[str, ...]
    formats: tuple[str, ...]


@dataclass(frozen=True)
class Strategy:
    """Cells that meet one of the alternatives, and perhaps a cap on cell platforms."""

    name: str
    any_of: tuple[Allowed, ...]
    platforms_max: int | None


def written_strategies(strategies: Sequence[Strategy]) -> dict[str, Any]:
    """The strategies as a scenario file has them."""
    written: dict[str, Any] = {}
    for strategy in strategies:
        items = [_written(item) for item in strategy.any_of]
        cap = strategy.platforms_max
        written[strategy.name] = items if cap is None else {"any_of": items, "platforms_max": str(cap)}
    return written


def _written(item: Allowed) -> dict[str, list[str]]:
    lists = {"chemistries": list(item.chemistries), "formats": list(item.formats)}
    return {key: names for key, names in lists.items() if names}
