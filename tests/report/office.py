"""LibreOffice as an independent judge of formulas."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from openpyxl.workbook import Workbook

SOFFICE = shutil.which("soffice")
REASON = "LibreOffice (soffice) is not installed: formulas cannot be recalculated; CI installs it"
VALUE_OF_FORMULA = re.compile(r'<c( r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)[^>]*>(<f>[^<]*</f>)<v>[^<]*</v></c>')
FILTER = "xlsx:Calc MS Excel 2007 XML"

# Where CI is set the tests run and fail, so that a missing LibreOffice is noticed.
needs_office = pytest.mark.skipif(SOFFICE is None and not os.environ.get("CI"), reason=REASON)


def recalculate(books: Sequence[Path]) -> list[Workbook]:
    """Values of every book as LibreOffice computes them; the books must hold no values of formulas."""
    if SOFFICE is None:
        pytest.fail(REASON)
    with tempfile.TemporaryDirectory() as folder:
        command = [SOFFICE, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--convert-to", FILTER, "--outdir", f"{folder}/out", *map(str, books)]
        subprocess.run(command, capture_output=True, timeout=120, check=True)
        return [openpyxl.load_workbook(f"{folder}/out/{book.name}", data_only=True) for book in books]


def without_values(book: Path, target: Path, changes: Mapping[str, object] | None = None) -> Path:
    """A copy of a book without values of formulas, with other contents in the cells that carry the given names.

    Done in the XML, since opening and saving every book with openpyxl takes seconds.
    """
    named = {}
    if changes:
        opened = openpyxl.load_workbook(book, read_only=True)
        sheets = {title: number for number, title in enumerate(opened.sheetnames, start=1)}
        named = {place_of(opened, name): content for name, content in changes.items()}
        named = {(sheets[sheet], address): content for (sheet, address), content in named.items()}
        opened.close()
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.namelist():
            text = source.read(entry)
            found = re.fullmatch(r"xl/worksheets/sheet([0-9]+)\.xml", entry)
            if found:
                own = {address: content for (sheet, address), content in named.items() if sheet == int(found[1])}
                text = _changed(VALUE_OF_FORMULA.sub(r"<c\1>\2<v /></c>", text.decode()), own).encode()
            copy.writestr(entry, text)
    return target


def _changed(xml: str, contents: Mapping[str, object]) -> str:
    for address, content in contents.items():
        cell = re.compile(rf'<c r="{address}"( s="[0-9]+")?[^>]*>.*?</c>')
        if isinstance(content, str) and content.startswith("="):
            new = rf'<c r="{address}"\1><f>{escape(content[1:])}</f><v /></c>'
        elif isinstance(content, str):
            new = rf'<c r="{address}"\1 t="inlineStr"><is><t>{escape(content)}</t></is></c>'
        else:
            new = rf'<c r="{address}"\1><v>{content!r}</v></c>'
        xml, count = cell.subn(new, xml)
        assert count == 1, address
    return xml


def place_of(book: Workbook, name: str) -> tuple[str, str]:
    """Sheet and address of a defined name."""
    sheet, address = book.defined_names[name].attr_text.rsplit("!", 1)
    return sheet.strip("'"), address.replace("$", "")


def value_of(book: Workbook, name: str) -> object:
    """Value of the cell of a defined name."""
    sheet, address = place_of(book, name)
    return book[sheet][address].value


def formulas_of(book: Path) -> dict[tuple[str, str], str]:
    """(sheet, address) -> formula."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in openpyxl.load_workbook(book)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def differences(book: Path, computed: Workbook) -> list[str]:
    """Every formula whose value in the file differs from the computed one."""
    cached = openpyxl.load_workbook(book, data_only=True)
    return [
        f"{sheet}!{address} {formula}: {cached[sheet][address].value} in the file, {computed[sheet][address].value}"
        for (sheet, address), formula in formulas_of(book).items()
        if not agree(cached[sheet][address].value, computed[sheet][address].value)
    ]


def agree(one: object, other: object) -> bool:
    """Equal words, or numbers equal to 1e-6; LibreOffice writes TRUE as 1."""
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)
    return one == other
