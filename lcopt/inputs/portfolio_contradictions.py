"""What must hold between the keys of the block `portfolio`, and between them, the packs and the search.

Like all contradictions, they are read from the raw tree, and a value that cannot be read is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.money import money_basis, stated_price_year
from lcopt.inputs.portfolio_blocks import FleetLimitBlock
from lcopt.inputs.portfolio_limits import (
    BOUND_KEYS,
    FILTERS,
    FLEET_QUANTITIES,
    METALS,
    PLATFORMS,
    RECYCLED,
    SHARE,
    SHARED,
    TOTAL,
    read_bound,
    relaxation_kind,
)
from lcopt.inputs.quantities import QuantityError, did_you_mean, read_quantity, shown
from lcopt.inputs.search_contradictions import searched_chemistries, searched_words
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import ALL
from lcopt.inputs.words import ARCHITECTURES, FORMATS

LIMITS = ("portfolio", "limits")
# Filters that a number of cell designs cannot have: they tell packs apart.
_OF_PACKS = ("architecture",)
_EXAMPLE_OF = {PLATFORMS: "min: 2", "energy": "max: 12 GWh/yr", "packs": "max: 100000 /yr"}


def portfolio_contradictions(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Every mistake in the block `portfolio` that takes two values, or a value and a table, to see."""
    block = tree.data.get("portfolio")
    if not isinstance(block, dict):
        return
    limits = block.get("limits")
    items = [item if isinstance(item, dict) else {} for item in limits] if isinstance(limits, list) else []
    for index, item in enumerate(items):
        if item.get("quantity") in FLEET_QUANTITIES:
            yield from _limit_faults((*LIMITS, index), item, tree, catalog)
    yield from _twice(items)
    yield from _opposed(items)
    yield from _platform_faults(block, tree, catalog)


