"""Every number of the catalog can be traced."""

from __future__ import annotations

import ast
from pathlib import Path

from lcopt.inputs.audit import audit

PACKAGE = Path(__file__).parents[2] / "lcopt"
# Numbers that mean the same in every model: identities, halves, unit steps, orders of a root, percent.
EXACT = {-1, 0, 1, 2, 3, 4, 8, 10, 100, 1000, 0.5, 1e-3, 1e4, 1e6}


def test_every_row_has_unit_source_kind_and_its_range_holds(catalog):
    assert audit(catalog) == []


def test_every_source_is_used(catalog):
    used = {row.source for table in catalog.tables.values() if table.name != "sources" for row in table.rows}
    assert {row.keys["key"] for row in catalog.table("sources").rows} - used == set()


def test_kernels_hold_no_number_of_their_own():
    """A literal in a kernel is an exact conversion, a tolerance or an index, never a property or a price."""
    found = []
    for floor in ("cell", "pack", "performance", "cost"):
        for path in sorted((PACKAGE / floor).rglob("*.py")):
            tree = ast.parse(path.read_text())
            named = {
                id(value)
                for node in tree.body
                if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
                for value in ast.walk(node.value)
            }
            found += [
                f"{path.relative_to(PACKAGE)}:{node.lineno}: {node.value}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, int | float)
                and not isinstance(node.value, bool)
                and id(node) not in named
                and node.value not in EXACT
            ]
    assert found == []
