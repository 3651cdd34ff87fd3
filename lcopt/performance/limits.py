"""What a candidate must meet: scenario limits and catalog bounds as margins, never as sizing tricks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lcopt.arrays import BoolArray, FloatArray

# Candidates are fitted to limits exactly; rounding of the last digits must not throw them out.
RELATIVE_TOLERANCE = 1e-9


class LimitKind(StrEnum):
    """Who set a limit."""

    SCENARIO = "scenario"
    CATALOG_BOUND = "catalog bound"


class Sense(StrEnum):
    """Which side of a limit is allowed."""

    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True)
class Limit:
    """One limit on one quantity of a candidate."""

    quantity: str
    label: str
    sense: Sense
    bound: float
    unit: str
    kind: LimitKind

    def margin(self, value: FloatArray) -> FloatArray:
        """Distance to the bound in the limit's own unit, positive where it is met; NaN values miss by infinity."""
        slack = self.bound - value if self.sense is Sense.AT_MOST else value - self.bound
        return np.where(np.isnan(slack), -np.inf, slack)

    def met(self, value: FloatArray) -> BoolArray:
        """Whether the value is on the allowed side."""
        met: BoolArray = self.margin(value) >= -RELATIVE_TOLERANCE * max(abs(self.bound), 1.0)
        return met


@dataclass(frozen=True)
class LimitCheck:
    """Every limit on every candidate.

    Attributes
    ----------
    limits : tuple of Limit, length n_limits
    met : ndarray, shape (n_limits, n_designs)
    """

    limits: tuple[Limit, ...]
    met: BoolArray

    @property
    def feasible(self) -> BoolArray:
        """Candidates that meet every limit, shape (n_designs,)."""
        feasible: BoolArray = np.logical_and.reduce(self.met, axis=0)
        return feasible


def check_limits(limits: Sequence[Limit], values: Mapping[str, FloatArray]) -> LimitCheck:
    """Compare candidates with limits.

    Parameters
    ----------
    limits : sequence of Limit
    values : mapping of quantity -> ndarray, shape (n_designs,)
        Every quantity that a limit names, in the unit of that limit.

    Returns
    -------
    LimitCheck
    """
    count = len(next(iter(values.values())))
    met = np.ones((len(limits), count), dtype=bool)
    for row, limit in enumerate(limits):
        met[row] = limit.met(values[limit.quantity])
    return LimitCheck(limits=tuple(limits), met=met)
