"""Limits that hold at stated temperatures: `usable_energy_min_at: {-10 degC: 50 kWh, -20 degC: 42 kWh}`.

The keys of such a mapping are temperatures with a unit. Two that name one temperature, `-10 degC` and `14 degF`, are
the same key: one file over another replaces its value, and in one file the second is a mistake. In a pack, null leaves
out what the scenario asks at that temperature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import ValidationInfo

from lcopt.inputs.kinds import KINDS, Kind
from lcopt.inputs.quantities import QuantityError, read_quantity, tidy_text
from lcopt.inputs.text.tree import Path
from lcopt.inputs.values import Known, fault, shape_of

PACKS, LIMITS = "packs", "limits"
TEMPERATURE = KINDS["temperature"]
# The key of the block `limits`, and the kind of its values.
AT_TEMPERATURES: dict[str, Kind] = {"usable_energy_min_at": KINDS["energy"], "power_min_at": KINDS["power"]}
# Key of the table of ranges whose range a temperature of these has.
TEMPERATURE_RANGE = "power_temperature"
# Kelvin and Fahrenheit come to degrees Celsius with a tail of binary digits.
_DIGITS = 10


def is_at_temperatures(path: Path) -> bool:
    """Whether a mapping from temperatures to limits belongs at this path."""
    return len(path) > 1 and path[-2] == LIMITS and path[-1] in AT_TEMPERATURES


def kind_below(path: Path) -> Kind | None:
    """The kind of the limit where the path ends in a temperature, else None."""
    return AT_TEMPERATURES[str(path[-2])] if is_at_temperatures(path[:-1]) else None


def temperature_deg_c(text: str) -> float:
    """The temperature that a key names, in degC.

    Raises
    ------
    QuantityError
        Where it is no temperature with a unit.
    """
    return float(f"{read_quantity(text, TEMPERATURE):.{_DIGITS}g}")


def temperature_key(deg_c: float) -> str:
    """The key of a temperature as lcopt writes it."""
    return tidy_text(deg_c, TEMPERATURE)


def plain_key(key: str) -> str:
    """The key as lcopt writes it; as it is where it cannot be read."""
    try:
        return temperature_key(temperature_deg_c(key))
    except QuantityError:
        return key


def plain_path(path: Path) -> Path:
    """The path with its temperature, if it ends in one, as lcopt writes it."""
    return (*path[:-1], plain_key(str(path[-1]))) if kind_below(path) is not None else path


def spelled_as(keys: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """For each key the one of `known` that names the same temperature, or itself.

    Of two keys for one temperature only the first is renamed, so that the mistake stays to be told.
    """
    names, given = list(known), list(keys)
    left = {plain_key(key): key for key in names if key not in given}
    return {key: key if key in names else left.pop(plain_key(key), key) for key in given}


def read_at_temperatures(value: object, info: ValidationInfo[Known]) -> object:
    """A mapping whose values are read afterwards; what `null` leaves out is gone."""
    if not isinstance(value, dict):
        message = f"found {shape_of(value)}; expected temperatures, each with its limit"
        raise fault(message, f"write for example {{-10 degC: {AT_TEMPERATURES[str(info.field_name)].example}}}")
    return {key: item for key, item in value.items() if item is not None}


def pairs_of(limits: Mapping[str, float] | None) -> tuple[tuple[float, float], ...]:
    """Pairs of temperature and limit, the coldest first; none where there is no limit."""
    return tuple(sorted((temperature_deg_c(key), number) for key, number in (limits or {}).items()))
