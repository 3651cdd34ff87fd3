"""Prices of the years of sale: metals move along paths, and active materials and foils move with the metals in them.

The price of an active material in a price scenario starts from its row of prices.csv, which is a quote or is implied by
the metals of that scenario. From there it moves by what each metal in it moves, times how much of it is bought for a
kilogram, and down by what its makers learn. Where a user replaces the cost of its conversion, it moves by the
difference. A price that the scenario file gives wins over all of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.active_materials import TABLE as ACTIVE_MATERIALS
from lcopt.cost.active_materials import bought_kg_per_kg, read_active_materials
from lcopt.cost.sale_years import YearsOfSale
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.uncertainty_keys import CONVERSION

PRICES, PATHS, SCENARIOS = "prices", "price_paths", "price_scenarios"


@dataclass(frozen=True)
class _Learning:
    """How a price scenario goes on after the year of its quotes."""

    quote_yr: int
    conversion_learning_frac_per_yr: float


def price_rows(catalog: Catalog, price_scenario: str) -> dict[str, Row]:
    """Rows of prices.csv of one price scenario by item.

    Raises
    ------
    CatalogError
        Where there is no such price scenario.
    """
    table = catalog.table(PRICES)
    rows = {row.keys["item"]: row for row in table.select(price_scenario=price_scenario)}
    if not rows:
        message = f"no price scenario '{price_scenario}'; there are {', '.join(table.words('price_scenario'))}"
        raise CatalogError(message)
    return rows


def item_prices(
    catalog: Catalog,
    price_scenario: str,
    overrides: Mapping[str, float] | None = None,
    sale: YearsOfSale | None = None,
) -> dict[str, float]:
    """The price of every item, each in the unit of its row.

    Parameters
    ----------
    catalog : Catalog
        In the dollars wanted.
    price_scenario : str
        A price scenario of prices.csv.
    overrides : mapping, optional
        Price item -> price in the item's unit, in the catalog's dollars, the same in all years.
    sale : YearsOfSale, optional
        The years over which prices are averaged; None takes the rows of the price scenario as they are quoted.

    Raises
    ------
    CatalogError
        Where the scenario, an overridden item or the item of a path is not in the catalog.
    """
    rows, given = price_rows(catalog, price_scenario), dict(overrides or {})
    unknown = sorted(set(given) - set(rows))
    if unknown:
        message = f"no price item {', '.join(unknown)}; the items are {', '.join(sorted(rows))}"
        raise CatalogError(message)
    on_paths = _on_paths(catalog, price_scenario, rows, sale)
    base = {item: row.value for item, row in rows.items()}
    stated, quoted = base | on_paths | given, base | _packaged_prices(catalog, price_scenario, rows)
    learned, packaged = 1 - conversion_frac(catalog, price_scenario, sale), catalog.kept(_packaged_conversions)
    moved = {}
    for item, kilograms, conversion in _made_of_metals(catalog, rows):
        anchors = base if rows[item].file else quoted
        metals = sum(kg * (stated[metal] - anchors[metal]) for metal, kg in kilograms.items())
        replaced = 0.0 if rows[item].file else conversion - packaged.get(item, conversion)
        moved[item] = rows[item].value + metals + replaced - conversion * learned
    return stated | moved | {item: stated[item] for item in (*on_paths, *given)}


def _made_of_metals(catalog: Catalog, rows: Mapping[str, Row]) -> list[tuple[str, dict[str, float], float]]:
    """Items with metals in them: kilograms of each metal in a unit of the item, and its cost of conversion."""
    known = [item for item in catalog.table(ACTIVE_MATERIALS).words("active_material") if item in rows]
    materials = read_active_materials(catalog, known)
    bought = bought_kg_per_kg(catalog, materials)
    made = list(zip(known, bought, (float(usd) for usd in materials.conversion_usd_per_kg), strict=True))
    foils = {item: row for item, row in rows.items() if row.keys["metal"]}
    made += [(item, {row.keys["metal"]: float(row.keys["kg_per_unit"])}, 0.0) for item, row in foils.items()]
    return [(item, {metal: kg for metal, kg in parts.items() if metal in rows}, usd) for item, parts, usd in made]


def _packaged_prices(catalog: Catalog, price_scenario: str, rows: Mapping[str, Row]) -> dict[str, float]:
    """Prices behind the packaged quotes: those of the same scenario before a user replaced any; none where none is."""
    if not any(row.file for row in rows.values()):
        return {}
    found = catalog.kept(_packaged).table(PRICES).select(price_scenario=price_scenario)
    return {row.keys["item"]: row.value for row in found}


def _packaged_conversions(catalog: Catalog) -> dict[str, float]:
    """Cost of conversion behind the packaged quotes, of those materials of which a user replaced it."""
    own = catalog.table(ACTIVE_MATERIALS).select(name=CONVERSION)
    replaced = {row.keys["active_material"] for row in own if row.file}
    if not replaced:
        return {}
    known = catalog.kept(_packaged).table(ACTIVE_MATERIALS).select(name=CONVERSION)
    return {row.keys["active_material"]: row.value for row in known if row.keys["active_material"] in replaced}


def _packaged(catalog: Catalog) -> Catalog:
    """The catalog without the rows of a user, in the same dollars."""
    packaged = catalog.packaged
    return packaged if catalog.price_year is None else packaged.in_price_year(catalog.price_year)


def conversion_frac(catalog: Catalog, price_scenario: str, sale: YearsOfSale | None) -> float:
    """Share of the cost of conversion that is left in the years of sale; all without years or in a user's scenario."""
    if sale is None or price_scenario not in catalog.table(SCENARIOS).words("price_scenario"):
        return 1.0
    learning = catalog.constants(_Learning, SCENARIOS, price_scenario=price_scenario)
    elapsed_yr = np.maximum(np.array(sale.years) - learning.quote_yr, 0)
    return sale.mean((1 - learning.conversion_learning_frac_per_yr) ** elapsed_yr)


def _on_paths(
    catalog: Catalog, price_scenario: str, rows: Mapping[str, Row], sale: YearsOfSale | None
) -> dict[str, float]:
    """Mean price of each item with a path in this price scenario; none without years."""
    if sale is None:
        return {}
    table = catalog.table(PATHS)
    for row in table.rows:
        if row.keys["item"] not in catalog.table(PRICES).words("item"):
            message = f"{row.place}: no price item '{row.keys['item']}'; expected one of prices.csv"
            raise CatalogError(message)
    found: dict[str, list[Row]] = {}
    for row in table.select(price_scenario=price_scenario):
        found.setdefault(row.keys["item"], []).append(row)
    # A price that a user states holds in all years, unless there are years of the user's own as well.
    return {
        item: sale.mean(_on_path(path, rows[item].unit, sale.years))
        for item, path in found.items()
        if not rows[item].file or any(row.file for row in path)
    }


def _on_path(path: Sequence[Row], unit: str, years: Sequence[int]) -> FloatArray:
    points = sorted((int(row.keys["year"]), row.number(unit)) for row in path)
    known, prices = zip(*points, strict=True)
    return np.asarray(np.interp(years, known, prices))
