"""What must hold between the keys of the block `search`, and between them and the catalog: a search that leaves some.

Like all contradictions, they are read from the raw tree, and a value that cannot be read is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.fields import SEARCH
from lcopt.inputs.platforms import given_platforms
from lcopt.inputs.quantities import shown
from lcopt.inputs.readiness import chemistries_in_all, first_ready_year, readiness_level
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import ALL, RANGES_TABLE, whole_number_of
from lcopt.inputs.words import (
    ARCHITECTURES,
    BOTTOM_PLATE,
    COOLINGS,
    ELECTRODE_PROCESSES,
    FORMATS,
    MODULE,
    POUCH,
    ROUND_FORMATS,
    SIDE_RIBBON,
)

LISTS = ("chemistries", "formats", "architectures", "coolings", "technology_classes", "heaters", "platforms")
WET, DRY = ELECTRODE_PROCESSES
# The names that `all` stands for, where the language itself has them.
_EVERY = {"formats": FORMATS, "architectures": ARCHITECTURES, "coolings": COOLINGS}


def search_contradictions(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Every mistake in the block `search` that takes two values, or a value and a table, to see."""
    yield from _same_words(tree)
    yield from _platform_faults(tree, catalog)
    yield from _readiness_faults(tree, catalog)
    yield from _combination_fault(tree)
    yield from _dry_pouch(tree)
    yield from _unpriced_items(tree, catalog)


def searched(tree: Tree, key: str) -> list[str]:
    """Formats, architectures or coolings that take part, as far as they can be read; given platforms are pouches."""
    if key == "formats" and _named(tree, "platforms"):
        return [POUCH]
    value = _block(tree).get(key, ALL)
    return list(_EVERY[key]) if value in (ALL, [ALL]) else [name for name in _named(tree, key) if name in _EVERY[key]]


def searched_words(tree: Tree, key: str, catalog: Catalog) -> tuple[str, ...]:
    """Words of `chemistry`, `format`, `architecture` or given `platform` that a candidate can have; none if unknown."""
    if key == "chemistry":
        return searched_chemistries(tree, catalog)
    if key == "platform":
        given = given_platforms(catalog)
        chemistries = searched_chemistries(tree, catalog)
        named = _named(tree, "platforms")
        return tuple(named or (name for name in given if given[name].chemistry in chemistries))
    return tuple(dict.fromkeys([*searched(tree, f"{key}s"), *((POUCH,) if given_platforms(catalog) else ())]))


def _block(tree: Tree) -> dict[str, Any]:
    value = tree.data.get("search")
    return value if isinstance(value, dict) else {}


def _named(tree: Tree, key: str) -> list[str]:
    """The names that the block `search` lists under a key; none where it says `all` or nothing."""
    value = _block(tree).get(key)
    names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [name for name in names if isinstance(name, str) and name != ALL]


def _same_words(tree: Tree) -> Iterator[Fault]:
    for key in LISTS:
        names = _block(tree).get(key)
        if not isinstance(names, list):
            continue
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Fault(("search", key, index), f"{shown(str(name))} is given twice; expected once", "remove one")
            elif name == ALL and len(names) > 1:
                message = f"'{ALL}' stands beside single names; expected either '{ALL}' or names"
                yield Fault(("search", key, index), message)


