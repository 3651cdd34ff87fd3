"""Resistance of the foils from where the current arises to the tab."""

from __future__ import annotations

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.units import CM2_PER_M2, MM_PER_M, UM_PER_M

# Where gamma coth gamma - 1 is gamma^2 / 3 to the last digit, and the difference would lose them.
GAMMA_SMALL = 1e-4
# Of the mean of a drop that grows with the square of the way.
SQUARE_MEAN = 3


def collector_asi_ohm_cm2(
    path_mm: FloatArray | float, foil_thickness_um: FloatArray | float, conductivity_s_per_m: FloatArray | float
) -> FloatArray:
    """Impedance of one foil with uniform current from both faces, over the one-sided area [ohm cm2], F10.

    Parameters
    ----------
    path_mm : ndarray, shape (n,), or float
        Way of the current: the coated width where foil edges or top flags collect it, the length over twice the
        number of tabs, or the coated length of a stacked sheet. [mm]
    foil_thickness_um, conductivity_s_per_m : ndarray, shape (n,), or float
        Of the foil, > 0.

    Returns
    -------
    ndarray, shape (n,)
        r = 2 p^2 / (3 sigma t). Terminals at both ends dissipate the same as at one end.
    """
    path_m = np.asarray(path_mm, dtype=np.float64) / MM_PER_M
    sheet_s = conductivity_s_per_m * np.asarray(foil_thickness_um, dtype=np.float64) / UM_PER_M
    per_area = 2 * path_m**2 / (SQUARE_MEAN * sheet_s)
    return np.asarray(per_area * CM2_PER_M2, dtype=np.float64)


def collector_excess_ohm_cm2(
    uniform_asi_ohm_cm2: FloatArray | float, reaction_ohm_cm2: FloatArray | float
) -> FloatArray:
    """What one foil adds where its drop spreads the current unevenly [ohm cm2], shape (n,), F11.

    Parameters
    ----------
    uniform_asi_ohm_cm2 : ndarray, shape (n,), or float
        The foil under uniform current, `collector_asi_ohm_cm2`.
    reaction_ohm_cm2 : ndarray, shape (n,), or float
        Electrochemical impedance between the foils, > 0.

    Returns
    -------
    ndarray, shape (n,)
        r_ct (gamma coth gamma - 1) with gamma^2 = 2 p^2 / (sigma t r_ct); the uniform value where it is far below the
        electrochemical one, less above.
    """
    reaction = np.asarray(reaction_ohm_cm2, dtype=np.float64)
    gamma = np.sqrt(SQUARE_MEAN * np.asarray(uniform_asi_ohm_cm2, dtype=np.float64) / reaction)
    safe = np.maximum(gamma, GAMMA_SMALL)
    share = np.where(gamma > GAMMA_SMALL, safe / np.tanh(safe) - 1, gamma**2 / SQUARE_MEAN)
    return np.asarray(reaction * share, dtype=np.float64)
