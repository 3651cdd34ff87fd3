"""The types of the arrays that kernels take and return, and their sum; apart from units.py: reading needs no numpy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def added(parts: Sequence[FloatArray] | FloatArray) -> FloatArray:
    """Sum of arrays, or of the rows of one, in their order.

    Each design has the same sum in any company; `numpy.sum` takes another order for a single design.
    """
    return np.asarray(reduce(np.add, parts, 0.0), dtype=np.float64)
