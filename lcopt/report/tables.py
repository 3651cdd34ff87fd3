"""What the sheets show, taken from a Result once: designs with their bills, steps and lives, one record each.

The sheets know these records only, so a renamed column of a Result is met here and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from lcopt.cost.ownership import OwnershipModel
from lcopt.errors import ReportError
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.catalog_tables import GIVEN_ROUTE
from lcopt.inputs.scenario import Pack, Scenario
from lcopt.report.business import Business
from lcopt.report.records import records_of
from lcopt.result import PLATFORMS, Result
from lcopt.result_recycling import COST, WHOLE_ACTIVE
from lcopt.units import USD_PER_MUSD

AT_MOST = "<="

COMPONENTS = {
    "purchase": "Purchase",
    "replacement": "Replacement",
    "station": "Share in swap stations",
    "energy": "Energy with charging losses",
    "downtime": "Time spent charging",
    "operations": "Operations of the lessor",
    "carbon_making": "Carbon of making",
    "carbon_use": "Carbon of use",
    "warranty": "Warranty reserve",
    "end_of_life": "End of life of replaced packs",
    "residual": "Residual of the last pack",
    "tax": "Tax",
}

# Years after which a pack that still meets its threshold counts as unlimited.
LIFE_LIMIT_YR = 200.0


@dataclass(frozen=True)
class BillItem:
    """One row of a bill of materials."""

    item: str
    level: str
    price_key: str
    quantity: float
    unit: str
    price_usd_per_unit: float
    cost_usd: float


@dataclass(frozen=True)
class Step:
    """One process step of the plant."""

    step: str
    group: str
    labor_h_per_yr: float
    capital_usd: float
    area_m2: float


@dataclass(frozen=True)
class Recycled:
    """One good that recyclers sell of a design, or one cost by the mass that it is paid for."""

    item: str
    is_cost: bool
    price_item: str
    content_kg: float
    share_in_item: float


@dataclass(frozen=True)
class LimitRow:
    """One limit on one design."""

    key: str
    label: str
    value: float
    bound: float
    unit: str
    sense: str
    kind: str

    @property
    def slack(self) -> float:
        """Distance to the limit, positive where it is met."""
        return self.bound - self.value if self.sense == AT_MOST else self.value - self.bound


@dataclass(frozen=True)
class Design:
    """One design of one pack with all that its costs rest on."""

    rank: int
    role: str
    reason: str
    facts: Mapping[str, Any]
    bill: tuple[BillItem, ...]
    steps: tuple[Step, ...]
    parts: Mapping[str, float]
    cost_usd: Mapping[str, float]
    present_values_usd: Mapping[str, float]
    life: Mapping[str, Any]
    route: str
    recycled: tuple[Recycled, ...]

    @property
    def lifecycle_cost_usd(self) -> float:
        """Present value of all costs of one pack, as solved."""
        return float(self.facts["lifecycle_cost_usd_per_pack"])

    @property
    def steps_taken(self) -> tuple[Step, ...]:
        """The process steps that the plant has for this design."""
        return tuple(step for step in self.steps if step.labor_h_per_yr or step.capital_usd or step.area_m2)

    @property
    def is_limited(self) -> bool:
        """Whether the pack's life ends within the years that are looked at."""
        return math.isfinite(_number(self.facts.get("pack_life_yr")))

    @property
    def life_yr(self) -> float:
        """Pack life, or the number of years looked at where it does not end."""
        return _number(self.facts["pack_life_yr"]) if self.is_limited else LIFE_LIMIT_YR


@dataclass(frozen=True)
class PackTables:
    """One pack of the portfolio: the chosen design first, then its alternatives.

    `lasting` is the life of the chosen design with its range, `aging` its state of health by year.
    """

    index: int
    suffix: str
    pack: Pack
    designs: tuple[Design, ...]
    limits: tuple[LimitRow, ...]
    lasting: dict[str, Any]
    aging: tuple[dict[str, Any], ...]

    @property
    def chosen(self) -> Design:
        """The design that won."""
        return self.designs[0]

    @property
    def asks_cold(self) -> bool:
        """Whether the scenario asks anything of stops with a cold pack."""
        return self.pack.limits.cold_charging_time_max_min is not None or self.pack.usage.cold_stops_frac > 0

    @property
    def heats_at_plug(self) -> bool:
        """Whether the heat of cold stops is bought at the plug, not at the charger."""
        return self.pack.usage.preheat == "plug"

    @property
    def rival(self) -> Design | None:
        """The cheapest design of another chemistry."""
        others = [design for design in self.designs if design.facts["chemistry"] != self.chosen.facts["chemistry"]]
        return min(others, key=lambda design: design.lifecycle_cost_usd, default=None)

    @property
    def best_of_chemistries(self) -> tuple[Design, ...]:
        """The chosen design, then the cheapest of every other chemistry, cheapest first."""
        best = {str(self.chosen.facts["chemistry"]): self.chosen}
        for design in sorted(self.designs[1:], key=lambda design: design.lifecycle_cost_usd):
            best.setdefault(str(design.facts["chemistry"]), design)
        return tuple(best.values())


