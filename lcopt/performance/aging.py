"""How a pack's capacity fades with time and use: two power laws, one of the calendar and one of the cycles.

Rates come from tables made with BLAST-Lite, whose laws are loss = k_cal t^p + k_cyc EFC^q. The tables are read at the
temperature, state of charge, depth of discharge and C-rate of the use; time and cycles enter exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.inputs.catalog import Catalog
from lcopt.performance.rate_grids import TEMPERATURE, RateGrid, read_rate_grid
from lcopt.units import DAYS_PER_YEAR


@dataclass(frozen=True)
class Fade:
    """Loss of capacity of each design, arrays (n,) or scalars that broadcast.

    loss(a) = factor (calendar_coefficient (365 a / calendar_scale)^calendar_exponent
    + cycle_coefficient (EFC a / cycle_scale)^cycle_exponent) with a in years and EFC a year.
    """

    calendar_coefficient_frac: FloatArray
    calendar_exponent: FloatArray
    calendar_scale_d: FloatArray
    cycle_coefficient_frac: FloatArray
    cycle_exponent: FloatArray
    cycle_scale_count: FloatArray
    factor: FloatArray

    def take(self, index: IntArray) -> Fade:
        """The entries at `index`, one for each design."""
        return Fade(**{item.name: getattr(self, item.name)[index] for item in fields(self)})


@dataclass(frozen=True)
class YearlyFade:
    """A `Fade` under a yearly use: loss(a) = calendar_frac a^calendar_exponent + cycle_frac a^cycle_exponent."""

    calendar_frac: FloatArray
    calendar_exponent: FloatArray
    cycle_frac: FloatArray
    cycle_exponent: FloatArray

    def loss_frac(self, age_yr: FloatArray | float) -> FloatArray:
        """Share of the capacity that is lost at an age in years, shape (n,); it may pass 1."""
        calendar = self.calendar_frac * np.power(age_yr, self.calendar_exponent)
        return np.asarray(calendar + self.cycle_frac * np.power(age_yr, self.cycle_exponent))

    def soh_frac(self, age_yr: FloatArray | float) -> FloatArray:
        """Capacity left at an age in years, never below 0, shape (n,)."""
        return np.maximum(1 - self.loss_frac(age_yr), 0)


@dataclass(frozen=True)
class FadeLaw:
    """Exponents and scales of one fade law; `calibration_factor` is that on the calendar loss."""

    calendar_exponent: float
    calendar_scale_d: float
    cycle_exponent: float
    cycle_scale_count: float
    calibration_factor: float
    cycle_calibration_factor: float


@dataclass(frozen=True)
class FadeTable:
    """Rates of one law by temperature and state of charge, and by temperature, depth of discharge and C-rate."""

    law: FadeLaw
    calendar: RateGrid
    cycle: RateGrid


@dataclass(frozen=True)
class Stress:
    """What wears a cell: temperature, mean state of charge, depth of discharge and the C-rate while it works."""

    temperature_deg_c: float
    soc_mean_frac: float
    dod_frac: float
    rate_per_h: float


@dataclass(frozen=True)
class CellTemperatureRules:
    """How warm the cells of a parked and of a working pack are, and from where on heat only harms."""

    parked_rise_deg_c: float
    working_rise_deg_c: float
    conditioned_low_deg_c: float
    conditioned_high_deg_c: float
    working_share_frac: float
    worse_when_hotter_from_deg_c: float


def linear_fade(fade_frac_per_yr: FloatArray | float, factor: FloatArray | float = 1.0) -> Fade:
    """Capacity that falls by the same share every year."""
    one, none = np.ones(1), np.zeros(1)
    return Fade(
        calendar_coefficient_frac=np.atleast_1d(np.asarray(fade_frac_per_yr, dtype=float)),
        calendar_exponent=one,
        calendar_scale_d=one * DAYS_PER_YEAR,
        cycle_coefficient_frac=none,
        cycle_exponent=one,
        cycle_scale_count=one,
        factor=np.atleast_1d(np.asarray(factor, dtype=float)),
    )


def yearly_fade(fade: Fade, cycles_per_yr: FloatArray) -> YearlyFade:
    """The fade under a number of equivalent full cycles a year, shape (n,)."""
    calendar = np.power(DAYS_PER_YEAR / fade.calendar_scale_d, fade.calendar_exponent)
    cycle = np.power(cycles_per_yr / fade.cycle_scale_count, fade.cycle_exponent)
    return YearlyFade(
        calendar_frac=fade.factor * fade.calendar_coefficient_frac * calendar,
        calendar_exponent=fade.calendar_exponent,
        cycle_frac=fade.factor * fade.cycle_coefficient_frac * cycle,
        cycle_exponent=fade.cycle_exponent,
    )


def fast_charge_factor(
    dc_share_frac: FloatArray | float, fast_charge_coefficient: float, rate_share_frac: FloatArray | float = 1.0
) -> FloatArray:
    """How much faster a pack fades when a share of its energy comes from fast chargers.

    Parameters
    ----------
    dc_share_frac : ndarray or float
        Share of the energy, 0 to 1. [-]
    fast_charge_coefficient : float
        Loss that fast charging alone adds, over the loss without it. [-]
    rate_share_frac : ndarray or float
        Charging rate over the plating-free rate of the design; above 1 it counts as 1. [-]

    Returns
    -------
    ndarray
        Multiplier of the whole loss. [-]

    Notes
    -----
    The cycle law is then read at the C-rate of slow charging, else fast charging would count twice.

    References
    ----------
    geotab_2025
    """
    rate_share = np.minimum(rate_share_frac, 1.0)
    return np.asarray(1 + fast_charge_coefficient * np.asarray(dc_share_frac) * rate_share)


def read_published_table(catalog: Catalog, law: str) -> FadeTable:
    """One law of `fade_laws.csv` with its grid of `fade_rates.csv` as its source has it, without calibration."""
    rows = catalog.table("fade_rates").select(fade_law=law)
    calendar, cycle = ([row for row in rows if row.keys["part"] == part] for part in ("calendar", "cycle"))
    constants = catalog.constants(FadeLaw, "fade_laws", fade_law=law)
    return FadeTable(
        law=replace(constants, calibration_factor=1.0, cycle_calibration_factor=1.0),
        calendar=read_rate_grid(calendar, (TEMPERATURE, "soc_frac")),
        cycle=read_rate_grid(cycle, (TEMPERATURE, "dod_frac", "rate_per_h")),
    )


def read_fade_table(catalog: Catalog, law: str) -> FadeTable:
    """One law as designs are judged by: calibrated to the field, and above 25 degC never better when hotter.

    Notes
    -----
    The cycle rates of some laws fall with temperature where few tests were hot; above the temperature at which aging
    is least (aging_temperatures.csv) they hold instead.

    References
    ----------
    blast_lite, geotab_2025, feinauer_2024
    """
    published = read_published_table(catalog, law)
    hot = catalog.constants(CellTemperatureRules, "aging_temperatures", part="cell").worse_when_hotter_from_deg_c
    return FadeTable(
        law=catalog.constants(FadeLaw, "fade_laws", fade_law=law),
        calendar=published.calendar.rising_from(hot),
        cycle=published.cycle.rising_from(hot),
    )


def fade_under(table: FadeTable, stress: Stress, factor: float = 1.0) -> Fade:
    """The fade of one law under a stress at a constant temperature, arrays of shape (1,).

    Outside the grid the rate of its nearest edge holds; `stress_is_extrapolated` tells.

    References
    ----------
    blast_lite
    """
    temperature = stress.temperature_deg_c
    calendar = table.calendar.at(temperature, stress.soc_mean_frac)
    cycle = table.cycle.at(temperature, stress.dod_frac, stress.rate_per_h)
    return fade_of(table.law, float(calendar), float(cycle), factor)


def fade_of(law: FadeLaw, calendar_rate: float, cycle_rate: float, factor: float = 1.0) -> Fade:
    """The fade of one law at given rates, arrays of shape (1,); its coefficients hold the calibration."""
    return Fade(
        calendar_coefficient_frac=np.array([law.calibration_factor * calendar_rate]),
        calendar_exponent=np.array([law.calendar_exponent]),
        calendar_scale_d=np.array([law.calendar_scale_d]),
        cycle_coefficient_frac=np.array([law.cycle_calibration_factor * cycle_rate]),
        cycle_exponent=np.array([law.cycle_exponent]),
        cycle_scale_count=np.array([law.cycle_scale_count]),
        factor=np.array([factor]),
    )


def stacked_fade(fades: Sequence[Fade]) -> Fade:
    """Several fades as one set of arrays, to be gathered with `take`."""
    return Fade(**{item.name: np.concatenate([getattr(fade, item.name) for fade in fades]) for item in fields(Fade)})


def stress_is_extrapolated(table: FadeTable, stress: Stress) -> bool:
    """Whether a stress lies outside the table."""
    temperature = stress.temperature_deg_c
    calendar_is_covered = table.calendar.covers(temperature, stress.soc_mean_frac)
    return not (calendar_is_covered and table.cycle.covers(temperature, stress.dod_frac, stress.rate_per_h))
