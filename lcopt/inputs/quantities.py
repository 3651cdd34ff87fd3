"""Text with a unit, converted once at the door: `18 min`, `160 Wh/kg`, `8 %`, `-10 degC`.

One hand-written table for each kind of quantity, so that a file can use only units that make sense for its key and an
error can say what the unit measures. `h` is a time and `yr` a duration: a horizon of ten minutes cannot pass.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from lcopt.units import (
    DAYS_PER_YEAR,
    G_PER_KG,
    MINUTES_PER_HOUR,
    MONTHS_PER_YEAR,
    SECONDS_PER_HOUR,
    USD_PER_MUSD,
    WH_PER_KWH,
    ZERO_CELSIUS_K,
)

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?")
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)")
_GROUPED = re.compile(r"([+-]?\d{1,3}(?:[ _'\u2019\u00a0\u202f]\d{3})+)(?!\d)(.*)", re.DOTALL)
_LONGEST_SHOWN = 60
_NAMES_LIKE_MAX = 3
RATIO = "1"
_OTHER_CURRENCIES = ("EUR", "CNY", "RMB", "GBP", "JPY", "KRW")


class QuantityError(ValueError):
    """A text is not the quantity that its key needs; `message` says what was found and expected, `hint` the remedy."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message}; {hint}" if hint else message)


class Unit(NamedTuple):
    """How a number in this unit becomes one in the internal unit: (number + add) * multiply / divide."""

    multiply: float = 1.0
    divide: float = 1.0
    add: float = 0.0


@dataclass(frozen=True)
class Kind:
    """One kind of quantity: its internal unit and the units that a file may use for it.

    `bare_below` is the value below which a bare number from 0 on is a ratio and needs no unit; 0 where it always does.
    """

    name: str
    units: Mapping[str, Unit]
    example: str
    aliases: Mapping[str, str] = field(default_factory=dict)
    bare_below: float = 0.0
    bare_includes_end: bool = False

    @property
    def internal_unit(self) -> str:
        """The unit of the returned number: the first of the table."""
        return next(iter(self.units))

    @property
    def expectation(self) -> str:
        """What a message says is expected."""
        if RATIO in self.units:
            return f"expected {self.name}, 0 to 1 or in %"
        return f"expected {self.name}, one of: {', '.join(self.units)}"

    def allows_bare(self, number: float) -> bool:
        """Whether this number may stand without a unit."""
        return 0 <= number < self.bare_below or (self.bare_includes_end and number == self.bare_below)


_SAME = Unit()
_PER_100 = Unit(divide=100)
_PER_1000 = Unit(divide=1000)
_BY_1000 = Unit(multiply=1000)

