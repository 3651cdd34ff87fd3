"""The years of production in which limits on yearly amounts count, with the packs made in each.

- A cap holds in every year, and so does a share or a mean. Years in which another one makes as much or more of every
  pack need no row of their own for a cap, nor years with the same mix of packs for a share.
- A floor on an amount holds in the year in which the fleet makes the most energy: lines that start small cannot meet
  it before.
- A limit that may be missed at a price pays in each year for what it misses in that year; a floor on an amount pays in
  every year as in its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.sale_years import production, yearly_volumes
from lcopt.inputs.portfolio_limits import PER_ENERGY, SHARE, FleetLimit
from lcopt.inputs.scenario import Scenario
from lcopt.selection.tasks import PackTask

# Mixes of packs that differ by less are the same.
_DIGITS = 12


@dataclass(frozen=True)
class LimitYears:
    """Years of production in which every pack is made as often.

    Attributes
    ----------
    first : int
        The first of them.
    made_per_yr : ndarray, shape (n_packs,)
        Packs made, those in the pool of a swap model among them. [1/yr]
    worth : float
        Of a dollar in each of them, at the first date of sale.
    """

    first: int
    made_per_yr: FloatArray
    worth: float


def limit_years(tasks: Sequence[PackTask], scenario: Scenario) -> tuple[LimitYears, ...]:
    """All years of production with sales; a single one where every year has the same."""
    years = production(scenario)
    pool = [task.terms.ownership.pool_factor for task in tasks]
    made = np.stack([factor * yearly_volumes(task.pack, years) for factor, task in zip(pool, tasks, strict=True)])
    found: dict[bytes, LimitYears] = {}
    for year, own, worth in zip(years.years, made.T, years.weights.tolist(), strict=True):
        known = found.get(own.tobytes(), LimitYears(year, own, 0.0))
        found[own.tobytes()] = replace(known, worth=known.worth + worth)
    return tuple(item for item in found.values() if item.made_per_yr.any())


def years_of_limit(limit: FleetLimit, years: Sequence[LimitYears], energy_kwh: FloatArray) -> tuple[LimitYears, ...]:
    """Those of the years that a limit needs; `energy_kwh` is what a pack of each kind has about, shape (n_packs,)."""
    is_ratio = limit.basis in {SHARE, PER_ENERGY}
    if not is_ratio and not limit.is_max:
        most = max(years, key=lambda item: float(item.made_per_yr @ energy_kwh))
        return (replace(most, worth=sum(item.worth for item in years)),)
    if limit.is_soft:
        return tuple(years)
    if is_ratio:
        mixes = [np.round(item.made_per_yr / item.made_per_yr.sum(), _DIGITS).tobytes() for item in years]
        return tuple(years[mixes.index(mix)] for mix in dict.fromkeys(mixes))
    return tuple(
        item
        for item in years
        if not any(other is not item and (other.made_per_yr >= item.made_per_yr).all() for other in years)
    )
