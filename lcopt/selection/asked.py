"""What a scenario asks of one pack, as limits: performance, size, safety, cold, life, voltage."""

from __future__ import annotations

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Pack
from lcopt.pack.safety import NO_RULE, SafetyModel, vented_gas_max_mol
from lcopt.pack.structure import Room, read_room
from lcopt.performance.life import WarrantyPoint
from lcopt.performance.limits import Limit, LimitKind, Sense
from lcopt.selection.cold import cold_limits
from lcopt.selection.engineering import Engineering
from lcopt.selection.space import VoltageClass

SIDES = frozenset({"pack_length_mm", "pack_width_mm", "pack_height_mm"})


def pack_limits(
    pack: Pack, voltage: VoltageClass, warranty: tuple[WarrantyPoint, ...], engineering: Engineering
) -> tuple[Limit, ...]:
    """All limits that candidates for a pack must meet, those of the scenario first."""
    asked = _scenario_limits(pack)
    # An underbody that the scenario states takes the place of the catalog's, be it smaller or larger.
    stated = {limit.quantity for limit in asked} & SIDES
    return (
        *asked,
        *cold_limits(pack),
        *_life_limits(pack, warranty),
        *_safety_limits(pack, engineering.safety),
        *(bound for bound in engineering.bounds if bound.quantity not in stated),
        *_voltage_bounds(voltage),
        _energy_bound(pack, engineering),
    )


def _life_limits(pack: Pack, warranty: tuple[WarrantyPoint, ...]) -> tuple[Limit, ...]:
    """Limits on the time and the distance to the end of life, and on the state of health that a rule asks for."""
    limits, kind, found = pack.limits, LimitKind.SCENARIO, []
    soh = f"{pack.usage.soh_end_of_life_frac:.0%} of the capacity"
    if limits.life_min_yr is not None:
        found.append(Limit("soh_life_yr", f"life to {soh}", Sense.AT_LEAST, limits.life_min_yr, "yr", kind))
    if limits.life_distance_min_km is not None:
        bound = limits.life_distance_min_km
        found.append(Limit("soh_life_km", f"distance to {soh}", Sense.AT_LEAST, bound, "km", kind))
    if warranty:
        label = f"state of health above that of {limits.warranty}"
        found.append(Limit("warranty_margin_frac", label, Sense.AT_LEAST, 0.0, "1", kind))
    return tuple(found)


def _scenario_limits(pack: Pack) -> tuple[Limit, ...]:
    asked = pack.limits
    wanted = (
        ("pack_energy_kwh", "pack energy", Sense.AT_LEAST, pack.energy_kwh, "kWh"),
        ("pack_power_kw", "pack power", Sense.AT_LEAST, pack.power_kw, "kW"),
        ("charging_time_min", "charging time", Sense.AT_MOST, asked.charging_time_max_min, "min"),
        (
            "pack_specific_energy_wh_per_kg",
            "specific energy",
            Sense.AT_LEAST,
            asked.specific_energy_min_wh_per_kg,
            "Wh/kg",
        ),
        ("pack_energy_density_wh_per_l", "energy density", Sense.AT_LEAST, asked.energy_density_min_wh_per_l, "Wh/L"),
        ("pack_mass_kg", "pack mass", Sense.AT_MOST, asked.mass_max_kg, "kg"),
        ("pack_volume_l", "pack volume", Sense.AT_MOST, asked.volume_max_l, "L"),
        ("pack_length_mm", "pack length", Sense.AT_MOST, asked.length_max_mm, "mm"),
        ("pack_width_mm", "pack width", Sense.AT_MOST, asked.width_max_mm, "mm"),
        ("pack_height_mm", "pack height", Sense.AT_MOST, asked.height_max_mm, "mm"),
    )
    return tuple(
        Limit(quantity, label, sense, bound, unit, LimitKind.SCENARIO)
        for quantity, label, sense, bound, unit in wanted
        if bound is not None
    )


def _safety_limits(pack: Pack, safety: SafetyModel) -> tuple[Limit, ...]:
    """What the safety rule of a pack asks: a barrier that exists, and a cell whose gas can be vented."""
    rule = pack.limits.safety
    if rule == NO_RULE:
        return ()
    thickest_mm, gas_mol = safety.barrier.thickness_max_mm, vented_gas_max_mol(safety, rule)
    kind = LimitKind.SCENARIO
    return (
        Limit("barrier_thickness_mm", f"thermal barrier for {rule}", Sense.AT_MOST, thickest_mm, "mm", kind),
        Limit("vented_gas_mol", f"gas of one cell for {rule}", Sense.AT_MOST, gas_mol, "mol", kind),
    )


def room_of(pack: Pack, catalog: Catalog) -> Room:
    """The underbody: each side that the scenario gives, else that of the catalog."""
    room, asked = read_room(catalog), pack.limits
    return Room(
        length_max_mm=asked.length_max_mm or room.length_max_mm,
        width_max_mm=asked.width_max_mm or room.width_max_mm,
        height_max_mm=asked.height_max_mm or room.height_max_mm,
    )


def _voltage_bounds(voltage: VoltageClass) -> tuple[Limit, ...]:
    kind, volt = LimitKind.CATALOG_BOUND, "V"
    return (
        Limit("pack_nominal_voltage_v", "nominal voltage", Sense.AT_LEAST, voltage.nominal_voltage_min_v, volt, kind),
        Limit("pack_nominal_voltage_v", "nominal voltage", Sense.AT_MOST, voltage.nominal_voltage_max_v, volt, kind),
        Limit("pack_full_voltage_v", "voltage when full", Sense.AT_MOST, voltage.full_voltage_max_v, volt, kind),
    )


def _energy_bound(pack: Pack, engineering: Engineering) -> Limit:
    most = pack.energy_kwh * (1 + engineering.grid.energy_excess_max_frac)
    return Limit("pack_energy_kwh", "pack energy", Sense.AT_MOST, most, "kWh", LimitKind.CATALOG_BOUND)
