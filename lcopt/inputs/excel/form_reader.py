"""The cells of an Excel form become the tree of a scenario, whose places name the cell of every value.

Columns are found by their headings and rows by their keys, so both may be moved, left out or added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import get_column_letter

from lcopt.inputs.document import VARIANTS
from lcopt.inputs.excel.form_header import Columns, columns_of, header_row_of, question_of
from lcopt.inputs.excel.form_keys import Key, read_key
from lcopt.inputs.excel.form_layout import KEY, PACKS, UNIT, VALUE
from lcopt.inputs.excel.form_values import CellError, plain_text, read_value
from lcopt.inputs.excel.sheet_cells import SheetCell, SheetCells
from lcopt.inputs.quantities import shown
from lcopt.inputs.text.tree import Fault, Path, Place, Tree

MERGED_MAX = 20
USAGE = "usage"


def read_form(sheet: SheetCells, file: str) -> Tree:
    """The tree of a form: base values, and below `variants` what each variant column changes.

    Parameters
    ----------
    sheet : SheetCells
        The sheet of the form.
    file : str
        The name that the places of the tree carry.

    Raises
    ------
    UnreadableError
        Where the sheet has no headings of a form; mistakes that leave a tree are in its `faults`.
    """
    columns = columns_of(sheet, header_row_of(sheet, file), file)
    return _FormReader(sheet, file, columns).read()


@dataclass(frozen=True)
class _Row:
    """One row with a key; `variants` has its cells by their column."""

    number: int
    key: Key
    value: SheetCell | None
    unit: SheetCell | None
    variants: dict[int, SheetCell]

    @property
    def is_filled(self) -> bool:
        """Whether it says anything."""
        return self.value is not None or bool(self.variants)


class _FormReader:
    """Reads one form; what is wrong is collected in the faults of its tree."""

    def __init__(self, sheet: SheetCells, file: str, columns: Columns) -> None:
        self.sheet = sheet
        self.file = file
        self.columns = columns
        self.tree = Tree(faults=list(columns.faults), question=question_of(sheet, columns.header))
        self.tree.places[()] = self._place(columns.header, columns.of[KEY])
        self.packs: dict[str, int] = {}

    def read(self) -> Tree:
        self._check_merged()
        self._check_unnamed_columns()
        rows = list(self._rows())
        self._find_packs(rows)
        filled = list(self._without_doubles(rows))
        for row in filled:
            if row.value is not None:
                self._read_base(row, row.value)
        for row in rows:
            if row.value is None and row.key.is_required and (not row.key.pack or self._name(row.key) in self.packs):
                self.tree.places.setdefault(self._path(row.key), self._at(row, VALUE))
        for column, name in self.columns.variants.items():
            self._read_variant(column, name, filled)
        return self.tree

    def _place(self, row: int, column: int) -> Place:
        return Place(row, column, self.file, self.sheet.address(row, column))

    def _at(self, row: _Row, heading: str) -> Place:
        return self._place(row.number, self.columns.of.get(heading, self.columns.of[VALUE]))

    def _fault(self, path: Path, place: Place, message: str, hint: str = "") -> None:
        self.tree.faults.append(Fault(path, message, hint, place))

    def _check_merged(self) -> None:
        for top, left, bottom, right in self.sheet.merged[:MERGED_MAX]:
            if bottom >= self.columns.header and left <= self.columns.last:
                area = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
                message = f"the cells {area} are merged; expected single cells"
                self._fault((), self._place(top, left), message, "unmerge them and fill in each cell")

    def _check_unnamed_columns(self) -> None:
        named = {*self.columns.of.values(), *self.columns.variants, *self.columns.skipped}
        for row, column in sorted(self.sheet.cells):
            if row > self.columns.header and column not in named:
                named.add(column)
                heading = f"{get_column_letter(column)}{self.columns.header}"
                message = "a value stands in a column without a heading; expected the name of a variant above it"
                self._fault((), self._place(row, column), message, f"name the variant in {heading} or clear the column")

    def _rows(self) -> Iterator[_Row]:
        """Every row with a key, in the order of the sheet; a mistake in a key counts where the row is filled."""
        of, cells = self.columns.of, self.sheet.cells
        for number in sorted({row for row, _ in cells if row > self.columns.header}):
            value, unit, written = (
                cells.get((number, of[name])) if name in of else None for name in (VALUE, UNIT, KEY)
            )
            variants = {column: cells[number, column] for column in self.columns.variants if (number, column) in cells}
            message, hint = "the row has a value but no key; expected a key", "write for example finance.discount_rate"
            try:
                key = None if written is None else read_key(plain_text(written, "a key"))
            except CellError as error:
                key, message, hint = None, error.message, error.hint
            if key is not None:
                yield _Row(number, key, value, unit, variants)
            elif value is not None or variants:
                self._fault((), self._place(number, of[KEY]), message, hint)

    def _without_doubles(self, rows: list[_Row]) -> Iterator[_Row]:
        """The filled rows, each key once."""
        first: dict[tuple[str, Path], int] = {}
        for row in rows:
            if not row.is_filled:
                continue
            known = first.setdefault((self._name(row.key), row.key.path), row.number)
            if known == row.number:
                yield row
                continue
            message = f"the key {shown(row.key.address(row.key.pack))} is given twice; expected once"
            self._fault((), self._at(row, KEY), message, f"first in row {known}")

    def _name(self, key: Key) -> str:
        return key.pack.casefold()

    def _find_packs(self, rows: list[_Row]) -> None:
        """The packs that have a value, in the order of their first one; each stands at the first row that names it."""
        packs: list[dict[str, Any]] = []
        place_of: dict[str, Place] = {}
        for row in rows:
            name = self._name(row.key)
            if not name:
                continue
            place_of.setdefault(name, self._at(row, KEY))
            if row.value is not None and not row.key.is_pack and name not in self.packs:
                index = self.packs[name] = len(packs)
                packs.append({"name": row.key.pack})
                self.tree.places |= {(PACKS, index): place_of[name], (PACKS, index, "name"): place_of[name]}
        if packs:
            self.tree.data[PACKS] = packs
            self.tree.places[PACKS,] = place_of[next(iter(self.packs))]

    def _path(self, key: Key) -> Path:
        return key.at(self.packs.get(self._name(key), 0))

    def _read_base(self, row: _Row, cell: SheetCell) -> None:
        place = self._at(row, VALUE)
        if row.key.is_pack:
            message = "a pack has no value of its own; expected values in the rows of its keys"
            self._fault(
                (), place, message, f"write for example the key {shown(row.key.address(row.key.pack) + '.energy')}"
            )
            return
        path = self._path(row.key)
        try:
            value = read_value(cell, row.unit, path, in_variant=False)
            self.tree.nulls |= _nulls(value, path)
        except CellError as error:
            value = None
            self._cell_fault(error, row, path, place)
            self.tree.unread.add(path)
        self._put(path, value, place if row.key.is_known else self._at(row, KEY))

    def _cell_fault(self, error: CellError, row: _Row, path: Path, place: Place) -> None:
        self._fault(path, self._at(row, UNIT) if error.at_unit else place, error.message, error.hint)

    def _put(self, path: Path, value: Any, place: Place) -> None:  # noqa: ANN401 - any value of a tree
        """A value at its path; the blocks around it are made, and stand where the first of their values does."""
        block: Any = self.tree.data
        for number, step in enumerate(path[:-1], start=1):
            if isinstance(block, dict) and block.get(step) is None:
                block[step] = {}
                self.tree.places[path[:number]] = place
            if step == USAGE and isinstance(block[step], str):
                block[step] = {"profile": block[step]}
            block = block[step]
            # The one list with rows below it is that of the packs, which the keys of its rows have made.
            if not isinstance(block, dict) and path[:number] != (PACKS,):
                message = f"{shown('.'.join(map(str, path[:number])))} has a value of its own in another row"
                self._fault(path, place, f"{message}; expected either it or keys below it", "clear one of them")
                return
        if isinstance(block.get(path[-1]), dict):
            message = "rows with keys below this one have values too; expected either it or them"
            self._fault(path, place, message, "clear one of them")
            return
        block[path[-1]] = value
        self.tree.places[path] = place

    def _read_variant(self, column: int, name: str, rows: list[_Row]) -> None:
        """The changes of one column as addresses, in an order in which none undoes another."""
        heading = (VARIANTS, name)
        changes: dict[str, Any] = {}
        self.tree.data.setdefault(VARIANTS, {})[name] = changes
        place = self._place(self.columns.header, column)
        self.tree.places.setdefault((VARIANTS,), place)
        self.tree.places[heading] = place
        for row in sorted(rows, key=lambda row: (not row.key.is_pack, row.key.rank)):
            cell = row.variants.get(column)
            if cell is None:
                continue
            place, pack = self._place(row.number, column), self._name_of_pack(row.key)
            try:
                value = read_value(cell, row.unit, self._path(row.key), in_variant=True)
            except CellError as error:
                self._cell_fault(error, row, self._path(row.key), place)
                continue
            if row.key.is_pack:
                self._leave_out_pack(heading, pack, value, place)
                continue
            address = row.key.address(pack)
            changes[address] = value
            self.tree.places[*heading, address] = place
            self.tree.nulls |= _nulls(value, (*heading, address))

    def _name_of_pack(self, key: Key) -> str:
        index = self.packs.get(self._name(key))
        name = self.tree.data[PACKS][index]["name"] if index is not None else None
        return name if isinstance(name, str) else key.pack

    def _leave_out_pack(self, heading: Path, name: str, value: Any, place: Place) -> None:  # noqa: ANN401
        if value is not None:
            message = "a pack has no value of its own; expected null, which leaves it out of the variant"
            self._fault((), place, message, "write single values in the rows of its keys")
            return
        self.tree.data[VARIANTS][heading[-1]].setdefault(PACKS, {})[name] = None
        self.tree.places |= {(*heading, PACKS): place, (*heading, PACKS, name): place}
        self.tree.nulls.add((*heading, PACKS, name))


def _nulls(value: Any, path: Path) -> set[Path]:  # noqa: ANN401 - any value of a tree
    """The paths at which a cell says null: its own, or those of the temperatures in it."""
    if value is None:
        return {path}
    return {(*path, key) for key, item in value.items() if item is None} if isinstance(value, dict) else set()
