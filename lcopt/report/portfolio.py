"""Sheet Portfolio: which packs share which cells, and what fewer, other or given cells would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lcopt.design_names import ARCHITECTURE_NAMES, FORMAT_NAMES, capitalized
from lcopt.report import sheets
from lcopt.report.expressions import Cell, link
from lcopt.report.formulas import sum_where, total
from lcopt.report.ledger import Ledger
from lcopt.report.portfolio_words import IMPOSSIBLE, Row, impossible_in_words, is_possible
from lcopt.report.records import records_of
from lcopt.report.sheets import Chart, Series, Sheet
from lcopt.report.styles import COUNT, COUNT_IF_ANY, GAP, NUMBER, WHOLE_MONEY
from lcopt.report.volumes import put_mean_volume
from lcopt.report.words import label
from lcopt.selection.portfolio_answers import KINDS
from lcopt.units import KWH_PER_MWH

PURPOSE = (
    "Violet: answers of the solver for the inputs as solved, each proven; a changed input needs a new run. Cells are "
    "named by their number in the last block."
)
HEADS = (
    ("Answer", 60.0),
    ("Cells", 22.0),
    ("For the packs", 46.0),
    ("Cell designs", 9.0),
    ("Cost of the fleet USD", 17.0),
    ("Dearer by USD", 15.0),
    ("the same as a share", 11.0),
    ("Lower bound USD", 17.0),
    ("Gap", 10.0),
)
NAME, CELLS, PACKS, COUNT_, COST, MORE, SHARE_, BOUND, GAP_ = range(1, len(HEADS) + 1)
SMALL_SHARE = "0.00%"
PACK_HEADS = (
    "Pack",
    "Cell",
    "Shared with",
    "",
    "Packs a year",
    "Energy kWh",
    "Energy MWh/yr",
    "Lifecycle cost USD/pack",
    "",
)
CELL_HEADS = ("Cell of the optimum", "Number", "Packs", "", "Packs a year", "", "Energy MWh/yr", "Fixed cost USD", "")
LINE_HEADS = (
    "Process group",
    "Shared by all of",
    "For the packs",
    "GWh/yr in the best year",
    "Cost on the line USD",
    "Dearer than as sized by USD",
    "the same as a share",
    "Cost at the plant's size USD",
    "",
)
KINDS_OF_LINES = {**FORMAT_NAMES, **ARCHITECTURE_NAMES}
CHART_HEIGHT_CM, CHART_ROWS = 7.5, 17
WIDTH_PER_SIGN, WIDTH_MAX = 0.95, 100.0
SETS = {KINDS: "The best sets of cells that differ by chemistry or format", "platforms": "The best sets of any cells"}
WITHOUT = {KINDS: "without all cells like", "platforms": "without"}


def add_portfolio(ledger: Ledger) -> None:
    """One sheet for all packs, where there are several."""
    if len(ledger.tables.packs) < 2:
        return
    sheet = ledger.sheet("Portfolio", None, "Portfolio", PURPOSE, "output")
    sheet.header(HEADS)
    for column in range(COUNT_, len(HEADS) + 1):
        sheet.cell(sheet.header_row, column).look = "head_number"
    sheet.repeats_head = False
    _Portfolio(ledger, sheet, sheets.FIRST_ROW).write()


@dataclass
class _Portfolio:
    ledger: Ledger
    sheet: Sheet
    row: int
    numbers: dict[str, str] = field(default_factory=dict)
    legend_row: int = 0

    def write(self) -> None:
        packs = self.ledger.tables.packs
        for pack in packs:
            self._number(str(pack.chosen.facts["platform"]))
        best = self._optimum()
        self._cells(self._packs())
        self._counts(best)
        answers = self.ledger.tables.result.portfolio
        self._restricted("Strategies of the scenario", records_of(answers.strategies), "strategy", best)
        self._without(best)
        self._restricted(
            "The best fleet of one chemistry alone", records_of(answers.best_by_chemistry), "chemistry", best
        )
        self._restricted("The best fleet of one cell format alone", records_of(answers.best_by_format), "format", best)
        self._sets(best)
        self._pooled_lines()
        self._legend()
        self._widen()

    # --- rows --------------------------------------------------------------------------------------------------------

    def _number(self, cell: str) -> str:
        return self.numbers.setdefault(cell, f"P{len(self.numbers) + 1}")

    def _widen(self) -> None:
        """Columns as wide as the longest list of cells and of packs, within reason."""
        for column in (CELLS, PACKS):
            texts = [
                cell.content
                for (row, place), cell in self.sheet.cells.items()
                if place == column and row < self.legend_row and isinstance(cell.content, str)
            ]
            longest = max(len(text) for text in texts if not text.startswith(IMPOSSIBLE))
            self.sheet.widths[column] = min(max(self.sheet.widths[column], longest * WIDTH_PER_SIGN), WIDTH_MAX)

    def _block(self, word: str, heads: Sequence[str] = ()) -> None:
        if self.row > sheets.FIRST_ROW:
            self.row += 1
        self.sheet.block(self.row, word, len(HEADS))
        self.row += 1
        if heads:
            self.sheet.heads(self.row, heads, COUNT_)
            self.sheet.heights[self.row] = sheets.HEAD_HEIGHT
            self.row += 1

    def _solved(self, column: int, value: float, shown: str) -> Cell:
        return self.sheet.put(self.row, column, float(value), "solver", shown)

    def _answer(self, name: str, row: Row, best: Cell | None) -> None:
        """One choice: its cells by number, its cost as solved and the difference to the optimum."""
        self.sheet.put(self.row, NAME, name)
        if not is_possible(row):
            self.sheet.put(self.row, CELLS, impossible_in_words(row), "unit")
            self.row += 1
            return
        self._choice(row)
        cost = self._solved(COST, row["cost_usd"], WHOLE_MONEY)
        if best is not None:
            more = self.sheet.put(self.row, MORE, cost - best, "calculation", WHOLE_MONEY)
            self.sheet.put(self.row, SHARE_, more / best, "calculation", SMALL_SHARE)
        self._solved(BOUND, row["lower_bound_usd"], WHOLE_MONEY)
        self._solved(GAP_, max(row["gap_frac"], 0.0), GAP)
        self.row += 1

    def _choice(self, row: Row) -> None:
        cells = [self._number(cell) for cell in str(row["platforms"]).split("; ")]
        self.sheet.put(self.row, CELLS, " + ".join(cells), "unit")
        self.sheet.put(self.row, PACKS, str(row["packs"]).replace("; ", " | "), "unit")
        self._solved(COUNT_, row["platforms_count"], COUNT)

    # --- the optimum -------------------------------------------------------------------------------------------------

    def _optimum(self) -> Cell:
        result = self.ledger.tables.result
        self._block("The optimum and its proof")
        packs_of = self._packs_of()
        row = {
            "platforms": "; ".join(packs_of),
            "packs": "; ".join(", ".join(packs) for packs in packs_of.values()),
            "platforms_count": len(packs_of),
            "cost_usd": result.lifecycle_cost_usd,
            "lower_bound_usd": result.lower_bound_usd,
            "gap_frac": result.gap_frac,
        }
        place = self.row
        if self.ledger.tables.is_proven:
            self._answer("Chosen: no cheaper fleet exists among the candidates", row, None)
        else:
            self.sheet.put(self.row, NAME, "Chosen before prices were changed: nothing is proven")
            self._choice(row)
            self._solved(COST, result.lifecycle_cost_usd, WHOLE_MONEY)
            self.row += 1
        facts = (
            ("Candidates evaluated", result.candidates_count),
            ("Candidates within all limits", result.feasible_count),
            ("Pairs of pack and cell that bounds rule out", result.pruned_count),
        )
        rounds = result.provenance.get("rounds")
        for name, count in facts if rounds is None else (*facts, ("Models that the solver saw", rounds)):
            self.sheet.put(self.row, NAME, name)
            self._solved(COST, count, COUNT_IF_ANY)
            self.row += 1
        return self.sheet.cell(place, COST)

    def _packs_of(self) -> dict[str, list[str]]:
        """The packs of every chosen cell."""
        found: dict[str, list[str]] = {}
        for pack in self.ledger.tables.packs:
            found.setdefault(str(pack.chosen.facts["platform"]), []).append(pack.pack.name)
        return found

    def _packs(self) -> tuple[int, int]:
        """The packs with their cells; the first and the last row of them."""
        self._block("The packs", PACK_HEADS)
        packs_of, first = self._packs_of(), self.row
        for pack in self.ledger.tables.packs:
            cell = str(pack.chosen.facts["platform"])
            others = [name for name in packs_of[cell] if name != pack.pack.name]
            self.sheet.put(self.row, NAME, pack.pack.name)
            self.sheet.put(self.row, CELLS, self._number(cell), "unit")
            self.sheet.put(self.row, PACKS, ", ".join(others) or "none", "unit")
            made = put_mean_volume(self.ledger, self.sheet, self.row, COST, pack)
            energy = self.sheet.put(self.row, MORE, link(self.ledger.of(pack, "energy")), "link", NUMBER)
            self.sheet.put(self.row, SHARE_, made * energy / KWH_PER_MWH, "calculation", COUNT)
            self.sheet.put(self.row, BOUND, link(self.ledger.of(pack, "lcc")), "link", WHOLE_MONEY)
            self.row += 1
        return first, self.row - 1

    def _cells(self, rows: tuple[int, int]) -> None:
        """The chosen cells with what is made of them; `rows` are the first and the last of the packs."""
        self._block("The cell designs of the optimum", CELL_HEADS)
        fixed = self.ledger.tables.platforms_usd / max(self.ledger.tables.platforms_count, 1)
        keys = self.sheet.down(CELLS, *rows)
        for cell, names in self._packs_of().items():
            self.sheet.put(self.row, NAME, cell)
            self.sheet.put(self.row, CELLS, self._number(cell), "unit")
            self.sheet.put(self.row, PACKS, ", ".join(names), "unit")
            number = self.sheet.cell(self.row, CELLS)
            made, energy = (sum_where(keys, number, self.sheet.down(column, *rows)) for column in (COST, SHARE_))
            self.sheet.put(self.row, COST, made, "calculation", COUNT)
            self.sheet.put(self.row, SHARE_, energy, "calculation", COUNT)
            self._solved(BOUND, fixed, WHOLE_MONEY)
            self.row += 1

    # --- around it ---------------------------------------------------------------------------------------------------

    def _counts(self, best: Cell) -> None:
        rows = records_of(self.ledger.tables.result.portfolio.by_platform_count)
        if not rows:
            return
        self._block("By number of cell designs, whatever cap the scenario sets")
        first = 0
        for row in rows:
            count = int(row["platforms_max"])
            name = f"{count} cell design{'' if count == 1 else 's'}{'' if row['within_scenario'] else ', over the cap'}"
            first = first or (self.row if is_possible(row) else 0)
            self._answer(name, row, best)
        if not first:
            return
        last = self.row - 1
        chart = Chart(
            anchor=f"A{self.row + 1}",
            title="What fewer cell designs cost: fleet against the optimum",
            categories=self.sheet.down(NAME, first, last),
            series=(Series(self.sheet.cell(self.sheet.header_row, MORE), self.sheet.down(MORE, first, last)),),
            value_title="USD",
            number_format="#,##0",
            width_cm=24.0,
            height_cm=CHART_HEIGHT_CM,
        )
        self.sheet.charts.append(chart)
        self.row += CHART_ROWS

    def _restricted(self, word: str, rows: Sequence[Row], key: str, best: Cell) -> None:
        if not rows:
            return
        self._block(word)
        for row in sorted(rows, key=lambda row: float(row["cost_usd"])) if key != "strategy" else rows:
            name = str(row[key])
            self._answer(capitalized(FORMAT_NAMES.get(name, name)), row, best)

    def _without(self, best: Cell) -> None:
        rows = records_of(self.ledger.tables.result.portfolio.platform_penalties)
        if not rows:
            return
        self._block("What it costs to do without: the best fleet then")
        for row in rows:
            cells = " and ".join(self._number(cell) for cell in str(row["platform"]).split("; "))
            self._answer(f"{WITHOUT[row['distinct']]} {cells}", row, best)

    def _sets(self, best: Cell) -> None:
        rows = records_of(self.ledger.tables.result.portfolio.platform_sets)
        for distinct, word in SETS.items():
            own = [row for row in rows if row["distinct"] == distinct]
            if own:
                self._block(word)
            for row in own:
                self._answer(f"Rank {row['rank']}", row, best)

    def _pooled_lines(self) -> None:
        """The lines that packs share, where volumes are pooled, against plants of the scenario's size."""
        lines = self.ledger.tables.result.lines
        if lines.empty:
            return
        self._block("Lines that packs share, where volumes are pooled", LINE_HEADS)
        first = self.row
        for row in records_of(lines):
            shared = str(row["shared"])
            self.sheet.put(self.row, NAME, label(str(row["group"])))
            self.sheet.put(self.row, CELLS, capitalized(KINDS_OF_LINES.get(shared, shared)), "unit")
            self.sheet.put(self.row, PACKS, str(row["packs"]), "unit")
            self._solved(COUNT_, row["energy_gwh_per_yr"], NUMBER)
            pooled = self._solved(COST, row["pooled_usd"], WHOLE_MONEY)
            as_sized = self._solved(BOUND, row["as_sized_usd"], WHOLE_MONEY)
            more = self.sheet.put(self.row, MORE, pooled - as_sized, "calculation", WHOLE_MONEY)
            self.sheet.put(self.row, SHARE_, more / as_sized, "calculation", SMALL_SHARE)
            self.row += 1
        last = self.row - 1
        self.sheet.put(self.row, NAME, "All lines", "total_text")
        for column in (COST, MORE, BOUND):
            self.sheet.put(self.row, column, total(self.sheet.down(column, first, last)), "total", WHOLE_MONEY)
        self.row += 1

    def _legend(self) -> None:
        self._block("The cells by number")
        self.legend_row = self.row
        for cell, number in self.numbers.items():
            self.sheet.put(self.row, NAME, number)
            self.sheet.put(self.row, CELLS, cell, "unit")
            self.row += 1
