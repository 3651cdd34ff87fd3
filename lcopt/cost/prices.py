"""What a kilogram, a square meter or a liter of each material costs, by chemistry and price scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.electrodes import holds_solid_electrolyte
from lcopt.cost.price_chain import item_prices, price_rows
from lcopt.cost.sale_years import YearsOfSale
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog, Row

GRAPHITES = ("graphite_anode", "sio_graphite_anode")
ORGANIC_SOLVENTS = ("nmp_solvent", "nonpolar_solvent")
SOLID_ELECTROLYTE = "solid_electrolyte"

# Material of a cell -> field of the deck that holds its price.
PRICE_FIELDS: dict[str, str] = {
    "positive_active": "positive_active_usd_per_kg",
    "positive_carbon": "positive_carbon_usd_per_kg",
    "positive_binder": "positive_binder_usd_per_kg",
    "positive_solvent": "positive_solvent_usd_per_kg",
    "negative_active": "negative_active_usd_per_kg",
    "negative_carbon": "negative_carbon_usd_per_kg",
    "negative_binder": "negative_binder_usd_per_kg",
    "negative_solvent": "negative_solvent_usd_per_kg",
    "positive_foil": "positive_foil_usd_per_m2",
    "negative_foil": "negative_foil_usd_per_m2",
    "separator": "separator_usd_per_m2",
    "electrolyte": "electrolyte_usd_per_l",
    "solid_electrolyte": "solid_electrolyte_usd_per_kg",
}


@dataclass(frozen=True)
class PriceDeck:
    """Material prices, one value per chemistry or, after `take`, per design; every array has shape (n,).

    `negative_active_factor` and `electrolyte_factor` multiply those two prices: the premium of a faster grade.
    `is_borrowed` marks chemistries whose active material has no price of its own in the price scenario.
    `items` names, per chemistry, the price item of each material; `chemistry_index` points into it.
    """

    positive_active_usd_per_kg: FloatArray
    positive_carbon_usd_per_kg: FloatArray
    positive_binder_usd_per_kg: FloatArray
    positive_solvent_usd_per_kg: FloatArray
    negative_active_usd_per_kg: FloatArray
    negative_carbon_usd_per_kg: FloatArray
    negative_binder_usd_per_kg: FloatArray
    negative_solvent_usd_per_kg: FloatArray
    positive_foil_usd_per_m2: FloatArray
    negative_foil_usd_per_m2: FloatArray
    separator_usd_per_m2: FloatArray
    electrolyte_usd_per_l: FloatArray
    solid_electrolyte_usd_per_kg: FloatArray
    negative_active_factor: FloatArray
    electrolyte_factor: FloatArray
    negative_solvent_is_organic: BoolArray
    negative_active_is_graphite: BoolArray
    is_borrowed: BoolArray
    chemistry_index: IntArray
    items: Mapping[str, tuple[str, ...]]

    def take(self, index: IntArray) -> PriceDeck:
        """The prices of each design, where `index` (n_designs,) points at the chemistries of this deck."""
        arrays = {item.name: getattr(self, item.name)[index] for item in fields(self) if item.name != "items"}
        return replace(self, **arrays)

    def with_grade(self, graphite_factor: FloatArray | float, electrolyte_factor: FloatArray | float) -> PriceDeck:
        """The same prices with graphite and electrolyte of a grade that costs so many times as much."""
        graphite = np.where(self.negative_active_is_graphite, graphite_factor, 1.0)
        ones = np.ones_like(self.electrolyte_factor)
        return replace(self, negative_active_factor=graphite, electrolyte_factor=electrolyte_factor * ones)

    def item_names(self, material: str) -> tuple[str, ...]:
        """Price item of one material for every design."""
        names = self.items[material]
        return tuple(names[number] for number in self.chemistry_index)


def read_price_deck(
    catalog: Catalog,
    price_scenario: str,
    chemistries: Sequence[str],
    overrides: Mapping[str, float] | None = None,
    sale: YearsOfSale | None = None,
) -> PriceDeck:
    """Prices of `chemistries` in one price scenario, single items replaced by `overrides`.

    Metals move with the years of sale, active materials and foils with the metals in them (price_chain.py).

    Parameters
    ----------
    catalog : Catalog
        In the dollars wanted.
    price_scenario : str
        A price scenario of prices.csv.
    chemistries : sequence of str
        Catalog names; the deck keeps their order.
    overrides : mapping, optional
        Price item -> price in the item's unit of `prices.csv`, in the catalog's dollars, the same in all years.
    sale : YearsOfSale, optional
        The years in which packs are sold, over which prices are averaged; None takes the quotes of the price scenario.

    Raises
    ------
    CatalogError
        Where the scenario, a chemistry, an overridden item or the item of a path is not in the catalog.
    """
    prices, given = item_prices(catalog, price_scenario, overrides, sale), dict(overrides or {})
    rows = price_rows(catalog, price_scenario)
    table = catalog.table("chemistry_prices")
    known = table.words("chemistry")
    strangers = [name for name in chemistries if name not in known]
    if strangers:
        message = f"chemistry_prices.csv has no chemistry {', '.join(strangers)}; it has {', '.join(known)}"
        raise CatalogError(message)
    chosen = [{row.keys["name"]: row.text for row in table.select(chemistry=name)} for name in chemistries]
    items = {
        material: tuple(
            choice[material] if material in choice else _unsaid(catalog, name, material)
            for name, choice in zip(chemistries, chosen, strict=True)
        )
        for material in PRICE_FIELDS
    }
    columns = {PRICE_FIELDS[material]: np.array([prices[item] for item in names]) for material, names in items.items()}
    actives = list(zip(items["positive_active"], items["negative_active"], strict=True))
    ones = np.ones(len(chemistries))
    return PriceDeck(
        **columns,
        negative_active_factor=ones,
        electrolyte_factor=ones,
        negative_solvent_is_organic=np.array([item in ORGANIC_SOLVENTS for item in items["negative_solvent"]]),
        negative_active_is_graphite=np.array([item in GRAPHITES for item in items["negative_active"]]),
        is_borrowed=np.array([any(_is_borrowed(rows[item], given) for item in pair) for pair in actives]),
        chemistry_index=np.arange(len(chemistries)),
        items=items,
    )


def _unsaid(catalog: Catalog, chemistry: str, material: str) -> str:
    """The item of a material of which a chemistry need not say that it buys none: that of the first chemistry.

    Raises
    ------
    CatalogError
        Where a chemistry must say it.
    """
    if material != SOLID_ELECTROLYTE or holds_solid_electrolyte(catalog, chemistry):
        message = (
            f"chemistry_prices.csv: the chemistry '{chemistry}' lacks the item of its {material.replace('_', ' ')}; "
            f"add a row with chemistry '{chemistry}', name '{material}' and an item of prices.csv as its value"
        )
        raise CatalogError(message)
    return catalog.table("chemistry_prices").select(name=material)[0].text


def _is_borrowed(row: Row, overrides: Mapping[str, float]) -> bool:
    return row.keys["borrowed"] == "yes" and row.keys["item"] not in overrides
