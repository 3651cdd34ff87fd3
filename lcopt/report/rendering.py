"""From the book of cells to the bytes of an .xlsx file; the one place that drives openpyxl."""

from __future__ import annotations

import io
import re
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from lcopt.report.cached_values import inject_cached_values
from lcopt.report.charts import draw
from lcopt.report.expressions import Expression, Value
from lcopt.report.sheets import TABS, Book, Mark, Sheet, Validation
from lcopt.report.styles import BAD, CHANGED, GOOD, Wardrobe

A4 = 9  # code of the paper size
_FILLS = {"good": GOOD, "bad": BAD, "changed": CHANGED}
_PROMPT_LENGTH = 250  # Excel refuses longer prompts
_TITLE_LENGTH = 32
_TABLE_STYLE = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
_TEXT_LENGTH = 32000  # a cell holds 32,767 characters


def render(book: Book) -> bytes:
    """The file: formulas, values, charts and print setup."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.calculation.fullCalcOnLoad = True
    workbook.properties.creator = "lcopt"
    workbook.properties.title = clean_text(book.title)
    values: list[dict[str, Value]] = []
    wardrobe: Wardrobe | None = None
    for sheet in book.sheets:
        target = workbook.create_sheet(sheet.name)
        wardrobe = wardrobe or Wardrobe(target)
        values.append(_write_cells(sheet, target, wardrobe))
        _write_names(sheet, workbook)
        _write_extras(sheet, target)
        _set_up_page(sheet, target, book.footer)
    buffer = io.BytesIO()
    workbook.save(buffer)
    alts = [[chart.alt for chart in sheet.charts] for sheet in book.sheets if sheet.charts]
    return inject_cached_values(buffer.getvalue(), values, [list(map(clean_text, words)) for words in alts])


def clean_text(text: str) -> str:
    """Text as a cell can hold it: no control characters, nothing that reads as an error value."""
    cleaned = ILLEGAL_CHARACTERS_RE.sub("?", text)[:_TEXT_LENGTH]
    return f"'{cleaned}" if cleaned.startswith(tuple(ERROR_CODES)) else cleaned


def _write_cells(sheet: Sheet, target: Worksheet, wardrobe: Wardrobe) -> dict[str, Value]:
    cached: dict[str, Value] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        if cell.content is None:
            continue
        written = cast("ExcelCell", target.cell(row, column))
        if isinstance(cell.content, Expression):
            written.value = cell.content.formula(cell)
            value = cell.value
            cached[cell.coordinate] = clean_text(value) if isinstance(value, str) else value
        else:
            _write_constant(written, cell.value)
        wardrobe.dress(written, cell.look, cell.number_format)
        if isinstance(cell.content, str) and re.match(r"[=+\-@].", cell.content):
            written.quotePrefix = True
        if cell.link:
            written.hyperlink = Hyperlink(ref=cell.coordinate, location=cell.link, display=str(cell.value))
    return cached


def _write_constant(written: ExcelCell, value: Value) -> None:
    written.value = clean_text(value) if isinstance(value, str) else value
    if isinstance(value, str):
        written.data_type = "s"  # else a text that begins with an equals sign would become a formula


def _write_names(sheet: Sheet, workbook: Workbook) -> None:
    for cell in sheet.cells.values():
        if cell.name:
            workbook.defined_names[cell.name] = DefinedName(cell.name, attr_text=cell.full_address)


def _write_extras(sheet: Sheet, target: Worksheet) -> None:
    for column, width in sheet.widths.items():
        target.column_dimensions[get_column_letter(column)].width = width
    for row, height in sheet.heights.items():
        target.row_dimensions[row].height = height
    for validation in sheet.validations:
        target.add_data_validation(_validation(validation))
    for mark in sheet.marks:
        _write_mark(mark, target)
    for chart in sheet.charts:
        target.add_chart(draw(chart), chart.anchor)
    if sheet.table:
        last = f"{get_column_letter(sheet.last_column)}{sheet.last_row}"
        target.add_table(Table(displayName=sheet.table, ref=f"A1:{last}", tableStyleInfo=_TABLE_STYLE))
    for row in sheet.breaks:
        target.row_breaks.append(Break(id=row))


def _validation(validation: Validation) -> DataValidation:
    if validation.choices:
        listed = ",".join(validation.choices)
        rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=False)
    else:
        low, high = repr(validation.low), repr(validation.high)
        rule = DataValidation(type="decimal", operator="between", formula1=low, formula2=high, allow_blank=False)
    rule.errorStyle = "stop" if validation.choices else "warning"
    rule.showInputMessage = rule.showErrorMessage = True
    rule.promptTitle = rule.errorTitle = clean_text(validation.title)[:_TITLE_LENGTH]
    rule.prompt = clean_text(validation.prompt)[:_PROMPT_LENGTH]
    rule.error = "Outside the range from low to high of this input."
    rule.add(validation.cell.coordinate)
    return rule


def _write_mark(mark: Mark, target: Worksheet) -> None:
    fill = PatternFill("solid", start_color=_FILLS[mark.look], end_color=_FILLS[mark.look])
    place = f"{mark.cells.first.coordinate}:{mark.cells.last.coordinate}"
    quoted = mark.word if mark.word.isdigit() else f'"{mark.word}"'
    rule = Rule(type="cellIs", operator="equal", formula=[quoted], dxf=DifferentialStyle(fill=fill))
    target.conditional_formatting.add(place, rule)


def _set_up_page(sheet: Sheet, target: Worksheet, footer: str) -> None:
    first_free = sheet.series_from or 1
    target.freeze_panes = f"{get_column_letter(first_free)}{sheet.header_row + 1}"
    target.sheet_view.showGridLines = False
    target.sheet_view.zoomScale = 90
    target.sheet_properties.tabColor = TABS[sheet.tab]
    target.page_setup.orientation = "landscape"
    target.page_setup.paperSize = A4
    target.page_setup.fitToWidth = 1
    target.page_setup.fitToHeight = 1 if sheet.fit_height else 0
    target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    target.page_margins.left = target.page_margins.right = 0.4
    target.page_margins.top, target.page_margins.bottom = 0.5, 0.7
    target.page_margins.footer = 0.3
    if sheet.repeats_head:
        target.print_title_rows = f"{sheet.header_row}:{sheet.header_row}"
    left = _HeaderFooterPart(text=clean_text(footer).replace("&", "&&"))
    target.HeaderFooter.oddFooter = HeaderFooterItem(
        left, _HeaderFooterPart(text="&A"), _HeaderFooterPart(text="&P/&N")
    )
    target.print_area = _print_area(sheet)
    target.protection.sheet = True
    target.protection.formatColumns = target.protection.formatRows = False
    target.protection.sort = target.protection.autoFilter = False


def _print_area(sheet: Sheet) -> str:
    rows, columns = sheet.last_row, sheet.last_column
    for chart in sheet.charts:
        column, row = _chart_end(sheet, chart.anchor, chart.width_cm, chart.height_cm)
        rows, columns = max(rows, row), max(columns, column)
    return f"A1:{get_column_letter(columns)}{rows}"


_CM_PER_ROW = 0.53
_CM_PER_WIDTH = 0.19  # of a column, per character


def _chart_end(sheet: Sheet, anchor: str, width_cm: float, height_cm: float) -> tuple[int, int]:
    letters, row = coordinate_from_string(anchor)
    column = column_index_from_string(letters)
    left = width_cm
    while left > 0:
        left -= sheet.widths.get(column, 8.43) * _CM_PER_WIDTH
        column += 1
    return column, row + int(height_cm / _CM_PER_ROW) + 2
