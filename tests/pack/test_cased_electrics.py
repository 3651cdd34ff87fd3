"""Resistance between the electrodes and the terminals of packs of cells in a case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lcopt.cell.constants import read_cell_constants
from lcopt.cell.duty import make_duty, read_vehicles
from lcopt.cell.electrodes import read_couples
from lcopt.cell.formats.cased import CasedConstants, cased_cell, couple_layers
from lcopt.cell.formats.cell_formats import read_cell_format
from lcopt.conventions import LCOPT
from lcopt.pack.cased_electrics import Discharge, cased_electrics, pack_energy_kwh, series_parallel_layout

ONE = np.ones(1)


@pytest.fixture(scope="module")
def setting(catalog):
    """A prismatic can, and the electrics of a pack of 100 times 2 of cells like it."""
    constants = read_cell_constants(catalog)
    couples = read_couples(catalog, ["LFP-G (Energy)"])
    cell_format = read_cell_format(catalog, "unified")
    sides = (getattr(cell_format, side).value * ONE for side in ("length_mm", "thickness_mm", "height_mm"))
    cased = catalog.constants(CasedConstants, "cell_constants", group="cased")
    cell = cased_cell(cell_format, couples, couple_layers(couples, 3.0 * ONE, constants, cased, LCOPT), *sides)
    duty = make_duty(
        read_vehicles(catalog, ["EV"]),
        rated_power_kw=150.0,
        packs_per_year_count=2e5,
        temperature_deg_c=25.0,
        charging_requested=True,
    )
    layout = series_parallel_layout(100 * ONE, 2 * ONE)
    discharge = Discharge.of(layout, couples, duty, constants)

    def electrics(made):
        found = cased_electrics(made, layout, couples, duty, constants, LCOPT)[1]
        assert pack_energy_kwh(made, discharge, constants) == found.pack_energy_out_kwh
        return found

    return cell, electrics


@pytest.mark.parametrize("name", ["terminal_ohm", "joint_ohm"])
def test_a_resistance_in_series_with_the_cell_counts_by_the_area_of_its_electrodes(setting, name):
    cell, electrics = setting
    usual, more = electrics(cell), electrics(replace(cell, **{name: getattr(cell, name) + 1e-4}))
    for asi in ("asi_hardware_total_ohm_cm2", "asi_power_total_ohm_cm2", "asi_energy_c3_total_ohm_cm2"):
        added = getattr(more, asi) - getattr(usual, asi)
        assert added == pytest.approx(1e-4 * cell.positive_area_per_cell_cm2, rel=1e-6), asi
    assert more.pack_nominal_voltage_v < usual.pack_nominal_voltage_v


def test_longer_foils_add_to_the_resistance_of_both_loads(setting):
    cell, electrics = setting
    longer = replace(cell, positive_collector_ohm_cm2=2 * cell.positive_collector_ohm_cm2)
    usual, more = electrics(cell), electrics(longer)
    assert more.asi_hardware_total_ohm_cm2 > usual.asi_hardware_total_ohm_cm2
    assert more.asi_energy_c3_total_ohm_cm2 > usual.asi_energy_c3_total_ohm_cm2
