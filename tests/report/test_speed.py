"""Seconds that a workbook takes; run with `pytest --benchmark-enable tests/report/test_speed.py`."""

from __future__ import annotations

from lcopt.report.workbook import write_report


def test_speed_of_one_workbook(benchmark, results, tmp_path):
    benchmark(write_report, results["compact"], tmp_path / "book.xlsx")
