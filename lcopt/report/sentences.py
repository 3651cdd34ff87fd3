"""The answer for a pack in sentences by topic, for workbook and page; true for the inputs as solved."""

from __future__ import annotations

from collections.abc import Sequence

from lcopt.design_names import capitalized, design_in_words
from lcopt.report.life_words import cold_in_words, life_in_words
from lcopt.report.limit_words import limit_costs
from lcopt.report.limits import BINDING_FRAC
from lcopt.report.tables import Design, PackTables
from lcopt.report.trade_words import safety_in_words
from lcopt.report.why import changes, difference_in_words, price_changes, why_not
from lcopt.report.words import sentence
from lcopt.result import Result

TIE_FRAC = 0.01
WHY = "Why this design"


def topics(pack: PackTables, result: Result, switches: Sequence[str] = ()) -> dict[str, list[str]]:
    """Heading -> sentences about one pack; no heading without a sentence.

    `switches` are clauses on inputs at which another design takes over.
    """
    name = pack.pack.name
    told = {
        WHY: _reasons(pack),
        "Why not another chemistry": why_not(name, result),
        "What each limit costs": limit_costs(name, result),
        "What would change the answer": [*changes(name, result), *switches, *price_changes(name, result)],
    }
    return {heading: [sentence(words) for words in clauses] for heading, clauses in told.items() if clauses}


def _reasons(pack: PackTables) -> list[str]:
    """Why this design: what binds, the next best, the best of another chemistry."""
    sentences = [_binding(pack)]
    if len(pack.designs) > 1:
        sentences.append(f"Next best: {_against(pack.chosen, pack.designs[1])}")
    else:
        sentences.append("No other candidate meets the limits.")
    if pack.rival is not None and pack.rival is not pack.designs[1]:
        sentences.append(f"Best of another chemistry: {_against(pack.chosen, pack.rival)}")
    borrowed = pack.chosen.facts.get("borrows")
    if isinstance(borrowed, str) and borrowed.strip():
        sentences.append(f"The chosen chemistry borrows {borrowed.strip()}.")
    cold = cold_in_words(pack.chosen.facts, pack.pack.limits)
    sentences += [f"Charging a cold pack: {cold}."] if cold else []
    sentences.append(f"Pack life: {life_in_words(pack.lasting)}.")
    sentences.append(f"Safety: {safety_in_words(pack.chosen.facts, pack.pack.limits.safety)}.")
    return sentences


def _binding(pack: PackTables) -> str:
    close = [limit for limit in pack.limits if abs(limit.slack) <= BINDING_FRAC * max(1.0, abs(limit.bound))]
    if not close:
        return "No limit binds."
    return f"Limits that bind: {', '.join(limit.label for limit in close)}."


def _against(chosen: Design, other: Design) -> str:
    share = other.lifecycle_cost_usd / chosen.lifecycle_cost_usd - 1
    tie = f" TIE: closer than {100 * TIE_FRAC:g} %." if abs(share) < TIE_FRAC else ""
    more = difference_in_words(chosen.facts, other.facts)
    return f"{design_in_words(other.facts)} ({more}).{tie} {capitalized(other.reason)}."
