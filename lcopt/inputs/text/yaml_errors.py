"""What the parser of YAML complains about, said to someone who writes `key: value` lines and knows no YAML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

import yaml

from lcopt.inputs.text.letters import oddities

_INDENTATION = "check indentation, colons, quotes and brackets"
_CONFLICT = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)
_RELATIVE = re.compile(r"""(?:^|[\s,\[{:])(\*\s*[\d.]+)""")
_FULL_WIDTH_COLON = "\uff1a"


class Complaint(NamedTuple):
    """Why a text cannot be read: what was found, a remedy, line and column from 1."""

    found: str
    hint: str
    place: tuple[int, int]


class _Trouble(NamedTuple):
    """What the parser said, with the lines of the text."""

    problem: str
    context: str
    at: tuple[int, int]
    since: tuple[int, int]
    lines: list[str]

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


def explained(error: yaml.MarkedYAMLError, text: str) -> Complaint:
    """The error of the parser as a complaint with a remedy."""
    at, since = error.problem_mark or error.context_mark, error.context_mark or error.problem_mark
    lines = text.splitlines()
    trouble = _Trouble(error.problem or "", error.context or "", _place(at), _place(since), lines)
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        return Complaint("marks of a merge that was not finished", "choose one side and remove the marks", (line, 1))
    for words, explain in _EXPLANATIONS:
        if words in trouble.problem:
            return explain(trouble)
    return Complaint(trouble.problem or "unknown reason", _odd_hint(trouble) or _INDENTATION, trouble.at)


def _place(mark: yaml.Mark | None) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _odd_hint(trouble: _Trouble) -> str:
    """The signs near the trouble that do not show or only look like a colon."""
    for number in (trouble.since[0], trouble.at[0] - 1, trouble.at[0]):
        code = trouble.line(number).split("#")[0]
        odd = "".join(sign for sign in code if _misleads(sign))
        if odd:
            return f"line {number} holds {oddities(odd)}: type plain spaces and colons"
    return ""


def _misleads(sign: str) -> bool:
    return sign == _FULL_WIDTH_COLON or (not sign.isascii() and unicodedata.category(sign) in {"Zs", "Cf"})


def _not_closed(trouble: _Trouble) -> Complaint:
    if trouble.since[0] == trouble.at[0]:
        return Complaint("a comma or a closing bracket is missing here", "text with commas goes in quotes", trouble.at)
    return Complaint("the bracket that opens here is not closed", "close it, or check its commas", trouble.since)


def _quote(trouble: _Trouble) -> Complaint:
    return Complaint("the quote that opens here is not closed", "close it or remove it", trouble.since)


def _no_colon(trouble: _Trouble) -> Complaint:
    hint = _odd_hint(trouble) or "write 'key: value' with a space after the colon"
    return Complaint("no key and value in this line", hint, trouble.since)


def _second_colon(trouble: _Trouble) -> Complaint:
    line, column = trouble.at
    before, above = trouble.line(line)[: column - 1], trouble.line(line - 1).strip()
    if hint := _odd_hint(trouble):
        return Complaint("the line does not fit below the one above", hint, trouble.at)
    if re.search(r":\s", before):
        return Complaint("a second colon in the line", "put a value that has a colon in quotes", trouble.at)
    hint = "indent it like the lines above"
    if re.match(r"-[^\s-]", above):
        hint = "write a space after the '-' of the line above"
    elif not re.search(r":(\s|$)", above):
        hint = "the line above lacks a colon with a space behind it"
    return Complaint("the line does not fit below the one above", hint, trouble.at)


def _no_dash(trouble: _Trouble) -> Complaint:
    found = f"the line fits neither the list that begins on line {trouble.since[0]} nor the blocks around it"
    return Complaint(
        found, _odd_hint(trouble) or "indent it like the lines above, or begin an item with '- '", trouble.at
    )


def _no_key(trouble: _Trouble) -> Complaint:
    found = f"the line fits not into the block that begins on line {trouble.since[0]}"
    return Complaint(found, _odd_hint(trouble) or "indent it like the other lines of that block", trouble.at)


def _no_token(trouble: _Trouble) -> Complaint:
    line, column = trouble.at
    sign = trouble.line(line)[column - 1 : column]
    if sign == "\t":
        return _tab(trouble)
    hints = {"%": "write the number first, as in '8 %'", "`": "remove the quotation marks of this kind"}
    return Complaint(f"a value cannot begin with '{sign}'", hints.get(sign, "put the value in quotes"), trouble.at)


def _tab(trouble: _Trouble) -> Complaint:
    return Complaint("a tab in the indentation", "indent with spaces, not tabs", trouble.at)


def _alias(trouble: _Trouble) -> Complaint:
    line, column = trouble.since
    written = _RELATIVE.search(trouble.line(line), max(column - 2, 0))
    sign = trouble.line(line)[column - 1 : column]
    hint = relative_hint(written[1]) if written else "put the value in quotes"
    return Complaint(f"a value cannot begin with '{sign}'", hint, trouble.since)


def relative_hint(text: str) -> str:
    """What to do with a relative change that YAML takes for an alias."""
    return f'put a relative change in quotes: "{text}"'


def _deep(trouble: _Trouble) -> Complaint:
    return Complaint("too many levels or brackets", "close the brackets", trouble.at)


def _directive(trouble: _Trouble) -> Complaint:
    return Complaint("a line cannot begin with '%'", "remove the line", (trouble.since[0], 1))


def _rest(trouble: _Trouble) -> Complaint:
    return Complaint(
        "text after the end of the scenario", "remove it, or the line '...' or '---' before it", trouble.at
    )


_EXPLANATIONS: tuple[tuple[str, Callable[[_Trouble], Complaint]], ...] = (
    ("expected ',' or", _not_closed),
    ("unexpected end of stream", _quote),
    ("could not find expected ':'", _no_colon),
    ("mapping values are not allowed", _second_colon),
    ("expected '-' indicator", _no_dash),
    ("did not find expected key", _no_key),
    ("cannot start any token", _no_token),
    ("tab character", _tab),
    ("expected alphabetic or numeric", _alias),
    ("maximum nesting depth", _deep),
    ("incompatible YAML document", _directive),
    ("unknown directive", _directive),
    ("unexpected non-alphabetical", _directive),
    ("document start", _rest),
)
