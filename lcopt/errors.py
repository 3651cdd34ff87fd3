"""Errors that a user meets; each says where, what was found and what to do."""

from __future__ import annotations

from dataclasses import dataclass


def printable(text: str) -> str:
    """The text on one line, safe for a terminal: what does not print is shown by its code."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


class LcoptError(Exception):
    """Root of all errors that lcopt raises on purpose."""


@dataclass(frozen=True)
class Problem:
    """One mistake in an input.

    `line` and `column` count from 1 and are 0 where the input has none (a mapping passed from Python).
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        file = printable(self.file)
        place = f"{file}:{self.line}:{self.column}: " if self.line else f"{file}: "
        subject = f"{self.path}: " if self.path else ""
        remedy = f"; {self.hint}" if self.hint else ""
        return f"{place}error: {subject}{self.message}{remedy}"


class ScenarioError(LcoptError):
    """An input cannot be used; `problems` holds every mistake that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class CatalogError(LcoptError):
    """A row of the catalog is missing, doubled or has the wrong unit; the message names table and line."""


class InfeasibleError(LcoptError):
    """No candidate meets the limits; `diagnosis` says which limits, by how much, and what would do."""

    def __init__(self, message: str, diagnosis: object = None) -> None:
        self.diagnosis = diagnosis
        super().__init__(message)


class SolverError(LcoptError):
    """The solver stopped without a proof or failed; the message names its status, the incumbent and its gap."""


class ReportError(LcoptError):
    """A report could not be written; the earlier file, if any, is untouched."""
