"""What the sheets share while the book is built: the inputs by key, the headline cells of each pack, the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lcopt.report import sheets
from lcopt.report.expressions import Cell, Expression, Range, Value, link
from lcopt.report.formulas import joined, same, when
from lcopt.report.input_rows import PARTS_FACTOR, InputRow, plant_of, priced_keys
from lcopt.report.sheets import Book, Chart, Sheet, safe_sheet_name
from lcopt.report.styles import GENERAL
from lcopt.report.tables import BillItem, PackTables, ReportTables

if TYPE_CHECKING:
    from lcopt.report.sensitivity import Swing

COST_SIGN = "Cost is positive, credit negative."
NOTE_COLUMN, SERIES_COLUMN = 5, 7


@dataclass
class Ledger:
    """The book under construction and the cells that one sheet offers to the others."""

    tables: ReportTables
    book: Book
    inputs: dict[str, Cell] = field(default_factory=dict)
    as_solved: dict[str, Cell] = field(default_factory=dict)
    cells: dict[tuple[int, str], Cell] = field(default_factory=dict)
    shared: dict[str, Cell] = field(default_factory=dict)
    ranges: dict[tuple[int, str], Range] = field(default_factory=dict)
    alternatives: dict[int, Lines] = field(default_factory=dict)
    rows: dict[str, InputRow] = field(default_factory=dict)
    swing_cells: dict[int | None, tuple[Range, Range]] = field(default_factory=dict)
    waterfalls: dict[int, Chart] = field(default_factory=dict)
    swings: dict[int, list[Swing]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.priced = priced_keys(self.tables)
        self.plant = plant_of(self.tables)
        self.checks = Sheet("Checks", "Checks", "", tab="check")
        self.checks_ok = self.checks.put(sheets.FIRST_ROW, 4, False, "total", name="checks_ok")
        self.alerts_none = self.checks.put(sheets.FIRST_ROW + 1, 4, False, "total", name="alerts_none")
        self.inputs_sheet = Sheet("Inputs", "Inputs", "", tab="input")
        count = self.inputs_sheet.put(sheets.CHECK_ROW, 6, 0, "state", name="inputs_changed")
        stale = joined("STALE: ", count, " input(s) changed - rerun lcopt")
        state = when(same(count, 0), "inputs as solved", stale)
        self.changed_count = count
        self.input_state = self.inputs_sheet.put(sheets.CHECK_ROW, 3, state, "state", name="input_state")

    def input(self, key: str, pack: PackTables | None = None) -> Cell:
        """The live value of an input, of one pack where it is the pack's own."""
        return self.inputs[f"{key}{pack.suffix}" if pack else key]

    def price_key(self, item: BillItem) -> str:
        """The input that moves an item's price: its own, or the factor of all other parts."""
        return item.price_key if item.price_key in self.priced else PARTS_FACTOR

    def relative_price(self, item: BillItem) -> float:
        """The item's price as solved per price input: a grade's premium, or the price where a factor moves it."""
        if item.price_key not in self.priced:
            return item.price_usd_per_unit / self.tables.scenario.plant.parts_price_factor
        price = self.priced[item.price_key][0]
        return item.price_usd_per_unit / price if price else 1.0

    def of(self, pack: PackTables, key: str) -> Cell:
        """A headline cell of a pack that a sheet before has put down."""
        return self.cells[pack.index, key]

    def keep(self, pack: PackTables, key: str, cell: Cell) -> Cell:
        """Offer a cell to the sheets that follow."""
        self.cells[pack.index, key] = cell
        return cell

    def sheet(
        self,
        kind: str,
        pack: PackTables | None,
        title: str,
        purpose: str,
        tab: str,
        *,
        series: bool = False,
        fit_height: bool = False,
    ) -> Sheet:
        """A new sheet with its frame; the name carries the pack where the portfolio has several."""
        word = pack.pack.name if pack and pack.suffix else ""
        name = safe_sheet_name(kind, word, [sheet.name for sheet in self.book.sheets])
        heading = f"{title}: {word}" if word else title
        made = Sheet(name, heading, purpose, tab, SERIES_COLUMN if series else None, fit_height=fit_height)
        made.kind, made.pack_index = kind, pack.index if pack else None
        return self.framed(self.book.add(made))

    def framed(self, sheet: Sheet) -> Sheet:
        """Title, purpose with the sign convention, and the master checks."""
        sheet.put(sheets.TITLE_ROW, 1, sheet.title, "title")
        sheet.put(sheets.PURPOSE_ROW, 1, f"{sheet.purpose} {COST_SIGN}", "purpose")
        sheet.put(sheets.CHECK_ROW, 1, "Workbook checks", "state")
        sheet.put(sheets.CHECK_ROW, 2, when(self.checks_ok, "OK", "CHECK FAILED"), "state")
        if sheet is not self.inputs_sheet:
            sheet.put(sheets.CHECK_ROW, 3, link(self.input_state), "state")
        return sheet


@dataclass
class Lines:
    """Rows written one below the other: key, label, unit, a constant or total, a note, then the repeated columns.

    One function per row fills every repeated column, so the formula is the same along the row.
    """

    sheet: Sheet
    row: int
    columns: Sequence[int] = ()
    at: dict[str, int] = field(default_factory=dict)

    def block(self, word: str) -> None:
        """A heading over the rows that follow, with a blank row before it."""
        if self.row > self.sheet.header_row + 1:
            self.row += 1
        self.sheet.block(self.row, word, max([NOTE_COLUMN, *self.columns]))
        self.row += 1

    def add(
        self,
        key: str,
        label: str,
        unit: str,
        constant: Value | Expression | None = None,
        series: Callable[[int], Value | Expression] | None = None,
        *,
        number_format: str = GENERAL,
        look: str = "calculation",
        constant_look: str = "",
        note: str = "",
        name: str = "",
    ) -> int:
        """One row; returns its number."""
        self.at[key] = self.row
        text = "total_text" if look == "total" else "text"
        self.sheet.put(self.row, 1, key, "code")
        self.sheet.put(self.row, 2, label, text)
        self.sheet.put(self.row, 3, unit, "unit")
        if constant is not None:
            self.sheet.put(self.row, 4, constant, constant_look or look, number_format, name)
        if note:
            self.sheet.put(self.row, NOTE_COLUMN, note, "note")
        for column in self.columns if series else ():
            self.sheet.put(self.row, column, series(column), look, number_format)  # type: ignore[misc]
        self.row += 1
        return self.row - 1

    def constant(self, key: str) -> Cell:
        """The constant of an earlier (or later) row."""
        return self.sheet.cell(self.at[key], 4)

    def cell(self, key: str, column: int) -> Cell:
        """One repeated cell of a row."""
        return self.sheet.cell(self.at[key], column)

    def first_to_last(self, key: str) -> tuple[Cell, Cell]:
        """The ends of the repeated cells of a row."""
        return self.cell(key, self.columns[0]), self.cell(key, self.columns[-1])
