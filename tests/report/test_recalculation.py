"""Formulas mean what their values say, away from the inputs as solved too; LibreOffice is the judge."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from made_result import made_result, prices_of
from office import differences, formulas_of, needs_office, recalculate, value_of, without_values

import lcopt
from lcopt.report.workbook import write_report

pytestmark = needs_office

NAMES = ["taxi", "two_cars", "cold"]
MUTATED_EVERY = 37
COST_ROW, FIRST_DESIGN = 7, 6  # of sheet Alternatives

MONEY_INPUTS = {
    "in_discount_rate": 0.11,
    "in_inflation": 0.035,
    "in_flow_shift": 0.0,
    "in_carbon_price": 120.0,
    "in_residual_rule": "linear_time",
    "in_warranty_claim_date": 5.5,
    "in_warranty_defect": 0.02,
    "in_pack_price_decline": 0.0,
    "in_replacement_markup": 0.3,
    "in_end_of_life_value_lfp": 4.0,
    "in_carbon_making_ternary": 90.0,
}
USE_INPUTS = {
    "in_distance": 60_000.0,
    "in_consumption": 0.19,
    "in_mass_penalty": 0.0,
    "in_dc_share": 0.5,
    "in_ac_efficiency": 0.8,
    "in_dc_price": 0.61,
    "in_energy_price_escalation": -0.01,
    "in_session_energy": 33.0,
    "in_time_value": 31.0,
    "in_unproductive": 0.9,
    "in_grid": 0.4,
}

COLD_INPUTS = {"in_cold_stops": 0.35, "in_dc_efficiency": 0.88, "in_session_energy": 33.0}


@pytest.fixture(scope="module")
def mutated(books):
    """Every so manyth formula of the taxi's book."""
    return [place for place in formulas_of(books["taxi"]) if place[0] != "Checks"][::MUTATED_EVERY]