def _platform_faults(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Given cell designs that the rest of the search leaves out."""
    given = given_platforms(catalog)
    for index, name in enumerate(_named(tree, "platforms")):
        if name not in given:
            continue
        words = {
            "chemistries": given[name].chemistry,
            "formats": POUCH,
            "technology_classes": given[name].technology_class,
        }
        for key, word in words.items():
            if (allowed := _named(tree, key)) and word not in allowed:
                message = f"{shown(name)} is of {shown(word)}, which search.{key} leaves out; expected it to take part"
                yield Fault(("search", "platforms", index), message, f"add it to search.{key} or leave that key out")


def _whole_number(tree: Tree, key: str, catalog: Catalog) -> int | None:
    """A whole number of the block or its default; None where it cannot be read."""
    ends = catalog.table(RANGES_TABLE).one(name=key)
    default = catalog.table(SEARCH[key].table).one(name=SEARCH[key].row).text
    text = _block(tree).get(key, default)
    if not isinstance(text, str) or ends.low is None or ends.high is None:
        return None
    return whole_number_of(text.strip(), (ends.low, ends.high))


def _readiness_faults(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Chemistries that are named, by themselves or by a given platform, and are not ready for production."""
    year, level = (_whole_number(tree, key, catalog) for key in ("production_start", "readiness_min"))
    if year is None or level is None:
        return
    known = catalog.table("chemistry_families").words("chemistry")
    given = given_platforms(catalog)
    named = [(("search", "chemistries", index), name) for index, name in enumerate(_named(tree, "chemistries"))]
    named += [
        (("search", "platforms", index), given[name].chemistry)
        for index, name in enumerate(_named(tree, "platforms"))
        if name in given
    ]
    for path, chemistry in named:
        if chemistry in known:
            yield from _unready(path, chemistry, year, level, catalog)
    if not named and not chemistries_in_all(catalog, year, level):
        key = next((key for key in SEARCH if key in _block(tree)), "chemistries")
        message = f"no chemistry has the readiness level {level} in {year}; expected one that has"
        yield Fault(("search", key), message, "lower search.readiness_min or start the production later")


def _unready(path: Path, chemistry: str, year: int, level: int, catalog: Catalog) -> Iterator[Fault]:
    reached = readiness_level(catalog, chemistry, year)
    if reached >= level:
        return
    ready_year = first_ready_year(catalog, chemistry, level, year)
    later = "" if ready_year is None else f" or 'production_start: {ready_year}'"
    message = f"{shown(chemistry)} has the readiness level {reached} in {year}; expected at least {level}"
    yield Fault(path, message, f"write 'readiness_min: {reached}'{later} in 'search', or leave the name out")


def _combination_fault(tree: Tree) -> Iterator[Fault]:
    """Formats, architectures and coolings of which no three go together."""
    formats, architectures, coolings = (searched(tree, key) for key in _EVERY)
    if not formats or not architectures or not coolings:
        return
    built = [name for name in formats if name != POUCH or MODULE in architectures]
    if not built:
        message = f"the format '{POUCH}' is built in modules, which search.architectures leaves out"
        hint = f"add {MODULE} to search.architectures, or a format such as long_pouch to search.formats"
        yield Fault(("search", "architectures"), f"{message}; expected {MODULE}", hint)
    elif not any(_cools(cooling, name) for cooling in coolings for name in built):
        what = "no round cells" if all(name not in ROUND_FORMATS for name in built) else "round cells only"
        message = f"{shown(coolings[0])} cools none of the cells: the search builds {what}"
        expected = ", ".join(name for name in COOLINGS if _cools(name, built[0]))
        hint = f"{BOTTOM_PLATE} cools cells of every format"
        yield Fault(("search", "coolings"), f"{message}; expected one of: {expected}", hint)


def _dry_pouch(tree: Tree) -> Iterator[Fault]:
    """Dry coating where the pouch of the reference is searched, whose plant coats wet."""
    plant = tree.data.get("plant")
    if not isinstance(plant, dict) or plant.get("electrode_process") != DRY:
        return
    if names := _named(tree, "platforms"):
        what, key = f"the given cell design {shown(names[0])} is a '{POUCH}'", "platforms"
    elif POUCH in _named(tree, "formats"):
        what, key = f"the search has the format '{POUCH}'", "formats"
    else:
        return
    message = f"{what}, the cell of the reference plant, which coats {WET}; expected {WET}"
    hint = f"write {WET}, or leave it out of search.{key} (long_pouch can be coated dry)"
    yield Fault(("plant", "electrode_process"), message, hint)


def _cools(cooling: str, cell_format: str) -> bool:
    """Whether a cell has the face that is cooled: a ribbon winds round cylinders, a plate lies on flat faces."""
    return cooling == BOTTOM_PLATE or (cooling == SIDE_RIBBON) == (cell_format in ROUND_FORMATS)


def _unpriced_items(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Materials of the search that have no price in the price scenario."""
    prices, bought = catalog.table("prices"), catalog.table("chemistry_prices")
    scenario = tree.data.get("prices", catalog.table("scenario_defaults").one(name="prices").text)
    priced = {row.keys["item"] for row in prices.rows if row.keys["price_scenario"] == scenario}
    chemistries = searched_chemistries(tree, catalog)
    missing = {row.text: row.keys["chemistry"] for row in bought.rows if row.keys["chemistry"] in chemistries}
    for item, chemistry in missing.items():
        if priced and item not in priced:
            message = f"the price scenario {shown(str(scenario))} lacks {shown(item)}, which {chemistry} buys"
            yield Fault(("prices",), f"{message}; expected a price of every material", "add it to prices.csv")


def searched_chemistries(tree: Tree, catalog: Catalog) -> tuple[str, ...]:
    """Chemistries that take part, as far as they can be read; none where they cannot."""
    given = given_platforms(catalog)
    named = [given[name].chemistry for name in _named(tree, "platforms") if name in given]
    named = named or _named(tree, "chemistries")
    year, level = (_whole_number(tree, key, catalog) for key in ("production_start", "readiness_min"))
    if named or year is None or level is None:
        return tuple(named)
    return chemistries_in_all(catalog, year, level)
