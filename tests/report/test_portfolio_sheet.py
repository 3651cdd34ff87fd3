"""The sheet Portfolio: every answer with its cells, live differences, and words where there is no fleet."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from made_result import made_result
from office import differences, needs_office, recalculate, without_values

from lcopt.report.portfolio_words import count_in_words, penalty_in_words, restricted_in_words
from lcopt.report.workbook import build_book, write_report
from lcopt.result_portfolio import PortfolioTables


def choice(result, factor: float, platforms: str, packs: str) -> dict[str, object]:
    cost = result.lifecycle_cost_usd * factor
    possible = factor < float("inf")
    return {
        "cost_usd": cost,
        "difference_usd": cost - result.lifecycle_cost_usd,
        "difference_frac": factor - 1,
        "platforms_count": len(platforms.split("; ")) if possible else 0,
        "platforms": platforms if possible else "",
        "packs": packs if possible else "",
        "lower_bound_usd": cost,
        "gap_frac": 0.0 if possible else float("nan"),
    }


@pytest.fixture(scope="module")
def asked(two_cars, money):
    """Two cars with answers around their optimum, one of them impossible."""
    result = made_result(two_cars, money)
    first = result.designs["platform"].iloc[0]
    both = choice(result, 1.0, f"{first}; LFP in blades", "small; large")
    one = choice(result, 1.02, "LFP in cans", "small, large")
    none = choice(result, float("inf"), "", "")
    tables = PortfolioTables(
        platform_sets=pd.DataFrame(
            [{"distinct": word, "rank": 1, **both} for word in ("kinds", "platforms")]
            + [{"distinct": "kinds", "rank": 2, **one}]
        ),
        platform_penalties=pd.DataFrame(
            [
                {"distinct": word, "platform": first, "packs_served": "small", **limits, **row}
                for word, row, limits in (
                    ("kinds", none, {"at_least_usd": float("inf"), "at_most_usd": float("inf")}),
                    ("platforms", one, {"at_least_usd": 1e6, "at_most_usd": 1.2e6}),
                )
            ]
        ),
        by_platform_count=pd.DataFrame(
            [
                {"platforms_max": 1, "within_scenario": True, **one},
                {"platforms_max": 2, "within_scenario": False, **both},
            ]
        ),
        best_by_chemistry=pd.DataFrame([{"chemistry": "NMC622-G (Energy)", "packs_unserved": "large", **none}]),
        best_by_format=pd.DataFrame([{"format": "4680", "packs_unserved": "", **one}]),
        strategies=pd.DataFrame([{"strategy": "blades", "packs_unserved": "", **none}]),
        skipped_count=0,
    )
    return replace(result, portfolio=tables)


def sheet_of(result):
    return next((sheet for sheet in build_book(result).sheets if sheet.name == "Portfolio"), None)


def test_a_scenario_of_one_pack_has_no_such_sheet(results):
    assert sheet_of(results["compact"]) is None


def test_every_answer_has_its_row_and_each_cell_its_number(asked):
    sheet = sheet_of(asked)
    rows: dict[str, list[object]] = {}
    for row in range(sheet.header_row, sheet.last_row + 1):
        cells = [sheet.cells.get((row, column)) for column in range(1, 10)]
        found = [cell.value for cell in cells if cell is not None and cell.content is not None]
        rows.setdefault(str(found[0]) if found else "", found[1:])
    assert rows["1 cell design"][:3] == ["P2", "small, large", 1.0]
    assert rows["2 cell designs, over the cap"][0] == "P1 + P3"
    assert rows["NMC622-G (Energy)"] == ["impossible: no candidate of it serves large"]
    assert rows["Blades"] == ["impossible: no such fleet meets all limits together"]
    assert rows["without P1"][0] == "P2"
    assert rows["4680 round"][4] == pytest.approx(0.02 * asked.lifecycle_cost_usd)
    assert rows["P2"] == ["LFP in cans"]
    assert len(sheet.charts) == 1


@needs_office
def test_the_sheet_recalculates_and_pandas_reads_it(asked, tmp_path):
    path = write_report(asked, tmp_path / "fleet.xlsx")
    (again,) = recalculate([without_values(path, tmp_path / "plain.xlsx")])
    assert differences(path, again) == []
    frame = pd.read_excel(path, sheet_name="Portfolio", header=4)
    assert frame.set_index("Answer").loc["1 cell design", "Dearer by USD"] == pytest.approx(
        0.02 * asked.lifecycle_cost_usd
    )
    assert "Portfolio" in openpyxl.load_workbook(path).sheetnames


def test_answers_in_words(asked):
    tables = asked.portfolio
    rows = {name: getattr(tables, name).to_dict("records") for name in ("by_platform_count", "platform_penalties")}
    one, two = rows["by_platform_count"]
    more = f"{0.02 * asked.lifecycle_cost_usd / 1e6:,.1f} MUSD (2.00 %) dearer"
    assert count_in_words(one) == f"1 platform: {more}; LFP in cans for small and large"
    assert count_in_words(two) == "2 platforms: the optimum"
    assert penalty_in_words(rows["platform_penalties"][1]).endswith(
        ": 1.0 MUSD to 1.2 MUSD (2 %) dearer; LFP in cans for small and large"
    )
    row = tables.best_by_chemistry.to_dict("records")[0]
    assert restricted_in_words("NMC", row) == "NMC: impossible: no candidate of it serves large"
