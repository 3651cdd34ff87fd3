"""The functions that formulas use, each giving its text and its value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from lcopt.report.expressions import (
    COMPARISON,
    CONCATENATION,
    SUM,
    Expression,
    Operand,
    Part,
    Range,
    Value,
    binary,
    lift,
    wrapped,
)


def at_least(left: Operand, right: Operand) -> Expression:
    """`left >= right`."""
    return binary(">=", left, right, COMPARISON, lambda a, b: a >= b)


def at_most(left: Operand, right: Operand) -> Expression:
    """`left <= right`."""
    return binary("<=", left, right, COMPARISON, lambda a, b: a <= b)


def above(left: Operand, right: Operand) -> Expression:
    """`left > right`."""
    return binary(">", left, right, COMPARISON, lambda a, b: a > b)


def below(left: Operand, right: Operand) -> Expression:
    """`left < right`."""
    return binary("<", left, right, COMPARISON, lambda a, b: a < b)


def same(left: Operand, right: Operand) -> Expression:
    """`left = right`."""
    return binary("=", left, right, COMPARISON, lambda a, b: a == b)


def joined(*operands: Operand) -> Expression:
    """Text and whole numbers one after the other."""
    lifted = [lift(operand) for operand in operands]
    parts: list[Part] = []
    for index, operand in enumerate(lifted):
        parts += ["&"] if index else []
        parts += wrapped(operand, SUM)
    return Expression(parts, lambda: "".join(_as_text(operand.value) for operand in lifted), CONCATENATION)


def _as_text(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.0f}"


def _call(name: str, arguments: Iterable[Expression | Range], compute: Callable[[], Value]) -> Expression:
    parts: list[Part] = [f"{name}("]
    for index, argument in enumerate(arguments):
        parts += [","] if index else []
        parts += [argument] if isinstance(argument, Range) else argument.parts
    return Expression([*parts, ")"], compute)


def when(condition: Expression, then: Operand, otherwise: Operand) -> Expression:
    """`IF`; only the branch taken is computed."""
    a, b = lift(then), lift(otherwise)
    return _call("IF", (condition, a, b), lambda: a.value if condition.value else b.value)


def flag(condition: Expression) -> Expression:
    """1 where the condition holds, else 0."""
    return when(condition, 1, 0)


def both(*conditions: Expression) -> Expression:
    """`AND`."""
    return _call("AND", conditions, lambda: all(condition.value for condition in conditions))


def either(*conditions: Expression) -> Expression:
    """`OR`."""
    return _call("OR", conditions, lambda: any(condition.value for condition in conditions))


def total(cells: Range) -> Expression:
    """`SUM` of the numbers."""
    return _call("SUM", (cells,), lambda: math.fsum(value for value in cells.values if not isinstance(value, str)))


def sum_of_products(*factors: Range) -> Expression:
    """`SUMPRODUCT` of ranges of one shape."""

    def compute() -> float:
        columns = [factor.values for factor in factors]
        return math.fsum(math.prod(values) for values in zip(*columns, strict=True))

    return _call("SUMPRODUCT", factors, compute)


def sum_where(keys: Range, key: Operand, amounts: Range) -> Expression:
    """`SUMIF`: the amounts whose key is `key`."""
    wanted = lift(key)

    def compute() -> float:
        pairs = zip(keys.values, amounts.values, strict=True)
        return math.fsum(amount for word, amount in pairs if word == wanted.value)

    return _call("SUMIF", (keys, wanted, amounts), compute)


def count_of(cells: Range, word: str) -> Expression:
    """`COUNTIF`: how many cells hold `word`."""
    return _call("COUNTIF", (cells, lift(word)), lambda: sum(value == word for value in cells.values))


def count_filled(cells: Range) -> Expression:
    """`COUNTA`: how many cells hold anything, an error too."""
    return _call("COUNTA", (cells,), lambda: len([cell for cell in cells.cells if cell.content is not None]))


def count_below(cells: Range, bound: Expression) -> Expression:
    """How many numbers of a range are below `bound`."""
    parts = ("SUMPRODUCT(1*(", cells, "<", *wrapped(bound, SUM), "))")
    return Expression(parts, lambda: sum(value < bound.value for value in cells.values))


def count_errors(cells: Range) -> Expression:
    """How many cells of a range hold an error; a book that is written holds none."""
    return Expression(("SUMPRODUCT(1*ISERROR(", cells, "))"), lambda: 0)


def magnitude(operand: Expression) -> Expression:
    """`ABS`."""
    return _call("ABS", (operand,), lambda: abs(operand.value))


def whole(operand: Expression) -> Expression:
    """`INT`, the largest whole number not above."""
    return _call("INT", (operand,), lambda: math.floor(operand.value))


def entry(cells: Range, place: Expression) -> Expression:
    """`INDEX`: one cell of a row or column, the first has place 1."""
    return _call("INDEX", (cells, place), lambda: cells.values[round(place.value) - 1])


def largest(*operands: Operand | Range) -> Expression:
    """`MAX`."""
    lifted = _lifted(operands)
    return _call("MAX", lifted, lambda: max(_numbers(lifted)))


def smallest(*operands: Operand | Range) -> Expression:
    """`MIN`."""
    lifted = _lifted(operands)
    return _call("MIN", lifted, lambda: min(_numbers(lifted)))


def _lifted(operands: Iterable[Operand | Range]) -> list[Expression | Range]:
    return [operand if isinstance(operand, Range) else lift(operand) for operand in operands]


def _numbers(operands: Iterable[Expression | Range]) -> list[Any]:
    return [
        value
        for operand in operands
        for value in (operand.values if isinstance(operand, Range) else [operand.value])
        if not isinstance(value, str)
    ]


def net_present_value(rate: Expression, flows: Range) -> Expression:
    """`NPV` of flows at the ends of years 1, 2, ..: the independent second way of the checks."""

    def compute() -> float:
        return math.fsum(flow / (1.0 + rate.value) ** year for year, flow in enumerate(flows.values, start=1))

    return _call("NPV", (rate, flows), compute)
