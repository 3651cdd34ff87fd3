"""Layers and cases for the tests of wound and stacked cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lcopt.cell.formats.layers import FormatCell, Layers
from lcopt.cell.formats.stacked import StackedCan, sheets_count, stacked_cell
from lcopt.cell.formats.wound import RoundCan, WoundCan, cylindrical_cell, wound_prismatic_cell
from lcopt.inputs.catalog import Catalog

# A positive of 75 um and a negative of 100 um on foils of 15 and 10 um with 12 um of separator: F4 gives
# 15 + 10 + 2 (75 + 100 + 12) = 399 um.
LAYERS = Layers(
    areal_capacity_mah_per_cm2=4.0,
    nominal_voltage_v=3.6,
    positive_thickness_um=75.0,
    positive_coating_density_g_per_cm3=3.4,
    positive_porosity_frac=0.22,
    negative_thickness_um=100.0,
    negative_coating_density_g_per_cm3=1.5,
    negative_porosity_frac=0.3,
    positive_foil_thickness_um=15.0,
    negative_foil_thickness_um=10.0,
    positive_foil_density_g_per_cm3=2.7,
    negative_foil_density_g_per_cm3=8.96,
    positive_foil_conductivity_s_per_m=3.77e7,
    negative_foil_conductivity_s_per_m=5.96e7,
    separator_thickness_um=12.0,
    separator_porosity_frac=0.45,
    separator_density_g_per_cm3=0.95,
    electrolyte_density_g_per_cm3=1.2,
    electrolyte_fill_factor=1.0,
)
PARTS = (
    "positive_coating_g_per_cell",
    "negative_coating_g_per_cell",
    "positive_foil_g_per_cell",
    "negative_foil_g_per_cell",
    "separator_g_per_cell",
    "electrolyte_g_per_cell",
    "cell_container_g_per_cell",
    "terminals_g_per_cell",
)


class Formats:
    """Cells of every kind of format around one size, with fields of layers or case changed at will."""

    kinds = ("round", "wound", "stacked")

    def __init__(self, catalog: Catalog) -> None:
        self.cans = {
            "round": catalog.constants(RoundCan, "format_defaults", format="46xx"),
            "wound": catalog.constants(WoundCan, "format_defaults", format="phev2"),
            "stacked": catalog.constants(StackedCan, "format_defaults", format="blade"),
        }

    def build(self, kind: str, scale=1.0, can=None, **layers) -> FormatCell:
        """A cell `scale` times as long, its layers and case changed as asked."""
        made, case, scale = replace(LAYERS, **layers), replace(self.cans[kind], **(can or {})), np.asarray(scale)
        if kind == "round":
            return cylindrical_cell(46.0, 80.0 * scale, made, case)
        if kind == "wound":
            return wound_prismatic_cell(150.0 * scale, 27.0, 91.0, made, case)
        return stacked_cell(500.0 * scale, 20.0, 100.0, sheets_count(20.0, made, case), made, case)
