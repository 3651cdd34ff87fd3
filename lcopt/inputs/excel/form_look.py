"""How the cells of a form look, and what its sheet 'How to' says. Blue on pale yellow is what a user may change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

FONT = "Calibri"
_GRAY, _DARK, _BLUE = "FF6B7280", "FF1F2A44", "FF0000FF"
_HAIR = Side(style="hair", color="FFB9C0CC")
TAB_INPUT, TAB_TEXT = "FFE69F00", "FF8A8F98"


@dataclass(frozen=True)
class Look:
    """One cell style."""

    color: str = "FF000000"
    fill: str = ""
    bold: bool = False
    italic: bool = False
    size: float = 10
    horizontal: str = "left"
    unlocked: bool = False
    lined: bool = True
    indent: int = 0
    wrap: bool = True


_INPUT = Look(color=_BLUE, fill="FFFFF9DB", unlocked=True)
LOOKS = {
    "title": Look(bold=True, size=14, color=_DARK, lined=False, wrap=False),
    "note": Look(color=_GRAY, italic=True, lined=False, wrap=False),
    "plain": Look(lined=False),
    "head": Look(color="FFFFFFFF", fill=_DARK, bold=True),
    "head_variant": replace(_INPUT, bold=True),
    "block": Look(bold=True, fill="FFE8ECF3"),
    "block_note": Look(color="FF374151", fill="FFE8ECF3", italic=True, wrap=False),
    "key": Look(color="FF374151", size=9, indent=1),
    "text": Look(size=9),
    "gray": Look(color=_GRAY, size=9),
    "number": replace(_INPUT, horizontal="right", indent=1),
    "word": replace(_INPUT, horizontal="right", indent=1),
    "long": _INPUT,
    "unit": replace(_INPUT, fill="FFFFFDF0", indent=1),
    "locked": Look(fill="FFF5F6F8"),
}


class Wardrobe:
    """The styles of one workbook: each is built once and then reused, since building is the slow part."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._made: dict[tuple[str, str], Cell] = {}

    def dress(self, cell: Cell, name: str, number_format: str = "General") -> None:
        """Give one cell its style."""
        key = (name, number_format)
        if key not in self._made:
            model = Cell(self._sheet, row=1, column=1)
            _dress(model, LOOKS[name])
            model.number_format = number_format
            self._made[key] = model
        cell._style = self._made[key]._style  # type: ignore[attr-defined]


def _dress(cell: Cell, look: Look) -> None:
    cell.font = Font(name=FONT, size=look.size, bold=look.bold, italic=look.italic, color=look.color)
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    if look.lined:
        side = _HAIR if look.unlocked else None
        cell.border = Border(bottom=_HAIR, left=side, right=side)
    cell.alignment = Alignment(horizontal=look.horizontal, vertical="center", wrap_text=look.wrap, indent=look.indent)
    cell.protection = Protection(locked=not look.unlocked)


HOW_TO_LINES = (
    ("Fill in", "Blue cells on yellow are yours to change. Save, then: lcopt check in.xlsx, lcopt run in.xlsx."),
    ("Empty", "An empty value is the default beside it. Where the default says 'required', a value must stand."),
    (
        "Units",
        "Type a number; its unit stands beside it and can be chosen. Shares and rates are in %: 8 with the unit %.",
    ),
    ("Variants", "A name at the head of a column makes a variant. Fill in only what it changes; empty is as the base."),
    ("Changes", "In a variant also *1.3 (times 1.3), or +5 % as text with ' before it; null goes back to the default."),
    (
        "Limits",
        "A limit of the scenario in a variant holds for every pack. Give it at a pack to change that pack alone.",
    ),
    ("Names", "Several chemistries, formats or classes stand in one cell with ; between them, or all."),
    ("Windows", "A charging window is one text: 10 % to 80 %."),
    ("Prices", "An uncertain price is one text: {dist: triangular, low: 3 USD/kg, mode: 4 USD/kg, high: 6 USD/kg}."),
    ("One more", "At the end of the sheet rows are free for further keys: packs.large.energy begins one more pack."),
)
