"""What the process groups of a plant cost for each pack, and how that cost falls where packs pool their volumes.

At one plant size every group of steps costs a pack some dollars. A line that makes more costs less than in proportion:
its yearly cost grows with a power below 1 of what it makes. Packs that differ pool by equivalent volumes: a pack that
costs more work at one size counts for more volume, so that a line for one pack alone costs what the plant model says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.books import Books
from lcopt.cost.composition import PackCost
from lcopt.cost.manufacturing import GROUPS, PlantShare
from lcopt.cost.unit_cost import cost_of_unit
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog

# What the packs that share a line have in common.
CHEMISTRY, FORMAT, ARCHITECTURE, PLANT = "chemistry", "format", "architecture", "plant"
SHARED_BY = (CHEMISTRY, FORMAT, ARCHITECTURE, PLANT)


@dataclass(frozen=True)
class PooledGroups:
    """For every process group in the order of `GROUPS`: what its packs share, and the exponent of its cost."""

    shared_by: tuple[str, ...]
    exponent: FloatArray


@dataclass(frozen=True)
class _Group:
    shared_by: str
    exponent: float


def read_pooled_groups(catalog: Catalog) -> PooledGroups:
    """The rows of `pooled_lines.csv`.

    Raises
    ------
    CatalogError
        Where a group shares something unknown, or its exponent is not above 0 and at most 1.
    """
    rows = [catalog.constants(_Group, "pooled_lines", group=name) for name in GROUPS]
    for name, row in zip(GROUPS, rows, strict=True):
        if row.shared_by not in SHARED_BY or not 0 < row.exponent <= 1:
            message = (
                f"pooled_lines.csv: the group '{name}' is shared by '{row.shared_by}' with the exponent "
                f"{row.exponent:g}; expected one of {', '.join(SHARED_BY)}, and an exponent above 0 and at most 1"
            )
            raise CatalogError(message)
    return PooledGroups(tuple(row.shared_by for row in rows), np.array([row.exponent for row in rows]))


def conversion_usd_per_pack(cost: PackCost, books: Books) -> FloatArray:
    """What the work of each process group adds to the price of a pack.

    Parameters
    ----------
    cost : PackCost
        Of packs that make their cells in house, shape (n_designs,).
    books : Books
        Those that the packs were costed with.

    Returns
    -------
    ndarray, shape (n_groups, n_designs)
        [USD per pack]; with the price of materials and energy alone they add up to that of the pack.
    """
    size, none = cost.size, np.zeros_like(cost.pack.total_usd)
    counted = cost.accounting
    margins = (counted.profit_counted, books.rates.pack_warranty_frac * counted.warranty_counted)
    tables = zip(size.group_labor_h_per_yr, size.group_capital_musd, size.group_area_m2, strict=True)
    units = [
        cost_of_unit(
            none,
            none,
            PlantShare(labor, capital, area),
            cost.volumes.packs_per_yr,
            books,
            books.pack_returns,
            margins,
            counted.research_counted,
        )
        for labor, capital, area in tables
    ]
    return np.stack([unit.total_usd for unit in units])


def equivalent_rate(
    conversion_usd_per_pack: FloatArray, packs_per_yr: FloatArray, plant_packs_per_yr: FloatArray, exponent: FloatArray
) -> FloatArray:
    """Volume that packs put on the line of each group, in the volume of a line that costs one dollar a year.

    Parameters
    ----------
    conversion_usd_per_pack : ndarray, shape (n_groups, n_designs)
        At the size of the plant.
    packs_per_yr, plant_packs_per_yr : ndarray, shape (n_designs,)
        Packs made, and packs of the plant that they were costed in. [1/yr]
    exponent : ndarray, shape (n_groups,)

    Returns
    -------
    ndarray, shape (n_groups, n_designs)
        A line at a pooled rate q costs q^exponent dollars a year.
    """
    yearly_usd = conversion_usd_per_pack * plant_packs_per_yr
    return np.asarray(packs_per_yr / plant_packs_per_yr * yearly_usd ** (1.0 / exponent[:, None]))
