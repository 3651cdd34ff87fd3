"""The command `compare`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lcopt.batch import INFEASIBLE, NO_PROOF, each_of, json_text, make_folder
from lcopt.commands.arguments import Format, Jobs, OutputFormat, ScenarioData
from lcopt.commands.guard import usage_error
from lcopt.errors import InfeasibleError, ScenarioError, SolverError

if TYPE_CHECKING:
    from lcopt.inputs.scenario import Scenario
    from lcopt.report.compared import Compared

ENDINGS = (".xlsx", ".html")
# Words on a scenario without a result, and the exit status that it asks for.
Failure = tuple[str, int]
OUTPUT_HELP = "Workbook (.xlsx) to write; the page (.html) goes beside it."
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
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Workbook (.xlsx) to write; the page (.html) goes beside it."
        ),
    ] = None,
    jobs: Jobs = 1,
    data: ScenarioData = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Set scenarios or finished results side by side, with their differences to the first."""
    from lcopt.report.compared import notes_on

    targets = _targets(output)
    if fault := _fault(output, targets, files):
        return usage_error(fault)
    for target in targets[:1]:
        make_folder(target.parent, "-o")
    found, failures = _results(files, data, jobs)
    for words, _ in failures:
        typer.echo(words, err=True)
    failed = max((status for _, status in failures), default=0)
    if len(found) < 2:
        few = "there is nothing to compare: give two scenarios or results, or a file with variants"
        return failed or usage_error(few)
    for note in notes_on(found):
        typer.echo(f"warning: {note}", err=True)
    record = _record(found) | ({"reports": _written(found, targets)} if targets else {})
    typer.echo(json_text(record) if format is OutputFormat.JSON else _text(record))
    return failed


def _targets(output: str | None) -> list[Path]:
    """Workbook and page beside each other."""
    return [] if output is None else [Path(output).with_suffix(ending) for ending in ENDINGS]


def _fault(output: str | None, targets: Sequence[Path], files: Sequence[str]) -> str:
    """What is wrong with the name of the comparison, if anything."""
    if output is not None and Path(output).suffix.lower() not in ENDINGS:
        return f"{output}: a comparison is a workbook and a page; name a file that ends in .xlsx"
    compared = {Path(file).resolve() for file in files}
    taken = [target for target in targets if target.resolve() in compared]
    return f"{taken[0]}: this file is compared; choose another name with -o" if taken else ""


def _written(results: Sequence[Compared], targets: Sequence[Path]) -> list[str]:
    from lcopt.report.comparison import comparison_book
    from lcopt.report.page.comparison import comparison_page
    from lcopt.report.workbook import write_whole

    for target, content_of in zip(targets, (comparison_book, comparison_page), strict=True):
        write_whole(target, content_of(results), option="-o")
    return [str(target) for target in targets]


def _results(files: Sequence[str], data: str | None, jobs: int) -> tuple[list[Compared], list[Failure]]:
    """The results in the order of the files, and scenarios that have none; all files are read before any is solved."""
    from lcopt.report.compared import of_report, with_own_names
    from lcopt.scenario_files import read_files

    found: dict[str, list[Any]] = {}
    asked = []
    for file in files:
        held = of_report(file) if Path(file).suffix.lower() == ENDINGS[0] else None
        found[file] = [] if held is None else [held]
        asked += [file] if held is None else []
    read = read_files(asked, data)
    if read.problems:
        raise ScenarioError(read.problems)
    for note in (*read.unused_data, *read.notes):
        typer.echo(note, err=True)
    failures: list[Failure] = []
    scenarios = [scenario for _, scenario in read.scenarios]
    for scenario, solved in zip(scenarios, each_of(solve, scenarios, jobs), strict=True):
        if isinstance(solved, tuple):
            failures.append(solved)
        else:
            found[scenario.path].append(solved)
    return with_own_names([result for results in found.values() for result in results]), failures


def solve(scenario: Scenario) -> Compared | Failure:
    """The result of a scenario, or why it has none."""
    from lcopt.report.compared import of_result
    from lcopt.study import optimize

    try:
        return of_result(optimize(scenario))
    except InfeasibleError as error:
        return f"{scenario.name}: left out: {error}", INFEASIBLE
    except SolverError as error:
        return f"{scenario.name}: left out: {error}", NO_PROOF


def _record(results: Sequence[Compared]) -> dict[str, Any]:
    """What is printed, an entry a design."""
    from lcopt.report.compared import side_by_side

    entries = [
        {
            "result": one.result.name,
            "source": one.result.source,
            "pack": one.pack,
            "platform": one.design["platform"],
            "chemistry": one.design["chemistry"],
            "lifecycle_cost_usd_per_pack": one.cost_usd,
            "purchase_price_usd_per_pack": one.design["purchase_price_usd_per_pack"],
            "levelized_usd_per_km": one.design["levelized_usd_per_km"],
            "difference_usd_per_pack": one.more_usd,
            "difference_frac": one.more_frac,
        }
        for one in side_by_side(results)
    ]
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
    return "\n".join([*lines, *(f"report     {path}" for path in record.get("reports", ()))])