def _limit_faults(path: Path, item: dict[str, Any], tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    quantity = str(item["quantity"])
    given = [basis for basis, keys in BOUND_KEYS.items() if any(item.get(key) is not None for key in keys)]
    if not given and set(item) <= set(FleetLimitBlock.model_fields):
        example = _EXAMPLE_OF.get(quantity, "max: 500 t/yr")
        keys = ", ".join(key for keys in BOUND_KEYS.values() for key in keys[:2])
        yield Fault(path, f"the limit has no bound; expected one of: {keys}", f"write for example '{example}'")
    elif len(given) > 1:
        keys = " and ".join(next(key for key in BOUND_KEYS[basis] if item.get(key) is not None) for basis in given)
        message = f"{keys} are bounds of different kinds; expected one kind in each limit"
        yield Fault(path, message, "write two limits")
    yield from _amount_faults(path, item, quantity, tree)
    yield from _price_faults(path, item, quantity, tree, catalog)
    yield from _share_faults(path, item, quantity)
    yield from _recycled_faults(path, item, quantity)
    yield from _filter_faults(path, item, quantity, tree, catalog)
    yield from _absent_metal(path, quantity, tree, catalog)


def _amount_faults(path: Path, item: dict[str, Any], quantity: str, tree: Tree) -> Iterator[Fault]:
    bounds = {}
    for key in BOUND_KEYS[TOTAL]:
        if isinstance(item.get(key), str):
            try:
                bounds[key] = read_bound(item[key], quantity)
            except QuantityError as error:
                yield Fault((*path, key), error.message, error.hint)
    if len(bounds) == 2 and bounds["min"][0] == bounds["max"][0] and bounds["min"][1] > bounds["max"][1]:
        message = f"the floor {shown(item['min'])} is above the cap {shown(item['max'])}; expected it below"
        yield Fault((*path, "min"), message)
    packs = tree.data.get("packs")
    if quantity == PLATFORMS and "min" in bounds and isinstance(packs, list) and bounds["min"][1] > len(packs):
        message = (
            f"{shown(item['min'])} cell platforms cannot all serve a pack: the scenario has {len(packs)}; expected "
            f"at most {len(packs)}"
        )
        yield Fault((*path, "min"), message)


def _price_faults(path: Path, item: dict[str, Any], quantity: str, tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    text = item.get("relaxation")
    if not isinstance(text, str):
        return
    kind = relaxation_kind(quantity)
    try:
        price = read_quantity(text, kind, money_basis(catalog, stated_price_year(tree.data, catalog)))
    except QuantityError as error:
        yield Fault((*path, "relaxation"), error.message, error.hint)
        return
    if price <= 0:
        message = f"{shown(text)} makes the limit free to miss; expected a price above 0"
        yield Fault((*path, "relaxation"), message, "leave the limit out")


def _share_faults(path: Path, item: dict[str, Any], quantity: str) -> Iterator[Fault]:
    keys = [key for key in BOUND_KEYS[SHARE] if item.get(key) is not None]
    if not keys:
        return
    if quantity not in SHARED:
        message = f"a share of {quantity} is not counted; expected a share of {' or '.join(SHARED)}"
        yield Fault((*path, keys[0]), message, "write 'quantity: energy', or a bound with 'max' or 'min'")
    elif not any(item.get(key) is not None for key in FILTERS):
        message = f"the whole fleet is 100 % of itself; expected a part of it: {', '.join(FILTERS)}"
        yield Fault((*path, keys[0]), message, "write for example 'format: [4680, 4695]'")
    shares = [_share(item.get(key)) for key in BOUND_KEYS[SHARE]]
    if shares[0] is not None and shares[1] is not None and shares[1] > shares[0]:
        message = f"the floor {shown(item['share_min'])} is above the cap {shown(item['share_max'])}; expected it below"
        yield Fault((*path, "share_min"), message)


def _recycled_faults(path: Path, item: dict[str, Any], quantity: str) -> Iterator[Fault]:
    first, second = BOUND_KEYS[RECYCLED]
    keys = [key for key in (first, second) if item.get(key) is not None]
    if not keys:
        return
    if quantity not in METALS:
        message = f"{quantity} is not recycled; expected one of: {', '.join(METALS)}"
        yield Fault((*path, keys[0]), message)
    elif len(keys) == 1:
        other, example = (second, "80 t/yr") if keys == [first] else (first, "16 %")
        message = f"'{keys[0]}' has no effect without '{other}'; expected both"
        yield Fault((*path, keys[0]), message, f"write for example '{other}: {example}'")
    elif _share(item[first]) == 0:
        message = f"a share of {shown(item[first])} asks for nothing; expected more than 0 %"
        yield Fault((*path, first), message, "leave the limit out")


def _share(text: object) -> float | None:
    try:
        return read_quantity(text, KINDS["share"]) if isinstance(text, str) else None
    except QuantityError:
        return None


def _named(item: dict[str, Any], key: str) -> list[str]:
    value = item.get(key)
    names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [name for name in names if isinstance(name, str)]


def _filter_faults(path: Path, item: dict[str, Any], quantity: str, tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Parts of the fleet that no candidate of the search belongs to."""
    for key in FILTERS:
        names = _named(item, key)
        if names and quantity == PLATFORMS and key in _OF_PACKS:
            message = f"a cell platform has no {key}; expected {', '.join(k for k in FILTERS if k not in _OF_PACKS)}"
            yield Fault((*path, key), message, "leave it out")
            continue
        allowed = searched_words(tree, key, catalog)
        outside = [name for name in names if name != ALL and allowed and name not in allowed]
        known = _known(key, catalog)
        if outside and all(name in known for name in outside) and ALL not in names:
            message = f"no candidate of the search has {shown(outside[0])}; expected one of: {', '.join(allowed)}"
            place = (*path, key, names.index(outside[0])) if isinstance(item[key], list) else (*path, key)
            yield Fault(place, message, "add it to the search, or leave it out of the limit")


def _known(key: str, catalog: Catalog) -> tuple[str, ...]:
    """Names that can be read; the others are told elsewhere."""
    names = {
        "chemistry": catalog.table("chemistry_families").words("chemistry"),
        "format": FORMATS,
        "architecture": ARCHITECTURES,
        "platform": catalog.table("platforms").words("platform"),
    }
    return names[key]


def _absent_metal(path: Path, quantity: str, tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """A metal that none of the chemistries of the search has in its positive electrode."""
    column = f"{quantity}_frac"
    actives = catalog.table("active_materials")
    if quantity not in METALS or column not in actives.words("name") or quantity == "aluminum":
        return
    bought = catalog.table("chemistry_prices")
    chemistries = searched_chemistries(tree, catalog)
    rows = [row for name in chemistries for row in bought.select(chemistry=name, name="positive_active")]
    found = [row for item in rows for row in actives.select(active_material=item.text, name=column)]
    if found and len(found) == len(chemistries) and not any(row.value for row in found):
        message = f"no chemistry of the search has {quantity}; expected a limit that a candidate can touch"
        yield Fault((*path, "quantity"), message, "leave the limit out")


def _twice(items: list[dict[str, Any]]) -> Iterator[Fault]:
    """Limits that are given twice."""
    seen: dict[str, int] = {}
    for number, item in enumerate(items, start=1):
        text = repr(sorted((key, value) for key, value in item.items() if key != "name"))
        if item and text in seen:
            message = f"the limit is the same as number {seen[text]} of the list; expected it once"
            yield Fault((*LIMITS, number - 1), message, "remove one")
        seen.setdefault(text, number)


def _opposed(items: list[dict[str, Any]]) -> Iterator[Fault]:
    """Floors above the cap of another limit on the same part of the fleet."""
    bounds = [(index, key, _bound(item, key)) for index, item in enumerate(items) for key in BOUND_KEYS[TOTAL]]
    known = [(index, key, bound, _part(items[index], bound[0])) for index, key, bound in bounds if bound is not None]
    caps = [(index, bound[1], part) for index, key, bound, part in known if key == "max"]
    for index, key, bound, part in known:
        lower = [cap for cap, most, same in caps if same == part and cap != index and bound[1] > most]
        if key == "min" and lower:
            cap = shown(str(items[lower[0]]["max"]))
            message = f"the floor {shown(items[index]['min'])} is above the cap {cap} of limit {lower[0] + 1}"
            yield Fault((*LIMITS, index, "min"), f"{message}; expected it below")


def _part(item: dict[str, Any], basis: str) -> tuple[object, ...]:
    return (item["quantity"], basis, *(tuple(sorted(_named(item, key))) for key in FILTERS))


def _bound(item: dict[str, Any], key: str) -> tuple[str, float] | None:
    if item.get("quantity") not in FLEET_QUANTITIES or not isinstance(item.get(key), str):
        return None
    try:
        return read_bound(item[key], str(item["quantity"]))
    except QuantityError:
        return None


def _platform_faults(block: dict[str, Any], tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Costs of cell designs that are unknown, built already, or take no part in the search."""
    known = catalog.table("platforms").words("platform")
    allowed = searched_words(tree, "platform", catalog)
    built = _named(block, "built")
    costs = block.get("platform_costs")
    for name in costs if isinstance(costs, dict) else {}:
        path = ("portfolio", "platform_costs", name)
        if name not in known:
            expected = f"one of: {', '.join(known)}" if known else "a cell design that a folder of data gives"
            message = f"unknown given cell platform {shown(name)}; expected {expected}"
            yield Fault(path, message, did_you_mean(name, known))
        elif name in built:
            message = f"{shown(name)} is built already, so that its cost is sunk; expected it in one of the two"
            yield Fault(path, message, "leave it out of portfolio.built or of portfolio.platform_costs")
    for index, name in enumerate(built):
        if name in known and allowed and name not in allowed:
            place = ("portfolio", "built", index) if isinstance(block["built"], list) else ("portfolio", "built")
            message = f"{shown(name)} takes no part in the search; expected one of: {', '.join(allowed)}"
            yield Fault(place, message, "add it to search.platforms, or leave it out here")
