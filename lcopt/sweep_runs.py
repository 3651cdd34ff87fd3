"""A sweep as the command runs it: progress, one table for all points, one exit status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from typer import echo

from lcopt.batch import DONE, INFEASIBLE, NO_PROOF, json_text, make_folder, write_atomically
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
        Where the store or the table cannot be written; an earlier table is untouched.
    """
    make_folder(out)
    with Store(store_path(out)) as store:
        if store.note:
            echo(store.note, err=True)
        records = _solved(AskedSweep.of(read.name, read.points, store), runner)
    table = point_table(records)
    paths = _written(read.name, out, records, table)
    if as_json:
        echo(json_text({"scenario": read.name, "points": records, "reports": [str(path) for path in paths]}))
    else:
        shown = table.drop(columns=["lower_bound_usd", "gap_frac"])
        echo(table_text(shown))
        for what, path in zip(("table", "workbook", "page"), paths, strict=True):
            echo(f"{what}: {path}")
    return status_of_all(records)


def _written(name: str, out: Path, records: list[Record], table: pd.DataFrame) -> list[Path]:
    """The table, the workbook and the page of a sweep as files."""
    from lcopt.report.sweep_page import sweep_page
    from lcopt.report.sweep_workbook import sweep_content

    content, page = sweep_content(name, records, table), sweep_page(name, records, table)
    paths = [out / f"{name}-sweep{ending}" for ending in (".csv", ".xlsx", ".html")]
    write_atomically(paths[0], lambda path: table.to_csv(path, index=False))
    write_atomically(paths[1], lambda path: path.write_bytes(content))
    write_atomically(paths[2], lambda path: path.write_text(page, encoding="utf-8"))
    return paths


def status_of_all(records: list[Record]) -> int:
    """The exit status of a sweep: a setting without a design is an answer of it, unless no setting has one."""
    found = {STATUS_OF[record["status"]] for record in records}
    return found.pop() if len(found) == 1 else max(found - {INFEASIBLE})


def _solved(asked: AskedSweep, runner: Runner) -> list[Record]:
    """The records of all points in their order."""
    count = len(asked.points)
    pace = Pace(count - asked.found_count)
    if asked.finished:
        echo(f"{asked.found_count} of {count} points are in the store already", err=True)
    records: dict[int, Record] = {}
    try:
        with progress(count, pace) as told:
            for place, record in asked.solved(runner):
                records[place] = record
                told(place, record, asked.jobs[place].key not in asked.finished)
    except KeyboardInterrupt:
        echo(f"{len(records)} of {count} points are done and kept; the same command goes on from there", err=True)
        raise
    return [records[place] for place in range(count)]
