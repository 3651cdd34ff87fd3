"""What both layouts of a comparison share: the frame of their sheets, what is shown of a design, and the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from lcopt.report import sheets
from lcopt.report.compared import Beside, Compared, side_by_side
from lcopt.report.expressions import Expression
from lcopt.report.formulas import at_most, count_errors, count_filled, count_of, largest, magnitude, same, when
from lcopt.report.sheets import Book, Mark, Sheet
from lcopt.report.styles import MONEY, NUMBER, UNIT_COST, WHOLE_MONEY
from lcopt.report.tables import COMPONENTS

HEAD_HEIGHT = 42.0
TOLERANCE_FRAC = 1e-6
OK, FAILED = "OK", "FAILED"
WORDS = ("chemistry", "technology_class", "format", "architecture", "cooling", "platform")
NUMBERS = {
    "lifecycle_cost_usd_per_pack": WHOLE_MONEY,
    "levelized_usd_per_km": UNIT_COST,
    "annuity_usd_per_yr": WHOLE_MONEY,
    "purchase_price_usd_per_pack": WHOLE_MONEY,
    "cell_cost_usd_per_kwh": MONEY,
    "pack_energy_kwh": NUMBER,
    "pack_mass_kg": NUMBER,
    "pack_specific_energy_wh_per_kg": NUMBER,
    "pack_energy_density_wh_per_l": NUMBER,
    "charging_time_min": NUMBER,
    "cells_in_series_count": "0",
    "cells_in_parallel_count": "0",
    "pack_life_yr": NUMBER,
}
LABELS = {"levelized_usd_per_km": "Lifecycle cost per km", "annuity_usd_per_yr": "Equivalent annual cost"}
ONE_PAGE = ("Compare", "Costs")
SIGN = "Cost is positive, credit negative."
CHECK_HEADS = (("Check", 60.0), ("", 2.0), ("Found", 18.0), ("Expected", 18.0), ("State", 11.0), ("Tolerance", 11.0))


@dataclass
class Frame:
    """A comparison under construction."""

    results: Sequence[Compared]
    book: Book = field(init=False)
    designs: list[Beside] = field(init=False)
    checks: Sheet = field(init=False)
    check_row: int = sheets.FIRST_ROW + 2

    def __post_init__(self) -> None:
        """Begin the book and the sheet of its checks, to which every other sheet refers."""
        title = f"lcopt: {len(self.results)} results compared"
        self.book = Book(title=title, footer=f"lcopt {version('lcopt')}  {self.results[0].name}")
        self.designs = side_by_side(self.results)
        self.checks = Sheet("Checks", "Checks", "The comparison against the results that it shows.", "check")
        self.checks_ok = self.checks.put(sheets.FIRST_ROW, 3, False, "total", name="checks_ok")

    @property
    def lead(self) -> str:
        """What differences and money are."""
        years = "/".join(sorted({str(result.price_year) for result in self.results}))
        return f"Chosen designs as solved; differences are those to {self.results[0].name}. USD of {years}."

    def components(self) -> list[str]:
        """Components of cost that any design has."""
        found = {name for one in self.designs for name in one.costs_usd}
        return [name for name in COMPONENTS if name in found]

    def totals(self) -> list[str]:
        """Components of the cost of all packs that any result has."""
        names = {name for result in self.results for name in result.totals_usd}
        return [*(name for name in COMPONENTS if name in names), *sorted(names - set(COMPONENTS))]

    def sheet(
        self, name: str, title: str, purpose: str, heads: Sequence[tuple[str, float]], numbers_from: int = 3
    ) -> Sheet:
        """A sheet with its frame and heads, those of numbers from a column on."""
        sheet = self.framed(Sheet(name, title, purpose, "output", fit_height=name in ONE_PAGE))
        sheet.header(heads)
        sheet.heights[sheet.header_row] = HEAD_HEIGHT
        for column in range(numbers_from, len(heads) + 1):
            sheet.cell(sheet.header_row, column).look = "head_number"
        return sheet

    def framed(self, sheet: Sheet) -> Sheet:
        """The sheet with title, purpose and the state of the checks, in the book."""
        sheet.put(sheets.TITLE_ROW, 1, sheet.title, "title")
        sheet.put(sheets.PURPOSE_ROW, 1, f"{sheet.purpose} {SIGN}", "purpose")
        sheet.put(sheets.CHECK_ROW, 1, "Workbook checks", "state")
        sheet.put(sheets.CHECK_ROW, 2, when(self.checks_ok, "OK", "CHECK FAILED"), "state")
        return self.book.add(sheet)

    def check(self, words: str, found: Expression, expected: Expression | float) -> None:
        """One check of the book."""
        sheet, row = self.checks, self.check_row
        sheet.put(row, 1, words)
        left = sheet.put(row, 3, found, "calculation", MONEY)
        look = "calculation" if isinstance(expected, Expression) else "record"
        right = sheet.put(row, 4, expected, look, MONEY)
        allowed = sheet.put(row, 6, TOLERANCE_FRAC, "record", "0.0E+00")
        close = at_most(magnitude(left - right) / largest(1, magnitude(right)), allowed)
        sheet.put(row, 5, when(close, OK, FAILED), "word")
        self.check_row += 1

    def close(self) -> None:
        """The sheet of checks, when all others stand."""
        for other in list(self.book.sheets):
            self.check(f"No error cell on {other.name}", count_errors(other.body()), 0.0)
        sheet = self.framed(self.checks)
        sheet.header(CHECK_HEADS)
        sheet.put(sheets.FIRST_ROW, 1, "No check has failed", "total_text")
        states = sheet.down(5, sheets.FIRST_ROW + 2, self.check_row - 1)
        self.checks_ok.content = same(count_of(states, OK), count_filled(states))
        sheet.marks += [Mark(states, OK, "good"), Mark(states, FAILED, "bad")]
