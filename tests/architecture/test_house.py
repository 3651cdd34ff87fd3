"""The plan of the house holds: floors, lint, types, sizes, names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "lcopt"
MODULES = sorted(PACKAGE.rglob("*.py"))


def run_tool(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_ruff_finds_nothing():
    run_tool("ruff", "check", "lcopt", "tests")


def test_ruff_would_not_reformat():
    run_tool("ruff", "format", "--check", "lcopt", "tests")


def test_mypy_strict_finds_nothing():
    run_tool("mypy")


def test_imports_never_run_upward_and_cages_hold():
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "core", "base", "manager"])
def test_no_room_has_a_name_that_says_nothing(word):
    assert not [path for path in PACKAGE.rglob("*") if path.stem == word]


def test_rooms_stay_small():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_functions_stay_small():
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                if lines > 60:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert long == {}


def test_no_public_name_is_also_a_module():
    import lcopt

    modules = {path.stem for path in PACKAGE.glob("*.py")} | {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert not set(lcopt.__all__) & modules


def test_comments_hold_no_promises():
    pattern = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
    assert not [
        f"{path.relative_to(ROOT)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]
