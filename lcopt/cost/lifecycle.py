"""The lifecycle cost of packs of given properties: every payment with its date, present values, levelized costs.

One kernel serves the optimizer (many designs under the same terms) and a lifecycle case (one pack).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.discounting import (
    Component,
    Ledger,
    capital_recovery_factor_per_yr,
    discount_factor,
    running_dates_yr,
    total,
)
from lcopt.cost.end_of_life import Disposal
from lcopt.cost.ownership import MonthlyFee, fee_flows, month_dates_yr, monthly_fee
from lcopt.cost.payments import PaymentBook
from lcopt.cost.replacement import Installations, plan_installations
from lcopt.cost.tax import tax_on_running
from lcopt.cost.terms import Terms
from lcopt.cost.yearly_use import OwnedPacks, YearlyUse, same_shape, session_power_kw, yearly_use
from lcopt.performance.aging import YearlyFade, yearly_fade

__all__ = ["LifecycleCost", "OwnedPacks", "YearlyUse", "lifecycle_cost", "plan_of", "session_power_kw"]


@dataclass(frozen=True)
class LifecycleCost:
    """Outcome of each design; costs are positive, cash flows have inflow +."""

    terms: Terms
    use: YearlyUse
    fade: YearlyFade
    installations: Installations
    removals: tuple[Disposal, ...]
    last_disposal: Disposal
    residual_usd: FloatArray
    capacity_claim_probability_frac: FloatArray | None
    fee: MonthlyFee | None
    ledger: Ledger

    @cached_property
    def present_value_usd(self) -> dict[Component, FloatArray]:
        """Cost by component, each (n,); user and lessor together."""
        values = self.ledger.present_values_usd(self.terms.finance.discount_rate_frac)
        return {component: 0 - value for component, value in values.items()}

    @cached_property
    def lifecycle_cost_usd(self) -> FloatArray:
        """Sum of `present_value_usd`, shape (n,)."""
        return total(self.present_value_usd)

    @property
    def annuity_usd_per_yr(self) -> FloatArray:
        """Equal payments at the ends of the years that are worth the lifecycle cost."""
        finance = self.terms.finance
        return self.lifecycle_cost_usd * capital_recovery_factor_per_yr(finance.discount_rate_frac, finance.horizon_yr)

    @property
    def discounted_km(self) -> float:
        """Distance, discounted at the dates of the running payments."""
        return self.terms.use.distance_km_per_yr * self._running_factor

    @property
    def discounted_kwh(self) -> FloatArray:
        """Battery energy, discounted at the dates of the running payments, shape (n,)."""
        return self.use.battery_energy_kwh_per_yr * self._running_factor

    @property
    def levelized_usd_per_km(self) -> FloatArray:
        """Lifecycle cost per discounted distance, shape (n,)."""
        return self.lifecycle_cost_usd / self.discounted_km

    @property
    def levelized_usd_per_kwh(self) -> FloatArray:
        """Lifecycle cost per discounted battery energy, shape (n,)."""
        return self.lifecycle_cost_usd / self.discounted_kwh

    @property
    def lessor_margin_usd_per_yr(self) -> FloatArray:
        """What the fee per kWh leaves to the lessor in the first year after operations and energy, shape (n,)."""
        ownership, prices = self.terms.ownership, self.terms.use
        margin = self.use.battery_energy_kwh_per_yr * ownership.fee_usd_per_kwh
        margin = margin - ownership.lessor_operations_usd_per_yr
        return margin - self.use.energy_cost_usd(prices) if ownership.operator_pays_energy else margin

    @property
    def last_pack_soh_frac(self) -> FloatArray:
        """State of health of the last pack at the horizon, shape (n,)."""
        return self.fade.soh_frac(self.installations.last_age_yr)

    @property
    def _running_factor(self) -> float:
        finance = self.terms.finance
        dates = running_dates_yr(finance.horizon_yr, finance.flow_timing)
        return float(discount_factor(finance.discount_rate_frac, dates).sum())


def lifecycle_cost(packs: OwnedPacks, terms: Terms) -> LifecycleCost:
    """Every payment of each design over the horizon, and what it is worth.

    Parameters
    ----------
    packs : OwnedPacks
        Designs, arrays (n,).
    terms : Terms
        Use, money and choices, the same for all designs.

    Returns
    -------
    LifecycleCost
        Present values by component add up to the lifecycle cost exactly.

    Notes
    -----
    A pool of swapped packs multiplies all that is paid per pack; the car carries one.
    """
    packs = same_shape(packs)
    use = yearly_use(packs, terms)
    fade = yearly_fade(packs.fade, use.equivalent_full_cycles_per_yr)
    horizon = terms.finance.horizon_yr
    installations = _plan(fade, terms)
    book = PaymentBook(packs, terms, use, fade, installations)
    flows = [*book.running(), *book.packs_bought_and_removed(), *book.warranty()]
    if terms.tax is not None:
        flows += [*tax_on_running(flows, terms.tax), *book.tax_on_assets()]
    ledger = Ledger(flows=tuple(flows), count=packs.energy_kwh.size, horizon_yr=horizon)
    fee = None
    if terms.ownership.model.is_held:
        tax_rate = terms.tax.rate_frac if terms.tax is not None else 0.0
        fee = monthly_fee(ledger, terms.ownership, tax_rate)
        months = month_dates_yr(horizon)
        fees = fee_flows(fee.fee_usd_per_month, np.ones(months.size), months)
        ledger = ledger.with_flows(fees + (tax_on_running(fees, terms.tax) if terms.tax is not None else []))
    return LifecycleCost(
        terms=terms,
        use=use,
        fade=fade,
        installations=installations,
        removals=book.removals,
        last_disposal=book.last_disposal,
        residual_usd=book.residual_usd,
        capacity_claim_probability_frac=book.claim_probability,
        fee=fee,
        ledger=ledger,
    )


def plan_of(packs: OwnedPacks, terms: Terms) -> Installations:
    """Pack life and replacements alone, as `lifecycle_cost` has them."""
    packs = same_shape(packs)
    return _plan(yearly_fade(packs.fade, yearly_use(packs, terms).equivalent_full_cycles_per_yr), terms)


def _plan(fade: YearlyFade, terms: Terms) -> Installations:
    choices, horizon = terms.replacement, terms.finance.horizon_yr
    return plan_installations(fade, choices.soh_end_of_life_frac, choices.replacement_rule, horizon)
