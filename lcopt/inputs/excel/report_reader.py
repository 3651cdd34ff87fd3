"""A report read back as a scenario: what was asked, with the live values that somebody has changed over it.

The sheet Scenario holds what was asked, Replaced the rows of the catalog that were not the packaged ones, Inputs every
live value beside the one as solved and its address in a scenario.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from lcopt.inputs.excel.report_layout import (
    ADDRESS_HEAD,
    FLOW_SHIFTS_YR,
    INPUTS_SHEET,
    LIVE_HEAD,
    QUESTION,
    RECORD_HEAD,
    REPLACED_SHEET,
    SCENARIO_HEADS,
    SCENARIO_SHEET,
    SOLVED_HEAD,
    UNIT_HEAD,
)
from lcopt.inputs.kinds import RATIO
from lcopt.inputs.layers.overlays import overlaid
from lcopt.inputs.quantities import shown
from lcopt.inputs.replaced_rows import ReplacedRow
from lcopt.inputs.text.tree import Fault, Place, Tree, UnreadableError, steps_of

ROWS_MAX, COLUMNS_MAX = 20_000, 40
NAME_LENGTH_MAX = 64
FLOW_TIMING = "finance.flow_timing"
CHOICE = "choice"
_EDITED = re.compile(r"(.*?)-edited(?:-(\d{1,4}))?")
_MEND = "take the sheets of the report as lcopt wrote them"


@dataclass(frozen=True)
class _Line:
    """One row below the headings of a sheet: what stands under each heading, and where."""

    row: int
    values: dict[str, Any]
    columns: dict[str, int]


def read_report(book: Workbook, file: str) -> Tree:
    """The tree of a report: the scenario that it answers, its changed live values in place.

    Raises
    ------
    UnreadableError
        Where the sheets lack their headings; mistakes that leave a tree are in its `faults`.
    """
    tree = _asked(book, file)
    tree.rows = tuple(_replaced_rows(book, file, tree))
    changes = _changes(book, file)
    if not changes.data and not changes.faults:
        return tree
    changes.data["name"] = _edited(str(tree.data.get("name", "")))
    changes.places["name",] = tree.place(("name",))
    return overlaid(tree, changes)


def _lines(book: Workbook, name: str, heads: tuple[str, ...], file: str) -> Iterator[_Line]:
    """The rows of a sheet below the row that has all the headings."""
    columns: dict[str, int] = {}
    rows = book[name].iter_rows(max_col=COLUMNS_MAX, values_only=True)
    for number, cells in enumerate(islice(rows, ROWS_MAX), start=1):
        if columns:
            values = {head: cells[column - 1] if column <= len(cells) else None for head, column in columns.items()}
            yield _Line(number, values, columns)
        elif set(heads) <= set(cells):
            columns = {head: cells.index(head) + 1 for head in heads}
    if not columns:
        message = f"the sheet '{name}' has no headings {', '.join(map(shown, heads))}; expected them in one row"
        raise UnreadableError(message, _MEND, Place(1, 1, file, f"{name}!A1"))


def _place(sheet: str, line: _Line, head: str, file: str) -> Place:
    column = line.columns[head]
    return Place(line.row, column, file, f"{sheet}!{get_column_letter(column)}{line.row}")


def _asked(book: Workbook, file: str) -> Tree:
    """The sheet Scenario."""
    key_head, value_head = SCENARIO_HEADS[:2]
    tree = Tree(places={(): Place(1, 1, file, f"{SCENARIO_SHEET}!A1")})
    for line in _lines(book, SCENARIO_SHEET, (key_head, value_head), file):
        key, value = line.values[key_head], line.values[value_head]
        if key == QUESTION:
            tree.question = "" if value is None else str(value)
        elif key is not None and value is not None:
            _put(tree, steps_of(str(key)), str(value), _place(SCENARIO_SHEET, line, value_head, file))
    return tree


def _put(tree: Tree, steps: tuple[str, ...], text: str, place: Place) -> None:
    """A value at its dotted path; packs are found by the name that the path gives them."""
    block: Any = tree.data
    path: tuple[str | int, ...] = ()
    for step in steps[:-1]:
        if isinstance(block, list):
            names = [pack.get("name") for pack in block]
            index = names.index(step) if step in names else len(block)
            path = (*path, index)
            block += [{"name": step}] if index == len(block) else []
            block = block[index]
        else:
            path = (*path, step)
            block = block.setdefault(step, [] if path == ("packs",) else {})
        tree.places.setdefault(path, place)
        if not isinstance(block, dict | list):
            tree.faults.append(Fault((), f"the key {shown('.'.join(steps))} stands below a value", _MEND, place))
            return
    if isinstance(block, dict):
        block[steps[-1]] = [item.strip() for item in text[1:-1].split(",")] if text.startswith("[") else text
        tree.places[(*path, steps[-1])] = place


def _replaced_rows(book: Workbook, file: str, tree: Tree) -> Iterator[ReplacedRow]:
    if REPLACED_SHEET not in book.sheetnames:
        return
    for line in _lines(book, REPLACED_SHEET, (RECORD_HEAD,), file):
        record = line.values[RECORD_HEAD]
        if record is None:
            continue
        try:
            yield ReplacedRow.of_record(str(record), f"{file}!{REPLACED_SHEET}", line.row)
        except ValueError:
            place = _place(REPLACED_SHEET, line, RECORD_HEAD, file)
            message = f"{shown(str(record))} is no record of a row of the catalog; expected one as lcopt wrote it"
            tree.faults.append(Fault((), message, _MEND, place))


def _changes(book: Workbook, file: str) -> Tree:
    """The changed live values by their address."""
    made = Tree()
    for line in _lines(book, INPUTS_SHEET, (LIVE_HEAD, UNIT_HEAD, SOLVED_HEAD, ADDRESS_HEAD), file):
        address, live, solved = (line.values[head] for head in (ADDRESS_HEAD, LIVE_HEAD, SOLVED_HEAD))
        if address is None or live == solved:
            continue
        place = _place(INPUTS_SHEET, line, LIVE_HEAD, file)
        if live is None:
            message = "the cell is empty, or its formula has no stored value; expected a number"
            hint = "type it, or open and save the file in Excel once"
            made.faults.append(Fault(steps_of(str(address)), message, hint, place))
            continue
        made.data[str(address)] = _text(str(address), live, str(line.values[UNIT_HEAD] or ""))
        made.places[str(address),] = place
    return made


def _text(address: str, live: Any, unit: str) -> Any:  # noqa: ANN401 - any value of a cell
    """A live value as a scenario file would say it."""
    if isinstance(live, bool) or not isinstance(live, int | float | str):
        return live if isinstance(live, bool) else str(live)
    if address == FLOW_TIMING:
        timings = {shift: word for word, shift in FLOW_SHIFTS_YR.items()}
        return timings.get(live, str(live)) if isinstance(live, int | float) else live
    text = live.strip() if isinstance(live, str) else repr(float(live))
    bare = unit in {"", RATIO, CHOICE} or (isinstance(live, str) and (text[:1] == "*" or not text[-1:].isdigit()))
    return text if bare else f"{text} {unit}"


def _edited(name: str) -> str:
    """The name of the new scenario, which must not take the place of the earlier report."""
    found = _EDITED.fullmatch(name)
    ending = "-edited" if found is None else f"-edited-{int(found[2] or 1) + 1}"
    stem = name if found is None else found[1]
    return stem[: NAME_LENGTH_MAX - len(ending)] + ending