@dataclass(frozen=True)
class ReportTables:
    """Everything that the workbook shows."""

    result: Result
    scenario: Scenario
    catalog: Catalog
    packs: tuple[PackTables, ...]

    @cached_property
    def business(self) -> Business:
        """Model of the chosen designs, tax and second life."""
        scenario, model = self.scenario, OwnershipModel(self.result.ownership_model)
        return Business(model, scenario.ownership, scenario.tax, scenario.second_life)

    @property
    def components(self) -> dict[str, str]:
        """The components that can occur, with their labels."""
        return {name: label for name, label in COMPONENTS.items() if name not in self.business.absent}

    @property
    def recycles(self) -> bool:
        """Whether a spent pack is worth what recycling leaves of it, not a value that the scenario gives."""
        return self.scenario.lifecycle.recycling_route != GIVEN_ROUTE

    @property
    def recycled_price_items(self) -> frozenset[str]:
        """Price items that recyclers of the designs are paid by."""
        designs = [design for pack in self.packs for design in pack.designs]
        return frozenset(item.price_item for design in designs for item in design.recycled if item.price_item)

    @property
    def platforms_usd(self) -> float:
        """Fixed cost of all cell platforms, as solved."""
        cost = self.result.cost
        return float(cost[cost["pack"] == PLATFORMS]["present_value_usd"].sum())

    @property
    def platforms_count(self) -> int:
        """Cell platforms of the portfolio at the usual fixed cost."""
        one_usd = self.scenario.lifecycle.platform_fixed_cost_musd * USD_PER_MUSD
        if one_usd:
            return round((self.platforms_usd - sum(self.own_platforms_usd.values())) / one_usd)
        return len({pack.chosen.facts["platform"] for pack in self.packs}) - len(self.own_platforms_usd)

    @property
    def own_platforms_usd(self) -> dict[str, float]:
        """Chosen given cell designs with a fixed cost of their own, which is 0 for one that is built."""
        portfolio = self.scenario.portfolio
        own = {name: musd * USD_PER_MUSD for name, musd in portfolio.platform_costs_musd.items()}
        own |= dict.fromkeys(portfolio.built, 0.0)
        chosen = {str(pack.chosen.facts["platform"]).partition(":")[0] for pack in self.packs}
        return {name: usd for name, usd in own.items() if name in chosen}

    @property
    def other_fleet_costs_usd(self) -> dict[str, float]:
        """What the fleet pays beside its packs and platforms, by component, as solved."""
        others = [row for row in records_of(self.result.cost) if row["pack"][:1] == "(" and row["pack"] != PLATFORMS]
        return {str(row["component"]): float(row["present_value_usd"]) for row in others}

    @property
    def is_proven(self) -> bool:
        """Whether the result carries a bound; a repriced one does not."""
        return math.isfinite(self.result.gap_frac)


def read_tables(result: Result) -> ReportTables:
    """The records of a Result.

    Raises
    ------
    ReportError
        Where a pack of the scenario has no design in the result.
    """
    scenario = result.scenario
    single = len(scenario.packs) == 1
    packs = tuple(
        _pack_tables(result, pack, index, "" if single else f"_p{index + 1}")
        for index, pack in enumerate(scenario.packs)
    )
    return ReportTables(result=result, scenario=scenario, catalog=result.catalog, packs=packs)