_KINDS = (
    Kind("share", {RATIO: _SAME, "%": _PER_100}, "80 %", {"percent": "%"}, bare_below=1.0, bare_includes_end=True),
    Kind(
        "yearly rate",
        {"1/yr": _SAME, "%": _PER_100, "%/yr": _PER_100},
        "8 %",
        {"percent": "%", "%/a": "%/yr", "%/year": "%/yr", "1/a": "1/yr"},
        bare_below=1.0,
    ),
    Kind(
        "time",
        {"min": _SAME, "s": Unit(divide=60), "h": Unit(multiply=MINUTES_PER_HOUR)},
        "20 min",
        {"minutes": "min", "hours": "h", "sec": "s"},
    ),
    Kind(
        "time of a session",
        {"h": _SAME, "min": Unit(divide=MINUTES_PER_HOUR), "s": Unit(divide=SECONDS_PER_HOUR)},
        "0.1 h",
        {"minutes": "min", "hours": "h", "sec": "s"},
    ),
    Kind(
        "duration",
        {"yr": _SAME, "a": _SAME, "month": Unit(divide=MONTHS_PER_YEAR), "d": Unit(divide=DAYS_PER_YEAR)},
        "12 yr",
        {"year": "yr", "years": "yr", "months": "month", "day": "d", "days": "d"},
    ),
    Kind("energy", {"kWh": _SAME, "Wh": Unit(divide=WH_PER_KWH), "MWh": _BY_1000}, "60 kWh"),
    Kind("power", {"kW": _SAME, "W": _PER_1000, "MW": _BY_1000}, "150 kW"),
    Kind("voltage", {"V": _SAME, "kV": _BY_1000}, "400 V"),
    Kind("current", {"A": _SAME, "kA": _BY_1000}, "500 A"),
    Kind("mass", {"kg": _SAME, "g": Unit(divide=G_PER_KG), "t": _BY_1000}, "400 kg"),
    Kind("volume", {"L": _SAME, "m3": _BY_1000}, "250 L", {"l": "L", "liter": "L", "liters": "L", "dm3": "L"}),
    Kind("specific energy", {"Wh/kg": _SAME, "kWh/kg": _BY_1000}, "160 Wh/kg"),
    Kind("energy density", {"Wh/L": _SAME, "kWh/L": _BY_1000, "kWh/m3": _SAME}, "210 Wh/L", {"Wh/l": "Wh/L"}),
    Kind(
        "temperature",
        {
            "degC": _SAME,
            "K": Unit(add=-ZERO_CELSIUS_K),
            "degF": Unit(add=-32, multiply=5, divide=9),
        },
        "25 degC",
        {"C": "degC", "celsius": "degC", "F": "degF"},
    ),
    Kind("money per energy", {"USD/kWh": _SAME, "USD/MWh": _PER_1000}, "0.14 USD/kWh"),
    Kind("money per mass", {"USD/kg": _SAME, "USD/t": _PER_1000, "USD/g": _BY_1000}, "5.2 USD/kg"),
    Kind("money per tonne", {"USD/t": _SAME, "USD/kg": _BY_1000}, "70 USD/t"),
    Kind("money per area", {"USD/m2": _SAME}, "0.4 USD/m2"),
    Kind("money per volume", {"USD/L": _SAME, "USD/m3": _PER_1000}, "12 USD/L", {"USD/l": "USD/L"}),
    Kind("money per time", {"USD/h": _SAME}, "15 USD/h"),
    Kind("money per power", {"USD/kW": _SAME}, "15 USD/kW"),
    Kind("money per current", {"USD/A": _SAME}, "0.02 USD/A"),
    Kind("money per piece", {"USD/unit": _SAME}, "5 USD/unit"),
    Kind("money per pack", {"USD/pack": _SAME}, "40 USD/pack"),
    Kind(
        "money in millions",
        {"MUSD": _SAME, "USD": Unit(divide=USD_PER_MUSD)},
        "150 MUSD",
        {"M$": "MUSD", "millionUSD": "MUSD"},
    ),
    Kind("distance per year", {"km/yr": _SAME, "km/a": _SAME}, "15000 km/yr", {"km/year": "km/yr"}),
    Kind(
        "consumption",
        {"kWh/km": _SAME, "kWh/100km": _PER_100, "Wh/km": Unit(divide=WH_PER_KWH)},
        "17 kWh/100km",
    ),
    Kind("mass penalty", {"kWh/100km/100kg": _SAME}, "0.4 kWh/100km/100kg"),
    Kind("C-rate", {"1/h": _SAME, "C": _SAME}, "0.2 1/h", {"/h": "1/h"}),
    Kind("carbon per energy", {"kg/kWh": _SAME, "g/kWh": Unit(divide=G_PER_KG)}, "0.25 kg/kWh"),
    Kind(
        "number per year",
        {"1/yr": _SAME, "/yr": _SAME},
        "50000 /yr",
        {"/a": "/yr", "1/a": "/yr", "packs/yr": "/yr", "packs/a": "/yr", "/year": "/yr"},
    ),
    Kind("plant size", {"GWh/yr": _SAME, "GWh/a": _SAME, "MWh/yr": _PER_1000}, "30 GWh/yr"),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _KINDS}
