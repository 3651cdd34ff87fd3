"""Electrode couples: what a positive and a negative electrode are made of, and what follows from that alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.constants import ImpedanceConstants
from lcopt.conventions import Conventions
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog, Row
from lcopt.units import MA_PER_A, UM_PER_CM, unit_of_name

CHEMISTRY_TABLE = "chemistries"
SOC_POINTS_PCT = tuple(range(0, 101, 10))
# A couple that does not say so has no solid electrolyte: those of a user's older files.
LIQUID = {"separator_is_solid": "false", "liquid_electrolyte_frac": "1"}
# What the stated mass shares leave below this is rounding, not solid electrolyte.
SHARE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Couples:
    """Properties of electrode couples, one element a couple, or one a design after `take`.

    All arrays have shape (n,), the three tables (n, 11) for 0, 10, ... 100 % state of charge. Names end with the units.
    Specific areas and reference impedances belong to the couple as tested and do not move with the nameplate factor.
    What active material, carbon and binder leave of a coating's mass is solid electrolyte. Where the separator is
    solid, it is a layer of the same electrolyte; `liquid_electrolyte_frac` of all pores hold liquid.
    """

    positive_active_capacity_mah_per_g: FloatArray
    positive_active_mass_frac: FloatArray
    positive_carbon_mass_frac: FloatArray
    positive_binder_mass_frac: FloatArray
    positive_solid_electrolyte_mass_frac: FloatArray
    positive_porosity_frac: FloatArray
    positive_coating_density_g_per_cm3: FloatArray
    positive_specific_area_cm2_per_cm3: FloatArray
    positive_charge_transfer_ohm_cm2: FloatArray
    positive_reference_asi_ohm_cm2: FloatArray
    positive_foil_thickness_um: FloatArray
    positive_thickness_min_um: FloatArray
    positive_thickness_max_um: FloatArray
    negative_active_capacity_mah_per_g: FloatArray
    negative_active_mass_frac: FloatArray
    negative_carbon_mass_frac: FloatArray
    negative_binder_mass_frac: FloatArray
    negative_solid_electrolyte_mass_frac: FloatArray
    negative_porosity_frac: FloatArray
    negative_coating_density_g_per_cm3: FloatArray
    negative_specific_area_cm2_per_cm3: FloatArray
    negative_charge_transfer_ohm_cm2: FloatArray
    negative_reference_asi_ohm_cm2: FloatArray
    negative_foil_thickness_um: FloatArray
    np_capacity_ratio: FloatArray
    nameplate_factor: FloatArray
    separator_thickness_um: FloatArray
    separator_porosity_frac: FloatArray
    separator_density_g_per_cm3: FloatArray
    electrolyte_density_g_per_cm3: FloatArray
    liquid_electrolyte_frac: FloatArray
    limiting_current_density_ma_per_cm2: FloatArray
    limiting_c_rate_per_h: FloatArray
    asi_activation_energy_kj_per_mol: FloatArray
    positive_solvent_is_nmp: BoolArray
    negative_solvent_is_nmp: BoolArray
    negative_foil_is_aluminum: BoolArray
    separator_is_solid: BoolArray
    ocv_v: FloatArray
    asi_2s_ohm_cm2: FloatArray
    asi_10s_ohm_cm2: FloatArray

    def take(self, index: IntArray) -> Couples:
        """The couples of many designs: element `index[i]` of every array for design i."""
        return Couples(*(values.take(index, axis=0) for values in vars(self).values()))


def usable_factor(couples: Couples, conventions: Conventions) -> FloatArray | float:
    """Share of the half-cell capacity that the nameplate counts; 1 under conventions that ignore it."""
    return couples.nameplate_factor if conventions.nameplate_factor_applied else 1.0


def positive_capacity_ah_per_cm3(couples: Couples, conventions: Conventions) -> FloatArray:
    """Nameplate capacity per volume of positive coating [Ah/cm3], shape (n,)."""
    return (
        couples.positive_active_capacity_mah_per_g
        / MA_PER_A
        * couples.positive_active_mass_frac
        * couples.positive_coating_density_g_per_cm3
        * usable_factor(couples, conventions)
    )


def thickness_ratio(couples: Couples) -> FloatArray:
    """Negative over positive coating thickness at the couple's capacity ratio, shape (n,)."""
    positive = (
        couples.positive_active_capacity_mah_per_g
        * couples.positive_active_mass_frac
        * couples.positive_coating_density_g_per_cm3
    )
    negative = (
        couples.negative_active_capacity_mah_per_g
        * couples.negative_active_mass_frac
        * couples.negative_coating_density_g_per_cm3
    )
    return positive * couples.np_capacity_ratio / negative


