"""What a kilogram of each active material of a positive electrode is made of, and what it costs to make from metals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog

TABLE, REFINED_METALS = "active_materials", "refined_metals"


@dataclass(frozen=True)
class ActiveMaterials:
    """Composition and making of active materials; arrays of shape (n_items,) in the order of `items`.

    Element masses are per mass of active material, by stoichiometry. `synthesis_yield_frac` is the metal in the product
    per metal bought. `conversion_usd_per_kg` is what precursor and firing cost beyond the metals that are bought.
    """

    items: tuple[str, ...]
    bought_metals: tuple[tuple[str, ...], ...]
    lithium_frac: FloatArray
    sodium_frac: FloatArray
    nickel_frac: FloatArray
    cobalt_frac: FloatArray
    manganese_frac: FloatArray
    iron_frac: FloatArray
    aluminum_frac: FloatArray
    phosphorus_frac: FloatArray
    synthesis_yield_frac: FloatArray
    conversion_usd_per_kg: FloatArray


@dataclass(frozen=True)
class _ActiveMaterial:
    bought_metals: str
    lithium_frac: float
    sodium_frac: float
    nickel_frac: float
    cobalt_frac: float
    manganese_frac: float
    iron_frac: float
    aluminum_frac: float
    phosphorus_frac: float
    synthesis_yield_frac: float
    conversion_usd_per_kg: float


def read_active_materials(catalog: Catalog, items: Sequence[str]) -> ActiveMaterials:
    """The active materials behind some price items, in their order.

    Parameters
    ----------
    catalog : Catalog
        In the dollars wanted.
    items : sequence of str
        Price items of positive active materials; one may be asked for several times.

    Raises
    ------
    CatalogError
        Where an item is no active material of active_materials.csv, or lacks a row there.
    """
    known = catalog.table(TABLE).words("active_material")
    strangers = [item for item in items if item not in known]
    if strangers:
        message = f"{TABLE}.csv has no item {', '.join(strangers)}; it has {', '.join(known)}"
        raise CatalogError(message)
    rows = [catalog.constants(_ActiveMaterial, TABLE, active_material=item) for item in items]
    numbers = [field.name for field in fields(_ActiveMaterial) if field.name != "bought_metals"]
    return ActiveMaterials(
        items=tuple(items),
        bought_metals=tuple(tuple(row.bought_metals.split()) for row in rows),
        **{name: np.array([getattr(row, name) for row in rows]) for name in numbers},
    )


def bought_kg_per_kg(catalog: Catalog, materials: ActiveMaterials) -> tuple[dict[str, float], ...]:
    """Kilograms of each refined metal, as it is quoted, that are bought for a kilogram of each active material.

    Raises
    ------
    CatalogError
        Where a material buys a metal that is not in refined_metals.csv.
    """
    element_of = {row.keys["metal"]: row for row in catalog.table(REFINED_METALS).rows}
    for item, metals in zip(materials.items, materials.bought_metals, strict=True):
        strangers = [metal for metal in metals if metal not in element_of]
        if strangers:
            known = ", ".join(element_of)
            message = f"{TABLE}.csv: {item} buys {', '.join(strangers)}, not in {REFINED_METALS}.csv; it has {known}"
            raise CatalogError(message)
    return tuple(
        {
            metal: float(getattr(materials, element_of[metal].keys["name"])[number])
            / element_of[metal].number("1")
            / float(materials.synthesis_yield_frac[number])
            for metal in metals
        }
        for number, metals in enumerate(materials.bought_metals)
    )


def implied_usd_per_kg(catalog: Catalog, items: Sequence[str], metal_usd_per_kg: Mapping[str, float]) -> FloatArray:
    """What active materials cost at given prices of the metals bought for them, shape (n_items,)."""
    materials = read_active_materials(catalog, items)
    metals = [
        sum(kg * metal_usd_per_kg[metal] for metal, kg in bought.items())
        for bought in bought_kg_per_kg(catalog, materials)
    ]
    return np.array(metals) + materials.conversion_usd_per_kg
