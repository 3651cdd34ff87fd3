"""Keys of the code in words for readers."""

from __future__ import annotations

from lcopt.units import UNIT_OF_SUFFIX

_ABBREVIATIONS = {"ac", "bms", "dc", "lfp", "lmo", "lto", "nca", "nmc333", "nmc532", "nmc622", "nmc811", "nmp", "pet"}


def without_unit(key: str) -> str:
    """A key without the unit at its end."""
    words = key.split("_")
    for start in range(1, len(words)):
        if "_".join(words[start:]) in UNIT_OF_SUFFIX:
            return "_".join(words[:start])
    return key


def label(key: str) -> str:
    """A key as words, without its unit."""
    words = [word.upper() if word in _ABBREVIATIONS else word for word in without_unit(key).split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