def read_couples(catalog: Catalog, names: Sequence[str], constants: ImpedanceConstants | None = None) -> Couples:
    """The couples of the catalog with these names, in this order.

    Parameters
    ----------
    catalog : Catalog
        With the table `chemistries`.
    names : sequence of str
        Names as in the column `chemistry`.
    constants : ImpedanceConstants, optional
        Constants of the reference impedance; read from the catalog where None.

    Returns
    -------
    Couples
        Read-only arrays with an element a name.

    Raises
    ------
    CatalogError
        Where a couple or one of its properties is missing, or has another unit than its name says, or where the shares
        of a coating's mass leave solid electrolyte in a couple that holds none, or are above 1 together.
    """
    constants = constants or catalog.constants(ImpedanceConstants, "cell_constants", group="impedance")
    cells = [_Cells(catalog, name) for name in names]
    made: dict[str, Any] = {item.name: _column(cells, item.name, constants) for item in fields(Couples)}
    for array in made.values():
        array.setflags(write=False)
    return Couples(**made)


def holds_solid_electrolyte(catalog: Catalog, name: str) -> bool:
    """Whether a couple of the catalog has solid electrolyte, in its separator or its coatings."""
    return _Cells(catalog, name).holds_solid_electrolyte


class _Cells:
    """The rows of one couple by their names."""

    def __init__(self, catalog: Catalog, chemistry: str) -> None:
        self._chemistry = chemistry
        self._rows: dict[str, Row] = {
            row.keys["name"]: row for row in catalog.table(CHEMISTRY_TABLE).select(chemistry=chemistry)
        }
        if not self._rows:
            message = f"{CHEMISTRY_TABLE}.csv has no couple '{chemistry}'"
            raise CatalogError(message)

    def _row(self, name: str) -> Row:
        if name not in self._rows:
            message = f"{CHEMISTRY_TABLE}.csv: the couple '{self._chemistry}' lacks '{name}'"
            raise CatalogError(message)
        return self._rows[name]

    def number(self, name: str) -> float:
        if name in LIQUID and name not in self._rows:
            return float(LIQUID[name])
        return self._row(name).number(unit_of_name(name) or "")

    def text(self, name: str) -> str:
        if name in LIQUID and name not in self._rows:
            return LIQUID[name]
        return self._row(name).text

    @property
    def holds_solid_electrolyte(self) -> bool:
        return self.text("separator_is_solid") == "true" or self.number("liquid_electrolyte_frac") < 1

    def wrong_shares(self, side: str, sum_frac: float) -> CatalogError:
        row = self._row(f"{side}_active_mass_frac")
        expected = "1; write a 'liquid_electrolyte_frac' below 1 where the rest is solid electrolyte"
        return CatalogError(
            f"{row.place}: the mass shares of {', '.join(PARTS)} of the {side} of '{self._chemistry}' add up to "
            f"{sum_frac:.6g}; expected {expected if sum_frac < 1 else 'no more than 1'}"
        )

    def curve(self, stem: str, unit: str) -> list[float]:
        return [self.number(f"{stem}_at_soc_{soc:03d}_pct_{unit}") for soc in SOC_POINTS_PCT]


_WORDS = {
    "positive_solvent_is_nmp": ("positive_binder_solvent", "NMP"),
    "negative_solvent_is_nmp": ("negative_binder_solvent", "NMP"),
    "negative_foil_is_aluminum": ("negative_foil_material", "Aluminum"),
    "separator_is_solid": ("separator_is_solid", "true"),
}
_CURVES = {
    "ocv_v": ("ocv", "v"),
    "asi_2s_ohm_cm2": ("asi_2s", "ohm_cm2"),
    "asi_10s_ohm_cm2": ("asi_10s", "ohm_cm2"),
}


