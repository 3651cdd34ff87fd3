"""A second engine agrees: on every value, after random changes of inputs, and on what the checks see of a fault."""

from __future__ import annotations

import random
from dataclasses import replace

import openpyxl
import pytest
from engine import Recalculated, close
from made_result import made_result, prices_of
from office import formulas_of

from lcopt.report.expressions import Cell
from lcopt.report.sheets import Sheet
from lcopt.report.workbook import build_book, write_report

NAMES = ["compact", "taxi", "two_cars", "cold", "swapped"]
CHANGES, MUTATED, CAUGHT_AT_LEAST = 25, 40, 35
COST_ROW, FIRST_DESIGN = 7, 7
DEAR_LFP_USD_PER_KG = 34.0
FRAME_ROWS = 4
# Input of the book -> where the scenario has it, and the range from which a change is drawn.
FINANCE = {
    "in_discount_rate": ("discount_rate_frac", 0.01, 0.2),
    "in_inflation": ("inflation_frac_per_yr", 0.0, 0.08),
    "in_carbon_price": ("carbon_price_usd_per_t", 0.0, 300.0),
}
LIFE = {
    "in_warranty_claim_date": ("warranty_claim_date_yr", 1.0, 9.0),
    "in_warranty_defect": ("warranty_defect_frac", 0.0, 0.1),
    "in_pack_price_decline": ("pack_price_decline_frac_per_yr", 0.0, 0.1),
    "in_replacement_markup": ("replacement_markup_frac", 0.0, 0.5),
}
USAGE = {
    "in_distance": ("distance_km_per_yr", 20_000.0, 90_000.0),
    "in_consumption": ("consumption_kwh_per_km", 0.1, 0.3),
    "in_mass_penalty": ("mass_penalty_kwh_per_100km_per_100kg", 0.0, 0.9),
    "in_dc_share": ("dc_share_frac", 0.05, 0.95),
    "in_ac_efficiency": ("ac_efficiency_frac", 0.7, 0.99),
    "in_dc_price": ("dc_price_usd_per_kwh", 0.1, 1.0),
    "in_energy_price_escalation": ("energy_price_escalation_frac_per_yr", -0.03, 0.08),
    "in_session_energy": ("session_energy_kwh", 10.0, 60.0),
    "in_time_value": ("time_value_usd_per_h", 0.0, 50.0),
    "in_unproductive": ("unproductive_frac", 0.0, 1.0),
    "in_grid": ("grid_kg_per_kwh", 0.0, 0.9),
}


@pytest.mark.parametrize("name", NAMES)
def test_every_value_in_the_file_is_what_a_second_engine_gives(books, name):
    recalculated = Recalculated(books[name])
    cached = openpyxl.load_workbook(books[name], data_only=True)
    wrong = [
        (sheet, address, cached[sheet][address].value, found)
        for sheet, address in formulas_of(books[name])
        if not close(cached[sheet][address].value, found := recalculated.value(sheet, address))
    ]
    assert wrong == []
    assert not [label for label in recalculated.alarms() if "slack" not in label]


@pytest.mark.parametrize("seed", range(CHANGES))
def test_random_inputs_cost_what_the_model_says_for_the_same_designs(engine_of_taxi, results, taxi, money, seed):
    chance = random.Random(seed)
    every = {**FINANCE, **LIFE, **USAGE}
    drawn = {name: chance.uniform(*every[name][1:]) for name in chance.sample(sorted(every), chance.randint(1, 6))}
    book = engine_of_taxi
    for name, value in drawn.items():
        book.put(*book.place(name), value)
    book.calculate()
    try:
        scenario = _with(taxi, drawn)
        expected = made_result(scenario, money, overrides=prices_of(taxi, money))
        order = results["taxi"].alternatives["platform"].tolist()
        costs = expected.alternatives.set_index("platform")["lifecycle_cost_usd_per_pack"][order].tolist()
        assert book.named("out_lcc") == pytest.approx(costs[0], rel=1e-9)
        columns = range(FIRST_DESIGN, FIRST_DESIGN + len(costs))
        live = [book.engine.get_value("Alternatives", COST_ROW, column) for column in columns]
        assert live == pytest.approx(costs, rel=1e-9)
        assert book.value("Cover", "C3") == f"STALE: {len(drawn)} input(s) changed - rerun lcopt"
        assert book.value("Cover", "B3") == "OK"
    finally:
        for name in drawn:
            sheet, address = book.place(name)
            book.put(sheet, address, book.book[sheet][address].value)


