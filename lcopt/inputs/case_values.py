"""How one value of a lifecycle case is read: its type, its range, and what to say where it is neither."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TypeGuard

from lcopt.inputs.quantities import did_you_mean, shown

FORMAT_VERSION = 1
SOUGHT = "sought"
# Far beyond any vehicle; keeps a slip of the finger from filling the memory.
HORIZON_MAX_YR = 1000
SUM_TOLERANCE = 1e-12

_WITH_UNIT = re.compile(r"([-+]?[0-9]{1,15}(?:\.[0-9]{0,15})?)\s*([A-Za-z%].{0,20})")

Reader = Callable[[object], object]


class MistakeError(ValueError):
    """A value that cannot be used, with a hint for the user."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message, self.hint = message, hint
        super().__init__(message)


@dataclass(frozen=True)
class Allowed:
    """Range of a number; an open end is not part of it."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    def holds(self, value: float) -> bool:
        """Whether a value lies in the range."""
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def __str__(self) -> str:
        parts = []
        if self.low > -math.inf:
            parts.append(f"{'above' if self.low_open else 'at least'} {self.low:g}")
        if self.high < math.inf:
            parts.append(f"{'below' if self.high_open else 'at most'} {self.high:g}")
        return " and ".join(parts) if parts else "any finite number"


ANY = Allowed()
POSITIVE = Allowed(low=0, low_open=True)
NON_NEGATIVE = Allowed(low=0)
AT_LEAST_ONE = Allowed(low=1)
SHARE = Allowed(low=0, high=1)
POSITIVE_SHARE = Allowed(low=0, high=1, low_open=True)
BELOW_ONE = Allowed(low=0, high=1, high_open=True)
WITHIN = Allowed(low=0, high=1, low_open=True, high_open=True)
RATE = Allowed(low=-1, high=1, low_open=True, high_open=True)


def found(value: object) -> str:
    """What a value is, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, Real):
        return _written(value)
    if isinstance(value, Sequence):
        return f"a list of {len(value)}" if value else "an empty list"
    return "a block" if hasattr(value, "keys") else type(value).__name__


def _written(number: Real) -> str:
    try:
        return f"{number}"
    except ValueError:
        return "a number of very many digits"


def plain_number(value: object) -> float:
    """A finite number that is neither text nor a switch."""
    if isinstance(value, bool) or not isinstance(value, Real):
        message = f"found {found(value)}; expected a number"
        raise MistakeError(message, _bare(value))
    try:
        plain = float(value)
    except OverflowError:
        plain = math.inf
    if not math.isfinite(plain):
        message = f"found {plain}; expected a finite number"
        raise MistakeError(message)
    return plain


def _bare(value: object) -> str:
    """How to write as a bare number what has a unit."""
    hint = "the unit is in the name of the key: write a bare number"
    match = _WITH_UNIT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return hint
    plain = float(match[1]) / (100 if match[2] == "%" else 1)
    return f"{hint}; did you mean {plain:g}?"


def number(allowed: Allowed) -> Reader:
    """Reader of a number within a range."""

    def read(value: object) -> float:
        plain = plain_number(value)
        if not allowed.holds(plain):
            message = f"found {plain:g}; expected {allowed}"
            hint = f"5 % is 0.05: did you mean {plain / 100:g}?" if allowed.high == 1 and 1 <= plain <= 100 else ""
            raise MistakeError(message, hint)
        return plain

    return read


def whole(low: int) -> Reader:
    """Reader of a whole number from `low` on."""

    def read(value: object) -> int:
        plain = plain_number(value)
        if not isinstance(value, Integral) and not plain.is_integer():
            message = f"found {plain:g}; expected a whole number"
            raise MistakeError(message)
        if not low <= plain <= HORIZON_MAX_YR:
            message = f"found {plain:g}; expected a whole number of at least {low} and at most {HORIZON_MAX_YR}"
            raise MistakeError(message)
        return int(plain)

    return read


def words(*allowed: str) -> Reader:
    """Reader of one of some words."""

    def read(value: object) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        message = f"found {found(value)}; expected {', '.join(allowed[:-1])} or {allowed[-1]}"
        raise MistakeError(message, did_you_mean(value, allowed) if isinstance(value, str) else "")

    return read


def read_text(value: object) -> str:
    """A text."""
    if not isinstance(value, str):
        message = f"found {found(value)}; expected text"
        raise MistakeError(message, "put it in quotes")
    return value


def read_switch(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        message = f"found {found(value)}; expected true or false"
        raise MistakeError(message)
    return value


def read_version(value: object) -> int:
    """The version of the format."""
    if isinstance(value, bool) or not isinstance(value, Real) or value != FORMAT_VERSION:
        message = f"found {found(value)}; expected {FORMAT_VERSION}, the version of this format"
        raise MistakeError(message)
    return FORMAT_VERSION


def read_fee(value: object) -> float | None:
    """A fee, or None where it is sought."""
    if isinstance(value, str) and value == SOUGHT:
        return None
    if isinstance(value, str):
        message = f"found {found(value)}; expected a number or the word {SOUGHT}"
        raise MistakeError(message)
    return plain_at_least_zero(value)


def plain_at_least_zero(value: object) -> float:
    """A number that is not negative."""
    plain = plain_number(value)
    if plain < 0:
        message = f"found {plain:g}; expected {NON_NEGATIVE}"
        raise MistakeError(message)
    return plain


def read_window(value: object) -> tuple[float, float]:
    """Lower and upper state of charge."""
    if not _is_list(value) or len(value) != 2:
        message = f"found {found(value)}; expected a list of two shares"
        raise MistakeError(message, "write for example [0.1, 0.8]")
    low, high = (plain_number(item) for item in value)
    if not 0 <= low < high <= 1:
        message = f"found [{low:g}, {high:g}]; expected two rising shares from 0 to 1"
        raise MistakeError(message, "write for example [0.1, 0.8]")
    return low, high


def read_shares(value: object) -> tuple[float, ...]:
    """Depreciation of each year, together at most 1."""
    if not _is_list(value) or not value:
        message = f"found {found(value)}; expected a list of shares"
        raise MistakeError(message, "write for example [0.5, 0.3, 0.2]")
    shares = tuple(plain_number(item) for item in value)
    if min(shares) < 0 or sum(shares) > 1 + SUM_TOLERANCE:
        message = f"found shares from {min(shares):g} with the sum {sum(shares):g}; expected none below 0 and at most 1"
        raise MistakeError(message)
    return shares


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str)
