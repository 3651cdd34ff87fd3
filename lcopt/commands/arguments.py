"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


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
