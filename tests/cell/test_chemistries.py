"""Couples beyond the workbook: hand cases, physical sanity, and the cells that they make."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lcopt.cell.constants import MaterialConstants, read_cell_constants
from lcopt.cell.electrodes import read_couples, thickness_ratio
from lcopt.cell.formats.layers import FormatCell, Layers, coating_thickness_um, loading_mg_per_cm2
from lcopt.cell.formats.pouch import given_cell
from lcopt.cell.formats.stacked import LongPouch, StackedCan, stacked_cell, whole_sheets_count
from lcopt.cell.impedance import reference_interfacial_ohm_cm2, temperature_factor
from lcopt.conventions import LCOPT
from lcopt.errors import CatalogError

SULFIDE = ("NMC811-Si (Sulfide)", "NMC811-Li (Sulfide)")
SODIUM = ("NaNFM-HC", "NaNFPP-HC")
# Published specific energy of cells [Wh/kg]: low, high; and the loading of such cells where it is not 3 mAh/cm2.
PUBLISHED = {
    "LFP-G (2025)": (180, 190, 3.0),
    "LMFP-G": (200, 240, 3.0),
    "NMC811-SiG": (260, 310, 3.0),
    "LNMO-G": (200, 230, 3.0),
    "NaNFM-HC": (104, 175, 3.0),
    "NaNFPP-HC": (90, 110, 3.0),
    "NMC9-SiC (Semi-solid)": (300, 360, 3.0),
    "NMC811-Si (Sulfide)": (300, 400, 5.0),
    "NMC811-Li (Sulfide)": (400, 500, 5.0),
}


def layers_of(couples, loading: float, fill_factor: float = 1.06) -> Layers:
    """Layers of one couple at a nameplate loading, from nothing but the couple."""
    half_cell = loading / couples.nameplate_factor
    sides = {}
    for side, capacity in (("positive", half_cell), ("negative", half_cell * couples.np_capacity_ratio)):
        active, share = (getattr(couples, f"{side}_active_{end}") for end in ("capacity_mah_per_g", "mass_frac"))
        density = getattr(couples, f"{side}_coating_density_g_per_cm3")
        sides[f"{side}_thickness_um"] = coating_thickness_um(loading_mg_per_cm2(capacity, active, share), density)
        sides[f"{side}_coating_density_g_per_cm3"] = density
    return Layers(
        areal_capacity_mah_per_cm2=np.array([loading]),
        nominal_voltage_v=couples.ocv_v[:, 5],
        positive_porosity_frac=couples.positive_porosity_frac,
        negative_porosity_frac=couples.negative_porosity_frac,
        positive_foil_thickness_um=couples.positive_foil_thickness_um,
        negative_foil_thickness_um=couples.negative_foil_thickness_um,
        positive_foil_density_g_per_cm3=2.7,
        negative_foil_density_g_per_cm3=np.where(couples.negative_foil_is_aluminum, 2.7, 8.96),
        positive_foil_conductivity_s_per_m=3.77e7,
        negative_foil_conductivity_s_per_m=np.where(couples.negative_foil_is_aluminum, 3.77e7, 5.96e7),
        separator_thickness_um=couples.separator_thickness_um,
        separator_porosity_frac=couples.separator_porosity_frac,
        separator_density_g_per_cm3=couples.separator_density_g_per_cm3 / (1 - couples.separator_porosity_frac),
        electrolyte_density_g_per_cm3=couples.electrolyte_density_g_per_cm3,
        electrolyte_fill_factor=fill_factor * couples.liquid_electrolyte_frac,
        **sides,
    )


def short_blade(catalog, couples, loading: float) -> FormatCell:
    """A cell of 574 x 21.5 x 118 mm, the size known as L600."""
    can = catalog.constants(StackedCan, "format_defaults", format="short_blade")
    layers = layers_of(couples, loading)
    return stacked_cell(574.0, 21.5, 118.0, whole_sheets_count(21.5, layers, can), layers, can)


def solid_pouch(catalog, couples) -> FormatCell:
    """The cell of the model of solid cells: 300 x 100 x 20 mm at 5 mAh/cm2; ends and edges of a compact pouch."""
    pouch = replace(
        catalog.constants(LongPouch, "format_defaults", format="long_pouch"), dead_length_mm=24.0, dead_height_mm=8.0
    )
    layers = layers_of(couples, 5.0)
    return stacked_cell(300.0, 20.0, 100.0, whole_sheets_count(20.0, layers, pouch), layers, pouch)


def small_pouch(catalog, couples, loading=3.0, capacity_ah=60.0):
    loading, capacity = np.array([loading]), np.array([capacity_ah])
    return given_cell(couples, loading, capacity, 12.0, 3.0, read_cell_constants(catalog), LCOPT)


def test_open_circuit_voltage_rises_and_half_charge_is_the_nominal_voltage(maker):
    couples = maker.couples(*PUBLISHED)
    assert (np.diff(couples.ocv_v, axis=1) > 0).all()
    assert couples.ocv_v[:, 5].tolist() == [3.22, 3.72, 3.65, 4.55, 3.05, 2.95, 3.5, 3.4, 3.83]


def test_impedance_leaves_room_for_its_interfacial_part_at_every_state_of_charge(maker):
    couples = maker.couples(*maker.chemistries)
    assert (reference_interfacial_ohm_cm2(couples) < couples.asi_2s_ohm_cm2.T).all()
    assert (couples.asi_10s_ohm_cm2 > couples.asi_2s_ohm_cm2).all()


def test_resistances_stand_to_those_of_lfp_and_nmc811_as_the_notes_say(catalog, maker):
    constants = read_cell_constants(catalog).impedance
    couples = maker.couples("LFP-G (Energy)", "LMFP-G", "NaNFM-HC", "NMC811-G (Energy)", *PUBLISHED)
    at_half = couples.asi_10s_ohm_cm2[:, 5]
    assert at_half[1] / at_half[0] == pytest.approx(1.3)
    # Sodium 0.6 to 0.7 of LFP at -20 degC.
    cold = at_half * temperature_factor(couples, -20.0, constants)
    assert 0.6 < cold[2] / cold[0] < 0.7
    semi, sulfide = 4 + list(PUBLISHED).index("NMC9-SiC (Semi-solid)"), 4 + list(PUBLISHED).index(SULFIDE[0])
    assert at_half[semi] / at_half[3] == pytest.approx(1.4)
    assert cold[semi] / cold[3] / 1.4 == pytest.approx(1.3, abs=0.05)
    assert at_half[sulfide] - at_half[3] == pytest.approx(1.3 + 4.4)
    # 29 to 39 kJ/mol: 8 to 16 times as much at -20 degC.
    assert 8 < cold[sulfide] / at_half[sulfide] < 16


def test_mass_and_volume_shares_stay_below_one(maker):
    couples = maker.couples(*maker.chemistries)
    for side in ("positive", "negative"):
        assert (getattr(couples, f"{side}_solid_electrolyte_mass_frac") >= 0).all()
        assert (getattr(couples, f"{side}_active_mass_frac") <= 1).all()
        assert (getattr(couples, f"{side}_porosity_frac") < 1).all()
    assert ((couples.liquid_electrolyte_frac >= 0) & (couples.liquid_electrolyte_frac <= 1)).all()


def test_only_solid_couples_hold_solid_electrolyte(maker):
    couples = maker.couples(*maker.chemistries)
    held = couples.positive_solid_electrolyte_mass_frac + couples.negative_solid_electrolyte_mass_frac
    named = {name for name, share in zip(maker.chemistries, held, strict=True) if share > 0}
    assert named == {*SULFIDE, "NMC9-SiC (Semi-solid)"}
    solid = {name for name, is_solid in zip(maker.chemistries, couples.separator_is_solid, strict=True) if is_solid}
    assert solid == set(SULFIDE)
    wet = dict(zip(maker.chemistries, couples.liquid_electrolyte_frac, strict=True))
    assert {name for name, share in wet.items() if share < 1} == named


def with_text(catalog, chemistry, name, text):
    """The catalog with another word or number for one property of a couple."""
    table = catalog.table("chemistries")
    rows = tuple(
        replace(row, text=text) if (row.keys["chemistry"], row.keys["name"]) == (chemistry, name) else row
        for row in table.rows
    )
    return replace(catalog, tables={**catalog.tables, "chemistries": replace(table, rows=rows)})


@pytest.mark.parametrize(
    ("chemistry", "share", "told"),
    [
        ("LFP-G (Energy)", "0.95", r"the positive of 'LFP-G \(Energy\)' add up to 0\.99; expected 1;"),
        ("LFP-G (Energy)", "0.97", r"add up to 1\.01; expected no more than 1"),
        (SULFIDE[0], "0.97", r"add up to 1\.005; expected no more than 1"),
    ],
)
def test_shares_that_do_not_add_up_are_no_solid_electrolyte(catalog, chemistry, share, told):
    wrong = with_text(catalog, chemistry, "positive_active_mass_frac", share)
    with pytest.raises(CatalogError, match=rf"chemistries\.csv:\d+: .*{told}"):
        read_couples(wrong, [chemistry])


def test_what_the_shares_leave_is_solid_electrolyte_where_not_all_is_liquid(catalog):
    own = with_text(catalog, "LFP-G (Energy)", "positive_active_mass_frac", "0.86")
    own = with_text(own, "LFP-G (Energy)", "liquid_electrolyte_frac", "0.5")
    assert read_couples(own, ["LFP-G (Energy)"]).positive_solid_electrolyte_mass_frac == pytest.approx(0.1)


def test_the_coating_of_a_sulfide_positive_by_hand(maker):
    couples = maker.couples(SULFIDE[0])
    # F30: 0.92 / (0.80/4.75 + 0.015/1.825 + 0.02/1.77 + 0.165/1.64) = 0.92 / 0.28855 = 3.188 g/cm3.
    assert couples.positive_solid_electrolyte_mass_frac[0] == pytest.approx(0.165)
    assert couples.positive_coating_density_g_per_cm3[0] == pytest.approx(3.188, rel=1e-3)
    # 5 mAh/cm2 over 190 mAh/g x 0.8 = 32.89 mg/cm2: 103.2 um.
    assert layers_of(couples, 5.0).positive_thickness_um[0] == pytest.approx(103.2, rel=1e-3)


def test_plated_lithium_thickens_the_anode_free_cell_and_weighs_nothing_more(maker):
    couples = maker.couples(SULFIDE[1])
    layers = layers_of(couples, 5.0)
    # 8 um and 4.85 um per mAh/cm2 times 1.15: 8 + 27.9 = 35.9 um; 8 um of 1.63 g/cm3 weigh 1.31 mg/cm2.
    assert layers.negative_thickness_um[0] == pytest.approx(8 + 4.85 * 5 * 1.15, rel=0.01)
    mass = layers.negative_thickness_um * layers.negative_coating_density_g_per_cm3 / 10
    assert mass[0] == pytest.approx(1.31, rel=0.01)
    assert thickness_ratio(couples)[0] < thickness_ratio(maker.couples("NMC811-G (Energy)"))[0] / 2


@pytest.mark.parametrize(
    ("name", "wh_per_kg", "wh_per_l", "kg_per_kwh"), [(SULFIDE[0], 343, 829, 0.62), (SULFIDE[1], 397, 852, 0.53)]
)
def test_sulfide_pouches_come_near_the_model_of_solid_cells(catalog, maker, name, wh_per_kg, wh_per_l, kg_per_kwh):
    couples = maker.couples(name)
    cell = solid_pouch(catalog, couples)
    assert cell.cell_specific_energy_wh_per_kg[0] == pytest.approx(wh_per_kg, rel=0.05)
    assert cell.cell_energy_density_wh_per_l[0] == pytest.approx(wh_per_l, rel=0.05)
    solid_g = (
        cell.positive_coating_g_per_cell * couples.positive_solid_electrolyte_mass_frac
        + cell.negative_coating_g_per_cell * couples.negative_solid_electrolyte_mass_frac
        + cell.separator_g_per_cell
    )
    assert solid_g[0] / cell.cell_energy_wh[0] == pytest.approx(kg_per_kwh, rel=0.1)


def test_the_pouch_of_the_workbook_needs_as_much_solid_electrolyte(catalog, maker):
    for name, kg_per_kwh in ((SULFIDE[0], 0.62), (SULFIDE[1], 0.53)):
        couples = maker.couples(name)
        cell = small_pouch(catalog, couples, 5.0)
        energy_wh = cell.cell_capacity_ah * couples.ocv_v[:, 5]
        assert cell.solid_electrolyte_g_per_cell[0] / energy_wh[0] == pytest.approx(kg_per_kwh, rel=0.1)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_cell_has_about_the_specific_energy_that_is_published(catalog, maker, name):
    low, high, loading = PUBLISHED[name]
    couples = maker.couples(name)
    cell = solid_pouch(catalog, couples) if name in SULFIDE else short_blade(catalog, couples, loading)
    # A tenth beyond: the blade has less dead mass than most of the cells that were measured.
    assert 0.9 * low < cell.cell_specific_energy_wh_per_kg[0] < 1.1 * high


def test_a_short_blade_of_2025_is_that_of_its_maker(catalog, maker):
    cell = short_blade(catalog, maker.couples("LFP-G (2025)"), 3.2)
    # The maker states 196 Ah and 185 Wh/kg; the lid and the insulation of a real can weigh a little more.
    assert cell.cell_capacity_ah[0] == pytest.approx(196, rel=0.02)
    assert cell.cell_specific_energy_wh_per_kg[0] == pytest.approx(185, rel=0.06)


@pytest.mark.parametrize("name", SODIUM)
def test_a_sodium_cell_holds_no_copper(catalog, maker, name):
    couples = maker.couples(name)
    assert couples.negative_foil_is_aluminum.all()
    cell, other = small_pouch(catalog, couples), small_pouch(catalog, maker.couples("LFP-G (2025)"))
    assert cell.negative_terminal_g_per_cell[0] == pytest.approx(cell.positive_terminal_g_per_cell[0])
    assert other.negative_terminal_g_per_cell[0] > other.positive_terminal_g_per_cell[0]
    buys = {row.keys["name"]: row.text for row in catalog.table("chemistry_prices").select(chemistry=name)}
    assert not any("copper" in item for item in buys.values())


@pytest.mark.parametrize("name", SULFIDE)
def test_a_solid_cell_has_no_liquid_and_no_film(catalog, maker, name):
    couples = maker.couples(name)
    cell = small_pouch(catalog, couples)
    assert cell.electrolyte_l_per_cell.tolist() == cell.electrolyte_g_per_cell.tolist() == [0.0]
    assert cell.separator_m2_per_cell.tolist() == [0.0]
    assert cell.solid_electrolyte_g_per_cell[0] > 100


def test_the_liquid_shrinks_with_its_share(catalog, maker):
    couples = maker.couples("NMC9-SiC (Semi-solid)")
    half, full = (
        small_pouch(catalog, couples),
        small_pouch(catalog, replace(couples, liquid_electrolyte_frac=np.ones(1))),
    )
    assert half.electrolyte_l_per_cell[0] == pytest.approx(0.5 * full.electrolyte_l_per_cell[0])
    assert half.separator_m2_per_cell[0] > 0


def test_densities_of_the_metals_are_those_of_the_catalog(catalog):
    metals = catalog.constants(MaterialConstants, "cell_constants", group="materials")
    assert (metals.aluminum_density_g_per_cm3, metals.copper_density_g_per_cm3) == (2.7, 8.96)


def test_every_couple_says_what_it_borrows_or_comes_from_the_workbook(catalog):
    table = catalog.table("chemistry_families")
    for name in PUBLISHED:
        assert "voltage" in table.one(chemistry=name, name="borrows").text
