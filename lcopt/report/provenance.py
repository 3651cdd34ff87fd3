"""Sheet Provenance: what made this book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lcopt.inputs.excel.report_layout import PROVENANCE_SHEET
from lcopt.report import sheets
from lcopt.report.ledger import Ledger
from lcopt.report.sheets import Sheet

HEADS = (("Key", 34.0), ("Value", 110.0))


def add_provenance(ledger: Ledger) -> Sheet:
    """Hashes, versions, the proof."""
    purpose = "Equal hashes and versions give an equal book. No wall clock is recorded here."
    sheet = ledger.sheet(PROVENANCE_SHEET, None, "Provenance", purpose, "record")
    sheet.header(HEADS)
    row = sheets.FIRST_ROW
    for key, value in _facts(ledger):
        sheet.put(row, 1, key, "code")
        sheet.put(row, 2, value, "code", name="scenario_hash" if key == "scenario_hash" else "")
        row += 1
    return sheet


def _facts(ledger: Ledger) -> Iterator[tuple[str, str]]:
    result = ledger.tables.result
    yield "scenario", result.scenario.name
    yield "status", result.status
    yield "run it again", "lcopt run with this workbook; a changed live value on sheet Inputs goes in"
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
