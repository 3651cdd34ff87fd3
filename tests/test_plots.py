"""Charts show every point with its words, the line, and a band of the bound; the page loads nothing."""

from __future__ import annotations

import re

import numpy as np
import pytest
from plotly.offline import get_plotlyjs

from lcopt.plots import Panel, Points, Section, figure, page


def points(across, up, name="cells"):
    return Points(name, np.array(across, dtype=float), np.array(up, dtype=float), [f"no {n}" for n in range(len(up))])


def panel(*of, **options) -> Panel:
    return Panel("energy, Wh", "published", "predicted", of or (points([1, 2], [1.1, 1.9]),), **options)


def test_the_chart_has_band_line_and_points():
    drawn = figure(panel(points([1, 2], [1.1, 1.9]), bound=0.1))
    band, line, marks = drawn.data
    low, high = drawn.layout.xaxis.range
    assert drawn.layout.yaxis.range == (low, high)
    assert list(line.x) == list(line.y) == [low, high]
    assert list(band.x) == pytest.approx([low, high, high, low])
    assert list(band.y) == pytest.approx([1.1 * low, 1.1 * high, 0.9 * high, 0.9 * low])
    assert (list(marks.x), list(marks.y), list(marks.hovertext)) == ([1, 2], [1.1, 1.9], ["no 0", "no 1"])


def test_an_absolute_band_has_the_same_width_everywhere():
    band = figure(panel(points([-10, 20], [-9, 21]), bound=3.0, is_relative=False)).data[0]
    low, high = band.x[:2]
    assert list(band.y) == pytest.approx([low + 3, high + 3, high - 3, low - 3])


def test_without_a_bound_there_is_no_band_and_off_the_diagonal_the_line_is_at_zero():
    drawn = figure(panel(points([0, 40], [5, 7]), is_diagonal=False))
    line, _ = drawn.data
    assert list(line.y) == [0, 0]
    assert drawn.layout.yaxis.range[0] <= 0


@pytest.mark.parametrize("values", [[5.0], [0.0], [-3.0, -3.0]])
def test_points_at_one_place_are_inside_the_chart(values):
    low, high = figure(panel(points(values, values))).layout.xaxis.range
    assert low <= min(values) <= max(values) < high


def test_a_page_loads_nothing_and_shows_names_as_they_are():
    odd = "</script><script>alert(1)</script><a href='http://x.example'>"
    bad = Points(odd, np.array([1.0]), np.array([1.0]), [odd])
    text = page(odd, odd, [Section(odd, (panel(bad, bad),)), Section("", (panel(),))], odd)
    own = text.replace(get_plotlyjs(), "")
    assert len(own) < len(text) - 1e6
    assert own.count("<script") == own.count("</script>") == 3
    assert "<a href" not in own
    assert not re.search(r"src=|@import|url\(", own)
    assert "Content-Security-Policy\" content=\"default-src 'none';" in own


def test_equal_input_gives_equal_bytes():
    sections = [Section("a", (panel(), panel())), Section("b", (panel(),))]
    assert page("t", "l", sections, "x") == page("t", "l", sections, "x")
