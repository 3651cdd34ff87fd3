"""Seconds of one full report, and memory over many; each prints what it measured."""

from __future__ import annotations

import gc
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.reader import read_scenario
from lcopt.report.workbook import write_report
from lcopt.study import optimize

SCENARIO = Path(__file__).parents[2] / "scenarios" / "compact_car.yaml"
# Of one workbook and its page, on an idle machine; CPU seconds, since tests share machines.
REPORT_S = 1.5
REPORTS, WARM_UP = 100, 10
GROWTH_MAX_MB = 20.0


@pytest.fixture(scope="module")
def result():
    scenario = read_scenario(SCENARIO, packaged_catalog())
    search = replace(scenario.search, formats=("unified", "long_pouch"), technology_classes=("standard",))
    return optimize(replace(scenario, search=search))


def write_both(result, folder: Path) -> None:
    for ending in (".xlsx", ".html"):
        write_report(result, folder / f"report{ending}")


def memory_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def told(capsys, words: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{words}")


def test_a_full_report_takes_less_than_it_may(result, tmp_path, capsys):
    write_both(result, tmp_path)
    spent = []
    for _ in range(3):
        start = time.process_time()
        write_both(result, tmp_path)
        spent.append(time.process_time() - start)
    told(capsys, f"one workbook and page: {min(spent):.2f} s of CPU")
    assert min(spent) < REPORT_S


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_a_hundred_reports_keep_memory_flat(result, tmp_path, capsys):
    seen = []
    for _ in range(REPORTS):
        write_both(result, tmp_path)
        seen.append(memory_mb())
    grown = seen[-1] - seen[WARM_UP]
    told(capsys, f"{REPORTS} reports: {seen[WARM_UP]:.0f} MB after {WARM_UP}, {seen[-1]:.0f} MB at the end")
    assert grown < GROWTH_MAX_MB
