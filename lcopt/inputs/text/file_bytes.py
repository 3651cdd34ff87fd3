"""The bytes of an input file, never more than a file of that kind has, and never from something that may not end."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lcopt.inputs.text.tree import BYTES_MAX, UnreadableError

WORKBOOK_BYTES_MAX = 20_000_000
_SPECIAL = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def read_bytes(file: str, expected: str, bytes_max: int = BYTES_MAX) -> bytes:
    """The content of a regular file of at most `bytes_max` bytes; `expected` names it in messages, with its article.

    Raises
    ------
    UnreadableError
        Where there is no such file, it cannot be read, is no regular file, or is too large.
    """
    try:
        return _content(file, expected, bytes_max)
    except UnreadableError:
        raise
    except FileNotFoundError:
        message = f"the file does not exist; expected {expected}"
    except (OSError, ValueError) as error:
        message = f"the file cannot be read ({getattr(error, 'strerror', None) or error}); expected {expected}"
    raise UnreadableError(message, "check the name and the folder")


def folder_around(file: str) -> str:
    """The folder that the names in a file are relative to: of a link, where the file itself stands."""
    path = os.path.realpath(file) if os.path.islink(file) else file  # noqa: PTH114 - false for a name no file can have
    return os.path.dirname(path)  # noqa: PTH120 - as written


def _content(file: str, expected: str, bytes_max: int) -> bytes:
    path = Path(file)
    _refuse_what_is_no_file(path.stat(), expected)
    # What a name stands for may change between two looks at it: opened without waiting, then looked at again.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - of a descriptor, not of a path
        status = os.fstat(descriptor)
        _refuse_what_is_no_file(status, expected)
        content = stream.read(bytes_max + 1)
    if len(content) > bytes_max:
        message = f"the file has {max(status.st_size, len(content))} bytes; expected at most {bytes_max}"
        raise UnreadableError(message)
    return content


def _refuse_what_is_no_file(status: os.stat_result, expected: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        message = f"this is a directory; expected {expected}"
        raise UnreadableError(message, "name the .yaml files in it")
    for is_such, what in _SPECIAL:
        if is_such(status.st_mode):
            message = f"this is {what}; expected {expected}"
            raise UnreadableError(message, "save the text to a file first")
