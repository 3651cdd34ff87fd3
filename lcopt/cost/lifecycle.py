"""The lifecycle cost of packs of given properties: every payment with its date, present values, levelized costs.

One kernel serves the optimizer (many designs under the same terms) and a lifecycle case (one pack).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from lcopt.cost.discounting import (
    Component,
    Flow,
    Ledger,
    Party,
    Payment,
    Stream,
    capital_recovery_factor_per_yr,
    discount_factor,
    growth,
    running_dates_yr,
    total,
)
from lcopt.cost.end_of_life import (
    Disposal,
    ResidualRule,
    capacity_claim_probability,
    declined,
    dispose,
    residual_share,
)
from lcopt.cost.ownership import MonthlyFee, OwnershipModel, fee_flows, month_dates_yr, monthly_fee
from lcopt.cost.replacement import Installations, plan_installations
from lcopt.cost.tax import Asset, tax_on_asset, tax_on_running
from lcopt.cost.terms import Terms, Use
from lcopt.performance.aging import Fade, YearlyFade, yearly_fade
from lcopt.units import KG_PER_T, KM_KG_PER_100KM_100KG, MINUTES_PER_HOUR, FloatArray


@dataclass(frozen=True)
class OwnedPacks:
    """What the packs themselves bring, arrays (n,) or (1,).

    `price_usd_per_pack` at date 0; `session_power_kw` is the mean of a charging session (see `session_power_kw`);
    `recycling_value_usd_per_kwh` is net of all costs and may be negative.
    """

    energy_kwh: FloatArray
    mass_kg: FloatArray
    price_usd_per_pack: FloatArray
    session_power_kw: FloatArray
    recycling_value_usd_per_kwh: FloatArray
    making_kg_per_kwh: FloatArray
    fade: Fade


@dataclass(frozen=True)
class YearlyUse:
    """Energy and charging of a year, shape (n,)."""

    consumption_kwh_per_km: FloatArray
    battery_energy_kwh_per_yr: FloatArray
    ac_wall_energy_kwh_per_yr: FloatArray
    dc_wall_energy_kwh_per_yr: FloatArray
    equivalent_full_cycles_per_yr: FloatArray
    charging_sessions_per_yr: FloatArray
    charging_hours_per_yr: FloatArray

    def energy_cost_usd(self, prices: Use) -> FloatArray:
        """What the energy of the first year costs, shape (n,)."""
        ac_usd = self.ac_wall_energy_kwh_per_yr * prices.ac_price_usd_per_kwh
        return ac_usd + self.dc_wall_energy_kwh_per_yr * prices.dc_price_usd_per_kwh


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


def session_power_kw(
    pack_energy_kwh: FloatArray, charging_time_min: FloatArray, window_frac: tuple[float, float]
) -> FloatArray:
    """Mean power of a charging session over its window [kW], shape (n,)."""
    return pack_energy_kwh * (window_frac[1] - window_frac[0]) / (charging_time_min / MINUTES_PER_HOUR)


def consumption_kwh_per_km(use: Use, mass_kg: FloatArray) -> FloatArray:
    """Consumption at the battery with packs of another mass than the reference, shape (n,)."""
    penalty = use.mass_penalty_kwh_per_100km_per_100kg / KM_KG_PER_100KM_100KG
    return np.asarray(use.reference_consumption_kwh_per_km + penalty * (mass_kg - use.reference_pack_mass_kg))


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
    packs = _same_shape(packs)
    use = yearly_use(packs, terms)
    fade = yearly_fade(packs.fade, use.equivalent_full_cycles_per_yr)
    choices, horizon = terms.replacement, terms.finance.horizon_yr
    installations = plan_installations(fade, choices.soh_end_of_life_frac, choices.replacement_rule, horizon)
    book = _Book(packs, terms, use, fade, installations)
    flows = [*book.running(), *book.packs_bought_and_removed(), *book.warranty()]
    if terms.tax is not None:
        flows += [*tax_on_running(flows, terms.tax), *book.tax_on_assets()]
    ledger = Ledger(flows=tuple(flows), count=packs.energy_kwh.size, horizon_yr=horizon)
    fee = None
    if terms.ownership.model is not OwnershipModel.SALE:
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


def yearly_use(packs: OwnedPacks, terms: Terms) -> YearlyUse:
    """Energy, cycles and charging sessions of a year, shape (n,)."""
    use, downtime = terms.use, terms.downtime
    consumption = consumption_kwh_per_km(use, packs.mass_kg)
    battery = use.distance_km_per_yr * consumption
    sessions = hours = np.zeros(battery.shape)
    if downtime is not None:
        fast = battery * use.dc_share_frac
        sessions = fast / downtime.session_energy_kwh
        hours = fast / packs.session_power_kw + sessions * downtime.overhead_h
    return YearlyUse(
        consumption_kwh_per_km=consumption,
        battery_energy_kwh_per_yr=battery,
        ac_wall_energy_kwh_per_yr=battery * (1 - use.dc_share_frac) / use.ac_efficiency_frac,
        dc_wall_energy_kwh_per_yr=battery * use.dc_share_frac / use.dc_efficiency_frac,
        equivalent_full_cycles_per_yr=battery / (terms.ownership.pool_factor * packs.energy_kwh),
        charging_sessions_per_yr=sessions,
        charging_hours_per_yr=hours,
    )


def _same_shape(packs: OwnedPacks) -> OwnedPacks:
    names = [item.name for item in fields(packs) if item.name != "fade"]
    fade_names = [item.name for item in fields(Fade)]
    arrays = [np.atleast_1d(np.asarray(getattr(packs, name), dtype=float)) for name in names]
    fades = [np.atleast_1d(np.asarray(getattr(packs.fade, name), dtype=float)) for name in fade_names]
    same = np.broadcast_arrays(*arrays, *fades)
    fade = Fade(**dict(zip(fade_names, same[len(names) :], strict=True)))
    return OwnedPacks(fade=fade, **dict(zip(names, same, strict=False)))


class _Book:
    """Writes the flows of one set of packs; remembers what packs earned when they left."""

    def __init__(
        self, packs: OwnedPacks, terms: Terms, use: YearlyUse, fade: YearlyFade, installations: Installations
    ) -> None:
        self.packs, self.terms, self.use, self.fade, self.installations = packs, terms, use, fade, installations
        self.holder = terms.ownership.holder
        self.pool = terms.ownership.pool_factor
        self.horizon_yr = terms.finance.horizon_yr
        self.replacements_max = int(installations.replacements_count.max(initial=0))
        self.running_dates = running_dates_yr(self.horizon_yr, terms.finance.flow_timing)
        self.shape = packs.energy_kwh.shape
        at_horizon = np.full(self.shape, float(self.horizon_yr))
        self.removals = tuple(self._removal(number) for number in range(1, self.replacements_max + 1))
        self.last_disposal = self._dispose(fade.soh_frac(installations.last_age_yr), at_horizon)
        self.residual_usd = self.pool * self._residual_of_one_pack()
        self.claim_probability = None if terms.warranty is None else capacity_claim_probability(terms.warranty, fade)

    def running(self) -> Iterator[Flow]:
        """Energy, downtime, operations, carbon of use and the fee per kWh."""
        terms, use, years = self.terms, self.use, self.horizon_yr
        inflation = growth(terms.finance.inflation_frac_per_yr, years)
        energy = use.energy_cost_usd(terms.use)
        escalation = growth(terms.use.energy_price_escalation_frac_per_yr, years)
        yield self._stream(Component.ENERGY, terms.ownership.energy_payer, energy, escalation)
        if terms.downtime is not None:
            hourly = terms.downtime.value_usd_per_h * terms.downtime.unproductive_frac
            yield self._stream(Component.DOWNTIME, Party.USER, use.charging_hours_per_yr * hourly, inflation)
        if terms.carbon is not None:
            grid = terms.carbon.grid_kg_per_kwh * terms.carbon.price_usd_per_t / KG_PER_T
            wall = use.ac_wall_energy_kwh_per_yr + use.dc_wall_energy_kwh_per_yr
            yield self._stream(Component.CARBON_USE, Party.USER, wall * grid, np.ones(years))
        if terms.ownership.model is not OwnershipModel.SALE:
            operations = np.full(self.shape, terms.ownership.lessor_operations_usd_per_yr)
            yield self._stream(Component.OPERATIONS, Party.LESSOR, operations, inflation)
            per_kwh = use.battery_energy_kwh_per_yr * terms.ownership.fee_usd_per_kwh
            yield from fee_flows(per_kwh, np.ones(years), self.running_dates)

    def packs_bought_and_removed(self) -> Iterator[Flow]:
        """Purchase, replacements, station share, carbon of making, value of removed packs, residual."""
        for number in range(self.replacements_max + 1):
            installed, date = self.installations.installed(number), self.installations.date_yr(number)
            component = Component.REPLACEMENT if number else Component.PURCHASE
            yield Payment(component, self.holder, -self._price_usd(number), date)
            if number:
                earned = np.where(installed, self.pool * self.removals[number - 1].value_usd, 0)
                yield Payment(Component.END_OF_LIFE, self.holder, earned, date)
            if self.terms.carbon is not None:
                making = self.packs.making_kg_per_kwh * self.packs.energy_kwh * self.pool
                price = self.terms.carbon.price_usd_per_t / KG_PER_T
                yield Payment(Component.CARBON_MAKING, self.holder, -np.where(installed, making * price, 0), date)
        station = self.terms.ownership.station_capex_usd_per_pack
        if station:
            yield Payment(Component.STATION, self.holder, np.full(self.shape, -station), np.zeros(self.shape))
        end = np.full(self.shape, float(self.horizon_yr))
        yield Payment(Component.RESIDUAL, self.holder, self.residual_usd, end)

    def warranty(self) -> Iterator[Flow]:
        """One reserve for defects and capacity claims of the first pack."""
        warranty = self.terms.warranty
        if warranty is None or self.claim_probability is None or warranty.claim_date_yr > self.horizon_yr:
            return
        date = np.full(self.shape, warranty.claim_date_yr)
        share = warranty.defect_frac + self.claim_probability
        yield Payment(Component.WARRANTY, self.holder, -self.pool * share * self._replacement_usd(date), date)

    def tax_on_assets(self) -> Iterator[Flow]:
        """Depreciation and settlement of each pack and of the station share."""
        tax, finance = self.terms.tax, self.terms.finance
        if tax is None:
            return
        for number in range(self.replacements_max + 1):
            asset = self._pack_asset(number)
            yield from tax_on_asset(asset, self.holder, tax, self.horizon_yr, finance.flow_timing)
        station = self.terms.ownership.station_capex_usd_per_pack
        if station:
            none = np.zeros(self.shape)
            asset = Asset(np.full(self.shape, station), none, none + self.horizon_yr, none, earns_credit=True)
            yield from tax_on_asset(asset, self.holder, tax, self.horizon_yr, finance.flow_timing)

    def _pack_asset(self, number: int) -> Asset:
        installed, replaced = self.installations.installed(number), self.installations.installed(number + 1)
        proceeds = self.residual_usd
        if number < self.replacements_max:
            proceeds = np.where(replaced, self.pool * self.removals[number].value_usd, proceeds)
        return Asset(
            cost_usd=self._price_usd(number),
            installed_yr=self.installations.date_yr(number),
            removed_yr=self.installations.removal_yr(number),
            proceeds_usd=np.where(installed, proceeds, 0),
            earns_credit=number == 0,
        )

    def _stream(self, component: Component, party: Party, cost_usd: FloatArray, weights: FloatArray) -> Stream:
        return Stream(component, party, -cost_usd, weights, self.running_dates)

    def _price_usd(self, number: int) -> FloatArray:
        """Price of the pack of each number with all of its pool, 0 where it is not bought."""
        if number == 0:
            return self.pool * self.packs.price_usd_per_pack
        bought = self._replacement_usd(self.installations.date_yr(number))
        return np.where(self.installations.installed(number), self.pool * bought, 0)

    def _replacement_usd(self, date_yr: FloatArray) -> FloatArray:
        choices = self.terms.replacement
        price = self.packs.price_usd_per_pack * declined(date_yr, choices.pack_price_decline_frac_per_yr)
        return np.asarray(price * (1 + choices.replacement_markup_frac))

    def _removal(self, number: int) -> Disposal:
        """What pack `number` - 1 is worth on the date at which pack `number` takes its place."""
        life = np.where(self.installations.installed(number), self.installations.life_yr, 0)
        return self._dispose(self.fade.soh_frac(life), self.installations.date_yr(number))

    def _dispose(self, soh_frac: FloatArray, date_yr: FloatArray) -> Disposal:
        packs = self.packs
        recycling = packs.recycling_value_usd_per_kwh
        return dispose(packs.energy_kwh, soh_frac, date_yr, recycling, self.terms.second_life)

    def _residual_of_one_pack(self) -> FloatArray:
        choices = self.terms.replacement
        if choices.residual_rule is ResidualRule.NONE:
            return np.zeros(self.shape)
        if choices.residual_rule is ResidualRule.MARKET:
            return self.last_disposal.value_usd
        share = residual_share(choices.residual_rule, self.fade, self.installations, choices.soh_end_of_life_frac)
        new = self.packs.price_usd_per_pack * declined(float(self.horizon_yr), choices.pack_price_decline_frac_per_yr)
        return np.asarray(share * new)
