"""Whatever stands in a file or a mapping is read or refused in printable lines with places; nothing else happens."""

from __future__ import annotations

import math
import string
from collections import OrderedDict, UserDict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lcopt.errors import ScenarioError
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.lifecycle_case_reader import read_lifecycle_case
from lcopt.inputs.quantities import QuantityError, read_quantity
from lcopt.inputs.reader import read_file, read_scenario, read_sweep

CASES = Path(__file__).parents[1] / "data" / "lifecycle_cases"
BROKEN = Path(__file__).parent / "broken"
LONGEST_LINE = 5_000

quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def assert_readable(error: ScenarioError, lines: int | None) -> None:
    """At least one problem, each a printable line, its place inside a file of so many lines (None: a mapping)."""
    assert error.problems
    for problem in error.problems:
        assert str(problem).isprintable()
        assert len(str(problem)) < LONGEST_LINE
        assert problem.message
        if lines is None:
            assert (problem.line, problem.column) == (0, 0)
        else:
            assert 1 <= problem.line <= lines + 1
            assert problem.column >= 1


def read_or_refuse(read, content: bytes, write) -> None:
    lines = len(content.decode("utf-8", "replace").splitlines())
    try:
        read(write(content))
    except ScenarioError as error:
        assert_readable(error, lines)


@pytest.fixture
def scenario_door(write, catalog):
    return lambda content: read_or_refuse(lambda file: read_scenario(file, catalog), content, write)


@pytest.fixture
def case_door(write):
    return lambda content: read_or_refuse(read_lifecycle_case, content, write)


# --- bytes and text -------------------------------------------------------------------------------------------------

SIGNS = st.characters(codec="utf-8") | st.sampled_from(":-?*&!|>'\"%@`{}[],#<~=\t\n\r \u00a0\u2028\ufeff\x00\x1b\x85")
WORDS = """lcopt name finance packs limits energy: 60 kWh 1e6 no ~ null true <<: *a &a !!python/object/apply:os.system
- --- ... %YAML 1.2 | > ? : {} [] { } [ ] , ' " # @ ` 2025-01-01 12:30 .inf .nan"""
YAML_SOUP = st.lists(st.sampled_from([*WORDS.split(), "\n", "\n  ", "\n    ", "\n\t", ": ", "- "]), max_size=60).map(
    " ".join
)


@quick
@given(content=st.binary(max_size=200) | st.text(SIGNS, max_size=200).map(str.encode) | YAML_SOUP.map(str.encode))
def test_any_bytes_are_read_or_refused(scenario_door, case_door, content):
    scenario_door(content)
    case_door(content)


# --- a good file that someone spoiled -------------------------------------------------------------------------------

JUNK = st.sampled_from(
    [
        *("", "~", "null", "no", "true", "1e6", "12:30", "0x10", "2025-01-01", ".inf", "-.nan", "-0", "%", "8 Prozent"),
        *("*a", "&a x", "!!int 3", "!x y", "[]", "{}", "[[]]", "{a: {b: c}}", "[~]", "'", '"', "- x", "a: b", "|", ">"),
        *(
            "60,5 kWh",
            "1.234,5 USD/kg",
            "60 kWh 70 kWh",
            "1e999 kWh",
            "9" * 400,
            "60\u200b kWh",
            "\u0666 kWh",
            "\ufeff",
        ),
        *('"\\e[31m"', '"\\0"', '"a\\nb"', "x" * 2_000, "-1 /yr", "1000 %", "-300 degC", "*1.3", "+5 %", "1/0", "\t"),
    ]
) | st.text(SIGNS, max_size=12)


def indented(draw: st.DrawFn, line: str) -> str:
    return draw(st.sampled_from(["", " ", "  ", "   ", "\t", "    ", "\u00a0 "])) + line.lstrip()


def with_signs(draw: st.DrawFn, line: str) -> str:
    place = draw(st.integers(0, len(line)))
    return line[:place] + draw(st.text(SIGNS, max_size=3)) + line[place + draw(st.integers(0, 2)) :]


