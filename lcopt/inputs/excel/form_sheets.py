"""The sheets of an Excel form: rows with drop-downs and ranges, columns of variants, print set-up."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from math import ceil
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from lcopt.inputs.excel.equal_bytes import with_fixed_dates
from lcopt.inputs.excel.form_cells import Texts, split_quantity
from lcopt.inputs.excel.form_layout import (
    CHOICES,
    HEADINGS,
    HOW_TO,
    KEY,
    MARK,
    QUESTION,
    SHEET,
    UNIT,
    VALUE,
)
from lcopt.inputs.excel.form_look import HOW_TO_LINES, TAB_INPUT, TAB_TEXT, Wardrobe
from lcopt.inputs.excel.form_rows import FormRow, Section
from lcopt.inputs.layers.relative import is_change
from lcopt.inputs.quantities import number_and_unit

_FIRST_SHEET = "xl/worksheets/sheet1.xml"
_NUMBER_CELL = re.compile(r'(<c r="([A-Z]+[0-9]+)"[^>]*><v>)([^<]*)')
_WHOLE = re.compile(r"[1-9]\d{0,8}")
HEADER_ROW = 4
SPARE_VARIANTS, SPARE_ROWS = 2, 20
MORE = "further keys"
MORE_MEANING = "Any key of a scenario, for example packs.large.energy for one more pack, or extends."
WIDTHS = (42, 44, 15, 12, 14, 27, 27)
VARIANT_WIDTH, WIDTH_OF_HOW_TO = 14, 110
LIST_MAX, PROMPT_MAX, TITLE_MAX, TEXT_MAX = 255, 255, 32, 32_000
LINE_HEIGHT, LINE_ROOM = 12.5, 4.0
LARGE, SMALL = 1.2, 0.93  # of the width of a column that a letter takes: of inputs, of what stands beside them
HEIGHT_MAX = 400
A4 = 9  # code of the paper size
THOUSANDS_FROM = 10_000
OUTSIDE = "Outside the range of this key, in the unit of the row."


def form_bytes(sections: Sequence[Section], variants: Mapping[str, Texts], question: str) -> bytes:
    """The file of a form.

    Parameters
    ----------
    sections : sequence of Section
        Its rows, with the values of the base.
    variants : mapping
        For each variant the texts that it changes, by path.
    question : str
        What the scenario asks, shown above the rows.
    """
    return _FormBook(sections, variants, question).saved()


class _FormBook:
    """One workbook that is being written."""

    def __init__(self, sections: Sequence[Section], variants: Mapping[str, Texts], question: str) -> None:
        self.book = Workbook()
        self.book.properties.creator = "lcopt"
        self.book.properties.title = MARK
        self.sheet = cast("Worksheet", self.book.worksheets[0])
        self.sheet.title = SHEET
        self.variants = variants
        self.columns = [*variants, *[""] * SPARE_VARIANTS]
        self.row = HEADER_ROW
        self.wardrobe = Wardrobe(self.sheet)
        self.exact: dict[str, str] = {}
        self.lists: dict[tuple[str, ...], str] = {}
        self.rules: dict[tuple[str, ...], DataValidation] = {}
        self._write_top(question)
        for section in sections:
            self._write_section(section)
        self._write_spare_rows()
        self._set_up()
        self._write_how_to()
        self._write_choices()

    def saved(self) -> bytes:
        buffer = io.BytesIO()
        self.book.save(buffer)
        return with_fixed_dates(buffer.getvalue(), self._with_all_digits)

    def _with_all_digits(self, part: str, content: bytes) -> bytes:
        """The part with numbers of 17 digits in full; openpyxl cuts them to 16."""
        if part != _FIRST_SHEET:
            return content

        def in_full(found: re.Match[str]) -> str:
            return f"{found[1]}{self.exact.get(found[2], found[3])}"

        return _NUMBER_CELL.sub(in_full, content.decode("utf-8")).encode("utf-8")

    def _put(self, column: int, content: str | float, look: str) -> None:
        cell = cast("Cell", self.sheet.cell(self.row, column))
        put(cell, content)
        grouped = isinstance(content, float) and content.is_integer() and abs(content) >= THOUSANDS_FROM
        self.wardrobe.dress(cell, look, "#,##0" if grouped else "General")
        if isinstance(content, float):
            self.exact[cell.coordinate] = repr(content)

    def _write_top(self, question: str) -> None:
        top = ((1, MARK, "title"), (2, "Blue on yellow is yours to change; the sheet 'How to' says how.", "note"))
        for self.row, cells in ((1, top), (2, ((1, QUESTION, "key"), (2, question, "long")))):
            for column, text, look in cells:
                self._put(column, text, look)
        self.sheet.row_dimensions[2].height = _height([(question, WIDTHS[1] / LARGE)])
        self.row = HEADER_ROW
        for column, heading in enumerate(HEADINGS, start=1):
            self._put(column, heading, "head")
        for column, name in enumerate(self.columns, start=len(HEADINGS) + 1):
            self._put(column, name, "head_variant")
        self.row = HEADER_ROW - 1
        self._put(len(HEADINGS) + 1, "Variants: a name above each column", "note")
        self.row = HEADER_ROW
        self.sheet.row_dimensions[HEADER_ROW].height = 20

    def _write_section(self, section: Section) -> None:
        self.row += 1
        self._put(1, section.key, "block")
        self._put(2, section.meaning, "block_note")
        for column in range(3, len(HEADINGS) + len(self.columns) + 1):
            self._put(column, "", "block_note")
        if section.is_pack:
            self._write_pack_choice(section)
        self.sheet.row_dimensions[self.row].height = _height([])
        for row in section.rows:
            self.row += 1
            self._write_row(row)

    def _write_pack_choice(self, section: Section) -> None:
        """Cells in which a variant says that it goes without the pack."""
        path = section.rows[0].path[:2]
        for column, name in enumerate(self.columns, start=len(HEADINGS) + 1):
            self._put(column, self.variants.get(name, {}).get(path, ""), "word")
        rule = DataValidation(type="list", formula1='"null"', errorStyle="warning")
        self._add(rule, self._span(len(HEADINGS) + 1), section.key, "null leaves this pack out of the variant.")

    def _write_row(self, row: FormRow) -> None:
        value_column, unit_column = HEADINGS.index(VALUE) + 1, HEADINGS.index(UNIT) + 1
        self._put(1, row.key, "key")
        self._put(2, row.meaning, "text")
        self._write_value(value_column, row.value, row)
        self._put(unit_column, row.unit, "unit" if row.units else "locked")
        for column, text in enumerate((row.default, row.allowed, row.source), start=unit_column + 1):
            self._put(column, text, "text" if text == "required" else "gray")
        for column, name in enumerate(self.columns, start=len(HEADINGS) + 1):
            self._write_value(column, self.variants.get(name, {}).get(row.path, ""), row)
        self._restrict(row, value_column, unit_column)
        beside = (row.key, row.meaning, row.default, row.allowed, row.source)
        rooms = [(text, WIDTHS[column] / SMALL) for text, column in zip(beside, (0, 1, 4, 5, 6), strict=True)]
        changed = [texts.get(row.path, "") for texts in self.variants.values()]
        rooms += [(text, VARIANT_WIDTH / LARGE) for text in (row.value, *changed)]
        self.sheet.row_dimensions[self.row].height = _height(rooms)

    def _write_value(self, column: int, text: str, row: FormRow) -> None:
        """A quantity in the unit of the row as a number, a year or count too, all else as text."""
        split = split_quantity(text, row.kind) if row.kind is not None and not is_change(text, row.path) else None
        if split is not None and split[1] == row.unit:
            self._put(column, split[0], "number")
        elif split is not None and row.kind is not None and not number_and_unit(text)[1]:
            self._put(column, f"{text} {row.kind.internal_unit}", "word")  # a bare ratio beside another unit
        elif _WHOLE.fullmatch(text) and row.path[-1] != "name":
            self._put(column, int(text), "number")
        else:
            self._put(column, text, "long" if row.several else "word")

    def _restrict(self, row: FormRow, value_column: int, unit_column: int) -> None:
        title = str(row.path[-1])
        prompt = f"{row.meaning} {f'Allowed: {row.allowed}.' if row.allowed else ''}".strip()
        value, first = self.sheet.cell(self.row, value_column).coordinate, len(HEADINGS) + 1
        if row.choices:
            listed = self._list(title, row.choices)
            for place in (value, self._span(first)):
                rule = DataValidation(type="list", formula1=listed, errorStyle="warning")
                rule.showErrorMessage = not row.several
                rule.error = "None of the known names."
                self._add(rule, place, title, prompt)
        elif row.low is not None and row.high is not None:
            low, high = repr(row.low), repr(row.high)
            rule = DataValidation(type="decimal", operator="between", formula1=low, formula2=high, errorStyle="warning")
            self._add(rule, value, title, prompt)
            cell = f"{get_column_letter(first)}{self.row}"
            text_or_within = f"OR(ISTEXT({cell}),AND({cell}>={low},{cell}<={high}))"
            rule = DataValidation(type="custom", formula1=text_or_within, errorStyle="warning")
            change = "" if row.kind is None else " Or a change of the value: *1.3."
            self._add(rule, self._span(first), title, f"{prompt}{change}")
        else:
            self._add(DataValidation(type=None), value, title, prompt)
        if row.units:
            self._restrict_unit(row, self.sheet.cell(self.row, unit_column).coordinate)

    def _restrict_unit(self, row: FormRow, place: str) -> None:
        known = tuple(sorted(row.units))
        if known not in self.rules:
            rule = DataValidation(type="list", formula1=self._list(str(row.path[-1]), row.units), errorStyle="warning")
            rule.error = "This unit is not in the list."
            rule.showErrorMessage = True
            self.rules[known] = rule
            self.sheet.add_data_validation(rule)
        self.rules[known].add(place)

    def _add(self, rule: DataValidation, place: str, title: str, prompt: str) -> None:
        rule.allow_blank = rule.showInputMessage = True
        rule.showErrorMessage = rule.showErrorMessage if rule.type == "list" else rule.type is not None
        rule.error = rule.error or OUTSIDE
        rule.promptTitle = clean(title)[:TITLE_MAX]
        rule.prompt = clean(prompt)[:PROMPT_MAX]
        rule.add(place)
        self.sheet.add_data_validation(rule)

    def _span(self, first: int) -> str:
        """The cells of all variants in this row."""
        last = len(HEADINGS) + len(self.columns)
        return f"{get_column_letter(first)}{self.row}:{get_column_letter(last)}{self.row}"

    def _list(self, title: str, words: tuple[str, ...]) -> str:
        """What a drop-down reads: the words themselves, or where they stand on the sheet of choices."""
        inline = ",".join(words)
        if len(inline) < LIST_MAX and not any(sign in word for word in words for sign in ',"'):
            return f'"{inline}"'
        if words not in self.lists:
            column = get_column_letter(len(self.lists) + 1)
            self.lists[words] = f"{CHOICES}!${column}$2:${column}${len(words) + 1}"
            sheet = self.book[CHOICES] if CHOICES in self.book.sheetnames else self.book.create_sheet(CHOICES)
            for row, word in enumerate((title, *words), start=1):
                cell = cast("Cell", sheet[f"{column}{row}"])
                put(cell, word)
                self.wardrobe.dress(cell, "plain" if row > 1 else "block")
            sheet.column_dimensions[column].width = max(map(len, words)) + 2
        return self.lists[words]

    def _write_spare_rows(self) -> None:
        self._write_section(Section(MORE, MORE_MEANING, ()))
        last = len(HEADINGS) + len(self.columns)
        for _ in range(SPARE_ROWS):
            self.row += 1
            for column in range(1, last + 1):
                heading = HEADINGS[column - 1] if column <= len(HEADINGS) else VALUE
                look = {KEY: "long", VALUE: "word", UNIT: "unit"}.get(heading, "text")
                self._put(column, "", look)

    def _set_up(self) -> None:
        sheet = self.sheet
        for column, width in enumerate((*WIDTHS, *[VARIANT_WIDTH] * len(self.columns)), start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.freeze_panes = f"B{HEADER_ROW + 1}"
        sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
        sheet.print_area = f"A1:{get_column_letter(len(HEADINGS) + len(self.columns))}{self.row}"
        _set_up_page(sheet, TAB_INPUT)
        sheet.protection.sheet = True
        for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows"):
            setattr(sheet.protection, allowed, False)

    def _write_how_to(self) -> None:
        sheet = self.book.create_sheet(HOW_TO, 1)
        for row, (what, text) in enumerate(HOW_TO_LINES, start=1):
            for column, content in ((1, what), (2, text)):
                cell = cast("Cell", sheet.cell(row, column))
                put(cell, content)
                self.wardrobe.dress(cell, "plain" if column == 2 else "block")
            sheet.row_dimensions[row].height = 20
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, WIDTH_OF_HOW_TO
        _set_up_page(sheet, TAB_TEXT)

    def _write_choices(self) -> None:
        if CHOICES in self.book.sheetnames:
            _set_up_page(self.book[CHOICES], TAB_TEXT)


def clean(text: str) -> str:
    """Text as a cell can hold it: no control characters."""
    return ILLEGAL_CHARACTERS_RE.sub("?", text)[:TEXT_MAX]


def put(cell: Cell, content: str | float) -> None:
    """A number as a number, a text as a text, whatever it begins with."""
    if not isinstance(content, str):
        cell.value = content
    elif content:
        text = clean(content)
        cell.value = f"'{text}" if text.startswith(tuple(ERROR_CODES)) else text
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@"


def _height(texts: Sequence[tuple[str, float]]) -> float:
    """The height of a row in which every text wraps after as many letters as stand beside it."""
    lines = max((ceil(len(text) / letters) for text, letters in texts), default=1)
    return min(LINE_HEIGHT * max(lines, 1) + LINE_ROOM, HEIGHT_MAX)


def _set_up_page(sheet: Worksheet, tab: str) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = tab
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.7
    sheet.page_margins.footer = 0.3
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        _HeaderFooterPart(text="lcopt"), _HeaderFooterPart(text="&A"), _HeaderFooterPart(text="&P/&N")
    )
