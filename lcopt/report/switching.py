"""At which value of an input another design costs as much as the chosen one, all else and both designs the same."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lcopt.design_names import kind_in_words
from lcopt.report.expressions import Cell
from lcopt.report.input_rows import InputRow
from lcopt.report.swings import WhatIf
from lcopt.report.tables import Design

# A value beyond this multiple of the present one is no change that anybody expects.
MULTIPLE = 5.0
STEPS, CLOSE_FRAC, GAP_LEFT_FRAC = 6, 1e-6, 1e-3


@dataclass(frozen=True)
class SwitchingValue:
    """A rival takes over at `value`: by then it has gained its gap, `gain_usd_per_unit` for each unit of the way."""

    rival: Design
    value: float
    gain_usd_per_unit: float

    @property
    def taker(self) -> str:
        """The rival in words."""
        return kind_in_words(self.rival.facts)


def switching_value(
    what_if: WhatIf, live: Cell, made: InputRow, ends: Mapping[float, Sequence[float]], rivals: Sequence[Design]
) -> SwitchingValue | None:
    """The nearest value at which a rival takes over, or None where none does within reason.

    Parameters
    ----------
    what_if : WhatIf
        Its first target is the cost of the chosen design, then those of the rivals in their order.
    ends : mapping
        Value of the input -> all targets at it.
    """
    now, present = [float(target.value) for target in what_if.targets], float(live.value)
    found = [
        one
        for end, costs in ends.items()
        for number, rival in enumerate(rivals, start=1)
        if (one := _towards(what_if, live, (end, costs[number] - costs[0]), now[number] - now[0], number, rival))
        and _is_reasonable(one.value, present, made)
    ]
    return min(found, key=lambda one: abs(one.value - present), default=None)


def _towards(
    what_if: WhatIf, live: Cell, end: tuple[float, float], gap: float, number: int, rival: Design
) -> SwitchingValue | None:
    """By secants from the present value through an end; None where the gap grows that way."""
    present = float(live.value)
    place, left = end
    if gap <= 0 or left >= gap:
        return None
    for _ in range(STEPS):
        tried = present + gap * (place - present) / (gap - left)
        if not math.isfinite(tried) or abs(tried - present) > MULTIPLE * max(abs(present), abs(end[0] - present)):
            return None
        if abs(tried - place) <= CLOSE_FRAC * abs(tried):
            break
        costs = what_if.costs(live, tried)
        place, left = tried, costs[number] - costs[0]
        if left >= gap:
            return None
    return SwitchingValue(rival, place, gap / (place - present)) if abs(left) <= GAP_LEFT_FRAC * gap else None


def _is_reasonable(value: float, present: float, made: InputRow) -> bool:
    """Of the sign of the present value, and within the multiples that anybody expects; a share stays within 0 and 1."""
    if made.unit == "1" and 0.0 <= present <= 1.0 and not 0.0 <= value <= 1.0:
        return False
    return present == 0.0 or 0.0 <= value / present <= MULTIPLE
