"""A sheet whose repeated columns are designs of one pack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from lcopt.report.business import Business
from lcopt.report.expressions import Cell, Expression, Range, Value, link
from lcopt.report.ledger import Ledger, Lines
from lcopt.report.styles import MONEY
from lcopt.report.tables import Design, PackTables


@dataclass
class DesignColumns:
    """Rows of one sheet, one column a design."""

    ledger: Ledger
    pack: PackTables
    lines: Lines

    @cached_property
    def design_at(self) -> dict[int, Design]:
        """Design of each column."""
        return dict(zip(self.lines.columns, self.pack.designs, strict=True))

    @property
    def business(self) -> Business:
        """What is in play."""
        return self.ledger.tables.business

    def pooled(self, one_pack: Expression) -> Expression:
        """What is paid for all packs of a car."""
        return one_pack * self.one("pool") if self.business.model.is_swapped else one_pack

    def rate(self, key: str) -> Cell:
        """An input that all packs share."""
        return self.ledger.input(key)

    def use(self, key: str) -> Cell:
        """An input of this pack."""
        return self.ledger.input(key, self.pack)

    def at(self, key: str, column: int) -> Cell:
        """The cell of a design in an earlier or later row."""
        return self.lines.cell(key, column)

    def one(self, key: str) -> Cell:
        """The constant of a row."""
        return self.lines.constant(key)

    def row(self, key: str) -> Range:
        """All designs of a row."""
        return Range(*self.lines.first_to_last(key))

    def solved(self, key: str, label: str, unit: str, content: Callable[[Design], Value], shown: str) -> None:
        """A row of answers of the solver."""
        designs = self.design_at
        self.lines.add(key, label, unit, series=lambda c: content(designs[c]), number_format=shown, look="solver")

    def computed(
        self,
        key: str,
        label: str,
        unit: str,
        content: Callable[[int], Expression],
        shown: str = MONEY,
        look: str = "calculation",
    ) -> None:
        """A row of live calculations."""
        self.lines.add(key, label, unit, series=content, number_format=shown, look=look)

    def constant(self, key: str, label: str, unit: str, content: Expression, shown: str) -> None:
        """A live number that all designs share."""
        self.lines.add(key, label, unit, content, number_format=shown)

    def linked(self, key: str, label: str, unit: str, cell: Cell, shown: str) -> None:
        """The value of another sheet's cell, shared by all designs."""
        self.lines.add(key, label, unit, link(cell), number_format=shown, look="link")
