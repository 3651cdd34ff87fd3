"""A lifecycle case from a file or a mapping, or an error that holds every mistake with its place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, get_type_hints

from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.case_values import MistakeError, found
from lcopt.inputs.lifecycle_case import LifecycleCase, Variants
from lcopt.inputs.quantities import did_you_mean, shown
from lcopt.inputs.text.file_bytes import read_bytes
from lcopt.inputs.text.tree import Fault, Path, Place, Tree, UnreadableError, decode, key_text, read_tree

MAPPING_NAME = "lifecycle case"
# Digits of an integer beyond which only its size matters, and it is out of every range.
LONGEST_INTEGER_COUNT = 100
_WORDS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def read_lifecycle_case(source: str | os.PathLike[str] | Mapping[str, Any]) -> LifecycleCase:
    """A case from a YAML file or from a mapping of the same form.

    Raises
    ------
    ScenarioError
        With every problem that was found, in the order of the file.
    """
    if isinstance(source, Mapping):
        return _case_of(source, Tree(), MAPPING_NAME, has_places=False)
    file = os.fspath(source)
    try:
        tree = read_tree(decode(read_bytes(file, "a lifecycle case")), _plain)
    except UnreadableError as error:
        raise ScenarioError([_problem(fault, file, Tree(), has_places=True) for fault in error.faults]) from None
    return _case_of(tree.data, tree, file, has_places=True)


def _plain(text: str) -> object:
    """A number, a switch, nothing, or else the text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= LONGEST_INTEGER_COUNT else float(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _case_of(values: Mapping[str, Any], tree: Tree, file: str, *, has_places: bool) -> LifecycleCase:
    if "lcopt" in values and "lifecycle_case" not in values:
        other = Fault((), "this is a scenario; expected a lifecycle case", "optimize it with 'lcopt run'")
        raise ScenarioError([_problem(other, file, tree, has_places=has_places)])
    reading = _Reading([])
    case: LifecycleCase | None = reading.block(LifecycleCase, values, ())
    found_here = [*reading.faults, *_contradictions(values)]
    faults = [*tree.faults, *(fault for fault in found_here if fault.path not in tree.unread)]
    if case is not None and not faults and case.consumption_kwh_per_km <= 0:
        message = f"the consumption after the mass penalty is {case.consumption_kwh_per_km:g} kWh/km; expected above 0"
        faults.append(Fault(("reference_consumption_kwh_per_km",), message))
    if case is None or faults:
        problems = dict.fromkeys(_problem(fault, file, tree, has_places=has_places) for fault in faults)
        raise ScenarioError(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return case


class _Reading:
    """Reads blocks and collects what is wrong with them."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def block(self, form: type[Any], values: Mapping[Any, Any], path: Path, chosen: str = "") -> Any:  # noqa: ANN401 - any form
        """An instance of `form`, or None where the block has mistakes; `chosen` says which word made it this form."""
        before = len(self.faults)
        known = _readers(form)
        values = {key_text(key): value for key, value in values.items()}
        unknown = [key for key in values if key not in known]
        self.faults += [_unknown_key(key, path, tuple(known), chosen) for key in unknown]
        read: dict[str, Any] = {}
        for item in fields(form):
            if item.name in values:
                read[item.name] = self._value(known[item.name], values[item.name], (*path, item.name))
            elif item.default is MISSING and not _is_misspelt(item, unknown, tuple(known)):
                self.faults.append(_missing(item.name, path))
        return None if len(self.faults) > before else form(**read)

    def _value(self, reader: Any, value: object, path: Path) -> Any:  # noqa: ANN401 - any value
        if isinstance(reader, Variants):
            return self._variant(reader, value, path)
        try:
            return reader(value)
        except MistakeError as mistake:
            self.faults.append(Fault(path, mistake.message, mistake.hint))
            return None

    def _variant(self, variants: Variants, value: object, path: Path) -> Any:  # noqa: ANN401 - any form
        if not isinstance(value, Mapping):
            self.faults.append(Fault(path, f"found {found(value)}; expected a block of 'key: value' lines"))
            return None
        if not variants.key:
            return self.block(variants.forms[""], value, path)
        word = value.get(variants.key, variants.default)
        if word is None and variants.key not in value:
            self.faults.append(_missing(variants.key, path))
            return None
        form = variants.forms.get(word) if isinstance(word, str) else None
        if form is None:
            reader = _readers(next(iter(variants.forms.values())))[variants.key]
            return self._value(reader, word, (*path, variants.key))
        return self.block(form, value, path, f"{variants.key} '{word}'")


def _readers(form: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(form, include_extras=True)
    return {item.name: hints[item.name].__metadata__[0] for item in fields(form)}


def _unknown_key(key: str, path: Path, known: tuple[str, ...], chosen: str) -> Fault:
    where = f"'{path[-1]}'" if path else "a lifecycle case"
    with_word = f" with {chosen}" if chosen else ""
    hint = did_you_mean(key, known) or f"known: {', '.join(known)}"
    return Fault((*path, key), f"unknown key {shown(key)}; expected a key of {where}{with_word}", hint)


def _is_misspelt(item: Field[Any], unknown: list[str], known: tuple[str, ...]) -> bool:
    """Whether an unknown key of the same block already points to this one."""
    return any(did_you_mean(word, known).startswith(f"did you mean '{item.name}'?") for word in unknown)


def _missing(key: str, path: Path) -> Fault:
    where = f"the block '{path[-1]}'" if path else "the case"
    return Fault(path, f"the key '{key}' is missing; {where} needs it")


def _contradictions(values: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _exactly_one(values, (), "pack_specific_energy_wh_per_kg", "pack_mass_kg")
    downtime = values.get("downtime")
    if isinstance(downtime, Mapping):
        path: Path = ("downtime",)
        yield from _exactly_one(downtime, path, "session_power_kw", "charging_time_min")
        timed = "charging_time_min" in downtime
        if timed and "charging_window_frac" not in downtime:
            message = "the key 'charging_window_frac' is missing; 'charging_time_min' needs it"
            yield Fault(path, message, "write for example 'charging_window_frac: [0.1, 0.8]'")
        if not timed and "charging_window_frac" in downtime:
            yield Fault((*path, "charging_window_frac"), "is of no use without 'charging_time_min'", "remove it")


def _exactly_one(values: Mapping[str, Any], path: Path, first: str, second: str) -> Iterator[Fault]:
    if first in values and second in values:
        yield Fault((*path, second), f"contradicts '{first}'; expected exactly one of the two", "remove one of them")
    if first not in values and second not in values:
        yield Fault(path, f"neither '{first}' nor '{second}' is given; expected exactly one of the two")


def _problem(fault: Fault, file: str, tree: Tree, *, has_places: bool) -> Problem:
    place = (fault.place or tree.place(fault.path)) if has_places else Place(0, 0)
    path = ".".join(shown(str(step))[1:-1] for step in fault.path)
    return Problem(file, place.line, place.column, path, fault.message, fault.hint)
