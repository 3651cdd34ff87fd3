"""What active materials are made of follows from their formulas."""

from __future__ import annotations

import re

import pytest

from lcopt.cost.active_materials import read_active_materials
from lcopt.errors import CatalogError

# Standard atomic weights of 2021, abridged [g/mol].
ATOMIC_MASS = {
    "Li": 6.94,
    "O": 15.999,
    "Na": 22.98977,
    "Al": 26.98154,
    "P": 30.97376,
    "Mn": 54.93804,
    "Fe": 55.845,
    "Co": 58.93319,
    "Ni": 58.6934,
}
SYMBOLS = {
    "lithium": "Li",
    "sodium": "Na",
    "nickel": "Ni",
    "cobalt": "Co",
    "manganese": "Mn",
    "iron": "Fe",
    "aluminum": "Al",
    "phosphorus": "P",
}
CATHODES = (
    *("lfp", "lmfp", "nmc333", "nmc532", "nmc622", "nmc811", "nmc9", "coated_811", "nca", "lmo", "nmc532_lmo"),
    *("lnmo", "nanfm", "nanfpp"),
)


def atoms(formula: str) -> dict[str, float]:
    """Atoms of a formula such as `Na4Fe3(PO4)2P2O7` or `LiNi1/3Mn1/3Co1/3O2`."""
    spread = re.sub(r"\(PO4\)2", "P2O8", formula)
    found: dict[str, float] = {}
    for symbol, count in re.findall(r"([A-Z][a-z]?)([\d./]*)", spread):
        over, _, under = count.partition("/")
        found[symbol] = found.get(symbol, 0.0) + float(over or 1) / float(under or 1)
    return found


def fractions(formula: str) -> dict[str, float]:
    counts = atoms(formula)
    mass = sum(count * ATOMIC_MASS[symbol] for symbol, count in counts.items())
    return {symbol: count * ATOMIC_MASS[symbol] / mass for symbol, count in counts.items()}


def blend(reference: str) -> dict[str, float]:
    """Mass fractions of a reference: one formula, or shares of several."""
    total: dict[str, float] = {}
    for part in reference.split(" + "):
        share, _, formula = part.rpartition(" ")
        for symbol, fraction in fractions(formula).items():
            total[symbol] = total.get(symbol, 0.0) + float(share or 1) * fraction
    return total


def test_a_kilogram_of_lfp_holds_the_lithium_of_its_formula():
    # 6.94 / (6.94 + 55.845 + 30.97376 + 4 x 15.999) = 6.94 / 157.75476
    assert fractions("LiFePO4")["Li"] == pytest.approx(0.043992, abs=1e-6)


@pytest.mark.parametrize("name", CATHODES)
def test_every_element_has_the_share_that_the_formula_gives_it(catalog, name):
    for element, symbol in SYMBOLS.items():
        row = catalog.table("active_materials").one(active_material=f"{name}_cathode", name=f"{element}_frac")
        assert row.value == pytest.approx(blend(row.reference).get(symbol, 0.0), abs=1e-6)


def test_every_cathode_that_a_chemistry_buys_is_an_active_material(catalog):
    bought = {row.text for row in catalog.table("chemistry_prices").select(name="positive_active")}
    assert bought == set(catalog.table("active_materials").words("active_material"))


def test_active_materials_come_in_the_order_asked_for(catalog):
    made = read_active_materials(catalog, ("nmc811_cathode", "lfp_cathode", "nmc811_cathode"))
    assert made.items == ("nmc811_cathode", "lfp_cathode", "nmc811_cathode")
    assert made.nickel_frac[0] == made.nickel_frac[2] == pytest.approx(0.4826, abs=1e-4)
    assert made.nickel_frac[1] == 0.0
    assert made.bought_metals[1] == ("lithium_carbonate", "iron_phosphate")


def test_an_unknown_item_is_an_error_that_lists_the_known_ones(catalog):
    with pytest.raises(CatalogError, match=r"no item graphite_anode; it has nmc333_cathode"):
        read_active_materials(catalog, ("lfp_cathode", "graphite_anode"))
