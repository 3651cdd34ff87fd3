"""How a pack's capacity fades with time and use: two power laws, one of the calendar and one of the cycles.

Rates come from tables made with BLAST-Lite, whose laws are loss = k_cal t^p + k_cyc EFC^q. The tables are read at the
temperature, state of charge, depth of discharge and C-rate of the use; time and cycles enter exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.inputs.catalog import Catalog, Row
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
    """Exponents, scales and reference of one fade law."""

    calendar_exponent: float
    calendar_scale_d: float
    cycle_exponent: float
    cycle_scale_count: float
    calibration_factor: float


@dataclass(frozen=True)
class FadeTable:
    """Rates of one law on a grid; the logarithms are interpolated linearly along each axis."""

    law: FadeLaw
    temperature_deg_c: FloatArray
    soc_frac: FloatArray
    dod_frac: FloatArray
    rate_per_h: FloatArray
    calendar_log: FloatArray
    cycle_log: FloatArray


@dataclass(frozen=True)
class Stress:
    """What wears a cell: temperature, mean state of charge, depth of discharge and the C-rate while it works."""

    temperature_deg_c: float
    soc_mean_frac: float
    dod_frac: float
    rate_per_h: float


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


def fast_charge_factor(dc_share_frac: FloatArray | float, fast_charge_coefficient: float) -> FloatArray:
    """How much faster a pack fades when a share of its energy comes from fast chargers.

    The cycle law is then read at the C-rate of slow charging, else fast charging would count twice.
    """
    return np.asarray(1 + fast_charge_coefficient * np.asarray(dc_share_frac))


def read_fade_table(catalog: Catalog, law: str) -> FadeTable:
    """One law of `fade_laws.csv` with its grid of `fade_rates.csv`."""
    calendar = catalog.table("fade_rates").select(fade_law=law, part="calendar")
    cycle = catalog.table("fade_rates").select(fade_law=law, part="cycle")
    temperature, soc = _axis(calendar, "temperature_deg_c"), _axis(calendar, "soc_frac")
    dod, rate = _axis(cycle, "dod_frac"), _axis(cycle, "rate_per_h")
    return FadeTable(
        law=catalog.constants(FadeLaw, "fade_laws", fade_law=law),
        temperature_deg_c=temperature,
        soc_frac=soc,
        dod_frac=dod,
        rate_per_h=rate,
        calendar_log=_log_grid(calendar, ("temperature_deg_c", "soc_frac"), (temperature, soc)),
        cycle_log=_log_grid(cycle, ("temperature_deg_c", "dod_frac", "rate_per_h"), (temperature, dod, rate)),
    )


def fade_under(table: FadeTable, stress: Stress, factor: float = 1.0) -> Fade:
    """The fade of one law under a stress, arrays of shape (1,).

    Outside the grid the rate of its nearest edge holds; `stress_is_extrapolated` tells.

    References
    ----------
    blast_lite
    """
    calendar = _interpolated(
        table.calendar_log,
        (table.temperature_deg_c, table.soc_frac),
        (stress.temperature_deg_c, stress.soc_mean_frac),
    )
    cycle = _interpolated(
        table.cycle_log,
        (table.temperature_deg_c, table.dod_frac, table.rate_per_h),
        (stress.temperature_deg_c, stress.dod_frac, stress.rate_per_h),
    )
    law = table.law
    return Fade(
        calendar_coefficient_frac=np.array([calendar]),
        calendar_exponent=np.array([law.calendar_exponent]),
        calendar_scale_d=np.array([law.calendar_scale_d]),
        cycle_coefficient_frac=np.array([cycle]),
        cycle_exponent=np.array([law.cycle_exponent]),
        cycle_scale_count=np.array([law.cycle_scale_count]),
        factor=np.array([law.calibration_factor * factor]),
    )


def stacked_fade(fades: Sequence[Fade]) -> Fade:
    """Several fades as one set of arrays, to be gathered with `take`."""
    return Fade(**{item.name: np.concatenate([getattr(fade, item.name) for fade in fades]) for item in fields(Fade)})


def stress_is_extrapolated(table: FadeTable, stress: Stress) -> bool:
    """Whether a stress lies outside the table."""
    pairs = (
        (table.temperature_deg_c, stress.temperature_deg_c),
        (table.soc_frac, stress.soc_mean_frac),
        (table.dod_frac, stress.dod_frac),
        (table.rate_per_h, stress.rate_per_h),
    )
    return any(not axis[0] <= value <= axis[-1] for axis, value in pairs)


def _axis(rows: Sequence[Row], column: str) -> FloatArray:
    return np.unique(np.array([float(row.keys[column]) for row in rows]))


def _log_grid(rows: Sequence[Row], columns: Sequence[str], axes: Sequence[FloatArray]) -> FloatArray:
    grid = np.full([axis.size for axis in axes], np.nan)
    places = tuple(
        np.searchsorted(axis, [float(row.keys[column]) for row in rows])
        for axis, column in zip(axes, columns, strict=True)
    )
    grid[places] = np.log([row.number("1") for row in rows])
    return grid


def _interpolated(grid: FloatArray, axes: Sequence[FloatArray], point: Sequence[float]) -> float:
    """Multilinear interpolation, axis by axis, at one point brought inside the grid."""
    values = grid
    for axis, coordinate in zip(axes, point, strict=True):
        inside = float(np.clip(coordinate, axis[0], axis[-1]))
        upper = int(np.clip(np.searchsorted(axis, inside), 1, axis.size - 1))
        share = (inside - axis[upper - 1]) / (axis[upper] - axis[upper - 1])
        values = values[upper - 1] * (1 - share) + values[upper] * share
    return float(np.exp(values))
