"""A small scenario: two chemistries, one format, one technology class."""

from __future__ import annotations

from typing import Any

SMALL: dict[str, Any] = {
    "lcopt": 1,
    "name": "unsure",
    "finance": {"currency": "USD", "price_year": 2025, "discount_rate": "8 %", "horizon": "12 yr"},
    "packs": [
        {
            "name": "compact",
            "volume": "200000 /yr",
            "energy": "60 kWh",
            "power": "150 kW",
            "system_voltage": "400 V",
            "usage": "private_car",
            "limits": {"charging_time_max": "20 min", "specific_energy_min": "135 Wh/kg"},
        }
    ],
    "search": {
        "chemistries": ["LFP-G (Energy)", "NMC622-G (Energy)"],
        "formats": ["pouch"],
        "technology_classes": ["standard"],
    },
    "prices": "central",
    "uncertainty": {"samples": 512, "seed": 7},
}
