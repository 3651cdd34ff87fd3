"""What the process groups of a plant cost for each pack, and how that cost falls where packs pool their volumes.

At one plant size every group of steps costs a pack some dollars: for labor and what goes with it, which are paid for
what is made, and for machines and buildings, which are paid for what can be made. A line that makes more costs less
than in proportion: its yearly cost grows with a power below 1 of what it makes. Packs that differ pool by equivalent
volumes: a pack that costs more work at one size counts for more volume, so that a line for one pack alone costs what
the plant model says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cost.books import Books
from lcopt.cost.composition import PackCost
from lcopt.cost.manufacturing import GROUPS, PlantShare
from lcopt.cost.price_additions import PriceAdditions
from lcopt.cost.unit_cost import cost_of_unit
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog

# What the packs that share a line have in common.
CHEMISTRY, FORMAT, ARCHITECTURE, PLANT = "chemistry", "format", "architecture", "plant"
SHARED_BY = (CHEMISTRY, FORMAT, ARCHITECTURE, PLANT)
# The two parts of the cost of a group: what is paid for what is made, and for what can be made.
RUNNING, CAPITAL = "running", "capital"
PARTS = (RUNNING, CAPITAL)


@dataclass(frozen=True)
class PooledGroups:
    """For every process group in the order of `GROUPS`: what its packs share, and the exponents of its cost.

    `exponent` has a row a part, in the order of `PARTS`, shape (2, n_groups).
    """

    shared_by: tuple[str, ...]
    exponent: FloatArray


@dataclass(frozen=True)
class _Group:
    shared_by: str
    running_exponent: float
    capital_exponent: float


def read_pooled_groups(catalog: Catalog) -> PooledGroups:
    """The rows of `pooled_lines.csv`.

    Raises
    ------
    CatalogError
        Where a group shares something unknown, or an exponent is not above 0 and at most 1.
    """
    rows = [catalog.constants(_Group, "pooled_lines", group=name) for name in GROUPS]
    exponent = np.array([[row.running_exponent, row.capital_exponent] for row in rows]).T
    for name, row, own in zip(GROUPS, rows, exponent.T, strict=True):
        if row.shared_by not in SHARED_BY or not ((own > 0) & (own <= 1)).all():
            message = (
                f"pooled_lines.csv: the group '{name}' is shared by '{row.shared_by}' with the exponents "
                f"{own[0]:g} and {own[1]:g}; expected one of {', '.join(SHARED_BY)}, and exponents above 0, at most 1"
            )
            raise CatalogError(message)
    return PooledGroups(tuple(row.shared_by for row in rows), exponent)


def conversion_usd_per_pack(cost: PackCost, books: Books, additions: PriceAdditions) -> FloatArray:
    """What the work of each process group adds to the price of a pack.

    Parameters
    ----------
    cost : PackCost
        Of packs that make their cells in house, shape (n_designs,).
    books : Books
        Those that the packs were costed with.
    additions : PriceAdditions
        Of the packs; the tariff is on their work too.

    Returns
    -------
    ndarray, shape (2, n_groups, n_designs)
        Running and capital part [USD per pack]; with the price of materials, energy, royalty and subsidy alone they
        add up to that of the pack.

    Notes
    -----
    The running part is labor with its overheads, launch and working capital; the capital part is depreciation of
    machines and buildings with its overheads, and their return. The cost of a unit is linear in both, so that nothing
    is left between them.
    """
    size, none = cost.size, np.zeros_like(cost.pack.total_usd)
    counted = cost.accounting
    margins = (counted.profit_counted, books.rates.pack_warranty_frac * counted.warranty_counted)

    def of(share: PlantShare) -> FloatArray:
        packs, returns = cost.volumes.packs_per_yr, books.pack_returns
        return cost_of_unit(none, none, share, packs, books, returns, margins, counted.research_counted).total_usd

    running = [of(PlantShare(labor, none, none)) for labor in size.group_labor_h_per_yr]
    capital = [
        of(PlantShare(none, invested, area))
        for invested, area in zip(size.group_capital_musd, size.group_area_m2, strict=True)
    ]
    return np.stack([running, capital]) * (1.0 + additions.tariff_frac)


def equivalent_rate(
    conversion_usd_per_pack: FloatArray, packs_per_yr: FloatArray, plant_packs_per_yr: FloatArray, exponent: FloatArray
) -> FloatArray:
    """Volume that packs put on the line of each group, in the volume of a line that costs one dollar a year.

    Parameters
    ----------
    conversion_usd_per_pack : ndarray, shape (..., n_groups, n_designs)
        At the size of the plant.
    packs_per_yr, plant_packs_per_yr : ndarray, shape (n_designs,)
        Packs made, and packs of the plant that they were costed in. [1/yr]
    exponent : ndarray, shape (..., n_groups)

    Returns
    -------
    ndarray, shape (..., n_groups, n_designs)
        A line at a pooled rate q costs q^exponent dollars a year.
    """
    yearly_usd = conversion_usd_per_pack * plant_packs_per_yr
    return np.asarray(packs_per_yr / plant_packs_per_yr * yearly_usd ** (1.0 / exponent[..., None]))
