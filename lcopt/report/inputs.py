"""Sheet Inputs: every number that a reader may change, beside the value as solved, its range and its source."""

from __future__ import annotations

import re

from lcopt.inputs.excel.report_layout import ADDRESS_HEAD, LIVE_HEAD, SOLVED_HEAD, UNIT_HEAD
from lcopt.report import sheets
from lcopt.report.formulas import at_least, at_most, both, count_of, same, when
from lcopt.report.input_addresses import input_addresses
from lcopt.report.input_rows import InputRow, input_rows
from lcopt.report.ledger import Ledger
from lcopt.report.recycling_inputs import recycling_input_rows
from lcopt.report.sheets import Mark, Sheet, Validation, safe_name
from lcopt.report.styles import COUNT, FACTOR, GENERAL, NUMBER, SHARE, UNIT_COST
from lcopt.report.words import without_unit

HEADS = (
    ("Key", 34.0),
    ("Input", 46.0),
    (LIVE_HEAD, 14.0),
    (UNIT_HEAD, 18.0),
    (SOLVED_HEAD, 14.0),
    ("Changed?", 11.0),
    ("Low", 12.0),
    ("High", 12.0),
    ("In range?", 11.0),
    ("Source", 34.0),
    ("Date or price year", 14.0),
    ("Kind", 12.0),
    (ADDRESS_HEAD, 44.0),
)
KEY, LABEL, LIVE, UNIT, SOLVED, CHANGED, LOW, HIGH, WITHIN, SOURCE, DATED, KIND, ADDRESS = range(1, len(HEADS) + 1)
CHANGED_WORD, OUTSIDE_WORD = "changed", "outside"


def add_inputs(ledger: Ledger) -> None:
    """Fill the sheet and offer every live value to the other sheets."""
    sheet = ledger.book.add(ledger.inputs_sheet)
    sheet.purpose = (
        "Blue cells may be changed: costs follow by formula; which design is cheapest needs a new run: "
        "save the book and call 'lcopt run' with it. "
        f"As solved stay the life of a pack ({_aging_inputs(ledger)}) and the mean of material prices over the years "
        "of sale (discount rate). "
        "Percentages are shares of 1."
    )
    ledger.framed(sheet)
    sheet.header(HEADS)
    for column in (LIVE, SOLVED, LOW, HIGH):
        sheet.cell(sheet.header_row, column).look = "head_number"
    row, group, addresses = sheets.FIRST_ROW, "", input_addresses(ledger.tables)
    for made in (*input_rows(ledger.tables), *recycling_input_rows(ledger.tables)):
        if made.group != group:
            row += 1 if group else 0
            sheet.block(row, made.group, len(HEADS))
            row, group = row + 1, made.group
        _input(ledger, sheet, row, made)
        sheet.put(row, ADDRESS, addresses[made.key], "code")
        row += 1
    _count_changes(ledger, sheet, row - 1)


def _aging_inputs(ledger: Ledger) -> str:
    """Inputs that age packs, which no formula follows."""
    if ledger.tables.business.model.is_swapped:
        return "distance, consumption, mass penalty, packs per car"
    return "distance, consumption, mass penalty, DC share"


def _input(ledger: Ledger, sheet: Sheet, row: int, made: InputRow) -> None:
    shown = number_format(made)
    name = safe_name("price_", made.key) if made.is_price else input_name(made.key)
    live = sheet.put(row, LIVE, made.value, "input", shown, name)
    sheet.put(row, KEY, made.key, "code")
    sheet.put(row, LABEL, made.label)
    sheet.put(row, UNIT, made.unit, "unit")
    solved = sheet.put(row, SOLVED, made.value, "record", shown)
    sheet.put(row, CHANGED, when(same(live, solved), "-", CHANGED_WORD), "word")
    sheet.put(row, SOURCE, made.source)
    sheet.put(row, DATED, made.dated or "-")
    sheet.put(row, KIND, made.kind)
    prompt = f"{made.unit}. Source: {made.source}, {made.kind}."
    if isinstance(made.value, str):
        prompt = f"One of {', '.join(made.choices)}. {prompt}"
    else:
        low = sheet.put(row, LOW, made.low, "record", shown)
        high = sheet.put(row, HIGH, made.high, "record", shown)
        within = both(at_least(live, low), at_most(live, high))
        sheet.put(row, WITHIN, when(within, "-", OUTSIDE_WORD), "word")
        prompt = f"{made.low:g} to {made.high:g} {prompt}"
    sheet.validations.append(Validation(live, made.low, made.high, made.choices, made.label, prompt))
    ledger.inputs[made.key], ledger.as_solved[made.key], ledger.rows[made.key] = live, solved, made


def _count_changes(ledger: Ledger, sheet: Sheet, last: int) -> None:
    changed = sheet.down(CHANGED, sheets.FIRST_ROW, last)
    sheet.put(sheets.CHECK_ROW, SOLVED, "Changed:", "state")
    ledger.changed_count.content = count_of(changed, CHANGED_WORD)
    ledger.changed_count.number_format = COUNT
    sheet.marks += [
        Mark(changed, CHANGED_WORD, "changed"),
        Mark(sheet.down(WITHIN, sheets.FIRST_ROW, last), OUTSIDE_WORD, "bad"),
    ]


def number_format(made: InputRow) -> str:
    """Format of an input by its unit and size."""
    if isinstance(made.value, str):
        return GENERAL
    if made.choices:
        return "0.0"
    if made.unit in {"1", "1/yr"} and abs(made.value) <= 1.0 and not made.key.endswith("factor"):
        return SHARE
    if made.unit.startswith("USD/") or 0.0 < abs(made.value) < 1.0:
        return UNIT_COST if abs(made.value) < 1000.0 else COUNT
    if abs(made.value) >= 1000.0:
        return COUNT
    return FACTOR if made.unit == "1" else NUMBER


def input_name(key: str) -> str:
    """Defined name of an input: the key without its unit, which stands in the unit column."""
    base, mark, number = key.rpartition("_p") if re.search(r"_p[0-9]+$", key) else (key, "", "")
    return safe_name("in_", without_unit(base) + mark + number)
