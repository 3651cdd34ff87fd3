"""Some designs of a bundle: the same dataclass with fewer elements in its arrays."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np

from lcopt.arrays import BoolArray, IntArray

T = TypeVar("T")


@cache
def _names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - the class of any dataclass
    return tuple(item.name for item in fields(kind))


def take_designs(bundle: T, index: IntArray | BoolArray) -> T:
    """The same frozen dataclass for some designs; scalars stay."""
    made: dict[str, Any] = {}
    kind: Any = type(bundle)
    for name in _names(kind):
        value = getattr(bundle, name)
        if isinstance(value, np.ndarray):
            made[name] = value[index]
        else:
            made[name] = take_designs(value, index) if is_dataclass(value) else value
    return kind(**made)  # type: ignore[no-any-return]
