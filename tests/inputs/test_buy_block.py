"""Quotes for given cells are read, written, shown in a form and checked against the search."""

from __future__ import annotations

from pathlib import Path

import pytest

from lcopt.errors import ScenarioError
from lcopt.inputs.excel.form import form_of
from lcopt.inputs.reader import read_file, read_scenario
from lcopt.inputs.scenario import CellQuote
from lcopt.inputs.writing import document_of, entries_of

CELL = """\
platform,name,value,unit
{0},chemistry,LFP-G (Energy),
{0},technology_class,standard,
{0},areal_capacity_mah_per_cm2,3.2,mAh/cm2
{0},cell_capacity_ah,86.5,Ah
{0},aspect_ratio,4.5,1
"""
BUY = """\
data: own
portfolio:
  buy:
    - {cell: first, price: 62 USD/kWh, supplier: Cell Works, supply_max: 5 GWh/yr}
    - {cell: second, price: 70 USD/kWh}
"""


@pytest.fixture
def file(good, write):
    name = write(good + BUY)
    Path("own").mkdir()
    cells = CELL.format("first") + "".join(CELL.format("second").splitlines(keepends=True)[1:])
    Path("own/platforms.csv").write_text(cells)
    return name


def test_quotes_are_read(file, catalog):
    quotes = read_scenario(file, catalog).portfolio.buy
    assert quotes == (CellQuote("first", 62.0, "Cell Works", 5.0), CellQuote("second", 70.0, "", None))


def test_they_are_written_as_they_read(file, catalog):
    scenario = read_scenario(file, catalog)
    document = document_of(scenario, catalog)
    assert dict(entries_of(document))["portfolio.buy.1.supplier"] == "Cell Works"
    again = read_scenario({**document, "data": "own"}, catalog)
    assert again.portfolio == scenario.portfolio
    assert again.scenario_hash == scenario.scenario_hash


def test_a_form_holds_them(file, catalog):
    Path("in.xlsx").write_bytes(form_of(file, catalog).content)
    ((_, scenario),) = read_file("in.xlsx", catalog).scenarios
    assert scenario.portfolio == read_scenario(file, catalog).portfolio


def test_a_quote_for_a_cell_outside_the_search_is_a_mistake(file, catalog):
    text = Path(file).read_text().replace("search:\n", "search:\n  platforms: [second]\n")
    Path(file).write_text(text)
    with pytest.raises(ScenarioError, match=r"portfolio\.buy\.1\.cell: the cell 'first' is not among"):
        read_scenario(file, catalog)


def test_a_price_in_another_unit_is_told_with_the_units_that_are_read(file, catalog):
    Path(file).write_text(Path(file).read_text().replace("70 USD/kWh", "70 USD/kg"))
    with pytest.raises(ScenarioError, match=r"portfolio\.buy\.2\.price: "):
        read_scenario(file, catalog)
