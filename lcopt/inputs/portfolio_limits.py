"""Caps and floors over the whole fleet: what the list `portfolio.limits` may say, and the single limits that it means.

One item of the list has one quantity and one kind of bound: an amount a year, a share, carbon for each kilowatt-hour,
or a share of a metal that must be recycled. Each of its bounds becomes a `FleetLimit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lcopt.inputs.kinds import KINDS, Kind
from lcopt.inputs.quantities import (
    Money,
    QuantityError,
    known_unit,
    number_and_unit,
    read_quantity,
    short_text,
    shown,
    tidy_text,
)
from lcopt.inputs.values import ALL, whole_number_of

METALS = ("lithium", "nickel", "cobalt", "manganese", "graphite", "copper", "aluminum", "steel")
CARBON, ENERGY, PACKS, PLATFORMS = "carbon", "energy", "packs", "platforms"
FLEET_QUANTITIES = (*METALS, CARBON, ENERGY, PACKS, PLATFORMS)
# Quantities of which a part can have a share.
SHARED = (ENERGY, PACKS)
TOTAL, SHARE, PER_ENERGY, RECYCLED = "total", "share", "per_energy", "recycled"
# Keys of one item that choose a part of the fleet, with the attribute that each fills.
FILTERS = {"chemistry": "chemistries", "format": "formats", "architecture": "architectures", "platform": "platforms"}
# Keys of the bounds by their kind.
BOUND_KEYS = {TOTAL: ("max", "min"), SHARE: ("share_max", "share_min"), RECYCLED: ("recycled_min", "recycled_supply")}
COUNT_MAX = 1000


@dataclass(frozen=True)
class FleetLimit:
    """One cap or floor over the fleet; empty filters leave nothing out.

    `bound` is in `unit`: tonnes, GWh or packs a year, a number of platforms, a share, or kg/kWh; for recycled metal it
    is the supply in tonnes a year, and `recycled_frac` the share that it must cover. `relaxation_usd_per_unit` is the
    price of missing the limit in the unit of `relaxation_kind`; None where it must hold. `quote` counts only the cells
    that are bought under the quote of this number.
    """

    quantity: str
    basis: str
    is_max: bool
    bound: float
    recycled_frac: float | None
    name: str
    chemistries: tuple[str, ...]
    formats: tuple[str, ...]
    architectures: tuple[str, ...]
    platforms: tuple[str, ...]
    relaxation_usd_per_unit: float | None
    quote: int | None = None

    @property
    def unit(self) -> str:
        """Unit of the bound."""
        return {SHARE: "%", PER_ENERGY: "kg/kWh"}.get(self.basis, unit_of(self.quantity))

    @property
    def part(self) -> str:
        """The part of the fleet that counts, empty for all of it."""
        groups = (self.chemistries, self.formats, self.architectures, self.platforms)
        return " in ".join(", ".join(names) for names in groups if names)

    @property
    def subject(self) -> str:
        """What is limited, in words."""
        what = {PLATFORMS: "cell platforms"}.get(self.quantity, self.quantity)
        if self.basis == SHARE:
            return f"share of {self.part} in the {what} of the fleet"
        mean = " for each kWh" if self.basis == PER_ENERGY else ""
        return f"{what}{mean}{f' of {self.part}' if self.part else ''}"

    @property
    def label(self) -> str:
        """The limit in words, no two alike."""
        side = "at most" if self.is_max else "at least"
        words = f"{self.subject} {side} {bound_text(self, self.bound)}"
        if self.basis == RECYCLED:
            words = (
                f"{self.subject} recycled by {100 * (self.recycled_frac or 0):g} % from {bound_text(self, self.bound)}"
            )
        return f"{self.name}: {words}" if self.name else words

    @property
    def is_soft(self) -> bool:
        """Whether it may be missed at a price."""
        return self.relaxation_usd_per_unit is not None


def unit_of(quantity: str) -> str:
    """Unit of a yearly amount of a quantity of the fleet."""
    return {ENERGY: "GWh/yr", PACKS: "/yr", PLATFORMS: ""}.get(quantity, "t/yr")


def bound_text(limit: FleetLimit, value: float) -> str:
    """A value of what a limit holds down or up, as people write it."""
    if limit.basis == SHARE:
        return f"{100 * value:.12g} %"
    number = f"{value:,.12g}" if limit.quantity == PACKS else f"{value:.12g}"
    return f"{number} {limit.unit}".strip()


def kinds_of(quantity: str) -> tuple[Kind, ...]:
    """Kinds of quantity that `max` and `min` may be in; none for a plain number of platforms."""
    if quantity == PLATFORMS:
        return ()
    if quantity == CARBON:
        return KINDS["mass per year"], KINDS["carbon per energy"]
    return (KINDS[{ENERGY: "plant size", PACKS: "number per year"}.get(quantity, "mass per year")],)


def relaxation_kind(quantity: str) -> Kind:
    """Kind of the price at which a limit may be missed: for each unit of a year, or once for each platform."""
    names = {
        CARBON: "money per tonne",
        ENERGY: "money per energy",
        PACKS: "money per pack",
        PLATFORMS: "money in millions",
    }
    return KINDS[names.get(quantity, "money per mass")]


def read_bound(text: str, quantity: str) -> tuple[str, float]:
    """The basis and the number of `max` or `min`.

    Raises
    ------
    QuantityError
        Where the text is no amount of the quantity, or below 0.
    """
    kinds = kinds_of(quantity)
    if not kinds:
        number = whole_number_of(text.strip(), (0, COUNT_MAX))
        if number is None:
            message = f"{shown(text)} is not possible; expected a whole number of cell platforms, 0 to {COUNT_MAX}"
            raise QuantityError(message)
        return TOTAL, float(number)
    unit = number_and_unit(text)[1]
    kind = next((kind for kind in kinds if known_unit(unit, kind) in kind.units), kinds[0])
    value = read_quantity(text, kind)
    if value < 0:
        message = f"{shown(text)} is below 0; expected {kind.name} of 0 or more"
        raise QuantityError(message)
    return (PER_ENERGY if kind is KINDS["carbon per energy"] else TOTAL), value


def fleet_limits(blocks: Iterable[Any], money: Money | None) -> tuple[FleetLimit, ...]:
    """Every limit that the checked items of `portfolio.limits` mean."""
    return tuple(limit for block in blocks for limit in _limits_of(block, money))


def _limits_of(block: Any, money: Money | None) -> Iterable[FleetLimit]:  # noqa: ANN401 - a block of document.py
    amounts = {key: read_bound(text, block.quantity) for key in BOUND_KEYS[TOTAL] if (text := getattr(block, key))}
    shares = {key: getattr(block, key) for key in BOUND_KEYS[SHARE]}
    bounds = [(basis, key == "max", bound, None) for key, (basis, bound) in amounts.items()]
    bounds += [(SHARE, key == "share_max", share, None) for key, share in shares.items() if share is not None]
    if block.recycled_min is not None:
        bounds.append((RECYCLED, True, block.recycled_supply, block.recycled_min))
    price = None
    if block.relaxation is not None:
        price = read_quantity(block.relaxation, relaxation_kind(block.quantity), money)
    for basis, is_max, bound, recycled in bounds:
        yield FleetLimit(
            quantity=block.quantity,
            basis=basis,
            is_max=is_max,
            bound=bound,
            recycled_frac=recycled,
            name=block.name or "",
            chemistries=_names(block.chemistry),
            formats=_names(block.format),
            architectures=_names(block.architecture),
            platforms=_names(block.platform),
            relaxation_usd_per_unit=price,
        )


def _names(given: tuple[str, ...] | None) -> tuple[str, ...]:
    return () if given is None or ALL in given else given


def written_limits(limits: Iterable[FleetLimit]) -> list[dict[str, Any]]:
    """The limits as items of `portfolio.limits` that read back as exactly them."""
    return [_written(limit) for limit in limits]


def _written(limit: FleetLimit) -> dict[str, Any]:
    filters = {key: list(getattr(limit, name)) for key, name in FILTERS.items() if getattr(limit, name)}
    item: dict[str, Any] = {"quantity": limit.quantity, **({"name": limit.name} if limit.name else {}), **filters}
    item |= _written_bound(limit)
    if limit.relaxation_usd_per_unit is not None:
        item["relaxation"] = tidy_text(limit.relaxation_usd_per_unit, relaxation_kind(limit.quantity))
    return item


def _written_bound(limit: FleetLimit) -> Mapping[str, str]:
    side = "max" if limit.is_max else "min"
    if limit.basis == RECYCLED:
        share = tidy_text(limit.recycled_frac or 0.0, KINDS["share"])
        return {"recycled_min": share, "recycled_supply": tidy_text(limit.bound, KINDS["mass per year"])}
    if limit.basis == SHARE:
        return {f"share_{side}": tidy_text(limit.bound, KINDS["share"])}
    if limit.quantity == PLATFORMS:
        return {side: short_text(limit.bound, KINDS["factor"])}
    kind = KINDS["carbon per energy"] if limit.basis == PER_ENERGY else kinds_of(limit.quantity)[0]
    return {side: tidy_text(limit.bound, kind)}