@pytest.fixture(scope="module")
def recalculated(books, mutated, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    copies = {name: without_values(books[name], folder / f"{name}.xlsx") for name in NAMES}
    for name, changes in (("money", MONEY_INPUTS), ("use", USE_INPUTS)):
        copies[name] = without_values(books["taxi"], folder / f"{name}.xlsx", changes)
    copies["cold_use"] = without_values(books["cold"], folder / "cold_use.xlsx", COLD_INPUTS)
    wrong = openpyxl.load_workbook(books["taxi"])
    for sheet, address in mutated:
        wrong[sheet][address].value = f"=({wrong[sheet][address].value[1:]})*1.01+0.01"
    wrong.save(folder / "mutated.xlsx")
    copies["mutated"] = folder / "mutated.xlsx"
    return dict(zip(copies, recalculate(list(copies.values())), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_every_value_in_the_file_is_what_the_formula_gives(books, recalculated, name):
    assert differences(books[name], recalculated[name]) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_workbook_repeats_the_result_line_by_line(results, recalculated, name):
    sheet = recalculated[name]["Checks"]
    states = [(row[1], row[8]) for row in sheet.iter_rows(min_row=10, values_only=True) if row[8]]
    assert len(states) > 40
    assert [label for label, state in states if state != "OK" and "slack" not in label] == []
    assert value_of(recalculated[name], "checks_ok")
    assert value_of(recalculated[name], "out_portfolio") == pytest.approx(results[name].lifecycle_cost_usd, rel=1e-9)


def test_other_finance_gives_what_the_model_gives_for_the_same_designs(results, recalculated, taxi, money):
    finance = replace(
        taxi.finance,
        discount_rate_frac=0.11,
        inflation_frac_per_yr=0.035,
        flow_timing="end",
        carbon_price_usd_per_t=120.0,
    )
    life = replace(
        taxi.lifecycle,
        residual_rule="linear_time",
        warranty_claim_date_yr=5.5,
        warranty_defect_frac=0.02,
        pack_price_decline_frac_per_yr=0.0,
        replacement_markup_frac=0.3,
        end_of_life_value_usd_per_kwh=taxi.lifecycle.end_of_life_value_usd_per_kwh | {"lfp": 4.0},
        carbon_making_kg_per_kwh=taxi.lifecycle.carbon_making_kg_per_kwh | {"ternary": 90.0},
    )
    expected = made_result(replace(taxi, finance=finance, lifecycle=life), money, overrides=prices_of(taxi, money))
    _assert_costs(recalculated["money"], results["taxi"], expected, len(MONEY_INPUTS))


def test_another_use_gives_what_the_model_gives_for_the_same_designs(results, recalculated, taxi, money):
    usage = replace(
        taxi.packs[0].usage,
        distance_km_per_yr=60_000.0,
        consumption_kwh_per_km=0.19,
        mass_penalty_kwh_per_100km_per_100kg=0.0,
        dc_share_frac=0.5,
        ac_efficiency_frac=0.8,
        dc_price_usd_per_kwh=0.61,
        energy_price_escalation_frac_per_yr=-0.01,
        session_energy_kwh=33.0,
        time_value_usd_per_h=31.0,
        unproductive_frac=0.9,
        grid_kg_per_kwh=0.4,
    )
    expected = made_result(replace(taxi, packs=(replace(taxi.packs[0], usage=usage),)), money)
    _assert_costs(recalculated["use"], results["taxi"], expected, len(USE_INPUTS))


def test_more_cold_stops_give_what_the_model_gives_for_the_same_designs(results, recalculated, cold_taxi, money):
    pack = cold_taxi.packs[0]
    usage = replace(pack.usage, cold_stops_frac=0.35, dc_efficiency_frac=0.88, session_energy_kwh=33.0)
    expected = made_result(replace(cold_taxi, packs=(replace(pack, usage=usage),)), money)
    _assert_costs(recalculated["cold_use"], results["cold"], expected, len(COLD_INPUTS))


def test_a_wrong_formula_is_caught(mutated, recalculated):
    right, wrong = recalculated["taxi"], recalculated["mutated"]
    values = [(right[sheet][address].value, wrong[sheet][address].value) for sheet, address in mutated]
    assert len(values) > 25
    assert all(one != pytest.approx(other, rel=1e-6) for one, other in values if isinstance(one, float))
    assert all(one != other for one, other in values)
    assert not value_of(wrong, "checks_ok")


def test_a_real_result_and_its_changed_price(tmp_path):
    """The shipped ride-hailing scenario: workbook, and LCC after a price change as `lcopt.recost` says."""
    result = lcopt.optimize(lcopt.read_scenario("scenarios/ride_hailing.yaml"))
    path = write_report(result, tmp_path / "real.xlsx")
    bill = result.bill_of_materials.sort_values("cost_usd_per_pack", ascending=False)
    item, price = bill["price_key"].iloc[0], 1.7 * float(bill["price_usd_per_unit"].iloc[0])
    plain = without_values(path, tmp_path / "plain.xlsx")
    changed = without_values(path, tmp_path / "changed.xlsx", {f"price_{item}": price})
    same, moved = recalculate([plain, changed])
    assert differences(path, same) == []
    repriced = lcopt.recost(result, {item: price})
    expected = repriced.alternatives["lifecycle_cost_usd_per_pack"].tolist()
    assert value_of(same, "out_lcc") != pytest.approx(expected[0], rel=1e-3)
    assert value_of(moved, "out_lcc") == pytest.approx(expected[0], rel=1e-9)
    assert [cell.value for cell in moved["Alternatives"][COST_ROW][FIRST_DESIGN:]] == pytest.approx(expected, rel=1e-9)
    assert value_of(moved, "out_portfolio") == pytest.approx(repriced.lifecycle_cost_usd, rel=1e-9)


def _assert_costs(book, solved, expected, changed_count):
    """Chosen design and all alternatives of a changed book cost what the model says; the reader is warned."""
    order = solved.alternatives["platform"].tolist()
    costs = expected.alternatives.set_index("platform")["lifecycle_cost_usd_per_pack"]
    assert value_of(book, "out_lcc") == pytest.approx(costs[order[0]], rel=1e-9)
    live = [cell.value for cell in book["Alternatives"][COST_ROW][FIRST_DESIGN:]]
    assert live == pytest.approx(costs[order].tolist(), rel=1e-9)
    assert value_of(book, "inputs_changed") == changed_count
    assert value_of(book, "checks_ok")
    assert not value_of(book, "alerts_none")
    assert book["Cover"]["C3"].value == f"STALE: {changed_count} input(s) changed - rerun lcopt"
