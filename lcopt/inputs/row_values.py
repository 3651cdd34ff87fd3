"""The value of a row as the field of a dataclass has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lcopt.errors import CatalogError
from lcopt.units import unit_of_name

if TYPE_CHECKING:
    from lcopt.inputs.catalog import Row


def converted(row: Row, hint: object) -> float | int | bool | str:
    """A word, a truth value or a number, which must be in the unit that the name of the row ends with.

    Raises
    ------
    CatalogError
        Where the row has no such value.
    """
    name = row.keys["name"]
    if hint is str:
        return row.text
    if hint is bool:
        if row.text not in {"true", "false"}:
            message = f"{row.place}: value '{row.text}' of '{name}' must be true or false"
            raise CatalogError(message)
        return row.text == "true"
    unit = unit_of_name(name)
    if unit is None:
        message = f"{row.place}: the name '{name}' does not end with a unit known to units.py"
        raise CatalogError(message)
    value = row.number(unit)
    if hint is not int:
        return value
    if not value.is_integer():
        message = f"{row.place}: value '{row.text}' of '{name}' must be a whole number"
        raise CatalogError(message)
    return int(value)
