"""How the rate at which lithium starts to plate depends on temperature.

In a search the charging model holds this bound already: every charge runs at the plating limit of its electrodes and
temperature (charging.py), so no design plates, and the fade laws need no term for it. This rule is for rates that come
without an electrode model, such as a use in the cold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.inputs.catalog import Catalog
from lcopt.units import ZERO_CELSIUS_K


@dataclass(frozen=True)
class PlatingLaw:
    """Arrhenius law of the plating-free rate."""

    activation_temperature_k: float
    reference_temperature_deg_c: float


def read_plating_law(catalog: Catalog) -> PlatingLaw:
    """The law of `aging_temperatures.csv`."""
    return catalog.constants(PlatingLaw, "aging_temperatures", part="plating")


def plating_free_rate_per_h(
    temperature_deg_c: FloatArray | float, reference_rate_per_h: FloatArray | float, law: PlatingLaw
) -> FloatArray:
    """Fastest charging rate without lithium plating.

    Parameters
    ----------
    temperature_deg_c : ndarray or float
        Of the cells. [degC]
    reference_rate_per_h : ndarray or float
        The rate at the reference temperature of 25 degC, from an electrode model. [1/h]
    law : PlatingLaw

    Returns
    -------
    ndarray
        [1/h]; above the reference temperature that of the reference, since nothing was measured there.

    References
    ----------
    yang_2018
    """
    colder = 1 / (np.asarray(temperature_deg_c) + ZERO_CELSIUS_K) - 1 / (
        law.reference_temperature_deg_c + ZERO_CELSIUS_K
    )
    return np.asarray(reference_rate_per_h * np.exp(-law.activation_temperature_k * np.maximum(colder, 0)))
