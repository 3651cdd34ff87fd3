"""The catalog: packaged tables of numbers, each with unit, source, kind, low and high.

Every table has the columns `value, low, high, unit, price_year, source, kind, reference, note` beside its own key
columns. Values are in the unit that the row states; `constants` checks that unit against the end of the name that the
code uses, so a changed unit cannot slip through.
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from importlib.resources import files
from typing import Any, TypeVar, get_type_hints

from lcopt.errors import CatalogError
from lcopt.inputs.currencies import HOME
from lcopt.units import unit_of_name

KINDS = ("measured", "published", "vendor", "assumed", "exact")
COMMON_COLUMNS = ("value", "low", "high", "unit", "price_year", "source", "kind", "reference", "note")
PRICE_INDEX_TABLE = "price_index"
EXCHANGE_RATES_TABLE = "exchange_rates"

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

    @property
    def place(self) -> str:
        """Table and line, for messages."""
        return f"{self.table}.csv:{self.line}"

    @property
    def value(self) -> float:
        """The number in the unit of the row, in dollars of the catalog's price year where it is money."""
        number = _number(self.text)
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

    def select(self, **keys: str) -> tuple[Row, ...]:
        """All rows whose key columns have the given words, in file order."""
        wanted = keys.items()
        return tuple(row for row in self.rows if all(row.keys.get(column) == word for column, word in wanted))

    def one(self, **keys: str) -> Row:
        """The one row with these keys; none or several is an error."""
        found = self.select(**keys)
        if len(found) != 1:
            what = ", ".join(f"{column} '{word}'" for column, word in keys.items())
            message = f"{self.name}.csv: {len(found)} rows with {what}; exactly one is needed"
            raise CatalogError(message)
        return found[0]

    def words(self, column: str) -> tuple[str, ...]:
        """The different words of one key column in the order of their first row."""
        return tuple(dict.fromkeys(row.keys[column] for row in self.rows))


@dataclass(frozen=True)
class Catalog:
    """All tables, with money in dollars of `price_year` (None: as each row states)."""

    tables: Mapping[str, Table]
    price_year: int | None
    data_hash: str

    def table(self, name: str) -> Table:
        """One table by the name of its file without `.csv`."""
        if name not in self.tables:
            message = f"the catalog has no table '{name}'; it has {', '.join(sorted(self.tables))}"
            raise CatalogError(message)
        return self.tables[name]

    def constants(self, kind: type[T], table: str, **keys: str) -> T:
        """A frozen dataclass filled from the rows of `table` whose column `name` equals its field names.

        Every field needs exactly one row and every selected row a field, so a renamed number is noticed.

        Raises
        ------
        CatalogError
            Where a row is missing, doubled, unknown to `kind`, or states another unit than the field's name.
        """
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
        return kind(**{name: _convert(by_name[name], hints[name]) for name in names})

    @cached_property
    def price_index(self) -> dict[int, float]:
        """Price index of the US dollar by year."""
        rows = self.table(PRICE_INDEX_TABLE).select(currency=HOME)
        return {int(row.keys["year"]): row.value for row in rows}

    def in_price_year(self, year: int) -> Catalog:
        """The same catalog with every row of money brought to dollars of `year`."""
        index = self.price_index
        if year not in index:
            message = f"price year {year} is not in price_index.csv; it has {min(index)} to {max(index)}"
            raise CatalogError(message)
        tables = {name: _scaled(table, index, year) for name, table in self.tables.items()}
        return Catalog(tables=tables, price_year=year, data_hash=self.data_hash)


def read_catalog() -> Catalog:
    """The packaged catalog, every row checked for unit, source and kind.

    Raises
    ------
    CatalogError
        Naming table, line and what is wrong.
    """
    folder = files("lcopt") / "data"
    texts = {
        entry.name.removesuffix(".csv"): entry.read_bytes()
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".csv")
    }
    digest = hashlib.sha256()
    for name, content in texts.items():
        digest.update(name.encode() + b"\0" + content)
    tables = {name: _table(name, content.decode("utf-8")) for name, content in texts.items()}
    return Catalog(tables=tables, price_year=None, data_hash=digest.hexdigest())


