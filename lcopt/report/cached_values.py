"""The values that every formula shows before any spreadsheet program has run, and a file that is equal byte by byte.

openpyxl writes formulas without values; previewers, Protected View and pandas then see blanks. Here the numbers that
Python computed are put into the sheets' XML. The zip entries get a fixed date and the properties the date of
SOURCE_DATE_EPOCH, or none, so that equal input gives equal bytes.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from lcopt.report.expressions import Value

_FORMULA = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)><f>([^<]*)</f><v ?(?:/>|></v>)</c>')
_DATES = re.compile(r"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def inject_cached_values(book: bytes, values: Sequence[Mapping[str, Value]]) -> bytes:
    """The same book with a value in every formula cell.

    Parameters
    ----------
    book : bytes
        A saved workbook whose formulas have no values.
    values : sequence of mappings
        For each sheet in order: address -> value of the formula cells.
    """
    filled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(filled, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            sheet = re.fullmatch(r"xl/worksheets/sheet([0-9]+)\.xml", name)
            if sheet:
                content = _with_values(content.decode("utf-8"), values[int(sheet[1]) - 1]).encode("utf-8")
            elif name == "docProps/core.xml":
                content = _with_fixed_dates(content.decode("utf-8")).encode("utf-8")
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return filled.getvalue()


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


def _with_fixed_dates(xml: str) -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch.isdigit():
        return _DATES.sub("", xml)
    moment = datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _DATES.sub(lambda found: f'<dcterms:{found[1]} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{found[1]}>', xml)
