"""The fixed point of thickness, impedance and capacity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcopt.cell.duty import Problem, problem_texts
from lcopt.cell.sizing import Limit, size_cells
from lcopt.cell.thickness import charging_law_um
from lcopt.conventions import BATPAC_51, LCOPT

OF_WORKBOOK = 17


def many(maker, count, seed=0, chemistries=None):
    random = np.random.default_rng(seed)
    parallel = random.integers(1, 5, count)
    return {
        "chemistry": random.choice(chemistries or maker.chemistries[:OF_WORKBOOK], count),
        "vehicle": random.choice(["mildHEV", "HEV-HP", "PHEV", "EV"], count),
        "power_kw": random.uniform(40, 250, count),
        "energy_kwh": random.uniform(30, 130, count),
        "charge_time_min": random.uniform(9, 60, count),
        "temperature_deg_c": random.uniform(-10, 45, count),
        "cells_in_parallel": parallel,
        "cells_per_module": parallel * random.integers(6, 13, count),
        "modules_in_row": random.integers(2, 9, count),
        "rows": random.integers(1, 5, count),
        "modules_in_parallel": 1,
    }


@pytest.mark.parametrize("conventions", [BATPAC_51, LCOPT])
def test_random_designs_of_all_vehicles_and_couples_converge(maker, conventions):
    outcome = maker.outcome(conventions, **many(maker, 3000))
    assert not (outcome.sized.problem == Problem.NOT_CONVERGED).any()
    good = (outcome.sized.problem == Problem.NONE) | (outcome.sized.problem >= Problem.THIN_COATING)
    assert good.mean() > 0.99
    energy = outcome.pack.pack_energy_out_kwh / outcome.inputs.duty.pack_energy_kwh
    assert energy[good] == pytest.approx(1.0, rel=1e-7)
    layers = outcome.sized.cell.bicell_layers_count[good]
    assert (layers == np.rint(layers)).all()
    # What the pack reports is what the search found: one implementation of the impedance.
    for name in ("asi_power_total_ohm_cm2", "asi_energy_c3_total_ohm_cm2", "asi_hardware_total_ohm_cm2"):
        assert getattr(outcome.pack, name)[good] == pytest.approx(getattr(outcome.sized, name)[good], rel=1e-7)


def test_nearly_all_designs_of_couples_beyond_the_workbook_converge(maker):
    """A few with high resistance and more than 6 kW/kWh in the cold do not, and say so."""
    outcome = maker.outcome(LCOPT, **many(maker, 3000, chemistries=maker.chemistries[OF_WORKBOOK:]))
    assert (outcome.sized.problem == Problem.NOT_CONVERGED).mean() < 0.002
    good = (outcome.sized.problem == Problem.NONE) | (outcome.sized.problem >= Problem.THIN_COATING)
    assert good.mean() > 0.99
    energy = outcome.pack.pack_energy_out_kwh / outcome.inputs.duty.pack_energy_kwh
    assert energy[good] == pytest.approx(1.0, rel=1e-7)


@pytest.mark.parametrize("conventions", [BATPAC_51, LCOPT])
def test_the_least_limit_is_the_thickness(maker, conventions):
    outcome = maker.outcome(conventions, **many(maker, 1000, seed=1))
    sized = outcome.sized
    good = np.isfinite(sized.cell.positive_thickness_um) & (sized.limit != Limit.LIMITING_CURRENT)
    least = np.minimum.reduce(
        [
            sized.positive_thickness_from_power_um,
            sized.positive_thickness_from_energy_um,
            sized.positive_thickness_from_charging_um,
            sized.positive_thickness_maximum_um,
        ]
    )
    assert sized.cell.positive_thickness_um[good] == pytest.approx(least[good], abs=1e-6)


def test_a_design_comes_out_alike_alone_and_in_a_batch(maker):
    changes = many(maker, 200, seed=2)
    batch = maker.outcome(**changes).sized.cell
    for place in (0, 57, 199):
        one = {name: value if np.ndim(value) == 0 else value[[place]] for name, value in changes.items()}
        alone = maker.outcome(**one).sized.cell
        assert alone.cell_mass_g[0] == pytest.approx(batch.cell_mass_g[place], rel=1e-9)


def test_each_limit_takes_its_turn(maker):
    outcome = maker.outcome(
        charge_time_min=[60.0, 20.0, 60.0, 60.0],
        power_kw=[300.0, 300.0, 700.0, 50.0],
        energy_kwh=[100.0, 100.0, 100.0, 3.0],
        vehicle=["EV", "EV", "EV", "HEV-HP"],
        modules_in_row=[5, 5, 5, 1],
        modules_in_parallel=[2, 2, 2, 1],
        cells_in_parallel=[2, 2, 2, 1],
    )
    assert outcome.sized.limit.tolist() == [Limit.MAXIMUM, Limit.CHARGING, Limit.POWER, Limit.ENERGY]


@settings(max_examples=30, deadline=None)
@given(st.floats(12.0, 55.0), st.floats(1.0, 1.5))
def test_more_time_to_charge_never_asks_for_a_thinner_coating(maker, minutes, factor):
    outcome = maker.outcome(charge_time_min=[minutes, min(minutes * factor, 60.0)])
    thickness = outcome.sized.cell.positive_thickness_um
    # The whole layers of a cell may differ by one, which moves the coating by less than 0.5 %.
    assert thickness[1] >= thickness[0] * (1 - 5e-3)


@settings(max_examples=30, deadline=None)
@given(st.floats(150.0, 900.0), st.floats(1.0, 1.5))
def test_more_power_never_thickens_the_coating(maker, power, factor):
    outcome = maker.outcome(power_kw=[power, power * factor])
    thickness = outcome.sized.cell.positive_thickness_um
    assert np.isnan(thickness[1]) or thickness[1] <= thickness[0] * (1 + 5e-3)


def test_an_override_sets_the_thickness(maker):
    outcome = maker.outcome(override_um=[np.nan, 60.0, 10.0])
    assert outcome.sized.cell.positive_thickness_um == pytest.approx([120.0, 60.0, 10.0])
    assert outcome.sized.limit.tolist() == [Limit.MAXIMUM, Limit.OVERRIDE, Limit.OVERRIDE]
    assert outcome.sized.problem.tolist() == [0, 0, Problem.THIN_COATING]
    assert outcome.pack.pack_energy_out_kwh == pytest.approx(100.0)


def test_an_unreachable_charging_time_is_clipped_at_15_um_and_told(maker):
    plain = maker.outcome(BATPAC_51, charge_time_min=[60.0, 5.0])
    assert plain.sized.cell.positive_thickness_um[1] == pytest.approx(15.0)
    assert plain.sized.charging_time_met.tolist() == [True, False]
    assert plain.pack.problem.tolist() == [0, 0]
    corrected = maker.outcome(LCOPT, charge_time_min=[60.0, 5.0])
    assert corrected.pack.problem.tolist() == [0, Problem.CHARGING_TIME]
    assert np.isfinite(corrected.pack.pack_mass_kg).all()


def test_charging_does_not_bind_where_the_vehicle_does_not_charge_fast(maker):
    outcome = maker.outcome(vehicle=["EV", "PHEV", "EV"], charging=[True, True, False], charge_time_min=5.0)
    assert outcome.sized.limit.tolist()[0] == Limit.CHARGING
    assert (outcome.sized.positive_thickness_from_charging_um[1:] == 240.0).all()
    assert outcome.sized.charging_time_met.tolist() == [False, True, True]


def test_the_charging_regression_by_hand(maker):
    limits = maker.constants.cell.limits
    scale, offset = charging_law_um(np.array([60.0]), np.array([67.32728404908961]), limits)
    # Battery 1 of the workbook: impedance 14.23864 ohm cm2, thickness 163.4876 um.
    assert (scale * 14.238642877794359**-1.1 + offset)[0] == pytest.approx(163.4876121503347, rel=1e-9)


def test_the_discharge_temperature_moves_the_charging_limit_of_the_workbook_only(maker):
    changes = {"charge_time_min": 20.0, "temperature_deg_c": [0.0, 30.0], "rows": 4, "override_um": 60.0}
    plain = maker.outcome(BATPAC_51, **changes).sized.positive_thickness_from_charging_um
    corrected = maker.outcome(LCOPT, **changes).sized.positive_thickness_from_charging_um
    assert plain[0] < plain[1] * 0.5
    assert corrected[0] == pytest.approx(corrected[1], rel=0.02)


def test_the_charging_capacity_of_the_workbook_depends_on_the_rows(maker):
    """Q1: 20 modules in 1 or 4 rows hold the same cells, but the workbook divides by the rows."""
    layout = {"rows": [1, 4], "modules_in_row": [20, 5], "modules_in_parallel": 1, "cells_in_parallel": 4}
    changes = {"charge_time_min": 25.0, "override_um": 80.0, **layout}
    plain = maker.outcome(BATPAC_51, **changes).sized.positive_thickness_from_charging_um
    corrected = maker.outcome(LCOPT, **changes).sized.positive_thickness_from_charging_um
    assert abs(plain[0] / plain[1] - 1) > 0.2
    assert corrected[0] == pytest.approx(corrected[1], rel=0.01)


def test_a_limiting_current_bounds_the_thickness_of_the_corrected_model_only(maker):
    """2 MW from 100 kWh: thick coatings would carry more than the ions can follow."""
    changes = {"chemistry": "NMC811-G (Power)", "power_kw": 900.0, "energy_kwh": 40.0, "temperature_deg_c": 60.0}
    plain, corrected = maker.outcome(BATPAC_51, **changes), maker.outcome(LCOPT, **changes)
    for outcome in (plain, corrected):
        density = outcome.pack.max_current_density_at_full_power_ma_per_cm2
        assert density[0] <= 100.0 / 1.01 * (1 + 1e-6)


@pytest.mark.parametrize("conventions", [BATPAC_51, LCOPT])
def test_designs_close_to_the_limiting_current_converge(maker, conventions):
    """Where the ions barely follow, the impedance and with it the power limit change steeply with the thickness."""
    power_kw = np.linspace(500.0, 900.0, 201)
    changes = {"chemistry": "NCA-G (Power)", "vehicle": "PHEV", "energy_kwh": 30.0, "temperature_deg_c": 45.0}
    outcome = maker.outcome(conventions, **changes, power_kw=power_kw, max_um=300.0)
    assert not outcome.sized.problem.any()
    assert (outcome.pack.max_current_density_at_full_power_ma_per_cm2 > 97.0).mean() > 0.9
    assert (np.diff(outcome.sized.cell.positive_thickness_um) < 0.1).all()


def test_a_lost_search_does_not_invent_a_reason(maker):
    """Power that no coating gives is no limiting current; a given coating that starves of ions is one."""
    changes = {"power_kw": [3000.0, 3000.0, 1e5], "energy_kwh": 60.0, "temperature_deg_c": [-10.0, 45.0, 25.0]}
    outcome = maker.outcome(**changes, override_um=[np.nan, 110.0, np.nan])
    reasons = [Problem.NOT_CONVERGED, Problem.LIMITING_RATE, Problem.PULSE_EMPTIES_CELL]
    assert outcome.sized.problem.tolist() == reasons


BROKEN = {
    "power_kw": [300.0, np.nan, 300.0, 300.0, 300.0, -5.0, 300.0, 1e6],
    "cells_in_parallel": [2, 2, 3, 2, 2, 2, 2, 2],
    "modules_in_parallel": [2, 2, 2, 3, 2, 2, 2, 2],
    "modules_in_row": [5, 5, 5, 5, 2.5, 5, 5, 5],
    "thickness_mm": [20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 0.3, 20.0],
}


@pytest.mark.parametrize("conventions", [BATPAC_51, LCOPT])
def test_designs_that_cannot_be_built_say_why_and_leave_the_others_alone(maker, conventions):
    outcome = maker.outcome(conventions, **BROKEN)
    problem = outcome.pack.problem
    assert problem[:6].tolist() == [
        Problem.NONE,
        Problem.NOT_FINITE,
        Problem.CELLS_IN_PARALLEL,
        Problem.MODULES_IN_PARALLEL,
        Problem.COUNTS,
        Problem.NOT_FINITE,
    ]
    assert problem[6] == Problem.NO_LAYER
    assert problem[7] in {Problem.PULSE_EMPTIES_CELL, Problem.LIMITING_RATE}
    assert all(problem_texts(problem)[1:])
    assert np.isnan(outcome.pack.pack_mass_kg[1:]).all()
    alone = maker.outcome(conventions)
    assert outcome.pack.pack_mass_kg[0] == pytest.approx(alone.pack.pack_mass_kg[0], rel=1e-9)


@pytest.mark.parametrize("conventions", [BATPAC_51, LCOPT])
def test_no_thicker_coating_would_do(maker, conventions):
    """Near the shortest charging times there are several roots; the largest is found."""
    changes = {**many(maker, 1500, seed=3), "vehicle": "EV"}
    changes["charge_time_min"] = np.random.default_rng(4).uniform(8.0, 14.0, 1500)
    outcome = maker.outcome(conventions, **changes)
    made, cell = outcome.inputs, outcome.sized.cell
    good = np.isfinite(cell.positive_thickness_um) & (outcome.sized.limit != Limit.MAXIMUM)
    assert good.sum() > 200
    for share in (0.01, 0.03, 0.1, 0.3, 0.6, 0.9):
        thicker = cell.positive_thickness_um + share * (
            made.requirements.positive_thickness_max_um - cell.positive_thickness_um
        )
        requirements = replace(made.requirements, positive_thickness_override_um=thicker)
        forced = size_cells(made.couples, requirements, made.layout, made.duty, maker.constants.cell, conventions)
        least = np.minimum.reduce(
            [
                forced.positive_thickness_from_power_um,
                forced.positive_thickness_from_energy_um,
                forced.positive_thickness_from_charging_um,
            ]
        )
        # The other feed-through is another cell; and half a layer moves a limit by a little.
        same = good & (forced.cell.feedthrough_width_mm == cell.feedthrough_width_mm)
        assert (least[same] <= thicker[same] * (1 + 2e-3)).all()
