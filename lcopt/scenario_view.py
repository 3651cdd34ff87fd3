"""A resolved scenario as people and programs read it: every value, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.replaced_rows import ReplacedRow
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.text.tree import Place
from lcopt.inputs.writing import document_of, entries_of


@dataclass(frozen=True)
class Entry:
    """One value with its dotted path and its place."""

    path: str
    value: str
    place: Place


def entries(scenario: Scenario) -> list[Entry]:
    """Every value of a scenario, in the order of a file, and after them the rows of the catalog that it replaces."""
    unknown = Place(0, 0, "made in Python")
    document = document_of(scenario, packaged_catalog().with_rows(scenario.replaced_rows))
    values = [Entry(path, value, scenario.origins.get(path, unknown)) for path, value in entries_of(document)]
    return [*values, *map(_replaced, scenario.replaced_rows)]


def _replaced(row: ReplacedRow) -> Entry:
    path = ".".join(("catalog", row.table, *(word for word in row.identity if word)))
    value = f"{row.cells.get('value', '')} {row.cells.get('unit', '')}".strip()
    return Entry(path, value, Place(row.line, 1, row.file))


def text(lines: Sequence[Entry], *, with_origin: bool) -> str:
    """One value a line, as in a file with dotted keys; with its place behind it if wanted."""
    if not with_origin:
        return "\n".join(f"{line.path}: {line.value}" for line in lines)
    width = max(len(line.path) + len(line.value) for line in lines) + 2
    return "\n".join(f"{f'{line.path}: {line.value}':{width}}  # {line.place}" for line in lines)


def record(scenario: Scenario, lines: Sequence[Entry]) -> dict[str, Any]:
    """The same for programs."""
    values = [
        {
            "path": line.path,
            "value": line.value,
            "file": line.place.file,
            "line": line.place.line,
            "column": line.place.column,
            "cell": line.place.cell,
        }
        for line in lines
    ]
    return {"scenario": scenario.name, "scenario_hash": scenario.scenario_hash, "values": values}
