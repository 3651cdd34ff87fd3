"""The CSV files of measurements: strict columns, every number within the range of the catalog, every mistake told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.own_data.csv_files import Cell, CsvFile, read_csv_file
from lcopt.inputs.own_data.row_rules import check_printable, number_in
from lcopt.inputs.quantities import QuantityError, did_you_mean, names_like, shown

TABLE = "measured_columns"
CHEMISTRY, NOTE = "chemistry", "note"
WORDS = (CHEMISTRY, NOTE)
PROBLEMS_MAX = 100
_SEPARATORS = {";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True)
class Form:
    """What a file of one kind of measurement needs.

    `together` are columns of which a row has all or none, `one_of` those of which a file has exactly one.
    """

    measurement: str
    required: tuple[str, ...]
    together: tuple[tuple[str, ...], ...] = ()
    one_of: tuple[str, ...] = ()
    never_empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measurements:
    """The rows of a file: `number[column]` has shape (n,) with NaN where a cell is empty or the column is missing."""

    file: str
    line: tuple[int, ...]
    number: Mapping[str, FloatArray]
    chemistry: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.line)

    def problem(self, row: int | np.integer, path: str, message: str, hint: str = "") -> Problem:
        """A problem of one row."""
        return Problem(self.file, self.line[row], 1, path, message, hint)


def example(measurement: str) -> str:
    """A file to start from, with invented numbers."""
    return (files("lcopt") / "data" / "reference" / f"measured_{measurement}.csv").read_text(encoding="utf-8")


def read_measurements(path: str, form: Form, catalog: Catalog) -> Measurements:
    """The measurements of a file.

    Raises
    ------
    ScenarioError
        With every problem of the file.
    """
    file = read_csv_file(path)
    if isinstance(file, Problem):
        raise ScenarioError([file])
    reader = _Reader(file, form, catalog)
    found = reader.read()
    if reader.problems or found is None:
        raise ScenarioError(reader.problems)
    return found


@dataclass
class _Reader:
    file: CsvFile
    form: Form
    catalog: Catalog
    problems: list[Problem] = field(default_factory=list)

    def read(self) -> Measurements | None:
        limits = {row.keys["name"]: row for row in self.catalog.table(TABLE).select(measurement=self.form.measurement)}
        header = self._header(self.file.lines[0], limits)
        if self.problems:
            return None
        lines = self.file.lines[1:]
        if not lines:
            self._say(self.file.lines[0][0], "", "the file has no rows; expected a row a measurement")
        rows = [cells for line in lines if (cells := self._cells(line, header)) is not None]
        number = {
            name: np.array([self._number(cells.get(name), limits[name]) for cells in rows], dtype=np.float64)
            for name in limits
        }
        self._check_together(rows)
        if self.problems:
            self.problems = sorted(self.problems, key=lambda item: (item.line, item.column))[:PROBLEMS_MAX]
            return None
        lines_of = tuple(next(iter(cells.values())).line for cells in rows)
        chemistry = tuple(self._chemistry(cells.get(CHEMISTRY)) for cells in rows)
        return None if self.problems else Measurements(self.file.path, lines_of, number, chemistry)

    def _say(self, cell: Cell, path: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file.path, cell.line, cell.column, path, message, hint))

    def _header(self, line: Sequence[Cell], limits: Mapping[str, Row]) -> tuple[str, ...]:
        signs = [sign for sign in _SEPARATORS if sign in line[0].text and len(line) == 1]
        if signs:
            message = f"the cells are separated by {_SEPARATORS[signs[0]]}; expected commas"
            self._say(line[0], "", message, "save it as 'CSV UTF-8 (comma delimited)', with a decimal point in numbers")
            return ()
        known, seen = (*WORDS, *limits), set[str]()
        for cell in line:
            if cell.text not in known:
                hint = did_you_mean(cell.text, known) or f"known: {', '.join(known)}"
                self._say(cell, "", f"unknown column {shown(cell.text)}; expected those of the form", hint)
            elif cell.text in seen:
                self._say(cell, "", f"the column {shown(cell.text)} is given twice; expected once", "remove one")
            seen.add(cell.text)
        hint = f"'lcopt calibrate {self.form.measurement} --example' prints a file to start from"
        missing = [name for name in self.form.required if name not in seen]
        if missing:
            required = f"expected all of: {', '.join(self.form.required)}"
            self._say(line[0], "", f"the header lacks {', '.join(missing)}; {required}", hint)
        if self.form.one_of and len(seen.intersection(self.form.one_of)) != 1:
            choice = " or ".join(self.form.one_of)
            self._say(line[0], "", f"the header has neither or both of {choice}; expected one of them", hint)
        return tuple(cell.text for cell in line)

    def _cells(self, line: Sequence[Cell], header: Sequence[str]) -> dict[str, Cell] | None:
        if len(line) != len(header):
            message = f"the line has {len(line)} cells; expected {len(header)} as in the header"
            self._say(line[0], "", message, "put commas for empty cells and a decimal point in numbers")
            return None
        cells = dict(zip(header, line, strict=True))
        needed = (*self.form.never_empty, *(name for name in self.form.one_of if name in cells))
        for name in needed:
            if name in cells and not cells[name].text:
                self._say(cells[name], name, "no value; expected one in every row")
        return cells

    def _number(self, cell: Cell | None, limit: Row) -> float:
        if cell is None or not cell.text:
            return np.nan
        name = limit.keys["name"]
        try:
            number = number_in(cell.text)
        except QuantityError as error:
            self._say(cell, name, error.message, error.hint)
            return np.nan
        low, high = limit.low or 0.0, limit.high or 0.0
        if not low <= number <= high:
            message = f"{shown(cell.text)} is out of range; expected {low:g} to {high:g} {limit.unit}"
            self._say(cell, name, message, limit.note)
        return number

    def _check_together(self, rows: Sequence[Mapping[str, Cell]]) -> None:
        for group in self.form.together:
            for cells in rows:
                given = [name for name in group if name in cells and cells[name].text]
                if given and len(given) < len(group):
                    lacking = ", ".join(name for name in group if name not in given)
                    self._say(cells[given[0]], given[0], f"a value without {lacking}; expected both or neither")

    def _chemistry(self, cell: Cell | None) -> str:
        """The chemistry of a row, empty where the file names none; it must be one of the catalog."""
        if cell is None or not cell.text:
            return ""
        known = self.catalog.table("chemistry_families").words("chemistry")
        try:
            check_printable(cell.text)
        except QuantityError as error:
            self._say(cell, CHEMISTRY, error.message, error.hint)
        if cell.text not in known:
            hint = names_like(cell.text, known) or "'lcopt catalog chemistry_families' lists them"
            self._say(cell, CHEMISTRY, f"unknown chemistry {shown(cell.text)}; expected one of the catalog", hint)
        return cell.text


def named_of_chemistry(
    measured: Measurements, given: str, name: str, table: str, option: str, catalog: Catalog
) -> tuple[str, ...]:
    """The charging set or fade law of every row: the one given, or that of its chemistry.

    Raises
    ------
    ScenarioError
        Where the one given is unknown, or a row has neither.
    """
    known = catalog.table(table).words(name)
    if given and given not in known:
        hint = names_like(given, known) or f"the catalog has {', '.join(known)}"
        raise ScenarioError([Problem(option, 0, 0, "", f"the catalog has no {name} {shown(given)}", hint)])
    if given:
        return (given,) * len(measured)
    nameless = [row for row, word in enumerate(measured.chemistry) if not word]
    if nameless:
        hint = f"name the chemistry of the cell, or give {option} NAME for all rows"
        problems = [measured.problem(row, CHEMISTRY, "no value; expected a chemistry", hint) for row in nameless]
        raise ScenarioError(problems[:PROBLEMS_MAX])
    families = catalog.table("chemistry_families")
    return tuple(families.one(chemistry=word, name=name).text for word in measured.chemistry)
