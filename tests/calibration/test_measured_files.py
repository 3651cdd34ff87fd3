"""The file of measurements: every mistake is told at its place, with what to do."""

from __future__ import annotations

import re

import pytest

from lcopt.calibration.aging_fit import AGING
from lcopt.calibration.charging_runs import CHARGING
from lcopt.calibration.measured_files import example, read_measurements
from lcopt.errors import ScenarioError

HEADER = "areal_capacity_mah_per_cm2,start_temperature_deg_c,soc_from_pct,soc_to_pct,charging_time_min"


def told(tmp_path, catalog, text: str, form=CHARGING) -> list[str]:
    path = tmp_path / "m.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        read_measurements(str(path), form, catalog)
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in error.value.problems]


@pytest.mark.parametrize("form", [CHARGING, AGING], ids=lambda form: form.measurement)
def test_the_examples_are_read(form, catalog, tmp_path):
    path = tmp_path / "example.csv"
    path.write_text(example(form.measurement), encoding="utf-8")
    assert len(read_measurements(str(path), form, catalog)) == 6


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("3,25,10,80,x", "m.csv:2:12: error: charging_time_min: 'x' is not a number; expected digits"),
        ('3,25,10,80,"20,5"', "m.csv:2:12: error: charging_time_min: '20,5' has a decimal comma"),
        ("3,25,10,80,", "m.csv:2:12: error: charging_time_min: no value; expected one in every row"),
        ("300,25,10,80,20", "m.csv:2:1: error: areal_capacity_mah_per_cm2: '300' is out of range; expected 0.3 to 12"),
        ("3,298,10,80,20", "m.csv:2:3: error: start_temperature_deg_c: '298' is out of range; expected -50 to 80 degC"),
        ("3,25,0.1,0.8,20", "m.csv:2:10: error: soc_to_pct: '0.8' is out of range; expected 1 to 100 %"),
        ("3,25,10,80,nan", "m.csv:2:12: error: charging_time_min: 'nan' is not a number"),
        ("3,25,10,80", "m.csv:2:1: error: the line has 4 cells; expected 5 as in the header"),
    ],
)
def test_a_mistake_in_a_cell_is_told_at_its_place(tmp_path, catalog, cells, message):
    (problem,) = told(tmp_path, catalog, f"{HEADER}\n{cells}\n")
    assert problem.startswith(message)


def test_all_mistakes_are_told_at_once(tmp_path, catalog):
    assert len(told(tmp_path, catalog, f"{HEADER}\nx,25,10,80,20\n3,y,10,80,z\n")) == 3


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER.replace("charging_time_min", "charging_time"), "unknown column 'charging_time'; .* did you mean"),
        (HEADER + ",soc_to_pct", "the column 'soc_to_pct' is given twice"),
        ("soc_from_pct,soc_to_pct", "the header lacks areal_capacity_mah_per_cm2, .* --example' prints"),
        (HEADER.replace(",", ";"), "separated by semicolons; expected commas"),
    ],
)
def test_a_mistake_in_the_header_is_told(tmp_path, catalog, header, message):
    problems = told(tmp_path, catalog, f"{header}\n")
    assert any(re.search(message, problem) for problem in problems)


def test_columns_that_belong_together_are_given_together(tmp_path, catalog):
    (problem,) = told(tmp_path, catalog, f"{HEADER},cell_mass_g,cell_capacity_ah\n3,25,10,80,20,900,\n")
    assert problem.startswith("m.csv:2:15: error: cell_mass_g: a value without cell_capacity_ah; expected both")


def test_an_age_is_given_once(tmp_path, catalog):
    header = "temperature_deg_c,soc_mean_pct,dod_pct,c_rate_per_h,equivalent_full_cycles,soh_pct"
    assert "neither or both of age_d or age_yr" in told(tmp_path, catalog, f"{header}\n", AGING)[0]
    assert "neither or both" in told(tmp_path, catalog, f"{header},age_d,age_yr\n", AGING)[0]


def test_an_unknown_chemistry_is_told(tmp_path, catalog):
    (problem,) = told(tmp_path, catalog, f"{HEADER},chemistry\n3,25,10,80,20,LPF-G (Energy)\n")
    assert "unknown chemistry 'LPF-G (Energy)'; expected one of the catalog; did you mean 'LFP-G (Energy)'?" in problem


@pytest.mark.parametrize("text", ["", "\0", "PK\x03\x04", f"{HEADER}\n"], ids=["empty", "zero", "zip", "no rows"])
def test_what_is_no_table_is_told(tmp_path, catalog, text):
    assert told(tmp_path, catalog, text)
