"""The tidy tables of a report: complete for pandas, named for Excel, and the same as the result."""

from __future__ import annotations

import re
import zipfile

import openpyxl
import pandas as pd
import pytest

from lcopt.inputs.excel.report_layout import DATA_SHEETS
from lcopt.report.data_tables import data_frames

NAMES = ["compact", "taxi", "two_cars", "cold", "swapped"]


@pytest.mark.parametrize("name", NAMES)
def test_pandas_reads_every_value_of_every_table(results, books, name):
    frames = {sheet: frame for sheet, frame in data_frames(results[name]).items() if len(frame)}
    assert len(frames) >= 7
    for sheet, frame in frames.items():
        read = pd.read_excel(books[name], sheet_name=sheet)
        assert list(read.columns) == list(frame.columns)
        assert len(read) == len(frame)
        for column in frame.columns:
            for told, value in zip(read[column], frame[column], strict=True):
                assert _same(told, value), (sheet, column, told, value)


def _same(told: object, value: object) -> bool:
    if isinstance(value, float) and value != value:
        return told != told
    if isinstance(value, str):
        return str(told) == (value or "-")  # pandas takes the format 4680 for a number
    if value == float("inf"):
        return told == "endless"
    return bool(told == pytest.approx(float(value), rel=1e-12))


def test_tables_are_tables_of_excel_with_names_that_it_takes(books):
    book = openpyxl.load_workbook(books["two_cars"])
    tables = {table.displayName: sheet.title for sheet in book for table in sheet.tables.values()}
    assert set(tables.values()) == set(DATA_SHEETS) & set(book.sheetnames)
    assert all(re.fullmatch(r"tbl[A-Za-z]+", name) for name in tables)
    assert not set(tables) & set(book.defined_names)


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_says_what_it_shows(books, name):
    with zipfile.ZipFile(books[name]) as file:
        drawings = [file.read(part).decode() for part in file.namelist() if part.startswith("xl/drawings/drawing")]
        charts = sum(part.startswith("xl/charts/chart") for part in file.namelist())
    told = [words for drawing in drawings for words in re.findall(r'descr="([^"]*)"', drawing)]
    assert len(told) == charts
    assert all(re.search(r"from -?[0-9].* to -?[0-9]|nothing to draw", words) for words in told)
    assert any("What moves the lifecycle cost" in words for words in told)


def test_every_kind_of_chart_of_a_report_is_there(books):
    titles = set()
    with zipfile.ZipFile(books["compact"]) as file:
        for part in file.namelist():
            if part.startswith("xl/charts/chart"):
                titles |= set(re.findall(r"<a:t>([^<]*)</a:t>", file.read(part).decode()))
    for words in (
        "Cash flow by year and cumulative cost",
        "Lifecycle cost of the best designs by component",
        "Mass by part",
        "Shares of the purchase price",
        "What charging time costs",
        "What energy density costs",
        "What moves the lifecycle cost of the chosen design",
    ):
        assert words in titles
    assert any(title.startswith("From the chosen design to") for title in titles)
