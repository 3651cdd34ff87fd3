"""Sheet Lifecycle: flags, flows and present values by year, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable

from lcopt.report import sheets
from lcopt.report.business import TAX
from lcopt.report.expressions import Expression, Range
from lcopt.report.formulas import (
    same,
    sum_of_products,
    total,
    when,
)
from lcopt.report.ledger import SERIES_COLUMN, Ledger, Lines
from lcopt.report.life_parties import LifeParties
from lcopt.report.life_routes import LifeRoutes
from lcopt.report.life_setting import FACTORS, LifeSetting
from lcopt.report.life_tax import DATED, LifeTax
from lcopt.report.sheets import Chart, Series, Sheet, safe_name
from lcopt.report.styles import FACTOR, MONEY, NUMBER, UNIT_COST, YEAR
from lcopt.report.tables import PackTables

HEADS = (("Key", 22.0), ("Quantity", 40.0), ("Unit", 12.0), ("Constant or total", 15.0), ("Note", 36.0), ("", 2.0))
YEAR_WIDTH = 11.5

RUNNING = ("energy", "downtime", "operations", "carbon_use")

# Component -> row of the factor that discounts it.
FACTOR_ROWS = {
    "purchase": "factor_date",
    "replacement": "factor_installation",
    "station": "factor_date",
    "energy": "factor_running",
    "downtime": "factor_running",
    "operations": "factor_running",
    "carbon_making": "factor_installation",
    "carbon_use": "factor_running",
    "warranty": "factor_warranty",
    "end_of_life": "factor_installation",
    "residual": "factor_date",
}


def add_life(ledger: Ledger, pack: PackTables) -> Sheet:
    """One sheet for the chosen design of a pack."""
    purpose = "Years from the sale; one line shows the cash flow in finance sign, outflows negative."
    sheet = ledger.sheet("Lifecycle", pack, "Lifecycle", purpose, "calculation", series=True)
    sheet.header(HEADS)
    sheet.cell(sheet.header_row, 4).look = "head_number"
    horizon_yr = ledger.tables.scenario.finance.horizon_yr
    columns = range(SERIES_COLUMN, SERIES_COLUMN + horizon_yr + 1)
    for year, column in enumerate(columns):
        sheet.put(sheet.header_row, column, year, "head_number", YEAR)
        sheet.widths[column] = YEAR_WIDTH
    _Life(ledger, pack, Lines(sheet, sheets.FIRST_ROW, columns)).write()
    return sheet


class _Life(LifeSetting):
    """The sheet from top to bottom."""

    def write(self) -> None:
        self.write_setting()
        if self.business.second_life is not None:
            LifeRoutes(self.ledger, self.pack, self.lines).write()
        self.write_residual()
        self._flows()
        self._present_values()
        self._results()
        if self.business.model.is_held:
            LifeParties(self.ledger, self.pack, self.lines).write()
        self._chart()

    @property
    def components(self) -> dict[str, str]:
        """The components in play."""
        return self.ledger.tables.components

    def _flows(self) -> None:
        one = self.one
        markup, decline = self.rate("replacement_markup_frac"), self.rate("pack_price_decline_frac_per_yr")
        self.lines.block("Flows, not discounted")
        again = self.pooled(one("price") * (1 + markup))
        self.computed("again_usd", "Replacement at the price of date 0", "USD", again)
        reserve = one("claims") * one("again_usd") * (1 - decline) ** self.rate("warranty_claim_date_yr")
        self.computed("reserve_usd", "Warranty reserve", "USD", reserve)
        tax = LifeTax(self.ledger, self.pack, self.lines)
        if self.business.tax is not None:
            tax.write_books()
            self.lines.block("Flows by component, not discounted")
        untaxed = [component for component in self.components if component != TAX]
        contents = self._contents()
        for component in untaxed:
            self._summed(f"flow_{component}", self.components[component], contents[component])
        first, last = f"flow_{untaxed[0]}", f"flow_{untaxed[-1]}"
        if self.business.tax is None:
            self._summed(
                "flow_total", "Total", lambda c: total(Range(self.at(first, c), self.at(last, c))), look="total"
            )
        else:
            tax.write_taxes()
            self._taxed(first, last)
        self._summed("cash_flow", "Cash flow (finance sign)", lambda c: -1 * self.at("flow_total", c))
        self._running_sum("cumulative", "Cumulative cost", "flow_total")

    def _contents(self) -> dict[str, Callable[[int], Expression]]:
        """The flow of each component in a year."""
        at, one = self.at, self.one

        def removed(column: int) -> Expression:
            value = one("worth_usd") if self.business.second_life is None else at("left", column)
            return self.pooled(-1 * at("replaced", column) * value)

        return {
            "purchase": lambda c: self.pooled(at("start", c) * one("price")),
            "replacement": lambda c: at("replaced", c) * at("new_price", c) * one("again_usd"),
            "station": lambda c: at("start", c) * self.rate("station_capex_usd_per_vehicle"),
            "energy": lambda c: at("running", c) * one("energy_usd") * at("escalated", c),
            "downtime": lambda c: at("running", c) * one("time_usd") * at("inflated", c),
            "operations": lambda c: at("running", c) * self.rate("operations_usd_per_yr") * at("inflated", c),
            "carbon_making": lambda c: (at("start", c) + at("replaced", c)) * one("making_usd"),
            "carbon_use": lambda c: at("running", c) * one("carbon_use_usd"),
            "warranty": lambda c: at("claimed", c) * one("reserve_usd"),
            "end_of_life": removed,
            "residual": lambda c: -1 * at("end", c) * one("residual_usd"),
        }

    def _taxed(self, first: str, last: str) -> None:
        """Tax of a year and the total with it."""
        at, start, end = self.at, DATED[0], DATED[-1]
        self._summed("flow_tax", self.components[TAX], lambda c: total(Range(at(start, c), at(end, c))))
        self._summed(
            "flow_total",
            "Total after tax",
            lambda c: total(Range(at(first, c), at(last, c))) + at("flow_tax", c),
            look="total",
        )

    def _present_values(self) -> None:
        at, components = self.at, self.components
        self.lines.block("Present value at the sale")
        for component, label in components.items():
            if component == TAX:
                self._discounted_tax(label)
            else:
                self._summed(f"pv_{component}", label, self._discounted(component), cross=component)
        first, *_, last = components
        self._summed(
            "pv_total",
            "Lifecycle cost",
            lambda c: total(Range(at(f"pv_{first}", c), at(f"pv_{last}", c))),
            look="total",
        )
        self._running_sum("pv_cumulative", "Cumulative present value", "pv_total")
        lcc = self.one("pv_total")
        lcc.name = safe_name("out_lcc", self.pack.suffix)
        for component in components:
            self.ledger.keep(self.pack, f"pv_{component}", self.one(f"pv_{component}"))
        self.ledger.keep(self.pack, "lcc", lcc)
        second = self.lines.columns[1]
        for component in (item for item in RUNNING if item in components):
            flows = Range(at(f"flow_{component}", second), self.lines.first_to_last(f"flow_{component}")[1])
            self.ledger.ranges[self.pack.index, f"flow_{component}"] = flows

    def _discounted_tax(self, label: str) -> None:
        """Each kind of tax by the factor of its dates, which stand in the same order."""
        first, last, tax, end = FACTORS[0], FACTORS[-1], DATED[0], DATED[-1]
        rates, taxes = self.block_of(first, last), self.block_of(tax, end)
        self.lines.add(
            "pv_tax",
            label,
            "USD",
            sum_of_products(rates, taxes),
            lambda c: sum_of_products(
                Range(self.at(first, c), self.at(last, c)), Range(self.at(tax, c), self.at(end, c))
            ),
            number_format=MONEY,
        )

    def _discounted(self, component: str) -> Callable[[int], Expression]:
        factor = FACTOR_ROWS[component]
        return lambda c: self.at(f"flow_{component}", c) * self.at(factor, c)

    def _summed(
        self, key: str, label: str, content: Callable[[int], Expression], *, look: str = "calculation", cross: str = ""
    ) -> None:
        """A row by year with its sum; a present value is summed the other way, factor row times flow row."""
        first, last = (self.lines.sheet.cell(self.lines.row, self.lines.columns[place]) for place in (0, -1))
        constant = (
            sum_of_products(self.row(FACTOR_ROWS[cross]), self.row(f"flow_{cross}"))
            if cross
            else total(Range(first, last))
        )
        self.lines.add(key, label, "USD", constant, content, number_format=MONEY, look=look)

    def _running_sum(self, key: str, label: str, of: str) -> None:
        first = self.at(of, self.lines.columns[0])
        self.by_year(key, label, "USD", lambda c: total(Range(first, self.at(of, c), anchored=True)), MONEY)

    def _results(self) -> None:
        one, keep = self.one, self.ledger.keep
        rate = one("rate")
        self.lines.block("Levelized")
        years = sum_of_products(self.row("running"), self.row("factor_running"))
        self.computed("years", "Discounted years of operation", "yr", years, FACTOR)
        paid = sum_of_products(self.row("running"), self.row("factor_running"), self.row("escalated"))
        self.computed("energy_years", "the same with energy prices", "yr", paid, FACTOR)
        lost = sum_of_products(self.row("running"), self.row("factor_running"), self.row("inflated"))
        self.computed("time_years", f"the same with the {self.inflated.lower()}", "yr", lost, FACTOR)
        self.computed("km", "Discounted distance", "km", self.use("distance_km_per_yr") * one("years"), NUMBER)
        self.computed("kwh", "Discounted battery energy", "kWh", one("battery") * one("years"), NUMBER)
        self.computed("per_km", "Lifecycle cost per km", "USD/km", one("pv_total") / one("km"), UNIT_COST)
        self.computed("per_kwh", "Lifecycle cost per kWh used", "USD/kWh", one("pv_total") / one("kwh"), UNIT_COST)
        annuity = rate / (1 - 1 / (1 + rate) ** one("horizon"))
        recovery = when(same(rate, 0), 1 / one("horizon"), annuity)
        self.computed("recovery", "Capital recovery factor", "1/yr", recovery, "0.000000")
        self.computed("annuity", "Equivalent annual cost", "USD/yr", one("pv_total") * one("recovery"))
        for key in ("per_km", "per_kwh", "annuity"):
            one(key).name = safe_name("out_", key, self.pack.suffix)
        for key in ("per_km", "per_kwh", "annuity", "years", "energy_years", "time_years", "horizon"):
            keep(self.pack, key, one(key))

    def _chart(self) -> None:
        sheet, columns = self.lines.sheet, self.lines.columns
        series = [
            Series(sheet.cell(self.lines.at[f"flow_{component}"], 2), self.row(f"flow_{component}"))
            for component in self.components
            if any(self.row(f"flow_{component}").values)
        ]
        line = Series(sheet.cell(self.lines.at["cumulative"], 2), self.row("cumulative"), line=True)
        chart = Chart(
            anchor=f"A{self.lines.row + 1}",
            title="Cash flow by year and cumulative cost",
            categories=sheet.across(sheet.header_row, columns[0], columns[-1]),
            series=(*series, line),
            value_title="USD per pack, not discounted",
            number_format="#,##0",
            width_cm=30.0,
            height_cm=11.0,
        )
        sheet.charts.append(chart)
