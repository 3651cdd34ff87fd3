"""`lcopt calibrate`: what it writes is a folder of data that every command takes as it stands."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs

from lcopt import cli
from lcopt.inputs.own_data.user_data import read_catalog
from lcopt.inputs.reader import read_scenario

COMPACT = (Path(__file__).parents[2] / "scenarios" / "compact_car.yaml").read_text(encoding="utf-8")


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lcopt", *arguments])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        printed = capsys.readouterr()
        return int(exit_.value.code or 0), printed.out, printed.err

    return run


def example_of(call, kind: str) -> str:
    status, text, err = call("calibrate", kind, "--example")
    assert (status, err) == (0, "")
    Path(f"{kind}.csv").write_text(text, encoding="utf-8")
    return f"{kind}.csv"


def test_a_calibration_is_a_folder_of_data(call, catalog):
    file = example_of(call, "charging")
    status, out, err = call("calibrate", "charging", file, "-o", "mine", "--format", "json")
    answer = json.loads(out)
    assert (status, err) == (0, "")
    speed = answer["fitted"][0]
    row = read_catalog("mine").table("technology_classes").one(technology_class="standard", name="speed_factor")
    assert row.value == speed["value"] != speed["before"]
    assert (row.low, row.high) == (speed["low"], speed["high"])
    assert (row.source, row.kind, row.reference) == ("own_measurements", "measured", "charging.csv")
    assert answer["errors"]["after"]["median"] < answer["errors"]["before"]["median"]
    assert answer["written"] == [f"mine/{name}.csv" for name in ("charging_sets", "sources", "technology_classes")]
    assert call("check", "--data", "mine", "car.yaml")[0] == 2
    Path("car.yaml").write_text(COMPACT + "\ndata: mine\n", encoding="utf-8")
    assert call("check", "car.yaml") == (0, "car.yaml: ok\n", "")
    replaced = {row.table for row in read_scenario("car.yaml").replaced_rows}
    assert replaced == {"technology_classes", "charging_sets", "sources"}


def test_a_second_calibration_goes_on_from_the_first_and_changes_nothing(call):
    file = example_of(call, "charging")
    call("calibrate", "charging", file)
    first = Path("calibrated/technology_classes.csv").read_text(encoding="utf-8")
    again = json.loads(
        call("calibrate", "charging", file, "--data", "calibrated", "-o", "other", "--format", "json")[1]
    )
    assert again["fitted"][0]["value"] == pytest.approx(again["fitted"][0]["before"], rel=1e-4)
    assert call("calibrate", "charging", file)[0] == 0
    assert Path("calibrated/technology_classes.csv").read_text(encoding="utf-8") == first


def test_charging_and_aging_share_a_folder_and_rows_of_the_user_stay(call):
    Path("calibrated").mkdir()
    own = "technology_class,name,value,unit\nsuper,speed_factor,1.6,1\n"
    Path("calibrated/technology_classes.csv").write_text(own, encoding="utf-8")
    for kind in ("charging", "aging"):
        status, out, err = call("calibrate", kind, example_of(call, kind))
        assert (status, err) == (0, "")
        assert "use        lcopt run FILE --data calibrated" in out
    read = read_catalog("calibrated")
    classes = read.table("technology_classes")
    assert classes.one(technology_class="super", name="speed_factor").value == 1.6
    assert classes.one(technology_class="standard", name="speed_factor").source == "own_measurements"
    assert read.table("fade_laws").one(fade_law="Lfp_Gr_250AhPrismatic", name="calibration_factor").kind == "measured"


def test_a_folder_with_a_file_of_another_kind_stays_as_it_is(call):
    file = example_of(call, "charging")
    Path("calibrated").mkdir()
    Path("calibrated/sources.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    status, _, err = call("calibrate", "charging", file)
    assert status == 2
    assert "calibrated/sources.csv:1:1: error: the file is no table that could take the fitted rows" in err
    assert sorted(path.name for path in Path("calibrated").iterdir()) == ["sources.csv"]


@pytest.mark.parametrize("kind", ["charging", "aging"])
def test_the_page_loads_nothing_and_shows_every_row_before_and_after(call, kind):
    status, out, _ = call("calibrate", kind, example_of(call, kind), "--plot", "fit.html")
    page = Path("fit.html").read_text(encoding="utf-8")
    assert (status, "plot       fit.html" in out) == (0, True)
    assert page.count("before: ") == page.count("after: ") == 2 * 6 + 1
    own = page.replace(get_plotlyjs(), "")
    assert "default-src 'none'" in own
    assert not any(word in own for word in ("://", "src=", "href", "NaN"))
    assert "before: median" in page


def test_a_page_that_is_none_is_told_before_anything_is_written(call):
    file = example_of(call, "charging")
    Path("folder.html").mkdir()
    for plot, says in (("fit.png", "name a file that ends in .html"), ("folder.html", "a folder has this name")):
        status, out, err = call("calibrate", "charging", file, "--plot", plot)
        assert (status, out) == (2, "")
        assert says in err
    assert not Path("calibrated").exists()


def test_bad_calls_are_usage_or_input_errors(call, tmp_path):
    assert call("calibrate")[0] == 2
    assert call("calibrate", "charging")[2].startswith("lcopt: error: no file of measurements; 'lcopt calibrate")
    for kind in ("charging", "aging"):
        for file in ("none.csv", str(tmp_path)):
            status, out, err = call("calibrate", kind, file)
            assert (status, out) == (2, "")
            assert f"{file}:1:1: error: " in err
    Path("bad.csv").write_text("x\n1\n", encoding="utf-8")
    status, out, err = call("calibrate", "aging", "bad.csv", "--format", "json")
    assert (status, json.loads(out)["status"]) == (2, "error")
    file = example_of(call, "aging")
    Path("taken").write_text("", encoding="utf-8")
    status, _, err = call("calibrate", "aging", file, "-o", "taken")
    assert status == 5
    assert "(a file has this name)" in err


def test_help_lists_the_commands_in_the_order_of_work(call):
    lines = call("--help")[1].split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in lines] == [
        "run",
        "check",
        "show",
        "sweep",
        "runs",
        "diff",
        "compare",
        "explain",
        "sensitivity",
        "evaluate",
        "validate",
        "calibrate",
        "lifecycle",
        "crosscheck",
        "init",
        "catalog",
        "schema",
        "template",
    ]
    out = call("calibrate", "--help")[1]
    assert "\n  charging " in out
    assert "\n  aging " in out