def _column(cells: list[_Cells], name: str, constants: ImpedanceConstants) -> FloatArray | BoolArray:
    if name in _WORDS:
        source, word = _WORDS[name]
        return np.array([cell.text(source) == word for cell in cells])
    if name in _CURVES:
        return np.array([cell.curve(*_CURVES[name]) for cell in cells])
    side, _, rest = name.partition("_")
    if rest == "solid_electrolyte_mass_frac":
        return np.array([_solid_electrolyte_mass_frac(cell, side) for cell in cells])
    if rest == "coating_density_g_per_cm3":
        return np.array([_coating_density_g_per_cm3(cell, side) for cell in cells])
    if rest == "specific_area_cm2_per_cm3":
        return np.array([_specific_area_cm2_per_cm3(cell, side) for cell in cells])
    if rest == "charge_transfer_ohm_cm2":
        return np.array([_charge_transfer_ohm_cm2(cell, side, constants) for cell in cells])
    if rest == "reference_asi_ohm_cm2":
        return np.array([_reference_asi_ohm_cm2(cell, side, constants) for cell in cells])
    return np.array([cell.number(name) for cell in cells])


PARTS = ("active", "carbon", "binder")


def _solid_electrolyte_mass_frac(cell: _Cells, side: str) -> float:
    rest = 1 - sum(cell.number(f"{side}_{part}_mass_frac") for part in PARTS)
    if rest < -SHARE_TOLERANCE or (rest > SHARE_TOLERANCE and not cell.holds_solid_electrolyte):
        raise cell.wrong_shares(side, 1 - rest)
    return rest if rest > SHARE_TOLERANCE else 0.0


def _solid_volume_cm3_per_g(cell: _Cells, side: str) -> float:
    """Volume of all that is solid, the solid electrolyte included, F30 of the model of solid cells."""
    volume = sum(
        cell.number(f"{side}_{part}_mass_frac") / cell.number(f"{side}_{part}_density_g_per_cm3") for part in PARTS
    )
    rest = _solid_electrolyte_mass_frac(cell, side)
    return volume + rest / cell.number("solid_electrolyte_density_g_per_cm3") if rest else volume


def _coating_density_g_per_cm3(cell: _Cells, side: str) -> float:
    return (1 - cell.number(f"{side}_porosity_frac")) / _solid_volume_cm3_per_g(cell, side)


def _active_volume_frac(cell: _Cells, side: str) -> float:
    """Active material over coating volume, pores included."""
    active = cell.number(f"{side}_active_mass_frac") / cell.number(f"{side}_active_density_g_per_cm3")
    return active / _solid_volume_cm3_per_g(cell, side) * (1 - cell.number(f"{side}_porosity_frac"))


def _specific_area_cm2_per_cm3(cell: _Cells, side: str) -> float:
    """Surface of spheres, BatPaC 5.1 Chem!C24 and C53."""
    return 3 * _active_volume_frac(cell, side) / (cell.number(f"{side}_particle_radius_um") / UM_PER_CM)


def _charge_transfer_ohm_cm2(cell: _Cells, side: str, constants: ImpedanceConstants) -> float:
    """Linear Butler-Volmer resistance of the particle surface."""
    exchange_a_per_cm2 = cell.number(f"{side}_exchange_current_ma_per_cm2") / MA_PER_A
    thermal_voltage_v = (
        constants.gas_constant_j_per_mol_k * constants.interfacial_temperature_k / constants.faraday_constant_c_per_mol
    )
    return thermal_voltage_v / exchange_a_per_cm2


def _reference_asi_ohm_cm2(cell: _Cells, side: str, constants: ImpedanceConstants) -> float:
    """Interfacial impedance at the loading at which the couple was tested, BatPaC 5.1 Chem!C139 and C140."""
    loading = cell.number("reference_areal_capacity_mah_per_cm2")
    side_loading = loading if side == "positive" else loading * constants.negative_reference_capacity_ratio
    capacity_mah_per_cm3 = (
        cell.number(f"{side}_active_capacity_mah_per_g")
        * cell.number(f"{side}_active_density_g_per_cm3")
        * _active_volume_frac(cell, side)
    )
    surface_ratio = _specific_area_cm2_per_cm3(cell, side) * side_loading / capacity_mah_per_cm3
    asi = _charge_transfer_ohm_cm2(cell, side, constants) / surface_ratio
    if side == "negative":
        return asi
    c_rate = cell.number("reference_c_rate_per_h")
    ionic = 1 - loading * c_rate / cell.number("limiting_current_density_ma_per_cm2")
    solid = 1 - c_rate / cell.number("limiting_c_rate_per_h")
    return float(asi / np.sqrt(ionic * solid**2))
