"""Where values lie on a drawing, and the round numbers along its axes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

# Steps between round numbers, as parts of a power of ten.
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_DECIMAL = 10.0
_ROOM_FRAC = 0.04
# Values closer than this share count as one, which stands in the middle of its axis.
SAME_FRAC = 1e-9


@dataclass(frozen=True)
class Axis:
    """Values from `low` to `high` along the pixels from `start` to `end`, with round numbers to write on it."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Pixel of a value."""
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)

    @property
    def step(self) -> float:
        """Distance of two round numbers."""
        return self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else self.high - self.low

    def shown(self, value: float) -> str:
        """A round number with as many decimals as its neighbors need."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9)) if self.step > 0 else 0
        if decimals and round(self.step, decimals) != round(self.step, decimals + 1):
            decimals += 1
        return f"{value + 0.0:,.{decimals}f}"


def axis_of(values: Iterable[float], start: float, end: float, count: int = 5, *, holds_zero: bool = False) -> Axis:
    """An axis that holds all values.

    Parameters
    ----------
    values : iterable of float
        At least one, all finite.
    start, end : float
        Pixels at its ends.
    count : int
        About how many round numbers.
    holds_zero : bool
        Whether the axis reaches to 0, as the length of bars asks; it then ends at round numbers, else close to the
        values.
    """
    found = [*values, *([0.0] if holds_zero else [])]
    low, high = min(found), max(found)
    if high - low <= SAME_FRAC * abs(high):
        half = abs(high) / 2 or 1.0
        low, high = low - half, high + half
    span = high - low
    step = _round_step(span / count)
    if holds_zero:
        low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
        high = high if high > low else low + step
    else:
        low, high = low - _ROOM_FRAC * span, high + _ROOM_FRAC * span
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return Axis(low, high, start, end, tuple(number * step for number in range(first, last + 1)))


def _round_step(rough: float) -> float:
    power = _DECIMAL ** math.floor(math.log10(rough))
    return next(part * power for part in _STEPS if part * power >= rough * (1 - 1e-9))
