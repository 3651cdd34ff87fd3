"""What is uncertain besides prices and enters costs in other ways: money, electricity, volume, plant, aging."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.scenario import Pack, Scenario
from lcopt.selection.tasks import PackTask
from lcopt.uncertainty.decided import ChangedTask

TABLE = "uncertainty_defaults"
AGING = "aging"


@dataclass(frozen=True)
class Factor:
    """One uncertain term.

    Attributes
    ----------
    field : str
        Its address in a scenario; `aging` is the whole range of the fade, from its low end -1 to its high end 1.
    value, low, high : float
    switchable : bool
        Whether a value between the ends has a meaning.
    at : callable
        The scenario at a value.
    changed : callable
        What changes in the task of a pack at a value, where the scenario does not say it; else None.
    """

    field: str
    unit: str
    value: float
    low: float
    high: float
    source: str
    kind: str
    switchable: bool
    at: Callable[[float], Scenario]
    changed: Callable[[float], ChangedTask | None]


def factors_of(scenario: Scenario, catalog: Catalog) -> tuple[Factor, ...]:
    """All uncertain terms of a scenario."""
    return tuple(_factors(scenario, catalog))


def _factors(scenario: Scenario, catalog: Catalog) -> Iterator[Factor]:
    table = catalog.table(TABLE)
    rate, change = scenario.finance.discount_rate_frac, table.one(name="discount_rate_change_frac_per_yr")
    yield Factor(
        field="finance.discount_rate",
        unit="1/yr",
        value=rate,
        low=max(rate + (change.low_value or 0.0), 0.0),
        high=rate + (change.high_value or 0.0),
        source=change.source,
        kind=change.kind,
        switchable=True,
        at=lambda value: replace(scenario, finance=replace(scenario.finance, discount_rate_frac=value)),
        changed=_nothing,
    )
    first, electricity = scenario.packs[0], table.one(name="electricity_price_factor")
    yield _scaled(_address(scenario, "usage.ac_price"), "USD/kWh", first.usage.ac_price_usd_per_kwh, electricity).of(
        lambda share: _with_packs(scenario, lambda pack: _with_tariff(pack, "ac_price_usd_per_kwh", share))
    )
    yield _scaled(_address(scenario, "usage.dc_price"), "USD/kWh", first.usage.dc_price_usd_per_kwh, electricity).of(
        lambda share: _with_packs(scenario, lambda pack: _with_tariff(pack, "dc_price_usd_per_kwh", share))
    )
    yield _scaled(_address(scenario, "volume"), "1/yr", first.volume_per_yr, table.one(name="volume_factor")).of(
        lambda share: _with_packs(scenario, lambda pack: _with_volume(pack, share))
    )
    plant = scenario.plant
    yield _scaled("plant.size", "GWh/yr", plant.size_gwh_per_yr, table.one(name="plant_size_factor")).of(
        lambda share: replace(scenario, plant=replace(plant, size_gwh_per_yr=plant.size_gwh_per_yr * share))
    )
    calibration = catalog.table("fade_laws").select(name="calibration_factor")[0]
    yield Factor(
        AGING, "1", 0.0, -1.0, 1.0, calibration.source, calibration.kind, False, lambda _value: scenario, _aged
    )


@dataclass(frozen=True)
class _scaled:  # noqa: N801 - reads as a function
    """A term that is multiplied, of all packs alike; its value is that of the first pack."""

    field: str
    unit: str
    value: float
    row: Row

    def of(self, at_share: Callable[[float], Scenario]) -> Factor:
        """The factor by how the scenario follows from a share of the value."""
        row, value = self.row, self.value
        return Factor(
            field=self.field,
            unit=self.unit,
            value=value,
            low=value * (row.value if row.low_value is None else row.low_value),
            high=value * (row.value if row.high_value is None else row.high_value),
            source=row.source,
            kind=row.kind,
            switchable=value > 0,
            at=lambda own: at_share(own / value if value else 1.0),
            changed=_nothing,
        )


def _address(scenario: Scenario, key: str) -> str:
    """Where a key of the packs stands; of several packs their common share counts."""
    return f"packs.{scenario.packs[0].name}.{key}" if len(scenario.packs) == 1 else f"packs.*.{key}"


def _with_packs(scenario: Scenario, changed: Callable[[Pack], Pack]) -> Scenario:
    return replace(scenario, packs=tuple(changed(pack) for pack in scenario.packs))


def _with_volume(pack: Pack, share: float) -> Pack:
    by_year = tuple((year, volume * share) for year, volume in pack.volume_by_year)
    return replace(pack, volume_per_yr=pack.volume_per_yr * share, volume_by_year=by_year)


def _with_tariff(pack: Pack, name: str, share: float) -> Pack:
    return replace(pack, usage=replace(pack.usage, **{name: getattr(pack.usage, name) * share}))


def _nothing(_value: float) -> None:
    return None


def _aged(value: float) -> ChangedTask:
    def changed(task: PackTask) -> PackTask:
        fade = task.aging.fade
        return replace(task, fade=fade.low if value < 0 else fade.high if value > 0 else fade.central)

    return changed
