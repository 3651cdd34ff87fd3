"""One mistake, one message: faults that only follow from another are left out, and the other says so.

A dash too many makes a second pack that lacks nearly all keys; an indentation too small empties a block and puts its
keys into another. The reader reports every consequence; here they are told from the cause.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from lcopt.inputs.at_temperatures import is_at_temperatures
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.document import BLOCKS, PackBlock, block_name
from lcopt.inputs.quantities import NEEDS_YEAR, shown
from lcopt.inputs.text.tree import Fault, Path, Tree

PRICES = "price_overrides"
Change = tuple[Fault, Fault | None]


def causes(faults: list[Fault], tree: Tree, catalog: Catalog) -> list[Fault]:
    """The faults without those that follow from another one."""
    changes = dict(_split_numbers(faults, tree))
    changes |= dict(_emptied_blocks(faults, tree, catalog))
    changes |= dict(_split_packs(faults, tree))
    changes |= dict(_yearless_money(faults))
    changed = (changes.get(fault, fault) for fault in faults)
    return [fault for fault in changed if fault is not None]


def _yearless_money(faults: list[Fault]) -> Iterator[Change]:
    """Without a good price year no money of another currency or year can be read: the year is the one mistake."""
    yearless = [fault for fault in faults if NEEDS_YEAR in fault.message]
    if any(fault not in yearless and fault.path[:1] in {(), ("finance",)} for fault in faults):
        yield from ((fault, None) for fault in yearless)


def _value(tree: Tree, path: Path) -> object:
    value: object = tree.data
    for step in path:
        items = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
        value = items.get(step)
    return value


def _strangers(faults: list[Fault], tree: Tree) -> Iterator[tuple[Fault, str]]:
    """Every key that its block does not know."""
    yield from ((fault, str(fault.path[-1])) for fault in faults if _is_stranger(fault, tree))


def _is_stranger(fault: Fault, tree: Tree) -> bool:
    is_no_temperature = is_at_temperatures(fault.path[:-1]) and _value(tree, fault.path) is None
    return is_no_temperature or fault.message.startswith("unknown key ")


def _missing_key(fault: Fault) -> str:
    words = fault.message.split("'")
    return words[1] if len(words) > 2 and words[0] == "the key " and words[2].startswith(" is missing") else ""


def _split_numbers(faults: list[Fault], tree: Tree) -> Iterator[Change]:
    """`{rate: 8,5 %}` has the value 8 and the key `5 %`: the comma is the one mistake."""
    for fault, key in _strangers(faults, tree):
        siblings = list(_value(tree, fault.path[:-1]) or ())  # type: ignore[call-overload]
        place = siblings.index(key) if key[:1].isdigit() and key in siblings else 0
        before = (*fault.path[:-1], siblings[place - 1]) if place else ()
        value = _value(tree, before)
        if not place or not isinstance(value, str) or tree.place(before)[0] != tree.place(fault.path)[0]:
            continue
        message = f"a comma in braces begins a new key, here {shown(key)}; expected a decimal point"
        yield fault, replace(fault, message=message, hint=f"write {shown(f'{before[-1]}: {value}.{key}')}")
        yield from ((other, None) for other in faults if other.path == before and not _is_stranger(other, tree))


def _emptied_blocks(faults: list[Fault], tree: Tree, catalog: Catalog) -> Iterator[Change]:
    """A key outside of its block, which is then empty or lacks it, is one mistake: the indentation."""
    items = set(catalog.table("prices").words("item"))
    empty = {fault.path: fault for fault in faults if fault.path and _value(tree, fault.path) is None}
    missing: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        missing[_missing_key(fault)].append(fault)
    for fault, key in _strangers(faults, tree):
        block = fault.path[:-1]
        homes = [name for name, model in BLOCKS.items() if name and key in model.model_fields]
        if key in items:
            homes.append(PRICES)
            hint = f"it is an item of the price table: indent it below '{PRICES}:'"
            yield fault, replace(fault, hint=hint)
        yield from ((empty[path], None) for home in homes if (path := (*block, home)) in empty)
        for other in missing.get(key, ()):
            if block_name(other.path) in homes and _is_around(block, other.path):
                yield other, None


def _is_around(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _split_packs(faults: list[Fault], tree: Tree) -> Iterator[Change]:
    """Items of `packs` without a name that go on where the one before ended: a dash too many."""
    first_of = _first_items(tree.data.get("packs"))
    given: dict[int, set[str]] = defaultdict(set)
    for index, first in first_of.items():
        given[first] |= set(tree.data["packs"][index])
    for fault in faults:
        key = _missing_key(fault)
        item = fault.path[-1] if fault.path[:-1] == ("packs",) else ""
        if not key or not isinstance(item, int) or item not in first_of:
            continue
        if key == "name":
            message = "a dash begins a new pack here; expected its name as first key"
            yield fault, replace(fault, message=message, hint="remove the dash where a line belongs to the pack above")
        elif item != first_of[item] or key in given[item]:
            yield fault, None


def _first_items(packs: object) -> dict[int, int]:
    """For every item that only goes on with an earlier one, and for that one: the number of the earlier one."""
    groups: dict[int, int] = {}
    first: int | None = None
    seen: set[str] = set()
    for index, item in enumerate(packs if isinstance(packs, list) else ()):
        keys = set(item) if isinstance(item, dict) else set()
        if first is not None and keys and keys <= set(PackBlock.model_fields) - seen:
            groups |= {first: first, index: first}
            seen |= keys
        else:
            first, seen = (index, keys) if "name" in keys else (None, set())
    return groups
