"""Money in the text of a unit: `EUR/kg`, `MUSD`, `CNY2023/t`; which currencies are read, and which only recognized."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

HOME = "USD"
CURRENCIES = (HOME, "EUR", "CNY")
CURRENCY_WORDS = "USD, EUR or CNY"
OTHER_CURRENCIES = "EUR or CNY"
# Other ways to write a currency that is read; the longer sign first where one holds the other.
SIGNS = {"US$": HOME, "$": HOME, "€": "EUR", "RMB": "CNY"}

_MONEY = re.compile(rf"(M|million)?({'|'.join(CURRENCIES)})([0-9]{{4}})?(/.+)?")
_OTHER_CODES = (
    "AUD|BRL|CAD|CHF|CNH|CZK|DKK|GBP|HKD|HUF|IDR|INR|JPY|KRW|MXN|MYR|NOK|NZD|PLN|RUB|SEK|SGD|THB|TRY|TWD|VND|ZAR"
)
_OTHER_SIGNS = "£¥￥₩₹₽元円"
_OTHER_DOLLAR = r"(?!US\$|M\$)[A-Z]{1,2}\$"
_OTHER = re.compile(rf"(?:M|million)?(?:{_OTHER_CODES}|{_OTHER_DOLLAR}|[{_OTHER_SIGNS}])[0-9]*(?:/.+)?", re.IGNORECASE)
_YUAN_OR_YEN = re.compile("[¥￥元円]")


class MoneyUnit(NamedTuple):
    """A unit of money taken apart: its currency, its own price year or None, and the same unit in USD."""

    currency: str
    year: int | None
    unit_in_usd: str


def plain_currency(unit: str) -> str:
    """A unit text with the code of its currency for the sign."""
    for sign, code in SIGNS.items():
        unit = unit.replace(sign, code)
    return unit


def money_unit(unit: str) -> MoneyUnit | None:
    """The parts of a unit whose currency is read; None where it is no money or another currency."""
    found = _MONEY.fullmatch(unit)
    if not found:
        return None
    millions, currency, year, per = found.groups(default="")
    return MoneyUnit(currency, int(year) if year else None, f"{millions}{HOME}{per}")


def in_currency(unit: str, currency: str) -> str:
    """A unit of the tables, which are in USD, with another currency."""
    return unit.replace(HOME, currency)


def other_currency(unit: str) -> bool:
    """Whether this is a unit of money, as it was written, in a currency that is not read."""
    return _OTHER.fullmatch(unit) is not None


def remedy(word: str) -> str:
    """What to write instead of a currency that is not read."""
    if word in SIGNS:
        return f"write {SIGNS[word]}"
    return "write CNY for yuan" if _YUAN_OR_YEN.search(word) or "CNH" in word else f"convert to {CURRENCY_WORDS}"


def currency_pattern(years: Iterable[int]) -> str:
    """A regular expression of the currency in a unit: USD alone without `years`, else any with one of them or none."""
    decades = groupby(sorted(years), key=lambda year: year // 10)
    quoted = "|".join(f"{decade}[{''.join(str(year % 10) for year in of_it)}]" for decade, of_it in decades)
    words = CURRENCIES if quoted else (HOME,)
    signs = [sign for sign, code in SIGNS.items() if code in words]
    names = "|".join(re.escape(name) for name in (*words, *signs))
    return f"({names})({quoted})?" if quoted else f"({names})"
