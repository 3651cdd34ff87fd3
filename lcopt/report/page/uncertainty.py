"""How sure the answer is: who wins how often, what moves the cost, from which value another cell wins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from lcopt.report.page.bars import Bar, Part, lying_bars, swings
from lcopt.report.page.markup import Column, Entry, TableRow, figure, folded, legend, listing, section, table
from lcopt.report.page.winners import winners_map
from lcopt.report.records import records_of
from lcopt.report.tables import ReportTables
from lcopt.report.uncertainty_words import (
    IMPORTANCE_COLUMNS,
    IMPORTANCE_HEADING,
    answer_lines,
    asked_sensitivity,
    field_words,
    importance_rows,
    switches_heading,
)
from lcopt.uncertainty.decided import JOINED
from lcopt.uncertainty.study import Sensitivity
from lcopt.uncertainty.told import MISSES, amount, percent, with_unit
from lcopt.units import USD_PER_MUSD

SHOWN_COUNT, ASSUMPTIONS_COUNT = 8, 12
LINES_COUNT = 3
LOW, HIGH = "c0", "c1"
PERCENT = 100.0


def uncertainty_section(tables: ReportTables, level: int) -> str:
    """The analysis of the block `uncertainty`; nothing where the scenario has none."""
    found = asked_sensitivity(tables.result)
    if found is None:
        return ""
    told = listing(answer_lines(found))
    drawings = [_probabilities(found), _tornado(found), winners_map(found)]
    tables_below = [_spread(found), _switches(found), _robust(found), _assumptions(found), _importance(found)]
    return section(level, "How sure is it", told, *drawings, *tables_below)


def _probabilities(found: Sensitivity) -> str:
    shares = list(found.probability_best.items())[:SHOWN_COUNT]
    bars = [
        Bar(
            _lines(name),
            (Part(LOW, "of the samples", PERCENT * share),),
            percent(share),
            is_bold=name == found.platform,
        )
        for name, share in shares
    ]
    first, share = shares[0]
    alt = f"Bars, the most frequent on top: {first} is the best in {percent(share)} of the samples."
    caption = "Share of the samples of uncertain prices in which a cell is the best; the chosen one in bold."
    return figure(lying_bars(bars, "Share of the samples, %", "%", alt), caption)


def _lines(name: str) -> tuple[str, ...]:
    """What a bar stands for: a cell on three lines, of several cells one a line."""
    return tuple(name.split(JOINED) if JOINED in name else name.split(", ", LINES_COUNT - 1))[:LINES_COUNT]


def _tornado(found: Sensitivity) -> str:
    rows = [row for row in records_of(found.tornado) if math.isfinite(row["swing_usd"])][:SHOWN_COUNT]
    bars = [(_ends(row), _part(found, row, "low", LOW), _part(found, row, "high", HIGH)) for row in rows]
    alt = f"Bars from the low to the high end, largest on top: {field_words(str(rows[0]['field']))}."
    drawn = swings(bars, "Change of the lifecycle cost, MUSD", "MUSD", alt)
    key = legend([(LOW, "at the low end"), (HIGH, "at the high end")])
    caption = "One price or term at a time over its range, on the chosen design; the table below chooses anew."
    return figure(drawn, caption, key, _anew(found))


def _ends(row: dict[str, Any]) -> tuple[str, str]:
    values = with_unit(f"{amount(row['low'])} to {amount(row['high'])}", row["unit"])
    return field_words(str(row["field"])), f"{values}, {row['kind']}"


def _part(found: Sensitivity, row: dict[str, Any], end: str, color: str) -> Part:
    change = (row[f"cost_at_{end}_usd"] - found.lifecycle_cost_usd) / USD_PER_MUSD
    return Part(color, f"at the {end} end", change)


def _anew(found: Sensitivity) -> str:
    heads = ("Price or term", "Grade", "As chosen, MUSD", "Chosen anew, MUSD", "Best at the low end", "at the high end")
    rows: list[TableRow] = [
        [
            field_words(str(row["field"])),
            str(row["kind"]),
            _money(row["swing_usd"]),
            _money(row["best_swing_usd"]),
            str(row["winner_at_low"]),
            str(row["winner_at_high"]),
        ]
        for row in records_of(found.tornado)
    ]
    columns = [Column(head, is_number=number in (2, 3)) for number, head in enumerate(heads)]
    return folded("All prices and terms, also with a new choice", table("What moves the cost", columns, rows))


def _spread(found: Sensitivity) -> str:
    odds = found.odds
    spreads = {
        "Chosen design": odds.cost_usd,
        "Best of every sample": odds.best_usd,
        "Regret of the chosen design": odds.regret_usd,
    }
    rows: list[TableRow] = [
        [name, *(_money(usd) for usd in (one.mean, one.p10, one.p50, one.p90, one.max))]
        for name, one in spreads.items()
    ]
    heads = ("Lifecycle cost", *(f"{word}, MUSD" for word in ("Mean", "P10", "P50", "P90", "Most")))
    return table("What it may come to cost", _columns(heads), rows)


def _switches(found: Sensitivity) -> str:
    inside = found.switching_values[found.switching_values["within_range"].astype(bool)]
    rows: list[TableRow] = [
        [
            field_words(str(row["field"])),
            str(row["unit"]),
            Entry(amount(row["now"]), float(row["now"])),
            f"{row['side']} {amount(row['value'])}",
            str(row["next_winner"]),
            str(row["changes"]),
        ]
        for row in records_of(inside)
    ]
    heads = ("Price or term", "Unit", "Now", "Another wins", "Next winner", "Another")
    return folded(
        "Switching values",
        table(f"{switches_heading(found)}; within its range", [Column(head, head == "Now") for head in heads], rows),
    )


def _robust(found: Sensitivity) -> str:
    heads = ("Aim", "Cell", "Expected, MUSD", "CVaR, MUSD", "Most regret, MUSD")
    keys = ("expected_usd", "cvar_usd", "regret_max_usd")
    rows: list[TableRow] = [
        [str(row["aim"]), str(row["platform"]), *(_money(row[key]) for key in keys)] for row in records_of(found.robust)
    ]
    return folded("Robust choices", table("The best cell by each aim", _columns(heads), rows))


def _assumptions(found: Sensitivity) -> str:
    heads = ("What the answer rests on", "Grade", "Source", "Moves the cost", "Decides", "Winner changes")
    rows: list[TableRow] = [
        [
            field_words(str(row["field"])),
            str(row["kind"]),
            str(row["citation"] or row["source"]),
            _share(row["swing_frac"], MISSES),
            _share(row["decides_frac"], ""),
            "yes" if row["changes_winner"] else "no",
        ]
        for row in records_of(found.assumptions.head(ASSUMPTIONS_COUNT))
    ]
    columns = [Column(head, is_number=number in (3, 4)) for number, head in enumerate(heads)]
    return folded("What matters most, and how well it is known", table("Largest first", columns, rows))


def _importance(found: Sensitivity) -> str:
    rows: list[TableRow] = [
        [
            field_words(row["field"]),
            str(row["kind"]),
            *(_share(row[output, key], "") for output, key, _ in IMPORTANCE_COLUMNS),
        ]
        for row in importance_rows(found)[:ASSUMPTIONS_COUNT]
    ]
    if not rows:
        return ""
    columns = [Column("Price"), Column("Grade"), *(Column(head, is_number=True) for _, _, head in IMPORTANCE_COLUMNS)]
    return folded("Sobol indices of the sampled prices", table(IMPORTANCE_HEADING, columns, rows))


def _share(share: float, missing: str) -> Entry:
    return Entry(percent(share), share) if math.isfinite(share) else Entry(missing, None)


def _columns(heads: Sequence[str]) -> list[Column]:
    return [Column(head, is_number="MUSD" in head) for head in heads]


def _money(usd: float) -> Entry:
    shown = f"{usd / USD_PER_MUSD:,.1f}" if math.isfinite(usd) else MISSES
    return Entry(shown, usd / USD_PER_MUSD if math.isfinite(usd) else None)
