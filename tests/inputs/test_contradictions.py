"""Values that are right alone and cannot both hold are told at their place; what can hold is let through."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lcopt.errors import ScenarioError
from lcopt.inputs.reader import read_scenario
from lcopt.inputs.words import ARCHITECTURES, COOLINGS, FORMATS


def problems(source, catalog) -> list[str]:
    try:
        read_scenario(source, catalog)
    except ScenarioError as error:
        return [str(problem) for problem in error.problems]
    return []


def with_usage(good: str, energy: str, usage: str) -> str:
    return good.replace("60 kWh", energy).replace("usage: private_car", f"usage: {usage}")


def test_a_session_larger_than_the_pack_is_told(good, write, catalog):
    text = with_usage(good, "20 kWh", "{profile: private_car, session_energy: 25 kWh}")
    (problem,) = problems(write(text), catalog)
    assert problem.startswith("case.yaml:15:35: error: packs.compact.usage.session_energy: a session of '25 kWh'")
    assert "does not fit into a pack of '20 kWh'" in problem


@pytest.mark.parametrize("usage", ["{profile: private_car, session_energy: 21.9 kWh}", "private_car"])
def test_a_session_that_fits_the_excess_or_comes_from_a_profile_is_no_mistake(good, write, catalog, usage):
    assert problems(write(with_usage(good, "20 kWh", usage)), catalog) == []


@pytest.mark.parametrize(
    ("block", "place", "says"),
    [
        ("{warranty_claim_date: 9 yr, warranty_term: 8 yr}", "25:13", "claims fall due at 9 yr, after the end of the"),
        ("{warranty_claim_date: 9 yr}", "25:13", "the warranty at 8 yr (the default of the catalog); expected"),
        ("{warranty_term: 36 months}", "25:13", "due at 4 yr (the default of the catalog), after"),
        ("{residual_rule: none, warranty_term: 3 yr}", "25:34", "write for example 'warranty_claim_date: 1.5 yr'"),
    ],
)
def test_a_claim_after_the_end_of_the_warranty_is_told(good, write, catalog, block, place, says):
    text = good.replace("price_overrides:\n  lfp_cathode: 5.2 USD/kg\n", f"\nlifecycle: {block}\n")
    (problem,) = problems(write(text), catalog)
    assert problem.startswith(f"case.yaml:{place}: error: lifecycle.warranty_")
    assert says in problem


@pytest.mark.parametrize("block", ["{warranty_claim_date: 8 yr}", "{warranty_claim_date: 20 yr, warranty_term: 20 yr}"])
def test_a_claim_within_the_warranty_is_no_mistake(good, write, catalog, block):
    assert problems(write(f"{good}lifecycle: {block}\n"), catalog) == []


def test_an_energy_that_another_voltage_allows_names_it(good, write, catalog):
    good = good.replace("platforms_max: 2", "formats: pouch")
    (problem,) = problems(write(good.replace("60 kWh", "600 kWh")), catalog)
    assert problem.startswith("case.yaml:12:5: error: packs.compact.energy: '600 kWh' cannot be built at 400 V")
    assert "800 V allows" in problem
    (problem,) = problems(write(good.replace("60 kWh", "1900 kWh")), catalog)
    assert problem.endswith("; change energy")


@pytest.mark.parametrize("formats", ["all", "[pouch, 4680]", "blade"])
def test_an_energy_is_judged_where_pouches_alone_are_searched(good, write, catalog, formats):
    text = good.replace("60 kWh", "600 kWh").replace("platforms_max: 2", f"formats: {formats}")
    assert problems(write(text), catalog) == []


@pytest.mark.parametrize(
    ("search", "place", "says"),
    [
        ("coolings: side_ribbon\n  formats: [pouch, blade]", "22:3: error: search.coolings", "builds no round cells"),
        (
            "formats: blade\n  coolings: [side_ribbon]",
            "23:3: error: search.coolings",
            "one of: bottom_plate, large_face",
        ),
        ("coolings: [large_face]\n  formats: [4680, 21700]", "22:3: error: search.coolings", "builds round cells only"),
        ("coolings: large_face\n  formats: 4695", "22:3: error: search.coolings", "one of: bottom_plate, side_ribbon"),
        (
            "formats: pouch\n  architectures: [cell_to_pack, cell_to_chassis]",
            "23:3: error: search.architectures",
            "module",
        ),
        ("formats: pouch\n  architectures: cell_to_pack", "23:3: error: search.architectures", "such as long_pouch"),
        (
            "formats: [pouch, 4680]\n  architectures: cell_to_pack\n  coolings: large_face",
            "24:3: error: search.coolings",
            "builds round cells only",
        ),
    ],
)
def test_a_search_that_can_build_nothing_is_told_at_the_key(good, write, catalog, search, place, says):
    (problem,) = problems(write(good.replace("platforms_max: 2", search)), catalog)
    assert problem.startswith(f"case.yaml:{place}: ")
    assert says in problem


@pytest.mark.parametrize(
    "search",
    [
        "coolings: side_ribbon",
        "coolings: large_face",
        "architectures: cell_to_pack",
        "formats: [pouch, 4680]\n  architectures: cell_to_pack\n  coolings: side_ribbon",
        "formats: long_pouch\n  architectures: cell_to_pack\n  coolings: large_face",
        "formats: 4680\n  coolings: [large_face, side_ribbon]",
        "formats: pouch\n  architectures: [module, cell_to_pack]\n  coolings: [side_ribbon, bottom_plate]",
    ],
)
def test_a_search_that_can_build_something_is_no_mistake(good, write, catalog, search):
    assert problems(write(good.replace("platforms_max: 2", search)), catalog) == []


def test_dry_coating_and_the_pouch_of_the_reference_exclude_each_other(good, write, catalog):
    for search in ("formats: pouch", "formats: [blade, pouch]"):
        text = good.replace("platforms_max: 2", search) + "plant: {electrode_process: dry}\n"
        (problem,) = problems(write(text), catalog)
        assert "plant.electrode_process: the search has the format 'pouch', the cell of the reference" in problem
        assert problems(write(text.replace("dry", "wet")), catalog) == []
    for search in ("formats: all", "formats: [long_pouch, blade]", "platforms_max: 2"):
        text = good.replace("platforms_max: 2", search) + "plant: {electrode_process: dry}\n"
        assert problems(write(text), catalog) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    formats=st.lists(st.sampled_from(FORMATS), min_size=1, unique=True),
    architectures=st.lists(st.sampled_from(ARCHITECTURES), min_size=1, unique=True),
    coolings=st.lists(st.sampled_from(COOLINGS), min_size=1, unique=True),
)
def test_a_search_is_refused_exactly_where_no_three_go_together(good, catalog, formats, architectures, coolings):
    possible = {
        (name, architecture, cooling)
        for name in formats
        for architecture in architectures
        for cooling in coolings
        if (name != "pouch" or architecture == "module")
        and cooling in {"bottom_plate", "side_ribbon" if name[0] in "24" else "large_face"}
    }
    source = yaml.safe_load(good)
    source["search"] = {"formats": formats, "architectures": architectures, "coolings": coolings}
    assert len(problems(source, catalog)) == (0 if possible else 1)


@pytest.mark.parametrize(
    ("own", "common", "place"),
    [
        ("cold_temperature: 10 degC", "{charging_temperature: 5 degC}", "19:7: error: packs.compact.limits.cold_t"),
        ("charging_temperature: 5 degC", "{cold_temperature: 10 degC}", "26:10: error: limits.cold_temperature: the"),
        ("charging_temperature: -11 degC", "{cold_charging_time_max: 1 h}", "19:7: error: packs.compact.limits.charg"),
    ],
)
def test_a_cold_start_that_is_not_cold_is_told_where_it_stands(good, write, catalog, own, common, place):
    text = good.replace("charger_power: 350 kW", own) + f"limits: {common}\n"
    (problem,) = problems(write(text), catalog)
    assert problem.startswith(f"case.yaml:{place}")
    assert "is warmer than the charging temperature" in problem


@pytest.mark.parametrize(
    "limits",
    [
        "{charging_temperature: -20 degC}",  # no cold stop is asked for
        "{charging_temperature: -10 degC, cold_charging_time_max: 1 h}",
        "{charging_temperature: 5 degC, cold_temperature: 41 degF}",
    ],
)
def test_a_cold_start_that_is_not_warmer_is_no_mistake(good, write, catalog, limits):
    read_scenario(write(good + f"limits: {limits}\n"), catalog)


def test_a_usable_energy_above_that_of_a_pack_is_told_once(good, write, catalog):
    second = "  - {name: b, volume: 1 /yr, energy: 50 kWh, power: 99 kW, system_voltage: 400 V, usage: private_car}\n"
    text = good.replace("search:", second + "search:", 1) + "limits: {usable_energy_min_at: {0 degC: 55 kWh}}\n"
    (problem,) = problems(write(text), catalog)
    assert "'55 kWh' at 0 degC is more than the energy of the pack 'b', '50 kWh'; expected at most that" in problem
    own = second.replace("usage:", "limits: {usable_energy_min_at: {32 degF: 45 kWh}}, usage:")
    read_scenario(write(text.replace(second, own)), catalog)
    read_scenario(write(text.replace("55 kWh}", "50 kWh}")), catalog)


@pytest.mark.parametrize(("window", "what"), [("[80 %, 10 %]", "upside down"), ("[0.5, 50 %]", "empty")])
@pytest.mark.parametrize("home", ["pack", "scenario"])
def test_a_window_without_a_span_is_told_wherever_it_stands(good, write, catalog, window, what, home):
    text = good.replace("[10 %, 80 %]", window)
    if home == "scenario":
        text = good.replace("      charging_window: [10 %, 80 %]\n", "") + f"limits: {{charging_window: {window}}}\n"
    (problem,) = problems(write(text), catalog)
    assert f"is {what}; expected the lower state of charge first" in problem


def test_every_profile_of_the_catalog_is_free_of_contradictions(good, write, catalog):
    for profile in catalog.table("usage_profiles").words("profile"):
        assert problems(write(with_usage(good, "60 kWh", profile)), catalog) == []
