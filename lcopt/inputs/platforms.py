"""Given cell designs: the table `platforms`, to which a user's folder of data adds."""

from __future__ import annotations

from dataclasses import dataclass, fields

from lcopt.inputs.catalog import Catalog

PLATFORMS_TABLE = "platforms"


@dataclass(frozen=True)
class GivenPlatform:
    """One given cell design: what `Platforms` needs of it, the chemistry and the technology class by their names."""

    chemistry: str
    technology_class: str
    areal_capacity_mah_per_cm2: float
    cell_capacity_ah: float
    aspect_ratio: float


PLATFORM_NAMES = tuple(item.name for item in fields(GivenPlatform))


def given_platforms(catalog: Catalog) -> dict[str, GivenPlatform]:
    """The given cell designs by their names, in the order of the table; one that lacks a row is passed over.

    Raises
    ------
    CatalogError
        Where a number is in another unit than its name says.
    """
    table = catalog.table(PLATFORMS_TABLE)
    complete = [name for name in table.words("platform") if len(table.select(platform=name)) == len(PLATFORM_NAMES)]
    return {name: catalog.constants(GivenPlatform, PLATFORMS_TABLE, platform=name) for name in complete}
