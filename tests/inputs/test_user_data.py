"""A folder of CSV files replaces and adds rows of the catalog, or is refused with every mistake at its cell."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lcopt.catalog_view import csv_text, records_of
from lcopt.cell.electrodes import read_couples
from lcopt.cost.prices import read_price_deck
from lcopt.cost.sale_years import years_of_sale
from lcopt.errors import ScenarioError
from lcopt.inputs.own_data.csv_files import BYTES_MAX, ENTRIES_MAX, read_csv_file
from lcopt.inputs.own_data.row_rules import texts_of
from lcopt.inputs.own_data.user_data import read_catalog, read_user_data, user_rows
from lcopt.inputs.reader import read_scenario
from lcopt.inputs.readiness import readiness_level
from lcopt.inputs.replaced_rows import ReplacedRow
from lcopt.result_building import scenario_catalog
from lcopt.selection.engineering import gather_engineering

TABLES = sorted(read_catalog().tables)
PATH = "item,price_scenario,year,value,unit,price_year\n"
LFP = "item,price_scenario,value,unit,price_year\nlfp_cathode,central,5.2,USD/kg,2025\n"
MATERIAL = "LFP-X (Energy)"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Writes files into `my_data`, a folder of the current one."""
    monkeypatch.chdir(tmp_path)
    Path("my_data").mkdir()

    def write(**files: str | bytes) -> str:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            Path("my_data", f"{name}.csv").write_bytes(data)
        return "my_data"

    return write


