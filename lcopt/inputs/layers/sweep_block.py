"""The block `sweep` of a scenario: axes of values, combined to points.

Every key is an address (`finance.discount_rate`, `limits.charging_time_max`, `packs.<name>.energy`) with a list of
values or a range. Axes cross; those below `zip` go side by side, as one axis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product
from math import prod
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.fields import kind_at
from lcopt.inputs.kinds import Kind
from lcopt.inputs.money import money_basis
from lcopt.inputs.quantities import QuantityError, did_you_mean, number_and_unit, read_quantity, shown
from lcopt.inputs.text.tree import Fault, Path, Place, Tree, steps_of

ZIP = "zip"
RANGE_KEYS = ("from", "to", "steps", "step")
POINTS_MAX = 100_000
VALUES_MAX = 10_000
PROBES = 9
NOT_SWEPT = ("lcopt", "name")
_EXAMPLE = "write for example '[10 min, 20 min]' or '{from: 10 min, to: 20 min, steps: 3}'"
_DIGITS = 12
_WHOLE = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Setting:
    """One value for one address; `source` is the path of it below the block, or of its range."""

    address: str
    value: Any
    source: Path


Axis = tuple[tuple[Setting, ...], ...]


def axes_of(block: Tree, catalog: Catalog) -> tuple[list[Axis], list[Fault]]:
    """The axes of a sweep, each a row of settings that go together, and the mistakes found."""
    reader = _Axes(block, catalog)
    axes = reader.read()
    points = prod(len(axis) for axis in axes)
    if not reader.faults and points > POINTS_MAX:
        message = f"the axes cross to {points} points; expected at most {POINTS_MAX}"
        reader.faults.append(Fault((), message, "use coarser ranges, or 'zip'", block.place(())))
    return axes, reader.faults


def points_of(axes: list[Axis]) -> Iterator[tuple[Setting, ...]]:
    """Every combination of the axes, the last one changing fastest."""
    for combined in product(*axes):
        yield tuple(setting for settings in combined for setting in settings)


def probes_of(axis: Axis) -> Axis:
    """The values of an axis that tell whether all are good: of ranges the ends and some between, else all."""
    is_range = all(
        setting.source == first.source for settings in axis for setting, first in zip(settings, axis[0], strict=True)
    )
    if not is_range or len(axis) <= PROBES:
        return axis
    return tuple(axis[round(number * (len(axis) - 1) / (PROBES - 1))] for number in range(PROBES))


def overlay_of(settings: tuple[Setting, ...], block: Tree) -> Tree:
    """The tree that puts the settings of a point over a scenario."""
    made = Tree(data={setting.address: setting.value for setting in settings})
    for setting in settings:
        place, cut = block.place(setting.source), len(setting.source)
        made.places[(setting.address,)] = place
        made.places |= {
            (setting.address, *path[cut:]): inner
            for path, inner in block.places.items()
            if path[:cut] == setting.source and len(path) > cut
        }
    return made


def text_of(value: Any) -> str:  # noqa: ANN401 - any value of a tree
    """A value of a sweep as a table shows it."""
    if isinstance(value, list):
        return f"[{', '.join(map(text_of, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {text_of(item)}" for key, item in value.items()) + "}"
    return "null" if value is None else str(value)


class _Axes:
    """Reads the axes of one block and collects what is wrong with them."""

    def __init__(self, block: Tree, catalog: Catalog) -> None:
        self.block = block
        self.catalog = catalog
        self.faults: list[Fault] = []
        self.seen: set[str] = set()

    def read(self) -> list[Axis]:
        if not isinstance(self.block.data, dict) or not self.block.data:
            self._fault((), "found no axes; expected addresses with values", f"{_EXAMPLE} after an address")
            return []
        axes: list[Axis] = []
        for key, value in self.block.data.items():
            if key != ZIP:
                axes.append(tuple((setting,) for setting in self._settings(key, value, (key,))))
                continue
            groups = value if isinstance(value, list) else [value]
            for index, group in enumerate(groups):
                axes.append(self._zipped(group, (ZIP, index) if isinstance(value, list) else (ZIP,)))
        return axes

    def _zipped(self, group: object, path: Path) -> Axis:
        if not isinstance(group, dict) or not group:
            self._fault(path, "found no axes; expected addresses whose values go side by side", _EXAMPLE)
            return ()
        columns = [self._settings(key, value, (*path, key)) for key, value in group.items()]
        lengths = {len(column) for column in columns}
        if len(lengths) > 1 and 0 not in lengths:
            counts = ", ".join(f"{key}: {len(column)}" for key, column in zip(group, columns, strict=True))
            self._fault(path, f"the lists have different lengths ({counts}); expected the same number of values", "")
        return tuple(zip(*columns, strict=False))

    def _settings(self, address: str, value: object, path: Path) -> list[Setting]:
        if address in self.seen:
            self._fault(path, f"{shown(address)} is swept twice; expected once", "remove one")
        self.seen.add(address)
        if address in NOT_SWEPT:
            self._fault(path, f"{shown(address)} cannot be swept; expected the address of a value", _EXAMPLE)
            return []
        if isinstance(value, dict):
            texts = self._range(address, value, path)
            return [Setting(address, text, path) for text in texts]
        return self._listed(address, value, path)

    def _listed(self, address: str, value: object, path: Path) -> list[Setting]:
        """The settings of a list of values."""
        if not isinstance(value, list) or not value:
            found = "an empty list" if value == [] else "a single value" if value is not None else "no value"
            self._fault(path, f"found {found}; expected a list of values or a range", _EXAMPLE)
            return []
        if len(value) > VALUES_MAX:
            self._fault(path, f"found {len(value)} values; expected at most {VALUES_MAX}", "")
            return []
        known: set[str] = set()
        for index, text in enumerate(map(text_of, value)):
            if value[index] is None:
                self._fault((*path, index), "found no value; expected one", "remove the item")
            elif text in known:
                self._fault((*path, index), f"{shown(text)} is given twice; expected once", "remove one")
            known.add(text)
        return [Setting(address, item, (*path, index)) for index, item in enumerate(value)]

    def _range(self, address: str, given: dict[str, Any], path: Path) -> list[str]:
        unknown = [key for key in given if key not in RANGE_KEYS]
        if unknown:
            hint = did_you_mean(unknown[0], list(RANGE_KEYS)) or f"or write {shown(f'{address}.{unknown[0]}')} as key"
            self._fault((*path, unknown[0]), f"unknown key {shown(unknown[0])}; expected from, to, steps or step", hint)
            return []
        if not {"from", "to"} <= set(given) or ("steps" in given) == ("step" in given):
            self._fault(path, "the range is not complete; expected from, to and either steps or step", _EXAMPLE)
            return []
        kind = kind_at(_path_of(address), self.catalog)
        ends = [self._number(given[key], kind, (*path, key)) for key in ("from", "to")]
        if None in ends:
            return []
        (first, unit), (last, unit_of_last) = ends[0], ends[1]  # type: ignore[misc]
        if unit != unit_of_last:
            self._fault((*path, "to"), f"{shown(str(given['to']))} has another unit than 'from'; expected the same", "")
            return []
        count, step = self._spacing(given, kind, path, first, last, unit)
        numbers = [first + step * number for number in range(count)]
        if "steps" in given:  # a step that is no decimal would leave -1e-27 in the place of 0
            numbers = [first + (last - first) * number / (count - 1) for number in range(count)]
        return [f"{_plain(number)} {unit}".strip() for number in numbers]

    def _spacing(
        self, given: dict[str, Any], kind: Kind | None, path: Path, first: Decimal, last: Decimal, unit: str
    ) -> tuple[int, Decimal]:
        """How many values a range has and how far apart they are; none where that is a mistake."""
        if "steps" in given:
            text = str(given["steps"])
            if not _WHOLE.fullmatch(text) or not 2 <= int(text) <= VALUES_MAX or first == last:
                hint = f"steps is the number of values, 2 to {VALUES_MAX}, from one end to a different one"
                self._fault((*path, "steps"), f"{shown(text)} steps are not possible; expected a whole number", hint)
                return 0, Decimal(0)
            return int(text), (last - first) / (int(text) - 1)
        found = self._number(given["step"], kind, (*path, "step"))
        if found is None:
            return 0, Decimal(0)
        step, unit_of_step = found
        if step <= 0 or unit_of_step != unit or abs(last - first) / step > VALUES_MAX:
            message = f"{shown(str(given['step']))} is no step; expected a number above 0 in the unit of 'from'"
            self._fault((*path, "step"), message, f"at most {VALUES_MAX} values")
            return 0, Decimal(0)
        return int(abs(last - first) / step) + 1, step if last >= first else -step

    def _number(self, value: object, kind: Kind | None, path: Path) -> tuple[Decimal, str] | None:
        """Number and unit of one end of a range."""
        text = value if isinstance(value, str) else ""
        try:
            if kind is not None:
                read_quantity(text, kind, money_basis(self.catalog, self.catalog.price_year))
            number, unit = number_and_unit(text)
            return Decimal(number), unit
        except QuantityError as error:
            self._fault(path, error.message, error.hint)
        except InvalidOperation:
            self._fault(path, f"{shown(text)} is no number; expected a number", "")
        return None

    def _fault(self, path: Path, message: str, hint: str) -> None:
        self.faults.append(Fault(("sweep", *path), message, hint, self._place(path)))

    def _place(self, path: Path) -> Place:
        return self.block.place(path)


def _plain(number: Decimal) -> str:
    """A number without the tail that a division leaves."""
    return f"{float(f'{number:.{_DIGITS}g}'):.{_DIGITS}g}"


def _path_of(address: str) -> Path:
    """A path of the same kind of value as an address."""
    steps: list[str | int] = list(steps_of(address))
    if steps[0] == "packs" and len(steps) > 1:
        steps[1] = 0
    return tuple(steps)
