"""Keys of the code in words for readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lcopt.design_names import ARCHITECTURE_NAMES, COOLING_NAMES, FORMAT_NAMES, HEATER_NAMES, capitalized
from lcopt.units import UNIT_OF_SUFFIX

# Facts that have names for people.
NAMES = {
    "format": FORMAT_NAMES,
    "architecture": ARCHITECTURE_NAMES,
    "cooling": COOLING_NAMES,
    "heater": HEATER_NAMES,
}
_ABBREVIATIONS = {"ac", "bms", "dc", "lfp", "lmo", "lto", "nca", "nmc333", "nmc532", "nmc622", "nmc811", "nmp", "pet"}

# Prices whose key does not say what is bought.
_BOUGHT = {
    "case_usd_per_kg": "Case, by mass",
    "case_plus_usd_per_unit": "Case, vent and seals, per cell",
    "terminals_usd_per_kg": "Terminals",
    "module_parts_usd_per_kg": "Contacting and module plates",
    "tray_floor_usd_per_kg": "Floor and shield",
    "structure_lid_usd_per_kg": "Lid",
    "tray_frame_usd_per_kg": "Frame",
    "structure_bus_bar_usd_per_kg": "Bus bars",
    "pressure_hardware_usd_per_kg": "Plates and ties for stack pressure",
    "barrier_usd_per_m2": "Barriers between cells, by area",
    "barrier_usd_per_l": "Barriers between cells, by volume",
    "mica_cover_usd_per_m2": "Mica cover under the lid",
    "vent_usd_per_pack": "Vents of the housing",
    "parts_price_factor": "Other parts at catalog prices",
}


def bought(price_key: str, item: str) -> str:
    """What a line of a bill buys."""
    return _BOUGHT.get(price_key) or label(item)


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


def sentence(words: str) -> str:
    """A clause as a sentence: capital first, full stop last."""
    whole = capitalized(words.strip())
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."


def fact_in_words(key: str, facts: Mapping[str, Any]) -> str:
    """A fact that is told in words, by the name that people know."""
    word = str(facts[key])
    names = NAMES.get(key)
    return capitalized(names[word]) if names else word
