"""Power of packs at a temperature and a state of charge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_designs import Maker

from lcopt.cell.sizing import size_cells
from lcopt.conventions import LCOPT
from lcopt.pack.architecture import design_pack
from lcopt.performance.power import pack_power


@pytest.fixture(scope="module")
def maker(catalog):
    return Maker(catalog)


def test_power_at_80_percent_of_ocv_by_hand(maker):
    outcome = maker.outcome()
    pack, cell = outcome.pack, outcome.sized.cell
    resistance = pack.asi_power_total_ohm_cm2 / cell.positive_area_per_cell_cm2 * 100 / 4
    expected = pack.pack_power_ocv_v**2 * 0.8 * 0.2 / resistance / 1000
    assert outcome.power.pack_power_at_target_ocv_kw == pytest.approx(expected)
    assert expected == pytest.approx(480.27, rel=1e-4)


def test_a_power_limited_pack_gives_its_rated_power_at_80_percent(maker):
    outcome = maker.outcome(power_kw=700.0)
    assert outcome.power.pack_power_at_target_ocv_kw == pytest.approx(700.0, rel=1e-6)
    assert outcome.power.ocv_fraction_at_rated_power_pct == pytest.approx(80.0, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.floats(-20.0, 40.0), st.floats(1.0, 15.0))
def test_a_warmer_pack_gives_more_power(maker, temperature, step):
    outcome = maker.outcome(LCOPT, override_um=70.0, temperature_deg_c=[temperature, temperature + step])
    assert np.diff(outcome.power.pack_power_at_target_ocv_kw)[0] > 0


def test_an_emptier_pack_gives_less_power(maker):
    made = maker.inputs(override_um=[70.0, 70.0])
    assert made.duty.power_soc_frac.tolist() == [0.2, 0.2]
    changed = replace(made.duty, power_soc_frac=np.array([0.1, 0.5]))
    sized = size_cells(made.couples, made.requirements, made.layout, changed, maker.constants.cell, LCOPT)
    pack = design_pack(sized.cell, made.layout, made.couples, changed, maker.constants, LCOPT)
    power = pack_power(sized.cell, pack, made.layout, changed, maker.constants.cell.limits)
    assert power.pack_power_at_target_ocv_kw[0] < power.pack_power_at_target_ocv_kw[1]
