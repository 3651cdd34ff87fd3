"""Sheet Pareto: what a faster, lighter or denser pack costs, point by point of the exact front among the candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lcopt.design_names import ARCHITECTURE_NAMES, FORMAT_NAMES, capitalized
from lcopt.report import sheets
from lcopt.report.charts import round_ends
from lcopt.report.ledger import Ledger
from lcopt.report.records import records_of
from lcopt.report.sheets import Chart, Mark, Series, Sheet
from lcopt.report.styles import MONEY, NUMBER, WHOLE_MONEY
from lcopt.report.tables import PackTables
from lcopt.report.trade_words import kinds_in_row

HEADS = (
    ("Chemistry", 28.0),
    ("Cell format", 20.0),
    ("Pack", 16.0),
    ("Charging time min", 12.0),
    ("Specific energy Wh/kg", 12.0),
    ("Energy density Wh/L", 12.0),
    ("Purchase price USD", 13.0),
    ("Lifecycle cost USD", 13.0),
    ("Dearer by USD", 13.0),
    ("USD per unit from the row above", 14.0),
    ("Chosen?", 11.0),
)
CHEMISTRY, FORMAT, PACK, FIRST, COST, DEARER, MARGINAL, CHOSEN = 1, 2, 3, 4, 8, 9, 10, 11
NUMBERS = {
    "charging_time_min": NUMBER,
    "pack_specific_energy_wh_per_kg": NUMBER,
    "pack_energy_density_wh_per_l": NUMBER,
    "purchase_price_usd_per_pack": WHOLE_MONEY,
    "lifecycle_cost_usd_per_pack": WHOLE_MONEY,
}
CHOSEN_WORD = "chosen"
HEAD_HEIGHT, CHART_CM, CHART_ROWS = 42.0, 9.0, 19
KINDS_DRAWN, GREY = 8, "8A8F98"
SAME_USD = 0.005
PURPOSE = (
    "Answers of the solver for the inputs as solved: no design within the limits of the pack is both cheaper and "
    "better than a point. Other packs that share its cell are not looked at."
)
Row = Mapping[str, Any]


def add_pareto(ledger: Ledger, pack: PackTables) -> None:
    """One sheet for a pack, where the result holds its front."""
    points = [row for row in records_of(ledger.tables.result.front) if row["pack"] == pack.pack.name]
    if not points:
        return
    sheet = ledger.sheet("Pareto", pack, "Pareto", PURPOSE, "output")
    sheet.header(HEADS)
    sheet.heights[sheet.header_row] = HEAD_HEIGHT
    for column in range(FIRST, CHOSEN):
        sheet.cell(sheet.header_row, column).look = "head_number"
    _Pareto(ledger, pack, sheet, sheets.FIRST_ROW).write(points)


@dataclass
class _Pareto:
    ledger: Ledger
    pack: PackTables
    sheet: Sheet
    row: int

    def write(self, points: Sequence[Row]) -> None:
        quantities = list(dict.fromkeys(row["quantity"] for row in points))
        for number, quantity in enumerate(quantities):
            if number:
                self.sheet.breaks.append(self.row - 1)
            self._front([row for row in points if row["quantity"] == quantity], quantity)
        states = self.sheet.down(CHOSEN, sheets.FIRST_ROW, self.row)
        self.sheet.marks.append(Mark(states, CHOSEN_WORD, "good"))

    def _front(self, points: Sequence[Row], quantity: str) -> None:
        about, chosen = points[0], self.pack.chosen.facts
        self.sheet.block(self.row, f"Lifecycle cost against {about['label']}, from the cheapest pack on", len(HEADS))
        is_on_front = any(_is_same(point, chosen, quantity) for point in points)
        top = self.row + 1
        first = top + CHART_ROWS
        last = first + len(points) - 1
        drawn = [(f"{kind} cells", rows) for kind, rows in kinds_in_row(points, first)][:KINDS_DRAWN]
        drawn += [] if is_on_front else [("chosen with its portfolio", (last + 1, last + 1))]
        self.row = first
        for point in points:
            self._point(point, first, quantity)
        if not is_on_front:
            self._chosen_apart(first, chosen)
        self._chart(top, about, FIRST + list(NUMBERS).index(quantity), (first, last), drawn)
        self.row += 1

    def _words(self, point: Row) -> None:
        self.sheet.put(self.row, CHEMISTRY, str(point["chemistry"]))
        self.sheet.put(self.row, FORMAT, capitalized(FORMAT_NAMES[point["format"]]))
        self.sheet.put(self.row, PACK, capitalized(ARCHITECTURE_NAMES[point["architecture"]]))
        for column, (key, shown) in enumerate(NUMBERS.items(), start=FIRST):
            self.sheet.put(self.row, column, float(point[key]), "solver", shown)

    def _point(self, point: Row, first: int, quantity: str) -> None:
        self._words(point)
        cost, cheapest = self.sheet.cell(self.row, COST), self.sheet.cell(first, COST)
        self.sheet.put(self.row, DEARER, cost - cheapest, "calculation", MONEY)
        column = FIRST + list(NUMBERS).index(quantity)
        if self.row > first:
            more = cost - self.sheet.cell(self.row - 1, COST)
            better = self.sheet.cell(self.row, column) - self.sheet.cell(self.row - 1, column)
            self.sheet.put(self.row, MARGINAL, more / better, "calculation", MONEY)
        if _is_same(point, self.pack.chosen.facts, quantity):
            self.sheet.put(self.row, CHOSEN, CHOSEN_WORD, "word")
        self.row += 1

    def _chosen_apart(self, first: int, chosen: Row) -> None:
        """The chosen design where the portfolio takes another than the front of this pack alone."""
        self._words(chosen)
        dearer = self.sheet.cell(self.row, COST) - self.sheet.cell(first, COST)
        self.sheet.put(self.row, DEARER, dearer, "calculation", MONEY)
        self.sheet.put(self.row, CHOSEN, CHOSEN_WORD, "word")
        self.row += 1

    def _chart(
        self, row: int, about: Row, column: int, front: tuple[int, int], drawn: Sequence[tuple[str, tuple[int, int]]]
    ) -> None:
        sheet = self.sheet
        names = [sheet.put(row, CHEMISTRY, "front of this pack", "note")]
        names += [sheet.put(row + number, CHEMISTRY, name, "note") for number, (name, _) in enumerate(drawn, 1)]
        series = [Series(names[0], sheet.down(COST, *front), line=True, color=GREY, places=sheet.down(column, *front))]
        series += [
            Series(name, sheet.down(COST, *rows), places=sheet.down(column, *rows))
            for name, (_, rows) in zip(names[1:], drawn, strict=True)
        ]
        costs = [value for one in series for value in one.values.values]
        least, most = round_ends(costs)
        chart = Chart(
            anchor=f"D{row}",
            title=f"What {about['label']} costs",
            categories=series[0].values,
            series=tuple(series),
            value_title="Lifecycle cost, USD a pack",
            place_title=f"{capitalized(about['label'])}, {about['unit']}",
            number_format="#,##0",
            width_cm=20.0,
            height_cm=CHART_CM,
            least=least,
            most=most,
        )
        sheet.charts.append(chart)


def _is_same(point: Row, chosen: Row, quantity: str) -> bool:
    cost = "lifecycle_cost_usd_per_pack"
    return abs(point[cost] - chosen[cost]) < SAME_USD and bool(abs(point[quantity] - chosen[quantity]) < SAME_USD)
