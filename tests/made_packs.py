"""Cells and packs that the tests of packing, structure and its cost share."""

from __future__ import annotations

import numpy as np

from lcopt.pack.structure import (
    CellShape,
    PackedCells,
    build_structure,
    read_architectures,
    read_coolings,
    read_room,
    read_structure_constants,
)

ARCHITECTURES = ("module", "cell_to_pack", "cell_to_chassis")
COOLINGS = ("bottom_plate", "large_face", "side_ribbon")
# Length, thickness, height in mm, g, Wh, round, rigid.
CELLS = {
    "blade": (965, 14, 90, 2700, 432, False, True),
    "short_blade": (574, 21.5, 118, 3390, 627, False, True),
    "lfp_161": (280, 63, 82, 3100, 516.8, False, True),
    "unified": (256, 24.8, 106, 1641, 418, False, True),
    "4680": (46, 46, 80, 355, 85.6, True, True),
    "pouch": (580, 11, 113, 1617, 428, False, False),
}


def shape_of(*names: str) -> CellShape:
    rows = [CELLS[name] for name in names]
    length, thickness, height = (np.array([row[side] for row in rows], dtype=float) for side in range(3))
    return CellShape(np.array([row[5] for row in rows]), np.array([row[6] for row in rows]), length, thickness, height)


def packed(names, counts, *, tiers=1, lying=False, barrier_mm=0.0, breathing=0.0, pressure=0.0) -> PackedCells:
    like = np.ones(len(names))
    return PackedCells(
        shape=shape_of(*names),
        cell_mass_g=np.array([CELLS[name][3] for name in names], dtype=float),
        cell_energy_kwh=np.array([CELLS[name][4] for name in names]) / 1000,
        cells_count=np.asarray(counts, dtype=float) * like,
        tiers_count=tiers * like,
        is_lying=np.full(len(names), lying),
        barrier_thickness_mm=barrier_mm * like,
        breathing_frac=breathing * like,
        stack_pressure_mpa=pressure * like,
    )


def build(catalog, names, counts, architecture="cell_to_pack", cooling="bottom_plate", room=None, **how):
    index = np.zeros(len(names), dtype=np.int64)
    return build_structure(
        packed(names, counts, **how),
        read_architectures(catalog, [architecture]).take(index),
        read_coolings(catalog, [cooling]).take(index),
        read_structure_constants(catalog),
        room or read_room(catalog),
    )
