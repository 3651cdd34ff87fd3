"""How cells look: the three kinds of number, headings, states; and the number formats.

Blue on pale yellow is an input that may be changed; black is a live calculation, green a pure link to another cell;
violet on pale violet is an answer of the solver, true for the inputs as solved only.
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.cell import Cell as ExcelCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

MONEY = '#,##0.00;[Red](#,##0.00);"-"'
WHOLE_MONEY = '#,##0;[Red](#,##0);"-"'
SHARE = "0.0%"
QUANTITY = "#,##0.000"
NUMBER = "#,##0.0"
UNIT_COST = "#,##0.0000"
FACTOR = "0.0000"
YEAR = "0"
FLAG = '0;;"-"'
COUNT = "#,##0"
COUNT_IF_ANY = '#,##0;-#,##0;"-"'
GAP = "0.0E+00"
GENERAL = "General"

PALETTE = ("0072B2", "E69F00", "009E73", "D55E00", "CC79A7", "56B4E9", "7A3E9D", "8A8F98", "1F2A44", "B8A000", "5B8C85")
GOOD, BAD, CHANGED = "FFC7E3F4", "FFF8D0B5", "FFFFF2A8"

FONT = "Calibri"
_LINE = Side(style="thin", color="FFD5D9E0")


@dataclass(frozen=True)
class Look:
    """One cell style."""

    color: str = "FF000000"
    fill: str | None = None
    bold: bool = False
    italic: bool = False
    size: float = 10
    horizontal: str | None = None
    indent: int = 0
    wrap: bool = False
    top: bool = False
    unlocked: bool = False
    underlined: bool = False
    vertical: str = "center"


LOOKS: dict[str, Look] = {
    "text": Look(horizontal="left"),
    "unit": Look(color="FF6B7280", horizontal="left", indent=1),
    "note": Look(color="FF6B7280", italic=True, horizontal="left", indent=1),
    "title": Look(bold=True, size=16),
    "purpose": Look(color="FF6B7280", italic=True),
    "state": Look(bold=True, horizontal="left"),
    "head": Look(color="FFFFFFFF", fill="FF1F2A44", bold=True, wrap=True, horizontal="left"),
    "head_next": Look(color="FFFFFFFF", fill="FF1F2A44", bold=True, wrap=True, horizontal="left", indent=1),
    "head_number": Look(color="FFFFFFFF", fill="FF1F2A44", bold=True, wrap=True, horizontal="right"),
    "block": Look(bold=True, fill="FFE8ECF3", horizontal="left"),
    "input": Look(color="FF0000FF", fill="FFFFF9DB", unlocked=True, horizontal="right"),
    "calculation": Look(horizontal="right"),
    "link": Look(color="FF006B3C", horizontal="right"),
    "solver": Look(color="FF7A3E9D", fill="FFF4EEF8", horizontal="right"),
    "solver_text": Look(color="FF7A3E9D", fill="FFF4EEF8", horizontal="right", wrap=True, vertical="top"),
    "record": Look(horizontal="right", color="FF374151"),
    "total": Look(bold=True, top=True, horizontal="right"),
    "total_text": Look(bold=True, top=True, horizontal="left"),
    "headline": Look(bold=True, size=12, horizontal="right"),
    "lines": Look(horizontal="left", wrap=True),
    "word": Look(horizontal="center"),
    "link_text": Look(color="FF0072B2", underlined=True, horizontal="left"),
    "code": Look(color="FF374151", horizontal="left"),
}

# Colors of a map, the last for all that is rare, each with letters that stand out from it.
_MAP = (
    (0, "FFFFFFFF"),
    (1, "FF000000"),
    (2, "FF000000"),
    (5, "FF000000"),
    (4, "FF000000"),
    (6, "FFFFFFFF"),
    (7, "FF000000"),
)
MAP_LOOKS = tuple(f"map_{place}" for place, _ in _MAP)
LOOKS |= {
    look: Look(color=letters, fill=f"FF{PALETTE[place]}", horizontal="center")
    for look, (place, letters) in zip(MAP_LOOKS, _MAP, strict=True)
}

# Of the kinds of winner in the maps of a sweep, light enough for black words; the last where there is none.
_NO_KIND, _LIGHTEN, _WHITE = "D5D9E0", 0.45, 255


def kind_color(number: int) -> str:
    """The fill of a kind of winner: six digits; a number below 0 is no kind."""
    if number < 0:
        return _NO_KIND
    color = PALETTE[number % len(PALETTE)]
    parts = (int(color[place : place + 2], 16) for place in (0, 2, 4))
    return "".join(f"{round(part + (_WHITE - part) * _LIGHTEN):02X}" for part in parts)


def kind_look(number: int) -> str:
    """The look of a kind of winner."""
    return f"kind_{number % len(PALETTE) if number >= 0 else 'none'}"


LOOKS |= {
    kind_look(number): Look(fill=f"FF{kind_color(number)}", horizontal="center", wrap=True)
    for number in range(-1, len(PALETTE))
}


def dress(cell: ExcelCell, look: str, number_format: str) -> None:
    """Give one cell its style."""
    style = LOOKS[look]
    cell.font = Font(
        name="Consolas" if look == "code" else FONT,
        size=style.size,
        bold=style.bold,
        italic=style.italic,
        color=style.color,
        underline="single" if style.underlined else None,
    )
    if style.fill:
        cell.fill = PatternFill("solid", fgColor=style.fill)
    cell.alignment = Alignment(
        horizontal=style.horizontal,
        vertical=style.vertical,
        wrap_text=style.wrap,
        indent=style.indent,
    )
    if style.top:
        cell.border = Border(top=_LINE)
    cell.protection = Protection(locked=not style.unlocked)
    cell.number_format = number_format


class Wardrobe:
    """Styles already made in one workbook: a style is built once and then reused, since building is the slow part."""

    def __init__(self, scratch: Worksheet) -> None:
        self._scratch = scratch
        self._made: dict[tuple[str, str], ExcelCell] = {}

    def dress(self, cell: ExcelCell, look: str, number_format: str) -> None:
        """Give one cell its style."""
        key = (look, number_format)
        if key not in self._made:
            model = ExcelCell(self._scratch, row=1, column=1)
            dress(model, look, number_format)
            self._made[key] = model
        cell._style = self._made[key]._style  # type: ignore[attr-defined]
