"""The way around the book on the cover: what the kinds of number look like, and a link to every sheet."""

from __future__ import annotations

from lcopt.report.ledger import Ledger
from lcopt.report.sheets import Sheet

FIRST_PACK, FEW_PACKS, CHART_ROWS = 3, 3, 21
LABEL_WIDTH, SAMPLE_WIDTH = 46.0, 15.0
SAMPLE = "1,234.5"
KINDS_OF_NUMBER = (
    ("input", "Input: may be changed on sheet Inputs"),
    ("calculation", "Live calculation"),
    ("link", "Link to another cell"),
    ("solver", "Answer of the solver: true for the inputs as solved"),
)


def right_column(ledger: Ledger) -> int:
    """The column beside the answer."""
    return FIRST_PACK + len(ledger.tables.packs) + 1


def add_index(ledger: Ledger, cover: Sheet) -> None:
    """Legend and links, when all sheets stand: beside the answer, or below it where there are many packs."""
    packs = ledger.tables.packs
    if len(packs) <= FEW_PACKS:
        column = right_column(ledger)
        cover.widths |= {column: LABEL_WIDTH, column + 1: SAMPLE_WIDTH}
        row = _legend(cover, ledger.shared["portfolio"].row, column)
        _heading(cover, row, column, "Sheets")
        _links(cover, row + 1, column, ledger.book.sheets[1:])
        return
    row = _legend(cover, cover.last_row + 2, 1)
    _heading(cover, row, 1, "Sheets of all packs")
    shared = [sheet for sheet in ledger.book.sheets[1:] if sheet.pack_index is None]
    row = _links(cover, row + 1, 1, shared) + 1
    _heading(cover, row, 1, "Sheets of each pack")
    kinds = list(dict.fromkeys(sheet.kind for sheet in ledger.book.sheets if sheet.pack_index is not None))
    for number, kind in enumerate(kinds, start=row + 1):
        cover.put(number, 1, kind)
        for sheet in ledger.book.sheets:
            if sheet.kind == kind and sheet.pack_index is not None:
                cover.put(number, FIRST_PACK + sheet.pack_index, packs[sheet.pack_index].pack.name, "link_text")
                cover.cell(number, FIRST_PACK + sheet.pack_index).link = f"{sheet.quoted}!A1"


def _legend(cover: Sheet, row: int, column: int) -> int:
    """Returns the row where the next block may begin."""
    _heading(cover, row, column, "Kinds of number")
    for number, (look, words) in enumerate(KINDS_OF_NUMBER, start=row + 1):
        cover.put(number, column, words)
        cover.put(number, column + 1, SAMPLE, look)
    return row + len(KINDS_OF_NUMBER) + 2


def _heading(cover: Sheet, row: int, column: int, word: str) -> None:
    cover.put(row, column, word, "block")
    cover.put(row, column + 1, "", "block")


def _links(cover: Sheet, row: int, column: int, sheets: list[Sheet]) -> int:
    for number, sheet in enumerate(sheets, start=row):
        cover.put(number, column, sheet.name, "link_text").link = f"{sheet.quoted}!A1"
    return row + len(sheets)
