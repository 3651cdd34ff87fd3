"""Packs: masses and volumes add up, voltage and energy follow from the cells, several packs, given cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcopt.cell.duty import Problem
from lcopt.cell.formats.pouch import given_cell
from lcopt.conventions import BATPAC_51, LCOPT
from lcopt.pack.architecture import design_pack

MODULE_PARTS = (
    "cell_interconnects_g_per_module",
    "interconnect_panels_g_per_module",
    "terminal_tabs_g_per_module",
    "module_terminals_g_per_module",
    "thermal_conductors_g_per_module",
    "module_monitoring_g_per_module",
    "module_enclosure_g_per_module",
    "gas_release_g_per_module",
)


def given_pack(maker, loading=3.5, capacity=100.0, conventions=LCOPT, chemistry="LFP-G (Energy)", **changes):
    made = maker.inputs(chemistry=chemistry, energy_kwh=np.nan, **changes)
    shape = np.ones(len(made.duty.rated_power_kw))
    cell = given_cell(made.couples, loading * shape, capacity * shape, 12.0, 5.0, maker.constants.cell, conventions)
    return cell, design_pack(cell, made.layout, made.couples, made.duty, maker.constants, conventions), made


def test_masses_of_module_and_pack_add_up(maker):
    outcome = maker.outcome(chemistry=maker.chemistries, vehicle="PHEV", rows=3, modules_in_parallel=1)
    pack, layout = outcome.pack, outcome.inputs.layout
    module_g = sum(getattr(pack, name) for name in MODULE_PARTS)
    module_g = module_g + outcome.sized.cell.cell_mass_g * layout.cells_per_module_count
    assert pack.module_mass_kg == pytest.approx(module_g / 1000)
    jacket_kg = (
        pack.jacket_angle_iron_kg_per_pack
        + pack.jacket_steel_plate_kg_per_pack
        + pack.jacket_base_aluminum_kg_per_pack
        + pack.jacket_top_aluminum_kg_per_pack
        # 10 mm of insulation at 0.032 g/cm3 weigh 0.32 kg/m2.
        + 0.32 * (pack.jacket_base_insulation_m2_per_pack + pack.jacket_top_insulation_m2_per_pack)
    )
    assert pack.pack_jacket_kg_per_pack == pytest.approx(jacket_kg)
    conductors_g = (
        pack.module_interconnect_g_each * (pack.modules_per_pack_count + 1)
        + pack.bus_bars_g_per_pack
        + pack.pack_terminals_g_per_pack
    )
    total_kg = (
        pack.modules_per_pack_count * pack.module_mass_kg
        + layout.rows_of_modules_count * pack.row_rack_hardware_kg_per_row
        + pack.coolant_panels_kg_per_pack
        + pack.coolant_manifold_kg_per_pack
        + pack.coolant_kg_per_pack
        + jacket_kg
        + conductors_g / 1000
        + pack.pack_heater_kg_per_pack
        + pack.bms_mass_kg
    )
    assert pack.pack_mass_kg == pytest.approx(total_kg)


def test_volume_is_the_box_and_the_electronics(maker):
    pack = maker.outcome().pack
    box_l = pack.pack_length_mm * pack.pack_width_mm * pack.pack_height_mm / 1e6
    assert pack.pack_volume_l == pytest.approx(box_l + pack.bms_volume_l)


def test_energy_is_capacity_times_nominal_voltage(maker):
    cell, pack, made = given_pack(maker)
    strings = 4
    assert pack.pack_capacity_ah == pytest.approx(cell.cell_capacity_ah * strings)
    assert pack.pack_energy_out_kwh == pytest.approx(pack.pack_capacity_ah * pack.pack_nominal_voltage_v / 1000)
    # OCV less the drop of C/3: 100 Ah / 3 h over the area, times the impedance.
    drop_v = 100.0 / 3 / cell.positive_area_per_cell_cm2 * pack.asi_energy_c3_total_ohm_cm2
    assert pack.cell_nominal_voltage_v == pytest.approx(pack.cell_average_ocv_v - drop_v)
    assert made.layout.cells_in_series_count == pytest.approx(100.0)


def test_a_given_cell_equals_the_sized_one(maker):
    """One implementation: the cell of the fixed point, given back by loading and capacity, makes the same pack."""
    outcome = maker.outcome(BATPAC_51)
    sized = outcome.sized.cell
    made = outcome.inputs
    cell = given_cell(
        made.couples,
        sized.positive_areal_capacity_mah_per_cm2,
        sized.cell_capacity_ah,
        sized.cell_thickness_mm * (1 + 1e-9),
        3.0,
        maker.constants.cell,
        BATPAC_51,
    )
    pack = design_pack(cell, made.layout, made.couples, made.duty, maker.constants, BATPAC_51)
    assert cell.bicell_layers_count == sized.bicell_layers_count
    assert cell.cell_mass_g == pytest.approx(sized.cell_mass_g)
    assert pack.pack_mass_kg == pytest.approx(outcome.pack.pack_mass_kg)
    assert pack.pack_energy_out_kwh == pytest.approx(100.0)


def test_the_power_temperature_moves_the_power_impedance_only(maker):
    _, warm, made = given_pack(maker, temperature_deg_c=25.0)
    cold_duty = replace(made.duty, power_temperature_deg_c=np.array([-10.0]))
    cell, _, _ = given_pack(maker)
    cold = design_pack(cell, made.layout, made.couples, cold_duty, maker.constants, LCOPT)
    assert cold.asi_power_total_ohm_cm2 > 2 * warm.asi_power_total_ohm_cm2
    assert cold.pack_energy_out_kwh == warm.pack_energy_out_kwh
    assert cold.pack_mass_kg == warm.pack_mass_kg


@settings(max_examples=40, deadline=None)
@given(st.floats(2.0, 5.0), st.floats(50.0, 120.0), st.floats(1.02, 1.5))
def test_larger_cells_make_a_heavier_pack_with_more_energy(maker, loading, capacity, factor):
    _, small, _ = given_pack(maker, loading, capacity)
    _, large, _ = given_pack(maker, loading, capacity * factor)
    assert large.pack_mass_kg > small.pack_mass_kg
    assert large.pack_energy_out_kwh > small.pack_energy_out_kwh


def test_more_modules_make_a_larger_pack(maker):
    _, pack, _ = given_pack(maker, modules_in_row=[4, 5, 6], modules_in_parallel=1)
    assert (np.diff(pack.pack_length_mm) > 0).all()
    assert (np.diff(pack.pack_mass_kg) > 0).all()


@pytest.mark.parametrize(("packs", "in_series", "factor"), [(2, False, 1.0), (2, True, 2.0)])
def test_packs_in_series_add_their_voltages(maker, packs, in_series, factor):
    one = maker.outcome(energy_kwh=50.0)
    several = maker.outcome(energy_kwh=50.0, packs=packs, in_series=in_series)
    ratio = several.pack.battery_system_average_ocv_v / one.pack.battery_system_average_ocv_v
    assert ratio == pytest.approx(factor)
    assert several.pack.battery_system_energy_kwh == pytest.approx(100.0)
    # 150 USD for the second pack of an EV, beside the air conditioning.
    extra = several.pack.cost_vehicle_integration_usd_per_system - several.pack.cost_additions_to_ac_usd_per_system
    assert extra == pytest.approx(150.0)


def test_a_single_module_has_no_module_terminals(maker):
    pack = maker.outcome(modules_in_row=1, rows=1, modules_in_parallel=1, energy_kwh=10.0, power_kw=30.0).pack
    assert pack.module_terminals_g_per_module == 0.0


def test_three_parallel_cells_have_longer_tabs_by_a_hundredfold_in_the_corrected_model(maker):
    changes = {"cells_in_parallel": 3, "cells_per_module": 21}
    plain = maker.outcome(BATPAC_51, override_um=60.0, **changes).pack.asi_hardware_total_ohm_cm2
    lengthened = replace(BATPAC_51, interconnect_length_in_cm=True)
    corrected = maker.outcome(lengthened, override_um=60.0, **changes).pack.asi_hardware_total_ohm_cm2
    assert 0 < corrected - plain < 0.05


def test_bus_bars_follow_the_plain_wish_to_charge_in_the_workbook(maker):
    """Q11: a PHEV cannot charge fast, but its bus bars are sized as though it could."""
    plain = maker.outcome(BATPAC_51, vehicle="PHEV", override_um=60.0).pack.pack_terminals_g_per_pack
    corrected = maker.outcome(
        replace(BATPAC_51, bus_bars_follow_effective_charging=True), vehicle="PHEV", override_um=60.0
    ).pack.pack_terminals_g_per_pack
    # Sections go with one over the root of the heating rate, 0.04 and 0.1 degC/s.
    assert plain / corrected == pytest.approx(np.sqrt(0.1 / 0.04), rel=1e-6)


def test_a_pulse_that_empties_the_cell_is_told(maker):
    _, pack, _ = given_pack(maker, capacity=5.0, loading=1.0, power_kw=[10.0, 2000.0])
    assert pack.problem.tolist() == [Problem.NONE, Problem.PULSE_EMPTIES_CELL]
    assert np.isnan(pack.pack_mass_kg[1])
    assert np.isfinite(pack.pack_mass_kg[0])
