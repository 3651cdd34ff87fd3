"""One CSV file of a user against the packaged table of its name: header, keys and every cell of every row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lcopt.errors import Problem
from lcopt.inputs.catalog import KINDS, SOURCES, USER_SOURCE, Row, Table, number_of
from lcopt.inputs.catalog_tables import IDENTITY, NEW_WORDS, NUMBER_COLUMNS, YEAR_COLUMNS
from lcopt.inputs.own_data.csv_files import CELL_MAX, Cell, CsvFile
from lcopt.inputs.own_data.row_rules import (
    Quantities,
    Quantity,
    check_printable,
    check_unit,
    number_in,
    texts_of,
    value_text,
)
from lcopt.inputs.quantities import QuantityError, did_you_mean, names_like, shown
from lcopt.inputs.replaced_rows import ReplacedRow, canonical, identity_of
from lcopt.inputs.values import ALL, RANGES_TABLE

PROBLEMS_MAX = 200
# What one cell of a workbook holds, in which a report repeats the row.
RECORD_MAX = 30_000
ORIGIN = "origin"
ASSUMED = "assumed"
_NUMBERS = ("value", "low", "high")
_SEPARATORS = {";": "semicolons", "\t": "tabs"}
# What describes a row: label and sense belong to the bound whatever its value, quotes to the packaged price alone.
_INHERITED = ("label", "sense")
_WITHOUT_A_WORD = {"borrowed": "no"}


class TableReader:
    """Reads one file against its table; problems are gathered, rows with one are left out."""

    def __init__(self, file: CsvFile, table: Table, quantities: Quantities, sources: set[str], years: set[str]) -> None:
        self.file = file
        self.table = table
        self.quantities = quantities
        self.sources = sources
        self.years = years
        self.problems: list[Problem] = []
        self.identifying = IDENTITY.get(table.name, table.key_columns)
        self.header: dict[int, str] = {}
        self.path = table.name
        self.words: dict[str, tuple[str, ...]] = {}

    def read(self) -> list[ReplacedRow]:
        """The good rows."""
        if not self._read_header(self.file.lines[0]):
            return []
        rows: list[ReplacedRow] = []
        line_of: dict[tuple[str, ...], int] = {}
        for line in self.file.lines[1:]:
            if len(self.problems) >= PROBLEMS_MAX:
                self._say(line[0], "the file has more problems; expected none", "these are the first")
                break
            self.path = self.table.name
            cells = self._cells(line)
            row = self._row(cells, line[0].line) if cells is not None else None
            if row is None:
                continue
            first = line_of.setdefault(row.identity, row.line)
            if first != row.line:
                self._say(line[0], "a row with these keys is given twice; expected once", f"first on line {first}")
            elif not self._is_as_packaged(row):
                rows.append(row)
        return rows

    def _say(self, cell: Cell, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file.path, cell.line, cell.column, self.path, message, hint))

    # --- header -----------------------------------------------------------------------------------------------------

    def _read_header(self, line: tuple[Cell, ...]) -> bool:
        found = [sign for sign in _SEPARATORS if sign in line[0].text and len(line) == 1]
        if found:
            message = f"the cells are separated by {_SEPARATORS[found[0]]}; expected commas"
            self._say(line[0], message, "save it as 'CSV UTF-8 (comma delimited)', with a decimal point in numbers")
            return False
        for index, cell in enumerate(line):
            self._read_head(index, cell)
        required = (*self.identifying, *(("citation",) if self.table.name == SOURCES else ("value", "unit")))
        missing = [column for column in required if column not in self.header.values()]
        if missing:
            message = f"the header lacks {', '.join(missing)}; expected all of: {', '.join(required)}"
            self._say(line[0], message, f"'lcopt catalog {self.table.name} --format csv' prints one to start from")
        return not self.problems

    def _read_head(self, index: int, cell: Cell) -> None:
        name = cell.text
        if name in self.header.values():
            self._say(cell, f"the column {shown(name)} is given twice; expected once", "remove one")
        elif name in self.table.columns or name == ORIGIN:
            self.header[index] = name
        elif name:
            message = f"unknown column {shown(name)}; expected columns of {self.table.name}"
            self._say(
                cell, message, did_you_mean(name, self.table.columns) or f"known: {', '.join(self.table.columns)}"
            )

    # --- rows -------------------------------------------------------------------------------------------------------

    def _cells(self, line: tuple[Cell, ...]) -> dict[str, Cell] | None:
        """The cells of a row by their columns; those after the header must be empty."""
        width = len(self.file.lines[0])
        if not max(self.header) < len(line) <= width:
            few = "put commas for empty cells"
            many = "write numbers with a decimal point and put texts with a comma in quotes"
            message = f"the line has {len(line)} cells; expected {width} as in the header"
            self._say(line[0], message, few if len(line) < width else many)
            return None
        stray = [cell for index, cell in enumerate(line) if index not in self.header and cell.text]
        if stray:
            message = f"the cell {shown(stray[0].text)} stands below no head; expected an empty cell"
            self._say(stray[0], message, "name its column or remove it")
            return None
        return {name: line[index] for index, name in self.header.items() if name != ORIGIN}

    def _row(self, cells: Mapping[str, Cell], line: int) -> ReplacedRow | None:
        before = len(self.problems)
        keys = {column: cells[column].text for column in self.identifying}
        self.path = ".".join([self.table.name, *(shown(word)[1:-1] for word in keys.values() if word)])
        packaged = self.table.row_of.get(identity_of(self.table.name, keys))
        if packaged is not None:
            keys = {column: packaged.keys[column] for column in self.identifying}
        else:
            self._check_new(cells)
        if len(self.problems) > before:
            return None
        self._check_texts(cells, packaged)
        texts = {column: cell.text for column, cell in cells.items() if column not in self.identifying}
        if self.table.name == SOURCES:
            made = self._source(cells, texts)
        else:
            made = self._number_row(cells, texts, self.quantities.of(self.table.name, keys))
        if len(self.problems) > before:
            return None
        rest = [column for column in self.table.columns if column not in self.identifying]
        filled = {column: self._filled(column, made, packaged) for column in rest}
        row = ReplacedRow(self.table.name, keys, filled, self.file.path, line, packaged is not None)
        if len(row.record) > RECORD_MAX:
            self._say(cells[self.identifying[0]], f"the row has more than {RECORD_MAX} signs; expected short texts")
            return None
        return row

    def _filled(self, column: str, made: Mapping[str, str], packaged: Row | None) -> str:
        text = made.get(column, "")
        if not text and column in _INHERITED and packaged is not None:
            return packaged.keys[column]
        return text or _WITHOUT_A_WORD.get(column, "")

    def _check_new(self, cells: Mapping[str, Cell]) -> None:
        """The keys of a row that the package lacks: new words only where they make sense."""
        free = NEW_WORDS.get(self.table.name, ())
        for column in self.identifying:
            cell = cells[column]
            known = self._known(column)
            if column in free:
                self._check_new_word(column, cell)
            elif cell.text not in known:
                message = f"the table has no {column} {shown(cell.text)}; expected one that it has"
                self._say(
                    cell, message, names_like(cell.text, known) or f"'lcopt catalog {self.table.name}' lists them"
                )
                return
        if not free:
            message = "the table has no row with these keys together; expected those of a packaged row"
            self._say(cells[self.identifying[0]], message, f"'lcopt catalog {self.table.name}' lists them")

    def _known(self, column: str) -> tuple[str, ...]:
        """The words of a column that takes no new ones."""
        if column not in self.words:
            is_name = column == "name"
            self.words[column] = self.quantities.names(self.table.name) if is_name else self.table.words(column)
        return self.words[column]

    def _check_new_word(self, column: str, cell: Cell) -> None:
        is_number = column in NUMBER_COLUMNS
        try:
            check_printable(cell.text)
            if is_number and (cell.text or column in YEAR_COLUMNS):
                number_in(cell.text)
        except QuantityError as error:
            self._say(cell, error.message, error.hint)
            return
        if column in YEAR_COLUMNS and not (cell.text.isdigit() and len(cell.text) == 4):
            self._say(cell, f"{shown(cell.text)} is not a year; expected four digits")
        elif (not cell.text and not is_number) or cell.text == ALL:
            self._say(cell, f"the {column} {shown(cell.text)} is not a name; expected another word")

    def _source(self, cells: Mapping[str, Cell], texts: dict[str, str]) -> dict[str, str]:
        if not texts["citation"]:
            self._say(cells["citation"], "no citation; expected what the numbers were taken from")
        return texts | {"kind": self._kind(cells)}

    def _number_row(self, cells: Mapping[str, Cell], texts: dict[str, str], quantity: Quantity) -> dict[str, str]:
        made = texts | {"kind": self._kind(cells), "source": texts.get("source") or USER_SOURCE}
        self._try(cells["unit"], lambda text: check_unit(text, quantity))
        for column in _NUMBERS:
            made[column] = self._number(column, cells, quantity)
        self._check_range(cells, made)
        self._check_year(cells, quantity)
        if made["source"] not in {*self.sources, USER_SOURCE}:
            message = f"the source {shown(made['source'])} is not in sources.csv; expected one of its keys"
            hint = did_you_mean(made["source"], sorted(self.sources)) or "add it to a sources.csv in the same folder"
            self._say(cells["source"], message, hint)
        return made

    def _number(self, column: str, cells: Mapping[str, Cell], quantity: Quantity) -> str:
        """The value or an end of its range as the catalog keeps it; an empty end stays empty."""
        if column == "value":
            return self._try(cells[column], lambda text: value_text(text, quantity))
        if column not in cells or not cells[column].text:
            return ""
        return self._try(cells[column], lambda text: canonical(str(number_in(text))))

    def _try(self, cell: Cell, read: Callable[[str], str | None]) -> str:
        try:
            return read(cell.text) or ""
        except QuantityError as error:
            self._say(cell, error.message, error.hint)
            return ""

    def _check_range(self, cells: Mapping[str, Cell], made: Mapping[str, str]) -> None:
        low, value, high = (number_of(made[column]) for column in ("low", "value", "high"))
        if self.table.name == RANGES_TABLE and (low is None or high is None):
            self._say(cells["value"], "no low and high; expected both, since they are what the reader accepts")
        if value is None:
            ends = [column for column in ("low", "high") if made[column] and number_of(made["value"]) is None]
            if made["value"] and ends:
                self._say(cells[ends[0]], "a range beside a word; expected an empty cell")
            return
        for column, outside in (("low", low is not None and value < low), ("high", high is not None and value > high)):
            if outside:
                message = (
                    f"the value {made['value']} is outside its own range; expected {column} {made[column]} beyond it"
                )
                self._say(cells[column], message, "leave low and high empty where no range is known")

    def _check_year(self, cells: Mapping[str, Cell], quantity: Quantity) -> None:
        year = cells["price_year"].text if "price_year" in cells else ""
        cell = cells.get("price_year", cells["unit"])
        if not quantity.is_money and year:
            self._say(cell, f"price year {shown(year)} beside a value that is no money; expected an empty cell")
        elif quantity.is_money and not year:
            self._say(cell, "money without a price year; expected the year whose dollars these are", "add 'price_year'")
        elif quantity.is_money and year not in self.years:
            span = f"{min(self.years)} to {max(self.years)}"
            self._say(cell, f"{shown(year)} is no year of the price index; expected {span}")

    def _kind(self, cells: Mapping[str, Cell]) -> str:
        kind = cells["kind"].text if "kind" in cells else ""
        if kind and kind not in KINDS:
            message = f"unknown kind {shown(kind)}; expected one of: {', '.join(KINDS)}"
            self._say(cells["kind"], message, did_you_mean(kind, KINDS))
        return kind or ASSUMED

    def _check_texts(self, cells: Mapping[str, Cell], packaged: Row | None) -> None:
        """The columns that describe the row: printable, and what the package fixes as it is there."""
        for column, cell in cells.items():
            fixed = packaged.keys[column] if packaged is not None and column in _INHERITED else ""
            if len(cell.text) > CELL_MAX or not cell.text.isprintable():
                message = f"the cell {shown(cell.text)} is longer than {CELL_MAX} signs or not on one line"
                self._say(cell, f"{message}; expected a short text")
            elif fixed and cell.text not in {"", fixed}:
                self._say(cell, f"{shown(cell.text)} stands for '{fixed}'; expected that or an empty cell")
            elif column == "borrowed" and cell.text not in {"", "yes", "no"}:
                self._say(cell, f"{shown(cell.text)} is neither yes nor no; expected one of them")

    def _is_as_packaged(self, row: ReplacedRow) -> bool:
        packaged = self.table.row_of.get(row.identity)
        return packaged is not None and texts_of(packaged) == {**row.keys, **row.cells}
