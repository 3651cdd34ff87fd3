"""What cell formats, pack architectures, ways of cooling, heaters and rules are called in front of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FORMAT_NAMES = {
    "pouch": "pouch",
    "21700": "21700 round",
    "4680": "4680 round",
    "4695": "4695 round",
    "46120": "46120 round",
    "phev2": "PHEV2 prismatic",
    "prismatic_173": "173 mm prismatic",
    "unified": "unified prismatic",
    "blade": "blade",
    "short_blade_l300": "short blade L300",
    "short_blade_l600": "short blade L600",
    "long_pouch": "long pouch",
}
ARCHITECTURE_NAMES = {"module": "modules", "cell_to_pack": "cell to pack", "cell_to_chassis": "cell to chassis"}
COOLING_NAMES = {
    "bottom_plate": "bottom plate",
    "large_face": "large-face plates",
    "side_ribbon": "side ribbons",
}
HEATER_NAMES = {
    "none": "no heater",
    "ptc_6kw": "6 kW heater",
    "ptc_12kw": "12 kW heater",
    "pulse_20kw": "20 kW pulse heater",
}
NO_HEATER = "none"
MADE = "made"
WARRANTY_NAMES = {
    "euro_7": "Euro 7",
    "euro_7_van": "Euro 7 for vans",
    "california_2026": "California's rule of 2026",
    "california_2031": "California's rule of 2031",
    "makers_8yr": "the makers' 8 years",
}
RULE_NAMES = {"none": "no safety rule", "gb38031_2020": "GB 38031-2020", "gb38031_2025": "GB 38031-2025"}
USUAL_CLASS = "standard"


def kind_in_words(facts: Mapping[str, Any]) -> str:
    """Chemistry, class and format of a design: `LFP-G (Energy) in short blade L600 cells`."""
    return f"{_graded(facts)} in {FORMAT_NAMES[facts['format']]} cells"


def design_in_words(facts: Mapping[str, Any]) -> str:
    """One design in one line.

    Parameters
    ----------
    facts : mapping
        Its row of the table of designs.
    """
    return (
        f"{_graded(facts)}, {facts['areal_capacity_mah_per_cm2']:.2f} mAh/cm2, {FORMAT_NAMES[facts['format']]} cell of "
        f"{facts['cell_capacity_ah']:.1f} Ah, {facts['cells_in_series_count']} in series x "
        f"{facts['cells_in_parallel_count']} in parallel, {pack_in_words(facts)}{_sourced(facts)}"
    )


def _sourced(facts: Mapping[str, Any]) -> str:
    """From whom the cells are, where they are bought."""
    sourcing = facts.get("sourcing", MADE)
    return "" if sourcing == MADE else f", cells {sourcing}"


def pack_in_words(facts: Mapping[str, Any]) -> str:
    """How the pack of a design is built, with what is unusual about it: `cell to pack, bottom plate`."""
    words = [_architecture(facts), COOLING_NAMES[facts["cooling"]]]
    if facts["tiers_count"] > 1:
        words.append(f"{facts['tiers_count']} tiers")
    if facts["is_lying"]:
        words.append("cells lying")
    if facts["barrier_thickness_mm"] > 0:
        words.append(f"{length_in_words(facts['barrier_thickness_mm'])} barriers")
    if facts.get("heater", NO_HEATER) != NO_HEATER:
        words.append(HEATER_NAMES[facts["heater"]])
    return ", ".join(words)


def length_in_words(length_mm: float) -> str:
    """A length with two digits: `1.4 mm`, `0.05 mm`."""
    return f"{length_mm:.1f} mm" if length_mm >= 1 else f"{length_mm:.2g} mm"


def capitalized(words: str) -> str:
    """A name at the start of a line."""
    return words[:1].upper() + words[1:]


def _graded(facts: Mapping[str, Any]) -> str:
    technology = facts.get("technology_class", USUAL_CLASS)
    return str(facts["chemistry"]) + ("" if technology == USUAL_CLASS else f" of class {technology}")


def _architecture(facts: Mapping[str, Any]) -> str:
    count = facts["modules_in_row_count"] * facts["rows_of_modules_count"]
    if facts["architecture"] == "module" and count:
        return f"{count} module{'' if count == 1 else 's'}"
    return ARCHITECTURE_NAMES[facts["architecture"]]
