"""Sheet Costs: the headline measures, the cost of the best designs part by part, and the way from one to the next.

In a fleet of many packs it is the one sheet of a pack that answers all, and bears its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lcopt.design_names import capitalized, kind_in_words
from lcopt.report import sheets
from lcopt.report.conversion import COST_ROWS
from lcopt.report.cover_index import FEW_PACKS, PACK_SHEET
from lcopt.report.cover_words import pack_words, write_words
from lcopt.report.expressions import Cell, link
from lcopt.report.formulas import total
from lcopt.report.ledger import Ledger, Lines
from lcopt.report.sheets import Chart, Series, Sheet
from lcopt.report.styles import MONEY, NUMBER, SHARE, UNIT_COST, WHOLE_MONEY
from lcopt.report.tables import Design, PackTables
from lcopt.report.waterfall import CHART_ROWS, HEADS, add_waterfall

LABEL, UNIT, FIRST = 1, 2, 3
DESIGNS_SHOWN = 6
LABEL_WIDTH, UNIT_WIDTH, DESIGN_WIDTH, STEP_WIDTH = 34.0, 10.0, 14.0, 10.0
HEAD_HEIGHT = 56.0
STACK_CM, STACK_ROWS = 8.5, 18

# Key of a headline -> label, unit, number format, how it is computed.
MEASURES = {
    "lcc": ("Lifecycle cost of a pack", "USD", MONEY, "present value at the sale of all that the pack causes"),
    "per_km": ("Lifecycle cost per km", "USD/km", UNIT_COST, "lifecycle cost / discounted distance"),
    "per_kwh": ("Lifecycle cost per kWh used", "USD/kWh", UNIT_COST, "lifecycle cost / discounted battery energy"),
    "annuity": ("Equivalent annual cost", "USD/yr", MONEY, "lifecycle cost x capital recovery factor"),
    "price": ("Purchase price", "USD/pack", MONEY, "what the maker charges for a pack, profit included"),
    "price_per_kwh": ("Purchase price per nameplate energy", "USD/kWh", MONEY, "purchase price / pack energy"),
}
# What the cover has no room for where there are many packs.
ABILITIES = {
    "energy": ("Pack energy", "kWh", NUMBER, "nameplate"),
    "mass": ("Pack mass", "kg", NUMBER, "sum of the parts"),
    "specific_energy": ("Specific energy", "Wh/kg", NUMBER, "pack energy / pack mass"),
    "energy_density": ("Energy density", "Wh/L", NUMBER, "pack energy / pack volume"),
    "least_slack": ("Least slack of a limit, relative", "1", SHARE, "the limit that is nearest"),
}


def add_costs(ledger: Ledger, pack: PackTables) -> Sheet:
    """One sheet for a pack; sheet Alternatives stands already."""
    purpose = "What the best designs cost, part by part, from the live inputs; the first design is the chosen one."
    kind = PACK_SHEET if len(ledger.tables.packs) > FEW_PACKS else "Costs"
    sheet = ledger.sheet(kind, pack, kind, purpose, "output")
    widths = [LABEL_WIDTH, UNIT_WIDTH, *[DESIGN_WIDTH] * DESIGNS_SHOWN]
    widths += [STEP_WIDTH] * (len(HEADS) - len(widths))
    words = ["Measure", "Unit", "Value", "How it is computed"]
    sheet.header(list(zip([*words, *[""] * (len(widths) - len(words))], widths, strict=True)))
    sheet.cell(sheet.header_row, FIRST).look = "head_number"
    sheet.repeats_head = False
    _Costs(ledger, pack, sheet, sheets.FIRST_ROW).write()
    return sheet


@dataclass
class _Costs:
    ledger: Ledger
    pack: PackTables
    sheet: Sheet
    row: int

    @property
    def lines(self) -> Lines:
        """The rows of sheet Alternatives."""
        return self.ledger.alternatives[self.pack.index]

    def write(self) -> None:
        self._measures(MEASURES)
        if self.sheet.kind == PACK_SHEET:
            self._measures(ABILITIES)
            for heading, sentences in pack_words(self.ledger, self.pack):
                self._block(heading)
                self.row = write_words(self.sheet, self.row, sentences)
            self.sheet.breaks.append(self.row)
        self._components()
        self._price()
        for number, other in enumerate(self._others()):
            if number:
                self.sheet.breaks.append(self.row)
            self._waterfall(other)

    def _designs(self) -> list[Design]:
        """The chosen design, the next best, and the best of every other chemistry."""
        found = [*self.pack.designs[:2], *self.pack.best_of_chemistries[1:]]
        unique = {design.rank: design for design in found}
        return list(unique.values())[:DESIGNS_SHOWN]

    def _others(self) -> list[Design]:
        """What the chosen design is held against: the next best, and the best of another chemistry."""
        rivals = [*self.pack.designs[1:2], *([self.pack.rival] if self.pack.rival else [])]
        return list({design.rank: design for design in rivals}.values())

    def _cell(self, key: str, design: Design) -> Cell:
        place = next(number for number, one in enumerate(self.pack.designs) if one is design)
        return self.lines.cell(key, self.lines.columns[place])

    def _block(self, word: str, heads: tuple[str, ...] = ()) -> None:
        self.row += 1
        self.sheet.block(self.row, word, len(HEADS))
        self.row += 1
        if heads:
            self.sheet.heads(self.row, heads, FIRST)
            self.sheet.heights[self.row] = HEAD_HEIGHT
            self.row += 1

    def _measures(self, measures: Mapping[str, tuple[str, str, str, str]]) -> None:
        for key, (label, unit, shown, how) in measures.items():
            self.sheet.put(self.row, LABEL, label)
            self.sheet.put(self.row, UNIT, unit, "unit")
            self.sheet.put(self.row, FIRST, link(self.ledger.of(self.pack, key)), "link", shown)
            self.sheet.put(self.row, FIRST + 1, how, "note")
            self.row += 1

    def _components(self) -> None:
        designs = self._designs()
        self._block("Lifecycle cost of a pack by component, present value", ("Component", "Unit", *map(_head, designs)))
        head, first = self.row - 1, self.row
        last_column = FIRST + len(designs) - 1
        for component, label in self.ledger.tables.components.items():
            self.sheet.put(self.row, LABEL, label)
            self.sheet.put(self.row, UNIT, "USD", "unit")
            for column, design in enumerate(designs, start=FIRST):
                self.sheet.put(self.row, column, link(self._cell(f"pv_{component}", design)), "link", WHOLE_MONEY)
            self.row += 1
        self.sheet.put(self.row, LABEL, "Lifecycle cost of a pack", "total_text")
        self.sheet.put(self.row, UNIT, "USD", "unit")
        for column in range(FIRST, last_column + 1):
            self.sheet.put(self.row, column, total(self.sheet.down(column, first, self.row - 1)), "total", WHOLE_MONEY)
        rows = [row for row in range(first, self.row) if any(self.sheet.across(row, FIRST, last_column).values)]
        series = tuple(Series(self.sheet.cell(row, LABEL), self.sheet.across(row, FIRST, last_column)) for row in rows)
        self.ledger.keep(self.pack, "costs_total", self.sheet.cell(self.row, FIRST))
        chart = Chart(
            anchor=f"A{self.row + 2}",
            title="Lifecycle cost of the best designs by component",
            categories=self.sheet.across(head, FIRST, last_column),
            series=series,
            value_title="USD per pack, present value",
            number_format="#,##0",
            horizontal=True,
            width_cm=26.0,
            height_cm=STACK_CM,
        )
        self.sheet.charts.append(chart)
        self.row += STACK_ROWS + 2

    def _price(self) -> None:
        """Shares of the purchase price."""
        self.sheet.breaks.append(self.row)
        self._block("Purchase price of the chosen design", ("Part", "Unit", "USD a pack", "Share"))
        first = self.row
        price = self.ledger.of(self.pack, "price")
        keys = [key for key in COST_ROWS if (self.pack.index, f"cost_{key}") in self.ledger.cells]
        parts = {key.replace("_", " "): self.ledger.of(self.pack, f"cost_{key}") for key in keys}
        parts["other items"] = self._cell("other_items", self.pack.chosen)
        for label, cell in parts.items():
            self.sheet.put(self.row, LABEL, capitalized(label))
            self.sheet.put(self.row, UNIT, "USD", "unit")
            value = self.sheet.put(self.row, FIRST, link(cell), "link", MONEY)
            self.sheet.put(self.row, FIRST + 1, value / price, "calculation", SHARE)
            self.row += 1
        self.sheet.put(self.row, LABEL, "Purchase price", "total_text")
        self.sheet.put(self.row, UNIT, "USD", "unit")
        for column, shown in ((FIRST, MONEY), (FIRST + 1, SHARE)):
            self.sheet.put(self.row, column, total(self.sheet.down(column, first, self.row - 1)), "total", shown)
        self.ledger.keep(self.pack, "costs_price", self.sheet.cell(self.row, FIRST))
        shares = self.sheet.down(FIRST + 1, first, self.row - 1)
        chart = Chart(
            anchor=f"F{first - 1}",
            title="Shares of the purchase price",
            categories=self.sheet.down(LABEL, first, self.row - 1),
            series=(Series(self.sheet.cell(first - 1, FIRST + 1), shares),),
            value_title="Share of the price",
            number_format="0%",
            horizontal=True,
            width_cm=15.0,
            height_cm=7.5,
        )
        self.sheet.charts.append(chart)
        self.row = max(self.row + 1, first + 15)

    def _waterfall(self, other: Design) -> None:
        chosen = self.pack.chosen
        word = f"From the chosen design to {other.rank}: {kind_in_words(other.facts)}"
        self._block(word)
        components = {
            label: (self._cell(f"pv_{key}", chosen), self._cell(f"pv_{key}", other))
            for key, label in self.ledger.tables.components.items()
        }
        last = add_waterfall(self.sheet, self.row, components, (_head(chosen), _head(other)), word)
        self.ledger.waterfalls.setdefault(self.pack.index, self.sheet.charts[-1])
        self.row = last + CHART_ROWS


def _head(design: Design) -> str:
    return f"{design.rank}: {kind_in_words(design.facts)}"
