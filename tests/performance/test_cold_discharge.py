"""What cold packs give: at 25 degC the nominal values, below less, and never more than they hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_designs import Maker

from lcopt.cell.impedance import at_soc, pulse_asi_ohm_cm2, temperature_factor
from lcopt.conventions import LCOPT
from lcopt.performance.cold_discharge import (
    ColdPacks,
    cold_power_kw,
    cold_usable_energy_kwh,
)

SHARE = 0.8
C_OVER_3 = 1 / 3
NAMES = ("NMC811-G (Energy)", "LFP-G (Energy)", "NMC622-G (Energy)", "NCA-G (Energy)")


@pytest.fixture(scope="module")
def maker(catalog):
    return Maker(catalog)


@pytest.fixture(scope="module")
def outcome(maker):
    return maker.outcome(LCOPT, chemistry=list(NAMES), override_um=[70.0] * len(NAMES))


@pytest.fixture(scope="module")
def impedance(maker):
    return maker.constants.cell.impedance


@pytest.fixture(scope="module")
def packs(outcome, impedance):
    couples = outcome.inputs.couples
    return ColdPacks(
        ocv_v=couples.ocv_v,
        pulse_asi_ohm_cm2=couples.asi_10s_ohm_cm2,
        energy_asi_ohm_cm2=impedance.energy_asi_factor * couples.asi_10s_ohm_cm2,
        asi_activation_energy_kj_per_mol=couples.asi_activation_energy_kj_per_mol,
        hardware_asi_ohm_cm2=outcome.pack.asi_hardware_total_ohm_cm2,
        positive_area_per_cell_cm2=outcome.sized.cell.positive_area_per_cell_cm2,
        cell_capacity_ah=outcome.sized.cell.cell_capacity_ah,
        cells_per_pack_count=outcome.inputs.layout.cells_per_pack_count,
    )


def of_one(ocv_v, asi, *, hardware=0.0, capacity=50.0, area=1e4, cells=100.0, activation=-40.0):
    """A pack whose tables are given by their ends."""
    table = np.linspace(*ocv_v, 11)[None]
    impedance = np.linspace(*asi, 11)[None]
    one = np.ones(1)
    return ColdPacks(
        table, impedance, impedance, activation * one, hardware * one, area * one, capacity * one, cells * one
    )


def test_a_discharge_to_empty_by_hand(impedance):
    # 3.0 to 4.0 V without impedance: 3.5 V x 50 Ah x 100 cells = 17.5 kWh; the lowest voltage 0.8 x 3.5 = 2.8 V is
    # not reached. With 10 ohm cm2 on 1e4 cm2 and 100 A each cell loses 0.1 V.
    free = of_one((3.0, 4.0), (0.0, 0.0))
    assert cold_usable_energy_kwh(free, 25.0, SHARE, 2.0, impedance) == pytest.approx(17.5)
    lossy = of_one((3.0, 4.0), (0.0, 0.0), hardware=10.0)
    assert cold_usable_energy_kwh(lossy, -20.0, SHARE, 2.0, impedance) == pytest.approx(17.0)


def test_a_discharge_that_ends_early_by_hand(impedance):
    # 2.0 to 4.0 V, lowest 0.8 x 3.0 = 2.4 V: from 4.0 to 2.4 V are 0.8 of the charge at a mean of 3.2 V.
    falling = of_one((2.0, 4.0), (0.0, 0.0))
    assert cold_usable_energy_kwh(falling, 25.0, SHARE, 1.0, impedance) == pytest.approx(0.8 * 50 * 3.2 * 100 / 1000)
    # With 0.4 V of loss the open-circuit voltage at the end is 2.8 V: 0.6 of the charge at a mean of 3.0 V.
    lossy = of_one((2.0, 4.0), (0.0, 0.0), hardware=40.0)
    assert cold_usable_energy_kwh(lossy, 25.0, SHARE, 2.0, impedance) == pytest.approx(0.6 * 50 * 3.0 * 100 / 1000)
    # A cell that is below the lowest voltage when it is full gives nothing, and does not come back further down.
    assert cold_usable_energy_kwh(of_one((2.0, 4.0), (0.0, 200.0)), 25.0, SHARE, 2.0, impedance) == 0


def test_power_by_hand(impedance):
    # 3.5 V at half charge: 12.25 V2 x 0.8 x 0.2 / (10 ohm cm2 / 1e4 cm2) x 100 cells = 196 kW
    pack = of_one((3.0, 4.0), (10.0, 10.0))
    assert cold_power_kw(pack, 0.5, 25.0, SHARE, impedance) == pytest.approx(196.0)
    # At 25 degC the hardware counts as much as the reaction; in the cold it stays as it is.
    half = of_one((3.0, 4.0), (10.0, 10.0), hardware=10.0)
    assert cold_power_kw(half, 0.5, 25.0, SHARE, impedance) == pytest.approx(98.0)
    assert cold_power_kw(half, 0.5, -20.0, SHARE, impedance) > cold_power_kw(pack, 0.5, -20.0, SHARE, impedance) / 2


def test_power_is_that_of_the_packs_where_the_impedance_is(packs, outcome, maker, impedance):
    # The duty's pulse with its own impedance, at its temperature and state of charge.
    duty, couples = outcome.inputs.duty, outcome.inputs.couples
    pulse = outcome.pack.asi_power_total_ohm_cm2 - outcome.pack.asi_hardware_total_ohm_cm2
    factor = temperature_factor(couples, duty.power_temperature_deg_c, impedance)
    same = replace(packs, pulse_asi_ohm_cm2=np.broadcast_to((pulse / factor)[:, None], packs.ocv_v.shape))
    share = maker.constants.cell.limits.ocv_fraction_at_rated_power_frac
    found = cold_power_kw(same, duty.power_soc_frac, duty.power_temperature_deg_c, share, impedance)
    assert found == pytest.approx(outcome.power.pack_power_at_target_ocv_kw, rel=1e-9)
    assert pulse_asi_ohm_cm2(couples, 0.2, 0.2, 10.0, impedance, LCOPT) == pytest.approx(
        at_soc(packs.pulse_asi_ohm_cm2, 0.2)
    )


def test_at_25_degrees_a_pack_gives_its_nominal_energy(packs, outcome, impedance):
    found = cold_usable_energy_kwh(packs, 25.0, SHARE, C_OVER_3, impedance)
    assert found == pytest.approx(outcome.pack.pack_energy_out_kwh, rel=0.03)


def test_at_minus_20_degrees_packs_lose_energy_and_power(packs, impedance):
    warm, cold = (cold_usable_energy_kwh(packs, t, SHARE, C_OVER_3, impedance) for t in (25.0, -20.0))
    assert ((cold / warm > 0.3) & (cold / warm < 0.99)).all()
    warm, cold = (cold_power_kw(packs, 0.5, t, SHARE, impedance) for t in (25.0, -20.0))
    assert ((cold / warm > 0.02) & (cold / warm < 0.5)).all()


temperatures, rates = st.floats(-35.0, 45.0), st.floats(0.02, 3.0)


@settings(max_examples=60, deadline=None)
@given(temperatures, st.floats(0.1, 30.0), rates)
def test_colder_packs_give_less_and_never_more_than_they_hold(packs, impedance, temperature, more, rate):
    cold, warm = (cold_usable_energy_kwh(packs, t, SHARE, rate, impedance) for t in (temperature, temperature + more))
    held = cold_usable_energy_kwh(packs, 25.0, 0.0, 0.0, impedance)
    assert (cold <= warm * (1 + 1e-12)).all()
    assert (warm <= held * (1 + 1e-12)).all()
    assert (cold >= 0).all()
    cold, warm = (cold_power_kw(packs, 0.3, t, SHARE, impedance) for t in (temperature, temperature + more))
    assert (cold <= warm).all()


@settings(max_examples=40, deadline=None)
@given(temperatures, rates, st.floats(1.01, 2.0))
def test_a_harder_discharge_gives_less(packs, impedance, temperature, rate, more):
    slow, fast = (cold_usable_energy_kwh(packs, temperature, SHARE, r, impedance) for r in (rate, rate * more))
    assert (fast <= slow * (1 + 1e-12)).all()
