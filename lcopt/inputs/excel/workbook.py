"""Opens an Excel file that a user gives, safely, and finds out what it is: a form of lcopt or a report.

The parts of the file are bounded and checked before any is parsed; formulas are read by the values that the file
stores, and nothing in it is run.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lcopt.inputs.excel.data_reader import ReportData, read_data
from lcopt.inputs.excel.form_layout import MARK_PATTERN, SHEET
from lcopt.inputs.excel.form_reader import read_form
from lcopt.inputs.excel.report_layout import REPORT_SHEETS
from lcopt.inputs.excel.report_reader import read_report
from lcopt.inputs.excel.sheet_cells import SheetCells, first_text, sheet_cells
from lcopt.inputs.quantities import shown
from lcopt.inputs.text.file_bytes import WORKBOOK_BYTES_MAX
from lcopt.inputs.text.foreign_files import OLE_START
from lcopt.inputs.text.tree import Tree, UnreadableError

PARTS_MAX = 2000
PART_BYTES_MAX = 6_000_000
ALL_BYTES_MAX = 24_000_000
PART_OF_NAMES_BYTES_MAX = 1_000_000
RATIO_MAX = 200
RATIO_FROM_BYTES = 2_000_000
PROTECTED = 0x1  # flag of a part of a zip archive that is encrypted
BINARY_PART = "xl/workbook.bin"
_FOLDER = "xl/"
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Texts that openpyxl takes apart in a time that grows with the square of their length, and what they may have.
_NAME = b"definedName"
_LONG = re.compile(
    rb"(?:definedName|(?:odd|even|first)(?:Header|Footer))\b[^<>]*>(?:\s*<!\[CDATA|[^<]{1000})"
    rb"|formatCode\s*=\s*(?:\"[^\"]{1000}|'[^']{1000})"
)
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{0,40})[\"']")
_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii")
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_HEAD_BYTES = 400
_SHEETS_NAMED = 8
_REASON_LENGTH = 80
_AS_XLSX = "save it as 'Excel workbook (.xlsx)'"
_WRITE_ONE = "write a form with 'lcopt template -o in.xlsx'"
# What zipfile, the XML parser and openpyxl raise where a file is damaged or made up.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def read_workbook(content: bytes, file: str) -> Tree:
    """The tree of an Excel file: a form as filled in, or a report with its changed values.

    Parameters
    ----------
    content : bytes
        The whole file.
    file : str
        Its name, which the places of the tree carry.

    Raises
    ------
    UnreadableError
        Where the file is no workbook, too large, damaged or protected, or neither form nor report.
    """
    book = _checked(content)
    names = [sheet.title for sheet in book.worksheets]
    with _reading():
        if set(REPORT_SHEETS) <= set(names):
            return read_report(book, file)
        forms = [_cells(title, book, content) for title in _titles_of_forms(book)]
    if len(forms) == 1:
        return read_form(forms[0], file)
    listed = ", ".join(shown(name) for name in names[:_SHEETS_NAMED]) or "none"
    if forms:
        message = f"the workbook has {len(forms)} forms among its sheets {listed}; expected one"
        raise UnreadableError(message, "remove the others")
    message = f"the workbook has the sheets {listed}; expected the sheet '{SHEET}' of a form, or a report"
    raise UnreadableError(message, _WRITE_ONE)


def read_result(content: bytes, file: str) -> ReportData | None:
    """The result that a report holds, or None where the workbook is no report.

    Raises
    ------
    UnreadableError
        Where the file is no workbook, too large, damaged or protected, or a report without the tables of its result.
    """
    book = _checked(content)
    with _reading():
        is_report = set(REPORT_SHEETS) <= {sheet.title for sheet in book.worksheets}
        return read_data(book, file) if is_report else None


def _checked(content: bytes) -> Workbook:
    """The workbook, opened for its values after its parts were looked at."""
    if content.startswith(OLE_START):
        message = "the file is an .xls workbook or is protected by a password; expected an .xlsx workbook"
        raise UnreadableError(message, f"{_AS_XLSX}, without a password to open it")
    if len(content) > WORKBOOK_BYTES_MAX:
        message = f"the workbook has more than {WORKBOOK_BYTES_MAX} bytes; expected fewer"
        raise UnreadableError(message, "remove pictures and sheets that are no part of the form")
    with _reading():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive, len(content))
        return _opened(content)


@contextmanager
def _reading() -> Iterator[None]:
    """What a library raises over a damaged file becomes an error that says so; its warnings are not shown."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UnreadableError:
        raise
    except _BROKEN as error:
        reason = shown(" ".join(str(error).split())[:_REASON_LENGTH] or type(error).__name__)
        message = f"the workbook is damaged or incomplete ({reason}); expected an .xlsx workbook"
        raise UnreadableError(message, "open it in Excel and save it again, or take an earlier copy") from None


