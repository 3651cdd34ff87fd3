"""What is uncertain besides prices and enters costs in other ways: money, energy, volume, plant, aging, speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.distributions import PriceDistribution
from lcopt.inputs.scenario import Pack, Scenario
from lcopt.inputs.uncertainty_keys import AC_PRICE, AGING, DC_PRICE, PLANT_SIZE, RATE, SPEED, VOLUME, YIELD, pack_field
from lcopt.selection.price_samples import quantile
from lcopt.selection.tasks import PackTask
from lcopt.uncertainty.terms import Terms, within_ranges

TABLE = "uncertainty_defaults"
YIELD_TABLES, SPEED_TABLES = ("format_process", "chemistry_process", "design_conditions"), ("technology_classes",)
# Of a range of the catalog.
RANGE_UNIT = "of its range"


@dataclass(frozen=True)
class Factor:
    """One uncertain term.

    Attributes
    ----------
    group : str
        By which a scenario asks for it to be sampled.
    field : str
        Its address in a scenario; else the name of the rows of the catalog that move through their ranges together.
    unit : str
        `RANGE_UNIT` where the rows have no value in common: their low ends are -1, the high ones 1.
    value, low, high : float
    switchable : bool
        Whether a value between the ends has a meaning.
    at : callable
        Terms with this one at a value.
    """

    group: str
    field: str
    unit: str
    value: float
    low: float
    high: float
    source: str
    kind: str
    switchable: bool
    at: Callable[[Terms, float], Terms]

    def drawn(self, share: FloatArray, end_frac: float) -> FloatArray:
        """The value below which a share of a triangular distribution lies.

        Where nothing lies between, each end has the probability `end_frac` and the value the rest.
        """
        if not self.switchable:
            return np.where(share < end_frac, self.low, np.where(share > 1 - end_frac, self.high, self.value))
        shape = PriceDistribution("triangular", {"low": self.low, "mode": self.value, "high": self.high})
        return quantile(shape, share)


def factors_of(scenario: Scenario, catalog: Catalog) -> tuple[Factor, ...]:
    """All uncertain terms of a scenario."""
    return (*_money(scenario, catalog), *_plant(scenario, catalog), *_ranges(scenario, catalog))


def _money(scenario: Scenario, catalog: Catalog) -> Iterator[Factor]:
    table = catalog.table(TABLE)
    rate, change = scenario.finance.discount_rate_frac, table.one(name="discount_rate_change_frac_per_yr")
    yield Factor(
        group="discount_rate",
        field=RATE,
        unit="1/yr",
        value=rate,
        low=max(rate + (change.low_value or 0.0), 0.0),
        high=rate + (change.high_value or 0.0),
        source=change.source,
        kind=change.kind,
        switchable=True,
        at=_at_rate,
    )
    usage, electricity = scenario.packs[0].usage, table.one(name="electricity_price_factor")
    for key, name in ((AC_PRICE, "ac_price_usd_per_kwh"), (DC_PRICE, "dc_price_usd_per_kwh")):
        field, now = _address(scenario, key), getattr(usage, name)
        yield _scaled("energy_prices", field, "USD/kWh", now, electricity, _tariff(name))


def _plant(scenario: Scenario, catalog: Catalog) -> Iterator[Factor]:
    table = catalog.table(TABLE)
    volume, field = scenario.packs[0].volume_per_yr, _address(scenario, VOLUME)
    yield _scaled("volume", field, "1/yr", volume, table.one(name="volume_factor"), _volume)
    size = scenario.plant.size_gwh_per_yr
    yield _scaled("plant_size", PLANT_SIZE, "GWh/yr", size, table.one(name="plant_size_factor"), _plant_size)


def _ranges(scenario: Scenario, catalog: Catalog) -> Iterator[Factor]:
    """What moves through its range in the catalog."""
    calibration = catalog.table("fade_laws").select(name="calibration_factor")[0]
    about = calibration.source, calibration.kind
    yield Factor(AGING, AGING, RANGE_UNIT, 0.0, -1.0, 1.0, *about, switchable=False, at=_aged)
    searched = scenario.search
    accepted = catalog.table(YIELD_TABLES[0]).one(name=YIELD, format=searched.formats[0])
    yield _range("yield", YIELD, accepted, YIELD_TABLES)
    speed = catalog.table(SPEED_TABLES[0]).one(name=SPEED, technology_class=searched.technology_classes[0])
    yield _range("class_factor", SPEED, speed, SPEED_TABLES)


def _range(group: str, name: str, row: Row, tables: tuple[str, ...]) -> Factor:
    """All rows of a name; told are the values of one, and the others are as far between their value and their end."""
    low = row.value if row.low_value is None else row.low_value
    high = row.value if row.high_value is None else row.high_value

    def at(terms: Terms, own: float) -> Terms:
        end = low if own < row.value else high
        share = (own - row.value) / abs(end - row.value) if end != row.value else 0.0
        return within_ranges(terms, name, tables, share)

    return Factor(group, name, row.unit, row.value, low, high, row.source, row.kind, low < high, at)


def _scaled(
    group: str, field: str, unit: str, value: float, row: Row, at_share: Callable[[Scenario, float], Scenario]
) -> Factor:
    """A term that is multiplied, of all packs alike; its value is that of the first pack."""
    return Factor(
        group=group,
        field=field,
        unit=unit,
        value=value,
        low=value * (row.value if row.low_value is None else row.low_value),
        high=value * (row.value if row.high_value is None else row.high_value),
        source=row.source,
        kind=row.kind,
        switchable=value > 0,
        at=lambda terms, own: replace(terms, scenario=at_share(terms.scenario, own / value if value else 1.0)),
    )


def _address(scenario: Scenario, key: str) -> str:
    return pack_field([pack.name for pack in scenario.packs], key)


def _at_rate(terms: Terms, value: float) -> Terms:
    finance = replace(terms.scenario.finance, discount_rate_frac=value)
    return replace(terms, scenario=replace(terms.scenario, finance=finance))


def _with_packs(scenario: Scenario, changed: Callable[[Pack], Pack]) -> Scenario:
    return replace(scenario, packs=tuple(changed(pack) for pack in scenario.packs))


def _tariff(name: str) -> Callable[[Scenario, float], Scenario]:
    def changed(pack: Pack, share: float) -> Pack:
        return replace(pack, usage=replace(pack.usage, **{name: getattr(pack.usage, name) * share}))

    return lambda scenario, share: _with_packs(scenario, lambda pack: changed(pack, share))


def _volume(scenario: Scenario, share: float) -> Scenario:
    def changed(pack: Pack) -> Pack:
        by_year = tuple((year, volume * share) for year, volume in pack.volume_by_year)
        return replace(pack, volume_per_yr=pack.volume_per_yr * share, volume_by_year=by_year)

    return _with_packs(scenario, changed)


def _plant_size(scenario: Scenario, share: float) -> Scenario:
    plant = scenario.plant
    return replace(scenario, plant=replace(plant, size_gwh_per_yr=plant.size_gwh_per_yr * share))


def _aged(terms: Terms, value: float) -> Terms:
    def changed(task: PackTask) -> PackTask:
        fade = task.aging.fade
        return replace(task, fade=fade.low if value < 0 else fade.high if value > 0 else fade.central)

    return replace(terms, changed=(*terms.changed, changed))