MONEY_KIND_OF_UNIT: dict[str, Kind] = {
    kind.internal_unit: kind for kind in reversed(_KINDS) if kind.name.startswith("money")
}


def read_quantity(text: str, kind: Kind) -> float:
    """The number of `text` in the internal unit of `kind`.

    Raises
    ------
    QuantityError
        Where the text is no finite number with a unit of that kind.
    """
    text = text.strip()
    found = _NUMBER.match(text)
    rest = text[found.end() :] if found else ""
    if not found or rest[:1] in {",", ".", ":"} or _GROUPED.match(text) or (rest[:1].isalnum() and _NUMBER.match(rest)):
        raise _not_a_number(text, kind)
    number, unit_text = float(found.group()), _plain_unit(rest)
    if not math.isfinite(number):
        message = f"{shown(text)} is not a finite number; expected {kind.name}, for example '{kind.example}'"
        raise QuantityError(message)
    if not unit_text:
        return _bare(number, found.group(), kind)
    unit = kind.units.get(kind.aliases.get(unit_text, unit_text))
    if unit is None:
        raise _wrong_unit(found.group(), unit_text, kind)
    return (number + unit.add) * unit.multiply / unit.divide


def number_and_unit(text: str) -> tuple[str, str]:
    """The two parts of a text such as `18 min`, not converted; the unit is empty where there is none."""
    text = text.strip()
    found = _NUMBER.match(text)
    return (found.group(), text[found.end() :].strip()) if found else ("", text)


def known_unit(unit: str, kind: Kind) -> str:
    """The name that the table of a kind has for a unit as written; the text itself where it has none."""
    plain = _plain_unit(unit)
    name = kind.aliases.get(plain, plain)
    return name if name in kind.units else unit.strip()


def same_unit(one: str, other: str) -> bool:
    """Whether two texts name the same unit, of any kind of quantity."""
    if _plain_unit(one) == _plain_unit(other):
        return True
    for kind in _KINDS:
        units = [kind.units.get(known_unit(unit, kind)) for unit in (one, other)]
        if None not in units and units[0] == units[1]:
            return True
    return False


def write_quantity(value: float, kind: Kind, unit: str | None = None) -> str:
    """The text of a value given in the internal unit; `read_quantity` turns it back."""
    written = kind.internal_unit if unit is None else unit
    conversion = kind.units[written]
    number = value * conversion.divide / conversion.multiply - conversion.add
    return repr(number) if written == RATIO else f"{number!r} {written}"


def short_text(value: float, kind: Kind) -> str:
    """A value given in the internal unit as a message shows it: few digits, the unit that people use."""
    if RATIO in kind.units or "%" in kind.units:
        return f"{100 * value:g} %"
    usual = kind.example.split(maxsplit=1)[1]
    unit = usual if kind.units[usual] == _SAME else kind.internal_unit
    return f"{value:.0f} {unit}" if value.is_integer() else f"{value:g} {unit}"


def tidy_text(value: float, kind: Kind) -> str:
    """The shortest text that reads back as exactly this value: in the usual unit where that is exact."""
    texts = [short_text(value, kind), write_quantity(value, kind)]
    if "%" in kind.units:
        texts.append(write_quantity(value, kind, "%"))
    return next((text for text in texts if _reads_back(text, kind, value)), texts[-1])


def _reads_back(text: str, kind: Kind, value: float) -> bool:
    try:
        return read_quantity(text, kind) == value
    except QuantityError:
        return False


def quantity_pattern(kind: Kind) -> str:
    """A regular expression, for JSON Schema, of the texts that name a number in a unit of this kind.

    What `read_quantity` reads but hardly anyone writes (spaces inside a unit) is left out.
    """
    names = [name for name in (*kind.units, *kind.aliases) if name != RATIO]
    units = "|".join(_unit_pattern(name) for name in names)
    return rf"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{{1,4}})?\s*({units})\s*$"


