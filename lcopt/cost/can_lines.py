"""What cans, lids and terminals of cells of any format cost: metal by its mass, and a part that falls with volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.bundles import take_designs
from lcopt.cost.hardware import HardwarePrices
from lcopt.cost.materials import Line
from lcopt.cost.plant import AnnualVolumes, PlantBaseline
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog
from lcopt.units import G_PER_KG

TABLE = "can_prices"


@dataclass(frozen=True)
class CanPrices:
    """Prices of each format, shape (n_formats,) or, after `take`, (n_designs,).

    `case_plus_usd_per_unit` is shaping, vent, seals and fitting of the parts of one cell at the reference volume.
    """

    case_usd_per_kg: FloatArray
    terminals_usd_per_kg: FloatArray
    case_plus_usd_per_unit: FloatArray

    def take(self, index: IntArray) -> CanPrices:
        """The prices of each design, where `index` (n_designs,) points at the formats of this one."""
        return take_designs(self, index)


@dataclass(frozen=True)
class _Row:
    case_usd_per_kg: float
    terminals_usd_per_kg: float
    case_plus_usd_per_unit: float


def read_can_prices(catalog: Catalog, names: Sequence[str]) -> CanPrices:
    """Prices of the formats of `names`, in their order, in the catalog's dollars.

    Raises
    ------
    CatalogError
        Where a format has no prices.
    """
    known = catalog.table(TABLE).words("format")
    strangers = [name for name in names if name not in known]
    if strangers:
        message = f"{TABLE}.csv has no format {', '.join(strangers)}; it has {', '.join(known)}"
        raise CatalogError(message)
    rows = [catalog.constants(_Row, TABLE, format=name) for name in names]
    return CanPrices(**{item.name: np.array([getattr(row, item.name) for row in rows]) for item in fields(CanPrices)})


def can_lines(
    cell_container_g_per_cell: FloatArray,
    terminals_g_per_cell: FloatArray,
    volumes: AnnualVolumes,
    cell_yield_frac: FloatArray | float,
    cans: CanPrices,
    prices: HardwarePrices,
    baseline: PlantBaseline,
) -> tuple[Line, ...]:
    """Case and terminals of one accepted cell.

    Parameters
    ----------
    cell_container_g_per_cell, terminals_g_per_cell : ndarray, shape (n_designs,)
        Case with lid or bottom; terminals, discs and flags. [g]
    volumes : AnnualVolumes
        Its built cells a year, shape (n_designs,).
    cell_yield_frac : ndarray or float
        Accepted of built cells. [-]
    cans : CanPrices
        Of each design.
    prices, baseline
        The exponent of parts that fall with volume, and the volume that it counts from.

    Returns
    -------
    tuple of Line
        Of the level `cell`; the keys of their prices are names of `can_prices.csv`.

    References
    ----------
    batpac_5_1 for the exponent; can_prices.csv for the prices.
    """
    kg = 1.0 / (G_PER_KG * np.asarray(cell_yield_frac))
    scale = (baseline.built_cells_per_yr / volumes.built_cells_per_yr) ** (1.0 - prices.plus_cost_exponent)
    case, terminals = "cell_container", "terminals"
    return (
        Line("cell", case, "case_usd_per_kg", "kg", cell_container_g_per_cell * kg, cans.case_usd_per_kg),
        Line("cell", case, "case_plus_usd_per_unit", "unit", scale / cell_yield_frac, cans.case_plus_usd_per_unit),
        Line("cell", terminals, "terminals_usd_per_kg", "kg", terminals_g_per_cell * kg, cans.terminals_usd_per_kg),
    )
