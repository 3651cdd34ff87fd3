"""The headings of a form: in which row they stand, which column each names, and what stands above them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lcopt.inputs.excel.form_layout import (
    FORM_VERSION,
    HEADINGS,
    KEY,
    MARK_PATTERN,
    QUESTION,
    VALUE,
)
from lcopt.inputs.excel.form_values import CellError, plain_text
from lcopt.inputs.excel.sheet_cells import CellKind, SheetCells
from lcopt.inputs.quantities import did_you_mean, shown
from lcopt.inputs.text.tree import Fault, Place, UnreadableError

ROWS_ABOVE_MAX = 30
_HEADINGS_NAMED = 12


@dataclass
class Columns:
    """Which columns a form has: those of the form by their heading, and the variants by their column.

    `skipped` holds columns whose heading cannot be used: its fault is in `faults`, their cells are not read.
    """

    header: int
    of: dict[str, int] = field(default_factory=dict)
    variants: dict[int, str] = field(default_factory=dict)
    skipped: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The last column with a heading."""
        return max((*self.of.values(), *self.variants, *self.skipped), default=1)


def header_row_of(sheet: SheetCells, file: str) -> int:
    """The row with the headings.

    Raises
    ------
    UnreadableError
        Where there is none, or the form is of another version.
    """
    first = sheet.cells.get((1, 1))
    mark = MARK_PATTERN.fullmatch(str(first.value)) if first else None
    if mark and int(mark[1]) != FORM_VERSION:
        message = f"the form has the version {mark[1]}; expected {FORM_VERSION}, the one that this version reads"
        raise UnreadableError(message, "write a new form with 'lcopt template'", _place(sheet, file, 1, 1))
    rows: dict[int, dict[str, str]] = {}
    for (row, _), cell in sorted(sheet.cells.items()):
        if row <= ROWS_ABOVE_MAX and cell.kind is CellKind.TEXT:
            rows.setdefault(row, {})[str(cell.value).casefold()] = str(cell.value)
    wanted = {KEY.casefold(), VALUE.casefold()}
    for row, texts in rows.items():
        if wanted <= set(texts):
            return row
    row, texts = max(rows.items(), key=lambda item: len(item[1]), default=(1, {}))
    found = ", ".join(shown(text) for text in list(texts.values())[:_HEADINGS_NAMED]) or "no text"
    message = f"no row has the headings '{KEY}' and '{VALUE}', row {row} has {found}; expected both in one row"
    raise UnreadableError(message, "write the headings as 'lcopt template' writes them", _place(sheet, file, row, 1))


def columns_of(sheet: SheetCells, header: int, file: str) -> Columns:
    """The columns of a form whose headings stand in the row `header`."""
    columns = Columns(header)
    known = {name.casefold(): name for name in HEADINGS}
    missing = [name for name in HEADINGS if name.casefold() not in _texts(sheet, header)]
    for (row, column), cell in sorted(sheet.cells.items()):
        if row != header:
            continue
        place = _place(sheet, file, row, column)
        try:
            text = plain_text(cell, "the name of a variant")
        except CellError as error:
            columns.skipped.add(column)
            columns.faults.append(Fault((), error.message, error.hint, place))
            continue
        heading = known.get(text.casefold())
        if heading in columns.of or text in columns.variants.values():
            columns.skipped.add(column)
            message = f"the heading {shown(text)} is given twice; expected once"
            columns.faults.append(Fault((), message, "rename or remove one of the columns", place))
        elif heading is not None:
            columns.of[heading] = column
        elif hint := did_you_mean(text, missing):
            columns.skipped.add(column)
            message = f"unknown heading {shown(text)}; expected a heading of the form or the name of a variant"
            columns.faults.append(Fault((), message, hint, place))
        else:
            columns.variants[column] = text
    return columns


def question_of(sheet: SheetCells, header: int) -> str:
    """What stands beside the word for the question above the headings."""
    for (row, column), cell in sorted(sheet.cells.items()):
        if row < header and str(cell.value).casefold() == QUESTION.casefold():
            beside = [sheet.cells[place] for place in sorted(sheet.cells) if place[0] == row and place[1] > column]
            return next((str(cell.value) for cell in beside if cell.kind is CellKind.TEXT), "")
    return ""


def _texts(sheet: SheetCells, row: int) -> set[str]:
    return {str(cell.value).casefold() for (number, _), cell in sheet.cells.items() if number == row}


def _place(sheet: SheetCells, file: str, row: int, column: int) -> Place:
    return Place(row, column, file, sheet.address(row, column))
