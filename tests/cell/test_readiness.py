"""Levels of readiness by chemistry and year."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.cell.readiness import readiness_level
from lcopt.errors import CatalogError


@pytest.mark.parametrize(
    ("chemistry", "year", "level"),
    [
        ("LFP-G (2025)", 2023, 8),
        ("LFP-G (2025)", 2024, 9),
        ("LMFP-G", 2025, 8),
        ("LMFP-G", 2026, 8),
        ("LMFP-G", 2027, 9),
        ("NMC811-SiG", 2023, 9),
        ("LNMO-G", 2025, 5),
        ("LNMO-G", 2040, 7),
        ("NaNFM-HC", 2026, 8),
        ("NaNFPP-HC", 2026, 8),
        ("NMC9-SiC (Semi-solid)", 2024, 8),
        ("NMC811-Si (Sulfide)", 2027, 6),
        ("NMC811-Li (Sulfide)", 2030, 7),
        # Before the first row: one level less than it states.
        ("LNMO-G", 2020, 4),
        ("NMC811-Li (Sulfide)", 2015, 3),
    ],
)
def test_the_newest_row_that_is_not_later_counts(catalog, chemistry, year, level):
    assert readiness_level(catalog, chemistry, year) == level


def test_every_chemistry_has_levels_and_the_old_ones_are_mass_produced(catalog):
    chemistries = catalog.table("chemistries").words("chemistry")
    assert set(catalog.table("chemistry_readiness").words("chemistry")) == set(chemistries)
    assert {readiness_level(catalog, name, 2020) for name in chemistries[:17]} == {9}


@given(data=st.data(), year=st.integers(2000, 2060), later=st.integers(0, 30))
def test_readiness_never_falls_and_stays_on_the_scale(catalog, data, year, later):
    name = data.draw(st.sampled_from(catalog.table("chemistry_readiness").words("chemistry")))
    assert 1 <= readiness_level(catalog, name, year) <= readiness_level(catalog, name, year + later) <= 9


def test_a_chemistry_without_levels_is_named(catalog):
    with pytest.raises(CatalogError, match="no chemistry 'Unobtainium'; add the level"):
        readiness_level(catalog, "Unobtainium", 2025)


def test_a_level_off_the_scale_is_refused(catalog):
    table = catalog.table("chemistry_readiness")
    rows = tuple(replace(row, text="12") if row.keys["chemistry"] == "LMFP-G" else row for row in table.rows)
    strange = replace(catalog, tables={**catalog.tables, table.name: replace(table, rows=rows)})
    with pytest.raises(CatalogError, match="12 of 'LMFP-G' is none of 1 to 9"):
        readiness_level(strange, "LMFP-G", 2026)
