"""Numbers and units as people write them elsewhere: commas, dots and gaps in digits, units as words; what to write."""

from __future__ import annotations

import re
from typing import NamedTuple

_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_COMMAS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)")
_DOTS = re.compile(r"([+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d{1,3}(?:\.\d{3}){2,})(?![\d.,])")
_GAPS = re.compile(r"([+-]?\d{1,3}(?:[ _'\u2019\u00a0\u202f]\d{3})+)(?!\d)(.*)", re.DOTALL)
_OTHER_BASE = re.compile(r"[+-]?0[xXoObB]")
_SECOND_NUMBER = re.compile(r"[^A-Za-z%$\u00b0]*\d")
UNITS_AS_SPOKEN = {
    **dict.fromkeys(("prozent", "pct", "pct.", "v.h.", "vh"), "%"),
    **dict.fromkeys(("minute", "minuten", "mins"), "min"),
    **dict.fromkeys(("hour", "hr", "hrs", "stunde", "stunden"), "h"),
    **dict.fromkeys(("yrs", "jahr", "jahre", "jahren"), "yr"),
    **dict.fromkeys(("volt", "volts"), "V"),
    **dict.fromkeys(("liter", "litre", "litres"), "L"),
    **dict.fromkeys(("deg", "grad", "gradcelsius", "degreecelsius", "degreescelsius"), "degC"),
}


class Remedy(NamedTuple):
    """What is wrong with the digits of a text, what is expected, and what to write; `sure` where it has one meaning."""

    found: str
    expected: str
    better: str
    sure: bool = False


def is_more_than_a_number(text: str, rest: str) -> bool:
    """Whether a text holds a second number, as ranges, fractions and dates do, or one of another base."""
    return _OTHER_BASE.match(text) is not None or _SECOND_NUMBER.match(rest) is not None


def has_gaps(text: str) -> bool:
    """Whether the digits are set apart by gaps, so that the number would end too early."""
    return _GAPS.match(text) is not None


def better_number(text: str) -> Remedy | None:
    """How to write the number at the start of a text, or None where it is not one of these."""
    digits = "digits with a decimal point"
    if _COMMAS.match(text):
        return Remedy("has a comma, decimal or thousands", digits, text.replace(",", ""))
    if _DECIMAL_COMMA.match(text):
        better = _DECIMAL_COMMA.sub(r"\1.\2", text, count=1)
        return Remedy("has a decimal comma", "a decimal point", better, sure=True)
    if gaps := _GAPS.match(text):
        return Remedy("has its thousands set apart", digits, re.sub(r"[^\d+-]", "", gaps[1]) + gaps[2])
    if dots := _DOTS.match(text):
        better = dots[1].replace(".", "").replace(",", ".") + text[dots.end() :]
        return Remedy("has its thousands set apart by points", digits, better)
    return None
