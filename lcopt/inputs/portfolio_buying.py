"""Given cells that may be bought: `portfolio: {buy: [{cell: our_cell, price: 62 USD/kWh, supplier: Maker}]}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import fault, shape_of

BUY_PATH: Path = ("portfolio", "buy")
EXAMPLE = "[{cell: our_cell, price: 62 USD/kWh}]"
_LEVELIZED = "levelized"


def read_quotes(value: object) -> object:
    """A list of quotes, each read afterwards."""
    if not isinstance(value, list) or not value:
        found = "an empty list" if value == [] else shape_of(value)
        message = f"found {found}; expected a list of cells that may be bought"
        raise fault(message, f"write for example {EXAMPLE}")
    return value


def buying_faults(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Quotes for cells that take no part in the search, and what does not go with them."""
    block = tree.data.get("portfolio")
    quotes = block.get("buy") if isinstance(block, dict) else None
    if not isinstance(quotes, list):
        return
    named = _block(tree, "search").get("platforms")
    names = [named] if isinstance(named, str) else named
    for index, quote in enumerate(quotes):
        cell = quote.get("cell") if isinstance(quote, dict) else None
        known = catalog.table("platforms").words("platform")
        if isinstance(cell, str) and cell in known and isinstance(names, list) and cell not in names:
            message = f"the cell '{cell}' is not among search.platforms; expected one of: {', '.join(map(str, names))}"
            yield Fault((*BUY_PATH, index, "cell"), message, "add it to search.platforms, or leave the quote out")
    if _block(tree, "plant").get("costing") == _LEVELIZED:
        message = "bought cells are costed by the books of the reference; expected no levelized costing of the plant"
        yield Fault(BUY_PATH, message, "write 'costing: reference' in the block plant, or leave the quotes out")


def _block(tree: Tree, key: str) -> dict[str, Any]:
    value = tree.data.get(key)
    return value if isinstance(value, dict) else {}
