"""The answer in sentences as the workbook shows it: why this design, why not the others, what would change it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from lcopt.design_names import capitalized, design_in_words
from lcopt.report.inputs import number_format
from lcopt.report.ledger import Ledger
from lcopt.report.limit_words import limit_costs
from lcopt.report.sensitivity import Swing
from lcopt.report.sentences import reasons
from lcopt.report.sheets import Sheet
from lcopt.report.styles import SHARE
from lcopt.report.tables import PackTables
from lcopt.report.why import changes, price_changes, why_not

LINE_LENGTH = 150
SWITCHES_TOLD = 4
INDENT = "   "


def pack_words(ledger: Ledger, pack: PackTables) -> Iterator[tuple[str, list[str]]]:
    """Heading -> sentences about one pack, true for the inputs as solved; no heading without a sentence."""
    name, result = pack.pack.name, ledger.tables.result
    switches = [_switch_in_words(swing) for swing in ledger.swings.get(pack.index, ()) if swing.switch]
    told = {
        "Why this design": [f"Chosen: {design_in_words(pack.chosen.facts)}", *reasons(pack)],
        "Why not another chemistry": why_not(name, result),
        "What each limit costs": limit_costs(name, result),
        "What would change the answer": [
            *changes(name, result),
            *switches[:SWITCHES_TOLD],
            *price_changes(name, result),
        ],
    }
    for heading, sentences in told.items():
        if sentences:
            yield heading, [_sentence(words) for words in sentences]


def write_words(sheet: Sheet, row: int, sentences: list[str], look: str = "text") -> int:
    """Each sentence from column A on, broken where the page ends; returns the row below."""
    for sentence in sentences:
        for line in textwrap.wrap(sentence, LINE_LENGTH, subsequent_indent=INDENT):
            sheet.put(row, 1, line, look)
            row += 1
    return row


def _sentence(words: str) -> str:
    text = capitalized(words.strip())
    return text if text.endswith((".", "!", "?")) else f"{text}."


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
    return f"{value:,.4g} {unit}" if unit not in {"", "1"} else f"{value:,.4g}"
