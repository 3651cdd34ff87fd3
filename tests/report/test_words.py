"""Sentences of the cover: each says a number that the result holds, in whole sentences, once."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from made_result import made_result

from lcopt.report.cover_words import LINE_LENGTH, write_words
from lcopt.report.limit_words import limit_costs
from lcopt.report.sheets import Sheet
from lcopt.report.workbook import build_book

TOPICS = ("Why this design", "Why not another chemistry", "What each limit costs", "What would change the answer")


def cover_of(result) -> list[str]:
    sheet = build_book(result).sheets[0]
    return [str(cell.content) for (_, column), cell in sorted(sheet.cells.items()) if column == 1]


def test_the_cover_of_one_pack_has_every_topic_and_whole_sentences(results):
    lines = cover_of(results["compact"])
    starts = [next(n for n, line in enumerate(lines) if line.startswith(topic)) for topic in TOPICS]
    assert starts == sorted(starts)
    text = lines[starts[0] : next(n for n, line in enumerate(lines) if line == "Read this too")]
    sentences = [line for line in text if not line.startswith(TOPICS)]
    joined = " ".join(sentences)
    assert ".." not in joined
    assert "  ." not in joined
    assert not re.search(r"\bnan\b|\bNone\b|_", joined)
    assert all(line[0].isupper() or line.startswith("   ") for line in sentences)


def test_what_a_limit_costs_is_what_points_of_the_front_cost(results):
    lines = limit_costs("compact", results["compact"])
    charging, specific, density = lines
    assert charging.startswith("Charging time: 15.0 min, at most 20.0 is asked, which does not bind; ")
    assert "13.5 min costs +40 USD a pack and 10.5 min costs +360 USD a pack (NCA-G (Power)" in charging
    assert charging.endswith("the most")
    assert "Wh/kg" in specific
    assert "Wh/L" in density


def test_a_front_without_a_stricter_point_says_so(results):
    result = results["compact"]
    alone = replace(result, front=result.front.groupby("quantity", sort=False).head(1))
    assert all(line.endswith("no design within the limits is better by 5 %") for line in limit_costs("compact", alone))
    assert limit_costs("compact", replace(result, front=pd.DataFrame(columns=["pack"]))) == []


def test_long_sentences_are_broken_where_the_page_ends():
    sheet = Sheet("Words", "", "", "output")
    end = write_words(sheet, 1, ["word " * 80, "short"])
    lines = [cell.content for cell in sheet.cells.values()]
    assert end == len(lines) + 1
    assert max(map(len, lines)) <= LINE_LENGTH
    assert lines[-1] == "short"


@pytest.fixture(scope="module")
def ten(two_cars, money):
    packs = tuple(
        replace(two_cars.packs[number % 2], name=f"car {number + 1}", energy_kwh=40.0 + 5.0 * number)
        for number in range(10)
    )
    return build_book(made_result(replace(two_cars, packs=packs), money, designs=2))


def test_ten_packs_have_a_cover_of_one_column_each_and_links_to_all_their_sheets(ten):
    cover = ten.sheets[0]
    assert cover.charts == []
    assert sum(cover.widths.values()) < 240
    linked = {cell.link.split("!")[0].strip("'") for cell in cover.cells.values() if cell.link}
    assert linked == {sheet.name for sheet in ten.sheets[1:]}
    words = [str(cell.content) for cell in next(s for s in ten.sheets if s.name == "Pack car 7").cells.values()]
    assert all(topic in words for topic in TOPICS)


def test_sheets_stand_pack_by_pack(ten):
    names = [sheet.name for sheet in ten.sheets]
    answers = ["Cover", "Portfolio", *(f"Pack car {number}" for number in range(1, 11))]
    assert names[:14] == [*answers, "Inputs", "Limits"]
    behind = [sheet.pack_index for sheet in ten.sheets[14:] if sheet.pack_index is not None]
    assert behind == sorted(behind)
    assert names.index("Checks") > names.index("Aging car 10")


def test_the_sheet_of_a_pack_leads_to_all_that_stands_behind_it(ten):
    answer = next(sheet for sheet in ten.sheets if sheet.name == "Pack car 7")
    linked = {cell.link.split("!")[0].strip("'") for cell in answer.cells.values() if cell.link}
    assert linked == {sheet.name for sheet in ten.sheets if sheet.pack_index == 6 and sheet is not answer}
