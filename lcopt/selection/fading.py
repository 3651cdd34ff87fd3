"""How the chemistries of a search fade under the use and in the climate of one pack, with the range of each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lcopt.arrays import FloatArray
from lcopt.cost.terms import Terms
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Ownership, Pack
from lcopt.inputs.words import SWAP
from lcopt.performance.aging import (
    FadeTable,
    Stress,
    YearlyFade,
    fast_charge_factor,
    read_fade_table,
    stacked_fade,
    stress_is_extrapolated,
)
from lcopt.performance.calibration import FadeRange, fade_range_of
from lcopt.performance.climate import CellTemperatures, fade_in_climate, read_cell_temperatures
from lcopt.performance.life import WarrantyPoint, life_km, life_yr, warranty_margin_frac
from lcopt.selection.engineering import Engineering


@dataclass(frozen=True)
class _AgingConstants:
    fast_charge_coefficient: float
    fast_charge_rate_per_h: float


@dataclass(frozen=True)
class PackAging:
    """Fade of one pack, an element a chemistry; `is_extrapolated` where its law is used outside of its grid."""

    fade: FadeRange
    is_extrapolated: tuple[bool, ...]


def pack_aging(pack: Pack, ownership: Ownership, catalog: Catalog, engineering: Engineering) -> PackAging:
    """The fade of every chemistry of the search in one pack.

    Cells charge at the limit of plating, so fast charging counts in full; the cycle law is read at the rate of slow
    charging. A swap station charges all, at a rate that counts in proportion to that of fast charging in the field.
    """
    usage = pack.usage
    stress = Stress(
        temperature_deg_c=usage.battery_temperature_deg_c,
        soc_mean_frac=usage.soc_mean_frac,
        dod_frac=usage.dod_frac,
        rate_per_h=usage.c_rate_per_h,
    )
    constants = catalog.constants(_AgingConstants, "aging_constants")
    fast_frac = usage.dc_share_frac
    if ownership.models == (SWAP,):
        fast_frac = min(1.0, ownership.station_c_rate_per_h / constants.fast_charge_rate_per_h)
    factor = float(fast_charge_factor(fast_frac, constants.fast_charge_coefficient))
    temperatures = catalog.kept(read_cell_temperatures, usage.climate, usage.battery_temperature_deg_c)
    laws = {item.fade_law for item in engineering.families}
    tables = {law: catalog.kept(read_fade_table, law) for law in laws}
    fades = {law: fade_in_climate(table, stress, temperatures, factor) for law, table in tables.items()}
    ranges = [
        fade_range_of(catalog, chemistry, family.fade_law, fades[family.fade_law], fast_frac)
        for chemistry, family in zip(engineering.chemistries, engineering.families, strict=True)
    ]
    return PackAging(
        fade=FadeRange(
            low=stacked_fade([item.low for item in ranges]),
            central=stacked_fade([item.central for item in ranges]),
            high=stacked_fade([item.high for item in ranges]),
        ),
        is_extrapolated=tuple(
            _is_extrapolated(tables[item.fade_law], stress, temperatures) for item in engineering.families
        ),
    )


def _is_extrapolated(table: FadeTable, stress: Stress, temperatures: CellTemperatures) -> bool:
    """Whether the use or the hottest cells are outside of the grid; below its coldest point little fades."""
    hottest = max(float(temperatures.parked_deg_c.max()), float(temperatures.working_deg_c.max()))
    coldest_of_grid = max(float(table.calendar.axes[0][0]), float(table.cycle.axes[0][0]))
    is_constant = temperatures.parked_deg_c.size == 1
    temperature = hottest if is_constant else max(hottest, coldest_of_grid)
    return stress_is_extrapolated(table, replace(stress, temperature_deg_c=temperature))


def life_values(fade: YearlyFade, terms: Terms, warranty: tuple[WarrantyPoint, ...]) -> dict[str, FloatArray]:
    """Time and distance until the state of health of replacement, and the margin to a warranty rule, each (n,)."""
    distance = terms.use.distance_km_per_yr
    years = life_yr(fade, terms.replacement.soh_end_of_life_frac)
    return {
        "soh_life_yr": years,
        "soh_life_km": life_km(years, distance),
        "warranty_margin_frac": warranty_margin_frac(warranty, fade, distance),
    }
