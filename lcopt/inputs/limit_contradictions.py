"""What must hold between the limits of a scenario, those of a pack and what the pack is to do.

Like all contradictions, they are read from the raw tree, and a value that cannot be read is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lcopt.inputs.at_temperatures import (
    AT_TEMPERATURES,
    LIMITS,
    PACKS,
    TEMPERATURE,
    TEMPERATURE_RANGE,
    plain_key,
    temperature_deg_c,
)
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.fields import LIMITS as FIELDS
from lcopt.inputs.fields import kind_of_key
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.quantities import QuantityError, read_quantity, short_text, shown
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import RANGES_TABLE
from lcopt.inputs.words import HEATERS, PREHEATS

USABLE_ENERGY, CHARGING, COLD = "usable_energy_min_at", "charging_temperature", "cold_temperature"
COLD_LIMIT = "cold_charging_time_max"
# Keys that make the cold temperature matter where no file states it.
_COLD_KEYS = (COLD, COLD_LIMIT)
NO_HEATER = HEATERS[0]


@dataclass(frozen=True)
class _Given:
    """A limit as it holds for one pack: its text, the number, and the path where it stands, empty for a default."""

    text: str
    number: float
    path: Path


def limit_contradictions(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Every mistake that takes two limits, or a limit and a pack, to see; each once at its path."""
    found: dict[Path, Fault] = {}
    for path, pack in _owners(tree):
        if path:
            faults = (
                *_cold_fault(tree, path, pack, catalog),
                *_energy_faults(tree, path, pack),
                *_preheat_fault(tree, path, pack),
            )
            for fault in faults:
                found.setdefault(fault.path, fault)
    yield from found.values()