DAMAGES = [
    indented,
    with_signs,
    lambda draw, line: line.split(":")[0] + ": " + draw(JUNK),
    lambda draw, line: draw(JUNK) + ":" + line.partition(":")[2],
    lambda _, line: line + " " + line.strip(),
    lambda _, line: line + "\n" + line,
    lambda *_: "",
]


def lines_changed(draw: st.DrawFn, lines: list[str]) -> list[str]:
    for _ in range(draw(st.integers(1, 5))):
        at, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        if draw(st.booleans()):
            lines[at] = DAMAGES[draw(st.integers(0, len(DAMAGES) - 1))](draw, lines[at])
        else:
            lines[at], lines[other] = lines[other], lines[at]
    return lines


@st.composite
def spoiled(draw: st.DrawFn, text: str) -> bytes:
    ending = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    return ending.join(lines_changed(draw, text.splitlines())).encode("utf-8", "surrogatepass")


@settings(quick, max_examples=300)
@given(data=st.data())
def test_a_spoiled_scenario_is_read_or_refused(good, scenario_door, data):
    scenario_door(data.draw(spoiled(good)))


@quick
@given(data=st.data())
def test_a_broken_file_spoiled_further_is_refused_or_read(scenario_door, data):
    file = data.draw(st.sampled_from(sorted(BROKEN.glob("*.yaml"))))
    scenario_door(data.draw(spoiled(file.read_text(encoding="utf-8"))))


@quick
@given(data=st.data())
def test_a_spoiled_lifecycle_case_is_read_or_refused(case_door, data):
    file = data.draw(st.sampled_from(sorted(CASES.glob("*.yaml"))))
    case_door(data.draw(spoiled(file.read_text(encoding="utf-8"))))


# --- files that build on others -------------------------------------------------------------------------------------

OVERLAY = """\
extends: base.yaml
name: taxi
finance.discount_rate: "*1.5"
packs.compact.energy: "+5 %"
price_overrides:
  lfp_cathode: {dist: triangular, low: 4 USD/kg, mode: 5 USD/kg, high: 6 USD/kg}
  nmc811_cathode: "*1.3"
limits: {mass_max: 500 kg}
variants:
  fast:
    limits.charging_time_max: 15 min
    search: {platforms_max: null}
  cheap: {packs.compact.usage: {profile: ride_hailing, distance: "*0.9"}}
sweep:
  limits.mass_max: [450 kg, 480 kg]
  finance.horizon: {from: 8 yr, to: 12 yr, steps: 3}
  zip:
    packs.compact.power: [120 kW, 150 kW]
    packs.compact.energy: [55 kWh, 60 kWh]
"""
OVERLAY_JUNK = JUNK | st.sampled_from(
    [
        *(
            "[base.yaml, base.yaml]",
            "case.yaml",
            "base.yaml/",
            "/dev/zero",
            ".",
            "none.yaml",
            '"a\\0b"',
            "[[base.yaml]]",
        ),
        *('"*1.3"', '"*-1"', '"*1e999"', '"*"', '"+5 %"', '"-500 %"', '"+5"', '"* 2 kWh"', "*1.3", '"*\u0663"'),
        *(
            "{from: 1 yr, to: 9 yr, steps: 1e9}",
            "{from: 1 yr, to: 9 yr, step: 1e-9 yr}",
            "{from: 1e300 kg, to: 2 kg, steps: 3}",
        ),
        *(
            "{from: 1 yr, to: 3 yr, steps: 000100" + "0" * 5_000 + "}",
            "{from: 1e9999, to: 2, step: 1e-9999}",
            "[null, 1]",
        ),
        *(
            "{dist: normal, mean: 5 USD/kg, sd: 0 USD/kg}",
            "{dist: x}",
            "{dist: uniform, low: 9 USD/kg, high: 1 USD/kg}",
        ),
        *("{a.b.c: 1}", "{packs: {compact: {energy: 1 kWh}}}", "{packs.none.energy: 1 kWh}", "{packs.1.energy: 1 kWh}"),
        *("{..: 1}", "{.: 1}", "{packs.: 1}", "{finance: null}", "{packs: []}", "{sweep: {}}", "{extends: base.yaml}"),
    ]
)


