"""A limit is met or missed by its margin, and a value that is no number misses."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lcopt.performance.limits import Limit, LimitKind, Sense, check_limits

TIME = Limit("charging_time_min", "charging time", Sense.AT_MOST, 20.0, "min", LimitKind.SCENARIO)
ENERGY = Limit("specific_energy", "specific energy", Sense.AT_LEAST, 135.0, "Wh/kg", LimitKind.SCENARIO)


def test_margins_are_positive_on_the_allowed_side():
    assert TIME.margin(np.array([18.0, 21.0])).tolist() == [2.0, -1.0]
    assert ENERGY.margin(np.array([140.0, 130.0])).tolist() == [5.0, -5.0]


def test_a_value_on_the_bound_is_met_and_a_missing_one_is_not():
    assert TIME.met(np.array([20.0, 20.0 + 1e-10, 20.001, np.nan, np.inf])).tolist() == [
        True,
        True,
        False,
        False,
        False,
    ]


@given(st.floats(1, 60), st.floats(1, 60))
def test_a_tighter_limit_never_admits_more(bound, tighter_by):
    minutes = np.linspace(0.5, 70, 100)
    loose = Limit("t", "t", Sense.AT_MOST, bound + tighter_by, "min", LimitKind.SCENARIO).met(minutes)
    tight = Limit("t", "t", Sense.AT_MOST, bound, "min", LimitKind.SCENARIO).met(minutes)
    assert not (tight & ~loose).any()


def test_a_candidate_is_feasible_where_it_meets_every_limit():
    values = {"charging_time_min": np.array([18.0, 18.0, 22.0]), "specific_energy": np.array([140.0, 120.0, 140.0])}
    assert check_limits([TIME, ENERGY], values).feasible.tolist() == [True, False, False]
