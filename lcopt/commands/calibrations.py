"""The commands `calibrate charging` and `calibrate aging`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lcopt.batch import json_text, write_atomically
from lcopt.commands.arguments import Data, Format, OutputFormat, no_page
from lcopt.commands.guard import usage_error

if TYPE_CHECKING:
    from lcopt.calibration import Calibration
    from lcopt.inputs.catalog import Catalog

HELP = "Fit charging or aging to your own measurements, and write the fit as a folder for '--data'."
Measured = Annotated[
    str, typer.Argument(metavar="DATA.csv", help="One measurement a row; --example prints one.", show_default=False)
]
Folder = Annotated[
    str, typer.Option("-o", "--out", metavar="DIR", help="Folder of the fitted rows; its other rows stay.")
]
Plot = Annotated[str | None, typer.Option(metavar="FILE.html", help="A page with the fit as charts.")]
Example = Annotated[bool, typer.Option("--example", help="Print a file to start from, with invented numbers.")]


def charging(
    measured: Measured = "",
    out: Folder = "calibrated",
    technology_class: Annotated[
        str, typer.Option("--class", metavar="NAME", help="Technology class of the measured cells.")
    ] = "standard",
    charging_set: Annotated[
        str, typer.Option("--set", metavar="NAME", help="Charging set of all rows, not that of their chemistry.")
    ] = "",
    plot: Plot = None,
    data: Data = None,
    example: Example = False,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Fit the speed factor of a technology class to measured charging times.

    Where the start temperatures spread, the activation energies of the charging set are fitted as well. 'lcopt catalog
    measured_columns' lists the columns with their units and ranges; chemistry and note may be added.
    """
    if example or not measured:
        return _example("charging", example)
    from lcopt.calibration import calibrate_charging

    def fit(catalog: Catalog) -> Calibration:
        return calibrate_charging(measured, catalog, technology_class, charging_set)

    return _fitted(fit, data, out, plot, as_json=format is OutputFormat.JSON)


def aging(
    measured: Measured = "",
    out: Folder = "calibrated",
    law: Annotated[
        str, typer.Option("--law", metavar="NAME", help="Fade law of all rows, not that of their chemistry.")
    ] = "",
    plot: Plot = None,
    data: Data = None,
    example: Example = False,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Fit the calibration of fade laws to measured states of health.

    One factor for each law, or one each for its calendar and its cycle loss where the rows tell them apart. 'lcopt
    catalog measured_columns' lists the columns with their units and ranges; chemistry and note may be added.
    """
    if example or not measured:
        return _example("aging", example)
    from lcopt.calibration import calibrate_aging

    def fit(catalog: Catalog) -> Calibration:
        return calibrate_aging(measured, catalog, law)

    return _fitted(fit, data, out, plot, as_json=format is OutputFormat.JSON)


def _example(measurement: str, wanted: bool) -> int:
    if not wanted:
        return usage_error(
            f"no file of measurements; 'lcopt calibrate {measurement} --example' prints one to start from"
        )
    from lcopt.calibration.measured_files import example

    typer.echo(example(measurement), nl=False)
    return 0


def _fitted(
    fit: Callable[[Catalog], Calibration], data: str | None, out: str, plot: str | None, *, as_json: bool
) -> int:
    """Fit to the catalog with the rows of a user, write the fitted rows and the page, and say what came out."""
    if plot is not None and (wrong := no_page(plot)):
        return usage_error(wrong)
    from lcopt.calibration import write_override
    from lcopt.inputs.own_data.user_data import read_catalog

    catalog = read_catalog(data)
    done = fit(catalog)
    written = write_override(done, catalog, Path(out))
    if plot is not None:
        from lcopt.calibration.plot import page

        text = page(done)
        write_atomically(Path(plot), lambda path: path.write_text(text, encoding="utf-8"))
    if as_json:
        typer.echo(json_text({**done.record(), "written": [str(path) for path in written], "plot": plot}))
        return 0
    typer.echo(done.text())
    typer.echo(f"written    {', '.join(str(path) for path in written)}")
    if plot is not None:
        typer.echo(f"plot       {plot}")
    typer.echo(f"use        lcopt run FILE --data {out}, or 'data: {out}' in a scenario")
    return 0
