"""How many packs are sold: the same number every year, or one a calendar year: `volume: {2028: 30000 /yr, ...}`.

A mapping names every year of production, so that a year left out is a mistake; a year without sales says `0 /yr`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationInfo

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.quantities import QuantityError, read_quantity, shown
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import ALL, RANGES_TABLE, Known, QuantityReader, fault, shape_of, whole_number_of

PACKS, VOLUME = "packs", "volume"
KIND = KINDS["number per year"]
_EXAMPLE = "write for example '200000 /yr', or {2028: 30000 /yr, 2029: 80000 /yr, ...}"


def is_by_year(path: Path) -> bool:
    """Whether a mapping from calendar years to volumes may stand at this path."""
    return len(path) > 1 and path[0] == PACKS and path[-1] == VOLUME


class VolumeReader(QuantityReader):
    """One value for all years, or a mapping whose values are read afterwards."""

    def __call__(self, value: object, info: ValidationInfo[Known]) -> Any:  # noqa: ANN401 - what pydantic goes on with
        """A mapping in both cases."""
        if isinstance(value, Mapping) and value:
            return value
        if value == {} or isinstance(value, list):
            message = f"found {'an empty block' if value == {} else shape_of(value)}; expected packs a year"
            raise fault(message, _EXAMPLE)
        return {ALL: QuantityReader.__call__(self, value, info)}


class YearReader(QuantityReader):
    """The volume of one year, which may be none."""

    def __call__(self, value: object, info: ValidationInfo[Known]) -> float:
        """The number a year."""
        if isinstance(value, float):  # of all years, read already
            return value
        try:
            if isinstance(value, str) and read_quantity(value, self.kind) == 0:
                return 0.0
        except QuantityError:
            pass
        return QuantityReader.__call__(self, value, info)


def volume_faults(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Years outside of production, years that are left out, and packs that are never sold."""
    years = production_years(tree, catalog)
    packs = tree.data.get(PACKS)
    for index, pack in enumerate(packs if isinstance(packs, list) else []):
        given = pack.get(VOLUME) if isinstance(pack, dict) else None
        if years and isinstance(given, dict) and given:
            yield from _year_faults((PACKS, index, VOLUME), given, years)


def production_years(tree: Tree, catalog: Catalog) -> tuple[str, ...]:
    """The calendar years of production of a tree; none where they cannot be read."""
    ends = catalog.table(RANGES_TABLE).one(name="production_start")
    defaults = catalog.table("scenario_defaults")
    start = _block(tree, "search").get("production_start", defaults.one(name="production_start_yr").text)
    count = _block(tree, "finance").get("production_years")
    try:
        number = defaults.one(name="production_yr").value if count is None else read_quantity(count, KINDS["duration"])
    except QuantityError:
        return ()
    if not isinstance(start, str) or ends.low is None or ends.high is None or not number.is_integer():
        return ()
    first = whole_number_of(start.strip(), (ends.low, ends.high))
    return () if first is None else tuple(map(str, range(first, first + int(number))))


def _block(tree: Tree, key: str) -> dict[str, Any]:
    value = tree.data.get(key)
    return value if isinstance(value, dict) else {}


def _year_faults(path: Path, given: Mapping[str, Any], years: tuple[str, ...]) -> Iterator[Fault]:
    span = f"{years[0]} to {years[-1]}" if len(years) > 1 else years[0]
    for year in given:
        if year not in years:
            message = f"{shown(year)} is no year of production; expected {span}"
            yield Fault((*path, year), message, "see search.production_start and finance.production_years")
    if missing := [year for year in years if year not in given]:
        message = f"no volume for {', '.join(missing)}; expected one for each year of production, {span}"
        yield Fault(path, message, f"write for example '{missing[0]}: 0 /yr'")
    elif all(_is_none(value) for value in given.values()):
        yield Fault(path, "no pack is sold in any year; expected a volume above 0 in one", "or leave the pack out")


def _is_none(value: object) -> bool:
    try:
        return isinstance(value, str) and read_quantity(value, KIND) == 0
    except QuantityError:
        return False


def volume_by_year(given: Mapping[str, float]) -> tuple[tuple[int, float], ...]:
    """Pairs of year and volume, the first year first; none where every year has the same."""
    if len(set(given.values())) == 1:
        return ()
    return tuple(sorted((int(year), number) for year, number in given.items()))
