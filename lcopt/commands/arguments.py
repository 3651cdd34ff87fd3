"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

PAGE_ENDINGS = (".html", ".htm")


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
RunJobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=1,
        help="Processes at once: for scenarios side by side, or for the packs of one. Without it scenarios follow one "
        "another, their packs on all cores.",
        show_default=False,
    ),
]
Data = Annotated[
    str | None,
    typer.Option("--data", metavar="DIR", help="Folder of CSV files whose rows replace those of the catalog."),
]
ScenarioData = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="Folder of CSV files whose rows replace those of the catalog; a file with 'data:' takes its own alone.",
    ),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        metavar="SECONDS",
        min=0,
        help="For the solver of each scenario; then the best choice stands with its gap.",
        show_default=False,
    ),
]
Table = Annotated[str | None, typer.Option(metavar="CSV", help="Reference data of this kind; else the packaged.")]


def no_page(file: str) -> str:
    """Why a file cannot be a page of charts; empty where it can."""
    if Path(file).suffix.lower() not in PAGE_ENDINGS:
        return f"{file}: the charts are an HTML page; name a file that ends in .html"
    return f"{file}: a folder has this name; name a file that ends in .html" if Path(file).is_dir() else ""
