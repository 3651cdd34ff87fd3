"""The page of a result: what it says, that it needs nothing else, that it is safe and the same every time."""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import HOSTILE, Read, fleet, page, single

from lcopt.errors import ReportError
from lcopt.report.input_rows import input_rows
from lcopt.report.page.bars import Bar, Part, flow_bars, lying_bars, swings
from lcopt.report.page.document import page_of
from lcopt.report.page.look import FILLS, GROUNDS, STYLE
from lcopt.report.page.markup import text
from lcopt.report.page.prices import swings_of
from lcopt.report.page.scales import axis_of
from lcopt.report.tables import read_tables
from lcopt.report.workbook import write_report
from lcopt.result_building import recost

NAMES = ("single", "fleet")
MOST_BYTES = 1_500_000
# Ratios that readers with weak eyes need, of text and of shapes (WCAG 2.1, 1.4.3 and 1.4.11).
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0


@pytest.fixture(params=NAMES)
def read(request) -> Read:
    return Read(page(request.param))


def headings(read: Read) -> list[str]:
    return [element.text for element in read.all("h1", "h2", "h3", "h4")]


# --- what it says ---------------------------------------------------------------------------------------------------


def test_the_answer_comes_first_with_its_numbers():
    read, result = Read(page("single")), single()
    assert headings(read)[:2] == ["compact_car", "The answer"]
    (design,) = result.designs.to_dict("records")
    shown = [element.text for element in read.all("dd")]
    assert f"{design['lifecycle_cost_usd_per_pack']:,.0f} USD" in shown
    assert f"{design['charging_time_min']:.1f} min" in shown
    assert "at most 20.0 min asked" in shown
    verdict = next(element for element in read.all("p") if element.attributes.get("class") == "verdict")
    assert verdict.text.startswith(f"{design['chemistry']} in unified prismatic cells has the lowest lifecycle cost")
    assert f"no cheaper design among {result.candidates_count:,} candidates" in page("single")


def test_every_part_of_the_issue_has_its_heading():
    wanted = [
        "Why this design",
        "Why not another chemistry",
        "What each limit costs",
        "What would change the answer",
        "What its life costs",
        "Cash flow",
        "What faster charging and more density cost",
        "Map of the design space",
        "What prices do",
        "Limits",
        "Alternatives",
        "Sources and assumptions",
    ]
    found = headings(Read(page("single")))
    assert [title for title in found if title in wanted] == wanted


def test_a_portfolio_shows_the_fleet_and_then_a_part_for_each_pack():
    read, result = Read(page("fleet")), fleet()
    parts = [element.text for element in read.all("h2")]
    assert parts[0] == "The fleet"
    assert parts[2] == "Pack large"
    assert [element.text for element in read.all("h3")].count("The answer") == 2
    table = next(element for element in read.all("table") if element.text.startswith("Packs of the fleet"))
    assert table.text.endswith(f"All packs------{result.lifecycle_cost_usd / 1e6:,.0f}")
    assert "is this pack&#x27;s cell in the cheapest fleet" in page("fleet")


def test_a_repriced_result_claims_no_proof_and_no_design_space():
    made = page_of(recost(single(), {"lfp_cathode": 6.0})).decode()
    assert "has the lowest lifecycle cost" not in made
    assert "was chosen at other prices" in made
    assert "no cheaper design" not in made
    assert "the designs were priced again, not chosen again" in made
    assert "Map of the design space" not in headings(Read(made))


def test_a_choice_without_a_proof_is_not_called_the_cheapest():
    made = page_of(replace(single(), status="stopped", gap_frac=0.02)).decode()
    assert "has the lowest lifecycle cost" not in made
    assert "the search stopped before the proof" in made
    assert "Proof: STOPPED before it: another choice" in made


