"""Sheet Provenance: what made this book, and the resolved scenario line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from lcopt.report import sheets
from lcopt.report.ledger import Ledger
from lcopt.report.sheets import Sheet

HEADS = (("Key", 34.0), ("Value", 110.0))
# Rows of the catalog that the scenario replaces have a sheet of their own.
REPLACED = "replaced_rows"


def add_provenance(ledger: Ledger) -> Sheet:
    """Hashes, versions, the proof, then the scenario."""
    purpose = "Equal hashes and versions give an equal book. No wall clock is recorded here."
    sheet = ledger.sheet("Provenance", None, "Provenance", purpose, "record")
    sheet.header(HEADS)
    row = sheets.FIRST_ROW
    for key, value in _facts(ledger):
        sheet.put(row, 1, key, "code")
        sheet.put(row, 2, value, "code")
        row += 1
    row += 1
    sheet.block(row, "Scenario, every default filled in", len(HEADS))
    resolved = {key: value for key, value in ledger.tables.scenario.resolved().items() if key != REPLACED}
    text = yaml.safe_dump(_plain(resolved), sort_keys=False, allow_unicode=True, width=100)
    for line in text.splitlines():
        row += 1
        sheet.put(row, 2, line, "code")
    return sheet


def _facts(ledger: Ledger) -> Iterator[tuple[str, str]]:
    result = ledger.tables.result
    yield "scenario", result.scenario.name
    yield "status", result.status
    for key, value in _flat(result.provenance):
        yield key, value
    for key, value in _flat(result.solver, "solver"):
        yield key, value
    yield "lifecycle_cost_usd", repr(float(result.lifecycle_cost_usd))
    yield "lower_bound_usd", repr(float(result.lower_bound_usd))
    yield "gap_frac", repr(float(result.gap_frac))
    yield "candidates_count", str(result.candidates_count)
    yield "feasible_count", str(result.feasible_count)
    yield "pruned_count", str(result.pruned_count)


def _flat(values: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested mappings as dotted keys."""
    if not isinstance(values, Mapping):
        yield name, str(values)
        return
    for key, value in values.items():
        yield from _flat(value, f"{name}.{key}" if name else str(key))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
