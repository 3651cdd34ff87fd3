"""What `lcopt lifecycle` shows people: conventions first, then numbers that are those of the JSON."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import lcopt
from lcopt.inputs.lifecycle_case_reader import read_lifecycle_case
from lcopt.lifecycle_words import case_text

CASES = sorted((Path(__file__).parents[1] / "data" / "lifecycle_cases").glob("*.yaml"))
HEADS = ("sign", "dates", "rate", "tax", "money", "boundary", "ownership", "replacement", "residual")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_conventions_open_and_every_number_is_that_of_the_result(path):
    case, result = read_lifecycle_case(path), lcopt.lifecycle_case(path)
    text = case_text(case, result)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 120
    assert lines[2] == "conventions"
    for head in HEADS:
        assert re.search(rf"^  {head} +\S", text, re.MULTILINE), head
    assert _row(lines, "  total")[0] == pytest.approx(result["lifecycle_cost_usd"], abs=0.005)
    for component, usd in result["present_value_by_component_usd"].items():
        if usd:
            assert _row(lines, f"  {component.replace('_', ' ')}")[0] == pytest.approx(usd, abs=0.005)
    for year, usd in enumerate(result["cash_flow_by_year_usd"]):
        assert _row(lines, f"  year {year}")[0] == pytest.approx(usd, abs=0.005)
    assert f"{result['levelized_usd_per_km']:.6f} USD/km" in text


def test_the_words_follow_the_case():
    text = {path.stem: case_text(read_lifecycle_case(path), lcopt.lifecycle_case(path)) for path in CASES}
    assert "  tax             before tax\n" in text["private_car_lfp"]
    assert "after tax of 25 %, straight line over 8 years; a loss is used at once" in text["swap"]
    assert "after tax of 25 %, MACRS 5 years" in text["lease"]
    assert "on the day it reaches 75 %" in text["continuous_replacement"]
    assert "5.5 % a year, nominal (3.431 % real at 2 % inflation); of the lessor 9 %" in text["lease"]
    assert "sale: the user holds the pack" in text["private_car_nmc"]
    assert "monthly fees at month ends" in text["lease"]
    assert "monthly fees" not in text["ride_hailing_taxed"]
    middle = read_lifecycle_case({**_mapping("private_car_lfp"), "flow_timing": "middle"})
    assert "at the middle of each year" in case_text(middle, lcopt.lifecycle_case(middle))


def test_parties_stand_beside_the_system_at_their_own_rates():
    path = next(path for path in CASES if path.stem == "lease")
    result = lcopt.lifecycle_case(path)
    lines = case_text(read_lifecycle_case(path), result).splitlines()
    total = _row(lines, "  total")
    assert total[1:] == pytest.approx([-result["parties"][name]["npv_usd"] for name in ("user", "lessor")], abs=0.005)
    for year in range(11):
        system, user, lessor = _row(lines, f"  year {year}")
        assert system == pytest.approx(user + lessor, abs=0.011)
    assert any("lessor's return 9 % a year" in line for line in lines)


def _row(lines: list[str], head: str) -> list[float]:
    line = next(line for line in lines if re.match(rf"{head} +-?[0-9]", line))
    return [float(cell.replace(",", "")) for cell in line.removeprefix(head).split()]


def _mapping(name: str) -> dict[str, object]:
    path = next(path for path in CASES if path.stem == name)
    return yaml.safe_load(path.read_text(encoding="utf-8"))
