"""Exact conversions and the unit suffixes that names end with."""

from __future__ import annotations

ZERO_CELSIUS_K = 273.15
MINUTES_PER_HOUR = 60.0
SECONDS_PER_HOUR = 3600.0
SECONDS_PER_MINUTE = 60.0
HOURS_PER_DAY = 24.0
DAYS_PER_YEAR = 365.0
MONTHS_PER_YEAR = 12
G_PER_KG = 1000.0
MG_PER_G = 1000.0
WH_PER_KWH = 1000.0
W_PER_KW = 1000.0
J_PER_KJ = 1000.0
MA_PER_A = 1000.0
MAH_PER_AH = 1000.0
KWH_PER_MWH = 1000
KWH_PER_GWH = 1e6
MM_PER_CM = 10.0
MM_PER_M = 1000.0
CM_PER_M = 100.0
MM2_PER_M2 = 1e6
MM2_PER_CM2 = 100.0
MM3_PER_CM3 = 1000.0
MM3_PER_L = 1e6
CM3_PER_L = 1000.0
MM_PER_INCH = 25.4
KM_PER_MILE = 1.609344
UM_PER_CM = 1e4
UM_PER_MM = 1000.0
UM_PER_M = 1e6
CM2_PER_M2 = 1e4
KM_KG_PER_100KM_100KG = 1e4
KG_PER_T = 1000.0
USD_PER_MUSD = 1e6

# The end of a name, longest first where one is the end of another, and the unit that the catalog must state for it.
UNIT_OF_SUFFIX: dict[str, str] = {
    "usd_per_kwh": "USD/kWh",
    "usd_per_kg": "USD/kg",
    "usd_per_m2": "USD/m2",
    "usd_per_l": "USD/L",
    "usd_per_kw": "USD/kW",
    "usd_per_h": "USD/h",
    "usd_per_ah": "USD/Ah",
    "usd_per_km": "USD/km",
    "usd_per_t": "USD/t",
    "usd_per_unit": "USD/unit",
    "usd_per_pack": "USD/pack",
    "usd_per_a": "USD/A",
    "usd_per_vehicle": "USD/vehicle",
    "usd_per_month": "USD/month",
    "usd_per_yr": "USD/yr",
    "musd": "MUSD",
    "usd": "USD",
    "wh_per_kg": "Wh/kg",
    "wh_per_l": "Wh/L",
    "wh_per_mile": "Wh/mile",
    "kwh_per_km": "kWh/km",
    "kwh_per_kg": "kWh/kg",
    "kwh_per_kwh": "kWh/kWh",
    "kwh_per_100km_per_100kg": "kWh/100km/100kg",
    "kg_per_kwh": "kg/kWh",
    "kg_per_kw": "kg/kW",
    "gwh_per_yr": "GWh/yr",
    "km_per_yr": "km/yr",
    "kwh_per_yr": "kWh/yr",
    "kg_per_yr": "kg/yr",
    "m2_per_yr": "m2/yr",
    "frac_per_yr": "1/yr",
    "per_yr": "1/yr",
    "kj_per_mol": "kJ/mol",
    "j_per_mol_k": "J/(mol K)",
    "j_per_g_k": "J/(g K)",
    "c_per_mol": "C/mol",
    "c_per_s": "degC/s",
    "m_per_s": "m/s",
    "w_per_cm_k": "W/(cm K)",
    "w_per_m_k": "W/(m K)",
    "mol_per_ah": "mol/Ah",
    "s_per_m": "S/m",
    "g_per_s_cm": "g/(s cm)",
    "g_per_cm3": "g/cm3",
    "g_per_ml": "g/mL",
    "g_per_mol": "g/mol",
    "mah_per_cm2": "mAh/cm2",
    "ma_per_cm2": "mA/cm2",
    "mah_per_g": "mAh/g",
    "cm2_per_cm3": "cm2/cm3",
    "kg_per_m2": "kg/m2",
    "kg_per_m": "kg/m",
    "kw_per_mph3": "kW/mph3",
    "kw_per_mph": "kW/mph",
    "h_per_yr": "h/yr",
    "h_per_kg": "h/kg",
    "d_per_yr": "d/yr",
    "per_um": "1/um",
    "per_min": "1/min",
    "per_s": "1/s",
    "per_v": "1/V",
    "per_h": "1/h",
    "per_d": "1/d",
    "ohm_cm2": "ohm cm2",
    "g_per_ah": "g/Ah",
    "mg_per_cm2": "mg/cm2",
    "mph": "mph",
    "mpa": "MPa",
    "ohm": "ohm",
    "um": "um",
    "mm2": "mm2",
    "km": "km",
    "mm": "mm",
    "cm2": "cm2",
    "cm3": "cm3",
    "cm": "cm",
    "m2": "m2",
    "kwh": "kWh",
    "gwh": "GWh",
    "kw": "kW",
    "wh": "Wh",
    "kg": "kg",
    "mol": "mol",
    "min": "min",
    "ah": "Ah",
    "yr": "yr",
    "deg_c": "degC",
    "frac": "1",
    "ratio": "1",
    "factor": "1",
    "exponent": "1",
    "coefficient": "1",
    "count": "count",
    "pct": "%",
    "w": "W",
    "d": "d",
    "v": "V",
    "a": "A",
    "h": "h",
    "k": "K",
    "g": "g",
    "l": "L",
    "s": "s",
}


def unit_of_name(name: str) -> str | None:
    """Unit that the end of `name` promises, or None where the name carries no unit."""
    words = name.split("_")
    for start in range(1, len(words)):
        unit = UNIT_OF_SUFFIX.get("_".join(words[start:]))
        if unit is not None:
            return unit
    return UNIT_OF_SUFFIX.get(name)
