"""What cans and terminals cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_cells import FORMATS, build, reference_volumes

from lcopt.cost.can_lines import can_lines, read_can_prices
from lcopt.cost.format_process import read_format_process
from lcopt.cost.hardware import HardwarePrices
from lcopt.cost.plant import PlantBaseline
from lcopt.errors import CatalogError

NMC, LFP = "NMC811-G (Energy)", "LFP-G (Energy)"
# Format, chemistry, outer size where it is not that of the format; USD a cell of the method note, low and high.
HARDWARE = {
    "21700": ("21700", NMC, None, 0.14, 0.10, 0.20),
    "4680": ("4680", NMC, None, 0.45, 0.30, 0.70),
    "PHEV2": ("phev2", LFP, None, 1.8, 1.2, 2.8),
    "280 Ah": ("prismatic_173", LFP, None, 2.6, 1.8, 4.0),
    "BTF0": ("phev2", LFP, (280.0, 63.0, 82.0), 2.6, 1.8, 4.0),
    "blade": ("blade", LFP, None, 3.5, 2.5, 5.5),
    "L600": ("short_blade_l600", LFP, None, 3.2, 2.2, 5.0),
    "pouch": ("long_pouch", NMC, None, 0.6, 0.4, 0.8),
}
# USD/kWh of the same cells.
PER_KWH = {"21700": 7.7, "4680": 5.2, "PHEV2": 14, "280 Ah": 2.9, "BTF0": 5.0, "blade": 8.0, "L600": 5.1, "pouch": 1.6}


@pytest.fixture(scope="module")
def shop(catalog):
    baseline = catalog.constants(PlantBaseline, "plant_baseline")
    return baseline, catalog.constants(HardwarePrices, "hardware_prices")


def priced(catalog, shop, name, chemistry, size=None, volume=1.0, cell_yield_frac=1.0):
    """The lines of one cell in a plant of 50 GWh/yr times `volume`, and the cell."""
    baseline, hardware = shop
    built = build(catalog, name, chemistry, size)
    good = read_format_process(catalog, (name,)).cell_yield_frac
    volumes = reference_volumes(baseline, built.made.cell_energy_kwh, good, volume)
    parts = built.parts
    lines = can_lines(
        parts.cell_container_g_per_cell,
        parts.terminals_g_per_cell,
        volumes,
        cell_yield_frac,
        read_can_prices(catalog, (name,)),
        hardware,
        baseline,
    )
    return lines, built


@pytest.mark.parametrize("name", HARDWARE)
def test_hardware_of_a_built_cell_costs_what_the_method_note_says(catalog, shop, name):
    format_name, chemistry, size, central, low, high = HARDWARE[name]
    lines, built = priced(catalog, shop, format_name, chemistry, size)
    usd = sum(line.cost_usd for line in lines)
    # A pouch of BatPaC is at the dear end: container 0.20 and tabs 2 x 0.08 USD before any metal.
    assert usd == pytest.approx(central, rel=0.20 if name == "pouch" else 0.16)
    assert low <= usd <= high
    assert usd / built.made.cell_energy_kwh == pytest.approx(PER_KWH[name], rel=0.15)


def test_a_can_by_hand(catalog, shop):
    baseline, hardware = shop
    # 0.2 kg at 4 and 0.1 kg at 4 USD/kg, 2.2 USD at the reference's volume, half as many cells: 2^0.15 times that.
    volumes = reference_volumes(baseline, np.array([0.5]), np.array([0.95]))
    volumes = replace(volumes, built_cells_per_yr=np.array([baseline.built_cells_per_yr / 2]))
    cans = read_can_prices(catalog, ("blade",))
    lines = can_lines(np.array([200.0]), np.array([100.0]), volumes, 0.94, cans, hardware, baseline)
    assert [line.item for line in lines] == ["cell_container", "cell_container", "terminals"]
    assert {line.level for line in lines} == {"cell"}
    assert [line.unit for line in lines] == ["kg", "unit", "kg"]
    assert sum(line.cost_usd for line in lines) == pytest.approx((0.8 + 0.4 + 2.2 * 2**0.15) / 0.94)


@given(st.sampled_from(FORMATS), st.floats(1.1, 50.0))
def test_cans_of_a_larger_plant_are_cheaper_and_their_metal_is_not(catalog, shop, name, factor):
    small, large = (priced(catalog, shop, name, LFP, volume=volume)[0] for volume in (1.0, factor))
    assert [line.cost_usd == other.cost_usd for line, other in zip(small, large, strict=True)] == [True, False, True]
    assert large[1].cost_usd == pytest.approx(small[1].cost_usd * factor**-0.15)


@given(st.sampled_from(FORMATS), st.floats(0.5, 0.99))
def test_rejected_cells_take_their_cans_with_them(catalog, shop, name, good):
    all_good, some = (priced(catalog, shop, name, LFP, cell_yield_frac=share)[0] for share in (1.0, good))
    for line, other in zip(all_good, some, strict=True):
        assert other.cost_usd == pytest.approx(line.cost_usd / good)


def test_every_price_key_is_a_row_of_the_catalog(catalog, shop):
    names = catalog.table("can_prices").words("name")
    lines, _ = priced(catalog, shop, "4680", NMC)
    assert {line.price_key for line in lines} == set(names)


def test_prices_are_taken_by_design_and_a_stranger_is_named(catalog):
    cans = read_can_prices(catalog, ("blade", "4680")).take(np.array([1, 1, 0]))
    assert cans.case_usd_per_kg.tolist() == [1.8, 1.8, 4.0]
    with pytest.raises(CatalogError, match=r"no format 18650"):
        read_can_prices(catalog, ("18650",))
