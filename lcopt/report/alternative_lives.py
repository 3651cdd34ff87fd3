"""Lifecycle cost of every alternative from the live inputs: the flows of sheet Lifecycle in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property, partial

from lcopt.report.alternative_taxes import AlternativeTaxes
from lcopt.report.design_columns import DesignColumns
from lcopt.report.expressions import Expression, Range, link
from lcopt.report.formulas import at_least, at_most, below, flag, largest, same, total, when
from lcopt.report.input_rows import design_family
from lcopt.report.life_routes import PACKS
from lcopt.report.life_setting import claim_probability, last_soh, last_soh_share, replaced_soh
from lcopt.report.recycling import write_worth
from lcopt.report.styles import FACTOR, GAP, MONEY, NUMBER, QUANTITY, SHARE, UNIT_COST
from lcopt.report.tables import Design
from lcopt.units import MINUTES_PER_HOUR


class AlternativeLives(DesignColumns):
    """Rows of life, use, replacement and present value."""

    def write(self) -> None:
        """Append all rows; the price of each design stands above."""
        self._life()
        self._use()
        self._shared()
        self._replacements()
        self._residual()
        self._present_values()

    def _life(self) -> None:
        low, high = self.pack.pack.limits.charging_window_frac
        horizon_yr = self.ledger.tables.scenario.finance.horizon_yr
        self.lines.block("Life and use")
        self.solved("energy", "Pack energy, nameplate", "kWh", lambda d: float(d.facts["pack_energy_kwh"]), QUANTITY)
        self.solved("mass", "Pack mass", "kg", lambda d: float(d.facts["pack_mass_kg"]), NUMBER)
        if not self.business.model.is_swapped:
            self._session_power(high - low)
        self.solved("life", "Pack life", "yr", lambda d: d.life_yr, "0.00")
        self.solved("limited", "Life is limited", "1", lambda d: int(d.is_limited), "0")
        self.solved("claim", "Probability of a capacity claim", "1", claim_probability, "0.00%")
        self.solved(
            "soh_share", "Health left in the last pack", "1", lambda d: last_soh_share(d, self.pack, horizon_yr), SHARE
        )
        self._per_family("making", "Carbon of making", "kg/kWh", "carbon_making_{}_kg_per_kwh")
        if self.ledger.tables.recycles:
            write_worth(self)
        else:
            self._per_family("worth", "End-of-life value", "USD/kWh", "end_of_life_value_{}_usd_per_kwh")
        if self.business.second_life is not None:
            self._second_life(horizon_yr)

    def _second_life(self, horizon_yr: int) -> None:
        """Health of packs that leave, and whether a second life takes them."""
        rounding = self.ledger.of(self.pack, "rounding")
        self.linked("rounding", "Health counts as met within", "1", rounding, GAP)
        self.linked("used", "Value of a used pack over new storage", "1", self.ledger.of(self.pack, "used"), FACTOR)
        for key, words in PACKS.items():
            health = replaced_soh if key == "replaced" else partial(last_soh, horizon_yr=horizon_yr)
            self.solved(f"soh_{key}", f"Health of {words}", "1", health, SHARE)
            self.computed(f"fit_{key}", f"Second life takes {words}", "flag", partial(self._fit, key), "0")

    def _fit(self, key: str, column: int) -> Expression:
        least = self.rate("soh_min_frac")
        return flag(at_least(self.at(f"soh_{key}", column) + self.one("rounding"), least))

    def _reused(self, key: str, storage: Expression, column: int) -> Expression:
        """What a used pack brings at a price of new storage, per nameplate energy."""
        margin = self.one("used") * storage - self.rate("repurposing_cost_usd_per_kwh")
        return margin * self.at(f"soh_{key}", column)

    def _better(self, key: str, reused: Expression, column: int) -> Expression:
        fit, recycled = self.at(f"fit_{key}", column), self.at("worth", column)
        return largest(recycled, fit * reused + (1 - fit) * recycled)

    def _session_power(self, window_frac: float) -> None:
        label = "Mean power of a DC session"
        if not self.pack.asks_cold:
            self.solved("session_power", label, "kW", lambda d: _session_power_kw(d, window_frac), NUMBER)
            return
        at, one, hours = self.at, self.one, "0.0000"
        self.linked("cold_stops", "Share of cold stops", "1", self.ledger.of(self.pack, "cold_stops"), SHARE)
        self.linked("window", "Charging window", "1", self.ledger.of(self.pack, "window"), SHARE)
        self.solved("warm_h", "Time of a warm stop", "h", lambda d: _hours(d, "charging_time_min"), hours)
        self.solved("cold_h", "Time of a cold stop", "h", lambda d: _hours(d, "cold_charging_time_min"), hours)
        self.solved("cold_heat", "Energy for heat of it", "kWh", lambda d: float(d.facts["cold_heat_kwh"]), QUANTITY)
        share = one("cold_stops")
        self.computed(
            "mean_h",
            "Mean time of a stop",
            "h",
            lambda c: (1 - share) * at("warm_h", c) + share * at("cold_h", c),
            hours,
        )
        self.computed("session_power", label, "kW", lambda c: at("energy", c) * one("window") / at("mean_h", c), NUMBER)

    def _per_family(self, key: str, label: str, unit: str, name: str) -> None:
        family = {column: design_family(self.ledger.tables, design) for column, design in self.design_at.items()}
        self.computed(key, label, unit, lambda c: link(self.rate(name.format(family[c]))), UNIT_COST, "link")

    def _use(self) -> None:
        at, use, one = self.at, self.use, self.one
        penalty = use("mass_penalty_kwh_per_100km_per_100kg") / 100 / 100
        self.constant("penalty_per_kg", "Mass penalty of a kilogram", "kWh/km/kg", penalty, "0.00E+00")
        if not self.business.model.is_swapped:
            overhead = use("session_overhead_h") / use("session_energy_kwh")
            self.constant("overhead_per_kwh", "Overhead per energy of a session", "h/kWh", overhead, "0.000000")
        self.computed(
            "consumption",
            "Consumption",
            "kWh/km",
            lambda c: (
                (at("mass", c) - use("reference_pack_mass_kg")) * one("penalty_per_kg") + use("consumption_kwh_per_km")
            ),
            "0.000000",
        )
        distance = use("distance_km_per_yr")
        self.computed("battery", "Battery energy", "kWh/yr", lambda c: distance * at("consumption", c), NUMBER)
        if self.business.model.is_swapped:
            station = self.rate("station_efficiency_frac")
            self.computed("dc_wall", "Wall energy at stations", "kWh/yr", lambda c: at("battery", c) / station, NUMBER)
            return
        share, ac, dc = use("dc_share_frac"), use("ac_efficiency_frac"), use("dc_efficiency_frac")
        at_ac, at_dc = self._charged()
        self.computed("ac_wall", "AC wall energy", "kWh/yr", lambda c: at_ac(c) / ac, NUMBER)
        self.computed("dc_wall", "DC wall energy", "kWh/yr", lambda c: at_dc(c) / dc, NUMBER)
        self.computed(
            "hours",
            "Time at DC chargers",
            "h/yr",
            lambda c: at("battery", c) * share * (1 / at("session_power", c) + one("overhead_per_kwh")),
            NUMBER,
        )

    def _charged(self) -> tuple[Callable[[int], Expression], Callable[[int], Expression]]:
        """What AC and DC charging bring each design in a year, with the heat of cold stops where there are any."""
        at, share = self.at, self.use("dc_share_frac")

        def ac(column: int) -> Expression:
            return at("battery", column) * (1 - share)

        def dc(column: int) -> Expression:
            return at("battery", column) * share

        if not self.pack.asks_cold:
            return ac, dc
        cold = self.one("cold_stops") / self.use("session_energy_kwh")
        self.constant("cold_per_kwh", "Cold stops per energy charged at DC", "1/kWh", cold, "0.000000")
        label, per_kwh = "Energy for heat of cold stops", self.one("cold_per_kwh")
        self.computed("heat", label, "kWh/yr", lambda c: dc(c) * per_kwh * at("cold_heat", c), NUMBER)
        if self.pack.heats_at_plug:
            return lambda c: ac(c) + at("heat", c), dc
        return ac, lambda c: dc(c) + at("heat", c)

    def _shared(self) -> None:
        of, rate = self.ledger.of, self.rate
        self.lines.block("Factors that all designs share")
        if self.business.model.is_swapped:
            self.linked("pool", "Packs in cars and stations per car", "1", rate("pool_factor"), FACTOR)
        self.linked("horizon", "Horizon", "yr", of(self.pack, "horizon"), "0")
        self.linked("years", "Discounted years", "yr", of(self.pack, "years"), FACTOR)
        self.linked("energy_years", "the same with energy prices", "yr", of(self.pack, "energy_years"), FACTOR)
        self.linked("time_years", "the same with the value of time", "yr", of(self.pack, "time_years"), FACTOR)
        yearly = 1 - rate("pack_price_decline_frac_per_yr")
        kept = yearly / (1 + rate("discount_rate_frac"))
        self.constant("kept", "Present value of a pack a year later", "1", kept, FACTOR)
        date, horizon = rate("warranty_claim_date_yr"), self.one("horizon")
        claimed = flag(at_most(date, horizon)) * self.one("kept") ** date
        self.constant("claim_factor", "Present value of a pack at claims", "1", claimed, FACTOR)
        self.constant(
            "end_factor", "Discount factor at the horizon", "1", 1 / (1 + rate("discount_rate_frac")) ** horizon, FACTOR
        )
        self.constant("new_factor", "Present value of a pack at the horizon", "1", self.one("kept") ** horizon, FACTOR)
        for rule in ("linear_time", "linear_soh", "market"):
            chosen = flag(same(rate("residual_rule"), rule))
            self.constant(f"rule_{rule}", f"Residual rule is {rule.replace('_', ' ')}", "flag", chosen, "0")

    def _replacements(self) -> None:
        horizon_yr = self.ledger.tables.scenario.finance.horizon_yr
        count = max(1, *(_replacements_count(design, horizon_yr) for design in self.pack.designs))
        self.lines.block("Replacements: number in column D")
        for number in range(1, count + 1):
            self._replacement(number)
        for kind, label in (("bought", "number"), ("dated", "discount"), ("priced", "price and discount")):
            self._collect(kind, label, count)
        if self.business.second_life is not None:
            self._collect("valued", "value and discount", count)
        if self.business.tax is not None:
            self.taxes.write(count)

    def _replacement(self, number: int) -> None:
        at, one, rate = self.at, self.one, self.rate("discount_rate_frac")
        due, bought = f"due_{number}", f"bought_{number}"
        word = f"Replacement {number}"
        self.lines.add(due, f"{word} falls due", "yr", number, lambda c: one(due) * at("life", c), number_format="0.00")
        self.computed(
            bought,
            f"{word} is bought",
            "flag",
            lambda c: at("limited", c) * flag(below(at(due, c), one("horizon"))),
            "0",
        )
        dated = f"{word}, discount factor"
        self.computed(f"dated_{number}", dated, "1", lambda c: at(bought, c) / (1 + rate) ** at(due, c), FACTOR)
        priced = f"{word}, pack price and discount"
        self.computed(f"priced_{number}", priced, "1", lambda c: at(bought, c) * one("kept") ** at(due, c), FACTOR)
        if self.business.second_life is not None:
            self._valued(number)

    def _valued(self, number: int) -> None:
        """What the pack before a replacement is worth, with the discount factor of that date."""
        at, new = self.at, self.rate("new_storage_price_usd_per_kwh")
        left, key = 1 - self.rate("new_storage_price_decline_frac_per_yr"), f"valued_{number}"
        label = f"Replacement {number}, price of new storage then"
        self.computed(f"storage_{number}", label, "USD/kWh", lambda c: new * left ** at(f"due_{number}", c))
        label = f"Replacement {number}, second life of the old pack"
        reused = f"reused_{number}"
        self.computed(reused, label, "USD/kWh", lambda c: self._reused("replaced", at(f"storage_{number}", c), c))
        label = f"Replacement {number}, value of the old pack and discount"
        self.computed(
            key, label, "USD/kWh", lambda c: at(f"dated_{number}", c) * self._better("replaced", at(reused, c), c)
        )

    def _collect(self, kind: str, label: str, count: int) -> None:
        """The sum of one kind of row over all replacements."""

        def summed(column: int) -> Expression:
            content: Expression = link(self.at(f"{kind}_1", column))
            for number in range(2, count + 1):
                content = content + self.at(f"{kind}_{number}", column)
            return content

        self.computed(kind, f"All replacements, {label}", "1", summed, FACTOR)

    def _residual(self) -> None:
        at, one = self.at, self.one
        self.lines.block("Residual of the last pack")
        self.computed(
            "age", "Age of the last pack", "yr", lambda c: one("horizon") - at("life", c) * at("bought", c), "0.00"
        )
        self.computed(
            "life_left",
            "Life left",
            "1",
            lambda c: largest(0, when(same(at("limited", c), 1), 1 - at("age", c) / at("life", c), 1)),
            SHARE,
        )
        if self.business.second_life is not None:
            left = 1 - self.rate("new_storage_price_decline_frac_per_yr")
            price = self.rate("new_storage_price_usd_per_kwh") * left ** one("horizon")
            self.constant("storage_end", "Price of new storage at the end", "USD/kWh", price, MONEY)
            label = "Second life of the last pack"
            self.computed("reused_end", label, "USD/kWh", lambda c: self._reused("last", one("storage_end"), c))
            label = "Value of the last pack"
            self.computed("worth_end", label, "USD/kWh", lambda c: self._better("last", at("reused_end", c), c))
        self.computed(
            "share_left",
            "Share of a new pack's price",
            "1",
            lambda c: one("rule_linear_time") * at("life_left", c) + one("rule_linear_soh") * at("soh_share", c),
            SHARE,
        )

    def _present_values(self) -> None:
        at, one, use, rate = self.at, self.one, self.use, self.rate
        self.lines.block("Present values")
        again = 1 + rate("replacement_markup_frac")
        carbon = rate("carbon_price_usd_per_t") / 1000
        defects = rate("warranty_defect_frac")
        self.constant("carbon_usd_per_kg", "Carbon price", "USD/kg", carbon, UNIT_COST)
        if not self.business.model.is_swapped:
            hour = use("time_value_usd_per_h") * use("unproductive_frac")
            self.constant("hour_usd", "Cost of an hour at the charger", "USD/h", hour, MONEY)
        per_kg = one("carbon_usd_per_kg")
        grid = use("grid_kg_per_kwh")
        pooled, removed = self.pooled, self._removed
        wall = self._wall
        contents: dict[str, Callable[[int], Expression]] = {
            "purchase": lambda c: pooled(link(at("price", c))),
            "replacement": lambda c: pooled(at("price", c) * again * at("priced", c)),
            "station": lambda _: link(rate("station_capex_usd_per_vehicle")),
            "energy": lambda c: self._energy_usd(c) * one("energy_years"),
            "downtime": lambda c: at("hours", c) * one("hour_usd") * one("time_years"),
            "operations": lambda _: rate("operations_usd_per_yr") * one("time_years"),
            "carbon_making": lambda c: pooled(at("making", c) * at("energy", c) * per_kg * (1 + at("dated", c))),
            "carbon_use": lambda c: wall(c) * grid * per_kg * one("years"),
            "warranty": lambda c: pooled((defects + at("claim", c)) * at("price", c) * again * one("claim_factor")),
            "end_of_life": removed,
            "residual": self._residual_value,
            "tax": self.taxes.tax,
        }
        components = self.ledger.tables.components
        for component, label in components.items():
            self.computed(f"pv_{component}", label, "USD", contents[component])
        first, *_, last = components
        self.computed(
            "lcc",
            "Lifecycle cost",
            "USD",
            lambda c: total(Range(at(f"pv_{first}", c), at(f"pv_{last}", c))),
            look="total",
        )

    @cached_property
    def taxes(self) -> AlternativeTaxes:
        """Writer of the rows of tax."""
        return AlternativeTaxes(self.ledger, self.pack, self.lines)

    def _wall(self, c: int) -> Expression:
        """Wall energy of a year."""
        at = self.at
        return link(at("dc_wall", c)) if self.business.model.is_swapped else at("ac_wall", c) + at("dc_wall", c)

    def _energy_usd(self, c: int) -> Expression:
        """Energy of the first year."""
        at, use = self.at, self.use
        if self.business.model.is_swapped:
            return at("dc_wall", c) * self.rate("station_energy_price_usd_per_kwh")
        return at("ac_wall", c) * use("ac_price_usd_per_kwh") + at("dc_wall", c) * use("dc_price_usd_per_kwh")

    def _removed(self, c: int) -> Expression:
        at = self.at
        if self.business.second_life is not None:
            return self.pooled(-1 * at("energy", c) * at("valued", c))
        return self.pooled(-1 * at("worth", c) * at("energy", c) * at("dated", c))

    def _residual_value(self, c: int) -> Expression:
        at, one = self.at, self.one
        worth = at("worth" if self.business.second_life is None else "worth_end", c)
        market = one("rule_market") * worth * at("energy", c) * one("end_factor")
        value = -1 * at("share_left", c) * at("price", c) * one("new_factor") - market
        return self.pooled(value)


def _session_power_kw(design: Design, window_frac: float) -> float:
    return float(design.facts["pack_energy_kwh"]) * window_frac / _hours(design, "charging_time_min")


def _hours(design: Design, key: str) -> float:
    return float(design.facts[key]) / MINUTES_PER_HOUR


def _replacements_count(design: Design, horizon_yr: int) -> int:
    return math.ceil(horizon_yr / design.life_yr) - 1 if design.is_limited else 0
