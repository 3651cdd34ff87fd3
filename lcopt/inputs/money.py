"""How money of other currencies and years becomes USD of the scenario's price year.

Two steps, always in this order: the price index of the quote's own currency brings the amount from the quote's year to
the price year; then the average exchange rate of the price year brings it to USD. A quote without a year is of the
price year. So `38 CNY2023/kg` in a scenario of 2025 is 38 x (CNY index 2025 / CNY index 2023) x (USD per CNY in 2025).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lcopt.inputs.catalog import EXCHANGE_RATES_TABLE, PRICE_INDEX_TABLE, Catalog
from lcopt.inputs.currencies import CURRENCIES, CURRENCY_WORDS, HOME
from lcopt.inputs.quantities import QuantityError, shown

ByYear = Mapping[int, float]

PLAIN_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class MoneyBasis:
    """What turns money into USD of one year: price index and USD per unit of a currency, by currency and year."""

    price_year: int
    index: Mapping[str, ByYear]
    rates: Mapping[str, ByYear]

    @classmethod
    def of(cls, catalog: Catalog, price_year: int) -> MoneyBasis:
        """The series of the catalog's tables `price_index` and `exchange_rates`."""
        return cls(price_year, _series(catalog, PRICE_INDEX_TABLE), _series(catalog, EXCHANGE_RATES_TABLE))

    def usd_factor(self, currency: str, quote_year: int | None = None) -> float:
        """USD of the price year for one unit of `currency` of `quote_year`, which is the price year where left out.

        Raises
        ------
        QuantityError
            Where the currency is not read, or has no index of the quote's year or no rate of the price year.
        """
        if currency not in CURRENCIES:
            message = f"currency {shown(currency)} is not read; expected {CURRENCY_WORDS}"
            raise QuantityError(message)
        growth = 1.0
        if quote_year is not None and quote_year != self.price_year:
            growth = self._index(currency, self.price_year) / self._index(currency, quote_year)
        if currency == HOME:
            return growth
        return growth * _of_year(self.rates.get(currency, {}), self.price_year, f"exchange rate of {currency}")

    def _index(self, currency: str, year: int) -> float:
        return _of_year(self.index.get(currency, {}), year, f"price index of {currency}")


def money_basis(catalog: Catalog, price_year: int | None) -> MoneyBasis | None:
    """The basis of a price year; None without one, and then only USD without a year can be read."""
    return None if price_year is None else MoneyBasis.of(catalog, price_year)


def stated_price_year(scenario: object, catalog: Catalog) -> int | None:
    """The price year that the values of a scenario file state; None where they state no known year."""
    finance = scenario.get("finance") if isinstance(scenario, Mapping) else None
    stated = finance.get("price_year") if isinstance(finance, Mapping) else None
    text = stated.strip() if isinstance(stated, str) else ""
    year = int(text) if PLAIN_YEAR.fullmatch(text) else 0
    return year if year in catalog.price_index else None


def _series(catalog: Catalog, table: str) -> dict[str, ByYear]:
    rows = catalog.table(table).rows
    found = catalog.table(table).words("currency")
    return {word: {int(row.keys["year"]): row.value for row in rows if row.keys["currency"] == word} for word in found}


def _of_year(values: ByYear, year: int, what: str) -> float:
    if year not in values:
        known = f"expected {min(values)} to {max(values)}" if values else "the catalog has none"
        message = f"there is no {what} for {year}; {known}"
        raise QuantityError(message)
    return values[year]
