"""What the words and cells of a table of real cells and packs say."""

from __future__ import annotations

import math

# The first word that a stated chemistry holds names the couple; nickel-rich ones without a number pass for NMC622.
COUPLES = (
    ("NMC811", "NMC811-G (Energy)"),
    ("high-Ni", "NMC811-G (Energy)"),
    ("NCMA", "NMC811-G (Energy)"),
    ("NMC532", "NMC532-G (Energy)"),
    ("NMC111", "NMC333-G (Energy)"),
    ("NMC", "NMC622-G (Energy)"),
    ("NCA", "NCA-G (Energy)"),
    ("LFP", "LFP-G (Energy)"),
    ("LMO", "LMO-G (Energy)"),
)
NOT_MODELED = ("solid", "in-situ", "LMFP", "Na-ion", "/Si", "(Si")


def stated_couple(chemistry: str) -> str | None:
    """The couple of the catalog that a stated chemistry passes for, None where it is not modeled."""
    if any(word in chemistry for word in NOT_MODELED):
        return None
    return next((couple for word, couple in COUPLES if word in chemistry), None)


def has_silicon_oxide(chemistry: str) -> bool:
    """Whether a stated chemistry has some silicon in its graphite."""
    return "Si" in chemistry and "no Si" not in chemistry


def stated_number(cell: object) -> float:
    """The finite number in a cell of a table, NaN where there is none."""
    try:
        number = float(str(cell))
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan
