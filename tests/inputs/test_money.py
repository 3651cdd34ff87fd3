"""Money of other currencies and years becomes USD of the price year, and is never taken for USD."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lcopt.errors import ScenarioError
from lcopt.inputs.catalog import Table, packaged_catalog
from lcopt.inputs.currencies import CURRENCIES, SIGNS, in_currency
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.money import MoneyBasis
from lcopt.inputs.price_overrides import read_price_overrides
from lcopt.inputs.quantities import QuantityError, quantity_pattern, read_quantity
from lcopt.inputs.reader import read_scenario

CATALOG = packaged_catalog()
YEARS = tuple(CATALOG.price_index)
BASIS = MoneyBasis.of(CATALOG, 2025)
# Round numbers, so that the cases below can be checked by hand.
ROUND = MoneyBasis(
    price_year=2025,
    index={"USD": {2022: 100.0, 2025: 110.0}, "EUR": {2022: 100.0, 2025: 120.0}, "CNY": {2023: 80.0, 2025: 88.0}},
    rates={"EUR": {2022: 1.05, 2025: 1.25}, "CNY": {2025: 0.125}},
)
MONEY_UNITS = [(name, unit) for name, kind in KINDS.items() if kind.is_money for unit in kind.units]
FOREIGN = [currency for currency in CURRENCIES if currency != "USD"]
NUMBERS = st.floats(min_value=1e-3, max_value=1e6)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("5.2 USD/kg", "money per mass", 5.2),
        # 5.2 x 1.25
        ("5.2 EUR/kg", "money per mass", 6.5),
        # 5200 / 1000 x 1.25
        ("5200 €/t", "money per mass", 6.5),
        # 40 x 0.125
        ("40 CNY/kg", "money per mass", 5.0),
        ("40 RMB / kg", "money per mass", 5.0),
        # 5 x 110 / 100
        ("5 USD2022/kg", "money per mass", 5.5),
        ("5 US$2022/kg", "money per mass", 5.5),
        # 5 x 120 / 100 x 1.25: the index of the euro, then the rate of 2025; the rate of 2022 plays no part
        ("5 EUR2022/kg", "money per mass", 7.5),
        # 40 x 88 / 80 x 0.125
        ("40 CNY2023/kg", "money per mass", 5.5),
        ("40 CNY2025/kg", "money per mass", 5.0),
        ("0.30 EUR/kWh", "money per energy", 0.375),
        ("-8 EUR/kWh", "money per energy", -10.0),
        ("150 MEUR", "money in millions", 187.5),
        ("150 M€", "money in millions", 187.5),
        ("150000000 EUR", "money in millions", 187.5),
        # 150 x 110 / 100
        ("150 MUSD2022", "money in millions", 165.0),
        ("12 €/m²", "money per area", 15.0),
    ],
)
def test_money_is_moved_by_its_own_index_and_then_by_the_rate_of_the_price_year(text, name, value):
    assert read_quantity(text, KINDS[name], ROUND) == pytest.approx(value, rel=1e-14)


@given(
    number=NUMBERS, unit=st.sampled_from(MONEY_UNITS), currency=st.sampled_from(FOREIGN), year=st.sampled_from(YEARS)
)
def test_another_currency_is_its_number_times_the_rate_in_usd(number, unit, currency, year):
    name, in_usd = unit
    basis = MoneyBasis.of(CATALOG, year)
    rate = basis.rates[currency][year]
    foreign = read_quantity(f"{number!r} {in_currency(in_usd, currency)}", KINDS[name], basis)
    assert foreign == pytest.approx(read_quantity(f"{number * rate!r} {in_usd}", KINDS[name], basis), rel=1e-12)


@given(
    number=NUMBERS,
    unit=st.sampled_from(MONEY_UNITS),
    currency=st.sampled_from(CURRENCIES),
    then=st.sampled_from(YEARS),
    now=st.sampled_from(YEARS),
)
def test_a_year_moves_money_by_the_ratio_of_the_index_and_back_again(number, unit, currency, then, now):
    name, in_usd = unit
    basis = MoneyBasis.of(CATALOG, now)
    index = basis.index[currency]
    plain = in_currency(in_usd, currency)
    dated = in_currency(in_usd, f"{currency}{then}")
    undated = read_quantity(f"{number!r} {plain}", KINDS[name], basis)
    assert read_quantity(f"{number!r} {dated}", KINDS[name], basis) == pytest.approx(undated * index[now] / index[then])
    there = number * index[then] / index[now]
    assert read_quantity(f"{there!r} {dated}", KINDS[name], basis) == pytest.approx(undated, rel=1e-12)


OTHERS = [
    "GBP",
    "JPY",
    "KRW",
    "CHF",
    "HKD",
    "TWD",
    "¥",
    "£",
    "₩",
    "HK$",
    "A$",
    "USX",
    "EURO",
    "CNYX",
    "XEUR",
    "usd",
    "eur",
]
WRITTEN = [*CURRENCIES, *SIGNS]


@given(
    number=st.integers(1, 10**6),
    unit=st.sampled_from(MONEY_UNITS),
    written=st.sampled_from([*WRITTEN, *OTHERS]),
    year=st.sampled_from(["", "2009", "2010", "2022", "2025", "2026", "22", "20222"]),
    has_basis=st.booleans(),
)
def test_money_is_read_in_its_own_currency_and_year_or_not_at_all(number, unit, written, year, has_basis):
    name, in_usd = unit
    basis = BASIS if has_basis else None
    text = f"{number} {in_currency(in_usd, written + year)}"
    currency = SIGNS.get(written, written)
    known = currency in CURRENCIES and (not year or (len(year) == 4 and int(year) in YEARS))
    if known and (has_basis or (currency == "USD" and not year)):
        factor = BASIS.usd_factor(currency, int(year) if year else None)
        expected = read_quantity(f"{number} {in_usd}", KINDS[name]) * factor
        assert read_quantity(text, KINDS[name], basis) == pytest.approx(expected, rel=1e-12)
    else:
        with pytest.raises(QuantityError):
            read_quantity(text, KINDS[name], basis)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    unit=st.sampled_from(MONEY_UNITS),
    written=st.sampled_from([*WRITTEN, *OTHERS]),
    year=st.sampled_from(["", "2009", "2010", "2019", "2025", "2026", "22"]),
    has_basis=st.booleans(),
)
def test_money_fits_the_pattern_exactly_if_the_reader_takes_it(kind, unit, written, year, has_basis):
    text = f"5 {in_currency(unit[1], written + year)}"
    try:
        read_quantity(text, KINDS[kind], BASIS if has_basis else None)
        is_read = True
    except QuantityError:
        is_read = False
    pattern = quantity_pattern(KINDS[kind], YEARS if has_basis else ())
    assert (re.fullmatch(pattern, text) is not None) is is_read


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "5 GBP/kg",
            "unit 'GBP/kg' is in a currency that is not read; expected money per mass, one of: USD/kg, USD/t, USD/g, "
            "or in EUR or CNY; convert to USD, EUR or CNY",
        ),
        (
            "38 ¥/kg",
            "unit '¥/kg' is in a currency that is not read; expected money per mass, one of: USD/kg, USD/t, USD/g, "
            "or in EUR or CNY; write CNY for yuan",
        ),
        (
            "38 HK$/kg",
            "unit 'HK$/kg' is in a currency that is not read; expected money per mass, one of: USD/kg, USD/t, USD/g, "
            "or in EUR or CNY; convert to USD, EUR or CNY",
        ),
        (
            "5 eur/kg",
            "unit 'eur/kg' is not known; expected money per mass, one of: USD/kg, USD/t, USD/g, or in EUR or CNY; "
            "write '5 EUR/kg'",
        ),
        (
            "5 EUR2022/kWh",
            "unit 'EUR2022/kWh' measures money per energy; expected money per mass, one of: USD/kg, USD/t, USD/g, "
            "or in EUR or CNY; write for example '5.2 USD/kg'",
        ),
        ("5 EUR2009/kg", "there is no price index of EUR for 2009; expected 2010 to 2025"),
        ("5 USD2026/kg", "there is no price index of USD for 2026; expected 2010 to 2025"),
    ],
)
def test_money_that_cannot_be_read_is_told_with_a_remedy(text, message):
    with pytest.raises(QuantityError) as caught:
        read_quantity(text, KINDS["money per mass"], BASIS)
    assert str(caught.value) == message


def test_a_price_year_without_a_rate_or_a_currency_without_series_is_told():
    with pytest.raises(QuantityError, match="there is no exchange rate of EUR for 2026; expected 2010 to 2025"):
        replace(BASIS, price_year=2026).usd_factor("EUR")
    with pytest.raises(QuantityError, match="exchange rate of EUR for 2025; the catalog has none"):
        replace(BASIS, rates={}).usd_factor("EUR")
    with pytest.raises(QuantityError, match="currency 'GBP' is not read; expected USD, EUR or CNY"):
        BASIS.usd_factor("GBP")


def test_the_packaged_series_cover_the_same_years_and_are_sane():
    for currency in CURRENCIES:
        index = BASIS.index[currency]
        assert tuple(index) == YEARS == tuple(range(2010, 2026))
        # Prices of none of the three fell in any of these years; those of China stood still in 2025.
        assert all(earlier <= later < 1.1 * earlier for earlier, later in pairwise(index.values())), currency
    assert set(BASIS.rates) == set(FOREIGN)
    assert all(tuple(rates) == YEARS for rates in BASIS.rates.values())
    assert all(0.9 < rate < 1.5 for rate in BASIS.rates["EUR"].values())
    assert all(0.13 < rate < 0.17 for rate in BASIS.rates["CNY"].values())


def test_rates_belong_to_their_year_and_do_not_move_with_the_price_year():
    assert MoneyBasis.of(CATALOG.in_price_year(2015), 2020) == MoneyBasis.of(CATALOG, 2020)


# --- in a scenario --------------------------------------------------------------------------------------------------


def spoiled(good: str, old: str, new: str) -> str:
    assert good.count(old) == 1
    return good.replace(old, new)


def problems(source, catalog) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(source, catalog)
    return [str(problem) for problem in caught.value.problems]


def test_every_money_of_a_scenario_may_be_in_any_currency(good, catalog):
    mapping = yaml.safe_load(good)
    mapping["finance"]["carbon_price"] = "80 EUR/t"
    mapping["packs"][0]["usage"] = {"profile": "private_car", "dc_price": "0.59 EUR/kWh", "time_value": "100 CNY2023/h"}
    mapping["search"]["platform_fixed_cost"] = "140 MEUR"
    mapping["price_overrides"] = {"lfp_cathode": "38 CNY2023/kg"}
    mapping["lifecycle"] = {"end_of_life_value": {"lfp": "-7 EUR2022/kWh"}}
    scenario = read_scenario(mapping, catalog)
    euro, yuan = BASIS.rates["EUR"][2025], BASIS.rates["CNY"][2025]
    growth = BASIS.index["CNY"][2025] / BASIS.index["CNY"][2023]
    assert scenario.finance.carbon_price_usd_per_t == pytest.approx(80 * euro)
    assert scenario.packs[0].usage.dc_price_usd_per_kwh == pytest.approx(0.59 * euro)
    assert scenario.packs[0].usage.time_value_usd_per_h == pytest.approx(100 * growth * yuan)
    assert scenario.lifecycle.platform_fixed_cost_musd == pytest.approx(140 * euro)
    assert scenario.price_overrides["lfp_cathode"] == pytest.approx(38 * growth * yuan)
    growth = BASIS.index["EUR"][2025] / BASIS.index["EUR"][2022]
    assert scenario.lifecycle.end_of_life_value_usd_per_kwh["lfp"] == pytest.approx(-7 * growth * euro)


def test_prices_in_euros_equal_the_same_in_dollars(good, write, catalog):
    in_euros = read_scenario(write(spoiled(good, "5.2 USD/kg", "4 EUR/kg")), catalog)
    in_dollars = read_scenario(write(spoiled(good, "5.2 USD/kg", f"{4 * BASIS.rates['EUR'][2025]!r} USD/kg")), catalog)
    assert in_euros.resolved() == in_dollars.resolved()


@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_currency_of_a_scenario_changes_no_money_in_it(good, write, catalog, currency):
    plain = read_scenario(write(good), catalog)
    own = read_scenario(write(spoiled(good, "currency: USD", f"currency: {currency}")), catalog)
    assert (own.finance.currency, own.finance.usd_per_currency) == (currency, BASIS.usd_factor(currency))
    assert replace(own, finance=plain.finance).resolved() == plain.resolved()


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "currency: USD",
            "currency: RMB",
            "5:3: error: finance.currency: 'RMB' is not a currency that is read; expected",
        ),
        ("currency: USD", "currency: RMB", "expected USD, EUR or CNY; write CNY"),
        ("currency: USD", "currency: eur", "expected USD, EUR or CNY; write EUR"),
        ("currency: USD", "currency: GBP", "expected USD, EUR or CNY; convert to USD, EUR or CNY"),
        ("5.2 USD/kg", "5.2 GBP/kg", "25:3: error: price_overrides.lfp_cathode: unit 'GBP/kg' is in a currency that"),
        (
            "5.2 USD/kg",
            "5.2 EUR2009/kg",
            "25:3: error: price_overrides.lfp_cathode: there is no price index of EUR for",
        ),
        ("5.2 USD/kg", "5.2 EUR/kWh", "unit 'EUR/kWh' measures money per energy; expected money per mass"),
        ("5.2 USD/kg", "50000 CNY/kg", "'50000 CNY/kg' is out of range; expected above 0, up to"),
        ("5.2 USD/kg", "0 USD/kg", "'0 USD/kg' is out of range; expected above 0, up to"),
        ("usage: private_car", "usage: {profile: private_car, dc_price: 900 CNY/kWh}", "'900 CNY/kWh' is out of range"),
    ],
)
def test_a_mistake_in_money_is_told_at_its_place(good, write, catalog, old, new, line):
    (found,) = problems(write(spoiled(good, old, new)), catalog)
    assert line in found


@pytest.mark.parametrize("year", ["", "  price_year: 1999\n", "  price_year: soon\n", "  price_year: [2025]\n"])
def test_without_a_known_price_year_only_the_year_is_told(good, write, catalog, year):
    text = spoiled(spoiled(good, "  price_year: 2025\n", year), "5.2 USD/kg", "5.2 EUR/kg")
    (found,) = problems(write(text), catalog)
    assert "price_year" in found.split(";")[0]


def test_a_price_year_without_a_rate_is_a_mistake_of_the_currency(good, write, catalog):
    rates = catalog.table("exchange_rates")
    kept = Table("exchange_rates", tuple(row for row in rates.rows if row.keys["year"] != "2025"))
    poorer = replace(catalog, tables={**catalog.tables, "exchange_rates": kept})
    (found,) = problems(write(spoiled(good, "currency: USD", "currency: EUR")), poorer)
    told = "case.yaml:5:3: error: finance.currency: there is no exchange rate of EUR for 2025; expected 2010 to 2024"
    assert found.startswith(told)
    assert read_scenario(write(good), poorer).finance.usd_per_currency == 1


def test_overrides_in_other_money_need_a_catalog_of_a_price_year(catalog):
    priced = catalog.in_price_year(2025)
    euro = BASIS.rates["EUR"][2025]
    assert read_price_overrides({"lfp_cathode": "4 EUR/kg"}, priced) == {"lfp_cathode": pytest.approx(4 * euro)}
    with pytest.raises(ScenarioError, match="needs the price year"):
        read_price_overrides({"lfp_cathode": "4 EUR/kg"}, catalog)
