"""The catalog notices what is missing, doubled, or in another unit."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import pytest

from lcopt.errors import CatalogError
from lcopt.inputs.audit import audit
from lcopt.inputs.catalog import Catalog, Row, Table, packaged_catalog


def row(name: str, text: str, unit: str, **others) -> Row:
    fields = {
        "table": "small",
        "line": 2,
        "keys": {"name": name},
        "text": text,
        "low": None,
        "high": None,
        "unit": unit,
        "price_year": None,
        "source": "batpac_5_1",
        "kind": "published",
        "reference": "",
        "note": "",
    }
    return Row(**(fields | others))


def small(catalog: Catalog, *rows: Row) -> Catalog:
    tables = {
        "small": Table("small", rows),
        "price_index": catalog.table("price_index"),
        "sources": catalog.table("sources"),
    }
    return Catalog(tables=tables, price_year=None, data_hash="")


@dataclass(frozen=True)
class Example:
    labor_usd_per_h: float
    parts_count: int
    is_priced: bool


GOOD = (
    row("labor_usd_per_h", "25", "USD/h", price_year=2022),
    row("parts_count", "3", "count"),
    row("is_priced", "true", ""),
)


def test_constants_are_filled_by_name_and_type(catalog):
    assert small(catalog, *GOOD).constants(Example, "small") == Example(25.0, 3, True)


def test_money_is_brought_to_the_asked_year_and_nothing_else(catalog):
    moved = small(catalog, *GOOD).in_price_year(2024).constants(Example, "small")
    assert moved.labor_usd_per_h == pytest.approx(25 * 313.689 / 292.655)
    assert moved.parts_count == 3


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            (row("labor_usd_per_h", "25", "USD/kWh"), *GOOD[1:]),
            r"small\.csv:2: unit 'USD/kWh' where 'USD/h' is expected",
        ),
        ((row("labor_usd_per_h", "cheap", "USD/h"), *GOOD[1:]), r"'cheap' is not a number"),
        ((row("labor_usd_per_h", "nan", "USD/h"), *GOOD[1:]), r"'nan' is not a number"),
        (GOOD[1:], r"missing \['labor_usd_per_h'\]"),
        ((*GOOD, row("overhead_frac", "0.4", "1")), r"unknown \['overhead_frac'\]"),
        ((*GOOD, GOOD[0]), r"'labor_usd_per_h' is given twice"),
        ((GOOD[0], row("parts_count", "3.5", "count"), GOOD[2]), r"must be a whole number"),
        ((*GOOD[:2], row("is_priced", "yes", "")), r"must be true or false"),
    ],
)
def test_a_bad_row_is_an_error_that_says_where_and_what(catalog, rows, words):
    with pytest.raises(CatalogError, match=words):
        small(catalog, *rows).constants(Example, "small")


def test_an_unknown_price_year_is_an_error_that_names_the_years(catalog):
    with pytest.raises(CatalogError, match="2009"):
        small(catalog, *GOOD).in_price_year(2009)


def test_the_audit_names_money_without_year_and_values_outside_their_range(catalog):
    faults = audit(small(catalog, row("a_usd", "5", "USD", low=6.0, high=7.0), row("b_kg", "1", "", kind="guess")))
    assert [fault.split(": ", 1)[1] for fault in faults] == [
        "money without a price year",
        "value 5 is outside low 6.0 to high 7.0",
        "no unit",
        "kind 'guess' is none of measured, published, vendor, assumed, exact",
    ]


def test_the_packaged_catalog_has_a_hash_that_does_not_change_between_reads():
    assert packaged_catalog().data_hash == packaged_catalog().data_hash


def test_what_is_kept_is_read_once_from_each_catalog_and_not_sent_along():
    read = []

    def names(catalog):
        read.append(catalog)
        return sorted(catalog.tables)

    catalog = packaged_catalog()
    assert catalog.kept(names) is catalog.kept(names)
    assert catalog.in_price_year(2025).kept(names) == catalog.kept(names)
    assert len(read) == 2
    again = pickle.loads(pickle.dumps(catalog))
    assert again.data_hash == catalog.data_hash
    assert again.kept(names) == catalog.kept(names)
    assert len(read) == 3
