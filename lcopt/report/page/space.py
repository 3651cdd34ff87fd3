"""Where the chosen design stands among those within the limits: fronts of cost, and a map of what is cheap where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lcopt.design_names import FORMAT_NAMES, USUAL_CLASS
from lcopt.report.page.bars import WIDTH
from lcopt.report.page.look import SERIES
from lcopt.report.page.markup import figure, legend, paragraph, section, tag
from lcopt.report.page.points import Point, Sides, scatter
from lcopt.report.tables import PackTables, ReportTables
from lcopt.report.why import rows_of
from lcopt.result_space import NO_RANK

Row = Mapping[str, Any]
MINUTES, DENSITY, COST = "charging_time_min", "pack_energy_density_wh_per_l", "lifecycle_cost_usd_per_pack"
CHEMISTRIES_SHOWN, OTHERS = 7, "rest"
# Colors of the map: the class, and up to which share a design is dearer than the cheapest.
BANDS = (("near", 0.01), ("close", 0.05), ("far", 0.15))
ABOVE = "rest"


def space_section(tables: ReportTables, pack: PackTables, level: int) -> str:
    """Fronts and map; nothing for a result that was priced again."""
    rows = rows_of(tables.result.design_space, pack.pack.name)
    if not rows:
        return ""
    colors = _colors(rows)
    fronts = tag("div", _front(pack, rows, colors, MINUTES), _front(pack, rows, colors, DENSITY), class_="pair")
    key = legend([*((color, name) for name, color in colors.items()), *_other(rows, colors)])
    of_all = f" of {tables.result.feasible_count:,}" if len(tables.packs) == 1 else ""
    about = paragraph(
        f"{len(rows):,}{of_all} designs within the limits are shown: all ranked ones, those on the fronts and the "
        "cheapest of each cell design, thinned evenly by cost. Point at a large dot to read it.",
        "note",
    )
    return "".join(
        [
            section(level, "What faster charging and more density cost", key, fronts, about),
            section(level, "Map of the design space", _map(pack, rows)),
        ]
    )


def _colors(rows: Sequence[Row]) -> dict[str, str]:
    """A color for each of the first chemistries by cost; the chosen design's chemistry is among them."""
    chosen = [row for row in rows if row["rank"] == 0]
    in_order = dict.fromkeys(str(row["chemistry"]) for row in [*chosen, *rows])
    return dict(zip(list(in_order)[:CHEMISTRIES_SHOWN], SERIES, strict=False))


def _other(rows: Sequence[Row], colors: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(OTHERS, "other chemistries")] if any(row["chemistry"] not in colors for row in rows) else []


def _front(pack: PackTables, rows: Sequence[Row], colors: Mapping[str, str], key: str) -> str:
    """Cost against one quantity, with the limit on it and the line of what nothing beats."""
    name, unit, flag = {
        MINUTES: ("Charging time", "min", "on_charging_front"),
        DENSITY: ("Energy density", "Wh/L", "on_density_front"),
    }[key]
    points = [
        Point(
            float(row[key]),
            float(row[COST]),
            colors.get(str(row["chemistry"]), OTHERS),
            _told(row) if row[flag] or row["rank"] != NO_RANK else "",
            _mark(row),
        )
        for row in rows
    ]
    front = sorted(((float(row[key]), float(row[COST])) for row in rows if row[flag]), key=lambda place: -place[1])
    sides = Sides(f"{name}, {unit}", "Lifecycle cost, USD a pack", limit_across=_limit(pack, key))
    (first, dearest), (last, cheapest) = front[0], front[-1]
    alt = (
        f"Points: lifecycle cost against {name.lower()}. The front falls from {dearest:,.0f} USD a pack at "
        f"{first:.1f} {unit} to {cheapest:,.0f} USD at {last:.1f} {unit}; the chosen design is marked."
    )
    caption = f"The black line joins the designs that nothing within the limits beats in cost and {name.lower()}."
    return figure(scatter(points, sides, alt, front), caption)


def _limit(pack: PackTables, key: str) -> float | None:
    return next((row.bound for row in pack.limits if row.key == key and row.kind == "scenario"), None)


def _mark(row: Row) -> str:
    return {0: "chosen"}.get(int(row["rank"]), "")


def _told(row: Row) -> str:
    class_ = row["technology_class"]
    kind = row["chemistry"] if class_ == USUAL_CLASS else f"{row['chemistry']} of class {class_}"
    return (
        f"{kind}, {FORMAT_NAMES[row['format']]}, {row['cell_capacity_ah']:.0f} Ah, "
        f"{row['areal_capacity_mah_per_cm2']:.2f} mAh/cm2: {row[COST]:,.0f} USD, {row[MINUTES]:.1f} min, "
        f"{row[DENSITY]:.0f} Wh/L"
    )


def _map(pack: PackTables, rows: Sequence[Row]) -> str:
    """Charging time and energy density of every design shown, its color by how much dearer it is than the cheapest."""
    least = min(float(row[COST]) for row in rows)
    # The cheap ones are drawn last, on top.
    points = [
        Point(float(row[MINUTES]), float(row[DENSITY]), _band(float(row[COST]) / least - 1), _told(row), _mark(row))
        for row in reversed(rows)
    ]
    sides = Sides("Charging time, min", "Energy density, Wh/L", _limit(pack, MINUTES), _limit(pack, DENSITY))
    within = sum(float(row[COST]) <= least * (1 + BANDS[1][1]) for row in rows)
    alt = (
        f"Points: energy density against charging time of {len(rows):,} designs, their color by cost; {within:,} of "
        f"them cost at most {_percent(BANDS[1][1])} more than the cheapest; the chosen design is marked."
    )
    names = [(color, f"up to {_percent(share)} dearer than the cheapest") for color, share in BANDS]
    key = legend([*names, (ABOVE, f"more than {_percent(BANDS[-1][1])} dearer")])
    caption = "The same designs by what they can do; limits of the scenario are dashed. Point at one to read it."
    return figure(scatter(points, sides, alt, width=WIDTH), caption, key)


def _band(share: float) -> str:
    return next((color for color, most in BANDS if share <= most), ABOVE)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