def problems(folder: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_user_data(folder)
    return [str(problem) for problem in caught.value.problems]


def copied(catalog, table: str, column: str, old: str, new: str) -> str:
    """The rows of one thing of a table, as `lcopt catalog TABLE --format csv` prints them, under a new name."""
    records = [record for record in records_of(catalog.table(table), catalog) if record[column] == old]
    return csv_text([record | {column: new} for record in records])


def new_chemistry(catalog) -> dict[str, str]:
    tables = ("chemistry_families", "chemistries", "chemistry_prices", "chemistry_readiness")
    return {table: copied(catalog, table, "chemistry", "LFP-G (Energy)", MATERIAL) for table in tables}


# --- replacing and adding ---------------------------------------------------------------------------------------------


def test_a_row_of_the_folder_replaces_that_of_the_package(folder, catalog):
    read = read_catalog(folder(prices=LFP))
    row = read.table("prices").one(item="lfp_cathode", price_scenario="central")
    assert (row.value, row.low, row.high, row.source, row.kind) == (5.2, None, None, "user_data", "assumed")
    assert row.place == "my_data/prices.csv:2"
    assert row.keys["quote"] == ""
    assert read.table("sources").one(key="user_data")
    assert len(read.table("prices").rows) == len(catalog.table("prices").rows)
    assert read.data_hash != catalog.data_hash
    assert read.packaged.data_hash == catalog.data_hash


def test_the_place_of_a_row_is_no_part_of_what_it_says(folder):
    one = read_catalog(folder(prices=LFP))
    two = read_catalog(folder(prices=LFP.replace("\nlfp", "\n\n,,,,\nlfp").replace("5.2", "5.20")))
    assert one.replaced_rows != two.replaced_rows
    assert one.data_hash == two.data_hash


def test_money_of_the_folder_is_brought_to_the_price_year_of_the_scenario(folder, catalog):
    read = read_catalog(folder(prices=LFP.replace("2025", "2022"))).in_price_year(2025)
    price = read.table("prices").one(item="lfp_cathode", price_scenario="central").value
    assert price == pytest.approx(5.2 * catalog.price_index[2025] / catalog.price_index[2022])


@pytest.mark.parametrize("table", TABLES)
def test_a_printed_table_read_back_changes_nothing(folder, catalog, table):
    printed = csv_text(records_of(catalog.table(table), catalog), catalog.table(table).columns)
    assert read_user_data(folder(**{table: printed}), catalog) == ()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_printed_table_with_rows_of_a_user_read_back_gives_the_same_catalog(folder, catalog, data):
    table = catalog.table(data.draw(st.sampled_from([name for name in TABLES if name not in {"sources", "platforms"}])))
    records = records_of(table, catalog)
    number = data.draw(st.integers(0, len(records) - 1))
    records[number] |= {"low": None, "high": None, "note": data.draw(st.text("aé,\"';=#", max_size=9)).strip()}
    if table.name == "scenario_ranges":
        records[number] |= {"low": records[number]["value"], "high": records[number]["value"]}
    first = catalog.with_rows(read_user_data(folder(**{table.name: csv_text(records)}), catalog))
    again = read_user_data(folder(**{table.name: csv_text(records_of(first.table(table.name), first))}), catalog)
    assert [texts_of(row) for row in catalog.with_rows(again).table(table.name).rows] == [
        texts_of(row) for row in first.table(table.name).rows
    ]
    assert catalog.with_rows(again).data_hash == first.data_hash


def test_a_new_chemistry_a_profile_and_a_source_take_part(folder, catalog, good, write):
    files = new_chemistry(catalog)
    files["chemistry_prices"] = files["chemistry_prices"].replace("lfp_cathode", "lfx_cathode")
    files["prices"] = "item,price_scenario,value,low,high,unit,price_year,source,kind\n"
    files["prices"] += "lfx_cathode,central,4.8,4,6,USD/kg,2025,our_quote,vendor\n"
    files["sources"] = "key,citation,kind\nour_quote,Quote of May 2025,vendor\n"
    files["usage_profiles"] = copied(catalog, "usage_profiles", "profile", "private_car", "van")
    folder(**files)
    text = good.replace("usage: private_car", "usage: van").replace("chemistries: all", f"chemistries: [{MATERIAL}]")
    text = text.replace("price_overrides:\n  lfp_cathode: 5.2 USD/kg", "price_overrides:\n  lfx_cathode: 5 USD/kg")
    scenario = read_scenario(write(text + "data: my_data\n"), catalog)
    assert scenario.search.chemistries == (MATERIAL,)
    assert scenario.packs[0].usage.name == "van"
    assert scenario.price_overrides == {"lfx_cathode": 5}
    assert {row.table for row in scenario.replaced_rows} == set(files)
    assert not any(row.replaces for row in scenario.replaced_rows)


def test_a_price_path_and_a_level_of_readiness_of_a_user_count(folder, catalog):
    path = f"{PATH}lfp_cathode,central,2026,6,USD/kg,2025\nlfp_cathode,central,2030,4,USD/kg,2025\n"
    levels = "chemistry,from_year,name,value,unit\nLMFP-G,2026,readiness_level,9,1\n"
    own = catalog.with_rows(read_user_data(folder(price_paths=path, chemistry_readiness=levels)))
    sale = years_of_sale(2028, 1, 0.0)
    assert read_price_deck(own, "central", ["LMFP-G"], sale=sale).positive_active_usd_per_kg[0] != 5
    assert read_price_deck(own, "central", ["LFP-G (2025)"], sale=sale).positive_active_usd_per_kg.tolist() == [5]
    assert [readiness_level(own, "LMFP-G", year) for year in (2025, 2026)] == [8, 9]


def test_a_new_chemistry_that_takes_part_in_all_is_in_all(folder, catalog, good, write):
    folder(**new_chemistry(catalog))
    assert MATERIAL in read_scenario(write(good + "data: my_data\n"), catalog).search.chemistries


def test_excel_files_with_a_mark_at_their_start_and_empty_columns_are_read(folder):
    text = "\ufeff" + LFP.replace("\n", ",,\r\n") + ",,,,,,\r\n"
    (row,) = read_user_data(folder(prices=text.encode()))
    assert (row.cells["value"], row.line) == ("5.2", 2)


def test_a_folder_may_hold_other_files_and_only_sources(folder):
    Path("my_data/notes.txt").write_text("not read")
    Path("my_data/.~lock.prices.csv").write_text("not read")
    (row,) = read_user_data(folder(sources="key,citation\nours,Our own tests\n"))
    assert (row.table, row.replaces) == ("sources", False)


def test_a_record_makes_the_same_row_again(folder):
    (row,) = read_user_data(folder(prices=LFP))
    assert ReplacedRow.of_record(row.record, row.file, row.line) == row
    for broken in ("", "[]", "{}", '{"table": 1}', "[" * 100_000):
        with pytest.raises(ValueError, match=r"record|value|delimiter"):
            ReplacedRow.of_record(broken, "", 0)


# --- mistakes of one row ----------------------------------------------------------------------------------------------

HEAD = "item,price_scenario,value,low,high,unit,price_year,source,kind\n"
GOOD = "lfp_cathode,central,5.2,,,USD/kg,2025,,\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("lfp_cathode,central,5200,,,USD/t,2025,,", "2:28: error: prices.lfp_cathode.central: unit 'USD/t' is another"),
        ('lfp_cathode,central,"5,2",,,USD/kg,2025,,', "2:21: error: prices.lfp_cathode.central: '5,2' has a decimal"),
        ("lfp_cathode,central,cheap,,,USD/kg,2025,,", "'cheap' is not a number"),
        ("lfp_cathode,central,nan,,,USD/kg,2025,,", "'nan' is not a number"),
        ("lfp_cathode,central,1e999,,,USD/kg,2025,,", "'1e999' is not a number"),
        ("lfp_cathode,central,,,,USD/kg,2025,,", "no value; expected digits"),
        ("lfp_cathode,central,-5,,,USD/kg,2025,,", "'-5' is out of range; expected 0 to"),
        ("lfp_cathode,central,5200000,,,USD/kg,2025,,", "'5200000' is out of range"),
        (
            "lfp_cathode,central,5.2,6,7,USD/kg,2025,,",
            "2:25: error: prices.lfp_cathode.central: the value 5.2 is outside",
        ),
        (
            "lfp_cathode,central,5.2,4,5,USD/kg,2025,,",
            "2:27: error: prices.lfp_cathode.central: the value 5.2 is outside",
        ),
        ("lfp_cathode,central,5.2,,,USD/kg,,,", "money without a price year"),
        ("lfp_cathode,central,5.2,,,USD/kg,1825,,", "'1825' is no year of the price index; expected 2010 to 2025"),
        ("lfp_cathode,central,5.2,,,USD/kg,2025,our_quote,", "the source 'our_quote' is not in sources.csv"),
        ("lfp_cathode,central,5.2,,,USD/kg,2025,,mesured", "unknown kind 'mesured'; expected one of"),
        (
            "lfp_cathod,central,5.2,,,USD/kg,2025,,",
            "no chemistry buys the item 'lfp_cathod'; expected one of chemistry",
        ),
        ("lfp_cathode,centrall,5.2,,,USD/kg,2025,,", "the new price scenario 'centrall' lacks nmc333_cathode"),
        (",central,5.2,,,USD/kg,2025,,", "the item '' is not a name"),
        (
            "lfp_cathode,central,5,2,,,USD/kg,2025,,",
            "the line has 10 cells; expected 9 as in the header; write numbers with a decimal point",
        ),
        ("lfp_cathode,central", "the line has 2 cells; expected 9"),
        ('lfp_cathode,"central,5.2', "the line is not CSV"),
    ],
)
def test_a_mistake_of_a_row_is_told_at_its_cell_with_a_remedy(folder, line, says):
    (problem,) = problems(folder(prices=f"{HEAD}{line}\n"))
    assert problem.startswith("my_data/prices.csv:2:")
    assert says in problem


