"""Heat of the pack, the chiller that takes it away, and what both add to the vehicle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.duty import Duty, Layout
from lcopt.conventions import Conventions
from lcopt.inputs.catalog import Catalog
from lcopt.units import MM2_PER_CM2, WH_PER_KWH

THERMAL_TABLE = "thermal"
CHILLER_PREFIX = "Refrig "


@dataclass(frozen=True)
class HeatConstants:
    """Vehicle load, insulation, design heat and coolant (table `thermal`, group heat)."""

    accessory_kw: float
    rolling_kw_per_mph: float
    drag_kw_per_mph3: float
    vehicle_efficiency_frac: float
    rolling_reference_wh_per_mile: float
    drag_exponent: float
    sustained_c_rate_per_h: float
    hot_ambient_deg_c: float
    insulation_conductivity_w_per_cm_k: float
    insulation_thickness_cm: float
    insulated_reduction_mm: float
    design_heat_charging_w: float
    design_heat_otherwise_w: float
    ac_step_w: float


@dataclass(frozen=True)
class Chiller:
    """One class of chiller, taken from a heat on."""

    from_w: float
    added_kg: float
    added_l: float
    price_usd_per_pack: float


@dataclass(frozen=True)
class ChillerBound:
    """The heat at which no chiller is large enough (table `thermal`, group chiller)."""

    capacity_max_w: float


@dataclass(frozen=True)
class ThermalConstants:
    """All constants of the heat and its removal."""

    heat: HeatConstants
    chillers: tuple[Chiller, ...]
    bound: ChillerBound


def read_thermal(catalog: Catalog) -> ThermalConstants:
    """The thermal constants of the catalog.

    Raises
    ------
    CatalogError
        Where a row is missing, unknown or has a wrong unit.
    """
    names = tuple(name for name in catalog.table(THERMAL_TABLE).words("group") if name.startswith(CHILLER_PREFIX))
    return ThermalConstants(
        heat=catalog.constants(HeatConstants, THERMAL_TABLE, group="heat"),
        chillers=tuple(catalog.constants(Chiller, THERMAL_TABLE, group=name) for name in names),
        bound=catalog.constants(ChillerBound, THERMAL_TABLE, group="chiller"),
    )


@dataclass(frozen=True)
class ThermalLoad:
    """Heat of one pack and the cooling outside it; arrays of shape (n,).

    `cooling_class` counts the chillers from 0; the number of chillers means that none is large enough.
    """

    sustained_power_selected_kw: FloatArray
    pack_resistance_energy_ohm: FloatArray
    sustained_heat_w: FloatArray
    sustained_efficiency_pct: FloatArray
    steady_cooling_hot_ambient_w: FloatArray
    heat_generation_with_hot_start_w: FloatArray
    heat_generation_selected_w: FloatArray
    cooling_class: IntArray
    exterior_cooling_kg_per_system: FloatArray
    exterior_cooling_l_per_system: FloatArray
    cost_thermal_system_usd_per_pack: FloatArray
    cost_additions_to_ac_usd_per_system: FloatArray


class Outline(Protocol):
    """The outer size of packs, arrays of shape (n,)."""

    @property
    def pack_length_mm(self) -> FloatArray:
        """Length."""

    @property
    def pack_width_mm(self) -> FloatArray:
        """Width."""

    @property
    def pack_height_mm(self) -> FloatArray:
        """Height."""


def thermal_load(
    layout: Layout,
    duty: Duty,
    housing: Outline,
    pack_energy_kwh: FloatArray,
    pack_ocv_v: FloatArray,
    pack_resistance_ohm: FloatArray,
    constants: ThermalConstants,
    conventions: Conventions,
) -> ThermalLoad:
    """Heat at the sustained power, heat through the insulation, and the class of chiller.

    Parameters
    ----------
    layout, duty, housing
        An element a design; the temperature is that of the energy.
    pack_energy_kwh, pack_ocv_v, pack_resistance_ohm : ndarray, shape (n,)
        Of one pack, voltage and resistance at the state of charge of the energy. [kWh], [V], [ohm]
    constants, conventions
        Of the catalog; the switch Q16 gives each pack its share of the power and counts its heat once.

    Returns
    -------
    ThermalLoad
        NaN where the power asks for more than the pack can give or the heat exceeds every chiller.

    References
    ----------
    batpac_5_1, Thermal!G25:G62, G141; Manufacturing Costs!G172; Battery Design!G451:G454.
    """
    heat = constants.heat
    packs = layout.packs_per_vehicle_count
    power_kw = _sustained_power_kw(duty, pack_energy_kwh * packs, heat)
    if conventions.heat_per_pack:
        load_kw, voltage_v, counted = power_kw / packs, pack_ocv_v, 1.0
    else:
        load_kw, counted = power_kw, packs
        voltage_v = np.where(layout.packs_in_series, pack_ocv_v * packs, pack_ocv_v)
    load_w = load_kw * WH_PER_KWH
    loaded_v = (voltage_v + np.sqrt(np.square(voltage_v) - 4 * load_w * pack_resistance_ohm)) / 2
    sustained_w = np.square(load_w / loaded_v) * pack_resistance_ohm
    soak_w = _hot_soak_w(duty, housing, heat)
    hot_start_w = (sustained_w + soak_w) * counted
    least_w = np.where(
        duty.charging_counts & duty.vehicle.largest_chiller_when_charging,
        heat.design_heat_charging_w,
        heat.design_heat_otherwise_w,
    )
    selected_w = np.maximum(least_w, hot_start_w)
    steps = [chiller.from_w for chiller in constants.chillers[1:]] + [constants.bound.capacity_max_w]
    # NaN sorts behind every step, to the entry without a chiller.
    place = np.searchsorted(np.array(steps), selected_w, side="right")
    root_packs = np.sqrt(packs)
    return ThermalLoad(
        sustained_power_selected_kw=power_kw,
        pack_resistance_energy_ohm=pack_resistance_ohm,
        sustained_heat_w=sustained_w,
        sustained_efficiency_pct=100 * load_w / (load_w + sustained_w),
        steady_cooling_hot_ambient_w=soak_w,
        heat_generation_with_hot_start_w=hot_start_w,
        heat_generation_selected_w=selected_w,
        cooling_class=place.astype(np.int64),
        exterior_cooling_kg_per_system=_of_class([chiller.added_kg for chiller in constants.chillers], place)
        * root_packs,
        exterior_cooling_l_per_system=_of_class([chiller.added_l for chiller in constants.chillers], place)
        * root_packs,
        cost_thermal_system_usd_per_pack=_of_class(
            [chiller.price_usd_per_pack for chiller in constants.chillers], place
        ),
        cost_additions_to_ac_usd_per_system=np.ceil(selected_w * packs / heat.ac_step_w)
        * duty.vehicle.ac_addition_usd_per_kw
        * (heat.ac_step_w / WH_PER_KWH),
    )


def _of_class(values: list[float], place: IntArray) -> FloatArray:
    return np.array([*values, np.nan])[place]


def _sustained_power_kw(duty: Duty, system_energy_kwh: FloatArray, heat: HeatConstants) -> FloatArray:
    speed = duty.vehicle.sustained_speed_mph
    ratio = duty.vehicle.udds_wh_per_mile / heat.rolling_reference_wh_per_mile
    drag = heat.drag_kw_per_mph3 * speed * np.square(speed) * ratio**heat.drag_exponent
    driving_kw = (heat.accessory_kw + heat.rolling_kw_per_mph * ratio * speed + drag) / heat.vehicle_efficiency_frac
    return np.maximum(system_energy_kwh * heat.sustained_c_rate_per_h, driving_kw)


def _hot_soak_w(duty: Duty, housing: Outline, heat: HeatConstants) -> FloatArray:
    """Heat through the jacket from hot surroundings; negative where the battery is hotter than these."""
    less = heat.insulated_reduction_mm
    length_mm = housing.pack_length_mm - less
    area_mm2 = 2 * length_mm * (housing.pack_width_mm + housing.pack_height_mm - 2 * less)
    conductance = heat.insulation_conductivity_w_per_cm_k / heat.insulation_thickness_cm / MM2_PER_CM2
    return np.asarray(
        area_mm2 * conductance * (heat.hot_ambient_deg_c - duty.energy_temperature_deg_c), dtype=np.float64
    )
