"""How fade laws of laboratory cells are brought to cars in the field, and how far the fade may be off."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.inputs.catalog import Catalog
from lcopt.performance.aging import Fade, FadeTable, Stress, fade_under, fast_charge_factor, yearly_fade


@dataclass(frozen=True)
class FieldAnchor:
    """What cars in the field have lost: the mean loss a year up to an age, under a duty."""

    fade_frac_per_yr: float
    age_yr: float
    dc_share_frac: float
    cycles_per_yr: float
    temperature_deg_c: float
    soc_mean_frac: float
    dod_frac: float
    rate_per_h: float

    @property
    def loss_frac(self) -> float:
        """Capacity lost at the age."""
        return self.fade_frac_per_yr * self.age_yr

    @property
    def stress(self) -> Stress:
        """What the duty does to a cell."""
        return Stress(self.temperature_deg_c, self.soc_mean_frac, self.dod_frac, self.rate_per_h)


@dataclass(frozen=True)
class Range:
    """A number that is uncertain."""

    low: float
    central: float
    high: float

    def times(self, other: Range) -> Range:
        """The product of two positive ranges, ends with ends."""
        return Range(self.low * other.low, self.central * other.central, self.high * other.high)

    def widened(self, spread_factor: float) -> Range:
        """The ends so many times farther from the middle."""
        return Range(self.low / spread_factor, self.central, self.high * spread_factor)


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


def read_anchor(catalog: Catalog, name: str) -> FieldAnchor:
    """One anchor of `field_anchors.csv` at its central values."""
    return catalog.constants(FieldAnchor, "field_anchors", anchor=name)


def read_anchor_ends(catalog: Catalog, name: str) -> Range:
    """Low, central and high mean loss a year of an anchor [1/yr]."""
    return _range(catalog, "field_anchors", anchor=name, name="fade_frac_per_yr")


def calibration_factor(table: FadeTable, anchor: FieldAnchor, fast_charge_coefficient: float) -> float:
    """What the loss of a law is multiplied by so that it meets an anchor; the law's own factor does not count [-]."""
    published = replace(table, law=replace(table.law, calibration_factor=1.0))
    fast = float(fast_charge_factor(anchor.dc_share_frac, fast_charge_coefficient))
    fade = yearly_fade(fade_under(published, anchor.stress, fast), np.array([anchor.cycles_per_yr]))
    return anchor.loss_frac / float(fade.loss_frac(anchor.age_yr)[0])


def read_calibration(catalog: Catalog, law: str) -> Range:
    """Low, central and high calibration factor of a law of `fade_laws.csv` [-]."""
    return _range(catalog, "fade_laws", fade_law=law, name="calibration_factor")


def read_fast_charge(catalog: Catalog, dc_share_frac: float) -> Range:
    """Low, central and high multiplier of the loss at a share of fast charging [-]."""
    coefficient = _range(catalog, "aging_constants", name="fast_charge_coefficient")
    low, central, high = (
        float(fast_charge_factor(dc_share_frac, end))
        for end in (coefficient.low, coefficient.central, coefficient.high)
    )
    return Range(low, central, high)


def read_fade_spread_factor(catalog: Catalog, chemistry: str) -> float:
    """How many times wider the range of a chemistry is than that of its law, the widest for one without a row [-]."""
    table = catalog.table("chemistry_fade")
    found = table.select(chemistry=chemistry, name="fade_spread_factor")
    return found[0].number("1") if found else max(row.number("1") for row in table.rows)


def fade_range(fade: Fade, central_factor: float, factors: Range) -> FadeRange:
    """A fade whose factor holds `central_factor`, with the ends of the range of that factor."""
    low, high = (replace(fade, factor=fade.factor * end / central_factor) for end in (factors.low, factors.high))
    return FadeRange(low, fade, high)


def fade_range_of(catalog: Catalog, chemistry: str, law: str, fade: Fade, dc_share_frac: float) -> FadeRange:
    """The range of a chemistry's fade: calibration, fast charging, and a law that is borrowed.

    `fade` is that of `fade_under` or `fade_in_climate` with a calibrated table and the central multiplier.
    """
    calibration = read_calibration(catalog, law).widened(read_fade_spread_factor(catalog, chemistry))
    factors = calibration.times(read_fast_charge(catalog, dc_share_frac))
    return fade_range(fade, factors.central, factors)


def _range(catalog: Catalog, table: str, **keys: str) -> Range:
    row = catalog.table(table).one(**keys)
    low, high = row.low_value, row.high_value
    return Range(row.value if low is None else low, row.value, row.value if high is None else high)
