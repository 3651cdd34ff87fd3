"""Tax on running payments, depreciation of packs and stations, and the gain or loss when a pack leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.discounting import DATE_TOLERANCE_YR, Component, Flow, FlowTiming, Party, Payment
from lcopt.errors import LcoptError

# What is bought is depreciated, and what a leaving pack earns is set against its book value; all else is deducted.
NOT_DEDUCTED = frozenset(
    {
        Component.PURCHASE,
        Component.REPLACEMENT,
        Component.STATION,
        Component.END_OF_LIFE,
        Component.RESIDUAL,
        Component.TAX,
    }
)
# Modified accelerated cost recovery, property of five years (IRS Publication 946, table A-1, half-year convention).
MACRS_5_FRAC = (0.20, 0.32, 0.192, 0.1152, 0.1152, 0.0576)
# Share of an investment credit by which the basis is reduced (26 USC 50(c)(3); REopt: macrs_itc_reduction).
CREDIT_OFF_BASIS_FRAC = 0.5
_COMPLETE: dict[str, tuple[float, ...]] = {"none": (), "macrs5": MACRS_5_FRAC}


def depreciation_shares(schedule: str, years: int | None, own_frac: tuple[float, ...] | None) -> tuple[float, ...]:
    """Share of the basis by year under `none`, `straight_line` (over `years`), `macrs5` or `own` (`own_frac`).

    Raises
    ------
    LcoptError
        Where there is no such schedule, or it lacks its years or shares.
    """
    if schedule == "straight_line" and years:
        return (1 / years,) * years
    if schedule == "own" and own_frac:
        return own_frac
    if schedule in _COMPLETE:
        return _COMPLETE[schedule]
    message = (
        f"tax: no shares for the depreciation schedule '{schedule}'; expected none, macrs5, straight_line with years, "
        "or own with shares"
    )
    raise LcoptError(message)


@dataclass(frozen=True)
class Tax:
    """One rate for all parties; `depreciation_frac` is the share of the basis in each year, empty for none."""

    rate_frac: float
    depreciation_frac: tuple[float, ...]
    bonus_frac: float
    investment_credit_frac: float

    @property
    def yearly_shares(self) -> tuple[float, ...]:
        """Depreciation of each year with the bonus in the first."""
        rest = 1 - self.bonus_frac
        return tuple(
            rest * share + (self.bonus_frac if year == 0 else 0) for year, share in enumerate(self.depreciation_frac)
        )


@dataclass(frozen=True)
class Asset:
    """Something bought, depreciated and given up, arrays (n,); a cost of 0 with no proceeds is no asset."""

    cost_usd: FloatArray
    installed_yr: FloatArray
    removed_yr: FloatArray
    proceeds_usd: FloatArray
    earns_credit: bool


def tax_on_running(flows: list[Flow], tax: Tax) -> list[Flow]:
    """The tax payment of each deductible or taxable payment, of the same party at the same date."""
    return [flow.taxed(tax.rate_frac) for flow in flows if flow.component not in NOT_DEDUCTED]


def tax_on_asset(asset: Asset, party: Party, tax: Tax, horizon_yr: int, timing: FlowTiming) -> Iterator[Flow]:
    """Credit, depreciation year by year, and the settlement of the book value when the asset leaves.

    The first year of depreciation is the calendar year after the date of installation, the last that of removal.
    """
    credit = tax.investment_credit_frac if asset.earns_credit else 0
    if credit:
        yield Payment(Component.TAX, party, credit * asset.cost_usd, np.zeros(asset.cost_usd.shape))
    basis = asset.cost_usd * (1 - CREDIT_OFF_BASIS_FRAC * credit)
    before = np.floor(asset.installed_yr + DATE_TOLERANCE_YR)
    last = np.minimum(np.floor(asset.removed_yr + DATE_TOLERANCE_YR), horizon_yr)
    shift = 0.5 if timing is FlowTiming.MIDDLE else 0
    book = basis.copy()
    for number, share in enumerate(tax.yearly_shares[:horizon_yr], start=1):
        year = before + number
        taken = np.where(year <= last, share * basis, 0)
        book -= taken
        yield Payment(Component.TAX, party, tax.rate_frac * taken, year - shift)
    yield Payment(Component.TAX, party, -tax.rate_frac * (asset.proceeds_usd - book), asset.removed_yr)
