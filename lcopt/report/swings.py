"""What one input does to costs on the same designs: the formulas of the book computed again with another value in it.

An input moves only the cells that depend on it, so each answer takes milliseconds; the book itself stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from lcopt.report.expressions import Cell, Expression, Range, Value


@dataclass
class WhatIf:
    """The cells behind some costs, each with those that depend on it."""

    targets: Sequence[Cell]
    users: dict[Cell, list[Cell]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        waiting = list(self.targets)
        seen = set(waiting)
        while waiting:
            cell = waiting.pop()
            for needed in _needed(cell):
                self.users.setdefault(needed, []).append(cell)
                if needed not in seen:
                    seen.add(needed)
                    waiting.append(needed)

    def moves(self, cell: Cell) -> bool:
        """Whether any of the costs depends on a cell."""
        return cell in self.users

    def costs(self, cell: Cell, value: Value) -> list[float]:
        """All targets with another value in one cell."""
        with self._changed(cell, value):
            return [float(target.value) for target in self.targets]

    @contextmanager
    def _changed(self, cell: Cell, value: Value) -> Iterator[None]:
        touched = [cell, *self._dependents(cell)]
        known = [one._known for one in touched]
        content = cell.content
        for one in touched:
            one._known = None
        cell.content = value
        try:
            yield
        finally:
            cell.content = content
            for one, before in zip(touched, known, strict=True):
                one._known = before

    def _dependents(self, cell: Cell) -> list[Cell]:
        waiting, seen = list(self.users.get(cell, ())), set(self.users.get(cell, ()))
        while waiting:
            for user in self.users.get(waiting.pop(), ()):
                if user not in seen:
                    seen.add(user)
                    waiting.append(user)
        return list(seen)


def _needed(cell: Cell) -> Iterator[Cell]:
    if not isinstance(cell.content, Expression):
        return
    for part in cell.content.parts:
        if isinstance(part, Range):
            yield from part.cells
        elif isinstance(part, Cell):
            yield part
