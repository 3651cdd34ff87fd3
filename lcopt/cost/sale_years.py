"""The calendar years in which a scenario sells its packs, weighted as its fleet is discounted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.discounting import discount_factor
from lcopt.inputs.scenario import Scenario


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


def sale_years(scenario: Scenario) -> YearsOfSale:
    """The years of sale of a scenario."""
    finance = scenario.finance
    return years_of_sale(scenario.search.production_start_year, finance.production_years, finance.discount_rate_frac)
