"""Rows that a user puts in the place of packaged ones or beside them, by what they say and not by where they stand."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lcopt.inputs.catalog_tables import IDENTITY

Identity = tuple[str, ...]
WHOLE_BELOW = 1e15


@dataclass(frozen=True)
class ReplacedRow:
    """One row of a user: `keys` are the columns that identify it, `cells` all other columns of its table, as text.

    `file` and `line` say where it stands and are no part of its content; `replaces` tells it from an added row.
    """

    table: str
    keys: Mapping[str, str]
    cells: Mapping[str, str]
    file: str
    line: int
    replaces: bool

    @property
    def identity(self) -> Identity:
        """The words that tell the row from all others of its table."""
        return identity_of(self.table, self.keys)

    @property
    def content(self) -> dict[str, Any]:
        """What the row says: table, keys, cells."""
        return {"table": self.table, "keys": dict(self.keys), "cells": dict(self.cells)}

    @property
    def record(self) -> str:
        """The whole row as one line of JSON, from which `of_record` makes it again."""
        return json.dumps(self.content | {"replaces": self.replaces}, ensure_ascii=False)

    @classmethod
    def of_record(cls, record: str, file: str, line: int) -> ReplacedRow:
        """The row of a `record` that stands in a file.

        Raises
        ------
        ValueError
            Where the text is no such record.
        """
        try:
            made = json.loads(record)
            keys, cells = ({str(key): str(word) for key, word in made[part].items()} for part in ("keys", "cells"))
            return cls(str(made["table"]), keys, cells, file, line, made["replaces"] is True)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            message = f"no record of a replaced row: {error}"
            raise ValueError(message) from None


def identity_of(table: str, keys: Mapping[str, str]) -> Identity:
    """The identifying words among the key columns of a row; numbers in one spelling, so that -10 is -10.0."""
    return tuple(canonical(keys[column]) for column in IDENTITY.get(table, tuple(keys)))


def canonical(text: str) -> str:
    """A finite number in its shortest exact spelling, any other text as it is."""
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return str(int(number)) if number.is_integer() and abs(number) < WHOLE_BELOW else repr(number)


def latest(rows: Iterable[ReplacedRow]) -> tuple[ReplacedRow, ...]:
    """Each row once, where several stand for the same row of the catalog the last of them."""
    kept: dict[tuple[str, Identity], ReplacedRow] = {}
    for row in rows:
        kept.pop((row.table, row.identity), None)
        kept[row.table, row.identity] = row
    return tuple(kept.values())
