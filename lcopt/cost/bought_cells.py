"""Packs whose cells are bought at a quoted price: no purchase for making cells, and a plant that makes packs alone."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, added
from lcopt.cost.manufacturing import GROUPS, PlantSize, ProcessPlan, StepSizes, total_size
from lcopt.cost.materials import Line
from lcopt.cost.unit_cost import UnitCost

ITEM = "bought_cells"


@dataclass(frozen=True)
class BoughtCells:
    """Which designs buy their cells, and what a cell then costs, shape (n_designs,)."""

    is_bought: BoolArray
    usd_per_cell: FloatArray


def lines_with_bought_cells(lines: tuple[Line, ...], bought: BoughtCells) -> tuple[Line, ...]:
    """The purchases of packs, with the quoted cell in the place of all that a bought one is made of."""
    kept = tuple(
        replace(line, quantity=np.where(bought.is_bought, 0.0, line.quantity)) if line.level == "cell" else line
        for line in lines
    )
    cell = Line("cell", ITEM, "", "cell", bought.is_bought.astype(np.float64), bought.usd_per_cell)
    return (*kept, cell)


def cell_as_bought(cell: UnitCost, bought: BoughtCells) -> UnitCost:
    """Cost of a cell, of which nothing but its quoted price is left where it is bought."""
    price = dict.fromkeys(("materials_usd", "total_usd"), bought.usd_per_cell)
    parts = {
        item.name: np.where(bought.is_bought, price.get(item.name, 0.0), getattr(cell, item.name))
        for item in fields(UnitCost)
    }
    return UnitCost(**parts)


def plant_for_packs(plan: ProcessPlan, size: PlantSize, is_bought: BoolArray, warehouse_share_frac: float) -> PlantSize:
    """The plant without what making cells needs, where cells are bought.

    Parameters
    ----------
    plan : ProcessPlan
    size : PlantSize
        Of a plant that makes cells and packs, shape (n_designs,).
    is_bought : ndarray of bool, shape (n_designs,)
    warehouse_share_frac : float
        Share of the warehouse that cells need.

    Returns
    -------
    PlantSize
        Together with the share of a maker of cells it is the whole plant.

    References
    ----------
    batpac_5_1: Manufacturing Costs!G382-G384.
    """
    cells, warehouse = slice(0, GROUPS.index("formation") + 1), GROUPS.index("warehouse")
    group = np.searchsorted(plan.group_starts, np.arange(len(plan.steps)), side="right") - 1
    kept = np.where(group < cells.stop, 0.0, np.where(group == warehouse, 1.0 - warehouse_share_frac, 1.0))
    kept = np.where(group == len(GROUPS) - 1, 0.0, kept)[:, None]
    area_of_cells = (
        added(size.group_area_m2[cells]) + size.group_area_m2[warehouse] * warehouse_share_frac + size.group_area_m2[-1]
    )
    of_capital = np.broadcast_to(kept, size.capital_musd.shape).copy()
    of_capital[plan.row("building")] = 1.0 - area_of_cells / size.area_total_m2
    tables = (size.labor_h_per_yr, kept), (size.capital_musd, of_capital), (size.area_m2, kept)
    return total_size(plan, StepSizes(*(table * np.where(is_bought, share, 1.0) for table, share in tables)))