def _pack_tables(result: Result, pack: Pack, index: int, suffix: str) -> PackTables:
    rows = [row for row in records_of(result.alternatives) if row["pack"] == pack.name]
    if not rows:
        message = f"the result holds no design for pack '{pack.name}'; optimize the scenario again"
        raise ReportError(message)
    grouped = {name: _by_rank(getattr(result.ranked, name), pack.name) for name in _DESIGN_FRAMES}
    designs = tuple(
        _design(row, {name: ranks.get(row["rank"], []) for name, ranks in grouped.items()})
        for row in sorted(rows, key=lambda row: int(row["rank"]))
    )
    distance = pack.usage.distance_km_per_yr
    limits = tuple(_limit(record, distance) for record in grouped["limits"][designs[0].rank])
    lasting = next(record for record in records_of(result.life) if record["pack"] == pack.name)
    return PackTables(
        index=index,
        suffix=suffix,
        pack=pack,
        designs=designs,
        limits=limits,
        lasting=lasting | {"distance_km_per_yr": distance},
        aging=tuple(record for record in records_of(result.aging) if record["pack"] == pack.name),
    )


_DESIGN_FRAMES = (
    "bill_of_materials",
    "manufacturing",
    "mass",
    "pack_cost",
    "present_values",
    "lifecycle_inputs",
    "limits",
    "recycling",
)


def _by_rank(frame: pd.DataFrame, pack: str) -> dict[int, list[dict[str, Any]]]:
    grouped: dict[int, list[dict[str, Any]]] = {}
    for record in records_of(frame):
        if record["pack"] == pack:
            grouped.setdefault(record["rank"], []).append(record)
    return grouped


def _design(row: Mapping[str, Any], records: Mapping[str, list[dict[str, Any]]]) -> Design:
    return Design(
        rank=int(row["rank"]),
        role=str(row["role"]),
        reason=_word(row.get("reason")),
        facts=row,
        bill=tuple(_bill_item(record) for record in records["bill_of_materials"]),
        steps=tuple(_step(record) for record in records["manufacturing"]),
        parts={str(record["part"]): float(record["mass_kg"]) for record in records["mass"]},
        cost_usd={str(record["item"]): float(record["usd_per_pack"]) for record in records["pack_cost"]},
        present_values_usd={
            str(record["component"]): float(record["present_value_usd_per_pack"])
            for record in records["present_values"]
        },
        life=records["lifecycle_inputs"][0],
        route=next((str(record["route"]) for record in records["recycling"]), ""),
        recycled=tuple(_recycled(record) for record in records["recycling"] if _is_recycled(record)),
    )


def _is_recycled(record: Mapping[str, Any]) -> bool:
    """Whether a good is in the pack; the active material as such only where it is sold as such."""
    is_sold = record["item"] != WHOLE_ACTIVE or float(record["recovery_frac"]) > 0
    return float(record["content_kg"]) > 0 and is_sold


def _recycled(record: Mapping[str, Any]) -> Recycled:
    return Recycled(
        item=str(record["item"]),
        is_cost=record["kind"] == COST,
        price_item=str(record["price_item"]),
        content_kg=float(record["content_kg"]),
        share_in_item=float(record["price_item_content_frac"]),
    )


def _bill_item(record: Mapping[str, Any]) -> BillItem:
    return BillItem(
        item=str(record["item"]),
        level=str(record["level"]),
        price_key=str(record["price_key"]),
        quantity=float(record["quantity"]),
        unit=str(record["unit"]),
        price_usd_per_unit=float(record["price_usd_per_unit"]),
        cost_usd=float(record["cost_usd_per_pack"]),
    )


def _step(record: Mapping[str, Any]) -> Step:
    return Step(
        step=str(record["step"]),
        group=str(record["group"]),
        labor_h_per_yr=float(record["labor_h_per_yr"]),
        capital_usd=float(record["capital_musd"]) * USD_PER_MUSD,
        area_m2=float(record["area_m2"]),
    )


def _limit(record: Mapping[str, Any], distance_km_per_yr: float) -> LimitRow:
    """A limit; a life without end is told for the years that are looked at."""
    value, label, unit = float(record["value"]), str(record["label"]), str(record["unit"])
    ends = {"yr": LIFE_LIMIT_YR, "km": LIFE_LIMIT_YR * distance_km_per_yr}
    if math.isinf(value) and unit in ends:
        value, label = ends[unit], f"{label} (no end within {LIFE_LIMIT_YR:.0f} years)"
    return LimitRow(
        key=str(record["limit"]),
        label=label,
        value=value,
        bound=float(record["limit_value"]),
        unit=unit,
        sense=str(record["sense"]),
        kind=str(record["kind"]),
    )


def _number(value: object) -> float:
    return math.nan if value is None or isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
