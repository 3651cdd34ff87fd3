"""The caps and floors of a scenario as linear rows over pairs and platforms, and what a choice makes of them.

Yearly amounts are those of packs as made, with those that a swap model keeps in its pool. Where packs are made more and
less over the years, a limit has a row for each year in which it counts (`limit_years`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.inputs.portfolio_limits import (
    CARBON,
    ENERGY,
    METALS,
    PACKS,
    PER_ENERGY,
    PLATFORMS,
    RECYCLED,
    SHARE,
    TOTAL,
    FleetLimit,
    bound_text,
    unit_of,
)
from lcopt.inputs.scenario import CellQuote
from lcopt.inputs.words import ARCHITECTURES, FORMATS
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import Explored
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import Pairs, PortfolioInstance, platform_totals, row_totals
from lcopt.selection.limit_years import LimitYears, limit_years, years_of_limit
from lcopt.selection.metal_content import metals_kg
from lcopt.units import KG_PER_T, KWH_PER_GWH, USD_PER_MUSD

_KG_PER_KWH_AS_T_PER_GWH = KWH_PER_GWH / KG_PER_T


@dataclass(frozen=True)
class Fleet:
    """Pairs with what limits count of them; packs in the order of `explored`, pairs sorted by pack."""

    explored: tuple[Explored, ...]
    engineering: Engineering
    pairs: Pairs
    _metals: dict[str, FloatArray] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def limits(self) -> tuple[FleetLimit, ...]:
        """All limits of the scenario, and the supply of each quote that has one."""
        portfolio = self.engineering.scenario.portfolio
        return (*portfolio.limits, *supply_limits(portfolio.buy))

    @cached_property
    def years(self) -> tuple[LimitYears, ...]:
        """The years of production with sales."""
        return limit_years([one.task for one in self.explored], self.engineering.scenario)

    def rows_of(self, limit: FleetLimit) -> dict[str, LimitYears]:
        """The years in which a limit on pairs counts, by the names of its rows."""
        energy_kwh = np.array([one.task.pack.energy_kwh for one in self.explored])
        years = years_of_limit(limit, self.years, energy_kwh)
        return {f"{limit.label} in {own.first}" if len(years) > 1 else limit.label: own for own in years}

    def amount(self, quantity: str, year: LimitYears) -> FloatArray:
        """Amount that each pair adds in a year, in the unit of the quantity, shape (n_pairs,)."""
        made = year.made_per_yr[self.pairs.pack]
        if quantity in METALS:
            return self._metal(quantity) * made / KG_PER_T
        energy_kwh = self._values("pack_energy_kwh") * made
        making = self._of_packs([self.engineering.making_kg_per_kwh[one] for one in self._candidate("couple")])
        amounts = {
            ENERGY: energy_kwh / KWH_PER_GWH,
            CARBON: making * energy_kwh / KG_PER_T,
            PACKS: made,
        }
        return amounts[quantity]

    def part(self, limit: FleetLimit) -> BoolArray:
        """Pairs that a limit counts, shape (n_pairs,)."""
        counted = np.ones(len(self.pairs), dtype=bool)
        if limit.chemistries:
            counted &= self._named("couple", self.engineering.chemistries, limit.chemistries)
        if limit.formats:
            counted &= self._named("cell_format", FORMATS, limit.formats)
        if limit.architectures:
            counted &= self._named("architecture", ARCHITECTURES, limit.architectures)
        if limit.quote is not None:
            counted &= np.concatenate(self._candidate("quote")) == limit.quote
        if limit.platforms:
            names = [self.engineering.given.names_of(one.candidates.platforms.take(own)) for one, own in self._groups]
            counted &= np.isin(np.concatenate([np.array(own, dtype=object) for own in names]), limit.platforms)
        return counted

    def part_amount(self, limit: FleetLimit, year: LimitYears) -> FloatArray:
        """Amount of a year that each pair adds to what a limit counts, shape (n_pairs,)."""
        return np.where(self.part(limit), self.amount(limit.quantity, year), 0.0)

    def whole(self, limit: FleetLimit, year: LimitYears) -> FloatArray:
        """What a share or a mean is taken of, for each pair; zero for a limit on a total, shape (n_pairs,)."""
        if limit.basis == SHARE:
            return self.amount(limit.quantity, year)
        if limit.basis == PER_ENERGY:
            return np.where(self.part(limit), self.amount(ENERGY, year) * _KG_PER_KWH_AS_T_PER_GWH, 0.0)
        return np.zeros(len(self.pairs))

    def value(self, limit: FleetLimit, chosen: IntArray) -> float:
        """What a choice comes to in the year in which it is nearest to a limit on pairs, in the unit of its bound."""
        values = []
        for year in self.rows_of(limit).values():
            part = float(self.part_amount(limit, year)[chosen].sum())
            if limit.basis in {SHARE, PER_ENERGY}:
                whole = float(self.whole(limit, year)[chosen].sum())
                values.append(part / whole if whole else 0.0)
            else:
                values.append(part * (limit.recycled_frac or 1.0))
        return max(values) if limit.is_max else min(values)

    @property
    def _groups(self) -> list[tuple[Explored, IntArray]]:
        ends = np.searchsorted(self.pairs.pack, np.arange(len(self.explored) + 1))
        return [
            (one, self.pairs.candidate[start:stop])
            for one, start, stop in zip(self.explored, ends[:-1], ends[1:], strict=True)
        ]

    def _values(self, name: str) -> FloatArray:
        return self._of_packs([one.values[name][own] for one, own in self._groups])

    def _candidate(self, column: str) -> list[IntArray]:
        is_count = column == "architecture"
        owners = [one.candidates.counts if is_count else one.candidates.platforms for one in self.explored]
        return [getattr(owner, column)[own] for owner, (_, own) in zip(owners, self._groups, strict=True)]

    def _named(self, column: str, every: Sequence[str], names: Sequence[str]) -> BoolArray:
        numbers = [number for number, name in enumerate(every) if name in names]
        found: BoolArray = np.isin(np.concatenate(self._candidate(column)), numbers)
        return found

    def _metal(self, metal: str) -> FloatArray:
        if not self._metals:
            own = [metals_kg(one, index, self.engineering) for one, index in self._groups]
            self._metals.update({name: np.concatenate([item[name] for item in own]) for name in METALS})
        return self._metals[metal]

    @staticmethod
    def _of_packs(parts: list[FloatArray]) -> FloatArray:
        return np.concatenate(parts)


def supply_limits(quotes: Sequence[CellQuote]) -> tuple[FleetLimit, ...]:
    """The energy of cells that each quote supplies in a year at most, where it says so."""
    return tuple(
        FleetLimit(
            quantity=ENERGY,
            basis=TOTAL,
            is_max=True,
            bound=quote.supply_max_gwh_per_yr,
            recycled_frac=None,
            name=f"supply of {quote.cell}{f' from {quote.supplier}' if quote.supplier else ''}",
            chemistries=(),
            formats=(),
            architectures=(),
            platforms=(quote.cell,),
            relaxation_usd_per_unit=None,
            quote=number,
        )
        for number, quote in enumerate(quotes, start=1)
        if quote.supply_max_gwh_per_yr is not None
    )


@dataclass(frozen=True)
class LimitState:
    """What a choice makes of one limit, in the unit of its bound; a share as a fraction."""

    limit: FleetLimit
    value: float


def pair_rows(fleet: Fleet) -> LinearRows:
    """The limits on amounts, shares and means, as rows over the pairs."""
    rows = LinearRows.none(len(fleet.pairs))
    for limit in fleet.limits:
        if limit.quantity == PLATFORMS:
            continue
        for name, year in fleet.rows_of(limit).items():
            part = fleet.part_amount(limit, year)
            if limit.basis in {SHARE, PER_ENERGY}:
                coefficient, bound = part - limit.bound * fleet.whole(limit, year), 0.0
            else:
                coefficient, bound = part * (limit.recycled_frac or 1.0), limit.bound
            rows = rows.with_rows(_row(limit, name, coefficient, bound, year.worth))
    return rows


def platform_rows(fleet: Fleet, platforms_count: int) -> LinearRows:
    """The limits on the number of cell platforms, as rows over the platforms."""
    rows = LinearRows.none(platforms_count)
    for limit in fleet.limits:
        if limit.quantity != PLATFORMS:
            continue
        counted = np.zeros(platforms_count)
        counted[fleet.pairs.platform[fleet.part(limit)]] = 1.0
        rows = rows.with_rows(_row(limit, limit.label, counted, limit.bound, 1.0))
    return rows


def limit_values(fleet: Fleet, instance: PortfolioInstance, chosen: IntArray) -> dict[FleetLimit, float]:
    """What a choice comes to in the unit of the bound of every limit; a share as a fraction."""
    opened = dict(zip(instance.platform_rows.names, platform_totals(instance, chosen).tolist(), strict=True))
    return {
        limit: opened[limit.label] if limit.quantity == PLATFORMS else fleet.value(limit, chosen)
        for limit in fleet.limits
    }


def limit_of_row(fleet: Fleet) -> dict[str, str]:
    """The limit that each row over pairs belongs to, both by their names."""
    on_pairs = [limit for limit in fleet.limits if limit.quantity != PLATFORMS]
    return {name: limit.label for limit in on_pairs for name in fleet.rows_of(limit)}


def missed_limits(fleet: Fleet, instance: PortfolioInstance, chosen: IntArray) -> list[tuple[str, str]]:
    """The limits that a choice misses although they must hold, each with what it comes to and by how much, in words."""
    over_platforms, limit_of = instance.platform_rows, limit_of_row(fleet)
    missed = dict(zip(over_platforms.names, over_platforms.missed(platform_totals(instance, chosen)), strict=True))
    for name, miss in zip(instance.rows.names, instance.rows.missed(row_totals(instance, chosen)), strict=True):
        own = limit_of.get(name, name)
        missed[own] = max(missed.get(own, 0.0), miss)
    return [
        (limit.label, f"{value_text(limit, value)}, missed by {value_text(limit, abs(value - limit.bound))}")
        for limit, value in limit_values(fleet, instance, chosen).items()
        if missed[limit.label] and not limit.is_soft
    ]


def value_text(limit: FleetLimit, value: float) -> str:
    """A value of a limit in few digits."""
    return bound_text(limit, float(f"{value:.6g}"))


def _row(limit: FleetLimit, name: str, coefficient: FloatArray, bound: float, worth: float) -> LinearRows:
    price = np.inf
    if limit.relaxation_usd_per_unit is not None:
        price = limit.relaxation_usd_per_unit * _units_of_price(limit) * worth
    return LinearRows(
        names=(name,),
        units=(unit_of(limit.quantity),),
        coefficient=coefficient[None, :],
        lower=np.array([-np.inf if limit.is_max else bound]),
        upper=np.array([bound if limit.is_max else np.inf]),
        relaxation_usd_per_unit=np.array([price]),
    )


def _units_of_price(limit: FleetLimit) -> float:
    """How many units of the price at which a limit may be missed are in one unit of its row."""
    if limit.quantity in METALS or limit.basis == RECYCLED:
        return KG_PER_T
    return {ENERGY: KWH_PER_GWH, PLATFORMS: USD_PER_MUSD}.get(limit.quantity, 1.0)
