"""How ready a chemistry is for series production, by year: the table `chemistry_readiness`."""

from __future__ import annotations

from lcopt.inputs.catalog import Catalog

READINESS_TABLE = "chemistry_readiness"
LOWEST_LEVEL, HIGHEST_LEVEL = 1, 9


def readiness_level(catalog: Catalog, chemistry: str, year: int) -> int:
    """The readiness level of a chemistry in a year, 1 to 9.

    It is that of the newest `from_year` not after the year, and before the first one a level less, at least 1. A
    chemistry without a row, as a user's own data may add one, counts as 9: who states its prices can buy it.
    """
    levels = _levels(catalog, chemistry)
    if not levels:
        return HIGHEST_LEVEL
    reached = [level for from_year, level in levels if from_year <= year]
    return reached[-1] if reached else max(LOWEST_LEVEL, levels[0][1] - 1)


def first_ready_year(catalog: Catalog, chemistry: str, level: int, after: int) -> int | None:
    """The first year after another one from which the table gives a chemistry at least this level; None if none."""
    years = [year for year, reached in _levels(catalog, chemistry) if year > after and reached >= level]
    return years[0] if years else None


def chemistries_in_all(catalog: Catalog, year: int, level: int) -> tuple[str, ...]:
    """The chemistries that `all` stands for, in the order of their table: those of at least this level in the year."""
    rows = catalog.table("chemistry_families").select(name="in_all")
    marked = (row.keys["chemistry"] for row in rows if row.text == "true")
    return tuple(name for name in marked if readiness_level(catalog, name, year) >= level)


def _levels(catalog: Catalog, chemistry: str) -> list[tuple[int, int]]:
    """The level that a chemistry has from each year on, in the order of the years."""
    rows = catalog.table(READINESS_TABLE).select(chemistry=chemistry)
    return sorted((int(row.keys["from_year"]), round(row.value)) for row in rows)
