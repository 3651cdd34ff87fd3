"""Reads a file together with the files that it extends, as one tree whose places name the file of every value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from lcopt.inputs.document import EXTENDS
from lcopt.inputs.layers.overlays import addressed, overlaid
from lcopt.inputs.quantities import shown
from lcopt.inputs.text.file_bytes import WORKBOOK_BYTES_MAX, folder_around, read_bytes
from lcopt.inputs.text.foreign_files import is_workbook
from lcopt.inputs.text.tree import Fault, Place, Tree, UnreadableError, decode, read_tree, tree_of_mapping

FILES_MAX = 100
MAPPING_NAME = "scenario"


def load_file(file: str) -> Tree:
    """A scenario file over the files that it extends.

    Raises
    ------
    UnreadableError
        Where one of the files is no text with keys and values, or extends itself.
    """
    return _Loader().load(file, ())


def load_mapping(source: Mapping[Any, Any]) -> Tree:
    """A mapping made in Python over the files that it extends, which are relative to the working directory."""
    return _Loader().over_its_bases(tree_of_mapping(source, MAPPING_NAME), "", ())


def load(source: str | os.PathLike[str] | Mapping[Any, Any]) -> Tree:
    """The tree of a file or of a mapping; see `load_file` and `load_mapping`."""
    return load_mapping(source) if isinstance(source, Mapping) else load_file(os.fspath(source))


class _Loader:
    """Reads every file once, however often it is extended."""

    def __init__(self) -> None:
        self.done: dict[str, Tree] = {}

    def load(self, file: str, chain: tuple[str, ...]) -> Tree:
        key = os.path.realpath(file) if file.isprintable() else file
        if key not in self.done:
            tree = _own_tree(file)
            self.done[key] = self.over_its_bases(tree, file, (*chain, key))
        return self.done[key]

    def over_its_bases(self, tree: Tree, file: str, chain: tuple[str, ...]) -> Tree:
        """The tree without its key `extends`, over the files that it names, the last one on top of the others."""
        if EXTENDS not in tree.data:
            return addressed(tree)
        named = tree.data.pop(EXTENDS)
        items = named if isinstance(named, list) else [named]
        base, faults = Tree(), []
        for index, item in enumerate(items):
            path = (EXTENDS, index) if isinstance(named, list) else (EXTENDS,)
            place = tree.place(path)
            try:
                parent = self._parent(item, file, chain, place)
            except UnreadableError as error:
                faults += error.faults
                elsewhere = all(fault.place is not None and fault.place.file != place.file for fault in error.faults)
                if elsewhere and len(chain) <= 1:
                    message = f"{EXTENDS}: {shown(str(item))} cannot be used, see its own lines; expected a good file"
                    faults.append(Fault((EXTENDS,), message, "", place))
                continue
            base = overlaid(base, parent) if base.data else parent
        if not items:
            message = "found an empty list; expected the name of a file, or several"
            faults.append(Fault((EXTENDS,), message, "write for example 'extends: base.yaml'", tree.place((EXTENDS,))))
        if faults:
            raise UnreadableError.of(faults)
        made = overlaid(base, tree)
        made.question = tree.question or base.question
        made.places[EXTENDS,] = tree.place((EXTENDS,))
        return made

    def _parent(self, item: object, file: str, chain: tuple[str, ...], place: Place) -> Tree:
        if not isinstance(item, str) or not item.strip() or not item.isprintable():
            found = "no value" if item is None else "a block" if isinstance(item, dict) else "no name"
            message = f"{EXTENDS}: found {found}; expected the name of a file"
            raise UnreadableError(message, "write for example 'extends: base.yaml'", place)
        name = os.path.normpath(os.path.join(folder_around(file), item.strip()))  # noqa: PTH118 - as written
        key = os.path.realpath(name)
        if key in chain:
            ring = " -> ".join(FilePath(link).name for link in (*chain[chain.index(key) :], key))
            message = f"{EXTENDS}: {shown(item)} extends itself ({ring}); expected a file that does not lead back here"
            raise UnreadableError(message, "remove one of the links", place)
        if len(self.done) + len(chain) >= FILES_MAX:
            message = f"{EXTENDS}: more than {FILES_MAX} files; expected fewer"
            raise UnreadableError(message, "", place)
        if not os.path.exists(name):  # noqa: PTH110 - false, not an error, for a name that no file can have
            message = f"{EXTENDS}: the file {shown(item)} does not exist; expected a scenario file"
            raise UnreadableError(message, f"it was looked for at {shown(name)}", place)
        return self.load(name, chain)


def _own_tree(file: str) -> Tree:
    """The tree of one file alone; the places of what makes it unreadable name it."""
    try:
        content = read_bytes(file, "a scenario file", WORKBOOK_BYTES_MAX)
        if is_workbook(content):
            from lcopt.inputs.excel.workbook import read_workbook  # a text file is read without openpyxl

            return read_workbook(content, file)
        return read_tree(decode(content), file=file)
    except UnreadableError as error:
        faults = [
            Fault(fault.path, fault.message, fault.hint, (fault.place or Place(1, 1))._replace(file=file))
            for fault in error.faults
        ]
        raise UnreadableError.of(faults) from None
