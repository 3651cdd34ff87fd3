"""Tables of designs and reference data as CSV files, with their mistakes told at the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd

from lcopt.batch import write_atomically
from lcopt.errors import Problem, ScenarioError


@contextmanager
def problems_in(file: str) -> Iterator[None]:
    """Problems of a table are told with the file that holds it, at its header."""
    try:
        yield
    except ScenarioError as error:
        problems = [replace(problem, file=file, line=1, column=1) for problem in error.problems]
        raise ScenarioError(problems if file else error.problems) from None


def read_csv(file: str) -> pd.DataFrame:
    """The table of a CSV file.

    Raises
    ------
    ScenarioError
        Where there is no such file, or no table with at least one row in it.
    """
    try:
        table = pd.read_csv(file)
    except FileNotFoundError:
        message = "the file does not exist; expected a CSV file"
    except OSError as error:
        message = f"the file cannot be read ({error.strerror or error}); expected a CSV file"
    except (ValueError, pd.errors.ParserError) as error:
        message = f"the file is no CSV table ({str(error).splitlines()[0]}); expected a header and a row per case"
    else:
        if len(table.columns) and len(table):
            return table
        message = "the table has no rows; expected a header and a row per case"
    raise ScenarioError([Problem(file, 1, 1, "", message)])


def write_csv(table: pd.DataFrame, file: str) -> None:
    """Write a table, whole or not at all."""
    write_atomically(Path(file), lambda path: table.to_csv(path, index=False))
