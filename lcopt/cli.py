"""The commands: arguments, progress, output, exit status. Heavy rooms are imported inside the commands.

Exit status: 0 done; 2 usage or input error; 3 infeasible; 4 stopped without a proof; 5 a report could not be written.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from lcopt.batch import INFEASIBLE, INPUT_ERROR, NO_PROOF, NO_REPORT, json_text, run_scenarios, write_atomically
from lcopt.errors import (
    CatalogError,
    InfeasibleError,
    LcoptError,
    ReportError,
    ScenarioError,
    SolverError,
    printable,
)
from lcopt.options import with_empty_values
from lcopt.scenario_files import chosen_variants, read_files, replaced_by_reports

INTERRUPTED, BROKEN_PIPE = 130, 141
STATUS_OF_ERROR: tuple[tuple[type[LcoptError], int], ...] = (
    (InfeasibleError, INFEASIBLE),
    (SolverError, NO_PROOF),
    (ReportError, NO_REPORT),
    (CatalogError, INPUT_ERROR),
)
Command = TypeVar("Command", bound=Callable[..., int])

app = typer.Typer(
    name="lcopt",
    help="Finds the battery pack design with the lowest lifecycle cost that meets your limits, and proves it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class OutputFormat(StrEnum):
    """How results are printed."""

    TEXT = "text"
    JSON = "json"


class TableFormat(StrEnum):
    """How a table of the catalog is printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


class ConventionName(StrEnum):
    """Which set of modeling choices holds."""

    LCOPT = "lcopt"
    BATPAC_51 = "batpac-5.1"


Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Scenario files (.yaml) or forms (.xlsx).", show_default=False)
]
Format = Annotated[OutputFormat, typer.Option("--format", help="Text for people or JSON for programs.")]
Variant = Annotated[str, typer.Option(metavar="NAME", help="Only this variant; base and all variants if left out.")]
Out = Annotated[str, typer.Option(metavar="DIR", help="Folder of the results.")]
Jobs = Annotated[int, typer.Option(min=1, help="Scenarios that run at once.")]
Data = Annotated[
    str | None,
    typer.Option("--data", metavar="DIR", help="Folder of CSV files whose rows replace those of the catalog."),
]
Table = Annotated[str | None, typer.Option(metavar="CSV", help="Reference data of this kind; else the packaged.")]


def main() -> NoReturn:
    """Entry point of the command `lcopt`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(with_empty_values(sys.argv[1:]))
    except KeyboardInterrupt:
        typer.echo("lcopt: interrupted", err=True)
        sys.exit(INTERRUPTED)
    sys.exit(0)


def status_of(error: LcoptError) -> int:
    """The exit status that stands for an error."""
    return next((status for kind, status in STATUS_OF_ERROR if isinstance(error, kind)), INPUT_ERROR)


def command(function: Command) -> Command:
    """A command of the application: what it returns is the exit status, and no error ends in a traceback."""

    @functools.wraps(function)
    def guarded(*arguments: object, **options: object) -> None:
        try:
            status = function(*arguments, **options)
            if sys.stdout is not None:
                sys.stdout.flush()
        except LcoptError as error:
            status = _told(error, as_json=options.get("format") == OutputFormat.JSON)
        except KeyboardInterrupt:
            typer.echo("lcopt: interrupted", err=True)
            status = INTERRUPTED
        except BrokenPipeError:
            _silence_output()
            status = BROKEN_PIPE
        except OSError as error:
            _silence_output()
            typer.echo(f"lcopt: error: the output cannot be written ({error.strerror or error})", err=True)
            status = NO_REPORT
        raise typer.Exit(status)

    app.command()(guarded)
    return function


def _told(error: LcoptError, *, as_json: bool) -> int:
    """The exit status of an error after it is told: to people, and the mistakes of an input to programs as well."""
    if not isinstance(error, ScenarioError):
        typer.echo(f"lcopt: error: {error}", err=True)
        return status_of(error)
    if as_json:
        typer.echo(json_text({"status": "error", "problems": [vars(problem) for problem in error.problems]}))
    typer.echo(str(error), err=True)
    return INPUT_ERROR


def _silence_output() -> None:
    """What is still to be printed goes nowhere, so that the end of the process does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"lcopt {version('lcopt')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Find the battery pack design with the lowest lifecycle cost that meets your limits, and prove it."""


