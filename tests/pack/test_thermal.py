"""Heat and cooling of the pack."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lcopt.cell.duty import Problem
from lcopt.conventions import BATPAC_51, LCOPT


def test_sustained_power_is_c3_or_the_sustained_speed(maker):
    pack = maker.outcome(energy_kwh=[100.0, 30.0], power_kw=100.0, override_um=60.0).pack
    # (0.5 + 0.065 x 70 + 4e-5 x 70^3) / 0.833 = 22.533 kW
    assert pack.sustained_power_selected_kw == pytest.approx([100 / 3, 22.53301], rel=1e-5)


def test_heat_is_current_squared_times_resistance(maker):
    pack = maker.outcome().pack
    voltage = pack.pack_nominal_voltage_v
    expected = (33_333.333 / voltage) ** 2 * pack.pack_resistance_energy_ohm
    # At C/3 the loaded voltage is the nominal one.
    assert pack.sustained_heat_w == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("temperature", "sign"), [(0.0, 1), (50.0, 0), (55.0, -1)])
def test_the_surroundings_heat_a_cooler_battery(maker, temperature, sign):
    pack = maker.outcome(temperature_deg_c=temperature).pack
    area_cm2 = 2 * (pack.pack_length_mm - 12) * (pack.pack_width_mm + pack.pack_height_mm - 24) / 100
    assert pack.steady_cooling_hot_ambient_w == pytest.approx(0.00027 * area_cm2 * (50 - temperature))
    assert np.sign(pack.steady_cooling_hot_ambient_w) == sign


def test_fast_charging_takes_the_largest_chiller(maker):
    pack = maker.outcome(charging=[True, False], override_um=100.0).pack
    assert pack.heat_generation_selected_w[0] == 4000.0
    assert pack.heat_generation_selected_w[1] < 1000.0
    assert pack.cooling_class.tolist() == [3, 1]
    assert pack.cost_thermal_system_usd_per_pack.tolist() == [200.0, 80.0]
    assert pack.exterior_cooling_kg_per_system.tolist() == [7.0, 3.0]
    # 40 USD a started kW
    assert pack.cost_additions_to_ac_usd_per_system.tolist() == [160.0, 40.0]


def test_other_vehicles_pay_for_their_heat_only(maker):
    pack = maker.outcome(vehicle=["mildHEV", "HEV-HP"], energy_kwh=3.0, power_kw=20.0, rows=1, modules_in_row=2,
                         modules_in_parallel=1, cells_in_parallel=1).pack  # fmt: skip
    assert (pack.heat_generation_selected_w >= 250.0).all()
    assert pack.cost_heating_system_usd_per_pack.tolist() == [0.0, 20.0]
    assert pack.cost_additions_to_ac_usd_per_system.tolist() == [20.0, 40.0]


def test_several_packs_heat_alike_in_the_corrected_model_only(maker):
    """Q16: the workbook sends the power of all packs through one and counts the packs twice."""
    one = maker.outcome(LCOPT, energy_kwh=50.0, packs=1, power_kw=100.0).pack
    two = maker.outcome(LCOPT, energy_kwh=50.0, packs=2, power_kw=100.0).pack
    assert two.sustained_power_selected_kw == pytest.approx(2 * 50 / 3)
    # One pack alone sustains the speed with 22.5 kW, two share 33.3 kW.
    ratio = two.sustained_heat_w / one.sustained_heat_w
    assert ratio == pytest.approx((16.667 / 22.533) ** 2, rel=0.02)
    plain = maker.outcome(BATPAC_51, energy_kwh=50.0, packs=2, power_kw=100.0).pack
    assert plain.sustained_heat_w > 3 * two.sustained_heat_w


def test_heat_beyond_every_chiller_has_a_reason(maker):
    """Thin heat-producing packs in number: six packs through one in the workbook."""
    outcome = maker.outcome(BATPAC_51, energy_kwh=30.0, packs=[1, 6], power_kw=60.0, temperature_deg_c=-10.0)
    assert outcome.pack.problem.tolist() == [Problem.NONE, Problem.COOLING]
    assert np.isnan(outcome.pack.pack_mass_kg[1])
    corrected = replace(BATPAC_51, heat_per_pack=True)
    assert not maker.outcome(corrected, energy_kwh=30.0, packs=6, power_kw=60.0, temperature_deg_c=-10.0).pack.problem
