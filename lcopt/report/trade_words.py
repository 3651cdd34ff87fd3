"""Trades in words: what a safety rule asks of a design, which limit changes the answer, what cells would have to cost.

A row is a row of the tables `safety`, `turning_points` or `designs` of a Result, as a mapping.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lcopt.design_names import RULE_NAMES, kind_in_words, length_in_words
from lcopt.inputs.catalog import Catalog
from lcopt.pack.safety import BARRIER_MATERIAL, NO_RULE

Row = Mapping[str, Any]
AT_LEAST = ">="
MATERIAL_NAME = BARRIER_MATERIAL.replace("_", " ")


def safety_in_words(design: Row, rule: str) -> str:
    """The rule that a scenario asks for, the barrier of a design and its margin."""
    asked = f"{RULE_NAMES[rule]} is asked" if rule == NO_RULE else f"{RULE_NAMES[rule]} is met"
    thickness, margin = design["barrier_thickness_mm"], design["propagation_margin_k"]
    barrier = f"{length_in_words(thickness)} of {MATERIAL_NAME} between cells" if thickness else "no barrier"
    spreads = "; a cell in runaway takes its neighbor along" if rule == NO_RULE and margin < 0 else ""
    return f"{asked}: {barrier}, margin {margin:.0f} K to propagation{spreads}"


def rule_in_words(kind: str, under_rule: Row, without: Row, catalog: Catalog) -> str:
    """What a rule asks of a design of a kind and what that takes, against the same design without a rule."""
    if not under_rule["passes"]:
        works = under_rule["barrier_thickness_mm"] < barrier_number(catalog, "thickness_max_mm")
        why = f"it vents {under_rule['vented_gas_mol']:.1f} mol of gas" if works else "no barrier is thick enough"
        return f"{kind} cannot meet it: {why}."
    if not under_rule["barrier_thickness_mm"]:
        return f"{kind} meets it without a barrier."
    price, density, life = (
        under_rule[name] - without[name]
        for name in (
            "purchase_price_usd_per_pack",
            "pack_energy_density_wh_per_l",
            "lifecycle_cost_usd_per_pack",
        )
    )
    return (
        f"{kind} takes {_barrier(under_rule['barrier_thickness_mm'], catalog)}: price {price:+,.0f} USD, "
        f"energy density {density:+.1f} Wh/L, lifecycle cost {life:+,.0f} USD."
    )


def _barrier(thickness_mm: float, catalog: Catalog) -> str:
    length = length_in_words(thickness_mm)
    is_film = thickness_mm <= barrier_number(catalog, "thickness_min_mm")
    return f"a film of {length}" if is_film else f"{length} of {MATERIAL_NAME}"


def barrier_number(catalog: Catalog, name: str) -> float:
    """A number of the barrier's material."""
    return catalog.table("barrier_materials").one(material=BARRIER_MATERIAL, name=name).value


def cheapest_in_words(kinds: Sequence[str], under_rule: Sequence[Row]) -> str:
    """Which of some designs is the cheapest under a rule; the kinds of the designs in the same order."""
    passing = [
        (row["lifecycle_cost_usd_per_pack"], kind) for kind, row in zip(kinds, under_rule, strict=True) if row["passes"]
    ]
    if not passing:
        return "None of these designs meets it."
    (cost, kind), *rest = sorted(passing)
    ahead = f", by {rest[0][0] - cost:,.0f} USD over its life" if rest else ""
    return f"The cheapest of these designs is then {kind}{ahead}."


def turns(reigns: Sequence[Row]) -> list[tuple[Row, Row]]:
    """For each limit the first reign of the pack and the first one of another chemistry, or else of another format."""
    found = []
    for quantity in dict.fromkeys(row["quantity"] for row in reigns):
        first, *later = (row for row in reigns if row["quantity"] == quantity)
        other = [row for row in later if row["chemistry"] != first["chemistry"]] or later
        found += [(first, other[0])] if other else []
    return found


def turn_in_words(first: Row, reign: Row) -> str:
    """From which limit on another design is the cheapest, and what it costs more."""
    more = reign["lifecycle_cost_usd_per_pack"] - first["lifecycle_cost_usd_per_pack"]
    side = "above" if reign["sense"] == AT_LEAST else "below"
    return (
        f"{reign['label']} {side} {reign['after']:.1f} {reign['unit']}: {kind_in_words(reign)} is the cheapest "
        f"({more:+,.0f} USD a pack)"
    )


def break_even_in_words(design: Row) -> str:
    """At which cost of its cells a design would cost what the chosen one does."""
    kind, cost, even = (
        kind_in_words(design),
        design["cell_cost_usd_per_kwh"],
        design["break_even_cell_cost_usd_per_kwh"],
    )
    if design["penalty_usd_per_pack"] < 0:
        return f"{kind} is cheaper for this pack alone; its cells cost {cost:.1f} USD/kWh"
    if even <= 0:
        return f"{kind} would not win with cells for nothing; they cost {cost:.1f} USD/kWh"
    return f"{kind} would win with cells of {even:.1f} USD/kWh; they cost {cost:.1f}"


def family_lines(chosen: Row, others: Sequence[Row], reigns: Sequence[Row], catalog: Catalog) -> list[str]:
    """For the best design of every other chemistry family: at which cost of its cells, and from which limit, it wins.

    Parameters
    ----------
    chosen, others
        Rows of the table of designs, of one pack.
    reigns
        Rows of the turning points of the pack.
    catalog
        Tells the family of a chemistry.
    """
    family_of = {row.keys["chemistry"]: row.text for row in catalog.table("chemistry_families").select(name="family")}
    best: dict[str, Row] = {}
    for row in sorted(others, key=lambda row: float(row["lifecycle_cost_usd_per_pack"])):
        if family_of[row["chemistry"]] != family_of[chosen["chemistry"]]:
            best.setdefault(family_of[row["chemistry"]], row)
    return [f"{break_even_in_words(row)}{_takeover(row, family_of, reigns)}" for row in best.values()]


def _takeover(design: Row, family_of: Mapping[str, str], reigns: Sequence[Row]) -> str:
    """From which limits on the family of a design is the cheapest."""
    family = family_of[design["chemistry"]]
    found: dict[str, str] = {}
    for reign in reigns:
        if family_of[reign["chemistry"]] == family and reign["after"] == reign["after"]:
            side = "above" if reign["sense"] == AT_LEAST else "below"
            found.setdefault(reign["label"], f"{reign['label']} {side} {reign['after']:.1f} {reign['unit']}")
    return f"; its family is the cheapest from a limit of {' or '.join(found.values())}" if found else ""


def kinds_in_row(points: Sequence[Row], first: int) -> list[tuple[str, tuple[int, int]]]:
    """Runs of one chemistry and format along a front: kind -> first and last row, where point 0 stands in `first`."""
    runs: list[tuple[str, tuple[int, int]]] = []
    for number, point in enumerate(points, start=first):
        kind = kind_in_words(point).removesuffix(" cells")
        begins = runs[-1][1][0] if runs and runs[-1][0] == kind else number
        if begins != number:
            runs.pop()
        runs.append((kind, (begins, number)))
    return runs
