"""The fast charge of chosen designs beside PyBaMM: what is asked of it, and that the two agree."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from lcopt import cli, crosscheck, crosscheck_simulation
from lcopt.crosscheck_simulation import CrosscheckConstants, ParameterSet, SimulatedCell, SimulatedCharge, simulate
from lcopt.inputs.reader import read_scenario
from lcopt.performance.charging import read_charging_model
from lcopt.study import optimize

needs_pybamm = pytest.mark.skipif(find_spec("pybamm") is None, reason="needs the extra lcopt[pybamm]")
SMALL = """\
lcopt: 1
name: small
finance: {currency: USD, price_year: 2025, discount_rate: 8 %, horizon: 12 yr}
packs:
  - {name: small, volume: 1000 /yr, energy: 40 kWh, power: 80 kW, system_voltage: 400 V, usage: private_car}
limits: {charging_temperature: 10 degC, charger_power: 60 kW}
search: {chemistries: CHEMISTRY, technology_classes: super, formats: pouch}
"""


def small(folder: Path, chemistry: str = "LFP-G (Energy)") -> str:
    file = folder / "small.yaml"
    file.write_text(SMALL.replace("CHEMISTRY", chemistry), encoding="utf-8")
    return str(file)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return optimize(read_scenario(small(tmp_path_factory.mktemp("crosscheck"))))


@pytest.fixture
def asked(monkeypatch):
    """Puts a stand-in in the place of PyBaMM and keeps what it is asked."""
    cells: list[SimulatedCell] = []

    def simulated(cell, constants):
        cells.append(cell)
        return SimulatedCharge(20.0, 40.0)

    monkeypatch.setattr(crosscheck, "simulate", simulated)
    monkeypatch.setattr(crosscheck, "load_pybamm", lambda: None)
    return cells


def test_the_simulation_is_asked_for_the_chosen_design(result, asked):
    crosscheck.crosscheck_table(result)
    as_designed, held = asked
    design = result.designs.iloc[0]
    assert as_designed.parameters.parameter_set == "Prada2013"
    assert as_designed.areal_capacity_mah_per_cm2 == design["areal_capacity_mah_per_cm2"]
    assert as_designed.speed_factor == 1.5
    assert as_designed.rate_cap_per_h == pytest.approx(60 / design["pack_energy_kwh"])
    assert as_designed.window_frac == (0.1, 0.8)
    assert as_designed.start_temperature_deg_c == 10
    # 1 J/g/K of the catalog.
    assert as_designed.heat_capacity_j_per_k_ah == pytest.approx(design["cell_mass_g"] / design["cell_capacity_ah"])
    assert (held.start_temperature_deg_c, held.heat_capacity_j_per_k_ah) == (25, None)


def test_the_table_says_how_far_the_model_is_from_the_simulation(result, asked):
    table = crosscheck.crosscheck_table(result)
    assert list(table["case"]) == ["as designed", "held at 25 degC"]
    assert table["lcopt_min"][0] == pytest.approx(result.designs["charging_time_min"][0])
    assert (table["deviation_frac"] == table["lcopt_min"] / 20.0 - 1).all()
    assert list(table["problem"]) == ["", ""]
    text = crosscheck.crosscheck_text(table).splitlines()
    assert text[0].startswith(f"small: as designed: lcopt {table['lcopt_min'][0]:.1f} min, PyBaMM (Prada2013) 20.0 min")


def test_a_chemistry_without_a_parameter_set_is_told(tmp_path, asked):
    titanate = optimize(read_scenario(small(tmp_path, "LMO-LTO (Energy)")))
    table = crosscheck.crosscheck_table(titanate)
    assert asked == []
    assert table["pybamm_min"].isna().all()
    assert "no parameter set of PyBaMM stands for this charging set" in crosscheck.crosscheck_text(table)


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lcopt", "crosscheck", *arguments])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        printed = capsys.readouterr()
        return int(exit_.value.code or 0), printed.out, printed.err

    return run


def test_without_pybamm_the_command_says_how_to_install_it(call, monkeypatch, tmp_path):
    monkeypatch.setattr(crosscheck_simulation, "find_spec", lambda name: None)
    status, out, err = call(small(tmp_path))
    assert (status, out) == (2, "")
    assert err == "lcopt: error: PyBaMM is not installed; 'pip install \"lcopt[pybamm]\"' installs it\n"


def test_a_broken_file_is_an_input_error_whether_pybamm_is_there_or_not(call, tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text("nam: x\n")
    status, out, err = call(str(file), "--format", "json")
    assert (status, json.loads(out)["status"]) == (2, "error")
    assert "Traceback" not in err


def test_every_parameter_set_stands_for_a_charging_set(catalog):
    table, sets = catalog.table("crosscheck_sets"), catalog.table("charging_sets").words("charging_set")
    for name in table.words("charging_set"):
        assert name in sets
        assert catalog.constants(ParameterSet, "crosscheck_sets", charging_set=name).parameter_set


def cell_of(catalog, name: str, loading: float, **others) -> SimulatedCell:
    constants = read_charging_model(catalog).constants
    plain = {
        "parameters": catalog.constants(ParameterSet, "crosscheck_sets", charging_set=name),
        "areal_capacity_mah_per_cm2": loading,
        "speed_factor": 1.0,
        "rate_cap_per_h": 8.0,
        "window_frac": (0.1, 0.8),
        "start_temperature_deg_c": 25.0,
        "heat_capacity_j_per_k_ah": None,
        "coolant_temperature_deg_c": 25.0,
        "cooling_rate_per_s": 1e-3,
        "temperature_ceiling_deg_c": 60.0,
        "reference_temperature_deg_c": constants.reference_temperature_deg_c,
        "gas_constant_j_per_mol_k": constants.gas_constant_j_per_mol_k,
    }
    return SimulatedCell(**{**plain, **others})


@pytest.fixture(scope="session")
def constants(catalog) -> CrosscheckConstants:
    return catalog.constants(CrosscheckConstants, "crosscheck_constants")


@needs_pybamm
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", ["OKane2022", "Ecker2015", "Mohtat2020", "Prada2013"])
@pytest.mark.parametrize("temperature", [0, 25])
def test_the_simulation_repeats_the_runs_behind_the_model(name, temperature, catalog, constants):
    runs = pd.read_csv(str(files("lcopt") / "data" / "reference" / "charge_map.csv"))
    one = runs[(runs["param_set"] == name) & (runs["T0_C"] == temperature)].iloc[2]
    cell = cell_of(catalog, name, float(one["areal_mAh_cm2"]), start_temperature_deg_c=temperature)
    # The runs are of the full model, this is the single-particle one.
    assert simulate(cell, constants).charging_time_min == pytest.approx(one["min_10_80_envelope"], rel=0.06)


@needs_pybamm
@pytest.mark.filterwarnings("default")
def test_a_class_twice_as_fast_takes_half_the_time(catalog, constants):
    slow, fast = (
        simulate(cell_of(catalog, "Prada2013", 2.5, speed_factor=speed), constants).charging_time_min
        for speed in (0.6, 1.2)
    )
    assert fast == pytest.approx(slow / 2, rel=0.02)


@needs_pybamm
@pytest.mark.filterwarnings("default")
def test_a_capped_charge_takes_as_long_as_its_cap_says_and_a_hot_cell_stays_below_its_ceiling(catalog, constants):
    capped = simulate(cell_of(catalog, "Ecker2015", 2.0, rate_cap_per_h=0.3), constants)
    assert capped.charging_time_min == pytest.approx(60 * 0.7 / 0.3, rel=0.01)
    heat = {"heat_capacity_j_per_k_ah": 10.0, "start_temperature_deg_c": 45.0}
    hot = simulate(cell_of(catalog, "OKane2022", 3.0, **heat), constants)
    free = simulate(cell_of(catalog, "OKane2022", 3.0, temperature_ceiling_deg_c=200.0, **heat), constants)
    assert hot.peak_temperature_deg_c == pytest.approx(60.0, abs=1.0)
    assert free.peak_temperature_deg_c > 65.0
    assert free.charging_time_min < hot.charging_time_min


@needs_pybamm
def test_the_command_compares_one_design_and_the_two_agree(tmp_path):
    words = [sys.executable, "-m", "lcopt", "crosscheck", small(tmp_path), "--out", tmp_path, "--format", "json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["table"] == str(tmp_path / "small-crosscheck.csv")
    assert [row["problem"] for row in answer["crosscheck"]] == ["", ""]
    assert all(abs(row["deviation_frac"]) < 0.15 for row in answer["crosscheck"])
    assert len(pd.read_csv(answer["table"])) == 2
