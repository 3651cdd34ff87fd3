"""HTML from safe parts: text is escaped here and nowhere else; other functions take and give finished HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from lcopt.report.words import sentence

# Letters that HTML has no place for; a reader sees that something was there.
_NO_LETTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REPLACEMENT = "\ufffd"
DECIMALS_OF_SVG = 1


@dataclass(frozen=True)
class Column:
    """One column of a table: head, whether it holds numbers, or addresses, which may break anywhere."""

    head: str
    is_number: bool = False
    is_address: bool = False

    @property
    def attributes(self) -> dict[str, str | float]:
        """Class of its cells, if any."""
        kind = "number" if self.is_number else "long" if self.is_address else ""
        return {"class_": kind} if kind else {}


@dataclass(frozen=True)
class Entry:
    """What a cell shows, and the number it is sorted by where its text is none."""

    shown: str
    number: float | None = None


TableRow = Sequence[str | Entry]


def text(words: object) -> str:
    """Words as HTML."""
    return escape(_NO_LETTER.sub(_REPLACEMENT, str(words)), quote=True)


def tag(name: str, *content: str, **attributes: str | float) -> str:
    """One element; attributes are escaped, `class_` stands for `class` and `_` for `-`."""
    words = "".join(f' {key.rstrip("_").replace("_", "-")}="{_shown(value)}"' for key, value in attributes.items())
    return f"<{name}{words}>{''.join(content)}</{name}>"


def _shown(value: str | float) -> str:
    return text(value) if isinstance(value, str) else pixels(value)


def pixels(value: float) -> str:
    """A length of a drawing, short and the same on every machine."""
    return f"{round(value, DECIMALS_OF_SVG) + 0.0:g}"


def paragraph(words: str, class_: str = "") -> str:
    """Words as a paragraph."""
    return tag("p", text(words), **({"class_": class_} if class_ else {}))


def listing(clauses: Iterable[str]) -> str:
    """Clauses as a list of sentences; nothing where there are none."""
    items = "".join(tag("li", text(sentence(words))) for words in clauses)
    return tag("ul", items) if items else ""


def section(level: int, title: str, *content: str, anchor: str = "") -> str:
    """A part of the page under a heading; nothing where it has no content."""
    body = "".join(content)
    if not body:
        return ""
    return tag("section", tag(f"h{level}", text(title)), body, **({"id": anchor} if anchor else {}))


def folded(summary: str, *content: str) -> str:
    """Something that readers open when they want it."""
    return tag("details", tag("summary", text(summary)), *content)


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[TableRow],
    *,
    sorts: bool = False,
    first: str = "",
    last: str = "",
) -> str:
    """A table whose rows are headed by their first cell.

    Parameters
    ----------
    caption : str
        What it shows.
    columns : sequence of Column
    rows : sequence of rows
        Words, or entries.
    sorts : bool
        Whether readers may sort it by a click on a head, where scripts run.
    first, last : str
        Class of the first and the last row.
    """
    heads = "".join(_head(column, sorts=sorts) for column in columns)
    classes = {len(rows) - 1: last} | {0: first}
    body = "".join(_row(row, columns, classes.get(number, "")) for number, row in enumerate(rows))
    made = tag(
        "table",
        tag("caption", text(caption)),
        tag("thead", tag("tr", heads)),
        tag("tbody", body),
        **({"class_": "sorts"} if sorts else {}),
    )
    return tag("div", made, class_="wide", tabindex="0", role="group", aria_label=caption)


def _head(column: Column, *, sorts: bool) -> str:
    sort: dict[str, str | float] = {"data_sort": "yes"} if sorts else {}
    return tag("th", text(column.head), scope="col", **column.attributes, **sort)


def _row(row: TableRow, columns: Sequence[Column], class_: str) -> str:
    cells = "".join(_cell(number, item, columns[number]) for number, item in enumerate(row))
    return tag("tr", cells, **({"class_": class_} if class_ else {}))


def _cell(number: int, item: str | Entry, column: Column) -> str:
    entry = item if isinstance(item, Entry) else Entry(item)
    attributes = column.attributes
    if entry.number is not None:
        attributes["data_value"] = repr(float(entry.number))
    if number == 0:
        return tag("th", text(entry.shown), scope="row", **attributes)
    shown = text(entry.shown)
    if column.is_address and entry.shown.startswith("https://"):
        shown = tag("a", shown, href=entry.shown, rel="noreferrer")
    return tag("td", shown, **attributes)


def figure(drawing: str, caption: str, legend: str = "", details: str = "") -> str:
    """A drawing with its legend above, its words below and its numbers to unfold."""
    return tag("figure", legend, drawing, tag("figcaption", text(caption)), details)


def legend(names: Sequence[tuple[str, str]]) -> str:
    """Class of the color and name of everything that a drawing tells apart."""
    items = "".join(
        tag("li", tag("span", class_=f"swatch {color}", aria_hidden="true"), text(name)) for color, name in names
    )
    return tag("ul", items, class_="legend")
