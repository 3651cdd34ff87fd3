"""The catalog of one scenario: its folder of data (`data`) and single values that it replaces (`catalog_overrides`).

A value is named by its table and its key words in the order of the table's columns, and written with the unit of its
row; money is in dollars of the scenario's price year.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lcopt.errors import Problem
from lcopt.inputs.catalog import SCENARIO_SOURCE, SOURCES, Catalog, Row, Table
from lcopt.inputs.catalog_tables import IDENTITY
from lcopt.inputs.kinds import KINDS, Kind
from lcopt.inputs.money import MoneyBasis, money_basis, stated_price_year
from lcopt.inputs.own_data.completeness import incomplete
from lcopt.inputs.own_data.csv_files import FolderError
from lcopt.inputs.own_data.row_rules import Quantities, Quantity, number_in, texts_of, value_text
from lcopt.inputs.own_data.user_data import user_rows
from lcopt.inputs.quantities import QuantityError, names_like, read_quantity, shown
from lcopt.inputs.replaced_rows import ReplacedRow, canonical, latest
from lcopt.inputs.text.file_bytes import folder_around
from lcopt.inputs.text.tree import Fault, Path, Place, Tree
from lcopt.inputs.values import RANGES_TABLE

DATA = "data"
OVERRIDES = "catalog_overrides"
# Tables that have a key of their own, or hold nothing that a single value could replace.
NOT_OVERRIDDEN = {
    "prices": "write 'price_overrides: {lfp_cathode: 5.2 USD/kg}'",
    SOURCES: "put a sources.csv into a folder of data",
    RANGES_TABLE: "put a scenario_ranges.csv into a folder of data",
}
_KIND_OF_UNIT: dict[str, Kind] = {kind.internal_unit: kind for kind in reversed(tuple(KINDS.values()))}
_CHANGES = ("*", "+")
_BLANKED = ("low", "high", "reference", "note")


@dataclass(frozen=True)
class ScenarioCatalog:
    """The catalog that a scenario is read with; `faults` are of its own file, `problems` of its folder of data."""

    catalog: Catalog
    faults: list[Fault]
    problems: list[Problem]


def with_single_values(tree: Tree, made: ScenarioCatalog) -> ScenarioCatalog:
    """The catalog of a scenario with the single values that it replaces; `made` is that of its folder of data."""
    if tree.data.get(OVERRIDES) is None:
        return made
    reader = _OverrideReader(tree, made.catalog)
    reader.read()
    if not reader.path_of:
        return ScenarioCatalog(made.catalog, [*made.faults, *reader.faults], made.problems)
    rows = latest((*made.catalog.replaced_rows, *reader.rows))
    catalog = made.catalog.packaged.with_rows(rows)
    gaps = [] if made.problems else incomplete(rows, catalog)
    faults = [Fault(reader.path_of.get(gap.row.record, (OVERRIDES,)), gap.message, gap.hint) for gap in gaps]
    return ScenarioCatalog(catalog, [*made.faults, *reader.faults, *faults], made.problems)


def folder_of(tree: Tree) -> str:
    """The folder of data that a scenario names, relative to the file that names it; empty where it names none."""
    named = tree.data.get(DATA)
    if not isinstance(named, str) or not named.strip().isprintable() or not named.strip():
        return ""
    place = tree.place((DATA,))
    home = folder_around(place.file) if place.line else ""
    return os.path.normpath(os.path.join(home, named.strip()))  # noqa: PTH118 - as written


def with_rows_of(tree: Tree, base: Catalog) -> Catalog:
    """The catalog with the rows that a file carries itself, over those of the user; unknown ones are faults."""
    if not tree.rows:
        return base
    good = []
    for row in tree.rows:
        table = base.tables.get(row.table)
        if table is not None and set(row.keys) | set(row.cells) == set(table.columns):
            good.append(row)
            continue
        message = f"the row of the table {shown(row.table)} does not fit the catalog of this version"
        place = Place(row.line, 1, row.file)
        tree.faults.append(Fault((), f"{message}; expected all its columns", "run the scenario anew", place))
    return base.packaged.with_rows(latest((*base.replaced_rows, *good)))


def with_folder(folder: str, base: Catalog) -> ScenarioCatalog:
    """The catalog with a folder of data, which is put over the package alone; `base` where there is none."""
    if not folder:
        return ScenarioCatalog(base, [], [])
    packaged = base.packaged
    try:
        rows, problems = user_rows(folder, packaged)
    except FolderError as error:
        return ScenarioCatalog(base, [Fault((DATA,), error.message, error.hint)], [])
    return ScenarioCatalog(packaged.with_rows(rows), [], problems)


class _OverrideReader:
    """Reads the block `catalog_overrides` against a catalog that may hold rows of a user."""

    def __init__(self, tree: Tree, catalog: Catalog) -> None:
        self.tree = tree
        self.catalog = catalog
        self.quantities = Quantities(catalog.packaged)
        self.faults: list[Fault] = []
        year = stated_price_year(tree.data, catalog)
        self.price_year = "" if year is None else str(year)
        self.money = money_basis(catalog, year)
        self.rows: list[ReplacedRow] = []
        self.path_of: dict[str, Path] = {}

    def read(self) -> None:
        """Gather the rows whose value is replaced by a good one, with the path of each record, and the faults."""
        block = self.tree.data[OVERRIDES]
        tables = block.items() if isinstance(block, Mapping) else ()
        for name, values in tables:
            path: Path = (OVERRIDES, name)
            if name not in self.catalog.tables:
                message = f"the catalog has no table {shown(name)}; expected one that it has"
                self._say(path, message, names_like(name, sorted(self.catalog.tables)) or "'lcopt catalog' lists them")
            elif name in NOT_OVERRIDDEN:
                self._say(
                    path, f"the table '{name}' is not replaced here; expected another table", NOT_OVERRIDDEN[name]
                )
            else:
                table = self.catalog.table(name)
                columns = IDENTITY.get(name, table.key_columns)
                self._read_level(path, values, table, columns, table.rows)

    def _say(self, path: Path, message: str, hint: str = "") -> None:
        self.faults.append(Fault(path, message, hint))

    def _read_level(
        self, path: Path, block: object, table: Table, columns: tuple[str, ...], rows: tuple[Row, ...]
    ) -> None:
        """Read what stands below one word; `columns` are the key columns that the block still names."""
        if not columns:
            made = self._replaced(path, block, rows[0])
            if made is not None:
                self.rows.append(made)
                self.path_of[made.record] = path
            return
        if not isinstance(block, Mapping):
            message = f"found {'no value' if block is None else 'a value'}; expected a block of {columns[0]}: ..."
            self._say(path, message, f"'lcopt catalog {table.name}' lists them")
            return
        rows_of: dict[str, list[Row]] = {}
        for row in rows:
            rows_of.setdefault(canonical(row.keys[columns[0]]), []).append(row)
        for word, inner in block.items():
            found = rows_of.get(canonical(str(word)))
            if found is None:
                message = f"no {columns[0]} {shown(str(word))} here; expected one of a row of the table {table.name}"
                hint = names_like(str(word), tuple(rows_of)) or f"'lcopt catalog {table.name}' lists them"
                self._say((*path, word), message, f"{hint}; new rows come from a folder of data")
            else:
                self._read_level((*path, word), inner, table, columns[1:], tuple(found))

    def _replaced(self, path: Path, value: Any, row: Row) -> ReplacedRow | None:  # noqa: ANN401 - any value of a file
        quantity = self.quantities.of(row.table, row.keys)
        text = str(value).lower() if isinstance(value, bool) else value
        if not isinstance(text, str):
            found = "no value" if value is None else "a block or list"
            self._say(path, f"found {found}; expected {_expected(row)}", f"the catalog has {_written(row)}")
            return None
        if text.lstrip().startswith(_CHANGES):
            message = f"{shown(text)} would change what is inherited, which a number of the catalog cannot do here"
            self._say(path, f"{message}; expected {_expected(row)}", f"the catalog has {_written(row)}")
            return None
        try:
            written = value_text(_in_unit_of(text.strip(), row, quantity, self.money), quantity)
        except QuantityError as error:
            self._say(path, error.message, error.hint or f"the catalog has {_written(row)}")
            return None
        texts = texts_of(row) | dict.fromkeys(_BLANKED, "")
        texts |= {"value": written, "source": SCENARIO_SOURCE, "kind": "assumed"}
        if row.price_year is not None and self.price_year:
            texts["price_year"] = self.price_year
        columns = IDENTITY.get(row.table, tuple(row.keys))
        keys = {column: texts.pop(column) for column in columns}
        place = self.tree.place(path)
        return ReplacedRow(row.table, keys, texts, place.file or SCENARIO_SOURCE, place.line, self._replaces(row))

    def _replaces(self, row: Row) -> bool:
        return row.identity in self.catalog.packaged.table(row.table).row_of


def _expected(row: Row) -> str:
    return "a number" if row.unit == "1" else f"a value in {row.unit}" if row.unit else "a word"


def _written(row: Row) -> str:
    """A row's value as it would be written here."""
    unit = "" if row.unit == "1" else row.unit
    return f"'{canonical(row.text)} {unit}'".replace(" '", "'")


def _in_unit_of(text: str, row: Row, quantity: Quantity, money: MoneyBasis | None) -> str:
    """The number of a text in the unit of a row; a word as it is.

    Raises
    ------
    QuantityError
        Where the text has no such unit.
    """
    if quantity.is_word:
        return text
    if row.unit == "1":
        share = text.removesuffix("%").rstrip()
        return repr(number_in(share) / 100) if share != text else text
    kind = _KIND_OF_UNIT.get(row.unit)
    if kind is not None:
        return repr(read_quantity(text, kind, money))
    number = text.removesuffix(row.unit).rstrip()
    if number == text or not row.unit:
        message = f"{shown(text)} is not in {row.unit}; expected a number with that unit"
        raise QuantityError(message, f"write for example {_written(row)}")
    return number
