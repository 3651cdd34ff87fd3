"""The commands: arguments, progress, output, exit status. Heavy rooms are imported inside the commands.

Exit status: 0 done; 2 usage or input error; 3 infeasible; 4 stopped without a proof; 5 a report could not be written.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from lcopt.batch import INFEASIBLE, INPUT_ERROR, NO_PROOF, NO_REPORT, json_text, run_scenarios, write_atomically
from lcopt.errors import (
    CatalogError,
    InfeasibleError,
    LcoptError,
    Problem,
    ReportError,
    ScenarioError,
    SolverError,
)

if TYPE_CHECKING:
    import pandas as pd

    from lcopt.inputs.scenario import Scenario

INTERRUPTED, BROKEN_PIPE = 130, 141
STATUS_OF_ERROR: tuple[tuple[type[LcoptError], int], ...] = (
    (InfeasibleError, INFEASIBLE),
    (SolverError, NO_PROOF),
    (ReportError, NO_REPORT),
    (ScenarioError, INPUT_ERROR),
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


Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files (.yaml).", show_default=False)]
Format = Annotated[OutputFormat, typer.Option("--format", help="Text for people or JSON for programs.")]
Table = Annotated[str | None, typer.Option(metavar="CSV", help="Reference data of this kind; the packaged if empty.")]


Data = Annotated[
    str | None,
    typer.Option("--data", metavar="DIR", help="Folder of CSV files whose rows replace those of the catalog."),
]


def main() -> NoReturn:
    """Entry point of the command `lcopt`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
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
            typer.echo(f"{error}" if isinstance(error, ScenarioError) else f"lcopt: error: {error}", err=True)
            status = status_of(error)
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
    out: Annotated[str, typer.Option(metavar="DIR", help="Folder of the reports.")] = "reports",
    jobs: Annotated[int, typer.Option(min=1, help="Scenarios that run at once.")] = 1,
    data: Data = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Optimize scenarios and write their reports."""
    start = time.perf_counter()
    scenarios, problems = _read_all(files, data)
    if problems:
        raise ScenarioError(problems)
    reading_s = time.perf_counter() - start
    return run_scenarios(scenarios, Path(out), jobs, as_json=format is OutputFormat.JSON, reading_s=reading_s)


@command
def check(files: Files, data: Data = None, format: Format = OutputFormat.TEXT) -> int:  # noqa: A002 - the option
    """Validate scenarios without solving."""
    scenarios, problems = _read_all(files, data)
    if format is OutputFormat.JSON:
        typer.echo(
            json_text({"status": "error" if problems else "ok", "problems": [vars(problem) for problem in problems]})
        )
    else:
        for problem in problems:
            typer.echo(str(problem), err=True)
        good = {scenario.path for scenario in scenarios} - {problem.file for problem in problems}
        for file in files:
            if file in good:
                typer.echo(f"{file}: ok")
    return INPUT_ERROR if problems else 0


@command
def evaluate(
    designs: Annotated[str, typer.Argument(metavar="DESIGNS.csv", help="One design a row.", show_default=False)],
    output: Annotated[str, typer.Option("-o", "--output", metavar="OUT.csv", help="Where the results go.")],
    conventions: Annotated[ConventionName, typer.Option(help="Modeling choices.")] = ConventionName.LCOPT,
) -> int:
    """Evaluate given designs, without optimization."""
    table = _read_csv(designs)
    from lcopt.evaluation import evaluate as evaluate_designs

    with _problems_in(designs):
        results = evaluate_designs(table, conventions=conventions.value)
    _write_csv(results, output)
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
    table = _read_csv(file) if file else None
    from lcopt.validation import validate as compare

    with _problems_in(file):
        validation = compare(kind, table)
    typer.echo(validation.deviations.to_string(index=False))
    if output is not None:
        _write_csv(validation.cases, output)
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
    from lcopt.inputs.catalog import read_catalog
    from lcopt.inputs.quantities import names_like, shown

    read = read_catalog(data)
    if table and table not in read.tables:
        hint = names_like(table, sorted(read.tables)) or "'lcopt catalog' lists them"
        return _usage_error(f"the catalog has no table {shown(table)}; {hint}")
    if format is TableFormat.TEXT:
        text = catalog_view.table_for_people(read.table(table), read) if table else catalog_view.list_for_people(read)
    else:
        records = catalog_view.records_of(read.table(table), read) if table else catalog_view.list_of_tables(read)
        columns = read.table(table).columns if table else ()
        text = catalog_view.csv_text(records, columns) if format is TableFormat.CSV else json_text(records) + "\n"
    typer.echo(text, nl=False)
    return 0


@command
def schema(
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="Where the schema goes.")] = None,
    data: Data = None,
) -> int:
    """Write the JSON Schema of a scenario, for editors."""
    from lcopt.inputs.catalog import read_catalog
    from lcopt.inputs.schema import scenario_schema

    text = json_text(scenario_schema(read_catalog(data))) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_atomically(Path(output), lambda path: path.write_text(text, encoding="utf-8"))
        typer.echo(f"schema: {output}")
    return 0


def _read_all(files: list[str], data: str | None) -> tuple[list[Scenario], list[Problem]]:
    """Every scenario that can be read and the problems of all files; `data` holds for those that name no folder."""
    from lcopt.inputs.reader import read_scenario
    from lcopt.inputs.user_data import catalog_with

    catalog, problems = catalog_with(data)
    scenarios: list[Scenario] = []
    file_of_name: dict[str, str] = {}
    for file in files:
        try:
            scenario = read_scenario(file, catalog)
        except ScenarioError as error:
            problems += error.problems
            continue
        scenarios.append(scenario)
        name = scenario.name.casefold()
        if name in file_of_name:
            problems.append(_same_name(file, scenario.name, file_of_name[name]))
        file_of_name[name] = file
    return scenarios, problems


def _same_name(file: str, name: str, other: str) -> Problem:
    if file == other:
        return Problem(file, 1, 1, "", "the file is given twice; expected each file once", "remove one")
    from lcopt.inputs.tree import decode, read_tree

    line, column = read_tree(decode(Path(file).read_bytes())).place(("name",))
    message = f"the scenario '{name}' is also in {other}; expected a name of its own for each report"
    return Problem(file, line, column, "name", message, "rename one or run them in two calls")


def _usage_error(message: str) -> int:
    typer.echo(f"lcopt: error: {message}", err=True)
    return INPUT_ERROR


@contextmanager
def _problems_in(file: str) -> Iterator[None]:
    """Problems of a table are told with the file that holds it, at its header."""
    try:
        yield
    except ScenarioError as error:
        problems = [replace(problem, file=file, line=1, column=1) for problem in error.problems]
        raise ScenarioError(problems if file else error.problems) from None


def _read_csv(file: str) -> pd.DataFrame:
    import pandas as pd

    try:
        table = pd.read_csv(file)
    except FileNotFoundError:
        message = "the file does not exist; expected a CSV file"
    except OSError as error:
        message = f"the file cannot be read ({error.strerror or error}); expected a CSV file"
    except (ValueError, pd.errors.ParserError) as error:
        message = f"the file is no CSV table ({str(error).splitlines()[0]}); expected a header and a row per case"
    else:
        if len(table.columns) and len(table):
            return table
        message = "the table has no rows; expected a header and a row per case"
    raise ScenarioError([Problem(file, 1, 1, "", message)])


def _write_csv(table: pd.DataFrame, file: str) -> None:
    write_atomically(Path(file), lambda path: table.to_csv(path, index=False))
