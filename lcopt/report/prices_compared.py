"""Sheet Prices: what designs cost on the way from one price scenario to another, and where the cheapest changes."""

from __future__ import annotations

from dataclasses import dataclass

from lcopt.design_names import capitalized
from lcopt.report import sheets
from lcopt.report.ledger import Ledger
from lcopt.report.price_words import ends_in_words, family_swap_lines, price_lines, prices_at
from lcopt.report.records import records_of
from lcopt.report.sheets import Chart, Series, Sheet
from lcopt.report.styles import MONEY, WHOLE_MONEY
from lcopt.report.tables import PackTables

PURPOSE = (
    "Answers of the solver for the inputs as solved: all prices move together from one price scenario to the other; "
    "a changed input needs a new run."
)
NAME, KIND, FIRST_NUMBER = 1, 2, 3
NUMBER_WIDTH = 11.0
CHART_ROWS, CHART_HEIGHT_CM = 22, 9.5
PRICE_HEADS = ("Price", "Unit")


def add_prices(ledger: Ledger) -> None:
    """One sheet for all packs, where the scenario compares prices."""
    comparison = ledger.tables.result.price_comparison
    if not len(comparison.costs):
        return
    sheet = ledger.sheet("Prices", None, "Prices compared", PURPOSE, "output")
    shares = sorted(set(comparison.costs["share_frac"]))
    sheet.header((("Chemistry", 34.0), ("Cell", 52.0), *((f"{100 * share:.0f} %", NUMBER_WIDTH) for share in shares)))
    for column in range(FIRST_NUMBER, FIRST_NUMBER + len(shares)):
        sheet.cell(sheet.header_row, column).look = "head_number"
    _Prices(ledger, sheet, sheets.FIRST_ROW, shares).write()


@dataclass
class _Prices:
    ledger: Ledger
    sheet: Sheet
    row: int
    shares: list[float]

    @property
    def last_column(self) -> int:
        return FIRST_NUMBER + len(self.shares) - 1

    def write(self) -> None:
        scenario = self.ledger.tables.scenario
        self._block(f"Share of the way from the prices {scenario.prices} (0 %) to {scenario.prices_compared} (100 %)")
        for pack in self.ledger.tables.packs:
            self._pack(pack)
        self._prices()

    def _block(self, word: str) -> None:
        self.sheet.block(self.row, word, self.last_column)
        self.row += 1

    def _pack(self, pack: PackTables) -> None:
        result, name = self.ledger.tables.result, pack.pack.name
        said = [*price_lines(name, result), *family_swap_lines(name, result), ends_in_words(name, result)]
        for sentence in said:
            self.sheet.put(self.row, NAME, f"{capitalized(sentence)}.")
            self.row += 1
        self.row += 1
        self._block(f"{name}: lifecycle cost of the best design of each chemistry, USD a pack")
        rows = [row for row in records_of(result.price_comparison.costs) if row["pack"] == name]
        first = self.row
        at_start = {row["chemistry"]: row for row in rows if row["share_frac"] == self.shares[0]}
        for chemistry in sorted(at_start, key=lambda item: at_start[item]["lifecycle_cost_usd_per_pack"]):
            self.sheet.put(self.row, NAME, chemistry)
            self.sheet.put(self.row, KIND, str(at_start[chemistry]["platform"]))
            own = {row["share_frac"]: row for row in rows if row["chemistry"] == chemistry}
            for column, share in enumerate(self.shares, start=FIRST_NUMBER):
                cost = float(own[share]["lifecycle_cost_usd_per_pack"])
                self.sheet.put(self.row, column, cost, "solver", WHOLE_MONEY)
            self.row += 1
        self._chart(name, first)

    def _chart(self, pack: str, first: int) -> None:
        cells = self.sheet.cells
        costs = [cells[row, column].value for row in range(first, self.row) for column in self._columns()]
        series = tuple(
            Series(self.sheet.cell(row, NAME), self.sheet.across(row, FIRST_NUMBER, self.last_column), line=True)
            for row in range(first, self.row)
        )
        span = max(costs) - min(costs)
        chart = Chart(
            anchor=f"A{self.row + 1}",
            title=f"Lifecycle cost of {pack} by chemistry while prices move",
            categories=self.sheet.across(self.sheet.header_row, FIRST_NUMBER, self.last_column),
            series=series,
            value_title="USD per pack",
            number_format="#,##0",
            width_cm=26.0,
            height_cm=CHART_HEIGHT_CM,
            least=float(max(0, round(min(costs) - 0.1 * span, -2))),
            most=float(round(max(costs) + 0.1 * span, -2)),
        )
        self.sheet.charts.append(chart)
        self.row += CHART_ROWS

    def _columns(self) -> range:
        return range(FIRST_NUMBER, self.last_column + 1)

    def _prices(self) -> None:
        """Every price that differs, at both ends and where the cheapest changes."""
        tables = self.ledger.tables
        comparison, scenario = tables.result.price_comparison, tables.scenario
        switches = sorted({row["share_frac"] for row in records_of(comparison.switches)})[: len(self.shares) - 2]
        self._block("Prices at both ends, and where the cheapest changes")
        heads = [*PRICE_HEADS, scenario.prices, str(scenario.prices_compared)]
        heads += [f"at {100 * share:.0f} %" for share in switches]
        self.sheet.heads(self.row, heads, FIRST_NUMBER)
        self.row += 1
        at = {share: prices_at(share, comparison) for share in switches}
        for row in records_of(comparison.prices):
            self.sheet.put(self.row, NAME, str(row["item"]).replace("_", " "))
            self.sheet.put(self.row, KIND, str(row["unit"]), "unit")
            numbers = [row["price"], row["price_compared"], *(at[share][row["item"]] for share in switches)]
            for column, number in enumerate(numbers, start=FIRST_NUMBER):
                self.sheet.put(self.row, column, float(number), "solver", MONEY)
            self.row += 1
