"""The catalog: packaged tables of numbers, each with unit, source, kind, low and high.

Every table has the columns `value, low, high, unit, price_year, source, kind, reference, note` beside its own key
columns. Values are in the unit that the row states; `constants` checks that unit against the end of the name that the
code uses, so a changed unit cannot slip through.
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from importlib.resources import files
from itertools import zip_longest
from typing import Any, TypeVar, get_type_hints

from lcopt.errors import CatalogError
from lcopt.inputs.currencies import HOME
from lcopt.inputs.replaced_rows import Identity, ReplacedRow, identity_of, latest
from lcopt.inputs.row_values import converted

KINDS = ("measured", "published", "vendor", "assumed", "exact")
COMMON_COLUMNS = ("value", "low", "high", "unit", "price_year", "source", "kind", "reference", "note")
PRICE_INDEX_TABLE = "price_index"
EXCHANGE_RATES_TABLE = "exchange_rates"
SOURCES = "sources"
# Tables of bought parts whose price no key of its own moves.
PARTS_TABLES = ("electronics", "thermal", "vehicles", "can_prices", "structure_prices", "heaters")
# Sources that rows of a user have without naming one.
USER_SOURCE, SCENARIO_SOURCE = "user_data", "scenario"
OWN_SOURCES = {
    USER_SOURCE: "rows of the user's own tables that name no source",
    SCENARIO_SOURCE: "values that the scenario file puts in the place of packaged ones",
}

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One number (or word) of the catalog with where it stands and where it comes from."""

    table: str
    line: int
    keys: Mapping[str, str]
    text: str
    low: float | None
    high: float | None
    unit: str
    price_year: int | None
    source: str
    kind: str
    reference: str
    note: str
    money_factor: float = 1.0
    file: str = ""

    @property
    def place(self) -> str:
        """File and line, for messages; a packaged row has the name of its table for a file."""
        return f"{self.file or f'{self.table}.csv'}:{self.line}"

    @property
    def identity(self) -> Identity:
        """The words that tell the row from all others of its table."""
        return identity_of(self.table, self.keys)

    @property
    def value(self) -> float:
        """The number in the unit of the row, in dollars of the catalog's price year where it is money."""
        number = number_of(self.text)
        if number is None:
            message = f"{self.place}: value '{self.text}' is not a number; write a finite decimal number"
            raise CatalogError(message)
        return number * self.money_factor

    @property
    def low_value(self) -> float | None:
        """The low end of the range in the same money as `value`."""
        return None if self.low is None else self.low * self.money_factor

    @property
    def high_value(self) -> float | None:
        """The high end of the range in the same money as `value`."""
        return None if self.high is None else self.high * self.money_factor

    def number(self, unit: str) -> float:
        """The value after a check that the row is in `unit`."""
        if self.unit != unit:
            message = f"{self.place}: unit '{self.unit}' where '{unit}' is expected; convert the value or mend the row"
            raise CatalogError(message)
        return self.value


