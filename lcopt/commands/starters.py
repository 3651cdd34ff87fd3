"""Commands that give a user something to start from: `init`, `catalog`, `schema`, `template`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lcopt.batch import json_text, write_atomically
from lcopt.commands.arguments import Data, TableFormat
from lcopt.commands.guard import usage_error


def init(file: Annotated[str, typer.Argument(metavar="[FILE]", help="The new file.")] = "scenario.yaml") -> int:
    """Write a commented scenario to start from."""
    from lcopt.inputs.starter import STARTER

    path = Path(file)
    if path.exists() or path.is_symlink():
        return usage_error(f"{file}: the file exists already and stays as it is; name a new one")
    write_atomically(path, lambda temporary: temporary.write_text(STARTER, encoding="utf-8"))
    typer.echo(f"{file}: a scenario to start from; 'lcopt check {file}' checks it, 'lcopt run {file}' runs it")
    return 0


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
        return usage_error(f"the catalog has no table {shown(table)}; {hint}")
    if format is TableFormat.TEXT:
        typer.echo(catalog_view.for_people(read, table), nl=False)
    elif format is TableFormat.CSV:
        typer.echo(catalog_view.csv_of(read, table), nl=False)
    else:
        typer.echo(json_text(catalog_view.records(read, table)))
    return 0


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


def template(
    output: Annotated[str, typer.Option("-o", "--output", metavar="FORM.xlsx", help="Where the form goes.")],
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="A scenario; that of 'lcopt init' if left out.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
) -> int:
    """Write a scenario as an Excel form, which 'lcopt run' takes as it takes a file."""
    if Path(output).suffix.lower() != ".xlsx":
        return usage_error(f"{output}: a form is an Excel workbook; name a file that ends in .xlsx")
    if not force and (Path(output).exists() or Path(output).is_symlink()):
        return usage_error(f"{output}: the file exists already and stays as it is; name a new one or add --force")
    from lcopt.inputs.excel.form import form_of, starter

    form = form_of(file or starter(), home=str(Path(output).parent))
    write_atomically(Path(output), lambda path: path.write_bytes(form.content))
    for note in form.notes:
        typer.echo(f"{file}: {note}", err=True)
    typer.echo(f"{output}: a form to fill in; 'lcopt check {output}' checks it, 'lcopt run {output}' runs it")
    return 0
