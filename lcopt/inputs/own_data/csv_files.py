"""The CSV files of a user's folder as lines of cells with their places; bounded, and only regular files are opened."""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lcopt.errors import Problem
from lcopt.inputs.quantities import shown

ENDING = ".csv"
ENTRIES_MAX = 1000
BYTES_MAX = 2_000_000
LINES_MAX = 10_000
CELL_MAX = 4000
EXCEL_HINT = "save it in Excel as 'CSV UTF-8 (comma delimited)'"
_TEMPORARY = (".", "~$")


@dataclass(frozen=True)
class Cell:
    """One cell: its text without the space around it, and where it begins, counted from 1."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class CsvFile:
    """The lines of one file that hold anything, the first of them its header."""

    path: str
    lines: tuple[tuple[Cell, ...], ...]


class FolderError(ValueError):
    """A folder cannot be read at all; `message` says what was found and expected, `hint` the remedy."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message}; {hint}" if hint else message)


class _UnreadableError(ValueError):
    """One file is no CSV text; `line` and `column` say from where on."""

    def __init__(self, message: str, hint: str = "", line: int = 1, column: int = 1) -> None:
        self.place = (line, column)
        self.hint = hint
        super().__init__(message)


def csv_names(folder: str) -> list[str]:
    """The names in a folder that end in .csv, sorted; hidden and temporary ones are left out.

    Raises
    ------
    FolderError
        Where there is no such folder, it may not be read, or it holds too much or no CSV file.
    """
    expected = "expected a folder of CSV files"
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, ENTRIES_MAX + 1)]
    except FileNotFoundError:
        message = f"the folder {shown(folder)} does not exist; {expected}"
        raise FolderError(message, "check the name and where it is looked for") from None
    except NotADirectoryError:
        message = f"{shown(folder)} is a file; {expected}"
        raise FolderError(message, "name the folder that holds it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"the folder {shown(folder)} cannot be read ({reason}); {expected}"
        raise FolderError(message) from None
    if len(names) > ENTRIES_MAX:
        message = f"the folder {shown(folder)} holds more than {ENTRIES_MAX} entries; {expected} and little else"
        raise FolderError(message)
    found = sorted(name for name in names if name.lower().endswith(ENDING) and not name.startswith(_TEMPORARY))
    if not found:
        message = f"the folder {shown(folder)} holds no CSV file; expected files named like tables of the catalog"
        raise FolderError(message, "for example prices.csv; 'lcopt catalog' lists the tables")
    return found


def read_csv_file(path: str) -> CsvFile | Problem:
    """The lines of a file, or why there are none."""
    try:
        text = _decoded(_content(path))
        return CsvFile(path, tuple(_lines(text)))
    except _UnreadableError as error:
        return Problem(path, *error.place, "", str(error), error.hint)


def _content(path: str) -> bytes:
    """The bytes of a regular file; opened without waiting, so that a pipe cannot hold the program up."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                message = "this is a pipe or device; expected a CSV file"
                raise _UnreadableError(message)
            content = stream.read(BYTES_MAX + 1)
    except IsADirectoryError:
        message = "this is a folder; expected a CSV file"
        raise _UnreadableError(message, "folders inside a folder of data are not read") from None
    except OSError as error:
        message = f"the file cannot be read ({error.strerror or error}); expected a CSV file"
        raise _UnreadableError(message) from None
    if len(content) > BYTES_MAX:
        message = f"the file has more than {BYTES_MAX} bytes; expected at most that"
        raise _UnreadableError(message)
    return content


def _decoded(content: bytes) -> str:
    if content.startswith(b"PK"):
        message = "the file is a zip archive or workbook; expected CSV text"
        raise _UnreadableError(message, EXCEL_HINT)
    if b"\0" in content:
        message = "the file holds zero bytes, perhaps UTF-16 text; expected CSV text in UTF-8"
        raise _UnreadableError(message, EXCEL_HINT)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        message = f"byte {error.start + 1} is not UTF-8; expected CSV text in UTF-8"
        raise _UnreadableError(message, EXCEL_HINT, line, column) from None
    if not text.strip():
        message = "the file is empty; expected a header and a row a line"
        raise _UnreadableError(message, "'lcopt catalog TABLE --format csv' prints one to start from")
    return text


def _lines(text: str) -> Iterator[tuple[Cell, ...]]:
    """The cells of every line that holds any."""
    source = _Recorder(text)
    reader = csv.reader(source, strict=True)
    number = 0
    while True:
        first = reader.line_num + 1
        source.taken.clear()
        try:
            words = next(reader, None)
        except csv.Error as error:
            message = f"the line is not CSV ({error}); expected cells with commas between them"
            raise _UnreadableError(message, 'double a quote inside a quoted cell: ""', first) from None
        if words is None:
            return
        number += 1
        if number > LINES_MAX:
            message = f"the file has more than {LINES_MAX} lines; expected at most that"
            raise _UnreadableError(message, "", first)
        if any(word.strip() for word in words):
            places = _starts("".join(source.taken), first)
            yield tuple(Cell(word.strip(), *place) for word, place in zip(words, places, strict=True))


class _Recorder:
    """The physical lines of a text one by one; `taken` keeps those since it was last cleared."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.taken: list[str] = []

    def __iter__(self) -> _Recorder:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken.append(line)
        return line


def _starts(text: str, line: int) -> list[tuple[int, int]]:
    """Line and column of the first sign of every cell of one record, read as the csv module reads it."""
    places = [(line, 1)]
    column, at_start, quoted, index = 1, True, False, 0
    body = text.rstrip("\r\n")
    while index < len(body):
        sign = body[index]
        index, column = index + 1, column + 1
        if sign == "\n" or (sign == "\r" and body[index : index + 1] != "\n"):
            line, column = line + 1, 1
        if quoted:
            if sign == '"' and body[index : index + 1] == '"':
                index, column = index + 1, column + 1
            elif sign == '"':
                quoted = False
        elif sign == ",":
            places.append((line, column))
            at_start = True
            continue
        elif sign == '"' and at_start:
            quoted = True
        at_start = False
    return places
