"""Sweeps: two processes against one, a Dask cluster against processes, and memory over many points."""

from __future__ import annotations

import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context

import pytest
import yaml
from made_sweeps import SMALL

import lcopt
from lcopt.point_answer import point_answer
from lcopt.selection.memory import Memory
from lcopt.sweep_points import job_of
from lcopt.sweep_processes import solve_here, solve_in_others
from lcopt.sweep_shares import Shares

POINTS_COUNT = 300
MANY_COUNT = 1000
KIB_PER_MIB = 1024


def told(capsys, words):
    with capsys.disabled():
        sys.stdout.write(f"\n{words}")


@pytest.fixture
def jobs(benchmark):
    """Points that differ in their discount rate; a few of them where nothing is measured."""
    scenario = lcopt.read_scenario(yaml.safe_load(SMALL))
    rates = [0.05 + 0.0002 * number for number in range(POINTS_COUNT if benchmark.enabled else 8)]
    return [job_of(replace(scenario, finance=replace(scenario.finance, discount_rate_frac=rate))) for rate in rates]


def pace(solved, jobs) -> float:
    """Seconds a point without the first ones, so that the start of processes does not count."""
    done = solved(Shares(jobs))
    for _ in range(len(jobs) // 8):
        next(done)
    start = time.perf_counter()
    count = sum(1 for _ in done)
    return (time.perf_counter() - start) / count


@pytest.mark.benchmark(group="sweep")
def test_two_processes_are_nearly_twice_as_fast_as_one(benchmark, jobs, capsys):
    # One process of a pool, not this one: both ways send their points.
    one = pace(partial(solve_in_others, processes=1), jobs)
    two = benchmark.pedantic(lambda: pace(partial(solve_in_others, processes=2), jobs), rounds=1)
    if benchmark.stats is not None:
        told(capsys, f"{one:.2f} s a point in one process, {one / two:.2f} times as fast in two")
        assert one / two >= 1.7


@pytest.mark.benchmark(group="sweep")
@pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra lcopt[distributed]")
def test_two_workers_of_dask_are_about_as_fast_as_two_processes(benchmark, jobs, capsys, tmp_path):
    from made_clusters import cluster_in

    from lcopt.sweep_dask import connected, solve_on

    pool = pace(partial(solve_in_others, processes=2), jobs)
    with cluster_in(tmp_path, 2) as (address, _), connected(address) as client:
        dask = benchmark.pedantic(lambda: pace(partial(solve_on, client), jobs), rounds=1)
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
def test_memory_stays_flat_over_a_thousand_points(benchmark, capsys):
    count, early = (MANY_COUNT, MANY_COUNT // 4) if benchmark.enabled else (4, 2)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        peaks_mib = benchmark.pedantic(lambda: process.submit(_peaks_mib, count).result(), rounds=1)
    if benchmark.stats is not None:
        told(capsys, f"peak of {peaks_mib[early - 1]:.0f} MiB after {early} points, {peaks_mib[-1]:.0f} after {count}")
        assert peaks_mib[-1] <= 1.05 * peaks_mib[early - 1]


def _peaks_mib(count: int) -> list[float]:
    """The peak of the memory of this process after each of so many points, no two of them alike."""
    scenario = lcopt.read_scenario(yaml.safe_load(SMALL))
    (pack,) = scenario.packs
    jobs = []
    for number in range(count):
        minutes, rate = 15 + 0.25 * (number % 40), 0.05 + 0.001 * (number // 40)
        limits = replace(pack.limits, charging_time_max_min=minutes)
        finance = replace(scenario.finance, discount_rate_frac=rate)
        jobs.append(job_of(replace(scenario, packs=(replace(pack, limits=limits),), finance=finance)))
    assert len({job.key for job in jobs}) == count
    done = solve_here(Shares(jobs), 1)
    return [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB for _ in done]
