"""Candidates as built: cells and packs of any format, before charging and cost."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.cell.duty import Layout
from lcopt.cell.electrodes import Couples
from lcopt.cell.formats.cased import cased_cell, couple_layers
from lcopt.cell.formats.cell_formats import Build, CellFormat
from lcopt.cell.formats.layers import Layers
from lcopt.cell.formats.pouch import CellDesign, given_cell
from lcopt.inputs.words import FORMATS
from lcopt.pack.architecture import PackDesign, design_pack, mass_parts_kg
from lcopt.pack.cased_pack import CasedPack, cased_mass_parts_kg, electrics_of_pack, finish_pack
from lcopt.pack.safety import NO_CLASS, NO_RULE, barrier_thickness_mm, propagation_margin_k, vented_gas_mol
from lcopt.pack.structure import CellShape, PackedCells, build_structure
from lcopt.performance.power import pulse_power_kw
from lcopt.selection.engineering import Engineering
from lcopt.selection.space import POUCH, Counts, Platforms
from lcopt.selection.tasks import PackTask, pack_duty
from lcopt.units import MM2_PER_M2, MM3_PER_L, WH_PER_KWH

Values = dict[str, FloatArray]
HEATER_PART = "battery heater"


@dataclass(frozen=True)
class Geometry:
    """Candidates as built, before charging and cost."""

    platforms: Platforms
    counts: Counts
    layout: Layout
    cell: CellDesign
    pack: PackDesign | CasedPack
    pack_power_kw: FloatArray
    barrier_thickness_mm: FloatArray
    barrier_area_m2: FloatArray
    heater_kg: FloatArray
    safety: Values

    @property
    def mass_parts_kg(self) -> Values:
        """Mass by part, adding up to the mass of the pack, each (n_designs,)."""
        if isinstance(self.pack, CasedPack):
            return {**cased_mass_parts_kg(self.pack), HEATER_PART: self.heater_kg}
        parts = mass_parts_kg(self.cell, self.layout, self.pack)
        barriers_kg = self.pack.pack_mass_kg - self.heater_kg - sum(parts.values())
        return {**parts, "thermal barriers": barriers_kg, HEATER_PART: self.heater_kg}


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
    geometry = (_pouch if is_pouch else _cased)(task, platforms, counts, engineering)
    heater_kg = engineering.heaters.mass_kg[counts.heater]
    return with_heater(geometry, heater_kg) if heater_kg.any() else geometry


def with_heater(geometry: Geometry, heater_kg: FloatArray) -> Geometry:
    """Packs with a heater in their coolant loop, which takes no room of its own."""
    mass_kg = geometry.pack.pack_mass_kg + heater_kg
    specific = geometry.pack.pack_energy_out_kwh * WH_PER_KWH / mass_kg
    pack = replace(geometry.pack, pack_mass_kg=mass_kg, pack_specific_energy_wh_per_kg=specific)
    return replace(geometry, pack=pack, heater_kg=heater_kg)


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
    safety = _safety(task, cell.cell_thickness_mm, platforms, counts, engineering)
    barrier_mm = np.where(np.isfinite(safety["barrier_thickness_mm"]), safety["barrier_thickness_mm"], np.nan)
    face_m2 = cell.cell_length_mm * cell.cell_width_mm / MM2_PER_M2
    area_m2 = np.where(barrier_mm > 0, face_m2 * layout.cells_per_pack_count, 0.0)
    if task.pack.limits.safety != NO_RULE:
        pack = _with_barriers(pack, area_m2 * barrier_mm, engineering)
    power_kw = _power_kw(cell, pack, layout, engineering)
    none_kg = np.zeros(len(counts))
    return Geometry(platforms, counts, layout, cell, pack, power_kw, barrier_mm, area_m2, none_kg, safety)


def _with_barriers(pack: PackDesign, barrier_l: FloatArray, engineering: Engineering) -> PackDesign:
    """The pack of the reference with barriers between its cells: heavier, and longer by their volume."""
    mass_kg = pack.pack_mass_kg + barrier_l * engineering.cased.structure.rules.barrier_density_g_per_cm3
    volume_l = pack.pack_volume_l + barrier_l
    return replace(
        pack,
        pack_mass_kg=mass_kg,
        pack_volume_l=volume_l,
        pack_length_mm=pack.pack_length_mm + barrier_l * MM3_PER_L / (pack.pack_width_mm * pack.pack_height_mm),
        pack_specific_energy_wh_per_kg=pack.pack_energy_out_kwh * WH_PER_KWH / mass_kg,
        pack_energy_density_wh_per_l=pack.pack_energy_out_kwh * WH_PER_KWH / volume_l,
    )


def _safety(
    task: PackTask, cell_thickness_mm: FloatArray, platforms: Platforms, counts: Counts, engineering: Engineering
) -> Values:
    """The barrier that the safety rule asks for, infinite where none works, and how far the onset is."""
    model = engineering.safety
    number = engineering.runaway_class[platforms.couple]
    sink = engineering.cased.coolings.heat_sink_per_s[counts.cooling]
    barrier_mm = barrier_thickness_mm(model, task.pack.limits.safety, number, cell_thickness_mm, sink)
    built_mm = np.minimum(barrier_mm, model.barrier.thickness_max_mm)
    margin_k = propagation_margin_k(model, number, cell_thickness_mm, sink, built_mm)
    return {
        "barrier_thickness_mm": barrier_mm,
        "propagation_margin_k": np.where(number == NO_CLASS, np.nan, margin_k),
    }


def _cased(task: PackTask, platforms: Platforms, counts: Counts, engineering: Engineering) -> Geometry:
    count = len(counts)
    cased = engineering.cased
    cell_format = cased.formats[FORMATS[platforms.cell_format[0]]]
    couples = engineering.couples.take(platforms.couple)
    layers = layers_of(couples, platforms.areal_capacity_mah_per_cm2, engineering)
    sides = (platforms.length_mm, platforms.thickness_mm, platforms.height_mm)
    cell = cased_cell(cell_format, couples, layers, *sides)
    series, parallel = counts.cells_in_series_count, counts.cells_in_parallel_count
    duty = pack_duty(task, count, engineering)
    layout, state, electric = electrics_of_pack(
        cell, series, parallel, couples, duty, engineering.pack, engineering.conventions
    )
    safety = _safety(task, platforms.thickness_mm, platforms, counts, engineering)
    cells = PackedCells(
        shape=_shape(cell_format, platforms),
        cell_mass_g=cell.cell_mass_g,
        cell_energy_kwh=electric.cell_energy_kwh,
        cells_count=layout.cells_per_pack_count,
        tiers_count=counts.tiers_count.astype(np.float64),
        is_lying=counts.is_lying > 0,
        barrier_thickness_mm=np.minimum(safety["barrier_thickness_mm"], engineering.safety.barrier.thickness_max_mm),
        breathing_frac=cased.builds.breathing_frac[platforms.couple],
        stack_pressure_mpa=cased.builds.stack_pressure_mpa[platforms.couple],
    )
    structure = build_structure(
        cells,
        cased.architectures.take(counts.architecture),
        cased.coolings.take(counts.cooling),
        cased.structure,
        task.room,
    )
    modules = (counts.modules_in_row_count * counts.rows_of_modules_count).astype(np.float64)
    pack = finish_pack(
        cell, layout, modules, state, electric, structure, duty, engineering.pack, engineering.conventions
    )
    power_kw = _power_kw(cell, pack, layout, engineering)
    barrier_mm, area_m2 = cells.barrier_thickness_mm, structure.barrier_area_m2
    none_kg = np.zeros(len(counts))
    return Geometry(platforms, counts, layout, cell, pack, power_kw, barrier_mm, area_m2, none_kg, safety)


def layers_of(couples: Couples, areal_capacity_mah_per_cm2: FloatArray, engineering: Engineering) -> Layers:
    """Layers of couples at a loading, an element a cell."""
    constants, cased = engineering.pack.cell, engineering.cased.constants
    return couple_layers(couples, areal_capacity_mah_per_cm2, constants, cased, engineering.conventions)


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
        **geometry.safety,
        "vented_gas_mol": vented_gas_mol(
            engineering.safety, engineering.runaway_class[geometry.platforms.couple], cell.cell_capacity_ah
        ),
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
