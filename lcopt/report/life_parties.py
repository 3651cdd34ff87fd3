"""Lessor and user on sheet Lifecycle: who pays what, the fee at break-even, what each is left with."""

from __future__ import annotations

from lcopt.report.expressions import Cell, Expression, Range, lift, link
from lcopt.report.formulas import above, flag, same, sum_of_products, total, when
from lcopt.report.life_setting import FACTORS, LifeSetting
from lcopt.report.life_tax import DATED
from lcopt.report.sheets import safe_name
from lcopt.report.styles import FACTOR, MONEY, NUMBER, SHARE, UNIT_COST, YEAR
from lcopt.units import MONTHS_PER_YEAR

# What the lessor pays, in the order of the factors.
PAID = ("lessor_dates", "lessor_running", "lessor_installation", "lessor_claims")
# Headlines that other sheets show, with the defined names of their cells.
OFFERED = ("fee", "breakeven", "user_cost", "user_per_km", "lessor_npv", "lessor_npv_wanted", "payback")


class LifeParties(LifeSetting):
    """Rows after the levelized costs; with a lessor only."""

    def write(self) -> None:
        """Append all rows."""
        self._terms()
        self._factors_of_lessor()
        self._paid_by_lessor()
        self._fee()
        self._cash_flows()
        self._outcome()
        for key in OFFERED:
            self.ledger.keep(self.pack, key, self.one(key))
            self.one(key).name = safe_name("out_", key, self.pack.suffix)

    def after_tax(self, paid: Expression) -> Expression:
        """A payment less the tax that it saves."""
        return paid if self.business.tax is None else (1 - self.rate("tax_rate_frac")) * paid

    def _terms(self) -> None:
        one = self.one
        self.lines.block("Lessor and user")
        self.linked("wanted", "Return that the lessor wants", "1/yr", self.rate("lessor_return_frac"), SHARE)
        if self.business.model.is_served:
            payer = self.rate("energy_paid_by")
            operator = flag(same(payer, "operator"))
            if self.business.model.is_swapped:
                operator = when(same(payer, "user"), 0, 1)
            self.computed("operator_pays", "The operator pays the energy", "flag", operator, YEAR)
            asked = one("battery") * self.rate("energy_fee_usd_per_kwh")
            self.computed("energy_fee_usd", "Fee for battery energy", "USD/yr", asked)
        note = "1 at the end of each month"
        self.computed("months", "Months of a year, at its start", "1", _months_at(one("rate")), FACTOR, note)
        label = "the same at the lessor's return"
        self.computed("months_wanted", label, "1", _months_at(one("wanted")), FACTOR)

    def _factors_of_lessor(self) -> None:
        year, wanted, shift = self.year, self.one("wanted"), self.rate("flow_shift_yr")
        claim_date, at, by_year = self.rate("warranty_claim_date_yr"), self.at, self.by_year
        self.lines.block("Discount factors at the return that the lessor wants")
        by_year("wanted_date", "End of year", "1", lambda c: 1 / (1 + wanted) ** year(c), FACTOR)
        label = "Running payments"
        by_year("wanted_running", label, "1", lambda c: 1 / (1 + wanted) ** (year(c) - shift), FACTOR)
        by_year("wanted_installation", "Installation", "1", lambda c: 1 / (1 + wanted) ** at("date", c), FACTOR)
        by_year("wanted_warranty", "Warranty", "1", lambda _: 1 / (1 + wanted) ** claim_date, FACTOR)
        by_year("wanted_months", "Months of a year", "1", lambda c: self._months(c, "months_wanted", wanted), FACTOR)
        rate = self.one("rate")
        label = "Months of a year, at the discount rate"
        by_year("factor_months", label, "1", lambda c: self._months(c, "months", rate), FACTOR)

    def _months(self, column: int, key: str, rate: Cell) -> Expression:
        return self.at("running", column) * self.one(key) / (1 + rate) ** (self.year(column) - 1)

    def _paid_by_lessor(self) -> None:
        """What the lessor pays by the dates of its payments, tax with it, without the monthly fee."""
        at, has_tax = self.at, self.business.tax is not None
        self.lines.block("What the lessor pays after tax, fees per month aside" if has_tax else "What the lessor pays")

        def taxed(paid: Expression, key: str, column: int) -> Expression:
            return paid + at(key, column) if has_tax else paid

        def at_dates(c: int) -> Expression:
            bought = at("flow_purchase", c) + at("flow_residual", c)
            bought = bought + at("flow_station", c) if self.business.model.is_swapped else bought
            return taxed(bought, DATED[0], c)

        def installed(c: int) -> Expression:
            paid = at("flow_replacement", c) + at("flow_carbon_making", c) + at("flow_end_of_life", c)
            return taxed(paid, DATED[2], c)

        def relieved(c: int) -> Expression:
            paid = self.after_tax(self._running_of_lessor(c))
            return paid - self.rate("tax_rate_frac") * at("depreciation", c) if self.business.shares else paid

        self.by_year("lessor_dates", "At the sale and at the end", "USD", at_dates, MONEY)
        self.by_year("lessor_running", "In operation, less the fee per kWh", "USD", relieved, MONEY)
        self.by_year("lessor_installation", "At installations", "USD", installed, MONEY)
        label = "For warranty"
        self.by_year("lessor_claims", label, "USD", lambda c: taxed(link(at("flow_warranty", c)), DATED[3], c), MONEY)

    def _running_of_lessor(self, column: int) -> Expression:
        at = self.at
        if not self.business.model.is_served:
            return link(at("flow_operations", column))
        energy = self.one("operator_pays") * at("flow_energy", column)
        return at("flow_operations", column) + energy - at("running", column) * self.one("energy_fee_usd")

    def _running_of_user(self, column: int) -> Expression:
        at = self.at
        paid: Expression = at("flow_carbon_use", column)
        paid = paid if self.business.model.is_swapped else paid + at("flow_downtime", column)
        if not self.business.model.is_served:
            return paid + at("flow_energy", column)
        energy = (1 - self.one("operator_pays")) * at("flow_energy", column)
        return paid + energy + at("running", column) * self.one("energy_fee_usd")

    def _fee(self) -> None:
        one = self.one
        self.lines.block("Fee per month")
        paid = sum_of_products(self.block_of("wanted_date", "wanted_warranty"), self.block_of(PAID[0], PAID[-1]))
        self.computed("lessor_paid", "Present value of what the lessor pays", "USD", paid)
        months = self.after_tax(total(self.row("wanted_months")))
        self.computed("lessor_months", "Present value of 1 a month to it", "1", months, NUMBER)
        breakeven = one("lessor_paid") / one("lessor_months")
        label, note = "Fee at which the lessor earns its return", "its net present value is then 0"
        self.computed("breakeven", label, "USD/month", breakeven, MONEY, note)
        given = self.business.ownership.fee_usd_per_month is not None
        fee = self.rate("fee_usd_per_month") if given else one("breakeven")
        note = "as given" if given else "the break-even fee"
        self.lines.add("fee", "Fee in force", "USD/month", link(fee), number_format=MONEY, note=note)

    def _cash_flows(self) -> None:
        at, one = self.at, self.one
        self.lines.block("Cash flow by party, inflow positive")
        fees = MONTHS_PER_YEAR * one("fee")
        self.by_year("fees", "Fees of the months", "USD", lambda c: at("running", c) * fees, MONEY)
        label = "Fees of the months after tax"
        self.by_year("fees_kept", label, "USD", lambda c: self.after_tax(link(at("fees", c))), MONEY)
        label = "User pays in operation, after tax"
        self.by_year("user_running", label, "USD", lambda c: self.after_tax(self._running_of_user(c)), MONEY)
        paid = (PAID[0], PAID[-1])
        for key, label, flow in (
            ("user_flow", "User", lambda c: -1 * at("user_running", c) - at("fees_kept", c)),
            ("lessor_flow", "Lessor", lambda c: at("fees_kept", c) - total(Range(at(paid[0], c), at(paid[1], c)))),
        ):
            first, last = (self.lines.sheet.cell(self.lines.row, self.lines.columns[place]) for place in (0, -1))
            self.lines.add(key, label, "USD", total(Range(first, last)), flow, number_format=MONEY)
        label = "Both together, as the system"
        self.by_year("both_flow", label, "USD", lambda c: at("user_flow", c) + at("lessor_flow", c), MONEY)

    def _outcome(self) -> None:
        one, months = self.one, total(self.row("factor_months"))
        self.lines.block("Present values by party, at the discount rate")
        self.computed("fees_pv", "Fees of the months after tax", "USD", self.after_tax(one("fee") * months))
        user = sum_of_products(self.row("factor_running"), self.row("user_running")) + one("fees_pv")
        self.computed("user_cost", "Cost of the user", "USD", user)
        self.computed("user_per_km", "Cost of the user per km", "USD/km", one("user_cost") / one("km"), UNIT_COST)
        paid = sum_of_products(self.block_of(FACTORS[0], FACTORS[-1]), self.block_of(PAID[0], PAID[-1]))
        self.computed("lessor_npv", "Net present value of the lessor", "USD", one("fees_pv") - paid)
        wanted = one("fee") * one("lessor_months") - one("lessor_paid")
        self.computed("lessor_npv_wanted", "the same at the return that it wants", "USD", wanted)
        self._payback()

    def _payback(self) -> None:
        one, first = self.one, self.lines.columns[0]
        names = ("station", "carbon_making", "warranty")
        start: Expression = self.at("flow_purchase", first)
        for name in (name for name in names if name not in self.business.absent):
            start = start + self.at(f"flow_{name}", first)
        self.computed("start_usd", "Paid by the lessor at the sale", "USD", start)
        second = self.lines.columns[1]
        yearly = MONTHS_PER_YEAR * one("fee") - self._running_of_lessor(second)
        self.computed("margin_usd", "Fees less running costs of year 1", "USD/yr", yearly)
        earned = when(above(one("margin_usd"), 0), MONTHS_PER_YEAR * one("start_usd") / one("margin_usd"), "never")
        note = "before tax, undiscounted, replacements aside"
        self.computed("payback", "Payback of the lessor", "month", earned, NUMBER, note)


def _months_at(rate: Cell) -> Expression:
    """Value at the start of a year of 1 at the end of each of its months."""
    monthly = (1 + rate) ** (lift(1) / MONTHS_PER_YEAR) - 1
    return when(same(rate, 0), MONTHS_PER_YEAR, (1 - 1 / (1 + rate)) / monthly)
