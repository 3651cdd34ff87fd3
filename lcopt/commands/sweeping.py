"""Commands on sweeps: `sweep`, `runs`, `diff`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lcopt.batch import json_text, make_folder
from lcopt.commands.arguments import Format, Jobs, Out, OutputFormat, ScenarioData
from lcopt.commands.guard import usage_error

if TYPE_CHECKING:
    import pandas as pd

    from lcopt.store import Store

Export = Annotated[
    str, typer.Option("--export", metavar="FILE", help="Write the table to a .csv, .parquet or .xlsx file.")
]
Scheduler = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS", help="Solve on the workers of a Dask scheduler, as tcp://host:8786, in the place of --jobs."
    ),
]


def sweep(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A scenario file with a sweep, or a folder.", show_default=False)
    ],
    out: Out = "reports",
    jobs: Jobs = 1,
    scheduler: Scheduler = "",
    data: ScenarioData = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Optimize every point of the sweep of a scenario, or every scenario of a folder.

    Finished points are kept in DIR/runs.sqlite: the same command goes on after a stop, and solves none of them again.
    """
    from lcopt.sweep_files import read_points

    read = read_points(file, data)
    for note in read.notes:
        typer.echo(note, err=True)
    if not read.points:
        return usage_error(f"{file}: the file has no sweep; write a block 'sweep:' with values for an address")
    make_folder(Path(out))
    from lcopt.sweep_dask import connected
    from lcopt.sweep_runs import run_sweep
    from lcopt.sweeps import runner_of

    with nullcontext() if not scheduler else connected(scheduler) as client:
        return run_sweep(read, Path(out), runner_of(jobs, client), as_json=format is OutputFormat.JSON)


def runs(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder of the results.")] = "reports",
    run: Annotated[
        str, typer.Option("--run", metavar="RUN", help="Number or name of a run whose points are shown.")
    ] = "",
    export: Export = "",
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """List the sweeps that a folder keeps, or the points of one."""
    if fault := _fault(export):
        return usage_error(fault)
    from lcopt.store import Store, store_path
    from lcopt.sweep_listing import records_of, run_named, runs_table
    from lcopt.sweep_tables import point_table

    with Store(store_path(folder), must_exist=True) as store:
        _tell_note(store)
        table = point_table(records_of(store, run_named(store, run))) if run else runs_table(store)
    return _shown(table, export, format)


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="Number of a run, or a name for its last run.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The run beside it.")],
    folder: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder of the results.")] = "reports",
    export: Export = "",
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Show the points in which two sweeps of a folder differ, matched by their settings."""
    if fault := _fault(export):
        return usage_error(fault)
    from lcopt.store import Store, store_path
    from lcopt.sweep_listing import records_of, run_named
    from lcopt.sweep_tables import difference_table

    with Store(store_path(folder), must_exist=True) as store:
        _tell_note(store)
        table = difference_table(*(records_of(store, run_named(store, name)) for name in (a, b)))
    if table.empty and not export and format is OutputFormat.TEXT:
        typer.echo("the two runs have the same answers")
        return 0
    return _shown(table, export, format)


def _fault(export: str) -> str:
    """What is wrong with the name of the table, if anything."""
    from lcopt.sweep_tables import ENDINGS

    is_table = not export or Path(export).suffix.lower() in ENDINGS
    return "" if is_table else f"{export}: the ending is not one of {', '.join(ENDINGS)}; choose one of them"


def _shown(table: pd.DataFrame, export: str, form: OutputFormat) -> int:
    from lcopt.sweep_tables import table_text, write_table

    if export:
        write_table(table, export)
        typer.echo(f"table: {export}", err=form is OutputFormat.JSON)
    if form is OutputFormat.JSON:
        typer.echo(json_text(table.to_dict("records")))
    elif not export:
        typer.echo(table_text(table))
    return 0


def _tell_note(store: Store) -> None:
    if store.note:
        typer.echo(store.note, err=True)
