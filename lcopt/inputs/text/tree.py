"""A file or mapping as plain values with the place of each, all traps of YAML closed.

Only `true` and `false` are booleans; `no`, `1e6` and `12:30` stay text. Duplicate keys are mistakes, not the last one
wins. Anchors, aliases and tags are not read, so a file can neither expand without bound nor run code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from numbers import Integral, Real
from typing import Any, NamedTuple

import yaml

from lcopt.inputs.quantities import shown
from lcopt.inputs.replaced_rows import ReplacedRow
from lcopt.inputs.text.foreign_files import bad_sign, foreign_kind
from lcopt.inputs.text.yaml_errors import explained, relative_hint

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


# Before the name of a table, where a value comes from the catalog.
CATALOG_PLACE = "catalog "
WHOLE_FILE = Place(1, 1)
BYTES_MAX = 1_000_000
DEPTH_MAX = 20
VALUES_MAX = 10_000
FIRST_LINE = "start a scenario with 'lcopt: 1', a lifecycle case with 'lifecycle_case: 1'"
TOO_LARGE = "1e9999"
_BOOLEANS = {"true": True, "false": False}
_NOTHING = ("", "~", "null")
_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
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

    def __init__(self, message: str, hint: str = "", place: tuple[int, int] | Place = WHOLE_FILE) -> None:
        self.faults = [Fault((), message, hint, place if isinstance(place, Place) else Place(*place))]
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
    `rows` are rows of the catalog that the file itself carries. `layers` are variants of the files below, by name: the
    variant of the same name in `data` goes over them.
    """

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unread: set[Path] = field(default_factory=set)
    nulls: set[Path] = field(default_factory=set)
    rows: tuple[ReplacedRow, ...] = ()
    question: str = ""
    layers: tuple[tuple[str, Tree], ...] = ()

    def place(self, path: Path) -> Place:
        """Where a path stands, or else the nearest block around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.places.get((), WHOLE_FILE))


def decode(content: bytes) -> str:
    """UTF-8 text of a file.

    Raises
    ------
    UnreadableError
        Where the bytes are no text, or too many for a scenario.
    """
    if len(content) > BYTES_MAX:
        message = f"the file has {len(content)} bytes; expected at most {BYTES_MAX}"
        raise UnreadableError(message)
    if what := foreign_kind(content):
        message = f"the file is {what}; expected YAML text in UTF-8"
        raise UnreadableError(message, "save it as a .yaml text file in UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start + 1}, on line {line}, is not UTF-8; expected YAML text"
        raise UnreadableError(message, "save the file as UTF-8") from None
    if not text.strip():
        message = "the file is empty; expected 'key: value' lines"
        raise UnreadableError(message, FIRST_LINE)
    if bad := bad_sign(text):
        message = f"the sign {bad.code} cannot stand in a text; expected letters, digits and punctuation"
        raise UnreadableError(message, "remove it", bad.place)
    return text


def steps_of(address: str) -> tuple[str, ...]:
    """The keys of a dotted address; a dot between two digits is a decimal point: `limits.power_min_at.-12.5 degC`."""
    return tuple(_DOT.split(address))


def read_tree(text: str, plain: Callable[[str], Value] | None = None, file: str = "") -> Tree:
    """The tree of one YAML document whose root is a mapping; `file` is the name that its places carry.

    `plain` makes a value of a text without quotes; if left out, only true, false and nothing are no text.

    Raises
    ------
    UnreadableError
        Where no tree can be made; mistakes that leave a tree are in its `faults`.
    """
    builder = _Builder(text, plain or _plain_scalar, file)
    try:
        tree = builder.build()
    except yaml.MarkedYAMLError as error:
        complaint = explained(error, text)
        message = f"the text is not YAML: {complaint.found}; expected 'key: value' lines"
        raise UnreadableError(message, complaint.hint, complaint.place) from None
    except yaml.YAMLError as error:
        message = f"the text is not YAML ({str(error).splitlines()[0]}); expected 'key: value' lines"
        raise UnreadableError(message) from None
    tree.question = _question(text)
    return tree


def tree_of_mapping(source: Mapping[Any, Any], name: str = "") -> Tree:
    """The tree of a mapping made in Python: numbers become text, so that the same rules hold as in a file."""
    tree = Tree(places={(): Place(0, 0, name)})
    tree.data = _plain(source, (), tree, count(1))
    return tree


def _plain(value: Value, path: Path, tree: Tree, counter: Iterator[int]) -> Value:
    number = next(counter)
    if number > VALUES_MAX or len(path) > DEPTH_MAX:
        # A mapping may hold itself, many times over: only the first value too many is told.
        if number <= VALUES_MAX + 1:
            tree.faults.append(Fault(path, f"more than {DEPTH_MAX} levels or {VALUES_MAX} values; expected fewer"))
    elif value is None or isinstance(value, bool):
        tree.nulls |= {path} if value is None else set()
        return value
    elif isinstance(value, str):
        return str.__str__(value)
    elif isinstance(value, Mapping):
        pairs = [(key_text(key), item) for key, item in value.items()]
        return {key: _plain(item, (*path, key), tree, counter) for key, item in pairs}
    elif isinstance(value, list | tuple):
        return [_plain(item, (*path, index), tree, counter) for index, item in enumerate(value)]
    elif isinstance(value, Real):
        return _number_text(value)
    else:
        message = f"found a value of type {type(value).__name__}; expected text, number, list or mapping"
        tree.faults.append(Fault(path, message))
    tree.unread.add(path)
    return None


def key_text(key: object) -> str:
    """A key of a mapping made in Python as text; what is no text or number is shown by its type."""
    if isinstance(key, str):
        return str.__str__(key)
    return _number_text(key) if isinstance(key, Real) else f"<{type(key).__name__}>"


def _number_text(number: Real) -> str:
    try:
        return str(int(number)) if isinstance(number, Integral) else repr(float(number))
    except (OverflowError, ValueError):
        return TOO_LARGE


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

    def __init__(self, text: str, plain: Callable[[str], Value], file: str) -> None:
        self.file = file
        self.plain = plain
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
            message = f"more than {DEPTH_MAX} levels or {VALUES_MAX} values; expected fewer"
            raise UnreadableError(message, "", self._place(event))
        if isinstance(event, yaml.AliasEvent):
            written = f"*{event.anchor}"
            hint = relative_hint(written) if str(event.anchor)[0].isdigit() else "write it out"
            self._fault(path, event, f"the alias {shown(written)} is not read; expected a value", hint)
            self.tree.unread.add(path)
            return None
        if event.anchor is not None:
            self._fault(
                path, event, f"the anchor {shown(f'&{event.anchor}')} is not read; expected a value", "remove it"
            )
            self.tree.unread.add(path)
        if event.tag not in {None, "!"}:
            self._fault(path, event, f"the tag {shown(event.tag)} is not read; expected a value", "remove it")
            self.tree.unread.add(path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        value = self.plain(str(event.value)) if event.style in {None, ""} else str(event.value)
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

    def _fault(self, path: Path, event: Event, message: str, hint: str) -> None:
        self.tree.faults.append(Fault(path, message, hint, self._place(event)))

    def _place(self, event: Event) -> Place:
        return Place(event.start_mark.line + 1, event.start_mark.column + 1, self.file)


def _plain_scalar(text: str) -> str | bool | None:
    return None if text in _NOTHING else _BOOLEANS.get(text, text)
