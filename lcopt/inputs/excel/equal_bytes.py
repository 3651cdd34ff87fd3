"""A saved workbook with a fixed date in every part, so that equal input gives equal bytes.

The parts of the archive get the first date that it can hold; the properties the date of SOURCE_DATE_EPOCH, or none.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

_DATES = re.compile(r"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_PROPERTIES = "docProps/core.xml"


def with_fixed_dates(book: bytes, edit: Callable[[str, bytes], bytes] = lambda _, content: content) -> bytes:
    """The same workbook without a trace of the clock.

    Parameters
    ----------
    book : bytes
        A saved workbook.
    edit : callable, optional
        Gives the new content of a part from its name and content.
    """
    filled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(filled, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = edit(name, source.read(name))
            if name == _PROPERTIES:
                content = _dated(content.decode("utf-8")).encode("utf-8")
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return filled.getvalue()


def _dated(xml: str) -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch.isdigit():
        return _DATES.sub("", xml)
    moment = datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _DATES.sub(lambda found: f'<dcterms:{found[1]} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{found[1]}>', xml)
