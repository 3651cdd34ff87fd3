"""Changes of an inherited value: `"*1.3"` times, `"+5 %"` more, `"-5 %"` less.

A text with a plus and a percent sign is always a change of what is inherited, `"-5 %"` only where the key itself takes
no percent: a rate of -5 % is a value. Over nothing but a default of the catalog, `"+5 %"` of a rate is refused, since
it may mean the value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.document import block_name
from lcopt.inputs.fields import is_known, kind_at, reader_of
from lcopt.inputs.kinds import Kind
from lcopt.inputs.money import MoneyBasis, money_basis
from lcopt.inputs.quantities import QuantityError, read_quantity, shown, tidy_text
from lcopt.inputs.text.tree import Fault, Path, Place, Tree

_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_TIMES = re.compile(rf"\*\s*({_NUMBER})")
_MORE = re.compile(rf"\+\s*({_NUMBER})\s*%")
_LESS = re.compile(rf"-\s*({_NUMBER})\s*%")
_SIGNED = re.compile(r"\+\s*[\d.].*")
NOT_RELATIVE = "catalog_overrides"  # its reader refuses changes

Inherited = Callable[[Path], tuple[str, Place] | None]


@dataclass(frozen=True)
class Change:
    """A value of the tree that is still to be computed: the inherited text, None for the default, and its changes.

    `place` is where the inherited text stands.
    """

    base: str | None
    steps: tuple[tuple[str, Place], ...]
    place: Place | None = None


class _UnreadableBaseError(QuantityError):
    """What is inherited is itself a mistake, which is told where it stands."""


def is_change(value: object, path: Path) -> bool:
    """Whether a text changes what is inherited at a path instead of replacing it."""
    if not isinstance(value, str) or path[:1] == (NOT_RELATIVE,):
        return False
    text = value.strip()
    return text.startswith("*") or bool(_MORE.fullmatch(text)) or bool(_LESS.fullmatch(text) and not _percent(path))


def is_ambiguous(value: object) -> bool:
    """Whether a text over an inherited value may be meant as the value or as an addition: `+2 min`."""
    return isinstance(value, str) and bool(_SIGNED.fullmatch(value.strip())) and not _MORE.fullmatch(value.strip())


def _percent(path: Path) -> bool:
    reader = reader_of(block_name(path[:-1]), str(path[-1]))
    return reader is not None and "%" in reader.kind.units


def settle(tree: Tree, catalog: Catalog, inherited_in: Callable[[Tree, Catalog], Inherited]) -> None:
    """Compute every change in `tree`, in place; one that cannot be computed becomes a fault and an unread path.

    What holds for all packs is computed before what a pack changes of it, the energy before the mass that follows.
    """
    for turn in sorted({_turn(path) for path, *_ in _changes(tree.data, ())}):
        _settle_turn(tree, catalog, inherited_in(tree, catalog), turn)


def _turn(path: Path) -> int:
    return 0 if path[0] != "packs" else 2 if path[-1] == "reference_pack_mass" else 1


def _settle_turn(tree: Tree, catalog: Catalog, inherited: Inherited, turn: int) -> None:
    money = money_basis(catalog, catalog.price_year)
    changes = [found for found in _changes(tree.data, ()) if _turn(found[0]) == turn]
    for path, block, key, value in changes:
        change = value if isinstance(value, Change) else Change(None, ((value, tree.place(path)),))
        if not is_known(path, catalog):
            block[key] = change.steps[-1][0]
            continue
        try:
            block[key] = _computed(change, path, kind_at(path, catalog), inherited, money)
        except _UnreadableBaseError:
            block[key] = change.base
            tree.places[path] = change.place or tree.place(path)
        except QuantityError as error:
            tree.faults.append(Fault(path, error.message, error.hint, change.steps[-1][1]))
            tree.unread.add(path)
            block[key] = None


def has_changes(tree: Tree) -> bool:
    """Whether any value of the tree is still to be computed."""
    return next(_changes(tree.data, ()), None) is not None


def without_changes(tree: Tree) -> Tree:
    """The same tree without the values that are changes."""
    made = Tree(deepcopy(tree.data), dict(tree.places), [], set(tree.unread), set(tree.nulls), tree.rows)
    for path, block, key, _ in list(_changes(made.data, ())):
        if isinstance(block, dict):
            del block[key]
            made.places.pop(path, None)
    return made


def _changes(value: Any, path: Path) -> Iterator[tuple[Path, Any, Any, Any]]:  # noqa: ANN401 - any node of a tree
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        child = (*path, key)
        if isinstance(item, Change) or is_change(item, child):
            yield child, value, key, item
        else:
            yield from _changes(item, child)


def _computed(change: Change, path: Path, kind: Kind | None, inherited: Inherited, money: MoneyBasis | None) -> str:
    text = change.steps[0][0]
    if kind is None or kind.internal_unit == "degC":
        message = f"{shown(text)} changes what is inherited, but none here can be multiplied; expected a value"
        raise QuantityError(message)
    base = _default(text, path, kind, inherited) if change.base is None else change.base
    try:
        number = read_quantity(base, kind, money)
    except QuantityError as error:
        if change.base is not None:
            raise _UnreadableBaseError(error.message, error.hint) from None
        return base
    for step, _ in change.steps:
        number *= _factor(step)
    if not math.isfinite(number):
        message = f"{shown(text)} makes {shown(base)} larger than any number; expected a smaller change"
        raise QuantityError(message)
    # A product of two short decimals is one, but for its last binary digits.
    return tidy_text(float(f"{number:.14g}"), kind)


def _default(text: str, path: Path, kind: Kind, inherited: Inherited) -> str:
    """What a change holds for where no file says it."""
    found = inherited(path)
    if found is None:
        message = f"{shown(text)} changes an inherited value, but nothing is inherited; expected {kind.name}"
        raise QuantityError(message, f"write for example '{kind.example}'")
    if "%" in kind.units and not text.startswith("*"):
        message = f"{shown(text)} may be the value or a change of the default {found[0]}; expected one or the other"
        value = text.lstrip("+ ")
        raise QuantityError(message, f"write '{value}' for the value or '*{_factor(text):g}' for the change")
    return found[0]


def _factor(text: str) -> float:
    text = text.strip()
    if times := _TIMES.fullmatch(text):
        return float(times[1])
    if more := _MORE.fullmatch(text):
        return (100 + float(more[1])) / 100
    if less := _LESS.fullmatch(text):
        return (100 - float(less[1])) / 100
    message = f"{shown(text)} is no change; expected '*' and a number from 0 on"
    raise QuantityError(message, "write for example '*1.3' or '+5 %'")
