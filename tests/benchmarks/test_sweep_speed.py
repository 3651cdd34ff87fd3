"""Sweeps: two processes against one, a Dask cluster against processes, and memory over many points."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from importlib.util import find_spec

import pytest
import yaml
from made_sweeps import SMALL

import lcopt
from lcopt.point_answer import point_answer
from lcopt.selection.memory import Memory
from lcopt.sweep_points import Solved, job_of, solve
from lcopt.sweep_processes import solve_here, solve_in_others
from lcopt.sweep_shares import Shares

POINTS_COUNT = 40
MANY_COUNT = 1000
KIB_PER_MIB = 1024


def told(capsys, words):
    with capsys.disabled():
        sys.stdout.write(f"\n{words}")


@pytest.fixture(scope="module")
def jobs():
    """Points that differ in their discount rate."""
    scenario = lcopt.read_scenario(yaml.safe_load(SMALL))
    rates = [0.05 + 0.001 * number for number in range(POINTS_COUNT)]
    return [job_of(replace(scenario, finance=replace(scenario.finance, discount_rate_frac=rate))) for rate in rates]


def pace(done, count_before: int) -> float:
    """Seconds from one point to the last one, so that the start of processes does not count."""
    for _ in range(count_before):
        next(done)
    start = time.perf_counter()
    count = sum(1 for _ in done)
    return (time.perf_counter() - start) / count


@pytest.mark.benchmark(group="sweep")
def test_two_processes_are_nearly_twice_as_fast_as_one(benchmark, jobs, capsys):
    # One process of a pool, not this one: both ways send their points.
    one = pace(solve_in_others(Shares(jobs), 1), 2)
    two = benchmark.pedantic(lambda: pace(solve_in_others(Shares(jobs), 2), 4), rounds=1)
    if benchmark.stats is not None:
        told(capsys, f"{one:.2f} s a point in one process, {one / two:.2f} times as fast in two")
        assert one / two >= 1.7


@pytest.mark.benchmark(group="sweep")
@pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra lcopt[distributed]")
def test_two_workers_of_dask_are_about_as_fast_as_two_processes(benchmark, jobs, capsys):
    from distributed import LocalCluster

    from lcopt.sweep_dask import connected, solve_on

    pool = pace(solve_in_others(Shares(jobs), 2), 4)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        connected(cluster.scheduler_address) as client,
    ):
        dask = benchmark.pedantic(lambda: pace(solve_on(client, Shares(jobs)), 4), rounds=1)
    if benchmark.stats is not None:
        told(capsys, f"{pool:.2f} s a point with two processes, {dask / pool:.2f} times that with two workers")
        assert dask / pool <= 1.3


@pytest.mark.benchmark(group="sweep")
def test_a_point_costs_less_than_its_whole_result(benchmark, jobs, capsys):
    scenario = jobs[0].scenario
    lcopt.optimize(scenario)
    start = time.perf_counter()
    lcopt.optimize(scenario)
    whole_s = time.perf_counter() - start
    benchmark(point_answer, scenario, Memory())
    if benchmark.stats is not None:
        ratio = whole_s / benchmark.stats.stats.median
        told(capsys, f"a point takes {benchmark.stats.stats.median:.2f} s, its result {ratio:.1f} times as long")
        assert ratio > 1.3


@pytest.mark.benchmark(group="sweep")
def test_memory_stays_flat_over_a_thousand_points(benchmark, jobs, capsys):
    list(map(solve, jobs[:5]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def many() -> int:
        copies = (replace(jobs[number % len(jobs)], key=str(number)) for number in range(MANY_COUNT))
        return sum(isinstance(done, Solved) for done in solve_here(Shares(copies), 1))

    if benchmark.enabled:
        assert benchmark.pedantic(many, rounds=1) == MANY_COUNT
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / KIB_PER_MIB
        told(capsys, f"{MANY_COUNT} points after 5: {grown:.0f} MiB more at the peak")
        assert grown < 50
    else:
        benchmark(lambda: None)
