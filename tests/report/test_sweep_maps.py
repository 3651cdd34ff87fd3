"""Maps of a sweep: two axes across and down, one map for each setting of the others, a code for each winner."""

from __future__ import annotations

from itertools import product

import pytest
from openpyxl import load_workbook

from lcopt.report.styles import kind_color
from lcopt.report.sweep_maps import MAPS_MAX, maps_of
from lcopt.report.sweep_page import sweep_page
from lcopt.report.sweep_workbook import sweep_content
from lcopt.sweep_tables import point_table


def point(settings, cost_usd=2.5e9, platform="LFP, 3 mAh/cm2", chemistry="LFP", form="blade"):
    pack = {"pack": "car", "platform": platform, "chemistry": chemistry, "format": form}
    record = {"status": "optimal", "lifecycle_cost_usd": cost_usd, "lower_bound_usd": cost_usd, "gap_frac": 0.0}
    return {"settings": settings, **record, "ownership_model": "sale", "packs": [pack], "problem": ""}


def missed(settings):
    record = point(settings) | dict.fromkeys(("lifecycle_cost_usd", "lower_bound_usd", "gap_frac"))
    return record | {"status": "infeasible", "packs": [], "problem": "none of <5> candidates meets all limits"}


@pytest.fixture
def records():
    made = [point({"x": x, "y": y}) for x, y in product(["1", "2"], ["a", "b"])]
    made[1] = point({"x": "1", "y": "b"}, 3e9, "NMC, 4 mAh/cm2", "NMC", "4680")
    made[2] = point({"x": "2", "y": "a"}, 2.4e9, "LFP, 3.5 mAh/cm2")
    made[3] = missed({"x": "2", "y": "b"})
    return made


def codes(one):
    return [[one.squares[(across, up)].winner.code for across in one.across_values] for up in one.up_values]


def test_a_letter_is_a_kind_and_a_number_a_platform(records):
    maps = maps_of(records)
    (one,) = maps.maps
    assert (one.across, one.up, codes(one)) == ("x", "y", [["A1", "A2"], ["B1", "-"]])
    assert [(winner.code, winner.kind) for winner in maps.winners] == [
        ("A1", "LFP, blade"),
        ("A2", "LFP, blade"),
        ("B1", "NMC, 4680"),
        ("-", "infeasible"),
    ]


def test_other_axes_make_maps_and_zipped_ones_count_once():
    settings = [{"x": x, "with x": f"as {x}", "y": y, "z": z} for x, y, z in product("12", "ab", "uvw")]
    maps = maps_of([point(own) for own in settings])
    assert [(one.across, one.up, dict(one.fixed)) for one in maps.maps] == [
        ("x", "y", {"z": "u"}),
        ("x", "y", {"z": "v"}),
        ("x", "y", {"z": "w"}),
    ]


def test_one_axis_is_one_row_and_one_point_one_square():
    (line,) = maps_of([point({"x": x, "only": "same"}) for x in "123"]).maps
    assert (line.across, line.up, codes(line)) == ("x", "", [["A1", "A1", "A1"]])
    (alone,) = maps_of([point({"x": "1"})]).maps
    assert codes(alone) == [["A1"]]


def test_more_maps_than_anyone_reads_are_counted():
    settings = [{"x": x, "y": y, "z": str(z)} for x, y, z in product("12", "ab", range(MAPS_MAX + 3))]
    maps = maps_of([point(own) for own in settings])
    assert (len(maps.maps), maps.left_out_count) == (MAPS_MAX, 3)


def test_the_workbook_has_the_maps_and_all_points(records, tmp_path):
    table = point_table(records)
    content = sweep_content("cars", records, table)
    assert content == sweep_content("cars", records, table)
    file = tmp_path / "cars.xlsx"
    file.write_bytes(content)
    book = load_workbook(file)
    assert book.sheetnames == ["Winner", "Points"]
    cells = {cell.value: cell for row in book["Winner"].iter_rows() for cell in row if cell.value}
    assert cells["A1\n2,500.0"].fill.fgColor.rgb[2:] == cells["A2\n2,400.0"].fill.fgColor.rgb[2:] == kind_color(0)
    assert cells["B1\n3,000.0"].fill.fgColor.rgb[2:] == kind_color(1)
    assert cells["A1"].fill.fgColor.rgb[2:] == kind_color(0)
    assert cells["-"].fill.fgColor.rgb[2:] == kind_color(-1)
    assert cells["LFP, 3 mAh/cm2"].fill.fill_type is None
    rows = list(book["Points"].iter_rows(values_only=True))
    assert rows[0] == tuple(table.columns)
    assert [row[:4] for row in rows[1:]] == [
        ("1", "a", "optimal", 2.5e9),
        ("1", "b", "optimal", 3e9),
        ("2", "a", "optimal", 2.4e9),
        ("2", "b", "infeasible", None),
    ]


def test_the_page_loads_nothing_and_shows_words_as_they_are(records):
    page = sweep_page("<cars>", records, point_table(records))
    assert page == sweep_page("<cars>", records, point_table(records))
    assert "<h1>&lt;cars&gt;: sweep</h1>" in page
    assert "4 points, 3 with a proven optimum" in page
    assert "none of &lt;5&gt; candidates" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<td title=") + page.count('" title="') == 4
