"""Text with a unit, converted once at the door: `18 min`, `160 Wh/kg`, `8 %`, `-10 degC`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Protocol

from lcopt.errors import printable
from lcopt.inputs.currencies import (
    CURRENCIES,
    HOME,
    MoneyUnit,
    currency_pattern,
    in_currency,
    money_unit,
    other_currency,
    plain_currency,
    remedy,
)
from lcopt.inputs.kinds import ALL_KINDS, RATIO, Kind, Unit
from lcopt.inputs.text.letters import oddities, plain
from lcopt.inputs.text.number_text import UNITS_AS_SPOKEN, better_number, has_gaps, is_more_than_a_number

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_LONGEST_SHOWN = 60
# In the message on money that cannot be read for want of a price year.
NEEDS_YEAR = "needs the price year that it is brought to"
_NAMES_LIKE_MAX = 3


class QuantityError(ValueError):
    """A text is not the quantity that its key needs; `message` says what was found and expected, `hint` the remedy."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message}; {hint}" if hint else message)


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
        message = f"money in {shown(unit_text)} {NEEDS_YEAR}; expected finance.price_year"
        raise QuantityError(message, "state finance.price_year, or give the price in USD of that year")
    return money.usd_factor(quoted.currency, quoted.year)


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
    for kind in ALL_KINDS:
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
    if "%" not in kind.units and RATIO in kind.units:
        return f"{value:g}"
    if "%" in kind.units:
        return f"{100 * value:g} %"
    usual = kind.usual_unit
    unit = usual if kind.units[usual] == Unit() else kind.internal_unit
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
    return f"'{number_text} {kind.usual_unit}'" if kind.usual_unit else f"'{kind.example}'"


def did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    """A hint that names the nearest known word, and the letters that only look like those of it; or the empty text."""
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(plain(word[:_LONGEST_SHOWN]).lower(), list(by_lower), n=1, cutoff=0.6)
    odd = oddities(word)
    return f"did you mean '{by_lower[close[0]]}'?" + (f" the text holds {odd}" if odd else "") if close else ""


def names_like(word: str, known: list[str] | tuple[str, ...]) -> str:
    """A hint that names those that go on where the word ends, or the nearest one, or those that hold the word."""
    going_on = [name for name in known if len(word) > 1 and name.lower().startswith(word.lower())]
    # One letter more is a slip of the pen, not a word cut short.
    is_cut_short = len(going_on) > 1 and min(map(len, going_on)) > len(word) + 1
    hint = "" if is_cut_short else did_you_mean(word, known)
    known = going_on if is_cut_short else known
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
    measured = [other.name for other in ALL_KINDS if unit in other.units or unit in other.aliases]
    if not measured and is_more_than_a_number(text, written):
        return _not_a_number(text, kind)
    what = f"unit {named} measures {measured[0]}" if measured else f"unit {named} is not known"
    return QuantityError(f"{what}; {kind.expectation}", f"write for example '{kind.example}'")


def shown(text: str) -> str:
    """A text of the user in quotes, short and on one line, for a message: what does not print is shown by its code."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
    return f"'{printable(cut)}'"
