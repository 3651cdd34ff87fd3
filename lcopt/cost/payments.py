"""The payments of a lifecycle, one after the other: who pays what at which date."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.discounting import Component, Flow, Party, Payment, Stream, growth, running_dates_yr
from lcopt.cost.end_of_life import (
    Disposal,
    ResidualRule,
    capacity_claim_probability,
    declined,
    dispose,
    residual_share,
)
from lcopt.cost.ownership import fee_flows
from lcopt.cost.replacement import Installations
from lcopt.cost.tax import Asset, tax_on_asset
from lcopt.cost.terms import Terms
from lcopt.cost.yearly_use import OwnedPacks, YearlyUse
from lcopt.performance.aging import YearlyFade
from lcopt.units import KG_PER_T


class PaymentBook:
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
        if terms.ownership.model.is_held:
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
