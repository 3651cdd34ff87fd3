"""Prices that move together: `uncertainty: {correlations: [{between: [nickel_sulfate, cobalt_sulfate], value: 0.6}]}`.

What is made of metals moves with them already; a correlation says what else moves together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.quantities import did_you_mean, shown
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import fault, shape_of

UNCERTAINTY = "uncertainty"
CORRELATIONS_PATH: Path = (UNCERTAINTY, "correlations")
EXAMPLE = "[{between: [nickel_sulfate, cobalt_sulfate], value: 0.6}]"
_EXPECTED = "expected a number from -1 to 1"


@dataclass(frozen=True)
class Correlation:
    """How closely two prices move together, from -1 to 1."""

    between: tuple[str, str]
    value: float


def read_correlations(value: object) -> object:
    """A list of correlations, each read afterwards."""
    if not isinstance(value, list) or not value:
        found = "an empty list" if value == [] else shape_of(value)
        message = f"found {found}; expected a list of correlations"
        raise fault(message, f"write for example {EXAMPLE}")
    return value


def read_pair(value: object) -> object:
    """Two price items."""
    if not isinstance(value, list) or len(value) != 2:
        found = f"a list of {len(value)}" if isinstance(value, list) else shape_of(value)
        message = f"found {found}; expected two price items"
        raise fault(message, "write for example [nickel_sulfate, cobalt_sulfate]")
    return value


def read_correlation(value: object) -> float:
    """A number from -1 to 1."""
    try:
        number = float(value) if isinstance(value, str) else float("nan")
    except ValueError:
        number = float("nan")
    if not -1 <= number <= 1:
        message = f"found {shape_of(value)}; {_EXPECTED}"
        raise fault(message, "write for example 0.6")
    return number


def correlation_faults(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Unknown prices, a price with itself, and the same two prices twice."""
    block = tree.data.get(UNCERTAINTY)
    items = block.get("correlations") if isinstance(block, dict) else None
    known, seen = catalog.table("prices").words("item"), set[frozenset[str]]()
    for index, item in enumerate(items if isinstance(items, list) else []):
        pair = item.get("between") if isinstance(item, dict) else None
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(name, str) for name in pair):
            continue
        yield from _pair_faults((*CORRELATIONS_PATH, index, "between"), pair, known, seen)
        seen.add(frozenset(pair))


def _pair_faults(path: Path, pair: list[Any], known: tuple[str, ...], seen: set[frozenset[str]]) -> Iterator[Fault]:
    for place, name in enumerate(pair):
        if name not in known:
            message = f"no price item {shown(name)}; expected one of prices.csv"
            yield Fault((*path, place), message, did_you_mean(name, known) or "'lcopt catalog prices' lists them")
    if pair[0] == pair[1]:
        yield Fault(path, f"{shown(pair[0])} stands twice; expected two different prices", "remove the correlation")
    elif frozenset(pair) in seen:
        yield Fault(path, "these two prices have a correlation already; expected one a pair", "remove one of them")