def _opened(content: bytes, *, formulas: bool = False) -> Workbook:
    return load_workbook(io.BytesIO(content), read_only=True, data_only=not formulas, keep_links=False)


def _titles_of_forms(book: Workbook) -> list[str]:
    """The sheets whose first cell marks a form; else the one that has the name of a form."""
    marked = [sheet.title for sheet in book.worksheets if MARK_PATTERN.fullmatch(first_text(sheet).strip())]
    return marked or [sheet.title for sheet in book.worksheets if sheet.title.strip().lower() == SHEET.lower()][:1]


def _cells(title: str, book: Workbook, content: bytes) -> SheetCells:
    sheet: Any = book[title]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(sheet._worksheet_path)  # the ranges that are merged are nowhere else in this mode
    return sheet_cells(sheet, lambda: _opened(content, formulas=True)[title], xml)


def _check_parts(archive: zipfile.ZipFile, size: int) -> None:
    """Nothing of the archive is too large, protected, or XML that declares what could expand."""
    parts = archive.infolist()
    if len(parts) > PARTS_MAX:
        message = f"the workbook has {len(parts)} parts; expected at most {PARTS_MAX}"
        raise UnreadableError(message)
    if any(part.flag_bits & PROTECTED for part in parts):
        message = "the file is protected by a password; expected a workbook that opens without one"
        raise UnreadableError(message, "save it without a password")
    total = sum(part.file_size for part in parts)
    largest = max((part.file_size for part in parts), default=0)
    if total > ALL_BYTES_MAX or largest > PART_BYTES_MAX or (total > RATIO_FROM_BYTES and total > RATIO_MAX * size):
        message = f"the workbook unpacks from {size} to {total} bytes; expected at most {ALL_BYTES_MAX} in all"
        hint = f"{PART_BYTES_MAX} in a part, and {RATIO_MAX} times the file; remove what is no part of the form"
        raise UnreadableError(message, hint)
    names = archive.namelist()
    if not any(name.startswith(_FOLDER) and name.endswith(".xml") for name in names) or BINARY_PART in names:
        kind = "an .xlsb workbook" if BINARY_PART in names else "a zip archive, but no Excel workbook"
        message = f"the file is {kind}; expected an .xlsx workbook"
        raise UnreadableError(message, _AS_XLSX)
    for part in parts:
        _check_part(part.filename, archive.read(part))


def _check_part(name: str, content: bytes) -> None:
    head = content[:_HEAD_BYTES]
    encoding = _ENCODING.search(head)
    if head.startswith(_WIDE_STARTS) or (encoding and encoding[1].lower() not in _ENCODINGS):
        message = f"the part {shown(name)} of the workbook is not in UTF-8; expected a workbook as Excel writes it"
        raise UnreadableError(message, _AS_XLSX)
    if _DECLARED.search(content):
        message = f"the part {shown(name)} of the workbook declares a document type or entities; expected none"
        raise UnreadableError(message, _AS_XLSX)
    if _LONG.search(content) or (_NAME in content and len(content) > PART_OF_NAMES_BYTES_MAX):
        message = f"a name, number format or page header in the part {shown(name)} is too long; expected 1000 signs"
        raise UnreadableError(message, "remove what is no part of the form")
