"""A scenario file or mapping becomes a `Scenario`, or an error that holds every mistake with its place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import Catalog, read_catalog
from lcopt.inputs.catalog_overrides import catalog_for
from lcopt.inputs.contradictions import contradictions, unknown_families
from lcopt.inputs.document import BLOCKS, LATER_KEYS, ScenarioDocument
from lcopt.inputs.quantities import did_you_mean, shown
from lcopt.inputs.resolve import resolve
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.tree import Fault, Path, Tree, UnreadableError, decode, read_tree, tree_of_mapping
from lcopt.inputs.values import Known

MAPPING_NAME = "scenario"


def read_scenario(source: str | os.PathLike[str] | Mapping[str, Any], catalog: Catalog | None = None) -> Scenario:
    """A scenario from a YAML file or from a mapping of the same form.

    Parameters
    ----------
    source : path or mapping
        The file, or the values as they would stand in it: text with units, or bare numbers where a file may have them.
    catalog : Catalog, optional
        Where defaults, names and prices come from; the packaged catalog if left out. Its rows of a user hold unless
        the scenario names a folder of data of its own.

    Raises
    ------
    ScenarioError
        With every problem that was found, in the order of the file.
    """
    catalog = read_catalog() if catalog is None else catalog
    if isinstance(source, Mapping):
        return _scenario_of_tree(tree_of_mapping(source), MAPPING_NAME, catalog, has_places=False)
    file = os.fspath(source)
    try:
        tree = read_tree(decode(_content(file)))
    except UnreadableError as error:
        raise ScenarioError([_problem(error.fault, file, Tree())]) from None
    return _scenario_of_tree(tree, file, catalog, has_places=True)


def _content(file: str) -> bytes:
    try:
        return FilePath(file).read_bytes()
    except IsADirectoryError:
        message = "this is a directory; expected a scenario file"
        raise UnreadableError(message, "name the .yaml files in it") from None
    except FileNotFoundError:
        message = "the file does not exist; expected a scenario file"
    except (OSError, ValueError) as error:
        message = f"the file cannot be read ({getattr(error, 'strerror', None) or error}); expected a scenario file"
    raise UnreadableError(message, "check the name and the folder")


def _scenario_of_tree(tree: Tree, file: str, catalog: Catalog, *, has_places: bool) -> Scenario:
    if "lifecycle_case" in tree.data and "lcopt" not in tree.data:
        other = Fault((), "this is a lifecycle case; expected a scenario", "compute it with 'lcopt lifecycle'")
        raise ScenarioError([_problem(other, file, tree, has_places=has_places)])
    own = catalog_for(tree, file if has_places else "", catalog)
    catalog = own.catalog
    document, single = None, []
    try:
        document = ScenarioDocument.model_validate(tree.data, context=Known.of(catalog))
    except ValidationError as error:
        single = list(_faults(error))
    groups = (list(unknown_families(tree, catalog)), single, list(contradictions(tree, catalog)), own.faults)
    faults = _one_a_path(tree, *groups)
    if document is None or faults or own.problems:
        found = _sorted(_problem(fault, file, tree, has_places=has_places) for fault in faults)
        raise ScenarioError([*found, *own.problems])
    priced = catalog.in_price_year(document.finance.price_year)
    return resolve(document, priced, file if has_places else "", tree.question)


def _one_a_path(tree: Tree, *groups: list[Fault]) -> list[Fault]:
    """The faults of the tree and of groups; at one path only those of the first group that has any."""
    faults, taken = list(tree.faults), set(tree.unread)
    for group in groups:
        fresh = [fault for fault in group if fault.path not in taken]
        faults += fresh
        taken |= {fault.path for fault in fresh}
    return faults


def _faults(error: ValidationError) -> Iterable[Fault]:
    items = error.errors(include_url=False)
    unknown = {tuple(item["loc"]) for item in items if item["type"] == "extra_forbidden"}
    for item in items:
        path, kind = tuple(item["loc"]), item["type"]
        if kind == "lcopt":
            yield Fault(path, item["ctx"]["message"], item["ctx"]["hint"])
        elif kind == "missing":
            if not _is_misspelt(path, unknown):
                yield _missing(path)
        elif kind == "extra_forbidden":
            yield _unknown_key(path)
        else:
            yield _wrong_shape(path, item["input"])


def _block_name(path: Path) -> str:
    words = [step for step in path if isinstance(step, str) and step in BLOCKS]
    return words[-1] if words else ""


def _is_misspelt(path: Path, unknown: set[Path]) -> bool:
    """Whether an unknown key of the same block already points to this one."""
    known = tuple(BLOCKS[_block_name(path[:-1])].model_fields)
    beside = [str(other[-1]) for other in unknown if other[:-1] == path[:-1]]
    return any(did_you_mean(word, known) == f"did you mean '{path[-1]}'?" for word in beside)


def _missing(path: Path) -> Fault:
    key = str(path[-1])
    field = BLOCKS[_block_name(path[:-1])].model_fields[key]
    example = f"write for example '{key}: {field.examples[0]}'" if field.examples else f"add a block '{key}:'"
    return Fault(path[:-1], f"the key '{key}' is missing; expected a value", example)


def _unknown_key(path: Path) -> Fault:
    block, key = _block_name(path[:-1]), str(path[-1])
    known = tuple(BLOCKS[block].model_fields)
    where = f"'{block}'" if block else "a scenario"
    if key in LATER_KEYS.get(block, ()):
        return Fault(path, f"the key '{key}' is known but not available in this version; expected a key of {where}")
    hint = "a comma begins a new key here: write a decimal point" if key[:1].isdigit() else did_you_mean(key, known)
    homes = [name or "the top level" for name, model in BLOCKS.items() if key in model.model_fields and name != block]
    if not hint and homes:
        hint = f"'{key}' belongs in {homes[0]}: check the indentation"
    return Fault(path, f"unknown key {shown(key)}; expected a key of {where}", hint or f"known: {', '.join(known)}")


def _wrong_shape(path: Path, value: object) -> Fault:
    found = {dict: "a block", list: "a list", str: f"the text {shown(str(value))}", type(None): "no value"}
    what = found.get(type(value), str(value).lower())
    return Fault(path, f"found {what}; expected a block of 'key: value' lines")


def _problem(fault: Fault, file: str, tree: Tree, *, has_places: bool = True) -> Problem:
    line, column = (fault.place or tree.place(fault.path)) if has_places else (0, 0)
    return Problem(file, line, column, _written(fault.path, tree), fault.message, fault.hint)


def _written(path: Path, tree: Tree) -> str:
    """The dotted path as a user would write it: packs by name, items counted from 1, nothing that the file lacks."""
    value: Any = tree.data
    words: list[str] = []
    for step in path:
        if isinstance(value, Mapping):
            if step not in value:
                break
            value = value[step]
            words.append(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
            words.append(_item_name(path[: len(words)], step, value))
        else:
            break
    return ".".join(shown(word)[1:-1] for word in words)


def _item_name(path: Path, index: int, item: object) -> str:
    name = item.get("name") if path == ("packs",) and isinstance(item, Mapping) else None
    return name if isinstance(name, str) and name.strip() else str(index + 1)


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    """In the order of the file, each once."""
    return sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, problem.column))
