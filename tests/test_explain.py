"""The command `explain`: why, what limits cost, what would change the answer; and the diagnosis where nothing fits."""

from __future__ import annotations

import json
import sys

import pytest
from given_cells import write_cells

from lcopt import cli

CELLS = {
    "thin": ("LFP-G (Energy)", 2.6, 92.5),
    "thick": ("LFP-G (Energy)", 3.3, 118.0),
    "ternary": ("NMC622-G (Energy)", 3.4, 88.0),
}


@pytest.fixture
def explain(monkeypatch, capsys, tmp_path):
    """Runs `lcopt explain` on two cars of given cells; gives status and stdout."""

    def run(*options: str, minutes: int = 30) -> tuple[int, str]:
        car = {"system_voltage": "400 V", "usage": "private_car", "limits": {"charging_time_max": f"{minutes} min"}}
        scenario = {
            "lcopt": 1,
            "name": "two",
            "finance": {"currency": "USD", "price_year": 2025, "discount_rate": "8 %", "horizon": "12 yr"},
            "packs": [
                {"name": "small", "volume": "60000 /yr", "energy": "52 kWh", "power": "100 kW", **car},
                {"name": "large", "volume": "20000 /yr", "energy": "88 kWh", "power": "150 kW", **car},
            ],
            "search": {"platforms": list(CELLS), "platform_fixed_cost": "25 MUSD"},
            "portfolio": {"strategies": {"ternary only": [{"chemistries": ["NMC622-G (Energy)"]}]}},
            "data": write_cells(tmp_path, CELLS),
        }
        file = tmp_path / "two.yaml"
        file.write_text(json.dumps(scenario, indent=1))
        monkeypatch.setattr(sys, "argv", ["lcopt", "explain", str(file), *options])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return int(left.value.code or 0), capsys.readouterr().out

    return run


def test_it_tells_why_and_what_would_change_the_answer(explain):
    status, told = explain("--all-limits")
    assert status == 0
    for word in ("runner-up", "limits", "platforms  1 platform", "without", "strategies ternary only: ", "proof"):
        assert word in told
    assert "charging time <= 30 min" in told
    assert "small: " in told


def test_programs_get_the_same_tables(explain):
    status, told = explain("--quick", "--format", "json")
    record = json.loads(told)
    assert status == 0
    assert record["status"] == "optimal"
    assert {row["platforms_max"] for row in record["by_platform_count"]} == {1, 2}
    assert record["strategies"][0]["difference_usd"] >= 0
    assert {row["pack"] for row in record["why"]} == {"small", "large"}
    assert record["platform_sets"][0]["cost_usd"] == pytest.approx(record["lifecycle_cost_usd"], rel=1e-9)


@pytest.mark.parametrize("options", [(), ("--format", "json")])
def test_where_nothing_fits_it_tells_what_would(explain, options):
    status, told = explain(*options, minutes=5)
    assert status == 3
    assert "It would do with charging time of" in told
    if options:
        assert json.loads(told)["status"] == "infeasible"
