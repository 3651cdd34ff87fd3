"""What a cell maker buys for one good cell, scrap included, and the lines of the bill that it makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.conventions import Conventions
from lcopt.cost.designs import PricedCell
from lcopt.cost.prices import PRICE_FIELDS, PriceDeck
from lcopt.units import G_PER_KG


@dataclass(frozen=True)
class MaterialYields:
    """Shares of what is bought that end up in a cell, and the solvent that the binders need."""

    positive_electrode_frac: float
    negative_electrode_frac: float
    positive_foil_frac: float
    negative_foil_frac: float
    separator_frac: float
    electrolyte_frac: float
    solid_electrolyte_frac: float
    solvent_recovery_frac: float
    nmp_per_binder_ratio: float
    water_per_binder_ratio: float


@dataclass(frozen=True)
class BoughtMaterials:
    """What is bought per accepted cell, shape (n_designs,); names as the unit at their end says."""

    bought_positive_active_g_per_cell: FloatArray
    bought_positive_carbon_g_per_cell: FloatArray
    bought_positive_binder_g_per_cell: FloatArray
    bought_positive_solvent_g_per_cell: FloatArray
    bought_negative_active_g_per_cell: FloatArray
    bought_negative_carbon_g_per_cell: FloatArray
    bought_negative_binder_g_per_cell: FloatArray
    bought_negative_solvent_g_per_cell: FloatArray
    bought_positive_foil_m2_per_cell: FloatArray
    bought_negative_foil_m2_per_cell: FloatArray
    bought_separator_m2_per_cell: FloatArray
    bought_electrolyte_l_per_cell: FloatArray
    bought_solid_electrolyte_g_per_cell: FloatArray


@dataclass(frozen=True)
class Line:
    """One purchase: a quantity times one price, per unit of its level (`cell`, `module`, `pack`).

    `price_key` is a material of `PRICE_FIELDS`, a name of `hardware_prices.csv`, or empty where the price was computed
    from many parts (electronics, cooling, heater) and the quantity is 1.
    """

    level: str
    item: str
    price_key: str
    unit: str
    quantity: FloatArray
    price_usd: FloatArray | float

    @property
    def cost_usd(self) -> FloatArray:
        """Quantity times price, per unit of the level."""
        return self.quantity * self.price_usd


def bought_materials(
    cell: PricedCell, prices: PriceDeck, yields: MaterialYields, cell_yield_frac: FloatArray | float
) -> BoughtMaterials:
    """Amounts bought per accepted cell.

    Parameters
    ----------
    cell : PricedCell
        Amounts built into one cell, shape (n_designs,).
    prices : PriceDeck
        Says which negative binders need an organic solvent, shape (n_designs,).
    yields : MaterialYields
        Shares of each material that end up in a cell.
    cell_yield_frac : ndarray or float
        Accepted of built cells. [-]

    Returns
    -------
    BoughtMaterials
        Arrays of shape (n_designs,).

    References
    ----------
    batpac_5_1: Manufacturing Costs!G31-G59.
    """
    positive = 1.0 / (cell_yield_frac * yields.positive_electrode_frac)
    negative = 1.0 / (cell_yield_frac * yields.negative_electrode_frac)
    positive_binder = cell.positive_binder_g_per_cell * positive
    negative_binder = cell.negative_binder_g_per_cell * negative
    negative_solvent_ratio = np.where(
        prices.negative_solvent_is_organic, yields.nmp_per_binder_ratio, yields.water_per_binder_ratio
    )
    return BoughtMaterials(
        bought_positive_active_g_per_cell=cell.positive_active_g_per_cell * positive,
        bought_positive_carbon_g_per_cell=cell.positive_carbon_g_per_cell * positive,
        bought_positive_binder_g_per_cell=positive_binder,
        bought_positive_solvent_g_per_cell=positive_binder * yields.nmp_per_binder_ratio,
        bought_negative_active_g_per_cell=cell.negative_active_g_per_cell * negative,
        bought_negative_carbon_g_per_cell=cell.negative_carbon_g_per_cell * negative,
        bought_negative_binder_g_per_cell=negative_binder,
        bought_negative_solvent_g_per_cell=negative_binder * negative_solvent_ratio,
        bought_positive_foil_m2_per_cell=cell.positive_foil_m2_per_cell / (cell_yield_frac * yields.positive_foil_frac),
        bought_negative_foil_m2_per_cell=cell.negative_foil_m2_per_cell / (cell_yield_frac * yields.negative_foil_frac),
        bought_separator_m2_per_cell=cell.separator_m2_per_cell / (cell_yield_frac * yields.separator_frac),
        bought_electrolyte_l_per_cell=cell.electrolyte_l_per_cell / (cell_yield_frac * yields.electrolyte_frac),
        bought_solid_electrolyte_g_per_cell=cell.solid_electrolyte_g_per_cell
        / (cell_yield_frac * yields.solid_electrolyte_frac),
    )


def material_lines(
    bought: BoughtMaterials,
    prices: PriceDeck,
    yields: MaterialYields,
    cell_yield_frac: FloatArray | float,
    conventions: Conventions,
) -> tuple[Line, ...]:
    """Purchases of materials for one accepted cell; a dearer grade is a line of its own at the plain price."""
    positive_share, negative_share = _solvent_shares(prices, yields, cell_yield_frac, conventions)
    amounts = {
        "positive_active": bought.bought_positive_active_g_per_cell / G_PER_KG,
        "positive_carbon": bought.bought_positive_carbon_g_per_cell / G_PER_KG,
        "positive_binder": bought.bought_positive_binder_g_per_cell / G_PER_KG,
        "positive_solvent": bought.bought_positive_solvent_g_per_cell * positive_share / G_PER_KG,
        "negative_active": bought.bought_negative_active_g_per_cell / G_PER_KG,
        "negative_carbon": bought.bought_negative_carbon_g_per_cell / G_PER_KG,
        "negative_binder": bought.bought_negative_binder_g_per_cell / G_PER_KG,
        "negative_solvent": bought.bought_negative_solvent_g_per_cell * negative_share / G_PER_KG,
        "positive_foil": bought.bought_positive_foil_m2_per_cell,
        "negative_foil": bought.bought_negative_foil_m2_per_cell,
        "separator": bought.bought_separator_m2_per_cell,
        "electrolyte": bought.bought_electrolyte_l_per_cell,
        "solid_electrolyte": bought.bought_solid_electrolyte_g_per_cell / G_PER_KG,
    }
    plain = [_line(material, material, amount, prices) for material, amount in amounts.items()]
    grades = [
        _line(f"{material}_grade", material, amounts[material] * (factor - 1.0), prices)
        for material, factor in (
            ("negative_active", prices.negative_active_factor),
            ("electrolyte", prices.electrolyte_factor),
        )
    ]
    return (*plain, *grades)


def _line(item: str, material: str, quantity: FloatArray, prices: PriceDeck) -> Line:
    name = PRICE_FIELDS[material]
    unit = {"kg": "kg", "m2": "m2", "l": "L"}[name.rsplit("_", 1)[-1]]
    return Line("cell", item, material, unit, quantity, getattr(prices, name))


def _solvent_shares(
    prices: PriceDeck, yields: MaterialYields, cell_yield_frac: FloatArray | float, conventions: Conventions
) -> tuple[FloatArray | float, FloatArray | float]:
    """Share of the bought solvent that is paid for.

    The workbook pays for all that evaporates, per built instead of accepted cell (Manufacturing Costs!G121), although
    it computes what the recovery returns (G66): its share of the solvent that reaches a finished electrode.
    """
    if not conventions.solvent_recovery_credited:
        return cell_yield_frac, 1.0
    lost_positive = 1.0 - yields.positive_electrode_frac * yields.solvent_recovery_frac
    lost_negative = 1.0 - yields.negative_electrode_frac * yields.solvent_recovery_frac
    return lost_positive, np.where(prices.negative_solvent_is_organic, lost_negative, 1.0)
