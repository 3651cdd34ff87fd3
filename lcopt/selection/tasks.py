"""One pack of the scenario as the evaluation sees it: its limits, the terms of its life, its duty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.cell.duty import Duty, make_duty
from lcopt.cost.sale_years import packs_discounted
from lcopt.cost.terms import Terms
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Pack, Scenario
from lcopt.pack.structure import Room
from lcopt.performance.aging import Fade
from lcopt.performance.life import WarrantyPoint, read_warranty_rule
from lcopt.performance.limits import Limit, LimitKind, Sense
from lcopt.selection.asked import pack_limits, room_of
from lcopt.selection.cold import ColdUse, read_cold_use
from lcopt.selection.engineering import Engineering
from lcopt.selection.fading import PackAging, pack_aging
from lcopt.selection.lifecycle_terms import lifecycle_terms
from lcopt.selection.space import VoltageClass, read_voltage_class
from lcopt.units import KWH_PER_GWH, USD_PER_MUSD


@dataclass(frozen=True)
class PackTask:
    """One pack of the scenario as the evaluation sees it; `fade` and `aging` have an element a chemistry.

    `packs_discounted` are all packs sold, those of later years weighing less by the discount rate.
    """

    pack: Pack
    terms: Terms
    fade: Fade
    aging: PackAging
    cold: ColdUse
    warranty: tuple[WarrantyPoint, ...]
    voltage: VoltageClass
    limits: tuple[Limit, ...]
    room: Room
    packs_discounted: float

    @property
    def turns(self) -> tuple[Limit, ...]:
        """The limits, and after them every age up to the horizon that a pack may reach before it is replaced."""
        ages = range(2, self.terms.finance.horizon_yr + 1)
        kind = LimitKind.CATALOG_BOUND
        lives = (Limit("pack_life_yr", "pack life", Sense.AT_LEAST, float(age), "yr", kind) for age in ages)
        return (*self.limits, *lives)

    @property
    def scenario_limits(self) -> tuple[Limit, ...]:
        """Limits that the scenario set."""
        return tuple(limit for limit in self.limits if limit.kind is LimitKind.SCENARIO)


def pack_task(pack: Pack, scenario: Scenario, catalog: Catalog, engineering: Engineering) -> PackTask:
    """Limits, terms and fade of one pack under the one business model of the scenario (`Scenario.with_model`)."""
    warranty = read_warranty_rule(catalog, pack.limits.warranty)
    aging = pack_aging(pack, scenario.ownership, catalog, engineering)
    voltage = read_voltage_class(catalog, pack.system_voltage_v)
    return PackTask(
        pack=pack,
        terms=lifecycle_terms(pack, scenario),
        fade=aging.fade.central,
        aging=aging,
        cold=read_cold_use(pack, scenario.search, engineering.heaters),
        warranty=warranty,
        voltage=voltage,
        limits=pack_limits(pack, voltage, warranty, engineering),
        room=room_of(pack, catalog),
        packs_discounted=packs_discounted(pack, scenario),
    )


def pack_duty(task: PackTask, count: int, engineering: Engineering) -> Duty:
    """What the pack asks of each of so many candidates."""
    return make_duty(
        engineering.vehicle.take(np.zeros(count, dtype=np.int64)),
        rated_power_kw=task.pack.power_kw,
        packs_per_year_count=engineering.scenario.plant.size_gwh_per_yr * KWH_PER_GWH / task.pack.energy_kwh,
        temperature_deg_c=engineering.conditions.energy_temperature_deg_c,
        charging_requested=True,
        power_temperature_deg_c=task.pack.power_temperature_deg_c,
        power_soc_frac=task.pack.power_soc_frac,
    )


def platform_fixed_cost_usd(scenario: Scenario) -> float:
    """Tooling, research and validation of one new cell platform."""
    return scenario.lifecycle.platform_fixed_cost_musd * USD_PER_MUSD
