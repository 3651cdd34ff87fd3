"""What the writer and the reader of the Excel form agree on: sheets, headings, and how a path becomes a key.

A key is the dotted path of a value (`finance.discount_rate`); a pack stands by its name (`packs.compact.energy`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BeforeValidator

from lcopt.inputs.completion import SEARCH_ALL
from lcopt.inputs.document import BLOCKS, block_name
from lcopt.inputs.text.tree import Path
from lcopt.inputs.values import read_window

FORM_VERSION = 1
MARK = f"lcopt form {FORM_VERSION}"
MARK_PATTERN = re.compile(r"lcopt form (\d{1,6})")
SHEET, HOW_TO, CHOICES = "Scenario", "How to", "Choices"
KEY, MEANING, VALUE, UNIT, DEFAULT, ALLOWED, SOURCE = (
    "Key",
    "Meaning",
    "Value",
    "Unit",
    "Default",
    "Allowed",
    "Source of the default",
)
HEADINGS = (KEY, MEANING, VALUE, UNIT, DEFAULT, ALLOWED, SOURCE)
QUESTION = "Question"
NOTHING = ("null", "~")
PACKS, PRICE_OVERRIDES = "packs", "price_overrides"
_PLAIN = re.compile(r"[A-Za-z0-9_](?:[\w ./%°()-]*[\w./%°()-])?|[+-]?[\d.][\w ./%°()-]*")
_NOT_PLAIN = ("true", "false", *NOTHING)


def address_of(path: Path, packs: Mapping[int, str]) -> str:
    """The key of a path; `packs` has the names of the packs by their place in the list."""
    if path[0] == PACKS and len(path) > 1 and isinstance(path[1], int):
        return ".".join((PACKS, packs[path[1]], *map(str, path[2:])))
    return ".".join(map(str, path))


def is_list_of_names(path: Path) -> bool:
    """Whether the value is one name or several."""
    return len(path) == 2 and path[0] == "search" and path[1] in SEARCH_ALL


def is_window(path: Path) -> bool:
    """Whether the value is a pair, from one to the other."""
    field = BLOCKS[block_name(path[:-1])].model_fields.get(str(path[-1]))
    metadata: list[Any] = field.metadata if field else []
    return any(isinstance(item, BeforeValidator) and item.func is read_window for item in metadata)


def flow_text(value: Any) -> str:  # noqa: ANN401 - any value of a tree
    """A value in one line of YAML, as it stands in a cell."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_word(str(key))}: {flow_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow_text, value))}]"
    if value is None:
        return NOTHING[0]
    return str(value).lower() if isinstance(value, bool) else _word(str(value))


def _word(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_PLAIN:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
