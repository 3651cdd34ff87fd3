"""Life in years, kilometers and cycles, and warranty rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.errors import CatalogError
from lcopt.performance.aging import YearlyFade, linear_fade, yearly_fade
from lcopt.performance.life import (
    life_efc_count,
    life_km,
    life_yr,
    read_warranty_rule,
    warranty_margin_frac,
    whole_life_yr,
)


def linear(*fades):
    return yearly_fade(linear_fade(np.array(fades)), np.array([100.0]))


def test_life_of_a_linear_fade_in_all_measures():
    """20 % at 3 % a year: 6.667 years, the end of year 7; 80,000 km and 227 cycles a year."""
    life = life_yr(linear(0.03), 0.8)
    assert life == pytest.approx([20 / 3])
    assert whole_life_yr(linear(0.03), 0.8).tolist() == [7]
    assert life_km(life, 80000.0) == pytest.approx([533333.333])
    assert life_efc_count(life, np.array([227.0])) == pytest.approx([1513.333])


def test_a_pack_that_does_not_fade_lives_for_ever():
    life = life_yr(linear(0.0), 0.7)
    assert np.isinf([life, whole_life_yr(linear(0.0), 0.7), life_km(life, 15000.0)]).all()


def test_euro_7_asks_at_the_earlier_of_years_and_kilometers(catalog):
    """At 2.5 % a year: 12.5 % lost after 5 years, margin 7.5 %; 20 % after 8, margin 8 %; the smaller counts.

    At 80,000 km a year the points come after 1.25 and 2 years: 80 % against 96.9 %, 72 % against 95 %.
    """
    points = read_warranty_rule(catalog, "euro_7")
    assert [(point.soh_min_frac, point.age_yr, point.distance_km) for point in points] == [
        (0.8, 5, 100000),
        (0.72, 8, 160000),
    ]
    assert warranty_margin_frac(points, linear(0.025, 0.04), 15000.0) == pytest.approx([0.075, -0.04])
    assert warranty_margin_frac(points, linear(0.025), 80000.0) == pytest.approx([0.96875 - 0.8])
    assert warranty_margin_frac(points, linear(0.025), 0.0) == pytest.approx([0.075])


def test_no_rule_has_an_infinite_margin_and_an_unknown_one_is_told(catalog):
    assert np.isinf(warranty_margin_frac(read_warranty_rule(catalog, "none"), linear(0.1, 0.2), 15000.0)).tolist() == [
        True,
        True,
    ]
    with pytest.raises(CatalogError, match=r"no rule 'euro_8'; choose none, euro_7"):
        read_warranty_rule(catalog, "euro_8")


def test_the_rule_of_california_asks_in_miles(catalog):
    (point,) = read_warranty_rule(catalog, "california_2026")
    assert point.distance_km == pytest.approx(100000 * 1.609344)


@given(st.floats(1e-4, 0.2), st.floats(0.3, 1), st.floats(1e-6, 0.2), st.floats(0.3, 1.2), st.floats(0.5, 0.9))
def test_at_the_end_of_its_life_a_pack_has_the_threshold(calendar, p, cycle, q, threshold):
    fade = YearlyFade(*(np.array([value]) for value in (calendar, p, cycle, q)))
    life, whole = life_yr(fade, threshold)[0], whole_life_yr(fade, threshold)[0]
    if np.isfinite(life):
        assert fade.soh_frac(life)[0] == pytest.approx(threshold, abs=1e-9)
        assert whole - 1 - 1e-9 <= life <= whole
        assert fade.soh_frac(whole)[0] < threshold


@given(st.floats(0.001, 0.1), st.floats(0, 0.1), st.floats(1000, 200000), st.floats(0, 1e5))
def test_more_fade_or_more_driving_never_widens_the_margin_by_years(catalog, fade, more, distance, farther):
    points = read_warranty_rule(catalog, "euro_7")
    margin = warranty_margin_frac(points, linear(fade, fade + more), distance)
    assert margin[1] <= margin[0]
    # A linear calendar fade is asked for earlier by who drives more.
    assert warranty_margin_frac(points, linear(fade), distance + farther)[0] >= margin[0] - 1e-12
