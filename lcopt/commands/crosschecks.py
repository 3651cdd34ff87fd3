"""The command `crosscheck`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lcopt.batch import json_text
from lcopt.commands.arguments import Format, Out, OutputFormat, ScenarioData, Variant


def crosscheck(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file.", show_default=False)],
    out: Out = "reports",
    variant: Variant = "",
    data: ScenarioData = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Compare the fast charge of the chosen designs with PyBaMM.

    Needs PyBaMM: pip install "lcopt[pybamm]". The scenario is optimized, and the charge of each chosen design simulated
    at its plating limit with the parameter set nearest to its chemistry, once as designed and once held at 25 degC.
    The table stands in a file of its own and in the report.
    """
    from lcopt.inputs.own_data.user_data import read_catalog
    from lcopt.inputs.reader import read_scenario

    scenario = read_scenario(file, read_catalog(data), variant)
    from lcopt.crosscheck_simulation import load_pybamm

    pybamm = load_pybamm()
    from lcopt.crosscheck import crosscheck_table, crosscheck_text
    from lcopt.csv_files import write_csv
    from lcopt.report.workbook import write_report
    from lcopt.study import optimize

    result = optimize(scenario)
    table = crosscheck_table(result)
    path, report = Path(out) / f"{scenario.name}-crosscheck.csv", Path(out) / f"{scenario.name}.xlsx"
    write_csv(table, str(path))
    write_report(result, report, crosscheck=table)
    if format is OutputFormat.JSON:
        record = {
            "scenario": scenario.name,
            "status": result.status,
            "pybamm_version": pybamm.__version__,
            "crosscheck": table.to_dict("records"),
            "table": str(path),
            "reports": [str(report)],
        }
        typer.echo(json_text(record))
        return 0
    typer.echo(f"{crosscheck_text(table)}\ntable      {path}\nreport     {report}")
    return 0
