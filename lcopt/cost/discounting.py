"""Dated payments of two parties, their present values and their sums by year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from lcopt.arrays import FloatArray, IntArray

# Dates this close below a whole number count as that number; they are products of whole numbers and solved lives.
DATE_TOLERANCE_YR = 1e-9


class Component(StrEnum):
    """Lines of a lifecycle cost; all but the fees add up to it."""

    PURCHASE = "purchase"
    REPLACEMENT = "replacement"
    STATION = "station"
    ENERGY = "energy"
    DOWNTIME = "downtime"
    OPERATIONS = "operations"
    CARBON_MAKING = "carbon_making"
    CARBON_USE = "carbon_use"
    WARRANTY = "warranty"
    END_OF_LIFE = "end_of_life"
    RESIDUAL = "residual"
    TAX = "tax"
    FEES = "fees"


COST_COMPONENTS = tuple(item for item in Component if item is not Component.FEES)


class Party(StrEnum):
    """Who pays: the one who drives, or the one who holds the pack for them."""

    USER = "user"
    LESSOR = "lessor"


class FlowTiming(StrEnum):
    """When the running payments of a year are dated."""

    END = "end"
    MIDDLE = "middle"


def discount_factor(rate_frac: float, date_yr: FloatArray | float) -> FloatArray:
    """Present value of one dollar at a date."""
    return np.asarray(np.exp(np.multiply(date_yr, -np.log1p(rate_frac))))


def capital_recovery_factor_per_yr(rate_frac: float, years: int) -> float:
    """Equal payments at the ends of `years` years that are worth one dollar today; 1/years at rate zero."""
    if rate_frac == 0:
        return 1 / years
    return float(rate_frac / -np.expm1(-years * np.log1p(rate_frac)))


def running_dates_yr(horizon_yr: int, timing: FlowTiming) -> FloatArray:
    """Dates of the running payments of the years 1 to `horizon_yr`."""
    years = np.arange(1, horizon_yr + 1, dtype=float)
    return years - 0.5 if timing is FlowTiming.MIDDLE else years


def growth(rate_frac: float, horizon_yr: int) -> FloatArray:
    """What one dollar of the first year becomes in each year."""
    return np.asarray(np.power(1 + rate_frac, np.arange(horizon_yr, dtype=float)))


@dataclass(frozen=True)
class Stream:
    """Payments of all designs at the same dates: `amount_usd` (n,) times `weights` (m,) at `dates_yr` (m,)."""

    component: Component
    party: Party
    amount_usd: FloatArray
    weights: FloatArray
    dates_yr: FloatArray
    between_parties: bool = False

    def present_value_usd(self, rate_frac: float) -> FloatArray:
        """Inflow +, shape (n,)."""
        return self.amount_usd * float(self.weights @ discount_factor(rate_frac, self.dates_yr))

    def by_year_usd(self, horizon_yr: int) -> FloatArray:
        """Undiscounted sums, shape (n, horizon + 1)."""
        yearly = np.bincount(_year(self.dates_yr), weights=self.weights, minlength=horizon_yr + 1)
        return np.outer(self.amount_usd, yearly)

    def dated(self, index: int) -> tuple[FloatArray, FloatArray]:
        """Dates and amounts of one design."""
        return self.dates_yr, self.amount_usd[index] * self.weights

    def taxed(self, rate_frac: float) -> Stream:
        """The tax that goes with it."""
        return replace(self, component=Component.TAX, amount_usd=self.amount_usd * -rate_frac)


@dataclass(frozen=True)
class Payment:
    """One payment of each design at a date of its own, arrays (n,); an amount of 0 is no payment."""

    component: Component
    party: Party
    amount_usd: FloatArray
    date_yr: FloatArray
    between_parties: bool = False

    def present_value_usd(self, rate_frac: float) -> FloatArray:
        """Inflow +, shape (n,)."""
        return self.amount_usd * discount_factor(rate_frac, self.date_yr)

    def by_year_usd(self, horizon_yr: int) -> FloatArray:
        """Undiscounted sums, shape (n, horizon + 1)."""
        sums = np.zeros((self.amount_usd.size, horizon_yr + 1))
        sums[np.arange(self.amount_usd.size), np.minimum(_year(self.date_yr), horizon_yr)] = self.amount_usd
        return sums

    def dated(self, index: int) -> tuple[FloatArray, FloatArray]:
        """Dates and amounts of one design."""
        return self.date_yr[index : index + 1], self.amount_usd[index : index + 1]

    def taxed(self, rate_frac: float) -> Payment:
        """The tax that goes with it."""
        return replace(self, component=Component.TAX, amount_usd=self.amount_usd * -rate_frac)


Flow = Stream | Payment


def _year(date_yr: FloatArray) -> IntArray:
    """Year of a date: year t holds the dates in (t-1, t], year 0 the date 0."""
    return np.asarray(np.ceil(date_yr - DATE_TOLERANCE_YR).clip(0), dtype=np.int64)


@dataclass(frozen=True)
class Ledger:
    """All flows of `count` designs over a horizon."""

    flows: tuple[Flow, ...]
    count: int
    horizon_yr: int

    def with_flows(self, flows: Iterable[Flow]) -> Ledger:
        """The same ledger with more flows."""
        return replace(self, flows=(*self.flows, *flows))

    def present_values_usd(self, rate_frac: float, party: Party | None = None) -> dict[Component, FloatArray]:
        """Net present value by component, inflow +, each (n,); without a party, of both together."""
        values = {component: np.zeros(self.count) for component in _components(party)}
        for flow in self._of(party):
            values[flow.component] += flow.present_value_usd(rate_frac)
        return values

    def net_present_value_usd(self, rate_frac: float, party: Party | None = None) -> FloatArray:
        """Sum of `present_values_usd`, shape (n,)."""
        return total(self.present_values_usd(rate_frac, party))

    def by_year_usd(self, party: Party | None = None) -> dict[Component, FloatArray]:
        """Undiscounted cash flow by component and year, inflow +, each (n, horizon + 1); for few designs."""
        sums = {component: np.zeros((self.count, self.horizon_yr + 1)) for component in _components(party)}
        for flow in self._of(party):
            sums[flow.component] += flow.by_year_usd(self.horizon_yr)
        return sums

    def dated(self, party: Party, index: int) -> tuple[FloatArray, FloatArray]:
        """Dates and amounts of one design of one party."""
        pairs = [flow.dated(index) for flow in self._of(party)]
        return np.concatenate([dates for dates, _ in pairs]), np.concatenate([amounts for _, amounts in pairs])

    def _of(self, party: Party | None) -> Sequence[Flow]:
        if party is None:
            return [flow for flow in self.flows if not flow.between_parties]
        return [flow for flow in self.flows if flow.party is party]


def total(values: dict[Component, FloatArray]) -> FloatArray:
    """Sum over the components in their order, so that it can be repeated to the last digit."""
    return np.asarray(sum(values.values()))


def _components(party: Party | None) -> Sequence[Component]:
    return COST_COMPONENTS if party is None else tuple(Component)
