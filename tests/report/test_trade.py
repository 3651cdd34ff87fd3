"""What a reader is told about trades: safety, limits, cost of cells, readiness; and what designs are called."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from made_result import made_result

from lcopt.design_names import (
    ARCHITECTURE_NAMES,
    COOLING_NAMES,
    FORMAT_NAMES,
    RULE_NAMES,
    design_in_words,
    length_in_words,
    pack_in_words,
)
from lcopt.inputs.readiness import chemistries_in_all
from lcopt.inputs.replaced_rows import ReplacedRow
from lcopt.inputs.words import ARCHITECTURES, COOLINGS, FORMATS, SAFETY_RULES
from lcopt.report.answer import answer_text
from lcopt.report.trade_words import break_even_in_words, cheapest_in_words, rule_in_words, safety_in_words, turns
from lcopt.report.workbook import build_book, write_report
from lcopt.result_words import readiness_remarks

FACTS = {
    "chemistry": "LFP-G (Energy)",
    "technology_class": "standard",
    "format": "short_blade_l600",
    "areal_capacity_mah_per_cm2": 2.934,
    "cell_capacity_ah": 184.06,
    "cells_in_series_count": 99,
    "cells_in_parallel_count": 1,
    "architecture": "cell_to_pack",
    "cooling": "bottom_plate",
    "modules_in_row_count": 0,
    "rows_of_modules_count": 0,
    "tiers_count": 1,
    "is_lying": 0,
    "barrier_thickness_mm": 0.0,
    "propagation_margin_k": 18.2,
    "cell_cost_usd_per_kwh": 55.0,
    "break_even_cell_cost_usd_per_kwh": 50.3,
    "penalty_usd_per_pack": 299.0,
}
BARE = {
    "passes": True,
    "barrier_thickness_mm": 0.0,
    "vented_gas_mol": 3.7,
    "purchase_price_usd_per_pack": 5000.0,
    "pack_energy_density_wh_per_l": 311.2,
    "lifecycle_cost_usd_per_pack": 10_000.0,
}


def text_of(sheet) -> list[str]:
    """All words of a sheet."""
    return [cell.content for cell in sheet.cells.values() if isinstance(cell.content, str)]


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (FORMAT_NAMES, FORMATS),
        (ARCHITECTURE_NAMES, ARCHITECTURES),
        (COOLING_NAMES, COOLINGS),
        (RULE_NAMES, SAFETY_RULES),
    ],
)
def test_everything_that_a_design_can_be_has_a_name_of_its_own(names, keys):
    assert tuple(names) == tuple(keys)
    assert len(set(names.values())) == len(names)
    assert not [name for name in names.values() if "_" in name]


def test_a_design_is_told_in_one_line_with_only_what_is_unusual():
    assert design_in_words(FACTS) == (
        "LFP-G (Energy), 2.93 mAh/cm2, short blade L600 cell of 184.1 Ah, 99 in series x 1 in parallel, cell to pack, "
        "bottom plate"
    )
    odd = {"tiers_count": 2, "is_lying": 1, "barrier_thickness_mm": 1.02, "cooling": "side_ribbon"}
    assert pack_in_words(FACTS | odd) == "cell to pack, side ribbons, 2 tiers, cells lying, 1.0 mm barriers"
    modules = {"architecture": "module", "modules_in_row_count": 5, "rows_of_modules_count": 4}
    assert pack_in_words(FACTS | modules) == "20 modules, bottom plate"
    assert length_in_words(0.05) == "0.05 mm"


# --- words ----------------------------------------------------------------------------------------------------------


def test_safety_says_what_is_asked_what_is_built_in_and_how_much_is_left():
    assert safety_in_words(FACTS, "none") == "no safety rule is asked: no barrier, margin 18 K to propagation"
    spreads = safety_in_words(FACTS | {"propagation_margin_k": -153.3}, "none")
    assert spreads.endswith("margin -153 K to propagation; a cell in runaway takes its neighbor along")
    built = safety_in_words(FACTS | {"barrier_thickness_mm": 1.41, "propagation_margin_k": 10.8}, "gb38031_2025")
    assert built == "GB 38031-2025 is met: 1.4 mm of aerogel felt between cells, margin 11 K to propagation"


def test_a_rule_is_told_with_its_barrier_and_its_price(catalog):
    dearer = {
        "purchase_price_usd_per_pack": 5124.1,
        "pack_energy_density_wh_per_l": 294.8,
        "lifecycle_cost_usd_per_pack": 10_129.2,
    }
    under = BARE | dearer | {"barrier_thickness_mm": 1.41}
    assert rule_in_words("A", under, BARE, catalog) == (
        "A takes 1.4 mm of aerogel felt: price +124 USD, energy density -16.4 Wh/L, lifecycle cost +129 USD."
    )
    assert rule_in_words("A", under | {"barrier_thickness_mm": 0.05}, BARE, catalog).startswith(
        "A takes a film of 0.05"
    )
    assert rule_in_words("A", BARE, BARE, catalog) == "A meets it without a barrier."
    gassy = rule_in_words("A", under | {"passes": False, "vented_gas_mol": 19.6}, BARE, catalog)
    assert gassy == "A cannot meet it: it vents 19.6 mol of gas."
    hot = rule_in_words("A", under | {"passes": False, "barrier_thickness_mm": 10.0}, BARE, catalog)
    assert hot == "A cannot meet it: no barrier is thick enough."


def test_the_cheapest_under_a_rule_is_the_cheapest_of_those_that_pass():
    cheap, dear = BARE, BARE | {"lifecycle_cost_usd_per_pack": 10_305.0}
    assert cheapest_in_words(["A", "B"], [dear, cheap]).endswith("is then B, by 305 USD over its life.")
    assert cheapest_in_words(["A", "B"], [dear, cheap | {"passes": False}]).endswith("is then A.")
    assert cheapest_in_words(["A"], [cheap | {"passes": False}]) == "None of these designs meets it."


def test_a_limit_turns_where_another_chemistry_takes_over_or_else_another_format():
    def reign(quantity: str, chemistry: str, cell_format: str) -> dict[str, str]:
        return {"quantity": quantity, "chemistry": chemistry, "format": cell_format}

    reigns = [
        reign("a", "LFP", "blade"),
        reign("a", "LFP", "unified"),
        reign("a", "NMC", "4680"),
        reign("b", "LFP", "blade"),
        reign("b", "LFP", "unified"),
        reign("c", "LFP", "blade"),
    ]
    assert turns(reigns) == [(reigns[0], reigns[2]), (reigns[3], reigns[4])]


def test_the_cost_of_cells_at_which_a_design_wins_is_told_without_nonsense():
    assert break_even_in_words(FACTS) == (
        "LFP-G (Energy) in short blade L600 cells would win with cells of 50.3 USD/kWh; they cost 55.0"
    )
    assert "would not win with cells for nothing" in break_even_in_words(
        FACTS | {"break_even_cell_cost_usd_per_kwh": -3.0}
    )
    assert "is cheaper for this pack alone" in break_even_in_words(FACTS | {"penalty_usd_per_pack": -3.0})


def test_the_answer_tells_safety_and_at_most_one_turn_a_limit(results):
    lines = answer_text(results["compact"]).splitlines()
    safety = [line for line in lines if line.startswith("  safety ")]
    assert len(safety) == 1
    start = next(number for number, line in enumerate(lines) if line.startswith("  change "))
    assert lines[start].endswith(
        "specific energy above 151.5 Wh/kg: NCA-G (Power) in short blade L600 cells is the cheapest (+300 USD a pack)"
    )
    assert "would win with cells of" in lines[start + 1]
    assert not lines[start + 2]
    assert not [line for line in lines if "charging time below" in line]


# --- readiness ------------------------------------------------------------------------------------------------------


def test_chemistries_that_all_leaves_out_are_counted_and_named(compact, catalog):
    designs = pd.DataFrame({"rank": [0], "chemistry": ["LFP-G (Energy)"]})
    early = replace(compact.search, production_start_year=2000, readiness_min=9, chemistries=())
    (remark,) = readiness_remarks(designs, early, catalog)
    count = len(chemistries_in_all(catalog, 2000, 1))
    words = f"{count} chemistries are left out: not in series production by 2000 (search.readiness_min 9): "
    assert remark.startswith(words)
    assert "LFP-G (Energy)" in remark
    assert readiness_remarks(designs, replace(early, chemistries_named=True), catalog) == []


def test_a_chemistry_before_its_series_production_is_told(compact, catalog):
    table = catalog.table("chemistry_readiness")
    row = next(row for row in table.rows if row.keys["chemistry"] == "LFP-G (Energy)")
    cells = {"value": "6", "low": "5", "high": "7", "unit": row.unit, "price_year": "", "source": row.source}
    cells |= {"kind": row.kind, "reference": "", "note": ""}
    unready = catalog.with_rows([ReplacedRow(row.table, row.keys, cells, "own.csv", 2, replaces=True)])
    names = ("LFP-G (Energy)", "NCA-G (Energy)")
    search = replace(compact.search, readiness_min=5, chemistries=names, chemistries_named=True)
    designs = pd.DataFrame({"rank": [0, 1], "chemistry": names})
    assert readiness_remarks(designs, search, catalog) == []
    (remark,) = readiness_remarks(designs, search, unready)
    assert remark.startswith("1 chemistry is not in series production by 2028 (search.readiness_min 5): ")
    assert remark.endswith("LFP-G (Energy) is chosen: LFP-G (Energy) (level 6)")
    (remark,) = readiness_remarks(designs.assign(rank=[1, 0]), search, unready)
    assert "none of them is chosen" in remark


# --- sheets ---------------------------------------------------------------------------------------------------------


def test_every_pack_has_its_trades_and_they_stay_as_solved(books):
    book = openpyxl.load_workbook(books["two_cars"])
    for name in ("Trade small", "Trade large"):
        sheet = book[name]
        assert "Inputs" in str(sheet["C3"].value) or "input_state" in str(sheet["C3"].value)
        formulas = [cell.value for row in sheet.iter_rows(min_row=6) for cell in row if cell.data_type == "f"]
        assert len(formulas) > 15
        assert not [formula for formula in formulas if "in_" in formula or "!" in formula]


def test_the_sheet_shows_what_each_rule_takes_from_each_design(results, books):
    result = results["compact"]
    sheet = openpyxl.load_workbook(books["compact"], data_only=True)["Trade"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
    start = next(number for number, row in enumerate(rows) if row[0] == "GB 38031-2025") + 1
    chemistries = result.alternatives["chemistry"].nunique()
    shown = rows[start : start + chemistries]
    best = result.alternatives.drop_duplicates("chemistry")
    asked = result.safety[result.safety["rule"] == "gb38031_2025"].set_index("rank").loc[best["rank"]]
    bare = result.safety[result.safety["rule"] == "none"].set_index("rank").loc[best["rank"]]
    assert [row[0] for row in shown] == best["chemistry"].tolist()
    assert [row[2] for row in shown] == ["met" if passes else "NOT met" for passes in asked["passes"]]
    assert [row[3] for row in shown] == pytest.approx(asked["barrier_thickness_mm"].tolist())
    lost = (asked["pack_energy_density_wh_per_l"] - bare["pack_energy_density_wh_per_l"]).tolist()
    assert [row[9] for row in shown] == pytest.approx(lost)
    assert [row[10] for row in shown] == pytest.approx([40.0] * chemistries)


def test_a_repriced_result_says_nothing_about_limits_that_would_change_the_answer(results, tmp_path):
    result = results["compact"]
    repriced = replace(result, turning_points=result.turning_points.head(0))
    book = openpyxl.load_workbook(write_report(repriced, tmp_path / "repriced.xlsx"))
    words = [str(row[0].value) for row in book["Trade"].iter_rows()]
    assert not [word for word in words if word.startswith("What would change the answer")]
    assert [word for word in words if word.startswith("What cells would have to cost")]


def test_a_pack_without_modules_has_no_rows_about_them(compact, money):
    result = made_result(compact, money, designs=4)
    chosen = result.alternatives["rank"] == 0
    bare = {"cells_per_module_count": 0, "modules_in_row_count": 0, "rows_of_modules_count": 0}
    without = result.alternatives.copy()
    without.loc[chosen, list(bare)] = 0
    without.loc[chosen, "architecture"] = "cell_to_pack"
    with_modules = result.alternatives.copy()
    with_modules.loc[chosen, list(bare)] = 4
    with_modules.loc[chosen, "architecture"] = "module"
    for table, has_modules in ((without, False), (with_modules, True)):
        book = build_book(replace(result, alternatives=table))
        words = text_of(next(sheet for sheet in book.sheets if sheet.name == "Design"))
        assert ("Modules in the pack" in words) == has_modules
        assert "Tiers of cells" not in words


def test_a_step_that_the_plant_does_not_have_has_no_row_and_a_winder_is_called_one(compact, money):
    result = made_result(compact, money, designs=2)
    steps = result.ranked.manufacturing
    extra = steps[steps["step"] == "module_assembly"].assign(step="stacking")
    idle = extra.assign(step="curing", labor_h_per_yr=0.0, capital_musd=0.0, area_m2=0.0)
    result.ranked.manufacturing = pd.concat([steps, extra, idle], ignore_index=True)
    alternatives = result.alternatives.assign(format="46120")
    book = build_book(replace(result, alternatives=alternatives))
    words = text_of(next(sheet for sheet in book.sheets if sheet.name == "Manufacturing"))
    assert "Winding" in words
    assert "curing" not in words
