"""What a file is that is no text of YAML: by its first bytes, or by a sign that no such text has."""

from __future__ import annotations

import re
from typing import NamedTuple

OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK_STARTS = (b"PK\x03\x04", b"PK\x05\x06", OLE_START)
_SIGNATURES = (
    (b"PK", "a zip archive or workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a document with formats (RTF)"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF89a", "an image (GIF)"),
    (b"\x1f\x8b", "compressed (gzip)"),
    (b"SQLite format 3", "a database (SQLite)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xff\xfe\x00\x00", "text in UTF-32"),
    (b"\x00\x00\xfe\xff", "text in UTF-32"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


class BadSign(NamedTuple):
    """A sign that cannot stand in a text file, with line and column from 1."""

    code: str
    place: tuple[int, int]


def is_workbook(content: bytes) -> bool:
    """Whether a file is an Excel workbook by its first bytes, perhaps a damaged or an old one."""
    return content.startswith(_WORKBOOK_STARTS)


def foreign_kind(content: bytes) -> str:
    """What the bytes are if not text in UTF-8, with its article; the empty text where nothing speaks against that."""
    kind = next((what for signature, what in _SIGNATURES if content.startswith(signature)), "")
    return kind or ("binary, or text in UTF-16" if b"\0" in content else "")


def bad_sign(text: str) -> BadSign | None:
    """The first control character or other sign that YAML refuses wherever it stands."""
    found = _NO_TEXT.search(text)
    if found is None:
        return None
    lines = (text[: found.start()] + ".").splitlines()
    return BadSign(f"U+{ord(found.group()):04X}", (len(lines), len(lines[-1])))
