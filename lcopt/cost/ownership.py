"""Who holds the pack and what the other pays for it: sale, lease, battery as a service, swap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.discounting import Component, Flow, Ledger, Party, Stream, discount_factor
from lcopt.units import MONTHS_PER_YEAR

# Between these yearly rates an internal rate of return is sought.
RETURN_MIN_FRAC = -0.9
RETURN_MAX_FRAC = 1.0
RETURN_GRID_COUNT = 4001
RETURN_FINE_COUNT = 201
BISECTIONS = 100
# A difference of two amounts that is this small a share of them is zero.
ROUNDING_FRAC = 1e-12


class OwnershipModel(StrEnum):
    """Business models."""

    SALE = "sale"
    LEASE = "lease"
    BATTERY_AS_A_SERVICE = "battery_as_a_service"
    SWAP = "swap"

    @property
    def is_held(self) -> bool:
        """Whether a lessor or operator holds the packs."""
        return self is not OwnershipModel.SALE

    @property
    def is_served(self) -> bool:
        """Whether a fee per kWh may be asked and the operator may pay the energy."""
        return self in {OwnershipModel.BATTERY_AS_A_SERVICE, OwnershipModel.SWAP}

    @property
    def is_swapped(self) -> bool:
        """Whether packs are charged at stations."""
        return self is OwnershipModel.SWAP


@dataclass(frozen=True)
class Ownership:
    """Terms between user and lessor; without a monthly fee the break-even fee is charged."""

    model: OwnershipModel
    lessor_discount_rate_frac: float
    fee_usd_per_month: float | None = None
    lessor_operations_usd_per_yr: float = 0.0
    fee_usd_per_kwh: float = 0.0
    operator_pays_energy: bool = False
    pool_factor: float = 1.0
    station_capex_usd_per_pack: float = 0.0

    @property
    def holder(self) -> Party:
        """Who buys the packs."""
        return Party.LESSOR if self.model.is_held else Party.USER

    @property
    def energy_payer(self) -> Party:
        """Who pays the energy."""
        return Party.LESSOR if self.operator_pays_energy else Party.USER


@dataclass(frozen=True)
class MonthlyFee:
    """Fee in force and fee at which the lessor breaks even, shape (n,)."""

    fee_usd_per_month: FloatArray
    breakeven_fee_usd_per_month: FloatArray


def month_dates_yr(horizon_yr: int) -> FloatArray:
    """Ends of the months of the horizon."""
    return np.arange(1, MONTHS_PER_YEAR * horizon_yr + 1) / MONTHS_PER_YEAR


def fee_flows(amount_usd: FloatArray, weights: FloatArray, dates_yr: FloatArray) -> list[Flow]:
    """A fee as paid by the user and as received by the lessor."""
    return [
        Stream(Component.FEES, Party.USER, -amount_usd, weights, dates_yr, between_parties=True),
        Stream(Component.FEES, Party.LESSOR, amount_usd, weights, dates_yr, between_parties=True),
    ]


def monthly_fee(ledger: Ledger, ownership: Ownership, tax_rate_frac: float) -> MonthlyFee:
    """The fee at which the lessor's net present value is zero, given all other flows, and the fee in force."""
    rate = ownership.lessor_discount_rate_frac
    without = ledger.net_present_value_usd(rate, Party.LESSOR)
    months = float(discount_factor(rate, month_dates_yr(ledger.horizon_yr)).sum())
    breakeven = -without / ((1 - tax_rate_frac) * months)
    given = ownership.fee_usd_per_month
    return MonthlyFee(
        fee_usd_per_month=breakeven if given is None else np.full(breakeven.shape, float(given)),
        breakeven_fee_usd_per_month=breakeven,
    )


def payback_months(ledger: Ledger, fee_usd_per_month: FloatArray, yearly_margin_usd: FloatArray) -> FloatArray:
    """Months until fees less running costs of the first year have repaid what the lessor pays at date 0.

    Before tax and undiscounted, shape (n,); NaN where fees do not cover the running costs.
    """
    by_year = ledger.by_year_usd(Party.LESSOR)
    start = -sum(sums[:, 0] for component, sums in by_year.items() if component is not Component.TAX)
    margin = yearly_margin_usd / MONTHS_PER_YEAR
    monthly = fee_usd_per_month + margin
    repays = monthly > ROUNDING_FRAC * (np.abs(fee_usd_per_month) + np.abs(margin))
    return np.asarray(np.divide(start, monthly, where=repays, out=np.full(monthly.shape, np.nan)))


def internal_rate_of_return(dates_yr: FloatArray, amounts_usd: FloatArray) -> float | None:
    """The one yearly rate above -0.9 and below 1 at which dated amounts are worth nothing; None if none or several."""
    dates, place = np.unique(dates_yr, return_inverse=True)
    amounts = np.bincount(place, weights=amounts_usd)

    def value(log_growths: FloatArray) -> FloatArray:
        # Seen from the end where growth is negative, so that no factor is above 1; the sign is the same.
        ages = (dates - (dates[-1] if growth < 0 else 0) for growth in log_growths)
        return np.array([np.exp(-growth * age) @ amounts for growth, age in zip(log_growths, ages, strict=True)])

    grid = np.linspace(np.log1p(RETURN_MIN_FRAC), np.log1p(RETURN_MAX_FRAC), RETURN_GRID_COUNT)
    values = value(grid)
    for index in _turns(values):
        # Two roots may hide between neighbors of the grid: look closer where the value turns towards zero.
        fine = np.linspace(grid[index - 1], grid[index + 1], RETURN_FINE_COUNT)
        grid = np.append(grid, fine)
        values = np.append(values, value(fine))
    order = np.argsort(grid, kind="stable")
    grid, values = grid[order], values[order]
    grid, values = grid[values != 0], values[values != 0]
    crossings = np.flatnonzero(np.sign(values[1:]) != np.sign(values[:-1]))
    if crossings.size != 1:
        return None
    low, high = grid[crossings[0]], grid[crossings[0] + 1]
    rising = values[crossings[0]] < 0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if (value(np.array([middle]))[0] < 0) == rising:
            low = middle
        else:
            high = middle
    return float(np.expm1((low + high) / 2))


def _turns(values: FloatArray) -> Iterator[int]:
    size, sign = np.abs(values), np.sign(values)
    same = (sign[1:-1] == sign[:-2]) & (sign[1:-1] == sign[2:])
    lowest = same & (size[1:-1] < size[:-2]) & (size[1:-1] < size[2:])
    yield from (int(index) + 1 for index in np.flatnonzero(lowest))
