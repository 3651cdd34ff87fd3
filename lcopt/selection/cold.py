"""What a pack of the scenario meets in the cold: how often, with which heater, and what it must then still give."""

from __future__ import annotations

from dataclasses import dataclass

from lcopt.cost.terms import HeatSource
from lcopt.inputs.scenario import Pack, Search
from lcopt.inputs.words import HEATERS
from lcopt.performance.cold import Heaters
from lcopt.performance.limits import Limit, LimitKind, Sense

NOT_PREHEATED = "none"
# How packs are warmed before a cold stop -> where that energy comes from; those that are not use the charger's.
HEAT_FROM = {NOT_PREHEATED: HeatSource.CHARGER, "plug": HeatSource.PLUG, "way": HeatSource.BATTERY}


@dataclass(frozen=True)
class ColdUse:
    """Cold stops of one pack, and the heaters that are worth a try for it (numbers of `HEATERS`).

    `is_asked` says that cold stops are limited or happen at all; where they do not, the least heater is the cheapest.
    """

    temperature_deg_c: float
    stops_frac: float
    preheat: str
    is_asked: bool
    heaters: tuple[int, ...]

    @property
    def arrives_warm(self) -> bool:
        """Whether packs with a heater are warmed before they come to the charger."""
        return self.preheat != NOT_PREHEATED


def read_cold_use(pack: Pack, search: Search, heaters: Heaters) -> ColdUse:
    """The cold stops that a scenario asks of one pack; `heaters` has an entry for each of `HEATERS`."""
    limits, usage = pack.limits, pack.usage
    is_asked = limits.cold_charging_time_max_min is not None or usage.cold_stops_frac > 0
    allowed = sorted((HEATERS.index(name) for name in search.heaters), key=lambda number: heaters.power_kw[number])
    return ColdUse(
        temperature_deg_c=limits.cold_temperature_deg_c,
        stops_frac=usage.cold_stops_frac,
        preheat=usage.preheat,
        is_asked=is_asked,
        heaters=tuple(allowed if is_asked else allowed[:1]),
    )


def cold_limits(pack: Pack) -> tuple[Limit, ...]:
    """Limits on the stop of a cold pack, and on what it still gives at stated temperatures."""
    kind, limits, found = LimitKind.SCENARIO, pack.limits, []
    longest = limits.cold_charging_time_max_min
    if longest is not None:
        label = f"cold charging time at {limits.cold_temperature_deg_c:g} degC"
        found.append(Limit("cold_charging_time_min", label, Sense.AT_MOST, longest, "min", kind))
    for temperature, energy_kwh in limits.usable_energy_min_kwh_at:
        label = f"usable energy at {temperature:g} degC"
        found.append(Limit(energy_at(temperature), label, Sense.AT_LEAST, energy_kwh, "kWh", kind))
    for temperature, power_kw in limits.power_min_kw_at:
        label = f"power at {temperature:g} degC"
        found.append(Limit(power_at(temperature), label, Sense.AT_LEAST, power_kw, "kW", kind))
    return tuple(found)


def energy_at(temperature_deg_c: float) -> str:
    """Name of the value that holds the usable energy at a temperature."""
    return f"usable_energy_kwh_at_{temperature_deg_c:g}_deg_c"


def power_at(temperature_deg_c: float) -> str:
    """Name of the value that holds the power at a temperature."""
    return f"power_kw_at_{temperature_deg_c:g}_deg_c"
