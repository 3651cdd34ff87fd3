"""A cell of the form and the unit beside it become the text that a scenario file would have in its place."""

from __future__ import annotations

import re
from typing import Any

from lcopt.inputs.at_temperatures import is_at_temperatures
from lcopt.inputs.document import EXTENDS
from lcopt.inputs.excel.form_layout import NOTHING, PRICE_OVERRIDES, is_list_of_names, is_window
from lcopt.inputs.excel.sheet_cells import CellKind, SheetCell
from lcopt.inputs.fields import kind_of_key
from lcopt.inputs.kinds import RATIO, Kind
from lcopt.inputs.layers.relative import is_change
from lcopt.inputs.quantities import same_unit, shown
from lcopt.inputs.text.tree import Path, UnreadableError, read_tree
from lcopt.inputs.volumes import is_by_year

PERCENT = "%"
_RATIOS = (PERCENT, "%/yr", RATIO, "1/yr")
# The number may be spoilt by commas, apostrophes or spaces between its thousands, which the reader of quantities tells.
_SPLIT = re.compile(
    r"([+-]?(?:\d[\d.,'\u2019_]*(?:\s\d{3}(?!\d))*(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d{1,4})?)(.*)", re.DOTALL
)
_WINDOW = re.compile(r"\s*(?:\bto\b|[;\u2013\u2014]|,\s|\s-\s)\s*")
_FLOW = ("{", "[")
_DIGITS = 15
# What a cell with several pairs holds, and an example.
AT_TEMPERATURES = ("each temperature once, with its limit", "-10 degC: 50 kWh; -20 degC: 42 kWh")
BY_YEAR = ("each year once, with its volume", "2028: 30000 /yr; 2029: 80000 /yr")


class CellError(ValueError):
    """A cell cannot be read; `at_unit` where the cell to mend is the one with the unit."""

    def __init__(self, message: str, hint: str = "", *, at_unit: bool = False) -> None:
        self.message = message
        self.hint = hint
        self.at_unit = at_unit
        super().__init__(message)


def read_value(cell: SheetCell, unit: SheetCell | None, path: Path, *, in_variant: bool) -> Any:  # noqa: ANN401
    """What stands in a value cell as a tree has it: text with unit, list, mapping, boolean; None where it says null.

    Parameters
    ----------
    cell, unit : SheetCell
        The value, and what stands in the column of units.
    path : Path
        Tells what is expected.
    in_variant : bool
        Whether the column is that of a variant, where a text may have another unit than the row.

    Raises
    ------
    CellError
        Where what is meant is not clear.
    """
    _check_kind(cell, _expected(path))
    if cell.kind is CellKind.BOOLEAN:
        return cell.value
    unit_text = _unit_text(unit)
    if cell.kind is CellKind.NUMBER:
        return _number(cell, unit_text, path)
    text = str(cell.value)
    if text.lower() in NOTHING:
        return None
    if text.startswith(_FLOW):
        return _flow(text)
    if is_list_of_names(path) or path == (EXTENDS,):
        return _names(text)
    if is_at_temperatures(path) or (is_by_year(path) and ":" in text):
        return _mapping(text, BY_YEAR if is_by_year(path) else AT_TEMPERATURES)
    if is_window(path):
        parts = [part for part in _WINDOW.split(text) if part]
        return parts if len(parts) > 1 else text
    return text if is_change(text, path) else _text(text, unit_text, path, in_variant=in_variant)


def plain_text(cell: SheetCell, expected: str) -> str:
    """What a cell says where only words are expected: a heading or a name.

    Raises
    ------
    CellError
        Where it holds an error, a date or a formula without value.
    """
    _check_kind(cell, expected)
    return number_text(float(cell.value)) if cell.kind is CellKind.NUMBER else str(cell.value)


def number_text(number: float) -> str:
    """A number in the fewest digits that give it back."""
    return str(int(number)) if number.is_integer() and abs(number) < 10**_DIGITS else repr(number)


def _expected(path: Path) -> str:
    kind = kind_of_key(path)
    if path[0] == PRICE_OVERRIDES:
        return "a price"
    return "text" if kind is None else f"{kind.name}, for example '{kind.example}'"


