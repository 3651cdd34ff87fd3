"""Tax of every alternative in closed form: what is deducted of each of its packs, as sheet Lifecycle has it by year.

Of each pack the present value of all that is deducted is its depreciation while it is held and its book value when it
leaves. All packs of a design together earn what its end of life and residual are worth.
"""

from __future__ import annotations

from functools import partial

from lcopt.report.design_columns import DesignColumns
from lcopt.report.expressions import Expression, Range, link
from lcopt.report.formulas import entry, same, total, when, whole
from lcopt.report.styles import FACTOR, MONEY, YEAR

DATE = "0.00"


class AlternativeTaxes(DesignColumns):
    """Rows after the replacements; `count` is the largest number of replacements."""

    def write(self, count: int) -> None:
        """Append what is deducted of each pack."""
        of = self.ledger.of
        self.lines.block("Tax: what is deducted of each pack over its price, present value")
        self.linked("close", "A date this close below a year is that year", "yr", of(self.pack, "close"), "0.0E+00")
        self.linked("basis", "Basis over cost where a credit is taken", "1", of(self.pack, "kept"), FACTOR)
        for number in range(count + 1):
            self._pack_off(number, is_last=number == count)
        self.computed("off", "Deducted of all packs", "USD", lambda c: self._all_packs(c, count))
        if self.business.model.is_swapped:
            self.constant("station_off", "Deducted of the station", "USD", self._station(), MONEY)

    def _pack_off(self, number: int, *, is_last: bool) -> None:
        word = f"Replacement {number}" if number else "First pack"
        leaves = self._horizon if is_last else partial(self._leaves, number + 1)
        self.computed(f"removed_{number}", f"{word} leaves", "yr", leaves, DATE)
        if not self.business.shares:
            self.computed(f"off_{number}", f"{word} deducted", "1", partial(self._book, number), FACTOR)
            return
        if number:
            label = f"{word} comes in the year after"
            self.computed(f"from_{number}", label, "yr", partial(self._from, number), YEAR)
        self.computed(f"held_{number}", f"{word}, years in the books", "yr", partial(self._held, number), YEAR)
        for key, label in (("taken", "depreciated by then"), ("worth_taken", "present value of that at its start")):
            content = partial(self._after_years, key, number)
            self.computed(f"{key}_{number}", f"{word}, {label}", "1", content, FACTOR)
        self.computed(f"off_{number}", f"{word} deducted", "1", partial(self._off, number), FACTOR)

    def _horizon(self, _: int) -> Expression:
        return link(self.one("horizon"))

    def _leaves(self, successor: int, column: int) -> Expression:
        at = self.at
        return when(same(at(f"bought_{successor}", column), 1), at(f"due_{successor}", column), self.one("horizon"))

    def _from(self, number: int, column: int) -> Expression:
        return whole(self.at(f"due_{number}", column) + self.one("close"))

    def _held(self, number: int, column: int) -> Expression:
        left = whole(self.at(f"removed_{number}", column) + self.one("close"))
        return self.at(f"bought_{number}", column) * (left - self.at(f"from_{number}", column)) if number else left

    def _after_years(self, key: str, number: int, column: int) -> Expression:
        return self._of_schedule(key, self.at(f"held_{number}", column) + 1)

    def _off(self, number: int, column: int) -> Expression:
        at, rate = self.at, self.rate("discount_rate_frac")
        relief, book = at(f"worth_taken_{number}", column), 1 - at(f"taken_{number}", column)
        removed = at(f"removed_{number}", column)
        if not number:
            return relief + book / (1 + rate) ** removed
        due, start = at(f"due_{number}", column), at(f"from_{number}", column)
        value = (1 + rate) ** (due - start) * relief + book / (1 + rate) ** (removed - due)
        return at(f"priced_{number}", column) * value

    def _book(self, number: int, column: int) -> Expression:
        """The whole price at removal, where there is no schedule."""
        at, rate = self.at, self.rate("discount_rate_frac")
        if not number:
            return 1 / (1 + rate) ** at("removed_0", column)
        held = at(f"removed_{number}", column) - at(f"due_{number}", column)
        return at(f"priced_{number}", column) / (1 + rate) ** held

    def _all_packs(self, column: int, count: int) -> Expression:
        at, markup = self.at, 1 + self.rate("replacement_markup_frac")
        again: Expression = link(at("off_1", column))
        for number in range(2, count + 1):
            again = again + at(f"off_{number}", column)
        first = self.one("basis") * at("off_0", column)
        return self.pooled(at("price", column) * (first + markup * again))

    def _station(self) -> Expression:
        one, station = self.one, self.rate("station_capex_usd_per_vehicle") * self.one("basis")
        if not self.business.shares:
            return station * one("end_factor")
        at_end = one("horizon") + 1
        self.constant("station_taken", "Depreciated of the station", "1", self._of_schedule("taken", at_end), FACTOR)
        label = "Present value of that"
        self.constant("station_worth", label, "1", self._of_schedule("worth_taken", at_end), FACTOR)
        return station * (one("station_worth") + (1 - one("station_taken")) * one("end_factor"))

    def _of_schedule(self, key: str, place: Expression) -> Expression:
        return entry(self.ledger.ranges[self.pack.index, key], place)

    def tax(self, column: int) -> Expression:
        """Present value of the tax, negative where it is received; all other components stand above."""
        at, credit = self.at, self.rate("investment_credit_frac")
        others: Expression = total(Range(at("pv_energy", column), at("pv_residual", column))) + at("off", column)
        bought: Expression = at("pv_purchase", column)
        if self.business.model.is_swapped:
            others, bought = others + self.one("station_off"), bought + at("pv_station", column)
        return -1 * self.rate("tax_rate_frac") * others - credit * bought
