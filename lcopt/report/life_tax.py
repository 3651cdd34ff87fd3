"""Tax on sheet Lifecycle: depreciation of every pack, what leaving packs have left in the books, tax by its dates.

Exactly one pack is depreciated in a year: the last that came before the year. Its first year is the calendar year
after its installation, its last that of its removal.
"""

from __future__ import annotations

from lcopt.cost.discounting import DATE_TOLERANCE_YR
from lcopt.cost.tax import CREDIT_OFF_BASIS_FRAC
from lcopt.report.expressions import Cell, Expression, Range, link
from lcopt.report.formulas import at_most, entry, flag, same, sum_of_products, total, when, whole
from lcopt.report.life_setting import LifeSetting
from lcopt.report.styles import FACTOR, GAP, MONEY, YEAR

# Tax in the order of the factors that discount it.
DATED = ("tax_dates", "tax_running", "tax_installation", "tax_claims")
DEDUCTED = ("energy", "downtime", "operations", "carbon_use")


class LifeTax(LifeSetting):
    """Rows of the books before the flows, and of tax after them."""

    @property
    def rate_of_tax(self) -> Cell:
        """The tax rate."""
        return self.rate("tax_rate_frac")

    def write_books(self) -> None:
        """Append schedule and books; the price of a replacement stands above."""
        one = self.one
        self.lines.block("Books: depreciation of packs")
        label = "A date this close below a year is that year"
        self.lines.add("close", label, "yr", DATE_TOLERANCE_YR, number_format=GAP, look="record")
        label, credit = "Share of the credit that lessens the basis", self.rate("investment_credit_frac")
        self.lines.add("credit_off", label, "1", CREDIT_OFF_BASIS_FRAC, number_format=FACTOR, look="record")
        self.computed("kept", "Basis over cost where a credit is taken", "1", 1 - one("credit_off") * credit, FACTOR)
        for key in ("close", "kept"):
            self.ledger.keep(self.pack, key, one(key))
        self.computed("first_basis", "Basis of the first pack", "USD", self.pooled(one("price")) * one("kept"))
        bought = self.pooled(one("price"))
        if self.business.model.is_swapped:
            station = self.rate("station_capex_usd_per_vehicle")
            self.computed("station_basis", "Basis of the station", "USD", station * one("kept"))
            bought = bought + station
        self.computed("credit_usd", "Investment credit", "USD", credit * bought)
        if self.business.shares:
            self._schedule()
            self._depreciation()
        self._leaving()
        self._last()

    def _schedule(self) -> None:
        at, year, bonus = self.at, self.year, self.rate("bonus_frac")
        shares, first = self.business.shares, self.lines.columns[0]
        label = "Depreciation of an asset by its year"
        if self.business.tax is not None and self.business.tax.depreciation_yr is not None:
            years = self.rate("depreciation_yr")
            self.by_year(
                "plain", label, "1", lambda c: at("running", c) * flag(at_most(year(c), years)) / years, FACTOR
            )
        else:
            given = [0.0, *shares, *([0.0] * len(self.lines.columns))]
            note = "of the scenario's schedule"
            self.lines.add(
                "plain", label, "1", series=lambda c: given[c - first], number_format=FACTOR, look="record", note=note
            )
        self.by_year(
            "schedule",
            "the same with the bonus",
            "1",
            lambda c: (1 - bonus) * at("plain", c) + bonus * flag(same(year(c), 1)),
            FACTOR,
        )
        start = at("schedule", first)
        label = "Depreciated by then"
        self.by_year("taken", label, "1", lambda c: total(Range(start, at("schedule", c), anchored=True)), FACTOR)
        factor = at("factor_running", first)
        self.by_year(
            "worth_taken",
            "Present value of that",
            "1",
            lambda c: sum_of_products(
                Range(start, at("schedule", c), anchored=True), Range(factor, at("factor_running", c), anchored=True)
            ),
            FACTOR,
        )
        for key in ("taken", "worth_taken"):
            self.ledger.ranges[self.pack.index, key] = self.fixed(key)

    def _depreciation(self) -> None:
        at, one, year = self.at, self.one, self.year
        before = "Packs bought before, replacements"

        def number(column: int) -> Expression:
            worn = -1 * whole((one("close") - year(column)) / one("life")) - 1
            return at("running", column) * one("limited") * worn

        self.by_year("book_pack", before, "count", number, YEAR, "a pack is depreciated from the next year")
        label = "Year before its first in the books"
        self.by_year("book_from", label, "yr", lambda c: self._from(at("book_pack", c)), YEAR)
        self.by_year(
            "book_basis", "Basis of the pack in the books", "USD", lambda c: self._basis(at("book_pack", c)), MONEY
        )

        def of_pack(column: int) -> Expression:
            share = entry(self.fixed("schedule"), year(column) - at("book_from", column) + 1)
            return at("running", column) * at("book_basis", column) * share

        if not self.business.model.is_swapped:
            self.by_year("depreciation", "Depreciation", "USD", of_pack, MONEY)
            return
        self.by_year("pack_depreciation", "Depreciation of packs", "USD", of_pack, MONEY)
        self.by_year(
            "depreciation",
            "Depreciation with the station",
            "USD",
            lambda c: at("pack_depreciation", c) + one("station_basis") * at("schedule", c),
            MONEY,
        )

    def _leaving(self) -> None:
        at, one = self.at, self.one
        label = "Basis of the pack that is replaced"
        self.by_year("left_basis", label, "USD", lambda c: at("replaced", c) * self._basis(at("worn", c) - 1), MONEY)
        if not self.business.shares:
            self.by_year("left_book", "Book value of it", "USD", lambda c: link(at("left_basis", c)), MONEY)
            return
        self.by_year(
            "left_years",
            "Years of it in the books",
            "yr",
            lambda c: at("replaced", c) * (whole(at("date", c) + one("close")) - self._from(at("worn", c) - 1)),
            '0;;"-"',
        )
        self.by_year(
            "left_book",
            "Book value of it",
            "USD",
            lambda c: at("left_basis", c) * (1 - entry(self.fixed("taken"), at("left_years", c) + 1)),
            MONEY,
        )

    def _last(self) -> None:
        one, horizon = self.one, self.one("horizon")
        self.computed(
            "last_number", "Replacements before the last pack leaves", "count", total(self.row("replaced")), YEAR
        )
        self.computed("last_basis", "Basis of the last pack", "USD", self._basis(one("last_number")))
        if not self.business.shares:
            self.computed("last_book", "Book value of it at the horizon", "USD", link(one("last_basis")))
        else:
            years = horizon - self._from(one("last_number"))
            self.computed("last_years", "Years of it in the books", "yr", years, YEAR)
            kept = 1 - entry(self.fixed("taken"), one("last_years") + 1)
            self.computed("last_book", "Book value of it at the horizon", "USD", one("last_basis") * kept)
        gain = one("residual_usd") - one("last_book")
        if self.business.model.is_swapped:
            left = 1 - entry(self.fixed("taken"), horizon + 1) if self.business.shares else 1
            self.computed(
                "station_book", "Book value of the station at the horizon", "USD", one("station_basis") * left
            )
            gain = gain - one("station_book")
        self.computed("gain_usd", "Gain at the horizon", "USD", gain, note="residual less book values")

    def write_taxes(self) -> None:
        """Append tax by its dates; all other flows stand above."""
        at, one, tax = self.at, self.one, self.rate_of_tax
        self.lines.block("Tax, at a loss received")
        deducted = [name for name in DEDUCTED if name not in self.business.absent]

        def running(column: int) -> Expression:
            paid: Expression = at(f"flow_{deducted[0]}", column)
            for name in deducted[1:]:
                paid = paid + at(f"flow_{name}", column)
            return -1 * tax * (paid + at("depreciation", column) if self.business.shares else paid)

        def installed(column: int) -> Expression:
            made, left = at("flow_carbon_making", column), at("flow_end_of_life", column)
            return -1 * tax * (made + left + at("left_book", column))

        contents = {
            "tax_dates": lambda c: tax * one("gain_usd") * at("end", c) - one("credit_usd") * at("start", c),
            "tax_running": running,
            "tax_installation": installed,
            "tax_claims": lambda c: -1 * tax * at("flow_warranty", c),
        }
        labels = (
            "Tax at the sale and at the end",
            "Tax on running payments",
            "Tax at installations",
            "Tax on warranty",
        )
        for key, label in zip(DATED, labels, strict=True):
            self.by_year(key, label, "USD", contents[key], MONEY)

    def fixed(self, key: str) -> Range:
        """All years of a row, in their place wherever the formula is copied."""
        return Range(*self.lines.first_to_last(key), fixed=True)

    def _from(self, number: Expression) -> Expression:
        """The year in which a pack of a number is installed, before its first in the books."""
        return whole(number * self.one("life") + self.one("close"))

    def _basis(self, number: Expression) -> Expression:
        decline = self.rate("pack_price_decline_frac_per_yr")
        again = self.one("again_usd") * (1 - decline) ** (number * self.one("life"))
        return when(same(number, 0), self.one("first_basis"), again)
