"""How long a pack lives: years, kilometers and cycles to a state of health, and the margin to warranty rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog
from lcopt.performance.aging import YearlyFade

# A pack that is still healthy then counts as never replaced.
LIFE_MAX_YR = 200.0
# Meeting the threshold exactly is not below it.
SOH_TOLERANCE_FRAC = 1e-12
# Newton's method squares its error; from its start within ln 2 six steps reach the last digit.
NEWTON_STEPS = 7
NO_WARRANTY_RULE = "none"


@dataclass(frozen=True)
class WarrantyPoint:
    """State of health that is asked for up to an age or a distance, whichever comes first."""

    soh_min_frac: float
    age_yr: float
    distance_km: float


def life_yr(fade: YearlyFade, soh_frac: float) -> FloatArray:
    """Age at which the state of health meets a threshold.

    Parameters
    ----------
    fade : YearlyFade
        Arrays (n,).
    soh_frac : float
        Threshold, above 0 and below 1.

    Returns
    -------
    ndarray, shape (n,)
        [yr], infinite where the pack is not below the threshold after 200 years.
    """
    return _life(fade, soh_frac, whole_years=False)


def whole_life_yr(fade: YearlyFade, soh_frac: float) -> FloatArray:
    """End of the first year at whose end the state of health is below a threshold, else as `life_yr` [yr]."""
    return _life(fade, soh_frac, whole_years=True)


def life_km(life: FloatArray, distance_km_per_yr: FloatArray | float) -> FloatArray:
    """Distance over a life in years, shape (n,) [km]."""
    return np.asarray(life * distance_km_per_yr)


def life_efc_count(life: FloatArray, cycles_per_yr: FloatArray | float) -> FloatArray:
    """Equivalent full cycles over a life in years, shape (n,)."""
    return np.asarray(life * cycles_per_yr)


def read_warranty_rule(catalog: Catalog, name: str) -> tuple[WarrantyPoint, ...]:
    """The points of one rule of `warranty_rules.csv`; `none` has none.

    Raises
    ------
    CatalogError
        Where the catalog has no rule of this name.
    """
    if name == NO_WARRANTY_RULE:
        return ()
    rows = catalog.table("warranty_rules").select(warranty_rule=name)
    if not rows:
        known = ", ".join((NO_WARRANTY_RULE, *catalog.table("warranty_rules").words("warranty_rule")))
        message = f"warranty_rules.csv has no rule '{name}'; choose {known}"
        raise CatalogError(message)
    points = dict.fromkeys(row.keys["point"] for row in rows)
    return tuple(
        catalog.constants(WarrantyPoint, "warranty_rules", warranty_rule=name, point=point) for point in points
    )


def warranty_margin_frac(
    points: tuple[WarrantyPoint, ...], fade: YearlyFade, distance_km_per_yr: FloatArray | float
) -> FloatArray:
    """Smallest margin of the state of health over the points of a rule.

    Parameters
    ----------
    points : tuple of WarrantyPoint
    fade : YearlyFade
        Arrays (n,).
    distance_km_per_yr : ndarray or float
        [km/yr]

    Returns
    -------
    ndarray, shape (n,)
        State of health minus what is asked for, at the age or the distance that comes first; positive where the rule
        is met, infinite for a rule without points. [-]
    """
    distance = np.asarray(distance_km_per_yr, dtype=np.float64)
    margin = np.full(np.broadcast(fade.calendar_frac, fade.cycle_frac, distance).shape, np.inf)
    for point in points:
        with np.errstate(divide="ignore"):
            age = np.minimum(point.age_yr, point.distance_km / distance)
        margin = np.minimum(margin, fade.soh_frac(age) - point.soh_min_frac)
    return margin


def _life(fade: YearlyFade, soh_frac: float, *, whole_years: bool) -> FloatArray:
    arrays = np.broadcast_arrays(fade.calendar_frac, fade.calendar_exponent, fade.cycle_frac, fade.cycle_exponent)
    limit = 1 - soh_frac
    limited = YearlyFade(*arrays).loss_frac(LIFE_MAX_YR) > limit + SOH_TOLERANCE_FRAC
    life = np.full(limited.shape, np.inf)
    worn = YearlyFade(*(array[limited] for array in arrays))
    age = _age_at_loss(worn, limit)
    life[limited] = _end_of_failing_year(worn, age, limit) if whole_years else age
    return life


def _age_at_loss(fade: YearlyFade, loss_frac: float) -> FloatArray:
    """Solves loss(age) = loss_frac for fades that reach it.

    In logarithms of age and loss the curve is convex and rises; each term alone reaches the loss later than both
    together, so Newton's method starts right of the root and never overshoots.
    """
    target = np.log(loss_frac)
    with np.errstate(divide="ignore"):
        calendar = (target - np.log(fade.calendar_frac)) / fade.calendar_exponent
        cycle = (target - np.log(fade.cycle_frac)) / fade.cycle_exponent
    log_age = np.minimum(calendar, cycle)
    for _ in range(NEWTON_STEPS):
        calendar = fade.calendar_frac * np.exp(fade.calendar_exponent * log_age)
        cycle = fade.cycle_frac * np.exp(fade.cycle_exponent * log_age)
        both = calendar + cycle
        log_age -= (np.log(both) - target) * both / (fade.calendar_exponent * calendar + fade.cycle_exponent * cycle)
    return np.asarray(np.exp(log_age))


def _end_of_failing_year(fade: YearlyFade, age_yr: FloatArray, loss_frac: float) -> FloatArray:
    following = np.floor(age_yr) + 1
    fails = fade.loss_frac(following) > loss_frac + SOH_TOLERANCE_FRAC
    return np.where(fails, following, following + 1)
