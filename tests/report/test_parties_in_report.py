"""Business models, tax and second life in the workbook: its formulas give what the lifecycle model gives."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from made_result import made_result, prices_of
from office import differences, formulas_of, needs_office, recalculate, value_of, without_values

from lcopt.inputs.scenario import Scenario, SecondLife, Tax
from lcopt.report.workbook import build_book, write_report

RATES = (0.5, 0.3, 0.1)
STRAIGHT = Tax(0.25, "straight_line", 5, None, bonus_frac=0.2, investment_credit_frac=0.1)
MACRS = Tax(0.3, "macrs5", None, None, bonus_frac=0.4, investment_credit_frac=0.0)
OWN = Tax(0.21, "own", None, RATES, bonus_frac=0.0, investment_credit_frac=0.05)
AT_ONCE = Tax(0.25, "none", None, None, bonus_frac=0.0, investment_credit_frac=0.1)
STORAGE = SecondLife(70.0, 0.03, 0.85, 0.6, 30.0, 0.6)
LENGTH_MAX = 100

# Every model with another tax; the taxi has replacements on the day, residual by health and mid-year payments.
MONEY = {
    "sale": {"model": "sale", "tax": STRAIGHT, "second_life": STORAGE},
    "lease": {"model": "lease", "tax": MACRS, "replacement_rule": "integer", "lessor_return_frac": 0.1},
    "service": {
        "model": "battery_as_a_service",
        "tax": OWN,
        "second_life": STORAGE,
        "residual_rule": "market",
        "flow_timing": "end",
        "fee_usd_per_kwh": 0.05,
        "energy_paid_by": "operator",
    },
    "swap": {"model": "swap", "tax": STRAIGHT, "second_life": STORAGE, "residual_rule": "market"},
    "given_fee": {"model": "swap", "tax": AT_ONCE, "residual_rule": "linear_time", "fee_usd_per_month": 600.0},
    "untaxed": {"model": "swap", "energy_paid_by": "user", "fee_usd_per_kwh": 0.03},
}
# Defined names of inputs -> another value, and the same for the scenario.
CHANGES = {
    "in_discount_rate": 0.11,
    "in_pack_price_decline": 0.01,
    "in_residual_rule": "linear_time",
    "in_flow_shift": 0.5,
    "in_warranty_claim_date": 5.5,
}
CHANGES_OF = {
    "sale": {"in_tax_rate": 0.4, "in_bonus": 0.5, "in_new_storage_price": 95.0, "in_depreciation": 3.0},
    "lease": {"in_tax_rate": 0.15, "in_operations": 300.0, "in_lessor_return": 0.04},
    "service": {"in_investment_credit": 0.2, "in_energy_paid_by": "user", "in_energy_fee": 0.11, "in_soh_min": 0.95},
    "swap": {"in_pool": 1.3, "in_station_capex": 900.0, "in_station_efficiency": 0.8, "in_health": 0.8},
    "given_fee": {"in_fee": 450.0, "in_tax_rate": 0.1, "in_station_energy_price": 0.3},
    "untaxed": {"in_energy_paid_by": "usual", "in_energy_fee": 0.01, "in_pool": 1.0},
}


def under(scenario: Scenario, model: str, tax: Tax | None = None, second_life: SecondLife | None = None, **others):
    """The scenario under one model with other terms, wherever they stand."""
    parts = {}
    for name in ("ownership", "lifecycle", "finance"):
        part = getattr(scenario, name)
        own = {key: value for key, value in others.items() if hasattr(part, key)}
        parts[name] = replace(part, **own)
    parts["ownership"] = replace(parts["ownership"], models=(model,))
    return replace(scenario, tax=tax, second_life=second_life, **parts)


@pytest.fixture(scope="module")
def taxis(taxi) -> dict[str, Scenario]:
    return {name: under(taxi, **terms) for name, terms in MONEY.items()}


@pytest.fixture(scope="module")
def solved(taxis, money):
    return {name: made_result(scenario, money, designs=4) for name, scenario in taxis.items()}


@pytest.fixture(scope="module")
def files(solved, tmp_path_factory):
    folder = tmp_path_factory.mktemp("money")
    return {name: write_report(result, folder / f"{name}.xlsx") for name, result in solved.items()}


@pytest.fixture(scope="module")
def recalculated(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    copies = {name: without_values(path, folder / f"{name}.xlsx") for name, path in files.items()}
    for name, path in files.items():
        changes = CHANGES | CHANGES_OF[name]
        copies[f"changed {name}"] = without_values(path, folder / f"changed_{name}.xlsx", changes)
    return dict(zip(copies, recalculate(list(copies.values())), strict=True))


def outcome(book) -> dict[str, object]:
    """Headlines of sheet Lifecycle."""
    names = [name for name in ("out_lcc", *PARTY_NAMES) if name in book.defined_names]
    return {name: value_of(book, name) for name in names}


PARTY_NAMES = {
    "out_fee": "fee_usd_per_month",
    "out_breakeven": "breakeven_fee_usd_per_month",
    "out_user_cost": "user_cost_usd",
    "out_user_per_km": "user_usd_per_km",
    "out_lessor_npv": "lessor_npv_usd",
    "out_payback": "payback_months",
}


def expected_of(result) -> dict[str, object]:
    """The same from the lifecycle model."""
    row = result.ownership.iloc[0]
    lcc = {"out_lcc": float(result.alternatives["lifecycle_cost_usd_per_pack"].iloc[0])}
    return lcc if row["model"] == "sale" else lcc | {name: float(row[key]) for name, key in PARTY_NAMES.items()}


@needs_office
@pytest.mark.parametrize("name", MONEY)
def test_every_value_in_the_file_is_what_the_formula_gives(files, recalculated, name):
    assert differences(files[name], recalculated[name]) == []


@needs_office
@pytest.mark.parametrize("name", MONEY)
def test_cost_fee_and_what_the_parties_are_left_with_repeat_the_model(solved, recalculated, name):
    assert outcome(recalculated[name]) == pytest.approx(expected_of(solved[name]), rel=1e-6, abs=1e-6)
    sheet = recalculated[name]["Checks"]
    states = [(row[1], row[8]) for row in sheet.iter_rows(min_row=10, values_only=True) if row[8]]
    assert [label for label, state in states if state == "FAILED"] == []
    together = [label for label, _ in states if label.startswith("User and lessor together")]
    assert len(together) == (solved[name].ownership_model != "sale")


def changed(scenario: Scenario, name: str) -> Scenario:
    """The scenario with the changes of a book, said in its own keys."""
    finance = replace(scenario.finance, discount_rate_frac=0.11, flow_timing="middle")
    life = replace(
        scenario.lifecycle,
        pack_price_decline_frac_per_yr=0.01,
        residual_rule="linear_time",
        warranty_claim_date_yr=5.5,
    )
    scenario = replace(scenario, finance=finance, lifecycle=life)
    owned, tax, storage = scenario.ownership, scenario.tax, scenario.second_life
    match name:
        case "sale":
            tax = replace(tax, rate_frac=0.4, bonus_frac=0.5, depreciation_yr=3)
            storage = replace(storage, new_storage_price_usd_per_kwh=95.0)
        case "lease":
            tax = replace(tax, rate_frac=0.15)
            owned = replace(owned, operations_usd_per_yr=300.0, lessor_return_frac=0.04)
        case "service":
            tax, storage = replace(tax, investment_credit_frac=0.2), replace(storage, soh_min_frac=0.95)
            owned = replace(owned, energy_paid_by="user", fee_usd_per_kwh=0.11)
        case "swap":
            storage = replace(storage, health_factor=0.8)
            owned = replace(owned, pool_factor=1.3, station_capex_usd_per_vehicle=900.0, station_efficiency_frac=0.8)
        case "given_fee":
            tax = replace(tax, rate_frac=0.1)
            owned = replace(owned, fee_usd_per_month=450.0, station_energy_price_usd_per_kwh=0.3)
        case "untaxed":
            owned = replace(owned, energy_paid_by="usual", fee_usd_per_kwh=0.01, pool_factor=1.0)
    return replace(scenario, ownership=owned, tax=tax, second_life=storage)


@needs_office
@pytest.mark.parametrize("name", MONEY)
def test_changed_inputs_give_what_the_model_gives_for_the_same_designs(solved, taxis, recalculated, money, name):
    prices = prices_of(taxis[name], money)
    expected = made_result(changed(taxis[name], name), money, designs=4, overrides=prices)
    book = recalculated[f"changed {name}"]
    wanted = expected_of(expected)
    assert value_of(book, "inputs_changed") >= len(CHANGES | CHANGES_OF[name]) - 2
    assert solved[name].alternatives["platform"].iloc[0] == expected.alternatives["platform"].iloc[0]
    assert outcome(book) == pytest.approx(wanted, rel=1e-6, abs=1e-6)
    live = [cell.value for cell in book["Alternatives"][COST_ROW][FIRST_DESIGN:] if cell.value is not None]
    costs = expected.alternatives.set_index("platform")["lifecycle_cost_usd_per_pack"]
    assert live == pytest.approx([costs[platform] for platform in solved[name].alternatives["platform"]], rel=1e-6)


COST_ROW, FIRST_DESIGN = 7, 6  # of sheet Alternatives


@pytest.mark.parametrize("name", MONEY)
def test_formulas_are_short_and_the_same_along_a_row(files, name):
    formulas = formulas_of(files[name])
    assert [place for place, text in formulas.items() if len(text) > LENGTH_MAX] == []
    assert [text for text in formulas.values() if re.search(r"IF\([^()]*IF\(", text)] == []


def test_a_sale_without_tax_has_no_row_of_other_models(taxi, money):
    book = build_book(made_result(under(taxi, "sale"), money))
    (life,) = (sheet for sheet in book.sheets if sheet.name == "Lifecycle")
    labels = " ".join(str(cell.content) for (_, column), cell in life.cells.items() if column == 2)
    assert not re.search("station|essor|ax |depreciation|second life|pool", labels)


def test_inputs_of_all_models_that_are_tried_stand_on_their_sheet(taxi, money):
    scenario = replace(taxi, ownership=replace(taxi.ownership, models=("sale", "lease", "swap")), tax=OWN)
    book = build_book(made_result(scenario, money))
    (sheet,) = (sheet for sheet in book.sheets if sheet.name == "Inputs")
    addresses = {cell.content for (_, column), cell in sheet.cells.items() if column == 13}
    assert {"ownership.pool_factor", "ownership.lessor_return", "tax.rate", "tax.investment_credit"} <= addresses
    assert not addresses & {"ownership.fee", "tax.depreciation_years", "second_life.health_factor"}


def test_models_stand_side_by_side_with_what_the_lessor_has_by_then(taxi, money):
    scenario = replace(
        under(taxi, "sale", STRAIGHT), ownership=replace(taxi.ownership, models=("sale", "lease", "swap"))
    )
    result = made_result(scenario, money, designs=2)
    book = build_book(result)
    (sheet,) = (sheet for sheet in book.sheets if sheet.name == "Ownership")
    rows = {cell.content: row for (row, column), cell in sheet.cells.items() if column == 1}
    years = range(scenario.finance.horizon_yr + 1)
    for model in ("lease", "swap"):
        flows = result.party_cash_flow.query("model == @model and party == 'lessor'")["cash_flow_usd"]
        shown = [sheet.cells[rows[model.capitalize()], 3 + year].value for year in years]
        assert shown == pytest.approx(flows.cumsum().tolist())
    checks = next(sheet for sheet in book.sheets if sheet.name == "Checks")
    labels = [cell.content for (_, column), cell in checks.cells.items() if column == 2]
    assert sum("user and lessor together cost what all parts cost" in str(label) for label in labels) == 3
    assert {series.name.value for chart in sheet.charts for series in chart.series if series.line} == {"Lease", "Swap"}


def test_cover_tells_the_model_and_the_conventions(solved):
    book = build_book(solved["swap"])
    cover = next(sheet for sheet in book.sheets if sheet.name == "Cover")
    texts = {str(cell.content) for cell in cover.cells.values()}
    assert {"Business model", "Swap", "The user pays", "Payback of the lessor"} <= texts
    assert "Running payments at the middle of each year." in texts
    assert "After tax of 25 %, straight line." in texts
    assert "An operator holds the packs in cars and stations." in texts
