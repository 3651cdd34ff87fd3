"""The calendar years in which a scenario sells its packs, how many in each, and what a pack of each year weighs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.discounting import discount_factor
from lcopt.inputs.scenario import Pack, Scenario


@dataclass(frozen=True)
class YearsOfSale:
    """The years in which packs are sold, each with the weight of a pack of that year, shape (n_years,)."""

    years: tuple[int, ...]
    weights: FloatArray

    def mean(self, by_year: FloatArray) -> float:
        """The weighted mean over the years; cost is linear in prices, so that it costs a fleet as year by year."""
        return float(np.average(by_year, weights=self.weights))

    @property
    def middle_yr(self) -> float:
        """The middle of the years."""
        return (self.years[0] + self.years[-1]) / 2


def years_of_sale(first_year: int, count: int, discount_rate_frac: float) -> YearsOfSale:
    """`count` years from the first one, a pack sold later weighing less by the discount rate."""
    later = np.arange(count, dtype=np.float64)
    return YearsOfSale(tuple(range(first_year, first_year + count)), discount_factor(discount_rate_frac, later))


def production(scenario: Scenario) -> YearsOfSale:
    """The years of production of a scenario, each with the discount factor of a pack sold in it."""
    finance = scenario.finance
    return years_of_sale(scenario.search.production_start_year, finance.production_years, finance.discount_rate_frac)


def yearly_volumes(pack: Pack, years: YearsOfSale) -> FloatArray:
    """Packs sold in each year of production, shape (n_years,) [1/yr]."""
    by_year = dict(pack.volume_by_year)
    return np.array([by_year.get(year, 0.0) if by_year else pack.volume_per_yr for year in years.years])


def packs_discounted(pack: Pack, scenario: Scenario) -> float:
    """All packs sold, those of later years weighing less by the discount rate."""
    years = production(scenario)
    if not pack.volume_by_year:
        return float(pack.volume_per_yr * years.weights.sum())
    return float(yearly_volumes(pack, years) @ years.weights)


def sale_years(scenario: Scenario) -> YearsOfSale:
    """The years of sale of a scenario, weighted as its fleet buys at the prices of each year.

    Notes
    -----
    All packs are costed at one mean price of each material. Its weights are the discounted energy that the fleet sells
    in each year, which is exact for packs that follow one ramp, and for all packs together where they hold the same
    materials per energy. A pack that is sold earlier or later than the fleet pays the mean of the fleet instead of its
    own: the trend of a price, some percent a year, times the years between both means.
    """
    years = production(scenario)
    if not any(pack.volume_by_year for pack in scenario.packs):
        return years
    sold = sum(pack.energy_kwh * yearly_volumes(pack, years) for pack in scenario.packs)
    return YearsOfSale(years.years, years.weights * sold / np.mean(sold))
