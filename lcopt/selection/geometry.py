"""Candidates as built: cells and packs of any format, before charging and cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.duty import Layout
from lcopt.cell.formats.cased import Build, CellFormat, cased_cell
from lcopt.cell.formats.pouch import CellDesign, given_cell
from lcopt.inputs.document import FORMATS
from lcopt.pack.architecture import PackDesign, design_pack, mass_parts_kg
from lcopt.pack.cased_pack import CasedPack, cased_mass_parts_kg, electrics_of_pack, finish_pack
from lcopt.pack.structure import CellShape, PackedCells, build_structure
from lcopt.performance.power import pulse_power_kw
from lcopt.selection.engineering import Engineering
from lcopt.selection.space import POUCH, Counts, Platforms
from lcopt.selection.tasks import PackTask, pack_duty

Values = dict[str, FloatArray]


@dataclass(frozen=True)
class Geometry:
    """Candidates as built, before charging and cost."""

    platforms: Platforms
    counts: Counts
    layout: Layout
    cell: CellDesign
    pack: PackDesign | CasedPack
    pack_power_kw: FloatArray

    @property
    def mass_parts_kg(self) -> Values:
        """Mass by part, adding up to the mass of the pack, each (n_designs,)."""
        if isinstance(self.pack, CasedPack):
            return cased_mass_parts_kg(self.pack)
        return mass_parts_kg(self.cell, self.layout, self.pack)


def build_geometry(task: PackTask, platforms: Platforms, counts: Counts, engineering: Engineering) -> Geometry:
    """Cells and packs of candidates.

    Parameters
    ----------
    task : PackTask
    platforms, counts
        One element a candidate, arrays of shape (n_designs,).
    engineering : Engineering
    """
    is_pouch = platforms.cell_format[0] == POUCH
    return (_pouch if is_pouch else _cased)(task, platforms, counts, engineering)


def _pouch(task: PackTask, platforms: Platforms, counts: Counts, engineering: Engineering) -> Geometry:
    couples = engineering.couples.take(platforms.couple)
    cell = given_cell(
        couples,
        platforms.areal_capacity_mah_per_cm2,
        platforms.cell_capacity_ah,
        engineering.bound("pouch_thickness_mm"),
        platforms.aspect_ratio,
        engineering.pack.cell,
        engineering.conventions,
    )
    layout = Layout(
        cells_per_module_count=counts.cells_per_module_count,
        cells_in_parallel_count=counts.cells_in_parallel_count,
        modules_in_row_count=counts.modules_in_row_count,
        rows_of_modules_count=counts.rows_of_modules_count,
        modules_in_parallel_count=np.ones(len(counts)),
        packs_per_vehicle_count=np.ones(len(counts)),
    ).as_floats(len(counts))
    duty = pack_duty(task, len(counts), engineering)
    pack = design_pack(cell, layout, couples, duty, engineering.pack, engineering.conventions)
    return Geometry(platforms, counts, layout, cell, pack, _power_kw(cell, pack, layout, engineering))


def _cased(task: PackTask, platforms: Platforms, counts: Counts, engineering: Engineering) -> Geometry:
    count = len(counts)
    cased = engineering.cased
    cell_format = cased.formats[FORMATS[platforms.cell_format[0]]]
    couples = engineering.couples.take(platforms.couple)
    cell = cased_cell(
        cell_format,
        couples,
        platforms.areal_capacity_mah_per_cm2,
        platforms.length_mm,
        platforms.thickness_mm,
        platforms.height_mm,
        engineering.pack.cell,
        cased.constants,
        engineering.conventions,
    )
    series, parallel = counts.cells_in_series_count, counts.cells_in_parallel_count
    duty = pack_duty(task, count, engineering)
    layout, state, electric = electrics_of_pack(
        cell, series, parallel, couples, duty, engineering.pack, engineering.conventions
    )
    coolings = cased.coolings.take(counts.cooling)
    cells = PackedCells(
        shape=_shape(cell_format, platforms),
        cell_mass_g=cell.cell_mass_g,
        cell_energy_kwh=electric.cell_energy_kwh,
        cells_count=layout.cells_per_pack_count,
        tiers_count=counts.tiers_count.astype(np.float64),
        is_lying=counts.is_lying > 0,
        barrier_thickness_mm=np.zeros(count),
        breathing_frac=cased.builds.breathing_frac[platforms.couple],
        stack_pressure_mpa=cased.builds.stack_pressure_mpa[platforms.couple],
    )
    structure = build_structure(
        cells, cased.architectures.take(counts.architecture), coolings, cased.structure, task.room
    )
    modules = (counts.modules_in_row_count * counts.rows_of_modules_count).astype(np.float64)
    pack = finish_pack(
        cell, layout, modules, state, electric, structure, duty, engineering.pack, engineering.conventions
    )
    return Geometry(platforms, counts, layout, cell, pack, _power_kw(cell, pack, layout, engineering))


def _shape(cell_format: CellFormat, platforms: Platforms) -> CellShape:
    count = len(platforms)
    return CellShape(
        is_round=np.full(count, cell_format.is_round),
        is_rigid=np.full(count, cell_format.build is not Build.POUCH),
        length_mm=platforms.length_mm,
        thickness_mm=platforms.thickness_mm,
        height_mm=platforms.height_mm,
    )


def _power_kw(cell: CellDesign, pack: PackDesign | CasedPack, layout: Layout, engineering: Engineering) -> FloatArray:
    return pulse_power_kw(
        pack.pack_power_ocv_v,
        pack.asi_power_total_ohm_cm2,
        cell.positive_area_per_cell_cm2,
        layout,
        engineering.pack.cell.limits.ocv_fraction_at_rated_power_frac,
    )


def geometry_values(geometry: Geometry, engineering: Engineering) -> Values:
    """Quantities of the limits and tables that follow from the geometry, each (n_designs,)."""
    cell, pack = geometry.cell, geometry.pack
    full_ocv_v = engineering.couples.ocv_v[geometry.platforms.couple, -1]
    return {
        "pack_energy_kwh": pack.pack_energy_out_kwh,
        "pack_power_kw": geometry.pack_power_kw,
        "pack_nominal_voltage_v": pack.pack_nominal_voltage_v,
        "pack_full_voltage_v": geometry.counts.cells_in_series_count * full_ocv_v,
        "pack_mass_kg": pack.pack_mass_kg,
        "pack_volume_l": pack.pack_volume_l,
        "pack_specific_energy_wh_per_kg": pack.pack_specific_energy_wh_per_kg,
        "pack_energy_density_wh_per_l": pack.pack_energy_density_wh_per_l,
        "pack_length_mm": pack.pack_length_mm,
        "pack_width_mm": pack.pack_width_mm,
        "pack_height_mm": pack.pack_height_mm,
        "cell_capacity_ah": cell.cell_capacity_ah,
        "cell_thickness_mm": cell.cell_thickness_mm,
        "cell_width_mm": cell.cell_width_mm,
        "cell_length_mm": cell.cell_length_mm,
        "cell_mass_g": cell.cell_mass_g,
        "cell_specific_energy_wh_per_kg": pack.cell_specific_energy_wh_per_kg,
        "cell_energy_density_wh_per_l": pack.cell_energy_density_wh_per_l,
        **_of_pouch(geometry),
        "coating_thickness_um": np.maximum(cell.positive_thickness_um, cell.negative_thickness_um),
    }


def _of_pouch(geometry: Geometry) -> Values:
    """What the catalog bounds of a pouch cell; zero for a cell with a case, whose bounds are those of its format."""
    is_pouch = geometry.platforms.cell_format == POUCH
    cell = geometry.cell
    return {
        "pouch_capacity_ah": np.where(is_pouch, cell.cell_capacity_ah, 0.0),
        "pouch_thickness_mm": np.where(is_pouch, cell.cell_thickness_mm, 0.0),
        "pouch_length_mm": np.where(is_pouch, cell.cell_length_mm, 0.0),
    }
