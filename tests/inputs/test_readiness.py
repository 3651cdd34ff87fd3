"""A chemistry takes part from the year in which it is ready: the level of a year, and who is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.errors import ScenarioError
from lcopt.inputs.own_data.user_data import read_catalog
from lcopt.inputs.reader import read_scenario, read_scenarios, read_sweep
from lcopt.inputs.readiness import chemistries_in_all, first_ready_year, readiness_level

NAME, OTHER = "NMC811-G (Energy)", "LFP-G (Energy)"
ROWS = """\
chemistry,from_year,name,value,unit
NMC811-G (Energy),2015,readiness_level,4,1
NMC811-G (Energy),2018,readiness_level,4,1
NMC811-G (Energy),2030,readiness_level,8,1
NMC811-G (Energy),2027,readiness_level,6,1
"""


@pytest.fixture
def early(tmp_path):
    """The catalog with a chemistry that ripens, its rows in any order."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "chemistry_readiness.csv").write_text(ROWS)
    return read_catalog(tmp_path / "own")


def problems(source, catalog) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(source, catalog)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("year", "level"), [(2010, 3), (2014, 3), (2015, 4), (2026, 4), (2027, 6), (2029, 6), (2030, 8), (2045, 8)]
)
def test_the_level_is_that_of_the_newest_year_not_after(early, year, level):
    assert readiness_level(early, NAME, year) == level


def test_before_the_first_year_a_level_is_at_least_one(catalog, tmp_path):
    (tmp_path / "chemistry_readiness.csv").write_text(ROWS.replace(",4,1", ",1,1"))
    assert readiness_level(read_catalog(tmp_path), NAME, 2014) == 1


def test_a_chemistry_without_a_row_counts_as_mass_produced(catalog):
    assert readiness_level(catalog, "ours", 2020) == 9
    assert first_ready_year(catalog, "ours", 9, 2020) is None


@given(year=st.integers(2010, 2050), level=st.integers(1, 9))
def test_a_higher_level_never_lets_more_chemistries_in(catalog, year, level):
    every = chemistries_in_all(catalog, year, level)
    assert set(chemistries_in_all(catalog, year, min(level + 1, 9))) <= set(every)
    assert all(readiness_level(catalog, name, year) >= level for name in every)


def test_all_leaves_out_what_is_not_ready_and_takes_it_in_later(good, write, early):
    def searched(search: str) -> tuple[str, ...]:
        return read_scenario(write(good.replace("platforms_max: 2", search)), early).search.chemistries

    assert NAME not in searched("production_start: 2029")
    assert OTHER in searched("production_start: 2029")
    assert NAME in searched("production_start: 2030")
    assert NAME in searched("readiness_min: 6")
    assert NAME not in searched("readiness_min: 7")


@pytest.mark.parametrize(
    ("chemistries", "place"),
    [(f"[{OTHER}, {NAME}]", "21:33: error: search.chemistries.2"), (NAME, "21:3: error: search.chemistries")],
)
def test_a_named_chemistry_that_is_not_ready_is_told_at_its_name(good, write, early, chemistries, place):
    (problem,) = problems(write(good.replace("chemistries: all", f"chemistries: {chemistries}")), early)
    assert problem == (
        f"case.yaml:{place}: '{NAME}' has the readiness level 6 in 2028; expected at least 8; write "
        "'readiness_min: 6' or 'production_start: 2030' in 'search', or leave the name out"
    )


def test_what_never_gets_ready_has_no_year_in_its_remedy(good, write, early):
    text = good.replace("chemistries: all", f"chemistries: {NAME}\n  readiness_min: 9")
    (problem,) = problems(write(text), early)
    assert problem.endswith("write 'readiness_min: 6' in 'search', or leave the name out")


def test_a_given_platform_of_an_unready_chemistry_is_told(good, write, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "chemistry_readiness.csv").write_text(ROWS)
    (tmp_path / "own" / "platforms.csv").write_text(
        f"platform,name,value,unit\nours,chemistry,{NAME},\nours,technology_class,standard,\n"
        "ours,areal_capacity_mah_per_cm2,3.2,mAh/cm2\nours,cell_capacity_ah,86.5,Ah\nours,aspect_ratio,4.5,1\n"
    )
    own = read_catalog(tmp_path / "own")
    text = good.replace("platforms_max: 2", "platforms: [ours]")
    (problem,) = problems(write(text), own)
    assert problem.startswith(f"case.yaml:22:15: error: search.platforms.1: '{NAME}' has the readiness level 6 in 2028")
    ready = read_scenario(write(text.replace("[ours]", "[ours]\n  readiness_min: 6")), own)
    assert (ready.search.chemistries, ready.search.formats) == ((NAME,), ("pouch",))


