"""The commands: exit status, what goes to stdout and stderr, no traceback whatever the input."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pandas as pd
import pytest

import lcopt
from lcopt import batch, catalog_view, cli
from lcopt.errors import InfeasibleError, ReportError, SolverError
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.catalog_tables import HOLDS
from lcopt.inputs.reader import read_scenario
from lcopt.result_fleet import COLUMNS as FLEET_COLUMNS
from lcopt.result_prices import no_comparison

SCENARIOS = Path(__file__).parents[1] / "scenarios"
COMPACT = str(SCENARIOS / "compact_car.yaml")
HEAVY = ("numpy", "plotly", "pyomo", "highspy", "pandas", "openpyxl", "scipy", "rich")


@pytest.fixture
def call(monkeypatch, capsys):
    """Runs the command line in this process and gives status, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lcopt", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        printed = capsys.readouterr()
        return int(exit_.value.code or 0), printed.out, printed.err

    return run


def row(rank: int, role: str, chemistry: str, cost: float) -> dict[str, object]:
    return {
        "pack": "compact",
        "platform": "P1",
        "reason": "dearer over its life: purchase" if rank else "",
        "rank": rank,
        "role": role,
        "chemistry": chemistry,
        "technology_class": "super" if rank else "standard",
        "format": "pouch",
        "architecture": "module",
        "cooling": "bottom_plate",
        "cells_per_module_count": 12,
        "modules_in_row_count": 3,
        "rows_of_modules_count": 3,
        "tiers_count": 1,
        "is_lying": 0,
        "barrier_thickness_mm": 0.0,
        "propagation_margin_k": 24.0,
        "cell_cost_usd_per_kwh": 55.0 + rank,
        "break_even_cell_cost_usd_per_kwh": 55.0,
        "penalty_usd_per_pack": cost - 12_000.0,
        "areal_capacity_mah_per_cm2": 3.51,
        "cell_capacity_ah": 121.0,
        "cells_in_series_count": 108,
        "cells_in_parallel_count": 1,
        "pack_energy_kwh": 60.4,
        "charging_time_min": 18.94,
        "pack_mass_kg": 412.0,
        "pack_specific_energy_wh_per_kg": 147.0,
        "pack_energy_density_wh_per_l": 231.0,
        "purchase_price_usd_per_pack": 6040.0,
        "lifecycle_cost_usd_per_pack": cost,
        "levelized_usd_per_km": 0.08123,
        "pack_life_yr": float("inf"),
        "borrows": "fade law of LFP" if rank == 0 else "",
    }


LIFE = {
    "pack": "compact",
    "life_low_yr": 14.0,
    "life_yr": 31.0,
    "life_high_yr": float("inf"),
    "life_km": 465_000.0,
    "soh_end_of_life_frac": 0.7,
    "warranty": "none",
    "warranty_margin_frac": float("nan"),
    "warranty_margin_low_frac": float("nan"),
}


def result_of(scenario) -> SimpleNamespace:
    rows = [
        row(0, "chosen", "LFP-G (Energy)", 12_000.0),
        row(1, "next best", "LFP-G (Energy)", 12_010.0),
        row(2, "best of NMC622-G (Energy)", "NMC622-G (Energy)", 12_300.0),
    ]
    return SimpleNamespace(
        scenario=scenario,
        status="optimal",
        warnings=("the window is extrapolated",),
        designs=pd.DataFrame(rows[:1]),
        alternatives=pd.DataFrame(rows),
        turning_points=pd.DataFrame(columns=["pack"]),
        front=pd.DataFrame(columns=["pack"]),
        life=pd.DataFrame([LIFE]),
        ownership=pd.DataFrame([{"pack": "compact", "model": "sale"}]),
        ownership_model="sale",
        price_comparison=no_comparison(),
        catalog=packaged_catalog(),
        lifecycle_cost_usd=9.5e9,
        lower_bound_usd=9.5e9,
        gap_frac=0.0,
        candidates_count=123_456,
        rounds_count=2,
        fleet_limits=pd.DataFrame(columns=list(FLEET_COLUMNS)),
        price_risk=pd.DataFrame(),
        by_platform_count=pd.DataFrame(),
        strategies=pd.DataFrame(),
    )


@pytest.fixture
def study(monkeypatch):
    """Puts stand-ins in the place of the optimizer and the workbook; the test may replace what they do."""
    rooms = SimpleNamespace(
        optimize=lambda scenario, progress: result_of(scenario),
        write_report=lambda result, path: Path(path).write_text(result.scenario.name),
    )

    def optimize(scenario, progress=None, **_):
        progress("candidates", 0.0)
        progress("solve", 0.5)
        return rooms.optimize(scenario, progress)

    for name, function in {"lcopt.study": optimize, "lcopt.report.workbook": None}.items():
        module = ModuleType(name)
        module.optimize = function
        module.write_report = lambda result, path: rooms.write_report(result, path)
        monkeypatch.setitem(sys.modules, name, module)
    return rooms


