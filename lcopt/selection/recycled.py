"""Candidates at the end of their life: what is in them, which route they take and what that leaves."""

from __future__ import annotations

from lcopt.arrays import FloatArray
from lcopt.cell.formats.cell_formats import Build
from lcopt.cost.pack_content import Foils, cell_metals_of, pack_content
from lcopt.cost.recycling import PackContent, RecycledPacks, recycle
from lcopt.inputs.words import FORMATS
from lcopt.selection.engineering import Engineering
from lcopt.selection.geometry import Geometry
from lcopt.selection.recycling_engineering import Contents, Recycling
from lcopt.selection.space import POUCH


def recycling_value_usd_per_kwh(geometry: Geometry, engineering: Engineering) -> FloatArray:
    """What a spent pack is worth to its holder, net of all costs, per nameplate energy, shape (n_designs,)."""
    if engineering.recycling is None:
        return engineering.recycling_value_usd_per_kwh[geometry.platforms.couple]
    return recycled_packs(geometry, engineering, engineering.recycling)[1].value_usd_per_kwh


def recycled_packs(
    geometry: Geometry, engineering: Engineering, recycling: Recycling
) -> tuple[PackContent, RecycledPacks]:
    """What is in candidates, and what recyclers make of it; all candidates have one cell format."""
    couple = geometry.platforms.couple
    content = content_of(geometry, engineering, recycling)
    return content, recycle(content, recycling.price_usd_per_kg[couple], recycling.payable_frac, recycling.routes)


def content_of(geometry: Geometry, engineering: Engineering, recycling: Recycling | Contents) -> PackContent:
    """Content of candidates as built."""
    couple = geometry.platforms.couple
    couples, materials = engineering.couples, engineering.pack.cell.materials
    foils = Foils(
        positive_thickness_um=couples.positive_foil_thickness_um[couple],
        negative_thickness_um=couples.negative_foil_thickness_um[couple],
        negative_is_aluminum=couples.negative_foil_is_aluminum[couple],
        aluminum_density_g_per_cm3=materials.aluminum_density_g_per_cm3,
        copper_density_g_per_cm3=materials.copper_density_g_per_cm3,
    )
    return pack_content(
        geometry.cell,
        geometry.layout.cells_per_pack_count,
        recycling.compositions.take(couple),
        foils,
        cell_metals_of(_build(geometry, engineering), recycling.part_metals),
        geometry.mass_parts_kg,
        recycling.part_metals,
        geometry.pack.pack_energy_out_kwh,
    )


def _build(geometry: Geometry, engineering: Engineering) -> Build:
    number = geometry.platforms.cell_format[0]
    return Build.POUCH if number == POUCH else engineering.cased.formats[FORMATS[number]].build
