"""Prices that are uncertain: `{dist: triangular, low: 3 USD/kg, mode: 3.9 USD/kg, high: 6 USD/kg}`.

A design is optimized at the central value of the distribution; the distribution itself is kept for the uncertainty
analysis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from lcopt.inputs.kinds import Kind
from lcopt.inputs.money import MoneyBasis
from lcopt.inputs.quantities import QuantityError, did_you_mean, read_quantity, shown
from lcopt.inputs.text.tree import Fault, Path

SHAPE = "dist"
# Parameters of each shape in rising order where they are prices; the central one is named by CENTRAL.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "triangular": ("low", "mode", "high"),
    "uniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sd_log"),
}
CENTRAL = {"triangular": "mode", "normal": "mean", "lognormal": "median"}
SPREADS = ("sd", "sd_log")
EMPIRICAL, VALUES = "empirical", "values"
SHAPES = (*PARAMETERS, EMPIRICAL)
VALUES_MIN = 2
SD_LOG_MAX = 3.0
EXAMPLE = "write for example {dist: triangular, low: 3 USD/kg, mode: 4 USD/kg, high: 6 USD/kg}"


@dataclass(frozen=True)
class PriceDistribution:
    """A distribution of one price; `parameters` are in the unit of its row, `sd_log` is of its natural logarithm.

    An empirical one has `values` in the place of parameters: prices of the past, each as likely as any other.
    """

    shape: str
    parameters: Mapping[str, float]
    values: tuple[float, ...] = ()

    @property
    def central(self) -> float:
        """The price at which designs are optimized: mode, mean or median, the middle of a uniform one."""
        if self.values:
            return median(self.values)
        if self.shape in CENTRAL:
            return self.parameters[CENTRAL[self.shape]]
        return (self.parameters["low"] + self.parameters["high"]) / 2


def read_distribution(value: Mapping[str, Any], kind: Kind, money: MoneyBasis | None) -> PriceDistribution:
    """The distribution of a block that has no faults."""
    shape = str(value[SHAPE])
    if shape == EMPIRICAL:
        return PriceDistribution(shape, {}, tuple(read_quantity(text, kind, money) for text in value[VALUES]))
    names = PARAMETERS[shape]
    return PriceDistribution(shape, {name: _parameter(name, str(value[name]), kind, money) for name in names})


def distribution_faults(path: Path, value: Mapping[str, Any], kind: Kind, money: MoneyBasis | None) -> Iterator[Fault]:
    """Everything that is wrong with a block that stands for a price."""
    shape = value.get(SHAPE)
    known = ", ".join(SHAPES)
    if shape is None:
        yield Fault(path, f"the key '{SHAPE}' is missing; expected one of: {known}", EXAMPLE)
        return
    if not isinstance(shape, str) or shape not in SHAPES:
        message = f"unknown distribution {shown(str(shape))}; expected one of: {known}"
        yield Fault((*path, SHAPE), message, did_you_mean(str(shape), SHAPES))
        return
    if shape == EMPIRICAL:
        yield from _empirical_faults(path, value, kind, money)
    else:
        yield from _shape_faults(path, value, shape, kind, money)


def _empirical_faults(path: Path, value: Mapping[str, Any], kind: Kind, money: MoneyBasis | None) -> Iterator[Fault]:
    yield from _names_faults(path, value, (VALUES,), EMPIRICAL)
    if VALUES in value:
        yield from _values_faults((*path, VALUES), value[VALUES], kind, money)


def _shape_faults(
    path: Path, value: Mapping[str, Any], shape: str, kind: Kind, money: MoneyBasis | None
) -> Iterator[Fault]:
    yield from _names_faults(path, value, PARAMETERS[shape], shape)
    numbers: dict[str, float] = {}
    for name in PARAMETERS[shape]:
        if name in value:
            yield from _parameter_faults((*path, name), name, value[name], kind, money, numbers)
    prices = [name for name in PARAMETERS[shape] if name in numbers and name not in SPREADS]
    for lower, higher in pairwise(prices):
        if numbers[lower] > numbers[higher]:
            message = f"{lower} {shown(str(value[lower]))} is above {higher} {shown(str(value[higher]))}"
            order = f"expected {' <= '.join(PARAMETERS[shape])}"
            yield Fault((*path, lower), f"{message}; {order}", f"exchange {lower} and {higher}")


def _names_faults(path: Path, value: Mapping[str, Any], names: tuple[str, ...], shape: str) -> Iterator[Fault]:
    for key in value:
        if key not in {SHAPE, *names}:
            message = f"unknown key {shown(str(key))}; expected a parameter of '{shape}': {', '.join(names)}"
            yield Fault((*path, key), message, did_you_mean(str(key), names))
    missing = [name for name in names if name not in value]
    if missing:
        yield Fault(path, f"the keys {', '.join(missing)} are missing; expected {', '.join(names)}", EXAMPLE)


def _values_faults(path: Path, values: object, kind: Kind, money: MoneyBasis | None) -> Iterator[Fault]:
    if not isinstance(values, list) or len(values) < VALUES_MIN:
        found = f"a list of {len(values)}" if isinstance(values, list) else "no list"
        message = f"found {found}; expected at least {VALUES_MIN} prices of the past"
        yield Fault(path, message, f"write for example [{kind.example}, {kind.example}]")
        return
    for index, text in enumerate(values):
        yield from _parameter_faults((*path, index), VALUES, text, kind, money, {})


def _parameter_faults(
    path: Path, name: str, text: object, kind: Kind, money: MoneyBasis | None, numbers: dict[str, float]
) -> Iterator[Fault]:
    if not isinstance(text, str):
        example = "0.3" if name == "sd_log" else kind.example
        yield Fault(path, f"found no number; expected {kind.name}", f"write for example '{example}'")
        return
    try:
        numbers[name] = _parameter(name, text, kind, money)
    except QuantityError as error:
        yield Fault(path, error.message, error.hint)
        return
    if numbers[name] < 0 or (name in SPREADS and numbers[name] == 0):
        yield Fault(path, f"{shown(text)} is out of range; expected a number above 0")


def _parameter(name: str, text: str, kind: Kind, money: MoneyBasis | None) -> float:
    if name != "sd_log":
        return read_quantity(text, kind, money)
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number <= SD_LOG_MAX:
        message = f"{shown(text)} is no standard deviation of a logarithm; expected a bare number up to {SD_LOG_MAX:g}"
        raise QuantityError(message, "write for example '0.3', about 30 % either way")
    return number
