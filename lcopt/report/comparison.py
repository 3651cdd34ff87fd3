"""The workbook of a comparison: results side by side, what they cost, what differs, and the way from one to another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from lcopt.design_names import capitalized
from lcopt.inputs.excel.report_layout import DATA_DESIGNS
from lcopt.report import sheets
from lcopt.report.compared import Beside, Compared, asked_differently, designs_table, notes_on
from lcopt.report.comparison_frame import LABELS, NUMBERS, WORDS, Frame
from lcopt.report.data_tables import add_table
from lcopt.report.expressions import Cell, Expression, link
from lcopt.report.formulas import total
from lcopt.report.overview import overview
from lcopt.report.rendering import render
from lcopt.report.sheets import Book, Chart, Series, Sheet
from lcopt.report.styles import SHARE, WHOLE_MONEY
from lcopt.report.tables import COMPONENTS
from lcopt.report.waterfall import CHART_ROWS, add_waterfall
from lcopt.report.waterfall import HEADS as STEPS
from lcopt.report.words import fact_in_words, label
from lcopt.units import unit_of_name

LABEL, UNIT, FIRST = 1, 2, 3
LABEL_WIDTH, UNIT_WIDTH, COLUMN_WIDTH = 38.0, 12.0, 20.0
LINE_HEIGHT, LINE_SIGNS = 14.0, 0.9
WATERFALLS_MAX, COLUMNS_MAX = 6, 12


@dataclass(frozen=True)
class Column(Beside):
    """One design and the column that shows it."""

    number: int


def comparison_book(results: Sequence[Compared]) -> bytes:
    """The file: a column a design, or a row a design where there are many.

    Parameters
    ----------
    results : sequence of Compared
        At least two; differences are those to the first.
    """
    many = sum(len(result.designs) for result in results) > COLUMNS_MAX
    return render(overview(results) if many else _Comparison(results).write())


@dataclass
class _Comparison(Frame):
    of_pack: dict[tuple[int, str], Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        shown = enumerate(self.designs, start=FIRST)
        self.columns = [Column(one.result, one.design, one.first, number) for number, one in shown]

    def write(self) -> Book:
        self._answers()
        self._costs()
        self._portfolio()
        self._waterfalls()
        self._settings()
        self._check()
        add_table(self.book, DATA_DESIGNS, *designs_table(self.designs))
        return self.book

    def _heads(self) -> list[tuple[str, float]]:
        columns = [(column.head, COLUMN_WIDTH) for column in self.columns]
        return [("", LABEL_WIDTH), ("Unit", UNIT_WIDTH), *columns]

    def _first_of(self, column: Column) -> Column:
        """The column of the first result that another is held against."""
        return next(one for one in self.columns if one.design is column.first)

    def _answers(self) -> None:
        sheet = self.sheet("Compare", f"{len(self.results)} results compared", self.lead, self._heads())
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
        for note in notes_on(self.results):
            sheet.put(row, LABEL, f"Mind: {note}.")
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

    def _costs(self) -> None:
        sheet = self.sheet("Costs", "Costs of a pack", "Present value by component, USD a pack.", self._heads())
        row = first = sheets.FIRST_ROW
        for component in self.components():
            self._named(sheet, row, COMPONENTS[component], "USD")
            for column in self.columns:
                value = float(column.costs_usd.get(component, 0.0))
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
        for component in (*self.components(), "total"):
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
        sheet = self.sheet("Portfolio", "All packs", purpose, heads)
        row = first = sheets.FIRST_ROW
        for component in self.totals():
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
        for result, cell in zip(self.results, sums, strict=True):
            self.check(f"Portfolio of {result.name}", link(cell), result.total_usd)

    def _waterfalls(self) -> None:
        pairs = [(self._first_of(column), column) for column in self.columns if column.result is not self.results[0]]
        widths = [(head, 12.0) for head in STEPS]
        widths[0], widths[1] = ("", LABEL_WIDTH), ("", UNIT_WIDTH)
        left_out = f" The first {WATERFALLS_MAX} of {len(pairs)}." if len(pairs) > WATERFALLS_MAX else ""
        purpose = f"What each component adds or takes.{left_out}"
        sheet = self.framed(Sheet("Waterfall", "From one to another", purpose, "output"))
        sheet.widths = {column: width for column, (_, width) in enumerate(widths, start=1)}
        sheet.repeats_head, row = False, sheets.HEADER_ROW
        for number, (one, other) in enumerate(pairs[:WATERFALLS_MAX]):
            if number:
                sheet.breaks.append(row - 1)
            cells = {
                COMPONENTS[component]: (self.of_pack[one.number, component], self.of_pack[other.number, component])
                for component in self.components()
            }
            names = one.head, other.head
            row = add_waterfall(sheet, row, cells, names, f"From {names[0]} to {names[1]}") + CHART_ROWS

    def _settings(self) -> None:
        """What was asked differently."""
        heads = [("Key of the scenario", 46.0), ("", 2.0), *((result.name, 28.0) for result in self.results)]
        sheet = self.sheet("Settings", "What was asked differently", "Values that are not the same in all.", heads)
        row = sheets.FIRST_ROW
        for key, values in asked_differently(self.results).items():
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

    def _check(self) -> None:
        for column in self.columns:
            told = link(self.of_pack[column.number, "lifecycle_cost_usd_per_pack"])
            words = f"Components of {column.head} add up to its lifecycle cost"
            self.check(words, link(self.of_pack[column.number, "total"]), told)
        self.close()
