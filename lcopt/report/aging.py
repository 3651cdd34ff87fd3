"""Sheet Aging: how long the chosen pack lives, how sure that is, and its state of health by year."""

from __future__ import annotations

import math
from typing import Any

from lcopt.report import sheets
from lcopt.report.ledger import Ledger, Lines
from lcopt.report.life_words import climate_name, warranty_in_words, warranty_name
from lcopt.report.sheets import Chart, Series, Sheet
from lcopt.report.styles import COUNT, NUMBER, SHARE
from lcopt.report.tables import LIFE_LIMIT_YR, PackTables

HEADS = (
    ("Key", 30.0),
    ("Quantity", 36.0),
    ("Unit", 13.0),
    ("Value", 20.0),
    ("Note", 20.0),
    ("", 15.0),
    ("", 15.0),
)
YEAR_HEADS = ("Age yr", "Distance km", "Cycles", "Low", "Central", "High", "Threshold")
AGE, DISTANCE, CYCLES, LOW, CENTRAL, HIGH, THRESHOLD = range(1, len(YEAR_HEADS) + 1)
LIVES = {
    "life_low_yr": "Pack life, low: fades most",
    "life_yr": "Pack life",
    "life_high_yr": "Pack life, high: fades least",
}
MARGINS = {
    "warranty_margin_frac": "Margin to the rule",
    "warranty_margin_low_frac": "Margin to the rule, low",
}
NO_RULE, CONSTANT = "none", "constant"
PURPOSE = "Answers of the solver for the use as solved: another distance, DC share or climate needs a new run."
MEANING = (
    "Low and high are no best and worst driver: they are the ends of what is known of the mean car.",
    "The law comes from a laboratory cell and is calibrated to cars in the field, whose mean fade a year has a range.",
    "The ranges of what fast charging adds and of a law that is borrowed go with it; all are independent.",
    "Low fades most and lives shortest. Costs, limits and replacements rest on the central line.",
)
CHART_HEIGHT_CM = 9.5
STEP_FRAC = 0.1


def add_aging(ledger: Ledger, pack: PackTables) -> Sheet:
    """One sheet for the chosen design of a pack."""
    sheet = ledger.sheet("Aging", pack, "Aging", PURPOSE, "output", fit_height=True)
    sheet.header(HEADS)
    sheet.cell(sheet.header_row, 4).look = "head_number"
    sheet.repeats_head = False
    lines = Lines(sheet, sheets.FIRST_ROW)
    _life(lines, pack.lasting)
    lines.block("What low and high mean")
    for sentence in MEANING:
        sheet.put(lines.row, 1, sentence)
        lines.row += 1
    first, last = _by_year(lines, pack)
    sheet.charts.append(_chart(sheet, first, last))
    return sheet


def _life(lines: Lines, life: dict[str, Any]) -> None:
    lines.block("Law and use")
    lines.add("chemistry", "Chemistry", "-", str(life["chemistry"]), look="solver_text")
    lines.add("fade_law", "Fade law", "-", str(life["fade_law"]), look="solver_text")
    borrowed = life["borrows"].strip() if isinstance(life["borrows"], str) else ""
    lines.add("borrows", "It borrows", "-", "see note" if borrowed else "nothing", look="solver_text", note=borrowed)
    climate = str(life["climate"])
    place = "one temperature all year" if climate == CONSTANT else climate_name(climate)
    lines.add("climate", "Climate", "-", place, look="solver_text")
    _number(lines, "equivalent_full_cycles_per_yr", "Equivalent full cycles a year", "1/yr", life, NUMBER)
    _number(lines, "soh_end_of_life_frac", "Threshold of the state of health", "1", life, SHARE)
    lines.block("Life to the threshold")
    for key, label in LIVES.items():
        _number(lines, key, label, "yr", life, NUMBER)
    _number(lines, "life_km", "the same in distance", "km", life, COUNT)
    _number(lines, "life_efc_count", "the same in equivalent full cycles", "count", life, COUNT)
    if life["warranty"] == NO_RULE:
        return
    lines.block("Warranty rule")
    words = warranty_in_words(life)
    lines.add("warranty", "Rule", "-", warranty_name(life["warranty"]), look="solver_text", note=words)
    for key, label in MARGINS.items():
        _number(lines, key, label, "1", life, SHARE)


def _number(lines: Lines, key: str, label: str, unit: str, life: dict[str, Any], shown: str) -> None:
    """A number of the life; one without end is told for the years that are looked at."""
    value, note = float(life[key]), ""
    if not math.isfinite(value):
        ends = {"yr": 1.0, "km": life["distance_km_per_yr"], "count": life["equivalent_full_cycles_per_yr"]}
        value, note = LIFE_LIMIT_YR * ends[unit], f"more: not below its threshold within {LIFE_LIMIT_YR:.0f} years"
    lines.add(key, label, unit, value, number_format=shown, look="solver", note=note)


def _by_year(lines: Lines, pack: PackTables) -> tuple[int, int]:
    """State of health at the end of every year; returns the first and last row."""
    sheet, threshold = lines.sheet, lines.constant("soh_end_of_life_frac")
    lines.row += 1
    sheet.block(lines.row, "State of health by year", len(YEAR_HEADS))
    for column, head in enumerate(YEAR_HEADS, start=1):
        sheet.put(lines.row + 1, column, head, "head_number")
    first = lines.row + 2
    for row, record in enumerate(pack.aging, start=first):
        sheet.put(row, AGE, record["age_yr"], "record", "0")
        sheet.put(row, DISTANCE, record["distance_km"], "solver", COUNT)
        sheet.put(row, CYCLES, record["equivalent_full_cycles"], "solver", COUNT)
        for column, key in ((LOW, "soh_low_frac"), (CENTRAL, "soh_frac"), (HIGH, "soh_high_frac")):
            sheet.put(row, column, record[key], "solver", SHARE)
        sheet.put(row, THRESHOLD, threshold.value, "record", SHARE)
    lines.row = first + len(pack.aging)
    return first, lines.row - 1


def _chart(sheet: Sheet, first: int, last: int) -> Chart:
    def line(column: int, *, dashed: bool) -> Series:
        return Series(sheet.cell(first - 1, column), sheet.down(column, first, last), line=True, dashed=dashed)

    lowest = min(sheet.down(LOW, first, last).values + sheet.down(THRESHOLD, first, last).values)
    return Chart(
        anchor=f"A{last + 3}",
        title="State of health by age in years",
        categories=sheet.down(AGE, first, last),
        series=(
            line(LOW, dashed=True),
            line(CENTRAL, dashed=False),
            line(HIGH, dashed=True),
            line(THRESHOLD, dashed=False),
        ),
        value_title="capacity left",
        number_format="0%",
        width_cm=24.0,
        height_cm=CHART_HEIGHT_CM,
        least=max(0.0, math.floor(lowest / STEP_FRAC) * STEP_FRAC),
        most=1.0,
    )
