"""How fade laws of laboratory cells are brought to cars in the field, and how far the fade may be off."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from lcopt.arrays import FloatArray
from lcopt.inputs.catalog import Catalog
from lcopt.performance.aging import Fade, fast_charge_factor, yearly_fade


@dataclass(frozen=True)
class Range:
    """A number that is uncertain."""

    low: float
    central: float
    high: float

    @property
    def relative(self) -> Range:
        """The same as shares of the central number; of 0 nothing is uncertain."""
        if not self.central:
            return Range(1.0, 1.0, 1.0)
        return Range(self.low / self.central, 1.0, self.high / self.central)

    def times(self, *others: Range) -> Range:
        """The product of ranges above 0 that know nothing of each other: logarithms of their ends add in squares.

        A low end may be 0; that of the product then is.
        """
        factors = (self, *others)
        central = math.prod(factor.central for factor in factors)
        below = math.hypot(*(math.log(factor.central / factor.low) if factor.low else math.inf for factor in factors))
        above = math.hypot(*(math.log(factor.high / factor.central) for factor in factors))
        return Range(central * math.exp(-below), central, central * math.exp(above))


@dataclass(frozen=True)
class FadeRange:
    """A fade with its ends: `low` fades least and lives longest."""

    low: Fade
    central: Fade
    high: Fade

    def soh_frac(self, age_yr: float, cycles_per_yr: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """State of health at an age from worst to best, each (n,)."""
        worst, central, best = (
            yearly_fade(fade, cycles_per_yr).soh_frac(age_yr) for fade in (self.high, self.central, self.low)
        )
        return worst, central, best


def read_calibration(catalog: Catalog, law: str) -> Range:
    """Low, central and high factor on the calendar loss of a law of `fade_laws.csv` [-]."""
    return _range(catalog, "fade_laws", fade_law=law, name="calibration_factor")


def read_cycle_calibration(catalog: Catalog, law: str) -> Range:
    """Low, central and high factor on the cycle loss of a law; its ends belong to those of `read_calibration` [-]."""
    return _range(catalog, "fade_laws", fade_law=law, name="cycle_calibration_factor")


def read_fast_charge(catalog: Catalog, dc_share_frac: float) -> Range:
    """Low, central and high multiplier of the loss at a share of fast charging [-]."""
    coefficient = _range(catalog, "aging_constants", name="fast_charge_coefficient")
    low, central, high = (
        float(fast_charge_factor(dc_share_frac, end))
        for end in (coefficient.low, coefficient.central, coefficient.high)
    )
    return Range(low, central, high)


def read_fade_spread(catalog: Catalog, chemistry: str) -> Range:
    """How far a chemistry may be off its law, as a factor about 1; without a row as far as any chemistry [-]."""
    table = catalog.table("chemistry_fade")
    found = table.select(chemistry=chemistry, name="fade_spread_factor")
    factor = found[0].number("1") if found else max(row.number("1") for row in table.rows)
    return Range(1 / factor, 1.0, factor)


def fade_range(fade: Fade, calendar: Range, cycle: Range) -> FadeRange:
    """A fade with its ends: its calendar and its cycle loss times the ends of two ranges about 1."""
    low, high = (
        replace(
            fade,
            calendar_coefficient_frac=fade.calendar_coefficient_frac * calendar_end,
            cycle_coefficient_frac=fade.cycle_coefficient_frac * cycle_end,
        )
        for calendar_end, cycle_end in ((calendar.low, cycle.low), (calendar.high, cycle.high))
    )
    return FadeRange(low, fade, high)


def fade_range_of(catalog: Catalog, chemistry: str, law: str, fade: Fade, dc_share_frac: float) -> FadeRange:
    """The range of a chemistry's fade: calibration, fast charging, and a law that is borrowed.

    `fade` is that of `fade_under` or `fade_in_climate` with a calibrated table and the central multiplier.
    """
    others = read_fade_spread(catalog, chemistry), read_fast_charge(catalog, dc_share_frac).relative
    calendar, cycle = (
        calibration.relative.times(*others)
        for calibration in (read_calibration(catalog, law), read_cycle_calibration(catalog, law))
    )
    return fade_range(fade, calendar, cycle)


def _range(catalog: Catalog, table: str, **keys: str) -> Range:
    row = catalog.table(table).one(**keys)
    low, high = row.low_value, row.high_value
    return Range(row.value if low is None else low, row.value, row.value if high is None else high)