@pytest.mark.parametrize(
    ("search", "place"),
    [
        ("platforms_max: 2\n  readiness_min: 9", "23:3: error: search.readiness_min"),
        ("production_start: 2026\n  readiness_min: 9", "22:3: error: search.production_start"),
    ],
)
def test_a_search_in_which_nothing_is_ready_is_told_at_its_cause(good, write, catalog, tmp_path, search, place):
    levels = catalog.table("chemistry_readiness").rows
    rows = "".join(f"{row.keys['chemistry']},{row.keys['from_year']},readiness_level,8,1\n" for row in levels)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "chemistry_readiness.csv").write_text("chemistry,from_year,name,value,unit\n" + rows)
    (problem,) = problems(write(good.replace("platforms_max: 2", search)), read_catalog(tmp_path / "own"))
    assert problem.startswith(f"case.yaml:{place}: no chemistry has the readiness level 9 in 202")
    assert problem.endswith("; expected one that has; lower search.readiness_min or start the production later")


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("production_start", "2019", "'2019' is not possible; expected the year of the first sale, 2020 to 2045"),
        ("production_start", "2046", "'2046' is not possible; expected the year of the first sale, 2020 to 2045"),
        ("production_start", "2028 yr", "'2028 yr' is not possible; expected the year"),
        ("production_start", "2028-01-01", "'2028-01-01' is not possible; expected the year"),
        ("production_start", "", "found no value; expected the year of the first sale, 2020 to 2045"),
        ("production_start", '"*1.1"', "none here can be multiplied; expected a value"),
        ("readiness_min", "0", "'0' is not possible; expected a readiness level, 1 to 9"),
        ("readiness_min", "10", "'10' is not possible; expected a readiness level, 1 to 9"),
        ("readiness_min", "7.5", "'7.5' is not possible; expected a readiness level, 1 to 9"),
        ("readiness_min", "high", "'high' is not possible; expected a readiness level, 1 to 9"),
        ("readiness_min", "[8]", "found a list; expected a readiness level, 1 to 9"),
    ],
)
def test_a_year_or_level_that_is_none_is_told_once(good, write, early, key, value, says):
    text = good.replace("chemistries: all", f"chemistries: {NAME}").replace("platforms_max: 2", f"{key}: {value}")
    (problem,) = problems(write(text), early)
    assert problem.startswith(f"case.yaml:22:3: error: search.{key}: ")
    assert says in problem


def test_year_and_level_come_from_the_catalog_and_are_hashed(good, write, catalog):
    base = read_scenario(write(good), catalog)
    assert (base.search.production_start_year, base.search.readiness_min) == (2028, 8)
    assert str(base.origins["search.production_start"]).startswith("catalog scenario_defaults.csv:")
    later = read_scenario(
        write(good.replace("platforms_max: 2", "platforms_max: 2\n  production_start: 2031")), catalog
    )
    assert set(later.search.chemistries) - set(base.search.chemistries) == {"NMC811-Si (Sulfide)"}
    assert later.scenario_hash != base.scenario_hash


def test_a_sweep_and_a_variant_move_the_year(good, write, early):
    sweep = "sweep: {search.production_start: {from: 2028, to: 2032, step: 2}}\n"
    points = read_sweep(write(good + sweep), early)
    assert [NAME in point.scenario.search.chemistries for point in points] == [False, True, True]
    assert [point.settings["search.production_start"] for point in points] == ["2028", "2030", "2032"]
    base, later = read_scenarios(write(good + "variants: {later: {search.production_start: 2030}}\n"), early)
    assert (NAME in base.search.chemistries, NAME in later.search.chemistries) == (False, True)


def test_a_single_level_is_replaced_in_a_scenario(good, write, catalog):
    text = f"{good}catalog_overrides: {{chemistry_readiness: {{'{NAME}': {{2018: {{readiness_level: 5}}}}}}}}\n"
    assert NAME not in read_scenario(write(text), catalog).search.chemistries
    (problem,) = problems(write(text.replace("level: 5", "level: 10")), catalog)
    assert "'10' is out of range; expected 1 to 9" in problem
    (problem,) = problems(write(text.replace("level: 5", "level: 5.5")), catalog)
    assert "'5.5' is not a whole number" in problem


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("NMC811-G (Energy),27,readiness_level,8,1", "'27' is not a year; expected four digits"),
        ("NMC811-G (Energy),,readiness_level,8,1", "no value; expected digits with a decimal point"),
        ("NMC811-G (Energy),2027,readiness_level,11,1", "'11' is out of range; expected 1 to 9"),
        ("NMC811-G (Energy),2027,readiness,8,1", "the table has no name 'readiness'"),
        ("NMC811,2027,readiness_level,8,1", "the chemistry 'NMC811' is not in chemistry_families.csv"),
    ],
)
def test_a_row_of_a_user_that_says_no_level_is_told(tmp_path, row, says):
    (tmp_path / "chemistry_readiness.csv").write_text(f"chemistry,from_year,name,value,unit\n{row}\n")
    with pytest.raises(ScenarioError) as caught:
        read_catalog(tmp_path)
    assert any(says in str(problem) for problem in caught.value.problems), caught.value.problems