@pytest.fixture(scope="module")
def engine_of_taxi(books):
    return Recalculated(books["taxi"])


def _with(scenario, drawn):
    def part(block: dict[str, tuple[str, float, float]]) -> dict[str, float]:
        return {key: drawn[name] for name, (key, *_) in block.items() if name in drawn}

    pack = scenario.packs[0]
    return replace(
        scenario,
        finance=replace(scenario.finance, **part(FINANCE)),
        lifecycle=replace(scenario.lifecycle, **part(LIFE)),
        packs=(replace(pack, usage=replace(pack.usage, **part(USAGE))),),
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_wrong_formula_is_caught_by_the_checks(books, seed):
    book = Recalculated(books["taxi"])
    before = set(book.alarms())
    places = [
        (sheet, address, formula)
        for (sheet, address), formula in formulas_of(books["taxi"]).items()
        if sheet != "Checks" and book.book[sheet][address].row > FRAME_ROWS
    ]
    caught = 0
    for sheet, address, formula in random.Random(seed).sample(places, MUTATED):
        book.put(sheet, address, f"=({formula[1:]})*1.01+0.01")
        book.calculate()
        wrong = set(book.alarms()) - before
        caught += bool(wrong)
        assert not wrong or book.named("checks_ok") is False or all("swing" in label.lower() for label in wrong)
        book.put(sheet, address, formula)
    assert caught >= CAUGHT_AT_LEAST


def test_a_changed_swing_moves_its_row_and_fails_no_check(books):
    book = Recalculated(books["taxi"])
    before = book.value("Sensitivity", "H6")
    book.put("Sensitivity", "D6", book.value("Sensitivity", "D6") * 0.9)
    book.calculate()
    assert book.value("Sensitivity", "H6") != pytest.approx(before)
    assert book.named("checks_ok") is True
    assert book.named("alerts_none") is False


def test_the_sensitivity_sheet_says_what_another_input_would_cost(books, results):
    """Where cost is linear in an input, the cost at low and high is what the book gives with that input."""
    sheets = {sheet.name: sheet for sheet in build_book(results["taxi"]).sheets}
    inputs = {cell.value: row for (row, column), cell in sheets["Inputs"].cells.items() if column == 2 and cell.content}
    book, told = Recalculated(books["taxi"]), _rows(sheets["Sensitivity"])
    assert len(told) > 15
    for row in told:
        place = f"C{inputs[row[1].value]}"
        for value, cost in ((row[4].value, row[8].value), (row[5].value, row[9].value)):
            book.put("Inputs", place, value)
            book.calculate()
            assert book.named("out_lcc") == pytest.approx(cost, rel=1e-9)
        book.put("Inputs", place, row[3].value)


def test_a_switching_value_is_where_both_designs_cost_the_same(compact, money, tmp_path):
    result = made_result(replace(compact, price_overrides={"lfp_cathode": DEAR_LFP_USD_PER_KG}), money)
    sheets = {sheet.name: sheet for sheet in build_book(result).sheets}
    inputs = {cell.value: row for (row, column), cell in sheets["Inputs"].cells.items() if column == 2 and cell.content}
    book = Recalculated(write_report(result, tmp_path / "dear.xlsx"))
    told = [row for row in _rows(sheets["Sensitivity"]) if 14 in row]
    assert len(told) > 3
    for row in told:
        place = f"C{inputs[row[1].value]}"
        gap_usd, now = row[15].value, row[3].value
        book.put("Inputs", place, row[14].value)
        book.calculate()
        kind = row[13].value
        live = [book.engine.get_value("Alternatives", COST_ROW, column) for column in range(FIRST_DESIGN, 19)]
        assert min(abs(cost - live[0]) for cost in live[1:]) < 1e-3 * gap_usd, (row[1].value, kind)
        book.put("Inputs", place, now)


def _rows(sheet: Sheet) -> list[dict[int, Cell]]:
    """Rows of a table by column."""
    rows: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in sheet.cells.items():
        if row > sheet.header_row and cell.content is not None:
            rows.setdefault(row, {})[column] = cell
    return list(rows.values())
