"""Given cell designs take part in every search, alone where the scenario says so."""

from __future__ import annotations

import copy

import pytest

from lcopt.errors import InfeasibleError, ScenarioError
from lcopt.inputs.reader import read_scenario
from lcopt.study import candidates, optimize, portfolio_cost

CELL = {
    "chemistry": ("LFP-G (Energy)", ""),
    "technology_class": ("standard", ""),
    "areal_capacity_mah_per_cm2": ("3.3", "mAh/cm2"),
    "cell_capacity_ah": ("92.5", "Ah"),
    "aspect_ratio": ("4.7", "1"),
}


@pytest.fixture
def with_cells(compact_mapping, tmp_path):
    """The compact car with given cells, each by its name and what differs from `CELL`."""

    def make(cells: dict[str, dict[str, str]], **blocks):
        lines = [
            f"{cell},{name},{changes.get(name, value)},{unit}"
            for cell, changes in cells.items()
            for name, (value, unit) in CELL.items()
        ]
        (tmp_path / "platforms.csv").write_text("\n".join(["platform,name,value,unit", *lines]) + "\n")
        return read_scenario({**copy.deepcopy(compact_mapping), "data": str(tmp_path), **blocks})

    return make


@pytest.fixture
def only(compact_mapping):
    return {**compact_mapping["search"], "platforms": ["house_cell"]}


def test_a_given_cell_is_offered_beside_the_generated_ones(with_cells, small_candidates):
    scenario = with_cells({"house_cell": {}, "of_another": {"chemistry": "LMO-G (Energy)"}})
    found = candidates(scenario)
    given = found[found["given_platform"] != ""]
    assert set(given["given_platform"]) == {"house_cell"}
    assert set(given["cell_capacity_ah"]) == {92.5}
    assert set(given["aspect_ratio"]) == {4.7}
    assert len(found) - len(given) == len(small_candidates)
    assert (small_candidates["given_platform"] == "").all()


def test_a_given_cell_that_is_cheaper_than_every_generated_one_wins_under_its_name(with_cells, small_result):
    """The best cell of the whole catalog is given to one that no longer makes its shape."""
    names = ("areal_capacity_mah_per_cm2", "cell_capacity_ah", "aspect_ratio")
    best = {name: repr(float(small_result.designs.iloc[0][name])) for name in names}
    other_shapes = {"aspect_ratios": {"long_cell_aspect_ratio": "3.5", "short_cell_aspect_ratio": "3.4"}}
    result = optimize(with_cells({"house_cell": best}, catalog_overrides=other_shapes))
    assert result.lifecycle_cost_usd == pytest.approx(small_result.lifecycle_cost_usd, rel=1e-12)
    assert result.designs.iloc[0]["platform"].startswith("house_cell: LFP-G (Energy) standard, ")
    without = optimize(with_cells({"useless": {"cell_capacity_ah": "21"}}, catalog_overrides=other_shapes))
    assert without.lifecycle_cost_usd > result.lifecycle_cost_usd


def test_a_search_of_named_cells_has_no_others(with_cells, only):
    scenario = with_cells({"house_cell": {}, "other": {"cell_capacity_ah": "95"}}, search=only)
    assert scenario.search.chemistries == ("LFP-G (Energy)",)
    found = candidates(scenario)
    assert set(found["given_platform"]) == {"house_cell"}
    result = optimize(scenario)
    assert result.designs.iloc[0]["platform"].startswith("house_cell: LFP-G (Energy) standard, pouch, 3.3 mAh/cm2")
    cheapest = found.loc[found["fleet_cost_usd"].idxmin()]
    assert result.lifecycle_cost_usd == pytest.approx(portfolio_cost(scenario, {"compact": cheapest["candidate"]}))


def test_packs_share_a_given_cell_and_nothing_is_generated_for_them(with_cells, compact_mapping, only):
    pack = {**compact_mapping["packs"][0], "limits": {}, "power": "100 kW"}
    packs = [pack, {**pack, "name": "larger", "energy": "90 kWh"}]
    found = candidates(with_cells({"house_cell": {}}, packs=packs, search=only))
    assert set(found["pack"]) == {"compact", "larger"}
    assert found["platform"].nunique() == 1


def test_a_named_cell_that_misses_a_limit_is_explained(with_cells, compact_mapping, only):
    pack = {**compact_mapping["packs"][0], "limits": {"charging_time_max": "9 min"}}
    with pytest.raises(InfeasibleError, match="charging time <= 9 min: 0 candidates meet it alone") as raised:
        optimize(with_cells({"house_cell": {}}, packs=[pack], search=only))
    assert raised.value.diagnosis.packs[0].relaxations


def test_a_named_cell_outside_the_bounds_of_the_catalog_is_explained(with_cells, only):
    with pytest.raises(InfeasibleError, match="pack height <= 150 mm, best reachable 201 mm"):
        optimize(with_cells({"house_cell": {"aspect_ratio": "2"}}, search=only))


def test_a_named_cell_that_fits_no_pack_is_explained(with_cells, only, compact_mapping):
    tiny = {**compact_mapping["packs"][0], "energy": "20 kWh", "limits": {}}
    with pytest.raises(InfeasibleError, match="no candidate"):
        optimize(with_cells({"house_cell": {"cell_capacity_ah": "150"}}, packs=[tiny], search=only))


@pytest.mark.parametrize(
    ("search", "says"),
    [
        ({"platforms": ["hous_cell"]}, "unknown given cell platform 'hous_cell'; expected one of: house_cell; did you"),
        ({"platforms": ["house_cell", "house_cell"]}, "'house_cell' is given twice"),
        ({"platforms": []}, "found an empty list"),
        ({"platforms": "house_cell", "chemistries": ["NCA-G (Energy)"]}, "which search.chemistries leaves out"),
        ({"platforms": "house_cell", "technology_classes": "super"}, "which search.technology_classes leaves out"),
    ],
)
def test_names_of_cells_are_checked(with_cells, search, says):
    with pytest.raises(ScenarioError, match=says):
        with_cells({"house_cell": {}}, search=search)


def test_naming_cells_where_none_is_given_says_how_to_give_some(make_scenario):
    with pytest.raises(ScenarioError, match="the catalog has none; name the folder"):
        make_scenario(search={"platforms": ["house_cell"]})
