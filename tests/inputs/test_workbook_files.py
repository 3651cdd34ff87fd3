"""No workbook, however it is made, ends in anything but a scenario or errors with a place; none hangs or runs code."""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from forms import COLUMNS, HEADER, edited, problems
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lcopt.inputs.reader import read_scenarios
from lcopt.inputs.text.file_bytes import WORKBOOK_BYTES_MAX
from lcopt.inputs.text.foreign_files import OLE_START

PLACE = re.compile(r"in\.xlsx:\d+:\d+: error: \S")


def archive_of(content: bytes, **changed: bytes) -> bytes:
    """The workbook with parts replaced or added; a part is named by its path with __ for / and _dot_ for a point."""
    parts = {name.replace("__", "/").replace("_dot_", "."): part for name, part in changed.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in dict.fromkeys((*source.namelist(), *parts)):
            target.writestr(name, parts[name] if name in parts else source.read(name))
    return made.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def other_workbook(*titles: str) -> bytes:
    book = Workbook()
    book.worksheets[0].title = titles[0]
    for title in titles[1:]:
        book.create_sheet(title)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def plain_archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("a.txt", "a")
    return made.getvalue()


def spoiled_part(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    part = part_of(content, name)
    assert old in part
    return archive_of(content, **{name.replace("/", "__").replace(".", "_dot_"): part.replace(old, new, 1)})


def many_rows(content: bytes) -> bytes:
    return edited(content, lambda sheet: setattr(sheet.cell(5000, 1), "value", "x"))


def with_protected_parts(content: bytes) -> bytes:
    """The mark that a part is encrypted, set in both headers of every part."""
    marked = bytearray(content)
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(start), content):
            marked[found.start() + offset] |= 1
    return bytes(marked)


DOCTYPE = b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]>'
DECLARES = "declares a document type or entities; expected none; save it as 'Excel workbook (.xlsx)'"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda _: OLE_START + b"\0" * 600, "the file is an .xls workbook or is protected by a password; expected"),
        (with_protected_parts, "the file is protected by a password; expected a workbook that opens without one"),
        (
            lambda form: form[: len(form) // 2],
            "the workbook is damaged or incomplete ('File is not a zip file'); expected",
        ),
        (lambda form: form[:200] + b"\0" * 90 + form[290:], "the workbook is damaged or incomplete ("),
        (lambda _: plain_archive(), "the file is a zip archive, but no Excel workbook; expected an .xlsx workbook"),
        (
            lambda _: other_workbook("Prices", "More"),
            "the workbook has the sheets 'Prices', 'More'; expected the sheet 'Scenario' of a form, or a report",
        ),
        (
            lambda _: other_workbook("Scenario"),
            "no row has the headings 'Key' and 'Value', row 1 has no text; expected",
        ),
        (
            lambda form: archive_of(form, xl__media__big_dot_png=b"\0" * 30_000_000),
            "the workbook unpacks from ",
        ),
        (lambda form: form + b"\0" * WORKBOOK_BYTES_MAX, f"expected at most {WORKBOOK_BYTES_MAX}"),
        (
            lambda form: archive_of(form, **{f"xl__media__{number}": b"" for number in range(2001)}),
            "the workbook has 2012 parts; expected at most 2000",
        ),
        (
            lambda form: spoiled_part(form, "xl/worksheets/sheet1.xml", b"<worksheet", DOCTYPE + b"<worksheet"),
            f"the part 'xl/worksheets/sheet1.xml' of the workbook {DECLARES}",
        ),
        (
            lambda form: archive_of(
                form, docProps__core_dot_xml="<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16")
            ),
            "the part 'docProps/core.xml' of the workbook is not in UTF-8; expected",
        ),
        (many_rows, "the sheet 'Scenario' reaches down to row 5000; expected at most 3000 rows"),
        (
            lambda form: spoiled_part(
                form, "xl/styles.xml", b"<fonts", b'<x formatCode="' + b"[" * 1500 + b'"/><fonts'
            ),
            "a name, number format or page header in the part 'xl/styles.xml' is too long; expected 1000 signs",
        ),
    ],
)
def test_a_file_that_is_no_good_workbook_is_refused_with_its_reason(form, save, make, says):
    (found,) = problems(save(make(form)))
    assert found.startswith("in.xlsx:1:1: error: ")
    assert says in found


def test_a_report_with_a_broken_sheet_is_refused(save):
    report = other_workbook("Inputs", "Scenario", "Provenance")
    (found,) = problems(save(spoiled_part(report, "xl/worksheets/sheet2.xml", b"</sheetData>", b"</x>")))
    assert found.startswith("in.xlsx:1:1: error: the workbook is damaged or incomplete (")


def test_two_forms_in_a_workbook_are_refused(form, save):
    book = load_workbook(io.BytesIO(form))
    book.copy_worksheet(book["Scenario"])
    book.save(save(b""))
    (found,) = problems("in.xlsx")
    assert (
        "the workbook has 2 forms among its sheets 'Scenario', 'How to', 'Choices', 'Scenario Copy'; expected one"
        in found
    )


def test_a_formula_counts_with_the_value_that_it_has(form, save):
    sheet = part_of(form, "xl/worksheets/sheet1.xml")
    with_formula = re.sub(rb"<v>60(\.0)?</v>", b"<f>30*2</f><v>75</v>", sheet, count=1)
    assert with_formula != sheet
    assert (
        read_scenarios(save(archive_of(form, xl__worksheets__sheet1_dot_xml=with_formula)))[0].packs[0].energy_kwh == 75
    )