def test_every_mistake_of_every_file_is_told_at_once(folder):
    found = problems(
        folder(
            prices=HEAD + GOOD.replace("5.2", "x") + GOOD.replace("2025", "").replace("lfp", "nca") + GOOD + GOOD,
            usage_profiles="profile,name,value,unit\nvan,distanc_km_per_yr,1,km/yr\n",
            price="item\n",
        )
    )
    assert [problem.split(":")[0] + problem.split(":")[1] for problem in found] == [
        "my_data/price.csv1",
        "my_data/prices.csv2",
        "my_data/prices.csv3",
        "my_data/prices.csv5",
        "my_data/usage_profiles.csv2",
    ]
    assert "did you mean 'prices'?" in found[0]
    assert "given twice; expected once; first on line 4" in found[3]
    assert "did you mean 'distance_km_per_yr'?" in found[4]


@pytest.mark.parametrize(
    ("table", "text", "says"),
    [
        ("prices", LFP.replace(",", ";"), "separated by semicolons; expected commas; save it as"),
        ("prices", LFP.replace(",", "\t"), "separated by tabs"),
        (
            "prices",
            LFP.replace("value", "valeu"),
            "unknown column 'valeu'; expected columns of prices; did you mean 'value'?",
        ),
        ("prices", LFP.replace(",unit", ",value"), "the column 'value' is given twice"),
        ("prices", "item,value,unit\nlfp_cathode,5,USD/kg\n", "the header lacks price_scenario"),
        ("cost_rates", "name,value,unit\nlabour_usd_per_h,31,USD/h\n", "did you mean 'labor_usd_per_h'?"),
        ("cell_constants", "group,name,value,unit\npouch,copper_density_g_per_cm3,9,g/cm3\n", "no row with these keys"),
        ("scenario_defaults", "name,value,unit\nflow_timing,centre,\n", "unknown word 'centre'; expected one of: end"),
        ("lifecycle_defaults", "name,value,unit\nreplacement_rule,whole,\n", "unknown word 'whole'"),
        ("scenario_defaults", "name,value,unit\nprices,centrale,\n", "prices 'centrale' is not in prices.csv"),
        ("scenario_defaults", "name,value,unit\nproduction_yr,4.5,yr\n", "'4.5' is not a whole number"),
        (
            "search_grid",
            "name,value,unit\ncells_in_parallel_max_count,1000000,count\n",
            "out of range; expected 0.8 to 80",
        ),
        ("usage_profiles", "profile,name,value,unit\nprivate_car,dod_frac,80,1\n", "out of range; expected 0.01 to 1"),
        ("chemistry_families", "chemistry,name,value,unit\nNCA-G (Energy),in_all,no,\n", "'no'; expected one of: true"),
        (
            "chemistry_families",
            "chemistry,name,value,unit\nNCA-G (Energy),fade_law,B9,\n",
            "'B9' is not in fade_laws.csv",
        ),
        (
            "chemistry_prices",
            "chemistry,name,value,unit\nNCA-G (Energy),separator,paper,\n",
            "'paper' is not in prices",
        ),
        (
            "chemistry_prices",
            "chemistry,name,value,unit\nNCA-G (Energy),separator,electrolyte,\n",
            "'electrolyte' is priced in USD/L; expected an item in USD/m2",
        ),
        (
            "yields",
            "name,value,unit,price_year\npositive_electrode_frac,0.9,1,2025\n",
            "beside a value that is no money",
        ),
        ("scenario_ranges", "name,value,unit\nenergy,60,kWh\n", "no low and high; expected both"),
        ("price_index", "currency,year,value,unit\nUSD,26,330,1\n", "'26' is not a year"),
        (
            "price_paths",
            f"{PATH}lfp_cathode,central,28,5,USD/kg,2025\n",
            "'28' is not a year",
        ),
        (
            "price_paths",
            f"{PATH}lfp_cathod,central,2028,5,USD/kg,2025\n",
            "is not in prices.csv",
        ),
        (
            "price_paths",
            f"{PATH}lfp_cathode,central,2028,5,USD/L,2025\n",
            "expected 'USD/kg'",
        ),
        (
            "price_paths",
            f"{PATH}lfp_cathode,centrl,2028,5,USD/kg,2025\n",
            "did you mean 'central'?",
        ),
        ("prices", LFP.replace("lfp_cathode", "gold"), "no chemistry buys the item 'gold'"),
        (
            "chemistry_readiness",
            "chemistry,from_year,name,value,unit\nLMFP-G,soon,readiness_level,9,1\n",
            "'soon' is not a number",
        ),
        (
            "chemistry_readiness",
            "chemistry,from_year,name,value,unit\nLMFP-G,2026,readiness_level,8.5,1\n",
            "'8.5' is not a whole number",
        ),
        ("design_bounds", "name,sense,value,unit\npack_height_mm,>=,140,mm\n", "'>=' stands for '<='"),
        ("usage_profiles", f"profile,name,value,unit\n{'all'},dod_frac,0.5,1\n", "the profile 'all' is not a name"),
        ("sources", "key,citation\nours,\n", "no citation"),
        ("prices", 'item,price_scenario,value,unit\n"a\nb",central,5,USD/kg\n', "holds a line break"),
        ("prices", b"PK\x03\x04", "zip archive or workbook"),
        ("prices", LFP.encode("utf-16"), "UTF-16"),
        ("prices", LFP.encode() + b"\n\xe9", "4:1: error: byte"),
        ("prices", b"", "the file is empty"),
        ("prices", b"a" * (BYTES_MAX + 1), "more than 2000000 bytes"),
        ("prices", "a" * 200_000, "field larger than field limit"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_a_remedy(folder, table, text, says):
    found = problems(folder(**{table: text}))
    assert any(says in problem for problem in found), found


def test_a_column_is_the_place_of_the_cell_in_its_line(folder):
    text = (
        'item,price_scenario,note,value,unit,price_year\n"lfp_cathode",central,"two\nlines, ""quoted""",x,USD/kg,2025\n'
    )
    found = problems(folder(prices=text))
    assert any(
        problem.startswith("my_data/prices.csv:3:20: error: prices.lfp_cathode.central: 'x'") for problem in found
    )


@given(cells=st.lists(st.lists(st.text('ab",\n ;é', max_size=5), min_size=2, max_size=4), min_size=1, max_size=4))
def test_cells_are_found_where_they_begin(tmp_path_factory, cells):
    places, text = [], ""
    for line in cells:
        for number, cell in enumerate(line):
            text += "," if number else ""
            if any(word.strip() for word in line):
                places.append((cell.strip(), text.count("\n") + 1, len(text) - text.rfind("\n")))
            text += '"{}"'.format(cell.replace('"', '""')) if set(cell) & set('",\n') else cell
        text += "\n"
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    path.write_text(text, newline="", encoding="utf-8")
    file = read_csv_file(str(path))
    found = [(cell.text, cell.line, cell.column) for line in file.lines for cell in line] if places else []
    assert found == places


# --- mistakes of several rows -----------------------------------------------------------------------------------------


def test_a_new_chemistry_says_which_rows_it_lacks(folder, catalog):
    files = new_chemistry(catalog)
    del files["chemistry_prices"]
    dropped = [
        line for line in files["chemistry_families"].splitlines() if "fade_law" not in line and "in_all" not in line
    ]
    files["chemistry_families"] = "\n".join(dropped)
    found = problems(folder(**files))
    assert len(found) == 2
    assert f"the chemistry '{MATERIAL}' lacks 2 rows in chemistry_families.csv: in_all, fade_law; expected" in found[0]
    assert "lacks 12 rows in chemistry_prices.csv: positive_active, positive_carbon, " in found[1]


def test_a_new_profile_needs_every_field_and_a_new_platform_too(folder):
    found = problems(
        folder(
            usage_profiles="profile,name,value,unit\nvan,dod_frac,0.5,1\n",
            platforms="platform,name,value,unit\nours,chemistry,LFP-Q,\n",
        )
    )
    assert "the platform 'ours' lacks 4 rows in platforms.csv: technology_class, areal_capacity" in found[0]
    assert "chemistry 'LFP-Q' is not in chemistry_families.csv" in found[1]
    assert "the profile 'van' lacks 18 rows in usage_profiles.csv: distance_km_per_yr" in found[2]


def test_a_new_fade_law_needs_its_whole_grid(folder, catalog):
    law = "Lfp_Gr_250AhPrismatic"
    files = {name: copied(catalog, name, "fade_law", law, "our_law") for name in ("fade_laws", "fade_rates")}
    assert len(read_user_data(folder(**files))) > 1000
    older = "\n".join(line for line in files["fade_laws"].splitlines() if ",cycle_calibration_factor," not in line)
    (problem,) = problems(folder(**{**files, "fade_laws": older}))
    assert "the fade law 'our_law' lacks 1 rows in fade_laws.csv: cycle_calibration_factor; expected all" in problem
    folder(**files)
    files["fade_rates"] = "\n".join(
        line for line in files["fade_rates"].splitlines() if ",calendar,-10.0,0.1," not in line
    )
    (problem,) = problems(folder(**files))
    assert (
        "the calendar rates of the fade law 'our_law' lack the points (temperature_deg_c, soc_frac) -10, 0.1;"
        in problem
    )


def test_a_family_has_one_carbon_of_making(folder, catalog, good, write):
    rows = "chemistry,name,value,unit\n{},carbon_making_kg_per_kwh,44,kg/kWh\n"
    folder(chemistry_families=rows.format("LFP-G (Power)"))
    scenario = read_scenario(write(good + "data: my_data\n"), catalog)
    assert scenario.lifecycle.carbon_making_kg_per_kwh["lfp"] == 44
    files = new_chemistry(catalog)
    files["chemistry_families"] = re.sub("per_kwh,55,[^,]*,[^,]*", "per_kwh,44,,", files["chemistry_families"])
    (problem,) = problems(folder(**files))
    assert "44 kg/kWh is another carbon of making than the 55 of LFP-G" in problem


def test_a_material_without_a_price_in_the_price_scenario_is_told(folder, catalog, good, write):
    files = new_chemistry(catalog)
    files["chemistry_prices"] = files["chemistry_prices"].replace("lfp_cathode", "lfx_cathode")
    folder(**files, prices=LFP.replace("lfp_cathode", "lfx_cathode"))
    text = good.replace("prices: central", "prices: reference") + "data: my_data\n"
    with pytest.raises(ScenarioError) as caught:
        read_scenario(write(text), catalog)
    assert f"prices: the price scenario 'reference' lacks 'lfx_cathode', which {MATERIAL} buys" in str(caught.value)
    read_scenario(write(text.replace("reference", "central")), catalog)


# --- hostile folders --------------------------------------------------------------------------------------------------


def test_a_missing_folder_a_file_and_an_empty_folder_are_told(folder):
    assert "my_data/none:1:1: error: the folder 'my_data/none' does not exist" in problems(folder() + "/none")[0]
    assert "holds no CSV file" in problems(folder())[0]
    assert "is a file; expected a folder" in problems(folder(prices=LFP) + "/prices.csv")[0]
    assert "cannot be read" in problems("my\0data")[0]
    assert "cannot be read" in problems("x" * 100_000)[0]


def test_pipes_folders_and_loops_named_like_tables_are_refused(folder):
    folder()
    os.mkfifo("my_data/prices.csv")
    Path("my_data/yields.csv").mkdir()
    Path("my_data/vehicles.csv").symlink_to("vehicles.csv")
    found = problems("my_data")
    assert [problem.split("error: ")[1].split(";")[0] for problem in found] == [
        "this is a pipe or device",
        "the file cannot be read (Too many levels of symbolic links)",
        "this is a folder",
    ]
    Path("my_data/loop").symlink_to("loop")
    assert "cannot be read" in problems("my_data/loop")[0]


def test_names_that_would_break_a_line_are_refused_on_one(folder):
    folder(prices=LFP)
    Path("my_data/a\nb.csv").touch()
    (problem,) = problems("my_data")
    assert problem.startswith("my_data:1:1: error: the file 'a\\nb.csv' has a control sign")


def test_a_folder_with_very_many_entries_is_refused(folder):
    folder()
    for number in range(ENTRIES_MAX + 1):
        Path(f"my_data/{number}.csv").touch()
    assert f"holds more than {ENTRIES_MAX} entries" in problems("my_data")[0]


def test_a_file_of_nothing_but_mistakes_is_cut_short(folder):
    found = problems(folder(prices=HEAD + GOOD.replace("5.2", "x") * 9_000))
    assert len(found) < 300
    assert "the file has more problems" in found[-1]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_with_random_damage_is_read_or_refused_with_places(folder, catalog, data):
    table = data.draw(st.sampled_from(["prices", "usage_profiles", "chemistry_families", "price_index", "sources"]))
    content = bytearray(csv_text(records_of(catalog.table(table), catalog)).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    _, found = user_rows(folder(**{table: bytes(content)}), catalog)
    assert all(problem.line and problem.column and problem.message for problem in found)


def test_a_chemistry_of_an_older_file_has_liquid_electrolyte_and_is_ready(folder, catalog, good, write):
    """Files of users that say nothing of solid electrolyte, readiness or runaway stay good."""
    new_rows = ("separator_is_solid", "liquid_electrolyte_frac", "solid_electrolyte_density_g_per_cm3")
    older = {
        table: "".join(line for line in text.splitlines(keepends=True) if not any(name in line for name in new_rows))
        for table, text in new_chemistry(catalog).items()
        if table != "chemistry_readiness"
    }
    older["chemistry_prices"] = "".join(
        line for line in older["chemistry_prices"].splitlines(keepends=True) if "solid_electrolyte" not in line
    )
    folder(**older)
    scenario = read_scenario(write(good + "data: my_data\n"), catalog)
    assert MATERIAL in scenario.search.chemistries
    own = catalog.with_rows(scenario.replaced_rows)
    ours, packaged = (read_couples(own, [name]) for name in (MATERIAL, "LFP-G (Energy)"))
    assert ours.liquid_electrolyte_frac == packaged.liquid_electrolyte_frac == 1
    assert not ours.separator_is_solid[0]
    assert read_price_deck(own, "central", [MATERIAL]).solid_electrolyte_usd_per_kg > 0
    assert readiness_level(own, MATERIAL, 2028) == 9


def test_a_region_of_the_user_states_what_differs_from_the_reference(folder, good):
    data = folder(
        regions="region,name,value,unit,price_year\n"
        "mexico,labor_usd_per_h,9,USD/h,2025\nmexico,electricity_usd_per_kwh,0.1,USD/kWh,2025\n",
        tariffs="exporter,market,name,value,unit\nmexico,usa,tariff_frac,0.02,1\n",
        subsidies="region,name,from_year,value,unit,price_year\n"
        "mexico,cell_subsidy_usd_per_kwh,2026,4,USD/kWh,2025\nmexico,subsidy_phase_frac,2026,1,1,\n",
    )
    Path("s.yaml").write_text(f"{good}\ndata: {data}\nplant: {{region: mexico, market: usa}}\n")
    scenario = read_scenario("s.yaml")
    engineering = gather_engineering(scenario, scenario_catalog(scenario))
    assert engineering.cost.rates.labor_usd_per_h == 9
    assert engineering.cost.rates.working_capital_frac == 0.15
    assert engineering.cost.books.scale.equipment_factor == 1
    assert engineering.additions.tariff_frac == 0.02
    assert engineering.additions.subsidy_usd_per_kwh == pytest.approx(4.0)


def test_a_family_of_the_user_pays_the_royalty_of_others_unless_it_has_one(folder, good):
    row = "chemistry,name,value,unit\nLFP-G (Energy),family,mine,\n"
    Path("s.yaml").write_text(f"{good}\ndata: {folder(chemistry_families=row)}\n")
    assert read_scenario("s.yaml").plant.royalty_usd_per_kwh["mine"] == 0.0
    own = "family,name,value,unit,price_year\nmine,royalty_usd_per_kwh,3,USD/kWh,2025\n"
    Path("s.yaml").write_text(f"{good}\ndata: {folder(chemistry_families=row, royalties=own)}\n")
    scenario = read_scenario("s.yaml")
    assert scenario.plant.royalty_usd_per_kwh["mine"] == pytest.approx(3.0)
    additions = gather_engineering(scenario, scenario_catalog(scenario)).additions
    assert 3.0 in additions.royalty_usd_per_kwh
