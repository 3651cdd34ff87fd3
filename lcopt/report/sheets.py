"""Sheets and the book before they are written: cells by place, the frame that all sheets share, charts to draw.

Row 1 holds the title, row 2 the purpose with the sign convention, row 3 the master check, row 5 the header; data
start in row 6.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lcopt.report.expressions import Cell, Expression, Range, Value

TITLE_ROW, PURPOSE_ROW, CHECK_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3, 5, 6
SHEET_NAME_LENGTH = 31
HEAD_HEIGHT = 29.0

# Colors of the sheet tabs by what a sheet is for.
TABS = {"input": "FFE69F00", "calculation": "FF009E73", "output": "FF56B4E9", "check": "FFD55E00", "record": "FF8A8F98"}


@dataclass(frozen=True)
class Validation:
    """What an input accepts: numbers from `low` to `high`, or one of `choices`; the prompt names the source."""

    cell: Cell
    low: float
    high: float
    choices: tuple[str, ...]
    title: str
    prompt: str


@dataclass(frozen=True)
class Series:
    """One data series of a chart; the name is shown in the legend.

    `places` are the horizontal values of a chart of points. A hidden series takes its room and is not seen;
    an unlisted one is not in the legend.
    """

    name: Cell
    values: Range
    line: bool = False
    dashed: bool = False
    hidden: bool = False
    unlisted: bool = False
    color: str = ""
    places: Range | None = None


@dataclass(frozen=True)
class Chart:
    """A native chart: where its upper left corner stands, what it shows, how.

    Several series of bars are stacked, unless they stand side by side or, overlapped, all begin at zero. Series with
    `places` are points; `place_title` names their horizontal axis.
    """

    anchor: str
    title: str
    categories: Range
    series: tuple[Series, ...]
    value_title: str
    number_format: str
    horizontal: bool = False
    side_by_side: bool = False
    overlapped: bool = False
    place_title: str = ""
    width_cm: float = 18.0
    height_cm: float = 9.0
    least: float | None = None
    most: float | None = None

    @property
    def alt(self) -> str:
        """What the chart shows, for those who cannot see it: its title, its axis, and the extremes of what is drawn."""
        seen = [
            (value, series.name.value, place)
            for series in self.series
            if not series.hidden
            for value, place in zip(series.values.values, (series.places or self.categories).values, strict=False)
        ]
        if not seen:
            return f"{self.title}: nothing to draw."
        (low, *least), (high, *most) = min(seen, key=lambda point: point[0]), max(seen, key=lambda point: point[0])
        ends = f"from {low:,.6g} ({_named(*least)}) to {high:,.6g} ({_named(*most)})"
        return f"{self.title}. {self.value_title}: {ends}. The numbers stand in the cells of this sheet."


def _named(series: Value, place: Value) -> str:
    return f"{series}, {place:,.6g}" if isinstance(place, float | int) else f"{series}, {place}"


@dataclass(frozen=True)
class Mark:
    """Conditional format: cells that equal `word` are filled in the color of `look` (good, bad or changed)."""

    cells: Range
    word: str
    look: str


@dataclass(eq=False)
class Sheet:
    """One sheet under construction.

    A page of paper begins below each row of `breaks`. Where the sheet is one tidy table, `table` names it.
    """

    name: str
    title: str
    purpose: str
    tab: str
    series_from: int | None = None
    header_row: int = HEADER_ROW
    fit_height: bool = False
    repeats_head: bool = True
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    validations: list[Validation] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    table: str = ""
    kind: str = ""
    pack_index: int | None = None

    @property
    def quoted(self) -> str:
        """The name as formulas write it."""
        if re.fullmatch(r"[A-Za-z_]+", self.name):
            return self.name
        doubled = self.name.replace("'", "''")
        return f"'{doubled}'"

    @property
    def last_row(self) -> int:
        """The last row that holds a cell."""
        return max(row for row, _ in self.cells)

    @property
    def last_column(self) -> int:
        """The last column that holds a cell."""
        return max(column for _, column in self.cells)

    def is_series(self, column: int) -> bool:
        """Whether a column is a repeated one (a year, a design), where references move with a copied formula."""
        return self.series_from is not None and column >= self.series_from

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a place, made if need be; it may be filled later."""
        key = (row, column)
        if key not in self.cells:
            self.cells[key] = Cell(self, row, column)
        return self.cells[key]

    def put(
        self,
        row: int,
        column: int,
        content: Value | Expression,
        look: str = "text",
        number_format: str = "General",
        name: str = "",
    ) -> Cell:
        """Fill a cell."""
        cell = self.cell(row, column)
        cell.content, cell.look, cell.number_format, cell.name = content, look, number_format, name
        return cell

    def header(self, heads: Sequence[tuple[str, float]]) -> None:
        """The head of each column in the header row and its width."""
        self.heights.setdefault(self.header_row, HEAD_HEIGHT)
        for column, (word, width) in enumerate(heads, start=1):
            self.widths[column] = width
            self.put(self.header_row, column, word, "head" if column == 1 else "head_next")

    def heads(self, row: int, words: Sequence[str], numbers_from: int) -> None:
        """Heads of columns in any row, those of numbers to the right from a column on."""
        for column, word in enumerate(words, start=1):
            look = "head" if column == 1 else "head_number" if column >= numbers_from else "head_next"
            self.put(row, column, word, look)

    def block(self, row: int, word: str, columns: int) -> None:
        """A heading above a group of rows, across `columns` columns."""
        for column in range(1, columns + 1):
            self.put(row, column, word if column == 1 else "", "block")

    def down(self, column: int, first: int, last: int) -> Range:
        """A range of one column."""
        return Range(self.cell(first, column), self.cell(last, column))

    def across(self, row: int, first: int, last: int) -> Range:
        """A range of one row."""
        return Range(self.cell(row, first), self.cell(row, last))

    def body(self) -> Range:
        """All cells below the frame, which itself shows the checks."""
        return Range(self.cell(self.header_row, 1), self.cell(self.last_row, self.last_column))


@dataclass
class Book:
    """All sheets in their order, what the footer says and what the file's properties hold."""

    title: str
    footer: str
    sheets: list[Sheet] = field(default_factory=list)

    def add(self, sheet: Sheet) -> Sheet:
        """Append a sheet."""
        self.sheets.append(sheet)
        return sheet


def safe_sheet_name(kind: str, pack: str, taken: Sequence[str]) -> str:
    """`<kind> <pack>` within what Excel allows: 31 characters, no sign that it forbids, no name twice."""
    base = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", "_", f"{kind} {pack}".strip())
    name, number = base[:SHEET_NAME_LENGTH].strip(), 1
    lowered = {word.lower() for word in taken}
    while name.lower() in lowered:
        number += 1
        ending = f" {number}"
        name = base[: SHEET_NAME_LENGTH - len(ending)].strip() + ending
    return name


def safe_name(prefix: str, key: str, suffix: str = "") -> str:
    """A defined name that is no cell address: a prefix such as `in_`, then letters, digits and underscores."""
    return f"{prefix}{re.sub(r'[^A-Za-z0-9_]', '_', key)}{suffix}"
