"""Everything that is wrong with the tree of one scenario, each mistake once and at its path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from lcopt.errors import Problem
from lcopt.inputs.cascades import causes
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.contradictions import contradictions, unknown_families
from lcopt.inputs.document import BLOCKS, LATER_KEYS, ScenarioDocument, block_name
from lcopt.inputs.limit_contradictions import temperature_faults
from lcopt.inputs.money import stated_price_year
from lcopt.inputs.quantities import did_you_mean, shown
from lcopt.inputs.strategy_contradictions import as_listed
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import Known


def faults_of(tree: Tree, catalog: Catalog, of_catalog: list[Fault]) -> list[Fault]:
    """The mistakes of a tree, those of its changes to the catalog among them; none where it can be resolved."""
    single: list[Fault] = []
    try:
        document_of_tree(tree, catalog)
    except ValidationError as error:
        single = list(_faults(error, tree))
    names = [*unknown_families(tree, catalog), *temperature_faults(tree, catalog)]
    groups = (names, single, list(contradictions(tree, catalog)), of_catalog)
    return causes(one_a_path(tree, *groups), tree, catalog)


def document_of_tree(tree: Tree, catalog: Catalog) -> ScenarioDocument:
    """The checked document of a tree without faults."""
    return ScenarioDocument.model_validate(tree.data, context=Known.of(catalog, stated_price_year(tree.data, catalog)))


def problem_of(fault: Fault, tree: Tree, file: str) -> Problem:
    """A fault as the user reads it: `file` holds what has no place of its own; a cell stands before the path."""
    place = fault.place or tree.place(fault.path)
    path = f"{place.cell} {written(fault.path, tree)}".strip()
    return Problem(place.file or file, place.line, place.column, path, fault.message, fault.hint)


def one_a_path(tree: Tree, *groups: list[Fault]) -> list[Fault]:
    """The faults of the tree and of groups; at one path only those of the first group that has any."""
    faults, taken = list(tree.faults), set(tree.unread)
    for group in groups:
        fresh = [fault for fault in group if fault.path not in taken]
        faults += fresh
        taken |= {fault.path for fault in fresh}
    return faults


def _faults(error: ValidationError, tree: Tree) -> Iterable[Fault]:
    items = error.errors(include_url=False)
    unknown = {as_listed(tuple(item["loc"]), tree) for item in items if item["type"] == "extra_forbidden"}
    for item in items:
        path, kind = as_listed(tuple(item["loc"]), tree), item["type"]
        if kind == "lcopt":
            yield Fault(path, item["ctx"]["message"], item["ctx"]["hint"])
        elif kind == "missing":
            if not _is_misspelt(path, unknown):
                yield _missing(path, tree)
        elif kind == "extra_forbidden":
            yield _unknown_key(path)
        else:
            yield _wrong_shape(path, item["input"])


def _is_misspelt(path: Path, unknown: set[Path]) -> bool:
    """Whether an unknown key of the same block already points to this one."""
    known = tuple(BLOCKS[block_name(path[:-1])].model_fields)
    beside = [str(other[-1]) for other in unknown if other[:-1] == path[:-1]]
    return any(did_you_mean(word, known).startswith(f"did you mean '{path[-1]}'?") for word in beside)


def _missing(path: Path, tree: Tree) -> Fault:
    """A key that the file lacks: at its empty cell where a form has one, else at the block around it."""
    key = str(path[-1])
    field = BLOCKS[block_name(path[:-1])].model_fields[key]
    example = f"write for example '{key}: {field.examples[0]}'" if field.examples else f"add a block '{key}:'"
    return Fault(path[:-1], f"the key '{key}' is missing; expected a value", example, tree.places.get(path))


def _unknown_key(path: Path) -> Fault:
    block, key = block_name(path[:-1]), str(path[-1])
    known = tuple(BLOCKS[block].model_fields)
    where = f"'{block}'" if block else "a scenario"
    if key in LATER_KEYS.get(block, ()):
        return Fault(path, f"the key '{key}' is known but not available in this version; expected a key of {where}")
    hint = did_you_mean(key, known)
    homes = [name or "the top level" for name, model in BLOCKS.items() if key in model.model_fields and name != block]
    if not hint and homes:
        hint = f"'{key}' belongs in {homes[0]}: check the indentation"
    return Fault(path, f"unknown key {shown(key)}; expected a key of {where}", hint or f"known: {', '.join(known)}")


def _wrong_shape(path: Path, value: object) -> Fault:
    found = {dict: "a block", list: "a list", str: f"the text {shown(str(value))}", type(None): "no value"}
    what = found.get(type(value), str(value).lower())
    hint = "write the keys without dashes and brackets" if isinstance(value, list) else ""
    return Fault(path, f"found {what}; expected a block of 'key: value' lines", hint)


def written(path: Path, tree: Tree) -> str:
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
