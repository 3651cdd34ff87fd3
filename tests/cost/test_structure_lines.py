"""What the structure of a pack costs: parts times prices, and the order of the architectures."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_packs import ARCHITECTURES, CELLS, build

from lcopt.cost.structure_lines import read_structure_prices, structure_lines
from lcopt.pack.packing import Room

WIDE = Room(4000.0, 3000.0, 400.0)
ENERGY_KWH = 80.0


def structure_cost_usd(lines, modules_count):
    """What all lines of one pack cost."""
    return sum(line.cost_usd * (modules_count if line.level == "module" else 1) for line in lines)


def cost_usd_per_kwh(catalog, name, architecture, room=WIDE, **how):
    cells = round(ENERGY_KWH * 1000 / CELLS[name][4])
    structure = build(catalog, [name], cells, architecture, room=room, **how)
    lines = structure_lines(structure, 1.0, read_structure_prices(catalog))
    return structure_cost_usd(lines, 1.0)[0] / structure.pack_energy_kwh[0]


def test_module_parts_are_bought_by_the_module_and_all_else_by_the_pack(catalog):
    structure = build(catalog, ["unified"], 192, "module")
    prices = read_structure_prices(catalog)
    lines = structure_lines(structure, 16.0, prices)
    assert {line.level for line in lines if line.item == "module_parts"} == {"module"}
    assert {line.level for line in lines if line.item != "module_parts"} == {"pack"}
    assert lines[0].quantity[0] * 16 == pytest.approx(structure.module_parts_kg[0])
    assert structure_cost_usd(lines, 16.0) == pytest.approx(
        structure_cost_usd(structure_lines(structure, 1, prices), 1)
    )


def test_every_price_has_a_line_and_every_kilogram_of_a_made_part_a_price(catalog):
    structure = build(catalog, ["unified"], 192, "module", barrier_mm=2.0, pressure=1.0)
    prices = read_structure_prices(catalog)
    lines = structure_lines(structure, 1.0, prices)
    assert sorted(line.price_key for line in lines) == sorted(item.name for item in fields(prices))
    assert all(line.price_usd == getattr(prices, line.price_key) for line in lines)
    bought_kg = sum(line.quantity[0] for line in lines if line.unit == "kg")
    # Barriers are bought by area; fixed parts are electronics, which are priced elsewhere.
    others = structure.cells_kg[0] + structure.barriers_kg[0] + structure.fixed_parts_kg[0]
    assert bought_kg == pytest.approx(structure.pack_mass_kg[0] - others)


def test_barriers_of_the_note(catalog):
    """China: 8 USD/m2 and 9 USD/m2 for each mm: 2 mm on 17 m2 are 442 USD."""
    structure = build(catalog, ["pouch"], 17 / 0.580 / 0.113, barrier_mm=2.0)
    lines = structure_lines(structure, 1.0, read_structure_prices(catalog))
    assert sum(line.cost_usd[0] for line in lines if line.item == "barriers") == pytest.approx(442)


@pytest.mark.parametrize(
    ("name", "architecture", "low", "high"),
    [
        ("unified", "module", 12, 19),
        ("lfp_161", "module", 12, 19.5),
        ("unified", "cell_to_pack", 6.5, 10.5),
        ("lfp_161", "cell_to_pack", 6.5, 11),
        ("short_blade", "cell_to_pack", 5, 8),
        ("blade", "cell_to_pack", 5, 8.6),
        ("unified", "cell_to_chassis", 6.5, 11),
        ("4680", "cell_to_chassis", 6.5, 11),
    ],
)
def test_material_of_the_structure_of_80_kwh_is_that_of_the_note(catalog, name, architecture, low, high):
    assert low < cost_usd_per_kwh(catalog, name, architecture) < high


@given(st.sampled_from(list(CELLS)), st.floats(0, 4))
def test_cell_to_pack_is_cheaper_than_modules(catalog, name, barrier_mm):
    module, direct = (cost_usd_per_kwh(catalog, name, kind, barrier_mm=barrier_mm) for kind in ARCHITECTURES[:2])
    assert direct < module


def test_leaving_out_modules_saves_what_the_note_says(catalog):
    """NMC unified: 81 kg and 5.1 USD/kWh; 161 Ah LFP: 130 kg and 8.4 USD/kWh."""
    for name, mass_kg, usd in (("unified", 81, 5.1), ("lfp_161", 130, 8.4)):
        count = round(ENERGY_KWH * 1000 / CELLS[name][4])
        module, direct = (build(catalog, [name], count, kind) for kind in ARCHITECTURES[:2])
        assert module.pack_mass_kg[0] - direct.pack_mass_kg[0] == pytest.approx(mass_kg, rel=0.05)
        saved = cost_usd_per_kwh(catalog, name, "module") - cost_usd_per_kwh(catalog, name, "cell_to_pack")
        assert saved == pytest.approx(usd, rel=0.1)


def test_every_price_raises_the_cost(catalog):
    structure = build(catalog, ["unified"], 192, "module", barrier_mm=1.0, pressure=1.0)
    prices = read_structure_prices(catalog)
    base = structure_cost_usd(structure_lines(structure, 1.0, prices), 1.0)[0]
    for item in fields(prices):
        dearer = replace(prices, **{item.name: 2 * getattr(prices, item.name)})
        assert structure_cost_usd(structure_lines(structure, 1.0, dearer), 1.0)[0] > base
    assert read_structure_prices(catalog.in_price_year(2022)).cold_plate_usd_per_kg < prices.cold_plate_usd_per_kg
