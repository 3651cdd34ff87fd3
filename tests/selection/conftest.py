"""Small scenarios that a test can afford: two chemistries, one technology class."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from lcopt.inputs.reader import read_scenario
from lcopt.inputs.scenario import Scenario
from lcopt.selection import pricing, pruning
from lcopt.study import candidates, optimize

COMPACT: dict[str, Any] = {
    "lcopt": 1,
    "name": "small",
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
}


@pytest.fixture(scope="session")
def compact_mapping() -> dict[str, Any]:
    return COMPACT


@pytest.fixture(scope="session")
def make_scenario():
    """A scenario from the compact one with limits or whole blocks replaced."""

    def make(limits: dict[str, str] | None = None, **blocks: Any) -> Scenario:
        mapping = copy.deepcopy(COMPACT)
        mapping["packs"][0]["limits"].update(limits or {})
        mapping.update(blocks)
        return read_scenario(mapping)

    return make


@pytest.fixture(scope="session")
def small(make_scenario) -> Scenario:
    return make_scenario()


@pytest.fixture(scope="session")
def small_result(small):
    return optimize(small)


@pytest.fixture(scope="session")
def small_candidates(small):
    return candidates(small)


@pytest.fixture(scope="session")
def two_cars(make_scenario) -> Scenario:
    packs = [
        {**COMPACT["packs"][0], "name": "small", "energy": "52 kWh", "power": "120 kW"},
        {
            **COMPACT["packs"][0],
            "name": "large",
            "energy": "80 kWh",
            "power": "200 kW",
            "volume": "80000 /yr",
            "system_voltage": "800 V",
            "limits": {"charging_time_max": "18 min"},
        },
    ]
    return make_scenario(packs=packs)


@pytest.fixture
def as_if_large(monkeypatch):
    """Small portfolios take the way of large ones: rough bounds, few pairs to begin with, prices for all others."""
    for module, name, value in (
        (pruning, "LARGE_COUNT", 0),
        (pruning, "PRICED_COUNT", 0),
        (pruning, "PROMISING_COUNT", 5),
        (pruning, "PROMISING_EACH", 1),
        (pricing, "FEW_COUNT", 0),
        (pricing, "GROUPS_MAX", 0),
        (pricing, "FIRST_COUNT", 3),
        (pricing, "ADDED_MAX", 2),
        (pricing, "TAKEN_MAX", 12),
    ):
        monkeypatch.setattr(module, name, value)
