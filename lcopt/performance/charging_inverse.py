"""The thickest coating that still charges in time: the inverse of a rising charging time, all designs at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lcopt.arrays import BoolArray, FloatArray

# The end of a bracket counts as found when it is this close; far below what a coating line can hold.
AREAL_CAPACITY_TOLERANCE_MAH_PER_CM2 = 1e-7
BRACKET_STEPS_MAX = 60


def largest_areal_capacity(
    charging_time_min: Callable[[FloatArray], FloatArray],
    time_max_min: FloatArray | float,
    low_mah_per_cm2: FloatArray,
    high_mah_per_cm2: FloatArray,
) -> FloatArray:
    """Largest areal capacity between two bounds whose charging time meets a limit.

    Parameters
    ----------
    charging_time_min : callable
        Areal capacity (n,) -> charging time (n,), rising; usually `charge` with the cells' heat capacity following.
    time_max_min : ndarray, shape (n,), or float
        The limit. [min]
    low_mah_per_cm2, high_mah_per_cm2 : ndarray, shape (n,)
        Bounds of the search.

    Returns
    -------
    ndarray, shape (n,)
        [mAh/cm2]; its charging time meets the limit. NaN where even the low bound is too slow.

    Notes
    -----
    Illinois' variant of the false position on the logarithm of the time, all designs at once.
    """

    def excess(areal_capacity: FloatArray) -> FloatArray:
        return np.asarray(np.log(charging_time_min(areal_capacity) / time_max_min))

    low, high = (np.array(bound, dtype=float) for bound in np.broadcast_arrays(low_mah_per_cm2, high_mah_per_cm2))
    low_excess, high_excess = excess(low), excess(high)
    none, all_meet = low_excess > 0, high_excess <= 0
    last = np.zeros(low.shape)
    for _ in range(BRACKET_STEPS_MAX):
        open_ = ~none & ~all_meet & (high - low > AREAL_CAPACITY_TOLERANCE_MAH_PER_CM2)
        if not open_.any():
            break
        middle = _between(low, high, low_excess, high_excess, open_)
        middle_excess = excess(middle)
        meets = middle_excess <= 0
        up, down = open_ & meets, open_ & ~meets
        # An end that stays twice loses half its weight, so both ends close in.
        high_excess = np.where(up & (last > 0), high_excess / 2, np.where(down, middle_excess, high_excess))
        low_excess = np.where(down & (last < 0), low_excess / 2, np.where(up, middle_excess, low_excess))
        low, high = np.where(up, middle, low), np.where(down, middle, high)
        last = np.where(up, 1.0, np.where(down, -1.0, last))
    return np.where(none, np.nan, np.where(all_meet, high, low))


def _between(
    low: FloatArray, high: FloatArray, low_excess: FloatArray, high_excess: FloatArray, open_: BoolArray
) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        false_position = low - low_excess * (high - low) / (high_excess - low_excess)
    # Half a tolerance inside, so that an end which already is the root still closes the bracket from the other side.
    inset = AREAL_CAPACITY_TOLERANCE_MAH_PER_CM2 / 2
    inside = np.clip(false_position, low + inset, high - inset)
    return np.where(open_, np.where(np.isfinite(inside), inside, (low + high) / 2), low)
