"""Couples: what follows from the composition of the electrodes."""

from __future__ import annotations

import numpy as np
import pytest

from lcopt.cell.electrodes import positive_capacity_ah_per_cm3, read_couples, thickness_ratio
from lcopt.conventions import BATPAC_51, LCOPT
from lcopt.errors import CatalogError


def test_the_couples_of_the_workbook_and_nine_more_are_there(maker):
    assert len(maker.chemistries) == len(set(maker.chemistries)) == 17 + 9


def test_the_default_couple_has_the_densities_areas_and_impedances_of_the_workbook(maker):
    couple = maker.couples("NMC811-G (Energy)")
    assert couple.positive_coating_density_g_per_cm3[0] == pytest.approx(3.2792626350835063, rel=1e-12)
    assert couple.negative_coating_density_g_per_cm3[0] == pytest.approx(1.6458852867830427, rel=1e-12)
    assert couple.positive_specific_area_cm2_per_cm3[0] == pytest.approx(10155.135902194084, rel=1e-12)
    assert couple.negative_specific_area_cm2_per_cm3[0] == pytest.approx(3600.3740648379044, rel=1e-12)
    assert couple.positive_reference_asi_ohm_cm2[0] == pytest.approx(0.9306472782279129, rel=1e-12)
    assert couple.negative_reference_asi_ohm_cm2[0] == pytest.approx(2.154850253047718, rel=1e-12)
    assert thickness_ratio(couple)[0] == pytest.approx(1.2724213460798142, rel=1e-12)
    assert positive_capacity_ah_per_cm3(couple, BATPAC_51)[0] == pytest.approx(0.6724324788996835, rel=1e-12)


def test_mass_shares_of_every_coating_add_up(maker):
    couples = maker.couples(*maker.chemistries)
    for side in ("positive", "negative"):
        parts = [
            getattr(couples, f"{side}_{part}_mass_frac") for part in ("active", "carbon", "binder", "solid_electrolyte")
        ]
        assert np.sum(parts, axis=0) == pytest.approx(1.0, abs=1e-12)


def test_open_circuit_voltage_rises_with_charge(maker):
    assert (np.diff(maker.couples(*maker.chemistries).ocv_v, axis=1) > 0).all()


@pytest.mark.parametrize(("name", "share"), [("LFP-G (Energy)", 0.90), ("NMC811-G (Energy)", 0.95)])
def test_the_nameplate_counts_a_share_of_the_half_cell_capacity(maker, name, share):
    couple = maker.couples(name)
    ratio = positive_capacity_ah_per_cm3(couple, LCOPT) / positive_capacity_ah_per_cm3(couple, BATPAC_51)
    assert ratio[0] == pytest.approx(share)


def test_titanate_cells_have_aluminum_on_both_sides_and_no_water(maker):
    couples = maker.couples("LMO-LTO (Energy)", "LMO-G (Energy)")
    assert couples.negative_foil_is_aluminum.tolist() == [True, False]
    assert couples.negative_solvent_is_nmp.tolist() == [True, False]


def test_take_gives_an_element_a_design(maker):
    couples = maker.couples("LFP-G (Energy)", "NCA-G (Power)").take(np.array([1, 0, 1]))
    assert couples.ocv_v.shape == (3, 11)
    assert couples.positive_active_capacity_mah_per_g.tolist() == [202.0, 156.7, 202.0]


def test_arrays_of_the_catalog_cannot_be_changed(catalog):
    couples = read_couples(catalog, ["LFP-G (Energy)"])
    with pytest.raises(ValueError, match="read-only"):
        couples.ocv_v[0, 0] = 1.0


def test_an_unknown_couple_is_named(catalog):
    with pytest.raises(CatalogError, match="no couple 'Unobtainium'"):
        read_couples(catalog, ["Unobtainium"])