@dataclass(frozen=True)
class Table:
    """One CSV file of the catalog."""

    name: str
    rows: tuple[Row, ...]
    columns: tuple[str, ...] = ()

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns that only this table has, or that a source has."""
        return tuple(column for column in self.columns if column not in COMMON_COLUMNS or self.name == SOURCES)

    @cached_property
    def row_of(self) -> dict[Identity, Row]:
        """The rows by what identifies them."""
        return {row.identity: row for row in self.rows}

    def select(self, **keys: str) -> tuple[Row, ...]:
        """All rows whose key columns have the given words, in file order."""
        wanted = tuple(keys.items())
        if wanted not in self._selected:
            self._selected[wanted] = tuple(
                row for row in self.rows if all(row.keys.get(column) == word for column, word in wanted)
            )
        return self._selected[wanted]

    @cached_property
    def _selected(self) -> dict[tuple[tuple[str, str], ...], tuple[Row, ...]]:
        """Rows that were selected by their words, which do not change."""
        return {}

    def one(self, **keys: str) -> Row:
        """The one row with these keys; none or several is an error."""
        found = self.select(**keys)
        if len(found) != 1:
            what = ", ".join(f"{column} '{word}'" for column, word in keys.items())
            message = f"{self.name}.csv: {len(found)} rows with {what}; exactly one is needed"
            raise CatalogError(message)
        return found[0]

    def grouped(self, column: str) -> dict[str, list[Row]]:
        """The rows of each word of one key column."""
        groups: dict[str, list[Row]] = {}
        for row in self.rows:
            groups.setdefault(row.keys[column], []).append(row)
        return groups

    def words(self, column: str) -> tuple[str, ...]:
        """The different words of one key column in the order of their first row."""
        if column not in self._words:
            self._words[column] = tuple(dict.fromkeys(row.keys[column] for row in self.rows))
        return self._words[column]

    @cached_property
    def _words(self) -> dict[str, tuple[str, ...]]:
        """Words of the columns that were asked for, which do not change."""
        return {}


@dataclass(frozen=True)
class Catalog:
    """All tables, with money in dollars of `price_year` (None: as each row states).

    `replaced_rows` are those of a user, already in the tables; `packaged` is the catalog without them.
    """

    tables: Mapping[str, Table]
    price_year: int | None
    data_hash: str
    replaced_rows: tuple[ReplacedRow, ...] = ()
    packaged_catalog: Catalog | None = None

    @property
    def packaged(self) -> Catalog:
        """The catalog without the rows of a user."""
        return self.packaged_catalog or self

    def table(self, name: str) -> Table:
        """One table by the name of its file without `.csv`."""
        if name not in self.tables:
            message = f"the catalog has no table '{name}'; it has {', '.join(sorted(self.tables))}"
            raise CatalogError(message)
        return self.tables[name]

    @cached_property
    def _kept(self) -> dict[Any, Any]:
        """What has been read from this catalog, which does not change."""
        return {}

    def kept(self, read: Callable[..., T], *asked: Hashable) -> T:
        """What a function reads from this catalog for the same question, once; what it gives must be read-only."""
        if (read, asked) not in self._kept:
            self._kept[read, asked] = read(self, *asked)
        found: T = self._kept[read, asked]
        return found

    def __getstate__(self) -> dict[str, Any]:
        """Without what was read, which another process reads for itself."""
        return {name: value for name, value in self.__dict__.items() if name != "_kept"}

    def constants(self, kind: type[T], table: str, **keys: str) -> T:
        """A frozen dataclass filled from the rows of `table` whose column `name` equals its field names.

        Every field needs exactly one row and every selected row a field, so a renamed number is noticed.

        Raises
        ------
        CatalogError
            Where a row is missing, doubled, unknown to `kind`, or states another unit than the field's name.
        """
        key = (kind, table, *sorted(keys.items()))
        if key not in self._kept:
            self._kept[key] = self._constants(kind, table, **keys)
        found: T = self._kept[key]
        return found

    def _constants(self, kind: type[T], table: str, **keys: str) -> T:
        rows = self.table(table).select(**keys)
        by_name: dict[str, Row] = {}
        for row in rows:
            if row.keys["name"] in by_name:
                message = f"{row.place}: '{row.keys['name']}' is given twice"
                raise CatalogError(message)
            by_name[row.keys["name"]] = row
        hints = get_type_hints(kind)
        names = [item.name for item in fields(kind)]  # type: ignore[arg-type]
        missing = [name for name in names if name not in by_name]
        unknown = [name for name in by_name if name not in names]
        if missing or unknown:
            message = f"{table}.csv: missing {missing}, unknown {unknown}"
            raise CatalogError(message)
        return kind(**{name: converted(by_name[name], hints[name]) for name in names})

    @cached_property
    def price_index(self) -> dict[int, float]:
        """Price index of the US dollar by year."""
        rows = self.table(PRICE_INDEX_TABLE).select(currency=HOME)
        return {int(row.keys["year"]): row.value for row in rows}

    def with_parts_at(self, factor: float) -> Catalog:
        """The same catalog with all bought parts that have no key of their own at so many times their prices."""
        if factor == 1.0:
            return self
        tables = {name: _at_prices(self.tables[name], factor) for name in PARTS_TABLES}
        return replace(self, tables={**self.tables, **tables})

    def in_price_year(self, year: int) -> Catalog:
        """The same catalog with every row of money brought to dollars of `year`."""
        index = self.price_index
        if year not in index:
            message = f"price year {year} is not in price_index.csv; it has {min(index)} to {max(index)}"
            raise CatalogError(message)
        tables = {name: _scaled(table, index, year) for name, table in self.tables.items()}
        return replace(self, tables=tables, price_year=year)

    def with_rows(self, rows: Sequence[ReplacedRow]) -> Catalog:
        """The same catalog with rows of a user in the place of packaged ones or after them.

        Raises
        ------
        CatalogError
            Where money has been brought to a price year already, or a row lacks a column of its table.
        """
        if not rows:
            return self
        if self.price_year is not None:
            message = "rows are replaced before money is brought to a price year, not after"
            raise CatalogError(message)
        rows = latest(rows)
        digest = hashlib.sha256(self.data_hash.encode())
        for record in sorted(row.record for row in rows):
            digest.update(b"\0" + record.encode())
        return Catalog(
            tables=_with_own_sources(_replaced(self.tables, rows)),
            price_year=None,
            data_hash=digest.hexdigest(),
            replaced_rows=latest((*self.replaced_rows, *rows)),
            packaged_catalog=self.packaged,
        )


@cache
def packaged_catalog() -> Catalog:
    """The packaged catalog, every row checked for unit, source and kind; read once in a process.

    Raises
    ------
    CatalogError
        Naming table, line and what is wrong.
    """
    data = files("lcopt") / "data"
    texts = {
        entry.name.removesuffix(".csv"): entry.read_bytes()
        for entry in sorted(data.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".csv")
    }
    digest = hashlib.sha256()
    for name, content in texts.items():
        digest.update(name.encode() + b"\0" + content)
    tables = {name: _table(name, content.decode("utf-8")) for name, content in texts.items()}
    return Catalog(tables=tables, price_year=None, data_hash=digest.hexdigest())


def _table(name: str, text: str) -> Table:
    # Not a DictReader, which is slower: every command reads the catalog at its start.
    reader = csv.reader(text.splitlines())
    columns = next(reader, [])
    absent = [] if name == SOURCES else [column for column in COMMON_COLUMNS if column not in columns]
    if absent:
        message = f"{name}.csv:1: columns {absent} are missing"
        raise CatalogError(message)
    lines = enumerate((cells for cells in reader if cells), start=2)
    rows = tuple(_row(name, line, dict(zip_longest(columns, cells))) for line, cells in lines)
    return Table(name, rows, tuple(columns))


def _replaced(tables: Mapping[str, Table], rows: Sequence[ReplacedRow]) -> dict[str, Table]:
    made = dict(tables)
    for name in dict.fromkeys(row.table for row in rows):
        table = tables[name]
        by_identity = dict(table.row_of)
        for row in rows:
            if row.table == name:
                cells = {column: {**row.keys, **row.cells}.get(column) for column in table.columns}
                by_identity[row.identity] = _row(name, row.line, cells, row.file)
        made[name] = replace(table, rows=tuple(by_identity.values()))
    return made


def _with_own_sources(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables with the sources that rows of a user have without naming one, where they are used."""
    sources = tables[SOURCES]
    used = {row.source for name, table in tables.items() if name != SOURCES for row in table.rows}
    known = sources.words("key")
    blank = dict.fromkeys(sources.columns, "")
    own = [
        _row(SOURCES, 0, blank | {"key": key, "citation": citation, "kind": "assumed"})
        for key, citation in OWN_SOURCES.items()
        if key in used and key not in known
    ]
    return {**tables, SOURCES: replace(sources, rows=(*sources.rows, *own))}


