"""Commands on scenarios: `run`, `check`, `show`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from lcopt.batch import json_text, run_scenarios
from lcopt.commands.arguments import Files, Format, Out, OutputFormat, RunJobs, ScenarioData, TimeLimit, Variant
from lcopt.commands.reading import read_one
from lcopt.errors import ScenarioError, printable
from lcopt.scenario_files import chosen_variants, read_files, replaced_by_reports


def run(
    files: Files,
    out: Out = "reports",
    jobs: RunJobs = None,
    variant: Variant = "",
    data: ScenarioData = None,
    time_limit: TimeLimit = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Optimize scenarios and write their reports."""
    start = time.perf_counter()
    read = read_files(files, data)
    if read.problems:
        raise ScenarioError(read.problems)
    scenarios = chosen_variants(read, variant)
    if problems := replaced_by_reports(files, scenarios, Path(out)):
        raise ScenarioError(problems)
    for note in (*read.unused_data, *read.notes):
        typer.echo(note, err=True)
    reading_s = time.perf_counter() - start
    return run_scenarios(
        scenarios,
        Path(out),
        jobs,
        as_json=format is OutputFormat.JSON,
        reading_s=reading_s,
        time_limit_s=time_limit,
    )


def check(files: Files, data: ScenarioData = None, format: Format = OutputFormat.TEXT) -> int:  # noqa: A002 - the option
    """Validate scenarios without solving."""
    read = read_files(files, data)
    problems = read.problems
    for note in (*read.unused_data, *read.unused_prices):
        typer.echo(note, err=True)
    if format is OutputFormat.TEXT:
        for file in files:
            if file in read.good:
                typer.echo(f"{printable(file)}: ok")
    if problems:
        raise ScenarioError(problems)
    if format is OutputFormat.JSON:
        typer.echo(json_text({"status": "ok", "problems": []}))
    return 0


def show(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file.", show_default=False)],
    origin: Annotated[bool, typer.Option("--origin", help="Also the file and line of every value.")] = False,
    variant: Annotated[str, typer.Option(metavar="NAME", help="A variant of the file.")] = "",
    data: ScenarioData = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Print every value of a scenario as it is resolved, defaults included."""
    from lcopt.scenario_view import entries, record, text

    scenario = read_one(file, data, variant)
    lines = entries(scenario)
    typer.echo(json_text(record(scenario, lines)) if format is OutputFormat.JSON else text(lines, with_origin=origin))
    return 0
