"""Whether every number of a catalog can be traced: unit, source, kind, price year, range."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lcopt.inputs.catalog import KINDS, SOURCES, Catalog, Row, number_of


def audit(catalog: Catalog, is_known_unit: Callable[[str], bool] | None = None) -> list[str]:
    """Every row that lacks unit, source, kind or, for money, a price year; an empty list when all is well."""
    known = {row.keys["key"] for row in catalog.table(SOURCES).rows}
    return [
        f"{row.place}: {fault}"
        for table in catalog.tables.values()
        if table.name != SOURCES
        for row in table.rows
        for fault in _faults(row, known, is_known_unit)
    ]


def _faults(row: Row, sources: set[str], is_known_unit: Callable[[str], bool] | None) -> Iterable[str]:
    numeric = number_of(row.text) is not None
    if numeric and not row.unit:
        yield "no unit"
    if numeric and is_known_unit and not is_known_unit(row.unit):
        yield f"unknown unit '{row.unit}'"
    if row.source not in sources:
        yield f"source '{row.source}' is not in sources.csv"
    if row.kind not in KINDS:
        yield f"kind '{row.kind}' is none of {', '.join(KINDS)}"
    if "USD" in row.unit and row.price_year is None:
        yield "money without a price year"
    if row.low is not None and row.high is not None and numeric:
        value = float(row.text)
        if not row.low <= value <= row.high:
            yield f"value {row.text} is outside low {row.low} to high {row.high}"
