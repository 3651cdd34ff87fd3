"""A good scenario to spoil."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lcopt.inputs.excel.form import form_of

GOOD = """\
# Question: which pack should the compact car carry?
lcopt: 1
name: compact-2028
finance:
  currency: USD
  price_year: 2025
  discount_rate: 8 %
  horizon: 12 yr
packs:
  - name: compact
    volume: 200000 /yr
    energy: 60 kWh
    power: 150 kW
    system_voltage: 400 V
    usage: private_car
    limits:
      charging_time_max: 20 min
      charging_window: [10 %, 80 %]
      charger_power: 350 kW
search:
  chemistries: all
  platforms_max: 2
prices: central
price_overrides:
  lfp_cathode: 5.2 USD/kg
"""


@pytest.fixture
def good() -> str:
    """The text of a scenario that is right in every line."""
    return GOOD


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes a text as `case.yaml` in an empty folder that is then the current one."""
    monkeypatch.chdir(tmp_path)

    def to_file(text: str | bytes) -> str:
        content = text.encode() if isinstance(text, str) else text
        Path("case.yaml").write_bytes(content)
        return "case.yaml"

    return to_file


@pytest.fixture(scope="session")
def form() -> bytes:
    """The Excel form of that scenario."""
    return form_of(yaml.safe_load(GOOD)).content


@pytest.fixture
def save(tmp_path, monkeypatch):
    """Saves a workbook as `in.xlsx` in an empty folder that is then the current one."""
    monkeypatch.chdir(tmp_path)

    def to_file(content: bytes) -> str:
        Path("in.xlsx").write_bytes(content)
        return "in.xlsx"

    return to_file
