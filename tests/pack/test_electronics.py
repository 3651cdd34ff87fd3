"""Battery management: price over volume and count, vehicle and voltage classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lcopt.conventions import BATPAC_51


def test_the_default_pack_by_group(maker):
    pack = maker.outcome().pack
    assert pack.bms_bmu_cost_usd[0] == pytest.approx(121.65627819634923, rel=1e-9)
    assert pack.bms_bdu_cost_usd[0] == pytest.approx(136.29073402846143, rel=1e-6)
    assert pack.bms_interfaces_cost_usd[0] == pytest.approx(53.04942570510218, rel=1e-6)
    assert pack.bms_module_electronics_cost_usd[0] == pytest.approx(44.604701740076145, rel=1e-9)
    assert pack.bms_mass_kg[0] == pytest.approx(3.5776)
    assert pack.bms_volume_l[0] == pytest.approx(3.61465)


def test_prices_fall_with_the_yearly_number_and_rise_with_cells_in_series(maker):
    volume = maker.outcome(packs_per_year=[1e4, 1e5, 1e6]).pack.bms_cost_usd
    assert (np.diff(volume) < 0).all()
    series = maker.outcome(modules_in_parallel=[4, 2, 1]).pack
    assert series.bms_asic_count.tolist() == [5, 10, 20]
    assert (np.diff(series.bms_bmu_cost_usd) > 0).all()


def test_vehicles_without_charger_have_neither_fuse_nor_auxiliary_contactors(maker):
    pack = maker.outcome(vehicle=["EV", "HEV-HP"], override_um=60.0).pack
    # 2 x 10 USD of contactors (no scale) and a fuse of 3 USD x (10,000 / 500,000)^0.1.
    fuse = 3 * (10_000 / 500_000) ** 0.1
    # Both have the same counts, but the module current follows the voltage at the power's state of charge.
    contactors = 2 * 42.86 / 590 * np.diff(pack.max_current_at_full_power_a / 2)[0] * 0.2**0.05
    assert -np.diff(pack.bms_bdu_cost_usd)[0] == pytest.approx(20 + fuse - contactors, rel=1e-6)
    # 1.3 x (2 x 180 g + 24 g)
    assert -np.diff(pack.bms_mass_kg)[0] == pytest.approx(1.3 * 0.384)


def test_small_packs_do_without_contactors_and_interfaces(maker):
    changes = {"cells_per_module": 12, "modules_in_row": 1, "rows": [1, 2], "modules_in_parallel": 1}
    pack = maker.outcome(vehicle="mildHEV", energy_kwh=2.0, power_kw=10.0, cells_in_parallel=1, **changes).pack
    assert pack.bms_interfaces_cost_usd[0] == 0.0
    assert pack.bms_interfaces_cost_usd[1] > 0.0
    # Service disconnect and its fuse, precharge resistor remain: 1.3 (150 + 80 + 185 g) and the boards of two ASICs.
    assert pack.bms_mass_kg[0] == pytest.approx(1.3 * (0.415 + 1.1 * 0.02 * 2))


def test_the_board_counts_once_in_the_corrected_model(maker):
    once = replace(BATPAC_51, controller_boards_counted_once=True)
    difference = maker.outcome(BATPAC_51).pack.bms_mass_kg - maker.outcome(once).pack.bms_mass_kg
    # Two main contactors: one board of 0.04 kg too many.
    assert difference[0] == pytest.approx(1.3 * 1.1 * 0.04)


def test_an_odd_number_of_cells_rounds_the_circuits_up(maker):
    pack = maker.outcome(cells_per_module=[20, 22, 24], modules_in_parallel=[2, 2, 2]).pack
    # 100, 110 and 120 cells in series over 10 a circuit.
    assert pack.bms_asic_count.tolist() == [10, 11, 12]
    assert maker.outcome(cells_per_module=18, rows=3, modules_in_parallel=3).pack.bms_asic_count[0] == 5