# --- quick to start -------------------------------------------------------------------------------------------------


def modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import lcopt",
        "from lcopt.cli import app\ntry: app(['--help'])\nexcept SystemExit: pass",
        f"from lcopt.cli import app\ntry: app(['check', {COMPACT!r}])\nexcept SystemExit: pass",
        "from lcopt.cli import app\ntry: app(['check', 'none.yaml', '--format', 'json'])\nexcept SystemExit: pass",
        "from lcopt.cli import app\ntry: app(['run', 'none.yaml'])\nexcept SystemExit: pass",
    ],
    ids=["import", "help", "check", "check of a broken file", "run of a broken file"],
)
def test_nothing_heavy_is_imported(code):
    assert modules_after(code) == set()


def test_help_imports_neither_arrays_nor_validation():
    code = "from lcopt.cli import app\ntry: app(['--help'])\nexcept SystemExit: pass\nimport sys\n"
    script = code + "print(*(name for name in ('numpy', 'pydantic', 'yaml') if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_every_public_name_is_listed_and_an_unknown_one_is_an_attribute_error():
    assert set(lcopt.__all__) <= set(dir(lcopt))
    assert lcopt.read_scenario is read_scenario
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = lcopt.nothing


def test_help_and_version(call):
    status, out, _ = call("--help")
    assert status == 0
    for name in ("run", "check", "evaluate", "validate", "lifecycle", "init", "catalog", "schema"):
        assert f"\n  {name} " in out
    assert call("--version")[1].startswith("lcopt ")


# --- check ----------------------------------------------------------------------------------------------------------


def test_check_says_ok(call):
    assert call("check", COMPACT) == (0, f"{COMPACT}: ok\n", "")


