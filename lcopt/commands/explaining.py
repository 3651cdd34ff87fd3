"""The command `explain`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lcopt.batch import INFEASIBLE, json_text
from lcopt.commands.arguments import Format, OutputFormat, ScenarioData
from lcopt.commands.reading import read_one
from lcopt.errors import InfeasibleError


def explain(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file.", show_default=False)],
    every: Annotated[
        bool, typer.Option("--all-limits", help="Also limits that the chosen designs do not reach.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Move limits on the candidates at hand: bounds only.")] = False,
    variant: Annotated[str, typer.Option(metavar="NAME", help="A variant of the file.")] = "",
    data: ScenarioData = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Tell why the winner wins, what each limit costs and what would change the answer."""
    scenario = read_one(file, data, variant)
    from lcopt.limit_costs import shadow_costs
    from lcopt.report.explanation import explanation_record, explanation_text
    from lcopt.study import optimize
    from lcopt.switching import switching_values

    try:
        result = optimize(scenario)
    except InfeasibleError as error:
        tell_infeasible(scenario.name, error, as_json=format is OutputFormat.JSON)
        return INFEASIBLE
    under = scenario.with_model(result.ownership_model)
    limits = shadow_costs(under, explore=not quick, binding_only=not every)
    switches = switching_values(under)
    if format is OutputFormat.JSON:
        typer.echo(json_text(explanation_record(result, limits, switches)))
    else:
        typer.echo(explanation_text(result, limits, switches))
    return 0


def tell_infeasible(name: str, error: InfeasibleError, *, as_json: bool) -> None:
    """What does not fit, and what would do."""
    diagnosis = str(error.diagnosis or error)
    if as_json:
        record: dict[str, Any] = {"scenario": name, "status": "infeasible", "lifecycle_cost_usd": None}
        typer.echo(json_text(record | {"diagnosis": diagnosis.splitlines()}))
    else:
        typer.echo(f"{name}: nothing fits\n{diagnosis}")
