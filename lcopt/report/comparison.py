"""The workbook of a comparison: results side by side, what they cost, what differs, and the way from one to another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from lcopt.design_names import capitalized
from lcopt.report import sheets
from lcopt.report.compared import Compared, Record
from lcopt.report.expressions import Cell, Expression, link
from lcopt.report.formulas import at_most, count_errors, count_filled, count_of, largest, magnitude, same, total, when
from lcopt.report.rendering import render
from lcopt.report.sheets import Book, Chart, Mark, Series, Sheet
from lcopt.report.styles import MONEY, NUMBER, SHARE, UNIT_COST, WHOLE_MONEY
from lcopt.report.tables import COMPONENTS
from lcopt.report.waterfall import CHART_ROWS, add_waterfall
from lcopt.report.waterfall import HEADS as STEPS
from lcopt.report.words import fact_in_words, label
from lcopt.units import unit_of_name

LABEL, UNIT, FIRST = 1, 2, 3
LABEL_WIDTH, UNIT_WIDTH, COLUMN_WIDTH = 38.0, 12.0, 20.0
HEAD_HEIGHT, LINE_HEIGHT, LINE_SIGNS = 42.0, 14.0, 0.9
WATERFALLS_MAX = 6
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


@dataclass(frozen=True)
class Column:
    """One design of one result."""

    number: int
    result: Compared
    design: Record

    @property
    def pack(self) -> str:
        """Its pack."""
        return str(self.design["pack"])

    @property
    def head(self) -> str:
        """Result and, where it has several, pack."""
        return self.result.name if len(self.result.designs) == 1 else f"{self.result.name}: {self.pack}"


def comparison_book(results: Sequence[Compared]) -> bytes:
    """The file.

    Parameters
    ----------
    results : sequence of Compared
        At least two; differences are those to the first.
    """
    first = results[0]
    book = Book(title=f"lcopt: {len(results)} results compared", footer=f"lcopt {version('lcopt')}  {first.name}")
    _Comparison(book, results).write()
    return render(book)


@dataclass
class _Comparison:
    book: Book
    results: Sequence[Compared]
    of_pack: dict[tuple[int, str], Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        designs = [(result, design) for result in self.results for design in result.designs]
        self.columns = [Column(FIRST + place, result, design) for place, (result, design) in enumerate(designs)]
        self.checks = Sheet("Checks", "Checks", "The comparison against the results that it shows.", "check")
        self.checks_ok = self.checks.put(sheets.FIRST_ROW, 3, False, "total", name="checks_ok")

    def write(self) -> None:
        self._answers()
        self._costs()
        self._portfolio()
        self._waterfalls()
        self._settings()
        self._checks()

    def _sheet(self, name: str, title: str, purpose: str, heads: Sequence[tuple[str, float]]) -> Sheet:
        sheet = self._framed(Sheet(name, title, purpose, "output", fit_height=name in ONE_PAGE))
        sheet.header(heads)
        sheet.heights[sheet.header_row] = HEAD_HEIGHT
        for column in range(FIRST, len(heads) + 1):
            sheet.cell(sheet.header_row, column).look = "head_number"
        return sheet

    def _framed(self, sheet: Sheet) -> Sheet:
        sheet.put(sheets.TITLE_ROW, 1, sheet.title, "title")
        sheet.put(sheets.PURPOSE_ROW, 1, f"{sheet.purpose} {SIGN}", "purpose")
        sheet.put(sheets.CHECK_ROW, 1, "Workbook checks", "state")
        sheet.put(sheets.CHECK_ROW, 2, when(self.checks_ok, "OK", "CHECK FAILED"), "state")
        return self.book.add(sheet)

    def _heads(self) -> list[tuple[str, float]]:
        columns = [(column.head, COLUMN_WIDTH) for column in self.columns]
        return [("", LABEL_WIDTH), ("Unit", UNIT_WIDTH), *columns]

    def _first_of(self, column: Column) -> Column:
        """The column of the first result that another is held against."""
        index = [design["pack"] for design in column.result.designs].index(column.pack)
        partner = self.results[0].partner(column.pack, index)
        own = [one for one in self.columns if one.result is self.results[0]]
        return next((one for one in own if one.design is partner), own[0])

    def _answers(self) -> None:
        money = "/".join(sorted({str(result.price_year) for result in self.results}))
        purpose = (
            f"Chosen designs side by side, as solved; differences are those to {self.results[0].name}. USD of {money}."
        )
        sheet = self._sheet("Compare", f"{len(self.results)} results compared", purpose, self._heads())
        row = self._words(sheet, sheets.FIRST_ROW)
        rows = {}
        for key, shown in NUMBERS.items():
            if all(key in column.design for column in self.columns):
                rows[key] = row
                self._named(sheet, row, LABELS.get(key) or label(key), unit_of_name(key) or "")
                for column in self.columns:
                    self._number(sheet, row, column, key, shown)
                row += 1
        row = self._differences(sheet, row + 1, rows)
        for result in self.results:
            if result.note:
                sheet.put(row, LABEL, f"Mind: {result.note}.")
                row += 1

    def _words(self, sheet: Sheet, row: int) -> int:
        for key in WORDS:
            if not all(key in column.design for column in self.columns):
                continue
            sheet.put(row, LABEL, label(key))
            sheet.put(row, UNIT, "-", "unit")
            texts = [fact_in_words(key, column.design) for column in self.columns]
            for column, text in zip(self.columns, texts, strict=True):
                sheet.put(row, column.number, text, "solver_text")
            lines = math.ceil(max(map(len, texts)) / (COLUMN_WIDTH * LINE_SIGNS))
            sheet.heights[row] = lines * LINE_HEIGHT
            row += 1
        return row

    def _named(self, sheet: Sheet, row: int, words: str, unit: str, look: str = "text") -> None:
        sheet.put(row, LABEL, words, look)
        sheet.put(row, UNIT, unit, "unit")

    def _number(self, sheet: Sheet, row: int, column: Column, key: str, shown: str) -> None:
        value = column.design[key]
        if isinstance(value, int | float) and math.isfinite(value):
            cell = sheet.put(row, column.number, float(value), "solver", shown)
            self.of_pack[column.number, key] = cell
        else:
            sheet.put(row, column.number, "-" if value is None else str(value), "solver_text")

    def _differences(self, sheet: Sheet, row: int, rows: dict[str, int]) -> int:
        sheet.block(row, f"Differences to {self.results[0].name}", len(self.columns) + 2)
        row += 1
        for key in rows:
            self._named(sheet, row, LABELS.get(key) or label(key), unit_of_name(key) or "")
            for column in self.columns:
                one, other = (
                    self.of_pack.get((self._first_of(column).number, key)),
                    self.of_pack.get((column.number, key)),
                )
                if one is not None and other is not None:
                    sheet.put(row, column.number, other - one, "calculation", NUMBERS[key])
            row += 1
        key = "lifecycle_cost_usd_per_pack"
        self._named(sheet, row, "Lifecycle cost, as a share", "1")
        for column in self.columns:
            one, other = self.of_pack[self._first_of(column).number, key], self.of_pack[column.number, key]
            sheet.put(row, column.number, (other - one) / one, "calculation", SHARE)
        return row + 2

    def _components(self) -> list[str]:
        found = {name for column in self.columns for name in column.result.costs_usd[column.pack]}
        return [name for name in COMPONENTS if name in found]

    def _costs(self) -> None:
        sheet = self._sheet("Costs", "Costs of a pack", "Present value by component, USD a pack.", self._heads())
        row = first = sheets.FIRST_ROW
        for component in self._components():
            self._named(sheet, row, COMPONENTS[component], "USD")
            for column in self.columns:
                value = float(column.result.costs_usd[column.pack].get(component, 0.0))
                cell = sheet.put(row, column.number, value, "solver", WHOLE_MONEY)
                self.of_pack[column.number, component] = cell
            row += 1
        self._named(sheet, row, "Lifecycle cost of a pack", "USD", "total_text")
        for column in self.columns:
            summed: Expression = total(sheet.down(column.number, first, row - 1))
            self.of_pack[column.number, "total"] = sheet.put(row, column.number, summed, "total", WHOLE_MONEY)
        end = FIRST + len(self.columns) - 1
        shown = [place for place in range(first, row) if any(sheet.across(place, FIRST, end).values)]
        series = tuple(Series(sheet.cell(place, LABEL), sheet.across(place, FIRST, end)) for place in shown)
        row = self._cost_differences(sheet, row + 2)
        chart = Chart(
            anchor=f"A{row + 1}",
            title="Lifecycle cost of a pack by component",
            categories=sheet.across(sheet.header_row, FIRST, end),
            series=series,
            value_title="USD per pack, present value",
            number_format="#,##0",
            horizontal=True,
            width_cm=24.0,
            height_cm=5.0 + 1.2 * len(self.columns),
        )
        sheet.charts.append(chart)

    def _cost_differences(self, sheet: Sheet, row: int) -> int:
        sheet.block(row, f"Differences to {self.results[0].name}", len(self.columns) + 2)
        for component in (*self._components(), "total"):
            row += 1
            is_total = component == "total"
            words = "Lifecycle cost of a pack" if is_total else COMPONENTS[component]
            self._named(sheet, row, words, "USD", "total_text" if is_total else "text")
            for column in self.columns:
                one = self.of_pack[self._first_of(column).number, component]
                more = self.of_pack[column.number, component] - one
                sheet.put(row, column.number, more, "total" if is_total else "calculation", WHOLE_MONEY)
        return row + 1

    def _portfolio(self) -> None:
        """All packs of each result, by component."""
        heads = [("", LABEL_WIDTH), ("Unit", UNIT_WIDTH), *((result.name, COLUMN_WIDTH) for result in self.results)]
        purpose = "Present value of all packs sold, with cell platforms and pooled volumes."
        sheet = self._sheet("Portfolio", "All packs", purpose, heads)
        names = {name for result in self.results for name in result.totals_usd}
        ordered = [*(name for name in COMPONENTS if name in names), *sorted(names - set(COMPONENTS))]
        row = first = sheets.FIRST_ROW
        for component in ordered:
            self._named(sheet, row, COMPONENTS.get(component) or capitalized(component.replace("_", " ")), "USD")
            for column, result in enumerate(self.results, start=FIRST):
                sheet.put(row, column, float(result.totals_usd.get(component, 0.0)), "solver", WHOLE_MONEY)
            row += 1
        self._named(sheet, row, "Lifecycle cost of the portfolio", "USD", "total_text")
        sums = [
            sheet.put(row, column, total(sheet.down(column, first, row - 1)), "total", WHOLE_MONEY)
            for column in range(FIRST, FIRST + len(self.results))
        ]
        self._named(sheet, row + 1, f"Difference to {self.results[0].name}", "USD")
        self._named(sheet, row + 2, "the same as a share", "1")
        for cell in sums:
            more = sheet.put(row + 1, cell.column, cell - sums[0], "calculation", WHOLE_MONEY)
            sheet.put(row + 2, cell.column, more / sums[0], "calculation", SHARE)
        self.totals = sums

    def _waterfalls(self) -> None:
        pairs = [(self._first_of(column), column) for column in self.columns if column.result is not self.results[0]]
        widths = [(head, 12.0) for head in STEPS]
        widths[0], widths[1] = ("", LABEL_WIDTH), ("", UNIT_WIDTH)
        sheet = self._framed(Sheet("Waterfall", "From one to another", "What each component adds or takes.", "output"))
        sheet.widths = {column: width for column, (_, width) in enumerate(widths, start=1)}
        sheet.repeats_head, row = False, sheets.HEADER_ROW
        for number, (one, other) in enumerate(pairs[:WATERFALLS_MAX]):
            if number:
                sheet.breaks.append(row - 1)
            cells = {
                COMPONENTS[component]: (self.of_pack[one.number, component], self.of_pack[other.number, component])
                for component in self._components()
            }
            names = one.head, other.head
            row = add_waterfall(sheet, row, cells, names, f"From {names[0]} to {names[1]}") + CHART_ROWS

    def _settings(self) -> None:
        """What was asked differently."""
        heads = [("Key of the scenario", 46.0), ("", 2.0), *((result.name, 28.0) for result in self.results)]
        sheet = self._sheet("Settings", "What was asked differently", "Values that are not the same in all.", heads)
        keys = dict.fromkeys(key for result in self.results for key in result.settings)
        row = sheets.FIRST_ROW
        for key in keys:
            values = [result.settings.get(key, "-") for result in self.results]
            if len(set(values)) > 1 and key != "name":
                sheet.put(row, LABEL, key, "code")
                for column, value in enumerate(values, start=FIRST):
                    sheet.put(row, column, value, "code")
                row += 1
        if row == sheets.FIRST_ROW:
            sheet.put(row, LABEL, "nothing: every setting is the same")
            row += 1
        sheet.block(row + 1, "Where the results come from", len(heads))
        for number, result in enumerate(self.results, start=row + 2):
            sheet.put(number, LABEL, result.name)
            sheet.put(number, FIRST, result.source, "code")

    def _checks(self) -> None:
        sheet, row = self.checks, sheets.FIRST_ROW + 2
        others = list(self.book.sheets)
        self._framed(sheet)
        heads = (("Check", 60.0), ("", 2.0), ("Found", 18.0), ("Expected", 18.0), ("State", 11.0))
        sheet.header(heads)
        sheet.put(sheets.FIRST_ROW, LABEL, "No check has failed", "total_text")
        for column in self.columns:
            told = link(self.of_pack[column.number, "lifecycle_cost_usd_per_pack"])
            words = f"Components of {column.head} add up to its lifecycle cost"
            row = self._check(row, words, link(self.of_pack[column.number, "total"]), told)
        for result, cell in zip(self.results, self.totals, strict=True):
            row = self._check(row, f"Portfolio of {result.name}", link(cell), result.total_usd)
        for other in others:
            row = self._check(row, f"No error cell on {other.name}", count_errors(other.body()), 0.0)
        states = sheet.down(5, sheets.FIRST_ROW + 2, row - 1)
        self.checks_ok.content = same(count_of(states, OK), count_filled(states))
        sheet.marks += [Mark(states, OK, "good"), Mark(states, FAILED, "bad")]

    def _check(self, row: int, words: str, found: Expression, expected: Expression | float) -> int:
        sheet = self.checks
        sheet.put(row, LABEL, words)
        left = sheet.put(row, 3, found, "calculation", MONEY)
        look = "calculation" if isinstance(expected, Expression) else "record"
        right = sheet.put(row, 4, expected, look, MONEY)
        allowed = sheet.put(row, 6, TOLERANCE_FRAC, "record", "0.0E+00")
        close = at_most(magnitude(left - right) / largest(1, magnitude(right)), allowed)
        sheet.put(row, 5, when(close, OK, FAILED), "word")
        return row + 1
