"""A sweep as the command runs it: progress, one table for all points, one exit status."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from typer import echo

from lcopt.batch import DONE, INFEASIBLE, NO_PROOF, NO_REPORT, json_text, make_folder, write_atomically
from lcopt.errors import ReportError
from lcopt.store import Store, store_path
from lcopt.sweep_points import FAILED_WORD, INFEASIBLE_WORD, OPTIMAL_WORD, STOPPED_WORD
from lcopt.sweep_progress import Pace, progress
from lcopt.sweep_tables import point_table, table_text
from lcopt.sweeps import AskedSweep, Record, Runner

if TYPE_CHECKING:
    import pandas as pd

    from lcopt.sweep_files import PointsRead

STATUS_OF = {OPTIMAL_WORD: DONE, INFEASIBLE_WORD: INFEASIBLE, STOPPED_WORD: NO_PROOF, FAILED_WORD: NO_PROOF}


def run_sweep(read: PointsRead, out: Path, runner: Runner, *, as_json: bool) -> int:
    """Optimize all points, print and write their table, and give the exit status.

    Raises
    ------
    StoreError
        Where the store in the folder is of another form.
    ReportError
        Where the store cannot be written. Of a report that cannot be written the exit status tells.
    """
    make_folder(out)
    with Store(store_path(out)) as store:
        if store.note:
            echo(store.note, err=True)
        records = _solved(AskedSweep.of(read.name, read.points, store), runner)
    table = point_table(records)
    written, missed = _written(read.name, out, records, table)
    if as_json:
        reports = [str(path) for path in written.values()]
        echo(json_text({"scenario": read.name, "points": records, "reports": reports}))
    else:
        echo(table_text(table.drop(columns=["lower_bound_usd", "gap_frac"])))
        for what, path in written.items():
            echo(f"{what}: {path}")
    for error in missed:
        echo(f"lcopt: error: {error}", err=True)
    return NO_REPORT if missed else status_of_all(records)


def _written(
    name: str, out: Path, records: list[Record], table: pd.DataFrame
) -> tuple[dict[str, Path], list[ReportError]]:
    """The table, the workbook and the page of a sweep as files, and why one of them could not be written."""
    from lcopt.report.sweep_page import sweep_page
    from lcopt.report.sweep_workbook import sweep_content

    writers: dict[str, tuple[str, Callable[[Path], object]]] = {
        "table": (".csv", lambda path: table.to_csv(path, index=False)),
        "workbook": (".xlsx", lambda path: path.write_bytes(sweep_content(name, records, table))),
        "page": (".html", lambda path: path.write_text(sweep_page(name, records, table), encoding="utf-8")),
    }
    written: dict[str, Path] = {}
    missed: list[ReportError] = []
    for what, (ending, write) in writers.items():
        path = out / f"{name}-sweep{ending}"
        try:
            write_atomically(path, write)
            written[what] = path
        except ReportError as error:
            missed.append(error)
    return written, missed


def status_of_all(records: list[Record]) -> int:
    """The exit status of a sweep: a setting without a design is an answer of it, unless no setting has one."""
    found = {STATUS_OF[record["status"]] for record in records}
    return found.pop() if len(found) == 1 else max(found - {INFEASIBLE})


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """Let the signal by which batch systems end a job stop a sweep as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _solved(asked: AskedSweep, runner: Runner) -> list[Record]:
    """The records of all points in their order."""
    count = len(asked.points)
    pace = Pace(count - asked.found_count)
    if asked.finished:
        echo(f"{asked.found_count} of {count} points are in the store already", err=True)
    records: dict[int, Record] = {}
    try:
        with _ended_as_by_ctrl_c(), progress(count, pace) as told:
            for place, record in asked.solved(runner):
                records[place] = record
                told(place, record, asked.jobs[place].key not in asked.finished)
    except KeyboardInterrupt:
        echo(f"{len(records)} of {count} points are done and kept; the same command goes on from there", err=True)
        raise
    return [records[place] for place in range(count)]
