"""Text with units becomes the same number that a unit library gives, and mistakes say how to write it."""

from __future__ import annotations

import math
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.inputs.fields import USAGE
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.quantities import QuantityError, did_you_mean, names_like, read_quantity, short_text, write_quantity
from lcopt.inputs.values import RANGES_TABLE

PAIRS = [(name, unit) for name, kind in KINDS.items() for unit in kind.units]
# What pint calls our units; a count, a pack and a unit have no dimension.
PINT_NAMES = {
    "1": "dimensionless",
    "%": "percent",
    "%/yr": "percent/year",
    "1/yr": "1/year",
    "/yr": "1/year",
    "a": "year",
    "d": "day",
    "m3": "meter**3",
    "C": "1/hour",
    "1/h": "1/hour",
    "kWh/100km/100kg": "kilowatt_hour/(100*kilometer)/(100*kilogram)",
    "kWh/100km": "kilowatt_hour/(100*kilometer)",
    "MUSD": "megaUSD",
}
PINT_WORDS = {
    "yr": "year",
    "a": "year",
    "kWh": "kilowatt_hour",
    "MWh": "megawatt_hour",
    "GWh": "gigawatt_hour",
    "Wh": "watt_hour",
    "t": "metric_ton",
    "L": "liter",
    "m2": "meter**2",
    "m3": "meter**3",
    "unit": "dimensionless",
    "pack": "dimensionless",
    "vehicle": "dimensionless",
    "A": "ampere",
    "V": "volt",
    "kV": "kilovolt",
    "kA": "kiloampere",
    "h": "hour",
    "kW": "kilowatt",
    "W": "watt",
    "MW": "megawatt",
    "g": "gram",
    "kt": "kilometric_ton",
}


@pytest.fixture(scope="module")
def registry():
    pint = pytest.importorskip("pint")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        units = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
        units.define("USD = [currency]")
    return units


def pint_name(unit: str) -> str:
    if unit in PINT_NAMES:
        return PINT_NAMES[unit]
    return "/".join(PINT_WORDS.get(word, word) for word in unit.split("/"))


@pytest.mark.parametrize(("name", "unit"), PAIRS)
def test_the_table_agrees_with_a_unit_library(registry, name, unit):
    kind = KINDS[name]
    ours = read_quantity(f"7.5 {unit}", kind)
    if name == "temperature":
        assert ours == pytest.approx(registry.Quantity(7.5, unit).to("degC").magnitude, rel=1e-12)
        return
    # A yearly rate in % is one per year.
    theirs_name = "percent/year" if (name, unit) == ("yearly rate", "%") else pint_name(unit)
    theirs = (7.5 * registry.parse_expression(theirs_name)) / registry.parse_expression(pint_name(kind.internal_unit))
    # Days and months are parts of a year of 365 days here and of 365.25 days in pint.
    tolerance = 1e-3 if unit in {"d", "month"} else 1e-12
    assert ours == pytest.approx(theirs.to("dimensionless").magnitude, rel=tolerance)


@given(st.sampled_from(PAIRS), st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
def test_a_written_quantity_reads_back(pair, value):
    name, unit = pair
    kind = KINDS[name]
    if unit == "1" and not kind.allows_bare(value):
        return
    again = read_quantity(write_quantity(value, kind, unit), kind)
    assert again == pytest.approx(value, rel=1e-12, abs=1e-9)


@given(st.text(max_size=40), st.sampled_from(sorted(KINDS)))
def test_any_text_is_a_number_or_a_quantity_error(text, name):
    try:
        answer = str(read_quantity(text, KINDS[name]))
    except QuantityError as error:
        answer = str(error)
    assert answer != "nan"
    assert "\n" not in answer


@pytest.mark.parametrize("name", sorted(KINDS))
def test_the_example_of_a_kind_can_be_read(name):
    assert read_quantity(KINDS[name].example, KINDS[name]) > 0


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("57 %", "share", 0.57),
        ("0.57", "share", 0.57),
        ("1", "share", 1.0),
        ("8 %", "yearly rate", 0.08),
        ("0.08", "yearly rate", 0.08),
        ("-10 degC", "temperature", -10),
        ("50 °C", "temperature", 50),
        ("263.15 K", "temperature", -10),
        ("14 degF", "temperature", -10),
        ("1.2e3 W", "power", 1.2),
        ("60kWh", "energy", 60),
        (" 60  kWh ", "energy", 60),
        ("17 kWh/100 km", "consumption", 0.17),
        ("0.14 $/kWh", "money per energy", 0.14),
        ("200000 /yr", "number per year", 200000),
        ("120 months", "duration", 10),
        ("0.5 C", "C-rate", 0.5),
        ("150 M$", "money in millions", 150),
    ],
)
def test_usual_forms_are_read(text, name, value):
    assert read_quantity(text, KINDS[name]) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("60", "energy", "60 has no unit; expected energy, one of: kWh, Wh, MWh; write for example '60 kWh'"),
        ("80", "share", "80 has no unit; expected share, 0 to 1 or in %; write for example '80 %'"),
        (
            "5 kWh",
            "specific energy",
            "unit 'kWh' measures energy; expected specific energy, one of: Wh/kg, kWh/kg; "
            "write for example '160 Wh/kg'",
        ),
        (
            "0,14 USD/kWh",
            "money per energy",
            "'0,14 USD/kWh' has a decimal comma; expected a decimal point; write '0.14 USD/kWh'",
        ),
        (
            "200,000 /yr",
            "number per year",
            "'200,000 /yr' has a comma, decimal or thousands; expected digits with a decimal point; "
            "write for example '200000 /yr'",
        ),
        ("5 kwh", "energy", "unit 'kwh' is not known; expected energy, one of: kWh, Wh, MWh; write '5 kWh'"),
        (
            "5 EUR/kWh",
            "money per energy",
            "money in 'EUR/kWh' needs the price year that it is brought to; expected finance.price_year; "
            "state finance.price_year, or give the price in USD of that year",
        ),
        (
            "10 min",
            "duration",
            "unit 'min' measures time; expected duration, one of: yr, a, month, d; write for example '12 yr'",
        ),
        ("12:30", "time", "'12:30' is not a number with a unit; expected time, for example '20 min'"),
        ("1e999 kWh", "energy", "'1e999 kWh' is not a finite number; expected energy, for example '60 kWh'"),
    ],
)
def test_a_mistake_says_what_was_found_and_how_to_write_it(text, name, message):
    with pytest.raises(QuantityError) as caught:
        read_quantity(text, KINDS[name])
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text", ["", ".inf", "inf kWh", "nan", ".nan kWh", "kWh", "no", "--5 kWh", "1_000 kWh", "½ kWh"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(QuantityError):
        read_quantity(text, KINDS["energy"])


