"""`lcopt validate --plot`: every published value with a prediction is a point, and nothing is written in part."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plotly.offline import get_plotlyjs

from lcopt import cli
from lcopt.errors import ScenarioError
from lcopt.inputs.catalog import packaged_catalog
from lcopt.plots import figure
from lcopt.validation import validate
from lcopt.validation.plot import BOUNDS_TABLE, CHARTS, _sections, compared, validation_page
from lcopt.validation.real_packs import QUANTITIES

DATA = Path(__file__).parent / "data"
REFERENCE = Path(__file__).parents[1] / "lcopt" / "data" / "reference"


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lcopt", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        printed = capsys.readouterr()
        return int(exit_.value.code or 0), printed.out, printed.err

    return run


def panels(kind, table=None):
    listing = compared(kind, validate(kind, table))
    good = listing[np.isfinite(listing["predicted"])]
    return {section.heading: section.panels for section in _sections(kind, good, packaged_catalog())}, good


def test_cells_and_packs_are_apart_with_the_bounds_of_each():
    found, good = panels("real")
    assert list(found) == ["Cells", "Packs"]
    bounds = {panel.across: panel.bound for section in found.values() for panel in section}
    assert bounds["published capacity of the cell, Ah"] == 0.05
    assert bounds["published specific energy of the cell, Wh/kg"] == 0.06
    assert bounds["published energy density of the cell, Wh/L"] == 0.08
    assert bounds["published mass of the cell, kg"] is None
    assert {panel.bound for panel in found["Packs"]} == {0.1}
    assert "(±10 %)" in found["Packs"][0].title
    assert sum(len(panel.points[0].up) for section in found.values() for panel in section) == len(good)


def test_a_point_is_what_the_listing_says_and_tells_its_name():
    anchors = pd.read_csv(DATA / "format_anchors.csv")
    listing = validate("real", anchors).listing.query("quantity == 'cell_Wh_kg'")
    found, _ = panels("real", anchors)
    (panel,) = (panel for panel in found["Cells"] if panel.up == "predicted specific energy of the cell, Wh/kg")
    marks = figure(panel).data[-1]
    assert list(marks.x) == listing["published"].tolist()
    assert list(marks.y) == listing["predicted"].tolist()
    assert [words.split(":")[0] for words in marks.hovertext] == listing["name"].tolist()
    assert marks.hovertext[0].endswith(f"published ({listing['deviation_frac'].iloc[0]:+.1%})")


def test_every_quantity_of_cells_and_packs_has_a_chart():
    assert {name for section in CHARTS["real"].values() for name in section} == set(QUANTITIES)
    known = {name for kind in CHARTS.values() for section in kind.values() for name in section}
    assert set(packaged_catalog().table(BOUNDS_TABLE).words("quantity")) <= known


@pytest.mark.parametrize(("kind", "file"), [("charging", "charge_map.csv"), ("charging-thermal", "charge_thermal.csv")])
def test_runs_of_charging_are_points_by_quantity(kind, file):
    table = pd.read_csv(REFERENCE / file).head(8)
    validation = validate(kind, table)
    ((_, found),) = panels(kind, table)[0].items()
    assert len(found) == len(validation.deviations)
    for panel, cases in zip(found, validation.deviations["cases"], strict=True):
        assert len(panel.points[0].up) == cases
        off = np.abs(panel.points[0].up - panel.points[0].across)
        off = off / panel.points[0].across if panel.is_relative else off
        row = validation.deviations.set_index("cases")["max"]
        assert off.max() == pytest.approx(row.iloc[list(found).index(panel)])
    assert found[0].points[0].words[0].startswith("line 2, OKane2022, ")


def test_every_year_of_every_life_curve_is_a_point():
    table = pd.read_csv(REFERENCE / "life_curves.csv").query("mode == 'rate'").head(5)
    ((_, (panel,)),) = panels("aging", table)[0].items()
    assert len(panel.points[0].up) == 5 * 16
    assert panel.points[0].words[0].startswith(f"line 2, {table['model'].iloc[0]}, ")
    assert (panel.bound, panel.is_relative) == (0.01, False)
    assert any(", year 15: " in words for words in panel.points[0].words)


@pytest.mark.parametrize(
    ("kind", "file", "dropped"), [("charging", "charge_map.csv", "min_"), ("aging", "life_curves.csv", "SOH_")]
)
def test_a_file_without_answers_has_nothing_to_plot(kind, file, dropped):
    table = pd.read_csv(REFERENCE / file).head(3)
    table = table[[name for name in table if not name.startswith(dropped)]]
    with pytest.raises(ScenarioError, match="no published value has a prediction beside it"):
        validation_page(kind, validate(kind, table))


def test_the_command_writes_a_page_beside_the_listing(call):
    status, out, err = call("validate", "--real", "-o", "out.csv", "--plot", "sub/fit.html")
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == "charts: sub/fit.html"
    own = Path("sub/fit.html").read_text(encoding="utf-8").replace(get_plotlyjs(), "")
    assert "://" not in own
    assert "<h2>Cells</h2>" in own
    assert "Porsche Taycan 2019 Performance Plus: " in own
    assert sorted(path.name for path in Path().rglob("*")) == ["fit.html", "out.csv", "sub"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--real", "--plot", "fit.png"], "fit.png: the charts are an HTML page; name a file that ends in .html"),
        (["--real", "--plot", ""], "the charts are an HTML page"),
        (["--real", "--plot", "folder.html"], "folder.html: a folder has this name"),
        (["--plot", "fit.html"], "--plot goes with --real, --charging, --charging-thermal or --aging"),
        (["--real", "--plot", "a.html", "-o", "./a.html"], "--plot and --output name the same file"),
    ],
)
def test_a_page_that_cannot_be_is_a_usage_error_before_any_work(call, arguments, says):
    Path("folder.html").mkdir()
    status, out, err = call("validate", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("lcopt: error: ")
    assert says in err
    assert [path.name for path in Path().iterdir()] == ["folder.html"]


def test_a_page_that_cannot_be_written_leaves_the_earlier_one(call):
    Path("taken").write_text("", encoding="utf-8")
    status, _, err = call("validate", "--charging", "--plot", "taken/fit.html")
    assert status == 5
    assert "taken/fit.html: the file cannot be written" in err
    assert "Traceback" not in err


def test_a_file_with_nothing_to_plot_is_told_at_the_file(call):
    anchors = pd.read_csv(DATA / "format_anchors.csv").assign(chemistry="Li-S")
    anchors.to_csv("odd.csv", index=False)
    Path("fit.html").write_text("earlier", encoding="utf-8")
    status, _, err = call("validate", "--real", "odd.csv", "-o", "out.csv", "--plot", "fit.html")
    assert status == 2
    assert err.startswith("odd.csv:1:1: error: no published value has a prediction beside it; expected one to plot")
    assert Path("fit.html").read_text(encoding="utf-8") == "earlier"
    assert "Li-S" in Path("out.csv").read_text(encoding="utf-8")
