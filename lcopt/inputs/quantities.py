"""Text with a unit, converted once at the door: `18 min`, `160 Wh/kg`, `8 %`, `-10 degC`.

One hand-written table for each kind of quantity, so that a file can use only units that make sense for its key and an
error can say what the unit measures. `h` is a time and `yr` a duration: a horizon of ten minutes cannot pass.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple, Protocol

from lcopt.errors import printable
from lcopt.inputs.currencies import (
    CURRENCIES,
    HOME,
    OTHER_CURRENCIES,
    MoneyUnit,
    currency_pattern,
    in_currency,
    money_unit,
    other_currency,
    plain_currency,
    remedy,
)
from lcopt.inputs.letters import oddities, plain
from lcopt.inputs.number_text import UNITS_AS_SPOKEN, better_number, has_gaps, is_more_than_a_number
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

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_LONGEST_SHOWN = 60
_NAMES_LIKE_MAX = 3
RATIO = "1"
MONEY = "money"


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
        if len(self.units) == 1 and RATIO in self.units:
            return f"expected {self.name}, a number without a unit"
        if RATIO in self.units:
            return f"expected {self.name}, 0 to 1 or in %"
        others = f", or in {OTHER_CURRENCIES}" if self.is_money else ""
        return f"expected {self.name}, one of: {', '.join(self.units)}{others}"

    @property
    def is_money(self) -> bool:
        """Whether its units are in USD, which another currency may stand for."""
        return self.name.startswith(MONEY)

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
        {"millionUSD": "MUSD"},
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
    Kind("factor", {RATIO: _SAME}, "1.1", bare_below=1000.0),
    Kind("plant size", {"GWh/yr": _SAME, "GWh/a": _SAME, "MWh/yr": _PER_1000}, "30 GWh/yr"),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _KINDS}
MONEY_KIND_OF_UNIT: dict[str, Kind] = {kind.internal_unit: kind for kind in reversed(_KINDS) if kind.is_money}


class Money(Protocol):
    """What turns money of a currency and a year into USD of the price year."""

    def usd_factor(self, currency: str, quote_year: int | None = None) -> float:
        """USD of the price year for one unit of `currency` of `quote_year`; QuantityError where there is none."""


def read_quantity(text: str, kind: Kind, money: Money | None = None) -> float:
    """The number of `text` in the internal unit of `kind`.

    Money may be in USD, EUR or CNY and may carry the year of its prices: `5.2 EUR/kg`, `38 CNY2023/kg`. The price index
    of its own currency brings it to the price year, then the exchange rate of the price year to USD; see money.py.

    Parameters
    ----------
    text : str
    kind : Kind
    money : Money, optional
        Index and rates for the price year; without it only USD without a year are read.

    Raises
    ------
    QuantityError
        Where the text is no finite number with a unit of that kind, or the money cannot be brought to the price year.
    """
    text = text.strip()
    try:
        return _read(text, kind, money)
    except QuantityError:
        if (better := plain(text).strip()) == text or not _is_readable(better, kind, money):
            raise
    message = f"{shown(text)} holds {oddities(text)}; expected letters and digits of a keyboard"
    raise QuantityError(message, f"write {shown(better)}")


def _is_readable(text: str, kind: Kind, money: Money | None) -> bool:
    try:
        _read(text, kind, money)
    except QuantityError:
        return False
    return True


def _read(text: str, kind: Kind, money: Money | None) -> float:
    found = _NUMBER.match(text)
    rest = text[found.end() :] if found else ""
    if not found or rest[:1] in {",", ".", ":"} or has_gaps(text) or (rest[:1].isalnum() and _NUMBER.match(rest)):
        raise _not_a_number(text, kind)
    number, unit_text = float(found.group()), _plain_unit(rest)
    if not math.isfinite(number):
        message = f"{shown(text)} is not a finite number; expected {kind.name}, for example '{kind.example}'"
        raise QuantityError(message)
    if not unit_text:
        return _bare(number, found.group(), kind)
    quoted = money_unit(unit_text) if kind.is_money else None
    name = quoted.unit_in_usd if quoted else unit_text
    unit = kind.units.get(kind.aliases.get(name, name))
    if unit is None:
        raise _wrong_unit(text, found.group(), rest.strip(), kind)
    number = (number + unit.add) * unit.multiply / unit.divide
    # The sum turns -0.0 into 0.0: two texts of one meaning have one hash.
    return (number * _usd_factor(quoted, unit_text, money) if quoted else number) + 0.0


def _usd_factor(quoted: MoneyUnit, unit_text: str, money: Money | None) -> float:
    if quoted.currency == HOME and quoted.year is None:
        return 1.0
    if money is None:
        message = f"money in {shown(unit_text)} needs the price year that it is brought to; expected finance.price_year"
        raise QuantityError(message, "state finance.price_year, or give the price in USD of that year")
    return money.usd_factor(quoted.currency, quoted.year)


def number_and_unit(text: str) -> tuple[str, str]:
    """The two parts of a text such as `18 min`, not converted; the unit is empty where there is none."""
    text = text.strip()
    found = _NUMBER.match(text)
    return (found.group(), text[found.end() :].strip()) if found else ("", text)


def write_quantity(value: float, kind: Kind, unit: str | None = None) -> str:
    """The text of a value given in the internal unit; `read_quantity` turns it back."""
    written = kind.internal_unit if unit is None else unit
    conversion = kind.units[written]
    number = value * conversion.divide / conversion.multiply - conversion.add
    return repr(number) if written == RATIO else f"{number!r} {written}"


def short_text(value: float, kind: Kind) -> str:
    """A value given in the internal unit as a message shows it: few digits, the unit that people use."""
    if "%" not in kind.units and RATIO in kind.units:
        return f"{value:g}"
    if "%" in kind.units:
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


def quantity_pattern(kind: Kind, price_years: Iterable[int] = ()) -> str:
    """A regular expression, for JSON Schema, of the texts that name a number in a unit of this kind.

    With `price_years`, money may be in any currency and of one of these years, as where the price year is known. What
    `read_quantity` reads but hardly anyone writes (spaces inside a unit) is left out.
    """
    names = [name for name in (*kind.units, *kind.aliases) if name != RATIO]
    units = "|".join(_unit_pattern(name) for name in names)
    if kind.is_money:
        units = units.replace(HOME, currency_pattern(price_years))
    return rf"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{{1,4}})?\s*({units})\s*$"


def _unit_pattern(unit: str) -> str:
    pattern = unit.replace("/", r"\s*/\s*")
    # A unit that begins with a digit would else take the last one of the number.
    pattern = rf"(?<=\s){pattern}" if unit[:1].isdigit() else pattern
    for name, either in (("deg", "(deg|°)"), ("m2", "m[2²]"), ("m3", "m[3³]")):
        pattern = pattern.replace(name, either)
    return pattern


def quoted_example(number_text: str, kind: Kind) -> str:
    """A number with the unit that most people use for this kind, to show how to write it."""
    return f"'{number_text} {kind.example.split(maxsplit=1)[1]}'"


def did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    """A hint that names the nearest known word, and the letters that only look like those of it; or the empty text."""
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(plain(word[:_LONGEST_SHOWN]).lower(), list(by_lower), n=1, cutoff=0.6)
    odd = oddities(word)
    return f"did you mean '{by_lower[close[0]]}'?" + (f" the text holds {odd}" if odd else "") if close else ""


def names_like(word: str, known: list[str] | tuple[str, ...]) -> str:
    """A hint that names the nearest known name, or else the first ones that hold the word, or the empty text."""
    hint = did_you_mean(word, known)
    holding = [shown(name) for name in known if len(word) > 1 and word.lower() in name.lower()]
    return hint or (f"did you mean {' or '.join(holding[:_NAMES_LIKE_MAX])}?" if holding else "")


def _bare(number: float, text: str, kind: Kind) -> float:
    if kind.allows_bare(number):
        return number + 0.0
    message = f"{text} has no unit; {kind.expectation}"
    raise QuantityError(message, f"write for example {quoted_example(text, kind)}")


def _plain_unit(text: str) -> str:
    unit = "".join(text.split())
    for old, new in (("°", "deg"), ("\N{DEGREE CELSIUS}", "degC"), ("³", "3"), ("²", "2")):
        unit = unit.replace(old, new)
    return plain_currency(unit)


def _not_a_number(text: str, kind: Kind) -> QuantityError:
    if better := better_number(text):
        message = f"{shown(text)} {better.found}; expected {better.expected}"
        return QuantityError(message, f"write {'' if better.sure else 'for example '}{shown(better.better)}")
    message = f"{shown(text)} is not a number with a unit; expected {kind.name}, for example '{kind.example}'"
    return QuantityError(message)


def _wrong_unit(text: str, number: str, written: str, kind: Kind) -> QuantityError:
    unit, compact = _plain_unit(written), "".join(written.split())
    if other_currency(compact):
        message = f"unit {shown(compact)} is in a currency that is not read; {kind.expectation}"
        return QuantityError(message, remedy(compact))
    named = shown(written)
    known = [*kind.units, *kind.aliases]
    known = [in_currency(name, code) for name in known for code in CURRENCIES] if kind.is_money else known
    meant = UNITS_AS_SPOKEN.get(unit.lower(), "")
    same = [name for name in known if name.lower() == unit.lower() or name == meant]
    if same:
        message = f"unit {named} is not known; {kind.expectation}"
        return QuantityError(message, f"write '{number} {same[0]}'")
    quoted = money_unit(unit)
    unit = quoted.unit_in_usd if quoted else unit
    measured = [other.name for other in _KINDS if unit in other.units or unit in other.aliases]
    if not measured and is_more_than_a_number(text, written):
        return _not_a_number(text, kind)
    what = f"unit {named} measures {measured[0]}" if measured else f"unit {named} is not known"
    return QuantityError(f"{what}; {kind.expectation}", f"write for example '{kind.example}'")


def shown(text: str) -> str:
    """A text of the user in quotes, short and on one line, for a message: what does not print is shown by its code."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
    return f"'{printable(cut)}'"
