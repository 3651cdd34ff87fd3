"""What must hold between strategies of the portfolio and the search: they name cells that take part.

Like all contradictions, they are read from the raw tree, and a value that cannot be read is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.document import ANY_OF, STRATEGIES
from lcopt.inputs.quantities import shown
from lcopt.inputs.search_contradictions import searched, searched_chemistries
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import ALL
from lcopt.inputs.words import FORMATS


def as_listed(path: Path, tree: Tree) -> Path:
    """The path of a fault as the file has it: a list of alternatives stands without the key `any_of`."""
    strategies = _block(_block(tree.data, STRATEGIES[0]), STRATEGIES[1])
    is_within = path[:2] == STRATEGIES and len(path) > 3 and path[3] == ANY_OF
    return (*path[:3], *path[4:]) if is_within and isinstance(strategies.get(str(path[2])), list) else path


def strategy_contradictions(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Alternatives that restrict nothing, name a cell twice, or one that the search leaves out."""
    in_search = {
        "chemistries": (searched_chemistries(tree, catalog), catalog.table("chemistry_families").words("chemistry")),
        "formats": (tuple(searched(tree, "formats")), FORMATS),
    }
    for path, item in _alternatives(tree):
        named = {key: _names(item.get(key)) for key in in_search}
        if not any(named.values()) and not set(item) - set(in_search):
            message = "the alternative allows every cell of the search; expected chemistries or formats"
            yield Fault(path, message, "write for example {formats: [blade]}, or leave the strategy out")
        for key, (allowed, known) in in_search.items():
            for index, name in enumerate(named[key]):
                yield from _name_faults((*path, key, index), name, named[key][:index], allowed, known)


def _name_faults(
    path: Path, name: str, before: list[str], allowed: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[Fault]:
    key = str(path[-2])
    if name in before:
        yield Fault(path, f"{shown(name)} is given twice; expected once", "remove one")
    elif name in known and allowed and name not in allowed:
        message = f"the search has no {shown(name)}; expected one of: {', '.join(allowed)}"
        yield Fault(path, message, f"add it to search.{key}, or leave it out here")


def _alternatives(tree: Tree) -> Iterator[tuple[Path, dict[str, Any]]]:
    for name, strategy in _block(_block(tree.data, STRATEGIES[0]), STRATEGIES[1]).items():
        path: Path = (*STRATEGIES, name)
        if isinstance(strategy, dict):
            path, strategy = (*path, ANY_OF), strategy.get(ANY_OF)
        for index, item in enumerate(strategy if isinstance(strategy, list) else []):
            if isinstance(item, dict):
                yield (*path, index), item


def _names(value: object) -> list[str]:
    names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [name for name in names if isinstance(name, str) and name != ALL]


def _block(block: dict[str, Any], key: str) -> dict[str, Any]:
    value = block.get(key)
    return value if isinstance(value, dict) else {}
