"""A mistake in the address of an axis, told once: not for every value, and not for every pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lcopt.errors import Problem
from lcopt.inputs.document import SWEEP
from lcopt.inputs.layers.sweep_block import Axis
from lcopt.inputs.text.tree import Tree


def told_once(problems: Iterable[Problem], axis: Axis, block: Tree) -> Iterator[Problem]:
    """The problems of the values of one axis, those that say the same once.

    What several packs have stands at the value, what several values have at the address.
    """
    alike: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        alike[problem.message, problem.hint].append(problem)
    for found in alike.values():
        address = _address_of(found[0], axis, block)
        if len(found) == 1 or not address:
            yield from found
            continue
        whole = replace(found[0], path=f"{SWEEP}.{address}")
        if len({(problem.line, problem.column) for problem in found}) > 1:
            place = block.place(next(setting.source for setting in axis[0] if setting.address == address)[:-1])
            whole = replace(whole, line=place.line, column=place.column)
        yield whole


def _address_of(problem: Problem, axis: Axis, block: Tree) -> str:
    """The address of the value that a problem stands at; empty where it stands elsewhere."""
    for settings in axis:
        for setting in settings:
            place = block.place(setting.source)
            if (place.line, place.column) == (problem.line, problem.column) and (place.line or len(settings) == 1):
                return setting.address
    return ""
