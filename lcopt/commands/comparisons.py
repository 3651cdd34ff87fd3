"""The command `compare`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lcopt.batch import json_text
from lcopt.commands.arguments import Format, OutputFormat, ScenarioData
from lcopt.commands.guard import usage_error
from lcopt.errors import ScenarioError

if TYPE_CHECKING:
    from lcopt.report.compared import Compared

REPORT_ENDING = ".xlsx"
COLUMNS = ("result", "pack", "chosen design", "USD a pack", "price USD", "USD/km", "difference USD", "share")


def compare(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE_OR_RESULT...",
            help="Scenario files, which are optimized, or reports (.xlsx), whose results are read.",
            show_default=False,
        ),
    ],
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="XLSX", help="Workbook to write.")] = None,
    data: ScenarioData = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Set scenarios or finished results side by side, with their differences to the first."""
    if output is not None and Path(output).suffix.lower() != REPORT_ENDING:
        return usage_error(f"{output}: the comparison is a workbook; name a file that ends in .xlsx")
    if output is not None and Path(output).resolve() in {Path(file).resolve() for file in files}:
        return usage_error(f"{output}: this file is compared; choose another name with -o")
    results = _results(files, data)
    if len(results) < 2:
        return usage_error("there is nothing to compare: give two scenarios or results, or a file with variants")
    for result in results:
        if result.note:
            typer.echo(f"warning: {result.note}", err=True)
    record = _record(results)
    if output is not None:
        from lcopt.report.comparison import comparison_book
        from lcopt.report.workbook import write_whole

        write_whole(Path(output), comparison_book(results), option="-o")
        record["report"] = output
    typer.echo(json_text(record) if format is OutputFormat.JSON else _text(record))
    return 0


def _results(files: Sequence[str], data: str | None) -> list[Compared]:
    """The results in the order of the files; scenarios are optimized only when all files can be read."""
    from lcopt.report.compared import of_report, of_result, with_own_names
    from lcopt.scenario_files import read_files

    found: dict[str, list[Any]] = {}
    asked = []
    for file in files:
        held = of_report(file) if Path(file).suffix.lower() == REPORT_ENDING else None
        found[file] = [] if held is None else [held]
        asked += [file] if held is None else []
    read = read_files(asked, data)
    if read.problems:
        raise ScenarioError(read.problems)
    if read.scenarios:
        from lcopt.study import optimize

        for _, scenario in read.scenarios:
            home = next((file for file in asked if file == scenario.path), asked[0])
            found[home].append(of_result(optimize(scenario)))
    return with_own_names([result for results in found.values() for result in results])


def _record(results: Sequence[Compared]) -> dict[str, Any]:
    """What is printed, an entry a design."""
    entries = []
    for result in results:
        for index, design in enumerate(result.designs):
            partner = results[0].partner(design["pack"], index) or results[0].designs[0]
            cost, base = (row["lifecycle_cost_usd_per_pack"] for row in (design, partner))
            entries.append(
                {
                    "result": result.name,
                    "source": result.source,
                    "pack": design["pack"],
                    "platform": design["platform"],
                    "chemistry": design["chemistry"],
                    "lifecycle_cost_usd_per_pack": cost,
                    "purchase_price_usd_per_pack": design["purchase_price_usd_per_pack"],
                    "levelized_usd_per_km": design["levelized_usd_per_km"],
                    "difference_usd_per_pack": cost - base,
                    "difference_frac": (cost - base) / base,
                }
            )
    totals = [{"result": result.name, "lifecycle_cost_usd": result.total_usd} for result in results]
    return {"designs": entries, "portfolios": totals}


def _row(entry: dict[str, Any]) -> tuple[str, ...]:
    return (
        entry["result"],
        entry["pack"],
        entry["platform"],
        f"{entry['lifecycle_cost_usd_per_pack']:,.0f}",
        f"{entry['purchase_price_usd_per_pack']:,.0f}",
        f"{entry['levelized_usd_per_km']:.4f}",
        f"{entry['difference_usd_per_pack']:+,.0f}",
        f"{100 * entry['difference_frac']:+.2f} %",
    )


def _text(record: dict[str, Any]) -> str:
    rows = [COLUMNS, *map(_row, record["designs"])]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    aligned = ("<", "<", "<", ">", ">", ">", ">", ">")
    lines = [
        "  ".join(f"{word:{side}{width}}" for word, side, width in zip(row, aligned, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines += [
        "",
        *(f"portfolio  {row['result']}: {row['lifecycle_cost_usd']:,.0f} USD" for row in record["portfolios"]),
    ]
    return "\n".join([*lines, *([f"report     {record['report']}"] if "report" in record else [])])