def _row(table: str, line: int, cells: Mapping[str, Any], file: str = "") -> Row:
    if None in cells or None in cells.values():
        message = f"{file or f'{table}.csv'}:{line}: the number of cells differs from the header"
        raise CatalogError(message)
    year = cells.get("price_year", "")
    return Row(
        table=table,
        line=line,
        keys={column: word for column, word in cells.items() if column not in COMMON_COLUMNS or table == SOURCES},
        text=cells.get("value", ""),
        low=number_of(cells.get("low", "")),
        high=number_of(cells.get("high", "")),
        unit=cells.get("unit", ""),
        price_year=int(year) if year else None,
        source=cells.get("source", ""),
        kind=cells.get("kind", ""),
        reference=cells.get("reference", ""),
        note=cells.get("note", ""),
        file=file,
    )


def number_of(text: str) -> float | None:
    """The finite number that a text is, or None."""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _scaled(table: Table, index: Mapping[int, float], year: int) -> Table:
    # A rate belongs to its year: it turns money of that year, and does not grow with prices.
    if table.name == EXCHANGE_RATES_TABLE or not any(row.price_year for row in table.rows):
        return table
    return replace(table, rows=tuple(_scaled_row(row, index, year) for row in table.rows))


def _at_prices(table: Table, factor: float) -> Table:
    rows = (replace(row, money_factor=row.money_factor * factor) if row.price_year else row for row in table.rows)
    return replace(table, rows=tuple(rows))


def _scaled_row(row: Row, index: Mapping[int, float], year: int) -> Row:
    if row.price_year is None:
        return row
    if row.price_year not in index:
        message = f"{row.place}: price year {row.price_year} is not in price_index.csv"
        raise CatalogError(message)
    return replace(row, money_factor=index[year] / index[row.price_year])
