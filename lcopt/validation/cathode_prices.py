"""Active-material prices implied by quotes of metals, beside the quotes of the active materials themselves.

Content, yield and conversion are those of active_materials.csv at every date. A metal is taken at its quote nearest to
the date, at most 90 days away; else at the annual average, which is the published one of that year or the mean of that
year's quotes; where a year has neither, at that of the latest year before. All money is that of the date, without
value-added tax.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from lcopt.cost.active_materials import TABLE as ACTIVE_MATERIALS
from lcopt.cost.active_materials import implied_usd_per_kg, read_active_materials
from lcopt.inputs.catalog import Catalog, Row
from lcopt.units import KG_PER_T

QUOTES = "metal_quotes"
DAY, YEAR = "day", "year"
DAYS_MAX = 90
# A quote of a month is taken for one of its middle.
MIDDLE_OF_MONTH = "15"
COLUMNS = ("item", "date")


@dataclass(frozen=True)
class MetalPrice:
    """Price of a metal at a date without value-added tax, and the words that tell which quote it is."""

    usd_per_kg: float
    words: str


@dataclass(frozen=True)
class MetalQuotes:
    """All quotes of one metal."""

    metal: str
    rows: tuple[Row, ...]

    def at(self, date: dt.date) -> MetalPrice:
        """The quote nearest to a date, or an annual average where none is near enough."""
        near = min(self._days, key=lambda row: abs((day_of(row.keys["date"]) - date).days), default=None)
        if near is not None and abs((day_of(near.keys["date"]) - date).days) <= DAYS_MAX:
            return MetalPrice(net_usd_per_kg(near), f"{self.metal} {near.keys['date']}")
        return self._average(date.year)

    @cached_property
    def _days(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.keys["span"] == DAY)

    def _average(self, year: int) -> MetalPrice:
        averages = self._averages
        return averages[max((known for known in averages if known <= year), default=min(averages))]

    @cached_property
    def _averages(self) -> dict[int, MetalPrice]:
        """By year: the published average, or the mean of the quotes of a year without one."""
        quoted: dict[int, list[float]] = {}
        for row in self._days:
            quoted.setdefault(day_of(row.keys["date"]).year, []).append(net_usd_per_kg(row))
        published = {int(row.keys["date"]): net_usd_per_kg(row) for row in self.rows if row.keys["span"] == YEAR}
        means = {
            year: MetalPrice(float(np.mean(found)), f"{self.metal} mean of quotes of {year}")
            for year, found in quoted.items()
        }
        return means | {year: MetalPrice(usd, f"{self.metal} average of {year}") for year, usd in published.items()}


def predict_cathode_prices(table: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Implied price of every row with an `item` and a `date` as `usd_per_kg`, and the quotes behind it as `metals`."""
    rows = catalog.table(QUOTES).grouped("metal")
    quotes = {metal: MetalQuotes(metal, tuple(found)) for metal, found in rows.items()}
    made = [
        _predicted(str(item), str(date), quotes, catalog) for item, date in zip(*map(table.get, COLUMNS), strict=True)
    ]
    return pd.DataFrame(made, columns=["problem", "usd_per_kg", "metals"])


def _predicted(item: str, date: str, quotes: Mapping[str, MetalQuotes], catalog: Catalog) -> tuple[str, float, str]:
    if item not in catalog.table(ACTIVE_MATERIALS).words("active_material"):
        return f"{ACTIVE_MATERIALS}.csv has no item '{item}'", np.nan, ""
    try:
        day = day_of(date)
    except ValueError:
        return f"'{date}' is not a date; write it as 2025-11-10 or 2025-11", np.nan, ""
    (metals,) = read_active_materials(catalog, (item,)).bought_metals
    prices = {metal: quotes[metal].at(day) for metal in metals}
    (usd_per_kg,) = implied_usd_per_kg(catalog, (item,), {metal: price.usd_per_kg for metal, price in prices.items()})
    return "", float(usd_per_kg), "; ".join(price.words for price in prices.values())


def day_of(text: str) -> dt.date:
    """The day that a date means; the middle of a month where it is one.

    Raises
    ------
    ValueError
        Where it is no date.
    """
    return dt.date.fromisoformat(text if text.count("-") > 1 else f"{text}-{MIDDLE_OF_MONTH}")


def net_usd_per_kg(row: Row) -> float:
    """A quote per tonne in dollars per kilogram of what is quoted, without value-added tax."""
    per_usd = float(row.keys["exchange_cny_per_usd"] or 1)
    gross = row.value / KG_PER_T / per_usd
    return gross * float(row.keys["metal_frac"]) / (1 + float(row.keys["vat_frac"]))