@command
def run(
    files: Files,
    out: Out = "reports",
    jobs: Jobs = 1,
    variant: Variant = "",
    data: Data = None,
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
    for note in read.notes:
        typer.echo(note, err=True)
    reading_s = time.perf_counter() - start
    return run_scenarios(scenarios, Path(out), jobs, as_json=format is OutputFormat.JSON, reading_s=reading_s)


@command
def check(files: Files, data: Data = None, format: Format = OutputFormat.TEXT) -> int:  # noqa: A002 - the option
    """Validate scenarios without solving."""
    read = read_files(files, data)
    problems = read.problems
    if format is OutputFormat.TEXT:
        for file in files:
            if file in read.good:
                typer.echo(f"{printable(file)}: ok")
    if problems:
        raise ScenarioError(problems)
    if format is OutputFormat.JSON:
        typer.echo(json_text({"status": "ok", "problems": []}))
    return 0


@command
def show(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file.", show_default=False)],
    origin: Annotated[bool, typer.Option("--origin", help="Also the file and line of every value.")] = False,
    variant: Annotated[str, typer.Option(metavar="NAME", help="A variant of the file.")] = "",
    data: Data = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Print every value of a scenario as it is resolved, defaults included."""
    from lcopt.inputs.own_data.user_data import read_catalog
    from lcopt.inputs.reader import read_scenario
    from lcopt.scenario_view import entries, record, text

    scenario = read_scenario(file, read_catalog(data), variant)
    lines = entries(scenario)
    typer.echo(json_text(record(scenario, lines)) if format is OutputFormat.JSON else text(lines, with_origin=origin))
    return 0


@command
def sweep(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file with a sweep.", show_default=False)],
    out: Out = "reports",
    jobs: Jobs = 1,
    data: Data = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Optimize every point of the sweep of a scenario."""
    from lcopt.inputs.own_data.user_data import read_catalog
    from lcopt.inputs.reader import read_sweep

    points = read_sweep(file, read_catalog(data))
    if not points:
        return _usage_error(f"{file}: the file has no sweep; write a block 'sweep:' with values for an address")
    from lcopt.sweeps import run_sweep

    return run_sweep(points, Path(out), jobs, as_json=format is OutputFormat.JSON)


@command
def evaluate(
    designs: Annotated[str, typer.Argument(metavar="DESIGNS.csv", help="One design a row.", show_default=False)],
    output: Annotated[str, typer.Option("-o", "--output", metavar="OUT.csv", help="Where the results go.")],
    conventions: Annotated[ConventionName, typer.Option(help="Modeling choices.")] = ConventionName.LCOPT,
) -> int:
    """Evaluate given designs, without optimization."""
    from lcopt.csv_files import problems_in, read_csv, write_csv

    table = read_csv(designs)
    from lcopt.evaluation import evaluate as evaluate_designs

    with problems_in(designs):
        results = evaluate_designs(table, conventions=conventions.value)
    write_csv(results, output)
    failed = int(results["problem"].fillna("").ne("").sum()) if "problem" in results else 0
    typer.echo(f"{len(results)} designs, {failed} of them with a problem: {output}")
    return 0


@command
def validate(
    designs: Table = None,
    real: Table = None,
    charging: Table = None,
    charging_thermal: Table = None,
    aging: Table = None,
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="OUT.csv", help="A row per case.")] = None,
) -> int:
    """Compare the model with reference data."""
    given = {
        kind: file
        for kind, file in {
            "designs": designs,
            "real": real,
            "charging": charging,
            "charging-thermal": charging_thermal,
            "aging": aging,
        }.items()
        if file is not None
    }
    if len(given) > 1:
        options = " and ".join(f"--{kind}" for kind in given)
        return _usage_error(f"{options} exclude each other; give one kind of reference data a call")
    kind, file = next(iter(given.items()), ("designs", ""))
    from lcopt.csv_files import problems_in, read_csv, write_csv

    table = read_csv(file) if file else None
    from lcopt.validation import validate as compare

    with problems_in(file):
        validation = compare(kind, table)
    typer.echo(validation.deviations.to_string(index=False))
    if output is not None:
        write_csv(validation.listing, output)
        typer.echo(f"{len(validation.cases)} cases: {output}")
    return 0


