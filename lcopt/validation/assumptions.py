"""What is assumed of real cells and packs where a source does not say it: class defaults, nothing by product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lcopt.inputs.catalog import Catalog
from lcopt.validation.stated import Sides, has_manganese, is_iron_phosphate, is_sodium

SIZES_TABLE = "real_cell_sizes"


@dataclass(frozen=True)
class RealPackAssumptions:
    """What is assumed where a source does not say it (table `real_pack_assumptions`)."""

    power_per_energy_per_h: float
    charge_time_min: float
    charge_window_pct: float
    rows_of_modules_count: int
    lfp_cell_v: float
    ternary_cell_v: float
    sodium_cell_v: float
    lmfp_cell_v: float
    siox_graphite_mah_per_g: float
    blade_from_length_mm: float
    short_blade_from_length_mm: float
    flat_to_thickness_mm: float
    tall_from_height_mm: float
    wide_from_diameter_mm: float
    chassis_from_diameter_mm: float
    pouch_density_g_per_cm3: float
    can_density_g_per_cm3: float
    round_density_g_per_cm3: float
    lfp_can_to_pack_from_yr: float
    can_to_pack_from_yr: float
    round_to_pack_from_yr: float
    wide_round_to_chassis_from_yr: float
    count_mismatch_frac: float
    class_mismatch_factor: float

    def cell_v(self, chemistry: str) -> float:
        """Nominal voltage of a cell of a stated chemistry."""
        if is_sodium(chemistry):
            return self.sodium_cell_v
        if has_manganese(chemistry):
            return self.lmfp_cell_v
        return self.lfp_cell_v if is_iron_phosphate(chemistry) else self.ternary_cell_v

    def cell_density_g_per_cm3(self, text: str) -> float:
        """Mass over envelope of a cell whose format has the given words."""
        if "round" in text:
            return self.round_density_g_per_cm3
        return self.pouch_density_g_per_cm3 if "pouch" in text else self.can_density_g_per_cm3


def read_assumptions(catalog: Catalog) -> RealPackAssumptions:
    """The assumptions of the catalog."""
    return catalog.constants(RealPackAssumptions, "real_pack_assumptions")


def read_sizes(catalog: Catalog) -> Mapping[str, Sides]:
    """Length, thickness and height of cells by the name of a standard or class."""
    table = catalog.table(SIZES_TABLE)
    return {
        size: Sides(
            *(table.one(size=size, name=f"{side}_mm").number("mm") for side in ("length", "thickness", "height"))
        )
        for size in table.words("size")
    }
