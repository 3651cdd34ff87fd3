"""When a pack falls below its threshold of health, and on which dates packs are installed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cost.discounting import DATE_TOLERANCE_YR
from lcopt.performance.aging import YearlyFade
from lcopt.performance.life import life_yr, whole_life_yr


class ReplacementRule(StrEnum):
    """Whether packs are replaced at the end of a year or on the day."""

    INTEGER = "integer"
    CONTINUOUS = "continuous"


@dataclass(frozen=True)
class Installations:
    """Dates of the packs of each design, shape (n,): installed at 0, life, 2 life ... before the horizon."""

    life_yr: FloatArray
    replacements_count: IntArray
    horizon_yr: int

    def installed(self, number: int) -> BoolArray:
        """Whether pack `number` (0 is the first) is bought."""
        return np.asarray(self.replacements_count >= number)

    def date_yr(self, number: int) -> FloatArray:
        """Date of installation of pack `number`, 0 where it is not bought."""
        if number == 0:
            return np.zeros(self.life_yr.shape)
        return np.where(self.installed(number), number * self.life_yr, 0)

    def removal_yr(self, number: int) -> FloatArray:
        """Date at which pack `number` leaves: that of its successor, or the horizon."""
        return np.where(self.installed(number + 1), (number + 1) * self.life_yr, float(self.horizon_yr))

    @property
    def last_date_yr(self) -> FloatArray:
        """Date of installation of the last pack."""
        replaced = self.replacements_count > 0
        return np.where(replaced, self.replacements_count * np.where(replaced, self.life_yr, 0), 0)

    @property
    def last_age_yr(self) -> FloatArray:
        """Age of the last pack at the horizon."""
        return self.horizon_yr - self.last_date_yr

    def ages_yr(self, dates_yr: FloatArray, index: int) -> FloatArray:
        """Age of the pack of one design at dates; at a replacement that of the pack that leaves."""
        count, life = int(self.replacements_count[index]), float(self.life_yr[index])
        if count == 0:
            return dates_yr
        before = np.ceil((dates_yr - DATE_TOLERANCE_YR) / life) - 1
        return np.asarray(dates_yr - np.clip(before, 0, count) * life)


def plan_installations(
    fade: YearlyFade, soh_end_of_life_frac: float, rule: ReplacementRule, horizon_yr: int
) -> Installations:
    """Pack life and number of replacements; a pack due at the horizon is not bought."""
    life = pack_life_yr(fade, soh_end_of_life_frac, rule)
    count = np.maximum(np.ceil((horizon_yr - DATE_TOLERANCE_YR) / life) - 1, 0).astype(np.int64)
    return Installations(life_yr=life, replacements_count=count, horizon_yr=horizon_yr)


def pack_life_yr(fade: YearlyFade, soh_end_of_life_frac: float, rule: ReplacementRule) -> FloatArray:
    """Age at which the state of health falls below the threshold.

    Parameters
    ----------
    fade : YearlyFade
        Arrays (n,).
    soh_end_of_life_frac : float
        Threshold, above 0 and below 1.
    rule : ReplacementRule
        Integer: the end of the first year below it. Continuous: the moment at which it is met.

    Returns
    -------
    ndarray, shape (n,)
        [yr], infinite where the pack is not below the threshold after 200 years.
    """
    life = life_yr if rule is ReplacementRule.CONTINUOUS else whole_life_yr
    return life(fade, soh_end_of_life_frac)