def temperature_faults(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Keys that are no temperature, or one that another key names, and limits without a value."""
    span = catalog.table(RANGES_TABLE).one(name=TEMPERATURE_RANGE)
    for path, owner in _owners(tree):
        for name in AT_TEMPERATURES:
            seen: dict[str, str] = {}
            for key, value in _block(_block(owner, LIMITS), name).items():
                child = (*path, LIMITS, name, key)
                of_key = list(_key_fault(child, seen, (span.low, span.high)))
                yield from of_key
                seen.setdefault(plain_key(key), key)
                if value is None and not of_key and child not in tree.unread and not (path and child in tree.nulls):
                    kind = AT_TEMPERATURES[name]
                    yield Fault(child, f"found no value; expected {kind.name}, for example '{kind.example}'")


def _key_fault(path: Path, seen: dict[str, str], span: tuple[float | None, float | None]) -> Iterator[Fault]:
    key = str(path[-1])
    try:
        deg_c = temperature_deg_c(key)
    except QuantityError as error:
        yield Fault(path, error.message, error.hint)
        return
    low, high = span
    if low is not None and high is not None and not low <= deg_c <= high:
        expected = f"{short_text(low, TEMPERATURE)} to {short_text(high, TEMPERATURE)}"
        yield Fault(path, f"{shown(key)} is out of range; expected {expected}")
    elif (first := seen.get(plain_key(key))) is not None:
        message = f"{shown(key)} is the same temperature as {shown(first)}; expected each temperature once"
        yield Fault(path, message, "remove one of them")


def _owners(tree: Tree) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The scenario and its packs, which may have limits."""
    yield (), tree.data
    packs = tree.data.get(PACKS)
    for index, pack in enumerate(packs if isinstance(packs, list) else []):
        if isinstance(pack, dict):
            yield (PACKS, index), pack


def _block(block: dict[str, Any], key: str) -> dict[str, Any]:
    value = block.get(key)
    return value if isinstance(value, dict) else {}


def _given(text: object, path: Path) -> _Given | None:
    """The limit at a path; None where it cannot be read."""
    kind = kind_of_key(path)
    try:
        return _Given(text, read_quantity(text, kind), path) if isinstance(text, str) and kind else None
    except QuantityError:
        return None


def _effective(tree: Tree, path: Path, pack: dict[str, Any], key: str, catalog: Catalog) -> _Given | None:
    """A limit of the pack, else that of the scenario, else the default."""
    for home, owner in ((path, pack), ((), tree.data)):
        if key in _block(owner, LIMITS):
            return _given(owner[LIMITS][key], (*home, LIMITS, key))
    row = catalog.table(FIELDS[key].table).one(name=FIELDS[key].row)
    return _Given(f"{short_text(row.value, TEMPERATURE)}, the default", row.value, ())


def _cold_fault(tree: Tree, path: Path, pack: dict[str, Any], catalog: Catalog) -> Iterator[Fault]:
    """A cold start that is warmer than the usual one."""
    if not any(key in _block(owner, LIMITS) for key in _COLD_KEYS for owner in (pack, tree.data)):
        return
    cold, usual = (_effective(tree, path, pack, key, catalog) for key in (COLD, CHARGING))
    if cold is not None and usual is not None and cold.number > usual.number:
        message = (
            f"the cold start at {shown(cold.text)} is warmer than the charging temperature {shown(usual.text)}; "
            "expected it to be colder"
        )
        yield Fault(cold.path or usual.path, message, f"lower {COLD} or raise {CHARGING}")


def _preheat_fault(tree: Tree, path: Path, pack: dict[str, Any]) -> Iterator[Fault]:
    """A way of preheating where nothing asks for cold stops, or nothing may heat."""
    usage = _block(pack, "usage")
    way = usage.get("preheat")
    if way not in PREHEATS or way == PREHEATS[0]:
        return
    at = (*path, "usage", "preheat")
    is_asked = any(COLD_LIMIT in _block(owner, LIMITS) for owner in (pack, tree.data))
    if not is_asked and not _is_positive(usage.get("cold_stops")):
        message = f"preheating has no effect: neither {COLD_LIMIT} nor cold_stops is set; expected one of them"
        yield Fault(at, message, "set usage.cold_stops, or leave preheat out")
    heaters = _block(tree.data, "search").get("heaters")
    if heaters in (NO_HEATER, [NO_HEATER]):
        message = f"preheating has no effect: search.heaters is {shown(NO_HEATER)} alone; expected a heater"
        yield Fault(at, message, "add a heater to search.heaters, or leave preheat out")


def _is_positive(text: object) -> bool:
    try:
        return isinstance(text, str) and read_quantity(text, KINDS["share"]) > 0
    except QuantityError:
        return True


def _energy_faults(tree: Tree, path: Path, pack: dict[str, Any]) -> Iterator[Fault]:
    """Usable energies that are more than the energy of the pack."""
    energy = _given(pack.get("energy"), (*path, "energy"))
    if energy is None:
        return
    for limit in _at_temperatures(tree, path, pack):
        if limit.number > energy.number:
            name = pack.get("name")
            of_pack = f"the pack {shown(name)}" if isinstance(name, str) else "the pack"
            message = (
                f"{shown(limit.text)} at {limit.path[-1]} is more than the energy of {of_pack}, {shown(energy.text)}; "
                "expected at most that"
            )
            yield Fault(limit.path, message, "lower it or raise the energy of the pack")


def _at_temperatures(tree: Tree, path: Path, pack: dict[str, Any]) -> Iterator[_Given]:
    """The usable energies that hold for one pack."""
    own = {plain_key(key): key for key in _block(_block(pack, LIMITS), USABLE_ENERGY)}
    above = _block(_block(tree.data, LIMITS), USABLE_ENERGY)
    homes = [(path, pack, key) for key in own.values()]
    homes += [((), tree.data, key) for key in above if plain_key(key) not in own]
    for home, owner, key in homes:
        limit = _given(owner[LIMITS][USABLE_ENERGY][key], (*home, LIMITS, USABLE_ENERGY, key))
        if limit is not None:
            yield limit
