"""One small scenario, explored and analyzed once: two chemistries, one format, one technology class."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from lcopt.inputs.reader import read_scenario
from lcopt.uncertainty.decided import decide

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


@pytest.fixture(scope="session")
def make():
    """A scenario from the small one with blocks replaced."""

    def made(**blocks: Any):
        return read_scenario({**copy.deepcopy(SMALL), **blocks})

    return made


@pytest.fixture(scope="session")
def scenario(make):
    return make()


@pytest.fixture(scope="session")
def decided(scenario):
    return decide(scenario)


@pytest.fixture(scope="session")
def found(scenario):
    pytest.importorskip("SALib")
    from lcopt.uncertainty.study import sensitivity

    return sensitivity(scenario)
