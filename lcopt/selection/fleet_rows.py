"""Linear rows over pairs or over platforms: caps, floors, shares, exclusions; hard or at a price for missing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray

# Rounding of the last digits must not throw out a choice that meets a row exactly.
ROW_TOLERANCE = 1e-8


@dataclass(frozen=True)
class LinearRows:
    """Rows `lower <= sum of coefficients of what is chosen <= upper`.

    Attributes
    ----------
    names, units : tuple of str, length n_rows
    coefficient : ndarray, shape (n_rows, n_items)
        Per pair (a quantity a year, a share above a target, ...) or per open platform.
    lower, upper : ndarray, shape (n_rows,)
        Minus or plus infinity where a side is free; equal for an equality.
    relaxation_usd_per_unit : ndarray, shape (n_rows,)
        Price of each unit by which a row is missed; infinite for a row that must hold.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    coefficient: FloatArray
    lower: FloatArray
    upper: FloatArray
    relaxation_usd_per_unit: FloatArray

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def none(cls, items_count: int) -> LinearRows:
        """No row over so many items."""
        empty = np.empty(0)
        return cls((), (), np.empty((0, items_count)), empty, empty, empty)

    @classmethod
    def one(
        cls, name: str, unit: str, coefficient: FloatArray, lower: float = -np.inf, upper: float = np.inf
    ) -> LinearRows:
        """A single row that must hold."""
        row = np.asarray(coefficient, dtype=float)[None, :]
        return cls((name,), (unit,), row, np.array([lower]), np.array([upper]), np.array([np.inf]))

    @cached_property
    def hard(self) -> BoolArray:
        """Rows that must hold."""
        return np.isinf(self.relaxation_usd_per_unit)

    @cached_property
    def has_floor(self) -> bool:
        """Whether doing more than needed can help a row: one with a lower bound or a negative coefficient."""
        return bool(np.isfinite(self.lower).any() or (self.coefficient < 0).any())

    @cached_property
    def scale(self) -> FloatArray:
        """Size of the numbers of each row, to which rounding is relative."""
        bounds = np.maximum(*(np.where(np.isfinite(side), np.abs(side), 0.0) for side in (self.lower, self.upper)))
        largest = np.abs(self.coefficient).max(axis=1, initial=0.0)
        size = np.maximum(bounds, largest)
        return np.where(size > 0, size, 1.0)

    def missed(self, total: FloatArray) -> FloatArray:
        """How far totals (..., n_rows) lie outside their bounds, 0 within rounding [unit of the row]."""
        outside = np.maximum(np.maximum(total - self.upper, self.lower - total), 0.0)
        return np.where(outside > ROW_TOLERANCE * self.scale, outside, 0.0)

    def penalty_usd(self, total: FloatArray) -> FloatArray:
        """Cost of missing the rows that have a price."""
        soft = ~self.hard
        cost: FloatArray = self.missed(total)[..., soft] @ self.relaxation_usd_per_unit[soft]
        return cost

    def take_items(self, index: IntArray | BoolArray) -> LinearRows:
        """The rows over some of the items."""
        return replace(self, coefficient=self.coefficient[:, index])

    def take_rows(self, index: Sequence[int] | Sequence[bool] | IntArray | BoolArray) -> LinearRows:
        """Some of the rows, by their numbers or by whether each is taken."""
        given = np.asarray(index)
        kept = np.arange(len(self))[given if given.size else given.astype(np.int64)]
        return LinearRows(
            tuple(self.names[row] for row in kept),
            tuple(self.units[row] for row in kept),
            self.coefficient[kept],
            self.lower[kept],
            self.upper[kept],
            self.relaxation_usd_per_unit[kept],
        )

    def with_rows(self, more: LinearRows) -> LinearRows:
        """These rows and more over the same items."""
        return LinearRows(
            self.names + more.names,
            self.units + more.units,
            np.concatenate([self.coefficient, more.coefficient]),
            np.concatenate([self.lower, more.lower]),
            np.concatenate([self.upper, more.upper]),
            np.concatenate([self.relaxation_usd_per_unit, more.relaxation_usd_per_unit]),
        )
