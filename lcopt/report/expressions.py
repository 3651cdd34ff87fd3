"""A calculated cell as a pair: the text of its formula and the number that Python gets for it.

Both come from one tree, so they cannot drift apart: `quantity * price` of two cells is an `Expression` that renders as
`D6*F6` in the sheet that asks and whose `value` is the product. Values are computed when they are asked for, so a
formula may refer to a cell that is filled in later.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from openpyxl.utils import get_column_letter

from lcopt.errors import ReportError

Value = float | int | str | bool

# How strongly an operator binds; an operand that binds less is put in parentheses.
COMPARISON, CONCATENATION, SUM, PRODUCT, POWER, ATOM = range(6)


class HomeSheet(Protocol):
    """What a cell must know of the sheet that it stands on."""

    name: str
    cells: dict[tuple[int, int], Cell]

    @property
    def quoted(self) -> str:
        """The name as formulas write it."""

    def is_series(self, column: int) -> bool:
        """Whether references to a column move with a copied formula."""


class Expression:
    """A formula and its value."""

    def __init__(self, parts: Sequence[Part], compute: Callable[[], Value], strength: int = ATOM) -> None:
        self.parts = tuple(parts)
        self.compute = compute
        self.strength = strength

    @property
    def value(self) -> Any:  # noqa: ANN401 - number or text, as the formula has it
        """What the formula gives with the present values of the cells it refers to."""
        return self.compute()

    def formula(self, home: Cell) -> str:
        """The text that stands in `home`, with the equals sign."""
        return "=" + "".join(part if isinstance(part, str) else part.address(home) for part in self.parts)

    def __add__(self, other: Operand) -> Expression:
        return binary("+", self, other, SUM, lambda a, b: a + b)

    def __radd__(self, other: Operand) -> Expression:
        return lift(other) + self

    def __sub__(self, other: Operand) -> Expression:
        return binary("-", self, other, SUM, lambda a, b: a - b)

    def __rsub__(self, other: Operand) -> Expression:
        return lift(other) - self

    def __mul__(self, other: Operand) -> Expression:
        return binary("*", self, other, PRODUCT, lambda a, b: a * b)

    def __rmul__(self, other: Operand) -> Expression:
        return lift(other) * self

    def __truediv__(self, other: Operand) -> Expression:
        return binary("/", self, other, PRODUCT, lambda a, b: a / b)

    def __rtruediv__(self, other: Operand) -> Expression:
        return lift(other) / self

    def __pow__(self, other: Operand) -> Expression:
        return binary("^", self, other, POWER, lambda a, b: a**b)


@dataclass(eq=False)
class Cell(Expression):
    """One cell of a sheet: what it holds and how it looks. As an operand it stands for its address."""

    sheet: HomeSheet
    row: int
    column: int
    content: Value | Expression | None = None
    look: str = "text"
    number_format: str = "General"
    name: str = ""
    link: str = ""
    strength: int = field(default=ATOM, init=False)
    _known: Value | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.parts = (self,)

    @property
    def value(self) -> Any:  # noqa: ANN401 - number or text, as the cell holds it
        """The number or text of the cell, checked to be finite."""
        if self._known is None:
            content = self.content.value if isinstance(self.content, Expression) else self.content
            if content is None or (isinstance(content, float) and not math.isfinite(content)):
                message = (
                    f"the report has no finite value for {self.full_address}: {content!r}; the result is incomplete"
                )
                raise ReportError(message)
            self._known = content
        return self._known

    @property
    def coordinate(self) -> str:
        """Column letters and row number."""
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def full_address(self) -> str:
        """Sheet and absolute address, as names and charts need it."""
        return f"{self.sheet.quoted}!${get_column_letter(self.column)}${self.row}"

    def address(self, home: Cell) -> str:
        """How a formula in `home` refers to this cell; from another sheet by name, if it has one."""
        if self.sheet is not home.sheet:
            return self.name or self.full_address
        return _local_address(self, home)


def _local_address(cell: Cell, home: Cell) -> str:
    letters = get_column_letter(cell.column)
    if home.sheet.is_series(cell.column):
        return f"{letters}{cell.row}"
    if home.sheet.is_series(home.column):
        return f"${letters}{cell.row}"
    return f"{letters}{cell.row}" if cell.row == home.row else f"${letters}${cell.row}"


@dataclass(frozen=True, eq=False)
class Range:
    """A rectangle of cells of one sheet; cells that hold nothing are passed over.

    Where a copied formula moves, `anchored` keeps the first column in its place, as running sums need it, and `fixed`
    both ends.
    """

    first: Cell
    last: Cell
    anchored: bool = False
    fixed: bool = False

    @property
    def cells(self) -> list[Cell]:
        """The filled cells, row by row."""
        sheet = self.first.sheet
        return [
            sheet.cells[row, column]
            for row in range(self.first.row, self.last.row + 1)
            for column in range(self.first.column, self.last.column + 1)
            if (row, column) in sheet.cells and sheet.cells[row, column].content is not None
        ]

    @property
    def values(self) -> list[Any]:
        """The values of the filled cells, row by row."""
        return [cell.value for cell in self.cells]

    @property
    def full_address(self) -> str:
        """Sheet and absolute address, as charts need it."""
        return f"{self.first.full_address}:${get_column_letter(self.last.column)}${self.last.row}"

    def address(self, home: Cell) -> str:
        """How a formula in `home` refers to this range."""
        if self.first.sheet is not home.sheet:
            return self.full_address
        first = "$" if self.anchored or self.fixed else ""
        last = "$" if self.fixed else ""
        return f"{first}{_local_address(self.first, home)}:{last}{_local_address(self.last, home)}"


Part = str | Cell | Range
Operand = Expression | float | int | str


def lift(operand: Operand) -> Expression:
    """A number or text as an expression."""
    if isinstance(operand, Expression):
        return operand
    if isinstance(operand, str):
        doubled = operand.replace('"', '""')
        return Expression((f'"{doubled}"',), lambda: operand)
    return Expression((repr(operand),), lambda: operand)


def link(cell: Cell) -> Expression:
    """The value of another cell as it is."""
    return Expression((cell,), lambda: cell.value)


def binary(sign: str, left: Operand, right: Operand, strength: int, compute: Callable[[Any, Any], Value]) -> Expression:
    """Two operands with an operator between them, in parentheses where they bind less than it."""
    a, b = lift(left), lift(right)
    right_needs = strength + 1 if sign in "-/^" else strength
    parts = (*wrapped(a, strength), sign, *wrapped(b, right_needs))
    return Expression(parts, lambda: compute(a.value, b.value), strength)


def wrapped(operand: Expression, strength: int) -> tuple[Part, ...]:
    """The parts of an operand, in parentheses where it binds less than `strength`."""
    return operand.parts if operand.strength >= strength else ("(", *operand.parts, ")")
