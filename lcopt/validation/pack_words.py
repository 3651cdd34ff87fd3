"""What the words of a table of real packs say of a pack: architecture, cooling, number of cells."""

from __future__ import annotations

import re

import pandas as pd

from lcopt.validation.stated import words_of

MODULE, TO_PACK, TO_CHASSIS = "module", "cell_to_pack", "cell_to_chassis"
ARCHITECTURES = (MODULE, TO_PACK, TO_CHASSIS)
BOTTOM, LARGE_FACE, RIBBON = "bottom_plate", "large_face", "side_ribbon"
COOLINGS = (BOTTOM, LARGE_FACE, RIBBON)
# The first pattern that the words hold tells the architecture.
ARCHITECTURE_WORDS = (
    (r"structural|cell[- ]to[- ](?:chassis|body|vehicle|open body)|\bct[cbv]\b|pack[- ]to[- ]open", TO_CHASSIS),
    (r"without modules|no modules|module[- ]?less|module[- ]free|non[- ]module", TO_PACK),
    (r"\bctp\b|\bctp\d|cell[- ]to[- ]pack|blade|qilin|shenxing|dragon armor|\bl[36]00\b|golden battery", TO_PACK),
    (r"\bmodules?\b", MODULE),
)
LARGE_FACE_WORDS = (
    r"qilin|large[- ](?:face|area|surface)|between (?:the )?cells|both sides cooled|double[- ]sided cooling"
)
BOTTOM_WORDS = r"bottom|under[- ]tub|cold plate|floor|base[- ]plate|end[- ]cool"
TWO_TIERS_WORDS = (
    r"two[- ]tier|2[- ]tier|two[- ]layer|double[- ](?:layer|stack|deck)|dual[- ]layer|two levels|stacked in two"
)
WIRED_MODULES = re.compile(r"(\d+)\s*modules?\s*(?:x|of|with|each|,|\()?\s*(?:with\s*)?(\d+)\s*s\s*(\d+)\s*p\b")
MODULES = re.compile(r"(\d+)\s*modules?\s*(?:x|of|with)\s*(\d+)\b(?!\s*s\s*\d)")
MODULES_OF_CELLS = re.compile(r"(\d+)\s*modules?\W+(?:\w+\W+){0,2}?(\d+)\s*cells\b")
CELLS_PER_MODULE = re.compile(r"(\d+)\s*cells?\s*(?:per|in each|in a|/)\s*module")
COUNTED_MODULES = re.compile(r"(\d+)\s*modules\b")
STRINGS = re.compile(r"\b(\d+)\s*s\s*(\d+)\s*p\b")
CELLS = re.compile(r"\b(\d{1,3}[,' ]\d{3}(?!\d)|\d+)\s*(?:x\s*)?(?:\w+\s+){0,2}?cells\b")


def architecture_of(row: pd.Series, otherwise: str) -> str:
    """The architecture that name and format tell, then the note, and `otherwise` where none does."""
    for text in (words_of(row, "name", "format"), words_of(row, "note")):
        for pattern, architecture in ARCHITECTURE_WORDS:
            if re.search(pattern, text):
                return architecture
    return otherwise


def cooling_of(row: pd.Series, *, is_round: bool) -> str:
    """The cooling that the words tell, if it fits the cells; else a ribbon for round cells and a plate for others."""
    text = words_of(row, "name", "format", "note")
    if is_round:
        return BOTTOM if re.search(BOTTOM_WORDS, text) and "ribbon" not in text else RIBBON
    return LARGE_FACE if re.search(LARGE_FACE_WORDS, text) else BOTTOM


def has_two_tiers(row: pd.Series) -> bool:
    """Whether the words tell of two tiers of cells."""
    return re.search(TWO_TIERS_WORDS, words_of(row, "name", "format", "note")) is not None


def stated_counts(row: pd.Series) -> list[int]:
    """Every number of cells that the words may mean for the pack, the likeliest first."""
    counts = []
    for text in (words_of(row, "name", "format"), words_of(row, "note"), words_of(row, "source")):
        modules = COUNTED_MODULES.findall(text)
        counts += [int(a) * int(b) * int(c) for a, b, c in WIRED_MODULES.findall(text)]
        counts += [int(a) * int(b) for pattern in (MODULES, MODULES_OF_CELLS) for a, b in pattern.findall(text)]
        counts += [int(a) * int(b) for a in modules for b in CELLS_PER_MODULE.findall(text)]
        counts += [int(a) * int(b) for a, b in STRINGS.findall(text)]
        counts += [int(re.sub(r"\D", "", number)) for number in CELLS.findall(text)]
    return [count for count in dict.fromkeys(counts) if count > 0]
