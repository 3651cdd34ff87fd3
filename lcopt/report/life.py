"""Sheet Lifecycle: flags, flows and present values by year, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable

from lcopt.report import sheets
from lcopt.report.expressions import Expression, Range
from lcopt.report.formulas import (
    same,
    sum_of_products,
    total,
    when,
)
from lcopt.report.ledger import SERIES_COLUMN, Ledger, Lines
from lcopt.report.life_setting import LifeSetting
from lcopt.report.sheets import Chart, Series, Sheet, safe_name
from lcopt.report.styles import FACTOR, MONEY, NUMBER, UNIT_COST, YEAR
from lcopt.report.tables import COMPONENTS, PackTables

HEADS = (("Key", 22.0), ("Quantity", 40.0), ("Unit", 12.0), ("Constant or total", 15.0), ("Note", 36.0), ("", 2.0))
YEAR_WIDTH = 11.5

RUNNING = ("energy", "downtime", "carbon_use")

# Component -> row of the factor that discounts it.
FACTOR_ROWS = {
    "purchase": "factor_date",
    "replacement": "factor_installation",
    "energy": "factor_running",
    "downtime": "factor_running",
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
        self._flows()
        self._present_values()
        self._results()
        self._chart()

    def _flows(self) -> None:
        at, one = self.at, self.one
        markup, decline = self.rate("replacement_markup_frac"), self.rate("pack_price_decline_frac_per_yr")
        self.lines.block("Flows, not discounted")
        again = one("price") * (1 + markup)
        self.computed("again_usd", "Replacement at the price of date 0", "USD", again)
        reserve = one("claims") * one("again_usd") * (1 - decline) ** self.rate("warranty_claim_date_yr")
        self.computed("reserve_usd", "Warranty reserve", "USD", reserve)
        contents: dict[str, Callable[[int], Expression]] = {
            "purchase": lambda c: at("start", c) * one("price"),
            "replacement": lambda c: at("replaced", c) * at("new_price", c) * one("again_usd"),
            "energy": lambda c: at("running", c) * one("energy_usd") * at("escalated", c),
            "downtime": lambda c: at("running", c) * one("time_usd") * at("inflated", c),
            "carbon_making": lambda c: (at("start", c) + at("replaced", c)) * one("making_usd"),
            "carbon_use": lambda c: at("running", c) * one("carbon_use_usd"),
            "warranty": lambda c: at("claimed", c) * one("reserve_usd"),
            "end_of_life": lambda c: -1 * at("replaced", c) * one("worth_usd"),
            "residual": lambda c: -1 * at("end", c) * one("residual_usd"),
        }
        for component, label in COMPONENTS.items():
            self._summed(f"flow_{component}", label, contents[component])
        first, last = "flow_purchase", "flow_residual"
        self._summed("flow_total", "Total", lambda c: total(Range(at(first, c), at(last, c))), look="total")
        self._summed("cash_flow", "Cash flow (finance sign)", lambda c: -1 * at("flow_total", c))
        self._running_sum("cumulative", "Cumulative cost", "flow_total")

    def _present_values(self) -> None:
        at = self.at
        self.lines.block("Present value at the sale")
        for component, label in COMPONENTS.items():
            self._summed(f"pv_{component}", label, self._discounted(component), cross=component)
        self._summed(
            "pv_total",
            "Lifecycle cost",
            lambda c: total(Range(at("pv_purchase", c), at("pv_residual", c))),
            look="total",
        )
        self._running_sum("pv_cumulative", "Cumulative present value", "pv_total")
        lcc = self.one("pv_total")
        lcc.name = safe_name("out_lcc", self.pack.suffix)
        for component in COMPONENTS:
            self.ledger.keep(self.pack, f"pv_{component}", self.one(f"pv_{component}"))
        self.ledger.keep(self.pack, "lcc", lcc)
        second = self.lines.columns[1]
        for component in RUNNING:
            flows = Range(at(f"flow_{component}", second), self.lines.first_to_last(f"flow_{component}")[1])
            self.ledger.ranges[self.pack.index, f"flow_{component}"] = flows

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
        self.computed("time_years", "the same with the value of time", "yr", lost, FACTOR)
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
            for component in COMPONENTS
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