def test_a_price_swings_the_cost_by_what_a_new_costing_of_the_design_says():
    result = single()
    tables = read_tables(result)
    (pack,) = tables.packs
    found = swings_of(pack, input_rows(tables))
    assert len(found) >= 5
    for swing in found[:3]:
        for price, change in ((swing.price.low, swing.at_low_usd), (swing.price.high, swing.at_high_usd)):
            costed = recost(result, {swing.price.key: price}).designs["lifecycle_cost_usd_per_pack"][0]
            assert costed - pack.chosen.lifecycle_cost_usd == pytest.approx(change, rel=1e-6, abs=1e-6)


def test_kinds_of_source_are_told_in_words():
    words = Read(page("single")).all("main")[0].text
    assert re.search(r"stand behind the chosen designs: [\d,]+ measured, [\d,]+ published", words)
    assert "assumed by us" in words


# --- one file, safe and the same every time -------------------------------------------------------------------------


def test_the_page_asks_for_nothing_outside(read):
    for element in read.elements:
        assert not {"src", "srcset", "action", "background", "poster"} & set(element.attributes)
        href = element.attributes.get("href", "#")
        assert href.startswith("#") or (element.tag == "a" and href.startswith("https://")) or href == "data:,"
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    policy = next(e for e in read.all("meta") if e.attributes.get("http-equiv") == "Content-Security-Policy")
    (script,) = read.all("script")
    digest = b64encode(hashlib.sha256("".join(script.words).encode()).digest()).decode()
    assert policy.attributes["content"].startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}'" in policy.attributes["content"]


def test_names_are_text_whatever_they_hold():
    source = page("fleet")
    read = Read(source)
    assert "<script>alert" not in source
    assert "\x07" not in source
    assert len(read.all("script")) == 1
    assert f"Pack {HOSTILE}".replace("\x07", "\ufffd") in [element.text for element in read.all("h2")]
    assert not [element for element in read.elements if any(key.startswith("on") for key in element.attributes)]


@given(st.text())
def test_any_text_becomes_text_that_can_be_written_and_closes_nothing(words):
    made = text(words)
    assert not set('<>"') & set(made)
    made.encode()


def test_equal_results_give_equal_bytes_whatever_the_order_of_sets(tmp_path):
    stored = tmp_path / "result.pickle"
    stored.write_bytes(pickle.dumps(single()))
    code = (
        "import hashlib, pathlib, pickle, sys\n"
        "from lcopt.report.page.document import page_of\n"
        "result = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "print(hashlib.sha256(page_of(result)).hexdigest())"
    )
    seeds = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    command = [sys.executable, "-c", code, stored]
    done = [subprocess.run(command, env=seed, capture_output=True, check=True) for seed in seeds]
    found = {one.stdout.strip().decode() for one in done}
    assert found == {hashlib.sha256(page("single").encode()).hexdigest()}


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_small_enough_to_mail(name):
    assert len(page(name).encode()) < MOST_BYTES


def test_the_end_of_the_name_chooses_the_page_and_nothing_else_is_left(tmp_path):
    path = write_report(single(), tmp_path / "a.html")
    assert path.read_text() == page("single")
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]
    with pytest.raises(ReportError, match=r"a page under \.html"):
        write_report(single(), tmp_path / "a.htm")


def test_a_page_that_cannot_be_written_says_what_to_do_and_leaves_the_earlier_one(tmp_path, monkeypatch):
    with pytest.raises(ReportError, match="make the folder"):
        write_report(single(), tmp_path / "missing" / "a.html")
    earlier = tmp_path / "a.html"
    earlier.write_text("earlier")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(ReportError, match="close the file if a program has it open"):
        write_report(single(), earlier)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.html", "earlier")]


# --- for every reader -----------------------------------------------------------------------------------------------


