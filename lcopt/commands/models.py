"""Commands on the models alone: `evaluate`, `validate`, `lifecycle`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lcopt.batch import json_text, write_atomically
from lcopt.commands.arguments import ConventionName, Format, OutputFormat, Table, no_page
from lcopt.commands.guard import usage_error


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


def validate(
    designs: Table = None,
    real: Table = None,
    charging: Table = None,
    charging_thermal: Table = None,
    aging: Table = None,
    prices: Table = None,
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="OUT.csv", help="A row per case.")] = None,
    plot: Annotated[
        str | None, typer.Option(metavar="FILE.html", help="A page of charts, predicted over published.")
    ] = None,
) -> int:
    """Compare the model with reference data.

    A page of --plot has a chart a quantity with the names on hover, and loads nothing from the network; it goes with
    all kinds but --designs and --prices.
    """
    given = {
        kind: file
        for kind, file in {
            "designs": designs,
            "real": real,
            "charging": charging,
            "charging-thermal": charging_thermal,
            "aging": aging,
            "prices": prices,
        }.items()
        if file is not None
    }
    if len(given) > 1:
        options = " and ".join(f"--{kind}" for kind in given)
        return usage_error(f"{options} exclude each other; give one kind of reference data a call")
    kind, file = next(iter(given.items()), ("designs", ""))
    if plot is not None and (wrong := _unplottable(kind, plot, output)):
        return usage_error(wrong)
    from lcopt.csv_files import problems_in, read_csv, write_csv

    table = read_csv(file) if file else None
    from lcopt.validation import validate as compare

    with problems_in(file):
        validation = compare(kind, table)
    typer.echo(validation.deviations.to_string(index=False))
    if output is not None:
        write_csv(validation.listing, output)
        typer.echo(f"{len(validation.cases)} cases: {output}")
    if plot is not None:
        from lcopt.validation.plot import validation_page

        with problems_in(file):
            page = validation_page(kind, validation, file)
        write_atomically(Path(plot), lambda path: path.write_text(page, encoding="utf-8"))
        typer.echo(f"charts: {plot}")
    return 0


def _unplottable(kind: str, plot: str, output: str | None) -> str:
    """Why there can be no page of charts; empty where there can."""
    if kind in {"designs", "prices"}:
        return "--plot goes with --real, --charging, --charging-thermal or --aging; expected one of them"
    if wrong := no_page(plot):
        return wrong
    is_output = output is not None and Path(output).absolute() == Path(plot).absolute()
    return f"{plot}: --plot and --output name the same file; expected two files" if is_output else ""


def lifecycle(
    case: Annotated[str, typer.Argument(metavar="CASE.yaml", help="One pack, one use, one owner.", show_default=False)],
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Compute the lifecycle cost of one given pack: conventions, present values, parties, cash flow by year."""
    from lcopt.lifecycle_cases import lifecycle_case, read_lifecycle_case

    result = lifecycle_case(case)
    if format is OutputFormat.JSON:
        typer.echo(json_text(result))
        return 0
    from lcopt.lifecycle_words import case_text

    typer.echo(case_text(read_lifecycle_case(case), result))
    return 0