def test_check_prints_the_problems_of_every_file_to_stderr(call, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("lcopt: 1\nnam: x\n")
    status, out, err = call("check", bad, COMPACT, tmp_path / "none.yaml")
    assert status == 2
    assert out == f"{COMPACT}: ok\n"
    assert f"{bad}:2:1: error: nam: unknown key 'nam'" in err
    assert "none.yaml:1:1: error: the file does not exist" in err


def euro_file(folder: Path, lfp_price: str) -> Path:
    """The compact car in euros with one price of its own."""
    text = Path(COMPACT).read_text().replace("currency: USD", "currency: EUR")
    file = folder / "euros.yaml"
    file.write_text(text + f"price_overrides: {{lfp_cathode: {lfp_price}}}\n")
    return file


def test_check_takes_prices_in_euros_and_yuan_and_refuses_others(call, tmp_path):
    for price in ("4.6 EUR/kg", "4.6 EUR2023/kg", "38 CNY/kg", "5.2 USD2022/kg"):
        file = euro_file(tmp_path, price)
        assert call("check", file) == (0, f"{file}: ok\n", "")
    status, _, err = call("check", euro_file(tmp_path, "4.6 GBP/kg"))
    assert status == 2
    assert "price_overrides.lfp_cathode: unit 'GBP/kg' is in a currency that is not read; expected money per" in err


def test_check_has_json_for_machines(call, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("lcopt: 1\nnam: x\n")
    status, out, err = call("check", bad, "--format", "json")
    answer = json.loads(out)
    assert (status, answer["status"]) == (2, "error")
    assert set(answer["problems"][0]) == {"file", "line", "column", "path", "message", "hint"}
    assert len(err.splitlines()) == len(answer["problems"])
    assert json.loads(call("check", COMPACT, "--format", "json")[1]) == {"status": "ok", "problems": []}


@pytest.mark.parametrize("command", [["check"], ["run", "--out", "never"], ["lifecycle"]], ids=lambda words: words[0])
def test_a_broken_file_is_told_to_programs_and_to_people(call, monkeypatch, tmp_path, command):
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text("- 1\n")
    status, out, err = call(*command, "bad.yaml", "--format", "json")
    (problem,) = json.loads(out)["problems"]
    assert (status, problem["file"], problem["line"], problem["column"]) == (2, "bad.yaml", 1, 1)
    assert problem["message"] in err
    assert problem["hint"] in err
    assert err.startswith("bad.yaml:1:1: error: ")
    assert json.loads(out)["status"] == "error"
    assert not Path("never").exists()


GARBAGE = {
    "empty": b"",
    "binary": bytes(range(256)) * 4,
    "utf16": "lcopt: 1".encode("utf-16"),
    "workbook": b"PK\x03\x04" + b"\0" * 100,
    "text": b"hello",
    "list": b"- 1\n- 2\n",
    "deep": b"a: " + b"[" * 100_000,
    "infinite": Path(COMPACT).read_bytes().replace(b"60 kWh", b".inf kWh"),
    "nan": Path(COMPACT).read_bytes().replace(b"60 kWh", b"nan"),
    "huge": Path(COMPACT).read_bytes().replace(b"60 kWh", b"1e400 kWh"),
    "digits": Path(COMPACT).read_bytes().replace(b"60 kWh", b"9" * 400 + b" kWh"),
    "tag": b"!!python/object/apply:os.system ['true']",
}


@pytest.mark.parametrize("command", ["check", "run", "lifecycle"])
@pytest.mark.parametrize("name", sorted(GARBAGE))
def test_garbage_is_an_input_error_without_a_traceback(call, tmp_path, command, name):
    file = tmp_path / "garbage.yaml"
    file.write_bytes(GARBAGE[name])
    status, out, err = call(command, file)
    assert (status, out) == (2, "")
    assert f"{file}:" in err
    assert ": error: " in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["check", "run", "lifecycle", "evaluate"])
def test_a_folder_or_a_missing_file_is_an_input_error(call, tmp_path, command):
    output = ["-o", tmp_path / "o.csv"] if command == "evaluate" else []
    for file in (tmp_path, tmp_path / "none"):
        status, _, err = call(command, file, *output)
        assert status == 2
        assert f"{file}:1:1: error: " in err
        assert "Traceback" not in err


def test_usage_errors_have_status_two(call):
    assert call("run")[0] == 2
    assert call("nonsense")[0] == 2
    assert call("run", COMPACT, "--jobs", "0")[0] == 2
    assert call("check", COMPACT, "--format", "xml")[0] == 2
    assert call("validate", "--real", "a.csv", "--aging", "b.csv")[0] == 2


# --- run ------------------------------------------------------------------------------------------------------------


def test_run_says_what_to_build_what_it_costs_and_the_proof(call, study, tmp_path):
    status, out, err = call("run", COMPACT, "--out", tmp_path)
    assert status == 0
    assert "compact: LFP-G (Energy), 3.51 mAh/cm2, pouch cell of 121.0 Ah, 108 in series x 1 in parallel" in out
    assert "18.9 min (limit 20.0 min)" in out
    assert "  life       31.0 years (14 to over 200) to 70 %, 465,000 km" in out
    assert "no cheaper design among 123,456 candidates; gap 0.000 %" in out
    assert "next best  LFP-G (Energy) of class super" in out
    assert "(+300 USD a pack, +2.50 %)" in out
    assert "rival      NMC622-G (Energy) of class super" in out
    assert "\n             dearer over its life: purchase\n" in out
    assert "one pack lasts that long" in out
    assert "borrowed   fade law of LFP" in out
    assert "warning    the window is extrapolated" in out
    for report in (tmp_path / "compact_car.xlsx", tmp_path / "compact_car.html"):
        assert f"report     {report}\n" in out
        assert report.read_text() == "compact_car"
    assert "compact_car: import" in err
    assert "candidates" in err
    assert "report" in err


def test_run_of_a_scenario_in_euros_says_its_cost_in_euros_with_the_rate(call, study, tmp_path):
    status, out, _ = call("run", euro_file(tmp_path, "4.6 EUR/kg"), "--out", tmp_path)
    assert status == 0
    # 12,000 / 1.13 and 9.5e9 / 1.13
    assert "lifecycle  12,000 USD a pack (10,619 EUR), " in out
    assert "portfolio  9,500,000,000 USD lifecycle cost" in out
    assert "\n           8,407,079,646 EUR at 1.13 USD/EUR, average of 2025\n" in out
    assert "EUR" not in call("run", COMPACT, "--out", tmp_path)[1]


def test_run_has_json_for_machines(call, study, tmp_path):
    status, out, _ = call("run", COMPACT, "--out", tmp_path, "--format", "json")
    answer = json.loads(out)
    keys = ["scenario", "status", "lifecycle_cost_usd", "lower_bound_usd", "gap_frac", "designs", "reports"]
    assert status == 0
    assert list(answer) == [*keys, "warnings", "candidates_count", "rounds_count", "fleet_limits", "diagnosis"]
    assert answer["status"] == "optimal"
    assert answer["designs"][0]["chemistry"] == "LFP-G (Energy)"
    assert answer["designs"][0]["pack_life_yr"] is None
    assert answer["reports"] == [str(tmp_path / "compact_car.xlsx"), str(tmp_path / "compact_car.html")]


def raising(error):
    def optimize(scenario, progress):
        raise error

    return optimize


def test_infeasible_prints_its_object_and_what_would_do(call, study, tmp_path):
    study.optimize = raising(InfeasibleError("no candidate meets all limits", "It would do with 190 Wh/kg."))
    status, out, err = call("run", COMPACT, "--out", tmp_path, "--format", "json")
    answer = json.loads(out)
    assert status == 3
    assert answer["status"] == "infeasible"
    assert answer["lifecycle_cost_usd"] is None
    assert "compact_car: no candidate meets all limits\nIt would do with 190 Wh/kg.\n" in err
    assert call("run", COMPACT, "--out", tmp_path)[1] == ""


def test_a_stop_without_proof_has_status_four(call, study, tmp_path):
    study.optimize = raising(SolverError("time limit; incumbent 9.5e9 USD, gap 2 %"))
    status, _, err = call("run", COMPACT, "--out", tmp_path)
    assert status == 4
    assert "gap 2 %" in err


@pytest.mark.parametrize("error", [ReportError("disk full"), PermissionError(13, "Permission denied")])
def test_a_report_that_cannot_be_written_has_status_five_and_the_answer_is_not_lost(call, study, tmp_path, error):
    def write_report(result, path):
        raise error

    study.write_report = write_report
    status, out, err = call("run", COMPACT, "--out", tmp_path)
    assert status == 5
    assert "pouch cell of 121.0 Ah" in out
    assert "the report could not be written" in err


def test_a_page_that_cannot_be_written_leaves_the_workbook_and_says_so(call, study, tmp_path):
    def write_report(result, path):
        if path.suffix == ".html":
            raise ReportError("disk full")
        return path

    study.write_report = write_report
    status, out, err = call("run", COMPACT, "--out", tmp_path, "--format", "json")
    assert status == 5
    assert json.loads(out)["reports"] == [str(tmp_path / "compact_car.xlsx")]
    assert "the report could not be written: disk full" in err


def test_a_folder_that_cannot_be_made_stops_before_any_work(call, study, tmp_path):
    study.optimize = raising(AssertionError("work was done"))
    (tmp_path / "file").write_text("")
    status, _, err = call("run", COMPACT, "--out", tmp_path / "file")
    assert status == 5
    assert "the folder of the reports cannot be made or used (a file has this name)" in err


def test_a_folder_that_cannot_be_written_to_stops_before_any_work(call, study, tmp_path, monkeypatch):
    study.optimize = raising(AssertionError("work was done"))
    monkeypatch.setattr(batch.os, "access", lambda *_: False)
    status, _, err = call("run", COMPACT, "--out", tmp_path)
    assert status == 5
    assert "no permission to write to it" in err


def test_a_choice_without_a_proof_has_its_report_and_its_own_status(call, study, tmp_path):
    def optimize(scenario, progress):
        result = result_of(scenario)
        result.status, result.lower_bound_usd, result.gap_frac = "stopped", 9.31e9, 0.02
        return result

    study.optimize = optimize
    status, out, err = call("run", COMPACT, "--out", tmp_path, "--format", "json")
    answer = json.loads(out)
    assert (status, answer["status"], answer["gap_frac"]) == (4, "stopped", 0.02)
    assert (answer["lifecycle_cost_usd"], answer["lower_bound_usd"]) == (9.5e9, 9.31e9)
    assert len(answer["reports"]) == 2
    assert "stopped before the proof: cost 9,500,000,000 USD, bound 9,310,000,000 USD, gap 2 %" in err


def test_a_time_limit_reaches_the_solver(call, study, tmp_path, monkeypatch):
    asked = []

    def optimize(scenario, progress=None, time_limit_s=None, **_):
        asked.append(time_limit_s)
        return result_of(scenario)

    monkeypatch.setattr(sys.modules["lcopt.study"], "optimize", optimize)
    assert call("run", COMPACT, "--out", tmp_path, "--time-limit", "2.5")[0] == 0
    assert asked == [2.5]
    assert call("run", COMPACT, "--out", tmp_path, "--time-limit", "-1")[0] == 2


def test_several_files_give_a_list_and_the_highest_status(call, study, tmp_path):
    def optimize(scenario, progress):
        if scenario.name == "impossible":
            message = "nothing fits"
            raise InfeasibleError(message)
        return result_of(scenario)

    study.optimize = optimize
    impossible = SCENARIOS / "impossible.yaml"
    status, out, _ = call("run", impossible, COMPACT, "--out", tmp_path, "--format", "json")
    assert status == 3
    assert [answer["status"] for answer in json.loads(out)] == ["infeasible", "optimal"]


def test_two_scenarios_of_one_name_are_an_error_before_any_work(call, study, tmp_path):
    study.optimize = raising(AssertionError("work was done"))
    copy = tmp_path / "copy.yaml"
    copy.write_text(Path(COMPACT).read_text())
    status, _, err = call("run", COMPACT, copy, "--out", tmp_path / "out")
    assert status == 2
    assert f"copy.yaml:3:1: error: name: the scenario 'compact_car' is also in {COMPACT}" in err
    assert not (tmp_path / "out").exists()


def test_one_file_given_twice_is_told_as_that(call):
    status, _, err = call("check", COMPACT, COMPACT)
    assert (status, err) == (2, f"{COMPACT}:1:1: error: the file is given twice; expected each file once; remove one\n")


def test_a_table_without_its_columns_is_told_with_its_file(call, tmp_path):
    table = tmp_path / "designs.csv"
    table.write_text("a\n1\n")
    status, _, err = call("evaluate", table, "-o", tmp_path / "out.csv")
    assert status == 2
    assert f"{table}:1:1: error: in_chemistry: required column is missing" in err


def test_one_bad_file_among_good_ones_stops_before_any_work(call, study, tmp_path):
    study.optimize = raising(AssertionError("work was done"))
    bad = tmp_path / "bad.yaml"
    bad.write_text("lcopt: 1\n")
    assert call("run", COMPACT, bad, "--out", tmp_path)[0] == 2


def test_an_interrupt_is_a_sentence(call, study, tmp_path):
    study.optimize = raising(KeyboardInterrupt())
    status, _, err = call("run", COMPACT, "--out", tmp_path)
    assert status == 130
    assert "lcopt: interrupted" in err
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_error_text():
    process = subprocess.Popen(
        [sys.executable, "-m", "lcopt", "check", COMPACT], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert err == b""


def test_the_progress_bar_shows_on_a_terminal_only(monkeypatch, capsys):
    with batch._progress_bar("x") as progress:
        assert progress is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with batch._progress_bar("x") as progress:
        progress("solve", 0.5)
    assert capsys.readouterr().out == ""


def test_the_stage_clock_books_time_on_the_stage_that_was_on():
    seen = []
    clock = batch.StageClock(lambda stage, fraction: seen.append((stage, fraction)))
    clock("a", 0.0)
    clock("a", 0.5)
    clock("b", 0.0)
    clock.stop()
    assert list(clock.seconds) == ["a", "b"]
    assert seen == [("a", 0.0), ("a", 0.5), ("b", 0.0)]


# --- evaluate, validate, lifecycle ----------------------------------------------------------------------------------


def stand_in(monkeypatch, name: str, **functions) -> None:
    module = ModuleType(name)
    vars(module).update(functions)
    monkeypatch.setitem(sys.modules, name, module)


def test_evaluate_writes_a_row_per_design(call, monkeypatch, tmp_path):
    def evaluate(designs, conventions):
        return designs.assign(cost=1.5, problem=["", "no such chemistry"], conventions=conventions)

    stand_in(monkeypatch, "lcopt.evaluation", evaluate=evaluate)
    (tmp_path / "in.csv").write_text("id\na\nb\n")
    out_file = tmp_path / "new" / "out.csv"
    status, out, _ = call("evaluate", tmp_path / "in.csv", "--conventions", "batpac-5.1", "-o", out_file)
    assert status == 0
    assert "2 designs, 1 of them with a problem" in out
    assert list(pd.read_csv(out_file)["conventions"]) == ["batpac-5.1", "batpac-5.1"]
    assert [path.name for path in out_file.parent.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("content", [b"", b"id,a\n", b"\xff\xfe\x00\x01", b'"open\n1,2\n'])
def test_evaluate_refuses_what_is_no_table(call, tmp_path, content):
    (tmp_path / "in.csv").write_bytes(content)
    status, _, err = call("evaluate", tmp_path / "in.csv", "-o", tmp_path / "out.csv")
    assert status == 2
    assert "in.csv:1:1: error: " in err
    assert "Traceback" not in err
    assert not (tmp_path / "out.csv").exists()


def test_an_output_that_cannot_be_written_has_status_five(call, monkeypatch, tmp_path):
    stand_in(monkeypatch, "lcopt.evaluation", evaluate=lambda designs, conventions: designs)
    (tmp_path / "in.csv").write_text("id\na\n")
    status, _, err = call("evaluate", tmp_path / "in.csv", "-o", tmp_path / "in.csv" / "out.csv")
    assert status == 5
    assert "cannot be written" in err


def test_an_output_is_replaced_whole_or_not_at_all(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")

    def half(path):
        path.write_text("ne")
        raise OSError(28, "No space left on device")

    with pytest.raises(ReportError, match="No space left"):
        batch.write_atomically(target, half)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("options", "kind"),
    [([], "designs"), (["--real"], "real"), (["--charging"], "charging"), (["--charging-thermal"], "charging-thermal")],
)
def test_validate_prints_a_line_per_quantity(call, monkeypatch, tmp_path, options, kind):
    def validate(asked, cases):
        deviations = pd.DataFrame({"quantity": [f"{asked} pack_mass_kg"], "median": [0.1], "p99": [0.2], "max": [0.3]})
        listing = pd.DataFrame({"id": [1]}) if cases is None else cases
        return SimpleNamespace(deviations=deviations, cases=listing, listing=listing)

    stand_in(monkeypatch, "lcopt.validation", validate=validate)
    (tmp_path / "in.csv").write_text("id\na\nb\n")
    files = [tmp_path / "in.csv"] if options else []
    status, out, _ = call("validate", *options, *files, "-o", tmp_path / "out.csv")
    assert status == 0
    assert f"{kind} pack_mass_kg" in out
    assert len(pd.read_csv(tmp_path / "out.csv")) == (2 if options else 1)


def test_validate_real_writes_published_beside_predicted(call, tmp_path):
    anchors = Path(__file__).parent / "data" / "format_anchors.csv"
    status, out, err = call("validate", "--real", anchors, "-o", tmp_path / "out.csv")
    assert (status, err) == (0, "")
    assert "6 cases" in out
    listing = pd.read_csv(tmp_path / "out.csv")
    assert list(listing)[:5] == ["name", "quantity", "published", "predicted", "deviation_frac"]
    assert set(listing["name"]) == set(pd.read_csv(anchors)["name"])


CASE = """\
lifecycle_case: 1
name: tiny
pack_energy_kwh: 60
pack_mass_kg: 400
pack_price_usd_per_kwh: 100
distance_km_per_yr: 15000
reference_consumption_kwh_per_km: 0.17
dc_share_frac: 0.1
ac_efficiency_frac: 0.9
dc_efficiency_frac: 0.94
ac_price_usd_per_kwh: 0.17
dc_price_usd_per_kwh: 0.45
discount_rate_frac: 0.05
horizon_yr: 10
soh_end_of_life_frac: 0.7
fade: {law: linear, fade_frac_per_yr: 0.01}
residual_rule: none
"""


def test_lifecycle_prints_the_results_of_a_case(call, tmp_path):
    file = tmp_path / "case.yaml"
    file.write_text(CASE)
    status, out, _ = call("lifecycle", file, "--format", "json")
    answer = json.loads(out)
    assert status == 0
    assert sum(answer["present_value_by_component_usd"].values()) == pytest.approx(answer["lifecycle_cost_usd"])
    text = call("lifecycle", file)[1]
    assert text.startswith("tiny: 60 kWh at 100 USD/kWh over 10 years\n\nconventions\n  sign ")
    assert f"\n  lifecycle cost  {answer['lifecycle_cost_usd']:,.2f} USD; NPV " in text


# --- init -----------------------------------------------------------------------------------------------------------


def test_init_writes_a_scenario_that_is_clean(call, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    status, out, err = call("init")
    assert (status, err) == (0, "")
    assert out.startswith("scenario.yaml: ")
    assert call("check", "scenario.yaml") == (0, "scenario.yaml: ok\n", "")
    assert call("init", "new/car.yaml")[0] == 0
    assert (tmp_path / "new" / "car.yaml").read_bytes() == (tmp_path / "scenario.yaml").read_bytes()


def test_init_overwrites_nothing(call, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("mine")
    (tmp_path / "broken.yaml").symlink_to(tmp_path / "none")
    for taken in (file, tmp_path, tmp_path / "broken.yaml"):
        status, out, err = call("init", taken)
        assert (status, out) == (2, "")
        assert f"{taken}: the file exists already and stays as it is" in err
    assert file.read_text() == "mine"
    assert call("init", file / "below.yaml")[0] == 5


# --- catalog --------------------------------------------------------------------------------------------------------


def test_catalog_lists_every_table_in_a_line(call, catalog):
    status, out, err = call("catalog")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == sorted(catalog.tables)
    assert max(map(len, lines)) <= 100
    assert re.search(r"^prices +230 +prices of materials", out, re.MULTILINE)
    records = json.loads(call("catalog", "--format", "json")[1])
    assert {record["table"]: record["rows"] for record in records} == {
        name: len(table.rows) for name, table in catalog.tables.items()
    }


def test_every_table_says_what_it_holds(catalog):
    assert sorted(HOLDS) == sorted(catalog.tables)
    assert all(HOLDS.values())


def test_catalog_shows_a_table_with_range_unit_kind_source_and_citation(call):
    status, out, _ = call("catalog", "technology_classes")
    assert status == 0
    row = next(line for line in out.splitlines() if line.startswith("standard, rating_per_h"))
    assert " ".join(row.split()).startswith("standard, rating_per_h 4 3 5 1/h assumed road_packs")
    assert "\nroad_packs" in out.split("citation")[1]
    assert " year " not in out.splitlines()[2]
    assert " 2022 " in call("catalog", "prices")[1]


@pytest.mark.parametrize("table", ["prices", "charging_sets", "process_steps", "vehicles", "thermal", "sources"])
def test_a_table_of_the_catalog_fits_a_hundred_columns_and_loses_nothing(call, catalog, table):
    out = call("catalog", table)[1]
    assert max(len(line) for line in out.splitlines()) <= 100
    joined = re.sub(r"\s", "", out)
    for row in catalog.table(table).rows:
        for part in (row.unit, row.kind, *list(row.keys.values())[:1]):
            assert all(word in joined for word in part.split())


def test_catalog_has_all_columns_for_machines(call, catalog):
    records = json.loads(call("catalog", "prices", "--format", "json")[1])
    rows = catalog.table("prices").rows
    assert [(record["item"], record["value"], record["low"]) for record in records] == [
        (row.keys["item"], row.value, row.low) for row in rows
    ]
    frame = pd.read_csv(StringIO(call("catalog", "prices", "--format", "csv")[1]))
    assert list(frame.columns) == list(records[0])
    assert list(frame["value"]) == [row.value for row in rows]
    words = json.loads(call("catalog", "lifecycle_defaults", "--format", "json")[1])
    assert words[1]["value"] == "market"
    assert json.loads(call("catalog", "sources", "--format", "json")[1])[0]["key"] == "batpac_5_1"


def test_an_unknown_table_is_a_usage_error_with_the_nearest_name(call):
    assert call("catalog", "price") == (
        2,
        "",
        "lcopt: error: the catalog has no table 'price'; did you mean 'prices'?\n",
    )
    assert "'lcopt catalog' lists them" in call("catalog", "qqqqqq")[2]
    assert call("catalog", "prices", "--format", "xml")[0] == 2


def test_the_catalog_has_headers_in_bold_on_a_terminal_only(call, monkeypatch):
    assert "\x1b[" not in call("catalog", "price_index")[1]
    monkeypatch.setattr(catalog_view, "_is_terminal", lambda: True)
    assert "\x1b[1m" in catalog_view.list_for_people(packaged_catalog())


@pytest.fixture
def my_data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("my_data").mkdir()
    text = "item,price_scenario,value,unit,price_year\nlfp_cathode,central,5.2,USD/kg,2025\n"
    Path("my_data/prices.csv").write_text(text)
    profile = "\n".join(f"van,{line.split(',', 1)[1]}" for line in printed_profile())
    Path("my_data/usage_profiles.csv").write_text(f"profile,name,value,low,high,unit,price_year,source,kind\n{profile}")
    return "my_data"


def printed_profile() -> list[str]:
    rows = packaged_catalog().table("usage_profiles").select(profile="private_car")
    return [
        f"van,{row.keys['name']},{row.text},,,{row.unit},{row.price_year or ''},{row.source},{row.kind}" for row in rows
    ]


def test_catalog_marks_the_rows_of_a_user(call, my_data):
    lines = call("catalog", "--data", my_data)[1].splitlines()
    assert lines[0].split() == ["table", "rows", "replaced", "added", "holds"]
    assert next(line.split()[:4] for line in lines if line.startswith("prices ")) == ["prices", "230", "1", "0"]
    assert next(line.split()[:4] for line in lines if line.startswith("usage_profiles ")) == [
        "usage_profiles",
        "209",
        "0",
        "19",
    ]
    records = json.loads(call("catalog", "prices", "--data", my_data, "--format", "json")[1])
    origins = {record["item"]: record["origin"] for record in records if record["price_scenario"] == "central"}
    assert origins["lfp_cathode"] == "replaced my_data/prices.csv:2"
    assert origins["nca_cathode"] == "packaged"
    text = call("catalog", "prices", "--data", my_data)[1]
    assert "packaged" not in text
    assert text.count("replaced") == 1
    assert "origin" not in call("catalog", "yields", "--data", my_data)[1]


def test_a_table_without_rows_shows_its_columns(call):
    assert "0 rows\n\ncolumns: platform, name, value" in call("catalog", "platforms")[1]
    assert call("catalog", "platforms", "--format", "csv")[1].startswith("platform,name,value,")
    assert json.loads(call("catalog", "platforms", "--format", "json")[1]) == []


def test_the_folder_holds_for_files_that_name_none(call, my_data, tmp_path):
    van = Path(COMPACT).read_text().replace("private_car", "van")
    Path("van.yaml").write_text(van)
    Path("own.yaml").write_text(van.replace("name: compact_car", "name: own") + "\ndata: own_data\n")
    Path("own_data").mkdir()
    Path("own_data/prices.csv").write_text(Path("my_data/prices.csv").read_text())
    status, out, err = call("check", "van.yaml", "own.yaml", "--data", my_data)
    assert (status, out) == (2, "van.yaml: ok\n")
    assert "own.yaml" in err
    assert "unknown usage profile 'van'" in err
    assert call("check", "van.yaml")[0] == 2
    assert '"van"' in call("schema", "--data", my_data)[1]


def test_a_file_whose_folder_has_problems_is_not_called_good(call, my_data):
    Path("mine.yaml").write_text(Path(COMPACT).read_text() + "\ndata: my_data\n")
    assert call("check", "mine.yaml") == (0, "mine.yaml: ok\n", "")
    Path("my_data/yields.csv").write_text("name\n")
    status, out, err = call("check", "mine.yaml")
    assert (status, out) == (2, "")
    assert err.startswith("my_data/yields.csv:1:1: error: yields: the header lacks value, unit")


def test_problems_of_the_folder_and_of_the_files_are_told_together(call, my_data):
    Path("my_data/price.csv").write_text("x")
    Path("bad.yaml").write_text("lcopt: 1\nnam: x\n")
    for command in ("check", "run"):
        status, _, err = call(command, "bad.yaml", "--data", my_data)
        assert status == 2
        assert "my_data/price.csv:1:1: error: no table of the catalog is called 'price'" in err
        assert "bad.yaml:2:1: error: nam: unknown key" in err
    for command in (["catalog"], ["schema"], ["catalog", "prices"]):
        assert call(*command, "--data", my_data)[::2] == (2, err.splitlines()[0] + "\n")
    assert call("check", COMPACT, "--data", "none")[2].startswith("none:1:1: error: the folder 'none' does not exist")


# --- schema ---------------------------------------------------------------------------------------------------------


def test_schema_goes_to_stdout_or_into_a_file(call, tmp_path):
    status, out, err = call("schema")
    assert (status, err) == (0, "")
    schema = json.loads(out)["$defs"]["Scenario"]
    assert schema["required"] == ["lcopt", "name", "packs"]
    assert "finance" in json.dumps(schema["allOf"])  # or its keys as addresses
    file = tmp_path / "new" / "lcopt.schema.json"
    assert call("schema", "-o", file) == (0, f"schema: {file}\n", "")
    assert file.read_text() == out
    assert call("schema", "-o", file / "below")[0] == 5


# --- end to end -----------------------------------------------------------------------------------------------------

SMALL = """\
lcopt: 1
name: NAME
finance: {currency: USD, price_year: 2025, discount_rate: 8 %, horizon: 12 yr}
packs:
  - {name: small, volume: 1000 /yr, energy: 40 kWh, power: 80 kW, system_voltage: 400 V, usage: private_car}
limits: {specific_energy_min: LIMIT Wh/kg}
search: {chemistries: LFP-G (Energy), technology_classes: standard}
"""


def test_two_real_scenarios_at_once_one_of_them_impossible(tmp_path):
    files = []
    for name, limit in (("possible", "100"), ("impossible_here", "400")):
        files.append(tmp_path / f"{name}.yaml")
        files[-1].write_text(SMALL.replace("NAME", name).replace("LIMIT", limit))
    done = subprocess.run(
        [sys.executable, "-m", "lcopt", "run", *files, "--out", tmp_path / "out", "--jobs", "2", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    good, bad = json.loads(done.stdout)
    assert (good["status"], bad["status"]) == ("optimal", "infeasible")
    assert 0 <= good["gap_frac"] < 1e-4
    assert [Path(report).is_file() for report in good["reports"]] == [True, True]
    assert bad["lifecycle_cost_usd"] is None
    assert "specific energy" in done.stderr
    assert "Traceback" not in done.stderr


# --- outputs that refuse --------------------------------------------------------------------------------------------


def spoken(tmp_path, redirection: str, **environment: str) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "scenario.yaml"
    file.write_text(Path(COMPACT).read_text().replace("60 kWh", "60 \u96fb"), encoding="utf-8")
    shell = f'"{sys.executable}" -c "from lcopt.cli import main; main()" check "$FILE" {redirection}'
    variables = {**os.environ, "FILE": environment.pop("FILE", str(file)), **environment}
    return subprocess.run(["sh", "-c", shell], env=variables, capture_output=True, text=True, check=False)


def test_a_closed_output_is_no_crash(tmp_path):
    done = spoken(tmp_path, ">&-", FILE=COMPACT)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_the_output_has_status_five(tmp_path):
    done = spoken(tmp_path, ">/dev/full", FILE=COMPACT)
    assert done.returncode == 5
    assert done.stderr.startswith("lcopt: error: the output cannot be written")


def test_an_output_that_lacks_a_letter_gets_its_code(tmp_path):
    done = spoken(tmp_path, "", PYTHONIOENCODING="cp1252")
    assert done.returncode == 2
    assert r"unit '\u96fb' is not known" in done.stderr


def test_a_reference_option_without_a_file_takes_the_packaged_table(call, tmp_path):
    found = [tmp_path / name for name in ("bare.csv", "empty.csv")]
    status, printed, _ = call("validate", "--real", "-o", found[0])
    assert status == 0
    assert call("validate", "--real", "", "-o", found[1])[:2] == (0, printed.replace("bare.csv", "empty.csv"))
    assert found[0].read_text() == found[1].read_text()
    assert call("validate", "--aging")[0] == 0
