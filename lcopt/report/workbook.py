"""The workbook of a result: sheets in their order, written at once or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from lcopt.errors import ReportError
from lcopt.inputs.excel.report_layout import DATA_SHEETS
from lcopt.report.aging import add_aging
from lcopt.report.alternatives import add_alternatives
from lcopt.report.bill import add_bill
from lcopt.report.checks import add_checks
from lcopt.report.costs import add_costs
from lcopt.report.cover import add_cover
from lcopt.report.cover_index import add_index
from lcopt.report.crosscheck import add_crosscheck
from lcopt.report.data_tables import add_data
from lcopt.report.design import add_design
from lcopt.report.inputs import add_inputs
from lcopt.report.ledger import Ledger
from lcopt.report.life import add_life
from lcopt.report.limits import add_limits
from lcopt.report.manufacturing import add_manufacturing
from lcopt.report.ownership import add_ownership
from lcopt.report.page.document import page_of
from lcopt.report.pareto import add_pareto
from lcopt.report.portfolio import add_portfolio
from lcopt.report.prices_compared import add_prices
from lcopt.report.provenance import add_provenance
from lcopt.report.recycling import add_recycling
from lcopt.report.rendering import render
from lcopt.report.replaced import add_replaced
from lcopt.report.scenario import add_scenario
from lcopt.report.sensitivity import add_sensitivity
from lcopt.report.sheets import Book, Sheet
from lcopt.report.sources import add_sources
from lcopt.report.tables import read_tables
from lcopt.report.trade import add_trade
from lcopt.result import Result

if TYPE_CHECKING:
    import pandas as pd

_HASH_SHOWN = 8
# The order of the sheets: these first, then those of each pack, these last; what is in no list follows the first.
FIRST = ("Cover", "Portfolio", "Inputs", "Limits")
OF_A_PACK = (
    *("Costs", "Sensitivity", "Alternatives", "Pareto", "Trade", "Ownership"),
    *("Design", "BOM", "Manufacturing", "Lifecycle", "Recycling", "Aging"),
)
LAST = ("Checks", "Sources", "Replaced", "Scenario", "Provenance", *DATA_SHEETS)


def write_report(result: Result, path: str | Path, crosscheck: pd.DataFrame | None = None) -> Path:
    """Write the workbook or the page of a result: the end of the name says which.

    Parameters
    ----------
    result : Result
        What `optimize` or `recost` returned.
    path : str or Path
        File to write, .xlsx for the workbook or .html for the page; its folder must exist.
    crosscheck : DataFrame, optional
        Of `lcopt.crosscheck.crosscheck_table`; its rows get a sheet of the workbook, the page does not have them.

    Returns
    -------
    Path
        The file, complete.

    Raises
    ------
    ReportError
        Where the name does not end in .xlsx or .html, the folder or file cannot be written, or a number of a workbook
        is not finite; an earlier file is then untouched.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending == ".html":
        return write_whole(target, page_of(result))
    if ending != ".xlsx":
        message = (
            f"{target}: a workbook opens only under a name that ends in .xlsx, a page under .html; write for example "
            f"{target}.xlsx"
        )
        raise ReportError(message)
    return write_whole(target, render(build_book(result, crosscheck)))


def build_book(result: Result, crosscheck: pd.DataFrame | None = None) -> Book:
    """All sheets with their formulas and values, not yet a file."""
    tables = read_tables(result)
    scenario_hash = tables.scenario.scenario_hash
    footer = f"lcopt {version('lcopt')}  {scenario_hash[:_HASH_SHOWN]}"
    ledger = Ledger(tables, Book(title=f"lcopt: {tables.scenario.name}", footer=footer))
    add_inputs(ledger)
    for pack in tables.packs:
        add_design(ledger, pack)
        add_bill(ledger, pack)
        add_manufacturing(ledger, pack)
        add_recycling(ledger, pack)
        add_life(ledger, pack)
        add_aging(ledger, pack)
    add_limits(ledger)
    for pack in tables.packs:
        add_alternatives(ledger, pack)
        add_sensitivity(ledger, pack)
        add_costs(ledger, pack)
        add_pareto(ledger, pack)
        add_trade(ledger, pack)
        add_ownership(ledger, pack)
    add_portfolio(ledger)
    add_prices(ledger)
    if crosscheck is not None and len(crosscheck):
        add_crosscheck(ledger, crosscheck)
    sheet = add_cover(ledger)
    add_checks(ledger)
    add_sources(ledger)
    add_replaced(ledger)
    add_scenario(ledger)
    add_provenance(ledger)
    add_data(ledger)
    ledger.book.sheets.sort(key=_place)
    add_index(ledger, sheet)
    return ledger.book


def _place(sheet: Sheet) -> tuple[int, int, int]:
    """Place of a sheet: what holds for all packs, then pack by pack, then the records."""
    if sheet.kind in OF_A_PACK:
        return 1, sheet.pack_index or 0, OF_A_PACK.index(sheet.kind)
    if sheet.name in FIRST:
        return 0, 0, FIRST.index(sheet.name)
    return (2, 0, LAST.index(sheet.name)) if sheet.name in LAST else (0, 0, len(FIRST))


def write_whole(target: Path, content: bytes, option: str = "--out") -> Path:
    """Write beside the target, then put it in place in one step; `option` names the one that chooses the place.

    Raises
    ------
    ReportError
        Where the file cannot be written; an earlier one is untouched.
    """
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".tmp", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except OSError as error:
        message = f"{target}: {error.strerror or error}; {_remedy(target, option)}"
        raise ReportError(message) from error
    finally:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
    return target


def _remedy(target: Path, option: str) -> str:
    if not target.parent.is_dir():
        return f"make the folder {target.parent} first or choose another with {option}"
    if target.is_dir():
        return "a folder has this name: choose another"
    if target.exists():
        return f"close the file if a program has it open, or choose another place with {option}"
    return f"make the folder {target.parent} writable or choose another with {option}"
