"""Sentences of the cover: what was chosen, why, and whether it is a tie; true for the inputs as solved."""

from __future__ import annotations

from lcopt.design_names import design_in_words
from lcopt.report.life_words import cold_in_words, life_in_words
from lcopt.report.limits import BINDING_FRAC
from lcopt.report.tables import COMPONENTS, Design, PackTables

TIE_FRAC = 0.01


def reasons(pack: PackTables) -> list[str]:
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
    return sentences


def _binding(pack: PackTables) -> str:
    close = [limit for limit in pack.limits if abs(limit.slack) <= BINDING_FRAC * max(1.0, abs(limit.bound))]
    if not close:
        return "No limit binds."
    return f"Limits that bind: {', '.join(limit.label for limit in close)}."


def _against(chosen: Design, other: Design) -> str:
    more_usd = other.lifecycle_cost_usd - chosen.lifecycle_cost_usd
    share = more_usd / chosen.lifecycle_cost_usd
    tie = " TIE: closer than 1 %." if abs(share) < TIE_FRAC else ""
    alone = (
        " It is cheaper for this pack alone, not with the platforms that the portfolio opens." if more_usd < 0 else ""
    )
    words = f"{design_in_words(other.facts)}: {more_usd:+,.0f} USD a pack ({share:+.2%})."
    return f"{words}{tie}{alone} {decider(chosen, other)}."


def decider(chosen: Design, other: Design) -> str:
    """The component of cost in which two designs differ most."""
    differences = {
        component: other.present_values_usd.get(component, 0.0) - chosen.present_values_usd.get(component, 0.0)
        for component in COMPONENTS
    }
    largest = max(differences, key=lambda component: abs(differences[component]))
    if not differences[largest]:
        return "They cost the same in every component"
    return f"What decides is {COMPONENTS[largest].lower()} ({differences[largest]:+,.0f} USD)"
