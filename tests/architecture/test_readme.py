"""What the README says is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lcopt.inputs.reader import read_scenarios, read_sweep
from lcopt.validation.corrections import correction_effects

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def block_after(marker: str) -> str:
    return re.search(rf"<!-- {marker} -->\n```bash\n(.*?)\n```", README, re.DOTALL).group(1)


def test_the_commands_are_the_agreed_ones():
    assert block_after("run command") == "pip install . && lcopt run scenarios/compact_car.yaml"
    assert block_after("test command") == 'pip install ".[test]" && pytest'


def test_ci_runs_the_test_command_of_the_readme():
    assert "<!-- test command -->" in (ROOT / ".ci" / "run").read_text()


def test_the_python_example_runs(monkeypatch, tmp_path, capsys):
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    (tmp_path / "reports").mkdir()
    monkeypatch.chdir(tmp_path)
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL).group(1)
    exec(compile(example, "README.md", "exec"), {})
    assert "compact" in capsys.readouterr().out
    assert (tmp_path / "reports" / "compact_car.xlsx").is_file()


def test_the_example_of_the_scenario_language_is_read(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("compact_car.yaml").write_text((ROOT / "scenarios" / "compact_car.yaml").read_text())
    Path("my_data").mkdir()
    Path("my_data/usage_profiles.csv").write_text("profile,name,value,unit\nprivate_car,dod_frac,0.4,1\n")
    Path("example.yaml").write_text(re.search(r"```yaml\n(.*?)```", README, re.DOTALL).group(1))
    base, dear = read_scenarios("example.yaml")
    assert (base.packs[0].energy_kwh, base.packs[0].limits.charging_time_max_min, dear.prices) == (66, 18, "reference")
    assert len(read_sweep("example.yaml")) == 3 * 3 * 2


def test_the_table_of_corrections_repeats_what_the_model_does():
    rows = re.search(r"<!-- corrections -->\n(.*?)\n\n", README, re.DOTALL).group(1).splitlines()[2:]
    said = {cells[1].strip(): [cells[3], cells[4]] for cells in (row.split("|") for row in rows)}
    effects = correction_effects()
    assert list(said) == list(dict.fromkeys(effects["label"]))
    for label, group in effects.groupby("label"):
        for cell, row in zip(said[label], group.itertuples(), strict=True):
            usd, kg = (float(text) for text in re.findall(r"([-+]?[\d.]+) (?:USD|kg)", cell))
            assert usd == pytest.approx(row.pack_cost_usd_change, abs=0.051)
            assert kg == pytest.approx(row.pack_mass_kg_change, abs=0.0051)
