"""A file or mapping as plain values with the place of each, all traps of YAML closed.

Only `true` and `false` are booleans; `no`, `1e6` and `12:30` stay text. Duplicate keys are mistakes, not the last one
wins. Anchors, aliases and tags are not read, so a file can neither expand without bound nor run code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any, NamedTuple

import yaml

from lcopt.inputs.quantities import shown

Path = tuple[str | int, ...]
Value = Any
Event = Any


class Place(NamedTuple):
    """Where a value stands: line and column count from 1, 0 in a mapping; `cell` is its address in a workbook."""

    line: int
    column: int
    file: str = ""
    cell: str = ""

    def __str__(self) -> str:
        """The place as a reader looks it up: file and line, file and cell, or the file alone."""
        if self.cell:
            return f"{self.file}!{self.cell}"
        return f"{self.file}:{self.line}" if self.line else self.file


WHOLE_FILE = Place(1, 1)
DEPTH_MAX = 20
VALUES_MAX = 50_000
TOO_MUCH = f"more than {DEPTH_MAX} levels or {VALUES_MAX} values; expected fewer"
FIRST_LINE = "start a scenario with 'lcopt: 1', a lifecycle case with 'lifecycle_case: 1'"
QUOTED_CHANGE = 'put a relative change in quotes, for example "*1.3"'
_BOOLEANS = {"true": True, "false": False}
_NOTHING = ("", "~", "null")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Fault:
    """A mistake at a path of the tree; `place` where it differs from that of the path."""

    path: Path
    message: str
    hint: str = ""
    place: Place | None = None


class UnreadableError(ValueError):
    """A text is no single YAML mapping, or a file that it extends is none; `faults` say why and where."""

    def __init__(self, message: str, hint: str = "", place: Place = WHOLE_FILE) -> None:
        self.faults = [Fault((), message, hint, place)]
        super().__init__(message)

    @classmethod
    def of(cls, faults: list[Fault]) -> UnreadableError:
        """One error for several faults."""
        made = cls(faults[0].message)
        made.faults = faults
        return made


@dataclass
class Tree:
    """Values as nested dicts, lists, texts, booleans and None, with line and column (from 1) of each path.

    `unread` holds the paths whose value is an alias or has a tag: their fault is in `faults`, no other is to be added.
    `nulls` holds the paths where `null` or `~` is written out, which deletes an inherited value.
    """

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unread: set[Path] = field(default_factory=set)
    nulls: set[Path] = field(default_factory=set)
    question: str = ""

    def place(self, path: Path) -> Place:
        """Where a path stands, or else the nearest block around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.places.get((), WHOLE_FILE))


def read_tree(text: str, file: str = "") -> Tree:
    """The tree of one YAML document whose root is a mapping; `file` is the name that its places carry.

    Raises
    ------
    UnreadableError
        Where no tree can be made; mistakes that leave a tree are in its `faults`.
    """
    builder = _Builder(text, file)
    try:
        tree = builder.build()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text) from None
    except yaml.YAMLError as error:
        message = f"the text is not YAML ({str(error).splitlines()[0]}); expected 'key: value' lines"
        raise UnreadableError(message) from None
    tree.question = _question(text)
    return tree


def tree_of_mapping(source: Mapping[Any, Any], name: str = "") -> Tree:
    """The tree of a mapping made in Python: numbers become text, so that the same rules hold as in a file."""
    tree = Tree(places={(): Place(0, 0, name)})
    tree.data = _plain(source, (), tree)
    return tree


def _plain(value: Value, path: Path, tree: Tree) -> Value:
    if len(path) > DEPTH_MAX:
        tree.faults.append(Fault(path, f"more than {DEPTH_MAX} levels; expected fewer"))
    elif value is None or isinstance(value, str | bool):
        tree.nulls |= {path} if value is None else set()
        return value
    elif isinstance(value, Mapping):
        return {str(key): _plain(item, (*path, str(key)), tree) for key, item in value.items()}
    elif isinstance(value, list | tuple):
        return [_plain(item, (*path, index), tree) for index, item in enumerate(value)]
    elif isinstance(value, Real):
        return str(int(value)) if isinstance(value, Integral) else repr(float(value))
    else:
        message = f"found a value of type {type(value).__name__}; expected text, number, list or mapping"
        tree.faults.append(Fault(path, message))
    tree.unread.add(path)
    return None


