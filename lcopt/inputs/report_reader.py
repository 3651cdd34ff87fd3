"""Reads the changed inputs of an earlier report as a scenario."""

from __future__ import annotations

from openpyxl import Workbook

from lcopt.inputs.tree import Tree, UnreadableError

REPORT_SHEETS = ("Inputs", "Provenance")


def read_report(book: Workbook, file: str) -> Tree:
    """The tree of a report of lcopt with its changed live values; `file` is the name that its places carry.

    Raises
    ------
    UnreadableError
        Always, so far.
    """
    message = "the workbook is a report, and a report cannot be read back yet; expected a scenario file or a form"
    raise UnreadableError(message, "write a form with 'lcopt template -o in.xlsx'")