def _table(name: str, text: str) -> Table:
    reader = csv.DictReader(text.splitlines())
    columns = list(reader.fieldnames or ())
    absent = [] if name == "sources" else [column for column in COMMON_COLUMNS if column not in columns]
    if absent:
        message = f"{name}.csv:1: columns {absent} are missing"
        raise CatalogError(message)
    return Table(name, tuple(_row(name, line, cells) for line, cells in enumerate(reader, start=2)))


def _row(table: str, line: int, cells: Mapping[str, Any]) -> Row:
    if None in cells or None in cells.values():
        message = f"{table}.csv:{line}: the number of cells differs from the header"
        raise CatalogError(message)
    year = cells.get("price_year", "")
    return Row(
        table=table,
        line=line,
        keys={column: word for column, word in cells.items() if column not in COMMON_COLUMNS or table == "sources"},
        text=cells.get("value", ""),
        low=_number(cells.get("low", "")),
        high=_number(cells.get("high", "")),
        unit=cells.get("unit", ""),
        price_year=int(year) if year else None,
        source=cells.get("source", ""),
        kind=cells.get("kind", ""),
        reference=cells.get("reference", ""),
        note=cells.get("note", ""),
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _convert(row: Row, hint: object) -> float | int | bool | str:
    name = row.keys["name"]
    if hint is str:
        return row.text
    if hint is bool:
        if row.text not in {"true", "false"}:
            message = f"{row.place}: value '{row.text}' of '{name}' must be true or false"
            raise CatalogError(message)
        return row.text == "true"
    unit = unit_of_name(name)
    if unit is None:
        message = f"{row.place}: the name '{name}' does not end with a unit known to units.py"
        raise CatalogError(message)
    value = row.number(unit)
    if hint is not int:
        return value
    if not value.is_integer():
        message = f"{row.place}: value '{row.text}' of '{name}' must be a whole number"
        raise CatalogError(message)
    return int(value)


def _scaled(table: Table, index: Mapping[int, float], year: int) -> Table:
    # A rate belongs to its year: it turns money of that year, and does not grow with prices.
    if table.name == EXCHANGE_RATES_TABLE or not any(row.price_year for row in table.rows):
        return table
    return replace(table, rows=tuple(_scaled_row(row, index, year) for row in table.rows))


def _scaled_row(row: Row, index: Mapping[int, float], year: int) -> Row:
    if row.price_year is None:
        return row
    if row.price_year not in index:
        message = f"{row.place}: price year {row.price_year} is not in price_index.csv"
        raise CatalogError(message)
    return replace(row, money_factor=index[year] / index[row.price_year])


def audit(catalog: Catalog, is_known_unit: Callable[[str], bool] | None = None) -> list[str]:
    """Every row that lacks unit, source, kind or, for money, a price year; an empty list when all is well."""
    known = {row.keys["key"] for row in catalog.table("sources").rows}
    return [
        f"{row.place}: {fault}"
        for table in catalog.tables.values()
        if table.name != "sources"
        for row in table.rows
        for fault in _faults(row, known, is_known_unit)
    ]


def _faults(row: Row, sources: set[str], is_known_unit: Callable[[str], bool] | None) -> Iterable[str]:
    numeric = _number(row.text) is not None
    if numeric and not row.unit:
        yield "no unit"
    if numeric and is_known_unit and not is_known_unit(row.unit):
        yield f"unknown unit '{row.unit}'"
    if row.source not in sources:
        yield f"source '{row.source}' is not in sources.csv"
    if row.kind not in KINDS:
        yield f"kind '{row.kind}' is none of {', '.join(KINDS)}"
    if "USD" in row.unit and row.price_year is None:
        yield "money without a price year"
    if row.low is not None and row.high is not None and numeric:
        value = float(row.text)
        if not row.low <= value <= row.high:
            yield f"value {row.text} is outside low {row.low} to high {row.high}"
