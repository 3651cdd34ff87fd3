"""What a pack is worth when it leaves: second life, recycling, a share of a new pack, or nothing; and its warranty."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import ndtr

from lcopt.arrays import BoolArray, FloatArray
from lcopt.cost.replacement import Installations
from lcopt.performance.aging import YearlyFade
from lcopt.performance.life import SOH_TOLERANCE_FRAC


class ResidualRule(StrEnum):
    """What the last pack earns at the horizon."""

    NONE = "none"
    LINEAR_TIME = "linear_time"
    LINEAR_SOH = "linear_soh"
    MARKET = "market"


@dataclass(frozen=True)
class SecondLife:
    """Sale of used packs to stationary storage; `used_discount_factor` and `health_factor` scale the new price."""

    new_storage_price_usd_per_kwh: float
    new_storage_price_decline_frac_per_yr: float
    used_discount_factor: float
    health_factor: float
    repurposing_cost_usd_per_kwh: float
    soh_min_frac: float
    testable: bool


@dataclass(frozen=True)
class Warranty:
    """Defects, and a guaranteed state of health at the end of a term; `spread_cv` is the spread of the fade."""

    defect_frac: float
    claim_date_yr: float
    guaranteed_soh_frac: float
    term_yr: float
    spread_cv: float


@dataclass(frozen=True)
class Disposal:
    """Value of a pack that leaves, and whether it goes to a second life, shape (n,)."""

    value_usd: FloatArray
    second_life: BoolArray


def dispose(
    energy_kwh: FloatArray,
    soh_frac: FloatArray,
    date_yr: FloatArray,
    recycling_value_usd_per_kwh: FloatArray,
    second_life: SecondLife | None,
) -> Disposal:
    """The better of the allowed routes, even where both cost money; there is no abandoning at zero.

    Parameters
    ----------
    energy_kwh, soh_frac, date_yr : ndarray, shape (n,)
        Nameplate energy, state of health, date of leaving. [kWh], [-], [yr]
    recycling_value_usd_per_kwh : ndarray, shape (n,)
        Net of all costs, per nameplate energy. [USD/kWh]
    second_life : SecondLife or None
        Terms of the second life, None where there is none.

    Returns
    -------
    Disposal
        [USD]
    """
    recycling = recycling_value_usd_per_kwh * energy_kwh
    if second_life is None or not second_life.testable:
        return Disposal(value_usd=recycling, second_life=np.zeros(energy_kwh.shape, dtype=bool))
    fallen = declined(date_yr, second_life.new_storage_price_decline_frac_per_yr)
    new_price = second_life.new_storage_price_usd_per_kwh * fallen
    margin = second_life.used_discount_factor * second_life.health_factor * new_price
    reuse = (margin - second_life.repurposing_cost_usd_per_kwh) * soh_frac * energy_kwh
    # A pack replaced at just the health that a second life asks for has it, whatever the last digit.
    healthy = soh_frac >= second_life.soh_min_frac - SOH_TOLERANCE_FRAC
    chosen = healthy & (reuse > recycling)
    return Disposal(value_usd=np.where(chosen, reuse, recycling), second_life=chosen)


def declined(date_yr: FloatArray | float, decline_frac_per_yr: float) -> FloatArray:
    """What is left at a date of a price that falls by the same share every year."""
    return np.exp(np.multiply(date_yr, np.log1p(-decline_frac_per_yr)))


def residual_share(
    rule: ResidualRule, fade: YearlyFade, installations: Installations, soh_end_of_life_frac: float
) -> FloatArray:
    """Share of a new pack's price at the horizon that the last pack earns under the two linear rules, never below 0."""
    age = installations.last_age_yr
    if rule is ResidualRule.LINEAR_TIME:
        # An unlimited life gives age / infinity = 0, so the whole price.
        return np.maximum(1 - age / installations.life_yr, 0)
    return np.maximum((fade.soh_frac(age) - soh_end_of_life_frac) / (1 - soh_end_of_life_frac), 0)


def capacity_claim_probability(warranty: Warranty, fade: YearlyFade) -> FloatArray:
    """Probability that a pack is below the guaranteed health at the end of the term, its fade normally spread."""
    loss = fade.loss_frac(warranty.term_yr)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        margin = ((1 - warranty.guaranteed_soh_frac) / loss - 1) / warranty.spread_cv
    # Without loss there is no claim; without spread and exactly at the guarantee neither.
    return np.where((loss > 0) & ~np.isnan(margin), ndtr(-margin), 0)
