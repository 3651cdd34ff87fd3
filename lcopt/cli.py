"""The command `lcopt`: which commands there are, in the order of its help.

Exit status: 0 done; 2 usage or input error; 3 infeasible; 4 stopped without a proof; 5 a report could not be written.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from lcopt.commands import (
    calibrations,
    comparisons,
    crosschecks,
    explaining,
    models,
    scenarios,
    starters,
    sweeping,
    uncertainties,
)
from lcopt.commands.guard import INTERRUPTED, guarded
from lcopt.options import with_empty_values

COMMANDS = (
    scenarios.run,
    scenarios.check,
    scenarios.show,
    sweeping.sweep,
    sweeping.runs,
    sweeping.diff,
    comparisons.compare,
    explaining.explain,
    uncertainties.sensitivity,
    models.evaluate,
    models.validate,
    models.lifecycle,
    crosschecks.crosscheck,
    starters.init,
    starters.catalog,
    starters.schema,
    starters.template,
)
CALIBRATE = "calibrate"


class _InOrder(TyperGroup):
    """Lists the group of calibrations after `validate`; typer would put it before all commands."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - the context of typer's own click
        names = [name for name in super().list_commands(ctx) if name != CALIBRATE]
        place = names.index(models.validate.__name__) + 1
        return [*names[:place], CALIBRATE, *names[place:]]


def _typer(name: str, text: str, kind: type[TyperGroup] = TyperGroup) -> typer.Typer:
    return typer.Typer(
        name=name,
        help=text,
        cls=kind,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


app = _typer(
    "lcopt",
    "Finds the battery pack design with the lowest lifecycle cost that meets your limits, and proves it.",
    _InOrder,
)
for function in COMMANDS:
    app.command()(guarded(function))
calibrate = _typer(CALIBRATE, calibrations.HELP)
calibrate.command()(guarded(calibrations.charging))
calibrate.command()(guarded(calibrations.aging))
app.add_typer(calibrate)


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
