"""The kinds of quantities: one table of units each, so that a key takes only units that make sense for it.

`h` is a time and `yr` a duration: a horizon of ten minutes cannot pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lcopt.inputs.currencies import OTHER_CURRENCIES
from lcopt.units import (
    DAYS_PER_YEAR,
    G_PER_KG,
    KM_PER_MILE,
    MINUTES_PER_HOUR,
    MM_PER_CM,
    MM_PER_INCH,
    MONTHS_PER_YEAR,
    SECONDS_PER_HOUR,
    USD_PER_MUSD,
    WH_PER_KWH,
    ZERO_CELSIUS_K,
)

RATIO = "1"
MONEY = "money"


class Unit(NamedTuple):
    """How a number in this unit becomes one in the internal unit: (number + add) * multiply / divide."""

    multiply: float = 1.0
    divide: float = 1.0
    add: float = 0.0


@dataclass(frozen=True)
class Kind:
    """One kind of quantity: its internal unit and the units that a file may use for it.

    `bare_below` is the value below which a bare number from 0 on is a ratio and needs no unit; 0 where it always does.
    """

    name: str
    units: Mapping[str, Unit]
    example: str
    aliases: Mapping[str, str] = field(default_factory=dict)
    bare_below: float = 0.0
    bare_includes_end: bool = False

    @property
    def internal_unit(self) -> str:
        """The unit of the returned number: the first of the table."""
        return next(iter(self.units))

    @property
    def usual_unit(self) -> str:
        """The unit that most people use: that of the example; empty for a number without one."""
        return self.example.partition(" ")[2]

    @property
    def expectation(self) -> str:
        """What a message says is expected."""
        if len(self.units) == 1 and RATIO in self.units:
            return f"expected {self.name}, a number without a unit"
        if RATIO in self.units:
            return f"expected {self.name}, 0 to 1 or in %"
        others = f", or in {OTHER_CURRENCIES}" if self.is_money else ""
        return f"expected {self.name}, one of: {', '.join(self.units)}{others}"

    @property
    def is_money(self) -> bool:
        """Whether its units are in USD, which another currency may stand for."""
        return self.name.startswith(MONEY)

    def allows_bare(self, number: float) -> bool:
        """Whether this number may stand without a unit."""
        return 0 <= number < self.bare_below or (self.bare_includes_end and number == self.bare_below)


_SAME = Unit()
_PER_100 = Unit(divide=100)
_PER_1000 = Unit(divide=1000)
_BY_1000 = Unit(multiply=1000)

ALL_KINDS = (
    Kind("share", {RATIO: _SAME, "%": _PER_100}, "80 %", {"percent": "%"}, bare_below=1.0, bare_includes_end=True),
    Kind(
        "yearly rate",
        {"1/yr": _SAME, "%": _PER_100, "%/yr": _PER_100},
        "8 %",
        {"percent": "%", "%/a": "%/yr", "%/year": "%/yr", "1/a": "1/yr"},
        bare_below=1.0,
    ),
    Kind(
        "time",
        {"min": _SAME, "s": Unit(divide=60), "h": Unit(multiply=MINUTES_PER_HOUR)},
        "20 min",
        {"minutes": "min", "hours": "h", "sec": "s"},
    ),
    Kind(
        "time of a session",
        {"h": _SAME, "min": Unit(divide=MINUTES_PER_HOUR), "s": Unit(divide=SECONDS_PER_HOUR)},
        "0.1 h",
        {"minutes": "min", "hours": "h", "sec": "s"},
    ),
    Kind(
        "duration",
        {"yr": _SAME, "a": _SAME, "month": Unit(divide=MONTHS_PER_YEAR), "d": Unit(divide=DAYS_PER_YEAR)},
        "12 yr",
        {"year": "yr", "years": "yr", "months": "month", "day": "d", "days": "d"},
    ),
    Kind("energy", {"kWh": _SAME, "Wh": Unit(divide=WH_PER_KWH), "MWh": _BY_1000}, "60 kWh"),
    Kind("power", {"kW": _SAME, "W": _PER_1000, "MW": _BY_1000}, "150 kW"),
    Kind("voltage", {"V": _SAME, "kV": _BY_1000}, "400 V"),
    Kind("current", {"A": _SAME, "kA": _BY_1000}, "500 A"),
    Kind("mass", {"kg": _SAME, "g": Unit(divide=G_PER_KG), "t": _BY_1000}, "400 kg"),
    Kind(
        "mass per year",
        {"t/yr": _SAME, "kg/yr": _PER_1000, "kt/yr": _BY_1000},
        "500 t/yr",
        {"t/a": "t/yr", "kg/a": "kg/yr", "kt/a": "kt/yr", "t/year": "t/yr"},
    ),
    Kind("volume", {"L": _SAME, "m3": _BY_1000}, "250 L", {"l": "L", "liter": "L", "liters": "L", "dm3": "L"}),
    Kind(
        "length",
        {"mm": _SAME, "cm": Unit(multiply=MM_PER_CM), "m": _BY_1000, "in": Unit(multiply=MM_PER_INCH)},
        "1800 mm",
        {"inch": "in", "inches": "in"},
    ),
    Kind("specific energy", {"Wh/kg": _SAME, "kWh/kg": _BY_1000}, "160 Wh/kg"),
    Kind("energy density", {"Wh/L": _SAME, "kWh/L": _BY_1000, "kWh/m3": _SAME}, "210 Wh/L", {"Wh/l": "Wh/L"}),
    Kind(
        "temperature",
        {
            "degC": _SAME,
            "K": Unit(add=-ZERO_CELSIUS_K),
            "degF": Unit(add=-32, multiply=5, divide=9),
        },
        "25 degC",
        {"C": "degC", "celsius": "degC", "F": "degF"},
    ),
    Kind("money per energy", {"USD/kWh": _SAME, "USD/MWh": _PER_1000}, "0.14 USD/kWh"),
    Kind("money per mass", {"USD/kg": _SAME, "USD/t": _PER_1000, "USD/g": _BY_1000}, "5.2 USD/kg"),
    Kind("money per tonne", {"USD/t": _SAME, "USD/kg": _BY_1000}, "70 USD/t"),
    Kind("money per area", {"USD/m2": _SAME}, "0.4 USD/m2"),
    Kind("money per volume", {"USD/L": _SAME, "USD/m3": _PER_1000}, "12 USD/L", {"USD/l": "USD/L"}),
    Kind("money per time", {"USD/h": _SAME}, "15 USD/h"),
    Kind("money per month", {"USD/month": _SAME}, "90 USD/month"),
    Kind("money per year", {"USD/yr": _SAME, "USD/a": _SAME}, "120 USD/yr", {"USD/year": "USD/yr"}),
    Kind("money per vehicle", {"USD/vehicle": _SAME}, "1500 USD/vehicle", {"USD/car": "USD/vehicle"}),
    Kind("money per power", {"USD/kW": _SAME}, "15 USD/kW"),
    Kind("money per current", {"USD/A": _SAME}, "0.02 USD/A"),
    Kind("money per piece", {"USD/unit": _SAME}, "5 USD/unit"),
    Kind("money per pack", {"USD/pack": _SAME}, "40 USD/pack"),
    Kind(
        "money in millions",
        {"MUSD": _SAME, "USD": Unit(divide=USD_PER_MUSD)},
        "150 MUSD",
        {"millionUSD": "MUSD"},
    ),
    Kind("distance", {"km": _SAME, "mi": Unit(multiply=KM_PER_MILE)}, "160000 km", {"mile": "mi", "miles": "mi"}),
    Kind("distance per year", {"km/yr": _SAME, "km/a": _SAME}, "15000 km/yr", {"km/year": "km/yr"}),
    Kind(
        "consumption",
        {"kWh/km": _SAME, "kWh/100km": _PER_100, "Wh/km": Unit(divide=WH_PER_KWH)},
        "17 kWh/100km",
    ),
    Kind("mass penalty", {"kWh/100km/100kg": _SAME}, "0.4 kWh/100km/100kg"),
    Kind("C-rate", {"1/h": _SAME, "C": _SAME}, "0.2 1/h", {"/h": "1/h"}),
    Kind("carbon per energy", {"kg/kWh": _SAME, "g/kWh": Unit(divide=G_PER_KG)}, "0.25 kg/kWh"),
    Kind(
        "number per year",
        {"1/yr": _SAME, "/yr": _SAME},
        "50000 /yr",
        {"/a": "/yr", "1/a": "/yr", "packs/yr": "/yr", "packs/a": "/yr", "/year": "/yr"},
    ),
    Kind("factor", {RATIO: _SAME}, "1.1", bare_below=1000.0),
    Kind("plant size", {"GWh/yr": _SAME, "GWh/a": _SAME, "MWh/yr": _PER_1000}, "30 GWh/yr"),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in ALL_KINDS}
MONEY_KIND_OF_UNIT: dict[str, Kind] = {kind.internal_unit: kind for kind in reversed(ALL_KINDS) if kind.is_money}