def test_headings_go_down_step_by_step_under_one_title(read):
    levels = [int(element.tag[1]) for element in read.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_drawings_have_words_and_tables_have_captions_and_heads(read):
    assert read.all("html")[0].attributes["lang"] == "en"
    drawings = read.all("svg")
    assert len(drawings) >= 6
    for drawing in drawings:
        assert drawing.attributes["role"] == "img"
        assert re.search(r"\d", drawing.attributes["aria-label"])
    assert len(read.all("caption")) == len(read.all("table"))
    assert {element.attributes.get("scope") for element in read.all("th")} == {"col", "row"}
    ids = [element.attributes["id"] for element in read.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    links = [element.attributes["href"][1:] for element in read.all("a") if element.attributes["href"][0] == "#"]
    assert set(links) <= set(ids)


def luminance(color: str) -> float:
    parts = np.array([int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ink", ["ink", "quiet", "link"])
@pytest.mark.parametrize("ground", ["paper", "bar", "chosen"])
def test_text_stands_out_from_its_ground(ink, ground):
    assert contrast(GROUNDS[ink], GROUNDS[ground]) >= TEXT_CONTRAST
    assert contrast(GROUNDS["paper"], GROUNDS["head"]) >= TEXT_CONTRAST


def test_shapes_stand_out_from_the_paper_and_every_color_is_used_by_name():
    weak = {name: contrast(color, GROUNDS["paper"]) for name, color in FILLS.items()}
    assert {name: ratio for name, ratio in weak.items() if ratio < SHAPE_CONTRAST} == {}
    rules = STYLE.split("}", 1)[1]
    assert set(re.findall(r"var\(--([a-z0-9]+)\)", rules)) <= {*FILLS, *GROUNDS}


# --- drawings -------------------------------------------------------------------------------------------------------

VALUES = st.lists(st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-6), min_size=1, max_size=6)


@given(VALUES, st.booleans())
def test_an_axis_holds_its_values_and_has_round_numbers_in_order(values, holds_zero):
    axis = axis_of(values, 10.0, 500.0, holds_zero=holds_zero)
    assert all(10.0 - 1e-6 <= axis.at(value) <= 500.0 + 1e-6 for value in values)
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert 1 <= len(axis.ticks) <= 9
    assert len({axis.shown(value) for value in axis.ticks}) == len(axis.ticks)
    if holds_zero:
        assert axis.low <= 0 <= axis.high


def rectangles(drawn: str) -> list[dict[str, float]]:
    found = Read(drawn).all("rect")
    return [{key: float(e.attributes[key]) for key in ("x", "y", "width", "height")} for e in found]


def test_pieces_of_a_bar_lie_end_to_end_and_credits_to_the_other_side():
    values = {"price": 60.0, "energy": 30.0, "credit": -20.0, "none": 0.0}
    parts = tuple(Part("c0", name, value) for name, value in values.items())
    price, energy, credit = rectangles(lying_bars([Bar(("a",), parts)], "USD", "USD", "alt 1"))
    assert price["width"] == pytest.approx(2 * energy["width"], abs=0.2)
    assert price["width"] == pytest.approx(3 * credit["width"], abs=0.2)
    assert energy["x"] == pytest.approx(price["x"] + price["width"], abs=0.1)
    assert credit["x"] + credit["width"] == pytest.approx(price["x"], abs=0.1)


def test_flows_hang_below_and_stand_above_the_same_line():
    flows = [(Part("c0", "paid", -10.0),), (Part("c1", "got", 5.0),)]
    drawn = flow_bars(flows, [-10.0, -5.0], ("yr", "USD"), "USD", "alt 1")
    paid, got = rectangles(drawn)
    assert paid["y"] == pytest.approx(got["y"] + got["height"], abs=0.1)
    assert paid["height"] == pytest.approx(2 * got["height"], abs=0.2)


def test_a_long_name_is_cut_in_the_drawing_and_told_whole_on_hover():
    name = "x" * 90
    drawn = swings([((name,), Part("c0", "low", -1.0), Part("c1", "high", 2.0))], "USD", "USD", "alt 1")
    assert max(len(element.text) for element in Read(drawn).all("text")) < 40
    assert f"{name}: high 2 USD" in [element.text for element in Read(drawn).all("title")]
