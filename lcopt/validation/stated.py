"""What the words and cells of a table of real cells and packs say of a cell."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping
from typing import NamedTuple

import pandas as pd

# The first word that a stated chemistry holds names the couple; nickel-rich ones without a number pass for NMC622.
COUPLES = (
    ("NMC811", "NMC811-G (Energy)"),
    ("NMC9", "NMC811-G (Energy)"),
    ("NMC8", "NMC811-G (Energy)"),
    ("NMC 8", "NMC811-G (Energy)"),
    ("HIGH-NI", "NMC811-G (Energy)"),
    ("HIGH NI", "NMC811-G (Energy)"),
    ("NCMA", "NMC811-G (Energy)"),
    ("NMC532", "NMC532-G (Energy)"),
    ("NMC523", "NMC532-G (Energy)"),
    ("NMC5", "NMC532-G (Energy)"),
    ("NMC111", "NMC333-G (Energy)"),
    ("NMC333", "NMC333-G (Energy)"),
    ("NMC", "NMC622-G (Energy)"),
    ("TERNARY", "NMC622-G (Energy)"),
    ("NCA", "NCA-G (Energy)"),
    ("LMFP", "LMFP-G"),
    ("M3P", "LMFP-G"),
    ("LFP", "LFP-G (Energy)"),
    ("LIFEPO4", "LFP-G (Energy)"),
    ("IRON PHOSPHATE", "LFP-G (Energy)"),
    ("LMO", "LMO-G (Energy)"),
)
NOT_MODELED = ("SOLID", "IN-SITU", "/SI", "(SI")
SODIUM_WORDS = ("NA-ION", "NA ION", "SODIUM", "NFM", "NFPP", "NATRIUM")
SODIUM_COUPLE = "NaNFM-HC"
ROUND_WORDS = ("cylind", "round cell", "46xx")
ENVELOPE = ("cell_L_mm", "cell_W_or_D_mm", "cell_H_or_T_mm")
# Codes of round cells are a diameter of 14 mm or more and a height of 40 mm or more: 2170, 21700, 4680, 46120, 32140.
ROUND_CODE = re.compile(r"(?<![\d.x*])(\d{2})[x-]?(\d{2,3})(?![\dx*])")
DIAMETERS_MM, HEIGHTS_MM = (14, 60), (40, 150)
# Codes of cans: two digits of thickness, three of width, three of height, all in mm.
CAN_CODE = re.compile(r"(?<!\d)(\d{2})(\d{3})(\d{3})(?!\d)")
BY_SIDES = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s?[x*]\s?(\d+(?:\.\d+)?)\s?[x*]\s?(\d+(?:\.\d+)?)(?!\d)")
NAMED_SIZES = ("phev1", "phev2", "bev1", "bev2")


class Sides(NamedTuple):
    """Outer size of a cell in the order of the table's columns: of a round one NaN, diameter and height."""

    length_mm: float
    second_mm: float
    third_mm: float


def stated_couple(chemistry: str, known: Container[str]) -> str | None:
    """The couple that a stated chemistry passes for, None where the catalog, with its `known` couples, lacks it."""
    text = chemistry.upper()
    if any(word in text for word in NOT_MODELED):
        return None
    if is_sodium(chemistry):
        couple: str | None = None if "LFP" in text or "NMC" in text else SODIUM_COUPLE
    else:
        text = re.sub(r"NCM(?!A)", "NMC", text)
        couple = next((couple for word, couple in COUPLES if word in text), None)
    return couple if couple in known else None


def is_sodium(chemistry: str) -> bool:
    """Whether a stated chemistry has sodium in it."""
    return any(word in chemistry.upper() for word in SODIUM_WORDS)


def is_iron_phosphate(chemistry: str) -> bool:
    """Whether a stated chemistry is LFP or LMFP."""
    text = chemistry.upper()
    return any(word in text for word in ("LFP", "LMFP", "M3P", "LIFEPO4", "IRON PHOSPHATE")) and "NMC" not in text


def has_manganese(chemistry: str) -> bool:
    """Whether a stated iron phosphate holds manganese as well."""
    return any(word in chemistry.upper() for word in ("LMFP", "M3P"))


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


def words_of(row: Mapping[str, object] | pd.Series, *columns: str) -> str:
    """The text of some columns in small letters, without what is empty."""
    cells = (row.get(name) for name in columns)
    return " ".join(str(cell) for cell in cells if isinstance(cell, str)).lower()


def is_round(row: pd.Series) -> bool:
    """Whether name and format tell of a round cell."""
    text = words_of(row, "name", "format")
    if any(word in text for word in ROUND_WORDS):
        return True
    return not any(word in text for word in ("prism", "pouch", "blade", "can")) and round_code(text) is not None


def round_code(text: str) -> tuple[float, float] | None:
    """Diameter and height in the code of a round cell, as 21700, 4680 or 46x120."""
    for first, rest in ROUND_CODE.findall(text):
        tall = int(rest) if len(rest) == 2 or int(rest) <= HEIGHTS_MM[1] else int(rest) / 10
        fits = DIAMETERS_MM[0] <= int(first) <= DIAMETERS_MM[1] and HEIGHTS_MM[0] <= tall <= HEIGHTS_MM[1]
        if fits:
            return float(first), float(tall)
    return None


def stated_sides(row: pd.Series, sizes: Mapping[str, Sides]) -> Sides:
    """The size of a cell: of its columns, else of a code or a standard name; NaN where neither tells it.

    `sizes` are those of names like PHEV2.
    """
    given = Sides(*(stated_number(row.get(name)) for name in ENVELOPE))
    text = words_of(row, "name", "format")
    if is_round(row):
        code = round_code(text) or (math.nan, math.nan)
        diameter, height = (side if side > 0 else told for side, told in zip(given[1:], code, strict=True))
        return Sides(given.length_mm, diameter, height)
    if any(side > 0 for side in given):
        return given
    if can := CAN_CODE.search(text):
        return Sides(float(can[2]), float(can[1]), float(can[3]))
    if sides := BY_SIDES.search(text):
        return Sides(*(float(side) for side in sides.groups()))
    return next((sizes[name] for name in NAMED_SIZES if name in text), given)
