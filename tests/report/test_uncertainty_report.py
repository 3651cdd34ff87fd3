"""The sheet and the part of the page on how sure the answer is hold the numbers of the analysis and fit their paper."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from linting import lint
from made_pages import Read
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

import lcopt
from lcopt.report.page.document import page_of
from lcopt.report.uncertainty import COLUMNS_COUNT, MAP_COUNTS, thinned
from lcopt.report.uncertainty_words import asked_sensitivity, field_words
from lcopt.report.workbook import write_report

pytest.importorskip("SALib")
PACK = {"name": "car", "volume": "90000 /yr", "energy": "60 kWh", "power": "150 kW", "system_voltage": "400 V"}
SCENARIO = {
    "lcopt": 1,
    "name": "unsure",
    "finance": {"currency": "USD", "price_year": 2025, "discount_rate": "8 %", "horizon": "12 yr"},
    "packs": [PACK | {"usage": "private_car", "limits": {"charging_time_max": "25 min"}}],
    "search": {
        "chemistries": ["LFP-G (Energy)", "NMC622-G (Energy)"],
        "formats": ["prismatic_173"],
        "architectures": ["module"],
        "technology_classes": ["standard"],
    },
    "prices": "central",
    "uncertainty": {"samples": 128, "map": ["price_overrides.cobalt_sulfate", "price_overrides.lithium_carbonate"]},
}
TITLE = "How sure is it"


@pytest.fixture(scope="module")
def unsure():
    return lcopt.optimize(lcopt.read_scenario(SCENARIO))


@pytest.fixture(scope="module")
def found(unsure):
    return asked_sensitivity(unsure)


@pytest.fixture(scope="module")
def path(unsure, tmp_path_factory):
    return write_report(unsure, tmp_path_factory.mktemp("unsure") / "unsure.xlsx")


@pytest.fixture(scope="module")
def sheet(path):
    return load_workbook(path)["Uncertainty"]


def block(sheet, heading):
    """Rows below a heading up to an empty one, without their head."""
    rows = list(sheet.iter_rows())
    first = next(number for number, row in enumerate(rows) if str(row[0].value).startswith(heading))
    found = []
    for row in rows[first + 2 :]:
        if all(cell.value in {None, ""} for cell in row[:4]):
            break
        found.append(row)
    return found


def test_the_book_has_no_fault_and_its_checks_hold(path):
    assert lint(path) == []
    assert load_workbook(path, data_only=True)["Cover"]["B3"].value == "OK"


def test_the_sheet_tells_the_numbers_of_the_analysis(sheet, found):
    shares = {row[0].value: row[2].value for row in block(sheet, "Share of the samples")}
    assert list(shares.items()) == list(found.probability_best.items())[: len(shares)]
    chemistries = {row[0].value: row[2].value for row in block(sheet, "By chemistry")}
    assert chemistries == found.probability_best_by_chemistry
    assert sum(chemistries.values()) == pytest.approx(1)
    cost = found.odds.cost_usd
    (chosen, *_) = block(sheet, "What it may come to cost")
    musd = [usd / 1e6 for usd in (cost.mean, cost.p10, cost.p50, cost.p90, cost.max)]
    assert [cell.value for cell in chosen[2:7]] == pytest.approx(musd)
    robust = block(sheet, "Robust choices")
    assert [row[1].value for row in robust] == found.robust["platform"].tolist()
    rests = block(sheet, "What matters most")
    assert len(rests) == min(12, len(found.assumptions))
    assert all(row[1].value.split(":")[0] in {"assumed", "published", "vendor", "measured"} for row in rests)


def test_the_sheet_and_the_page_tell_the_sobol_indices(unsure, sheet, found):
    lead = found.importance[found.importance["output"] == "lead"]
    rows = block(sheet, "Sobol indices")
    assert [row[0].value for row in rows] == [field_words(field) for field in lead["field"].head(len(rows))]
    assert [row[6].value for row in rows] == pytest.approx(lead["total_frac"].head(len(rows)).tolist())
    told = [one.text for one in Read(page_of(unsure).decode()).all("table") if "Sobol indices" in one.text]
    assert any(field_words(lead["field"].iloc[0]) in text for text in told)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("price_overrides.lithium_carbonate", "lithium carbonate"),
        ("catalog_overrides.active_materials.lfp_cathode.conversion_usd_per_kg", "lfp cathode conversion"),
        ("packs.fleet_car.usage.dc_price", "dc price of fleet_car"),
        ("packs.*.volume", "volume of all packs"),
        ("finance.discount_rate", "discount rate"),
        ("cell_yield_frac", "cell yield"),
    ],
)
def test_fields_are_told_in_words(field, words):
    assert field_words(field) == words


def test_the_map_colors_the_winner_of_every_point_it_shows(sheet, found):
    table = found.map
    x, y = (thinned(table[f"{axis}_value"], count) for axis, count in zip("xy", MAP_COUNTS, strict=True))
    rows = block(sheet, "The best cell over two fields")
    cells, key = rows[: len(y)], rows[len(y) :]
    names = {row[2].fill.fgColor.rgb: row[0].value for row in key}
    assert set(names.values()) == set(table["platform"])
    assert len(set(table["platform"])) > 1
    winner = {(row.x_value, row.y_value): row.platform for row in table.itertuples()}
    for row, down in zip(cells, reversed(y), strict=True):
        told = [names[cell.fill.fgColor.rgb] for cell in row[2 : 2 + len(x)]]
        assert told == [winner[across, down] for across in x]


@pytest.mark.parametrize(
    ("count", "most", "shown"), [(21, 7, 6), (21, 11, 11), (9, 7, 5), (5, 7, 5), (2, 7, 2), (1, 7, 1)]
)
def test_athinned_axis_is_even_and_keeps_its_ends(count, most, shown):
    values = [float(number) for number in range(count)]
    found = thinned(values, most)
    assert (found[0], found[-1], len(found)) == (values[0], values[-1], shown)
    assert len({after - before for before, after in pairwise(found)}) <= 1


def test_the_sheet_fits_its_headed_columns_and_nothing_is_cut(sheet):
    _, _, last_column, last_row = range_boundaries(sheet.print_area.split("!")[1].replace("$", ""))
    assert (last_column, sheet.max_column) == (COLUMNS_COUNT, COLUMNS_COUNT)
    assert last_row >= sheet.max_row
    width = sheet.column_dimensions["B"].width
    for row in sheet.iter_rows(min_row=11):
        if row[2].value not in {None, ""}:
            for cell in row[:2]:
                lines = sheet.row_dimensions[cell.row].height or 15
                assert len(str(cell.value or "")) <= width * (lines // 13.5)


def test_the_axis_of_the_cumulated_costs_begins_near_the_least(sheet, found):
    (cumulated,) = (chart for chart in sheet._charts if type(chart).__name__ == "LineChart")
    least, most = (found.samples["chosen_usd"].agg(name) / 1e6 for name in ("min", "max"))
    ends = cumulated.y_axis.scaling
    assert 0 < ends.min <= least < most <= ends.max
    assert ends.max - ends.min < 10 * (most - least)


def test_the_page_tells_it_too(unsure, found):
    read = Read(page_of(unsure).decode())
    (section,) = (one for one in read.all("section") if one.text.startswith(TITLE))
    assert f"{found.chemistry} is the best chemistry in" in section.text
    assert f"of {found.samples_count} samples" in section.text
    for words in ("What it may come to cost", "Switching values", "Robust choices", "What matters most"):
        assert words in section.text
    cells = [
        one
        for one in read.all("title")
        if " at " in one.text and one.text.split(" at ")[0] in set(found.map["platform"])
    ]
    assert len(cells) == len(found.map)


def test_without_the_block_neither_is_there(unsure, tmp_path):
    plain = replace(
        unsure, scenario=lcopt.read_scenario({key: SCENARIO[key] for key in SCENARIO if key != "uncertainty"})
    )
    assert "Uncertainty" not in load_workbook(write_report(plain, tmp_path / "plain.xlsx")).sheetnames
    assert TITLE not in page_of(plain).decode()
