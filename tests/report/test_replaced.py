"""The book shows what of the catalog is not the packaged number, whole."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from made_result import made_result

import lcopt
from lcopt.inputs.excel.report_layout import RECORD_HEAD
from lcopt.inputs.price_items import told_of_unused, unused_prices
from lcopt.inputs.replaced_rows import ReplacedRow
from lcopt.report.workbook import build_book, write_report
from lcopt.result_building import scenario_catalog
from lcopt.result_words import replacements


@pytest.fixture(scope="module")
def scenario(compact, tmp_path_factory):
    folder = tmp_path_factory.mktemp("my_data")
    (folder / "sources.csv").write_text("key,citation,kind\nours,Quote of May 2025,vendor\n")
    (folder / "prices.csv").write_text(
        "item,price_scenario,value,low,high,unit,price_year,source,kind,reference,note\n"
        'lfp_cathode,central,5.2,4,7,USD/kg,2024,ours,vendor,page 3,"=1+1, and more"\n'
    )
    (folder / "usage_profiles.csv").write_text("profile,name,value,unit\nprivate_car,dod_frac,0.4,1\n")
    return replace(compact, replaced_rows=lcopt.read_catalog(folder).replaced_rows)


@pytest.fixture(scope="module")
def book(scenario, tmp_path_factory):
    result = made_result(scenario, scenario_catalog(scenario))
    path = write_report(result, tmp_path_factory.mktemp("book") / "mine.xlsx")
    return openpyxl.load_workbook(path, data_only=True)


def rows_of(book) -> list[dict[str, object]]:
    head, *rows = book["Replaced"].iter_rows(min_row=5, values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_sheet_has_a_row_a_replaced_row_with_both_values_and_its_place(book, scenario, catalog):
    row = next(row for row in rows_of(book) if row["Table"] == "prices")
    factor = catalog.price_index[2025] / catalog.price_index[2024]
    packaged = catalog.in_price_year(2025).table("prices").one(item="lfp_cathode", price_scenario="central")
    assert (row["Row"], row["What"], row["Unit"]) == ("lfp_cathode, central", "replaced", "USD/kg")
    assert row["Packaged value"] == pytest.approx(packaged.value)
    assert [row[name] for name in ("New value", "Low", "High")] == pytest.approx([5.2 * factor, 4 * factor, 7 * factor])
    assert (row["Kind"], row["Source"], row["Place in the source"]) == ("vendor", "ours", "page 3")
    assert row["Stands in"].endswith("my_data0/prices.csv:2")
    assert [row["What"] for row in rows_of(book)] == ["replaced", "added", "replaced"]


def test_the_records_of_the_sheet_make_the_same_rows_again(book, scenario):
    made = []
    for row in rows_of(book):
        file, _, line = str(row["Stands in"]).rpartition(":")
        made.append(ReplacedRow.of_record(str(row[RECORD_HEAD]), file, int(line)))
    assert sorted(made, key=lambda row: row.record) == sorted(scenario.replaced_rows, key=lambda row: row.record)


def test_the_sources_of_a_user_are_cited(book):
    words = [cell.value for row in book["Sources"].iter_rows() for cell in row]
    assert "Quote of May 2025" in words
    assert "rows of the user's own tables that name no source" in words


def test_a_book_without_replaced_rows_has_no_such_sheet(results):
    assert "Replaced" not in [sheet.name for sheet in build_book(results["compact"]).sheets]


def test_the_answer_counts_what_is_replaced_and_says_by_whom(scenario, compact):
    own = replace(scenario.replaced_rows[0], cells={"source": "scenario"}, table="cost_rates", replaces=True)
    counted = replacements(replace(scenario, replaced_rows=(*scenario.replaced_rows, own)))
    assert len(counted) == 2
    assert counted[0].startswith("2 rows of the catalog replaced and 1 row added to the catalog by '")
    assert counted[1] == "1 row of the catalog replaced by the scenario; see the sheet Replaced"
    assert replacements(compact) == []


def test_prices_that_no_chemistry_of_the_search_buys_are_counted(compact, catalog):
    narrow = replace(compact, search=replace(compact.search, chemistries=("LFP-G (Energy)",)))
    told = [
        told_of_unused(unused_prices(replace(narrow, price_overrides=dict.fromkeys(items, 5.0)), catalog))
        for items in (
            ("lfp_cathode", "graphite_anode"),
            ("nca_cathode",),
            ("nca_cathode", "lfp_cathode", "lto_anode"),
            ("lithium_carbonate", "nickel_sulfate"),
            ("lithium_carbonate", "lfp_cathode"),
        )
    ]
    assert told == [
        [],
        ["1 price override changes nothing: no chemistry of the search buys nca_cathode"],
        ["2 price overrides change nothing: no chemistry of the search buys nca_cathode, lto_anode"],
        ["1 price override changes nothing: no chemistry of the search buys nickel_sulfate"],
        ["1 price override changes nothing: no chemistry of the search buys lithium_carbonate"],
    ]
