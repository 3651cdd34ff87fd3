"""The lines of the cover: each has a label, a unit and a number a pack, in blocks one below the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lcopt.inputs.currencies import HOME
from lcopt.report.expressions import Cell
from lcopt.report.input_rows import exchange_rate_key
from lcopt.report.ledger import Ledger
from lcopt.report.sheets import Sheet
from lcopt.report.styles import WHOLE_MONEY
from lcopt.report.tables import PackTables

FIRST_PACK = 3


@dataclass
class CoverLines:
    """The cover as it is written from `row` on."""

    ledger: Ledger
    sheet: Sheet
    row: int

    def column(self, pack: PackTables) -> int:
        """Where the numbers of a pack stand."""
        return FIRST_PACK + pack.index

    def block(self, word: str) -> None:
        """Begin a block."""
        self.row += 1
        self.sheet.block(self.row, word, FIRST_PACK + len(self.ledger.tables.packs) - 1)
        self.row += 1

    def line(self, label: str, unit: str, look: str = "text") -> int:
        """Begin a line, and where it stands."""
        self.sheet.put(self.row, 1, label, look)
        self.sheet.put(self.row, 2, unit, "unit")
        self.row += 1
        return self.row - 1

    def in_own_currency(self, label: str, costs_usd: Mapping[int, Cell]) -> None:
        """Costs by column once more in the currency of the scenario, at its rate; nothing where that is USD."""
        scenario = self.ledger.tables.scenario
        if scenario.finance.currency == HOME:
            return
        rate = self.ledger.input(exchange_rate_key(scenario))
        row = self.line(f"{label}, at the average rate of {scenario.finance.price_year}", scenario.finance.currency)
        for column, cost in costs_usd.items():
            self.sheet.put(row, column, cost / rate, "calculation", WHOLE_MONEY)