def test_the_overlay_is_good_before_it_is_spoiled(good, write, catalog):
    Path(write(good)).rename("base.yaml")
    assert len(read_file(write(OVERLAY), catalog).scenarios) == 3
    assert len(read_sweep(write(OVERLAY), catalog)) == 12


@quick
@given(data=st.data())
def test_a_spoiled_overlay_is_read_or_refused(good, write, catalog, data):
    Path(write(good)).rename("base.yaml")
    lines = lines_changed(data.draw, OVERLAY.splitlines())
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = lines[at].split(":")[0] + ": " + data.draw(OVERLAY_JUNK)
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    if data.draw(st.booleans()):
        Path("base.yaml").write_bytes(data.draw(spoiled(good)))
    lengths = {"base.yaml": len(Path("base.yaml").read_bytes().decode("utf-8", "replace").splitlines())}
    lengths["case.yaml"] = len(content.decode("utf-8", "replace").splitlines())
    for read in (read_file, read_sweep):
        try:
            read(write(content), catalog)
        except ScenarioError as error:
            for problem in error.problems:
                assert_readable(ScenarioError([problem]), lengths.get(problem.file, 1))


# --- bombs ----------------------------------------------------------------------------------------------------------


@st.composite
def bombs(draw: st.DrawFn) -> bytes:
    opening = draw(st.sampled_from(["[", "{a: ", "- ", "? ", "[{a: ", "a:\n", "!!x [", "&a [", "'", '"', "{? "]))
    deep = opening * draw(st.integers(15, 25) | st.integers(900, 1_100) | st.just(30_000))
    wide = draw(st.sampled_from(["", "]" * 30, "}" * 30, "x: 1\n", "*a, " * 50, "<<: *a\n"]))
    head = draw(st.sampled_from(["", "lcopt: 1\n", "a: 1\na: ", "lifecycle_case: 1\nname: ", "x: &a [1]\ny: "]))
    return (head + deep + wide).encode()


@settings(quick, max_examples=60)
@given(content=bombs())
def test_deep_files_and_bombs_are_refused(scenario_door, case_door, content):
    scenario_door(content)
    case_door(content)


# --- mappings of Python ---------------------------------------------------------------------------------------------


class Nasty:
    """An object that fails or lies when it is asked for its text."""

    def __str__(self) -> str:
        return "\x1b[31mcen\ntral"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __hash__(self) -> int:
        return 1


class Mute:
    """An object without any text."""

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


