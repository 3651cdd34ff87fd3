"""What a kilogram of each active material of a positive electrode is made of, and what it costs to make from metals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog

TABLE = "active_materials"


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
    conversion_learning_frac_per_yr: FloatArray


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
    conversion_learning_frac_per_yr: float


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
