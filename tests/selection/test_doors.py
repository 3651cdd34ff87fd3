"""The Python doors answer a wrong call with what to do, and a result shows itself in a line."""

from __future__ import annotations

import pytest

import lcopt
from lcopt.errors import LcoptError, ReportError


@pytest.mark.parametrize("door", [lcopt.optimize, lcopt.candidates])
def test_a_path_where_a_scenario_is_due_is_answered_with_how_to_read_it(door):
    with pytest.raises(TypeError, match=r"read it with lcopt\.read_scenario"):
        door("scenarios/compact_car.yaml")


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ({}, "no candidate is chosen"),
        ({"compact": "a"}, "a is not the number of a feasible candidate"),
        ({"compact": 1.5}, "1.5 is not the number of a feasible candidate"),
        ({"compact": 10**9}, "is not the number of a feasible candidate"),
        ({"compact": 1, "van": 2}, "the scenario has no pack van; it has compact"),
    ],
)
def test_a_choice_that_is_none_is_told(small, choice, says):
    with pytest.raises(LcoptError, match=says):
        lcopt.portfolio_cost(small, choice)


def test_a_result_shows_itself_in_a_line(small_result):
    shown = repr(small_result)
    assert shown.startswith("Result(small, optimal, ")
    assert len(shown) < 300


def test_a_workbook_needs_its_ending(small_result, tmp_path):
    with pytest.raises(ReportError, match=r"result\.csv\.xlsx"):
        lcopt.write_report(small_result, tmp_path / "result.csv")
    assert not list(tmp_path.iterdir())


def test_the_version_is_at_hand():
    assert lcopt.__version__.count(".") == 2
