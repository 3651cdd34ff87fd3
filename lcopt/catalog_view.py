"""The catalog as people read it on a terminal and as programs read it."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from lcopt.inputs.catalog import Catalog, Row, Table
from lcopt.inputs.catalog_tables import HOLDS
from lcopt.inputs.own_data.table_files import ORIGIN

if TYPE_CHECKING:
    from rich.console import JustifyMethod

Record = dict[str, str | int | float | None]

SOURCES = "sources"
PACKAGED = "packaged"
PLAIN_WIDTH = 100
LONGEST_NUMBER = 7
FIRST_COLUMN_SHARE = 0.4
WORD_WIDTH = 16
# The first word of an origin stays whole.
ORIGIN_WIDTH = len("replaced")
NUMBERS = ("rows", "replaced", "added", "value", "low", "high", "year")
WRAPPED = ("holds", "value", "source", "reference", "citation", "address", "origin")
SHOWN_OF_SOURCES = ("key", "kind", "citation", "address")


def list_of_tables(catalog: Catalog) -> list[Record]:
    """A record a table: its name, how many rows it has and what they hold; and how many of them a user changed."""
    made: list[Record] = []
    for name, table in sorted(catalog.tables.items()):
        own = [row.replaces for row in catalog.replaced_rows if row.table == name]
        changed: Record = {"replaced": sum(own), "added": len(own) - sum(own)} if catalog.replaced_rows else {}
        made.append({"table": name, "rows": len(table.rows), **changed, "holds": HOLDS[name]})
    return made


def origins_of(table: Table, catalog: Catalog) -> list[str]:
    """Where each row of a table comes from; empty where all rows of the catalog are packaged."""
    if not catalog.replaced_rows:
        return []
    word_of = {
        row.identity: "replaced" if row.replaces else "added"
        for row in catalog.replaced_rows
        if row.table == table.name
    }
    return [f"{word_of[row.identity]} {row.place}" if row.identity in word_of else PACKAGED for row in table.rows]


def records_of(table: Table, catalog: Catalog) -> list[Record]:
    """A record a row with all its columns; numbers as numbers, None where a cell is empty.

    A column `origin` is added where the catalog has rows of a user; a folder of data may hold it and it is not read.
    """
    records, origins = _packaged_columns(table), origins_of(table, catalog)
    if not origins:
        return records
    return [record | {ORIGIN: origin} for record, origin in zip(records, origins, strict=True)]


def _packaged_columns(table: Table) -> list[Record]:
    if table.name == SOURCES:
        return [dict(row.keys) for row in table.rows]
    return [
        {
            **row.keys,
            "value": _number_or_text(row.text),
            "low": row.low,
            "high": row.high,
            "unit": row.unit,
            "price_year": row.price_year,
            "source": row.source,
            "kind": row.kind,
            "reference": row.reference,
            "note": row.note,
        }
        for row in table.rows
    ]


def records(catalog: Catalog, table: str) -> list[Record]:
    """A record a row of a table, or a record a table where no name is given."""
    return records_of(catalog.table(table), catalog) if table else list_of_tables(catalog)


def csv_of(catalog: Catalog, table: str) -> str:
    """The same as CSV with a header."""
    return csv_text(records(catalog, table), catalog.table(table).columns if table else ())


def for_people(catalog: Catalog, table: str) -> str:
    """The same as text."""
    return table_for_people(catalog.table(table), catalog) if table else list_for_people(catalog)


def csv_text(records: Sequence[Record], columns: Sequence[str] = ()) -> str:
    """Records as CSV with a header, which is `columns` where there are no records."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]) if records else list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def list_for_people(catalog: Catalog) -> str:
    """All tables, one line each."""
    records = list_of_tables(catalog)
    return _aligned(list(records[0]), [[str(cell) for cell in record.values()] for record in records])


def table_for_people(table: Table, catalog: Catalog) -> str:
    """One table with what it holds above it and the citations of its sources below it."""
    title = f"{table.name}: {HOLDS[table.name]}; {len(table.rows)} rows\n\n"
    if not table.rows:
        return f"{title}columns: {', '.join(table.columns)}\n"
    origins = [origin.removeprefix(PACKAGED) for origin in origins_of(table, catalog) or [""] * len(table.rows)]
    last = (ORIGIN,) if any(origins) else ()
    if table.name == SOURCES:
        shown = [[row.keys[name] for name in SHOWN_OF_SOURCES] for row in table.rows]
        listed = [[*cells, origin][: len(cells) + len(last)] for cells, origin in zip(shown, origins, strict=True)]
        return title + _aligned((*SHOWN_OF_SOURCES, *last), listed)
    names = _telling_keys(table)
    heads = (", ".join(names), "value", "low", "high", "unit", "year", "kind", "source", "reference", ORIGIN)
    rows = [
        [", ".join(row.keys[name] for name in names if row.keys[name]), *_cells(row), origin]
        for row, origin in zip(table.rows, origins, strict=True)
    ]
    used = [column for column in range(len(heads)) if any(row[column] for row in rows)]
    body = _aligned([heads[column] for column in used], [[row[column] for column in used] for row in rows])
    cited = {row.source for row in table.rows}
    sources = [[row.keys["key"], row.keys["citation"]] for row in catalog.table(SOURCES).rows]
    return title + body + "\n" + _aligned(("source", "citation"), [pair for pair in sources if pair[0] in cited])


def _telling_keys(table: Table) -> tuple[str, ...]:
    """The shortest run of key columns that tells the rows apart; all of them where none does."""
    names = tuple(table.rows[0].keys)
    for count in range(1, len(names)):
        shown = sorted(tuple(row.keys[name] for name in names[:count]) for row in table.rows)
        if all(one != other for one, other in pairwise(shown)):
            return names[:count]
    return names


def _cells(row: Row) -> list[str]:
    year = "" if row.price_year is None else str(row.price_year)
    return [_short(row.text), _short(row.low), _short(row.high), row.unit, year, row.kind, row.source, row.reference]


def _number_or_text(text: str) -> float | int | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _short(value: str | float | None) -> str:
    if value is None:
        return ""
    number = _number_or_text(value) if isinstance(value, str) else value
    if isinstance(number, str) or (isinstance(value, str) and len(value) <= LONGEST_NUMBER):
        return str(value)
    return f"{number:.5g}"


def _aligned(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as text: with colors and as wide as the terminal, or plain and at most 100 columns wide."""
    from rich.console import Console
    from rich.table import Table as TextTable
    from rich.text import Text

    on_terminal = _is_terminal()
    console = Console(file=io.StringIO(), force_terminal=on_terminal, width=None if on_terminal else PLAIN_WIDTH)
    grid = TextTable(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    first = min(max(len(row[0]) for row in rows), int(console.width * FIRST_COLUMN_SHARE))
    grid.add_column(heads[0], width=first, overflow="fold")
    for head in heads[1:]:
        justify: JustifyMethod = "right" if head in NUMBERS else "left"
        widest = WORD_WIDTH if head == "value" else None
        fixed = ORIGIN_WIDTH if head == ORIGIN and not on_terminal else None
        no_wrap = head not in WRAPPED
        grid.add_column(head, justify=justify, no_wrap=no_wrap, overflow="fold", max_width=widest, width=fixed)
    for row in rows:
        grid.add_row(*map(Text, row))
    with console.capture() as captured:
        console.print(grid)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()
