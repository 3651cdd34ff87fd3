"""The keys of the rows of a form, read: `Packs.compact.energy` is the key `energy` of the pack `compact`."""

from __future__ import annotations

from typing import NamedTuple

from lcopt.inputs.at_temperatures import is_at_temperatures
from lcopt.inputs.document import BLOCKS, EXTENDS, SWEEP, VARIANTS, block_name
from lcopt.inputs.excel.form_layout import PACKS, PRICE_OVERRIDES
from lcopt.inputs.excel.form_values import CellError
from lcopt.inputs.fields import BY_FAMILY
from lcopt.inputs.portfolio_risk import RISK_PRICES
from lcopt.inputs.quantities import shown
from lcopt.inputs.text.tree import Path, steps_of
from lcopt.inputs.volumes import is_by_year

STEPS_MAX = 8
_LOWER_CASE = ((PRICE_OVERRIDES,), *BY_FAMILY)
_NO_MODEL = (EXTENDS, SWEEP, VARIANTS)
_ELSEWHERE = {
    SWEEP: "write it into a .yaml file that starts with 'extends: ' and the name of this file",
    VARIANTS: "write the name of the variant as the heading of a column, and its values below",
}


class Key(NamedTuple):
    """A key as a path, with 0 in the place of the index of its pack; `pack` is the name of it, empty where none."""

    path: Path
    pack: str = ""

    @property
    def is_pack(self) -> bool:
        """Whether it is a pack as a whole."""
        return bool(self.pack) and len(self.path) == 2

    def at(self, index: int) -> Path:
        """The path where the pack has this place in the list."""
        return (PACKS, index, *self.path[2:]) if self.pack else self.path

    def address(self, pack: str) -> str:
        """The address in a variant; `pack` is the name that the pack has in the scenario."""
        return ".".join((PACKS, pack, *map(str, self.path[2:])) if self.pack else map(str, self.path))

    @property
    def rank(self) -> int:
        """When a variant sets it: limits of all packs before those of one, the name of a pack last."""
        if self.path[0] == "limits":
            return 0
        return 2 if self.pack and self.path[2:] == ("name",) else 1

    @property
    def is_known(self) -> bool:
        """Whether a scenario may have this key; names of the catalog are not looked up."""
        if self.path[0] not in BLOCKS:
            return self.path[0] in BLOCKS[""].model_fields or self.path[0] == EXTENDS
        owner = self.path[:-1]
        if owner in _LOWER_CASE or is_at_temperatures(owner) or is_by_year(owner) or owner == RISK_PRICES:
            return True
        return self.is_pack or str(self.path[-1]) in BLOCKS[block_name(self.path[:-1])].model_fields

    @property
    def is_required(self) -> bool:
        """Whether a scenario cannot do without."""
        field = BLOCKS[block_name(self.path[:-1])].model_fields.get(str(self.path[-1]))
        return field is not None and field.is_required()


def read_key(text: str) -> Key:
    """The key that a text names, in whatever case.

    Raises
    ------
    CellError
        Where it is no key with single dots, or one that a form has elsewhere.
    """
    steps = [step.strip() for step in steps_of(text.strip().removesuffix(":"))]
    if not all(steps) or len(steps) > STEPS_MAX:
        message = f"{shown(text)} is no key; expected words with single dots between them"
        raise CellError(message, "write for example finance.discount_rate or packs.compact.energy")
    first = _spelled((), steps[0])
    if first in _ELSEWHERE:
        message = f"a row cannot have the key {shown(text)}; expected a key with one value"
        raise CellError(message, _ELSEWHERE[first])
    if first == PACKS:
        fields = {name.casefold() for name in BLOCKS[PACKS].model_fields}
        if len(steps) == 1 or (len(steps) == 2 and steps[1].casefold() in fields):
            message = f"{shown(text)} names no pack; expected packs.<name>.<key>"
            raise CellError(message, "write for example packs.compact.energy")
        return Key(_path((PACKS, 0), steps[2:]), steps[1])
    return Key(_path((first,), steps[1:]))


def _path(path: Path, steps: list[str]) -> Path:
    for step in steps:
        path = (*path, _spelled(path, step))
    return path


def _spelled(path: Path, step: str) -> str:
    """A step as the language spells it."""
    if path in _LOWER_CASE:
        return step.lower()
    if path and block_name(path) == "":
        return step
    known = {name.casefold(): name for name in (*BLOCKS[block_name(path)].model_fields, *_NO_MODEL)}
    return known.get(step.casefold(), step)
