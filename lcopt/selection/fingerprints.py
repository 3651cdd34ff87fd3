"""A short text for what a bundle of numbers holds: equal texts mean equal numbers, to the last digit."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, Protocol

import numpy as np

from lcopt.cell.bundles import names_of


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


def fingerprint(*values: object) -> str:
    """Of dataclasses, mappings, sequences, arrays and plain values.

    Raises
    ------
    TypeError
        For anything else, whose content is not known.
    """
    found = hashlib.blake2b(digest_size=16)
    _add(found, values)
    return found.hexdigest()


def _add(found: _Hash, value: Any) -> None:  # noqa: ANN401 - any field of a dataclass
    if isinstance(value, np.ndarray) and value.dtype != object:
        found.update(f"{value.dtype}{value.shape}".encode())
        found.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, str | int | float | complex | None | Enum | np.generic):
        found.update(f"{type(value).__name__}:{value!r};".encode())
    else:
        parts = list(_parts(value))
        found.update(f"{type(value).__qualname__}({len(parts)}".encode())
        for part in parts:
            _add(found, part)


def _parts(value: Any) -> Iterable[Any]:  # noqa: ANN401 - any field of a dataclass
    if is_dataclass(value):
        kind: Any = type(value)
        return (getattr(value, name) for name in names_of(kind))
    if isinstance(value, Mapping):
        return itertools.chain.from_iterable(value.items())
    if isinstance(value, Sequence | np.ndarray):
        return value
    message = f"cannot tell what a {type(value).__name__} holds"
    raise TypeError(message)
