"""Files as careless colleagues and attackers write them: each is refused at its place, with words that help.

`broken/` holds them; `broken/expected.txt` every problem that they have, in the order of the file, up to the word
"expected". What is binary, huge or no regular file is made here.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from lcopt import cli
from lcopt.errors import ScenarioError
from lcopt.inputs.reader import read_scenario

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(path.name for path in BROKEN.glob("*.yaml"))
LINE = re.compile(r"(?P<file>.+\.yaml):\d+:\d+: error: .+; expected .+")


def expected() -> dict[str, list[str]]:
    lines: dict[str, list[str]] = defaultdict(list)
    for line in (BROKEN / "expected.txt").read_text(encoding="utf-8").splitlines():
        lines[line.split(":")[0]].append(line)
    return lines


def told(file: str, catalog) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(file, catalog)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def call(monkeypatch, capsys):
    """Runs the command line in this process and gives status, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lcopt", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        printed = capsys.readouterr()
        return int(exit_.value.code or 0), printed.out, printed.err

    return run


# --- the files of the folder ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_a_broken_file_has_these_problems_and_no_others(monkeypatch, catalog, file):
    monkeypatch.chdir(BROKEN)
    found, wanted = told(file, catalog), expected()[file]
    assert [line[: len(start)] for line, start in zip(found, wanted, strict=False)] == wanted
    assert len(found) == len(wanted), found


def test_every_expected_line_belongs_to_a_file():
    assert sorted(expected()) == FILES


@pytest.mark.parametrize("command", [["check"], ["run", "--out", "never"]], ids=["check", "run"])
def test_every_broken_file_is_an_input_error_of_the_command(call, monkeypatch, command):
    monkeypatch.chdir(BROKEN)
    status, out, err = call(*command, *FILES)
    lines = err.splitlines()
    assert (status, out) == (2, "")
    assert {match["file"] for line in lines if (match := LINE.fullmatch(line))} >= set(FILES)
    assert all(line.isprintable() and ": error: " in line for line in lines)
    assert not Path("never").exists()


def test_every_broken_file_is_told_to_machines(call, monkeypatch):
    monkeypatch.chdir(BROKEN)
    status, out, _ = call("check", "--format", "json", *FILES)
    answer = json.loads(out)
    assert (status, answer["status"]) == (2, "error")
    assert {problem["file"] for problem in answer["problems"]} == set(FILES)
    assert all(problem["line"] > 0 and problem["column"] > 0 for problem in answer["problems"])


