"""How commands on one scenario read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from lcopt.scenario_files import unused_data

if TYPE_CHECKING:
    from lcopt.inputs.scenario import Scenario


def read_one(file: str, data: str | None, variant: str) -> Scenario:
    """The scenario of a file or one of its variants; what of the call does not count is told.

    Raises
    ------
    ScenarioError
        With every problem of the file and of the folder of data.
    """
    from lcopt.inputs.own_data.user_data import read_catalog
    from lcopt.inputs.reader import read_scenario

    scenario = read_scenario(file, read_catalog(data), variant)
    for note in unused_data(file, data, [scenario]):
        typer.echo(note, err=True)
    return scenario
