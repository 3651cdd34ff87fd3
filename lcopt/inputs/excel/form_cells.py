"""The values of a scenario tree as the texts of a form's cells, and a column of changes for each variant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lcopt.inputs.at_temperatures import is_at_temperatures, plain_key
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.completion import inherited_in
from lcopt.inputs.contradictions import families
from lcopt.inputs.excel.form_layout import NOTHING, PACKS, PRICE_OVERRIDES, flow_text, is_list_of_names, is_window
from lcopt.inputs.fields import BY_FAMILY
from lcopt.inputs.kinds import Kind
from lcopt.inputs.layers.overlays import overlaid
from lcopt.inputs.layers.relative import Change, is_change, settle
from lcopt.inputs.quantities import QuantityError, known_unit, number_and_unit, read_quantity, tidy_text
from lcopt.inputs.text.tree import Path, Tree
from lcopt.inputs.volumes import is_by_year

Texts = dict[Path, str]
NULL = NOTHING[0]
_SEPARATORS = (";", ",")


def settled(tree: Tree, catalog: Catalog) -> Tree:
    """The same tree with its relative changes computed."""
    made = overlaid(tree, Tree())
    settle(made, catalog, inherited_in)
    return made


def texts_of(tree: Tree) -> Texts:
    """Every value of a tree without relative changes by its path, as a cell holds it."""
    found: Texts = {}
    _collect(tree.data, (), found)
    return found


def _collect(value: Any, path: Path, found: Texts) -> None:  # noqa: ANN401 - any node of a tree
    if isinstance(value, dict) and _is_block(value, path):
        for key, item in value.items():
            _collect(item, (*path, key), found)
    elif path == (PACKS,) and isinstance(value, list):
        for index, item in enumerate(value):
            _collect(item, (*path, index), found)
    elif value not in (None, {}):
        named = len(path) == 3 and path[0] == PACKS and path[2] == "usage" and isinstance(value, str)
        found[(*path, "profile") if named else path] = _text(value, path)


def _is_block(value: dict[str, Any], path: Path) -> bool:
    """Whether the keys of a mapping have rows of their own; else it stands in one cell."""
    if (path[:1] == (PRICE_OVERRIDES,) and len(path) > 1) or is_at_temperatures(path) or is_by_year(path):
        return False
    return all(key.strip() and "." not in key and key == key.strip() for key in value)


def _text(value: Any, path: Path) -> str:  # noqa: ANN401 - any value of a tree
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        if is_window(path):
            return " to ".join(value)
        if is_list_of_names(path) and not any(sign in item for item in value for sign in _SEPARATORS):
            return "; ".join(value)
    if isinstance(value, dict) and (is_at_temperatures(path) or is_by_year(path)):
        return "; ".join(f"{key}: {NULL if item is None else item}" for key, item in value.items())
    return value.strip() if isinstance(value, str) else flow_text(value)


def by_family(texts: Texts, catalog: Catalog) -> Texts:
    """The same values, with one for all families as one for each."""
    for whole in [path for path in BY_FAMILY if path in texts]:
        every = {(*whole, family): texts[whole] for family in families(catalog)}
        texts = {path: item for path, item in texts.items() if path != whole} | every
    return texts


def has_families(texts: Texts) -> bool:
    """Whether a value is given by family."""
    return any(path[:2] in BY_FAMILY and len(path) > 2 for path in texts)


def changed_texts(base: Tree, changed: Tree, catalog: Catalog, *, families_apart: bool) -> Texts | None:
    """What a variant changes, by the path in the base; None where a row of the base cannot say it.

    Parameters
    ----------
    base : Tree
        Without relative changes.
    changed : Tree
        The variant over it, its changes not computed: a change of a base value is kept as such.
    catalog : Catalog
        In the money of the variant.
    families_apart : bool
        Whether the form has the end-of-life value by family.
    """
    whole = settled(changed, catalog)
    before, after = texts_of(base), texts_of(whole)
    if families_apart:
        before, after = by_family(before, catalog), by_family(after, catalog)
    left_out = _align(base, whole)
    if left_out is None:
        return None
    after = {_moved(path, left_out): text for path, text in after.items()}
    made: Texts = {(PACKS, index): NULL for index in left_out}
    for path, text in after.items():
        if before.get(path) != text:
            raw = _raw(_unmoved(path, left_out), changed, _at(base, path))
            made[path] = raw or _with_left_out(text, _at(base, path), _at(whole, _unmoved(path, left_out)), path)
    for path in before:
        if path not in after and path[:2] not in made:
            made[path] = NULL
    return _with_own_limits(made, after)


def _align(base: Tree, whole: Tree) -> list[int] | None:
    """The packs of the base that a variant leaves out; None where it adds or moves any."""
    names = [[pack["name"] for pack in tree.data[PACKS]] for tree in (base, whole)]
    if len(names[0]) == len(names[1]):
        return []
    left_out = [index for index, name in enumerate(names[0]) if name not in names[1]]
    kept = [name for name in names[0] if name in names[1]]
    return left_out if kept == names[1] else None


def _moved(path: Path, left_out: list[int]) -> Path:
    """A path of the variant as it is in the base, whose list has the packs that are left out."""
    if path[0] != PACKS or len(path) < 2:
        return path
    index = int(path[1])
    for gap in left_out:
        index += gap <= index
    return (PACKS, index, *path[2:])


def _unmoved(path: Path, left_out: list[int]) -> Path:
    if path[0] != PACKS or len(path) < 2:
        return path
    return (PACKS, int(path[1]) - sum(gap < int(path[1]) for gap in left_out), *path[2:])


def _raw(path: Path, changed: Tree, of_base: Any) -> str:  # noqa: ANN401 - any value of a tree
    """The change itself, where a cell with it over what the base has there means the same."""
    value = _at(changed, path)
    if isinstance(value, Change):
        return value.steps[0][0] if value.base is not None and value.base == of_base and len(value.steps) == 1 else ""
    return value if isinstance(value, str) and is_change(value, path) and of_base is None else ""


def _with_left_out(text: str, before: Any, after: Any, path: Path) -> str:  # noqa: ANN401 - any value of a tree
    """The text with a null for every temperature of the base that is gone: a mapping over another merges with it."""
    if not is_at_temperatures(path) or not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return text
    kept = set(map(plain_key, after))
    return "; ".join([text, *(f"{key}: {NULL}" for key in before if plain_key(key) not in kept)])


def _at(tree: Tree, path: Path) -> Any:  # noqa: ANN401 - any value of a tree
    """What stands at a path of a tree; None where nothing does."""
    value: Any = tree.data
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        else:
            value = value[step] if isinstance(value, list) and isinstance(step, int) else None
    return value


def _with_own_limits(made: Texts, after: Texts) -> Texts:
    """A changed limit of the scenario is put over that of every pack, so the pack's own is said too, and in full."""
    changed = [path[1:] for path in made if path[0] == "limits"]
    own = {
        path: text
        for path, text in after.items()
        if path[0] == PACKS and len(path) == 4 and path[2] == "limits" and path[3:] in changed
    }
    return made | own


# Stands between key and value where a cell holds several pairs.
PAIR = ":"


def split_quantity(text: str, kind: Kind) -> tuple[float, str] | None:
    """Number and unit of a text, a bare ratio in percent where that is exact; None where it is no plain quantity."""
    number, unit = number_and_unit(text) if PAIR not in text else ("", "")
    try:
        if number and not unit:
            number, unit = number_and_unit(tidy_text(read_quantity(text, kind), kind))
        return (float(number), known_unit(unit or kind.internal_unit, kind)) if number else None
    except QuantityError:
        return None
