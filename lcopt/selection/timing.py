"""A time limit that all steps of a proof share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True)
class Deadline:
    """When the time is over, by a clock in seconds."""

    at_s: float
    clock: Clock

    @classmethod
    def after(cls, seconds: float, clock: Clock = time.monotonic) -> Deadline:
        """So many seconds from now on."""
        return cls(clock() + seconds, clock)

    @property
    def left_s(self) -> float:
        """Time that is left [s], never below 0."""
        return max(self.at_s - self.clock(), 0.0)

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return self.left_s <= 0.0


NEVER = Deadline(float("inf"), time.monotonic)