@command
def lifecycle(
    case: Annotated[str, typer.Argument(metavar="CASE.yaml", help="One pack, one use, one owner.", show_default=False)],
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Compute the lifecycle cost of one given pack."""
    from lcopt.lifecycle_cases import lifecycle_case

    result = lifecycle_case(case)
    if format is OutputFormat.JSON:
        typer.echo(json_text(result))
        return 0
    for key, value in result.items():
        if isinstance(value, str | int | float) or value is None:
            typer.echo(f"{key}: {'none' if value is None else value}")
    for component, usd in result["present_value_by_component_usd"].items():
        typer.echo(f"present_value_by_component_usd.{component}: {usd}")
    return 0


@command
def init(file: Annotated[str, typer.Argument(metavar="[FILE]", help="The new file.")] = "scenario.yaml") -> int:
    """Write a commented scenario to start from."""
    from lcopt.inputs.starter import STARTER

    path = Path(file)
    if path.exists() or path.is_symlink():
        return _usage_error(f"{file}: the file exists already and stays as it is; name a new one")
    write_atomically(path, lambda temporary: temporary.write_text(STARTER, encoding="utf-8"))
    typer.echo(f"{file}: a scenario to start from; 'lcopt check {file}' checks it, 'lcopt run {file}' runs it")
    return 0


@command
def catalog(
    table: Annotated[str, typer.Argument(metavar="[TABLE]", help="A table; all their names if left out.")] = "",
    format: Annotated[TableFormat, typer.Option("--format", help="Text, or all columns for programs.")] = (  # noqa: A002
        TableFormat.TEXT
    ),
    data: Data = None,
) -> int:
    """Show the numbers of the catalog with their ranges and sources."""
    from lcopt import catalog_view
    from lcopt.inputs.own_data.user_data import read_catalog
    from lcopt.inputs.quantities import names_like, shown

    read = read_catalog(data)
    if table and table not in read.tables:
        hint = names_like(table, sorted(read.tables)) or "'lcopt catalog' lists them"
        return _usage_error(f"the catalog has no table {shown(table)}; {hint}")
    if format is TableFormat.TEXT:
        typer.echo(catalog_view.for_people(read, table), nl=False)
    elif format is TableFormat.CSV:
        typer.echo(catalog_view.csv_of(read, table), nl=False)
    else:
        typer.echo(json_text(catalog_view.records(read, table)))
    return 0


@command
def schema(
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="Where the schema goes.")] = None,
    data: Data = None,
) -> int:
    """Write the JSON Schema of a scenario, for editors."""
    from lcopt.inputs.own_data.user_data import read_catalog
    from lcopt.inputs.schema import scenario_schema

    text = json_text(scenario_schema(read_catalog(data))) + "\n"
    if output is None:
        typer.echo(text, nl=False)
        return 0
    write_atomically(Path(output), lambda path: path.write_text(text, encoding="utf-8"))
    typer.echo(f"schema: {output}")
    return 0


@command
def template(
    output: Annotated[str, typer.Option("-o", "--output", metavar="FORM.xlsx", help="Where the form goes.")],
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="A scenario; that of 'lcopt init' if left out.")] = "",
) -> int:
    """Write a scenario as an Excel form, which 'lcopt run' takes as it takes a file."""
    if Path(output).suffix.lower() != ".xlsx":
        return _usage_error(f"{output}: a form is an Excel workbook; name a file that ends in .xlsx")
    from lcopt.inputs.excel.form import form_of, starter

    form = form_of(file or starter(), home=str(Path(output).parent))
    write_atomically(Path(output), lambda path: path.write_bytes(form.content))
    for note in form.notes:
        typer.echo(f"{file}: {note}", err=True)
    typer.echo(f"{output}: a form to fill in; 'lcopt check {output}' checks it, 'lcopt run {output}' runs it")
    return 0


def _usage_error(message: str) -> int:
    typer.echo(f"lcopt: error: {message}", err=True)
    return INPUT_ERROR
