"""The values that every formula shows before any spreadsheet program has run.

openpyxl writes formulas without values; previewers, Protected View and pandas then see blanks. Here the numbers that
Python computed are put into the sheets' XML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from lcopt.inputs.excel.equal_bytes import with_fixed_dates
from lcopt.report.expressions import Value

_FORMULA = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)><f>([^<]*)</f><v ?(?:/>|></v>)</c>')
_SHEET = re.compile(r"xl/worksheets/sheet([0-9]+)\.xml")
_DRAWING = re.compile(r"xl/drawings/drawing([0-9]+)\.xml")
_CHART_NAME = re.compile(r'(<(?:[a-z]+:)?cNvPr id="[0-9]+" name="Chart [0-9]+")')


def inject_cached_values(
    book: bytes, values: Sequence[Mapping[str, Value]], alts: Sequence[Sequence[str]] = ()
) -> bytes:
    """The same book with a value in every formula cell, equal byte by byte for equal input.

    Parameters
    ----------
    book : bytes
        A saved workbook whose formulas have no values.
    values : sequence of mappings
        For each sheet in order: address -> value of the formula cells.
    alts : sequence of sequences of str
        For each sheet with charts in order: what each chart shows, for those who cannot see it.
    """

    def fill(name: str, content: bytes) -> bytes:
        sheet, drawing = _SHEET.fullmatch(name), _DRAWING.fullmatch(name)
        if drawing:
            return _with_alts(content.decode("utf-8"), alts[int(drawing[1]) - 1]).encode("utf-8")
        return _with_values(content.decode("utf-8"), values[int(sheet[1]) - 1]).encode("utf-8") if sheet else content

    return with_fixed_dates(book, fill)


def _with_alts(xml: str, alts: Sequence[str]) -> str:
    words = iter(alts)
    return _CHART_NAME.sub(lambda found: f"{found[1]} descr={quoteattr(next(words))}", xml)


def _with_values(xml: str, values: Mapping[str, Value]) -> str:
    def fill(found: re.Match[str]) -> str:
        address, attributes, formula = found.groups()
        kind, text = _cached(values[address])
        return f'<c r="{address}"{attributes}{kind}><f>{formula}</f><v>{text}</v></c>'

    return _FORMULA.sub(fill, xml)


def _cached(value: Value) -> tuple[str, str]:
    if isinstance(value, bool):
        return ' t="b"', "1" if value else "0"
    if isinstance(value, str):
        return ' t="str"', escape(value)
    return "", repr(value)
