"""The pack around cells: its masses and sizes, the order of the architectures, known packs."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_packs import ARCHITECTURES, CELLS, COOLINGS, build

from lcopt.errors import CatalogError
from lcopt.pack.packing import Room
from lcopt.pack.stack_pressure import breathing_room_mm, pressed_stack_kg, read_stack_pressure
from lcopt.pack.structure import Structure, read_architectures, read_coolings, read_room

WIDE = Room(4000.0, 3000.0, 400.0)
PARTS = [item.name for item in fields(Structure) if item.name.endswith("_kg")]


def test_masses_of_the_parts_add_up(catalog):
    for architecture in ARCHITECTURES:
        found = build(catalog, list(CELLS), 120, architecture, room=WIDE, barrier_mm=2.0, pressure=0.5)
        parts = sum(getattr(found, name) for name in PARTS if name != "pack_mass_kg")
        assert found.pack_mass_kg == pytest.approx(parts)
        assert found.cells_mass_frac == pytest.approx(found.cells_kg / found.pack_mass_kg)


def test_a_pack_of_106_lfp_cells_by_hand(catalog):
    """54.8 kWh of 280 x 63 x 82 mm cells, cell to pack: 6 stacks of 18, 1 mm pads; fill 0.88."""
    found = build(catalog, ["lfp_161"], 106)
    size = 106 * 0.5168 / 60
    block = (6 * 280) * (18 * 64) / 1e6 / 0.88 + 0.12 * size**0.75
    outline = 2 * (found.pack_length_mm[0] + found.pack_width_mm[0]) / 1000
    footprint = found.pack_length_mm[0] * found.pack_width_mm[0] / 1e6
    assert found.pack_height_mm[0] == pytest.approx(82 + 20 + 18)
    assert found.block_area_m2[0] == pytest.approx(block)
    assert footprint == pytest.approx(block + outline * 0.055 - 4 * 0.055**2, rel=1e-6)
    assert found.cross_members_kg[0] == pytest.approx(3 * block * 120 / 150)
    assert found.frame_kg[0] == pytest.approx(5.5 * size**0.4 * outline * 120 / 150)
    assert found.lid_kg[0] == pytest.approx(4 * size**0.4 * footprint)
    assert found.fixed_parts_kg[0] == pytest.approx(20 * size**0.75)
    assert found.cells_volume_frac[0] == pytest.approx(106 * 0.28 * 0.063 * 0.082 * 1000 / found.pack_volume_l[0])


@pytest.mark.parametrize(
    ("names", "count", "architecture", "cooling", "mass_kg", "density"),
    [
        ("lfp_161", 106, "cell_to_pack", "bottom_plate", 450, 172),
        ("blade", 200, "cell_to_pack", "bottom_plate", 673, 213),
        ("4680", 828, "cell_to_chassis", "side_ribbon", 419, 319),
    ],
)
def test_packs_of_the_note_are_met(catalog, names, count, architecture, cooling, mass_kg, density):
    """Real: 438 kg (Model 3 LFP), 576 to 617 kg after the press (Blade 86 kWh), about 450 kg (Model Y 4680)."""
    found = build(catalog, [names], count, architecture, cooling)
    assert found.pack_mass_kg[0] == pytest.approx(mass_kg, rel=0.01)
    assert found.pack_energy_kwh[0] / found.pack_volume_l[0] * 1000 == pytest.approx(density, rel=0.025)


def test_a_small_pack_has_small_fixed_parts(catalog):
    """24.5 kWh: 10 to 12 kg and 4 kg/m instead of 20 kg and 5.5 kg/m."""
    found = build(catalog, ["4680"], round(24.5 / 0.0856))
    outline = 2 * (found.pack_length_mm + found.pack_width_mm) / 1000
    assert 10 < found.fixed_parts_kg[0] < 12
    assert found.frame_kg[0] / outline[0] / (found.pack_height_mm[0] / 150) == pytest.approx(4, rel=0.05)


def test_mass_has_no_step_at_the_full_size(catalog):
    counts = np.arange(670, 730)
    mass = build(catalog, ["4680"] * len(counts), counts, room=WIDE).fixed_parts_kg
    assert np.diff(mass).max() < 0.05
    assert mass[-1] == 20


names = st.sampled_from(list(CELLS))


@given(names, st.integers(20, 400), st.sampled_from(ARCHITECTURES), st.sampled_from(COOLINGS))
def test_a_tenth_more_cells_make_a_heavier_and_larger_pack(catalog, name, count, architecture, cooling):
    found = build(catalog, [name] * 2, [count, count + count // 10 + 1], architecture, cooling, room=WIDE)
    assert found.pack_mass_kg[1] > found.pack_mass_kg[0]
    assert found.pack_volume_l[1] >= found.pack_volume_l[0] * (1 - 1e-9)
    assert (found.cells_volume_frac < 1).all()


@given(names, st.integers(40, 400))
def test_cell_to_pack_is_lighter_and_smaller_than_modules(catalog, name, count):
    module, direct = (build(catalog, [name], count, kind, room=WIDE) for kind in ARCHITECTURES[:2])
    assert direct.pack_mass_kg[0] < module.pack_mass_kg[0]
    assert direct.pack_volume_l[0] < module.pack_volume_l[0]
    assert direct.cells_mass_frac[0] > module.cells_mass_frac[0]


def test_long_rigid_cells_are_the_cross_members(catalog):
    found = build(catalog, ["blade", "short_blade", "pouch", "lfp_161", "4680"], 100, room=WIDE)
    assert found.cell_is_beam.tolist() == [True, True, False, False, False]
    assert ((found.cross_members_kg == 0) == found.cell_is_beam).all()
    assert not build(catalog, ["lfp_161"], 100).cell_is_beam[0]


def test_a_second_tier_is_higher_but_not_twice(catalog):
    one, two = (build(catalog, ["pouch"], 200, "module", tiers=tiers, room=WIDE) for tiers in (1, 2))
    assert one.pack_height_mm[0] == pytest.approx(113 + 24 + 26)
    assert two.pack_height_mm[0] == pytest.approx(2 * 113 + 24 * 1.6 + 26)
    assert two.footprint_m2[0] < one.footprint_m2[0]


def test_plates_between_cells_take_room_and_mass(catalog):
    """Half a plate of 3 mm and 1.3 kg/m2 for each of 100 cells of 0.256 x 0.106 m."""
    below, between = (build(catalog, ["unified"], 100, cooling=cooling) for cooling in COOLINGS[:2])
    assert between.pack_volume_l[0] > below.pack_volume_l[0]
    plates = 0.5 * 100 * 0.256 * 0.106 * 1.3
    assert between.cold_plates_kg[0] == pytest.approx(plates + 0.35 * 4.5 * between.block_area_m2[0])


def test_cooling_fits_the_shape_of_the_cells(catalog):
    cooling = read_coolings(catalog, COOLINGS)
    assert cooling.fits(np.array([True, True, True])).tolist() == [True, False, True]
    assert cooling.fits(np.array([False, False, False])).tolist() == [True, True, False]
    assert (np.diff(cooling.take(np.array([0, 2, 1])).heat_sink_per_s) > 0).all()


def test_a_barrier_adds_to_the_stack_and_to_the_mass(catalog):
    """The note: 2 mm beside 14 mm cells take an eighth of the energy density; 1 mm adds 0.7 % to the mass."""
    room = Room(9000.0, 1600.0, 150.0)
    bare, thick = (build(catalog, ["blade"], 1000, barrier_mm=barrier, room=room) for barrier in (0.0, 2.0))
    assert bare.pack_volume_l[0] / thick.pack_volume_l[0] == pytest.approx(1 - 0.125, abs=0.01)
    assert thick.barriers_kg[0] == pytest.approx(1000 * 0.965 * 0.090 * 2 * 0.22)
    assert thick.barriers_kg[0] / 2 / thick.cells_kg[0] == pytest.approx(0.007, abs=0.0005)
    assert bare.barriers_kg[0] == bare.barrier_area_m2[0] == 0


@pytest.mark.parametrize(
    ("pressure_mpa", "mass_kg"), [(0, 0), (0.1, 1.9), (0.5, 2.5), (1, 3.6), (2, 5.2), (5, 8.8), (10, 13.6)]
)
def test_pressed_stack_of_the_note(catalog, pressure_mpa, mass_kg):
    """A block with a face of 110 x 300 mm and a stack of 500 mm."""
    found = pressed_stack_kg(np.array([pressure_mpa]), (110.0, 300.0), 500.0, read_stack_pressure(catalog))
    assert found[0] == pytest.approx(mass_kg, abs=0.06)


def test_pressure_costs_mass_and_breathing_costs_volume(catalog):
    still = build(catalog, ["pouch", "4680"], 200, room=WIDE)
    pressed = build(catalog, ["pouch", "4680"], 200, room=WIDE, pressure=5.0)
    breathing = build(catalog, ["pouch", "4680"], 200, room=WIDE, breathing=0.15)
    assert pressed.pack_mass_kg[0] > still.pack_mass_kg[0] + 20
    assert pressed.pack_volume_l == pytest.approx(still.pack_volume_l)
    assert 1.08 < breathing.pack_volume_l[0] / still.pack_volume_l[0] < 1.2
    assert pressed.pack_mass_kg[1] == still.pack_mass_kg[1]
    assert breathing.pack_volume_l[1] == still.pack_volume_l[1]
    assert breathing_room_mm(10.0, 0.15, read_stack_pressure(catalog)) == pytest.approx(1.5)


def test_the_underbody_is_that_of_the_bounds(catalog):
    assert read_room(catalog) == Room(2300.0, 1600.0, 150.0)


def test_an_unknown_architecture_is_an_error(catalog):
    with pytest.raises(CatalogError, match="pack_architectures"):
        read_architectures(catalog, ["cell_to_moon"])
