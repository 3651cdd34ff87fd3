"""Heat of one cell in runaway on its way through the stack."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from heated_neighbors import Stack, neighbor_heating
from hypothesis import given
from hypothesis import strategies as st

from lcopt.pack.propagation import (
    PropagationConstants,
    barrier_ratio_min,
    neighbor_response,
    response_table,
)

CONSTANTS = PropagationConstants(
    cell_conductivity_w_per_m_k=0.8, start_temperature_deg_c=30.0, neighbors_count=3, nodes_per_cell_count=6
)
FELT = 0.04
SIX_HOURS_S = 21600.0
thicknesses = st.floats(2, 120)
sinks = st.floats(0, 1e-2)
barriers = st.floats(0, 10)


def stack(thickness=21.5, sink=0.0, barrier=1.0, hot=550.0, onset=170.0):
    return Stack(*(np.atleast_1d(float(value)) for value in (hot, onset, thickness, sink, barrier, 2.1, 1.0)))


def heating(watched_s=np.inf, constants=CONSTANTS, **what):
    return neighbor_heating(stack(**what), FELT, watched_s, constants)


def test_a_stack_without_barrier_or_sink_shares_the_heat_of_the_hot_cell():
    # Seven cells end at a seventh of the excess of one: 30 + 520 / 7
    progress = np.array([[1e-3, 1e3]])
    assert neighbor_response(np.zeros(1), progress, CONSTANTS)[0, 1] == pytest.approx(1 / 7, rel=1e-6)


def test_heat_is_conserved_without_a_sink():
    """Each node of half a stack, whichever is hot at first, gives away what the others get."""
    from lcopt.pack.propagation import _conduction

    matrix = _conduction(np.array([0.0, 0.5, 20.0]), CONSTANTS)
    assert np.abs(matrix.sum(axis=1)).max() < 1e-11
    assert np.array_equal(matrix, matrix.transpose(0, 2, 1))


def test_behind_a_thick_barrier_cells_are_lumps():
    """A chain of lumps: half the hot cell gives u0' = 2 (u1 - u0), the neighbors u1' = u0 - 2 u1 + u2, and so on."""
    ratio = 200.0
    coupling = np.array([[-2, 2, 0, 0], [1, -2, 1, 0], [0, 1, -2, 1], [0, 0, 1, -1]]) / (ratio + 1)
    rate, mode = np.linalg.eig(coupling)
    progress = np.geomspace(1, 1e3, 200)
    lump = (mode * np.linalg.inv(mode)[:, 0]) @ np.exp(np.outer(rate, progress))
    share = neighbor_response(np.array([ratio]), progress[None, :], CONSTANTS)[0]
    assert share.max() == pytest.approx(lump[1].max(), rel=5e-3)
    assert progress[share.argmax()] == pytest.approx(progress[lump[1].argmax()], rel=0.07)


def test_early_heat_between_touching_cells_follows_the_error_function():
    """Two half-spaces: at a depth x the share is erfc(x / 2 sqrt(a t)) / 2; fine nodes, before the far sides matter."""
    from math import erfc

    fine = replace(CONSTANTS, nodes_per_cell_count=60)
    progress = 5e-3
    depth = 1 / 120
    share = neighbor_response(np.zeros(1), np.array([[progress]]), fine)[0, 0]
    assert share == pytest.approx(erfc(depth / (2 * progress**0.5)) / 2, rel=2e-3)


def test_scaling_a_stack_moves_time_only():
    """Twice as thick, barrier too, a quarter of the sink: the same peak at four times the time."""
    thin = heating(thickness=20, barrier=0.3, sink=4e-4)
    thick = heating(thickness=40, barrier=0.6, sink=1e-4)
    assert thick.peak_deg_c == pytest.approx(thin.peak_deg_c, rel=1e-9)
    assert thick.onset_time_s == pytest.approx(4 * thin.onset_time_s, rel=1e-9)


def test_time_to_the_onset_is_infinite_just_where_the_peak_stays_below():
    thickness = np.full(60, 21.5)
    many = replace(stack(), cell_thickness_mm=thickness, barrier_thickness_mm=np.linspace(0, 6, 60))
    result = neighbor_heating(many, FELT, np.inf, CONSTANTS)
    assert np.array_equal(np.isinf(result.onset_time_s), result.peak_deg_c < 170)
    assert 0 < np.isinf(result.onset_time_s).sum() < 60
    assert (np.diff(result.onset_time_s[np.isfinite(result.onset_time_s)]) > 0).all()


def test_watching_longer_never_shows_a_cooler_neighbor():
    peaks = [heating(watched_s, barrier=2.0).peak_deg_c[0] for watched_s in (30, 300, 3000, SIX_HOURS_S, np.inf)]
    assert (np.diff(peaks) > -0.01).all()
    assert peaks[0] < peaks[-1] - 50


@given(thicknesses, sinks, barriers, st.floats(1.01, 3))
def test_a_thicker_barrier_never_makes_the_neighbor_hotter(thickness, sink, barrier, factor):
    thin = heating(thickness=thickness, sink=sink, barrier=barrier).peak_deg_c[0]
    assert heating(thickness=thickness, sink=sink, barrier=barrier * factor).peak_deg_c[0] <= thin + 1e-2


@given(thicknesses, sinks, barriers, st.floats(0, 5e-3))
def test_a_stronger_sink_never_makes_the_neighbor_hotter(thickness, sink, barrier, more):
    weak = heating(thickness=thickness, sink=sink, barrier=barrier).peak_deg_c[0]
    assert heating(thickness=thickness, sink=sink + more, barrier=barrier).peak_deg_c[0] <= weak + 1e-9


@given(thicknesses, sinks, barriers)
def test_the_neighbor_stays_between_the_start_and_the_mean_of_both(thickness, sink, barrier):
    peak = heating(thickness=thickness, sink=sink, barrier=barrier).peak_deg_c[0]
    assert 30 <= peak <= 290


@given(st.floats(0.15, 0.6), st.floats(0, 100), st.floats(2e-3, 1e3))
def test_the_smallest_barrier_of_the_table_holds_in_the_kernel(table, threshold, sink, watched):
    ratio = barrier_ratio_min(table, *(np.array([value]) for value in (threshold, sink, watched)))
    progress = np.geomspace(1e-3, watched, 600)
    cooled = np.exp(-sink * progress)

    def peak(at):
        return (neighbor_response(at, progress[None, :], CONSTANTS)[0] * cooled).max()

    if np.isinf(ratio[0]):
        assert peak(np.array([300.0])) > threshold - 2e-3
    else:
        assert peak(ratio) <= threshold + 2e-3


@pytest.fixture(scope="module")
def table():
    return response_table(CONSTANTS)