def test_a_long_text_is_cut_in_the_message():
    with pytest.raises(QuantityError) as caught:
        read_quantity("x" * 10_000, KINDS["energy"])
    assert len(str(caught.value)) < 300


def test_near_words_are_suggested():
    assert did_you_mean("Charging_tim_max", ("charging_time_max", "mass_max")) == "did you mean 'charging_time_max'?"
    assert did_you_mean("zzz", ("charging_time_max",)) == ""


def test_short_text_is_in_the_unit_that_people_use():
    assert short_text(0.5, KINDS["share"]) == "50 %"
    assert short_text(1e3, KINDS["power"]) == "1000 kW"


def test_every_range_is_in_the_internal_unit_of_its_key(catalog):
    """The reader compares converted numbers with the table, so both must be in the same unit."""
    internal = {kind.internal_unit for kind in KINDS.values()}
    for row in catalog.table(RANGES_TABLE).rows:
        assert row.unit in internal, row.place
        assert row.low is not None
        assert row.high is not None
    profile = {row.keys["name"]: row.unit for row in catalog.table("usage_profiles").rows}
    ranges = {row.keys["name"]: row.unit for row in catalog.table(RANGES_TABLE).rows}
    assert {key: profile[name] for key, name in {key: field.attribute for key, field in USAGE.items()}.items()} == {
        key: ranges[key] for key in {key: field.attribute for key, field in USAGE.items()}
    }


# --- texts that look right ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "better"),
    [
        ("\uff16\uff10 kWh", "energy", "60 kWh"),
        ("\u0666\u0660 kWh", "energy", "60 kWh"),
        ("60\u200b kWh", "energy", "60 kWh"),
        ("60 \u043aWh", "energy", "60 kWh"),
        ("\u221210 degC", "temperature", "-10 degC"),
        ("8 \uff05", "share", "8 %"),
        ("8 Prozent", "yearly rate", "8 %"),
        ("20 Minuten", "time", "20 min"),
        ("12 Jahre", "duration", "12 yr"),
        ("1.234,5 USD/kg", "money per mass", "1234.5 USD/kg"),
        ("200.000.000 /yr", "number per year", "200000000 /yr"),
    ],
)
def test_a_text_that_only_looks_right_is_refused_with_the_right_one(text, kind, better):
    with pytest.raises(QuantityError) as caught:
        read_quantity(text, KINDS[kind])
    assert caught.value.hint.endswith(f"'{better}'")
    assert math.isfinite(read_quantity(better, KINDS[kind]))


@pytest.mark.parametrize("text", ["60-70 kWh", "1/2 kWh", "60 +- 5 kWh", "2028-01-01", "0x3C kWh", "0o17 kWh"])
def test_more_than_a_number_and_a_unit_is_no_unknown_unit(text):
    with pytest.raises(QuantityError, match="is not a number with a unit"):
        read_quantity(text, KINDS["energy"])


def test_a_unit_is_shown_as_it_was_written():
    with pytest.raises(QuantityError, match="unit 'minutes per pack' is not known"):
        read_quantity("20 minutes per pack", KINDS["time"])


@pytest.mark.parametrize(("text", "kind"), [("-0 degC", "temperature"), ("-0", "share"), ("-0.0 %", "yearly rate")])
def test_zero_has_no_sign(text, kind):
    assert math.copysign(1, read_quantity(text, KINDS[kind])) == 1


def test_a_word_with_which_several_names_begin_is_answered_with_all_of_them():
    known = ("NMC811-G (Energy)", "NMC811-G (Power)", "LFP-G (Energy)")
    assert names_like("NMC811-G", known) == "did you mean 'NMC811-G (Energy)' or 'NMC811-G (Power)'?"
    assert names_like("LFP-G (Enrgy)", known) == "did you mean 'LFP-G (Energy)'?"
