"""How the page looks on a screen and on paper, and the few lines that sort its tables."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

# Okabe and Ito's colors, which most color-blind readers tell apart; light ones are darkened until they stand out from
# the ground. `near` to `rest` are steps of one color.
FILLS = {
    "c0": "#0072b2",
    "c1": "#c27f00",
    "c2": "#00805e",
    "c3": "#b8400a",
    "c4": "#b4598a",
    "c5": "#0096b8",
    "c6": "#7a3e9d",
    "c7": "#6b7280",
    "c8": "#a3195b",
    "c9": "#8a7a00",
    "c10": "#4a7a72",
    "c11": "#9a5b3c",
    "total": "#1f2a44",
    "near": "#08306b",
    "close": "#2171b5",
    "far": "#5a95c2",
    "rest": "#8a94a3",
}
GROUNDS = {
    "ink": "#1b2330",
    "quiet": "#4a5565",
    "paper": "#ffffff",
    "head": "#1f2a44",
    "chosen": "#e3f0fa",
    "grid": "#d5d9e0",
    "link": "#00568a",
    "bar": "#f4f6f9",
}
SERIES = tuple(f"c{number}" for number in range(12))


def _style() -> str:
    colors = {**FILLS, **GROUNDS}
    named = "".join(f"--{name}:{color};" for name, color in colors.items())
    filled = "".join(
        f".{name}{{fill:{color}}}.dots.{name}{{stroke:{color}}}.swatch.{name}{{background:{color}}}\n"
        for name, color in FILLS.items()
    )
    return f":root{{{named}}}\n{_packaged('page.css')}{filled}"


def _packaged(name: str) -> str:
    return files("lcopt.report.page").joinpath(name).read_text(encoding="utf-8")


STYLE, SCRIPT = _style(), _packaged("sort.js")
_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
# A browser that keeps to this asks no host for anything and runs no script but that one.
POLICY = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'"
