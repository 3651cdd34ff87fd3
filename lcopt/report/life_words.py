"""Cold stops and pack life in words, a line each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lcopt.design_names import HEATER_NAMES, NO_HEATER, WARRANTY_NAMES, capitalized

if TYPE_CHECKING:
    from lcopt.inputs.scenario import Limits

Row = Mapping[str, Any]
ENDLESS = "over 200"
# A range that rounds to whole years below this would say little.
DECIMALS_BELOW_YR = 4.0
FIGURES_COUNT = 3


def cold_in_words(design: Row, limits: Limits) -> str:
    """The stop of a cold pack, its heater and its heat; empty where the scenario asks nothing of cold stops.

    Parameters
    ----------
    design : mapping
        A row of the table of designs.
    limits : Limits
        Of its pack.
    """
    minutes = design.get("cold_charging_time_min")
    if minutes is None or not math.isfinite(minutes):
        return ""
    heater, longest = design["heater"], limits.cold_charging_time_max_min
    warmed = "without a heater" if heater == NO_HEATER else f"with the {HEATER_NAMES[heater]}"
    asked = "" if longest is None else f" (limit {longest:.1f} min)"
    heat = f", {design['cold_heat_kwh']:.1f} kWh of heat" if design["cold_heat_kwh"] else ""
    return f"{minutes:.1f} min at {limits.cold_temperature_deg_c:g} degC {warmed}{asked}{heat}"


def life_in_words(life: Row) -> str:
    """How long a pack lives with its range, how far it gets and what is left of a warranty rule.

    Parameters
    ----------
    life : mapping
        Its row of `Result.life`.
    """
    low, high = (_range_end(life[name]) for name in ("life_low_yr", "life_high_yr"))
    words = f"{years_in_words(life['life_yr'])} years"
    if low != high:
        words += f" ({low} to {high})"
    words += f" to {100 * life['soh_end_of_life_frac']:.0f} %"
    if math.isfinite(life["life_km"]):
        words += f", {_in_figures(life['life_km']):,.0f} km"
    warranty = warranty_in_words(life)
    return f"{words}; {warranty}" if warranty else words


def years_in_words(age_yr: float) -> str:
    """A life with one decimal, or that it is longer than what is looked at."""
    return f"{age_yr:.1f}" if math.isfinite(age_yr) else ENDLESS


def warranty_in_words(life: Row) -> str:
    """Whether a rule is met and by how many points of the state of health; empty where none is asked for."""
    margin, low = life["warranty_margin_frac"], life["warranty_margin_low_frac"]
    if not math.isfinite(margin):
        return ""
    words = f"{warranty_name(life['warranty'])} {_margin_in_words(margin)}"
    if margin >= 0 > low:
        words += f", at the low end {_margin_in_words(low)}"
    return words


def warranty_name(rule: str) -> str:
    """What people call a warranty rule; the user's own ones by their key."""
    return WARRANTY_NAMES.get(rule) or rule.replace("_", " ")


def climate_name(climate: str) -> str:
    """What people call a climate."""
    return " ".join(map(capitalized, climate.split("_")))


def _margin_in_words(margin_frac: float) -> str:
    points = abs(100 * margin_frac)
    number = f"{points:.0f}" if points >= 1 else f"{points:.1f}"
    unit = "point" if number == "1" else "points"
    return f"met with {number} {unit} to spare" if margin_frac >= 0 else f"missed by {number} {unit}"


def _range_end(age_yr: float) -> str:
    if not math.isfinite(age_yr):
        return ENDLESS
    return f"{age_yr:.0f}" if age_yr >= DECIMALS_BELOW_YR else f"{age_yr:.1f}"


def _in_figures(number: float) -> float:
    """A number to three figures."""
    return round(number, FIGURES_COUNT - 1 - math.floor(math.log10(number)))