def _unit_pattern(unit: str) -> str:
    pattern = unit.replace("$", r"\$").replace("/", r"\s*/\s*")
    for plain, either in (("deg", "(deg|°)"), ("USD", r"(USD|US\$|\$)"), ("m2", "m[2²]"), ("m3", "m[3³]")):
        pattern = pattern.replace(plain, either)
    return pattern


def quoted_example(number_text: str, kind: Kind) -> str:
    """A number with the unit that most people use for this kind, to show how to write it."""
    return f"'{number_text} {kind.example.split(maxsplit=1)[1]}'"


def did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    """A hint that names the nearest known word, or the empty text."""
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    return f"did you mean '{by_lower[close[0]]}'?" if close else ""


def names_like(word: str, known: list[str] | tuple[str, ...]) -> str:
    """A hint that names the nearest known name, or else the first ones that hold the word, or the empty text."""
    hint = did_you_mean(word, known)
    holding = [shown(name) for name in known if len(word) > 1 and word.lower() in name.lower()]
    return hint or (f"did you mean {' or '.join(holding[:_NAMES_LIKE_MAX])}?" if holding else "")


def _bare(number: float, text: str, kind: Kind) -> float:
    if kind.allows_bare(number):
        return number
    message = f"{text} has no unit; {kind.expectation}"
    raise QuantityError(message, f"write for example {quoted_example(text, kind)}")


def _plain_unit(text: str) -> str:
    unit = "".join(text.split())
    for old, new in (("°", "deg"), ("\N{DEGREE CELSIUS}", "degC"), ("³", "3"), ("²", "2"), ("$", "USD")):
        unit = unit.replace(old, new)
    return unit.replace("US" + "USD", "USD")


def _not_a_number(text: str, kind: Kind) -> QuantityError:
    if _THOUSANDS.match(text):
        better = text.replace(",", "")
        message = f"{shown(text)} has a comma, decimal or thousands; expected digits with a decimal point"
        return QuantityError(message, f"write for example {shown(better)}")
    if _DECIMAL_COMMA.match(text):
        message = f"{shown(text)} has a decimal comma; expected a decimal point"
        better = _DECIMAL_COMMA.sub(r"\1.\2", text, count=1)
        return QuantityError(message, f"write {shown(better)}")
    if grouped := _GROUPED.match(text):
        better = re.sub(r"[^\d+-]", "", grouped[1]) + grouped[2]
        message = f"{shown(text)} has its thousands set apart; expected digits with a decimal point"
        return QuantityError(message, f"write for example {shown(better)}")
    message = f"{shown(text)} is not a number with a unit; expected {kind.name}, for example '{kind.example}'"
    return QuantityError(message)


def _wrong_unit(number: str, unit: str, kind: Kind) -> QuantityError:
    named = shown(unit)
    if any(currency in unit for currency in _OTHER_CURRENCIES):
        message = f"unit {named} is another currency; only USD is read so far, {kind.expectation}"
        return QuantityError(message, "convert to USD of the price year")
    same_but_case = [known for known in (*kind.units, *kind.aliases) if known.lower() == unit.lower()]
    if same_but_case:
        message = f"unit {named} is not known; {kind.expectation}"
        return QuantityError(message, f"write '{number} {same_but_case[0]}'")
    measured = [other.name for other in _KINDS if unit in other.units or unit in other.aliases]
    what = f"unit {named} measures {measured[0]}" if measured else f"unit {named} is not known"
    return QuantityError(f"{what}; {kind.expectation}", f"write for example '{kind.example}'")


def shown(text: str) -> str:
    """A text of the user in quotes, short and on one line, for a message."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
    return "'" + "".join(sign if sign.isprintable() else "?" for sign in cut) + "'"
