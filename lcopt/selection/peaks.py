"""Lines that are built for the year in which they make the most, and the plain lines below them in cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class Peaks:
    """What packs make in each year, and which lines are as large as the largest of some years.

    Attributes
    ----------
    years : tuple of int
        Calendar years.
    share_frac : ndarray, shape (n_packs, n_years)
        What a pack makes in each year, as a share of the rate of its pairs; 0..1.
    counted : ndarray of bool, shape (n_lines, n_years)
        Years whose largest pooled rate is that of the line. A line without any takes the rates of its pairs as they
        are, the same in every year that it costs.
    """

    years: tuple[int, ...]
    share_frac: FloatArray
    counted: BoolArray

    @property
    def is_sized(self) -> BoolArray:
        """Lines that are sized by a peak, shape (n_lines,)."""
        return np.asarray(self.counted.any(axis=1))
