"""The formats of the catalog: outer size with its free ranges, how the cell is built, and what its case takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lcopt.cell.formats.stacked import LongPouch, StackedCan
from lcopt.cell.formats.wound import RoundCan, WoundCan
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog

ENVELOPES, DEFAULTS = "cell_envelopes", "format_defaults"
SIDES = ("length_mm", "thickness_mm", "height_mm")


class Build(StrEnum):
    """Which kernel builds the cell."""

    ROUND = "round"
    WOUND = "wound"
    STACKED = "stacked"
    POUCH = "pouch"


CASES: dict[Build, type[RoundCan | WoundCan | StackedCan | LongPouch]] = {
    Build.ROUND: RoundCan,
    Build.WOUND: WoundCan,
    Build.STACKED: StackedCan,
    Build.POUCH: LongPouch,
}


@dataclass(frozen=True)
class Span:
    """An outer dimension: that of the cell on the market, and between which bounds it may be chosen."""

    value: float
    low: float
    high: float

    @property
    def is_free(self) -> bool:
        """Whether it may be chosen."""
        return self.low < self.high


@dataclass(frozen=True)
class CellFormat:
    """One format: its outer size (for a round cell length and thickness are the diameter) and what the case takes.

    Lengths along which the coated area grows in proportion are `fitted`: a cell is brought to a capacity by them.
    """

    name: str
    label: str
    build: Build
    length_mm: Span
    thickness_mm: Span
    height_mm: Span
    joint_ohm: float
    case: RoundCan | WoundCan | StackedCan | LongPouch

    @property
    def is_round(self) -> bool:
        """Whether the cell is a cylinder."""
        return self.build is Build.ROUND

    @property
    def is_wound(self) -> bool:
        """Whether the electrodes are strips that are wound."""
        return self.build in (Build.ROUND, Build.WOUND)

    @property
    def fitted(self) -> str:
        """Name of the dimension along which the coated area grows in proportion."""
        return "height_mm" if self.is_wound else "length_mm"


def read_cell_format(catalog: Catalog, name: str) -> CellFormat:
    """One format of `cell_envelopes.csv`.

    Raises
    ------
    CatalogError
        Where a row is missing, or the format names an unknown build.
    """
    table = catalog.table(ENVELOPES)
    build = table.one(format=name, name="build").text
    if build not in list(Build):
        message = f"{ENVELOPES}.csv: the format '{name}' has the build '{build}'; builds are {', '.join(Build)}"
        raise CatalogError(message)
    spans = {side: _span(catalog, name, side) for side in SIDES}
    defaults = table.one(format=name, name="defaults").text
    return CellFormat(
        name=name,
        label=table.one(format=name, name="label").text,
        build=Build(build),
        joint_ohm=table.one(format=name, name="joint_ohm").number("ohm"),
        case=catalog.constants(CASES[Build(build)], DEFAULTS, format=defaults),
        **spans,
    )


def _span(catalog: Catalog, name: str, side: str) -> Span:
    row = catalog.table(ENVELOPES).one(format=name, name=side)
    value = row.number("mm")
    return Span(value, value if row.low is None else row.low, value if row.high is None else row.high)
