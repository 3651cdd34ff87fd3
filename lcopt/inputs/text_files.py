"""The bytes and the text of an input file, bounded, so that no file can hang or fill the machine."""

from __future__ import annotations

import stat
from pathlib import Path as FilePath

from lcopt.inputs.tree import FIRST_LINE, UnreadableError

BYTES_MAX = 1_000_000
WORKBOOK_BYTES_MAX = 20_000_000
ZIP_START = b"PK"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK_STARTS = (b"PK\x03\x04", b"PK\x05\x06", OLE_START)


def is_workbook(content: bytes) -> bool:
    """Whether a file is an Excel workbook by its first bytes, perhaps a damaged or an old one."""
    return content.startswith(_WORKBOOK_STARTS)


def read_bytes(file: str, expected: str) -> bytes:
    """What a file holds, at most `WORKBOOK_BYTES_MAX` of it.

    Raises
    ------
    UnreadableError
        Where there is no such file or it may not be read.
    """
    path = FilePath(file)
    hint = "check the name and the folder"
    try:
        kind = path.stat().st_mode
        if stat.S_ISREG(kind):
            with path.open("rb") as stream:
                return stream.read(WORKBOOK_BYTES_MAX + 1)
        if stat.S_ISDIR(kind):
            message = f"this is a directory; expected {expected}"
            hint = "name the .yaml files in it"
        else:
            message = f"this is a pipe or device; expected {expected}"
            hint = "write it to a file first"
    except FileNotFoundError:
        message = f"the file does not exist; expected {expected}"
    except (OSError, ValueError) as error:
        message = f"the file cannot be read ({getattr(error, 'strerror', None) or error}); expected {expected}"
    raise UnreadableError(message, hint)


def decode(content: bytes) -> str:
    """UTF-8 text of a file.

    Raises
    ------
    UnreadableError
        Where the bytes are no text, or too many for a scenario.
    """
    if content.startswith(ZIP_START):
        message = "the file is a zip archive or workbook; expected YAML text"
        raise UnreadableError(message, "save it as a .yaml text file")
    if len(content) > BYTES_MAX:
        message = f"the file has {len(content)} bytes; expected at most {BYTES_MAX}"
        raise UnreadableError(message)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is not UTF-8; expected YAML text"
        raise UnreadableError(message, "save the file as UTF-8") from None
    if not text.strip():
        message = "the file is empty; expected 'key: value' lines"
        raise UnreadableError(message, FIRST_LINE)
    return text
