"""What every command shares: what it returns is the exit status, and no error ends in a traceback."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable

import typer

from lcopt.batch import INFEASIBLE, INPUT_ERROR, NO_PROOF, NO_REPORT, json_text
from lcopt.commands.arguments import OutputFormat
from lcopt.errors import CatalogError, InfeasibleError, LcoptError, ReportError, ScenarioError, SolverError

INTERRUPTED, BROKEN_PIPE = 130, 141
STATUS_OF_ERROR: tuple[tuple[type[LcoptError], int], ...] = (
    (InfeasibleError, INFEASIBLE),
    (SolverError, NO_PROOF),
    (ReportError, NO_REPORT),
    (CatalogError, INPUT_ERROR),
)


def status_of(error: LcoptError) -> int:
    """The exit status that stands for an error."""
    return next((status for kind, status in STATUS_OF_ERROR if isinstance(error, kind)), INPUT_ERROR)


def guarded(function: Callable[..., int]) -> Callable[..., None]:
    """A command that leaves with the exit status that `function` returns, or with that of its error."""

    @functools.wraps(function)
    def command(*arguments: object, **options: object) -> None:
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

    return command


def usage_error(message: str) -> int:
    """The exit status of a call that cannot be meant, after it is told."""
    typer.echo(f"lcopt: error: {message}", err=True)
    return INPUT_ERROR


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
