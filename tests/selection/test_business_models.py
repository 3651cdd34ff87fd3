"""Business models in the optimizer: one lifecycle code, flows that add up, and the cheapest model chosen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lcopt
from lcopt.errors import LcoptError
from lcopt.inputs.reader import read_scenario
from lcopt.inputs.scenario import Scenario, SecondLife, Tax
from lcopt.study import optimize

SCENARIOS = Path(__file__).parents[2] / "scenarios"
MODELS = ("sale", "lease", "battery_as_a_service", "swap")


@pytest.fixture(scope="module")
def taxi(catalog) -> Scenario:
    """A taxi after tax whose search is small, under every model."""
    scenario = read_scenario(SCENARIOS / "ride_hailing.yaml", catalog)
    search = replace(
        scenario.search,
        chemistries=("LFP-G (2025)", "NMC622-G (Energy)"),
        formats=("short_blade_l600",),
        architectures=("cell_to_pack",),
        coolings=("bottom_plate",),
        technology_classes=("standard", "flash"),
    )
    ownership = replace(scenario.ownership, models=MODELS, lessor_return_frac=0.1, fee_usd_per_kwh=0.05)
    return replace(
        scenario,
        search=search,
        ownership=ownership,
        tax=Tax(0.25, "macrs5", None, None, 0.1, 0.05),
        second_life=SecondLife(90.0, 0.01, 0.9, 0.8, 20.0, 0.5),
        finance=replace(scenario.finance, carbon_price_usd_per_t=40.0, flow_timing="middle"),
    )


@pytest.fixture(scope="module")
def result(taxi):
    return optimize(taxi)


def test_the_cheapest_model_is_chosen_and_proven(taxi, result):
    costs = {model: optimize(taxi.with_model(model)).lifecycle_cost_usd for model in ("sale", "lease", "swap")}
    assert result.lifecycle_cost_usd == min(costs.values())
    assert costs[result.ownership_model] == result.lifecycle_cost_usd
    assert 0 <= result.gap_frac <= 1e-6
    assert result.ownership["model"].tolist() == list(MODELS)
    assert result.ownership["chosen"].sum() == 1
    # The model that is not chosen has designs of its own, as good as a search under it finds.
    fleet = result.scenario.lifecycle.platform_fixed_cost_musd * 1e6
    packs = (costs["sale"] - fleet) / result.ownership.set_index("model")["lifecycle_cost_usd_per_pack"]["sale"]
    assert packs == pytest.approx((costs["swap"] - fleet) / _row(result, "swap")["lifecycle_cost_usd_per_pack"])


def test_user_and_lessor_make_the_system(taxi, result):
    for model in MODELS:
        row = _row(result, model)
        assert row["user_cost_usd"] - row["lessor_npv_usd"] == pytest.approx(row["lifecycle_cost_usd_per_pack"])
        parts = [value for name, value in row.items() if name.endswith("_pv_usd")]
        assert sum(parts) == pytest.approx(row["lifecycle_cost_usd_per_pack"])
    flows = result.party_cash_flow
    of_system = flows[flows["party"] != "maker"].groupby(["model", "year"])["cash_flow_usd"].sum()
    chosen = result.cash_flow.groupby("year")["cash_flow_usd"].sum()
    assert of_system[result.ownership_model].to_numpy() == pytest.approx(chosen.to_numpy())
    fees = flows[flows["component"] == "fees"].groupby("model")["cash_flow_usd"].sum()
    assert np.abs(fees).max() < 1e-6


def test_fees_give_the_lessor_what_it_wants(taxi, result):
    returns = [_row(result, model)["lessor_irr_frac"] for model in MODELS[1:]]
    for model in MODELS[1:]:
        row = _row(result, model)
        assert row["fee_usd_per_month"] == row["breakeven_fee_usd_per_month"]
    # A lessor who pays late, such as for energy at the end of each year, may have no return that is the only one.
    known = [rate for rate in returns if np.isfinite(rate)]
    assert len(known) >= 2
    assert known == pytest.approx([taxi.ownership.lessor_return_frac] * len(known))
    sale = _row(result, "sale")
    assert np.isnan(sale["fee_usd_per_month"])
    assert sale["lessor_npv_usd"] == 0


def test_a_maker_earns_the_profit_in_the_price(result):
    flows = result.party_cash_flow
    of_maker = flows[(flows["party"] == "maker") & (flows["model"] == "sale")]
    sold = of_maker[of_maker["component"] == "sales"]["cash_flow_usd"].sum()
    assert 0 < of_maker["cash_flow_usd"].sum() < 0.3 * sold


def test_swapping_saves_the_waiting_and_needs_more_packs(taxi, result):
    sale, swap = _row(result, "sale"), _row(result, "swap")
    assert sale["charging_hours_per_yr"] > 0 == swap["charging_hours_per_yr"]
    assert sale["downtime_pv_usd"] > 0 == swap["downtime_pv_usd"]
    bought = swap["purchase_pv_usd"] / swap["purchase_price_usd_per_pack"]
    assert bought == pytest.approx(taxi.ownership.pool_factor)
    assert swap["station_pv_usd"] == taxi.ownership.station_capex_usd_per_vehicle


@pytest.mark.parametrize("model", MODELS)
def test_the_optimizer_costs_a_pack_as_a_lifecycle_case_does(taxi, result, model):
    """The pack that was chosen, told to `lifecycle_case` by its properties, costs the same to the last digits."""
    scenario = taxi.with_model(model)
    solved = result if model == result.ownership_model else optimize(scenario)
    detail = solved.ranked.lifecycle_inputs.iloc[0]
    found = lcopt.lifecycle_case(_case(scenario, detail, _row(result, model)))
    row = _row(solved, model)
    assert found["lifecycle_cost_usd"] == pytest.approx(row["lifecycle_cost_usd_per_pack"], rel=1e-9)
    for component, value in found["present_value_by_component_usd"].items():
        assert value == pytest.approx(row[f"{component}_pv_usd"], rel=1e-9, abs=1e-7), component
    if model != "sale":
        assert found["breakeven_fee_usd_per_month"] == pytest.approx(row["breakeven_fee_usd_per_month"], rel=1e-9)
        assert found["payback_months"] == pytest.approx(row["payback_months"], rel=1e-9)


def test_a_faster_station_ages_packs_more(taxi):
    def life(rate_per_h: float) -> float:
        ownership = replace(taxi.ownership, models=("swap",), station_c_rate_per_h=rate_per_h)
        return float(optimize(replace(taxi, ownership=ownership)).ownership["pack_life_yr"][0])

    assert life(0.2) > life(1.5) == life(4.0)


def test_limits_that_one_model_misses_leave_the_others(taxi):
    pack = taxi.packs[0]
    alive = replace(pack, limits=replace(pack.limits, life_min_yr=6.5, charging_time_max_min=None))
    result = optimize(replace(taxi, packs=(alive,), ownership=replace(taxi.ownership, models=("sale", "swap"))))
    assert result.ownership["model"].tolist() == ["swap"]
    assert any("business model sale" in warning for warning in result.warnings)


def test_candidates_of_several_models_are_refused(taxi):
    with pytest.raises(LcoptError, match=r"name one: scenario\.with_model"):
        lcopt.candidates(taxi)


def test_a_recosted_result_has_its_models_again(taxi, result):
    dearer = lcopt.recost(result, {"copper_foil_6um": "3 USD/m2", "copper_foil": "4 USD/m2"})
    assert (dearer.ownership["lifecycle_cost_usd_per_pack"] > result.ownership["lifecycle_cost_usd_per_pack"]).all()
    assert dearer.ownership_model == result.ownership_model


def _row(result, model: str) -> dict[str, object]:
    (row,) = result.ownership[result.ownership["model"] == model].to_dict("records")
    return row


def _case(scenario: Scenario, detail, row) -> dict[str, object]:
    """The lifecycle case of the pack of a row of `lifecycle_inputs`."""
    usage, finance, life, given = scenario.packs[0].usage, scenario.finance, scenario.lifecycle, scenario.ownership
    model = given.models[0]
    energy = float(detail["pack_energy_kwh"])
    case = {
        "lifecycle_case": 1,
        "pack_energy_kwh": energy,
        "pack_mass_kg": float(detail["pack_mass_kg"]),
        "pack_price_usd_per_kwh": float(detail["purchase_price_usd_per_pack"]) / energy,
        "pack_price_decline_frac_per_yr": life.pack_price_decline_frac_per_yr,
        "replacement_markup_frac": life.replacement_markup_frac,
        "distance_km_per_yr": usage.distance_km_per_yr,
        "reference_consumption_kwh_per_km": usage.consumption_kwh_per_km,
        "reference_pack_mass_kg": usage.reference_pack_mass_kg,
        "mass_penalty_kwh_per_100km_per_100kg": usage.mass_penalty_kwh_per_100km_per_100kg,
        "dc_share_frac": usage.dc_share_frac,
        "ac_efficiency_frac": usage.ac_efficiency_frac,
        "dc_efficiency_frac": usage.dc_efficiency_frac,
        "ac_price_usd_per_kwh": usage.ac_price_usd_per_kwh,
        "dc_price_usd_per_kwh": usage.dc_price_usd_per_kwh,
        "energy_price_escalation_frac_per_yr": usage.energy_price_escalation_frac_per_yr,
        "inflation_frac_per_yr": finance.inflation_frac_per_yr,
        "discount_rate_frac": finance.discount_rate_frac,
        "horizon_yr": finance.horizon_yr,
        "flow_timing": finance.flow_timing,
        "soh_end_of_life_frac": usage.soh_end_of_life_frac,
        "fade": _fade(detail),
        "replacement_rule": life.replacement_rule,
        "residual_rule": life.residual_rule,
        "recycling_value_usd_per_kwh": float(detail["recycling_value_usd_per_kwh"]),
        "second_life": {
            "new_storage_price_usd_per_kwh": scenario.second_life.new_storage_price_usd_per_kwh,
            "new_storage_price_decline_frac_per_yr": scenario.second_life.new_storage_price_decline_frac_per_yr,
            "used_discount_factor": scenario.second_life.used_discount_factor,
            "health_factor": scenario.second_life.health_factor,
            "repurposing_cost_usd_per_kwh": scenario.second_life.repurposing_cost_usd_per_kwh,
            "soh_min_frac": scenario.second_life.soh_min_frac,
        },
        "warranty": {
            "defect_frac": life.warranty_defect_frac,
            "claim_date_yr": life.warranty_claim_date_yr,
            "guaranteed_soh_frac": life.warranty_guaranteed_soh_frac,
            "term_yr": life.warranty_term_yr,
            "spread_cv": life.warranty_spread_cv,
        },
        "carbon": {
            "making_kg_per_kwh": float(detail["making_kg_per_kwh"]),
            "grid_kg_per_kwh": usage.grid_kg_per_kwh,
            "price_usd_per_t": finance.carbon_price_usd_per_t,
        },
        "tax": {
            "rate_frac": scenario.tax.rate_frac,
            "schedule": scenario.tax.depreciation,
            "bonus_frac": scenario.tax.bonus_frac,
            "investment_credit_frac": scenario.tax.investment_credit_frac,
        },
        "ownership": _ownership(scenario),
    }
    if model != "swap":
        low, high = scenario.packs[0].limits.charging_window_frac
        case["downtime"] = {
            "charging_time_min": float(detail["charging_time_min"]),
            "charging_window_frac": [low, high],
            "session_energy_kwh": usage.session_energy_kwh,
            "overhead_h_per_session": usage.session_overhead_h,
            "value_usd_per_h": usage.time_value_usd_per_h,
            "unproductive_frac": usage.unproductive_frac,
        }
    return case


def _fade(detail) -> dict[str, object]:
    """The law of a year of use, in the scales of a case: 365 days, and the cycles of that year."""
    return {
        "law": "power",
        "calendar_coefficient_frac": float(detail["calendar_frac"]),
        "calendar_exponent": float(detail["calendar_exponent"]),
        "calendar_scale_days": 365.0,
        "cycle_coefficient_frac": float(detail["cycle_frac"]),
        "cycle_exponent": float(detail["cycle_exponent"]),
        "cycle_scale_efc": float(detail["equivalent_full_cycles_per_yr"]),
    }


def _ownership(scenario: Scenario) -> dict[str, object]:
    given, model = scenario.ownership, scenario.ownership.models[0]
    terms: dict[str, object] = {"model": model}
    if model != "sale":
        terms |= {
            "lessor_discount_rate_frac": given.lessor_return_frac,
            "lessor_operations_usd_per_yr": given.operations_usd_per_yr,
        }
    if model in ("battery_as_a_service", "swap"):
        terms["fee_usd_per_kwh"] = given.fee_usd_per_kwh
    if model == "swap":
        terms |= {
            "pool_factor": given.pool_factor,
            "station_capex_usd_per_vehicle": given.station_capex_usd_per_vehicle,
            "station_efficiency_frac": given.station_efficiency_frac,
            "station_energy_price_usd_per_kwh": given.station_energy_price_usd_per_kwh,
        }
    return terms


def test_development_is_shared_by_the_packs_of_a_cell(taxi, result):
    first = result.designs.iloc[0]
    fleet_usd = taxi.lifecycle.platform_fixed_cost_musd * 1e6
    sold = result.ranked.lifecycle_inputs["packs_discounted"][0]
    assert first["platform_cost_usd_per_pack"] == pytest.approx(fleet_usd / sold)
    assert first["platform_cost_usd_per_kwh"] == pytest.approx(fleet_usd / sold / first["pack_energy_kwh"])
    everything = first["lifecycle_cost_usd_per_pack"] + first["platform_cost_usd_per_pack"]
    assert everything * sold == pytest.approx(result.lifecycle_cost_usd)
