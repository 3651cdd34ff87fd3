"""The answer in sentences as the workbook shows it: why this design, why not the others, what would change it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from lcopt.design_names import design_in_words
from lcopt.report.inputs import number_format
from lcopt.report.ledger import Ledger
from lcopt.report.sensitivity import Swing
from lcopt.report.sentences import WHY, topics
from lcopt.report.sheets import Sheet
from lcopt.report.styles import SHARE
from lcopt.report.tables import PackTables

LINE_LENGTH = 150
SWITCHES_TOLD = 4
# Amounts from here on are told without decimals.
WHOLE_FROM = 1000.0
INDENT = "   "


def pack_words(ledger: Ledger, pack: PackTables) -> Iterator[tuple[str, list[str]]]:
    """Heading -> sentences about one pack, true for the inputs as solved; no heading without a sentence."""
    switches = [_switch_in_words(swing) for swing in ledger.swings.get(pack.index, ()) if swing.switch]
    for heading, sentences in topics(pack, ledger.tables.result, switches[:SWITCHES_TOLD]).items():
        chosen = [f"Chosen: {design_in_words(pack.chosen.facts)}."] if heading == WHY else []
        yield heading, [*chosen, *sentences]


def write_words(sheet: Sheet, row: int, sentences: list[str], look: str = "text") -> int:
    """Each sentence from column A on, broken where the page ends; returns the row below."""
    for sentence in sentences:
        for line in textwrap.wrap(sentence, LINE_LENGTH, subsequent_indent=INDENT):
            sheet.put(row, 1, line, look)
            row += 1
    return row


def _switch_in_words(swing: Swing) -> str:
    made, switch = swing.made, swing.switch
    if switch is None:
        return ""
    side = "above" if switch.value > float(swing.live.value) else "below"
    now, then = (_amount(value, swing) for value in (float(swing.live.value), switch.value))
    return f"{made.label} {side} {then} (now {now}): {switch.taker} takes over, both designs and all else the same"


def _amount(value: float, swing: Swing) -> str:
    if number_format(swing.made) == SHARE:
        return f"{100 * value:.1f} %"
    unit = swing.made.unit
    shown = f"{value:,.0f}" if abs(value) >= WHOLE_FROM else f"{value:.4g}"
    return f"{shown} {unit}" if unit not in {"", "1"} else shown