def test_a_file_that_would_run_code_runs_none(call, monkeypatch, tmp_path):
    (tmp_path / "evil.yaml").write_bytes((BROKEN / "python_tag.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    assert call("run", "evil.yaml")[0] == 2
    assert os.listdir() == ["evil.yaml"]  # noqa: PTH208 - of the current folder


@pytest.mark.parametrize(
    ("file", "remedy"),
    [
        ("alias_times", 'put a relative change in quotes: "*1.3"'),
        ("at_start", "put the value in quotes"),
        ("bell_value", "write '60 kWh'"),
        ("bracket_open", "close it, or check its commas"),
        ("celsius_sign", "write '25 degC'"),
        ("chemistry_case", "did you mean 'LFP-G (Energy)'?"),
        ("chemistry_comma_text", "write several names in brackets"),
        ("chemistry_short", "did you mean 'LFP-G (Energy)' or 'LFP-G (Power)' or 'LFP-G (2025)'?"),
        ("colon_in_value", "put a value that has a colon in quotes"),
        ("dash_each_key", "remove the dash where a line belongs to the pack above"),
        ("dash_missing", "write '- name: ...' below 'packs:'"),
        ("dash_no_space", "write a space after the '-' of the line above"),
        ("decimal_comma", "write '60.5 kWh'"),
        ("dup_pack", "first on line 12"),
        ("finance_list", "write the keys without dashes"),
        ("flow_decimal_comma", "write 'discount_rate: 8.5 %'"),
        ("free_price", "it is an item of the price table: indent it below 'price_overrides:'"),
        ("fullwidth_colon", "line 12 holds U+FF1A FULLWIDTH COLON"),
        ("german_percent", "write '8 %'"),
        ("german_thousands", "write for example '1234.5 USD/kg'"),
        ("git_conflict", "choose one side and remove the marks"),
        ("homoglyph_key", "did you mean 'energy'? the text holds U+0435 CYRILLIC SMALL LETTER IE"),
        ("homoglyph_unit", "write '60 kWh'"),
        ("indent_limits_out", "'charging_time_max' belongs in limits: check the indentation"),
        ("indent_too_deep", "indent it like the lines above"),
        ("key_nospace", "with a space after the colon"),
        ("lower_kwh", "write '60 kWh'"),
        ("minus_sign", "write '-10 degC'"),
        ("minutes_per_pack", "write for example '20 min'"),
        ("misspelt_block", "did you mean 'price_overrides'?"),
        ("misspelt_item", "did you mean 'lfp_cathode'?"),
        ("nbsp_indent", "line 13 holds U+00A0 NO-BREAK SPACE"),
        ("percent_start", "write the number first, as in '8 %'"),
        ("quote_open", "close it or remove it"),
        ("rate_as_eight", "write for example '8 %'"),
        ("tabs", "indent with spaces, not tabs"),
        ("thousands_dots", "write for example '200000000 /yr'"),
        ("thousands_space", "write for example '200000 /yr'"),
        ("two_documents", "remove the line '---' or split the file"),
        ("unit_missing", "write for example '60 kWh'"),
        ("usage_misspelt_inline", "did you mean 'profile'?"),
        ("window_upside_down", "write [10 %, 80 %]"),
        ("zero_width_value", "write '60 kWh'"),
    ],
)
def test_a_message_ends_with_what_to_do(monkeypatch, catalog, file, remedy):
    monkeypatch.chdir(BROKEN)
    assert remedy in told(f"{file}.yaml", catalog)[0].split("; expected ", 1)[1]


# --- files that only bytes can make ---------------------------------------------------------------------------------

PAIRS = tuple(zip("abcdefgh", "bcdefghi", strict=True))
ALIAS_BOMB = "a: &a [x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in PAIRS)
MERGE_BOMB = "a: &a {k: x}\n" + "".join(f"{b}: &{b} {{<<: [*{a}, *{a}, *{a}]}}\n" for a, b in PAIRS)
BYTES = {
    "empty": (b"", "1:1", "the file is empty"),
    "blank": (b" \r\n\n", "1:1", "the file is empty"),
    "only a mark of order": (b"\xef\xbb\xbf", "1:1", "the file is empty"),
    "windows lines": (b"lcopt: 1\r\nnam: x\r\n", "2:1", "unknown key 'nam'"),
    "old lines": (b"lcopt: 1\rnam: x\r", "2:1", "unknown key 'nam'"),
    "a mark of order": (b"\xef\xbb\xbflcopt: 1\nnam: x\n", "2:1", "unknown key 'nam'"),
    "a mark of order inside": (b"lcopt: 1\n\xef\xbb\xbfname: x\n", "2:1", "the sign U+FEFF cannot stand in a text"),
    "utf-16": ("lcopt: 1".encode("utf-16"), "1:1", "the file is text in UTF-16"),
    "utf-16 without mark": ("lcopt: 1".encode("utf-16-le"), "1:1", "the file is binary, or text in UTF-16"),
    "utf-32": ("lcopt: 1".encode("utf-32"), "1:1", "the file is text in UTF-32"),
    "latin-1": ("lcopt: 1\nname: für".encode("latin-1"), "1:1", "byte 17, on line 2, is not UTF-8"),
    "half a letter": ("lcopt: 1 ü".encode()[:-1], "1:1", "is not UTF-8"),
    "a surrogate": (b"name: \xed\xa0\x80", "1:1", "is not UTF-8"),
    "nul": (b"lcopt: 1\nname: a\0b\n", "1:1", "the file is binary"),
    "bell": (b"lcopt: 1\nname: a\x07b\n", "2:8", "the sign U+0007 cannot stand in a text"),
    "escape": (b"lcopt: 1\nname: \x1b[31mx\n", "2:7", "the sign U+001B cannot stand in a text"),
    "binary": (bytes(range(256)), "1:1", "the file is binary"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "1:1", "the file is an image (PNG)"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "1:1", "the file is an image (JPEG)"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "1:1", "the file is a PDF document"),
    "zip": (b"PK\x03\x04" + bytes(30), "1:1", "the workbook is damaged or incomplete"),
    "office": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "1:1",
        "the file is an .xls workbook or is protected by a password",
    ),
    "gzip": (b"\x1f\x8b\x08\0", "1:1", "the file is compressed (gzip)"),
    "database": (b"SQLite format 3\0", "1:1", "the file is a database (SQLite)"),
    "10 MB": (b"# " + b"x" * 10_000_000, "1:1", "the file has 10000002 bytes"),
    "100,000 keys": ("".join(f"k{i}: 1\n" for i in range(90_000)).encode(), "10000:8", "levels or 10000 values"),
    "many packs": (b"packs:\n" + b"- name: p\n" * 9_000, "5001:3", "levels or 10000 values"),
    "nested brackets": (b"a: " + b"[" * 10_000, "1:1003", "too many levels or brackets"),
    "nested braces": (b"{a: " * 10_000, "1:85", "more than 20 levels"),
    "nested behind a duplicate": (b"a: 1\na: " + b"[" * 10_000, "2:1003", "too many levels or brackets"),
    "nested blocks": ("".join(f"{' ' * i}a:\n" for i in range(900)).encode(), "22:22", "more than 20 levels"),
    "a bomb of aliases": (ALIAS_BOMB.encode(), "2:8", "b.1: the alias '*a' is not read"),
    "a bomb of merges": (MERGE_BOMB.encode(), "2:13", "b.<<.1: the alias '*a' is not read"),
    "an alias of itself": (b"a: &a [*a]\n", "1:8", "a.1: the alias '*a' is not read"),
    "a long line": (b"a: " + b"x" * 900_000, "1:1", "a: unknown key 'a'"),
    "a long key": (b"lcopt: 1\n" + b"k" * 3_000 + b": 1\n", "2:1", "no key and value in this line"),
    "a rather long key": (b"lcopt: 1\n" + b"k" * 900 + b": 1\n", "2:1", "unknown key 'kkkkkk"),
    "a quote that never ends": (b'a: "' + b"x\n" * 400_000, "1:4", "the quote that opens here is not closed"),
    "comments without end": (b"#\n" * 400_000 + b"a: 1\n", "400001:1", "unknown key 'a'"),
    "dashes without end": (b"- " * 400_000, "1:1", "the file holds no 'key: value' lines"),
    "question marks without end": (b"? " * 400_000, "1:3", "a key that is itself a list"),
}


@pytest.mark.parametrize("name", sorted(BYTES))
def test_bytes_that_are_no_scenario_are_refused_at_their_place(write, catalog, name):
    content, place, message = BYTES[name]
    found = told(write(content), catalog)
    (line,) = (text for text in found if message in text)
    assert line.startswith(f"case.yaml:{place}: error: ")
    assert all(text.isprintable() and len(text) < 1_000 for text in found)


# --- what is no regular file ----------------------------------------------------------------------------------------


def in_a_process_of_its_own(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lcopt", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def assert_refused(done: subprocess.CompletedProcess[str], line: str) -> None:
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(line), done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("command", ["check", "run", "lifecycle"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, command):
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert_refused(in_a_process_of_its_own(command, str(pipe)), f"{pipe}:1:1: error: this is a pipe; expected a ")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_a_device_is_refused_and_not_read_to_its_end():
    done = in_a_process_of_its_own("check", "/dev/zero")
    assert_refused(done, "/dev/zero:1:1: error: this is a device; expected a scenario file; save the text to a file")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs sockets with names")
def test_a_socket_is_refused(tmp_path, monkeypatch, catalog):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("end.yaml")
        assert told("end.yaml", catalog)[0].startswith("end.yaml:1:1: error: this is a socket; expected")


def test_a_folder_and_a_name_of_nothing_are_refused(tmp_path, catalog):
    assert told(str(tmp_path), catalog) == [
        f"{tmp_path}:1:1: error: this is a directory; expected a scenario file; name the .yaml files in it"
    ]
    assert "the file does not exist" in told(str(tmp_path / "none.yaml"), catalog)[0]
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert "the file cannot be read (" in told(str(tmp_path / "loop.yaml"), catalog)[0]
    assert "the file cannot be read (" in told(str(tmp_path / ("x" * 5_000)), catalog)[0]


def test_a_file_without_permission_is_told(write, monkeypatch, catalog):
    file = write("lcopt: 1\n")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    (line,) = told(file, catalog)
    assert line.startswith("case.yaml:1:1: error: the file cannot be read (Permission denied); expected a scenario")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("two\nlines.yaml", r"two\nlines.yaml"),
        ("\x1b[31mred.yaml", r"\x1b[31mred.yaml"),
        ("100 %s %d {0}.yaml", "100 %s %d {0}.yaml"),
        ("Straße 电池.yaml", "Straße 电池.yaml"),
        ("bytes\udcff.yaml", r"bytes\udcff.yaml"),
        ("-dash.yaml", "-dash.yaml"),
    ],
)
def test_a_file_with_an_odd_name_is_told_in_a_printable_line(call, monkeypatch, tmp_path, name, shown):
    monkeypatch.chdir(tmp_path)
    try:
        Path(name).write_text("lcopt: 1\nnam: x\n")
    except OSError:
        pytest.skip("a name that this file system refuses")
    status, out, err = call("check", "--", name)
    assert (status, out) == (2, "")
    assert all(line.startswith(f"{shown}:") and line.isprintable() for line in err.splitlines())
    assert f"{shown}:2:1: error: nam: unknown key 'nam'" in err
    Path(name).write_bytes((Path(__file__).parents[2] / "scenarios" / "compact_car.yaml").read_bytes())
    assert call("check", "--", name) == (0, f"{shown}: ok\n", "")
