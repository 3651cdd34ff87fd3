"""Packs sold a year as the sheets need them: the input itself, or the mean of the years where each has its own."""

from __future__ import annotations

from lcopt.report.expressions import Cell, Expression, link
from lcopt.report.input_rows import yearly_volume_key
from lcopt.report.ledger import Ledger
from lcopt.report.sheets import Sheet
from lcopt.report.styles import COUNT
from lcopt.report.tables import PackTables


def volumes_by_year(ledger: Ledger, pack: PackTables) -> list[Cell]:
    """The inputs of a pack whose volumes go by year, the first year first; none of other packs."""
    return [ledger.input(yearly_volume_key(year), pack) for year, _ in pack.pack.volume_by_year]


def put_mean_volume(ledger: Ledger, sheet: Sheet, row: int, column: int, pack: PackTables) -> Cell:
    """Packs sold a year, in the mean of the years."""
    volumes = volumes_by_year(ledger, pack)
    if not volumes:
        return sheet.put(row, column, link(ledger.input("volume_per_yr", pack)), "link", COUNT)
    mean: Expression = sum(volumes[1:], 1 * volumes[0]) / len(volumes)
    return sheet.put(row, column, mean, "calculation", COUNT)
