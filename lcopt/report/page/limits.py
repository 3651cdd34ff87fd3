"""Limits with the room that is left, what tighter ones cost, and the ranked designs with why they are not chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lcopt.design_names import FORMAT_NAMES, capitalized, kind_in_words
from lcopt.report.limits import BINDING_FRAC, BINDS, MET, MISSED, ROUNDING_FRAC
from lcopt.report.page.markup import Column, Entry, TableRow, folded, section, table
from lcopt.report.tables import AT_MOST, Design, LimitRow, PackTables, ReportTables
from lcopt.report.trade_words import AT_LEAST
from lcopt.report.why import rows_of

HEADS = ("Limit", "Reached", "Asked", "Unit", "Room left", "State")
ALTERNATIVE_HEADS = (
    "Rank",
    "Design",
    "Cells",
    "Lifecycle cost, USD",
    "Dearer by, USD",
    "Price, USD",
    "Charging, min",
    "Wh/kg",
    "Wh/L",
    "Why not",
)


def limit_section(tables: ReportTables, pack: PackTables, level: int) -> str:
    """What the scenario asks, then the bounds of the catalog folded away."""
    asked = [row for row in pack.limits if row.kind == "scenario"]
    bounds = [row for row in pack.limits if row.kind != "scenario"]
    parts = [_limit_table("Limits of the scenario", asked)]
    if reigns := rows_of(tables.result.turning_points, pack.pack.name):
        parts.append(_tighter_table(reigns))
    if bounds:
        parts.append(folded("Bounds of the catalog", _limit_table("Bounds of the catalog", bounds)))
    return section(level, "Limits", *parts)


def _limit_table(caption: str, limits: list[LimitRow]) -> str:
    columns = [Column(head, is_number=number in (1, 2, 4)) for number, head in enumerate(HEADS)]
    rows: list[TableRow] = [
        [
            capitalized(row.label),
            Entry(f"{row.value:,.1f}"),
            Entry(f"{'at most' if row.sense == AT_MOST else 'at least'} {row.bound:,.1f}"),
            row.unit,
            Entry(f"{row.slack + 0.0:,.1f}"),
            _state(row),
        ]
        for row in limits
    ]
    return table(caption, columns, rows)


def _tighter_table(reigns: Sequence[Mapping[str, Any]]) -> str:
    """How far each kind of design is the cheapest while one limit is tightened, and what its end costs."""
    heads = ("Limit tightened to", "Unit", "The cheapest up to there", "Dearer by, USD a pack")
    columns = [Column(head, is_number=number == 3) for number, head in enumerate(heads)]
    least = {row["quantity"]: float(row["lifecycle_cost_usd_per_pack"]) for row in reversed(reigns)}
    rows: list[TableRow] = [
        [
            f"{capitalized(row['label'])} {'at least' if row['sense'] == AT_LEAST else 'at most'} {row['until']:,.1f}",
            row["unit"],
            kind_in_words(row),
            Entry(f"{float(row['lifecycle_cost_at_end_usd_per_pack']) - least[row['quantity']] + 0.0:,.0f}"),
        ]
        for row in reigns
    ]
    return table("What a tighter limit costs this pack alone, while the other limits hold", columns, rows)


def _state(row: LimitRow) -> str:
    relative = row.slack / max(1.0, abs(row.bound))
    if relative < -ROUNDING_FRAC:
        return MISSED
    return f"{MET}, {BINDS}" if abs(relative) <= BINDING_FRAC else MET


def alternative_section(pack: PackTables, level: int) -> str:
    """All ranked designs; readers may sort them by any column."""
    columns = [Column(head, is_number=number in (0, *range(3, 9))) for number, head in enumerate(ALTERNATIVE_HEADS)]
    rows = [_design(design, pack.chosen.lifecycle_cost_usd) for design in pack.designs]
    shown = table("Ranked designs; a click on a head sorts", columns, rows, sorts=True, first="chosen")
    return section(level, "Alternatives", shown, anchor=f"alternatives{pack.suffix}")


def _design(design: Design, chosen_usd: float) -> list[str | Entry]:
    facts, cost = design.facts, design.lifecycle_cost_usd
    numbers = [
        (f"{cost:,.0f}", cost),
        (f"{cost - chosen_usd:+,.0f}" if design.rank else "-", cost - chosen_usd),
        (f"{facts['purchase_price_usd_per_pack']:,.0f}", facts["purchase_price_usd_per_pack"]),
        (f"{facts['charging_time_min']:.1f}", facts["charging_time_min"]),
        (f"{facts['pack_specific_energy_wh_per_kg']:.0f}", facts["pack_specific_energy_wh_per_kg"]),
        (f"{facts['pack_energy_density_wh_per_l']:.0f}", facts["pack_energy_density_wh_per_l"]),
    ]
    return [
        Entry(f"{design.rank}", design.rank),
        f"{facts['chemistry']}, {facts['technology_class']}",
        f"{FORMAT_NAMES[facts['format']]}, {facts['cell_capacity_ah']:.0f} Ah, {facts['cells_in_series_count']}s"
        f"{facts['cells_in_parallel_count']}p",
        *(Entry(shown, float(value)) for shown, value in numbers),
        design.reason or "chosen",
    ]