def _check_kind(cell: SheetCell, expected: str) -> None:
    if cell.kind is CellKind.ERROR:
        message = f"the cell holds the error {shown(str(cell.value))}; expected {expected}"
        raise CellError(message, "mend the formula or type the value")
    if cell.kind is CellKind.NO_VALUE:
        message = f"the formula has no stored value; expected {expected}"
        raise CellError(message, "open and save the file in Excel once")
    if cell.kind is CellKind.DATE:
        message = f"the cell holds the date or time {shown(str(cell.value))}; expected {expected}"
        raise CellError(message, "set the format of the cell to General and type the value again")


def _unit_text(unit: SheetCell | None) -> str:
    if unit is None:
        return ""
    try:
        return plain_text(unit, "a unit")
    except CellError as error:
        raise CellError(error.message, error.hint, at_unit=True) from None


def _number(cell: SheetCell, unit: str, path: Path) -> str:
    kind = kind_of_key(path)
    if cell.is_percent:
        percent = f"{float(f'{100 * float(cell.value):.{_DIGITS}g}'):.{_DIGITS}g} %"
        if (kind is not None and PERCENT in kind.units and unit in {"", *_RATIOS}) or (kind is None and not unit):
            return percent
        message = f"the cell shows {percent}, but the unit is {shown(unit)}; expected a number in that unit"
        hint = f"set its format to General; a change is the text '*{float(cell.value) + 1:g}'"
        raise CellError(message, hint)
    return _with_unit(number_text(float(cell.value)), unit, path)


def _text(text: str, unit: str, path: Path, *, in_variant: bool) -> str:
    parts = _SPLIT.fullmatch(text)
    if not _is_quantity(path) or parts is None:
        return text
    own = parts[2].strip()
    if not own:
        return _with_unit(parts[1].strip(), unit, path)
    if unit and not in_variant and not same_unit(own, unit):
        message = f"{shown(text)} has a unit of its own, but the cell beside it says {shown(unit)}; expected one unit"
        raise CellError(message, "type the number alone, or clear the cell with the unit")
    return text


def _with_unit(number: str, unit: str, path: Path) -> str:
    """A number as written with the unit of its row; a ratio stands without."""
    kind = kind_of_key(path)
    if unit == RATIO:
        return number
    if unit:
        return f"{number} {unit}"
    if _is_quantity(path) and not _may_be_bare(number, kind):
        expectation = kind.expectation if kind else "expected that of the catalog price, such as USD/kg"
        message = f"the unit is empty beside a number; {expectation}"
        raise CellError(message, "choose one in this cell", at_unit=True)
    return number


def _is_quantity(path: Path) -> bool:
    return kind_of_key(path) is not None or (path[0] == PRICE_OVERRIDES and len(path) == 2)


def _may_be_bare(number: str, kind: Kind | None) -> bool:
    """Whether a number may do without a unit, or is none: then another mistake is to be told."""
    try:
        return kind is not None and kind.allows_bare(float(number))
    except ValueError:
        return True


def _names(text: str) -> str | list[str]:
    separator = ";" if ";" in text else ","
    names = [name.strip() for name in text.replace("\n", separator).split(separator) if name.strip()]
    return names if len(names) > 1 else text


def _mapping(text: str, words: tuple[str, str]) -> dict[str, str | None]:
    """The pairs of a cell such as `-10 degC: 50 kWh; -20 degC: 42 kWh`; null leaves one out."""
    each, example = words
    found: dict[str, str | None] = {}
    for part in text.replace("\n", ";").split(";"):
        key, _, value = (words.strip() for words in part.partition(":"))
        if (not key and not value) and part.strip() == "":
            continue
        if not key or not value or key in found:
            message = f"{shown(text)} cannot be read; expected {each}"
            raise CellError(message, f"write for example '{example}'")
        found[key] = None if value.lower() in NOTHING else value
    return found


def _flow(text: str) -> Any:  # noqa: ANN401 - any value of a tree
    """What one line of YAML holds: `{dist: triangular, ...}` or `[a, b]`."""
    try:
        tree = read_tree(f"cell: {text}")
    except UnreadableError:
        tree = None
    if tree is None or tree.faults or list(tree.data) != ["cell"]:
        message = f"{shown(text)} cannot be read; expected braces or brackets around 'key: value' or names"
        raise CellError(message, "write for example {dist: triangular, low: 3 USD/kg, mode: 4 USD/kg, high: 6 USD/kg}")
    return tree.data["cell"]
