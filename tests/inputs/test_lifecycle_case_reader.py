"""A lifecycle case with mistakes is refused with all of them at once, each with its place and a remedy."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml

from lcopt.errors import ScenarioError
from lcopt.inputs.lifecycle_case_reader import read_lifecycle_case
from lcopt.inputs.reader import read_scenario
from lcopt.lifecycle_cases import lifecycle_case

CASES = Path(__file__).parents[1] / "data" / "lifecycle_cases"


def good(name="private_car_lfp"):
    return yaml.safe_load((CASES / f"{name}.yaml").read_text())


def problems(source):
    with pytest.raises(ScenarioError) as caught:
        read_lifecycle_case(source)
    return caught.value.problems


def changed(path, value, name="private_car_lfp"):
    case = good(name)
    block = case
    for key in path[:-1]:
        block = block.setdefault(key, {})
    block[path[-1]] = value
    return case


def without(key):
    case = good()
    del case[key]
    return case


def test_all_mistakes_of_a_file_at_once_with_their_places(tmp_path):
    text = (CASES / "private_car_lfp.yaml").read_text()
    text = text.replace("pack_energy_kwh: 60", 'pack_energy_kwh: "60"').replace("horizon_yr: 15", "horizont_yr: 15")
    text = (
        text.replace("  defect_frac: 0.01", "  defect_frac: 1").replace("0.90", "90").replace("  claim_date_yr: 4", "")
    )
    path = tmp_path / "case.yaml"
    path.write_text(text)
    found = problems(path)
    lines = text.splitlines()
    assert [problem.path for problem in found] == [
        "pack_energy_kwh",
        "ac_efficiency_frac",
        "horizont_yr",
        "warranty",
    ]
    for problem in found:
        assert problem.file == str(path)
        assert lines[problem.line - 1][problem.column - 1 :].startswith(problem.path.split(".")[-1])
    assert found[2].hint == "did you mean 'horizon_yr'?"
    assert "'claim_date_yr' is missing" in found[3].message


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.yaml")))
def test_a_file_and_its_mapping_are_the_same_case(name):
    assert read_lifecycle_case(CASES / f"{name}.yaml") == read_lifecycle_case(good(name))


REQUIRED = (
    "lifecycle_case",
    "pack_energy_kwh",
    "pack_price_usd_per_kwh",
    "distance_km_per_yr",
    "reference_consumption_kwh_per_km",
    "dc_share_frac",
    "ac_efficiency_frac",
    "dc_efficiency_frac",
    "ac_price_usd_per_kwh",
    "dc_price_usd_per_kwh",
    "discount_rate_frac",
    "horizon_yr",
    "soh_end_of_life_frac",
    "fade",
    "residual_rule",
)


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_key_is_named(key):
    (problem,) = problems(without(key))
    assert f"'{key}' is missing" in problem.message
    assert problem.line == 0


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("lifecycle_case",), 2),
        (("lifecycle_case",), True),
        (("name",), 2028),
        (("pack_energy_kwh",), 0),
        (("pack_energy_kwh",), "60"),
        (("pack_energy_kwh",), True),
        (("pack_energy_kwh",), math.nan),
        (("pack_energy_kwh",), 10**400),
        (("pack_energy_kwh",), None),
        (("pack_energy_kwh",), [60]),
        (("pack_price_usd_per_kwh",), 0),
        (("pack_price_decline_frac_per_yr",), 1),
        (("replacement_markup_frac",), 1.1),
        (("distance_km_per_yr",), -1),
        (("reference_consumption_kwh_per_km",), -0.1),
        (("dc_share_frac",), 1.01),
        (("ac_efficiency_frac",), 0),
        (("dc_price_usd_per_kwh",), -0.1),
        (("discount_rate_frac",), -1),
        (("discount_rate_frac",), 8),
        (("horizon_yr",), 0),
        (("horizon_yr",), 10.5),
        (("horizon_yr",), 10**9),
        (("flow_timing",), "start"),
        (("soh_end_of_life_frac",), 1),
        (("soh_end_of_life_frac",), 0),
        (("fade",), None),
        (("fade", "law"), "quadratic"),
        (("fade", "calendar_scale_days"), 0),
        (("fade", "cycle_coefficient_frac"), -1e-9),
        (("fade", "fade_frac_per_yr"), 0.02),
        (("replacement_rule",), "yearly"),
        (("residual_rule",), "book"),
        (("second_life", "testable"), "yes"),
        (("second_life", "soh_min_frac"), 2),
        (("warranty", "claim_date_yr"), -1),
        (("carbon", "price_usd_per_t"), -1),
        (("carbon", "tax_usd_per_t"), 1),
        (("tax",), {"rate_frac": 1}),
        (("tax",), {"rate_frac": 0.2, "schedule": "straight_line"}),
        (("tax",), {"rate_frac": 0.2, "schedule": "straight_line", "years": 2.5}),
        (("tax",), {"rate_frac": 0.2, "schedule": "macrs5", "years": 5}),
        (("tax",), {"rate_frac": 0.2, "schedule": "own", "rates_frac": [0.6, 0.5]}),
        (("tax",), {"rate_frac": 0.2, "schedule": "own", "rates_frac": 0.5}),
        (("tax",), {"rate_frac": 0.2, "schedule": "own"}),
        (("ownership",), {}),
        (("ownership",), "sale"),
        (("ownership",), {"model": "rent"}),
        (("ownership",), {"model": "sale", "fee_usd_per_month": 50}),
        (("ownership",), {"model": "lease", "fee_usd_per_month": "free"}),
        (("ownership",), {"model": "lease", "fee_usd_per_kwh": 0.1}),
        (("ownership",), {"model": "swap", "pool_factor": 0.9, "station_capex_usd_per_vehicle": 0}),
        (("ownership",), {"model": "swap", "pool_factor": 1.1}),
        (("downtime",), {"session_energy_kwh": 25, "value_usd_per_h": 20}),
        (("downtime",), {"session_energy_kwh": 25, "value_usd_per_h": 20, "charging_time_min": 20}),
        (
            ("downtime",),
            {
                "session_energy_kwh": 25,
                "value_usd_per_h": 20,
                "session_power_kw": 80,
                "charging_window_frac": [0.1, 0.8],
            },
        ),
        (
            ("downtime",),
            {
                "session_energy_kwh": 25,
                "value_usd_per_h": 20,
                "charging_time_min": 20,
                "charging_window_frac": [0.8, 0.1],
            },
        ),
        (("pack_mass_kg",), 400),
    ],
    ids=lambda value: str(value)[:60],
)
def test_one_mistake_is_one_problem_at_its_key(path, value):
    found = problems(changed(path, value))
    assert len(found) == 1
    assert found[0].path.startswith(path[0]) or found[0].path == ""
    assert found[0].message


def test_neither_mass_nor_specific_energy():
    (problem,) = problems(without("pack_specific_energy_wh_per_kg"))
    assert "exactly one" in problem.message


def test_several_mistakes_of_a_mapping_at_once():
    case = good() | {"pack_energy_kw": 60, "dc_share_frac": 10, "residual_rule": "markt"}
    del case["pack_energy_kwh"]
    found = problems(case)
    assert [problem.path for problem in found] == ["pack_energy_kw", "dc_share_frac", "residual_rule"]
    assert "did you mean 'pack_energy_kwh'?" in found[0].hint
    assert "0.1" in found[1].hint


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("- a list\n", 1),
        ("lifecycle_case: 1\nname: a\nname: b\n", 3),
        ("lifecycle_case: 1\nname: &a x\n", 2),
        ("lifecycle_case: 1\nname: !!python/object:os.system x\n", 2),
        ("lifecycle_case: 1\n\tname: x\n", 2),
    ],
    ids=["empty", "list", "double", "anchor", "tag", "tab"],
)
def test_a_file_that_is_no_plain_mapping_says_where(tmp_path, text, line):
    path = tmp_path / "case.yaml"
    path.write_text(text)
    assert line in {problem.line for problem in problems(path)}


def test_a_file_that_is_not_there(tmp_path):
    (problem,) = problems(tmp_path / "none.yaml")
    assert "does not exist" in problem.message
    (problem,) = problems(tmp_path)
    assert "directory" in problem.message


def test_numbers_in_files_may_have_an_exponent(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(
        (CASES / "private_car_lfp.yaml").read_text().replace("making_kg_per_kwh: 55", "making_kg_per_kwh: 5.5e1")
    )
    assert read_lifecycle_case(path) == read_lifecycle_case(good())


@pytest.mark.parametrize(("word", "value"), [("True", True), ("FALSE", False), ("false", False)])
def test_switches_are_the_words_of_yaml(tmp_path, word, value):
    path = tmp_path / "case.yaml"
    text = (CASES / "swap.yaml").read_text()
    path.write_text(text.replace("  model: swap\n", f"  model: swap\n  operator_pays_energy: {word}\n"))
    assert read_lifecycle_case(path).ownership.operator_pays_energy is value


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("discount_rate_frac", "5.5 %", "did you mean 0.055?"),
        ("pack_energy_kwh", "75 kWh", "did you mean 75?"),
        ("pack_energy_kwh", "much", "write a bare number"),
    ],
)
def test_a_unit_or_percent_is_answered_with_the_bare_number(key, value, message):
    (problem,) = problems(changed((key,), value))
    assert problem.hint.endswith(message)


def test_lists_of_a_wrong_length_are_told_with_it():
    (problem,) = problems(changed(("tax",), {"rate_frac": 0.2, "schedule": "own", "rates_frac": []}))
    assert "found an empty list" in problem.message
    case = good("ride_hailing_taxed")
    del case["downtime"]["session_power_kw"]
    case["downtime"] |= {"charging_time_min": 20, "charging_window_frac": [0.1, 0.5, 0.8]}
    (problem,) = problems(case)
    assert "found a list of 3; expected a list of two shares" in problem.message


def test_a_pack_that_lasts_no_time_is_told_with_its_file(tmp_path):
    path = tmp_path / "case.yaml"
    short = good("ride_hailing_taxed") | {"replacement_rule": "continuous"}
    short["fade"]["calibration_factor"] = 1e9
    path.write_text(yaml.safe_dump(short))
    with pytest.raises(
        ScenarioError, match=r"case\.yaml:1:1: error: a pack lasts .* at most 10,000 replacements; check"
    ):
        lifecycle_case(path)


def test_a_scenario_and_a_case_are_not_mistaken_for_each_other(tmp_path, catalog):
    scenario, case = tmp_path / "scenario.yaml", tmp_path / "case.yaml"
    scenario.write_text("# Question: which?\nlcopt: 1\nname: x\n")
    case.write_text("lifecycle_case: 1\nname: x\n")
    with pytest.raises(ScenarioError, match="this is a scenario; expected a lifecycle case; optimize it"):
        read_lifecycle_case(scenario)
    with pytest.raises(ScenarioError, match="this is a lifecycle case; expected a scenario; compute it"):
        read_scenario(case, catalog)
