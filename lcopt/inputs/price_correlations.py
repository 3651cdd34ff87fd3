"""Prices that move together: `uncertainty: {correlations: [{between: [nickel_sulfate, cobalt_sulfate], value: 0.6}]}`.

What is made of metals moves with them already; a correlation says what else moves together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.price_items import metals_in
from lcopt.inputs.quantities import did_you_mean, shown
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import ALL, fault, shape_of

UNCERTAINTY = "uncertainty"
CORRELATIONS_PATH: Path = (UNCERTAINTY, "correlations")
EXAMPLE = "[{between: [nickel_sulfate, cobalt_sulfate], value: 0.6}]"
DISTRIBUTION_EXAMPLE = "{dist: normal, mean: 4 USD/kg, sd: 0.5 USD/kg}"
# An eigenvalue of a matrix of correlations may be so far below 0 by rounding.
ROUNDING = 1e-10
_EXPECTED = "expected a number from -1 to 1"

Stated = Mapping[tuple[str, str], float]


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
    stated: dict[tuple[str, str], float] = {}
    for index, item in enumerate(items if isinstance(items, list) else []):
        pair = item.get("between") if isinstance(item, dict) else None
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(name, str) for name in pair):
            continue
        path: Path = (*CORRELATIONS_PATH, index, "between")
        faults = list(_pair_faults(path, pair, known, seen)) or list(_certain_faults(path, pair, tree, catalog))
        yield from faults
        seen.add(frozenset(pair))
        if not faults and (value := _number(item.get("value"))) is not None:
            stated[pair[0], pair[1]] = value
    if stated and contradict(stated):
        message = "the correlations contradict each other; expected prices that can move like that together"
        yield Fault(CORRELATIONS_PATH, message, _remedy(stated))


def contradict(stated: Stated) -> bool:
    """Whether no prices can have these correlations together."""
    import numpy as np  # slow, and needed here alone of all checks

    names = sorted({name for pair in stated for name in pair})
    matrix = np.eye(len(names))
    for (first, second), value in stated.items():
        at = names.index(first), names.index(second)
        matrix[at], matrix[at[::-1]] = value, value
    return float(np.linalg.eigvalsh(matrix).min()) < -ROUNDING


def _remedy(stated: Stated) -> str:
    """What to do about contradictory correlations: often those between prices that follow the same third one lack."""
    missing = _through_others(stated)
    if not missing or contradict({**stated, **missing}):
        return "make them smaller, or leave one out; two prices without a correlation are independent"
    pairs = ", ".join(
        f"{{between: [{first}, {second}], value: {value:.3g}}}" for (first, second), value in missing.items()
    )
    return f"two prices without a correlation are independent; state also for example {pairs}"


def _through_others(stated: Stated) -> dict[tuple[str, str], float]:
    """How closely prices without a correlation move together if only those they have in common move them."""
    known = {**stated, **{(second, first): value for (first, second), value in stated.items()}}
    names, found = sorted({name for pair in stated for name in pair}), {}
    for first, second in combinations(names, 2):
        ways = [
            known[first, name] * known[name, second] for name in names if {(first, name), (name, second)} <= set(known)
        ]
        if ways and (first, second) not in known:
            found[first, second] = max(ways, key=abs)
    return found


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, str) else float("nan")
    except ValueError:
        return None
    return number if -1 <= number <= 1 else None


def _certain_faults(path: Path, pair: list[Any], tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Prices that are not sampled, so that nothing can move with them."""
    overrides, block = tree.data.get("price_overrides"), tree.data.get(UNCERTAINTY)
    overrides = overrides if isinstance(overrides, dict) else {}
    all_prices = isinstance(block, dict) and block.get("prices") == ALL
    drawn = {item for item, value in overrides.items() if isinstance(value, dict)}
    for place, name in enumerate(pair):
        if name in drawn:
            continue
        if name in overrides:
            reason = "price_overrides fixes it"
        elif drawn and not all_prices:
            reason = "of the others none is, as price_overrides gives distributions"
        elif metals_in(catalog, [name]):
            reason = "it moves with the metals in it"
        else:
            continue
        hint = f"give it a distribution in price_overrides: {DISTRIBUTION_EXAMPLE}"
        yield Fault((*path, place), f"the price of {shown(name)} is not sampled: {reason}", hint)


def _pair_faults(path: Path, pair: list[Any], known: tuple[str, ...], seen: set[frozenset[str]]) -> Iterator[Fault]:
    for place, name in enumerate(pair):
        if name not in known:
            message = f"no price item {shown(name)}; expected one of prices.csv"
            yield Fault((*path, place), message, did_you_mean(name, known) or "'lcopt catalog prices' lists them")
    if pair[0] == pair[1]:
        yield Fault(path, f"{shown(pair[0])} stands twice; expected two different prices", "remove the correlation")
    elif frozenset(pair) in seen:
        yield Fault(path, "these two prices have a correlation already; expected one a pair", "remove one of them")
