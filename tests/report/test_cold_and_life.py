"""Cold stops, heaters and pack life in the book and in the answer: told where asked, counted as the model counts."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from conftest import in_the_cold
from made_result import made_result

from lcopt.design_names import design_in_words
from lcopt.report.answer import answer_text
from lcopt.report.life_words import cold_in_words, life_in_words
from lcopt.report.sources import used_rows
from lcopt.report.tables import read_tables
from lcopt.report.workbook import build_book

LIFE = {
    "life_low_yr": 6.1,
    "life_yr": 10.2,
    "life_high_yr": 15.4,
    "life_km": 812_345.0,
    "soh_end_of_life_frac": 0.8,
    "warranty": "euro_7",
    "warranty_margin_frac": 0.031,
    "warranty_margin_low_frac": 0.004,
}


def rows_of(book, name: str) -> dict[str, dict[int, object]]:
    """Values of a sheet by the key in its first column, then by column."""
    sheet = next(sheet for sheet in book.sheets if sheet.name == name)
    rows: dict[int, dict[int, object]] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.content is not None:
            rows.setdefault(row, {})[column] = cell.value
    return {str(cells[1]): cells for cells in rows.values() if 1 in cells}


@pytest.fixture(scope="module")
def cold_book(results):
    return build_book(results["cold"])


def test_a_book_without_cold_stops_says_nothing_of_them(results):
    book = build_book(results["taxi"])
    keys = {key for sheet in ("Inputs", "Design", "Lifecycle", "Alternatives") for key in rows_of(book, sheet)}
    assert not [key for key in keys if "cold" in key or key in {"heat", "heater"}]
    assert "Battery heater" not in rows_of(book, "Cover")


def test_the_session_is_the_mean_of_warm_and_cold_stops(results, cold_book):
    chosen, rows = results["cold"].designs.iloc[0], rows_of(cold_book, "Design")
    mean_min = 0.8 * chosen["charging_time_min"] + 0.2 * chosen["cold_charging_time_min"]
    assert rows["mean_stop_h"][4] == pytest.approx(mean_min / 60)
    assert rows["session_power_kw"][4] == pytest.approx(chosen["pack_energy_kwh"] * 0.7 / (mean_min / 60))


@pytest.mark.parametrize(("preheat", "wall"), [("none", "dc"), ("way", "dc"), ("plug", "ac")])
def test_heat_is_bought_where_the_pack_is_warmed(taxi, money, preheat, wall):
    with_heat = made_result(in_the_cold(taxi, preheat=preheat, cold_stops_frac=0.2), money)
    without = in_the_cold(taxi, preheat=preheat, cold_stops_frac=0.0)
    rows = rows_of(build_book(with_heat), "Lifecycle")
    plain = rows_of(build_book(made_result(without, money)), "Lifecycle")
    usage = taxi.packs[0].usage
    heat = rows["dc_battery"][4] / usage.session_energy_kwh * 0.2 * with_heat.designs.iloc[0]["cold_heat_kwh"]
    assert heat > 0
    assert rows["heat"][4] == pytest.approx(heat)
    efficiency = {"ac": usage.ac_efficiency_frac, "dc": usage.dc_efficiency_frac}
    for kind in ("ac", "dc"):
        own = rows["battery"][4] * (usage.dc_share_frac if kind == "dc" else 1 - usage.dc_share_frac)
        assert rows[f"{kind}_wall"][4] == pytest.approx((own + heat * (kind == wall)) / efficiency[kind])
    assert plain["heat"][4] == 0
    assert rows["pv_total"][4] == pytest.approx(with_heat.designs.iloc[0]["lifecycle_cost_usd_per_pack"], rel=1e-9)
    live = list(rows_of(build_book(with_heat), "Alternatives")["summary"].values())[-12:]
    assert live == pytest.approx(with_heat.alternatives["lifecycle_cost_usd_per_pack"].tolist(), rel=1e-9)


def test_the_aging_sheet_tells_life_range_and_health_by_year(results, cold_book):
    rows, life = rows_of(cold_book, "Aging"), results["cold"].life.iloc[0]
    for key in ("life_low_yr", "life_yr", "life_high_yr", "life_km", "warranty_margin_low_frac"):
        assert rows[key][4] == pytest.approx(life[key])
    assert rows["climate"][4] == "Harbin"
    assert "whose composition" in rows["borrows"][5]
    aging = results["cold"].aging
    ages = [rows[str(age)] for age in aging["age_yr"]]
    assert [row[5] for row in ages] == pytest.approx(aging["soh_frac"].tolist())
    assert all(row[4] <= row[5] <= row[6] for row in ages)
    sheet = next(sheet for sheet in cold_book.sheets if sheet.name == "Aging")
    assert [series.name.value for series in sheet.charts[0].series] == ["Low", "Central", "High", "Threshold"]


def test_a_life_without_end_is_told_for_the_years_looked_at(results):
    endless = results["compact"].life.assign(life_high_yr=float("inf"), life_yr=float("inf"), life_km=float("inf"))
    rows = rows_of(build_book(replace(results["compact"], life=endless)), "Aging")
    assert rows["life_yr"][4] == 200.0
    assert "within 200 years" in rows["life_yr"][5]
    assert rows["life_km"][4] == 200.0 * results["compact"].scenario.packs[0].usage.distance_km_per_yr


def test_a_limit_on_a_life_without_end_has_a_value(cold_book):
    sheet = next(sheet for sheet in cold_book.sheets if sheet.name == "Limits")
    row = next(row for (row, _), cell in sheet.cells.items() if str(cell.content).startswith("Pack life (no end"))
    assert sheet.cells[row, 3].value == 200.0 * 80_000.0
    assert sheet.cells[row, 9].value == "met"


def test_life_in_one_line():
    assert life_in_words(LIFE) == "10.2 years (6 to 15) to 80 %, 812,000 km; Euro 7 met with 3 points to spare"
    none = {"warranty_margin_frac": float("nan")}
    assert life_in_words(LIFE | none) == "10.2 years (6 to 15) to 80 %, 812,000 km"
    missed = life_in_words(LIFE | {"warranty_margin_frac": -0.0101})
    assert missed.endswith("; Euro 7 missed by 1 point")
    assert life_in_words(LIFE | {"warranty_margin_low_frac": -0.02}).endswith(
        "spare, at the low end missed by 2 points"
    )
    endless = {"life_yr": float("inf"), "life_high_yr": float("inf"), "life_km": float("inf")}
    assert life_in_words(LIFE | none | endless) == "over 200 years (6 to over 200) to 80 %"


def test_a_cold_stop_in_one_line(cold_taxi):
    design = {"cold_charging_time_min": 28.4, "heater": "pulse_20kw", "cold_heat_kwh": 4.1}
    limits = replace(cold_taxi.packs[0].limits, cold_charging_time_max_min=35.0)
    words = "28.4 min at -20 degC with the 20 kW pulse heater (limit 35.0 min), 4.1 kWh of heat"
    assert cold_in_words(design, limits) == words
    bare = design | {"heater": "none", "cold_heat_kwh": 0.0}
    assert (
        cold_in_words(bare, replace(limits, cold_charging_time_max_min=None)) == "28.4 min at -20 degC without a heater"
    )
    assert cold_in_words(design | {"cold_charging_time_min": float("nan")}, limits) == ""


def test_the_answer_names_the_heater_and_tells_cold_only_where_asked(results):
    cold, warm = (answer_text(results[name]) for name in ("cold", "taxi"))
    chosen = results["cold"].designs.to_dict("records")[0] | {"heater": "ptc_12kw"}
    assert design_in_words(chosen).endswith(", 12 kW heater")
    assert "\n  cold       " in cold
    assert "\n  cold " not in warm
    assert all("\n  life       " in text for text in (cold, warm))
    assert "heater" not in warm


def test_sources_list_what_the_scenario_reads(results, cold_taxi, money):
    def shown(result):
        return {(row.table, *row.keys.values()) for row in used_rows(read_tables(result))}

    cold, warm = shown(results["cold"]), shown(results["taxi"])
    tables = {row[0] for row in cold}
    assert not tables & {"field_anchors", "sigmoid_fade_laws", "sigmoid_fade_rates"}
    assert {row[1] for row in cold if row[0] == "climates"} == {"harbin"}
    assert {row[1] for row in cold if row[0] == "warranty_rules"} == {"euro_7"}
    assert {row[1] for row in cold if row[0] == "heaters"} == set(cold_taxi.search.heaters) - {"none"}
    assert len([row for row in cold if row[0] == "aging_temperatures"]) == 6
    assert [row[-1] for row in warm if row[0] == "aging_temperatures"] == ["worse_when_hotter_from_deg_c"]
    assert not {row[0] for row in warm} & {"climates", "warranty_rules", "heaters"}


def test_the_sheet_of_the_crosscheck_stands_only_with_rows(results):
    row = {
        "pack": "taxi",
        "case": "as designed",
        "chemistry": "LFP-G (Energy)",
        "charging_set": "Prada2013",
        "parameter_set": "Prada2013",
        "technology_class": "standard",
        "speed_factor": 1.0,
        "areal_capacity_mah_per_cm2": 2.5,
        "rate_cap_per_h": 4.0,
        "soc_from_frac": 0.1,
        "soc_to_frac": 0.8,
        "start_temperature_deg_c": 25.0,
        "lcopt_min": 22.0,
        "pybamm_min": 20.0,
        "deviation_frac": 0.1,
        "lcopt_peak_deg_c": 41.0,
        "pybamm_peak_deg_c": 40.0,
        "problem": "",
    }
    failed = row | {"pybamm_min": float("nan"), "deviation_frac": float("nan"), "problem": "no parameter set"}
    without = build_book(results["taxi"], pd.DataFrame())
    assert "Crosscheck" not in [sheet.name for sheet in without.sheets]
    book = build_book(results["taxi"], pd.DataFrame([row, failed]))
    sheet = next(sheet for sheet in book.sheets if sheet.name == "Crosscheck")
    assert sheet.cells[6, 15].value == pytest.approx(0.1)
    assert (7, 15) not in sheet.cells
    assert sheet.cells[7, 18].value == "no parameter set"
