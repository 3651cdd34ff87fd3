"""Some designs of a bundle: the same dataclass with fewer elements in its arrays."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np

from lcopt.arrays import BoolArray, IntArray

T = TypeVar("T")


@cache
def names_of(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - the class of any dataclass
    """The names of the fields of a dataclass, looked up once."""
    return tuple(item.name for item in fields(kind))


def take_designs(bundle: T, index: IntArray | BoolArray) -> T:
    """The same frozen dataclass for some designs, mappings of arrays in it included; scalars stay."""
    kind: Any = type(bundle)
    return kind(*(_taken(getattr(bundle, name), index) for name in names_of(kind)))  # type: ignore[no-any-return]


def _taken(value: Any, index: IntArray | BoolArray) -> Any:  # noqa: ANN401 - any field of a bundle
    if isinstance(value, np.ndarray):
        return value[index]
    if isinstance(value, dict):
        return {name: _taken(item, index) for name, item in value.items()}
    return take_designs(value, index) if is_dataclass(value) else value