class LyingText(str):
    """A text whose text is another."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\x00"


def endless() -> dict[str, object]:
    block: dict[str, object] = {}
    block |= {"packs": [block, block], "finance": block, "limits": block}
    return block


ODD = [
    *(Nasty, Mute, object, lambda: LyingText("60 kWh"), lambda: int, lambda: len, lambda: ..., lambda: range(3)),
    *(lambda: b"60 kWh", lambda: bytearray(b"x"), lambda: {1, 2}, frozenset, lambda: 1 + 2j, lambda: iter([])),
    *(lambda: math.nan, lambda: -math.inf, lambda: -0.0, lambda: 1e308, lambda: 10**400, lambda: -(10**5_000)),
    *(lambda: Decimal("1e500"), lambda: Decimal("sNaN"), lambda: Fraction(1, 3), lambda: np.float32(8)),
    *(lambda: np.int64(2025), lambda: np.bool_(True), lambda: np.array([1, 2]), lambda: np.array(3.0)),
    *(lambda: np.datetime64("2025"), lambda: np.str_("x"), lambda: np.float64("nan"), lambda: np.longdouble("1e4000")),
    *(endless, lambda: MappingProxyType({"a": 1}), lambda: UserDict(a=1), lambda: OrderedDict(a=1), lambda: {1: 2}),
    *(lambda: {None: None}, lambda: {(1, 2): 3}, lambda: {"\x1b[2J": 1}, lambda: {"a\nb": {}}, lambda: {Mute(): 1}),
    *(
        lambda: [[[[[]]]]],
        lambda: (1, "2"),
        lambda: Path("x"),
        lambda: "\ud800",
        lambda: "x" * 10_000,
        lambda: {Nasty(): 1},
    ),
]
VALUES = st.recursive(
    st.integers(0, len(ODD) - 1).map(lambda index: ODD[index]())
    | JUNK
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["lcopt", "name", "finance", "packs", "limits", "search", "plant", "prices", "price_overrides", "lifecycle"]
)


def read_or_refuse_mapping(read, mapping: object) -> None:
    try:
        read(mapping)
    except ScenarioError as error:
        assert_readable(error, None)


def placed(draw: st.DrawFn, block: object) -> None:
    """Puts an odd value at some place of a nested mapping."""
    while True:
        keys = list(block) if isinstance(block, dict) else list(range(len(block)))
        key = keys[draw(st.integers(0, len(keys) - 1))] if keys else None
        inner = block[key] if keys else None
        if not isinstance(inner, dict | list) or not draw(st.booleans()):
            break
        block = inner
    value = draw(VALUES)
    if isinstance(block, dict):
        block[key if draw(st.booleans()) else draw(st.text(max_size=8) | st.integers() | st.none())] = value
    else:
        block.append(value)


@settings(quick, max_examples=250)
@given(data=st.data())
def test_odd_values_in_a_mapping_are_read_or_refused(good, catalog, data):
    mapping = yaml.safe_load(good)
    for _ in range(data.draw(st.integers(1, 4))):
        placed(data.draw, mapping)
    read_or_refuse_mapping(lambda source: read_scenario(source, catalog), mapping)


@quick
@given(mapping=st.dictionaries(KEYS | st.text(max_size=8), VALUES, max_size=8))
def test_any_mapping_is_refused(catalog, mapping):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(mapping, catalog)
    assert_readable(caught.value, None)


@quick
@given(data=st.data())
def test_odd_values_in_a_lifecycle_case_are_read_or_refused(data):
    mapping = yaml.safe_load(data.draw(st.sampled_from(sorted(CASES.glob("*.yaml")))).read_text())
    for _ in range(data.draw(st.integers(1, 3))):
        placed(data.draw, mapping)
    read_or_refuse_mapping(read_lifecycle_case, mapping)


# --- units ----------------------------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.text("0123456789.,+-eE_' ", max_size=12),
    st.sampled_from(
        [
            "1e9999",
            "-0",
            "inf",
            "nan",
            "0x1F",
            "1_000",
            "\u00bd",
            "\u0663",
            "\uff16\uff10",
            "1e-400",
            "9" * 400,
            "1.2.3",
            "--1",
        ]
    ),
)
UNITS = st.one_of(
    st.sampled_from(sorted({unit for kind in KINDS.values() for unit in (*kind.units, *kind.aliases)})),
    st.sampled_from(
        ["EUR/kg", "Prozent", "%%", "USD/lb", "kwh", "°C", "℃", "$/kWh", "US$/kg", "kWh/", "/", "*1.3", "m²"]
    ),
    st.text(string.ascii_letters + "/%$°²³ ·µ\u200b\u00a0", max_size=8),
    st.text(max_size=5),
)


def assert_told(error: QuantityError) -> None:
    assert error.message
    assert f"{error.message}{error.hint}".isprintable()


@settings(quick, max_examples=600)
@given(
    number=NUMBERS,
    unit=UNITS,
    gap=st.sampled_from(["", " ", "\u00a0", "\t", "  "]),
    kind=st.sampled_from(sorted(KINDS)),
)
def test_any_text_is_a_finite_number_or_a_printable_mistake(number, unit, gap, kind):
    try:
        value = read_quantity(f"{number}{gap}{unit}", KINDS[kind])
    except QuantityError as error:
        assert_told(error)
    else:
        assert math.isfinite(value)
        assert math.copysign(1.0, value) == 1.0 or value != 0
