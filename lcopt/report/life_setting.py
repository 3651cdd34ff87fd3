"""What the flows of sheet Lifecycle rest on: the pack, its use, flags and factors by year, the residual."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from lcopt.inputs.words import RESIDUAL_RULES
from lcopt.performance.aging import YearlyFade
from lcopt.report.business import Business
from lcopt.report.expressions import Cell, Expression, Range, link
from lcopt.report.formulas import (
    above,
    at_least,
    at_most,
    below,
    both,
    flag,
    largest,
    same,
    total,
    when,
    whole,
)
from lcopt.report.input_rows import design_family
from lcopt.report.ledger import Ledger, Lines
from lcopt.report.recycling import spent_pack_usd_per_kwh
from lcopt.report.styles import FACTOR, FLAG, MONEY, NUMBER, SHARE, YEAR
from lcopt.report.tables import Design, PackTables

# Rows of the factors, in the order of the rows of dated payments that they discount.
FACTORS = ("factor_date", "factor_running", "factor_installation", "factor_warranty")


def claim_probability(design: Design) -> float:
    """Probability that the guaranteed state of health is missed, as the lifecycle model has it."""
    return _finite(design.life.get("capacity_claim_probability_frac"))


def last_soh_share(design: Design, pack: PackTables, horizon_yr: int) -> float:
    """Health of the last pack above its threshold, as a share of what a new pack has above it."""
    threshold = pack.pack.usage.soh_end_of_life_frac
    return max(0.0, (last_soh(design, horizon_yr) - threshold) / (1.0 - threshold))


def last_soh(design: Design, horizon_yr: int) -> float:
    """Health of the last pack at the horizon."""
    return _soh(design, horizon_yr - (math.ceil(horizon_yr / design.life_yr) - 1) * design.life_yr * design.is_limited)


def replaced_soh(design: Design) -> float:
    """Health of a pack that another one replaces."""
    return _soh(design, design.life_yr)


def _soh(design: Design, age_yr: float) -> float:
    fade = YearlyFade(**{item.name: np.asarray(float(design.life[item.name])) for item in fields(YearlyFade)})
    return float(fade.soh_frac(age_yr))


def _finite(value: object) -> float:
    number = float(value) if isinstance(value, (int, float)) else 0.0
    return number if math.isfinite(number) else 0.0


@dataclass
class LifeSetting:
    """Rows of one sheet, one column a year."""

    ledger: Ledger
    pack: PackTables
    lines: Lines

    def write_setting(self) -> None:
        """Append the rows that come before the flows."""
        self._pack()
        self._use()
        self._calendar()
        self._factors()

    @property
    def business(self) -> Business:
        """What is in play."""
        return self.ledger.tables.business

    @property
    def inflated(self) -> str:
        """What grows with inflation."""
        if self.business.model.is_swapped:
            return "Operations"
        return "Operations and value of time" if self.business.model.is_held else "Value of time"

    def pooled(self, one_pack: Expression) -> Expression:
        """What is paid for all packs of a car."""
        return one_pack * self.one("pool") if self.business.model.is_swapped else one_pack

    def rate(self, key: str) -> Cell:
        """An input that all packs share."""
        return self.ledger.input(key)

    def use(self, key: str) -> Cell:
        """An input of this pack."""
        return self.ledger.input(key, self.pack)

    def one(self, key: str) -> Cell:
        """The constant of a row."""
        return self.lines.constant(key)

    def at(self, key: str, column: int) -> Cell:
        """One year of a row."""
        return self.lines.cell(key, column)

    def year(self, column: int) -> Cell:
        """The year of a column."""
        return self.lines.sheet.cell(self.lines.sheet.header_row, column)

    def row(self, key: str) -> Range:
        """All years of a row."""
        return Range(*self.lines.first_to_last(key))

    def block_of(self, first: str, last: str) -> Range:
        """All years of the rows from one to another."""
        return Range(self.lines.first_to_last(first)[0], self.lines.first_to_last(last)[1])

    def linked(self, key: str, label: str, unit: str, cell: Cell, shown: str) -> None:
        """The value of another sheet."""
        self.lines.add(key, label, unit, link(cell), number_format=shown, look="link")

    def computed(
        self, key: str, label: str, unit: str, content: Expression, shown: str = MONEY, note: str = ""
    ) -> None:
        """A row with one live number."""
        self.lines.add(key, label, unit, content, number_format=shown, note=note)

    def by_year(
        self, key: str, label: str, unit: str, content: Callable[[int], Expression], shown: str, note: str = ""
    ) -> None:
        """A row of live numbers by year."""
        self.lines.add(key, label, unit, series=content, number_format=shown, note=note)

    def _pack(self) -> None:
        design, of = self.pack.chosen, self.ledger.of
        horizon = self.year(self.lines.columns[-1])
        self.lines.block("Pack")
        self.linked("energy", "Pack energy, nameplate", "kWh", of(self.pack, "energy"), NUMBER)
        self.linked("mass", "Pack mass", "kg", of(self.pack, "mass"), NUMBER)
        self.linked("price", "Purchase price", "USD", of(self.pack, "price"), MONEY)
        if self.business.model.is_swapped:
            self.linked("pool", "Packs in cars and stations per car", "1", self.rate("pool_factor"), FACTOR)
        else:
            self.linked("session_power", "Mean power of a DC session", "kW", of(self.pack, "session_power"), NUMBER)
        self.linked("horizon", "Horizon", "yr", horizon, YEAR)
        self.linked("rate", "Discount rate", "1/yr", self.rate("discount_rate_frac"), SHARE)
        note = "fade law at the use as solved" if design.is_limited else "200: not below its threshold within 200 years"
        self.lines.add("life", "Pack life", "yr", design.life_yr, number_format="0.00", note=note, look="solver")
        note = "1: the pack wears out within 200 years"
        self.lines.add(
            "limited", "Life is limited", "1", int(design.is_limited), number_format=YEAR, note=note, look="solver"
        )
        claims, share = (
            claim_probability(design),
            last_soh_share(design, self.pack, self.ledger.tables.scenario.finance.horizon_yr),
        )
        self.lines.add("claim", "Probability of a capacity claim", "1", claims, number_format="0.00%", look="solver")
        note = "above its threshold at the horizon"
        label = "Health left in the last pack"
        self.lines.add("soh_share", label, "1", share, number_format=SHARE, note=note, look="solver")

    def _use(self) -> None:
        use, one = self.use, self.one
        self.lines.block("Use, energy and time")
        heavier = (
            use("mass_penalty_kwh_per_100km_per_100kg") / 100 / 100 * (one("mass") - use("reference_pack_mass_kg"))
        )
        self.computed("penalty", "Consumption for the pack's mass", "kWh/km", heavier, "0.000000")
        consumed = use("consumption_kwh_per_km") + one("penalty")
        self.computed("consumption", "Consumption", "kWh/km", consumed, "0.000000")
        self.computed("battery", "Battery energy", "kWh/yr", use("distance_km_per_yr") * one("consumption"), NUMBER)
        if self.business.model.is_swapped:
            self._at_stations()
        else:
            self._at_chargers()
        price = self.rate("carbon_price_usd_per_t") / 1000
        self.computed("carbon_use_usd", "Carbon of use", "USD/yr", one("carbon_kg") * price)
        family = design_family(self.ledger.tables, self.pack.chosen)
        made = self.pooled(self.rate(f"carbon_making_{family}_kg_per_kwh") * one("energy") * price)
        self.computed("making_usd", "Carbon of making a pack", "USD", made)
        worth = spent_pack_usd_per_kwh(self.ledger, self.pack) * one("energy")
        self.computed("worth_usd", "Value of a pack that leaves", "USD", worth, note="negative: its disposal costs")
        claims = self.rate("warranty_defect_frac") + one("claim")
        self.computed("claims", "Share of packs claimed", "1", claims, "0.00%")

    def _at_stations(self) -> None:
        one = self.one
        wall = one("battery") / self.rate("station_efficiency_frac")
        self.computed("dc_wall", "Wall energy at stations", "kWh/yr", wall, NUMBER)
        paid = one("dc_wall") * self.rate("station_energy_price_usd_per_kwh")
        self.computed("energy_usd", "Energy of year 1", "USD/yr", paid)
        emitted = one("dc_wall") * self.use("grid_kg_per_kwh")
        self.computed("carbon_kg", "Carbon of use", "kg/yr", emitted, NUMBER)

    def _at_chargers(self) -> None:
        use, one = self.use, self.one
        self.computed("dc_battery", "of it charged at DC", "kWh/yr", one("battery") * use("dc_share_frac"), NUMBER)
        at_ac, at_dc = self._charged()
        self.computed("ac_wall", "AC wall energy", "kWh/yr", at_ac / use("ac_efficiency_frac"), NUMBER)
        self.computed("dc_wall", "DC wall energy", "kWh/yr", at_dc / use("dc_efficiency_frac"), NUMBER)
        sessions = one("dc_battery") / use("session_energy_kwh")
        self.computed("sessions", "DC sessions", "1/yr", sessions, NUMBER)
        hours = one("dc_battery") / one("session_power") + one("sessions") * use("session_overhead_h")
        self.computed("hours", "Time at DC chargers", "h/yr", hours, NUMBER)
        paid = one("ac_wall") * use("ac_price_usd_per_kwh") + one("dc_wall") * use("dc_price_usd_per_kwh")
        self.computed("energy_usd", "Energy of year 1", "USD/yr", paid)
        lost = one("hours") * use("time_value_usd_per_h") * use("unproductive_frac")
        self.computed("time_usd", "Time of year 1", "USD/yr", lost)
        emitted = (one("ac_wall") + one("dc_wall")) * use("grid_kg_per_kwh")
        self.computed("carbon_kg", "Carbon of use", "kg/yr", emitted, NUMBER)

    def _charged(self) -> tuple[Expression, Expression]:
        """What AC and DC charging bring in a year, with the heat of cold stops where there are any."""
        ac, dc = self.one("battery") - self.one("dc_battery"), self.one("dc_battery")
        if not self.pack.asks_cold:
            return ac, dc
        of = self.ledger.of
        heat = dc / self.use("session_energy_kwh") * of(self.pack, "cold_stops") * of(self.pack, "cold_heat")
        note = "DC sessions x share of cold ones x heat"
        self.computed("heat", "Energy for heat of cold stops", "kWh/yr", heat, NUMBER, note)
        if self.pack.heats_at_plug:
            return ac + self.one("heat"), dc
        return ac, dc + self.one("heat")

    def _calendar(self) -> None:
        at, one, year, by_year = self.at, self.one, self.year, self.by_year
        life, horizon, claim_date = one("life"), one("horizon"), self.rate("warranty_claim_date_yr")
        self.lines.block("Flags")
        by_year("start", "Sale", "flag", lambda c: flag(same(year(c), 0)), FLAG)
        by_year("running", "In operation", "flag", lambda c: flag(at_least(year(c), 1)), FLAG)
        by_year("worn", "Packs worn out by now", "count", lambda c: one("limited") * whole(year(c) / life), "0")
        by_year(
            "worn_before",
            "Packs worn out a year before",
            "count",
            lambda c: one("limited") * whole((year(c) - at("running", c)) / life),
            "0",
        )
        by_year("due_date", "Date of the last one due", "yr", lambda c: at("worn", c) * life, "0.00")
        by_year(
            "replaced",
            "Replacement",
            "flag",
            lambda c: flag(both(above(at("worn", c), at("worn_before", c)), below(at("due_date", c), horizon))),
            FLAG,
            "a pack due at the horizon is not bought",
        )
        by_year("end", "End of the horizon", "flag", lambda c: flag(same(year(c), horizon)), FLAG)
        by_year(
            "claimed",
            "Warranty claims",
            "flag",
            lambda c: flag(both(above(claim_date, year(c) - 1), at_most(claim_date, year(c)))),
            FLAG,
        )

    def _factors(self) -> None:
        at, year, by_year = self.at, self.year, self.by_year
        rate, decline = self.rate("discount_rate_frac"), self.rate("pack_price_decline_frac_per_yr")
        escalation = self.use("energy_price_escalation_frac_per_yr")
        inflation, shift = self.rate("inflation_frac_per_yr"), self.rate("flow_shift_yr")
        claim_date = self.rate("warranty_claim_date_yr")
        self.lines.block("Factors")
        by_year("escalated", "Energy price against year 1", "1", lambda c: (1 + escalation) ** (year(c) - 1), FACTOR)
        label = f"{self.inflated} against year 1"
        by_year("inflated", label, "1", lambda c: (1 + inflation) ** (year(c) - 1), FACTOR)
        date_format = '0.00;;"-"'
        by_year("date", "Date of replacement", "yr", lambda c: at("replaced", c) * at("due_date", c), date_format)
        by_year("new_price", "Pack price at that date", "1", lambda c: (1 - decline) ** at("date", c), FACTOR)
        by_year("factor_date", "Discount factor, end of year", "1", lambda c: 1 / (1 + rate) ** year(c), FACTOR)
        label = "Discount factor, running payments"
        by_year("factor_running", label, "1", lambda c: 1 / (1 + rate) ** (year(c) - shift), FACTOR)
        label, note = "Discount factor, installation", "1 at the sale"
        by_year("factor_installation", label, "1", lambda c: 1 / (1 + rate) ** at("date", c), FACTOR, note)
        label = "Discount factor, warranty"
        by_year("factor_warranty", label, "1", lambda _: 1 / (1 + rate) ** claim_date, FACTOR, "at the date of claims")

    def write_residual(self) -> None:
        """Append what the last pack is worth, after the second life where there is one."""
        one = self.one
        decline = self.rate("pack_price_decline_frac_per_yr")
        self.lines.block("Residual of the last pack")
        age = one("horizon") - one("life") * total(self.row("replaced"))
        self.computed("age", "Age of the last pack", "yr", age, "0.00")
        left = when(same(one("limited"), 1), 1 - one("age") / one("life"), 1)
        self.computed("life_left", "Life left", "1", largest(0, left), SHARE)
        new = one("price") * (1 - decline) ** one("horizon")
        self.computed("new_at_end", "Price of a new pack then", "USD", new)
        worths = {
            "none": 0 * one("new_at_end"),
            "linear_time": one("life_left") * one("new_at_end"),
            "linear_soh": one("soh_share") * one("new_at_end"),
            "market": link(one("worth_usd" if self.business.second_life is None else "left_end")),
        }
        for rule in RESIDUAL_RULES:
            taken = flag(same(self.rate("residual_rule"), rule))
            label = f"Residual, rule {rule.replace('_', ' ')}"
            self.computed(f"residual_{rule}", label, "USD", taken * self.pooled(worths[rule]))
        first, last = (one(f"residual_{rule}") for rule in (RESIDUAL_RULES[0], RESIDUAL_RULES[-1]))
        self.computed("residual_usd", "Residual in force", "USD", total(Range(first, last)))
