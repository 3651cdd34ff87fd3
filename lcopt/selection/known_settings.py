"""What building, charging and costing a pack may read of a setting: all else is taken away, so that it cannot be read.

Packs are known again by the fingerprint of what is left.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

from lcopt.inputs.scenario import ASKED_OF_BUILT, Pack, Plant, Scenario
from lcopt.performance.limits import LimitKind
from lcopt.selection.engineering import Engineering
from lcopt.selection.tasks import PackTask

# In the place of what must not be read: whoever does fails.
GONE: Any = "gone"
_MONEY = ("prices", "cost", "pooled", "additions", "accounting", "contents")
_END_OF_LIFE = ("recycling_value_usd_per_kwh", "recycling", "making_kg_per_kwh")
_CASED_MONEY = ("process", "chemistry_process", "cans", "cost")


def of_building(task: PackTask, engineering: Engineering) -> tuple[PackTask, Engineering]:
    """What building and charging read: neither money nor use, and no limit of the scenario."""
    bounds = tuple(limit for limit in task.limits if limit.kind is LimitKind.CATALOG_BOUND)
    plant = Plant(**{**_gone(Plant), "size_gwh_per_yr": engineering.scenario.plant.size_gwh_per_yr})
    return (
        replace(_without_sale(task), terms=GONE, fade=GONE, warranty=GONE, limits=bounds),
        replace(
            engineering,
            scenario=_only(engineering.scenario, plant=plant, search=engineering.scenario.search),
            cased=replace(engineering.cased, **dict.fromkeys(_CASED_MONEY, GONE)),
            priced=GONE,
            **dict.fromkeys((*_MONEY, *_END_OF_LIFE), GONE),
        ),
    )


def of_costing(engineering: Engineering) -> Engineering:
    """What costs and the value at the end of life read."""
    scenario = engineering.scenario
    return replace(
        engineering, scenario=_only(scenario, plant=scenario.plant, portfolio=scenario.portfolio), priced=GONE
    )


def of_living(task: PackTask) -> PackTask:
    """What the lifecycle of a pack reads."""
    return replace(_without_sale(task), limits=GONE)


def _without_sale(task: PackTask) -> PackTask:
    """Without what is asked of the pack later, how many are sold and how they are used, which `terms` hold."""
    limits = replace(task.pack.limits, **dict.fromkeys(ASKED_OF_BUILT, GONE))
    pack: Pack = replace(task.pack, volume_per_yr=math.nan, volume_by_year=GONE, usage=GONE, limits=limits)
    return replace(task, pack=pack, aging=GONE, packs_discounted=math.nan)


def _only(scenario: Scenario, **kept: object) -> Scenario:
    return Scenario(**{**_gone(Scenario), **kept})


def _gone(kind: type) -> dict[str, Any]:
    return {item.name: GONE for item in fields(kind)}
