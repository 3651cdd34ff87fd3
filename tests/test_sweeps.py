"""Sweeps that survive: what is finished is kept, found again and solved once; every point has its row."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import zip_longest

import pandas as pd
import pytest
import yaml
from made_sweeps import (
    RATES,
    SMALL,
    TIMES,
    ended,
    solved_in,
    start,
    stored_in,
    wait_until_stored,
    write_sweep,
)
from typer.testing import CliRunner

import lcopt
from lcopt import sweep_processes, sweeps
from lcopt.cli import app
from lcopt.point_answer import point_answer
from lcopt.point_diagnosis import reason_of
from lcopt.selection.memory import Memory
from lcopt.store import Store, StoreError, store_path
from lcopt.sweep_points import Job, Solved, failed, job_of, solve
from lcopt.sweep_progress import Pace, duration
from lcopt.sweep_shares import Shares
from lcopt.sweep_tables import table_text

KILLS = 20 if os.environ.get("LCOPT_SLOW") else 2
RECORD = {
    "status": "optimal",
    "lifecycle_cost_usd": 2.0,
    "lower_bound_usd": 2.0,
    "gap_frac": 0.0,
    "ownership_model": "sale",
    "packs": [{"pack": "car", "platform": "LFP, 3", "chemistry": "LFP", "format": "blade"}],
    "problem": "",
}


@pytest.fixture
def scenario():
    return lcopt.read_scenario(yaml.safe_load(SMALL))


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Runs a command in a folder of its own: exit status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, list(arguments))
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def asked(monkeypatch):
    """Puts a quick answer in the place of the search and keeps the keys that it is asked for."""
    keys: list[str] = []

    def quick(job: Job) -> Solved:
        keys.append(job.key)
        rate = job.scenario.finance.discount_rate_frac
        return Solved(job.key, RECORD | {"lifecycle_cost_usd": 1.0 / rate}, 0.01)

    monkeypatch.setattr(sweep_processes, "solve", quick)
    return keys


# --- the key of a point ---------------------------------------------------------------------------------------------


def test_the_key_of_a_point_is_what_it_asks_not_how_it_is_called(scenario):
    key = job_of(scenario).key
    assert job_of(replace(scenario, name="other", question="why?", path="elsewhere.yaml")).key == key
    assert job_of(replace(scenario, finance=replace(scenario.finance, horizon_yr=9))).key != key
    assert job_of(replace(scenario, prices="reference")).key != key


def test_another_version_or_other_data_make_another_key(scenario, monkeypatch):
    from lcopt import sweep_points

    keys = set()
    for version, data in (("1.0", "a"), ("1.1", "a"), ("1.0", "b")):
        monkeypatch.setattr(sweep_points, "this_build", partial(sweep_points.Build, version, data))
        keys.add(job_of(scenario).key)
    assert len(keys) == 3


# --- answers --------------------------------------------------------------------------------------------------------


def test_a_point_is_answered_as_optimize_answers(scenario):
    result, answer = lcopt.optimize(scenario), point_answer(scenario, Memory())
    assert answer.certificate.lifecycle_cost_usd == result.lifecycle_cost_usd
    assert (answer.certificate.gap_frac, answer.ownership_model) == (result.gap_frac, result.ownership_model)
    assert pd.DataFrame(answer.designs).equals(result.designs[["pack", "platform", "chemistry", "format"]])


ASKED = [
    "limits.charging_time_max: 5 min\n",
    "limits.charging_time_max: 12 min\nlimits.specific_energy_min: 160 Wh/kg\nlimits.energy_density_min: 260 Wh/L\n",
    "limits.charging_time_max: 15 min\nlimits.specific_energy_min: 150 Wh/kg\n",
    "limits.cold_charging_time_max: 9 min\nlimits.cold_temperature: -10 degC\nlimits.specific_energy_min: 190 Wh/kg\n",
    "packs.car.power: 900 kW\n",
]


def test_an_infeasible_point_says_what_would_do_as_optimize_does(scenario):
    memory = Memory()
    point_answer(scenario, memory)
    for changes in ASKED:
        file = yaml.safe_load(SMALL) | {"variants": {"other": yaml.safe_load(changes)}}
        changed = lcopt.read_scenario(file, variant="other")
        with pytest.raises(lcopt.InfeasibleError) as whole:
            lcopt.optimize(changed)
        with pytest.raises(lcopt.InfeasibleError) as quick:
            point_answer(changed, memory)
        assert reason_of(quick.value) == reason_of(whole.value)
        assert "; it would do with " in reason_of(quick.value)


def test_ways_out_that_only_costing_would_tell_are_left_to_optimize(scenario):
    changed = lcopt.read_scenario(yaml.safe_load(SMALL + "limits.life_min: 59 yr\n"))
    record = solve(job_of(changed)).record
    assert record["status"] == "infeasible"
    assert record["problem"].endswith("candidates meets all limits.")


def test_a_point_that_fails_says_why_and_does_not_stop_the_others(scenario, monkeypatch):
    def broken(own, memory):
        raise ZeroDivisionError("a rate of 0")

    monkeypatch.setattr("lcopt.point_answer.point_answer", broken)
    done = solve(job_of(scenario))
    assert (done.record["status"], done.record["problem"]) == ("failed", "ZeroDivisionError: a rate of 0")
    assert not done.is_final


@pytest.mark.parametrize(
    ("error", "status"),
    [(lcopt.CatalogError, "failed"), (lcopt.SolverError, "stopped"), (lcopt.InfeasibleError, "infeasible")],
)
def test_what_kept_a_point_unsolved_has_its_own_status(scenario, monkeypatch, error, status):
    def broken(own, memory):
        raise error("cells.csv: no row", None) if error is lcopt.InfeasibleError else error("cells.csv: no row")

    monkeypatch.setattr("lcopt.point_answer.point_answer", broken)
    done = solve(job_of(scenario)).record
    assert (done["status"], done["problem"]) == (status, "cells.csv: no row")


def test_a_failed_point_is_told_and_tried_again_by_the_next_sweep(scenario, tmp_path, monkeypatch):
    quick = partial(Solved, record=RECORD, seconds=0.1)
    monkeypatch.setattr(sweep_processes, "solve", lambda job: failed(job, "no memory"))
    settings = {"finance.discount_rate": ["5 %", "6 %"]}
    assert lcopt.sweep(scenario, settings, store=tmp_path)["problem"].tolist() == ["no memory"] * 2
    monkeypatch.setattr(sweep_processes, "solve", lambda job: quick(job.key))
    assert lcopt.sweep(scenario, settings, store=tmp_path)["status"].tolist() == ["optimal"] * 2


# --- the store ------------------------------------------------------------------------------------------------------


def test_what_is_stored_is_not_solved_again_and_only_new_points_are(scenario, tmp_path, asked):
    first = lcopt.sweep(scenario, {"finance.discount_rate": ["5 %", "6 %"]}, store=tmp_path)
    assert len(asked) == 2
    table = lcopt.sweep(scenario, {"finance.discount_rate": ["4 %", "5 %", "6 %", "7 %"]}, store=tmp_path)
    assert len(asked) == 4
    assert len(set(asked)) == 4
    assert table["finance.discount_rate"].tolist() == ["4 %", "5 %", "6 %", "7 %"]
    assert table["lifecycle_cost_usd"].tolist() == [1 / 0.04, *first["lifecycle_cost_usd"], 1 / 0.07]


def test_two_settings_of_one_meaning_are_solved_once(scenario, asked):
    table = lcopt.sweep(scenario, {"finance.discount_rate": ["8 %", "0.08", "9 %"]})
    assert (len(asked), table["lifecycle_cost_usd"].tolist()) == (2, [1 / 0.08, 1 / 0.08, 1 / 0.09])


def test_a_point_that_another_sweep_finished_meanwhile_is_not_solved(scenario, tmp_path, asked, monkeypatch):
    points = lcopt.read_sweep({**yaml.safe_load(SMALL), "sweep": {"finance.discount_rate": ["5 %", "6 %", "7 %"]}})
    last = job_of(points[2].scenario)

    def runner(shares):
        with Store(store_path(tmp_path)) as other:
            other.put(last.key, RECORD, 0.1, "1.0", "data")
        yield from sweep_processes.solve_here(shares, 1)

    with Store(store_path(tmp_path)) as store:
        records = dict(sweeps.AskedSweep.of("small", points, store).solved(runner))
    assert (sorted(records), len(asked)) == ([0, 1, 2], 2)
    assert records[2] == {"settings": {"finance.discount_rate": "7 %"}, **RECORD}


def test_two_sweeps_begun_together_share_the_points(tmp_path, asked):
    rates = [f"{rate} %" for rate in range(3, 13)]
    points = lcopt.read_sweep({**yaml.safe_load(SMALL), "sweep": {"finance.discount_rate": rates}})
    with Store(store_path(tmp_path)) as one, Store(store_path(tmp_path)) as other:
        both = [sweeps.AskedSweep.of(name, points, store) for name, store in (("a", one), ("b", other))]
        steps = [sweep.solved(sweeps.runner_of(1)) for sweep in both]
        first, second = (dict(filter(None, taken)) for taken in zip(*zip_longest(*steps), strict=True))
    assert first == second
    assert sorted(first) == list(range(10))
    # What both have in hand when they meet is solved twice.
    assert len(asked) <= 11


def test_an_older_store_is_answered_with_a_sentence(scenario, tmp_path):
    import sqlite3

    Store(store_path(tmp_path)).close()
    with closing(sqlite3.connect(store_path(tmp_path))) as connection:
        connection.execute("PRAGMA user_version = 0")
    with pytest.raises(StoreError, match="the store was made by an older lcopt"):
        lcopt.sweep(scenario, {"finance.discount_rate": ["5 %"]}, store=tmp_path)


def test_a_damaged_store_is_named_by_the_command(call, tmp_path, asked):
    write_sweep(tmp_path, RATES)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "runs.sqlite").write_bytes(b"no database" * 1000)
    status, _, err = call("sweep", "small.yaml", "--out", "out")
    assert status == 0
    assert "out/runs.sqlite: the store was damaged and is now out/runs.sqlite.damaged-1; a new one is begun" in err
    assert (tmp_path / "out" / "runs.sqlite.damaged-1").read_bytes() == b"no database" * 1000


def test_a_damaged_store_is_named_by_a_warning_of_the_function(scenario, tmp_path, asked):
    (tmp_path / "runs.sqlite").write_bytes(b"no database" * 1000)
    with pytest.warns(UserWarning, match=r"the store was damaged and is now .*runs.sqlite.damaged-1"):
        lcopt.sweep(scenario, {"finance.discount_rate": ["5 %"]}, store=tmp_path)
    assert (tmp_path / "runs.sqlite.damaged-1").read_bytes() == b"no database" * 1000


# --- commands -------------------------------------------------------------------------------------------------------


def test_a_sweep_writes_table_workbook_and_page_and_the_same_ones_again(call, tmp_path, asked):
    write_sweep(tmp_path, RATES, TIMES)
    status, out, err = call("sweep", "small.yaml", "--out", "out")
    files = ["small-sweep.csv", "small-sweep.xlsx", "small-sweep.html"]
    made = [(tmp_path / "out" / name).read_bytes() for name in files]
    assert (status, len(asked)) == (0, 8)
    assert all(f": out/{name}" in out for name in files)
    assert "8 of 8: " in err
    again = call("sweep", "small.yaml", "--out", "out")
    assert (again[0], again[1], len(asked)) == (0, out, 8)
    assert "8 of 8 points are in the store already" in again[2]
    assert [(tmp_path / "out" / name).read_bytes() for name in files] == made


def test_a_report_that_cannot_be_written_has_status_five_and_the_answer_is_not_lost(call, tmp_path, asked):
    write_sweep(tmp_path, RATES)
    (tmp_path / "out" / "small-sweep.xlsx").mkdir(parents=True)
    status, out, err = call("sweep", "small.yaml", "--out", "out")
    assert status == 5
    assert "lcopt: error: out/small-sweep.xlsx: the file cannot be written (Is a directory)" in err
    assert out.count("optimal") == 4
    assert "table: out/small-sweep.csv\npage: out/small-sweep.html\n" in out
    assert (tmp_path / "out" / "small-sweep.html").exists()


def test_runs_lists_and_exports_and_diff_compares(call, tmp_path, asked):
    write_sweep(tmp_path, "finance.discount_rate: [5 %, 6 %]")
    call("sweep", "small.yaml", "--out", "out")
    changed = RATES.replace("5 %, ", "")
    write_sweep(tmp_path, changed)
    call("sweep", "small.yaml", "--out", "out")
    listed = json.loads(call("runs", "out", "--format", "json")[1])
    assert [(run["run"], run["name"], run["points"], run["done"]) for run in listed] == [
        (1, "small", 2, 2),
        (2, "small", 3, 3),
    ]
    rows = json.loads(call("diff", "1", "2", "--out", "out", "--format", "json")[1])
    assert [(row["finance.discount_rate"], row["status_a"], row["status_b"]) for row in rows] == [
        ("5 %", "optimal", "absent"),
        ("7 %", "absent", "optimal"),
        ("8 %", "absent", "optimal"),
    ]
    assert call("diff", "1", "1", "--out", "out")[1] == "the two runs have the same answers\n"
    status, out, _ = call("runs", "out", "--run", "small", "--export", "points.csv")
    assert (status, out) == (0, "table: points.csv\n")
    assert pd.read_csv("points.csv")["finance.discount_rate"].tolist() == ["6 %", "7 %", "8 %"]
    assert call("runs", "out", "--run", "2", "--export", "points.xlsx")[0] == 0
    assert pd.read_excel("points.xlsx")["lifecycle_cost_usd"].tolist() == pytest.approx([1 / 0.06, 1 / 0.07, 1 / 0.08])
    status, _, err = call("runs", "out", "--run", "9")
    assert (status, "there is no run '9'; it has 1 (small), 2 (small)" in err) == (2, True)
    status, _, err = call("runs", "nowhere")
    assert (status, "there is no store here" in err) == (2, True)
    status, _, err = call("runs", "out", "--export", "points.pdf")
    assert (status, "the ending is not one of .csv, .parquet, .xlsx" in err) == (2, True)


def test_runs_as_parquet_needs_its_extra(call, tmp_path, asked):
    write_sweep(tmp_path, RATES)
    call("sweep", "small.yaml", "--out", "out")
    from importlib.util import find_spec

    status, _, err = call("runs", "out", "--run", "1", "--export", "points.parquet")
    if find_spec("pyarrow") is None:
        assert (status, "Parquet needs pyarrow" in err) == (5, True)
    else:
        assert (status, len(pd.read_parquet("points.parquet"))) == (0, 4)


def test_a_table_for_people_has_whole_dollars_and_no_blanks_at_the_end_of_a_line():
    table = pd.DataFrame({"x": ["5 min", "20 min"], "cost_usd": [12345678.4, float("nan")], "problem": ["", "none"]})
    assert table_text(table) == "x         cost_usd  problem\n5 min   12,345,678\n20 min              none"
    assert table_text(table[:0]) == "none"


def test_the_difference_of_two_costs_and_platforms_is_told(call, tmp_path):
    other = RECORD | {"lifecycle_cost_usd": 3.0, "packs": [RECORD["packs"][0] | {"platform": "NMC, 4"}]}
    with Store(tmp_path / "runs.sqlite") as store:
        for key, record in (("a", RECORD), ("b", other)):
            store.put(key, record, 0.1, "1.0", "data")
            store.begin_run(key, "1.0", [({"x": "1"}, key), ({"x": "2"}, "a"), ({"x": "3"}, "none yet")])
    (row,) = json.loads(call("diff", "a", "b", "--out", ".", "--format", "json")[1])
    assert (row["x"], row["cost_a_usd"], row["difference_usd"], row["difference_frac"]) == ("1", 2.0, 1.0, 0.5)
    assert row["other_platforms"] == "car: LFP, 3 -> NMC, 4"


def test_a_folder_is_swept_file_by_file(call, tmp_path, asked):
    folder = tmp_path / "many"
    folder.mkdir()
    write_sweep(folder, "finance.discount_rate: [5 %, 6 %]")
    (folder / "other.yaml").write_text(
        SMALL.replace("name: small", "name: other") + "variants: {dear: {prices: reference}}\n"
    )
    status, out, _ = call("sweep", "many", "--out", "out", "--format", "json")
    assert status == 0
    assert [point["settings"] for point in json.loads(out)["points"]] == [
        {"scenario": "other"},
        {"scenario": "other-dear"},
        {"scenario": "small", "finance.discount_rate": "5 %"},
        {"scenario": "small", "finance.discount_rate": "6 %"},
    ]
    # The settings stand before the answers, though the first files have none of the last.
    table = pd.read_csv(tmp_path / "out" / "many-sweep.csv", keep_default_na=False)
    assert table.columns[:3].tolist() == ["scenario", "finance.discount_rate", "status"]
    assert table["finance.discount_rate"].tolist() == ["", "", "5 %", "6 %"]
    (tmp_path / "none").mkdir()
    status, _, err = call("sweep", "none")
    assert (status, "the folder has no scenario" in err) == (2, True)
    (folder / "other.yaml").write_text("lcopt: 1\n")
    status, _, err = call("sweep", "many", "--out", "out")
    assert (status, "other.yaml:1:1: error: " in err) == (2, True)


# --- progress -------------------------------------------------------------------------------------------------------


def test_the_pace_tells_rate_and_time_left():
    now = [0.0]
    pace = Pace(10, clock=lambda: now[0])
    assert str(pace) == "rate not known yet"
    now[0] = 60.0
    pace.count_one()
    pace.count_one()
    assert str(pace) == "2 points/min, 4 min left"
    now[0] = 1.0
    assert str(pace) == "2 points/s, 4 s left"
    assert (duration(59), duration(3599), duration(7260)) == ("59 s", "60 min", "2 h 1 min")


# --- kills ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    file = write_sweep(folder, RATES, TIMES)
    status, _, err = ended(start(file, folder / "out", "--jobs", "2"))
    assert (status, solved_in(err)) == (0, set(range(1, 9)))
    return (folder / "out" / "small-sweep.csv").read_text()


def test_a_sweep_killed_at_random_points_ends_with_the_same_table_and_solves_nothing_twice(uninterrupted, tmp_path):
    file, seed = write_sweep(tmp_path, RATES, TIMES), random.randrange(10**6)
    drawn, out, round_number = random.Random(seed), tmp_path / "out-0", 0
    for _ in range(KILLS):
        before = stored_in(out)
        process = start(file, out, "--jobs", "2")
        wait_until_stored(out, min(len(before) + drawn.randrange(3), 7), process)
        time.sleep(drawn.random())
        process.send_signal(signal.SIGKILL)
        _, _, err = ended(process)
        assert not solved_in(err) & before, f"seed {seed}"
        # A point is stored before it is told.
        assert solved_in(err) <= stored_in(out), f"seed {seed}"
        if len(stored_in(out)) == 8:
            round_number += 1
            out = tmp_path / f"out-{round_number}"
    before = stored_in(out)
    status, _, err = ended(start(file, out, "--jobs", "2"))
    assert (status, solved_in(err) | before) == (0, set(range(1, 9)))
    assert not solved_in(err) & before
    assert (out / "small-sweep.csv").read_text() == uninterrupted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_stop_stops_cleanly_and_says_what_is_kept(tmp_path, number):
    file, out = write_sweep(tmp_path, RATES, TIMES), tmp_path / "out"
    process = start(file, out, "--jobs", "2")
    wait_until_stored(out, 2, process)
    process.send_signal(number)
    status, _, err = ended(process)
    assert status == 130
    assert "of 8 points are done and kept; the same command goes on from there" in err
    assert err.endswith("lcopt: interrupted\n")
    assert not (out / "small-sweep.csv").exists()


def test_two_sweeps_on_one_store_at_once_both_end_complete(uninterrupted, tmp_path):
    out = tmp_path / "out"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = start(write_sweep(tmp_path / "a", RATES, TIMES), out)
    second = start(write_sweep(tmp_path / "b", TIMES, RATES), out)
    ends = [ended(first), ended(second)]
    assert [status for status, _, _ in ends] == [0, 0]
    with Store(store_path(out)) as store:
        assert [(run.points_count, run.done_count) for run in store.runs()] == [(8, 8), (8, 8)]
        rows = {tuple(sorted(point.settings.items())): point.record for point in store.points(1)}
        assert rows == {tuple(sorted(point.settings.items())): point.record for point in store.points(2)}
    costs = pd.read_csv(out / "small-sweep.csv")["lifecycle_cost_usd"]
    whole = pd.read_csv(pd.io.common.StringIO(uninterrupted))["lifecycle_cost_usd"]
    assert sorted(costs.dropna()) == sorted(whole.dropna())


def ends_its_process(job: Job) -> Solved:
    """Stands in for a point that takes all memory: its process ends at once."""
    if job.scenario == "deadly":
        os._exit(9)
    return Solved(job.key, {"status": "optimal"}, 0.0)


def test_a_point_that_ends_its_process_fails_alone(monkeypatch):
    monkeypatch.setattr(sweep_processes, "solve", ends_its_process)
    jobs = [Job(str(number), ("", "", ""), "deadly" if number == 2 else "fine") for number in range(6)]
    done = {item.key: item.record["status"] for item in sweep_processes.solve_here(Shares(jobs), 2)}
    assert done == {"0": "optimal", "1": "optimal", "2": "failed", "3": "optimal", "4": "optimal", "5": "optimal"}
