"""Letters that look like others or do not show at all: named for people, and turned into those they stand for."""

from __future__ import annotations

import unicodedata

_LOOK_ALIKE = str.maketrans(
    "\u2010\u2011\u2012\u2013\u2014\u2212\u201c\u201d\u2018\u2019"
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
    "\u03bf\u03bd\u03c1\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "------\"\"''"
    "abekmhopctyxijs"
    "ABEKMHOPCTYXIJS"
    "ovpABEZHIKMNOPTYX",
)  # fmt: skip
_FULL_WIDTH_FIRST, _FULL_WIDTH_LAST, _TO_ASCII = 0xFF01, 0xFF5E, 0xFEE0
_NAMED_MAX = 3


def plain(text: str) -> str:
    """The text in the letters of a keyboard where it has others that look like them; what does not show is left out.

    Digits of other scripts become ASCII digits, odd dashes and spaces plain ones; other foreign letters stay.
    """
    return "".join(_plain(sign) for sign in text.translate(_LOOK_ALIKE))


def _plain(sign: str) -> str:
    if sign.isascii() and sign.isprintable():
        return sign
    if sign.isspace():
        return " "
    if unicodedata.category(sign) in {"Cc", "Cf"}:
        return ""
    if _FULL_WIDTH_FIRST <= ord(sign) <= _FULL_WIDTH_LAST:
        return chr(ord(sign) - _TO_ASCII)
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


def oddities(text: str) -> str:
    """The names of the letters that `plain` would change, for a message; the empty text where there is none."""
    odd = [sign for sign in dict.fromkeys(text) if plain(sign) != sign]
    names = [f"U+{ord(sign):04X} {unicodedata.name(sign, 'CONTROL CHARACTER')}" for sign in odd[:_NAMED_MAX]]
    return ", ".join(names)
