"""The command `sensitivity`."""

from __future__ import annotations

from typing import Annotated

import typer

from lcopt.batch import INFEASIBLE, cores_count, json_text
from lcopt.commands.arguments import Format, OutputFormat, ScenarioData
from lcopt.commands.explaining import tell_infeasible
from lcopt.commands.reading import read_one
from lcopt.errors import InfeasibleError


def sensitivity(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file.", show_default=False)],
    samples: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Samples of the uncertain prices; else of the scenario.", show_default=False
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Of the samples: equal seeds give equal numbers.", show_default=False),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Processes; the numbers are the same. Else as many as cores.", show_default=False
        ),
    ] = None,
    variant: Annotated[str, typer.Option(metavar="NAME", help="A variant of the file.")] = "",
    data: ScenarioData = None,
    format: Format = OutputFormat.TEXT,  # noqa: A002 - the name of the option
) -> int:
    """Tell how sure the answer is: who wins how often, regret, switching values, what matters most."""
    scenario = read_one(file, data, variant)
    from lcopt.uncertainty.study import sensitivity as analyze
    from lcopt.uncertainty.told import sensitivity_record, sensitivity_text

    try:
        found = analyze(scenario, samples, seed, jobs or cores_count())
    except InfeasibleError as error:
        tell_infeasible(scenario.name, error, as_json=format is OutputFormat.JSON)
        return INFEASIBLE
    typer.echo(json_text(sensitivity_record(found)) if format is OutputFormat.JSON else sensitivity_text(found))
    return 0
