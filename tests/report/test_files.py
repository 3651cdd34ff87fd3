"""Files that behave: what cannot be written is said and nothing is lost; writing many leaves nothing behind."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from lcopt.errors import ReportError
from lcopt.report.sheets import Sheet
from lcopt.report.workbook import write_report


def test_a_file_that_a_program_holds_open_is_named_and_stays_as_it_was(results, tmp_path, monkeypatch):
    path = tmp_path / "book.xlsx"
    path.write_text("earlier")
    monkeypatch.setattr(Path, "replace", _refused)
    with pytest.raises(ReportError, match=r"book.xlsx: Permission denied; close the file if a program has it open"):
        write_report(results["compact"], path)
    assert path.read_text() == "earlier"
    assert [entry.name for entry in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_folder_that_may_not_be_written_is_named(results, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "mkstemp", _refused)
    with pytest.raises(ReportError, match=r"make the folder .* writable or choose another with --out"):
        write_report(results["compact"], tmp_path / "book.xlsx")


def _refused(*_arguments: object, **_options: object) -> None:
    raise PermissionError(13, "Permission denied")


def test_no_sheet_or_workbook_outlives_its_report(results, tmp_path):
    def alive() -> int:
        gc.collect()
        return sum(isinstance(thing, Sheet | Workbook) for thing in gc.get_objects())

    write_report(results["compact"], tmp_path / "first.xlsx")
    before = alive()
    for number in range(3):
        write_report(results["compact"], tmp_path / f"{number}.xlsx")
    assert alive() <= before
