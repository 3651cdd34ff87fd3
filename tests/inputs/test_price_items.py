"""A price matters where a chemistry buys the item, or something with that metal in it."""

from __future__ import annotations

import pytest

from lcopt.errors import ScenarioError
from lcopt.inputs.price_items import items_bought, metals_in
from lcopt.inputs.reader import read_sweep

LFP = ("LFP-G (Energy)",)


def test_the_metals_of_what_a_chemistry_buys_matter_to_it(catalog):
    found = set(items_bought(catalog, LFP))
    assert {"lfp_cathode", "graphite_anode", "lithium_carbonate", "iron_phosphate", "copper", "aluminum"} <= found
    assert not found & {"nickel_sulfate", "cobalt_sulfate", "nmc811_cathode"}
    assert metals_in(catalog, ["lmo_cathode"]) == ("lithium_carbonate", "manganese_sulfate")
    assert metals_in(catalog, ["separator"]) == ()


def test_a_price_given_to_a_material_hides_its_metals(catalog):
    found = items_bought(catalog, LFP, ("lfp_cathode",))
    assert "lfp_cathode" in found
    assert "copper" in found
    assert not {"lithium_carbonate", "iron_phosphate"} & set(found)


def test_every_price_item_is_bought_or_in_something_bought(catalog):
    assert set(items_bought(catalog)) == set(catalog.table("prices").words("item"))


def test_a_sweep_over_a_metal_needs_a_chemistry_that_holds_it(good, write, catalog):
    narrow = good.replace("chemistries: all", "chemistries: [LFP-G (Energy)]")
    narrow = narrow.replace("price_overrides:\n  lfp_cathode: 5.2 USD/kg\n", "")
    metals = "sweep:\n  price_overrides.{}: [10 USD/kg, 20 USD/kg]\n"
    points = read_sweep(write(narrow + metals.format("lithium_carbonate")), catalog)
    assert [point.scenario.price_overrides["lithium_carbonate"] for point in points] == [10.0, 20.0]
    with pytest.raises(ScenarioError, match="nickel_sulfate' changes no candidate"):
        read_sweep(write(narrow + metals.format("nickel_sulfate")), catalog)