def test_a_text_file_is_read_without_openpyxl(write, good):
    code = "import sys; from lcopt.inputs.reader import read_scenarios; read_scenarios('case.yaml')"
    write(good)
    script = f"{code}; print('openpyxl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def read_or_refused(content: bytes) -> None:
    """A scenario, or an error whose every line has a place."""
    Path("in.xlsx").write_bytes(content)
    for line in problems("in.xlsx"):
        assert PLACE.match(line), line
        assert "\n" not in line


HUGE = "a text of the greatest length"
odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF), max_size=40).map(lambda text: text.lstrip("=")),
    st.sampled_from(
        [
            *("=1/0", "=NOW()", "=HYPERLINK('a')", "#REF!", "{a: {b: [", "[all, all]", "null", "*1.3", "+5 %", "60,5"),
            *("{dist: normal, mean: 5 USD/kg, sd: 1 USD/kg}", "packs.new.energy", "extends", "packs.compact", HUGE),
            *("variants.a", "1e999", "cell: a\nextends: /etc/passwd", "9" * 400),
            "&a *a !!python/object/apply:os.system ['touch hacked']",
        ]
    ),
)
places = st.tuples(
    st.one_of(st.integers(1, 12), st.integers(13, 130)), st.one_of(st.integers(1, 4), st.integers(5, 12))
)


@st.composite
def damages(draw):
    """What happens to the sheet of a form."""
    kind = draw(
        st.sampled_from(["set", "set", "set", "merge", "delete row", "delete column", "insert column", "format"])
    )
    row, column = draw(places)
    return kind, row, column, draw(odd_values), draw(st.integers(1, 4))


def apply(sheet, damage) -> None:
    kind, row, column, value, size = damage
    actions = {
        "set": lambda: setattr(sheet.cell(row, column), "value", "x" * 32_000 if value == HUGE else value),
        "merge": lambda: sheet.merge_cells(
            start_row=row, start_column=column, end_row=row + size, end_column=column + size % 2
        ),
        "delete row": lambda: sheet.delete_rows(row, size),
        "delete column": lambda: sheet.delete_cols(column, size),
        "insert column": lambda: sheet.insert_cols(column),
        "format": lambda: setattr(
            sheet.cell(row, column), "number_format", ["0%", "yyyy-mm-dd", "@", "[hh]:mm"][size - 1]
        ),
    }
    try:
        actions[kind]()
    except (AttributeError, ValueError):
        return  # openpyxl refuses to write into a merged cell, or this value


@pytest.fixture
def original(form):
    """Gives the form; a function, since bytes would be printed in full."""
    return lambda: form


fuzz = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@fuzz
@given(done=st.lists(damages(), min_size=1, max_size=8))
def test_a_form_with_any_cells_is_read_or_refused(original, save, done):
    save(b"")

    def spoil(sheet) -> None:
        for damage in done:
            apply(sheet, damage)

    read_or_refused(edited(original(), spoil))
    assert not Path("hacked").exists()


@fuzz
@given(seed=st.integers(0, 2**32), count=st.integers(1, 30), cut=st.booleans())
def test_a_damaged_archive_is_read_or_refused(original, save, seed, count, cut):
    save(b"")
    chance = random.Random(seed)
    damaged = bytearray(original())
    for _ in range(count):
        damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
    read_or_refused(bytes(damaged[: chance.randrange(4, len(damaged))] if cut else damaged))


@fuzz
@given(seed=st.integers(0, 2**32), name=st.sampled_from(["sheet", "workbook", "styles", "types", "rels"]))
def test_a_damaged_part_is_read_or_refused(original, save, seed, name):
    """Parts of sound archives whose XML is cut, doubled or changed."""
    save(b"")
    part = {
        "sheet": "xl/worksheets/sheet1.xml",
        "workbook": "xl/workbook.xml",
        "styles": "xl/styles.xml",
        "types": "[Content_Types].xml",
        "rels": "xl/_rels/workbook.xml.rels",
    }[name]
    chance = random.Random(seed)
    words = part_of(original(), part).decode().split('"')
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(words))
        words[at] = chance.choice(
            ["", "0", "-1", "99999999", "x", "s", "e", "str", "inlineStr", "d", "b", "A1:XFD9999", words[0]]
        )
    if chance.random() < 0.2:
        words = words[: chance.randrange(len(words))]
    read_or_refused(archive_of(original(), **{part.replace("/", "__").replace(".", "_dot_"): '"'.join(words).encode()}))


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"<row " * 1_000_000,
        lambda: b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"a" * 5_000_000 + b"</t></is></c></row>",
        lambda: b'<row r="1">' + b'<c r="XFD1"><v>1</v></c>' * 150_000 + b"</row>",
        lambda: b"<row>" + b"<a>" * 500_000,
        lambda: b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
    ],
    ids=["unclosed", "long", "wide", "deep", "far"],
)
def test_large_sheets_are_refused_or_read_soon(form, save, make):
    sheet = part_of(form, "xl/worksheets/sheet1.xml")
    spoiled = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + make() + b"</sheetData>", sheet, flags=re.DOTALL)
    save(b"")
    read_or_refused(archive_of(form, xl__worksheets__sheet1_dot_xml=spoiled))


def test_columns_of_the_test_are_those_of_the_form(form):
    sheet = load_workbook(io.BytesIO(form))["Scenario"]
    assert [sheet.cell(HEADER, column).value.split()[0].lower() for column in COLUMNS.values()] == list(COLUMNS)
