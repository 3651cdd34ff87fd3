"""How far cells of a chemistry are from mass production, on the scale of technology readiness from 1 to 9."""

from __future__ import annotations

from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog

READINESS_TABLE = "chemistry_readiness"
LOWEST_LEVEL, HIGHEST_LEVEL = 1, 9


def readiness_level(catalog: Catalog, chemistry: str, year: int) -> int:
    """Readiness of automotive cells of one chemistry in a year.

    Parameters
    ----------
    catalog : Catalog
        With the table `chemistry_readiness`.
    chemistry : str
        Name as in the column `chemistry`.
    year : int
        Calendar year.

    Returns
    -------
    int
        The level of the newest row that is not after `year`; before the first row, one level less than it states, at
        least 1, since the first row says when its level was reached. 9 is mass production. [1..9]

    Raises
    ------
    CatalogError
        Where the chemistry has no row, or a level is none of 1 to 9.

    References
    ----------
    Sources of the rows; most years are assumed.
    """
    rows = catalog.table(READINESS_TABLE).select(chemistry=chemistry)
    if not rows:
        message = (
            f"{READINESS_TABLE}.csv has no chemistry '{chemistry}'; add the level of its cells and from which year"
        )
        raise CatalogError(message)
    levels = {int(row.keys["from_year"]): row.number("count") for row in rows}
    reached = [first for first in levels if first <= year]
    level = levels[max(reached)] if reached else max(levels[min(levels)] - 1, LOWEST_LEVEL)
    if level not in range(LOWEST_LEVEL, HIGHEST_LEVEL + 1):
        message = f"{READINESS_TABLE}.csv: the level {level:g} of '{chemistry}' is none of 1 to 9"
        raise CatalogError(message)
    return int(level)
