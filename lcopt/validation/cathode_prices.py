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
from importlib.resources import as_file, files

import numpy as np
import pandas as pd

from lcopt.cost.active_materials import TABLE as ACTIVE_MATERIALS
from lcopt.cost.active_materials import implied_usd_per_kg, read_active_materials
from lcopt.inputs.catalog import Catalog

METAL_QUOTES = "metal_quotes.csv"
DAY, YEAR = "day", "year"
DAYS_MAX = 90
# A quote of a month is taken for one of its middle.
MIDDLE_OF_MONTH = "15"
COLUMNS = ("item", "date")


@dataclass(frozen=True)
class MetalPrice:
    """Price of a metal without value-added tax, and the words that tell which quote it is."""

    usd_per_kg: float
    words: str


@dataclass(frozen=True)
class MetalQuotes:
    """What is known of one metal: its quotes by day, and its averages by year."""

    by_day: Mapping[dt.date, MetalPrice]
    by_year: Mapping[int, MetalPrice]

    def at(self, date: dt.date) -> MetalPrice:
        """The quote nearest to a date, or an annual average where none is near enough."""
        away = {day: abs((day - date).days) for day in self.by_day}
        nearest = min(away, key=away.__getitem__)
        if away[nearest] <= DAYS_MAX:
            return self.by_day[nearest]
        known = [year for year in self.by_year if year <= date.year]
        return self.by_year[max(known, default=min(self.by_year))]


def predict_cathode_prices(table: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Implied price of every row with an `item` and a `date` as `usd_per_kg`, and the quotes behind it as `metals`."""
    quotes = _read_metal_quotes()
    made = [
        _predicted(str(item), str(date), quotes, catalog) for item, date in zip(*map(table.get, COLUMNS), strict=True)
    ]
    return pd.DataFrame(made, columns=["problem", "usd_per_kg", "metals"])


def _read_metal_quotes() -> dict[str, MetalQuotes]:
    with as_file(files("lcopt") / "data" / "reference" / METAL_QUOTES) as path:
        table = pd.read_csv(path, dtype={"date": str})
    return {str(metal): _quotes_of(str(metal), rows) for metal, rows in table.groupby("metal")}


def _quotes_of(metal: str, rows: pd.DataFrame) -> MetalQuotes:
    days, years = (rows[rows["span"] == span].set_index("date")["usd_per_kg"] for span in (DAY, YEAR))
    means = days.groupby(days.index.str[:4]).mean()
    told = {"mean of quotes of": means, "average of": years}
    averages = {
        int(str(year)): MetalPrice(float(usd), f"{metal} {words} {year}")
        for words, found in told.items()
        for year, usd in found.items()
    }
    return MetalQuotes(
        {day_of(str(date)): MetalPrice(float(usd), f"{metal} {date}") for date, usd in days.items()}, averages
    )


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
