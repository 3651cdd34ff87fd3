"""One tree over another: mappings merge key by key, everything else is replaced, lists never merge.

Six additions make an overlay of a few lines enough. `null` deletes an inherited key. A mapping over the list `packs`
changes packs by name. A mapping over the name of a usage profile starts from that profile. A key with dots is an
address, as in a sweep: `limits.x` holds for every pack, over its own value; `packs.<name>.x` for one, `packs.*.x` for
all, and it goes over the blocks of its own file. A variant goes over the variant of that name in the file below. Limits
at temperatures go by temperature, however it is written; null in a pack's leaves out the scenario's too.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lcopt.inputs.at_temperatures import is_at_temperatures, spelled_as
from lcopt.inputs.document import VARIANTS
from lcopt.inputs.layers.relative import Change, is_ambiguous, is_change
from lcopt.inputs.quantities import did_you_mean, shown
from lcopt.inputs.text.tree import Fault, Path, Tree, steps_of
from lcopt.inputs.values import ALL

PACKS, LIMITS = "packs", "limits"
# Blocks that may stand as one text, and the key that the text is the value of.
SHORT_FORMS = {"usage": "profile", "end_of_life_value": ALL, "royalty": ALL}
ANY = "*"


def subtree(tree: Tree, root: Path) -> Tree:
    """What stands below a path, as a tree of its own."""
    data: Any = tree.data
    for step in root:
        data = data[step]
    cut = len(root)

    def below(paths: set[Path]) -> set[Path]:
        return {path[cut:] for path in paths if path[:cut] == root}

    places = {path[cut:]: place for path, place in tree.places.items() if path[:cut] == root}
    return Tree(deepcopy(data), places, [], below(tree.unread), below(tree.nulls), (), tree.question)


def without(tree: Tree, *keys: str) -> Tree:
    """The same tree without some keys of its top level."""
    made = overlaid(tree, Tree())
    for key in keys:
        if key in made.data:
            _remove(made, (key,), made.data)
    return made


def overlaid(base: Tree, top: Tree) -> Tree:
    """`top` over `base`; what cannot be put over it is among the faults of the new tree."""
    made = Tree(
        data=deepcopy(base.data),
        places=dict(base.places),
        faults=[*base.faults, *top.faults],
        unread=set(base.unread),
        nulls=set(base.nulls),
        rows=(*base.rows, *top.rows),
        question=top.question or base.question,
        layers=_layers(base, top),
    )
    if () in top.places:
        made.places[()] = top.places[()]
    _Overlay(made, top).merge((), made.data, (), top.data)
    return made


def addressed(tree: Tree) -> Tree:
    """The same tree with the values of its addresses where they belong."""
    addresses = [key for key in tree.data if "." in key]
    if not addresses:
        return tree
    made = without(tree, *addresses)
    _Overlay(made, tree).merge((), made.data, (), {key: tree.data[key] for key in addresses})
    return made


def layers_of(tree: Tree, name: str) -> tuple[Tree, ...]:
    """What a variant changes, the changes of the files below first."""
    layers = (*(layer for known, layer in tree.layers if known == name), subtree(tree, (VARIANTS, name)))
    for layer in layers:
        layer.places.pop((), None)  # what the whole file lacks is told where the file begins, not for every variant
    return layers


def _layers(base: Tree, top: Tree) -> tuple[tuple[str, Tree], ...]:
    """The variants below those of `top`; those that it deletes are gone."""
    given = top.data.get(VARIANTS, {})
    kept = [layer for layer in base.layers if isinstance(given, dict) and isinstance(given.get(layer[0], {}), dict)]
    below = base.data.get(VARIANTS)
    if isinstance(below, dict) and isinstance(given, dict):
        both = [name for name, item in given.items() if isinstance(item, dict) and isinstance(below.get(name), dict)]
        kept += [(name, subtree(base, (VARIANTS, name))) for name in both]
    return (*kept, *top.layers)


def _remove(tree: Tree, path: Path, block: Any) -> None:  # noqa: ANN401 - a mapping or list of a tree
    del block[path[-1]]
    _forget(tree, path)


def _forget(tree: Tree, path: Path) -> None:
    size = len(path)
    tree.places = {known: place for known, place in tree.places.items() if known[:size] != path}
    tree.unread = {known for known in tree.unread if known[:size] != path}
    tree.nulls = {known for known in tree.nulls if known[:size] != path}


class _Overlay:
    """Puts the values of one tree over those of another, in place."""

    def __init__(self, made: Tree, top: Tree) -> None:
        self.made = made
        self.top = top

    def merge(self, at: Path, block: dict[str, Any], source: Path, values: dict[str, Any]) -> None:
        """All values of one mapping over the mapping `block` at `at`."""
        addresses = [key for key in values if not at and "." in key]
        spelled = spelled_as(values, block) if is_at_temperatures(at) else {}
        for key, value in values.items():
            if key not in addresses:
                self._put(at, block, spelled.get(key, key), value, (*source, key))
        for key in addresses:
            self._set_address(key, values[key], (*source, key))

    def _put(self, at: Path, block: dict[str, Any], key: str, value: Any, source: Path) -> None:  # noqa: ANN401
        child, old = (*at, key), block.get(key)
        if value is None and source in self.top.nulls and not (at[:1] == (PACKS,) and is_at_temperatures(at)):
            self._delete(child, block, source)
        elif isinstance(value, dict) and child == (PACKS,) and isinstance(old, list):
            self._merge_packs(old, value, source)
        elif isinstance(value, dict) and isinstance(old, str) and key in SHORT_FORMS:
            self._write_out(child, block)
            self._put(at, block, key, value, source)
        elif isinstance(value, dict) and isinstance(old, dict) and at != (VARIANTS,):
            self.made.places[child] = self.top.place(source)
            self.merge(child, old, source, value)
        elif is_change(value, child) and (old is not None or child in self.made.unread):
            self._change(child, block, value, source)
        else:
            self._replace(child, block, value, source)
            if is_ambiguous(value) and isinstance(old, str):
                bare = value.strip()[1:].strip()
                message = f"{shown(value)} over the inherited {shown(old)} may be the value or an addition"
                hint = f"write {shown(bare)} for the value, or a change such as '*1.1' or '+5 %'"
                self._fault(child, source, f"{message}; expected one or the other", hint)

    def _change(self, child: Path, block: dict[str, Any], value: str, source: Path) -> None:
        """A change over what stands there; over a mistake, which is told where it stands, it says nothing."""
        old = block[str(child[-1])]
        if child in self.made.unread:
            return
        if not isinstance(old, str | Change):
            message = f"{shown(value)} would change an inherited block or list as a whole; expected a new one"
            self._fault(child, source, message, f"or a change of single values below '{child[-1]}'")
            return
        before = old if isinstance(old, Change) else Change(old, (), self.made.place(child))
        if isinstance(old, str) and is_change(old, child):
            before = Change(None, ((old, self.made.place(child)),))
        block[str(child[-1])] = Change(before.base, (*before.steps, (value, self.top.place(source))), before.place)
        self.made.places[child] = self.top.place(source)

    def _write_out(self, child: Path, block: dict[str, Any]) -> dict[str, Any]:
        """The long form of a block that stands there as a single word or value."""
        key = SHORT_FORMS[str(child[-1])]
        made: dict[str, Any] = {key: block[str(child[-1])]}
        block[str(child[-1])] = made
        self.made.places[(*child, key)] = self.made.place(child)
        return made

    def _delete(self, child: Path, block: dict[str, Any], source: Path) -> None:
        if child[-1] in block:
            _remove(self.made, child, block)
            self.made.places[child] = self.top.place(source)  # where a key that cannot be missed is told to be missing
            return
        hint = did_you_mean(str(child[-1]), list(block))
        name = shown(str(child[-1]))
        message = f"null deletes an inherited value, but {name} is not inherited; expected a key of the file below"
        self._fault(child, source, message, hint)

    def _replace(self, child: Path, block: Any, value: Any, source: Path) -> None:  # noqa: ANN401
        _forget(self.made, child)
        block[child[-1]] = deepcopy(value)
        cut = len(source)
        top = self.top
        self.made.places |= {(*child, *path[cut:]): place for path, place in top.places.items() if path[:cut] == source}
        self.made.places.setdefault(child, top.place(source))
        self.made.unread |= {(*child, *path[cut:]) for path in top.unread if path[:cut] == source}
        self.made.nulls |= {(*child, *path[cut:]) for path in top.nulls if path[:cut] == source}

    def _merge_packs(self, packs: list[Any], values: dict[str, Any], source: Path) -> None:
        for name, value in values.items():
            index = self._pack(packs, name, (*source, name))
            if index is None:
                continue
            child = (PACKS, index)
            if value is None and (*source, name) in self.top.nulls:
                self._drop_pack(packs, index)
            elif isinstance(value, dict) and isinstance(packs[index], dict):
                self.merge(child, packs[index], (*source, name), value)
            else:
                self._replace(child, packs, value, (*source, name))

    def _drop_pack(self, packs: list[Any], index: int) -> None:
        _remove(self.made, (PACKS, index), packs)

        def moved(path: Path) -> Path:
            later = path[:1] == (PACKS,) and len(path) > 1 and isinstance(path[1], int) and path[1] > index
            return (PACKS, int(path[1]) - 1, *path[2:]) if later else path

        self.made.places = {moved(path): place for path, place in self.made.places.items()}
        self.made.unread = {moved(path) for path in self.made.unread}
        self.made.nulls = {moved(path) for path in self.made.nulls}

    def _pack(self, packs: list[Any], name: str, source: Path) -> int | None:
        names = [str(pack.get("name") or "").strip() if isinstance(pack, dict) else "" for pack in packs]
        if name in names:
            return names.index(name)
        known = [word for word in names if word]
        message = (
            f"no pack has the name {shown(name)}; expected one of: {', '.join(known) or 'none, no pack has a name'}"
        )
        self._fault((PACKS, name), source, message, did_you_mean(name, known))
        return None

    def _set_address(self, address: str, value: Any, source: Path) -> None:  # noqa: ANN401
        """A value at a dotted address."""
        steps = steps_of(address)
        if not all(step.strip() for step in steps):
            message = f"the address {shown(address)} has an empty part; expected keys with single dots between them"
            self._fault((), source, message, "write for example limits.charging_time_max")
        elif _holds(self.top.data, steps):
            message = f"{shown(address)} is given twice: as an address and in its block; expected once"
            self._fault((), source, message, "remove one of them")
        elif steps[0] == LIMITS:
            self._set_limit(steps, value, source)
        elif steps[0] == PACKS:
            self._set_in_packs(address, steps, value, source)
        else:
            self._set_at((), self.made.data, steps, value, source)

    def _set_limit(self, steps: tuple[str, ...], value: Any, source: Path) -> None:  # noqa: ANN401
        """A limit of every pack: over the pack's own where it has one, else at the level of the scenario."""
        packs = self.made.data.get(PACKS)
        items = packs if isinstance(packs, list) else []
        owners = [
            index
            for index, pack in enumerate(items)
            if isinstance(pack, dict) and isinstance(pack.get(LIMITS), dict) and steps[1] in pack[LIMITS]
        ]
        for index in owners:
            self._set_at((PACKS, index), items[index], steps, value, source)
        if len(owners) < len(items) or not items:
            self._set_at((), self.made.data, steps, value, source)

    def _set_in_packs(self, address: str, steps: tuple[str, ...], value: Any, source: Path) -> None:  # noqa: ANN401
        packs = self.made.data.get(PACKS)
        if not isinstance(packs, list) or len(steps) < 3:
            message = f"the address {shown(address)} names no key of a pack; expected packs.<name>.<key>"
            self._fault((PACKS,), source, message, "write for example packs.compact.energy")
            return
        indices = range(len(packs)) if steps[1] == ANY else [self._pack(packs, steps[1], source)]
        for index in indices:
            if index is not None and isinstance(packs[index], dict):
                self._set_at((PACKS, index), packs[index], steps[2:], value, source)

    def _set_at(self, at: Path, block: dict[str, Any], steps: tuple[str, ...], value: Any, source: Path) -> None:  # noqa: ANN401
        """A value below a block, whose blocks on the way are made where they are missing."""
        for number, step in enumerate(steps[:-1]):
            child, inner = (*at, step), block.get(step)
            if step in SHORT_FORMS and isinstance(inner, str):
                inner = self._write_out(child, block)
            elif inner is None:
                inner = block[step] = {}
                self.made.places[child] = self.top.place(source)
            if not isinstance(inner, dict):
                message = f"{shown('.'.join(steps[: number + 1]))} holds no keys of its own; expected a block"
                self._fault(child, source, message, f"write {shown('.'.join(steps[: number + 1]))} for the whole value")
                return
            at, block = child, inner
        key = spelled_as(steps[-1:], block)[steps[-1]] if is_at_temperatures(at) else steps[-1]
        self._put(at, block, key, value, source)

    def _fault(self, path: Path, source: Path, message: str, hint: str) -> None:
        self.made.faults.append(Fault(path, message, hint, self.top.place(source)))
        self.made.unread.add(path)


def _holds(value: Any, steps: tuple[str, ...]) -> bool:  # noqa: ANN401 - any node of a tree
    """Whether nested mappings have a value at a path."""
    for step in steps:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True