def _syntax_error(error: yaml.MarkedYAMLError, text: str) -> UnreadableError:
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else WHOLE_FILE
    what = str(error.problem or "unknown reason")
    if "nesting depth" in what:
        return UnreadableError(TOO_MUCH, "", place)
    line = text.splitlines()[place.line - 1] if place.line <= len(text.splitlines()) else ""
    tabbed = "\t" in line[: len(line) - len(line.lstrip())]
    hint = "indent with spaces, not tabs" if tabbed else "check indentation, colons, quotes and brackets"
    if error.context and "alias" in error.context:
        hint = QUOTED_CHANGE
    return UnreadableError(f"the text is not YAML: {what}; expected 'key: value' lines", hint, place)


def _question(text: str) -> str:
    lines: list[str] = []
    for line in text.splitlines():
        bare = line.strip()
        if not bare.startswith("#"):
            if bare or lines:
                break
            continue
        comment = bare.lstrip("#").strip()
        if not comment.startswith("yaml-language-server"):
            lines.append(comment)
    return " ".join(lines).removeprefix("Question:").strip()


class _Builder:
    """Builds a tree from parser events; it never recurses deeper than `DEPTH_MAX`."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
        self.tree = Tree()
        self.count = 0

    def build(self) -> Tree:
        event = next(self.events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self.events)
        if not isinstance(event, yaml.MappingStartEvent):
            message = "the file holds no 'key: value' lines; expected them from its first line on"
            raise UnreadableError(message, FIRST_LINE)
        self.tree.places[()] = self._place(event)
        self.tree.data = self._value(event, ())
        next(self.events)
        rest = next(self.events)
        if isinstance(rest, yaml.DocumentStartEvent):
            message = "a second document starts here; expected one a file"
            raise UnreadableError(message, "remove the line '---' or split the file", self._place(rest))
        return self.tree

    def _value(self, event: Event, path: Path) -> Value:
        self.count += 1
        if len(path) > DEPTH_MAX or self.count > VALUES_MAX:
            raise UnreadableError(TOO_MUCH, "", self._place(event))
        if isinstance(event, yaml.AliasEvent):
            alias = shown(f"*{event.anchor}")
            hint = QUOTED_CHANGE if str(event.anchor)[:1].isdigit() else "write it out"
            self._fault(path, event, f"the alias {alias} is not read; expected a value", hint)
            self.tree.unread.add(path)
            return None
        if event.anchor is not None:
            self._fault(
                path, event, f"the anchor {shown(f'&{event.anchor}')} is not read; expected a value", "remove it"
            )
        if event.tag not in {None, "!"}:
            self._fault(path, event, f"the tag {shown(event.tag)} is not read; expected a value", "remove it")
            self.tree.unread.add(path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        value = _scalar(event)
        if value is None and event.value:
            self.tree.nulls.add(path)
        return value

    def _mapping(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, path)
            child = (*path, key)
            if key in values:
                first = self.tree.places[child].line
                self._fault(
                    child, event, f"the key {shown(key)} is given twice; expected once", f"first on line {first}"
                )
                self._skip()
                continue
            self.tree.places[child] = self._place(event)
            values[key] = self._value(next(self.events), child)
        return values

    def _key(self, event: Event, path: Path) -> str:
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        message = "a key that is itself a list, block or alias; expected a word"
        raise UnreadableError(message, "write 'key: value'", self._place(event))

    def _sequence(self, path: Path) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            child = (*path, len(values))
            self.tree.places[child] = self._place(event)
            values.append(self._value(event, child))
        return values

    def _skip(self) -> None:
        depth = 0
        while True:
            event = next(self.events)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth == 0:
                return

    def _place(self, event: Event) -> Place:
        return Place(event.start_mark.line + 1, event.start_mark.column + 1, self.file)

    def _fault(self, path: Path, event: Event, message: str, hint: str) -> None:
        self.tree.faults.append(Fault(path, message, hint, self._place(event)))


def _scalar(event: Event) -> str | bool | None:
    text = str(event.value)
    if event.style not in {None, ""}:
        return text
    if text in _NOTHING:
        return None
    return _BOOLEANS.get(text, text)
