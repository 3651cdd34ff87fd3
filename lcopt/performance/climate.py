"""Fade in a climate: the rates over a whole year of cell temperatures instead of one temperature.

A loss k t^p under a rate that changes is exactly (mean of k^(1/p))^p t^p, since loss^(1/p) grows by k^(1/p) a day. The
rate at the mean temperature would be too low, by a fifth to a third in a continental climate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog
from lcopt.performance.aging import CellTemperatureRules, Fade, FadeTable, Stress, fade_of

# Equally likely phases of the yearly and of the daily sine.
YEAR_PHASES, DAY_PHASES = 180, 24
CONSTANT_CLIMATE = "constant"


@dataclass(frozen=True)
class Climate:
    """Air temperature of a place as sines of a year, half a year and a day, matched to its mean, 5 % and 95 %."""

    mean_deg_c: float
    p5_deg_c: float
    p95_deg_c: float
    yearly_amplitude_deg_c: float
    half_yearly_amplitude_deg_c: float
    daily_amplitude_deg_c: float


@dataclass(frozen=True)
class CellTemperatures:
    """Equally likely temperatures of the cells of a parked and of a working pack, and the share of the time at work."""

    parked_deg_c: FloatArray
    working_deg_c: FloatArray
    working_share_frac: float


def read_climate(catalog: Catalog, name: str) -> Climate:
    """One climate of `climates.csv`."""
    return catalog.constants(Climate, "climates", climate=name)


def air_temperatures_deg_c(climate: Climate) -> FloatArray:
    """Equally likely air temperatures of a year, shape (n_phases,) [degC]."""
    year = _phases(YEAR_PHASES)[:, np.newaxis]
    seasons = climate.yearly_amplitude_deg_c * np.sin(year) + climate.half_yearly_amplitude_deg_c * np.cos(2 * year)
    air = climate.mean_deg_c + seasons + climate.daily_amplitude_deg_c * np.sin(_phases(DAY_PHASES))
    return np.asarray(air.ravel())


def cell_temperatures(climate: Climate, rules: CellTemperatureRules) -> CellTemperatures:
    """Temperatures of the cells in a climate.

    Notes
    -----
    Assumed: a parked pack follows the air and is a little warmer; a pack at work is warmer still, and is heated and
    cooled to a band. Share of the time at work and band are those of `rules`.
    """
    air = air_temperatures_deg_c(climate)
    working = np.clip(air + rules.working_rise_deg_c, rules.conditioned_low_deg_c, rules.conditioned_high_deg_c)
    return CellTemperatures(
        parked_deg_c=air + rules.parked_rise_deg_c,
        working_deg_c=working,
        working_share_frac=rules.working_share_frac,
    )


def constant_temperature(temperature_deg_c: float) -> CellTemperatures:
    """Cells that always have one temperature."""
    one = np.array([temperature_deg_c])
    return CellTemperatures(one, one, 1.0)


def read_cell_temperatures(catalog: Catalog, climate: str, constant_deg_c: float) -> CellTemperatures:
    """Cell temperatures in a climate of the catalog, or always `constant_deg_c` where the climate is `constant`.

    Raises
    ------
    CatalogError
        Where the catalog has no climate of this name.
    """
    if climate == CONSTANT_CLIMATE:
        return constant_temperature(constant_deg_c)
    known = catalog.table("climates").words("climate")
    if climate not in known:
        message = f"climates.csv has no climate '{climate}'; choose {', '.join((CONSTANT_CLIMATE, *known))}"
        raise CatalogError(message)
    rules = catalog.constants(CellTemperatureRules, "aging_temperatures", part="cell")
    return cell_temperatures(read_climate(catalog, climate), rules)


def effective_rate(rates: FloatArray, weights: FloatArray, exponent: float) -> float:
    """The constant rate with the same loss k x^exponent as rates that take turns: (mean of k^(1/exponent))^exponent."""
    return float(np.average(np.power(rates, 1 / exponent), weights=weights) ** exponent)


def fade_in_climate(table: FadeTable, stress: Stress, temperatures: CellTemperatures, factor: float = 1.0) -> Fade:
    """The fade of one law in a climate, arrays of shape (1,).

    Parameters
    ----------
    table : FadeTable
    stress : Stress
        Its temperature is not read.
    temperatures : CellTemperatures
        The calendar law sees those of the parked and of the working pack, the cycle law those of the working pack.
    factor : float
        Multiplier of the whole loss, such as that of fast charging. [-]

    Returns
    -------
    Fade

    References
    ----------
    blast_lite
    """
    parked, working, share = temperatures.parked_deg_c, temperatures.working_deg_c, temperatures.working_share_frac
    both = np.concatenate([parked, working])
    parked_weight, working_weight = (1 - share) / parked.size, share / working.size
    weights = np.repeat([parked_weight, working_weight], [parked.size, working.size])
    calendar = table.calendar.at(both, stress.soc_mean_frac)
    cycle = table.cycle.at(working, stress.dod_frac, stress.rate_per_h)
    law = table.law
    return fade_of(
        law,
        effective_rate(calendar, weights, law.calendar_exponent),
        effective_rate(cycle, np.ones(working.size), law.cycle_exponent),
        factor,
    )


def _phases(count: int) -> FloatArray:
    return np.asarray(2 * np.pi * (np.arange(count) + 0.5) / count)
