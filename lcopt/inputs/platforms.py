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
    made: dict[str, GivenPlatform] = {}
    for name, rows in catalog.table(PLATFORMS_TABLE).grouped("platform").items():
        row_of = {row.keys["name"]: row for row in rows}
        if set(PLATFORM_NAMES) <= set(row_of):
            made[name] = GivenPlatform(
                chemistry=row_of["chemistry"].text,
                technology_class=row_of["technology_class"].text,
                areal_capacity_mah_per_cm2=row_of["areal_capacity_mah_per_cm2"].number("mAh/cm2"),
                cell_capacity_ah=row_of["cell_capacity_ah"].number("Ah"),
                aspect_ratio=row_of["aspect_ratio"].number("1"),
            )
    return made
